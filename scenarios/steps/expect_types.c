/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool list_has(const cJSON *list, int number)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsNumber(item) && item->valueint == number) {
            return true;
        }
    }
    return false;
}

/** text/plain carries one value, not a multiple Resource. */
static bool goes_together(const struct definitions *definitions, int resource,
                          int format)
{
    struct lwm2m_path path =
        lwm2m_path_resource(AFU_OBJECT, 0, (uint16_t)resource);
    const struct resource_definition *definition =
        definitions_resource(definitions, &path);

    return format != CONTENT_FORMAT_TEXT || definition == NULL ||
           !definition->multiple;
}

bool expect_types_read(const struct definitions *definitions, const cJSON *spec,
                       size_t index, uint16_t *out_resource, int *out_format)
{
    static const char *const lists[] = { "mandatory", "optional" };
    const cJSON *resource = NULL;
    const cJSON *format = NULL;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        cJSON_ArrayForEach(resource, member(spec, lists[i]))
        {
            cJSON_ArrayForEach(format, member(spec, "formats"))
            {
                if (!goes_together(definitions, resource->valueint,
                                   format->valueint)) {
                    continue;
                }
                if (index-- == 0) {
                    *out_resource = (uint16_t)resource->valueint;
                    *out_format = format->valueint;
                    return true;
                }
            }
        }
    }
    return false;
}

/** What one Read of one Resource in one format is judged with. */
struct typed_read {
    const struct expect_judge *judge;
    const struct journal_event *request;
    const struct journal_event *response;
    struct lwm2m_path path;
    const struct resource_definition *definition;
    bool is_mandatory;
    bool *other_code; /**< one of the Reads said so already, shared */
};

static void say(const struct typed_read *read, struct grade grade,
                const char *observed)
{
    int accept = read->request->as.server.as.request.accept;
    const char *format = content_format_name(accept);
    char text[LWM2M_PATH_TEXT_MAX];
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, read->response);
    words_add(&report.subject, "%s", lwm2m_path_text(&read->path, text));
    words_add(&report.expected, "Read of %s (%s) as %s: 2.05 with %s%s", text,
              read->definition->name, format != NULL ? format : "any format",
              lwm2m_type_name(read->definition->type),
              read->is_mandatory ? "" : ", or 4.04");
    words_add(&report.observed, "%s", observed);
    report_finding(&report, read->judge->input, grade, read->judge->on_finding,
                   read->judge->user);
}

static void say_level(const struct typed_read *read, enum finding_level level,
                      const char *observed)
{
    say(read, (struct grade){ .level = level }, observed);
}

/** Judge the values of a 2.05; returns whether nothing is wrong. */
static bool judge_values(const struct typed_read *read)
{
    const struct look *look = &read->judge->look;
    struct reason reason = { .status = STATUS_OK };
    struct view view;

    if (view_of_event(look->events, read->response, look->definitions, &view,
                      &reason) != STATUS_OK) {
        say_level(read, FINDING_FAIL, reason.text);
        return false;
    }
    bool good = true;
    for (size_t i = 0; good && i < view.records.count; i++) {
        const struct lwm2m_record *record = &view.records.records[i];
        if (!lwm2m_path_is_within(&record->path, &read->path)) {
            continue;
        }
        enum status status =
            resource_check_value(read->definition, &record->value, &reason);
        if (status != STATUS_OK) {
            good = false;
            say_level(read,
                      status == STATUS_LIMIT ? FINDING_WARNING : FINDING_FAIL,
                      reason.text);
        }
    }
    if (good && !read->definition->multiple &&
        record_list_find(&view.records, read->path) == NULL) {
        good = false;
        say_level(read, FINDING_FAIL, "2.05 without the value");
    }
    view_release(&view);
    return good;
}

/** @return whether the Read showed what is expected */
static bool judge_read(const struct typed_read *read)
{
    uint8_t code = read->response->as.server.as.response.code;
    struct words words;

    if (code == COAP_CODE(2, 5)) {
        return judge_values(read);
    }
    if ((code == COAP_CODE(4, 4) && !read->is_mandatory) ||
        code == COAP_CODE(4, 6)) {
        return true; /* 4.06: the format is not offered, AFU-OBJ-004 */
    }
    words_init(&words);
    words_code(&words, code);
    if (code == COAP_CODE(4, 0) || code == COAP_CODE(4, 2) ||
        code == COAP_CODE(4, 15)) {
        /* Not offered either, in other words: RFC 7252, 5.10.4 has 4.06. */
        words_add(&words, " instead of 4.06");
        if (!*read->other_code) {
            *read->other_code = true;
            say_level(read, FINDING_WARNING, words.text);
        }
        return true;
    }
    if (code == COAP_CODE(4, 4)) {
        say(read, expect_absence(read->judge, read->path.ids[2]), words.text);
        return false;
    }
    say_level(read,
              code == COAP_CODE(4, 1) || code == COAP_CODE(5, 3)
                  ? FINDING_INCONC
                  : FINDING_FAIL,
              words.text);
    return false;
}

/** Fill in what the response is about; false when it is not one of ours. */
static bool typed_read_of(const struct expect_judge *judge, uint16_t instance,
                          const cJSON *spec, size_t index,
                          struct typed_read *out_read)
{
    const struct journal_event *event =
        event_store_at(judge->look.events, index);

    *out_read = (struct typed_read){ .judge = judge, .response = event };
    if (event->kind != (enum journal_kind)SERVER_RESPONSE) {
        return false;
    }
    out_read->request = request_of_event(judge->look.events, event);
    if (out_read->request == NULL ||
        !event_path(out_read->request, &out_read->path) ||
        out_read->path.depth != 3 || out_read->path.ids[0] != AFU_OBJECT ||
        out_read->path.ids[1] != instance) {
        return false;
    }
    out_read->definition =
        definitions_resource(judge->look.definitions, &out_read->path);
    int resource = out_read->path.ids[2];
    out_read->is_mandatory = list_has(member(spec, "mandatory"), resource);
    return out_read->definition != NULL &&
           (out_read->is_mandatory ||
            list_has(member(spec, "optional"), resource));
}

void expect_types(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec)
{
    uint64_t shown = 0; /* bit by Resource: some format showed its value */
    size_t wrong = 0;
    size_t missing = 0;
    bool other_code = false;
    const cJSON *resource = NULL;
    struct report report;

    if (spec == NULL) {
        return;
    }
    for (size_t i = judge->input->first; i < judge->look.end; i++) {
        struct typed_read read;
        if (!typed_read_of(judge, instance, spec, i, &read)) {
            continue;
        }
        read.other_code = &other_code;
        bool good = judge_read(&read);
        wrong += !good;
        if (good && read.path.ids[2] < 64 &&
            read.response->as.server.as.response.code == COAP_CODE(2, 5)) {
            shown |= UINT64_C(1) << read.path.ids[2];
        }
    }
    if (wrong > 0) {
        return;
    }
    report_init(&report, EXPECT_CHECK);
    words_component(&report.subject, judge->look.binding, instance);
    words_add(&report.expected,
              "mandatory resources readable, each value of its type");
    cJSON_ArrayForEach(resource, member(spec, "mandatory"))
    {
        if ((shown & UINT64_C(1) << (resource->valueint & 63)) == 0) {
            words_add(&report.observed, "%s%d",
                      missing++ > 0 ? ", "
                                    : "in no format that was asked for: ",
                      resource->valueint);
        }
    }
    if (missing == 0) {
        words_add(&report.observed, "all right");
    }
    report_level(&report, judge->input,
                 missing == 0 ? FINDING_PASS : FINDING_INCONC, NULL,
                 judge->on_finding, judge->user);
}
