/* SPDX-License-Identifier: Apache-2.0 */

/* LwM2M CBOR, where the vectors do not go. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/server_data_cbor_bench.h"

static struct cbor_bench bench;

static enum status decode(const char *base, const char *hex)
{
    return bench_decode(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_VALUES,
                        bench_path(base), hex);
}

static void lwm2m_cbor_refuses_what_names_no_resource(void)
{
    static const struct bench_refused rows[] = {
        { "00", "LwM2M CBOR is a map" },
        { "80", "LwM2M CBOR is a map" },
        { "f6", "LwM2M CBOR is a map" },
        { "a1 20 00", "a key that is no ID at /" },
        { "a1 6132 00", "a key that is no ID at /" },
        { "a1 4132 00", "a key that is no ID at /" },
        { "a1 f95140 00", "a key that is no ID at /" },
        { "a1 c101 00", "a key that is no ID at /" },
        { "a1 a0 00", "a key that is no ID at /" },
        { "a1 82 182a 80 00", "a key that is no ID at /42" },
        { "a1 82 182a 6130 00", "a key that is no ID at /42" },
        { "a1 80 a0", "an empty array as key at /" },
        { "a1 182a a1 80 a0", "an empty array as key at /42" },
        { "a1 19ffff 00", "an ID above 65534 at /" },
        { "a1 82 182a 19ffff 00", "an ID above 65534 at /42" },
        { "a1 1b 000000010000002a 00", "an ID above 65534 at /" },
        { "a1 85 182a 00 0a 00 00 00",
          "an ID below a Resource Instance at /42/0/10/0" },
        { "a1 84 182a 00 0a 00 a1 00 00",
          "an ID below a Resource Instance at /42/0/10/0" },
        { "a1 84 182a 00 0a 00 a0",
          "a map where a value belongs at /42/0/10/0" },
        { "a1 182a 00", "a value where a map belongs at /42" },
        { "a1 82 182a 00 f6", "a value where a map belongs at /42/0" },
        { "a1 83 182a 00 01 f6", "/42/0/1: null is no value" },
        { "a1 84 182a 00 0b 00 f6", "/42/0/11/0: null is no value" },
        { "a1 83 182a 00 0b 81 01", "/42/0/11: an array is no value" },
        { "a1 83 182a 00 01 c24101",
          "/42/0/1: tag 2, which no LwM2M format has" },
        { "a1 83 182a 00 01 01 00", "CBOR at offset 7: 1 bytes behind the "
                                    "item" },
    };

    bench_check_refused(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_VALUES,
                        bench_path("/42"), rows,
                        sizeof(rows) / sizeof(rows[0]));
}

/** Payloads that are decoded with one violation. */
static void lwm2m_cbor_notes_what_is_out_of_place(void)
{
    static const struct {
        const char *base;
        const char *hex;
        const char *note;
    } rows[] = {
        { "/42/0", "a1 83 182a 01 01 05", "/42/1/1 in a payload about /42/0" },
        { "/42/0/1", "a1 82 182a 00 a2 01 05 00 6161",
          "/42/0/0 in a payload about /42/0/1" },
        { "/42/0", "a1 83 00 00 01 05", "/0/0/1 in a payload about /42/0" },
        { "/42/0", "a2 82 182a 00 a1 01 05 83 182a 00 01 06", "given twice" },
        { "/42/0", "a2 82 182a 00 a1 01 05 83 182a 00 0b a0", "" },
        { "/42/0", "a2 83 182a 00 0b a0 84 182a 00 0b 00 01", "given twice" },
        { "/42/0", "a2 82 182a 00 a0 83 182a 00 01 05", "given twice" },
        { "/42/0", "a2 83 182a 00 0b a0 82 182a 00 a1 0b a0", "given twice" },
        { "/42/1", "a1 82 182a 00 a0", "/42/0 in a payload about /42/1" },
        { "/42/0/1", "a0", "an empty map where one value belongs" },
        { "/42/0/11/0", "a0", "an empty map where one value belongs" },
        { "/42/0/11", "a0", "" },
        { "/42/0", "a0", "" },
        { "/42", "a0", "" },
        { "/", "a0", "" },
        { "/42", "a1 182a a0", "" },
        { "/42/0", "a1 182a a0", "an Object that was not asked for" },
        { "/42", "a1 03 a0", "an Object that was not asked for" },
        { "/42/0", "a1 83 182a 00 01 a0",
          "an empty map where one value belongs" },
        { "/42/0", "a1 83 182a 00 0b 05",
          "multiple-instance Resource named without its Resource Instance" },
        { "/42/0", "a1 84 182a 00 01 00 05",
          "single-instance Resource named with a Resource Instance" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(decode(rows[i].base, rows[i].hex), STATUS_OK);
        const char *note = bench_note(&bench, RECORD_NOTE_NON_CONFORMING);
        if (strcmp(note, rows[i].note) != 0) {
            printf("%s: %s%s\n", rows[i].hex, note, bench.reason.text);
        }
        CU_ASSERT_STRING_EQUAL(note, rows[i].note);
    }
}

static void lwm2m_cbor_keeps_empty_arrays_and_instances(void)
{
    CU_ASSERT_EQUAL(decode("/42", "a1 182a a2 00 a0 01 a1 0b a0"), STATUS_OK);
    CU_ASSERT_EQUAL(bench.list.count, 0);
    CU_ASSERT_EQUAL_FATAL(bench.list.empty_count, 2);
    CU_ASSERT(record_list_has(&bench.list, bench_path("/42/0")));
    CU_ASSERT(record_list_has(&bench.list, bench_path("/42/1/11")));
    CU_ASSERT_EQUAL(bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR,
                                 PAYLOAD_VALUES, bench_path("/42")),
                    STATUS_OK);
    CU_ASSERT(bench_is_sent(&bench, "a1 182a a2 00 a0 82 01 0b a0"));
}

/** How a payload is sent again. */
static void lwm2m_cbor_sends_together_what_belongs_together(void)
{
    static const struct {
        const char *base;
        const char *taken;
        const char *sent;
    } rows[] = {
        { "/42/0/1", "a1 182a a1 00 a1 01 05", "a1 83 182a 00 01 05" },
        { "/42/0/11", "a1 84 182a 00 0b 07 05", "a1 83 182a 00 0b a1 07 05" },
        { "/42/0/11/7", "a1 84 182a 00 0b 07 05", "a1 83 182a 00 0b a1 07 05" },
        /* In the order of their first member, not of their IDs. */
        { "/42/0",
          "a4 84 182a 00 0b 01 01 83 182a 00 01 02"
          " 84 182a 00 0b 00 03 83 182a 00 00 6161",
          "a1 82 182a 00 a3 0b a2 01 01 00 03 01 02 00 6161" },
        { "/", "a3 83 182b 00 00 01 83 182a 01 01 05 83 182b 01 00 02",
          "a2 182b a2 82 00 00 01 82 01 00 02 83 182a 01 01 05" },
        { "/42", "a2 83 182a 01 01 05 83 182a 00 01 06",
          "a1 182a a2 82 01 01 05 82 00 01 06" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(decode(rows[i].base, rows[i].taken), STATUS_OK);
        CU_ASSERT_EQUAL(bench.list.note_count, 0);
        CU_ASSERT_EQUAL(bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR,
                                     PAYLOAD_VALUES, bench_path(rows[i].base)),
                        STATUS_OK);
        CU_ASSERT(bench_is_sent(&bench, rows[i].sent));
    }
}

static void lwm2m_cbor_deletes_resource_instances_in_patches_only(void)
{
    const struct lwm2m_path root = { .depth = 0 };

    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_LWM2M_CBOR,
                                 PAYLOAD_PATCH, root, "a1 84 182a 00 0b 03 f6"),
                    STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(bench.list.count, 1);
    CU_ASSERT_EQUAL(bench.list.records[0].value.type, LWM2M_TYPE_NONE);
    CU_ASSERT_EQUAL(bench.list.note_count, 0);
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_PATCH, root),
        STATUS_OK);
    CU_ASSERT(bench_is_sent(&bench, "a1 83 182a 00 0b a1 03 f6"));
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_VALUES, root),
        STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(bench.reason.text, "no value at /42/0/11/3");
    CU_ASSERT_EQUAL(bench_decode(&bench, CONTENT_FORMAT_LWM2M_CBOR,
                                 PAYLOAD_PATCH, root, "a1 83 182a 00 01 f6"),
                    STATUS_OK);
    CU_ASSERT_STRING_EQUAL(bench_note(&bench, RECORD_NOTE_NON_CONFORMING),
                           "null deletes a Resource Instance, not a Resource");
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_PATCH, root),
        STATUS_INVALID);
    CU_ASSERT_FALSE(
        content_format_carries(CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_PATHS));
}

static void add(const char *path, bool has_time)
{
    const struct lwm2m_record record = {
        .path = bench_path(path),
        .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = 1 },
        .has_time = has_time,
        .time_s = 1e9,
    };

    CU_ASSERT_EQUAL_FATAL(record_list_add(&bench.list, &record, NULL),
                          STATUS_OK);
}

static void lwm2m_cbor_does_not_send_what_it_cannot_say(void)
{
    static const struct {
        const char *paths[2];
        bool has_time;
        const char *why;
    } rows[] = {
        { { "/42/0/1", "/42/0/1" }, false, "/42/0/1 given twice" },
        { { "/42/0/11", "/42/0/11/0" }, false, "/42/0/11/0 given twice" },
        { { "/42/0/1", "/43/0/1" },
          false,
          "a path that the payload is not about at /43/0/1" },
        { { "/42/0/1", "/42/0" }, false, "a value of no Resource at /42/0" },
        { { "/42/0/1", "/42/0/2" },
          true,
          "a time, which LwM2M CBOR does not have, at /42/0/1" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cbor_bench_clear(&bench);
        add(rows[i].paths[0], rows[i].has_time);
        add(rows[i].paths[1], rows[i].has_time);
        CU_ASSERT_EQUAL(bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR,
                                     PAYLOAD_VALUES, bench_path("/42")),
                        STATUS_INVALID);
        CU_ASSERT_STRING_EQUAL(bench.reason.text, rows[i].why);
        CU_ASSERT_PTR_NULL(bench.buffer.bytes);
    }
}

/** The most records there can be, in an order that groups nothing. */
static void lwm2m_cbor_brings_back_10000_scattered_records(void)
{
    struct record_list again;
    const struct lwm2m_path base = bench_path("/43");

    cbor_bench_clear(&bench);
    record_list_init(&again);
    for (unsigned i = 0; i < RECORD_LIST_MAX; i++) {
        const struct lwm2m_record record = {
            .path = { { 43, (uint16_t)(i % 100), (uint16_t)(i / 1000),
                        (uint16_t)(i / 100 % 10) },
                      4 },
            .value = { .type = LWM2M_TYPE_INTEGER, .as.integer = i },
        };
        CU_ASSERT_EQUAL_FATAL(record_list_add(&bench.list, &record, NULL),
                              STATUS_OK);
    }
    CU_ASSERT_EQUAL(
        bench_encode(&bench, CONTENT_FORMAT_LWM2M_CBOR, PAYLOAD_VALUES, base),
        STATUS_OK);
    CU_ASSERT_EQUAL(codec_decode(CONTENT_FORMAT_LWM2M_CBOR, NULL, &base,
                                 bench.buffer.bytes, bench.buffer.length,
                                 &again, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(again.note_count, 0);
    CU_ASSERT_EQUAL_FATAL(again.count, RECORD_LIST_MAX);
    for (unsigned i = 0; i < RECORD_LIST_MAX; i++) {
        const struct lwm2m_path *path = &again.records[i].path;
        CU_ASSERT_EQUAL(again.records[i].value.as.integer,
                        path->ids[2] * 1000 + path->ids[3] * 100 +
                            path->ids[1]);
    }
    record_list_release(&again);
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
    CU_pSuite suite = CU_add_suite("server.data_cbor_lwm2m", set_up, tear_down);
    CU_ADD_TEST(suite, lwm2m_cbor_refuses_what_names_no_resource);
    CU_ADD_TEST(suite, lwm2m_cbor_notes_what_is_out_of_place);
    CU_ADD_TEST(suite, lwm2m_cbor_keeps_empty_arrays_and_instances);
    CU_ADD_TEST(suite, lwm2m_cbor_sends_together_what_belongs_together);
    CU_ADD_TEST(suite, lwm2m_cbor_deletes_resource_instances_in_patches_only);
    CU_ADD_TEST(suite, lwm2m_cbor_does_not_send_what_it_cannot_say);
    CU_ADD_TEST(suite, lwm2m_cbor_brings_back_10000_scattered_records);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
