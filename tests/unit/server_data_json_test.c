/* SPDX-License-Identifier: Apache-2.0 */

/* The JSON formats beyond their vectors: what is an error, what is noted, and
 * what is sent. */
#include <CUnit/Basic.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "server/data/data.h"
#include "server/data/senml.h"

enum { TEXT_SIZE = 512 };

#define ITEM(id, multiple, type)                                               \
    "<Item ID='" #id "'><Name>R" #id "</Name><Operations>RW</Operations>"      \
    "<MultipleInstances>" #multiple "</MultipleInstances>"                     \
    "<Mandatory>Optional</Mandatory><Type>" type "</Type></Item>"

/** Object 9: one Resource of each type; 10 and 11 have several instances. */
static const char xml[] =
    "<LWM2M><Object><Name>Nine</Name><ObjectID>9</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:x:9</ObjectURN><Resources>" ITEM(0, Single,
                                                               "String")
        ITEM(1, Single, "Integer") ITEM(2, Single, "Unsigned Integer")
            ITEM(3, Single, "Float") ITEM(4, Single, "Boolean")
                ITEM(5, Single, "Opaque") ITEM(6, Single, "Time")
                    ITEM(7, Single, "Objlnk") ITEM(8, Single, "Corelnk")
                        ITEM(9, Single, "") ITEM(10, Multiple, "Integer")
                            ITEM(11, Multiple,
                                 "Opaque") "</Resources></Object></LWM2M>";

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

static struct lwm2m_path path_of(const char *text)
{
    struct lwm2m_path path = { .depth = 0 };

    CU_ASSERT_EQUAL_FATAL(lwm2m_path_parse(text, strlen(text), &path, NULL),
                          STATUS_OK);
    return path;
}

/** Append to a text; what does not fit is cut. */
static void add(char text[TEXT_SIZE], const char *part, const char *more)
{
    size_t used = strlen(text);

    (void)snprintf(text + used, TEXT_SIZE - used, "%s%s", part, more);
}

/** "/9/0/1 Integer 5 @7; ": one for each record. */
static void show_records(const struct record_list *list, char text[TEXT_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < list->count; i++) {
        const struct lwm2m_record *record = &list->records[i];
        char path[LWM2M_PATH_TEXT_MAX];
        char value[128];
        char time[64] = "";
        if (record->has_time) {
            (void)snprintf(time, sizeof(time), " @%.17g", record->time_s);
        }
        add(text, i > 0 ? "; " : "", lwm2m_path_text(&record->path, path));
        add(text, " ", lwm2m_type_name(record->value.type));
        add(text, " ", lwm2m_value_text(&record->value, value, sizeof(value)));
        add(text, time, "");
    }
}

static void show_notes(const struct record_list *list, char text[TEXT_SIZE])
{
    text[0] = '\0';
    for (size_t i = 0; i < list->note_count; i++) {
        const struct record_note *note = &list->notes[i];
        add(text, i > 0 ? "; " : "",
            note->class == RECORD_NOTE_TOLERATED ? "~" : "!");
        add(text, note->text, "");
    }
}

/** A payload and what comes out of it: records and notes, or a reason. */
struct row {
    const char *base;
    const char *payload;
    const char *records; /**< NULL: refused */
    const char *words;   /**< notes ('~' tolerated, '!' not), or the reason */
};

static void check_rows(int format, enum payload_kind kind,
                       const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct lwm2m_path base = path_of(rows[i].base);
        struct record_list list;
        struct reason reason = { .status = STATUS_OK };
        char records[TEXT_SIZE] = "";
        char words[TEXT_SIZE] = "";
        record_list_init(&list);
        enum status status =
            codec_decode_kind(format, kind, fixture.definitions, &base,
                              (const uint8_t *)rows[i].payload,
                              strlen(rows[i].payload), &list, &reason);
        if (status == STATUS_OK) {
            show_records(&list, records);
            show_notes(&list, words);
        } else {
            add(words, reason.text, "");
        }
        bool good =
            (status == STATUS_OK) == (rows[i].records != NULL) &&
            (status == STATUS_OK || status == STATUS_MALFORMED ||
             status == STATUS_LIMIT) &&
            strcmp(words, rows[i].words) == 0 &&
            (rows[i].records == NULL || strcmp(records, rows[i].records) == 0);
        if (!good) {
            printf("%s: '%s', '%s'\n", rows[i].payload, records, words);
        }
        CU_ASSERT(good);
        record_list_release(&list);
    }
}
#define CHECK_ROWS(format, kind, rows)                                         \
    check_rows(format, kind, rows, sizeof(rows) / sizeof((rows)[0]))

static void senml_resolves_names_and_times(void)
{
    static const struct row rows[] = {
        { "/9/0", "[ { \"n\" : \"/9/0/1\" , \"v\" : 5 } ] ", "/9/0/1 Integer 5",
          "" },
        { "/9/0", "[{\"v\":5,\"n\":\"1\",\"bn\":\"/9/0/\"}]",
          "/9/0/1 Integer 5", "" },
        { "/9/0",
          "[{\"\\u0062n\":\"\\/9\\/0\\/\",\"\\u006e\":\"\\u0031\","
          "\"v\":5}]",
          "/9/0/1 Integer 5", "" },
        { "/9/0",
          "[{\"bn\":\"/9/0/\",\"n\":\"1\",\"v\":1},"
          "{\"bn\":\"/9/0/1\",\"n\":\"0/1\",\"v\":2},"
          "{\"bn\":\"\",\"n\":\"/9/0/2\",\"v\":3}]",
          "/9/0/1 Integer 1; /9/0/10/1 Integer 2; /9/0/2 Unsigned Integer 3",
          "" },
        { "/9/0", "[{\"n\":\"9/0/1\",\"v\":5},{\"n\":\"9/0/2\",\"v\":5}]",
          "/9/0/1 Integer 5; /9/0/2 Unsigned Integer 5",
          "~a name without a leading slash" },
        { "/9/0",
          "[{\"bn\":\"/lwm2m/9/0/\",\"n\":\"1\",\"v\":5},"
          "{\"n\":\"2\",\"v\":5}]",
          "/9/0/1 Integer 5; /9/0/2 Unsigned Integer 5",
          "~names begin with '/lwm2m'" },
        { "/9/0",
          "[{\"bt\":1500000000,\"n\":\"/9/0/1\",\"v\":1},"
          "{\"n\":\"/9/0/1\",\"v\":2,\"t\":-1.5},"
          "{\"bt\":1600000000,\"n\":\"/9/0/1\",\"v\":3,\"t\":1}]",
          "/9/0/1 Integer 1 @1500000000; /9/0/1 Integer 2 @1499999998.5; "
          "/9/0/1 Integer 3 @1600000001",
          "" },
        { "/9/0",
          "[{\"n\":\"/9/0/1\",\"v\":1,\"t\":-5},"
          "{\"n\":\"/9/0/1\",\"v\":2}]",
          "/9/0/1 Integer 1 @-5; /9/0/1 Integer 2", "" },
        { "/9/0",
          "[{\"n\":\"/9/0/1\",\"v\":1,\"t\":268435455},"
          "{\"n\":\"/9/0/1\",\"v\":2,\"t\":268435456}]",
          "/9/0/1 Integer 1 @268435455; /9/0/1 Integer 2 @268435456",
          "~time 268435455: absolute for OMA, relative for RFC 8428" },
        { "/9/0",
          "[{\"bver\":10,\"bu\":\"A\",\"u\":\"V\",\"s\":1,\"ut\":2,"
          "\"x\":{\"y_\":[null]},\"n\":\"/9/0/1\",\"v\":1}]",
          "/9/0/1 Integer 1", "" },
        { "/9", "[]", "", "" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, rows);
    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATCH, rows);
    CHECK_ROWS(CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH, rows);
}

static void senml_notes_what_it_still_understands(void)
{
    static const struct row rows[] = {
        { "/9/0/1", "[{\"n\":\"/9/0/1\",\"v\":1.0}]", "/9/0/1 Integer 1",
          "~Integer as a number with fraction or exponent" },
        { "/9/0/1", "[{\"n\":\"/9/0/1\",\"v\":1.5}]", "/9/0/1 Float 1.5",
          "!the number 1.5 is no Integer" },
        { "/9/0/1", "[{\"n\":\"/9/0/1\",\"v\":9223372036854775808}]",
          "/9/0/1 Unsigned Integer 9223372036854775808",
          "!the number 9223372036854775808 is no Integer" },
        { "/9/0/2", "[{\"n\":\"/9/0/2\",\"v\":-1}]", "/9/0/2 Integer -1",
          "!the number -1 is no Unsigned Integer" },
        { "/9/0/1", "[{\"n\":\"/9/0/1\",\"vs\":\"1\"}]", "/9/0/1 String \"1\"",
          "!text where Integer is expected" },
        { "/9/0/4", "[{\"n\":\"/9/0/4\",\"v\":1}]", "/9/0/4 Integer 1",
          "!the number 1 is no Boolean" },
        { "/9/0/0", "[{\"n\":\"/9/0/0\",\"vb\":true}]", "/9/0/0 Boolean true",
          "!a Boolean where String is expected" },
        { "/9/0/5", "[{\"n\":\"/9/0/5\",\"vs\":\"AQ\"}]",
          "/9/0/5 String \"AQ\"", "!text where Opaque is expected" },
        { "/9/0/0", "[{\"n\":\"/9/0/0\",\"vd\":\"AQ\"}]", "/9/0/0 Opaque 01",
          "!bytes where String is expected" },
        { "/9/0/7", "[{\"n\":\"/9/0/7\",\"vs\":\"1:2\"}]",
          "/9/0/7 String \"1:2\"", "!text where Objlnk is expected" },
        { "/9/0/0", "[{\"n\":\"/9/0/0\",\"vlo\":\"1:2\"}]", "/9/0/0 Objlnk 1:2",
          "!a link where String is expected" },
        { "/9/0/7", "[{\"n\":\"/9/0/7\",\"vlo\":\"1\"}]", "/9/0/7 String \"1\"",
          "!'1' is no Objlnk" },
        { "/9/0/7", "[{\"n\":\"/9/0/7\",\"vlo\":\"01:2\"}]",
          "/9/0/7 Objlnk 1:2", "~Objlnk with leading zeros" },
        { "/9/0/5", "[{\"n\":\"/9/0/5\",\"vd\":\"AQ==\"}]", "/9/0/5 Opaque 01",
          "~'vd' with padding" },
        { "/9/0/5", "[{\"n\":\"/9/0/5\",\"vd\":\"-/8\"}]", "/9/0/5 Opaque fbff",
          "!'vd' in the standard alphabet of Base64" },
        { "/9/0", "[{\"n\":\"/9/0/1/0\",\"v\":1}]", "/9/0/1/0 Integer 1",
          "!single-instance Resource named with a Resource Instance" },
        { "/9/0", "[{\"n\":\"/9/0/10\",\"v\":1}]", "/9/0/10 Integer 1",
          "!multiple-instance Resource named without its Resource Instance" },
        { "/9/0", "[{\"n\":\"/9/1/1\",\"v\":1}]", "/9/1/1 Integer 1",
          "!/9/1/1 in a payload about /9/0" },
        { "/9/0", "[{\"n\":\"/9/0/1\",\"v\":1},{\"n\":\"/9/0/1\",\"v\":1}]",
          "/9/0/1 Integer 1; /9/0/1 Integer 1", "!given twice" },
        { "/9/0",
          "[{\"n\":\"/9/0/1\",\"v\":1,\"t\":-5},"
          "{\"bt\":-6,\"n\":\"/9/0/1\",\"v\":2,\"t\":1}]",
          "/9/0/1 Integer 1 @-5; /9/0/1 Integer 2 @-5", "!given twice" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, rows);
}

static void senml_without_definition_keeps_what_values_show(void)
{
    static const struct row rows[] = {
        { "/8/0", "[{\"n\":\"/8/0/1\",\"v\":-1}]", "/8/0/1 Integer -1", "" },
        { "/8/0", "[{\"n\":\"/8/0/1\",\"v\":18446744073709551615}]",
          "/8/0/1 Unsigned Integer 18446744073709551615", "" },
        { "/8/0", "[{\"n\":\"/8/0/1\",\"v\":18446744073709551616}]",
          "/8/0/1 Float 1.8446744073709552e+19", "" },
        { "/8/0", "[{\"n\":\"/8/0/1\",\"v\":5.0}]", "/8/0/1 Float 5", "" },
        { "/8/0", "[{\"n\":\"/8/0/1\",\"vlo\":\"65535:65535\"}]",
          "/8/0/1 Objlnk 65535:65535", "" },
        { "/8/0", "[{\"n\":\"/8/0/1\",\"vd\":\"\"}]", "/8/0/1 Opaque (empty)",
          "" },
        { "/9/0", "[{\"n\":\"/9/0/9\",\"vb\":false}]", "/9/0/9 Boolean false",
          "" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, rows);
}

#define AT_1 "record at offset 1: "

static void senml_refuses_what_has_no_meaning(void)
{
    static const struct row rows[] = {
        { "/9", "", NULL, "JSON at offset 0: a value is expected" },
        { "/9", "{}", NULL, "JSON at offset 0: 'a pack' is to be an array" },
        { "/9", "[[]]", NULL,
          "JSON at offset 1: 'a record' is to be an object" },
        { "/9", "[]1", NULL,
          "JSON at offset 2: nothing is expected behind the value" },
        { "/9", "[{\"v\":1}]", NULL, AT_1 "without a name" },
        { "/9", "[{\"n\":\"\",\"v\":1}]", NULL, AT_1 "without a name" },
        { "/9", "[{\"n\":\"/9/0\",\"v\":1}]", NULL,
          "record at offset 1, /9/0: a value, but not at a Resource" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"vb\":true}]", NULL,
          AT_1 "a second value" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":\"1\"}]", NULL,
          "JSON at offset 19: 'v' is to be a number of binary64" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1e309}]", NULL,
          "JSON at offset 19: 'v' is to be a number of binary64" },
        { "/9", "[{\"n\":\"/9/0/1\",\"vb\":1}]", NULL,
          "JSON at offset 20: 'vb' is to be true or false" },
        { "/9", "[{\"n\":\"/9/0/1\",\"vs\":[]}]", NULL,
          "JSON at offset 20: 'vs' is to be a string" },
        { "/9", "[{\"n\":1,\"v\":1}]", NULL,
          "JSON at offset 6: 'n' is to be a string" },
        { "/9", "[{\"n\":null,\"v\":1}]", NULL, AT_1 "'n' of another kind" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":null}]", NULL,
          "record at offset 1, /9/0/1: null is for patches in SenML-ETCH" },
        { "/9", "[{\"n\":\"/9/0/5\",\"vd\":\"A\"}]", NULL,
          "JSON at offset 20: 'vd' is no Base64" },
        { "/9", "[{\"n\":\"/9/0/5\",\"vd\":\"AR\"}]", NULL,
          "JSON at offset 20: 'vd' is no Base64" },
        { "/9", "[{\"n\":\"/9/0/5\",\"vd\":\"AQ=\"}]", NULL,
          "JSON at offset 20: 'vd' is no Base64" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"bv\":1}]", NULL,
          AT_1 "'bv' has no use in LwM2M" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"bs\":1}]", NULL,
          AT_1 "'bs' has no use in LwM2M" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"bver\":0}]", NULL,
          AT_1 "a base version not in 1..10" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"bver\":9.5}]", NULL,
          AT_1 "a base version not in 1..10" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"x_\":1}]", NULL,
          "JSON at offset 21: a member that must be understood" },
        { "/9", "[{\"n\":\"/9/0/1\",\"v\":1,\"n\":\"/9/0/2\"}]", NULL,
          "JSON at offset 21: a name that the object has already" },
        { "/9", "[{\"bt\":1e308,\"t\":1e308,\"n\":\"/9/0/1\",\"v\":1}]", NULL,
          AT_1 "a time beyond all bounds" },
        { "/9", "[{\"n\":\"/9x/0/1\",\"v\":1}]", NULL,
          AT_1 "path '/9x/0/1': '/' expected at offset 2" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, rows);
}

static void names_are_limited(void)
{
    char payload[TEXT_SIZE] = "[{\"bn\":\"/";
    struct lwm2m_path base = path_of("/9");
    struct record_list list;

    for (size_t i = 1; i < SENML_NAME_MAX - strlen("/9/0/1"); i++) {
        add(payload, "a", "");
    }
    size_t length = strlen(payload);
    record_list_init(&list);
    add(payload, "\",\"n\":\"/9/0/1\",\"v\":1}]", "");
    CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_SENML_JSON, NULL, &base,
                                 (const uint8_t *)payload, strlen(payload),
                                 &list, NULL),
                    STATUS_OK);
    record_list_release(&list);
    payload[length] = '\0';
    add(payload, "a\",\"n\":\"/9/0/1\",\"v\":1}]", "");
    CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_SENML_JSON, NULL, &base,
                                 (const uint8_t *)payload, strlen(payload),
                                 &list, NULL),
                    STATUS_LIMIT);
    CU_ASSERT_EQUAL(list.count, 0);
}

static void paths_are_asked_for_at_any_depth(void)
{
    static const struct row rows[] = {
        { "/",
          "[{\"n\":\"/\"},{\"n\":\"/9\"},{\"n\":\"/9/0\"},"
          "{\"n\":\"/9/0/1\"},{\"n\":\"/9/0/10/2\"}]",
          "/ none (none); /9 none (none); /9/0 none (none); "
          "/9/0/1 none (none); /9/0/10/2 none (none)",
          "" },
        { "/", "[{\"bn\":\"/9/0\"},{\"n\":\"/1\"}]",
          "/9/0 none (none); /9/0/1 none (none)", "" },
        { "/9/0", "[{\"n\":\"/9\"}]", "/9 none (none)",
          "!/9 in a payload about /9/0" },
        { "/", "[]", NULL, "a pack that asks for nothing" },
        { "/", "[{\"n\":\"/9/0/1\",\"v\":1}]", NULL,
          "record at offset 1, /9/0/1: a value where paths are asked for" },
        { "/", "[{\"n\":\"/9/0/1\",\"v\":null}]", NULL,
          "record at offset 1, /9/0/1: a value where paths are asked for" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATHS, rows);
    CHECK_ROWS(CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATHS, rows);
}

static void null_deletes_a_resource_instance_in_a_patch_of_etch(void)
{
    static const struct row etch[] = {
        { "/", "[{\"n\":\"/9/0/10/2\",\"vd\":null}]", "/9/0/10/2 none (none)",
          "" },
        { "/", "[{\"n\":\"/9/0/10\",\"v\":null}]", NULL,
          "record at offset 1, /9/0/10: null deletes a Resource Instance, "
          "nothing else" },
        { "/", "[{\"n\":\"/9/0\",\"v\":null}]", NULL,
          "record at offset 1, /9/0: a value, but not at a Resource" },
        { "/", "[{\"n\":\"/9/0/10/2\"}]", NULL,
          "record at offset 1, /9/0/10/2: without a value" },
        { "/", "[{\"n\":\"/9/0/10/2\",\"v\":null,\"vs\":null}]", NULL,
          AT_1 "a second value" },
    };
    static const struct row senml[] = {
        { "/", "[{\"n\":\"/9/0/10/2\",\"v\":null}]", NULL,
          "record at offset 1, /9/0/10/2: null is for patches in SenML-ETCH" },
    };

    CHECK_ROWS(CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH, etch);
    CHECK_ROWS(CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATCH, senml);
}

static void old_json_has_its_own_members(void)
{
    static const struct row rows[] = {
        { "/9/0", "{\"e\":[]}", "", "" },
        { "/9/0", "{\"e\":[{\"n\":\"1\",\"v\":5}],\"bn\":\"/9/0/\"}",
          "/9/0/1 Integer 5", "" },
        { "/9/0", "{\"bn\":\"9/0/\",\"e\":[{\"n\":\"1\",\"v\":5}]}",
          "/9/0/1 Integer 5", "~a name without a leading slash" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/1\",\"v\":5}]}", "/9/0/1 Integer 5",
          "" },
        { "/9/0", "{\"e\":[{\"n\":\"1\",\"v\":5},{\"n\":\"2\",\"v\":6}]}",
          "/9/0/1 Integer 5; /9/0/2 Unsigned Integer 6",
          "~a name relative to the request, without base name" },
        { "/9/0/1", "{\"e\":[{\"v\":5}]}", "/9/0/1 Integer 5",
          "~a name relative to the request, without base name" },
        { "/9/0",
          "{\"bt\":100,\"e\":[{\"n\":\"/9/0/1\",\"v\":5},"
          "{\"n\":\"/9/0/1\",\"v\":6,\"t\":-1}]}",
          "/9/0/1 Integer 5 @100; /9/0/1 Integer 6 @99", "" },
        { "/9/0",
          "{\"x\":[],\"e\":[{\"n\":\"/9/0/0\",\"sv\":\"a\\u20ac\","
          "\"y\":{}}]}",
          "/9/0/0 String \"a\xe2\x82\xac\"", "" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/5\",\"sv\":\"+/8=\"}]}",
          "/9/0/5 Opaque fbff", "" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/5\",\"sv\":\"-_8\"}]}",
          "/9/0/5 String \"-_8\"", "!text where Opaque is expected" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/7\",\"ov\":\"1:2\"}]}",
          "/9/0/7 Objlnk 1:2", "" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/10\",\"v\":1}]}", "/9/0/10 Integer 1",
          "!multiple-instance Resource named without its Resource Instance" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/0\",\"vs\":\"a\"}]}", NULL,
          "record at offset 6, /9/0/0: without a value" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/1\",\"v\":1,\"sv\":\"1\"}]}", NULL,
          "record at offset 6: a second value" },
        { "/9/0", "{\"e\":[{\"n\":\"/9/0/1\",\"v\":null}]}", NULL,
          "record at offset 6, /9/0/1: null is for patches in SenML-ETCH" },
        { "/9/0", "{\"bn\":\"/9/0\"}", NULL, "JSON without 'e'" },
        { "/9/0", "{\"e\":{}}", NULL,
          "JSON at offset 5: 'e' is to be an array" },
        { "/9/0", "{\"e\":[1]}", NULL,
          "JSON at offset 6: 'an entry' is to be an object" },
        { "/9/0", "{\"e\":[],\"e\":[]}", NULL,
          "JSON at offset 8: a name that the object has already" },
        { "/9/0", "{\"bn\":null,\"e\":[]}", NULL,
          "JSON at offset 6: 'bn' is null" },
        { "/9/0", "{\"bt\":\"1\",\"e\":[]}", NULL,
          "JSON at offset 6: 'bt' is to be a number of binary64" },
        { "/9/0", "[]", NULL,
          "JSON at offset 0: 'the whole' is to be an object" },
    };

    CHECK_ROWS(CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, rows);
}

/** One list of every type, all at or below `base`. */
static const struct lwm2m_record all_types[] = {
    { { { 9, 0, 0 }, 3 },
      { LWM2M_TYPE_STRING,
        { .data = { "\"\\/\b\f\n\r\t\x01\x7f\xc3\xbc", 12 } } },
      false,
      0 },
    { { { 9, 0, 1 }, 3 },
      { LWM2M_TYPE_INTEGER, { .integer = INT64_MIN } },
      false,
      0 },
    { { { 9, 0, 2 }, 3 },
      { LWM2M_TYPE_UNSIGNED, { .unsigned_integer = UINT64_MAX } },
      false,
      0 },
    { { { 9, 0, 3 }, 3 }, { LWM2M_TYPE_FLOAT, { .real = 0.1 } }, false, 0 },
    { { { 9, 0, 4 }, 3 },
      { LWM2M_TYPE_BOOLEAN, { .boolean = true } },
      false,
      0 },
    { { { 9, 0, 5 }, 3 },
      { LWM2M_TYPE_OPAQUE, { .data = { "\xfb\xff", 2 } } },
      false,
      0 },
    { { { 9, 0, 6 }, 3 },
      { LWM2M_TYPE_TIME, { .integer = 5000000000 } },
      true,
      1.5 },
    { { { 9, 0, 7 }, 3 },
      { LWM2M_TYPE_OBJLNK, { .link = { 65535, 65535 } } },
      true,
      1e10 },
    { { { 9, 0, 8 }, 3 },
      { LWM2M_TYPE_CORELNK, { .data = { "</1>;a=\"b\"", 10 } } },
      false,
      0 },
    { { { 9, 0, 11, 3 }, 4 },
      { LWM2M_TYPE_UNKNOWN, { .data = { "\x01", 1 } } },
      false,
      0 },
};

static void check_sent(int format, enum payload_kind kind, const char *base,
                       const struct lwm2m_record *records, size_t count,
                       const char *wanted)
{
    struct lwm2m_path path = path_of(base);
    struct record_list list = { .records =
                                    (struct lwm2m_record *)(uintptr_t)records,
                                .count = count };
    struct byte_buffer buffer;
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&buffer);
    enum status status =
        codec_encode_kind(format, kind, &path, &list, &buffer, &reason);
    CU_ASSERT_EQUAL(status, wanted != NULL ? STATUS_OK : STATUS_INVALID);
    CU_ASSERT_EQUAL(buffer.length, wanted != NULL ? strlen(wanted) : 0);
    bool good =
        wanted == NULL || (buffer.length == strlen(wanted) &&
                           memcmp(buffer.bytes, wanted, buffer.length) == 0);
    if (!good) {
        printf("'%.*s', not '%s' %s\n", (int)buffer.length,
               buffer.length > 0 ? (const char *)buffer.bytes : "", wanted,
               reason.text);
    }
    CU_ASSERT(good);
    byte_buffer_release(&buffer);
}

static void every_type_is_sent_in_its_field(void)
{
    enum { COUNT = sizeof(all_types) / sizeof(all_types[0]) };

    check_sent(
        CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, "/9/0", all_types, COUNT,
        "[{\"bn\":\"/9/0/\",\"n\":\"0\",\"vs\":\"\\\"\\\\/\\b\\f\\n\\r\\t"
        "\\u0001\x7f\xc3\xbc\"},{\"n\":\"1\",\"v\":-9223372036854775808},"
        "{\"n\":\"2\",\"v\":18446744073709551615},{\"n\":\"3\",\"v\":0.1},"
        "{\"n\":\"4\",\"vb\":true},{\"n\":\"5\",\"vd\":\"-_8\"},"
        "{\"n\":\"6\",\"v\":5000000000,\"t\":1.5},"
        "{\"n\":\"7\",\"vlo\":\"65535:65535\",\"t\":10000000000},"
        "{\"n\":\"8\",\"vs\":\"</1>;a=\\\"b\\\"\"},"
        "{\"n\":\"11/3\",\"vd\":\"AQ\"}]");
    check_sent(
        CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, "/9/0", all_types, COUNT,
        "{\"bn\":\"/9/0/\",\"e\":[{\"n\":\"0\",\"sv\":\"\\\"\\\\/\\b\\f\\n\\r"
        "\\t\\u0001\x7f\xc3\xbc\"},{\"n\":\"1\",\"v\":-9223372036854775808},"
        "{\"n\":\"2\",\"v\":18446744073709551615},{\"n\":\"3\",\"v\":0.1},"
        "{\"n\":\"4\",\"bv\":true},{\"n\":\"5\",\"sv\":\"+/8=\"},"
        "{\"n\":\"6\",\"v\":5000000000,\"t\":1.5},"
        "{\"n\":\"7\",\"ov\":\"65535:65535\",\"t\":10000000000},"
        "{\"n\":\"8\",\"sv\":\"</1>;a=\\\"b\\\"\"},"
        "{\"n\":\"11/3\",\"sv\":\"AQ==\"}]}");
}

static void names_follow_the_path_of_the_request(void)
{
    static const struct lwm2m_record one[] = {
        { { { 9, 0, 10, 1 }, 4 },
          { LWM2M_TYPE_INTEGER, { .integer = 5 } },
          false,
          0 },
    };
    static const struct lwm2m_record both[] = {
        { { { 9, 0, 10 }, 3 },
          { LWM2M_TYPE_INTEGER, { .integer = 5 } },
          false,
          0 },
        { { { 9, 0, 10, 1 }, 4 },
          { LWM2M_TYPE_INTEGER, { .integer = 6 } },
          false,
          0 },
    };
    static const struct {
        const char *base;
        const char *senml;
        const char *old;
    } rows[] = {
        { "/", "[{\"n\":\"/9/0/10/1\",\"v\":5}]",
          "{\"e\":[{\"n\":\"/9/0/10/1\",\"v\":5}]}" },
        { "/9", "[{\"bn\":\"/9/\",\"n\":\"0/10/1\",\"v\":5}]",
          "{\"bn\":\"/9/\",\"e\":[{\"n\":\"0/10/1\",\"v\":5}]}" },
        { "/9/0/10", "[{\"bn\":\"/9/0/10/\",\"n\":\"1\",\"v\":5}]",
          "{\"bn\":\"/9/0/10/\",\"e\":[{\"n\":\"1\",\"v\":5}]}" },
        { "/9/0/10/1", "[{\"n\":\"/9/0/10/1\",\"v\":5}]",
          "{\"bn\":\"/9/0/10/1\",\"e\":[{\"v\":5}]}" },
        { "/9/1", NULL, NULL },
        { "/9/0/10/2", NULL, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_sent(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, rows[i].base, one,
                   1, rows[i].senml);
        check_sent(CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, rows[i].base, one,
                   1, rows[i].old);
    }
    check_sent(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, "/9/0/10", both, 2,
               "[{\"n\":\"/9/0/10\",\"v\":5},{\"n\":\"/9/0/10/1\",\"v\":6}]");
    check_sent(CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, "/9/0/10", both, 2,
               "{\"e\":[{\"n\":\"/9/0/10\",\"v\":5},"
               "{\"n\":\"/9/0/10/1\",\"v\":6}]}");
    check_sent(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, "/9", NULL, 0, "[]");
    check_sent(CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, "/9", NULL, 0,
               "{\"bn\":\"/9/\",\"e\":[]}");
}

static void what_a_kind_cannot_carry_is_not_sent(void)
{
    static const struct lwm2m_record none[] = {
        { { { 9, 0, 10, 1 }, 4 },
          { LWM2M_TYPE_NONE, { .integer = 0 } },
          false,
          0 },
    };
    static const struct lwm2m_record none_above[] = {
        { { { 9, 0 }, 2 }, { LWM2M_TYPE_NONE, { .integer = 0 } }, false, 0 },
    };
    static const struct lwm2m_record value[] = {
        { { { 9, 0, 1 }, 3 },
          { LWM2M_TYPE_INTEGER, { .integer = 5 } },
          false,
          0 },
    };
    static const struct lwm2m_record value_above[] = {
        { { { 9, 0 }, 2 }, { LWM2M_TYPE_INTEGER, { .integer = 5 } }, false, 0 },
    };
    static const struct {
        int format;
        enum payload_kind kind;
        const struct lwm2m_record *record;
        const char *sent;
    } rows[] = {
        { CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, none, NULL },
        { CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATCH, none, NULL },
        { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH, none,
          "[{\"n\":\"/9/0/10/1\",\"v\":null}]" },
        { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH, none_above, NULL },
        { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATCH, value,
          "[{\"n\":\"/9/0/1\",\"v\":5}]" },
        { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_PATHS, none,
          "[{\"n\":\"/9/0/10/1\"}]" },
        { CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATHS, none_above,
          "[{\"n\":\"/9/0\"}]" },
        { CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATHS, value, NULL },
        { CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, value_above, NULL },
        { CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, none, NULL },
        { CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_PATHS, none, NULL },
        { CONTENT_FORMAT_TLV, PAYLOAD_PATCH, value, NULL },
        { CONTENT_FORMAT_SENML_ETCH_JSON, PAYLOAD_VALUES, value, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_sent(rows[i].format, rows[i].kind, "/", rows[i].record, 1,
                   rows[i].sent);
    }
    check_sent(CONTENT_FORMAT_SENML_JSON, PAYLOAD_PATHS, "/", NULL, 0, NULL);
}

static void values_that_json_has_no_form_for_are_not_sent(void)
{
    static const struct lwm2m_record records[] = {
        { { { 9, 0, 3 }, 3 },
          { LWM2M_TYPE_FLOAT, { .real = (double)NAN } },
          false,
          0 },
        { { { 9, 0, 3 }, 3 },
          { LWM2M_TYPE_FLOAT, { .real = (double)INFINITY } },
          false,
          0 },
        { { { 9, 0, 0 }, 3 },
          { LWM2M_TYPE_STRING, { .data = { "\xff", 1 } } },
          false,
          0 },
        { { { 9, 0, 1 }, 3 },
          { LWM2M_TYPE_INTEGER, { .integer = 5 } },
          true,
          (double)NAN },
    };

    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        check_sent(CONTENT_FORMAT_SENML_JSON, PAYLOAD_VALUES, "/9/0",
                   &records[i], 1, NULL);
        check_sent(CONTENT_FORMAT_LWM2M_JSON, PAYLOAD_VALUES, "/9/0",
                   &records[i], 1, NULL);
    }
}

static void each_format_says_what_it_carries(void)
{
    static const struct {
        int format;
        bool carries[PAYLOAD_KIND_COUNT];
    } rows[] = {
        { CONTENT_FORMAT_SENML_JSON, { true, true, true } },
        { CONTENT_FORMAT_SENML_ETCH_JSON, { false, true, true } },
        { CONTENT_FORMAT_LWM2M_JSON, { true, false, false } },
        { CONTENT_FORMAT_TEXT, { true, false, false } },
        { CONTENT_FORMAT_OPAQUE, { true, false, false } },
        { CONTENT_FORMAT_TLV, { true, false, false } },
        { CONTENT_FORMAT_LINK, { false, false, false } },
        { 12345, { false, false, false } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned kind = 0; kind < PAYLOAD_KIND_COUNT; kind++) {
            CU_ASSERT_EQUAL(
                content_format_carries(rows[i].format, (enum payload_kind)kind),
                rows[i].carries[kind]);
        }
        CU_ASSERT_EQUAL(content_format_is_supported(rows[i].format),
                        rows[i].carries[PAYLOAD_VALUES]);
    }
}

static void labels_are_unique_and_found(void)
{
    for (unsigned i = 0; i < SENML_LABEL_COUNT; i++) {
        const struct senml_field *field = senml_field((enum senml_label)i);
        enum senml_label found = SENML_UPDATE_TIME;
        CU_ASSERT(
            senml_label_of_name(field->name, strlen(field->name), &found));
        CU_ASSERT_EQUAL(found, i);
        if (field->has_number) {
            CU_ASSERT(senml_label_of_number(field->number, &found));
            CU_ASSERT_EQUAL(found, i);
        }
    }
    enum senml_label found = SENML_NAME;
    CU_ASSERT(!senml_label_of_name("vl", 2, &found));
    CU_ASSERT(!senml_label_of_name("vlox", 4, &found));
    CU_ASSERT(!senml_label_of_number(9, &found));
    CU_ASSERT(!senml_label_of_number(-7, &found));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_json", set_up, tear_down);
    CU_ADD_TEST(suite, senml_resolves_names_and_times);
    CU_ADD_TEST(suite, senml_notes_what_it_still_understands);
    CU_ADD_TEST(suite, senml_without_definition_keeps_what_values_show);
    CU_ADD_TEST(suite, senml_refuses_what_has_no_meaning);
    CU_ADD_TEST(suite, names_are_limited);
    CU_ADD_TEST(suite, paths_are_asked_for_at_any_depth);
    CU_ADD_TEST(suite, null_deletes_a_resource_instance_in_a_patch_of_etch);
    CU_ADD_TEST(suite, old_json_has_its_own_members);
    CU_ADD_TEST(suite, every_type_is_sent_in_its_field);
    CU_ADD_TEST(suite, names_follow_the_path_of_the_request);
    CU_ADD_TEST(suite, what_a_kind_cannot_carry_is_not_sent);
    CU_ADD_TEST(suite, values_that_json_has_no_form_for_are_not_sent);
    CU_ADD_TEST(suite, each_format_says_what_it_carries);
    CU_ADD_TEST(suite, labels_are_unique_and_found);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
