/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof that right devices pass: what the object definition leaves open
 * makes no finding, what section 9 of afu.md tolerates makes a warning with
 * its row, and in the strict reading a fail where the row says so.
 *
 * Usage: variants_test ASSAY DEVICE PROFILE FOLDER [VARIANT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/mutants/campaigns.h"
#include "tests/mutants/variants_rows.h"

#define WORDS_MAX 64

struct variants_test {
    struct campaign_paths paths;
    const struct variants_row *rows;
    size_t row_count;
    /** row, or row_count + row: its strict reading */
    size_t wanted[2 * VARIANTS_ROWS_MAX];
    size_t count;
};

/** Whether the finding is the one that a row speaks of. */
static bool is_meant(const char *warning, const cJSON *finding)
{
    return warning != NULL &&
           (strcmp(campaign_text(finding, "ambiguity"), warning) == 0 ||
            strstr(campaign_text(finding, "requirement"), warning) != NULL);
}

static void complain(const char *name, const cJSON *test_case,
                     const cJSON *finding)
{
    printf(
        "not ok %s: %s %s %s %s: %s: expected %s, observed %s\n", name,
        campaign_text(test_case, "instance"), campaign_text(finding, "level"),
        campaign_text(finding, "requirement"),
        campaign_text(finding, "ambiguity"), campaign_text(finding, "subject"),
        campaign_text(finding, "expected"), campaign_text(finding, "observed"));
}

/** How many findings are the row's; what is none of them is printed. */
static size_t count_meant(const char *warning, const char *name,
                          const char *level, const cJSON *results,
                          bool *out_good)
{
    const cJSON *test_case = NULL;
    const cJSON *finding = NULL;
    size_t meant = 0;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        cJSON_ArrayForEach(
            finding, cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
        {
            if (!campaign_is_bad(finding)) {
                continue;
            }
            bool is_level =
                strcmp(campaign_text(finding, "level"), level) == 0 ||
                strcmp(campaign_text(finding, "level"), "warning") == 0;
            if (is_meant(warning, finding) && is_level) {
                meant += strcmp(campaign_text(finding, "level"), level) == 0;
            } else {
                complain(name, test_case, finding);
                *out_good = false;
            }
        }
    }
    /* What belongs to no case, such as a profile that is contradicted. */
    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(results, "findings"))
    {
        if (campaign_is_bad(finding)) {
            complain(name, results, finding);
            *out_good = false;
        }
    }
    return meant;
}

/** Words of one text; `copy` keeps them. */
struct words {
    char copy[768];
    const char *list[WORDS_MAX + 1];
    size_t count;
};

static void add_words(struct words *words, const char *text)
{
    char *rest = NULL;

    (void)snprintf(words->copy, sizeof(words->copy), "%s",
                   text != NULL ? text : ""); /* fits */
    for (char *word = strtok_r(words->copy, " ", &rest);
         word != NULL && words->count < WORDS_MAX;
         word = strtok_r(NULL, " ", &rest)) {
        words->list[words->count++] = word;
    }
}

static cJSON *run(const struct variants_test *test,
                  const struct variants_row *row, bool is_strict,
                  const char *name, int *out_exit)
{
    struct words cases = { .count = 0 };
    struct words device = { .count = 0 };
    char arguments[128];
    char ics[256];

    (void)snprintf(arguments, sizeof(arguments), "--install-ms 300%s%s",
                   row->device != NULL ? "" : " --variant ",
                   row->device != NULL ? "" : row->variant); /* fits */
    add_words(&device, row->device != NULL ? row->device : arguments);
    add_words(&cases, row->cases);
    (void)snprintf(ics, sizeof(ics), "{%s}",
                   row->ics != NULL ? row->ics : ""); /* fits */
    const struct campaign_row campaign = {
        .name = name,
        .device = device.list,
        .cases = cases.list,
        .reading = is_strict ? "strict" : NULL,
        .ics = ics,
        .is_single = (row->flags & ONE) != 0,
        .shape = (row->flags & SHAPE) != 0 ? row->variant : NULL,
    };
    return campaign_run(&test->paths, &campaign, out_exit);
}

static bool check(size_t index, void *user)
{
    const struct variants_test *test = user;
    bool is_strict = test->wanted[index] >= test->row_count;
    const struct variants_row *row =
        &test->rows[test->wanted[index] % test->row_count];
    bool fails = is_strict && (row->flags & STRICT_FAILS) != 0;
    bool is_silent = row->warning == NULL ||
                     ((row->flags & STRICT_WARNS) != 0 && !is_strict);
    char name[64];
    time_t begin = time(NULL);
    int exit_status = -1;

    (void)snprintf(name, sizeof(name), "%s%s", row->variant,
                   is_strict ? "-strict" : ""); /* fits */
    cJSON *results = run(test, row, is_strict, name, &exit_status);
    bool good = results != NULL && exit_status == (fails ? 1 : 0);
    size_t meant = count_meant(is_silent ? NULL : row->warning, name,
                               fails ? "fail" : "warning", results, &good);
    if (!is_silent && meant == 0 && (row->flags & MAY_MISS) == 0) {
        printf("not ok %s: no %s of %s\n", name, fails ? "fail" : "warning",
               row->warning);
        good = false;
    }
    printf("%s %s: exit status %d, %zu of %s, %ld s\n", good ? "ok" : "not ok",
           name, exit_status, meant, is_silent ? "none" : row->warning,
           (long)(time(NULL) - begin));
    cJSON_Delete(results);
    return good;
}

/** Whether the row is about the variant, alone or among others. */
static bool names(const struct variants_row *row, const char *name)
{
    const char *at = row->device != NULL ? strstr(row->device, name) : NULL;
    size_t length = strlen(name);

    return strcmp(row->variant, name) == 0 ||
           (at != NULL && at[-1] == ' ' &&
            (at[length] == ' ' || at[length] == '\0'));
}

/** Every variant of the device has a row. */
static bool rows_are_complete(const struct variants_test *test)
{
    const char *const argv[] = { test->paths.device, "--list-variants", NULL };
    int exit_status = -1;
    char *text = campaign_output(argv, NULL, &exit_status);
    char name[64];
    bool complete = text != NULL && exit_status == 0;

    for (const char *line = text; line != NULL && *line != '\0';) {
        bool found = false;
        /* Those of HTTP are the rows of protocols_test.c. */
        bool is_elsewhere = strncmp(line, "http-", 5) == 0;
        found = is_elsewhere;
        if (!is_elsewhere && sscanf(line, "%63s", name) == 1) {
            for (size_t i = 0; i < test->row_count; i++) {
                found = found || names(&test->rows[i], name);
            }
        }
        if (!found) {
            printf("not ok: variant %s has no row\n", name);
            complete = false;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
    return complete;
}

static bool is_wanted(const char *name, char **wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    static struct variants_test test;

    if (argc < 5) {
        fprintf(stderr, "usage: variants_test ASSAY DEVICE PROFILE FOLDER "
                        "[VARIANT]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        fprintf(stderr, "cannot make a folder in '%s'\n", argv[4]);
        return 2;
    }
    test.paths = (struct campaign_paths){ argv[1], argv[2], argv[3], folder };
    test.rows = variants_rows(&test.row_count);
    if (test.row_count > VARIANTS_ROWS_MAX) {
        fprintf(stderr, "too many rows\n");
        return 2;
    }
    for (size_t i = 0; i < test.row_count; i++) {
        bool is_left_out = argc == 5 && i % CAMPAIGNS_SHARE != 0;
        if (!is_left_out &&
            is_wanted(test.rows[i].variant, argv + 5, argc - 5)) {
            /* What passes without a warning in the strict reading passes so
             * in the other. */
            if (test.rows[i].warning != NULL) {
                test.wanted[test.count++] = i;
            }
            test.wanted[test.count++] = test.row_count + i;
        }
    }
    bool complete = rows_are_complete(&test);
    unsigned failed =
        campaign_check_all(test.count, CAMPAIGNS_BUSY, check, &test);
    printf("%zu passed, %u failed\n", test.count - failed, failed);
    bool good = complete && failed == 0 && test.count > 0;
    if (good) {
        campaign_folder_remove(folder);
    }
    free(folder);
    return good ? 0 : 1;
}
