/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_MCUBOOT_H
#define SCENARIOS_PACKAGE_MCUBOOT_H

/*
 * Private to scenarios/package: images of the boot loader MCUboot, signed by
 * ECDSA with P-256, encrypted by ECIES-P256 or AES-KW. All numbers are little
 * endian.
 * Spec: packages.md, section 5; MCUboot design.md and encrypted_images.md.
 */
#include "scenarios/package/crypto.h"
#include "scenarios/package/format.h"

enum {
    MCUBOOT_HEADER = 32, /* bytes that have a meaning */
    MCUBOOT_INFO = 4,    /* before the TLVs of an area */
    MCUBOOT_TLV = 4,     /* before the value of a TLV */
    MCUBOOT_TLVS_MAX = 64,
    MCUBOOT_BLOCK = 16, /* encrypted payloads are a multiple of it */

    MCUBOOT_LOAD_AT = 4,
    MCUBOOT_HEADER_SIZE_AT = 8,
    MCUBOOT_PROTECTED_AT = 10,
    MCUBOOT_IMAGE_SIZE_AT = 12,
    MCUBOOT_FLAGS_AT = 16,
    MCUBOOT_VERSION_AT = 20,
    MCUBOOT_PAD_AT = 28,

    MCUBOOT_AES128 = 0x04,
    MCUBOOT_AES256 = 0x08,

    MCUBOOT_INFO_NORMAL = 0x6907,
    MCUBOOT_INFO_PROTECTED = 0x6908,

    TLV_KEYHASH = 0x01,
    TLV_SHA256 = 0x10,
    TLV_ECDSA = 0x22,
    TLV_ENC_KW = 0x31,
    TLV_ENC_P256 = 0x32,
    TLV_DEPENDENCY = 0x40,
    TLV_COUNTER = 0x50,
    TLV_VENDOR = 0x74,
    TLV_CLASS = 0x75,

    MCUBOOT_DEPENDENCY = 12, /* bytes of such a value */
    MCUBOOT_VERSION = 8,
    MCUBOOT_POINT_MAC = CRYPTO_POINT_SIZE + CRYPTO_HASH_SIZE,
    MCUBOOT_ENC_MAX = MCUBOOT_POINT_MAC + CRYPTO_KEY_MAX,
};

#define MCUBOOT_MAGIC 0x96f3b83du

/** ECIES: HKDF's info, without a NUL. */
#define MCUBOOT_ECIES_INFO "MCUBoot_ECIES_v1"

/** An unhealthy image, or a ciphertext that is started: what runs does not
 *  confirm itself. The payload begins so; a sign between the tester and the
 *  simulated device. */
#define MCUBOOT_UNHEALTHY "ASSAY-UNHEALTHY\n"

/** major.minor.revision+build */
struct mcuboot_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build;
};
/** "1.2.3+4", "1.2.3.4", "1.2.3", "1.2" or "1". STATUS_MALFORMED,
 *  STATUS_LIMIT: a number that is too large. */
MUST_CHECK
enum status mcuboot_version_parse(const char *text,
                                  struct mcuboot_version *out_version,
                                  struct reason *reason);
/** What a recipe says is installed, or one older.
 *  Errors: STATUS_MALFORMED: it says nothing. */
MUST_CHECK
enum status mcuboot_version_installed(const struct package_recipe *recipe,
                                      bool is_older,
                                      struct mcuboot_version *out_version,
                                      struct reason *reason);
/** "1.2.3", and "+4" when the build is not 0: as a device shows it. */
void mcuboot_version_text(const struct mcuboot_version *version,
                          char out_text[32]);
/** @return below, equal to or above 0; the build counts, too */
int mcuboot_version_order(const struct mcuboot_version *a,
                          const struct mcuboot_version *b);

struct mcuboot_tlv {
    unsigned type;
    size_t offset; /**< of the value */
    size_t length;
    bool is_protected;
};

/** Where everything is in an image. */
struct mcuboot_view {
    size_t header_size;
    size_t payload_size;
    size_t protected_size; /**< with its info; 0: there is none */
    size_t end;            /**< behind the last TLV */
    uint32_t flags;
    struct mcuboot_version version;
    struct mcuboot_tlv tlvs[MCUBOOT_TLVS_MAX];
    size_t tlv_count;
};
/**
 * Read an image.
 *
 * @param fields      NULL, or what is found is added to it
 * @param out_offset  of what is wrong
 * @param out_result  the Update Result that it deserves: 5 when the package
 *                    ends too early, 6 when it contradicts itself
 * Errors: STATUS_MALFORMED, with the field and its offset.
 */
MUST_CHECK
enum status mcuboot_read(const uint8_t *bytes, size_t size,
                         struct mcuboot_view *out_view,
                         struct package_fields *fields, size_t *out_offset,
                         int *out_result, struct reason *reason);
/** The first TLV of that type; NULL: there is none. */
const struct mcuboot_tlv *mcuboot_find(const struct mcuboot_view *view,
                                       unsigned type, bool is_protected);

/** A number of `size` bytes. */
uint32_t mcuboot_get(const uint8_t *bytes, size_t size);
void mcuboot_put(uint8_t *bytes, uint32_t number, size_t size);
void mcuboot_get_version(const uint8_t *bytes,
                         struct mcuboot_version *out_version);

/** Names of the defects; the order is that of the table of variants. */
enum mcuboot_defect {
    DEFECT_NONE,
    DEFECT_SAME_VERSION,
    DEFECT_VERSION_LIE,
    DEFECT_DOWNGRADE_VERSION,
    DEFECT_DOWNGRADE_COUNTER,
    DEFECT_COUNTER_MISSING,
    DEFECT_COUNTER_UNPROTECTED,
    DEFECT_DEPENDENCY_MISSING,
    DEFECT_DEPENDENCY_PAIR,
    DEFECT_DEPENDENCY_ORDER,
    DEFECT_DEPENDENCY_UNCONFIRMED,
    DEFECT_DEPENDENCY_CYCLE,
    DEFECT_DEPENDENCY_UNKNOWN,
    DEFECT_DEPENDENCY_UNPROTECTED,
    DEFECT_WRONG_COMPONENT,
    DEFECT_WRONG_CLASS,
    DEFECT_OVERSIZE,
    DEFECT_LIE_IMAGE_SIZE,
    DEFECT_LIE_PROTECTED_SIZE,
    DEFECT_LIE_TLV,
    DEFECT_LIE_HEADER_SIZE,
    DEFECT_UNHEALTHY,
    DEFECT_CRASH,
    DEFECT_SIGNATURE_MISSING,
    DEFECT_SIGNER_UNTRUSTED,
    DEFECT_SIGNER_MASQUERADE,
    DEFECT_PLAIN,
    DEFECT_WRONG_DEVICE,
    DEFECT_WRONG_KEY,
    DEFECT_KEY_SWAP,
    DEFECT_ENC_MISSING,
    DEFECT_ENC_FLAG_OFF,
    DEFECT_ENC_FLAG_PLAIN,
    DEFECT_ENC_BOTH_FLAGS,
    DEFECT_BUILT_COUNT
};
extern const struct package_variant mcuboot_variants[];

MUST_CHECK
enum status mcuboot_make(const struct package_recipe *recipe,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason);
MUST_CHECK
enum status mcuboot_spoil(const char *variant, uint8_t **bytes, size_t *size,
                          struct reason *reason);
MUST_CHECK
enum status mcuboot_verify(const uint8_t *bytes, size_t size,
                           const struct package_policy *policy,
                           struct package_verification *verification,
                           struct reason *reason);

#endif
