/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_HTTP_HTTP_H
#define SERVER_HTTP_HTTP_H

/*
 * Files that devices fetch by HTTP and HTTPS: libmicrohttpd on a TCP port of
 * its own, turned by our loop, in our thread. What is answered, and where an
 * answer breaks off, decides server/repository; only what was published there
 * is given. Spec: RFC 9110, RFC 9112.
 */
#include <stdbool.h>
#include <stdint.h>

#include "server/repository/repository.h"
#include "server/transport/loop.h"
#include "server/transport/queue.h"

#define HTTP_CONNECTIONS_MAX 256   /**< at a time; others wait */
#define HTTP_IDLE_S          120   /**< then a connection is closed */
#define HTTP_MEMORY_MAX      16384 /**< bytes: of a connection's headers */

struct http_config {
    const char *address;               /**< numeric */
    uint16_t port;                     /**< TCP; 0: any free one */
    bool with_ipv6;                    /**< also at [::1], if that can be had */
    enum repository_protocol protocol; /**< http, https */
    const char *certificate;           /**< https: PEM; copied */
    const char *key;                   /**< likewise */
    struct repository *repository;     /**< borrowed */
    struct loop *loop;                 /**< borrowed */
    struct event_queue *queue;         /**< borrowed: REPOSITORY, FILE_GIVEN
                                      and STRAY events */
};

struct http;

/** Errors: STATUS_NETWORK: the port is in use. STATUS_INVALID: credentials
 *  that cannot be used. STATUS_NO_MEMORY. */
MUST_CHECK
enum status http_new(const struct http_config *config, struct http **out_http,
                     struct reason *reason);
/** Closes all connections; before the loop and the repository end. Accepts
 *  NULL. */
void http_free(struct http *http);
uint16_t http_port(const struct http *http);
/** Whether it listens at [::1], too. */
bool http_has_ipv6(const struct http *http);
/** The file is about to be removed: answers that give it are cut off. NULL is
 *  ignored. */
void http_drop(struct http *http, uint64_t id);
/** What was held goes on. NULL is ignored. */
void http_resume(struct http *http, uint64_t id);

#endif
