/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/image.h"

/*
 * The device's reader of MCUboot images on the golden files of
 * tests/fuzz/corpus/package: keys and plaintext are known from RFCs and from
 * packages.md, section 12.
 */

static const char firmware[] = "This is a real firmware image.";

/* RFC 6979, A.2.5; RFC 5903, 8.1; RFC 3394. */
static const char signer_hex[] =
    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char secret_hex[] =
    "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433";
static const char kek_hex[] = "000102030405060708090a0b0c0d0e0f";

static struct {
    uint8_t signer[65];
    uint8_t secret[32];
    uint8_t kek[16];
    uint8_t bytes[1024];
    size_t length;
} fixture;

static const struct image_blindness sees = { false, false };

static void from_hex(const char *text, uint8_t *out)
{
    for (size_t i = 0; text[2 * i] != '\0'; i++) {
        char pair[3] = { text[2 * i], text[2 * i + 1], '\0' };
        out[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static int set_up(void)
{
    from_hex(signer_hex, fixture.signer);
    from_hex(secret_hex, fixture.secret);
    from_hex(kek_hex, fixture.kek);
    return 0;
}

static int tear_down(void)
{
    return 0;
}

static struct image_trust trust(void)
{
    return (struct image_trust){ fixture.signer, fixture.secret, fixture.kek,
                                 NULL };
}

static void load(const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/package/%s",
                   ASSAY_SOURCE_DIR, name); /* fits */
    FILE *file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fixture.length = fread(fixture.bytes, 1, sizeof(fixture.bytes), file);
    (void)fclose(file); /* it was only read */
}

/** Read and open a copy of just that length. @return the Update Result */
static int look(const uint8_t *bytes, size_t length,
                const struct image_trust *keys,
                const struct image_blindness *blindness)
{
    uint8_t *copy = malloc(length + 1);
    uint8_t *body = NULL;
    struct image image;

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, bytes, length);
    int result = image_read(copy, length, &image);
    if (result == 0) {
        result = image_open(&image, keys, blindness, &body);
        CU_ASSERT_EQUAL(body != NULL, result == 0);
    }
    free(body);
    free(copy);
    return result;
}

static void golden_files_deserve_what_they_are(void)
{
    static const struct {
        const char *name;
        int result;
    } rows[] = {
        { "mcuboot-plain", 0 },
        { "mcuboot-bare", 5 },
        { "mcuboot-ecies", 0 },
        { "mcuboot-ecies-256", 0 },
        { "mcuboot-kw", 0 },
        { "mcuboot-cnt-unprot", 5 },
        { "mcuboot-sig-missing", 5 },
        { "mcuboot-hdr-lie-tlv", 6 },
        { "mcuboot-enc-flag-plain", 5 },
        { "single", 6 },
    };
    const struct image_trust keys = trust();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        load(rows[i].name);
        CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &sees),
                        rows[i].result);
    }
}

static void an_image_has_what_its_fields_say(void)
{
    const struct image_trust keys = trust();
    struct image image;
    uint8_t *body = NULL;
    char text[32];

    load("mcuboot-ecies");
    CU_ASSERT_EQUAL(image_read(fixture.bytes, fixture.length, &image), 0);
    image_name(&image.version, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "1.2.3+4");
    CU_ASSERT_EQUAL(image.key_bytes, 16);
    CU_ASSERT(image.has_counter && image.counter == 7);
    CU_ASSERT_EQUAL_FATAL(image.need_count, 1);
    CU_ASSERT_EQUAL(image.needs[0].image, 1);
    CU_ASSERT_EQUAL(image.needs[0].version.major, 1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(image.class_id);
    CU_ASSERT(memcmp(image.class_id, "ASSAY-COMPONENT", IMAGE_CLASS) == 0);
    CU_ASSERT_EQUAL(image_open(&image, &keys, &sees, &body), 0);
    CU_ASSERT_EQUAL(image.body, 32); /* with two zeros behind it */
    CU_ASSERT(body != NULL && memcmp(body, firmware, sizeof(firmware)) == 0);
    CU_ASSERT_FALSE(image_is_unhealthy(body, image.body));
    free(body);
}

static void no_beginning_of_an_image_is_one(void)
{
    static const char *const names[] = { "mcuboot-plain", "mcuboot-ecies",
                                         "mcuboot-kw" };
    const struct image_trust keys = trust();

    for (size_t i = 0; i < 3; i++) {
        load(names[i]);
        for (size_t length = 0; length < fixture.length; length++) {
            int result = look(fixture.bytes, length, &keys, &sees);
            CU_ASSERT(result == 5 || result == 6);
            int skimmed = image_skim(fixture.bytes, length);
            CU_ASSERT(skimmed == 5 || skimmed == 6);
        }
        CU_ASSERT_EQUAL(image_skim(fixture.bytes, fixture.length), 0);
    }
}

static void no_flipped_bit_is_overlooked(void)
{
    static const char *const names[] = { "mcuboot-plain", "mcuboot-ecies",
                                         "mcuboot-kw" };
    const struct image_trust keys = trust();

    for (size_t i = 0; i < 3; i++) {
        load(names[i]);
        for (size_t at = 0; at < fixture.length; at++) {
            uint8_t bit = (uint8_t)(1u << at % 8);
            fixture.bytes[at] ^= bit;
            int result = look(fixture.bytes, fixture.length, &keys, &sees);
            CU_ASSERT(result == 5 || result == 6);
            if (result == 0) {
                (void)fprintf(stderr, "%s: byte %zu\n", names[i], at);
            }
            fixture.bytes[at] ^= bit;
        }
    }
}

static void another_key_opens_nothing(void)
{
    static const char *const names[] = { "mcuboot-ecies", "mcuboot-kw" };
    uint8_t other[32];

    memcpy(other, fixture.secret, sizeof(other));
    other[31] ^= 1;
    for (size_t i = 0; i < 2; i++) {
        const struct image_trust keys = { fixture.signer, other, other, NULL };
        load(names[i]);
        CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &sees), 5);
    }
}

static void a_mutant_overlooks_only_what_it_is_blind_for(void)
{
    const struct image_trust keys = trust();
    const struct image_blindness no_tag = { false, true };
    const struct image_blindness no_signature = { true, false };

    load("mcuboot-ecies");
    fixture.bytes[fixture.length - 16 - 1] ^= 1; /* the end of the MAC */
    CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &sees), 5);
    CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &no_signature),
                    5);
    CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &no_tag), 0);
    load("mcuboot-sig-missing");
    CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &no_tag), 5);
    CU_ASSERT_EQUAL(look(fixture.bytes, fixture.length, &keys, &no_signature),
                    0);
}

static void versions_are_ordered_by_all_their_numbers(void)
{
    static const struct image_version ascending[] = {
        { 0, 0, 0, 0 },     { 0, 0, 0, 1 },   { 0, 0, 1, 0 },
        { 0, 0, 65535, 9 }, { 0, 1, 0, 0 },   { 0, 255, 0, 0 },
        { 1, 0, 0, 0 },     { 255, 0, 0, 0 }, { 255, 0, 0, UINT32_MAX },
    };
    size_t count = sizeof(ascending) / sizeof(ascending[0]);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            int order = image_order(&ascending[i], &ascending[j]);
            CU_ASSERT((i < j) == (order < 0) && (i > j) == (order > 0));
        }
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("device.image", set_up, tear_down);
    CU_ADD_TEST(suite, golden_files_deserve_what_they_are);
    CU_ADD_TEST(suite, an_image_has_what_its_fields_say);
    CU_ADD_TEST(suite, no_beginning_of_an_image_is_one);
    CU_ADD_TEST(suite, no_flipped_bit_is_overlooked);
    CU_ADD_TEST(suite, another_key_opens_nothing);
    CU_ADD_TEST(suite, a_mutant_overlooks_only_what_it_is_blind_for);
    CU_ADD_TEST(suite, versions_are_ordered_by_all_their_numbers);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
