/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_PERSONALITY_H
#define SCENARIOS_ENGINE_PERSONALITY_H

/*
 * How a server treats a device where the standards leave it free: patterns
 * that public reports of problems describe, so that a device meets them here
 * first. A personality is a set of patterns, with the name of the server in
 * whose company they were met; it says nothing of what a version of a product
 * does today.
 *
 * Sources: docs/personalities.md, which has the same rows.
 */
#include <stdbool.h>
#include <stddef.h>

enum personality {
    PERSONALITY_NONE,   /**< what a test case says, and nothing besides */
    PERSONALITY_STRICT, /**< the server that asks the least of a device */
    PERSONALITY_LESHAN,
    PERSONALITY_COIOTE,
    PERSONALITY_THINGSBOARD,
    PERSONALITY_COUNT
};

/** What is done to each package that a case delivers, unless the step says
 *  otherwise itself. */
enum personality_pattern {
    PATTERN_ONE_TOKEN,       /**< all blocks of a push have one token */
    PATTERN_TOKEN_PER_BLOCK, /**< each has its own */
    PATTERN_BLOCKS_OF_512,   /**< a push begins with blocks of 512 bytes */
    PATTERN_READ_FIRST,      /**< the Object Instance is read before */
    PATTERN_CANCEL_IN_IDLE,  /**< Cancel is executed before, in Idle */
    PATTERN_OBSERVE_FIRST,   /**< State, Update Result, PkgVersion and /3/0/3
                                  are observed before, once in a case */
    PATTERN_LWM2M_PORT,      /**< a pull is from the port of the LwM2M server
                                  (by coap, without DTLS) */
    PATTERN_COUNT
};

/** "leshan"; "" for PERSONALITY_NONE. */
const char *personality_name(enum personality personality);
/** @return false for an unknown name, and for "" */
bool personality_parse(const char *name, enum personality *out_personality);
/** "one-token": as in docs/personalities.md. */
const char *personality_pattern_name(enum personality_pattern pattern);
/** What is done, in one line. */
const char *personality_pattern_text(enum personality_pattern pattern);
/** Where it is described. */
const char *personality_pattern_source(enum personality_pattern pattern);
bool personality_has(enum personality personality,
                     enum personality_pattern pattern);

#endif
