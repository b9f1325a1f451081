/* SPDX-License-Identifier: Apache-2.0 */

/* What the fuzz targets found: a violation that had no note, a range that
 * refused good values, a file that broke half-way. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/data.h"
#include "server/data/range.h"

/** Object 9: /1 is a multiple Integer, /2 a single one, /3 an Objlnk. */
static const char xml[] =
    "<LWM2M><Object><ObjectID>9</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:9</ObjectURN><Resources>"
    "<Item ID='1'><Name>Many</Name><Operations>R</Operations>"
    "<MultipleInstances>Multiple</MultipleInstances><Type>Integer</Type></Item>"
    "<Item ID='2'><Name>One</Name><Operations>R</Operations>"
    "<MultipleInstances>Single</MultipleInstances><Type>Integer</Type></Item>"
    "<Item ID='3'><Name>Link</Name><Operations>R</Operations>"
    "<MultipleInstances>Single</MultipleInstances><Type>Objlnk</Type></Item>"
    "</Resources></Object></LWM2M>";

static struct {
    struct definitions *definitions;
} fixture;

static int set_up(void)
{
    fixture.definitions = definitions_new();
    return fixture.definitions == NULL ||
           definitions_add_xml(fixture.definitions, "9.xml",
                               (const uint8_t *)xml, sizeof(xml) - 1,
                               NULL) != STATUS_OK;
}

static int tear_down(void)
{
    definitions_free(fixture.definitions);
    return 0;
}

/** The texts of all notes of the class, "; " between. */
static void join_notes(const struct record_list *list,
                       enum record_note_class class, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < list->note_count && used < size; i++) {
        if (list->notes[i].class == class) {
            used += (size_t)snprintf(text + used, size - used, "%s%s",
                                     used > 0 ? "; " : "", list->notes[i].text);
        }
    }
}

static void payload_says_what_it_violates(void)
{
    static const struct {
        const char *about;
        const char *bytes;
        size_t length;
        const char *violations;
        const char *tolerated;
    } rows[] = {
        { "/9/0/1", "\x86\x01\x41\x00\x05\x41\x01\x06", 8, "", "" },
        { "/9/0/1", "\x41\x00\x05", 3, "",
          "Resource Instance without its Multiple Resource" },
        { "/9/0/2", "\x41\x00\x05", 3,
          "Resource Instance for a single-instance Resource",
          "Resource Instance without its Multiple Resource" },
        { "/9/0/1/0", "\x41\x00\x05", 3, "", "" },
        { "/9/0/1/0", "\x41\x01\x05", 3, "/9/0/1/1 in a payload about /9/0/1/0",
          "" },
        { "/9/0/1/0", "\x83\x01\x41\x00\x05", 5, "",
          "Resource Instance wrapped in its Multiple Resource" },
        /* The wrapper brings a second Resource Instance along. */
        { "/9/0/1/0", "\x86\x01\x41\x00\x05\x41\x01\x06", 8,
          "/9/0/1/1 in a payload about /9/0/1/0",
          "Resource Instance wrapped in its Multiple Resource" },
        { "/9/0/1", "\xc1\x02\x05", 3, "/9/0/2 in a payload about /9/0/1", "" },
        { "/9/0", "\x03\x00\xc1\x02\x05", 5, "",
          "Object Instance TLV 0 in a payload about 0" },
        { "/9/0", "\x03\x01\xc1\x02\x05", 5, "/9/1/2 in a payload about /9/0",
          "Object Instance TLV 1 in a payload about 0" },
        { "/9/0", "\xc1\x02\x05\xc1\x02\x06", 6, "given twice", "" },
        { "/9/0", "\x80\x01\x83\x01\x41\x00\x05", 7, "given twice", "" },
        { "/9/0", "\x83\x01\x41\x00\x05\x80\x01", 7, "given twice", "" },
        { "/9/0", "\x80\x01\x80\x01", 4, "given twice", "" },
        { "/9/0", "\xc1\x01\x05\x83\x01\x41\x00\x05", 8,
          "Resource for a multiple-instance Resource; given twice", "" },
        { "/9", "\x00\x00\x03\x00\xc1\x02\x05", 7, "given twice", "" },
        { "/9", "\x00\x00\x03\x01\xc1\x02\x05", 7, "", "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lwm2m_path path;
        struct record_list list;
        char violations[400];
        char tolerated[400];
        record_list_init(&list);
        CU_ASSERT_EQUAL_FATAL(
            lwm2m_path_parse(rows[i].about, strlen(rows[i].about), &path, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_TLV, fixture.definitions,
                                     &path, (const uint8_t *)rows[i].bytes,
                                     rows[i].length, &list, NULL),
                        STATUS_OK);
        join_notes(&list, RECORD_NOTE_NON_CONFORMING, violations,
                   sizeof(violations));
        join_notes(&list, RECORD_NOTE_TOLERATED, tolerated, sizeof(tolerated));
        if (strcmp(violations, rows[i].violations) != 0 ||
            strcmp(tolerated, rows[i].tolerated) != 0) {
            printf("row %zu: '%s', '%s'\n", i, violations, tolerated);
        }
        CU_ASSERT_STRING_EQUAL(violations, rows[i].violations);
        CU_ASSERT_STRING_EQUAL(tolerated, rows[i].tolerated);
        record_list_release(&list);
    }
}

static void leading_zeros_of_an_objlnk_are_noted(void)
{
    static const struct {
        const char *text;
        const char *tolerated;
    } rows[] = {
        { "9:0", "" },
        { "09:0", "leading zeros" },
        { "9:00", "leading zeros" },
        { "65535:65535", "" },
    };
    const struct lwm2m_path path = lwm2m_path_resource(9, 0, 3);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct record_list list;
        char tolerated[200];
        record_list_init(&list);
        CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_TEXT, fixture.definitions,
                                     &path, (const uint8_t *)rows[i].text,
                                     strlen(rows[i].text), &list, NULL),
                        STATUS_OK);
        join_notes(&list, RECORD_NOTE_TOLERATED, tolerated, sizeof(tolerated));
        CU_ASSERT_STRING_EQUAL(tolerated, rows[i].tolerated);
        record_list_release(&list);
    }
}

static void range_takes_the_values_that_lie_in_it(void)
{
    static const struct {
        const char *text;
        int64_t value;
        enum status status;
    } rows[] = {
        { "0 bytes", 5, STATUS_OK }, /* says nothing about values */
        { "1.8", 0, STATUS_OK },     /* no Integer could be that */
        { "1.8,3", 2, STATUS_MALFORMED },
        { "1.8,3", 3, STATUS_OK },
        { "0.5..10", 0, STATUS_MALFORMED },
        { "0.5..10", 1, STATUS_OK },
        { "0.5..10", 10, STATUS_OK },
        { "0.5..10", 11, STATUS_MALFORMED },
        { "-2.5..2.5", -3, STATUS_MALFORMED },
        { "-2.5..2.5", -2, STATUS_OK },
        { "-2.5..2.5", 2, STATUS_OK },
        { "-2.5..2.5", 3, STATUS_MALFORMED },
        { "0..100.0", 100, STATUS_OK },
        { "0..100.0", 101, STATUS_MALFORMED },
        { "0..99999999999999999999", INT64_MAX, STATUS_OK },
        /* Equal as doubles, and reversed: a warning only. */
        { "9007199254740993..9007199254740992", INT64_C(9007199254740992),
          STATUS_OK },
        { "9007199254740993..9007199254740992", INT64_C(9007199254740993),
          STATUS_OK },
        { "9007199254740993..9007199254740992", INT64_C(9007199254740994),
          STATUS_LIMIT },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct range range;
        const struct lwm2m_value value = { .type = LWM2M_TYPE_INTEGER,
                                           .as.integer = rows[i].value };
        range_parse(rows[i].text, LWM2M_TYPE_INTEGER, &range);
        const struct resource_definition resource = {
            .name = "Number",
            .type = LWM2M_TYPE_INTEGER,
            .range_text = rows[i].text,
            .strictness = range.strictness,
            .intervals = range.intervals,
            .interval_count = range.count,
        };
        enum status status = resource_check_value(&resource, &value, NULL);
        if (status != rows[i].status) {
            printf("%s: %s\n", rows[i].text, status_name(status));
        }
        CU_ASSERT_EQUAL(status, rows[i].status);
    }
}

/** The first Object of the file is good, replaces one and warns. */
static void file_that_breaks_half_way_leaves_the_set_alone(void)
{
    static const char broken[] =
        "<LWM2M><Object><ObjectID>9</ObjectID>"
        "<ObjectURN>urn:oma:lwm2m:oma:9</ObjectURN><Resources><Item ID='7'>"
        "<MultipleInstances>Single</MultipleInstances>"
        "<Operations>R</Operations></Item></Resources></Object>"
        "<Object><ObjectID>10</ObjectID></Object></LWM2M>";
    const char *const before = definitions_warning(fixture.definitions, 0);
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(definitions_add_xml(fixture.definitions, "broken.xml",
                                        (const uint8_t *)broken,
                                        sizeof(broken) - 1, &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "broken.xml: "));
    const struct object_definition *object =
        definitions_object(fixture.definitions, 9, 1, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_EQUAL(object->resource_count, 3);
    CU_ASSERT_PTR_NULL(object_resource(object, 7));
    CU_ASSERT_PTR_EQUAL(definitions_warning(fixture.definitions, 0), before);
}

/** A hostile file makes few letters many; what we read has no entities. */
static void entities_are_not_expanded(void)
{
    struct definitions *definitions = definitions_new();
    char text[4096];
    size_t used = (size_t)snprintf(
        text, sizeof(text), "<!DOCTYPE LWM2M [<!ENTITY e0 '0123456789'>");

    CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
    for (int i = 1; i <= 3; i++) {
        used += (size_t)snprintf(text + used, sizeof(text) - used,
                                 "<!ENTITY e%d '&e%d;&e%d;'>", i, i - 1, i - 1);
    }
    used += (size_t)snprintf(
        text + used, sizeof(text) - used,
        "]><LWM2M><Object><Name>a&lt;&e3;b</Name><ObjectID>8</ObjectID>"
        "<ObjectURN>urn:oma:lwm2m:oma:8</ObjectURN><Resources><Item ID='7'>"
        "<MultipleInstances>Single</MultipleInstances><Type>Integer</Type>"
        "<Operations>R</Operations></Item></Resources></Object></LWM2M>");
    CU_ASSERT_EQUAL(definitions_add_xml(definitions, "entities.xml",
                                        (const uint8_t *)text, used, NULL),
                    STATUS_OK);
    const struct object_definition *object =
        definitions_object(definitions, 8, 1, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(object);
    CU_ASSERT_STRING_EQUAL(object->name, "a<b");
    definitions_free(definitions);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_violations", set_up, tear_down);
    CU_ADD_TEST(suite, payload_says_what_it_violates);
    CU_ADD_TEST(suite, leading_zeros_of_an_objlnk_are_noted);
    CU_ADD_TEST(suite, range_takes_the_values_that_lie_in_it);
    CU_ADD_TEST(suite, file_that_breaks_half_way_leaves_the_set_alone);
    CU_ADD_TEST(suite, entities_are_not_expanded);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
