/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What passes, told to the trace: libmicrohttpd keeps the bytes to itself, so
 * they are put together again from what it read and from what it was given.
 * Spec: RFC 9112, 2 to 4, 6 and 7.1.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/http/http_private.h"

/** Text that grows; without memory it is cut. */
struct text {
    char *bytes;
    size_t length;
    size_t size;
};

static void add(struct text *text, const void *bytes, size_t length)
{
    if (text->length + length > text->size) {
        const size_t size = 2 * (text->length + length);
        char *more = realloc(text->bytes, size);
        if (more == NULL) {
            return;
        }
        text->bytes = more;
        text->size = size;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static void add_text(struct text *text, const char *words)
{
    add(text, words, strlen(words));
}

static enum MHD_Result add_header(void *user, enum MHD_ValueKind kind,
                                  const char *name, const char *value)
{
    struct text *text = user;

    (void)kind;
    add_text(text, name);
    add_text(text, ": ");
    add_text(text, value != NULL ? value : "");
    add_text(text, "\r\n");
    return MHD_YES;
}

static void tell(const struct exchange *exchange,
                 enum server_direction direction, const struct text *text)
{
    const struct server_event event = {
        .kind = SERVER_SEGMENT,
        .time_ms = loop_now_ms(exchange->http->config.loop),
        .as.segment = { .direction = direction,
                        .peer = exchange->peer,
                        .local = exchange->local,
                        .bytes = (const uint8_t *)text->bytes,
                        .length = text->length },
    };

    if (!exchange->http->is_ending && text->length > 0) {
        event_queue_push(exchange->http->config.queue, &event);
    }
}

void passage_request(struct exchange *exchange, const char *method,
                     const char *version)
{
    struct text text = { .bytes = NULL };

    if (exchange->is_told) {
        return;
    }
    exchange->is_told = true;
    add_text(&text, method);
    add_text(&text, " ");
    add_text(&text, exchange->uri != NULL ? exchange->uri : exchange->target);
    add_text(&text, " ");
    add_text(&text, version);
    add_text(&text, "\r\n");
    (void)MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND,
                                    add_header, &text); /* how many */
    add_text(&text, "\r\n");
    tell(exchange, SERVER_RECEIVED, &text);
    free(text.bytes);
}

void passage_head(struct exchange *exchange, struct MHD_Response *response,
                  unsigned status, const uint64_t *length)
{
    struct text text = { .bytes = NULL };
    char line[96];

    (void)snprintf(line, sizeof(line), "HTTP/1.1 %u %s\r\n", status,
                   MHD_get_reason_phrase_for(status)); /* fits */
    add_text(&text, line);
    (void)MHD_get_response_headers(response, add_header, &text); /* how many */
    exchange->is_chunked = length == NULL && exchange->takes_chunks;
    if (length != NULL) {
        (void)snprintf(line, sizeof(line), "Content-Length: %" PRIu64 "\r\n",
                       *length); /* fits */
        add_text(&text, line);
    } else if (exchange->is_chunked) {
        add_text(&text, "Transfer-Encoding: chunked\r\n");
    }
    add_text(&text, "\r\n");
    tell(exchange, SERVER_SENT, &text);
    free(text.bytes);
}

void passage_body(const struct exchange *exchange, const void *bytes,
                  size_t length)
{
    struct text text = { .bytes = NULL };
    char line[32];

    (void)snprintf(line, sizeof(line), "%zX\r\n", length); /* fits */
    if (exchange->is_chunked) {
        add_text(&text, line);
    }
    if (length > 0) {
        add(&text, bytes, length);
    }
    if (exchange->is_chunked) {
        add_text(&text, "\r\n");
    }
    tell(exchange, SERVER_SENT, &text);
    free(text.bytes);
}

void passage_end(struct http *http, const char *peer, const char *local,
                 bool resets)
{
    const struct server_event event = {
        .kind = SERVER_SEGMENT,
        .time_ms = loop_now_ms(http->config.loop),
        .as.segment = { .direction = SERVER_SENT,
                        .peer = peer,
                        .local = local,
                        .ends = true,
                        .resets = resets },
    };

    if (!http->is_ending) {
        event_queue_push(http->config.queue, &event);
    }
}
