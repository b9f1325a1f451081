/* SPDX-License-Identifier: Apache-2.0 */

/* Send: a report after each Register, and State and Update Result of a
 * component that changed, unasked for.
 * Spec: lwm2m-core.md, section 5. */
#include <string.h>

#include "tests/device/client_parts.h"

static enum mutant mutant_of(const struct client *client)
{
    return client->objects->firmware->config.mutant;
}

/** Registered, and Send is known and allowed. */
static bool may_send(const struct client *client)
{
    return client->location[0] != '\0' && client->objects->version >= 11 &&
           (!client->objects->server.is_muted ||
            mutant_of(client) == MUTANT_MUTE_IGNORED);
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

/** State and Update Result of a component, as a Send tells them. */
static void fetch_pair(struct client *client, uint16_t instance,
                       bool is_sending, struct answer *pair)
{
    const struct lwm2m_path paths[] = {
        lwm2m_path_resource(OBJECT_FIRMWARE, instance, 3),
        lwm2m_path_resource(OBJECT_FIRMWARE, instance, 5),
    };

    client->objects->is_sending = is_sending;
    objects_fetch(client->objects, paths, 2,
                  objects_send_format(client->objects), pair);
    client->objects->is_sending = false;
}

/** For a mutant: behind what it is in Updating, what it was before. Alone that
 *  might be late news. */
static void send_backwards(struct client *client, uint16_t instance,
                           uint64_t now_ms)
{
    struct answer pair = { .content_format = CONTENT_FORMAT_NONE };

    if (client->objects->firmware->components[instance].state ==
        STATE_UPDATING) {
        fetch_pair(client, instance, true, &pair);
        (void)send_pair(client, &pair, now_ms); /* where there is place */
        byte_buffer_release(&pair.payload);
    }
}

/** One component. */
static void look(struct client *client, uint16_t instance, bool is_first,
                 uint64_t now_ms)
{
    const bool is_backwards = mutant_of(client) == MUTANT_SENT_BACKWARDS;
    struct answer pair = { .content_format = CONTENT_FORMAT_NONE };

    fetch_pair(client, instance, !is_backwards, &pair);
    bool is_new = pair.code == CODE(2, 5) &&
                  !same(&pair.payload, &client->sent[instance]);
    if (is_new && !is_first && !send_pair(client, &pair, now_ms)) {
        client->has_missed = true; /* again when there is place */
        is_new = false;
    }
    if (is_new && is_backwards) {
        send_backwards(client, instance, now_ms);
    }
    if (is_new) {
        byte_buffer_release(&client->sent[instance]);
        client->sent[instance] = pair.payload; /* handed over */
    } else {
        byte_buffer_release(&pair.payload);
    }
}

/** For a mutant: something of an Object that is not registered. */
static bool fetch_unknown(const struct client *client, struct answer *answer)
{
    static const struct lwm2m_path root = { .depth = 0 };
    struct lwm2m_record record = {
        .path = lwm2m_path_resource(4, 0, 0),
        .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = 1 },
    };
    const struct record_list list = { .records = &record, .count = 1 };

    answer->code = CODE(2, 5);
    answer->content_format = objects_send_format(client->objects);
    return codec_encode(answer->content_format, &root, &list, &answer->payload,
                        NULL) == STATUS_OK;
}

void send_report(struct client *client, uint64_t now_ms)
{
    const struct lwm2m_path paths[] = {
        lwm2m_path_resource(OBJECT_DEVICE, 0, 3),
        lwm2m_path_resource(OBJECT_DEVICE, 0, 16),
    };
    struct answer report = { .content_format = CONTENT_FORMAT_NONE };

    if (!client->config.sends || !may_send(client) ||
        mutant_of(client) == MUTANT_NO_REPORT) {
        return;
    }
    if (mutant_of(client) == MUTANT_SEND_OF_UNREGISTERED) {
        report.code = fetch_unknown(client, &report) ? report.code : 0;
    } else {
        objects_fetch(client->objects, paths, 2,
                      objects_send_format(client->objects), &report);
    }
    if (report.code == CODE(2, 5)) {
        (void)send_pair(client, &report, now_ms); /* else: no report */
    }
    byte_buffer_release(&report.payload);
}

void send_tick(struct client *client, uint64_t now_ms)
{
    bool is_first = !client->has_sent;
    bool is_heedless = client->location[0] != '\0' &&
                       mutant_of(client) == MUTANT_SENDS_WHILE_MUTED;

    if (!client->config.sends || (!may_send(client) && !is_heedless)) {
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
