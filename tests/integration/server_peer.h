/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_INTEGRATION_SERVER_PEER_H
#define TESTS_INTEGRATION_SERVER_PEER_H

/*
 * A device that is nothing but a UDP socket and an encoder of its own, against
 * the server in the same loop: what the server does with datagrams, byte by
 * byte. One fixture, `peer`, for the whole program.
 */
#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

enum {
    PEER_CON = 0,
    PEER_NON = 1,
    PEER_ACK = 2,
    PEER_RST = 3,
    PEER_GET = 1,
    PEER_POST = 2,
    PEER_DELETE = 4,
    PEER_OBSERVE = 6,
    PEER_URI_PATH = 11,
    PEER_CONTENT_FORMAT = 12,
    PEER_URI_QUERY = 15,
    PEER_BLOCK2 = 23,
    PEER_BLOCK1 = 27,
    PEER_DATAGRAM_MAX = 1500,
};

#define PEER_QUERY    "ep=a&lt=300&lwm2m=1.1"
#define PEER_LINKS    "</1/0>,</3/0>"
#define PEER_RESOURCE lwm2m_path_resource(3, 0, 0)

/** What is kept of an event. */
struct peer_record {
    enum server_event_kind kind;
    uint64_t id;
    unsigned long port; /* of the peer of a message */
    uint8_t code;
    bool has_observe;
    uint32_t observe;
    bool is_stale;
    bool is_joined;
    bool has_changed;
    bool is_confirmable;
    bool is_acked;     /* by an empty ACK before the response */
    int format;        /* Content-Format */
    char endpoint[16]; /* "" unknown */
    bool has_block1;
    struct server_block block1;
    size_t length;
    uint8_t bytes[4096]; /* payload or message, cut */
    char text[256];      /* reason, why, what */
};

/** A datagram taken apart by hand. */
struct peer_datagram {
    uint8_t bytes[PEER_DATAGRAM_MAX];
    size_t length;
    unsigned type;
    unsigned code;
    unsigned mid;
    uint8_t token[8];
    size_t token_length;
};

struct peer_fixture {
    struct server *server;
    struct peer_record *records;
    size_t count;
    size_t seen; /* peer_await() looks behind it */
    enum server_event_kind wanted;
    uint64_t guard;
    int fd;
    uint16_t port; /* of fd */
    uint16_t mid;
    char location[64];
};
extern struct peer_fixture peer;

/** Turn the loop until an event of this kind comes behind the last one that
 *  was awaited. Never NULL: an absent event ends the test. */
const struct peer_record *peer_await(enum server_event_kind kind);
/** Forget all events so far: there is room for some thousands. */
void peer_forget(void);
size_t peer_count_of(enum server_event_kind kind);
void peer_begin(struct peer_datagram *message, unsigned type, unsigned code,
                unsigned mid, const uint8_t *token, size_t token_length);
/** `last` is the number of the option before, and is brought forward. */
void peer_option(struct peer_datagram *message, unsigned *last, unsigned number,
                 const void *bytes, size_t length);
void peer_split(struct peer_datagram *message, unsigned *last, unsigned number,
                const char *text, char delimiter);
void peer_payload(struct peer_datagram *message, const void *bytes,
                  size_t length);
void peer_emit(const struct peer_datagram *message);
bool peer_receive(struct peer_datagram *message);
/** Wait until the server sent something to this device, and read it. */
void peer_next_sent(struct peer_datagram *message);
void peer_hex(const char *text);
/** A request to /rd or below; the answer is read, too. */
unsigned peer_exchange(unsigned method, const char *path, const char *query,
                       const char *links, struct peer_datagram *answer);
void peer_enrol(const char *query);
uint64_t peer_ask(struct server_request *request);
uint64_t peer_ask_read(struct peer_datagram *message);
/** Answer `request`; with `observe` >= 0 as a notification would be. */
void peer_reply(const struct peer_datagram *request, unsigned type,
                unsigned mid, unsigned code, int observe, const char *body);
/** A 2.05 with this Observe number, of 24 bits. */
void peer_notify(const struct peer_datagram *request, unsigned type,
                 unsigned mid, uint32_t sequence, const char *body);
/** Send a message vector whose token is replaced by that of `request`; with
 *  `is_answer` the message ID as well. */
void peer_vector(const struct peer_datagram *request, const char *vector,
                 bool is_answer);
int peer_open(uint16_t port);
uint16_t peer_port(int fd);
void peer_set_up(void);
void peer_tear_down(void);
/** Run these as a suite, each with a server of its own; main()'s result. */
int peer_run(const char *name, CU_TestInfo *tests);
/** Answer with one block of 16 bytes. */
void peer_reply_block(const struct peer_datagram *request, unsigned type,
                      unsigned mid, uint8_t block, const char *body);

#endif
