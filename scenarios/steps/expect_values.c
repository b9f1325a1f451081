/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"

#define DELIVERED "delivered"
#define KEPT      "kept"
#define KEPT_SIZE 256 /* bytes of a text, with NUL; longer is cut */

/** A text the device shows, and what its candidates stand for. */
struct text_value {
    const struct look *look;
    uint16_t instance;
    const char *observed; /**< NULL: absent */
    size_t length;
    bool is_unknown; /**< a candidate stands for something not on record */
    struct lwm2m_path path;
    char kept[KEPT_SIZE]; /**< what "kept" stands for */
};

static void take_text(const struct view *view, struct lwm2m_path path,
                      struct text_value *value)
{
    const struct lwm2m_record *record = record_list_find(&view->records, path);

    value->path = path;
    value->observed = NULL;
    value->length = 0;
    if (record != NULL && record->value.type == LWM2M_TYPE_STRING) {
        value->observed = record->value.as.data.bytes;
        value->length = record->value.as.data.length;
    }
}

/** "kept": as it was shown last before the newest Execute of Update or Cancel,
 *  "kept(NAME)" before the newest mark of that name. */
static const char *kept_value(const char *candidate, struct text_value *value)
{
    struct look before = *value->look;
    const struct lwm2m_record *record = NULL;
    struct view view;
    char mark[BINDING_ROLE_SIZE];

    candidate += strlen(KEPT);
    if (*candidate == '(') {
        (void)snprintf(mark, sizeof(mark), "%.*s",
                       (int)strcspn(candidate + 1, ")"), candidate + 1);
        before.end = look_mark(value->look, mark);
    } else {
        before.end = look_execute(value->look);
    }
    if (before.end == LOOK_NONE ||
        !look_view(&before, 0, value->instance, &view)) {
        return NULL;
    }
    record = record_list_find(&view.records, value->path);
    if (record != NULL && record->value.type == LWM2M_TYPE_STRING) {
        (void)snprintf(value->kept, sizeof(value->kept), "%.*s",
                       (int)record->value.as.data.length,
                       (const char *)record->value.as.data.bytes); /* cut */
    }
    view_release(&view);
    return record != NULL ? value->kept : NULL;
}

/** What the candidate stands for; NULL when that is not on record. */
static const char *meaning_of(const char *candidate, struct text_value *value)
{
    char package[32];
    size_t prefix = strlen(DELIVERED "(");

    if (strcmp(candidate, DELIVERED) == 0) {
        return look_delivered(value->look, value->instance, NULL);
    }
    if (strncmp(candidate, DELIVERED "(", prefix) == 0) {
        (void)snprintf(package, sizeof(package), "%.*s",
                       (int)strcspn(candidate + prefix, ")"),
                       candidate + prefix);
        return look_delivered(value->look, value->instance, package);
    }
    if (strcmp(candidate, KEPT) == 0 ||
        strncmp(candidate, KEPT "(", strlen(KEPT "(")) == 0) {
        return kept_value(candidate, value);
    }
    if (strcmp(candidate, "written") == 0) {
        return look_uri(value->look, value->instance);
    }
    if (strcmp(candidate, "empty") == 0) {
        return "";
    }
    if (strcmp(candidate, "unchanged") == 0) {
        const struct journal_event *baseline =
            look_snapshot(value->look, "baseline");
        return baseline != NULL
                   ? cJSON_GetStringValue(snapshot_value(
                         baseline, value->instance, AFU_CURRENT_VERSION))
                   : NULL;
    }
    return candidate;
}

static bool fits_text(const cJSON *candidate, void *user)
{
    struct text_value *value = user;
    const char *text = cJSON_GetStringValue(candidate);

    if (text == NULL) {
        return false;
    }
    if (strcmp(text, "present") == 0 || strcmp(text, "any") == 0) {
        return text[0] == 'a' || (value->observed != NULL && value->length > 0);
    }
    if (strcmp(text, "absent") == 0) {
        return value->observed == NULL;
    }
    const char *meaning = meaning_of(text, value);
    if (meaning == NULL ||
        (meaning[0] == '\0' && strncmp(text, DELIVERED, 9) == 0)) {
        value->is_unknown = true;
        return false;
    }
    return value->observed != NULL && strlen(meaning) == value->length &&
           memcmp(meaning, value->observed, value->length) == 0;
}

static void text_words(struct words *words, const cJSON *candidate, void *user)
{
    struct text_value *value = user;
    const char *text = cJSON_GetStringValue(candidate);
    const char *meaning = text != NULL ? meaning_of(text, value) : NULL;

    if (text == NULL || meaning == NULL || strcmp(text, "present") == 0) {
        words_json(words, candidate);
    } else if (strcmp(meaning, text) == 0) {
        words_add(words, "'%s'", meaning);
    } else {
        words_add(words, "'%s' (%s)", meaning, text);
    }
}

static void observed_words(struct words *words, const struct text_value *value)
{
    struct lwm2m_value shown = { .type = LWM2M_TYPE_STRING };
    char text[128];

    if (value->observed == NULL) {
        words_add(words, "no value");
        return;
    }
    shown.as.data.bytes = value->observed;
    shown.as.data.length = value->length;
    words_add(words, "%s", lwm2m_value_text(&shown, text, sizeof(text)));
}

static void judge_text(const struct expect_judge *judge,
                       const struct expect_component *component,
                       const cJSON *spec, const char *what,
                       struct text_value *value)
{
    struct report report;

    expect_report(judge, component, &report);
    words_add(&report.expected, "%s of ", what);
    words_component(&report.expected, judge->look.binding, component->instance);
    words_add(&report.expected, " ");
    grade_words(&report.expected, spec, text_words, value);
    observed_words(&report.observed, value);
    struct grade grade = grade_of(spec, &judge->rules, fits_text, value);
    if (!grade.fits && value->is_unknown) {
        words_add(&report.observed, "; what it should be is not known");
        report_level(&report, judge->input, FINDING_INFO, NULL,
                     judge->on_finding, judge->user);
        return;
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

void expect_version(const struct expect_judge *judge,
                    const struct expect_component *component, const cJSON *spec)
{
    struct text_value value = { .look = &judge->look,
                                .instance = component->instance };

    take_text(component->view,
              lwm2m_path_resource(AFU_OBJECT, component->instance,
                                  AFU_CURRENT_VERSION),
              &value);
    struct grade absence = expect_absence(judge, AFU_CURRENT_VERSION);
    if (value.observed == NULL && absence.level == FINDING_WARNING) {
        struct report report;
        expect_report(judge, component, &report);
        words_add(&report.expected, "Current Version is there");
        observed_words(&report.observed, &value);
        report_finding(&report, judge->input, absence, judge->on_finding,
                       judge->user);
        return;
    }
    judge_text(judge, component, spec, "Current Version", &value);
}

void expect_package_text(const struct expect_judge *judge,
                         const struct expect_component *component,
                         const cJSON *spec, uint16_t resource, const char *item)
{
    struct text_value value = { .look = &judge->look,
                                .instance = component->instance };
    struct lwm2m_path path =
        lwm2m_path_resource(AFU_OBJECT, component->instance, resource);
    bool discovered = false;

    take_text(component->view, path, &value);
    /* 6 and 7 are optional: a device that never shows them has none. */
    if (value.observed == NULL && !look_declared(&judge->look, item) &&
        !look_has_resource(&judge->look, path, &discovered)) {
        return;
    }
    judge_text(judge, component, spec,
               resource == AFU_PKGNAME ? "PkgName" : "PkgVersion", &value);
}

void expect_uri(const struct expect_judge *judge,
                const struct expect_component *component, const cJSON *spec)
{
    struct text_value value = { .look = &judge->look,
                                .instance = component->instance };

    take_text(
        component->view,
        lwm2m_path_resource(AFU_OBJECT, component->instance, AFU_PACKAGE_URI),
        &value);
    judge_text(judge, component, spec, "Package URI", &value);
}

/** Whether a resource still has the value of the baseline; adds words when it
 *  has not. */
static bool is_unchanged(const struct expect_component *component,
                         const cJSON *before, uint16_t resource,
                         const char *name, struct words *observed)
{
    struct lwm2m_path path =
        lwm2m_path_resource(AFU_OBJECT, component->instance, resource);
    const struct lwm2m_record *record =
        record_list_find(&component->view->records, path);
    char text[128];

    if (record != NULL && cJSON_IsString(before) &&
        record->value.type == LWM2M_TYPE_STRING &&
        strlen(before->valuestring) == record->value.as.data.length &&
        memcmp(before->valuestring, record->value.as.data.bytes,
               record->value.as.data.length) == 0) {
        return true;
    }
    if (record != NULL && cJSON_IsNumber(before) &&
        record->value.type == LWM2M_TYPE_INTEGER &&
        record->value.as.integer == (int64_t)before->valuedouble) {
        return true;
    }
    words_add(observed, "%s%s was ", observed->length > 0 ? ", " : "", name);
    words_json(observed, before);
    words_add(observed, " and is %s",
              record != NULL
                  ? lwm2m_value_text(&record->value, text, sizeof(text))
                  : "absent");
    return false;
}

/** A Resource that "unchanged" can name. */
struct known {
    const char *name;
    uint16_t resource;
    const char *words;
};

/** Whether it is not there, and need not be. */
static bool is_absent(const struct expect_judge *judge,
                      const struct expect_component *component,
                      const struct known *known)
{
    struct lwm2m_path path =
        lwm2m_path_resource(AFU_OBJECT, component->instance, known->resource);

    return !record_list_has(&component->view->records, path) &&
           expect_absence(judge, known->resource).level == FINDING_WARNING;
}

void expect_unchanged(const struct expect_judge *judge,
                      const struct expect_component *component,
                      const cJSON *names)
{
    static const struct known known[] = {
        { "state", AFU_STATE, "State" },
        { "result", AFU_RESULT, "Update Result" },
        { "version", AFU_CURRENT_VERSION, "Current Version" },
    };
    const struct journal_event *baseline =
        look_snapshot(&judge->look, "baseline");
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    const cJSON *name = NULL;
    struct report report;

    expect_report(judge, component, &report);
    report_evidence(&report, baseline);
    words_component(&report.expected, judge->look.binding, component->instance);
    words_add(&report.expected, " as before the case: ");
    cJSON_ArrayForEach(name, names)
    {
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            const char *text = cJSON_GetStringValue(name);
            if (text == NULL || strcmp(text, known[i].name) != 0) {
                continue;
            }
            const cJSON *before =
                baseline != NULL ? snapshot_value(baseline, component->instance,
                                                  known[i].resource)
                                 : NULL;
            words_add(&report.expected, "%s%s ",
                      name->prev != NULL && name != names->child ? "and " : "",
                      known[i].words);
            if (before == NULL && is_absent(judge, component, &known[i])) {
                continue; /* there was none and there is none */
            }
            if (before == NULL) {
                words_add(&report.observed, "no baseline of %s",
                          known[i].words);
                grade.level = FINDING_INCONC;
            } else if (!is_unchanged(component, before, known[i].resource,
                                     known[i].words, &report.observed)) {
                grade.level = FINDING_FAIL;
            }
        }
    }
    if (grade.level == FINDING_PASS) {
        words_add(&report.observed, "unchanged");
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

/** /3/0/3 as read in this step. */
static bool firmware_view(const struct expect_judge *judge,
                          struct view *out_view,
                          const struct journal_event **out_event)
{
    struct lwm2m_path wanted =
        lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_FIRMWARE_VERSION);

    for (size_t i = judge->look.end; i > judge->input->first; i--) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i - 1);
        struct lwm2m_path path;
        if (event->kind != (enum journal_kind)SERVER_RESPONSE) {
            continue;
        }
        const struct journal_event *request =
            request_of_event(judge->look.events, event);
        if (request != NULL && event_path(request, &path) &&
            lwm2m_path_equal(&path, &wanted) &&
            view_of_event(judge->look.events, event, judge->look.definitions,
                          out_view, NULL) == STATUS_OK) {
            *out_event = event;
            return true;
        }
    }
    return false;
}

void expect_firmware(const struct expect_judge *judge, const cJSON *spec)
{
    const char *role = cJSON_GetStringValue(spec);
    const struct journal_event *event = NULL;
    uint16_t main_instance = 0;
    uint16_t instance = 0;
    struct view firmware;
    struct view component;

    if (role == NULL ||
        !binding_instance(judge->look.binding, "main", &main_instance) ||
        !binding_instance(judge->look.binding, role, &instance) ||
        instance != main_instance || !firmware_view(judge, &firmware, &event)) {
        return; /* not the main component, or /3/0/3 is not there */
    }
    if (look_view(&judge->look, judge->input->first, instance, &component)) {
        struct text_value shown = { .look = &judge->look };
        struct text_value version = { .look = &judge->look };
        struct grade grade = { .level = FINDING_PASS, .fits = true };
        struct report report;
        take_text(
            &firmware,
            lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_FIRMWARE_VERSION),
            &shown);
        take_text(
            &component,
            lwm2m_path_resource(AFU_OBJECT, instance, AFU_CURRENT_VERSION),
            &version);
        report_init(&report, EXPECT_CHECK);
        report_evidence(&report, event);
        words_add(&report.subject, "/3/0/3");
        words_add(&report.expected,
                  "Firmware Version (/3/0/3) equal to the Current Version of "
                  "the main component, ");
        observed_words(&report.expected, &version);
        observed_words(&report.observed, &shown);
        if (shown.observed == NULL || version.observed == NULL ||
            shown.length != version.length ||
            memcmp(shown.observed, version.observed, shown.length) != 0) {
            grade.level = FINDING_WARNING; /* SHOULD: AFU-016 */
        }
        report_finding(&report, judge->input, grade, judge->on_finding,
                       judge->user);
        view_release(&component);
    }
    view_release(&firmware);
}
