/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Section 9 of the requirement digest has rows with several sides, and a legal
 * device may take any of them. Each row has its sides in ambiguities.c, each
 * side a device that shows it, and variants.pass expects of that device what
 * the row says.
 *
 * Usage: ambiguities_test ASSAY DEVICE DIGEST
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/ambiguities.h"
#include "tests/mutants/campaigns.h"
#include "tests/mutants/variants_rows.h"

enum { LINE_MAX_SIZE = 8192 };

struct ambiguities_test {
    const struct ambiguity *rows;
    size_t row_count;
    const struct variants_row *variants;
    size_t variant_count;
    char *mutants; /**< as listed */
    char *cases;
    unsigned failures;
};

static void complain(struct ambiguities_test *test, const char *row,
                     const char *side, const char *what)
{
    printf("not ok %s %s: %s\n", row, side, what);
    test->failures++;
}

/** Whether a line of the list begins with the word. */
static bool is_listed(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *line = list; line != NULL && *line != '\0';) {
        line += strspn(line, " ");
        if (strncmp(line, word, length) == 0 &&
            (line[length] == ' ' || line[length] == '\n')) {
            return true;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return false;
}

/** Whether variants.pass wants of the device what the side deserves. */
static bool agrees(const struct variants_row *variant,
                   const struct ambiguity *side)
{
    bool warns = variant->warning != NULL;
    bool strict_fails = (variant->flags & STRICT_FAILS) != 0;
    bool strict_warns = (variant->flags & STRICT_WARNS) != 0;
    enum ambiguity_outcome interop =
        warns && !strict_warns ? OUTCOME_WARN : OUTCOME_PASS;
    enum ambiguity_outcome strict = strict_fails ? OUTCOME_FAIL
                                    : warns      ? OUTCOME_WARN
                                                 : OUTCOME_PASS;

    return interop == side->interop && strict == side->strict;
}

static void check_variant(struct ambiguities_test *test,
                          const struct ambiguity *side)
{
    for (size_t i = 0; i < test->variant_count; i++) {
        if (strcmp(test->variants[i].variant, side->name) == 0) {
            if (!agrees(&test->variants[i], side)) {
                complain(test, side->row, side->side,
                         "variants_rows.c wants another outcome");
            }
            return;
        }
    }
    complain(test, side->row, side->side, "no such row of variants_rows.c");
}

static void check_side(struct ambiguities_test *test,
                       const struct ambiguity *side)
{
    switch (side->by) {
    case BY_PLAIN:
        if (!is_listed(test->cases, side->name)) {
            complain(test, side->row, side->side, "no such case");
        }
        if (side->strict != OUTCOME_PASS || side->interop != OUTCOME_PASS) {
            complain(test, side->row, side->side, "the plain device passes");
        }
        break;
    case BY_VARIANT:
        check_variant(test, side);
        break;
    case BY_MUTANT:
        if (!is_listed(test->mutants, side->name)) {
            complain(test, side->row, side->side, "no such mutant");
        }
        if (side->strict != OUTCOME_FAIL) {
            complain(test, side->row, side->side, "a mutant fails");
        }
        break;
    case BY_NOTHING:
        if (strlen(side->name) < 10) {
            complain(test, side->row, side->side, "no reason");
        }
        break;
    }
}

/** How many sides the row has, and how many that a device shows. */
static size_t count_sides(const struct ambiguities_test *test, const char *row,
                          size_t *out_shown)
{
    size_t count = 0;

    *out_shown = 0;
    for (size_t i = 0; i < test->row_count; i++) {
        if (strcmp(test->rows[i].row, row) == 0) {
            count++;
            *out_shown += test->rows[i].by != BY_NOTHING;
        }
    }
    return count;
}

/** Every row of section 9 has two sides or more. @return how many rows */
static size_t check_digest(struct ambiguities_test *test, FILE *digest)
{
    static char line[LINE_MAX_SIZE];
    size_t count = 0;

    while (fgets(line, sizeof(line), digest) != NULL) {
        char row[8];
        size_t shown = 0;
        if (sscanf(line, "| %4s |", row) != 1 || strncmp(row, "A-", 2) != 0) {
            continue;
        }
        count++;
        size_t sides = count_sides(test, row, &shown);
        if (sides == 0 || (sides == 1 && shown > 0)) {
            complain(test, row, "-", "a row has two sides, or more");
        }
    }
    return count;
}

/** No row that the digest does not have. */
static void check_order(struct ambiguities_test *test, size_t digest_rows)
{
    size_t different = 0;

    for (size_t i = 0; i < test->row_count; i++) {
        bool is_new =
            i == 0 || strcmp(test->rows[i].row, test->rows[i - 1].row) != 0;
        if (is_new && i > 0 &&
            strcmp(test->rows[i].row, test->rows[i - 1].row) < 0) {
            complain(test, test->rows[i].row, "-", "not in order");
        }
        different += is_new;
    }
    if (different != digest_rows) {
        complain(test, "-", "-", "other rows than section 9 has");
    }
}

int main(int argc, char **argv)
{
    static struct ambiguities_test test;
    int exit_status = -1;

    if (argc != 4) {
        fprintf(stderr, "usage: ambiguities_test ASSAY DEVICE DIGEST\n");
        return 2;
    }
    FILE *digest = fopen(argv[3], "r");
    const char *const mutants[] = { argv[2], "--list-mutants", NULL };
    const char *const cases[] = { argv[1], "list", NULL };
    test.mutants = campaign_output(mutants, NULL, &exit_status);
    test.cases = campaign_output(cases, NULL, &exit_status);
    if (digest == NULL || test.mutants == NULL || test.cases == NULL) {
        fprintf(stderr, "cannot read '%s', or what the programs list\n",
                argv[3]);
        return 2;
    }
    test.rows = ambiguities(&test.row_count);
    test.variants = variants_rows(&test.variant_count);
    for (size_t i = 0; i < test.row_count; i++) {
        check_side(&test, &test.rows[i]);
    }
    size_t rows = check_digest(&test, digest);
    check_order(&test, rows);
    (void)fclose(digest); /* it was only read */
    free(test.mutants);
    free(test.cases);
    printf("%zu rows, %zu sides, %u failures\n", rows, test.row_count,
           test.failures);
    return test.failures == 0 && rows > 0 ? 0 : 1;
}
