/* SPDX-License-Identifier: Apache-2.0 */
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
                   grade_of(spec, &judge->rules, fits_same, &observed),
                   judge->on_finding, judge->user);
}

/** Smaller blocks that the device did not ask for: AFU-PSH-001. */
static void judge_blocks(const struct expect_judge *judge,
                         const struct journal_event *end, const cJSON *spec)
{
    double size = journal_number(end, "block-size", BLOCK_SIZE_MAX);
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
              "blocks of 1024 bytes, or of the size the device asked for");
    words_add(&report.observed, "blocks of %.0f bytes%s", size,
              told ? ", as the device asked" : "");
    if (size < BLOCK_SIZE_MAX && !told) {
        grade.level = FINDING_WARNING;
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

void expect_transfer(const struct expect_judge *judge, const cJSON *spec)
{
    const struct journal_event *begin = look_transfer(&judge->look);
    const struct journal_event *end =
        begin != NULL ? look_transfer_end(&judge->look, begin) : NULL;
    struct report report;

    if (end == NULL) {
        report_init(&report, EXPECT_CHECK);
        words_add(&report.expected, "a transfer that has ended");
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
