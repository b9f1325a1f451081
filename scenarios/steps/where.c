/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

/** The report shows what was left out, and why. */
static enum step_progress leave_out(struct run *run, const char *line)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *data = cJSON_CreateObject();
    char text[160];

    (void)snprintf(text, sizeof(text), "left out, for want of: %s",
                   line); /* cut */
    cJSON_AddStringToObject(data, "text", text);
    return run_record(run, JOURNAL_NOTE, data, &reason) == STATUS_OK
               ? STEP_DONE
               : run_fail(run, &reason);
}

static enum step_progress where_drive(struct run *run,
                                      const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    const char *line = operation_text(run, "where");

    if (event != NULL) {
        return STEP_DONE;
    }
    if (!run_holds(run, line)) {
        return leave_out(run, line);
    }
    return run_nest(run, run_parameter(run, "steps"), NULL, 0, &reason) ==
                   STATUS_OK
               ? STEP_DONE
               : run_fail(run, &reason);
}

static enum status where_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    const char *expected = run_line_misfit(
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(step, "where")));

    return expected == NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED, "%s/where: expected %s",
                            pointer, expected);
}

/** A part of a case that not every device can do. */
const struct step_type step_where = {
    .verb = "where",
    .help = "do the steps if a line as of applies holds",
    .parameters = {
        { "where", STEP_TEXT, .required = true, .help = "the line" },
        { "steps", STEP_STEPS, .required = true, .help = "the body" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = where_drive,
    .check = where_check,
};
