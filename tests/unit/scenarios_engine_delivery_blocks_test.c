/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/delivery.h"

static void nothing_said_is_nothing_special(void)
{
    struct delivery_blocks blocks;
    uint32_t size1 = 0;

    CU_ASSERT_EQUAL(delivery_blocks_read(NULL, &blocks, NULL), STATUS_OK);
    CU_ASSERT_FALSE(blocks.has_szx || blocks.has_one_token || blocks.is_text);
    CU_ASSERT_EQUAL(blocks.fault_count, 0);
    CU_ASSERT_TRUE(delivery_blocks_size1(&blocks, 1000, &size1));
    CU_ASSERT_EQUAL(size1, 1000);
}

static void each_wish_is_read(void)
{
    static const struct {
        const char *json;
        bool has_szx;
        uint8_t szx;
        enum delivery_size1 size1;
        bool has_one_token;
        bool is_text;
    } rows[] = {
        { "{\"size\":16}", true, 0, DELIVERY_SIZE1_TRUE, false, false },
        { "{\"size\":1024,\"size1\":\"none\"}", true, 6, DELIVERY_SIZE1_NONE,
          false, false },
        { "{\"size1\":\"smaller\"}", false, 0, DELIVERY_SIZE1_SMALLER, false,
          false },
        { "{\"size1\":\"larger\",\"token\":\"one\"}", false, 0,
          DELIVERY_SIZE1_LARGER, true, false },
        { "{\"token\":\"each\",\"format\":0}", false, 0, DELIVERY_SIZE1_TRUE,
          false, true },
        { "{\"format\":42}", false, 0, DELIVERY_SIZE1_TRUE, false, false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *json = cJSON_Parse(rows[i].json);
        struct delivery_blocks blocks;
        CU_ASSERT_EQUAL_FATAL(delivery_blocks_read(json, &blocks, NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL(blocks.has_szx, rows[i].has_szx);
        CU_ASSERT_EQUAL(blocks.szx, rows[i].szx);
        CU_ASSERT_EQUAL(blocks.size1, rows[i].size1);
        CU_ASSERT_EQUAL(blocks.has_one_token, rows[i].has_one_token);
        CU_ASSERT_EQUAL(blocks.is_text, rows[i].is_text);
        cJSON_Delete(json);
    }
}

static void a_wrong_size_is_half_or_half_as_much_again(void)
{
    struct delivery_blocks blocks = { .size1 = DELIVERY_SIZE1_SMALLER };
    uint32_t size1 = 0;

    CU_ASSERT_TRUE(delivery_blocks_size1(&blocks, 1000, &size1));
    CU_ASSERT_EQUAL(size1, 500);
    blocks.size1 = DELIVERY_SIZE1_LARGER;
    CU_ASSERT_TRUE(delivery_blocks_size1(&blocks, 1000, &size1));
    CU_ASSERT_EQUAL(size1, 1500);
    blocks.size1 = DELIVERY_SIZE1_NONE;
    CU_ASSERT_FALSE(delivery_blocks_size1(&blocks, 1000, &size1));
}

static void each_fault_is_read(void)
{
    static const struct {
        const char *fault;
        struct push_fault wanted;
    } rows[] = {
        { "{\"at\":\"block 3\",\"do\":\"skip\"}",
          { PUSH_AT_BLOCK, 3, PUSH_SKIP, 0 } },
        { "{\"at\":\"0 %\",\"do\":\"swap\"}",
          { PUSH_AT_PERCENT, 0, PUSH_SWAP, 0 } },
        { "{\"at\":\"block 0\",\"do\":\"repeat\"}",
          { PUSH_AT_BLOCK, 0, PUSH_REPEAT, 0 } },
        { "{\"at\":\"each\",\"do\":\"retransmit\"}",
          { PUSH_AT_EACH, 0, PUSH_COPY, 0 } },
        { "{\"at\":\"end\",\"do\":\"retransmit\"}",
          { PUSH_AT_END, 0, PUSH_COPY, 0 } },
        { "{\"at\":\"50 %\",\"do\":\"size 256\"}",
          { PUSH_AT_PERCENT, 50, PUSH_SIZE, 4 } },
        { "{\"at\":\"end\",\"do\":\"szx 7\"}",
          { PUSH_AT_END, 0, PUSH_RESERVED, 0 } },
        { "{\"at\":\"50 %\",\"do\":\"damage\"}",
          { PUSH_AT_PERCENT, 50, PUSH_DAMAGE, 0 } },
        { "{\"at\":\"end\",\"do\":\"empty\"}",
          { PUSH_AT_END, 0, PUSH_EMPTY, 0 } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[128];
        struct delivery_blocks blocks;
        (void)snprintf(text, sizeof(text), "{\"faults\":[%s]}", rows[i].fault);
        cJSON *json = cJSON_Parse(text);
        CU_ASSERT_EQUAL_FATAL(delivery_blocks_read(json, &blocks, NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(blocks.fault_count, 1);
        CU_ASSERT_EQUAL(blocks.faults[0].when, rows[i].wanted.when);
        CU_ASSERT_EQUAL(blocks.faults[0].number, rows[i].wanted.number);
        CU_ASSERT_EQUAL(blocks.faults[0].deed, rows[i].wanted.deed);
        CU_ASSERT_EQUAL(blocks.faults[0].szx, rows[i].wanted.szx);
        cJSON_Delete(json);
    }
}

static void what_cannot_be_read_is_named(void)
{
    static const char at[] =
        "blocks/faults/at: expected 'block N', 'N %', 'end' or 'each'";
    static const char deed[] =
        "blocks/faults/do: expected 'skip', 'swap', 'repeat', 'retransmit', "
        "'size N', 'szx 7', 'damage' or 'empty'";
    static const char list[] = "blocks/faults: expected a list of {at, do}";
    static const char whole[] =
        "blocks: expected an object of size, size1, token, format, faults";
    static const struct {
        const char *json;
        const char *reason;
    } rows[] = {
        { "7", whole },
        { "{}", whole },
        { "{\"sizes\":16}", "blocks: expected size, size1, token, format or "
                            "faults, found 'sizes'" },
        { "{\"size\":17}", "blocks/size: expected 16, 32, 64 … 1024" },
        { "{\"size\":2048}", "blocks/size: expected 16, 32, 64 … 1024" },
        { "{\"size1\":7}", "blocks/size1: expected 'true', 'none', 'smaller' "
                           "or 'larger'" },
        { "{\"token\":\"two\"}", "blocks/token: expected 'each' or 'one'" },
        { "{\"format\":11542}", "blocks/format: expected 42, or 0 for Base64" },
        { "{\"faults\":{}}", list },
        { "{\"faults\":[]}", list },
        { "{\"faults\":[{}]}", at },
        { "{\"faults\":[7]}", at },
        { "{\"faults\":[{\"at\":\"101 %\",\"do\":\"skip\"}]}", at },
        { "{\"faults\":[{\"at\":\"block\",\"do\":\"skip\"}]}", at },
        { "{\"faults\":[{\"at\":\"block 1234567890\",\"do\":\"skip\"}]}", at },
        { "{\"faults\":[{\"at\":\"request 3\",\"do\":\"skip\"}]}", at },
        { "{\"faults\":[{\"at\":\"end\"}]}", deed },
        { "{\"faults\":[{\"at\":\"end\",\"do\":\"4.04\"}]}", deed },
        { "{\"faults\":[{\"at\":\"end\",\"do\":\"size 17\"}]}", deed },
        { "{\"faults\":[{\"at\":\"end\",\"do\":\"size\"}]}", deed },
        { "{\"faults\":[{\"at\":\"end\",\"do\":\"\"}]}", deed },
        { "{\"faults\":[{\"at\":\"end\",\"do\":\"skip\"}]}",
          "blocks/faults: 'skip' is not possible at 'end'" },
        { "{\"faults\":[{\"at\":\"each\",\"do\":\"szx 7\"}]}",
          "blocks/faults: 'szx 7' is not possible at 'each'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct delivery_blocks blocks = { .szx = 5 };
        cJSON *json = cJSON_Parse(rows[i].json);
        CU_ASSERT_EQUAL(delivery_blocks_read(json, &blocks, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].reason);
        CU_ASSERT_EQUAL(blocks.szx, 5);
        cJSON_Delete(json);
    }
}

static void there_is_room_for_so_many_faults(void)
{
    struct delivery_blocks blocks;
    cJSON *json = cJSON_Parse("{\"faults\":[]}");
    cJSON *faults = cJSON_GetObjectItemCaseSensitive(json, "faults");

    for (size_t i = 0; i <= PUSH_FAULTS_MAX; i++) {
        cJSON_AddItemToArray(
            faults, cJSON_Parse("{\"at\":\"block 1\",\"do\":\"skip\"}"));
        CU_ASSERT_EQUAL(delivery_blocks_read(json, &blocks, NULL),
                        i < PUSH_FAULTS_MAX ? STATUS_OK : STATUS_MALFORMED);
    }
    cJSON_Delete(json);
}

/** A step says what it goes by, as far as that can do it. */
static void a_mechanism_of_its_own_has_to_be_able_to(void)
{
    static const char by[] = "by: expected 'push' or 'pull', as the rest of "
                             "the step can be done";
    static const struct {
        const char *more; /* of the step */
        enum mechanism by;
        const char *reason; /* NULL: it is read */
    } rows[] = {
        { "\"by\":\"push\"", MECHANISM_PUSH, NULL },
        { "\"by\":\"pull\"", MECHANISM_PULL, NULL },
        { "\"by\":\"push\",\"blocks\":{\"size\":16}", MECHANISM_PUSH, NULL },
        { "\"by\":\"pull\",\"blocks\":{\"size\":16}", MECHANISM_NONE, by },
        { "\"by\":\"push\",\"from\":\"lwm2m\"", MECHANISM_NONE, by },
        { "\"by\":\"post\"", MECHANISM_NONE, by },
        { "\"by\":7", MECHANISM_NONE, by },
        { "\"blocks\":{\"size\":17}", MECHANISM_NONE,
          "blocks/size: expected 16, 32, 64 … 1024" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct delivery delivery = { .by = MECHANISM_NONE };
        char text[256];
        (void)snprintf(text, sizeof(text), "{\"deliver\":\"G\",%s}",
                       rows[i].more);
        cJSON *step = cJSON_Parse(text);
        CU_ASSERT_EQUAL(delivery_read(step, &delivery, &reason),
                        rows[i].reason == NULL ? STATUS_OK : STATUS_MALFORMED);
        CU_ASSERT_EQUAL(delivery.by, rows[i].by);
        CU_ASSERT_TRUE(rows[i].reason == NULL ||
                       strcmp(reason.text, rows[i].reason) == 0);
        cJSON_Delete(step);
    }
}

static void blocks_are_what_a_pull_cannot_do(void)
{
    static const struct {
        const char *steps;
        const char *push;
        const char *pull;
    } rows[] = {
        { "[{\"deliver\":\"G\",\"blocks\":{\"size\":16}}]", NULL,
          "pull: the case is about the blocks of a push" },
        { "[{\"deliver\":\"G\",\"by\":\"push\",\"blocks\":{\"size\":16}}]",
          NULL, NULL },
        { "[{\"deliver\":\"G\",\"by\":\"pull\",\"from\":\"lwm2m\"}]", NULL,
          NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *steps = cJSON_Parse(rows[i].steps);
        const char *push =
            delivery_misfit(steps, MECHANISM_PUSH, REPOSITORY_COAP);
        const char *pull =
            delivery_misfit(steps, MECHANISM_PULL, REPOSITORY_COAP);
        CU_ASSERT_EQUAL(push == NULL, rows[i].push == NULL);
        CU_ASSERT_EQUAL(pull == NULL, rows[i].pull == NULL);
        CU_ASSERT_TRUE(pull == NULL || strcmp(pull, rows[i].pull) == 0);
        cJSON_Delete(steps);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "nothing", nothing_said_is_nothing_special },
        { "wishes", each_wish_is_read },
        { "wrong sizes", a_wrong_size_is_half_or_half_as_much_again },
        { "faults", each_fault_is_read },
        { "what cannot be read", what_cannot_be_read_is_named },
        { "room", there_is_room_for_so_many_faults },
        { "by", a_mechanism_of_its_own_has_to_be_able_to },
        { "abilities", blocks_are_what_a_pull_cannot_do },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "blocks of a delivery", NULL, NULL, NULL, NULL, tests },
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
