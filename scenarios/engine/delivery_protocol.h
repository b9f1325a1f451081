/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_DELIVERY_PROTOCOL_H
#define SCENARIOS_ENGINE_DELIVERY_PROTOCOL_H

/*
 * By which protocol a device pulls, and what a file server that speaks it can
 * do wrong.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "server/server.h"

/** What the ICS calls it: "coap-tcp"; NULL past the end. */
const char *delivery_protocol_item(enum repository_protocol protocol);

/** What is said of a device that does not fetch by it: "pull: resource 8 has
 *  no HTTP". */
const char *delivery_protocol_absent(enum repository_protocol protocol);

/**
 * Whether a file server can do that by this protocol.
 *
 * @return NULL when it can, else why not: "pull: only CoAP over UDP …"
 */
const char *delivery_fault_misfit(const struct repository_fault *fault,
                                  enum repository_protocol protocol);

/**
 * Whether there can be so many requests as the faults name: by HTTP a file is
 * one request, unless something makes the device ask again.
 *
 * @return NULL when there can, else why not
 */
const char *delivery_requests_misfit(const struct repository_fault *faults,
                                     size_t count,
                                     enum repository_protocol protocol);

/** Whether we have a server for it. @return NULL, or why not */
const char *delivery_offer_misfit(enum repository_protocol protocol);

/** The protocol that is asked for by a text that is "repository", "lwm2m"
 *  (coap: that port has no other) or a scheme; NULL: by `campaign`. */
enum repository_protocol delivery_protocol(const char *from,
                                           enum repository_protocol campaign);

#endif
