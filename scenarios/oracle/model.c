/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/oracle/model.h"

/* Shorter names, for the table. */
#define NOTHING FINDING_PASS
#define INFO    FINDING_INFO
#define WARN    FINDING_WARNING
#define FAIL    FINDING_FAIL

static const struct tolerance_row tolerances[TOLERANCES] = {
    [LEGAL] = { NULL, "", NOTHING, NOTHING, NOTHING, NOTHING },
    [TOLERATED_A01] = { "A-01", "AFU-045", WARN, WARN, WARN, WARN },
    [TOLERATED_A03] = { "A-03", "AFU-142", WARN, WARN, WARN, WARN },
    [TOLERATED_A04] = { "A-04", "AFU-055,AFU-056", WARN, WARN, WARN, WARN },
    [TOLERATED_A04_RESULT] = { "A-04", "AFU-055,AFU-056", WARN, FAIL, WARN,
                               FAIL },
    [TOLERATED_A05] = { "A-05", "AFU-055,AFU-056", WARN, FAIL, WARN, FAIL },
    [TOLERATED_A13] = { "A-13", "AFU-131", WARN, WARN, WARN, WARN },
    [TOLERATED_A15] = { "A-15", "AFU-060", WARN, FAIL, WARN, FAIL },
    [TOLERATED_A17] = { "A-17", "AFU-164", WARN, WARN, WARN, WARN },
    [TOLERATED_A23] = { "A-23", "AFU-036", WARN, WARN, WARN, WARN },
    [TOLERATED_A33] = { "A-33", "AFU-140", WARN, FAIL, WARN, FAIL },
    [TOLERATED_AFU_045] = { NULL, "AFU-045", WARN, WARN, WARN, WARN },
    [TOLERATED_AFU_051] = { NULL, "AFU-051", WARN, WARN, WARN, WARN },
    [TOLERATED_AFU_163] = { NULL, "AFU-095,AFU-163", WARN, WARN, WARN, WARN },
    [BROKEN_A02] = { "A-02", "AFU-080", FAIL, FAIL, FAIL, FAIL },
    [BROKEN_A03] = { "A-03", "AFU-142", FAIL, FAIL, FAIL, FAIL },
    [BROKEN_AFU_141] = { NULL, "AFU-141", FAIL, FAIL, FAIL, FAIL },
    [PASSING_A23] = { "A-23", "AFU-036", WARN, FAIL, NOTHING, NOTHING },
    [PASSING_AFU_051] = { NULL, "AFU-051", WARN, WARN, NOTHING, NOTHING },
    [PASSING_REFUSED] = { NULL, "AFU-063", FAIL, FAIL, NOTHING, NOTHING },
    [PASSING_AFU_054] = { NULL, "AFU-054", FAIL, FAIL, WARN, WARN },
    [PASSING_A24_FAILED] = { "A-24", "AFU-052", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_UPDATED] = { "A-24", "AFU-058,AFU-061", FAIL, FAIL, INFO,
                              WARN },
    [PASSING_A24_CANCEL] = { "A-24", "AFU-059", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_RESET] = { "A-24", "AFU-055,AFU-056", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_TEN] = { "A-24", "AFU-055,AFU-056", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_CONFLICT] = { "A-24", "AFU-097", FAIL, FAIL, INFO, WARN },
    [PASSING_A24_START] = { "A-24", "AFU-081", FAIL, FAIL, INFO, WARN },
    [PASSING_LOAD] = { NULL, "AFU-116", FAIL, FAIL, NOTHING, NOTHING },
};

const struct tolerance_row *tolerance_row(enum tolerance tolerance)
{
    return &tolerances[tolerance];
}

/** Update Results that end a download in Idle: ST-08, 09, 18 to 24. */
static const int download_errors[] = { 2, 3, 4, 5, 6, 7, 8, 9, 12 };

enum { DOWNLOAD_ERRORS = sizeof(download_errors) / sizeof(download_errors[0]) };

/** How an update ends: ST-46 to ST-49, ST-37. */
static const struct {
    int state;
    int result;
    enum tolerance tolerance;
} update_ends[] = {
    { STATE_IDLE, 1, LEGAL },
    { STATE_IDLE, 8, LEGAL },
    { STATE_DOWNLOADED, 8, LEGAL },
    { STATE_IDLE, 5, LEGAL },
    { STATE_DOWNLOADED, 5, TOLERATED_A15 },
    { STATE_IDLE, 13, LEGAL },
    { STATE_DOWNLOADED, 13, LEGAL },
    { STATE_DOWNLOADED, 11, TOLERATED_A13 },
};

enum { UPDATE_ENDS = sizeof(update_ends) / sizeof(update_ends[0]) };

static bool is_download_error(int result)
{
    for (size_t i = 0; i < DOWNLOAD_ERRORS; i++) {
        if (download_errors[i] == result) {
            return true;
        }
    }
    return false;
}

uint32_t model_pair(int state, int result)
{
    if (result < 0 || result >= MODEL_RESULTS) {
        return 0;
    }
    switch (state) {
    case STATE_IDLE:
        return result == 11 ? WHY(TOLERATED_AFU_051) : WHY(LEGAL);
    case STATE_DOWNLOADING:
        return result == 0                 ? WHY(LEGAL)
               : is_download_error(result) ? WHY(PASSING_AFU_051)
                                           : WHY(PASSING_A23);
    case STATE_DOWNLOADED:
        return result == 0 || result == 8 || result == 11 || result == 13
                   ? WHY(LEGAL)
               : result == 5 ? WHY(TOLERATED_A15)
                             : 0;
    case STATE_UPDATING:
        return result == 0 ? WHY(LEGAL)
               : result == 1 || result == 5 || result == 8 || result == 13
                   ? WHY(PASSING_AFU_054)
                   : 0;
    default:
        return 0;
    }
}

const char *model_state_name(int state)
{
    static const char *const names[MODEL_STATES] = { "Idle", "Downloading",
                                                     "Downloaded", "Updating" };

    return state >= 0 && state < MODEL_STATES ? names[state] : "?";
}

static unsigned severity(enum tolerance tolerance)
{
    const struct tolerance_row *row = &tolerances[tolerance];

    return (unsigned)row->interop * (FINDING_ERROR + 1) + (unsigned)row->strict;
}

/** What becomes of one way when it needs `tolerance` as well. */
static uint32_t combine(enum tolerance old, enum tolerance tolerance)
{
    const struct tolerance_row *row = &tolerances[tolerance];

    if (old == LEGAL) {
        return WHY(tolerance);
    }
    if ((WHY_PASSING & WHY(tolerance)) != 0) {
        /* Only one of both can be kept. What passes is not told later, so it
         * gives way to what fails, and to a reset that was ignored. */
        return row->early_strict == NOTHING || tolerances[old].strict == FAIL
                   ? WHY(old)
               : old == TOLERATED_A04 ? 0
                                      : WHY(tolerance);
    }
    return severity(old) > severity(tolerance) ? WHY(old) : WHY(tolerance);
}

/** One more step on the way: what was passing has passed. */
static uint32_t through(uint32_t why, enum tolerance tolerance)
{
    uint32_t after = 0;

    if ((why & WHY_PASSING) != 0) {
        why = (why & ~WHY_PASSING) | WHY(LEGAL);
    }
    for (int i = LEGAL; tolerance != LEGAL && i < PASSING_A23; i++) {
        if ((why & WHY(i)) != 0) {
            after |= combine((enum tolerance)i, tolerance);
        }
    }
    return tolerance != LEGAL ? after : why;
}

/* What happens by itself; one state at a time. */

/** The state at which something begins, and where its outcomes go. */
struct step {
    int state;
    int result;
    int part;
    uint32_t why;
    struct state_set *out;
    bool changed;
};

static void go(struct step *step, int state, int result, int part,
               enum tolerance tolerance)
{
    if (state_set_add(step->out, state, result, part,
                      through(step->why, tolerance))) {
        step->changed = true;
    }
}

/** The state stays; where that is legal, so does what is passing. */
static void stay(struct step *step, enum tolerance tolerance)
{
    /* What a refused transfer still shows is no deviation that lasts. */
    uint32_t why = tolerance == LEGAL
                       ? step->why
                       : through(step->why & ~WHY(PASSING_REFUSED), tolerance);

    if (state_set_add(step->out, step->state, step->result, step->part, why)) {
        step->changed = true;
    }
}

/** The state stays, but something else is there of a package. */
static void keep(struct step *step, int part)
{
    if (state_set_add(step->out, step->state, step->result, part, step->why)) {
        step->changed = true;
    }
}

static void go_errors(struct step *step)
{
    for (size_t i = 0; i < DOWNLOAD_ERRORS; i++) {
        go(step, STATE_IDLE, download_errors[i], PART_NONE, LEGAL);
    }
}

/** A-24, and 4.1 for a Result that comes before State. */
static void fail_download(struct step *step)
{
    go_errors(step);
    go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_FAILED);
    go(step, STATE_IDLE, 10, PART_NONE, PASSING_A24_FAILED);
    go(step, STATE_DOWNLOADING, 10, step->part, PASSING_A24_FAILED);
    for (size_t i = 0; i < DOWNLOAD_ERRORS; i++) {
        go(step, STATE_DOWNLOADING, download_errors[i], step->part,
           PASSING_AFU_051);
    }
}

/** ST-16 to ST-24. */
static void close_downloading(struct step *step)
{
    uint32_t why = step->why & ~WHY(PASSING_REFUSED);
    int part = step->part;

    if (why != step->why) {
        fail_download(step);
        go(step, STATE_DOWNLOADING, 0, part, PASSING_REFUSED);
        step->why = why;
    }
    if (why == 0) {
        return;
    }
    if (step->result != 0) {
        /* Its own error, or the one from before, which is reset late. */
        step->why = why & WHY(PASSING_AFU_051);
        if (step->why != 0) {
            go(step, STATE_IDLE, step->result, PART_NONE, LEGAL);
        }
        step->why = why & WHY(PASSING_A24_CANCEL);
        if (step->why != 0) {
            go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
        }
        step->why = why & ~(WHY(PASSING_AFU_051) | WHY(PASSING_A24_CANCEL) |
                            WHY(PASSING_A24_FAILED) | WHY(PASSING_A24_TEN));
        if (step->why == 0) {
            return;
        }
        go(step, STATE_DOWNLOADING, 0, part, LEGAL);
        return;
    }
    fail_download(step);
    if (part == PART_ALL) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
    }
}

/** Ends of an update; all, or those in one State or with one Result. */
static void go_ends(struct step *step, int state, int result)
{
    for (size_t i = 0; i < UPDATE_ENDS; i++) {
        if ((state < 0 || update_ends[i].state == state) &&
            (result <= 0 || update_ends[i].result == result)) {
            go(step, update_ends[i].state, update_ends[i].result,
               update_ends[i].state == STATE_IDLE ? PART_NONE : PART_ALL,
               update_ends[i].tolerance);
        }
    }
}

static void close_updating(struct step *step,
                           const struct model_options *options)
{
    go_ends(step, -1, step->result);
    if (step->result != 0) {
        return;
    }
    for (int result = 1; result < MODEL_RESULTS; result++) {
        if (model_pair(STATE_UPDATING, result) != 0) {
            go(step, STATE_UPDATING, result, PART_ALL, PASSING_AFU_054);
        }
    }
    go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_UPDATED);
    if (options->was_updating) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, PASSING_A24_UPDATED);
    }
}

/** What follows where a Result is not final yet. */
static void close_passing(struct step *step)
{
    uint32_t why = step->why;

    step->why = WHY(LEGAL);
    if ((why & WHY(PASSING_A24_FAILED)) != 0) {
        go_errors(step);
        if (step->state == STATE_IDLE) { /* R first, and then State */
            go(step, STATE_DOWNLOADING, 0, PART_SOME, PASSING_REFUSED);
        }
    }
    if ((why & WHY(PASSING_A24_UPDATED)) != 0) {
        go_ends(step, step->state, 0);
    }
    if ((why & WHY(PASSING_A24_CANCEL)) != 0) {
        go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
    }
    if ((why & WHY(PASSING_A24_RESET)) != 0) {
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
    }
    if ((why & WHY(PASSING_A24_TEN)) != 0) {
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04_RESULT);
    }
    if ((why & WHY(PASSING_A24_CONFLICT)) != 0) {
        go(step, STATE_IDLE, 13, PART_NONE, LEGAL);
    }
    if ((why & WHY(PASSING_A24_START)) != 0) {
        go(step, STATE_UPDATING, 0, PART_ALL, LEGAL);
    }
    if ((why & WHY(PASSING_LOAD)) != 0) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
    }
    step->why = why;
}

/** ST-15; what shows no Downloading goes on here. */
static void close_idle(struct step *step, const struct model_options *options)
{
    if (step->part != PART_NONE) {
        go_errors(step);
        go(step, STATE_DOWNLOADING, 0, step->part, LEGAL);
    }
    if (step->part == PART_ALL || options->may_load) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
        if (step->result != 0) {
            go(step, STATE_IDLE, 0, step->part, PASSING_LOAD);
        }
    }
}

/** ST-39. */
static void close_downloaded(struct step *step,
                             const struct model_options *options)
{
    if (step->result == 11 || step->part == PART_PENDING) {
        go(step, STATE_UPDATING, 0, PART_ALL, LEGAL);
        if (step->result != 11 ? step->result != 0 : options->was_deferred) {
            go(step, STATE_DOWNLOADED, 0, PART_ALL, PASSING_A24_START);
        }
    }
    if (step->part == PART_PENDING) {
        go(step, STATE_DOWNLOADED, 11, PART_PENDING, LEGAL);
    }
    for (int result = 0; options->may_drop && result < MODEL_RESULTS;
         result++) {
        if (result != 11) {
            go(step, STATE_IDLE, result, PART_NONE, LEGAL);
        }
    }
}

/** A reboot that no registration told of yet; what is likely of it. It is no
 *  excuse for a reset that ends with 10. */
static void close_reboot(struct step *step)
{
    if (step->state != STATE_UPDATING) {
        go(step, STATE_IDLE, 0, PART_NONE,
           step->state == STATE_DOWNLOADED ? TOLERATED_AFU_163 : LEGAL);
    }
    if (step->state == STATE_DOWNLOADED) {
        go(step, STATE_DOWNLOADED, 0,
           step->result == 11 ? PART_PENDING : step->part, LEGAL);
    }
}

static bool close_one(struct state_set *set, int state, int result, int part,
                      const struct model_options *options)
{
    struct step step = { .state = state,
                         .result = result,
                         .part = part,
                         .why = set->members[model_index(state, result, part)],
                         .out = set };

    if (step.why == 0) {
        return false;
    }
    close_passing(&step);
    if (options->may_reboot) {
        close_reboot(&step);
    }
    switch (state) {
    case STATE_IDLE:
        close_idle(&step, options);
        break;
    case STATE_DOWNLOADING:
        close_downloading(&step);
        break;
    case STATE_DOWNLOADED:
        close_downloaded(&step, options);
        break;
    default:
        close_updating(&step, options);
        break;
    }
    return step.changed;
}

void model_close(struct state_set *set, const struct model_options *options)
{
    bool changed = true;

    while (changed) {
        changed = false;
        for (int i = 0; i < MODEL_SIZE; i++) {
            int pair = i / PART_COUNT;
            changed |= close_one(set, pair / MODEL_RESULTS,
                                 pair % MODEL_RESULTS, i % PART_COUNT, options);
        }
    }
}

/* What a stimulus does; one state at a time. */

/** ST-02, 26, 27, 43, 52. */
static void begin_push(struct step *step, int part)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_DOWNLOADING, 0, part, LEGAL);
        go(step, STATE_IDLE, 0, part, LEGAL);
        if (step->result != 0) {
            go(step, STATE_IDLE, step->result, part, TOLERATED_A23);
            go(step, STATE_DOWNLOADING, step->result, part, PASSING_A23);
        }
        break;
    case STATE_DOWNLOADING:
        if (step->part == PART_ALL) { /* a pull, as it seems */
            stay(step, TOLERATED_A01);
            go(step, STATE_DOWNLOADING, 0, part, TOLERATED_AFU_045);
        } else {
            go(step, STATE_DOWNLOADING, 0, part, LEGAL);
        }
        break;
    default:
        stay(step, TOLERATED_A01);
        break;
    }
}

/** ST-04, 16, 17. */
static void continue_push(struct step *step, bool is_last)
{
    stay(step, LEGAL);
    if (is_last && step->state < STATE_DOWNLOADED && step->part == PART_SOME) {
        keep(step, PART_ALL);
    }
}

/** ST-05, 28, 40, 52. */
static void reset(struct step *step)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        if (step->result != 0 || step->part != PART_NONE) {
            stay(step, step->result != 0 ? TOLERATED_A05 : TOLERATED_A04);
        }
        go(step, STATE_IDLE, 6, PART_NONE, TOLERATED_A05);
        go(step, STATE_IDLE, 8, PART_NONE, TOLERATED_A05);
        if (step->part != PART_NONE) { /* a push that shows Idle */
            go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04_RESULT);
        }
        break;
    case STATE_UPDATING:
        stay(step, TOLERATED_A04);
        go(step, STATE_IDLE, 0, PART_NONE, TOLERATED_A04);
        go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_TEN);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04_RESULT);
        break;
    case STATE_DOWNLOADING:
        stay(step, TOLERATED_A04);
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_TEN);
        go(step, STATE_DOWNLOADING, 10, step->part, PASSING_A24_TEN);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04_RESULT);
        break;
    default:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A04_RESULT);
        go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_TEN);
        go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_TEN);
        if (step->result != 0) {
            go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_RESET);
            go(step, STATE_DOWNLOADED, 0, PART_ALL, PASSING_A24_RESET);
        }
        break;
    }
}

/** ST-06: any legal pair. */
static void zero_length(struct step *step)
{
    stay(step, step->state == STATE_UPDATING ? TOLERATED_A04 : LEGAL);
    if (step->state == STATE_UPDATING) {
        go(step, STATE_IDLE, 0, PART_NONE, TOLERATED_A04);
        return;
    }
    for (int result = 0; result < MODEL_RESULTS; result++) {
        if (result != 11) {
            go(step, STATE_IDLE, result, PART_NONE, LEGAL);
        }
    }
    go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_FAILED);
    go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_FAILED);
    go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_RESET);
    go(step, STATE_IDLE, 0, PART_NONE, PASSING_LOAD);
    go(step, STATE_DOWNLOADING, 0, PART_ALL, LEGAL);
    go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
    if (step->state == STATE_DOWNLOADED) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, PASSING_A24_RESET);
    }
}

/** ST-07 to 11, 25, 42, 52. What a pull has fetched is not seen
 *  here, so it may be complete at any time. */
static void write_uri(struct step *step)
{
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_DOWNLOADING, 0, PART_ALL, LEGAL);
        go(step, STATE_IDLE, 0, PART_ALL, LEGAL);
        go(step, STATE_IDLE, 7, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 9, PART_NONE, LEGAL);
        keep(step, PART_ALL);
        stay(step, LEGAL); /* ST-10: ignored where only push is offered */
        if (step->result != 0) {
            go(step, STATE_DOWNLOADING, step->result, PART_ALL, PASSING_A23);
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

/** ST-12, 29, 32 to 37, 50; A-02. */
static void update(struct step *step)
{
    if (step->state != STATE_DOWNLOADED) {
        stay(step, BROKEN_A02);
        return;
    }
    go(step, STATE_UPDATING, 0, PART_ALL, LEGAL);
    go(step, STATE_DOWNLOADED, 11, step->part, LEGAL);
    go(step, STATE_DOWNLOADED, 13, step->part, LEGAL);
    go(step, STATE_IDLE, 13, PART_NONE, LEGAL);
    go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_CONFLICT);
    if (step->result != 0) {
        go(step, STATE_DOWNLOADED, 0, PART_ALL, PASSING_A24_START);
    }
}

/** ST-34; A-35: it starts at once, later or not at all. */
static void join(struct step *step)
{
    stay(step, LEGAL);
    if (step->state == STATE_DOWNLOADED) {
        keep(step, PART_PENDING);
    }
}

static void cancel_in_idle(struct step *step)
{
    if (step->part != PART_NONE) { /* a download that does not show */
        go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
        stay(step, TOLERATED_A33);
    } else if (step->result == 1) {
        go(step, STATE_IDLE, 10, PART_NONE, BROKEN_AFU_141);
        stay(step, BROKEN_AFU_141);
    } else {
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A03);
        if (step->result != 10) {
            stay(step, BROKEN_A03);
        }
    }
}

/** ST-13, 14, 30, 41, 51. */
static void cancel(struct step *step, const struct model_options *options)
{
    switch (step->state) {
    case STATE_IDLE:
        cancel_in_idle(step);
        break;
    case STATE_UPDATING:
        go(step, STATE_IDLE, 10, PART_NONE, BROKEN_AFU_141);
        stay(step, BROKEN_AFU_141);
        break;
    case STATE_DOWNLOADING:
        go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_CANCEL);
        go(step, STATE_DOWNLOADING, 10, step->part, PASSING_A24_CANCEL);
        if (options->may_queue && step->part == PART_ALL) {
            stay(step, TOLERATED_A33);
        }
        break;
    default:
        go(step, STATE_IDLE, 10, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_CANCEL);
        go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_CANCEL);
        go(step, STATE_DOWNLOADED, 10, PART_ALL, PASSING_A24_CANCEL);
        break;
    }
}

/** ST-31, 45, 53; A-17. It may as well not have happened. */
static void reboot(struct step *step)
{
    stay(step, LEGAL);
    switch (step->state) {
    case STATE_IDLE:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        keep(step, PART_NONE);
        if (step->part != PART_NONE) {
            go(step, STATE_IDLE, 4, PART_NONE, LEGAL);
        }
        break;
    case STATE_DOWNLOADING:
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 4, PART_NONE, LEGAL);
        go(step, STATE_IDLE, 10, PART_NONE, TOLERATED_A17);
        break;
    case STATE_DOWNLOADED: /* a deferral goes on: afu.md, section 8 */
        go(step, STATE_DOWNLOADED, 0,
           step->result == 11 ? PART_PENDING : step->part, LEGAL);
        for (int result = 0; result < MODEL_RESULTS; result++) {
            go(step, STATE_IDLE, result, PART_NONE, TOLERATED_AFU_163);
        }
        break;
    default: /* it may have ended, and the Result be lost: version.c */
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL);
        go(step, STATE_DOWNLOADED, 0, PART_ALL, LEGAL);
        break;
    }
}

static void succeed(struct step *step, enum stimulus_kind kind,
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
    case STIMULUS_URI_EMPTY:
        reset(step);
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
    case STIMULUS_JOIN:
        join(step);
        break;
    case STIMULUS_CANCEL:
        cancel(step, options);
        break;
    case STIMULUS_REBOOT:
        reboot(step);
        break;
    }
}

/** A refusal changes nothing (AFU-063), but a transfer may pair an error code
 *  with a Result, and an Update one with 13. */
static void refuse(struct step *step, enum stimulus_kind kind)
{
    bool is_first = kind == STIMULUS_FIRST_BLOCK || kind == STIMULUS_WHOLE;
    bool is_transfer = is_first || kind == STIMULUS_NEXT_BLOCK ||
                       kind == STIMULUS_LAST_BLOCK || kind == STIMULUS_URI;

    if (kind == STIMULUS_ZERO) {
        zero_length(step); /* any outcome, whatever the code: A-05 */
        return;
    }
    stay(step, LEGAL);
    /* A further block of a transfer that is over already begins nothing. */
    bool is_over = !is_first && kind != STIMULUS_URI &&
                   step->state == STATE_IDLE && step->part == PART_NONE;
    if (is_transfer && step->state < STATE_DOWNLOADED && !is_over) {
        go_errors(step);
        go(step, STATE_DOWNLOADING, 0, PART_SOME, PASSING_REFUSED);
        go(step, STATE_DOWNLOADING, step->result, PART_SOME, PASSING_REFUSED);
        if (step->state == STATE_IDLE && step->result != 0) {
            go(step, STATE_IDLE, 0, PART_NONE, PASSING_A24_FAILED);
        }
    }
    if ((kind == STIMULUS_NULL || kind == STIMULUS_URI_EMPTY) &&
        step->state == STATE_IDLE) { /* taken as a package: A-05 */
        go(step, STATE_IDLE, 6, PART_NONE, TOLERATED_A05);
        go(step, STATE_IDLE, 8, PART_NONE, TOLERATED_A05);
    }
    if (is_transfer && step->state == STATE_IDLE) {
        keep(step, PART_NONE); /* the refusal ends the transfer */
    }
    if (is_first && step->state == STATE_DOWNLOADING) {
        go(step, STATE_IDLE, 0, PART_NONE, LEGAL); /* any */
    }
    if (kind == STIMULUS_UPDATE && step->state == STATE_DOWNLOADED) {
        go(step, STATE_DOWNLOADED, 13, step->part, LEGAL); /* */
        go(step, STATE_IDLE, 13, PART_NONE, LEGAL);
        go(step, STATE_IDLE, step->result, PART_NONE, PASSING_A24_CONFLICT);
    }
}

void model_apply(const struct state_set *set, enum stimulus_kind kind,
                 enum stimulus_answer answer,
                 const struct model_options *options, struct state_set *out_set)
{
    state_set_clear(out_set);
    for (int i = 0; i < MODEL_SIZE; i++) {
        int pair = i / PART_COUNT;
        struct step step = { .state = pair / MODEL_RESULTS,
                             .result = pair % MODEL_RESULTS,
                             .part = i % PART_COUNT,
                             .why = set->members[i],
                             .out = out_set };
        if (step.why == 0) {
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
