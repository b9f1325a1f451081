/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_COMPOSITE_H
#define SCENARIOS_STEPS_COMPOSITE_H

/*
 * Private to scenarios/steps: what the composite operations have in common: a
 * list of paths or of values as payload for the root, its format, the answer's.
 */
#include "scenarios/steps/operation.h"

/** What to send and what to ask for. */
struct composite {
    int content_format;
    int accept;
    bool is_negotiable; /**< the step names neither */
};

/** Formats of the step: "format", and "accept" which is the same without. */
struct composite composite_formats(struct run *run);
/** The path at `index` of a path or a list; in "/33629/all/3" the role stands
 *  for each component. @return false past the last, or for what is none */
bool composite_path(const struct binding *binding, const cJSON *paths,
                    size_t index, struct lwm2m_path *out_path);
/** The paths of a parameter (one, or a list) as a payload. */
MUST_CHECK
enum status composite_paths(struct run *run, const cJSON *paths, int format,
                            struct byte_buffer *buffer, struct reason *reason);
/** Path to value as a payload; null deletes a Resource Instance (1.2). */
MUST_CHECK
enum status composite_values(struct run *run, const cJSON *values, int format,
                             struct byte_buffer *buffer, struct reason *reason);

/* clang-format off */
#define COMPOSITE_FORMATS                                                      \
    { "format", STEP_NUMBER, .help = "of the request: 110, 112, 320, 322" },   \
    { "accept", STEP_NUMBER, .help = "of the answer: 110, 112, 11544" }
/* clang-format on */

#endif
