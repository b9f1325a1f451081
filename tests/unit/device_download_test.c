/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a package gets into the device, and what else is written.
 * Spec: afu.md, sections 4.3 and 9; packages.md, section 9.3.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_bench.h"

enum { TEE = 1, MODEM = 3 };

static struct bench bench;

static void set_up(void)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
}

static void tear_down(void)
{
    bench_close(&bench);
}

static const char *version_of(unsigned instance)
{
    return bench.firmware.components[instance].version;
}

/** A request; `path` follows "/33629". */
static uint8_t ask(uint8_t method, const char *path, int format,
                   const void *payload, size_t length, int64_t block)
{
    char full[32];

    (void)snprintf(full, sizeof(full), "/33629%s", path);
    return bench_request(&bench, method, full, format, payload, length, block);
}

static void load(void)
{
    CU_ASSERT_EQUAL(bench_push_plan(&bench, MODEM,
                                    (struct image_plan){ .instance = MODEM,
                                                         .version = "1.5" }),
                    CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
}

static void bad_packages_end_in_idle_with_their_result(void)
{
    const struct {
        const char *name;
        struct image_plan plan;
        size_t cut;  /* bytes off the end */
        size_t flip; /* 0: none; else a byte of the image */
        int pair;
    } rows[] = {
        { "flipped payload", { .instance = MODEM }, 0, 100, 5 }, /* ST-18 */
        { "flipped checksum", { .instance = MODEM }, 0, 13, 5 },
        { "cut payload", { .instance = MODEM }, 350, 0, 5 },
        { "other magic", { .instance = MODEM }, 0, 1, 6 }, /* ST-19 */
        { "other format", { .instance = MODEM }, 0, 9, 6 },
        { "header only", { .instance = MODEM }, 716, 0, 6 },
        { "other component", { .instance = TEE }, 0, 0, 6 },
        { "out of memory", { .instance = MODEM, .outcome = 1 }, 0, 0, 3 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct image image = bench_image(rows[i].plan);
        char text[64];

        set_up();
        image.length -= rows[i].cut;
        image.bytes[rows[i].flip] ^= rows[i].flip > 0 ? 1 : 0;
        CU_ASSERT_EQUAL(bench_push(&bench, MODEM, &image), CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), rows[i].pair);
        CU_ASSERT_EQUAL(bench_pair(&bench, TEE), 0);
        CU_ASSERT_STRING_EQUAL(
            bench_text(&bench, "/33629/3/7", text, sizeof(text)), "");
        CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(4, 5));
        /* The good one, sent next, succeeds. */
        CU_ASSERT_EQUAL(
            bench_push_plan(&bench, MODEM,
                            (struct image_plan){ .instance = MODEM }),
            CODE(2, 4));
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
        tear_down();
    }
}

static void package_above_the_limit_is_no_flash(void)
{
    static uint8_t block[1024];
    uint8_t code = CODE(2, 31);
    unsigned number = 0;

    set_up();
    memcpy(block, "AJAYMODE\0\3", 10);
    for (; code == CODE(2, 31); number++) {
        code = bench_request(&bench, METHOD_PUT, "/33629/3/0",
                             CONTENT_FORMAT_OPAQUE, block, sizeof(block),
                             (int64_t)number << 4 | 8 | 6);
    }
    CU_ASSERT_EQUAL(code, CODE(4, 13)); /* ST-21 */
    CU_ASSERT_EQUAL(number, FIRMWARE_STORAGE / 1024 + 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 2);
    tear_down();
}

static void repeated_blocks_do_not_harm(void)
{
    struct image image = bench_image((struct image_plan){ .instance = MODEM });

    set_up();
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 2), CODE(2, 4));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 200);
    CU_ASSERT_EQUAL(bench_update(&bench, MODEM, NULL), CODE(2, 4));
    bench_wait(&bench, 1000);
    size_t length = 0;
    uint8_t *bytes = bench_running_image(&bench, MODEM, &length);
    CU_ASSERT_EQUAL_FATAL(length, 700);
    for (size_t i = 0; i < length; i++) {
        CU_ASSERT_EQUAL(bytes[i], image_payload_byte(0, i));
    }
    free(bytes);
    tear_down();
}

static void repeated_block_with_other_bytes_or_a_gap_is_refused(void)
{
    struct image image = bench_image((struct image_plan){ .instance = MODEM });
    struct image other = image;

    set_up();
    other.bytes[300] ^= 1;
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 2), CODE(4, 8));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &other, 1), CODE(4, 8));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 100);
    tear_down();
}

static void block_that_is_no_block_is_refused(void)
{
    uint8_t bytes[300] = "AJAYMODE";

    set_up();
    /* SZX 7 is reserved; more than a block; less, but more to come. */
    CU_ASSERT_EQUAL(
        bench_request(&bench, METHOD_PUT, "/33629/3/0", 42, bytes, 256, 8 | 7),
        CODE(4, 0));
    CU_ASSERT_EQUAL(
        bench_request(&bench, METHOD_PUT, "/33629/3/0", 42, bytes, 300, 8 | 4),
        CODE(4, 0));
    CU_ASSERT_EQUAL(
        bench_request(&bench, METHOD_PUT, "/33629/3/0", 42, bytes, 255, 8 | 4),
        CODE(4, 0));
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 0);
    tear_down();
}

/** Block by block only Package is written. */
static void other_resources_take_one_block(void)
{
    set_up();
    CU_ASSERT_EQUAL(ask(METHOD_PUT, "/3/11", 0, "2", 1, 8 | 4), CODE(4, 13));
    CU_ASSERT_EQUAL(ask(METHOD_PUT, "/3/11", 0, "2", 1, 1 << 4), CODE(4, 8));
    CU_ASSERT_EQUAL(ask(METHOD_POST, "/3/2", 0, "0", 1, 8), CODE(4, 13));
    CU_ASSERT_EQUAL(ask(METHOD_PUT, "/3/11", 0, "2", 1, 0 | 4), CODE(2, 4));
    tear_down();
}

static void push_that_goes_on_is_not_given_up(void)
{
    struct image image = bench_image((struct image_plan){ .instance = MODEM });

    set_up();
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 0), CODE(2, 31));
    bench_wait(&bench, BENCH_PUSH_TIMEOUT_MS - 1);
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 1), CODE(2, 31));
    bench_wait(&bench, BENCH_PUSH_TIMEOUT_MS - 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 100);
    bench_wait(&bench, 1);
    CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), 4);
    CU_ASSERT_EQUAL(bench_send_block(&bench, MODEM, &image, 2), CODE(4, 8));
    tear_down();
}

static void name_and_version_are_shown_while_there_is_a_package(void)
{
    char text[64];

    set_up();
    load();
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/33629/3/6", text, sizeof(text)),
                           "modem");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/33629/3/7", text, sizeof(text)),
                           "1.5");
    CU_ASSERT_STRING_EQUAL(version_of(MODEM), "1.0");
    (void)bench_update(&bench, MODEM, NULL);
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/33629/3/7", text, sizeof(text)),
                           "1.5");
    CU_ASSERT_STRING_EQUAL(version_of(MODEM), "1.0");
    bench_wait(&bench, 1000);
    CU_ASSERT_STRING_EQUAL(
        bench_text(&bench, "/33629/3/15", text, sizeof(text)), "1.5");
    CU_ASSERT_STRING_EQUAL(bench_text(&bench, "/33629/3/7", text, sizeof(text)),
                           "");
    tear_down();
}

/** In any format that has one, an empty Package URI resets. */
static void empty_uri_resets_in_text_and_in_tlv(void)
{
    static const struct {
        uint8_t method;
        const char *path;
        const char *payload;
        size_t length;
        uint8_t code;
        int pair;
    } rows[] = {
        { METHOD_PUT, "/3/1", "\xc0\x01", 2, CODE(2, 4), 0 },
        { METHOD_POST, "/3", "\xc0\x01", 2, CODE(2, 4), 0 },
        { METHOD_PUT, "/3/1", "\xc1\x01x", 3, CODE(4, 5), 200 },
        { METHOD_POST, "/3", "\xc1\x0b\x02\xc1\x01x", 6, CODE(4, 5), 200 },
        { METHOD_POST, "/3", "\xc1\x0b\x03\xc0\x01", 5, CODE(4, 0), 200 },
        { METHOD_POST, "/3", "\xc1\x00\x00", 3, CODE(4, 5), 200 }, /* Package */
    };
    char text[8];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up();
        load();
        CU_ASSERT_EQUAL(ask(rows[i].method, rows[i].path, CONTENT_FORMAT_TLV,
                            rows[i].payload, rows[i].length, -1),
                        rows[i].code);
        CU_ASSERT_EQUAL(bench_pair(&bench, MODEM), rows[i].pair);
        CU_ASSERT_STRING_EQUAL(
            bench_text(&bench, "/33629/3/11", text, sizeof(text)), "1");
        tear_down();
    }
}

static void values_of_the_periods_are_kept_over_a_power_cycle(void)
{
    static const char *const periods[] = { "0", "30", "86400", "4294967296",
                                           "18446744073709551615" };
    char text[32];

    for (size_t i = 0; i < sizeof(periods) / sizeof(periods[0]); i++) {
        set_up();
        CU_ASSERT_EQUAL(ask(METHOD_PUT, "/3/13", CONTENT_FORMAT_TEXT,
                            periods[i], strlen(periods[i]), -1),
                        CODE(2, 4));
        CU_ASSERT_TRUE(bench_power_cycle(&bench));
        CU_ASSERT_STRING_EQUAL(
            bench_text(&bench, "/33629/3/13", text, sizeof(text)), periods[i]);
        tear_down();
    }
}

static void values_outside_their_range_are_refused(void)
{
    static const struct {
        const char *path;
        const char *text;
        uint8_t code;
    } rows[] = {
        { "/3/11", "0", CODE(2, 4) },
        { "/3/11", "-1", CODE(4, 0) },
        { "/3/11", "", CODE(4, 0) },
        { "/3/11", "x", CODE(4, 0) },
        { "/3/13", "-1", CODE(4, 0) },
        { "/3/13", "1.5", CODE(4, 0) },
        { "/3/13", "18446744073709551616", CODE(4, 0) },
        { "/3/11/0", "0", CODE(4, 4) },
        { "/3/99", "0", CODE(4, 4) },
        { "/4/11", "0", CODE(4, 4) },
        { "/3/15", "0", CODE(4, 5) },
    };

    set_up();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t code = ask(METHOD_PUT, rows[i].path, CONTENT_FORMAT_TEXT,
                           rows[i].text, strlen(rows[i].text), -1);
        CU_ASSERT_EQUAL(code, rows[i].code);
        if (code != rows[i].code) {
            printf("    '%s' to %s: %u.%02u\n", rows[i].text, rows[i].path,
                   code >> 5, code & 31);
        }
    }
    tear_down();
}

static CU_TestInfo download_tests[] = {
    { "bad packages", bad_packages_end_in_idle_with_their_result },
    { "too large", package_above_the_limit_is_no_flash },
    { "repeated blocks", repeated_blocks_do_not_harm },
    { "gaps", repeated_block_with_other_bytes_or_a_gap_is_refused },
    { "no blocks", block_that_is_no_block_is_refused },
    { "one block", other_resources_take_one_block },
    { "time-out", push_that_goes_on_is_not_given_up },
    { "name and version", name_and_version_are_shown_while_there_is_a_package },
    { "reset", empty_uri_resets_in_text_and_in_tlv },
    { "periods", values_of_the_periods_are_kept_over_a_power_cycle },
    { "ranges", values_outside_their_range_are_refused },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "downloads", NULL, NULL, NULL, NULL, download_tests },
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
