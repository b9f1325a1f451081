/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"
#include "tests/device/manifest.h"

/*
 * One content key for several recipients (RFC 9052, 5.1): the tester's reader
 * and the simulated device's, which share no code, take the one that they have
 * a key for, and say where one is malformed. The content, its recipient by
 * A128KW and the one by ECDH-ES are the public examples of packages.md, 12.4.
 */

#define CIPHER                                                                 \
    "758c4b7bbae2c4c1d462423e0f0dc3164ffa7b85bb94d4bd6d7ed26ab32feb063385d4d3" \
    "465927ec82cb5e198a59"
#define HEAD      "d8608443a10101a1054cf14aab9d81d51f7ad943fe87f6"
#define WRAPPED_X "581828b4502e4f5151884a995405579006e9465c3e94e3e08080"
#define KW                                                                     \
    "8340a2012204456b69642d31581875603ffc9518d794713c8ca8a115a7fb32565a6d5953" \
    "4d62"
#define NAMELESS                                                               \
    "8340a10122581875603ffc9518d794713c8ca8a115a7fb32565a6d59534d62"
#define X    "73024f415aa51529a66ccefd88f3f62a734492ff45f6ad37fd2888e73eaf19da"
#define Y    "4005b48a6fd091aa6abfe3cfbeede88b347e521d43405fdbd7d2cff0ebc21b26"
#define HALF "00000000000000000000000000000000"
#define ES                                                                     \
    "8344a101381ca120a401022001215820" X "225820" Y                            \
    "5818a06b8e6550f308712b1df044b21b7d11d9b22792f1de0997"
/* Of others. */
#define OTHER_KW "8340a2012204456b69642d78" WRAPPED_X
#define A256KW                                                                 \
    "8340a2012404456b69642d785828000102030405060708090a0b0c0d0e0f101112131415" \
    "161718191a1b1c1d1e1f2021222324252627"
#define P384        "8344a101381ca120a401022002215830" X HALF "225830" Y HALF WRAPPED_X
#define X25519      "8344a101381ca120a301012004215820" X WRAPPED_X
#define COMPRESSED  "8344a101381ca120a401022001215820" X "22f5" WRAPPED_X
#define NESTED      "8444a101381ea0f681" OTHER_KW
#define TEXT_HEADER "8340a301616e64686f6d650104426b78" WRAPPED_X
/* Of nobody. */
#define NO_ARRAY    "58020102"
#define TWO_ITEMS   "8240a0"
#define NO_HEADERS  "834040" WRAPPED_X
#define CUT_HEADERS "8343a10138a0" WRAPPED_X
#define TEXT_KID    "8340a2012204656b69642d31" WRAPPED_X
#define NO_KEY      "8340a1012207"
#define SHORT_X     "8344a101381ca120a40102200121420102225820" Y WRAPPED_X

static const char firmware[] = "This is a real firmware image.";

static struct {
    struct package_key kek;   /* of the draft's examples */
    struct package_key agree; /* of the draft's examples */
    struct package_key kek_x;
    struct package_key agree_x;
    struct package_key sign;
    uint64_t seed;
} fixture;

enum { KEK = 1, SCALAR = 2, KID = 4 };

static const struct {
    const char *name;
    const char *recipients; /* an array */
    unsigned has;
    int device; /* Update Result */
    int tester;
    const char *check; /* of the tester, that is bad */
    const char *at;    /* it says the offset of these bytes, or a bit behind */
    size_t behind;
} rows[] = {
    { "one", "81" KW, KEK, 0, 0, NULL, NULL, 0 },
    { "the first", "82" KW OTHER_KW, KEK | KID, 0, 0, NULL, NULL, 0 },
    { "the second, by its name", "82" OTHER_KW KW, KEK | KID, 0, 0, NULL, NULL,
      0 },
    { "the second, by its key", "82" OTHER_KW KW, KEK, 0, 0, NULL, NULL, 0 },
    { "the second, without a name", "82" OTHER_KW NAMELESS, KEK | KID, 0, 0,
      NULL, NULL, 0 },
    { "the second, by how it is wrapped", "82" ES KW, KEK, 0, 0, NULL, NULL,
      0 },
    { "the same the other way round", "82" KW ES, SCALAR, 0, 0, NULL, NULL, 0 },
    { "any of both", "82" OTHER_KW ES, KEK | SCALAR, 0, 0, NULL, NULL, 0 },
    { "behind those in ways of others",
      "87" A256KW P384 X25519 COMPRESSED NESTED TEXT_HEADER KW, KEK | SCALAR, 0,
      0, NULL, NULL, 0 },
    { "the last that is looked at",
      "90" OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW
          OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW OTHER_KW
              OTHER_KW KW,
      KEK, 0, 0, NULL, NULL, 0 },
    { "none of that name", "82" OTHER_KW OTHER_KW, KEK | KID, 5, 5, "recipient",
      "6b69642d78", 0 },
    { "none of that key", "82" OTHER_KW OTHER_KW, KEK, 5, 5, "content key",
      WRAPPED_X, 2 },
    { "that name with another key",
      "82" OTHER_KW "8340a2012204456b69642d31" WRAPPED_X, KEK | KID, 5, 5,
      "content key", "6b69642d31581828", 7 },
    { "no key for it", "82" KW OTHER_KW, SCALAR, 5, 0, NULL, NULL, 0 },
    { "none in a way that is known", "82" A256KW P384, KEK | SCALAR, 5, 6,
      "encryption info", HEAD, 0 },
    { "none", "80", KEK, 5, 5, "encryption info", "f680", 1 },
    { "too many", "91" KW KW KW KW KW KW KW KW KW KW KW KW KW KW KW KW KW, KEK,
      5, 5, "encryption info", "f691", 1 },
    { "the second is no array", "82" KW NO_ARRAY, KEK, 5, 5, "encryption info",
      NO_ARRAY, 0 },
    { "the second is too short", "82" KW TWO_ITEMS, KEK, 5, 5,
      "encryption info", TWO_ITEMS, 0 },
    { "the second has no headers", "82" KW NO_HEADERS, KEK, 5, 5,
      "encryption info", NO_HEADERS, 2 },
    { "its protected headers are cut", "82" KW CUT_HEADERS, KEK, 5, 5,
      "encryption info", CUT_HEADERS, 4 },
    { "its name is a text", "82" KW TEXT_KID, KEK, 5, 5, "encryption info",
      TEXT_KID, 6 },
    { "it has a number for a key", "82" KW NO_KEY, KEK, 5, 5, "encryption info",
      NO_KEY, 5 },
    { "its ephemeral key is too short", "82" KW SHORT_X, KEK, 5, 5,
      "encryption info", SHORT_X, 8 },
};

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
        parse(PACKAGE_KEY_SECRET, "61616161616161616161616161616161",
              &fixture.kek) &&
        parse(
            PACKAGE_KEY_P256,
            "60fe6dd6d85d5740a5349b6f91267eeac5ba81b8cb53ee249e4b4eb102c476b3",
            &fixture.agree) &&
        package_key_demo("kek-x", &fixture.kek_x, NULL) == STATUS_OK &&
        package_key_demo("enc-x", &fixture.agree_x, NULL) == STATUS_OK &&
        package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK;

    return good ? 0 : 1;
}

static int tear_down(void)
{
    package_key_release(&fixture.kek);
    package_key_release(&fixture.agree);
    package_key_release(&fixture.kek_x);
    package_key_release(&fixture.agree_x);
    package_key_release(&fixture.sign);
    return 0;
}

static void put_hex(struct cbor_out *out, const char *hex)
{
    uint8_t bytes[2048];
    size_t size = from_hex(hex, bytes);

    cbor_put_raw(out, bytes, size);
}

/** {1: 1, 2: 1, 3: common, 20: install}, whose component "app" is decrypted
 *  from what the manifest has, in an envelope that nobody signed. */
static void put_envelope(struct cbor_out *out, const char *recipients)
{
    struct cbor_out common = { .bytes = NULL };
    struct cbor_out info = { .bytes = NULL };
    struct cbor_out install = { .bytes = NULL };
    struct cbor_out body = { .bytes = NULL };
    struct cbor_out manifest = { .bytes = NULL };
    struct cbor_out digest_item = { .bytes = NULL };
    struct cbor_out list = { .bytes = NULL };
    uint8_t digest[CRYPTO_HASH_SIZE];

    put_hex(&common, "a202"
                     "81814361707004"
                     "582d"
                     "8214a203"
                     "5824822f582036921488fe6680712f734e11f58d87eeb66d4b21a8a1"
                     "ad3441060814da16d50f0e181e");
    put_hex(&info, HEAD);
    put_hex(&info, recipients);
    put_hex(&install, "8614a212582e" CIPHER "13");
    cbor_put_inner(&install, &info);
    put_hex(&install, "120f030f");
    put_hex(&body, "a40101020103");
    cbor_put_inner(&body, &common);
    put_hex(&body, "14");
    cbor_put_inner(&body, &install);
    cbor_put_inner(&manifest, &body);
    const struct span whole = { manifest.bytes, manifest.size };
    CU_ASSERT_EQUAL_FATAL(crypto_sha256(&whole, 1, digest, NULL), STATUS_OK);
    put_hex(&digest_item, "822f");
    cbor_put_bytes(&digest_item, digest, sizeof(digest));
    put_hex(&list, "81");
    cbor_put_inner(&list, &digest_item);
    put_hex(out, "d86ba202");
    cbor_put_inner(out, &list);
    put_hex(out, "03");
    cbor_put_raw(out, manifest.bytes, manifest.size);
    cbor_out_release(&manifest);
    CU_ASSERT_FALSE_FATAL(out->has_failed);
}

static bool is_component(const void *user, const char *name)
{
    (void)user;
    return strcmp(name, "app") == 0;
}

static int device_result(const struct cbor_out *package, unsigned has)
{
    static const struct manifest_blindness unsigned_ones = { .signature =
                                                                 true };
    const struct manifest_trust trust = {
        .signer = fixture.sign.point,
        .kek = (has & KEK) != 0 ? fixture.kek.secret : NULL,
        .secret = (has & SCALAR) != 0 ? fixture.agree.secret : NULL,
        .kid = (has & KID) != 0 ? "kid-1" : NULL,
        .slot = 4096,
        .is_component = is_component,
    };
    struct manifest manifest;
    int result = manifest_open(package->bytes, package->size, &trust,
                               &unsigned_ones, &manifest);

    if (result == 0) {
        const struct manifest_part *part = &manifest.parts[0];
        CU_ASSERT_EQUAL_FATAL(manifest.part_count, 1);
        CU_ASSERT_TRUE(part->was_encrypted);
        CU_ASSERT_EQUAL_FATAL(part->length, sizeof(firmware) - 1);
        CU_ASSERT_EQUAL(memcmp(part->image, firmware, part->length), 0);
    }
    manifest_release(&manifest);
    return result;
}

static const struct package_check *bad_one(
    const struct package_verification *verification)
{
    for (size_t i = 0; i < verification->count; i++) {
        if (verification->checks[i].state == PACKAGE_CHECK_BAD) {
            return &verification->checks[i];
        }
    }
    return NULL;
}

/** Where the bytes are for the first time. */
static size_t offset_of(const struct cbor_out *package, const char *hex)
{
    uint8_t bytes[2048];
    size_t size = from_hex(hex, bytes);

    for (size_t at = 0; at + size <= package->size; at++) {
        if (memcmp(package->bytes + at, bytes, size) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static void assert_tester(size_t row, const struct cbor_out *package)
{
    static const char *const names[] = { "app" };
    unsigned has = rows[row].has;
    const struct package_policy policy = {
        .kek = (has & KEK) != 0 ? &fixture.kek : NULL,
        .decrypter = (has & SCALAR) != 0 ? &fixture.agree : NULL,
        .kid = (has & KID) != 0 ? "kid-1" : NULL,
        .components = names,
        .component_count = 1,
    };
    struct package_verification verification;

    CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, package->bytes,
                                         package->size, &policy, &verification,
                                         NULL),
                          STATUS_OK);
    const struct package_check *bad = bad_one(&verification);
    CU_ASSERT_EQUAL(verification.result, rows[row].tester);
    CU_ASSERT_EQUAL_FATAL(bad != NULL, rows[row].check != NULL);
    if (bad == NULL) {
        return;
    }
    size_t want = offset_of(package, rows[row].at) + rows[row].behind;
    if (strcmp(bad->name, rows[row].check) != 0 || bad->offset != want) {
        printf("%s: %s at %zu (%zu): %s\n", rows[row].name, bad->name,
               bad->offset, want, bad->text);
    }
    CU_ASSERT_STRING_EQUAL(bad->name, rows[row].check);
    CU_ASSERT_EQUAL(bad->offset, want);
}

static void both_readers_take_the_recipient_that_they_have_a_key_for(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cbor_out package = { .bytes = NULL };

        put_envelope(&package, rows[i].recipients);
        int device = device_result(&package, rows[i].has);
        if (device != rows[i].device) {
            printf("%s: device %d\n", rows[i].name, device);
        }
        CU_ASSERT_EQUAL(device, rows[i].device);
        assert_tester(i, &package);
        cbor_out_release(&package);
    }
}

/* What is built. */

static struct package_recipe recipe_of(const struct package_key *first,
                                       enum package_encryption encryption,
                                       const char *variant)
{
    bool is_agreed = encryption == PACKAGE_ES_GCM;

    fixture.seed = 7;
    return (struct package_recipe){
        .version = "1.3.0",
        .payload = (const uint8_t *)firmware,
        .payload_size = sizeof(firmware) - 1,
        .signer = &fixture.sign,
        .encryption = encryption,
        .recipient = is_agreed ? &fixture.agree : &fixture.kek,
        .recipient_x = is_agreed ? &fixture.agree_x : &fixture.kek_x,
        .first = first,
        .first_kid = "first",
        .component = "app",
        .variant = variant,
        .random = package_random_seeded(&fixture.seed),
    };
}

static void a_package_for_two_is_built_and_taken_by_each(void)
{
    static const struct {
        const struct package_key *first;
        enum package_encryption encryption;
        const char *variant;
        unsigned has;
        int result;
    } built[] = {
        { &fixture.kek_x, PACKAGE_KW_GCM, NULL, KEK | KID, 0 },
        { &fixture.agree_x, PACKAGE_ES_GCM, NULL, SCALAR | KID, 0 },
        { &fixture.agree, PACKAGE_KW_GCM, NULL, SCALAR, 0 },
        { &fixture.agree, PACKAGE_KW_GCM, NULL, KEK, 0 },
        { &fixture.kek, PACKAGE_ES_GCM, NULL, KEK, 0 },
        { &fixture.kek_x, PACKAGE_ES_GCM, NULL, KEK, 5 },
        { &fixture.agree, PACKAGE_KW_GCM, "enc-wrong-key-masq", SCALAR, 5 },
        { &fixture.agree, PACKAGE_KW_GCM, "enc-wrap-flip", SCALAR, 5 },
    };

    for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++) {
        struct package_recipe recipe =
            recipe_of(built[i].first, built[i].encryption, built[i].variant);
        struct cbor_out package = { .bytes = NULL };
        CU_ASSERT_EQUAL_FATAL(package_make(&package_format_suit, &recipe,
                                           &package.bytes, &package.size, NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL(device_result(&package, built[i].has), built[i].result);
        cbor_out_release(&package);
    }
}

static void each_recipient_is_listed_with_its_offset(void)
{
    struct package_recipe recipe =
        recipe_of(&fixture.agree, PACKAGE_KW_GCM, NULL);
    struct package_fields fields;
    uint8_t *bytes = NULL;
    size_t size = 0;
    size_t keys = 0;
    bool is_named = false;

    CU_ASSERT_EQUAL_FATAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_suit, bytes, size, &fields, NULL),
        STATUS_OK);
    for (size_t i = 0; i < fields.count; i++) {
        const struct package_field *field = &fields.list[i];
        keys += strcmp(field->name, "  wrapped key") == 0 ? 1 : 0;
        is_named =
            is_named || strcmp(field->value,
                               "AES-128-GCM, 2 recipients: ECDH-ES and A128KW, "
                               "A128KW") == 0;
        if (strcmp(field->value, "first") == 0) {
            CU_ASSERT_EQUAL(memcmp(bytes + field->offset, "first", 5), 0);
        }
    }
    CU_ASSERT_EQUAL(keys, 2);
    CU_ASSERT_TRUE(is_named);
    package_fields_release(&fields);
    free(bytes);
}

static void another_recipient_needs_a_key_that_fits(void)
{
    struct package_key large = { .kind = PACKAGE_KEY_NONE };
    uint8_t *bytes = NULL;
    size_t size = 0;

    CU_ASSERT_EQUAL_FATAL(package_key_demo("kek-x256", &large, NULL),
                          STATUS_OK);
    struct package_recipe recipe = recipe_of(&large, PACKAGE_KW_GCM, NULL);
    CU_ASSERT_EQUAL(
        package_make(&package_format_suit, &recipe, &bytes, &size, NULL),
        STATUS_INVALID);
    package_key_release(&large);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_pSuite suite = CU_add_suite("device.recipients", set_up, tear_down);
    CU_ADD_TEST(suite,
                both_readers_take_the_recipient_that_they_have_a_key_for);
    CU_ADD_TEST(suite, a_package_for_two_is_built_and_taken_by_each);
    CU_ADD_TEST(suite, each_recipient_is_listed_with_its_offset);
    CU_ADD_TEST(suite, another_recipient_needs_a_key_that_fits);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
