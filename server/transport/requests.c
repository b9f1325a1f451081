/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "server/transport/endpoint_private.h"

static bool add_number(coap_pdu_t *pdu, coap_option_num_t number,
                       uint32_t value)
{
    uint8_t bytes[4];

    return coap_add_option(pdu, number,
                           coap_encode_var_safe(bytes, sizeof(bytes), value),
                           bytes) != 0;
}

/** Split at `delimiter` into options; an empty text gives none. */
static bool add_split(coap_pdu_t *pdu, coap_option_num_t number,
                      const char *text, char delimiter)
{
    while (text != NULL && *text != '\0') {
        const char *end = strchr(text, delimiter);
        size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
        if (coap_add_option(pdu, number, length, (const uint8_t *)text) == 0) {
            return false;
        }
        text = end != NULL ? end + 1 : NULL;
    }
    return true;
}

/** Options in ascending order, as libcoap wants them. */
static bool add_options(coap_pdu_t *pdu, const struct endpoint_request *request)
{
    const char *path =
        request->path[0] == '/' ? request->path + 1 : request->path;
    uint32_t block1 = request->block1.number << 4 |
                      (request->block1.more ? 8u : 0u) | request->block1.szx;

    return (!request->has_observe ||
            add_number(pdu, COAP_OPTION_OBSERVE, request->observe)) &&
           add_split(pdu, COAP_OPTION_URI_PATH, path, '/') &&
           (request->content_format == CONTENT_FORMAT_NONE ||
            add_number(pdu, COAP_OPTION_CONTENT_FORMAT,
                       (uint32_t)request->content_format)) &&
           add_split(pdu, COAP_OPTION_URI_QUERY, request->query, '&') &&
           (request->accept == CONTENT_FORMAT_NONE ||
            add_number(pdu, COAP_OPTION_ACCEPT, (uint32_t)request->accept)) &&
           (!request->has_block1 ||
            add_number(pdu, COAP_OPTION_BLOCK1, block1)) &&
           (!request->has_size1 ||
            add_number(pdu, COAP_OPTION_SIZE1, request->size1));
}

static void release_body(coap_session_t *session, void *body)
{
    (void)session;
    free(body);
}

/** By hand exactly as given; else libcoap cuts what is too large. */
static bool add_payload(coap_session_t *session, coap_pdu_t *pdu,
                        const struct endpoint_request *request)
{
    if (request->payload_length == 0) {
        return true;
    }
    if (request->has_block1 || request->payload_length <= 1024) {
        return coap_add_data(pdu, request->payload_length, request->payload) !=
               0;
    }
    uint8_t *body = malloc(request->payload_length);
    if (body == NULL) {
        return false;
    }
    memcpy(body, request->payload, request->payload_length);
    return coap_add_data_large_request(session, pdu, request->payload_length,
                                       body, release_body, body) != 0;
}

static void push_request(struct endpoint *endpoint,
                         const struct exchange *exchange,
                         const struct endpoint_request *request)
{
    const struct server_event event = {
        .kind = SERVER_REQUEST,
        .time_ms = exchange->sent_ms,
        .id = exchange->id,
        .endpoint = exchange->device,
        .as.request = { .method = request->method,
                        .path = request->path,
                        .query = request->query,
                        .content_format = request->content_format,
                        .accept = request->accept,
                        .has_observe = request->has_observe,
                        .observe = request->observe,
                        .has_block1 = request->has_block1,
                        .block1 = request->block1,
                        .has_size1 = request->has_size1,
                        .size1 = request->size1,
                        .payload = request->payload,
                        .payload_length = request->payload_length },
    };

    event_queue_push(endpoint->config.queue, &event);
}

static uint64_t token_for(struct endpoint *endpoint,
                          const struct endpoint_request *request, uint64_t id)
{
    const struct exchange *observation =
        request->has_observe && request->observe == 1
            ? exchange_by_id(&endpoint->exchanges, request->observation)
            : NULL;

    return observation != NULL
               ? observation->token
               : endpoint->token_base +
                     (request->token_of != 0 ? request->token_of : id);
}

bool endpoint_is_full(const struct endpoint *endpoint)
{
    return endpoint->exchanges.open >= ENDPOINT_REQUESTS_MAX;
}

bool endpoint_has_open(const struct endpoint *endpoint, const void *session)
{
    for (const struct exchange *row = endpoint->exchanges.first; row != NULL;
         row = row->next) {
        if (row->is_open && row->session == session) {
            return true;
        }
    }
    return false;
}

enum status endpoint_send(struct endpoint *endpoint, void *session,
                          const struct endpoint_request *request,
                          uint64_t *out_id, struct reason *reason)
{
    uint64_t id =
        request->id != 0 ? request->id : loop_next_id(endpoint->config.loop);
    uint64_t token = token_for(endpoint, request, id);
    uint8_t bytes[ENDPOINT_TOKEN_SIZE];

    if (endpoint_is_full(endpoint)) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d requests in flight",
                          ENDPOINT_REQUESTS_MAX);
    }
    for (size_t i = 0; i < ENDPOINT_TOKEN_SIZE; i++) {
        bytes[i] = (uint8_t)(token >> (8 * (ENDPOINT_TOKEN_SIZE - 1 - i)));
    }
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON,
                                   (coap_pdu_code_t)request->method, session);
    if (pdu == NULL || coap_add_token(pdu, ENDPOINT_TOKEN_SIZE, bytes) == 0 ||
        !add_options(pdu, request) || !add_payload(session, pdu, request)) {
        coap_delete_pdu(pdu);
        return reason_set(reason, STATUS_INVALID,
                          "the request does not fit a message");
    }
    struct exchange *exchange =
        exchange_add(&endpoint->exchanges, id, token, request->device);
    if (exchange == NULL) {
        coap_delete_pdu(pdu);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    exchange->session = session;
    exchange->copies = request->copies;
    exchange->sent_ms = endpoint_now_ms(endpoint);
    exchange->observes = request->has_observe && request->observe == 0;
    exchange->cancels = request->has_observe && request->observe == 1;
    if (request->method == COAP_REQUEST_CODE_POST) {
        char peer[ENDPOINT_ADDRESS_MAX];
        answers_forget(
            &endpoint->answers,
            endpoint_address_text(
                &coap_session_get_addr_remote(session)->addr.sa, peer));
    }
    push_request(endpoint, exchange, request);
    exchange->mid = coap_pdu_get_mid(pdu); /* sending may fail at once */
    coap_mid_t mid = coap_send(session, pdu);
    /* The PDU is gone; the request ends by an event as all do. */
    exchange = exchange_by_id(&endpoint->exchanges, id);
    if (exchange != NULL) {
        if (mid == COAP_INVALID_MID) {
            responses_failure(endpoint, exchange, SERVER_TIMEOUT,
                              "the request could not be sent");
        }
    }
    *out_id = id;
    return STATUS_OK;
}
