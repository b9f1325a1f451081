/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's state machine against the transition table of the object
 * digest: each trigger in each pair. Requests go in at the objects; State and
 * Update Result come out by Reads. Spec: afu.md, section 4.3.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_bench.h"

enum { MODEM = 3 };

static struct bench bench;

static void set_up(void)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
}

static void tear_down(void)
{
    bench_close(&bench);
}

/* The matrix: each start pair, each trigger. */

enum start {
    START_FRESH,
    START_INSTALLED,
    START_CANCELLED,
    START_CORRUPT,
    START_DOWNLOADING,
    START_LOADED,
    START_FAILED,
    START_DEFERRED,
    START_UPDATING,
    START_COUNT
};

static const struct {
    const char *name;
    int pair;
} starts[START_COUNT] = {
    [START_FRESH] = { "fresh", 0 },
    [START_INSTALLED] = { "installed", 1 },
    [START_CANCELLED] = { "cancelled", 10 },
    [START_CORRUPT] = { "corrupt", 5 },
    [START_DOWNLOADING] = { "downloading", 100 },
    [START_LOADED] = { "loaded", 200 },
    [START_FAILED] = { "failed", 208 },
    [START_DEFERRED] = { "deferred", 211 },
    [START_UPDATING] = { "updating", 300 },
};

static void go_to(enum start start)
{
    const struct image_plan good = { .instance = MODEM, .version = "1.5" };
    struct image_plan plan = good;
    struct image image = bench_image(good);

    switch (start) {
    case START_FRESH:
        return;
    case START_INSTALLED:
        (void)bench_push(&bench, MODEM, &image);
        (void)bench_update(&bench, MODEM, NULL);
        bench_wait(&bench, 1000);
        return;
    case START_CANCELLED:
        (void)bench_push(&bench, MODEM, &image);
        (void)bench_cancel(&bench, MODEM);
        return;
    case START_CORRUPT:
        image.bytes[image.length - 1] ^= 1;
        (void)bench_push(&bench, MODEM, &image);
        return;
    case START_DOWNLOADING:
        CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0),
                        CODE(2, 31));
        return;
    case START_LOADED:
        (void)bench_push(&bench, MODEM, &image);
        return;
    case START_FAILED:
        plan.outcome = OUTCOME_FAILURE_NO_RESTART;
        (void)bench_push_plan(&bench, MODEM, plan);
        (void)bench_update(&bench, MODEM, NULL);
        bench_wait(&bench, 1000);
        return;
    case START_DEFERRED:
        plan.outcome = OUTCOME_DEFER;
        (void)bench_request(&bench, METHOD_PUT, "/33629/3/13",
                            CONTENT_FORMAT_TEXT, "86400", 5, -1);
        (void)bench_push_plan(&bench, MODEM, plan);
        (void)bench_update(&bench, MODEM, NULL);
        return;
    case START_UPDATING:
        (void)bench_push(&bench, MODEM, &image);
        (void)bench_update(&bench, MODEM, NULL);
        return;
    case START_COUNT:
        break;
    }
    CU_FAIL("no such start");
}

enum trigger {
    FIRST_BLOCK,
    NEXT_BLOCK,
    FOURTH_BLOCK,
    WHOLE,
    NUL,
    EMPTY_PACKAGE,
    EMPTY_URI,
    URI,
    LONG_URI,
    UPDATE,
    ALONE,
    MALFORMED,
    CANCEL,
    SEVERITY,
    BAD_SEVERITY,
    PERIOD,
    CREATE,
    DELETE,
    DELETE_OBJECT,
    WRITE_STATE,
    EXECUTE_STATE,
    REBOOT,
    POWER_CYCLE,
    TIME,
    TRIGGER_COUNT
};

static const char *const trigger_names[TRIGGER_COUNT] = {
    "first block",   "next block",    "fourth block",      "whole package",
    "0x00",          "empty Package", "empty URI",         "URI",
    "long URI",      "Update",        "Update '0'",        "Update '0,0'",
    "Cancel",        "Severity",      "Severity 3",        "defer period",
    "Create",        "Delete",        "Delete the object", "Write State",
    "Execute State", "reboot",        "power cycle",       "time",
};

/** A request; `path` follows "/33629". */
static uint8_t ask(uint8_t method, const char *path, int format,
                   const void *payload, size_t length, int64_t block)
{
    char full[32];

    (void)snprintf(full, sizeof(full), "/33629%s", path);
    return bench_request(&bench, method, full, format, payload, length, block);
}

static uint8_t pull(enum trigger trigger)
{
    char uri[256];

    memset(uri, 'a', sizeof(uri));
    memcpy(uri, "coap://h/", 9);
    size_t length = trigger == EMPTY_URI ? 0 : trigger == URI ? 12 : 256;
    return ask(METHOD_PUT, "/3/1", CONTENT_FORMAT_TEXT, uri, length, -1);
}

static uint8_t transfer(enum trigger trigger)
{
    struct image image =
        bench_image((struct image_plan){ .instance = MODEM, .version = "1.5" });
    const struct {
        size_t offset;
        size_t length;
        int64_t block;
    } rows[] = {
        [FIRST_BLOCK] = { 0, 256, 0 << 4 | 8 | 4 },
        [NEXT_BLOCK] = { 256, 256, 1 << 4 | 8 | 4 },
        [FOURTH_BLOCK] = { 256, 256, 3 << 4 | 8 | 4 },
        [WHOLE] = { 0, image.length, -1 },
        [NUL] = { image.length, 1, -1 }, /* beyond it are zeros */
        [EMPTY_PACKAGE] = { 0, 0, -1 },
    };

    return ask(METHOD_PUT, "/3/0", CONTENT_FORMAT_OPAQUE,
               image.bytes + rows[trigger].offset, rows[trigger].length,
               rows[trigger].block);
}

/** @return the code; 0 where nothing is answered */
static uint8_t pull_trigger(enum trigger trigger)
{
    switch (trigger) {
    case FIRST_BLOCK:
    case NEXT_BLOCK:
    case FOURTH_BLOCK:
    case WHOLE:
    case NUL:
    case EMPTY_PACKAGE:
        return transfer(trigger);
    case EMPTY_URI:
    case URI:
    case LONG_URI:
        return pull(trigger);
    case UPDATE:
        return bench_update(&bench, MODEM, NULL);
    case ALONE:
        return bench_update(&bench, MODEM, "0");
    case MALFORMED:
        return bench_update(&bench, MODEM, "0,0");
    case CANCEL:
        return bench_cancel(&bench, MODEM);
    case SEVERITY:
        return ask(METHOD_PUT, "/3/11", CONTENT_FORMAT_TEXT, "2", 1, -1);
    case BAD_SEVERITY:
        return ask(METHOD_PUT, "/3/11", CONTENT_FORMAT_TEXT, "3", 1, -1);
    case PERIOD:
        return ask(METHOD_PUT, "/3/13", CONTENT_FORMAT_TEXT, "30", 2, -1);
    case CREATE:
        return ask(METHOD_POST, "", CONTENT_FORMAT_TLV, "\x08\x04\x00", 3, -1);
    case DELETE:
        return ask(METHOD_DELETE, "/3", BENCH_NO_FORMAT, NULL, 0, -1);
    case DELETE_OBJECT:
        return ask(METHOD_DELETE, "", BENCH_NO_FORMAT, NULL, 0, -1);
    case WRITE_STATE:
        return ask(METHOD_PUT, "/3/3", CONTENT_FORMAT_TEXT, "2", 1, -1);
    case EXECUTE_STATE:
        return ask(METHOD_POST, "/3/3", BENCH_NO_FORMAT, NULL, 0, -1);
    case REBOOT:
        firmware_boot(&bench.firmware, bench.now_ms);
        return 0;
    case POWER_CYCLE:
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        return 0;
    case TIME:
        bench_wait(&bench, 60000);
        return 0;
    case TRIGGER_COUNT:
        break;
    }
    CU_FAIL("no such trigger");
    return 0;
}

/** What is to come: a pair, or KEPT: not one byte of the object changes. */
struct outcome_cell {
    uint8_t code;
    int pair;
};

enum { KEPT = -1 };

#define NO                                                                     \
    {                                                                          \
        CODE(4, 5), KEPT                                                       \
    }
#define BAD                                                                    \
    {                                                                          \
        CODE(4, 0), KEPT                                                       \
    }
#define TO(pair)                                                               \
    {                                                                          \
        CODE(2, 4), pair                                                       \
    }
#define SILENT(pair)                                                           \
    {                                                                          \
        0, pair                                                                \
    }

/* Rows of afu.md 4.3 in the order of the triggers. */
/* clang-format off */
#define COMMON(pair) \
    [SEVERITY] = TO(pair), [BAD_SEVERITY] = BAD, [PERIOD] = TO(pair), /* 55 */ \
    [CREATE] = NO, [DELETE] = NO, [DELETE_OBJECT] = NO,               /* 54 */ \
    [WRITE_STATE] = NO, [EXECUTE_STATE] = NO
#define IDLE(pair) { \
    [FIRST_BLOCK] = { CODE(2, 31), 100 },                   /* ST-02 */ \
    [NEXT_BLOCK] = { CODE(4, 8), KEPT },                    /* ST-04 */ \
    [FOURTH_BLOCK] = { CODE(4, 8), KEPT },                  /* ST-04 */ \
    [WHOLE] = TO(200),                                      /* ST-17 */ \
    [NUL] = TO(0), [EMPTY_URI] = TO(0),                     /* ST-05 */ \
    [EMPTY_PACKAGE] = BAD,                                  /* ST-06 */ \
    [URI] = NO, [LONG_URI] = NO,                            /* ST-10, 11 */ \
    [UPDATE] = NO, [ALONE] = NO, [MALFORMED] = NO,          /* ST-12 */ \
    [CANCEL] = NO,                                          /* ST-13, 14 */ \
    [REBOOT] = SILENT(KEPT), [POWER_CYCLE] = SILENT(KEPT), \
    [TIME] = SILENT(KEPT), COMMON(pair) }
#define DOWNLOADED(pair, after_update) { \
    [FIRST_BLOCK] = NO, [NEXT_BLOCK] = NO, [FOURTH_BLOCK] = NO, \
    [WHOLE] = NO, [EMPTY_PACKAGE] = NO,                     /* ST-43 */ \
    [NUL] = TO(0), [EMPTY_URI] = TO(0),                     /* ST-40 */ \
    [URI] = NO, [LONG_URI] = NO,                            /* ST-42 */ \
    [UPDATE] = TO(after_update), [ALONE] = TO(after_update), /* 32, 33, 39 */ \
    [MALFORMED] = BAD,                                      /* ST-38 */ \
    [CANCEL] = TO(10),                                      /* ST-41 */ \
    [REBOOT] = SILENT(KEPT), [POWER_CYCLE] = SILENT(KEPT),  /* ST-45 */ \
    [TIME] = SILENT(KEPT), COMMON(pair) }

static const struct outcome_cell cells[START_COUNT][TRIGGER_COUNT] = {
    [START_FRESH] = IDLE(0),
    [START_INSTALLED] = IDLE(1),
    [START_CANCELLED] = IDLE(10),
    [START_CORRUPT] = IDLE(5),
    [START_DOWNLOADING] = {
        [FIRST_BLOCK] = { CODE(2, 31), 100 },               /* ST-26 */
        [NEXT_BLOCK] = { CODE(2, 31), 100 },                /* ST-16 */
        [FOURTH_BLOCK] = { CODE(4, 8), KEPT },
        [WHOLE] = TO(200),                                  /* ST-26, 17 */
        [NUL] = TO(0), [EMPTY_URI] = TO(0),                 /* ST-28 */
        [EMPTY_PACKAGE] = BAD,
        [URI] = NO, [LONG_URI] = NO,                        /* ST-25 */
        [UPDATE] = NO, [ALONE] = NO, [MALFORMED] = NO,      /* ST-29 */
        [CANCEL] = TO(10),                                  /* ST-30 */
        [REBOOT] = SILENT(0), [POWER_CYCLE] = SILENT(0),    /* ST-31 */
        [TIME] = SILENT(4),                                 /* ST-23 */
        COMMON(100) },
    [START_LOADED] = DOWNLOADED(200, 300),
    [START_FAILED] = DOWNLOADED(208, 300),
    [START_DEFERRED] = DOWNLOADED(211, 300),
    [START_UPDATING] = {
        [FIRST_BLOCK] = NO, [NEXT_BLOCK] = NO, [FOURTH_BLOCK] = NO,
        [WHOLE] = NO, [EMPTY_PACKAGE] = NO, [NUL] = NO,
        [EMPTY_URI] = NO, [URI] = NO, [LONG_URI] = NO,      /* ST-52 */
        [UPDATE] = NO, [ALONE] = NO, [MALFORMED] = NO,      /* ST-50 */
        [CANCEL] = NO,                                      /* ST-51 */
        [REBOOT] = SILENT(208), [POWER_CYCLE] = SILENT(208), /* ST-53 */
        [TIME] = SILENT(1),                                 /* ST-46 */
        COMMON(300) },
};
/* clang-format on */

/** Nothing of the object may differ: AFU-063. */
static bool same_object(const struct byte_buffer *before)
{
    struct byte_buffer after;
    bool same = bench_read(&bench, "/33629", &after) == CODE(2, 5) &&
                after.length == before->length &&
                memcmp(after.bytes, before->bytes, after.length) == 0;

    byte_buffer_release(&after);
    return same;
}

static void check_cell(enum start start, enum trigger trigger)
{
    const struct outcome_cell *cell = &cells[start][trigger];
    struct byte_buffer before;
    int pair = cell->pair == KEPT ? starts[start].pair : cell->pair;

    set_up();
    go_to(start);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), starts[start].pair);
    CU_ASSERT_EQUAL(bench_read(&bench, "/33629", &before), CODE(2, 5));
    uint8_t code = pull_trigger(trigger);
    int got = bench_pair(&bench, MODEM);
    bool kept = cell->pair != KEPT || same_object(&before);
    bool good = code == cell->code && got == pair && kept;
    CU_ASSERT_TRUE(good);
    if (!good) {
        printf("    %s, %s: %u.%02u and %d%s; not %u.%02u and %d\n",
               starts[start].name, trigger_names[trigger], code >> 5, code & 31,
               got, kept ? "" : ", object changed", cell->code >> 5,
               cell->code & 31, pair);
    }
    byte_buffer_release(&before);
    tear_down();
}

static void each_trigger_in_each_pair_does_what_its_row_says(void)
{
    for (int start = 0; start < START_COUNT; start++) {
        for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
            check_cell((enum start)start, (enum trigger)trigger);
        }
    }
}

/** In every state Read changes nothing: ST-56. */
static void reads_have_no_side_effect(void)
{
    for (int start = 0; start < START_COUNT; start++) {
        struct byte_buffer before;

        set_up();
        go_to((enum start)start);
        CU_ASSERT_EQUAL(bench_read(&bench, "/33629", &before), CODE(2, 5));
        CU_ASSERT_TRUE(same_object(&before));
        byte_buffer_release(&before);
        tear_down();
    }
}

static void fresh_device_is_idle_with_nothing(void)
{
    char text[64];

    set_up();
    for (unsigned i = 0; i < 4; i++) {
        char path[32];
        CU_ASSERT_EQUAL(bench_pair(&bench, i), 0); /* ST-01 */
        CU_ASSERT_STRING_EQUAL(bench.firmware.components[i].version, "1.0");
        CU_ASSERT_EQUAL(firmware_linked(&bench.firmware, (uint16_t)i), 0);
        CU_ASSERT_EQUAL(firmware_conflicting(&bench.firmware, (uint16_t)i), 0);
        (void)snprintf(path, sizeof(path), "/33629/%u/11", i);
        CU_ASSERT_STRING_EQUAL(bench_text(&bench, path, text, sizeof(text)),
                               "1");
    }
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/33629/0/9", text, sizeof(text)),
                           "1");
    tear_down();
}

static CU_TestInfo machine_tests[] = {
    { "matrix", each_trigger_in_each_pair_does_what_its_row_says },
    { "reads", reads_have_no_side_effect },
    { "fresh", fresh_device_is_idle_with_nothing },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "state machine", NULL, NULL, NULL, NULL, machine_tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
