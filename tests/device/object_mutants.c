/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/object_mutants.h"

#include <string.h>
#include <time.h>

#include "tests/device/objects_parts.h"

enum {
    DELIVERY_METHOD = 9,
    CHANGE_TIME = 12,
    COMPONENT_NAME = 14,
    HOUR_S = 3600,
};

static void set_text(struct lwm2m_record *record, const char *text)
{
    record->value.type = LWM2M_TYPE_STRING;
    record->value.as.data.bytes = text; /* not owned by a list */
    record->value.as.data.length = strlen(text);
}

/** Values, one by one. */
static void spoil(const struct objects *objects, const struct lwm2m_path *path,
                  int format, bool is_last, struct lwm2m_record *record)
{
    uint16_t id = record->path.ids[2];

    switch (objects_mutant(objects)) {
    case MUTANT_FORMATS_DISAGREE:
        if (id == COMPONENT_NAME && path->depth == 2 &&
            format == CONTENT_FORMAT_TLV) {
            set_text(record, "another");
        }
        break;
    case MUTANT_OBJECT_READ_DIFFERS:
        if (id == COMPONENT_NAME && path->depth == 1) {
            set_text(record, "another");
        }
        break;
    case MUTANT_NAMES_EQUAL:
        if (id == COMPONENT_NAME) {
            set_text(record, "firmware");
        }
        break;
    case MUTANT_NAME_EMPTY:
        if (id == COMPONENT_NAME && is_last) {
            set_text(record, "");
        }
        break;
    case MUTANT_DELIVERIES_DIFFER:
        if (id == DELIVERY_METHOD && is_last) {
            record->value.as.integer = DELIVERY_PUSH;
        }
        break;
    case MUTANT_PROTOCOLS_DIFFER:
        if (id == 8 && is_last && record->path.depth == 4) {
            record->value.as.integer = 1;
        }
        break;
    case MUTANT_CHANGE_TIME_AHEAD:
        if (id == CHANGE_TIME) {
            record->value.as.integer = (int64_t)time(NULL) + HOUR_S;
        }
        break;
    case MUTANT_CHANGE_TIME_AS_TEXT:
        if (id == CHANGE_TIME) {
            set_text(record, "noon");
        }
        break;
    default:
        break;
    }
}

void object_mutant_spoils(const struct objects *objects,
                          const struct lwm2m_path *path, int format,
                          struct record_list *list)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_instances(objects, OBJECT_FIRMWARE, ids);

    if (path->depth == 0 || path->ids[0] != OBJECT_FIRMWARE || count == 0) {
        return;
    }
    uint16_t last = ids[count - 1];
    for (size_t i = 0; i < list->count; i++) {
        spoil(objects, path, format, list->records[i].path.ids[1] == last,
              &list->records[i]);
    }
    while (objects_mutant(objects) == MUTANT_OBJECT_READ_SHORT &&
           path->depth == 1 && list->count > 0 &&
           list->records[list->count - 1].path.ids[1] == last) {
        list->count--;
    }
}

void object_mutant_tells(const struct objects *objects, int *state, int *result)
{
    bool is_loaded = *state == STATE_DOWNLOADED;

    switch (objects_mutant(objects)) {
    case MUTANT_NOTIFIED_BACKWARDS:
        if (objects->is_telling && *state == STATE_UPDATING) {
            *state = STATE_DOWNLOADING;
        }
        break;
    case MUTANT_NOTIFIED_PAIR_ILLEGAL:
    case MUTANT_COMPOSITE_PAIR_ILLEGAL:
        if (objects->is_telling && is_loaded) {
            *result = RESULT_PROTOCOL;
        }
        break;
    case MUTANT_SECOND_SHOWN_IDLE:
        if (objects->access.is_second) {
            *state = STATE_IDLE;
            *result = RESULT_INITIAL;
        }
        break;
    case MUTANT_SENT_BACKWARDS:
        if (objects->is_sending && *state == STATE_UPDATING) {
            *state = STATE_DOWNLOADING;
        }
        break;
    case MUTANT_SENT_PAIR_ILLEGAL:
        if (objects->is_sending && is_loaded) {
            *result = RESULT_PROTOCOL;
        }
        break;
    default:
        break;
    }
}

bool object_mutant_hides(const struct objects *objects,
                         const struct lwm2m_path *path)
{
    uint16_t id = path->depth >= 3 ? path->ids[2] : UINT16_MAX;

    if (path->ids[0] != OBJECT_FIRMWARE || path->depth != 3) {
        return false;
    }
    switch (objects_mutant(objects)) {
    case MUTANT_RESULT_NEVER_NOTIFIED:
        return id == 5;
    case MUTANT_SECOND_NOT_TOLD:
        return objects->access.is_second;
    case MUTANT_DOWNLOADED_NOT_NOTIFIED:
        return id == 3 && objects->firmware->components[path->ids[1]].state ==
                              STATE_DOWNLOADED;
    case MUTANT_LINKS_NOT_NOTIFIED:
        return id == 16 || id == 17;
    case MUTANT_PKGVERSION_NOT_NOTIFIED:
        return id == 7;
    default:
        return false;
    }
}
