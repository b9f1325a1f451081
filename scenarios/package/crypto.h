/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_CRYPTO_H
#define SCENARIOS_PACKAGE_CRYPTO_H

/*
 * Private to scenarios/package: the cryptography of packages, by single calls
 * of the PSA Crypto API. No state, no randomness: who calls brings it.
 * Spec: packages.md, D4, D5, D7 and section 10.1.
 */
#include "scenarios/package/toolkit.h"

#define CRYPTO_HASH_SIZE   32 /**< SHA-256 */
#define CRYPTO_SCALAR_SIZE 32 /**< P-256 */
#define CRYPTO_POINT_SIZE  65 /**< 04, X, Y */
#define CRYPTO_RAW_SIZE    64 /**< r, s */
#define CRYPTO_BLOCK       16 /**< of AES; bytes of a key of 128 bits */
#define CRYPTO_IV_SIZE     12 /**< of GCM */
#define CRYPTO_TAG_SIZE    16 /**< of GCM */
#define CRYPTO_DER_MAX     72 /**< ECDSA-Sig-Value of P-256 */
#define CRYPTO_SPKI_SIZE   91 /**< SubjectPublicKeyInfo of P-256 */
#define CRYPTO_KEY_MAX     32 /**< AES-256 */
#define CRYPTO_OKM_MAX     (CRYPTO_KEY_MAX + CRYPTO_HASH_SIZE)
#define CRYPTO_WRAPPED_MAX (CRYPTO_KEY_MAX + 8)

/** Bytes somewhere. */
struct span {
    const uint8_t *bytes;
    size_t size;
};

/** Over all spans as if they lay one behind the other. STATUS_INVALID. */
MUST_CHECK
enum status crypto_sha256(const struct span *spans, size_t count,
                          uint8_t out_hash[CRYPTO_HASH_SIZE],
                          struct reason *reason);
/** The public point. STATUS_MALFORMED: the scalar is none of P-256. */
MUST_CHECK
enum status crypto_point(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                         uint8_t out_point[CRYPTO_POINT_SIZE],
                         struct reason *reason);
/** SubjectPublicKeyInfo of a point. */
void crypto_spki(const uint8_t point[CRYPTO_POINT_SIZE],
                 uint8_t out_spki[CRYPTO_SPKI_SIZE]);
/** ECDSA by RFC 6979 as DER: 70..72 bytes, seldom less. */
MUST_CHECK
enum status crypto_sign(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                        const uint8_t hash[CRYPTO_HASH_SIZE],
                        uint8_t out_der[CRYPTO_DER_MAX], size_t *out_size,
                        struct reason *reason);
/** The same as r and s, 32 bytes each. */
MUST_CHECK
enum status crypto_sign_raw(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                            const uint8_t hash[CRYPTO_HASH_SIZE],
                            uint8_t out_raw[CRYPTO_RAW_SIZE],
                            struct reason *reason);
bool crypto_is_signed_raw(const uint8_t point[CRYPTO_POINT_SIZE],
                          const uint8_t hash[CRYPTO_HASH_SIZE],
                          const uint8_t raw[CRYPTO_RAW_SIZE]);
/** Whether a signature in DER is right; DER that is none is not. */
bool crypto_is_signed(const uint8_t point[CRYPTO_POINT_SIZE],
                      const uint8_t hash[CRYPTO_HASH_SIZE], const uint8_t *der,
                      size_t size);
/** ECDH of P-256: the x coordinate. STATUS_MALFORMED: no point of the curve. */
MUST_CHECK
enum status crypto_agree(const uint8_t scalar[CRYPTO_SCALAR_SIZE],
                         const uint8_t point[CRYPTO_POINT_SIZE],
                         uint8_t out_secret[CRYPTO_SCALAR_SIZE],
                         struct reason *reason);
/** HKDF with SHA-256 and an empty salt. */
MUST_CHECK
enum status crypto_hkdf(const uint8_t secret[CRYPTO_SCALAR_SIZE],
                        const char *info, uint8_t *out_bytes, size_t size,
                        struct reason *reason);
/** HMAC with SHA-256. */
MUST_CHECK
enum status crypto_hmac(const uint8_t *key, size_t key_size,
                        const uint8_t *bytes, size_t size,
                        uint8_t out_mac[CRYPTO_HASH_SIZE],
                        struct reason *reason);
/** AES in counter mode; the same both ways, also in place.
 *  @param key_size  16 or 32
 *  @param counter   the first one; NULL: 0 */
MUST_CHECK
enum status crypto_ctr(const uint8_t *key, size_t key_size,
                       const uint8_t counter[CRYPTO_BLOCK],
                       const uint8_t *bytes, size_t size, uint8_t *out_bytes,
                       struct reason *reason);
/** AES-GCM with a key of 128 bits: ciphertext, then the tag.
 *  @param out_bytes  CRYPTO_TAG_SIZE more than the plaintext */
MUST_CHECK
enum status crypto_seal(const uint8_t key[CRYPTO_BLOCK],
                        const uint8_t iv[CRYPTO_IV_SIZE], struct span aad,
                        struct span plain, uint8_t *out_bytes,
                        struct reason *reason);
/** Errors: STATUS_INVALID: the tag is wrong; STATUS_MALFORMED: too short. */
MUST_CHECK
enum status crypto_open(const uint8_t key[CRYPTO_BLOCK],
                        const uint8_t iv[CRYPTO_IV_SIZE], struct span aad,
                        struct span sealed, uint8_t *out_bytes,
                        struct reason *reason);
/** AES Key Wrap, RFC 3394; the wrapped key has 8 bytes more.
 *  @param kek_size  16 or 32 */
MUST_CHECK
enum status crypto_wrap(const uint8_t *kek, size_t kek_size, const uint8_t *key,
                        size_t key_size,
                        uint8_t out_wrapped[CRYPTO_WRAPPED_MAX],
                        struct reason *reason);
/** STATUS_MALFORMED: the check value is wrong. */
MUST_CHECK
enum status crypto_unwrap(const uint8_t *kek, size_t kek_size,
                          const uint8_t *wrapped, size_t wrapped_size,
                          uint8_t out_key[CRYPTO_KEY_MAX],
                          struct reason *reason);
/** Equal, in a time that does not say where they differ. */
bool crypto_is_equal(const uint8_t *a, const uint8_t *b, size_t size);
/** Forget a secret. */
void crypto_wipe(void *bytes, size_t size);

#endif
