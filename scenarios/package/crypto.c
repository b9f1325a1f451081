/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/crypto.h"

#include <mbedtls/constant_time.h>
#include <mbedtls/nist_kw.h>
#include <mbedtls/platform_util.h>
#include <psa/crypto.h>
#include <string.h>

enum {
    DER_SEQUENCE = 0x30,
    DER_INTEGER = 0x02,
    SPKI_PREFIX = CRYPTO_SPKI_SIZE - CRYPTO_POINT_SIZE,
};

static enum status failed(struct reason *reason, const char *what,
                          psa_status_t code)
{
    return reason_set(reason,
                      code == PSA_ERROR_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY
                      : code == PSA_ERROR_INVALID_ARGUMENT  ? STATUS_MALFORMED
                                                            : STATUS_INVALID,
                      "%s: PSA Crypto says %d", what, (int)code);
}

/** A key with one use and one algorithm. */
static psa_status_t import(psa_key_type_t type, size_t bits,
                           psa_key_usage_t usage, psa_algorithm_t algorithm,
                           const uint8_t *bytes, size_t size,
                           psa_key_id_t *out_key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_status_t code = psa_crypto_init(); /* does nothing the second time */

    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, algorithm);
    return code == PSA_SUCCESS
               ? psa_import_key(&attributes, bytes, size, out_key)
               : code;
}

/** Also where there is none; of a volatile key it only frees memory. */
static void forget(psa_key_id_t key)
{
    (void)psa_destroy_key(key); /* nothing is to be done about a failure */
}

enum status crypto_sha256(const struct span *spans, size_t count,
                          uint8_t out_hash[CRYPTO_HASH_SIZE],
                          struct reason *reason)
{
    psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
    size_t length = 0;
    psa_status_t code = psa_crypto_init();

    if (code == PSA_SUCCESS) {
        code = psa_hash_setup(&operation, PSA_ALG_SHA_256);
    }
    for (size_t i = 0; code == PSA_SUCCESS && i < count; i++) {
        code = psa_hash_update(&operation, spans[i].bytes, spans[i].size);
    }
    if (code == PSA_SUCCESS) {
        code = psa_hash_finish(&operation, out_hash, CRYPTO_HASH_SIZE, &length);
    }
    (void)psa_hash_abort(&operation); /* after success it does nothing */
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "SHA-256", code);
}

enum status crypto_point(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                         uint8_t out_point[CRYPTO_POINT_SIZE],
                         struct reason *reason)
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code =
        import(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, 0,
               PSA_ALG_NONE, scalar, CRYPTO_SCALAR_SIZE, &key);

    if (code == PSA_SUCCESS) {
        code =
            psa_export_public_key(key, out_point, CRYPTO_POINT_SIZE, &length);
    }
    forget(key);
    return code == PSA_SUCCESS ? STATUS_OK
                               : failed(reason, "private key of P-256", code);
}

void crypto_spki(const uint8_t point[CRYPTO_POINT_SIZE],
                 uint8_t out_spki[CRYPTO_SPKI_SIZE])
{
    /* SEQUENCE { { id-ecPublicKey, prime256v1 }, BIT STRING }. RFC 5480. */
    static const uint8_t prefix[SPKI_PREFIX] = {
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    };

    memcpy(out_spki, prefix, SPKI_PREFIX);
    memcpy(out_spki + SPKI_PREFIX, point, CRYPTO_POINT_SIZE);
}

/** An INTEGER: no leading zeros, but one where the number would be negative.
 *  @return bytes written, at most 35 */
static size_t put_integer(const uint8_t number[CRYPTO_SCALAR_SIZE],
                          uint8_t *out)
{
    size_t skipped = 0;

    while (skipped < CRYPTO_SCALAR_SIZE - 1 && number[skipped] == 0) {
        skipped++;
    }
    size_t pad = number[skipped] >> 7;
    size_t size = CRYPTO_SCALAR_SIZE - skipped;
    out[0] = DER_INTEGER;
    out[1] = (uint8_t)(pad + size);
    out[2] = 0;
    memcpy(out + 2 + pad, number + skipped, size);
    return 2 + pad + size;
}

enum status crypto_sign_raw(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                            const uint8_t hash[CRYPTO_HASH_SIZE],
                            uint8_t out_raw[CRYPTO_RAW_SIZE],
                            struct reason *reason)
{
    static const psa_algorithm_t algorithm =
        PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_256);
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code = import(
        PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
        PSA_KEY_USAGE_SIGN_HASH, algorithm, scalar, CRYPTO_SCALAR_SIZE, &key);

    if (code == PSA_SUCCESS) {
        code = psa_sign_hash(key, algorithm, hash, CRYPTO_HASH_SIZE, out_raw,
                             CRYPTO_RAW_SIZE, &length);
    }
    forget(key);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "signature", code);
}

enum status crypto_sign(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                        const uint8_t hash[CRYPTO_HASH_SIZE],
                        uint8_t out_der[CRYPTO_DER_MAX], size_t *out_size,
                        struct reason *reason)
{
    uint8_t raw[CRYPTO_RAW_SIZE];
    enum status status = crypto_sign_raw(scalar, hash, raw, reason);

    if (status != STATUS_OK) {
        return status;
    }
    size_t size = put_integer(raw, out_der + 2);
    size += put_integer(raw + CRYPTO_SCALAR_SIZE, out_der + 2 + size);
    out_der[0] = DER_SEQUENCE;
    out_der[1] = (uint8_t)size;
    *out_size = 2 + size;
    return STATUS_OK;
}

/** Shortest forms only. @return bytes read; 0: it is none */
static size_t get_integer(const uint8_t *der, size_t size,
                          uint8_t out_number[CRYPTO_SCALAR_SIZE])
{
    if (size < 3 || der[0] != DER_INTEGER || der[1] == 0 || der[1] > 33 ||
        size - 2 < der[1]) {
        return 0;
    }
    size_t length = der[1];
    const uint8_t *bytes = der + 2;
    bool is_negative = (bytes[0] & 0x80) != 0;
    bool is_padded = length > 1 && bytes[0] == 0;
    if (is_negative || (is_padded && (bytes[1] & 0x80) == 0) ||
        length - (is_padded ? 1 : 0) > CRYPTO_SCALAR_SIZE) {
        return 0;
    }
    size_t skipped = is_padded ? 1 : 0;
    size_t used = length - skipped;
    memset(out_number, 0, CRYPTO_SCALAR_SIZE);
    memcpy(out_number + CRYPTO_SCALAR_SIZE - used, bytes + skipped, used);
    return 2 + length;
}

bool crypto_is_signed_raw(const uint8_t point[CRYPTO_POINT_SIZE],
                          const uint8_t hash[CRYPTO_HASH_SIZE],
                          const uint8_t raw[CRYPTO_RAW_SIZE])
{
    static const psa_algorithm_t algorithm = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    psa_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t code = import(
        PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), 256,
        PSA_KEY_USAGE_VERIFY_HASH, algorithm, point, CRYPTO_POINT_SIZE, &key);

    if (code == PSA_SUCCESS) {
        code = psa_verify_hash(key, algorithm, hash, CRYPTO_HASH_SIZE, raw,
                               CRYPTO_RAW_SIZE);
    }
    forget(key);
    return code == PSA_SUCCESS;
}

bool crypto_is_signed(const uint8_t point[CRYPTO_POINT_SIZE],
                      const uint8_t hash[CRYPTO_HASH_SIZE], const uint8_t *der,
                      size_t size)
{
    uint8_t raw[CRYPTO_RAW_SIZE];

    if (size < 2 || der[0] != DER_SEQUENCE || der[1] != size - 2) {
        return false;
    }
    size_t first = get_integer(der + 2, size - 2, raw);
    size_t second = first > 0 ? get_integer(der + 2 + first, size - 2 - first,
                                            raw + CRYPTO_SCALAR_SIZE)
                              : 0;
    return second > 0 && 2 + first + second == size &&
           crypto_is_signed_raw(point, hash, raw);
}

enum status crypto_agree(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                         const uint8_t point[CRYPTO_POINT_SIZE],
                         uint8_t out_secret[CRYPTO_SCALAR_SIZE],
                         struct reason *reason)
{
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code = import(
        PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256,
        PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH, scalar, CRYPTO_SCALAR_SIZE, &key);

    if (code == PSA_SUCCESS) {
        code =
            psa_raw_key_agreement(PSA_ALG_ECDH, key, point, CRYPTO_POINT_SIZE,
                                  out_secret, CRYPTO_SCALAR_SIZE, &length);
    }
    forget(key);
    return code == PSA_SUCCESS ? STATUS_OK
                               : failed(reason, "key agreement of P-256", code);
}

enum status crypto_hkdf(const uint8_t secret[CRYPTO_SCALAR_SIZE],
                        const char *info, uint8_t *out_bytes, size_t size,
                        struct reason *reason)
{
    psa_key_derivation_operation_t operation =
        PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    psa_status_t code = import(
        PSA_KEY_TYPE_DERIVE, 8 * CRYPTO_SCALAR_SIZE, PSA_KEY_USAGE_DERIVE,
        PSA_ALG_HKDF(PSA_ALG_SHA_256), secret, CRYPTO_SCALAR_SIZE, &key);

    if (code == PSA_SUCCESS) {
        code =
            psa_key_derivation_setup(&operation, PSA_ALG_HKDF(PSA_ALG_SHA_256));
    }
    /* In this order, or Mbed TLS refuses them. */
    if (code == PSA_SUCCESS) {
        code = psa_key_derivation_input_bytes(
            &operation, PSA_KEY_DERIVATION_INPUT_SALT, NULL, 0);
    }
    if (code == PSA_SUCCESS) {
        code = psa_key_derivation_input_key(
            &operation, PSA_KEY_DERIVATION_INPUT_SECRET, key);
    }
    if (code == PSA_SUCCESS) {
        code = psa_key_derivation_input_bytes(
            &operation, PSA_KEY_DERIVATION_INPUT_INFO, (const uint8_t *)info,
            strlen(info));
    }
    if (code == PSA_SUCCESS) {
        code = psa_key_derivation_output_bytes(&operation, out_bytes, size);
    }
    (void)psa_key_derivation_abort(&operation); /* frees it */
    forget(key);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "HKDF", code);
}

enum status crypto_hmac(const uint8_t *key, size_t key_size,
                        const uint8_t *bytes, size_t size,
                        uint8_t out_mac[CRYPTO_HASH_SIZE],
                        struct reason *reason)
{
    static const psa_algorithm_t algorithm = PSA_ALG_HMAC(PSA_ALG_SHA_256);
    psa_key_id_t id = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code =
        import(PSA_KEY_TYPE_HMAC, 8 * key_size, PSA_KEY_USAGE_SIGN_MESSAGE,
               algorithm, key, key_size, &id);

    if (code == PSA_SUCCESS) {
        code = psa_mac_compute(id, algorithm, bytes, size, out_mac,
                               CRYPTO_HASH_SIZE, &length);
    }
    forget(id);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "HMAC", code);
}

enum status crypto_ctr(const uint8_t *key, size_t key_size,
                       const uint8_t counter[CRYPTO_BLOCK],
                       const uint8_t *bytes, size_t size, uint8_t *out_bytes,
                       struct reason *reason)
{
    static const uint8_t zero[CRYPTO_BLOCK] = { 0 };
    psa_cipher_operation_t operation = PSA_CIPHER_OPERATION_INIT;
    psa_key_id_t id = PSA_KEY_ID_NULL;
    size_t length = 0;
    size_t rest = 0;
    psa_status_t code =
        import(PSA_KEY_TYPE_AES, 8 * key_size, PSA_KEY_USAGE_ENCRYPT,
               PSA_ALG_CTR, key, key_size, &id);

    if (code == PSA_SUCCESS) {
        code = psa_cipher_encrypt_setup(&operation, id, PSA_ALG_CTR);
    }
    if (code == PSA_SUCCESS) {
        code = psa_cipher_set_iv(&operation, counter != NULL ? counter : zero,
                                 CRYPTO_BLOCK);
    }
    if (code == PSA_SUCCESS && size > 0) {
        code = psa_cipher_update(&operation, bytes, size, out_bytes, size,
                                 &length);
    }
    if (code == PSA_SUCCESS) {
        code = psa_cipher_finish(&operation, out_bytes + length, size - length,
                                 &rest);
    }
    (void)psa_cipher_abort(&operation); /* after success it does nothing */
    forget(id);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "AES-CTR", code);
}

enum status crypto_seal(const uint8_t key[CRYPTO_BLOCK],
                        const uint8_t iv[CRYPTO_IV_SIZE], struct span aad,
                        struct span plain, uint8_t *out_bytes,
                        struct reason *reason)
{
    psa_key_id_t id = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code =
        import(PSA_KEY_TYPE_AES, 8 * CRYPTO_BLOCK, PSA_KEY_USAGE_ENCRYPT,
               PSA_ALG_GCM, key, CRYPTO_BLOCK, &id);

    if (code == PSA_SUCCESS) {
        code = psa_aead_encrypt(id, PSA_ALG_GCM, iv, CRYPTO_IV_SIZE, aad.bytes,
                                aad.size, plain.bytes, plain.size, out_bytes,
                                plain.size + CRYPTO_TAG_SIZE, &length);
    }
    forget(id);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "AES-GCM", code);
}

enum status crypto_open(const uint8_t key[CRYPTO_BLOCK],
                        const uint8_t iv[CRYPTO_IV_SIZE], struct span aad,
                        struct span sealed, uint8_t *out_bytes,
                        struct reason *reason)
{
    psa_key_id_t id = PSA_KEY_ID_NULL;
    size_t length = 0;
    psa_status_t code =
        import(PSA_KEY_TYPE_AES, 8 * CRYPTO_BLOCK, PSA_KEY_USAGE_DECRYPT,
               PSA_ALG_GCM, key, CRYPTO_BLOCK, &id);

    if (code == PSA_SUCCESS && sealed.size < CRYPTO_TAG_SIZE) {
        code = PSA_ERROR_INVALID_ARGUMENT;
    }
    if (code == PSA_SUCCESS) {
        code = psa_aead_decrypt(id, PSA_ALG_GCM, iv, CRYPTO_IV_SIZE, aad.bytes,
                                aad.size, sealed.bytes, sealed.size, out_bytes,
                                sealed.size - CRYPTO_TAG_SIZE, &length);
    }
    forget(id);
    return code == PSA_SUCCESS ? STATUS_OK : failed(reason, "AES-GCM", code);
}

/** Wrap or unwrap; PSA has no key wrap. */
static int key_wrap(bool wraps, const uint8_t *kek, size_t kek_size,
                    const uint8_t *in, size_t in_size, uint8_t *out,
                    size_t out_size)
{
    mbedtls_nist_kw_context context;
    size_t length = 0;

    mbedtls_nist_kw_init(&context);
    int code = mbedtls_nist_kw_setkey(&context, MBEDTLS_CIPHER_ID_AES, kek,
                                      (unsigned)(8 * kek_size), wraps ? 1 : 0);
    if (code == 0 && wraps) {
        code = mbedtls_nist_kw_wrap(&context, MBEDTLS_KW_MODE_KW, in, in_size,
                                    out, &length, out_size);
    } else if (code == 0) {
        code = mbedtls_nist_kw_unwrap(&context, MBEDTLS_KW_MODE_KW, in, in_size,
                                      out, &length, out_size);
    }
    mbedtls_nist_kw_free(&context);
    return code;
}

enum status crypto_wrap(const uint8_t *kek, size_t kek_size, const uint8_t *key,
                        size_t key_size,
                        uint8_t out_wrapped[CRYPTO_WRAPPED_MAX],
                        struct reason *reason)
{
    int code = key_wrap(true, kek, kek_size, key, key_size, out_wrapped,
                        CRYPTO_WRAPPED_MAX);

    return code == 0 ? STATUS_OK
                     : reason_set(reason, STATUS_INVALID,
                                  "AES Key Wrap: Mbed TLS says %d", code);
}

enum status crypto_unwrap(const uint8_t *kek, size_t kek_size,
                          const uint8_t *wrapped, size_t wrapped_size,
                          uint8_t out_key[CRYPTO_KEY_MAX],
                          struct reason *reason)
{
    int code = key_wrap(false, kek, kek_size, wrapped, wrapped_size, out_key,
                        CRYPTO_KEY_MAX);

    return code == 0 ? STATUS_OK
                     : reason_set(reason, STATUS_MALFORMED,
                                  "the key cannot be unwrapped with this one");
}

bool crypto_is_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return mbedtls_ct_memcmp(a, b, size) == 0;
}

void crypto_wipe(void *bytes, size_t size)
{
    mbedtls_platform_zeroize(bytes, size);
}
