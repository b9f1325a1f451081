/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A power cut at any moment: the operation is stopped before its first, its
 * second, ... changing call to the disk until it ends by itself, and each time
 * the device boots from what is there. Spec: afu.md, AFU-094, AFU-165, ST-31,
 * ST-45, ST-53.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/device_bench.h"
#include "tests/unit/device_disk.h"

enum { APP = 0, TEE = 1, BOOT = 2, MODEM = 3 };
enum { PAYLOAD = 700, CALLS_MAX = 1000, PATH_SIZE = 512 };
enum { OLD_SEED = 1, NEW_SEED = 2, NEXT_SEED = 3, OTHER_SEED = 8 };

#define OLD   "1.1"
#define NEW   "1.2"
#define NEXT  "1.3"
#define OTHER "1.8"

/** Something that is stopped. The modem is no part of it, but Downloaded. */
static const struct scenario {
    const char *name;
    unsigned members; /* of application, TEE and bootloader */
    bool is_bundle;
    enum outcome outcomes[3];
    bool changes; /* the new version may run in the end */
} scenarios[] = {
    /* clang-format off */
    { "single, no restart", 4, false, { 0, 0, OUTCOME_SUCCESS_NO_RESTART }, true },
    { "single",             4, false, { 0, 0, 0 }, true },
    { "single, fails",      4, false, { 0, 0, OUTCOME_FAIL_AT_UPDATE }, false },
    { "single, rolls back", 4, false, { 0, 0, OUTCOME_FAILURE_AFTER_RESTART }, false },
    { "batch",              7, false, { 0, 0, 0 }, true },
    { "batch, no restart",  5, false, { OUTCOME_SUCCESS_NO_RESTART, 0, OUTCOME_SUCCESS_NO_RESTART }, true },
    { "batch, one fails",   7, false, { 0, OUTCOME_FAIL_AT_UPDATE, 0 }, false },
    { "batch, one is ill",  7, false, { 0, 0, OUTCOME_FAILURE_AFTER_RESTART }, false },
    { "bundle",             7, true,  { 0, 0, 0 }, true },
    { "bundle, one is ill", 6, true,  { 0, OUTCOME_FAILURE_AFTER_RESTART, 0 }, false },
    /* clang-format on */
};

enum {
    SCENARIO_COUNT = sizeof(scenarios) / sizeof(scenarios[0]),
    NESTED = 7, /* the richest: a trial of three, and its roll-back */
};

static struct {
    char root[256];
    char prepared[PATH_SIZE]; /* the folder before the operation */
    char stopped[PATH_SIZE];  /* the copy that is stopped */
    char again[PATH_SIZE];    /* the copy that is stopped a second time */
} fixture;

static int set_up_suite(void)
{
    (void)snprintf(fixture.root, sizeof(fixture.root), "%s/assay-store-XXXXXX",
                   bench_temporary());
    if (mkdtemp(fixture.root) == NULL) {
        return 1;
    }
    (void)snprintf(fixture.prepared, PATH_SIZE, "%s/prepared", fixture.root);
    (void)snprintf(fixture.stopped, PATH_SIZE, "%s/stopped", fixture.root);
    (void)snprintf(fixture.again, PATH_SIZE, "%s/again", fixture.root);
    return 0;
}

static int tear_down_suite(void)
{
    bench_remove_folder(fixture.prepared);
    bench_remove_folder(fixture.stopped);
    bench_remove_folder(fixture.again);
    bench_remove_folder(fixture.root);
    return 0;
}

static void copy_file(const char *from, const char *to)
{
    static char bytes[65536];
    FILE *source = fopen(from, "rb");
    FILE *target = fopen(to, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(source);
    CU_ASSERT_PTR_NOT_NULL_FATAL(target);
    size_t length = fread(bytes, 1, sizeof(bytes), source);
    CU_ASSERT_TRUE_FATAL(length < sizeof(bytes));
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, length, target), length);
    (void)fclose(source); /* it was only read */
    CU_ASSERT_EQUAL_FATAL(fclose(target), 0);
}

static void copy_folder(const char *from, const char *to)
{
    const struct dirent *entry = NULL;
    char source[PATH_SIZE + 300];
    char target[PATH_SIZE + 300];

    bench_remove_folder(to);
    CU_ASSERT_EQUAL_FATAL(mkdir(to, 0700), 0);
    DIR *stream = opendir(from);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    while ((entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] != '.') {
            (void)snprintf(source, sizeof(source), "%s/%s", from,
                           entry->d_name);
            (void)snprintf(target, sizeof(target), "%s/%s", to, entry->d_name);
            copy_file(source, target);
        }
    }
    (void)closedir(stream); /* it was only read */
}

/* The operations. */

static void install(struct bench *bench, unsigned instance, const char *version,
                    uint8_t seed)
{
    (void)bench_push_plan(bench, instance,
                          (struct image_plan){ .instance = instance,
                                               .version = version,
                                               .seed = seed });
    (void)bench_update(bench, instance, "0");
    bench_wait(bench, 1000);
}

/** OLD runs everywhere, (Idle, 10); a package waits in the modem. */
static void prepare(void)
{
    struct bench bench;

    bench_remove_folder(fixture.prepared);
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, fixture.prepared, MUTANT_NONE));
    for (unsigned i = APP; i <= BOOT; i++) {
        install(&bench, i, OLD, OLD_SEED);
        CU_ASSERT_EQUAL_FATAL(bench_pair(&bench, i), 1);
        (void)bench_push_plan(&bench, i, (struct image_plan){ .instance = i });
        (void)bench_cancel(&bench, i);
        CU_ASSERT_EQUAL_FATAL(bench_pair(&bench, i), 10);
    }
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM,
                                               .version = OTHER,
                                               .seed = OTHER_SEED });
    CU_ASSERT_EQUAL_FATAL(bench_pair(&bench, MODEM), 200);
    bench_close(&bench);
}

static unsigned first_member(const struct scenario *scenario)
{
    unsigned first = APP;

    while ((scenario->members & 1u << first) == 0) {
        first++;
    }
    return first;
}

static void deliver(struct bench *bench, const struct scenario *scenario)
{
    struct image_plan plans[3];
    size_t count = 0;

    for (unsigned i = APP; i <= BOOT; i++) {
        if ((scenario->members & 1u << i) != 0) {
            plans[count++] =
                (struct image_plan){ .instance = i,
                                     .version = NEW,
                                     .seed = NEW_SEED,
                                     .outcome = scenario->outcomes[i] };
        }
    }
    if (scenario->is_bundle) {
        (void)bench_push_bundle(bench, first_member(scenario), plans, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        (void)bench_push_plan(bench, plans[i].instance, plans[i]);
    }
}

/** Download, update, boot, confirm or roll back. */
static void operate(struct bench *bench, const struct scenario *scenario)
{
    char argument[64] = "0";
    unsigned first = first_member(scenario);

    deliver(bench, scenario);
    for (unsigned i = first + 1; i <= BOOT; i++) {
        if ((scenario->members & 1u << i) != 0) {
            size_t used = strlen(argument);
            (void)snprintf(argument + used, sizeof(argument) - used,
                           "%s</33629/%u>", used == 1 ? "='" : ",", i);
        }
    }
    if (strlen(argument) > 1) {
        (void)strncat(argument, "'", 2);
    }
    (void)bench_update(bench, first, argument);
    bench_wait(bench, 20000);
}

/* What must hold after a boot. */

static struct {
    const struct scenario *scenario;
    enum disk_fault fault;
    unsigned nth;
    unsigned second;
    bool is_running; /* not booted since the fault */
} moment;

static void check(bool holds, const char *what, unsigned instance, int observed)
{
    CU_ASSERT_TRUE(holds);
    if (!holds) {
        printf("    %s, fault %d at call %u, then %u: instance %u: %s (%d)\n",
               moment.scenario->name, (int)moment.fault, moment.nth,
               moment.second, instance, what, observed);
    }
}

static bool is_payload(const uint8_t *bytes, size_t length, uint8_t seed)
{
    bool same = bytes != NULL && length == PAYLOAD;

    for (size_t i = 0; same && i < length; i++) {
        same = bytes[i] == image_payload_byte(seed, i);
    }
    return same;
}

static bool has_staged(struct bench *bench, unsigned instance, uint8_t seed)
{
    char name[32];
    uint8_t *bytes = NULL;
    size_t length = 0;

    (void)snprintf(name, sizeof(name), "%u.staged", instance);
    bool found = store_read(bench->store, name, &bytes, &length);
    bool good = seed == 0 ? found : is_payload(bytes, length, seed);
    free(bytes);
    return good;
}

static bool fits(int pair)
{
    static const int after_a_cut[] = { 10, 0, 200, 208, 1 };
    static const int after_a_refusal[] = { 2, 213 };
    bool found = false;

    for (size_t i = 0; i < 5; i++) {
        found = found || pair == after_a_cut[i];
    }
    for (size_t i = 0; moment.fault == DISK_REFUSE && i < 2; i++) {
        found = found || pair == after_a_refusal[i];
    }
    return found;
}

static void check_member(struct bench *bench, unsigned instance)
{
    const struct component *component = &bench->firmware.components[instance];
    bool is_new = strcmp(component->version, NEW) == 0;
    int pair = bench_pair(bench, instance);
    size_t length = 0;
    char path[32];
    char text[32];

    check(is_new || strcmp(component->version, OLD) == 0,
          "a version of nowhere", instance, 0);
    check(fits(pair), "no pair to end in", instance, pair);
    check(is_new == (pair == 1), "version and Result do not match", instance,
          pair);
    check(!is_new || moment.scenario->changes, "a bad image runs", instance,
          pair);
    uint8_t *bytes = bench_running_image(bench, instance, &length);
    check(is_payload(bytes, length, is_new ? NEW_SEED : OLD_SEED),
          "the running image is not that of the version", instance,
          (int)length);
    free(bytes);
    check(!component->is_trial && !component->takes_part,
          "an update is not at its end", instance, pair);
    bool is_downloaded = pair / 100 == 2;
    /* A file that could not be removed is swept by the next boot. */
    bool may_be_left = moment.is_running && moment.fault == DISK_REFUSE;
    check(has_staged(bench, instance, is_downloaded ? NEW_SEED : 0) ==
                  is_downloaded ||
              (may_be_left && !is_downloaded),
          "package and file do not match", instance, pair);
    (void)snprintf(path, sizeof(path), "/33629/%u/7", instance);
    check(strcmp(bench_text(bench, path, text, sizeof(text)),
                 is_downloaded ? NEW : "") == 0,
          "wrong PkgVersion", instance, pair);
}

static void check_device(struct bench *bench)
{
    unsigned members = moment.scenario->members;
    unsigned new_ones = 0;
    unsigned downloaded = 0;

    for (unsigned i = APP; i <= BOOT; i++) {
        if ((members & 1u << i) != 0) {
            check_member(bench, i);
            bool is_new =
                strcmp(bench->firmware.components[i].version, NEW) == 0;
            new_ones |= is_new ? 1u << i : 0u;
            downloaded |= bench_pair(bench, i) / 100 == 2 ? 1u << i : 0u;
        } else {
            check(bench_pair(bench, i) == 10, "no member, yet changed", i,
                  bench_pair(bench, i));
        }
    }
    check(new_ones == 0 || new_ones == members, "a mix of versions", 0,
          (int)new_ones);
    if (moment.scenario->is_bundle) {
        check(downloaded == 0 || downloaded == members,
              "a part of a bundle is Downloaded", 0, (int)downloaded);
    }
    check(bench_pair(bench, MODEM) == 200 &&
              has_staged(bench, MODEM, OTHER_SEED),
          "the package of a bystander", MODEM, bench_pair(bench, MODEM));
}

/** The good package, sent next, succeeds. */
static void check_recovery(struct bench *bench)
{
    for (unsigned i = APP; i <= BOOT; i++) {
        if ((moment.scenario->members & 1u << i) != 0) {
            (void)bench_cancel(bench, i);
            install(bench, i, NEXT, NEXT_SEED);
            size_t length = 0;
            uint8_t *bytes = bench_running_image(bench, i, &length);
            check(bench_pair(bench, i) == 1 &&
                      is_payload(bytes, length, NEXT_SEED),
                  "no recovery", i, bench_pair(bench, i));
            free(bytes);
        }
    }
}

static void check_folder(const char *folder)
{
    struct bench bench;
    int pairs[3];

    CU_ASSERT_TRUE_FATAL(bench_open(&bench, folder, MUTANT_NONE));
    check_device(&bench);
    for (unsigned i = APP; i <= BOOT; i++) {
        pairs[i] = bench_pair(&bench, i);
    }
    CU_ASSERT_TRUE_FATAL(bench_power_cycle(&bench));
    for (unsigned i = APP; i <= BOOT; i++) {
        check(bench_pair(&bench, i) == pairs[i], "another boot, another pair",
              i, bench_pair(&bench, i));
    }
    check_recovery(&bench);
    bench_close(&bench);
}

/** In a child of its own. @return whether it was stopped */
static bool is_stopped(const char *folder, const struct scenario *scenario,
                       enum disk_fault fault, unsigned nth)
{
    int status = 0;

    (void)fflush(NULL); /* or the child prints it again */
    pid_t child = fork();
    if (child == 0) {
        struct bench bench;
        disk_arm(fault, nth);
        bool good = bench_open(&bench, folder, MUTANT_NONE);
        if (good && scenario != NULL) {
            operate(&bench, scenario);
        }
        /* The end of the process is what frees: nothing more may be done. */
        _exit(!good || disk_broken_rule() != NULL ? 1 : 0);
    }
    CU_ASSERT_TRUE_FATAL(child > 0);
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE_FATAL(WIFEXITED(status));
    bool stopped = WEXITSTATUS(status) == DISK_KILLED;
    check(stopped || WEXITSTATUS(status) == 0, "ended badly", 0,
          WEXITSTATUS(status));
    return stopped;
}

/** @return at how many calls it can be stopped */
static unsigned stop_at_each_call(enum disk_fault fault)
{
    bool stopped = true;

    prepare();
    moment.fault = fault;
    moment.second = 0;
    for (moment.nth = 1; stopped && moment.nth < CALLS_MAX; moment.nth++) {
        copy_folder(fixture.prepared, fixture.stopped);
        stopped =
            is_stopped(fixture.stopped, moment.scenario, fault, moment.nth);
        check_folder(fixture.stopped);
    }
    CU_ASSERT_FALSE(stopped);
    return moment.nth - 2;
}

static void each_stop_leaves_the_old_or_the_new(void)
{
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        moment.scenario = &scenarios[i];
        unsigned points = stop_at_each_call(DISK_KILL);
        CU_ASSERT_TRUE(points >= 40); /* else the calls are not wrapped */
        if (scenarios[i].is_bundle) {
            CU_ASSERT_EQUAL(stop_at_each_call(DISK_HALF), points);
        }
    }
}

/** Without a fault the operations end as their names say. */
static void operations_end_as_expected(void)
{
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        struct bench bench;

        moment.scenario = &scenarios[i];
        moment.fault = DISK_NONE;
        prepare();
        CU_ASSERT_TRUE_FATAL(bench_open(&bench, fixture.prepared, MUTANT_NONE));
        operate(&bench, &scenarios[i]);
        for (unsigned j = APP; j <= BOOT; j++) {
            if ((scenarios[i].members & 1u << j) != 0) {
                int pair = bench_pair(&bench, j);
                check(pair == (scenarios[i].changes ? 1 : 208), "end", j, pair);
            }
        }
        check_device(&bench);
        bench_close(&bench);
    }
}

/** Stopped at each call of the operation, then at each call of the boot. */
static void boot_that_is_stopped_too_goes_on_later(void)
{
    bool stopped = true;

    moment.scenario = &scenarios[NESTED];
    moment.fault = DISK_KILL;
    prepare();
    for (moment.nth = 1; stopped && moment.nth < CALLS_MAX; moment.nth++) {
        bool again = true;
        copy_folder(fixture.prepared, fixture.stopped);
        stopped =
            is_stopped(fixture.stopped, moment.scenario, DISK_KILL, moment.nth);
        for (moment.second = 1; again && moment.second < CALLS_MAX;
             moment.second++) {
            copy_folder(fixture.stopped, fixture.again);
            again = is_stopped(fixture.again, NULL, DISK_KILL, moment.second);
            check_folder(fixture.again);
        }
        CU_ASSERT_FALSE(again);
        CU_ASSERT_TRUE(moment.second > 5);
    }
    CU_ASSERT_FALSE(stopped);
}

/** The disk refuses one call: nothing is half, and RAM is what is on disk. */
static void refused_call_is_survived(void)
{
    for (size_t i = 0; i < SCENARIO_COUNT; i++) {
        unsigned calls = CALLS_MAX;

        moment.scenario = &scenarios[i];
        moment.fault = DISK_REFUSE;
        moment.second = 0;
        prepare();
        for (moment.nth = 1; moment.nth <= calls; moment.nth++) {
            struct bench bench;
            copy_folder(fixture.prepared, fixture.stopped);
            disk_arm(DISK_REFUSE, moment.nth);
            if (bench_open(&bench, fixture.stopped, MUTANT_NONE)) {
                operate(&bench, moment.scenario);
                calls = disk_calls();
                disk_arm(DISK_NONE, 0);
                moment.is_running = true;
                check_device(&bench);
                moment.is_running = false;
                int pair = bench_pair(&bench, first_member(moment.scenario));
                CU_ASSERT_TRUE_FATAL(bench_power_cycle(&bench));
                check(bench_pair(&bench, first_member(moment.scenario)) == pair,
                      "the disk has another pair", 0, pair);
            } else {
                disk_arm(DISK_NONE, 0);
                check(moment.nth <= 5, "does not open", 0, 0);
            }
            bench_close(&bench);
            check_folder(fixture.stopped);
        }
        CU_ASSERT_TRUE(calls >= 40 && calls < CALLS_MAX);
    }
}

static void order_of_calls_survives_a_power_cut(void)
{
    const char *rule = disk_broken_rule();

    CU_ASSERT_PTR_NULL(rule);
    if (rule != NULL) {
        printf("    a file was %s\n", rule);
    }
}

/* Single files. */

static void file_is_replaced_as_a_whole(void)
{
    bool stopped = true;
    unsigned nth = 1;

    for (; stopped && nth < CALLS_MAX; nth++) {
        uint8_t *bytes = NULL;
        size_t length = 0;
        int status = 0;

        bench_remove_folder(fixture.stopped);
        struct store *store = store_open(fixture.stopped);
        CU_ASSERT_PTR_NOT_NULL_FATAL(store);
        CU_ASSERT_TRUE(store_write(store, "f", "old one", 7));
        (void)fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            disk_arm(DISK_HALF, nth);
            _exit(store_write(store, "f", "the new one", 11) ? 0 : 1);
        }
        CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
        stopped = WIFEXITED(status) && WEXITSTATUS(status) == DISK_KILLED;
        CU_ASSERT_TRUE_FATAL(store_read(store, "f", &bytes, &length));
        CU_ASSERT_TRUE((length == 7 && memcmp(bytes, "old one", 7) == 0) ||
                       (length == 11 && memcmp(bytes, "the new one", 11) == 0));
        CU_ASSERT_EQUAL(bytes[length], '\0');
        CU_ASSERT_TRUE(stopped || length == 11);
        free(bytes);
        store_close(store);
    }
    CU_ASSERT_EQUAL(nth, 7); /* open, write, fsync, rename, fsync; the end */
}

static void absent_and_empty_files_are_told_apart(void)
{
    uint8_t *bytes = NULL;
    size_t length = 77;

    bench_remove_folder(fixture.stopped);
    struct store *store = store_open(fixture.stopped);
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    CU_ASSERT_FALSE(store_read(store, "f", &bytes, &length));
    CU_ASSERT_EQUAL(length, 77);
    CU_ASSERT_TRUE(store_write(store, "f", "", 0));
    CU_ASSERT_TRUE_FATAL(store_read(store, "f", &bytes, &length));
    CU_ASSERT_EQUAL(length, 0);
    free(bytes);
    store_remove(store, "f");
    store_remove(store, "f");
    CU_ASSERT_FALSE(store_read(store, "f", &bytes, &length));
    store_close(store);
}

static void temporary_folder_is_removed(void)
{
    char path[PATH_SIZE];
    struct stat facts;

    CU_ASSERT_EQUAL(setenv("TMPDIR", fixture.root, 1), 0);
    struct store *store = store_open(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    CU_ASSERT_TRUE(store_write(store, "state", "x", 1));
    CU_ASSERT_TRUE(store_write(store, "3.b.slot", "x", 1));
    CU_ASSERT_TRUE(store_write(store, "0.staged", "x", 1));
    CU_ASSERT_TRUE(store_write(store, "watched", "", 0));
    CU_ASSERT_TRUE(store_write(store, "kill-at", "x", 1));
    store_close(store);
    disk_forget();
    CU_ASSERT_EQUAL(unsetenv("TMPDIR"), 0);
    (void)snprintf(path, sizeof(path), "%s/assay-device-", fixture.root);
    DIR *stream = opendir(fixture.root);
    const struct dirent *entry = NULL;
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    while ((entry = readdir(stream)) != NULL) {
        CU_ASSERT_PTR_NULL(strstr(entry->d_name, "assay-device"));
    }
    (void)closedir(stream); /* it was only read */
    CU_ASSERT_PTR_NULL(store_open("/dev/null/no-folder"));
    CU_ASSERT_NOT_EQUAL(stat("/dev/null/no-folder", &facts), 0);
}

/** Not by a kill, but the device must come up. */
static void damaged_record_is_no_record(void)
{
    uint8_t *bytes = NULL;
    size_t length = 0;

    prepare();
    struct store *store = store_open(fixture.prepared);
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    CU_ASSERT_TRUE_FATAL(store_read(store, "state", &bytes, &length));
    for (size_t cut = 0; cut < length; cut++) {
        struct bench bench;

        CU_ASSERT_TRUE(store_write(store, "state", bytes, cut));
        CU_ASSERT_TRUE_FATAL(bench_open(&bench, fixture.prepared, MUTANT_NONE));
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 0);
        CU_ASSERT_STRING_EQUAL(bench.firmware.components[APP].version, "1.0");
        bench_close(&bench);
    }
    free(bytes);
    store_close(store);
}

static void hostile_record_gives_legal_values(void)
{
    static const struct {
        const char *text;
        int pairs[4];
    } rows[] = {
        { "[]", { 0 } },
        { "{}", { 0 } },
        { "[1,2,3,4]", { 0 } },
        { "[null,[],{},\"x\",{},{},{},{},{}]", { 0 } },
        { "[{\"state\":1e300,\"result\":-1,\"outcome\":-7,\"slot\":\"\","
          "\"links\":[1e99,-4,\"x\"],\"defer\":\"x\",\"version\":\"3\"}]",
          { 0 } },
        { "[{\"state\":2.7,\"result\":4294967297,\"outcome\":9,\"crc\":1e20,"
          "\"version\":\"zz\",\"defer\":5,\"defer-until\":1e300,"
          "\"links\":[0,1,2,3,4,5,6,7,8,9,10,11]}]",
          { 0 } },
        { "[{\"state\":2,\"result\":5},{\"state\":0,\"result\":11},"
          "{\"state\":3,\"result\":8},{\"state\":1,\"result\":1}]",
          { 5, 0, 8, 0 } },
        { "[{\"state\":2,\"result\":5,\"package\":true},{\"result\":14},"
          "{\"state\":3,\"result\":1,\"package\":true},"
          "{\"state\":2,\"result\":13,\"package\":true}]",
          { 200, 0, 208, 213 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bench bench;

        bench_remove_folder(fixture.stopped);
        struct store *store = store_open(fixture.stopped);
        CU_ASSERT_PTR_NOT_NULL_FATAL(store);
        CU_ASSERT_TRUE(
            store_write(store, "state", rows[i].text, strlen(rows[i].text)));
        store_close(store);
        CU_ASSERT_TRUE_FATAL(bench_open(&bench, fixture.stopped, MUTANT_NONE));
        for (unsigned j = APP; j <= MODEM; j++) {
            const struct component *component = &bench.firmware.components[j];
            int pair = bench_pair(&bench, j);
            CU_ASSERT_EQUAL(pair, rows[i].pairs[j]);
            if (pair != rows[i].pairs[j]) {
                printf("    record %zu, instance %u: %d\n", i, j, pair);
            }
            CU_ASSERT_TRUE(component->outcome < OUTCOME_COUNT);
            CU_ASSERT_TRUE(component->link_count <= FIRMWARE_LINKS);
        }
        bench_close(&bench);
    }
}

/** The self-test of the boot sees what the update did not. */
static void trial_that_is_damaged_on_disk_is_rolled_back(void)
{
    struct bench bench;
    char name[32];

    prepare();
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, fixture.prepared, MUTANT_NONE));
    (void)bench_push_plan(&bench, BOOT,
                          (struct image_plan){ .instance = BOOT,
                                               .version = NEW,
                                               .seed = NEW_SEED });
    (void)bench_update(&bench, BOOT, NULL);
    bench.now_ms += BENCH_INSTALL_MS;
    firmware_tick(&bench.firmware, bench.now_ms);
    CU_ASSERT_TRUE(bench.firmware.wants_reboot);
    (void)snprintf(name, sizeof(name), "%u.%c.slot", BOOT,
                   bench.firmware.components[BOOT].slot);
    CU_ASSERT_TRUE(store_write(bench.store, name, "half", 4));
    CU_ASSERT_TRUE(bench_power_cycle(&bench));
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 208);
    CU_ASSERT_STRING_EQUAL(bench.firmware.components[BOOT].version, OLD);
    size_t length = 0;
    uint8_t *bytes = bench_running_image(&bench, BOOT, &length);
    CU_ASSERT_TRUE(is_payload(bytes, length, OLD_SEED));
    free(bytes);
    bench_close(&bench);
}

static CU_TestInfo file_tests[] = {
    { "replaced", file_is_replaced_as_a_whole },
    { "absent", absent_and_empty_files_are_told_apart },
    { "temporary", temporary_folder_is_removed },
    { "damaged record", damaged_record_is_no_record },
    { "hostile record", hostile_record_gives_legal_values },
    { "self-test", trial_that_is_damaged_on_disk_is_rolled_back },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo cut_tests[] = {
    { "without a fault", operations_end_as_expected },
    { "each call", each_stop_leaves_the_old_or_the_new },
    { "each call of the boot, too", boot_that_is_stopped_too_goes_on_later },
    { "refused", refused_call_is_survived },
    { "order", order_of_calls_survives_a_power_cut },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "files", set_up_suite, tear_down_suite, NULL, NULL, file_tests },
        { "power cuts", set_up_suite, tear_down_suite, NULL, NULL, cut_tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
