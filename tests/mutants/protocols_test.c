/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pulls by other protocols than coap: the plain device and legal variants pass
 * the cases of delivery and interruption, broken ones are caught.
 *
 * Usage: protocols_test ASSAY DEVICE PROFILE FOLDER [NAME]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/campaigns.h"

enum { WORDS_MAX = 64, NAME_SIZE = 96, ROWS_MAX = 256 };

/* What the simulated device promises, beside what its profile says. */
#define RESUMES "{\"resume\": \"outage\"}"

#define BY_HTTP                                                                \
    "AFU-PUL-001 AFU-PUL-014 AFU-PUL-015 AFU-INT-013 AFU-INT-015 "             \
    "AFU-INT-016 AFU-INT-018 AFU-CAN-001"

/** One campaign. */
struct row {
    const char *protocol;
    const char *option;      /**< "--mutant", "--variant" or NULL: plain */
    const char *name;        /**< of it; of a plain one: for this list */
    const char *requirement; /**< a fail names it; NULL: all pass */
    const char *cases;
    const char *ics;     /**< or NULL */
    const char *variant; /**< that it has besides; NULL */
};

#define BY_HTTPS                                                               \
    "AFU-PUL-001 AFU-PUL-006 AFU-PUL-007 AFU-INT-015 AFU-INT-016 "             \
    "AFU-INT-018 AFU-CAN-001"

static const struct row rows[] = {
    { "http", NULL, "pul", NULL, "AFU-PUL", RESUMES, NULL },
    { "http", NULL, "int", NULL, "AFU-INT@pull", RESUMES, NULL },
    { "http", NULL, "con", NULL, "AFU-CON@pull", NULL, NULL },
    { "http", NULL, "can", NULL, "AFU-CAN@pull", NULL, NULL },
    { "http", NULL, "stm", NULL, "AFU-STM@pull", NULL, NULL },
    { "http", NULL, "itg", NULL, "AFU-ITG@pull", NULL, NULL },
    { "http", "--variant", "http-starts-over", NULL, BY_HTTP, NULL, NULL },
    { "http", "--variant", "http-in-parts", NULL, BY_HTTP, RESUMES, NULL },
    { "http", "--variant", "http-head-first", NULL, BY_HTTP, RESUMES, NULL },
    { "http", "--variant", "fetch-retries", NULL, "AFU-PUL-015 AFU-INT-025",
      NULL, NULL },
    { "http", "--variant", "fetch-gives-up", NULL,
      "AFU-INT-013 AFU-INT-014 AFU-INT-015 AFU-INT-019", NULL, NULL },
    { "http", "--variant", "fetch-queued", NULL, "AFU-CON-001 AFU-CON-008",
      NULL, NULL },
    { "http", "--mutant", "fetch-mixes", "AFU-048", "AFU-INT-016", NULL, NULL },
    { "http", "--mutant", "fetch-mixes-untold", "AFU-170", "AFU-INT-017", NULL,
      NULL },
    { "http", "--mutant", "resume-duplicates", "AFU-048", "AFU-INT-018",
      RESUMES, NULL },
    { "http", "--mutant", "fetch-hole", "AFU-048", "AFU-INT-018", RESUMES,
      NULL },
    { "http", "--mutant", "cut-accepted", "AFU-049", "AFU-INT-015", NULL,
      NULL },
    { "http", "--mutant", "fetch-storm", "AFU-175", "AFU-INT-025", NULL, NULL },
    /* Who asks once for the whole file shows nothing after a Cancel. */
    { "http", "--mutant", "fetch-after-cancel", "AFU-143", "AFU-CAN-001", NULL,
      "http-in-parts" },
    { "http", "--mutant", "fetch-after-reset", "AFU-055", "AFU-STM", NULL,
      "http-in-parts" },
    { "http", "--mutant", "fetch-waits-for-ever", "AFU-040", "AFU-INT-014",
      NULL, NULL },
    { "http", "--mutant", "fetch-never-ends", "AFU-031", "AFU-PUL-001", NULL,
      NULL },
    { "http", "--mutant", "empty-accepted", "AFU-043", "AFU-PUL-017", NULL,
      NULL },
    { "http", "--mutant", "not-found-is-5", "AFU-039", "AFU-PUL-014", NULL,
      NULL },
    { "https", NULL, "pul", NULL, "AFU-PUL", RESUMES, NULL },
    { "https", NULL, "int", NULL, "AFU-INT@pull", RESUMES, NULL },
    { "https", NULL, "con", NULL, "AFU-CON@pull AFU-CAN@pull", NULL, NULL },
    { "https", "--variant", "http-starts-over", NULL, BY_HTTPS, NULL, NULL },
    { "https", "--variant", "http-in-parts", NULL, BY_HTTPS, RESUMES, NULL },
    { "https", "--mutant", "ca-unchecked", "AFU-176", "AFU-PUL-007", NULL,
      NULL },
    { "https", "--mutant", "host-unchecked", "AFU-176", "AFU-PUL-007", NULL,
      NULL },
    { "https", "--mutant", "fetch-mixes", "AFU-048", "AFU-INT-016", NULL,
      NULL },
    { "https", "--mutant", "cut-accepted", "AFU-049", "AFU-INT-015", NULL,
      NULL },
    { "https", "--mutant", "resume-duplicates", "AFU-048", "AFU-INT-018",
      RESUMES, NULL },
    { "coap+tcp", "--mutant", "fetch-after-cancel", "AFU-143", "AFU-CAN-001",
      NULL, NULL },
    { "coap+tcp", "--mutant", "resume-duplicates", "AFU-040", "AFU-INT-015",
      NULL, NULL },
};

/** What every check needs. */
struct protocols_test {
    struct campaign_paths paths;
    char *const *names; /**< rows that are wanted, NULL-terminated; none: all */
};

/** Numbers of Resource 8: coap, and the protocol. */
static const char *protocols_of(const char *protocol)
{
    static const struct {
        const char *name;
        const char *list;
    } lists[] = {
        { "coaps", "0,1" },    { "http", "0,2" },      { "https", "0,3" },
        { "coap+tcp", "0,4" }, { "coaps+tcp", "0,5" },
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (strcmp(lists[i].name, protocol) == 0) {
            return lists[i].list;
        }
    }
    return "0";
}

/** A finding as bad as the row wants; NULL: none. */
static const cJSON *find(const cJSON *results, const char *requirement,
                         const char **out_instance)
{
    const cJSON *row = NULL;
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        cJSON_ArrayForEach(finding,
                           cJSON_GetObjectItemCaseSensitive(row, "findings"))
        {
            bool is_fail = strcmp(campaign_text(finding, "level"), "fail") == 0;
            if (requirement == NULL
                    ? campaign_is_bad(finding)
                    : is_fail &&
                          campaign_names(campaign_text(finding, "requirement"),
                                         requirement)) {
                *out_instance = campaign_text(row, "instance");
                return finding;
            }
        }
    }
    return NULL;
}

static size_t count_run(const cJSON *results)
{
    const cJSON *row = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        count +=
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "runs")) ? 1 : 0;
    }
    return count;
}

static bool is_well(const struct row *row, const cJSON *results,
                    int exit_status)
{
    const char *instance = "";
    const cJSON *finding = find(results, row->requirement, &instance);
    bool is_wanted =
        row->requirement == NULL
            ? finding == NULL && exit_status == 0 && count_run(results) > 0
            : finding != NULL;

    printf("%s %s %s: exit status %d, %zu cases; %s: %s: expected %s, observed "
           "%s\n",
           is_wanted ? "ok" : "not ok", row->protocol, row->name, exit_status,
           count_run(results), instance, campaign_text(finding, "requirement"),
           campaign_text(finding, "expected"),
           campaign_text(finding, "observed"));
    return is_wanted;
}

static bool is_wanted(const struct protocols_test *test, const struct row *row)
{
    for (size_t i = 0; test->names[i] != NULL; i++) {
        if (strcmp(test->names[i], row->name) == 0) {
            return true;
        }
    }
    return test->names[0] == NULL;
}

static bool check(size_t index, void *user)
{
    const struct protocols_test *test = user;
    const struct row *row = &rows[index * CAMPAIGNS_SHARE];
    const char *const device[] = { "--install-ms",
                                   "200",
                                   "--protocols",
                                   protocols_of(row->protocol),
                                   row->option,
                                   row->option != NULL ? row->name : NULL,
                                   row->variant != NULL ? "--variant" : NULL,
                                   row->variant,
                                   NULL };
    const char *cases[WORDS_MAX + 1] = { NULL };
    char name[NAME_SIZE];
    char *words = strdup(row->cases);
    char *rest = NULL;
    size_t count = 0;
    int exit_status = -1;

    if (!is_wanted(test, row)) {
        free(words);
        return true;
    }
    for (char *word = words != NULL ? strtok_r(words, " ", &rest) : NULL;
         word != NULL && count < WORDS_MAX; word = strtok_r(NULL, " ", &rest)) {
        cases[count++] = word;
    }
    (void)snprintf(name, sizeof(name), "%s-%s", row->protocol,
                   row->name); /* fits */
    const struct campaign_row campaign = { .name = name,
                                           .device = device,
                                           .cases = cases,
                                           .ics = row->ics,
                                           .pull_by = row->protocol };
    cJSON *results = campaign_run(&test->paths, &campaign, &exit_status);
    bool good = results != NULL && is_well(row, results, exit_status);
    cJSON_Delete(results);
    free(words);
    return good;
}

int main(int argc, char **argv)
{
    size_t count = sizeof(rows) / sizeof(rows[0]);

    if (argc < 5) {
        fprintf(
            stderr,
            "usage: protocols_test ASSAY DEVICE PROFILE FOLDER [NAME]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        return 2;
    }
    struct protocols_test test = {
        .paths = { argv[1], argv[2], argv[3], folder },
        .names = argv + 5,
    };
    unsigned failed =
        campaign_check_all((count + CAMPAIGNS_SHARE - 1) / CAMPAIGNS_SHARE,
                           CAMPAIGNS_WAITING, check, &test);
    if (failed == 0) {
        campaign_folder_remove(folder);
    }
    printf("%u failed\n", failed);
    free(folder);
    return failed == 0 ? 0 : 1;
}
