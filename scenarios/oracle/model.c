/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/oracle/model.h"

#include <string.h>

static const struct tolerance_row tolerances[TOLERANCES] = {
    [LEGAL] = { NULL, "", false },
    [TOLERATED_A01] = { "A-01", "AFU-045", false },
    [TOLERATED_A03] = { "A-03", "AFU-142", false },
    [TOLERATED_A04] = { "A-04", "AFU-055,AFU-056", true },
    [TOLERATED_A05] = { "A-05", "AFU-056", true },
    [TOLERATED_A15] = { "A-15", "AFU-060", true },
    [TOLERATED_A17] = { "A-17", "AFU-164", false },
    [TOLERATED_A23] = { "A-23", "AFU-036", false },
    [TOLERATED_AFU_045] = { NULL, "AFU-045", false },
    [TOLERATED_AFU_051] = { NULL, "AFU-051", false },
    [TOLERATED_AFU_054] = { NULL, "AFU-054", false },
    [TOLERATED_AFU_095] = { NULL, "AFU-095,AFU-163", false },
    [TOLERATED_AFU_165] = { NULL, "AFU-165", false },
};

const struct tolerance_row *tolerance_row(enum tolerance tolerance)
{
    return &tolerances[tolerance];
}

/** Update Results that end a download in Idle: ST-08, 09, 18 to 24. */
static const int download_errors[] = { 2, 3, 4, 5, 6, 7, 8, 9, 12 };

enum { DOWNLOAD_ERRORS = sizeof(download_errors) / sizeof(download_errors[0]) };

void state_set_clear(struct state_set *set)
{
    memset(set, 0, sizeof(*set));
}

bool state_set_is_empty(const struct state_set *set)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        if (set->members[i] != 0) {
            return false;
        }
    }
    return true;
}

/** A legal way beats a tolerated one. @return whether the set changed */
static bool add(struct state_set *set, int state, int result, int part,
                enum tolerance tolerance)
{
    uint8_t *member = &set->members[model_index(state, result, part)];
    uint8_t wanted = (uint8_t)(1 + tolerance);

    if (*member == 0 || (*member > 1 && wanted == 1)) {
        *member = wanted;
        return true;
    }
    return false;
}

void state_set_union(struct state_set *set, const struct state_set *other)
{
    for (size_t i = 0; i < MODEL_SIZE; i++) {
        uint8_t theirs = other->members[i];
        if (theirs != 0 &&
            (set->members[i] == 0 || (set->members[i] > 1 && theirs == 1))) {
            set->members[i] = theirs;
        }
    }
}

int model_pair(int state, int result)
{
    if (result < 0 || result >= MODEL_RESULTS) {
        return 0;
    }
    switch (state) {
    case STATE_IDLE:
        return result == 11 ? 2 : 1;
    case STATE_DOWNLOADED:
        return result == 0 || result == 8 || result == 11 || result == 13 ? 1
               : result == 5                                              ? 2
                                                                          : 0;
    case STATE_DOWNLOADING:
    case STATE_UPDATING:
        return result == 0 ? 1 : 0;
    default:
        return 0;
    }
}

void state_set_all(struct state_set *set)
{
    state_set_clear(set);
    for (int state = 0; state < MODEL_STATES; state++) {
        for (int result = 0; result < MODEL_RESULTS; result++) {
            int kind = model_pair(state, result);
            enum tolerance tolerance = kind == 1             ? LEGAL
                                       : state == STATE_IDLE ? TOLERATED_AFU_051
                                                             : TOLERATED_A15;
            for (int part = 0; kind != 0 && part < PART_COUNT; part++) {
                bool fits = state == STATE_IDLE          ? part == PART_NONE
                            : state == STATE_DOWNLOADING ? part != PART_NONE
                                                         : part == PART_ALL;
                if (fits) {
                    (void)add(set, state, result, part, tolerance);
                }
            }
        }
    }
}

void state_set_filter(struct state_set *set, int state, int result)
{
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            if ((state < 0 || s == state) && (result < 0 || r == result)) {
                continue;
            }
            for (int part = 0; part < PART_COUNT; part++) {
                set->members[model_index(s, r, part)] = 0;
            }
        }
    }
}

const char *model_state_name(int state)
{
    static const char *const names[MODEL_STATES] = { "Idle", "Downloading",
                                                     "Downloaded", "Updating" };

    return state >= 0 && state < MODEL_STATES ? names[state] : "?";
}

/* What happens by itself. */

static bool close_download(struct state_set *set, int part,
                           enum tolerance tolerance)
{
    bool changed = false;

    for (size_t i = 0; i < DOWNLOAD_ERRORS; i++) {
        changed |=
            add(set, STATE_IDLE, download_errors[i], PART_NONE, tolerance);
    }
    if (part == PART_ALL) {
        changed |= add(set, STATE_DOWNLOADED, 0, PART_ALL, tolerance);
    }
    return changed;
}

/** ST-46 to ST-49, ST-37; A-15. */
static bool close_update(struct state_set *set, enum tolerance tolerance)
{
    static const struct {
        int state;
        int result;
        enum tolerance tolerance;
    } ends[] = {
        { STATE_IDLE, 1, LEGAL },
        { STATE_IDLE, 8, LEGAL },
        { STATE_DOWNLOADED, 8, LEGAL },
        { STATE_IDLE, 5, LEGAL },
        { STATE_DOWNLOADED, 5, TOLERATED_A15 },
        { STATE_IDLE, 13, LEGAL },
        { STATE_DOWNLOADED, 13, LEGAL },
        { STATE_DOWNLOADED, 11, LEGAL },
        { STATE_UPDATING, 1, TOLERATED_AFU_054 },
        { STATE_UPDATING, 5, TOLERATED_AFU_054 },
        { STATE_UPDATING, 8, TOLERATED_AFU_054 },
        { STATE_UPDATING, 13, TOLERATED_AFU_054 },
    };
    bool changed = false;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        changed |= add(set, ends[i].state, ends[i].result,
                       ends[i].state == STATE_IDLE ? PART_NONE : PART_ALL,
                       tolerance != LEGAL ? tolerance : ends[i].tolerance);
    }
    return changed;
}

static bool close_one(struct state_set *set, int state, int result, int part,
                      const struct model_options *options)
{
    enum tolerance tolerance =
        (enum tolerance)(set->members[model_index(state, result, part)] - 1);
    bool changed = false;

    switch (state) {
    case STATE_IDLE:
        if (part != PART_NONE) {
            changed |= close_download(set, part, tolerance);
            changed |= add(set, STATE_DOWNLOADING, 0, part, tolerance);
        }
        if (options->may_load) { /* ST-15 */
            changed |= add(set, STATE_DOWNLOADED, 0, PART_ALL, tolerance);
        }
        break;
    case STATE_DOWNLOADING:
        changed |= close_download(set, part, tolerance);
        break;
    case STATE_DOWNLOADED:
        if (result == 11 || options->may_start) { /* ST-39; A-35 */
            changed |= add(set, STATE_UPDATING, 0, PART_ALL, tolerance);
        }
        break;
    default:
        changed |= close_update(set, tolerance);
        break;
    }
    return changed;
}

void model_close(struct state_set *set, const struct model_options *options)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (int s = 0; s < MODEL_STATES; s++) {
            for (int r = 0; r < MODEL_RESULTS; r++) {
                for (int p = 0; p < PART_COUNT; p++) {
                    if (set->members[model_index(s, r, p)] != 0) {
                        changed |= close_one(set, s, r, p, options);
                    }
                }
            }
        }
    }
}

/* What a stimulus does; one state at a time. */

/** The state that a stimulus meets, and where its outcomes go. */
struct step {
    int state;
    int result;
    int part;
    enum tolerance was;
    struct state_set *out;
};

static void go(const struct step *step, int state, int result, int part,
               enum tolerance tolerance)
{
    (void)add(step->out, state, result, part,
              step->was != LEGAL ? step->was : tolerance);
}

static void stay(const struct step *step, enum tolerance tolerance)
{
    go(step, step->state, step->result, step->part, tolerance);
}

/** ST-02, 26, 43, 52. */
static void begin_push(const struct step *step, int part)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_DOWNLOADING, 0, part, LEGAL);
        go(step, STATE_IDLE, 0, part, LEGAL);
        if (step->result != 0) {
            go(step, STATE_IDLE, step->result, part, TOLERATED_A23);
            go(step, STATE_DOWNLOADING, step->result, part, TOLERATED_A23);
        }
        break;
    case STATE_DOWNLOADING:
        go(step, STATE_DOWNLOADING, 0, part, LEGAL);
        break;
    default:
        stay(step, TOLERATED_A01);
        break;
    }
}

/** ST-04, 16, 17. */
static void continue_push(const struct step *step, bool is_last)
{
    int part = is_last && step->part == PART_SOME ? PART_ALL : step->part;

    stay(step, LEGAL);
    if (step->state < STATE_DOWNLOADED) {
        go(step, step->state, step->result, part, LEGAL);
    }
}

/** ST-05, 28, 40, 52. */
static void reset(const struct step *step, bool is_null)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        stay(step, step->result == 0 ? LEGAL : TOLERATED_A05);
        if (is_null) {
            go(step, STATE_IDLE, 6, PART_NONE, TOLERATED_A05);
            go(step, STATE_IDLE, 8, PART_NONE, TOLERATED_A05);
        }
        break;
    case STATE_UPDATING:
        stay(step, TOLERATED_A01);
        go(step, STATE_IDLE, 0, PART_NONE, TOLERATED_A01);
        break;
    case STATE_DOWNLOADING:
        stay(step, TOLERATED_A01);
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04);
        break;
    default:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04);
        break;
    }
}

/** ST-06: any legal pair. */
static void zero_length(const struct step *step)
{
    stay(step, LEGAL);
    if (step->state != STATE_UPDATING) {
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 5, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 6, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 8, PART_NONE, LEGAL);
    }
}

/** ST-07 to 11, 25, 42, 52. What a pull has fetched is not seen here, so it
 *  may be complete at any time. */
static void write_uri(const struct step *step)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_DOWNLOADING, 0, PART_ALL, LEGAL);
        go(step, STATE_IDLE, 7, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 9, PART_NONE, LEGAL);
        stay(step, LEGAL); /* ST-10: ignored where only push is offered */
        if (step->result != 0) {
            go(step, STATE_DOWNLOADING, step->result, PART_ALL, TOLERATED_A23);
        }
        break;
    case STATE_DOWNLOADING:
        stay(step, TOLERATED_A01);
        go(step, STATE_DOWNLOADING, 0, PART_ALL, TOLERATED_AFU_045);
        break;
    default:
        stay(step, TOLERATED_A01);
        break;
    }
}

/** ST-12, 29, 32 to 37, 50. Acceptance outside of Downloaded is reported
 *  where the response is seen. */
static void update(const struct step *step)
{
    if (step->state != STATE_DOWNLOADED) {
        stay(step, LEGAL);
        return;
    }
    go(step, STATE_UPDATING, 0, PART_ALL, LEGAL);
    go(step, STATE_DOWNLOADED, 11, PART_ALL, LEGAL);
    go(step, STATE_DOWNLOADED, 13, PART_ALL, LEGAL);
    go(step, STATE_IDLE, 13, PART_NONE, LEGAL);
}

/** ST-13, 14, 30, 41, 51. */
static void cancel(const struct step *step)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A03);
        stay(step, TOLERATED_A03);
        break;
    case STATE_UPDATING:
        stay(step, LEGAL); /* the case judges the code: AFU-141 */
        break;
    default:
        go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
        break;
    }
}

/** ST-31, 45, 53; A-17. It may as well not have happened. */
static void reboot(const struct step *step, bool persist)
{
    stay(step, LEGAL);
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, step->result, PART_NONE, LEGAL);
        if (step->part != PART_NONE) {
            go(step, STATE_IDLE, 4, PART_NONE, LEGAL);
        }
        break;
    case STATE_DOWNLOADING:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 4, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A17);
        break;
    case STATE_DOWNLOADED:
        go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
        for (int result = 0; !persist && result < 11; result++) {
            go(step, STATE_IDLE, result, PART_NONE, TOLERATED_AFU_095);
        }
        break;
    default:
        go(step, STATE_IDLE, 0, PART_NONE, TOLERATED_AFU_165);
        go(step, STATE_DOWNLOADED, 0, PART_ALL, TOLERATED_AFU_165);
        break;
    }
}

static void succeed(const struct step *step, enum stimulus_kind kind,
                    const struct model_options *options)
{
    switch (kind) {
    case STIMULUS_FIRST_BLOCK:
        begin_push(step, PART_SOME);
        break;
    case STIMULUS_WHOLE:
        begin_push(step, PART_ALL);
        break;
    case STIMULUS_NEXT_BLOCK:
        continue_push(step, false);
        break;
    case STIMULUS_LAST_BLOCK:
        continue_push(step, true);
        break;
    case STIMULUS_NULL:
        reset(step, true);
        break;
    case STIMULUS_URI_EMPTY:
        reset(step, false);
        break;
    case STIMULUS_ZERO:
        zero_length(step);
        break;
    case STIMULUS_URI:
        write_uri(step);
        break;
    case STIMULUS_UPDATE:
        update(step);
        break;
    case STIMULUS_CANCEL:
        cancel(step);
        break;
    case STIMULUS_REBOOT:
        reboot(step, options->persist);
        break;
    }
}

/** A refusal changes nothing (AFU-063), but a transfer may pair an error code
 *  with a Result, and an Update one with 13. */
static void refuse(const struct step *step, enum stimulus_kind kind)
{
    bool is_transfer = kind == STIMULUS_FIRST_BLOCK || kind == STIMULUS_WHOLE ||
                       kind == STIMULUS_NEXT_BLOCK ||
                       kind == STIMULUS_LAST_BLOCK || kind == STIMULUS_URI ||
                       kind == STIMULUS_ZERO;

    stay(step, LEGAL);
    if (is_transfer && step->state < STATE_DOWNLOADED) {
        for (size_t i = 0; i < DOWNLOAD_ERRORS; i++) {
            go(step, STATE_IDLE, download_errors[i], PART_NONE, LEGAL);
        }
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, step->result, PART_NONE, LEGAL);
    }
    if (kind == STIMULUS_UPDATE && step->state == STATE_DOWNLOADED) {
        go(step, STATE_DOWNLOADED, 13, PART_ALL, LEGAL);
        go(step, STATE_IDLE, 13, PART_NONE, LEGAL);
    }
}

void model_apply(const struct state_set *set, enum stimulus_kind kind,
                 enum stimulus_answer answer,
                 const struct model_options *options, struct state_set *out_set)
{
    state_set_clear(out_set);
    for (int s = 0; s < MODEL_STATES; s++) {
        for (int r = 0; r < MODEL_RESULTS; r++) {
            for (int p = 0; p < PART_COUNT; p++) {
                uint8_t member = set->members[model_index(s, r, p)];
                const struct step step = { s, r, p,
                                           (enum tolerance)(member - 1),
                                           out_set };
                if (member == 0) {
                    continue;
                }
                if (answer != ANSWER_REFUSED) {
                    succeed(&step, kind, options);
                }
                if (answer != ANSWER_SUCCESS) {
                    refuse(&step, kind);
                }
            }
        }
    }
    model_close(out_set, options);
}
