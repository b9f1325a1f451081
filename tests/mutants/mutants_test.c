/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof that checks can fail: every mutant of the simulated device is
 * caught by a case that claims the mutant's requirement, by a finding that
 * names it, and the plain device passes every case without a warning.
 *
 * Usage: mutants_test ASSAY DEVICE PROFILE FOLDER [MUTANT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/campaigns.h"

#define MUTANTS_MAX   500
#define CASES_MAX     500
#define PATH_SIZE     4096
#define EXIT_VERDICTS 2 /* the highest exit status that comes from verdicts */
/* Long enough that a Read falls into the installation, afu.md State 3. */
#define INSTALL_MS "400"
/* What the profile says of a device with --send. */
#define SENDS "{\"send-after-register\": true, \"send-progress\": true}"

struct mutant {
    char name[64];
    char requirement[32];
};

#define QUEUES "{\"send-after-register\": true, \"conc\": \"queued\"}"

/** What every check needs. */
struct kill_test {
    struct campaign_paths paths;
    cJSON *catalogue;
    struct mutant mutants[MUTANTS_MAX + 1]; /**< the first ones: none */
    size_t count;
    size_t first; /**< mutant of which others may be left out: campaigns.h */
};

/** Requirements of cases that no mutant can break. */
static const char *const unbreakable[] = {
    "AFU-095", /* the variant others-dropped shows its warning */
    "AFU-160", /* "may have": nothing is wrong */
    "AFU-162", /* the server's part */
    "AFU-083", /* "may be updated together": AFU-084 says with whom */
    "AFU-115", /* "may contain": nothing is wrong */
    "LWM-114", /* who hears nothing is told by CC6, after 93 s */
    "AFU-012", /* the server's part */
    "AFU-006", /* the profile says which is the main component */
    "AFU-152", /* a rule for the tool */
    "AFU-154", /* a rule for the tool */
    "AFU-167", /* an update may need a reboot */
    "AFU-130", /* a device may let the user defer */
    "AFU-136", /* Severity has no effect that is a must */
    "AFU-034", /* a recommendation, for information */
    "AFU-035", /* may be */
};

/** Mutants that break what is only recommended: all others must fail. */
static const char *const warned[] = {
    "sent-backwards",           /* AFU-153: a tool's expectation */
    "first-block-late",         /* LWM-115: SHOULD */
    "memory-leaks",             /* AFU-143: a tool's expectation */
    "main-version-of-any",      /* AFU-016: SHOULD */
    "links-to-idle",            /* AFU-101, A-12 */
    "link-after-cancel",        /* the same */
    "links-stay",               /* AFU-108: a tool's expectation */
    "main-version-differs",     /* AFU-016: SHOULD */
    "links-after-failure",      /* AFU-108: A-12 */
    "package-data-left",        /* AFU-019: "may be empty" */
    "conflict-stays",           /* AFU-107, A-39 */
    "bystander-named",          /* AFU-104: the culprit is named, too */
    "wrong-conflict-predicted", /* AFU-106: a prediction is optional */
    "names-equal",              /* AFU-014: should */
    "name-empty",               /* AFU-014: should */
    "protocols-differ",         /* AFU-010: SHOULD */
    "deliveries-differ",        /* AFU-011: SHOULD */
    "change-time-ahead",        /* AFU-023: it has no clock to compare */
    "links-not-notified",       /* AFU-151: fails for 3 and 5 only */
    "pkgversion-not-notified",  /* AFU-151: likewise */
    "change-time-by-result",    /* AFU-150: it need not stay */
    "period-extended",          /* AFU-137: DEF-008 */
    "uri-keeps-result",         /* AFU-036, A-23 */
    "asks-for-long",            /* AFU-131, A-13 */
    "lifetime-differs",         /* LWM-105: SHOULD */
    "update-says-all",          /* LWM-111: SHOULD */
};

/** What the profile says of a mutant, if not what it says of all. */
static const struct {
    const char *mutant;
    const char *ics;
    const char *variant; /**< of the device besides; NULL: none */
} declared[] = {
    /* The device is the plain one; what is said of it is not true. */
    { "downgrade-installed", "{\"arb\": true}", NULL },
    { "queue-forgotten", QUEUES, NULL },
    { "cancelled-fetches", QUEUES, NULL },
    { "failed-in-other-state", "{\"failst\": \"Idle\"}", NULL },
    /* A reboot would excuse it. */
    { "update-ends-pulls", "{\"send-after-register\": true, \"reboot\": false}",
      "no-reboot" },
};

/** Mutants of devices that are not the plain one. */
static const struct {
    const char *mutant;
    const char *shape;
} shapes[] = {
    { "signature-skipped", "mcuboot" },
    { "tag-skipped", "mcuboot" },
    { "old-key-taken", "mcuboot" },
    { "plaintext-taken", "mcuboot" },
    { "older-image-taken", "mcuboot-late" },
    { "counter-ignored", "mcuboot-late" },
    { "image-of-another-taken", "mcuboot" },
    { "half-slot-booted", "mcuboot" },
    { "one-image-reverted", "suit" },
};

static const char *shape_of(const struct mutant *mutant)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        if (strcmp(shapes[i].mutant, mutant->name) == 0) {
            return shapes[i].shape;
        }
    }
    return NULL;
}

/** Mutants that only some servers meet. */
static const struct {
    const char *mutant;
    const char *personality;
} company[] = {
    { "cancel-in-idle-jams", "coiote" },
    { "observed-push-spoiled", "thingsboard" },
};

static const char *personality_of(const struct mutant *mutant)
{
    for (size_t i = 0; i < sizeof(company) / sizeof(company[0]); i++) {
        if (strcmp(company[i].mutant, mutant->name) == 0) {
            return company[i].personality;
        }
    }
    return NULL;
}

static const char *ics_of(const struct mutant *mutant)
{
    for (size_t i = 0; i < sizeof(declared) / sizeof(declared[0]); i++) {
        if (strcmp(declared[i].mutant, mutant->name) == 0) {
            return declared[i].ics;
        }
    }
    return SENDS;
}

static const char *variant_of(const struct mutant *mutant)
{
    for (size_t i = 0; i < sizeof(declared) / sizeof(declared[0]); i++) {
        if (strcmp(declared[i].mutant, mutant->name) == 0) {
            return declared[i].variant;
        }
    }
    return NULL;
}

static const char *level_of(const struct mutant *mutant)
{
    for (size_t i = 0; i < sizeof(warned) / sizeof(warned[0]); i++) {
        if (strcmp(warned[i], mutant->name) == 0) {
            return "warning";
        }
    }
    return "fail";
}

/** The first finding of that level under the requirement. */
static const cJSON *find(const cJSON *test_case, const char *requirement,
                         const char *level)
{
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
    {
        if (strcmp(campaign_text(finding, "level"), level) == 0 &&
            campaign_names(campaign_text(finding, "requirement"),
                           requirement)) {
            return finding;
        }
    }
    return NULL;
}

/** The first one that is a warning or worse. */
static const cJSON *find_bad(const cJSON *test_case)
{
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
    {
        if (campaign_is_bad(finding)) {
            return finding;
        }
    }
    return NULL;
}

/** The plain device in each version: that of AFU is the default. */
static const struct {
    const char *name;
    const char *version;
    const char *cases; /* pattern */
} plain[] = {
    { "plain-core-1.1", "1.1", "core" },
    { "plain-core-1.0", "1.0", "core" },
    { "plain-core-1.2", "1.2", "core" },
};
enum { PLAIN_COUNT = sizeof(plain) / sizeof(plain[0]) };

/** Exit 0, and no finding that is a warning or worse. */
static bool plain_passes(const struct kill_test *test, size_t index)
{
    const char *const device[] = {
        "--install-ms", INSTALL_MS, "--lwm2m", plain[index].version,
        "--portfolio",  "--send",   NULL
    };
    const char *const cases[] = { plain[index].cases, NULL };
    const struct campaign_row row = { .name = plain[index].name,
                                      .device = device,
                                      .cases = cases,
                                      .ics = SENDS };
    int exit_status = -1;
    cJSON *results = campaign_run(&test->paths, &row, &exit_status);
    const cJSON *test_case = NULL;
    bool passes = results != NULL && exit_status == 0;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        const cJSON *finding = find_bad(test_case);
        if (finding != NULL) {
            printf("not ok %s: %s: %s expected %s, observed %s\n",
                   plain[index].name, campaign_text(test_case, "instance"),
                   campaign_text(finding, "requirement"),
                   campaign_text(finding, "expected"),
                   campaign_text(finding, "observed"));
            passes = false;
        }
    }
    printf("%s %s: exit status %d\n", passes ? "ok" : "not ok",
           plain[index].name, exit_status);
    cJSON_Delete(results);
    return passes;
}

/** The cases that claim the requirement. @return how many */
static size_t claiming(const struct kill_test *test, const char *requirement,
                       const char **cases)
{
    const cJSON *row = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(row, test->catalogue)
    {
        if (count < CASES_MAX &&
            campaign_list_has(
                cJSON_GetObjectItemCaseSensitive(row, "requirements"),
                requirement)) {
            cases[count++] = campaign_text(row, "id");
        }
    }
    return count;
}

/** Run the cases on the mutant. @return whether one of them tells */
static bool is_told(const struct kill_test *test, const struct mutant *mutant,
                    const char *const *cases, bool stops)
{
    bool is_core = strncmp(mutant->requirement, "LWM-", 4) == 0;
    const char *level = level_of(mutant);
    const char *variant = variant_of(mutant);
    const char *const device[] = {
        "--install-ms",
        INSTALL_MS,
        "--mutant",
        mutant->name,
        "--lwm2m",
        is_core ? "1.2" : "1.1",
        "--send",
        is_core ? "--portfolio" : variant != NULL ? "--variant" : NULL,
        variant,
        NULL
    };
    const struct campaign_row campaign = {
        .name = mutant->name,
        .device = device,
        .cases = cases,
        .ics = ics_of(mutant),
        .personality = personality_of(mutant),
        .shape = shape_of(mutant),
        .stops = stops,
        .stops_at_warning = stops && strcmp(level, "warning") == 0,
    };
    int exit_status = -1;
    cJSON *results = campaign_run(&test->paths, &campaign, &exit_status);
    const cJSON *finding = NULL;
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        finding = find(row, mutant->requirement, level);
        if (finding != NULL) {
            printf("ok %s: %s %s %s: %s\n", mutant->name,
                   campaign_text(row, "instance"), level, mutant->requirement,
                   campaign_text(finding, "observed"));
            break;
        }
    }
    bool told =
        finding != NULL && exit_status >= 0 && exit_status <= EXIT_VERDICTS;
    if (!told && !stops) {
        printf("not ok %s: no %s of %s, exit status %d\n", mutant->name, level,
               mutant->requirement, exit_status);
    }
    cJSON_Delete(results);
    return told;
}

/** The first fail ends the campaign, and mostly tells. Where it speaks of
 *  another requirement, all cases have their say. */
static bool is_caught(const struct kill_test *test, const struct mutant *mutant)
{
    const char *cases[CASES_MAX + 1] = { NULL };
    char again[PATH_SIZE];

    if (claiming(test, mutant->requirement, cases) == 0) {
        printf("not ok %s: no case claims %s\n", mutant->name,
               mutant->requirement);
        return false;
    }
    if (is_told(test, mutant, cases, true)) {
        return true;
    }
    (void)snprintf(again, sizeof(again), "%s/%s", test->paths.folder,
                   mutant->name); /* cut: then the next one complains */
    campaign_folder_remove(again);
    return is_told(test, mutant, cases, false);
}

static bool check(size_t index, void *user)
{
    const struct kill_test *test = user;
    size_t row = index < test->first
                     ? index
                     : test->first + (index - test->first) * CAMPAIGNS_SHARE;
    const struct mutant *mutant = &test->mutants[row];

    return mutant->name[0] == '\0' ? plain_passes(test, index)
                                   : is_caught(test, mutant);
}

/** Whether some mutant breaks the requirement, or none can. */
static bool has_mutant(const struct kill_test *test, const char *requirement)
{
    for (size_t i = 0; i < sizeof(unbreakable) / sizeof(unbreakable[0]); i++) {
        if (strcmp(unbreakable[i], requirement) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < test->count; i++) {
        if (strcmp(test->mutants[i].requirement, requirement) == 0) {
            return true;
        }
    }
    return false;
}

/** Each requirement that a case claims has its mutant. */
static bool claims_are_proved(const struct kill_test *test)
{
    const cJSON *row = NULL;
    const cJSON *requirement = NULL;
    bool proved = true;

    cJSON_ArrayForEach(row, test->catalogue)
    {
        cJSON_ArrayForEach(
            requirement, cJSON_GetObjectItemCaseSensitive(row, "requirements"))
        {
            if (!has_mutant(test, requirement->valuestring)) {
                printf("not ok %s claims %s, which no mutant breaks\n",
                       campaign_text(row, "id"), requirement->valuestring);
                proved = false;
            }
        }
    }
    return proved;
}

static bool is_wanted(const struct mutant *mutant, char **wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], mutant->name) == 0) {
            return true;
        }
    }
    return count == 0;
}

/** Lines "name  AFU-nnn  text" of --list-mutants.
 *  @return whether there are any */
static bool read_mutants(struct kill_test *test, char **wanted, int count)
{
    const char *const argv[] = { test->paths.device, "--list-mutants", NULL };
    int exit_status = -1;
    char *text = campaign_output(argv, NULL, &exit_status);
    char *rest = text;

    test->count = count == 0 ? PLAIN_COUNT : 0; /* without a name */
    while (rest != NULL && *rest != '\0' && test->count < MUTANTS_MAX) {
        char *end = strchr(rest, '\n');
        struct mutant *mutant = &test->mutants[test->count];
        if (sscanf(rest, "%63s %31s", mutant->name, mutant->requirement) == 2 &&
            is_wanted(mutant, wanted, count)) {
            test->count++;
        } else {
            mutant->name[0] = '\0';
        }
        rest = end != NULL ? end + 1 : NULL;
    }
    free(text);
    return exit_status == 0 && test->count > (count == 0 ? PLAIN_COUNT : 0u);
}

int main(int argc, char **argv)
{
    static struct kill_test test;
    int exit_status = -1;

    if (argc < 5) {
        fprintf(stderr, "usage: mutants_test ASSAY DEVICE PROFILE FOLDER "
                        "[MUTANT]...\n");
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
    if (cJSON_GetArraySize(test.catalogue) == 0 ||
        !read_mutants(&test, argv + 5, argc - 5)) {
        printf("not ok: no cases or no mutants\n");
        cJSON_Delete(test.catalogue);
        free(folder);
        return 1;
    }
    test.first = argc > 5 ? test.count : PLAIN_COUNT;
    size_t count =
        test.first +
        (test.count - test.first + CAMPAIGNS_SHARE - 1) / CAMPAIGNS_SHARE;
    unsigned failed = campaign_check_all(count, CAMPAIGNS_BUSY, check, &test);
    failed += argc > 5 || claims_are_proved(&test) ? 0 : 1;
    printf("%zu passed, %u failed\n", count - failed, failed);
    cJSON_Delete(test.catalogue);
    if (failed == 0) {
        campaign_folder_remove(folder);
    }
    free(folder);
    return failed == 0 ? 0 : 1;
}
