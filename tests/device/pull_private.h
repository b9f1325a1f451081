/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PULL_PRIVATE_H
#define TESTS_DEVICE_PULL_PRIVATE_H

/* Private to pull*.c: one pull, and those of pull_line.c that do not go by CoAP
 * over UDP. */
#include "tests/device/line.h"
#include "tests/device/pull.h"
#include "tests/device/pull_cause.h"

enum {
    TOKEN_LENGTH = 2, /* no request of client.c has one of this length */
    ETAG_MAX = 8,
};

/** One pull. */
struct pull {
    unsigned fetch; /* number of it in the component; 0: none runs */
    struct uri uri;
    char text[URI_MAX + 1];          /* that `uri` leads into */
    int socket;                      /* -1: the device's, or the line's */
    struct line *line;               /* NULL: CoAP over UDP */
    struct sockaddr_storage address; /* of the line */
    socklen_t address_size;
    uint64_t open_by_ms; /* the line has to be open */
    bool is_pending;     /* the request waits for it */
    unsigned lost;       /* how often it was lost, since the last block */
    bool is_open;
    struct writer writer; /* the last request */
    uint16_t id;
    uint8_t token[TOKEN_LENGTH];
    unsigned sent;    /* how often */
    bool is_accepted; /* by an empty ACK */
    bool waits;       /* after an error, to ask again */
    unsigned retries;
    uint64_t due_ms;
    uint8_t szx;
    size_t offset;
    uint8_t etag[ETAG_MAX];
    size_t etag_length;
    bool has_etag;
    unsigned wrong_blocks;
    unsigned restarts; /* of a variant */
};

struct pulls {
    struct pull_config config;
    struct firmware *firmware;
    struct pull rows[FIRMWARE_COMPONENTS];
    struct line_config lines;
    struct pull_http *http;
    uint8_t next_token;
};

/* pull.c */

void pull_fail(struct pulls *pulls, struct pull *pull, enum pull_cause cause);
/** A variant: after an interruption it asks for the first block.
 *  @return false: it goes on where it was */
bool pull_begin_anew(struct pulls *pulls, struct pull *pull, uint64_t now_ms);
/** An empty message. */
void pull_confirm(struct pulls *pulls, const struct pull *pull,
                  enum message_type type, uint16_t id);
/** @return false for a message that is not of this pull */
bool pull_take(struct pulls *pulls, struct pull *pull,
               const struct message *message, uint64_t now_ms);

/* pull_line.c */

/** How this device, or mutant, is with servers that speak anything else than
 *  CoAP over UDP. */
void pull_lines_fill(struct pulls *pulls);
/** Make the line and open it. @return false when it failed */
bool pull_line_begin(struct pulls *pulls, struct pull *pull, uint64_t now_ms);
/** Once more. */
void pull_line_open(struct pulls *pulls, struct pull *pull, uint64_t now_ms);
/** See what became of the line, and of the request that waits for it. */
void pull_line_follow(struct pulls *pulls, struct pull *pull, uint64_t now_ms);
/** Nothing came in time. A stream loses nothing: another one is tried. */
void pull_line_wait_no_more(struct pulls *pulls, struct pull *pull,
                            uint64_t now_ms);
/** Read what has come. */
void pull_line_receive(struct pulls *pulls, struct pull *pull, uint64_t now_ms);

#endif
