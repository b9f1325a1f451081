/* SPDX-License-Identifier: Apache-2.0 */

/* The codecs against the vectors of tests/data/content-format-vectors.json,
 * and every definition of tests/data/objects. */
#include <CUnit/Basic.h>
#include <cjson/cJSON.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/data.h"

#define DATA ASSAY_SOURCE_DIR "/tests/data"

enum { PATH_SIZE = 1024, FILE_MAX = 4 * 1024 * 1024 };

static struct {
    struct definitions *definitions;
    cJSON *vectors;
    unsigned objects;
} fixture;

static char *read_all(const char *path, size_t *out_length)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(FILE_MAX + 1);

    *out_length = 0;
    if (file != NULL && text != NULL) {
        *out_length = fread(text, 1, FILE_MAX, file);
        text[*out_length] = '\0';
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return text;
}

static int load_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    const struct dirent *entry = NULL;
    int bad = entries == NULL ? 1 : 0;

    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        struct reason reason = { .status = STATUS_OK };
        char path[PATH_SIZE];
        size_t length = 0;
        if (strstr(entry->d_name, ".xml") == NULL) {
            continue;
        }
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        char *text = read_all(path, &length);
        fixture.objects++;
        if (definitions_add_xml(fixture.definitions, entry->d_name,
                                (const uint8_t *)text, length,
                                &reason) != STATUS_OK) {
            printf("%s\n", reason.text);
            bad++;
        }
        free(text);
    }
    if (entries != NULL) {
        (void)closedir(entries);
    }
    return bad;
}

static int set_up(void)
{
    size_t length = 0;
    char *text = read_all(DATA "/content-format-vectors.json", &length);

    fixture.definitions = definitions_new();
    fixture.vectors = cJSON_Parse(text);
    free(text);
    return fixture.definitions == NULL || fixture.vectors == NULL ||
           load_folder(DATA "/objects") != 0 ||
           load_folder(DATA "/objects/version_history") != 0;
}

static int tear_down(void)
{
    definitions_free(fixture.definitions);
    cJSON_Delete(fixture.vectors);
    return 0;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

/** "hex", or "hex_prefix" and "repeat": [byte, count]. */
static uint8_t *bytes_of(const cJSON *vector, size_t *out_length)
{
    const char *hex = text_of(vector, "hex");
    const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(vector, "repeat");
    size_t tail = 0;
    unsigned fill = 0;

    if (hex[0] == '\0' && repeat != NULL) {
        hex = text_of(vector, "hex_prefix");
        (void)sscanf(cJSON_GetStringValue(cJSON_GetArrayItem(repeat, 0)), "%2x",
                     &fill);
        tail = (size_t)cJSON_GetArrayItem(repeat, 1)->valueint;
    }
    size_t length = strlen(hex) / 2;
    uint8_t *bytes = malloc(length + tail + 1);
    for (size_t i = 0; i < length; i++) {
        unsigned byte = 0;
        (void)sscanf(hex + 2 * i, "%2x", &byte);
        bytes[i] = (uint8_t)byte;
    }
    memset(bytes + length, (int)fill, tail);
    *out_length = length + tail;
    return bytes;
}

static int format_of(const cJSON *vector)
{
    static const struct {
        const char *name;
        int number;
    } formats[] = { { "text", CONTENT_FORMAT_TEXT },
                    { "opaque", CONTENT_FORMAT_OPAQUE },
                    { "cbor", CONTENT_FORMAT_CBOR },
                    { "lwm2mcbor", CONTENT_FORMAT_LWM2M_CBOR },
                    { "tlv", CONTENT_FORMAT_TLV } };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (strcmp(formats[i].name, text_of(vector, "format")) == 0) {
            return formats[i].number;
        }
    }
    return CONTENT_FORMAT_NONE;
}

static enum payload_kind kind_of(const cJSON *vector)
{
    const char *mode = text_of(vector, "mode");

    return strcmp(mode, "fetch") == 0   ? PAYLOAD_PATHS
           : strcmp(mode, "patch") == 0 ? PAYLOAD_PATCH
                                        : PAYLOAD_VALUES;
}

/** A data item of CBOR is whole or it is none. */
static bool is_refused_when_cut(int format)
{
    return format == CONTENT_FORMAT_CBOR || format == CONTENT_FORMAT_LWM2M_CBOR;
}

static size_t violations(const struct record_list *list)
{
    size_t count = 0;

    for (size_t i = 0; i < list->note_count; i++) {
        count += list->notes[i].class == RECORD_NOTE_NON_CONFORMING ? 1 : 0;
    }
    return count;
}

/** A long one has no "hex": it is compared by encoding it again. */
static bool is_hex(const struct lwm2m_value *value, const cJSON *expected)
{
    const char *hex = text_of(expected, "hex");
    bool is_same = strlen(hex) == 2 * value->as.data.length;

    if (cJSON_GetObjectItemCaseSensitive(expected, "hex") == NULL) {
        return true;
    }
    for (size_t i = 0; is_same && i < value->as.data.length; i++) {
        unsigned byte = 0;
        is_same = sscanf(hex + 2 * i, "%2x", &byte) == 1 &&
                  (uint8_t)value->as.data.bytes[i] == byte;
    }
    return is_same;
}

static bool is_value(const struct lwm2m_value *value, const cJSON *expected)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(expected, "v");
    char text[64];

    switch (value->type) {
    case LWM2M_TYPE_FLOAT:
        return cJSON_IsNumber(wanted) &&
               memcmp(&value->as.real, &wanted->valuedouble, sizeof(double)) ==
                   0;
    case LWM2M_TYPE_BOOLEAN:
        return cJSON_IsBool(wanted) &&
               value->as.boolean == (cJSON_IsTrue(wanted) != 0);
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_TIME:
    case LWM2M_TYPE_UNSIGNED:
    case LWM2M_TYPE_OBJLNK:
        return cJSON_IsString(wanted) &&
               strcmp(lwm2m_value_text(value, text, sizeof(text)),
                      wanted->valuestring) == 0;
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        return cJSON_IsString(wanted) &&
               strlen(wanted->valuestring) == value->as.data.length &&
               memcmp(wanted->valuestring, value->as.data.bytes,
                      value->as.data.length) == 0;
    case LWM2M_TYPE_OPAQUE:
        return is_hex(value, expected);
    case LWM2M_TYPE_NONE:
    case LWM2M_TYPE_UNKNOWN:
        break;
    }
    return true; /* nothing to compare, or no definition to know a type by */
}

static bool is_record(const struct lwm2m_record *record, const cJSON *expected)
{
    static const char *const types[] = {
        [LWM2M_TYPE_NONE] = "null",       [LWM2M_TYPE_UNKNOWN] = "",
        [LWM2M_TYPE_STRING] = "string",   [LWM2M_TYPE_INTEGER] = "int",
        [LWM2M_TYPE_UNSIGNED] = "uint",   [LWM2M_TYPE_FLOAT] = "float",
        [LWM2M_TYPE_BOOLEAN] = "bool",    [LWM2M_TYPE_OPAQUE] = "opaque",
        [LWM2M_TYPE_TIME] = "time",       [LWM2M_TYPE_OBJLNK] = "objlnk",
        [LWM2M_TYPE_CORELNK] = "corelnk",
    };
    const char *time = text_of(expected, "time");
    char path[LWM2M_PATH_TEXT_MAX];

    return strcmp(lwm2m_path_text(&record->path, path),
                  text_of(expected, "path")) == 0 &&
           (record->value.type == LWM2M_TYPE_UNKNOWN ||
            strcmp(types[record->value.type], text_of(expected, "t")) == 0) &&
           is_value(&record->value, expected) &&
           record->has_time == (time[0] != '\0') &&
           (!record->has_time || (record->time_s >= strtod(time, NULL) &&
                                  record->time_s <= strtod(time, NULL)));
}

static bool matches(const cJSON *vector, const struct record_list *list)
{
    const cJSON *expect = cJSON_GetObjectItemCaseSensitive(vector, "expect");
    const cJSON *row = NULL;
    size_t index = 0;

    cJSON_ArrayForEach(row, expect)
    {
        if (index >= list->count || !is_record(&list->records[index], row)) {
            return false;
        }
        index++;
    }
    return index == list->count;
}

/** Legal, but not the shortest form, or not the one we send. */
static bool is_other_form(const char *id)
{
    static const char *const ids[] = {
        "TLV-24", "TLV-41", "TLV-42", "TLV-43", "CB-13",
        "CB-14",  "CB-18",  "CB-19",  "CB-20",  "LC-2",
        "LC-9",   "LC-10",  "LC-11",  "LC-12",  "LC-13",
    };

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static void check_valid(const cJSON *vector)
{
    struct lwm2m_path path;
    struct record_list list;
    struct byte_buffer again;
    struct reason reason = { .status = STATUS_OK };
    const char *text = text_of(vector, "path");
    size_t length = 0;
    uint8_t *bytes = bytes_of(vector, &length);
    int format = format_of(vector);
    enum payload_kind kind = kind_of(vector);

    record_list_init(&list);
    byte_buffer_init(&again);
    bool good =
        lwm2m_path_parse(text, strlen(text), &path, NULL) == STATUS_OK &&
        codec_decode_kind(format, kind, fixture.definitions, &path, bytes,
                          length, &list, &reason) == STATUS_OK &&
        violations(&list) == 0 && matches(vector, &list);
    if (good && !is_other_form(text_of(vector, "id"))) {
        good = codec_encode_kind(format, kind, &path, &list, &again, &reason) ==
                   STATUS_OK &&
               again.length == length &&
               (length == 0 || memcmp(again.bytes, bytes, length) == 0);
    }
    if (!good) {
        printf("%s: %s\n", text_of(vector, "id"), reason.text);
    }
    CU_ASSERT(good);
    for (size_t i = 0; i < length && length < 1000; i++) {
        struct record_list part;
        record_list_init(&part);
        enum status status = codec_decode_kind(
            format, kind, fixture.definitions, &path, bytes, i, &part, NULL);
        CU_ASSERT((status == STATUS_OK && !is_refused_when_cut(format)) ||
                  status == STATUS_MALFORMED);
        record_list_release(&part);
    }
    byte_buffer_release(&again);
    record_list_release(&list);
    free(bytes);
}

static void check_malformed(const cJSON *vector)
{
    struct lwm2m_path path;
    struct record_list list;
    const char *text = text_of(vector, "path");
    size_t length = 0;
    uint8_t *bytes = bytes_of(vector, &length);

    record_list_init(&list);
    bool refused =
        lwm2m_path_parse(text, strlen(text), &path, NULL) == STATUS_OK &&
        (codec_decode_kind(format_of(vector), kind_of(vector),
                           fixture.definitions, &path, bytes, length, &list,
                           NULL) == STATUS_MALFORMED ||
         violations(&list) > 0);
    if (!refused) {
        printf("%s: accepted, though %s\n", text_of(vector, "id"),
               text_of(vector, "why"));
    }
    CU_ASSERT(refused);
    record_list_release(&list);
    free(bytes);
}

static unsigned walk(const char *name, void (*check)(const cJSON *vector))
{
    const cJSON *vector = NULL;
    unsigned checked = 0;
    unsigned skipped = 0;

    cJSON_ArrayForEach(vector,
                       cJSON_GetObjectItemCaseSensitive(fixture.vectors, name))
    {
        if (format_of(vector) == CONTENT_FORMAT_NONE) {
            skipped++;
        } else {
            check(vector);
            checked++;
        }
    }
    printf("%s: %u checked, %u of formats that come later\n", name, checked,
           skipped);
    return checked;
}

static void codecs_read_and_write_every_valid_vector(void)
{
    CU_ASSERT_EQUAL(walk("valid", check_valid), 17 + 6 + 43 + 20 + 15);
}

static void codecs_refuse_or_note_every_malformed_vector(void)
{
    CU_ASSERT_EQUAL(walk("malformed", check_malformed), 12 + 1 + 24 + 10 + 14);
}

static unsigned walk_links(const char *name, bool wanted)
{
    const cJSON *vector = NULL;
    unsigned count = 0;

    cJSON_ArrayForEach(vector,
                       cJSON_GetObjectItemCaseSensitive(fixture.vectors, name))
    {
        struct link_list links;
        size_t length = 0;
        uint8_t *bytes = bytes_of(vector, &length);
        link_list_init(&links);
        bool taken = link_list_parse((const char *)bytes, length, NULL, &links,
                                     NULL) == STATUS_OK;
        if (taken != wanted) {
            printf("%s\n", text_of(vector, "id"));
        }
        CU_ASSERT_EQUAL(taken, wanted);
        const cJSON *expected =
            cJSON_GetObjectItemCaseSensitive(vector, "links");
        if (wanted && expected != NULL) {
            CU_ASSERT_EQUAL(links.count, (size_t)cJSON_GetArraySize(expected));
        }
        link_list_release(&links);
        free(bytes);
        count++;
    }
    return count;
}

static void link_format_takes_valid_and_refuses_malformed_lists(void)
{
    CU_ASSERT_EQUAL(walk_links("link_format_valid", true), 16);
    CU_ASSERT_EQUAL(walk_links("link_format_malformed", false), 12);
}

static void definitions_load_and_answer_by_version(void)
{
    CU_ASSERT(fixture.objects >= 39);
    const struct object_definition *object =
        definitions_object(fixture.definitions, 5, 1, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_EQUAL(object->version_minor, 0);
    CU_ASSERT_PTR_NULL(object_resource(object, 10));
    object = definitions_object(fixture.definitions, 5, 1, 9);
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_EQUAL(object->version_minor, 2);
    CU_ASSERT_PTR_NULL(definitions_object(fixture.definitions, 5, 9, 0));
}

static void our_definition_of_33629_has_the_ranges_of_the_digest(void)
{
    struct definitions *definitions = definitions_new();
    struct lwm2m_value value = { .type = LWM2M_TYPE_INTEGER, .as.integer = 13 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
    CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(definitions, NULL),
                          STATUS_OK);
    const struct object_definition *object =
        definitions_object(definitions, 33629, 1, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_EQUAL(object->resource_count, 17);
    const struct resource_definition *result = object_resource(object, 5);
    CU_ASSERT_PTR_NOT_NULL_FATAL(result);
    CU_ASSERT_EQUAL(resource_check_value(result, &value, NULL), STATUS_OK);
    value.as.integer = 14;
    CU_ASSERT_EQUAL(resource_check_value(result, &value, NULL),
                    STATUS_MALFORMED);
    definitions_free(definitions);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_vectors", set_up, tear_down);
    CU_ADD_TEST(suite, codecs_read_and_write_every_valid_vector);
    CU_ADD_TEST(suite, codecs_refuse_or_note_every_malformed_vector);
    CU_ADD_TEST(suite, link_format_takes_valid_and_refuses_malformed_lists);
    CU_ADD_TEST(suite, definitions_load_and_answer_by_version);
    CU_ADD_TEST(suite, our_definition_of_33629_has_the_ranges_of_the_digest);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
