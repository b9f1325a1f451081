/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a legal device may show, found by the random walks of
 * scenarios_oracle_walk_test.c and cut down to the few events that matter.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

static void links_count_only_while_nothing_moves(void)
{
    static const struct scene_row rows[] = {
        { "the executed one was Idle still when they were read",
          "all=I0,L0,I0 push last li= I0 update li=1 U0 1.U0", "", NULL },
        { "a pull of a third one could end",
          "all=L0,L0,I0 2.uri 2.D0 li= L0 update U0 1.U0", "", NULL },
        { "nothing moved", "all=L0,L0,I0 2.uri 2.D0 2.L0 li= L0 update U0 1.U0",
          "fail AFU-084,AFU-100", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "links count only while nothing moves",
          links_count_only_while_nothing_moves },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle, legal devices", NULL, NULL, NULL, NULL, tests },
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
