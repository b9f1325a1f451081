/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/events.h"
#include "scenarios/steps/expect.h"

#define BLOCK_SIZE_MAX 1024 /* largest block of RFC 7959 */

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** "4.xx" is the class of "4.05". */
static bool is_class_of(const char *text, const char *code)
{
    return strlen(text) == strlen(code) && strncmp(text, code, 2) == 0 &&
           strcmp(text + 2, "xx") == 0;
}

static bool fits_same(const cJSON *candidate, void *user)
{
    const char *observed = *(const char *const *)user;
    const char *text = cJSON_GetStringValue(candidate);

    return text != NULL && observed != NULL &&
           (strcmp(text, observed) == 0 || is_class_of(text, observed));
}

static bool fits_count(const cJSON *candidate, void *user)
{
    const int *observed = user;

    return cJSON_IsNumber(candidate) && candidate->valueint == *observed;
}

static bool fits_most(const cJSON *candidate, void *user)
{
    const int *observed = user;

    return cJSON_IsNumber(candidate) && *observed <= candidate->valueint;
}

static void plain_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

/** A code such as "4.08" or "4.xx". */
static bool fits_code(const cJSON *candidate, void *user)
{
    const char *const *observed = user;
    unsigned class = 0;
    unsigned detail = 0;

    return *observed != NULL &&
           sscanf(*observed, "%1u.%2u", &class, &detail) == 2 &&
           code_fits(candidate, COAP_CODE(class, detail));
}

/** One text of the end of the transfer. */
static void judge_end_text(const struct expect_judge *judge,
                           const struct journal_event *end, const cJSON *spec,
                           const char *name, const char *what)
{
    const char *observed = journal_text(end, name);
    struct report report;

    if (spec == NULL) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, end);
    words_add(&report.subject, "transfer");
    words_add(&report.expected, "%s ", what);
    grade_words(&report.expected, spec, plain_words, NULL);
    words_add(&report.observed, "%s", observed != NULL ? observed : "none");
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules,
                            strcmp(name, "code") == 0 ? fits_code : fits_same,
                            &observed),
                   judge->on_finding, judge->user);
}

/** What the messages were answered that were not those that should come; the
 *  worst counts. */
static void judge_faults(const struct expect_judge *judge,
                         const struct journal_event *end, const cJSON *spec)
{
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    const cJSON *row = NULL;
    struct report report;

    if (spec == NULL) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, end);
    words_add(&report.subject, "transfer");
    words_add(&report.expected, "what goes wrong on purpose is answered ");
    grade_words(&report.expected, spec, plain_words, NULL);
    cJSON_ArrayForEach(row, member(end->as.data, "faults"))
    {
        const char *code = cJSON_GetStringValue(member(row, "code"));
        const cJSON *number = member(row, "number");
        grade =
            grade_worse(grade, grade_of(spec, &judge->rules, fits_code, &code));
        words_add(&report.observed, "%s%s to block %d (%s)",
                  report.observed.length > 0 ? ", " : "",
                  code != NULL ? code : "no answer",
                  cJSON_IsNumber(number) ? number->valueint : -1,
                  cJSON_GetStringValue(member(row, "do")));
    }
    if (report.observed.length == 0) {
        words_add(&report.observed, "nothing went wrong: the transfer ended "
                                    "before");
        report_level(&report, judge->input, FINDING_INCONC, NULL,
                     judge->on_finding, judge->user);
        return;
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

/** Smaller blocks that the device did not ask for: AFU-PSH-001. */
static void judge_blocks(const struct expect_judge *judge,
                         const struct journal_event *end, const cJSON *spec)
{
    double size = journal_number(end, "block-size", BLOCK_SIZE_MAX);
    double largest = journal_number(end, "block-max", BLOCK_SIZE_MAX);
    bool told = cJSON_IsTrue(member(end->as.data, "told-smaller"));
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    struct report report;

    if (!cJSON_IsTrue(spec)) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, end);
    words_add(&report.subject, "transfer");
    words_add(&report.expected,
              "blocks of %.0f bytes, or of the size the device asked for",
              largest);
    words_add(&report.observed, "blocks of %.0f bytes%s", size,
              told ? ", as the device asked" : "");
    if (size < largest && !told) {
        grade.level = FINDING_WARNING;
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

void expect_transfer(const struct expect_judge *judge, const cJSON *spec)
{
    const char *to = cJSON_GetStringValue(member(spec, "to"));
    uint16_t instance = 0;
    const struct journal_event *begin =
        to == NULL ? look_transfer(&judge->look)
        : binding_instance(judge->look.binding, to, &instance)
            ? look_transfer_to(&judge->look, instance)
            : NULL;
    const struct journal_event *end =
        begin != NULL ? look_transfer_outcome(&judge->look, begin) : NULL;
    struct report report;

    if (end == NULL) {
        report_init(&report, EXPECT_CHECK);
        words_add(&report.expected, "a transfer that has ended or is paused");
        words_add(&report.observed, "none");
        report_level(&report, judge->input, FINDING_INCONC, NULL,
                     judge->on_finding, judge->user);
        return;
    }
    judge_end_text(judge, end, member(spec, "outcome"), "outcome",
                   "the transfer ends");
    judge_end_text(judge, end, member(spec, "code"), "code",
                   "the last answer was");
    judge_blocks(judge, end, member(spec, "blocks-as-told"));
    judge_faults(judge, end, member(spec, "fault-code"));
}

static bool is_text(const cJSON *candidate)
{
    return cJSON_IsString(candidate);
}

enum status expect_transfer_check(const cJSON *spec, const char *pointer,
                                  struct reason *reason)
{
    static const struct {
        const char *name;
        grade_check_fn check; /* NULL: true */
    } rows[] = {
        { "outcome", is_text },          { "code", code_is_valid },
        { "fault-code", code_is_valid }, { "to", is_text },
        { "blocks-as-told", NULL },
    };
    const cJSON *item = NULL;

    if (!cJSON_IsObject(spec) || spec->child == NULL) {
        return reason_set(reason, STATUS_MALFORMED, "%s: expected an object",
                          pointer);
    }
    cJSON_ArrayForEach(item, spec)
    {
        size_t i = 0;
        while (i < sizeof(rows) / sizeof(rows[0]) &&
               strcmp(rows[i].name, item->string) != 0) {
            i++;
        }
        if (i == sizeof(rows) / sizeof(rows[0])) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: expected outcome, code, fault-code, to or "
                              "blocks-as-told, found '%s'",
                              pointer, item->string);
        }
        if (rows[i].check != NULL ? !grade_check(item, rows[i].check)
                                  : !cJSON_IsTrue(item)) {
            return reason_set(reason, STATUS_MALFORMED, "%s/%s: expected %s",
                              pointer, item->string,
                              rows[i].check == NULL ? "true"
                              : rows[i].check == code_is_valid
                                  ? "codes such as \"4.08\" or \"4.xx\", "
                                    "graded or not"
                                  : "a text, graded or not");
        }
    }
    return STATUS_OK;
}

/** Index the mark of "since" stands at, 0 without one. */
static size_t since(const struct expect_judge *judge, const cJSON *spec)
{
    const char *mark = cJSON_GetStringValue(member(spec, "since"));
    size_t index = mark != NULL ? look_mark(&judge->look, mark) : LOOK_NONE;

    return index != LOOK_NONE ? index : 0;
}

void expect_events(const struct expect_judge *judge, const cJSON *spec)
{
    const cJSON *most = member(spec, "most");
    const cJSON *wanted = most != NULL ? most : member(spec, "count");
    const char *mark = cJSON_GetStringValue(member(spec, "since"));
    size_t from = since(judge, spec);
    int count = events_count(&judge->look, spec, from);
    struct report report;

    report_init(&report, EXPECT_CHECK);
    for (size_t i = from; i < judge->look.end; i++) {
        if (events_fit(&judge->look, spec, i)) {
            report_evidence(&report, event_store_at(judge->look.events, i));
        }
    }
    events_words(&report.expected, spec);
    words_add(&report.expected, " since '%s': %s",
              mark != NULL ? mark : "the beginning",
              most != NULL ? "at most " : "");
    grade_words(&report.expected, wanted, plain_words, NULL);
    words_add(&report.observed, "%d", count);
    report_finding(&report, judge->input,
                   grade_of(wanted, &judge->rules,
                            most != NULL ? fits_most : fits_count, &count),
                   judge->on_finding, judge->user);
}

void expect_never(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec)
{
    struct look shrinking = judge->look;
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    size_t from = since(judge, spec);
    struct report report;
    struct view view;

    if (spec == NULL) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    words_component(&report.subject, judge->look.binding, instance);
    words_component(&report.expected, judge->look.binding, instance);
    words_add(&report.expected, " never ");
    condition_words(&report.expected, spec);
    words_add(&report.observed, "not seen");
    while (look_any_view(&shrinking, from, instance, &view)) {
        int state = -1;
        int result = -1;
        uint64_t sequence = view.sequence;
        view_pair(&view, instance, &state, &result);
        view_release(&view);
        while (
            shrinking.end > from &&
            event_store_at(judge->look.events, shrinking.end - 1)->sequence >=
                sequence) {
            shrinking.end--;
        }
        if (condition_grade(spec, &judge->rules, state, result).fits) {
            grade.level = FINDING_FAIL;
            report_evidence(&report,
                            event_store_at(judge->look.events, shrinking.end));
            words_init(&report.observed);
            words_pair(&report.observed, state, result);
        }
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}
