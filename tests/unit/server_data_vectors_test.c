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

#define ITEM(id, multiple, type)                                               \
    "<Item ID='" #id "'><Name>R" #id "</Name><Operations>RW</Operations>"      \
    "<MultipleInstances>" #multiple "</MultipleInstances>"                     \
    "<Mandatory>Optional</Mandatory><Type>" #type "</Type></Item>"
#define OBJECT(id, items)                                                      \
    "<Object><Name>O" #id "</Name><ObjectID>" #id "</ObjectID>"                \
    "<ObjectURN>urn:oma:lwm2m:x:" #id "</ObjectURN>"                           \
    "<MultipleInstances>Multiple</MultipleInstances>"                          \
    "<Mandatory>Optional</Mandatory><Resources>" items "</Resources></Object>"

/** What the vectors say of Objects that are not in tests/data/objects. */
static const char other_objects[] =
    "<LWM2M>" OBJECT(65, ITEM(0, Multiple, Objlnk) ITEM(1, Single, String)
                             ITEM(2, Single, Integer))
        OBJECT(66, ITEM(0, Single, String) ITEM(1, Single, String)
                       ITEM(2, Single, Objlnk))
            OBJECT(72, ITEM(2, Single, Float))
                OBJECT(3308, ITEM(5900, Single, Float))
                    OBJECT(3311, ITEM(5850, Single, Boolean)
                                     ITEM(5851, Single, Integer)) "</LWM2M>";

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
           definitions_add_xml(fixture.definitions, "others",
                               (const uint8_t *)other_objects,
                               sizeof(other_objects) - 1, NULL) != STATUS_OK ||
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
                    { "tlv", CONTENT_FORMAT_TLV },
                    { "cbor", CONTENT_FORMAT_CBOR },
                    { "lwm2mcbor", CONTENT_FORMAT_LWM2M_CBOR },
                    { "senmlcbor", CONTENT_FORMAT_SENML_CBOR },
                    { "etchcbor", CONTENT_FORMAT_SENML_ETCH_CBOR },
                    { "senmljson", CONTENT_FORMAT_SENML_JSON },
                    { "etchjson", CONTENT_FORMAT_SENML_ETCH_JSON },
                    { "oldjson", CONTENT_FORMAT_LWM2M_JSON } };

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

static size_t violations(const struct record_list *list)
{
    size_t count = 0;

    for (size_t i = 0; i < list->note_count; i++) {
        count += list->notes[i].class == RECORD_NOTE_NON_CONFORMING ? 1 : 0;
    }
    return count;
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
    default:
        return wanted == NULL;
    }
}

static bool is_opaque(const struct lwm2m_value *value, const char *hex)
{
    bool good = value->type == LWM2M_TYPE_OPAQUE &&
                value->as.data.length == strlen(hex) / 2;

    for (size_t i = 0; good && i < value->as.data.length; i++) {
        char byte[3];
        (void)snprintf(byte, sizeof(byte), "%02x",
                       (unsigned char)value->as.data.bytes[i]);
        good = memcmp(byte, hex + 2 * i, 2) == 0;
    }
    return good;
}

/** Whether the record is the row of the vector: path, value and time. */
static bool is_row(const struct lwm2m_record *record, const cJSON *row)
{
    const cJSON *hex = cJSON_GetObjectItemCaseSensitive(row, "hex");
    const char *time = text_of(row, "time");
    char path[LWM2M_PATH_TEXT_MAX];
    char shown[64];

    (void)snprintf(shown, sizeof(shown), "%.17g", record->time_s);
    if (strcmp(lwm2m_path_text(&record->path, path), text_of(row, "path")) !=
            0 ||
        record->has_time != (time[0] != '\0') ||
        (record->has_time && strcmp(shown, time) != 0)) {
        return false;
    }
    if (strcmp(text_of(row, "t"), "null") == 0) {
        return record->value.type == LWM2M_TYPE_NONE;
    }
    return hex != NULL ? is_opaque(&record->value, hex->valuestring)
                       : is_value(&record->value, row);
}

static bool matches(const cJSON *vector, const struct record_list *list)
{
    const cJSON *expect = cJSON_GetObjectItemCaseSensitive(vector, "expect");
    const cJSON *row = NULL;
    size_t index = 0;

    cJSON_ArrayForEach(row, expect)
    {
        if (index >= list->count || !is_row(&list->records[index], row)) {
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
        "TLV-24", "TLV-41", "TLV-42",
        "TLV-43", "SJ-1", /* the path as base name */
        "SJ-4",           /* the path as base name, an exponent */
        "SJ-14",          /* times from a base time */
        "SJ-15",          /* a Float as an integer */
        "SJ-16",          /* escapes that are not needed */
        "SJ-18",          /* several base names */
        "SJ-20",          /* several base names */
        "EJ-1",           /* a base name for the second record */
        "EJ-2",           /* the path as base name */
        "OJS-5",          /* a base name above the request */
        "OJS-6",          /* times from a base time */
        "OJS-7",          /* a base name above the request */
        "OJS-8",          /* a base name that ends inside of an ID */
        "EJ-5",           /* a base name, null in the field of a string */
        "SC-1",           /* the path as base name */
        "SC-4",           /* the path as base name, behind the value */
        "SC-7",           /* the path as base name */
        "SC-8",           /* no base name where there can be one */
        "SC-13",          /* times from a base time */
        "SC-14",          /* a base name of "/" */
        "SC-15",          /* indefinite lengths */
        "SC-16",          /* a decimal fraction */
        "SC-17",          /* an integer longer than needed */
        "EC-1",           /* a base name in the second record */
        "EC-2",           /* the path as base name */
        "EC-5",           /* a base name that is not the request's path */
        "CB-13",          /* a tag */
        "CB-14",          /* a tag */
        "CB-18",          /* a Float as an integer */
        "CB-19",          /* an Integer as a float */
        "CB-20",          /* a string in chunks */
        "LC-2",           /* a map for each level */
        "LC-9",           /* a tag */
        "LC-10",          /* indefinite lengths */
        "LC-11",          /* indefinite lengths, a map for each level */
        "LC-12",          /* a map for each level */
        "LC-13",          /* Resource Instances each with a whole path */
    };

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

/** A vector that is decoded, with what it is about. */
struct payload {
    int format;
    enum payload_kind kind;
    struct lwm2m_path path;
    uint8_t *bytes;
    size_t length;
    bool has_path;
};

static void payload_init(struct payload *payload, const cJSON *vector)
{
    const char *text = text_of(vector, "path");

    payload->format = format_of(vector);
    payload->kind = kind_of(vector);
    payload->bytes = bytes_of(vector, &payload->length);
    payload->has_path =
        lwm2m_path_parse(text, strlen(text), &payload->path, NULL) == STATUS_OK;
}

static enum status decode(const struct payload *payload, const uint8_t *bytes,
                          size_t length, struct record_list *list,
                          struct reason *reason)
{
    return codec_decode_kind(payload->format, payload->kind,
                             fixture.definitions, &payload->path, bytes, length,
                             list, reason);
}

static bool is_same(const struct record_list *a, const struct record_list *b)
{
    bool good = a->count == b->count && a->empty_count == b->empty_count;

    for (size_t i = 0; good && i < a->count; i++) {
        const struct lwm2m_record *left = &a->records[i];
        const struct lwm2m_record *right = &b->records[i];
        good = lwm2m_path_equal(&left->path, &right->path) &&
               lwm2m_value_equal(&left->value, &right->value) &&
               left->has_time == right->has_time &&
               memcmp(&left->time_s, &right->time_s, sizeof(left->time_s)) == 0;
    }
    return good;
}

/** What was decoded is sent as it came, or at least says the same again. */
static bool returns(const struct payload *payload,
                    const struct record_list *list, bool is_other)
{
    struct byte_buffer buffer;
    struct record_list again;
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&buffer);
    record_list_init(&again);
    bool good =
        codec_encode_kind(payload->format, payload->kind, &payload->path, list,
                          &buffer, &reason) == STATUS_OK &&
        decode(payload, buffer.bytes, buffer.length, &again, &reason) ==
            STATUS_OK &&
        is_same(list, &again);
    bool is_exact = good && buffer.length == payload->length &&
                    (buffer.length == 0 ||
                     memcmp(buffer.bytes, payload->bytes, buffer.length) == 0);
    if (!good || is_exact == is_other) {
        printf("sent as '%.*s' %s\n", (int)buffer.length,
               buffer.length > 0 ? (const char *)buffer.bytes : "",
               reason.text);
    }
    record_list_release(&again);
    byte_buffer_release(&buffer);
    return good && is_exact != is_other;
}

/** Nothing shorter than a JSON text or a data item of CBOR is one. */
static bool is_whole_or_none(int format)
{
    return format != CONTENT_FORMAT_TEXT && format != CONTENT_FORMAT_OPAQUE &&
           format != CONTENT_FORMAT_TLV;
}

static void check_valid(const cJSON *vector)
{
    struct payload payload;
    struct record_list list;
    struct reason reason = { .status = STATUS_OK };

    record_list_init(&list);
    payload_init(&payload, vector);
    bool good = payload.has_path &&
                decode(&payload, payload.bytes, payload.length, &list,
                       &reason) == STATUS_OK &&
                violations(&list) == 0 && matches(vector, &list) &&
                returns(&payload, &list, is_other_form(text_of(vector, "id")));
    if (!good) {
        printf("%s: %s\n", text_of(vector, "id"), reason.text);
    }
    CU_ASSERT(good);
    for (size_t i = 0; i < payload.length && payload.length < 1000; i++) {
        struct record_list part;
        record_list_init(&part);
        enum status status = decode(&payload, payload.bytes, i, &part, NULL);
        CU_ASSERT((status == STATUS_OK && !is_whole_or_none(payload.format)) ||
                  status == STATUS_MALFORMED);
        record_list_release(&part);
    }
    record_list_release(&list);
    free(payload.bytes);
}

/** Not as it should be, but content-formats.md, section 12, lets it pass. */
static bool is_tolerated(const char *id)
{
    return strcmp(id, "SJ-E11") == 0 || /* padding of 'vd' */
           strcmp(id, "TXT-E10") == 0;  /* exponent of a Float in text */
}

static void check_malformed(const cJSON *vector)
{
    struct payload payload;
    struct record_list list;

    record_list_init(&list);
    payload_init(&payload, vector);
    enum status status =
        decode(&payload, payload.bytes, payload.length, &list, NULL);
    bool refused = payload.has_path &&
                   (is_tolerated(text_of(vector, "id"))
                        ? status == STATUS_OK && violations(&list) == 0 &&
                              list.note_count > 0
                        : status == STATUS_MALFORMED || violations(&list) > 0);
    if (!refused) {
        printf("%s: accepted, though %s\n", text_of(vector, "id"),
               text_of(vector, "why"));
    }
    CU_ASSERT(refused);
    record_list_release(&list);
    free(payload.bytes);
}

/** @return how many vectors of the format there are */
static unsigned walk(const char *name, int format,
                     void (*check)(const cJSON *vector))
{
    const cJSON *vector = NULL;
    unsigned checked = 0;

    cJSON_ArrayForEach(vector,
                       cJSON_GetObjectItemCaseSensitive(fixture.vectors, name))
    {
        if (format_of(vector) == format) {
            check(vector);
            checked++;
        }
    }
    printf("%s: %u checked of %s\n", name, checked,
           content_format_name(format));
    return checked;
}

/** How many vectors each format has; none is left out. */
static const struct {
    int format;
    unsigned valid;
    unsigned malformed;
} families[] = {
    { CONTENT_FORMAT_TEXT, 17, 12 },
    { CONTENT_FORMAT_OPAQUE, 6, 1 },
    { CONTENT_FORMAT_TLV, 43, 24 },
    { CONTENT_FORMAT_CBOR, 20, 10 },
    { CONTENT_FORMAT_LWM2M_CBOR, 15, 14 },
    { CONTENT_FORMAT_SENML_CBOR, 19, 14 },
    { CONTENT_FORMAT_SENML_ETCH_CBOR, 6, 2 },
    { CONTENT_FORMAT_SENML_JSON, 21, 20 },
    { CONTENT_FORMAT_SENML_ETCH_JSON, 6, 2 },
    { CONTENT_FORMAT_LWM2M_JSON, 9, 6 },
};
enum { FAMILY_COUNT = sizeof(families) / sizeof(families[0]) };

static unsigned count_of(const char *name)
{
    return (unsigned)cJSON_GetArraySize(
        cJSON_GetObjectItemCaseSensitive(fixture.vectors, name));
}

static void codecs_read_and_write_every_valid_vector(void)
{
    unsigned all = 0;

    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        CU_ASSERT_EQUAL(walk("valid", families[i].format, check_valid),
                        families[i].valid);
        all += families[i].valid;
    }
    CU_ASSERT_EQUAL(all, count_of("valid"));
}

static void codecs_refuse_or_note_every_malformed_vector(void)
{
    unsigned all = 0;

    for (size_t i = 0; i < FAMILY_COUNT; i++) {
        CU_ASSERT_EQUAL(walk("malformed", families[i].format, check_malformed),
                        families[i].malformed);
        all += families[i].malformed;
    }
    CU_ASSERT_EQUAL(all, count_of("malformed"));
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
