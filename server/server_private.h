/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERVER_PRIVATE_H
#define SERVER_SERVER_PRIVATE_H

/*
 * What server.c (life, registrations, requests), files.c (the repository) and
 * send.c (values that devices report) share. Nobody else includes it.
 */
#include "server/registration/registry.h"
#include "server/server.h"
#include "server/transport/endpoint.h"
#include "server/transport/loop.h"
#include "server/transport/queue.h"

struct server {
    server_event_fn on_event;
    void *user;
    char address[64];
    struct event_queue queue;
    struct loop *loop;
    struct endpoint *endpoint;
    struct registry *registry;
    struct repository *repository;
    bool is_secure; /* the LwM2M port has DTLS */
    bool stopped;
};

/** Answer a request for a published file, or any on the repository's port.
 *  @return false for a request that is none */
bool files_take_request(struct server *server,
                        const struct endpoint_incoming *request,
                        struct endpoint_answer *answer);
/** Take a Send. @return false for a request that is none */
bool send_take_request(struct server *server,
                       const struct endpoint_incoming *request,
                       struct endpoint_answer *answer);
/** Whose session it is, or NULL. */
struct registration *server_registration_of(const struct server *server,
                                            const void *session);
/** Somebody asked for something that is not there. */
void server_push_stray(struct server *server,
                       const struct endpoint_incoming *request);

#endif
