/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/objects.h"

#include <string.h>

#include "server/data/scalar.h"
#include "tests/fuzz/fuzz.h"

enum { XML_SIZE = 16384 };

static const char *const types[FUZZ_TYPES] = {
    "String", "Integer", "Unsigned Integer", "Float",   "Boolean",
    "Opaque", "Time",    "Objlnk",           "Corelnk", "",
};

static size_t write_xml(char *xml)
{
    int used = snprintf(xml, XML_SIZE,
                        "<LWM2M><Object ObjectType='MODefinition'>"
                        "<Name>Fuzz</Name><ObjectID>%d</ObjectID>"
                        "<ObjectURN>urn:oma:lwm2m:x:%d</ObjectURN>"
                        "<MultipleInstances>Multiple</MultipleInstances>"
                        "<Mandatory>Optional</Mandatory><Resources>",
                        FUZZ_OBJECT, FUZZ_OBJECT);

    for (int id = 0; id < 2 * FUZZ_TYPES; id++) {
        used += snprintf(xml + used, XML_SIZE - (size_t)used,
                         "<Item ID='%d'><Name>R%d</Name>"
                         "<Operations>RW</Operations>"
                         "<MultipleInstances>%s</MultipleInstances>"
                         "<Mandatory>Optional</Mandatory><Type>%s</Type>"
                         "<RangeEnumeration>%s</RangeEnumeration></Item>",
                         id, id, id < FUZZ_TYPES ? "Single" : "Multiple",
                         types[id % FUZZ_TYPES], id % 3 == 0 ? "0..100" : "");
    }
    used += snprintf(xml + used, XML_SIZE - (size_t)used,
                     "</Resources></Object></LWM2M>");
    return (size_t)used;
}

const struct definitions *fuzz_definitions(void)
{
    static struct definitions *definitions; /* one per program */
    static char xml[XML_SIZE];

    if (definitions == NULL) {
        size_t length = write_xml(xml);
        definitions = definitions_new();
        HOLDS(definitions != NULL);
        HOLDS(length < XML_SIZE);
        HOLDS(definitions_add_xml(definitions, "fuzz.xml", (const uint8_t *)xml,
                                  length, NULL) == STATUS_OK);
    }
    return definitions;
}

struct lwm2m_path fuzz_path(uint8_t choice)
{
    uint16_t object = (choice & 0x80) != 0 ? FUZZ_NO_TYPES : FUZZ_OBJECT;
    struct lwm2m_path path = lwm2m_path_object(object);
    unsigned depth = (choice >> 5 & 3) + 1u;

    for (unsigned i = 1; i < depth; i++) {
        unsigned id = i == 2 ? (choice & 0x1fu) % (2 * FUZZ_TYPES) : 0;
        path = lwm2m_path_child(path, (uint16_t)id);
    }
    return path;
}

static bool has_empty(const struct record_list *list,
                      const struct lwm2m_path *path)
{
    for (size_t i = 0; i < list->empty_count; i++) {
        if (lwm2m_path_equal(&list->empty[i], path)) {
            return true;
        }
    }
    return false;
}

/** Whether each empty entry of `a` is in `b`. */
static bool has_all_empty(const struct lwm2m_path *base,
                          const struct record_list *a,
                          const struct record_list *b)
{
    for (size_t i = 0; i < a->empty_count; i++) {
        if (!lwm2m_path_equal(&a->empty[i], base) &&
            !has_empty(b, &a->empty[i])) {
            return false;
        }
    }
    return true;
}

bool fuzz_same_records(const struct lwm2m_path *base,
                       const struct record_list *a, const struct record_list *b)
{
    if (a->count != b->count || !has_all_empty(base, a, b) ||
        !has_all_empty(base, b, a)) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const struct lwm2m_record *other =
            record_list_find(b, a->records[i].path);
        if (other == NULL ||
            !lwm2m_value_equal(&a->records[i].value, &other->value)) {
            return false;
        }
    }
    return true;
}

bool fuzz_is_violated(const struct record_list *list)
{
    for (size_t i = 0; i < list->note_count; i++) {
        if (list->notes[i].class == RECORD_NOTE_NON_CONFORMING) {
            return true;
        }
    }
    return false;
}

static void check_value(const struct lwm2m_record *record)
{
    const struct lwm2m_value *value = &record->value;
    const struct resource_definition *resource =
        definitions_resource(fuzz_definitions(), &record->path);
    struct reason reason = { .status = STATUS_OK };
    char small[3];
    char large[256];

    HOLDS(strlen(lwm2m_value_text(value, small, sizeof(small))) <
          sizeof(small));
    HOLDS(strlen(lwm2m_value_text(value, large, sizeof(large))) <
          sizeof(large));
    HOLDS(large[0] != '\0');
    if (value->type == LWM2M_TYPE_STRING || value->type == LWM2M_TYPE_CORELNK) {
        HOLDS(utf8_is_valid((const uint8_t *)value->as.data.bytes,
                            value->as.data.length));
        HOLDS(value->as.data.bytes[value->as.data.length] == '\0');
    }
    if (resource != NULL) {
        enum status status = resource_check_value(resource, value, &reason);
        HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
              status == STATUS_LIMIT);
        fuzz_check_reason(status, &reason);
    }
}

/** Whether both hold the same records in the same order, and no empty entries:
 *  SenML. */
static bool is_same_pack(const struct record_list *a,
                         const struct record_list *b)
{
    if (a->count != b->count || a->empty_count != 0 || b->empty_count != 0) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        const struct lwm2m_record *left = &a->records[i];
        const struct lwm2m_record *right = &b->records[i];
        if (!lwm2m_path_equal(&left->path, &right->path) ||
            !lwm2m_value_equal(&left->value, &right->value) ||
            left->has_time != right->has_time ||
            memcmp(&left->time_s, &right->time_s, sizeof(double)) != 0) {
            return false;
        }
    }
    return true;
}

void fuzz_check_again(int format, enum payload_kind kind,
                      const struct lwm2m_path *base,
                      const struct record_list *list, bool keeps_order)
{
    struct byte_buffer bytes;
    struct byte_buffer twice;
    struct record_list again;
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&bytes);
    byte_buffer_init(&twice);
    record_list_init(&again);
    HOLDS(codec_encode_kind(format, kind, base, list, &bytes, &reason) ==
          STATUS_OK);
    HOLDS(codec_decode_kind(format, kind, fuzz_definitions(), base, bytes.bytes,
                            bytes.length, &again, &reason) == STATUS_OK);
    HOLDS(!fuzz_is_violated(&again));
    HOLDS(keeps_order ? is_same_pack(list, &again)
                      : fuzz_same_records(base, list, &again));
    HOLDS(codec_encode_kind(format, kind, base, &again, &twice, &reason) ==
          STATUS_OK);
    HOLDS(twice.length == bytes.length);
    HOLDS(memcmp(twice.bytes, bytes.bytes, bytes.length) == 0);
    record_list_release(&again);
    byte_buffer_release(&twice);
    byte_buffer_release(&bytes);
}

void fuzz_check_list(const struct record_list *list)
{
    HOLDS(list->count <= RECORD_LIST_MAX);
    HOLDS(list->empty_count <= RECORD_LIST_MAX);
    HOLDS(list->note_count <= RECORD_NOTE_MAX);
    for (size_t i = 0; i < list->count; i++) {
        HOLDS(list->records[i].path.depth == 3 ||
              list->records[i].path.depth == 4);
        HOLDS(record_list_has(list, list->records[i].path));
        check_value(&list->records[i]);
    }
    for (size_t i = 0; i < list->empty_count; i++) {
        HOLDS(list->empty[i].depth == 2 || list->empty[i].depth == 3);
        HOLDS(record_list_has(list, list->empty[i]));
    }
    for (size_t i = 0; i < list->note_count; i++) {
        HOLDS(list->notes[i].text[0] != '\0');
        HOLDS(strlen(list->notes[i].text) < sizeof(list->notes[i].text));
    }
}

void fuzz_check_reason(enum status status, const struct reason *reason)
{
    HOLDS(reason->status == status);
    HOLDS(strlen(reason->text) < sizeof(reason->text));
    HOLDS((reason->text[0] != '\0') == (status != STATUS_OK));
}
