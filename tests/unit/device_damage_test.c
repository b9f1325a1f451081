/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/package.h"
#include "scenarios/package/recipe.h"
#include "scenarios/package/toolkit.h"
#include "tests/device/firmware.h"
#include "tests/device/message.h"

/*
 * Every variant of a MCUboot package and of a SUIT envelope that the tester can
 * build, given to the simulated device, which has code of its own for all of
 * it: both classes of devices end as packages.md, section 9.3, says, and hold
 * the invariants of 9.2.
 */

enum {
    PAYLOAD = 9000,
    SLOT = 300000,
    SUIT_SLOT = 512 * 1024,
    COMPONENT = 0,
    OTHER = 1
};

static const char *const names[] = { "application", "radio" };

static struct {
    struct package_key sign;
    struct package_key sign_x;
    struct package_key enc;
    struct package_key enc_x;
    struct package_key kek;
    struct package_key kek_x;
    uint8_t payload[PAYLOAD];
    struct store *store;
    struct firmware firmware;
    uint64_t now_ms;
} fixture;

static int set_up(void)
{
    static const struct {
        const char *name;
        struct package_key *key;
    } rows[] = {
        { "sign", &fixture.sign }, { "sign-x", &fixture.sign_x },
        { "enc", &fixture.enc },   { "enc-x", &fixture.enc_x },
        { "kek", &fixture.kek },   { "kek-x", &fixture.kek_x },
    };
    bool good = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        good = good &&
               package_key_demo(rows[i].name, rows[i].key, NULL) == STATUS_OK;
    }
    memset(fixture.payload, 0x42, sizeof(fixture.payload));
    return good ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

/* A device. */

static void open_device_with(const char *shape, unsigned images,
                             enum variant variant)
{
    struct firmware_config config = {
        .user = USER_ACCEPTS,
        .shape = shape_parse(shape),
        .install_ms = 10,
        .push_timeout_ms = 1000,
        .delivery = DELIVERY_BOTH,
        .images = images,
    };

    if (variant != VARIANT_NONE) {
        variants_add(&config.variants, variant);
    }
    fixture.now_ms = 1000;
    fixture.store = store_open(NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.store);
    store_relax(fixture.store);
    CU_ASSERT_TRUE_FATAL(
        firmware_open(&fixture.firmware, fixture.store, &config));
    firmware_boot(&fixture.firmware, fixture.now_ms);
}

static void open_device(const char *shape, unsigned images)
{
    open_device_with(shape, images, VARIANT_NONE);
}

static void close_device(void)
{
    firmware_close(&fixture.firmware);
    store_close(fixture.store);
}

static void push_to(uint16_t instance, const uint8_t *bytes, size_t size)
{
    (void)firmware_write_package(&fixture.firmware, instance, 0, false, bytes,
                                 size, fixture.now_ms); /* seen in its pair */
}

static void push(const uint8_t *bytes, size_t size)
{
    push_to(COMPONENT, bytes, size);
}

/** Execute, and what follows by itself. @return whether it rebooted */
static bool update_with(const struct update_arguments *arguments)
{
    CU_ASSERT_EQUAL(firmware_update(&fixture.firmware, COMPONENT, arguments,
                                    fixture.now_ms),
                    CODE(2, 4));
    fixture.now_ms += 1000;
    firmware_tick(&fixture.firmware, fixture.now_ms);
    bool reboots = fixture.firmware.wants_reboot;
    if (reboots) {
        firmware_boot(&fixture.firmware, fixture.now_ms);
    }
    return reboots;
}

static bool update(void)
{
    const struct update_arguments none = { .has_list = false };

    return update_with(&none);
}

/** "DL 5", "UP 13", "BT 8", or "ACC". packages.md, 9.1. */
static void describe(char out_text[16], const uint8_t *bytes, size_t size)
{
    const struct component *component = &fixture.firmware.components[COMPONENT];

    push(bytes, size);
    if (component->state != STATE_DOWNLOADED) {
        (void)snprintf(out_text, 16, "DL %d", component->result); /* fits */
        return;
    }
    bool reboots = update();
    if (component->state == STATE_IDLE && component->result == RESULT_UPDATED) {
        (void)snprintf(out_text, 16, "ACC"); /* fits */
        return;
    }
    (void)snprintf(out_text, 16, "%s %d", reboots ? "BT" : "UP",
                   component->result); /* fits */
}

/* Packages. */

static bool is_suit(enum package_encryption encryption)
{
    return encryption != PACKAGE_AES_KW && encryption != PACKAGE_ECIES_P256;
}

/** Parts for two components, as the variants of bundles want them. */
static void add_members(struct package_recipe *recipe,
                        const uint8_t own[PACKAGE_CLASS_SIZE],
                        const uint8_t other[PACKAGE_CLASS_SIZE])
{
    for (uint16_t i = 0; i < 2; i++) {
        recipe->members[i] = (struct package_member){
            .name = names[i],
            .id = i,
            .bytes = fixture.payload,
            .size = PAYLOAD,
            .class_id = i == COMPONENT ? own : other,
        };
    }
    recipe->member_count = 2;
}

static size_t make_for(uint16_t instance, const char *variant,
                       enum package_encryption encryption, const char *version,
                       uint8_t **out_bytes)
{
    struct reason reason = { .status = STATUS_OK };
    uint64_t seed = 3;
    uint8_t own[PACKAGE_CLASS_SIZE];
    uint8_t other[PACKAGE_CLASS_SIZE];
    bool is_kw = encryption == PACKAGE_AES_KW || encryption == PACKAGE_KW_GCM ||
                 encryption == PACKAGE_KW_CTR;
    bool needs = variant != NULL && strncmp(variant, "dep-", 4) == 0;
    struct package_recipe recipe = {
        .version = version,
        .payload = fixture.payload,
        .payload_size = PAYLOAD,
        .signer = &fixture.sign,
        .signer_x = &fixture.sign_x,
        .encryption = encryption,
        .key_bits = 128,
        .recipient = is_kw ? &fixture.kek : &fixture.enc,
        .recipient_x = is_kw ? &fixture.kek_x : &fixture.enc_x,
        .has_counter = true,
        .counter = 1,
        .dependencies = { { instance == 0 ? 1 : 0, "1.0.0",
                            names[instance ^ 1] } },
        .dependency_count = needs ? 1 : 0,
        .class_id = own,
        .class_x = other,
        .component = names[instance],
        .component_x = names[instance ^ 1],
        .installed = "1.0.0",
        .slot_size = is_suit(encryption) ? SUIT_SLOT : SLOT,
        .variant = variant,
        .random = package_random_seeded(&seed),
    };
    size_t size = 0;

    recipe_class(instance, own);
    recipe_class(instance ^ 1, other);
    if (variant != NULL && strncmp(variant, "bundle-", 7) == 0) {
        add_members(&recipe, own, other);
    }
    *out_bytes = NULL;
    CU_ASSERT_EQUAL(package_make(package_format_find(
                                     is_suit(encryption) ? "suit" : "mcuboot"),
                                 &recipe, out_bytes, &size, &reason),
                    STATUS_OK);
    if (reason.status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", variant, reason.text);
    }
    return size;
}

static size_t make(const char *variant, enum package_encryption encryption,
                   const char *version, uint8_t **out_bytes)
{
    return make_for(COMPONENT, variant, encryption, version, out_bytes);
}

/** A multi-image of two good images. */
static size_t make_multi(const char *variant, uint8_t **out_bytes)
{
    uint8_t *images[2];
    struct package_recipe recipe = { .variant = variant,
                                     .member_count = 2,
                                     .slot_size = SLOT };
    size_t size = 0;

    for (uint16_t i = 0; i < 2; i++) {
        recipe.members[i].id = i;
        recipe.members[i].size =
            make_for(i, NULL, PACKAGE_ECIES_P256, "1.0.1", &images[i]);
        recipe.members[i].bytes = images[i];
    }
    CU_ASSERT_EQUAL(package_make(package_format_find("dfumi"), &recipe,
                                 out_bytes, &size, NULL),
                    STATUS_OK);
    free(images[0]);
    free(images[1]);
    return size;
}

struct row {
    const char *variant;
    const char *early;
    const char *late;
    bool needs_gcm;
};

/** What each ends as. Where packages.md has several, the one of this device. */
static const struct row images[] = {
    { "good", "ACC", "ACC", false },
    { "good-same-version", "ACC", "ACC", false },
    { "ver-lie", "ACC", "ACC", false },
    { "downgrade-ver", "DL 8", "BT 8", false },
    { "downgrade-cnt", "DL 5", "BT 5", false },
    { "cnt-missing", "DL 5", "BT 5", false },
    { "cnt-unprot", "DL 5", "BT 5", false },
    { "dep-missing", "UP 13", "UP 13", false },
    { "dep-pair", "ACC", "ACC", false },
    { "dep-order", "ACC", "ACC", false },
    { "dep-unconfirmed", "ACC", "ACC", false },
    { "dep-cycle", "ACC", "ACC", false },
    { "dep-unknown-id", "BT 8", "BT 8", false },
    { "dep-unprot", "DL 5", "BT 5", false },
    { "wrong-component", "DL 6", "DL 6", false },
    { "wrong-class", "DL 6", "DL 6", false },
    { "oversize", "DL 2", "DL 2", false },
    { "hdr-lie", "DL 5", "DL 5", false },
    { "hdr-lie-protected", "DL 6", "DL 5", false },
    { "hdr-lie-tlv", "DL 6", "BT 8", false },
    { "hdr-lie-zero", "DL 6", "DL 6", false },
    { "unhealthy", "BT 8", "BT 8", false },
    { "crash-mid-apply", "ACC", "ACC", false },
    { "sig-missing", "DL 5", "BT 5", false },
    { "sig-untrusted", "DL 5", "BT 5", false },
    { "sig-untrusted-masq", "DL 5", "BT 5", false },
    { "plain-required", "DL 6", "BT 8", false },
    { "enc-wrong-device", "DL 5", "BT 5", false },
    { "enc-wrong-key-masq", "DL 5", "BT 5", false },
    { "enc-cek-swap", "DL 5", "BT 5", false },
    { "enc-info-missing", "DL 5", "BT 5", false },
    { "enc-flag-off", "DL 6", "BT 8", false },
    { "enc-flag-plain", "DL 5", "BT 5", false },
    { "enc-both-flags", "DL 6", "BT 8", false },
    { "trunc-1", "DL 5", "DL 5", false },
    { "trunc-half", "DL 5", "DL 5", false },
    { "trunc-hdr", "DL 5", "DL 5", false },
    { "trunc-payload", "DL 5", "DL 5", false },
    { "append", "ACC", "ACC", false },
    { "magic", "DL 6", "DL 6", false },
    { "payload-flip", "DL 5", "BT 5", false },
    { "hash-flip", "DL 5", "BT 5", false },
    { "sig-flip", "DL 5", "BT 5", false },
    { "enc-wrap-flip", "DL 5", "BT 5", false },
    { "enc-block-swap", "DL 5", "BT 5", false },
};

/** The same of envelopes. Some defects are only in one kind of cipher. */
static const struct row envelopes[] = {
    { "good", "ACC", "ACC", false },
    { "good-same-version", "ACC", "ACC", false },
    { "ver-lie", "ACC", "ACC", false },
    { "downgrade-ver", "DL 8", "BT 8", false },
    { "downgrade-seq", "DL 8", "BT 8", false },
    { "dep-missing", "UP 13", "UP 13", false },
    { "dep-pair", "ACC", "ACC", false },
    { "install-condition", "UP 8", "BT 8", false },
    { "wrong-component", "DL 6", "DL 6", false },
    { "wrong-class", "DL 6", "BT 8", false },
    { "oversize", "DL 2", "DL 2", false },
    { "unhealthy", "BT 8", "BT 8", false },
    { "crash-mid-apply", "ACC", "ACC", false },
    { "suit-size-more", "DL 5", "BT 5", false },
    { "suit-size-less", "DL 5", "BT 5", false },
    { "plain-digest", "DL 5", "BT 5", false },
    { "bundle-good", "ACC", "ACC", false },
    { "bundle-busy", "ACC", "ACC", false }, /* here none is busy */
    { "bundle-one-bad", "DL 5", "BT 5", false },
    { "suit-payload-missing", "DL 5", "BT 5", false },
    { "cbor-strict", "DL 6", "DL 6", false },
    { "cbor-strict-unsorted", "DL 6", "DL 6", false },
    { "cbor-strict-duplicate", "DL 6", "DL 6", false },
    { "cbor-strict-head", "DL 6", "DL 6", false },
    { "cbor-strict-tag", "DL 6", "DL 6", false },
    { "cbor-strict-depth", "DL 6", "DL 6", false },
    { "suit-unknown", "DL 6", "BT 8", false },
    { "suit-unknown-parameter", "DL 6", "BT 8", false },
    { "suit-unknown-version", "DL 6", "DL 6", false },
    { "sig-missing", "DL 5", "BT 5", false },
    { "sig-untrusted", "DL 5", "BT 5", false },
    { "sig-untrusted-masq", "DL 5", "BT 5", false },
    { "sig-alg", "DL 6", "BT 8", false },
    { "sig-mac-confusion", "DL 5", "BT 5", false },
    { "plain-required", "DL 6", "BT 8", false },
    { "enc-wrong-device", "DL 5", "BT 5", false },
    { "enc-wrong-key-masq", "DL 5", "BT 5", false },
    { "enc-wrap-flip", "DL 5", "BT 5", false },
    { "enc-cek-swap", "DL 5", "BT 5", false },
    { "enc-iv", "DL 5", "BT 5", false },
    { "enc-iv-short", "DL 5", "BT 5", false },
    { "enc-iv-missing", "DL 5", "BT 5", false },
    { "enc-info-missing", "DL 5", "BT 5", false },
    { "enc-flag-plain", "DL 5", "BT 5", false },
    { "tag-flip", "DL 5", "BT 5", true },
    { "ct-flip-signed", "DL 5", "BT 5", false },
    { "trunc-tag", "DL 5", "BT 5", true },
    { "trunc-1", "DL 5", "DL 5", false },
    { "trunc-half", "DL 5", "DL 5", false },
    { "trunc-hdr", "DL 5", "DL 5", false },
    { "append", "DL 6", "DL 6", false },
    { "magic", "DL 6", "DL 6", false },
    { "payload-flip", "DL 5", "BT 5", false },
    { "hash-flip", "DL 5", "BT 5", false },
    { "sig-flip", "DL 5", "BT 5", false },
    { "enc-block-swap", "DL 5", "BT 5", false },
};

enum {
    IMAGES = sizeof(images) / sizeof(images[0]),
    ENVELOPES = sizeof(envelopes) / sizeof(envelopes[0])
};

/** packages.md, 9.2: versions, bystanders, reset, and a good package. */
static void hold_invariants(const char *variant,
                            enum package_encryption encryption, bool is_late)
{
    struct firmware *firmware = &fixture.firmware;
    const struct component *component = &firmware->components[COMPONENT];
    static const uint8_t reset = 0;
    uint8_t *good = NULL;
    size_t size = make(NULL, encryption, "1.0.1", &good);

    CU_ASSERT_STRING_EQUAL(component->version, "1.0.0");
    for (uint16_t i = 1; i < 3; i++) {
        /* It was Downloaded with its bundle, and nobody updated it. */
        bool waits =
            is_late && i == OTHER && strcmp(variant, "bundle-one-bad") == 0;
        CU_ASSERT_EQUAL(firmware->components[i].state,
                        waits ? STATE_DOWNLOADED : STATE_IDLE);
        CU_ASSERT_EQUAL(firmware->components[i].result, RESULT_INITIAL);
        CU_ASSERT_STRING_EQUAL(firmware->components[i].version, "1.0.0");
    }
    push(&reset, 1);
    CU_ASSERT_EQUAL(component->state, STATE_IDLE);
    CU_ASSERT_EQUAL(component->result, RESULT_INITIAL);
    push(good, size);
    CU_ASSERT_EQUAL_FATAL(component->state, STATE_DOWNLOADED);
    (void)update();
    CU_ASSERT_EQUAL(component->result, RESULT_UPDATED);
    CU_ASSERT_STRING_EQUAL(component->version, "1.0.1");
    if (component->result != RESULT_UPDATED) {
        (void)fprintf(stderr, "%s: no good package after it\n", variant);
    }
    free(good);
}

static void check_all(const char *shape, enum package_encryption encryption,
                      bool is_late)
{
    const struct row *rows = is_suit(encryption) ? envelopes : images;
    size_t count = is_suit(encryption) ? ENVELOPES : IMAGES;

    for (size_t i = 0; i < count; i++) {
        const char *want = is_late ? rows[i].late : rows[i].early;
        uint8_t *bytes = NULL;
        char text[16];
        if (encryption == PACKAGE_ES_CTR && rows[i].needs_gcm) {
            continue;
        }
        size_t size = make(rows[i].variant, encryption, "1.0.1", &bytes);
        open_device(shape, 0);
        describe(text, bytes, size);
        CU_ASSERT_STRING_EQUAL(text, want);
        if (strcmp(text, want) != 0) {
            (void)fprintf(stderr, "%s on %s: %s, not %s\n", rows[i].variant,
                          shape, text, want);
        }
        if (strcmp(text, "ACC") != 0) {
            hold_invariants(rows[i].variant, encryption, is_late);
        }
        close_device();
        free(bytes);
    }
}

static void assert_all_are_here(const char *format, const struct row *rows,
                                size_t rows_count)
{
    const struct package_variant *variant = NULL;
    size_t count = 0;

    for (; (variant = package_variant_at(package_format_find(format), count)) !=
           NULL;
         count++) {
        CU_ASSERT_FATAL(count < rows_count);
        CU_ASSERT_STRING_EQUAL(variant->name, rows[count].variant);
    }
    CU_ASSERT_EQUAL(count, rows_count);
}

static void all_variants_are_here(void)
{
    assert_all_are_here("mcuboot", images, IMAGES);
    assert_all_are_here("suit", envelopes, ENVELOPES);
}

static void an_early_device_refuses_what_is_bad(void)
{
    check_all("mcuboot", PACKAGE_ECIES_P256, false);
    check_all("mcuboot", PACKAGE_AES_KW, false);
    check_all("suit", PACKAGE_KW_GCM, false);
    check_all("suit", PACKAGE_ES_CTR, false);
}

static void the_boot_loader_of_a_late_device_refuses_what_is_bad(void)
{
    check_all("mcuboot-late", PACKAGE_ECIES_P256, true);
    check_all("mcuboot-late", PACKAGE_AES_KW, true);
    check_all("suit-late", PACKAGE_KW_GCM, true);
    check_all("suit-late", PACKAGE_ES_CTR, true);
}

/** The same, of multi-images: what an early device makes of them. */
static const struct {
    const char *variant;
    const char *early;
} multi_rows[] = {
    { "good", "ACC" },
    { "bundle-good", "ACC" },
    { "bundle-one-bad", "DL 5" },
    { "bundle-dup", "DL 6" },
    { "bundle-count0", "DL 6" },
    { "bundle-over", "DL 6" },
    { "bundle-len-short", "DL 8" },
    { "bundle-len-long", "DL 5" },
    { "bundle-unknown-id", "DL 6" },
    { "cbor-strict", "DL 6" },
    { "cbor-strict-unsorted", "DL 6" },
    { "cbor-strict-duplicate", "DL 6" },
    { "cbor-strict-head", "DL 6" },
    { "cbor-strict-tag", "DL 6" },
    { "cbor-strict-depth", "DL 6" },
    { "oversize", "DL 2" },
    { "bundle-busy", "ACC" }, /* here none is busy */
    { "crash-mid-apply", "ACC" },
    { "trunc-1", "DL 5" },
    { "trunc-half", "DL 5" },
    { "trunc-hdr", "DL 5" },
    { "append", "DL 8" },
    { "magic", "DL 6" },
};

static void a_multi_image_is_taken_as_a_whole_or_not_at_all(void)
{
    size_t count = sizeof(multi_rows) / sizeof(multi_rows[0]);

    for (size_t i = 0; i < count; i++) {
        const struct component *other = &fixture.firmware.components[OTHER];
        uint8_t *bytes = NULL;
        char text[16];
        size_t size = make_multi(multi_rows[i].variant, &bytes);
        open_device("mcuboot", 0);
        describe(text, bytes, size);
        CU_ASSERT_STRING_EQUAL(text, multi_rows[i].early);
        if (strcmp(text, multi_rows[i].early) != 0) {
            (void)fprintf(stderr, "multi-image %s: %s, not %s\n",
                          multi_rows[i].variant, text, multi_rows[i].early);
        }
        if (strcmp(text, "ACC") == 0) {
            CU_ASSERT_EQUAL(other->state, STATE_DOWNLOADED);
            CU_ASSERT_STRING_EQUAL(other->package_version, "1.0.1");
        } else {
            hold_invariants(multi_rows[i].variant, PACKAGE_ECIES_P256, false);
        }
        close_device();
        free(bytes);
    }
    CU_ASSERT_PTR_NULL(package_variant_at(package_format_find("dfumi"), count));
}

/** What packages.md, 9.3, says of policies; each in both formats, and by both
 *  classes of devices. */
static void policies_let_pass_what_they_say(void)
{
    static const struct {
        unsigned images;
        const char *variant; /* of both formats, or … */
        const char *shape;   /* … of that one only */
        const char *early;
        const char *late;
    } policies[] = {
        { 0, "plain-required", NULL, "DL 6", "BT 8" },
        { 0, "downgrade-ver", NULL, "DL 8", "BT 8" },
        { IMAGES_PLAINTEXT, "plain-required", NULL, "ACC", "ACC" },
        { IMAGES_PLAINTEXT, "downgrade-ver", NULL, "DL 8", "BT 8" },
        { IMAGES_PLAINTEXT, "sig-flip", NULL, "DL 5", "BT 5" },
        { IMAGES_PLAINTEXT, "enc-flag-plain", NULL, "DL 5", "BT 5" },
        /* It is signed as it is; that it is no code shows when it is run. */
        { IMAGES_PLAINTEXT, "enc-flag-off", "mcuboot", "BT 8", "BT 8" },
        { 0, "enc-flag-off", "mcuboot", "DL 6", "BT 8" },
        { IMAGES_DOWNGRADE, "downgrade-ver", NULL, "ACC", "ACC" },
        { IMAGES_DOWNGRADE, "downgrade-cnt", "mcuboot", "DL 5", "BT 5" },
        { IMAGES_DOWNGRADE, "downgrade-seq", "suit", "DL 8", "BT 8" },
        { IMAGES_DOWNGRADE, "plain-required", NULL, "DL 6", "BT 8" },
    };
    static const struct {
        const char *shape;
        unsigned images;
        enum package_encryption encryption;
    } devices[] = {
        { "mcuboot", 0, PACKAGE_ECIES_P256 },
        { "mcuboot", IMAGES_LATE, PACKAGE_AES_KW },
        { "suit", 0, PACKAGE_KW_GCM },
        { "suit", IMAGES_LATE, PACKAGE_ES_CTR },
    };

    for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
        for (size_t k = 0; k < sizeof(devices) / sizeof(devices[0]); k++) {
            bool is_late = devices[k].images != 0;
            const char *want = is_late ? policies[i].late : policies[i].early;
            uint8_t *bytes = NULL;
            char text[16];
            if (policies[i].shape != NULL &&
                strcmp(policies[i].shape, devices[k].shape) != 0) {
                continue;
            }
            size_t size = make(policies[i].variant, devices[k].encryption,
                               "1.0.1", &bytes);
            open_device(devices[k].shape,
                        policies[i].images | devices[k].images);
            describe(text, bytes, size);
            CU_ASSERT_STRING_EQUAL(text, want);
            if (strcmp(text, want) != 0) {
                (void)fprintf(stderr, "%s on %s: %s, not %s\n",
                              policies[i].variant, devices[k].shape, text,
                              want);
            }
            if (strcmp(text, "ACC") != 0) {
                hold_invariants(policies[i].variant, devices[k].encryption,
                                is_late);
            }
            close_device();
            free(bytes);
        }
    }
}

/** A batch of a good package and one that fails, by the boot loader or when it
 *  runs: a transactional device keeps both versions, another one that of the
 *  second. */
static void a_batch_is_all_or_nothing_where_that_is_promised(void)
{
    static const struct {
        const char *shape;
        enum package_encryption encryption;
        const char *variant; /* of the second */
        int result;
    } batches[] = {
        { "mcuboot", PACKAGE_ECIES_P256, "unhealthy", RESULT_UPDATE_FAILED },
        { "mcuboot-late", PACKAGE_AES_KW, "unhealthy", RESULT_UPDATE_FAILED },
        { "mcuboot-late", PACKAGE_ECIES_P256, "sig-flip", RESULT_INTEGRITY },
        { "suit", PACKAGE_KW_GCM, "unhealthy", RESULT_UPDATE_FAILED },
        { "suit-late", PACKAGE_ES_GCM, "unhealthy", RESULT_UPDATE_FAILED },
        { "suit-late", PACKAGE_KW_CTR, "payload-flip", RESULT_INTEGRITY },
    };
    const struct update_arguments both = { .has_list = true,
                                           .links = { OTHER },
                                           .link_count = 1 };

    for (size_t i = 0; i < 2 * sizeof(batches) / sizeof(batches[0]); i++) {
        bool is_partial = i % 2 != 0;
        const struct component *components = fixture.firmware.components;
        uint8_t *good = NULL;
        uint8_t *bad = NULL;
        size_t good_size =
            make(NULL, batches[i / 2].encryption, "1.0.1", &good);
        size_t bad_size = make_for(OTHER, batches[i / 2].variant,
                                   batches[i / 2].encryption, "1.0.1", &bad);
        open_device_with(batches[i / 2].shape, 0,
                         is_partial ? VARIANT_BATCH_PARTIAL : VARIANT_NONE);
        push(good, good_size);
        push_to(OTHER, bad, bad_size);
        CU_ASSERT_EQUAL(components[COMPONENT].state, STATE_DOWNLOADED);
        CU_ASSERT_EQUAL(components[OTHER].state, STATE_DOWNLOADED);
        CU_ASSERT_TRUE(update_with(&both));
        CU_ASSERT_STRING_EQUAL(components[COMPONENT].version,
                               is_partial ? "1.0.1" : "1.0.0");
        CU_ASSERT_EQUAL(components[COMPONENT].result,
                        is_partial ? RESULT_UPDATED : RESULT_UPDATE_FAILED);
        CU_ASSERT_STRING_EQUAL(components[OTHER].version, "1.0.0");
        CU_ASSERT_EQUAL(components[OTHER].result, batches[i / 2].result);
        close_device();
        free(good);
        free(bad);
    }
}

static void a_counter_that_was_raised_is_not_lowered(void)
{
    uint8_t *bytes = NULL;
    char text[16];

    open_device("mcuboot", IMAGES_DOWNGRADE);
    fixture.firmware.components[COMPONENT].counter = 0;
    size_t size = make(NULL, PACKAGE_ECIES_P256, "1.0.1", &bytes);
    describe(text, bytes, size); /* its counter is 1 */
    CU_ASSERT_STRING_EQUAL(text, "ACC");
    CU_ASSERT_EQUAL(fixture.firmware.components[COMPONENT].counter, 1);
    free(bytes);
    size = make("downgrade-cnt", PACKAGE_ECIES_P256, "1.0.2", &bytes);
    describe(text, bytes, size);
    CU_ASSERT_STRING_EQUAL(text, "DL 5");
    free(bytes);
    close_device();
}

/** A cut anywhere leaves the old version, or the new one as a whole. */
static void a_power_cut_leaves_a_version_that_runs(void)
{
    struct firmware *firmware = &fixture.firmware;
    const struct update_arguments none = { .has_list = false };
    uint8_t *bytes = NULL;
    size_t size = make(NULL, PACKAGE_ECIES_P256, "1.0.1", &bytes);

    for (int cut = 0; cut < 3; cut++) {
        open_device("mcuboot", 0);
        const struct firmware_config config = firmware->config;
        push(bytes, size);
        if (cut > 0) {
            CU_ASSERT_EQUAL(
                firmware_update(firmware, COMPONENT, &none, fixture.now_ms),
                CODE(2, 4));
        }
        if (cut > 1) {
            fixture.now_ms += 1000;
            firmware_tick(firmware, fixture.now_ms);
        }
        /* What is in memory is lost; the disk has the rest. */
        firmware_close(firmware);
        CU_ASSERT_TRUE(firmware_open(firmware, fixture.store, &config));
        firmware_boot(firmware, fixture.now_ms);
        const struct component *component = &firmware->components[COMPONENT];
        static const struct {
            enum firmware_state state;
            int result;
            const char *version;
        } ends[] = {
            { STATE_DOWNLOADED, RESULT_INITIAL, "1.0.0" },
            { STATE_DOWNLOADED, RESULT_UPDATE_FAILED, "1.0.0" },
            { STATE_IDLE, RESULT_UPDATED, "1.0.1" },
        };
        CU_ASSERT_EQUAL(component->state, ends[cut].state);
        CU_ASSERT_EQUAL(component->result, ends[cut].result);
        CU_ASSERT_STRING_EQUAL(component->version, ends[cut].version);
        close_device();
    }
    free(bytes);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("device.damage", set_up, tear_down);
    CU_ADD_TEST(suite, all_variants_are_here);
    CU_ADD_TEST(suite, an_early_device_refuses_what_is_bad);
    CU_ADD_TEST(suite, the_boot_loader_of_a_late_device_refuses_what_is_bad);
    CU_ADD_TEST(suite, a_multi_image_is_taken_as_a_whole_or_not_at_all);
    CU_ADD_TEST(suite, policies_let_pass_what_they_say);
    CU_ADD_TEST(suite, a_batch_is_all_or_nothing_where_that_is_promised);
    CU_ADD_TEST(suite, a_counter_that_was_raised_is_not_lowered);
    CU_ADD_TEST(suite, a_power_cut_leaves_a_version_that_runs);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
