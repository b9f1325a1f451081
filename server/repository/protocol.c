/* SPDX-License-Identifier: Apache-2.0 */
#include "server/repository/protocol.h"

#include <string.h>

/** A driver of its own is a row that is offered. */
static const struct {
    const char *name;
    bool is_offered;
} protocols[REPOSITORY_PROTOCOLS] = {
    [REPOSITORY_COAP] = { "coap", true },
    [REPOSITORY_COAPS] = { "coaps", true },
    [REPOSITORY_HTTP] = { "http", true },
    [REPOSITORY_HTTPS] = { "https", true },
    [REPOSITORY_COAP_TCP] = { "coap+tcp", true },
    [REPOSITORY_COAPS_TCP] = { "coaps+tcp", true },
};

const char *repository_protocol_name(enum repository_protocol protocol)
{
    return protocol < REPOSITORY_PROTOCOLS ? protocols[protocol].name : NULL;
}

bool repository_protocol_parse(const char *text,
                               enum repository_protocol *out_protocol)
{
    for (int i = 0; i < REPOSITORY_PROTOCOLS; i++) {
        if (strcmp(protocols[i].name, text) == 0) {
            *out_protocol = (enum repository_protocol)i;
            return true;
        }
    }
    return false;
}

bool repository_protocol_is_secure(enum repository_protocol protocol)
{
    return protocol == REPOSITORY_COAPS || protocol == REPOSITORY_HTTPS ||
           protocol == REPOSITORY_COAPS_TCP;
}

bool repository_protocol_is_udp(enum repository_protocol protocol)
{
    return protocol == REPOSITORY_COAP || protocol == REPOSITORY_COAPS;
}

bool repository_protocol_is_offered(enum repository_protocol protocol)
{
    return protocol < REPOSITORY_PROTOCOLS && protocols[protocol].is_offered;
}
