/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/recheck.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"

/** A device of the journal, as far as its judges need it. */
struct replay_device {
    struct lane lane;
    struct test_case test_case; /**< of the case that is replayed */
    struct binding binding;     /**< as the case began */
    bool is_described;          /**< its ICS was read */
    bool has_ended;             /**< the final checks of the case were made */
    enum verdict explained;     /**< what the findings of then amount to */
    bool was_cut;               /**< a finding of then left steps undone */
    cJSON *before;              /**< findings worse than pass, of then */
    cJSON *after;               /**< and of now */
};

struct replay {
    const struct recheck_config *config;
    struct campaign_config campaign_config;
    struct campaign campaign;
    struct profile **profiles;
    size_t profile_count;
    struct replay_device **devices;
    size_t device_count;
    struct replay_device *last; /**< the one found last */
    bool is_many;
    bool has_header;
    struct recheck_counts *counts;
    struct reason *reason;
    enum status status; /**< the first failure: what follows is not looked at */
};

static void fail(struct replay *replay, const struct journal_event *event,
                 enum status status, const char *text)
{
    if (replay->status == STATUS_OK) {
        replay->status = reason_set(replay->reason, status, "event %llu: %s",
                                    (unsigned long long)event->sequence, text);
    }
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* Findings. */

static cJSON *finding_json(const struct finding *finding)
{
    cJSON *row = cJSON_CreateObject();

    cJSON_AddStringToObject(row, "level", finding_level_name(finding->level));
    cJSON_AddStringToObject(row, "requirement", finding->requirement);
    if (finding->ambiguity != NULL) {
        cJSON_AddStringToObject(row, "ambiguity", finding->ambiguity);
    }
    cJSON_AddStringToObject(row, "check", finding->check);
    if (finding->subject != NULL) {
        cJSON_AddStringToObject(row, "subject", finding->subject);
    }
    if (finding->expected != NULL) {
        cJSON_AddStringToObject(row, "expected", finding->expected);
    }
    if (finding->observed != NULL) {
        cJSON_AddStringToObject(row, "observed", finding->observed);
    }
    return row;
}

static bool is_kept(const struct finding *finding)
{
    return finding->level != FINDING_INFO && finding->level != FINDING_PASS;
}

/** A finding of today's judges. */
static void on_finding(const struct finding *finding, void *user)
{
    struct replay *replay = user;

    if (is_kept(finding)) {
        cJSON_AddItemToArray(replay->last->after, finding_json(finding));
    }
}

/** Whether two findings are about the same; the words may have changed. */
static bool is_same(const cJSON *one, const cJSON *other)
{
    static const char *const names[] = { "level", "requirement", "ambiguity",
                                         "check", "subject" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const cJSON *left = member(one, names[i]);
        const cJSON *right = member(other, names[i]);
        if ((left == NULL) != (right == NULL) ||
            (left != NULL && !cJSON_Compare(left, right, true))) {
            return false;
        }
    }
    return true;
}

/** Take out of both lists what is in both. */
static void take_common(cJSON *one, cJSON *other)
{
    for (cJSON *row = one->child; row != NULL;) {
        cJSON *next = row->next;
        cJSON *twin = other->child;
        while (twin != NULL && !is_same(row, twin)) {
            twin = twin->next;
        }
        if (twin != NULL) {
            cJSON_Delete(cJSON_DetachItemViaPointer(one, row));
            cJSON_Delete(cJSON_DetachItemViaPointer(other, twin));
        }
        row = next;
    }
}

/* Devices. */

static void device_free(struct replay_device *device)
{
    struct lane *lane = &device->lane;

    if (lane->run != NULL) {
        event_store_free(lane->run->events);
        free(lane->run);
    }
    oracle_free(lane->oracle);
    event_store_free(lane->registration);
    free(lane->endpoint);
    cJSON_Delete(device->before);
    cJSON_Delete(device->after);
    free(device);
}

static struct replay_device *device_new(struct replay *replay,
                                        const char *endpoint)
{
    struct replay_device *device = calloc(1, sizeof(*device));
    struct replay_device **grown =
        realloc(replay->devices,
                (replay->device_count + 1) * sizeof(struct replay_device *));

    if (grown != NULL) {
        replay->devices = grown;
    }
    if (device == NULL || grown == NULL) {
        free(device);
        return NULL;
    }
    struct lane *lane = &device->lane;
    lane->campaign = &replay->campaign;
    lane->endpoint = strdup(endpoint);
    lane->registration = event_store_new();
    lane->run = calloc(1, sizeof(*lane->run));
    device->before = cJSON_CreateArray();
    device->after = cJSON_CreateArray();
    if (lane->run != NULL) {
        *lane->run = (struct run){ .lane = lane,
                                   .campaign = &replay->campaign,
                                   .events = event_store_new() };
    }
    if (lane->endpoint == NULL || lane->registration == NULL ||
        lane->run == NULL || lane->run->events == NULL) {
        device_free(device);
        return NULL;
    }
    replay->devices[replay->device_count++] = device;
    return device;
}

static bool is_name_of(const struct replay_device *device, const char *endpoint)
{
    const struct journal_event event = { .endpoint = endpoint };

    return strcmp(device->lane.endpoint, endpoint) == 0 ||
           journal_is_second(&event, device->lane.endpoint);
}

/** The device of the name, as either server knows it; NULL: none. */
static struct replay_device *device_find(struct replay *replay,
                                         const char *endpoint)
{
    if (replay->last != NULL && is_name_of(replay->last, endpoint)) {
        return replay->last;
    }
    for (size_t i = 0; i < replay->device_count; i++) {
        if (is_name_of(replay->devices[i], endpoint)) {
            return replay->devices[i];
        }
    }
    return NULL;
}

/** Whose case an event belongs to: a campaign of one device has one, and
 *  keeps what others said meanwhile. */
static struct replay_device *device_of(struct replay *replay,
                                       const struct journal_event *event)
{
    if (replay->is_many) {
        return event->endpoint != NULL ? device_find(replay, event->endpoint)
                                       : NULL;
    }
    for (size_t i = 0; i < replay->device_count; i++) {
        if (replay->devices[i]->is_described) {
            return replay->devices[i];
        }
    }
    return NULL;
}

/* What the journal says of the campaign. */

/** The profile without what only a run needs, and what may be gone since. */
static void add_profile(struct replay *replay,
                        const struct journal_event *event, const char *name,
                        const cJSON *json)
{
    static const char *const unneeded[] = { "packages", "security",
                                            "repository", "control" };
    struct reason reason = { .status = STATUS_OK };
    cJSON *copy = cJSON_Duplicate(json, true);
    struct profile **grown =
        realloc(replay->profiles,
                (replay->profile_count + 1) * sizeof(struct profile *));

    for (size_t i = 0; i < sizeof(unneeded) / sizeof(unneeded[0]); i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(copy, unneeded[i]);
    }
    char *text = copy != NULL ? cJSON_PrintUnformatted(copy) : NULL;
    if (grown != NULL) {
        replay->profiles = grown;
    }
    if (text == NULL || grown == NULL) {
        fail(replay, event, STATUS_MALFORMED, "the campaign has no profile");
    } else if (profile_parse(name != NULL ? name : "profile", ".", text,
                             strlen(text),
                             &replay->profiles[replay->profile_count],
                             &reason) == STATUS_OK) {
        replay->profile_count++;
    } else {
        fail(replay, event, STATUS_MALFORMED, reason.text);
    }
    cJSON_free(text);
    cJSON_Delete(copy);
}

static void take_header(struct replay *replay,
                        const struct journal_event *event)
{
    const cJSON *data = event->as.data;
    const cJSON *profiles = member(data, "profiles");
    const cJSON *row = NULL;
    const char *reading = journal_text(event, "reading");

    replay->has_header = true;
    replay->is_many = member(data, "devices") != NULL;
    if (!replay->config->has_reading && reading != NULL) {
        replay->campaign_config.reading =
            strcmp(reading, reading_name(READING_STRICT)) == 0
                ? READING_STRICT
                : READING_INTEROP;
    }
    if (cJSON_IsTrue(member(data, "fail-on-warning"))) {
        replay->campaign_config.fail_on_warning = true;
    }
    cJSON_ArrayForEach(row, profiles)
    {
        add_profile(replay, event, cJSON_GetStringValue(member(row, "name")),
                    member(row, "json"));
    }
    if (profiles == NULL) {
        add_profile(replay, event, journal_text(event, "profile"),
                    member(data, "profile-json"));
    }
}

/** The profile of the device: the only one, or the one that names it. */
static const struct profile *profile_of(const struct replay *replay,
                                        const char *endpoint)
{
    for (size_t i = 0; replay->is_many && i < replay->profile_count; i++) {
        if (profile_names(replay->profiles[i], endpoint)) {
            return replay->profiles[i];
        }
    }
    return replay->profiles[0];
}

static void take_ics(struct replay *replay, const struct journal_event *event)
{
    const char *endpoint = journal_text(event, "endpoint");
    struct reason reason = { .status = STATUS_OK };

    if (endpoint == NULL || replay->profile_count == 0) {
        fail(replay, event, STATUS_MALFORMED, "an ICS without a device");
        return;
    }
    struct replay_device *device = device_find(replay, endpoint);
    if (device == NULL) {
        device = device_new(replay, endpoint);
    }
    if (device == NULL) {
        fail(replay, event, STATUS_NO_MEMORY, "out of memory");
        return;
    }
    device->lane.profile = profile_of(replay, endpoint);
    ics_read(&device->lane.ics, event->as.data);
    oracle_free(device->lane.oracle);
    device->lane.oracle = NULL;
    device->is_described = true;
    if (lane_make_oracle(&device->lane, &reason) != STATUS_OK) {
        fail(replay, event, reason.status, reason.text);
    }
}

/** Keep the newest registration with links. */
static void take_registration(struct replay *replay,
                              const struct journal_event *event)
{
    bool is_one = (int)event->kind == SERVER_REGISTER ||
                  (int)event->kind == SERVER_UPDATE;

    if (!is_one || event->endpoint == NULL ||
        !event->as.server.as.registration.has_links) {
        return;
    }
    struct replay_device *device = device_find(replay, event->endpoint);
    if (device != NULL && journal_is_second(event, device->lane.endpoint)) {
        return;
    }
    if (device == NULL) {
        device = device_new(replay, event->endpoint);
    }
    if (device == NULL) {
        fail(replay, event, STATUS_NO_MEMORY, "out of memory");
        return;
    }
    event_store_clear(device->lane.registration);
    if (event_store_add(device->lane.registration, event, NULL) != STATUS_OK) {
        fail(replay, event, STATUS_NO_MEMORY, "out of memory");
    }
}

/* A case. */

/** Add who is bound by {"x": 0, …}. */
static void read_binding(const cJSON *roles, struct binding *binding)
{
    size_t entries = sizeof(binding->entries) / sizeof(binding->entries[0]);
    const cJSON *role = NULL;

    cJSON_ArrayForEach(role, roles)
    {
        if (cJSON_IsNumber(role) && binding->count < entries &&
            strlen(role->string) < BINDING_ROLE_SIZE) {
            (void)snprintf(binding->entries[binding->count].role,
                           BINDING_ROLE_SIZE, "%s", role->string); /* fits */
            binding->entries[binding->count++].instance =
                (uint16_t)role->valueint;
        }
    }
}

static void begin_case(struct replay_device *device,
                       const struct journal_event *event)
{
    static const char *const none[] = { NULL };
    struct lane *lane = &device->lane;
    struct run *run = lane->run;
    struct event_store *events = run->events;
    const char *id = journal_text(event, "case");

    event_store_clear(events);
    oracle_restart(lane->oracle);
    *run = (struct run){ .lane = lane,
                         .campaign = lane->campaign,
                         .events = events,
                         .test_case = &device->test_case,
                         .is_session = id != NULL && strcmp(id, "SHELL") == 0 };
    (void)snprintf(run->instance, sizeof(run->instance), "%s",
                   event->instance); /* cut */
    lane->is_running = true;
    device->test_case = (struct test_case){
        .requirements = none,
        .applies = none,
        .is_without_firmware =
            cJSON_IsFalse(member(event->as.data, "firmware")),
        .initial = member(event->as.data, "initial"),
    };
    device->has_ended = false;
    device->explained = VERDICT_NONE;
    device->was_cut = false;
    cJSON_Delete(device->before);
    cJSON_Delete(device->after);
    device->before = cJSON_CreateArray();
    device->after = cJSON_CreateArray();
}

/** The kept copies of CASE_BEGIN and STEP_BEGIN live as long as the case. */
static const struct journal_event *newest(const struct run *run)
{
    return event_store_at(run->events, event_store_count(run->events) - 1);
}

static void bind_case(struct replay_device *device)
{
    const struct journal_event *begin = newest(device->lane.run);
    const struct ics *ics = &device->lane.ics;
    struct binding *binding = &device->binding;

    device->test_case.initial = member(begin->as.data, "initial");
    *binding = (struct binding){ .instance_count = ics->instance_count };
    memcpy(binding->instances, ics->instances, sizeof(binding->instances));
    read_binding(member(begin->as.data, "binding"), binding);
}

/** What is judged once the steps are done. */
static void end_steps(struct replay_device *device)
{
    struct run *run = device->lane.run;

    if (!device->has_ended && run->has_baseline && !run->is_session) {
        common_checks(run);
    }
    device->has_ended = true;
}

static void take_phase(struct replay_device *device,
                       const struct journal_event *event)
{
    struct run *run = device->lane.run;
    const char *name = journal_text(event, "phase");
    static const char *const names[] = {
        [RUN_PREAMBLE] = "preamble",
        [RUN_BODY] = "body",
        [RUN_FINAL] = "final",
        [RUN_POSTAMBLE] = "postamble",
    };
    enum run_phase phase = RUN_PREAMBLE;

    while (phase < RUN_POSTAMBLE &&
           (name == NULL || strcmp(names[phase], name) != 0)) {
        phase = (enum run_phase)(phase + 1);
    }
    if (run->phase == RUN_PREAMBLE && phase != RUN_PREAMBLE) {
        run->has_baseline = run->verdict <= VERDICT_PASS;
    }
    if (phase == RUN_POSTAMBLE) {
        end_steps(device);
    }
    run->phase = phase;
}

static void begin_step(struct replay *replay, struct replay_device *device,
                       const struct journal_event *event)
{
    struct run *run = device->lane.run;
    const cJSON *data = newest(run)->as.data;
    struct reason reason = { .status = STATUS_OK };

    run->step = member(data, "parameters");
    run->type = run->step != NULL ? runner_step_type(run, run->step) : NULL;
    run->step_first = event_store_count(run->events);
    bool is_own = run->type != NULL && builtin_step(run->type->verb) != NULL;
    if (run->type == NULL) {
        fail(replay, event, STATUS_MALFORMED,
             "a step of another version of assay");
        return;
    }
    if (!is_own && step_check(replay->config->steps, "step", run->step,
                              &reason) != STATUS_OK) {
        fail(replay, event, STATUS_MALFORMED, reason.text);
        return;
    }
    run->binding = device->binding;
    read_binding(member(data, "bound"), &run->binding);
}

static void end_step(struct replay_device *device,
                     const struct journal_event *event)
{
    struct run *run = device->lane.run;
    const char *outcome = journal_text(event, "outcome");
    enum step_progress progress = STEP_DONE;

    while (progress < STEP_FAILED &&
           (outcome == NULL ||
            strcmp(step_progress_name(progress), outcome) != 0)) {
        progress = (enum step_progress)(progress + 1);
    }
    if (run->type != NULL && progress != STEP_FAILED) {
        runner_judge_step(run, progress);
    }
    run->type = NULL;
    run->step = NULL;
}

/** A finding of then. What the tester said of itself holds today, too. */
static void take_finding(struct replay_device *device,
                         const struct journal_event *event)
{
    const struct finding *finding = &event->as.finding;
    struct run *run = device->lane.run;
    bool is_own = strcmp(finding->check, "engine.step") == 0 ||
                  strcmp(finding->check, "engine.abort") == 0;
    enum verdict verdict = finding_verdict(finding->level);

    if (is_kept(finding)) {
        cJSON_AddItemToArray(device->before, finding_json(finding));
    }
    if (finding->level == FINDING_WARNING &&
        device->lane.campaign->config->fail_on_warning) {
        verdict = VERDICT_FAIL;
    }
    device->explained = verdict_merge(device->explained, verdict);
    if (verdict > VERDICT_PASS &&
        (run->phase == RUN_PREAMBLE || run->phase == RUN_BODY)) {
        device->was_cut = true;
    }
    if (is_own) {
        runner_finding(run, finding, false);
    }
}

static enum verdict verdict_after(const struct replay_device *device,
                                  enum verdict before, char *why, size_t size)
{
    const struct run *run = device->lane.run;
    enum verdict after = run->verdict;

    (void)snprintf(why, size, "%s", after > VERDICT_PASS ? run->why : "");
    if (after == VERDICT_NONE) {
        after = run->is_session ? VERDICT_INCONC : VERDICT_ERROR;
        (void)snprintf(why, size, "nothing is judged");
    }
    if (before > device->explained && before > after) {
        (void)snprintf(why, size, "as it was said then");
        return before; /* a failure of the tester's that is no finding */
    }
    if (before > VERDICT_PASS && after <= VERDICT_PASS && device->was_cut) {
        (void)snprintf(why, size,
                       "the %s is not found again, but the steps "
                       "that followed were not done then",
                       verdict_name(before));
        return VERDICT_INCONC;
    }
    return after;
}

static void tell(struct replay *replay, const struct recheck_case *row)
{
    replay->counts->cases++;
    if (row->before != row->after) {
        replay->counts->changed_verdicts++;
    } else if (row->has_changed) {
        replay->counts->changed_findings++;
    }
    if (replay->config->on_case != NULL) {
        replay->config->on_case(row, replay->config->user);
    }
}

static void take_verdict(struct replay *replay, struct replay_device *device,
                         const struct journal_event *event)
{
    const char *name = journal_text(event, "verdict");
    char why[RUN_WHY_SIZE] = "";
    struct recheck_case row = { .endpoint = event->endpoint,
                                .instance = event->instance,
                                .why = why };

    if (name == NULL || !verdict_parse(name, &row.before)) {
        fail(replay, event, STATUS_MALFORMED, "a verdict without a name");
        return;
    }
    row.after = row.before;
    bool is_judged = device != NULL && device->lane.is_running &&
                     strcmp(device->lane.run->instance, event->instance) == 0;
    if (is_judged) { /* else it was not begun: the device was lost before */
        end_steps(device);
        row.after = verdict_after(device, row.before, why, sizeof(why));
        device->lane.is_running = false;
        take_common(device->before, device->after);
        row.gone = device->before;
        row.added = device->after;
        row.has_changed = row.gone->child != NULL || row.added->child != NULL;
    }
    tell(replay, &row);
}

/** An event of a case: kept, shown to the oracle, and looked at. */
static void take_in_case(struct replay *replay, struct replay_device *device,
                         const struct journal_event *event)
{
    struct lane *lane = &device->lane;
    struct reason reason = { .status = STATUS_OK };

    if (event->kind == JOURNAL_CASE_BEGIN) {
        if (lane->is_running) {
            replay->counts->unfinished++;
        }
        begin_case(device, event);
    } else if (!lane->is_running ||
               strcmp(lane->run->instance, event->instance) != 0) {
        return;
    }
    if (journal_is_second(event, lane->endpoint) &&
        journal_is_registration(event)) {
        return;
    }
    if (event_store_add(lane->run->events, event, &reason) != STATUS_OK) {
        fail(replay, event, reason.status, reason.text);
        return;
    }
    if (event->kind == JOURNAL_PHASE) {
        take_phase(device, event);
    }
    lane_feed_oracle(lane);
    switch (event->kind) {
    case JOURNAL_CASE_BEGIN:
        bind_case(device);
        break;
    case JOURNAL_STEP_BEGIN:
        begin_step(replay, device, event);
        break;
    case JOURNAL_STEP_END:
        end_step(device, event);
        break;
    default:
        break;
    }
}

static void on_event(const struct journal_event *event, void *user)
{
    struct replay *replay = user;

    if (replay->status != STATUS_OK) {
        return;
    }
    if (event->kind == JOURNAL_CAMPAIGN) {
        take_header(replay, event);
        return;
    }
    if (event->kind == JOURNAL_ICS) {
        take_ics(replay, event);
        return;
    }
    struct replay_device *device = device_of(replay, event);
    replay->last = device != NULL ? device : replay->last;
    if (event->instance == NULL) {
        take_registration(replay, event);
        return;
    }
    if (event->kind == JOURNAL_VERDICT) {
        take_verdict(replay, device, event);
    } else if (device == NULL || !device->is_described) {
        return;
    } else if (event->kind == JOURNAL_FINDING) {
        take_finding(device, event);
    } else {
        take_in_case(replay, device, event);
        take_registration(replay, event);
    }
}

static void release(struct replay *replay)
{
    for (size_t i = 0; i < replay->device_count; i++) {
        if (replay->devices[i]->lane.is_running) {
            replay->counts->unfinished++;
        }
        device_free(replay->devices[i]);
    }
    for (size_t i = 0; i < replay->profile_count; i++) {
        profile_free(replay->profiles[i]);
    }
    free(replay->devices);
    free(replay->profiles);
}

enum status recheck_run(const struct recheck_config *config,
                        struct recheck_counts *out_counts,
                        struct reason *reason)
{
    struct replay replay = {
        .config = config,
        .campaign_config = { .steps = config->steps,
                             .definitions = config->definitions,
                             .reading = config->reading,
                             .fail_on_warning = config->fail_on_warning },
        .counts = out_counts,
        .reason = reason,
    };

    *out_counts = (struct recheck_counts){ .cases = 0 };
    replay.campaign = (struct campaign){ .config = &replay.campaign_config,
                                         .on_finding = on_finding,
                                         .user = &replay };
    enum status status = journal_read(config->path, on_event, &replay,
                                      &out_counts->is_torn, reason);
    if (status == STATUS_OK) {
        status = replay.status;
    }
    if (status == STATUS_OK && !replay.has_header) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "%s: no journal of a campaign", config->path);
    }
    release(&replay);
    return status;
}
