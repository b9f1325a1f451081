/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MANIFEST_CRYPTO_H
#define TESTS_DEVICE_MANIFEST_CRYPTO_H

/* The cryptography of SUIT envelopes, by the classic calls of Mbed TLS. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_HASH 32
#define MANIFEST_KEY  16 /**< bytes of a content key and of what wraps it */

bool manifest_hash(const uint8_t *bytes, size_t length,
                   uint8_t out_hash[MANIFEST_HASH]);
/** Whether r and s (64 bytes) are of this hash by this point. */
bool manifest_is_signed(const uint8_t *point, const uint8_t hash[MANIFEST_HASH],
                        const uint8_t *raw);
/** The key that wraps, by ECDH and HKDF.
 *  @param x, y  of the other's key, 32 bytes each */
bool manifest_agree(const uint8_t *secret, const uint8_t *x, const uint8_t *y,
                    uint8_t out_kek[MANIFEST_KEY]);
/** RFC 3394. @param skips_check  take it whatever the check says */
bool manifest_unwrap(const uint8_t kek[MANIFEST_KEY], const uint8_t wrapped[24],
                     bool skips_check, uint8_t out_key[MANIFEST_KEY]);
/** AES-CTR from a counter of 16 bytes. */
bool manifest_count(const uint8_t key[MANIFEST_KEY], const uint8_t *counter,
                    const uint8_t *in, size_t length, uint8_t *out);
/** AES-GCM: ciphertext, then 16 bytes of tag.
 *  @param skips_tag  take it whatever the tag says */
bool manifest_unseal(const uint8_t key[MANIFEST_KEY], const uint8_t iv[12],
                     const uint8_t *in, size_t length, bool skips_tag,
                     uint8_t *out);

#endif
