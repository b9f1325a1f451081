/* SPDX-License-Identifier: Apache-2.0 */

/* How long a pair lasts, and what Last State Change Time says. */
#include <inttypes.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/seen.h"

enum { MS_PER_S = 1000 };

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* "lasts" */

/** Between what the pair was seen to last, and what it may have lasted. */
struct span {
    bool was_seen;
    uint64_t least_ms;
    bool has_ended;
    uint64_t most_ms; /**< if it has ended */
    const struct journal_event *last;
    const struct journal_event *end;
};

/** A period of "for": seconds, or a limit of the profile. */
static uint64_t period_ms(const struct look *look, const cJSON *period)
{
    const cJSON *times = member(period, "times");
    enum limit limit = LIMIT_DEFER;

    if (cJSON_IsNumber(period)) {
        return (uint64_t)(period->valuedouble * MS_PER_S);
    }
    (void)limit_parse(cJSON_GetStringValue(member(period, "limit")),
                      &limit); /* checked before */
    uint64_t once_ms = look_limit(look, limit) / MS_PER_S * MS_PER_S;
    return once_ms * (uint64_t)(cJSON_IsNumber(times) ? times->valueint : 1);
}

/** What the views since the mark say. The pair cannot have begun before
 *  `from_ms`, and was there at `answered_ms`. */
static struct span span_of(const struct expect_judge *judge, uint16_t instance,
                           const cJSON *spec, size_t from)
{
    const struct journal_event *mark =
        from > 0 ? event_store_at(judge->look.events, from - 1) : NULL;
    uint64_t from_ms = mark != NULL ? mark->time_ms : 0;
    uint64_t answered_ms = from_ms;
    struct look until = judge->look;
    struct span span = { .was_seen = false };

    for (size_t i = from; i < judge->look.end && !span.has_ended; i++) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i);
        int state = -1;
        int result = -1;
        uint64_t sent_ms = 0;
        until.end = i + 1;
        if (event->kind != (enum journal_kind)SERVER_RESPONSE ||
            !look_pair(&until, i, instance, &state, &result, &sent_ms)) {
            /* the answer to the Execute comes before what it begins */
            if (event->kind == (enum journal_kind)SERVER_RESPONSE &&
                !span.was_seen) {
                answered_ms = event->time_ms;
            }
            continue;
        }
        bool fits = condition_grade(spec, &judge->rules, state, result).fits;
        if (fits) {
            span.was_seen = true;
            span.last = event;
            span.least_ms = sent_ms > answered_ms ? sent_ms - answered_ms : 0;
        } else if (span.was_seen) {
            span.has_ended = true;
            span.end = event;
            span.most_ms = event->time_ms - from_ms;
        }
    }
    return span;
}

/** -1: ended too early for every period; 1: too late; 0: in time. */
static int compare(const struct expect_judge *judge, const struct span *span,
                   const cJSON *spec, const cJSON **out_period)
{
    const cJSON *periods = member(spec, "for");
    const cJSON *grace = member(spec, "grace");
    uint64_t early_ms = look_limit(&judge->look, LIMIT_CLOCK);
    uint64_t late_ms = look_limit(&judge->look, LIMIT_STATE);
    enum limit limit = LIMIT_STATE;
    int result = -1;

    if (limit_parse(cJSON_IsString(grace) ? grace->valuestring : "", &limit)) {
        late_ms += look_limit(&judge->look, limit);
    }
    for (const cJSON *period = cJSON_IsArray(periods) ? periods->child
                                                      : periods;
         period != NULL;
         period = cJSON_IsArray(periods) ? period->next : NULL) {
        uint64_t wanted_ms = period_ms(&judge->look, period);
        bool is_early = member(spec, "early") == NULL && span->has_ended &&
                        span->most_ms + early_ms < wanted_ms;
        bool is_late = span->least_ms > wanted_ms + late_ms;
        if (!is_early && !is_late) {
            *out_period = period;
            return 0;
        }
        result = is_late ? 1 : result;
    }
    return result;
}

static void observed_words(const struct expect_judge *judge,
                           const struct span *span, const cJSON *period,
                           struct words *words)
{
    if (!span->was_seen) {
        words_add(words, "it was not seen");
    } else if (span->has_ended) {
        words_add(words, "%.1f to %.1f s", (double)span->least_ms / MS_PER_S,
                  (double)span->most_ms / MS_PER_S);
    } else {
        words_add(words, "it is still so after %.1f s",
                  (double)span->least_ms / MS_PER_S);
    }
    if (period != NULL && span->was_seen) {
        words_add(words, ", as by %.0f s",
                  (double)period_ms(&judge->look, period) / MS_PER_S);
    }
}

void expect_lasts(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec)
{
    const char *mark = cJSON_GetStringValue(member(spec, "since"));
    const cJSON *period = NULL;
    const cJSON *late = member(spec, "late");
    struct report report;

    if (spec == NULL) {
        return;
    }
    size_t from = mark != NULL ? look_mark(&judge->look, mark) : LOOK_NONE;
    struct span span =
        span_of(judge, instance, spec, from != LOOK_NONE ? from : 0);
    int when = compare(judge, &span, spec, &period);
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, span.last);
    report_evidence(&report, span.end);
    words_component(&report.subject, judge->look.binding, instance);
    words_component(&report.expected, judge->look.binding, instance);
    words_add(&report.expected, " ");
    condition_words(&report.expected, spec);
    words_add(&report.expected, " for its period, T_CLK less or T_STATE more");
    observed_words(judge, &span, period, &report.observed);
    enum finding_level level = !span.was_seen || (when == 0 && !span.has_ended)
                                   ? FINDING_INCONC
                               : when == 0                ? FINDING_PASS
                               : when > 0 && late != NULL ? FINDING_WARNING
                                                          : FINDING_FAIL;
    report_level(&report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

static bool is_period(const cJSON *period)
{
    enum limit limit = LIMIT_STATE;
    const cJSON *times = member(period, "times");

    return (cJSON_IsNumber(period) && period->valuedouble >= 0) ||
           (limit_parse(cJSON_IsString(member(period, "limit"))
                            ? cJSON_GetStringValue(member(period, "limit"))
                            : "",
                        &limit) &&
            (times == NULL || (cJSON_IsNumber(times) && times->valueint > 0)));
}

enum status expect_lasts_check(const cJSON *spec, const char *pointer,
                               struct reason *reason)
{
    const cJSON *periods = member(spec, "for");
    const cJSON *late = member(spec, "late");
    const cJSON *grace = member(spec, "grace");
    const cJSON *early = member(spec, "early");
    const cJSON *item = NULL;
    enum limit limit = LIMIT_STATE;
    bool good = cJSON_IsArray(periods) ? cJSON_GetArraySize(periods) > 0
                                       : is_period(periods);

    if (cJSON_IsArray(periods)) {
        cJSON_ArrayForEach(item, periods)
        {
            good = good && is_period(item);
        }
    }
    good = good && condition_is_present(spec) &&
           cJSON_IsString(member(spec, "since")) &&
           (late == NULL ||
            (cJSON_IsString(late) && strcmp(late->valuestring, "warn") == 0)) &&
           (early == NULL || (cJSON_IsString(early) &&
                              strcmp(early->valuestring, "pass") == 0)) &&
           (grace == NULL ||
            (cJSON_IsString(grace) && limit_parse(grace->valuestring, &limit)));
    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s/lasts: expected a condition, \"since\", "
                             "\"for\" (seconds, {\"limit\": \"defer\"}, or a "
                             "list), and perhaps \"early\": \"pass\", "
                             "\"late\": \"warn\" and \"grace\"",
                             pointer);
}

/* "changed" */

/** Whether the device has a clock that agrees with ours; AFU-150 is about
 *  devices whose time is set. */
static bool has_clock(const struct expect_judge *judge, int64_t wall_ms)
{
    cJSON *shown =
        seen_newest(&judge->look,
                    lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_CURRENT_TIME));
    double slack_s =
        (double)look_limit(&judge->look, LIMIT_CLOCK) / MS_PER_S + 60;
    double difference_s = cJSON_IsNumber(shown)
                              ? shown->valuedouble - (double)wall_ms / MS_PER_S
                              : slack_s * 2;

    cJSON_Delete(shown);
    return difference_s < slack_s && difference_s > -slack_s;
}

/** {"as-at": mark}: it did not change since then; that it need not is told
 *  only where State did not change either: afu.md, section 8. */
static void judge_kept(const struct expect_judge *judge,
                       const struct expect_component *component,
                       const cJSON *mark)
{
    struct lwm2m_path path =
        lwm2m_path_resource(AFU_OBJECT, component->instance, AFU_CHANGE_TIME);
    size_t end = look_mark(&judge->look, cJSON_GetStringValue(mark));
    struct look then = judge->look;
    struct report report;

    then.end = end != LOOK_NONE ? end : 0;
    cJSON *before = seen_newest(&then, path);
    cJSON *now = seen_in(&component->view->records, path);
    enum finding_level level = before == NULL || now == NULL ? FINDING_INCONC
                               : cJSON_Compare(before, now, true)
                                   ? FINDING_PASS
                                   : FINDING_WARNING;
    expect_report(judge, component, &report);
    words_add(&report.expected, "Last State Change Time as it was, ");
    seen_value_words(&report.expected, before);
    words_add(&report.expected, ": State did not change");
    seen_value_words(&report.observed, now);
    report_level(&report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
    cJSON_Delete(before);
    cJSON_Delete(now);
}

/** "past": Last State Change Time does not lie ahead. A-37 for what it is
 *  before the first change. */
void expect_changed(const struct expect_judge *judge,
                    const struct expect_component *component, const cJSON *spec)
{
    const struct lwm2m_record *record = record_list_find(
        &component->view->records,
        lwm2m_path_resource(AFU_OBJECT, component->instance, AFU_CHANGE_TIME));
    enum finding_level level = FINDING_PASS;
    struct report report;

    if (cJSON_IsObject(spec)) {
        judge_kept(judge, component, member(spec, "as-at"));
        return;
    }
    expect_report(judge, component, &report);
    words_add(&report.expected,
              "Last State Change Time: a time, not later than now");
    if (record == NULL || record->value.type != LWM2M_TYPE_TIME) {
        words_add(&report.observed, record == NULL ? "absent" : "no time");
        level = FINDING_FAIL;
    } else {
        int64_t ahead_ms =
            record->value.as.integer * MS_PER_S - component->event->wall_ms;
        words_add(&report.observed, "%" PRId64 ", read at %" PRId64,
                  record->value.as.integer,
                  component->event->wall_ms / MS_PER_S);
        if (ahead_ms > (int64_t)look_limit(&judge->look, LIMIT_CLOCK)) {
            level = has_clock(judge, component->event->wall_ms)
                        ? FINDING_FAIL
                        : FINDING_WARNING;
        }
    }
    report_level(&report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

enum status expect_changed_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason)
{
    const char *word = cJSON_GetStringValue(spec);
    bool good = spec == NULL || (word != NULL && strcmp(word, "past") == 0) ||
                cJSON_IsString(member(spec, "as-at"));

    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s/changed: expected \"past\" or {\"as-at\": "
                             "a mark}",
                             pointer);
}
