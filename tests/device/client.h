/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_CLIENT_H
#define TESTS_DEVICE_CLIENT_H

/*
 * The network side of the device: one UDP socket, with or without DTLS,
 * registration, reliable messages, answers to repeated requests, observations.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/device/dtls.h"
#include "tests/device/objects.h"

struct client_config {
    struct sockaddr_storage server;
    socklen_t server_size;
    const char *endpoint;
    const char *lwm2m; /**< "1.1" */
    uint64_t boot_ms;
    uint8_t max_szx;      /**< largest block that is taken, 0..6 */
    bool refuses_large;   /**< by 4.13 with a hint, not by a smaller size */
    struct dtls *dtls;    /**< borrowed; NULL: CoAP as it is */
    uint64_t move_ms;     /**< after a Register, to another port; 0: never */
    uint64_t ack_ms;      /**< until a message of its own goes out again */
    uint64_t pull_ack_ms; /**< of a pull, until it asks again */
    struct dtls_config pull_credentials; /**< of file servers */
    uint8_t pull_szx;   /**< block size that a pull asks for, 0..6 */
    uint64_t answer_ms; /**< between two answers, at least */
    bool queue_mode;
    uint64_t awake_ms; /**< in queue mode, after each message */
    uint64_t sleep_ms; /**< then an Update; 0: when the lifetime asks for it */
    bool sends;        /**< State and Update Result, by Send */
    bool verbose;
    /** This is the side of another LwM2M server of the same device: that of
     *  the first one, which does all but talk to the second; or NULL. */
    const struct client *first;
};

#define CLIENT_SOCKETS_MAX (2 + FIRMWARE_COMPONENTS)

struct client;

/** @return NULL when there is no memory or no socket */
struct client *client_new(const struct client_config *config,
                          struct objects *objects, uint64_t now_ms);
void client_free(struct client *client);
/** Sockets to wait for; none while the device boots. @return how many */
size_t client_sockets(const struct client *client, int fds[CLIENT_SOCKETS_MAX]);
/** Read and answer what has arrived. */
void client_receive(struct client *client, uint64_t now_ms);
/** Do what is due: handshake, retransmit, register, notify, reboot. */
void client_tick(struct client *client, uint64_t now_ms);
/** When client_tick() wants to be called. */
uint64_t client_deadline(const struct client *client);
/** De-register once; then client_is_done() becomes true. */
void client_stop(struct client *client, uint64_t now_ms);
bool client_is_done(const struct client *client);

#endif
