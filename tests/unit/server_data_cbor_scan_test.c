/* SPDX-License-Identifier: Apache-2.0 */

/* What the scan lets through to libcbor, what it refuses, and why. */
#include <CUnit/Basic.h>
#include <cbor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/cbor_scan.h"

enum { INPUT_MAX = 256 };

/** Blanks may stand between bytes. */
static size_t bytes_of(const char *hex, uint8_t *bytes)
{
    size_t length = 0;

    while (*hex != '\0') {
        unsigned byte = 0;
        (void)sscanf(hex, " %2x", &byte);
        bytes[length++] = (uint8_t)byte;
        hex += strspn(hex, " ") + 2;
        hex += strspn(hex, " ");
    }
    return length;
}

static bool is_loaded_whole(const uint8_t *bytes, size_t length)
{
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(bytes, length, &result);
    bool is_whole = item != NULL && result.read == length;

    if (item != NULL) {
        cbor_decref(&item);
    }
    return is_whole;
}

static const char *const taken[] = {
    "00",
    "17",
    "1818",
    "1800", /* longer than needed */
    "1b0000000000000064",
    "1bffffffffffffffff",
    "3bffffffffffffffff",
    "40",
    "43010203",
    "60",
    "63e282ac",
    "64f09f9880",
    "5fff",
    "5f4101420203ff",
    "7fff",
    "7f61616162ff",
    "80",
    "83010203",
    "9fff",
    "9f01ff",
    "a0",
    "a10102",
    "bfff",
    "bf0102ff",
    "bf03bf00bf091864ffffff",
    "f4",
    "f5",
    "f6",
    "f7",
    "f93c00",
    "fa3f800000",
    "fb3ff0000000000000",
    "c11a5182428f",
    "c074323031332d30352d30325431303a34303a31355a",
    "c482201901c7",
    "c249010000000000000000", /* a bignum is the decoder's to refuse */
    "d81841f6",
    "d9d9f700",
    "dbffffffffffffffff00",
};

static void scan_takes_what_is_well_formed_and_libcbor_loads_it(void)
{
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        uint8_t bytes[INPUT_MAX];
        struct reason reason = { .status = STATUS_OK };
        size_t length = bytes_of(taken[i], bytes);
        enum status status = scan_cbor(bytes, length, &reason);
        if (status != STATUS_OK || !is_loaded_whole(bytes, length)) {
            printf("%s: %s\n", taken[i], reason.text);
        }
        CU_ASSERT_EQUAL(status, STATUS_OK);
        CU_ASSERT(is_loaded_whole(bytes, length));
    }
}

static void scan_refuses_every_shorter_prefix(void)
{
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        uint8_t bytes[INPUT_MAX];
        size_t length = bytes_of(taken[i], bytes);
        for (size_t cut = 0; cut < length; cut++) {
            CU_ASSERT_EQUAL(scan_cbor(bytes, cut, NULL), STATUS_MALFORMED);
        }
    }
}

static const struct refused {
    const char *hex;
    const char *why;
} refused[] = {
    { "", "CBOR at offset 0: the input ends" },
    { "18", "CBOR at offset 0: the head is cut" },
    { "1b00000000000000", "CBOR at offset 0: the head is cut" },
    { "1c", "CBOR at offset 0: reserved additional information" },
    { "5d", "CBOR at offset 0: reserved additional information" },
    { "fe00", "CBOR at offset 0: reserved additional information" },
    { "1f", "CBOR at offset 0: a number or a tag has no indefinite length" },
    { "3f", "CBOR at offset 0: a number or a tag has no indefinite length" },
    { "df00", "CBOR at offset 0: a number or a tag has no indefinite length" },
    { "ff", "CBOR at offset 0: a break where an item belongs" },
    { "81ff", "CBOR at offset 1: a break where an item belongs" },
    { "a100ff", "CBOR at offset 2: a break where an item belongs" },
    { "bf00ff", "CBOR at offset 2: a break where an item belongs" },
    { "c1ff", "CBOR at offset 1: a break where an item belongs" },
    { "0000", "CBOR at offset 1: 1 bytes behind the item" },
    { "a0ff", "CBOR at offset 1: 1 bytes behind the item" },
    { "4200", "CBOR at offset 0: a string of 2 bytes, but 1 are left" },
    { "5bffffffffffffffff00",
      "CBOR at offset 0: a string of 18446744073709551615 bytes, but 1 are "
      "left" },
    { "820061", "CBOR at offset 2: a string of 1 bytes, but 0 are left" },
    { "9affffffff00",
      "CBOR at offset 0: 4294967295 members, but 1 bytes are left" },
    { "bbffffffffffffffff00",
      "CBOR at offset 0: 18446744073709551615 members, but 1 bytes are left" },
    { "a2010203", "CBOR at offset 0: 2 members, but 3 bytes are left" },
    { "9f00", "CBOR at offset 2: the input ends" },
    { "bf0001", "CBOR at offset 3: the input ends" },
    { "5f4100", "CBOR at offset 3: the input ends" },
    { "5f6161ff", "CBOR at offset 1: no chunk of the string it stands in" },
    { "7f4161ff", "CBOR at offset 1: no chunk of the string it stands in" },
    { "7f7f6161ffff", "CBOR at offset 1: no chunk of the string it stands in" },
    { "7f00ff", "CBOR at offset 1: no chunk of the string it stands in" },
    { "62c328", "CBOR at offset 0: text that is not UTF-8" },
    { "63eda080", "CBOR at offset 0: text that is not UTF-8" },
    { "62c080", "CBOR at offset 0: text that is not UTF-8" },
    { "7f62e28261acff", "CBOR at offset 1: text that is not UTF-8" },
    { "e0", "CBOR at offset 0: simple value 0" },
    { "f3", "CBOR at offset 0: simple value 19" },
    { "f818", "CBOR at offset 0: simple value 24" },
    { "f8ff", "CBOR at offset 0: simple value 255" },
    { "c600", "CBOR at offset 0: tag 6, which no LwM2M format has" },
    { "d284", "CBOR at offset 0: tag 18, which no LwM2M format has" },
    { "d814", "CBOR at offset 0: tag 20, which no LwM2M format has" },
    /* The same key, in one map, in any form. */
    { "a200010002", "CBOR at offset 3: the key of offset 1 again" },
    { "a300010102180003", "CBOR at offset 5: the key of offset 1 again" },
    { "a20a011b000000000000000a02",
      "CBOR at offset 3: the key of offset 1 again" },
    { "a22000380000", "CBOR at offset 3: the key of offset 1 again" },
    { "bf00010002ff", "CBOR at offset 3: the key of offset 1 again" },
    { "a2616101616102", "CBOR at offset 4: the key of offset 1 again" },
    { "a262616201 7f61616162ff02",
      "CBOR at offset 5: the key of offset 1 again" },
    { "a241 6101 4161 02", "CBOR at offset 4: the key of offset 1 again" },
    { "a2 83030009 01 9f030009ff 02",
      "CBOR at offset 6: the key of offset 1 again" },
    { "a2 c100 01 c100 02", "CBOR at offset 4: the key of offset 1 again" },
    { "a2 f5 01 f5 02", "CBOR at offset 3: the key of offset 1 again" },
    { "a2 a10102 01 bf0102ff 02",
      "CBOR at offset 5: the key of offset 1 again" },
    { "81 a2 00 a2 0102 0103 01 00",
      "CBOR at offset 6: the key of offset 4 again" },
};

static void scan_says_where_and_why_it_refuses(void)
{
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        uint8_t bytes[INPUT_MAX];
        struct reason reason = { .status = STATUS_OK };
        size_t length = bytes_of(refused[i].hex, bytes);
        if (scan_cbor(bytes, length, &reason) != STATUS_MALFORMED ||
            strcmp(reason.text, refused[i].why) != 0) {
            printf("%s: %s\n", refused[i].hex, reason.text);
        }
        CU_ASSERT_EQUAL(reason.status, STATUS_MALFORMED);
        CU_ASSERT_STRING_EQUAL(reason.text, refused[i].why);
    }
}

static void scan_tells_keys_apart_that_only_look_alike(void)
{
    static const char *const maps[] = {
        "a2 01 00 20 00",         /* 1 and -1 */
        "a2 4161 00 6161 00",     /* bytes and text */
        "a2 61 61 00 62 6161 00", /* one starts the other */
        "a2 7f 6161 ff 00 7f 6161 6161 ff 00",
        "a2 03 00 81 03 00", /* 3 and [3] */
        "a2 8203 00 00 8303 0000 00",
        "a2 9f03 ff 00 9f03 00 ff 00",
        "a2 c1 00 00 c0 00 00",
        "a2 f4 00 f5 00",
        "a2 f9 3c00 00 fa 3f800000 00", /* see cbor_scan.h */
        "a2 a1 0102 00 a1 0103 00",
        "a2 00 a1 0001 01 a1 0001", /* in different maps */
        "82 a1 0001 a1 0001",
    };

    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        uint8_t bytes[INPUT_MAX];
        struct reason reason = { .status = STATUS_OK };
        size_t length = bytes_of(maps[i], bytes);
        CU_ASSERT_EQUAL(scan_cbor(bytes, length, &reason), STATUS_OK);
        if (reason.status != STATUS_OK) {
            printf("%s: %s\n", maps[i], reason.text);
        }
    }
}

/** `head` as often as `depth`, then 0. */
static enum status scan_nested(const char *head, size_t depth,
                               struct reason *reason)
{
    uint8_t bytes[INPUT_MAX];
    size_t length = 0;

    for (size_t i = 0; i < depth; i++) {
        length += bytes_of(head, bytes + length);
    }
    bytes[length++] = 0;
    return scan_cbor(bytes, length, reason);
}

static void scan_takes_16_levels_and_not_17(void)
{
    static const char *const heads[] = { "81", "a100", "c1", "d81c" };

    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(scan_nested(heads[i], SCAN_DEPTH_MAX, &reason),
                        STATUS_OK);
        CU_ASSERT_EQUAL(scan_nested(heads[i], SCAN_DEPTH_MAX + 1, &reason),
                        STATUS_LIMIT);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "more than 16 levels"));
    }
}

/** An array of so many items, one of them the array. */
static enum status scan_items(size_t items, struct reason *reason)
{
    uint8_t *bytes = calloc(1, items + 4);
    size_t count = items - 1;

    CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
    bytes[0] = 0x9a;
    for (size_t i = 0; i < 4; i++) {
        bytes[1 + i] = (uint8_t)(count >> (24 - 8 * i));
    }
    enum status status = scan_cbor(bytes, items + 4, reason);
    free(bytes);
    return status;
}

static void scan_takes_131072_items_and_not_one_more(void)
{
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(scan_items(SCAN_ITEMS_MAX, &reason), STATUS_OK);
    CU_ASSERT_EQUAL(scan_items(SCAN_ITEMS_MAX + 1, &reason), STATUS_LIMIT);
    CU_ASSERT_STRING_EQUAL(reason.text, "CBOR: more than 131072 items");
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_cbor_scan", NULL, NULL);
    CU_ADD_TEST(suite, scan_takes_what_is_well_formed_and_libcbor_loads_it);
    CU_ADD_TEST(suite, scan_refuses_every_shorter_prefix);
    CU_ADD_TEST(suite, scan_says_where_and_why_it_refuses);
    CU_ADD_TEST(suite, scan_tells_keys_apart_that_only_look_alike);
    CU_ADD_TEST(suite, scan_takes_16_levels_and_not_17);
    CU_ADD_TEST(suite, scan_takes_131072_items_and_not_one_more);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
