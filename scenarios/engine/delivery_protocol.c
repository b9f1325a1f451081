/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/delivery_protocol.h"

#include <string.h>

enum {
    BY_UDP = 1 << REPOSITORY_COAP | 1 << REPOSITORY_COAPS,
    BY_TCP = 1 << REPOSITORY_COAP_TCP | 1 << REPOSITORY_COAPS_TCP,
    BY_HTTP = 1 << REPOSITORY_HTTP | 1 << REPOSITORY_HTTPS,
    BY_ALL = BY_UDP | BY_TCP | BY_HTTP,
};

/** In the order of Resource 8: what the ICS calls each, what is said of a
 *  device that lacks it, and of us. */
static const struct {
    const char *item;
    const char *absent;
    const char *not_offered;
} protocols[REPOSITORY_PROTOCOLS] = {
    [REPOSITORY_COAP] = { "coap", "pull: resource 8 has no CoAP",
                          "pull: no file is offered by coap" },
    [REPOSITORY_COAPS] = { "coaps", "pull: resource 8 has no CoAPS",
                           "pull: no file is offered by coaps" },
    [REPOSITORY_HTTP] = { "http", "pull: resource 8 has no HTTP",
                          "pull: no file is offered by http" },
    [REPOSITORY_HTTPS] = { "https", "pull: resource 8 has no HTTPS",
                           "pull: no file is offered by https" },
    [REPOSITORY_COAP_TCP] = { "coap-tcp", "pull: resource 8 has no CoAP/TCP",
                              "pull: no file is offered by coap+tcp" },
    [REPOSITORY_COAPS_TCP] = { "coaps-tcp", "pull: resource 8 has no CoAP/TLS",
                               "pull: no file is offered by coaps+tcp" },
};

static const char of_udp[] =
    "pull: the case is about single messages of CoAP over UDP";
static const char of_connections[] =
    "pull: the case is about a connection that ends";
static const char of_http[] = "pull: the case is about HTTP";
static const char of_coap[] = "pull: the case is about blocks of CoAP";

/** Who can do what. */
static const struct {
    int by;          /**< protocols */
    int at_requests; /**< of these those that do it to a whole answer only */
    const char *why; /**< of the others */
} abilities[REPOSITORY_DEEDS] = {
    [REPOSITORY_STOP] = { BY_ALL, 0, "" },
    [REPOSITORY_CODE] = { BY_ALL, BY_HTTP,
                          "pull: by HTTP no error code comes in the middle of "
                          "a file" },
    [REPOSITORY_LATE] = { BY_ALL, 0, "" },
    [REPOSITORY_SEPARATE] = { BY_UDP, 0, of_udp },
    [REPOSITORY_LOSE] = { BY_UDP, 0, of_udp },
    [REPOSITORY_DUPLICATE] = { BY_UDP, 0, of_udp },
    [REPOSITORY_SMALLER] = { BY_UDP | BY_TCP, 0, of_coap },
    [REPOSITORY_SWITCH] = { BY_ALL, 0, "" },
    [REPOSITORY_NO_ETAG] = { BY_ALL, 0, "" },
    [REPOSITORY_NO_SIZE2] = { BY_ALL, 0, "" },
    [REPOSITORY_SIZE2_LARGER] = { BY_ALL, 0, "" },
    [REPOSITORY_SIZE2_LESS] = { BY_ALL, 0, "" },
    [REPOSITORY_NEXT_BLOCK] = { BY_UDP | BY_TCP, 0, of_coap },
    [REPOSITORY_CUT] = { BY_ALL, 0, "" },
    [REPOSITORY_EMPTY] = { BY_ALL, 0, "" },
    [REPOSITORY_CLOSE] = { BY_HTTP | BY_TCP, 0, of_connections },
    [REPOSITORY_RESET] = { BY_ALL, 0, "" },
    [REPOSITORY_IGNORE_RANGE] = { BY_HTTP, 0, of_http },
    [REPOSITORY_WRONG_RANGE] = { BY_HTTP, 0, of_http },
    [REPOSITORY_WEAK_ETAG] = { BY_HTTP, 0, of_http },
    [REPOSITORY_SLOW] = { BY_HTTP, 0, of_http },
    [REPOSITORY_REDIRECT] = { BY_HTTP, 0, of_http },
    [REPOSITORY_REDIRECT_LOOP] = { BY_HTTP, 0, of_http },
};

const char *delivery_protocol_item(enum repository_protocol protocol)
{
    return protocol < REPOSITORY_PROTOCOLS ? protocols[protocol].item : NULL;
}

const char *delivery_protocol_absent(enum repository_protocol protocol)
{
    return protocols[protocol].absent;
}

const char *delivery_fault_misfit(const struct repository_fault *fault,
                                  enum repository_protocol protocol)
{
    int by = abilities[fault->deed].by;

    if (fault->when != REPOSITORY_AT_REQUEST) {
        by &= ~abilities[fault->deed].at_requests;
    }
    return (by & 1 << protocol) != 0 ? NULL : abilities[fault->deed].why;
}

const char *delivery_requests_misfit(const struct repository_fault *faults,
                                     size_t count,
                                     enum repository_protocol protocol)
{
    bool ends = false; /* so that the device may ask again */
    uint32_t last = 1;

    for (size_t i = 0; i < count; i++) {
        bool is_later =
            faults[i].when == REPOSITORY_AT_REQUEST && faults[i].number > 1;
        last = is_later ? faults[i].number : last;
        ends = ends || (!is_later && (faults[i].deed == REPOSITORY_CODE ||
                                      faults[i].deed == REPOSITORY_CLOSE ||
                                      faults[i].deed == REPOSITORY_RESET ||
                                      faults[i].deed == REPOSITORY_STOP ||
                                      faults[i].deed == REPOSITORY_SWITCH));
    }
    return (BY_HTTP & 1 << protocol) != 0 && last > 1 && !ends
               ? "pull: by HTTP a file is one request"
               : NULL;
}

const char *delivery_offer_misfit(enum repository_protocol protocol)
{
    return repository_protocol_is_offered(protocol)
               ? NULL
               : protocols[protocol].not_offered;
}

enum repository_protocol delivery_protocol(const char *from,
                                           enum repository_protocol campaign)
{
    enum repository_protocol protocol = campaign;

    if (from != NULL && strcmp(from, "lwm2m") == 0) {
        return REPOSITORY_COAP;
    }
    if (from != NULL) {
        (void)repository_protocol_parse(from, &protocol); /* "repository" */
    }
    return protocol;
}
