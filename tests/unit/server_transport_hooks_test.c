/* SPDX-License-Identifier: Apache-2.0 */
/* Which messages a hook meets. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "server/transport/hooks.h"
#include "server/transport/malformed.h"
#include "server/transport/option_reader.h"

#define WAY      UINT64_C(1000)
#define OTHER    UINT64_C(2000)
#define FILE_WAY UINT64_C(3000)

enum { CON = 0, NON = 1, ACK = 2, RST = 3, GET = 1, POST = 2, PUT = 3 };

static struct hooks hooks;

static void set_up(void)
{
    hooks = (struct hooks){ .armed = 0 };
}

/** A message as it is on the wire; `token` is its only byte of token. */
struct words {
    unsigned type;
    unsigned code;
    uint16_t mid;
    uint8_t token;
    const char *path;  /* NULL: none */
    const char *query; /* NULL: none */
    int block1;        /* value of the option; -1: none */
};

static void put(uint8_t *bytes, size_t *length, unsigned delta,
                const char *value, size_t size)
{
    const bool is_extended = delta > 12;

    bytes[(*length)++] = (uint8_t)((is_extended ? 13 : delta) << 4 | size);
    if (is_extended) {
        bytes[(*length)++] = (uint8_t)(delta - 13);
    }
    memcpy(bytes + *length, value, size);
    *length += size;
}

static size_t build(const struct words *words, uint8_t bytes[64])
{
    size_t length = 5;
    unsigned last = 0;
    bool is_empty = words->code == 0;

    bytes[0] = (uint8_t)(0x40u | words->type << 4 | (is_empty ? 0u : 1u));
    bytes[1] = (uint8_t)words->code;
    bytes[2] = (uint8_t)(words->mid >> 8);
    bytes[3] = (uint8_t)words->mid;
    bytes[4] = words->token;
    if (is_empty) {
        return 4;
    }
    for (const char *at = words->path; at != NULL && *at == '/';) {
        size_t size = strcspn(at + 1, "/");
        put(bytes, &length, OPTION_URI_PATH - last, at + 1, size);
        last = OPTION_URI_PATH;
        at += 1 + size;
    }
    if (words->query != NULL) {
        put(bytes, &length, OPTION_URI_QUERY - last, words->query,
            strlen(words->query));
        last = OPTION_URI_QUERY;
    }
    if (words->block1 >= 0) {
        const char value = (char)words->block1;
        put(bytes, &length, OPTION_BLOCK1 - last, &value, 1);
    }
    return length;
}

/** @return whether a hook meets it */
static bool pass_of(enum server_direction direction, const struct words *words,
                    uint64_t way, const char *endpoint)
{
    uint8_t bytes[64];
    const struct hook_message message = {
        .direction = direction,
        .way = way,
        .endpoint = endpoint,
        .bytes = bytes,
        .length = build(words, bytes),
    };

    return hooks_meet(&hooks, &message) != NULL;
}

static bool pass(enum server_direction direction, const struct words *words)
{
    return pass_of(direction, words, WAY, "a");
}

/** On the port of files; a request is for one of `owner`. */
static bool pass_file(enum server_direction direction,
                      const struct words *words, uint64_t way,
                      const char *owner)
{
    uint8_t bytes[64];
    const struct hook_message message = {
        .direction = direction,
        .way = way,
        .endpoint = owner,
        .is_of_file = owner != NULL,
        .on_file_port = true,
        .bytes = bytes,
        .length = build(words, bytes),
    };

    return hooks_meet(&hooks, &message) != NULL;
}

static const struct server_hook any = {
    .action = SERVER_HOOK_DROP,
    .endpoint = "a",
    .direction = SERVER_RECEIVED,
    .type = SERVER_HOOK_ANY,
    .code = SERVER_HOOK_ANY,
    .method = SERVER_HOOK_ANY,
    .block = SERVER_HOOK_ANY,
    .times = 1,
};

static void arm(const struct server_hook *hook)
{
    CU_ASSERT_EQUAL_FATAL(hooks_arm(&hooks, hook, 7, NULL), STATUS_OK);
}

static const struct words execute = {
    CON, POST, 10, 1, "/33629/0/2", NULL, -1
};
static const struct words ack = { ACK, COAP_CODE(2, 4), 10, 1, NULL, NULL, -1 };
static const struct words empty = { ACK, 0, 10, 0, NULL, NULL, -1 };
static const struct words separate = { CON, COAP_CODE(2, 4), 99, 1, NULL, NULL,
                                       -1 };

static void answer_of_the_next_execute_is_met_once(void)
{
    struct server_hook hook = any;
    struct words read = { CON, GET, 9, 2, "/33629/0/2", NULL, -1 };
    struct words read_ack = { ACK, COAP_CODE(2, 5), 9, 2, NULL, NULL, -1 };

    hook.type = ACK;
    hook.method = POST;
    hook.path = "/33629/0/2";
    arm(&hook);
    CU_ASSERT_FALSE(pass(SERVER_SENT, &read));
    CU_ASSERT_FALSE(pass(SERVER_SENT, &execute));
    CU_ASSERT_FALSE(pass(SERVER_RECEIVED, &read_ack)); /* of another method */
    CU_ASSERT_FALSE(pass(SERVER_RECEIVED, &separate)); /* no ACK */
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &ack));
    CU_ASSERT_FALSE(pass(SERVER_RECEIVED, &ack)); /* the repetition comes */
    CU_ASSERT_EQUAL(hooks_disarm(&hooks, 7), 1);
    CU_ASSERT_EQUAL(hooks_disarm(&hooks, 7), 0);
}

static void empty_ack_is_known_by_its_message_id(void)
{
    struct server_hook hook = any;

    hook.path = "/33629/0/2";
    hook.times = 0;
    arm(&hook);
    CU_ASSERT_FALSE(pass(SERVER_SENT, &execute));
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &empty));
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &separate)); /* by its token */
    CU_ASSERT_EQUAL(hooks_disarm(&hooks, 7), 2);
}

/** "Exactly the ACK of the next Execute": an older one is under way. */
static void answer_of_an_earlier_request_is_not_met(void)
{
    struct server_hook other = any;
    struct server_hook hook = any;
    struct words next = execute;
    struct words next_ack = ack;

    other.endpoint = "b"; /* so that requests are remembered */
    arm(&other);
    CU_ASSERT_FALSE(pass(SERVER_SENT, &execute));
    hook.path = "/33629/0/2";
    CU_ASSERT_EQUAL_FATAL(hooks_arm(&hooks, &hook, 8, NULL), STATUS_OK);
    CU_ASSERT_FALSE(pass(SERVER_RECEIVED, &ack));
    next.mid = next_ack.mid = 11;
    next.token = next_ack.token = 2;
    CU_ASSERT_FALSE(pass(SERVER_SENT, &next));
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &next_ack));
}

static void block_number_is_that_of_the_request(void)
{
    struct server_hook hook = any;
    struct words block = { CON, PUT, 1, 1, "/33629/0/0", NULL, 3 << 4 | 8 | 6 };

    hook.direction = SERVER_SENT;
    hook.path = "/33629/0/0";
    hook.block = 4;
    arm(&hook);
    CU_ASSERT_FALSE(pass(SERVER_SENT, &block));
    block.block1 = 4 << 4 | 8 | 6;
    CU_ASSERT_TRUE(pass(SERVER_SENT, &block));
}

static void messages_of_others_are_not_met(void)
{
    struct server_hook hook = any;
    static const struct words notification = {
        NON, COAP_CODE(2, 5), 5, 5, NULL, NULL, -1
    };

    hook.times = 0;
    arm(&hook);
    CU_ASSERT_FALSE(pass_of(SERVER_RECEIVED, &notification, WAY, "b"));
    CU_ASSERT_FALSE(pass_of(SERVER_RECEIVED, &notification, WAY, NULL));
    CU_ASSERT_FALSE(pass(SERVER_SENT, &notification)); /* the other way */
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &notification));
}

/** It is registered nowhere, but says who it is; and so is its answer. */
static void who_registers_is_known_by_its_name(void)
{
    struct server_hook hook = any;
    static const struct words enrol = { CON, POST, 1, 1, "/rd", "ep=a", -1 };
    static const struct words created = {
        ACK, COAP_CODE(2, 1), 1, 1, NULL, NULL, -1
    };

    hook.direction = SERVER_SENT;
    hook.path = "/rd";
    arm(&hook);
    CU_ASSERT_FALSE(pass_of(SERVER_RECEIVED, &enrol, 77, NULL));
    CU_ASSERT_FALSE(pass_of(SERVER_SENT, &created, 78, NULL));
    CU_ASSERT_TRUE(pass_of(SERVER_SENT, &created, 77, NULL));
}

static void what_does_not_fit_is_refused_in_words(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct server_hook hook = any;
    char path[SERVER_HOOK_PATH_MAX + 1];

    memset(path, '/', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    hook.path = path;
    CU_ASSERT_EQUAL(hooks_arm(&hooks, &hook, 1, &reason), STATUS_LIMIT);
    CU_ASSERT_STRING_EQUAL(
        reason.text,
        "a message hook with a path of 128 bytes, for a name of 1");
    hook = any;
    hook.after_ms = SERVER_HOOK_DELAY_MAX + 1;
    CU_ASSERT_EQUAL(hooks_arm(&hooks, &hook, 1, &reason), STATUS_INVALID);
    for (uint64_t i = 1; i <= SERVER_HOOKS_MAX; i++) {
        CU_ASSERT_EQUAL(hooks_arm(&hooks, &any, i, NULL), STATUS_OK);
    }
    CU_ASSERT_EQUAL(hooks_arm(&hooks, &any, 99, &reason), STATUS_LIMIT);
    CU_ASSERT_STRING_EQUAL(reason.text, "more than 16 message hooks are armed");
    CU_ASSERT_EQUAL(hooks_disarm(&hooks, 3), 0);
    CU_ASSERT_EQUAL(hooks_arm(&hooks, &any, 99, NULL), STATUS_OK);
}

static void damage_hits_the_middle_of_the_payload(void)
{
    uint8_t bytes[] = { 0x40, 3, 0, 1, 0xb1, '0', 0xff, 1, 2, 3, 4 };
    uint8_t bare[] = { 0x60, 0, 0, 1 };

    hooks_damage(bytes, sizeof(bytes));
    CU_ASSERT_EQUAL(bytes[8], 2 ^ 0xff);
    CU_ASSERT_EQUAL(bytes[9], 3);
    hooks_damage(bare, sizeof(bare));
    CU_ASSERT_EQUAL(bare[3], 1 ^ 0xff);
    hooks_damage(bare, 0);
}

/** What makes each of them malformed, as RFC 7252 has it. */
static void malformed_messages_are_what_they_are_called(void)
{
    static const uint8_t token[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t bytes[SERVER_MALFORMED_KINDS][MALFORMED_SIZE];
    size_t lengths[SERVER_MALFORMED_KINDS];
    struct option_reader reader;
    struct option_view option;
    size_t last = 0;

    for (int i = 0; i < SERVER_MALFORMED_KINDS; i++) {
        enum server_malformed kind = SERVER_MALFORMED_KINDS;
        lengths[i] =
            malformed_build((enum server_malformed)i, 0x1234, token, bytes[i]);
        CU_ASSERT_TRUE(lengths[i] >= 4 && lengths[i] <= MALFORMED_SIZE);
        CU_ASSERT_EQUAL(bytes[i][2], 0x12);
        CU_ASSERT_EQUAL(bytes[i][3], 0x34);
        CU_ASSERT_TRUE(server_malformed_parse(
            server_malformed_name((enum server_malformed)i), &kind));
        CU_ASSERT_EQUAL(kind, i);
    }
    CU_ASSERT_EQUAL(bytes[SERVER_BAD_VERSION][0] >> 6, 2);
    CU_ASSERT_EQUAL(bytes[SERVER_TOKEN_LENGTH][0] & 0x0f, 15);
    CU_ASSERT_TRUE(option_reader_open(&reader, bytes[SERVER_TRUNCATED_OPTION],
                                      lengths[SERVER_TRUNCATED_OPTION]));
    CU_ASSERT_FALSE(option_reader_next(&reader, &option));
    CU_ASSERT_TRUE(option_reader_is_torn(&reader));
    CU_ASSERT_TRUE(option_reader_open(&reader, bytes[SERVER_CRITICAL_OPTION],
                                      lengths[SERVER_CRITICAL_OPTION]));
    while (option_reader_next(&reader, &option)) {
        last = option.number;
    }
    CU_ASSERT_EQUAL(last, 65001);
    CU_ASSERT_EQUAL(lengths[SERVER_STRAY_ACK], 4);
    CU_ASSERT_EQUAL(bytes[SERVER_STRAY_ACK][0], 0x60);
    CU_ASSERT_EQUAL(bytes[SERVER_STRAY_RESPONSE][1], COAP_CODE(2, 5));
    CU_ASSERT_FALSE(
        server_malformed_parse("nothing", &(enum server_malformed){ 0 }));
}

static void messages_of_a_file_are_met_by_who_fetches_it(void)
{
    const struct words get = { CON, GET, 5, 3, "/f", NULL, -1 };
    const struct words given = { ACK, COAP_CODE(2, 5), 5, 3, NULL, NULL, -1 };
    const struct words apart = { CON, COAP_CODE(2, 5), 77, 3, NULL, NULL, -1 };
    const struct words confirmed = { ACK, 0, 77, 0, NULL, NULL, -1 };
    struct server_hook hook = any;

    hook.of_files = true;
    hook.times = 0;
    arm(&hook);
    CU_ASSERT_FALSE(pass(SERVER_RECEIVED, &get)); /* on the LwM2M port */
    CU_ASSERT_FALSE(pass_file(SERVER_RECEIVED, &get, OTHER, "b"));
    CU_ASSERT_FALSE(pass_file(SERVER_RECEIVED, &confirmed, OTHER, NULL));
    CU_ASSERT_FALSE(pass_file(SERVER_RECEIVED, &get, OTHER + 1, NULL));
    CU_ASSERT_TRUE(pass_file(SERVER_RECEIVED, &get, FILE_WAY, "a"));
    CU_ASSERT_FALSE(pass_file(SERVER_SENT, &given, FILE_WAY, NULL));
    CU_ASSERT_TRUE(pass_file(SERVER_RECEIVED, &confirmed, FILE_WAY, NULL));
    CU_ASSERT_EQUAL(hooks_disarm(&hooks, 7), 2);
    hook.direction = SERVER_SENT;
    hook.method = GET;
    hook.code = COAP_CODE(2, 5);
    arm(&hook);
    CU_ASSERT_FALSE(pass_file(SERVER_RECEIVED, &get, FILE_WAY, "a"));
    CU_ASSERT_TRUE(pass_file(SERVER_SENT, &given, FILE_WAY, NULL));
    CU_ASSERT_TRUE(pass_file(SERVER_SENT, &apart, FILE_WAY, NULL));
    CU_ASSERT_FALSE(pass_file(SERVER_SENT, &given, FILE_WAY + 1, NULL));
}

static void messages_of_files_are_none_of_the_lwm2m_port(void)
{
    const struct words get = { CON, GET, 5, 3, "/f", NULL, -1 };
    struct server_hook hook = any;

    arm(&hook);
    CU_ASSERT_FALSE(pass_file(SERVER_RECEIVED, &get, FILE_WAY, "a"));
    CU_ASSERT_TRUE(pass(SERVER_RECEIVED, &get));
}

static CU_TestInfo tests[] = {
    { "answer", answer_of_the_next_execute_is_met_once },
    { "empty ACK", empty_ack_is_known_by_its_message_id },
    { "earlier", answer_of_an_earlier_request_is_not_met },
    { "block", block_number_is_that_of_the_request },
    { "others", messages_of_others_are_not_met },
    { "name", who_registers_is_known_by_its_name },
    { "file", messages_of_a_file_are_met_by_who_fetches_it },
    { "not a file", messages_of_files_are_none_of_the_lwm2m_port },
    { "limits", what_does_not_fit_is_refused_in_words },
    { "damage", damage_hits_the_middle_of_the_payload },
    { "malformed", malformed_messages_are_what_they_are_called },
    CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
    { "server.hooks", NULL, NULL, set_up, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* what failed is counted */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
