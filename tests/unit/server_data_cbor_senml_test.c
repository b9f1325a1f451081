/* SPDX-License-Identifier: Apache-2.0 */

/* SenML CBOR and SenML-ETCH CBOR, where the vectors do not go. */
#include <CUnit/Basic.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/server_data_cbor_bench.h"

static struct cbor_bench bench;

static enum status decode(const char *base, const char *hex)
{
    return bench_decode(&bench, CONTENT_FORMAT_SENML_CBOR, PAYLOAD_VALUES,
                        bench_path(base), hex);
}

/* "/42/0/1" and its kin, as text of CBOR. */
#define NAME(digit) "67 2f34322f302f3" digit
#define BASE_NAME   "66 2f34322f302f"

static void senml_cbor_refuses_broken_records(void)
{
    static const struct bench_refused rows[] = {
        { "a0", "a pack of SenML is an array" },
        { "f6", "a pack of SenML is an array" },
        { "81 80", "record at offset 1: no map" },
        { "81 f6", "record at offset 1: no map" },
        { "82 a2 00 " NAME("1") " 02 01 00", "record at offset 13: no map" },
        { "81 a2 00 " NAME("1") " f93c00 01",
          "record at offset 1: a label that is no integer and no text" },
        { "81 a2 00 " NAME("1") " 4102 01",
          "record at offset 1: a label that is no integer and no text" },
        { "81 a2 00 " NAME("1") " c102 01",
          "record at offset 1: a label that is no integer and no text" },
        { "81 a2 00 " NAME("1") " f5 01",
          "record at offset 1: a label that is no integer and no text" },
        { "81 a2 00 " NAME("1") " 8102 01",
          "record at offset 1: an array is no value" },
        { "81 a2 00 " NAME("1") " 6176 01",
          "record at offset 1: text as the label of a field that has a "
          "number" },
        { "81 a2 61 6e " NAME("1") " 02 01",
          "record at offset 1: text as the label of a field that has a "
          "number" },
        { "81 a3 00 " NAME("1") " 02 01 62785f 00",
          "record at offset 1: a label that must be understood" },
        { "81 a3 00 " NAME("1") " 02 01 7f 6178 615f ff 00",
          "record at offset 1: a label that must be understood" },
        { "81 a2 00 00 02 01", "record at offset 1: 'n' of another kind" },
        { "81 a2 00 47 2f34322f302f31 02 01",
          "record at offset 1: 'n' of another kind" },
        { "81 a2 00 f6 02 01", "record at offset 1: 'n' of another kind" },
        { "81 a3 20 6131 00 " NAME("1") " 02 01",
          "record at offset 1: 'bver' of another kind" },
        { "81 a3 20 f94940 00 " NAME("1") " 02 01",
          "record at offset 1: a base version not in 1..10" },
        { "81 a3 22 c100 00 " NAME("1") " 02 01",
          "record at offset 1: a date that is no value" },
        { "81 a3 06 f97e00 00 " NAME("1") " 02 01",
          "record at offset 1: a number that is not finite" },
        { "81 a3 24 01 00 " NAME("1") " 02 01",
          "record at offset 1: 'bv' has no use in LwM2M" },
        { "81 a2 00 " NAME("3") " 02 f97c00",
          "record at offset 1: a number that is not finite" },
        { "81 a2 00 " NAME("1") " 02 f5",
          "record at offset 1: 'v' of another kind" },
        { "81 a2 00 " NAME("1") " 02 c24101",
          "record at offset 1: tag 2, which no LwM2M format has" },
        { "81 a2 00 " NAME("1") " 02 f7",
          "record at offset 1: undefined is no value" },
        { "81 a2 00 " NAME("0") " 03 4161",
          "record at offset 1: 'vs' of another kind" },
        { "81 a2 00 " NAME("6") " 03 c1 00",
          "record at offset 1: a date that is no value" },
        { "81 a2 00 " NAME("4") " 04 01",
          "record at offset 1: 'vb' of another kind" },
        { "81 a2 00 " NAME("7") " 63766c6f 4400010002",
          "record at offset 1: 'vlo' of another kind" },
        { "81 a3 00 " NAME("1") " 02 01 03 6131",
          "record at offset 1: a second value" },
        { "81 a2 00 " NAME("1") " 02 f6",
          "record at offset 1, /42/0/1: null is for patches in SenML-ETCH" },
        { "82 a2 21 " BASE_NAME " 02 01 a2 00 6131 02 01",
          "record at offset 1: path '/42/0/': an ID of 0..65534 expected at "
          "offset 6, at most 4 levels" },
    };

    bench_check_refused(&bench, CONTENT_FORMAT_SENML_CBOR, PAYLOAD_VALUES,
                        bench_path("/42/0"), rows,
                        sizeof(rows) / sizeof(rows[0]));
}

static void senml_cbor_takes_each_value_under_its_label(void)
{
    static const struct {
        const char *hex;
        const char *path;
        const char *text;
    } rows[] = {
        { "81 a2 00 " NAME("0") " 03 6161", "/42/0/0", "\"a\"" },
        { "81 a2 00 " NAME("0") " 03 7f6161 6162ff", "/42/0/0", "\"ab\"" },
        { "81 a2 00 " NAME("1") " 02 20", "/42/0/1", "-1" },
        { "81 a2 00 " NAME("1") " 02 c4 82 02 03", "/42/0/1", "300" },
        { "81 a2 00 " NAME("1") " 02 c4 82 21 190bb8", "/42/0/1", "30" },
        { "81 a2 00 " NAME("2") " 02 1bffffffffffffffff", "/42/0/2",
          "18446744073709551615" },
        { "81 a2 00 " NAME("3") " 02 05", "/42/0/3", "5" },
        { "81 a2 00 " NAME("3") " 02 c4 82 20 190191", "/42/0/3",
          "40.100000000000001" },
        { "81 a2 00 " NAME("3") " 02 c4 82 3903e7 01", "/42/0/3", "0" },
        { "81 a2 00 " NAME("4") " 04 f5", "/42/0/4", "true" },
        { "81 a2 00 " NAME("5") " 08 5f4101 4102ff", "/42/0/5", "0102" },
        { "81 a2 00 " NAME("6") " 02 c1 00", "/42/0/6", "0" },
        { "81 a2 00 " NAME("6") " 02 c074 313937302d30312d30325430303a30303a"
                                "30305a",
          "/42/0/6", "86400" },
        { "81 a2 00 " NAME("7") " 63766c6f 63313a32", "/42/0/7", "1:2" },
        { "81 a2 00 " NAME("7") " 7f6176 626c6fff 63313a32", "/42/0/7", "1:2" },
        { "81 a2 00 " NAME("8") " 03 643c2f333e", "/42/0/8", "\"</3>\"" },
        /* Names: in chunks, split, without a slash in front. */
        { "81 a2 00 7f 63 2f3432 64 2f302f31 ff 02 01", "/42/0/1", "1" },
        { "81 a3 21 7f 63 2f3432 63 2f302f ff 00 7f 6131 ff 02 01", "/42/0/1",
          "1" },
        { "81 a2 21 " NAME("1") " 02 01", "/42/0/1", "1" },
        { "81 a2 00 66 34322f302f31 02 01", "/42/0/1", "1" },
        /* What is ignored may be anything. */
        { "81 a7 00 " NAME("1") " 01 626b67 02 01 05 f5 07 6161 1863 a1 00 00"
                                " 6178 f7",
          "/42/0/1", "1" },
        { "81 a3 00 " NAME("1") " 02 01 3bffffffffffffffff 00", "/42/0/1",
          "1" },
        { "81 a4 20 0a 23 6143 00 " NAME("1") " 02 01", "/42/0/1", "1" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char path[LWM2M_PATH_TEXT_MAX];
        char text[64];
        CU_ASSERT_EQUAL(decode("/42/0", rows[i].hex), STATUS_OK);
        CU_ASSERT_EQUAL(bench.list.count, 1);
        if (bench.list.count != 1) {
            printf("%s: %s\n", rows[i].hex, bench.reason.text);
            continue;
        }
        CU_ASSERT_STRING_EQUAL(
            lwm2m_path_text(&bench.list.records[0].path, path), rows[i].path);
        CU_ASSERT_STRING_EQUAL(
            lwm2m_value_text(&bench.list.records[0].value, text, sizeof(text)),
            rows[i].text);
        CU_ASSERT_EQUAL(bench.list.records[0].has_time, false);
        CU_ASSERT(bench.list.note_count == 0 ||
                  bench.list.notes[0].class == RECORD_NOTE_TOLERATED);
    }
}

static void senml_cbor_notes_a_date_for_what_is_no_time(void)
{
    CU_ASSERT_EQUAL(decode("/42/0", "81 a2 00 " NAME("1") " 02 c1 05"),
                    STATUS_OK);
    CU_ASSERT_STRING_EQUAL(bench_note(&bench, RECORD_NOTE_NON_CONFORMING),
                           "a date (tag 1) where Integer is expected");
    CU_ASSERT_EQUAL(bench.list.records[0].value.as.integer, 5);
}

static void senml_cbor_sends_times_and_links(void)
{
    const struct lwm2m_path base = bench_path("/42/0");
    const struct lwm2m_record rows[] = {
        { .path = bench_path("/42/0/3"),
          .value = { .type = LWM2M_TYPE_FLOAT, .as.real = 1.5 },
          .has_time = true,
          .time_s = 1e9 },
        { .path = bench_path("/42/0/3"),
          .value = { .type = LWM2M_TYPE_FLOAT, .as.real = 2 },
          .has_time = true,
          .time_s = 1e9 + 0.5 },
        { .path = bench_path("/42/0/7"),
          .value = { .type = LWM2M_TYPE_OBJLNK, .as.link = { 65535, 1 } } },
    };

    cbor_bench_clear(&bench);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(record_list_add(&bench.list, &rows[i], NULL),
                        STATUS_OK);
    }
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_SENML_CBOR, PAYLOAD_VALUES, base),
        STATUS_OK);
    CU_ASSERT(bench_is_sent(
        &bench, "83 a4 21 " BASE_NAME " 00 6133 02 f93e00 06 1a3b9aca00"
                " a3 00 6133 02 f94000 06 fb41cdcd6500400000"
                " a2 00 6137 63766c6f 67 36353533353a31"));
    bench.list.records[0].value.as.real = (double)NAN;
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_SENML_CBOR, PAYLOAD_VALUES, base),
        STATUS_INVALID);
}

static void senml_etch_cbor_deletes_in_patches_only(void)
{
    const char *hex = "81 a2 00 6a 2f34322f302f31312f33 02 f6";

    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_SENML_ETCH_CBOR,
                                 PAYLOAD_PATCH, bench_path("/"), hex),
                    STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(bench.list.count, 1);
    CU_ASSERT_EQUAL(bench.list.records[0].value.type, LWM2M_TYPE_NONE);
    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_SENML_CBOR,
                                 PAYLOAD_PATCH, bench_path("/"), hex),
                    STATUS_MALFORMED);
    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_SENML_ETCH_CBOR,
                                 PAYLOAD_PATHS, bench_path("/"), hex),
                    STATUS_MALFORMED);
    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_SENML_ETCH_CBOR,
                                 PAYLOAD_VALUES, bench_path("/"), hex),
                    STATUS_INVALID);
    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_SENML_ETCH_CBOR,
                                 PAYLOAD_PATHS, bench_path("/"), "80"),
                    STATUS_MALFORMED);
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
    CU_pSuite suite = CU_add_suite("server.data_cbor_senml", set_up, tear_down);
    CU_ADD_TEST(suite, senml_cbor_refuses_broken_records);
    CU_ADD_TEST(suite, senml_cbor_takes_each_value_under_its_label);
    CU_ADD_TEST(suite, senml_cbor_notes_a_date_for_what_is_no_time);
    CU_ADD_TEST(suite, senml_cbor_sends_times_and_links);
    CU_ADD_TEST(suite, senml_etch_cbor_deletes_in_patches_only);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
