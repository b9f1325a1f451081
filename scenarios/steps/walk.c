/* SPDX-License-Identifier: Apache-2.0 */

/* A random walk over the triggers of afu.md, 4.3; the oracle judges. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/cannot.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

enum {
    WALK_MAX = 1000, /* operations */
    SEED_SIZE = 24,  /* bytes of it as text, with NUL */
    WEIGHTS = 24,    /* sum of the weights below */
    LIST_SIZE = 32,
    /* So many operations in T_STATE, and when they are all to one component:
     * the oracle cannot follow many more. */
    PACE = 96,
    PACE_OF_ONE = 48,
};

enum trigger {
    TRIGGER_DELIVER, /* a good package, where State is Idle */
    TRIGGER_UPDATE,
    TRIGGER_UPDATE_ALONE,
    TRIGGER_UPDATE_LIST,
    TRIGGER_UPDATE_MALFORMED,
    TRIGGER_CANCEL,
    TRIGGER_RESET_NULL,
    TRIGGER_RESET_URI,
    TRIGGER_SHORT_PACKAGE,
    TRIGGER_OTHER_SCHEME,
    TRIGGER_WRITE_STATE,
    TRIGGER_DELETE,
    TRIGGER_REBOOT,
};

/** How often out of WEIGHTS each is done. */
static const struct {
    enum trigger trigger;
    unsigned weight;
} triggers[] = {
    { TRIGGER_DELIVER, 5 },          { TRIGGER_UPDATE, 3 },
    { TRIGGER_UPDATE_ALONE, 2 },     { TRIGGER_UPDATE_LIST, 2 },
    { TRIGGER_UPDATE_MALFORMED, 1 }, { TRIGGER_CANCEL, 2 },
    { TRIGGER_RESET_NULL, 2 },       { TRIGGER_RESET_URI, 2 },
    { TRIGGER_SHORT_PACKAGE, 1 },    { TRIGGER_OTHER_SCHEME, 1 },
    { TRIGGER_WRITE_STATE, 1 },      { TRIGGER_DELETE, 1 },
    { TRIGGER_REBOOT, 1 },
};

struct walk {
    struct operation operation; /* the trigger, then a Read */
    uint64_t random;
    unsigned done;
    unsigned times;
    uint16_t instance;
    enum trigger trigger;
    bool is_delivering;
    bool is_resting;
    bool is_settling;        /* the operations are done */
    bool is_over;            /* the limit has passed */
    uint64_t begun_ms[PACE]; /* when the last ones began */
    /* When the last short package was answered by each, by index in the binding: it
     * may be taken at once and refused later. 0: none. */
    uint64_t short_ms[ORACLE_COMPONENTS_MAX];
    unsigned transfer;
    char list[LIST_SIZE]; /* of an Update: the request borrows it */
    cJSON *package;       /* the step of a delivery */
};

static void walk_release(void *scratch)
{
    struct walk *walk = scratch;

    cJSON_Delete(walk->package);
}

/** xorshift64*: the same seed, the same walk, on any machine. */
static unsigned next_below(struct walk *walk, size_t bound)
{
    walk->random ^= walk->random >> 12;
    walk->random ^= walk->random << 25;
    walk->random ^= walk->random >> 27;
    return (unsigned)((walk->random * UINT64_C(0x2545F4914F6CDD1D) >> 33) %
                      bound);
}

static void choose(struct run *run, struct walk *walk)
{
    const struct binding *binding = run_binding(run);
    unsigned ticket = next_below(walk, WEIGHTS);
    size_t row = 0;

    walk->instance =
        binding->instances[next_below(walk, binding->instance_count)];
    while (ticket >= triggers[row].weight) {
        ticket -= triggers[row++].weight;
    }
    walk->trigger = triggers[row].trigger;
}

static void fill_write(const struct run *run, const struct walk *walk,
                       struct operation_request *out, uint16_t resource,
                       int format, const char *bytes, size_t length)
{
    management_write(&out->request, run_endpoint(run),
                     lwm2m_path_resource(AFU_OBJECT, walk->instance, resource),
                     format, (const uint8_t *)bytes, length);
}

static void fill_update(const struct run *run, struct walk *walk,
                        struct operation_request *out)
{
    const struct binding *binding = run_binding(run);
    const char *argument = NULL;

    (void)snprintf(
        walk->list, sizeof(walk->list), "0='</%d/%u>'", AFU_OBJECT,
        binding
            ->instances[next_below(walk, binding->instance_count)]); /* fits */
    if (walk->trigger == TRIGGER_UPDATE_ALONE) {
        argument = "0";
    } else if (walk->trigger == TRIGGER_UPDATE_LIST) {
        argument = walk->list;
    } else if (walk->trigger == TRIGGER_UPDATE_MALFORMED) {
        argument = "0='";
    }
    management_execute(
        &out->request, run_endpoint(run),
        lwm2m_path_resource(AFU_OBJECT, walk->instance, AFU_UPDATE), argument);
}

/** The request of a trigger that is one. */
static void fill_trigger(struct run *run, struct walk *walk,
                         struct operation_request *out)
{
    static const char other_scheme[] = "ftp://h/f";
    struct lwm2m_path path = lwm2m_path_instance(AFU_OBJECT, walk->instance);

    switch (walk->trigger) {
    case TRIGGER_UPDATE:
    case TRIGGER_UPDATE_ALONE:
    case TRIGGER_UPDATE_LIST:
    case TRIGGER_UPDATE_MALFORMED:
        fill_update(run, walk, out);
        break;
    case TRIGGER_CANCEL:
        management_execute(&out->request, run_endpoint(run),
                           lwm2m_path_child(path, AFU_CANCEL), NULL);
        break;
    case TRIGGER_RESET_NULL:
        fill_write(run, walk, out, AFU_PACKAGE, CONTENT_FORMAT_OPAQUE, "\0", 1);
        break;
    case TRIGGER_RESET_URI:
        fill_write(run, walk, out, AFU_PACKAGE_URI, CONTENT_FORMAT_TEXT, "", 0);
        break;
    case TRIGGER_SHORT_PACKAGE:
        fill_write(run, walk, out, AFU_PACKAGE, CONTENT_FORMAT_OPAQUE, "abc",
                   3);
        break;
    case TRIGGER_OTHER_SCHEME:
        fill_write(run, walk, out, AFU_PACKAGE_URI, CONTENT_FORMAT_TEXT,
                   other_scheme, strlen(other_scheme));
        break;
    case TRIGGER_WRITE_STATE:
        fill_write(run, walk, out, AFU_STATE, CONTENT_FORMAT_TEXT, "2", 1);
        break;
    case TRIGGER_DELETE:
        management_delete(&out->request, run_endpoint(run), path);
        break;
    case TRIGGER_REBOOT:
        management_execute(&out->request, run_endpoint(run),
                           lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_REBOOT),
                           NULL);
        break;
    case TRIGGER_DELIVER: /* is no request */
        break;
    }
}

/* Request 0 is the trigger, request 1 reads what it made. */
static enum status walk_fill(struct run *run, size_t index,
                             struct operation_request *out_request,
                             bool *out_end, struct reason *reason)
{
    struct walk *walk = run_scratch(run);
    struct lwm2m_path path = lwm2m_path_instance(AFU_OBJECT, walk->instance);

    (void)reason; /* nothing can fail */
    if (index == 0) {
        fill_trigger(run, walk, out_request);
    } else if (index == 1) {
        out_request->is_negotiable = true;
        management_read(&out_request->request, run_endpoint(run), path,
                        run_accept(run, &path));
    } else {
        *out_end = true;
    }
    return STATUS_OK;
}

/** Whether a package can be delivered there; else there is another one. */
static bool can_deliver(const struct run *run, const struct walk *walk)
{
    struct look look = look_of_run(run);
    int state = -1;
    int result = -1;

    return package_set_find(run_profile(run)->packages, walk->instance, "G") !=
               NULL &&
           look_pair(&look, 0, walk->instance, &state, &result, NULL) &&
           state == 0;
}

static enum step_progress start_transfer(struct run *run, struct walk *walk)
{
    struct reason reason = { .status = STATUS_OK };
    struct delivery delivery;

    if (walk->package == NULL) {
        walk->package = cJSON_CreateObject();
        (void)cJSON_AddStringToObject(walk->package, "deliver", "G");
    }
    enum status status = delivery_read(walk->package, &delivery, &reason);
    if (status == STATUS_OK) {
        status = run_transfer(run, walk->instance, &delivery, &walk->transfer,
                              &reason);
    }
    walk->is_delivering = status == STATUS_OK;
    if (status == STATUS_LIMIT || status == STATUS_NOT_FOUND ||
        status == STATUS_MALFORMED) {
        return cannot_record(run, reason.text);
    }
    return status == STATUS_OK ? STEP_GO_ON : run_fail(run, &reason);
}

/** Whether the next one has to wait; SERVER_TIMER ends that. */
static bool rests(struct run *run, struct walk *walk, uint64_t now_ms,
                  struct reason *reason)
{
    uint64_t state_ms = run_profile(run)->limits_ms[LIMIT_STATE];
    unsigned pace = run_binding(run)->instance_count > 1 ? PACE : PACE_OF_ONE;
    uint64_t then_ms =
        walk->done >= pace ? walk->begun_ms[(walk->done - pace) % PACE] : 0;

    if (then_ms == 0 || now_ms >= then_ms + state_ms) {
        return false;
    }
    walk->is_resting =
        run_wake(run, then_ms + state_ms - now_ms, reason) == STATUS_OK;
    return true;
}

/** How long a component may still go from (Idle, 0) to the error of a short
 *  package: the next case must not take that for something of its own. */
static uint64_t settles_in(const struct run *run, const struct walk *walk,
                           uint64_t now_ms)
{
    const struct binding *binding = run_binding(run);
    uint64_t state_ms = run_profile(run)->limits_ms[LIMIT_STATE];
    struct look look = look_of_run(run);
    uint64_t most_ms = 0;

    for (size_t i = 0; i < binding->instance_count; i++) {
        uint64_t until_ms = walk->short_ms[i] + state_ms;
        int state = -1;
        int result = -1;
        if (walk->short_ms[i] != 0 && until_ms > now_ms + most_ms &&
            look_pair(&look, 0, binding->instances[i], &state, &result, NULL) &&
            state == 0 && result == 0) {
            most_ms = until_ms - now_ms;
        }
    }
    return most_ms;
}

static enum step_progress end(struct run *run, struct walk *walk,
                              uint64_t now_ms)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t wait_ms = settles_in(run, walk, now_ms);

    walk->is_settling = wait_ms > 0;
    if (!walk->is_settling) {
        return STEP_DONE;
    }
    return run_wake(run, wait_ms, &reason) == STATUS_OK
               ? STEP_GO_ON
               : run_fail(run, &reason);
}

/** What was done last, and answered. */
static void note_short(const struct run *run, struct walk *walk,
                       uint64_t now_ms)
{
    const struct binding *binding = run_binding(run);

    for (size_t i = 0; i < binding->instance_count; i++) {
        if (binding->instances[i] == walk->instance &&
            walk->trigger == TRIGGER_SHORT_PACKAGE) {
            walk->short_ms[i] = now_ms;
        }
    }
}

static enum step_progress next_operation(struct run *run, struct walk *walk,
                                         uint64_t now_ms)
{
    struct reason reason = { .status = STATUS_OK };

    note_short(run, walk, now_ms);
    if (walk->done >= walk->times || walk->is_over) {
        return end(run, walk, now_ms);
    }
    if (rests(run, walk, now_ms, &reason)) {
        return walk->is_resting ? STEP_GO_ON : run_fail(run, &reason);
    }
    walk->begun_ms[walk->done++ % PACE] = now_ms;
    choose(run, walk);
    if (walk->trigger == TRIGGER_DELIVER && can_deliver(run, walk)) {
        return start_transfer(run, walk);
    }
    walk->operation = (struct operation){
        .index = walk->trigger == TRIGGER_DELIVER ? 1 : 0,
    };
    return operation_drive(run, NULL, &walk->operation, walk_fill, 0);
}

static unsigned times_of(const cJSON *item)
{
    return cJSON_IsNumber(item) && item->valuedouble >= 1 &&
                   item->valuedouble <= WALK_MAX
               ? (unsigned)item->valuedouble
               : 0;
}

static enum step_progress begin(struct run *run, struct walk *walk)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *data = cJSON_CreateObject();
    char seed[SEED_SIZE];
    char text[128];

    walk->times = times_of(run_parameter(run, "walk"));
    /* Zero would stay zero. */
    walk->random = run_seed(run) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    walk->random += walk->random == 0 ? 1 : 0;
    (void)snprintf(seed, sizeof(seed), "%" PRIu64, run_seed(run)); /* fits */
    (void)snprintf(text, sizeof(text),
                   "a random walk of %u operations; to do it again: --seed %s",
                   walk->times, seed); /* fits */
    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddStringToObject(data, "walk", seed);
    const cJSON *within = run_parameter(run, "within");
    enum limit limit = LIMIT_ABORT;
    if (cJSON_IsString(within)) {
        (void)limit_parse(within->valuestring, &limit); /* it was checked */
    }
    if (run_record(run, JOURNAL_NOTE, data, &reason) != STATUS_OK ||
        run_deadline(run, limit, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return next_operation(run, walk, 0);
}

/** The trigger may be lost over a reboot; a Read may not. */
static enum step_progress take(struct run *run, struct walk *walk,
                               const struct journal_event *event)
{
    bool is_trigger = walk->operation.index == 0;
    bool fails = event_closes(event, walk->operation.id) &&
                 event->kind != (enum journal_kind)SERVER_RESPONSE;

    if (walk->operation.is_open && is_trigger && fails) {
        walk->operation = (struct operation){ .index = 1 };
        return operation_drive(run, NULL, &walk->operation, walk_fill, 0);
    }
    return operation_drive(run, event, &walk->operation, walk_fill,
                           OPERATION_REPEAT);
}

static enum step_progress walk_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct walk *walk = run_scratch(run);
    enum step_progress progress = STEP_GO_ON;

    if (event == NULL) {
        return begin(run, walk);
    }
    walk->is_over = walk->is_over || event->kind == JOURNAL_DEADLINE;
    if (walk->is_settling) {
        return event->kind == (enum journal_kind)SERVER_TIMER ? STEP_DONE
                                                              : STEP_GO_ON;
    }
    if (walk->is_resting) {
        bool goes_on =
            event->kind == (enum journal_kind)SERVER_TIMER || walk->is_over;
        walk->is_resting = !goes_on;
        return goes_on ? next_operation(run, walk, event->time_ms) : STEP_GO_ON;
    }
    if (walk->is_delivering) {
        bool is_over =
            event->kind == JOURNAL_TRANSFER_END &&
            (unsigned)journal_number(event, "transfer", 0) == walk->transfer;
        if (!is_over) {
            return STEP_GO_ON;
        }
        walk->is_delivering = false;
        walk->operation = (struct operation){ .index = 1 };
        progress = operation_drive(run, NULL, &walk->operation, walk_fill, 0);
    } else {
        progress = take(run, walk, event);
    }
    return progress == STEP_DONE ? next_operation(run, walk, event->time_ms)
                                 : progress;
}

static void walk_judge(const struct judge_input *input, finding_fn on_finding,
                       void *user)
{
    const struct journal_event *note = NULL;
    struct report report;

    if (input->progress == STEP_FAILED ||
        cannot_judge(input, "step.walk", on_finding, user)) {
        return;
    }
    for (size_t i = input->first; i < input->end && note == NULL; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        note =
            event->kind == JOURNAL_NOTE && journal_text(event, "walk") != NULL
                ? event
                : NULL;
    }
    report_init(&report, "step.walk");
    report_evidence(&report, note);
    words_add(&report.expected, "each operation has a legal outcome");
    words_add(&report.observed, "%s with seed %s",
              input->progress == STEP_DONE ? "so it was"
                                           : "then no answer, in the walk",
              note != NULL ? journal_text(note, "walk") : "?");
    report_level(&report, input,
                 input->progress == STEP_DONE ? FINDING_PASS : FINDING_INCONC,
                 NULL, on_finding, user);
}

static enum status walk_check(const cJSON *step, const char *pointer,
                              struct reason *reason)
{
    return times_of(cJSON_GetObjectItemCaseSensitive(step, "walk")) > 0
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED,
                            "%s/walk: a number of 1..%d is expected", pointer,
                            WALK_MAX);
}

/** Random operations; the oracle judges each. Spec: AFU-051, 052, 063. */
const struct step_type step_walk = {
    .verb = "walk",
    .help = "do so many random operations, or as many as fit into the limit",
    .parameters = {
        { "walk", STEP_NUMBER, .required = true, .help = "how many" },
    },
    .limit = LIMIT_ABORT,
    .delivers = true,
    .scratch_size = sizeof(struct walk),
    .drive = walk_drive,
    .release = walk_release,
    .judge = walk_judge,
    .check = walk_check,
};
