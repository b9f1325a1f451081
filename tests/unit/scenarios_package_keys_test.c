/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/package/crypto.h"
#include "scenarios/package/mcuboot.h"

/* Keys and the cryptography of packages against public vectors. */

static struct {
    struct package_key sign;
    struct package_key enc;
    struct package_key kek;
    struct package_key kek256;
} fixture;

static int set_up(void)
{
    return package_key_demo("sign", &fixture.sign, NULL) == STATUS_OK &&
                   package_key_demo("enc", &fixture.enc, NULL) == STATUS_OK &&
                   package_key_demo("kek", &fixture.kek, NULL) == STATUS_OK &&
                   package_key_demo("kek256", &fixture.kek256, NULL) ==
                       STATUS_OK
               ? 0
               : 1;
}

static int tear_down(void)
{
    return 0;
}

#define K256 "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f"
#define EPHEMERAL                                                              \
    "c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53"

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

static void key_wrap_is_that_of_rfc_3394(void)
{
    uint8_t key[32];
    uint8_t wrapped[CRYPTO_WRAPPED_MAX];
    uint8_t opened[CRYPTO_KEY_MAX];

    (void)from_hex(K256, key); /* the first half is the shorter one */
    CU_ASSERT_EQUAL(crypto_wrap(fixture.kek.secret, 16, key, 16, wrapped, NULL),
                    STATUS_OK);
    assert_bytes(wrapped, 24,
                 "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5");
    CU_ASSERT_EQUAL(
        crypto_unwrap(fixture.kek.secret, 16, wrapped, 24, opened, NULL),
        STATUS_OK);
    CU_ASSERT(memcmp(opened, key, 16) == 0);
    wrapped[23] ^= 1;
    CU_ASSERT_EQUAL(
        crypto_unwrap(fixture.kek.secret, 16, wrapped, 24, opened, NULL),
        STATUS_MALFORMED);
    CU_ASSERT_EQUAL(
        crypto_wrap(fixture.kek256.secret, 32, key, 32, wrapped, NULL),
        STATUS_OK);
    assert_bytes(wrapped, 40,
                 "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326"
                 "cbc7f0e71a99f43bfb988b9b7a02dd21");
}

static void ecies_derives_the_keys_of_the_vector(void)
{
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    uint8_t okm[CRYPTO_OKM_MAX];
    uint8_t scalar[CRYPTO_SCALAR_SIZE];

    (void)from_hex(EPHEMERAL, scalar); /* 32 bytes */
    CU_ASSERT_EQUAL(crypto_agree(scalar, fixture.enc.point, secret, NULL),
                    STATUS_OK);
    assert_bytes(
        secret, sizeof(secret),
        "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de");
    CU_ASSERT_EQUAL(
        crypto_hkdf(secret, MCUBOOT_ECIES_INFO, okm, sizeof(okm), NULL),
        STATUS_OK);
    assert_bytes(
        okm, sizeof(okm),
        "6b4d16d6ea9c166d4fde8c9b8afaccafb615041e9f9469199ee1747b744efe05"
        "1b09520dfe815e7fc0f1dbadb5815e12f3a850c73ac4f2f1a603f5c7029fd512");
}

static void the_key_hash_is_over_the_whole_spki(void)
{
    uint8_t hash[32];

    CU_ASSERT_EQUAL(package_key_hash(&fixture.sign, hash, NULL), STATUS_OK);
    assert_bytes(
        hash, sizeof(hash),
        "5a7a78cca4a0f420d9bc62bb669c3c2759e39f723d3ae10dcbe0f0815a07ecd4");
}

static void keys_are_read_in_each_form(void)
{
    static const enum package_key_form forms[] = { PACKAGE_KEY_PEM,
                                                   PACKAGE_KEY_BASE64,
                                                   PACKAGE_KEY_HEX };
    char text[512];
    struct package_key key;

    for (size_t i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(
            package_key_write(&fixture.sign, false, forms[i], text, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(package_key_parse(PACKAGE_KEY_P256, text, strlen(text),
                                          "k", &key, NULL),
                        STATUS_OK);
        CU_ASSERT(memcmp(&key, &fixture.sign, sizeof(key)) == 0);
        CU_ASSERT_EQUAL(
            package_key_write(&fixture.sign, true, forms[i], text, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(package_key_parse(PACKAGE_KEY_P256, text, strlen(text),
                                          "k", &key, NULL),
                        STATUS_OK);
        CU_ASSERT_FALSE(key.has_private);
        CU_ASSERT(memcmp(key.point, fixture.sign.point, sizeof(key.point)) ==
                  0);
    }
    for (size_t i = 1; i < 3; i++) {
        CU_ASSERT_EQUAL(
            package_key_write(&fixture.kek256, false, forms[i], text, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(package_key_parse(PACKAGE_KEY_SECRET, text,
                                          strlen(text), "k", &key, NULL),
                        STATUS_OK);
        CU_ASSERT(memcmp(&key, &fixture.kek256, sizeof(key)) == 0);
    }
    CU_ASSERT_EQUAL(package_key_parse(PACKAGE_KEY_SECRET, fixture.kek.secret,
                                      16, "raw", &key, NULL),
                    STATUS_OK);
    CU_ASSERT(memcmp(&key, &fixture.kek, sizeof(key)) == 0);
}

static void a_message_about_a_key_has_none_of_its_bytes(void)
{
    static const struct {
        enum package_key_kind kind;
        const char *text;
    } rows[] = {
        { PACKAGE_KEY_P256, "c9afa9d845ba75166b5c215767b1d6934e50" },
        { PACKAGE_KEY_P256, "-----BEGIN EC PRIVATE KEY-----\nc9afa9d845\n" },
        { PACKAGE_KEY_SECRET, "c9afa9d845ba75166b5c" },
        { PACKAGE_KEY_P256, "" },
        /* The order of the curve: no scalar. */
        { PACKAGE_KEY_P256,
          "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct package_key key = { .kind = PACKAGE_KEY_NONE };
        CU_ASSERT_EQUAL(package_key_parse(rows[i].kind, rows[i].text,
                                          strlen(rows[i].text), "my.pem", &key,
                                          &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_EQUAL(key.kind, PACKAGE_KEY_NONE);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "my.pem"));
        CU_ASSERT_PTR_NULL(strstr(reason.text, "c9af"));
        CU_ASSERT_PTR_NULL(strstr(reason.text, "ffffff"));
    }
}

static void numbers_of_a_signature_have_der_s_shortest_form(void)
{
    size_t lengths[CRYPTO_DER_MAX + 1] = { 0 };

    for (unsigned i = 240; i < 340; i++) { /* 336 has a short number */
        uint8_t hash[CRYPTO_HASH_SIZE] = { (uint8_t)i, (uint8_t)(i >> 8) };
        uint8_t der[CRYPTO_DER_MAX];
        size_t size = 0;
        CU_ASSERT_EQUAL_FATAL(
            crypto_sign(fixture.sign.secret, hash, der, &size, NULL),
            STATUS_OK);
        lengths[size]++;
        CU_ASSERT_TRUE(crypto_is_signed(fixture.sign.point, hash, der, size));
        hash[31] ^= 1;
        CU_ASSERT_FALSE(crypto_is_signed(fixture.sign.point, hash, der, size));
    }
    /* With a pad for each of the numbers, for one, for none. */
    CU_ASSERT(lengths[70] > 0 && lengths[71] > 0 && lengths[72] > 0);
    CU_ASSERT(lengths[69] > 0); /* and with a leading zero taken away */
}

static void signatures_that_are_no_der_are_wrong(void)
{
    static const char *const rows[] = {
        "",
        "30",
        "3000",
        "300602010102010100",   /* bytes behind it */
        "3007020101020101",     /* length past the end */
        "300602010102018f",     /* negative */
        "30080202000102020001", /* padded without a need */
        "30060200010201",       /* empty number */
        "310602010102010a",     /* no sequence */
        "300603010102010a",     /* no integer */
    };
    const uint8_t hash[CRYPTO_HASH_SIZE] = { 1 };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t der[64];
        size_t size = from_hex(rows[i], der);
        CU_ASSERT_FALSE(crypto_is_signed(fixture.sign.point, hash, der, size));
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.package_keys", set_up, tear_down);
    CU_ADD_TEST(suite, key_wrap_is_that_of_rfc_3394);
    CU_ADD_TEST(suite, ecies_derives_the_keys_of_the_vector);
    CU_ADD_TEST(suite, the_key_hash_is_over_the_whole_spki);
    CU_ADD_TEST(suite, keys_are_read_in_each_form);
    CU_ADD_TEST(suite, a_message_about_a_key_has_none_of_its_bytes);
    CU_ADD_TEST(suite, numbers_of_a_signature_have_der_s_shortest_form);
    CU_ADD_TEST(suite, signatures_that_are_no_der_are_wrong);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
