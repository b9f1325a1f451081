/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/steps.h"
#include "tests/unit/scenarios_steps_fake.h"

/* Verbs that send requests, and what their response codes are worth. */

static struct run *run;

static int set_up(void)
{
    return 0;
}

static void begin(void)
{
    run = fake_new();
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static void the_table_is_sorted_and_complete(void)
{
    static const char *const verbs[] = {
        "abandon",
        "attributes",
        "await",
        "cancel",
        "control",
        "create",
        "delete",
        "deliver",
        "discover",
        "disown",
        "each",
        "either",
        "execute",
        "expect",
        "impair",
        "mark",
        "note",
        "observe",
        "observe-composite",
        "power",
        "read",
        "read-composite",
        "reboot",
        "repeat",
        "reset",
        "restore",
        "resume",
        "told",
        "update",
        "watch",
        "walk",
        "where",
        "write",
        "write-composite",
    };
    const struct step_type *const *table = steps_table();
    size_t count = sizeof(verbs) / sizeof(verbs[0]);

    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(table[i]);
        CU_ASSERT_STRING_EQUAL(table[i]->verb, verbs[i]);
        CU_ASSERT_STRING_EQUAL(table[i]->parameters[0].name, verbs[i]);
        CU_ASSERT_PTR_NOT_NULL(table[i]->drive);
    }
    CU_ASSERT_PTR_NULL(table[count]);
}

/** What a code is worth in a step. */
static void judge_code(const char *step, uint8_t code, enum finding_level level,
                       const char *ambiguity)
{
    begin();
    enum step_progress progress = fake_start(run, step);
    while (!fake_sent(run, METHOD_DELETE, "/33629/0") &&
           !fake_sent(run, METHOD_POST, "/33629") && progress == STEP_GO_ON) {
        progress = fake_show(run, fake_view_of(0, 0, 0));
    }
    progress = fake_answer(run, code);
    CU_ASSERT_EQUAL(progress, STEP_DONE);
    fake_judge(run, progress);
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, ambiguity);
    CU_ASSERT_STRING_EQUAL(run->findings[0].requirement, "AFU-004");
    end();
}

static void a_rejection_is_graded(void)
{
    static const char loose[] =
        "{\"delete\": \"/33629/x\", \"rejected\": \"4.05\", "
        "\"req\": [\"AFU-004\"]}";
    static const char exact[] =
        "{\"delete\": \"/33629/x\", \"rejected\": {\"pass\": \"4.05\", "
        "\"A-32\": [\"4.00\"]}, \"exactly\": true, \"req\": [\"AFU-004\"]}";

    judge_code(loose, COAP_CODE(4, 5), FINDING_PASS, "");
    judge_code(loose, COAP_CODE(4, 0), FINDING_WARNING, "");
    judge_code(loose, COAP_CODE(5, 0), FINDING_WARNING, "");
    judge_code(loose, COAP_CODE(2, 2), FINDING_FAIL, "");
    judge_code(exact, COAP_CODE(4, 5), FINDING_PASS, "");
    judge_code(exact, COAP_CODE(4, 0), FINDING_WARNING, "A-32");
    judge_code(exact, COAP_CODE(5, 0), FINDING_FAIL, "");
    /* afu.md, section 10: an access right is the environment's. */
    judge_code(exact, COAP_CODE(4, 1), FINDING_INCONC, "");
    judge_code(loose, COAP_CODE(4, 1), FINDING_INCONC, "");
}

static void only_the_last_answer_to_a_renegotiated_read_counts(void)
{
    static const char step[] = "{\"read\": \"/33629/x/3\", \"code\": "
                               "\"2.05\", \"req\": [\"AFU-009\"]}";

    for (int is_noted = 0; is_noted < 2; is_noted++) {
        char note[32];
        begin();
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
        uint64_t refused = fake_last_request(run)->as.server.id;
        fake_append(run,
                    (struct journal_event){
                        .kind = (enum journal_kind)SERVER_RESPONSE,
                        .as.server = { .kind = SERVER_RESPONSE,
                                       .id = refused,
                                       .as.response.code = COAP_CODE(4, 6) } });
        (void)snprintf(note, sizeof(note), "{\"refused\": %d}",
                       is_noted ? (int)refused : 0); /* fits */
        fake_append_data(run, JOURNAL_NOTE, note);
        fake_exchange(run, METHOD_GET, "/33629/0/3", COAP_CODE(2, 5));
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), is_noted ? 0 : 1);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
        end();
    }
}

static void codes_that_pass_are_graded_with_classes(void)
{
    static const char step[] =
        "{\"delete\": \"/33629/x\", \"code\": {\"pass\": \"2.02\", "
        "\"warn\": [\"4.xx\"]}, \"req\": [\"AFU-004\"]}";

    judge_code(step, COAP_CODE(2, 2), FINDING_PASS, "");
    judge_code(step, COAP_CODE(4, 8), FINDING_WARNING, "");
    judge_code(step, COAP_CODE(5, 0), FINDING_FAIL, "");
}

static void the_strict_reading_fails_what_is_not_tolerated(void)
{
    static const char step[] =
        "{\"delete\": \"/33629/x\", \"rejected\": {\"pass\": \"4.05\", "
        "\"A-32\": \"4.00\"}, \"exactly\": true, \"req\": [\"AFU-004\"]}";
    static const char *const tolerate[] = { "A-32", NULL };

    begin();
    run->reading = READING_STRICT;
    (void)fake_start(run, step);
    (void)fake_answer(run, COAP_CODE(4, 0));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_FAIL);
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, "A-32");
    run->tolerate = tolerate;
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_WARNING);
    end();
}

static void without_a_requirement_nothing_passes_and_nothing_fails(void)
{
    begin();
    (void)fake_start(run, "{\"delete\": \"/33629/x\", \"rejected\": \"4.05\"}");
    (void)fake_answer(run, COAP_CODE(2, 2));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INCONC);
    (void)fake_start(run, "{\"delete\": \"/33629/x\", \"rejected\": \"4.05\"}");
    (void)fake_answer(run, COAP_CODE(4, 5));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    (void)fake_start(run, "{\"delete\": \"/33629/x\"}");
    (void)fake_answer(run, COAP_CODE(4, 5));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void silence_is_inconc(void)
{
    begin();
    (void)fake_start(run, "{\"delete\": \"/33629/x\", \"rejected\": \"4.05\", "
                          "\"req\": [\"AFU-004\"]}");
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_SILENT);
    fake_judge(run, STEP_SILENT);
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INCONC);
    end();
}

static void an_unreachable_device_may_pass_a_cancel(void)
{
    begin();
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"cancel\": \"x\", \"rejected\": \"4.05\", "
                        "\"exactly\": true, \"unreachable-passes\": true, "
                        "\"req\": [\"AFU-141\"]}"),
        STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_POST, "/33629/0/10"));
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INFO);
    end();
}

static void update_reads_before_it_executes(void)
{
    begin();
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"update\": \"x\", \"with\": [\"tee\", \"z\"]}"),
        STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 2, 0)), STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_POST, "/33629/0/2"));
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    static const char wanted[] = "0='</33629/1>,</33629/2>'";
    CU_ASSERT_EQUAL_FATAL(request->payload_length, strlen(wanted));
    CU_ASSERT_EQUAL(memcmp(request->payload, wanted, strlen(wanted)), 0);
    CU_ASSERT_EQUAL(request->content_format, CONTENT_FORMAT_TEXT);
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(2, 4)), STEP_DONE);
    end();
}

static void update_without_a_list_has_no_payload_and_alone_has_zero(void)
{
    begin();
    (void)fake_start(run, "{\"update\": \"x\"}");
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL(fake_last_request(run)->as.server.as.request.payload_length,
                    0);
    (void)fake_start(run, "{\"update\": \"x\", \"alone\": true}");
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL_FATAL(
        fake_last_request(run)->as.server.as.request.payload_length, 1);
    CU_ASSERT_EQUAL(fake_last_request(run)->as.server.as.request.payload[0],
                    '0');
    end();
}

static void an_answer_lost_over_the_reboot_is_tolerated(void)
{
    static const char step[] =
        "{\"update\": \"x\", \"code\": \"2.04\", \"req\": [\"AFU-058\"]}";

    begin();
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INFO);
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, "A-38");
    run->reading = READING_STRICT;
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_WARNING);
    /* Silence without a reboot is no A-38. */
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_UPDATE);
    CU_ASSERT_EQUAL(fake_deadline(run, "update"), STEP_SILENT);
    fake_judge(run, STEP_SILENT);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INCONC);
    /* One that lasts longer than the Execute waits is. */
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_TIMEOUT), STEP_GO_ON);
    const struct journal_event registers = {
        .kind = (enum journal_kind)SERVER_REGISTER,
    };
    CU_ASSERT_EQUAL(fake_event(run, registers), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->findings[0].level, FINDING_WARNING); /* strict */
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, "A-38");
    end();
}

/** Where the power goes before the answer, none says nothing, and nothing is
 *  waited for. */
static void a_power_cut_may_take_the_answer_to_an_update(void)
{
    static const enum server_event_kind kinds[] = { SERVER_TIMEOUT,
                                                    SERVER_SESSION_LOST };

    begin();
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        (void)fake_start(run, "{\"update\": \"x\", \"code\": \"2.04\", "
                              "\"unreachable-passes\": true, "
                              "\"req\": [\"AFU-094\"]}");
        (void)fake_show(run, fake_view_of(0, 2, 0));
        CU_ASSERT_EQUAL(fake_lose(run, kinds[i]), STEP_DONE);
        run->reading = READING_STRICT;
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 1);
        CU_ASSERT_EQUAL(run->findings[0].level, FINDING_INFO);
        CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, "");
    }
    end();
}

/** Where a requirement sets the time for an answer. */
static void silence_may_break_a_requirement(void)
{
    static const enum server_event_kind kinds[] = { SERVER_TIMEOUT,
                                                    SERVER_RESET,
                                                    SERVER_SESSION_LOST };

    for (size_t i = 0; i < 3; i++) {
        begin();
        (void)fake_start(run, "{\"read\": \"/3/0\", \"code\": \"2.05\", "
                              "\"silence\": [\"AFU-155\"], \"req\": "
                              "[\"AFU-009\"]}");
        (void)fake_lose(run, kinds[i]);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL_FATAL(run->finding_count, 1);
        CU_ASSERT_EQUAL(run->findings[0].level,
                        i < 2 ? FINDING_FAIL : FINDING_INCONC);
        CU_ASSERT_TRUE(i == 2 ||
                       strcmp(run->findings[0].requirement, "AFU-155") == 0);
        end();
    }
}

static void a_lost_read_is_sent_again_and_judged_once(void)
{
    begin();
    (void)fake_start(run, "{\"read\": [\"/33629/x/0\", \"/33629/x/2\"], "
                          "\"rejected\": \"4.05\", \"req\": [\"AFU-008\"]}");
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0/0"));
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(4, 5)), STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0/2"));
    CU_ASSERT_EQUAL(
        fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT, "1", 1),
        STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 2);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 1);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    end();
}

static void a_read_gives_up_when_nobody_registers(void)
{
    begin();
    run->is_registered = false;
    (void)fake_start(run, "{\"read\": \"/33629/x\"}");
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_SILENT);
    end();
}

static void absent_passes_only_for_what_no_discover_lists(void)
{
    static const char step[] =
        "{\"read\": \"/33629/x/10\", \"rejected\": {\"pass\": \"4.05\", "
        "\"absent\": \"4.04\"}, \"req\": [\"AFU-008\"]}";
    static const struct {
        const char *links;
        enum finding_level level;
    } rows[] = {
        { "</33629/0>,</33629/0/1>", FINDING_PASS },
        { "</33629/0>,</33629/0/10>", FINDING_WARNING },
    };

    for (size_t i = 0; i < 2; i++) {
        begin();
        (void)fake_start(run, "{\"discover\": \"/33629/x\"}");
        CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5),
                                          CONTENT_FORMAT_LINK, rows[i].links,
                                          strlen(rows[i].links)),
                        STEP_DONE);
        (void)fake_start(run, step);
        (void)fake_answer(run, COAP_CODE(4, 4));
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->findings[0].level, rows[i].level);
        end();
    }
}

static void reset_takes_the_form_that_the_device_knows(void)
{
    begin();
    (void)fake_start(run, "{\"reset\": \"x\"}");
    (void)fake_show(run, fake_view_of(0, 2, 0)); /* Resource 9 is 1 */
    CU_ASSERT_TRUE(fake_sent(run, METHOD_PUT, "/33629/0/0"));
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 1);
    CU_ASSERT_EQUAL(request->payload[0], 0x00);
    CU_ASSERT_EQUAL(request->content_format, CONTENT_FORMAT_OPAQUE);
    (void)fake_start(run, "{\"reset\": \"x\", \"form\": \"uri\"}");
    (void)fake_show(run, fake_view_of(0, 2, 0));
    CU_ASSERT_TRUE(fake_sent(run, METHOD_PUT, "/33629/0/1"));
    CU_ASSERT_EQUAL(fake_last_request(run)->as.server.as.request.payload_length,
                    0);
    end();
}

static void create_is_well_formed_with_and_without_an_id(void)
{
    /* TLV: 0 opaque of one byte, 1 empty string; an Instance around them. */
    static const uint8_t bare[] = { 0xc1, 0x00, 0x00, 0xc0, 0x01 };
    static const uint8_t used[] = { 0x05, 0x00, 0xc1, 0x00, 0x00, 0xc0, 0x01 };
    static const uint8_t free_id[] = {
        0x05, 0x03, 0xc1, 0x00, 0x00, 0xc0, 0x01
    };
    static const struct {
        const char *step;
        const uint8_t *bytes;
        size_t length;
    } rows[] = {
        { "{\"create\": 33629}", bare, sizeof(bare) },
        { "{\"create\": 33629, \"id\": \"used\"}", used, sizeof(used) },
        { "{\"create\": 33629, \"id\": \"free\"}", free_id, sizeof(free_id) },
    };

    for (size_t i = 0; i < 3; i++) {
        begin();
        (void)fake_start(run, rows[i].step);
        CU_ASSERT_TRUE(fake_sent(run, METHOD_POST, "/33629"));
        const struct server_request_view *request =
            &fake_last_request(run)->as.server.as.request;
        CU_ASSERT_EQUAL_FATAL(request->payload_length, rows[i].length);
        CU_ASSERT_EQUAL(memcmp(request->payload, rows[i].bytes, rows[i].length),
                        0);
        CU_ASSERT_EQUAL(request->content_format, CONTENT_FORMAT_TLV);
        end();
    }
}

static void write_takes_typed_values_and_bytes(void)
{
    begin();
    (void)fake_start(run, "{\"write\": \"/33629/x/11\", \"value\": 2}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_PUT, "/33629/0/11"));
    const struct server_request_view *request =
        &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 1);
    CU_ASSERT_EQUAL(request->payload[0], '2');
    (void)fake_start(run, "{\"write\": \"/33629/x/11\", \"payload\": "
                          "\"c10bff\", \"format\": 11542}");
    request = &fake_last_request(run)->as.server.as.request;
    CU_ASSERT_EQUAL_FATAL(request->payload_length, 3);
    CU_ASSERT_EQUAL(request->payload[2], 0xff);
    CU_ASSERT_EQUAL(request->content_format, CONTENT_FORMAT_TLV);
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"write\": \"/33629/x/11\", \"value\": \"a\"}"),
        STEP_FAILED);
    CU_ASSERT_TRUE(run->failed);
    end();
}

static void a_refused_reboot_is_inconc(void)
{
    begin();
    (void)fake_start(run, "{\"reboot\": true}");
    CU_ASSERT_TRUE(fake_sent(run, METHOD_POST, "/3/0/4"));
    (void)fake_answer(run, COAP_CODE(4, 5));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_INCONC), 1);
    (void)fake_start(run, "{\"reboot\": true}");
    CU_ASSERT_EQUAL(fake_lose(run, SERVER_SESSION_LOST), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 0);
    end();
}

static void marks_and_notes_are_recorded(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run, "{\"mark\": \"here\"}"), STEP_DONE);
    CU_ASSERT_EQUAL(event_store_at(run->store, 0)->kind, JOURNAL_MARK);
    CU_ASSERT_EQUAL(fake_start(run, "{\"note\": \"look\"}"), STEP_DONE);
    CU_ASSERT_STRING_EQUAL(journal_text(event_store_at(run->store, 1), "text"),
                           "look");
    end();
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "the table", the_table_is_sorted_and_complete },
        { "rejection", a_rejection_is_graded },
        { "codes", codes_that_pass_are_graded_with_classes },
        { "renegotiated", only_the_last_answer_to_a_renegotiated_read_counts },
        { "strict", the_strict_reading_fails_what_is_not_tolerated },
        { "no req", without_a_requirement_nothing_passes_and_nothing_fails },
        { "silence", silence_is_inconc },
        { "time to answer", silence_may_break_a_requirement },
        { "cancel", an_unreachable_device_may_pass_a_cancel },
        { "update", update_reads_before_it_executes },
        { "alone", update_without_a_list_has_no_payload_and_alone_has_zero },
        { "A-38", an_answer_lost_over_the_reboot_is_tolerated },
        { "power cut", a_power_cut_may_take_the_answer_to_an_update },
        { "again", a_lost_read_is_sent_again_and_judged_once },
        { "gives up", a_read_gives_up_when_nobody_registers },
        { "absent", absent_passes_only_for_what_no_discover_lists },
        { "reset", reset_takes_the_form_that_the_device_knows },
        { "create", create_is_well_formed_with_and_without_an_id },
        { "write", write_takes_typed_values_and_bytes },
        { "reboot", a_refused_reboot_is_inconc },
        { "marks", marks_and_notes_are_recorded },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "operations", set_up, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
