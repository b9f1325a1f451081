/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"

/*
 * The examples of the COSE working group in tests/data/cose by what the reader
 * of SUIT envelopes is made of: contents are decrypted, signatures and MACs
 * are right, and what was changed on purpose is refused.
 */

#define FOLDER ASSAY_SOURCE_DIR "/tests/data/cose/"

enum { BYTES = 512 };

static const char content[] = "This is the content.";

/* The keys that the examples print. */
static const char secret[] = "849b57219dae48de646d07dbb533566e";
static const char mac_secret[] =
    "849b57219dae48de646d07dbb533566e976686457c1491be3a76dcea6c427188";
static const char receiver[] =
    "aff907c99f9ad3aae6c4cdf21122bce2bd68b5283e6907154ad911840fa208cf";
static const char signer[] =
    "57c92077664146e876760c9520d054aa93c3afb04e306705db6090308507b4d3";

static struct package_key key_of(enum package_key_kind kind, const char *hex)
{
    struct package_key key = { .kind = PACKAGE_KEY_NONE };

    CU_ASSERT_EQUAL_FATAL(
        package_key_parse(kind, hex, strlen(hex), "test", &key, NULL),
        STATUS_OK);
    return key;
}

/** Digits of a file whose first line is a comment. */
static size_t read_hex(const char *name, uint8_t out[BYTES])
{
    char path[1024];
    char line[256];
    size_t size = 0;
    unsigned byte = 0;

    (void)snprintf(path, sizeof(path), FOLDER "%s.hex", name); /* fits */
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof(line), file) == NULL ||
        line[0] != '#') {
        CU_FAIL_FATAL("a vector is missing");
    }
    while (size < BYTES && fscanf(file, "%2x", &byte) == 1) {
        out[size++] = (uint8_t)byte;
    }
    (void)fclose(file);
    return size;
}

/** A message on its way: what all kinds of COSE begin with. */
struct message {
    uint8_t bytes[BYTES];
    size_t size;
    uint64_t tag; /**< 0: none */
    struct span protected_header;
    struct span payload; /**< or ciphertext */
    struct cbor_in rest; /**< behind it */
};

static void open_message(const char *name, struct message *message)
{
    uint64_t number = 0;

    message->size = read_hex(name, message->bytes);
    message->tag = 0;
    struct cbor_in in = { .bytes = message->bytes, .end = message->size };
    CU_ASSERT_EQUAL_FATAL(cbor_check(&in, false), STATUS_OK);
    if (cbor_peek(&in) == CBOR_TAG) {
        CU_ASSERT_EQUAL_FATAL(cbor_take(&in, CBOR_TAG, "tag", &message->tag),
                              STATUS_OK);
    }
    CU_ASSERT_EQUAL_FATAL(cbor_take(&in, CBOR_ARRAY, "message", &number),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        cbor_take_bytes(&in, "headers", &message->protected_header), STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(cbor_skip(&in), STATUS_OK); /* other headers */
    CU_ASSERT_EQUAL_FATAL(cbor_take_bytes(&in, "payload", &message->payload),
                          STATUS_OK);
    message->rest = in;
}

/* Contents. */

/** With the ciphertext taken out, as SUIT has it elsewhere. */
static enum status read_encryption(const struct message *message,
                                   uint8_t out_info[BYTES],
                                   struct cose_encryption *out_how,
                                   bool *out_is_known)
{
    size_t behind = (size_t)(message->payload.bytes - message->bytes);
    size_t before = behind - 2; /* 58 nn */
    size_t after = behind + message->payload.size;

    CU_ASSERT_EQUAL_FATAL(message->bytes[before], 0x58);
    memcpy(out_info, message->bytes, before);
    out_info[before] = 0xf6; /* nil */
    memcpy(out_info + before + 1, message->bytes + after,
           message->size - after);
    struct cbor_in in = { .bytes = out_info,
                          .end = before + 1 + message->size - after };
    return cose_read_encryption(&in, out_how, out_is_known);
}

static enum status decrypt(const struct message *message,
                           const struct cose_encryption *how,
                           const uint8_t key[CRYPTO_BLOCK])
{
    uint8_t plain[BYTES];
    size_t size = 0;
    enum status status =
        cose_decrypt(how, key, message->payload, plain, &size, NULL);

    if (status == STATUS_OK) {
        CU_ASSERT_EQUAL_FATAL(size, sizeof(content) - 1);
        CU_ASSERT_EQUAL(memcmp(plain, content, size), 0);
    }
    return status;
}

static void a_content_key_that_is_wrapped_is_opened(void)
{
    struct package_key kek = key_of(PACKAGE_KEY_SECRET, secret);
    struct package_key another =
        key_of(PACKAGE_KEY_SECRET, "00000000000000000000000000000000");
    struct message message;
    struct cose_encryption how;
    uint8_t info[BYTES];
    uint8_t key[CRYPTO_BLOCK];
    bool is_known = false;

    open_message("aes-wrap-128-04", &message);
    CU_ASSERT_EQUAL_FATAL(read_encryption(&message, info, &how, &is_known),
                          STATUS_OK);
    CU_ASSERT_TRUE(is_known);
    CU_ASSERT_EQUAL_FATAL(how.recipient_count, 1);
    CU_ASSERT_EQUAL(how.recipients[0].kid.size, strlen("our-secret"));
    CU_ASSERT_EQUAL(cose_open_key(&how.recipients[0], &another, key, NULL),
                    STATUS_MALFORMED);
    CU_ASSERT_EQUAL_FATAL(cose_open_key(&how.recipients[0], &kek, key, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(decrypt(&message, &how, key), STATUS_OK);
    package_key_release(&kek);
    package_key_release(&another);
}

/** Its context has no text of SUIT's, so only the parts of our reader open it,
 *  and the whole does not. */
static void a_key_that_is_agreed_needs_the_context_of_suit(void)
{
    static const char context[] = "\x84\x22\x83\xf6\xf6\xf6\x83\xf6\xf6\xf6\x82"
                                  "\x18\x80\x44\xa1\x01\x38\x1c";
    struct package_key own = key_of(PACKAGE_KEY_P256, receiver);
    struct message message;
    struct cose_encryption how;
    uint8_t info[BYTES];
    uint8_t point[CRYPTO_POINT_SIZE] = { 0x04 };
    uint8_t agreed[CRYPTO_SCALAR_SIZE];
    uint8_t kek[CRYPTO_BLOCK];
    uint8_t key[CRYPTO_KEY_MAX];
    bool is_known = false;

    open_message("p256-wrap-128-01", &message);
    CU_ASSERT_EQUAL_FATAL(read_encryption(&message, info, &how, &is_known),
                          STATUS_OK);
    CU_ASSERT_TRUE(is_known);
    const struct cose_recipient *recipient = &how.recipients[0];
    CU_ASSERT_EQUAL(cose_open_key(recipient, &own, key, NULL),
                    STATUS_MALFORMED);
    memcpy(point + 1, recipient->ephemeral_x.bytes, 32);
    memcpy(point + 33, recipient->ephemeral_y.bytes, 32);
    CU_ASSERT_EQUAL_FATAL(crypto_agree(own.secret, point, agreed, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(crypto_hkdf(agreed, context, kek, sizeof(kek), NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(memcmp(kek, "\x7c\x60\xcb\x35", 4), 0); /* as printed */
    CU_ASSERT_EQUAL_FATAL(crypto_unwrap(kek, sizeof(kek),
                                        recipient->wrapped.bytes,
                                        recipient->wrapped.size, key, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL(decrypt(&message, &how, key), STATUS_OK);
    package_key_release(&own);
}

/** Of these the key is that of the content, which SUIT does not allow: it is
 *  seen that they are of that kind, and then decrypted by it. */
static void contents_are_decrypted_or_refused(void)
{
    static const struct {
        const char *name;
        enum status read;
        int64_t algorithm;
        enum status status; /* of the decryption */
    } rows[] = {
        { "gcm-01", STATUS_OK, ALGORITHM_A128GCM, STATUS_OK },
        { "env-pass-01", STATUS_OK, ALGORITHM_A128GCM, STATUS_OK },
        /* With data from outside, which SUIT has none of. */
        { "env-pass-02", STATUS_OK, ALGORITHM_A128GCM, STATUS_INVALID },
        /* Without the tag that SUIT needs. */
        { "env-pass-03", STATUS_MALFORMED, 0, STATUS_OK },
        { "env-fail-01", STATUS_MALFORMED, 0, STATUS_OK },
        { "env-fail-02", STATUS_OK, ALGORITHM_A128GCM, STATUS_INVALID },
        { "env-fail-03", STATUS_OK, -999, STATUS_OK },
        { "env-fail-04", STATUS_OK, 0, STATUS_OK }, /* a text */
        { "env-fail-06", STATUS_OK, ALGORITHM_A128GCM, STATUS_INVALID },
        { "env-fail-07", STATUS_OK, ALGORITHM_A128GCM, STATUS_INVALID },
    };
    struct package_key key = key_of(PACKAGE_KEY_SECRET, secret);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct message message;
        struct cose_encryption how = { .content = 0 };
        uint8_t info[BYTES];
        bool is_known = false;
        open_message(rows[i].name, &message);
        CU_ASSERT_EQUAL(read_encryption(&message, info, &how, &is_known),
                        rows[i].read);
        CU_ASSERT_FALSE(is_known);
        CU_ASSERT_EQUAL(how.content, rows[i].algorithm);
        if (rows[i].algorithm == ALGORITHM_A128GCM) {
            enum status status = decrypt(&message, &how, key.secret);
            if (status != rows[i].status) {
                printf("%s: %d\n", rows[i].name, (int)status);
            }
            CU_ASSERT_EQUAL(status, rows[i].status);
        }
    }
    package_key_release(&key);
}

/* Signatures and MACs. */

static const struct {
    const char *name;
    uint64_t tag; /* as it is in there */
    bool is_right;
} proofs[] = {
    { "hmac-01", COSE_MAC0, true },
    { "mac-pass-01", COSE_MAC0, true },
    { "mac-pass-02", COSE_MAC0, false }, /* data from outside */
    { "mac-pass-03", 0, true },
    { "mac-fail-01", 992, true }, /* the tag is what is wrong */
    { "mac-fail-02", COSE_MAC0, false },
    { "mac-fail-03", COSE_MAC0, false },
    { "mac-fail-04", COSE_MAC0, false },
    { "mac-fail-06", COSE_MAC0, false },
    { "mac-fail-07", COSE_MAC0, false },
    { "sign-pass-01", COSE_SIGN1, true },
    { "sign-pass-02", COSE_SIGN1, false }, /* data from outside */
    { "sign-pass-03", 0, true },
    { "sign-fail-01", 998, true }, /* the tag is what is wrong */
    { "sign-fail-02", COSE_SIGN1, false },
    { "sign-fail-03", COSE_SIGN1, false },
    { "sign-fail-04", COSE_SIGN1, false },
    { "sign-fail-06", COSE_SIGN1, false },
    { "sign-fail-07", COSE_SIGN1, false },
};

static bool is_proven(const struct message *message, struct span proof,
                      bool is_mac)
{
    struct package_key key = is_mac ? key_of(PACKAGE_KEY_SECRET, mac_secret)
                                    : key_of(PACKAGE_KEY_P256, signer);
    struct cbor_out input = { .bytes = NULL };
    uint8_t hash[CRYPTO_HASH_SIZE];
    bool is_right = false;

    cose_put_input(&input, is_mac ? "MAC0" : "Signature1",
                   message->protected_header, &message->payload);
    CU_ASSERT_FALSE_FATAL(input.has_failed);
    const struct span whole = { input.bytes, input.size };
    if (is_mac) {
        CU_ASSERT_EQUAL_FATAL(crypto_hmac(key.secret, key.secret_size,
                                          input.bytes, input.size, hash, NULL),
                              STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(proof.size, sizeof(hash));
        is_right = crypto_is_equal(hash, proof.bytes, sizeof(hash));
    } else {
        CU_ASSERT_EQUAL_FATAL(crypto_sha256(&whole, 1, hash, NULL), STATUS_OK);
        CU_ASSERT_EQUAL_FATAL(proof.size, CRYPTO_RAW_SIZE);
        is_right = crypto_is_signed_raw(key.point, hash, proof.bytes);
    }
    cbor_out_release(&input);
    package_key_release(&key);
    return is_right;
}

static void signatures_and_macs_are_right_or_refused(void)
{
    for (size_t i = 0; i < sizeof(proofs) / sizeof(proofs[0]); i++) {
        struct message message;
        struct span proof = { NULL, 0 };

        open_message(proofs[i].name, &message);
        CU_ASSERT_EQUAL(message.tag, proofs[i].tag);
        CU_ASSERT_EQUAL_FATAL(cbor_take_bytes(&message.rest, "proof", &proof),
                              STATUS_OK);
        bool is_right = is_proven(&message, proof, proofs[i].name[0] != 's');
        if (is_right != proofs[i].is_right) {
            printf("%s\n", proofs[i].name);
        }
        CU_ASSERT_EQUAL(is_right, proofs[i].is_right);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_pSuite suite = CU_add_suite("scenarios.package_cose", NULL, NULL);
    CU_ADD_TEST(suite, a_content_key_that_is_wrapped_is_opened);
    CU_ADD_TEST(suite, a_key_that_is_agreed_needs_the_context_of_suit);
    CU_ADD_TEST(suite, contents_are_decrypted_or_refused);
    CU_ADD_TEST(suite, signatures_and_macs_are_right_or_refused);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
