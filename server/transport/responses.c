/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/endpoint_private.h"

static uint64_t token_number(coap_bin_const_t token)
{
    uint64_t number = 0;

    if (token.length != ENDPOINT_TOKEN_SIZE) {
        return 0;
    }
    for (size_t i = 0; i < ENDPOINT_TOKEN_SIZE; i++) {
        number = number << 8 | token.s[i];
    }
    return number;
}

static bool has_observe(const coap_pdu_t *pdu)
{
    uint32_t sequence = 0;

    return pdu_number(pdu, COAP_OPTION_OBSERVE, &sequence);
}

/** The option, where the same one did not stand before it. */
static void fill_option(coap_option_num_t number, uint32_t value,
                        struct server_response_view *view)
{
    switch (number) {
    case COAP_OPTION_CONTENT_FORMAT:
        if (view->content_format == CONTENT_FORMAT_NONE) {
            view->content_format = (int)value;
        }
        break;
    case COAP_OPTION_OBSERVE:
        view->observe = view->has_observe ? view->observe : value;
        view->has_observe = true;
        break;
    case COAP_OPTION_SIZE1:
        view->size1 = view->has_size1 ? view->size1 : value;
        view->has_size1 = true;
        break;
    case COAP_OPTION_MAXAGE:
        view->max_age_s = view->has_max_age ? view->max_age_s : value;
        view->has_max_age = true;
        break;
    case COAP_OPTION_BLOCK1:
        if (!view->has_block1) {
            view->block1 = (struct server_block){ .number = value >> 4,
                                                  .more = (value & 8) != 0,
                                                  .szx = value & 7 };
        }
        view->has_block1 = true;
        break;
    default:
        break;
    }
}

static void fill_response(const coap_pdu_t *pdu, char *location,
                          size_t location_size,
                          struct server_response_view *view)
{
    coap_opt_iterator_t iterator;
    const coap_opt_t *option = NULL;
    bool has_location = false;
    size_t offset = 0;
    size_t total = 0;

    view->code = (uint8_t)coap_pdu_get_code(pdu);
    view->is_confirmable = coap_pdu_get_type(pdu) == COAP_MESSAGE_CON;
    view->content_format = CONTENT_FORMAT_NONE;
    coap_option_iterator_init(pdu, &iterator, COAP_OPT_ALL);
    while ((option = coap_option_next(&iterator)) != NULL) {
        has_location =
            has_location || iterator.number == COAP_OPTION_LOCATION_PATH;
        fill_option(iterator.number,
                    coap_decode_var_bytes(coap_opt_value(option),
                                          coap_opt_length(option)),
                    view);
    }
    if (has_location &&
        pdu_path(pdu, COAP_OPTION_LOCATION_PATH, location, location_size) &&
        location[0] != '\0') {
        view->location = location;
    }
    (void)coap_get_data_large(pdu, &view->payload_length, &view->payload,
                              &offset, &total); /* none: length 0 */
}

static void push_stray(struct endpoint *endpoint, const coap_session_t *session,
                       const char *what)
{
    char peer[ENDPOINT_ADDRESS_MAX];
    const struct server_event event = {
        .kind = SERVER_STRAY,
        .time_ms = endpoint_now_ms(endpoint),
        .endpoint = endpoint->config.name_of((void *)(uintptr_t)session,
                                             endpoint->config.user),
        .as.stray = { .peer = endpoint_address_text(
                          &coap_session_get_addr_remote(session)->addr.sa,
                          peer),
                      .what = what },
    };

    event_queue_push(endpoint->config.queue, &event);
}

static void push_response(struct endpoint *endpoint, struct exchange *exchange,
                          enum server_event_kind kind, const coap_pdu_t *pdu)
{
    char location[ENDPOINT_PATH_MAX];
    struct server_event event = {
        .kind = kind,
        .time_ms = endpoint_now_ms(endpoint),
        .id = exchange->id,
        .endpoint = exchange->device,
        .as.response = { .sent_ms = exchange->sent_ms,
                         .left_ms = exchange->left_ms,
                         .again_ms = exchange->again_ms,
                         .acked_ms = exchange->acked_ms },
    };

    fill_response(pdu, location, sizeof(location), &event.as.response);
    event.as.response.is_joined = endpoint->guard.is_joined;
    if (exchange->observes && event.as.response.has_observe) {
        event.as.response.is_stale =
            !exchange_take_sequence(exchange, event.as.response.observe,
                                    event.time_ms) &&
            kind == SERVER_NOTIFICATION;
    }
    event_queue_push(endpoint->config.queue, &event);
}

/** A notification that nobody asked for, or not any more. */
static void push_unwanted(struct endpoint *endpoint,
                          const coap_session_t *session, uint64_t id,
                          const coap_pdu_t *pdu)
{
    char location[ENDPOINT_PATH_MAX];
    struct server_event event = {
        .kind = SERVER_UNWANTED,
        .time_ms = endpoint_now_ms(endpoint),
        .id = id,
        .endpoint = endpoint->config.name_of((void *)(uintptr_t)session,
                                             endpoint->config.user),
    };

    fill_response(pdu, location, sizeof(location), &event.as.response);
    event_queue_push(endpoint->config.queue, &event);
}

/** The first answer. An observation stays when the device confirmed it. */
static void close_exchange(struct endpoint *endpoint, struct exchange *exchange,
                           const coap_pdu_t *pdu)
{
    bool confirmed = exchange->observes &&
                     coap_pdu_get_code(pdu) == COAP_RESPONSE_CODE(205) &&
                     has_observe(pdu);
    uint64_t token = exchange->token;

    push_response(endpoint, exchange, SERVER_RESPONSE, pdu);
    if (exchange->cancels) {
        exchange_remove(&endpoint->exchanges, exchange);
        struct exchange *observation =
            exchange_observation(&endpoint->exchanges, token);
        if (observation != NULL) {
            exchange_remove(&endpoint->exchanges, observation);
        }
    } else if (confirmed) {
        exchange->is_open = false;
        endpoint->exchanges.open--;
    } else {
        exchange_remove(&endpoint->exchanges, exchange);
    }
}

/** RFC 7252, 5.3.2. Taking another would leave the request on its own session:
 *  repeated, and holding back what follows there (NSTART is 1). */
static bool is_from_device(const struct endpoint *endpoint, uint64_t token,
                           const coap_session_t *session)
{
    for (const struct exchange *row = endpoint->exchanges.first; row != NULL;
         row = row->next) {
        if (row->token == token && row->session != session) {
            return false;
        }
    }
    return true;
}

/** The answer to a repetition is another one than that to the message, which a
 *  hook kept from us: what was done to the request is not known here. The
 *  answers were told (SERVER_STRAY). */
static bool is_other_than_kept(struct endpoint *endpoint, uint64_t token,
                               const struct exchange *exchange,
                               const coap_pdu_t *received)
{
    const struct exchange_copied *copied = exchange_find_copied(
        &endpoint->exchanges, token, (unsigned)exchange->mid);

    return copied != NULL && copied->kept != 0 &&
           copied->kept != (uint8_t)coap_pdu_get_code(received);
}

static coap_response_t take_notification(struct endpoint *endpoint,
                                         struct exchange *exchange,
                                         const coap_pdu_t *received)
{
    bool goes_on = coap_pdu_get_code(received) == COAP_RESPONSE_CODE(205) &&
                   has_observe(received);

    push_response(endpoint, exchange, SERVER_NOTIFICATION, received);
    if (!goes_on) {
        exchange_remove(&endpoint->exchanges, exchange);
    }
    return COAP_RESPONSE_OK;
}

coap_response_t responses_handle(coap_session_t *session,
                                 const coap_pdu_t *sent,
                                 const coap_pdu_t *received,
                                 const coap_mid_t mid)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    uint64_t token = token_number(coap_pdu_get_token(received));
    struct exchange *exchange = exchange_open(&endpoint->exchanges, token);
    const char *refusal = endpoint->guard.why;

    (void)sent;
    (void)mid;
    if (!is_from_device(endpoint, token, session)) {
        push_stray(endpoint, session,
                   "a response from where its request did not go");
        return COAP_RESPONSE_OK;
    }
    /* A notification that was under way has the token of the cancel, but
     * neither comes in its ACK nor lacks Observe as its answer does. */
    bool is_answer =
        exchange != NULL && !(exchange->cancels && has_observe(received) &&
                              coap_pdu_get_type(received) != COAP_MESSAGE_ACK);
    if (is_answer && refusal[0] != '\0') {
        responses_failure(endpoint, exchange, SERVER_TIMEOUT, refusal);
        return COAP_RESPONSE_FAIL;
    }
    if (refusal[0] != '\0') {
        push_stray(endpoint, session, refusal);
        return COAP_RESPONSE_FAIL;
    }
    if (is_answer && is_other_than_kept(endpoint, token, exchange, received)) {
        responses_failure(endpoint, exchange, SERVER_TIMEOUT,
                          "the answer was dropped on purpose, and that to the "
                          "repetition is another one");
        return COAP_RESPONSE_OK;
    }
    if (is_answer) {
        close_exchange(endpoint, exchange, received);
        return COAP_RESPONSE_OK;
    }
    exchange = exchange_observation(&endpoint->exchanges, token);
    /* One in blocks was acknowledged with its first block, and cannot be
     * rejected any more: the next one may be. */
    bool is_late = coap_pdu_get_type(received) == COAP_MESSAGE_ACK;
    if (exchange != NULL && (!exchange->is_forgotten || is_late)) {
        return take_notification(endpoint, exchange, received);
    }
    if (exchange != NULL) {
        exchange_remove(&endpoint->exchanges, exchange);
    }
    bool is_finished = exchange_is_finished(&endpoint->exchanges, token);
    if (has_observe(received)) {
        /* Rejecting it is the cancel, or repeats it: RFC 7641, 3.6. */
        push_unwanted(endpoint, session,
                      is_finished ? token - endpoint->token_base : 0, received);
        return COAP_RESPONSE_FAIL;
    }
    push_stray(endpoint, session,
               is_finished ? "a response to a finished request"
                           : "a response with an unknown token");
    return is_finished ? COAP_RESPONSE_OK : COAP_RESPONSE_FAIL;
}

void responses_failure(struct endpoint *endpoint, struct exchange *exchange,
                       enum server_event_kind kind, const char *why)
{
    const struct server_event event = {
        .kind = kind,
        .time_ms = endpoint_now_ms(endpoint),
        .id = exchange->id,
        .endpoint = exchange->device,
        .as.failure = { .why = why,
                        .has_changed = endpoint->guard.has_changed &&
                                       why == endpoint->guard.why,
                        .is_answered = endpoint->guard.why[0] != '\0' &&
                                       why == endpoint->guard.why,
                        .sent_ms = exchange->sent_ms },
    };

    event_queue_push(endpoint->config.queue, &event);
    exchange_remove(&endpoint->exchanges, exchange);
}

/**
 * The open exchange that ended.
 *
 * A request is known by its message ID; a request for a further block of an
 * answer has an ID of its own, and is known by its token. The token is read
 * only for reasons that come with a live PDU: of a lost session libcoap 4.3.5
 * hands out &lg_crcv->pdu, whose token was freed with the request, when the
 * device had answered by an empty ACK.
 */
static struct exchange *find_ended(struct endpoint *endpoint,
                                   const coap_session_t *session,
                                   const coap_pdu_t *sent,
                                   coap_nack_reason_t nack, coap_mid_t mid)
{
    struct exchange *exchange =
        exchange_by_mid(&endpoint->exchanges, session, mid);
    bool is_alive = nack == COAP_NACK_TOO_MANY_RETRIES ||
                    nack == COAP_NACK_RST || nack == COAP_NACK_BAD_RESPONSE;

    if (exchange == NULL && sent != NULL && is_alive) {
        exchange = exchange_open(&endpoint->exchanges,
                                 token_number(coap_pdu_get_token(sent)));
    }
    return exchange;
}

void responses_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t nack, const coap_mid_t mid)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    struct exchange *exchange = find_ended(endpoint, session, sent, nack, mid);

    if (exchange == NULL) {
        return;
    }
    if (nack == COAP_NACK_RST) {
        responses_failure(endpoint, exchange, SERVER_RESET,
                          "the device answered with Reset");
    } else {
        responses_failure(
            endpoint, exchange, SERVER_TIMEOUT,
            nack == COAP_NACK_TOO_MANY_RETRIES
                ? "no answer after all retransmissions"
            : nack == COAP_NACK_BAD_RESPONSE
                ? "the response was not valid CoAP and was rejected"
                : "the request could not be delivered");
    }
}

int responses_event(coap_session_t *session, const coap_event_t event)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));

    knocks_take(&endpoint->knocks, session, event);
    if (event == COAP_EVENT_BAD_PACKET && !endpoint->last_is_told) {
        push_stray(endpoint, session, "a malformed CoAP message");
    } else if (event == COAP_EVENT_DTLS_CLOSED) {
        endpoint->unread = RECORDS_OTHER; /* that was in the record */
    } else if (event == COAP_EVENT_DTLS_ERROR) {
        endpoint->unread = RECORDS_OTHER;
        push_stray(endpoint, session, "a DTLS handshake or record that failed");
    }
    return 0; /* libcoap does not look at it */
}

void endpoint_forget(struct endpoint *endpoint, uint64_t observation)
{
    struct exchange *exchange =
        exchange_by_id(&endpoint->exchanges, observation);

    if (exchange != NULL && exchange->observes && !exchange->is_open) {
        exchange->is_forgotten = true;
    }
}

/** Requests that got an empty ACK and never a response. */
void responses_expire(struct endpoint *endpoint)
{
    uint64_t now = endpoint_now_ms(endpoint);
    struct exchange *row = endpoint->exchanges.first;

    while (row != NULL) {
        struct exchange *next = row->next;
        if (row->is_open && now >= row->sent_ms + ENDPOINT_EXCHANGE_MS) {
            responses_failure(endpoint, row, SERVER_TIMEOUT,
                              "no response within the exchange lifetime");
        }
        row = next;
    }
}
