/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Every legal variant of the simulated device passes the cases of `core`
 * without a warning where no row of ours says so: each in one version of LwM2M
 * by turns, those that are named in all, as are devices with other options.
 *
 * Usage: variants_core_test ASSAY DEVICE PROFILE FOLDER [VARIANT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/campaigns.h"

enum { VARIANTS_MAX = 150, NAME_SIZE = 64, VERSIONS = 3, ARGUMENTS_MAX = 12 };

static const char *const versions[VERSIONS] = { "1.0", "1.1", "1.2" };

/** What a variant is warned of: the beginning of the requirement. */
static const struct {
    const char *variant;
    const char *requirement;
} warned[] = {
    { "accept-refused-4.00", "LWM-501" },
    { "no-accept-known", "LWM-501" },
    { "format-refused-4.15", "LWM-206" }, /* Writes as text alone */
};

/** Devices with options instead of a variant. */
static const char *const with_options[] = {
    "--battery",
    "--formats tlv",
    "--formats text,tlv",
    "--formats senml-cbor",
    "--formats senml-json",
    "--max-block 256",
    "--max-block 64",
    "--lifetime 1",
    "--lifetime 31536000",
    "--default-pmin 20", /* longer than the limit "boot" */
    "--answer-ms 40",    /* notifications overtake answers */
};
enum { OPTIONS = sizeof(with_options) / sizeof(with_options[0]) };

struct core_test {
    struct campaign_paths paths;
    char names[VARIANTS_MAX][NAME_SIZE]; /**< variants, then options */
    size_t variant_count;
    bool is_thorough; /**< each variant in each version */
    size_t count;
};

static bool is_meant(const char *name, const cJSON *finding)
{
    for (size_t i = 0; i < sizeof(warned) / sizeof(warned[0]); i++) {
        if (strcmp(warned[i].variant, name) == 0 &&
            strcmp(campaign_text(finding, "level"), "warning") == 0 &&
            strstr(campaign_text(finding, "requirement"),
                   warned[i].requirement) != NULL) {
            return true;
        }
    }
    return false;
}

/** Print what is not expected. @return whether there was nothing */
static bool is_clean(const char *name, const char *version,
                     const cJSON *results, unsigned *out_passed)
{
    const cJSON *test_case = NULL;
    const cJSON *finding = NULL;
    bool clean = true;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        *out_passed +=
            strcmp(campaign_text(test_case, "verdict"), "pass") == 0 ? 1 : 0;
        cJSON_ArrayForEach(
            finding, cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
        {
            if (campaign_is_bad(finding) && !is_meant(name, finding)) {
                printf("not ok %s in %s: %s %s %s: expected %s, observed %s\n",
                       name, version, campaign_text(test_case, "instance"),
                       campaign_text(finding, "level"),
                       campaign_text(finding, "requirement"),
                       campaign_text(finding, "expected"),
                       campaign_text(finding, "observed"));
                clean = false;
            }
        }
    }
    return clean;
}

/** "--formats tlv" as two arguments; `copy` keeps them. */
static size_t add_option(char *copy, const char **arguments, size_t count)
{
    char *value = strchr(copy, ' ');

    arguments[count++] = copy;
    if (value != NULL) {
        *value = '\0';
        arguments[count++] = value + 1;
    }
    return count;
}

static bool check(size_t index, void *user)
{
    enum { CASES_LEAST = 12, FULL_EACH = 4 };
    const struct core_test *test = user;
    size_t once = test->is_thorough ? 0 : test->variant_count;
    size_t at = index < once ? index : once + (index - once) / VERSIONS;
    const char *version =
        versions[index < once ? index % VERSIONS : (index - once) % VERSIONS];
    const char *name = test->names[at];
    bool is_variant = at < test->variant_count;
    const char *arguments[ARGUMENTS_MAX] = { "--lwm2m", version,
                                             "--portfolio" };
    /* Those of the other groups wait; most variants are about /33629. */
    bool is_brief = index < once && index % FULL_EACH != 0;
    const char *const cases[] = { is_brief ? "CORE-DM" : "core",
                                  is_brief ? "CORE-RUL" : NULL, NULL };
    char copy[NAME_SIZE];
    char folder[2 * NAME_SIZE];
    unsigned passed = 0;
    int exit_status = -1;
    size_t count = 3;

    (void)snprintf(copy, sizeof(copy), "%s", name); /* fits */
    if (is_variant) {
        arguments[count++] = "--variant";
        arguments[count] = copy;
    } else {
        (void)add_option(copy, arguments, count);
    }
    (void)snprintf(folder, sizeof(folder), "core-%zu", index); /* fits */
    const struct campaign_row campaign = {
        .name = folder,
        .device = arguments,
        .cases = cases,
        .reading = "strict",
    };
    cJSON *results = campaign_run(&test->paths, &campaign, &exit_status);
    bool good = is_clean(name, version, results, &passed);
    good = good && results != NULL && exit_status == 0 && passed >= CASES_LEAST;
    printf("%s %s in %s: exit status %d, %u cases passed\n",
           good ? "ok" : "not ok", name, version, exit_status, passed);
    cJSON_Delete(results);
    return good;
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

/** Lines "name  text" of --list-variants, then the options. */
static bool read_names(struct core_test *test, char **wanted, int count)
{
    const char *const argv[] = { test->paths.device, "--list-variants", NULL };
    int exit_status = -1;
    char *text = campaign_output(argv, NULL, &exit_status);

    for (const char *line = text; line != NULL && *line != '\0';) {
        char *name = test->names[test->count];
        if (test->count < VARIANTS_MAX - OPTIONS &&
            sscanf(line, "%63s", name) == 1 && is_wanted(name, wanted, count)) {
            test->count++;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
    test->variant_count = test->count;
    for (size_t i = 0; i < OPTIONS; i++) {
        if (is_wanted(with_options[i], wanted, count)) {
            (void)snprintf(test->names[test->count++], NAME_SIZE, "%s",
                           with_options[i]); /* fits */
        }
    }
    return exit_status == 0 && test->count > 0;
}

/** The share of the variants that the build has time for: campaigns.h. */
static void leave_out(struct core_test *test)
{
    size_t kept = 0;

    for (size_t i = 0; i < test->count; i++) {
        bool is_variant = i < test->variant_count;
        if (!is_variant || i % CAMPAIGNS_SHARE == 0) {
            memmove(test->names[kept++], test->names[i], NAME_SIZE);
        }
    }
    test->variant_count -= test->count - kept;
    test->count = kept;
}

int main(int argc, char **argv)
{
    static struct core_test test;

    if (argc < 5) {
        fprintf(stderr, "usage: variants_core_test ASSAY DEVICE PROFILE "
                        "FOLDER [VARIANT]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        fprintf(stderr, "cannot make a folder in '%s'\n", argv[4]);
        return 2;
    }
    test.paths = (struct campaign_paths){ argv[1], argv[2], argv[3], folder };
    if (!read_names(&test, argv + 5, argc - 5)) {
        printf("not ok: no variants\n");
        free(folder);
        return 1;
    }
    test.is_thorough = argc > 5;
    if (!test.is_thorough) {
        leave_out(&test);
    }
    size_t once = test.is_thorough ? 0 : test.variant_count;
    size_t count = once + (test.count - once) * VERSIONS;
    unsigned failed =
        campaign_check_all(count, CAMPAIGNS_WAITING, check, &test);
    printf("%zu passed, %u failed\n", count - failed, failed);
    if (failed == 0) {
        campaign_folder_remove(folder);
    }
    free(folder);
    return failed == 0 ? 0 : 1;
}
