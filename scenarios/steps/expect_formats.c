/* SPDX-License-Identifier: Apache-2.0 */

/* One instance in every format that the device offers: AFU-OBJ-004. */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/same.h"

/** Resources that no Read of the instance shows: they cannot be read. */
static const uint16_t hidden[] = { AFU_PACKAGE, AFU_UPDATE, AFU_CANCEL };

bool expect_formats_read(const cJSON *spec, size_t index, int *out_format)
{
    const cJSON *format = cJSON_GetArrayItem(spec, (int)index);

    *out_format = format != NULL ? format->valueint : CONTENT_FORMAT_NONE;
    return format != NULL;
}

struct formats {
    const struct expect_judge *judge;
    const struct lwm2m_path path; /**< of the instance */
    struct view first;            /**< what the others are held against */
    bool has_first;
    bool is_bad;
    unsigned shown; /**< formats that showed values */
};

static void say(const struct formats *formats,
                const struct journal_event *request,
                const struct journal_event *response, enum finding_level level,
                const char *observed)
{
    const char *name =
        request != NULL
            ? content_format_name(request->as.server.as.request.accept)
            : NULL;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, request);
    report_evidence(&report, response);
    words_component(&report.subject, formats->judge->look.binding,
                    formats->path.ids[1]);
    words_add(&report.expected,
              "Read of the instance as %s: the values of the other formats, "
              "without 0, 2 and 10; or 4.06",
              name != NULL ? name : "any format");
    words_add(&report.observed, "%s", observed);
    report_level(&report, formats->judge->input, level, NULL,
                 formats->judge->on_finding, formats->judge->user);
}

static void judge_values(struct formats *formats,
                         const struct journal_event *request,
                         const struct journal_event *response)
{
    const struct look *look = &formats->judge->look;
    int accept = request->as.server.as.request.accept;
    int format = response->as.server.as.response.content_format;
    struct reason reason = { .status = STATUS_OK };
    struct words wrong;
    struct view view;

    words_init(&wrong);
    if (view_of_event(look->events, response, look->definitions, &view,
                      &reason) != STATUS_OK) {
        formats->is_bad = true;
        say(formats, request, response, FINDING_FAIL, reason.text);
        return;
    }
    if (accept != CONTENT_FORMAT_NONE && accept != format) {
        words_add(&wrong, "an answer in Content-Format %d", format);
    }
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (record_list_has(&view.records,
                            lwm2m_path_child(formats->path, hidden[i]))) {
            words_add(&wrong, "%sResource %u is there",
                      wrong.length > 0 ? ", " : "", hidden[i]);
        }
    }
    if (wrong.length == 0 && formats->has_first) {
        (void)same_values(&formats->first.records, &view.records, formats->path,
                          &wrong); /* the words say it */
    }
    if (wrong.length > 0) {
        formats->is_bad = true;
        say(formats, request, response, FINDING_FAIL, wrong.text);
    }
    formats->shown++;
    if (formats->has_first) {
        view_release(&view);
    } else {
        formats->first = view; /* handed over */
        formats->has_first = true;
    }
}

static void judge_code(struct formats *formats,
                       const struct journal_event *request,
                       const struct journal_event *response)
{
    uint8_t code = response->as.server.as.response.code;
    struct words words;

    words_init(&words);
    words_code(&words, code);
    if (code == COAP_CODE(4, 6)) {
        return;
    }
    if (code == COAP_CODE(4, 0) || code == COAP_CODE(4, 2) ||
        code == COAP_CODE(4, 15)) { /* the same in other words */
        words_add(&words, " instead of 4.06");
        say(formats, request, response, FINDING_WARNING, words.text);
        return;
    }
    formats->is_bad = true;
    say(formats, request, response,
        code == COAP_CODE(4, 1) || code == COAP_CODE(5, 3) ? FINDING_INCONC
                                                           : FINDING_FAIL,
        words.text);
}

void expect_formats(const struct expect_judge *judge, uint16_t instance,
                    const cJSON *spec)
{
    struct formats formats = {
        .judge = judge,
        .path = lwm2m_path_instance(AFU_OBJECT, instance),
    };

    if (spec == NULL) {
        return;
    }
    for (size_t i = judge->input->first; i < judge->look.end; i++) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i);
        const struct journal_event *request =
            event->kind == (enum journal_kind)SERVER_RESPONSE
                ? request_of_event(judge->look.events, event)
                : NULL;
        struct lwm2m_path path;
        if (request == NULL || !event_path(request, &path) ||
            !lwm2m_path_equal(&path, &formats.path) ||
            look_was_renegotiated(&judge->look, request->as.server.id)) {
            continue;
        }
        if (event->as.server.as.response.code == COAP_CODE(2, 5)) {
            judge_values(&formats, request, event);
        } else {
            judge_code(&formats, request, event);
        }
    }
    if (formats.has_first) {
        view_release(&formats.first);
    }
    if (!formats.is_bad) {
        say(&formats, NULL, NULL,
            formats.shown > 0 ? FINDING_PASS : FINDING_INCONC,
            formats.shown > 0 ? "so it is" : "no values in any format");
    }
}

enum status expect_formats_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason)
{
    const cJSON *item = NULL;
    bool good = spec == NULL || cJSON_GetArraySize(spec) > 0;

    cJSON_ArrayForEach(item, spec)
    {
        good = good && cJSON_IsNumber(item);
    }
    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s/formats: expected Content-Formats such as "
                             "[11542, 112]",
                             pointer);
}
