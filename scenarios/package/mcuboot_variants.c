/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/package/mcuboot.h"

/* packages.md, 9.3. Those of a recipe first, by enum mcuboot_defect. */

enum {
    CUT = 16,  /* bytes that "trunc-hdr" leaves */
    R_AT = 12, /* a byte in the middle of r, behind DER's heads */
};

/* clang-format off */
const struct package_variant mcuboot_variants[] = {
    [DEFECT_NONE] =
        { "good", "without a defect", "ACC", "ACC", true },
    [DEFECT_SAME_VERSION] =
        { "good-same-version", "the installed version again",
          "ACC (UP 8)", "ACC (BT 8)", true },
    [DEFECT_VERSION_LIE] =
        { "ver-lie", "another version in the header than announced",
          "ACC", "ACC", true },
    [DEFECT_DOWNGRADE_VERSION] =
        { "downgrade-ver", "older than what is installed",
          "UP 8 (DL 8, DL 6, 13)", "BT 8", true },
    [DEFECT_DOWNGRADE_COUNTER] =
        { "downgrade-cnt", "a security counter one lower",
          "DL 5 (8)", "BT 8 (5)", true },
    [DEFECT_COUNTER_MISSING] =
        { "cnt-missing", "no security counter", "DL 5 (8)", "BT 8", true },
    [DEFECT_COUNTER_UNPROTECTED] =
        { "cnt-unprot", "the security counter where nothing is signed",
          "DL 5", "BT 8", true },
    [DEFECT_DEPENDENCY_MISSING] =
        { "dep-missing", "needs an image that nobody has",
          "UP 13", "UP 13, BT 8", true },
    [DEFECT_DEPENDENCY_PAIR] =
        { "dep-pair", "needs another image that is sent, too; both together",
          "ACC", "ACC", true },
    [DEFECT_DEPENDENCY_ORDER] =
        { "dep-order", "needs another image that is sent later",
          "UP 13", "BT 8", true },
    [DEFECT_DEPENDENCY_UNCONFIRMED] =
        { "dep-unconfirmed", "needs another image that is not yet confirmed",
          "ACC", "BT 8", true },
    [DEFECT_DEPENDENCY_CYCLE] =
        { "dep-cycle", "needs another image that needs this one",
          "UP 13, ACC", "BT 8, ACC", true },
    [DEFECT_DEPENDENCY_UNKNOWN] =
        { "dep-unknown-id", "needs image 9", "UP 13 (8, 6)", "BT 8", true },
    [DEFECT_DEPENDENCY_UNPROTECTED] =
        { "dep-unprot", "what it needs where nothing is signed",
          "finding if ACC", "finding if ACC", true },
    [DEFECT_WRONG_COMPONENT] =
        { "wrong-component", "the class of another component",
          "DL 6 (5, 8, 12)", "BT 8", true },
    [DEFECT_WRONG_CLASS] =
        { "wrong-class", "the class of another product",
          "DL 6 (5, 8)", "BT 8", true },
    [DEFECT_OVERSIZE] =
        { "oversize", "larger than the slot", "DL 2", "DL 2", true },
    [DEFECT_LIE_IMAGE_SIZE] =
        { "hdr-lie", "an image size past the end", "DL 5 (6)", "BT 8", true },
    [DEFECT_LIE_PROTECTED_SIZE] =
        { "hdr-lie-protected", "a protected size that is not the area's",
          "DL 5 (6)", "BT 8", true },
    [DEFECT_LIE_TLV] =
        { "hdr-lie-tlv", "a TLV that is past the end",
          "DL 5 (6)", "BT 8", true },
    [DEFECT_LIE_HEADER_SIZE] =
        { "hdr-lie-zero", "a header size of 0", "DL 5 (6)", "BT 8", true },
    [DEFECT_UNHEALTHY] =
        { "unhealthy", "what it starts does not confirm itself",
          "BT 8", "BT 8", true },
    [DEFECT_CRASH] =
        { "crash-mid-apply", "good; the power fails while it is installed",
          "BT 1 or BT 8", "BT 1 or BT 8", true },
    [DEFECT_SIGNATURE_MISSING] =
        { "sig-missing", "no signature", "DL 5 (6)", "BT 8 (5)", true },
    [DEFECT_SIGNER_UNTRUSTED] =
        { "sig-untrusted", "signed by a key that the device does not know",
          "DL 5", "BT 8 (5)", true },
    [DEFECT_SIGNER_MASQUERADE] =
        { "sig-untrusted-masq", "the same, and named as one that it knows",
          "DL 5", "BT 8 (5)", true },
    [DEFECT_PLAIN] =
        { "plain-required", "not encrypted",
          "policy on: DL 5 or 6 (UP 8); off: ACC",
          "policy on: finding if ACC; off: ACC", true },
    [DEFECT_WRONG_DEVICE] =
        { "enc-wrong-device", "encrypted for another device",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [DEFECT_WRONG_KEY] =
        { "enc-wrong-key-masq", "the same; MCUboot names no recipient",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [DEFECT_KEY_SWAP] =
        { "enc-cek-swap", "the encrypted key of another image",
          "DL 5", "BT 8 (5)", true },
    [DEFECT_ENC_MISSING] =
        { "enc-info-missing", "encrypted, and its key is not there",
          "DL 5 (6)", "BT 8 (5)", true },
    [DEFECT_ENC_FLAG_OFF] =
        { "enc-flag-off", "encrypted, but it does not say so",
          "ACC; BT 8 by revert", "ACC; BT 8 by revert", true },
    [DEFECT_ENC_FLAG_PLAIN] =
        { "enc-flag-plain", "says it is encrypted, but it is not",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [DEFECT_ENC_BOTH_FLAGS] =
        { "enc-both-flags", "says it is encrypted in two ways",
          "DL 6 (5)", "BT 8", true },
    { "trunc-1", "without its last byte", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-half", "its first half alone", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-hdr", "its first 16 bytes alone", "DL 6 (5, 8)", "DL 6 or BT 8",
      false },
    { "trunc-payload", "cut in its payload, the TLVs are gone",
      "DL 5 (6, 8)", "BT 8 (5)", false },
    { "append", "16 bytes behind its end", "ACC", "ACC", false },
    { "magic", "its first byte inverted", "DL 6", "DL 6", false },
    { "payload-flip", "one bit of its payload", "DL 5", "BT 8 (5)", false },
    { "hash-flip", "one bit of its hash", "DL 5", "BT 8 (5)", false },
    { "sig-flip", "one bit of its signature", "DL 5", "BT 8 (5)", false },
    { "enc-wrap-flip", "one bit of its encrypted key", "DL 5", "BT 8 (5)",
      false },
    { "enc-block-swap", "two blocks of 4 KiB exchanged", "DL 5", "BT 8 (5)",
      false },
    { NULL, NULL, NULL, NULL, false },
};
/* clang-format on */

/** The encrypted key: of ECIES its MAC, so that it fails before the hash. */
static const struct mcuboot_tlv *encrypted_key(const struct mcuboot_view *view,
                                               size_t *out_at)
{
    const struct mcuboot_tlv *tlv = mcuboot_find(view, TLV_ENC_KW, false);
    size_t skipped = 0;

    if (tlv == NULL) {
        tlv = mcuboot_find(view, TLV_ENC_P256, false);
        skipped = CRYPTO_POINT_SIZE;
    }
    *out_at = skipped;
    return tlv != NULL && tlv->length > skipped ? tlv : NULL;
}

static enum status flip(const char *variant, const struct mcuboot_tlv *tlv,
                        size_t at, uint8_t *bytes, struct reason *reason)
{
    if (tlv == NULL || tlv->length <= at) {
        return variant_lacks(variant, "a TLV that is not there", reason);
    }
    bytes[tlv->offset + at] ^= 0x10;
    return STATUS_OK;
}

static enum status swap_blocks(const char *variant,
                               const struct mcuboot_view *view, uint8_t *bytes,
                               struct reason *reason)
{
    return (view->flags & (MCUBOOT_AES128 | MCUBOOT_AES256)) == 0
               ? variant_lacks(variant, "encryption", reason)
               : spoil_swap(variant, bytes + view->header_size,
                            view->payload_size, reason);
}

enum status mcuboot_spoil(const char *variant, uint8_t **bytes, size_t *size,
                          struct reason *reason)
{
    struct mcuboot_view view;
    size_t at = 0;
    int result = 0;
    enum status status = STATUS_OK;

    if (spoil_blindly(variant, bytes, size, &status, reason)) {
        return status;
    }
    status = mcuboot_read(*bytes, *size, &view, NULL, &at, &result, reason);
    if (status != STATUS_OK) {
        return status;
    }
    if (strcmp(variant, "trunc-hdr") == 0) {
        *size = CUT;
    } else if (strcmp(variant, "trunc-payload") == 0) {
        *size = view.header_size + view.payload_size / 2;
    } else if (strcmp(variant, "payload-flip") == 0 && view.payload_size > 0) {
        (*bytes)[view.header_size + view.payload_size / 2] ^= 0x10;
    } else if (strcmp(variant, "hash-flip") == 0) {
        status = flip(variant, mcuboot_find(&view, TLV_SHA256, false), 0,
                      *bytes, reason);
    } else if (strcmp(variant, "sig-flip") == 0) {
        status = flip(variant, mcuboot_find(&view, TLV_ECDSA, false), R_AT,
                      *bytes, reason);
    } else if (strcmp(variant, "enc-wrap-flip") == 0) {
        const struct mcuboot_tlv *tlv = encrypted_key(&view, &at);
        status = flip(variant, tlv, at, *bytes, reason);
    } else if (strcmp(variant, "enc-block-swap") == 0) {
        status = swap_blocks(variant, &view, *bytes, reason);
    } else {
        status = variant_lacks(variant, "a payload", reason);
    }
    return status;
}
