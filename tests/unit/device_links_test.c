/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked and Conflicting Instances, dependencies, and packages for several
 * components. Spec: afu.md, section 7.
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

static unsigned updating(void)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < 4; i++) {
        mask |= bench_pair(&bench, i) == 300 ? 1u << i : 0u;
    }
    return mask;
}

static unsigned linked(unsigned instance)
{
    return firmware_linked(&bench.firmware, (uint16_t)instance);
}

static unsigned conflicting(unsigned instance)
{
    return firmware_conflicting(&bench.firmware, (uint16_t)instance);
}

static void links_show_only_what_is_downloaded(void)
{
    const struct image_plan plan = { .instance = BOOT,
                                     .links = { 1, 3, 2, 9 },
                                     .link_count = 4 };

    set_up();
    (void)bench_push_plan(&bench, BOOT, plan);
    CU_ASSERT_EQUAL(linked(BOOT), 0); /* neither itself nor what is Idle */
    (void)bench_push_plan(&bench, TEE, (struct image_plan){ .instance = TEE });
    CU_ASSERT_EQUAL(linked(BOOT), TEE_BIT);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    CU_ASSERT_EQUAL(linked(BOOT), TEE_BIT | MODEM_BIT);
    (void)bench_cancel(&bench, TEE);
    CU_ASSERT_EQUAL(linked(BOOT), MODEM_BIT);
    CU_ASSERT_EQUAL(bench_update(&bench, BOOT, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), BOOT_BIT | MODEM_BIT); /* AFU-084 */
    CU_ASSERT_EQUAL(linked(BOOT), 0);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 1);
    CU_ASSERT_EQUAL(linked(BOOT) | conflicting(BOOT), 0); /* AFU-108 */
    tear_down();
}

static void argument_splits_linked_instances(void)
{
    const struct image_plan plan = { .instance = BOOT,
                                     .links = { 3 },
                                     .link_count = 1 };

    set_up();
    (void)bench_push_plan(&bench, BOOT, plan);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    CU_ASSERT_EQUAL(bench_update(&bench, BOOT, "0"), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), BOOT_BIT);
    tear_down();
}

static void links_are_object_links_on_the_wire(void)
{
    static const uint8_t link[] = { 0x86, 0x10, 0x44, 0x00,
                                    0x83, 0x5d, 0x00, 0x03 };
    const struct image_plan plan = { .instance = BOOT,
                                     .links = { 3 },
                                     .link_count = 1 };
    struct byte_buffer buffer;

    set_up();
    (void)bench_push_plan(&bench, BOOT, plan);
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    CU_ASSERT_EQUAL(bench_read(&bench, "/33629/2/16", &buffer), CODE(2, 5));
    CU_ASSERT_EQUAL_FATAL(buffer.length, sizeof(link));
    CU_ASSERT_EQUAL(memcmp(buffer.bytes, link, sizeof(link)), 0);
    byte_buffer_release(&buffer);
    tear_down();
}

static void listed_instance_without_a_package_is_the_culprit(void)
{
    for (unsigned y = TEE; y <= BOOT; y++) {
        char argument[32];
        (void)snprintf(argument, sizeof(argument), "0='</33629/%u>'", y);
        for (unsigned x = APP; x <= MODEM; x += MODEM) {
            set_up();
            (void)bench_push_plan(
                &bench, x,
                (struct image_plan){ .instance = x, .version = "1.9" });
            CU_ASSERT_EQUAL(bench_update(&bench, x, argument), CODE(2, 4));
            CU_ASSERT_EQUAL(bench_pair(&bench, x), 213); /* ST-35 */
            CU_ASSERT_EQUAL(conflicting(x), 1u << y);    /* AFU-104 */
            CU_ASSERT_EQUAL(bench_pair(&bench, y), 0);
            CU_ASSERT_TRUE(bench_power_cycle(&bench));
            CU_ASSERT_EQUAL(bench_pair(&bench, x), 213);
            CU_ASSERT_EQUAL(conflicting(x), 1u << y);
            /* Once it is there the conflict is gone: AFU-107. */
            (void)bench_push_plan(&bench, y,
                                  (struct image_plan){ .instance = y });
            CU_ASSERT_EQUAL(conflicting(x), 0);
            CU_ASSERT_EQUAL(bench_update(&bench, x, argument), CODE(2, 4));
            CU_ASSERT_EQUAL(updating(), 1u << x | 1u << y);
            bench_wait(&bench, 1000);
            CU_ASSERT_EQUAL(bench_pair(&bench, x), 1);
            CU_ASSERT_EQUAL(bench_pair(&bench, y), 1);
            tear_down();
        }
    }
}

static void conflict_ends_when_the_culprit_is_installed(void)
{
    set_up();
    (void)bench_push_plan(&bench, MODEM,
                          (struct image_plan){ .instance = MODEM });
    (void)bench_update(&bench, MODEM, "0='</33629/2>'");
    CU_ASSERT_EQUAL(conflicting(MODEM), BOOT_BIT);
    (void)bench_push_plan(&bench, BOOT,
                          (struct image_plan){ .instance = BOOT });
    (void)bench_update(&bench, BOOT, NULL);
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 213);
    CU_ASSERT_EQUAL(conflicting(MODEM), 0);
    tear_down();
}

static void unmet_dependency_installs_nothing(void)
{
    static const char *const arguments[] = { NULL, "0", "0='</33629/2>'" };

    for (size_t i = 0; i < 3; i++) {
        set_up();
        (void)bench_push_plan(&bench, APP,
                              (struct image_plan){ .version = "2.0" });
        (void)bench_push_plan(&bench, BOOT,
                              (struct image_plan){ .instance = BOOT });
        CU_ASSERT_EQUAL(conflicting(APP), TEE_BIT); /* a hint: AFU-106 */
        CU_ASSERT_EQUAL(bench_update(&bench, APP, arguments[i]), CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, APP), 213); /* ST-36 */
        CU_ASSERT_EQUAL(conflicting(APP), TEE_BIT);
        CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 200);
        bench_wait(&bench, 60000);
        for (unsigned j = APP; j <= MODEM; j++) {
            CU_ASSERT_STRING_EQUAL(version_of(j), "1.0");
        }
        tear_down();
    }
}

static void dependency_is_met_by_the_batch_or_by_what_is_installed(void)
{
    set_up();
    (void)bench_push_plan(&bench, APP, (struct image_plan){ .version = "2.0" });
    (void)bench_push_plan(
        &bench, TEE, (struct image_plan){ .instance = TEE, .version = "1.9" });
    CU_ASSERT_EQUAL(conflicting(APP), TEE_BIT); /* downloaded, but too old */
    CU_ASSERT_EQUAL(linked(APP), 0);
    (void)bench_cancel(&bench, TEE);
    (void)bench_push_plan(
        &bench, TEE, (struct image_plan){ .instance = TEE, .version = "2.1" });
    CU_ASSERT_EQUAL(conflicting(APP), 0);
    CU_ASSERT_EQUAL(linked(APP), TEE_BIT);
    CU_ASSERT_EQUAL(bench_update(&bench, APP, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), APP_BIT | TEE_BIT);
    bench_wait(&bench, 1000);
    CU_ASSERT_STRING_EQUAL(version_of(APP), "2.0");
    CU_ASSERT_STRING_EQUAL(version_of(TEE), "2.1");
    /* From now on the installed one does. */
    (void)bench_push_plan(&bench, APP, (struct image_plan){ .version = "2.2" });
    CU_ASSERT_EQUAL(linked(APP) | conflicting(APP), 0);
    CU_ASSERT_EQUAL(bench_update(&bench, APP, "0"), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), APP_BIT);
    tear_down();
}

/** Section 7.4: `0` splits the pair, 13 names whom it left out. */
static void alone_without_the_needed_one_is_a_dependency_error(void)
{
    set_up();
    (void)bench_push_plan(&bench, APP, (struct image_plan){ .version = "2.0" });
    (void)bench_push_plan(
        &bench, TEE, (struct image_plan){ .instance = TEE, .version = "2.0" });
    CU_ASSERT_EQUAL(bench_update(&bench, APP, "0"), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 213);
    CU_ASSERT_EQUAL(conflicting(APP), TEE_BIT);
    CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 200);
    CU_ASSERT_EQUAL(bench_update(&bench, APP, "0='</33629/1>'"), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), APP_BIT | TEE_BIT);
    CU_ASSERT_EQUAL(conflicting(APP), 0);
    tear_down();
}

static void dependency_error_names_the_other_one(void)
{
    set_up();
    (void)bench_push_plan(&bench, APP, (struct image_plan){ .version = "3.0" });
    (void)bench_push_plan(
        &bench, TEE, (struct image_plan){ .instance = TEE, .version = "2.0" });
    CU_ASSERT_EQUAL(bench_update(&bench, TEE, "0='</33629/0>'"), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 213);
    CU_ASSERT_EQUAL(conflicting(TEE), APP_BIT);
    tear_down();
}

/* What packages say that they need. */

#define NEEDS_APP_15  .head = "ASSAYNEEDS\001\000\0031.5", .head_length = 16
#define NEEDS_TEE_15  .head = "ASSAYNEEDS\001\001\0031.5", .head_length = 16
#define NEEDS_BOOT_15 .head = "ASSAYNEEDS\001\002\0031.5", .head_length = 16

/** By the main component as by any other: the rule of packages. */
static void needed_version_counts_whoever_has_it(void)
{
    set_up();
    (void)bench_push_plan(
        &bench, MODEM, (struct image_plan){ .instance = MODEM, NEEDS_APP_15 });
    CU_ASSERT_EQUAL(conflicting(MODEM), APP_BIT);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 213);
    CU_ASSERT_EQUAL(conflicting(MODEM), APP_BIT);
    /* There, but too old; text would say otherwise. */
    (void)bench_push_plan(&bench, APP,
                          (struct image_plan){ .version = "1.4.10" });
    CU_ASSERT_EQUAL(linked(MODEM), 0);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, "0='</33629/0>'"), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 213);
    CU_ASSERT_EQUAL(conflicting(MODEM), APP_BIT);
    (void)bench_cancel(&bench, APP);
    (void)bench_push_plan(&bench, APP,
                          (struct image_plan){ .version = "1.10" });
    CU_ASSERT_EQUAL(linked(MODEM), APP_BIT);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), APP_BIT | MODEM_BIT);
    tear_down();
}

/** What is needed may need something itself. */
static void links_reach_as_far_as_needs(void)
{
    set_up();
    (void)bench_push_plan(&bench, TEE,
                          (struct image_plan){ .instance = TEE,
                                               .version = "1.6",
                                               NEEDS_BOOT_15 });
    (void)bench_push_plan(
        &bench, APP, (struct image_plan){ .version = "1.1", NEEDS_TEE_15 });
    CU_ASSERT_EQUAL(linked(APP), TEE_BIT);
    CU_ASSERT_EQUAL(conflicting(APP), BOOT_BIT);
    (void)bench_push_plan(&bench, BOOT,
                          (struct image_plan){ .instance = BOOT });
    CU_ASSERT_EQUAL(linked(APP), TEE_BIT | BOOT_BIT);
    CU_ASSERT_EQUAL(linked(TEE), BOOT_BIT);
    CU_ASSERT_EQUAL(linked(BOOT) | conflicting(APP), 0);
    CU_ASSERT_EQUAL(bench_update(&bench, APP, "0='</33629/1>'"), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 213);
    CU_ASSERT_EQUAL(conflicting(APP), BOOT_BIT);
    CU_ASSERT_EQUAL(bench_update(&bench, APP, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(updating(), APP_BIT | TEE_BIT | BOOT_BIT);
    tear_down();
}

/** What runs keeps its needs, also over a loss of power and a rollback. */
static void what_is_installed_still_needs(void)
{
    for (unsigned fails = 0; fails < 2; fails++) {
        set_up();
        (void)bench_push_plan(
            &bench, TEE,
            (struct image_plan){ .instance = TEE, .version = "1.6" });
        (void)bench_update(&bench, TEE, NULL);
        bench_wait(&bench, 1000);
        (void)bench_push_plan(
            &bench, APP,
            (struct image_plan){ .version = "1.1",
                                 .outcome = fails != 0
                                                ? OUTCOME_FAILURE_AFTER_RESTART
                                                : OUTCOME_NONE,
                                 NEEDS_TEE_15 });
        (void)bench_update(&bench, APP, NULL);
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, APP), fails != 0 ? 208 : 1);
        (void)bench_cancel(&bench, APP);
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        (void)bench_push_plan(
            &bench, TEE,
            (struct image_plan){ .instance = TEE, .version = "1.4" });
        CU_ASSERT_EQUAL(conflicting(TEE), fails != 0 ? 0u : APP_BIT);
        CU_ASSERT_EQUAL(bench_update(&bench, TEE, "0"), CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), fails != 0 ? 300 : 213);
        tear_down();
    }
}

/* Bundles. */

static const struct image_plan app_and_tee[] = {
    { .instance = APP, .version = "2.0" },
    { .instance = TEE, .version = "2.0" },
};

static void bundle_loads_all_its_members(void)
{
    for (unsigned receiver = APP; receiver <= TEE; receiver++) {
        set_up();
        /* A stale Result of a sibling goes: AFU-120. */
        (void)bench_push_plan(&bench, TEE - receiver,
                              (struct image_plan){ .instance = MODEM });
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE - receiver), 6);
        CU_ASSERT_EQUAL(bench_push_bundle(&bench, receiver, app_and_tee, 2),
                        CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, APP), 200); /* ST-15 */
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 200);
        CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 0);
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        CU_ASSERT_EQUAL(bench_update(&bench, APP, NULL), CODE(2, 4));
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, APP), 1);
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 1);
        tear_down();
    }
}

static void bundle_without_a_part_for_the_receiver_is_refused(void)
{
    set_up();
    CU_ASSERT_EQUAL(bench_push_bundle(&bench, MODEM, app_and_tee, 2),
                    CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 6); /* AFU-121 */
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 0);
    CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 0);
    tear_down();
}

static void bundle_with_a_bad_member_loads_none(void)
{
    for (size_t bad = 0; bad < 2; bad++) {
        struct image members[2] = { bench_image(app_and_tee[0]),
                                    bench_image(app_and_tee[1]) };
        struct image image;

        set_up();
        members[bad].bytes[members[bad].length - 1] ^= 0x80;
        image_bundle(&image, members, 2);
        CU_ASSERT_EQUAL(bench_push(&bench, APP, &image), CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, APP), 5);
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 0);
        tear_down();
    }
}

/** Downloaded, Downloading or Updating: each is occupied. */
static void bundle_with_an_occupied_sibling_is_refused(void)
{
    static const int pairs[] = { 100, 200, 300 };
    struct image modem =
        bench_image((struct image_plan){ .instance = MODEM, .version = "1.5" });
    const struct image_plan plans[] = { { .instance = BOOT },
                                        { .instance = MODEM } };

    for (size_t i = 0; i < 3; i++) {
        set_up();
        if (pairs[i] == 100) {
            CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &modem, 0),
                            CODE(2, 31));
        } else {
            (void)bench_push(&bench, MODEM, &modem);
        }
        if (pairs[i] == 300) {
            (void)bench_update(&bench, MODEM, NULL);
        }
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), pairs[i]);
        (void)bench_push_bundle(&bench, BOOT, plans, 2);
        CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 12); /* ST-20 */
        CU_ASSERT_EQUAL(conflicting(BOOT), MODEM_BIT);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), pairs[i]); /* AFU-118 */
        CU_ASSERT_EQUAL(bench_update(&bench, BOOT, NULL), CODE(4, 5));
        if (pairs[i] == 200) {
            CU_ASSERT_TRUE(bench_power_cycle(&bench));
            CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 12);
            CU_ASSERT_EQUAL(conflicting(BOOT), MODEM_BIT);
        }
        tear_down();
    }
}

static void conflict_is_seen_before_the_transfer_ends(void)
{
    const struct image_plan plans[] = { { .instance = MODEM },
                                        { .instance = BOOT } };
    struct image members[2] = { bench_image(plans[0]), bench_image(plans[1]) };
    struct image image;

    set_up();
    (void)bench_push_plan(&bench, BOOT, plans[1]);
    image_bundle(&image, members, 2);
    /* The name of the second member is in the third block of four or more. */
    size_t at = 20 + members[0].length;
    CU_ASSERT_EQUAL(at / 256, 2);
    CU_ASSERT_TRUE(image.length > 4 * 256);
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 2), CODE(5, 0));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 12); /* AFU-119 */
    CU_ASSERT_EQUAL(conflicting(MODEM), BOOT_BIT);
    /* Once the sibling is free the hint goes, and the package is taken. */
    (void)bench_cancel(&bench, BOOT);
    CU_ASSERT_EQUAL(conflicting(MODEM), 0);
    CU_ASSERT_EQUAL(bench_push(&bench, MODEM, &image), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
    CU_ASSERT_EQUAL(bench_pair(&bench, BOOT), 200);
    tear_down();
}

static void member_can_be_cancelled_by_itself(void)
{
    set_up();
    (void)bench_push_bundle(&bench, APP, app_and_tee, 2);
    CU_ASSERT_EQUAL(bench_cancel(&bench, TEE), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 10);
    CU_ASSERT_EQUAL(bench_pair(&bench, APP), 200);
    CU_ASSERT_EQUAL(conflicting(APP), TEE_BIT);
    tear_down();
}

static CU_TestInfo link_tests[] = {
    { "links", links_show_only_what_is_downloaded },
    { "split", argument_splits_linked_instances },
    { "wire form", links_are_object_links_on_the_wire },
    { "listed culprit", listed_instance_without_a_package_is_the_culprit },
    { "installed culprit", conflict_ends_when_the_culprit_is_installed },
    { "unmet dependency", unmet_dependency_installs_nothing },
    { "met dependency",
      dependency_is_met_by_the_batch_or_by_what_is_installed },
    { "alone", alone_without_the_needed_one_is_a_dependency_error },
    { "the other one", dependency_error_names_the_other_one },
    { "needs", needed_version_counts_whoever_has_it },
    { "needs of needs", links_reach_as_far_as_needs },
    { "installed needs", what_is_installed_still_needs },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo bundle_tests[] = {
    { "all", bundle_loads_all_its_members },
    { "wrong receiver", bundle_without_a_part_for_the_receiver_is_refused },
    { "bad member", bundle_with_a_bad_member_loads_none },
    { "occupied", bundle_with_an_occupied_sibling_is_refused },
    { "early", conflict_is_seen_before_the_transfer_ends },
    { "cancelled member", member_can_be_cancelled_by_itself },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "links", NULL, NULL, NULL, NULL, link_tests },
        { "bundles", NULL, NULL, NULL, NULL, bundle_tests },
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
