/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_CLIENT_PARTS_H
#define TESTS_DEVICE_CLIENT_PARTS_H

/*
 * What client.c (messages, life), registration.c, requests.c (requests of the
 * server) and observe.c share. Nobody else includes it.
 */
#include "tests/device/client.h"
#include "tests/device/pull.h"
#include "tests/device/watch.h"

enum {
    QUEUE_MAX = 64,   /* confirmable messages that wait */
    ANSWERS_MAX = 64, /* for repeated requests */
    OBSERVATIONS_MAX = 64,
    LOCATION_SIZE = 128,
    LATE_MAX = 8, /* answers of a slow device */
};

enum purpose {
    FOR_REGISTER,
    FOR_UPDATE,
    FOR_DEREGISTER, /* and the end of the program */
    FOR_DISABLE,    /* a De-register for some time */
    FOR_SEND,
    FOR_NOTIFY,
    FOR_RESPONSE, /* a separate one */
};

struct observation;

/** A confirmable message of ours, waiting for its turn or its ACK. */
struct outgoing {
    enum purpose purpose;
    const struct observation *observation; /* of a notification */
    struct writer writer;
    uint16_t id;
    uint8_t token;
    uint64_t due_ms; /* before it is sent: not earlier */
    unsigned sent;
};

/** What is asked for with an Observe. */
struct observe_wish {
    struct lwm2m_path path;
    struct lwm2m_path *paths; /* of a composite, else NULL; on the heap */
    size_t path_count;
    int accept;   /* of a composite: the Content-Format of the answer */
    bool has_own; /* attributes came with it: only they count */
    struct attributes own;
};

struct observation {
    bool is_used;
    struct observe_wish wish;
    uint8_t token[MESSAGE_TOKEN_MAX];
    size_t token_length;
    uint32_t sequence;
    uint16_t last_id;        /* of the newest notification: an RST names it */
    struct byte_buffer last; /* payload sent last */
    struct watch watch;
};

struct stored_answer {
    bool is_used;
    uint16_t id;
    struct writer writer;
};

/** An answer that goes out at its time. */
struct late_answer {
    uint64_t due_ms;
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
    struct late_answer late[LATE_MAX]; /* in the order of their times */
    size_t late_count;
    uint64_t answered_ms; /* when the newest answer goes or went out */
    struct observation observations[OBSERVATIONS_MAX];
    uint64_t notify_due_ms;       /* an observation wants to be looked at */
    char location[LOCATION_SIZE]; /* "rd/5a3f", "" when not registered */
    bool is_registering;
    uint64_t register_due_ms;
    uint64_t update_due_ms;
    uint64_t move_due_ms;
    uint64_t boot_due_ms;        /* FIRMWARE_NEVER unless the device boots */
    bool is_disabled;            /* silent until register_due_ms */
    struct sockaddr_storage own; /* address before the boot, for a variant */
    socklen_t own_size;
    uint64_t awake_until_ms;                      /* in queue mode */
    struct byte_buffer sent[FIRMWARE_COMPONENTS]; /* by Send */
    bool has_sent;
    bool wants_look;    /* something changed: for Send */
    bool has_missed;    /* a notification found no place in the queue */
    uint16_t last_port; /* of the socket before the boot */
    bool is_stopping;
    uint64_t stop_due_ms; /* then the De-register is given up */
    bool is_done;
    unsigned changes; /* of the values, when the second server was told */
    bool is_down;     /* the second one: the device boots */
};

/* client.c */

/** Lost unless the session is open, where DTLS is in use. */
void client_send(struct client *client, const struct writer *writer);
/** A place in the queue, or NULL when it is full. */
struct outgoing *client_enqueue(struct client *client, enum purpose purpose);
/** Send the first message of the queue if it was not sent yet. */
void client_start_first(struct client *client, uint64_t now_ms);
/** Take what was not sent yet out of the queue. */
void client_drop_queued(struct client *client, enum purpose purpose,
                        const struct observation *observation);

/** Queue mode: a message came or went, so it stays awake for a while. */
void client_stay_awake(struct client *client, uint64_t now_ms);

/* registration.c */

void registration_register(struct client *client, uint64_t now_ms);
/** Send an Update when one is due or asked for. */
void registration_tick(struct client *client, uint64_t now_ms);
/** An answer to one of the two, or its failure (code 0). */
void registration_answered(struct client *client, enum purpose purpose,
                           const struct message *message, uint64_t now_ms);
/** @param due_ms  when to register again; FIRMWARE_NEVER */
void registration_forget(struct client *client, uint64_t due_ms);
/** A De-register that waits for its answer; false: not registered, or there
 *  is no place for it. */
bool registration_end(struct client *client, enum purpose purpose,
                      uint64_t now_ms);
/** De-register without waiting for the answer. */
void registration_abandon(struct client *client);

/* observe.c */

/** @param wish     its paths are handed over, whatever comes of it
 *  @param payload  of the first answer, copied
 *  @return NULL when there is no place or no memory */
struct observation *observe_begin(struct client *client,
                                  const struct message *request,
                                  const struct observe_wish *wish,
                                  const struct byte_buffer *payload,
                                  uint64_t now_ms);
/** What the answer to the wish is now; `answer->payload` is the caller's. */
void observe_read(const struct client *client, const struct observe_wish *wish,
                  struct answer *answer);
/** The observer asked for the end: GET with Observe 1. */
void observe_cancel(struct client *client, const struct message *request);
/** The observer knows the message no more. */
void observe_take_reset(struct client *client, uint16_t id);
void observe_end_all(struct client *client);
/** Tell each observer who is to be told now. */
void observe_tick(struct client *client, uint64_t now_ms);

/* send.c */

/** Send what has changed, if that is wanted and allowed. */
void send_tick(struct client *client, uint64_t now_ms);
/** What a device that was registered tells of itself. */
void send_report(struct client *client, uint64_t now_ms);
void send_forget(struct client *client);

/* requests.c */

/** Send the late answers that are due. */
void requests_tick(struct client *client, uint64_t now_ms);
/** Send them all, and forget those that were sent. */
void requests_end(struct client *client);

/** A hash of the body where the variant has one, so that blocks of two bodies
 *  are told apart. */
void client_add_etag(const struct client *client, const struct answer *answer,
                     struct writer *writer);
/** Size of the largest block of an answer or a notification, as SZX. */
uint32_t client_szx(const struct client *client);
/** A variant: no answer while an update runs. */
bool client_is_mute(const struct client *client);
/** Answer a request; a repeated one as before. */
void client_take_request(struct client *client, const struct message *request,
                         uint64_t now_ms);

#endif
