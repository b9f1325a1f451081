/* SPDX-License-Identifier: Apache-2.0 */

/* One case from preamble to verdict. style.md, section 9: the run is sticky,
 * and the postamble always runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"
#include "scenarios/engine/selection.h"

/** The engine's own steps of each phase; NULL: none. The case's steps follow
 *  those of the preamble and precede those of the postamble. */
static const char *const own_steps[] = {
    [RUN_PREAMBLE] = "[{\"idle\":true},{\"snapshot\":\"baseline\"}]",
    [RUN_BODY] = NULL,
    [RUN_FINAL] = "[{\"snapshot\":\"final\"}]",
    [RUN_POSTAMBLE] = "[{\"idle\":true}]",
    [RUN_OVER] = NULL,
};
static const char look_steps[] = "[{\"detect\":true}]";
static const char look_at_all_steps[] =
    "[{\"detect\":true},{\"detect-core\":true}]";

static const char probe_steps[] = "[{\"detect\":true},{\"detect-core\":true},"
                                  "{\"snapshot\":\"probe\"}]";

static const char *const phase_names[] = {
    [RUN_PREAMBLE] = "preamble",   [RUN_BODY] = "body", [RUN_FINAL] = "final",
    [RUN_POSTAMBLE] = "postamble", [RUN_OVER] = "over",
};

static void next_step(struct run *run);

/* Findings and the verdict. */

static void keep_reason(struct run *run, const struct finding *finding)
{
    if (run->why[0] == '\0') {
        (void)snprintf(
            run->why, sizeof(run->why),
            "%s%sexpected %s, observed "
            "%s",
            finding->requirement, finding->requirement[0] != '\0' ? ": " : "",
            finding->expected != NULL ? finding->expected : "-",
            finding->observed != NULL ? finding->observed : "-"); /* cut */
    }
}

/** INIT of scenarios.md 0.3: that the device takes a reset and stays where it
 *  is fails the cases that have it in `initial`; the others are inconclusive,
 *  although the oracle sees a broken requirement. */
static bool is_reset_ignored_at_start(const struct run *run,
                                      const struct finding *finding)
{
    return run->type == &step_builtin_idle && run->test_case != NULL &&
           run->test_case->initial == NULL && !run->has_baseline &&
           (strcmp(finding->requirement, "AFU-055") == 0 ||
            strcmp(finding->requirement, "AFU-056") == 0);
}

/** @return how long Assay itself did not run in this case, at the most */
static double paused_ms(const struct run *run)
{
    double most = 0;

    for (size_t i = 0; i < event_store_count(run->events); i++) {
        const struct journal_event *event = event_store_at(run->events, i);
        const cJSON *paused = event->kind == JOURNAL_NOTE
                                  ? cJSON_GetObjectItemCaseSensitive(
                                        event->as.data, RUN_PAUSED_KEY)
                                  : NULL;
        if (cJSON_IsNumber(paused) && paused->valuedouble > most) {
            most = paused->valuedouble;
        }
    }
    return most;
}

/** No limit of ours counts that we did not run, but limits of the device do: it
 *  gives up a push whose next block does not come. */
static void excuse_pause(const struct run *run, struct finding *finding,
                         char *text, size_t size)
{
    const double ms = finding->level == FINDING_FAIL ? paused_ms(run) : 0;

    if (ms > 0) {
        (void)snprintf(text, size,
                       "after Assay itself did not run for %.1f s (run the "
                       "case again): %s",
                       ms / 1000,
                       finding->observed != NULL ? finding->observed
                                                 : "-"); /* cut */
        finding->observed = text;
        finding->level = FINDING_INCONC;
    }
}

void runner_finding(struct run *run, const struct finding *finding,
                    bool is_step)
{
    struct finding merged = *finding;
    char excused[RUN_WHY_SIZE];

    if (merged.level == FINDING_FAIL &&
        (is_step ? run->phase == RUN_PREAMBLE && run->type != &step_builtin_idle
                 : is_reset_ignored_at_start(run, finding))) {
        merged.level = FINDING_INCONC; /* the initial condition */
    }
    excuse_pause(run, &merged, excused, sizeof(excused));
    enum verdict verdict = finding_verdict(merged.level);
    if (merged.level == FINDING_WARNING && is_step && run->phase == RUN_BODY &&
        merged.requirement[0] != '\0') {
        verdict = VERDICT_PASS; /* WARN is "passed": scenarios.md 0.1 */
    }
    if (merged.level == FINDING_WARNING &&
        run->campaign->config->fail_on_warning) {
        verdict = VERDICT_FAIL;
    }
    if (run->phase == RUN_POSTAMBLE && is_step &&
        merged.level == FINDING_INCONC) {
        /* Not this case's verdict; the next preamble finds it again. */
        merged.level = FINDING_WARNING;
        verdict = VERDICT_NONE;
    }
    if (verdict > VERDICT_PASS && verdict > run->verdict) {
        run->why[0] = '\0'; /* the worst one explains the verdict */
        keep_reason(run, &merged);
    }
    run->verdict = verdict_merge(run->verdict, verdict);
    if (!lane_finding(run->lane, &merged)) {
        run->verdict = VERDICT_ERROR;
    }
}

/** Who collects the findings of a judge. */
static void on_step_finding(const struct finding *finding, void *user)
{
    runner_finding(user, finding, true);
}

void runner_judge_step(struct run *run, enum step_progress progress)
{
    const cJSON *requirements = run_parameter(run, "req");
    const cJSON *item = NULL;
    char text[512] = "";
    size_t used = 0;

    cJSON_ArrayForEach(item, requirements)
    {
        int length = snprintf(text + used, sizeof(text) - used, "%s%s",
                              used > 0 ? "," : "", item->valuestring);
        used += length > 0 && (size_t)length < sizeof(text) - used
                    ? (size_t)length
                    : 0;
    }
    const struct event_store *last = run->lane->registration;
    const struct judge_input input = {
        .events = run->events,
        .first = run->step_first,
        .end = event_store_count(run->events),
        .progress = progress,
        .is_preamble = run->phase == RUN_PREAMBLE,
        .parameters = run->step,
        .requirements = text,
        .reading = run->campaign->config->reading,
        .tolerate = (const char *const *)run_profile(run)->tolerate,
        .definitions = run_definitions(run),
        .registration =
            event_store_count(last) > 0 ? event_store_at(last, 0) : NULL,
        .binding = &run->binding,
    };
    if (run->type->judge != NULL) {
        run->type->judge(&input, on_step_finding, run);
    }
}

/* Steps. */

/** Who is bound by the lists of steps around this one: recheck needs it. */
static void add_bound(const struct run *run, cJSON *data)
{
    cJSON *bound = NULL;

    for (size_t i = 0; i < run->frame_count; i++) {
        const struct run_frame *frame = &run->frames[i];
        if (frame->is_bound) {
            bound =
                bound != NULL ? bound : cJSON_AddObjectToObject(data, "bound");
            cJSON_AddNumberToObject(bound, frame->role, frame->role_instance);
        }
    }
}

static void record_step(struct run *run, enum journal_kind kind,
                        const char *outcome, const char *text)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "pointer", run->pointer);
    cJSON_AddStringToObject(data, "verb", run->type->verb);
    if (outcome == NULL) {
        cJSON_AddItemToObject(data, "parameters",
                              cJSON_Duplicate(run->step, true));
        add_bound(run, data);
        const cJSON *requirements = run_parameter(run, "req");
        cJSON_AddItemToObject(data, "requirements",
                              requirements != NULL
                                  ? cJSON_Duplicate(requirements, true)
                                  : cJSON_CreateArray());
    } else {
        cJSON_AddStringToObject(data, "outcome", outcome);
        cJSON_AddStringToObject(data, "text", text);
    }
    lane_record(run->lane, kind, data);
}

/** Our own failure: an error, but a package that cannot be had is inconc. */
static void judge_failure(struct run *run)
{
    bool is_lack = run->failure.status == STATUS_LIMIT ||
                   run->failure.status == STATUS_NOT_FOUND ||
                   run->failure.status == STATUS_MALFORMED;
    const struct finding finding = {
        .level = is_lack ? FINDING_INCONC : FINDING_ERROR,
        .requirement = "",
        .check = "engine.step",
        .expected = "the tester can do the step",
        .observed = run->failure.text,
    };

    runner_finding(run, &finding, false);
}

void runner_step_ended(struct run *run, enum step_progress progress)
{
    run_stop_timers(run);
    record_step(run, JOURNAL_STEP_END, step_progress_name(progress),
                progress == STEP_FAILED ? run->failure.text : "");
    if (progress == STEP_FAILED) {
        judge_failure(run);
    } else {
        runner_judge_step(run, progress);
    }
    run->progress = progress;
    (void)snprintf(run->failure_text, sizeof(run->failure_text), "%s",
                   progress == STEP_FAILED ? run->failure.text : ""); /* cut */
    run_release_step(run);
    next_step(run);
}

const struct step_type *runner_step_type(const struct run *run,
                                         const cJSON *step)
{
    const struct step_type *type =
        step_type_of(run->campaign->config->steps, step);

    return type != NULL          ? type
           : step->child != NULL ? builtin_step(step->child->string)
                                 : NULL;
}

static void start_step(struct run *run, const cJSON *step)
{
    run->type = runner_step_type(run, step);
    run->step = step;
    if (run->type == NULL) {
        runner_abort(run, VERDICT_ERROR, "a step without a known verb");
        return;
    }
    run->scratch = calloc(1, run->type->scratch_size + 1);
    if (run->scratch == NULL) {
        runner_abort(run, VERDICT_ERROR, "out of memory");
        return;
    }
    run->failure = (struct reason){ .status = STATUS_OK };
    record_step(run, JOURNAL_STEP_BEGIN, NULL, NULL);
    run->step_first = event_store_count(run->events);
    enum step_progress progress = run->type->drive(run, NULL);
    if (progress != STEP_GO_ON) {
        runner_step_ended(run, progress);
    }
}

/* Phases. */

static bool push_frame(struct run *run, const cJSON *steps, const char *pointer)
{
    if (steps == NULL) {
        return true;
    }
    if (run->frame_count == RUN_FRAMES_MAX) {
        return false;
    }
    struct run_frame *frame = &run->frames[run->frame_count++];
    *frame = (struct run_frame){ .next = steps->child };
    (void)snprintf(frame->pointer, sizeof(frame->pointer), "%s",
                   pointer); /* fits */
    return true;
}

static const cJSON *own_list(struct run *run, const char *text)
{
    cJSON **slot = &run->lane->own_lists[run->phase];

    if (text == NULL) {
        return NULL;
    }
    cJSON_Delete(*slot);
    *slot = cJSON_Parse(text);
    return *slot;
}

/** Is the next phase still to be done? */
static bool is_skipped(const struct run *run, enum run_phase phase)
{
    if (run->test_case == NULL) {
        return true; /* only looking: one phase */
    }
    bool is_bad = run->verdict > VERDICT_PASS;
    return (phase == RUN_BODY && is_bad) ||
           (phase == RUN_FINAL && (run->is_lost || !run->has_baseline)) ||
           (phase == RUN_POSTAMBLE && run->is_lost);
}

static void enter_phase(struct run *run, enum run_phase phase)
{
    run->phase = phase;
    run->frame_count = 0;
    if (phase == RUN_OVER) {
        return;
    }
    if (run->test_case == NULL) {
        const struct campaign_config *config = run->campaign->config;
        const char *text = config->only_looks             ? probe_steps
                           : selection_wants_core(config) ? look_at_all_steps
                                                          : look_steps;
        (void)push_frame(run, own_list(run, text), ""); /* first one */
        return;
    }
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "phase", phase_names[phase]);
    lane_record(run->lane, JOURNAL_PHASE, data);
    const cJSON *own = run->test_case->is_without_firmware
                           ? NULL
                           : own_list(run, own_steps[phase]);
    if (phase == RUN_PREAMBLE && own != NULL &&
        run->test_case->initial != NULL) {
        cJSON_AddItemToObject(own->child, "req",
                              cJSON_Duplicate(run->test_case->initial, true));
    }
    /* The last list pushed is done first. */
    switch (phase) {
    case RUN_PREAMBLE:
        (void)push_frame(run, run->test_case->preamble, "/preamble");
        (void)push_frame(run, own, "/engine");
        break;
    case RUN_BODY:
        (void)push_frame(run, run->test_case->steps, "/steps");
        break;
    case RUN_FINAL:
        (void)push_frame(run, own, "/engine");
        break;
    case RUN_POSTAMBLE:
        run_calm(run); /* the way back is nobody's test */
        (void)push_frame(run, own, "/engine");
        (void)push_frame(run, run->test_case->postamble, "/postamble");
        break;
    case RUN_OVER:
        break;
    }
}

static void leave_phase(struct run *run)
{
    enum run_phase next = (enum run_phase)(run->phase + 1);

    if (run->phase == RUN_PREAMBLE) {
        run->has_baseline = run->verdict <= VERDICT_PASS;
        memcpy(run->lane->first_versions, run->lane->versions,
               sizeof(run->lane->versions));
    }
    /* A lost device has no final snapshot, but its silence is judged. */
    bool is_last = run->phase == RUN_FINAL ||
                   (run->phase == RUN_BODY && is_skipped(run, RUN_FINAL));
    if (is_last && run->test_case != NULL && run->has_baseline) {
        common_checks(run);
    }
    while (next < RUN_OVER && is_skipped(run, next)) {
        next = (enum run_phase)(next + 1);
    }
    enter_phase(run, next);
}

static void bind_frame(struct run *run, struct run_frame *frame)
{
    struct binding *binding = &run->binding;

    if (frame->has_binding && !frame->is_bound) {
        memcpy(binding->entries[binding->count].role, frame->role,
               sizeof(frame->role));
        binding->entries[binding->count++].instance = frame->role_instance;
        frame->is_bound = true;
    }
}

static void pop_frame(struct run *run)
{
    const struct run_frame *frame = &run->frames[--run->frame_count];

    if (frame->is_bound) {
        run->binding.count--;
    }
}

/** Sticky: after fail, inconc or error the body is left. */
static bool is_stuck(const struct run *run)
{
    return !run->is_session &&
           (run->phase == RUN_BODY || run->phase == RUN_PREAMBLE) &&
           run->verdict > VERDICT_PASS;
}

static void next_step(struct run *run)
{
    while (run->phase != RUN_OVER) {
        if (is_stuck(run)) {
            while (run->frame_count > 0) {
                pop_frame(run);
            }
        }
        if (run->frame_count == 0 && run->is_session) {
            return; /* until the next one is given */
        }
        if (run->frame_count == 0) {
            leave_phase(run);
            continue;
        }
        struct run_frame *frame = &run->frames[run->frame_count - 1];
        if (frame->next == NULL) {
            pop_frame(run);
            continue;
        }
        bind_frame(run, frame);
        const cJSON *step = frame->next;
        (void)snprintf(run->pointer, sizeof(run->pointer), "%s/%u",
                       frame->pointer, frame->index++); /* fits */
        frame->next = step->next;
        start_step(run, step);
        return;
    }
}

void runner_begin(struct run *run)
{
    run->begin_ms = server_now_ms(run->campaign->server);
    run->is_pumping = true;
    enter_phase(run, RUN_PREAMBLE);
    next_step(run);
    run->is_pumping = false;
    run_pump(run);
}

void runner_begin_session(struct run *run)
{
    cJSON *data = cJSON_CreateObject();

    run->begin_ms = server_now_ms(run->campaign->server);
    run->is_session = true;
    run->phase = RUN_BODY;
    cJSON_AddStringToObject(data, "phase", phase_names[RUN_BODY]);
    lane_record(run->lane, JOURNAL_PHASE, data);
    run_pump(run);
}

void runner_do_step(struct run *run, const cJSON *steps, unsigned index)
{
    run->is_pumping = true;
    if (push_frame(run, steps, "/steps")) { /* it is the only one */
        run->frames[0].index = index;
        next_step(run);
    }
    run->is_pumping = false;
    run_pump(run);
}

void runner_cancel_step(struct run *run, const char *why)
{
    run_stop_timers(run);
    if (run->type != NULL) {
        record_step(run, JOURNAL_STEP_END, step_progress_name(STEP_FAILED),
                    why);
    }
    run_release_step(run);
    while (run->frame_count > 0) {
        pop_frame(run);
    }
    run_forget_pending(run);
    formats_release(run);
    transfers_abandon(run, false);
    run->progress = STEP_FAILED;
    (void)snprintf(run->failure_text, sizeof(run->failure_text), "%s",
                   why); /* cut */
}

void runner_abort(struct run *run, enum verdict verdict, const char *why)
{
    if (run->is_session) {
        runner_cancel_step(run, why);
        return;
    }
    const struct finding finding = {
        .level = verdict == VERDICT_ERROR ? FINDING_ERROR : FINDING_INCONC,
        .requirement = "",
        .check = "engine.abort",
        .expected = "the case runs to its end",
        .observed = why,
    };

    runner_finding(run, &finding, false);
    run_stop_timers(run);
    run_release_step(run);
    while (run->frame_count > 0) {
        pop_frame(run);
    }
    enum run_phase next =
        run->phase < RUN_POSTAMBLE && !is_skipped(run, RUN_POSTAMBLE)
            ? RUN_POSTAMBLE
            : RUN_OVER;
    enter_phase(run, next);
    next_step(run);
}
