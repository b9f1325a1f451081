/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports_fixture.h"

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void name(char path[FIXTURE_PATH_SIZE], const char *folder,
                 const char *file)
{
    int length = snprintf(path, FIXTURE_PATH_SIZE, "%.200s/%s", folder, file);

    CU_ASSERT_TRUE_FATAL(length > 0 && length < FIXTURE_PATH_SIZE);
}

void fixture_set_up(struct fixture *fixture)
{
    struct reason reason = { .status = STATUS_OK };

    *fixture = (struct fixture){ .folder = "/tmp/assay-reports-XXXXXX" };
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture->folder));
    name(fixture->journal, fixture->folder, "events.ndjson");
    name(fixture->junit, fixture->folder, "junit.xml");
    name(fixture->json, fixture->folder, "results.json");
    CU_ASSERT_EQUAL_FATAL(
        journal_create(fixture->journal, NULL, NULL, &fixture->writer, &reason),
        STATUS_OK);
}

void fixture_tear_down(struct fixture *fixture)
{
    journal_close(fixture->writer);
    (void)unlink(fixture->journal); /* what was not written is not there */
    (void)unlink(fixture->junit);
    (void)unlink(fixture->json);
    CU_ASSERT_EQUAL(rmdir(fixture->folder), 0);
}

static void append(struct fixture *fixture, struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    event->endpoint = fixture->endpoint;
    CU_ASSERT_EQUAL_FATAL(journal_append(fixture->writer, event, NULL, &reason),
                          STATUS_OK);
}

void fixture_put_tree(struct fixture *fixture, enum journal_kind kind,
                      const char *instance, cJSON *data)
{
    struct journal_event event = {
        .kind = kind,
        .instance = instance,
        .as.data = data,
    };

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    append(fixture, &event);
    cJSON_Delete(data);
}

void fixture_put(struct fixture *fixture, enum journal_kind kind,
                 const char *instance, const char *json)
{
    fixture_put_tree(fixture, kind, instance, cJSON_Parse(json));
}

void fixture_campaign(struct fixture *fixture, const char *argv)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "version", "9.8.7");
    cJSON_AddStringToObject(data, "libraries", "libcoap 4");
    cJSON_AddItemToObject(data, "argv", cJSON_Parse(argv));
    cJSON_AddStringToObject(data, "seed", "42");
    cJSON_AddStringToObject(data, "reading", "strict");
    cJSON_AddBoolToObject(data, "fail-on-warning", false);
    cJSON_AddStringToObject(data, "profile", "my.json");
    fixture_put_tree(fixture, JOURNAL_CAMPAIGN, NULL, data);
}

void fixture_plan(struct fixture *fixture, const struct fixture_case *cases)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(data, "cases");

    for (; cases->instance != NULL; cases++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "instance", cases->instance);
        cJSON_AddStringToObject(row, "case", cases->id);
        cJSON_AddStringToObject(row, "title", cases->title);
        cJSON *requirements = cJSON_AddArrayToObject(row, "requirements");
        cJSON_AddItemToArray(requirements, cJSON_CreateString("AFU-089"));
        if (strchr(cases->instance, '@') != NULL) {
            cJSON_AddStringToObject(row, "mechanism", "push");
        } else {
            cJSON_AddNullToObject(row, "mechanism");
        }
        cJSON_AddBoolToObject(row, "runs", cases->reason == NULL);
        if (cases->reason != NULL) {
            cJSON_AddStringToObject(row, "reason", cases->reason);
        } else {
            cJSON_AddNullToObject(row, "reason");
        }
        cJSON_AddItemToArray(list, row);
    }
    fixture_put_tree(fixture, JOURNAL_PLAN, NULL, data);
}

void fixture_begin(struct fixture *fixture, const char *instance)
{
    fixture_put(fixture, JOURNAL_CASE_BEGIN, instance, "{\"case\":\"x\"}");
    fixture_put(fixture, JOURNAL_PHASE, instance, "{\"phase\":\"body\"}");
    fixture_put(fixture, JOURNAL_STEP_BEGIN, instance,
                "{\"pointer\":\"/steps/0\",\"verb\":\"await\"}");
}

void fixture_finding(struct fixture *fixture, const char *instance,
                     const struct finding *finding)
{
    struct journal_event event = {
        .kind = JOURNAL_FINDING,
        .instance = instance,
        .as.finding = *finding,
    };

    append(fixture, &event);
}

void fixture_verdict(struct fixture *fixture, const char *instance,
                     const char *verdict, unsigned ms, const char *reason)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "verdict", verdict);
    cJSON_AddNumberToObject(data, "ms", ms);
    if (reason != NULL) {
        cJSON_AddStringToObject(data, "reason", reason);
    } else {
        cJSON_AddNullToObject(data, "reason");
    }
    fixture_put_tree(fixture, JOURNAL_VERDICT, instance, data);
}

void fixture_end(struct fixture *fixture, bool is_interrupted)
{
    fixture_put(fixture, JOURNAL_CAMPAIGN_END, NULL,
                is_interrupted ? "{\"interrupted\":true}"
                               : "{\"interrupted\":false}");
}

void fixture_put_bytes(const struct fixture *fixture, const char *bytes)
{
    int file = open(fixture->journal, O_WRONLY | O_APPEND);

    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL(write(file, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
    CU_ASSERT_EQUAL(close(file), 0);
}

struct report *fixture_report(struct fixture *fixture)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;

    CU_ASSERT_EQUAL_FATAL(report_load(fixture->journal, &report, &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(report_write_junit(report, fixture->junit, &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(report_write_json(report, fixture->json, &reason),
                          STATUS_OK);
    return report;
}

char *fixture_read(const char *path, size_t *out_length)
{
    FILE *file = fopen(path, "rb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    CU_ASSERT_TRUE_FATAL(size >= 0);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_EQUAL(fread(text, 1, (size_t)size, file), (size_t)size);
    (void)fclose(file); /* it was only read */
    if (out_length != NULL) {
        *out_length = (size_t)size;
    }
    return text;
}

char *fixture_summary(const struct report *report, bool colour,
                      unsigned columns)
{
    const struct report_style style = { .colour = colour, .columns = columns };
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    report_print_summary(report, stream, &style);
    CU_ASSERT_EQUAL_FATAL(fclose(stream), 0);
    return text;
}
