/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_INTEGRATION_WIRE_H
#define TESTS_INTEGRATION_WIRE_H

/*
 * A server and a device that is nothing but a UDP socket and an encoder of its
 * own: tests say what goes over the wire, byte by byte, and see what the
 * server makes of it. Nothing here waits for time, only for events.
 */
#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

enum {
    CON = 0,
    NON = 1,
    ACK = 2,
    RST = 3,
    GET = 1,
    POST = 2,
    DELETE = 4,
    DATAGRAM_MAX = 1500,
    RECORDS_MAX = 8192,
    GUARD_MS = 5000, /* more than anything here takes */
    OBSERVE = 6,
    URI_PATH = 11,
    CONTENT_FORMAT = 12,
    URI_QUERY = 15,
    BLOCK2 = 23,
    BLOCK1 = 27,
};

#define QUERY_A  "ep=a&lt=300&lwm2m=1.1"
#define LINKS    "</1/0>,</3/0>"
#define RESOURCE lwm2m_path_resource(3, 0, 0)

/** What is kept of an event. */
struct record {
    enum server_event_kind kind;
    uint64_t id;
    unsigned long port; /* of the peer of a message */
    uint8_t code;
    bool has_observe;
    bool has_block1;
    struct server_block block1;
    size_t length;
    uint8_t bytes[4096]; /* payload or message, cut */
    char text[256];      /* reason, why, what */
};

/** A datagram taken apart by hand. */
struct datagram {
    uint8_t bytes[DATAGRAM_MAX];
    size_t length;
    unsigned type;
    unsigned code;
    unsigned mid;
    uint8_t token[8];
    size_t token_length;
};

/** The server and the one device of a test. */
struct wire {
    struct server *server;
    struct record *records;
    size_t count;
    size_t seen; /* wire_await() looks behind it */
    enum server_event_kind wanted;
    uint64_t guard;
    int fd;
    uint16_t port; /* of fd */
    uint16_t mid;
    char location[64];
};

extern struct wire wire;

/** The callback that keeps events, for a second server. */
void wire_on_event(const struct server_event *event, void *user);
/** Turn the loop until an event of this kind comes behind the last one that
 *  was awaited. Never NULL: an absent event ends the test. */
const struct record *wire_await(enum server_event_kind kind);
/** Events of this kind so far. */
size_t wire_count_of(enum server_event_kind kind);
/** Forget all events so far: there is room for RECORDS_MAX of them. */
void wire_forget(void);
/** Header and token of a message; options follow in ascending order. */
void wire_begin(struct datagram *message, unsigned type, unsigned code,
                unsigned mid, const uint8_t *token, size_t token_length);
/** `last` is the number of the option before, and is brought forward. */
void wire_option(struct datagram *message, unsigned *last, unsigned number,
                 const void *bytes, size_t length);
/** One option for each part of the text. */
void wire_split_options(struct datagram *message, unsigned *last,
                        unsigned number, const char *text, char delimiter);
/** Payload marker and payload; nothing when it is empty. */
void wire_payload(struct datagram *message, const void *bytes, size_t length);
/** Send; read; send what a text says in hexadecimal. */
void wire_emit(const struct datagram *message);
bool wire_receive(struct datagram *message);
/** Wait until the server sent something to this device, and read it. */
void wire_next_sent(struct datagram *message);
void wire_hex(const char *text);
/** A request to /rd or below; the answer is read, too. */
unsigned wire_exchange(unsigned method, const char *path, const char *query,
                       const char *links, struct datagram *answer);
/** Location-Path of a 2.01 without token, as "/rd/x". */
void wire_take_location(const struct datagram *answer);
/** Register with these parameters; the location is kept. */
void wire_enrol(const char *query);
/** Let the server send a request; wire_ask_read(): of RESOURCE to "a", and
 *  read it from the socket. */
uint64_t wire_ask(struct server_request *request);
uint64_t wire_ask_read(struct datagram *message);
/** Answer `request`; with `observe` >= 0 as a notification would be. */
void wire_reply(const struct datagram *request, unsigned type, unsigned mid,
                unsigned code, int observe, const char *body);
/** A connected socket; its own port. */
int wire_open_client(uint16_t port);
uint16_t wire_local_port(int fd);
/** Set-up and tear-down of a suite. */
void wire_set_up(void);
void wire_tear_down(void);
/** Run a suite of these, each with a server of its own; main()'s result. */
int wire_run(const char *name, CU_TestInfo *tests);

#endif
