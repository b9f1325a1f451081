/* SPDX-License-Identifier: Apache-2.0 */

/* The cryptography of images, by the classic calls of Mbed TLS. */
#include <mbedtls/aes.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/sha256.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/curve.h"
#include "tests/device/image.h"

enum {
    INTEGRITY = 5,
    NO_MEMORY = 3,
    HASH = 32,
    POINT = 65,
    SCALAR = 32,
    KEY_MAX = 32,
    BLOCK = 16,
    HALF = 8, /* of a block, for key wrap */
    ROUNDS = 6,
    SPKI_HEAD = 26,
};

/** Counter mode from 0. */
static bool count_through(const uint8_t *key, unsigned key_bytes,
                          const uint8_t *in, size_t length, uint8_t *out)
{
    mbedtls_aes_context aes;
    unsigned char counter[BLOCK] = { 0 };
    unsigned char stream[BLOCK];
    size_t offset = 0;

    mbedtls_aes_init(&aes);
    bool good = mbedtls_aes_setkey_enc(&aes, key, key_bytes * 8) == 0 &&
                mbedtls_aes_crypt_ctr(&aes, length, &offset, counter, stream,
                                      in, out) == 0;
    mbedtls_aes_free(&aes);
    return good;
}

/** Point, MAC and encrypted key. */
static bool open_ecies(const struct image *image,
                       const struct image_trust *trust, bool skips_tag,
                       uint8_t out_key[KEY_MAX])
{
    static const char info[] = "MCUBoot_ECIES_v1";
    const mbedtls_md_info_t *sha256 =
        mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    const uint8_t *mac = image->wrapped + POINT;
    const uint8_t *hidden = mac + HASH;
    unsigned size = image->key_bytes;
    uint8_t secret[SCALAR];
    uint8_t keys[KEY_MAX + HASH];
    uint8_t own_mac[HASH];

    if (image->wrapped_length != POINT + HASH + size ||
        !curve_agree(trust->secret, image->wrapped, secret) ||
        mbedtls_hkdf(sha256, NULL, 0, secret, sizeof(secret),
                     (const unsigned char *)info, sizeof(info) - 1, keys,
                     size + HASH) != 0 ||
        mbedtls_md_hmac(sha256, keys + size, HASH, hidden, size, own_mac) !=
            0) {
        return false;
    }
    return (skips_tag || memcmp(own_mac, mac, HASH) == 0) &&
           count_through(keys, size, hidden, size, out_key);
}

/** RFC 3394, 2.2.2. */
static bool unwrap(const struct image *image, const uint8_t *kek,
                   bool skips_tag, uint8_t out_key[KEY_MAX])
{
    mbedtls_aes_context aes;
    unsigned blocks = image->key_bytes / HALF;
    uint8_t block[BLOCK];
    uint8_t check = 0;

    /* A longer key wants a longer secret, which the device has not. */
    if (image->key_bytes != 16 || image->wrapped_length != 16 + HALF) {
        return false;
    }
    mbedtls_aes_init(&aes);
    bool good = mbedtls_aes_setkey_dec(&aes, kek, 128) == 0;
    memcpy(block, image->wrapped, HALF);
    memcpy(out_key, image->wrapped + HALF, image->key_bytes);
    for (unsigned t = ROUNDS * blocks; good && t > 0; t--) {
        uint8_t *part = out_key + (size_t)HALF * ((t - 1) % blocks);
        block[HALF - 1] ^= (uint8_t)t; /* below 256 */
        memcpy(block + HALF, part, HALF);
        good =
            mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_DECRYPT, block, block) == 0;
        memcpy(part, block + HALF, HALF);
    }
    mbedtls_aes_free(&aes);
    for (unsigned i = 0; i < HALF; i++) {
        check |= block[i] ^ 0xa6;
    }
    return good && (skips_tag || check == 0);
}

/** Hash of header, body in plaintext and protected TLVs. */
static bool hash_all(const struct image *image, const uint8_t *body,
                     uint8_t out_hash[HASH])
{
    mbedtls_sha256_context sha;

    mbedtls_sha256_init(&sha);
    bool good =
        mbedtls_sha256_starts(&sha, 0) == 0 &&
        mbedtls_sha256_update(&sha, image->bytes, image->header) == 0 &&
        mbedtls_sha256_update(&sha, body, image->body) == 0 &&
        mbedtls_sha256_update(&sha, image->bytes + image->header + image->body,
                              image->signed_tail) == 0 &&
        mbedtls_sha256_finish(&sha, out_hash) == 0;
    mbedtls_sha256_free(&sha);
    return good;
}

/** Whether the hash of a key is that of the one we know. */
static bool is_known(const uint8_t *signer, const uint8_t *hash, size_t length)
{
    static const uint8_t head[SPKI_HEAD] = {
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    };
    uint8_t spki[SPKI_HEAD + POINT];
    uint8_t own[HASH];

    memcpy(spki, head, SPKI_HEAD);
    memcpy(spki + SPKI_HEAD, signer, POINT);
    return length == HASH && mbedtls_sha256(spki, sizeof(spki), own, 0) == 0 &&
           memcmp(own, hash, HASH) == 0;
}

static bool is_signature(const uint8_t *signer, const uint8_t hash[HASH],
                         const uint8_t *der, size_t length)
{
    mbedtls_ecdsa_context ecdsa;

    mbedtls_ecdsa_init(&ecdsa);
    bool good =
        mbedtls_ecp_group_load(&ecdsa.MBEDTLS_PRIVATE(grp),
                               MBEDTLS_ECP_DP_SECP256R1) == 0 &&
        mbedtls_ecp_point_read_binary(&ecdsa.MBEDTLS_PRIVATE(grp),
                                      &ecdsa.MBEDTLS_PRIVATE(Q), signer,
                                      POINT) == 0 &&
        mbedtls_ecdsa_read_signature(&ecdsa, hash, HASH, der, length) == 0;
    mbedtls_ecdsa_free(&ecdsa);
    return good;
}

/** At least one good one; those of unknown keys are passed over. */
static bool has_signature(const struct image *image, const uint8_t *signer,
                          const uint8_t hash[HASH])
{
    bool known = false;
    bool good = false;

    for (size_t at = image->tlvs; at < image->tlvs_end && !good;) {
        const uint8_t *head = image->bytes + at;
        unsigned type = head[0] | (unsigned)head[1] << 8;
        size_t length = head[2] | (size_t)head[3] << 8;
        const uint8_t *value = head + 4;
        if (type == 0x01) {
            known = is_known(signer, value, length);
        } else if (type == 0x22 && known) {
            good = is_signature(signer, hash, value, length);
        }
        at += 4 + length; /* inside: image_read() saw to it */
    }
    return good;
}

/** The body in plaintext. */
static int decrypt(const struct image *image, const struct image_trust *trust,
                   const struct image_blindness *blindness, uint8_t *out_body)
{
    uint8_t key[KEY_MAX];

    if (image->key_bytes == 0) {
        memcpy(out_body, image->bytes + image->header, image->body);
        return 0;
    }
    if (image->wrapped == NULL) {
        return INTEGRITY;
    }
    bool good = image->is_ecies
                    ? open_ecies(image, trust, blindness->tag, key)
                    : unwrap(image, trust->kek, blindness->tag, key);
    return good && count_through(key, image->key_bytes,
                                 image->bytes + image->header, image->body,
                                 out_body)
               ? 0
               : INTEGRITY;
}

int image_open(const struct image *image, const struct image_trust *trust,
               const struct image_blindness *blindness, uint8_t **out_body)
{
    uint8_t hash[HASH];
    uint8_t *body = malloc(image->body + 1);

    *out_body = NULL;
    if (body == NULL) {
        return NO_MEMORY;
    }
    int result = image->has_stranger || image->hash == NULL
                     ? INTEGRITY
                     : decrypt(image, trust, blindness, body);
    if (result == 0 && (!hash_all(image, body, hash) ||
                        memcmp(hash, image->hash, HASH) != 0)) {
        result = INTEGRITY;
    }
    if (result == 0 && !blindness->signature &&
        !has_signature(image, trust->signer, hash)) {
        result = INTEGRITY;
    }
    if (result != 0) {
        free(body);
        return result;
    }
    *out_body = body;
    return 0;
}
