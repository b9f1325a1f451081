/* SPDX-License-Identifier: Apache-2.0 */

/* What is read from the Resources. */
#include <string.h>

#include "tests/device/object_mutants.h"
#include "tests/device/objects_parts.h"
#include "tests/device/restart.h"

enum { BATTERY_PERCENT = 87, MEMORY_KB = 128, PACKAGE_KB = 20 };

static void set_text(struct lwm2m_value *value, const char *text)
{
    value->type = LWM2M_TYPE_STRING;
    value->as.data.bytes = text;
    value->as.data.length = strlen(text);
}

static void set_integer(struct lwm2m_value *value, int64_t integer)
{
    value->type = LWM2M_TYPE_INTEGER;
    value->as.integer = integer;
}

static bool package_is_shown(const struct shown *shown)
{
    return shown->state == STATE_DOWNLOADED || shown->state == STATE_UPDATING;
}

static void set_state(const struct objects *objects, const struct shown *shown,
                      struct lwm2m_value *value)
{
    static const char *const words[] = { "idle", "downloading", "downloaded",
                                         "updating" };

    if (objects_mutant(objects) == MUTANT_STATE_AS_STRING) {
        set_text(value, words[shown->state]);
    } else {
        set_integer(value, shown->state);
    }
}

static enum delivery delivery_shown(const struct objects *objects)
{
    return objects_mutant(objects) == MUTANT_PUSH_THOUGH_PULL_ONLY
               ? DELIVERY_PULL
           : objects_mutant(objects) == MUTANT_PULLS_UNDECLARED
               ? DELIVERY_PUSH
               : objects->firmware->config.delivery;
}

/** Of the package that is there. */
static const char *package_name(const struct objects *objects,
                                const struct component *component)
{
    const struct firmware *firmware = objects->firmware;
    bool is_bundle = (component->bundle & (component->bundle - 1)) != 0;

    if (is_bundle && objects_mutant(objects) == MUTANT_NAME_OF_RECEIVER) {
        return firmware->components[firmware->receiver].name;
    }
    return objects_vary(objects, VARIANT_NAME_OF_300)
               ? "firmware" /* at most 255 bytes: AFU-009 */
               : component->name;
}

static void firmware_value(const struct objects *objects, uint16_t instance,
                           uint16_t id, const struct shown *now,
                           struct lwm2m_value *value)
{
    const struct component *component =
        &objects->firmware->components[instance];
    enum mutant mutant = objects_mutant(objects);
    bool is_left = (mutant == MUTANT_PACKAGE_DATA_LEFT ||
                    mutant == MUTANT_OTHER_COMPONENT_NAMED) &&
                   now->package_version[0] != '\0';
    bool shown = package_is_shown(now) || is_left;

    switch (id) {
    case 1:
        set_text(value, component->uri[0] != '\0' && objects_mutant(objects) ==
                                                         MUTANT_OTHER_URI_SHOWN
                            ? "coap://127.0.0.1/"
                            : component->uri);
        break;
    case 3:
        set_state(objects, now, value);
        break;
    case 5:
        set_integer(value, now->result);
        break;
    case 6:
        shown = shown && mutant != MUTANT_NAME_MISSING &&
                (mutant != MUTANT_SIBLING_WITHOUT_NAME || instance != 1) &&
                !restart_hides_name(objects->firmware, instance);
        set_text(value, shown ? package_name(objects, component) : "");
        break;
    case 7:
        if (shown && objects_mutant(objects) == MUTANT_WRONG_PACKAGE_VERSION) {
            set_text(value, component->version);
        } else {
            set_text(value, shown ? now->package_version : "");
        }
        break;
    case 9:
        set_integer(value, (int)delivery_shown(objects));
        break;
    case 11:
        set_integer(value, component->severity);
        break;
    case 12:
        value->type = LWM2M_TYPE_TIME;
        value->as.integer = objects_mutant(objects) == MUTANT_CHANGE_TIME_LATE
                                ? component->before_s
                                : component->changed_s;
        break;
    case 13:
        value->type = LWM2M_TYPE_UNSIGNED;
        value->as.unsigned_integer = component->defer_s;
        break;
    case 14:
        set_text(value, component->name);
        break;
    default:
        set_text(value, component->version);
        break;
    }
}

/** /3/0/3, for a mutant that of the newest update anywhere. */
static const char *firmware_version(const struct objects *objects)
{
    const struct component *components = objects->firmware->components;

    for (size_t i = 1; i < FIRMWARE_COMPONENTS; i++) {
        if (objects_mutant(objects) == MUTANT_MAIN_VERSION_OF_ANY &&
            components[i].result == RESULT_UPDATED) {
            return components[i].version;
        }
    }
    return components[0].version;
}

/** What no package takes. */
static int memory_free_kb(const struct objects *objects)
{
    int free_kb = MEMORY_KB;

    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &objects->firmware->components[i];
        bool leaks = objects_mutant(objects) == MUTANT_MEMORY_LEAKS &&
                     component->result == RESULT_CANCELLED;
        free_kb -= component->has_package || leaks ? PACKAGE_KB : 0;
    }
    return free_kb;
}

static void device_value(const struct objects *objects, uint16_t id,
                         struct lwm2m_value *value)
{
    const char *const texts[] = { "Assay",
                                  objects->firmware->config.shape->name,
                                  "0001" };

    if (id == 9) {
        set_integer(value, BATTERY_PERCENT);
    } else if (id == 10) {
        set_integer(value, memory_free_kb(objects));
    } else if (id == 14 || id == 15) {
        set_text(value, id == 14 ? objects->utc_offset : objects->timezone);
    } else if (id == 3) {
        set_text(value, objects_mutant(objects) == MUTANT_MAIN_VERSION_DIFFERS
                            ? "factory"
                            : firmware_version(objects));
    } else {
        set_text(value, id < 3 ? texts[id]
                        : objects->server.binding[0] != '\0'
                            ? objects->server.binding
                            : "U");
    }
}

/** Error Code: none; two power sources, their voltage and current. */
static bool add_device_array(struct lwm2m_path path, struct record_list *list)
{
    static const struct {
        uint16_t id;
        uint16_t member;
        int64_t value;
    } members[] = {
        { 6, 0, 1 },   { 6, 1, 5 },   { 7, 0, 3800 }, { 7, 1, 5000 },
        { 8, 0, 125 }, { 8, 1, 900 }, { 11, 0, 0 },
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        struct lwm2m_record record = { .path = lwm2m_path_child(
                                           path, members[i].member) };
        set_integer(&record.value, members[i].value);
        if (members[i].id == path.ids[2] &&
            record_list_add(list, &record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return true;
}

/** Firmware Update Protocol Support. */
static bool add_protocols(const struct objects *objects, struct lwm2m_path path,
                          struct record_list *list)
{
    uint16_t next = 0;

    for (int i = URI_COAP; i < URI_OTHER; i++) {
        struct lwm2m_record record = { .path = lwm2m_path_child(path, next) };
        if ((objects->firmware->config.protocols & 1u << i) == 0) {
            continue;
        }
        next++;
        set_integer(&record.value, i);
        if (record_list_add(list, &record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return true;
}

static bool add_identities(const struct objects *objects,
                           struct lwm2m_path path, struct record_list *list)
{
    const struct portfolio *portfolio = &objects->portfolio;

    for (size_t i = 0; i < portfolio->count; i++) {
        const struct portfolio_instance *instance = &portfolio->instances[i];
        for (size_t j = 0; instance->id == path.ids[1] && j < instance->count;
             j++) {
            struct lwm2m_record record = { .path = lwm2m_path_child(
                                               path, instance->members[j].id) };
            set_text(&record.value, instance->members[j].text);
            if (record_list_add(list, &record, NULL) != STATUS_OK) {
                return false;
            }
        }
    }
    return record_list_has(list, path) ||
           record_list_add_empty(list, path, NULL) == STATUS_OK;
}

/** Linked Instances, with what mutants and variants show besides. */
static unsigned linked_as_shown(const struct objects *objects,
                                uint16_t instance)
{
    const struct firmware *firmware = objects->firmware;
    const struct component *component = &firmware->components[instance];
    unsigned mask = firmware_linked(firmware, instance);
    enum mutant mutant = objects_mutant(objects);
    bool at_once = mutant == MUTANT_LINKS_TO_IDLE ||
                   objects_vary(objects, VARIANT_LINKS_AT_ONCE);

    if (component->state == STATE_IDLE && component->result == RESULT_UPDATED &&
        (mutant == MUTANT_LINKS_STAY ||
         objects_vary(objects, VARIANT_LINKS_STAY))) {
        mask |= 1u << (instance == 0 ? 1 : 0);
    }
    if (component->state != STATE_DOWNLOADED) {
        return mask;
    }
    for (size_t i = 0; at_once && i < component->link_count; i++) {
        mask |= component->links[i] < FIRMWARE_COMPONENTS
                    ? 1u << component->links[i]
                    : 0u;
    }
    return mask | (mutant == MUTANT_LINKS_TO_ITSELF ? 1u << instance : 0u);
}

/** Members of a multiple Resource. */
static bool add_array(const struct objects *objects, struct lwm2m_path path,
                      struct record_list *list)
{
    struct lwm2m_record record = { .path = path };
    unsigned mask = 0;
    uint16_t next = 0;

    if (path.ids[0] == OBJECT_DEVICE) {
        return add_device_array(path, list);
    }
    if (path.ids[2] == 8) {
        return add_protocols(objects, path, list);
    }
    if (path.ids[0] == OBJECT_PORTFOLIO) {
        return add_identities(objects, path, list);
    }
    mask = path.ids[2] == 16
               ? linked_as_shown(objects, path.ids[1])
               : firmware_conflicting(objects->firmware, path.ids[1]);
    bool is_foreign =
        objects_mutant(objects) ==
        (path.ids[2] == 16 ? MUTANT_LINKS_FOREIGN : MUTANT_CONFLICTS_ELSEWHERE);
    if (is_foreign && path.ids[2] == 16 &&
        objects->firmware->components[path.ids[1]].state == STATE_DOWNLOADED) {
        mask |= 1;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) == 0) {
            continue;
        }
        record.path = lwm2m_path_child(path, next++);
        record.value.type = LWM2M_TYPE_OBJLNK;
        record.value.as.link.object = is_foreign ? 5 : OBJECT_FIRMWARE;
        record.value.as.link.instance = i;
        if (record_list_add(list, &record, NULL) != STATUS_OK) {
            return false;
        }
    }
    return mask != 0 || record_list_add_empty(list, path, NULL) == STATUS_OK;
}

bool objects_add_resource(const struct objects *objects,
                          const struct resource *resource, uint16_t instance,
                          struct record_list *list)
{
    struct lwm2m_record record = {
        .path = lwm2m_path_resource(resource->object, instance, resource->id)
    };

    struct shown now = { .from_ms = 0 };

    if (resource->object == OBJECT_ACCESS) {
        return access_add(objects, record.path, list);
    }
    if (resource->multiple) {
        return add_array(objects, record.path, list);
    }
    if (resource->object == OBJECT_FIRMWARE) {
        variant_show(objects->firmware, instance, &now);
        mutant_show(objects_mutant(objects), instance, &now.state, &now.result);
        object_mutant_tells(objects, &now.state, &now.result);
    }
    if (resource->object == OBJECT_FIRMWARE && resource->id == 0) {
        record.value.type = LWM2M_TYPE_OPAQUE; /* only a mutant gets here */
        record.value.as.data.bytes = "";
    } else if (resource->object == OBJECT_FIRMWARE) {
        firmware_value(objects, instance, resource->id, &now, &record.value);
    } else if (resource->object == OBJECT_FU) {
        fu_value(objects, resource->id, &record.value);
    } else if (resource->object == OBJECT_DEVICE) {
        device_value(objects, resource->id, &record.value);
    } else {
        server_object_value(objects, instance, resource->id, &record.value);
    }
    return record_list_add(list, &record, NULL) == STATUS_OK;
}

/** Everything readable of one Instance. */
static bool collect_instance(const struct objects *objects,
                             const struct lwm2m_path *path, uint16_t instance,
                             struct record_list *list)
{
    const struct resource *row = NULL;

    for (size_t i = 0; (row = resource_at(i)) != NULL; i++) {
        bool wanted = row->object == path->ids[0] &&
                      (path->depth < 3 || path->ids[2] == row->id) &&
                      !resource_is_absent(objects, row, instance) &&
                      resource_is_readable(objects, row);
        if (wanted && !objects_add_resource(objects, row, instance, list)) {
            return false;
        }
    }
    return true;
}

bool objects_collect(const struct objects *objects,
                     const struct lwm2m_path *path, struct record_list *list)
{
    uint16_t ids[OBJECTS_INSTANCES_MAX];
    size_t count = objects_instances(objects, path->ids[0], ids);

    for (size_t i = 0; i < count; i++) {
        if ((path->depth < 2 || path->ids[1] == ids[i]) &&
            !collect_instance(objects, path, ids[i], list)) {
            return false;
        }
    }
    return true;
}

bool objects_number(const struct objects *objects,
                    const struct lwm2m_path *path, double *out_number,
                    bool *out_is_boolean)
{
    const struct resource *resource = resource_find(objects, path);
    struct record_list list;

    if (resource == NULL || (resource->multiple && path->depth == 3)) {
        return false;
    }
    record_list_init(&list);
    const struct lwm2m_record *record = objects_collect(objects, path, &list)
                                            ? record_list_find(&list, *path)
                                            : NULL;
    enum lwm2m_type type =
        record != NULL ? record->value.type : LWM2M_TYPE_NONE;
    bool is_number = true;
    if (type == LWM2M_TYPE_INTEGER || type == LWM2M_TYPE_TIME) {
        *out_number = (double)record->value.as.integer;
    } else if (type == LWM2M_TYPE_UNSIGNED) {
        *out_number = (double)record->value.as.unsigned_integer;
    } else if (type == LWM2M_TYPE_BOOLEAN) {
        *out_number = record->value.as.boolean ? 1 : 0;
    } else {
        is_number = false;
    }
    *out_is_boolean = type == LWM2M_TYPE_BOOLEAN;
    record_list_release(&list);
    return is_number;
}
