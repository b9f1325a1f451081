/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/client.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/device/client_parts.h"

enum {
    RETRANSMIT_MAX = 4,
    RETRY_MS = 1000,
    STOP_MS = 3000, /* for the De-register */
    RECEIVE_BATCH = 64,
    SEPARATE_MS = 247000, /* EXCHANGE_LIFETIME */
};

static uint64_t minimum(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int connect_socket(const struct client *client)
{
    const struct client_config *config = &client->config;
    int fd = socket(config->server.ss_family,
                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd >= 0 && ((client->own_size > 0 &&
                     bind(fd, (const struct sockaddr *)&client->own,
                          client->own_size) != 0) ||
                    connect(fd, (const struct sockaddr *)&config->server,
                            config->server_size) != 0)) {
        (void)close(fd); /* it was not used */
        fd = -1;
    }
    return fd;
}

/** Port of our side, 0 when it cannot be told. */
static uint16_t port_of(int fd)
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof(address);

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    const struct sockaddr_in *v4 = (const void *)&address;
    const struct sockaddr_in6 *v6 = (const void *)&address;
    return address.ss_family == AF_INET ? v4->sin_port : v6->sin6_port;
}

/** A boot ends in another port than before, also by chance. */
static bool open_socket(struct client *client)
{
    int fd = connect_socket(client);

    if (fd >= 0 && client->own_size == 0 && port_of(fd) == client->last_port) {
        int second = connect_socket(client);
        (void)close(fd); /* it was not used */
        fd = second;
    }
    client->socket = fd;
    client->last_port = fd >= 0 ? port_of(fd) : client->last_port;
    return fd >= 0;
}

/** A socket, and with DTLS the first message of a handshake. */
static bool connect_again(struct client *client, uint64_t now_ms)
{
    if (!open_socket(client)) {
        return false;
    }
    if (client->config.dtls != NULL) {
        dtls_start(client->config.dtls, client->socket, now_ms);
    }
    return true;
}

static void close_socket(struct client *client)
{
    if (client->config.dtls != NULL) {
        dtls_end(client->config.dtls, false); /* as a device without power */
    }
    if (client->socket >= 0) {
        (void)close(client->socket);
        client->socket = -1;
    }
}

void client_send(struct client *client, const struct writer *writer)
{
    if (client->config.dtls != NULL && !writer->overflow) {
        dtls_write(client->config.dtls, writer->bytes, writer->length);
    } else if (client->socket >= 0 && !writer->overflow) {
        (void)send(client->socket, writer->bytes, writer->length,
                   0); /* lost messages are sent again */
    }
}

void client_stay_awake(struct client *client, uint64_t now_ms)
{
    if (!client->config.queue_mode) {
        return;
    }
    client->awake_until_ms = now_ms + client->config.awake_ms;
    if (client->config.sleep_ms > 0 && client->location[0] != '\0') {
        client->update_due_ms =
            client->awake_until_ms + client->config.sleep_ms;
    }
}

/** It listens as long as an answer to what it sent is due. */
static bool is_asleep(const struct client *client, uint64_t now_ms)
{
    const bool waits = client->queued > 0 && client->queue[0].sent > 0;

    return client->config.queue_mode && !waits &&
           now_ms >= client->awake_until_ms;
}

/** A variant, /1/x/4 or queue mode: nothing is heard. */
static bool is_deaf(const struct client *client, uint64_t now_ms)
{
    return client->is_disabled || client_is_mute(client) ||
           is_asleep(client, now_ms);
}

/* Confirmable messages, one at a time (NSTART 1). */

void client_start_first(struct client *client, uint64_t now_ms)
{
    if (client->queued > 0 && client->queue[0].sent == 0 &&
        client->queue[0].due_ms <= now_ms) {
        client_send(client, &client->queue[0].writer);
        client->queue[0].sent = 1;
        client->queue[0].due_ms = now_ms + client->config.ack_ms;
        client_stay_awake(client, now_ms);
    }
}

struct outgoing *client_enqueue(struct client *client, enum purpose purpose)
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

void client_drop_queued(struct client *client, enum purpose purpose,
                        const struct observation *observation)
{
    size_t kept = 0;

    for (size_t i = 0; i < client->queued; i++) {
        const struct outgoing *message = &client->queue[i];
        if (message->sent == 0 && message->purpose == purpose &&
            message->observation == observation) {
            continue;
        }
        if (kept != i) {
            client->queue[kept] = *message;
        }
        kept++;
    }
    client->queued = kept;
}

static void dequeue(struct client *client, uint64_t now_ms)
{
    client->queued--;
    if (client->has_missed) { /* the observer gets the newest value: AFU-151 */
        client->has_missed = false;
        client->objects->firmware->has_changed = true;
    }
    memmove(&client->queue[0], &client->queue[1],
            client->queued * sizeof(client->queue[0]));
    client_start_first(client, now_ms);
}

/** An answer to the message at the head of the queue. */
static void take_answer(struct client *client, const struct message *message,
                        uint64_t now_ms)
{
    enum purpose purpose = client->queue[0].purpose;

    dequeue(client, now_ms);
    registration_answered(client, purpose, message, now_ms);
}

/** What memory and network held is gone. */
static void power_down(struct client *client)
{
    observe_end_all(client);
    requests_end(client);
    client->queued = 0;
    pulls_power_down(client->pulls); /* none at the second server's side */
    if (client->socket >= 0 &&
        varies(client->objects->firmware, VARIANT_SAME_PORT)) {
        client->own_size = sizeof(client->own);
        (void)getsockname(client->socket, (struct sockaddr *)&client->own,
                          &client->own_size); /* cannot fail */
    }
    close_socket(client); /* a new port after the boot */
}

/** Nobody answers, or a Reset came. */
static void give_up(struct client *client, uint64_t now_ms)
{
    enum purpose purpose = client->queue[0].purpose;

    dequeue(client, now_ms);
    if ((purpose == FOR_REGISTER || purpose == FOR_UPDATE) &&
        client->config.dtls != NULL) { /* the session may be dead */
        power_down(client);
    }
    registration_answered(client, purpose, NULL, now_ms);
}

static void take_reset(struct client *client, uint16_t id, uint64_t now_ms)
{
    observe_take_reset(client, id);
    if (client->queued > 0 && client->queue[0].id == id) {
        give_up(client, now_ms);
    }
}

static void send_empty(struct client *client, enum message_type type,
                       uint16_t id)
{
    struct writer writer;

    writer_begin(&writer, type, 0, id, NULL, 0);
    client_send(client, &writer);
}

static bool has_our_token(const struct client *client,
                          const struct message *message)
{
    return client->queued > 0 && message->token_length == 1 &&
           message->token[0] == client->queue[0].token &&
           client->queue[0].purpose < FOR_NOTIFY;
}

/** An answer that is not piggy-backed, or a stray one. */
static void take_separate(struct client *client, const struct message *message,
                          uint64_t now_ms)
{
    bool wanted =
        has_our_token(client, message) && client->queue[0].purpose < FOR_NOTIFY;

    if (message->type == TYPE_CON) {
        send_empty(client, wanted ? TYPE_ACK : TYPE_RST, message->id);
    }
    if (wanted) {
        take_answer(client, message, now_ms);
    }
}

static void take_ack(struct client *client, const struct message *message,
                     uint64_t now_ms)
{
    struct outgoing *first = &client->queue[0];
    bool is_mine =
        client->queued > 0 && first->sent > 0 && first->id == message->id;

    if (!is_mine || message_is_request(message)) {
        return;
    }
    if (first->purpose >= FOR_NOTIFY) {
        dequeue(client, now_ms);
    } else if (message->code == 0) {
        first->sent = RETRANSMIT_MAX + 1; /* now it waits */
        first->due_ms = now_ms + SEPARATE_MS;
    } else if (has_our_token(client, message)) {
        take_answer(client, message, now_ms);
    }
}

static void take_message(struct client *client, const struct message *message,
                         uint64_t now_ms)
{
    if (client->pulls != NULL && pulls_take(client->pulls, message, now_ms)) {
        return;
    }
    switch (message->type) {
    case TYPE_RST:
        if (message->code == 0) {
            take_reset(client, message->id, now_ms);
        }
        break;
    case TYPE_ACK:
        take_ack(client, message, now_ms);
        break;
    case TYPE_CON:
    case TYPE_NON:
        if (message_is_request(message)) {
            client_take_request(client, message, now_ms);
        } else if (message->code != 0) {
            take_separate(client, message, now_ms);
        } else if (message->type == TYPE_CON) {
            send_empty(client, TYPE_RST, message->id); /* a ping */
        }
        break;
    }
}

/** For mutants. */
static void note_malformed(struct client *client)
{
    struct firmware *firmware = client->objects->firmware;

    firmware->had_malformed = true;
    firmware->wants_reboot =
        firmware->wants_reboot ||
        firmware->config.mutant == MUTANT_MALFORMED_REBOOTS;
}

static void take_datagram(struct client *client, const uint8_t *bytes,
                          size_t length, uint64_t now_ms)
{
    struct message message;
    enum message_kind kind = message_parse(bytes, length, &message);

    if (kind != MESSAGE_GOOD) {
        note_malformed(client);
    }
    switch (kind) {
    case MESSAGE_GOOD:
        take_message(client, &message, now_ms);
        break;
    case MESSAGE_BROKEN:
        if (message.type == TYPE_CON &&
            !varies(client->objects->firmware, VARIANT_MALFORMED_IGNORED)) {
            send_empty(client, TYPE_RST, message.id);
        }
        break;
    case MESSAGE_FOREIGN:
        break;
    }
}

/* Life. */

/** What is answered late is answered before the device goes down. */
static void send_responses(struct client *client)
{
    for (size_t i = 0; i < client->queued; i++) {
        if (client->queue[i].purpose == FOR_RESPONSE &&
            client->queue[i].sent == 0) {
            client_send(client, &client->queue[i].writer);
        }
    }
}

static void reboot(struct client *client, uint64_t now_ms)
{
    client->objects->wants_reboot = false;
    client->objects->wants_update = false;
    bool is_dead =
        client->objects->firmware->is_dead ||
        client->objects->firmware->config.mutant == MUTANT_LOST_BY_REBOOT;
    if (is_dead || varies(client->objects->firmware, VARIANT_DEREGISTERS)) {
        registration_abandon(client);
    }
    send_responses(client);
    power_down(client);
    registration_forget(client, FIRMWARE_NEVER);
    client->boot_due_ms = is_dead ? UINT64_C(1) << 62 /* for ever */
                                  : now_ms + client->config.boot_ms;
    client->objects->firmware->install_deadline_ms = FIRMWARE_NEVER;
}

static void boot(struct client *client, uint64_t now_ms)
{
    client->boot_due_ms = FIRMWARE_NEVER;
    firmware_boot(client->objects->firmware, now_ms);
    if (!connect_again(client, now_ms)) {
        client->boot_due_ms = now_ms + RETRY_MS;
        return;
    }
    client->register_due_ms = now_ms;
}

static void retransmit(struct client *client, uint64_t now_ms)
{
    struct outgoing *first = &client->queue[0];

    client_start_first(client, now_ms);
    if (client->queued == 0 || first->sent == 0 || first->due_ms > now_ms) {
        return;
    }
    if (first->sent > RETRANSMIT_MAX) {
        give_up(client, now_ms);
        return;
    }
    client_send(client, &first->writer);
    client_stay_awake(client, now_ms);
    first->due_ms = now_ms + (client->config.ack_ms << first->sent);
    first->sent++;
}

/** From another port, in the same session; the Update says it. Spec:
 *  lwm2m-core.md, section 8.3. */
static void move(struct client *client, uint64_t now_ms)
{
    int old = client->socket;

    client->move_due_ms = FIRMWARE_NEVER;
    if (!open_socket(client)) {
        client->socket = old;
        return;
    }
    (void)close(old); /* what was sent to it is lost, as behind a NAT */
    if (client->config.dtls != NULL) {
        dtls_move(client->config.dtls, client->socket);
    }
    client->update_due_ms = now_ms;
    if (client->config.verbose) {
        fprintf(stderr, "assay-device: moved to port %u\n",
                ntohs(client->last_port));
    }
}

/** Go on with DTLS. @return whether messages go through */
static bool is_connected(struct client *client, uint64_t now_ms)
{
    struct dtls *dtls = client->config.dtls;

    if (dtls == NULL) {
        return client->socket >= 0;
    }
    if (client->socket < 0 && client->register_due_ms <= now_ms &&
        !connect_again(client, now_ms)) {
        client->register_due_ms = now_ms + RETRY_MS;
    }
    dtls_tick(dtls, now_ms);
    if (dtls_state(dtls) == DTLS_BROKEN) {
        fprintf(stderr, "assay-device: %s\n", dtls_why(dtls));
        power_down(client);
        registration_forget(client, now_ms + RETRY_MS);
        client->is_done = client->is_stopping;
    }
    return dtls_state(dtls) == DTLS_OPEN;
}

/** For /1/x/4. */
static void disable(struct client *client, uint64_t now_ms)
{
    if (client->objects->wants_disable) {
        client->objects->wants_disable = false;
        (void)registration_end(client, FOR_DISABLE, now_ms); /* else: lost */
    }
}

/** The device itself. @return whether it is up */
static bool live(struct client *client, uint64_t now_ms)
{
    struct firmware *firmware = client->objects->firmware;

    if (client->boot_due_ms <= now_ms) {
        boot(client, now_ms);
    }
    if (client->boot_due_ms != FIRMWARE_NEVER) {
        return false;
    }
    firmware_tick(firmware, now_ms);
    fu_tick(client->objects, now_ms);
    pulls_tick(client->pulls, now_ms);
    if (firmware->has_changed || client->objects->has_changed) {
        firmware->has_changed = false;
        client->objects->has_changed = false;
        client->objects->changes++;
        client->notify_due_ms = now_ms;
        client->wants_look = true;
    }
    if (firmware->wants_reboot || client->objects->wants_reboot) {
        reboot(client, now_ms);
        return false;
    }
    return true;
}

static bool is_booting(const struct client *client)
{
    return client->boot_due_ms != FIRMWARE_NEVER;
}

/** The second server's side goes down and comes up with the first one's. */
static bool follow(struct client *client, uint64_t now_ms)
{
    bool is_down = is_booting(client->config.first);

    if (is_down && !client->is_down) {
        power_down(client);
        registration_forget(client, FIRMWARE_NEVER);
    } else if (!is_down && client->is_down) {
        is_down = !connect_again(client, now_ms);
        client->register_due_ms = now_ms;
    }
    client->is_down = is_down;
    if (client->changes != client->objects->changes) {
        client->changes = client->objects->changes;
        client->notify_due_ms = now_ms;
    }
    return !is_down;
}

void client_tick(struct client *client, uint64_t now_ms)
{
    if (client->stop_due_ms <= now_ms) {
        client->is_done = true; /* nobody confirms the De-register */
        return;
    }
    bool is_up = client->config.first != NULL ? follow(client, now_ms)
                                              : live(client, now_ms);
    if (!is_up || !is_connected(client, now_ms)) {
        return;
    }
    if (client->move_due_ms <= now_ms) {
        move(client, now_ms);
    }
    retransmit(client, now_ms);
    requests_tick(client, now_ms);
    if (client->register_due_ms <= now_ms && !client->is_registering &&
        !client->is_stopping) {
        registration_register(client, now_ms);
    }
    if (client->late_count == 0) { /* first the answer to what asked for it */
        registration_tick(client, now_ms);
        if (client->config.first == NULL) {
            disable(client, now_ms);
        }
    }
    if (client->notify_due_ms <= now_ms) {
        observe_tick(client, now_ms);
    }
    if (client->wants_look && client->location[0] != '\0') {
        client->wants_look = false;
        send_tick(client, now_ms);
    }
}

static bool is_shaking_hands(const struct client *client)
{
    return client->config.dtls != NULL &&
           dtls_state(client->config.dtls) == DTLS_HANDSHAKE;
}

/** When the device itself, or a message of it, wants to be looked after. */
static uint64_t life_deadline(const struct client *client, bool is_late)
{
    const struct objects *objects = client->objects;

    if (client->config.first != NULL) {
        return client->changes != objects->changes ||
                       client->is_down != is_booting(client->config.first)
                   ? 0
                   : FIRMWARE_NEVER;
    }
    if (objects->wants_reboot || objects->firmware->has_changed ||
        objects->has_changed || objects->firmware->wants_reboot ||
        (objects->wants_update && client->location[0] != '\0' && !is_late)) {
        return 0;
    }
    return minimum(minimum(pulls_deadline(client->pulls), fu_deadline(objects)),
                   firmware_deadline(objects->firmware));
}

uint64_t client_deadline(const struct client *client)
{
    uint64_t deadline = client->boot_due_ms;

    if (deadline != FIRMWARE_NEVER) {
        return minimum(deadline, client->stop_due_ms);
    }
    bool is_late = client->late_count > 0; /* an Update waits for it */
    deadline =
        minimum(client->register_due_ms,
                is_late ? client->late[0].due_ms : client->update_due_ms);
    deadline = minimum(deadline, client->notify_due_ms);
    deadline = minimum(deadline, client->stop_due_ms);
    deadline = minimum(deadline, client->move_due_ms);
    if (is_shaking_hands(client)) {
        deadline =
            minimum(dtls_deadline(client->config.dtls), client->stop_due_ms);
    }
    if (client->queued > 0) {
        deadline = minimum(deadline, client->queue[0].due_ms);
    }
    return minimum(deadline, life_deadline(client, is_late));
}

/** @return bytes of a message, 0: nothing more, or a port that is closed for
 *  now */
static size_t receive(struct client *client, uint8_t *bytes, size_t size,
                      uint64_t now_ms)
{
    if (client->config.dtls != NULL) {
        return dtls_read(client->config.dtls, bytes, size, now_ms);
    }
    ssize_t length = recv(client->socket, bytes, size, 0);
    return length > 0 ? (size_t)length : 0;
}

void client_receive(struct client *client, uint64_t now_ms)
{
    uint8_t bytes[65536];

    if (client->pulls != NULL) {
        pulls_receive(client->pulls, now_ms);
    }
    for (int i = 0; i < RECEIVE_BATCH && client->socket >= 0; i++) {
        size_t length = receive(client, bytes, sizeof(bytes), now_ms);
        if (length > 0 && !is_deaf(client, now_ms)) {
            client_stay_awake(client, now_ms);
            take_datagram(client, bytes, length, now_ms);
        }
        client_tick(client, now_ms);
        if (length == 0) {
            return;
        }
    }
}

size_t client_sockets(const struct client *client, int fds[CLIENT_SOCKETS_MAX])
{
    size_t count =
        client->pulls != NULL ? pulls_sockets(client->pulls, fds) : 0;

    if (client->socket >= 0) {
        fds[count++] = client->socket;
    }
    return count;
}

void client_stop(struct client *client, uint64_t now_ms)
{
    if (client->is_stopping) {
        client->is_done = true; /* asked twice */
        return;
    }
    client->is_stopping = true;
    client->stop_due_ms = now_ms + STOP_MS;
    if (!registration_end(client, FOR_DEREGISTER, now_ms)) {
        client->is_done = true;
    }
}

bool client_is_done(const struct client *client)
{
    return client->is_done;
}

static void send_for_pull(void *user, const struct writer *writer)
{
    client_send(user, writer);
}

static struct pulls *new_pulls(struct client *client)
{
    const struct pull_config config = {
        .server = client->config.server,
        .server_size = client->config.server_size,
        .is_secure = client->config.dtls != NULL,
        .ack_ms = client->config.pull_ack_ms,
        .szx = client->config.pull_szx,
        .credentials = client->config.pull_credentials,
        .next_id = &client->next_id,
        .send = send_for_pull,
        .user = client,
    };

    return pulls_new(&config, client->objects->firmware);
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
    if (config->queue_mode && objects->version == 10) {
        memcpy(objects->server.binding, "UQ", 3);
    }
    client->next_id = (uint16_t)(now_ms * 7919);
    client->register_due_ms = now_ms;
    client->update_due_ms = FIRMWARE_NEVER;
    client->stop_due_ms = FIRMWARE_NEVER;
    client->move_due_ms = FIRMWARE_NEVER;
    client->boot_due_ms = FIRMWARE_NEVER;
    client->notify_due_ms = FIRMWARE_NEVER;
    client->socket = -1;
    client->pulls = config->first == NULL ? new_pulls(client) : NULL;
    if ((client->pulls == NULL && config->first == NULL) ||
        !connect_again(client, now_ms)) {
        client_free(client);
        return NULL;
    }
    return client;
}

void client_free(struct client *client)
{
    if (client != NULL) {
        if (client->config.dtls != NULL) {
            dtls_end(client->config.dtls, true);
        }
        power_down(client);
        send_forget(client);
        pulls_free(client->pulls);
        free(client);
    }
}
