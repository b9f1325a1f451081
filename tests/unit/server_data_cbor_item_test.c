/* SPDX-License-Identifier: Apache-2.0 */

/* One value as one item of CBOR, where the vectors do not go. */
#include <CUnit/Basic.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/server_data_cbor_bench.h"

static struct cbor_bench bench;

/** The one value of Resource `id`, in CBOR; NULL when it is refused. */
static const struct lwm2m_value *value_of(uint16_t id, const char *hex)
{
    enum status status = bench_decode(&bench, CONTENT_FORMAT_CBOR,
                                      PAYLOAD_VALUES, bench_resource(id), hex);

    if (status != STATUS_OK || bench.list.count != 1) {
        return NULL;
    }
    return &bench.list.records[0].value;
}

/* Values. */

/** Each type of Resource against each kind of item: what is kept, and the
 *  note. An empty note: the item suits the Resource. */
static const struct {
    uint16_t id;
    const char *hex;
    enum lwm2m_type type;
    const char *text;
    const char *note;
} kept[] = {
    { BENCH_STRING, "60", LWM2M_TYPE_STRING, "\"\"", "" },
    { BENCH_STRING, "01", LWM2M_TYPE_INTEGER, "1",
      "the number 1 is no String" },
    { BENCH_STRING, "4161", LWM2M_TYPE_OPAQUE, "61",
      "bytes where String is expected" },
    { BENCH_STRING, "f5", LWM2M_TYPE_BOOLEAN, "true",
      "a Boolean where String is expected" },
    { BENCH_INTEGER, "3b7fffffffffffffff", LWM2M_TYPE_INTEGER,
      "-9223372036854775808", "" },
    { BENCH_INTEGER, "1b7fffffffffffffff", LWM2M_TYPE_INTEGER,
      "9223372036854775807", "" },
    { BENCH_INTEGER, "1b8000000000000000", LWM2M_TYPE_UNSIGNED,
      "9223372036854775808", "the number 9223372036854775808 is no Integer" },
    { BENCH_INTEGER, "3b8000000000000000", LWM2M_TYPE_FLOAT,
      "-9.2233720368547758e+18",
      "the number -9223372036854775809 is no Integer" },
    { BENCH_INTEGER, "3bffffffffffffffff", LWM2M_TYPE_FLOAT,
      "-1.8446744073709552e+19",
      "the number -1.8446744073709552e+19 is no Integer" },
    { BENCH_INTEGER, "f93e00", LWM2M_TYPE_FLOAT, "1.5",
      "the number 1.5 is no Integer" },
    { BENCH_INTEGER, "fb43e0000000000000", LWM2M_TYPE_FLOAT,
      "9.2233720368547758e+18",
      "the number 9.223372036854776e+18 is no Integer" },
    { BENCH_INTEGER, "f97e00", LWM2M_TYPE_FLOAT, "nan",
      "the number nan is no Integer" },
    { BENCH_INTEGER, "f97c00", LWM2M_TYPE_FLOAT, "inf",
      "the number inf is no Integer" },
    { BENCH_INTEGER, "623130", LWM2M_TYPE_STRING, "\"10\"",
      "text where Integer is expected" },
    { BENCH_UNSIGNED, "1bffffffffffffffff", LWM2M_TYPE_UNSIGNED,
      "18446744073709551615", "" },
    { BENCH_UNSIGNED, "20", LWM2M_TYPE_INTEGER, "-1",
      "the number -1 is no Unsigned Integer" },
    { BENCH_FLOAT, "1bffffffffffffffff", LWM2M_TYPE_FLOAT,
      "1.8446744073709552e+19", "" },
    { BENCH_FLOAT, "3bffffffffffffffff", LWM2M_TYPE_FLOAT,
      "-1.8446744073709552e+19", "" },
    { BENCH_FLOAT, "f90001", LWM2M_TYPE_FLOAT, "5.9604644775390625e-08", "" },
    { BENCH_FLOAT, "f98000", LWM2M_TYPE_FLOAT, "-0", "" },
    { BENCH_FLOAT, "f97e00", LWM2M_TYPE_FLOAT, "nan", "" },
    { BENCH_FLOAT, "f9fc00", LWM2M_TYPE_FLOAT, "-inf", "" },
    { BENCH_FLOAT, "fb0000000000000001", LWM2M_TYPE_FLOAT,
      "4.9406564584124654e-324", "" },
    { BENCH_FLOAT, "f5", LWM2M_TYPE_BOOLEAN, "true",
      "a Boolean where Float is expected" },
    { BENCH_BOOLEAN, "f4", LWM2M_TYPE_BOOLEAN, "false", "" },
    { BENCH_BOOLEAN, "00", LWM2M_TYPE_INTEGER, "0",
      "the number 0 is no Boolean" },
    { BENCH_OPAQUE, "40", LWM2M_TYPE_OPAQUE, "(empty)", "" },
    { BENCH_OPAQUE, "5f4101420203ff", LWM2M_TYPE_OPAQUE, "010203", "" },
    { BENCH_OPAQUE, "6101", LWM2M_TYPE_STRING, "\"\\x01\"",
      "text where Opaque is expected" },
    { BENCH_TIME, "3a0001517f", LWM2M_TYPE_TIME, "-86400", "" },
    { BENCH_TIME, "c1 3a0001517f", LWM2M_TYPE_TIME, "-86400", "" },
    { BENCH_TIME, "c1 f93e00", LWM2M_TYPE_FLOAT, "1.5",
      "the number 1.5 is no Time" },
    { BENCH_TIME, "c0 74 313937302d30312d30325430303a30303a30305a",
      LWM2M_TYPE_TIME, "86400", "" },
    { BENCH_TIME, "c0 7f 6a 313937302d30312d3032 6a 5430303a30303a30305a ff",
      LWM2M_TYPE_TIME, "86400", "" },
    { BENCH_TIME, "74 313937302d30312d30325430303a30303a30305a",
      LWM2M_TYPE_STRING, "\"1970-01-02T00:00:00Z\"",
      "text where Time is expected" },
    { BENCH_INTEGER, "c1 01", LWM2M_TYPE_INTEGER, "1",
      "a date (tag 1) where Integer is expected" },
    { BENCH_FLOAT, "c4 82 20 1901c7", LWM2M_TYPE_FLOAT, "45.5",
      "a decimal fraction (tag 4) outside of SenML" },
    { BENCH_OBJLNK, "63313a32", LWM2M_TYPE_OBJLNK, "1:2", "" },
    { BENCH_OBJLNK, "63313a78", LWM2M_TYPE_STRING, "\"1:x\"",
      "'1:x' is no Objlnk" },
    { BENCH_OBJLNK, "4400010002", LWM2M_TYPE_OPAQUE, "00010002",
      "bytes where Objlnk is expected" },
    { BENCH_CORELNK, "643c2f333e", LWM2M_TYPE_CORELNK, "\"</3>\"", "" },
};

static void values_keep_their_type_and_misfits_are_noted(void)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        const struct lwm2m_value *value = value_of(kept[i].id, kept[i].hex);
        char text[64];
        CU_ASSERT_PTR_NOT_NULL(value);
        if (value == NULL) {
            printf("%s: %s\n", kept[i].hex, bench.reason.text);
            continue;
        }
        (void)lwm2m_value_text(value, text, sizeof(text));
        const char *note = bench_note(&bench, RECORD_NOTE_NON_CONFORMING);
        if (strcmp(text, kept[i].text) != 0 ||
            strcmp(note, kept[i].note) != 0) {
            printf("%s: %s, %s\n", kept[i].hex, text, note);
        }
        CU_ASSERT_EQUAL(value->type, kept[i].type);
        CU_ASSERT_STRING_EQUAL(text, kept[i].text);
        CU_ASSERT_STRING_EQUAL(note, kept[i].note);
    }
}

static void integral_floats_and_long_links_are_tolerated(void)
{
    const struct lwm2m_value *value =
        value_of(BENCH_INTEGER, "fbc3e0000000000000");

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(value->as.integer, INT64_MIN);
    CU_ASSERT_STRING_EQUAL(bench_note(&bench, RECORD_NOTE_TOLERATED),
                           "Integer as a number with fraction or exponent");
    value = value_of(BENCH_UNSIGNED, "fb43efffffffffffff");
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(value->as.unsigned_integer, UINT64_C(18446744073709549568));
    value = value_of(BENCH_TIME, "c1f93c00");
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(value->as.integer, 1);
    CU_ASSERT_STRING_EQUAL(bench_note(&bench, RECORD_NOTE_TOLERATED),
                           "Time as a number with fraction or exponent");
    value = value_of(BENCH_OBJLNK, "65 30313a3032");
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(value->as.link.instance, 2);
    CU_ASSERT_STRING_EQUAL(bench_note(&bench, RECORD_NOTE_TOLERATED),
                           "Objlnk with leading zeros");
}

/** Without a definition a value has the type that its item shows. */
static void values_without_definition_have_the_type_of_their_item(void)
{
    static const struct {
        const char *hex;
        enum lwm2m_type type;
    } shown[] = {
        { "00", LWM2M_TYPE_INTEGER },
        { "1bffffffffffffffff", LWM2M_TYPE_UNSIGNED },
        { "20", LWM2M_TYPE_INTEGER },
        { "f93c00", LWM2M_TYPE_FLOAT },
        { "f97e00", LWM2M_TYPE_FLOAT },
        { "f4", LWM2M_TYPE_BOOLEAN },
        { "6161", LWM2M_TYPE_STRING },
        { "4161", LWM2M_TYPE_OPAQUE },
        { "c100", LWM2M_TYPE_INTEGER },
    };

    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        CU_ASSERT_EQUAL(
            bench_decode(&bench, CONTENT_FORMAT_CBOR, PAYLOAD_VALUES,
                         lwm2m_path_resource(BENCH_OTHER, 0, 0), shown[i].hex),
            STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(bench.list.count, 1);
        CU_ASSERT_EQUAL(bench.list.records[0].value.type, shown[i].type);
        CU_ASSERT_EQUAL(bench.list.note_count, 0);
    }
}

static void cbor_refuses_what_is_no_value(void)
{
    static const struct bench_refused rows[] = {
        { "f6", "/42/0/6: null is no value" },
        { "f7", "/42/0/6: undefined is no value" },
        { "80", "/42/0/6: an array is no value" },
        { "a0", "/42/0/6: a map is no value" },
        { "c2 41 01", "/42/0/6: tag 2, which no LwM2M format has" },
        { "c3 41 01", "/42/0/6: tag 3, which no LwM2M format has" },
        { "c5 82 00 01", "/42/0/6: tag 5, which no LwM2M format has" },
        { "d8 20 61 61", "/42/0/6: tag 32, which no LwM2M format has" },
        { "d9d9f7 00", "/42/0/6: tag 55799, which no LwM2M format has" },
        { "c0 00", "/42/0/6: tag 0 around the wrong item" },
        { "c0 61 61", "/42/0/6: tag 0 around the wrong item" },
        { "c1 61 30", "/42/0/6: tag 1 around the wrong item" },
        { "c1 c1 00", "/42/0/6: tag 1 around the wrong item" },
        { "c1 f5", "/42/0/6: tag 1 around the wrong item" },
        { "c4 00", "/42/0/6: tag 4 around the wrong item" },
        { "c4 81 00", "/42/0/6: tag 4 around the wrong item" },
        { "c4 83 00 00 00", "/42/0/6: tag 4 around the wrong item" },
        { "c4 82 f93c00 00", "/42/0/6: tag 4 around the wrong item" },
        { "c4 82 00 6130", "/42/0/6: tag 4 around the wrong item" },
        { "c4 82 00 c24101", "/42/0/6: tag 4 around the wrong item" },
        { "c4 82 190190 01", "/42/0/6: tag 4 around the wrong item" },
        { "c4 82 00 3bffffffffffffffff",
          "/42/0/6: tag 4 around the wrong item" },
    };
    static const struct bench_refused above[] = {
        { "00", "CBOR carries one Resource only" },
    };

    bench_check_refused(&bench, CONTENT_FORMAT_CBOR, PAYLOAD_VALUES,
                        bench_resource(BENCH_TIME), rows,
                        sizeof(rows) / sizeof(rows[0]));
    bench_check_refused(&bench, CONTENT_FORMAT_CBOR, PAYLOAD_VALUES,
                        bench_path("/42/0"), above, 1);
}

/** Encodes the value of a Float Resource as CBOR. */
static enum status encode_real(double real)
{
    const struct lwm2m_path path = bench_resource(BENCH_FLOAT);
    const struct lwm2m_record record = {
        .path = path, .value = { .type = LWM2M_TYPE_FLOAT, .as.real = real }
    };

    cbor_bench_clear(&bench);
    CU_ASSERT_EQUAL_FATAL(record_list_add(&bench.list, &record, NULL),
                          STATUS_OK);
    return codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list, &bench.buffer,
                        &bench.reason);
}

static void floats_are_sent_in_the_narrowest_exact_width(void)
{
    static const struct {
        double real;
        const char *hex;
    } rows[] = {
        { 0.0, "f90000" },
        { -0.0, "f98000" },
        { 1.0, "f93c00" },
        { 65504.0, "f97bff" },
        { 65505.0, "fa477fe100" },
        { 65536.0, "fa47800000" },
        { 100000.0, "fa47c35000" },
        { 0x1p-14, "f90400" },
        { 0x1p-24, "f90001" },
        { 0x1p-25, "fa33000000" },
        { 0x3p-24, "f90003" },
        { 0x3p-25, "fa33c00000" },
        { 0x3ffp-24, "f903ff" },
        { 1.0009765625, "f93c01" },
        { 1.00048828125, "fa3f801000" },
        { 0x1p-126, "fa00800000" },
        { 0x1p-149, "fa00000001" },
        { 0x1p-150, "fb3690000000000000" },
        { 3.4028234663852886e+38, "fa7f7fffff" },
        { 3.4028234663852889e+38, "fb47efffffe0000001" },
        { 1.1, "fb3ff199999999999a" },
        { 1e300, "fb7e37e43c8800759c" },
        { (double)INFINITY, "f97c00" },
        { -(double)INFINITY, "f9fc00" },
        { (double)NAN, "f97e00" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(encode_real(rows[i].real), STATUS_OK);
        CU_ASSERT(bench_is_sent(&bench, rows[i].hex));
    }
}

static void every_half_float_comes_back_as_it_was(void)
{
    for (unsigned half = 0; half <= 0xffff; half++) {
        char hex[16];
        bool is_nan = (half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0;
        (void)snprintf(hex, sizeof(hex), "f9%04x", half);
        const struct lwm2m_value *value = value_of(BENCH_FLOAT, hex);
        CU_ASSERT_PTR_NOT_NULL_FATAL(value);
        CU_ASSERT_EQUAL(isnan(value->as.real) != 0, is_nan);
        double real = value->as.real;
        CU_ASSERT_EQUAL(encode_real(real), STATUS_OK);
        CU_ASSERT(is_nan || bench_is_sent(&bench, hex));
    }
}

static void nan_with_a_payload_keeps_its_bits(void)
{
    const struct lwm2m_value *value =
        value_of(BENCH_FLOAT, "fb7ff8000000000001");
    uint64_t bits = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    memcpy(&bits, &value->as.real, sizeof(bits));
    CU_ASSERT_EQUAL(bits, UINT64_C(0x7ff8000000000001));
    CU_ASSERT_EQUAL(encode_real(value->as.real), STATUS_OK);
    CU_ASSERT(bench_is_sent(&bench, "fb7ff8000000000001"));
}

static void cbor_carries_exactly_the_value_of_its_path(void)
{
    const struct lwm2m_path path = bench_resource(BENCH_INTEGER);
    struct lwm2m_record record = {
        .path = path, .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = 1 }
    };

    cbor_bench_clear(&bench);
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_INVALID);
    CU_ASSERT_EQUAL(record_list_add(&bench.list, &record, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_OK);
    bench.list.records[0].has_time = true;
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_INVALID);
    bench.list.records[0].has_time = false;
    bench.list.records[0].value.type = LWM2M_TYPE_NONE;
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_INVALID);
    bench.list.records[0] = record;
    bench.list.records[0].path = lwm2m_path_child(path, 0);
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_INVALID);
    bench.list.records[0].path = path;
    CU_ASSERT_EQUAL(record_list_add(&bench.list, &record, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(codec_encode(CONTENT_FORMAT_CBOR, &path, &bench.list,
                                 &bench.buffer, NULL),
                    STATUS_INVALID);
    CU_ASSERT(bench_is_sent(&bench, "01")); /* the failures left it alone */
}

static int set_up(void)
{
    return cbor_bench_init(&bench);
}

static int tear_down(void)
{
    cbor_bench_release(&bench);
    return 0;
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_cbor_item", set_up, tear_down);
    CU_ADD_TEST(suite, values_keep_their_type_and_misfits_are_noted);
    CU_ADD_TEST(suite, integral_floats_and_long_links_are_tolerated);
    CU_ADD_TEST(suite, values_without_definition_have_the_type_of_their_item);
    CU_ADD_TEST(suite, cbor_refuses_what_is_no_value);
    CU_ADD_TEST(suite, floats_are_sent_in_the_narrowest_exact_width);
    CU_ADD_TEST(suite, every_half_float_comes_back_as_it_was);
    CU_ADD_TEST(suite, nan_with_a_payload_keeps_its_bits);
    CU_ADD_TEST(suite, cbor_carries_exactly_the_value_of_its_path);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
