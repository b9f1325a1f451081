/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/run.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"

/** Put {"name": text} or {"text": text} on record. */
static enum step_progress record_text(struct run *run, enum journal_kind kind,
                                      const char *member, const char *text)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *data = cJSON_CreateObject();

    if (text == NULL || cJSON_AddStringToObject(data, member, text) == NULL) {
        cJSON_Delete(data);
        (void)reason_set(&reason, STATUS_INVALID, "no text to record");
        return run_fail(run, &reason);
    }
    if (run_record(run, kind, data, &reason) != STATUS_OK) {
        return run_fail(run, &reason);
    }
    return STEP_DONE;
}

static enum step_progress mark_drive(struct run *run,
                                     const struct journal_event *event)
{
    return event != NULL ? STEP_DONE
                         : record_text(run, JOURNAL_MARK, "name",
                                       operation_text(run, "mark"));
}

static enum step_progress note_drive(struct run *run,
                                     const struct journal_event *event)
{
    return event != NULL ? STEP_DONE
                         : record_text(run, JOURNAL_NOTE, "text",
                                       operation_text(run, "note"));
}

/** A named point that "since" refers to. */
const struct step_type step_mark = {
    .verb = "mark",
    .help = "name a point in the journal",
    .parameters = {
        { "mark", STEP_TEXT, .required = true, .help = "its name" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = mark_drive,
};

/** A remark for the report. */
const struct step_type step_note = {
    .verb = "note",
    .help = "a remark for the report",
    .parameters = {
        { "note", STEP_TEXT, .required = true, .help = "what to say" },
    },
    .limit = LIMIT_RESPONSE,
    .drive = note_drive,
};
