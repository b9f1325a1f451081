/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/events.h"
#include "scenarios/steps/expect.h"

/* What a device may be early or late: 1 s, or 10 % where that is more.
 * lwm2m-core.md 4.2. */
enum { SLACK_MS = 1000, SLACK_PART = 10, MS_PER_S = 1000 };

/** Gaps between the events looked at so far. */
struct gaps {
    const struct journal_event *last; /**< NULL: none yet */
    uint64_t last_sent_ms;            /**< not earlier has the device sent it */
    const struct journal_event *shortest_end;
    const struct journal_event *longest_end;
    uint64_t shortest_ms;
    uint64_t longest_ms;
    unsigned count;
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static uint64_t slack_of(uint64_t limit_ms)
{
    return limit_ms / SLACK_PART > SLACK_MS ? limit_ms / SLACK_PART : SLACK_MS;
}

static void add(struct gaps *gaps, const struct journal_event *event,
                uint64_t sent_ms)
{
    if (gaps->last != NULL) {
        uint64_t least_ms = event->time_ms - gaps->last->time_ms;
        uint64_t most_ms = event->time_ms - gaps->last_sent_ms;
        if (gaps->count == 0 || most_ms < gaps->shortest_ms) {
            gaps->shortest_ms = most_ms;
            gaps->shortest_end = event;
        }
        if (gaps->count == 0 || least_ms > gaps->longest_ms) {
            gaps->longest_ms = least_ms;
            gaps->longest_end = event;
        }
        gaps->count++;
    }
    gaps->last = event;
    gaps->last_sent_ms = sent_ms;
}

/** An answer may have been long under way, or lost and sent again: it was not
 *  sent before the request was. */
static uint64_t earliest(const struct expect_judge *judge,
                         const struct journal_event *event)
{
    const struct journal_event *request =
        (int)event->kind == SERVER_RESPONSE
            ? request_of_event(judge->look.events, event)
            : NULL;

    return request != NULL ? request->time_ms : event->time_ms;
}

/** The answer to Observe is the first notification: both timers start there. */
static bool is_first(const struct expect_judge *judge, const cJSON *spec,
                     size_t index)
{
    const struct journal_event *event =
        event_store_at(judge->look.events, index);
    const struct server_response_view *view = &event->as.server.as.response;

    return (int)event->kind == SERVER_RESPONSE && view->has_observe &&
           view->code == COAP_CODE(2, 5) &&
           events_is_of(&judge->look, event, member(spec, "of"));
}

static void collect(const struct expect_judge *judge, const cJSON *spec,
                    struct gaps *gaps)
{
    const char *mark = cJSON_GetStringValue(member(spec, "since"));
    size_t from = mark != NULL ? look_mark(&judge->look, mark) : LOOK_NONE;

    for (size_t i = from != LOOK_NONE ? from : 0; i < judge->look.end; i++) {
        if (events_fit(&judge->look, spec, i) || is_first(judge, spec, i)) {
            const struct journal_event *event =
                event_store_at(judge->look.events, i);
            add(gaps, event, earliest(judge, event));
        }
    }
}

static void judge_gap(const struct expect_judge *judge, const cJSON *spec,
                      const struct gaps *gaps, bool is_minimum)
{
    const cJSON *limit = member(spec, is_minimum ? "min" : "max");
    uint64_t gap_ms = is_minimum ? gaps->shortest_ms : gaps->longest_ms;
    struct report report;

    if (limit == NULL) {
        return;
    }
    uint64_t limit_ms = (uint64_t)(limit->valuedouble * MS_PER_S);
    uint64_t slack_ms = slack_of(limit_ms);
    bool good = is_minimum ? gap_ms + slack_ms >= limit_ms
                           : gap_ms <= limit_ms + slack_ms;
    const struct grade grade = { .level = good ? FINDING_PASS : FINDING_FAIL,
                                 .fits = good };
    report_init(&report, EXPECT_CHECK);
    events_words(&report.expected, spec);
    words_add(&report.expected, " %s %g s apart (%g s more or less)",
              is_minimum ? "at least" : "at most", limit->valuedouble,
              (double)slack_ms / MS_PER_S);
    if (gaps->count == 0) {
        words_add(&report.observed, "fewer than two came");
        report_level(&report, judge->input, FINDING_INCONC, NULL,
                     judge->on_finding, judge->user);
        return;
    }
    report_evidence(&report,
                    is_minimum ? gaps->shortest_end : gaps->longest_end);
    words_add(&report.observed, "%.1f s", (double)gap_ms / MS_PER_S);
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

void expect_spacing(const struct expect_judge *judge, const cJSON *spec)
{
    struct gaps gaps = { .last = NULL };

    collect(judge, spec, &gaps);
    judge_gap(judge, spec, &gaps, true);
    judge_gap(judge, spec, &gaps, false);
}

enum status expect_spacing_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason)
{
    const cJSON *min = member(spec, "min");
    const cJSON *max = member(spec, "max");
    bool good =
        (min != NULL || max != NULL) &&
        (min == NULL || (cJSON_IsNumber(min) && min->valuedouble >= 0)) &&
        (max == NULL || (cJSON_IsNumber(max) && max->valuedouble >= 0));
    enum status status = events_check(spec, pointer, reason);

    if (status == STATUS_OK && (!good || member(spec, "of") == NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected \"of\", and \"min\" or \"max\" in "
                          "seconds",
                          pointer);
    }
    return status;
}
