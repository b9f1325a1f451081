/* SPDX-License-Identifier: Apache-2.0 */

/* Send: State and Update Result of a component that changed, unasked for.
 * Spec: lwm2m-core.md, section 5. */
#include <string.h>

#include "tests/device/client_parts.h"

/** Registered, and Send is known and allowed. */
static bool may_send(const struct client *client)
{
    return client->location[0] != '\0' && client->objects->version >= 11 &&
           !client->objects->server.is_muted;
}

static bool same(const struct byte_buffer *a, const struct byte_buffer *b)
{
    return a->length == b->length &&
           (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

/** @return false when the queue has no place */
static bool send_pair(struct client *client, const struct answer *pair,
                      uint64_t now_ms)
{
    struct outgoing *message = client_enqueue(client, FOR_SEND);

    if (message == NULL) {
        return false;
    }
    writer_begin(&message->writer, TYPE_CON, METHOD_POST, message->id,
                 &message->token, 1);
    writer_split(&message->writer, OPTION_URI_PATH, "dp", '/');
    writer_number(&message->writer, OPTION_CONTENT_FORMAT,
                  (uint32_t)pair->content_format);
    writer_payload(&message->writer, pair->payload.bytes, pair->payload.length);
    client_start_first(client, now_ms);
    return true;
}

/** One component. */
static void look(struct client *client, uint16_t instance, bool is_first,
                 uint64_t now_ms)
{
    const struct lwm2m_path paths[] = {
        lwm2m_path_resource(OBJECT_FIRMWARE, instance, 3),
        lwm2m_path_resource(OBJECT_FIRMWARE, instance, 5),
    };
    struct answer pair = { .content_format = CONTENT_FORMAT_NONE };

    objects_fetch(client->objects, paths, 2,
                  objects_send_format(client->objects), &pair);
    bool is_new = pair.code == CODE(2, 5) &&
                  !same(&pair.payload, &client->sent[instance]);
    if (is_new && !is_first && !send_pair(client, &pair, now_ms)) {
        client->has_missed = true; /* again when there is place */
        is_new = false;
    }
    if (is_new) {
        byte_buffer_release(&client->sent[instance]);
        client->sent[instance] = pair.payload; /* handed over */
    } else {
        byte_buffer_release(&pair.payload);
    }
}

void send_tick(struct client *client, uint64_t now_ms)
{
    bool is_first = !client->has_sent;

    if (!client->config.sends || !may_send(client)) {
        return;
    }
    client->has_sent = true;
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        look(client, i, is_first, now_ms);
    }
}

void send_forget(struct client *client)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        byte_buffer_release(&client->sent[i]);
    }
}
