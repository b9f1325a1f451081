/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/operation.h"

#include "scenarios/steps/afu.h"

static enum status send(struct run *run, struct operation_request *next,
                        uint64_t *out_id, struct reason *reason)
{
    bool is_judged = run_parameter(run, "rejected") != NULL ||
                     run_parameter(run, "code") != NULL;
    bool is_refusal_likely = next->is_refusal_likely ||
                             (is_judged && next->request.method != METHOD_GET &&
                              next->request.method != METHOD_FETCH);

    return next->is_negotiable
               ? run_send_negotiated(run, &next->request, is_refusal_likely,
                                     out_id, reason)
               : run_send(run, &next->request, out_id, reason);
}

static enum step_progress send_next(struct run *run,
                                    struct operation *operation,
                                    operation_fill_fn fill)
{
    struct reason reason = { .status = STATUS_OK };
    struct operation_request next = {
        .request = { .endpoint = run_endpoint(run),
                     .content_format = CONTENT_FORMAT_NONE,
                     .accept = CONTENT_FORMAT_NONE },
    };
    bool end = false;

    byte_buffer_init(&next.payload);
    enum status status = fill(run, operation->index, &next, &end, &reason);
    if (status == STATUS_OK && !end) {
        if (next.payload.length > 0) {
            next.request.payload = next.payload.bytes;
            next.request.payload_length = next.payload.length;
        }
        operation->sent_unregistered = !run_is_registered(run);
        status = send(run, &next, &operation->id, &reason);
        operation->is_open = status == STATUS_OK;
        operation->tries++;
    }
    byte_buffer_release(&next.payload);
    if (status != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return end ? STEP_DONE : STEP_GO_ON;
}

static enum step_progress take_failure(struct run *run,
                                       const struct journal_event *event,
                                       struct operation *operation,
                                       operation_fill_fn fill, unsigned flags)
{
    bool lost = event->kind == (enum journal_kind)SERVER_SESSION_LOST;
    bool waited_in_vain =
        operation->sent_unregistered && !run_is_registered(run);

    if (lost && (flags & OPERATION_REPEAT) != 0 && !waited_in_vain &&
        operation->tries < OPERATION_TRIES_MAX) {
        return send_next(run, operation, fill);
    }
    return (flags & OPERATION_MAY_BE_LOST) != 0 ? STEP_DONE : STEP_SILENT;
}

enum step_progress operation_drive(struct run *run,
                                   const struct journal_event *event,
                                   struct operation *operation,
                                   operation_fill_fn fill, unsigned flags)
{
    if (event == NULL) {
        return send_next(run, operation, fill);
    }
    if (!operation->is_open || !event_closes(event, operation->id)) {
        return STEP_GO_ON;
    }
    operation->is_open = false;
    if (event->kind != (enum journal_kind)SERVER_RESPONSE) {
        return take_failure(run, event, operation, fill, flags);
    }
    operation->index++;
    operation->tries = 0;
    return send_next(run, operation, fill);
}

const char *operation_text(const struct run *run, const char *parameter)
{
    const cJSON *value = run_parameter(run, parameter);

    return cJSON_IsString(value) ? value->valuestring : NULL;
}

enum status operation_path(struct run *run, const char *parameter,
                           struct lwm2m_path *out_path, struct reason *reason)
{
    const char *text = operation_text(run, parameter);

    if (text == NULL) {
        return reason_set(reason, STATUS_INVALID, "'%s' is no path", parameter);
    }
    return binding_path(run_binding(run), text, out_path, reason);
}

enum status operation_component(struct run *run, const char *parameter,
                                uint16_t *out_instance, struct reason *reason)
{
    const char *role = operation_text(run, parameter);

    if (role == NULL ||
        !binding_instance(run_binding(run), role, out_instance)) {
        return reason_set(reason, STATUS_INVALID, "no component '%s'",
                          role != NULL ? role : parameter);
    }
    return STATUS_OK;
}
