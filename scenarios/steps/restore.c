/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/afu.h"
#include "scenarios/steps/await_event.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/registration.h"
#include "scenarios/steps/seen.h"
#include "scenarios/steps/verbs.h"
#include "scenarios/steps/write.h"

struct restore {
    struct operation operation;
    bool is_waiting; /* for the Update that a new lifetime makes */
};

/** Whether the device holds something else than at first, as far as we know;
 *  what it held is `out_value`, deleted by the caller. */
static bool is_changed(const struct look *look, struct lwm2m_path path,
                       cJSON **out_value)
{
    cJSON *written = seen_written(look, path);
    cJSON *first = seen_first(look, path);
    bool changed = written != NULL && first != NULL &&
                   !cJSON_Compare(written, first, true);

    cJSON_Delete(written);
    *out_value = first;
    return changed;
}

static enum status restore_fill(struct run *run, size_t index,
                                struct operation_request *out_request,
                                bool *out_end, struct reason *reason)
{
    struct look look = look_of_run(run);
    struct lwm2m_path path;
    cJSON *value = NULL;
    enum status status = operation_path(run, "restore", &path, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (index > 0 || !is_changed(&look, path, &value)) {
        cJSON_Delete(value);
        *out_end = true;
        return STATUS_OK;
    }
    int format = run_content_format(run, &path);
    status =
        write_encode(run, path, value, format, &out_request->payload, reason);
    cJSON_Delete(value);
    if (status == STATUS_OK) {
        out_request->is_negotiable = true;
        management_write(&out_request->request, run_endpoint(run), path, format,
                         NULL, 0);
    }
    return status;
}

/** Whether the Update with the restored lifetime came. */
static bool has_updated(const struct run *run)
{
    struct look look = look_of_run(run);
    cJSON *wanted = cJSON_Parse("{\"update\":{\"lifetime\":\"written\"}}");
    bool seen = await_event_seen(&look, run_step_first(run), wanted->child);

    cJSON_Delete(wanted);
    return seen;
}

/** The next case must not take that Update for one of its own. */
static enum step_progress wait_for_update(struct run *run,
                                          struct restore *restore)
{
    struct lwm2m_path path;
    struct lwm2m_path lifetime = registration_lifetime_path(run_binding(run));
    struct reason reason = { .status = STATUS_OK };

    if (restore->operation.index == 0 ||
        operation_path(run, "restore", &path, &reason) != STATUS_OK ||
        !lwm2m_path_equal(&path, &lifetime) || has_updated(run)) {
        return STEP_DONE;
    }
    restore->is_waiting = true;
    return run_deadline(run, LIMIT_STATE, &reason) == STATUS_OK
               ? STEP_GO_ON
               : run_fail(run, &reason);
}

static enum step_progress restore_drive(struct run *run,
                                        const struct journal_event *event)
{
    struct restore *restore = run_scratch(run);

    if (restore->is_waiting) {
        return has_updated(run) || event->kind == JOURNAL_DEADLINE ? STEP_DONE
                                                                   : STEP_GO_ON;
    }
    enum step_progress progress = operation_drive(
        run, event, &restore->operation, restore_fill, OPERATION_REPEAT);
    return progress == STEP_DONE ? wait_for_update(run, restore) : progress;
}

/** A Resource gets the value back that the case read first, when the case
 *  wrote another one. */
const struct step_type step_restore = {
    .verb = "restore",
    .help = "write back what the case read first",
    .parameters = {
        { "restore", STEP_PATH, .required = true, .help = "a Resource" },
    },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct restore),
    .drive = restore_drive,
};
