/* SPDX-License-Identifier: Apache-2.0 */

/* Whatever allocation fails, server/data says so and leaves things alone. */
#include <CUnit/Basic.h>
#include <cbor.h>
#include <libxml/xmlmemory.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/data.h"
#include "server/data/definition_set.h"
#include "tests/unit/allocation_sweep.h"

/** Object 7: a warning of each kind that stays one, ranges, entities. */
static const char xml[] =
    "<?xml version='1.0'?><LWM2M>"
    "<Object><Name>Seven</Name><ObjectID>7</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:7</ObjectURN><Resources>"
    "<Item ID='1'><Name>A</Name><Operations>RW</Operations>"
    "<MultipleInstances>Multiple</MultipleInstances><Type>String</Type>"
    "<RangeEnumeration>0..255 bytes</RangeEnumeration></Item>"
    "<Item ID='0'><Name>B &amp; C</Name><Operations>R</Operations>"
    "<MultipleInstances>Single</MultipleInstances>"
    "<Type>Opaque</Type></Item>"
    "<Item ID='2'><Name><![CDATA[D]]></Name><Operations>R</Operations>"
    "<MultipleInstances>Single</MultipleInstances><Type>Integer</Type>"
    "<RangeEnumeration>9..1</RangeEnumeration></Item>"
    "<Item ID='3'><Name>E</Name><Operations>E</Operations>"
    "<MultipleInstances>Single</MultipleInstances><Type>String</Type></Item>"
    "</Resources></Object>"
    "<Object><Name>Eight</Name><ObjectID>8</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:8</ObjectURN><Resources>"
    "<Item ID='0'><MultipleInstances>Single</MultipleInstances>"
    "<Operations>R</Operations></Item></Resources></Object></LWM2M>";
static const char older_seven[] =
    "<LWM2M><Object><Name>Older</Name><ObjectID>7</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:7</ObjectURN><Resources>"
    "<Item ID='0'><MultipleInstances>Single</MultipleInstances>"
    "<Operations>R</Operations></Item></Resources></Object></LWM2M>";

static struct {
    struct definitions *definitions;
    struct definitions *fresh;
    struct record_list list;
    struct record_list source;
    struct byte_buffer buffer;
    struct link_list links;
} fixture;

static void prepare_nothing(void)
{
    record_list_init(&fixture.list);
    byte_buffer_init(&fixture.buffer);
    link_list_init(&fixture.links);
}

static void clean_all(void)
{
    definitions_free(fixture.fresh);
    fixture.fresh = NULL;
    record_list_release(&fixture.list);
    record_list_release(&fixture.source);
    byte_buffer_release(&fixture.buffer);
    link_list_release(&fixture.links);
}

static bool list_is_untouched(void)
{
    return fixture.list.records == NULL && fixture.list.count == 0 &&
           fixture.list.notes == NULL && fixture.list.empty == NULL &&
           fixture.list.arena == NULL;
}

/* Definitions. */

static enum status call_new(struct reason *reason)
{
    fixture.fresh = definitions_new();
    return fixture.fresh != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

static bool fresh_is_null(void)
{
    return fixture.fresh == NULL;
}

static bool fresh_is_empty(void)
{
    return fixture.fresh->object_count == 0;
}

static void prepare_older(void)
{
    prepare_nothing();
    fixture.fresh = definitions_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.fresh);
    CU_ASSERT_EQUAL_FATAL(definitions_add_xml(fixture.fresh, "older.xml",
                                              (const uint8_t *)older_seven,
                                              sizeof(older_seven) - 1, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fixture.fresh->warning_count, 1);
}

static enum status call_add_xml(struct reason *reason)
{
    return definitions_add_xml(fixture.fresh, "7.xml", (const uint8_t *)xml,
                               sizeof(xml) - 1, reason);
}

static enum status call_add_embedded(struct reason *reason)
{
    return definitions_add_embedded(fixture.fresh, reason);
}

static bool only_older_is_there(void)
{
    return fixture.fresh->object_count == 1 &&
           fixture.fresh->warning_count == 1 && !fixture.fresh->is_lacking &&
           strcmp(fixture.fresh->objects[0].name, "Older") == 0 &&
           fixture.fresh->objects[0].resource_count == 1;
}

static bool seven_is_replaced(void)
{
    const struct object_definition *seven =
        definitions_object(fixture.fresh, 7, 1, 0);

    return fixture.fresh->object_count == 2 &&
           fixture.fresh->warning_count == 4 && seven != NULL &&
           strcmp(seven->name, "Seven") == 0 && seven->resource_count == 4 &&
           strcmp(seven->resources[0].name, "B & C") == 0 &&
           seven->resources[1].interval_count == 1 &&
           strcmp(seven->resources[2].name, "D") == 0;
}

static bool embedded_are_there(void)
{
    return definitions_object(fixture.fresh, 33629, 1, 0) != NULL &&
           definitions_object(fixture.fresh, 7, 1, 0) != NULL;
}

/* Codecs. */

struct sample {
    const char *name;
    int format;
    struct lwm2m_path base;
    const char *bytes;
    size_t length;
    size_t count;
    size_t notes;
    size_t empty;
    enum payload_kind kind;
};

#define SENML_INSTANCE                                                         \
    "[{\"bn\":\"/7/0/\",\"n\":\"0\",\"vd\":\"AQID\"},{\"n\":\"1/0\",\"vs\":"   \
    "\"a\\u20acb\"},{\"n\":\"1/1\",\"vs\":\"b\"},{\"n\":\"2\",\"v\":5}]"
#define SENML_NOTES                                                            \
    "[{\"n\":\"/7/0/0\",\"vd\":\"AQ==\"},{\"n\":\"/7/0/2\",\"v\":1.5},"        \
    "{\"n\":\"/7/0/2\",\"v\":1}]"
#define SENML_PATHS "[{\"n\":\"/7/0/0\"},{\"bn\":\"/7/\",\"n\":\"0\"}]"
#define SENML_PATCH                                                            \
    "[{\"n\":\"/7/0/1/0\",\"vs\":null},{\"n\":\"/7/0/1/1\",\"vs\":\"b\"}]"
#define OLD_JSON                                                               \
    "{\"bn\":\"/7/0/\",\"e\":[{\"n\":\"0\",\"sv\":\"AQID\"},{\"n\":\"1/0\","   \
    "\"sv\":\"a\\u20acb\"},{\"n\":\"1/1\",\"sv\":\"b\"},{\"n\":\"2\",\"v\":5}]}"

static const struct sample samples[] = {
    { "text of a String",
      CONTENT_FORMAT_TEXT,
      { { 7, 0, 1, 3 }, 4 },
      "abc",
      3,
      1,
      0,
      0,
      PAYLOAD_VALUES },
    { "text of an Opaque",
      CONTENT_FORMAT_TEXT,
      { { 7, 0, 0 }, 3 },
      "AQID",
      4,
      1,
      0,
      0,
      PAYLOAD_VALUES },
    { "text of an Integer",
      CONTENT_FORMAT_TEXT,
      { { 7, 0, 2 }, 3 },
      "007",
      3,
      1,
      1,
      0,
      PAYLOAD_VALUES },
    { "octets",
      CONTENT_FORMAT_OPAQUE,
      { { 7, 0, 0 }, 3 },
      "\1\2",
      2,
      1,
      0,
      0,
      PAYLOAD_VALUES },
    { "octets of a String",
      CONTENT_FORMAT_OPAQUE,
      { { 7, 0, 1, 0 }, 4 },
      "a",
      1,
      1,
      1,
      0,
      PAYLOAD_VALUES },
    { "an Object in TLV",
      CONTENT_FORMAT_TLV,
      { { 7 }, 1 },
      "\x08\x00\x0b\xc1\x02\x05\x86\x01\x41\x00\x61\x41\x01\x62"
      "\x00\x01\x08\x02\x02\x80\x01",
      21,
      3,
      0,
      2,
      PAYLOAD_VALUES },
    { "a value given twice",
      CONTENT_FORMAT_TLV,
      { { 7, 0 }, 2 },
      "\xc1\x02\x05\xc1\x02\x06\xc3\x02\x01\x02\x03",
      11,
      3,
      3,
      0,
      PAYLOAD_VALUES },
    { "an Instance in SenML JSON",
      CONTENT_FORMAT_SENML_JSON,
      { { 7, 0 }, 2 },
      SENML_INSTANCE,
      sizeof(SENML_INSTANCE) - 1,
      4,
      0,
      0,
      PAYLOAD_VALUES },
    { "notes on SenML JSON",
      CONTENT_FORMAT_SENML_JSON,
      { { 7, 0 }, 2 },
      SENML_NOTES,
      sizeof(SENML_NOTES) - 1,
      3,
      3,
      0,
      PAYLOAD_VALUES },
    { "paths in SenML-ETCH JSON",
      CONTENT_FORMAT_SENML_ETCH_JSON,
      { { 0 }, 0 },
      SENML_PATHS,
      sizeof(SENML_PATHS) - 1,
      2,
      0,
      0,
      PAYLOAD_PATHS },
    { "a patch in SenML-ETCH JSON",
      CONTENT_FORMAT_SENML_ETCH_JSON,
      { { 0 }, 0 },
      SENML_PATCH,
      sizeof(SENML_PATCH) - 1,
      2,
      0,
      0,
      PAYLOAD_PATCH },
    { "old JSON",
      CONTENT_FORMAT_LWM2M_JSON,
      { { 7, 0 }, 2 },
      OLD_JSON,
      sizeof(OLD_JSON) - 1,
      4,
      0,
      0,
      PAYLOAD_VALUES },
    { "bytes in chunks in CBOR",
      CONTENT_FORMAT_CBOR,
      { { 7, 0, 0 }, 3 },
      "\x5f\x41\x01\x42\x02\x03\xff",
      7,
      1,
      0,
      0,
      PAYLOAD_VALUES },
    { "a date in chunks in CBOR",
      CONTENT_FORMAT_CBOR,
      { { 7, 0, 2 }, 3 },
      "\xc0\x7f\x6a\x32\x30\x31\x33\x2d\x30\x35\x2d\x30\x32\x6a\x54\x31"
      "\x30\x3a\x34\x30\x3a\x31\x35\x5a\xff",
      25,
      1,
      1,
      0,
      PAYLOAD_VALUES },
    { "an Object in LwM2M CBOR",
      CONTENT_FORMAT_LWM2M_CBOR,
      { { 7 }, 1 },
      "\xa1\x07\xa3\x00\xa2\x02\x05\x01\xa2\x00\x61\x61\x01\x7f\x61\x62"
      "\x61\x63\xff\x01\xa1\x01\xa0\x02\xa0",
      25,
      3,
      0,
      2,
      PAYLOAD_VALUES },
    { "notes on LwM2M CBOR",
      CONTENT_FORMAT_LWM2M_CBOR,
      { { 7 }, 1 },
      "\xa2\x82\x07\x00\xa2\x02\xf9\x3e\x00\x00\x61\x61\x83\x07\x01\x02"
      "\xc1\x01",
      18,
      3,
      3,
      0,
      PAYLOAD_VALUES },
    { "a patch in LwM2M CBOR",
      CONTENT_FORMAT_LWM2M_CBOR,
      { { 0 }, 0 },
      "\xa1\x83\x07\x00\x01\xa2\x00\xf6\x01\x61\x62",
      11,
      2,
      0,
      0,
      PAYLOAD_PATCH },
    { "an Instance in SenML CBOR",
      CONTENT_FORMAT_SENML_CBOR,
      { { 7, 0 }, 2 },
      "\x9f\xbf\x21\x7f\x63\x2f\x37\x2f\x62\x30\x2f\xff\x00\x7f\x61\x30"
      "\xff\x08\x5f\x41\x01\x42\x02\x03\xff\xff\xa2\x00\x63\x31\x2f\x30"
      "\x03\x7f\x61\x61\x61\x62\xff\xa2\x00\x61\x32\x02\x05\xff",
      46,
      3,
      0,
      0,
      PAYLOAD_VALUES },
    { "notes on SenML CBOR",
      CONTENT_FORMAT_SENML_CBOR,
      { { 7, 0 }, 2 },
      "\x82\xa2\x00\x66\x2f\x37\x2f\x30\x2f\x32\x02\xc1\x05\xa3\x00\x66"
      "\x2f\x37\x2f\x30\x2f\x32\x02\xc4\x82\x20\x0f\x7f\x61\x78\xff\x00",
      32,
      2,
      3,
      0,
      PAYLOAD_VALUES },
    { "paths in SenML-ETCH CBOR",
      CONTENT_FORMAT_SENML_ETCH_CBOR,
      { { 0 }, 0 },
      "\x82\xa1\x00\x66\x2f\x37\x2f\x30\x2f\x30\xa2\x21\x63\x2f\x37\x2f"
      "\x00\x61\x30",
      19,
      2,
      0,
      0,
      PAYLOAD_PATHS },
    { "a patch in SenML-ETCH CBOR",
      CONTENT_FORMAT_SENML_ETCH_CBOR,
      { { 0 }, 0 },
      "\x82\xa2\x00\x68\x2f\x37\x2f\x30\x2f\x31\x2f\x30\x03\xf6\xa2\x00"
      "\x68\x2f\x37\x2f\x30\x2f\x31\x2f\x31\x03\x61\x62",
      28,
      2,
      0,
      0,
      PAYLOAD_PATCH },
};
enum { SAMPLE_COUNT = sizeof(samples) / sizeof(samples[0]) };

static const struct sample *sample;

static enum status call_decode(struct reason *reason)
{
    return codec_decode_kind(sample->format, sample->kind, fixture.definitions,
                             &sample->base, (const uint8_t *)sample->bytes,
                             sample->length, &fixture.list, reason);
}

static bool sample_is_decoded(void)
{
    return fixture.list.count == sample->count &&
           fixture.list.note_count == sample->notes &&
           fixture.list.empty_count == sample->empty;
}

static void prepare_records(void)
{
    prepare_nothing();
    record_list_init(&fixture.source);
    CU_ASSERT_EQUAL_FATAL(
        codec_decode_kind(sample->format, sample->kind, fixture.definitions,
                          &sample->base, (const uint8_t *)sample->bytes,
                          sample->length, &fixture.source, NULL),
        STATUS_OK);
    fixture.buffer.bytes = malloc(4);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.buffer.bytes);
    memcpy(fixture.buffer.bytes, "old", 4);
    fixture.buffer.length = 3;
    fixture.buffer.capacity = 4;
}

static enum status call_encode(struct reason *reason)
{
    return codec_encode_kind(sample->format, sample->kind, &sample->base,
                             &fixture.source, &fixture.buffer, reason);
}

static bool buffer_is_untouched(void)
{
    return fixture.buffer.length == 3 && fixture.buffer.capacity == 4 &&
           memcmp(fixture.buffer.bytes, "old", 4) == 0;
}

static bool buffer_is_replaced(void)
{
    return fixture.buffer.capacity > 4 && fixture.buffer.length > 0;
}

/* Lists. */

enum { LIST_START = 8 }; /* so many records fit without growing */

static void prepare_list(void)
{
    const struct lwm2m_record record = { .path = { { 7, 0, 1, 0 }, 4 },
                                         .value = { .type = LWM2M_TYPE_STRING,
                                                    .as.data = { "a", 1 } } };

    prepare_nothing();
    for (int i = 0; i < LIST_START; i++) {
        CU_ASSERT_EQUAL_FATAL(record_list_add(&fixture.list, &record, NULL),
                              STATUS_OK);
    }
    CU_ASSERT_EQUAL_FATAL(
        record_list_add_empty(&fixture.list, record.path, NULL), STATUS_OK);
}

static enum status call_list_add(struct reason *reason)
{
    const struct lwm2m_record record = { .path = { { 7, 0, 0 }, 3 },
                                         .value = { .type = LWM2M_TYPE_OPAQUE,
                                                    .as.data = { "bc", 2 } } };

    return record_list_add(&fixture.list, &record, reason);
}

static enum status call_list_add_empty(struct reason *reason)
{
    return record_list_add_empty(&fixture.list,
                                 (struct lwm2m_path){ { 7, 1 }, 2 }, reason);
}

static bool list_is_as_prepared(void)
{
    return fixture.list.count == LIST_START && fixture.list.empty_count == 1 &&
           strcmp(fixture.list.records[LIST_START - 1].value.as.data.bytes,
                  "a") == 0 &&
           !record_list_has(&fixture.list,
                            (struct lwm2m_path){ { 7, 0, 0 }, 3 }) &&
           !record_list_has(&fixture.list, (struct lwm2m_path){ { 7, 1 }, 2 });
}

static bool list_has_opaque(void)
{
    const struct lwm2m_record *record =
        record_list_find(&fixture.list, (struct lwm2m_path){ { 7, 0, 0 }, 3 });

    return record != NULL && strcmp(record->value.as.data.bytes, "bc") == 0;
}

static bool list_has_empty(void)
{
    return record_list_has(&fixture.list, (struct lwm2m_path){ { 7, 1 }, 2 });
}

static const char *link_text;

static enum status call_links(struct reason *reason)
{
    return link_list_parse(link_text, strlen(link_text), NULL, &fixture.links,
                           reason);
}

static bool links_are_untouched(void)
{
    return fixture.links.links == NULL && fixture.links.count == 0 &&
           fixture.links.notes == NULL && fixture.links.arena == NULL &&
           fixture.links.root == NULL;
}

static bool links_are_read(void)
{
    return fixture.links.arena != NULL && fixture.links.root != NULL;
}

/* The tests. */

static void definitions_survive_each_failed_allocation(void)
{
    static const struct sweep_operation operations[] = {
        { "definitions_new", prepare_nothing, call_new, fresh_is_null,
          fresh_is_empty, clean_all, false },
        { "definitions_add_xml", prepare_older, call_add_xml,
          only_older_is_there, seven_is_replaced, clean_all, true },
        { "definitions_add_embedded", prepare_older, call_add_embedded,
          only_older_is_there, embedded_are_there, clean_all, true },
    };

    CU_ASSERT_EQUAL(sweep(&operations[0], 1), 1);
    CU_ASSERT(sweep(&operations[1], 1) > 100);
    CU_ASSERT(sweep(&operations[2], 101) > 10);
}

static void decoders_survive_each_failed_allocation(void)
{
    static const struct sweep_operation operation = {
        "codec_decode",    prepare_nothing, call_decode, list_is_untouched,
        sample_is_decoded, clean_all,       false
    };

    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        sample = &samples[i];
        size_t count = sweep(&operation, 1);
        CU_ASSERT(count >= 1);
        printf("%s: %zu; ", sample->name, count);
    }
    printf("\n");
}

static void encoders_survive_each_failed_allocation(void)
{
    static const struct sweep_operation operation = {
        "codec_encode",     prepare_records, call_encode, buffer_is_untouched,
        buffer_is_replaced, clean_all,       false
    };

    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        sample = &samples[i];
        if (sample->format == CONTENT_FORMAT_OPAQUE && sample->notes > 0) {
            continue; /* a String does not go back into octets */
        }
        CU_ASSERT(sweep(&operation, 1) >= 1);
    }
}

static void lists_survive_each_failed_allocation(void)
{
    static const struct sweep_operation operations[] = {
        { "record_list_add", prepare_list, call_list_add, list_is_as_prepared,
          list_has_opaque, clean_all, false },
        { "record_list_add_empty", prepare_list, call_list_add_empty,
          list_is_as_prepared, list_has_empty, clean_all, false },
    };

    CU_ASSERT_EQUAL(sweep(&operations[0], 1), 2);
    CU_ASSERT_EQUAL(sweep(&operations[1], 1), 1);
}

static void links_survive_each_failed_allocation(void)
{
    static const char *const texts[] = {
        "</>;rt=\"oma.lwm2m\";ct=11542,</1/0>, </3/0> ;ver=1.1 ,</5> ",
        "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>",
        "</1/0>",
        "lwm2m=\"1.1\",</1/0>;ssid=1",
        "",
    };
    static const struct sweep_operation operation = {
        "link_list_parse", prepare_nothing, call_links, links_are_untouched,
        links_are_read,    clean_all,       false
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        link_text = texts[i];
        CU_ASSERT(sweep(&operation, 1) >= 1);
    }
}

/** Words, paths and checks must work when memory is out: they report it. */
static void what_reports_needs_no_memory(void)
{
    const struct lwm2m_path path = { { 7, 0, 2 }, 3 };
    const struct lwm2m_value value = { .type = LWM2M_TYPE_INTEGER,
                                       .as.integer = 12 };
    struct lwm2m_path parsed = { .depth = 0 };
    struct reason reason = { .status = STATUS_OK };
    char text[LWM2M_PATH_TEXT_MAX];
    char shown[32];

    sweep_forbid();
    const struct resource_definition *resource =
        definitions_resource(fixture.definitions, &path);
    enum status checked = resource_check_value(resource, &value, &reason);
    enum status is_parsed = lwm2m_path_parse("/7/0/2", 6, &parsed, NULL);
    (void)lwm2m_path_text(&parsed, text);
    (void)lwm2m_value_text(&value, shown, sizeof(shown));
    CU_ASSERT_EQUAL(sweep_allow(), 0);
    CU_ASSERT_EQUAL(checked, STATUS_LIMIT);
    CU_ASSERT_EQUAL(is_parsed, STATUS_OK);
    CU_ASSERT_STRING_EQUAL(text, "/7/0/2");
    CU_ASSERT_STRING_EQUAL(shown, "12");
    CU_ASSERT_STRING_EQUAL(reason.text, "D is to be in 9..1, but is 12");
}

static int set_up(void)
{
    fixture.definitions = definitions_new();
    return fixture.definitions == NULL ||
           definitions_add_xml(fixture.definitions, "7.xml",
                               (const uint8_t *)xml, sizeof(xml) - 1,
                               NULL) != STATUS_OK;
}

static int tear_down(void)
{
    definitions_free(fixture.definitions);
    return 0;
}

int main(void)
{
    /* Before anything of a library runs: its memory fails like ours. */
#if CBOR_MAJOR_VERSION > 0 || CBOR_MINOR_VERSION >= 10
    cbor_set_allocs(sweep_malloc, sweep_realloc, free);
#endif /* older ones, as Debian builds them, take no allocator */
    if (xmlMemSetup(free, sweep_malloc, sweep_realloc, sweep_strdup) != 0 ||
        CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_allocation", set_up, tear_down);
    CU_ADD_TEST(suite, definitions_survive_each_failed_allocation);
    CU_ADD_TEST(suite, decoders_survive_each_failed_allocation);
    CU_ADD_TEST(suite, encoders_survive_each_failed_allocation);
    CU_ADD_TEST(suite, lists_survive_each_failed_allocation);
    CU_ADD_TEST(suite, links_survive_each_failed_allocation);
    CU_ADD_TEST(suite, what_reports_needs_no_memory);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
