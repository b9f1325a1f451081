/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"

/*
 * The SUIT envelopes and encryption infos that others published, in
 * tests/data/suit: they are read, their signatures and MACs are right, what
 * they encrypt is decrypted, and what is changed in them is refused.
 */

#define FOLDER ASSAY_SOURCE_DIR "/tests/data/suit/"

enum { FILE_SIZE = 4096, BYTES = 1024 };

static const char firmware[] = "This is a real firmware image.";

static struct {
    struct package_key sign; /* these four are printed in the drafts */
    struct package_key mac;
    struct package_key kek;
    struct package_key agree;
    struct package_key stranger;
} fixture;

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
        package_key_demo("sign-x", &fixture.stranger, NULL) == STATUS_OK;

    return good ? 0 : 1;
}

static int tear_down(void)
{
    return 0;
}

/** Digits of a file whose first line is a comment. @return bytes, 0: none */
static size_t read_hex(const char *name, uint8_t out[BYTES])
{
    char path[1024];
    char text[FILE_SIZE];
    size_t size = 0;
    unsigned byte = 0;

    (void)snprintf(path, sizeof(path), FOLDER "%s.hex", name); /* fits */
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(text, sizeof(text), file) == NULL ||
        text[0] != '#') {
        CU_FAIL_FATAL("a vector is missing");
    }
    while (size < BYTES && fscanf(file, "%2x", &byte) == 1) {
        out[size++] = (uint8_t)byte;
    }
    (void)fclose(file);
    return size;
}

/** What verify says about each: the checks that have to be good and those
 *  that cannot be made, as what they are about is in no package. */
static const struct {
    const char *name;
    size_t size;
    enum { SIGNED, MAC, BY_ANOTHER } authentic;
    const char *good;
    const char *skipped;
} envelopes[] = {
    { "manifest-0", 237, SIGNED, "", "digest" },
    { "manifest-1", 272, SIGNED, "", "payload digest" },
    { "manifest-2", 923, SIGNED, "severed", "payload digest" },
    { "manifest-2-severed", 333, SIGNED, "", "severed digest" },
    { "manifest-3", 396, SIGNED, "", "slot payload digest" },
    { "manifest-4", 403, SIGNED, "", "payload digest" },
    { "manifest-5", 382, SIGNED, "", "payload digest" },
    { "trust-domains-0", 190, SIGNED, "", "" },
    { "trust-domains-1", 373, SIGNED, "", "payload digest nested" },
    { "trust-domains-2", 519, SIGNED, "digest nested", "" },
    { "encryption-aes-kw-content", 244, MAC, "decryption", "" },
    { "encryption-aes-kw-slot", 235, MAC, "", "payload" },
    { "encryption-aes-kw", 270, MAC, "", "payload" },
    { "encryption-es-ecdh-content", 356, SIGNED, "decryption", "" },
    /* Its outer signature is not by the key that the draft prints. */
    { "encryption-es-ecdh-dependency", 759, BY_ANOTHER, "nested", "signature" },
    { "bundle", 723, SIGNED, "decryption digest", "" },
};

enum { ENVELOPES = sizeof(envelopes) / sizeof(envelopes[0]) };

static struct package_policy policy_of(size_t row)
{
    return (struct package_policy){
        .signer = envelopes[row].authentic == MAC      ? &fixture.mac
                  : envelopes[row].authentic == SIGNED ? &fixture.sign
                                                       : NULL,
        .decrypter = &fixture.agree,
        .kek = &fixture.kek,
    };
}

static void verify(const uint8_t *bytes, size_t size,
                   const struct package_policy *policy,
                   struct package_verification *out_verification)
{
    CU_ASSERT_EQUAL_FATAL(package_verify(&package_format_suit, bytes, size,
                                         policy, out_verification, NULL),
                          STATUS_OK);
}

/** Each word begins the name of one check in this state, and there are no
 *  others but the four that are always made. */
static void assert_checks(const struct package_verification *verification,
                          enum package_check_state state, const char *words,
                          size_t others)
{
    size_t count = 0;
    size_t wanted = others + (words[0] != '\0' ? 1 : 0);

    for (const char *at = words; *at != '\0'; at++) {
        wanted += *at == ' ' ? 1 : 0;
    }
    for (size_t i = 0; i < verification->count; i++) {
        char first[32] = "";
        (void)sscanf(verification->checks[i].name, "%31s", first);
        if (verification->checks[i].state == state) {
            bool is_basic = strcmp(first, "structure") == 0 ||
                            strcmp(first, "manifest") == 0 ||
                            strcmp(first, "signature") == 0;
            CU_ASSERT_TRUE(is_basic || strstr(words, first) != NULL);
            count++;
        }
    }
    CU_ASSERT_EQUAL(count, wanted);
}

static void published_envelopes_verify_and_decrypt(void)
{
    for (size_t i = 0; i < ENVELOPES; i++) {
        const struct package_policy policy = policy_of(i);
        struct package_verification verification;
        uint8_t bytes[BYTES];
        size_t size = read_hex(envelopes[i].name, bytes);

        CU_ASSERT_EQUAL(size, envelopes[i].size);
        verify(bytes, size, &policy, &verification);
        if (verification.result != 0) {
            printf("%s: %d, %s\n", envelopes[i].name, verification.result,
                   verification.checks[verification.count - 1].text);
        }
        CU_ASSERT_EQUAL(verification.result, 0);
        assert_checks(&verification, PACKAGE_CHECK_GOOD, envelopes[i].good,
                      envelopes[i].authentic == BY_ANOTHER ? 3 : 4);
        assert_checks(&verification, PACKAGE_CHECK_SKIPPED,
                      envelopes[i].skipped, 0);
    }
}

static void published_envelopes_are_not_by_another_key(void)
{
    for (size_t i = 0; i < ENVELOPES; i++) {
        struct package_policy policy = policy_of(i);
        struct package_verification verification;
        uint8_t bytes[BYTES];
        size_t size = read_hex(envelopes[i].name, bytes);

        policy.signer = envelopes[i].authentic == MAC ? &fixture.kek
                        : envelopes[i].authentic == BY_ANOTHER
                            ? &fixture.sign
                            : &fixture.stranger;
        verify(bytes, size, &policy, &verification);
        CU_ASSERT_EQUAL(verification.result, 5);
    }
}

/** No bit can be changed, and no byte taken away, but in what is not covered:
 *  text that was severed is only for people, and hashed as well. */
static void changed_ones_are_refused(void)
{
    for (size_t i = 0; i < ENVELOPES; i++) {
        struct package_policy policy = policy_of(i);
        struct package_verification verification;
        uint8_t bytes[BYTES];
        size_t size = read_hex(envelopes[i].name, bytes);

        policy.signer = policy.signer != NULL ? policy.signer : &fixture.sign;
        for (size_t at = 0; at < size; at += 5) {
            uint8_t *part = malloc(at + 1); /* so that a read past it shows */
            CU_ASSERT_PTR_NOT_NULL_FATAL(part);
            memcpy(part, bytes, at);
            verify(part, at, &policy, &verification);
            CU_ASSERT_NOT_EQUAL(verification.result, 0);
            free(part);
            bytes[at] ^= 0x10;
            verify(bytes, size, &policy, &verification);
            if (verification.result == 0) {
                printf("%s: %zu\n", envelopes[i].name, at);
            }
            CU_ASSERT_NOT_EQUAL(verification.result, 0);
            bytes[at] ^= 0x10;
        }
    }
}

/** @return the field of that name; NULL: there is none */
static const struct package_field *find(const struct package_fields *fields,
                                        const char *name, const char *value)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (strcmp(fields->list[i].name, name) == 0 &&
            strcmp(fields->list[i].value, value) == 0) {
            return &fields->list[i];
        }
    }
    return NULL;
}

static void inspect_shows_what_they_say(void)
{
    static const struct {
        const char *file;
        const char *name;
        size_t offset;
        const char *value;
    } rows[] = {
        { "manifest-0", "invoke: invoke", 235, "0x00" },
        { "manifest-1", "uri 0x00", 241, "http://example.com/file.bin" },
        { "manifest-2", "reference", 229, "https://git.io/JJYoj" },
        { "manifest-2", "install: fetch", 392, "0x00" },
        { "manifest-3", "install: try each", 306, "0x00" },
        { "manifest-3", "  shared: slot matches", 190, "0x00" },
        { "manifest-4", "payload fetch: fetch", 386, "0x02" },
        { "trust-domains-2", "dependency", 140, "1 dependent.suit" },
        { "trust-domains-2", "own component", 163, "depending.suit" },
        { "trust-domains-2", "install: process dependency", 274,
          "dependent.suit" },
        { "trust-domains-2", "install: write", 517, "00" }, /* inside */
        { "encryption-aes-kw", "encryption plaintext-firmware", 202,
          "AES-128-GCM, A128KW" },
        { "encryption-aes-kw", "  kid", 235, "kid-1" },
        { "encryption-es-ecdh-content", "  wrapped key", 330,
          "a06b8e6550f308712b1df044b21b7d11d9b22792f1de0997" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct package_fields fields;
        uint8_t bytes[BYTES];
        size_t size = read_hex(rows[i].file, bytes);
        CU_ASSERT_EQUAL_FATAL(
            package_inspect(&package_format_suit, bytes, size, &fields, NULL),
            STATUS_OK);
        const struct package_field *field =
            find(&fields, rows[i].name, rows[i].value);
        CU_ASSERT_PTR_NOT_NULL(field);
        if (field == NULL || field->offset != rows[i].offset) {
            printf("%s, %s: %zu\n", rows[i].file, rows[i].name,
                   field != NULL ? field->offset : 0);
        }
        CU_ASSERT_TRUE(field != NULL && field->offset == rows[i].offset);
        package_fields_release(&fields);
    }
}

static void published_encryption_infos_are_opened(void)
{
    static const struct {
        const char *name;
        const char *key; /* first bytes */
        bool is_agreed;
    } rows[] = {
        { "aes-kw-aes-gcm", "\x15\xf7\x85\xb5", false },
        { "aes-kw-aes-ctr", "\x26\x1d\xe6\x16", false },
        { "es-ecdh-aes-gcm", "\x15\xf7\x85\xb5", true },
        { "es-ecdh-aes-ctr", "\x26\x1d\xe6\x16", true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t info[BYTES];
        uint8_t cipher[BYTES];
        uint8_t plain[BYTES];
        uint8_t key[CRYPTO_BLOCK];
        char name[64];
        size_t size = 0;
        struct cose_encryption how;
        bool is_known = false;

        (void)snprintf(name, sizeof(name), "info-%s", rows[i].name); /* fits */
        struct cbor_in in = { .bytes = info, .end = read_hex(name, info) };
        (void)snprintf(name, sizeof(name), "payload-%s", rows[i].name);
        const struct span sealed = { cipher, read_hex(name, cipher) };
        CU_ASSERT_EQUAL_FATAL(cbor_check(&in, false), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(cose_read_encryption(&in, &how, &is_known),
                              STATUS_OK);
        CU_ASSERT_TRUE(is_known);
        CU_ASSERT_EQUAL_FATAL(
            cose_open_key(&how.recipients[0],
                          rows[i].is_agreed ? &fixture.agree : &fixture.kek,
                          key, NULL),
            STATUS_OK);
        CU_ASSERT_EQUAL(memcmp(key, rows[i].key, 4), 0);
        CU_ASSERT_EQUAL_FATAL(
            cose_decrypt(&how, key, sealed, plain, &size, NULL), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(size, sizeof(firmware) - 1);
        CU_ASSERT_EQUAL(memcmp(plain, firmware, size), 0);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_pSuite suite =
        CU_add_suite("scenarios.package_vectors", set_up, tear_down);
    CU_ADD_TEST(suite, published_envelopes_verify_and_decrypt);
    CU_ADD_TEST(suite, published_envelopes_are_not_by_another_key);
    CU_ADD_TEST(suite, changed_ones_are_refused);
    CU_ADD_TEST(suite, inspect_shows_what_they_say);
    CU_ADD_TEST(suite, published_encryption_infos_are_opened);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
