/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum step_progress if_drive(struct run *run,
                                   const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    const char *line = operation_text(run, "if");

    if (event != NULL) {
        return STEP_DONE;
    }
    const cJSON *steps =
        run_parameter(run, run_applies(run, line) ? "steps" : "else");
    return steps == NULL || run_nest(run, steps, NULL, 0, &reason) == STATUS_OK
               ? STEP_DONE
               : run_fail(run, &reason);
}

/** Steps for devices that can what they are about. */
const struct step_type step_if = {
    .verb = "if",
    .help = "do the steps if the line holds, as in \"applies\"",
    .parameters = {
        { "if", STEP_LINE, .required = true,
          .help = "an ICS item, \"hook NAME\", \"package NAME\" …" },
        { "steps", STEP_STEPS, .required = true, .help = "if it holds" },
        { "else", STEP_STEPS, .help = "if not" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = if_drive,
};
