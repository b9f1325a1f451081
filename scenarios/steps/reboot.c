/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

static enum status reboot_fill(struct run *run, size_t index,
                               struct operation_request *out_request,
                               bool *out_end, struct reason *reason)
{
    (void)reason; /* nothing can fail */
    if (index > 0) {
        *out_end = true;
        return STATUS_OK;
    }
    management_execute(&out_request->request, run_endpoint(run),
                       lwm2m_path_resource(DEVICE_OBJECT, 0, DEVICE_REBOOT),
                       NULL);
    return STATUS_OK;
}

static enum step_progress reboot_drive(struct run *run,
                                       const struct journal_event *event)
{
    return operation_drive(run, event, run_scratch(run), reboot_fill,
                           OPERATION_MAY_BE_LOST);
}

static void reboot_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    static const struct operation_judge how = {
        .check = "step.reboot",
        .name = "Execute Reboot",
        .method = METHOD_POST,
        .may_reboot = true,
        .success = "unreachable-passes",
    };
    struct look look = look_of_judge(input);
    const struct journal_event *request = NULL;
    const struct journal_event *closing = NULL;

    if (cJSON_GetObjectItemCaseSensitive(input->parameters, "code") != NULL ||
        cJSON_GetObjectItemCaseSensitive(input->parameters, "rejected") !=
            NULL) {
        operation_judge(input, &how, on_finding, user);
        return;
    }
    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind == (enum journal_kind)SERVER_REQUEST &&
            event->as.server.as.request.method == METHOD_POST) {
            request = event;
            closing = look_closing(&look, event->as.server.id);
        }
    }
    if (closing == NULL ||
        closing->kind != (enum journal_kind)SERVER_RESPONSE ||
        closing->as.server.as.response.code >> 5 == 2) {
        return; /* it reboots, or the await after this step will say */
    }
    struct report report;
    report_init(&report, how.check);
    report_evidence(&report, request);
    report_evidence(&report, closing);
    words_add(&report.subject, "/3/0/4");
    words_add(&report.expected, "Execute of /3/0/4 reboots the device");
    words_add(&report.observed, "refused with ");
    words_code(&report.observed, closing->as.server.as.response.code);
    report_level(&report, input, FINDING_INCONC, NULL, on_finding, user);
}

/** Reboot by Execute of /3/0/4. A lost answer is no finding. */
const struct step_type step_reboot = {
    .verb = "reboot",
    .help = "reboot the device by /3/0/4",
    .parameters = {
        { "reboot", STEP_FLAG, .required = true, .help = "true" },
        { "unreachable-passes", STEP_FLAG,
          .help = "a lost answer says nothing: the device may be gone" },
        OPERATION_PARAMETERS,
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct operation),
    .drive = reboot_drive,
    .judge = reboot_judge,
    .check = operation_check,
};
