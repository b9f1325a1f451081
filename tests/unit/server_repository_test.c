/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/repository/repository.h"

enum { SIZE = 2500, GET = 1, POST = 2, SZX_64 = 2, SZX_1024 = 6, FILE_ID = 7 };

#define DEVICE "dev"
#define PEER   "127.0.0.1:40123"

static struct {
    struct repository *repository;
    uint8_t bytes[SIZE];
    int message_id;
} fixture;

static void set_up(void)
{
    fixture.repository = repository_new();
    fixture.message_id = 0;
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
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

static void blocks_put_together_are_the_file(void)
{
    static const uint8_t sizes[] = { 0, 1, 2, 5, 6 };

    for (size_t i = 0; i < sizeof(sizes); i++) {
        struct repository_resource resource = file();
        uint8_t body[SIZE];
        size_t used = 0;
        bool more = true;

        offer(FILE_ID, &resource);
        for (long number = 0; more && used < SIZE; number++) {
            struct repository_answer answer = get(number, sizes[i]);
            CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
            CU_ASSERT_TRUE(answer.has_block2);
            CU_ASSERT_EQUAL(answer.block2.number, (uint32_t)number);
            CU_ASSERT_EQUAL(answer.block2.szx, sizes[i]);
            CU_ASSERT_EQUAL(answer.offset, used);
            CU_ASSERT_EQUAL(answer.size, SIZE);
            if (used + answer.payload_length > SIZE) {
                CU_FAIL("more bytes than the file has");
                break;
            }
            memcpy(body + used, answer.payload, answer.payload_length);
            used += answer.payload_length;
            more = answer.block2.more;
        }
        CU_ASSERT_FALSE(more);
        CU_ASSERT_EQUAL(used, SIZE);
        CU_ASSERT_EQUAL(memcmp(body, fixture.bytes, SIZE), 0);
        repository_remove(fixture.repository, FILE_ID);
    }
}

static void a_request_without_block2_gets_the_first_block(void)
{
    struct repository_resource resource = file();

    offer(FILE_ID, &resource);
    struct repository_answer answer = get(-1, 0);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_TRUE(answer.has_block2);
    CU_ASSERT_TRUE(answer.block2.more);
    CU_ASSERT_EQUAL(answer.block2.szx, SZX_1024);
    CU_ASSERT_EQUAL(answer.payload_length, 1024);
    CU_ASSERT_EQUAL(answer.id, FILE_ID);
    CU_ASSERT_STRING_EQUAL(answer.endpoint, DEVICE);
    CU_ASSERT_PTR_NULL(answer.fault);
}

static void a_small_file_comes_whole(void)
{
    struct repository_resource resource = file();

    resource.length = 1024;
    offer(FILE_ID, &resource);
    struct repository_answer answer = get(-1, 0);
    CU_ASSERT_FALSE(answer.has_block2);
    CU_ASSERT_EQUAL(answer.payload_length, 1024);
    answer = get(0, SZX_1024);
    CU_ASSERT_TRUE(answer.has_block2);
    CU_ASSERT_FALSE(answer.block2.more);
}

static void an_empty_file_is_an_empty_answer(void)
{
    struct repository_resource resource = file();

    resource.bytes = NULL;
    resource.length = 0;
    offer(FILE_ID, &resource);
    struct repository_answer answer = get(-1, 0);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(answer.payload_length, 0);
    CU_ASSERT_FALSE(answer.has_block2);
}

/** RFC 7959, 2.4: a smaller size counts in its own blocks. */
static void larger_blocks_than_wanted_are_answered_smaller(void)
{
    struct repository_resource resource = file();

    resource.max_szx = SZX_64;
    offer(FILE_ID, &resource);
    struct repository_answer answer = get(1, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(answer.block2.szx, SZX_64);
    CU_ASSERT_EQUAL(answer.block2.number, 16);
    CU_ASSERT_EQUAL(answer.offset, 1024);
    CU_ASSERT_EQUAL(answer.payload_length, 64);
}

static void what_cannot_be_answered_gets_an_error(void)
{
    struct repository_resource resource = file();
    struct repository_request request = { .method = POST,
                                          .path = "/a",
                                          .peer = PEER,
                                          .accept = CONTENT_FORMAT_NONE };
    struct repository_answer answer;

    offer(FILE_ID, &resource);
    CU_ASSERT_EQUAL(get(3, SZX_1024).code, COAP_CODE(4, 0));
    CU_ASSERT_EQUAL(get(UINT32_MAX, SZX_1024).code, COAP_CODE(4, 0));
    CU_ASSERT_EQUAL(get(0, 7).code, COAP_CODE(4, 0));
    CU_ASSERT_TRUE(repository_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(4, 5));
    request.method = GET;
    request.accept = CONTENT_FORMAT_TEXT;
    request.message_id = 1;
    CU_ASSERT_TRUE(repository_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(4, 6));
    request.path = "/b";
    CU_ASSERT_FALSE(repository_answer(fixture.repository, &request, &answer));
    request.path = "/a";
    request.on_lwm2m_port = true;
    CU_ASSERT_FALSE(repository_answer(fixture.repository, &request, &answer));
}

static void another_content_has_another_etag(void)
{
    struct repository_resource resource = file();
    struct repository_answer before;

    offer(FILE_ID, &resource);
    before = get(0, SZX_1024);
    CU_ASSERT_EQUAL(
        memcmp(get(1, SZX_1024).etag, before.etag, sizeof(before.etag)), 0);
    repository_remove(fixture.repository, FILE_ID);
    fixture.bytes[SIZE - 1] ^= 1;
    offer(FILE_ID, &resource);
    CU_ASSERT_NOT_EQUAL(
        memcmp(get(0, SZX_1024).etag, before.etag, sizeof(before.etag)), 0);
}

static void a_stop_is_silence_until_it_goes_on(void)
{
    struct repository_resource resource = file();

    resource.faults[0] = (struct repository_fault){
        .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP
    };
    resource.fault_count = 1;
    offer(FILE_ID, &resource);
    CU_ASSERT_EQUAL(get(0, SZX_1024).code, COAP_CODE(2, 5));
    CU_ASSERT_EQUAL(get(1, SZX_1024).code, COAP_CODE(2, 5));
    struct repository_answer answer = get(2, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, 0);
    CU_ASSERT_EQUAL(answer.payload_length, 0);
    CU_ASSERT_STRING_EQUAL(answer.fault, "stop");
    CU_ASSERT_EQUAL(get_again(2, SZX_1024).code, 0);
    repository_resume(fixture.repository, FILE_ID);
    answer = get_again(2, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_TRUE(answer.is_repeated);
    CU_ASSERT_PTR_NULL(answer.fault);
}

static void a_fault_begins_when_it_says(void)
{
    static const struct {
        struct repository_fault fault;
        uint8_t codes[4]; /* of blocks 0, 1, 1 again as a new one, 2 */
    } rows[] = {
        { { .when = REPOSITORY_AT_REQUEST,
            .number = 1,
            .deed = REPOSITORY_CODE,
            .code = COAP_CODE(4, 4) },
          { COAP_CODE(4, 4), COAP_CODE(4, 4), COAP_CODE(4, 4),
            COAP_CODE(4, 4) } },
        { { .when = REPOSITORY_AT_REQUEST,
            .number = 3,
            .deed = REPOSITORY_CODE,
            .code = COAP_CODE(5, 0) },
          { COAP_CODE(2, 5), COAP_CODE(2, 5), COAP_CODE(5, 0),
            COAP_CODE(5, 0) } },
        { { .when = REPOSITORY_AT_BLOCK,
            .number = 1,
            .deed = REPOSITORY_CODE,
            .code = COAP_CODE(5, 3) },
          { COAP_CODE(2, 5), COAP_CODE(5, 3), COAP_CODE(5, 3),
            COAP_CODE(5, 3) } },
        { { .when = REPOSITORY_AT_END,
            .number = 0,
            .deed = REPOSITORY_CODE,
            .code = COAP_CODE(5, 0) },
          { COAP_CODE(2, 5), COAP_CODE(2, 5), COAP_CODE(2, 5),
            COAP_CODE(5, 0) } },
        { { .when = REPOSITORY_AT_PERCENT,
            .number = 0,
            .deed = REPOSITORY_CODE,
            .code = COAP_CODE(4, 4) },
          { COAP_CODE(4, 4), COAP_CODE(4, 4), COAP_CODE(4, 4),
            COAP_CODE(4, 4) } },
        { { .when = REPOSITORY_AT_PERCENT,
            .number = 41,
            .deed = REPOSITORY_STOP,
            .code = 0 },
          { COAP_CODE(2, 5), COAP_CODE(2, 5), COAP_CODE(2, 5), 0 } },
    };
    static const long blocks[] = { 0, 1, 1, 2 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct repository_resource resource = file();
        resource.faults[0] = rows[i].fault;
        resource.fault_count = 1;
        offer(FILE_ID, &resource);
        for (size_t j = 0; j < 4; j++) {
            CU_ASSERT_EQUAL(get(blocks[j], SZX_1024).code, rows[i].codes[j]);
            CU_ASSERT_EQUAL(get_again(blocks[j], SZX_1024).code,
                            rows[i].codes[j]);
        }
        repository_remove(fixture.repository, FILE_ID);
    }
}

static void the_first_fault_that_ends_it_wins(void)
{
    struct repository_resource resource = file();

    resource.faults[0] = (struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                                    .number = 1,
                                                    .deed = REPOSITORY_CODE,
                                                    .code = COAP_CODE(4, 4),
                                                    .times = 1 };
    resource.faults[1] = (struct repository_fault){ .when = REPOSITORY_AT_BLOCK,
                                                    .number = 1,
                                                    .deed = REPOSITORY_CODE,
                                                    .code = COAP_CODE(5, 0) };
    resource.fault_count = 2;
    offer(FILE_ID, &resource);
    CU_ASSERT_EQUAL(get(1, SZX_1024).code, COAP_CODE(4, 4));
    struct repository_answer answer = get(1, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(5, 0));
    CU_ASSERT_PTR_NOT_NULL(answer.fault);
    repository_resume(fixture.repository, FILE_ID);
    answer = get(1, SZX_1024);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 5));
    CU_ASSERT_PTR_NULL(answer.fault);
}

static void a_resource_is_gone_once_removed(void)
{
    struct repository_resource resource = file();
    const struct repository_request request = {
        .method = GET, .path = "/a", .peer = PEER, .accept = CONTENT_FORMAT_NONE
    };
    struct repository_answer answer;

    offer(FILE_ID, &resource);
    repository_remove(fixture.repository, FILE_ID + 1);
    CU_ASSERT_TRUE(repository_answer(fixture.repository, &request, &answer));
    repository_remove(fixture.repository, FILE_ID);
    CU_ASSERT_FALSE(repository_answer(fixture.repository, &request, &answer));
}

static void a_bad_resource_is_refused(void)
{
    struct repository_resource resource = file();
    struct reason reason = { .status = STATUS_OK };
    char path[REPOSITORY_PATH_MAX + 2];

    offer(FILE_ID, &resource);
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 8, &resource, &reason),
                    STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(reason.text, "'/a' is offered already");
    resource.on_lwm2m_port = true; /* another place */
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 8, &resource, NULL),
                    STATUS_OK);
    resource.path = "a";
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 9, &resource, NULL),
                    STATUS_INVALID);
    memset(path, '/', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    resource.path = path;
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 9, &resource, NULL),
                    STATUS_INVALID);
    resource.path = "/c";
    resource.max_szx = 7;
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 9, &resource, NULL),
                    STATUS_INVALID);
    resource.max_szx = 6;
    resource.fault_count = REPOSITORY_FAULTS_MAX + 1;
    CU_ASSERT_EQUAL(repository_add(fixture.repository, 9, &resource, NULL),
                    STATUS_INVALID);
}

static void the_number_of_resources_is_limited(void)
{
    struct repository_resource resource = file();
    char path[16];

    resource.path = path;
    for (uint64_t i = 1; i <= REPOSITORY_RESOURCES_MAX; i++) {
        (void)snprintf(path, sizeof(path), "/%u", (unsigned)i);
        if (repository_add(fixture.repository, i, &resource, NULL) !=
            STATUS_OK) {
            CU_FAIL_FATAL("a resource within the limit is refused");
        }
    }
    resource.path = "/more";
    CU_ASSERT_EQUAL(
        repository_add(fixture.repository, UINT64_MAX, &resource, NULL),
        STATUS_LIMIT);
    repository_remove(fixture.repository, 1);
    CU_ASSERT_EQUAL(
        repository_add(fixture.repository, UINT64_MAX, &resource, NULL),
        STATUS_OK);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "blocks put together are the file",
          blocks_put_together_are_the_file },
        { "a request without Block2 gets the first block",
          a_request_without_block2_gets_the_first_block },
        { "a small file comes whole", a_small_file_comes_whole },
        { "an empty file is an empty answer",
          an_empty_file_is_an_empty_answer },
        { "larger blocks than wanted are answered smaller",
          larger_blocks_than_wanted_are_answered_smaller },
        { "what cannot be answered gets an error",
          what_cannot_be_answered_gets_an_error },
        { "another content has another ETag",
          another_content_has_another_etag },
        { "a stop is silence until it goes on",
          a_stop_is_silence_until_it_goes_on },
        { "a fault begins when it says", a_fault_begins_when_it_says },
        { "the first fault that ends it wins",
          the_first_fault_that_ends_it_wins },
        { "a resource is gone once removed", a_resource_is_gone_once_removed },
        { "a bad resource is refused", a_bad_resource_is_refused },
        { "the number of resources is limited",
          the_number_of_resources_is_limited },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "server/repository/repository.c", NULL, NULL, set_up, tear_down,
          tests },
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
