/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/cannot.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

enum {
    WATCH_MS = 20,   /* pause between two Reads while the blocks go out */
    RESUMED_MAX = 8, /* transfers that one step resumes */
};

struct deliver {
    unsigned transfers[RESUMED_MAX]; /**< that are waited for */
    size_t count;
    bool begins_only;
    bool is_waiting; /**< for the limit of "after" */
    uint16_t instance;
    uint64_t id; /**< of the open Read of "watch" */
    bool is_open;
};

static bool is_watching(const struct run *run)
{
    return cJSON_IsTrue(run_parameter(run, "watch"));
}

static enum step_progress watch(struct run *run, struct deliver *deliver)
{
    struct reason reason = { .status = STATUS_OK };
    struct server_request request = {
        .content_format = CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_NONE,
    };
    struct lwm2m_path path = lwm2m_path_instance(AFU_OBJECT, deliver->instance);

    management_read(&request, run_endpoint(run), path, run_accept(run, &path));
    if (run_send_negotiated(run, &request, false, &deliver->id, &reason) !=
        STATUS_OK) {
        return run_fail(run, &reason);
    }
    deliver->is_open = true;
    return STEP_GO_ON;
}

/** A transfer that cannot be begun for a reason of the profile's: inconc. */
static enum step_progress give_up(struct run *run, const struct reason *reason)
{
    switch (reason->status) {
    case STATUS_LIMIT:     /* no newer version can be expressed */
    case STATUS_MALFORMED: /* the observed version is not numbers */
    case STATUS_NOT_FOUND: /* the profile has no such package */
        return cannot_record(run, reason->text);
    case STATUS_OK:
    case STATUS_NO_MEMORY:
    case STATUS_INVALID:
    case STATUS_TIMEOUT:
    case STATUS_NETWORK:
        break;
    }
    return run_fail(run, reason);
}

static enum step_progress begin(struct run *run, struct deliver *deliver)
{
    struct reason reason = { .status = STATUS_OK };
    struct delivery delivery;
    enum status status =
        operation_component(run, "to", &deliver->instance, &reason);

    if (status == STATUS_OK) {
        status = delivery_read(run_step(run), &delivery, &reason);
    }
    if (status == STATUS_OK && operation_text(run, "of") != NULL) {
        delivery.is_of_other = true;
        status = operation_component(run, "of", &delivery.owner, &reason);
    }
    if (status != STATUS_OK) {
        return run_fail(run, &reason);
    }
    status = run_transfer(run, deliver->instance, &delivery,
                          &deliver->transfers[0], &reason);
    if (status != STATUS_OK) {
        return give_up(run, &reason);
    }
    deliver->count = 1;
    deliver->begins_only = cJSON_IsTrue(run_parameter(run, "begin"));
    return is_watching(run) ? watch(run, deliver) : STEP_GO_ON;
}

/** Resume what is paused to the component; one that has ended is none. */
static enum status resume_one(struct run *run, struct deliver *deliver,
                              const struct delivery_shift *shift,
                              const char *role, struct reason *reason)
{
    uint16_t instance = 0;

    if (role == NULL || !binding_instance(run_binding(run), role, &instance)) {
        return reason_set(reason, STATUS_INVALID, "unknown component '%s'",
                          role != NULL ? role : "");
    }
    if (deliver->count == RESUMED_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d transfers",
                          RESUMED_MAX);
    }
    enum status status = run_resume(
        run, instance, shift, &deliver->transfers[deliver->count], reason);
    deliver->instance = deliver->count == 0 ? instance : deliver->instance;
    deliver->count += status == STATUS_OK ? 1 : 0;
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static enum step_progress begin_again(struct run *run, struct deliver *deliver)
{
    struct reason reason = { .status = STATUS_OK };
    const cJSON *with = run_parameter(run, "with");
    const cJSON *item = NULL;
    struct delivery_shift shift;
    enum status status = delivery_shift_read(run_step(run), &shift, &reason);

    if (status == STATUS_OK) {
        status = resume_one(run, deliver, &shift,
                            cJSON_GetStringValue(run_parameter(run, "resume")),
                            &reason);
    }
    cJSON_ArrayForEach(item, with)
    {
        status = status == STATUS_OK
                     ? resume_one(run, deliver, &shift,
                                  cJSON_GetStringValue(item), &reason)
                     : status;
    }
    if (status != STATUS_OK) {
        return run_fail(run, &reason);
    }
    /* The device may have ended it before it could be paused. */
    return deliver->count > 0 ? STEP_GO_ON : cannot_record(run, reason.text);
}

static bool is_outcome(const struct journal_event *event, const char *outcome)
{
    const char *text = journal_text(event, "outcome");

    return text != NULL && strcmp(text, outcome) == 0;
}

/** One of the transfers has ended or is paused.
 *  @return whether none is left to wait for */
static bool is_last(struct deliver *deliver, const struct journal_event *event)
{
    double transfer = journal_number(event, "transfer", -1);

    for (size_t i = 0; i < deliver->count; i++) {
        if (transfer >= deliver->transfers[i] &&
            transfer <= deliver->transfers[i]) {
            deliver->transfers[i] = deliver->transfers[--deliver->count];
            return deliver->count == 0;
        }
    }
    return false;
}

/** The first message was answered: a Write to the component. */
static bool has_begun(const struct run *run, const struct deliver *deliver,
                      const struct journal_event *event)
{
    struct lwm2m_path path;
    const struct journal_event *request =
        event->kind == (enum journal_kind)SERVER_RESPONSE
            ? request_of_event(run_events(run), event)
            : NULL;

    return deliver->begins_only && request != NULL &&
           request->as.server.as.request.method == METHOD_PUT &&
           event_path(request, &path) && path.ids[0] == AFU_OBJECT &&
           path.ids[1] == deliver->instance;
}

/** Wait for the end of the transfers, or for their pause. */
static enum step_progress wait_on(struct run *run, struct deliver *deliver,
                                  const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    if (event->kind == JOURNAL_TRANSFER_END ||
        event->kind == JOURNAL_TRANSFER_PAUSE) {
        if (!is_last(deliver, event)) {
            return STEP_GO_ON;
        }
        return event->kind == JOURNAL_TRANSFER_END &&
                       is_outcome(event, "timeout")
                   ? STEP_SILENT
                   : STEP_DONE;
    }
    if (has_begun(run, deliver, event)) {
        return STEP_DONE;
    }
    if (!is_watching(run)) {
        return STEP_GO_ON;
    }
    if (deliver->is_open && event_closes(event, deliver->id)) {
        deliver->is_open = false;
        if (run_wake(run, WATCH_MS, &reason) != STATUS_OK) {
            return run_fail(run, &reason);
        }
    } else if (event->kind == (enum journal_kind)SERVER_TIMER &&
               !deliver->is_open) {
        return watch(run, deliver);
    }
    return STEP_GO_ON;
}

static enum step_progress deliver_drive(struct run *run,
                                        const struct journal_event *event)
{
    struct deliver *deliver = run_scratch(run);

    return event == NULL ? begin(run, deliver) : wait_on(run, deliver, event);
}

/** Begin at once, or after the limit of "after". */
static enum step_progress resume_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct deliver *deliver = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };
    const char *after = cJSON_GetStringValue(run_parameter(run, "after"));
    enum limit limit = LIMIT_SETTLE;

    if (event == NULL && after != NULL && limit_parse(after, &limit)) {
        deliver->is_waiting = true;
        return run_deadline(run, limit, &reason) == STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    if (event == NULL) {
        return begin_again(run, deliver);
    }
    if (!deliver->is_waiting) {
        return wait_on(run, deliver, event);
    }
    const char *passed =
        event->kind == JOURNAL_DEADLINE ? journal_text(event, "limit") : NULL;
    if (passed == NULL || strcmp(passed, after) != 0) {
        return STEP_GO_ON;
    }
    deliver->is_waiting = false;
    return begin_again(run, deliver);
}

/** Outcomes that leave it to the next steps what the device made of it. */
static bool is_over(const struct journal_event *end)
{
    static const char *const outcomes[] = { "complete", "refused", "ended",
                                            "fault",    "given",   "stalled" };

    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        if (is_outcome(end, outcomes[i])) {
            return true;
        }
    }
    return false;
}

/** Only what makes the purpose impossible to judge, and the answer that was
 *  waited for; the rest is recorded. */
static void deliver_judge(const struct judge_input *input,
                          finding_fn on_finding, void *user)
{
    static const char check[] = "step.deliver";
    const char *outcome = "nothing";
    const struct journal_event *wrong = NULL;

    if (input->progress == STEP_FAILED ||
        cannot_judge(input, check, on_finding, user)) {
        return;
    }
    if (cJSON_HasObjectItem(input->parameters, "code")) {
        static const struct operation_judge how = { .check = check,
                                                    .name = "Write",
                                                    .method = METHOD_PUT };
        operation_judge(input, &how, on_finding, user);
        return;
    }
    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind == JOURNAL_TRANSFER_PAUSE ||
            (event->kind == JOURNAL_TRANSFER_END && is_over(event))) {
            outcome = wrong == NULL ? NULL : outcome;
        } else if (event->kind == JOURNAL_TRANSFER_END) {
            wrong = event;
            outcome = journal_text(event, "outcome");
        }
    }
    bool is_begun =
        wrong == NULL && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                             input->parameters, "begin"));
    if ((outcome == NULL || is_begun) && input->progress == STEP_DONE) {
        return;
    }
    struct report report;
    report_init(&report, check);
    report_evidence(&report, wrong);
    words_add(&report.expected, "the package is delivered or refused");
    words_add(&report.observed, "the transfer ended with '%s'",
              outcome != NULL ? outcome : "nothing");
    report_level(&report, input, FINDING_INCONC, NULL, on_finding, user);
}

static enum status deliver_check(const cJSON *step, const char *pointer,
                                 struct reason *reason)
{
    struct delivery delivery;
    bool begins = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(step, "begin"));
    struct reason why = { .status = STATUS_OK };

    if (!begins && cJSON_HasObjectItem(step, "code")) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/code: it is judged where \"begin\" is true",
                          pointer);
    }
    enum status checked = operation_check(step, pointer, reason);
    if (checked != STATUS_OK) {
        return checked;
    }
    return delivery_read(step, &delivery, &why) == STATUS_OK
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED, "%s/%s", pointer,
                            why.text);
}

/** Deliver a package and wait for the end of the transfer. Judges nothing
 *  but a device that was lost meanwhile (inconc). Spec: AFU-030, AFU-031. */
const struct step_type step_deliver = {
    .verb = "deliver",
    .help = "deliver a package to a component, wait for the transfer's end",
    .parameters = {
        { "deliver", STEP_PACKAGE, .required = true,
          .help = "its name; {\"uri\": TEXT} for one of elsewhere" },
        { "to", STEP_COMPONENT, .required = true, .help = "which component" },
        { "again", STEP_FLAG,
          .help = "a recipe: as newer than what ran when the case began" },
        { "of", STEP_COMPONENT,
          .help = "whose package it is, when not that component's" },
        { "watch", STEP_FLAG,
          .help = "read the component while the transfer runs" },
        { "from", STEP_TEXT,
          .help = "a pull: \"https\" …, or the \"lwm2m\" port" },
        { "pause-at", STEP_TEXT,
          .help = "\"50 %\", \"block 7\" …: end there, see resume" },
        { "code", STEP_CODES, .help = "with begin: what that answer may be" },
        { "faults", STEP_ANY,
          .help = "a pull: [{\"at\": \"request 1\", \"do\": \"4.04\"}]" },
        { "begin", STEP_FLAG,
          .help = "do not wait for more than the first answer" },
        { "blocks", STEP_ANY,
          .help = "a push: size, size1, token, format, faults" },
        { "by", STEP_TEXT,
          .help = "\"push\" or \"pull\", whatever the case runs by" },
        { "credentials", STEP_TEXT,
          .help = "a pull: what the file server shows" },
        { "server", STEP_TEXT,
          .help = "a pull: \"second\": that LwM2M server writes it" },
        { "host", STEP_TEXT, .help = "a pull: \"ipv6\" for [::1]" },
        { "target", STEP_TEXT,
          .help = "a pull: what follows in the URI, \"/a%20b?c=d\"" },
        { "uri-length", STEP_NUMBER,
          .help = "a pull: bytes that the URI is lengthened to" },
    },
    .limit = LIMIT_DOWNLOAD,
    .delivers = true,
    .scratch_size = sizeof(struct deliver),
    .drive = deliver_drive,
    .judge = deliver_judge,
    .check = deliver_check,
};

static enum status resume_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    struct delivery_shift shift;
    struct reason why = { .status = STATUS_OK };

    return delivery_shift_read(step, &shift, &why) == STATUS_OK
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED, "%s: %s", pointer,
                            why.text);
}

/** Let a paused transfer go on and wait for its end. Spec: scenarios.md 0.3,
 *  GO. */
const struct step_type step_resume = {
    .verb = "resume",
    .help = "let a paused transfer go on, wait for its end",
    .parameters = {
        { "resume", STEP_COMPONENT, .required = true,
          .help = "which component" },
        { "with", STEP_COMPONENTS,
          .help = "also those to these components, at the same time" },
        { "after", STEP_LIMIT_NAME, .help = "wait so long before" },
        { "skip", STEP_NUMBER,
          .help = "a push: so many blocks are left out" },
        { "repeat", STEP_NUMBER,
          .help = "a push: so many blocks are first sent again" },
        { "watch", STEP_FLAG,
          .help = "read the component while the transfer runs" },
    },
    .limit = LIMIT_DOWNLOAD,
    .scratch_size = sizeof(struct deliver),
    .drive = resume_drive,
    .judge = deliver_judge,
    .check = resume_check,
};

static enum step_progress abandon_drive(struct run *run,
                                        const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };
    uint16_t instance = 0;

    (void)event; /* it takes one call */
    if (operation_component(run, "abandon", &instance, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return run_abandon(run, instance, &reason) == STATUS_OK
               ? STEP_DONE
               : cannot_record(run, reason.text);
}

static void abandon_judge(const struct judge_input *input,
                          finding_fn on_finding, void *user)
{
    (void)cannot_judge(input, "step.abandon", on_finding, user);
}

/** Give a paused transfer up: from now on there is silence. Spec: AFU-040. */
const struct step_type step_abandon = {
    .verb = "abandon",
    .help = "let a paused transfer rest for good, without a word",
    .parameters = {
        { "abandon", STEP_COMPONENT, .required = true,
          .help = "which component" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = abandon_drive,
    .judge = abandon_judge,
};
