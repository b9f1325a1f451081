/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_DELIVERY_BLOCKS_H
#define SCENARIOS_ENGINE_DELIVERY_BLOCKS_H

/*
 * Private to scenarios/engine: "blocks" of a `deliver` step, how a push cuts
 * the package up and what goes wrong on purpose.
 * Spec: RFC 7959, 2.3 to 2.5; AFU-046, AFU-047, AFU-049.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

/** Which size is announced with the first block. */
enum delivery_size1 {
    DELIVERY_SIZE1_TRUE,
    DELIVERY_SIZE1_NONE,
    DELIVERY_SIZE1_SMALLER, /**< half of it */
    DELIVERY_SIZE1_LARGER,  /**< half as much again */
};

/** All zero: as the device wants them. */
struct delivery_blocks {
    bool has_szx;
    uint8_t szx; /**< to begin with, 0..6 */
    enum delivery_size1 size1;
    bool has_token;     /**< it is said whether … */
    bool has_one_token; /**< all blocks have the token of the first */
    bool is_text;       /**< Base64 as text/plain instead of opaque */
    struct push_fault faults[PUSH_FAULTS_MAX];
    size_t fault_count;
};

/**
 * Read "blocks": an object of "size", "size1", "token", "format" and "faults".
 *
 * @param json  NULL: none
 * Errors: STATUS_MALFORMED: "blocks/size1: expected …".
 */
MUST_CHECK
enum status delivery_blocks_read(const cJSON *json,
                                 struct delivery_blocks *out_blocks,
                                 struct reason *reason);

/** Size1 for a package of `size` bytes; false: there is none. */
bool delivery_blocks_size1(const struct delivery_blocks *blocks, size_t size,
                           uint32_t *out_size1);

#endif
