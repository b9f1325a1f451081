/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REPOSITORY_PROTOCOL_H
#define SERVER_REPOSITORY_PROTOCOL_H

/*
 * How devices fetch files. Spec: definition 33629, Resource 8, Firmware Update
 * Protocol Support.
 */
#include <stdbool.h>
#include <stddef.h>

/** In the order of Resource 8. */
enum repository_protocol {
    REPOSITORY_COAP,
    REPOSITORY_COAPS,
    REPOSITORY_HTTP,
    REPOSITORY_HTTPS,
    REPOSITORY_COAP_TCP,
    REPOSITORY_COAPS_TCP,
    REPOSITORY_PROTOCOLS
};

/** The scheme of its URIs: "coap", "coaps+tcp" …; NULL past the end. */
const char *repository_protocol_name(enum repository_protocol protocol);
/** @param out_protocol  untouched on failure
 *  @return false for a text that is no such scheme */
bool repository_protocol_parse(const char *text,
                               enum repository_protocol *out_protocol);
/** Whether its servers show credentials. */
bool repository_protocol_is_secure(enum repository_protocol protocol);
/** Whether it is UDP, not TCP. */
bool repository_protocol_is_udp(enum repository_protocol protocol);
/** Whether this version of Assay has a server for it. */
bool repository_protocol_is_offered(enum repository_protocol protocol);

#endif
