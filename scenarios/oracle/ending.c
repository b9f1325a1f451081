/* SPDX-License-Identifier: Apache-2.0 */

/* How an update must not end, besides the table: AFU-135, AFU-165, and a
 * version that stays although the Result is 1 (AFU-015). */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 320 };

void ending_stimulus(struct tracked *tracked, enum stimulus_kind kind)
{
    struct ending *ending = &tracked->ending;

    if (kind == STIMULUS_JOIN) {
        return;
    }
    ending->is_plain = track_is_resting(tracked, STATE_DOWNLOADED) &&
                       tracked->last_result != 11;
    ending->is_reset = false;
    ending->stopped_ms = 0;
    ending->done_ms = 0;
    if (kind <= STIMULUS_URI || kind == STIMULUS_CANCEL) {
        ending->package_version[0] = '\0';
    }
}

void ending_reboot(struct tracked *tracked)
{
    tracked->ending.is_updating = false;
    tracked->ending.is_reset = false; /* the update may have been over */
    tracked->ending.stopped_ms = 0;
}

/* Maximum Defer Period. */

void ending_defer_written(struct tracked *tracked, uint64_t request,
                          const struct lwm2m_value *value)
{
    struct ending *ending = &tracked->ending;
    bool is_integer =
        value->type == LWM2M_TYPE_UNSIGNED || value->type == LWM2M_TYPE_INTEGER;

    ending->defer_request = request;
    ending->is_zero_asked = is_integer && value->as.integer == 0;
}

void ending_answer(const struct oracle *oracle, struct tracked *tracked,
                   uint64_t request, int kind, enum stimulus_answer answer)
{
    struct ending *ending = &tracked->ending;

    ending->is_reset =
        ending->is_reset || (answer == ANSWER_SUCCESS &&
                             (kind == STIMULUS_NULL || kind == STIMULUS_ZERO ||
                              kind == STIMULUS_URI_EMPTY));
    if (request == 0 || ending->defer_request != request) {
        return;
    }
    ending->defer_request = 0;
    if (answer == ANSWER_SUCCESS && ending->is_zero_asked) {
        ending->forbidden_sequence = oracle->now_sequence;
    } else if (answer != ANSWER_REFUSED) {
        ending->forbidden_sequence = 0; /* another value, or not known */
    }
}

/** AFU-135. A deferral from before may go on: afu.md, section 8. */
static void check_deferral(struct oracle *oracle, struct tracked *tracked,
                           const struct sight *sight)
{
    struct ending *ending = &tracked->ending;

    if (sight->result != 11 || tracked->last_result == 11 ||
        !ending->is_plain || ending->forbidden_sequence == 0 ||
        tracked->newest != STIMULUS_UPDATE ||
        tracked->stimulus_sequence < ending->forbidden_sequence) {
        return;
    }
    oracle_report(oracle, FINDING_FAIL, "AFU-135", NULL, "oracle.defer",
                  tracked->name,
                  "no deferral when Maximum Defer Period was written 0",
                  "Update Result 11", NULL);
}

/* A reset while Updating. */

/** It names what explain.c tells, and judges nothing: the update may have been
 *  over, unseen, when the reset came. */
static void note_stop(struct tracked *tracked, const struct sight *sight)
{
    struct ending *ending = &tracked->ending;

    if (ending->is_reset && ending->is_updating && sight->state == STATE_IDLE &&
        (sight->result == 0 || sight->result == 10)) {
        ending->stopped_ms = sight->time_ms;
    }
    ending->is_updating = sight->state == STATE_UPDATING;
}

/* A success. */

static void note_done(struct tracked *tracked, const struct sight *sight)
{
    if (sight->state == STATE_IDLE && sight->result == 1 &&
        tracked->last_result != 1 && tracked->has_stimulus &&
        tracked->newest == STIMULUS_UPDATE) {
        tracked->ending.done_ms = sight->time_ms;
        tracked->ending.is_cut = tracked->was_cut;
    }
}

/** The version follows the Result within T_STATE. */
static void check_done(struct oracle *oracle, struct tracked *tracked,
                       const struct sight *sight, const char *version)
{
    struct ending *ending = &tracked->ending;
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];

    if (ending->done_ms == 0 || version == NULL || sight->result != 1 ||
        sight->sent_ms <= ending->done_ms + oracle->config.state_ms ||
        ending->package_version[0] == '\0' || ending->old_version[0] == '\0') {
        return;
    }
    ending->done_ms = 0; /* once */
    if (strcmp(ending->old_version, ending->package_version) == 0 ||
        strncmp(version, ending->old_version,
                sizeof(ending->old_version) - 1) != 0) {
        return;
    }
    (void)snprintf(expected, sizeof(expected),
                   "Current Version \"%s\" with Update Result 1",
                   ending->package_version); /* cut */
    (void)snprintf(observed, sizeof(observed), "\"%s\" as before",
                   version); /* cut */
    oracle_report(oracle, FINDING_FAIL,
                  ending->is_cut ? "AFU-165" : "AFU-015,AFU-058", NULL,
                  "oracle.version", tracked->name, expected, observed, NULL);
}

void ending_before(struct oracle *oracle, struct tracked *tracked,
                   const struct sight *sight, const char *version)
{
    struct ending *ending = &tracked->ending;

    if (sight->is_overlapped) {
        return;
    }
    check_deferral(oracle, tracked, sight);
    if (sight->state < 0 || sight->result < 0) {
        return;
    }
    check_done(oracle, tracked, sight, version);
    note_stop(tracked, sight);
    note_done(tracked, sight);
    if (sight->state == STATE_DOWNLOADED) { /* what an update starts from */
        (void)snprintf(ending->old_version, sizeof(ending->old_version), "%s",
                       version != NULL ? version : ""); /* cut */
    }
}
