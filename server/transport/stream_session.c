/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "server/transport/option_reader.h"
#include "server/transport/stream_private.h"

enum {
    OPTION_URI_HOST = 3,
    OPTION_URI_PORT = 7,
    SZX_BERT = 7, /* of streams only: blocks of 1024, several at a time */
    SZX_MAX = 6,
    DATAGRAM_SIZE = STREAM_DATAGRAM_HEAD + STREAM_MESSAGE_MAX,
    BODY_MAX = 1280,   /* options, and a block of 1024 bytes */
    OPTIONS_ROOM = 64, /* bytes of an answer besides its payload */
    EXTEND_BYTE = 13,
    EXTEND_WORD = 14,
    BASE_WORD = 269,
    CLASS_SIGNAL = 7,
    PAYLOAD_MARKER = 0xff,
    METHOD_LAST = 31,
    BLOCK_MAX = 3, /* bytes of a Block option: RFC 7959, 2.2 */
};

/* Messages that go out. */

/** Options in ascending order, and a payload. */
struct body {
    uint8_t bytes[BODY_MAX];
    size_t length;
    size_t number; /* of the last option */
};

static void add_option(struct body *body, size_t number, const void *value,
                       size_t length)
{
    const size_t delta = number - body->number;
    uint8_t *at = body->bytes + body->length;
    size_t used = 1;

    at[0] = (uint8_t)((delta < EXTEND_BYTE ? delta
                       : delta < BASE_WORD ? (size_t)EXTEND_BYTE
                                           : (size_t)EXTEND_WORD)
                          << 4 |
                      length); /* below 13 */
    if (delta >= BASE_WORD) {
        at[used++] = (uint8_t)((delta - BASE_WORD) >> 8);
        at[used++] = (uint8_t)(delta - BASE_WORD);
    } else if (delta >= EXTEND_BYTE) {
        at[used++] = (uint8_t)(delta - EXTEND_BYTE);
    }
    memcpy(at + used, value, length);
    body->length += used + length;
    body->number = number;
}

static void add_number(struct body *body, size_t number, uint32_t value)
{
    uint8_t bytes[4];
    size_t length = 0;

    for (int shift = 24; shift >= 0; shift -= 8) {
        if (length > 0 || value >> shift != 0) {
            bytes[length++] = (uint8_t)(value >> shift);
        }
    }
    add_option(body, number, bytes, length);
}

static void add_payload(struct body *body, const void *bytes, size_t length)
{
    if (length > 0 && body->length + 1 + length <= sizeof(body->bytes)) {
        body->bytes[body->length++] = PAYLOAD_MARKER;
        memcpy(body->bytes + body->length, bytes, length);
        body->length += length;
    }
}

static void tell(const struct stream_session *session,
                 enum server_direction direction,
                 const struct stream_message *message)
{
    uint8_t bytes[DATAGRAM_SIZE];
    const struct server_event event = {
        .kind = SERVER_MESSAGE,
        .time_ms = loop_now_ms(session->port->config.loop),
        .as.message = { .direction = direction,
                        .peer = session->peer,
                        .local = session->local,
                        .bytes = bytes,
                        .length =
                            stream_as_datagram(message, bytes, sizeof(bytes)) },
    };

    event_queue_push(session->port->config.queue, &event);
}

static void send_message(struct stream_session *session, uint8_t code,
                         const uint8_t *token, size_t token_length,
                         const struct body *body)
{
    uint8_t bytes[STREAM_HEAD_MAX + STREAM_TOKEN_MAX + BODY_MAX];
    size_t used = stream_head(bytes, code, token_length, body->length);
    const struct stream_message message = {
        .code = code,
        .token = token,
        .token_length = token_length,
        .body = body->bytes,
        .body_length = body->length,
    };

    if (session->is_closing) {
        return;
    }
    if (token_length > 0) {
        memcpy(bytes + used, token, token_length);
        used += token_length;
    }
    memcpy(bytes + used, body->bytes, body->length);
    tell(session, SERVER_SENT, &message);
    stream_send(session, bytes, used + body->length);
}

void stream_session_begin(struct stream_session *session)
{
    struct body csm = { .length = 0 };

    /* The size that is the default, so that nobody sends us several blocks at
     * a time (BERT). */
    add_number(&csm, STREAM_CSM_MAX_MESSAGE_SIZE, STREAM_MESSAGE_BASE);
    add_option(&csm, STREAM_CSM_BLOCK_WISE, "", 0);
    send_message(session, STREAM_CSM, NULL, 0, &csm);
}

/** Say why, and end it. RFC 8323, 5.6. */
static void abort_session(struct stream_session *session, const char *why,
                          const struct stream_message *message)
{
    struct body body = { .length = 0 };

    stream_stray(session, why, message != NULL ? message->body : session->bytes,
                 message != NULL ? message->body_length : session->length);
    add_payload(&body, why, strlen(why));
    send_message(session, STREAM_ABORT, NULL, 0, &body);
    session->length = 0;
    stream_close(session, false);
}

static void add_content(struct body *body,
                        const struct endpoint_content *content)
{
    if (content->etag_length > 0) {
        add_option(body, OPTION_ETAG, content->etag, content->etag_length);
    }
    add_number(body, OPTION_CONTENT_FORMAT, CONTENT_FORMAT_OPAQUE);
    if (content->has_block2) {
        add_number(body, OPTION_BLOCK2,
                   content->block2.number << 4 |
                       (content->block2.more ? 8u : 0u) | content->block2.szx);
    }
    if (content->has_size2) {
        add_number(body, OPTION_SIZE2, content->size2);
    }
    add_payload(body, content->bytes, content->length);
}

static void send_answer(struct stream_session *session, const uint8_t *token,
                        size_t token_length,
                        const struct endpoint_answer *answer)
{
    struct body body = { .length = 0 };

    if (answer->has_content) {
        add_content(&body, &answer->content);
    } else if (answer->max_age_s != 0) {
        add_number(&body, OPTION_MAX_AGE, answer->max_age_s);
    }
    send_message(session, answer->code, token, token_length, &body);
}

static void respond(void *session, const struct endpoint_late *late)
{
    if (!late->answer.is_silent) {
        send_answer(session, late->token, late->token_length, &late->answer);
    }
    if (late->answer.closes || late->answer.resets) {
        stream_close(session, late->answer.resets);
    }
}

const struct endpoint_ways stream_session_ways = { stream_keep, stream_release,
                                                   respond, stream_is_open };

/* Requests. */

struct request {
    struct endpoint_option queries[ENDPOINT_OPTIONS_MAX];
    char path[ENDPOINT_PATH_MAX];
    size_t used; /* of the path */
    struct endpoint_incoming incoming;
};

static void refuse(struct endpoint_incoming *incoming, uint8_t code,
                   const char *why)
{
    if (incoming->refusal == NULL) {
        incoming->refusal = why;
        incoming->refusal_code = code;
    }
}

static void take_segment(struct request *request,
                         const struct option_view *option)
{
    const size_t length = option->length;

    if (request->used + length + 2 > sizeof(request->path) ||
        memchr(option->value, '\0', length) != NULL ||
        memchr(option->value, '/', length) != NULL) {
        refuse(&request->incoming, COAP_CODE(4, 0),
               "the path is too long, or no text");
        return;
    }
    request->path[request->used++] = '/';
    memcpy(request->path + request->used, option->value, length);
    request->used += length;
    request->path[request->used] = '\0';
}

static void take_query(struct request *request,
                       const struct option_view *option)
{
    struct endpoint_incoming *incoming = &request->incoming;

    if (incoming->query_count == ENDPOINT_OPTIONS_MAX) {
        refuse(incoming, COAP_CODE(4, 0), "too many parameters");
        return;
    }
    request->queries[incoming->query_count++] =
        (struct endpoint_option){ option->value, option->length };
}

static void take_option(struct request *request,
                        const struct option_view *option)
{
    struct endpoint_incoming *incoming = &request->incoming;
    const uint32_t value = (uint32_t)option_number(option);

    switch (option->number) {
    case OPTION_URI_PATH:
        take_segment(request, option);
        break;
    case OPTION_URI_QUERY:
        take_query(request, option);
        break;
    case OPTION_CONTENT_FORMAT:
        incoming->content_format = (int)value;
        break;
    case OPTION_ACCEPT:
        incoming->accept = (int)value;
        break;
    case OPTION_BLOCK2:
        if (option->length > BLOCK_MAX) {
            refuse(incoming, COAP_CODE(4, 2), "a Block2 of more than 3 bytes");
            break;
        }
        incoming->has_block2 = true;
        incoming->block2 = (struct server_block){
            .number = value >> 4,
            .more = (value & 8) != 0,
            .szx = (value & 7) == SZX_BERT ? SZX_MAX : (uint8_t)(value & 7)
        };
        break;
    case OPTION_URI_HOST:
    case OPTION_URI_PORT:
    case OPTION_BLOCK1:
        break; /* they change nothing */
    default:
        if (option->number % 2 != 0) {
            refuse(incoming, COAP_CODE(4, 2), "an unknown critical option");
        }
        break;
    }
}

/** A device may take less than a block in one message. */
static void shrink_block(const struct stream_session *session,
                         struct endpoint_incoming *incoming)
{
    uint8_t szx = incoming->has_block2 ? incoming->block2.szx : SZX_MAX;
    uint32_t number = incoming->block2.number;

    while (szx > 0 && (16u << szx) + OPTIONS_ROOM > session->most) {
        szx--;
        number *= 2;
    }
    if (szx < (incoming->has_block2 ? incoming->block2.szx : SZX_MAX)) {
        incoming->has_block2 = true;
        incoming->block2.szx = szx;
        incoming->block2.number = number;
    }
}

static void answer_request(struct stream_session *session,
                           struct request *request)
{
    const struct stream_port_config *config = &session->port->config;
    struct endpoint_answer answer = { .code = COAP_CODE(4, 0) };
    struct endpoint_incoming *incoming = &request->incoming;

    shrink_block(session, incoming);
    config->on_request(incoming, &answer, config->user);
    if (!answer.is_silent && !answer.is_postponed) {
        send_answer(session, incoming->token, incoming->token_length, &answer);
    }
    if (answer.closes || answer.resets) {
        stream_close(session, answer.resets);
    }
}

static void take_request(struct stream_session *session,
                         const struct stream_message *message)
{
    uint8_t bytes[DATAGRAM_SIZE];
    struct option_reader reader;
    struct option_view option;
    struct request request = {
        .incoming = { .method = message->code,
                      .content_format = CONTENT_FORMAT_NONE,
                      .accept = CONTENT_FORMAT_NONE,
                      .message_id = session->port->next_message++,
                      .token_length = message->token_length,
                      .peer = session->peer,
                      .session = session,
                      .ways = &stream_session_ways,
                      .is_non = true },
    };
    struct endpoint_incoming *incoming = &request.incoming;
    size_t length = stream_as_datagram(message, bytes, sizeof(bytes));

    (void)option_reader_open(&reader, bytes, length); /* we wrote it */
    while (option_reader_next(&reader, &option)) {
        take_option(&request, &option);
    }
    if (option_reader_is_torn(&reader) ||
        (reader.left > 0 && option_reader_payload(&reader) == 0)) {
        abort_session(session, "a message whose options cannot be read",
                      message);
        return;
    }
    incoming->path = request.path;
    incoming->queries = request.queries;
    incoming->payload_length = option_reader_payload(&reader);
    incoming->payload = bytes + length - incoming->payload_length;
    if (message->token_length > 0) {
        memcpy(incoming->token, message->token, message->token_length);
    }
    session->has_asked = true;
    answer_request(session, &request);
}

/* Signals. */

/** What the device can. RFC 8323, 5.3. */
static void take_csm(struct stream_session *session,
                     const struct stream_message *message)
{
    uint8_t bytes[DATAGRAM_SIZE];
    struct option_reader reader;
    struct option_view option;

    (void)option_reader_open(
        &reader, bytes,
        stream_as_datagram(message, bytes, sizeof(bytes))); /* we wrote it */
    session->has_csm = true;
    while (option_reader_next(&reader, &option)) {
        if (option.number == STREAM_CSM_MAX_MESSAGE_SIZE) {
            const uint64_t most = option_number(&option);
            session->most = most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
        } else if (option.number % 2 != 0) {
            abort_session(session, "an unknown critical option in a CSM",
                          message);
            return;
        }
    }
    if (option_reader_is_torn(&reader)) {
        abort_session(session, "a CSM whose options cannot be read", message);
    }
}

static void take_signal(struct stream_session *session,
                        const struct stream_message *message)
{
    const struct body nothing = { .length = 0 };

    switch (message->code) {
    case STREAM_CSM:
        take_csm(session, message);
        break;
    case STREAM_PING:
        send_message(session, STREAM_PONG, message->token,
                     message->token_length, &nothing);
        break;
    case STREAM_PONG:
        break;
    case STREAM_ABORT:
        stream_stray(session, "the device aborts the connection", message->body,
                     message->body_length);
        stream_close(session, false);
        break;
    case STREAM_RELEASE:
        stream_close(session, false);
        break;
    default:
        abort_session(session, "a signal that does not exist", message);
        break;
    }
}

static void take_message(struct stream_session *session,
                         const struct stream_message *message)
{
    tell(session, SERVER_RECEIVED, message);
    if (!session->has_csm && message->code != STREAM_CSM) {
        abort_session(session, "a message before the CSM", message);
    } else if (message->code >> 5 == CLASS_SIGNAL) {
        take_signal(session, message);
    } else if (message->code == 0) {
        return; /* the empty one says nothing: RFC 8323, 3.4 */
    } else if (message->code <= METHOD_LAST) {
        take_request(session, message);
    } else {
        abort_session(session, "a response, though nothing was asked", message);
    }
}

/** Count a message. @return whether so many may come in one turn */
static bool may_come(struct stream_session *session)
{
    struct stream_port *port = session->port;
    const uint64_t now_ms = loop_now_ms(port->config.loop);

    if (session->turn_ms != now_ms) {
        session->turn_ms = now_ms;
        session->turn_count = 0;
    }
    if (port->turn_ms != now_ms) {
        port->turn_ms = now_ms;
        port->turn_count = 0;
    }
    session->turn_count++;
    port->turn_count++;
    return session->turn_count <= STREAM_TURN_MAX &&
           (port->turn_count <= STREAM_TURN_ALL_MAX ||
            session->turn_count <= STREAM_TURN_FAIR);
}

/** Those that are whole. */
static void take_messages(struct stream_session *session)
{
    struct stream_message message;
    const char *why = NULL;
    enum stream_result result = STREAM_WHOLE;
    size_t used = 0;

    while (result == STREAM_WHOLE && !session->is_closing) {
        result = stream_read(session->bytes + used, session->length - used,
                             sizeof(session->bytes), &message, &why);
        if (result == STREAM_WHOLE && !may_come(session)) {
            result = STREAM_WRONG;
            why = "more messages at once than are read";
        } else if (result == STREAM_WHOLE) {
            take_message(session, &message);
            used += message.length;
        }
    }
    if (session->is_closing) {
        return;
    }
    session->length -= used;
    memmove(session->bytes, session->bytes + used, session->length);
    if (result == STREAM_WRONG) {
        abort_session(session, why, NULL);
    }
}

void stream_session_take(struct stream_session *session, const uint8_t *bytes,
                         size_t length)
{
    while (length > 0 && !session->is_closing) {
        const size_t room = sizeof(session->bytes) - session->length;
        const size_t taken = length < room ? length : room;
        memcpy(session->bytes + session->length, bytes, taken);
        session->length += taken;
        bytes += taken;
        length -= taken;
        take_messages(session); /* a whole one fits: there is room again */
    }
}
