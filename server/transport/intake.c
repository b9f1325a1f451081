/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "server/transport/endpoint_private.h"
#include "server/transport/option_reader.h"

enum {
    COAP_VERSION_1 = 1,
    TYPE_ACK = 2,
    HEADER_SIZE = 4,
    TOKEN_MAX = 8,
    WHAT_SIZE = 96,
};

/** endpoint_address_text(), which is not made anew for each message of the same
 *  device. */
static char *peer_text(struct endpoint *endpoint, const struct sockaddr *peer,
                       char text[ENDPOINT_ADDRESS_MAX])
{
    const struct sockaddr_in *v4 = (const void *)peer;

    if (peer->sa_family != AF_INET) {
        return endpoint_address_text(peer, text);
    }
    if (endpoint->written_text[0] == '\0' ||
        endpoint->written.sin_port != v4->sin_port ||
        endpoint->written.sin_addr.s_addr != v4->sin_addr.s_addr) {
        endpoint->written = *v4;
        (void)endpoint_address_text(peer, endpoint->written_text);
    }
    return memcpy(text, endpoint->written_text, ENDPOINT_ADDRESS_MAX);
}

/** What goes out to the last peer under the message ID of its last datagram
 *  is the answer to it. */
static void note_answer(struct endpoint *endpoint, const char *peer,
                        const uint8_t *bytes, size_t length)
{
    if (length >= HEADER_SIZE && endpoint->last_length >= HEADER_SIZE &&
        strcmp(peer, endpoint->last_peer) == 0 &&
        memcmp(bytes + 2, endpoint->last_bytes + 2, 2) == 0) {
        endpoint->last_is_answered = true;
        endpoint->last_answer = bytes[1];
    }
}

static void note_received(struct endpoint *endpoint, enum tap_layer layer,
                          bool is_record, const char *peer,
                          const uint8_t *bytes, size_t length)
{
    bool was_message = endpoint->last_length > 0 && !endpoint->last_is_record;

    endpoint->received += layer != TAP_CLEAR ? 1 : 0;
    if (is_record && was_message) {
        return; /* a message says more than the records around it */
    }
    memcpy(endpoint->last_peer, peer, strlen(peer) + 1);
    endpoint->last_length =
        length < ENDPOINT_DATAGRAM_MAX ? length : ENDPOINT_DATAGRAM_MAX;
    memcpy(endpoint->last_bytes, bytes, endpoint->last_length);
    endpoint->last_cut = layer == TAP_CUT ? length : 0;
    endpoint->last_is_answered = false;
    endpoint->last_is_record = is_record;
}

static void push_stray(struct endpoint *endpoint, const char *peer, uint64_t id,
                       const char *what, const uint8_t *bytes, size_t length)
{
    const struct server_event event = {
        .kind = SERVER_STRAY,
        .id = id,
        .time_ms = endpoint_now_ms(endpoint),
        .as.stray = { peer, what, bytes, length },
    };

    event_queue_push(endpoint->config.queue, &event);
}

/** Token and message ID of a message of ours, or of its answer. */
static bool read_ids(const uint8_t *bytes, size_t length, uint64_t *out_token,
                     unsigned *out_mid)
{
    if (length < HEADER_SIZE + TOKEN_MAX || (bytes[0] & 0x0f) != TOKEN_MAX) {
        return false;
    }
    *out_mid = (unsigned)bytes[2] << 8 | bytes[3];
    *out_token = 0;
    for (size_t i = 0; i < TOKEN_MAX; i++) {
        *out_token = *out_token << 8 | bytes[HEADER_SIZE + i];
    }
    return true;
}

/** When a request of ours left, and when an empty ACK of it came. */
static void note_times(struct endpoint *endpoint,
                       const struct wire_passage *passage, const uint8_t *bytes,
                       size_t length)
{
    uint64_t token = 0;
    unsigned mid = 0;

    if (passage->direction == SERVER_SENT &&
        read_ids(bytes, length, &token, &mid)) {
        exchange_note_left(&endpoint->exchanges, token, mid, passage->way,
                           endpoint_now_ms(endpoint));
    } else if (passage->direction == SERVER_RECEIVED && length == HEADER_SIZE &&
               (bytes[0] >> 4 & 3) == TYPE_ACK && bytes[1] == 0) {
        exchange_note_acked(&endpoint->exchanges,
                            (unsigned)bytes[2] << 8 | bytes[3], passage->way,
                            endpoint_now_ms(endpoint));
    }
}

/** Each copy of a message is to be answered as the first: RFC 7252, 4.2. What
 *  comes behind the first answer libcoap drops. */
static void compare_copied(struct endpoint *endpoint, const char *peer,
                           const uint8_t *bytes, size_t length)
{
    char what[WHAT_SIZE];
    uint64_t token = 0;
    unsigned mid = 0;
    bool is_answer = length >= HEADER_SIZE && (bytes[0] >> 4 & 3) == TYPE_ACK &&
                     bytes[1] != 0;
    struct exchange_copied *copied =
        is_answer && read_ids(bytes, length, &token, &mid)
            ? exchange_find_copied(&endpoint->exchanges, token, mid)
            : NULL;

    if (copied == NULL) {
        return;
    }
    if (copied->code != 0 && copied->code != bytes[1]) {
        (void)snprintf(what, sizeof(what),
                       "%u.%02u to a message that was answered %u.%02u before",
                       bytes[1] >> 5, bytes[1] & 0x1fu, copied->code >> 5,
                       copied->code & 0x1fu); /* fits */
        push_stray(endpoint, peer, copied->id, what, bytes, length);
    }
    copied->code = bytes[1];
}

/** What libcoap drops without a word: no CoAP, and an ACK or a Reset that
 *  answers nothing. */
static void tell_of_silent(struct endpoint *endpoint,
                           const struct wire_passage *passage,
                           const uint8_t *bytes, size_t length)
{
    const char *peer = passage->peer_text;
    struct option_reader reader;

    endpoint->last_is_told = true;
    if (length < HEADER_SIZE || bytes[0] >> 6 != COAP_VERSION_1) {
        push_stray(endpoint, peer, 0, "a datagram that is no CoAP", bytes,
                   length);
    } else if ((bytes[0] & 0x0f) > TOKEN_MAX) {
        push_stray(endpoint, peer, 0, "a token of more than 8 bytes", bytes,
                   length);
    } else if (option_reader_open(&reader, bytes, length) &&
               !guard_knows(&endpoint->guard, passage->way, &reader)) {
        push_stray(
            endpoint, peer, 0,
            reader.type != TYPE_ACK ? "a Reset of a message that was not sent"
            : reader.code == 0
                ? "an ACK of a message that was not sent"
                : "a response in an ACK whose message ID fits no request",
            bytes, length);
    } else {
        endpoint->last_is_told = false;
    }
}

void intake_settle(struct endpoint *endpoint)
{
    if (endpoint->unread != RECORDS_OTHER) {
        push_stray(endpoint, endpoint->unread_peer, 0,
                   endpoint->unread == RECORDS_HELLO
                       ? "a DTLS ClientHello that cannot be read"
                       : "a DTLS record that no session can read",
                   NULL, 0);
        endpoint->unread = RECORDS_OTHER;
    }
}

/** What the DTLS library drops without a word. */
static void tell_of_record(struct endpoint *endpoint, const char *peer,
                           const uint8_t *bytes, size_t length)
{
    enum records_kind kind = RECORDS_OTHER;
    const char *wrong = records_wrong(bytes, length, &kind);

    intake_settle(endpoint); /* the one before is done with */
    if (wrong != NULL) {
        push_stray(endpoint, peer, 0, wrong, bytes, length);
    } else if (kind != RECORDS_OTHER) {
        endpoint->unread = kind;
        (void)snprintf(endpoint->unread_peer, sizeof(endpoint->unread_peer),
                       "%s", peer); /* fits */
    }
}

static void tell_of_cut(struct endpoint *endpoint, bool is_record,
                        const char *peer, const uint8_t *bytes, size_t length)
{
    char what[WHAT_SIZE];

    note_received(endpoint, TAP_CUT, is_record, peer, bytes, length);
    (void)snprintf(what, sizeof(what),
                   "a datagram of %zu bytes, dropped: at most %d are read",
                   length, ENDPOINT_DATAGRAM_MAX); /* fits */
    push_stray(endpoint, peer, 0, what, bytes, ENDPOINT_DATAGRAM_MAX);
}

/** Where devices ask and are not asked. */
static bool is_of_files(const struct endpoint *endpoint, uint16_t port)
{
    return port == endpoint->second_port ||
           extra_port_at(endpoint, port) != NULL;
}

/** The second port has no DTLS. */
static bool is_of_dtls(const struct endpoint *endpoint, enum tap_layer layer,
                       uint16_t port)
{
    return layer != TAP_CLEAR &&
           (extra_port_at(endpoint, port) != NULL ||
            (endpoint->secure != NULL &&
             !(port != 0 && port == endpoint->second_port)));
}

static struct wire_passage passage_of(const struct endpoint *endpoint,
                                      enum tap_layer layer,
                                      enum server_direction direction,
                                      const struct sockaddr *peer,
                                      const char *text, uint16_t port,
                                      int interface)
{
    return (struct wire_passage){ .layer = layer,
                                  .direction = direction,
                                  .peer = peer,
                                  .peer_text = text,
                                  .port = port,
                                  .way = wire_way(peer, port),
                                  .interface = interface,
                                  .of_files = is_of_files(endpoint, port) };
}

void intake_tap(enum tap_layer layer, enum server_direction direction,
                const struct sockaddr *peer, uint16_t port,
                const uint8_t *bytes, size_t length, void *user)
{
    struct endpoint *endpoint = user;
    char text[ENDPOINT_ADDRESS_MAX];
    const bool is_second = port != 0 && port == endpoint->second_port;
    const struct extra_port *extra = extra_port_at(endpoint, port);
    const bool is_other = port != 0 && port == endpoint->other_port;
    const struct server_event event = {
        .kind = SERVER_MESSAGE,
        .time_ms = endpoint_now_ms(endpoint),
        .as.message = { .direction = direction,
                        .peer = peer_text(endpoint, peer, text),
                        .local = extra != NULL ? extra->address
                                 : is_second   ? endpoint->second_address
                                 : is_other    ? endpoint->other_address
                                               : endpoint->address,
                        .bytes = bytes,
                        .length = length },
    };
    const bool is_record = is_of_dtls(endpoint, layer, port);

    if (layer == TAP_CUT) {
        tell_of_cut(endpoint, is_record, text, bytes, length);
        return;
    }
    if (direction == SERVER_RECEIVED) {
        note_received(endpoint, layer, is_record, text, bytes, length);
    } else {
        endpoint->sent += layer == TAP_DATAGRAM ? 1 : 0;
        note_answer(endpoint, text, bytes, length);
    }
    if (is_record) {
        if (direction == SERVER_RECEIVED) {
            tell_of_record(endpoint, text, bytes, length);
        } else if (endpoint->unread != RECORDS_DATA) {
            endpoint->unread = RECORDS_OTHER;
        }
        return; /* no message: what is inside of it is told */
    }
    if (direction == SERVER_RECEIVED && endpoint->unread != RECORDS_HELLO) {
        endpoint->unread = RECORDS_OTHER;
    }
    event_queue_push(endpoint->config.queue, &event);
    const struct wire_passage passage =
        passage_of(endpoint, layer, direction, peer, text, port, 0);
    endpoint->received_clear +=
        layer == TAP_CLEAR && direction == SERVER_RECEIVED ? 1 : 0;
    endpoint->sent_clear +=
        layer == TAP_CLEAR && direction == SERVER_SENT ? 1 : 0;
    wire_note(endpoint, &passage, bytes, length);
    note_times(endpoint, &passage, bytes, length);
    if (direction == SERVER_RECEIVED &&
        !wire_is_answer(endpoint, passage.way, bytes, length)) {
        tell_of_silent(endpoint, &passage, bytes, length);
        compare_copied(endpoint, text, bytes, length);
    } else if (direction == SERVER_SENT) {
        guard_sent(&endpoint->guard, passage.way, bytes, length);
    }
}

/** What libcoap may see of a message that arrived. */
static size_t guard_message(struct endpoint *endpoint,
                            const struct wire_passage *passage, uint8_t *bytes,
                            size_t length)
{
    char what[WHAT_SIZE];
    struct option_reader reader;

    if (option_reader_open(&reader, bytes, length) &&
        !guard_knows(&endpoint->guard, passage->way, &reader)) {
        return 0; /* it was told of, and libcoap would take the response */
    }
    const size_t seen =
        guard_received(&endpoint->guard, passage->way, bytes, length);
    if (endpoint->guard.critical != 0) {
        (void)snprintf(what, sizeof(what),
                       "a request with the unknown critical option %zu",
                       endpoint->guard.critical); /* fits */
        push_stray(endpoint, passage->peer_text, 0, what, bytes, length);
        endpoint->last_is_told = true;
    }
    return seen;
}

/** The device gets a message, or its answer is kept from us, so that the
 *  request goes out, once more: what that is answered is to be the same. */
static void note_copied(struct endpoint *endpoint, const uint8_t *bytes,
                        size_t length, uint8_t code)
{
    uint64_t token = 0;
    unsigned mid = 0;
    struct exchange *row = read_ids(bytes, length, &token, &mid)
                               ? exchange_open(&endpoint->exchanges, token)
                               : NULL;

    if (row != NULL && (unsigned)row->mid == mid) {
        exchange_note_copied(&endpoint->exchanges, row);
        struct exchange_copied *copied =
            exchange_find_copied(&endpoint->exchanges, token, mid);
        copied->code = code;
        copied->kept = code;
    }
}

/** @return how many bytes of it may be seen now, which may have changed */
static size_t pass_hooks(struct endpoint *endpoint,
                         const struct wire_passage *passage, uint8_t *bytes,
                         size_t length)
{
    const uint8_t *passed = bytes;
    size_t left = length;

    if (wire_take_answer(endpoint, passage, bytes, length)) {
        return 0;
    }
    if (!wire_pass(endpoint, passage, &passed, &left)) {
        if (length >= HEADER_SIZE && (bytes[0] >> 4 & 3) == TYPE_ACK &&
            bytes[1] != 0 && !passage->of_files) {
            note_copied(endpoint, bytes, length, bytes[1]);
        }
        return 0;
    }
    if (passed != bytes) {
        memcpy(bytes, passed, left);
    }
    return left;
}

size_t intake_mend(enum tap_layer layer, const struct sockaddr *peer,
                   uint16_t port, int interface, uint8_t *bytes, size_t length,
                   void *user)
{
    struct endpoint *endpoint = user;
    char text[ENDPOINT_ADDRESS_MAX];

    endpoint->mended++;
    if (is_of_dtls(endpoint, layer, port)) {
        if (endpoint->unread == RECORDS_HELLO) {
            secure_begin_anew(endpoint->context, peer, port, interface,
                              records_is_first_hello(bytes, length));
        }
        return length; /* a record: its message comes by TAP_CLEAR */
    }
    const struct wire_passage passage =
        passage_of(endpoint, layer, SERVER_RECEIVED, peer,
                   peer_text(endpoint, peer, text), port, interface);
    const size_t left = pass_hooks(endpoint, &passage, bytes, length);
    return left > 0 ? guard_message(endpoint, &passage, bytes, left) : 0;
}

bool intake_gate(enum tap_layer layer, const struct sockaddr *peer,
                 uint16_t port, int interface, const uint8_t **bytes,
                 size_t *length, void *user)
{
    struct endpoint *endpoint = user;
    char text[ENDPOINT_ADDRESS_MAX];

    endpoint->gated++;
    if (is_of_dtls(endpoint, layer, port)) {
        return true; /* the record of a message that passed here already */
    }
    endpoint->wire.copies = 0;
    if (endpoint->wire.hooks.armed == 0) {
        return true;
    }
    const struct wire_passage passage =
        passage_of(endpoint, layer, SERVER_SENT, peer,
                   peer_text(endpoint, peer, text), port, interface);
    const bool passes = wire_pass(endpoint, &passage, bytes, length);
    if (endpoint->wire.is_copied && !passage.of_files) {
        note_copied(endpoint, *bytes, *length, 0);
    }
    return passes;
}

/* libcoap's own, behind its sockets and its DTLS (coap_net_internal.h of 4.3):
 * no public call takes a message that did not come by a socket. */
int coap_handle_dgram(coap_context_t *context, coap_session_t *session,
                      uint8_t *bytes, size_t length);

void intake_deliver(struct endpoint *endpoint,
                    const struct wire_passage *passage, uint8_t *bytes,
                    size_t length)
{
    coap_session_t *session = endpoint_session_at(
        endpoint, passage->peer, passage->port, passage->interface);

    if (session == NULL) {
        return; /* it is gone, and who would be answered with it */
    }
    note_received(endpoint, TAP_CLEAR, false, passage->peer_text, bytes,
                  length);
    const size_t left = guard_message(endpoint, passage, bytes, length);
    if (left > 0) {
        (void)coap_session_reference(session);
        endpoint->is_inside = true;
        (void)coap_handle_dgram(endpoint->context, session, bytes, left);
        endpoint->is_inside = false;
        coap_session_release(session);
    }
}

unsigned intake_copies(enum tap_layer layer, uint16_t port,
                       const uint8_t *bytes, size_t length, void *user)
{
    struct endpoint *endpoint = user;
    uint64_t token = 0;
    unsigned mid = 0;

    endpoint->copied++;
    if (is_of_dtls(endpoint, layer, port)) {
        return 0; /* the message inside of it is the one to copy */
    }
    const unsigned by_hook = endpoint->wire.copies;
    endpoint->wire.copies = 0;
    if (!read_ids(bytes, length, &token, &mid)) {
        return by_hook;
    }
    for (struct exchange *row = endpoint->exchanges.first; row != NULL;
         row = row->next) {
        const unsigned copies = row->copies + by_hook;
        if (row->is_open && copies > 0 && row->token == token &&
            (unsigned)row->mid == mid) {
            row->copies = 0; /* libcoap's own retransmissions are none */
            exchange_note_copied(&endpoint->exchanges, row);
            return copies;
        }
    }
    return by_hook;
}
