/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Pulls under the oracle: the rows of afu.md, section 4.3, that a Package URI
 * begins or meets.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

/** ST-07, 16, 17. */
static void a_good_uri_leads_to_downloaded(void)
{
    static const struct scene_row rows[] = {
        { "by way of D", "I0 uri D0 +6000 D0 L0", "", NULL },
        { "D is not seen", "I0 uri L0", "", NULL },
        { "after an error", "I7 uri D0 L0", "", NULL },
        { "shown late", "I7 uri I7 +4000 D0 L0", "", NULL },
        { "and again after an update",
          "I0 uri D0 L0 update U0 v=2 I1 uri D0 L0", "", NULL },
        { "without a URI", "I0 +6000 D0", "fail AFU-052", NULL },
        { "without a URI, at once", "I7 L0", "fail AFU-052", NULL },
        { "with the old Result", "I7 uri D0 L7", "fail AFU-036", NULL },
        { "with the old Result in D", "I7 uri D7 +6000 D7",
          "warning AFU-036 A-23", "fail AFU-036 A-23" },
        { "and installed without Update", "I0 uri D0 U0", "fail AFU-052",
          NULL },
    };
    SCENE_CHECK(rows, NULL);
}

/** ST-08, 09, 18 to 24. */
static void a_pull_may_end_in_each_error(void)
{
    static const struct scene_row rows[] = {
        { "2", "I0 uri D0 I2", "", NULL },
        { "3", "I0 uri D0 I3", "", NULL },
        { "4", "I0 uri D0 +60000 D0 I4", "", NULL },
        { "5", "I0 uri D0 I5", "", NULL },
        { "6 at once", "I0 uri I6", "", NULL },
        { "7 at once, late", "I0 uri +4000 I0 I7", "", NULL },
        { "9 with a code", "I0 uri/400 I9", "", NULL },
        { "12", "I0 1.I0 uri D0 I12", "", NULL },
        { "the error is there before State", "I0 uri D0 D4 I4", "", NULL },
        { "one error after another", "I0 uri D0 I4 uri D0 I7 uri I9 uri D0 L0",
          "", NULL },
        { "1", "I0 uri D0 I1", "fail AFU-052", NULL },
        { "11", "I0 uri D0 I11", "fail AFU-052", NULL },
        { "13", "I0 uri D0 I13", "fail AFU-052", NULL },
        { "the error is another one later", "I0 uri D0 I4 +6000 I4 +6000 I7",
          "fail AFU-052", NULL },
    };
    SCENE_CHECK(rows, NULL);
}

/** ST-25, 27, 42, 43; A-01. */
static void what_is_no_trigger_leaves_a_pull_alone(void)
{
    static const struct scene_row rows[] = {
        { "another URI", "I0 uri D0 uri/405 +6000 D0 L0", "", NULL },
        { "Update", "I0 uri D0 +6000 D0 update/405 +6000 D0 L0", "", NULL },
        { "a URI in L", "I0 uri D0 L0 uri/400 +6000 L0", "", NULL },
        { "a package in L", "I0 uri D0 L0 push/405 +6000 L0", "", NULL },
        { "a URI in L, refused but carried out", "L0 uri/405 D0",
          "fail AFU-063", NULL },
    };
    SCENE_CHECK(rows, NULL);
}

/** ST-28, 30, 40, 41; A-04. */
static void a_pull_ends_by_reset_or_cancel(void)
{
    static const struct scene_row rows[] = {
        { "empty URI", "I0 uri D0 uri0 I0 +6000 I0", "", NULL },
        { "0x00", "I0 uri D0 null I0 +6000 I0", "", NULL },
        { "refused", "I0 uri D0 uri0/405 +6000 D0 L0", "", NULL },
        { "ignored", "I0 uri D0 uri0 +6000 D0 L0",
          "warning AFU-055,AFU-056 A-04", NULL },
        { "Cancel", "I0 uri D0 cancel I10 +6000 I10", "", NULL },
        { "in L", "I0 uri D0 L0 uri0 I0 +6000 I0", "", NULL },
        { "a new one begins", "I0 uri D0 L0 uri0 +6000 I0 D0", "fail AFU-052",
          NULL },
        { "in L, ignored", "I0 uri D0 L0 uri0 +6000 L0", "fail AFU-055", NULL },
    };
    SCENE_CHECK(rows, NULL);
}

/** ST-15, 20; AFU-116. */
static void a_pull_may_bring_several_components(void)
{
    static const struct scene_row rows[] = {
        { "both", "I0 1.I5 load=0,1 uri D0 loaded L0 1.L0", "", NULL },
        { "looked at after the last block",
          "I0 1.I0 load=0,1 uri D0 loaded +60000 D0 L0 1.L0", "", NULL },
        { "ended for the server before it ends for the device",
          "I0 1.I0 load=0,1 uri loaded +9000 I0 1.I0 D0 L0 +4000 1.L0", "",
          NULL },
        { "occupied", "I0 1.L0 load=0,1 uri D0 I12 1.L0", "", NULL },
        { "too late",
          "I0 1.I0 load=0,1 uri D0 loaded L0 +6000 L0 1.I0 +6000 1.L0",
          "fail AFU-116; fail AFU-177", NULL },
        { "of another one", "I0 1.I0 load=0 uri D0 loaded L0 1.L0",
          "fail AFU-177", NULL },
    };
    SCENE_CHECK(rows, NULL);
}

/** ST-31. */
static void a_reboot_may_end_a_pull(void)
{
    static const struct scene_row rows[] = {
        { "I,0", "I0 uri D0 register I0", "", NULL },
        { "I,4", "I0 uri D0 register I4", "", NULL },
        { "goes on", "I0 uri D0 register D0 L0", "", NULL },
        { "I,10", "I0 uri D0 register I10 +6000 I10", "warning AFU-164 A-17",
          NULL },
    };
    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "a good URI leads to Downloaded", a_good_uri_leads_to_downloaded },
        { "a pull may end in each error", a_pull_may_end_in_each_error },
        { "what is no trigger leaves a pull alone",
          what_is_no_trigger_leaves_a_pull_alone },
        { "a pull ends by reset or Cancel", a_pull_ends_by_reset_or_cancel },
        { "a pull may bring several components",
          a_pull_may_bring_several_components },
        { "a reboot may end a pull", a_reboot_may_end_a_pull },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle, pulls", NULL, NULL, NULL, NULL, tests },
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
