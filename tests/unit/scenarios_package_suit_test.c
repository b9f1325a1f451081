/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"

/*
 * SUIT envelopes against packages.md: the vectors of section 12, which
 * independent programs made, every variant, and bytes that are no package.
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
    struct package_key mac;
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
        parse(
            PACKAGE_KEY_SECRET,
            "6161616161616161616161616161616161616161616161616161616161616161",
            &fixture.mac) &&
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

/** Random bytes that were thrown before. */
struct script {
    uint8_t bytes[128];
    size_t size;
    size_t at;
};

static bool next_bytes(void *user, uint8_t *out_bytes, size_t size)
{
    struct script *script = user;

    if (script->size - script->at < size) {
        return false;
    }
    memcpy(out_bytes, script->bytes + script->at, size);
    script->at += size;
    return true;
}

/** The bundle of packages.md, 12.5. */
static struct package_recipe bundle_recipe(void)
{
    return (struct package_recipe){
        .version = "1.2.3",
        .signer = &fixture.sign,
        .signer_x = &fixture.sign_x,
        .encryption = PACKAGE_KW_GCM,
        .recipient = &fixture.kek,
        .recipient_x = &fixture.kek_x,
        .has_counter = true,
        .counter = 5,
        .vendor_id = fixture.vendor,
        .members = { { "app", 0, (const uint8_t *)firmware,
                       sizeof(firmware) - 1, fixture.class_app },
                     { "tee", 1, (const uint8_t *)tee_image,
                       sizeof(tee_image) - 1, fixture.class_tee } },
        .member_count = 2,
    };
}

static void the_bundle_of_the_digest_is_built_byte_for_byte(void)
{
    struct script script = { .at = 0 };
    uint8_t want[1024];
    size_t want_size = from_hex(bundle_vector, want);
    struct package_recipe recipe = bundle_recipe();
    uint8_t *bytes = NULL;
    size_t size = 0;

    script.size = from_hex("15f785b5c931414411b4b71373a9c0f7"
                           "f14aab9d81d51f7ad943fe87"
                           "261de6165070fb8951ec5d7b92a065fe"
                           "dae613b2e0dc55f4322be38b",
                           script.bytes);
    recipe.random = (struct package_random_source){ next_bytes, &script };
    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(size, want_size);
    CU_ASSERT_EQUAL(memcmp(bytes, want, size < want_size ? size : want_size),
                    0);
    free(bytes);
}

static void the_offsets_of_the_digest_are_found(void)
{
    static const struct {
        const char *name;
        size_t offset;
    } rows[] = {
        { "manifest digest", 13 }, { "signature", 57 },     { "manifest", 122 },
        { "payload #app", 641 },   { "payload #tee", 694 },
    };
    uint8_t bytes[1024];
    size_t size = from_hex(bundle_vector, bytes);
    struct package_fields fields;

    CU_ASSERT_PTR_EQUAL(package_format_of(bytes, size), &package_format_suit);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_suit, bytes, size, &fields, NULL),
        STATUS_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t at = 0;
        while (at < fields.count &&
               strcmp(fields.list[at].name, rows[i].name) != 0) {
            at++;
        }
        CU_ASSERT_TRUE_FATAL(at < fields.count);
        CU_ASSERT_EQUAL(fields.list[at].offset, rows[i].offset);
    }
    package_fields_release(&fields);
}

static int verify(const uint8_t *bytes, size_t size,
                  const struct package_policy *policy)
{
    struct package_verification verification;

    CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, bytes, size,
                                         policy, &verification, NULL),
                          STATUS_OK);
    return verification.result;
}

/* Variants. */

static const char *const names[] = { "app", "tee", "modem" };
static const struct package_dependency others[] = {
    { .name = "tee", .version = "1.5.0" },
};

static struct package_policy device_policy(bool is_agreed)
{
    return (struct package_policy){
        .signer = &fixture.sign,
        .signer_kid = "sign",
        .decrypter = is_agreed ? &fixture.agree : NULL,
        .kek = is_agreed ? NULL : &fixture.kek,
        .kid = "kid-1",
        .requires_encryption = true,
        .installed = "1.2.2",
        .has_counter = true,
        .counter = 7,
        .class_id = fixture.class_app,
        .vendor_id = fixture.vendor,
        .components = names,
        .component_count = 3,
        .slot_size = 16384,
        .others = others,
        .other_count = 1,
    };
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

static void each_way_to_encrypt_is_read_again(void)
{
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct package_recipe recipe = single_recipe(ways[i], NULL);
        struct package_policy policy = device_policy(i >= 2);
        uint8_t *bytes = NULL;
        size_t size = 0;

        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(verify(bytes, size, &policy), 0);
        policy.kid = "another";
        CU_ASSERT_EQUAL(verify(bytes, size, &policy), 5);
        free(bytes);
    }
}

/** The Update Result of a device that verifies before Downloaded, which
 *  packages.md, 9.3 names for each (0: taken). */
static const struct {
    const char *variant;
    int result;
    bool needs_gcm;
} outcomes[] = {
    { "good", 0, false },
    { "good-same-version", 0, false },
    { "ver-lie", 0, false },
    { "downgrade-ver", 8, false },
    { "downgrade-seq", 8, false },
    { "dep-missing", 13, false },
    { "dep-pair", 0, false },
    { "install-condition", 0, false }, /* fails at the installation only */
    { "wrong-component", 6, false },
    { "wrong-class", 6, false },
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
    { "plain-required", 6, false },
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

static void assert_outcome(size_t row, size_t way)
{
    struct package_recipe recipe =
        single_recipe(ways[way], outcomes[row].variant);
    struct package_policy policy = device_policy(way >= 2);
    struct reason reason = { .status = STATUS_OK };
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum status status =
        package_make(&package_format_suit, &recipe, &bytes, &size, &reason);

    if (outcomes[row].needs_gcm && way % 2 == 1) {
        CU_ASSERT_EQUAL(status, STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "AES-GCM"));
        return;
    }
    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    int result = verify(bytes, size, &policy);
    if (result != outcomes[row].result) {
        printf("%s, way %zu: %d instead of %d\n", outcomes[row].variant, way,
               result, outcomes[row].result);
    }
    CU_ASSERT_EQUAL(result, outcomes[row].result);
    free(bytes);
}

static void each_variant_is_refused_for_its_defect(void)
{
    size_t rows = sizeof(outcomes) / sizeof(outcomes[0]);

    for (size_t i = 0; i < rows; i++) {
        for (size_t way = 0; way < sizeof(ways) / sizeof(ways[0]); way++) {
            assert_outcome(i, way);
        }
    }
    /* None is left out but those of bundles. */
    for (size_t i = 0;; i++) {
        const struct package_variant *variant =
            package_variant_at(&package_format_suit, i);
        size_t at = 0;
        if (variant == NULL) {
            CU_ASSERT_EQUAL(i, rows + 3);
            break;
        }
        while (at < rows && strcmp(outcomes[at].variant, variant->name) != 0) {
            at++;
        }
        CU_ASSERT_EQUAL(at < rows, strncmp(variant->name, "bundle-", 7) != 0);
    }
}

/** D9: with what its defect is about left out, everything else is right: all
 *  digests behind it were made anew, and it is signed. */
static void a_defect_of_an_envelope_is_the_only_one(void)
{
    enum { POLICY, SIGNER, DECRYPTION };
    static const struct {
        const char *variant;
        int without;
    } rows[] = {
        { "downgrade-ver", POLICY },
        { "downgrade-seq", POLICY },
        { "dep-missing", POLICY },
        { "wrong-component", POLICY },
        { "wrong-class", POLICY },
        { "plain-required", POLICY },
        { "sig-missing", SIGNER },
        { "sig-untrusted", SIGNER },
        { "sig-untrusted-masq", SIGNER },
        { "sig-alg", SIGNER },
        { "sig-mac-confusion", SIGNER },
        { "enc-wrong-device", DECRYPTION },
        { "enc-wrong-key-masq", DECRYPTION },
        { "enc-wrap-flip", DECRYPTION },
        { "enc-cek-swap", DECRYPTION },
        { "enc-iv", DECRYPTION },
        { "enc-iv-short", DECRYPTION },
        { "enc-iv-missing", DECRYPTION },
        { "enc-flag-plain", DECRYPTION },
        { "tag-flip", DECRYPTION },
        { "ct-flip-signed", DECRYPTION },
        { "trunc-tag", DECRYPTION },
        { "plain-digest", DECRYPTION },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe =
            single_recipe(PACKAGE_KW_GCM, rows[i].variant);
        const struct package_policy policy = {
            .signer = rows[i].without == SIGNER ? NULL : &fixture.sign,
            .kek = rows[i].without == DECRYPTION ? NULL : &fixture.kek,
        };
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        int result = verify(bytes, size, &policy);
        CU_ASSERT_EQUAL(result, 0);
        if (result != 0) {
            printf("%s: %d\n", rows[i].variant, result);
        }
        free(bytes);
    }
}

static void a_component_is_listed_once_also_where_it_is_the_wrong_one(void)
{
    static const char *const variants[] = { NULL, "wrong-component" };
    static const uint8_t listed[] = { 0x81, 0x43, 't', 'e', 'e' };

    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        struct package_recipe recipe =
            single_recipe(PACKAGE_KW_GCM, variants[i]);
        uint8_t *bytes = NULL;
        size_t size = 0;
        unsigned count = 0;

        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        for (size_t at = 0; at + sizeof(listed) <= size; at++) {
            count += memcmp(bytes + at, listed, sizeof(listed)) == 0 ? 1 : 0;
        }
        CU_ASSERT_EQUAL(count, 1);
        free(bytes);
    }
}

static void a_bundle_with_one_bad_member_is_refused(void)
{
    static const struct {
        const char *variant;
        int result;
    } rows[] = { { "bundle-good", 0 },
                 { "bundle-busy", 0 },
                 { "bundle-one-bad", 5 } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = bundle_recipe();
        const struct package_policy policy = { .signer = &fixture.sign,
                                               .kek = &fixture.kek };
        uint8_t *bytes = NULL;
        size_t size = 0;

        fixture.seed = 1;
        recipe.random = package_random_seeded(&fixture.seed);
        recipe.variant = rows[i].variant;
        CU_ASSERT_EQUAL_FATAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(verify(bytes, size, &policy), rows[i].result);
        free(bytes);
    }
}

static void a_mac_is_checked_with_its_secret_only(void)
{
    struct package_recipe recipe = single_recipe(PACKAGE_KW_GCM, NULL);
    struct package_policy policy = device_policy(false);
    uint8_t *bytes = NULL;
    size_t size = 0;

    recipe.signer = &fixture.mac;
    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(verify(bytes, size, &policy), 5);
    policy.signer = &fixture.mac;
    CU_ASSERT_EQUAL(verify(bytes, size, &policy), 0);
    free(bytes);
}

/** Whatever is read ends, and what is not the package is not taken for it. */
static void cut_and_changed_packages_end_in_an_error(void)
{
    static uint8_t bytes[1024];
    static uint8_t other[1024];
    size_t size = from_hex(bundle_vector, bytes);
    const struct package_policy policy = { .signer = &fixture.sign,
                                           .kek = &fixture.kek };
    struct reason reason;

    for (size_t i = 0; i < size; i++) {
        struct package_fields fields;
        uint8_t *cut = malloc(i + 1); /* so that a read past it shows */
        CU_ASSERT_PTR_NOT_NULL_FATAL(cut);
        memcpy(cut, bytes, i);
        reason = (struct reason){ .status = STATUS_OK };
        CU_ASSERT_EQUAL(
            package_inspect(&package_format_suit, cut, i, &fields, &reason),
            STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "offset "));
        package_fields_release(&fields);
        CU_ASSERT_NOT_EQUAL(verify(cut, i, &policy), 0);
        free(cut);
    }
    for (size_t i = 0; i < size; i++) {
        memcpy(other, bytes, size);
        other[i] ^= 0x41;
        CU_ASSERT_NOT_EQUAL(verify(other, size, &policy), 0);
    }
}

static void recipes_that_cannot_be_are_refused(void)
{
    struct package_recipe rows[] = {
        single_recipe(PACKAGE_KW_GCM, NULL),
        single_recipe(PACKAGE_KW_GCM, NULL),
        single_recipe(PACKAGE_KW_GCM, NULL),
        single_recipe(PACKAGE_KW_GCM, NULL),
        single_recipe(PACKAGE_ECIES_P256, NULL),
        single_recipe(PACKAGE_ES_GCM, NULL),
    };
    uint8_t *bytes = NULL;
    size_t size = 0;

    rows[0].component = "";
    rows[1].payload_size = 0;
    rows[2].version = "one";
    rows[3].dependencies[0].name = NULL;
    rows[5].recipient = &fixture.kek;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        CU_ASSERT_NOT_EQUAL(package_make(&package_format_suit, &rows[i], &bytes,
                                         &size, &reason),
                            STATUS_OK);
        CU_ASSERT_NOT_EQUAL(reason.text[0], '\0');
    }
}

/** A manifest lists each component once. */
static void a_dependency_on_what_is_listed_is_refused(void)
{
    enum { OWN, MEMBER, TWICE, ROWS };

    for (int i = 0; i < ROWS; i++) {
        struct package_recipe recipe = single_recipe(PACKAGE_KW_GCM, NULL);
        struct reason reason = { .status = STATUS_OK };
        uint8_t *bytes = NULL;
        size_t size = 0;

        if (i == OWN) {
            recipe.dependencies[0].name = recipe.component;
        } else if (i == MEMBER) {
            recipe.members[0] = (struct package_member){
                .name = recipe.dependencies[0].name,
                .bytes = recipe.payload,
                .size = recipe.payload_size,
            };
            recipe.member_count = 1;
        } else {
            recipe.dependencies[1] = recipe.dependencies[0];
            recipe.dependency_count = 2;
        }
        CU_ASSERT_EQUAL(
            package_make(&package_format_suit, &recipe, &bytes, &size, &reason),
            STATUS_INVALID);
        CU_ASSERT_PTR_NOT_NULL(
            strstr(reason.text, "which the package lists already"));
        CU_ASSERT_PTR_NOT_NULL(
            strstr(reason.text, recipe.dependencies[0].name));
        free(bytes);
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "a_dependency_on_what_is_listed_is_refused",
          a_dependency_on_what_is_listed_is_refused },
        { "the_bundle_of_the_digest_is_built_byte_for_byte",
          the_bundle_of_the_digest_is_built_byte_for_byte },
        { "the_offsets_of_the_digest_are_found",
          the_offsets_of_the_digest_are_found },
        { "each_way_to_encrypt_is_read_again",
          each_way_to_encrypt_is_read_again },
        { "each_variant_is_refused_for_its_defect",
          each_variant_is_refused_for_its_defect },
        { "a_defect_of_an_envelope_is_the_only_one",
          a_defect_of_an_envelope_is_the_only_one },
        { "a_component_is_listed_once",
          a_component_is_listed_once_also_where_it_is_the_wrong_one },
        { "a_bundle_with_one_bad_member_is_refused",
          a_bundle_with_one_bad_member_is_refused },
        { "a_mac_is_checked_with_its_secret_only",
          a_mac_is_checked_with_its_secret_only },
        { "cut_and_changed_packages_end_in_an_error",
          cut_and_changed_packages_end_in_an_error },
        { "recipes_that_cannot_be_are_refused",
          recipes_that_cannot_be_are_refused },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "scenarios.package_suit", set_up, tear_down, NULL, NULL, tests },
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
