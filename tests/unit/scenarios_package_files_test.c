/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/crypto.h"
#include "scenarios/package/format.h"
#include "scenarios/package/package.h"

/*
 * Files: what is made bad of a user's file, whose format Assay does not know,
 * and the golden bytes of AVSystem's packages. packages.md, 9.4 and 12.3.
 */

enum { SEED = 7, HASH_SIZE = 32 };

static char folder[64];

static struct package_set *set_of(const char *text)
{
    static const struct package_component component = { "application", 0 };
    struct package_set *set = NULL;
    struct reason reason = { .status = STATUS_OK };
    cJSON *json = cJSON_Parse(text);

    if (json == NULL || package_set_parse(&component, 1, json, NULL, folder,
                                          &set, &reason) != STATUS_OK) {
        printf("%s: %s\n", text, reason.text);
        abort();
    }
    cJSON_Delete(json);
    return set;
}

static struct package built(const struct package_set *set, uint16_t instance,
                            const char *name, uint64_t seed)
{
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    if (package_build(set, instance, name, NULL, 0, seed, &package, &reason) !=
        STATUS_OK) {
        printf("%u %s: %s\n", instance, name, reason.text);
        abort();
    }
    return package;
}

static void write_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/** packages.md, 9.4, opaque. */
static void damages_of_a_file_need_not_know_it(void)
{
    static const struct {
        const char *name;
        const char *damage;
        size_t size;
        size_t from, to; /* what is inverted; the rest is as it was */
    } rows[] = {
        { "HDR", "header", 100, 0, 64 },   { "FOREIGN", "mark", 100, 0, 64 },
        { "TRUNC", "truncate", 50, 0, 0 }, { "HEAD", "trunc-hdr", 16, 0, 0 },
        { "MAGIC", "magic", 100, 0, 1 },
    };
    uint8_t bytes[100];
    char path[96];

    package_random(SEED, bytes, sizeof(bytes));
    (void)snprintf(path, sizeof(path), "%s/any.bin", folder);
    write_file(path, (const char *)bytes, sizeof(bytes));
    struct package_set *set =
        set_of("{\"application\":{\"G\":{\"file\":\"any.bin\"},"
               "\"HEAD\":{\"damage\":\"G\",\"how\":\"trunc-hdr\"},"
               "\"MAGIC\":{\"damage\":\"G\",\"how\":\"magic\"}}}");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package = built(set, 0, rows[i].name, SEED);
        CU_ASSERT_EQUAL_FATAL(package.size, rows[i].size);
        CU_ASSERT_STRING_EQUAL(package.damage, rows[i].damage);
        for (size_t at = 0; at < package.size; at++) {
            bool is_inside = at >= rows[i].from && at < rows[i].to;
            CU_ASSERT_EQUAL(package.bytes[at],
                            bytes[at] ^ (is_inside ? 0xff : 0));
        }
        package_release(&package);
    }
    package_set_free(set);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

#define FIRMWARE "This is a real firmware image."

/** packages.md, 12.3. */
static void packages_of_avsystem_are_those_of_the_vectors(void)
{
    static const uint8_t app[] =
        "AJAY_APP\0\3\0\0\xa2\x39\x7e\xf1\1\xff\xff\xff\xff\xff\xff\xff\003"
        "2.0" FIRMWARE;
    static const uint8_t multi[] = "MULTIPKG\0\4\0\2\0\0\0\x3a\0\0\0\x3a";
    struct anjay_part parts[] = {
        { .instance = 0, .links = { 1 }, .link_count = 1 },
        { .instance = 1 },
    };
    uint8_t *bytes = NULL;
    size_t size = 0;
    uint8_t hash[HASH_SIZE];
    char text[2 * HASH_SIZE + 1];

    for (size_t i = 0; i < 2; i++) {
        parts[i].version = "2.0";
        parts[i].payload = (const uint8_t *)FIRMWARE;
        parts[i].payload_size = strlen(FIRMWARE);
    }
    CU_ASSERT_EQUAL_FATAL(anjay_build(&parts[0], &bytes, &size, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(size, sizeof(app) - 1);
    CU_ASSERT_EQUAL(memcmp(bytes, app, size), 0);
    free(bytes);
    CU_ASSERT_EQUAL_FATAL(anjay_bundle(parts, 2, &bytes, &size, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(size, 136);
    CU_ASSERT_EQUAL(memcmp(bytes, multi, sizeof(multi) - 1), 0);
    const struct span whole = { bytes, size };
    CU_ASSERT_EQUAL_FATAL(crypto_sha256(&whole, 1, hash, NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof(hash); i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", hash[i]); /* fits */
    }
    CU_ASSERT_STRING_EQUAL(
        text,
        "20cb67a90ad3036144f4883dcbbbd59e73d294dbab478c956242ce3156494aea");
    free(bytes);
}

/** The Update Result of a device that looks before Downloaded. */
static const struct {
    const char *variant;
    bool is_bundle;
    int result;
} outcomes[] = {
    { "good", false, 0 },
    { "good-same-version", false, 0 },
    { "ver-lie", false, 0 },
    { "downgrade-ver", false, 0 }, /* no policy in the format */
    { "dep-missing", false, 0 },   /* found by the Update */
    { "dep-pair", false, 0 },
    { "wrong-component", false, 0 }, /* which one is meant, the device knows */
    { "oversize", false, 2 },
    { "unhealthy", false, 0 }, /* found after the reboot */
    { "crash-mid-apply", false, 0 },
    { "bundle-good", true, 0 },
    { "bundle-busy", true, 0 }, /* what the others do, it does not know */
    { "bundle-dup", true, 6 },
    { "bundle-one-bad", true, 5 },
    { "bundle-count0", true, 6 },
    { "bundle-over", true, 6 },
    { "bundle-len-short", true, 5 },
    { "bundle-len-long", true, 5 },
    { "trunc-1", false, 5 },
    { "trunc-half", false, 5 },
    { "trunc-hdr", false, 6 },
    { "append", false, 5 },
    { "magic", false, 6 },
    { "payload-flip", false, 5 },
    { "hash-flip", false, 5 },
    { "header", false, 6 },
};

static struct package_recipe anjay_recipe(const char *variant, bool is_bundle)
{
    return (struct package_recipe){
        .version = "2.0",
        .installed = "1.9",
        .slot_size = 4096,
        .payload = (const uint8_t *)FIRMWARE,
        .payload_size = sizeof(FIRMWARE) - 1,
        .variant = variant,
        .members = { { .id = 0,
                       .bytes = (const uint8_t *)FIRMWARE,
                       .size = sizeof(FIRMWARE) - 1 },
                     { .id = 1, .bytes = (const uint8_t *)"TEE", .size = 3 } },
        .member_count = is_bundle ? 2 : 0,
    };
}

static void each_variant_of_avsystem_has_its_defect(void)
{
    size_t rows = sizeof(outcomes) / sizeof(outcomes[0]);

    for (size_t i = 0; i < rows; i++) {
        const struct package_policy policy = { .slot_size = 4096 };
        struct package_recipe recipe =
            anjay_recipe(outcomes[i].variant, outcomes[i].is_bundle);
        struct package_verification verification;
        uint8_t *bytes = NULL;
        size_t size = 0;

        CU_ASSERT_STRING_EQUAL(
            package_variant_at(&package_format_anjay, i)->name,
            outcomes[i].variant);
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_anjay, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_anjay, bytes, size,
                                             &policy, &verification, NULL),
                              STATUS_OK);
        if (verification.result != outcomes[i].result) {
            printf("%s: %d instead of %d\n", outcomes[i].variant,
                   verification.result, outcomes[i].result);
        }
        CU_ASSERT_EQUAL(verification.result, outcomes[i].result);
        free(bytes);
    }
    CU_ASSERT_PTR_NULL(package_variant_at(&package_format_anjay, rows));
}

/** Byte `at` of a built package, and its size, where the outcome alone does
 *  not show the defect. */
static void the_defect_is_where_it_belongs(void)
{
    static const struct {
        const char *variant;
        bool is_bundle;
        size_t at;
        uint8_t byte;
        size_t size;
    } rows[] = {
        { "good", false, 4, '_', 58 },
        { "good-same-version", false, 25, '1', 58 },
        { "ver-lie", false, 27, '1', 58 },
        { "downgrade-ver", false, 27, '8', 58 },
        { "dep-missing", false, 16, 1, 58 },
        { "wrong-component", false, 5, 'T', 58 },
        { "unhealthy", false, 11, 4, 58 },
        { "oversize", false, 4, '_', 28 + 4096 },
        { "oversize", true, 16 + 2, (28 + 4096) >> 8, 20 + 58 + 28 + 4096 },
        { "header", false, 9, 9, 58 },
        { "bundle-good", true, 11, 2, 20 + 58 + 31 },
        { "bundle-count0", true, 11, 0, 12 },
        { "bundle-over", true, 11, 5, 20 + 58 + 31 + 3 * (4 + 31) },
        { "bundle-len-short", true, 19, 30, 20 + 58 + 31 },
        { "bundle-len-long", true, 19, 32, 20 + 58 + 31 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe =
            anjay_recipe(rows[i].variant, rows[i].is_bundle);
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_anjay, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(size, rows[i].size);
        CU_ASSERT_EQUAL(bytes[rows[i].at], rows[i].byte);
        free(bytes);
    }
}

static void a_file_becomes_garbage_or_too_large(void)
{
    static const struct {
        const char *variant;
        size_t size;
        size_t kept;
        int result;
    } rows[] = { { "garbage", 4096, 0, 0 }, { "oversize", 4097, 30, 2 } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct package_policy policy = { .slot_size = 4096 };
        struct package_recipe recipe = anjay_recipe(rows[i].variant, false);
        struct package_verification verification;
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_opaque, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(size, rows[i].size);
        CU_ASSERT_EQUAL(memcmp(bytes, FIRMWARE, 30) == 0, rows[i].kept > 0);
        CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_opaque, bytes,
                                             size, &policy, &verification,
                                             NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL(verification.result, rows[i].result);
        free(bytes);
    }
}

static void variants_say_what_they_lack(void)
{
    struct package_recipe rows[] = {
        anjay_recipe("bundle-dup", false), anjay_recipe("bundle-over", false),
        anjay_recipe("unhealthy", true),   anjay_recipe("downgrade-ver", false),
        anjay_recipe("oversize", false),
    };
    uint8_t *bytes = NULL;
    size_t size = 0;

    rows[3].installed = NULL;
    rows[4].slot_size = 0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_EQUAL(package_make(&package_format_anjay, &rows[i], &bytes,
                                     &size, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].variant));
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    (void)snprintf(folder, sizeof(folder),
                   "/tmp/assay-files-XXXXXX"); /* fits */
    if (mkdtemp(folder) == NULL) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.package_files", NULL, NULL);
    CU_ADD_TEST(suite, damages_of_a_file_need_not_know_it);
    CU_ADD_TEST(suite, packages_of_avsystem_are_those_of_the_vectors);
    CU_ADD_TEST(suite, each_variant_of_avsystem_has_its_defect);
    CU_ADD_TEST(suite, the_defect_is_where_it_belongs);
    CU_ADD_TEST(suite, a_file_becomes_garbage_or_too_large);
    CU_ADD_TEST(suite, variants_say_what_they_lack);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return rmdir(folder) == 0 && failures == 0 ? 0 : 1;
}
