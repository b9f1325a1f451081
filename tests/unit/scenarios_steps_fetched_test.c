/* SPDX-License-Identifier: Apache-2.0 */
/* What was asked of our file server: packages as a whole, and how often. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/look.h"
#include "scenarios/steps/verbs.h"
#include "tests/unit/scenarios_steps_fake.h"

enum { FILE_X = 7, FILE_Y = 8, SIZE = 100, SZX_32 = 1 };

/** A request for a block of 32 bytes. */
struct request {
    uint64_t file;
    uint64_t offset;
    uint8_t code;
    bool is_other;
};

static struct run *run;

static void begin(void)
{
    run = fake_new();
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 1, \"package\": \"G\", \"instance\": 0, "
                     "\"size\": 100, \"version\": \"1.1\", \"file\": 7, "
                     "\"other\": {\"package\": \"M\", \"size\": 64, "
                     "\"version\": \"2.2\"}}");
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static void fetch(struct request request)
{
    struct journal_event event = { .kind = (enum journal_kind)SERVER_REPOSITORY,
                                   .as.server = { .kind = SERVER_REPOSITORY,
                                                  .id = request.file } };

    event.as.server.as.repository = (struct server_repository_view){
        .code = request.code,
        .has_block2 = true,
        .block2 = { (uint32_t)(request.offset / 32), true, SZX_32 },
        .offset = request.offset,
        .size = request.is_other ? 64 : SIZE,
        .is_other = request.is_other
    };
    fake_append(run, event);
}

static void fetch_blocks(uint64_t from, uint64_t to, bool is_other)
{
    for (uint64_t offset = from; offset < to; offset += 32) {
        fetch((struct request){ FILE_X, offset, COAP_CODE(2, 5), is_other });
    }
}

static void judge(const char *expect, enum finding_level level)
{
    char step[256];

    (void)snprintf(step, sizeof(step),
                   "{\"expect\": {%s}, \"req\": [\"AFU-048\"]}", expect);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL_FATAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
}

static void all_blocks_are_the_whole(void)
{
    begin();
    fetch_blocks(0, SIZE, false);
    judge("\"fetched\": \"G\"", FINDING_PASS);
    judge("\"fetched\": [\"M\", \"G\"]", FINDING_PASS);
    judge("\"fetched\": \"M\"", FINDING_FAIL);
    judge("\"fetched\": {\"pass\": \"M\", \"warn\": \"G\"}", FINDING_WARNING);
    end();
}

/** In whatever order, and more than once. */
static void the_order_does_not_matter(void)
{
    begin();
    fetch_blocks(64, SIZE, false);
    fetch_blocks(0, 96, false);
    judge("\"fetched\": \"G\"", FINDING_PASS);
    end();
}

static void a_hole_is_no_whole(void)
{
    static const struct request holes[] = {
        { FILE_X, 64, COAP_CODE(5, 3), false },
        { FILE_X, 64, 0, false },
        { FILE_Y, 64, COAP_CODE(2, 5), false },
        { FILE_X, 32, COAP_CODE(2, 5), true }, /* of the other content */
    };

    for (size_t i = 0; i < sizeof(holes) / sizeof(holes[0]); i++) {
        begin();
        fetch_blocks(0, 64, false);
        fetch(holes[i]);
        fetch_blocks(96, SIZE, false);
        judge("\"fetched\": [\"G\", \"M\"]", FINDING_FAIL);
        end();
    }
}

static void what_is_missing_at_the_end_counts(void)
{
    begin();
    fetch_blocks(0, 96, false);
    judge("\"fetched\": [\"G\", \"M\"]", FINDING_FAIL);
    end();
}

/** The first half of one and the second half of the other are neither. */
static void two_halves_are_a_mixture(void)
{
    begin();
    fetch_blocks(0, 32, false);
    fetch_blocks(32, 64, true);
    judge("\"fetched\": [\"G\", \"M\"]", FINDING_FAIL);
    fetch_blocks(0, 32, true);
    judge("\"fetched\": [\"G\", \"M\"]", FINDING_PASS);
    judge("\"fetched\": \"G\"", FINDING_FAIL);
    end();
}

/** What was fetched before does not count for a package of the same name. */
static void the_newest_file_of_a_name_counts(void)
{
    begin();
    fetch_blocks(0, SIZE, false);
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 2, \"package\": \"G\", \"instance\": 0, "
                     "\"size\": 100, \"version\": \"1.1\", \"file\": 8}");
    fetch((struct request){ FILE_Y, 0, COAP_CODE(2, 5), false });
    judge("\"fetched\": \"G\"", FINDING_FAIL);
    end();
}

/** Those for the newest file of the component, and not too many. */
static void requests_are_counted_by_component(void)
{
    begin();
    fetch_blocks(0, SIZE, false);
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
          "\"count\": 4}",
          FINDING_PASS);
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"y\", "
          "\"count\": 0}",
          FINDING_PASS);
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
          "\"most\": 4}",
          FINDING_PASS);
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
          "\"most\": {\"pass\": 2, \"warn\": 4}}",
          FINDING_WARNING);
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
          "\"most\": 3}",
          FINDING_FAIL);
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 2, \"package\": \"M\", \"instance\": 0, "
                     "\"size\": 100, \"version\": \"1.1\", \"file\": 8}");
    judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
          "\"count\": 0}",
          FINDING_PASS);
    end();
}

/** A device may look at the first block to see whether the file is the same. */
static void download_that_begins_anew_shows_by_its_requests(void)
{
    enum { GET = 1, SZX_16 = 0, BLOCKS_OF_16 = 4 };
    static const struct {
        struct server_repository_view view;
        bool is_anew;
    } rows[] = {
        { { .method = GET, .has_asked = true, .asked = { 0, false, SZX_16 } },
          false },
        { { .method = GET, .has_asked = true, .asked = { 1, false, SZX_16 } },
          true },
        { { .method = GET, .has_asked = true, .asked = { 2, false, SZX_16 } },
          false },
        { { .method = GET, .has_asked = true, .asked = { 1, false, SZX_32 } },
          false }, /* of two blocks it is the rest */
        { { .method = GET, .protocol = "http" }, true },
        { { .method = GET, .protocol = "https", .range = "bytes=32-" }, false },
        { { .method = 0, .protocol = "http", .http_method = "HEAD" }, false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event event = {
            .kind = (enum journal_kind)SERVER_REPOSITORY,
            .as.server = { .kind = SERVER_REPOSITORY, .id = FILE_X },
        };
        begin();
        event.as.server.as.repository = rows[i].view;
        event.as.server.as.repository.size = (uint64_t)16 * BLOCKS_OF_16;
        fake_append(run, event);
        judge("\"events\": {\"kind\": \"repository\", \"to\": \"x\", "
              "\"anew\": true, \"most\": {\"pass\": 0, \"warn\": 9}}",
              rows[i].is_anew ? FINDING_WARNING : FINDING_PASS);
        end();
    }
}

/** Over a stream nothing is sent again: what ends a silence is no request. */
static void an_answer_that_ends_a_silence_is_no_request(void)
{
    static const struct {
        struct server_repository_view view;
        bool counts;
    } rows[] = {
        { { .protocol = "coap+tcp", .is_repeated = true }, false },
        { { .protocol = "coaps+tcp", .is_repeated = true }, false },
        { { .protocol = "coap+tcp" }, true },
        { { .protocol = "coaps", .is_repeated = true }, true },
        { { .is_repeated = true }, true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event event = {
            .kind = (enum journal_kind)SERVER_REPOSITORY,
            .as.server = { .kind = SERVER_REPOSITORY, .id = FILE_X },
        };
        begin();
        event.as.server.as.repository = rows[i].view;
        fake_append(run, event);
        judge("\"events\": {\"kind\": \"repository\", \"count\": 0}",
              rows[i].counts ? FINDING_FAIL : FINDING_PASS);
        end();
    }
}

static void grades_of_a_count_are_numbers(void)
{
    static const struct {
        const char *step;
        enum status status;
    } rows[] = {
        { "{\"expect\": {\"events\": {\"kind\": \"repository\", "
          "\"anew\": true, \"most\": {\"pass\": 0, \"warn\": 9}}}}",
          STATUS_OK },
        { "{\"expect\": {\"events\": {\"kind\": \"repository\", "
          "\"most\": {\"pass\": \"no\"}}}}",
          STATUS_MALFORMED },
        { "{\"expect\": {\"events\": {\"kind\": \"repository\", "
          "\"anew\": 1}}}",
          STATUS_MALFORMED },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        cJSON *step = cJSON_Parse(rows[i].step);
        CU_ASSERT_EQUAL(step_expect.check(step, "/steps/0", &reason),
                        rows[i].status);
        cJSON_Delete(step);
    }
}

/** While the blocks come no alternative is lost that wants them all; once the
 *  component is where it should be, no more will come. */
static void what_is_under_way_may_still_be_fetched(void)
{
    static const char step[] =
        "{\"either\": [{\"when\": {\"x\": {\"state\": \"Downloaded\"}}, "
        "\"fetched\": \"G\"}], \"within\": \"download\", "
        "\"req\": [\"AFU-048\"]}";

    begin();
    run->can_reach = true;
    fetch_blocks(0, 64, false);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 1, 0)), STEP_GO_ON);
    fetch_blocks(64, SIZE, false);
    (void)fake_timer(run);
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 0)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_PASS);
    end();
    begin();
    run->can_reach = true;
    fetch_blocks(0, 64, false);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    enum step_progress progress = STEP_GO_ON;
    for (int i = 0; i < 5 && progress == STEP_GO_ON; i++) {
        progress = fake_show(run, fake_view_of(0, 2, 0));
        (void)fake_timer(run);
    }
    CU_ASSERT_EQUAL(progress, STEP_HOPELESS);
    fake_judge(run, STEP_HOPELESS);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_FAIL);
    end();
}

/** Where a package was switched to, its version is the delivered one. */
static void the_version_of_the_other_content_is_known(void)
{
    struct look look;

    begin();
    look = look_of_run(run);
    CU_ASSERT_STRING_EQUAL(look_delivered(&look, 0, NULL), "1.1");
    CU_ASSERT_STRING_EQUAL(look_delivered(&look, 0, "G"), "1.1");
    CU_ASSERT_STRING_EQUAL(look_delivered(&look, 0, "M"), "2.2");
    CU_ASSERT_PTR_NULL(look_delivered(&look, 0, "DEP"));
    end();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "all blocks are the whole", all_blocks_are_the_whole },
        { "the order does not matter", the_order_does_not_matter },
        { "a hole is no whole", a_hole_is_no_whole },
        { "what is missing at the end counts",
          what_is_missing_at_the_end_counts },
        { "two halves are a mixture", two_halves_are_a_mixture },
        { "the newest file of a name counts",
          the_newest_file_of_a_name_counts },
        { "requests are counted by component",
          requests_are_counted_by_component },
        { "anew", download_that_begins_anew_shows_by_its_requests },
        { "the end of a silence", an_answer_that_ends_a_silence_is_no_request },
        { "grades", grades_of_a_count_are_numbers },
        { "what is under way may still be fetched",
          what_is_under_way_may_still_be_fetched },
        { "the version of the other content is known",
          the_version_of_the_other_content_is_known },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "expect_fetched.c and events.c", NULL, NULL, NULL, NULL, tests },
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
