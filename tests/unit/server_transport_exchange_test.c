/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include "server/transport/exchange.h"

enum { TOKEN = 77, MID = 4711, HERE = 1, ELSEWHERE = 2 };

static struct exchange_table table;

static struct exchange *sent(void)
{
    struct exchange *row = exchange_add(&table, 5, TOKEN, "device");

    if (row != NULL) {
        row->mid = MID;
    }
    return row;
}

static void fresh(void)
{
    table = (struct exchange_table){ .first = NULL };
}

static void gone(void)
{
    exchange_release(&table);
}

static void the_first_time_and_the_last_are_kept(void)
{
    const struct exchange *row = sent();

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    exchange_note_left(&table, TOKEN, MID, HERE, 100);
    CU_ASSERT_EQUAL(row->left_ms, 100);
    CU_ASSERT_EQUAL(row->again_ms, 0);
    exchange_note_left(&table, TOKEN, MID, HERE, 2100);
    exchange_note_left(&table, TOKEN, MID, HERE, 6100);
    CU_ASSERT_EQUAL(row->left_ms, 100);
    CU_ASSERT_EQUAL(row->again_ms, 6100);
}

static void another_message_is_none_of_it(void)
{
    const struct exchange *row = sent();

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    exchange_note_left(&table, TOKEN, MID + 1, HERE, 100);
    exchange_note_left(&table, TOKEN + 1, MID, HERE, 100);
    CU_ASSERT_EQUAL(row->left_ms, 0);
    exchange_note_acked(&table, MID, HERE, 100); /* it has not left */
    CU_ASSERT_EQUAL(row->acked_ms, 0);
}

static void the_first_ack_of_its_peer_counts(void)
{
    const struct exchange *row = sent();

    CU_ASSERT_PTR_NOT_NULL_FATAL(row);
    exchange_note_left(&table, TOKEN, MID, HERE, 100);
    exchange_note_acked(&table, MID, ELSEWHERE, 101);
    exchange_note_acked(&table, MID + 1, HERE, 102);
    CU_ASSERT_EQUAL(row->acked_ms, 0);
    exchange_note_acked(&table, MID, HERE, 103);
    exchange_note_acked(&table, MID, HERE, 104);
    CU_ASSERT_EQUAL(row->acked_ms, 103);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "left", the_first_time_and_the_last_are_kept },
        { "others", another_message_is_none_of_it },
        { "ack", the_first_ack_of_its_peer_counts },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { .pName = "exchange",
          .pSetUpFunc = fresh,
          .pTearDownFunc = gone,
          .pTests = tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
