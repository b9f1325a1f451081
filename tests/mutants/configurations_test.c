/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof that the catalogue passes right devices that differ a lot: all
 * cases of /33629 on each of them, without a fail, an inconc or an error, and
 * without a warning but those that the device earns.
 *
 * A campaign mostly waits, so each is dealt into parts that run side by side.
 * With sanitizers only the first device is tested: the code is the same.
 *
 * A name may also be that of a row of variants_rows.c, with "-strict" behind it
 * in the strict reading, or "variants": all of them, for hours. They are held
 * to no fail, inconc or error; other warnings than the row's are only told.
 *
 * Usage: configurations_test ASSAY DEVICE PROFILE FOLDER [NAME]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/campaigns.h"
#include "tests/mutants/variants_rows.h"

#define CASES_MAX 500
#define PARTS     6
#define WORDS_MAX 20
/* Long enough that a Read falls into Updating, however busy the machine is. */
#ifdef __SANITIZE_ADDRESS__
#    define INSTALL_MS "2500"
#else
#    define INSTALL_MS "2000"
#endif

/** A right device, and what a profile says of it. */
struct configuration {
    const char *name;
    const char *device; /**< arguments */
    const char *ics;
    const char *warnings; /**< A rows and requirements, blanks between */
    bool is_single;       /**< the profile has instance 0 alone */
};

/* clang-format off */
static const struct configuration rows[] = {
    { "plain", "", "", "", false },
    { "poor", "--variant mandatory-only", "\"deps\": false, \"mpkg\": false, \"impl\": false, \"pkgname\": false, \"pkgver\": false",
      "AFU-088", false },
    { "one-component", "--variant one-component", "", "", true },
    { "push-only-tlv", "--variant push-stays-idle --delivery push --lwm2m 1.0 --formats tlv", "", "AFU-140", false },
    { "pull-only", "--variant uri-fails-late --delivery pull", "", "", false },
    { "modern", "--variant no-reboot --lwm2m 1.2", "\"reboot\": false", "", false },
    { "small-blocks", "--variant links-absent-when-empty --formats senml-cbor --max-block 256 --pull-block 64", "", "", false },
    { "verifies-late", "--variant verified-late --portfolio --battery", "", "", false },
    { "dependency-to-idle", "--variant dependency-to-idle", "", "", false },
    /* Three in turn, within the limit. */
    { "one-by-one", "--variant batch-one-by-one --install-ms 1000", "\"trans\": false",
      "AFU-093 AFU-094", false },
};
/* clang-format on */

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/** A campaign. */
struct wanted {
    struct configuration row;
    const struct variants_row *variant; /**< where it is from; NULL: rows */
    bool is_strict;
};

enum { WANTED_MAX = ROWS + 2 * VARIANTS_ROWS_MAX };

struct configurations_test {
    struct campaign_paths paths;
    cJSON *catalogue;
    struct wanted wanted[WANTED_MAX];
    size_t count;
};

/** Words of one text; `copy` keeps them. */
struct words {
    char copy[256];
    const char *list[WORDS_MAX + 1];
};

static void split(struct words *words, const char *text)
{
    char *rest = NULL;
    size_t count = 0;

    *words = (struct words){ .list = { NULL } };
    (void)snprintf(words->copy, sizeof(words->copy), "%s", text); /* fits */
    for (char *word = strtok_r(words->copy, " ", &rest);
         word != NULL && count < WORDS_MAX; word = strtok_r(NULL, " ", &rest)) {
        words->list[count++] = word;
        /* That of variants.pass is too short for some cases. */
        if (count > 1 && strcmp(word, "300") == 0 &&
            strcmp(words->list[count - 2], "--install-ms") == 0) {
            count -= 2;
            words->list[count] = NULL;
        }
    }
}

/** Every PARTS-th case of /33629, beginning with `part`. */
static void deal(const cJSON *catalogue, size_t part, const char **cases)
{
    const cJSON *row = NULL;
    size_t number = 0;
    size_t count = 0;

    cJSON_ArrayForEach(row, catalogue)
    {
        const char *id = campaign_text(row, "id");
        if (strncmp(id, "AFU-", 4) == 0 && number++ % PARTS == part &&
            count < CASES_MAX) {
            cases[count++] = id;
        }
    }
}

/** What a row of variants_rows.c says of its device. */
static bool is_of_variant(const struct wanted *wanted, const cJSON *finding)
{
    const char *warning = wanted->variant->warning;
    const char *level = campaign_text(finding, "level");
    bool is_fail = strcmp(level, "fail") == 0;

    if (strcmp(level, "warning") == 0) {
        return true;
    }
    return is_fail && wanted->is_strict &&
           (wanted->variant->flags & STRICT_FAILS) != 0 && warning != NULL &&
           (strcmp(campaign_text(finding, "ambiguity"), warning) == 0 ||
            strstr(campaign_text(finding, "requirement"), warning) != NULL);
}

static bool is_earned(const struct wanted *wanted, const struct words *warnings,
                      const cJSON *finding)
{
    if (wanted->variant != NULL) {
        return is_of_variant(wanted, finding);
    }
    for (size_t i = 0; warnings->list[i] != NULL; i++) {
        if (strcmp(campaign_text(finding, "level"), "warning") == 0 &&
            (strcmp(campaign_text(finding, "ambiguity"), warnings->list[i]) ==
                 0 ||
             campaign_names(campaign_text(finding, "requirement"),
                            warnings->list[i]))) {
            return true;
        }
    }
    return false;
}

/** Print what the device did not earn. @return how many */
static unsigned complain(const char *name, const struct wanted *wanted,
                         const struct words *warnings, const cJSON *results,
                         unsigned *out_passed)
{
    const cJSON *test_case = NULL;
    const cJSON *finding = NULL;
    unsigned bad = 0;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        *out_passed +=
            strcmp(campaign_text(test_case, "verdict"), "pass") == 0 ? 1 : 0;
        cJSON_ArrayForEach(
            finding, cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
        {
            bool earned = is_earned(wanted, warnings, finding);
            bool is_told = !earned || wanted->variant != NULL;
            if (campaign_is_bad(finding) && is_told) {
                bad += earned ? 0 : 1;
                printf("%s %s: %s %s %s: %s: expected %s, observed %s\n",
                       earned ? "#" : "not ok", name,
                       campaign_text(test_case, "instance"),
                       campaign_text(finding, "level"),
                       campaign_text(finding, "requirement"),
                       campaign_text(finding, "subject"),
                       campaign_text(finding, "expected"),
                       campaign_text(finding, "observed"));
            }
        }
    }
    return bad;
}

static const char *shape_of(const struct wanted *wanted)
{
    return wanted->variant != NULL && (wanted->variant->flags & SHAPE) != 0
               ? wanted->row.name
               : NULL;
}

/** Whether a row of each table has the name: a folder is of one campaign. */
static bool is_in_both(const struct wanted *wanted)
{
    bool is_there = false;

    for (size_t i = 0; wanted->variant != NULL && i < ROWS; i++) {
        is_there = is_there || strcmp(rows[i].name, wanted->row.name) == 0;
    }
    return is_there;
}

static bool check(size_t index, void *user)
{
    const struct configurations_test *test = user;
    const struct wanted *wanted = &test->wanted[index / PARTS];
    const struct configuration *row = &wanted->row;
    const char *cases[CASES_MAX + 1] = { NULL };
    struct words device;
    struct words warnings;
    char arguments[512];
    char ics[512];
    char name[80];
    int exit_status = -1;
    unsigned passed = 0;

    (void)snprintf(name, sizeof(name), "%s%s%s-%zu", row->name,
                   wanted->is_strict ? "-strict" : "",
                   is_in_both(wanted) ? "-variant" : "",
                   index % PARTS + 1); /* fits */
    (void)snprintf(arguments, sizeof(arguments),
                   "--install-ms " INSTALL_MS " %s%s",
                   row->device != NULL ? "" : "--variant ",
                   row->device != NULL ? row->device : row->name); /* fits */
    (void)snprintf(ics, sizeof(ics), "{%s}", row->ics);            /* fits */
    split(&device, arguments);
    split(&warnings, row->warnings);
    deal(test->catalogue, index % PARTS, cases);
    const struct campaign_row campaign = { .name = name,
                                           .device = device.list,
                                           .cases = cases,
                                           .ics = ics,
                                           .is_single = row->is_single,
                                           .reading = wanted->is_strict
                                                          ? "strict"
                                                          : NULL,
                                           .shape = shape_of(wanted) };
    cJSON *results = campaign_run(&test->paths, &campaign, &exit_status);
    unsigned bad = complain(name, wanted, &warnings, results, &passed);
    bool good = results != NULL && bad == 0 && passed > 0 &&
                (exit_status == 0 || (exit_status == 1 && wanted->is_strict));
    printf("%s %s: exit status %d, %u cases passed\n", good ? "ok" : "not ok",
           name, exit_status, passed);
    cJSON_Delete(results);
    return good;
}

/** Whether a name that was asked for is that of the row. */
static bool names(const char *asked, const char *name, bool is_strict)
{
    size_t length = strlen(name);

    return strncmp(asked, name, length) == 0 &&
           strcmp(asked + length, is_strict ? "-strict" : "") == 0;
}

/** Rows of variants_rows.c that are asked for. */
static void choose_variants(struct configurations_test *test, const char *name)
{
    size_t count = 0;
    const struct variants_row *variants = variants_rows(&count);

    for (size_t i = 0; i < 2 * count; i++) {
        const struct variants_row *row = &variants[i % count];
        bool is_strict = i >= count;
        bool is_wanted = (strcmp(name, "variants") == 0 && !is_strict) ||
                         names(name, row->variant, is_strict);
        if (is_wanted && test->count < WANTED_MAX) {
            test->wanted[test->count++] = (struct wanted){
                .row = { .name = row->variant,
                         .device = row->device,
                         .ics = row->ics != NULL ? row->ics : "",
                         .warnings = "",
                         .is_single = (row->flags & ONE) != 0 },
                .variant = row,
                .is_strict = is_strict,
            };
        }
    }
}

/** Rows that are asked for; without a name all that the build has time for. */
static void choose(struct configurations_test *test, char **asked, int count)
{
#ifdef __SANITIZE_ADDRESS__
    size_t most = 1;
#else
    size_t most = ROWS;
#endif

    for (size_t i = 0; i < ROWS; i++) {
        bool is_wanted = count == 0 && i < most;
        for (int j = 0; j < count; j++) {
            is_wanted = is_wanted || strcmp(asked[j], rows[i].name) == 0;
        }
        if (is_wanted) {
            test->wanted[test->count++].row = rows[i];
        }
    }
    for (int j = 0; j < count; j++) {
        choose_variants(test, asked[j]);
    }
}

int main(int argc, char **argv)
{
    static struct configurations_test test;
    int exit_status = -1;

    if (argc < 5) {
        fprintf(stderr, "usage: configurations_test ASSAY DEVICE PROFILE "
                        "FOLDER [NAME]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        fprintf(stderr, "cannot make a folder in '%s'\n", argv[4]);
        return 2;
    }
    test.paths = (struct campaign_paths){ argv[1], argv[2], argv[3], folder };
    const char *const list[] = { test.paths.assay, "list", "--json", NULL };
    char *text = campaign_output(list, NULL, &exit_status);
    test.catalogue = text != NULL ? cJSON_Parse(text) : NULL;
    free(text);
    choose(&test, argv + 5, argc - 5);
    if (test.count == 0) {
        printf("not ok: no device of that name\n");
    }
    size_t count = test.count * PARTS;
    unsigned failed =
        test.catalogue == NULL || count == 0
            ? 1
            : campaign_check_all(count, CAMPAIGNS_WAITING, check, &test);
    printf("%zu passed, %u failed\n", count > 0 ? count - failed : 0, failed);
    cJSON_Delete(test.catalogue);
    if (failed == 0) {
        campaign_folder_remove(folder);
    }
    free(folder);
    return failed == 0 ? 0 : 1;
}
