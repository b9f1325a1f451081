/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/cannot.h"

#include "scenarios/steps/grade.h"

enum step_progress cannot_record(struct run *run, const char *why)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *data = cJSON_CreateObject();

    if (cJSON_AddStringToObject(data, "text", why) == NULL ||
        cJSON_AddTrueToObject(data, "cannot") == NULL) {
        cJSON_Delete(data);
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        return run_fail(run, &reason);
    }
    if (run_record(run, JOURNAL_NOTE, data, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return STEP_DONE;
}

bool cannot_judge(const struct judge_input *input, const char *check,
                  finding_fn on_finding, void *user)
{
    bool found = false;

    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind != JOURNAL_NOTE ||
            !cJSON_IsTrue(
                cJSON_GetObjectItemCaseSensitive(event->as.data, "cannot"))) {
            continue;
        }
        const char *why = journal_text(event, "text");
        struct report report;
        report_init(&report, check);
        report_evidence(&report, event);
        words_add(&report.expected, "what the step needs is at hand");
        words_add(&report.observed, "%s", why != NULL ? why : "it is not");
        report_level(&report, input, FINDING_INCONC, NULL, on_finding, user);
        found = true;
    }
    return found;
}
