/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* Pairs of afu.md 4.1, as the first view of a case. */

static void legal_pairs_pass_as_a_first_view(void)
{
    static const struct scene_row rows[] = {
        { "I0", "I0", "", NULL },   { "I1", "I1", "", NULL },
        { "I2", "I2", "", NULL },   { "I3", "I3", "", NULL },
        { "I4", "I4", "", NULL },   { "I5", "I5", "", NULL },
        { "I6", "I6", "", NULL },   { "I7", "I7", "", NULL },
        { "I8", "I8", "", NULL },   { "I9", "I9", "", NULL },
        { "I10", "I10", "", NULL }, { "I12", "I12", "", NULL },
        { "I13", "I13", "", NULL }, { "D0", "D0", "", NULL },
        { "L0", "L0", "", NULL },   { "L8", "L8", "", NULL },
        { "L11", "L11", "", NULL }, { "L13", "L13", "", NULL },
        { "U0", "U0", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void illegal_pairs_fail_as_a_first_view(void)
{
    static const struct scene_row rows[] = {
        { "L1", "L1", "fail AFU-053", NULL },
        { "L2", "L2", "fail AFU-053", NULL },
        { "L3", "L3", "fail AFU-053", NULL },
        { "L4", "L4", "fail AFU-053", NULL },
        { "L6", "L6", "fail AFU-053", NULL },
        { "L7", "L7", "fail AFU-053", NULL },
        { "L9", "L9", "fail AFU-053", NULL },
        { "L10", "L10", "fail AFU-053", NULL },
        { "L12", "L12", "fail AFU-053", NULL },
        { "U2", "U2", "fail AFU-054", NULL },
        { "U3", "U3", "fail AFU-054", NULL },
        { "U4", "U4", "fail AFU-054", NULL },
        { "U6", "U6", "fail AFU-054", NULL },
        { "U7", "U7", "fail AFU-054", NULL },
        { "U9", "U9", "fail AFU-054", NULL },
        { "U10", "U10", "fail AFU-054", NULL },
        { "U11", "U11", "fail AFU-054", NULL },
        { "U12", "U12", "fail AFU-054", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "legal pairs", legal_pairs_pass_as_a_first_view },
        { "illegal pairs", illegal_pairs_fail_as_a_first_view },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle model", NULL, NULL, NULL, NULL, tests },
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
