/* SPDX-License-Identifier: Apache-2.0 */

/* One request by HTTP and its answer. libmicrohttpd asks for the body piece by
 * piece; where it breaks off, the exchange is suspended or its connection is
 * closed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/http/http_private.h"

enum {
    METHOD_GET = 1, /* as of CoAP, in events */
    PIECE = 4096,   /* asked for at a time */
    HEADER_MAX = 96,
    STATUS_NOT_FOUND_HERE = 404,
    STATUS_BAD_REQUEST = 400,
};

/* Events. */

/** The code of CoAP that says the same; 0 without an answer. */
static uint8_t code_of(unsigned status)
{
    unsigned class = status / 100;
    unsigned detail = status % 100;

    return class == 2                     ? COAP_CODE(2, 5)
           : class <= 7 && detail <= 0x1f ? COAP_CODE(class, detail)
                                          : COAP_CODE(class & 7, 0);
}

static const char *header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND,
                                       name);
}

static void write_range(const struct repository_http_answer *answer,
                        char out_text[HEADER_MAX])
{
    if (answer->body_length == 0 &&
        answer->status != MHD_HTTP_PARTIAL_CONTENT) {
        (void)snprintf(out_text, HEADER_MAX, "bytes */%zu",
                       answer->range_size); /* fits */
    } else {
        (void)snprintf(out_text, HEADER_MAX, "bytes %zu-%zu/%zu",
                       answer->range_first, answer->range_last,
                       answer->range_size); /* fits */
    }
}

static struct server_event event_of(const struct exchange *exchange,
                                    enum server_event_kind kind)
{
    const struct http *http = exchange->http;
    const struct repository_http_answer *answer = &exchange->answer;

    return (struct server_event){
        .kind = kind,
        .time_ms = loop_now_ms(http->config.loop),
        .id = answer->id,
        .endpoint = answer->endpoint,
        .as.repository = { .protocol =
                               repository_protocol_name(http->config.protocol),
                           .path = exchange->target,
                           .peer = exchange->peer,
                           .code = code_of(answer->status),
                           .has_status = answer->status != 0,
                           .status = answer->status,
                           .offset = answer->offset,
                           .size = answer->size,
                           .is_other = answer->is_other,
                           .fault = answer->fault,
                           .ends = answer->ends,
                           .given = exchange->given },
    };
}

static void tell_request(const struct exchange *exchange, const char *method)
{
    const struct repository_http_answer *answer = &exchange->answer;
    struct server_event event = event_of(exchange, SERVER_REPOSITORY);
    struct server_repository_view *view = &event.as.repository;
    char range[HEADER_MAX] = "";

    if (answer->has_content_range) {
        write_range(answer, range);
        view->content_range = range;
    }
    view->method = strcmp(method, "GET") == 0 ? METHOD_GET : 0;
    view->http_method = view->method == METHOD_GET ? NULL : method;
    view->range = header(exchange, MHD_HTTP_HEADER_RANGE);
    view->if_range = header(exchange, MHD_HTTP_HEADER_IF_RANGE);
    view->if_match = header(exchange, MHD_HTTP_HEADER_IF_MATCH);
    view->accept_encoding = header(exchange, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    view->etag = answer->etag[0] != '\0' ? answer->etag : NULL;
    event_queue_push(exchange->http->config.queue, &event);
}

/** What became of the body.
 *  @param ends  nothing more comes until it is resumed */
static void tell_body(const struct exchange *exchange, const char *outcome,
                      bool ends)
{
    struct server_event event = event_of(exchange, SERVER_FILE_GIVEN);

    if (exchange->http->is_ending || exchange->is_dropped) {
        return;
    }
    event.as.repository.outcome = outcome;
    event.as.repository.ends = ends;
    event_queue_push(exchange->http->config.queue, &event);
}

static void tell_stray(const struct exchange *exchange, const char *method)
{
    char what[TARGET_MAX + 64];
    const struct server_event event = {
        .kind = SERVER_STRAY,
        .time_ms = loop_now_ms(exchange->http->config.loop),
        .as.stray = { .peer = exchange->peer, .what = what },
    };

    (void)snprintf(what, sizeof(what), "a request by http (%.16s) for '%s'",
                   method, exchange->target); /* fits */
    event_queue_push(exchange->http->config.queue, &event);
}

/* Waiting. */

static void wait_until(struct exchange *exchange, uint32_t ms)
{
    exchange->waiting = WAITING_TIME;
    exchange->due_ms = loop_now_ms(exchange->http->config.loop) + ms;
    MHD_suspend_connection(exchange->connection);
}

static void hold(struct exchange *exchange)
{
    exchange->waiting = WAITING_HELD;
    MHD_suspend_connection(exchange->connection);
}

void exchange_wake(struct exchange *exchange)
{
    if (exchange->waiting != WAITING_NO) {
        exchange->waiting = WAITING_NO;
        MHD_resume_connection(exchange->connection);
    }
}

/** The connection ends by a TCP reset: Linux sends one when a socket is
 *  disconnected. */
static void reset(const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

    if (info != NULL) {
        passage_end(exchange->http, exchange->peer, exchange->local, true);
        (void)connect(info->connect_fd, &nobody,
                      sizeof(nobody)); /* else it is closed */
    }
}

/* The body. */

/** @return bytes, 0: later, or one of libmicrohttpd's two ends */
static ssize_t break_off(struct exchange *exchange)
{
    const struct repository_http_answer *answer = &exchange->answer;

    exchange->has_broken = true;
    switch (answer->at_break) {
    case REPOSITORY_HOLDS:
        tell_body(exchange, "stopped", true);
        hold(exchange);
        return 0;
    case REPOSITORY_PAUSES:
        wait_until(exchange, answer->break_ms);
        return 0;
    case REPOSITORY_RESETS:
        reset(exchange);
        break;
    case REPOSITORY_CLOSES:
    case REPOSITORY_GOES_ON:
        break;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/** libmicrohttpd wants up to `most` bytes from `position` on. */
static ssize_t give(void *user, uint64_t position, char *buffer, size_t most)
{
    struct exchange *exchange = user;
    const struct repository_http_answer *answer = &exchange->answer;
    bool may_break =
        answer->at_break != REPOSITORY_GOES_ON && !exchange->has_broken;
    uint64_t end = may_break ? answer->break_at : answer->body_length;

    if (exchange->is_dropped) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (may_break && position >= end) {
        return break_off(exchange);
    }
    if (position >= end) {
        return answer->has_length ? MHD_CONTENT_READER_END_WITH_ERROR
                                  : MHD_CONTENT_READER_END_OF_STREAM;
    }
    if (answer->slow_ms > 0 && !exchange->has_byte) {
        exchange->has_byte = true;
        wait_until(exchange, answer->slow_ms);
        return 0;
    }
    exchange->has_byte = false;
    size_t left = (size_t)(end - position);
    size_t length = answer->slow_ms > 0 ? 1 : left < most ? left : most;
    memcpy(buffer, answer->body + position, length);
    passage_body(exchange, buffer, length);
    exchange->given += length;
    return (ssize_t)length;
}

/* Answers. */

static void add_header(struct MHD_Response *response, const char *name,
                       const char *value)
{
    (void)MHD_add_response_header(response, name, value); /* no memory */
}

static void add_headers(const struct exchange *exchange,
                        struct MHD_Response *response)
{
    const struct repository_http_answer *answer = &exchange->answer;
    static const char moved[] = REPOSITORY_HTTP_MOVED;
    char text[TARGET_MAX + sizeof(moved)];

    if (answer->has_content_range) {
        write_range(answer, text);
        add_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, text);
    }
    if (answer->etag[0] != '\0') {
        add_header(response, MHD_HTTP_HEADER_ETAG, answer->etag);
    }
    if (answer->retry_after_s > 0) {
        (void)snprintf(text, sizeof(text), "%" PRIu32,
                       answer->retry_after_s); /* fits */
        add_header(response, MHD_HTTP_HEADER_RETRY_AFTER, text);
    }
    if (answer->redirects_away || answer->redirects_back) {
        size_t length = strlen(exchange->target);
        size_t tail = answer->redirects_back ? sizeof(moved) - 1 : 0;
        (void)snprintf(text, sizeof(text), "%.*s%s", (int)(length - tail),
                       exchange->target,
                       answer->redirects_away ? moved : ""); /* fits */
        add_header(response, MHD_HTTP_HEADER_LOCATION, text);
    }
    add_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
               "application/octet-stream");
}

/** Send what was planned. */
static enum MHD_Result respond(struct exchange *exchange)
{
    const struct repository_http_answer *answer = &exchange->answer;
    struct MHD_Response *response = MHD_create_response_from_callback(
        answer->has_length ? answer->length : MHD_SIZE_UNKNOWN, PIECE, give,
        exchange, NULL);

    if (response == NULL) {
        return MHD_NO;
    }
    if (!answer->has_length && !exchange->takes_chunks) {
        /* Behind the head of HEAD libmicrohttpd 0.9.75 sends a last chunk, with
         * which the next answer would begin: RFC 9110, 9.3.2. */
        (void)MHD_set_response_options(response,
                                       MHD_RF_HTTP_1_0_COMPATIBLE_STRICT,
                                       MHD_RO_END); /* known */
    }
    add_headers(exchange, response);
    passage_head(exchange, response, answer->status,
                 answer->has_length ? &answer->length : NULL);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, answer->status, response);
    MHD_destroy_response(response); /* the connection has its own hold */
    return result;
}

static enum MHD_Result refuse(struct exchange *exchange, unsigned status)
{
    const uint64_t nothing = 0;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);

    if (response == NULL) {
        return MHD_NO;
    }
    passage_head(exchange, response, status, &nothing);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

/** @return false for a file that there is not */
static bool plan(struct exchange *exchange, const char *method)
{
    const struct http *http = exchange->http;
    bool is_get = strcmp(method, "GET") == 0;
    const struct repository_http_request request = {
        .protocol = http->config.protocol,
        .method = is_get                        ? REPOSITORY_HTTP_GET
                  : strcmp(method, "HEAD") == 0 ? REPOSITORY_HTTP_HEAD
                                                : REPOSITORY_HTTP_OTHER,
        .path = exchange->target,
        .range = header(exchange, MHD_HTTP_HEADER_RANGE),
        .if_range = header(exchange, MHD_HTTP_HEADER_IF_RANGE),
        .if_match = header(exchange, MHD_HTTP_HEADER_IF_MATCH),
        .is_again = exchange->is_planned,
    };
    bool is_again = exchange->is_planned;

    if (exchange->is_bad ||
        !repository_http_answer(http->config.repository, &request,
                                &exchange->answer)) {
        return false;
    }
    exchange->is_planned = true;
    if (!is_again) {
        tell_request(exchange, method);
    }
    return true;
}

/** The answer that was planned, now or later. */
static enum MHD_Result go_on(struct exchange *exchange)
{
    const struct repository_http_answer *answer = &exchange->answer;

    if (answer->status == 0 && answer->at_break == REPOSITORY_HOLDS) {
        hold(exchange);
        return MHD_YES;
    }
    if (answer->status == 0) {
        if (answer->at_break == REPOSITORY_RESETS) {
            reset(exchange);
        }
        return MHD_NO;
    }
    if (answer->late_ms > 0 && !exchange->is_late) {
        exchange->is_late = true;
        wait_until(exchange, answer->late_ms);
        return MHD_YES;
    }
    return respond(exchange);
}

enum MHD_Result exchange_answer(void *http, struct MHD_Connection *connection,
                                const char *url, const char *method,
                                const char *version, const char *upload,
                                size_t *upload_size, void **user)
{
    struct exchange *exchange = *user;

    (void)http; /* the exchange has it */
    (void)connection;
    (void)url;    /* decoded by the library, without queries */
    (void)upload; /* nobody reads it */
    if (exchange == NULL || exchange->is_dropped) {
        return MHD_NO;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    exchange->takes_chunks = strcmp(method, MHD_HTTP_METHOD_HEAD) != 0 &&
                             strcmp(version, MHD_HTTP_VERSION_1_0) != 0;
    bool was_silent = exchange->is_planned && exchange->answer.status == 0;
    bool is_planned =
        (exchange->is_planned && !was_silent) || plan(exchange, method);
    /* Behind its event, by which the campaign knows whose the peer is. */
    passage_request(exchange, method, version);
    if (!is_planned) {
        tell_stray(exchange, method);
        return refuse(exchange, exchange->is_bad ? STATUS_BAD_REQUEST
                                                 : STATUS_NOT_FOUND_HERE);
    }
    return go_on(exchange);
}

void *exchange_begin(void *user, const char *uri,
                     struct MHD_Connection *connection)
{
    struct http *http = user;
    struct exchange *exchange = calloc(1, sizeof(*exchange));
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    if (exchange == NULL) {
        return NULL;
    }
    exchange->http = http;
    exchange->connection = connection;
    exchange->uri = strdup(uri); /* bounded: HTTP_MEMORY_MAX */
    exchange->is_bad = !target_decode(uri, exchange->target);
    if (info != NULL) {
        peer_text(info->client_addr, exchange->peer);
    }
    info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (info != NULL) {
        local_text(info->connect_fd, exchange->local);
    }
    exchange->next = http->exchanges;
    http->exchanges = exchange;
    return exchange;
}

/** How the body ended, in one word. */
static const char *outcome_of(const struct exchange *exchange,
                              enum MHD_RequestTerminationCode how)
{
    const struct repository_http_answer *answer = &exchange->answer;

    if (exchange->has_broken && answer->at_break == REPOSITORY_RESETS) {
        return "reset";
    }
    if (exchange->has_broken && answer->at_break == REPOSITORY_CLOSES) {
        return "closed";
    }
    if (how == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        return "given";
    }
    bool is_short = answer->has_length && answer->length > answer->body_length;
    return is_short && exchange->given == answer->body_length ? "closed"
                                                              : "left";
}

void exchange_end(void *user, struct MHD_Connection *connection, void **slot,
                  enum MHD_RequestTerminationCode how)
{
    struct http *http = user;
    struct exchange *exchange = *slot;
    struct exchange **link = &http->exchanges;

    (void)connection;
    if (exchange == NULL) {
        return;
    }
    *slot = NULL;
    while (*link != NULL && *link != exchange) {
        link = &(*link)->next;
    }
    if (*link == exchange) {
        *link = exchange->next;
    }
    if (exchange->is_planned && exchange->answer.status != 0) {
        tell_body(exchange, outcome_of(exchange, how), false);
    }
    if (exchange->is_chunked && how == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        passage_body(exchange, NULL, 0);
    }
    free(exchange->uri);
    free(exchange);
}
