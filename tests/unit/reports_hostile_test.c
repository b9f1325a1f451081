/* SPDX-License-Identifier: Apache-2.0 */

/* Text as an unkind device sends it, through every document. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "reports/escape.h"
#include "tests/unit/reports_document.h"
#include "tests/unit/reports_fixture.h"

#define WHY_SIZE  512
#define LONG_SIZE 65536
#define INSTANCE  "AFU-DEP-001@push"

static struct fixture fixture;

static void set_up(void)
{
    fixture_set_up(&fixture);
}

static void tear_down(void)
{
    fixture_tear_down(&fixture);
}

static const char *const texts[] = {
    "\x01\x02\x08\x1f\x7f",
    "\x1b[31mred\x1b[2J\x1b]0;title\x07",
    "\xc2\x9b[31m\xc2\x85\xc2\x80", /* C1: CSI, NEL */
    "a\nb\r\nc\td\v\f",             /* lines */
    "\xe2\x80\xa8\xe2\x80\xa9",     /* and U+2028, U+2029 */
    "x]]>y",
    "\"'&<>&lt;&#0;&bogus;",
    "<!-- a -- b -->",
    "<![CDATA[ <?xml version=\"1.0\"?> <!DOCTYPE a>",
    "</failure></testcase>",
    "\xef\xbf\xbe\xef\xbf\xbf",         /* U+FFFE, U+FFFF */
    "\xef\xb7\x90\xf0\x9f\xbf\xbe",     /* U+FDD0, U+1FFFE */
    "\xed\xa0\x80\xed\xbf\xbf",         /* lone surrogates */
    "\xed\xa0\xbd\xed\xb8\x80",         /* a pair of them */
    "\xc3(\xff\xfe\x80\xc3",            /* no UTF-8 */
    "\xc0\x80\xe0\x80\x80\xf0\x80\x80", /* overlong */
    "\xf4\x90\x80\x80\xf8\x88\x80\x80\x80",
    "\xe2\x82",                         /* ends within a character */
    "\xe2\x80\xae-fdp.exe\xe2\x80\xac", /* turns the direction */
    "\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", /* zero width */
    "\xf3\xa0\x80\x81",                 /* a tag character */
    "\xf4\x8f\xbc\x9b",                 /* what the journal writes for a byte */
    "\\x1b",                            /* what a report writes for a byte */
    "\\",
    "\\\\x41\\x5cx\\xzz\\u0041",
    "[[ATTACHMENT|/etc/passwd]]",
    "a\n[[ATTACHMENT|../../secret]]\n[[PROPERTY|a=b]]",
    "[[[[PROPERTY|a=b]][[",
    "%s%n%99999d",
    "{\"a\":[1,\"\\ud800\"]}",
    "J\xc3\xbcrgen \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x98\x80", /* kind */
};

enum { TEXT_COUNT = sizeof(texts) / sizeof(texts[0]) };

/** A journal in which everything that may come from outside is `text`. */
static void put_journal(const char *text)
{
    cJSON *data = cJSON_CreateObject();
    const struct fixture_case cases[] = {
        { INSTANCE, "AFU-DEP-001", text, NULL },
        { "AFU-DEP-002", "AFU-DEP-002", "skipped", text },
        { "AFU-DEP-003", "AFU-DEP-003", "passes", NULL },
        { NULL, NULL, NULL, NULL },
    };
    struct finding finding = {
        .level = FINDING_FAIL,
        .requirement = text,
        .ambiguity = text,
        .check = text,
        .subject = text,
        .expected = text,
        .observed = text,
        .detail = text,
    };

    cJSON_AddStringToObject(data, "version", text);
    cJSON_AddStringToObject(data, "seed", text);
    cJSON_AddStringToObject(data, "profile", text);
    cJSON *argv = cJSON_AddArrayToObject(data, "argv");
    cJSON_AddItemToArray(argv, cJSON_CreateString("run"));
    cJSON_AddItemToArray(argv, cJSON_CreateString("--profile"));
    cJSON_AddItemToArray(argv, cJSON_CreateString(text));
    fixture.endpoint = text;
    fixture_put_tree(&fixture, JOURNAL_CAMPAIGN, NULL, data);
    data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddTrueToObject(data, "diagnosis");
    fixture_put_tree(&fixture, JOURNAL_NOTE, NULL, data);
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, INSTANCE);
    fixture_finding(&fixture, INSTANCE, &finding);
    fixture_verdict(&fixture, INSTANCE, "fail", 1, text);
    fixture_begin(&fixture, "AFU-DEP-003");
    finding.level = FINDING_WARNING;
    fixture_finding(&fixture, "AFU-DEP-003", &finding);
    fixture_verdict(&fixture, "AFU-DEP-003", "pass", 1, NULL);
    fixture_end(&fixture, false);
}

static int digit_of(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/** Turn "\xNN" back into bytes, in place. */
static void restore(char *text)
{
    size_t used = 0;

    for (size_t at = 0; text[at] != '\0'; at++) {
        if (text[at] == '\\' && text[at + 1] == 'x') {
            int high = digit_of(text[at + 2]);
            int low = high >= 0 ? digit_of(text[at + 3]) : -1;
            CU_ASSERT_TRUE_FATAL(high >= 0 && low >= 0);
            text[used++] = (char)(high * 16 + low);
            at += 3;
        } else {
            text[used++] = text[at];
        }
    }
    text[used] = '\0';
}

/** Whether `shown`, its marks turned back, has `label` and then the text. */
static bool tells(const char *shown, const char *label, const char *text)
{
    char *copy = strdup(shown);
    char *wanted = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    CU_ASSERT_TRUE_FATAL(asprintf(&wanted, "%s%s", label, text) >= 0);
    restore(copy);
    bool has = strstr(copy, wanted) != NULL;
    if (!has) {
        fprintf(stderr, "not told: '%.80s'\n", wanted);
    }
    free(wanted);
    free(copy);
    return has;
}

/** Whether a terminal shows every byte: UTF-8 without controls, but line
 *  feeds and tabs between the values. */
static bool is_harmless(const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char byte = (unsigned char)text[i];
        unsigned char next = (unsigned char)text[i + 1];
        bool is_control = (byte < 0x20 && byte != '\n' && byte != '\t') ||
                          byte == 0x7f || (byte == 0xc2 && next < 0xa0) ||
                          (byte == 0xe2 && next == 0x80 &&
                           (unsigned char)text[i + 2] >= 0xa8 &&
                           (unsigned char)text[i + 2] <= 0xae);
        if (is_control) {
            fprintf(stderr, "control %02x at %zu\n", byte, i);
            return false;
        }
    }
    return xmlCheckUTF8((const unsigned char *)text) != 0;
}

static void junit_stays_valid_and_tells_the_text(void)
{
    char why[WHY_SIZE];

    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_journal(texts[i]);
        report_free(fixture_report(&fixture));
        xmlDoc *read = document_read(fixture.junit);
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        bool is_valid = document_is_valid(read, why);
        CU_ASSERT_TRUE(is_valid);
        if (!is_valid) {
            fprintf(stderr, "text %zu: %s\n", i, why);
        }
        const xmlNode *node = document_case(read, INSTANCE);
        char *words = text_of(child_of(node, "failure"));
        CU_ASSERT_PTR_NOT_NULL_FATAL(words);
        CU_ASSERT_TRUE(is_harmless(words));
        CU_ASSERT_TRUE(tells(words, "\n  expected: ", texts[i]));
        CU_ASSERT_TRUE(tells(words, "\n  observed: ", texts[i]));
        CU_ASSERT_TRUE(tells(words, "\n  ", texts[i]));
        xmlFree(words);
        char *value =
            property_of(document_suite(read, "AFU.DEP"), "dut.endpoint");
        CU_ASSERT_TRUE(tells(value, "", texts[i]));
        free(value);
        xmlFreeDoc(read);
    }
}

static void a_device_cannot_attach_files_or_properties(void)
{
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_journal(texts[i]);
        report_free(fixture_report(&fixture));
        char *raw = fixture_read(fixture.junit, NULL);
        size_t attachments = 0;
        for (const char *at = raw; (at = strstr(at, "[[")) != NULL; at++) {
            CU_ASSERT_NOT_EQUAL(strncmp(at, "[[PROPERTY|", 11), 0);
            attachments += strncmp(at, "[[ATTACHMENT|", 13) == 0 ? 1 : 0;
        }
        CU_ASSERT_EQUAL(attachments, 2); /* the traces */
        free(raw);
    }
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void json_parses_back_to_the_text(void)
{
    static const char *const members[] = { "requirement", "ambiguity",
                                           "check",       "subject",
                                           "expected",    "observed",
                                           "detail" };

    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_journal(texts[i]);
        report_free(fixture_report(&fixture));
        char *raw = fixture_read(fixture.json, NULL);
        CU_ASSERT_TRUE(is_harmless(raw));
        cJSON *read = cJSON_Parse(raw);
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        const cJSON *row = cJSON_GetArrayItem(member(read, "cases"), 0);
        const cJSON *finding = cJSON_GetArrayItem(member(row, "findings"), 0);
        for (size_t j = 0; j < sizeof(members) / sizeof(members[0]); j++) {
            char *value =
                strdup(cJSON_GetStringValue(member(finding, members[j])));
            restore(value);
            CU_ASSERT_STRING_EQUAL(value, texts[i]);
            free(value);
        }
        char *endpoint = strdup(cJSON_GetStringValue(member(read, "endpoint")));
        restore(endpoint);
        CU_ASSERT_STRING_EQUAL(endpoint, texts[i]);
        free(endpoint);
        cJSON_Delete(read);
        free(raw);
    }
}

static void valid_text_is_itself_in_json(void)
{
    static const char *const plain[] = {
        "\x1b[31m\x7f", "\xc2\x9b[31m",     "\xe2\x80\xae\xf3\xa0\x80\x81",
        "a\nb\t",       "[[ATTACHMENT|x]]", "\\ \\u0041 \"",
    };

    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_journal(plain[i]);
        report_free(fixture_report(&fixture));
        char *raw = fixture_read(fixture.json, NULL);
        CU_ASSERT_TRUE(is_harmless(raw));
        cJSON *read = cJSON_Parse(raw);
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        CU_ASSERT_STRING_EQUAL(cJSON_GetStringValue(member(read, "endpoint")),
                               plain[i]);
        cJSON_Delete(read);
        free(raw);
    }
}

/** Take our own colours out, in place. */
static void drop_colours(char *text)
{
    static const char *const ours[] = { "\033[0m", "\033[31m", "\033[32m",
                                        "\033[33m", "\033[35m" };

    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        size_t length = strlen(ours[i]);
        char *at = text;
        while ((at = strstr(at, ours[i])) != NULL) {
            memmove(at, at + length, strlen(at + length) + 1);
        }
    }
}

static void no_control_character_reaches_the_terminal(void)
{
    static const unsigned columns[] = { 0, 1, 20, 40, 80 };

    for (size_t i = 0; i < TEXT_COUNT; i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        put_journal(texts[i]);
        struct report *report = fixture_report(&fixture);
        for (size_t j = 0; j < sizeof(columns) / sizeof(columns[0]); j++) {
            char *shown = fixture_summary(report, false, columns[j]);
            CU_ASSERT_TRUE(is_harmless(shown));
            if (columns[j] == 0) {
                CU_ASSERT_TRUE(tells(shown, "\n    observed: ", texts[i]));
            }
            free(shown);
        }
        char *coloured = fixture_summary(report, true, 80);
        CU_ASSERT_PTR_NOT_NULL(strstr(coloured, "\033[31mfail\033[0m "));
        drop_colours(coloured);
        CU_ASSERT_TRUE(is_harmless(coloured));
        free(coloured);
        report_free(report);
    }
}

static void long_text_is_whole_in_documents_and_cut_on_the_terminal(void)
{
    static const char bytes[] = { 'A', '\x1b', '\xff', '<' };
    char *text = calloc(1, LONG_SIZE + 1);
    char why[WHY_SIZE];

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        if (i > 0) {
            fixture_tear_down(&fixture);
            fixture_set_up(&fixture);
        }
        memset(text, bytes[i], LONG_SIZE);
        put_journal(text);
        struct report *report = fixture_report(&fixture);
        xmlDoc *read = document_read(fixture.junit);
        CU_ASSERT_PTR_NOT_NULL_FATAL(read);
        CU_ASSERT_TRUE(document_is_valid(read, why));
        char *words =
            text_of(child_of(document_case(read, INSTANCE), "failure"));
        CU_ASSERT_TRUE(tells(words, "\n  observed: ", text));
        xmlFree(words);
        CU_ASSERT_TRUE(
            attribute_has(child_of(document_case(read, INSTANCE), "failure"),
                          "message", " more bytes]"));
        xmlFreeDoc(read);
        char *shown = fixture_summary(report, false, 80);
        CU_ASSERT_TRUE(is_harmless(shown));
        CU_ASSERT_PTR_NOT_NULL(strstr(shown, " more bytes]"));
        CU_ASSERT_TRUE(strlen(shown) < 20000);
        free(shown);
        report_free(report);
    }
    free(text);
}

static void a_case_with_much_to_tell_is_cut_and_says_so(void)
{
    static const struct fixture_case cases[] = {
        { INSTANCE, "AFU-DEP-001", "much", NULL },
        { NULL, NULL, NULL, NULL },
    };
    char *text = calloc(1, LONG_SIZE + 1);
    struct finding finding = { .level = FINDING_FAIL, .requirement = "AFU-1" };

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, 'A', LONG_SIZE);
    finding.observed = text;
    fixture_plan(&fixture, cases);
    fixture_begin(&fixture, INSTANCE);
    for (int i = 0; i < 20; i++) {
        fixture_finding(&fixture, INSTANCE, &finding);
    }
    fixture_verdict(&fixture, INSTANCE, "fail", 1, "r");
    fixture_end(&fixture, false);
    report_free(fixture_report(&fixture));
    xmlDoc *read = document_read(fixture.junit);
    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    char *words = text_of(child_of(document_case(read, INSTANCE), "failure"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(words);
    CU_ASSERT_TRUE(strlen(words) < (size_t)6 * LONG_SIZE);
    CU_ASSERT_PTR_NOT_NULL(strstr(words, "\n16 more in results.json\n"));
    xmlFree(words);
    xmlFreeDoc(read);
    char *json = fixture_read(fixture.json, NULL);
    CU_ASSERT_TRUE(strlen(json) > (size_t)20 * LONG_SIZE);
    free(json);
    free(text);
}

static void a_journal_with_a_lone_surrogate_is_refused(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;

    fixture_put_bytes(&fixture, "{\"seq\":1,\"time\":1,\"wall\":1,\"kind\":"
                                "\"note\",\"data\":{\"text\":\"\\ud800\"}}\n");
    CU_ASSERT_EQUAL(report_load(fixture.journal, &report, &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_PTR_NULL(report);
}

static void a_cut_text_says_how_much_is_missing(void)
{
    static const struct {
        const char *text;
        size_t max;
        const char *shown;
    } rows[] = {
        { "abcdef", 0, "abcdef" },
        { "abcdef", 6, "abcdef" },
        { "abcdef", 5, "abcde [1 more bytes]" },
        { "ab\xe6\xbc\xa2z", 4, "ab [4 more bytes]" }, /* no half character */
        { "ab\x1bz", 5, "ab [2 more bytes]" },         /* no half mark */
        { "ab\x1bz", 6, "ab\\x1b [1 more bytes]" },
        { "", 5, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *shown = escape_text(rows[i].text, ESCAPE_LINE, rows[i].max);
        CU_ASSERT_PTR_NOT_NULL_FATAL(shown);
        CU_ASSERT_STRING_EQUAL(shown, rows[i].shown);
        free(shown);
    }
}

static void every_byte_comes_back_from_its_mark(void)
{
    static const enum escape_mode modes[] = { ESCAPE_LINE, ESCAPE_LINES,
                                              ESCAPE_JSON };
    char text[4] = "";

    for (unsigned first = 1; first < 256; first++) {
        for (unsigned second = 1; second < 256; second++) {
            text[0] = (char)first;
            text[1] = (char)second;
            text[2] = 'x';
            for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
                char *shown = escape_text(text, modes[i], 0);
                CU_ASSERT_PTR_NOT_NULL_FATAL(shown);
                bool is_good =
                    xmlCheckUTF8((const unsigned char *)shown) != 0 &&
                    (modes[i] == ESCAPE_JSON || is_harmless(shown)) &&
                    (modes[i] != ESCAPE_LINE || strchr(shown, '\n') == NULL);
                restore(shown);
                if (!is_good || strcmp(shown, text) != 0) {
                    CU_FAIL_FATAL("a pair of bytes is lost or not escaped");
                }
                free(shown);
            }
        }
    }
    CU_PASS("all pairs");
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.hostile", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, junit_stays_valid_and_tells_the_text);
    CU_ADD_TEST(suite, a_device_cannot_attach_files_or_properties);
    CU_ADD_TEST(suite, json_parses_back_to_the_text);
    CU_ADD_TEST(suite, valid_text_is_itself_in_json);
    CU_ADD_TEST(suite, no_control_character_reaches_the_terminal);
    CU_ADD_TEST(suite, long_text_is_whole_in_documents_and_cut_on_the_terminal);
    CU_ADD_TEST(suite, a_case_with_much_to_tell_is_cut_and_says_so);
    CU_ADD_TEST(suite, a_journal_with_a_lone_surrogate_is_refused);
    CU_ADD_TEST(suite, a_cut_text_says_how_much_is_missing);
    CU_ADD_TEST(suite, every_byte_comes_back_from_its_mark);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    xmlCleanupParser();
    return failures == 0 ? 0 : 1;
}
