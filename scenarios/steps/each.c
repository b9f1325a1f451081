/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/cannot.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/selector.h"
#include "scenarios/steps/verbs.h"

/** Leave only the components that have the package. */
static void keep_those_having(const struct run *run, const char *package,
                              struct component_set *set)
{
    struct component_set kept = { .count = 0 };

    for (size_t i = 0; i < set->count; i++) {
        if (package_set_find(run_profile(run)->packages, set->instances[i],
                             package) != NULL) {
            component_set_add(&kept, set->instances[i]);
        }
    }
    *set = kept;
}

static enum step_progress each_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    const char *package = operation_text(run, "having");
    const char *role = operation_text(run, "as");
    struct look look = look_of_run(run);
    struct component_set set;

    if (event != NULL) {
        return STEP_DONE;
    }
    if (!selector_list(&look, run_parameter(run, "each"), &set)) {
        (void)reason_set(&reason, STATUS_INVALID,
                         "'each' names an unknown component");
        return run_fail(run, &reason);
    }
    if (package != NULL) {
        keep_those_having(run, package, &set);
    }
    if (set.count == 0 && cJSON_IsTrue(run_parameter(run, "optional"))) {
        return STEP_DONE;
    }
    if (set.count == 0) {
        return cannot_record(run, "no component has what the case needs");
    }
    /* What is nested last runs first. */
    for (size_t i = set.count; i > 0; i--) {
        if (run_nest(run, run_parameter(run, "steps"),
                     role != NULL ? role : "x", set.instances[i - 1],
                     &reason) != STATUS_OK) {
            return run_fail(run, &reason);
        }
    }
    return STEP_DONE;
}

static void each_judge(const struct judge_input *input, finding_fn on_finding,
                       void *user)
{
    (void)cannot_judge(input, "step.each", on_finding, user);
}

/** The body for each of a list of components. */
const struct step_type step_each = {
    .verb = "each",
    .help = "do the steps for each component of a list",
    .parameters = {
        { "each", STEP_COMPONENTS, .required = true,
          .help = "a list, or \"all\"" },
        { "as", STEP_TEXT, .help = "role it has meanwhile; \"x\"" },
        { "having", STEP_PACKAGE, .help = "only those with this package" },
        { "optional", STEP_FLAG, .help = "there need not be one" },
        { "steps", STEP_STEPS, .required = true, .help = "the body" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = each_drive,
    .judge = each_judge,
};
