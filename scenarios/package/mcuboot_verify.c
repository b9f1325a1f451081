/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/mcuboot.h"

/* What a device does that looks at a package before Downloaded. Update Results
 * by packages.md, section 13. */
enum {
    RESULT_TOO_BIG = 2,
    RESULT_INTEGRITY = 5,
    RESULT_TYPE = 6,
    RESULT_POLICY = 8,
    RESULT_DEPENDENCY = 13,
    BOTH_FLAGS = MCUBOOT_AES128 | MCUBOOT_AES256,
};

struct verifying {
    const uint8_t *bytes;
    size_t size;
    const struct package_policy *policy;
    struct package_verification *report;
    struct mcuboot_view view;
    uint8_t *plain; /* owned; NULL: the payload as it stands */
    uint8_t hash[CRYPTO_HASH_SIZE];
    bool is_decrypted; /* or never was encrypted */
    struct reason *reason;
};

static bool good(struct verifying *v, const char *name, size_t offset,
                 const char *text)
{
    return checks_add(v->report, name, PACKAGE_CHECK_GOOD, 0, offset, "%s",
                      text);
}

static bool bad(struct verifying *v, const char *name, int result,
                size_t offset, const char *text)
{
    return checks_add(v->report, name, PACKAGE_CHECK_BAD, result, offset, "%s",
                      text);
}

static bool skipped(struct verifying *v, const char *name, const char *text)
{
    return checks_add(v->report, name, PACKAGE_CHECK_SKIPPED, 0, 0, "%s", text);
}

/** Types that may stand where nothing is signed; others are refused, as by
 *  Zephyr's list. packages.md, 5.3. */
static bool is_allowed(unsigned type)
{
    static const unsigned allowed[] = { 0x01, 0x02, 0x10, 0x11, 0x12,
                                        0x20, 0x22, 0x23, 0x24, 0x25,
                                        0x30, 0x31, 0x32, 0x33, 0x34 };

    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        if (allowed[i] == type) {
            return true;
        }
    }
    return false;
}

static bool check_structure(struct verifying *v)
{
    struct reason why = { .status = STATUS_OK };
    size_t offset = 0;
    int result = 0;
    size_t slot = v->policy->slot_size;

    if (slot != 0 && v->size > slot) {
        return bad(v, "size", RESULT_TOO_BIG, 0, "larger than the slot");
    }
    if (mcuboot_read(v->bytes, v->size, &v->view, NULL, &offset, &result,
                     &why) != STATUS_OK) {
        return bad(v, "structure", result, offset, why.text);
    }
    for (size_t i = 0; i < v->view.tlv_count; i++) {
        const struct mcuboot_tlv *tlv = &v->view.tlvs[i];
        if (!tlv->is_protected && !is_allowed(tlv->type)) {
            return bad(v, "TLVs", RESULT_INTEGRITY, tlv->offset - MCUBOOT_TLV,
                       "one that has to be signed is not");
        }
    }
    return good(v, "structure", 0, "header and TLVs are right");
}

static bool check_encryption(struct verifying *v)
{
    bool is_encrypted = (v->view.flags & BOTH_FLAGS) != 0;

    if (v->policy->requires_encryption && !is_encrypted) {
        return bad(v, "encryption", RESULT_TYPE, MCUBOOT_FLAGS_AT,
                   "it has to be encrypted and is not");
    }
    return good(v, "encryption", MCUBOOT_FLAGS_AT,
                !is_encrypted                           ? "none"
                : (v->view.flags & MCUBOOT_AES256) != 0 ? "AES-256"
                                                        : "AES-128");
}

static bool check_uuid(struct verifying *v, const char *name, unsigned type,
                       const uint8_t *want)
{
    const struct mcuboot_tlv *tlv = mcuboot_find(&v->view, type, true);

    if (want == NULL) {
        return true;
    }
    if (tlv == NULL) {
        return bad(v, name, RESULT_TYPE, v->view.header_size, "it has none");
    }
    return tlv->length == PACKAGE_CLASS_SIZE &&
                   memcmp(v->bytes + tlv->offset, want, PACKAGE_CLASS_SIZE) == 0
               ? good(v, name, tlv->offset, "as wanted")
               : bad(v, name, RESULT_TYPE, tlv->offset, "of another one");
}

/** ECIES backwards. @return whether the MAC was right */
static bool open_ecies(struct verifying *v, const uint8_t *value, size_t size,
                       uint8_t out_key[CRYPTO_KEY_MAX])
{
    const struct package_key *key = v->policy->decrypter;
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    uint8_t okm[CRYPTO_OKM_MAX];
    uint8_t mac[CRYPTO_HASH_SIZE];
    bool is_open =
        crypto_agree(key->secret, value, secret, NULL) == STATUS_OK &&
        crypto_hkdf(secret, MCUBOOT_ECIES_INFO, okm, size + CRYPTO_HASH_SIZE,
                    NULL) == STATUS_OK &&
        crypto_hmac(okm + size, CRYPTO_HASH_SIZE, value + MCUBOOT_POINT_MAC,
                    size, mac, NULL) == STATUS_OK &&
        crypto_is_equal(mac, value + CRYPTO_POINT_SIZE, sizeof(mac)) &&
        crypto_ctr(okm, size, NULL, value + MCUBOOT_POINT_MAC, size, out_key,
                   NULL) == STATUS_OK;

    crypto_wipe(secret, sizeof(secret));
    crypto_wipe(okm, sizeof(okm));
    return is_open;
}

/** The TLV that has the key, and whether we could open it.
 *  @param out_can  whether there is a key of ours for it */
static const struct mcuboot_tlv *find_key(struct verifying *v, bool *out_can)
{
    const struct mcuboot_tlv *tlv = mcuboot_find(&v->view, TLV_ENC_P256, false);
    const struct package_key *decrypter = v->policy->decrypter;

    *out_can = decrypter != NULL && decrypter->has_private;
    if (tlv == NULL) {
        tlv = mcuboot_find(&v->view, TLV_ENC_KW, false);
        *out_can = v->policy->kek != NULL;
    }
    if (tlv == NULL) { /* nobody could */
        *out_can = decrypter != NULL || v->policy->kek != NULL;
    }
    return tlv;
}

static bool open_key(struct verifying *v, const struct mcuboot_tlv *tlv,
                     size_t size, uint8_t out_key[CRYPTO_KEY_MAX])
{
    const uint8_t *value = v->bytes + tlv->offset;
    const struct package_key *kek = v->policy->kek;

    if (tlv->type == TLV_ENC_P256) {
        return tlv->length == MCUBOOT_POINT_MAC + size &&
               open_ecies(v, value, size, out_key);
    }
    return tlv->length == size + 8 && kek->secret_size == size &&
           crypto_unwrap(kek->secret, kek->secret_size, value, tlv->length,
                         out_key, NULL) == STATUS_OK;
}

/** @return false: stop, whatever the reason */
static bool decrypt(struct verifying *v)
{
    uint8_t key[CRYPTO_KEY_MAX];
    size_t size = (v->view.flags & MCUBOOT_AES256) != 0 ? 32 : 16;
    bool can = false;

    if ((v->view.flags & BOTH_FLAGS) == 0) {
        v->is_decrypted = true;
        return true;
    }
    const struct mcuboot_tlv *tlv = find_key(v, &can);
    if (!can) {
        return skipped(v, "image key", "no key to decrypt with was given");
    }
    if (tlv == NULL) {
        return bad(v, "image key", RESULT_INTEGRITY, v->view.end,
                   "there is none");
    }
    if (!open_key(v, tlv, size, key)) {
        return bad(v, "image key", RESULT_INTEGRITY, tlv->offset,
                   "it cannot be decrypted with this key");
    }
    v->plain = malloc(v->view.payload_size + 1);
    v->is_decrypted =
        v->plain != NULL &&
        crypto_ctr(key, size, NULL, v->bytes + v->view.header_size,
                   v->view.payload_size, v->plain, v->reason) == STATUS_OK;
    crypto_wipe(key, sizeof(key));
    return v->is_decrypted ? good(v, "image key", tlv->offset, "decrypted")
                           : bad(v, "image key", RESULT_INTEGRITY, tlv->offset,
                                 "the payload cannot be decrypted");
}

static bool check_hash(struct verifying *v)
{
    const struct mcuboot_tlv *tlv = mcuboot_find(&v->view, TLV_SHA256, false);
    size_t behind = v->view.header_size + v->view.payload_size;
    const struct span spans[] = {
        { v->bytes, v->view.header_size },
        { v->plain != NULL ? v->plain : v->bytes + v->view.header_size,
          v->view.payload_size },
        { v->bytes + behind, v->view.protected_size },
    };

    if (tlv == NULL || tlv->length != CRYPTO_HASH_SIZE) {
        return bad(v, "hash", RESULT_INTEGRITY,
                   tlv != NULL ? tlv->offset : v->view.end,
                   "there is no SHA-256");
    }
    if (!v->is_decrypted) {
        memcpy(v->hash, v->bytes + tlv->offset, CRYPTO_HASH_SIZE);
        return skipped(v, "hash", "it is over the plaintext");
    }
    bool is_equal =
        crypto_sha256(spans, 3, v->hash, v->reason) == STATUS_OK &&
        crypto_is_equal(v->hash, v->bytes + tlv->offset, CRYPTO_HASH_SIZE);
    return is_equal ? good(v, "hash", tlv->offset, "SHA-256 is right")
                    : bad(v, "hash", RESULT_INTEGRITY, tlv->offset,
                          "SHA-256 is another one");
}

/** One good signature by the known key is enough; that of a key which is not
 *  known is passed over. packages.md, 5.1. */
static bool check_signature(struct verifying *v)
{
    const struct package_key *signer = v->policy->signer;
    uint8_t own[CRYPTO_HASH_SIZE];
    bool is_known = false;
    size_t last = v->view.end;

    if (signer == NULL) {
        return skipped(v, "signature", "no key to verify with was given");
    }
    if (package_key_hash(signer, own, v->reason) != STATUS_OK) {
        return bad(v, "signature", RESULT_INTEGRITY, 0, "no hash of the key");
    }
    for (size_t i = 0; i < v->view.tlv_count; i++) {
        const struct mcuboot_tlv *tlv = &v->view.tlvs[i];
        if (tlv->is_protected) {
            continue;
        }
        if (tlv->type == TLV_KEYHASH) {
            is_known = tlv->length == sizeof(own) &&
                       memcmp(v->bytes + tlv->offset, own, sizeof(own)) == 0;
            last = tlv->offset;
        } else if (tlv->type == TLV_ECDSA && is_known) {
            last = tlv->offset;
            if (crypto_is_signed(signer->point, v->hash, v->bytes + tlv->offset,
                                 tlv->length)) {
                return good(v, "signature", tlv->offset, "ECDSA is right");
            }
        }
    }
    return bad(v, "signature", RESULT_INTEGRITY, last,
               is_known ? "it is not by this key, or of something else"
                        : "none is by this key");
}

static bool check_counter(struct verifying *v)
{
    const struct mcuboot_tlv *tlv = mcuboot_find(&v->view, TLV_COUNTER, true);

    if (!v->policy->has_counter) {
        return true;
    }
    if (tlv == NULL || tlv->length != 4) {
        return bad(v, "security counter", RESULT_INTEGRITY,
                   tlv != NULL ? tlv->offset : v->view.end,
                   "there is none that is signed");
    }
    uint32_t counter = mcuboot_get(v->bytes + tlv->offset, 4);
    return counter >= v->policy->counter
               ? good(v, "security counter", tlv->offset, "not lower")
               : checks_add(v->report, "security counter", PACKAGE_CHECK_BAD,
                            RESULT_INTEGRITY, tlv->offset,
                            "%" PRIu32 " is below %" PRIu32, counter,
                            v->policy->counter);
}

/** As boot loaders compare: without the build, unless they are configured to
 *  look at it. packages.md, 5.3. */
static bool is_at_least(struct mcuboot_version version,
                        struct mcuboot_version least)
{
    version.build = 0;
    least.build = 0;
    return mcuboot_version_order(&version, &least) >= 0;
}

static bool check_version(struct verifying *v)
{
    struct mcuboot_version installed;
    char text[32];

    if (v->policy->installed == NULL) {
        return true;
    }
    mcuboot_version_text(&v->view.version, text);
    if (mcuboot_version_parse(v->policy->installed, &installed, v->reason) !=
        STATUS_OK) {
        return bad(v, "version", RESULT_POLICY, MCUBOOT_VERSION_AT,
                   "the installed one is no version");
    }
    return is_at_least(v->view.version, installed)
               ? good(v, "version", MCUBOOT_VERSION_AT, text)
               : checks_add(v->report, "version", PACKAGE_CHECK_BAD,
                            RESULT_POLICY, MCUBOOT_VERSION_AT,
                            "%s is older than %s", text, v->policy->installed);
}

static bool is_met(struct verifying *v, const uint8_t *value)
{
    struct mcuboot_version need;
    struct mcuboot_version has;

    mcuboot_get_version(value + 4, &need);
    for (size_t i = 0; i < v->policy->other_count; i++) {
        const struct package_dependency *other = &v->policy->others[i];
        if (other->image == value[0] &&
            mcuboot_version_parse(other->version, &has, NULL) == STATUS_OK &&
            is_at_least(has, need)) {
            return true;
        }
    }
    return false;
}

static bool check_dependencies(struct verifying *v)
{
    for (size_t i = 0; v->policy->others != NULL && i < v->view.tlv_count;
         i++) {
        const struct mcuboot_tlv *tlv = &v->view.tlvs[i];
        if (!tlv->is_protected || tlv->type != TLV_DEPENDENCY) {
            continue;
        }
        if (tlv->length != MCUBOOT_DEPENDENCY ||
            !is_met(v, v->bytes + tlv->offset)) {
            return bad(v, "dependency", RESULT_DEPENDENCY, tlv->offset,
                       "the other image is missing or too old");
        }
        (void)good(v, "dependency", tlv->offset, "met"); /* the next one */
    }
    return true;
}

enum status mcuboot_verify(const uint8_t *bytes, size_t size,
                           const struct package_policy *policy,
                           struct package_verification *verification,
                           struct reason *reason)
{
    struct verifying v = { .bytes = bytes,
                           .size = size,
                           .policy = policy,
                           .report = verification,
                           .reason = reason };

    /* In this order; the first bad one ends it. What is only known after the
     * signature was right is looked at behind it. */
    bool is_good = check_structure(&v) && check_encryption(&v) && decrypt(&v) &&
                   check_hash(&v) && check_signature(&v) &&
                   check_uuid(&v, "vendor", TLV_VENDOR, policy->vendor_id) &&
                   check_uuid(&v, "class", TLV_CLASS, policy->class_id) &&
                   check_counter(&v) && check_version(&v) &&
                   check_dependencies(&v);
    (void)is_good; /* the report has it */
    free(v.plain);
    return STATUS_OK;
}
