/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/crypto.h"
#include "scenarios/package/format.h"

/* Multi-images against packages.md: section 6, 9.3 and 12.3. */

/* packages.md, 12.2 (MB1) and 12.3. */
static const char first_image[] =
    "3db8f39600000000200000001e00000000000000010203000400000000000000"
    "546869732069732061207265616c206669726d7761726520696d6167652e0769"
    "280010002000ffca3ee94cf0145ad02ea88e24216c35df3c7915b4ed506d7c8b"
    "4015f8930026";
static const char head[] = "1d00a163696d6782a2626964006473697a651866a2626964"
                           "016473697a6504";
static const char whole_hash[] =
    "c8151cca4a1fa161ba8817d5faa33a785780826ec030d3ff5c4aa9154c91534b";

static uint8_t image[102];

/** @return bytes */
static size_t from_hex(const char *text, uint8_t *out)
{
    size_t size = strlen(text) / 2;

    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        if (sscanf(text + 2 * i, "%2x", &byte) != 1) {
            abort(); /* a vector that is none */
        }
        out[i] = (uint8_t)byte;
    }
    return size;
}

static int set_up(void)
{
    return from_hex(first_image, image) == sizeof(image) ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

static struct package_recipe two_images(const char *variant)
{
    return (struct package_recipe){
        .variant = variant,
        .slot_size = 4096,
        .members = { { NULL, 0, image, sizeof(image), NULL },
                     { NULL, 1, (const uint8_t *)"ABCD", 4, NULL } },
        .member_count = 2,
    };
}

static void the_vector_of_the_digest_is_built(void)
{
    struct package_recipe recipe = two_images(NULL);
    uint8_t want_head[31];
    uint8_t want[CRYPTO_HASH_SIZE];
    uint8_t hash[CRYPTO_HASH_SIZE];
    uint8_t *bytes = NULL;
    size_t size = 0;
    size_t head_size = from_hex(head, want_head);

    (void)from_hex(whole_hash, want);
    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_dfumi, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(size, 137);
    CU_ASSERT_EQUAL(memcmp(bytes, want_head, head_size), 0);
    const struct span whole = { bytes, size };
    CU_ASSERT_EQUAL_FATAL(crypto_sha256(&whole, 1, hash, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(memcmp(hash, want, sizeof(want)), 0);
    CU_ASSERT_PTR_EQUAL(package_format_of(bytes, size), &package_format_dfumi);
    free(bytes);
}

static void its_header_and_images_are_found(void)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t length;
        const char *value;
    } rows[] = {
        { "header size", 0, 2, "29" },
        { "CBOR header", 2, 29, "2 images" },
        { "  id", 12, 1, "0" },
        { "  size", 18, 2, "102" },
        { "  id", 24, 1, "1" },
        { "  size", 30, 1, "4" },
        { "image 0", 31, 102, "mcuboot, 102 bytes" },
        { "image 1", 133, 4, "opaque, 4 bytes" },
    };
    struct package_recipe recipe = two_images(NULL);
    struct package_fields fields;
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_dfumi, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_dfumi, bytes, size, &fields, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(fields.count, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < fields.count; i++) {
        CU_ASSERT_STRING_EQUAL(fields.list[i].name, rows[i].name);
        CU_ASSERT_EQUAL(fields.list[i].offset, rows[i].offset);
        CU_ASSERT_EQUAL(fields.list[i].length, rows[i].length);
        CU_ASSERT_STRING_EQUAL(fields.list[i].value, rows[i].value);
    }
    package_fields_release(&fields);
    free(bytes);
}

/** The Update Result of a device that looks before Downloaded. */
static const struct {
    const char *variant;
    int result;
} outcomes[] = {
    { "good", 0 },
    { "bundle-good", 0 },
    { "bundle-one-bad", 5 },
    { "bundle-dup", 6 },
    { "bundle-count0", 6 },
    { "bundle-over", 6 },
    { "bundle-len-short", 8 },
    { "bundle-len-long", 5 },
    { "bundle-unknown-id", 0 }, /* which ids there are, the device knows */
    { "cbor-strict", 6 },
    { "cbor-strict-unsorted", 6 },
    { "cbor-strict-duplicate", 6 },
    { "cbor-strict-head", 6 },
    { "cbor-strict-tag", 6 },
    { "cbor-strict-depth", 6 },
    { "oversize", 2 },
    { "bundle-busy", 0 }, /* what the others do, no package knows */
    { "crash-mid-apply", 0 },
    { "trunc-1", 5 },
    { "trunc-half", 5 },
    { "trunc-hdr", 5 },
    { "append", 8 },
    { "magic", 6 },
};

static void each_variant_is_refused_for_its_defect(void)
{
    size_t rows = sizeof(outcomes) / sizeof(outcomes[0]);

    for (size_t i = 0; i < rows; i++) {
        const struct package_policy policy = { .slot_size = 4096 };
        struct package_recipe recipe = two_images(outcomes[i].variant);
        struct package_verification verification;
        uint8_t *bytes = NULL;
        size_t size = 0;

        /* Its last one has to be an image that can be found damaged. */
        recipe.members[1].bytes = image;
        recipe.members[1].size = sizeof(image);
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_dfumi, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_dfumi, bytes, size,
                                             &policy, &verification, NULL),
                              STATUS_OK);
        if (verification.result != outcomes[i].result) {
            printf("%s: %d instead of %d\n", outcomes[i].variant,
                   verification.result, outcomes[i].result);
        }
        CU_ASSERT_EQUAL(verification.result, outcomes[i].result);
        free(bytes);
    }
    CU_ASSERT_PTR_NULL(package_variant_at(&package_format_dfumi, rows));
    CU_ASSERT_PTR_NOT_NULL(package_variant_at(&package_format_dfumi, rows - 1));
}

static void cut_packages_end_in_an_error(void)
{
    struct package_recipe recipe = two_images(NULL);
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_dfumi, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    for (size_t i = 0; i < size; i++) {
        struct reason reason = { .status = STATUS_OK };
        struct package_fields fields;
        uint8_t *cut = malloc(i + 1); /* so that a read past it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, bytes, i);
        CU_ASSERT_EQUAL(
            package_inspect(&package_format_dfumi, cut, i, &fields, &reason),
            STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "offset "));
        package_fields_release(&fields);
        free(cut);
    }
    free(bytes);
}

static void recipes_that_cannot_be_are_refused(void)
{
    struct package_recipe rows[] = { two_images(NULL), two_images(NULL),
                                     two_images("bundle-dup"),
                                     two_images("no-such-variant") };
    uint8_t *bytes = NULL;
    size_t size = 0;

    rows[0].member_count = 0;
    rows[1].members[1].size = 0;
    rows[2].member_count = 1;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_NOT_EQUAL(package_make(&package_format_dfumi, &rows[i],
                                         &bytes, &size, &reason),
                            STATUS_OK);
        CU_ASSERT_NOT_EQUAL(reason.text[0], '\0');
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "the_vector_of_the_digest_is_built",
          the_vector_of_the_digest_is_built },
        { "its_header_and_images_are_found", its_header_and_images_are_found },
        { "each_variant_is_refused_for_its_defect",
          each_variant_is_refused_for_its_defect },
        { "cut_packages_end_in_an_error", cut_packages_end_in_an_error },
        { "recipes_that_cannot_be_are_refused",
          recipes_that_cannot_be_are_refused },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "scenarios.package_dfumi", set_up, tear_down, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
