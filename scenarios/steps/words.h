/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_WORDS_H
#define SCENARIOS_STEPS_WORDS_H

/*
 * Private to scenarios/steps: what findings say, in words that a firmware
 * engineer understands.
 */
#include <cjson/cJSON.h>
#include <stddef.h>

#include "scenarios/engine/step.h"

#define WORDS_MAX 768 /**< bytes of one sentence, with NUL; longer is cut */

/** A sentence under construction; always NUL-terminated. */
struct words {
    char text[WORDS_MAX];
    size_t length;
};

void words_init(struct words *words);
void words_add(struct words *words, const char *format, ...) PRINTF_LIKE(2, 3);

/** "Idle", "Downloading", "Downloaded", "Updating", else "State 7". */
void words_state(struct words *words, int state);
/** "Downloaded with Result 13 (dependency error)". */
void words_pair(struct words *words, int state, int result);
/** "application (/33629/0)": name of the profile, else the instance only. */
void words_component(struct words *words, const struct binding *binding,
                     uint16_t instance);
/** "4.05 Method Not Allowed". */
void words_code(struct words *words, uint8_t code);
/** A value of a scenario file: text without quotes, numbers, lists joined by
 *  "or". */
void words_json(struct words *words, const cJSON *value);

/** 0..3, or -1 for an unknown name. */
int state_of_name(const char *name);

#endif
