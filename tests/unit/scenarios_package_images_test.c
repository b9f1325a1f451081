/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/package.h"
#include "scenarios/package/recipe.h"
#include "scenarios/package/toolkit.h"

/* Recipes of the format mcuboot in a profile, and what is derived from them. */

static const struct package_component components[] = { { "application", 0 },
                                                       { "tee", 1 } };
static const struct package_observed observed[] = { { 0, "1.0.5" },
                                                    { 1, "2.0.0" } };

static const char keys[] =
    "{\"sign\":\"demo:sign\",\"sign-x\":\"demo:sign-x\",\"enc\":\"demo:enc\","
    "\"enc-x\":\"demo:enc-x\",\"enc-new\":\"demo:enc-new\",\"kek\":"
    "\"demo:kek\",\"kek-x\":\"demo:kek-x\",\"kek-new\":\"demo:kek-new\"}";

#define COMMON                                                                 \
    "\"recipe\":\"mcuboot\",\"counter\":1,\"class\":\"instance\","             \
    "\"size\":9000"
#define SECRET COMMON ",\"encrypt\":\"ecies-p256\""

static const char packages[] =
    "{\"application\":{"
    "\"G\":{" COMMON "},"
    "\"G512\":{" COMMON ",\"header\":512},"
    "\"E\":{" SECRET "},"
    "\"E256\":{" SECRET ",\"bits\":256},"
    "\"EKW\":{" COMMON ",\"encrypt\":\"aes-kw\"},"
    "\"ENEW\":{" SECRET ",\"key\":\"new\"},"
    "\"OLD\":{" COMMON ",\"version\":\"older\"},"
    "\"EOLD\":{" SECRET ",\"variant\":\"downgrade-ver\"},"
    "\"CNT\":{\"damage\":\"G\",\"how\":\"downgrade-cnt\"},"
    "\"DEP\":{" COMMON ",\"requires\":{\"tee\":\"newer\"}},"
    "\"OTHER\":{\"damage\":\"G\",\"how\":\"wrong-component\"},"
    "\"FAILI\":{" COMMON ",\"variant\":\"unhealthy\"},"
    "\"M\":{\"recipe\":\"dfumi\",\"contains\":[\"application\",\"tee\"]},"
    "\"MBAD\":{\"recipe\":\"dfumi\",\"contains\":[\"application\","
    "\"tee\"],\"variant\":\"bundle-one-bad\"}"
    "},\"tee\":{\"G\":{" COMMON ",\"version\":\"3.1.4+15\"}}}";

static struct {
    struct package_set *set;
    struct package_key sign;
    struct package_key enc;
    struct package_key enc_new;
    struct package_key kek;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
} fixture;

static enum status parse(const char *packages_text, const char *keys_text,
                         struct package_set **out_set, struct reason *reason)
{
    cJSON *json = cJSON_Parse(packages_text);
    cJSON *key_json = cJSON_Parse(keys_text);

    if (json == NULL || key_json == NULL) { /* also called by set_up() */
        abort();
    }
    enum status status =
        package_set_parse(components, 2, json, key_json, ".", out_set, reason);
    cJSON_Delete(json);
    cJSON_Delete(key_json);
    return status;
}

static int set_up(void)
{
    struct reason reason = { .status = STATUS_OK };
    bool good =
        package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK &&
        package_key_demo("enc", &fixture.enc, NULL) == STATUS_OK &&
        package_key_demo("enc-new", &fixture.enc_new, NULL) == STATUS_OK &&
        package_key_demo("kek", &fixture.kek, NULL) == STATUS_OK &&
        parse(packages, keys, &fixture.set, &reason) == STATUS_OK;

    if (!good) {
        (void)fprintf(stderr, "%s\n", reason.text);
    }
    recipe_class(0, fixture.class_id);
    return good ? 0 : 1;
}

static int tear_down(void)
{
    package_set_free(fixture.set);
    return 0;
}

static struct package build(const char *name, uint64_t seed)
{
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(package_build(fixture.set, 0, name, observed, 2, seed,
                                  &package, &reason),
                    STATUS_OK);
    if (reason.status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", name, reason.text);
    }
    return package;
}

static int result_of(const struct package *package,
                     const struct package_key *decrypter,
                     bool requires_encryption)
{
    static const struct package_dependency others[] = { { 1, "2.0.0", NULL } };
    const struct package_policy policy = {
        .signer = &fixture.sign,
        .decrypter = decrypter,
        .kek = &fixture.kek,
        .requires_encryption = requires_encryption,
        .installed = "1.0.5",
        .has_counter = true,
        .counter = 1,
        .class_id = fixture.class_id,
        .others = others,
        .other_count = 1,
    };
    struct package_verification report;

    CU_ASSERT_EQUAL(
        package_verify(package_format_of(package->bytes, package->size),
                       package->bytes, package->size, &policy, &report, NULL),
        STATUS_OK);
    return report.result;
}

static void each_package_deserves_what_its_name_says(void)
{
    static const struct {
        const char *name;
        const char *version; /* that a device shows after it; "": the same */
        int result;          /* of a device that requires encryption … */
        int plain;           /* … and of one that does not */
    } rows[] = {
        { "G", "1.0.6", 6, 0 },      { "G512", "1.0.6", 6, 0 },
        { "E", "1.0.6", 0, 0 },      { "E256", "1.0.6", 0, 0 },
        { "EKW", "1.0.6", 0, 0 },    { "ENEW", "1.0.6", 5, 5 },
        { "OLD", "1.0.4", 6, 8 },    { "EOLD", "1.0.6", 8, 8 },
        { "CNT", "1.0.6", 6, 5 },    { "DEP", "1.0.6", 6, 13 },
        { "OTHER", "1.0.6", 6, 6 },  { "FAILI", "1.0.6", 6, 0 },
        { "BAD", "1.0.6", 6, 5 },    { "TRUNC", "1.0.6", 5, 5 },
        { "APPEND", "1.0.6", 6, 0 }, { "HDR", "1.0.6", 5, 5 },
        { "SIGNER", "1.0.6", 6, 5 }, { "EK", "1.0.6", 5, 5 },
        { "ET", "1.0.6", 5, 5 },     { "EA", "1.0.6", 5, 5 },
        { "ESWAP", "1.0.6", 5, 5 },  { "ETRUNC", "1.0.6", 5, 5 },
        { "EP", "1.0.6", 5, 5 },     { "PLAIN", "1.0.6", 6, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package package = build(rows[i].name, 9);
        int required = result_of(&package, &fixture.enc, true);
        int optional = result_of(&package, &fixture.enc, false);
        CU_ASSERT_STRING_EQUAL(package.version, rows[i].version);
        CU_ASSERT_EQUAL(required, rows[i].result);
        CU_ASSERT_EQUAL(optional, rows[i].plain);
        if (required != rows[i].result || optional != rows[i].plain) {
            (void)fprintf(stderr, "%s: %d %d\n", rows[i].name, required,
                          optional);
        }
        package_release(&package);
    }
}

static void the_new_key_opens_what_is_for_it(void)
{
    struct package package = build("ENEW", 9);

    CU_ASSERT_EQUAL(result_of(&package, &fixture.enc_new, true), 0);
    package_release(&package);
}

static void a_foreign_image_is_of_no_format(void)
{
    struct package package = build("FOREIGN", 9);

    CU_ASSERT_STRING_EQUAL(
        package_format_name(package_format_of(package.bytes, package.size)),
        "opaque");
    package_release(&package);
}

static void the_damage_of_a_package_has_its_name(void)
{
    struct package package = build("EK", 9);

    CU_ASSERT_STRING_EQUAL(package.damage, "enc-wrong-key-masq");
    package_release(&package);
    package = build("E", 9);
    CU_ASSERT_PTR_NULL(package.damage);
    package_release(&package);
}

/** The last block of 1024 bytes is full, has one byte, lacks one. */
static void an_image_ends_with_its_last_block(void)
{
    static const struct {
        const char *name;
        size_t over;
    } rows[] = { { "FULL", 0 }, { "FULL+1", 1 }, { "FULL-1", 1023 } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (uint64_t seed = 0; seed < 5; seed++) {
            struct package package = build(rows[i].name, seed);
            CU_ASSERT_EQUAL(package.size % 1024, rows[i].over);
            CU_ASSERT_TRUE(package.size > 9000 && package.size < 11300);
            CU_ASSERT_EQUAL(result_of(&package, NULL, false), 0);
            package_release(&package);
        }
    }
}

/** It has the packages G, as each would be alone. */
static void a_multi_image_has_the_image_of_each_component(void)
{
    struct package all = build("M", 9);
    struct package bad = build("MBAD", 9);
    struct package own = build("G", 9);

    CU_ASSERT_STRING_EQUAL(
        package_format_name(package_format_of(all.bytes, all.size)), "dfumi");
    CU_ASSERT_EQUAL_FATAL(all.part_count, 2);
    CU_ASSERT_EQUAL(all.parts[0].instance, 0);
    CU_ASSERT_STRING_EQUAL(all.parts[0].version, "1.0.6");
    CU_ASSERT_EQUAL(all.parts[1].instance, 1);
    CU_ASSERT_STRING_EQUAL(all.parts[1].version, "3.1.4+15");
    CU_ASSERT_STRING_EQUAL(all.version, "1.0.6");
    CU_ASSERT_PTR_NOT_NULL(memmem(all.bytes, all.size, own.bytes, own.size));
    CU_ASSERT_EQUAL(bad.size, all.size);
    CU_ASSERT_EQUAL(result_of(&bad, NULL, false), 5);
    package_release(&all);
    package_release(&bad);
    package_release(&own);
}

static void a_seed_gives_the_same_image(void)
{
    struct package one = build("E", 3);
    struct package same = build("E", 3);
    struct package other = build("E", 4);

    CU_ASSERT_STRING_EQUAL(one.sha256, same.sha256);
    CU_ASSERT_STRING_NOT_EQUAL(one.sha256, other.sha256);
    package_release(&one);
    package_release(&same);
    package_release(&other);
}

static void a_version_is_what_the_device_will_show(void)
{
    struct package package = { .bytes = NULL };

    CU_ASSERT_EQUAL(
        package_build(fixture.set, 1, "G", observed, 2, 1, &package, NULL),
        STATUS_OK);
    CU_ASSERT_STRING_EQUAL(package.version, "3.1.4+15");
    package_release(&package);
}

static void what_is_wrong_in_a_recipe_is_named(void)
{
    static const struct {
        const char *packages;
        const char *keys;
        const char *says;
    } rows[] = {
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"encrypt\":\"aes-kw\"}}}",
          "{}", "/packages/tee/G/encrypt: /keys has no 'kek'" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"encrypt\":\"rot13\"}}}",
          "{}", "/packages/tee/G/encrypt: unknown" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"bits\":192}}}", "{}",
          "/packages/tee/G/bits: 128 or 256" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"header\":31}}}", "{}",
          "/packages/tee/G/header: a number of 32..65535" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"counter\":-1}}}", "{}",
          "/packages/tee/G/counter: a number" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"class\":\"12\"}}}", "{}",
          "/packages/tee/G/class: 'instance' or 32 digits" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"variant\":\"x\"}}}", "{}",
          "/packages/tee/G/variant: unknown" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"key\":\"new\"}}}", "{}",
          "/packages/tee/G/key: only 'new'" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"links\":[\"tee\"]}}}",
          "{}", "/packages/tee/G/links: an image" },
        { "{\"tee\":{\"G\":{\"recipe\":\"mcuboot\",\"outcome\":\"hang\"}}}",
          "{}", "/packages/tee/G: unknown key 'outcome'" },
        { "{\"tee\":{\"G\":{\"recipe\":\"anjay\"},\"B\":{\"damage\":\"G\","
          "\"how\":\"sig-flip\"}}}",
          "{}", "/packages/tee/B/how: the format" },
        { "{\"tee\":{\"M\":{\"recipe\":\"dfumi\"}}}", "{}",
          "/packages/tee/M/contains: the components" },
        { "{\"tee\":{\"G\":{\"recipe\":\"anjay\"},\"M\":{\"recipe\":"
          "\"dfumi\",\"contains\":[\"tee\"]}}}",
          "{}", "/packages/tee/M/contains: 'tee' has no recipe 'G'" },
        { "{}", "{\"sing\":\"a.pem\"}", "/keys: unknown key 'sing'" },
        { "{}", "{\"sign\":1}", "/keys/sign: a file" },
        { "{}", "{\"sign\":\"nowhere.pem\"}",
          "/keys/sign: key './nowhere.pem': " },
        { "{}", "{\"sign\":\"demo:kek\"}", "/keys/sign: key 'demo:kek' is of" },
        { "{}", "[]", "/keys: an object" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct package_set *set = NULL;
        CU_ASSERT_EQUAL(parse(rows[i].packages, rows[i].keys, &set, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NULL(set);
        bool says =
            strncmp(reason.text, rows[i].says, strlen(rows[i].says)) == 0;
        CU_ASSERT_TRUE(says);
        if (!says) {
            (void)fprintf(stderr, "%s\n", reason.text);
        }
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_images", set_up, tear_down);
    CU_ADD_TEST(suite, each_package_deserves_what_its_name_says);
    CU_ADD_TEST(suite, the_new_key_opens_what_is_for_it);
    CU_ADD_TEST(suite, a_foreign_image_is_of_no_format);
    CU_ADD_TEST(suite, the_damage_of_a_package_has_its_name);
    CU_ADD_TEST(suite, an_image_ends_with_its_last_block);
    CU_ADD_TEST(suite, a_multi_image_has_the_image_of_each_component);
    CU_ADD_TEST(suite, a_seed_gives_the_same_image);
    CU_ADD_TEST(suite, a_version_is_what_the_device_will_show);
    CU_ADD_TEST(suite, what_is_wrong_in_a_recipe_is_named);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
