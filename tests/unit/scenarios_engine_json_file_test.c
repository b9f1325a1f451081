/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/json_file.h"

/** Parse; what is read is released at once.
 *  @return what the reason says, "" when it was read */
static const char *complaint(const char *text, size_t length)
{
    static struct reason reason;
    cJSON *json = NULL;

    reason = (struct reason){ .status = STATUS_OK };
    if (json_file_parse("f.json", text, length, &json, &reason) != STATUS_OK) {
        CU_ASSERT_PTR_NULL(json);
        CU_ASSERT_NOT_EQUAL(reason.status, STATUS_OK);
        return reason.text;
    }
    cJSON_Delete(json);
    return "";
}

static void says(const char *text, const char *expected)
{
    const char *said = complaint(text, strlen(text));

    if (strcmp(said, expected) != 0) {
        printf("%s\n  said     '%s'\n  expected '%s'\n", text, said, expected);
        CU_FAIL("complaint");
    }
}

static void comments_are_blanked_outside_of_texts(void)
{
    static const struct {
        const char *text;
        const char *plain;
    } rows[] = {
        { "// a\n{\"a\": 1} // b", "{\"a\":1}" },
        { "/* a */{\"a\"/**/:/* b\n\n */1}/**/", "{\"a\":1}" },
        { "{\"a\": \"// no /* comment */\"}",
          "{\"a\":\"// no /* comment */\"}" },
        { "{\"a\": \"\\\"// no\"}", "{\"a\":\"\\\"// no\"}" },
        { "{\"a\": \"\\\\\"// yes\n}", "{\"a\":\"\\\\\"}" },
        { "[1, // a /* b\n 2 /* // */, 3]", "[1,2,3]" },
        { "/*/ not closed yet */ [1]", "[1]" },
        { "[1] /***/", "[1]" },
        { "[1] //", "[1]" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *json = NULL;
        struct reason reason = { .status = STATUS_OK };
        enum status status = json_file_parse(
            "f.json", rows[i].text, strlen(rows[i].text), &json, &reason);
        char *plain = status == STATUS_OK ? cJSON_PrintUnformatted(json) : NULL;
        if (plain == NULL || strcmp(plain, rows[i].plain) != 0) {
            printf("%s\n  gave '%s' (%s)\n", rows[i].text,
                   plain != NULL ? plain : "", reason.text);
            CU_FAIL("comment");
        }
        cJSON_free(plain);
        cJSON_Delete(json);
    }
}

static void a_fault_is_located_by_line_and_column(void)
{
    static const char more[] =
        "',' or ':', or the end of the object, list or file is expected";
    static const struct {
        const char *text;
        const char *where;
        const char *expected;
        const char *found;
    } rows[] = {
        { "", "1:1", "a value is expected", "the end of the file" },
        { "{\"a\": }", "1:7", "a value is expected", "'}'" },
        { "// one\n/* two\n   three */ {\"a\": nope}", "3:19",
          "a value is expected", "'nope'" },
        { "{\"a\": averyverylongwordindeed}", "1:7", "a value is expected",
          "'averyverylongwordind'" },
        { "{} {}", "1:4", more, "'{'" },
        { "{} x", "1:4", more, "'x'" },
        { "{\"a\": 1 \"b\": 2}", "1:9", more, "'\"'" },
        { "{\"a\" 1}", "1:6", more, "'1'" },
        { "{\"a\": [1 2]}", "1:10", more, "'2'" },
        { "{a: 1}", "1:2", "a key in quotation marks or '}' is expected",
          "'a'" },
        { "{\"a\": 1, b: 2}", "1:10", "another key or value is expected",
          "'b'" },
        { "[1", "1:3", more, "the end of the file" },
        { "[", "1:2", "a value or ']' is expected", "the end of the file" },
        { "[1] /", "1:5", more, "'/'" },
    };
    char expected[200];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(expected, sizeof(expected),
                       "f.json: %s: this is no JSON: %s, found %s",
                       rows[i].where, rows[i].expected, rows[i].found);
        says(rows[i].text, expected);
    }
    says("[1]\n  /* open", "f.json: 2:3: this comment is not closed");
    says("/*/", "f.json: 1:1: this comment is not closed");
    says("/*", "f.json: 1:1: this comment is not closed");
}

static void a_comma_behind_the_last_one_is_no_fault(void)
{
    says("{\"a\": 1, // one\n}", "");
    says("[1, 2 ,\n /* three, */ ]", "");
    says("{\"a\": [\"x,]\", ], }", "");
    says("[,]", "f.json: 1:2: this is no JSON: a value or ']' is expected, "
                "found ','");
    says("[1,,]", "f.json: 1:4: this is no JSON: another key or value is "
                  "expected, found ','");
    says("{,}", "f.json: 1:3: this is no JSON: another key or value is "
                "expected, found '}'");
}

static void a_key_that_stands_twice_is_located_by_its_pointer(void)
{
    says("{\"a\": 1, \"a\": 2}", "f.json: /a: this key stands twice");
    says("{\"a\": [1, {\"b/c\": {\"d~\": 0, \"e\": 0, \"d~\": 0}}]}",
         "f.json: /a/1/b~1c/d~0: this key stands twice");
    /* The same key in two objects, and keys that differ in case. */
    says("{\"a\": {\"a\": 1}, \"A\": [{\"a\": 1}, {\"a\": 2}]}", "");
}

static void a_nul_is_refused_however_it_is_written(void)
{
    CU_ASSERT_STRING_EQUAL(complaint("{}\0{}", 5), "f.json: /: has a NUL");
    says("{\"a\": \"b\\u0000c\"}", "f.json: 1:9: a text has a NUL");
    says("{\"b\\u0000\": 1}", "f.json: 1:4: a text has a NUL");
    says("{\"a\": \"\\\\u0000\"}", "");
    says("{\"a\": \"\\u0001\"}", "");
}

/** `depth` lists in each other. */
static char *nested(size_t depth)
{
    char *text = malloc(2 * depth + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    text[2 * depth] = '\0';
    return text;
}

static void nesting_has_a_limit(void)
{
    static const struct {
        size_t depth;
        const char *said;
    } rows[] = {
        { JSON_NESTED_MAX, "" },
        { JSON_NESTED_MAX + 1, "nested too deeply" },
        { 900, "nested too deeply" },
        { 2000, "nested too deeply" },
        { 1000000, "nested too deeply" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text = nested(rows[i].depth);
        const char *said = complaint(text, strlen(text));
        CU_ASSERT_EQUAL(said[0] == '\0', rows[i].said[0] == '\0');
        CU_ASSERT_PTR_NOT_NULL(strstr(said, rows[i].said));
        free(text);
    }
}

static void a_file_has_a_limit(void)
{
    size_t size = 10u * 1024 * 1024;
    char *text = malloc(size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, ' ', size);
    memcpy(text, "{}", 2);
    CU_ASSERT_STRING_EQUAL(complaint(text, JSON_FILE_MAX), "");
    CU_ASSERT_STRING_EQUAL(complaint(text, JSON_FILE_MAX + 1),
                           "f.json: over 4194304 bytes");
    CU_ASSERT_STRING_EQUAL(complaint(text, size), "f.json: over 4194304 bytes");
    free(text);
}

/** A search of every key among all others would take minutes here. */
static void an_object_of_many_keys_is_read_quickly(void)
{
    enum { KEYS = 200000, KEY_SIZE = 16 };
    char *text = malloc(KEYS * KEY_SIZE + 3);
    size_t used = 1;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    text[0] = '{';
    for (unsigned i = 0; i < KEYS; i++) {
        used += (size_t)snprintf(text + used, KEY_SIZE, "%s\"k%u\":0",
                                 i > 0 ? "," : "", i);
    }
    text[used++] = '}';
    CU_ASSERT_STRING_EQUAL(complaint(text, used), "");
    free(text);
}

static void a_long_file_name_leaves_room_for_the_words(void)
{
    struct reason reason = { .status = STATUS_OK };
    char name[301];

    memset(name, 'd', sizeof(name) - 1);
    memcpy(name + 292, "/the.json", 9); /* with its NUL */
    name[300] = '\0';
    (void)json_file_wrong(name, "/a/b", "is wrong", &reason);
    CU_ASSERT_EQUAL(reason.status, STATUS_MALFORMED);
    CU_ASSERT_EQUAL(strncmp(reason.text, "...ddd", 6), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, ": /a/b: is wrong"));
}

static void what_was_found_is_named_in_short(void)
{
    static const struct {
        const char *json;
        const char *found;
    } rows[] = {
        { "\"abc\"", "X is expected, found 'abc'" },
        { "3", "X is expected, found 3" },
        { "-1.5", "X is expected, found -1.5" },
        { "true", "X is expected, found true" },
        { "false", "X is expected, found false" },
        { "null", "X is expected, found null" },
        { "[1]", "X is expected, found a list" },
        { "{}", "X is expected, found an object" },
        { "\"0123456789012345678901234567890123456789too long\"",
          "X is expected, found '0123456789012345678901234567890123456789'" },
        { "", "X is expected, found nothing" },
    };
    char buffer[100];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cJSON *json = cJSON_Parse(rows[i].json);
        CU_ASSERT_STRING_EQUAL(json_expected("X", json, buffer, sizeof(buffer)),
                               rows[i].found);
        cJSON_Delete(json);
    }
    CU_ASSERT_STRING_EQUAL(json_expected("X", NULL, buffer, 8), "X is ex");
}

static void pointers_are_escaped_and_cut(void)
{
    char pointer[12] = "";

    json_pointer_push(pointer, sizeof(pointer), "a/~");
    CU_ASSERT_STRING_EQUAL(pointer, "/a~1~0");
    json_pointer_push(pointer, sizeof(pointer), "b////");
    CU_ASSERT_STRING_EQUAL(pointer, "/a~1~0/b~1");
    json_pointer_push(pointer, sizeof(pointer), "cde");
    json_pointer_push(pointer, sizeof(pointer), "f");
    CU_ASSERT_TRUE(strlen(pointer) < sizeof(pointer));
}

static void the_nearest_word_is_suggested(void)
{
    static const char *const words[] = { "deliver", "update", "await", NULL };
    static const struct {
        const char *word;
        const char *near;
    } rows[] = {
        { "delivr", "deliver" },
        { "udpate", "update" },
        { "Await", "await" },
        { "wait", "await" },
        { "zebra", NULL },
        { "", NULL },
        { "deliverance-of-all", NULL },
    };
    char buffer[80];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *near = nearest_word(rows[i].word, words);
        if (rows[i].near == NULL) {
            CU_ASSERT_PTR_NULL(near);
        } else {
            CU_ASSERT_PTR_NOT_NULL_FATAL(near);
            CU_ASSERT_STRING_EQUAL(near, rows[i].near);
        }
    }
    CU_ASSERT_STRING_EQUAL(
        unknown_word("verb", "awiat", words, buffer, sizeof(buffer)),
        "unknown verb 'awiat', did you mean 'await'?; allowed: deliver update "
        "await");
    CU_ASSERT_STRING_EQUAL(
        unknown_word("verb", "zebra", words, buffer, sizeof(buffer)),
        "unknown verb 'zebra'; allowed: deliver update await");
    /* That words are missing is said. */
    CU_ASSERT_STRING_EQUAL(unknown_word("verb", "zebra", words, buffer, 40),
                           "unknown verb 'zebra'; allowed: deliv...");
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.json_file", NULL, NULL);
    CU_ADD_TEST(suite, comments_are_blanked_outside_of_texts);
    CU_ADD_TEST(suite, a_fault_is_located_by_line_and_column);
    CU_ADD_TEST(suite, a_comma_behind_the_last_one_is_no_fault);
    CU_ADD_TEST(suite, a_key_that_stands_twice_is_located_by_its_pointer);
    CU_ADD_TEST(suite, a_nul_is_refused_however_it_is_written);
    CU_ADD_TEST(suite, nesting_has_a_limit);
    CU_ADD_TEST(suite, a_file_has_a_limit);
    CU_ADD_TEST(suite, an_object_of_many_keys_is_read_quickly);
    CU_ADD_TEST(suite, a_long_file_name_leaves_room_for_the_words);
    CU_ADD_TEST(suite, what_was_found_is_named_in_short);
    CU_ADD_TEST(suite, pointers_are_escaped_and_cut);
    CU_ADD_TEST(suite, the_nearest_word_is_suggested);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
