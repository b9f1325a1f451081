/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/endpoint.h"

#include <arpa/inet.h>
#include <coap3/coap.h>
#include <errno.h>
#include <inttypes.h>
#include <mbedtls/version.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "server/transport/answers.h"
#include "server/transport/exchange.h"
#include "server/transport/tap.h"

enum {
    DATAGRAM_MAX = 1472, /* libcoap's ceiling, libcoap.md section 3 */
    PERIOD_MS = 1000,    /* looking after overdue exchanges */
    TOKEN_SIZE = 8,
    WHAT_SIZE = 160,
    SELF_TEST_MS = 500,
    SELF_TEST_TRIES = 8,
    COAP_VERSION_1 = 1,
    TURN_EVENTS = 16,                    /* epoll events of one turn */
    BATCH = 32,                          /* datagrams read per event and turn */
    SESSIONS_DONE = TURN_EVENTS * BATCH, /* one per datagram at most */
};

struct endpoint {
    struct endpoint_config config;
    char address[ENDPOINT_ADDRESS_MAX]; /* "127.0.0.1:5683" */
    uint16_t port;
    coap_context_t *context;
    struct exchange_table exchanges;
    struct answers answers;
    uint64_t token_base; /* so that tokens differ between runs */
    bool is_inside;      /* libcoap runs: its handlers may be active */
    coap_session_t *done[SESSIONS_DONE]; /* held; to be silenced */
    size_t done_count;
    uint64_t received;
    uint64_t sent;
    char last_peer[ENDPOINT_ADDRESS_MAX];
    uint8_t last_bytes[DATAGRAM_MAX]; /* the last datagram, cut */
    size_t last_length;
    char last_what[WHAT_SIZE]; /* made when asked for */
};

static uint64_t now_ms(const struct endpoint *endpoint)
{
    return loop_now_ms(endpoint->config.loop);
}

/** "127.0.0.1:40123" or "[::1]:40123"; returns `text`. */
static char *address_text(const struct sockaddr *address,
                          char text[ENDPOINT_ADDRESS_MAX])
{
    char host[INET6_ADDRSTRLEN] = "?";
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;

    if (address->sa_family == AF_INET6) {
        (void)inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof(host));
        (void)snprintf(text, ENDPOINT_ADDRESS_MAX, "[%s]:%u", host,
                       ntohs(v6->sin6_port));
    } else {
        (void)inet_ntop(AF_INET, &v4->sin_addr, host, sizeof(host));
        (void)snprintf(text, ENDPOINT_ADDRESS_MAX, "%s:%u", host,
                       ntohs(v4->sin_port));
    }
    return text;
}

static void on_datagram(enum server_direction direction,
                        const struct sockaddr *peer, const uint8_t *bytes,
                        size_t length, void *user)
{
    struct endpoint *endpoint = user;
    char text[ENDPOINT_ADDRESS_MAX];
    struct server_event event = {
        .kind = SERVER_MESSAGE,
        .time_ms = now_ms(endpoint),
        .as.message = { .direction = direction,
                        .peer = address_text(peer, text),
                        .local = endpoint->address,
                        .bytes = bytes,
                        .length = length },
    };

    if (direction == SERVER_RECEIVED) {
        endpoint->received++;
        (void)snprintf(endpoint->last_peer, sizeof(endpoint->last_peer), "%s",
                       text);
        endpoint->last_length = length < DATAGRAM_MAX ? length : DATAGRAM_MAX;
        memcpy(endpoint->last_bytes, bytes, endpoint->last_length);
    } else {
        endpoint->sent++;
    }
    event_queue_push(endpoint->config.queue, &event);
    if (direction == SERVER_RECEIVED &&
        (length < 4 || bytes[0] >> 6 != COAP_VERSION_1)) {
        event = (struct server_event){
            .kind = SERVER_STRAY,
            .time_ms = now_ms(endpoint),
            .as.stray = { text, "a datagram that is no CoAP", bytes, length },
        };
        event_queue_push(endpoint->config.queue, &event);
    }
}

/* Requests that devices send. */

/** Join the path options; false when they are too long. */
static bool join_path(const coap_pdu_t *pdu, coap_option_num_t number,
                      char *path, size_t size)
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
        if (used + length + 2 > size) {
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

static bool number_option(const coap_pdu_t *pdu, coap_option_num_t number,
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

static int format_option(const coap_pdu_t *pdu)
{
    uint32_t value = 0;

    return number_option(pdu, COAP_OPTION_CONTENT_FORMAT, &value)
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

static void handle_request(coap_resource_t *resource, coap_session_t *session,
                           const coap_pdu_t *request,
                           const coap_string_t *query, coap_pdu_t *response)
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
        .content_format = format_option(request),
        .peer = peer,
        .session = session,
    };
    struct endpoint_answer answer = { .code = COAP_RESPONSE_CODE(400) };
    size_t offset = 0;
    size_t total = 0;

    (void)resource;
    (void)query; /* read from the options, unescaped */
    (void)coap_get_data_large(request, &incoming.payload_length,
                              &incoming.payload, &offset, &total);
    address_text(&coap_session_get_addr_remote(session)->addr.sa, peer);
    /* The last datagram is this request: libcoap handles each at once. */
    uint64_t hash =
        answers_hash(peer, endpoint->last_bytes, endpoint->last_length);
    const struct endpoint_answer *known =
        answers_find(&endpoint->answers, hash, now_ms(endpoint));
    incoming.query_count = collect_queries(request, options);
    bool fits = join_path(request, COAP_OPTION_URI_PATH, path, sizeof(path)) &&
                incoming.query_count <= ENDPOINT_OPTIONS_MAX;
    if (known != NULL) {
        answer = *known;
    } else if (fits) {
        endpoint->config.on_request(&incoming, &answer, endpoint->config.user);
        if (incoming.method != COAP_REQUEST_CODE_GET &&
            incoming.method != COAP_REQUEST_CODE_FETCH) {
            answers_add(&endpoint->answers, hash, &answer, now_ms(endpoint));
        }
    }
    coap_pdu_set_code(response, answer.code);
    add_location(response, answer.location);
}

/* Answers to our requests. */

static uint64_t token_number(coap_bin_const_t token)
{
    uint64_t number = 0;

    if (token.length != TOKEN_SIZE) {
        return 0;
    }
    for (size_t i = 0; i < TOKEN_SIZE; i++) {
        number = number << 8 | token.s[i];
    }
    return number;
}

static void fill_response(const coap_pdu_t *pdu, char *location,
                          size_t location_size,
                          struct server_response_view *view)
{
    uint32_t value = 0;
    size_t offset = 0;
    size_t total = 0;

    view->code = (uint8_t)coap_pdu_get_code(pdu);
    view->content_format = format_option(pdu);
    view->has_observe = number_option(pdu, COAP_OPTION_OBSERVE, &view->observe);
    view->has_size1 = number_option(pdu, COAP_OPTION_SIZE1, &view->size1);
    view->has_max_age =
        number_option(pdu, COAP_OPTION_MAXAGE, &view->max_age_s);
    view->has_block1 = number_option(pdu, COAP_OPTION_BLOCK1, &value);
    view->block1 = (struct server_block){ .number = value >> 4,
                                          .more = (value & 8) != 0,
                                          .szx = value & 7 };
    if (join_path(pdu, COAP_OPTION_LOCATION_PATH, location, location_size) &&
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
        .time_ms = now_ms(endpoint),
        .endpoint = endpoint->config.name_of((void *)(uintptr_t)session,
                                             endpoint->config.user),
        .as.stray = { .peer = address_text(
                          &coap_session_get_addr_remote(session)->addr.sa,
                          peer),
                      .what = what },
    };

    event_queue_push(endpoint->config.queue, &event);
}

static void push_response(struct endpoint *endpoint,
                          const struct exchange *exchange,
                          enum server_event_kind kind, const coap_pdu_t *pdu)
{
    char location[ENDPOINT_PATH_MAX];
    struct server_event event = {
        .kind = kind,
        .time_ms = now_ms(endpoint),
        .id = exchange->id,
        .endpoint = exchange->device,
        .as.response = { .sent_ms = exchange->sent_ms },
    };

    fill_response(pdu, location, sizeof(location), &event.as.response);
    event_queue_push(endpoint->config.queue, &event);
}

/** The first answer. An observation stays when the device confirmed it. */
static void close_exchange(struct endpoint *endpoint, struct exchange *exchange,
                           const coap_pdu_t *pdu)
{
    uint32_t sequence = 0;
    bool confirmed = exchange->observes &&
                     coap_pdu_get_code(pdu) == COAP_RESPONSE_CODE(205) &&
                     number_option(pdu, COAP_OPTION_OBSERVE, &sequence);
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

static coap_response_t handle_response(coap_session_t *session,
                                       const coap_pdu_t *sent,
                                       const coap_pdu_t *received,
                                       const coap_mid_t mid)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    uint64_t token = token_number(coap_pdu_get_token(received));
    struct exchange *exchange = exchange_open(&endpoint->exchanges, token);
    uint32_t sequence = 0;
    bool has_observe = number_option(received, COAP_OPTION_OBSERVE, &sequence);

    (void)sent;
    (void)mid;
    /* A notification that was under way has the token of the cancel, but
     * neither comes in its ACK nor lacks Observe as its answer does. */
    bool is_answer =
        exchange != NULL && !(exchange->cancels && has_observe &&
                              coap_pdu_get_type(received) != COAP_MESSAGE_ACK);
    if (is_answer) {
        close_exchange(endpoint, exchange, received);
        return COAP_RESPONSE_OK;
    }
    exchange = exchange_observation(&endpoint->exchanges, token);
    if (exchange != NULL) {
        bool ends = coap_pdu_get_code(received) != COAP_RESPONSE_CODE(205);
        push_response(endpoint, exchange, SERVER_NOTIFICATION, received);
        if (ends) {
            exchange_remove(&endpoint->exchanges, exchange);
        }
        return COAP_RESPONSE_OK;
    }
    if (exchange_is_finished(&endpoint->exchanges, token)) {
        push_stray(endpoint, session,
                   "a response or notification for a finished request");
        /* A notification after the cancel is rejected, RFC 7641, 3.6; a late
         * repeated response is not. */
        return has_observe ? COAP_RESPONSE_FAIL : COAP_RESPONSE_OK;
    }
    push_stray(endpoint, session, "a response with an unknown token");
    return COAP_RESPONSE_FAIL;
}

static void push_failure(struct endpoint *endpoint, struct exchange *exchange,
                         enum server_event_kind kind, const char *why)
{
    const struct server_event event = {
        .kind = kind,
        .time_ms = now_ms(endpoint),
        .id = exchange->id,
        .endpoint = exchange->device,
        .as.failure = { .why = why, .sent_ms = exchange->sent_ms },
    };

    event_queue_push(endpoint->config.queue, &event);
    exchange_remove(&endpoint->exchanges, exchange);
}

static void handle_nack(coap_session_t *session, const coap_pdu_t *sent,
                        const coap_nack_reason_t nack, const coap_mid_t mid)
{
    struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    struct exchange *exchange =
        sent != NULL ? exchange_open(&endpoint->exchanges,
                                     token_number(coap_pdu_get_token(sent)))
                     /* After an empty ACK libcoap knows it no more. */
                     : exchange_by_mid(&endpoint->exchanges, session, mid);

    if (exchange == NULL) {
        return;
    }
    if (nack == COAP_NACK_RST) {
        push_failure(endpoint, exchange, SERVER_RESET,
                     "the device answered with Reset");
    } else {
        push_failure(endpoint, exchange, SERVER_TIMEOUT,
                     nack == COAP_NACK_TOO_MANY_RETRIES
                         ? "no answer after all retransmissions"
                     : nack == COAP_NACK_BAD_RESPONSE
                         ? "the response was not valid CoAP and was rejected"
                         : "the request could not be delivered");
    }
}

static int handle_event(coap_session_t *session, const coap_event_t event)
{
    if (event == COAP_EVENT_BAD_PACKET) {
        struct endpoint *endpoint =
            coap_context_get_app_data(coap_session_get_context(session));
        push_stray(endpoint, session, "a malformed CoAP message");
    }
    return 0; /* libcoap does not look at it */
}

/**
 * Stop libcoap's retransmissions on the sessions of ended registrations: a
 * stimulus must not reach a restarted device once more, and with NSTART 1 a
 * dead request would hold back the requests of the new registration. Not from
 * libcoap's handlers, which still use the session.
 */
static void silence_sessions(struct endpoint *endpoint)
{
    while (endpoint->done_count > 0) {
        coap_session_t *session = endpoint->done[--endpoint->done_count];
        coap_session_disconnected(session, COAP_NACK_NOT_DELIVERABLE);
        coap_session_release(session);
    }
}

/** Requests that got an empty ACK and never a response. */
static void expire_exchanges(struct endpoint *endpoint)
{
    uint64_t now = now_ms(endpoint);
    struct exchange *row = endpoint->exchanges.first;

    while (row != NULL) {
        struct exchange *next = row->next;
        if (row->is_open && now >= row->sent_ms + ENDPOINT_EXCHANGE_MS) {
            push_failure(endpoint, row, SERVER_TIMEOUT,
                         "no response within the exchange lifetime");
        }
        row = next;
    }
}

/**
 * One turn of libcoap by its public epoll calls. libcoap reads one datagram
 * per event, so each event is repeated: empty reads are silent.
 */
static void process(struct endpoint *endpoint)
{
    struct epoll_event events[TURN_EVENTS];
    struct epoll_event many[TURN_EVENTS * BATCH];
    size_t count = 0;
    coap_tick_t now = 0;
    int ready = epoll_wait(coap_context_get_coap_fd(endpoint->context), events,
                           TURN_EVENTS, 0);

    endpoint->is_inside = true;
    for (int i = 0; i < ready; i++) {
        size_t times = events[i].data.ptr != NULL ? BATCH : 1;
        for (size_t j = 0; j < times; j++) {
            many[count++] = events[i];
        }
    }
    if (count > 0) {
        coap_io_do_epoll(endpoint->context, many, count);
    } else {
        coap_ticks(&now);
        (void)coap_io_prepare_epoll(endpoint->context,
                                    now); /* its timer is in the descriptor */
    }
    endpoint->is_inside = false;
    silence_sessions(endpoint);
    expire_exchanges(endpoint);
}

static void on_ready(void *user)
{
    process(user);
}

static bool parse_address(const char *text, uint16_t port,
                          coap_address_t *out_address)
{
    coap_address_init(out_address);
    if (inet_pton(AF_INET, text, &out_address->addr.sin.sin_addr) == 1) {
        out_address->addr.sin.sin_family = AF_INET;
        out_address->addr.sin.sin_port = htons(port);
        out_address->size = sizeof(out_address->addr.sin);
        return true;
    }
    if (inet_pton(AF_INET6, text, &out_address->addr.sin6.sin6_addr) == 1) {
        out_address->addr.sin6.sin6_family = AF_INET6;
        out_address->addr.sin6.sin6_port = htons(port);
        out_address->size = sizeof(out_address->addr.sin6);
        return true;
    }
    return false;
}

/** Bind and close again: libcoap does not say why it could not bind, and 0 is
 *  no port that it would tell. */
static enum status probe_port(coap_address_t *address, uint16_t *out_port,
                              struct reason *reason)
{
    char text[ENDPOINT_ADDRESS_MAX];
    struct sockaddr_storage bound;
    socklen_t size = sizeof(bound);
    int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    enum status status = STATUS_OK;

    if (fd < 0 || bind(fd, &address->addr.sa, address->size) != 0 ||
        getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
        status =
            reason_set(reason, STATUS_NETWORK, "cannot listen on %s: %s",
                       address_text(&address->addr.sa, text), strerror(errno));
    } else if (bound.ss_family == AF_INET6) {
        *out_port = ntohs(((struct sockaddr_in6 *)&bound)->sin6_port);
    } else {
        *out_port = ntohs(((struct sockaddr_in *)&bound)->sin_port);
    }
    if (fd >= 0) {
        (void)close(fd); /* nothing was sent */
    }
    return status;
}

static void on_log(coap_log_t level, const char *message)
{
    (void)level; /* what matters comes as events */
    (void)message;
}

static enum status open_context(struct endpoint *endpoint,
                                coap_address_t *address, struct reason *reason)
{
    static const coap_request_t methods[] = {
        COAP_REQUEST_GET,    COAP_REQUEST_POST,  COAP_REQUEST_PUT,
        COAP_REQUEST_DELETE, COAP_REQUEST_FETCH, COAP_REQUEST_PATCH,
        COAP_REQUEST_IPATCH,
    };
    coap_startup();
    coap_set_log_handler(on_log);
    coap_context_t *context = coap_new_context(NULL);

    endpoint->context = context;
    if (context == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "no CoAP context");
    }
    coap_context_set_app_data(context, endpoint);
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP |
                                             COAP_BLOCK_SINGLE_BODY |
                                             COAP_BLOCK_NO_PREEMPTIVE_RTAG);
    coap_endpoint_t *listener =
        coap_new_endpoint(context, address, COAP_PROTO_UDP);
    coap_resource_t *any = coap_resource_unknown_init2(handle_request, 0);
    if (listener == NULL || any == NULL) {
        return reason_set(reason, STATUS_NETWORK, "cannot listen on %s",
                          endpoint->address);
    }
    coap_endpoint_set_default_mtu(listener, DATAGRAM_MAX);
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        coap_register_handler(any, methods[i], handle_request);
    }
    coap_add_resource(context, any);
    coap_register_response_handler(context, handle_response);
    coap_register_nack_handler(context, handle_nack);
    coap_register_event_handler(context, handle_event);
    coap_prng(&endpoint->token_base, sizeof(endpoint->token_base));
    return loop_watch(endpoint->config.loop, coap_context_get_coap_fd(context),
                      PERIOD_MS, on_ready, endpoint, reason);
}

/**
 * Ping ourselves and see that both taps were passed: a newer libcoap may call
 * other functions, and a trace that silently misses messages is worse than
 * none.
 */
static enum status self_test(struct endpoint *endpoint,
                             const coap_address_t *address,
                             struct reason *reason)
{
    /* GET of a path that nobody has; libcoap leaves some pings of a fresh
     * session unanswered. */
    uint8_t ping[] = { 0x41, 0x01, 0x00, 0x00, 0x01, 0xb1, 0x3f };
    coap_address_t target = *address;
    uint8_t answer[DATAGRAM_MAX];
    bool answered = false;
    int fd = socket(address->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (address->addr.sa.sa_family == AF_INET &&
        target.addr.sin.sin_addr.s_addr == htonl(INADDR_ANY)) {
        target.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else if (address->addr.sa.sa_family == AF_INET6 &&
               IN6_IS_ADDR_UNSPECIFIED(&target.addr.sin6.sin6_addr)) {
        target.addr.sin6.sin6_addr = in6addr_loopback;
    }
    struct pollfd polls[2] = {
        { .fd = coap_context_get_coap_fd(endpoint->context), .events = POLLIN },
        { .fd = fd, .events = POLLIN },
    };
    for (uint8_t i = 1; fd >= 0 && !answered && i <= SELF_TEST_TRIES; i++) {
        ping[3] = i;
        bool sent = sendto(fd, ping, sizeof(ping), 0, &target.addr.sa,
                           target.size) == (ssize_t)sizeof(ping);
        while (sent && !answered && poll(polls, 2, SELF_TEST_MS) > 0) {
            if (polls[0].revents != 0) {
                process(endpoint);
            }
            answered = polls[1].revents != 0 &&
                       recv(fd, answer, sizeof(answer), 0) > 0;
        }
    }
    if (fd >= 0) {
        (void)close(fd); /* its work is done */
    }
    bool tapped = endpoint->received > 0 && endpoint->sent > 0;
    endpoint->received = 0;
    endpoint->last_peer[0] = '\0';
    endpoint->last_length = 0;
    event_queue_release(endpoint->config.queue);
    event_queue_init(endpoint->config.queue);
    return answered && tapped
               ? STATUS_OK
               : reason_set(reason, STATUS_NETWORK, "self-test on %s: %s",
                            endpoint->address,
                            answered ? "messages bypass the taps"
                                     : "no answer to a request");
}

enum status endpoint_new(const struct endpoint_config *config,
                         struct endpoint **out_endpoint, struct reason *reason)
{
    coap_address_t address;

    if (!parse_address(config->address, config->port, &address)) {
        return reason_set(reason, STATUS_INVALID,
                          "'%s' is no numeric IP address", config->address);
    }
    struct endpoint *endpoint = calloc(1, sizeof(*endpoint));
    if (endpoint == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    endpoint->config = *config;
    enum status status = probe_port(&address, &endpoint->port, reason);
    if (status == STATUS_OK) {
        (void)parse_address(config->address, endpoint->port,
                            &address); /* as before */
        address_text(&address.addr.sa, endpoint->address);
        status = open_context(endpoint, &address, reason);
    }
    if (status == STATUS_OK) {
        tap_set(on_datagram, endpoint);
        status = self_test(endpoint, &address, reason);
    }
    if (status != STATUS_OK) {
        endpoint_free(endpoint);
        return status;
    }
    *out_endpoint = endpoint;
    return STATUS_OK;
}

void endpoint_free(struct endpoint *endpoint)
{
    if (endpoint == NULL) {
        return;
    }
    if (endpoint->context != NULL) {
        coap_free_context(endpoint->context); /* it still sends: taps stay */
        tap_clear(endpoint);
        coap_cleanup();
    }
    exchange_release(&endpoint->exchanges);
    free(endpoint);
}

uint16_t endpoint_port(const struct endpoint *endpoint)
{
    return endpoint->port;
}

void endpoint_session_keep(void *session)
{
    (void)coap_session_reference(session); /* returns its argument */
}

void endpoint_session_release(void *session)
{
    coap_session_release(session);
}

void endpoint_seen(struct endpoint *endpoint, uint64_t *out_count,
                   const char **out_peer, const char **out_what)
{
    if (endpoint->received > 0) {
        (void)message_text(endpoint->last_bytes, endpoint->last_length,
                           endpoint->last_what, sizeof(endpoint->last_what));
    }
    *out_count = endpoint->received;
    *out_peer = endpoint->last_peer;
    *out_what = endpoint->last_what;
}

void endpoint_abandon(struct endpoint *endpoint, const void *session,
                      const char *why)
{
    struct exchange *row = endpoint->exchanges.first;

    while (row != NULL) {
        struct exchange *next = row->next;
        if (row->session == session && row->is_open) {
            push_failure(endpoint, row, SERVER_SESSION_LOST, why);
        } else if (row->session == session) {
            exchange_remove(&endpoint->exchanges, row);
        }
        row = next;
    }
    if (endpoint->done_count < SESSIONS_DONE) {
        endpoint->done[endpoint->done_count++] =
            coap_session_reference((coap_session_t *)(uintptr_t)session);
    }
    if (!endpoint->is_inside) {
        silence_sessions(endpoint);
    }
}

/* Requests that we send. */

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

    return observation != NULL ? observation->token : endpoint->token_base + id;
}

enum status endpoint_send(struct endpoint *endpoint, void *session,
                          const struct endpoint_request *request,
                          uint64_t *out_id, struct reason *reason)
{
    uint64_t id = loop_next_id(endpoint->config.loop);
    uint64_t token = token_for(endpoint, request, id);
    uint8_t bytes[TOKEN_SIZE];

    if (endpoint->exchanges.open >= ENDPOINT_REQUESTS_MAX) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d requests in flight",
                          ENDPOINT_REQUESTS_MAX);
    }
    for (size_t i = 0; i < TOKEN_SIZE; i++) {
        bytes[i] = (uint8_t)(token >> (8 * (TOKEN_SIZE - 1 - i)));
    }
    coap_pdu_t *pdu = coap_new_pdu(COAP_MESSAGE_CON,
                                   (coap_pdu_code_t)request->method, session);
    if (pdu == NULL || coap_add_token(pdu, TOKEN_SIZE, bytes) == 0 ||
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
    exchange->sent_ms = now_ms(endpoint);
    exchange->observes = request->has_observe && request->observe == 0;
    exchange->cancels = request->has_observe && request->observe == 1;
    push_request(endpoint, exchange, request);
    coap_mid_t mid = coap_send(session, pdu);
    /* The PDU is gone; the request ends by an event as all do. */
    exchange = exchange_by_id(&endpoint->exchanges, id);
    if (exchange != NULL) {
        exchange->mid = mid;
        if (mid == COAP_INVALID_MID) {
            push_failure(endpoint, exchange, SERVER_TIMEOUT,
                         "the request could not be sent");
        }
    }
    *out_id = id;
    return STATUS_OK;
}

const char *endpoint_library_versions(void)
{
    return "libcoap " LIBCOAP_PACKAGE_VERSION
           ", Mbed TLS " MBEDTLS_VERSION_STRING;
}
