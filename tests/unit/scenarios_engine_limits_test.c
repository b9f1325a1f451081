/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

/* ICS-TMR of afu.md section 2: defaults, and what the profile gives. */

static struct profile *profile_of(const char *text)
{
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };

    if (profile_parse("p.json", ".", text, strlen(text), &profile, &reason) !=
        STATUS_OK) {
        printf("%s\n", reason.text);
        abort();
    }
    return profile;
}

static void the_download_has_more_time_for_a_larger_package(void)
{
    static const struct {
        const char *limits;
        size_t size;
        uint64_t ms;
    } rows[] = {
        { "{}", 0, 120000 },
        { "{}", 1024, 121000 },
        { "{}", 20480, 140000 },
        { "{}", 8u * 1024 * 1024, 8312000 },
        { "{\"limits\": {\"boot\": \"1 s\"}}", 1024, 121000 },
        { "{\"limits\": {\"download\": \"60 s\"}}", 20480, 60000 },
        { "{\"limits\": {\"download\": \"120 s\"}}", 20480, 120000 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct profile *profile = profile_of(rows[i].limits);
        struct lane lane = { .profile = profile };
        const struct run run = { .lane = &lane, .package_size = rows[i].size };
        CU_ASSERT_EQUAL(run_limit_ms(&run, LIMIT_DOWNLOAD), rows[i].ms);
        CU_ASSERT_EQUAL(run_limit_ms(&run, LIMIT_STATE), 5000);
        profile_free(profile);
    }
}

static void the_other_defaults_are_those_of_the_digest(void)
{
    static const struct {
        enum limit limit;
        uint64_t ms;
    } rows[] = {
        { LIMIT_STATE, 5000 },    { LIMIT_ABORT, 360000 },
        { LIMIT_UPDATE, 420000 }, /* T_UPD 300 and T_BOOT 120 */
        { LIMIT_BOOT, 120000 },   { LIMIT_CLOCK, 5000 },
    };
    struct profile *profile = profile_of("{\"limits\": {\"boot\": \"1 s\"}}");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_boot = rows[i].limit == LIMIT_BOOT;
        CU_ASSERT_EQUAL(profile->limits_ms[rows[i].limit],
                        is_boot ? 1000 : rows[i].ms);
        CU_ASSERT_EQUAL(profile->is_limit_declared[rows[i].limit], is_boot);
    }
    profile_free(profile);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "download", the_download_has_more_time_for_a_larger_package },
        { "defaults", the_other_defaults_are_those_of_the_digest },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "limits", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
