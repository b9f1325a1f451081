/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"
#include "tests/device/manifest.h"

/*
 * The device's own reader of SUIT envelopes: the vectors of packages.md, which
 * independent programs made, each variant that the tester builds, and bytes
 * that are no envelope.
 */

enum { BIG = 10000 };

static const char firmware[] = "This is a real firmware image.";
static const char tee_image[] = "TEE image 2.0";

/* packages.md, 12.5: template T2, made and read by an unrelated program. */
static const char bundle_vector[] =
    "d86ba4025873825824822f58206db03a7a6eae5bf021aaf511f595d78fd970c9"
    "62ae56b9b0c91bb5340f48343c584ad28443a10128a0f6584076ef552d37d700"
    "218d3b4a897e2f2777035c01226623ce934f16888e77c670e4a4b00e5da719c1"
    "db9881ed8785c86ac8f4afea1f4c724fb1f9f43fb9e0e68944035901fda60101"
    "02050359012ca202848143617070814374656581476170702e656e6381477465"
    "652e656e630459010998180c0014a40150cfbff0d193755685968c48ce8b15ae"
    "170250721de51c7dcf59f4bbab73915b2462c7035824822f582036921488fe66"
    "80712f734e11f58d87eeb66d4b21a8a1ad3441060814da16d50f0e181e010f02"
    "0f0c0114a40150cfbff0d193755685968c48ce8b15ae17025052dfb897647c54"
    "e2be5115ebbf8a736f035824822f58204c2eb2b6de5ce4a1c4680be8c0bf5387"
    "57636abb99de30d21c89bf6c7076a2c00e0d010f020f0c0214a2035824822f58"
    "206f9840651ed4d9a565d74bcde11563b252625443b99370c59554ebfa709fb4"
    "000e182e0c0314a2035824822f58205da6bb21332d2a1853ee8baa743c87746f"
    "6850255a7104554d70e5979a37d49e0e181d0644830102030749880c00030f0c"
    "01030f1458b498200c0214a1156423617070150f030f0c0014a213583ed86084"
    "43a10101a1054cf14aab9d81d51f7ad943fe87f6818340a2012204456b69642d"
    "31581875603ffc9518d794713c8ca8a115a7fb32565a6d59534d621602160f03"
    "0f0c0314a1156423746565150f030f0c0114a213583ed8608443a10101a1054c"
    "dae613b2e0dc55f4322be38bf6818340a2012204456b69642d315818ce34035c"
    "e5c2e2666e46d4c131fc561dd190a6d26cfa19901603160f030f642361707058"
    "2e758c4b7bbae2c4c1d462423e0f0dc3164ffa7b85bb94d4bd6d7ed26ab32feb"
    "063385d4d3465927ec82cb5e198a596423746565581d4cea9d6d87b2a651da1b"
    "eb7bae9a61c39c0430a49fc668e1bc630f2e8b";
static struct {
    struct package_key sign; /* of the draft's examples */
    struct package_key sign_x;
    struct package_key kek; /* of the draft's examples */
    struct package_key kek_x;
    struct package_key agree; /* of the draft's examples */
    struct package_key agree_x;
    uint8_t big[BIG];
    uint8_t vendor[PACKAGE_CLASS_SIZE];
    uint8_t class_app[PACKAGE_CLASS_SIZE];
    uint8_t class_tee[PACKAGE_CLASS_SIZE];
    uint64_t seed;
} fixture;

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

static bool parse(enum package_key_kind kind, const char *hex,
                  struct package_key *key)
{
    return package_key_parse(kind, hex, strlen(hex), "test", key, NULL) ==
           STATUS_OK;
}

static int set_up(void)
{
    bool good =
        parse(
            PACKAGE_KEY_P256,
            "0296588d909418b339d150420a3612b57fb4f631a69f224fae90cb4f3fe18973",
            &fixture.sign) &&
        parse(
            PACKAGE_KEY_P256,
            "60fe6dd6d85d5740a5349b6f91267eeac5ba81b8cb53ee249e4b4eb102c476b3",
            &fixture.agree) &&
        parse(PACKAGE_KEY_SECRET, "61616161616161616161616161616161",
              &fixture.kek) &&
        package_key_demo("sign-x", &fixture.sign_x, NULL) == STATUS_OK &&
        package_key_demo("enc-x", &fixture.agree_x, NULL) == STATUS_OK &&
        package_key_demo("kek-x", &fixture.kek_x, NULL) == STATUS_OK;

    for (size_t i = 0; i < BIG; i++) {
        fixture.big[i] = (uint8_t)(i * 7 + i / 256);
    }
    (void)from_hex("cfbff0d193755685968c48ce8b15ae17", fixture.vendor);
    (void)from_hex("721de51c7dcf59f4bbab73915b2462c7", fixture.class_app);
    (void)from_hex("52dfb897647c54e2be5115ebbf8a736f", fixture.class_tee);
    return good ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

static struct package_recipe single_recipe(enum package_encryption encryption,
                                           const char *variant)
{
    bool is_agreed =
        encryption == PACKAGE_ES_GCM || encryption == PACKAGE_ES_CTR;

    fixture.seed = 42;
    return (struct package_recipe){
        .version = "1.3.0",
        .payload = fixture.big,
        .payload_size = BIG,
        .signer = &fixture.sign,
        .signer_x = &fixture.sign_x,
        .signer_kid = "sign",
        .signer_kid_x = "sign-x",
        .encryption = encryption,
        .recipient = is_agreed ? &fixture.agree : &fixture.kek,
        .recipient_x = is_agreed ? &fixture.agree_x : &fixture.kek_x,
        .has_counter = true,
        .counter = 7,
        .dependencies = { { .name = "tee", .version = "1.5.0" } },
        .dependency_count = 1,
        .vendor_id = fixture.vendor,
        .class_id = fixture.class_app,
        .class_x = fixture.class_tee,
        .component = "app",
        .component_x = "tee",
        .installed = "1.2.2",
        .slot_size = 16384,
        .variant = variant,
        .random = package_random_seeded(&fixture.seed),
    };
}

static const enum package_encryption ways[] = { PACKAGE_KW_GCM, PACKAGE_KW_CTR,
                                                PACKAGE_ES_GCM,
                                                PACKAGE_ES_CTR };

/** The Update Result that is found in the envelope alone; what depends on the
 *  component (class, versions, policies) is for who takes the parts. */
static const struct {
    const char *variant;
    int result;
    bool needs_gcm;
} outcomes[] = {
    { "good", 0, false },
    { "good-same-version", 0, false },
    { "ver-lie", 0, false },
    { "downgrade-ver", 0, false },
    { "downgrade-seq", 8, false },
    { "dep-missing", 0, false },
    { "dep-pair", 0, false },
    { "install-condition", 0, false }, /* fails at the installation only */
    { "wrong-component", 0, false },
    { "wrong-class", 0, false },
    { "oversize", 2, false },
    { "unhealthy", 0, false },
    { "crash-mid-apply", 0, false },
    { "suit-size-more", 5, false },
    { "suit-size-less", 5, false },
    { "plain-digest", 5, false },
    { "suit-payload-missing", 5, false },
    { "cbor-strict", 6, false },
    { "cbor-strict-unsorted", 6, false },
    { "cbor-strict-duplicate", 6, false },
    { "cbor-strict-head", 6, false },
    { "cbor-strict-tag", 6, false },
    { "cbor-strict-depth", 6, false },
    { "suit-unknown", 6, false },
    { "suit-unknown-parameter", 6, false },
    { "suit-unknown-version", 6, false },
    { "sig-missing", 5, false },
    { "sig-untrusted", 5, false },
    { "sig-untrusted-masq", 5, false },
    { "sig-alg", 6, false },
    { "sig-mac-confusion", 5, false },
    { "plain-required", 0, false },
    { "enc-wrong-device", 5, false },
    { "enc-wrong-key-masq", 5, false },
    { "enc-wrap-flip", 5, false },
    { "enc-cek-swap", 5, false },
    { "enc-iv", 5, false },
    { "enc-iv-short", 5, false },
    { "enc-iv-missing", 5, false },
    { "enc-info-missing", 5, false },
    { "enc-flag-plain", 5, false },
    { "tag-flip", 5, true },
    { "ct-flip-signed", 5, false },
    { "trunc-tag", 5, true },
    { "trunc-1", 5, false },
    { "trunc-half", 5, false },
    { "trunc-hdr", 5, false },
    { "append", 6, false },
    { "magic", 6, false },
    { "payload-flip", 5, false },
    { "hash-flip", 5, false },
    { "sig-flip", 5, false },
    { "enc-block-swap", 5, false },
};

static bool is_component(const void *user, const char *name)
{
    (void)user;
    static const char *const names[] = { "app", "tee", "modem" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const struct manifest_blindness sees_all = { .signature = false };

static struct manifest_trust trust_of(bool is_agreed)
{
    return (struct manifest_trust){
        .signer = fixture.sign.point,
        .secret = is_agreed ? fixture.agree.secret : NULL,
        .kek = is_agreed ? NULL : fixture.kek.secret,
        .sequence = 5,
        .slot = 16384,
        .is_component = is_component,
    };
}

static void the_bundle_of_the_digest_is_opened(void)
{
    static const struct {
        const char *name;
        const char *image;
    } rows[] = { { "app", firmware }, { "tee", tee_image } };
    const struct manifest_trust trust = trust_of(false);
    struct manifest manifest;
    uint8_t bytes[1024];
    size_t size = from_hex(bundle_vector, bytes);

    CU_ASSERT_TRUE(manifest_is_one(bytes, size));
    CU_ASSERT_EQUAL_FATAL(
        manifest_open(bytes, size, &trust, &sees_all, &manifest), 0);
    CU_ASSERT_EQUAL(manifest.sequence, 5);
    CU_ASSERT_STRING_EQUAL(manifest.version, "1.2.3");
    CU_ASSERT_EQUAL_FATAL(manifest.part_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct manifest_part *part = &manifest.parts[i];
        CU_ASSERT_STRING_EQUAL(part->name, rows[i].name);
        CU_ASSERT_EQUAL_FATAL(part->length, strlen(rows[i].image));
        CU_ASSERT_EQUAL(memcmp(part->image, rows[i].image, part->length), 0);
        CU_ASSERT_TRUE(part->was_encrypted);
        CU_ASSERT_TRUE(part->has_class);
    }
    CU_ASSERT_EQUAL(
        memcmp(manifest.parts[1].class_id, fixture.class_tee, MANIFEST_CLASS),
        0);
    manifest_release(&manifest);
    CU_ASSERT_EQUAL(manifest_skim(bytes, size, &manifest), 0);
    CU_ASSERT_EQUAL(manifest.part_count, 2);
    CU_ASSERT_STRING_EQUAL(manifest.parts[1].name, "tee");
    CU_ASSERT_STRING_EQUAL(manifest.version, "1.2.3");
}

static void what_others_have_to_be_is_seen_without_keys(void)
{
    struct package_recipe recipe = single_recipe(PACKAGE_ES_CTR, NULL);
    struct manifest manifest;
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(manifest_skim(bytes, size, &manifest), 0);
    CU_ASSERT_EQUAL_FATAL(manifest.need_count, 1);
    CU_ASSERT_STRING_EQUAL(manifest.needs[0].name, "tee");
    CU_ASSERT_STRING_EQUAL(manifest.needs[0].version, "1.5.0");
    CU_ASSERT_EQUAL(manifest.needs[0].comparison, 2);
    CU_ASSERT_EQUAL_FATAL(manifest.part_count, 1);
    CU_ASSERT_PTR_NULL(manifest.parts[0].image);
    free(bytes);
}

/** What the tester builds, and what the device makes of it. */
static int outcome_of(const char *variant, size_t way,
                      const struct manifest_blindness *blindness)
{
    struct package_recipe recipe = single_recipe(ways[way], variant);
    struct manifest_trust trust = trust_of(way >= 2);
    struct manifest manifest;
    uint8_t *bytes = NULL;
    size_t size = 0;

    trust.sequence = 7;
    if (package_make(&package_format_suit, &recipe, &bytes, &size, NULL) !=
        STATUS_OK) {
        return -1;
    }
    int result = manifest_open(bytes, size, &trust, blindness, &manifest);
    if (result == 0) {
        CU_ASSERT_EQUAL(manifest.part_count, 1);
        CU_ASSERT_EQUAL(manifest.parts[0].length, BIG);
        /* An envelope for "tee" itself needs no other "tee". */
        size_t needs = strcmp(variant, "wrong-component") == 0     ? 0
                       : strcmp(variant, "install-condition") == 0 ? 2
                                                                   : 1;
        CU_ASSERT_EQUAL(manifest.need_count, needs);
        CU_ASSERT_STRING_EQUAL(manifest.needs[0].name, needs > 0 ? "tee" : "");
    }
    manifest_release(&manifest);
    free(bytes);
    return result;
}

static void each_variant_of_the_tester_is_refused_for_its_defect(void)
{
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
            bool is_built = !outcomes[i].needs_gcm || way % 2 == 0;
            int result = outcome_of(outcomes[i].variant, way, &sees_all);
            if (result != (is_built ? outcomes[i].result : -1)) {
                printf("%s, way %zu: %d instead of %d\n", outcomes[i].variant,
                       way, result, outcomes[i].result);
            }
            CU_ASSERT_EQUAL(result, is_built ? outcomes[i].result : -1);
        }
    }
}

/** Each blindness lets exactly through what it is blind for. */
static void a_blind_device_takes_what_it_does_not_look_at(void)
{
    static const struct {
        const char *variant;
        struct manifest_blindness blindness;
    } rows[] = {
        { "sig-untrusted", { .signature = true } },
        { "sig-missing", { .signature = true } },
        { "sig-flip", { .signature = true } },
        { "tag-flip", { .tag = true } },
        { "plain-digest", { .plaintext = true } },
        { "downgrade-seq", { .sequence = true } },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(outcome_of(rows[i].variant, 0, &rows[i].blindness), 0);
        CU_ASSERT_NOT_EQUAL(outcome_of("hash-flip", 0, &rows[i].blindness), 0);
        CU_ASSERT_EQUAL(outcome_of("good", 0, &rows[i].blindness), 0);
    }
}

static void cut_and_changed_envelopes_are_refused(void)
{
    static uint8_t bytes[1024];
    static uint8_t other[1024];
    size_t size = from_hex(bundle_vector, bytes);
    const struct manifest_trust trust = trust_of(false);
    struct manifest manifest;

    for (size_t i = 0; i < size; i++) {
        uint8_t *cut = malloc(i + 1); /* so that a read past it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, bytes, i);
        CU_ASSERT_NOT_EQUAL(manifest_open(cut, i, &trust, &sees_all, &manifest),
                            0);
        manifest_release(&manifest);
        CU_ASSERT_NOT_EQUAL(manifest_skim(cut, i, &manifest), 0);
        free(cut);
    }
    for (size_t i = 0; i < size; i++) {
        memcpy(other, bytes, size);
        other[i] ^= 0x41;
        CU_ASSERT_NOT_EQUAL(
            manifest_open(other, size, &trust, &sees_all, &manifest), 0);
        manifest_release(&manifest);
        (void)manifest_skim(other, size, &manifest); /* whatever it says */
    }
}

/* Manifests that no builder makes. */

#define DIGEST                                                                 \
    "5824822f582036921488fe6680712f734e11f58d87eeb66d4b21a8a1ad3441060814da16" \
    "d50f"
#define SET   "14a203" DIGEST "0e181e"
#define FETCH "14a1156423617070150f"
#define MATCH "030f"
#define INFO                                                                   \
    "583ed8608443a10101a1054cf14aab9d81d51f7ad943fe87f6818340a2012204456b6964" \
    "2d31581875603ffc9518d794713c8ca8a115a7fb32565a6d59534d62"
#define CIPHER                                                                 \
    "582e758c4b7bbae2c4c1d462423e0f0dc3164ffa7b85bb94d4bd6d7ed26ab32feb063385" \
    "d4d3465927ec82cb5e198a59"
#define DECRYPT "14a212" CIPHER "13" INFO "120f"
#define APP     "818143617070"

/** One component, whose payload "#app" is the firmware in plaintext. The
 *  tester's reader says the same, where it can read more as well. */
static const struct {
    const char *name;
    const char *components;
    const char *sequence;
    const char *shared;
    const char *install;
    int device;
    int tester;
    bool was_encrypted;
} manifests[] = {
    { "a plain one", APP, "01", "82" SET, "86" FETCH MATCH, 0, 0, false },
    { "one that copies itself", APP, "01", "82" SET,
      "8a" FETCH "14a11600160f" MATCH, 0, 0, false },
    { "one that is decrypted from itself", APP, "01", "82" SET,
      "8a14a112" CIPHER "120f14a213" INFO "1600160f" MATCH, 0, 0, true },
    { "one that is decrypted", APP, "01", "82" SET, "86" DECRYPT MATCH, 0, 0,
      true },
    { "what was decrypted and is replaced", APP, "01", "82" SET,
      "8a" DECRYPT FETCH MATCH, 0, 0, false },
    { "an index without a component", APP, "01", "82" SET,
      "88"
      "0c01" FETCH MATCH,
      6, 6, false },
    { "a component of two parts",
      "81824361707041"
      "00",
      "01", "82" SET, "86" FETCH MATCH, 6, 6, false },
    { "a name with a zero byte", "81814461707000", "01", "82" SET,
      "86" FETCH MATCH, 6, 6, false },
    { "a name that is too long",
      "8181581a6170706170706170706170706170706170706170706170706170", "01",
      "82" SET, "86" FETCH MATCH, 6, 6, false },
    { "a parameter 0", APP, "01",
      "82"
      "14a100"
      "00",
      "86" FETCH MATCH, 6, 6, false },
    { "a sequence number of 33 bits", APP, "1b0000000100000000", "82" SET,
      "86" FETCH MATCH, 6, 0, false },
    { "a fetch from nowhere", APP, "01", "82" SET,
      "84"
      "150f" MATCH,
      5, 5, false },
    { "a copy of an image that is not there", APP, "01", "82" SET,
      "86"
      "14a11600160f" MATCH,
      5, 5, false },
    { "a component that is no dependency", APP, "01", "82" SET,
      "88" FETCH MATCH "0b0f", 6, 6, false },
};

static void put_hex(struct cbor_out *out, const char *hex)
{
    uint8_t bytes[1024];
    size_t size = from_hex(hex, bytes);

    cbor_put_raw(out, bytes, size);
}

/** {1: 1, 2: sequence, 3: common, 20: install} in an envelope. */
static void put_envelope(struct cbor_out *out, size_t row)
{
    struct cbor_out parts[7] = { { .bytes = NULL } };
    uint8_t digest[CRYPTO_HASH_SIZE];

    put_hex(&parts[0], manifests[row].shared);
    put_hex(&parts[1], "a202");
    put_hex(&parts[1], manifests[row].components);
    put_hex(&parts[1], "04");
    cbor_put_inner(&parts[1], &parts[0]);
    put_hex(&parts[2], manifests[row].install);
    put_hex(&parts[3], "a4010102");
    put_hex(&parts[3], manifests[row].sequence);
    put_hex(&parts[3], "03");
    cbor_put_inner(&parts[3], &parts[1]);
    put_hex(&parts[3], "14");
    cbor_put_inner(&parts[3], &parts[2]);
    cbor_put_inner(&parts[4], &parts[3]);
    const struct span whole = { parts[4].bytes, parts[4].size };
    CU_ASSERT_EQUAL_FATAL(crypto_sha256(&whole, 1, digest, NULL), STATUS_OK);
    put_hex(&parts[5], "822f");
    cbor_put_bytes(&parts[5], digest, sizeof(digest));
    put_hex(&parts[6], "81");
    cbor_put_inner(&parts[6], &parts[5]);
    put_hex(out, "d86ba302");
    cbor_put_inner(out, &parts[6]);
    put_hex(out, "03");
    cbor_put_raw(out, parts[4].bytes, parts[4].size);
    cbor_put_text(out, "#app");
    cbor_put_bytes(out, firmware, sizeof(firmware) - 1);
    cbor_out_release(&parts[4]);
    CU_ASSERT_FALSE_FATAL(out->has_failed);
}

static void manifests_of_any_kind_are_run_or_refused(void)
{
    static const struct manifest_blindness unsigned_ones = { .signature =
                                                                 true };
    static const char *const names[] = { "app" };
    const struct package_policy policy = { .kek = &fixture.kek,
                                           .components = names,
                                           .component_count = 1 };
    struct manifest_trust trust = trust_of(false);

    trust.sequence = 0;
    for (size_t i = 0; i < sizeof(manifests) / sizeof(manifests[0]); i++) {
        struct cbor_out out = { .bytes = NULL };
        struct package_verification verification;
        struct manifest manifest;
        put_envelope(&out, i);
        int device = manifest_open(out.bytes, out.size, &trust, &unsigned_ones,
                                   &manifest);
        CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, out.bytes,
                                             out.size, &policy, &verification,
                                             NULL),
                              STATUS_OK);
        if (device != manifests[i].device ||
            verification.result != manifests[i].tester) {
            printf("%s: device %d, tester %d\n", manifests[i].name, device,
                   verification.result);
        }
        CU_ASSERT_EQUAL(device, manifests[i].device);
        CU_ASSERT_EQUAL(verification.result, manifests[i].tester);
        if (device == 0 && manifest.part_count == 1) {
            const struct manifest_part *part = &manifest.parts[0];
            CU_ASSERT_EQUAL(part->was_encrypted, manifests[i].was_encrypted);
            CU_ASSERT_EQUAL_FATAL(part->length, sizeof(firmware) - 1);
            CU_ASSERT_EQUAL(memcmp(part->image, firmware, part->length), 0);
        }
        manifest_release(&manifest);
        cbor_out_release(&out);
    }
}

/* Envelopes in an envelope. */

static struct package_recipe nested_recipe(const char *variant)
{
    struct package_recipe recipe = single_recipe(PACKAGE_KW_GCM, variant);

    recipe.nests = true;
    recipe.members[0] = (struct package_member){ .name = "app",
                                                 .bytes = fixture.big,
                                                 .size = BIG };
    recipe.members[1] = (struct package_member){ .name = "modem",
                                                 .bytes = fixture.big,
                                                 .size = BIG / 2 };
    recipe.member_count = 2;
    return recipe;
}

/** A defect in the last envelope is found by both readers, and the one of the
 *  root before it. */
static void envelopes_in_an_envelope_are_run(void)
{
    static const struct {
        const char *variant;
        int result;
    } rows[] = {
        { NULL, 0 },
        { "bundle-good", 0 },
        { "bundle-one-bad", 5 },
        { "payload-flip", 5 },
        { "hash-flip", 5 },
        { "sig-flip", 5 },
        { "sig-missing", 5 },
        { "sig-untrusted", 5 },
        { "enc-wrong-key-masq", 5 },
        { "tag-flip", 5 },
        { "plain-digest", 5 },
        { "downgrade-seq", 8 },
        { "suit-unknown", 6 },
        { "suit-unknown-version", 6 },
        { "oversize", 2 },
        { "append", 6 },
    };
    const struct package_policy policy = { .signer = &fixture.sign,
                                           .kek = &fixture.kek,
                                           .requires_encryption = true,
                                           .has_counter = true,
                                           .counter = 7,
                                           .slot_size = 16384 };
    struct manifest_trust trust = trust_of(false);

    trust.sequence = 7;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = nested_recipe(rows[i].variant);
        struct package_verification verification;
        struct manifest manifest;
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        int device = manifest_open(bytes, size, &trust, &sees_all, &manifest);
        CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, bytes, size,
                                             &policy, &verification, NULL),
                              STATUS_OK);
        if (device != rows[i].result || verification.result != device) {
            printf("%s: device %d, tester %d\n", rows[i].variant, device,
                   verification.result);
        }
        CU_ASSERT_EQUAL(device, rows[i].result);
        CU_ASSERT_EQUAL(verification.result, rows[i].result);
        CU_ASSERT_EQUAL(manifest.part_count, device == 0 ? 2 : 0);
        if (device == 0) {
            CU_ASSERT_STRING_EQUAL(manifest.parts[1].name, "modem");
            CU_ASSERT_EQUAL(manifest.parts[1].length, BIG / 2);
            CU_ASSERT_TRUE(manifest.parts[0].was_encrypted);
            CU_ASSERT_EQUAL(memcmp(manifest.parts[0].image, fixture.big, BIG),
                            0);
            CU_ASSERT_EQUAL(manifest.need_count, 1);
        }
        manifest_release(&manifest);
        free(bytes);
    }
}

static void a_boot_loaders_device_sees_the_parts_of_inner_envelopes(void)
{
    struct package_recipe recipe = nested_recipe(NULL);
    struct manifest manifest;
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(manifest_skim(bytes, size, &manifest), 0);
    CU_ASSERT_EQUAL_FATAL(manifest.part_count, 2);
    CU_ASSERT_STRING_EQUAL(manifest.parts[0].name, "app");
    CU_ASSERT_STRING_EQUAL(manifest.parts[1].name, "modem");
    CU_ASSERT_EQUAL(manifest.parts[0].size, BIG);
    CU_ASSERT_STRING_EQUAL(manifest.version, "1.3.0");
    CU_ASSERT_EQUAL(manifest.need_count, 1);
    free(bytes);
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "the_bundle_of_the_digest_is_opened",
          the_bundle_of_the_digest_is_opened },
        { "what_others_have_to_be_is_seen_without_keys",
          what_others_have_to_be_is_seen_without_keys },
        { "each_variant_of_the_tester_is_refused_for_its_defect",
          each_variant_of_the_tester_is_refused_for_its_defect },
        { "a_blind_device_takes_what_it_does_not_look_at",
          a_blind_device_takes_what_it_does_not_look_at },
        { "cut_and_changed_envelopes_are_refused",
          cut_and_changed_envelopes_are_refused },
        { "manifests_of_any_kind_are_run_or_refused",
          manifests_of_any_kind_are_run_or_refused },
        { "envelopes_in_an_envelope_are_run",
          envelopes_in_an_envelope_are_run },
        { "a_boot_loaders_device_sees_the_parts_of_inner_envelopes",
          a_boot_loaders_device_sees_the_parts_of_inner_envelopes },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "device.manifest", set_up, tear_down, NULL, NULL, tests },
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
