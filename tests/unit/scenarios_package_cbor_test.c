/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/cbor_read.h"
#include "scenarios/package/cbor_write.h"

/*
 * The strict look at CBOR that packages get before anything is read of them,
 * and the writer: what libraries let pass and what makes them allocate without
 * end. packages.md, 10.2; each row is a trap of its own.
 */

enum { BYTES = 256, LEVELS = 16 };

/** @return bytes */
static size_t from_hex(const char *text, uint8_t out[BYTES])
{
    size_t size = strlen(text) / 2;

    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) {
            abort(); /* a row that is none */
        }
        out[i] = (uint8_t)byte;
    }
    return size;
}

static enum status check(const uint8_t *bytes, size_t size, bool sorts,
                         struct reason *reason)
{
    uint8_t *copy = malloc(size + 1); /* so that a read past it shows */
    enum status status = STATUS_NO_MEMORY;

    if (copy != NULL) {
        struct cbor_in in = { .bytes = copy, .end = size, .reason = reason };
        memcpy(copy, bytes, size);
        status = cbor_check(&in, sorts);
    }
    free(copy);
    return status;
}

static const struct {
    const char *hex;
    const char *says; /* of what is wrong; NULL: it is good */
} rows[] = {
    /* Good: all kinds of items, and the shortest head of each length. */
    { "00", NULL },
    { "17", NULL },
    { "1818", NULL },
    { "190100", NULL },
    { "1a00010000", NULL },
    { "1b0000000100000000", NULL },
    { "3863", NULL },
    { "4401020304", NULL },
    { "6161", NULL },
    { "83010203", NULL },
    { "80", NULL },
    { "a0", NULL },
    { "a201020304", NULL },
    { "d86b00", NULL },
    { "f4", NULL },
    { "f5", NULL },
    { "f6", NULL },
    /* Tags 6 to 20, which libcbor refuses before 0.11: COSE's are of them. */
    { "c600", NULL },
    { "d180", NULL },
    { "d28443a10126a0f640", NULL },
    { "d400", NULL },
    /* Indefinite lengths, and heads that are reserved. */
    { "9fff", "offset 0: a length that is not definite" },
    { "bfff", "offset 0: a length that is not definite" },
    { "5f4101ff", "offset 0: a length that is not definite" },
    { "7f6161ff", "offset 0: a length that is not definite" },
    { "819fff", "offset 1: a length that is not definite" },
    { "ff", "offset 0: a length that is not definite" },
    { "1c", "offset 0: a length that is not definite" },
    /* Heads that are longer than they need be. */
    { "1817", "offset 0: a head that is longer" },
    { "1900ff", "offset 0: a head that is longer" },
    { "1a0000ffff", "offset 0: a head that is longer" },
    { "1b00000000ffffffff", "offset 0: a head that is longer" },
    { "580161", "offset 0: a head that is longer" },
    { "980100", "offset 0: a head that is longer" },
    { "b8010000", "offset 0: a head that is longer" },
    { "d81700", "offset 0: a head that is longer" },
    /* Counts and lengths that are larger than what is left: no list of that
     * many items may be made. */
    { "9affffffff", "it ends too early" },
    { "9bffffffffffffffff", "it ends too early" },
    { "baffffffff", "it ends too early" },
    { "bb8000000000000000", "it ends too early" }, /* twice that is 0 */
    { "bbffffffffffffffff", "it ends too early" },
    { "5affffffff", "it ends too early" },
    { "5bffffffffffffffff", "it ends too early" },
    { "7a0000ffff", "a head that is longer" },
    { "4401", "it ends too early" },
    { "82000000", "offset 3: bytes behind the end" },
    { "8300", "it ends too early" },
    { "a200", "it ends too early" },
    { "a1000100", "offset 3: bytes behind the end" },
    { "d86b", "it ends too early" },
    { "19", "it ends too early" },
    { "1901", "it ends too early" },
    { "", "it ends too early" },
    /* One key twice, wherever it stands and whatever it is. */
    { "a201020103", "offset 3: a key that the map has already" },
    { "a3010204050103", "offset 5: a key that the map has already" },
    { "a2616101616102", "offset 4: a key that the map has already" },
    { "81a201020103", "offset 4: a key that the map has already" },
    { "a101a220022003", "offset 5: a key that the map has already" },
    { "a2810101810102", "offset 4: a key that the map has already" },
    /* Simple values and numbers that no package has. */
    { "f7", "offset 0: a simple value" },
    { "e0", "offset 0: a simple value" },
    { "f0", "offset 0: a simple value" },
    { "f820", "offset 0: a simple value or float" },
    { "f93c00", "offset 0: a simple value or float" },
    { "fa47c35000", "offset 0: a simple value or float" },
    { "fb3ff199999999999a", "offset 0: a simple value or float" },
    /* Something behind the end. */
    { "0000", "offset 1: bytes behind the end" },
    { "a000", "offset 1: bytes behind the end" },
};

static void only_strict_cbor_is_let_in(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (int sorts = 0; sorts < 2; sorts++) {
            struct reason reason = { .status = STATUS_OK };
            uint8_t bytes[BYTES];
            size_t size = from_hex(rows[i].hex, bytes);
            enum status status = check(bytes, size, sorts == 1, &reason);
            bool is_right = rows[i].says == NULL
                                ? status == STATUS_OK
                                : status == STATUS_MALFORMED &&
                                      strncmp(reason.text, "offset ", 7) == 0 &&
                                      strstr(reason.text, rows[i].says) != NULL;
            CU_ASSERT_TRUE(is_right);
            if (!is_right) {
                printf("%s: %s\n", rows[i].hex, reason.text);
            }
        }
    }
}

/** Of COSE's maps no order is asked, of the others it is. packages.md, 8.1. */
static void the_order_of_keys_can_be_asked_for(void)
{
    static const struct {
        const char *hex;
        bool is_sorted;
    } maps[] = {
        { "a201020405", true },
        { "a204050102", false },
        { "a220010402", /* -1 before 4, as the drafts have it */
          false },
        { "a204022001", true },
        { "a21818010302", false },
        { "a2616201616102", false },
        { "a261610162626202", true }, /* the shorter one first */
        { "a262616101616202", false },
        { "a20102616103", true }, /* numbers before text */
        { "a26161030102", false },
        { "81a204050102", false },   /* in an array */
        { "a101a204050102", false }, /* in a map */
    };

    for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        uint8_t bytes[BYTES];
        size_t size = from_hex(maps[i].hex, bytes);
        CU_ASSERT_EQUAL(check(bytes, size, false, &reason), STATUS_OK);
        CU_ASSERT_EQUAL(check(bytes, size, true, &reason) == STATUS_OK,
                        maps[i].is_sorted);
        CU_ASSERT_EQUAL(strstr(reason.text, "not in their order") == NULL,
                        maps[i].is_sorted);
    }
}

static void items_are_nested_16_deep_and_no_more(void)
{
    for (size_t depth = 0; depth < BYTES - 1; depth++) {
        uint8_t bytes[BYTES];
        struct reason reason = { .status = STATUS_OK };
        memset(bytes, 0x81, depth);
        bytes[depth] = 0;
        CU_ASSERT_EQUAL(check(bytes, depth + 1, true, &reason) == STATUS_OK,
                        depth <= LEVELS);
        CU_ASSERT_EQUAL(strstr(reason.text, "too deeply") != NULL,
                        depth > LEVELS);
    }
}

/** D6: by the functions of libcbor, each head as short as it can be. */
static void heads_are_written_as_short_as_they_can_be(void)
{
    static const struct {
        int64_t number;
        const char *hex;
    } numbers[] = {
        { 0, "00" },
        { 23, "17" },
        { 24, "1818" },
        { 255, "18ff" },
        { 256, "190100" },
        { 65535, "19ffff" },
        { 65536, "1a00010000" },
        { UINT32_MAX, "1affffffff" },
        { (int64_t)UINT32_MAX + 1, "1b0000000100000000" },
        { -1, "20" },
        { -24, "37" },
        { -25, "3818" },
        { -65534, "39fffd" }, /* A128CTR */
    };

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct cbor_out out = { .bytes = NULL };
        uint8_t want[BYTES];
        size_t size = from_hex(numbers[i].hex, want);
        cbor_put_number(&out, numbers[i].number);
        CU_ASSERT_EQUAL_FATAL(out.size, size);
        CU_ASSERT_EQUAL(memcmp(out.bytes, want, size), 0);
        cbor_out_release(&out);
    }
    struct cbor_out out = { .bytes = NULL };
    cbor_put_tag(&out, 18); /* one byte, also with a libcbor that reads none */
    CU_ASSERT(out.size == 1 && out.bytes[0] == 0xd2);
    cbor_out_release(&out);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.package_cbor", NULL, NULL);
    CU_ADD_TEST(suite, only_strict_cbor_is_let_in);
    CU_ADD_TEST(suite, the_order_of_keys_can_be_asked_for);
    CU_ADD_TEST(suite, items_are_nested_16_deep_and_no_more);
    CU_ADD_TEST(suite, heads_are_written_as_short_as_they_can_be);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
