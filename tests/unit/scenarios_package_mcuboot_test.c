/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/mcuboot.h"

/*
 * MCUboot images against packages.md: the vectors of section 12, which an
 * independent program made, and its traps, one by one.
 */

enum { BIG = 10000 };

static const char firmware[] = "This is a real firmware image.";

static struct {
    struct package_key sign;
    struct package_key sign_x;
    struct package_key enc;
    struct package_key enc_x;
    struct package_key kek;
    struct package_key kek256;
    struct package_key kek_x;
    uint8_t big[BIG];
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    uint8_t class_x[PACKAGE_CLASS_SIZE];
    uint64_t seed;
} fixture;

static int set_up(void)
{
    static const struct {
        const char *name;
        struct package_key *key;
    } rows[] = {
        { "sign", &fixture.sign },   { "sign-x", &fixture.sign_x },
        { "enc", &fixture.enc },     { "enc-x", &fixture.enc_x },
        { "kek", &fixture.kek },     { "kek256", &fixture.kek256 },
        { "kek-x", &fixture.kek_x },
    };
    bool good = true;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        good = good &&
               package_key_demo(rows[i].name, rows[i].key, NULL) == STATUS_OK;
    }
    for (size_t i = 0; i < BIG; i++) {
        fixture.big[i] = (uint8_t)(i * 7 + i / 256);
    }
    memset(fixture.class_id, 0x11, sizeof(fixture.class_id));
    memset(fixture.class_x, 0x22, sizeof(fixture.class_x));
    return good ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

/** @return bytes */
static size_t from_hex(const char *text, uint8_t *out)
{
    size_t size = strlen(text) / 2;

    for (size_t i = 0; i < size; i++) {
        unsigned byte = 0;
        CU_ASSERT_EQUAL_FATAL(sscanf(text + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return size;
}

static void assert_bytes(const uint8_t *bytes, size_t size, const char *hex)
{
    uint8_t want[1024];
    size_t length = from_hex(hex, want);

    CU_ASSERT_EQUAL(size, length);
    CU_ASSERT(size == length && memcmp(bytes, want, length) == 0);
}

static void assert_sha256(const uint8_t *bytes, size_t size, const char *hex)
{
    const struct span span = { bytes, size };
    uint8_t hash[CRYPTO_HASH_SIZE];

    CU_ASSERT_EQUAL(crypto_sha256(&span, 1, hash, NULL), STATUS_OK);
    assert_bytes(hash, sizeof(hash), hex);
}

/* The random bytes of the vectors: the image key, then the ephemeral key. */

struct fixed_random {
    const char *hex[2];
    size_t next;
};

static bool fill_fixed(void *user, uint8_t *out_bytes, size_t size)
{
    struct fixed_random *fixed = user;
    uint8_t bytes[64];

    if (fixed->next == 2 ||
        from_hex(fixed->hex[fixed->next++], bytes) != size) {
        return false;
    }
    memcpy(out_bytes, bytes, size);
    return true;
}

#define K128 "00112233445566778899aabbccddeeff"
#define K256 K128 "000102030405060708090a0b0c0d0e0f"
#define EPHEMERAL                                                              \
    "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"

static struct package_recipe vector_recipe(void)
{
    return (struct package_recipe){
        .version = "1.2.3+4",
        .payload = (const uint8_t *)firmware,
        .payload_size = sizeof(firmware) - 1,
        .signer = &fixture.sign,
        .signer_x = &fixture.sign_x,
        .key_bits = 128,
        .has_counter = true,
        .counter = 7,
        .dependencies = { { 1, "1.0.0" } },
        .dependency_count = 1,
    };
}

/** @param out_bytes  caller frees */
static size_t make(const struct package_recipe *recipe, uint8_t **out_bytes)
{
    struct reason reason = { .status = STATUS_OK };
    size_t size = 0;

    *out_bytes = NULL;
    CU_ASSERT_EQUAL(package_make(&package_format_mcuboot, recipe, out_bytes,
                                 &size, &reason),
                    STATUS_OK);
    if (reason.status != STATUS_OK) {
        (void)fprintf(stderr, "%s\n", reason.text);
    }
    return size;
}

#define MB1                                                                    \
    "3db8f39600000000200000001e00000000000000010203000400000000000000"         \
    "546869732069732061207265616c206669726d7761726520696d6167652e0769"         \
    "280010002000ffca3ee94cf0145ad02ea88e24216c35df3c7915b4ed506d7c8b"         \
    "4015f8930026"
#define MB3                                                                    \
    "3db8f3960000000020001c002000000004000000010203000400000000000000"         \
    "a98c92dd6a6093008ed750f3feefa34deda6a4b7ea3d2d08088ec8a1a675c4d9"         \
    "08691c00500004000700000040000c0001000000010000000000000007690c01"         \
    "100020005f354a741f1cdd4cdbfd831124cde717223366c1378b59d3df90bf82"         \
    "f9e031a0010020005a7a78cca4a0f420d9bc62bb669c3c2759e39f723d3ae10d"         \
    "cbe0f0815a07ecd4220047003045022069ccf5efadc8b104f0009d0668f07ce1"         \
    "ea3f9f71508d645ab55186d3114bab040221008f2eab4194a4c227949ebfef73"         \
    "87a7c461583866a34046bf067ead778ba425c03200710004d12dfb5289c8d4f8"         \
    "1208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e"         \
    "8157854c13c58d6aac23f046ada30f8353e74f33039872abd20e310f6f8e6d93"         \
    "a281a60703086f5fd67105e34cf5c34ae32e0b84d05b1113b53a28c0b904e2a7"         \
    "832a3d81dc63ba01"

/* Vectors. */

static void plain_images_are_those_of_the_vectors(void)
{
    struct package_recipe recipe = vector_recipe();
    uint8_t *bytes = NULL;

    size_t size = make(&recipe, &bytes);
    CU_ASSERT_EQUAL(size, 241);
    assert_sha256(
        bytes, size,
        "a909c2e6afaba85561c6a64206f41f205750d2c8250e1a9e8644c56889be3f8d");
    free(bytes);

    recipe.signer = NULL;
    recipe.has_counter = false;
    recipe.dependency_count = 0;
    size = make(&recipe, &bytes);
    assert_bytes(bytes, size, MB1);
    free(bytes);
}

static void encrypted_images_are_those_of_the_vectors(void)
{
    static const struct {
        enum package_encryption encryption;
        unsigned bits;
        size_t size;
        const char *sha256;
    } rows[] = {
        { PACKAGE_ECIES_P256, 128, 360,
          "27dfd650704564e4cb2b5fe32068558367858e7a91af7df6633f889ff55ad3d3" },
        { PACKAGE_ECIES_P256, 256, 376,
          "e8b5279597a93beaae6d32ea98e2d75f183e2af98f4bc87d7abe3a7932a1e187" },
        { PACKAGE_AES_KW, 128, 271,
          "f47f8fb29f2c4219580a9675172350c0539db53ce56c7b1f6f4cfbb0b01cc180" },
        { PACKAGE_AES_KW, 256, 287,
          "4759b9f59a9d8d293f3f28052939bca2a419c0d269342589ef168d244e9d8565" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct fixed_random fixed = {
            { rows[i].bits == 128 ? K128 : K256, EPHEMERAL }, 0
        };
        struct package_recipe recipe = vector_recipe();
        uint8_t *bytes = NULL;
        recipe.encryption = rows[i].encryption;
        recipe.key_bits = rows[i].bits;
        recipe.recipient = rows[i].encryption == PACKAGE_ECIES_P256
                               ? &fixture.enc
                           : rows[i].bits == 128 ? &fixture.kek
                                                 : &fixture.kek256;
        recipe.random = (struct package_random_source){ fill_fixed, &fixed };
        size_t size = make(&recipe, &bytes);
        CU_ASSERT_EQUAL(size, rows[i].size);
        assert_sha256(bytes, size, rows[i].sha256);
        if (i == 0) {
            assert_bytes(bytes, size, MB3);
        }
        free(bytes);
    }
}

/* Inspect: the map of packages.md, 5.5. */

static void fields_are_where_the_vector_has_them(void)
{
    static const struct {
        const char *name;
        size_t offset;
        size_t length;
        const char *value;
    } rows[] = {
        { "flags", 16, 4, "0x00000004 AES-128" },
        { "version", 20, 8, "1.2.3+4" },
        { "payload", 32, 32, "a98c92dd" },
        { "protected TLV info", 64, 4, "magic 0x6908, 28 bytes" },
        { "TLV 0x50 SEC_CNT header", 68, 4, "4 bytes, protected" },
        { "TLV 0x50 SEC_CNT", 72, 4, "7" },
        { "TLV 0x40 DEPENDENCY", 80, 12, "image 1 at least 1.0.0" },
        { "TLV info", 92, 4, "magic 0x6907, 268 bytes" },
        { "TLV 0x10 SHA256", 100, 32, "5f354a74" },
        { "TLV 0x01 KEYHASH", 136, 32, "5a7a78cc" },
        { "TLV 0x22 ECDSA header", 168, 4, "71 bytes, normal" },
        { "TLV 0x22 ECDSA", 172, 71, "304502" },
        { "TLV 0x32 ENC_EC256 header", 243, 4, "113 bytes, normal" },
        { "  ephemeral point", 247, 65, "04d12dfb" },
        { "  MAC", 312, 32, "d20e310f" },
        { "  encrypted key", 344, 16, "b53a28c0" },
    };
    uint8_t bytes[512];
    size_t size = from_hex(MB3, bytes);
    struct package_fields fields;

    CU_ASSERT_EQUAL(package_inspect(package_format_of(bytes, size), bytes, size,
                                    &fields, NULL),
                    STATUS_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_found = false;
        for (size_t k = 0; k < fields.count; k++) {
            const struct package_field *field = &fields.list[k];
            is_found = is_found || (strcmp(field->name, rows[i].name) == 0 &&
                                    field->offset == rows[i].offset &&
                                    field->length == rows[i].length &&
                                    strncmp(field->value, rows[i].value,
                                            strlen(rows[i].value)) == 0);
        }
        CU_ASSERT_TRUE(is_found);
        if (!is_found) {
            (void)fprintf(stderr, "not found: %s\n", rows[i].name);
        }
    }
    package_fields_release(&fields);
}

static void every_shorter_package_is_an_error_with_an_offset(void)
{
    uint8_t bytes[512];
    size_t size = from_hex(MB3, bytes);

    for (size_t length = 0; length < size; length++) {
        struct reason reason = { .status = STATUS_OK };
        struct package_fields fields;
        /* A copy of just that size: a sanitizer sees what is read behind. */
        uint8_t *copy = malloc(length + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
        memcpy(copy, bytes, length);
        CU_ASSERT_EQUAL(package_inspect(&package_format_mcuboot, copy, length,
                                        &fields, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT(strncmp(reason.text, "offset ", 7) == 0);
        package_fields_release(&fields);
        free(copy);
    }
}

/* Traps. */

/** A package with everything, 10000 bytes of payload. */
static struct package_recipe big_recipe(enum package_encryption encryption)
{
    struct package_recipe recipe = vector_recipe();

    fixture.seed = 5;
    recipe.version = "1.1.0";
    recipe.payload = fixture.big;
    recipe.payload_size = BIG;
    recipe.encryption = encryption;
    recipe.recipient =
        encryption == PACKAGE_AES_KW ? &fixture.kek : &fixture.enc;
    recipe.recipient_x =
        encryption == PACKAGE_AES_KW ? &fixture.kek_x : &fixture.enc_x;
    recipe.class_id = fixture.class_id;
    recipe.class_x = fixture.class_x;
    recipe.installed = "1.0.0";
    recipe.slot_size = 65536;
    recipe.random = package_random_seeded(&fixture.seed);
    return recipe;
}

static const struct package_dependency other = { 1, "1.0.0", NULL };

static struct package_policy policy_of(bool requires_encryption)
{
    return (struct package_policy){
        .signer = &fixture.sign,
        .decrypter = &fixture.enc,
        .kek = &fixture.kek,
        .requires_encryption = requires_encryption,
        .installed = "1.0.0",
        .has_counter = true,
        .counter = 7,
        .class_id = fixture.class_id,
        .others = &other,
        .other_count = 1,
        .slot_size = 65536,
    };
}

static int result_of(const uint8_t *bytes, size_t size,
                     const struct package_policy *policy)
{
    struct package_verification report;

    CU_ASSERT_EQUAL(package_verify(&package_format_mcuboot, bytes, size, policy,
                                   &report, NULL),
                    STATUS_OK);
    return report.result;
}

static void an_image_of_16_bytes_is_padded_only_when_it_is_encrypted(void)
{
    for (size_t payload = 1; payload <= 33; payload++) {
        struct package_recipe recipe = big_recipe(PACKAGE_PLAIN);
        uint8_t *bytes = NULL;
        recipe.payload_size = payload;
        size_t size = make(&recipe, &bytes);
        CU_ASSERT(size > 16 && mcuboot_get(bytes + 12, 4) == payload);
        free(bytes);
        recipe = big_recipe(PACKAGE_ECIES_P256);
        recipe.payload_size = payload;
        size = make(&recipe, &bytes);
        CU_ASSERT(size > 16 && mcuboot_get(bytes + 12, 4) ==
                                   (payload + 15) / 16 * 16); /* with it */
        const struct package_policy policy = policy_of(true);
        CU_ASSERT_EQUAL(result_of(bytes, size, &policy), 0);
        free(bytes);
    }
}

static void the_fill_behind_the_header_is_ff_and_hashed(void)
{
    struct package_recipe recipe = big_recipe(PACKAGE_PLAIN);
    const struct package_policy policy = policy_of(false);
    uint8_t *bytes = NULL;

    recipe.header_size = 0x200;
    size_t size = make(&recipe, &bytes);
    for (size_t i = 32; i < 0x200; i++) {
        CU_ASSERT_EQUAL(bytes[i], 0xff);
    }
    CU_ASSERT(memcmp(bytes + 0x200, fixture.big, BIG) == 0);
    CU_ASSERT_EQUAL(result_of(bytes, size, &policy), 0);
    bytes[0x100] = 0;
    CU_ASSERT_EQUAL(result_of(bytes, size, &policy), 5);
    free(bytes);
}

static void the_hash_is_over_the_plaintext(void)
{
    struct package_recipe recipe = big_recipe(PACKAGE_PLAIN);
    uint8_t *plain = NULL;
    uint8_t *hidden = NULL;
    struct mcuboot_view view;
    size_t offset = 0;
    int result = 0;

    size_t size = make(&recipe, &plain);
    CU_ASSERT_EQUAL(
        mcuboot_read(plain, size, &view, NULL, &offset, &result, NULL),
        STATUS_OK);
    recipe = big_recipe(PACKAGE_AES_KW);
    size_t hidden_size = make(&recipe, &hidden);
    /* Only the payload, the flag and what is behind the signature differ; the
     * flag is hashed, so the hashes do, too. */
    CU_ASSERT(memcmp(plain + 32, hidden + 32, 64) != 0);
    CU_ASSERT_EQUAL(plain[16], 0);
    CU_ASSERT_EQUAL(hidden[16], 4);
    const struct package_policy policy = policy_of(true);
    CU_ASSERT_EQUAL(result_of(hidden, hidden_size, &policy), 0);
    /* Without the key nobody can say: hash and signature are passed over. */
    struct package_policy blind = policy;
    struct package_verification report;
    blind.kek = NULL;
    CU_ASSERT_EQUAL(package_verify(&package_format_mcuboot, hidden, hidden_size,
                                   &blind, &report, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(report.result, 0);
    CU_ASSERT_STRING_EQUAL(report.checks[2].name, "image key");
    CU_ASSERT_EQUAL(report.checks[2].state, PACKAGE_CHECK_SKIPPED);
    CU_ASSERT_EQUAL(report.checks[3].state, PACKAGE_CHECK_SKIPPED);
    free(plain);
    free(hidden);
}

static void tlvs_of_vendor_and_class_are_those_of_the_header_file(void)
{
    struct package_recipe recipe = big_recipe(PACKAGE_PLAIN);
    uint8_t *bytes = NULL;
    struct mcuboot_view view;
    size_t offset = 0;
    int result = 0;

    recipe.vendor_id = fixture.class_x;
    size_t size = make(&recipe, &bytes);
    CU_ASSERT_EQUAL(
        mcuboot_read(bytes, size, &view, NULL, &offset, &result, NULL),
        STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(mcuboot_find(&view, 0x74, true));
    CU_ASSERT_PTR_NOT_NULL(mcuboot_find(&view, 0x75, true));
    /* In imgtool's order: counter, dependency, vendor, class; hash, key hash,
     * signature. */
    static const unsigned order[] = {
        0x50, 0x40, 0x74, 0x75, 0x10, 0x01, 0x22
    };
    CU_ASSERT_EQUAL_FATAL(view.tlv_count, 7);
    for (size_t i = 0; i < 7; i++) {
        CU_ASSERT_EQUAL(view.tlvs[i].type, order[i]);
    }
    free(bytes);
}

static void a_second_signature_counts_when_the_first_key_is_unknown(void)
{
    struct package_recipe recipe = big_recipe(PACKAGE_PLAIN);
    struct package_policy policy = policy_of(false);
    uint8_t *bytes = NULL;
    uint8_t *stranger = NULL;
    struct mcuboot_view view;
    size_t offset = 0;
    int result = 0;

    /* Key hash and signature of the stranger, put before ours. */
    size_t size = make(&recipe, &bytes);
    recipe.variant = "sig-untrusted";
    size_t stranger_size = make(&recipe, &stranger);
    CU_ASSERT_EQUAL(
        mcuboot_read(bytes, size, &view, NULL, &offset, &result, NULL),
        STATUS_OK);
    size_t at = mcuboot_find(&view, 0x01, false)->offset - 4;
    size_t info = view.header_size + view.payload_size + view.protected_size;
    size_t added = stranger_size - at;
    uint8_t *joined = malloc(size + added);
    CU_ASSERT_PTR_NOT_NULL_FATAL(joined);
    memcpy(joined, stranger, stranger_size);
    memcpy(joined + stranger_size, bytes + at, size - at);
    mcuboot_put(joined + info + 2, (uint32_t)(size + added - info), 2);
    CU_ASSERT_EQUAL(result_of(joined, size + added, &policy), 0);
    CU_ASSERT_EQUAL(result_of(stranger, stranger_size, &policy), 5);
    policy.signer = &fixture.sign_x;
    CU_ASSERT_EQUAL(result_of(joined, size + added, &policy), 0);
    free(joined);
    free(bytes);
    free(stranger);
}

/* Variants. */

/** What a device that looks at once says of each. */
static const struct {
    const char *name;
    int result;
} outcomes[] = {
    { "good", 0 },
    { "good-same-version", 0 },
    { "ver-lie", 0 },
    { "downgrade-ver", 8 },
    { "downgrade-cnt", 5 },
    { "cnt-missing", 5 },
    { "cnt-unprot", 5 },
    { "dep-missing", 13 },
    { "dep-pair", 0 },
    { "dep-order", 0 },
    { "dep-unconfirmed", 0 },
    { "dep-cycle", 0 },
    { "dep-unknown-id", 13 },
    { "dep-unprot", 5 },
    { "wrong-component", 6 },
    { "wrong-class", 6 },
    { "oversize", 2 },
    { "hdr-lie", 5 },
    { "hdr-lie-protected", 6 },
    { "hdr-lie-tlv", 6 },
    { "hdr-lie-zero", 6 },
    { "unhealthy", 0 },
    { "crash-mid-apply", 0 },
    { "sig-missing", 5 },
    { "sig-untrusted", 5 },
    { "sig-untrusted-masq", 5 },
    { "plain-required", 6 },
    { "enc-wrong-device", 5 },
    { "enc-wrong-key-masq", 5 },
    { "enc-cek-swap", 5 },
    { "enc-info-missing", 5 },
    { "enc-flag-off", 6 }, /* it is not encrypted, as it says */
    { "enc-flag-plain", 5 },
    { "enc-both-flags", 6 },
    { "trunc-1", 5 },
    { "trunc-half", 5 },
    { "trunc-hdr", 5 },
    { "trunc-payload", 5 },
    { "append", 0 },
    { "magic", 6 },
    { "payload-flip", 5 },
    { "hash-flip", 5 },
    { "sig-flip", 5 },
    { "enc-wrap-flip", 5 },
    { "enc-block-swap", 5 },
};

static void each_variant_deserves_the_result_of_its_row(void)
{
    static const enum package_encryption ways[] = { PACKAGE_ECIES_P256,
                                                    PACKAGE_AES_KW };
    const struct package_policy policy = policy_of(true);
    size_t count = sizeof(outcomes) / sizeof(outcomes[0]);

    for (size_t i = 0; i < count; i++) {
        const struct package_variant *row =
            package_variant_at(&package_format_mcuboot, i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(row);
        CU_ASSERT_STRING_EQUAL(row->name, outcomes[i].name);
        for (size_t k = 0; k < 2; k++) {
            struct package_recipe recipe = big_recipe(ways[k]);
            uint8_t *bytes = NULL;
            recipe.variant = row->name;
            size_t size = make(&recipe, &bytes);
            int result = result_of(bytes, size, &policy);
            CU_ASSERT_EQUAL(result, outcomes[i].result);
            if (result != outcomes[i].result) {
                (void)fprintf(stderr, "%s: %d\n", row->name, result);
            }
            free(bytes);
        }
    }
    CU_ASSERT_PTR_NULL(package_variant_at(&package_format_mcuboot, count));
}

/** D9: with the check for its defect left out, everything else is right. */
static void a_defect_of_a_recipe_is_the_only_one(void)
{
    static const struct {
        const char *name;
        int without; /* 0: no policy; 1: no signer; 2: no encryption */
    } rows[] = {
        { "downgrade-ver", 0 },      { "downgrade-cnt", 0 },
        { "cnt-missing", 0 },        { "dep-missing", 0 },
        { "dep-unknown-id", 0 },     { "wrong-component", 0 },
        { "wrong-class", 0 },        { "oversize", 0 },
        { "plain-required", 0 },     { "enc-flag-off", 0 },
        { "sig-missing", 1 },        { "sig-untrusted", 1 },
        { "sig-untrusted-masq", 1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = big_recipe(PACKAGE_ECIES_P256);
        struct package_policy policy = { .decrypter = &fixture.enc };
        uint8_t *bytes = NULL;
        policy.signer = rows[i].without == 1 ? NULL : &fixture.sign;
        recipe.variant = rows[i].name;
        size_t size = make(&recipe, &bytes);
        CU_ASSERT_EQUAL(result_of(bytes, size, &policy), 0);
        free(bytes);
    }
}

static void a_variant_says_what_it_lacks(void)
{
    static const struct {
        const char *variant;
        const char *lacks;
    } rows[] = {
        { "good-same-version", "installed version" },
        { "downgrade-ver", "installed version" },
        { "downgrade-cnt", "counter" },
        { "dep-pair", "dependency" },
        { "wrong-component", "class" },
        { "oversize", "slot" },
        { "unhealthy", "larger payload" },
        { "sig-missing", "key to sign" },
        { "enc-cek-swap", "encryption" },
        { "sig-flip", "TLV" },
        { "enc-block-swap", "encryption" },
        { "nonsense", "no variant" },
    };
    static const uint8_t payload[4] = { 1, 2, 3, 4 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct package_recipe recipe = { .version = "1.0.0",
                                               .payload = payload,
                                               .payload_size = 4,
                                               .variant = rows[i].variant };
        struct reason reason = { .status = STATUS_OK };
        uint8_t *bytes = NULL;
        size_t size = 0;
        CU_ASSERT_NOT_EQUAL(package_make(&package_format_mcuboot, &recipe,
                                         &bytes, &size, &reason),
                            STATUS_OK);
        CU_ASSERT_PTR_NULL(bytes);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].lacks));
    }
}

static void a_seed_gives_the_same_package_each_time(void)
{
    uint8_t *all[3] = { NULL };
    size_t sizes[3] = { 0 };

    for (size_t i = 0; i < 3; i++) {
        struct package_recipe recipe = big_recipe(PACKAGE_ECIES_P256);
        fixture.seed = i == 2 ? 6 : 5;
        sizes[i] = make(&recipe, &all[i]);
    }
    CU_ASSERT(sizes[0] == sizes[1] && memcmp(all[0], all[1], sizes[0]) == 0);
    CU_ASSERT(sizes[0] != sizes[2] || memcmp(all[0], all[2], sizes[0]) != 0);
    for (size_t i = 0; i < 3; i++) {
        free(all[i]);
    }
}

/** In tests/fuzz/corpus/package, where they are seeds as well. */
static void golden_files_are_what_is_built(void)
{
    static const struct {
        const char *name;
        const char *variant;
        enum package_encryption encryption;
        unsigned bits;
    } rows[] = {
        { "mcuboot-plain", NULL, PACKAGE_PLAIN, 128 },
        { "mcuboot-ecies", NULL, PACKAGE_ECIES_P256, 128 },
        { "mcuboot-ecies-256", NULL, PACKAGE_ECIES_P256, 256 },
        { "mcuboot-kw", NULL, PACKAGE_AES_KW, 128 },
        { "mcuboot-cnt-unprot", "cnt-unprot", PACKAGE_PLAIN, 128 },
        { "mcuboot-sig-missing", "sig-missing", PACKAGE_AES_KW, 128 },
        { "mcuboot-hdr-lie-tlv", "hdr-lie-tlv", PACKAGE_AES_KW, 128 },
        { "mcuboot-enc-flag-plain", "enc-flag-plain", PACKAGE_AES_KW, 128 },
    };
    static const char class_id[] = "ASSAY-COMPONENT"; /* of instance 0 */

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_recipe recipe = vector_recipe();
        uint64_t seed = 1;
        uint8_t *bytes = NULL;
        uint8_t golden[1024];
        char path[512];
        recipe.encryption = rows[i].encryption;
        recipe.key_bits = rows[i].bits;
        recipe.recipient =
            recipe.encryption == PACKAGE_AES_KW ? &fixture.kek : &fixture.enc;
        recipe.class_id = (const uint8_t *)class_id;
        recipe.variant = rows[i].variant;
        recipe.random = package_random_seeded(&seed);
        size_t size = make(&recipe, &bytes);
        (void)snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/package/%s",
                       ASSAY_SOURCE_DIR, rows[i].name); /* fits */
        FILE *file = fopen(path, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        size_t length = fread(golden, 1, sizeof(golden), file);
        (void)fclose(file); /* it was only read */
        CU_ASSERT(length == size && memcmp(golden, bytes, size) == 0);
        free(bytes);
    }
}

static void versions_have_the_ranges_of_the_header(void)
{
    static const struct {
        const char *text;
        const char *shown; /* NULL: refused */
    } rows[] = {
        { "1", "1.0.0" },
        { "1.2", "1.2.0" },
        { "1.2.3", "1.2.3" },
        { "1.2.3+0", "1.2.3" },
        { "1.2.3.4", "1.2.3+4" },
        { "1+4", "1.0.0+4" },
        { "255.255.65535+4294967295", "255.255.65535+4294967295" },
        { "256.0.0", NULL },
        { "1.256", NULL },
        { "1.2.65536", NULL },
        { "1.2.3+4294967296", NULL },
        { "1.2.3+99999999999999999999", NULL },
        { "", NULL },
        { "1.", NULL },
        { "1..2", NULL },
        { "1.2.3.4.5", NULL },
        { "1+2+3", NULL },
        { "-1", NULL },
        { "1.2a", NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct mcuboot_version version;
        char text[32];
        enum status status =
            mcuboot_version_parse(rows[i].text, &version, NULL);
        CU_ASSERT_EQUAL(status == STATUS_OK, rows[i].shown != NULL);
        if (status == STATUS_OK && rows[i].shown != NULL) {
            mcuboot_version_text(&version, text);
            CU_ASSERT_STRING_EQUAL(text, rows[i].shown);
        }
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_mcuboot", set_up, tear_down);
    CU_ADD_TEST(suite, plain_images_are_those_of_the_vectors);
    CU_ADD_TEST(suite, encrypted_images_are_those_of_the_vectors);
    CU_ADD_TEST(suite, fields_are_where_the_vector_has_them);
    CU_ADD_TEST(suite, every_shorter_package_is_an_error_with_an_offset);
    CU_ADD_TEST(suite,
                an_image_of_16_bytes_is_padded_only_when_it_is_encrypted);
    CU_ADD_TEST(suite, the_fill_behind_the_header_is_ff_and_hashed);
    CU_ADD_TEST(suite, the_hash_is_over_the_plaintext);
    CU_ADD_TEST(suite, tlvs_of_vendor_and_class_are_those_of_the_header_file);
    CU_ADD_TEST(suite, a_second_signature_counts_when_the_first_key_is_unknown);
    CU_ADD_TEST(suite, each_variant_deserves_the_result_of_its_row);
    CU_ADD_TEST(suite, a_defect_of_a_recipe_is_the_only_one);
    CU_ADD_TEST(suite, a_variant_says_what_it_lacks);
    CU_ADD_TEST(suite, a_seed_gives_the_same_package_each_time);
    CU_ADD_TEST(suite, golden_files_are_what_is_built);
    CU_ADD_TEST(suite, versions_have_the_ranges_of_the_header);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
