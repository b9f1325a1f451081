/* SPDX-License-Identifier: Apache-2.0 */

/* Register, Update and De-register. Spec: lwm2m-core.md, section 2. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/client_parts.h"

enum { RETRY_MS = 1000, LATE_MS = 700, TEXT_SIZE = 300 };

static void add_query(struct writer *writer, const char *text)
{
    writer_option(writer, OPTION_URI_QUERY, text, strlen(text));
}

static void add_lifetime(struct writer *writer, const struct client *client)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "lt=%u",
                   client->objects->server.lifetime_s); /* fits */
    add_query(writer, text);
}

static enum mutant mutant_of(const struct client *client)
{
    return client->objects->firmware->config.mutant;
}

/** Queue mode is a part of the binding in 1.0, later a parameter. */
static void add_binding(struct writer *writer, const struct client *client)
{
    bool queues = client->config.queue_mode;
    bool is_old = client->objects->version == 10;

    if (mutant_of(client) == MUTANT_BINDING_OF_1_0 || (queues && is_old)) {
        add_query(writer, "b=UQ");
    } else if (!varies(client->objects->firmware, VARIANT_NO_BINDING)) {
        add_query(writer, "b=U");
    }
    if (queues && !is_old) {
        add_query(writer, "Q");
    }
}

static void plan_update(struct client *client, uint64_t now_ms)
{
    client->update_due_ms =
        mutant_of(client) == MUTANT_NO_UPDATES
            ? FIRMWARE_NEVER
            : now_ms + (uint64_t)client->objects->server.lifetime_s * 500;
}

void registration_register(struct client *client, uint64_t now_ms)
{
    struct outgoing *message = client_enqueue(client, FOR_REGISTER);
    char *links = objects_links(client->objects);
    char text[TEXT_SIZE];

    client->is_disabled = false;
    observe_end_all(client); /* the server asks anew */
    if (message != NULL && links != NULL) {
        struct writer *writer = &message->writer;
        writer_begin(writer, TYPE_CON, METHOD_POST, message->id,
                     &message->token, 1);
        writer_split(writer, OPTION_URI_PATH, "rd", '/');
        writer_number(writer, OPTION_CONTENT_FORMAT, CONTENT_FORMAT_LINK);
        (void)snprintf(text, sizeof(text), "ep=%s",
                       client->config.endpoint); /* cut */
        add_query(writer, text);
        add_lifetime(writer, client);
        (void)snprintf(text, sizeof(text), "lwm2m=%s", client->config.lwm2m);
        add_query(writer, text);
        add_binding(writer, client);
        writer_payload(writer, links, strlen(links));
        client->is_registering = true;
        client->register_due_ms = FIRMWARE_NEVER;
        if (client->config.first == NULL) { /* all is said in this */
            client->objects->wants_update = false;
            client->objects->has_new_lifetime = false;
            client->objects->has_new_list = false;
        }
        client_start_first(client, now_ms);
    } else {
        client->register_due_ms = now_ms + RETRY_MS;
    }
    free(links);
}

/** An Update without anything new in it. */
static void send_plain_update(struct client *client, uint64_t now_ms)
{
    struct outgoing *message = client_enqueue(client, FOR_UPDATE);

    plan_update(client, now_ms);
    if (message != NULL) {
        writer_begin(&message->writer, TYPE_CON, METHOD_POST, message->id,
                     &message->token, 1);
        writer_split(&message->writer, OPTION_URI_PATH, client->location, '/');
        client_start_first(client, now_ms);
    }
}

/** Whatever asked for it, one Update. */
static void send_update(struct client *client, uint64_t now_ms)
{
    struct outgoing *message = client_enqueue(client, FOR_UPDATE);

    plan_update(client, now_ms);
    if (message == NULL) {
        return;
    }
    writer_begin(&message->writer, TYPE_CON, METHOD_POST, message->id,
                 &message->token, 1);
    writer_split(&message->writer, OPTION_URI_PATH, client->location, '/');
    char *links =
        client->objects->has_new_list ? objects_links(client->objects) : NULL;
    if (links != NULL) {
        writer_number(&message->writer, OPTION_CONTENT_FORMAT,
                      CONTENT_FORMAT_LINK);
    }
    if (mutant_of(client) == MUTANT_UPDATE_SAYS_ALL ||
        (client->objects->has_new_lifetime &&
         mutant_of(client) != MUTANT_LIFETIME_NOT_UPDATED)) {
        add_lifetime(&message->writer, client);
    }
    if (links != NULL) {
        writer_payload(&message->writer, links, strlen(links));
        free(links);
    }
    client->objects->wants_update = false;
    client->objects->has_new_lifetime = false;
    client->objects->has_new_list = false;
    client_start_first(client, now_ms);
}

void registration_tick(struct client *client, uint64_t now_ms)
{
    struct objects *objects = client->objects;

    if (client->location[0] == '\0') {
        return;
    }
    if (client->config.first != NULL) { /* it only says that it is there */
        if (client->update_due_ms <= now_ms) {
            send_plain_update(client, now_ms);
        }
        return;
    }
    if (objects->wants_update &&
        varies(objects->firmware, VARIANT_UPDATE_LATE)) {
        objects->wants_update = false;
        client->update_due_ms = client->update_due_ms < now_ms + LATE_MS
                                    ? client->update_due_ms
                                    : now_ms + LATE_MS;
    }
    if (objects->wants_update || client->update_due_ms <= now_ms) {
        send_update(client, now_ms);
    }
}

void registration_forget(struct client *client, uint64_t due_ms)
{
    client->location[0] = '\0';
    client->is_registering = false;
    client->update_due_ms = FIRMWARE_NEVER;
    client->move_due_ms = FIRMWARE_NEVER;
    client->register_due_ms = due_ms;
}

static void take_location(struct client *client, const struct message *message,
                          uint64_t now_ms)
{
    size_t used = 0;

    client->location[0] = '\0';
    for (size_t i = 0; i < message->option_count; i++) {
        const struct message_option *option = &message->options[i];
        if (option->number == OPTION_LOCATION_PATH &&
            used + option->length + 2 < LOCATION_SIZE) {
            int length =
                snprintf(client->location + used, LOCATION_SIZE - used,
                         "%s%.*s", used > 0 ? "/" : "", (int)option->length,
                         (const char *)option->bytes);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    client->is_registering = false;
    plan_update(client, now_ms);
    client_stay_awake(client, now_ms); /* plans another one, perhaps */
    client->wants_look = true;         /* what changed while it was away */
    client->move_due_ms = client->config.move_ms > 0
                              ? now_ms + client->config.move_ms
                              : FIRMWARE_NEVER;
    if (client->config.verbose) {
        fprintf(stderr, "assay-device: registered at /%s\n", client->location);
    }
}

/** Silent from now on: /1/x/4 was executed. */
static void disable(struct client *client, uint64_t now_ms)
{
    observe_end_all(client);
    registration_forget(
        client,
        mutant_of(client) == MUTANT_DISABLED_FOR_EVER ? FIRMWARE_NEVER
        : mutant_of(client) == MUTANT_DISABLED_BRIEFLY
            ? now_ms
            : now_ms +
                  (uint64_t)server_object_disable_s(client->objects) * 1000);
    client->is_disabled = true;
}

void registration_answered(struct client *client, enum purpose purpose,
                           const struct message *message, uint64_t now_ms)
{
    uint8_t code = message != NULL ? message->code : 0;

    switch (purpose) {
    case FOR_REGISTER:
        if (code == CODE(2, 1)) {
            take_location(client, message, now_ms);
            send_report(client, now_ms);
        } else {
            registration_forget(client, now_ms + RETRY_MS);
        }
        break;
    case FOR_UPDATE:
        if (code != CODE(2, 4) &&
            mutant_of(client) != MUTANT_FORGOTTEN_FOR_EVER) {
            registration_forget(client, now_ms + (code != 0 ? 0 : RETRY_MS));
        }
        break;
    case FOR_DEREGISTER:
        client->is_done = true;
        break;
    case FOR_DISABLE:
        disable(client, now_ms);
        break;
    case FOR_SEND:
    case FOR_NOTIFY:
    case FOR_RESPONSE:
        break;
    }
}

bool registration_end(struct client *client, enum purpose purpose,
                      uint64_t now_ms)
{
    struct outgoing *message =
        client->location[0] != '\0' ? client_enqueue(client, purpose) : NULL;

    if (message == NULL) {
        return false;
    }
    writer_begin(&message->writer, TYPE_CON, METHOD_DELETE, message->id,
                 &message->token, 1);
    writer_split(&message->writer, OPTION_URI_PATH, client->location, '/');
    client_start_first(client, now_ms);
    return true;
}

void registration_abandon(struct client *client)
{
    struct writer writer;
    uint8_t token = ++client->next_token;

    writer_begin(&writer, TYPE_CON, METHOD_DELETE, client->next_id++, &token,
                 1);
    writer_split(&writer, OPTION_URI_PATH, client->location, '/');
    client_send(client, &writer);
}
