/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/delivery.h"

static const struct {
    const char *step;
    const char *package;
    const char *uri;
    bool on_lwm2m_port;
    bool pauses;
    size_t faults;
    struct repository_fault first; /* the pause, else the first fault */
} wishes[] = {
    { "{\"deliver\":\"G\"}", "G", NULL, false, false, 0, { 0, 0, 0, 0 } },
    { "{\"deliver\":{\"uri\":\"ftp://h/f\"}}",
      NULL,
      "ftp://h/f",
      false,
      false,
      0,
      { 0, 0, 0, 0 } },
    { "{\"deliver\":\"G\",\"from\":\"lwm2m\"}",
      "G",
      NULL,
      true,
      false,
      0,
      { 0, 0, 0, 0 } },
    { "{\"deliver\":\"G\",\"from\":\"repository\"}",
      "G",
      NULL,
      false,
      false,
      0,
      { 0, 0, 0, 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"50 %\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { REPOSITORY_AT_PERCENT, 50, REPOSITORY_STOP, 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"block 7\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { REPOSITORY_AT_BLOCK, 7, REPOSITORY_STOP, 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"end\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { REPOSITORY_AT_END, 0, REPOSITORY_STOP, 0 } },
    { "{\"deliver\":\"G\",\"faults\":[{\"at\":\"request 3\",\"do\":"
      "\"4.04\"}]}",
      "G",
      NULL,
      false,
      false,
      1,
      { REPOSITORY_AT_REQUEST, 3, REPOSITORY_CODE, COAP_CODE(4, 4) } },
    { "{\"deliver\":\"G\",\"faults\":[{\"at\":\"0 %\",\"do\":\"stop\"},"
      "{\"at\":\"end\",\"do\":\"5.31\"}]}",
      "G",
      NULL,
      false,
      false,
      2,
      { REPOSITORY_AT_PERCENT, 0, REPOSITORY_STOP, 0 } },
};

static void what_a_step_asks_for_is_read(void)
{
    for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
        cJSON *step = cJSON_Parse(wishes[i].step);
        struct delivery delivery;

        CU_ASSERT_EQUAL_FATAL(delivery_read(step, &delivery, NULL), STATUS_OK);
        CU_ASSERT_EQUAL(delivery.package == NULL, wishes[i].package == NULL);
        CU_ASSERT_EQUAL(delivery.uri == NULL, wishes[i].uri == NULL);
        CU_ASSERT_TRUE(wishes[i].package == NULL ||
                       strcmp(delivery.package, wishes[i].package) == 0);
        CU_ASSERT_TRUE(wishes[i].uri == NULL ||
                       strcmp(delivery.uri, wishes[i].uri) == 0);
        CU_ASSERT_EQUAL(delivery.on_lwm2m_port, wishes[i].on_lwm2m_port);
        CU_ASSERT_EQUAL(delivery.pauses, wishes[i].pauses);
        CU_ASSERT_EQUAL(delivery.fault_count, wishes[i].faults);
        const struct repository_fault *first =
            wishes[i].pauses ? &delivery.pause : &delivery.faults[0];
        if (wishes[i].pauses || wishes[i].faults > 0) {
            CU_ASSERT_EQUAL(first->when, wishes[i].first.when);
            CU_ASSERT_EQUAL(first->number, wishes[i].first.number);
            CU_ASSERT_EQUAL(first->deed, wishes[i].first.deed);
            CU_ASSERT_EQUAL(first->code, wishes[i].first.code);
        }
        cJSON_Delete(step);
    }
}

static void what_cannot_be_read_is_named(void)
{
    static const char when[] =
        "pause-at: expected 'block N', 'N %', 'request N' or 'end'";
    static const char at[] =
        "faults/at: expected 'block N', 'N %', 'request N' or 'end'";
    static const char deed[] =
        "faults/do: expected 'stop' or an error code such as '4.04'";
    static const struct {
        const char *more; /* of the step */
        const char *reason;
    } rows[] = {
        { "\"pause-at\":\"half\"", when },
        { "\"pause-at\":\"101 %\"", when },
        { "\"pause-at\":\"50%\"", when },
        { "\"pause-at\":\"block\"", when },
        { "\"pause-at\":\"block -1\"", when },
        { "\"pause-at\":\"block 1234567890\"", when },
        { "\"pause-at\":\"request 0\"", when },
        { "\"pause-at\":50", when },
        { "\"from\":\"moon\"", "from: expected 'lwm2m' or 'repository'" },
        { "\"faults\":{}", "faults: expected a list" },
        { "\"faults\":[{}]", at },
        { "\"faults\":[7]", at },
        { "\"faults\":[{\"at\":\"end\"}]", deed },
        { "\"faults\":[{\"at\":\"end\",\"do\":\"2.05\"}]", deed },
        { "\"faults\":[{\"at\":\"end\",\"do\":\"4.32\"}]", deed },
        { "\"faults\":[{\"at\":\"end\",\"do\":\"4.4\"}]", deed },
        { "\"faults\":[{\"at\":\"end\",\"do\":\"4.0x\"}]", deed },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct delivery delivery = { .package = "untouched" };
        char text[256];

        (void)snprintf(text, sizeof(text), "{\"deliver\":\"G\",%s}",
                       rows[i].more);
        cJSON *step = cJSON_Parse(text);
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].reason);
        CU_ASSERT_STRING_EQUAL(delivery.package, "untouched");
        cJSON_Delete(step);
    }
}

static void more_faults_than_there_is_room_for_are_refused(void)
{
    struct delivery delivery;
    cJSON *step = cJSON_Parse("{\"deliver\":\"G\",\"faults\":[]}");
    cJSON *faults = cJSON_GetObjectItemCaseSensitive(step, "faults");
    size_t most = sizeof(delivery.faults) / sizeof(delivery.faults[0]);

    for (size_t i = 0; i <= most; i++) {
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, NULL), STATUS_OK);
        cJSON_AddItemToArray(faults,
                             cJSON_Parse("{\"at\":\"end\",\"do\":\"stop\"}"));
    }
    CU_ASSERT_EQUAL(delivery_read(step, &delivery, NULL), STATUS_MALFORMED);
    cJSON_Delete(step);
}

/** A mechanism that cannot do what a step asks for says so. */
static void what_a_mechanism_cannot_do_is_said(void)
{
    static const struct {
        const char *steps;
        const char *push; /* NULL: it can */
    } rows[] = {
        { "[{\"deliver\":\"G\"}]", NULL },
        { "[{\"deliver\":\"G\",\"pause-at\":\"50 %\"}]", NULL },
        { "[{\"read\":\"/3\",\"from\":\"moon\"}]", NULL },
        { "[{\"deliver\":\"G\",\"faults\":[]}]",
          "push: the case lets the file server misbehave" },
        { "[{\"deliver\":\"G\",\"from\":\"lwm2m\"}]",
          "push: the case is about where a file is fetched from" },
        { "[{\"deliver\":{\"uri\":\"ftp://h/f\"}}]",
          "push: the case is about a Package URI" },
        { "[{\"read\":\"/3\"},{\"each\":\"all\",\"steps\":[{\"deliver\":"
          "\"G\",\"faults\":[]}]}]",
          "push: the case lets the file server misbehave" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *steps = cJSON_Parse(rows[i].steps);
        const char *why = delivery_misfit(steps, MECHANISM_PUSH);

        CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
        CU_ASSERT_EQUAL(why == NULL, rows[i].push == NULL);
        CU_ASSERT_TRUE(why == NULL || strcmp(why, rows[i].push) == 0);
        CU_ASSERT_PTR_NULL(delivery_misfit(steps, MECHANISM_PULL));
        cJSON_Delete(steps);
    }
    CU_ASSERT_PTR_NULL(delivery_misfit(NULL, MECHANISM_PUSH));
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "what a step asks for is read", what_a_step_asks_for_is_read },
        { "what cannot be read is named", what_cannot_be_read_is_named },
        { "more faults than there is room for are refused",
          more_faults_than_there_is_room_for_are_refused },
        { "what a mechanism cannot do is said",
          what_a_mechanism_cannot_do_is_said },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "delivery.c", NULL, NULL, NULL, NULL, tests },
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
