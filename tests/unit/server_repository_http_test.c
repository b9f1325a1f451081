/* SPDX-License-Identifier: Apache-2.0 */
/* What a request by HTTP is answered, and what goes wrong on purpose. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "server/repository/repository.h"

enum { SIZE = 2500, OTHER = 1250, FILE_ID = 7 };

static struct {
    struct repository *repository;
    uint8_t bytes[SIZE];
    uint8_t other[OTHER];
    char etag[REPOSITORY_HTTP_ETAG_SIZE]; /* of the file */
} fixture;

static struct repository_http_answer ask(const char *range,
                                         const char *if_range,
                                         const char *if_match)
{
    const struct repository_http_request request = {
        .protocol = REPOSITORY_HTTP,
        .method = REPOSITORY_HTTP_GET,
        .path = "/a",
        .range = range,
        .if_range = if_range,
        .if_match = if_match,
    };
    struct repository_http_answer answer = { .status = 999 };

    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    return answer;
}

static struct repository_http_answer get(const char *range)
{
    return ask(range, NULL, NULL);
}

/** Offer the file with these faults, instead of what was offered. */
static void offer(const struct repository_fault *faults, size_t count)
{
    struct repository_resource resource = {
        .endpoint = "dev",
        .path = "/a",
        .protocol = REPOSITORY_HTTP,
        .bytes = fixture.bytes,
        .length = SIZE,
        .other_bytes = fixture.other,
        .other_length = OTHER,
        .fault_count = count,
    };

    if (count > 0) {
        memcpy(resource.faults, faults, count * sizeof(*faults));
    }
    repository_remove(fixture.repository, FILE_ID);
    CU_ASSERT_EQUAL_FATAL(
        repository_add(fixture.repository, FILE_ID, &resource, NULL),
        STATUS_OK);
}

static void offer_one(struct repository_fault fault)
{
    offer(&fault, 1);
}

static void set_up(void)
{
    fixture.repository = repository_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.repository);
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(fixture.other, 0x55, sizeof(fixture.other));
    offer(NULL, 0);
    const struct repository_http_answer answer = get(NULL);
    memcpy(fixture.etag, answer.etag, sizeof(fixture.etag));
}

static void tear_down(void)
{
    repository_free(fixture.repository);
    fixture.repository = NULL;
}

static void the_range_that_is_asked_for_is_given(void)
{
    static const struct {
        const char *range;
        unsigned status;
        size_t offset;
        size_t length;
    } rows[] = {
        { NULL, 200, 0, SIZE },
        { "bytes=0-", 206, 0, SIZE },
        { "bytes=100-", 206, 100, SIZE - 100 },
        { "bytes=100-100", 206, 100, 1 },
        { "bytes=100-199", 206, 100, 100 },
        { "bytes=2499-9999", 206, 2499, 1 },
        { "bytes=-500", 206, 2000, 500 },
        { "bytes=-5000", 206, 0, SIZE },
        { "bytes=2500-", 416, 0, 0 },
        { "bytes=99999999999999999999999-", 200, 0, SIZE },
        /* what is no range, or several: the whole, RFC 9110, 14.2 */
        { "bytes=", 200, 0, SIZE },
        { "bytes=5", 200, 0, SIZE },
        { "bytes=5-4", 200, 0, SIZE },
        { "bytes=0-1,5-6", 200, 0, SIZE },
        { "blocks=0-1", 200, 0, SIZE },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct repository_http_answer answer = get(rows[i].range);

        CU_ASSERT_EQUAL(answer.id, FILE_ID);
        CU_ASSERT_EQUAL(answer.status, rows[i].status);
        CU_ASSERT_EQUAL(answer.offset, rows[i].offset);
        CU_ASSERT_EQUAL(answer.body_length, rows[i].length);
        CU_ASSERT_TRUE(answer.has_length);
        CU_ASSERT_EQUAL(answer.length, rows[i].length);
        CU_ASSERT_EQUAL(answer.has_content_range, rows[i].status != 200);
        if (rows[i].status == 206) {
            CU_ASSERT_EQUAL(answer.range_first, rows[i].offset);
            CU_ASSERT_EQUAL(answer.range_last,
                            rows[i].offset + rows[i].length - 1);
        }
        if (rows[i].status != 416) {
            CU_ASSERT_PTR_EQUAL(answer.body, fixture.bytes + rows[i].offset);
        }
        CU_ASSERT_STRING_EQUAL(answer.etag, fixture.etag);
        CU_ASSERT_PTR_NULL(answer.fault);
    }
}

static void conditions_are_held_against_the_etag(void)
{
    char list[64];

    CU_ASSERT_EQUAL(ask("bytes=9-", fixture.etag, NULL).status, 206);
    CU_ASSERT_EQUAL(ask("bytes=9-", "\"00000000\"", NULL).status, 200);
    CU_ASSERT_EQUAL(
        ask("bytes=9-", "Wed, 21 Oct 2015 07:28:00 GMT", NULL).status, 200);
    CU_ASSERT_EQUAL(ask("bytes=9-", NULL, "*").status, 206);
    CU_ASSERT_EQUAL(ask("bytes=9-", NULL, "\"00000000\"").status, 412);
    (void)snprintf(list, sizeof(list), "\"1\", %s", fixture.etag);
    CU_ASSERT_EQUAL(ask("bytes=9-", NULL, list).status, 206);
}

static void a_file_is_there_by_its_protocol_and_path_only(void)
{
    static const struct {
        enum repository_protocol protocol;
        const char *path;
    } rows[] = {
        { REPOSITORY_HTTPS, "/a" },  { REPOSITORY_COAP, "/a" },
        { REPOSITORY_HTTP, "/b" },   { REPOSITORY_HTTP, "/" },
        { REPOSITORY_HTTP, "" },     { REPOSITORY_HTTP, "/moved" },
        { REPOSITORY_HTTP, "/a?b" }, { REPOSITORY_HTTP, "/a/../a" },
    };
    struct repository_http_answer answer;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct repository_http_request request = {
            .protocol = rows[i].protocol,
            .path = rows[i].path,
        };
        CU_ASSERT_FALSE(
            repository_http_answer(fixture.repository, &request, &answer));
    }
    const struct repository_http_request post = {
        .protocol = REPOSITORY_HTTP,
        .method = REPOSITORY_HTTP_OTHER,
        .path = "/a",
    };
    CU_ASSERT_TRUE(repository_http_answer(fixture.repository, &post, &answer));
    CU_ASSERT_EQUAL(answer.status, 405);
    CU_ASSERT_EQUAL(answer.body_length, 0);
}

/** A deed at a place, and what the request makes of it. */
static const struct {
    struct repository_fault fault;
    const char *range;
    unsigned status;
    enum repository_break how;
    size_t at; /* in the body */
} breaks[] = {
    { { .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_CLOSE },
      NULL,
      200,
      REPOSITORY_CLOSES,
      1250 },
    { { .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_RESET },
      "bytes=1000-",
      206,
      REPOSITORY_RESETS,
      250 },
    { { .when = REPOSITORY_AT_BLOCK, .number = 1, .deed = REPOSITORY_STOP },
      NULL,
      200,
      REPOSITORY_HOLDS,
      1024 },
    { { .when = REPOSITORY_AT_END, .deed = REPOSITORY_STOP },
      NULL,
      200,
      REPOSITORY_HOLDS,
      2048 },
    { { .when = REPOSITORY_AT_BLOCK,
        .number = 2,
        .deed = REPOSITORY_LATE,
        .ms = 9 },
      NULL,
      200,
      REPOSITORY_PAUSES,
      2048 },
    { { .when = REPOSITORY_AT_PERCENT,
        .number = 50,
        .deed = REPOSITORY_SWITCH },
      NULL,
      200,
      REPOSITORY_CLOSES,
      1250 },
    /* from there on: not at all */
    { { .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP },
      "bytes=1300-",
      0,
      REPOSITORY_HOLDS,
      0 },
    { { .when = REPOSITORY_AT_REQUEST, .number = 1, .deed = REPOSITORY_CLOSE },
      NULL,
      0,
      REPOSITORY_CLOSES,
      0 },
    { { .when = REPOSITORY_AT_REQUEST, .number = 1, .deed = REPOSITORY_RESET },
      NULL,
      0,
      REPOSITORY_RESETS,
      0 },
    /* not reached, or not yet */
    { { .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_STOP },
      "bytes=0-1249",
      206,
      REPOSITORY_GOES_ON,
      0 },
    { { .when = REPOSITORY_AT_BLOCK, .number = 3, .deed = REPOSITORY_STOP },
      NULL,
      200,
      REPOSITORY_GOES_ON,
      0 },
    { { .when = REPOSITORY_AT_REQUEST, .number = 2, .deed = REPOSITORY_STOP },
      NULL,
      200,
      REPOSITORY_GOES_ON,
      0 },
};

static void an_answer_breaks_off_where_it_is_told_to(void)
{
    for (size_t i = 0; i < sizeof(breaks) / sizeof(breaks[0]); i++) {
        offer_one(breaks[i].fault);
        const struct repository_http_answer answer = get(breaks[i].range);

        CU_ASSERT_EQUAL(answer.status, breaks[i].status);
        CU_ASSERT_EQUAL(answer.at_break, breaks[i].how);
        CU_ASSERT_EQUAL(answer.break_at, breaks[i].at);
        CU_ASSERT_EQUAL(answer.fault == NULL,
                        breaks[i].how == REPOSITORY_GOES_ON);
        CU_ASSERT_EQUAL(answer.ends, breaks[i].status == 0 &&
                                         breaks[i].how == REPOSITORY_HOLDS);
        CU_ASSERT_EQUAL(answer.break_ms, breaks[i].fault.ms);
        if (breaks[i].status != 0) { /* the header tells of no fault */
            CU_ASSERT_EQUAL(answer.length, answer.body_length);
        }
    }
}

/** Deeds that change the headers, or what the body is. */
static void headers_and_bodies_are_bent(void)
{
    static const struct {
        enum repository_deed deed;
        const char *range;
        unsigned status;
        size_t offset;
        size_t body;
        int64_t length; /* -1: not said */
        char etag;      /* its first byte; 0: none */
    } rows[] = {
        { REPOSITORY_NO_ETAG, NULL, 200, 0, SIZE, SIZE, 0 },
        { REPOSITORY_WEAK_ETAG, NULL, 200, 0, SIZE, SIZE, 'W' },
        { REPOSITORY_NO_SIZE2, NULL, 200, 0, SIZE, -1, '"' },
        { REPOSITORY_NO_SIZE2, "bytes=500-", 206, 500, 2000, -1, '"' },
        { REPOSITORY_SIZE2_LARGER, NULL, 200, 0, SIZE, 2 * SIZE, '"' },
        { REPOSITORY_SIZE2_LESS, NULL, 200, 0, SIZE / 2, SIZE / 2, '"' },
        { REPOSITORY_IGNORE_RANGE, "bytes=500-", 200, 0, SIZE, SIZE, '"' },
        { REPOSITORY_WRONG_RANGE, "bytes=500-", 206, 1524, 976, 976, '"' },
        { REPOSITORY_WRONG_RANGE, NULL, 200, 0, SIZE, SIZE, '"' },
        { REPOSITORY_EMPTY, NULL, 200, 0, 0, 0, '"' },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        offer_one((struct repository_fault){
            .when = REPOSITORY_AT_REQUEST, .number = 1, .deed = rows[i].deed });
        const struct repository_http_answer answer = get(rows[i].range);

        CU_ASSERT_EQUAL(answer.status, rows[i].status);
        CU_ASSERT_EQUAL(answer.offset, rows[i].offset);
        CU_ASSERT_EQUAL(answer.body_length, rows[i].body);
        CU_ASSERT_EQUAL(answer.has_length, rows[i].length >= 0);
        CU_ASSERT_TRUE(rows[i].length < 0 ||
                       answer.length == (uint64_t)rows[i].length);
        CU_ASSERT_EQUAL(answer.etag[0], rows[i].etag);
        CU_ASSERT_EQUAL(answer.size, SIZE);
        CU_ASSERT_STRING_EQUAL(answer.fault,
                               repository_deed_name(rows[i].deed));
    }
}

static void a_weak_etag_is_good_for_no_resume(void)
{
    offer_one((struct repository_fault){ .when = REPOSITORY_AT_REQUEST,
                                         .number = 1,
                                         .deed = REPOSITORY_WEAK_ETAG });
    const struct repository_http_answer first = get(NULL);

    CU_ASSERT_EQUAL(ask("bytes=9-", first.etag, NULL).status, 200);
}

static void a_file_that_is_cut_ends_as_if_it_were_whole(void)
{
    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_PERCENT, .number = 50, .deed = REPOSITORY_CUT });
    const struct repository_http_answer answer = get("bytes=250-");

    CU_ASSERT_EQUAL(answer.status, 206);
    CU_ASSERT_EQUAL(answer.body_length, 1000);
    CU_ASSERT_EQUAL(answer.length, 1000);
    CU_ASSERT_EQUAL(answer.at_break, REPOSITORY_GOES_ON);
}

static void a_code_is_given_until_it_ends(void)
{
    static const struct repository_fault fault = {
        .when = REPOSITORY_AT_REQUEST,
        .number = 2,
        .deed = REPOSITORY_CODE,
        .code = COAP_CODE(5, 3),
        .max_age_s = 30,
    };

    offer_one(fault);
    CU_ASSERT_EQUAL(get(NULL).status, 200);
    const struct repository_http_answer answer = get(NULL);
    CU_ASSERT_EQUAL(answer.status, 503);
    CU_ASSERT_EQUAL(answer.retry_after_s, 30);
    CU_ASSERT_EQUAL(answer.body_length, 0);
    CU_ASSERT_TRUE(answer.has_length);
    CU_ASSERT_EQUAL(answer.length, 0);
    CU_ASSERT_EQUAL(answer.etag[0], '\0');
    CU_ASSERT_TRUE(answer.ends);
    CU_ASSERT_STRING_EQUAL(answer.fault, "code");
    repository_resume(fixture.repository, FILE_ID);
    CU_ASSERT_EQUAL(get(NULL).status, 200);
}

static void what_happens_some_times_ends(void)
{
    offer_one((struct repository_fault){ .when = REPOSITORY_AT_PERCENT,
                                         .number = 50,
                                         .deed = REPOSITORY_CLOSE,
                                         .times = 1 });
    CU_ASSERT_EQUAL(get(NULL).at_break, REPOSITORY_CLOSES);
    CU_ASSERT_EQUAL(get("bytes=1250-").at_break, REPOSITORY_GOES_ON);
}

static void a_request_that_was_held_counts_once(void)
{
    struct repository_http_request request = {
        .protocol = REPOSITORY_HTTP,
        .path = "/a",
    };
    struct repository_http_answer answer;

    offer_one((struct repository_fault){
        .when = REPOSITORY_AT_REQUEST, .number = 1, .deed = REPOSITORY_STOP });
    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.status, 0);
    repository_resume(fixture.repository, FILE_ID);
    request.is_again = true;
    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.status, 200);
}

/** HEAD asks for the headers that the next GET would get. */
static void a_head_counts_as_no_request(void)
{
    struct repository_http_request request = {
        .protocol = REPOSITORY_HTTP,
        .method = REPOSITORY_HTTP_HEAD,
        .path = "/a",
    };
    struct repository_http_answer answer;

    offer_one((struct repository_fault){ .when = REPOSITORY_AT_REQUEST,
                                         .number = 1,
                                         .deed = REPOSITORY_CODE,
                                         .code = COAP_CODE(4, 4),
                                         .times = 1 });
    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.status, 404);
    CU_ASSERT_EQUAL(get(NULL).status, 404);
    CU_ASSERT_EQUAL(get(NULL).status, 200);
}

static void a_file_that_is_switched_has_another_etag(void)
{
    offer_one((struct repository_fault){ .when = REPOSITORY_AT_PERCENT,
                                         .number = 50,
                                         .deed = REPOSITORY_SWITCH });
    CU_ASSERT_EQUAL(get(NULL).at_break, REPOSITORY_CLOSES);
    /* by If-Range the whole of the other one, else a part of it */
    const struct repository_http_answer whole =
        ask("bytes=1000-", fixture.etag, NULL);
    const struct repository_http_answer part = get("bytes=1000-");

    CU_ASSERT_EQUAL(whole.status, 200);
    CU_ASSERT_EQUAL(whole.body_length, OTHER);
    CU_ASSERT_TRUE(whole.is_other);
    CU_ASSERT_STRING_NOT_EQUAL(whole.etag, fixture.etag);
    CU_ASSERT_EQUAL(part.status, 206);
    CU_ASSERT_PTR_EQUAL(part.body, fixture.other + 1000);
    CU_ASSERT_EQUAL(part.size, OTHER);
    CU_ASSERT_EQUAL(part.at_break, REPOSITORY_GOES_ON);
}

static void redirects_lead_to_the_file_or_nowhere(void)
{
    struct repository_http_request request = {
        .protocol = REPOSITORY_HTTP,
        .path = "/a" REPOSITORY_HTTP_MOVED,
    };
    struct repository_http_answer answer;
    struct repository_fault fault = { .when = REPOSITORY_AT_REQUEST,
                                      .number = 1,
                                      .deed = REPOSITORY_REDIRECT };

    offer_one(fault);
    const struct repository_http_answer first = get(NULL);
    CU_ASSERT_EQUAL(first.status, 302);
    CU_ASSERT_TRUE(first.redirects_away);
    CU_ASSERT_EQUAL(first.body_length, 0);
    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.status, 200);
    CU_ASSERT_EQUAL(answer.body_length, SIZE);
    fault.deed = REPOSITORY_REDIRECT_LOOP;
    offer_one(fault);
    CU_ASSERT_TRUE(get(NULL).redirects_away);
    CU_ASSERT_TRUE(
        repository_http_answer(fixture.repository, &request, &answer));
    CU_ASSERT_EQUAL(answer.status, 302);
    CU_ASSERT_TRUE(answer.redirects_back);
}

/** The first place of all; a code that is due ends it. */
static void several_faults_are_done_together(void)
{
    static const struct repository_fault faults[] = {
        { .when = REPOSITORY_AT_PERCENT,
          .number = 60,
          .deed = REPOSITORY_RESET },
        { .when = REPOSITORY_AT_PERCENT,
          .number = 40,
          .deed = REPOSITORY_CLOSE },
        { .when = REPOSITORY_AT_REQUEST,
          .number = 1,
          .deed = REPOSITORY_LATE,
          .ms = 5 },
        { .when = REPOSITORY_AT_REQUEST,
          .number = 1,
          .deed = REPOSITORY_SLOW,
          .ms = 3 },
        { .when = REPOSITORY_AT_REQUEST,
          .number = 2,
          .deed = REPOSITORY_CODE,
          .code = COAP_CODE(4, 16) },
    };

    offer(faults, sizeof(faults) / sizeof(faults[0]));
    struct repository_http_answer answer = get(NULL);
    CU_ASSERT_EQUAL(answer.at_break, REPOSITORY_CLOSES);
    CU_ASSERT_EQUAL(answer.break_at, 1000);
    CU_ASSERT_EQUAL(answer.late_ms, 5);
    CU_ASSERT_EQUAL(answer.slow_ms, 3);
    answer = get("bytes=1000-");
    CU_ASSERT_EQUAL(answer.status, 416);
    CU_ASSERT_EQUAL(answer.at_break, REPOSITORY_GOES_ON);
}

/** A device that begins anew asks for no part, and gets none refused. */
static void a_range_is_refused_to_who_asks_for_one(void)
{
    static const struct repository_fault fault = {
        .when = REPOSITORY_AT_REQUEST,
        .number = 2,
        .deed = REPOSITORY_CODE,
        .code = COAP_CODE(4, 16),
    };

    offer(&fault, 1);
    CU_ASSERT_EQUAL(get(NULL).status, 200);
    CU_ASSERT_EQUAL(get(NULL).status, 200);
    CU_ASSERT_EQUAL(get("bytes=1000-").status, 416);
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "the range that is asked for is given",
          the_range_that_is_asked_for_is_given },
        { "conditions are held against the ETag",
          conditions_are_held_against_the_etag },
        { "a file is there by its protocol and path only",
          a_file_is_there_by_its_protocol_and_path_only },
        { "an answer breaks off where it is told to",
          an_answer_breaks_off_where_it_is_told_to },
        { "headers and bodies are bent", headers_and_bodies_are_bent },
        { "a weak ETag is good for no resume",
          a_weak_etag_is_good_for_no_resume },
        { "a file that is cut ends as if it were whole",
          a_file_that_is_cut_ends_as_if_it_were_whole },
        { "a code is given until it ends", a_code_is_given_until_it_ends },
        { "a range is refused to who asks for one",
          a_range_is_refused_to_who_asks_for_one },
        { "what happens some times ends", what_happens_some_times_ends },
        { "a request that was held counts once",
          a_request_that_was_held_counts_once },
        { "a HEAD counts as no request", a_head_counts_as_no_request },
        { "a file that is switched has another ETag",
          a_file_that_is_switched_has_another_etag },
        { "redirects lead to the file or nowhere",
          redirects_lead_to_the_file_or_nowhere },
        { "several faults are done together",
          several_faults_are_done_together },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "http_answer.c", NULL, NULL, set_up, tear_down, tests },
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
