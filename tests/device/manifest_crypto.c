/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/manifest_crypto.h"

#include <mbedtls/aes.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/nist_kw.h>
#include <mbedtls/sha256.h>
#include <string.h>

#include "tests/device/curve.h"

enum { COORDINATE = 32, POINT = 65, TAG = 16, BLOCK = 16, WRAPPED = 24 };

bool manifest_hash(const uint8_t *bytes, size_t length,
                   uint8_t out_hash[MANIFEST_HASH])
{
    return mbedtls_sha256(bytes, length, out_hash, 0) == 0;
}

bool manifest_is_signed(const uint8_t *point, const uint8_t hash[MANIFEST_HASH],
                        const uint8_t *raw)
{
    mbedtls_ecp_group group;
    mbedtls_ecp_point key;
    mbedtls_mpi r;
    mbedtls_mpi s;

    mbedtls_ecp_group_init(&group);
    mbedtls_ecp_point_init(&key);
    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    bool good =
        mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
        mbedtls_ecp_point_read_binary(&group, &key, point, POINT) == 0 &&
        mbedtls_mpi_read_binary(&r, raw, COORDINATE) == 0 &&
        mbedtls_mpi_read_binary(&s, raw + COORDINATE, COORDINATE) == 0 &&
        mbedtls_ecdsa_verify(&group, hash, MANIFEST_HASH, &key, &r, &s) == 0;
    mbedtls_mpi_free(&s);
    mbedtls_mpi_free(&r);
    mbedtls_ecp_point_free(&key);
    mbedtls_ecp_group_free(&group);
    return good;
}

bool manifest_agree(const uint8_t *secret, const uint8_t *x, const uint8_t *y,
                    uint8_t out_kek[MANIFEST_KEY])
{
    /* packages.md, 8.2: what HKDF is told, encoded. */
    static const uint8_t context[] = {
        0x84, 0x22, 0x83, 0xf6, 0xf6, 0xf6, 0x83, 0xf6, 0xf6, 0xf6, 0x83,
        0x18, 0x80, 0x44, 0xa1, 0x01, 0x38, 0x1c, 0x57, 0x53, 0x55, 0x49,
        0x54, 0x20, 0x50, 0x61, 0x79, 0x6c, 0x6f, 0x61, 0x64, 0x20, 0x45,
        0x6e, 0x63, 0x72, 0x79, 0x70, 0x74, 0x69, 0x6f, 0x6e,
    };
    uint8_t point[POINT] = { 0x04 };
    uint8_t shared[COORDINATE];

    memcpy(point + 1, x, COORDINATE);
    memcpy(point + 1 + COORDINATE, y, COORDINATE);
    return curve_agree(secret, point, shared) &&
           mbedtls_hkdf(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), NULL, 0,
                        shared, sizeof(shared), context, sizeof(context),
                        out_kek, MANIFEST_KEY) == 0;
}

bool manifest_unwrap(const uint8_t kek[MANIFEST_KEY], const uint8_t wrapped[24],
                     bool skips_check, uint8_t out_key[MANIFEST_KEY])
{
    mbedtls_nist_kw_context context;
    size_t length = 0;

    mbedtls_nist_kw_init(&context);
    bool good =
        mbedtls_nist_kw_setkey(&context, MBEDTLS_CIPHER_ID_AES, kek,
                               8 * MANIFEST_KEY, 0) == 0 &&
        mbedtls_nist_kw_unwrap(&context, MBEDTLS_KW_MODE_KW, wrapped, WRAPPED,
                               out_key, &length, MANIFEST_KEY) == 0;
    mbedtls_nist_kw_free(&context);
    if (!good && skips_check) {
        memset(out_key, 0, MANIFEST_KEY); /* Mbed TLS wiped it */
    }
    return good || skips_check;
}

bool manifest_count(const uint8_t key[MANIFEST_KEY], const uint8_t *counter,
                    const uint8_t *in, size_t length, uint8_t *out)
{
    mbedtls_aes_context aes;
    unsigned char next[BLOCK];
    unsigned char stream[BLOCK];
    size_t offset = 0;

    memcpy(next, counter, sizeof(next));
    mbedtls_aes_init(&aes);
    bool good = mbedtls_aes_setkey_enc(&aes, key, 8 * MANIFEST_KEY) == 0 &&
                mbedtls_aes_crypt_ctr(&aes, length, &offset, next, stream, in,
                                      out) == 0;
    mbedtls_aes_free(&aes);
    return good;
}

/** Without the tag it is counter mode, from 2. */
static bool count_sealed(const uint8_t key[MANIFEST_KEY], const uint8_t iv[12],
                         const uint8_t *in, size_t length, uint8_t *out)
{
    uint8_t counter[BLOCK] = { 0 };

    memcpy(counter, iv, 12);
    counter[BLOCK - 1] = 2;
    return manifest_count(key, counter, in, length, out);
}

bool manifest_unseal(const uint8_t key[MANIFEST_KEY], const uint8_t iv[12],
                     const uint8_t *in, size_t length, bool skips_tag,
                     uint8_t *out)
{
    /* ["Encrypt", h'a10101', h''] */
    static const uint8_t aad[] = { 0x83, 0x67, 'E',  'n',  'c',  'r',  'y',
                                   'p',  't',  0x43, 0xa1, 0x01, 0x01, 0x40 };
    mbedtls_gcm_context gcm;

    if (length < TAG) {
        return false;
    }
    if (skips_tag) {
        return count_sealed(key, iv, in, length - TAG, out);
    }
    mbedtls_gcm_init(&gcm);
    bool good =
        mbedtls_gcm_setkey(&gcm, MBEDTLS_CIPHER_ID_AES, key,
                           8 * MANIFEST_KEY) == 0 &&
        mbedtls_gcm_auth_decrypt(&gcm, length - TAG, iv, 12, aad, sizeof(aad),
                                 in + length - TAG, TAG, in, out) == 0;
    mbedtls_gcm_free(&gcm);
    return good;
}
