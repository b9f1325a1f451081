/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's reader of packages against packages that are written by hand.
 * Spec: packages.md, section 7; outcome codes of section 9.3.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/package.h"
#include "tests/unit/device_image.h"

enum { GOOD = 0, INTEGRITY = 5, TYPE = 6 };

static const struct image_plan plain = {
    .instance = 1,
    .outcome = OUTCOME_SUCCESS_NO_RESTART,
    .links = { 0, 3 },
    .link_count = 2,
    .version = "12.34-rc",
    .payload_length = 100,
};

/**
 * The Update Result of what was read. The bytes lie in a block of exactly
 * their size, so that a sanitizer sees each byte read beyond.
 */
static int read_result(const uint8_t *bytes, size_t length,
                       struct device_packages *packages)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    int result = package_read(copy, length, packages);
    for (size_t i = 0; result == GOOD && i < packages->count; i++) {
        result = packages->members[i].has_good_crc ? GOOD : INTEGRITY;
    }
    unsigned mask = 0;
    (void)package_peek(copy, length, &mask); /* must only stay inside */
    free(copy);
    return result;
}

static int result_of(const struct image *image)
{
    struct device_packages packages;

    return read_result(image->bytes, image->length, &packages);
}

static void checksums_have_the_check_value_of_the_polynomial(void)
{
    const uint8_t *digits = (const uint8_t *)"123456789";

    CU_ASSERT_EQUAL(image_crc(digits, 9), 0xcbf43926);
    CU_ASSERT_EQUAL(crc32_of(digits, 9), 0xcbf43926);
    CU_ASSERT_EQUAL(crc32_of(digits, 0), 0);
}

static void good_package_is_read_field_by_field(void)
{
    struct image image;
    struct device_packages packages;

    image_make(&image, &plain);
    CU_ASSERT_EQUAL(package_read(image.bytes, image.length, &packages), GOOD);
    CU_ASSERT_EQUAL(packages.count, 1);
    CU_ASSERT_FALSE(packages.is_bundle);
    const struct device_package *package = &packages.members[0];
    CU_ASSERT_EQUAL(package->instance, 1);
    CU_ASSERT_EQUAL(package->outcome, OUTCOME_SUCCESS_NO_RESTART);
    CU_ASSERT_EQUAL(package->link_count, 2);
    CU_ASSERT_EQUAL(package->links[0], 0);
    CU_ASSERT_EQUAL(package->links[1], 3);
    CU_ASSERT_STRING_EQUAL(package->version, "12.34-rc");
    CU_ASSERT_PTR_EQUAL(package->payload, image.bytes + image.payload_at);
    CU_ASSERT_EQUAL(package->payload_length, 100);
    CU_ASSERT_PTR_EQUAL(package->bytes, image.bytes);
    CU_ASSERT_EQUAL(package->length, image.length);
    CU_ASSERT_TRUE(package->has_good_crc);
}

static void each_component_has_its_magic(void)
{
    for (unsigned i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct image_plan plan = { .instance = i, .payload_length = 3 };
        struct image image;
        struct device_packages packages;

        image_make(&image, &plan);
        CU_ASSERT_EQUAL(package_read(image.bytes, image.length, &packages),
                        GOOD);
        CU_ASSERT_EQUAL(packages.members[0].instance, i);
        CU_ASSERT_EQUAL(packages.members[0].link_count, 0);
    }
}

static void version_may_be_1_to_24_bytes(void)
{
    static const char digits[] = "1.2345678901234567890123";

    for (size_t length = 1; length <= FIRMWARE_VERSION_MAX; length++) {
        char version[FIRMWARE_VERSION_MAX + 1] = "";
        struct image_plan plan = plain;
        struct image image;
        struct device_packages packages;

        memcpy(version, digits, length);
        plan.version = version;
        image_make(&image, &plan);
        CU_ASSERT_EQUAL(package_read(image.bytes, image.length, &packages),
                        GOOD);
        CU_ASSERT_STRING_EQUAL(packages.members[0].version, version);
    }
}

/** One field that is written over; the checksum covers the payload only. */
static const struct field_case {
    const char *name;
    size_t offset;
    size_t size;
    uint64_t value;
    int result;
} field_cases[] = {
    /* clang-format off */
    { "magic of object /5",      0, 8, 0x414e4a41595f4657, TYPE },
    { "magic in lower case",     0, 8, 0x616a61795f617070, TYPE },
    { "magic of zeros",          0, 8, 0,                  TYPE },
    { "format 0",                8, 2, 0,                  TYPE },
    { "format 2 of object /5",   8, 2, 2,                  TYPE },
    { "format 4 of bundles",     8, 2, 4,                  TYPE },
    { "format 9",                8, 2, 9,                  TYPE },
    { "format little-endian",    8, 2, 0x0300,             TYPE },
    { "first outcome",          10, 2, 0,                  GOOD },
    { "last outcome",           10, 2, 9,                  GOOD },
    { "outcome 10",             10, 2, 10,                 TYPE },
    { "outcome little-endian",  10, 2, 0x0500,             TYPE },
    { "outcome 65535",          10, 2, 0xffff,             TYPE },
    { "checksum 0",             12, 4, 0,                  INTEGRITY },
    { "checksum of ones",       12, 4, 0xffffffff,         INTEGRITY },
    { "link to no component",   16, 1, 4,                  GOOD },
    { "link to itself",         16, 1, 1,                  GOOD },
    { "no links",               16, 8, UINT64_MAX,         GOOD },
    { "version of no bytes",    24, 1, 0,                  TYPE },
    { "version of 25 bytes",    24, 1, 25,                 TYPE },
    { "version of 255 bytes",   24, 1, 255,                TYPE },
    { "version one too short",  24, 1, 7,                  INTEGRITY },
    { "version with byte 0x01",  24, 1, 9,                 TYPE },
    { "NUL in the version",     26, 1, 0x00,               TYPE },
    { "line feed in it",        26, 1, 0x0a,               TYPE },
    { "delete in it",           26, 1, 0x7f,               TYPE },
    { "stray continuation",     26, 1, 0x80,               TYPE },
    { "overlong slash",         26, 2, 0xc0af,             TYPE },
    { "umlaut in it",           26, 2, 0xc3bc,             GOOD },
    { "three bytes in it",      26, 3, 0xe282ac,           GOOD },
    { "surrogate in it",        26, 3, 0xeda080,           TYPE },
    { "four bytes in it",       26, 4, 0xf09f9880,         GOOD },
    { "beyond U+10FFFF",        26, 4, 0xf4908080,         TYPE },
    { "cut character",          32, 1, 0xc3,               TYPE },
    { "payload",                33, 1, 0xaa,               INTEGRITY },
    /* clang-format on */
};

static void each_header_field_counts(void)
{
    for (size_t i = 0; i < sizeof(field_cases) / sizeof(field_cases[0]); i++) {
        const struct field_case *row = &field_cases[i];
        struct image image;

        image_make(&image, &plain);
        image_put(&image, row->offset, row->size, row->value);
        int result = result_of(&image);
        CU_ASSERT_EQUAL(result, row->result);
        if (result != row->result) {
            printf("    %s: %d, not %d\n", row->name, result, row->result);
        }
    }
}

static void links_that_are_unused_are_skipped(void)
{
    struct image image;
    struct device_packages packages;

    image_make(&image, &plain);
    image_put(&image, IMAGE_AT_LINKS, 8, 0xff02ffff00ff03ff);
    CU_ASSERT_EQUAL(package_read(image.bytes, image.length, &packages), GOOD);
    CU_ASSERT_EQUAL(packages.members[0].link_count, 3);
    CU_ASSERT_EQUAL(packages.members[0].links[0], 2);
    CU_ASSERT_EQUAL(packages.members[0].links[1], 0);
    CU_ASSERT_EQUAL(packages.members[0].links[2], 3);
}

static void no_shorter_prefix_is_a_good_package(void)
{
    struct image image;
    struct device_packages packages;

    image_make(&image, &plain);
    CU_ASSERT_EQUAL(result_of(&image), GOOD);
    for (size_t length = 0; length < image.length; length++) {
        CU_ASSERT_EQUAL(read_result(image.bytes, length, &packages),
                        length < image.payload_at ? TYPE : INTEGRITY);
    }
}

static void bytes_after_the_payload_break_its_checksum(void)
{
    struct image image;

    image_make(&image, &plain);
    image.length += 16; /* zeros */
    CU_ASSERT_EQUAL(result_of(&image), INTEGRITY);
}

/** Outcome, links and version are not covered by the checksum. */
static void each_flipped_bit_of_covered_bytes_is_seen(void)
{
    struct image good;

    image_make(&good, &plain);
    for (size_t bit = 0; bit < 8 * good.length; bit++) {
        size_t at = bit / 8;
        struct image image = good;
        image.bytes[at] = (uint8_t)(image.bytes[at] ^ 1u << bit % 8);
        int result = result_of(&image);

        if (at < IMAGE_AT_OUTCOME) {
            CU_ASSERT_EQUAL(result, TYPE);
        } else if (at < IMAGE_AT_CRC) {
            unsigned outcome = (unsigned)image.bytes[10] << 8 | image.bytes[11];
            CU_ASSERT_EQUAL(result, outcome <= OUTCOME_DEFER ? GOOD : TYPE);
        } else if (at < IMAGE_AT_LINKS) {
            CU_ASSERT_EQUAL(result, INTEGRITY);
        } else if (at < IMAGE_AT_VERSION_LENGTH) {
            CU_ASSERT_EQUAL(result, GOOD);
        } else if (at == IMAGE_AT_VERSION_LENGTH) {
            CU_ASSERT_NOT_EQUAL(result, GOOD);
        } else if (at < good.payload_at) {
            CU_ASSERT_EQUAL(
                result, bit % 8 == 7 || image.bytes[at] < 0x20 ? TYPE : GOOD);
        } else {
            CU_ASSERT_EQUAL(result, INTEGRITY);
        }
    }
}

/* Bundles. */

static void make_members(struct image *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct image_plan plan = { .instance = (unsigned)i % 4,
                                         .payload_length = 40 + i,
                                         .seed = (uint8_t)i };
        image_make(&members[i], &plan);
    }
}

static void bundle_of_1_to_4_is_read_in_its_order(void)
{
    for (size_t count = 1; count <= FIRMWARE_COMPONENTS; count++) {
        struct image members[FIRMWARE_COMPONENTS];
        struct image image;
        struct device_packages packages;

        make_members(members, count);
        image_bundle(&image, members, count);
        CU_ASSERT_EQUAL(package_read(image.bytes, image.length, &packages),
                        GOOD);
        CU_ASSERT_TRUE(packages.is_bundle);
        CU_ASSERT_EQUAL(packages.count, count);
        size_t at = IMAGE_AT_MEMBER_LENGTHS + 4 * count;
        for (size_t i = 0; i < count; i++) {
            const struct device_package *member = &packages.members[i];
            CU_ASSERT_EQUAL(member->instance, i);
            CU_ASSERT_PTR_EQUAL(member->bytes, image.bytes + at);
            CU_ASSERT_EQUAL(member->length, members[i].length);
            CU_ASSERT_EQUAL(member->payload_length, 40 + i);
            CU_ASSERT_TRUE(member->has_good_crc);
            at += members[i].length;
        }
    }
}

static void bundle_of_0_or_5_is_refused(void)
{
    static struct image members[5];
    static struct image image;

    make_members(members, 5);
    image_bundle(&image, members, 0);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
    image_bundle(&image, members, 5);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
    image_bundle(&image, members, 2);
    image_put(&image, IMAGE_AT_MEMBER_COUNT, 2, 0);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
    image_put(&image, IMAGE_AT_MEMBER_COUNT, 2, 0xffff);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
}

static void bundle_with_a_component_twice_is_refused(void)
{
    struct image members[2];
    struct image image;

    make_members(members, 2);
    members[1] = members[0];
    image_bundle(&image, members, 2);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
}

static void bundle_in_a_bundle_is_refused(void)
{
    struct image members[2];
    struct image inner;
    struct image image;

    make_members(members, 2);
    image_bundle(&inner, members, 2);
    members[1] = inner;
    image_bundle(&image, members, 2);
    CU_ASSERT_EQUAL(result_of(&image), TYPE);
}

static void bundle_takes_the_versions_of_its_kind_only(void)
{
    for (unsigned format = 0; format < 16; format++) {
        struct image members[2];
        struct image image;

        make_members(members, 2);
        image_bundle(&image, members, 2);
        image_put(&image, IMAGE_AT_FORMAT, 2, format);
        CU_ASSERT_EQUAL(result_of(&image), format == 4 ? GOOD : TYPE);
    }
}

/** Lengths of the members (68 and 69 bytes), written over. */
static const struct length_case {
    const char *name;
    uint32_t lengths[2];
    int result;
} length_cases[] = {
    /* clang-format off */
    { "right",                       { 68, 69 },         GOOD },
    { "last one too short",          { 68, 68 },         INTEGRITY },
    { "last one too long",           { 68, 70 },         INTEGRITY },
    { "last one a header only",      { 68, 28 },         INTEGRITY },
    { "last one no whole header",    { 68, 24 },         TYPE },
    { "last one of nothing",         { 68, 0 },          TYPE },
    { "first one too short",         { 67, 70 },         TYPE },
    { "first one too long",          { 69, 68 },         TYPE },
    { "first one of nothing",        { 0, 137 },         TYPE },
    { "first one has all",           { 137, 0 },         TYPE },
    { "first one beyond the end",    { 138, 69 },        INTEGRITY },
    { "both have all, overlapping",  { 137, 137 },       INTEGRITY },
    { "half of the address space",   { 0x80000000, 69 }, INTEGRITY },
    { "all ones",                    { 68, 0xffffffff }, INTEGRITY },
    { "a sum that wraps to 137",     { 0xfffffff0, 153 }, INTEGRITY },
    /* clang-format on */
};

static void lengths_of_members_are_believed_only_as_far_as_true(void)
{
    for (size_t i = 0; i < sizeof(length_cases) / sizeof(length_cases[0]);
         i++) {
        const struct length_case *row = &length_cases[i];
        struct image members[2];
        struct image image;

        make_members(members, 2);
        image_bundle(&image, members, 2);
        CU_ASSERT_EQUAL(members[0].length, 68);
        CU_ASSERT_EQUAL(members[1].length, 69);
        image_put(&image, IMAGE_AT_MEMBER_LENGTHS, 4, row->lengths[0]);
        image_put(&image, IMAGE_AT_MEMBER_LENGTHS + 4, 4, row->lengths[1]);
        int result = result_of(&image);
        CU_ASSERT_EQUAL(result, row->result);
        if (result != row->result) {
            printf("    %s: %d, not %d\n", row->name, result, row->result);
        }
    }
}

static void no_shorter_prefix_is_a_good_bundle(void)
{
    struct image members[2];
    struct image image;
    struct device_packages packages;

    make_members(members, 2);
    image_bundle(&image, members, 2);
    for (size_t length = 0; length < image.length; length++) {
        CU_ASSERT_EQUAL(read_result(image.bytes, length, &packages),
                        length < 20 ? TYPE : INTEGRITY);
    }
}

/** Section 9.3, row append: what follows the last member belongs to none. */
static void bytes_after_a_bundle_are_ignored(void)
{
    struct image members[2];
    struct image image;

    make_members(members, 2);
    image_bundle(&image, members, 2);
    image.length += 16;
    CU_ASSERT_EQUAL(result_of(&image), GOOD);
}

static void one_corrupt_member_is_seen_whichever_it_is(void)
{
    for (size_t bad = 0; bad < FIRMWARE_COMPONENTS; bad++) {
        struct image members[FIRMWARE_COMPONENTS];
        struct image image;

        make_members(members, FIRMWARE_COMPONENTS);
        members[bad].bytes[members[bad].length - 1] ^= 1;
        image_bundle(&image, members, FIRMWARE_COMPONENTS);
        CU_ASSERT_EQUAL(result_of(&image), INTEGRITY);
    }
}

static void peek_names_the_members_as_they_arrive(void)
{
    struct image members[3];
    struct image image;
    unsigned mask = 77;

    make_members(members, 3);
    image_bundle(&image, members, 3);
    for (size_t length = 0; length <= image.length; length++) {
        bool is_bundle = package_peek(image.bytes, length, &mask);
        CU_ASSERT_EQUAL(is_bundle, length >= 12);
        if (is_bundle) {
            CU_ASSERT_EQUAL(mask, (length >= 24 + 8 ? 1u : 0) |
                                      (length >= 24 + 68 + 8 ? 2u : 0) |
                                      (length >= 24 + 68 + 69 + 8 ? 4u : 0));
        }
    }
    CU_ASSERT_FALSE(package_peek(members[0].bytes, members[0].length, &mask));
}

static void leading_number_of_a_version(void)
{
    static const struct {
        const char *version;
        unsigned long lead;
    } rows[] = {
        { "1.0", 1 },
        { "12.9", 12 },
        { "007", 7 },
        { "3-rc", 3 },
        { "", 0 },
        { ".5", 0 },
        { "v2", 0 },
        { "-1", 0 },
        { "+1", 0 },
        { " 1", 0 },
        { "4294967296.1", 4294967296 },
        { "999999999999999999999999", 18446744073709551615u },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(version_lead(rows[i].version), rows[i].lead);
    }
}

static void versions_are_compared_by_their_numbers(void)
{
    static const struct {
        const char *a;
        const char *b;
        int sign;
    } rows[] = {
        { "1.0", "1.0", 0 },    { "1.9", "1.10", -1 },  { "2.0", "10.0", -1 },
        { "1.0", "1.0.1", -1 }, { "1.0.9", "1.1", -1 }, { "1.1", "1.0.10", 1 },
        { "", "1.0", -1 },      { "1", "1.0", -1 },     { "007", "7", 0 },
        { "", "", 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int forth = version_compare(rows[i].a, rows[i].b);
        int back = version_compare(rows[i].b, rows[i].a);
        CU_ASSERT_EQUAL((forth > 0) - (forth < 0), rows[i].sign);
        CU_ASSERT_EQUAL((back > 0) - (back < 0), -rows[i].sign);
    }
}

/** A list that cannot be read is payload like any other. */
static void needs_are_read_whole_or_not_at_all(void)
{
    static const struct {
        const char *head;
        size_t length;
        size_t payload;
        size_t count;
    } rows[] = {
        { "ASSAYNEEDS\001\003\0031.5", 16, 16, 1 },
        { "ASSAYNEEDS\003\001\0031.5\002\00222\000\0011", 23, 99, 3 },
        { "ASSAYNEEDS\000", 11, 11, 0 },
        { "ASSAYNEEDS\004\001\0031.5", 16, 99, 0 },  /* too many */
        { "ASSAYNEEDS\001\004\0031.5", 16, 99, 0 },  /* no such one */
        { "ASSAYNEEDS\001\001\000", 13, 99, 0 },     /* no version */
        { "ASSAYNEEDS\001\001\0031\n5", 16, 99, 0 }, /* no text */
        { "ASSAYNEEDS\001\001\0319999999999999999999999999", 38, 38, 0 },
        { "ASSAYNEEDZ\001\003\0031.5", 16, 99, 0 },
    };
    struct device_packages packages;
    struct image image;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        image_make(&image,
                   &(struct image_plan){ .payload_length = rows[i].payload,
                                         .head = rows[i].head,
                                         .head_length = rows[i].length });
        CU_ASSERT_EQUAL(read_result(image.bytes, image.length, &packages),
                        GOOD);
        CU_ASSERT_EQUAL(packages.members[0].needs.count, rows[i].count);
        /* Each shorter payload needs nothing. */
        for (size_t length = 0; length < rows[i].length; length++) {
            image_make(&image, &(struct image_plan){ .payload_length = length,
                                                     .head = rows[i].head,
                                                     .head_length = length });
            CU_ASSERT_EQUAL(read_result(image.bytes, image.length, &packages),
                            GOOD);
            CU_ASSERT_EQUAL(packages.members[0].needs.count, 0);
        }
    }
    image_make(&image, &(struct image_plan){ .payload_length = 16,
                                             .head = rows[0].head,
                                             .head_length = 16 });
    CU_ASSERT_EQUAL(read_result(image.bytes, image.length, &packages), GOOD);
    CU_ASSERT_EQUAL(packages.members[0].needs.list[0].instance, 3);
    CU_ASSERT_STRING_EQUAL(packages.members[0].needs.list[0].version, "1.5");
}

static CU_TestInfo single_tests[] = {
    { "check value", checksums_have_the_check_value_of_the_polynomial },
    { "good", good_package_is_read_field_by_field },
    { "magics", each_component_has_its_magic },
    { "version lengths", version_may_be_1_to_24_bytes },
    { "fields", each_header_field_counts },
    { "links", links_that_are_unused_are_skipped },
    { "prefixes", no_shorter_prefix_is_a_good_package },
    { "appended", bytes_after_the_payload_break_its_checksum },
    { "flipped bits", each_flipped_bit_of_covered_bytes_is_seen },
    { "leading number", leading_number_of_a_version },
    { "order of versions", versions_are_compared_by_their_numbers },
    { "needs", needs_are_read_whole_or_not_at_all },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo bundle_tests[] = {
    { "1 to 4", bundle_of_1_to_4_is_read_in_its_order },
    { "0 and 5", bundle_of_0_or_5_is_refused },
    { "twice the same", bundle_with_a_component_twice_is_refused },
    { "nested", bundle_in_a_bundle_is_refused },
    { "format", bundle_takes_the_versions_of_its_kind_only },
    { "lengths", lengths_of_members_are_believed_only_as_far_as_true },
    { "prefixes", no_shorter_prefix_is_a_good_bundle },
    { "appended", bytes_after_a_bundle_are_ignored },
    { "corrupt member", one_corrupt_member_is_seen_whichever_it_is },
    { "peek", peek_names_the_members_as_they_arrive },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "single packages", NULL, NULL, NULL, NULL, single_tests },
        { "bundles", NULL, NULL, NULL, NULL, bundle_tests },
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
