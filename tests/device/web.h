/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_WEB_H
#define TESTS_DEVICE_WEB_H

/*
 * GET by HTTP and HTTPS: libcurl's multi interface behind one descriptor, which
 * the loop of the device waits for. Knows no firmware.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEB_SLOTS    8 /**< GETs at a time */
#define WEB_ETAG_MAX 64
#define WEB_NEVER    UINT64_MAX

/** What the headers of an answer said. */
struct web_answer {
    unsigned status;             /**< 0: no answer yet */
    char etag[WEB_ETAG_MAX + 1]; /**< "" without */
    bool has_range;              /**< Content-Range */
    uint64_t range_first;
    uint64_t range_size; /**< of the whole file; 0: not said */
    bool has_retry_after;
};

/** How a GET ended. */
enum web_end {
    WEB_WHOLE,     /**< all that the headers announced came */
    WEB_BROKEN,    /**< the connection ended before that */
    WEB_REFUSED,   /**< no connection */
    WEB_UNTRUSTED, /**< not by TLS */
    WEB_LOST,      /**< redirected too often, or what is no HTTP */
};

struct web_config {
    const char *ca_file; /**< who signs certificates of servers; NULL: nobody */
    bool trusts_all;     /**< for a mutant: any CA … */
    bool takes_any_name; /**< … any name in a certificate */
    /** Bytes of a body. @return false: it ends here, without `on_end` */
    bool (*on_bytes)(void *user, unsigned slot, const struct web_answer *answer,
                     const uint8_t *bytes, size_t length);
    /** Last call of a GET; it may begin the next one. */
    void (*on_end)(void *user, unsigned slot, const struct web_answer *answer,
                   enum web_end end);
    void *user;
};

struct web;

/** @return NULL when it cannot be had */
struct web *web_new(const struct web_config *config);
void web_free(struct web *web);
/** To be read when web_turn() is wanted. */
int web_descriptor(const struct web *web);
/** When web_turn() is wanted at the latest; WEB_NEVER. */
uint64_t web_deadline(const struct web *web);
/** Do what can be done; calls back. Not from a callback. */
void web_turn(struct web *web, uint64_t now_ms);

struct web_get {
    const char *url;
    const char *range;    /**< "100-" or "100-199"; NULL */
    const char *if_range; /**< ETag; NULL */
    bool is_head;
};
/** Begin; the slot is free. @return false when it cannot be begun */
bool web_start(struct web *web, unsigned slot, const struct web_get *get);
/** End without a call back; a free slot is ignored. */
void web_stop(struct web *web, unsigned slot);

#endif
