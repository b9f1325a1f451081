/* SPDX-License-Identifier: Apache-2.0 */
#include "server/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/http/http_private.h"

enum {
    TURN_NOW_MS = 0,
    FULL_MS = 500, /* while there is no room for another connection */
    OPTIONS_MAX = 12,
    BACKLOG = 64,
};

/* The loop. */

static void arm(struct http *http);

/** Wake who is due. */
static void wake_due(struct http *http)
{
    uint64_t now = loop_now_ms(http->config.loop);

    for (struct exchange *row = http->exchanges; row != NULL; row = row->next) {
        if (row->waiting == WAITING_TIME && row->due_ms <= now) {
            exchange_wake(row);
        }
    }
}

static unsigned connections_of(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

    return info != NULL ? info->num_connections : 0;
}

static bool is_full(struct MHD_Daemon *daemon)
{
    return connections_of(daemon) >= HTTP_CONNECTIONS_MAX;
}

/** libmicrohttpd 0.9.75 does not see the end of a connection that came together
 *  with a part of a request, until HTTP_IDLE_S have passed: when there is no
 *  room for others, it is told. */
static void end_abandoned(const struct http *http)
{
    for (const struct peer *row = http->peers; row != NULL; row = row->next) {
        uint8_t byte = 0;
        if (recv(row->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
            (void)shutdown(row->fd, SHUT_RDWR); /* it is the library's */
        }
    }
}

/** At its limit of connections the library stops listening, and it begins
 *  again in the turn after one has ended, which nothing else would cause. */
static void run_as_far_as_it_gets(const struct http *http,
                                  struct MHD_Daemon *daemon)
{
    unsigned before = 0;

    do {
        if (is_full(daemon)) {
            end_abandoned(http);
        }
        before = connections_of(daemon);
        (void)MHD_run(daemon); /* what fails ends its connection */
    } while (connections_of(daemon) < before);
}

static void on_connection(void *user, struct MHD_Connection *connection,
                          void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http *http = user;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const int fd = info != NULL ? info->connect_fd : -1;
        struct peer *fresh = info != NULL ? calloc(1, sizeof(*fresh)) : NULL;
        info = MHD_get_connection_info(connection,
                                       MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        if (fresh != NULL) { /* else it is as it was */
            *fresh = (struct peer){ .fd = fd, .next = http->peers };
            local_text(fd, fresh->local);
            if (info != NULL) {
                peer_text(info->client_addr, fresh->name);
            }
            http->peers = fresh;
        }
        *context = fresh;
        return;
    }
    for (struct peer **link = &http->peers; *link != NULL;
         link = &(*link)->next) {
        struct peer *row = *link;
        if (row == *context) {
            *link = row->next;
            passage_end(http, row->name, row->local, false);
            free(row);
            return;
        }
    }
}

static void turn(struct http *http)
{
    if (http->is_turning) {
        return; /* a callback of the library asked for it */
    }
    http->is_turning = true;
    for (size_t i = 0; i < http->listener_count; i++) {
        if (http->listeners[i].daemon != NULL) {
            run_as_far_as_it_gets(http, http->listeners[i].daemon);
        }
    }
    http->is_turning = false;
    if (!http->is_ending) {
        arm(http);
    }
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    (void)status; /* the library finds it out */
    (void)events;
    turn(poll->data);
}

static void on_timer(uv_timer_t *timer)
{
    wake_due(timer->data);
    turn(timer->data);
}

/** When to turn next, at the latest. */
static void arm(struct http *http)
{
    uint64_t now = loop_now_ms(http->config.loop);
    uint64_t wait = UINT64_MAX;

    for (size_t i = 0; i < http->listener_count; i++) {
        MHD_UNSIGNED_LONG_LONG ms = 0;
        if (MHD_get_timeout(http->listeners[i].daemon, &ms) == MHD_YES &&
            ms < wait) {
            wait = ms;
        }
        if (wait > FULL_MS && is_full(http->listeners[i].daemon)) {
            wait = FULL_MS; /* who waits to be heard causes nothing */
        }
    }
    for (const struct exchange *row = http->exchanges; row != NULL;
         row = row->next) {
        uint64_t left = row->due_ms > now ? row->due_ms - now : TURN_NOW_MS;
        if (row->waiting == WAITING_TIME && left < wait) {
            wait = left;
        }
    }
    if (wait == UINT64_MAX) {
        (void)uv_timer_stop(&http->timer); /* always works */
    } else {
        (void)uv_timer_start(&http->timer, on_timer, wait, 0); /* has a cb */
    }
}

/* Life. */

static void on_closed(uv_handle_t *handle)
{
    struct http *http = handle->data;

    if (--http->handles > 0) {
        return;
    }
    if (http->key != NULL) {
        explicit_bzero(http->key, strlen(http->key));
    }
    free(http->certificate);
    free(http->key);
    free(http);
}

static void close_handle(uv_handle_t *handle)
{
    uv_close(handle, on_closed);
}

void http_free(struct http *http)
{
    if (http == NULL) {
        return;
    }
    http->is_ending = true;
    for (struct exchange *row = http->exchanges; row != NULL; row = row->next) {
        row->is_dropped = true;
        exchange_wake(row); /* none may be suspended at the end */
    }
    turn(http);
    for (size_t i = 0; i < http->listener_count; i++) {
        struct listener *listener = &http->listeners[i];
        if (listener->is_polled) { /* before the descriptor is closed */
            (void)uv_poll_stop(&listener->poll);
            close_handle((uv_handle_t *)&listener->poll);
        }
        if (listener->daemon != NULL) {
            MHD_stop_daemon(listener->daemon);
        }
    }
    close_handle((uv_handle_t *)&http->timer);
}

static socklen_t read_address(const char *text, uint16_t port,
                              struct sockaddr_storage *out_address)
{
    struct sockaddr_in *v4 = (void *)out_address;
    struct sockaddr_in6 *v6 = (void *)out_address;

    *out_address = (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
    if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return sizeof(*v4);
    }
    if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(port);
        return sizeof(*v6);
    }
    return 0;
}

static struct MHD_Daemon *start(struct http *http,
                                const struct sockaddr_storage *address)
{
    const struct http_config *config = &http->config;
    bool is_secure = config->protocol == REPOSITORY_HTTPS;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
                     (is_secure ? MHD_USE_TLS : 0u) |
                     (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, http->certificate },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)config->key },
        { MHD_OPTION_END, 0, NULL },
    };
    struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

    return MHD_start_daemon(
        flags, 0, NULL, NULL, exchange_answer, http, MHD_OPTION_SOCK_ADDR,
        (const struct sockaddr *)address, MHD_OPTION_URI_LOG_CALLBACK,
        exchange_begin, http, MHD_OPTION_NOTIFY_COMPLETED, exchange_end, http,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY_MAX,
        MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG, MHD_OPTION_ARRAY,
        is_secure ? tls : none, MHD_OPTION_END);
}

static uint16_t port_of(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_LISTEN_FD);
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof(address);

    if (info == NULL ||
        getsockname(info->listen_fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    return ntohs(address.ss_family == AF_INET
                     ? ((const struct sockaddr_in *)&address)->sin_port
                     : ((const struct sockaddr_in6 *)&address)->sin6_port);
}

/** Listen at one address; it is the next row. */
static enum status listen_at(struct http *http, const char *text, uint16_t port,
                             struct reason *reason)
{
    struct listener *listener = &http->listeners[http->listener_count];
    struct sockaddr_storage address;

    if (read_address(text, port, &address) == 0) {
        return reason_set(reason, STATUS_INVALID, "no address: %s", text);
    }
    errno = 0;
    listener->daemon = start(http, &address);
    int error = errno;
    const union MHD_DaemonInfo *info =
        listener->daemon != NULL
            ? MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD)
            : NULL;
    if (info == NULL) {
        if (listener->daemon != NULL) {
            MHD_stop_daemon(listener->daemon);
            listener->daemon = NULL;
        }
        return reason_set(reason, STATUS_NETWORK,
                          "cannot serve %s at %s port %u: %s",
                          repository_protocol_name(http->config.protocol), text,
                          port, strerror(error));
    }
    int failed = uv_poll_init(loop_uv(http->config.loop), &listener->poll,
                              info->epoll_fd);
    if (failed != 0) {
        MHD_stop_daemon(listener->daemon);
        listener->daemon = NULL;
        return reason_set(reason, STATUS_NETWORK, "http: %s",
                          uv_strerror(failed));
    }
    listener->poll.data = http;
    listener->is_polled = true;
    http->handles++;
    http->listener_count++;
    (void)uv_poll_start(&listener->poll, UV_READABLE, on_ready); /* has a cb */
    return STATUS_OK;
}

static enum status keep_credentials(struct http *http, struct reason *reason)
{
    if (http->config.protocol != REPOSITORY_HTTPS) {
        return STATUS_OK;
    }
    http->certificate = strdup(http->config.certificate);
    http->key = strdup(http->config.key);
    return http->certificate != NULL && http->key != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

enum status http_new(const struct http_config *config, struct http **out_http,
                     struct reason *reason)
{
    struct http *http = calloc(1, sizeof(*http));

    if (http == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    http->config = *config;
    (void)uv_timer_init(loop_uv(config->loop), &http->timer); /* works */
    http->timer.data = http;
    http->handles = 1;
    enum status status = keep_credentials(http, reason);
    if (status == STATUS_OK) {
        status = listen_at(http, config->address, config->port, reason);
    }
    if (status != STATUS_OK) {
        http_free(http);
        return status;
    }
    http->port = port_of(http->listeners[0].daemon);
    if (config->with_ipv6) { /* http_has_ipv6() tells */
        (void)listen_at(http, "::1", http->port, NULL);
    }
    arm(http);
    *out_http = http;
    return STATUS_OK;
}

uint16_t http_port(const struct http *http)
{
    return http->port;
}

bool http_has_ipv6(const struct http *http)
{
    return http->listener_count > 1;
}

void http_drop(struct http *http, uint64_t id)
{
    if (http == NULL) {
        return;
    }
    for (struct exchange *row = http->exchanges; row != NULL; row = row->next) {
        if (row->is_planned && row->answer.id == id) {
            row->is_dropped = true;
            exchange_wake(row);
        }
    }
    turn(http);
}

void http_resume(struct http *http, uint64_t id)
{
    if (http == NULL) {
        return;
    }
    for (struct exchange *row = http->exchanges; row != NULL; row = row->next) {
        if (row->answer.id == id && row->waiting == WAITING_HELD) {
            exchange_wake(row);
        }
    }
    turn(http);
}
