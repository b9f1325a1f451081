/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/personality.h"

#include <string.h>

static const char *const names[PERSONALITY_COUNT] = {
    [PERSONALITY_NONE] = "",
    [PERSONALITY_STRICT] = "strict",
    [PERSONALITY_LESHAN] = "leshan",
    [PERSONALITY_COIOTE] = "coiote",
    [PERSONALITY_THINGSBOARD] = "thingsboard",
};

/** A pattern is a row. */
static const struct {
    const char *name;
    const char *text;
    const char *source;
    bool is_of[PERSONALITY_COUNT];
} patterns[PATTERN_COUNT] = {
    [PATTERN_ONE_TOKEN] = { "one-token",
                            "all blocks of a push have one token",
                            "eclipse-leshan/leshan#1499",
                            { [PERSONALITY_STRICT] = true } },
    [PATTERN_TOKEN_PER_BLOCK] = { "token-per-block",
                                  "each block of a push has a token of its own",
                                  "zephyrproject-rtos/zephyr#57165, "
                                  "eclipse-leshan/leshan#1422",
                                  { [PERSONALITY_LESHAN] = true } },
    [PATTERN_BLOCKS_OF_512] = { "blocks-of-512",
                                "a push begins with blocks of 512 bytes",
                                "eclipse-leshan/leshan#371, "
                                "eclipse-wakaama/wakaama#510",
                                { [PERSONALITY_LESHAN] = true } },
    [PATTERN_READ_FIRST] = { "read-first",
                             "the Object Instance is read before each package",
                             "zephyrproject-rtos/zephyr#30135",
                             { [PERSONALITY_LESHAN] = true } },
    [PATTERN_CANCEL_IN_IDLE] = { "cancel-in-idle",
                                 "Cancel is executed in Idle before each "
                                 "package",
                                 "nrfconnect/sdk-nrf#12620",
                                 { [PERSONALITY_COIOTE] = true } },
    [PATTERN_OBSERVE_FIRST] = { "observe-first",
                                "State, Update Result, PkgVersion and /3/0/3 "
                                "are observed before the first package",
                                "thingsboard.io/docs/reference/lwm2m-api/"
                                "ota-updates",
                                { [PERSONALITY_THINGSBOARD] = true } },
    [PATTERN_LWM2M_PORT] = { "uri-on-lwm2m-port",
                             "a Package URI is on the port of the LwM2M server",
                             "eclipse-leshan/leshan#1603, "
                             "eclipse-leshan/leshan#667",
                             { [PERSONALITY_LESHAN] = true } },
};

const char *personality_name(enum personality personality)
{
    return names[personality];
}

bool personality_parse(const char *name, enum personality *out_personality)
{
    for (int i = PERSONALITY_NONE + 1; i < PERSONALITY_COUNT; i++) {
        if (strcmp(name, names[i]) == 0) {
            *out_personality = (enum personality)i;
            return true;
        }
    }
    return false;
}

const char *personality_pattern_name(enum personality_pattern pattern)
{
    return patterns[pattern].name;
}

const char *personality_pattern_text(enum personality_pattern pattern)
{
    return patterns[pattern].text;
}

const char *personality_pattern_source(enum personality_pattern pattern)
{
    return patterns[pattern].source;
}

bool personality_has(enum personality personality,
                     enum personality_pattern pattern)
{
    return patterns[pattern].is_of[personality];
}
