/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalogue/catalogue_files.h"
#include "scenarios/digest/digest.h"
#include "scenarios/engine/campaign.h"
#include "scenarios/engine/profile.h"
#include "scenarios/steps/steps.h"

/*
 * The pages of requirements as the program reads them, and the catalogue
 * against them: each requirement has a case, or a reason why it has none.
 */

static struct digest *digest;
static struct catalogue *catalogue;

static int set_up(void)
{
    struct reason reason = { .status = STATUS_OK };
    enum status status = digest_new(&digest, &reason);

    catalogue = catalogue_new();
    for (size_t i = 0;
         catalogue != NULL && status == STATUS_OK && i < catalogue_files_count;
         i++) {
        const struct embedded_file *file = &catalogue_files[i];
        status = catalogue_add(catalogue, steps_table(), file->name,
                               (const char *)file->bytes, file->size, &reason);
    }
    if (status != STATUS_OK) {
        printf("%s\n", reason.text);
    }
    return catalogue == NULL || status != STATUS_OK;
}

static int tear_down(void)
{
    catalogue_free(catalogue);
    digest_free(digest);
    return 0;
}

/** Ids "ST-01", "ST-02" … without a gap, in this order. */
static void check_sequence(const char *start, unsigned last)
{
    unsigned next = 1;
    char id[16];

    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        if (strncmp(row->id, start, strlen(start)) != 0) {
            continue;
        }
        (void)snprintf(id, sizeof(id), "%s%02u", start, next++); /* fits */
        CU_ASSERT_STRING_EQUAL(row->id, id);
    }
    CU_ASSERT_EQUAL(next, last + 1);
}

static void transitions_and_ambiguities_are_all_there_in_order(void)
{
    check_sequence("ST-", 56);
    check_sequence("DG-", 19);
    check_sequence("A-", PROFILE_AMBIGUITIES);
}

static void each_requirement_has_a_strength_and_a_text(void)
{
    size_t afu = 0;

    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        if (row->kind != DIGEST_REQUIREMENT) {
            continue;
        }
        const char *strength = digest_text(row, "strength");
        const char *text = digest_text(row, "requirement");
        CU_ASSERT_PTR_NOT_NULL_FATAL(strength);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        CU_ASSERT_TRUE(strlen(text) > 3);
        if (strncmp(row->id, "AFU-", 4) == 0) {
            afu++;
            CU_ASSERT_EQUAL(strspn(strength, "MmSsODT, "), strlen(strength));
            CU_ASSERT_PTR_NOT_NULL(digest_text(row, "violation"));
            CU_ASSERT_STRING_EQUAL(row->document, "docs/afu.md");
        }
    }
    CU_ASSERT_EQUAL(afu, 129);
}

/** "036, 030": each number is a requirement. */
static void a_transition_names_requirements_that_exist(void)
{
    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        const char *list = digest_text(row, "req");
        char id[16];
        for (const char *at = list; at != NULL && *at != '\0';) {
            at += strncmp(at, "AFU-", 4) == 0 ? 4 : 0;
            CU_ASSERT_EQUAL_FATAL(strspn(at, "0123456789"), 3);
            (void)snprintf(id, sizeof(id), "AFU-%.3s", at); /* fits */
            CU_ASSERT_PTR_NOT_NULL(digest_find(digest, id));
            at += 3;
            at += strspn(at, ", ");
        }
    }
}

/** `describe` shows one row without the one above it. */
static void each_row_can_be_read_alone(void)
{
    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        for (size_t j = 0; j < row->count; j++) {
            if (strcmp(row->texts[j], "same") == 0) {
                printf("%s: %s\n", row->id, row->names[j]);
                CU_FAIL("same");
            }
        }
    }
}

static void an_id_is_found_in_either_case_and_a_wrong_one_is_not(void)
{
    const struct digest_row *row = digest_find(digest, "a-07");

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    CU_ASSERT_STRING_EQUAL(row->id, "A-07");
    CU_ASSERT_EQUAL(row->kind, DIGEST_AMBIGUITY);
    CU_ASSERT_STRING_EQUAL(digest_text(row, "strict"),
                           "R=13 + CI required, else FAIL");
    CU_ASSERT_PTR_NULL(digest_text(row, "nothing"));
    CU_ASSERT_PTR_NOT_NULL(digest_find(digest, "LWM-101"));
    CU_ASSERT_PTR_NOT_NULL(digest_find(digest, "ST-35"));
    CU_ASSERT_PTR_NULL(digest_find(digest, "AFU-179"));
    CU_ASSERT_PTR_NULL(digest_find(digest, "AFU-08"));
    CU_ASSERT_PTR_NULL(digest_find(digest, ""));
}

static void a_page_that_contradicts_itself_is_refused(void)
{
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        { "| Id | Text |\n|---|---|\n| AFU-001 | a | b |\n",
          "page: AFU-001 has 3 cells, its table's head 2" },
        { "| Id | Text |\n|---|---|\n| AFU-001 |\n",
          "page: AFU-001 has 1 cells, its table's head 2" },
        { "| Id | Text |\n|---|---|\n| A-01 | a |\n| A-01 | b |\n",
          "page: A-01 stands there twice" },
        { "| No case | Why |\n|---|---|\n| AFU-001 | a |\n",
          "page: 'AFU-001' below 'No case' is no requirement, or stands there "
          "twice" },
        { ("| Id | Text |\n|---|---|\n| A-01 | a |\n\n"
           "| No case | Why |\n|---|---|\n| A-01 | a |\n"),
          "page: 'A-01' below 'No case' is no requirement, or stands there "
          "twice" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct digest *wrong = NULL;
        CU_ASSERT_EQUAL(digest_parse("page", rows[i].text, &wrong, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].message);
        CU_ASSERT_PTR_NULL(wrong);
    }
}

static void what_is_no_row_with_an_id_is_passed_over(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct digest *page = NULL;

    CU_ASSERT_EQUAL_FATAL(
        digest_parse("page",
                     "# A | b\n| Id | Text |\n|:--|--:|\n|  AFU-001|  a b |\n"
                     "| AFU-1 | no id |\n| x |\n\n| A-99 | the head |\n"
                     "|---|---|\n| A-01 | c |",
                     &page, &reason),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(digest_count(page), 2);
    CU_ASSERT_STRING_EQUAL(digest_at(page, 0)->texts[0], "a b");
    CU_ASSERT_STRING_EQUAL(digest_at(page, 1)->names[0], "the head");
    digest_free(page);
}

static bool is_claimed(const char *id)
{
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *test_case = catalogue_at(catalogue, i);
        for (size_t j = 0; test_case->requirements[j] != NULL; j++) {
            if (strcmp(test_case->requirements[j], id) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void each_requirement_has_a_case_or_a_reason(void)
{
    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        if (row->kind != DIGEST_REQUIREMENT) {
            continue;
        }
        bool claimed = is_claimed(row->id);
        if (claimed && row->no_case != NULL) {
            printf("%s has a case: strike it from 'What no case claims'\n",
                   row->id);
            CU_FAIL("reason");
        }
        if (!claimed && row->no_case == NULL) {
            printf("%s has neither a case nor a reason\n", row->id);
            CU_FAIL("requirement");
        }
    }
}

static void each_case_claims_what_exists(void)
{
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *test_case = catalogue_at(catalogue, i);
        for (size_t j = 0; test_case->requirements[j] != NULL; j++) {
            const struct digest_row *row =
                digest_find(digest, test_case->requirements[j]);
            if (row == NULL || row->kind != DIGEST_REQUIREMENT) {
                printf("%s claims %s\n", test_case->id,
                       test_case->requirements[j]);
                CU_FAIL("claim");
            }
        }
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "order", transitions_and_ambiguities_are_all_there_in_order },
        { "requirements", each_requirement_has_a_strength_and_a_text },
        { "transitions", a_transition_names_requirements_that_exist },
        { "alone", each_row_can_be_read_alone },
        { "find", an_id_is_found_in_either_case_and_a_wrong_one_is_not },
        { "refused", a_page_that_contradicts_itself_is_refused },
        { "other lines", what_is_no_row_with_an_id_is_passed_over },
        { "covered", each_requirement_has_a_case_or_a_reason },
        { "claims", each_case_claims_what_exists },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "digest", set_up, tear_down, NULL, NULL, tests },
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
