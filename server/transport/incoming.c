/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "server/transport/endpoint_private.h"

/** libcoap drops a response of a class that is none, before it is sent. */
#define CODE_NEVER_SENT COAP_RESPONSE_CODE(100)

/** Join the path options. False when they are too long, or when a segment
 *  cannot be told from others in the text: with a NUL or a slash in it. */
bool pdu_path(const coap_pdu_t *pdu, coap_option_num_t number, char *path,
              size_t size)
{
    coap_opt_iterator_t iterator;
    coap_opt_filter_t filter;
    size_t used = 0;
    coap_opt_t *option = NULL;

    coap_option_filter_clear(&filter);
    coap_option_filter_set(&filter, number);
    coap_option_iterator_init(pdu, &iterator, &filter);
    path[0] = '\0';
    while ((option = coap_option_next(&iterator)) != NULL) {
        size_t length = coap_opt_length(option);
        if (used + length + 2 > size ||
            memchr(coap_opt_value(option), '\0', length) != NULL ||
            memchr(coap_opt_value(option), '/', length) != NULL) {
            return false;
        }
        path[used++] = '/';
        memcpy(path + used, coap_opt_value(option), length);
        used += length;
        path[used] = '\0';
    }
    return true;
}

static size_t collect_queries(const coap_pdu_t *pdu,
                              struct endpoint_option *options)
{
    coap_opt_iterator_t iterator;
    coap_opt_filter_t filter;
    size_t count = 0;
    coap_opt_t *option = NULL;

    coap_option_filter_clear(&filter);
    coap_option_filter_set(&filter, COAP_OPTION_URI_QUERY);
    coap_option_iterator_init(pdu, &iterator, &filter);
    while ((option = coap_option_next(&iterator)) != NULL) {
        if (count < ENDPOINT_OPTIONS_MAX) {
            options[count] =
                (struct endpoint_option){ coap_opt_value(option),
                                          coap_opt_length(option) };
        }
        count++;
    }
    return count;
}

bool pdu_number(const coap_pdu_t *pdu, coap_option_num_t number,
                uint32_t *out_value)
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *option = coap_check_option(pdu, number, &iterator);

    if (option == NULL) {
        return false;
    }
    *out_value =
        coap_decode_var_bytes(coap_opt_value(option), coap_opt_length(option));
    return true;
}

int pdu_format(const coap_pdu_t *pdu)
{
    uint32_t value = 0;

    return pdu_number(pdu, COAP_OPTION_CONTENT_FORMAT, &value)
               ? (int)value
               : CONTENT_FORMAT_NONE;
}

/** libcoap takes Location-Path one segment at a time. */
static void add_location(coap_pdu_t *response, const char *location)
{
    while (*location == '/') {
        size_t length = strcspn(location + 1, "/");
        (void)coap_add_option(response, COAP_OPTION_LOCATION_PATH, length,
                              (const uint8_t *)location + 1); /* it fits */
        location += 1 + length;
    }
}

/** Read path and queries; a request that cannot be read is refused. */
static void read_request(struct endpoint *endpoint, const coap_pdu_t *request,
                         struct endpoint_incoming *incoming,
                         struct endpoint_option *options,
                         char path[ENDPOINT_PATH_MAX])
{
    incoming->refusal_code = COAP_RESPONSE_CODE(400);
    incoming->query_count = collect_queries(request, options);
    if (!pdu_path(request, COAP_OPTION_URI_PATH, path, ENDPOINT_PATH_MAX)) {
        incoming->refusal = "the path is too long, or no text";
    } else if (endpoint->guard.why[0] != '\0') {
        incoming->refusal = endpoint->guard.why;
        incoming->refusal_code = endpoint->guard.code;
    } else if (incoming->query_count > ENDPOINT_OPTIONS_MAX) {
        incoming->refusal = "too many parameters";
    }
    if (incoming->query_count > ENDPOINT_OPTIONS_MAX) {
        incoming->query_count = ENDPOINT_OPTIONS_MAX;
    }
}

/**
 * Of a request in blocks the last one is handed on with the whole body; the
 * others are answered here.
 *
 * @param out_body  the caller's to free once the request is done; NULL: none
 * @return whether the request is to be handed on
 */
static bool put_together(struct endpoint *endpoint,
                         struct endpoint_incoming *incoming,
                         struct endpoint_answer *answer, uint8_t **out_body)
{
    const struct guard *guard = &endpoint->guard;

    if (!guard->has_block || incoming->refusal != NULL) {
        return true;
    }
    answer->has_block1 = true;
    answer->block1 = guard->block;
    if (guard->block.number == 0 && !guard->block.more) {
        return true;
    }
    const uint8_t code = uploads_take(
        &endpoint->uploads, guard->request, &guard->block, incoming->payload,
        incoming->payload_length, endpoint_now_ms(endpoint), out_body,
        &incoming->payload_length);
    if (code == COAP_RESPONSE_CODE(231)) {
        answer->code = code;
        return false;
    }
    incoming->payload = *out_body;
    if (code != 0) {
        incoming->payload_length = 0;
        incoming->refusal = endpoint->uploads.why;
        incoming->refusal_code = code;
    }
    return true;
}

static void answer_anew(struct endpoint *endpoint,
                        struct endpoint_incoming *incoming, uint64_t hash,
                        struct endpoint_answer *answer)
{
    uint8_t *body = NULL;

    if (put_together(endpoint, incoming, answer, &body)) {
        endpoint->config.on_request(incoming, answer, endpoint->config.user);
    }
    free(body);
    if (incoming->method != COAP_REQUEST_CODE_GET &&
        incoming->method != COAP_REQUEST_CODE_FETCH) {
        answers_add(&endpoint->answers, incoming->peer, hash, answer,
                    endpoint_now_ms(endpoint));
    }
}

static bool add_number(coap_pdu_t *pdu, coap_option_num_t number,
                       uint32_t value)
{
    uint8_t bytes[4];

    return coap_add_option(pdu, number,
                           coap_encode_var_safe(bytes, sizeof(bytes), value),
                           bytes) != 0;
}

/** Options in ascending order, as libcoap wants them. */
static bool add_content(coap_pdu_t *response,
                        const struct endpoint_content *content)
{
    uint32_t block2 = content->block2.number << 4 |
                      (content->block2.more ? 8u : 0u) | content->block2.szx;

    return (content->etag_length == 0 ||
            coap_add_option(response, COAP_OPTION_ETAG, content->etag_length,
                            content->etag) != 0) &&
           add_number(response, COAP_OPTION_CONTENT_FORMAT,
                      CONTENT_FORMAT_OPAQUE) &&
           (!content->has_block2 ||
            add_number(response, COAP_OPTION_BLOCK2, block2)) &&
           (!content->has_size2 ||
            add_number(response, COAP_OPTION_SIZE2, content->size2)) &&
           (content->length == 0 ||
            coap_add_data(response, content->length, content->bytes) != 0);
}

static void add_block1(coap_pdu_t *response,
                       const struct endpoint_answer *answer)
{
    const struct server_block *block = &answer->block1;

    if (answer->has_block1) {
        (void)add_number(response, COAP_OPTION_BLOCK1,
                         block->number << 4 | (block->more ? 8u : 0u) |
                             block->szx); /* it fits */
    }
}

static void fill_answer(coap_pdu_t *response,
                        const struct endpoint_answer *answer)
{
    coap_pdu_set_code(response, answer->code);
    if (answer->is_silent) {
        coap_pdu_set_code(response, CODE_NEVER_SENT);
    } else if (answer->is_postponed) {
        coap_pdu_set_code(response, COAP_EMPTY_CODE);
    } else if (!answer->has_content) {
        add_location(response, answer->location);
        if (answer->max_age_s != 0) {
            (void)add_number(response, COAP_OPTION_MAXAGE,
                             answer->max_age_s); /* it fits */
        }
        add_block1(response, answer);
    } else if (!add_content(response, &answer->content)) {
        coap_pdu_set_code(response, COAP_RESPONSE_CODE(500));
    }
}

void endpoint_respond(struct endpoint *endpoint, void *session,
                      const struct endpoint_late *late)
{
    coap_pdu_type_t type = late->is_non        ? COAP_MESSAGE_NON
                           : late->is_separate ? COAP_MESSAGE_CON
                                               : COAP_MESSAGE_ACK;
    coap_pdu_t *pdu = coap_new_pdu(type, late->answer.code, session);

    (void)endpoint;
    if (pdu == NULL) {
        return;
    }
    if (type == COAP_MESSAGE_ACK) {
        coap_pdu_set_mid(pdu, late->message_id);
    }
    (void)coap_add_token(pdu, late->token_length, late->token); /* it fits */
    fill_answer(pdu, &late->answer);
    (void)coap_send(session, pdu); /* which frees it; may be lost */
}

/** The same bytes, sent to two servers, are two requests. */
#define OTHER_SALT UINT64_C(0x9e3779b97f4a7c15)

uint16_t endpoint_session_port(const void *session)
{
    const coap_address_t *local = coap_session_get_addr_local(session);

    return local->addr.sa.sa_family == AF_INET6
               ? ntohs(local->addr.sin6.sin6_port)
               : ntohs(local->addr.sin.sin_port);
}

static void read_block2(const coap_pdu_t *request,
                        struct endpoint_incoming *incoming)
{
    uint32_t value = 0;

    incoming->has_block2 = pdu_number(request, COAP_OPTION_BLOCK2, &value);
    incoming->block2 = (struct server_block){ .number = value >> 4,
                                              .more = (value & 8) != 0,
                                              .szx = value & 7 };
    incoming->accept = pdu_number(request, COAP_OPTION_ACCEPT, &value)
                           ? (int)value
                           : CONTENT_FORMAT_NONE;
}

void incoming_handle(coap_resource_t *resource, coap_session_t *session,
                     const coap_pdu_t *request, const coap_string_t *query,
                     coap_pdu_t *response)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    struct endpoint_option options[ENDPOINT_OPTIONS_MAX];
    char path[ENDPOINT_PATH_MAX];
    char peer[ENDPOINT_ADDRESS_MAX];
    struct endpoint_incoming incoming = {
        .method = (uint8_t)coap_pdu_get_code(request),
        .path = path,
        .queries = options,
        .content_format = pdu_format(request),
        .message_id = coap_pdu_get_mid(request),
        .is_non = coap_pdu_get_type(request) == COAP_MESSAGE_NON,
        .on_second_port =
            endpoint_session_port(session) == endpoint->second_port,
        .on_other_port = endpoint->other_port != 0 &&
                         endpoint_session_port(session) == endpoint->other_port,
        .peer = peer,
        .session = session,
    };
    struct endpoint_answer answer = { .code = COAP_RESPONSE_CODE(400) };
    size_t offset = 0;
    size_t total = 0;

    (void)resource;
    (void)query; /* read from the options, unescaped */
    const struct extra_port *port =
        extra_port_at(endpoint, endpoint_session_port(session));
    incoming.door = port != NULL ? port->door : NULL;
    if (!incoming.on_second_port && port == NULL) {
        incoming.identity = secure_name(endpoint->secure, session);
    }
    coap_bin_const_t token = coap_pdu_get_token(request);
    incoming.token_length = token.length < sizeof(incoming.token)
                                ? token.length
                                : sizeof(incoming.token);
    if (incoming.token_length > 0) {
        memcpy(incoming.token, token.s, incoming.token_length);
    }
    read_block2(request, &incoming);
    (void)coap_get_data_large(request, &incoming.payload_length,
                              &incoming.payload, &offset, &total);
    endpoint_address_text(&coap_session_get_addr_remote(session)->addr.sa,
                          peer);
    /* The last datagram is this request: libcoap handles each at once. */
    uint64_t hash =
        answers_hash(peer, endpoint->last_bytes, endpoint->last_length) ^
        (incoming.on_other_port ? OTHER_SALT : 0);
    const struct endpoint_answer *known =
        answers_find(&endpoint->answers, hash, endpoint_now_ms(endpoint));
    read_request(endpoint, request, &incoming, options, path);
    if (coap_session_get_proto(session) == COAP_PROTO_DTLS &&
        endpoint->received_clear == 0) {
        /* What the self-test cannot see without a device: a trace that misses
         * messages, and hooks that meet none, are worse than no campaign. */
        incoming.refusal = "messages inside of DTLS bypass the taps";
        incoming.refusal_code = COAP_RESPONSE_CODE(500);
    }
    if (known != NULL) {
        answer = *known;
    } else {
        answer_anew(endpoint, &incoming, hash, &answer);
    }
    if (answer.resets) {
        (void)coap_send_rst(session, request); /* may be lost */
    }
    fill_answer(response, &answer);
}
