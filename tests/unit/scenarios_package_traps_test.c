/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/format.h"
#include "scenarios/package/mcuboot.h"
#include "scenarios/package/suit.h"

/*
 * Traps of packages.md that no vector of section 12 would show. Which test is
 * for which trap says docs/packages.md.
 */

#define FIRMWARE "This is a real firmware image."

enum { MODEM = 3 };

static struct {
    struct package_key sign;
    struct package_key sign_x;
    struct package_key enc;
    struct package_key kek;
    uint64_t seed;
} fixture;

static int set_up(void)
{
    return package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK &&
                   package_key_demo("sign-x", &fixture.sign_x, NULL) ==
                       STATUS_OK &&
                   package_key_demo("enc", &fixture.enc, NULL) == STATUS_OK &&
                   package_key_demo("kek", &fixture.kek, NULL) == STATUS_OK
               ? 0
               : 1;
}

static int tear_down(void)
{
    return 0;
}

static struct package_recipe plain_recipe(void)
{
    fixture.seed = 1;
    return (struct package_recipe){
        .version = "1.2.3",
        .payload = (const uint8_t *)FIRMWARE,
        .payload_size = sizeof(FIRMWARE) - 1,
        .key_bits = 128,
        .random = package_random_seeded(&fixture.seed),
    };
}

/** @param out_bytes  caller frees */
static size_t make(const struct package_format *format,
                   const struct package_recipe *recipe, uint8_t **out_bytes)
{
    size_t size = 0;

    *out_bytes = NULL;
    CU_ASSERT_EQUAL_FATAL(package_make(format, recipe, out_bytes, &size, NULL),
                          STATUS_OK);
    return size;
}

static int result_of(const struct package_format *format, const uint8_t *bytes,
                     size_t size, const struct package_policy *policy)
{
    struct package_verification report;

    CU_ASSERT_EQUAL_FATAL(
        package_verify(format, bytes, size, policy, &report, NULL), STATUS_OK);
    return report.result;
}

/* All formats. */

/** Section 3: on Resource 0 these reset the state machine. */
static void what_would_be_a_reset_is_not_built(void)
{
    static const uint8_t zero[] = { 0x00 };
    static const struct {
        size_t size;
        bool is_built;
    } rows[] = { { 0, false }, { 1, false } };
    struct package_recipe recipe = plain_recipe();
    uint8_t *bytes = NULL;
    size_t size = 0;

    for (size_t i = 0; i < 2; i++) {
        struct reason reason = { .status = STATUS_OK };
        recipe.payload = zero;
        recipe.payload_size = rows[i].size;
        CU_ASSERT_EQUAL(package_make(&package_format_opaque, &recipe, &bytes,
                                     &size, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "reset"));
    }
    recipe.payload = (const uint8_t *)"A"; /* any other byte is a package */
    size = make(&package_format_opaque, &recipe, &bytes);
    CU_ASSERT_EQUAL(size, 1);
    free(bytes);
}

/** Sections 4 and 7: there is no place for signatures, and of a file that is
 *  not ours nothing is made up. */
static void formats_without_signatures_refuse_keys(void)
{
    static const struct package_format *const formats[] = {
        &package_format_opaque, &package_format_anjay
    };

    for (size_t i = 0; i < 2; i++) {
        for (int k = 0; k < 3; k++) {
            struct package_recipe recipe = plain_recipe();
            struct reason reason = { .status = STATUS_OK };
            uint8_t *bytes = NULL;
            size_t size = 0;
            recipe.signer = k == 0 ? &fixture.sign : NULL;
            recipe.encryption = k == 1 ? PACKAGE_AES_KW : PACKAGE_PLAIN;
            recipe.recipient = &fixture.kek;
            recipe.member_count = k == 2 ? PACKAGE_MEMBERS_MAX : 0;
            CU_ASSERT_NOT_EQUAL(
                package_make(formats[i], &recipe, &bytes, &size, &reason),
                STATUS_OK);
            CU_ASSERT_PTR_NULL(bytes);
        }
    }
}

/* MCUboot. */

/** 5.2: header and payload together are a multiple of 16, so that with another
 *  header the payload alone is none. */
static void the_padding_counts_the_header(void)
{
    static const unsigned headers[] = { 32, 33, 40, 47, 48, 0x200, 0x201 };

    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        struct package_recipe recipe = plain_recipe();
        const struct package_policy policy = { .decrypter = &fixture.enc };
        uint8_t *bytes = NULL;
        recipe.header_size = headers[i];
        recipe.encryption = PACKAGE_ECIES_P256;
        recipe.recipient = &fixture.enc;
        size_t size = make(&package_format_mcuboot, &recipe, &bytes);
        uint32_t image = mcuboot_get(bytes + MCUBOOT_IMAGE_SIZE_AT, 4);
        CU_ASSERT_EQUAL((headers[i] + image) % 16, 0);
        CU_ASSERT(image >= recipe.payload_size &&
                  image < recipe.payload_size + 16);
        CU_ASSERT_EQUAL(
            result_of(&package_format_mcuboot, bytes, size, &policy), 0);
        free(bytes);
    }
}

/** 5.1: a signature after a key hash that nobody knows is passed over, though
 *  it is by a key that is known. */
static void a_signature_is_by_the_key_that_is_named_before_it(void)
{
    struct package_recipe recipe = plain_recipe();
    const struct package_policy policy = { .signer = &fixture.sign };
    struct mcuboot_view view;
    uint8_t *bytes = NULL;
    size_t offset = 0;
    int result = 0;

    recipe.signer = &fixture.sign;
    size_t size = make(&package_format_mcuboot, &recipe, &bytes);
    CU_ASSERT_EQUAL(result_of(&package_format_mcuboot, bytes, size, &policy),
                    0);
    CU_ASSERT_EQUAL_FATAL(
        mcuboot_read(bytes, size, &view, NULL, &offset, &result, NULL),
        STATUS_OK);
    const struct mcuboot_tlv *key = mcuboot_find(&view, TLV_KEYHASH, false);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    bytes[key->offset] ^= 1; /* no hash and no signature covers it */
    CU_ASSERT_EQUAL(result_of(&package_format_mcuboot, bytes, size, &policy),
                    5);
    free(bytes);
}

/** 5.3: the number behind '+' is ignored, in versions and in dependencies. */
static void a_boot_loader_ignores_the_build_number(void)
{
    static const struct {
        const char *installed;
        const char *present;
        int result;
    } rows[] = {
        { "1.2.3+9", "1.0.0", 0 }, { "1.2.4", "1.0.0", 8 },
        { "1.2.3", "1.0.0", 0 },   { "1.2.2+9", "0.9.9+9", 13 },
        { "1.2.2+9", "1.0.1", 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = plain_recipe();
        const struct package_dependency other = { 1, "", NULL };
        struct package_dependency present = other;
        const struct package_policy policy = { .installed = rows[i].installed,
                                               .others = &present,
                                               .other_count = 1 };
        uint8_t *bytes = NULL;
        (void)snprintf(present.version, sizeof(present.version), "%s",
                       rows[i].present); /* fits */
        recipe.version = "1.2.3+4";
        recipe.dependencies[0] =
            (struct package_dependency){ 1, "1.0.0+5", NULL };
        recipe.dependency_count = 1;
        size_t size = make(&package_format_mcuboot, &recipe, &bytes);
        CU_ASSERT_EQUAL(
            result_of(&package_format_mcuboot, bytes, size, &policy),
            rows[i].result);
        free(bytes);
    }
}

/* SUIT. */

static struct package_recipe suit_recipe(enum package_encryption encryption)
{
    struct package_recipe recipe = plain_recipe();

    recipe.signer = &fixture.sign;
    recipe.encryption = encryption;
    recipe.recipient =
        encryption == PACKAGE_ES_GCM || encryption == PACKAGE_ES_CTR
            ? &fixture.enc
            : &fixture.kek;
    recipe.component = "app";
    return recipe;
}

/** 8.1: the keys of the envelope ascend by their encoded bytes: shorter names
 *  first, whatever the order of the members. */
static void payloads_stand_in_the_order_of_their_keys(void)
{
    static const char *const names[] = { "modem", "tee", "boot", "app" };
    static const char *const sorted[] = { "payload #app", "payload #tee",
                                          "payload #boot", "payload #modem" };
    struct package_recipe recipe = suit_recipe(PACKAGE_PLAIN);
    struct package_policy policy = { .signer = &fixture.sign };
    struct package_fields fields;
    uint8_t *bytes = NULL;
    size_t at = 0;

    for (size_t i = 0; i < 4; i++) {
        recipe.members[i] = (struct package_member){
            .name = names[i], .bytes = (const uint8_t *)names[i], .size = 3
        };
    }
    recipe.member_count = 4;
    size_t size = make(&package_format_suit, &recipe, &bytes);
    CU_ASSERT_EQUAL(result_of(&package_format_suit, bytes, size, &policy), 0);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_suit, bytes, size, &fields, NULL),
        STATUS_OK);
    for (size_t i = 0; i < 4; i++) {
        const struct package_field *field = fields_find(&fields, sorted[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(field);
        CU_ASSERT_TRUE(field->offset > at);
        at = field->offset;
    }
    package_fields_release(&fields);
    free(bytes);
}

/** 8.1: our writer sorts COSE's maps, too: kid (4) before the ephemeral key
 *  (-1). */
static void the_writer_sorts_headers_of_cose(void)
{
    static const uint8_t sorted[] = { 0xa2, 0x04, 0x45, 'k',  'i',
                                      'd',  '-',  '1',  0x20, 0xa4 };
    static const enum package_encryption ways[] = { PACKAGE_ES_GCM,
                                                    PACKAGE_ES_CTR };

    for (size_t i = 0; i < 2; i++) {
        struct package_recipe recipe = suit_recipe(ways[i]);
        uint8_t *bytes = NULL;
        size_t size = make(&package_format_suit, &recipe, &bytes);
        CU_ASSERT_PTR_NOT_NULL(memmem(bytes, size, sorted, sizeof(sorted)));
        free(bytes);
    }
}

/** 8.2: of AES-CTR nothing is protected, and its counter has 16 bytes; GCM has
 *  12. */
static void each_cipher_has_its_headers(void)
{
    static const uint8_t gcm[] = { 0xd8, 0x60, 0x84, 0x43, 0xa1,
                                   0x01, 0x01, 0xa1, 0x05, 0x4c };
    static const uint8_t ctr[] = { 0xd8, 0x60, 0x84, 0x40, 0xa2, 0x01,
                                   0x39, 0xff, 0xfd, 0x05, 0x50 };
    static const struct {
        enum package_encryption way;
        const uint8_t *head;
        size_t size;
    } rows[] = {
        { PACKAGE_KW_GCM, gcm, sizeof(gcm) },
        { PACKAGE_ES_GCM, gcm, sizeof(gcm) },
        { PACKAGE_KW_CTR, ctr, sizeof(ctr) },
        { PACKAGE_ES_CTR, ctr, sizeof(ctr) },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = suit_recipe(rows[i].way);
        uint8_t *bytes = NULL;
        size_t size = make(&package_format_suit, &recipe, &bytes);
        CU_ASSERT_PTR_NOT_NULL(memmem(bytes, size, rows[i].head, rows[i].size));
        free(bytes);
    }
}

/** 8.1: HMAC needs a secret. What makes it from the bytes of a key pair is no
 *  proof to who has that key to verify with. */
static void a_mac_by_the_bytes_of_a_signing_key_is_none(void)
{
    struct package_recipe recipe = suit_recipe(PACKAGE_PLAIN);
    struct package_policy policy = { .signer = &fixture.sign };
    struct package_key secret = { .kind = PACKAGE_KEY_SECRET,
                                  .has_private = true,
                                  .secret_size = 32 };
    uint8_t *bytes = NULL;

    memcpy(secret.secret, fixture.sign.secret, 32);
    recipe.signer = &secret;
    size_t size = make(&package_format_suit, &recipe, &bytes);
    CU_ASSERT_EQUAL(result_of(&package_format_suit, bytes, size, &policy), 5);
    policy.signer = &secret;
    CU_ASSERT_EQUAL(result_of(&package_format_suit, bytes, size, &policy), 0);
    free(bytes);
}

/** 8.4: nothing but a digest tells that AES-CTR gave what it should. */
static void aes_ctr_without_a_digest_is_not_decrypted(void)
{
    /* {3: the digest of the target, …}, which becomes a vendor that nobody
     * asks for. */
    static const uint8_t digest[] = {
        0x03, 0x58, 0x24, 0x82, 0x2f, 0x58, 0x20
    };
    const struct package_policy policy = { .kek = &fixture.kek };
    struct package_recipe recipe = suit_recipe(PACKAGE_KW_CTR);
    struct package_verification report;
    struct suit_view view;
    uint8_t hash[CRYPTO_HASH_SIZE];
    uint8_t *bytes = NULL;
    size_t offset = 0;
    int result = 0;
    size_t size = make(&package_format_suit, &recipe, &bytes);

    CU_ASSERT_EQUAL(result_of(&package_format_suit, bytes, size, &policy), 0);
    uint8_t *at = memmem(bytes, size, digest, sizeof(digest));
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    *at = 0x01;
    CU_ASSERT_EQUAL_FATAL(suit_read(bytes, (struct span){ bytes, size }, &view,
                                    NULL, &offset, &result, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(crypto_sha256(&view.manifest, 1, hash, NULL),
                          STATUS_OK);
    memcpy(bytes + (view.digest.bytes - bytes), hash, sizeof(hash));
    CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, bytes, size,
                                         &policy, &report, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(report.result, 5);
    CU_ASSERT_STRING_EQUAL(report.checks[report.count - 1].text,
                           "AES-CTR without a digest");
    free(bytes);
}

/** 10.2: of COSE's maps no order is asked, but no key may stand twice. */
static void headers_of_cose_may_be_in_any_order_but_stand_once(void)
{
    static const struct {
        const uint8_t info[64];
        size_t size;
        enum status status;
    } rows[] = {
        /* 96([h'', {5: h'00…', 1: -65534}, nil, []]) */
        { "\xd8\x60\x84\x40\xa2\x05\x41\x00\x01\x39\xff\xfd\xf6\x80", 14,
          STATUS_OK },
        /* 96([h'', {1: -65534, 5: h'00', 5: h'01'}, nil, []]) */
        { "\xd8\x60\x84\x40\xa3\x01\x39\xff\xfd\x05\x41\x00\x05\x41\x01\xf6"
          "\x80",
          17, STATUS_MALFORMED },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct cbor_in in = { .bytes = rows[i].info,
                              .end = rows[i].size,
                              .reason = &reason };
        CU_ASSERT_EQUAL(cbor_check(&in, false), rows[i].status);
    }
}

/* Multi-images of Nordic. */

/** Section 6: the keys in this order and no others. */
static void the_header_of_a_multi_image_has_its_keys_alone(void)
{
    static const struct {
        const char *header;
        size_t size;
        const char *says; /* NULL: it is good */
    } rows[] = {
        { "\xa1\x63img\x81\xa2\x62id\x00\x64size\x04", 17, NULL },
        { "\xa1\x63img\x81\xa2\x62id\x20\x64size\x04", 17, NULL }, /* -1 */
        { "\xa1\x63img\x81\xa2\x64size\x04\x62id\x00", 17, "'id'" },
        { "\xa1\x63img\x81\xa2\x62it\x00\x64size\x04", 17, "'id'" },
        { "\xa1\x63img\x81\xa2\x62id\x00\x64sise\x04", 17, "'size'" },
        { "\xa1\x63img\x81\xa3\x62id\x00\x64size\x04\x61x\x00", 20, "an id" },
        { "\xa1\x63img\x81\xa1\x62id\x00", 11, "an id" },
        { "\xa1\x63imh\x81\xa2\x62id\x00\x64size\x04", 17, "'img'" },
        { "\xa2\x63img\x81\xa2\x62id\x00\x64size\x04\x61x\x00", 20, "'img'" },
        { "\xa1\x63img\x81\xa2\x62id\x00\x64size\x23", 17, "size" }, /* -4 */
        { "\xa1\x63img\x80", 6, "no image" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[64] = { (uint8_t)rows[i].size, 0 };
        struct reason reason = { .status = STATUS_OK };
        struct package_fields fields;
        memcpy(bytes + 2, rows[i].header, rows[i].size);
        memcpy(bytes + 2 + rows[i].size, "ABCD", 4);
        enum status status = package_inspect(
            &package_format_dfumi, bytes, rows[i].size + 6, &fields, &reason);
        CU_ASSERT_EQUAL(status == STATUS_OK, rows[i].says == NULL);
        if (rows[i].says != NULL) {
            CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "offset "));
            CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].says));
        }
        package_fields_release(&fields);
    }
}

/** Section 6: -2 and -1 are the boot loader's own slots. */
static void ids_of_a_multi_image_may_be_negative(void)
{
    struct package_recipe recipe = plain_recipe();
    struct package_fields fields;
    uint8_t *bytes = NULL;

    recipe.members[0] = (struct package_member){ .id = -2,
                                                 .bytes = (const uint8_t *)"AB",
                                                 .size = 2 };
    recipe.members[1] = (struct package_member){
        .id = -1, .bytes = (const uint8_t *)"CDE", .size = 3
    };
    recipe.member_count = 2;
    size_t size = make(&package_format_dfumi, &recipe, &bytes);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_dfumi, bytes, size, &fields, NULL),
        STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(fields_find(&fields, "image -2"));
    CU_ASSERT_PTR_NOT_NULL(fields_find(&fields, "image -1"));
    package_fields_release(&fields);
    free(bytes);
}

/** The images are of several components: the class of one is not asked of
 *  all. */
static void images_of_a_multi_image_have_classes_of_their_own(void)
{
    uint8_t classes[2][PACKAGE_CLASS_SIZE] = { { 1 }, { 2 } };
    const struct package_policy policy = { .class_id = classes[0] };
    struct package_recipe all = plain_recipe();
    uint8_t *images[2] = { NULL };
    uint8_t *bytes = NULL;

    for (size_t i = 0; i < 2; i++) {
        struct package_recipe recipe = plain_recipe();
        recipe.class_id = classes[i];
        all.members[i].id = (int64_t)i;
        all.members[i].size =
            make(&package_format_mcuboot, &recipe, &images[i]);
        all.members[i].bytes = images[i];
    }
    all.member_count = 2;
    size_t size = make(&package_format_dfumi, &all, &bytes);
    CU_ASSERT_EQUAL(result_of(&package_format_dfumi, bytes, size, &policy), 0);
    CU_ASSERT_EQUAL(result_of(&package_format_mcuboot, images[1],
                              all.members[1].size, &policy),
                    6);
    free(bytes);
    free(images[0]);
    free(images[1]);
}

/* Packages of AVSystem. */

/** 12.3: the packages of object /5 and of an instance without links. */
static void packages_without_links_are_those_of_the_vectors(void)
{
    static const struct {
        bool is_of_object_5;
        const char *version;
        size_t size;
        const char *head;
    } rows[] = {
        { true, "1.0", 50,
          "ANJAY_FW\0\2\0\0\xa2\x39\x7e\xf1\3"
          "1.0" },
        { false, "2.0", 58,
          "AJAY_TEE\0\3\0\0\xa2\x39\x7e\xf1"
          "\xff\xff\xff\xff\xff\xff\xff\xff\3"
          "2.0" },
    };

    for (size_t i = 0; i < 2; i++) {
        const struct package_policy policy = { .slot_size = 0 };
        struct package_recipe recipe = plain_recipe();
        uint8_t *bytes = NULL;
        recipe.version = rows[i].version;
        recipe.is_of_object_5 = rows[i].is_of_object_5;
        recipe.instance = 1;
        size_t size = make(&package_format_anjay, &recipe, &bytes);
        size_t head = rows[i].size - (sizeof(FIRMWARE) - 1);
        CU_ASSERT_EQUAL_FATAL(size, rows[i].size);
        CU_ASSERT_EQUAL(memcmp(bytes, rows[i].head, head), 0);
        CU_ASSERT_EQUAL(memcmp(bytes + head, FIRMWARE, size - head), 0);
        CU_ASSERT_EQUAL(result_of(&package_format_anjay, bytes, size, &policy),
                        0);
        free(bytes);
    }
}

/** It has no components: none to be linked with, and none to be mistaken. */
static void a_package_of_object_5_knows_no_components(void)
{
    static const char *const variants[] = { "wrong-component", "dep-missing",
                                            "dep-pair", NULL };

    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++) {
        struct package_recipe recipe = plain_recipe();
        struct reason reason = { .status = STATUS_OK };
        uint8_t *bytes = NULL;
        size_t size = 0;
        recipe.is_of_object_5 = true;
        recipe.variant = variants[i];
        recipe.members[0] =
            (struct package_member){ .bytes = recipe.payload, .size = 4 };
        recipe.member_count = variants[i] == NULL ? 1 : 0;
        CU_ASSERT_EQUAL(package_make(&package_format_anjay, &recipe, &bytes,
                                     &size, &reason),
                        STATUS_INVALID);
        CU_ASSERT_PTR_NULL(bytes);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "no components"));
    }
}

/** One byte of a good package, and what it is then. */
static void each_field_of_a_header_counts(void)
{
    static const struct {
        bool is_of_object_5;
        size_t at;
        uint8_t byte;
        int result;
    } rows[] = {
        { false, 7, 'X', 6 }, /* AJAY_APX: of no component */
        { false, 4, 'N', 6 }, { false, 9, 2, 6 }, /* the version of the other kind */
        { false, 9, 4, 6 },   { false, 8, 1, 6 },    { true, 9, 3, 6 },
        { true, 7, 'X', 6 },  { false, 12, 0, 5 }, /* CRC */
        { false, 24, 0, 6 }, /* length of the version: 1..24 */
        { false, 24, 25, 6 }, { false, 24, 200, 6 }, { true, 16, 0, 6 },
        { true, 16, 25, 6 },  { false, 16, 3, 0 }, /* a link; the CRC is of the payload alone */
        { false, 11, 8, 0 },  { false, 26, '9', 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct package_policy policy = { .slot_size = 0 };
        struct package_recipe recipe = plain_recipe();
        uint8_t *bytes = NULL;
        recipe.is_of_object_5 = rows[i].is_of_object_5;
        size_t size = make(&package_format_anjay, &recipe, &bytes);
        bytes[rows[i].at] = rows[i].byte;
        int result = result_of(&package_format_anjay, bytes, size, &policy);
        CU_ASSERT_EQUAL(result, rows[i].result);
        if (result != rows[i].result) {
            printf("row %zu: %d\n", i, result);
        }
        free(bytes);
    }
}

/** The bundle of members 0 and 1, of 58 bytes each. */
static size_t make_bundle(uint8_t **out_bytes)
{
    struct package_recipe recipe = plain_recipe();

    recipe.version = "2.0";
    for (size_t i = 0; i < 2; i++) {
        recipe.members[i] = (struct package_member){
            .id = (int64_t)i,
            .bytes = (const uint8_t *)FIRMWARE,
            .size = sizeof(FIRMWARE) - 1,
        };
    }
    recipe.member_count = 2;
    return make(&package_format_anjay, &recipe, out_bytes);
}

static void a_bundle_is_what_its_header_says(void)
{
    static const struct {
        size_t at;
        uint8_t byte;
        int result;
    } rows[] = {
        { 9, 3, 6 },
        { 9, 5, 6 }, /* version 4 */
        { 11, 0, 6 },
        { 11, 5, 6 }, /* 1..4 members */
        { 10, 1, 6 }, /* 258 of them */
        { 15, 0, 6 },
        { 19, 0, 6 },           /* none is of length 0 */
        { 16, 0xff, 5 },        /* past the end */
        { 20 + 4, 'X', 6 },     /* AJAYXAPP */
        { 20 + 58 + 9, 2, 6 },  /* a member of another version */
        { 20 + 58 + 57, 0, 5 }, /* its payload */
        { 20 + 5, 'A', 0 },     /* as it was */
    };
    const struct package_policy policy = { .slot_size = 0 };
    uint8_t *bytes = NULL;
    size_t size = 0;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size = make_bundle(&bytes);
        CU_ASSERT_EQUAL_FATAL(size, 136);
        bytes[rows[i].at] = rows[i].byte;
        int result = result_of(&package_format_anjay, bytes, size, &policy);
        CU_ASSERT_EQUAL(result, rows[i].result);
        if (result != rows[i].result) {
            printf("row %zu: %d\n", i, result);
        }
        free(bytes);
    }
}

/** Object /5 knows no bundles: a whole package of it is no member of one. */
static void a_package_of_object_5_is_no_member(void)
{
    static const char head[] = "MULTIPKG\0\4\0\1\0\0\0";
    const struct package_policy policy = { .slot_size = 0 };

    for (int i = 0; i < 2; i++) {
        struct package_recipe recipe = plain_recipe();
        uint8_t bundle[128];
        uint8_t *bytes = NULL;
        recipe.is_of_object_5 = i == 1;
        size_t size = make(&package_format_anjay, &recipe, &bytes);
        memcpy(bundle, head, 15);
        bundle[15] = (uint8_t)size;
        memcpy(bundle + 16, bytes, size);
        CU_ASSERT_EQUAL(
            result_of(&package_format_anjay, bundle, 16 + size, &policy),
            i == 0 ? 0 : 6);
        free(bytes);
    }
}

/** Section 7: at most four, though each of them be good. */
static void a_bundle_of_five_is_none_by_its_count(void)
{
    const struct package_policy policy = { .slot_size = 0 };
    struct package_verification report;
    uint8_t *bytes = NULL;
    size_t size = make_bundle(&bytes);

    CU_ASSERT_EQUAL_FATAL(package_spoil(&package_format_anjay, "bundle-over",
                                        &bytes, &size, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_anjay, bytes, size,
                                         &policy, &report, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(report.result, 6);
    CU_ASSERT_PTR_NOT_NULL(strstr(report.checks[0].text, "count"));
    free(bytes);
}

/** 9.3: what stands behind a bundle is ignored, behind one package it is
 *  payload. */
static void bytes_behind_a_bundle_are_ignored(void)
{
    const struct package_policy policy = { .slot_size = 0 };
    struct package_fields fields;
    uint8_t *bytes = NULL;
    size_t size = make_bundle(&bytes);

    CU_ASSERT_EQUAL_FATAL(
        package_spoil(&package_format_anjay, "append", &bytes, &size, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(size, 136 + 16);
    CU_ASSERT_EQUAL(result_of(&package_format_anjay, bytes, size, &policy), 0);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_anjay, bytes, size, &fields, NULL),
        STATUS_OK);
    const struct package_field *field = fields_find(&fields, "ignored bytes");
    CU_ASSERT_PTR_NOT_NULL_FATAL(field);
    CU_ASSERT(field->offset == 136 && field->length == 16);
    package_fields_release(&fields);
    free(bytes);
}

/** Section 7: instances count from 0, and a member is named by its instance,
 *  whatever its place. */
static void members_are_named_by_their_instance(void)
{
    static const struct {
        const char *name;
        size_t offset;
        const char *value;
    } rows[] = {
        { "count", 10, "2" },
        { "member 1 size", 12, "58" },
        { "member 2 size", 16, "58" },
        { "member 1", 20, "of instance 3, 58 bytes" },
        { "instance 3 magic", 20, "AJAYMODE" },
        { "instance 3 payload", 48, "54686973" },
        { "member 2", 78, "of instance 0, 58 bytes" },
        { "instance 0 magic", 78, "AJAY_APP" },
        { "instance 0 payload", 106, "54686973" },
    };
    struct package_recipe recipe = plain_recipe();
    struct package_fields fields;
    uint8_t *bytes = NULL;

    recipe.version = "2.0";
    for (size_t i = 0; i < 2; i++) {
        recipe.members[i] = (struct package_member){
            .id = i == 0 ? MODEM : 0,
            .bytes = (const uint8_t *)FIRMWARE,
            .size = sizeof(FIRMWARE) - 1,
        };
    }
    recipe.member_count = 2;
    size_t size = make(&package_format_anjay, &recipe, &bytes);
    CU_ASSERT_EQUAL_FATAL(
        package_inspect(&package_format_anjay, bytes, size, &fields, NULL),
        STATUS_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t at = 0;
        while (at < fields.count &&
               strcmp(fields.list[at].name, rows[i].name) != 0) {
            at++;
        }
        CU_ASSERT_TRUE_FATAL(at < fields.count);
        CU_ASSERT_EQUAL(fields.list[at].offset, rows[i].offset);
        CU_ASSERT_EQUAL(strncmp(fields.list[at].value, rows[i].value,
                                strlen(rows[i].value)),
                        0);
    }
    package_fields_release(&fields);
    free(bytes);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_traps", set_up, tear_down);
    CU_ADD_TEST(suite, what_would_be_a_reset_is_not_built);
    CU_ADD_TEST(suite, formats_without_signatures_refuse_keys);
    CU_ADD_TEST(suite, the_padding_counts_the_header);
    CU_ADD_TEST(suite, a_signature_is_by_the_key_that_is_named_before_it);
    CU_ADD_TEST(suite, a_boot_loader_ignores_the_build_number);
    CU_ADD_TEST(suite, payloads_stand_in_the_order_of_their_keys);
    CU_ADD_TEST(suite, the_writer_sorts_headers_of_cose);
    CU_ADD_TEST(suite, each_cipher_has_its_headers);
    CU_ADD_TEST(suite, a_mac_by_the_bytes_of_a_signing_key_is_none);
    CU_ADD_TEST(suite, aes_ctr_without_a_digest_is_not_decrypted);
    CU_ADD_TEST(suite, headers_of_cose_may_be_in_any_order_but_stand_once);
    CU_ADD_TEST(suite, the_header_of_a_multi_image_has_its_keys_alone);
    CU_ADD_TEST(suite, ids_of_a_multi_image_may_be_negative);
    CU_ADD_TEST(suite, images_of_a_multi_image_have_classes_of_their_own);
    CU_ADD_TEST(suite, packages_without_links_are_those_of_the_vectors);
    CU_ADD_TEST(suite, a_package_of_object_5_knows_no_components);
    CU_ADD_TEST(suite, each_field_of_a_header_counts);
    CU_ADD_TEST(suite, a_bundle_is_what_its_header_says);
    CU_ADD_TEST(suite, a_package_of_object_5_is_no_member);
    CU_ADD_TEST(suite, a_bundle_of_five_is_none_by_its_count);
    CU_ADD_TEST(suite, bytes_behind_a_bundle_are_ignored);
    CU_ADD_TEST(suite, members_are_named_by_their_instance);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
