/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Execute on Update: its argument, forced outcomes, batches, deferral.
 * Spec: afu.md, sections 5, 7 and 8; packages.md, section 7.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_bench.h"

enum { APP = 0, TEE = 1, BOOT = 2, MODEM = 3 };
enum { APP_BIT = 1, TEE_BIT = 2, BOOT_BIT = 4, MODEM_BIT = 8 };

static struct bench bench;

static void set_up(void)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
}

static void tear_down(void)
{
    bench_close(&bench);
}

static const char *version_of(unsigned instance)
{
    return bench.firmware.components[instance].version;
}

/** A request; `path` follows "/33629". */
static uint8_t ask(uint8_t method, const char *path, int format,
                   const void *payload, size_t length, int64_t block)
{
    char full[32];

    (void)snprintf(full, sizeof(full), "/33629%s", path);
    return bench_request(&bench, method, full, format, payload, length, block);
}

/* Execute: section 5, each row. */

static const struct argument_case {
    const char *text; /* NULL: none */
    int format;
    uint8_t code;
    int pair;          /* of the bootloader, which is addressed */
    unsigned updating; /* who is in Updating then */
} argument_cases[] = {
    /* clang-format off */
    { NULL,                                  -1, CODE(2, 4), 300, BOOT_BIT },
    { "0",                                    0, CODE(2, 4), 300, BOOT_BIT },
    { "0",                                   -1, CODE(2, 4), 300, BOOT_BIT },
    { "0=''",                                 0, CODE(2, 4), 300, BOOT_BIT },
    { "0='</33629/1>'",                       0, CODE(2, 4), 300, BOOT_BIT | TEE_BIT },
    { "0='</33629/1>,</33629/3>'",            0, CODE(2, 4), 300, BOOT_BIT | TEE_BIT | MODEM_BIT },
    { "0='</33629/3>,</33629/1>'",            0, CODE(2, 4), 300, BOOT_BIT | TEE_BIT | MODEM_BIT },
    { "0=</33629/1>",                         0, CODE(4, 0), 200, 0 },
    { "0='</33629/2>'",                       0, CODE(4, 0), 200, 0 }, /* self */
    { "0='</33629/1>,</33629/1>'",            0, CODE(4, 0), 200, 0 },
    { "0='</33629/9>'",                       0, CODE(4, 0), 200, 0 },
    { "0='</33629/65534>'",                   0, CODE(4, 0), 200, 0 },
    { "0='</33629/65535>'",                   0, CODE(4, 0), 200, 0 },
    { "0='</33629/65537>'",                   0, CODE(4, 0), 200, 0 }, /* 1, wrapped */
    { "0='</33629/4294967297>'",              0, CODE(4, 0), 200, 0 },
    { "0='</33629/01>'",                      0, CODE(4, 0), 200, 0 },
    { "0='</5/0>'",                           0, CODE(4, 0), 200, 0 },
    { "0='</33629>'",                         0, CODE(4, 0), 200, 0 },
    { "0='</33629/>'",                        0, CODE(4, 0), 200, 0 },
    { "0='</33629/1/2>'",                     0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>;x=1'",                   0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>, </33629/3>'",           0, CODE(4, 0), 200, 0 },
    { "0=' </33629/1>'",                      0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>",                        0, CODE(4, 0), 200, 0 },
    { "0='</33629/1",                         0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>,'",                      0, CODE(4, 0), 200, 0 },
    { "0=',</33629/1>'",                      0, CODE(4, 0), 200, 0 },
    { "0='",                                  0, CODE(4, 0), 200, 0 },
    { "0=",                                   0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>','</33629/3>'",          0, CODE(4, 0), 200, 0 },
    { "0=\"</33629/1>\"",                     0, CODE(4, 0), 200, 0 },
    { "1",                                    0, CODE(4, 0), 200, 0 },
    { "1='x'",                                0, CODE(4, 0), 200, 0 },
    { "0,1",                                  0, CODE(4, 0), 200, 0 },
    { "0,0",                                  0, CODE(4, 0), 200, 0 },
    { "0='</33629/1>',0",                     0, CODE(4, 0), 200, 0 },
    { "00",                                   0, CODE(4, 0), 200, 0 },
    { " 0",                                   0, CODE(4, 0), 200, 0 },
    { "0 ",                                   0, CODE(4, 0), 200, 0 },
    { "now",                                  0, CODE(4, 0), 200, 0 },
    { "0",                                   42, CODE(4, 15), 200, 0 },
    { "0",                                11542, CODE(4, 15), 200, 0 },
    { "0='</33629/0>'",                       0, CODE(2, 4), 213, 0 }, /* Idle */
    /* clang-format on */
};

static unsigned updating(void)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < 4; i++) {
        mask |= bench_pair(&bench, i) == 300 ? 1u << i : 0u;
    }
    return mask;
}

static void arguments_of_update_are_taken_by_the_letter(void)
{
    for (size_t i = 0; i < sizeof(argument_cases) / sizeof(argument_cases[0]);
         i++) {
        const struct argument_case *row = &argument_cases[i];

        set_up();
        for (unsigned j = TEE; j <= MODEM; j++) {
            (void)bench_push_plan(&bench, j,
                                  (struct image_plan){ .instance = j });
        }
        uint8_t code = ask(METHOD_POST, "/2/2", row->format, row->text,
                           row->text != NULL ? strlen(row->text) : 0, -1);
        bool good = code == row->code &&
                    bench_pair(&bench, BOOT) == row->pair &&
                    updating() == row->updating;
        CU_ASSERT_TRUE(good);
        if (!good) {
            printf("    %s: %u.%02u, %d, updating %x\n",
                   row->text != NULL ? row->text : "(none)", code >> 5,
                   code & 31, bench_pair(&bench, BOOT), updating());
        }
        /* Whoever takes no part keeps its package and its pair. */
        for (unsigned j = TEE; j <= MODEM; j++) {
            if ((row->updating & 1u << j) == 0 && j != BOOT) {
                CU_ASSERT_EQUAL(bench_pair(&bench, j), 200);
            }
        }
        tear_down();
    }
}

static void each_prefix_of_a_list_but_the_digit_is_malformed(void)
{
    static const char text[] = "0='</33629/1>,</33629/3>'";
    struct update_arguments arguments;
    const uint8_t *bytes = (const uint8_t *)text;

    for (size_t length = 1; length < sizeof(text) - 1; length++) {
        uint8_t code = arguments_parse(bytes, length, 2, &arguments);
        CU_ASSERT_EQUAL(code, length == 1 ? 0 : CODE(4, 0));
    }
    CU_ASSERT_EQUAL(arguments_parse(bytes, sizeof(text) - 1, 2, &arguments), 0);
    CU_ASSERT_EQUAL(arguments.link_count, 2);
}

static void list_is_limited(void)
{
    char text[800] = "0='";
    struct update_arguments arguments;

    for (unsigned i = 0; i <= ARGUMENT_LINKS_MAX; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof(text) - used, "%s</33629/%u>",
                       i > 0 ? "," : "", 100 + i);
        used = strlen(text);
        memcpy(text + used, "'", 2);
        CU_ASSERT_EQUAL(
            arguments_parse((const uint8_t *)text, used + 1, 0, &arguments),
            i < ARGUMENT_LINKS_MAX ? 0 : CODE(4, 0));
        text[used] = '\0';
    }
}

static void cancel_ignores_a_payload(void)
{
    set_up();
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    CU_ASSERT_EQUAL(ask(METHOD_POST, "/3/10", 0, "x", 1, -1), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 10);
    tear_down();
}

/* Updates. */

static void forced_outcomes_end_as_their_table_says(void)
{
    static const struct {
        enum outcome outcome;
        uint64_t installs_ms;
        int pair;
        const char *version;
        unsigned boots;
    } rows[] = {
        { OUTCOME_NONE, BENCH_INSTALL_MS, 1, "1.5", 1 },
        { OUTCOME_FAIL_AT_UPDATE, BENCH_INSTALL_MS, 208, "1.0", 0 },
        { OUTCOME_SUCCESS_AFTER_RESTART, BENCH_INSTALL_MS, 1, "1.5", 1 },
        { OUTCOME_FAILURE_AFTER_RESTART, BENCH_INSTALL_MS, 208, "1.0", 1 },
        { OUTCOME_SUCCESS_NO_RESTART, BENCH_INSTALL_MS, 1, "1.5", 0 },
        { OUTCOME_FAILURE_NO_RESTART, BENCH_INSTALL_MS, 208, "1.0", 0 },
        { OUTCOME_HANG, BENCH_INSTALL_MS + 5000, 208, "1.0", 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up();
        (void)bench_push_plan(
            &bench, MODEM,
            (struct image_plan){ .instance = MODEM,
                                 .version = "1.5",
                                 .outcome = rows[i].outcome });
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
        CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
        bench_wait(&bench, rows[i].installs_ms - 1);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300);
        bench_wait(&bench, 1);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), rows[i].pair);
        CU_ASSERT_STRING_EQUAL(version_of(MODEM), rows[i].version);
        CU_ASSERT_EQUAL(bench.boots, rows[i].boots);
        /* After a failure the package is there: Update again is possible. */
        CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL),
                        rows[i].pair == 1 ? CODE(4, 5) : CODE(2, 4));
        tear_down();
    }
}

static void slots_take_turns(void)
{
    set_up();
    for (unsigned round = 1; round <= 4; round++) {
        char version[8];
        char before = bench.firmware.components[MODEM].slot;
        size_t length = 0;

        (void)snprintf(version, sizeof(version), "1.%u", round);
        (void)bench_push_plan(&bench, MODEM,
                              (struct image_plan){ .instance = MODEM,
                                                   .version = version,
                                                   .seed = (uint8_t)round });
        (void)bench_update(&bench, MODEM, NULL);
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
        CU_ASSERT_NOT_EQUAL(bench.firmware.components[MODEM].slot, before);
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        CU_ASSERT_STRING_EQUAL(version_of(MODEM), version);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
        uint8_t *bytes = bench_running_image(&bench, MODEM, &length);
        CU_ASSERT_EQUAL_FATAL(length, 700);
        CU_ASSERT_EQUAL(bytes[5], image_payload_byte((uint8_t)round, 5));
        free(bytes);
    }
    tear_down();
}

static void main_version_is_that_of_the_application(void)
{
    char text[32];

    set_up();
    (void)bench_push_plan(&bench, APP, (struct image_plan){ .version = "1.7" });
    (void)bench_update(&bench, APP, NULL);
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/3/0/3", text, sizeof(text)),
                           "1.0");
    bench_wait(&bench, 1000);
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/3/0/3", text, sizeof(text)),
                           "1.7");
    tear_down();
}

static void update_of_another_waits_for_the_running_one(void)
{
    set_up();
    (void)bench_push_plan(&bench, TEE, (struct image_plan){ .instance = TEE });
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    CU_ASSERT_EQUAL(bench_update(&bench, TEE, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(5, 3));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 1);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    tear_down();
}

static void batch_is_all_or_nothing(void)
{
    static const struct {
        enum outcome outcome; /* of the modem */
        int pair;
        const char *version;
    } rows[] = {
        { OUTCOME_NONE, 1, "2.0" },
        { OUTCOME_SUCCESS_NO_RESTART, 1, "2.0" },
        { OUTCOME_FAIL_AT_UPDATE, 208, "1.0" },
        { OUTCOME_FAILURE_AFTER_RESTART, 208, "1.0" },
        { OUTCOME_FAILURE_NO_RESTART, 208, "1.0" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up();
        (void)bench_push_plan(&bench, TEE,
                              (struct image_plan){ .instance = TEE });
        (void)bench_push_plan(&bench, BOOT,
                              (struct image_plan){ .instance = BOOT });
        (void)bench_push_plan(
            &bench, MODEM,
            (struct image_plan){ .instance = MODEM,
                                 .outcome = rows[i].outcome });
        CU_ASSERT_EQUAL(bench_update(&bench, TEE, "0='</33629/3>'"),
                        CODE(2, 4));
        CU_ASSERT_EQUAL(updating(), TEE_BIT | MODEM_BIT);
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), rows[i].pair);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), rows[i].pair);
        CU_ASSERT_STRING_EQUAL(version_of(TEE), rows[i].version);
        CU_ASSERT_STRING_EQUAL(version_of(MODEM), rows[i].version);
        CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 200); /* AFU-095 */
        CU_ASSERT_STRING_EQUAL(version_of(BOOT), "1.0");
        tear_down();
    }
}

/* Deferral: section 8. */

static void set_period(const char *path, const char *seconds)
{
    CU_ASSERT_EQUAL(bench_request(&bench, METHOD_PUT, path, CONTENT_FORMAT_TEXT,
                                  seconds, strlen(seconds), -1),
                    CODE(2, 4));
}

static uint8_t push_deferred(unsigned instance)
{
    return bench_push_plan(&bench, instance,
                           (struct image_plan){ .instance = instance,
                                                .version = "1.5",
                                                .outcome = OUTCOME_DEFER });
}

static void period_of_zero_forbids_deferral(void)
{
    set_up();
    (void)push_deferred(MODEM);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300); /* AFU-135 */
    tear_down();
}

static void deferred_update_starts_when_the_period_is_over(void)
{
    set_up();
    set_period("/33629/3/13", "30");
    (void)push_deferred(MODEM);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211); /* ST-37 */
    bench_wait(&bench, 29999);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 300); /* ST-39 */
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static void each_component_has_its_own_deferral(void)
{
    set_up();
    set_period("/33629/2/13", "30");
    set_period("/33629/3/13", "60");
    (void)push_deferred(BOOT);
    (void)push_deferred(MODEM);
    (void)bench_update(&bench, BOOT, NULL);
    (void)bench_update(&bench, MODEM, NULL);
    bench_wait(&bench, 31000);
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    bench_wait(&bench, 30000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static void deferred_update_keeps_its_argument(void)
{
    const struct image_plan plan = { .instance = BOOT,
                                     .outcome = OUTCOME_DEFER,
                                     .links = { 3 },
                                     .link_count = 1 };

    set_up();
    set_period("/33629/2/13", "30");
    (void)bench_push_plan(&bench, BOOT, plan);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    (void)bench_update(&bench, BOOT, "0");
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 211);
    bench_wait(&bench, 30000);
    CU_ASSERT_EQUAL(updating(), BOOT_BIT); /* AFU-085 */
    tear_down();
}

/** What was right at Execute may be wrong when the period is over. */
static void deferred_update_checks_again_when_it_starts(void)
{
    set_up();
    set_period("/33629/0/13", "30");
    (void)bench_push_plan(
        &bench, APP,
        (struct image_plan){ .version = "2.0", .outcome = OUTCOME_DEFER });
    (void)bench_push_plan(
        &bench, TEE, (struct image_plan){ .instance = TEE, .version = "2.0" });
    (void)bench_update(&bench, APP, NULL);
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 211);
    (void)bench_cancel(&bench, TEE);
    bench_wait(&bench, 60000);
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 213);
    CU_ASSERT_EQUAL(firmware_conflicting(&bench.firmware, APP), TEE_BIT);
    CU_ASSERT_STRING_EQUAL(version_of(APP), "1.0");
    tear_down();
}

static void deferral_ends_with_its_package(void)
{
    set_up();
    set_period("/33629/3/13", "30");
    (void)push_deferred(MODEM);
    (void)bench_update(&bench, MODEM, NULL);
    (void)bench_cancel(&bench, MODEM);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    bench_wait(&bench, 60000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
    tear_down();
}

static void deferral_survives_a_boot(void)
{
    set_up();
    set_period("/33629/3/13", "3600");
    (void)push_deferred(MODEM);
    (void)bench_update(&bench, MODEM, NULL);
    for (int boots = 0; boots < 2; boots++) {
        firmware_boot(&bench.firmware, bench.now_ms);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    }
    /* The wall clock may have gone on by some seconds. */
    uint64_t left_ms = firmware_deadline(&bench.firmware) - bench.now_ms;
    CU_ASSERT_TRUE(left_ms <= 3600000 && left_ms > 3540000);
    bench_wait(&bench, 3600000);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    tear_down();
}

static void longest_period_does_not_overflow(void)
{
    set_up();
    set_period("/33629/3/13", "18446744073709551615");
    (void)push_deferred(MODEM);
    (void)bench_update(&bench, MODEM, NULL);
    bench_wait(&bench, 365 * UINT64_C(86400000));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 211);
    tear_down();
}

static CU_TestInfo update_tests[] = {
    { "arguments", arguments_of_update_are_taken_by_the_letter },
    { "prefixes", each_prefix_of_a_list_but_the_digit_is_malformed },
    { "limit", list_is_limited },
    { "payload of Cancel", cancel_ignores_a_payload },
    { "forced outcomes", forced_outcomes_end_as_their_table_says },
    { "slots", slots_take_turns },
    { "main version", main_version_is_that_of_the_application },
    { "one at a time", update_of_another_waits_for_the_running_one },
    { "batch", batch_is_all_or_nothing },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo deferral_tests[] = {
    { "forbidden", period_of_zero_forbids_deferral },
    { "period", deferred_update_starts_when_the_period_is_over },
    { "two", each_component_has_its_own_deferral },
    { "argument", deferred_update_keeps_its_argument },
    { "checks again", deferred_update_checks_again_when_it_starts },
    { "cancelled", deferral_ends_with_its_package },
    { "boot", deferral_survives_a_boot },
    { "longest", longest_period_does_not_overflow },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "updates", NULL, NULL, NULL, NULL, update_tests },
        { "deferral", NULL, NULL, NULL, NULL, deferral_tests },
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
