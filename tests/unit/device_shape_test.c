/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes of the simulated device: which components, and how they are
 * updated. Spec: design.md, section 8.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/unit/device_bench.h"

static struct bench bench;

static void set_up(const char *shape)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
    bench.firmware.config.shape = shape_parse(shape);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.firmware.config.shape);
}

static void tear_down(void)
{
    bench_close(&bench);
}

static unsigned linked(unsigned instance)
{
    return firmware_linked(&bench.firmware, (uint16_t)instance);
}

static unsigned conflicting(unsigned instance)
{
    return firmware_conflicting(&bench.firmware, (uint16_t)instance);
}

static void each_shape_has_its_components(void)
{
    static const struct {
        const char *name;
        const char *components[FIRMWARE_COMPONENTS];
    } rows[] = {
        { "quad", { "application", "tee", "bootloader", "modem" } },
        { "modem-mcu", { "application", "modem", "bootloader" } },
        { "dual-core", { "core-0", "core-1" } },
        { "trustzone", { "non-secure", "secure" } },
        { "mcuboot", { "application", "radio", "sensor" } },
        { "mcuboot-late", { "application", "radio", "sensor" } },
    };

    CU_ASSERT_PTR_EQUAL(shape_default(), shape_parse("quad"));
    CU_ASSERT_PTR_NULL(shape_parse("round"));
    CU_ASSERT_PTR_NULL(shape_parse(""));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct shape *shape = shape_parse(rows[i].name);
        unsigned count = 0;
        CU_ASSERT_PTR_NOT_NULL_FATAL(shape);
        CU_ASSERT_STRING_EQUAL(shape->name, rows[i].name);
        for (unsigned j = 0; j < FIRMWARE_COMPONENTS; j++) {
            if (rows[i].components[j] == NULL) {
                CU_ASSERT_PTR_NULL(shape->components[j]);
                continue;
            }
            count++;
            CU_ASSERT_STRING_EQUAL(shape->components[j], rows[i].components[j]);
        }
        CU_ASSERT_EQUAL(shape->count, count);
    }
}

static void only_components_of_the_shape_are_there(void)
{
    static const struct {
        const char *shape;
        unsigned absent; /* the lowest one */
        const char *argument;
    } rows[] = {
        { "modem-mcu", 3, "0='</33629/3>'" },
        { "dual-core", 2, "0='</33629/2>'" },
        { "trustzone", 2, "0='</33629/2>'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct byte_buffer buffer;
        char path[32];
        set_up(rows[i].shape);
        (void)snprintf(path, sizeof(path), "/33629/%u", rows[i].absent);
        CU_ASSERT_EQUAL(bench_read(&bench, path, &buffer), CODE(4, 4));
        byte_buffer_release(&buffer);
        (void)snprintf(path, sizeof(path), "/33629/%u", rows[i].absent - 1);
        CU_ASSERT_EQUAL(bench_read(&bench, path, &buffer), CODE(2, 5));
        byte_buffer_release(&buffer);
        /* Nor is a package for it known, or a link to it. */
        (void)bench_push_plan(
            &bench, 0, (struct image_plan){ .instance = rows[i].absent });
        CU_ASSERT_EQUAL(bench_pair(&bench, 0), 6);
        (void)bench_push_plan(&bench, 0, (struct image_plan){ .instance = 0 });
        CU_ASSERT_EQUAL(bench_update(&bench, 0, rows[i].argument), CODE(4, 0));
        CU_ASSERT_EQUAL(bench_pair(&bench, 0), 200);
        tear_down();
    }
}

/** A modem starts again by itself. */
static void only_some_updates_need_a_reboot(void)
{
    static const struct {
        const char *shape;
        unsigned instance;
        const char *argument;
        unsigned boots;
    } rows[] = {
        { "quad", 1, "0", 1 },      { "modem-mcu", 0, "0", 1 },
        { "modem-mcu", 1, "0", 0 }, { "modem-mcu", 1, "0='</33629/0>'", 1 },
        { "trustzone", 1, "0", 1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up(rows[i].shape);
        unsigned before = bench.boots;
        (void)bench_push_plan(&bench, 0, (struct image_plan){ .instance = 0 });
        (void)bench_push_plan(&bench, 1, (struct image_plan){ .instance = 1 });
        CU_ASSERT_EQUAL(
            bench_update(&bench, rows[i].instance, rows[i].argument),
            CODE(2, 4));
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, rows[i].instance), 1);
        CU_ASSERT_EQUAL(bench.boots - before, rows[i].boots);
        tear_down();
    }
}

static const struct image_plan both[] = { { .instance = 0 },
                                          { .instance = 1 } };
static const struct image_plan needing = {
    .instance = 0,
    .head = "ASSAYNEEDS\001\001\0031.5",
    .head_length = 16,
};

static void dual_core_does_only_what_it_is_told(void)
{
    set_up("dual-core");
    (void)bench_push_bundle(&bench, 0, both, 2);
    CU_ASSERT_EQUAL(bench_pair(&bench, 0), 6);
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), 0);
    (void)bench_push_plan(&bench, 0, needing);
    CU_ASSERT_EQUAL(conflicting(0), 2);
    (void)bench_push_plan(&bench, 1, both[1]);
    CU_ASSERT_EQUAL(linked(0) | linked(1) | conflicting(0), 0);
    CU_ASSERT_EQUAL(bench_update(&bench, 0, NULL), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, 0), 213);
    CU_ASSERT_EQUAL(conflicting(0), 2);
    CU_ASSERT_EQUAL(bench_update(&bench, 0, "0='</33629/1>'"), CODE(2, 4));
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, 0), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), 1);
    tear_down();
}

static void trustzone_takes_along_what_is_there(void)
{
    set_up("trustzone");
    (void)bench_push_plan(&bench, 0, both[0]);
    CU_ASSERT_EQUAL(linked(0), 0);
    (void)bench_push_plan(&bench, 1, both[1]);
    CU_ASSERT_EQUAL(linked(0), 2);
    CU_ASSERT_EQUAL(linked(1), 1);
    CU_ASSERT_EQUAL(bench_update(&bench, 1, NULL), CODE(2, 4));
    bench_wait(&bench, 1000);
    CU_ASSERT_EQUAL(bench_pair(&bench, 0), 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, 1), 1);
    tear_down();
}

static void failed_update_drops_the_package_of_trustzone(void)
{
    static const struct {
        const char *shape;
        int pair;
    } rows[] = { { "trustzone", 8 }, { "quad", 208 }, { "modem-mcu", 208 } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up(rows[i].shape);
        (void)bench_push_plan(
            &bench, 1,
            (struct image_plan){ .instance = 1,
                                 .outcome = OUTCOME_FAIL_AT_UPDATE });
        CU_ASSERT_EQUAL(bench_update(&bench, 1, NULL), CODE(2, 4));
        bench_wait(&bench, 1000);
        CU_ASSERT_EQUAL(bench_pair(&bench, 1), rows[i].pair);
        tear_down();
    }
}

static CU_TestInfo tests[] = {
    { "components", each_shape_has_its_components },
    { "no others", only_components_of_the_shape_are_there },
    { "reboots", only_some_updates_need_a_reboot },
    { "dual-core", dual_core_does_only_what_it_is_told },
    { "trustzone", trustzone_takes_along_what_is_there },
    { "failures", failed_update_drops_the_package_of_trustzone },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "shapes", NULL, NULL, NULL, NULL, tests },
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
