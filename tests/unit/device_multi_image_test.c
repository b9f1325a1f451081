/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/format.h"
#include "scenarios/package/toolkit.h"
#include "tests/device/multi_image.h"

/*
 * The device's reader of multi-images on those that the tester builds, which
 * shares no code with it. Spec: packages.md, 6, 9.3 and 12.3.
 */

static const uint8_t first[] = "the image of the application";
static const uint8_t second[] = "ABC"; /* and its NUL */

static uint8_t *make(const char *variant, size_t *out_size)
{
    const struct package_recipe recipe = {
        .variant = variant,
        .slot_size = 64,
        .members = { { .id = 0, .bytes = first, .size = sizeof(first) },
                     { .id = 1, .bytes = second, .size = sizeof(second) } },
        .member_count = 2,
    };
    uint8_t *bytes = NULL;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_dfumi, &recipe, &bytes, out_size, NULL),
        STATUS_OK);
    return bytes;
}

static void each_image_is_found(void)
{
    struct multi_images images;
    size_t size = 0;
    uint8_t *bytes = make("bundle-good", &size);

    CU_ASSERT_TRUE(multi_image_is_one(bytes, size));
    CU_ASSERT_EQUAL(multi_image_read(bytes, size, &images), 0);
    CU_ASSERT_EQUAL_FATAL(images.count, 2);
    CU_ASSERT_EQUAL(images.list[0].id, 0);
    CU_ASSERT_EQUAL_FATAL(images.list[0].length, sizeof(first));
    CU_ASSERT_EQUAL(memcmp(bytes + images.list[0].offset, first, sizeof(first)),
                    0);
    CU_ASSERT_EQUAL(images.list[1].id, 1);
    CU_ASSERT_EQUAL_FATAL(images.list[1].length, sizeof(second));
    CU_ASSERT_EQUAL(
        memcmp(bytes + images.list[1].offset, second, sizeof(second)), 0);
    free(bytes);
}

static void ids_may_be_negative(void)
{
    const uint8_t bytes[] = { 20,   0,    0xa1, 0x63, 'i',  'm',  'g',
                              0x81, 0xa2, 0x62, 'i',  'd',  0x21, 0x64,
                              's',  'i',  'z',  'e',  0x18, 0x18 };
    uint8_t whole[22 + 24 + 0] = { 0 };
    struct multi_images images;

    memcpy(whole, bytes, sizeof(bytes));
    whole[0] = sizeof(bytes) - 2;
    CU_ASSERT_EQUAL(multi_image_read(whole, sizeof(bytes) + 24, &images), 0);
    CU_ASSERT_EQUAL_FATAL(images.count, 1);
    CU_ASSERT_EQUAL(images.list[0].id, -2);
    CU_ASSERT_EQUAL(images.list[0].length, 24);
}

static const struct {
    const char *variant;
    int result;
} outcomes[] = {
    { "good", 0 },
    { "bundle-good", 0 },
    { "bundle-one-bad", 0 }, /* images are for others to look at */
    { "bundle-dup", 6 },
    { "bundle-count0", 6 },
    { "bundle-over", 6 },
    { "bundle-len-short", 8 },
    { "bundle-len-long", 5 },
    { "bundle-unknown-id", 0 },
    { "cbor-strict", 6 },
    { "cbor-strict-unsorted", 6 },
    { "cbor-strict-duplicate", 6 },
    { "cbor-strict-head", 6 },
    { "cbor-strict-tag", 6 },
    { "cbor-strict-depth", 6 },
    { "oversize", 0 }, /* the slot is not of the format */
    { "bundle-busy", 0 },
    { "crash-mid-apply", 0 },
    { "trunc-1", 5 },
    { "trunc-half", 5 },
    { "trunc-hdr", 5 },
    { "append", 8 },
    { "magic", 5 }, /* its size is another one then */
};

static void each_variant_of_the_tester_is_refused_for_its_defect(void)
{
    size_t rows = sizeof(outcomes) / sizeof(outcomes[0]);

    for (size_t i = 0; i < rows; i++) {
        struct multi_images images;
        size_t size = 0;
        uint8_t *bytes = make(outcomes[i].variant, &size);
        int result = multi_image_read(bytes, size, &images);
        if (result != outcomes[i].result) {
            printf("%s: %d instead of %d\n", outcomes[i].variant, result,
                   outcomes[i].result);
        }
        CU_ASSERT_EQUAL(result, outcomes[i].result);
        CU_ASSERT_EQUAL(images.count, result == 0 ? 2 : 0);
        free(bytes);
    }
    CU_ASSERT_PTR_NULL(package_variant_at(&package_format_dfumi, rows));
}

static void no_shorter_one_is_whole(void)
{
    struct multi_images images;
    size_t size = 0;
    uint8_t *bytes = make("good", &size);

    for (size_t i = 0; i < size; i++) {
        uint8_t *cut = malloc(i + 1); /* so that a read past it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, bytes, i);
        CU_ASSERT_EQUAL(multi_image_read(cut, i, &images), 5);
        free(cut);
    }
    free(bytes);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("device.multi_image", NULL, NULL);
    CU_ADD_TEST(suite, each_image_is_found);
    CU_ADD_TEST(suite, ids_may_be_negative);
    CU_ADD_TEST(suite, each_variant_of_the_tester_is_refused_for_its_defect);
    CU_ADD_TEST(suite, no_shorter_one_is_whole);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
