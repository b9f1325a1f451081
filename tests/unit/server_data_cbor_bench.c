/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/server_data_cbor_bench.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

enum { INPUT_MAX = 512, XML_SIZE = 8192 };

static const char *const types[BENCH_TYPES] = {
    [BENCH_STRING] = "String",
    [BENCH_INTEGER] = "Integer",
    [BENCH_UNSIGNED] = "Unsigned Integer",
    [BENCH_FLOAT] = "Float",
    [BENCH_BOOLEAN] = "Boolean",
    [BENCH_OPAQUE] = "Opaque",
    [BENCH_TIME] = "Time",
    [BENCH_OBJLNK] = "Objlnk",
    [BENCH_CORELNK] = "Corelnk",
};

static size_t write_xml(char *xml)
{
    size_t used = (size_t)snprintf(
        xml, XML_SIZE,
        "<LWM2M><Object><Name>All</Name><ObjectID>%d</ObjectID>"
        "<ObjectURN>urn:oma:lwm2m:x:%d</ObjectURN>"
        "<MultipleInstances>Multiple</MultipleInstances><Resources>",
        BENCH_OBJECT, BENCH_OBJECT);

    for (unsigned i = 0; i < 2 * BENCH_TYPES; i++) {
        bool is_multiple = i >= BENCH_TYPES;
        used += (size_t)snprintf(
            xml + used, XML_SIZE - used,
            "<Item ID='%u'><Name>R</Name><Operations>RW</Operations>"
            "<MultipleInstances>%s</MultipleInstances><Type>%s</Type></Item>",
            is_multiple ? i - BENCH_TYPES + BENCH_MULTIPLE : i,
            is_multiple ? "Multiple" : "Single", types[i % BENCH_TYPES]);
    }
    used += (size_t)snprintf(xml + used, XML_SIZE - used,
                             "</Resources></Object></LWM2M>");
    return used;
}

int cbor_bench_init(struct cbor_bench *bench)
{
    char xml[XML_SIZE];
    size_t length = write_xml(xml);

    *bench = (struct cbor_bench){ .definitions = definitions_new() };
    record_list_init(&bench->list);
    byte_buffer_init(&bench->buffer);
    return bench->definitions == NULL ||
           definitions_add_xml(bench->definitions, "bench", (uint8_t *)xml,
                               length, NULL) != STATUS_OK;
}

void cbor_bench_clear(struct cbor_bench *bench)
{
    record_list_release(&bench->list);
    byte_buffer_release(&bench->buffer);
    bench->reason = (struct reason){ .status = STATUS_OK };
}

void cbor_bench_release(struct cbor_bench *bench)
{
    cbor_bench_clear(bench);
    definitions_free(bench->definitions);
    bench->definitions = NULL;
}

struct lwm2m_path bench_resource(uint16_t id)
{
    return lwm2m_path_resource(BENCH_OBJECT, 0, id);
}

struct lwm2m_path bench_path(const char *text)
{
    struct lwm2m_path path = { .depth = 0 };

    CU_ASSERT_EQUAL_FATAL(lwm2m_path_parse(text, strlen(text), &path, NULL),
                          STATUS_OK);
    return path;
}

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t length = 0;

    while (*hex != '\0') {
        unsigned byte = 0;
        CU_ASSERT_EQUAL_FATAL(sscanf(hex, " %2x", &byte), 1);
        CU_ASSERT_FATAL(length < INPUT_MAX);
        bytes[length++] = (uint8_t)byte;
        hex += strspn(hex, " ") + 2;
        hex += strspn(hex, " ");
    }
    return length;
}

enum status bench_decode(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base,
                         const char *hex)
{
    uint8_t bytes[INPUT_MAX];
    size_t length = bytes_of(hex, bytes);

    cbor_bench_clear(bench);
    return codec_decode_kind(format, kind, bench->definitions, &base, bytes,
                             length, &bench->list, &bench->reason);
}

enum status bench_encode(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base)
{
    return codec_encode_kind(format, kind, &base, &bench->list, &bench->buffer,
                             &bench->reason);
}

bool bench_is_sent(const struct cbor_bench *bench, const char *hex)
{
    uint8_t bytes[INPUT_MAX];
    size_t length = bytes_of(hex, bytes);
    bool is_same = bench->buffer.length == length &&
                   memcmp(bench->buffer.bytes, bytes, length) == 0;

    for (size_t i = 0; !is_same && i < bench->buffer.length; i++) {
        printf("%02x%s", bench->buffer.bytes[i],
               i + 1 < bench->buffer.length ? "" : "\n");
    }
    return is_same;
}

const char *bench_note(const struct cbor_bench *bench,
                       enum record_note_class class)
{
    if (bench->list.note_count == 0) {
        return "";
    }
    return bench->list.note_count == 1 && bench->list.notes[0].class == class
               ? bench->list.notes[0].text
               : "(other notes)";
}

void bench_check_refused(struct cbor_bench *bench, int format,
                         enum payload_kind kind, struct lwm2m_path base,
                         const struct bench_refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum status status =
            bench_decode(bench, format, kind, base, rows[i].hex);
        if (strcmp(bench->reason.text, rows[i].why) != 0) {
            printf("%s: %s\n", rows[i].hex, bench->reason.text);
        }
        CU_ASSERT_EQUAL(status, STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(bench->reason.text, rows[i].why);
        CU_ASSERT_EQUAL(bench->list.count, 0);
    }
}
