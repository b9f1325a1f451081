/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "server/transport/answers.h"

static struct answers answers;

static void clear(void)
{
    answers = (struct answers){ .next = 0 };
}

static void repetition_is_known_until_the_span_ends(void)
{
    const struct endpoint_answer answer = { .code = COAP_CODE(2, 1) };
    const uint64_t hash = answers_hash("a:1", (const uint8_t *)"abc", 3);

    CU_ASSERT_PTR_NULL(answers_find(&answers, hash, 0));
    answers_add(&answers, "a:1", hash, &answer, 1000);
    CU_ASSERT_PTR_NOT_NULL(
        answers_find(&answers, hash, 1000 + ANSWERS_SPAN_MS));
    CU_ASSERT_PTR_NULL(answers_find(&answers, hash, 1001 + ANSWERS_SPAN_MS));
}

static void peer_and_each_byte_count(void)
{
    const uint64_t hash = answers_hash("a:1", (const uint8_t *)"abc", 3);

    CU_ASSERT_NOT_EQUAL(hash, answers_hash("a:2", (const uint8_t *)"abc", 3));
    CU_ASSERT_NOT_EQUAL(hash, answers_hash("a:1", (const uint8_t *)"abd", 3));
    CU_ASSERT_NOT_EQUAL(hash, answers_hash("a:1", (const uint8_t *)"abc", 2));
}

static void oldest_makes_room(void)
{
    const struct endpoint_answer answer = { .code = COAP_CODE(2, 4) };

    for (uint64_t i = 1; i <= ENDPOINT_REMEMBERED + 1; i++) {
        answers_add(&answers, "a:1", i, &answer, 0);
    }
    CU_ASSERT_PTR_NULL(answers_find(&answers, 1, 0));
    CU_ASSERT_PTR_NOT_NULL(answers_find(&answers, 2, 0));
    CU_ASSERT_PTR_NOT_NULL(answers_find(&answers, ENDPOINT_REMEMBERED + 1, 0));
}

/** They are looked for in one list, of which the middle one goes. */
static void hashes_that_lie_together_are_told_apart(void)
{
    const struct endpoint_answer answer = { .code = COAP_CODE(2, 4) };
    const uint64_t step = ENDPOINT_REMEMBERED;

    for (uint64_t i = 1; i < step; i++) {
        answers_add(&answers, "a:1", i, &answer, 0);
    }
    answers_add(&answers, "a:1", 2 + step, &answer, 0);
    answers_add(&answers, "a:1", 2 + 2 * step, &answer, 0); /* 1 goes */
    CU_ASSERT_PTR_NULL(answers_find(&answers, 1, 0));
    CU_ASSERT_PTR_NOT_NULL(answers_find(&answers, 2, 0));
    answers_add(&answers, "a:1", 2 + 3 * step, &answer, 0); /* 2 goes */
    CU_ASSERT_PTR_NULL(answers_find(&answers, 2, 0));
    for (uint64_t i = 1; i <= 3; i++) {
        CU_ASSERT_PTR_NOT_NULL(answers_find(&answers, 2 + i * step, 0));
    }
    CU_ASSERT_PTR_NULL(answers_find(&answers, 2 + 4 * step, 0));
}

static void forgetting_one_peer_leaves_the_others(void)
{
    const struct endpoint_answer answer = { .code = COAP_CODE(2, 1) };

    answers_add(&answers, "a:1", 11, &answer, 0);
    answers_add(&answers, "a:10", 12, &answer, 0);
    answers_add(&answers, "a:1", 13, &answer, 0);
    answers_forget(&answers, "a:1");
    CU_ASSERT_PTR_NULL(answers_find(&answers, 11, 0));
    CU_ASSERT_PTR_NOT_NULL(answers_find(&answers, 12, 0));
    CU_ASSERT_PTR_NULL(answers_find(&answers, 13, 0));
}

static CU_TestInfo tests[] = {
    { "span", repetition_is_known_until_the_span_ends },
    { "identity", peer_and_each_byte_count },
    { "ring", oldest_makes_room },
    { "together", hashes_that_lie_together_are_told_apart },
    { "forget", forgetting_one_peer_leaves_the_others },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "answers", NULL, NULL, clear, NULL, tests },
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
