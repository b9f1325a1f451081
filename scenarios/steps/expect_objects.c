/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"
#include "scenarios/steps/registration.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool parse_links(const uint8_t *bytes, size_t length,
                        struct link_list *out_links)
{
    link_list_init(out_links);
    return bytes != NULL && link_list_parse((const char *)bytes, length, NULL,
                                            out_links, NULL) == STATUS_OK;
}

static bool registration_links(const struct expect_judge *judge,
                               struct link_list *out_links)
{
    const struct journal_event *event = judge->input->registration;

    link_list_init(out_links);
    return event != NULL &&
           parse_links(event->as.server.as.registration.links,
                       event->as.server.as.registration.links_length,
                       out_links);
}

static size_t count_links(const struct link_list *links, struct lwm2m_path path)
{
    size_t count = 0;

    for (size_t i = 0; i < links->count; i++) {
        count += links->links[i].is_lwm2m &&
                 lwm2m_path_equal(&links->links[i].path, &path);
    }
    return count;
}

/** How many different or repeated links to instances there are. */
static size_t count_instances(const struct link_list *links, uint16_t object)
{
    size_t count = 0;

    for (size_t i = 0; i < links->count; i++) {
        count += links->links[i].is_lwm2m && links->links[i].path.depth == 2 &&
                 links->links[i].path.ids[0] == object;
    }
    return count;
}

static void say(const struct expect_judge *judge, struct report *report,
                enum finding_level level)
{
    report_level(report, judge->input, level, NULL, judge->on_finding,
                 judge->user);
}

/** The version the links give to the Object: "ver" of the Object's link or of
 *  an Instance's; all must be the wanted one. */
static void judge_version(const struct expect_judge *judge,
                          const struct link_list *links, uint16_t object,
                          const char *wanted)
{
    struct report report;
    bool bad = false;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, judge->input->registration);
    words_add(&report.subject, "/%u", (unsigned)object);
    words_add(&report.expected, "version of Object %u: %s, or not given",
              (unsigned)object, wanted);
    for (size_t i = 0; i < links->count; i++) {
        const struct link *link = &links->links[i];
        const char *version = link_attribute(link, "ver");
        if (!link->is_lwm2m || link->path.depth < 1 ||
            link->path.ids[0] != object || version == NULL) {
            continue;
        }
        words_add(&report.observed, "%s%s has ver=%s",
                  report.observed.length > 0 ? ", " : "", link->target,
                  version);
        bad = bad || strcmp(version, wanted) != 0;
    }
    if (report.observed.length == 0) {
        words_add(&report.observed, "not given");
    }
    say(judge, &report, bad ? FINDING_FAIL : FINDING_PASS);
}

/** One link for each component. */
static void judge_instances(const struct expect_judge *judge,
                            const struct link_list *links, uint16_t object)
{
    const struct binding *binding = judge->look.binding;
    enum finding_level level = FINDING_PASS;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, judge->input->registration);
    words_add(&report.subject, "/%u", (unsigned)object);
    words_add(&report.expected, "one link for each instance of Object %u",
              (unsigned)object);
    if (count_instances(links, object) == 0 &&
        count_links(links, lwm2m_path_object(object)) > 0) {
        words_add(&report.observed, "the object without any instance");
        say(judge, &report, FINDING_WARNING);
        return;
    }
    for (size_t i = 0; i < binding->instance_count; i++) {
        struct lwm2m_path path =
            lwm2m_path_instance(object, binding->instances[i]);
        size_t count = count_links(links, path);
        if (count != 1) {
            words_add(&report.observed, "%s%zu links for ",
                      report.observed.length > 0 ? ", " : "", count);
            words_component(&report.observed, binding, binding->instances[i]);
            level = FINDING_FAIL;
        }
    }
    if (level == FINDING_PASS) {
        words_add(&report.observed, "%zu links",
                  count_instances(links, object));
    }
    say(judge, &report, level);
}

void expect_registration(const struct expect_judge *judge, const cJSON *spec)
{
    const cJSON *number = member(spec, "object");
    const char *version = cJSON_GetStringValue(member(spec, "version"));
    uint16_t object = cJSON_IsNumber(number) ? (uint16_t)number->valueint
                                             : (uint16_t)AFU_OBJECT;
    struct link_list links;

    if (!registration_links(judge, &links)) {
        struct report report;
        report_init(&report, EXPECT_CHECK);
        report_evidence(&report, judge->input->registration);
        words_add(&report.expected, "a registration with a list of objects");
        words_add(&report.observed, "%s",
                  judge->input->registration != NULL ? "an undecodable list"
                                                     : "none on record");
        say(judge, &report,
            judge->input->registration != NULL ? FINDING_FAIL : FINDING_INCONC);
        return;
    }
    if (version != NULL) {
        judge_version(judge, &links, object, version);
    }
    if (member(spec, "instances") != NULL) {
        judge_instances(judge, &links, object);
    }
    link_list_release(&links);
    registration_judge(judge, spec);
}

/** The newest Discover answer of the step. */
static const struct journal_event *discover_event(
    const struct expect_judge *judge)
{
    for (size_t i = judge->look.end; i > judge->input->first; i--) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i - 1);
        if (event->kind != (enum journal_kind)SERVER_RESPONSE) {
            continue;
        }
        const struct journal_event *request =
            request_of_event(judge->look.events, event);
        if (request != NULL &&
            request->as.server.as.request.method == METHOD_GET &&
            request->as.server.as.request.accept == CONTENT_FORMAT_LINK) {
            return event;
        }
    }
    return NULL;
}

static bool is_known(const struct binding *binding, uint16_t instance)
{
    for (size_t i = 0; i < binding->instance_count; i++) {
        if (binding->instances[i] == instance) {
            return true;
        }
    }
    return false;
}

/**
 * The instances in the Discover answer: those of the newest registration
 * ("same"), or those of the beginning ("unchanged"). A registration that
 * lists none says nothing: AFU-OBJ-001 warns of it.
 */
static void judge_same(const struct expect_judge *judge,
                       const struct journal_event *event,
                       const struct link_list *found, bool as_registered)
{
    const struct binding *binding = judge->look.binding;
    enum finding_level level = FINDING_PASS;
    struct link_list registered;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, event);
    words_add(&report.subject, "/%d", AFU_OBJECT);
    words_add(&report.expected, "Discover lists the instances %s",
              as_registered ? "of the registration" : "of the beginning");
    bool has_list = registration_links(judge, &registered) && as_registered &&
                    count_instances(&registered, AFU_OBJECT) > 0;
    if (as_registered) {
        report_evidence(&report, judge->input->registration);
    }
    for (size_t i = 0; i < found->count; i++) {
        const struct link *link = &found->links[i];
        if (!link->is_lwm2m || link->path.depth != 2 ||
            link->path.ids[0] != AFU_OBJECT) {
            continue;
        }
        bool is_new = has_list ? count_links(&registered, link->path) == 0
                               : !is_known(binding, link->path.ids[1]);
        if (is_new) {
            words_add(&report.observed, "%s%s %s",
                      report.observed.length > 0 ? ", " : "", link->target,
                      has_list ? "only in Discover" : "is new");
            level = FINDING_FAIL;
        }
    }
    for (size_t i = 0; i < binding->instance_count; i++) {
        struct lwm2m_path path =
            lwm2m_path_instance(AFU_OBJECT, binding->instances[i]);
        if (count_links(found, path) == 0) {
            words_add(&report.observed, "%s",
                      report.observed.length > 0 ? ", " : "");
            words_component(&report.observed, binding, binding->instances[i]);
            words_add(&report.observed, " missing in Discover");
            level = FINDING_FAIL;
        }
    }
    if (level == FINDING_PASS) {
        words_add(&report.observed, "the same %zu",
                  count_instances(found, AFU_OBJECT));
    }
    link_list_release(&registered);
    say(judge, &report, level);
}

/** AFU-007: every mandatory Resource on each instance. */
static void judge_mandatory(const struct expect_judge *judge,
                            const struct journal_event *event,
                            const struct link_list *found)
{
    const struct object_definition *object =
        definitions_object(judge->look.definitions, AFU_OBJECT, 0, 0);
    const struct binding *binding = judge->look.binding;
    struct grade grade = { .level = FINDING_PASS, .fits = true };
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, event);
    words_add(&report.subject, "/%d", AFU_OBJECT);
    words_add(&report.expected,
              "Discover lists the mandatory resources of each instance");
    for (size_t i = 0; i < binding->instance_count; i++) {
        for (size_t j = 0; object != NULL && j < object->resource_count; j++) {
            struct lwm2m_path path = lwm2m_path_resource(
                AFU_OBJECT, binding->instances[i], object->resources[j].id);
            char text[LWM2M_PATH_TEXT_MAX];
            if (object->resources[j].mandatory &&
                count_links(found, path) == 0) {
                words_add(&report.observed, "%s%s (%s)",
                          report.observed.length > 0 ? ", " : "missing ",
                          lwm2m_path_text(&path, text),
                          object->resources[j].name);
                grade = grade_worse(
                    grade, expect_absence(judge, object->resources[j].id));
            }
        }
    }
    if (grade.level == FINDING_PASS) {
        words_add(&report.observed, "all listed");
    }
    report_finding(&report, judge->input, grade, judge->on_finding,
                   judge->user);
}

static void judge_no_discover(const struct expect_judge *judge,
                              const struct journal_event *event)
{
    enum finding_level level = FINDING_FAIL;
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, event);
    words_add(&report.subject, "/%d", AFU_OBJECT);
    words_add(&report.expected, "Discover of /%d answered 2.05 Content",
              AFU_OBJECT);
    if (event == NULL) {
        words_add(&report.observed, "no answer");
        level = FINDING_INCONC;
    } else {
        uint8_t code = event->as.server.as.response.code;
        words_code(&report.observed, code);
        if (code == COAP_CODE(2, 5)) {
            words_add(&report.observed, " with undecodable links");
        } else if (code == COAP_CODE(4, 1) || code == COAP_CODE(5, 3)) {
            level = FINDING_INCONC;
        }
    }
    say(judge, &report, level);
}

void expect_discover(const struct expect_judge *judge, const cJSON *spec)
{
    const struct journal_event *event = discover_event(judge);
    struct link_list links;

    link_list_init(&links);
    if (event == NULL || event->as.server.as.response.code != COAP_CODE(2, 5) ||
        links_of_event(judge->look.events, event, &links, NULL) != STATUS_OK) {
        judge_no_discover(judge, event);
        return;
    }
    if (member(spec, "instances") != NULL) {
        const char *how = cJSON_GetStringValue(member(spec, "instances"));
        judge_same(judge, event, &links,
                   how == NULL || strcmp(how, "unchanged") != 0);
    }
    if (cJSON_IsTrue(member(spec, "mandatory"))) {
        judge_mandatory(judge, event, &links);
    }
    link_list_release(&links);
}
