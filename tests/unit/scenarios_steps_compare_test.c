/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* expect: formats, across, main-instance, same, consistent, changed; and write
 * with a type that is not the Resource's. */

static struct run *run;

static void begin(void)
{
    run = fake_new();
    run->profile.limits_ms[LIMIT_CLOCK] = 5000;
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static enum step_progress answer_text(int format, const char *text)
{
    return fake_answer_bytes(run, COAP_CODE(2, 5), format, text, strlen(text));
}

/** The answer to the instance, as SenML JSON with this name. */
static enum step_progress answer_name(const char *name, const char *more)
{
    char text[256];

    (void)snprintf(text, sizeof(text),
                   "[{\"bn\":\"/33629/0/\",\"n\":\"3\",\"v\":0},"
                   "{\"n\":\"5\",\"v\":0},{\"n\":\"14\",\"vs\":\"%s\"}%s]",
                   name, more);
    return answer_text(CONTENT_FORMAT_SENML_JSON, text);
}

static void judge_one(enum finding_level level, const char *observed)
{
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL_FATAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
    if (strcmp(run->findings[0].observed, observed) != 0) {
        printf("observed '%s'\n", run->findings[0].observed);
    }
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, observed);
}

/* formats */

static const char formats[] =
    "{\"expect\": {\"x\": {\"formats\": [110, 110, 112]}},"
    " \"req\": [\"AFU-009\"]}";

/** The Read that each step begins with says nothing here. */
static void start_formats(void)
{
    CU_ASSERT_EQUAL(fake_start(run, formats), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(4, 6)), STEP_GO_ON);
}

static void an_instance_says_the_same_in_each_format(void)
{
    begin();
    start_formats();
    CU_ASSERT_EQUAL(fake_last_request(run)->as.server.as.request.accept,
                    CONTENT_FORMAT_SENML_JSON);
    (void)answer_name("tee", "");
    (void)answer_name("tee", "");
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(4, 6)), STEP_DONE);
    judge_one(FINDING_PASS, "so it is");
    end();
}

static void formats_that_disagree_fail(void)
{
    begin();
    start_formats();
    (void)answer_name("tee", "");
    (void)answer_name("modem", "");
    (void)fake_answer(run, COAP_CODE(4, 6));
    judge_one(FINDING_FAIL, "/33629/0/14 is \"tee\" and \"modem\"");
    start_formats();
    (void)answer_name("tee", "");
    (void)answer_name("tee", ",{\"n\":\"13\",\"v\":7}");
    (void)fake_answer(run, COAP_CODE(4, 6));
    judge_one(FINDING_FAIL, "/33629/0/13 is 7 and (absent)");
    end();
}

static void what_cannot_be_read_is_in_no_format(void)
{
    begin();
    start_formats();
    (void)answer_name("tee", ",{\"n\":\"0\",\"vd\":\"AA\"}");
    (void)fake_answer(run, COAP_CODE(4, 6));
    (void)fake_answer(run, COAP_CODE(4, 6));
    judge_one(FINDING_FAIL, "Resource 0 is there");
    end();
}

static void another_format_and_another_code_are_told(void)
{
    begin();
    start_formats();
    (void)answer_name("tee", "");
    (void)fake_answer(run, COAP_CODE(4, 15));
    (void)answer_name("tee", ""); /* though CBOR was asked for */
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_WARNING), 1);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "4.15 Unsupported Content-Format instead of 4.06");
    CU_ASSERT_STRING_EQUAL(run->findings[1].observed,
                           "an answer in Content-Format 110");
    end();
}

/* across, main-instance */

static void show_three(const char *first, const char *second, const char *third)
{
    struct fake_view view = fake_view_of(0, 0, 0);

    view.version = first;
    (void)fake_show(run, view);
    view = fake_view_of(1, 0, 0);
    view.version = second;
    (void)fake_show(run, view);
    view = fake_view_of(2, 0, 0);
    view.version = third;
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_DONE);
}

static void components_are_held_against_each_other(void)
{
    static const struct {
        const char *word;
        const char *values[3]; /* of Resource 15 */
        enum finding_level level;
    } rows[] = {
        { "different", { "a", "b", "c" }, FINDING_PASS },
        { "different", { "a", "b", "a" }, FINDING_WARNING },
        { "different", { "a", "b", "" }, FINDING_WARNING },
        { "different", { "a", "b", NULL }, FINDING_WARNING },
        { "equal", { "a", "a", "a" }, FINDING_PASS },
        { "equal", { NULL, NULL, NULL }, FINDING_PASS },
        { "equal", { "a", "a", NULL }, FINDING_WARNING },
        { "equal", { "a", "a", "b" }, FINDING_WARNING },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char step[128];

        begin();
        (void)snprintf(step, sizeof(step),
                       "{\"expect\": {\"across\": {\"%s\": 15}}, \"req\": "
                       "[\"AFU-014\"]}",
                       rows[i].word);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
        show_three(rows[i].values[0], rows[i].values[1], rows[i].values[2]);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 1);
        CU_ASSERT_EQUAL(run->findings[0].level, rows[i].level);
        end();
    }
}

static void main_component_should_be_a_certain_instance(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"expect\": {\"main-instance\": 0}, "
                                    "\"req\": [\"AFU-006\"]}"),
                    STEP_DONE);
    judge_one(FINDING_PASS, "instance 0");
    CU_ASSERT_EQUAL(fake_start(run, "{\"expect\": {\"main-instance\": 1}, "
                                    "\"req\": [\"AFU-006\"]}"),
                    STEP_DONE);
    judge_one(FINDING_WARNING, "instance 0");
    end();
}

/* same */

static void an_answer_shows_what_a_read_of_less_shows(void)
{
    static const char step[] =
        "{\"expect\": {\"answer\": {\"same\": [\"/33629/x\"]}}, \"req\": "
        "[\"AFU-009\"]}";

    begin();
    fake_seen(run, fake_view_of(0, 0, 6));
    CU_ASSERT_EQUAL(fake_start(run, "{\"read\": \"/33629\"}"), STEP_GO_ON);
    (void)answer_text(CONTENT_FORMAT_SENML_JSON,
                      "[{\"bn\":\"/33629/\",\"n\":\"0/15\",\"vs\":\"1.0\"},"
                      "{\"n\":\"0/9\",\"v\":1},{\"n\":\"0/5\",\"v\":6},"
                      "{\"n\":\"0/3\",\"v\":0},{\"n\":\"1/3\",\"v\":2}]");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
    judge_one(FINDING_PASS, "the same");
    CU_ASSERT_EQUAL(fake_start(run, "{\"read\": \"/33629\"}"), STEP_GO_ON);
    (void)answer_text(CONTENT_FORMAT_SENML_JSON,
                      "[{\"bn\":\"/33629/\",\"n\":\"0/15\",\"vs\":\"1.0\"},"
                      "{\"n\":\"0/9\",\"v\":1},{\"n\":\"0/5\",\"v\":5},"
                      "{\"n\":\"0/3\",\"v\":0}]");
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
    judge_one(FINDING_FAIL, "/33629/0/5 is 6 and 5");
    end();
}

/* consistent */

static void discover(const char *path, const char *links)
{
    char step[64];

    (void)snprintf(step, sizeof(step), "{\"discover\": \"%s\"}", path);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    if (links == NULL) {
        (void)fake_answer(run, COAP_CODE(4, 4));
    } else {
        (void)answer_text(CONTENT_FORMAT_LINK, links);
    }
}

static void a_discover_agrees_with_those_of_more_and_with_values(void)
{
    static const char all[] =
        "</33629>,</33629/0>,</33629/0/3>,</33629/0/5>,</33629/0/16>;dim=0";
    static const struct {
        const char *path;
        const char *links; /* NULL: 4.04 */
        enum finding_level level;
        const char *observed;
    } rows[] = {
        { "/33629/0", "</33629/0>,</33629/0/3>,</33629/0/5>,</33629/0/16>",
          FINDING_PASS, "so it is" },
        { "/33629/0", "</33629/0>,</33629/0/3>,</33629/0/16>", FINDING_FAIL,
          "/33629/0/5 is not in this Discover" },
        { "/33629/0",
          "</33629/0>,</33629/0/3>,</33629/0/5>,</33629/0/16>,</33629/0/17>",
          FINDING_FAIL, "/33629/0/17 is not in the Discover of more" },
        { "/33629/0/3", "</33629/0/3>", FINDING_PASS, "so it is" },
        { "/33629/0/16", "</33629/0/16>;dim=1", FINDING_PASS, "so it is" },
        { "/33629/0/16", "</33629/0/16>;dim=2", FINDING_FAIL,
          "/33629/0/16 has dim=2 and 1 Resource Instances" },
        { "/33629/0/8", NULL, FINDING_PASS, "4.04, and it is nowhere else" },
        { "/33629/0/5", NULL, FINDING_FAIL, "4.04, and it is there" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake_view view = fake_view_of(0, 2, 0);

        begin();
        view.linked = 1;
        discover("/33629", all);
        fake_seen(run, view);
        discover(rows[i].path, rows[i].links);
        CU_ASSERT_EQUAL(fake_start(run, "{\"expect\": {\"listed\": "
                                        "{\"consistent\": true}}, \"req\": "
                                        "[\"AFU-007\"]}"),
                        STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_TRUE_FATAL(run->finding_count >= 1);
        const struct fake_finding *last =
            &run->findings[run->finding_count - 1];
        CU_ASSERT_EQUAL(last->level, rows[i].level);
        if (strcmp(last->observed, rows[i].observed) != 0) {
            printf("row %zu: %s\n", i, last->observed);
        }
        CU_ASSERT_STRING_EQUAL(last->observed, rows[i].observed);
        end();
    }
}

/* write */

static void write_may_have_another_type_on_purpose(void)
{
    static const char text[] = "[{\"n\":\"/33629/0/13\",\"v\":-5}]";

    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"write\": \"/33629/x/13\", \"value\": "
                                    "-5, \"as\": \"integer\", \"format\": "
                                    "110}"),
                    STEP_GO_ON);
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL(request->payload_length, strlen(text));
    CU_ASSERT_EQUAL(memcmp(request->payload, text, strlen(text)), 0);
    end();
}

static CU_TestInfo tests[] = {
    { "formats", an_instance_says_the_same_in_each_format },
    { "disagree", formats_that_disagree_fail },
    { "hidden", what_cannot_be_read_is_in_no_format },
    { "codes", another_format_and_another_code_are_told },
    { "across", components_are_held_against_each_other },
    { "main", main_component_should_be_a_certain_instance },
    { "same", an_answer_shows_what_a_read_of_less_shows },
    { "consistent", a_discover_agrees_with_those_of_more_and_with_values },
    { "as", write_may_have_another_type_on_purpose },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "compare", NULL, NULL, NULL, NULL, tests },
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
