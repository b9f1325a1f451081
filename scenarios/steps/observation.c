/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/observation.h"

#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/composite.h"
#include "scenarios/steps/poll.h"

static const struct lwm2m_path root = { .depth = 0 };

static bool is_observe(const struct journal_event *event, uint8_t method)
{
    const struct server_request_view *request = &event->as.server.as.request;

    return event->kind == (enum journal_kind)SERVER_REQUEST &&
           request->method == method && request->has_observe &&
           request->observe == 0;
}

static bool is_confirmed(const struct look *look,
                         const struct journal_event *request)
{
    const struct journal_event *closing =
        look_closing(look, request->as.server.id);

    return closing != NULL &&
           closing->kind == (enum journal_kind)SERVER_RESPONSE &&
           closing->as.server.as.response.code == COAP_CODE(2, 5) &&
           closing->as.server.as.response.has_observe;
}

bool observation_asks_for(const struct look *look,
                          const struct journal_event *event, const cJSON *paths)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct record_list list;
    struct lwm2m_path path;
    size_t count = 0;

    record_list_init(&list);
    bool same =
        codec_decode_kind(request->content_format, PAYLOAD_PATHS,
                          look->definitions, &root, request->payload,
                          request->payload_length, &list, NULL) == STATUS_OK;
    while (same && composite_path(look->binding, paths, count, &path)) {
        same = record_list_find(&list, path) != NULL;
        count++;
    }
    same = same && list.count == count;
    record_list_release(&list);
    return same;
}

const struct journal_event *observation_find(const struct look *look,
                                             const struct lwm2m_path *path,
                                             const cJSON *paths)
{
    for (size_t i = look->end; i-- > 0;) {
        const struct journal_event *event = event_store_at(look->events, i);
        struct lwm2m_path own;
        bool fits = path != NULL ? is_observe(event, METHOD_GET) &&
                                       event_path(event, &own) &&
                                       lwm2m_path_equal(&own, path)
                                 : is_observe(event, METHOD_FETCH) &&
                                       observation_asks_for(look, event, paths);
        if (fits && is_confirmed(look, event)) {
            return event;
        }
    }
    return NULL;
}

static const char *cancel_of(const cJSON *step)
{
    return cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(step, "cancel"));
}

bool observation_is_cancel(const cJSON *step)
{
    return cancel_of(step) != NULL;
}

bool observation_is_passive(const cJSON *step)
{
    const char *how = cancel_of(step);

    return how != NULL && strcmp(how, "passive") == 0;
}

void observation_cancel(const struct journal_event *opened,
                        struct server_request *out_request)
{
    const struct server_request_view *then = &opened->as.server.as.request;

    out_request->method = then->method;
    (void)event_path(opened, &out_request->path); /* ours; the root stays */
    out_request->query = then->query;
    out_request->content_format = then->content_format;
    out_request->accept = then->accept;
    out_request->has_observe = true;
    out_request->observe = 1;
    out_request->observation = opened->as.server.id;
    out_request->payload = then->payload;
    out_request->payload_length = then->payload_length;
}

enum step_progress observation_forget(struct run *run,
                                      const struct journal_event *event,
                                      struct observation *observation,
                                      const struct journal_event *opened)
{
    struct reason reason = { .status = STATUS_OK };

    if (event == NULL) {
        if (opened == NULL) {
            return STEP_DONE; /* the judge says so */
        }
        observation->cancelled = opened->as.server.id;
        run_forget(run, observation->cancelled);
        return run_deadline(run, poll_limit(run, LIMIT_STATE), &reason) ==
                       STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    if (event->kind == (enum journal_kind)SERVER_UNWANTED &&
        event->as.server.id == observation->cancelled) {
        return STEP_DONE;
    }
    return event->kind == JOURNAL_DEADLINE ? STEP_AT_LIMIT : STEP_GO_ON;
}

/** The newest event of the step of this kind, or NULL. */
static const struct journal_event *newest(const struct judge_input *input,
                                          enum server_event_kind kind)
{
    for (size_t i = input->end; i-- > input->first;) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind == (enum journal_kind)kind) {
            return event;
        }
    }
    return NULL;
}

static void judge_cancel(const struct judge_input *input, struct report *report,
                         finding_fn on_finding, void *user)
{
    bool is_passive = observation_is_passive(input->parameters);
    const struct journal_event *done =
        newest(input, is_passive ? SERVER_UNWANTED : SERVER_REQUEST);

    if (done != NULL || strcmp(cancel_of(input->parameters), "open") == 0) {
        return;
    }
    words_add(&report->expected, is_passive
                                     ? "a notification that can be rejected"
                                     : "an observation that can be cancelled");
    words_add(&report->observed, input->progress == STEP_AT_LIMIT
                                     ? "none came"
                                     : "the device observes no such thing");
    report_level(report, input, FINDING_INCONC, NULL, on_finding, user);
}

static void judge_established(const struct judge_input *input,
                              struct report *report, finding_fn on_finding,
                              void *user)
{
    const struct journal_event *answer = newest(input, SERVER_RESPONSE);
    bool is_content =
        answer != NULL && answer->as.server.as.response.code == COAP_CODE(2, 5);
    struct grade grade = { .level = FINDING_FAIL };

    words_add(&report->expected, "2.05 with the Observe option");
    report_evidence(report, answer);
    if (!is_content) {
        words_add(&report->observed, "no 2.05");
        report_level(report, input, FINDING_INCONC, NULL, on_finding, user);
        return;
    }
    if (answer->as.server.as.response.has_observe) {
        grade = (struct grade){ .level = FINDING_PASS, .fits = true };
    }
    words_add(&report->observed,
              grade.fits ? "it is there"
                         : "2.05 without it: there is no observation");
    report_finding(report, input, grade, on_finding, user);
}

void observation_judge(const struct judge_input *input,
                       const struct operation_judge *how, finding_fn on_finding,
                       void *user)
{
    const cJSON *established =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "established");
    struct report report;

    if (input->progress == STEP_FAILED) {
        return;
    }
    report_init(&report, how->check);
    if (observation_is_cancel(input->parameters)) {
        judge_cancel(input, &report, on_finding, user);
    } else if (cJSON_IsTrue(established)) {
        judge_established(input, &report, on_finding, user);
    }
}

enum status observation_check(const cJSON *step, const char *pointer,
                              struct reason *reason)
{
    const cJSON *cancel = cJSON_GetObjectItemCaseSensitive(step, "cancel");
    const char *how = cancel_of(step);

    if (cancel != NULL && (how == NULL || (strcmp(how, "active") != 0 &&
                                           strcmp(how, "passive") != 0 &&
                                           strcmp(how, "open") != 0))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/cancel: expected \"active\", \"passive\" or "
                          "\"open\"",
                          pointer);
    }
    return query_check(step, "set", pointer, reason);
}
