/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "tests/unit/scenarios_steps_fake.h"

/* expect: each part of its vocabulary, holding, failing and graded. */

static struct run *run;

static void begin(void)
{
    run = fake_new();
    fake_append_data(
        run, JOURNAL_SNAPSHOT,
        "{\"name\": \"baseline\", \"instances\": {"
        "\"0\": {\"3\": 0, \"5\": 6, \"15\": \"1.0\"},"
        "\"1\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"},"
        "\"2\": {\"3\": 0, \"5\": 0, \"15\": \"1.0\"}}, \"firmware\": \"1.0\"}");
    fake_append_data(
        run, JOURNAL_TRANSFER_BEGIN,
        "{\"transfer\": 1, \"package\": \"G\", \"instance\": 0, "
        "\"version\": \"1.1\", \"parts\": [{\"instance\": 0, \"version\": "
        "\"1.1\"}]}");
}

static void end(void)
{
    fake_free(run);
    run = NULL;
}

static void expect_one(enum finding_level level, const char *ambiguity)
{
    CU_ASSERT_EQUAL(run->finding_count, 1);
    CU_ASSERT_EQUAL(run->findings[0].level, level);
    CU_ASSERT_STRING_EQUAL(run->findings[0].ambiguity, ambiguity);
}

/** Judge `part` of component x against the view. */
static void judge_x(const char *part, struct fake_view view)
{
    char step[512];

    (void)snprintf(step, sizeof(step),
                   "{\"expect\": {\"x\": {%s}}, \"req\": [\"AFU-015\"]}", part);
    CU_ASSERT_EQUAL(fake_start(run, step), STEP_GO_ON);
    CU_ASSERT_EQUAL(fake_show(run, view), STEP_DONE);
    fake_judge(run, STEP_DONE);
}

static void a_version_is_literal_delivered_or_unchanged(void)
{
    struct fake_view old_one = fake_view_of(0, 0, 1);
    struct fake_view new_one = fake_view_of(0, 0, 1);

    begin();
    new_one.version = "1.1";
    judge_x("\"version\": \"delivered\"", new_one);
    expect_one(FINDING_PASS, "");
    judge_x("\"version\": \"delivered\"", old_one);
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].expected,
                           "Current Version of application (/33629/0) '1.1' "
                           "(delivered)");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed, "\"1.0\"");
    judge_x("\"version\": \"unchanged\"", old_one);
    expect_one(FINDING_PASS, "");
    judge_x("\"version\": \"unchanged\"", new_one);
    expect_one(FINDING_FAIL, "");
    judge_x("\"version\": [\"0.9\", \"1.0\"]", old_one);
    expect_one(FINDING_PASS, "");
    judge_x("\"version\": {\"pass\": \"0.9\", \"warn\": \"1.0\"}", old_one);
    expect_one(FINDING_WARNING, "");
    new_one.version = NULL;
    judge_x("\"version\": \"delivered\"", new_one);
    expect_one(FINDING_FAIL, "");
    end();
}

static void a_version_the_profile_does_not_give_is_not_judged(void)
{
    begin();
    fake_append_data(run, JOURNAL_TRANSFER_BEGIN,
                     "{\"transfer\": 2, \"package\": \"DEP\", \"instance\": 0, "
                     "\"version\": \"\", \"parts\": []}");
    judge_x("\"version\": \"delivered\"", fake_view_of(0, 0, 1));
    expect_one(FINDING_INFO, "");
    judge_x("\"version\": \"delivered(G)\"", fake_view_of(0, 0, 1));
    expect_one(FINDING_FAIL, "");
    end();
}

static void package_data_is_judged_where_it_is_supported(void)
{
    struct fake_view view = fake_view_of(0, 2, 0);

    begin();
    judge_x("\"pkgversion\": \"delivered\"", view); /* never shown: no 7 */
    CU_ASSERT_EQUAL(run->finding_count, 0);
    view.pkgversion = "1.1";
    judge_x("\"pkgversion\": \"delivered\"", view);
    expect_one(FINDING_PASS, "");
    view.pkgversion = "1.0";
    judge_x("\"pkgversion\": \"delivered\"", view);
    expect_one(FINDING_FAIL, "");
    view.pkgversion = NULL; /* it was shown before: it is supported */
    judge_x("\"pkgversion\": \"delivered\"", view);
    expect_one(FINDING_FAIL, "");
    view.pkgname = "";
    judge_x("\"pkgname\": \"present\"", view);
    expect_one(FINDING_FAIL, "");
    view.pkgname = "app";
    judge_x("\"pkgname\": \"present\"", view);
    expect_one(FINDING_PASS, "");
    end();
}

static void a_part_is_judged_while_a_state_lasts(void)
{
    begin();
    judge_x("\"while\": \"Updating\", \"version\": \"9.9\"",
            fake_view_of(0, 3, 0));
    expect_one(FINDING_FAIL, "");
    judge_x("\"while\": \"Updating\", \"version\": \"9.9\"",
            fake_view_of(0, 0, 1));
    expect_one(FINDING_INCONC, "");
    end();
}

static void a_declared_resource_must_be_there(void)
{
    char name[] = "pkgname";
    char value[] = "true";
    struct profile_item item = { name, value };

    begin();
    run->profile.ics = &item;
    run->profile.ics_count = 1;
    judge_x("\"pkgname\": \"present\"", fake_view_of(0, 2, 0));
    expect_one(FINDING_FAIL, "");
    end();
}

static void unchanged_compares_with_the_baseline(void)
{
    begin();
    judge_x("\"unchanged\": [\"state\", \"result\", \"version\"]",
            fake_view_of(0, 0, 6));
    expect_one(FINDING_PASS, "");
    judge_x("\"unchanged\": [\"state\", \"result\"]", fake_view_of(0, 0, 0));
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "Update Result was 6 and is 0");
    judge_x("\"unchanged\": [\"state\", \"version\"]", fake_view_of(0, 2, 0));
    expect_one(FINDING_FAIL, "");
    end();
    run = fake_new(); /* without a baseline */
    judge_x("\"unchanged\": [\"state\"]", fake_view_of(0, 0, 0));
    expect_one(FINDING_INCONC, "");
    end();
}

static void states_and_results_come_from_one_view(void)
{
    begin();
    judge_x("\"state\": \"Downloaded\", \"result\": 0", fake_view_of(0, 2, 0));
    expect_one(FINDING_PASS, "");
    judge_x("\"state\": \"Downloaded\", \"result\": 0", fake_view_of(0, 2, 5));
    expect_one(FINDING_FAIL, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "Downloaded with Result 5 (integrity check "
                           "failure)");
    judge_x("\"state\": \"Idle\", \"result\": {\"pass\": 0, \"A-04\": 10}",
            fake_view_of(0, 0, 10));
    expect_one(FINDING_WARNING, "A-04");
    judge_x("\"pair\": {\"pass\": {\"state\": \"Idle\", \"result\": [5, 8]}, "
            "\"A-15\": {\"state\": \"Downloaded\", \"result\": 5}}",
            fake_view_of(0, 2, 5));
    expect_one(FINDING_WARNING, "A-15");
    judge_x("\"pair\": {\"pass\": {\"state\": \"Idle\", \"result\": [5, 8]}, "
            "\"A-15\": {\"state\": \"Downloaded\", \"result\": 5}}",
            fake_view_of(0, 2, 8));
    expect_one(FINDING_FAIL, "");
    end();
}

static void idle_is_tolerated_only_after_a_reboot(void)
{
    static const char part[] =
        "\"pair\": {\"pass\": {\"state\": \"Downloaded\"}, "
        "\"after-reboot\": {\"state\": \"Idle\"}}";
    struct journal_event registration = {
        .kind = (enum journal_kind)SERVER_REGISTER
    };

    begin();
    fake_append(run, registration); /* before the Update: does not count */
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    judge_x(part, fake_view_of(0, 0, 0));
    expect_one(FINDING_FAIL, "");
    fake_append(run, registration);
    judge_x(part, fake_view_of(0, 0, 0));
    expect_one(FINDING_WARNING, "");
    end();
}

static void conflicting_instances_are_sets(void)
{
    static const struct {
        const char *part;
        int conflicting;
        enum finding_level level;
    } rows[] = {
        { "{\"contains\": [\"y\"]}", 1, FINDING_PASS },
        { "{\"contains\": [\"y\"]}", 2, FINDING_FAIL },
        { "{\"contains\": [\"y\"]}", -1, FINDING_FAIL },
        { "{\"exactly\": [\"tee\"]}", 1, FINDING_PASS },
        { "{\"exactly\": [\"y\", \"z\"]}", 1, FINDING_FAIL },
        { "{\"exactly\": []}", 1, FINDING_FAIL },
        { "{\"exactly\": []}", -1, FINDING_PASS },
        { "{\"lacks\": [\"y\"]}", 2, FINDING_PASS },
        { "{\"lacks\": [\"y\"]}", 1, FINDING_FAIL },
        { "{\"empty\": true}", -1, FINDING_PASS },
        { "{\"empty\": true}", 1, FINDING_FAIL },
        { "{\"pass\": {\"empty\": true}, \"warn\": {\"contains\": [\"y\"]}}", 1,
          FINDING_WARNING },
        { "{\"pass\": {\"empty\": true}, \"warn\": {\"contains\": [\"y\"]}}", 2,
          FINDING_FAIL },
    };
    char part[256];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fake_view view = fake_view_of(0, 2, 13);
        begin();
        view.conflicting = rows[i].conflicting;
        (void)snprintf(part, sizeof(part), "\"conflicting\": %s", rows[i].part);
        judge_x(part, view);
        expect_one(rows[i].level, "");
        end();
    }
}

static void links_at_the_update_are_remembered(void)
{
    struct fake_view view = fake_view_of(0, 2, 0);

    begin();
    view.linked = 1;
    fake_seen(run, view);
    fake_exchange(run, METHOD_POST, "/33629/0/2", COAP_CODE(2, 4));
    judge_x("\"linked-at-update\": {\"lacks\": [\"y\"]}",
            fake_view_of(0, 2, 13));
    expect_one(FINDING_FAIL, "");
    judge_x("\"linked\": {\"empty\": true}", fake_view_of(0, 2, 13));
    expect_one(FINDING_PASS, "");
    end();
}

static void others_are_those_no_other_key_names(void)
{
    begin();
    CU_ASSERT_EQUAL(
        fake_start(run, "{\"expect\": {\"x\": {\"state\": \"Downloaded\"}, "
                        "\"others\": {\"unchanged\": [\"state\"]}}, "
                        "\"req\": [\"AFU-030\"]}"),
        STEP_GO_ON);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    (void)fake_show(run, fake_view_of(1, 0, 0));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(2, 2, 0)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(run->finding_count, 3);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 2);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    end();
}

static void an_unreadable_instance_is_inconc(void)
{
    begin();
    (void)fake_start(run, "{\"expect\": {\"x\": {\"state\": \"Idle\"}}, "
                          "\"req\": [\"AFU-030\"]}");
    CU_ASSERT_EQUAL(fake_answer(run, COAP_CODE(4, 1)), STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC, "");
    end();
}

static void after_settle_comes_before_the_reads(void)
{
    begin();
    CU_ASSERT_EQUAL(fake_start(run,
                               "{\"expect\": {\"x\": {\"state\": \"Idle\"}}, "
                               "\"after\": \"settle\"}"),
                    STEP_GO_ON);
    CU_ASSERT_EQUAL(run->deadline, LIMIT_SETTLE);
    CU_ASSERT_EQUAL(run->last_id, 0);
    CU_ASSERT_EQUAL(fake_deadline(run, "settle"), STEP_GO_ON);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0"));
    CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 0)), STEP_DONE);
    end();
}

static void never_looks_at_all_views_since_the_mark(void)
{
    static const char part[] =
        "\"never\": {\"state\": \"Downloaded\", \"since\": \"m\"}";

    begin();
    fake_seen(run, fake_view_of(0, 2, 0));
    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"m\"}");
    judge_x(part, fake_view_of(0, 0, 12));
    expect_one(FINDING_PASS, "");
    fake_seen(run, fake_view_of(0, 2, 0));
    judge_x(part, fake_view_of(0, 0, 12));
    expect_one(FINDING_FAIL, "");
    end();
}

/** A notification may be older than the Read before it. */
static void notifications_are_seen_but_no_verdict(void)
{
    static const uint8_t downloaded[] = { 0xc1, 0x03, 0x02, 0xc1, 0x05, 0x00 };
    const struct journal_event observe = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .id = 900,
                       .as.request = { .method = METHOD_GET,
                                       .path = "/33629/0" } },
    };
    const struct journal_event notification = {
        .kind = (enum journal_kind)SERVER_NOTIFICATION,
        .as.server = { .id = 900,
                       .as.response = { .code = COAP_CODE(2, 5),
                                        .content_format = CONTENT_FORMAT_TLV,
                                        .payload = downloaded,
                                        .payload_length =
                                            sizeof(downloaded) } },
    };
    static const char *const steps[] = {
        "{\"expect\": {\"x\": {\"state\": \"Idle\"}}, \"req\": [\"A\"]}",
        "{\"expect\": {\"x\": {\"never\": {\"state\": \"Downloaded\"}}}, "
        "\"req\": [\"A\"]}",
    };

    for (size_t i = 0; i < 2; i++) {
        begin();
        fake_append(run, observe);
        (void)fake_start(run, steps[i]);
        CU_ASSERT_EQUAL(fake_show(run, fake_view_of(0, 0, 0)), STEP_DONE);
        fake_append(run, notification);
        fake_judge(run, STEP_DONE);
        expect_one(i == 0 ? FINDING_PASS : FINDING_FAIL, "");
        end();
    }
}

static void the_firmware_version_follows_the_main_component(void)
{
    static const struct {
        const char *step;
        const char *firmware;
        size_t findings;
        enum finding_level level;
    } rows[] = {
        { "{\"expect\": {\"firmware\": \"x\"}, \"req\": [\"AFU-016\"]}", "1.0",
          1, FINDING_PASS },
        { "{\"expect\": {\"firmware\": \"x\"}, \"req\": [\"AFU-016\"]}", "0.9",
          1, FINDING_WARNING },
        { "{\"expect\": {\"firmware\": \"y\"}, \"req\": [\"AFU-016\"]}", "0.9",
          0, FINDING_PASS },
    };

    for (size_t i = 0; i < 3; i++) {
        begin();
        (void)fake_start(run, rows[i].step);
        (void)fake_show(run, fake_view_of(i == 2 ? 1 : 0, 0, 1));
        CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/3/0/3"));
        CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5),
                                          CONTENT_FORMAT_TEXT, rows[i].firmware,
                                          3),
                        STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, rows[i].findings);
        if (rows[i].findings > 0) {
            CU_ASSERT_EQUAL(run->findings[0].level, rows[i].level);
        }
        end();
    }
}

static void a_transfer_is_judged_by_its_end(void)
{
    static const char step[] =
        "{\"expect\": {\"transfer\": {\"outcome\": \"complete\", "
        "\"code\": \"2.04\", \"blocks-as-told\": true}}, "
        "\"req\": [\"AFU-001\"]}";
    static const struct {
        const char *end;
        size_t passes;
        size_t warnings;
        size_t failures;
    } rows[] = {
        { "{\"transfer\": 1, \"outcome\": \"complete\", \"code\": \"2.04\", "
          "\"block-size\": 1024, \"told-smaller\": false}",
          3, 0, 0 },
        { "{\"transfer\": 1, \"outcome\": \"complete\", \"code\": \"2.04\", "
          "\"block-size\": 256, \"told-smaller\": true}",
          3, 0, 0 },
        { "{\"transfer\": 1, \"outcome\": \"complete\", \"code\": \"2.04\", "
          "\"block-size\": 256, \"told-smaller\": false}",
          2, 1, 0 },
        { "{\"transfer\": 1, \"outcome\": \"refused\", \"code\": \"4.08\", "
          "\"block-size\": 1024, \"told-smaller\": false}",
          1, 0, 2 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        fake_append_data(run, JOURNAL_TRANSFER_END, rows[i].end);
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), rows[i].passes);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_WARNING), rows[i].warnings);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), rows[i].failures);
        end();
    }
}

static void events_are_counted_since_a_mark(void)
{
    static const char step[] =
        "{\"expect\": {\"events\": {\"kind\": \"register\", \"since\": \"m\", "
        "\"count\": {\"pass\": 0, \"warn\": 1}}}, \"req\": [\"AFU-166\"]}";
    struct journal_event registration = {
        .kind = (enum journal_kind)SERVER_REGISTER
    };

    begin();
    fake_append(run, registration);
    fake_append_data(run, JOURNAL_MARK, "{\"name\": \"m\"}");
    for (int i = 0; i < 3; i++) {
        static const enum finding_level levels[] = { FINDING_PASS,
                                                     FINDING_WARNING,
                                                     FINDING_FAIL };
        CU_ASSERT_EQUAL(fake_start(run, step), STEP_DONE);
        fake_judge(run, STEP_DONE);
        expect_one(levels[i], "");
        fake_append(run, registration);
    }
    end();
}

static void registrations_list_each_component_once(void)
{
    static const struct {
        const char *links;
        enum finding_level version;
        enum finding_level instances;
    } rows[] = {
        { "</3/0>,</33629/0>,</33629/1>,</33629/2>", FINDING_PASS,
          FINDING_PASS },
        { "</33629>;ver=1.0,</33629/0>,</33629/1>,</33629/2>", FINDING_PASS,
          FINDING_PASS },
        { "</33629>;ver=2.0,</33629/0>,</33629/1>,</33629/2>", FINDING_FAIL,
          FINDING_PASS },
        { "</33629/0>,</33629/2>", FINDING_PASS, FINDING_FAIL },
        { "</33629/0>,</33629/1>,</33629/1>,</33629/2>", FINDING_PASS,
          FINDING_FAIL },
        { "</33629>", FINDING_PASS, FINDING_WARNING },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event event = { .kind =
                                           (enum journal_kind)SERVER_REGISTER };
        begin();
        event.as.server.as.registration.has_links = true;
        event.as.server.as.registration.links = (const uint8_t *)rows[i].links;
        event.as.server.as.registration.links_length = strlen(rows[i].links);
        run->registration = &event;
        CU_ASSERT_EQUAL(
            fake_start(run, "{\"expect\": {\"registration\": {\"object\": "
                            "33629, \"version\": \"1.0\", \"instances\": "
                            "\"components\"}}, \"req\": [\"AFU-002\"]}"),
            STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(run->finding_count, 2);
        CU_ASSERT_EQUAL(run->findings[0].level, rows[i].version);
        CU_ASSERT_EQUAL(run->findings[1].level, rows[i].instances);
        end();
    }
    begin();
    (void)fake_start(run, "{\"expect\": {\"registration\": {\"version\": "
                          "\"1.0\"}}, \"req\": [\"AFU-002\"]}");
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC, "");
    end();
}

/** All Resources of the three components, but that one is left out. */
static void discover_links(char *buffer, size_t size, int without)
{
    static const int resources[] = { 0, 1, 2, 3, 5, 9, 14, 15 };
    size_t used = (size_t)snprintf(buffer, size, "</33629>");

    for (int i = 0; i < 3; i++) {
        used += (size_t)snprintf(buffer + used, size - used, ",</33629/%d>", i);
        for (size_t j = 0; j < sizeof(resources) / sizeof(resources[0]); j++) {
            if (i == 1 && resources[j] == without) {
                continue;
            }
            used += (size_t)snprintf(buffer + used, size - used,
                                     ",</33629/%d/%d>", i, resources[j]);
        }
    }
}

static void discover_lists_instances_and_mandatory_resources(void)
{
    static const char step[] =
        "{\"expect\": {\"discover\": {\"instances\": \"same\", "
        "\"mandatory\": true}}, \"req\": [\"AFU-007\"]}";
    char links[1024];

    begin();
    discover_links(links, sizeof(links), -1);
    (void)fake_start(run, step);
    CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629"));
    CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_LINK,
                                      links, strlen(links)),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), 2);

    discover_links(links, sizeof(links), 15);
    (void)fake_start(run, step);
    (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_LINK, links,
                            strlen(links));
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 1);
    CU_ASSERT_STRING_EQUAL(run->findings[1].observed,
                           "missing /33629/1/15 (Current Version)");

    (void)fake_start(run, step);
    (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_LINK,
                            "</33629/0>", 10);
    fake_judge(run, STEP_DONE);
    CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), 2);

    (void)fake_start(run, step);
    (void)fake_answer(run, COAP_CODE(4, 5));
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_FAIL, "");
    (void)fake_start(run, step);
    (void)fake_answer(run, COAP_CODE(4, 1));
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC, "");
    end();
}

/** What "same" and "unchanged" compare with. */
static void instances_are_those_of_the_list_or_of_the_beginning(void)
{
    static const struct {
        const char *how;
        const char *registered;
        const char *found;
        enum finding_level level;
    } rows[] = {
        { "same", "</33629/0>,</33629/1>,</33629/2>,</33629/3>",
          "</33629/0>,</33629/1>,</33629/2>,</33629/3>", FINDING_PASS },
        { "same", "</33629/0>,</33629/1>,</33629/2>",
          "</33629/0>,</33629/1>,</33629/2>,</33629/3>", FINDING_FAIL },
        /* AFU-OBJ-001 warns of a registration without instances. */
        { "same", "</33629>", "</33629/0>,</33629/1>,</33629/2>",
          FINDING_PASS },
        { "same", "</33629>", "</33629/0>,</33629/1>,</33629/2>,</33629/3>",
          FINDING_FAIL },
        /* Created, and registered at once. */
        { "unchanged", "</33629/0>,</33629/1>,</33629/2>,</33629/3>",
          "</33629/0>,</33629/1>,</33629/2>,</33629/3>", FINDING_FAIL },
        { "unchanged", "</33629/0>,</33629/1>,</33629/2>",
          "</33629/0>,</33629/1>,</33629/2>", FINDING_PASS },
        { "unchanged", "</33629/0>,</33629/1>", "</33629/0>,</33629/1>",
          FINDING_FAIL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char step[128];
        const struct journal_event registration = {
            .kind = (enum journal_kind)SERVER_REGISTER,
            .as.server.as.registration = {
                .has_links = true,
                .links = (const uint8_t *)rows[i].registered,
                .links_length = strlen(rows[i].registered),
            },
        };
        begin();
        run->registration = &registration;
        (void)snprintf(step, sizeof(step),
                       "{\"expect\": {\"discover\": {\"instances\": "
                       "\"%s\"}}, \"req\": [\"AFU-003\"]}",
                       rows[i].how);
        (void)fake_start(run, step);
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_LINK,
                                rows[i].found, strlen(rows[i].found));
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, "");
        end();
    }
}

static void resources_are_read_one_by_one_in_each_format(void)
{
    static const char step[] =
        "{\"expect\": {\"x\": {\"types\": {\"mandatory\": [3, 15], "
        "\"optional\": [6, 16], \"formats\": [0, 11542]}}}, "
        "\"req\": [\"AFU-009\"]}";
    static const uint8_t state_tlv[] = { 0xc1, 0x03, 0x02 };
    static const uint8_t version_tlv[] = { 0xc3, 0x0f, '1', '.', '0' };
    static const struct {
        const char *state_text;
        uint8_t optional;
        size_t passes;
        size_t failures;
    } rows[] = {
        { "2", COAP_CODE(4, 4), 1, 0 },
        { "two", COAP_CODE(4, 4), 0, 1 }, /* wrong type */
        { "7", COAP_CODE(4, 4), 0, 1 },   /* out of range */
        { "2", COAP_CODE(4, 5), 0, 3 },   /* 6 twice, 16 once in TLV */
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        (void)fake_start(run, step);
        (void)fake_show(run, fake_view_of(0, 2, 0));
        CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0/3"));
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT,
                                rows[i].state_text, strlen(rows[i].state_text));
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TLV,
                                state_tlv, sizeof(state_tlv));
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT,
                                "1.0", 3);
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TLV,
                                version_tlv, sizeof(version_tlv));
        (void)fake_answer(run, rows[i].optional);
        (void)fake_answer(run, rows[i].optional);
        CU_ASSERT_TRUE(fake_sent(run, METHOD_GET, "/33629/0/16"));
        CU_ASSERT_EQUAL(fake_answer(run, rows[i].optional), STEP_DONE);
        fake_judge(run, STEP_DONE);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_PASS), rows[i].passes);
        CU_ASSERT_EQUAL(fake_count(run, FINDING_FAIL), rows[i].failures);
        end();
    }
}

static void a_mandatory_resource_must_be_readable(void)
{
    static const char step[] =
        "{\"expect\": {\"x\": {\"types\": {\"mandatory\": [3], "
        "\"optional\": [], \"formats\": [0]}}}, \"req\": [\"AFU-009\"]}";
    static const struct {
        uint8_t code;
        enum finding_level level;
    } rows[] = {
        { COAP_CODE(4, 4), FINDING_FAIL },
        { COAP_CODE(4, 6), FINDING_INCONC }, /* offers no such format */
        { COAP_CODE(4, 1), FINDING_INCONC },
    };

    for (size_t i = 0; i < 3; i++) {
        begin();
        (void)fake_start(run, step);
        (void)fake_show(run, fake_view_of(0, 2, 0));
        CU_ASSERT_EQUAL(fake_answer(run, rows[i].code), STEP_DONE);
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, "");
        end();
    }
}

/** Two Resources, each in two formats; one is only 4.06. */
static void one_resource_does_not_stand_for_another(void)
{
    static const char step[] =
        "{\"expect\": {\"x\": {\"types\": {\"mandatory\": [3, 15], "
        "\"optional\": [], \"formats\": [0, 11542]}}}, "
        "\"req\": [\"AFU-009\"]}";
    static const uint8_t version_tlv[] = { 0xc3, 0x0f, '1', '.', '0' };

    begin();
    (void)fake_start(run, step);
    (void)fake_show(run, fake_view_of(0, 2, 0));
    (void)fake_answer(run, COAP_CODE(4, 6));
    (void)fake_answer(run, COAP_CODE(4, 6));
    (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TEXT, "1.0",
                            3);
    CU_ASSERT_EQUAL(fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_TLV,
                                      version_tlv, sizeof(version_tlv)),
                    STEP_DONE);
    fake_judge(run, STEP_DONE);
    expect_one(FINDING_INCONC, "");
    CU_ASSERT_STRING_EQUAL(run->findings[0].observed,
                           "in no format that was asked for: 3");
    end();
}

/** 14 and 15 may be missing where there is one component. */
static void one_component_needs_no_name(void)
{
    static const char types[] =
        "{\"expect\": {\"x\": {\"types\": {\"mandatory\": [14], "
        "\"optional\": [], \"formats\": [0]}}}, \"req\": [\"AFU-009\"]}";
    static const char discover[] =
        "{\"expect\": {\"discover\": {\"mandatory\": true}}, "
        "\"req\": [\"AFU-007\"]}";
    static const char links[] =
        "</33629/0>,</33629/0/0>,</33629/0/1>,</33629/0/2>,</33629/0/3>,"
        "</33629/0/5>,</33629/0/9>";
    static const struct {
        size_t components;
        enum reading reading;
        enum finding_level level;
        const char *ambiguity;
    } rows[] = {
        { 1, READING_INTEROP, FINDING_WARNING, "A-26" },
        { 1, READING_STRICT, FINDING_FAIL, "A-26" },
        { 3, READING_INTEROP, FINDING_FAIL, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin();
        run->binding.instance_count = rows[i].components;
        run->reading = rows[i].reading;
        (void)fake_start(run, types);
        (void)fake_show(run, fake_view_of(0, 0, 0));
        (void)fake_answer(run, COAP_CODE(4, 4));
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, rows[i].ambiguity);
        (void)fake_start(run, discover);
        (void)fake_answer_bytes(run, COAP_CODE(2, 5), CONTENT_FORMAT_LINK,
                                links, strlen(links));
        fake_judge(run, STEP_DONE);
        expect_one(rows[i].level, rows[i].ambiguity);
        struct fake_view view = fake_view_of(0, 0, 1);
        view.version = NULL;
        judge_x("\"version\": \"delivered\"", view);
        CU_ASSERT_EQUAL(run->findings[0].level, rows[i].level);
        end();
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "version", a_version_is_literal_delivered_or_unchanged },
        { "unknown version",
          a_version_the_profile_does_not_give_is_not_judged },
        { "package data", package_data_is_judged_where_it_is_supported },
        { "while", a_part_is_judged_while_a_state_lasts },
        { "declared", a_declared_resource_must_be_there },
        { "unchanged", unchanged_compares_with_the_baseline },
        { "pairs", states_and_results_come_from_one_view },
        { "after reboot", idle_is_tolerated_only_after_a_reboot },
        { "conflicting", conflicting_instances_are_sets },
        { "linked", links_at_the_update_are_remembered },
        { "others", others_are_those_no_other_key_names },
        { "unreadable", an_unreadable_instance_is_inconc },
        { "settle", after_settle_comes_before_the_reads },
        { "never", never_looks_at_all_views_since_the_mark },
        { "notifications", notifications_are_seen_but_no_verdict },
        { "firmware", the_firmware_version_follows_the_main_component },
        { "transfer", a_transfer_is_judged_by_its_end },
        { "events", events_are_counted_since_a_mark },
        { "registration", registrations_list_each_component_once },
        { "discover", discover_lists_instances_and_mandatory_resources },
        { "instances", instances_are_those_of_the_list_or_of_the_beginning },
        { "types", resources_are_read_one_by_one_in_each_format },
        { "mandatory", a_mandatory_resource_must_be_readable },
        { "each resource", one_resource_does_not_stand_for_another },
        { "one component", one_component_needs_no_name },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "expect", NULL, NULL, NULL, NULL, tests },
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
