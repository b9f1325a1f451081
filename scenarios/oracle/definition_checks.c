/* SPDX-License-Identifier: Apache-2.0 */

/* Checks from the object definition alone: types, ranges, operations. */
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

void oracle_check_values(struct oracle *oracle,
                         const struct record_list *records)
{
    char path[LWM2M_PATH_TEXT_MAX];

    for (size_t i = 0; i < records->count; i++) {
        const struct lwm2m_record *record = &records->records[i];
        const struct resource_definition *definition =
            definitions_resource(oracle->config.definitions, &record->path);
        struct reason reason = { .status = STATUS_OK };
        bool is_afu = record->path.ids[0] == OBJECT_AFU;
        /* It is as long as a Server wrote it: ST-11, AFU-OBJ-020. */
        bool is_uri = is_afu && record->path.depth == 3 &&
                      record->path.ids[2] == RESOURCE_URI &&
                      record->value.type == LWM2M_TYPE_STRING;
        if (definition == NULL) {
            continue;
        }
        enum status status =
            resource_check_value(definition, &record->value, &reason);
        if (status != STATUS_OK) {
            oracle_report(oracle,
                          is_afu && !is_uri && status == STATUS_MALFORMED
                              ? FINDING_FAIL
                              : FINDING_WARNING,
                          is_afu ? "AFU-009" : "", NULL, "definition.value",
                          lwm2m_path_text(&record->path, path),
                          "a value of the defined type and range", reason.text,
                          NULL);
        }
    }
    for (size_t i = 0; i < records->note_count; i++) {
        const struct record_note *note = &records->notes[i];
        bool is_afu = note->path.ids[0] == OBJECT_AFU;
        if (note->class == RECORD_NOTE_NON_CONFORMING) {
            oracle_report(oracle, is_afu ? FINDING_FAIL : FINDING_WARNING,
                          is_afu ? "AFU-009" : "", NULL, "definition.format",
                          lwm2m_path_text(&note->path, path),
                          "an encoding as the format defines it", note->text,
                          NULL);
        }
    }
}

static bool allows(const struct oracle *oracle, const struct asked *asked,
                   unsigned operation)
{
    const struct resource_definition *definition =
        definitions_resource(oracle->config.definitions, &asked->path);

    return definition == NULL || (definition->operations & operation) != 0;
}

void oracle_check_operation(struct oracle *oracle, const struct asked *asked,
                            uint8_t code)
{
    char subject[LWM2M_PATH_TEXT_MAX];
    uint8_t depth = asked->path.depth;

    if (asked->path.ids[0] != OBJECT_AFU || code >> 5 != 2) {
        return;
    }
    (void)lwm2m_path_text(&asked->path, subject);
    if (asked->method == POST && depth == 1) {
        oracle_report(oracle, FINDING_FAIL, "AFU-003", NULL, "oracle.create",
                      subject, "Create is answered 4.05", "a success response",
                      NULL);
    } else if (asked->method == DELETE && depth <= 2) {
        oracle_report(oracle, FINDING_FAIL, "AFU-004", NULL, "oracle.delete",
                      subject, "Delete is answered 4.05", "a success response",
                      NULL);
    } else if (asked->method == GET && depth == 3 &&
               asked->accept != CONTENT_FORMAT_LINK &&
               !allows(oracle, asked, DEFINITION_READ)) {
        oracle_report(oracle, FINDING_FAIL, "AFU-008", NULL,
                      "definition.operation", subject,
                      "Read is refused: the Resource is not readable",
                      "a success response", NULL);
    } else if (asked->method == POST && depth == 3 &&
               !allows(oracle, asked, DEFINITION_EXECUTE)) {
        oracle_report(oracle, FINDING_FAIL, "AFU-008", NULL,
                      "definition.operation", subject,
                      "Execute is refused: the Resource is not executable",
                      "a success response", NULL);
    } else if (asked->method == DELETE && depth >= 3) {
        oracle_report(oracle, FINDING_FAIL, "AFU-008", NULL,
                      "definition.operation", subject,
                      "Delete of a Resource is refused", "a success response",
                      NULL);
    } else if (asked->method == PUT && depth == 3 &&
               !allows(oracle, asked, DEFINITION_WRITE)) {
        oracle_report(oracle, FINDING_FAIL, "AFU-008", NULL,
                      "definition.operation", subject,
                      "Write is refused: the Resource is not writable",
                      "a success response", NULL);
    }
}
