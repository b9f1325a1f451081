/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/hook.h"

#include <string.h>

#include "scenarios/steps/cannot.h"
#include "scenarios/steps/grade.h"

enum { OUTPUT_SHOWN = 200 }; /* bytes of what the program said last */

/** Whether the event is about the hook. */
static bool is_of(const struct journal_event *event, enum journal_kind kind,
                  const char *name)
{
    const char *hook = event->kind == kind ? journal_text(event, "hook") : NULL;

    return hook != NULL && strcmp(hook, name) == 0;
}

static enum step_progress begin(struct run *run, const char *name)
{
    struct reason reason = { .status = STATUS_OK };
    const cJSON *within = run_parameter(run, "within");
    enum limit limit = LIMIT_BOOT;

    if (cJSON_IsString(within)) {
        (void)limit_parse(within->valuestring, &limit); /* it was checked */
    }
    enum status status = run_hook(run, name, &reason);
    if (status == STATUS_NOT_FOUND || status == STATUS_LIMIT) {
        return cannot_record(run, reason.text);
    }
    if (status == STATUS_OK) {
        status = run_deadline(run, limit, &reason);
    }
    return status == STATUS_OK ? STEP_GO_ON : run_fail(run, &reason);
}

enum step_progress hook_drive(struct run *run,
                              const struct journal_event *event,
                              const char *name)
{
    if (event == NULL) {
        return begin(run, name);
    }
    if (event->kind == JOURNAL_DEADLINE) {
        run_hook_stop(run, name);
        return STEP_AT_LIMIT;
    }
    return is_of(event, JOURNAL_HOOK_END, name) ? STEP_DONE : STEP_GO_ON;
}

/** What a program said last in the step: the hook's, or the device's. */
static void add_output(const struct judge_input *input, struct report *report)
{
    const struct journal_event *last = NULL;

    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind == (enum journal_kind)SERVER_PROCESS_OUTPUT) {
            last = event;
        }
    }
    if (last != NULL) {
        const struct server_process_view *said = &last->as.server.as.process;
        size_t length =
            said->length < OUTPUT_SHOWN ? said->length : OUTPUT_SHOWN;
        while (length > 0 && said->text[length - 1] == '\n') {
            length--;
        }
        report_evidence(report, last);
        words_add(&report->observed, "; it said: %.*s", (int)length,
                  said->text);
    }
}

void hook_judge(const struct judge_input *input, const char *check,
                const char *name, finding_fn on_finding, void *user)
{
    const struct journal_event *end = NULL;
    struct report report;

    if (cannot_judge(input, check, on_finding, user)) {
        return;
    }
    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        end = is_of(event, JOURNAL_HOOK_END, name) ? event : end;
    }
    int exit_status = end != NULL ? (int)journal_number(end, "exit", -1) : -1;
    int signal = end != NULL ? (int)journal_number(end, "signal", 0) : 0;
    if (end != NULL && exit_status == 0 && signal == 0 &&
        input->progress == STEP_DONE) {
        return;
    }
    report_init(&report, check);
    report_evidence(&report, end);
    words_add(&report.subject, "hook '%s'", name);
    words_add(&report.expected, "the program of the hook ends with 0");
    if (end == NULL || input->progress != STEP_DONE) {
        words_add(&report.observed, "it ran for longer than allowed");
    } else if (signal != 0) {
        words_add(&report.observed, "it was ended by signal %d", signal);
    } else {
        words_add(&report.observed, "it ended with %d", exit_status);
    }
    add_output(input, &report);
    report_level(&report, input, FINDING_INCONC, NULL, on_finding, user);
}
