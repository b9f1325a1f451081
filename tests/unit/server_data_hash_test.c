/* SPDX-License-Identifier: Apache-2.0 */

/* A hash of a message depends on each of its bytes, on their order and on how
 * many there are, whatever the length. */
#include <CUnit/Basic.h>
#include <string.h>

#include "server/data/hash.h"

enum { LENGTH_MAX = 200, WORD = 8 };

static void fill(uint8_t bytes[LENGTH_MAX])
{
    for (size_t i = 0; i < LENGTH_MAX; i++) {
        bytes[i] = (uint8_t)(i * 37 + 11);
    }
}

static void hash_of_a_message_depends_on_each_bit(void)
{
    uint8_t bytes[LENGTH_MAX];

    fill(bytes);
    for (size_t length = 1; length <= LENGTH_MAX; length++) {
        const uint64_t whole = hash_message(HASH_START, bytes, length);
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CU_ASSERT_NOT_EQUAL(hash_message(HASH_START, bytes, length), whole);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        CU_ASSERT_EQUAL(hash_message(HASH_START, bytes, length), whole);
    }
}

static void hash_of_a_message_depends_on_the_order(void)
{
    uint8_t bytes[LENGTH_MAX];
    uint8_t swapped[LENGTH_MAX];

    fill(bytes);
    const uint64_t whole = hash_message(HASH_START, bytes, LENGTH_MAX);
    for (size_t i = 0; i < LENGTH_MAX / WORD; i++) {
        for (size_t j = i + 1; j < LENGTH_MAX / WORD; j++) {
            memcpy(swapped, bytes, LENGTH_MAX);
            memcpy(swapped + i * WORD, bytes + j * WORD, WORD);
            memcpy(swapped + j * WORD, bytes + i * WORD, WORD);
            CU_ASSERT_NOT_EQUAL(hash_message(HASH_START, swapped, LENGTH_MAX),
                                whole);
        }
    }
}

static void hash_of_a_message_depends_on_the_length_and_the_start(void)
{
    const uint8_t zeros[LENGTH_MAX] = { 0 };

    for (size_t length = 0; length < LENGTH_MAX; length++) {
        const uint64_t hash = hash_message(HASH_START, zeros, length);
        CU_ASSERT_NOT_EQUAL(hash_message(HASH_START, zeros, length + 1), hash);
        CU_ASSERT_NOT_EQUAL(hash_message(HASH_START + 1, zeros, length), hash);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_hash", NULL, NULL);
    CU_ADD_TEST(suite, hash_of_a_message_depends_on_each_bit);
    CU_ADD_TEST(suite, hash_of_a_message_depends_on_the_order);
    CU_ADD_TEST(suite, hash_of_a_message_depends_on_the_length_and_the_start);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
