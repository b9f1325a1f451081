/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/describe.h"
#include "cli/shell/text.h"

static struct {
    struct definitions *definitions;
    struct event_store *events;
    struct shell_view view;
    char text[4096];
} fixture;

static void set_up(void)
{
    fixture.definitions = definitions_new();
    fixture.events = event_store_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.definitions);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.events);
    CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(fixture.definitions, NULL),
                          STATUS_OK);
    fixture.view = (struct shell_view){ .events = fixture.events,
                                        .definitions = fixture.definitions };
}

static void tear_down(void)
{
    event_store_free(fixture.events);
    definitions_free(fixture.definitions);
}

/** The event in words; "" when it is not shown. */
static const char *shown(const struct journal_event *event)
{
    cJSON *description = shell_describe(&fixture.view, event);
    FILE *stream = fmemopen(fixture.text, sizeof(fixture.text), "w");

    fixture.text[0] = '\0';
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    if (description != NULL) {
        shell_text(description, false, stream);
    }
    (void)fclose(stream);
    cJSON_Delete(description);
    return fixture.text;
}

static void says(const struct journal_event *event, const char *expected)
{
    const char *got = shown(event);

    if (strcmp(got, expected) != 0) {
        printf("  got      '%s'\n  expected '%s'\n", got, expected);
        CU_FAIL("words");
    }
}

/** A request of the session, so that its answer can be understood. */
static void sent(uint64_t id, const char *path, uint8_t method)
{
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .time_ms = 1000,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = id,
                       .time_ms = 1000,
                       .as.request = { .method = method,
                                       .path = path,
                                       .content_format = CONTENT_FORMAT_NONE,
                                       .accept = CONTENT_FORMAT_NONE } },
    };

    CU_ASSERT_EQUAL_FATAL(event_store_add(fixture.events, &event, NULL),
                          STATUS_OK);
}

static struct journal_event answer(uint64_t id, uint8_t code, int format,
                                   const char *payload)
{
    return (struct journal_event){
        .kind = (enum journal_kind)SERVER_RESPONSE,
        .time_ms = 1007,
        .endpoint = "dev",
        .as.server = { .kind = SERVER_RESPONSE,
                       .id = id,
                       .time_ms = 1007,
                       .endpoint = "dev",
                       .as.response = { .code = code,
                                        .content_format = format,
                                        .payload = (const uint8_t *)payload,
                                        .payload_length = strlen(payload) } },
    };
}

static void values_are_shown_with_name_and_meaning(void)
{
    static const struct {
        const char *path;
        int format;
        const char *payload;
        const char *words;
    } rows[] = {
        { "/33629/0/3", CONTENT_FORMAT_TEXT, "2",
          "2.05 Content, text, 1 byte, 7 ms\n"
          "  /33629/0/3  State  2 (Downloaded)\n" },
        { "/33629/0/5", CONTENT_FORMAT_TEXT, "13",
          "2.05 Content, text, 2 bytes, 7 ms\n"
          "  /33629/0/5  Update Result  13 (dependency error)\n" },
        { "/33629/0/3", CONTENT_FORMAT_TEXT, "9",
          "2.05 Content, text, 1 byte, 7 ms\n"
          "  /33629/0/3  State  9\n" },
        { "/3/0/0", CONTENT_FORMAT_TEXT, "a \"b\" \033[31m\xff",
          "2.05 Content, text, 12 bytes, 7 ms\n"
          "  undecodable: " },
        { "/3/0/13", CONTENT_FORMAT_TEXT, "1772359200",
          "2.05 Content, text, 10 bytes, 7 ms\n"
          "  /3/0/13  Current Time  1772359200 (2026-03-01T10:00:00Z)\n" },
        { "/1/0/6", CONTENT_FORMAT_TEXT, "1",
          "2.05 Content, text, 1 byte, 7 ms\n  /1/0/6  " },
        { "/9999/0/1", CONTENT_FORMAT_OPAQUE, "ab",
          "2.05 Content, opaque, 2 bytes, 7 ms\n"
          "  /9999/0/1  6162 (2 bytes)\n" },
        { "/33629/0/3", CONTENT_FORMAT_SENML_JSON, "[{",
          "2.05 Content, senml-json, 2 bytes, 7 ms\n  undecodable: " },
        { "/3/0/0", 4711, "x", "2.05 Content, 4711, 1 byte, 7 ms\n  undecod" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        sent(i + 1, rows[i].path, 1);
        struct journal_event event =
            answer(i + 1, COAP_CODE(2, 5), rows[i].format, rows[i].payload);
        const char *got = shown(&event);
        if (strncmp(got, rows[i].words, strlen(rows[i].words)) != 0) {
            printf("%s\n  got      '%s'\n  expected '%s'\n", rows[i].path, got,
                   rows[i].words);
            CU_FAIL("values");
        }
    }
}

static void an_answer_is_shown_by_how_much_the_verb_says(void)
{
    sent(1, "/33629/0", 1);
    sent(2, "/33629/0/2", 2);
    struct journal_event read =
        answer(1, COAP_CODE(4, 4), CONTENT_FORMAT_NONE, "");
    struct journal_event execute =
        answer(2, COAP_CODE(2, 4), CONTENT_FORMAT_NONE, "");

    says(&read, "4.04 Not Found, 7 ms\n");
    fixture.view.noise = SHELL_SHOW_CHANGES;
    says(&read, "");
    says(&execute, "2.04 Changed, 7 ms\n");
    fixture.view.noise = SHELL_SHOW_NONE;
    says(&execute, "");
    struct journal_event unknown =
        answer(99, COAP_CODE(2, 4), CONTENT_FORMAT_NONE, "");
    fixture.view.noise = SHELL_SHOW_ALL;
    says(&unknown, "");
}

static void links_are_shown_with_their_attributes(void)
{
    sent(1, "/33629/0", 1);
    struct journal_event event =
        answer(1, COAP_CODE(2, 5), CONTENT_FORMAT_LINK,
               "</33629/0>;ver=\"1.0\",</33629/0/16>;dim=2");

    says(&event, "2.05 Content, link, 40 bytes, 7 ms\n"
                 "  /33629/0 ver=1.0\n"
                 "  /33629/0/16 dim=2\n");
}

static void silence_is_shown_with_its_reason(void)
{
    sent(1, "/3/0", 1);
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_TIMEOUT,
        .time_ms = 2000,
        .as.server = { .kind = SERVER_TIMEOUT,
                       .id = 1,
                       .as.failure = { .why = "no acknowledgement" } },
    };

    says(&event, "no answer: no acknowledgement\n");
}

static void a_notification_is_one_line_for_one_value(void)
{
    sent(1, "/33629/0/3", 1);
    struct journal_event event =
        answer(1, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT, "1");

    event.kind = (enum journal_kind)SERVER_NOTIFICATION;
    event.as.server.kind = SERVER_NOTIFICATION;
    fixture.view.noise = SHELL_SHOW_NONE; /* it comes by itself */
    says(&event, "* dev notifies /33629/0/3 State: 1 (Downloading)\n");
}

/** Nothing that a device says reaches the terminal as a command to it. */
static void text_of_a_device_is_cleaned(void)
{
    static const char links[] = "</3/0>,</33629/0>";
    const struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REGISTER,
        .endpoint = "d\033]0;x\007\n\xff\xc2\x9b\xe2\x80\xae\xc3\xa4",
        .as.server = { .kind = SERVER_REGISTER,
                       .as.registration = { .address = "127.0.0.1:5",
                                            .lifetime_s = 60,
                                            .lwm2m_major = 1,
                                            .lwm2m_minor = 2,
                                            .has_links = true,
                                            .links = (const uint8_t *)links,
                                            .links_length =
                                                sizeof(links) - 1 } },
    };

    says(&event,
         "* d\\x1b]0;x\\x07\\x0a\\xff\\xc2\\x9b\\xe2\\x80\\xae\xc3\xa4 "
         "registered from 127.0.0.1:5: LwM2M 1.2, lifetime 60 s, 2 objects\n");
}

static void any_bytes_are_cleaned_to_printable_utf_8(void)
{
    for (unsigned a = 0; a < 256; a++) {
        for (unsigned b = 0; b < 256; b++) {
            const char bytes[2] = { (char)a, (char)b };
            char *clean = shell_clean(bytes, 2);
            CU_ASSERT_PTR_NOT_NULL_FATAL(clean);
            for (const char *at = clean; *at != '\0'; at++) {
                unsigned char byte = (unsigned char)*at;
                if (byte < 0x20 || byte == 0x7f) {
                    CU_FAIL("a control character");
                }
            }
            bool is_pair = a >= 0xc2 && a <= 0xdf && b >= 0x80 && b <= 0xbf &&
                           !(a == 0xc2 && b < 0xa0); /* those are controls */
            bool is_kept = strlen(clean) == 2 && memcmp(clean, bytes, 2) == 0;
            if (a >= 0x80 && is_kept != is_pair) {
                CU_FAIL("kept what is no character, or not kept one");
            }
            free(clean);
        }
    }
}

static void findings_say_what_was_expected(void)
{
    struct journal_event event = {
        .kind = JOURNAL_FINDING,
        .as.finding = { .level = FINDING_FAIL,
                        .requirement = "AFU-044",
                        .check = "step.expect",
                        .subject = "/33629/0",
                        .expected = "Downloaded",
                        .observed = "Idle" },
    };

    says(&event, "fail AFU-044 at /33629/0\n  expected: Downloaded\n"
                 "  observed: Idle\n");
    event.as.finding.level = FINDING_PASS;
    says(&event, "pass AFU-044: Idle\n");
    event.as.finding.level = FINDING_WARNING;
    event.as.finding.requirement = "";
    event.as.finding.ambiguity = "A-12";
    event.as.finding.subject = NULL;
    says(&event, "warning, A-12\n  expected: Downloaded\n  observed: Idle\n");
}

static void says_data(enum journal_kind kind, const char *instance,
                      const char *data, const char *words)
{
    cJSON *tree = cJSON_Parse(data);
    const struct journal_event event = { .kind = kind,
                                         .instance = instance,
                                         .as.data = tree };

    CU_ASSERT_PTR_NOT_NULL_FATAL(tree);
    says(&event, words);
    cJSON_Delete(tree);
}

static void transfers_and_cases_are_told_and_the_session_is_not(void)
{
    says_data(JOURNAL_TRANSFER_BEGIN, "SHELL",
              "{\"mechanism\":\"push\",\"instance\":1,\"package\":\"BAD\","
              "\"size\":20508,\"version\":\"1.1\",\"damage\":\"flip-bit\"}",
              "package BAD for /33629/1 by push: 20508 bytes, version 1.1, "
              "damaged: flip-bit\n");
    says_data(JOURNAL_TRANSFER_END, "SHELL",
              "{\"outcome\":\"refused\",\"code\":\"4.13\",\"blocks\":1,"
              "\"block-size\":1024,\"ms\":9}",
              "transfer refused: 4.13, 1 block of 1024 bytes, 9 ms\n");
    says_data(JOURNAL_VERDICT, "AFU-OBJ-001",
              "{\"verdict\":\"inconc\",\"ms\":1500,\"reason\":\"lost\"}",
              "inconc AFU-OBJ-001 (1.5 s): lost\n");
    says_data(JOURNAL_VERDICT, "SHELL-2", "{\"verdict\":\"pass\",\"ms\":1}",
              "");
    says_data(JOURNAL_CASE_BEGIN, "SHELL", "{\"title\":\"x\"}", "");
    says_data(JOURNAL_CASE_BEGIN, "SHELLS-001", "{\"title\":\"x\"}",
              "SHELLS-001  x\n");
    says_data(JOURNAL_NOTE, "SHELL", "{\"text\":\"mine\"}", "");
    says_data(JOURNAL_NOTE, "SHELL",
              "{\"text\":\"it ended\\nit said \\u001b\\n\",\"diagnosis\":true}",
              "note: it ended; it said \\x1b\n");
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "cli.shell_text", NULL, NULL, set_up, tear_down);
    CU_ADD_TEST(suite, values_are_shown_with_name_and_meaning);
    CU_ADD_TEST(suite, an_answer_is_shown_by_how_much_the_verb_says);
    CU_ADD_TEST(suite, links_are_shown_with_their_attributes);
    CU_ADD_TEST(suite, silence_is_shown_with_its_reason);
    CU_ADD_TEST(suite, a_notification_is_one_line_for_one_value);
    CU_ADD_TEST(suite, text_of_a_device_is_cleaned);
    CU_ADD_TEST(suite, any_bytes_are_cleaned_to_printable_utf_8);
    CU_ADD_TEST(suite, findings_say_what_was_expected);
    CU_ADD_TEST(suite, transfers_and_cases_are_told_and_the_session_is_not);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
