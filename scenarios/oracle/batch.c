/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Updates of several components: who takes part in which one. The argument
 * names participants, Linked Instances those that may be; a view that shows a
 * component being updated tells of an Update that may include it, and where
 * several may, each is a hypothesis. What is judged holds in all of them.
 * Spec: AFU-086, AFU-093, AFU-096.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 400 };

void batch_restart(struct oracle *oracle)
{
    memset(oracle->batches, 0, sizeof(oracle->batches));
    memset(oracle->hypotheses, 0, sizeof(oracle->hypotheses));
    oracle->hypothesis_count = 1;
}

/* Hypotheses. */

/** Those that have become the same count once. */
static void merge(struct oracle *oracle)
{
    size_t kept = 0;

    for (size_t i = 0; i < oracle->hypothesis_count; i++) {
        bool is_new = true;
        for (size_t j = 0; j < kept && is_new; j++) {
            is_new = memcmp(&oracle->hypotheses[j], &oracle->hypotheses[i],
                            sizeof(oracle->hypotheses[0])) != 0;
        }
        if (is_new) {
            oracle->hypotheses[kept++] = oracle->hypotheses[i];
        }
    }
    oracle->hypothesis_count = kept;
}

static void assign(struct oracle *oracle, size_t index, size_t batch)
{
    for (size_t i = 0; i < oracle->hypothesis_count; i++) {
        oracle->hypotheses[i].batch_of[index] = (uint8_t)batch;
    }
    merge(oracle);
}

/** @return false when there is no room, which is told */
static bool add_hypothesis(struct oracle *oracle, const struct hypothesis *from,
                           size_t index, size_t batch)
{
    if (oracle->hypothesis_count == ORACLE_HYPOTHESES_MAX) {
        oracle_overflow(oracle, oracle->components[index].name,
                        "more explanations of who takes part in which Update "
                        "than are followed");
        batch_restart(oracle);
        return false;
    }
    struct hypothesis *added = &oracle->hypotheses[oracle->hypothesis_count++];
    *added = *from;
    added->batch_of[index] = (uint8_t)batch;
    return true;
}

/** The component is being updated: by which of the Updates that may include
 *  it? Where there is none, its own set says so. */
static void explain_start(struct oracle *oracle, size_t index)
{
    size_t count = oracle->hypothesis_count;

    for (size_t i = 0; i < count; i++) {
        const struct hypothesis from = oracle->hypotheses[i];
        bool is_explained = from.batch_of[index] != 0;
        for (size_t b = 0; b < oracle->config.component_count; b++) {
            const struct batch *batch = &oracle->batches[b];
            if (from.batch_of[index] != 0 || !batch->is_active ||
                (batch->open & UINT64_C(1) << index) == 0) {
                continue;
            }
            if (!is_explained) {
                oracle->hypotheses[i].batch_of[index] = (uint8_t)(b + 1);
                is_explained = true;
            } else if (!add_hypothesis(oracle, &from, index, b + 1)) {
                return;
            }
        }
    }
}

/* Beginning and end. */

static void end_batch(struct oracle *oracle, size_t batch)
{
    oracle->batches[batch] = (struct batch){ .is_active = false };
    for (size_t h = 0; h < oracle->hypothesis_count; h++) {
        for (size_t i = 0; i < oracle->config.component_count; i++) {
            uint8_t *of = &oracle->hypotheses[h].batch_of[i];
            *of = *of == batch + 1 ? 0 : *of;
        }
    }
    merge(oracle);
}

/** What it shows before: who is in Downloaded can show it for long. */
static void remember(struct tracked *tracked)
{
    bool is_loaded =
        tracked->is_known && tracked->last_state == STATE_DOWNLOADED;

    tracked->outcome = OUTCOME_NONE;
    tracked->batch_result = is_loaded ? tracked->last_result : -1;
    (void)snprintf(tracked->batch_version, sizeof(tracked->batch_version), "%s",
                   tracked->has_version ? tracked->version : "");
    tracked->has_batch_version = false;
}

void batch_begin(struct oracle *oracle, size_t addressed, uint64_t request,
                 uint64_t listed, uint64_t open)
{
    uint64_t self = UINT64_C(1) << addressed;
    struct batch batch = { .is_active = true,
                           .request = request,
                           .listed = self | listed,
                           .open = open,
                           .busy_ms = oracle->now_ms };

    end_batch(oracle, addressed);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        uint64_t bit = UINT64_C(1) << i;
        if ((batch.listed & bit) != 0) {
            remember(tracked);
            assign(oracle, i, addressed + 1);
        } else if ((open & bit) != 0 && tracked->outcome != OUTCOME_STARTED) {
            if (tracked->outcome != OUTCOME_NONE) {
                assign(oracle, i, 0); /* it is done with those before */
            }
            remember(tracked);
        }
    }
    oracle->batches[addressed] = batch;
}

void batch_answer(struct oracle *oracle, uint64_t request,
                  enum stimulus_answer answer)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct batch *batch = &oracle->batches[i];
        if (!batch->is_active || batch->request != request) {
            continue;
        }
        batch->busy_ms = oracle->now_ms;
        if (answer == ANSWER_REFUSED) {
            end_batch(oracle, i);
        }
    }
}

void batch_leave(struct oracle *oracle, size_t index)
{
    uint64_t bit = UINT64_C(1) << index;

    for (size_t i = 0; i < oracle->config.component_count; i++) {
        oracle->batches[i].listed &= ~bit;
        oracle->batches[i].open &= ~bit;
    }
    oracle->components[index].outcome = OUTCOME_NONE;
    assign(oracle, index, 0);
}

void batch_reboot(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        oracle->batches[i].has_rebooted = true;
    }
}

/* Views. */

static enum outcome outcome_of(const struct tracked *tracked,
                               const struct sight *sight)
{
    int result = sight->result;
    bool has_failed = result == 5 || result == 8 || result == 13;
    bool is_new =
        tracked->outcome != OUTCOME_NONE ||
        (tracked->batch_result >= 0 && result != tracked->batch_result);

    if (sight->state == STATE_UPDATING || result == 11) {
        return OUTCOME_STARTED; /* or deferred */
    }
    if (sight->state == STATE_IDLE && result == 1) {
        return OUTCOME_DONE;
    }
    return has_failed && is_new ? OUTCOME_FAILED : tracked->outcome;
}

static void note_view(struct oracle *oracle, size_t index,
                      const struct sight *sight, const char *version)
{
    struct tracked *tracked = &oracle->components[index];
    enum outcome outcome = outcome_of(tracked, sight);

    if (outcome != tracked->outcome || outcome == OUTCOME_STARTED) {
        for (size_t i = 0; i < oracle->config.component_count; i++) {
            struct batch *batch = &oracle->batches[i];
            if (((batch->listed | batch->open) & UINT64_C(1) << index) != 0) {
                batch->busy_ms = sight->time_ms;
            }
        }
        explain_start(oracle, index);
    }
    tracked->outcome = outcome;
    tracked->has_batch_version =
        tracked->has_batch_version ||
        (version != NULL && tracked->batch_version[0] != '\0' &&
         strncmp(version, tracked->batch_version,
                 sizeof(tracked->batch_version) - 1) != 0);
}

/** One that has its new version, and one of the same Update that failed. */
struct half {
    const struct tracked *done;
    const struct tracked *failed;
};

/** @return false when the hypothesis has no Update that went half-way */
static bool find_half(const struct oracle *oracle,
                      const struct hypothesis *hypothesis,
                      struct half *out_half)
{
    struct half halves[ORACLE_COMPONENTS_MAX] = { { NULL, NULL } };

    for (size_t i = 0; i < oracle->config.component_count; i++) {
        const struct tracked *tracked = &oracle->components[i];
        size_t batch = hypothesis->batch_of[i];
        if (batch == 0 || oracle->batches[batch - 1].is_told) {
            continue;
        }
        struct half *half = &halves[batch - 1];
        if (tracked->outcome == OUTCOME_DONE && tracked->has_batch_version) {
            half->done = tracked;
        } else if (tracked->outcome == OUTCOME_FAILED) {
            half->failed = tracked;
        }
        if (half->done != NULL && half->failed != NULL) {
            *out_half = *half;
            return true;
        }
    }
    return false;
}

/** The Updates that it may have been are told of. */
static void settle(struct oracle *oracle, const struct tracked *tracked)
{
    size_t index = (size_t)(tracked - oracle->components);

    for (size_t h = 0; h < oracle->hypothesis_count; h++) {
        size_t batch = oracle->hypotheses[h].batch_of[index];
        if (batch != 0) {
            oracle->batches[batch - 1].is_told = true;
        }
    }
}

/** AFU-093: whatever the hypothesis, some Update went half-way. */
static void check_whole(struct oracle *oracle)
{
    struct half half = { NULL, NULL };
    char observed[TEXT_SIZE];

    for (size_t h = 0; h < oracle->hypothesis_count; h++) {
        if (!find_half(oracle, &oracle->hypotheses[h], &half)) {
            return;
        }
    }
    if (half.failed == NULL || half.done == NULL) {
        return; /* there is a hypothesis always */
    }
    settle(oracle, half.failed);
    settle(oracle, half.done);
    (void)snprintf(observed, sizeof(observed),
                   "Update Result %d, and %s has the new version \"%.100s\"",
                   half.failed->last_result, half.done->name,
                   half.done->version); /* cut */
    oracle_report(oracle,
                  oracle->config.transactional ? FINDING_FAIL : FINDING_WARNING,
                  "AFU-093", NULL, "oracle.batch", half.failed->name,
                  "all that take part in an Update have new versions, or none",
                  observed, NULL);
}

/** AFU-086, AFU-096: it was listed, the one addressed is done, and nothing is
 *  under way any more. One that shows an old failure may have failed again, and
 *  one that was cut off by a reboot may have forgotten it (AFU-165). */
static void check_attempted(struct oracle *oracle, struct batch *batch,
                            const struct tracked *addressed, size_t index,
                            const struct sight *sight)
{
    const struct tracked *tracked = &oracle->components[index];

    if ((batch->listed & UINT64_C(1) << index) == 0 ||
        tracked->outcome != OUTCOME_NONE || addressed == tracked ||
        addressed->outcome != OUTCOME_DONE ||
        sight->state != STATE_DOWNLOADED || sight->result != 0 ||
        tracked->batch_result != 0 || batch->has_rebooted ||
        sight->sent_ms <= batch->busy_ms + oracle->config.update_ms +
                              oracle->config.state_ms) {
        return;
    }
    batch->is_told = true;
    oracle_report(oracle, FINDING_FAIL, "AFU-086,AFU-096", NULL, "oracle.batch",
                  tracked->name,
                  "a component that an Update lists is updated, or fails",
                  "State Downloaded as before, and the Update is over", NULL);
}

/** ICS-FAILST; of the one addressed, as A-34 leaves others open. */
static void check_failed_state(struct oracle *oracle, size_t index,
                               const struct sight *sight)
{
    const struct tracked *tracked = &oracle->components[index];
    struct batch *batch = &oracle->batches[index];
    bool is_idle = sight->state == STATE_IDLE;
    enum oracle_failed failed =
        is_idle ? ORACLE_FAILED_IDLE : ORACLE_FAILED_DOWNLOADED;

    if (!batch->is_active || batch->has_failed || sight->result != 8 ||
        tracked->outcome != OUTCOME_FAILED || sight->state == STATE_UPDATING) {
        return;
    }
    batch->has_failed = true; /* once */
    if (oracle->config.failed != ORACLE_FAILED_EITHER &&
        oracle->config.failed != failed) {
        oracle_report(oracle, FINDING_FAIL, "AFU-061", NULL, "oracle.failed",
                      tracked->name,
                      is_idle ? "State Downloaded after an update that failed, "
                                "as the profile declares"
                              : "State Idle after an update that failed, as "
                                "the profile declares",
                      is_idle ? "State Idle with Update Result 8"
                              : "State Downloaded with Update Result 8",
                      NULL);
    }
}

void batch_view(struct oracle *oracle, size_t index, const struct sight *sight,
                const char *version)
{
    if (sight->state < 0 || sight->result < 0 || sight->is_overlapped) {
        return;
    }
    note_view(oracle, index, sight, version);
    check_whole(oracle);
    check_failed_state(oracle, index, sight);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct batch *batch = &oracle->batches[i];
        if (batch->is_active && !batch->is_told) {
            check_attempted(oracle, batch, &oracle->components[i], index,
                            sight);
        }
    }
}
