/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/journal/fields.h"
#include "scenarios/journal/journal.h"

/* Each kind with every member filled goes out and comes back the same. */

static const uint8_t some_bytes[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
static const char hostile[] = "a\"\\\n\t\x01\x7f \xff\xfe \xc3\xa4 \xc0\x80 "
                              "\xed\xa0\x80 \xf4\x8f\xbe\x80 \xe2\x82";

#define BIG_NUMBER UINT64_C(18446744073709551615)

static struct journal_event sample(enum journal_kind kind)
{
    struct journal_event event = {
        .sequence = 7,
        .time_ms = BIG_NUMBER,
        .wall_ms = INT64_C(1700000000123),
        .instance = "AFU-DEP-001@push",
        .endpoint = hostile,
        .kind = kind,
    };

    if (kind < (int)SERVER_EVENT_KINDS) {
        event.as.server.kind = (enum server_event_kind)kind;
        event.as.server.time_ms = BIG_NUMBER;
        event.as.server.endpoint = hostile;
        event.as.server.id = UINT64_C(9007199254740993);
    }
    return event;
}

/** Fill the member of the field with something that is not its default. */
static void fill(struct journal_event *event, const struct field *field,
                 cJSON *tree)
{
    char *at = (char *)event + field->offset;
    char *second = (char *)event + field->second;
    const void *pointer = hostile;
    const bool yes = true;
    const uint64_t u64 = BIG_NUMBER - field->offset;
    const uint32_t u32 = UINT32_MAX;
    const int number = -42;
    const int format = 0;
    const uint8_t code = COAP_CODE(4, 31);
    const uint8_t method = 7;
    const struct server_block block = { 1048575, true, 6 };
    const size_t length = sizeof(some_bytes);

    switch (field->form) {
    case FIELD_TEXT:
        memcpy(at, &pointer, sizeof(pointer));
        break;
    case FIELD_BYTES:
    case FIELD_OUTPUT:
        pointer = some_bytes;
        memcpy(at, &pointer, sizeof(pointer));
        memcpy(second, &length, sizeof(length));
        break;
    case FIELD_BOOL:
        memcpy(at, &yes, sizeof(yes));
        break;
    case FIELD_U64:
        memcpy(at, &u64, sizeof(u64));
        break;
    case FIELD_U32:
    case FIELD_UNSIGNED:
        memcpy(at, &u32, sizeof(u32));
        break;
    case FIELD_INT:
        memcpy(at, &number, sizeof(number));
        break;
    case FIELD_FORMAT:
        memcpy(at, &format, sizeof(format));
        break;
    case FIELD_CODE:
        memcpy(at, &code, sizeof(code));
        break;
    case FIELD_METHOD:
        memcpy(at, &method, sizeof(method));
        break;
    case FIELD_BLOCK:
        memcpy(at, &block, sizeof(block));
        memcpy(second, &yes, sizeof(yes));
        break;
    case FIELD_OPTION:
        memcpy(at, &u32, sizeof(u32));
        memcpy(second, &yes, sizeof(yes));
        break;
    case FIELD_LEVEL:
        event->as.finding.level = FINDING_FAIL;
        break;
    case FIELD_EVIDENCE:
        for (size_t i = 0; i < FINDING_EVIDENCE_MAX; i++) {
            event->as.finding.evidence[i] = BIG_NUMBER - i;
        }
        event->as.finding.evidence_count = FINDING_EVIDENCE_MAX;
        break;
    case FIELD_TREE:
        event->as.data = tree;
        break;
    case FIELD_FORMS:
        break;
    }
}

static cJSON *sample_tree(void)
{
    cJSON *tree = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(tree, hostile);

    cJSON_AddItemToArray(list, cJSON_CreateNumber(0.1));
    cJSON_AddItemToArray(list, cJSON_CreateNumber(-12345678901234.0));
    cJSON_AddItemToArray(list, cJSON_CreateString(hostile));
    cJSON_AddItemToArray(list, cJSON_CreateNull());
    cJSON_AddItemToArray(list, cJSON_CreateTrue());
    cJSON_AddItemToArray(list, cJSON_CreateObject());
    cJSON_AddStringToObject(tree, "name", "settle");
    cJSON_AddNumberToObject(tree, "ms", 5000);
    return tree;
}

static bool text_equal(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

/** Whether the member is the same in both events. */
static bool field_equal(const struct journal_event *a,
                        const struct journal_event *b,
                        const struct field *field)
{
    const char *a_at = (const char *)a + field->offset;
    const char *b_at = (const char *)b + field->offset;
    const char *a_bytes;
    const char *b_bytes;
    size_t a_length;
    size_t b_length;
    static const size_t sizes[FIELD_FORMS] = {
        [FIELD_BOOL] = sizeof(bool),
        [FIELD_U64] = 8,
        [FIELD_U32] = 4,
        [FIELD_UNSIGNED] = sizeof(unsigned),
        [FIELD_INT] = sizeof(int),
        [FIELD_FORMAT] = sizeof(int),
        [FIELD_CODE] = 1,
        [FIELD_METHOD] = 1,
        [FIELD_OPTION] = 4,
        [FIELD_LEVEL] = sizeof(int),
        [FIELD_BLOCK] = sizeof(uint32_t) + 2,
        [FIELD_EVIDENCE] = sizeof(uint64_t) * FINDING_EVIDENCE_MAX,
    };

    if (field->form == FIELD_TREE) {
        return cJSON_Compare(a->as.data, b->as.data, true);
    }
    if (sizes[field->form] > 0) {
        return memcmp(a_at, b_at, sizes[field->form]) == 0 &&
               (field->second == 0 || ((const char *)a)[field->second] ==
                                          ((const char *)b)[field->second]);
    }
    memcpy(&a_bytes, a_at, sizeof(a_bytes));
    memcpy(&b_bytes, b_at, sizeof(b_bytes));
    if (field->form == FIELD_TEXT) {
        return text_equal(a_bytes, b_bytes);
    }
    memcpy(&a_length, (const char *)a + field->second, sizeof(a_length));
    memcpy(&b_length, (const char *)b + field->second, sizeof(b_length));
    return a_length == b_length && memcmp(a_bytes, b_bytes, a_length) == 0;
}

static void check_same(const struct journal_event *a,
                       const struct journal_event *b)
{
    const struct kind_row *row = &kind_rows[a->kind];

    CU_ASSERT_EQUAL(a->kind, b->kind);
    CU_ASSERT_EQUAL(a->sequence, b->sequence);
    CU_ASSERT_EQUAL(a->time_ms, b->time_ms);
    CU_ASSERT_EQUAL(a->wall_ms, b->wall_ms);
    CU_ASSERT_TRUE(text_equal(a->instance, b->instance));
    CU_ASSERT_TRUE(text_equal(a->endpoint, b->endpoint));
    CU_ASSERT_TRUE(text_equal(a->payload_sha256, b->payload_sha256));
    for (size_t i = 0; i < row->field_count; i++) {
        if (!field_equal(a, b, &row->fields[i])) {
            CU_FAIL("a member differs");
            (void)fprintf(stderr, "%s: '%s' differs\n", row->name,
                          row->fields[i].name);
        }
    }
    if (a->kind < (int)SERVER_EVENT_KINDS) {
        CU_ASSERT_EQUAL(b->as.server.kind, (enum server_event_kind)a->kind);
        CU_ASSERT_EQUAL(b->as.server.time_ms, a->time_ms);
        CU_ASSERT_TRUE(text_equal(b->as.server.endpoint, a->endpoint));
    }
}

static void each_kind_comes_back_as_it_was_written(void)
{
    cJSON *tree = sample_tree();

    for (int kind = 0; kind < (int)JOURNAL_KINDS; kind++) {
        const struct kind_row *row = &kind_rows[kind];
        struct journal_event event = sample((enum journal_kind)kind);
        struct event_memory memory = { .chunks = NULL };
        struct reason reason = { .status = STATUS_OK };
        struct journal_event back;
        char *line;

        for (size_t i = 0; i < row->field_count; i++) {
            fill(&event, &row->fields[i], tree);
        }
        line = journal_line(&event);
        if (row->fields == NULL) {
            CU_ASSERT_PTR_NULL(line);
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        CU_ASSERT_PTR_NULL(strchr(line, '\n'));
        CU_ASSERT_EQUAL_FATAL(
            line_read(line, strlen(line), &memory, &back, &reason), STATUS_OK);
        check_same(&event, &back);
        event_memory_release(&memory);
        free(line);
    }
    cJSON_Delete(tree);
}

static void each_kind_comes_back_when_all_is_absent(void)
{
    for (int kind = 0; kind < (int)JOURNAL_KINDS; kind++) {
        struct journal_event event = sample((enum journal_kind)kind);
        struct event_memory memory = { .chunks = NULL };
        struct journal_event back;
        char *line;

        if (kind_rows[kind].fields == NULL) {
            continue;
        }
        event.instance = NULL;
        event.endpoint = NULL;
        if (kind < (int)SERVER_EVENT_KINDS) {
            event.as.server.endpoint = NULL;
        }
        line = journal_line(&event);
        CU_ASSERT_PTR_NOT_NULL_FATAL(line);
        CU_ASSERT_EQUAL(line_read(line, strlen(line), &memory, &back, NULL),
                        STATUS_OK);
        CU_ASSERT_PTR_NULL(back.endpoint);
        CU_ASSERT_PTR_NULL(back.instance);
        if (kind == (int)SERVER_REQUEST) {
            CU_ASSERT_PTR_NULL(back.as.server.as.request.payload);
            CU_ASSERT_FALSE(back.as.server.as.request.has_block1);
        }
        event_memory_release(&memory);
        free(line);
    }
}

static void absent_format_is_not_text_plain(void)
{
    struct journal_event event = sample((enum journal_kind)SERVER_REQUEST);
    struct event_memory memory = { .chunks = NULL };
    struct journal_event back = event;
    char *line;

    event.as.server.as.request.content_format = CONTENT_FORMAT_NONE;
    event.as.server.as.request.accept = 0;
    line = journal_line(&event);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL(line_read(line, strlen(line), &memory, &back, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(back.as.server.as.request.content_format,
                    CONTENT_FORMAT_NONE);
    CU_ASSERT_EQUAL(back.as.server.as.request.accept, 0);
    event_memory_release(&memory);
    free(line);
}

static void lines_are_pure_valid_utf8(void)
{
    struct journal_event event = sample((enum journal_kind)SERVER_EXPIRE);
    char *line = journal_line(&event);

    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    /* The invalid bytes are characters of the private plane. */
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\\udbff\\udfff\\udbff\\udffe"));
    /* Overlong NUL, a surrogate, a cut character, and the plane itself. */
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\\udbff\\udfc0\\udbff\\udf80"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\\udbff\\udfed"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\\udbff\\udff4\\udbff\\udf8f"));
    CU_ASSERT_PTR_NOT_NULL(strstr(line, "\xc3\xa4"));
    CU_ASSERT_PTR_NULL(strchr(line, '\xff'));
    CU_ASSERT_PTR_NULL(strchr(line, '\x7f'));
    free(line);
}

static void output_with_nul_survives(void)
{
    static const char output[] = "one\0two\0";
    struct journal_event event =
        sample((enum journal_kind)SERVER_PROCESS_OUTPUT);
    struct event_memory memory = { .chunks = NULL };
    struct journal_event back = event;
    char *line;

    event.as.server.as.process.text = output;
    event.as.server.as.process.length = sizeof(output);
    line = journal_line(&event);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL(line_read(line, strlen(line), &memory, &back, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(back.as.server.as.process.length, sizeof(output));
    CU_ASSERT_EQUAL(
        memcmp(back.as.server.as.process.text, output, sizeof(output)), 0);
    event_memory_release(&memory);
    free(line);
}

static void bytes_without_content_keep_their_length(void)
{
    struct journal_event event = sample((enum journal_kind)SERVER_REQUEST);
    struct event_memory memory = { .chunks = NULL };
    struct journal_event back = event;
    char hash[65];
    char *line;

    memset(hash, 'a', 64);
    hash[64] = '\0';
    event.payload_sha256 = hash;
    event.as.server.as.request.payload_length = 1024;
    line = journal_line(&event);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL(line_read(line, strlen(line), &memory, &back, NULL),
                    STATUS_OK);
    CU_ASSERT_PTR_NULL(back.as.server.as.request.payload);
    CU_ASSERT_EQUAL(back.as.server.as.request.payload_length, 1024);
    CU_ASSERT_STRING_EQUAL(back.payload_sha256, hash);
    event_memory_release(&memory);
    free(line);
}

static void a_malformed_line_says_what_is_wrong(void)
{
    static const struct {
        const char *line;
        const char *words;
    } rows[] = {
        { "", "empty" },
        { "{", "offset 1" },
        { "[]", "not a JSON object" },
        { "{} {}", "offset 3" },
        { "{}", "without a kind" },
        { "{\"kind\":\"gossip\"}", "unknown kind 'gossip'" },
        { "{\"kind\":\"timer\"}", "unknown kind 'timer'" },
        { "{\"kind\":\"mark\",\"seq\":-1}", "'seq'" },
        { "{\"kind\":\"mark\",\"seq\":\"18446744073709551616\"}", "'seq'" },
        { "{\"kind\":\"mark\",\"seq\":1.5}", "'seq'" },
        { "{\"kind\":\"mark\",\"seq\":1,\"time\":1,\"wall\":0.5}", "'wall'" },
        { "{\"kind\":\"mark\",\"seq\":1,\"time\":1,\"wall\":1e300}", "'wall'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"id\":\"99999999999999999999\"}}",
          "'id'" },
        { "{\"kind\":\"mark\",\"seq\":1,\"time\":1,\"wall\":1}", "'data'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"id\":1.5}}",
          "'id'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"payload\":\"0\"}}",
          "'payload'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"payload\":\"0G\"}}",
          "'payload'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"method\":\"POKE\"}}",
          "'method'" },
        { "{\"kind\":\"response\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"code\":\"2.32\"}}",
          "'code'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"block1\":{\"number\":1,\"szx\":8}}}",
          "'block1'" },
        { "{\"kind\":\"finding\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"level\":\"bad\"}}",
          "'level'" },
        { "{\"kind\":\"finding\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"evidence\":[1,2,3,4,5,6,7,8,9]}}",
          "'evidence'" },
        { "{\"kind\":\"mark\",\"seq\":1,\"time\":1,\"wall\":1,\"data\":7}",
          "'data'" },
        { "{\"kind\":\"request\",\"seq\":1,\"time\":1,\"wall\":1,"
          "\"data\":{\"path\":\"/3\\u0000/0\"}}",
          "'path'" },
        { "{\"kind\":\"mark\",\"seq\":1,\"time\":1,\"wall\":1,\"data\":{},"
          "\"sha256\":\"00\"}",
          "'sha256'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct event_memory memory = { .chunks = NULL };
        struct reason reason = { .status = STATUS_OK };
        struct journal_event event = { .sequence = 99 };

        CU_ASSERT_EQUAL(line_read(rows[i].line, strlen(rows[i].line), &memory,
                                  &event, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].words));
        CU_ASSERT_EQUAL(event.sequence, 99);
        event_memory_release(&memory);
    }
}

/** Other tools sort members, add some, or give a number an exponent. */
static void members_may_stand_in_any_order(void)
{
    static const char *const lines[] = {
        "{\"data\":{\"path\":\"\\u002f3\",\"method\":\"GET\",\"id\":7,"
        "\"new\":{\"a\":[1]},\"payload-length\":3},\"extra\":[{}],"
        "\"kind\":\"request\",\"wall\":17e2,\"time\":5,\"seq\":\"9\"}",
        " { \"seq\" : 9, \"time\": 5.0, \"wall\": 1700, \"kind\": \"request\","
        " \"data\": { \"id\": 8, \"payload-length\": 3, \"method\": \"GET\","
        " \"path\": \"/3\", \"id\": 7 } } ",
    };

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct event_memory memory = { .chunks = NULL };
        struct reason reason = { .status = STATUS_OK };
        struct journal_event event;

        CU_ASSERT_EQUAL_FATAL(
            line_read(lines[i], strlen(lines[i]), &memory, &event, &reason),
            STATUS_OK);
        CU_ASSERT_EQUAL(event.kind, (enum journal_kind)SERVER_REQUEST);
        CU_ASSERT_EQUAL(event.sequence, 9);
        CU_ASSERT_EQUAL(event.time_ms, 5);
        CU_ASSERT_EQUAL(event.wall_ms, 1700);
        CU_ASSERT_EQUAL(event.as.server.id, 7);
        CU_ASSERT_STRING_EQUAL(event.as.server.as.request.path, "/3");
        CU_ASSERT_EQUAL(event.as.server.as.request.method, 1);
        CU_ASSERT_PTR_NULL(event.as.server.as.request.payload);
        CU_ASSERT_EQUAL(event.as.server.as.request.payload_length, 3);
        event_memory_release(&memory);
    }
}

static void a_tree_before_its_kind_is_read(void)
{
    static const char line[] = "{\"data\":{\"name\":\"x\"},\"kind\":\"mark\","
                               "\"seq\":1,\"time\":1,\"wall\":1}";
    struct event_memory memory = { .chunks = NULL };
    struct journal_event event;

    CU_ASSERT_EQUAL_FATAL(line_read(line, strlen(line), &memory, &event, NULL),
                          STATUS_OK);
    CU_ASSERT_STRING_EQUAL(journal_text(&event, "name"), "x");
    event_memory_release(&memory);
}

static void each_member_has_a_name_of_its_own(void)
{
    for (int kind = 0; kind < (int)JOURNAL_KINDS; kind++) {
        const struct kind_row *row = &kind_rows[kind];

        for (size_t i = 0; i < row->field_count; i++) {
            for (size_t j = 0; j < i; j++) {
                CU_ASSERT_STRING_NOT_EQUAL(row->fields[i].name,
                                           row->fields[j].name);
            }
        }
    }
}

static void every_prefix_of_a_line_is_refused(void)
{
    struct journal_event event = sample((enum journal_kind)SERVER_REQUEST);
    cJSON *tree = sample_tree();
    char *line;

    for (size_t i = 0; i < kind_rows[SERVER_REQUEST].field_count; i++) {
        fill(&event, &kind_rows[SERVER_REQUEST].fields[i], tree);
    }
    line = journal_line(&event);
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    for (size_t length = 0; length < strlen(line); length++) {
        struct event_memory memory = { .chunks = NULL };
        struct journal_event back;
        /* An exact copy, so that reading past its end is noticed. */
        char *prefix = malloc(length + 1);

        CU_ASSERT_PTR_NOT_NULL_FATAL(prefix);
        memcpy(prefix, line, length);
        CU_ASSERT_EQUAL(line_read(prefix, length, &memory, &back, NULL),
                        STATUS_MALFORMED);
        event_memory_release(&memory);
        free(prefix);
    }
    free(line);
    cJSON_Delete(tree);
}

static void a_tree_too_deep_is_refused(void)
{
    struct journal_event event = sample(JOURNAL_NOTE);
    cJSON *tree = cJSON_CreateArray();
    cJSON *inner = tree;

    for (int i = 0; i < JSON_TEXT_DEPTH_MAX + 1; i++) {
        cJSON *next = cJSON_CreateArray();

        cJSON_AddItemToArray(inner, next);
        inner = next;
    }
    event.as.data = tree;
    CU_ASSERT_PTR_NULL(journal_line(&event));
    cJSON_Delete(tree);
}

static void a_store_keeps_deep_copies(void)
{
    struct event_store *store = event_store_new();
    char path[] = "/33629/0/0";
    uint8_t payload[] = { 1, 2, 3 };
    struct journal_event event = sample((enum journal_kind)SERVER_REQUEST);
    struct journal_event timer = sample((enum journal_kind)SERVER_TIMER);
    cJSON *tree = sample_tree();
    struct journal_event note = sample(JOURNAL_NOTE);

    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
    event.as.server.as.request.path = path;
    event.as.server.as.request.payload = payload;
    event.as.server.as.request.payload_length = sizeof(payload);
    note.as.data = tree;
    CU_ASSERT_EQUAL(event_store_add(store, &timer, NULL), STATUS_INVALID);
    for (int i = 0; i < 1000; i++) {
        CU_ASSERT_EQUAL(event_store_add(store, &event, NULL), STATUS_OK);
    }
    CU_ASSERT_EQUAL(event_store_add(store, &note, NULL), STATUS_OK);
    path[0] = '!';
    payload[0] = 9;
    cJSON_Delete(tree);
    CU_ASSERT_EQUAL(event_store_count(store), 1001);
    CU_ASSERT_STRING_EQUAL(
        event_store_at(store, 999)->as.server.as.request.path, "/33629/0/0");
    CU_ASSERT_EQUAL(event_store_at(store, 999)->as.server.as.request.payload[0],
                    1);
    CU_ASSERT_STRING_EQUAL(journal_text(event_store_at(store, 1000), "name"),
                           "settle");
    CU_ASSERT_EQUAL((int)journal_number(event_store_at(store, 1000), "ms", -1),
                    5000);
    CU_ASSERT_EQUAL(
        (int)journal_number(event_store_at(store, 1000), "none", -1), -1);
    CU_ASSERT_PTR_NULL(event_store_at(store, 1001));
    event_store_clear(store);
    CU_ASSERT_EQUAL(event_store_count(store), 0);
    event_store_free(store);
    event_store_free(NULL);
}

static void names_are_unique_and_parse(void)
{
    enum verdict verdict = VERDICT_NONE;
    enum finding_level level = FINDING_INFO;

    for (int a = 0; a < (int)JOURNAL_KINDS; a++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(journal_kind_name((enum journal_kind)a));
        for (int b = 0; b < a; b++) {
            CU_ASSERT_STRING_NOT_EQUAL(journal_kind_name((enum journal_kind)a),
                                       journal_kind_name((enum journal_kind)b));
        }
    }
    for (int v = VERDICT_NONE; v <= (int)VERDICT_ERROR; v++) {
        CU_ASSERT_TRUE(verdict_parse(verdict_name((enum verdict)v), &verdict));
        CU_ASSERT_EQUAL((int)verdict, v);
    }
    for (int l = FINDING_INFO; l <= (int)FINDING_ERROR; l++) {
        CU_ASSERT_TRUE(finding_level_parse(
            finding_level_name((enum finding_level)l), &level));
        CU_ASSERT_EQUAL((int)level, l);
    }
    CU_ASSERT_FALSE(verdict_parse("passed", &verdict));
    CU_ASSERT_FALSE(finding_level_parse("warn", &level));
    CU_ASSERT_EQUAL(verdict_merge(VERDICT_FAIL, VERDICT_INCONC), VERDICT_FAIL);
    CU_ASSERT_EQUAL(verdict_merge(VERDICT_PASS, VERDICT_INCONC),
                    VERDICT_INCONC);
    CU_ASSERT_EQUAL(finding_verdict(FINDING_WARNING), VERDICT_NONE);
    CU_ASSERT_EQUAL(finding_verdict(FINDING_PASS), VERDICT_PASS);
    CU_ASSERT_STRING_EQUAL(reading_name(READING_STRICT), "strict");
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite("scenarios.journal", NULL, NULL);
    CU_ADD_TEST(suite, each_kind_comes_back_as_it_was_written);
    CU_ADD_TEST(suite, each_kind_comes_back_when_all_is_absent);
    CU_ADD_TEST(suite, absent_format_is_not_text_plain);
    CU_ADD_TEST(suite, lines_are_pure_valid_utf8);
    CU_ADD_TEST(suite, output_with_nul_survives);
    CU_ADD_TEST(suite, bytes_without_content_keep_their_length);
    CU_ADD_TEST(suite, a_malformed_line_says_what_is_wrong);
    CU_ADD_TEST(suite, members_may_stand_in_any_order);
    CU_ADD_TEST(suite, a_tree_before_its_kind_is_read);
    CU_ADD_TEST(suite, each_member_has_a_name_of_its_own);
    CU_ADD_TEST(suite, every_prefix_of_a_line_is_refused);
    CU_ADD_TEST(suite, a_tree_too_deep_is_refused);
    CU_ADD_TEST(suite, a_store_keeps_deep_copies);
    CU_ADD_TEST(suite, names_are_unique_and_parse);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
