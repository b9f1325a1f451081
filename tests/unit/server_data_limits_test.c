/* SPDX-License-Identifier: Apache-2.0 */

/* Each named limit of server/data: what fits, and one more; and what every
 * shorter prefix of a good message is taken for. */
#include <CUnit/Basic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/data.h"
#include "server/data/definition_set.h"
#include "server/data/range.h"

enum { TEXT_SIZE = 4 * 1024 * 1024, TLV_VALUE_MAX = 0xffffff };

/** Text under construction; one buffer for all tests. */
static struct {
    char *text;
    size_t length;
} fixture;

static int set_up(void)
{
    fixture.text = malloc(TEXT_SIZE);
    return fixture.text == NULL;
}

static int tear_down(void)
{
    free(fixture.text);
    return 0;
}

static void put(const char *format, ...) PRINTF_LIKE(1, 2);

static void put(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(fixture.text + fixture.length,
                           TEXT_SIZE - fixture.length, format, arguments);
    va_end(arguments);
    CU_ASSERT_FATAL(length >= 0 && (size_t)length < TEXT_SIZE - fixture.length);
    fixture.length += (size_t)length;
}

static const char *repeated(const char *first, const char *next, size_t count)
{
    fixture.length = 0;
    put("%s", first);
    for (size_t i = 0; i < count; i++) {
        put("%s", next);
    }
    return fixture.text;
}

static void check_reason(enum status status, const struct reason *reason)
{
    CU_ASSERT_EQUAL(reason->status, status);
    CU_ASSERT_EQUAL(reason->text[0] != '\0', status != STATUS_OK);
}

/* Records. */

/** `count` entries of three bytes, each another Resource. */
static enum status decode_entries(uint8_t type, size_t count,
                                  struct record_list *out_list)
{
    const struct lwm2m_path base = lwm2m_path_instance(9, 0);
    struct reason reason = { .status = STATUS_OK };

    for (size_t i = 0; i < count; i++) {
        fixture.text[3 * i] = (char)type;
        fixture.text[3 * i + 1] = (char)(i >> 8);
        fixture.text[3 * i + 2] = (char)(i & 0xff);
    }
    record_list_init(out_list);
    enum status status = codec_decode(CONTENT_FORMAT_TLV, NULL, &base,
                                      (const uint8_t *)fixture.text, 3 * count,
                                      out_list, &reason);
    check_reason(status, &reason);
    return status;
}

static void tlv_holds_so_many_records_and_no_more(void)
{
    static const struct {
        uint8_t type; /* wide ID, no content */
        size_t count;
        enum status status;
    } rows[] = {
        { 0xe0, RECORD_LIST_MAX, STATUS_OK },
        { 0xe0, RECORD_LIST_MAX + 1, STATUS_LIMIT },
        { 0xa0, RECORD_LIST_MAX, STATUS_OK },
        { 0xa0, RECORD_LIST_MAX + 1, STATUS_LIMIT },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct record_list list;
        CU_ASSERT_EQUAL(decode_entries(rows[i].type, rows[i].count, &list),
                        rows[i].status);
        CU_ASSERT_EQUAL(list.count + list.empty_count,
                        rows[i].status == STATUS_OK ? rows[i].count : 0);
        record_list_release(&list);
    }
}

static void full_list_of_records_stays_as_it_is(void)
{
    const struct lwm2m_record record = {
        .path = { { 9, 0, 1 }, 3 }, .value = { .type = LWM2M_TYPE_BOOLEAN }
    };
    struct record_list list;
    struct reason reason = { .status = STATUS_OK };

    record_list_init(&list);
    for (size_t i = 0; i < RECORD_LIST_MAX; i++) {
        CU_ASSERT_EQUAL_FATAL(record_list_add(&list, &record, NULL), STATUS_OK);
    }
    CU_ASSERT_EQUAL(record_list_add(&list, &record, &reason), STATUS_LIMIT);
    check_reason(STATUS_LIMIT, &reason);
    CU_ASSERT_EQUAL(list.count, RECORD_LIST_MAX);
    record_list_release(&list);
}

/** Tolerated deviations are dropped; none of them hides a violation. */
static void notes_beyond_the_limit_make_way_for_violations(void)
{
    const struct lwm2m_path path = lwm2m_path_resource(9, 0, 1);
    struct record_list list;

    record_list_init(&list);
    for (int i = 0; i < RECORD_NOTE_MAX + 1; i++) {
        record_list_note(&list, RECORD_NOTE_TOLERATED, path, "remark %d", i);
    }
    CU_ASSERT_EQUAL(list.note_count, RECORD_NOTE_MAX);
    CU_ASSERT_STRING_EQUAL(list.notes[RECORD_NOTE_MAX - 1].text, "remark 63");
    for (int i = 0; i < RECORD_NOTE_MAX + 1; i++) {
        record_list_note(&list, RECORD_NOTE_NON_CONFORMING, path, "bad %d", i);
        CU_ASSERT_EQUAL(list.note_count, RECORD_NOTE_MAX);
        if (i < RECORD_NOTE_MAX) {
            const struct record_note *note =
                &list.notes[RECORD_NOTE_MAX - 1 - i];
            CU_ASSERT_EQUAL(note->class, RECORD_NOTE_NON_CONFORMING);
        }
    }
    CU_ASSERT_STRING_EQUAL(list.notes[0].text, "bad 63");
    CU_ASSERT_STRING_EQUAL(list.notes[RECORD_NOTE_MAX - 1].text, "bad 0");
    record_list_release(&list);
}

static void tlv_entry_has_a_length_of_three_bytes(void)
{
    static const struct {
        size_t length;
        enum status status;
        size_t encoded;
    } rows[] = {
        { 7, STATUS_OK, 9 },
        { 8, STATUS_OK, 11 },
        { 0xff, STATUS_OK, 0xff + 3 },
        { 0x100, STATUS_OK, 0x100 + 4 },
        { 0xffff, STATUS_OK, 0xffff + 4 },
        { 0x10000, STATUS_OK, 0x10000 + 5 },
        { TLV_VALUE_MAX, STATUS_OK, TLV_VALUE_MAX + 5 },
        { TLV_VALUE_MAX + 1, STATUS_INVALID, 0 },
    };
    const struct lwm2m_path path = lwm2m_path_resource(9, 0, 1);
    char *bytes = calloc(1, TLV_VALUE_MAX + 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lwm2m_record record = {
            .path = path,
            .value = { .type = LWM2M_TYPE_OPAQUE,
                       .as.data = { bytes, rows[i].length } }
        };
        const struct record_list list = { .records = &record, .count = 1 };
        struct byte_buffer buffer;
        struct reason reason = { .status = STATUS_OK };
        byte_buffer_init(&buffer);
        enum status status =
            codec_encode(CONTENT_FORMAT_TLV, &path, &list, &buffer, &reason);
        CU_ASSERT_EQUAL(status, rows[i].status);
        check_reason(status, &reason);
        CU_ASSERT_EQUAL(buffer.length, rows[i].encoded);
        byte_buffer_release(&buffer);
    }
    free(bytes);
}

static void ids_end_at_65534(void)
{
    static const struct {
        const char *text;
        enum status status;
    } rows[] = {
        { "/65534/65534/65534/65534", STATUS_OK },
        { "/65535", STATUS_MALFORMED },
        { "/1/65535", STATUS_MALFORMED },
        { "/1/2/65535", STATUS_MALFORMED },
        { "/1/2/3/65535", STATUS_MALFORMED },
        { "/1/2/3/4", STATUS_OK },
        { "/1/2/3/4/5", STATUS_MALFORMED },
        { "/1/2/3/4/", STATUS_MALFORMED },
        { "/4294967296", STATUS_MALFORMED },
        { "/18446744073709551616", STATUS_MALFORMED },
    };
    static const uint8_t reserved[] = { 0xe1, 0xff, 0xff, 0x00 };
    static const uint8_t highest[] = { 0xe1, 0xff, 0xfe, 0x00 };
    const struct lwm2m_path base = lwm2m_path_instance(9, 0);
    struct record_list list;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lwm2m_path path;
        CU_ASSERT_EQUAL(
            lwm2m_path_parse(rows[i].text, strlen(rows[i].text), &path, NULL),
            rows[i].status);
    }
    record_list_init(&list);
    CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_TLV, NULL, &base, reserved,
                                 sizeof(reserved), &list, NULL),
                    STATUS_MALFORMED);
    CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_TLV, NULL, &base, highest,
                                 sizeof(highest), &list, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(list.records[0].path.ids[2], LWM2M_ID_MAX);
    record_list_release(&list);
}

/* Links. */

static void link_list_holds_so_many_links_and_attributes(void)
{
    static const struct {
        const char *first;
        const char *next;
        size_t count;
        enum status status;
    } rows[] = {
        { "</1>", ",</2>", LINK_LIST_MAX - 1, STATUS_OK },
        { "</1>", ",</2>", LINK_LIST_MAX, STATUS_LIMIT },
        { "</1>", ";a=1", LINK_ATTRIBUTE_MAX, STATUS_OK },
        { "</1>", ";a=1", LINK_ATTRIBUTE_MAX + 1, STATUS_LIMIT },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct link_list list;
        struct reason reason = { .status = STATUS_OK };
        const char *text = repeated(rows[i].first, rows[i].next, rows[i].count);
        link_list_init(&list);
        enum status status =
            link_list_parse(text, strlen(text), NULL, &list, &reason);
        CU_ASSERT_EQUAL(status, rows[i].status);
        check_reason(status, &reason);
        CU_ASSERT_EQUAL(list.arena != NULL, status == STATUS_OK);
        link_list_release(&list);
    }
}

static void link_list_keeps_so_many_remarks(void)
{
    struct link_list list;
    const char *text = repeated("</1>", ", </2>", RECORD_NOTE_MAX + 1);

    link_list_init(&list);
    CU_ASSERT_EQUAL(link_list_parse(text, strlen(text), NULL, &list, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(list.count, RECORD_NOTE_MAX + 2);
    CU_ASSERT_EQUAL(list.note_count, RECORD_NOTE_MAX);
    link_list_release(&list);
}

/* Definitions. */

static void put_item(unsigned id, const char *type, const char *range)
{
    put("<Item ID=\"%u\"><Operations>R</Operations>"
        "<MultipleInstances>Single</MultipleInstances><Type>%s</Type>"
        "<RangeEnumeration>%s</RangeEnumeration></Item>",
        id, type, range);
}

static void put_object(unsigned id, unsigned resources, const char *type)
{
    put("<Object><ObjectID>%u</ObjectID>"
        "<ObjectURN>urn:oma:lwm2m:x:%u</ObjectURN><Resources>",
        id, id);
    for (unsigned i = 0; i < resources; i++) {
        put_item(i, type, "");
    }
    put("</Resources></Object>");
}

/** `objects` Objects of `resources` Resources each, as one file. */
static void check_file(unsigned objects, unsigned resources, const char *type,
                       enum status wanted, size_t warnings)
{
    struct definitions *definitions = definitions_new();
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
    fixture.length = 0;
    put("<LWM2M>");
    for (unsigned i = 0; i < objects; i++) {
        put_object(10000 + i, resources, type);
    }
    put("</LWM2M>");
    enum status status = definitions_add_xml(definitions, "many.xml",
                                             (const uint8_t *)fixture.text,
                                             fixture.length, &reason);
    CU_ASSERT_EQUAL(status, wanted);
    check_reason(status, &reason);
    CU_ASSERT_EQUAL(definitions->object_count,
                    wanted == STATUS_OK ? objects : 0);
    CU_ASSERT_EQUAL(definitions->warning_count, warnings);
    CU_ASSERT_PTR_NULL(definitions_warning(definitions, warnings));
    definitions_free(definitions);
}

static void definition_file_holds_so_much_and_no_more(void)
{
    check_file(1, DEFINITION_RESOURCES_MAX, "Integer", STATUS_OK, 0);
    check_file(1, DEFINITION_RESOURCES_MAX + 1, "Integer", STATUS_MALFORMED, 0);
    check_file(1, 0, "Integer", STATUS_MALFORMED, 0);
    check_file(DEFINITION_OBJECTS_MAX, 1, "Integer", STATUS_OK, 0);
    check_file(DEFINITION_OBJECTS_MAX + 1, 1, "Integer", STATUS_LIMIT, 0);
    /* A readable Resource without a type is a warning. */
    check_file(1, DEFINITION_WARNINGS_MAX, "", STATUS_OK,
               DEFINITION_WARNINGS_MAX);
    check_file(1, DEFINITION_WARNINGS_MAX + 1, "", STATUS_OK,
               DEFINITION_WARNINGS_MAX);
}

/** What has too many parts judges nothing; half of it would refuse values. */
static void range_with_too_many_parts_judges_nothing(void)
{
    static const struct {
        const char *first;
        const char *next;
        size_t count;
        enum definition_strictness strictness;
        size_t intervals;
    } rows[] = {
        { "1", ",2", RANGE_INTERVALS_MAX - 1, DEFINITION_RANGE_FAIL,
          RANGE_INTERVALS_MAX },
        { "1", ",2", RANGE_INTERVALS_MAX, DEFINITION_RANGE_NONE, 0 },
        { "1", "-2", RANGE_INTERVALS_MAX - 1, DEFINITION_RANGE_FAIL,
          RANGE_INTERVALS_MAX },
        { "1", "-2", RANGE_INTERVALS_MAX, DEFINITION_RANGE_NONE, 0 },
        { "", "1:a\n", RANGE_INTERVALS_MAX, DEFINITION_RANGE_FAIL,
          RANGE_INTERVALS_MAX },
        { "", "1:a\n", RANGE_INTERVALS_MAX + 1, DEFINITION_RANGE_NONE, 0 },
        /* Longer than any that is read. */
        { "1..", "0", 600, DEFINITION_RANGE_NONE, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct range range;
        range_parse(repeated(rows[i].first, rows[i].next, rows[i].count),
                    LWM2M_TYPE_INTEGER, &range);
        CU_ASSERT_EQUAL(range.strictness, rows[i].strictness);
        CU_ASSERT_EQUAL(range.count, rows[i].intervals);
    }
}

/* Prefixes. */

static void each_prefix_of_tlv_is_whole_entries_or_malformed(void)
{
    /* Content-format vector TLV-37: entries end at 3, 7, 11, 14 and 17. */
    static const uint8_t bytes[] = { 0xc1, 0x02, 0x65, 0xc2, 0x03, 0x03,
                                     0xf2, 0xc2, 0x05, 0x07, 0xd0, 0xc1,
                                     0x06, 0x01, 0xc1, 0x07, 0x55 };
    static const size_t records[] = { 0, 9, 9, 1, 9, 9, 9, 2, 9,
                                      9, 9, 3, 9, 9, 4, 9, 9, 5 };
    const struct lwm2m_path base = lwm2m_path_instance(1, 0);

    for (size_t length = 0; length <= sizeof(bytes); length++) {
        struct record_list list;
        struct reason reason = { .status = STATUS_OK };
        record_list_init(&list);
        enum status status = codec_decode(CONTENT_FORMAT_TLV, NULL, &base,
                                          bytes, length, &list, &reason);
        check_reason(status, &reason);
        CU_ASSERT_EQUAL(status,
                        records[length] == 9 ? STATUS_MALFORMED : STATUS_OK);
        CU_ASSERT_EQUAL(list.count, records[length] == 9 ? 0 : records[length]);
        record_list_release(&list);
    }
}

static void each_prefix_of_links_is_whole_links_or_malformed(void)
{
    static const char text[] = "</>;rt=\"oma.lwm2m\";ct=11,</1/0>";
    /* How many links; '-': malformed. A shorter name or number is one, too. */
    static const char links[] = "0--1-11-----------1-11-11------2";

    CU_ASSERT_EQUAL_FATAL(sizeof(links), sizeof(text) + 1);
    for (size_t length = 0; length < sizeof(text); length++) {
        struct link_list list;
        struct reason reason = { .status = STATUS_OK };
        bool good = links[length] != '-';
        link_list_init(&list);
        enum status status =
            link_list_parse(text, length, NULL, &list, &reason);
        check_reason(status, &reason);
        if (status != (good ? STATUS_OK : STATUS_MALFORMED)) {
            printf("%zu: %s\n", length, reason.text);
        }
        CU_ASSERT_EQUAL(status, good ? STATUS_OK : STATUS_MALFORMED);
        CU_ASSERT_EQUAL(list.count, good ? (size_t)(links[length] - '0') : 0);
        link_list_release(&list);
    }
}

static void each_prefix_of_a_path_is_a_path_or_malformed(void)
{
    static const char text[] = "/33629/0/5/12";
    static const int depths[] = {
        -1, 0, 1, 1, 1, 1, 1, -1, 2, -1, 3, -1, 4, 4
    };

    for (size_t length = 0; length < sizeof(text); length++) {
        struct lwm2m_path path = { .depth = 9 };
        struct reason reason = { .status = STATUS_OK };
        enum status status = lwm2m_path_parse(text, length, &path, &reason);
        check_reason(status, &reason);
        CU_ASSERT_EQUAL(status,
                        depths[length] < 0 ? STATUS_MALFORMED : STATUS_OK);
        CU_ASSERT_EQUAL(path.depth, depths[length] < 0 ? 9 : depths[length]);
    }
}

static void no_prefix_of_a_definition_file_is_one(void)
{
    struct definitions *definitions = definitions_new();

    CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
    fixture.length = 0;
    put("<?xml version=\"1.0\"?><LWM2M>");
    put_object(10000, 2, "");
    put("</LWM2M>");
    for (size_t length = 0; length <= fixture.length; length++) {
        struct reason reason = { .status = STATUS_OK };
        bool whole = length == fixture.length;
        enum status status =
            definitions_add_xml(definitions, "cut.xml",
                                (const uint8_t *)fixture.text, length, &reason);
        check_reason(status, &reason);
        CU_ASSERT_EQUAL(status, whole ? STATUS_OK : STATUS_MALFORMED);
        CU_ASSERT_EQUAL(definitions->object_count, whole ? 1 : 0);
        CU_ASSERT_EQUAL(definitions->warning_count, whole ? 2 : 0);
    }
    definitions_free(definitions);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_limits", set_up, tear_down);
    CU_ADD_TEST(suite, tlv_holds_so_many_records_and_no_more);
    CU_ADD_TEST(suite, full_list_of_records_stays_as_it_is);
    CU_ADD_TEST(suite, notes_beyond_the_limit_make_way_for_violations);
    CU_ADD_TEST(suite, tlv_entry_has_a_length_of_three_bytes);
    CU_ADD_TEST(suite, ids_end_at_65534);
    CU_ADD_TEST(suite, link_list_holds_so_many_links_and_attributes);
    CU_ADD_TEST(suite, link_list_keeps_so_many_remarks);
    CU_ADD_TEST(suite, definition_file_holds_so_much_and_no_more);
    CU_ADD_TEST(suite, range_with_too_many_parts_judges_nothing);
    CU_ADD_TEST(suite, each_prefix_of_tlv_is_whole_entries_or_malformed);
    CU_ADD_TEST(suite, each_prefix_of_links_is_whole_links_or_malformed);
    CU_ADD_TEST(suite, each_prefix_of_a_path_is_a_path_or_malformed);
    CU_ADD_TEST(suite, no_prefix_of_a_definition_file_is_one);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
