/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/registration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/steps/seen.h"

enum {
    OBJECT_SERVER = 1,
    RESOURCE_LIFETIME = 1,
    MINORS = 3, /* 1.0, 1.1, 1.2 */
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

struct lwm2m_path registration_lifetime_path(const struct binding *binding)
{
    uint16_t instance = 0;

    (void)binding_instance(binding, "server", &instance); /* 0 without one */
    return lwm2m_path_resource(OBJECT_SERVER, instance, RESOURCE_LIFETIME);
}

bool registration_parameter(const char *query, const char *name, char *out,
                            size_t size)
{
    size_t length = strlen(name);

    for (const char *at = query; at != NULL && *at != '\0';) {
        size_t whole = strcspn(at, "&");
        if (whole >= length && strncmp(at, name, length) == 0 &&
            (at[length] == '=' || whole == length)) {
            bool has_value = at[length] == '=';
            (void)snprintf(out, size, "%.*s",
                           (int)(has_value ? whole - length - 1 : 0),
                           has_value ? at + length + 1 : ""); /* cut */
            return true;
        }
        at += whole + (at[whole] == '&' ? 1 : 0);
    }
    return false;
}

/** A set of letters, each once. */
static bool is_set_of(const char *text, const char *letters)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (strchr(letters, text[i]) == NULL ||
            strchr(text + i + 1, text[i]) != NULL) {
            return false;
        }
    }
    return text[0] != '\0';
}

/** Spec: LwM2M 1.0, 5.3.1.1; Core 1.1 and 1.2, 6.2.1.2. */
static bool is_binding(const char *text, unsigned minor)
{
    static const char *const modes[] = { "U", "UQ", "S", "SQ", "US", "UQS" };
    static const char *const letters[MINORS] = { "", "UTSN", "UTSNMH" };

    if (minor > 0) {
        return is_set_of(text, letters[minor < MINORS ? minor : MINORS - 1]);
    }
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (strcmp(modes[i], text) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_decimal(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static void complain(struct report *report, enum finding_level level,
                     enum finding_level *worst, const char *text)
{
    words_add(&report->observed, "%s%s",
              report->observed.length > 0 ? ", " : "", text);
    *worst = level > *worst ? level : *worst;
}

/** Each parameter of a Register; an Update may leave out what it likes. */
static void judge_parameters(const struct expect_judge *judge)
{
    const struct journal_event *event = judge->input->registration;
    const struct server_registration_view *view =
        &event->as.server.as.registration;
    bool is_register = event->kind == (enum journal_kind)SERVER_REGISTER;
    enum finding_level worst = FINDING_PASS;
    char value[REGISTRATION_VALUE_MAX];
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, event);
    words_add(&report.expected, "the parameters of LwM2M %u.%u",
              view->lwm2m_major, view->lwm2m_minor);
    if (registration_parameter(view->query, "lt", value, sizeof(value))
            ? !is_decimal(value)
            : is_register) {
        complain(&report, FINDING_FAIL, &worst, "no lifetime (lt)");
    }
    if (is_register &&
        (!registration_parameter(view->query, "lwm2m", value, sizeof(value)) ||
         strlen(value) != strlen("1.0"))) {
        complain(&report, FINDING_FAIL, &worst, "no version (lwm2m)");
    }
    if (registration_parameter(view->query, "b", value, sizeof(value)) &&
        !is_binding(value, view->lwm2m_minor)) {
        complain(&report, FINDING_FAIL, &worst, "a wrong binding (b)");
    }
    if (registration_parameter(view->query, "Q", value, sizeof(value)) &&
        (value[0] != '\0' || view->lwm2m_minor == 0)) {
        complain(&report, value[0] != '\0' ? FINDING_FAIL : FINDING_WARNING,
                 &worst,
                 value[0] != '\0' ? "a value of Q" : "Q, which 1.0 lacks");
    }
    if (registration_parameter(view->query, "sms", value, sizeof(value)) &&
        view->lwm2m_minor < 2 && !is_decimal(value)) {
        complain(&report, FINDING_FAIL, &worst, "sms that is no number");
    }
    if (view->content_format != CONTENT_FORMAT_LINK) {
        complain(&report, FINDING_WARNING, &worst,
                 "a list that is not in Content-Format 40");
    }
    if (view->reason != NULL) {
        complain(&report, FINDING_WARNING, &worst, view->reason);
    }
    if (worst == FINDING_PASS) {
        words_add(&report.observed, "%s",
                  view->query != NULL ? view->query : "none");
    }
    report_level(&report, judge->input, worst, NULL, judge->on_finding,
                 judge->user);
}

static void judge_lifetime(const struct expect_judge *judge, const cJSON *spec)
{
    const struct server_registration_view *view =
        &judge->input->registration->as.server.as.registration;
    struct seen seen = seen_of(&judge->look, &judge->look,
                               registration_lifetime_path(judge->look.binding),
                               cJSON_CreateNumber(view->lifetime_s));
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, judge->input->registration);
    words_add(&report.expected, "registered with the lifetime ");
    grade_words(&report.expected, spec, seen_words, &seen);
    seen_value_words(&report.observed, seen.observed);
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules, seen_fits, &seen),
                   judge->on_finding, judge->user);
    seen_release(&seen);
}

static bool fits_presence(const cJSON *candidate, void *user)
{
    const bool *is_there = user;
    const char *word = cJSON_GetStringValue(candidate);

    return word != NULL && strcmp(word, *is_there ? "present" : "absent") == 0;
}

static void plain_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

static void judge_object(const struct expect_judge *judge,
                         const struct link_list *links, const cJSON *entry)
{
    struct report report;
    struct lwm2m_path path;
    bool is_there = false;

    if (lwm2m_path_parse(entry->string, strlen(entry->string), &path, NULL) !=
        STATUS_OK) {
        return; /* it is one in our catalogue */
    }
    for (size_t i = 0; i < links->count; i++) {
        is_there =
            is_there || (links->links[i].is_lwm2m &&
                         lwm2m_path_is_within(&links->links[i].path, &path));
    }
    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, judge->input->registration);
    words_add(&report.subject, "%s", entry->string);
    words_add(&report.expected,
              "%s in the list of the registration: ", entry->string);
    grade_words(&report.expected, entry, plain_words, NULL);
    words_add(&report.observed, is_there ? "present" : "absent");
    report_finding(&report, judge->input,
                   grade_of(entry, &judge->rules, fits_presence, &is_there),
                   judge->on_finding, judge->user);
}

void registration_judge(const struct expect_judge *judge, const cJSON *spec)
{
    const struct server_registration_view *view =
        &judge->input->registration->as.server.as.registration;
    const cJSON *entry = NULL;
    struct link_list links;

    if (cJSON_IsTrue(member(spec, "well-formed"))) {
        judge_parameters(judge);
    }
    if (member(spec, "lifetime") != NULL) {
        judge_lifetime(judge, member(spec, "lifetime"));
    }
    link_list_init(&links);
    if (view->links != NULL &&
        link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) == STATUS_OK) {
        cJSON_ArrayForEach(entry, member(spec, "objects"))
        {
            judge_object(judge, &links, entry);
        }
    }
    link_list_release(&links);
}
