/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_STREAM_PORT_H
#define SERVER_TRANSPORT_STREAM_PORT_H

/*
 * A port for CoAP over TCP, or over TLS, at which devices ask and nobody is
 * asked. Not by libcoap: see ARCHITECTURE.md. Every message is told as
 * SERVER_MESSAGE, in the form that UDP would give it (stream.h), what is none
 * as a stray, and the connection is aborted then.
 *
 * With the first one the process ignores SIGPIPE, if nobody handles it.
 *
 * Spec: RFC 8323, 3 to 5 and 8.
 */
#include <stdbool.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/transport/endpoint.h"
#include "server/transport/loop.h"
#include "server/transport/queue.h"
#include "server/transport/security.h"

#define STREAM_CONNECTIONS_MAX 512  /**< of one port */
#define STREAM_MESSAGE_MAX     4096 /**< bytes of a message of a device */
#define STREAM_UNSENT_MAX                                                      \
    (1024u * 1024u) /**< bytes that a device lets wait before it is dropped */

struct stream_port;

struct stream_port_config {
    const char *address; /**< numeric; of 127.x also at [::1], if there is */
    uint16_t port;       /**< 0: any */
    const struct server_security *security; /**< TLS; NULL: none. Until
                                                 stream_port_new() returns */
    struct loop *loop;                      /**< borrowed */
    struct event_queue *queue;              /**< borrowed */
    endpoint_request_fn on_request;         /**< its sessions have `ways` */
    void *user;
};

/** Errors: STATUS_NETWORK (in use); STATUS_INVALID (address, credentials). */
MUST_CHECK
enum status stream_port_new(const struct stream_port_config *config,
                            struct stream_port **out_port,
                            struct reason *reason);
/** Close it and all connections, by and by: the loop turns once more. Accepts
 *  NULL. */
void stream_port_free(struct stream_port *port);
uint16_t stream_port_number(const struct stream_port *port);
bool stream_port_has_ipv6(const struct stream_port *port);

#endif
