/* SPDX-License-Identifier: Apache-2.0 */

/* How long a State lasts, and what Last State Change Time says of it. */
#include <inttypes.h>
#include <stdio.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 160 };

/** Time before this is a clock that was never set: 2020-01-01. */
#define CLOCK_IS_SET_S INT64_C(1577836800)

/** AFU-064. A gap without Reads may hide that it left and came back. */
static void check_updating(struct oracle *oracle, struct tracked *tracked,
                           const struct sight *sight)
{
    bool has_gap =
        sight->sent_ms > tracked->last.time_ms + oracle->config.update_ms;

    if (sight->state < 0) {
        return;
    }
    if (sight->state != STATE_UPDATING) {
        tracked->updating_since_ms = 0;
    } else if (tracked->updating_since_ms == 0 || has_gap) {
        tracked->updating_since_ms = sight->time_ms;
    } else if (sight->sent_ms >
               tracked->updating_since_ms + oracle->config.update_ms) {
        tracked->updating_since_ms = sight->time_ms; /* once */
        oracle_report(oracle, FINDING_WARNING, "AFU-064", NULL, "oracle.stuck",
                      tracked->name,
                      "State leaves Updating within T_UPD + T_BOOT",
                      "State Updating for longer", NULL);
    }
}

/** AFU-030, AFU-040, AFU-164. A pull cannot be judged: its traffic is not
 *  seen here. */
static void check_downloading(struct oracle *oracle, struct tracked *tracked,
                              const struct sight *sight)
{
    if (sight->state >= 0 && sight->state != STATE_DOWNLOADING) {
        tracked->may_pull = tracked->has_uri;
        return;
    }
    if (sight->state != STATE_DOWNLOADING || tracked->traffic_ms == 0 ||
        tracked->may_pull ||
        sight->sent_ms <= tracked->traffic_ms + oracle->config.abort_ms +
                              oracle->config.state_ms) {
        return;
    }
    tracked->traffic_ms = 0; /* once */
    oracle_report(oracle,
                  tracked->has_rebooted ? FINDING_WARNING : FINDING_FAIL,
                  tracked->has_rebooted       ? "AFU-164"
                  : tracked->is_push_complete ? "AFU-030"
                                              : "AFU-040",
                  NULL, "oracle.stuck", tracked->name,
                  "State leaves Downloading within T_ABORT when nothing is "
                  "sent any more",
                  "State Downloading for longer", NULL);
}

void duration_check(struct oracle *oracle, struct tracked *tracked,
                    const struct sight *sight)
{
    check_updating(oracle, tracked, sight);
    check_downloading(oracle, tracked, sight);
}

/* Last State Change Time. */

static void report_time(struct oracle *oracle, const struct tracked *tracked,
                        enum finding_level level, const char *expected,
                        int64_t time_s)
{
    char observed[TEXT_SIZE];

    if (tracked->change.is_known) {
        (void)snprintf(observed, sizeof(observed),
                       "%" PRId64 " in State %s, after %" PRId64 " in State %s",
                       time_s, model_state_name(tracked->last.state),
                       tracked->change.time_s,
                       model_state_name(tracked->change.state));
    } else {
        (void)snprintf(observed, sizeof(observed), "%" PRId64, time_s);
    }
    oracle_report(oracle, level, "AFU-150", NULL, "oracle.change-time",
                  tracked->name, expected, observed, NULL);
}

/** State is another one than when it was read before. */
static void check_changed(struct oracle *oracle, const struct tracked *tracked,
                          const struct sight *sight, int64_t time_s)
{
    uint64_t clock_ms = oracle->config.clock_ms;
    enum finding_level by_clock =
        oracle->has_clock ? FINDING_FAIL : FINDING_WARNING;

    if (time_s < CLOCK_IS_SET_S) {
        return; /* no wall clock: it is only to be monotonic */
    }
    if (time_s == tracked->change.time_s) {
        /* Both changes have the same second: they were that close. */
        if (tracked->change.sent_ms >
            tracked->change.first_ms + 1000 + clock_ms) {
            report_time(oracle, tracked, FINDING_FAIL,
                        "Last State Change Time is set when State changes",
                        time_s);
        }
    } else if ((time_s + 1) * 1000 + (int64_t)clock_ms <
               tracked->change.sent_wall_ms) {
        report_time(oracle, tracked, by_clock,
                    "Last State Change Time is that of the change", time_s);
    }
    (void)sight; /* both ends of the change are in `change` */
}

void duration_check_change_time(struct oracle *oracle, struct tracked *tracked,
                                const struct sight *sight, int64_t time_s)
{
    int64_t clock_ms = (int64_t)oracle->config.clock_ms;
    bool is_new = !tracked->change.is_known || time_s != tracked->change.time_s;
    bool is_changed =
        tracked->change.is_known && sight->state != tracked->change.state;

    if (sight->state < 0 || sight->is_overlapped) {
        return; /* AFU-152: no atomic view, or its order is not known */
    }
    if (time_s < 0) {
        oracle_report(oracle, FINDING_FAIL, "AFU-009", NULL, "definition.value",
                      tracked->name, "Last State Change Time is not negative",
                      "less than 0", NULL);
    }
    if ((tracked->options.may_reboot ||
         tracked->change.state == STATE_UPDATING) &&
        tracked->change.is_known && time_s < tracked->change.time_s) {
        tracked->change.is_known = false; /* it has not registered yet: A-37 */
        is_new = true;
    }
    if (tracked->change.is_known && time_s < tracked->change.time_s) {
        report_time(oracle, tracked,
                    (tracked->change.time_s - time_s) * 1000 > clock_ms
                        ? FINDING_FAIL
                        : FINDING_WARNING, /* a clock that was adjusted */
                    "Last State Change Time does not decrease", time_s);
    } else if (is_changed) {
        check_changed(oracle, tracked, sight, time_s);
    }
    if (is_new && time_s >= CLOCK_IS_SET_S &&
        time_s * 1000 > sight->wall_ms + clock_ms) {
        report_time(oracle, tracked,
                    oracle->has_clock ? FINDING_FAIL : FINDING_WARNING,
                    "Last State Change Time does not lie ahead", time_s);
    }
    if (is_new || is_changed) {
        tracked->change.first_ms = sight->time_ms;
    }
    tracked->change.is_known = true;
    tracked->change.time_s = time_s;
    tracked->change.state = sight->state;
    tracked->change.sent_ms = sight->sent_ms;
    tracked->change.sent_wall_ms = sight->sent_wall_ms;
}

/* Notifications are older than they look, but come in order. */
void duration_check_notified(struct oracle *oracle, struct tracked *tracked,
                             uint64_t observation, int state, int64_t time_s)
{
    char observed[TEXT_SIZE];
    bool is_next = tracked->told.observation == observation;
    int64_t back_ms = is_next && time_s < tracked->told.time_s
                          ? (tracked->told.time_s - time_s) * 1000
                          : 0;

    if (back_ms > 0 && state != tracked->told.state) {
        (void)snprintf(observed, sizeof(observed),
                       "%" PRId64 " in State %s, after %" PRId64 " in State %s",
                       time_s, model_state_name(state), tracked->told.time_s,
                       model_state_name(tracked->told.state));
        oracle_report(oracle,
                      back_ms > (int64_t)oracle->config.clock_ms
                          ? FINDING_FAIL
                          : FINDING_WARNING, /* a clock that was adjusted */
                      "AFU-150", NULL, "oracle.change-time", tracked->name,
                      "a notification of another State has no older Last State "
                      "Change Time",
                      observed, NULL);
    }
    tracked->told.observation = observation;
    tracked->told.time_s = time_s;
    tracked->told.state = state;
}
