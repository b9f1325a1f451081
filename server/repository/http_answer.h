/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REPOSITORY_HTTP_ANSWER_H
#define SERVER_REPOSITORY_HTTP_ANSWER_H

/*
 * What a request by HTTP is answered, and what goes wrong there on purpose:
 * headers, which bytes, and where the body breaks off. Knows no network.
 * Spec: RFC 9110, 8.8 (ETag), 13 (conditional requests), 14 (ranges), 15.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/repository/protocol.h"

#define REPOSITORY_HTTP_ETAG_SIZE 16   /**< of the header's value, with NUL */
#define REPOSITORY_HTTP_BLOCK     1024 /**< "block 7" is byte 7 * 1024 */
/** A file that was redirected is there, behind its path. */
#define REPOSITORY_HTTP_MOVED "/moved"

struct repository;

enum repository_http_method {
    REPOSITORY_HTTP_GET,
    REPOSITORY_HTTP_HEAD,
    REPOSITORY_HTTP_OTHER,
};

/** A request of a device. Loans; headers are NULL when absent. */
struct repository_http_request {
    enum repository_protocol protocol;
    enum repository_http_method method;
    const char *path; /**< decoded, with queries */
    const char *range;
    const char *if_range;
    const char *if_match;
    bool is_again; /**< the same one, after it was held: counts no more */
};

/** What happens where an answer breaks off. */
enum repository_break {
    REPOSITORY_GOES_ON,
    REPOSITORY_HOLDS,  /**< nothing more until repository_resume() */
    REPOSITORY_PAUSES, /**< nothing for `break_ms`, then the rest */
    REPOSITORY_CLOSES, /**< the connection ends */
    REPOSITORY_RESETS, /**< the same, by a TCP reset */
};

/** What it is answered. Loans, until the file is removed. */
struct repository_http_answer {
    uint64_t id; /**< of the file */
    const char *endpoint;
    unsigned status; /**< 0: no answer at all; `at_break` says how */
    const uint8_t *body;
    size_t body_length; /**< bytes that are there to be sent */
    size_t offset;      /**< of the body in the file */
    size_t size;        /**< of the file */
    bool has_length;    /**< Content-Length is said … */
    uint64_t length;    /**< … and this one; else the answer is chunked */
    bool has_content_range;
    size_t range_first;
    size_t range_last;
    size_t range_size;
    char etag[REPOSITORY_HTTP_ETAG_SIZE]; /**< "": none */
    uint32_t retry_after_s;               /**< 0: not said */
    bool redirects_away;                  /**< Location: REPOSITORY_HTTP_MOVED
                                               behind the path … */
    bool redirects_back;                  /**< … or without it again */
    uint32_t late_ms;                     /**< it goes out so late */
    uint32_t slow_ms;                     /**< one byte each; 0: at once */
    enum repository_break at_break;
    size_t break_at; /**< bytes of the body before it */
    uint32_t break_ms;
    bool is_other;     /**< of the other content */
    const char *fault; /**< name of the first deed, NULL: none */
    bool ends;         /**< nothing is given, or an error code, until then */
};

/**
 * Answer a request.
 *
 * @return false when no file has this path by this protocol
 */
bool repository_http_answer(struct repository *repository,
                            const struct repository_http_request *request,
                            struct repository_http_answer *out_answer);

#endif
