/* SPDX-License-Identifier: Apache-2.0 */

/* Observers get the final value, in the end: AFU-151. */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/poll.h"
#include "scenarios/steps/seen.h"
#include "scenarios/steps/verbs.h"

enum { AGAIN_FIRST_MS = 20, AGAIN_LAST_MS = 500 };

struct told {
    size_t index; /**< of the path that is read */
    uint64_t id;
    uint64_t delay_ms;
    bool is_open;
    bool at_limit;
};

static const cJSON *path_text(const cJSON *paths, size_t index)
{
    if (!cJSON_IsArray(paths)) {
        return index == 0 ? paths : NULL;
    }
    return cJSON_GetArrayItem(paths, (int)index);
}

/** What the device said last without being asked, and the answer to an
 *  Observe. */
struct news {
    bool is_observed;                  /**< somebody is to be told */
    cJSON *value;                      /**< NULL: that it is not there */
    const struct journal_event *event; /**< NULL: none */
};

static bool is_send(const struct journal_event *event)
{
    return event->kind == (enum journal_kind)SERVER_SEND;
}

/** Whether the event tells of the path: a notification or an answer to an
 *  Observe of it, or of more; or a Send. */
static bool is_about(const struct look *look, const struct journal_event *event,
                     struct lwm2m_path path, bool by_send)
{
    const struct server_response_view *view = &event->as.server.as.response;
    const struct journal_event *request = NULL;
    struct lwm2m_path own;

    if (by_send || is_send(event)) {
        return by_send && is_send(event);
    }
    bool tells = (event->kind == (enum journal_kind)SERVER_NOTIFICATION &&
                  !view->is_stale) ||
                 (event->kind == (enum journal_kind)SERVER_RESPONSE &&
                  view->has_observe && view->code == COAP_CODE(2, 5));
    request = tells ? request_of_event(look->events, event) : NULL;
    if (request == NULL) {
        return false;
    }
    return request->as.server.as.request.method == METHOD_FETCH ||
           (event_path(request, &own) && lwm2m_path_is_within(&path, &own));
}

static bool is_composite(const struct look *look,
                         const struct journal_event *event)
{
    const struct journal_event *request = request_of_event(look->events, event);

    return request != NULL &&
           request->as.server.as.request.method == METHOD_FETCH;
}

/** The newest one; an observation ends when the device registers anew. */
static struct news news_of(const struct look *look, struct lwm2m_path path,
                           bool by_send, size_t from)
{
    struct news news = { .is_observed = false };

    for (size_t i = look->end; i > from; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        struct view view;
        if (event->kind == (enum journal_kind)SERVER_REGISTER && !by_send) {
            return news;
        }
        if (!is_about(look, event, path, by_send)) {
            continue;
        }
        bool has_values = view_of_event(look->events, event, look->definitions,
                                        &view, NULL) == STATUS_OK;
        cJSON *value = has_values ? seen_in(&view.records, path) : NULL;
        if (has_values) {
            view_release(&view);
        }
        bool is_of_many = by_send || is_composite(look, event);
        if (value == NULL && has_values && is_of_many) {
            continue; /* of something else */
        }
        news = (struct news){ .is_observed = true,
                              .value = value,
                              .event = event };
        return news;
    }
    return news;
}

/** The newest answer to a Read of exactly that path in [from, end). */
static const struct journal_event *read_of(const struct look *look, size_t from,
                                           struct lwm2m_path path,
                                           cJSON **out_value)
{
    *out_value = NULL;
    for (size_t i = look->end; i > from; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        const struct journal_event *request =
            event->kind == (enum journal_kind)SERVER_RESPONSE
                ? request_of_event(look->events, event)
                : NULL;
        struct lwm2m_path own;
        struct view view;
        if (request == NULL || !event_path(request, &own) ||
            !lwm2m_path_equal(&own, &path) ||
            request->as.server.as.request.has_observe ||
            look_was_renegotiated(look, request->as.server.id)) {
            continue;
        }
        if (view_of_event(look->events, event, look->definitions, &view,
                          NULL) == STATUS_OK) {
            *out_value = seen_in(&view.records, path);
            view_release(&view);
        }
        return event;
    }
    return NULL;
}

/** Multiple Resources without members, and those that are not there. */
static bool is_nothing(const cJSON *value)
{
    return value == NULL ||
           (cJSON_IsArray(value) && cJSON_GetArraySize(value) == 0);
}

static bool is_same(const cJSON *told, const cJSON *read)
{
    return is_nothing(told) || is_nothing(read)
               ? is_nothing(told) && is_nothing(read)
               : cJSON_Compare(told, read, true);
}

static size_t mark_of(const struct look *look, const char *name)
{
    size_t mark = name != NULL ? look_mark(look, name) : LOOK_NONE;

    return mark != LOOK_NONE ? mark : 0;
}

/** Whether all that is told is what was read just now. */
static bool is_all_told(const struct run *run)
{
    struct look look = look_of_run(run);
    const cJSON *paths = run_parameter(run, "told");
    bool by_send = operation_text(run, "by") != NULL;
    size_t from = mark_of(&look, operation_text(run, "since"));
    bool same = true;
    const cJSON *text = NULL;

    for (size_t i = 0; same && (text = path_text(paths, i)) != NULL; i++) {
        struct lwm2m_path path;
        cJSON *read = NULL;
        if (binding_path(look.binding, cJSON_GetStringValue(text), &path,
                         NULL) != STATUS_OK) {
            return true; /* the next Read says it */
        }
        struct news news = news_of(&look, path, by_send, from);
        bool is_read = read_of(&look, run_step_first(run), path, &read) != NULL;
        same = !news.is_observed || !is_read || is_same(news.value, read);
        cJSON_Delete(news.value);
        cJSON_Delete(read);
    }
    return same;
}

static enum step_progress read_next(struct run *run, struct told *told)
{
    const cJSON *text = path_text(run_parameter(run, "told"), told->index);
    struct reason reason = { .status = STATUS_OK };
    struct server_request request = {
        .content_format = CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_NONE,
    };
    struct lwm2m_path path;

    if (binding_path(run_binding(run), cJSON_GetStringValue(text), &path,
                     &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    management_read(&request, run_endpoint(run), path, run_accept(run, &path));
    if (run_send_negotiated(run, &request, true, &told->id, &reason) !=
        STATUS_OK) {
        return run_fail(run, &reason);
    }
    told->is_open = true;
    return STEP_GO_ON;
}

/** All were read: done, or again a little later. */
static enum step_progress finish_round(struct run *run, struct told *told)
{
    struct reason reason = { .status = STATUS_OK };

    told->index = 0;
    if (is_all_told(run)) {
        return STEP_DONE;
    }
    if (told->at_limit) {
        return STEP_AT_LIMIT;
    }
    told->delay_ms = told->delay_ms == 0                  ? AGAIN_FIRST_MS
                     : told->delay_ms * 2 < AGAIN_LAST_MS ? told->delay_ms * 2
                                                          : AGAIN_LAST_MS;
    return run_wake(run, told->delay_ms, &reason) == STATUS_OK
               ? STEP_GO_ON
               : run_fail(run, &reason);
}

static enum step_progress told_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct told *told = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };

    if (event == NULL) {
        return run_deadline(run, poll_limit(run, LIMIT_STATE), &reason) ==
                       STATUS_OK
                   ? read_next(run, told)
                   : run_fail(run, &reason);
    }
    if (told->is_open && event_closes(event, told->id)) {
        told->is_open = false;
        if (event->kind != (enum journal_kind)SERVER_RESPONSE) {
            return STEP_SILENT;
        }
        told->index++;
        return path_text(run_parameter(run, "told"), told->index) != NULL
                   ? read_next(run, told)
                   : finish_round(run, told);
    }
    if (event->kind == JOURNAL_DEADLINE) {
        told->at_limit = true;
        return told->is_open ? STEP_GO_ON : read_next(run, told);
    }
    return event->kind == (enum journal_kind)SERVER_TIMER && !told->is_open &&
                   !told->at_limit
               ? read_next(run, told)
               : STEP_GO_ON;
}

/** A fail for State and Update Result, else a warning: AFU-151. */
static enum finding_level level_of(const struct lwm2m_path *path)
{
    bool is_pair = path->ids[0] == AFU_OBJECT && path->depth == 3 &&
                   (path->ids[2] == AFU_STATE || path->ids[2] == AFU_RESULT);

    return is_pair ? FINDING_FAIL : FINDING_WARNING;
}

static void judge_path(const struct judge_input *input, const char *text,
                       finding_fn on_finding, void *user)
{
    struct look look = look_of_judge(input);
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(input->parameters, "by");
    const cJSON *since =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "since");
    enum finding_level level = FINDING_PASS;
    struct lwm2m_path path;
    struct report report;
    cJSON *read = NULL;

    if (binding_path(look.binding, text, &path, NULL) != STATUS_OK) {
        return; /* the engine said so */
    }
    struct news news = news_of(&look, path, by != NULL,
                               mark_of(&look, cJSON_GetStringValue(since)));
    const struct journal_event *event =
        read_of(&look, input->first, path, &read);
    report_init(&report, "step.told");
    report_evidence(&report, news.event);
    report_evidence(&report, event);
    words_add(&report.subject, "%s", text);
    words_add(&report.expected, "the last %s tells what is read, ",
              by != NULL ? "Send" : "notification");
    seen_value_words(&report.expected, read);
    if (event == NULL) {
        words_add(&report.observed, "no answer to the Read");
        report_silence(&report, input, on_finding, user);
    } else {
        if (!news.is_observed) {
            words_add(&report.observed, "nobody is told now");
            level = FINDING_INFO;
        } else {
            seen_value_words(&report.observed, news.value);
            level = is_same(news.value, read) ? FINDING_PASS : level_of(&path);
        }
        struct grade grade = { .level = level, .fits = level == FINDING_PASS };
        report_finding(&report, input, grade, on_finding, user);
    }
    cJSON_Delete(news.value);
    cJSON_Delete(read);
}

static void told_judge(const struct judge_input *input, finding_fn on_finding,
                       void *user)
{
    const cJSON *paths =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "told");
    const cJSON *text = NULL;

    if (input->progress == STEP_FAILED) {
        return;
    }
    for (size_t i = 0; (text = path_text(paths, i)) != NULL; i++) {
        judge_path(input, cJSON_GetStringValue(text), on_finding, user);
    }
}

static enum status told_check(const cJSON *step, const char *pointer,
                              struct reason *reason)
{
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(step, "by");

    return by == NULL ||
                   (cJSON_IsString(by) && strcmp(by->valuestring, "send") == 0)
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED,
                            "%s/by: expected \"send\"", pointer);
}

/** Read until observers know it. Spec: AFU-151; RFC 7641, 1.3. */
const struct step_type step_told = {
    .verb = "told",
    .help = "wait until the last notification tells what is read",
    .parameters = {
        { "told", STEP_PATHS, .required = true, .help = "of what" },
        { "by", STEP_TEXT, .help = "\"send\": the last Send instead" },
        { "since", STEP_TEXT, .help = "a mark: only what came since then" },
    },
    .limit = LIMIT_STATE,
    .scratch_size = sizeof(struct told),
    .drive = told_drive,
    .judge = told_judge,
    .check = told_check,
};
