/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_SELECTION_H
#define SCENARIOS_ENGINE_SELECTION_H

/* Private to scenarios/engine: which cases run, and who is x, y, z. */
#include "scenarios/engine/campaign.h"
#include "scenarios/engine/ics.h"

/** Who is who in a case. design.md section 5.
 *  @param out_reason  why not, when false is returned */
bool selection_bind(const struct test_case *test_case,
                    const struct profile *profile, const struct ics *ics,
                    struct binding *out_binding, char *out_reason,
                    size_t reason_size);
/** Whether the steps name "x", "y" or "z". */
bool selection_uses_role(const struct test_case *test_case, const char *role);
/** The plan for one device with the given ICS; `profile` may be NULL. */
MUST_CHECK
enum status selection_plan(const struct campaign_config *config,
                           const struct profile *profile, const struct ics *ics,
                           struct plan **out_plan, struct reason *reason);
/** Whether a case is wanted that leaves /33629 alone, or asks for what only
 *  the more detailed look detects, see core_detect.c. */
bool selection_wants_core(const struct campaign_config *config);
/** data of JOURNAL_PLAN. */
cJSON *selection_json(const struct plan *plan);

#endif
