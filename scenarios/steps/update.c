/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/selector.h"
#include "scenarios/steps/verbs.h"

/** "0='</33629/1>,</33629/2>'". Spec: afu.md section 5. */
static enum status list_argument(const struct run *run, const cJSON *with,
                                 uint16_t self, struct words *out_text,
                                 struct reason *reason)
{
    struct look look = look_of_run(run);
    bool is_all = cJSON_IsString(with) && strcmp(with->valuestring, "all") == 0;
    const char *having = operation_text(run, "having");
    struct component_set set;
    bool is_first = true;

    if (!selector_list(&look, with, &set)) {
        return reason_set(reason, STATUS_INVALID,
                          "'with' names an unknown component");
    }
    words_init(out_text);
    words_add(out_text, "0='");
    for (size_t i = 0; i < set.count; i++) {
        if ((is_all && set.instances[i] == self) ||
            (having != NULL &&
             package_set_find(run_profile(run)->packages, set.instances[i],
                              having) == NULL)) {
            continue;
        }
        words_add(out_text, "%s</%d/%u>", is_first ? "" : ",", AFU_OBJECT,
                  (unsigned)set.instances[i]);
        is_first = false;
    }
    words_add(out_text, "'");
    if (out_text->length + 1 >= sizeof(out_text->text)) {
        return reason_set(reason, STATUS_LIMIT, "too many components listed");
    }
    return STATUS_OK;
}

/** A text with "{y}" for the instance of y. What is in braces and no role
 *  stays as it is. */
static enum status fill_argument(const struct run *run, const char *text,
                                 struct words *out_text, struct reason *reason)
{
    char role[BINDING_ROLE_SIZE];
    uint16_t instance = 0;

    words_init(out_text);
    while (*text != '\0') {
        const char *end = *text == '{' ? strchr(text, '}') : NULL;
        size_t length = end != NULL ? (size_t)(end - text) - 1 : 0;
        bool is_role = end != NULL && length < sizeof(role);
        (void)snprintf(role, sizeof(role), "%.*s", is_role ? (int)length : 0,
                       text + 1); /* "" unless it fits */
        if (is_role && binding_instance(run_binding(run), role, &instance)) {
            words_add(out_text, "%u", instance);
            text = end + 1;
        } else {
            words_add(out_text, "%c", *text++);
        }
    }
    return out_text->length + 1 < sizeof(out_text->text)
               ? STATUS_OK
               : reason_set(reason, STATUS_LIMIT, "the argument is too long");
}

struct update_scratch {
    struct operation operation;
    struct words argument;
    bool awaits_boot; /**< the Execute timed out: did it reboot? */
};

/* Request 0 reads the instance, so that the Linked Instances at the Update
 * and the pair before it are on record; request 1 executes. */
static enum status update_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    struct update_scratch *scratch = run_scratch(run);
    const char *argument = operation_text(run, "argument");
    const cJSON *format = run_parameter(run, "format");
    const cJSON *with = run_parameter(run, "with");
    uint16_t instance = 0;

    if (index > 1) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_component(run, "update", &instance, reason);
    if (status != STATUS_OK) {
        return status;
    }
    struct lwm2m_path path = lwm2m_path_instance(AFU_OBJECT, instance);
    if (index == 0) {
        out_request->is_negotiable = true;
        management_read(&out_request->request, run_endpoint(run), path,
                        run_accept(run, &path));
        return STATUS_OK;
    }
    if (with != NULL) {
        status = list_argument(run, with, instance, &scratch->argument, reason);
        argument = scratch->argument.text;
    } else if (cJSON_IsTrue(run_parameter(run, "alone"))) {
        argument = "0";
    } else if (argument != NULL) {
        status = fill_argument(run, argument, &scratch->argument, reason);
        argument = scratch->argument.text;
    }
    management_execute(&out_request->request, run_endpoint(run),
                       lwm2m_path_child(path, AFU_UPDATE), argument);
    if (cJSON_IsNumber(format)) {
        out_request->request.content_format = format->valueint;
    }
    return status;
}

/** Without an answer to the Execute only a registration says that it was
 *  carried out; it may take as long as an update. Spec: afu.md section 10. */
static enum step_progress await_boot(struct run *run,
                                     struct update_scratch *scratch,
                                     const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    if (!scratch->awaits_boot) {
        scratch->awaits_boot = true;
        return run_deadline(run, LIMIT_UPDATE, &reason) == STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    if (event->kind == (enum journal_kind)SERVER_REGISTER) {
        return STEP_DONE;
    }
    return event->kind == JOURNAL_DEADLINE ? STEP_SILENT : STEP_GO_ON;
}

static enum step_progress update_drive(struct run *run,
                                       const struct journal_event *event)
{
    struct update_scratch *scratch = run_scratch(run);
    struct operation *operation = &scratch->operation;
    bool may_be_lost = cJSON_IsTrue(run_parameter(run, "unreachable-passes"));
    bool timed_out = event != NULL && operation->is_open &&
                     event->kind == (enum journal_kind)SERVER_TIMEOUT &&
                     event_closes(event, operation->id) &&
                     operation->index > 0 && !may_be_lost &&
                     run_parameter(run, "rejected") == NULL;

    if (scratch->awaits_boot || timed_out) {
        return await_boot(run, scratch, event);
    }
    /* The reboot may overtake the answer to the Execute, not that to
     * the Read before it. */
    bool is_lost =
        event != NULL && event->kind == (enum journal_kind)SERVER_SESSION_LOST;
    unsigned flags = 0;

    if (operation->index == 0) {
        flags = OPERATION_REPEAT;
    } else if (is_lost || may_be_lost) {
        flags = OPERATION_MAY_BE_LOST;
    }
    return operation_drive(run, event, operation, update_fill, flags);
}

static void update_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    static const struct operation_judge how = {
        .check = "step.update",
        .name = "Execute Update",
        .method = METHOD_POST,
        .success = "unreachable-passes",
        .may_reboot = true,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status update_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    static const char *const forms[] = { "with", "alone", "argument" };
    unsigned given = 0;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (cJSON_GetObjectItemCaseSensitive(step, forms[i]) != NULL) {
            given++;
        }
    }
    if (given > 1) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: expected one of \"with\", \"alone\" and "
                          "\"argument\"",
                          pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Execute Update on one component, alone or with others. Spec: AFU-080..092.
 */
const struct step_type step_update = {
    .verb = "update",
    .help = "Execute Update on a component, alone or with others",
    .parameters = {
        { "update", STEP_COMPONENT, .required = true, .help = "which" },
        { "with", STEP_COMPONENTS,
          .help = "also these, by argument 0; all: all others" },
        { "having", STEP_PACKAGE, .help = "of these only who has it" },
        { "alone", STEP_FLAG, .help = "argument 0 without a value" },
        { "argument", STEP_TEXT,
          .help = "any text as the argument; {y} is the instance of y" },
        { "format", STEP_NUMBER, .help = "Content-Format of the argument" },
        { "unreachable-passes", STEP_FLAG,
          .help = "no answer is no finding: the device may have lost power" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct update_scratch),
    .drive = update_drive,
    .judge = update_judge,
    .check = update_check,
};
