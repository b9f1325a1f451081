/* SPDX-License-Identifier: Apache-2.0 */
/* What a file server does wrong on purpose, deed by deed. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/repository/repository.h"

enum { SIZE = 2500, GET = 1, SZX_1024 = 6, FILE_ID = 7 };

#define DEVICE "dev"
#define PEER   "127.0.0.1:40123"

static struct {
    struct repository *repository;
    uint8_t bytes[SIZE];
    uint8_t other[SIZE / 2];
    int message_id;
} fixture;

static void set_up(void)
{
    fixture.repository = repository_new();
    fixture.message_id = 0;
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(fixture.other, 0x55, sizeof(fixture.other));
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.repository);
}

static void tear_down(void)
{
    repository_free(fixture.repository);
    fixture.repository = NULL;
}

static struct repository_resource file(void)
{
    return (struct repository_resource){ .endpoint = DEVICE,
                                         .path = "/a",
                                         .bytes = fixture.bytes,
                                         .length = SIZE,
                                         .max_szx = SZX_1024 };
}

static void offer(uint64_t id, const struct repository_resource *resource)
{
    CU_ASSERT_EQUAL(repository_add(fixture.repository, id, resource, NULL),
                    STATUS_OK);
}

/** A new GET of a block, -1: without Block2. */
static struct repository_answer get(long number, uint8_t szx)
{
    struct repository_request request = {
        .method = GET,
        .path = "/a",
        .peer = PEER,
        .message_id = ++fixture.message_id,
        .has_block2 = number >= 0,
        .block2 = { number >= 0 ? (uint32_t)number : 0, false, szx },
        .accept = CONTENT_FORMAT_NONE,
    };
    struct repository_answer answer = { .code = COAP_CODE(7, 31) };

    CU_ASSERT_TRUE(repository_answer(fixture.repository, &request, &answer));
    return answer;
}

/** The same message once more. */
static struct repository_answer get_again(long number, uint8_t szx)
{
    fixture.message_id--;
    return get(number, szx);
}

/** Offer the file with one fault. */
static void offer_with(struct repository_fault fault)
{
    struct repository_resource resource = file();

    resource.other_bytes = fixture.other;
    resource.other_length = sizeof(fixture.other);
    resource.seed = 4711;
    resource.faults[0] = fault;
    resource.fault_count = 1;
    offer(FILE_ID, &resource);
}

/** How an answer goes out, apart from what is in it. */
static void each_way_of_answering_is_said(void)
{
    static const struct {
        struct repository_fault fault;
        uint8_t code;
        uint32_t late_ms;
        bool is_separate;
        bool is_double;
        const char *name;
    } rows[] = {
        { { .deed = REPOSITORY_LATE, .ms = 7 }, 69, 7, false, false, "late" },
        { { .deed = REPOSITORY_SEPARATE, .ms = 9 },
          69,
          9,
          true,
          false,
          "separate" },
        { { .deed = REPOSITORY_LOSE }, 0, 0, false, false, "lose" },
        { { .deed = REPOSITORY_DUPLICATE }, 69, 0, false, true, "duplicate" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        offer_with(rows[i].fault);
        struct repository_answer answer = get(1, SZX_1024);
        CU_ASSERT_EQUAL(answer.code, rows[i].code);
        CU_ASSERT_EQUAL(answer.late_ms, rows[i].late_ms);
        CU_ASSERT_EQUAL(answer.is_separate, rows[i].is_separate);
        CU_ASSERT_EQUAL(answer.is_double, rows[i].is_double);
        CU_ASSERT_STRING_EQUAL(answer.fault, rows[i].name);
        CU_ASSERT_FALSE(answer.ends);
        if (answer.code != 0) {
            CU_ASSERT_EQUAL(answer.payload_length, 1024);
            CU_ASSERT_EQUAL(memcmp(answer.payload, fixture.bytes + 1024, 1024),
                            0);
        }
        repository_remove(fixture.repository, FILE_ID);
    }
}

static void silence_and_error_codes_end_it(void)
{
    offer_with((struct repository_fault){
        .deed = REPOSITORY_CODE, .code = COAP_CODE(5, 3), .max_age_s = 30 });
    struct repository_answer answer = get(0, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(5, 3));
    CU_ASSERT_EQUAL(answer.max_age_s, 30);
    CU_ASSERT_TRUE(answer.ends);
    repository_remove(fixture.repository, FILE_ID);
    offer_with((struct repository_fault){ .deed = REPOSITORY_STOP });
    answer = get(0, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, 0);
    CU_ASSERT_TRUE(answer.ends);
}

/** So many requests, and one that comes again is the same one. */
static void a_fault_ends_after_its_times(void)
{
    offer_with((struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                          .number = 1,
                                          .deed = REPOSITORY_CODE,
                                          .code = COAP_CODE(5, 3),
                                          .times = 2 });
    CU_ASSERT_EQUAL(get(0, SZX_1024).code, COAP_CODE(2, 5));
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(get(1, SZX_1024).code, COAP_CODE(5, 3));
        CU_ASSERT_EQUAL(get_again(1, SZX_1024).code, COAP_CODE(5, 3));
    }
    CU_ASSERT_EQUAL(get(1, SZX_1024).code, COAP_CODE(2, 5));
}

/** The same seed, the same losses; about as many as were wanted. */
static void chance_comes_from_the_seed(void)
{
    enum { MESSAGES = 1000 };
    static bool lost[2][MESSAGES];
    int count = 0;

    for (int round = 0; round < 2; round++) {
        offer_with((struct repository_fault){ .deed = REPOSITORY_LOSE,
                                              .percent = 10 });
        for (int i = 0; i < MESSAGES; i++) {
            lost[round][i] = get(0, SZX_1024).code == 0;
            count += lost[round][i] ? 1 : 0;
        }
        repository_remove(fixture.repository, FILE_ID);
    }
    CU_ASSERT_EQUAL(memcmp(lost[0], lost[1], sizeof(lost[0])), 0);
    CU_ASSERT_TRUE(count > 2 * 60 && count < 2 * 140);
}

/** A request that comes again may be luckier. */
static void a_lost_answer_is_not_lost_for_ever(void)
{
    bool is_given = false;

    offer_with(
        (struct repository_fault){ .deed = REPOSITORY_LOSE, .percent = 50 });
    (void)get(0, SZX_1024);
    for (int i = 0; i < 64 && !is_given; i++) {
        is_given = get_again(0, SZX_1024).code == COAP_CODE(2, 5);
    }
    CU_ASSERT_TRUE(is_given);
}

static void blocks_are_smaller_than_asked_for(void)
{
    offer_with((struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                          .number = 1,
                                          .deed = REPOSITORY_SMALLER,
                                          .szx = 2 });
    CU_ASSERT_EQUAL(get(0, SZX_1024).block2.szx, SZX_1024);
    struct repository_answer answer = get(1, SZX_1024);
    CU_ASSERT_EQUAL(answer.block2.szx, 2);
    CU_ASSERT_EQUAL(answer.block2.number, 16);
    CU_ASSERT_EQUAL(answer.offset, 1024);
    CU_ASSERT_EQUAL(answer.payload_length, 64);
    CU_ASSERT_EQUAL(get(0, 0).block2.szx, 0); /* nor larger */
}

/** From there on it is the other one, at its beginning, too. */
static void another_content_stays(void)
{
    struct repository_answer first;

    offer_with((struct repository_fault){ .when = REPOSITORY_AT_PERCENT,
                                          .number = 40,
                                          .deed = REPOSITORY_SWITCH });
    first = get(0, SZX_1024);
    CU_ASSERT_FALSE(first.is_other);
    struct repository_answer answer = get(1, SZX_1024);
    CU_ASSERT_TRUE(answer.is_other);
    CU_ASSERT_EQUAL(answer.size, sizeof(fixture.other));
    CU_ASSERT_EQUAL(answer.payload_length, sizeof(fixture.other) - 1024);
    CU_ASSERT_EQUAL(answer.payload[0], 0x55);
    CU_ASSERT_NOT_EQUAL(memcmp(answer.etag, first.etag, sizeof(first.etag)), 0);
    answer = get(0, SZX_1024);
    CU_ASSERT_TRUE(answer.is_other);
    CU_ASSERT_EQUAL(answer.payload[0], 0x55);
    CU_ASSERT_EQUAL(answer.size2, sizeof(fixture.other));
    CU_ASSERT_EQUAL(get(2, SZX_1024).code, COAP_CODE(4, 0)); /* behind it */
}

static void what_is_said_of_the_file_is_wrong(void)
{
    static const struct {
        enum repository_deed deed;
        bool has_etag;
        bool has_size2;
        size_t size2;
    } rows[] = {
        { REPOSITORY_NO_ETAG, false, true, SIZE },
        { REPOSITORY_NO_SIZE2, true, false, SIZE },
        { REPOSITORY_SIZE2_LARGER, true, true, 2 * SIZE },
        { REPOSITORY_SIZE2_LESS, true, true, SIZE / 2 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        offer_with((struct repository_fault){ .deed = rows[i].deed });
        struct repository_answer answer = get(0, SZX_1024);
        CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
        CU_ASSERT_EQUAL(answer.has_etag, rows[i].has_etag);
        CU_ASSERT_EQUAL(answer.has_size2, rows[i].has_size2);
        CU_ASSERT_EQUAL(answer.size2, rows[i].size2);
        CU_ASSERT_EQUAL(answer.payload_length, 1024);
        CU_ASSERT_FALSE(get(1, SZX_1024).has_size2); /* once is enough */
        repository_remove(fixture.repository, FILE_ID);
    }
}

static void blocks_are_not_those_asked_for(void)
{
    offer_with((struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                          .number = 1,
                                          .deed = REPOSITORY_NEXT_BLOCK,
                                          .times = 1 });
    struct repository_answer answer = get(1, SZX_1024);
    CU_ASSERT_EQUAL(answer.block2.number, 2);
    CU_ASSERT_EQUAL(answer.offset, 2048);
    CU_ASSERT_EQUAL(answer.payload_length, SIZE - 2048);
    CU_ASSERT_FALSE(answer.block2.more);
    CU_ASSERT_EQUAL(get(1, SZX_1024).block2.number, 1);
    repository_remove(fixture.repository, FILE_ID);
    offer_with((struct repository_fault){
        .when = REPOSITORY_AT_BLOCK, .number = 1, .deed = REPOSITORY_CUT });
    CU_ASSERT_TRUE(get(0, SZX_1024).block2.more);
    answer = get(1, SZX_1024);
    CU_ASSERT_FALSE(answer.block2.more);
    CU_ASSERT_EQUAL(answer.payload_length, 1024);
    repository_remove(fixture.repository, FILE_ID);
    offer_with((struct repository_fault){ .deed = REPOSITORY_EMPTY });
    answer = get(0, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(answer.payload_length, 0);
    CU_ASSERT_FALSE(answer.block2.more);
    CU_ASSERT_EQUAL(answer.size2, 0);
}

/** All that is due is done, up to what ends it. */
static void faults_come_together(void)
{
    struct repository_resource resource = file();

    resource.faults[0] =
        (struct repository_fault){ .deed = REPOSITORY_SEPARATE, .ms = 5 };
    resource.faults[1] =
        (struct repository_fault){ .deed = REPOSITORY_SMALLER, .szx = 2 };
    resource.faults[2] =
        (struct repository_fault){ .deed = REPOSITORY_NO_ETAG };
    resource.faults[3] = (struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                                    .number = 2,
                                                    .deed = REPOSITORY_CODE,
                                                    .code = COAP_CODE(4, 4) };
    resource.fault_count = 4;
    offer(FILE_ID, &resource);
    struct repository_answer answer = get(0, SZX_1024);
    CU_ASSERT_TRUE(answer.is_separate);
    CU_ASSERT_EQUAL(answer.late_ms, 5);
    CU_ASSERT_EQUAL(answer.block2.szx, 2);
    CU_ASSERT_FALSE(answer.has_etag);
    CU_ASSERT_STRING_EQUAL(answer.fault, "separate");
    answer = get(2, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(4, 4));
    CU_ASSERT_TRUE(answer.is_separate); /* an error may be late, too */
    CU_ASSERT_EQUAL(answer.late_ms, 5);
    CU_ASSERT_STRING_EQUAL(answer.fault, "code");
}

static void a_switch_needs_something_to_switch_to(void)
{
    struct repository_resource resource = file();
    struct reason reason = { .status = STATUS_OK };

    resource.faults[0] = (struct repository_fault){ .deed = REPOSITORY_SWITCH };
    resource.fault_count = 1;
    CU_ASSERT_EQUAL(
        repository_add(fixture.repository, FILE_ID, &resource, &reason),
        STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(reason.text, "no other content to switch to");
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "each way of answering is said", each_way_of_answering_is_said },
        { "silence and error codes end it", silence_and_error_codes_end_it },
        { "a fault ends after its times", a_fault_ends_after_its_times },
        { "chance comes from the seed", chance_comes_from_the_seed },
        { "a lost answer is not lost for ever",
          a_lost_answer_is_not_lost_for_ever },
        { "blocks are smaller than asked for",
          blocks_are_smaller_than_asked_for },
        { "another content stays", another_content_stays },
        { "what is said of the file is wrong",
          what_is_said_of_the_file_is_wrong },
        { "blocks are not those asked for", blocks_are_not_those_asked_for },
        { "faults come together", faults_come_together },
        { "a switch needs something to switch to",
          a_switch_needs_something_to_switch_to },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "faults of server/repository/repository.c", NULL, NULL, set_up,
          tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
