/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/expect.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/events.h"
#include "scenarios/steps/verbs.h"

struct expect {
    struct operation operation;
    struct component_set set;
    bool is_waiting; /**< for the limit of "after" */
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** Whether a part of `expect` is about components. */
static bool is_component_part(const cJSON *entry)
{
    return selector_is_valid(entry->string) && cJSON_IsObject(entry);
}

static enum status collect(struct run *run, struct expect *expect,
                           struct reason *reason)
{
    struct look look = look_of_run(run);
    const cJSON *object = run_parameter(run, "expect");
    const cJSON *entry = NULL;
    uint16_t instance = 0;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set some;
        if (!is_component_part(entry)) {
            continue;
        }
        if (!selector_expand(&look, entry->string, object, &some)) {
            return reason_set(reason, STATUS_INVALID,
                              "'expect' names the unknown component '%s'",
                              entry->string);
        }
        for (size_t i = 0; i < some.count; i++) {
            component_set_add(&expect->set, some.instances[i]);
        }
    }
    for (size_t i = 0;
         member(object, "across") != NULL && i < look.binding->instance_count;
         i++) {
        component_set_add(&expect->set, look.binding->instances[i]);
    }
    const char *role = cJSON_GetStringValue(member(object, "firmware"));
    if (role != NULL && binding_instance(look.binding, role, &instance)) {
        component_set_add(&expect->set, instance);
    }
    return look_record_declared(run, reason);
}

/** Single Reads of "types", component by component. */
static bool types_read(struct run *run, size_t index,
                       struct lwm2m_path *out_path, int *out_format)
{
    struct look look = look_of_run(run);
    const cJSON *object = run_parameter(run, "expect");
    const cJSON *entry = NULL;
    uint16_t resource = 0;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        const cJSON *types = member(entry, "types");
        if (types == NULL ||
            !selector_expand(&look, entry->string, object, &set)) {
            continue;
        }
        for (size_t i = 0; i < set.count; i++) {
            size_t own = 0;
            while (expect_types_read(look.definitions, types, own, &resource,
                                     out_format)) {
                if (index == 0) {
                    *out_path = lwm2m_path_resource(AFU_OBJECT,
                                                    set.instances[i], resource);
                    return true;
                }
                own++;
                index--;
            }
        }
    }
    return false;
}

/** Reads of "formats", component by component. */
static bool formats_read(struct run *run, size_t index,
                         struct lwm2m_path *out_path, int *out_format)
{
    struct look look = look_of_run(run);
    const cJSON *object = run_parameter(run, "expect");
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        const cJSON *formats = member(entry, "formats");
        size_t count = (size_t)cJSON_GetArraySize(formats);
        if (count == 0 ||
            !selector_expand(&look, entry->string, object, &set)) {
            continue;
        }
        if (index < set.count * count) {
            *out_path =
                lwm2m_path_instance(AFU_OBJECT, set.instances[index / count]);
            return expect_formats_read(formats, index % count, out_format);
        }
        index -= set.count * count;
    }
    return false;
}

static size_t count_types(struct run *run)
{
    struct lwm2m_path path;
    int format = CONTENT_FORMAT_NONE;
    size_t count = 0;

    while (types_read(run, count, &path, &format)) {
        count++;
    }
    return count;
}

static enum status expect_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    const struct expect *expect = run_scratch(run);
    const cJSON *object = run_parameter(run, "expect");
    struct server_request *request = &out_request->request;
    const char *endpoint = run_endpoint(run);
    struct lwm2m_path path;
    int format = CONTENT_FORMAT_NONE;

    (void)reason; /* nothing can fail */
    if (index < expect->set.count) {
        path = lwm2m_path_instance(AFU_OBJECT, expect->set.instances[index]);
        out_request->is_negotiable = true;
        management_read(request, endpoint, path, run_accept(run, &path));
        return STATUS_OK;
    }
    index -= expect->set.count;
    if (member(object, "firmware") != NULL && index-- == 0) {
        path = lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_FIRMWARE_VERSION);
        out_request->is_negotiable = true;
        management_read(request, endpoint, path, run_accept(run, &path));
        return STATUS_OK;
    }
    if (member(object, "discover") != NULL && index-- == 0) {
        management_discover(request, endpoint, lwm2m_path_object(AFU_OBJECT));
        return STATUS_OK;
    }
    if (types_read(run, index, &path, &format)) {
        management_read(request, endpoint, path, format);
        return STATUS_OK;
    }
    index -= count_types(run);
    if (formats_read(run, index, &path, &format)) {
        management_read(request, endpoint, path, format);
        return STATUS_OK;
    }
    *out_end = true;
    return STATUS_OK;
}

/** Start the limit of "after"; STEP_DONE when there is none. */
static enum step_progress wait_first(struct run *run, struct expect *expect)
{
    const char *name = operation_text(run, "after");
    enum limit limit = LIMIT_SETTLE;
    struct reason reason = { .status = STATUS_OK };

    if (name == NULL || !limit_parse(name, &limit)) {
        return STEP_DONE;
    }
    expect->is_waiting = true;
    return run_deadline(run, limit, &reason) == STATUS_OK
               ? STEP_GO_ON
               : run_fail(run, &reason);
}

static enum step_progress expect_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct expect *expect = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };

    if (event == NULL) {
        if (collect(run, expect, &reason) != STATUS_OK) {
            return run_fail(run, &reason);
        }
        enum step_progress progress = wait_first(run, expect);
        if (progress != STEP_DONE) {
            return progress;
        }
    } else if (expect->is_waiting) {
        if (event->kind != JOURNAL_DEADLINE) {
            return STEP_GO_ON;
        }
        expect->is_waiting = false;
        event = NULL;
    }
    return operation_drive(run, event, &expect->operation, expect_fill,
                           OPERATION_REPEAT);
}

void expect_report(const struct expect_judge *judge,
                   const struct expect_component *component,
                   struct report *report)
{
    report_init(report, EXPECT_CHECK);
    report_evidence(report, component->event);
    words_component(&report->subject, judge->look.binding, component->instance);
}

struct grade expect_absence(const struct expect_judge *judge, uint16_t resource)
{
    bool is_open =
        judge->look.binding->instance_count == 1 &&
        (resource == AFU_COMPONENT_NAME || resource == AFU_CURRENT_VERSION);

    return is_open ? grade_of_key("A-26", &judge->rules)
                   : (struct grade){ .level = FINDING_FAIL };
}

static void judge_condition(const struct expect_judge *judge,
                            const struct expect_component *component,
                            const cJSON *part)
{
    struct report report;
    int state = -1;
    int result = -1;

    expect_report(judge, component, &report);
    view_pair(component->view, component->instance, &state, &result);
    words_component(&report.expected, judge->look.binding, component->instance);
    words_add(&report.expected, " ");
    condition_words(&report.expected, part);
    words_pair(&report.observed, state, result);
    report_finding(&report, judge->input,
                   condition_grade(part, &judge->rules, state, result),
                   judge->on_finding, judge->user);
}

/** "while": whether the component was in that State; else there is nothing to
 *  be judged, and that is said. */
static bool was_while(const struct expect_judge *judge,
                      const struct expect_component *component,
                      const cJSON *name)
{
    struct report report;
    int state = -1;
    int result = -1;

    view_pair(component->view, component->instance, &state, &result);
    if (name == NULL || state == state_of_name(name->valuestring)) {
        return true;
    }
    expect_report(judge, component, &report);
    words_component(&report.expected, judge->look.binding, component->instance);
    words_add(&report.expected, " is read while State is %s",
              name->valuestring);
    words_pair(&report.observed, state, result);
    report_level(&report, judge->input, FINDING_INCONC, NULL, judge->on_finding,
                 judge->user);
    return false;
}

/** All that `part` says about the component, from one view. */
static void judge_view(const struct expect_judge *judge,
                       const struct expect_component *component,
                       const cJSON *part)
{
    const cJSON *entry = NULL;

    if (!was_while(judge, component, member(part, "while"))) {
        return;
    }
    if (condition_is_present(part)) {
        judge_condition(judge, component, part);
    }
    cJSON_ArrayForEach(entry, part)
    {
        if (strcmp(entry->string, "version") == 0) {
            expect_version(judge, component, entry);
        } else if (strcmp(entry->string, "pkgname") == 0) {
            expect_package_text(judge, component, entry, AFU_PKGNAME,
                                "pkgname");
        } else if (strcmp(entry->string, "pkgversion") == 0) {
            expect_package_text(judge, component, entry, AFU_PKGVERSION,
                                "pkgver");
        } else if (strcmp(entry->string, "uri") == 0) {
            expect_uri(judge, component, entry);
        } else if (strcmp(entry->string, "unchanged") == 0) {
            expect_unchanged(judge, component, entry);
        } else if (strcmp(entry->string, "changed") == 0) {
            expect_changed(judge, component, entry);
        } else if (strcmp(entry->string, "linked") == 0) {
            expect_links(judge, component, entry, AFU_LINKED);
        } else if (strcmp(entry->string, "conflicting") == 0) {
            expect_links(judge, component, entry, AFU_CONFLICTING);
        } else if (strcmp(entry->string, "linked-at-update") == 0) {
            expect_linked_at_update(judge, component, entry);
        }
    }
}

static const struct journal_event *event_of_sequence(
    const struct expect_judge *judge, uint64_t sequence)
{
    for (size_t i = judge->look.end; i > judge->input->first; i--) {
        const struct journal_event *event =
            event_store_at(judge->look.events, i - 1);
        if (event->sequence == sequence) {
            return event;
        }
    }
    return NULL;
}

static void judge_component(const struct expect_judge *judge, uint16_t instance,
                            const cJSON *part)
{
    struct expect_component component = { .instance = instance };
    struct view view;

    expect_types(judge, instance, member(part, "types"));
    expect_never(judge, instance, member(part, "never"));
    expect_lasts(judge, instance, member(part, "lasts"));
    expect_formats(judge, instance, member(part, "formats"));
    if (look_view(&judge->look, judge->input->first, instance, &view)) {
        component.view = &view;
        component.event = event_of_sequence(judge, view.sequence);
        judge_view(judge, &component, part);
        view_release(&view);
        return;
    }
    struct report report;
    expect_report(judge, &component, &report);
    words_add(&report.expected, "the instance can be read");
    words_add(&report.observed, "%s",
              judge->input->progress == STEP_SILENT ? "no answer"
                                                    : "no values");
    report_level(&report, judge->input, FINDING_INCONC, NULL, judge->on_finding,
                 judge->user);
}

static void expect_judge_step(const struct judge_input *input,
                              finding_fn on_finding, void *user)
{
    struct expect_judge judge = {
        .input = input,
        .look = look_of_judge(input),
        .on_finding = on_finding,
        .user = user,
    };
    const cJSON *object = member(input->parameters, "expect");
    const cJSON *entry = NULL;

    if (input->progress == STEP_FAILED) {
        return;
    }
    judge.rules = grade_rules_of(input, &judge.look);
    cJSON_ArrayForEach(entry, object)
    {
        struct component_set set;
        if (strcmp(entry->string, "registration") == 0) {
            expect_registration(&judge, entry);
        } else if (strcmp(entry->string, "discover") == 0) {
            expect_discover(&judge, entry);
        } else if (strcmp(entry->string, "firmware") == 0) {
            expect_firmware(&judge, entry);
        } else if (strcmp(entry->string, "transfer") == 0) {
            expect_transfer(&judge, entry);
        } else if (strcmp(entry->string, "fetched") == 0) {
            expect_fetched(&judge, entry);
        } else if (strcmp(entry->string, "events") == 0) {
            expect_events(&judge, entry);
        } else if (strcmp(entry->string, "spacing") == 0) {
            expect_spacing(&judge, entry);
        } else if (strcmp(entry->string, "answer") == 0) {
            expect_answer(&judge, entry);
        } else if (strcmp(entry->string, "notified") == 0) {
            expect_notified(&judge, entry);
        } else if (strcmp(entry->string, "listed") == 0) {
            expect_listed(&judge, entry);
        } else if (strcmp(entry->string, "across") == 0) {
            expect_across(&judge, entry);
        } else if (strcmp(entry->string, "trace") == 0) {
            expect_trace(&judge, entry);
        } else if (strcmp(entry->string, "main-instance") == 0) {
            expect_main_instance(&judge, entry);
        } else if (selector_expand(&judge.look, entry->string, object, &set)) {
            for (size_t i = 0; i < set.count; i++) {
                judge_component(&judge, set.instances[i], entry);
            }
        }
    }
}

static enum status check_part(const cJSON *part, const char *pointer,
                              struct reason *reason)
{
    static const char *const words[] = {
        "state",
        "result",
        "pair",
        "version",
        "linked",
        "conflicting",
        "linked-at-update",
        "pkgname",
        "types",
        "pkgversion",
        "uri",
        "unchanged",
        "never",
        "lasts",
        "formats",
        "changed",
        "while",
    };
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(entry, part)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
            known = known || strcmp(words[i], entry->string) == 0;
        }
        if (!known) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s: unknown '%s'; a component has state, "
                              "result, pair, version, pkgname, pkgversion, "
                              "uri, linked, conflicting, unchanged, changed, "
                              "types, formats, never, lasts, while",
                              pointer, entry->string);
        }
        if (strcmp(entry->string, "while") == 0 &&
            (!cJSON_IsString(entry) || state_of_name(entry->valuestring) < 0)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/while: expected the name of a State",
                              pointer);
        }
        bool is_links = strcmp(entry->string, "linked") == 0 ||
                        strcmp(entry->string, "conflicting") == 0 ||
                        strcmp(entry->string, "linked-at-update") == 0;
        if (is_links && !grade_check(entry, expect_links_is_candidate)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: expected contains, lacks, exactly or "
                              "empty, or graded",
                              pointer, entry->string);
        }
    }
    enum status status =
        expect_formats_check(member(part, "formats"), pointer, reason);
    if (status == STATUS_OK) {
        status = expect_changed_check(member(part, "changed"), pointer, reason);
    }
    if (status == STATUS_OK && member(part, "lasts") != NULL) {
        status = expect_lasts_check(member(part, "lasts"), pointer, reason);
    }
    return status == STATUS_OK ? condition_check(part, pointer, reason)
                               : status;
}

static enum status check_top(const cJSON *entry, const char *pointer,
                             struct reason *reason)
{
    if (strcmp(entry->string, "events") == 0) {
        return events_check(entry, pointer, reason);
    }
    if (strcmp(entry->string, "transfer") == 0) {
        return expect_transfer_check(entry, pointer, reason);
    }
    if (strcmp(entry->string, "across") == 0) {
        return expect_across_check(entry, pointer, reason);
    }
    if (strcmp(entry->string, "trace") == 0) {
        return expect_trace_check(entry, pointer, reason);
    }
    if (strcmp(entry->string, "main-instance") == 0) {
        return cJSON_IsNumber(entry)
                   ? STATUS_OK
                   : reason_set(reason, STATUS_MALFORMED,
                                "%s: expected an instance", pointer);
    }
    return strcmp(entry->string, "spacing") == 0
               ? expect_spacing_check(entry, pointer, reason)
               : STATUS_OK;
}

static enum status expect_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    static const char *const top[] = {
        "registration",  "discover", "firmware", "transfer", "events",
        "answer",        "listed",   "notified", "spacing",  "across",
        "main-instance", "trace",    "fetched",
    };
    const cJSON *object = member(step, "expect");
    const cJSON *entry = NULL;
    char below[160];

    if (!cJSON_IsObject(object) || object->child == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/expect: expected an object", pointer);
    }
    const cJSON *instances = member(member(object, "discover"), "instances");
    const char *which = cJSON_GetStringValue(instances);
    if (instances != NULL && (which == NULL || (strcmp(which, "same") != 0 &&
                                                strcmp(which, "unchanged")))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/expect/discover/instances: expected \"same\" or "
                          "\"unchanged\"",
                          pointer);
    }
    cJSON_ArrayForEach(entry, object)
    {
        bool is_top = false;
        for (size_t i = 0; i < sizeof(top) / sizeof(top[0]); i++) {
            is_top = is_top || strcmp(top[i], entry->string) == 0;
        }
        (void)snprintf(below, sizeof(below), "%s/expect/%s", pointer,
                       entry->string);
        enum status checked = check_top(entry, below, reason);
        if (checked != STATUS_OK) {
            return checked;
        }
        if (is_top) {
            continue;
        }
        if (!is_component_part(entry)) {
            return reason_set(
                reason, STATUS_MALFORMED,
                "%s: no component and none of registration, "
                "discover, firmware, transfer, fetched, events, answer, "
                "listed, spacing, trace, across, main-instance",
                below);
        }
        enum status status = check_part(entry, below, reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return expect_answer_check(object, pointer, reason);
}

/** Read once and judge. Spec: design section 5, Judging. */
const struct step_type step_expect = {
    .verb = "expect",
    .help = "judge what the device shows now",
    .parameters = {
        { "expect", STEP_ANY, .required = true,
          .help = "by component, and registration, discover, firmware, "
                  "transfer, fetched, events, answer, listed, spacing" },
        { "after", STEP_LIMIT_NAME, .help = "wait so long before reading" },
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct expect),
    .drive = expect_drive,
    .judge = expect_judge_step,
    .check = expect_check,
};
