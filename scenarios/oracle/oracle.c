/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/oracle/oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum {
    OBJECT_AFU = 33629,
    OBJECT_DEVICE = 3,
    RESOURCE_PACKAGE = 0,
    RESOURCE_URI = 1,
    RESOURCE_UPDATE = 2,
    RESOURCE_REBOOT = 4,
    RESOURCE_CANCEL = 10,
    GET = 1,
    POST = 2,
    PUT = 3,
    WORDS_SIZE = 100,
};

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

enum finding_level oracle_level(const struct oracle *oracle,
                                const char *ambiguity, bool fails_strict)
{
    for (size_t i = 0; ambiguity != NULL && oracle->tolerate != NULL &&
                       oracle->tolerate[i] != NULL;
         i++) {
        if (strcmp(oracle->tolerate[i], ambiguity) == 0) {
            return FINDING_WARNING;
        }
    }
    return fails_strict && oracle->config.reading == READING_STRICT
               ? FINDING_FAIL
               : FINDING_WARNING;
}

struct tracked *oracle_component(const struct oracle *oracle, unsigned instance)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        if (oracle->components[i].instance == instance) {
            return &oracle->components[i];
        }
    }
    return NULL;
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
    for (size_t i = 0; i < config->component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        const char *name = config->components[i].name;
        tracked->instance = config->components[i].instance;
        tracked->options.persist = config->persist;
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
}

/* Requests. */

static struct asked *remember(struct oracle *oracle,
                              const struct journal_event *event,
                              const struct lwm2m_path *path)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct asked *asked = &oracle->asked[oracle->next_asked];

    oracle->next_asked = (oracle->next_asked + 1) % ORACLE_REQUESTS_MAX;
    *asked = (struct asked){
        .id = event->as.server.id,
        .sequence = event->sequence,
        .time_ms = event->time_ms,
        .method = request->method,
        .accept = request->accept,
        .path = *path,
        .is_observation = request->has_observe && request->observe == 0,
    };
    return asked;
}

static struct asked *recall(struct oracle *oracle, uint64_t id)
{
    for (size_t i = 0; i < ORACLE_REQUESTS_MAX; i++) {
        if (oracle->asked[i].id == id && id != 0) {
            return &oracle->asked[i];
        }
    }
    return NULL;
}

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

static void take_package(struct oracle *oracle, struct tracked *tracked,
                         const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;
    uint64_t id = event->as.server.id;
    size_t length = request->payload_length;
    bool is_first = !request->has_block1 || request->block1.number == 0;
    bool is_last = !request->has_block1 || !request->block1.more;

    if (is_first && is_last && length == 0) {
        track_stimulus(oracle, tracked, STIMULUS_ZERO, id,
                       "Package written with zero length");
    } else if (is_first && is_last && length == 1 && request->payload != NULL &&
               request->payload[0] == 0) {
        track_stimulus(oracle, tracked, STIMULUS_NULL, id,
                       "Package written with 0x00");
    } else if (is_first) {
        tracked->download_ms = event->time_ms;
        tracked->stale_result = tracked->last_result;
        track_stimulus(oracle, tracked,
                       is_last ? STIMULUS_WHOLE : STIMULUS_FIRST_BLOCK, id,
                       is_last ? "Package written in one message"
                               : "Package, first block");
    } else if (is_last) {
        track_stimulus(oracle, tracked, STIMULUS_LAST_BLOCK, id,
                       "Package, last block");
    } else {
        track_stimulus(oracle, tracked, STIMULUS_NEXT_BLOCK, id,
                       "Package, next block");
    }
}

/** Others that this Update may include: listed, linked, or unknown. */
static void take_participants(struct oracle *oracle,
                              const struct tracked *addressed,
                              const struct server_request_view *request)
{
    char text[600] = "";
    size_t length = request->payload_length < sizeof(text) - 1
                        ? request->payload_length
                        : sizeof(text) - 1;

    if (request->payload != NULL && length > 0) {
        memcpy(text, request->payload, length);
        text[length] = '\0';
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *other = &oracle->components[i];
        char link[32];
        (void)snprintf(link, sizeof(link), "</33629/%u>", other->instance);
        bool takes_part = strstr(text, link) != NULL;
        if (request->payload_length == 0) {
            takes_part = !addressed->has_linked ||
                         (i < 32 && (addressed->linked & 1u << i) != 0);
        }
        if (other != addressed && takes_part) {
            other->options.may_start = true;
            other->may_change_version = true;
            other->was_addressed = true;
            track_recompute(other);
        }
    }
}

static void take_execute(struct oracle *oracle, struct tracked *tracked,
                         const struct journal_event *event, uint16_t resource)
{
    const struct server_request_view *request = &event->as.server.as.request;
    char words[WORDS_SIZE];

    if (resource == RESOURCE_CANCEL) {
        track_stimulus(oracle, tracked, STIMULUS_CANCEL, event->as.server.id,
                       "Cancel executed");
        return;
    }
    int shown = request->payload != NULL && request->payload_length < 60
                    ? (int)request->payload_length
                    : 0;
    (void)snprintf(words, sizeof(words), "Update executed%s%.*s",
                   shown > 0 ? " with " : "", shown,
                   shown > 0 ? (const char *)request->payload : "");
    tracked->may_change_version = true;
    track_stimulus(oracle, tracked, STIMULUS_UPDATE, event->as.server.id,
                   words);
    take_participants(oracle, tracked, request);
}

static void take_reboot(struct oracle *oracle, uint64_t request,
                        const char *words)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        bool was_addressed = tracked->was_addressed;
        track_stimulus(oracle, tracked, STIMULUS_REBOOT, request, words);
        tracked->was_addressed = was_addressed;
        if (request == 0) {
            struct layer *layer = &tracked->layers[tracked->layer_count - 1];
            layer->answer = ANSWER_SUCCESS;
            layer->settled_ms = 0;
            track_recompute(tracked);
        }
    }
}

static void take_request(struct oracle *oracle,
                         const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct lwm2m_path path;

    if (!request_path(request->path, &path)) {
        return;
    }
    (void)remember(oracle, event, &path); /* for its answer */
    if (path.ids[0] == OBJECT_DEVICE && path.depth == 3 &&
        path.ids[2] == RESOURCE_REBOOT && request->method == POST) {
        take_reboot(oracle, event->as.server.id, "/3/0/4 executed");
        return;
    }
    struct tracked *tracked = path.ids[0] == OBJECT_AFU && path.depth == 3
                                  ? oracle_component(oracle, path.ids[1])
                                  : NULL;
    if (tracked == NULL || request->method == GET) {
        return;
    }
    if (request->method == PUT && path.ids[2] == RESOURCE_PACKAGE) {
        take_package(oracle, tracked, event);
    } else if (request->method == PUT && path.ids[2] == RESOURCE_URI) {
        bool is_empty = request->payload_length == 0;
        tracked->download_ms = event->time_ms;
        track_stimulus(
            oracle, tracked, is_empty ? STIMULUS_URI_EMPTY : STIMULUS_URI,
            event->as.server.id,
            is_empty ? "Package URI written empty" : "Package URI written");
    } else if (request->method == POST && (path.ids[2] == RESOURCE_UPDATE ||
                                           path.ids[2] == RESOURCE_CANCEL)) {
        take_execute(oracle, tracked, event, path.ids[2]);
    }
}

static void take_response(struct oracle *oracle,
                          const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;
    struct asked *asked = recall(oracle, event->as.server.id);
    bool is_success = response->code >> 5 == 2;

    if (asked == NULL) {
        return;
    }
    oracle_check_operation(oracle, asked, response->code);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        track_answer(oracle, &oracle->components[i], event->as.server.id,
                     is_success ? ANSWER_SUCCESS : ANSWER_REFUSED,
                     event->time_ms);
    }
    if (asked->method == GET && response->code == COAP_CODE(2, 5) &&
        asked->accept != CONTENT_FORMAT_LINK) {
        oracle_observe(oracle, asked, event, false);
    }
    if (!asked->is_observation) {
        asked->id = 0;
    }
}

/** No answer: it may have been taken or not. */
static void take_loss(struct oracle *oracle, const struct journal_event *event)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        track_answer(oracle, &oracle->components[i], event->as.server.id,
                     ANSWER_OPEN, event->time_ms);
    }
}

static void take_transfer(struct oracle *oracle,
                          const struct journal_event *event)
{
    double receiver = journal_number(event, "instance", -1);
    const cJSON *part = NULL;

    cJSON_ArrayForEach(
        part, cJSON_GetObjectItemCaseSensitive(event->as.data, "parts"))
    {
        const cJSON *number =
            cJSON_GetObjectItemCaseSensitive(part, "instance");
        struct tracked *tracked =
            cJSON_IsNumber(number) && number->valuedouble != receiver
                ? oracle_component(oracle, (unsigned)number->valueint)
                : NULL;
        if (tracked != NULL) {
            tracked->options.may_load = true;
            tracked->was_addressed = true;
            track_recompute(tracked);
        }
    }
}

void oracle_feed(struct oracle *oracle, const struct journal_event *event,
                 finding_fn on_finding, void *user)
{
    if (event->endpoint != NULL &&
        strcmp(event->endpoint, oracle->endpoint) != 0) {
        return;
    }
    oracle->on_finding = on_finding;
    oracle->user = user;
    oracle->now_sequence = event->sequence;
    switch ((int)event->kind) {
    case SERVER_REQUEST:
        take_request(oracle, event);
        break;
    case SERVER_RESPONSE:
        take_response(oracle, event);
        break;
    case SERVER_NOTIFICATION: {
        const struct asked *asked = recall(oracle, event->as.server.id);
        if (asked != NULL &&
            event->as.server.as.response.code == COAP_CODE(2, 5)) {
            oracle_observe(oracle, asked, event, true);
        }
        break;
    }
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        take_loss(oracle, event);
        break;
    case SERVER_REGISTER:
        take_reboot(oracle, 0, "the device registered anew");
        break;
    case JOURNAL_OPERATOR:
        take_reboot(oracle, 0, "the operator acted");
        break;
    case JOURNAL_TRANSFER_BEGIN:
        take_transfer(oracle, event);
        break;
    default:
        break;
    }
    oracle->on_finding = NULL;
}

/* Belief. */

static void all_states(const struct tracked *tracked, struct state_set *set)
{
    *set = tracked->before;
    for (size_t i = 0; i < tracked->layer_count; i++) {
        state_set_union(set, &tracked->layers[i].after);
    }
}

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
    all_states(tracked, &set);
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
    all_states(tracked, &set);
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
