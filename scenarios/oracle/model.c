/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/oracle/model.h"

#include <assert.h>
#include <string.h>

enum {
    WORD_BITS = 64,
    CHANGED_WORDS = (MODEL_SIZE + WORD_BITS - 1) / WORD_BITS,
};

/** Update Results that end a download in Idle: ST-18 to ST-24. */
static bool is_download_error(int result)
{
    return (result >= 2 && result <= 9) || result == 12;
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
    const struct tolerance_row *row = tolerance_row(tolerance);

    return (unsigned)row->interop * (FINDING_ERROR + 1) + (unsigned)row->strict;
}

/** What becomes of one way when it needs `tolerance` as well. */
static uint32_t combine(enum tolerance old, enum tolerance tolerance)
{
    const struct tolerance_row *row = tolerance_row(tolerance);

    if (old == LEGAL) {
        return WHY(tolerance);
    }
    if ((WHY_PASSING & WHY(tolerance)) != 0) {
        /* Only one of both can be kept. What passes is not told later, so it
         * gives way to what fails, and to a reset that was ignored. */
        return row->early_strict == FINDING_PASS ||
                       tolerance_row(old)->strict == FINDING_FAIL ||
                       old == TOLERATED_A20
                   ? WHY(old)
               : old == TOLERATED_A04 || old == TOLERATED_A05_IGNORED
                   ? 0
                   : WHY(tolerance);
    }
    return severity(old) > severity(tolerance) ? WHY(old) : WHY(tolerance);
}

/** One more step on the way: what was passing has passed. */
static uint32_t through(uint32_t why, enum tolerance tolerance)
{
    uint32_t after = 0;

    if (why == WHY(LEGAL)) { /* as it mostly is */
        return WHY(tolerance);
    }
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

/* One state at a time. */

/** The state at which something begins, and where its outcomes go. */
struct step {
    int state;
    int result;
    int part;
    uint32_t why;
    uint32_t by;      /**< the trigger, as one bit */
    uint8_t answers;  /**< one bit, or 0 */
    unsigned options; /**< bit by enum model_option */
    const struct model *model;
    struct state_set *out;
    uint64_t *changed; /**< bit by index: members of `out` that are others */
};

static unsigned options_bits(const struct model_options *options)
{
    return 1u << ALWAYS | (unsigned)options->may_load << MAY_LOAD |
           (unsigned)options->may_drop << MAY_DROP |
           (unsigned)options->may_queue << MAY_QUEUE |
           (unsigned)options->was_updating << WAS_UPDATING |
           (unsigned)options->was_deferred << WAS_DEFERRED |
           (unsigned)options->may_reboot << MAY_REBOOT;
}

/** Whether the guards beside trigger and State let the state through; those
 *  that seldom do come first. */
static bool is_open(const struct model_line *line, const struct step *step)
{
    return (line->ways == 0 || (line->ways & step->why) != 0) &&
           (line->results == 0 || (line->results & 1u << step->result) != 0) &&
           (line->parts == 0 || (line->parts & 1u << step->part) != 0) &&
           (step->options & 1u << line->option) != 0 &&
           (line->answers == 0 || (line->answers & step->answers) != 0);
}

/** Whether the guards let the state through. */
static bool is_met(const struct model_line *line, const struct step *step)
{
    return (line->by & step->by) != 0 &&
           (line->from & 1u << step->state) != 0 && is_open(line, step);
}

static int part_of(const struct model_line *line, const struct step *step)
{
    switch (line->part) {
    case MODEL_SAME:
        return step->part;
    case MODEL_SENT:
        return step->by == 1u << STIMULUS_WHOLE ? PART_ALL : PART_SOME;
    default:
        return line->part;
    }
}

/** The ways in which the outcome has come about. */
static uint32_t why_of(const struct model_line *line, const struct step *step)
{
    uint32_t why = line->ways != 0 ? step->why & line->ways : step->why;
    enum tolerance way = (enum tolerance)line->way;

    switch ((enum model_move)line->move) {
    case MOVE_GO:
        return through(why, way);
    case MOVE_STAY:
        /* What a refused transfer still shows is no deviation that lasts. */
        return way == LEGAL ? why : through(why & ~WHY(PASSING_REFUSED), way);
    case MOVE_KEEP:
        break;
    }
    return why;
}

static void add(const struct step *step, int state, int result, int part,
                uint32_t why)
{
    size_t index = model_index(state, result, part);

    if (state_set_add(step->out, state, result, part, why)) {
        step->changed[index / WORD_BITS] |= UINT64_C(1) << index % WORD_BITS;
    }
}

static void follow(const struct model_line *line, const struct step *step)
{
    int state = line->to == MODEL_SAME ? step->state : line->to;
    int part = part_of(line, step);
    uint32_t why = why_of(line, step);

    if (line->codes == 0) {
        add(step, state, step->result, part, why);
        return;
    }
    for (int result = 0; line->codes >> result != 0; result++) {
        if ((line->codes & 1u << result) != 0) {
            add(step, state, result, part, why);
        }
    }
}

static int trigger_of(uint32_t by)
{
    int trigger = 0;

    while (trigger < MODEL_TRIGGERS - 1 && by != 1u << trigger) {
        trigger++;
    }
    return trigger;
}

static void follow_all(const struct step *step)
{
    int trigger = trigger_of(step->by);
    const struct model_branches *branches =
        &step->model->branches[trigger][step->state];
    size_t count =
        step->why == WHY(LEGAL) ? branches->legal_count : branches->count;

    for (size_t i = 0; i < count; i++) {
        if (is_open(branches->lines[i], step)) {
            follow(branches->lines[i], step);
        }
    }
}

static bool takes_legal(const struct model_line *line)
{
    return line->ways == 0 || (line->ways & WHY(LEGAL)) != 0;
}

static void index_line(struct model *model, const struct model_line *line)
{
    for (int trigger = 0; trigger < MODEL_TRIGGERS; trigger++) {
        uint32_t by =
            trigger == MODEL_TRIGGERS - 1 ? MODEL_SELF : 1u << trigger;
        for (int state = 0; state < MODEL_STATES; state++) {
            if ((line->by & by) != 0 && (line->from & 1u << state) != 0) {
                struct model_branches *branches =
                    &model->branches[trigger][state];
                assert(branches->count < MODEL_BRANCHES);
                branches->lines[branches->count++] = line;
                branches->legal_count += takes_legal(line) ? 1 : 0;
            }
        }
    }
}

static void index_lines(struct model *model, bool are_legal)
{
    size_t count = 0;
    const struct model_row *rows = model_rows(&count);

    for (size_t i = 0; i < count; i++) {
        for (const struct model_line *line = rows[i].lines; line->from != 0;
             line++) {
            if (takes_legal(line) == are_legal) {
                index_line(model, line);
            }
        }
    }
}

void model_init(struct model *model)
{
    memset(model, 0, sizeof(*model));
    index_lines(model, true);
    index_lines(model, false);
}

/** @return false for a state that is not in the set */
static bool step_at(const struct state_set *set, int index, struct step *step)
{
    int pair = index / PART_COUNT;

    step->why = set->members[index];
    if (step->why == 0) {
        return false;
    }
    step->state = pair / MODEL_RESULTS;
    step->result = pair % MODEL_RESULTS;
    step->part = index % PART_COUNT;
    return true;
}

/* A member that is as it was when it was looked at leads nowhere new. */
void model_close(const struct model *model, struct state_set *set,
                 const struct model_options *options)
{
    uint64_t changed[CHANGED_WORDS];
    struct step step = { .by = MODEL_SELF,
                         .options = options_bits(options),
                         .model = model,
                         .out = set,
                         .changed = changed };
    bool is_open = true;

    memset(changed, 0, sizeof(changed));
    for (int i = 0; i < MODEL_SIZE; i++) { /* nothing was looked at */
        uint64_t is_there = set->members[i] != 0;
        changed[i / WORD_BITS] |= is_there << i % WORD_BITS;
    }
    while (is_open) {
        is_open = false;
        for (int word = 0; word < CHANGED_WORDS; word++) {
            for (int bit = 0; bit < WORD_BITS && changed[word] >> bit != 0;
                 bit++) {
                if ((changed[word] >> bit & 1) == 0) {
                    continue;
                }
                changed[word] &= ~(UINT64_C(1) << bit);
                (void)step_at(set, word * WORD_BITS + bit, &step);
                follow_all(&step);
                is_open = true;
            }
        }
    }
}

uint32_t model_passing(enum stimulus_kind kind)
{
    switch (kind) {
    case STIMULUS_NULL:
    case STIMULUS_ZERO:
    case STIMULUS_URI_EMPTY:
        return WHY(PASSING_A24_RESET) | WHY(PASSING_A24_TEN);
    case STIMULUS_CANCEL:
        return WHY(PASSING_A24_CANCEL);
    case STIMULUS_UPDATE:
        return WHY(PASSING_A24_CONFLICT);
    case STIMULUS_FIRST_BLOCK:
    case STIMULUS_NEXT_BLOCK:
    case STIMULUS_LAST_BLOCK:
    case STIMULUS_WHOLE:
    case STIMULUS_URI:
        return WHY(PASSING_A23) | WHY(PASSING_REFUSED);
    case STIMULUS_JOIN:
    case STIMULUS_REBOOT:
        break;
    }
    return 0;
}

static uint8_t answer_bits(enum stimulus_answer answer)
{
    return (uint8_t)(answer == ANSWER_OPEN
                         ? 1u << ANSWER_SUCCESS | 1u << ANSWER_REFUSED
                         : 1u << answer);
}

void model_apply(const struct model *model, const struct state_set *set,
                 enum stimulus_kind kind, enum stimulus_answer answer,
                 const struct model_options *options, struct state_set *out_set)
{
    uint64_t changed[CHANGED_WORDS]; /* all is new: nobody looks at it */
    struct step step = { .by = 1u << kind,
                         .answers = answer_bits(answer),
                         .options = options_bits(options),
                         .model = model,
                         .out = out_set,
                         .changed = changed };

    memset(changed, 0, sizeof(changed));
    state_set_clear(out_set);
    for (int i = 0; i < MODEL_SIZE; i++) {
        if (step_at(set, i, &step)) {
            follow_all(&step);
        }
    }
}

/** Whether the line leads from there to the pair; what leaves all as it was,
 *  or is passing, does not. */
static bool leads(const struct model_line *line, const struct step *step,
                  int state, int result)
{
    bool moves = line->move == MOVE_GO && (WHY_PASSING & WHY(line->way)) == 0;
    int to = line->to == MODEL_SAME ? step->state : line->to;
    uint32_t codes = line->codes == 0 ? 1u << step->result : line->codes;

    return moves && is_met(line, step) && (state < 0 || to == state) &&
           (result < 0 || (codes & 1u << result) != 0);
}

uint64_t model_rows_to(const struct state_set *set, uint32_t by,
                       enum stimulus_answer answer,
                       const struct model_options *options, int state,
                       int result)
{
    struct step step = { .by = by,
                         .answers = by == MODEL_SELF ? 0 : answer_bits(answer),
                         .options = options_bits(options) };
    size_t count = 0;
    const struct model_row *rows = model_rows(&count);
    uint64_t found = 0;

    for (int i = 0; i < MODEL_SIZE; i++) {
        bool is_there = step_at(set, i, &step);
        step.why &= ~WHY_PASSING;
        if (!is_there || step.why == 0) {
            continue;
        }
        for (size_t row = 0; row < count; row++) {
            for (const struct model_line *line = rows[row].lines;
                 line->from != 0; line++) {
                found |=
                    leads(line, &step, state, result) ? UINT64_C(1) << row : 0;
            }
        }
    }
    return found;
}
