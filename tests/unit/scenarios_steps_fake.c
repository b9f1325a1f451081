/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_steps_fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/steps.h"

/* run.h */

const cJSON *run_step(const struct run *run)
{
    return run->step;
}

const cJSON *run_parameter(const struct run *run, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(run->step, name);
}

void *run_scratch(struct run *run)
{
    return run->scratch;
}

const struct binding *run_binding(const struct run *run)
{
    return &run->binding;
}

const struct profile *run_profile(const struct run *run)
{
    return &run->profile;
}

const struct definitions *run_definitions(const struct run *run)
{
    return run->definitions;
}

const char *run_endpoint(const struct run *run)
{
    (void)run; /* there is one device */
    return "device";
}

/* The oracle is told by the test what can be reached. */
struct oracle {
    const struct run *run;
};

const struct oracle *run_oracle(const struct run *run)
{
    static struct oracle oracle;

    oracle.run = run;
    return &oracle;
}

bool oracle_belief(const struct oracle *oracle, uint16_t instance,
                   struct oracle_belief *out_belief)
{
    (void)oracle;
    (void)instance;
    *out_belief = (struct oracle_belief){ .known = true };
    return true;
}

bool oracle_can_reach(const struct oracle *oracle, uint16_t instance,
                      unsigned states, unsigned results)
{
    (void)instance;
    return oracle->run->can_reach && states != 0 && results != 0;
}

const struct event_store *run_events(const struct run *run)
{
    return run->store;
}

size_t run_step_first(const struct run *run)
{
    return run->first;
}

bool run_is_registered(const struct run *run)
{
    return run->is_registered;
}

int run_accept(const struct run *run, const struct lwm2m_path *path)
{
    (void)run; /* the fake device likes all */
    if (path->depth == 0) {
        return CONTENT_FORMAT_SENML_JSON;
    }
    return path->depth >= 3 ? CONTENT_FORMAT_TEXT : CONTENT_FORMAT_TLV;
}

enum step_progress run_fail(struct run *run, const struct reason *reason)
{
    (void)reason;
    run->failed = true;
    return STEP_FAILED;
}

enum status run_send(struct run *run, struct server_request *request,
                     uint64_t *out_id, struct reason *reason)
{
    char path[LWM2M_PATH_TEXT_MAX];
    struct journal_event event = { .kind = (enum journal_kind)SERVER_REQUEST };

    (void)reason;
    run->last_id++;
    event.as.server.kind = SERVER_REQUEST;
    event.as.server.id = run->last_id;
    event.as.server.as.request = (struct server_request_view){
        .method = request->method,
        .path = lwm2m_path_text(&request->path, path),
        .content_format = request->content_format,
        .query = request->query,
        .accept = request->accept,
        .has_observe = request->has_observe,
        .observe = request->observe,
        .payload = request->payload,
        .payload_length = request->payload_length,
    };
    fake_append(run, event);
    if (request->observation != 0) {
        run->observation = request->observation;
    }
    *out_id = run->last_id;
    return STATUS_OK;
}

int run_content_format(const struct run *run, const struct lwm2m_path *path)
{
    return run_accept(run, path);
}

enum status run_send_negotiated(struct run *run, struct server_request *request,
                                bool is_refusal_likely, uint64_t *out_id,
                                struct reason *reason)
{
    (void)is_refusal_likely; /* the fake device refuses no format */
    return run_send(run, request, out_id, reason);
}

void run_forget(struct run *run, uint64_t observation)
{
    run->forgotten = observation;
}

enum status run_disown(struct run *run, bool is_disowned, struct reason *reason)
{
    run->is_disowned = is_disowned;
    return run->is_registered
               ? STATUS_OK
               : reason_set(reason, STATUS_NOT_FOUND, "not registered");
}

enum status run_deadline(struct run *run, enum limit limit,
                         struct reason *reason)
{
    (void)reason;
    run->deadline = limit;
    return STATUS_OK;
}

enum status run_wake(struct run *run, uint64_t after_ms, struct reason *reason)
{
    (void)reason;
    run->wake_ms = after_ms;
    return STATUS_OK;
}

enum status run_transfer(struct run *run, uint16_t instance,
                         const struct delivery *delivery,
                         unsigned *out_transfer, struct reason *reason)
{
    (void)instance;
    if (run->transfer_status != STATUS_OK) {
        return reason_set(reason, run->transfer_status,
                          "no newer package left");
    }
    (void)snprintf(run->transfer_package, sizeof(run->transfer_package), "%s",
                   delivery->package);
    *out_transfer = ++run->transfers;
    return STATUS_OK;
}

enum status run_resume(struct run *run, uint16_t instance,
                       const struct delivery_shift *shift,
                       unsigned *out_transfer, struct reason *reason)
{
    run->transfer_shift = *shift;
    if (!run->is_transfer_paused[instance]) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no transfer to instance %u is paused", instance);
    }
    run->is_transfer_paused[instance] = false;
    *out_transfer = ++run->transfers;
    return STATUS_OK;
}

enum status run_abandon(struct run *run, uint16_t instance,
                        struct reason *reason)
{
    const struct delivery_shift none = { .skip = 0 };
    unsigned transfer = 0;

    return run_resume(run, instance, &none, &transfer, reason);
}

enum status run_record(struct run *run, enum journal_kind kind, cJSON *data,
                       struct reason *reason)
{
    struct journal_event event = { .kind = kind };

    (void)reason;
    event.as.data = data;
    fake_append(run, event);
    cJSON_Delete(data);
    return STATUS_OK;
}

bool run_holds(const struct run *run, const char *line)
{
    (void)run;
    return strcmp(line, "holds") == 0;
}

const char *run_line_misfit(const char *line)
{
    return strchr(line, '!') == NULL ? NULL : "a line";
}

enum status run_nest(struct run *run, const cJSON *steps, const char *role,
                     uint16_t instance, struct reason *reason)
{
    if (run->nest_count == FAKE_NESTS_MAX) {
        return reason_set(reason, STATUS_LIMIT, "too many");
    }
    run->nests[run->nest_count].steps = steps;
    run->nests[run->nest_count].instance = instance;
    (void)snprintf(run->nests[run->nest_count].role, sizeof(run->nests[0].role),
                   "%s", role != NULL ? role : "");
    run->nest_count++;
    return STATUS_OK;
}

enum status run_hook(struct run *run, const char *name, struct reason *reason)
{
    return run->hook != NULL && strcmp(run->hook, name) == 0
               ? STATUS_OK
               : reason_set(reason, STATUS_NOT_FOUND, "no hook '%s'", name);
}

uint64_t run_seed(const struct run *run)
{
    (void)run;
    return 1;
}

void run_hook_stop(struct run *run, const char *name)
{
    (void)snprintf(run->stopped_hook, sizeof(run->stopped_hook), "%s", name);
}

const struct journal_event *request_of_event(const struct event_store *events,
                                             const struct journal_event *event)
{
    for (size_t i = 0; i < event_store_count(events); i++) {
        const struct journal_event *request = event_store_at(events, i);
        if (request->kind == (enum journal_kind)SERVER_REQUEST &&
            request->as.server.id == event->as.server.id) {
            return request;
        }
    }
    return NULL;
}

static enum status view_of_send(const struct journal_event *event,
                                const struct definitions *definitions,
                                struct view *out_view, struct reason *reason)
{
    const struct server_send_view *send = &event->as.server.as.send;
    struct view view = { .sequence = event->sequence };

    if (send->code != COAP_CODE(2, 4)) {
        return reason_set(reason, STATUS_NOT_FOUND, "refused");
    }
    record_list_init(&view.records);
    enum status status = codec_decode(
        send->content_format, definitions, &view.base, send->payload,
        send->payload_length, &view.records, reason);
    if (status == STATUS_OK) {
        *out_view = view;
    }
    return status;
}

enum status view_of_event(const struct event_store *events,
                          const struct journal_event *event,
                          const struct definitions *definitions,
                          struct view *out_view, struct reason *reason)
{
    if (event->kind == (enum journal_kind)SERVER_SEND) {
        return view_of_send(event, definitions, out_view, reason);
    }
    const struct journal_event *request = request_of_event(events, event);
    const struct server_response_view *response = &event->as.server.as.response;
    struct view view = { .sequence = event->sequence,
                         .sent_ms = response->sent_ms,
                         .time_ms = event->time_ms };

    if ((event->kind != (enum journal_kind)SERVER_RESPONSE &&
         event->kind != (enum journal_kind)SERVER_NOTIFICATION) ||
        request == NULL ||
        (request->as.server.as.request.method != METHOD_GET &&
         request->as.server.as.request.method != METHOD_FETCH) ||
        response->code != COAP_CODE(2, 5) ||
        response->content_format == CONTENT_FORMAT_LINK) {
        return reason_set(reason, STATUS_NOT_FOUND, "no values");
    }
    const char *path = request->as.server.as.request.path;
    enum status status =
        lwm2m_path_parse(path, strlen(path), &view.base, reason);
    record_list_init(&view.records);
    if (status == STATUS_OK) {
        status = codec_decode(response->content_format, definitions, &view.base,
                              response->payload, response->payload_length,
                              &view.records, reason);
    }
    if (status != STATUS_OK) {
        record_list_release(&view.records);
        return reason_set(reason, STATUS_MALFORMED, "undecodable");
    }
    *out_view = view;
    return STATUS_OK;
}

void view_release(struct view *view)
{
    record_list_release(&view->records);
}

static int number_at(const struct view *view, uint16_t instance,
                     uint16_t resource)
{
    const struct lwm2m_record *record = record_list_find(
        &view->records, lwm2m_path_resource(AFU_OBJECT, instance, resource));

    return record != NULL && record->value.type == LWM2M_TYPE_INTEGER
               ? (int)record->value.as.integer
               : -1;
}

void view_pair(const struct view *view, uint16_t instance, int *out_state,
               int *out_result)
{
    *out_state = number_at(view, instance, AFU_STATE);
    *out_result = number_at(view, instance, AFU_RESULT);
}

/* step.h and profile.h */

bool binding_instance(const struct binding *binding, const char *role,
                      uint16_t *out_instance)
{
    for (size_t i = 0; i < binding->count; i++) {
        if (strcmp(binding->entries[i].role, role) == 0) {
            *out_instance = binding->entries[i].instance;
            return true;
        }
    }
    return false;
}

enum status binding_path(const struct binding *binding, const char *text,
                         struct lwm2m_path *out_path, struct reason *reason)
{
    char role[16];
    char plain[64];
    uint16_t instance = 0;
    int used = 0;

    if (sscanf(text, "/33629/%15[a-z]%n", role, &used) == 1 &&
        binding_instance(binding, role, &instance)) {
        (void)snprintf(plain, sizeof(plain), "/33629/%u%s", (unsigned)instance,
                       text + used);
        text = plain;
    }
    return lwm2m_path_parse(text, strlen(text), out_path, reason);
}

static const char *const limits[] = {
    [LIMIT_STATE] = "state",       [LIMIT_DOWNLOAD] = "download",
    [LIMIT_ABORT] = "abort",       [LIMIT_UPDATE] = "update",
    [LIMIT_BOOT] = "boot",         [LIMIT_CLOCK] = "clock",
    [LIMIT_SETTLE] = "settle",     [LIMIT_LIFETIME] = "lifetime",
    [LIMIT_DEFER] = "defer",       [LIMIT_STALL] = "stall",
    [LIMIT_REMINDER] = "reminder", [LIMIT_OUTAGE] = "outage",
    [LIMIT_STORM] = "storm",       [LIMIT_AWAKE] = "awake",
    [LIMIT_ACK] = "ack",           [LIMIT_RESPONSE] = "response",
};

const char *limit_name(enum limit limit)
{
    return limit < LIMIT_COUNT ? limits[limit] : NULL;
}

bool limit_parse(const char *name, enum limit *out_limit)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        if (strcmp(limits[i], name) == 0) {
            *out_limit = (enum limit)i;
            return true;
        }
    }
    return false;
}

/* The device and the test. */

struct run *fake_new(void)
{
    static const struct {
        const char *role;
        uint16_t instance;
    } roles[] = { { "x", 0 },    { "y", 1 },           { "z", 2 },
                  { "main", 0 }, { "application", 0 }, { "tee", 1 },
                  { "modem", 2 } };
    struct run *run = calloc(1, sizeof(*run));

    if (run == NULL) {
        abort();
    }
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        (void)snprintf(run->binding.entries[i].role,
                       sizeof(run->binding.entries[i].role), "%s",
                       roles[i].role);
        run->binding.entries[i].instance = roles[i].instance;
        run->binding.count++;
    }
    for (uint16_t i = 0; i < 3; i++) {
        run->binding.instances[run->binding.instance_count++] = i;
    }
    run->profile.limits_ms[LIMIT_STATE] = 2000;
    run->is_registered = true;
    run->can_reach = true;
    run->now_ms = 1000;
    run->store = event_store_new();
    run->definitions = definitions_new();
    if (run->store == NULL || run->definitions == NULL ||
        definitions_add_embedded(run->definitions, NULL) != STATUS_OK) {
        abort();
    }
    return run;
}

void fake_free(struct run *run)
{
    event_store_free(run->store);
    definitions_free(run->definitions);
    cJSON_Delete(run->step);
    free(run->scratch);
    free(run);
}

void fake_append(struct run *run, struct journal_event event)
{
    event.sequence = ++run->sequence;
    event.time_ms = run->now_ms;
    if ((int)event.kind < SERVER_EVENT_KINDS) {
        event.as.server.kind = (enum server_event_kind)event.kind;
        event.as.server.time_ms = run->now_ms;
        event.as.server.endpoint = "device";
    }
    if (event_store_add(run->store, &event, NULL) != STATUS_OK) {
        abort();
    }
}

void fake_append_data(struct run *run, enum journal_kind kind, const char *json)
{
    cJSON *data = cJSON_Parse(json);

    if (data == NULL || run_record(run, kind, data, NULL) != STATUS_OK) {
        abort();
    }
}

enum step_progress fake_start(struct run *run, const char *json)
{
    const struct step_type *const *table = steps_table();

    cJSON_Delete(run->step);
    run->step = cJSON_Parse(json);
    if (run->step == NULL) {
        abort();
    }
    run->type = NULL;
    for (; *table != NULL; table++) {
        if (strcmp(run->step->child->string, (*table)->verb) == 0) {
            run->type = *table;
        }
    }
    if (run->type == NULL) {
        abort();
    }
    free(run->scratch);
    run->scratch = calloc(1, run->type->scratch_size + 1);
    run->first = event_store_count(run->store);
    run->wake_ms = 0;
    return run->type->drive(run, NULL);
}

enum step_progress fake_event(struct run *run, struct journal_event event)
{
    fake_append(run, event);
    return run->type->drive(
        run, event_store_at(run->store, event_store_count(run->store) - 1));
}

enum step_progress fake_answer_bytes(struct run *run, uint8_t code, int format,
                                     const void *bytes, size_t length)
{
    struct journal_event event = { .kind = (enum journal_kind)SERVER_RESPONSE };

    event.as.server.id = run->last_id;
    event.as.server.as.response = (struct server_response_view){
        .code = code,
        .content_format = format,
        .payload = bytes,
        .payload_length = length,
        .sent_ms = run->now_ms,
    };
    return fake_event(run, event);
}

enum step_progress fake_answer(struct run *run, uint8_t code)
{
    return fake_answer_bytes(run, code, CONTENT_FORMAT_NONE, NULL, 0);
}

enum step_progress fake_lose(struct run *run, enum server_event_kind kind)
{
    struct journal_event event = { .kind = (enum journal_kind)kind };

    event.as.server.id = run->last_id;
    event.as.server.as.failure.why = "lost";
    return fake_event(run, event);
}

enum step_progress fake_timer(struct run *run)
{
    struct journal_event event = { .kind = (enum journal_kind)SERVER_TIMER };

    run->now_ms += run->wake_ms;
    run->wake_ms = 0;
    event.sequence = run->sequence;
    event.time_ms = run->now_ms;
    return run->type->drive(run, &event); /* timers are not journaled */
}

enum step_progress fake_deadline(struct run *run, const char *limit)
{
    struct journal_event event = { .kind = JOURNAL_DEADLINE };
    cJSON *data = cJSON_CreateObject();

    if (cJSON_AddStringToObject(data, "limit", limit) == NULL) {
        abort();
    }
    event.as.data = data;
    enum step_progress progress = fake_event(run, event);
    cJSON_Delete(data);
    return progress;
}

struct fake_view fake_view_of(uint16_t instance, int state, int result)
{
    return (struct fake_view){
        .instance = instance,
        .state = state,
        .result = result,
        .version = "1.0",
        .linked = -1,
        .conflicting = -1,
    };
}

static void add(struct record_list *list, struct lwm2m_path path,
                struct lwm2m_value value)
{
    struct lwm2m_record record = { .path = path, .value = value };

    if (record_list_add(list, &record, NULL) != STATUS_OK) {
        abort();
    }
}

static void add_number(struct record_list *list, uint16_t instance,
                       uint16_t resource, int number)
{
    struct lwm2m_value value = { .type = LWM2M_TYPE_INTEGER };

    value.as.integer = number;
    add(list, lwm2m_path_resource(AFU_OBJECT, instance, resource), value);
}

static void add_text(struct record_list *list, uint16_t instance,
                     uint16_t resource, const char *text)
{
    struct lwm2m_value value = { .type = LWM2M_TYPE_STRING };

    if (text != NULL) {
        value.as.data.bytes = text;
        value.as.data.length = strlen(text);
        add(list, lwm2m_path_resource(AFU_OBJECT, instance, resource), value);
    }
}

static void add_link(struct record_list *list, uint16_t instance,
                     uint16_t resource, int target)
{
    struct lwm2m_value value = { .type = LWM2M_TYPE_OBJLNK };

    if (target >= 0) {
        value.as.link.object = AFU_OBJECT;
        value.as.link.instance = (uint16_t)target;
        add(list,
            lwm2m_path_child(
                lwm2m_path_resource(AFU_OBJECT, instance, resource), 0),
            value);
    }
}

enum step_progress fake_show(struct run *run, struct fake_view view)
{
    struct lwm2m_path base = lwm2m_path_instance(AFU_OBJECT, view.instance);
    struct record_list list;
    struct byte_buffer buffer;

    record_list_init(&list);
    byte_buffer_init(&buffer);
    add_number(&list, view.instance, AFU_STATE, view.state);
    add_number(&list, view.instance, AFU_RESULT, view.result);
    add_text(&list, view.instance, AFU_PKGNAME, view.pkgname);
    add_text(&list, view.instance, AFU_PKGVERSION, view.pkgversion);
    add_number(&list, view.instance, AFU_DELIVERY_METHOD, 1);
    add_text(&list, view.instance, AFU_CURRENT_VERSION, view.version);
    add_link(&list, view.instance, AFU_LINKED, view.linked);
    add_link(&list, view.instance, AFU_CONFLICTING, view.conflicting);
    if (codec_encode(CONTENT_FORMAT_TLV, &base, &list, &buffer, NULL) !=
        STATUS_OK) {
        abort();
    }
    enum step_progress progress = fake_answer_bytes(
        run, COAP_CODE(2, 5), CONTENT_FORMAT_TLV, buffer.bytes, buffer.length);
    byte_buffer_release(&buffer);
    record_list_release(&list);
    return progress;
}

static enum step_progress ignore(struct run *run,
                                 const struct journal_event *event)
{
    (void)run;
    (void)event;
    return STEP_GO_ON;
}

static const struct step_type no_step = { .verb = "none", .drive = ignore };

static void request(struct run *run, uint8_t method, const char *path)
{
    struct server_request request = { .method = method,
                                      .content_format = CONTENT_FORMAT_NONE,
                                      .accept = CONTENT_FORMAT_NONE };
    uint64_t id = 0;

    if (lwm2m_path_parse(path, strlen(path), &request.path, NULL) !=
            STATUS_OK ||
        run_send(run, &request, &id, NULL) != STATUS_OK) {
        abort();
    }
}

void fake_seen(struct run *run, struct fake_view view)
{
    char path[LWM2M_PATH_TEXT_MAX];
    struct lwm2m_path instance = lwm2m_path_instance(AFU_OBJECT, view.instance);
    const struct step_type *type = run->type;

    run->type = &no_step;
    request(run, METHOD_GET, lwm2m_path_text(&instance, path));
    (void)fake_show(run, view); /* nothing is driven */
    run->type = type;
}

void fake_exchange(struct run *run, uint8_t method, const char *path,
                   uint8_t code)
{
    const struct step_type *type = run->type;

    run->type = &no_step;
    request(run, method, path);
    (void)fake_answer(run, code); /* nothing is driven */
    run->type = type;
}

static void take_finding(const struct finding *finding, void *user)
{
    struct run *run = user;

    if (run->finding_count == FAKE_FINDINGS_MAX) {
        abort();
    }
    struct fake_finding *own = &run->findings[run->finding_count++];
    own->level = finding->level;
    (void)snprintf(own->requirement, sizeof(own->requirement), "%s",
                   finding->requirement);
    (void)snprintf(own->ambiguity, sizeof(own->ambiguity), "%s",
                   finding->ambiguity != NULL ? finding->ambiguity : "");
    (void)snprintf(own->expected, sizeof(own->expected), "%s",
                   finding->expected);
    (void)snprintf(own->observed, sizeof(own->observed), "%s",
                   finding->observed);
}

void fake_judge(struct run *run, enum step_progress progress)
{
    char requirements[128] = "";
    const cJSON *id = NULL;

    cJSON_ArrayForEach(id, run_parameter(run, "req"))
    {
        size_t used = strlen(requirements);
        (void)snprintf(requirements + used, sizeof(requirements) - used, "%s%s",
                       used > 0 ? "," : "", id->valuestring);
    }
    struct judge_input input = {
        .events = run->store,
        .first = run->first,
        .end = event_store_count(run->store),
        .progress = progress,
        .is_preamble = run->is_preamble,
        .parameters = run->step,
        .requirements = requirements,
        .reading = run->reading,
        .tolerate = run->tolerate,
        .definitions = run->definitions,
        .registration = run->registration,
        .binding = &run->binding,
    };
    run->finding_count = 0;
    if (run->type->judge != NULL) {
        run->type->judge(&input, take_finding, run);
    }
}

size_t fake_count(const struct run *run, enum finding_level level)
{
    size_t count = 0;

    for (size_t i = 0; i < run->finding_count; i++) {
        count += run->findings[i].level == level;
    }
    return count;
}

const struct journal_event *fake_last_request(const struct run *run)
{
    for (size_t i = event_store_count(run->store); i > 0; i--) {
        const struct journal_event *event = event_store_at(run->store, i - 1);
        if (event->kind == (enum journal_kind)SERVER_REQUEST) {
            return event;
        }
    }
    return NULL;
}

bool fake_sent(const struct run *run, uint8_t method, const char *path)
{
    const struct journal_event *request = fake_last_request(run);

    return request != NULL && request->as.server.as.request.method == method &&
           strcmp(request->as.server.as.request.path, path) == 0;
}
