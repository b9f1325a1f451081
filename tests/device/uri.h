/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_URI_H
#define TESTS_DEVICE_URI_H

/*
 * Package URI, taken apart. Spec: RFC 3986, 3; RFC 7252, 6.1 and 6.4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define URI_ALLOWED   255  /**< bytes of a Package URI */
#define URI_MAX       1200 /**< bytes of one that mutants and variants take */
#define URI_PARTS_MAX 32   /**< segments and parts of a query */

/** Schemes in the order of Resource 8; the last one is none of them. */
enum uri_scheme {
    URI_COAP,
    URI_COAPS,
    URI_HTTP,
    URI_HTTPS,
    URI_COAP_TCP,
    URI_COAPS_TCP,
    URI_OTHER,
};

/** A segment or a part of the query, without percent signs. */
struct uri_part {
    bool is_query;
    char bytes[URI_MAX + 1];
    size_t length;
};

struct uri {
    enum uri_scheme scheme;
    bool is_good;           /**< the rest can be used */
    char host[URI_MAX + 1]; /**< without brackets */
    uint16_t port;          /**< default of the scheme where none is given */
    const char *target;     /**< behind the port, in the text */
    size_t target_length;
};

/**
 * Take a URI apart.
 *
 * @param text     kept: `target` leads into it
 * @param out_uri  its scheme is known whenever there is one
 * @return whether it has a scheme at all
 */
bool uri_parse(const char *text, size_t length, struct uri *out_uri);
/** The next segment or part of the query; `*at` is 0 at first.
 *  @return false at the end */
bool uri_next(const struct uri *uri, size_t *at, struct uri_part *out_part);

#endif
