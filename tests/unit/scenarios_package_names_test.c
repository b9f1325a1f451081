/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/package/format.h"
#include "scenarios/package/package.h"
#include "scenarios/package/recipe.h"

/*
 * The two tables of packages.md, section 9: which format has which variant
 * (9.3), and what the names of scenarios.md, 0.4 are in each format (9.4), cell
 * by cell.
 */

enum { SEED = 7, FILE_SIZE = 5000 };

/* 9.3. */

/** Formats as there: O opaque, M mcuboot, N dfumi, A anjay, S suit; B, a
 *  bundle of anjay, is the same format here. */
static const struct {
    const char *variant;
    const char *formats;
} variants[] = {
    { "good", "OMNAS" },
    { "good-same-version", "MAS" },
    { "trunc-1", "OMNAS" },
    { "trunc-half", "OMNAS" },
    { "trunc-hdr", "OMNAS" },
    { "append", "OMNAS" },
    { "magic", "OMNAS" },
    { "garbage", "O" },
    { "payload-flip", "OMAS" },
    { "hash-flip", "MAS" },
    { "sig-flip", "MS" },
    { "tag-flip", "S" },
    { "ct-flip-signed", "S" },
    { "sig-missing", "MS" },
    { "sig-untrusted", "MS" },
    { "sig-untrusted-masq", "MS" },
    { "sig-alg", "S" },
    { "sig-mac-confusion", "S" },
    { "enc-wrong-device", "MS" },
    { "enc-wrong-key-masq", "MS" },
    { "enc-wrap-flip", "MS" },
    { "enc-cek-swap", "MS" },
    { "enc-iv", "S" }, /* changed … */
    { "enc-iv-short", "S" },
    { "enc-iv-missing", "S" },
    { "enc-info-missing", "MS" },
    { "enc-flag-off", "M" },
    { "enc-flag-plain", "MS" },
    { "enc-block-swap", "MS" },
    { "enc-both-flags", "M" },
    { "plain-required", "MS" },
    { "ver-lie", "MAS" },
    { "downgrade-ver", "MAS" },
    { "downgrade-cnt", "M" },
    { "downgrade-seq", "S" },
    { "cnt-missing", "M" },
    { "cnt-unprot", "M" },
    { "dep-missing", "MAS" },
    { "dep-pair", "MAS" },
    { "dep-order", "M" },
    { "dep-unconfirmed", "M" },
    { "dep-unknown-id", "M" },
    { "dep-cycle", "M" },
    { "dep-unprot", "M" },
    { "wrong-component", "MAS" },
    { "wrong-class", "MS" },
    { "bundle-good", "NAS" },
    { "bundle-one-bad", "NAS" },
    { "bundle-busy", "NAS" },
    { "bundle-dup", "NA" },
    { "bundle-count0", "NA" },
    { "bundle-over", "NA" },
    { "bundle-len-short", "NA" },
    { "bundle-len-long", "NA" },
    { "bundle-unknown-id", "N" },
    { "oversize", "OMNAS" },
    { "hdr-lie", "M" }, /* the size of the image … */
    { "hdr-lie-protected", "M" },
    { "hdr-lie-tlv", "M" },
    { "hdr-lie-zero", "M" },
    { "cbor-strict", "NS" }, /* an indefinite length … */
    { "cbor-strict-unsorted", "NS" },
    { "cbor-strict-duplicate", "NS" },
    { "cbor-strict-head", "NS" },
    { "cbor-strict-tag", "NS" },
    { "cbor-strict-depth", "NS" },
    { "suit-unknown", "S" }, /* a command … */
    { "suit-unknown-parameter", "S" },
    { "suit-unknown-version", "S" },
    { "suit-payload-missing", "S" },
    { "suit-size-more", "S" },
    { "suit-size-less", "S" },
    { "unhealthy", "MAS" },
    { "crash-mid-apply", "OMNAS" },
    /* Of 9.4 alone. */
    { "header", "OA" },
    { "install-condition", "S" },
    { "plain-digest", "S" },
    { "trunc-payload", "M" },
    { "trunc-tag", "S" },
};

enum { VARIANTS = sizeof(variants) / sizeof(variants[0]) };

static const struct {
    char letter;
    const struct package_format *format;
} formats[] = {
    { 'O', &package_format_opaque }, { 'M', &package_format_mcuboot },
    { 'N', &package_format_dfumi },  { 'A', &package_format_anjay },
    { 'S', &package_format_suit },
};

enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

static void each_format_has_the_variants_of_its_column(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        size_t count = 0;
        for (size_t k = 0; k < VARIANTS; k++) {
            bool is_wanted =
                strchr(variants[k].formats, formats[i].letter) != NULL;
            bool is_there = package_variant_find(formats[i].format,
                                                 variants[k].variant) != NULL;
            CU_ASSERT_EQUAL(is_there, is_wanted);
            if (is_there != is_wanted) {
                printf("%c %s\n", formats[i].letter, variants[k].variant);
            }
            count += is_wanted ? 1 : 0;
        }
        /* And none beside them. */
        CU_ASSERT_PTR_NULL(package_variant_at(formats[i].format, count));
    }
}

/** D10: what is expected of a device that looks early and of one that looks
 *  late; D1: these five formats. */
static void each_variant_says_what_devices_do(void)
{
    static const char *const words[] = { "ACC", "DL ", "UP ", "BT ",
                                         "finding" };

    for (size_t i = 0; i < FORMATS; i++) {
        const struct package_variant *row = NULL;
        for (size_t k = 0;
             (row = package_variant_at(formats[i].format, k)) != NULL; k++) {
            bool has_early = false;
            bool has_late = false;
            for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
                has_early = has_early || strstr(row->early, words[w]) != NULL;
                has_late = has_late || strstr(row->late, words[w]) != NULL;
            }
            CU_ASSERT(has_early && has_late && row->summary[0] != '\0');
        }
    }
    CU_ASSERT_PTR_NULL(package_format_at(FORMATS));
}

/* 9.4. */

static const char keys[] =
    "{\"sign\":\"demo:sign\",\"sign-x\":\"demo:sign-x\",\"enc\":\"demo:enc\","
    "\"enc-x\":\"demo:enc-x\",\"enc-new\":\"demo:enc-new\",\"kek\":"
    "\"demo:kek\",\"kek-x\":\"demo:kek-x\",\"kek-new\":\"demo:kek-new\"}";

#define SIZED    ",\"size\":9000"
#define LARGE    ",\"size\":70000"
#define IMAGE    "\"recipe\":\"mcuboot\",\"counter\":1,\"class\":\"instance\""
#define ENVELOPE "\"recipe\":\"suit\",\"sequence\":1,\"class\":\"instance\""
#define MCUBOOT  IMAGE SIZED
#define SUIT     ENVELOPE SIZED
#define ANJAY    "\"recipe\":\"anjay\"" SIZED
#define BOTH     "\"contains\":[\"application\",\"tee\"]"

static const struct {
    const char *name;
    const char *packages;
} profiles[] = {
    { "mcuboot",
      "{\"application\":{\"G\":{" MCUBOOT "},"
      "\"SV\":{" MCUBOOT ",\"version\":\"same\"},"
      "\"OLD\":{" MCUBOOT ",\"version\":\"older\"},"
      "\"GV\":{" MCUBOOT ",\"version\":\"9.8.7+6\"},"
      "\"BIG\":{" IMAGE LARGE "},"
      "\"LNK\":{" MCUBOOT ",\"requires\":{\"tee\":\"newer\"}},"
      "\"FAILI\":{" MCUBOOT ",\"variant\":\"unhealthy\"},"
      "\"FAILC\":{\"damage\":\"G\",\"how\":\"sig-flip\"},"
      "\"DEP\":{" MCUBOOT ",\"requires\":{\"tee\":\"newer\"},"
      "\"variant\":\"dep-missing\"},"
      "\"M\":{\"recipe\":\"dfumi\"," BOTH "},"
      "\"MBAD\":{\"recipe\":\"dfumi\"," BOTH ",\"variant\":\"bundle-one-bad\"},"
      "\"E\":{" MCUBOOT ",\"encrypt\":\"ecies-p256\"},"
      "\"ENEW\":{" MCUBOOT ",\"encrypt\":\"ecies-p256\",\"key\":\"new\"}},"
      "\"tee\":{\"G\":{" MCUBOOT "},"
      "\"LNK\":{" MCUBOOT ",\"requires\":{\"application\":\"newer\"}}}}" },
    { "suit", "{\"application\":{\"G\":{" SUIT "},"
              "\"SV\":{" SUIT ",\"version\":\"same\"},"
              "\"OLD\":{" SUIT ",\"version\":\"older\"},"
              "\"GV\":{" SUIT ",\"version\":\"9.8.7+6\"},"
              "\"BIG\":{" ENVELOPE LARGE "},"
              "\"LNK\":{" SUIT "," BOTH "},"
              "\"FAILI\":{\"damage\":\"G\",\"how\":\"install-condition\"},"
              "\"FAILC\":{\"damage\":\"E\",\"how\":\"plain-digest\"},"
              "\"DEP\":{" SUIT ",\"requires\":{\"tee\":\"newer\"}},"
              "\"M\":{" SUIT "," BOTH "},"
              "\"MBAD\":{" SUIT "," BOTH ",\"variant\":\"bundle-one-bad\"},"
              "\"E\":{" SUIT ",\"encrypt\":\"a128kw-gcm\"},"
              "\"ENEW\":{" SUIT ",\"encrypt\":\"a128kw-gcm\",\"key\":\"new\"}},"
              "\"tee\":{\"G\":{" SUIT "}}}" },
    { "anjay",
      "{\"application\":{\"G\":{" ANJAY "},"
      "\"SV\":{" ANJAY ",\"version\":\"same\"},"
      "\"OLD\":{" ANJAY ",\"version\":\"older\"},"
      "\"GV\":{" ANJAY ",\"version\":\"9.8.7 rc 6\"},"
      "\"BIG\":{\"recipe\":\"anjay\"" LARGE "},"
      "\"LNK\":{" ANJAY ",\"links\":[\"tee\"]},"
      "\"FAILI\":{" ANJAY ",\"outcome\":\"fail-at-update\"},"
      "\"DEP\":{" ANJAY ",\"version\":\"above tee\"},"
      "\"M\":{\"recipe\":\"anjay\"," BOTH "},"
      "\"MBAD\":{\"damage\":\"M\",\"how\":\"flip-bit\",\"part\":\"tee\"}},"
      "\"tee\":{\"G\":{" ANJAY "}}}" },
    { "opaque",
      "{\"application\":{\"G\":{\"file\":\"any.bin\",\"version\":\"2.0\"}}}" },
};

enum { MCUBOOT_ROW, SUIT_ROW, ANJAY_ROW, OPAQUE_ROW, PROFILES };

/** What a name is: the Update Result that a first look gives it (of bytes of no
 *  format: 0, as nothing is known of them), and the damage that the report
 *  names. */
static const struct {
    const char *name;
    struct {
        int result; /* -1: the format has none */
        const char *damage;
    } cells[PROFILES];
} roles[] = {
    /* mcuboot, suit, anjay, opaque */
    { "G", { { 0, NULL }, { 0, NULL }, { 0, NULL }, { 0, NULL } } },
    { "SV", { { 0, NULL }, { 0, NULL }, { 0, NULL }, { -1, NULL } } },
    /* The demo has no policy against it. */
    { "OLD", { { 8, NULL }, { 8, NULL }, { 0, NULL }, { -1, NULL } } },
    { "GV", { { 0, NULL }, { 0, NULL }, { 0, NULL }, { -1, NULL } } },
    { "BAD",
      { { 5, "flip-bit" },
        { 5, "payload-flip" },
        { 5, "flip-bit" },
        { 0, "flip-bit" } } },
    { "HDR",
      { { 5, "hdr-lie" },
        { 6, "cbor-strict" },
        { 6, "header" },
        { 0, "header" } } },
    { "TRUNC",
      { { 5, "truncate" },
        { 5, "truncate" },
        { 5, "truncate" },
        { 0, "truncate" } } },
    { "JUNK", { { 0, "junk" }, { 0, "junk" }, { 0, "junk" }, { 0, "junk" } } },
    { "SHORT", { { 0, "junk" }, { 0, "junk" }, { 0, "junk" }, { 0, "junk" } } },
    { "FOREIGN",
      { { 0, "mark" },
        { 6, "suit-unknown-version" },
        { 6, "mark" },
        { 0, "mark" } } },
    { "BIG", { { 2, NULL }, { 2, NULL }, { 2, NULL }, { -1, NULL } } },
    { "LNK", { { 13, NULL }, { 0, NULL }, { 0, NULL }, { -1, NULL } } },
    /* Found at the installation. */
    { "FAILI",
      { { 0, NULL }, { 0, "install-condition" }, { 0, NULL }, { -1, NULL } } },
    { "FAILC",
      { { 5, "sig-flip" },
        { 5, "plain-digest" },
        { -1, NULL },
        { -1, NULL } } },
    { "DEP", { { 13, NULL }, { 13, NULL }, { 0, NULL }, { -1, NULL } } },
    { "M", { { 0, NULL }, { 0, NULL }, { 0, NULL }, { -1, NULL } } },
    { "MBAD", { { 5, NULL }, { 5, NULL }, { 5, "flip-bit" }, { -1, NULL } } },
    { "E", { { 0, NULL }, { 0, NULL }, { -1, NULL }, { -1, NULL } } },
    { "ENEW", { { 5, NULL }, { 5, NULL }, { -1, NULL }, { -1, NULL } } },
    { "EK",
      { { 5, "enc-wrong-key-masq" },
        { 5, "enc-wrong-key-masq" },
        { -1, NULL },
        { -1, NULL } } },
    { "ET",
      { { 5, "payload-flip" },
        { 5, "payload-flip" },
        { -1, NULL },
        { -1, NULL } } },
    { "EA",
      { { 5, "enc-wrap-flip" },
        { 5, "tag-flip" },
        { -1, NULL },
        { -1, NULL } } },
    /* The counter of MCUboot is fixed at 0. */
    { "EN", { { -1, NULL }, { 5, "enc-iv" }, { -1, NULL }, { -1, NULL } } },
    { "EP",
      { { 5, "enc-flag-plain" },
        { 5, "enc-flag-plain" },
        { -1, NULL },
        { -1, NULL } } },
    /* "truncated before the tag". */
    { "ETRUNC",
      { { 5, "trunc-payload" },
        { 5, "trunc-tag" },
        { -1, NULL },
        { -1, NULL } } },
};

enum { ROLES = sizeof(roles) / sizeof(roles[0]) };

static const struct package_component components[] = { { "application", 0 },
                                                       { "tee", 1 } };
static const struct package_observed observed[] = { { 0, "1.0.5" },
                                                    { 1, "2.0.0" } };

static struct {
    char folder[64];
    char path[96];
    struct package_key sign;
    struct package_key enc;
    struct package_key kek;
    struct package_set *sets[PROFILES];
} fixture;

static enum status parse(size_t row)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *json = cJSON_Parse(profiles[row].packages);
    cJSON *key_json = cJSON_Parse(keys);
    enum status status =
        package_set_parse(components, 2, json, key_json, fixture.folder,
                          &fixture.sets[row], &reason);

    if (status != STATUS_OK) {
        printf("%s: %s\n", profiles[row].name, reason.text);
    }
    cJSON_Delete(json);
    cJSON_Delete(key_json);
    return status;
}

static int set_up(void)
{
    static uint8_t bytes[FILE_SIZE];
    bool good = package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK &&
                package_key_demo("enc", &fixture.enc, NULL) == STATUS_OK &&
                package_key_demo("kek", &fixture.kek, NULL) == STATUS_OK;

    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-names-XXXXXX"); /* fits */
    if (!good || mkdtemp(fixture.folder) == NULL) {
        return 1;
    }
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/any.bin",
                   fixture.folder); /* fits */
    memset(bytes, 'x', sizeof(bytes));
    FILE *file = fopen(fixture.path, "wb");
    if (file == NULL || fwrite(bytes, 1, FILE_SIZE, file) != FILE_SIZE ||
        fclose(file) != 0) {
        return 1;
    }
    for (size_t i = 0; i < PROFILES; i++) {
        good = good && parse(i) == STATUS_OK;
    }
    return good ? 0 : 1;
}

static int tear_down(void)
{
    for (size_t i = 0; i < PROFILES; i++) {
        package_set_free(fixture.sets[i]);
    }
    return unlink(fixture.path) == 0 && rmdir(fixture.folder) == 0 ? 0 : 1;
}

static struct package build(size_t profile, uint16_t instance, const char *name)
{
    struct package package = { .bytes = NULL };
    struct reason reason = { .status = STATUS_OK };
    enum status status = package_build(fixture.sets[profile], instance, name,
                                       observed, 2, SEED, &package, &reason);

    if (status != STATUS_OK) {
        printf("%s %s: %s\n", profiles[profile].name, name, reason.text);
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    return package;
}

/** What a device says that looks before Downloaded, of whatever comes. */
static int result_of(const struct package *package)
{
    static const char *const names[] = { "application", "tee" };
    const struct package_format *format =
        package_format_of(package->bytes, package->size);
    bool is_suit = format == &package_format_suit;
    const struct package_dependency others[] = {
        { 1, "2.0.0", is_suit ? "tee" : NULL },
    };
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    const struct package_policy policy = {
        .signer = &fixture.sign,
        .decrypter = &fixture.enc,
        .kek = &fixture.kek,
        .installed = "1.0.5",
        .has_counter = true,
        .counter = 1,
        .class_id = package->part_count > 1 ? NULL : class_id,
        .components = is_suit ? names : NULL,
        .component_count = 2,
        .others = others,
        .other_count = 1,
        .slot_size = 65536,
    };
    struct package_verification report;

    recipe_class(0, class_id);
    CU_ASSERT_EQUAL_FATAL(package_verify(format, package->bytes, package->size,
                                         &policy, &report, NULL),
                          STATUS_OK);
    return report.result;
}

static void each_name_is_what_its_cell_says(void)
{
    for (size_t i = 0; i < ROLES * PROFILES; i++) {
        size_t profile = i % PROFILES;
        const char *name = roles[i / PROFILES].name;
        int wanted = roles[i / PROFILES].cells[profile].result;
        const char *damage = roles[i / PROFILES].cells[profile].damage;
        bool is_there =
            package_set_find(fixture.sets[profile], 0, name) != NULL;
        CU_ASSERT_EQUAL(is_there, wanted >= 0);
        if (is_there != (wanted >= 0)) {
            printf("%s %s\n", profiles[profile].name, name);
        }
        if (!is_there) {
            continue;
        }
        struct package package = build(profile, 0, name);
        int result = result_of(&package);
        CU_ASSERT_EQUAL(result, wanted);
        CU_ASSERT_STRING_EQUAL(package.damage != NULL ? package.damage : "",
                               damage != NULL ? damage : "");
        if (result != wanted) {
            printf("%s %s: %d\n", profiles[profile].name, name, result);
        }
        package_release(&package);
    }
}

/** "version field = v as far as the format can say it". */
static void a_given_version_is_what_the_format_can_say(void)
{
    static const char *const wanted[] = { "9.8.7+6", "9.8.7+6", "9.8.7 rc 6" };

    for (size_t i = 0; i < 3; i++) {
        struct package package = build(i, 0, "GV");
        CU_ASSERT_STRING_EQUAL(package.version, wanted[i]);
        package_release(&package);
    }
}

/** Of mcuboot LNK is a pair in which each needs the other to be new, of suit a
 *  manifest for both, of anjay a list of links. */
static void links_are_expressed_as_each_format_can(void)
{
    struct package one = build(MCUBOOT_ROW, 0, "LNK");
    struct package other = build(MCUBOOT_ROW, 1, "LNK");
    struct package_fields fields;
    static const char *const needs[] = { "image 1 at least 2.0.1",
                                         "image 0 at least 1.0.6" };

    for (size_t i = 0; i < 2; i++) {
        const struct package *package = i == 0 ? &one : &other;
        CU_ASSERT_EQUAL_FATAL(package_inspect(&package_format_mcuboot,
                                              package->bytes, package->size,
                                              &fields, NULL),
                              STATUS_OK);
        const struct package_field *field =
            fields_find(&fields, "TLV 0x40 DEPENDENCY header");
        CU_ASSERT_PTR_NOT_NULL_FATAL(field);
        CU_ASSERT_STRING_EQUAL(field[1].value, needs[i]);
        package_fields_release(&fields);
    }
    package_release(&one);
    package_release(&other);
    one = build(SUIT_ROW, 0, "LNK");
    CU_ASSERT_EQUAL(one.part_count, 2);
    package_release(&one);
    one = build(ANJAY_ROW, 0, "LNK");
    CU_ASSERT(one.bytes[16] == 1 && one.bytes[17] == 0xff);
    package_release(&one);
}

/** scenarios.md, 0.4: none of the names is another one's package. */
static void bad_packages_differ_from_the_good_one(void)
{
    static const char *const names[] = { "BAD",  "HDR",   "FOREIGN", "TRUNC",
                                         "JUNK", "SHORT", "APPEND" };

    for (size_t profile = 0; profile < PROFILES; profile++) {
        struct package good = build(profile, 0, "G");
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            struct package bad = build(profile, 0, names[i]);
            CU_ASSERT_STRING_NOT_EQUAL(bad.sha256, good.sha256);
            CU_ASSERT_NOT_EQUAL(bad.bytes[0], 0x00); /* no reset */
            package_release(&bad);
        }
        package_release(&good);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_names", set_up, tear_down);
    CU_ADD_TEST(suite, each_format_has_the_variants_of_its_column);
    CU_ADD_TEST(suite, each_variant_says_what_devices_do);
    CU_ADD_TEST(suite, each_name_is_what_its_cell_says);
    CU_ADD_TEST(suite, a_given_version_is_what_the_format_can_say);
    CU_ADD_TEST(suite, links_are_expressed_as_each_format_can);
    CU_ADD_TEST(suite, bad_packages_differ_from_the_good_one);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
