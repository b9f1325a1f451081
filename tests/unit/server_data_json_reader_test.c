/* SPDX-License-Identifier: Apache-2.0 */

/* The strict reader of JSON: what it takes, what it refuses, and where. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/json_reader.h"

/** Read one value with all that is in it, and nothing behind it. */
static enum status read_all(const char *text, size_t length,
                            struct reason *reason)
{
    struct json_reader reader;
    struct json_value value;
    /* Of exactly its size, so that reading behind it is seen. */
    uint8_t *bytes = malloc(length > 0 ? length : 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    memcpy(bytes, text, length);
    json_reader_init(&reader, bytes, length, reason);
    enum status status = json_value(&reader, &value);
    if (status == STATUS_OK) {
        status = json_skip(&reader, &value);
    }
    if (status == STATUS_OK) {
        status = json_end(&reader);
    }
    free(bytes);
    return status;
}

static void reader_takes_what_is_json(void)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "\"\"",
        "0",
        "-0",
        "-0.0e-0",
        "1E+2",
        "0.1",
        "1e400",
        "18446744073709551616",
        "true",
        "false",
        "null",
        " \t\r\n[ 1 , 2 ]\n",
        "{ \"a\" : { \"a\" : [ { \"a\" : 1 } ] } , \"b\" : 2 }",
        "[{\"a\":1},{\"a\":1}]",
        "{\"a\":{\"b\":1},\"b\":2}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\u20ac\\uD83D\\ude00\"",
        "\"\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\"",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        enum status status = read_all(texts[i], strlen(texts[i]), &reason);
        if (status != STATUS_OK) {
            printf("%s: %s\n", texts[i], reason.text);
        }
        CU_ASSERT_EQUAL(status, STATUS_OK);
    }
}

/** A text, and what stands behind "JSON at offset " in the reason. */
struct refused {
    const char *text;
    const char *words;
};

static void check_refused(const struct refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct reason reason = { .status = STATUS_OK };
        char wanted[200];
        (void)snprintf(wanted, sizeof(wanted), "JSON at offset %s",
                       rows[i].words);
        CU_ASSERT_EQUAL(read_all(rows[i].text, strlen(rows[i].text), &reason),
                        STATUS_MALFORMED);
        if (strcmp(reason.text, wanted) != 0) {
            printf("%s: '%s', not '%s'\n", rows[i].text, reason.text, wanted);
        }
        CU_ASSERT_STRING_EQUAL(reason.text, wanted);
    }
}

static void reader_refuses_what_is_not_and_says_where(void)
{
    static const struct refused rows[] = {
        { "", "0: a value is expected" },
        { " ", "1: a value is expected" },
        { "\xef\xbb\xbf[]", "0: a value is expected" },
        { "[1,]", "3: a value is expected" },
        { "[,1]", "1: a value is expected" },
        { "[1 2]", "3: a comma or an end is expected" },
        { "[1", "2: a comma or an end is expected" },
        { "[1}", "2: a comma or an end is expected" },
        { "[", "1: a value is expected" },
        { "[]]", "2: nothing is expected behind the value" },
        { "1 2", "2: nothing is expected behind the value" },
        { "{", "1: a name is expected" },
        { "{1:2}", "1: a name is expected" },
        { "{'a':1}", "1: a name is expected" },
        { "{\"a\"}", "4: a colon is expected" },
        { "{\"a\":}", "5: a value is expected" },
        { "{\"a\":1,}", "7: a name is expected" },
        { "{\"a\":1,\"a\":2}", "7: a name that the object has already" },
        { "{\"a\":1,\"\\u0061\":2}", "7: a name that the object has already" },
        { "{\"/\":1,\"\\/\":2}", "7: a name that the object has already" },
        { "[{\"x\":{\"b\":1,\"b\":2}}]",
          "13: a name that the object has already" },
        { "01", "0: a number with leading zeros" },
        { "-01", "0: a number with leading zeros" },
        { "0x1", "1: nothing is expected behind the value" },
        { "+1", "0: a value is expected" },
        { ".5", "0: a value is expected" },
        { "5.", "2: a digit is expected" },
        { "-", "1: a digit is expected" },
        { "1e", "2: a digit is expected" },
        { "1e+", "3: a digit is expected" },
        { "-.5", "1: a digit is expected" },
        { "NaN", "0: a value is expected" },
        { "Infinity", "0: a value is expected" },
        { "-Infinity", "1: a digit is expected" },
        { "tru", "0: a value is expected" },
        { "True", "0: a value is expected" },
        { "nulll", "4: nothing is expected behind the value" },
        { "[]//", "2: nothing is expected behind the value" },
        { "/**/[]", "0: a value is expected" },
        { "'a'", "0: a value is expected" },
        { "a", "0: a value is expected" },
    };

    check_refused(rows, sizeof(rows) / sizeof(rows[0]));
}

static void reader_refuses_wrong_strings_and_says_where(void)
{
    static const struct refused rows[] = {
        { "\"", "1: a string without its end" },
        { "\"a", "2: a string without its end" },
        { "\"a\\\"", "4: a string without its end" },
        { "\"\n\"", "1: a control character in a string" },
        { "\"a\x1f\"", "2: a control character in a string" },
        { "\"\\", "2: no such escape, or half a surrogate pair" },
        { "\"\\a\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\'\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\u12\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\u12g4\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\U0041\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\ud83d\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\ude00\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\ud83d\\ud83d\"", "2: no such escape, or half a surrogate pair" },
        { "\"\\ud83d\\n\"", "2: no such escape, or half a surrogate pair" },
        { "\"\xc3\x28\"", "0: a string that is not UTF-8" },
        { "\"\xc0\x80\"", "0: a string that is not UTF-8" },
        { "\"\xed\xa0\xbd\"", "0: a string that is not UTF-8" },
        { "\"\xc3\"", "0: a string that is not UTF-8" },
        { "{\"\xff\":1}", "1: a string that is not UTF-8" },
    };

    check_refused(rows, sizeof(rows) / sizeof(rows[0]));
}

static void reader_refuses_a_nul_between_values(void)
{
    CU_ASSERT_EQUAL(read_all("[1,\0", 4, NULL), STATUS_MALFORMED);
    CU_ASSERT_EQUAL(read_all("1\0", 2, NULL), STATUS_MALFORMED);
    CU_ASSERT_EQUAL(read_all("\"\\\0\"", 4, NULL), STATUS_MALFORMED);
    CU_ASSERT_EQUAL(read_all("\"\\u00\0000\"", 8, NULL), STATUS_MALFORMED);
}

/** `head`, then `count` times `part`, then `tail`. */
static enum status read_long(const char *head, const char *part, size_t count,
                             const char *tail)
{
    size_t size = strlen(head) + count * (strlen(part) + 8) + strlen(tail) + 1;
    char *text = malloc(size);
    size_t used = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    used += (size_t)snprintf(text, size, "%s", head);
    for (size_t i = 0; i < count; i++) {
        const char *mark = strchr(part, '#');
        size_t before = mark != NULL ? (size_t)(mark - part) : strlen(part);
        memcpy(text + used, part, before);
        used += before;
        if (mark != NULL) {
            used += (size_t)snprintf(text + used, size - used, "%zu%s", i,
                                     mark + 1);
        }
    }
    used += (size_t)snprintf(text + used, size - used, "%s", tail);
    enum status status = read_all(text, used, NULL);
    free(text);
    return status;
}

static void reader_stops_one_over_each_limit(void)
{
    CU_ASSERT_EQUAL(read_long("", "[", JSON_DEPTH_MAX - 1, "{}]]]]]]]]]]]]]]]"),
                    STATUS_OK);
    CU_ASSERT_EQUAL(read_long("", "[", JSON_DEPTH_MAX, "{}"), STATUS_LIMIT);
    CU_ASSERT_EQUAL(read_long("", "[", 1000000, ""), STATUS_LIMIT);
    CU_ASSERT_EQUAL(read_long("", "1", JSON_NUMBER_SIZE, ""), STATUS_OK);
    CU_ASSERT_EQUAL(read_long("", "1", JSON_NUMBER_SIZE + 1, ""), STATUS_LIMIT);
    CU_ASSERT_EQUAL(read_long("{", "\"#\":1,", JSON_NAMES_MAX - 1, "\"x\":1}"),
                    STATUS_OK);
    CU_ASSERT_EQUAL(read_long("{", "\"#\":1,", JSON_NAMES_MAX, "\"x\":1}"),
                    STATUS_LIMIT);
    CU_ASSERT_EQUAL(read_long("", " ", JSON_SIZE_MAX - 1, "1"), STATUS_OK);
    CU_ASSERT_EQUAL(read_long("", " ", JSON_SIZE_MAX, "1"), STATUS_LIMIT);
}

static void reader_forgets_the_names_of_objects_it_has_left(void)
{
    CU_ASSERT_EQUAL(read_long("[", "{\"a\":1,\"b\":{\"c\":2}},", 1000, "null]"),
                    STATUS_OK);
    CU_ASSERT_EQUAL(read_long("{\"x\":[", "{\"a\":1},", 1000, "1],\"a\":1}"),
                    STATUS_OK);
}

static void strings_lose_their_escapes(void)
{
    static const struct {
        const char *text;
        const char *plain;
        size_t length;
    } rows[] = {
        { "\"\"", "", 0 },
        { "\"abc\"", "abc", 3 },
        { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz", 10 },
        { "\"\\u0000\\u001F\\u007f\"", "\0\x1f\x7f", 3 },
        { "\"\\u0080\\u07ff\"", "\xc2\x80\xdf\xbf", 4 },
        { "\"\\u0800\\uffff\"", "\xe0\xa0\x80\xef\xbf\xbf", 6 },
        { "\"\\ud800\\udc00\\uDBFF\\uDFFF\"",
          "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 8 },
        { "\"\xe2\x82\xac\\u20ac\"", "\xe2\x82\xac\xe2\x82\xac", 6 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct json_reader reader;
        struct json_value value;
        char plain[64];
        json_reader_init(&reader, (const uint8_t *)rows[i].text,
                         strlen(rows[i].text), NULL);
        CU_ASSERT_EQUAL_FATAL(json_value(&reader, &value), STATUS_OK);
        CU_ASSERT_EQUAL(value.kind, JSON_STRING);
        CU_ASSERT_EQUAL(json_string_text(&value, plain), rows[i].length);
        CU_ASSERT_EQUAL(memcmp(plain, rows[i].plain, rows[i].length), 0);
    }
}

static void numbers_stay_text(void)
{
    static const char text[] = "[-9223372036854775808,1.50E-3 ]";
    struct json_reader reader;
    struct json_value value;
    bool has = false;

    json_reader_init(&reader, (const uint8_t *)text, strlen(text), NULL);
    CU_ASSERT_EQUAL(json_value(&reader, &value), STATUS_OK);
    CU_ASSERT_EQUAL(value.kind, JSON_ARRAY);
    CU_ASSERT_EQUAL(json_begin_array(&reader), STATUS_OK);
    CU_ASSERT_EQUAL(json_next_element(&reader, &has), STATUS_OK);
    CU_ASSERT(has);
    CU_ASSERT_EQUAL(json_value(&reader, &value), STATUS_OK);
    CU_ASSERT_EQUAL(value.offset, 1);
    CU_ASSERT_EQUAL(value.length, 20);
    CU_ASSERT_EQUAL(memcmp(value.text, "-9223372036854775808", 20), 0);
    CU_ASSERT_EQUAL(json_next_element(&reader, &has), STATUS_OK);
    CU_ASSERT(has);
    CU_ASSERT_EQUAL(json_value(&reader, &value), STATUS_OK);
    CU_ASSERT_EQUAL(value.length, 7);
    CU_ASSERT_EQUAL(memcmp(value.text, "1.50E-3", 7), 0);
    CU_ASSERT_EQUAL(json_next_element(&reader, &has), STATUS_OK);
    CU_ASSERT(!has);
    CU_ASSERT_EQUAL(json_end(&reader), STATUS_OK);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_json_reader", NULL, NULL);
    CU_ADD_TEST(suite, reader_takes_what_is_json);
    CU_ADD_TEST(suite, reader_refuses_what_is_not_and_says_where);
    CU_ADD_TEST(suite, reader_refuses_wrong_strings_and_says_where);
    CU_ADD_TEST(suite, reader_refuses_a_nul_between_values);
    CU_ADD_TEST(suite, reader_stops_one_over_each_limit);
    CU_ADD_TEST(suite, reader_forgets_the_names_of_objects_it_has_left);
    CU_ADD_TEST(suite, strings_lose_their_escapes);
    CU_ADD_TEST(suite, numbers_stay_text);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
