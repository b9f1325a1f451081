/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_DEVICE_PEER_H
#define TESTS_UNIT_DEVICE_PEER_H

/*
 * A server of a few lines for the simulated device: it answers registrations,
 * asks, and starts and kills the device. Its messages are put together by
 * hand: no code of the tester's stack and none of the device's.
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    PEER_DATAGRAM_MAX = 2048,
    PEER_LIMIT_MS = 20000, /* for what must come; costs nothing when it does */
};

enum peer_code {
    PEER_GET = 1,
    PEER_POST = 2,
    PEER_PUT = 3,
    PEER_DELETE = 4,
    PEER_FETCH = 5,
    PEER_CREATED = 0x41,
    PEER_CHANGED = 0x44,
    PEER_CONTENT = 0x45,
    PEER_CONTINUE = 0x5f,
};

struct peer {
    int socket;
    uint16_t port;
    pid_t device; /* 0: none runs */
    char folder[256];
    struct sockaddr_in address; /* of the device, from its last Register */
    unsigned registrations;
    unsigned updates;
    unsigned deregistrations;
    unsigned sends;      /* POST to /dp */
    uint8_t update_code; /* how an Update is answered; 0: 2.04 */
    char query[300];     /* of the last Register or Update, "lt=9&b=U" */
    char body[1500];     /* of the last Register, Update or Send, as text */
    size_t body_length;
    uint16_t next_id;
    int watch;            /* inotify of the folder, -1 for none */
    unsigned kill_at;     /* kill the device at this change of its folder */
    unsigned file_events; /* changes so far */
};

/** A datagram, taken apart. */
struct peer_message {
    uint8_t bytes[PEER_DATAGRAM_MAX];
    size_t length;
    unsigned type;
    uint8_t code;
    uint16_t id;
    uint8_t token[8];
    size_t token_length;
    char path[64];          /* "rd/7" */
    char query[300];        /* "lt=9&b=U" */
    long observe;           /* -1: no such option */
    const uint8_t *payload; /* NULL: none */
    size_t payload_length;
};

/** A socket on loopback and an empty folder for the device. */
bool peer_open(struct peer *peer);
void peer_close(struct peer *peer);
/** Start the device; the options end with NULL, 10 at most. */
bool peer_start(struct peer *peer, const char *const *options);
/** Kill it as a power cut does. */
void peer_kill(struct peer *peer);
/** Whether the process runs. A dead one is waited for. */
bool peer_is_running(struct peer *peer);
/** Ask it to end. @return its exit status; 128 and more for a signal */
int peer_stop(struct peer *peer);
/** Kill the device at the `nth` change of a file from now on. */
bool peer_kill_at(struct peer *peer, unsigned nth);

/** Until there were `count` registrations since peer_open(). */
bool peer_wait_registration(struct peer *peer, unsigned count);
/** Send bytes as they are to where the device registered from. */
bool peer_send(struct peer *peer, const void *bytes, size_t length);
/** The next datagram that is no registration. @return false: none came */
bool peer_receive(struct peer *peer, struct peer_message *out_message,
                  int limit_ms);
/** Put a request together. `format`, `accept` and `block` (1): -1 for none.
 *  @return its length */
size_t peer_build(struct peer *peer, uint8_t *bytes, enum peer_code method,
                  const char *path, int format, int accept, int64_t block,
                  const void *payload, size_t length);
/** A request with options that peer_build() has not; one byte of token. */
struct peer_request {
    enum peer_code method;
    const char *path; /* "" for the root */
    uint8_t token;
    int observe; /* -1: none, as for format and accept */
    int format;
    int accept;
    const char *query; /* "a&b", "" for none */
    const char *payload;
};
/** Ask and wait for the answer; as peer_ask(). */
uint8_t peer_ask_for(struct peer *peer, const struct peer_request *request,
                     struct peer_message *out_answer);
/**
 * Ask and wait for the answer with this message ID.
 * @return its code; 0 when none came, or the device was killed
 */
uint8_t peer_ask(struct peer *peer, enum peer_code method, const char *path,
                 int format, int64_t block, const void *payload, size_t length,
                 struct peer_message *out_answer);
/** Answer the device until the counter (one of the peer's) is `count`. */
bool peer_wait_for(struct peer *peer, const unsigned *counter, unsigned count);
/** Read one Resource as text. @return false when it is not answered 2.05 */
bool peer_text(struct peer *peer, const char *path, char *text, size_t size);
/** State times 100 plus Update Result; -1: no answer. */
int peer_pair(struct peer *peer, unsigned instance);

#endif
