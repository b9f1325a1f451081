/* SPDX-License-Identifier: Apache-2.0 */

/* The transition table against the digest, and in itself. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/oracle/model.h"

enum { ROWS = 56, LINE_SIZE = 1000, LIST_SIZE = 100, ID_SIZE = 8 };
enum { COLUMNS = 8, STATE_COLUMN = 1, REQUIREMENT_COLUMN = 7 };
enum { EVERY_ROW_FROM = 54 /* from ST-54 on no State changes */ };

/** One row of the digest: "| ST-01 | state | … | requirements |". */
struct digest_row {
    char id[ID_SIZE];
    char state[LIST_SIZE];
    char requirements[LIST_SIZE]; /**< "AFU-036,AFU-030" */
};

static struct {
    struct digest_row rows[ROWS + 1];
    size_t count;
} digest;

/** "036, 030" and "AFU-036, AFU-030" to "AFU-036,AFU-030". */
static void read_requirements(const char *cell, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (const char *at = cell; *at != '\0' && used < size; at++) {
        if (isdigit((unsigned char)*at)) {
            char *end = NULL;
            unsigned long number = strtoul(at, &end, 10);
            used += (size_t)snprintf(text + used, size - used, "%sAFU-%03lu",
                                     used > 0 ? "," : "", number);
            at = end - 1;
        }
    }
}

/** @return false for one that lacks a column */
static bool read_row(char *line)
{
    struct digest_row *row = &digest.rows[digest.count++];
    char *rest = NULL;
    size_t column = 0;

    for (char *cell = strtok_r(line, "|", &rest); cell != NULL;
         cell = strtok_r(NULL, "|", &rest), column++) {
        cell += strspn(cell, " ");
        if (column == 0) {
            (void)snprintf(row->id, sizeof(row->id), "%.5s", cell);
        } else if (column == STATE_COLUMN) {
            (void)snprintf(row->state, sizeof(row->state), "%s", cell);
        } else if (column == REQUIREMENT_COLUMN) {
            read_requirements(cell, row->requirements,
                              sizeof(row->requirements));
            column = COLUMNS;
        }
    }
    return column > COLUMNS;
}

static int read_digest(void)
{
    char line[LINE_SIZE];
    bool is_whole = true;
    FILE *file = fopen(AFU_DIGEST, "r");

    if (file == NULL) {
        return 1;
    }
    while (fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, "| ST-", 5) == 0 && digest.count <= ROWS) {
            is_whole = read_row(line) && is_whole;
        }
    }
    return fclose(file) != 0 || !is_whole;
}

static void rows_are_those_of_the_digest_in_its_order(void)
{
    CU_ASSERT_EQUAL(digest.count, ROWS);
    for (size_t i = 0; i < digest.count; i++) {
        const struct oracle_row *row = oracle_row(i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_STRING_EQUAL(row->id, digest.rows[i].id);
        CU_ASSERT_STRING_EQUAL(row->requirement, digest.rows[i].requirements);
    }
    CU_ASSERT_PTR_NULL(oracle_row(digest.count));
}

/** By itself, so that an error in the reader above shows as well. */
static void ids_run_from_1_to_56_without_gap_or_repetition(void)
{
    char id[ID_SIZE];

    for (size_t i = 0; i < ROWS; i++) {
        (void)snprintf(id, sizeof(id), "ST-%02u", (unsigned)i + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(oracle_row(i));
        CU_ASSERT_STRING_EQUAL(oracle_row(i)->id, id);
    }
    CU_ASSERT_PTR_NULL(oracle_row(ROWS));
}

static void every_row_says_in_words_what_it_is(void)
{
    for (size_t i = 0; oracle_row(i) != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(oracle_row(i)->text);
        CU_ASSERT_NOT_EQUAL(oracle_row(i)->text[0], '\0');
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_STRING_NOT_EQUAL(oracle_row(i)->text,
                                       oracle_row(j)->text);
        }
    }
}

/* The lines of the rows. */

static unsigned states_of(const struct model_row *row)
{
    unsigned from = 0;

    for (const struct model_line *line = row->lines; line->from != 0; line++) {
        from |= line->from;
    }
    return from;
}

/** "L,R=11" begins in L; "–" and "any" in none of the four. */
static void every_row_begins_where_the_digest_says(void)
{
    size_t count = 0;
    const struct model_row *rows = model_rows(&count);

    for (size_t i = 0; i < count && i < digest.count; i++) {
        const char *at = strchr("IDLU", digest.rows[i].state[0]);
        unsigned from = states_of(&rows[i]);
        if (digest.rows[i].state[0] != '\0' && at != NULL) {
            CU_ASSERT_NOT_EQUAL(from & 1u << (at - "IDLU"), 0);
        }
        CU_ASSERT_EQUAL(from != 0, i + 1 < EVERY_ROW_FROM);
    }
}

static void every_line_is_one_that_can_be_carried_out(void)
{
    size_t count = 0;
    const struct model_row *rows = model_rows(&count);

    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(rows[i].lines[MODEL_LINES_MAX].from, 0);
        for (const struct model_line *line = rows[i].lines; line->from != 0;
             line++) {
            CU_ASSERT_NOT_EQUAL(line->by, 0);
            CU_ASSERT_EQUAL(line->by == MODEL_SELF, line->answers == 0);
            CU_ASSERT_EQUAL(line->move == MOVE_GO, line->to != MODEL_SAME);
            CU_ASSERT(line->to < MODEL_STATES && line->part < PART_COUNT);
            CU_ASSERT(line->way < TOLERANCES);
            CU_ASSERT(line->move != MOVE_KEEP || line->way == LEGAL);
        }
    }
}

/** What a stimulus makes of one state. */
static void apply(int state, enum stimulus_kind kind,
                  enum stimulus_answer answer, struct state_set *out_set)
{
    const struct model_options options = { .may_load = false };
    struct model model;
    struct state_set set;

    model_init(&model);
    state_set_clear(&set);
    (void)state_set_add(&set, state, 0,
                        state == STATE_IDLE ? PART_NONE : PART_ALL, WHY(LEGAL));
    model_apply(&model, &set, kind, answer, &options, out_set);
}

static void every_stimulus_has_an_outcome_in_every_state(void)
{
    struct state_set set;

    for (int state = 0; state < MODEL_STATES; state++) {
        for (int kind = 0; kind <= STIMULUS_REBOOT; kind++) {
            apply(state, (enum stimulus_kind)kind, ANSWER_SUCCESS, &set);
            CU_ASSERT_FALSE(state_set_is_empty(&set));
            apply(state, (enum stimulus_kind)kind, ANSWER_REFUSED, &set);
            state_set_filter(&set, state, 0); /* AFU-063 */
            CU_ASSERT_NOT_EQUAL(state_set_why(&set) & WHY(LEGAL), 0);
        }
    }
}

static void a_pair_is_told_with_the_rows_that_lead_to_it(void)
{
    const struct model_options options = { .may_load = false };
    struct state_set set;

    state_set_clear(&set);
    (void)state_set_add(&set, STATE_DOWNLOADED, 0, PART_ALL, WHY(LEGAL));
    CU_ASSERT_EQUAL(model_rows_to(&set, 1u << STIMULUS_CANCEL, ANSWER_SUCCESS,
                                  &options, STATE_IDLE, 10),
                    UINT64_C(1) << (41 - 1));
    CU_ASSERT_EQUAL(model_rows_to(&set, 1u << STIMULUS_CANCEL, ANSWER_REFUSED,
                                  &options, STATE_IDLE, 10),
                    0);
    CU_ASSERT_EQUAL(model_rows_to(&set, MODEL_SELF, ANSWER_OPEN, &options,
                                  STATE_UPDATING, 0),
                    0);
}

int main(void)
{
    CU_initialize_registry();
    CU_pSuite suite = CU_add_suite("oracle rows", read_digest, NULL);
    CU_ADD_TEST(suite, rows_are_those_of_the_digest_in_its_order);
    CU_ADD_TEST(suite, ids_run_from_1_to_56_without_gap_or_repetition);
    CU_ADD_TEST(suite, every_row_says_in_words_what_it_is);
    CU_ADD_TEST(suite, every_row_begins_where_the_digest_says);
    CU_ADD_TEST(suite, every_line_is_one_that_can_be_carried_out);
    CU_ADD_TEST(suite, every_stimulus_has_an_outcome_in_every_state);
    CU_ADD_TEST(suite, a_pair_is_told_with_the_rows_that_lead_to_it);
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    unsigned broken = CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures != 0 || broken != 0;
}
