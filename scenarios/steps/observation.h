/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_OBSERVATION_H
#define SCENARIOS_STEPS_OBSERVATION_H

/*
 * Private to scenarios/steps: observations of a case: which one a path or a
 * list of paths means, how one is cancelled, and whether the device made one.
 */
#include "scenarios/steps/operation.h"

/** What the scratch of `observe` and `observe-composite` has. */
struct observation {
    struct operation operation;
    uint64_t cancelled; /**< passively: whose notification is awaited */
};

/**
 * The newest Observe of a path (NULL: of these paths, a composite one) in
 * [0, look->end) that the device confirmed, or NULL.
 */
const struct journal_event *observation_find(const struct look *look,
                                             const struct lwm2m_path *path,
                                             const cJSON *paths);
/** Whether the composite request has exactly these paths, in any order. */
bool observation_asks_for(const struct look *look,
                          const struct journal_event *event,
                          const cJSON *paths);
/** Whether the step cancels, and whether by Reset. */
bool observation_is_cancel(const cJSON *step);
bool observation_is_passive(const cJSON *step);
/** The request that cancels `opened` actively: everything as it was then.
 *  Borrows from the event. */
void observation_cancel(const struct journal_event *opened,
                        struct server_request *out_request);
/** Passively: the next notification of `opened` (NULL: none is open) is
 *  rejected, which ends the step; without one it ends at the limit. */
enum step_progress observation_forget(struct run *run,
                                      const struct journal_event *event,
                                      struct observation *observation,
                                      const struct journal_event *opened);
/** Judge "established" and "cancel". */
void observation_judge(const struct judge_input *input,
                       const struct operation_judge *how, finding_fn on_finding,
                       void *user);
/** Check "set" and "cancel" of the step. */
MUST_CHECK
enum status observation_check(const cJSON *step, const char *pointer,
                              struct reason *reason);

/* clang-format off */
#define OBSERVATION_PARAMETERS                                                 \
    { "set", STEP_ANY,                                                         \
      .help = "attributes of this observation only (1.2)" },                   \
    { "cancel", STEP_TEXT,                                                     \
      .help = "\"active\" (Observe = 1) or \"passive\" (Reset)" },             \
    { "established", STEP_FLAG,                                                \
      .help = "the answer has to have the Observe option" }
/* clang-format on */

#endif
