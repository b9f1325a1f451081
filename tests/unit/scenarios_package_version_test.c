/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/package.h"

/* "Newer than what?": rules of recipes on whatever a device calls its version.
 */

static const struct package_component components[] = { { "application", 0 },
                                                       { "tee", 1 } };

static struct package_set *fixture;

/* 300 characters each, filled in by set_up(). */
static char digits[301];
static char dots[301];
static char letters[301];

static int set_up(void)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *json = cJSON_Parse(
        "{\"application\":{\"G\":{\"recipe\":\"anjay\",\"size\":1},"
        "\"GV\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"1\"},"
        "\"MAJ\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"major\"},"
        "\"G'\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"newest\"},"
        "\"SV\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"same\"},"
        "\"OLD\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"older\"},"
        "\"BEHIND\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"observed.9\"},"
        "\"UP\":{\"recipe\":\"anjay\",\"size\":1,\"version\":\"above "
        "tee\"}}}");

    memset(digits, '0', 300); /* a cut one would still be 0 */
    memset(letters, 'v', 300);
    for (size_t i = 0; i < 300; i++) {
        dots[i] = i % 2 == 0 ? '1' : '.';
    }
    dots[299] = '1';
    enum status status =
        package_set_parse(components, 2, json, NULL, ".", &fixture, &reason);
    cJSON_Delete(json);
    return status == STATUS_OK ? 0 : 1;
}

static int tear_down(void)
{
    package_set_free(fixture);
    return 0;
}

static const struct {
    const char *version;
    enum status status;
    const char *newer;
    const char *major;
} versions[] = {
    { "1.9", STATUS_OK, "1.10", "2.0" },
    { "1.09", STATUS_OK, "1.10", "2.0" },
    { "0", STATUS_OK, "0.1", "1.0" },
    { "1.2.3.4.5.6.7.8", STATUS_OK, "1.2.3.4.5.6.7.9", "2.0.0.0.0.0.0.0" },
    { "999999999999", STATUS_OK, "999999999999.1", "1000000000000.0" },
    { "1.99999999999999999999", STATUS_LIMIT, NULL, NULL },
    { "999999999999999999999.1", STATUS_LIMIT, NULL, NULL },
    { "1.2.3.4.5.6.7.8.9", STATUS_LIMIT, NULL, NULL },
    { "", STATUS_MALFORMED, NULL, NULL },
    { "no digits", STATUS_MALFORMED, NULL, NULL },
    { "v1.2", STATUS_MALFORMED, NULL, NULL },
    { "1.2-rc1", STATUS_MALFORMED, NULL, NULL },
    /* Boot loaders do not compare the build: counting on it makes none that
     * is newer or older. */
    { "1.2.3+4", STATUS_OK, "1.2.4", "2.0.0" },
    { "1.2+", STATUS_MALFORMED, NULL, NULL },
    { "1.2+x", STATUS_MALFORMED, NULL, NULL },
    { "1.2+3+4", STATUS_MALFORMED, NULL, NULL },
    { "1.2+3.4", STATUS_MALFORMED, NULL, NULL },
    { "1.", STATUS_MALFORMED, NULL, NULL },
    { ".1", STATUS_MALFORMED, NULL, NULL },
    { "1..2", STATUS_MALFORMED, NULL, NULL },
    { " 1.2", STATUS_MALFORMED, NULL, NULL },
    { "-1", STATUS_MALFORMED, NULL, NULL },
    { "1,2", STATUS_MALFORMED, NULL, NULL },
    { "\xff\xfe", STATUS_MALFORMED, NULL, NULL },
    { digits, STATUS_LIMIT, NULL, NULL },
    { dots, STATUS_LIMIT, NULL, NULL },
    { letters, STATUS_MALFORMED, NULL, NULL },
};

static void an_observed_version_is_counted_on_or_refused(void)
{
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        const struct package_observed both[] = { { 0, versions[i].version },
                                                 { 1, "0.5" } };
        const struct package_observed turned[] = { { 1, versions[i].version },
                                                   { 0, "0.5" } };
        struct package package = { .bytes = NULL };
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(
            package_build(fixture, 0, "G", both, 2, 0, &package, &reason),
            versions[i].status);
        CU_ASSERT_EQUAL(reason.status, versions[i].status);
        CU_ASSERT_STRING_EQUAL(package.version, versions[i].newer != NULL
                                                    ? versions[i].newer
                                                    : "");
        package_release(&package);
        CU_ASSERT_EQUAL(
            package_build(fixture, 0, "MAJ", both, 2, 0, &package, &reason),
            versions[i].status);
        CU_ASSERT_STRING_EQUAL(package.version, versions[i].major != NULL
                                                    ? versions[i].major
                                                    : "");
        package_release(&package);
        CU_ASSERT_EQUAL(
            package_build(fixture, 0, "UP", turned, 2, 0, &package, &reason),
            versions[i].status);
        package_release(&package);
    }
}

static void a_version_that_nobody_observed_is_no_version(void)
{
    const struct package_observed tee_only[] = { { 1, "2.0" } };
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(
        package_build(fixture, 0, "G", tee_only, 1, 0, &package, &reason),
        STATUS_MALFORMED);
    CU_ASSERT_STRING_EQUAL(reason.text, "version '' is not numbers with dots");
    CU_ASSERT_PTR_NULL(package.bytes);
    /* A literal version needs none. */
    CU_ASSERT_EQUAL(
        package_build(fixture, 0, "GV", NULL, 0, 0, &package, &reason),
        STATUS_OK);
    package_release(&package);
}

static void a_newer_version_has_to_fit_the_format(void)
{
    const struct package_observed long_one[] = {
        { 0, "1.2.3.4.5.6.777777777.9" }, /* 23 bytes, then 24 */
    };
    const struct package_observed longer[] = {
        { 0, "1.2.3.4.5.6.777777777.99" }, /* 24 bytes, then 25 */
    };
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(
        package_build(fixture, 0, "G", long_one, 1, 0, &package, &reason),
        STATUS_OK);
    CU_ASSERT_EQUAL(package.bytes[24], 24);
    package_release(&package);
    CU_ASSERT_EQUAL(
        package_build(fixture, 0, "G", longer, 1, 0, &package, &reason),
        STATUS_LIMIT);
    CU_ASSERT_PTR_NULL(package.bytes);
}

static void a_version_is_put_above_that_of_another_component(void)
{
    static const struct {
        const char *mine;
        const char *other;
        const char *above;
    } rows[] = {
        { "1.9", "2.0.3", "3.0" },   { "2.0", "2.9", "3.0" },
        { "3.0", "2.9", "3.1" },     { "3", "2", "3.1" },
        { "0.0.1", "0.0.9", "1.0" }, { "10.0", "9.9", "10.1" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct package_observed both[] = { { 0, rows[i].mine },
                                                 { 1, rows[i].other } };
        struct package package = { .bytes = NULL };
        CU_ASSERT_EQUAL(
            package_build(fixture, 0, "UP", both, 2, 0, &package, NULL),
            STATUS_OK);
        CU_ASSERT_STRING_EQUAL(package.version, rows[i].above);
        package_release(&package);
    }
}

/** The version that package `name` has when `now` runs; "" when it cannot be
 *  built for a reason with this status. */
static const char *made(const char *name, const char *now, enum status status)
{
    static char version[PACKAGE_VERSION_MAX];
    const struct package_observed observed[] = { { 0, now } };
    struct package package = { .bytes = NULL };

    CU_ASSERT_EQUAL(
        package_build(fixture, 0, name, observed, 1, 0, &package, NULL),
        status);
    memcpy(version, package.version, sizeof(version));
    package_release(&package);
    return version;
}

static void a_version_is_counted_down_with_a_borrow(void)
{
    static const struct {
        const char *now;
        const char *older;
        enum status status;
    } rows[] = {
        { "1.10", "1.9", STATUS_OK },      { "1.0", "0.9", STATUS_OK },
        { "2.0.0", "1.9.9", STATUS_OK },   { "3", "2", STATUS_OK },
        { "0.1.0", "0.0.9", STATUS_OK },   { "0.0", "", STATUS_LIMIT },
        { "v1.2", "", STATUS_MALFORMED },  { "", "", STATUS_MALFORMED },
        { "1.2.3+4", "1.2.2", STATUS_OK }, /* not 1.2.3+3 */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_STRING_EQUAL(made("OLD", rows[i].now, rows[i].status),
                               rows[i].older);
    }
}

static void the_same_version_is_whatever_runs(void)
{
    CU_ASSERT_STRING_EQUAL(made("SV", "1.09", STATUS_OK), "1.09");
    CU_ASSERT_STRING_EQUAL(made("SV", "v1.2-rc1", STATUS_OK), "v1.2-rc1");
    CU_ASSERT_STRING_EQUAL(made("SV", "1.2.3+4", STATUS_OK), "1.2.3+4");
    CU_ASSERT_STRING_EQUAL(made("BEHIND", "1.2.3+4", STATUS_OK), "1.2.3.9");
    CU_ASSERT_STRING_EQUAL(made("SV", "", STATUS_MALFORMED), "");
    CU_ASSERT_STRING_EQUAL(made("SV", letters, STATUS_LIMIT), "");
}

static void the_other_good_one_is_newer_still(void)
{
    CU_ASSERT_STRING_EQUAL(made("G'", "1.9", STATUS_OK), "1.11");
    CU_ASSERT_STRING_EQUAL(made("G'", "2", STATUS_OK), "2.2");
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_version", set_up, tear_down);
    CU_ADD_TEST(suite, an_observed_version_is_counted_on_or_refused);
    CU_ADD_TEST(suite, a_version_that_nobody_observed_is_no_version);
    CU_ADD_TEST(suite, a_newer_version_has_to_fit_the_format);
    CU_ADD_TEST(suite, a_version_is_put_above_that_of_another_component);
    CU_ADD_TEST(suite, a_version_is_counted_down_with_a_borrow);
    CU_ADD_TEST(suite, the_same_version_is_whatever_runs);
    CU_ADD_TEST(suite, the_other_good_one_is_newer_still);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
