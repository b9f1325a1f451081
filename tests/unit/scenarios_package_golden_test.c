/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/format.h"

/*
 * Golden files of every format but MCUboot, which has them in its own test:
 * what is built of a recipe and a seed today is what was built then, byte for
 * byte. They lie in tests/fuzz/corpus/package, as they are seeds as well. With
 * the argument "write" this program makes them anew, for a change on purpose.
 */

#define FIRMWARE "This is a real firmware image."
#define TEE      "TEE image 2.0"

enum { GOLDEN_MAX = 8192, SEED = 1 };

static struct {
    struct package_key sign;
    struct package_key sign_x;
    struct package_key enc;
    struct package_key kek;
    struct package_key mac;
    const char *folder;
    uint8_t vendor[PACKAGE_CLASS_SIZE];
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    uint64_t seed;
} fixture;

static int set_up(void)
{
    bool good =
        package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK &&
        package_key_demo("sign-x", &fixture.sign_x, NULL) == STATUS_OK &&
        package_key_demo("enc", &fixture.enc, NULL) == STATUS_OK &&
        package_key_demo("kek", &fixture.kek, NULL) == STATUS_OK &&
        package_key_demo("kek256", &fixture.mac, NULL) == STATUS_OK;

    memset(fixture.vendor, 0x56, sizeof(fixture.vendor));
    memset(fixture.class_id, 0x43, sizeof(fixture.class_id));
    return good ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

/** What a file is made of, beside its format and what all have. */
struct golden {
    const char *name;
    const char *variant;
    enum package_encryption encryption;
    enum { SINGLE, SEVERAL, NESTED } parts;
    enum { SIGNED, MAC, ES256 } proof;
    uint16_t instance;
    bool is_of_object_5;
};

static struct package_recipe recipe_of(const struct golden *row)
{
    static const struct package_member members[] = {
        { "app", 0, (const uint8_t *)FIRMWARE, sizeof(FIRMWARE) - 1, NULL },
        { "tee", 1, (const uint8_t *)TEE, sizeof(TEE) - 1, NULL },
    };
    struct package_recipe recipe = {
        .version = "2.0",
        .payload = (const uint8_t *)FIRMWARE,
        .payload_size = sizeof(FIRMWARE) - 1,
        .variant = row->variant,
        .encryption = row->encryption,
        .instance = row->instance,
        .is_of_object_5 = row->is_of_object_5,
        .nests = row->parts == NESTED,
        .slot_size = 63, /* of the variant oversize */
    };

    fixture.seed = SEED;
    recipe.random = package_random_seeded(&fixture.seed);
    if (row->parts != SINGLE) {
        memcpy(recipe.members, members, sizeof(members));
        recipe.member_count = 2;
    }
    return recipe;
}

static struct package_recipe suit_recipe(const struct golden *row)
{
    struct package_recipe recipe = recipe_of(row);
    bool is_agreed =
        row->encryption == PACKAGE_ES_GCM || row->encryption == PACKAGE_ES_CTR;

    recipe.version = "1.2.3";
    recipe.signer = row->proof == MAC ? &fixture.mac : &fixture.sign;
    recipe.signer_x = &fixture.sign_x;
    recipe.signer_kid = "sign";
    recipe.says_es256 = row->proof == ES256;
    recipe.recipient = is_agreed ? &fixture.enc : &fixture.kek;
    recipe.has_counter = true;
    recipe.counter = 5;
    recipe.vendor_id = fixture.vendor;
    recipe.class_id = fixture.class_id;
    recipe.component = "app";
    if (row->parts == SINGLE) {
        recipe.dependencies[0] =
            (struct package_dependency){ .name = "tee", .version = "1.5.0" };
        recipe.dependency_count = 1;
    }
    return recipe;
}

static void write_golden(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

/** The recipe gives the bytes of the file, a second time as well. */
static void assert_golden(
    const struct package_format *format, const struct golden *row,
    struct package_recipe (*recipe_for)(const struct golden *row))
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", fixture.folder,
                   row->name); /* fits */
    for (int i = 0; i < 2; i++) {
        struct package_recipe recipe = recipe_for(row);
        uint8_t golden[GOLDEN_MAX] = { 0 };
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            package_make(format, &recipe, &bytes, &size, NULL), STATUS_OK);
        if (i == 0 && strcmp(fixture.folder, "write") == 0) {
            (void)snprintf(path, sizeof(path),
                           ASSAY_SOURCE_DIR "/tests/fuzz/corpus/package/%s",
                           row->name); /* fits */
            write_golden(path, bytes, size);
        }
        FILE *file = fopen(path, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        size_t length = fread(golden, 1, sizeof(golden), file);
        (void)fclose(file); /* it was only read */
        bool is_same = length == size && memcmp(golden, bytes, size) == 0;
        CU_ASSERT_TRUE(is_same);
        if (!is_same) {
            printf("%s is another one\n", row->name);
        }
        free(bytes);
    }
}

/** AJAY_APP, AJAY_TEE, AJAYBOOT and AJAYMODE, that of object /5, MULTIPKG. */
static void packages_of_avsystem(void)
{
    static const struct golden rows[] = {
        { .name = "anjay-app", .instance = 0 },
        { .name = "anjay-tee", .instance = 1 },
        { .name = "anjay-boot", .instance = 2 },
        { .name = "anjay-modem", .instance = 3 },
        { .name = "anjay-fw", .is_of_object_5 = true },
        { .name = "anjay-linked", .variant = "dep-pair" },
        { .name = "anjay-unhealthy", .variant = "unhealthy" },
        { .name = "anjay-multi", .parts = SEVERAL },
        { .name = "anjay-multi-bad",
          .variant = "bundle-one-bad",
          .parts = SEVERAL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_golden(&package_format_anjay, &rows[i], recipe_of);
    }
}

static void envelopes_of_suit(void)
{
    static const struct golden rows[] = {
        { .name = "suit-plain" },
        { .name = "suit-kw-gcm", .encryption = PACKAGE_KW_GCM },
        { .name = "suit-kw-ctr", .encryption = PACKAGE_KW_CTR },
        { .name = "suit-es-gcm", .encryption = PACKAGE_ES_GCM },
        { .name = "suit-es-ctr", .encryption = PACKAGE_ES_CTR },
        { .name = "suit-es256", .proof = ES256 },
        { .name = "suit-mac", .encryption = PACKAGE_KW_CTR, .proof = MAC },
        { .name = "suit-bundle",
          .encryption = PACKAGE_KW_GCM,
          .parts = SEVERAL },
        { .name = "suit-nested",
          .encryption = PACKAGE_ES_GCM,
          .parts = NESTED },
        { .name = "suit-cbor-strict", .variant = "cbor-strict" },
        { .name = "suit-cbor-strict-depth", .variant = "cbor-strict-depth" },
        { .name = "suit-suit-unknown", .variant = "suit-unknown" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_golden(&package_format_suit, &rows[i], suit_recipe);
    }
}

static void multi_images_of_nordic(void)
{
    static const struct golden rows[] = {
        { .name = "dfumi", .parts = SEVERAL },
        { .name = "dfumi-bad", .variant = "bundle-one-bad", .parts = SEVERAL },
        { .name = "dfumi-tagged",
          .variant = "cbor-strict-tag",
          .parts = SEVERAL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_golden(&package_format_dfumi, &rows[i], recipe_of);
    }
}

static void files_of_no_format(void)
{
    static const struct golden row = { .name = "opaque-oversize",
                                       .variant = "oversize" };
    assert_golden(&package_format_opaque, &row, recipe_of);
}

int main(int argc, char **argv)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    fixture.folder =
        argc > 1 ? argv[1] : ASSAY_SOURCE_DIR "/tests/fuzz/corpus/package";
    CU_pSuite suite =
        CU_add_suite("scenarios.package_golden", set_up, tear_down);
    CU_ADD_TEST(suite, packages_of_avsystem);
    CU_ADD_TEST(suite, envelopes_of_suit);
    CU_ADD_TEST(suite, multi_images_of_nordic);
    CU_ADD_TEST(suite, files_of_no_format);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
