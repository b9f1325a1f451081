/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/oracle/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

void oracle_report(struct oracle *oracle, enum finding_level level,
                   const char *requirement, const char *ambiguity,
                   const char *check, const char *subject, const char *expected,
                   const char *observed, const char *detail)
{
    const struct finding finding = {
        .level = level,
        .requirement = requirement,
        .ambiguity = ambiguity,
        .check = check,
        .subject = subject,
        .expected = expected,
        .observed = observed,
        .detail = detail,
        .evidence = { oracle->now_sequence },
        .evidence_count = 1,
    };

    if (oracle->on_finding != NULL) {
        oracle->on_finding(&finding, oracle->user);
    }
}

void oracle_overflow(struct oracle *oracle, const char *subject,
                     const char *what)
{
    oracle_report(oracle, FINDING_ERROR, "", NULL, "oracle.limit", subject,
                  "no more than the oracle can follow", what, NULL);
}

enum finding_level oracle_level(const struct oracle *oracle,
                                const char *ambiguity,
                                enum finding_level interop,
                                enum finding_level strict)
{
    for (size_t i = 0; ambiguity != NULL && oracle->tolerate != NULL &&
                       oracle->tolerate[i] != NULL;
         i++) {
        if (strcmp(oracle->tolerate[i], ambiguity) == 0) {
            return interop;
        }
    }
    return oracle->config.reading == READING_STRICT ? strict : interop;
}

size_t oracle_index(const struct oracle *oracle, unsigned instance)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        if (oracle->components[i].instance == instance) {
            return i;
        }
    }
    return ORACLE_COMPONENTS_MAX;
}

struct tracked *oracle_component(const struct oracle *oracle, unsigned instance)
{
    size_t index = oracle_index(oracle, instance);

    return index < ORACLE_COMPONENTS_MAX ? &oracle->components[index] : NULL;
}

enum status oracle_new(const struct oracle_config *config,
                       struct oracle **out_oracle, struct reason *reason)
{
    struct oracle *oracle = calloc(1, sizeof(*oracle));

    if (config->component_count > ORACLE_COMPONENTS_MAX) {
        free(oracle);
        return reason_set(reason, STATUS_LIMIT, "more than %d components",
                          ORACLE_COMPONENTS_MAX);
    }
    if (oracle == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    oracle->config = *config;
    oracle->tolerate = (const char **)(uintptr_t)config->tolerate;
    oracle->endpoint = strdup(config->endpoint);
    oracle->components =
        calloc(config->component_count + 1, sizeof(*oracle->components));
    if (oracle->endpoint == NULL || oracle->components == NULL) {
        oracle_free(oracle);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    model_init(&oracle->model);
    for (size_t i = 0; i < config->component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        tracked->model = &oracle->model;
        const char *name = config->components[i].name;
        tracked->instance = config->components[i].instance;
        (void)snprintf(tracked->name, sizeof(tracked->name), "/33629/%u%s%.16s",
                       tracked->instance, name != NULL ? " " : "",
                       name != NULL ? name : ""); /* cut */
    }
    oracle_restart(oracle);
    *out_oracle = oracle;
    return STATUS_OK;
}

void oracle_free(struct oracle *oracle)
{
    if (oracle != NULL) {
        free(oracle->endpoint);
        free(oracle->components);
        free(oracle);
    }
}

void oracle_restart(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        track_restart(&oracle->components[i]);
    }
    memset(oracle->asked, 0, sizeof(oracle->asked));
    memset(oracle->transfers, 0, sizeof(oracle->transfers));
    memset(oracle->loading, 0, sizeof(oracle->loading));
    batch_restart(oracle);
    oracle->has_overflown = false;
}

/* Requests. */

static void remember(struct oracle *oracle, const struct journal_event *event,
                     const struct lwm2m_path *path)
{
    const struct server_request_view *request = &event->as.server.as.request;

    for (size_t i = 0; i < ORACLE_REQUESTS_MAX; i++) {
        if (oracle->asked[i].id != 0) {
            continue;
        }
        oracle->asked[i] = (struct asked){
            .id = event->as.server.id,
            .sequence = event->sequence,
            .time_ms = event->time_ms,
            .wall_ms = event->wall_ms,
            .method = request->method,
            .accept = request->accept,
            .path = *path,
            .is_observation = request->has_observe && request->observe == 0,
        };
        return;
    }
    if (!oracle->has_overflown) {
        oracle->has_overflown = true;
        oracle_overflow(oracle, NULL, "more requests than are remembered");
    }
}

static struct asked *recall(struct oracle *oracle, uint64_t id)
{
    for (size_t i = 0; id != 0 && i < ORACLE_REQUESTS_MAX; i++) {
        if (oracle->asked[i].id == id) {
            return &oracle->asked[i];
        }
    }
    return NULL;
}

uint64_t oracle_reading_since(const struct oracle *oracle, uint16_t instance)
{
    const struct lwm2m_path path = lwm2m_path_instance(OBJECT_AFU, instance);
    uint64_t since_ms = UINT64_MAX;

    for (size_t i = 0; i < ORACLE_REQUESTS_MAX; i++) {
        const struct asked *asked = &oracle->asked[i];
        bool reads = asked->method == GET || asked->method == FETCH;
        if (asked->id != 0 && reads && !asked->is_answered &&
            asked->time_ms < since_ms &&
            (lwm2m_path_is_within(&asked->path, &path) ||
             lwm2m_path_is_within(&path, &asked->path))) {
            since_ms = asked->time_ms;
        }
    }
    return since_ms;
}

/** An alternate path ("/lwm2m/33629/0") is skipped. */
static bool request_path(const char *text, struct lwm2m_path *out_path)
{
    while (text != NULL && *text != '\0') {
        if (lwm2m_path_parse(text, strlen(text), out_path, NULL) == STATUS_OK) {
            return true;
        }
        text = strchr(text + 1, '/');
    }
    return false;
}

static void take_request(struct oracle *oracle,
                         const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct lwm2m_path path;

    if (request->method == PUT &&
        request->content_format == CONTENT_FORMAT_NONE &&
        request->payload_length == 0) {
        oracle->has_attributes = true; /* Write-Attributes: no value */
        return;
    }
    if (request->has_observe && request->observe != 0) {
        notified_forget(oracle, 0);
    }
    if (request->method == FETCH || request->method == IPATCH) {
        path = (struct lwm2m_path){ .depth = 0 };
        remember(oracle, event, &path);
        stimulus_take_request(oracle, event, &path);
    } else if (request_path(request->path, &path)) {
        remember(oracle, event, &path);
        stimulus_take_request(oracle, event, &path);
    }
}

static void take_response(struct oracle *oracle,
                          const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;
    struct asked *asked = recall(oracle, event->as.server.id);
    bool is_success = response->code >> 5 == 2;

    stimulus_take_answer(oracle, event->as.server.id,
                         is_success ? ANSWER_SUCCESS : ANSWER_REFUSED);
    if (asked == NULL) {
        return;
    }
    asked->is_answered = true;
    oracle_check_operation(oracle, asked, response->code);
    bool reads = asked->method == FETCH ||
                 (asked->method == GET && asked->accept != CONTENT_FORMAT_LINK);
    if (reads && response->code == COAP_CODE(2, 5)) {
        oracle_observe(oracle, asked, event, false);
    }
    if (!asked->is_observation || !is_success) {
        asked->id = 0;
    }
}

/** A Send is a notification of everything that nobody asked for. */
static void take_send(struct oracle *oracle, const struct journal_event *event)
{
    const struct server_send_view *send = &event->as.server.as.send;
    const struct asked asked = { .time_ms = event->time_ms,
                                 .wall_ms = event->wall_ms,
                                 .sequence = event->sequence };
    struct journal_event shown = *event;

    if (send->code >> 5 != 2) {
        return; /* refused: the peer or its payload is no good */
    }
    shown.as.server.as.response = (struct server_response_view){
        .code = COAP_CODE(2, 5),
        .content_format = send->content_format,
        .payload = send->payload,
        .payload_length = send->payload_length,
    };
    oracle_observe(oracle, &asked, &shown, true);
}

static void take_notification(struct oracle *oracle,
                              const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;
    const struct asked *asked = recall(oracle, event->as.server.id);

    if (asked == NULL || response->is_stale) {
        return;
    }
    if (response->code == COAP_CODE(2, 5)) {
        oracle_observe(oracle, asked, event, true);
    } else {
        notified_forget(oracle, asked->id); /* it ends the observation */
    }
}

/** No answer: it may have been taken or not. */
static void take_loss(struct oracle *oracle, const struct journal_event *event)
{
    struct asked *asked = recall(oracle, event->as.server.id);

    stimulus_take_answer(oracle, event->as.server.id, ANSWER_OPEN);
    if (event->as.server.id != 0) {
        notified_forget(oracle, event->as.server.id);
    }
    if (asked != NULL) {
        asked->id = 0;
    }
}

void oracle_feed(struct oracle *oracle, const struct journal_event *event,
                 finding_fn on_finding, void *user)
{
    bool is_second = journal_is_second(event, oracle->endpoint);

    if (event->endpoint != NULL && !is_second &&
        strcmp(event->endpoint, oracle->endpoint) != 0) {
        return;
    }
    if (is_second && journal_is_registration(event)) {
        return; /* what it does with another server says nothing here */
    }
    oracle->on_finding = on_finding;
    oracle->user = user;
    oracle->now_sequence = event->sequence;
    oracle->now_ms = event->time_ms;
    switch ((int)event->kind) {
    case SERVER_REQUEST:
        take_request(oracle, event);
        break;
    case SERVER_RESPONSE:
        take_response(oracle, event);
        break;
    case SERVER_NOTIFICATION:
        take_notification(oracle, event);
        break;
    case SERVER_UNWANTED:
        notified_forget(oracle, 0); /* an observation was given up */
        break;
    case SERVER_SEND:
        take_send(oracle, event);
        break;
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        take_loss(oracle, event);
        break;
    case SERVER_REGISTER:
        notified_forget(oracle, 0);
        stimulus_take_reboot(oracle, 0, "the device registered anew");
        break;
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
    case SERVER_REPLACE:
        notified_forget(oracle, 0);
        break;
    case JOURNAL_OPERATOR:
        stimulus_take_reboot(oracle, 0, "the operator acted");
        break;
    case JOURNAL_HOOK_BEGIN:
    case JOURNAL_HOOK_END:
        if (journal_number(event, "sends", 0) != 0) {
            break; /* a signal: the device goes on */
        }
        stimulus_take_reboot(oracle, 0, "a hook acted");
        break;
    case JOURNAL_TRANSFER_BEGIN:
    case JOURNAL_TRANSFER_END:
        loading_take(oracle, event);
        break;
    default:
        break;
    }
    oracle->on_finding = NULL;
}

/* Belief. */

bool oracle_belief(const struct oracle *oracle, uint16_t instance,
                   struct oracle_belief *out_belief)
{
    const struct tracked *tracked = oracle_component(oracle, instance);
    struct oracle_belief belief = { .known = false };
    struct state_set set;
    unsigned count = 0;

    if (tracked == NULL) {
        return false;
    }
    track_all(tracked, &set);
    belief.known = tracked->is_known;
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            for (int p = 0; p < PART_COUNT; p++) {
                if (set.members[model_index(s, r, p)] != 0) {
                    belief.states |= 1u << s;
                    belief.results |= 1u << r;
                    count++;
                }
            }
        }
    }
    belief.may_change = count > 1;
    *out_belief = belief;
    return true;
}

bool oracle_can_reach(const struct oracle *oracle, uint16_t instance,
                      unsigned states, unsigned results)
{
    const struct tracked *tracked = oracle_component(oracle, instance);
    struct state_set set;

    if (tracked == NULL || !tracked->is_known) {
        return true; /* nothing is known: no reason to stop waiting */
    }
    track_all(tracked, &set);
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            for (int p = 0; p < PART_COUNT; p++) {
                if (set.members[model_index(s, r, p)] != 0 &&
                    (states & 1u << s) != 0 && (results & 1u << r) != 0) {
                    return true;
                }
            }
        }
    }
    return false;
}
