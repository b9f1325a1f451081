/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REPOSITORY_REPOSITORY_H
#define SERVER_REPOSITORY_REPOSITORY_H

/*
 * Files that devices fetch by URI, and what goes wrong there on purpose. Knows
 * no network: it says what a request is answered, block by block by CoAP, the
 * rest of the file by HTTP (http_answer.h), and sends nothing. Spec: RFC 7252; RFC 7959, 2.2 to 2.4; AFU-031, AFU-033.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/event.h"
#include "server/repository/http_answer.h"
#include "server/repository/protocol.h"

#define REPOSITORY_RESOURCES_MAX 10000 /**< SERVER_DEVICES_MAX */
#define REPOSITORY_PATH_MAX      1100  /**< bytes, with queries */
#define REPOSITORY_FAULTS_MAX    8     /**< of one resource */
#define REPOSITORY_SZX_MAX       6     /**< blocks of 1024 bytes */
#define REPOSITORY_ETAG_SIZE     4     /**< bytes */

/** When something goes wrong: from the first request that meets it on. */
enum repository_when {
    REPOSITORY_AT_BLOCK,   /**< for byte `number` times the block size, or one
                              behind it */
    REPOSITORY_AT_PERCENT, /**< the same, `number` percent of all bytes */
    REPOSITORY_AT_REQUEST, /**< the `number`th request, from 1; one that is
                              sent again counts once */
    REPOSITORY_AT_END,     /**< for the last block */
};

/** What goes wrong then. */
enum repository_deed {
    /* nothing else goes wrong beside these */
    REPOSITORY_STOP, /**< no answer, until repository_resume() */
    REPOSITORY_CODE, /**< an error code, until then as well */
    /* how the answer comes */
    REPOSITORY_LATE,      /**< `ms` later */
    REPOSITORY_SEPARATE,  /**< `ms` later in a message of its own, after an
                               empty ACK */
    REPOSITORY_LOSE,      /**< not at all; the same request may get the next */
    REPOSITORY_DUPLICATE, /**< twice */
    /* what is in it */
    REPOSITORY_SMALLER,      /**< blocks of `szx` at most */
    REPOSITORY_SWITCH,       /**< of another content, for good */
    REPOSITORY_NO_ETAG,      /**< no ETag */
    REPOSITORY_NO_SIZE2,     /**< no Size2 */
    REPOSITORY_SIZE2_LARGER, /**< twice the size */
    REPOSITORY_SIZE2_LESS,   /**< half of the size */
    REPOSITORY_NEXT_BLOCK,   /**< the block behind the one asked for */
    REPOSITORY_CUT,          /**< this is said to be the last block */
    REPOSITORY_EMPTY,        /**< no byte at all */
    /* what only connections have */
    REPOSITORY_CLOSE, /**< the connection ends there */
    REPOSITORY_RESET, /**< the same, by a TCP reset; by UDP the request is
                           rejected by a Reset message: RFC 7252, 4.2 */
    /* what only HTTP has; CoAP does nothing of it */
    REPOSITORY_IGNORE_RANGE,  /**< the whole file, whatever is asked for */
    REPOSITORY_WRONG_RANGE,   /**< bytes further on than asked for, and said so:
                                 Content-Range */
    REPOSITORY_WEAK_ETAG,     /**< W/"…", which is good for no resume */
    REPOSITORY_SLOW,          /**< one byte each `ms` */
    REPOSITORY_REDIRECT,      /**< 302 to where the file is */
    REPOSITORY_REDIRECT_LOOP, /**< 302 to where it is not, for ever */
    REPOSITORY_DEEDS
};

/** One misbehaviour of a resource. All that are due are done, in their order,
 *  up to a STOP or CODE. */
struct repository_fault {
    enum repository_when when;
    uint32_t number;
    enum repository_deed deed;
    uint8_t code;       /**< REPOSITORY_CODE: what is answered */
    uint32_t max_age_s; /**< REPOSITORY_CODE: for so long; 0: not said */
    uint32_t times;     /**< so many requests; 0: all */
    uint8_t percent;    /**< of these messages, by chance; 0: all */
    uint32_t ms;
    uint8_t szx;
};

/** A file for one device. */
struct repository_resource {
    const char *endpoint; /**< its owner, for the events; copied */
    const char *path;     /**< "/a/b", "/a?b=c&d", decoded; copied */
    enum repository_protocol protocol; /**< by no other one */
    bool on_lwm2m_port;   /**< there, else on the port of its own */
    const uint8_t *bytes; /**< borrowed until it is removed */
    size_t length;
    const uint8_t *other_bytes; /**< REPOSITORY_SWITCH; borrowed as well */
    size_t other_length;
    uint8_t max_szx; /**< largest block that is given, 0..6 */
    uint32_t seed;   /**< of chance */
    struct repository_fault faults[REPOSITORY_FAULTS_MAX];
    size_t fault_count;
};

/** A request of a device. Loans. */
struct repository_request {
    uint8_t method;
    const char *path;                  /**< with queries: "/a?b=c&d" */
    enum repository_protocol protocol; /**< it came by it … */
    bool on_lwm2m_port;                /**< … there */
    const char *peer;                  /**< "127.0.0.1:40123" */
    int message_id;
    bool has_block2;
    struct server_block block2;
    int accept; /**< CONTENT_FORMAT_NONE when absent */
};

/** What it is answered. Loans, until the resource is removed. */
struct repository_answer {
    uint64_t id; /**< of the resource */
    const char *endpoint;
    uint8_t code; /**< 0: no answer at all */
    bool has_block2;
    struct server_block block2;
    bool has_etag;
    uint8_t etag[REPOSITORY_ETAG_SIZE];
    size_t offset; /**< of the payload in the file */
    const uint8_t *payload;
    size_t payload_length;
    size_t size;        /**< of the file */
    bool is_other;      /**< of the other content */
    bool has_size2;     /**< the size is said … */
    size_t size2;       /**< … and this one */
    uint32_t max_age_s; /**< 0: not said */
    uint32_t late_ms;   /**< it goes out so late */
    bool is_separate;   /**< after an empty ACK, in a message of its own */
    bool is_double;     /**< it goes out twice */
    const char *fault;  /**< name of the first deed, NULL: none */
    bool ends;          /**< that one was STOP or CODE */
    bool is_repeated;   /**< the same message came before */
    bool closes;        /**< of a stream: the connection ends … */
    bool resets;        /**< … by a TCP reset; by UDP: by a Reset message */
};

struct repository;

/** @return NULL when there is no memory */
struct repository *repository_new(void);
/** Accepts NULL. */
void repository_free(struct repository *repository);

/**
 * Offer a file.
 *
 * @param id  not 0, not used by another one
 *
 * Errors: STATUS_INVALID for a path that is used, does not begin with '/' or
 *         is too long, for a block size or too many faults; STATUS_LIMIT;
 *         STATUS_NO_MEMORY. On failure nothing is offered.
 */
MUST_CHECK
enum status repository_add(struct repository *repository, uint64_t id,
                           const struct repository_resource *resource,
                           struct reason *reason);
/** Take it away; unknown ids are ignored. */
void repository_remove(struct repository *repository, uint64_t id);
/** What stopped, or was an error, goes on (scenarios.md 0.3: GO); unknown ids
 *  are ignored. */
void repository_resume(struct repository *repository, uint64_t id);

/**
 * Answer a request.
 *
 * GET gives the block that is asked for, in the size that is asked for or a
 * smaller one; other methods 4.05, another format than octet-stream 4.06, a
 * block behind the end 4.00. The first of a file of several blocks says how
 * large it is.
 *
 * @return false when no file has this path on this port, by this protocol
 */
MUST_CHECK
bool repository_answer(struct repository *repository,
                       const struct repository_request *request,
                       struct repository_answer *out_answer);

/** Whose file has this path (with queries), by whatever protocol; NULL: there
 *  is none. */
const char *repository_owner(const struct repository *repository,
                             const char *path);

/** "stop", "code", "late" … */
const char *repository_deed_name(enum repository_deed deed);

#endif
