/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REPOSITORY_ROW_H
#define SERVER_REPOSITORY_ROW_H

/*
 * What repository.c (files, answers by CoAP) and http_answer.c share. Nobody
 * else includes it.
 */
#include "server/repository/repository.h"

/** A file that is offered. */
struct row {
    uint64_t id;
    struct repository_resource resource;
    char *endpoint; /* owned */
    char *path;     /* owned */
    uint8_t etag[REPOSITORY_ETAG_SIZE];
    uint8_t other_etag[REPOSITORY_ETAG_SIZE];
    bool has_resumed;  /* what stopped goes on */
    bool has_switched; /* to the other content, for good */
    uint32_t requests;
    uint32_t done[REPOSITORY_FAULTS_MAX]; /* requests that each one met */
    unsigned due; /* bit i: fault i, when the last request came */
    uint32_t chance;
    char *last_peer; /* owned; NULL: nobody asked yet */
    int last_message;
    struct row *next;
};

/** @return NULL when there is none */
struct row *repository_row(const struct repository *repository,
                           const char *path, enum repository_protocol protocol,
                           bool on_lwm2m_port);
/** Whether chance has it. */
bool row_happens(struct row *row, const struct repository_fault *fault);

#endif
