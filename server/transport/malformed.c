/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/malformed.h"

#include <string.h>

enum { HEADER_SIZE = 4, TOKEN_SIZE = 8 };

/* Each: first byte and code, whether the token follows, and what is behind it.
 * 0xb1 '3' is Uri-Path "3"; 0xe0 and two bytes an option with the number 269
 * and so many more than the last one, without a value. RFC 7252, 3 and 3.1. */
static const struct {
    const char *name;
    uint8_t first;
    uint8_t code;
    bool has_token;
    uint8_t rest[MALFORMED_SIZE - HEADER_SIZE - TOKEN_SIZE];
    size_t rest_length;
} rows[SERVER_MALFORMED_KINDS] = {
    [SERVER_BAD_VERSION] = { "bad-version",
                             0x88,
                             0x01,
                             true,
                             { 0xb1, '3' },
                             2 },
    [SERVER_TOKEN_LENGTH] = { "token-length",
                              0x4f,
                              0x01,
                              true,
                              { 1, 2, 3, 4, 5, 6, 7, 0xb1, '3' },
                              9 },
    [SERVER_TRUNCATED_OPTION] = { "truncated-option",
                                  0x48,
                                  0x01,
                                  true,
                                  { 0xbd, 0x20, '3' },
                                  3 },
    [SERVER_CRITICAL_OPTION] = { "critical-option",
                                 0x48,
                                 0x01,
                                 true,
                                 { 0xb1, '3', 0xe0, 0xfc, 0xd1 },
                                 5 },
    [SERVER_STRAY_ACK] = { "stray-ack", 0x60, 0x00, false, { 0 }, 0 },
    [SERVER_STRAY_RESPONSE] = { "stray-response",
                                0x48,
                                0x45,
                                true,
                                { 0xff, 'x' },
                                2 },
};

const char *server_malformed_name(enum server_malformed kind)
{
    return kind < SERVER_MALFORMED_KINDS ? rows[kind].name : NULL;
}

bool server_malformed_parse(const char *name, enum server_malformed *out_kind)
{
    for (int i = 0; i < SERVER_MALFORMED_KINDS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            *out_kind = (enum server_malformed)i;
            return true;
        }
    }
    return false;
}

size_t malformed_build(enum server_malformed kind, uint16_t mid,
                       const uint8_t *token, uint8_t bytes[MALFORMED_SIZE])
{
    size_t length = HEADER_SIZE;

    bytes[0] = rows[kind].first;
    bytes[1] = rows[kind].code;
    bytes[2] = (uint8_t)(mid >> 8);
    bytes[3] = (uint8_t)mid;
    if (rows[kind].has_token) {
        memcpy(bytes + length, token, TOKEN_SIZE);
        length += TOKEN_SIZE;
    }
    memcpy(bytes + length, rows[kind].rest, rows[kind].rest_length);
    return length + rows[kind].rest_length;
}
