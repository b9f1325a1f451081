/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/wire.h"

#include <stdlib.h>
#include <string.h>

#include "server/transport/endpoint_private.h"

enum {
    HEADER_SIZE = 4,
    METHOD_GET = 1,
    TYPE_CON = 0,
    TYPE_ACK = 2,
    TYPE_RST = 3,
    TEXT_SIZE = 160,
};

/** A message on its way. */
struct wire_late {
    uint64_t timer;
    uint64_t hook;
    struct wire_passage passage;
    struct sockaddr_storage peer; /* that `passage` leads to, as the text */
    char peer_text[ENDPOINT_ADDRESS_MAX];
    struct wire_late *next;
    size_t length;
    uint8_t bytes[];
};

uint64_t wire_way(const struct sockaddr *peer, uint16_t port)
{
    const struct sockaddr_in *v4 = (const void *)peer;
    const struct sockaddr_in6 *v6 = (const void *)peer;
    const uint64_t ours = hash_bytes(HASH_START, &port, sizeof(port));

    if (peer->sa_family == AF_INET6) {
        return hash_bytes(
            hash_message(ours, &v6->sin6_addr, sizeof(v6->sin6_addr)),
            &v6->sin6_port, sizeof(v6->sin6_port));
    }
    return hash_bytes(hash_bytes(ours, &v4->sin_addr, sizeof(v4->sin_addr)),
                      &v4->sin_port, sizeof(v4->sin_port));
}

static void tell(struct endpoint *endpoint, uint64_t id,
                 const struct wire_passage *passage, const char *what,
                 const uint8_t *bytes, size_t length)
{
    char text[TEXT_SIZE];
    const struct server_event event = {
        .kind = SERVER_WIRE,
        .id = id,
        .time_ms = endpoint_now_ms(endpoint),
        .as.wire = { .is_sent = passage->direction == SERVER_SENT,
                     .peer = passage->peer_text,
                     .what = what,
                     .text = message_text(bytes, length, text, sizeof(text)),
                     .bytes = id != 0 ? bytes : NULL,
                     .length = id != 0 ? length : 0 },
    };

    event_queue_push(endpoint->config.queue, &event);
}

/** Whether this very message passed before. RFC 7252, 4.2. */
static bool is_repeated(struct endpoint *endpoint,
                        const struct wire_passage *passage,
                        const uint8_t *bytes, size_t length)
{
    const uint8_t direction = (uint8_t)passage->direction;
    const uint64_t way = hash_bytes(passage->way, &direction, 1);
    const uint64_t key = hash_bytes(way, bytes + 2, 2);
    const uint64_t content = hash_message(key, bytes, length);
    const uint64_t now_ms = endpoint_now_ms(endpoint);
    /* What a peer sends one after the other lies side by side. */
    const size_t place =
        (way + ((size_t)bytes[2] << 8 | bytes[3])) % WIRE_PASSED;
    const bool is_there =
        endpoint->wire.passed[place].key == key &&
        endpoint->wire.passed[place].content == content &&
        now_ms < endpoint->wire.passed[place].time_ms + ENDPOINT_EXCHANGE_MS;
    endpoint->wire.passed[place].key = key;
    endpoint->wire.passed[place].content = content;
    endpoint->wire.passed[place].time_ms = now_ms;
    return is_there;
}

void wire_note(struct endpoint *endpoint, const struct wire_passage *passage,
               const uint8_t *bytes, size_t length)
{
    struct option_reader reader;

    if (!option_reader_open(&reader, bytes, length)) {
        return; /* another event tells of it */
    }
    const bool is_again = is_repeated(endpoint, passage, bytes, length);
    if (is_again || reader.code == 0) {
        tell(endpoint, 0, passage,
             is_again                  ? "repeated"
             : reader.type == TYPE_ACK ? "ack"
             : reader.type == TYPE_RST ? "reset"
                                       : "ping",
             bytes, length);
    }
}

/* Malformed messages. */

static bool answers(const struct wire *wire, size_t index, uint64_t way,
                    const struct option_reader *reader)
{
    return wire->raws[index].id != 0 && wire->raws[index].way == way &&
           (reader->type >= TYPE_ACK
                ? wire->raws[index].mid == reader->mid
                : reader->code >> 5 >= 2 &&
                      reader->token_length == WIRE_TOKEN_SIZE &&
                      memcmp(wire->raws[index].token, reader->token,
                             WIRE_TOKEN_SIZE) == 0);
}

static void send_past_hooks(struct endpoint *endpoint,
                            const struct wire_passage *passage,
                            const uint8_t *bytes, size_t length)
{
    coap_session_t *session =
        passage->layer == TAP_CLEAR
            ? endpoint_session_at(endpoint, passage->peer, passage->port,
                                  passage->interface)
            : NULL;

    if (passage->layer == TAP_DATAGRAM) {
        (void)tap_send_datagram(passage->peer, passage->port, bytes,
                                length); /* the network may lose it, too */
    } else if (session != NULL) {
        (void)tap_send_clear(session, bytes, length); /* the same */
    }
}

/** The malformed message that it answers, or WIRE_RAW_MAX. */
static size_t find_raw(const struct endpoint *endpoint, uint64_t way,
                       const uint8_t *bytes, size_t length)
{
    struct option_reader reader;
    size_t index = 0;

    if (endpoint->wire.raw_count == 0 ||
        !option_reader_open(&reader, bytes, length)) {
        return WIRE_RAW_MAX;
    }
    while (index < WIRE_RAW_MAX &&
           !answers(&endpoint->wire, index, way, &reader)) {
        index++;
    }
    return index;
}

bool wire_is_answer(const struct endpoint *endpoint, uint64_t way,
                    const uint8_t *bytes, size_t length)
{
    return find_raw(endpoint, way, bytes, length) < WIRE_RAW_MAX;
}

bool wire_take_answer(struct endpoint *endpoint,
                      const struct wire_passage *passage, const uint8_t *bytes,
                      size_t length)
{
    const size_t index = find_raw(endpoint, passage->way, bytes, length);

    if (index == WIRE_RAW_MAX) {
        return false;
    }
    tell(endpoint, endpoint->wire.raws[index].id, passage, "answered", bytes,
         length);
    if ((bytes[0] >> 4 & 3) == TYPE_CON) {
        const uint8_t ack[HEADER_SIZE] = { 0x60, 0, bytes[2], bytes[3] };
        send_past_hooks(endpoint, passage, ack, sizeof(ack));
    }
    return true;
}

enum status endpoint_send_malformed(struct endpoint *endpoint, void *session,
                                    enum server_malformed kind,
                                    uint64_t *out_id, struct reason *reason)
{
    struct wire *wire = &endpoint->wire;
    const size_t index = wire->raw_count++ % WIRE_RAW_MAX;
    char peer_text[ENDPOINT_ADDRESS_MAX];
    uint8_t bytes[MALFORMED_SIZE];
    const struct sockaddr *peer =
        &coap_session_get_addr_remote(session)->addr.sa;
    const struct wire_passage passage = {
        .layer = endpoint->secure != NULL ? TAP_CLEAR : TAP_DATAGRAM,
        .direction = SERVER_SENT,
        .peer = peer,
        .peer_text = endpoint_address_text(peer, peer_text),
        .port = endpoint_session_port(session),
        .way = wire_way(peer, endpoint_session_port(session)),
        .interface = coap_session_get_ifindex(session),
    };

    wire->raws[index].id = loop_next_id(endpoint->config.loop);
    wire->raws[index].way = passage.way;
    wire->raws[index].mid = coap_new_message_id(session);
    coap_prng(wire->raws[index].token, WIRE_TOKEN_SIZE);
    const size_t length = malformed_build(kind, wire->raws[index].mid,
                                          wire->raws[index].token, bytes);
    const bool is_sent =
        passage.layer == TAP_CLEAR
            ? tap_send_clear(session, bytes, length)
            : tap_send_datagram(peer, passage.port, bytes, length);
    if (!is_sent) {
        return reason_set(reason, STATUS_NETWORK,
                          "the malformed message '%s' could not be sent",
                          server_malformed_name(kind));
    }
    *out_id = wire->raws[index].id;
    tell(endpoint, *out_id, &passage, "malformed", bytes, length);
    return STATUS_OK;
}

/* Hooks. */

enum status endpoint_arm(struct endpoint *endpoint,
                         const struct server_hook *hook, uint64_t *out_id,
                         struct reason *reason)
{
    const uint64_t id = loop_next_id(endpoint->config.loop);
    enum status status = hooks_arm(&endpoint->wire.hooks, hook, id, reason);

    if (status == STATUS_OK) {
        *out_id = id;
    }
    return status;
}

unsigned endpoint_disarm(struct endpoint *endpoint, uint64_t id)
{
    return hooks_disarm(&endpoint->wire.hooks, id);
}

static void keep(struct endpoint *endpoint, const struct wire_passage *passage,
                 uint64_t hook, uint32_t after_ms, const uint8_t *bytes,
                 size_t length)
{
    struct wire *wire = &endpoint->wire;
    struct wire_late *late = wire->late_count < WIRE_LATE_MAX
                                 ? malloc(sizeof(*late) + length)
                                 : NULL;

    if (late == NULL) {
        return; /* lost */
    }
    *late = (struct wire_late){
        .hook = hook, .passage = *passage, .next = wire->late, .length = length
    };
    memcpy(&late->peer, passage->peer,
           passage->peer->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                : sizeof(struct sockaddr_in));
    late->passage.peer = (const struct sockaddr *)&late->peer;
    late->passage.peer_text =
        endpoint_address_text(late->passage.peer, late->peer_text);
    memcpy(late->bytes, bytes, length);
    if (loop_timer_start(endpoint->config.loop, after_ms, &late->timer, NULL) !=
        STATUS_OK) {
        free(late);
        return;
    }
    wire->late = late;
    wire->late_count++;
}

static void deliver(struct endpoint *endpoint, struct wire_late *late)
{
    if (late->hook != 0) {
        tell(endpoint, late->hook, &late->passage, "delivered", late->bytes,
             late->length);
    }
    if (late->passage.direction == SERVER_SENT) {
        send_past_hooks(endpoint, &late->passage, late->bytes, late->length);
    } else {
        intake_deliver(endpoint, &late->passage, late->bytes, late->length);
    }
}

bool endpoint_take_timer(struct endpoint *endpoint, uint64_t timer)
{
    for (struct wire_late **at = &endpoint->wire.late; *at != NULL;
         at = &(*at)->next) {
        struct wire_late *late = *at;
        if (late->timer == timer) {
            *at = late->next;
            endpoint->wire.late_count--;
            deliver(endpoint, late);
            free(late);
            return true;
        }
    }
    return false;
}

void wire_release(struct endpoint *endpoint)
{
    while (endpoint->wire.late != NULL) {
        struct wire_late *late = endpoint->wire.late;
        endpoint->wire.late = late->next;
        loop_timer_stop(endpoint->config.loop, late->timer);
        free(late);
    }
    endpoint->wire.late_count = 0;
}

/** "/a?b=c&d". @return false: that is no file's */
static bool read_target(struct option_reader reader,
                        char target[ENDPOINT_PATH_MAX])
{
    struct option_view option;
    size_t used = 0;
    bool has_query = false;

    while (option_reader_next(&reader, &option)) {
        const bool is_query = option.number == OPTION_URI_QUERY;
        if (!is_query && option.number != OPTION_URI_PATH) {
            continue;
        }
        if (used + option.length + 2 > ENDPOINT_PATH_MAX ||
            memchr(option.value, '\0', option.length) != NULL) {
            return false;
        }
        target[used++] = !is_query ? '/' : has_query ? '&' : '?';
        has_query = is_query;
        memcpy(target + used, option.value, option.length);
        used += option.length;
    }
    target[used] = '\0';
    return used > 0;
}

/** Whose file a message asks for, or NULL. */
static const char *file_owner(const struct endpoint *endpoint,
                              enum server_direction direction,
                              const uint8_t *bytes, size_t length)
{
    struct option_reader reader;
    char target[ENDPOINT_PATH_MAX];

    return direction == SERVER_RECEIVED &&
                   option_reader_open(&reader, bytes, length) &&
                   reader.code == METHOD_GET && read_target(reader, target)
               ? endpoint->config.file_owner_of(target, endpoint->config.user)
               : NULL;
}

bool wire_pass(struct endpoint *endpoint, const struct wire_passage *passage,
               const uint8_t **bytes, size_t *length)
{
    struct wire *wire = &endpoint->wire;
    const bool is_armed = wire->hooks.armed > 0;
    const char *file_of =
        is_armed ? file_owner(endpoint, passage->direction, *bytes, *length)
                 : NULL;
    const char *owner =
        file_of != NULL || !is_armed || passage->of_files
            ? file_of
            : endpoint->config.owner_of(passage->peer, passage->port,
                                        endpoint->config.user);
    const struct hook_message message = {
        .direction = passage->direction,
        .way = passage->way,
        .endpoint = owner,
        .is_of_file = file_of != NULL,
        .on_file_port = passage->of_files,
        .bytes = *bytes,
        .length = *length,
    };
    const struct hook_row *row = hooks_meet(&wire->hooks, &message);

    wire->copies = 0;
    wire->is_copied = false;
    if (row == NULL || *length > sizeof(wire->changed)) {
        return true;
    }
    switch (row->hook.action) {
    case SERVER_HOOK_DROP:
        tell(endpoint, row->id, passage, "dropped", *bytes, *length);
        return false;
    case SERVER_HOOK_DELAY:
        tell(endpoint, row->id, passage, "delayed", *bytes, *length);
        keep(endpoint, passage, row->id, row->hook.after_ms, *bytes, *length);
        return false;
    case SERVER_HOOK_REPEAT:
        tell(endpoint, row->id, passage, "doubled", *bytes, *length);
        if (passage->direction == SERVER_SENT && row->hook.after_ms == 0) {
            wire->copies = 1;
        } else {
            wire->is_copied = passage->direction == SERVER_SENT;
            keep(endpoint, passage, 0, row->hook.after_ms, *bytes, *length);
        }
        return true;
    case SERVER_HOOK_DAMAGE:
        tell(endpoint, row->id, passage, "damaged", *bytes, *length);
        memcpy(wire->changed, *bytes, *length);
        hooks_damage(wire->changed, *length);
        *bytes = wire->changed;
        return true;
    }
    return true;
}
