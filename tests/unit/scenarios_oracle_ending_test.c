/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "tests/unit/scenarios_oracle_scene.h"

/* How updates must not end, and what Sends must not tell. */

/** AFU-135; afu.md, section 8. */
static void nothing_is_deferred_when_the_period_was_written_0(void)
{
    static const struct scene_row rows[] = {
        { "never written", "L0 update L11", "", NULL },
        { "written 0", "L0 put=13:0:30 update L11", "fail AFU-135", NULL },
        { "written 0, told once", "L0 put=13:0:30 update L11 +1000 L11",
          "fail AFU-135", NULL },
        { "written 0 in TLV", "L0 put=13:11542:c10d00 update L11",
          "fail AFU-135", NULL },
        { "written 30", "L0 put=13:0:3330 update L11", "", NULL },
        { "written 0, then 30", "L0 put=13:0:30 put=13:0:3330 update L11", "",
          NULL },
        { "written 0, refused", "L0 put=13:0:30/400 update L11", "", NULL },
        { "written 0, answer lost", "L0 put=13:0:30/lost update L11", "",
          NULL },
        { "of another component", "L0 1.L0 1.put=13:0:30 update=0 L11", "",
          NULL },
        { "deferred before, and it goes on",
          "L0 update L11 put=13:0:30 L11 +9000 L11", "", NULL },
        { "deferred before, and Update again",
          "L0 update L11 put=13:0:30 update L11", "", NULL },
        { "deferred before, unseen, and Update again",
          "L0 update put=13:0:30 update L11", "", NULL },
        { "while the Update is under way",
          "L0 update/open put=13:0:30 answer L11", "", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/** AFU-015, AFU-165: the package says which version it brings. */
static void a_success_brings_the_version_of_the_package(void)
{
    static const struct scene_row rows[] = {
        { "it does", "v=1 I0 load=0:2 whole L0 update=0 U0 v=2 I1 +6000 I1", "",
          NULL },
        { "a moment later",
          "v=1 I0 load=0:2 whole L0 update=0 U0 I1 +4000 I1 v=2 I1", "", NULL },
        { "it stays", "v=1 I0 load=0:2 whole L0 update=0 U0 I1 +6000 I1",
          "fail AFU-015,AFU-058", NULL },
        { "it stays, told once",
          "v=1 I0 load=0:2 whole L0 update=0 U0 I1 +6000 I1 +6000 I1",
          "fail AFU-015,AFU-058", NULL },
        { "it stays, and a reboot came between",
          "v=1 I0 load=0:2 whole L0 update=0 U0 register I1 +6000 I1",
          "fail AFU-165", NULL },
        { "the package has the same",
          "v=1 I0 load=0:1 whole L0 update=0 U0 I1 +6000 I1", "", NULL },
        { "the package does not say",
          "v=1 I0 load=0 whole L0 update=0 U0 I1 +6000 I1", "", NULL },
        { "another package came after it",
          "v=1 I0 load=0:2 whole L0 cancel I10 whole L0 update=0 U0 I1 +6000 "
          "I1",
          "", NULL },
        { "the update failed",
          "v=1 I0 load=0:2 whole L0 update=0 U0 I8 +6000 I8", "", NULL },
        { "it failed, a reboot came between, and the version is new",
          "v=1 I0 load=0:2 whole L0 update=0 U0 register v=2 I8",
          "fail AFU-015,AFU-165", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/** ICS-FAILST. */
static void a_failed_update_ends_in_the_state_that_is_declared(void)
{
    static const struct scene_setup idle = { .failed = ORACLE_FAILED_IDLE };
    static const struct scene_setup kept = { .failed =
                                                 ORACLE_FAILED_DOWNLOADED };
    static const struct scene_row either[] = {
        { "Idle", "L0 update=0 U0 I8", "", NULL },
        { "Downloaded", "L0 update=0 U0 L8", "", NULL },
    };
    static const struct scene_row idles[] = {
        { "Idle", "L0 update=0 U0 I8", "", NULL },
        { "Downloaded", "L0 update=0 U0 L8 L8", "fail AFU-061", NULL },
        { "before this update", "L8 update=0 L8 U0 I8", "", NULL },
        { "an integrity failure", "L0 update=0 U0 I5", "", NULL },
        { "another one that is listed", "all=L0,L0,I0 update=1 all=I8,L8,I0",
          "", NULL },
    };
    static const struct scene_row kepts[] = {
        { "Downloaded", "L0 update=0 U0 L8", "", NULL },
        { "Idle", "L0 update=0 U0 I8 I8", "fail AFU-061", NULL },
        { "a download that fails with 8", "I0 push D0 I8", "", NULL },
        { "a dependency", "L0 update=0 U0 I13", "", NULL },
    };

    SCENE_CHECK(either, NULL);
    SCENE_CHECK(idles, &idle);
    SCENE_CHECK(kepts, &kept);
}

/** AFU-153. */
static void sends_tell_a_legal_trace(void)
{
    static const struct scene_row rows[] = {
        { "as it goes",
          "I0 send=I0 push send=D0 block last send=L0 update send=U0 send=I1 "
          "I1",
          "", NULL },
        { "short states missed", "I0 send=I0 push last send=L0 update send=I1",
          "", NULL },
        { "State alone", "I0 send=I push send=D last send=L", "", NULL },
        { "older than a Read", "L0 send=L0 update U0 send=L0 I1 send=U0", "",
          NULL },
        { "the first one", "I0 send=L0", "", NULL },
        { "no pair", "I0 send=L1", "fail AFU-051", NULL },
        { "no trigger", "I0 send=I0 send=D0", "warning AFU-153", NULL },
        { "no trigger, State alone", "I0 send=I send=U", "warning AFU-153",
          NULL },
        { "it went back", "L0 send=L0 update U0 I1 send=I1 send=L0",
          "warning AFU-153", NULL },
        { "told once", "I0 send=I0 send=D0 send=I0", "warning AFU-153", NULL },
    };

    SCENE_CHECK(rows, NULL);
}

/** AFU-151. Devices may have a Default Minimum Period: 60 s are waited. */
static void observers_get_the_final_value(void)
{
    static const struct scene_row rows[] = {
        { "all is told", "I0 ~I0 push ~D0 last ~L0 L0 +70000 L0 +70000 L0", "",
          NULL },
        { "a short State is not told",
          "I0 ~I0 push last ~L0 L0 +70000 L0 +70000 L0", "", NULL },
        { "the last one is not told", "I0 ~I0 push ~D0 last L0 +66000 L0",
          "fail AFU-151", NULL },
        { "… told once", "I0 ~I0 push ~D0 last L0 +66000 L0 +66000 L0",
          "fail AFU-151", NULL },
        { "it is told late", "I0 ~I0 push ~D0 last L0 +60000 L0 ~L0 L0", "",
          NULL },
        { "it is told meanwhile",
          "I0 ~I0 push ~D0 last L0 +66000 ~L0 L0 +66000 L0", "", NULL },
        { "nothing but the response to Observe, which may have been all that "
          "came through",
          "I0 ~I0 push last L0 +66000 L0", "warning AFU-151", NULL },
        { "an Update Result", "L0 ~L0 ~L0 update=0 U0 ~U0 ~U0 I1 +66000 I1",
          "fail AFU-151; fail AFU-151", NULL },
        { "a version", "v=1 L0 ~L0 update=0 ~U0 v=1 ~I1 v=2 I1 +66000 I1",
          "warning AFU-151", NULL },
        { "Linked Instances", "li= L0 ~L0 ~L0 li=1 1.s=L L0 +66000 L0",
          "warning AFU-151", NULL },
        { "it is still under way", "I0 ~I0 ~I0 uri D0 +66000 D0", "", NULL },
        { "another registration", "I0 ~I0 push ~D0 last register L0 +66000 L0",
          "", NULL },
        { "notifications may be held back",
          "attributes I0 ~I0 push ~D0 last L0 +66000 L0", "", NULL },
        { "a next case", "I0 ~I0 push ~D0 last restart L0 +66000 L0", "",
          NULL },
    };

    SCENE_CHECK(rows, NULL);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "deferral", nothing_is_deferred_when_the_period_was_written_0 },
        { "version", a_success_brings_the_version_of_the_package },
        { "failed", a_failed_update_ends_in_the_state_that_is_declared },
        { "Sends", sends_tell_a_legal_trace },
        { "observers", observers_get_the_final_value },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "oracle endings", NULL, NULL, NULL, NULL, tests },
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
