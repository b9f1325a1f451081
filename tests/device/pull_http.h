/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PULL_HTTP_H
#define TESTS_DEVICE_PULL_HTTP_H

/*
 * Packages by HTTP and HTTPS. What breaks off goes on where it was, by Range
 * and If-Range, when the ETag is a strong one; else it begins anew.
 * Spec: RFC 9110, 8.8.3, 13.1.5 and 14.
 */
#include <stdbool.h>
#include <stdint.h>

#include "tests/device/firmware.h"

struct pull_http_config {
    const char *ca_file; /**< NULL: no server is trusted */
    uint64_t ack_ms;     /**< the unit of its patience */
};

struct pull_http;

/** @param firmware  borrowed; NULL when there is no memory */
struct pull_http *pull_http_new(const struct pull_http_config *config,
                                struct firmware *firmware);
/** Ends all. Accepts NULL. */
void pull_http_free(struct pull_http *pulls);
/** Begin the fetch that the component wants. */
void pull_http_begin(struct pull_http *pulls, uint16_t instance,
                     const char *url, uint64_t now_ms);
/** End all, and be silent. Accepts NULL. */
void pull_http_power_down(struct pull_http *pulls);
void pull_http_tick(struct pull_http *pulls, uint64_t now_ms);
/** FIRMWARE_NEVER without one. */
uint64_t pull_http_deadline(const struct pull_http *pulls);
/** -1: none. */
int pull_http_descriptor(const struct pull_http *pulls);
bool pull_http_is_running(const struct pull_http *pulls);

#endif
