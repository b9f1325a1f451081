/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/await_event.h"

#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/registration.h"
#include "scenarios/steps/seen.h"

static const struct {
    const char *name;
    enum server_event_kind kind;
    const char *expected;
    const char *found;
    const char *missing;
} rows[] = {
    { "registration", SERVER_REGISTER, "the device registers again",
      "it registered", "no new registration came" },
    { "update", SERVER_UPDATE, "the device updates its registration", "it did",
      "no Update came" },
    { "deregister", SERVER_DEREGISTER, "the device de-registers", "it did",
      "no De-register came" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static size_t row_of(const cJSON *wanted)
{
    size_t row = 0;

    while (row < ROWS && strcmp(rows[row].name, wanted->string) != 0) {
        row++;
    }
    return row;
}

const cJSON *await_event_of(const cJSON *object)
{
    for (size_t i = 0; i < ROWS; i++) {
        const cJSON *wanted = member(object, rows[i].name);
        if (wanted != NULL && !cJSON_IsFalse(wanted)) {
            return wanted;
        }
    }
    return NULL;
}

size_t await_event_from(const struct look *look, const cJSON *step,
                        size_t first)
{
    const char *mark = cJSON_GetStringValue(member(step, "since"));
    size_t index = mark != NULL ? look_mark(look, mark) : LOOK_NONE;

    return index != LOOK_NONE ? index : first;
}

/* Parameters of an Update. */

static bool fits_parameters(const cJSON *candidate, void *user)
{
    const char *query = *(const char *const *)user;
    const char *word = cJSON_GetStringValue(candidate);

    return word != NULL &&
           (strcmp(word, "any") == 0 ||
            (strcmp(word, "none") == 0 && (query == NULL || *query == '\0')));
}

static bool fits_presence(const cJSON *candidate, void *user)
{
    const bool *is_there = user;
    const char *word = cJSON_GetStringValue(candidate);

    return word != NULL && strcmp(word, *is_there ? "present" : "absent") == 0;
}

static void plain_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

/** The lifetime that the event has, and what it may be compared with. */
static struct seen lifetime_of(const struct look *look,
                               const struct server_registration_view *view)
{
    char text[REGISTRATION_VALUE_MAX];
    cJSON *observed = NULL;

    if (registration_parameter(view->query, "lt", text, sizeof(text))) {
        observed = cJSON_CreateNumber(strtod(text, NULL));
    }
    return seen_of(look, look, registration_lifetime_path(look->binding),
                   observed);
}

static struct grade grade_event(const struct look *look,
                                const struct grade_rules *rules,
                                const struct journal_event *event,
                                const cJSON *wanted)
{
    const struct server_registration_view *view =
        &event->as.server.as.registration;
    struct grade grade = { .level = FINDING_PASS, .fits = true };

    if (event->kind != (enum journal_kind)rows[row_of(wanted)].kind) {
        return (struct grade){ .level = FINDING_FAIL };
    }
    const char *query = view->query;
    bool has_links = view->has_links;
    if (member(wanted, "lifetime") != NULL) {
        struct seen seen = lifetime_of(look, view);
        grade = grade_worse(grade, grade_of(member(wanted, "lifetime"), rules,
                                            seen_fits, &seen));
        seen_release(&seen);
    }
    if (member(wanted, "parameters") != NULL) {
        grade = grade_worse(grade, grade_of(member(wanted, "parameters"), rules,
                                            fits_parameters, &query));
    }
    if (member(wanted, "links") != NULL) {
        grade = grade_worse(grade, grade_of(member(wanted, "links"), rules,
                                            fits_presence, &has_links));
    }
    return grade;
}

bool await_event_seen(const struct look *look, size_t from, const cJSON *wanted)
{
    struct grade_rules rules = { .look = look, .reading = READING_INTEROP };

    for (size_t i = from; i < look->end; i++) {
        if (grade_event(look, &rules, event_store_at(look->events, i), wanted)
                .fits) {
            return true;
        }
    }
    return false;
}

/** The one that fits best in [from, look->end); else the newest of the kind;
 *  NULL without any. */
static const struct journal_event *best(const struct look *look,
                                        const struct grade_rules *rules,
                                        size_t from, const cJSON *wanted,
                                        struct grade *out_grade)
{
    const struct journal_event *found = NULL;

    *out_grade = (struct grade){ .level = FINDING_FAIL };
    for (size_t i = from; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        struct grade grade = grade_event(look, rules, event, wanted);
        if (event->kind != (enum journal_kind)rows[row_of(wanted)].kind) {
            continue;
        }
        if (found == NULL || !out_grade->fits ||
            (grade.fits && grade.level < out_grade->level)) {
            found = event;
            *out_grade = grade;
        }
    }
    return found;
}

static void expected_words(struct report *report, const struct look *look,
                           const struct journal_event *event,
                           const cJSON *wanted)
{
    static const struct server_registration_view none = { .query = NULL };
    const cJSON *entry = NULL;

    words_add(&report->expected, "%s", rows[row_of(wanted)].expected);
    cJSON_ArrayForEach(entry, wanted)
    {
        words_add(&report->expected, ", %s: ", entry->string);
        if (strcmp(entry->string, "lifetime") == 0) {
            struct seen seen = lifetime_of(
                look,
                event != NULL ? &event->as.server.as.registration : &none);
            grade_words(&report->expected, entry, seen_words, &seen);
            seen_release(&seen);
        } else {
            grade_words(&report->expected, entry, plain_words, NULL);
        }
    }
}

/** Whether the device registered from another address than it had, or by
 *  another security session: after that an Update is not enough. Spec: Core 1.2.2, 6.2.2; lwm2m-core.md 2.4. */
static bool has_moved(const struct look *look, size_t from)
{
    const char *address = NULL;

    for (size_t i = from; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        if ((int)event->kind == SERVER_REPLACE) {
            address = event->as.server.as.registration.address;
        } else if ((int)event->kind == SERVER_REGISTER) {
            const char *now = event->as.server.as.registration.address;
            if (event->as.server.as.registration.is_new_session) {
                return true;
            }
            if (address != NULL && now != NULL && strcmp(address, now) != 0) {
                return true;
            }
            address = now;
        }
    }
    return false;
}

void await_event_judge(const struct judge_input *input, const cJSON *wanted,
                       finding_fn on_finding, void *user)
{
    struct look look = look_of_judge(input);
    struct grade_rules rules = grade_rules_of(input, &look);
    size_t from = await_event_from(&look, input->parameters, input->first);
    struct grade grade;
    struct report report;
    const struct journal_event *event =
        best(&look, &rules, from, wanted, &grade);

    report_init(&report, "step.await");
    report_evidence(&report, event);
    expected_words(&report, &look, event, wanted);
    if (event == NULL) {
        words_add(&report.observed, "%s", rows[row_of(wanted)].missing);
    } else if (cJSON_IsObject(wanted)) {
        const struct server_registration_view *view =
            &event->as.server.as.registration;
        bool has_query = view->query != NULL && view->query[0] != '\0';
        words_add(&report.observed, "one with %s%s, %s a list of objects",
                  has_query ? "the parameters " : "no parameter",
                  has_query ? view->query : "",
                  view->has_links ? "and with" : "without");
    } else {
        words_add(&report.observed, "%s", rows[row_of(wanted)].found);
    }
    if (event == NULL && input->progress == STEP_SILENT) {
        report_silence(&report, input, on_finding, user);
        return;
    }
    if (event == NULL && rows[row_of(wanted)].kind == SERVER_UPDATE &&
        has_moved(&look, from)) {
        words_add(&report.observed,
                  ": it registered from another address, or by "
                  "another security session");
        report_level(&report, input, FINDING_INCONC, NULL, on_finding, user);
        return;
    }
    report_finding(&report, input, grade, on_finding, user);
}

enum status await_event_check(const cJSON *wanted, const char *pointer,
                              struct reason *reason)
{
    const cJSON *entry = NULL;

    if (!cJSON_IsBool(wanted) &&
        !(cJSON_IsObject(wanted) && strcmp(wanted->string, "update") == 0)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/await/%s: expected true%s", pointer,
                          wanted->string,
                          strcmp(wanted->string, "update") == 0
                              ? ", or lifetime, parameters, links"
                              : "");
    }
    cJSON_ArrayForEach(entry, wanted)
    {
        if (strcmp(entry->string, "lifetime") != 0 &&
            strcmp(entry->string, "parameters") != 0 &&
            strcmp(entry->string, "links") != 0) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/await/update: unknown '%s'; an Update has "
                              "lifetime, parameters, links",
                              pointer, entry->string);
        }
    }
    return STATUS_OK;
}
