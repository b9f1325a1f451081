/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_CLIENT_PARTS_H
#define TESTS_DEVICE_CLIENT_PARTS_H

/*
 * What client.c (messages of ours, registration, life) and requests.c
 * (requests of the server, observations) share. Nobody else includes it.
 */
#include "tests/device/client.h"
#include "tests/device/pull.h"

enum {
    QUEUE_MAX = 64,   /* confirmable messages that wait */
    ANSWERS_MAX = 64, /* for repeated requests */
    OBSERVATIONS_MAX = 64,
    LOCATION_SIZE = 128,
};

enum purpose {
    FOR_REGISTER,
    FOR_UPDATE,
    FOR_DEREGISTER,
    FOR_NOTIFY,
    FOR_RESPONSE, /* a separate one */
};

/** A confirmable message of ours, waiting for its turn or its ACK. */
struct outgoing {
    enum purpose purpose;
    struct writer writer;
    uint16_t id;
    uint8_t token;
    uint64_t due_ms; /* before it is sent: not earlier */
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
    struct pulls *pulls;
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
    uint64_t move_due_ms;
    uint64_t boot_due_ms;        /* FIRMWARE_NEVER unless the device boots */
    struct sockaddr_storage own; /* address before the boot, for a variant */
    socklen_t own_size;
    bool has_missed;    /* a notification found no place in the queue */
    uint16_t last_port; /* of the socket before the boot */
    bool is_stopping;
    uint64_t stop_due_ms; /* then the De-register is given up */
    bool is_done;
};

/** Lost unless the session is open, where DTLS is in use. */
void client_send(struct client *client, const struct writer *writer);
/** A place in the queue, or NULL when it is full. */
struct outgoing *client_enqueue(struct client *client, enum purpose purpose);
/** Send the first message of the queue if it was not sent yet. */
void client_start_first(struct client *client, uint64_t now_ms);

void client_end_observation(struct observation *observation);
/** Tell each observer whose value is another one than last time. */
void client_notify_all(struct client *client, uint64_t now_ms);
/** A variant: no answer while an update runs. */
bool client_is_mute(const struct client *client);
/** Answer a request; a repeated one as before. */
void client_take_request(struct client *client, const struct message *request,
                         uint64_t now_ms);

#endif
