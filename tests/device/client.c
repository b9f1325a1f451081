/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    QUEUE_MAX = 64,   /* confirmable messages that wait */
    ANSWERS_MAX = 64, /* for repeated requests */
    OBSERVATIONS_MAX = 64,
    ACK_TIMEOUT_MS = 2500, /* 2 s times a random factor of up to 1.5 */
    RETRANSMIT_MAX = 4,
    BLOCK_MAX = 1024,
    BLOCK_MAX_SZX = 6,
    RETRY_MS = 1000,
    RECEIVE_BATCH = 64,
    PATH_TEXT_SIZE = 128,
    LOCATION_SIZE = 128,
};

enum purpose { FOR_REGISTER, FOR_UPDATE, FOR_DEREGISTER, FOR_NOTIFY };

/** A confirmable message of ours, waiting for its turn or its ACK. */
struct outgoing {
    enum purpose purpose;
    struct writer writer;
    uint16_t id;
    uint8_t token;
    uint64_t due_ms;
    unsigned sent;
};

struct observation {
    bool is_used;
    struct lwm2m_path path;
    int accept;
    uint8_t token[MESSAGE_TOKEN_MAX];
    size_t token_length;
    uint32_t sequence;
    uint16_t last_id;        /* of the newest notification: an RST names it */
    struct byte_buffer last; /* payload sent last */
};

struct stored_answer {
    bool is_used;
    uint16_t id;
    struct writer writer;
};

struct client {
    struct client_config config;
    struct objects *objects;
    int socket;
    uint16_t next_id;
    uint8_t next_token;
    struct outgoing queue[QUEUE_MAX]; /* the first one is on its way */
    size_t queued;
    struct stored_answer answers[ANSWERS_MAX];
    size_t next_answer;
    struct observation observations[OBSERVATIONS_MAX];
    char location[LOCATION_SIZE]; /* "rd/5a3f", "" when not registered */
    bool is_registering;
    uint64_t register_due_ms;
    uint64_t update_due_ms;
    uint64_t boot_due_ms; /* FIRMWARE_NEVER unless the device boots */
    bool is_stopping;
    bool is_done;
};

static uint64_t minimum(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static bool open_socket(struct client *client)
{
    client->socket = socket(client->config.server.ss_family,
                            SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return client->socket >= 0 &&
           connect(client->socket,
                   (const struct sockaddr *)&client->config.server,
                   client->config.server_size) == 0;
}

static void send_bytes(struct client *client, const struct writer *writer)
{
    if (client->socket >= 0 && !writer->overflow) {
        (void)send(client->socket, writer->bytes, writer->length,
                   0); /* lost messages are sent again */
    }
}

/* Confirmable messages, one at a time (NSTART 1). */

static void start_first(struct client *client, uint64_t now_ms)
{
    if (client->queued > 0 && client->queue[0].sent == 0) {
        send_bytes(client, &client->queue[0].writer);
        client->queue[0].sent = 1;
        client->queue[0].due_ms = now_ms + ACK_TIMEOUT_MS;
    }
}

static struct outgoing *enqueue(struct client *client, enum purpose purpose)
{
    if (client->queued == QUEUE_MAX) {
        return NULL;
    }
    struct outgoing *fresh = &client->queue[client->queued++];
    *fresh = (struct outgoing){ .purpose = purpose,
                                .id = client->next_id++,
                                .token = ++client->next_token };
    return fresh;
}

static void dequeue(struct client *client, uint64_t now_ms)
{
    client->queued--;
    memmove(&client->queue[0], &client->queue[1],
            client->queued * sizeof(client->queue[0]));
    start_first(client, now_ms);
}

/* Registration. */

static void send_register(struct client *client, uint64_t now_ms)
{
    struct outgoing *message = enqueue(client, FOR_REGISTER);
    char *links = objects_links(client->objects);
    char text[300];

    if (message != NULL && links != NULL) {
        struct writer *writer = &message->writer;
        writer_begin(writer, TYPE_CON, METHOD_POST, message->id,
                     &message->token, 1);
        writer_split(writer, OPTION_URI_PATH, "rd", '/');
        writer_number(writer, OPTION_CONTENT_FORMAT, CONTENT_FORMAT_LINK);
        (void)snprintf(text, sizeof(text), "ep=%s",
                       client->config.endpoint); /* cut */
        writer_option(writer, OPTION_URI_QUERY, text, strlen(text));
        (void)snprintf(text, sizeof(text), "lt=%u",
                       client->objects->lifetime_s);
        writer_option(writer, OPTION_URI_QUERY, text, strlen(text));
        (void)snprintf(text, sizeof(text), "lwm2m=%s", client->config.lwm2m);
        writer_option(writer, OPTION_URI_QUERY, text, strlen(text));
        writer_option(writer, OPTION_URI_QUERY, "b=U", 3);
        writer_payload(writer, links, strlen(links));
        client->is_registering = true;
        client->register_due_ms = FIRMWARE_NEVER;
        start_first(client, now_ms);
    }
    free(links);
}

static void send_update(struct client *client, bool with_lifetime,
                        uint64_t now_ms)
{
    struct outgoing *message = enqueue(client, FOR_UPDATE);
    char text[32];

    client->update_due_ms =
        now_ms + (uint64_t)client->objects->lifetime_s * 500;
    if (message == NULL) {
        return;
    }
    writer_begin(&message->writer, TYPE_CON, METHOD_POST, message->id,
                 &message->token, 1);
    writer_split(&message->writer, OPTION_URI_PATH, client->location, '/');
    if (with_lifetime) {
        (void)snprintf(text, sizeof(text), "lt=%u",
                       client->objects->lifetime_s);
        writer_option(&message->writer, OPTION_URI_QUERY, text, strlen(text));
    }
    start_first(client, now_ms);
}

static void forget_registration(struct client *client, uint64_t due_ms)
{
    client->location[0] = '\0';
    client->is_registering = false;
    client->update_due_ms = FIRMWARE_NEVER;
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
    client->update_due_ms =
        now_ms + (uint64_t)client->objects->lifetime_s * 500;
    if (client->config.verbose) {
        fprintf(stderr, "assay-device: registered at /%s\n", client->location);
    }
}

/** An answer to the message at the head of the queue. */
static void take_answer(struct client *client, const struct message *message,
                        uint64_t now_ms)
{
    enum purpose purpose = client->queue[0].purpose;

    dequeue(client, now_ms);
    switch (purpose) {
    case FOR_REGISTER:
        if (message->code == CODE(2, 1)) {
            take_location(client, message, now_ms);
        } else {
            forget_registration(client, now_ms + RETRY_MS);
        }
        break;
    case FOR_UPDATE:
        if (message->code != CODE(2, 4)) {
            forget_registration(client, now_ms);
        }
        break;
    case FOR_DEREGISTER:
        client->is_done = true;
        break;
    case FOR_NOTIFY:
        break;
    }
}

/** Nobody answers, or a Reset came. */
static void give_up(struct client *client, uint64_t now_ms)
{
    enum purpose purpose = client->queue[0].purpose;

    dequeue(client, now_ms);
    if (purpose == FOR_REGISTER || purpose == FOR_UPDATE) {
        forget_registration(client, now_ms + RETRY_MS);
    } else if (purpose == FOR_DEREGISTER) {
        client->is_done = true;
    }
}

/* Observations. */

static void end_observation(struct observation *observation)
{
    byte_buffer_release(&observation->last);
    observation->is_used = false;
}

static struct observation *find_observation(struct client *client,
                                            const struct message *message)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *row = &client->observations[i];
        if (row->is_used && row->token_length == message->token_length &&
            memcmp(row->token, message->token, row->token_length) == 0) {
            return row;
        }
    }
    return NULL;
}

static struct observation *observe(struct client *client,
                                   const struct message *message,
                                   const struct lwm2m_path *path, int accept,
                                   const struct byte_buffer *payload)
{
    struct observation *row = find_observation(client, message);

    for (size_t i = 0; row == NULL && i < OBSERVATIONS_MAX; i++) {
        if (!client->observations[i].is_used) {
            row = &client->observations[i];
        }
    }
    uint8_t *copy = malloc(payload->length + 1);
    if (row == NULL || copy == NULL) {
        free(copy);
        return NULL;
    }
    if (row->is_used) {
        byte_buffer_release(&row->last);
    }
    if (payload->length > 0) {
        memcpy(copy, payload->bytes, payload->length);
    }
    *row = (struct observation){ .is_used = true,
                                 .path = *path,
                                 .accept = accept,
                                 .token_length = message->token_length,
                                 .sequence = 2,
                                 .last = { copy, payload->length,
                                           payload->length + 1 } };
    memcpy(row->token, message->token, message->token_length);
    return row;
}

static void notify(struct client *client, struct observation *row,
                   uint64_t now_ms)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };

    objects_get(client->objects, &row->path, row->accept, &answer);
    bool same =
        answer.payload.length == row->last.length &&
        (answer.payload.length == 0 ||
         memcmp(answer.payload.bytes, row->last.bytes, row->last.length) == 0);
    struct outgoing *message = same ? NULL : enqueue(client, FOR_NOTIFY);
    if (message == NULL) {
        byte_buffer_release(&answer.payload);
        return;
    }
    writer_begin(&message->writer, TYPE_CON, answer.code, message->id,
                 row->token, row->token_length);
    writer_number(&message->writer, OPTION_OBSERVE, ++row->sequence);
    if (answer.content_format != CONTENT_FORMAT_NONE) {
        writer_number(&message->writer, OPTION_CONTENT_FORMAT,
                      (uint32_t)answer.content_format);
    }
    size_t length = answer.payload.length;
    if (length > BLOCK_MAX) {
        writer_number(&message->writer, OPTION_BLOCK2, 8 | BLOCK_MAX_SZX);
        length = BLOCK_MAX;
    }
    writer_payload(&message->writer, answer.payload.bytes, length);
    row->last_id = message->id;
    byte_buffer_release(&row->last);
    row->last = answer.payload; /* handed over */
    start_first(client, now_ms);
}

static void notify_all(struct client *client, uint64_t now_ms)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (client->observations[i].is_used) {
            notify(client, &client->observations[i], now_ms);
        }
    }
}

/* Requests of the server. */

static bool read_path(const struct message *message,
                      struct lwm2m_path *out_path)
{
    char text[PATH_TEXT_SIZE] = "";
    size_t used = 0;

    for (size_t i = 0; i < message->option_count; i++) {
        const struct message_option *option = &message->options[i];
        if (option->number != OPTION_URI_PATH) {
            continue;
        }
        if (used + option->length + 2 > sizeof(text)) {
            return false;
        }
        text[used++] = '/';
        if (option->length > 0) {
            memcpy(text + used, option->bytes, option->length);
        }
        used += option->length;
    }
    if (used == 0) {
        *out_path = (struct lwm2m_path){ .depth = 0 };
        return true;
    }
    return lwm2m_path_parse(text, used, out_path, NULL) == STATUS_OK;
}

static bool has_unknown_critical(const struct message *message)
{
    static const uint16_t known[] = {
        OPTION_URI_HOST, OPTION_URI_PORT, OPTION_URI_PATH, OPTION_URI_QUERY,
        OPTION_ACCEPT,   OPTION_BLOCK1,   OPTION_BLOCK2,
    };

    for (size_t i = 0; i < message->option_count; i++) {
        uint16_t number = message->options[i].number;
        bool found = (number & 1) == 0;
        for (size_t j = 0; j < sizeof(known) / sizeof(known[0]); j++) {
            found = found || known[j] == number;
        }
        if (!found) {
            return true;
        }
    }
    return false;
}

/** A body larger than a block goes out piece by piece: RFC 7959, 2.4. */
static void add_body(const struct message *request, const struct answer *answer,
                     struct writer *writer)
{
    uint32_t block = message_number(request, OPTION_BLOCK2, UINT32_MAX);
    bool asked = message_option(request, OPTION_BLOCK2) != NULL;
    uint32_t szx =
        asked && (block & 7) < BLOCK_MAX_SZX ? block & 7 : BLOCK_MAX_SZX;
    size_t size = (size_t)1 << (szx + 4);
    size_t start = asked ? (size_t)(block >> 4) * size : 0;
    size_t total = answer->payload.length;

    if (!asked && total <= BLOCK_MAX) {
        writer_payload(writer, answer->payload.bytes, total);
        return;
    }
    start = start > total ? total : start;
    size_t length = total - start < size ? total - start : size;
    bool more = start + length < total;
    writer_number(writer, OPTION_BLOCK2,
                  (uint32_t)(start / size) << 4 | (more ? 8u : 0u) | szx);
    writer_payload(writer, answer->payload.bytes + start, length);
}

/** A smaller block than the request's: 2.31 with it, or 4.13 and a hint. */
static bool wants_smaller(const struct client *client,
                          const struct message *request)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);

    return message_option(request, OPTION_BLOCK1) != NULL &&
           (block & 7) > client->config.max_szx && (block & 7) != 7;
}

static void finish_answer(const struct client *client,
                          const struct message *request,
                          const struct answer *answer,
                          const struct observation *observation,
                          struct writer *writer)
{
    bool is_con = request->type == TYPE_CON;
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);

    writer_begin(writer, is_con ? TYPE_ACK : TYPE_NON, answer->code,
                 request->id, request->token, request->token_length);
    if (observation != NULL) {
        writer_number(writer, OPTION_OBSERVE, observation->sequence);
    }
    if (answer->content_format != CONTENT_FORMAT_NONE) {
        writer_number(writer, OPTION_CONTENT_FORMAT,
                      (uint32_t)answer->content_format);
    }
    bool has_block2 = answer->payload.length > BLOCK_MAX ||
                      message_option(request, OPTION_BLOCK2) != NULL;
    if (answer->has_block1 && !has_block2) {
        if (wants_smaller(client, request)) {
            block = (block & ~7u) | client->config.max_szx;
        }
        writer_number(writer, OPTION_BLOCK1, block);
    }
    if (answer->code == CODE(2, 5)) {
        add_body(request, answer, writer);
    }
}

static void answer_get(struct client *client, const struct message *request,
                       const struct lwm2m_path *path, struct answer *answer,
                       struct observation **out_observation)
{
    int accept = message_option(request, OPTION_ACCEPT) != NULL
                     ? (int)message_number(request, OPTION_ACCEPT, 0)
                     : CONTENT_FORMAT_NONE;
    uint32_t wish = message_number(request, OPTION_OBSERVE, UINT32_MAX);

    objects_get(client->objects, path, accept, answer);
    if (answer->code != CODE(2, 5) || accept == CONTENT_FORMAT_LINK) {
        return;
    }
    if (wish == 0) {
        *out_observation =
            observe(client, request, path, accept, &answer->payload);
    } else if (wish == 1) {
        struct observation *row = find_observation(client, request);
        if (row != NULL) {
            end_observation(row);
        }
    }
}

static void handle_request(struct client *client, const struct message *request,
                           uint64_t now_ms, struct writer *writer)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct observation *observation = NULL;
    struct lwm2m_path path;

    if (has_unknown_critical(request)) {
        answer.code = CODE(4, 2);
    } else if (!read_path(request, &path)) {
        answer.code = CODE(4, 4);
    } else if (request->code == METHOD_GET) {
        answer_get(client, request, &path, &answer, &observation);
    } else if (request->code > METHOD_DELETE) {
        answer.code = CODE(4, 5);
    } else if (client->config.refuses_large && wants_smaller(client, request)) {
        answer.code = CODE(4, 13);
        answer.has_block1 = true;
    } else {
        objects_change(client->objects, request, &path, now_ms, &answer);
    }
    finish_answer(client, request, &answer, observation, writer);
    byte_buffer_release(&answer.payload);
}

static void take_request(struct client *client, const struct message *request,
                         uint64_t now_ms)
{
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        if (client->answers[i].is_used &&
            client->answers[i].id == request->id) {
            send_bytes(client, &client->answers[i].writer);
            return;
        }
    }
    struct stored_answer *stored = &client->answers[client->next_answer];
    client->next_answer = (client->next_answer + 1) % ANSWERS_MAX;
    stored->is_used = true;
    stored->id = request->id;
    handle_request(client, request, now_ms, &stored->writer);
    send_bytes(client, &stored->writer);
}

static void take_reset(struct client *client, uint16_t id, uint64_t now_ms)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (client->observations[i].is_used &&
            client->observations[i].last_id == id) {
            end_observation(&client->observations[i]);
        }
    }
    if (client->queued > 0 && client->queue[0].id == id) {
        give_up(client, now_ms);
    }
}

static void send_empty(struct client *client, enum message_type type,
                       uint16_t id)
{
    struct writer writer;

    writer_begin(&writer, type, 0, id, NULL, 0);
    send_bytes(client, &writer);
}

/** An answer that is not piggy-backed, or a stray one. */
static void take_separate(struct client *client, const struct message *message,
                          uint64_t now_ms)
{
    const struct outgoing *first = &client->queue[0];
    bool wanted = client->queued > 0 && message->token_length == 1 &&
                  message->token[0] == first->token &&
                  first->purpose != FOR_NOTIFY;

    if (message->type == TYPE_CON) {
        send_empty(client, wanted ? TYPE_ACK : TYPE_RST, message->id);
    }
    if (wanted) {
        take_answer(client, message, now_ms);
    }
}

static void take_message(struct client *client, const struct message *message,
                         uint64_t now_ms)
{
    bool is_mine = client->queued > 0 && client->queue[0].sent > 0 &&
                   client->queue[0].id == message->id;

    if (message->type == TYPE_RST) {
        take_reset(client, message->id, now_ms);
    } else if (message->type == TYPE_ACK) {
        if (is_mine && message->code != 0) {
            take_answer(client, message, now_ms);
        } else if (is_mine && client->queue[0].purpose == FOR_NOTIFY) {
            dequeue(client, now_ms);
        } else if (is_mine) {
            client->queue[0].sent = RETRANSMIT_MAX + 1; /* now it waits */
            client->queue[0].due_ms = now_ms + UINT64_C(247000);
        }
    } else if (message->code == 0) {
        send_empty(client, TYPE_RST, message->id); /* a ping */
    } else if (message->code >> 5 == 0) {
        take_request(client, message, now_ms);
    } else {
        take_separate(client, message, now_ms);
    }
}

/* Life. */

static void power_down(struct client *client)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (client->observations[i].is_used) {
            end_observation(&client->observations[i]);
        }
    }
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        client->answers[i].is_used = false;
    }
    client->queued = 0;
    if (client->socket >= 0) {
        (void)close(client->socket); /* a new port after the boot */
        client->socket = -1;
    }
}

static void reboot(struct client *client, uint64_t now_ms)
{
    client->objects->wants_reboot = false;
    client->objects->wants_update = false;
    power_down(client);
    forget_registration(client, FIRMWARE_NEVER);
    client->boot_due_ms = now_ms + client->config.boot_ms;
    client->objects->firmware->install_deadline_ms = FIRMWARE_NEVER;
    client->objects->firmware->defer_deadline_ms = FIRMWARE_NEVER;
}

static void boot(struct client *client, uint64_t now_ms)
{
    client->boot_due_ms = FIRMWARE_NEVER;
    firmware_boot(client->objects->firmware);
    if (!open_socket(client)) {
        client->boot_due_ms = now_ms + RETRY_MS;
        return;
    }
    client->register_due_ms = now_ms;
}

static void retransmit(struct client *client, uint64_t now_ms)
{
    struct outgoing *first = &client->queue[0];

    if (client->queued == 0 || first->sent == 0 || first->due_ms > now_ms) {
        return;
    }
    if (first->sent > RETRANSMIT_MAX) {
        give_up(client, now_ms);
        return;
    }
    send_bytes(client, &first->writer);
    first->due_ms = now_ms + ((uint64_t)ACK_TIMEOUT_MS << first->sent);
    first->sent++;
}

void client_tick(struct client *client, uint64_t now_ms)
{
    struct firmware *firmware = client->objects->firmware;

    if (client->boot_due_ms <= now_ms) {
        boot(client, now_ms);
    }
    if (client->boot_due_ms != FIRMWARE_NEVER) {
        return;
    }
    firmware_tick(firmware, now_ms);
    if (firmware->has_changed) {
        firmware->has_changed = false;
        notify_all(client, now_ms);
    }
    if (firmware->wants_reboot || client->objects->wants_reboot) {
        reboot(client, now_ms);
        return;
    }
    retransmit(client, now_ms);
    if (client->register_due_ms <= now_ms && !client->is_registering &&
        !client->is_stopping) {
        send_register(client, now_ms);
    }
    if (client->location[0] != '\0' &&
        (client->objects->wants_update || client->update_due_ms <= now_ms)) {
        send_update(client, client->objects->wants_update, now_ms);
        client->objects->wants_update = false;
    }
}

uint64_t client_deadline(const struct client *client)
{
    uint64_t deadline = client->boot_due_ms;

    if (deadline != FIRMWARE_NEVER) {
        return deadline;
    }
    deadline = minimum(client->register_due_ms, client->update_due_ms);
    if (client->queued > 0 && client->queue[0].sent > 0) {
        deadline = minimum(deadline, client->queue[0].due_ms);
    }
    if (client->objects->wants_reboot || client->objects->wants_update ||
        client->objects->firmware->has_changed ||
        client->objects->firmware->wants_reboot) {
        return 0;
    }
    return minimum(deadline, firmware_deadline(client->objects->firmware));
}

void client_receive(struct client *client, uint64_t now_ms)
{
    uint8_t bytes[65536];

    for (int i = 0; i < RECEIVE_BATCH && client->socket >= 0; i++) {
        struct message message;
        ssize_t length = recv(client->socket, bytes, sizeof(bytes), 0);
        if (length < 0) {
            return; /* nothing more, or a port that is closed for now */
        }
        if (message_parse(bytes, (size_t)length, &message)) {
            take_message(client, &message, now_ms);
        }
        client_tick(client, now_ms);
    }
}

int client_socket(const struct client *client)
{
    return client->socket;
}

void client_stop(struct client *client, uint64_t now_ms)
{
    if (client->is_stopping) {
        client->is_done = true; /* asked twice */
        return;
    }
    client->is_stopping = true;
    struct outgoing *message =
        client->location[0] != '\0' ? enqueue(client, FOR_DEREGISTER) : NULL;
    if (message == NULL) {
        client->is_done = true;
        return;
    }
    writer_begin(&message->writer, TYPE_CON, METHOD_DELETE, message->id,
                 &message->token, 1);
    writer_split(&message->writer, OPTION_URI_PATH, client->location, '/');
    start_first(client, now_ms);
}

bool client_is_done(const struct client *client)
{
    return client->is_done;
}

struct client *client_new(const struct client_config *config,
                          struct objects *objects, uint64_t now_ms)
{
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL) {
        return NULL;
    }
    client->config = *config;
    client->objects = objects;
    client->next_id = (uint16_t)(now_ms * 7919);
    client->register_due_ms = now_ms;
    client->update_due_ms = FIRMWARE_NEVER;
    client->boot_due_ms = FIRMWARE_NEVER;
    if (!open_socket(client)) {
        client_free(client);
        return NULL;
    }
    return client;
}

void client_free(struct client *client)
{
    if (client != NULL) {
        power_down(client);
        free(client);
    }
}
