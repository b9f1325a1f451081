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

/* Edges of afu.md 4.2. */

static void real_edges_pass(void)
{
    static const struct scene_row rows[] = {
        { "I to D by a push", "I0 push D0", "", NULL },
        { "I to D by a pull", "I0 uri D0", "", NULL },
        { "D to L", "I0 push D0 block D0 last L0", "", NULL },
        { "D to L late", "I0 push D0 last +9000 D0 L0", "", NULL },
        { "a pull ends when it likes", "I0 uri D0 +99000 D0 L0", "", NULL },
        { "D to I,2", "I0 push D0 I2", "", NULL },
        { "D to I,3", "I0 push D0 I3", "", NULL },
        { "D to I,4", "I0 push D0 I4", "", NULL },
        { "D to I,5", "I0 push D0 I5", "", NULL },
        { "D to I,6", "I0 uri D0 I6", "", NULL },
        { "D to I,7", "I0 uri D0 I7", "", NULL },
        { "D to I,8", "I0 push D0 I8", "", NULL },
        { "D to I,9", "I0 uri D0 I9", "", NULL },
        { "D to I,12", "I0 push D0 I12", "", NULL },
        { "D to I,10 by Cancel", "I0 push D0 cancel I10", "", NULL },
        { "D to I,0 by a reset", "I0 push D0 uri0 I0", "", NULL },
        { "L to I by empty URI", "L0 uri0 I0", "", NULL },
        { "L to I by 0x00", "L8 null I0", "", NULL },
        { "L to I by Cancel", "L13 cancel I10", "", NULL },
        { "L to U", "L0 update U0", "", NULL },
        { "L,11 to U by itself", "L11 U0", "", NULL },
        { "L,11 to U by Update", "L11 update U0", "", NULL },
        { "U to I,1", "L0 update U0 I1", "", NULL },
        { "U to I,5", "L0 update U0 I5", "", NULL },
        { "U to I,8", "L0 update U0 I8", "", NULL },
        { "U to L,8", "L0 update U0 L8", "", NULL },
        { "U to I,13", "L0 update U0 I13", "", NULL },
        { "U to L,13", "L0 update U0 L13", "", NULL },
        { "I to I,7 at once", "I0 uri I7", "", NULL },
        { "I to I,9 at once", "I1 uri/400 I9", "", NULL },
        { "L to L,11", "L0 update L11", "", NULL },
        { "L,11 to L,11 again", "L11 update L11", "", NULL },
        { "I to L by a push without D", "I0 push I0 last I0 L0", "", NULL },
        { "I to L by one message", "I4 whole L0", "", NULL },
        { "I to L by a sibling's package", "I0 1.I0 1.load=0,1 1.whole L0", "",
          NULL },
        { "an error code with its Result", "I0 push D0 block/413 I2", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void edges_over_missed_states_pass(void)
{
    static const struct scene_row rows[] = {
        { "U missed: I,1", "L0 update I1", "", NULL },
        { "U missed: I,5", "L0 update I5", "", NULL },
        { "U missed: I,8", "L0 update I8", "", NULL },
        { "U missed: I,13", "L0 update I13", "", NULL },
        { "U missed: L,8", "L0 update L8", "", NULL },
        { "U missed: L,13", "L0 update L13", "", NULL },
        { "D missed: error", "I0 push I5", "", NULL },
        { "D and L missed: U", "I0 push last update U0", "", NULL },
        { "L missed: D to U", "I0 push D0 last update U0", "", NULL },
        { "L and U missed: D to I,1", "I0 push D0 last update I1", "", NULL },
        { "all missed", "I0 whole update I1", "", NULL },
        { "I missed: U to D", "L0 update U0 push D0", "", NULL },
        { "I missed: L to D", "L0 cancel push D0", "", NULL },
        { "a whole round missed", "L0 update whole update whole update I1", "",
          NULL },
        { "State alone", "s=L update s=U s=I r=1", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void edges_without_a_trigger_fail(void)
{
    static const struct scene_row rows[] = {
        { "I to D", "I0 D0", "fail AFU-052", NULL },
        { "I to L", "I0 L0", "fail AFU-052", NULL },
        { "I to U", "I0 U0", "fail AFU-052", NULL },
        { "I,0 to I,1", "I0 I1", "fail AFU-052", NULL },
        { "I,1 to I,0", "I1 I0", "fail AFU-052", NULL },
        { "I,0 to I,10", "I0 I10", "fail AFU-052", NULL },
        { "D to U", "I0 push D0 U0", "fail AFU-052", NULL },
        { "pull to U", "I0 uri D0 U0", "fail AFU-052", NULL },
        { "D to I,1", "I0 push D0 I1", "fail AFU-052", NULL },
        { "D to I,13", "I0 push D0 I13", "fail AFU-052", NULL },
        { "half a push to L", "I0 push D0 block L0", "fail AFU-052", NULL },
        { "half a push to U", "I0 push D0 update/405 U0", "fail AFU-063",
          NULL },
        { "L to D", "L0 D0", "fail AFU-052", NULL },
        { "L to U", "L0 U0", "fail AFU-052", NULL },
        { "L to I,0", "L0 I0", "fail AFU-052", NULL },
        { "L to I,1", "L0 I1", "fail AFU-052", NULL },
        { "L to I,10", "L0 I10", "fail AFU-052", NULL },
        { "L,0 to L,8", "L0 L8", "fail AFU-052", NULL },
        { "L,0 to L,11", "L0 L11", "fail AFU-052", NULL },
        { "L,0 to L,13", "L0 L13", "fail AFU-052", NULL },
        { "L,8 to L,0", "L8 L0", "fail AFU-052", NULL },
        { "U to D", "L0 update U0 D0", "fail AFU-081", NULL },
        { "U to I,2", "L0 update U0 I2", "fail AFU-081", NULL },
        { "U to I,10", "L0 update U0 I10", "fail AFU-081", NULL },
        { "one error is told once", "I0 U0 U0 I1 I1", "fail AFU-052", NULL },
        { "and the next one again", "I0 U0 I1 U0",
          "fail AFU-052; "
          "fail AFU-052",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

static void what_a_trigger_must_not_do_fails(void)
{
    static const struct scene_row rows[] = {
        { "refused Update starts", "L0 update/405 U0", "fail AFU-063", NULL },
        { "refused Cancel works", "L0 cancel/405 I10", "fail AFU-063", NULL },
        { "refused reset works", "L0 null/400 I0", "fail AFU-063", NULL },
        { "refused URI replaces", "L0 uri/405 D0", "fail AFU-063", NULL },
        { "refused Package replaces", "L0 push/405 D0", "fail AFU-063", NULL },
        { "Update ends in I,10", "L0 update I10", "fail AFU-081", NULL },
        { "Cancel starts", "L0 cancel U0", "fail AFU-059", NULL },
        { "Cancel ends in I,4", "L0 cancel I4", "fail AFU-059", NULL },
        { "reset ends in I,4", "L0 uri0 I4", "fail AFU-055", NULL },
        { "0x00 ends in I,1", "L0 null I1", "fail AFU-056", NULL },
        { "what is refused behind it is not to blame",
          "L0 null +3000 cancel/404 +3000 L0", "fail AFU-056", NULL },
        { "a taken reset is ignored in L", "L0 null +6000 L0", "fail AFU-056",
          NULL },
        { "a taken Cancel is ignored in L", "L0 cancel +6000 L0",
          "fail AFU-059", NULL },
        { "a taken Update is ignored", "L0 update +6000 L0", "fail AFU-081",
          NULL },
        { "old Result after a good download", "I5 push D0 last L5",
          "fail AFU-036", NULL },
        { "last block before the first", "I0 last/204 +6000 L0", "fail AFU-052",
          NULL },
        { "a stored package is replaced", "L0 uri D0", "fail AFU-052", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "legal pairs", legal_pairs_pass_as_a_first_view },
        { "illegal pairs", illegal_pairs_fail_as_a_first_view },
        { "real edges", real_edges_pass },
        { "missed states", edges_over_missed_states_pass },
        { "no trigger", edges_without_a_trigger_fail },
        { "wrong outcome", what_a_trigger_must_not_do_fails },
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
    scene_end();
    return failures != 0;
}
