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
    { "{\"deliver\":\"G\"}", "G", NULL, false, false, 0, { .number = 0 } },
    { "{\"deliver\":{\"uri\":\"ftp://h/f\"}}",
      NULL,
      "ftp://h/f",
      false,
      false,
      0,
      { .number = 0 } },
    { "{\"deliver\":\"G\",\"from\":\"lwm2m\"}",
      "G",
      NULL,
      true,
      false,
      0,
      { .number = 0 } },
    { "{\"deliver\":\"G\",\"from\":\"repository\"}",
      "G",
      NULL,
      false,
      false,
      0,
      { .number = 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"50 %\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { .when = REPOSITORY_AT_PERCENT,
        .number = 50,
        .deed = REPOSITORY_STOP,
        .code = 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"block 7\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { .when = REPOSITORY_AT_BLOCK,
        .number = 7,
        .deed = REPOSITORY_STOP,
        .code = 0 } },
    { "{\"deliver\":\"G\",\"pause-at\":\"end\"}",
      "G",
      NULL,
      false,
      true,
      0,
      { .when = REPOSITORY_AT_END,
        .number = 0,
        .deed = REPOSITORY_STOP,
        .code = 0 } },
    { "{\"deliver\":\"G\",\"faults\":[{\"at\":\"request 3\",\"do\":"
      "\"4.04\"}]}",
      "G",
      NULL,
      false,
      false,
      1,
      { .when = REPOSITORY_AT_REQUEST,
        .number = 3,
        .deed = REPOSITORY_CODE,
        .code = COAP_CODE(4, 4) } },
    { "{\"deliver\":\"G\",\"faults\":[{\"at\":\"0 %\",\"do\":\"stop\"},"
      "{\"at\":\"end\",\"do\":\"5.31\"}]}",
      "G",
      NULL,
      false,
      false,
      2,
      { .when = REPOSITORY_AT_PERCENT,
        .number = 0,
        .deed = REPOSITORY_STOP,
        .code = 0 } },
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

/** Each deed, with what belongs to it. */
static const struct {
    const char *fault; /* without "at" */
    struct repository_fault wanted;
    enum limit wait;
} faults[] = {
    { "\"do\":\"late\",\"by\":\"stall\",\"percent\":10",
      { .deed = REPOSITORY_LATE, .percent = 10 },
      LIMIT_STALL },
    { "\"do\":\"separate\"", { .deed = REPOSITORY_SEPARATE }, LIMIT_COUNT },
    { "\"do\":\"separate\",\"by\":\"outage\"",
      { .deed = REPOSITORY_SEPARATE },
      LIMIT_OUTAGE },
    { "\"do\":\"lose\",\"percent\":100",
      { .deed = REPOSITORY_LOSE, .percent = 100 },
      LIMIT_COUNT },
    { "\"do\":\"duplicate\"", { .deed = REPOSITORY_DUPLICATE }, LIMIT_COUNT },
    { "\"do\":\"smaller-blocks\",\"block\":64",
      { .deed = REPOSITORY_SMALLER, .szx = 2 },
      LIMIT_COUNT },
    { "\"do\":\"switch\",\"package\":\"M\"",
      { .deed = REPOSITORY_SWITCH },
      LIMIT_COUNT },
    { "\"do\":\"no-etag\"", { .deed = REPOSITORY_NO_ETAG }, LIMIT_COUNT },
    { "\"do\":\"no-size2\"", { .deed = REPOSITORY_NO_SIZE2 }, LIMIT_COUNT },
    { "\"do\":\"size2-larger\"",
      { .deed = REPOSITORY_SIZE2_LARGER },
      LIMIT_COUNT },
    { "\"do\":\"size2-smaller\"",
      { .deed = REPOSITORY_SIZE2_LESS },
      LIMIT_COUNT },
    { "\"do\":\"next-block\",\"times\":3",
      { .deed = REPOSITORY_NEXT_BLOCK, .times = 3 },
      LIMIT_COUNT },
    { "\"do\":\"cut\"", { .deed = REPOSITORY_CUT }, LIMIT_COUNT },
    { "\"do\":\"empty\"", { .deed = REPOSITORY_EMPTY }, LIMIT_COUNT },
    { "\"do\":\"5.03\",\"max-age\":2,\"times\":4",
      { .deed = REPOSITORY_CODE,
        .code = COAP_CODE(5, 3),
        .max_age_s = 2,
        .times = 4 },
      LIMIT_COUNT },
};

static void the_faults_of_a_file_server_are_read(void)
{
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        const struct repository_fault *wanted = &faults[i].wanted;
        struct delivery delivery;
        char text[256];

        (void)snprintf(
            text, sizeof(text),
            "{\"deliver\":\"G\",\"faults\":[{\"at\":\"block 3\",%s}]}",
            faults[i].fault);
        cJSON *step = cJSON_Parse(text);
        CU_ASSERT_EQUAL_FATAL(delivery_read(step, &delivery, NULL), STATUS_OK);
        const struct repository_fault *fault = &delivery.faults[0];
        CU_ASSERT_EQUAL(delivery.fault_count, 1);
        CU_ASSERT_EQUAL(fault->when, REPOSITORY_AT_BLOCK);
        CU_ASSERT_EQUAL(fault->number, 3);
        CU_ASSERT_EQUAL(fault->deed, wanted->deed);
        CU_ASSERT_EQUAL(fault->code, wanted->code);
        CU_ASSERT_EQUAL(fault->max_age_s, wanted->max_age_s);
        CU_ASSERT_EQUAL(fault->times, wanted->times);
        CU_ASSERT_EQUAL(fault->percent, wanted->percent);
        CU_ASSERT_EQUAL(fault->szx, wanted->szx);
        CU_ASSERT_EQUAL(delivery.waits[0], faults[i].wait);
        CU_ASSERT_TRUE(
            (wanted->deed == REPOSITORY_SWITCH) ==
            (delivery.other != NULL && strcmp(delivery.other, "M") == 0));
        cJSON_Delete(step);
    }
}

static void where_a_file_is_offered_is_read(void)
{
    struct delivery delivery;
    cJSON *step =
        cJSON_Parse("{\"deliver\":\"G\",\"from\":\"coap\",\"host\":\"ipv6\","
                    "\"target\":\"/a%20b?c=d\",\"uri-length\":255}");

    CU_ASSERT_EQUAL_FATAL(delivery_read(step, &delivery, NULL), STATUS_OK);
    CU_ASSERT_STRING_EQUAL(delivery.place.target, "/a%20b?c=d");
    CU_ASSERT_TRUE(delivery.place.by_ipv6);
    CU_ASSERT_EQUAL(delivery.place.uri_length, 255);
    cJSON_Delete(step);
}

#define FAULT(deed, more)                                                      \
    "\"faults\":[{\"at\":\"end\",\"do\":\"" deed "\"" more "}]"

static const char bad_when[] =
    "pause-at: expected 'block N', 'N %', 'request N' or 'end'";
static const char bad_at[] =
    "faults/at: expected 'block N', 'N %', 'request N' or 'end'";
static const char bad_deed[] =
    "faults/do: expected an error code such as '4.04', or stop, late, "
    "separate, lose, duplicate, smaller-blocks, switch, no-etag, "
    "no-size2, size2-larger, size2-smaller, next-block, cut, empty; of http "
    "close, reset, ignore-range, wrong-range, weak-etag, slow, redirect or "
    "redirect-loop";
static const char bad_members[] =
    "faults: expected at, do, by, times, percent, max-age, package or "
    "block";
static const char bad_by[] = "faults/by: expected a limit of the profile, for "
                             "late, slow and separate only";
static const char bad_block[] =
    "faults/block: expected 16 to 1024, for smaller-blocks only";
static const char bad_numbers[] = "faults: expected times, percent (1 to 100) "
                                  "and max-age (of an error code) as whole "
                                  "numbers";
static const char bad_package[] = "faults/package: expected the name of "
                                  "another package, for switch only";
static const char bad_from[] = "from: expected 'lwm2m', 'repository' or a "
                               "scheme such as 'https'";
static const struct {
    const char *more; /* of the step */
    const char *reason;
} misfits[] = {
    { "\"pause-at\":\"half\"", bad_when },
    { "\"pause-at\":\"101 %\"", bad_when },
    { "\"pause-at\":\"50%\"", bad_when },
    { "\"pause-at\":\"block\"", bad_when },
    { "\"pause-at\":\"block -1\"", bad_when },
    { "\"pause-at\":\"block 1234567890\"", bad_when },
    { "\"pause-at\":\"request 0\"", bad_when },
    { "\"pause-at\":50", bad_when },
    { "\"from\":\"moon\"", bad_from },
    { "\"from\":\"COAP\"", bad_from },
    { "\"faults\":{}", "faults: expected a list" },
    { "\"faults\":[{}]", bad_at },
    { "\"faults\":[7]", bad_at },
    { "\"faults\":[{\"at\":\"end\"}]", bad_deed },
    { "\"faults\":[{\"at\":\"end\",\"do\":\"2.05\"}]", bad_deed },
    { "\"faults\":[{\"at\":\"end\",\"do\":\"4.32\"}]", bad_deed },
    { "\"faults\":[{\"at\":\"end\",\"do\":\"4.4\"}]", bad_deed },
    { "\"faults\":[{\"at\":\"end\",\"do\":\"4.0x\"}]", bad_deed },
    { "\"faults\":[{\"at\":\"end\",\"do\":\"code\"}]", bad_deed },
    { FAULT("stop", ",\"untill\":1"), bad_members },
    { FAULT("late", ""), bad_by },
    { FAULT("late", ",\"by\":\"moon\""), bad_by },
    { FAULT("lose", ",\"by\":\"stall\""), bad_by },
    { FAULT("smaller-blocks", ""), bad_block },
    { FAULT("smaller-blocks", ",\"block\":48"), bad_block },
    { FAULT("smaller-blocks", ",\"block\":2048"), bad_block },
    { FAULT("lose", ",\"block\":64"), bad_block },
    { FAULT("lose", ",\"percent\":0"), bad_numbers },
    { FAULT("lose", ",\"percent\":101"), bad_numbers },
    { FAULT("4.04", ",\"times\":0"), bad_numbers },
    { FAULT("lose", ",\"max-age\":1"), bad_numbers },
    { FAULT("switch", ""), bad_package },
    { FAULT("lose", ",\"package\":\"M\""), bad_package },
    { "\"target\":\"a\"",
      "target: expected a text that begins with '/' or '?'" },
    { "\"host\":\"ipv4\"", "host: expected 'ipv6'" },
    { "\"uri-length\":1025", "uri-length: expected 1 to 1024" },
};

static void what_cannot_be_read_is_named(void)
{
    for (size_t i = 0; i < sizeof(misfits) / sizeof(misfits[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct delivery delivery = { .package = "untouched" };
        char text[256];

        (void)snprintf(text, sizeof(text), "{\"deliver\":\"G\",%s}",
                       misfits[i].more);
        cJSON *step = cJSON_Parse(text);
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, misfits[i].reason);
        CU_ASSERT_STRING_EQUAL(delivery.package, "untouched");
        cJSON_Delete(step);
    }
}

static void more_faults_than_there_is_room_for_are_refused(void)
{
    struct delivery delivery;
    cJSON *step = cJSON_Parse("{\"deliver\":\"G\",\"faults\":[]}");
    cJSON *list = cJSON_GetObjectItemCaseSensitive(step, "faults");
    size_t most = sizeof(delivery.faults) / sizeof(delivery.faults[0]);

    for (size_t i = 0; i <= most; i++) {
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, NULL), STATUS_OK);
        cJSON_AddItemToArray(list,
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
        { "[{\"deliver\":\"G\",\"target\":\"/a\"}]",
          "push: the case is about a Package URI" },
        { "[{\"deliver\":\"G\",\"uri-length\":9}]",
          "push: the case is about a Package URI" },
        { "[{\"read\":\"/3\"},{\"each\":\"all\",\"steps\":[{\"deliver\":"
          "\"G\",\"faults\":[]}]}]",
          "push: the case lets the file server misbehave" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *steps = cJSON_Parse(rows[i].steps);
        const char *why =
            delivery_misfit(steps, MECHANISM_PUSH, REPOSITORY_COAP);

        CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
        CU_ASSERT_EQUAL(why == NULL, rows[i].push == NULL);
        CU_ASSERT_TRUE(why == NULL || strcmp(why, rows[i].push) == 0);
        CU_ASSERT_PTR_NULL(
            delivery_misfit(steps, MECHANISM_PULL, REPOSITORY_COAP));
        cJSON_Delete(steps);
    }
    CU_ASSERT_PTR_NULL(delivery_misfit(NULL, MECHANISM_PUSH, REPOSITORY_COAP));
}

/** "by" says how, whatever the case runs by. */
static void a_step_may_have_a_mechanism_of_its_own(void)
{
    struct delivery delivery;
    struct reason reason = { .status = STATUS_OK };
    cJSON *step = cJSON_Parse(
        "{\"deliver\":\"G\",\"by\":\"pull\",\"from\":\"repository\"}");

    CU_ASSERT_EQUAL_FATAL(delivery_read(step, &delivery, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(delivery.by, MECHANISM_PULL);
    CU_ASSERT_PTR_NULL(delivery_misfit(step, MECHANISM_PUSH, REPOSITORY_COAP));
    cJSON_ReplaceItemInObject(step, "by", cJSON_CreateString("push"));
    CU_ASSERT_EQUAL(delivery_read(step, &delivery, &reason), STATUS_MALFORMED);
    CU_ASSERT_STRING_EQUAL(reason.text, "by: expected 'push' or 'pull', as "
                                        "the rest of the step can be done");
    cJSON_Delete(step);
    step = cJSON_Parse("{\"deliver\":\"G\"}");
    CU_ASSERT_EQUAL_FATAL(delivery_read(step, &delivery, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(delivery.by, MECHANISM_NONE);
    cJSON_Delete(step);
}

/** Which file server can do what, and what the device fetches by. */
static void what_a_protocol_cannot_do_is_said(void)
{
    static const struct {
        const char *more; /* of the step */
        enum repository_protocol protocol;
        const char *why; /* NULL: it can */
    } rows[] = {
        { "\"again\":true", REPOSITORY_COAP, NULL },
        { "\"from\":\"lwm2m\"", REPOSITORY_COAP, NULL },
        { "\"from\":\"lwm2m\"", REPOSITORY_HTTP,
          "pull: the case is about the port of the LwM2M server" },
        { FAULT("close", ""), REPOSITORY_COAP,
          "pull: the case is about a connection that ends" },
        { FAULT("close", ""), REPOSITORY_COAP_TCP, NULL },
        { FAULT("5.00", ""), REPOSITORY_COAP, NULL },
        { FAULT("separate", ""), REPOSITORY_COAP, NULL },
        { FAULT("close", ""), REPOSITORY_HTTP, NULL },
        { FAULT("5.00", ""), REPOSITORY_HTTP,
          "pull: by HTTP no error code comes in the middle of a file" },
        { "\"from\":\"http\"," FAULT("separate", ""), REPOSITORY_COAP,
          "pull: the case is about single messages of CoAP over UDP" },
        { "\"faults\":[{\"at\":\"request 2\",\"do\":\"4.04\"}]",
          REPOSITORY_HTTP, "pull: by HTTP a file is one request" },
        { "\"faults\":[{\"at\":\"request 2\",\"do\":\"4.04\"}]",
          REPOSITORY_COAP, NULL },
        { "\"faults\":[{\"at\":\"50 %\",\"do\":\"close\"},"
          "{\"at\":\"request 2\",\"do\":\"4.16\"}]",
          REPOSITORY_HTTP, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];

        (void)snprintf(text, sizeof(text), "[{\"deliver\":\"G\",%s}]",
                       rows[i].more);
        cJSON *steps = cJSON_Parse(text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
        const char *why =
            delivery_misfit(steps, MECHANISM_PULL, rows[i].protocol);
        CU_ASSERT_EQUAL(why == NULL, rows[i].why == NULL);
        CU_ASSERT_TRUE(why == NULL || rows[i].why == NULL ||
                       strcmp(why, rows[i].why) == 0);
        cJSON_Delete(steps);
    }
}

/** By deed: which protocols can do it at a request, and within a file. */
static void the_deeds_of_each_protocol_are_told(void)
{
    static const struct {
        enum repository_deed deed;
        const char *at_request; /* a letter for each of Resource 8 */
        const char *within;
    } rows[] = {
        { REPOSITORY_STOP, "yyyyyy", "yyyyyy" },
        { REPOSITORY_CODE, "yyyyyy", "yy--yy" },
        { REPOSITORY_SEPARATE, "yy----", "yy----" },
        { REPOSITORY_SMALLER, "yy--yy", "yy--yy" },
        { REPOSITORY_SWITCH, "yyyyyy", "yyyyyy" },
        { REPOSITORY_CLOSE, "--yyyy", "--yyyy" },
        { REPOSITORY_RESET, "yyyyyy", "yyyyyy" },
        { REPOSITORY_REDIRECT, "--yy--", "--yy--" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int j = 0; j < REPOSITORY_PROTOCOLS; j++) {
            struct repository_fault fault = { .deed = rows[i].deed,
                                              .when = REPOSITORY_AT_REQUEST,
                                              .number = 1 };
            enum repository_protocol protocol = (enum repository_protocol)j;
            CU_ASSERT_EQUAL(delivery_fault_misfit(&fault, protocol) == NULL,
                            rows[i].at_request[j] == 'y');
            fault.when = REPOSITORY_AT_PERCENT;
            const char *why = delivery_fault_misfit(&fault, protocol);
            CU_ASSERT_EQUAL(why == NULL, rows[i].within[j] == 'y');
            CU_ASSERT_TRUE(why == NULL || strncmp(why, "pull: ", 6) == 0);
        }
    }
}

static void wrong_credentials_need_a_protocol_that_shows_some(void)
{
    static const struct {
        const char *steps;
        bool can[REPOSITORY_PROTOCOLS];
    } rows[] = {
        { "[{\"deliver\":\"G\",\"credentials\":\"expired\"}]",
          { [REPOSITORY_COAPS] = true, [REPOSITORY_COAPS_TCP] = true } },
        { "[{\"deliver\":\"G\",\"credentials\":\"good\"}]",
          { [REPOSITORY_COAP] = true,
            [REPOSITORY_COAPS] = true,
            [REPOSITORY_COAP_TCP] = true,
            [REPOSITORY_COAPS_TCP] = true } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *steps = cJSON_Parse(rows[i].steps);
        CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
        CU_ASSERT_PTR_NOT_NULL(
            delivery_misfit(steps, MECHANISM_PUSH, REPOSITORY_COAP));
        for (int j = 0; j < REPOSITORY_PROTOCOLS; j++) {
            if (j != REPOSITORY_HTTP && j != REPOSITORY_HTTPS) {
                CU_ASSERT_EQUAL(delivery_misfit(steps, MECHANISM_PULL,
                                                (enum repository_protocol)j) ==
                                    NULL,
                                rows[i].can[j]);
            }
        }
        cJSON_Delete(steps);
    }
}

static void credentials_are_one_of_the_known_kinds(void)
{
    static const struct {
        const char *step;
        enum status status;
        enum authority_kind kind;
    } rows[] = {
        { "{\"deliver\":\"G\"}", STATUS_OK, AUTHORITY_GOOD },
        { "{\"deliver\":\"G\",\"credentials\":\"other-host\"}", STATUS_OK,
          AUTHORITY_OTHER_HOST },
        { "{\"deliver\":\"G\",\"credentials\":\"bad\"}", STATUS_MALFORMED,
          AUTHORITY_GOOD },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct delivery delivery = { .package = NULL };
        struct reason reason = { .text = "" };
        cJSON *step = cJSON_Parse(rows[i].step);
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, &reason),
                        rows[i].status);
        CU_ASSERT_EQUAL(delivery.place.credentials, rows[i].kind);
        CU_ASSERT_EQUAL(strstr(reason.text, "self-signed") != NULL,
                        rows[i].status != STATUS_OK);
        cJSON_Delete(step);
    }
}

static void what_follows_the_campaign_is_known(void)
{
    static const struct {
        const char *steps;
        bool follows;
    } rows[] = {
        { "[{\"deliver\":\"G\"}]", true },
        { "[{\"deliver\":\"G\",\"from\":\"repository\"}]", true },
        { "[{\"deliver\":\"G\",\"from\":\"lwm2m\"}]", false },
        { "[{\"deliver\":\"G\",\"from\":\"http\"}]", false },
        { "[{\"deliver\":\"G\",\"by\":\"push\"}]", false },
        { "[{\"deliver\":{\"uri\":\"ftp://h/f\"}}]", false },
        { "[{\"deliver\":{\"uri\":\"{scheme}://h/f\"}}]", true },
        { "[{\"read\":\"/3\"},{\"where\":\"all\",\"steps\":[{\"deliver\":"
          "\"G\"}]}]",
          true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *steps = cJSON_Parse(rows[i].steps);

        CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
        CU_ASSERT_EQUAL(delivery_follows(steps, MECHANISM_PULL),
                        rows[i].follows);
        CU_ASSERT_FALSE(delivery_follows(steps, MECHANISM_PUSH));
        cJSON_Delete(steps);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "what a step asks for is read", what_a_step_asks_for_is_read },
        { "the faults of a file server are read",
          the_faults_of_a_file_server_are_read },
        { "where a file is offered is read", where_a_file_is_offered_is_read },
        { "what cannot be read is named", what_cannot_be_read_is_named },
        { "more faults than there is room for are refused",
          more_faults_than_there_is_room_for_are_refused },
        { "what a mechanism cannot do is said",
          what_a_mechanism_cannot_do_is_said },
        { "a step may have a mechanism of its own",
          a_step_may_have_a_mechanism_of_its_own },
        { "what a protocol cannot do is said",
          what_a_protocol_cannot_do_is_said },
        { "the deeds of each protocol are told",
          the_deeds_of_each_protocol_are_told },
        { "wrong credentials need a protocol that shows some",
          wrong_credentials_need_a_protocol_that_shows_some },
        { "credentials are one of the known kinds",
          credentials_are_one_of_the_known_kinds },
        { "what follows the campaign is known",
          what_follows_the_campaign_is_known },
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
