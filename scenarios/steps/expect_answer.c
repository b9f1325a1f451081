/* SPDX-License-Identifier: Apache-2.0 */

/* What the newest answer of the case shows: values, their format, links. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/seen.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** The newest answer to a Read, an Observe or their composite forms; or to a
 *  Discover. */
static const struct journal_event *newest(const struct look *look,
                                          bool of_discover)
{
    for (size_t i = look->end; i > 0; i--) {
        const struct journal_event *event = event_store_at(look->events, i - 1);
        const struct journal_event *request =
            event->kind == (enum journal_kind)SERVER_RESPONSE
                ? request_of_event(look->events, event)
                : NULL;
        if (request == NULL ||
            (request->as.server.as.request.method != METHOD_GET &&
             request->as.server.as.request.method != METHOD_FETCH)) {
            continue;
        }
        bool is_discover =
            request->as.server.as.request.accept == CONTENT_FORMAT_LINK;
        if (is_discover == of_discover) {
            return event;
        }
    }
    return NULL;
}

/** Begin a report on the answer; its path is the subject. */
static void open_report(const struct expect_judge *judge,
                        const struct journal_event *event, const char *subject,
                        struct report *report)
{
    const struct journal_event *request =
        event != NULL ? request_of_event(judge->look.events, event) : NULL;
    const char *path =
        request != NULL ? request->as.server.as.request.path : NULL;

    report_init(report, EXPECT_CHECK);
    report_evidence(report, request);
    report_evidence(report, event);
    words_add(&report->subject, "%s",
              subject != NULL ? subject
              : path != NULL  ? path
                              : "");
}

static void finish(const struct expect_judge *judge, struct report *report,
                   enum finding_level level)
{
    report_level(report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

static bool fits_number(const cJSON *candidate, void *user)
{
    const int *observed = user;

    return cJSON_IsNumber(candidate) && candidate->valueint == *observed;
}

static void plain_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

/** The format is the wanted one, and the payload keeps its rules. */
static void judge_format(const struct expect_judge *judge,
                         const struct journal_event *event,
                         const struct record_list *records, const cJSON *spec)
{
    int format = event->as.server.as.response.content_format;
    struct report report;

    open_report(judge, event, NULL, &report);
    words_add(&report.expected, "an answer in Content-Format ");
    grade_words(&report.expected, spec, plain_words, NULL);
    words_add(&report.observed,
              format == CONTENT_FORMAT_NONE ? "no Content-Format"
                                            : "Content-Format %d",
              format);
    struct grade grade = grade_of(spec, &judge->rules, fits_number, &format);
    for (size_t i = 0; i < records->note_count; i++) {
        if (records->notes[i].class == RECORD_NOTE_NON_CONFORMING) {
            words_add(&report.observed, ", and %s", records->notes[i].text);
            grade.level = FINDING_FAIL;
        }
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

static void judge_shown(const struct expect_judge *judge,
                        const struct journal_event *event,
                        const struct record_list *records, const cJSON *entry)
{
    struct lwm2m_path path;
    struct report report;
    char text[LWM2M_PATH_TEXT_MAX];

    if (binding_path(judge->look.binding, entry->string, &path, NULL) !=
        STATUS_OK) {
        return; /* checked before */
    }
    struct look before = judge->look;
    while (before.end > 0 &&
           event_store_at(before.events, before.end - 1) != event) {
        before.end--;
    }
    before.end -= before.end > 0 ? 1 : 0; /* "shown" was shown before */
    struct seen seen =
        seen_of(&before, &judge->look, path, seen_in(records, path));
    open_report(judge, event, lwm2m_path_text(&path, text), &report);
    words_add(&report.expected, "%s: ", text);
    grade_words(&report.expected, entry, seen_words, &seen);
    seen_value_words(&report.observed, seen.observed);
    report_finding(&report, judge->input,
                   grade_of(entry, &judge->rules, seen_fits, &seen),
                   judge->on_finding, judge->user);
    seen_release(&seen);
}

/** Whether the path is at or below one of the list. */
static bool is_allowed(const struct expect_judge *judge, const cJSON *list,
                       const struct lwm2m_path *path)
{
    const cJSON *item = NULL;
    struct lwm2m_path allowed;

    cJSON_ArrayForEach(item, list)
    {
        if (binding_path(judge->look.binding, item->valuestring, &allowed,
                         NULL) == STATUS_OK &&
            lwm2m_path_is_within(path, &allowed)) {
            return true;
        }
    }
    return false;
}

static void judge_only(const struct expect_judge *judge,
                       const struct journal_event *event,
                       const struct record_list *records, const cJSON *list)
{
    enum finding_level level = FINDING_PASS;
    struct report report;
    char text[LWM2M_PATH_TEXT_MAX];

    open_report(judge, event, NULL, &report);
    words_add(&report.expected, "nothing but ");
    plain_words(&report.expected, list, NULL);
    for (size_t i = 0; i < records->count; i++) {
        if (!is_allowed(judge, list, &records->records[i].path)) {
            words_add(&report.observed, "%s%s",
                      report.observed.length > 0 ? ", " : "",
                      lwm2m_path_text(&records->records[i].path, text));
            level = FINDING_FAIL;
        }
    }
    words_add(&report.observed, "%s",
              level == FINDING_PASS ? "nothing else" : " as well");
    finish(judge, &report, level);
}

/** No 2.05, or nothing that can be decoded. */
static void judge_nothing(const struct expect_judge *judge,
                          const struct journal_event *event,
                          const struct reason *reason)
{
    enum finding_level level = FINDING_INCONC;
    struct report report;

    open_report(judge, event, NULL, &report);
    words_add(&report.expected, "an answer with values");
    if (event == NULL) {
        words_add(&report.observed, "none");
    } else {
        uint8_t code = event->as.server.as.response.code;
        words_code(&report.observed, code);
        if (code == COAP_CODE(2, 5)) {
            words_add(&report.observed, ", undecodable: %s", reason->text);
            level = FINDING_FAIL;
        }
    }
    finish(judge, &report, level);
}

/** What "answer" and "notified" say of what an event shows. */
static void judge_values(const struct expect_judge *judge,
                         const struct journal_event *event, const cJSON *spec)
{
    struct reason reason = { .status = STATUS_OK };
    const cJSON *entry = NULL;
    struct view view;

    if (event == NULL ||
        view_of_event(judge->look.events, event, judge->look.definitions, &view,
                      &reason) != STATUS_OK) {
        judge_nothing(judge, event, &reason);
        return;
    }
    if (member(spec, "format") != NULL) {
        judge_format(judge, event, &view.records, member(spec, "format"));
    }
    if (member(spec, "only") != NULL) {
        judge_only(judge, event, &view.records, member(spec, "only"));
    }
    cJSON_ArrayForEach(entry, member(spec, "same"))
    {
        expect_same(judge, event, &view.records, entry);
    }
    cJSON_ArrayForEach(entry, member(spec, "shows"))
    {
        judge_shown(judge, event, &view.records, entry);
    }
    view_release(&view);
}

void expect_answer(const struct expect_judge *judge, const cJSON *spec)
{
    judge_values(judge, newest(&judge->look, false), spec);
}

void expect_notified(const struct expect_judge *judge, const cJSON *spec)
{
    const struct journal_event *event = NULL;

    for (size_t i = judge->look.end; event == NULL && i > 0; i--) {
        const struct journal_event *row =
            event_store_at(judge->look.events, i - 1);
        /* What the network has overtaken is no news: RFC 7641, 3.4. */
        event = row->kind == (enum journal_kind)SERVER_NOTIFICATION &&
                        !row->as.server.as.response.is_stale
                    ? row
                    : NULL;
    }
    judge_values(judge, event, spec);
}

/* Links. */

static const struct link *find_link(const struct link_list *links,
                                    struct lwm2m_path path)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_lwm2m &&
            lwm2m_path_equal(&links->links[i].path, &path)) {
            return &links->links[i];
        }
    }
    return NULL;
}

/** A candidate for an attribute: a value, "present" or "absent". */
static bool fits_attribute(const cJSON *candidate, void *user)
{
    const char *value = *(const char *const *)user;
    const char *word = cJSON_GetStringValue(candidate);
    char *end = NULL;

    if (word != NULL && strcmp(word, "absent") == 0) {
        return value == NULL;
    }
    if (value == NULL || (word != NULL && strcmp(word, "present") == 0)) {
        return value != NULL;
    }
    if (word != NULL) {
        return strcmp(word, value) == 0;
    }
    double number = strtod(value, &end);
    return cJSON_IsNumber(candidate) && end != value && *end == '\0' &&
           !(number < candidate->valuedouble) &&
           !(number > candidate->valuedouble);
}

static void judge_link(const struct expect_judge *judge,
                       const struct journal_event *event,
                       const struct link_list *links, const cJSON *entry)
{
    struct lwm2m_path path;
    struct report report;
    char text[LWM2M_PATH_TEXT_MAX];
    const cJSON *wanted = NULL;

    if (binding_path(judge->look.binding, entry->string, &path, NULL) !=
        STATUS_OK) {
        return; /* checked before */
    }
    const struct link *link = find_link(links, path);
    const char *target = link != NULL ? link->target : NULL;
    (void)lwm2m_path_text(&path, text);
    bool has_attributes = cJSON_IsObject(entry) && !grade_is_graded(entry);
    if (!has_attributes || link == NULL) {
        open_report(judge, event, text, &report);
        words_add(&report.expected, "%s in the list: ", text);
        if (has_attributes) {
            words_add(&report.expected, "present");
        } else {
            grade_words(&report.expected, entry, plain_words, NULL);
        }
        words_add(&report.observed, link != NULL ? "present" : "absent");
        struct grade grade =
            has_attributes
                ? (struct grade){ .level = FINDING_FAIL }
                : grade_of(entry, &judge->rules, fits_attribute, &target);
        report_finding(&report, judge->input, grade, judge->on_finding,
                       judge->user);
        return;
    }
    cJSON_ArrayForEach(wanted, entry)
    {
        const char *value = link_attribute(link, wanted->string);
        open_report(judge, event, text, &report);
        words_add(&report.expected, "attribute %s of %s: ", wanted->string,
                  text);
        grade_words(&report.expected, wanted, plain_words, NULL);
        words_add(&report.observed, "%s", value != NULL ? value : "absent");
        report_finding(&report, judge->input,
                       grade_of(wanted, &judge->rules, fits_attribute, &value),
                       judge->on_finding, judge->user);
    }
}

/** How deep the paths go: no link is deeper, and one is as deep. */
static void judge_depth(const struct expect_judge *judge,
                        const struct journal_event *event,
                        const struct link_list *links, const cJSON *spec)
{
    struct report report;
    int deepest = 0;

    open_report(judge, event, NULL, &report);
    words_add(&report.expected, "the deepest path listed has a depth of ");
    grade_words(&report.expected, spec, plain_words, NULL);
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_lwm2m && links->links[i].path.depth > deepest) {
            deepest = links->links[i].path.depth;
        }
    }
    words_add(&report.observed, "%d", deepest);
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules, fits_number, &deepest),
                   judge->on_finding, judge->user);
}

/** Nothing in the list is beside the path that was asked for. */
static void judge_within(const struct expect_judge *judge,
                         const struct journal_event *event,
                         const struct link_list *links)
{
    const struct journal_event *request =
        request_of_event(judge->look.events, event);
    enum finding_level level = FINDING_PASS;
    struct lwm2m_path base;
    struct report report;

    if (request == NULL || !event_path(request, &base)) {
        return;
    }
    open_report(judge, event, NULL, &report);
    words_add(&report.expected, "links at or below the path only");
    for (size_t i = 0; i < links->count; i++) {
        if (!links->links[i].is_lwm2m ||
            !lwm2m_path_is_within(&links->links[i].path, &base)) {
            words_add(&report.observed, "%s%s",
                      report.observed.length > 0 ? ", " : "",
                      links->links[i].target);
            level = FINDING_FAIL;
        }
    }
    words_add(&report.observed, "%s",
              level == FINDING_PASS ? "so they are" : " as well");
    finish(judge, &report, level);
}

void expect_listed(const struct expect_judge *judge, const cJSON *spec)
{
    const struct journal_event *event = newest(&judge->look, true);
    struct reason reason = { .status = STATUS_OK };
    const cJSON *entry = NULL;
    struct link_list links;

    if (event != NULL && member(spec, "consistent") != NULL &&
        event->as.server.as.response.code == COAP_CODE(4, 4)) {
        expect_unlisted(judge, event);
        return;
    }
    link_list_init(&links);
    if (event == NULL || event->as.server.as.response.code != COAP_CODE(2, 5) ||
        links_of_event(judge->look.events, event, &links, &reason) !=
            STATUS_OK) {
        judge_nothing(judge, event, &reason);
        return;
    }
    judge_within(judge, event, &links);
    cJSON_ArrayForEach(entry, spec)
    {
        if (strcmp(entry->string, "depth") == 0) {
            judge_depth(judge, event, &links, entry);
        } else if (strcmp(entry->string, "consistent") == 0) {
            expect_consistent(judge, event, &links);
        } else {
            judge_link(judge, event, &links, entry);
        }
    }
    link_list_release(&links);
}

/* Form. */

static bool is_path(const char *text)
{
    return text != NULL && text[0] == '/' && text[1] != '\0';
}

static enum status check_paths(const cJSON *object, const char *except,
                               const char *pointer, struct reason *reason)
{
    const cJSON *entry = NULL;

    if (object != NULL && !cJSON_IsObject(object)) {
        return reason_set(reason, STATUS_MALFORMED, "%s: expected paths",
                          pointer);
    }
    cJSON_ArrayForEach(entry, object)
    {
        bool is_other =
            except != NULL && (strcmp(entry->string, except) == 0 ||
                               strcmp(entry->string, "consistent") == 0);
        if (!is_other && !is_path(entry->string)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: expected paths, found '%s'", pointer,
                              entry->string);
        }
    }
    return STATUS_OK;
}

/** The members of `object` are of these names; NULL is fine, too. */
static enum status check_members(const cJSON *object, const char *const *words,
                                 const char *pointer, struct reason *reason)
{
    const cJSON *entry = NULL;
    bool known = object == NULL || cJSON_IsObject(object);

    if (known) {
        cJSON_ArrayForEach(entry, object)
        {
            size_t i = 0;
            while (words[i] != NULL && strcmp(words[i], entry->string) != 0) {
                i++;
            }
            known = known && words[i] != NULL;
        }
    }
    return known ? STATUS_OK
                 : reason_set(reason, STATUS_MALFORMED,
                              "%s: expected an object with %s, %s, %s …",
                              pointer, words[0], words[1], words[2]);
}

enum status expect_answer_check(const cJSON *object, const char *pointer,
                                struct reason *reason)
{
    static const char *const of_answer[] = { "format", "shows", "only", "same",
                                             NULL };
    static const char *const of_registration[] = { "object",    "version",
                                                   "instances", "well-formed",
                                                   "lifetime",  "objects",
                                                   NULL };
    const cJSON *answer = member(object, "answer");
    const cJSON *registration = member(object, "registration");
    const cJSON *entry = NULL;
    const cJSON *notified = member(object, "notified");
    enum status status = check_members(answer, of_answer, pointer, reason);

    if (status == STATUS_OK) {
        status = check_members(notified, of_answer, pointer, reason);
    }
    if (status == STATUS_OK) {
        status = check_members(registration, of_registration, pointer, reason);
    }
    cJSON_ArrayForEach(entry, member(answer, "only"))
    {
        if (status == STATUS_OK && !is_path(cJSON_GetStringValue(entry))) {
            status =
                reason_set(reason, STATUS_MALFORMED,
                           "%s/expect/answer/only: expected paths", pointer);
        }
    }
    const struct {
        const cJSON *paths;
        const char *except;
    } lists[] = {
        { member(answer, "shows"), NULL },
        { member(notified, "shows"), NULL },
        { member(object, "listed"), "depth" },
        { member(registration, "objects"), NULL },
    };
    for (size_t i = 0;
         status == STATUS_OK && i < sizeof(lists) / sizeof(lists[0]); i++) {
        status = check_paths(lists[i].paths, lists[i].except, pointer, reason);
    }
    return status;
}
