/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the engine does itself, in the form of steps: bring every component to
 * Idle, take a snapshot, look at the device. scenarios.md 0.3, INIT and SNAP.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum {
    OBJECT_AFU = 33629,
    STATE_IDLE = 0,
    STATE_DOWNLOADING = 1,
    STATE_UPDATING = 3,
    POLL_FIRST_MS = 10,
    POLL_MAX_MS = 1000,
    FORMS = 3, /* empty Package URI, 0x00, Cancel */
    METHOD_GET = 1,
    METHOD_PUT = 3,
    RESOURCE_PACKAGE = 0,
    RESOURCE_URI = 1,
    RESOURCE_STATE = 3,
    RESOURCE_PROTOCOLS = 8,
    RESOURCE_METHOD = 9,
    RESOURCE_CANCEL = 10,
    RESOURCE_VERSION = 15,
    VALUE_TEXT_SIZE = 512,
    ANSWERS_SIZE = 256,
    SILENCE_SIZE = 128,
};

/** The end of request `id`: its kind, or -1 when the event is not it. */
static int closing_kind(const struct journal_event *event, uint64_t id)
{
    if (event == NULL || (int)event->kind >= SERVER_EVENT_KINDS ||
        event->as.server.id != id || id == 0) {
        return -1;
    }
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        return (int)event->kind;
    default:
        return -1;
    }
}

static enum step_progress send_read(struct run *run, struct lwm2m_path path,
                                    bool discover, uint64_t *out_id)
{
    struct server_request request;
    struct reason reason;

    enum status status;

    if (discover) {
        management_discover(&request, NULL, path);
        status = run_send(run, &request, out_id, &reason);
    } else {
        management_read(&request, NULL, path, run_accept(run, &path));
        status = run_send_negotiated(run, &request, false, out_id, &reason);
    }
    return status == STATUS_OK ? STEP_GO_ON : run_fail(run, &reason);
}

/* idle */

struct idle_scratch {
    size_t index; /* of the instance being looked at */
    uint64_t request;
    bool is_reset;  /* `request` is a reset, not a Read */
    bool was_idle;  /* … and the component was in Idle */
    unsigned form;  /* tried next */
    unsigned tries; /* of this component */
    uint64_t pause_ms;
    enum limit limit; /* that runs */
    bool limit_runs;
    bool limit_passed;
    int method; /* resource 9, -1 unknown */
};

static enum step_progress idle_read(struct run *run)
{
    struct idle_scratch *scratch = run_scratch(run);
    const struct ics *ics = &run->lane->ics;

    if (scratch->index >= ics->instance_count) {
        return STEP_DONE;
    }
    scratch->is_reset = false;
    return send_read(
        run, lwm2m_path_instance(OBJECT_AFU, ics->instances[scratch->index]),
        false, &scratch->request);
}

static enum step_progress idle_next(struct run *run)
{
    struct idle_scratch *scratch = run_scratch(run);

    *scratch =
        (struct idle_scratch){ .index = scratch->index + 1, .method = -1 };
    run_stop_timers(run);
    return idle_read(run);
}

/** Send the next form of reset that fits; false when all were tried. */
static bool idle_reset(struct run *run, int state,
                       enum step_progress *out_progress)
{
    static const uint8_t null_package[1] = { 0x00 };
    struct idle_scratch *scratch = run_scratch(run);
    uint16_t instance = run->lane->ics.instances[scratch->index];
    struct server_request request;
    struct reason reason;

    while (scratch->form < FORMS) {
        unsigned form = scratch->form++;
        bool fits = form == 0   ? scratch->method != 1
                    : form == 1 ? scratch->method != 0
                                : state != STATE_IDLE;
        if (!fits) {
            continue;
        }
        if (form == 0) {
            management_write(
                &request, NULL,
                lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_URI),
                CONTENT_FORMAT_TEXT, NULL, 0);
        } else if (form == 1) {
            management_write(
                &request, NULL,
                lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_PACKAGE),
                CONTENT_FORMAT_OPAQUE, null_package, 1);
        } else {
            management_execute(
                &request, NULL,
                lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_CANCEL),
                NULL);
        }
        scratch->is_reset = true;
        scratch->was_idle = state == STATE_IDLE;
        scratch->tries++;
        enum status status =
            form == 0 ? run_send_negotiated(run, &request, true,
                                            &scratch->request, &reason)
                      : run_send(run, &request, &scratch->request, &reason);
        *out_progress =
            status == STATUS_OK ? STEP_GO_ON : run_fail(run, &reason);
        return true;
    }
    return false;
}

static enum step_progress idle_wait(struct run *run, enum limit limit)
{
    struct idle_scratch *scratch = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };

    if (!scratch->limit_runs || scratch->limit != limit) {
        scratch->limit_runs = true;
        scratch->limit = limit;
        if (run_deadline(run, limit, &reason) != STATUS_OK) {
            return run_fail(run, &reason);
        }
    }
    scratch->request = 0;
    scratch->pause_ms =
        scratch->pause_ms == 0 ? POLL_FIRST_MS : scratch->pause_ms * 2;
    if (scratch->pause_ms > POLL_MAX_MS) {
        scratch->pause_ms = POLL_MAX_MS;
    }
    return run_wake(run, scratch->pause_ms, &reason) == STATUS_OK
               ? STEP_GO_ON
               : run_fail(run, &reason);
}

/** What the component's pair asks for. */
static enum step_progress idle_decide(struct run *run, int state, int result)
{
    struct idle_scratch *scratch = run_scratch(run);
    enum step_progress progress = STEP_GO_ON;

    /* A reset in Idle clears the Result within T_STATE, or never: (I,R) that
     * cannot be cleared is as good, and Idle is all that others need. */
    bool *keeps = &run->lane->keeps_result[scratch->index];
    bool is_settled = scratch->limit_passed || !scratch->was_idle || *keeps;
    if (state == STATE_IDLE &&
        (result == 0 || (scratch->tries > 0 && is_settled))) {
        *keeps = result != 0 && scratch->was_idle && is_settled;
        return idle_next(run);
    }
    if (state == STATE_UPDATING) {
        return scratch->limit_passed ? STEP_AT_LIMIT
                                     : idle_wait(run, LIMIT_UPDATE);
    }
    if (scratch->tries > 0 && !scratch->limit_passed) {
        return idle_wait(run, state == STATE_DOWNLOADING ? LIMIT_ABORT
                                                         : LIMIT_STATE);
    }
    scratch->limit_runs = false;
    scratch->limit_passed = false;
    if (idle_reset(run, state, &progress)) {
        return progress;
    }
    return state == STATE_IDLE ? idle_next(run) : STEP_AT_LIMIT;
}

static enum step_progress idle_take_view(struct run *run,
                                         const struct journal_event *event)
{
    struct idle_scratch *scratch = run_scratch(run);
    uint16_t instance = run->lane->ics.instances[scratch->index];
    struct view view;
    int state = -1;
    int result = -1;

    /* After a push that was given up a device may be busy: afu.md 10. */
    if (event->as.server.as.response.code == COAP_CODE(5, 3) &&
        !scratch->limit_passed) {
        return idle_wait(run, LIMIT_ABORT);
    }
    if (view_of_event(run_events(run), event, run_definitions(run), &view,
                      NULL) != STATUS_OK) {
        return STEP_AT_LIMIT; /* no pair to be had: the judge says it */
    }
    view_pair(&view, instance, &state, &result);
    const struct lwm2m_record *method = record_list_find(
        &view.records,
        lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_METHOD));
    if (method != NULL && method->value.type == LWM2M_TYPE_INTEGER) {
        scratch->method = (int)method->value.as.integer;
    }
    view_release(&view);
    return state < 0 ? STEP_AT_LIMIT : idle_decide(run, state, result);
}

/** A device that installs may be silent for longer than a Read waits. */
static enum step_progress idle_take_silence(struct run *run)
{
    const struct idle_scratch *scratch = run_scratch(run);
    bool may_install = !scratch->is_reset && scratch->limit_runs &&
                       scratch->limit == LIMIT_UPDATE && !scratch->limit_passed;

    if (!may_install) {
        return STEP_SILENT;
    }
    run->is_lost = false; /* not before the limit */
    return idle_wait(run, LIMIT_UPDATE);
}

static enum step_progress idle_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct idle_scratch *scratch = run_scratch(run);

    if (event == NULL) {
        scratch->method = -1;
        return idle_read(run);
    }
    if ((int)event->kind == SERVER_TIMER) {
        return idle_read(run);
    }
    if (event->kind == JOURNAL_DEADLINE) {
        scratch->limit_passed = true;
        return STEP_GO_ON;
    }
    switch (closing_kind(event, scratch->request)) {
    case SERVER_RESPONSE:
        if (!scratch->is_reset) {
            return idle_take_view(run, event);
        }
        if (event->as.server.as.response.code >> 5 != 2) {
            scratch->limit_passed = true; /* refused: no need to wait */
        }
        return idle_read(run);
    case SERVER_SESSION_LOST:
        return run->is_lost ? STEP_SILENT : idle_read(run);
    case SERVER_TIMEOUT:
        return idle_take_silence(run);
    case SERVER_RESET:
        return STEP_SILENT;
    default:
        return STEP_GO_ON;
    }
}

/** Whether a reset of the step was answered by a success. */
static bool was_accepted(const struct judge_input *input)
{
    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        const struct journal_event *request =
            (int)event->kind == SERVER_RESPONSE &&
                    event->as.server.as.response.code >> 5 == 2
                ? request_of_event(input->events, event)
                : NULL;
        if (request != NULL &&
            request->as.server.as.request.method == METHOD_PUT) {
            return true;
        }
    }
    return false;
}

/** "GET /33629/1 is answered 4.04" … of the last few requests, oldest first:
 *  which component it is, and what was tried. */
static void describe_answers(const struct judge_input *input, char *text,
                             size_t size)
{
    enum { ANSWERS_SHOWN = 4 };
    const struct journal_event *shown[ANSWERS_SHOWN];
    size_t count = 0;
    size_t used = 0;

    for (size_t i = input->end; i > input->first && count < ANSWERS_SHOWN;
         i--) {
        const struct journal_event *event =
            event_store_at(input->events, i - 1);
        if ((int)event->kind == SERVER_RESPONSE &&
            request_of_event(input->events, event) != NULL) {
            shown[count++] = event;
        }
    }
    text[0] = '\0';
    while (count > 0 && used < size) {
        const struct journal_event *event = shown[--count];
        const struct server_request_view *request =
            &request_of_event(input->events, event)->as.server.as.request;
        uint8_t code = event->as.server.as.response.code;
        int written = snprintf(text + used, size - used, "%s%s %s: %u.%02u",
                               used > 0 ? ", " : "",
                               request->method == METHOD_GET   ? "Read"
                               : request->method == METHOD_PUT ? "Write"
                                                               : "Execute",
                               request->path, code >> 5u, code & 0x1fu);
        used += written > 0 ? (size_t)written : size; /* cut */
    }
}

/** How the last request of the step ended without a response: ": why", or "". */
static void describe_silence(const struct judge_input *input, char *text,
                             size_t size)
{
    text[0] = '\0';
    for (size_t i = input->end; i > input->first; i--) {
        const struct journal_event *event =
            event_store_at(input->events, i - 1);
        if ((int)event->kind == SERVER_TIMEOUT ||
            (int)event->kind == SERVER_RESET) {
            (void)snprintf(text, size, ": %s",
                           event->as.server.as.failure.why); /* cut */
            return;
        }
    }
}

/** scenarios.md 0.3, INIT: a fail for the rows on reset and on the initial
 *  pair ("initial" of the case), inconc for the others. */
static void idle_judge(const struct judge_input *input, finding_fn on_finding,
                       void *user)
{
    bool fails = input->requirements[0] != '\0' &&
                 input->progress == STEP_AT_LIMIT && was_accepted(input);
    char answers[ANSWERS_SIZE];
    char silence[SILENCE_SIZE];
    char observed[ANSWERS_SIZE + SILENCE_SIZE + 128];
    const struct finding finding = {
        .level = fails ? FINDING_FAIL : FINDING_INCONC,
        .requirement = fails ? input->requirements : "",
        .check = "engine.idle",
        .expected = "every component can be brought to Idle",
        .observed = observed,
    };

    describe_answers(input, answers, sizeof(answers));
    describe_silence(input, silence, sizeof(silence));
    (void)snprintf(observed, sizeof(observed), "%s%s%s%s",
                   input->progress == STEP_SILENT
                       ? "the device does not answer"
                       : "a component does not get there by an empty Package "
                         "URI, 0x00 or Cancel",
                   input->progress == STEP_SILENT ? silence : "",
                   answers[0] != '\0' ? "; last answers: " : "", answers);

    if (input->progress != STEP_DONE) {
        on_finding(&finding, user);
    }
}

const struct step_type step_builtin_idle = {
    .verb = "idle",
    .help = "bring every component to Idle",
    .parameters = { { "idle", STEP_FLAG, true, "" } },
    .limit = LIMIT_STATE,
    .scratch_size = sizeof(struct idle_scratch),
    .drive = idle_drive,
    .judge = idle_judge,
};

/* snapshot */

struct snapshot_scratch {
    size_t index; /* instances, then /3/0/3 */
    uint64_t request;
    cJSON *data;
};

static cJSON *value_json(const struct lwm2m_value *value)
{
    char text[VALUE_TEXT_SIZE];

    switch (value->type) {
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
        return cJSON_CreateNumber((double)value->as.integer);
    case LWM2M_TYPE_UNSIGNED:
        return cJSON_CreateNumber((double)value->as.unsigned_integer);
    case LWM2M_TYPE_STRING:
        return cJSON_CreateString(value->as.data.bytes);
    default:
        return cJSON_CreateString(lwm2m_value_text(value, text, sizeof(text)));
    }
}

/** Resources of one instance; a multiple one as a list. */
static void add_values(cJSON *object, const struct record_list *list,
                       uint16_t instance)
{
    char key[8];

    for (size_t i = 0; i < list->empty_count; i++) {
        if (list->empty[i].depth == 3 && list->empty[i].ids[1] == instance) {
            (void)snprintf(key, sizeof(key), "%u", list->empty[i].ids[2]);
            cJSON_AddArrayToObject(object, key);
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct lwm2m_record *record = &list->records[i];
        if (record->path.ids[1] != instance) {
            continue;
        }
        (void)snprintf(key, sizeof(key), "%u", record->path.ids[2]);
        cJSON *array = cJSON_GetObjectItemCaseSensitive(object, key);
        if (record->path.depth == 4) {
            if (array == NULL) {
                array = cJSON_AddArrayToObject(object, key);
            }
            cJSON_AddItemToArray(array, value_json(&record->value));
        } else if (array == NULL) {
            cJSON_AddItemToObject(object, key, value_json(&record->value));
        }
    }
}

static enum step_progress snapshot_read(struct run *run)
{
    struct snapshot_scratch *scratch = run_scratch(run);
    const struct ics *ics = &run->lane->ics;

    if (scratch->index < ics->instance_count) {
        return send_read(
            run,
            lwm2m_path_instance(OBJECT_AFU, ics->instances[scratch->index]),
            false, &scratch->request);
    }
    return send_read(run, lwm2m_path_resource(3, 0, 3), false,
                     &scratch->request);
}

static void snapshot_take(struct run *run, const struct journal_event *event)
{
    struct snapshot_scratch *scratch = run_scratch(run);
    const struct ics *ics = &run->lane->ics;
    struct view view;

    if (view_of_event(run_events(run), event, run_definitions(run), &view,
                      NULL) != STATUS_OK) {
        return;
    }
    if (scratch->index < ics->instance_count) {
        char key[8];
        uint16_t instance = ics->instances[scratch->index];
        (void)snprintf(key, sizeof(key), "%u", instance);
        cJSON *object = cJSON_AddObjectToObject(
            cJSON_GetObjectItemCaseSensitive(scratch->data, "instances"), key);
        add_values(object, &view.records, instance);
    } else if (view.records.count == 1 &&
               view.records.records[0].value.type == LWM2M_TYPE_STRING) {
        cJSON_ReplaceItemInObjectCaseSensitive(
            scratch->data, "firmware",
            cJSON_CreateString(view.records.records[0].value.as.data.bytes));
    }
    view_release(&view);
}

static enum step_progress snapshot_begin(struct run *run)
{
    struct snapshot_scratch *scratch = run_scratch(run);
    const cJSON *name = run_parameter(run, "snapshot");

    scratch->data = cJSON_CreateObject();
    cJSON_AddStringToObject(scratch->data, "name", name->valuestring);
    cJSON_AddObjectToObject(scratch->data, "instances");
    cJSON_AddNullToObject(scratch->data, "firmware");
    return snapshot_read(run);
}

static enum step_progress snapshot_drive(struct run *run,
                                         const struct journal_event *event)
{
    struct snapshot_scratch *scratch = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };

    if (event == NULL) {
        return snapshot_begin(run);
    }
    switch (closing_kind(event, scratch->request)) {
    case SERVER_RESPONSE:
        snapshot_take(run, event);
        break;
    case SERVER_SESSION_LOST:
        if (!run->is_lost) {
            return snapshot_read(run);
        }
        return STEP_SILENT;
    case SERVER_TIMEOUT:
    case SERVER_RESET:
        return STEP_SILENT;
    default:
        return STEP_GO_ON;
    }
    if (scratch->index++ < run->lane->ics.instance_count) {
        return snapshot_read(run);
    }
    cJSON *data = scratch->data;
    scratch->data = NULL; /* handed over */
    return run_record(run, JOURNAL_SNAPSHOT, data, &reason) == STATUS_OK
               ? STEP_DONE
               : run_fail(run, &reason);
}

static void snapshot_release(void *user)
{
    struct snapshot_scratch *scratch = user;

    cJSON_Delete(scratch->data);
}

static void snapshot_judge(const struct judge_input *input,
                           finding_fn on_finding, void *user)
{
    char silence[SILENCE_SIZE];
    char observed[SILENCE_SIZE + 32];
    const struct finding finding = {
        .level = FINDING_INCONC,
        .requirement = "",
        .check = "engine.snapshot",
        .expected = "the device answers Reads",
        .observed = observed,
    };

    describe_silence(input, silence, sizeof(silence));
    (void)snprintf(observed, sizeof(observed), "it does not answer%s",
                   silence); /* fits */
    if (input->progress == STEP_SILENT) {
        on_finding(&finding, user);
    }
}

const struct step_type step_builtin_snapshot = {
    .verb = "snapshot",
    .help = "read every component and /3/0/3",
    .parameters = { { "snapshot", STEP_TEXT, true, "" } },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct snapshot_scratch),
    .drive = snapshot_drive,
    .release = snapshot_release,
    .judge = snapshot_judge,
};

/* detect */

struct detect_scratch {
    size_t index;
    bool discovered;
    uint64_t request;
};

static enum step_progress detect_ask(struct run *run)
{
    struct detect_scratch *scratch = run_scratch(run);
    const struct ics *ics = &run->lane->ics;

    if (scratch->index >= ics->instance_count) {
        return STEP_DONE;
    }
    return send_read(
        run, lwm2m_path_instance(OBJECT_AFU, ics->instances[scratch->index]),
        !scratch->discovered, &scratch->request);
}

static const struct {
    uint16_t resource;
    const char *item;
} optional[] = {
    { 6, "pkgname" }, { 7, "pkgver" }, { 10, "cancel" }, { 11, "sev" },
    { 12, "lsct" },   { 13, "mdp" },   { 16, "link" },   { 17, "conf" },
};

static void detect_links(struct run *run, const struct journal_event *event)
{
    struct link_list links;

    link_list_init(&links);
    if (event->as.server.as.response.code != COAP_CODE(2, 5) ||
        links_of_event(run_events(run), event, &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        const struct link *link = &links.links[i];
        for (size_t j = 0; j < sizeof(optional) / sizeof(optional[0]); j++) {
            if (link->is_lwm2m && link->path.depth == 3 &&
                link->path.ids[0] == OBJECT_AFU &&
                link->path.ids[2] == optional[j].resource) {
                ics_set(&run->lane->ics, optional[j].item, "true", false);
            }
        }
    }
    link_list_release(&links);
}

/** Resource 8: what the device fetches by. Absent, it is CoAP (AFU-025). */
static void detect_protocols(struct ics *ics, const struct record_list *list,
                             uint16_t instance)
{
    static const char *const items[] = { "coap",  "coaps",    "http",
                                         "https", "coap-tcp", "coaps-tcp" };
    struct lwm2m_path path =
        lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_PROTOCOLS);
    bool is_listed = record_list_has(list, path);

    ics_set(ics, "protocols", is_listed ? "true" : "false", false);
    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
        bool has = !is_listed && i == 0;
        for (size_t j = 0; j < list->count; j++) {
            const struct lwm2m_record *record = &list->records[j];
            has = has || (lwm2m_path_is_within(&record->path, &path) &&
                          record->value.type == LWM2M_TYPE_INTEGER &&
                          record->value.as.integer == (int64_t)i);
        }
        ics_set(ics, items[i], has ? "true" : "false", false);
    }
}

static void detect_values(struct run *run, const struct journal_event *event)
{
    struct detect_scratch *scratch = run_scratch(run);
    struct ics *ics = &run->lane->ics;
    uint16_t instance = ics->instances[scratch->index];
    struct view view;

    if (view_of_event(run_events(run), event, run_definitions(run), &view,
                      NULL) != STATUS_OK) {
        return;
    }
    const struct lwm2m_record *method = record_list_find(
        &view.records,
        lwm2m_path_resource(OBJECT_AFU, instance, RESOURCE_METHOD));
    if (method != NULL && method->value.type == LWM2M_TYPE_INTEGER) {
        int64_t value = method->value.as.integer;
        ics_set(ics, "pull", value != 1 ? "true" : "false", false);
        ics_set(ics, "push", value != 0 ? "true" : "false", false);
    }
    detect_protocols(ics, &view.records, instance);
    view_release(&view);
}

static enum step_progress detect_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct detect_scratch *scratch = run_scratch(run);

    if (event == NULL) {
        return detect_ask(run);
    }
    switch (closing_kind(event, scratch->request)) {
    case SERVER_RESPONSE:
        if (!scratch->discovered) {
            detect_links(run, event);
            scratch->discovered = true;
        } else {
            detect_values(run, event);
            scratch->discovered = false;
            scratch->index++;
        }
        return detect_ask(run);
    case SERVER_SESSION_LOST:
        return run->is_lost ? STEP_SILENT : detect_ask(run);
    case SERVER_TIMEOUT:
    case SERVER_RESET:
        return STEP_SILENT;
    default:
        return STEP_GO_ON;
    }
}

const struct step_type step_builtin_detect = {
    .verb = "detect",
    .help = "find out what the device implements",
    .parameters = { { "detect", STEP_FLAG, true, "" } },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct detect_scratch),
    .drive = detect_drive,
};

const struct step_type *builtin_step(const char *verb)
{
    static const struct step_type *const rows[] = { &step_builtin_idle,
                                                    &step_builtin_snapshot,
                                                    &step_builtin_detect,
                                                    &step_builtin_detect_core };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i]->verb, verb) == 0) {
            return rows[i];
        }
    }
    return NULL;
}
