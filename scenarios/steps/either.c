/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/fetched.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"
#include "scenarios/steps/wait.h"

struct either {
    struct poll poll;
    struct wait_patience patience;
};

static const cJSON *member(const cJSON *alternative, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(alternative, name);
}

/** The answer to the newest Execute; NULL when there is none on record. */
static const struct journal_event *execute_response(const struct look *look)
{
    size_t execute = look_execute(look);
    const struct journal_event *closing =
        execute == LOOK_NONE
            ? NULL
            : look_closing(look,
                           event_store_at(look->events, execute)->as.server.id);

    return closing != NULL &&
                   closing->kind == (enum journal_kind)SERVER_RESPONSE
               ? closing
               : NULL;
}

/** Whether the answer to the newest Execute is one of "code". One that is
 *  lost may have been a success, not a refusal. */
static bool code_holds(const struct look *look, const cJSON *alternative)
{
    const cJSON *codes = member(alternative, "code");
    const cJSON *first = cJSON_IsArray(codes) ? codes->child : codes;
    const struct journal_event *response = execute_response(look);
    uint8_t observed = response != NULL ? response->as.server.as.response.code
                                        : COAP_CODE(2, 4);

    for (const cJSON *code = first; code != NULL;
         code = cJSON_IsArray(codes) ? code->next : NULL) {
        if (code_fits(code, observed)) {
            return true;
        }
    }
    return codes == NULL;
}

/** Whether the newest transfer ended as "transfer" says. */
static bool transfer_holds(const struct look *look, const cJSON *alternative)
{
    const cJSON *wanted = member(alternative, "transfer");
    const struct journal_event *begin =
        wanted != NULL ? look_transfer(look) : NULL;
    const struct journal_event *end =
        begin != NULL ? look_transfer_outcome(look, begin) : NULL;
    const char *outcome = end != NULL ? journal_text(end, "outcome") : NULL;
    const cJSON *first = cJSON_IsArray(wanted) ? wanted->child : wanted;

    for (const cJSON *item = first; outcome != NULL && item != NULL;
         item = cJSON_IsArray(wanted) ? item->next : NULL) {
        if (strcmp(item->valuestring, outcome) == 0) {
            return true;
        }
    }
    return wanted == NULL;
}

/** The answer to the newest Write; NULL when there is none on record. */
static const struct journal_event *write_response(const struct look *look)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        if (event->kind != (enum journal_kind)SERVER_REQUEST ||
            event->as.server.as.request.method != METHOD_PUT) {
            continue;
        }
        const struct journal_event *closing =
            look_closing(look, event->as.server.id);
        return closing != NULL &&
                       closing->kind == (enum journal_kind)SERVER_RESPONSE
                   ? closing
                   : NULL;
    }
    return NULL;
}

/** Whether the newest Write was answered as "written" says. No answer says
 *  nothing against it: the step that wrote judges that. */
static bool written_holds(const struct look *look, const cJSON *codes)
{
    const cJSON *first = cJSON_IsArray(codes) ? codes->child : codes;
    const struct journal_event *response = write_response(look);

    for (const cJSON *code = first; response != NULL && code != NULL;
         code = cJSON_IsArray(codes) ? code->next : NULL) {
        if (code_fits(code, response->as.server.as.response.code)) {
            return true;
        }
    }
    return codes == NULL || response == NULL;
}

/** What taking the alternative is worth: its key "grade". */
static struct grade alternative_grade(const cJSON *alternative,
                                      const struct grade_rules *rules)
{
    struct grade grade =
        grade_of_key(cJSON_GetStringValue(member(alternative, "grade")), rules);

    if (!code_holds(rules->look, alternative) ||
        !transfer_holds(rules->look, alternative) ||
        !written_holds(rules->look, member(alternative, "written")) ||
        !fetched_holds(rules->look, member(alternative, "fetched"))) {
        grade.fits = false;
        grade.level = FINDING_FAIL;
    }
    return grade;
}

/** Whether it is only taken when the limit has passed. */
static bool is_last_resort(const cJSON *alternative)
{
    return cJSON_IsTrue(member(alternative, "at-limit"));
}

/** Whether what the alternative wants besides may still come: a package that
 *  is not fetched yet may be when its component is where it should be. */
static bool may_come(const struct run *run, const struct poll *poll,
                     const struct look *look, const cJSON *alternative)
{
    const cJSON *when = member(alternative, "when");

    return when != NULL && code_holds(look, alternative) &&
           written_holds(look, member(alternative, "written")) &&
           !wait_state_of(run, poll, when).fits && wait_can_reach(run, when);
}

/** The first alternative that holds at its best, else the first that holds;
 *  NULL when none does. */
static const cJSON *choose(const struct run *run, const struct poll *poll,
                           struct wait_state *out_state, bool *out_can_reach)
{
    struct look look = look_of_run(run);
    struct grade_rules rules = { .look = &look, .reading = READING_INTEROP };
    const cJSON *alternative = NULL;
    const cJSON *chosen = NULL;

    *out_state = (struct wait_state){ .fits = false };
    *out_can_reach = false;
    cJSON_ArrayForEach(alternative, run_parameter(run, "either"))
    {
        struct grade grade = alternative_grade(alternative, &rules);
        if (!grade.fits || (!poll->at_limit && is_last_resort(alternative))) {
            *out_can_reach = *out_can_reach || grade.fits ||
                             may_come(run, poll, &look, alternative);
            continue;
        }
        const cJSON *when = member(alternative, "when");
        struct wait_state state = wait_state_of(run, poll, when);
        state.is_best = state.is_best && grade.level == FINDING_PASS;
        *out_can_reach = *out_can_reach || wait_can_reach(run, when);
        if (state.is_stale) {
            out_state->is_stale = true;
        }
        bool better = state.is_best && !out_state->is_best;
        if (state.fits && (chosen == NULL || better)) {
            chosen = alternative;
            *out_state = state;
        }
    }
    return chosen;
}

static enum step_progress take(struct run *run, const cJSON *chosen)
{
    struct reason reason = { .status = STATUS_OK };
    const cJSON *steps = member(chosen, "steps");

    if (cJSON_GetArraySize(steps) > 0 &&
        run_nest(run, steps, NULL, 0, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return STEP_DONE;
}

static enum step_progress take_poll(struct run *run, struct either *either,
                                    enum poll_progress progress,
                                    uint64_t now_ms)
{
    struct wait_state state;
    bool can_reach = false;

    switch (progress) {
    case POLL_WAIT:
        return STEP_GO_ON;
    case POLL_SILENT:
        return STEP_SILENT;
    case POLL_FAILED:
        return STEP_FAILED;
    case POLL_ROUND:
        break;
    }
    const cJSON *chosen = choose(run, &either->poll, &state, &can_reach);
    enum step_progress decision = wait_decide(
        run, &either->poll, &either->patience, state, can_reach, now_ms);
    if (decision == STEP_DONE && chosen == NULL) {
        decision = STEP_AT_LIMIT; /* only stale views at the limit */
    }
    if (decision == STEP_DONE) {
        return take(run, chosen);
    }
    if (decision != STEP_GO_ON) {
        return decision;
    }
    return poll_again(run, &either->poll) == POLL_FAILED ? STEP_FAILED
                                                         : STEP_GO_ON;
}

static enum step_progress start(struct run *run, struct either *either)
{
    struct look look = look_of_run(run);
    struct reason reason = { .status = STATUS_OK };
    const cJSON *alternative = NULL;

    if (look_record_declared(run, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    cJSON_ArrayForEach(alternative, run_parameter(run, "either"))
    {
        if (!wait_add_components(&look, member(alternative, "when"),
                                 &either->poll.set)) {
            (void)reason_set(&reason, STATUS_INVALID,
                             "'either' names an unknown component");
            return run_fail(run, &reason);
        }
    }
    return take_poll(
        run, either,
        poll_start(run, &either->poll, poll_limit(run, LIMIT_STATE)), 0);
}

static enum step_progress either_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct either *either = run_scratch(run);

    if (event == NULL) {
        return start(run, either);
    }
    return take_poll(run, either, poll_take(run, &either->poll, event),
                     event->time_ms);
}

/** Whether the limit of the step passed. */
static bool has_passed(const struct judge_input *input)
{
    for (size_t i = input->first; i < input->end; i++) {
        if (event_store_at(input->events, i)->kind == JOURNAL_DEADLINE) {
            return true;
        }
    }
    return false;
}

/** The grade of the alternative that was taken; `.fits` false when none. */
static struct grade judge_alternatives(const struct judge_input *input,
                                       struct report *report, bool *out_seen)
{
    struct look look = look_of_judge(input);
    struct grade_rules rules = grade_rules_of(input, &look);
    struct grade best = { .level = FINDING_FAIL, .fits = false };
    const cJSON *alternative = NULL;
    bool is_at_limit = has_passed(input);

    *out_seen = false;
    cJSON_ArrayForEach(alternative, cJSON_GetObjectItemCaseSensitive(
                                        input->parameters, "either"))
    {
        struct report scratch;
        bool seen = true;
        report_init(&scratch, report->check);
        struct grade own = alternative_grade(alternative, &rules);
        own.fits = own.fits && (is_at_limit || !is_last_resort(alternative));
        struct grade grade =
            grade_worse(own, wait_grade(input, member(alternative, "when"),
                                        &scratch, &seen));
        *out_seen = *out_seen || seen;
        bool better = !best.fits || grade.level < best.level;
        if (grade.fits && better) {
            best = grade;
        }
        if ((grade.fits && better) || report->observed.length == 0) {
            report->observed = scratch.observed;
            memcpy(report->evidence, scratch.evidence,
                   sizeof(report->evidence));
        }
        if (report->expected.length > 0) {
            words_add(&report->expected, "; or ");
        }
        wait_words(&report->expected, &look, member(alternative, "when"));
        if (member(alternative, "code") != NULL) {
            words_add(&report->expected, "%s",
                      member(alternative, "when") != NULL
                          ? " after an answer of "
                          : "an answer of ");
            words_json(&report->expected, member(alternative, "code"));
        }
        if (member(alternative, "written") != NULL) {
            words_add(&report->expected, " after a Write answered ");
            words_json(&report->expected, member(alternative, "written"));
        }
        if (member(alternative, "fetched") != NULL) {
            words_add(&report->expected, " with all of ");
            words_json(&report->expected, member(alternative, "fetched"));
            words_add(&report->expected, " fetched");
        }
    }
    return best;
}

static void either_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    struct report report;
    bool seen = false;

    if (input->progress == STEP_FAILED) {
        return;
    }
    report_init(&report, "step.either");
    struct grade grade = judge_alternatives(input, &report, &seen);
    if (input->progress == STEP_SILENT || !seen) {
        words_add(&report.observed, ", then no answer");
        report_silence(&report, input, on_finding, user);
        return;
    }
    if (input->progress != STEP_DONE) {
        struct look look = look_of_judge(input);
        const struct journal_event *response = execute_response(&look);
        if (response != NULL) {
            words_add(&report.observed, " after an answer of ");
            words_code(&report.observed, response->as.server.as.response.code);
            report_evidence(&report, response);
        }
        words_add(&report.observed, ", none of the alternatives");
        grade = (struct grade){ .level = FINDING_FAIL };
    }
    report_finding(&report, input, grade, on_finding, user);
}

static bool is_outcomes(const cJSON *wanted)
{
    const cJSON *first = cJSON_IsArray(wanted) ? wanted->child : wanted;

    for (const cJSON *item = first; item != NULL;
         item = cJSON_IsArray(wanted) ? item->next : NULL) {
        if (!cJSON_IsString(item)) {
            return false;
        }
    }
    return wanted == NULL || first != NULL;
}

/** Names of outcomes, and codes. */
static enum status check_ends(const cJSON *alternative, const char *pointer,
                              struct reason *reason)
{
    const cJSON *written = member(alternative, "written");

    if (!is_outcomes(member(alternative, "transfer"))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/transfer: expected an outcome such as "
                          "\"refused\", or a list of them",
                          pointer);
    }
    if (written != NULL &&
        (cJSON_IsObject(written) || !grade_check(written, code_is_valid))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/written: expected a code such as \"4.05\", "
                          "or a list of them",
                          pointer);
    }
    return STATUS_OK;
}

static enum status either_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    const cJSON *alternative = NULL;
    size_t index = 0;
    char below[160];
    enum status checked = report_check_silence(step, pointer, reason);

    if (checked != STATUS_OK) {
        return checked;
    }

    cJSON_ArrayForEach(alternative,
                       cJSON_GetObjectItemCaseSensitive(step, "either"))
    {
        const cJSON *entry = NULL;
        (void)snprintf(below, sizeof(below), "%s/either/%zu", pointer, index++);
        if (!cJSON_IsObject(alternative)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: an alternative is an object", below);
        }
        cJSON_ArrayForEach(entry, alternative)
        {
            if (strcmp(entry->string, "when") != 0 &&
                strcmp(entry->string, "steps") != 0 &&
                strcmp(entry->string, "code") != 0 &&
                strcmp(entry->string, "fetched") != 0 &&
                strcmp(entry->string, "transfer") != 0 &&
                strcmp(entry->string, "written") != 0 &&
                strcmp(entry->string, "at-limit") != 0 &&
                strcmp(entry->string, "grade") != 0) {
                return reason_set(reason, STATUS_MALFORMED,
                                  "%s: expected when, code, written, transfer, "
                                  "fetched, at-limit, grade or steps, found "
                                  "'%s'",
                                  below, entry->string);
            }
        }
        enum status status = check_ends(alternative, below, reason);
        if (status != STATUS_OK) {
            return status;
        }
        const char *grade = cJSON_GetStringValue(member(alternative, "grade"));
        if (member(alternative, "grade") != NULL &&
            (grade == NULL || !grade_is_key(grade))) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/grade: expected warn, A-nn, after-reboot or "
                              "undeclared(ITEM)",
                              below);
        }
        bool needs_no_view = member(alternative, "when") == NULL &&
                             (member(alternative, "code") != NULL ||
                              member(alternative, "written") != NULL ||
                              member(alternative, "transfer") != NULL);
        status = needs_no_view
                     ? STATUS_OK
                     : wait_check(member(alternative, "when"), below, reason);
        if (status == STATUS_OK) {
            status = operation_check(alternative, below, reason);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/** A closed list of alternatives by what was observed, each with its own
 *  continuation; none fits: a finding. */
const struct step_type step_either = {
    .verb = "either",
    .help = "go on by what the device shows; none fits is a finding",
    .parameters = {
        { "either", STEP_ALTERNATIVES, .required = true,
          .help = "list of {when, code, written, transfer, fetched, "
                  "at-limit, grade, steps}" },
        { "silence", STEP_ANY,
          .help = "requirements that no answer until the limit breaks" },
    },
    .limit = LIMIT_STATE,
    .scratch_size = sizeof(struct either),
    .drive = either_drive,
    .judge = either_judge,
    .check = either_check,
};
