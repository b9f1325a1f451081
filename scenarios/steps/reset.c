/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/payload.h"
#include "scenarios/steps/verbs.h"

#define DELIVERY_PUSH_ONLY 1 /* value of Resource 9, afu.md section 1 */

/** Whether the device takes no Package URI, as its newest view says. */
static bool is_push_only(const struct run *run, uint16_t instance)
{
    struct look look = look_of_run(run);
    struct view view;

    if (!look_view(&look, 0, instance, &view)) {
        return false;
    }
    const struct lwm2m_record *record = record_list_find(
        &view.records,
        lwm2m_path_resource(AFU_OBJECT, instance, AFU_DELIVERY_METHOD));
    bool push_only = record != NULL &&
                     record->value.type == LWM2M_TYPE_INTEGER &&
                     record->value.as.integer == DELIVERY_PUSH_ONLY;
    view_release(&view);
    return push_only;
}

/* Request 0 reads the instance, so that Resource 9 and the pair before the
 * reset are on record; request 1 is the reset. */
static enum status reset_fill(struct run *run, size_t index,
                              struct operation_request *out_request,
                              bool *out_end, struct reason *reason)
{
    const char *form = operation_text(run, "form");
    uint16_t instance = 0;
    static const uint8_t null_package = 0x00;

    if (index > 1) {
        *out_end = true;
        return STATUS_OK;
    }
    enum status status = operation_component(run, "reset", &instance, reason);
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
    bool by_null =
        form != NULL ? strcmp(form, "null") == 0 : is_push_only(run, instance);
    path = lwm2m_path_child(path, by_null ? AFU_PACKAGE : AFU_PACKAGE_URI);
    /* A device may refuse a reset as such; and one that would take 0x00
     * as Base64 only takes no Package either. */
    out_request->is_negotiable = !by_null;
    out_request->is_refusal_likely = true;
    management_write(&out_request->request, run_endpoint(run), path,
                     by_null ? CONTENT_FORMAT_OPAQUE : CONTENT_FORMAT_TEXT,
                     NULL, 0);
    return by_null ? payload_bytes(&null_package, sizeof(null_package),
                                   &out_request->payload, reason)
                   : STATUS_OK;
}

static enum step_progress reset_drive(struct run *run,
                                      const struct journal_event *event)
{
    struct operation *operation = run_scratch(run);

    return operation_drive(run, event, operation, reset_fill,
                           operation->index == 0 ? OPERATION_REPEAT : 0);
}

static void reset_judge(const struct judge_input *input, finding_fn on_finding,
                        void *user)
{
    static const struct operation_judge how = {
        .check = "step.reset",
        .name = "Write (reset)",
        .method = METHOD_PUT,
    };
    operation_judge(input, &how, on_finding, user);
}

static enum status reset_check(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    const cJSON *form = cJSON_GetObjectItemCaseSensitive(step, "form");
    const char *text = cJSON_GetStringValue(form);

    if (form != NULL && (text == NULL || (strcmp(text, "uri") != 0 &&
                                          strcmp(text, "null") != 0))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/form: expected \"uri\" or \"null\"", pointer);
    }
    return operation_check(step, pointer, reason);
}

/** Back to Idle: empty Package URI, or one byte 0x00 to Package. Spec:
 *  AFU-055, AFU-056. */
const struct step_type step_reset = {
    .verb = "reset",
    .help = "bring a component back to Idle by a write",
    .parameters = {
        { "reset", STEP_COMPONENT, .required = true, .help = "which" },
        { "form", STEP_TEXT,
          .help = "\"uri\" or \"null\"; else what Resource 9 allows" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = reset_drive,
    .judge = reset_judge,
    .check = reset_check,
};
