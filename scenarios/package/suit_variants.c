/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/package/suit.h"

/* packages.md, 9.3. Those of a recipe first, by enum suit_defect. A device
 * that looks only after its reboot has no manifest: what a late one does is
 * what it does with what its boot loader is given. */

enum {
    CUT = 16,  /* bytes that "trunc-hdr" leaves */
    R_AT = 12, /* a byte in the middle of r */
};

/* clang-format off */
const struct package_variant suit_variants[] = {
    [SUIT_GOOD] = { "good", "without a defect", "ACC", "ACC", true },
    [SUIT_SAME_VERSION] =
        { "good-same-version", "the installed version again",
          "ACC (UP 8)", "ACC (BT 8)", true },
    [SUIT_VERSION_LIE] =
        { "ver-lie", "another version in the manifest than announced",
          "ACC", "ACC", true },
    [SUIT_DOWNGRADE_VERSION] =
        { "downgrade-ver", "older than what is installed",
          "UP 8 (DL 8, DL 6, 13)", "BT 8", true },
    [SUIT_DOWNGRADE_SEQUENCE] =
        { "downgrade-seq", "a sequence number one lower",
          "DL 8 (5, 6)", "BT 8", true },
    [SUIT_DEPENDENCY_MISSING] =
        { "dep-missing", "needs a version that nobody has",
          "UP 13", "UP 13, BT 8", true },
    [SUIT_DEPENDENCY_PAIR] =
        { "dep-pair", "needs another component that is sent, too",
          "ACC", "ACC", true },
    [SUIT_INSTALL_CONDITION] =
        { "install-condition", "a version condition that fails at install",
          "UP 8", "BT 8", true },
    [SUIT_WRONG_COMPONENT] =
        { "wrong-component", "for another component",
          "DL 6 (5, 8, 12)", "BT 8", true },
    [SUIT_WRONG_CLASS] =
        { "wrong-class", "the class of another product",
          "DL 6 (5, 8)", "BT 8", true },
    [SUIT_OVERSIZE] =
        { "oversize", "says that it is larger than the slot",
          "DL 2", "DL 2", true },
    [SUIT_UNHEALTHY] =
        { "unhealthy", "what it starts does not confirm itself",
          "BT 8", "BT 8", true },
    [SUIT_CRASH] =
        { "crash-mid-apply", "good; the power fails while it is installed",
          "BT 1 or BT 8", "BT 1 or BT 8", true },
    [SUIT_SIZE_MORE] =
        { "suit-size-more", "says one byte more than there is",
          "DL 5", "BT 8 (5)", true },
    [SUIT_SIZE_LESS] =
        { "suit-size-less", "says one byte less than there is",
          "DL 5", "BT 8 (5)", true },
    [SUIT_PLAIN_DIGEST] =
        { "plain-digest", "a wrong digest of the plaintext, all else right",
          "DL 5", "BT 8 (5)", true },
    [SUIT_BUNDLE_GOOD] =
        { "bundle-good", "several components", "ACC all", "ACC all", true },
    [SUIT_BUNDLE_BUSY] =
        { "bundle-busy", "good, and another component of it is not Idle",
          "DL 12", "DL 12", true },
    [SUIT_BUNDLE_ONE_BAD] =
        { "bundle-one-bad", "several components, the last one is damaged",
          "DL 5, no member Downloaded", "BT 8 for that member", true },
    [SUIT_PAYLOAD_MISSING] =
        { "suit-payload-missing", "the last payload is not there",
          "DL 5 (6, 8)", "BT 8", true },
    [SUIT_INDEFINITE] =
        { "cbor-strict", "a map of indefinite length", "DL 6 (5)", "BT 8",
          true },
    [SUIT_UNSORTED] =
        { "cbor-strict-unsorted", "keys that do not ascend",
          "DL 6 (5)", "BT 8", true },
    [SUIT_DUPLICATE] =
        { "cbor-strict-duplicate", "one key twice", "DL 6 (5)", "BT 8", true },
    [SUIT_LONG_HEAD] =
        { "cbor-strict-head", "a head longer than it need be",
          "DL 6 (5)", "BT 8", true },
    [SUIT_WRONG_TAG] =
        { "cbor-strict-tag", "tag 108", "DL 6 (5)", "DL 6", true },
    [SUIT_DEEP] =
        { "cbor-strict-depth", "64 arrays in each other",
          "DL 6 (5)", "BT 8", true },
    [SUIT_UNKNOWN_COMMAND] =
        { "suit-unknown", "a command that is none", "DL 6 (8)", "BT 8", true },
    [SUIT_UNKNOWN_PARAMETER] =
        { "suit-unknown-parameter", "a parameter that is none",
          "DL 6 (8)", "BT 8", true },
    [SUIT_MANIFEST_VERSION] =
        { "suit-unknown-version", "version 2 of the manifest",
          "DL 6 (8)", "BT 8", true },
    [SUIT_SIGNATURE_MISSING] =
        { "sig-missing", "no signature", "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_SIGNER_UNTRUSTED] =
        { "sig-untrusted", "signed by a key that the device does not know",
          "DL 5", "BT 8 (5)", true },
    [SUIT_SIGNER_MASQUERADE] =
        { "sig-untrusted-masq", "the same, and named as one that it knows",
          "DL 5", "BT 8 (5)", true },
    [SUIT_ALGORITHM] =
        { "sig-alg", "an algorithm that the device does not have",
          "DL 6 (5)", "BT 8 (5)", true },
    [SUIT_MAC_CONFUSION] =
        { "sig-mac-confusion", "a MAC whose key is the public key",
          "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_PLAIN] =
        { "plain-required", "not encrypted",
          "policy on: DL 5 or 6 (UP 8); off: ACC",
          "policy on: finding if ACC; off: ACC", true },
    [SUIT_WRONG_DEVICE] =
        { "enc-wrong-device", "encrypted for another device",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [SUIT_WRONG_KEY] =
        { "enc-wrong-key-masq", "the same, and named as for this one",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [SUIT_WRAP_FLIP] =
        { "enc-wrap-flip", "one bit of its encrypted key, signed so",
          "DL 5", "BT 8 (5)", true },
    [SUIT_KEY_SWAP] =
        { "enc-cek-swap", "the encrypted key of another image",
          "DL 5", "BT 8 (5)", true },
    [SUIT_IV] = { "enc-iv", "another IV", "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_IV_SHORT] =
        { "enc-iv-short", "an IV of 11 bytes", "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_IV_MISSING] =
        { "enc-iv-missing", "no IV", "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_INFO_MISSING] =
        { "enc-info-missing", "encrypted, and nothing says how",
          "DL 5 (6)", "BT 8 (5)", true },
    [SUIT_FLAG_PLAIN] =
        { "enc-flag-plain", "says it is encrypted, but it is not",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    [SUIT_TAG_FLIP] =
        { "tag-flip", "one bit of the authentication tag, signed so",
          "DL 5", "BT 8 (5)", true },
    [SUIT_CIPHER_FLIP] =
        { "ct-flip-signed", "one bit of the ciphertext, signed so",
          "DL 5", "BT 8 (5)", true },
    [SUIT_TAG_CUT] =
        { "trunc-tag", "the ciphertext without its tag, signed so",
          "DL 5 (6, 8)", "BT 8 (5)", true },
    { "trunc-1", "without its last byte", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-half", "its first half alone", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-hdr", "its first 16 bytes alone", "DL 6 (5, 8)", "DL 6 or BT 8",
      false },
    { "append", "16 bytes behind its end", "DL 6 (5)", "BT 8", false },
    { "magic", "its first byte inverted", "DL 6", "DL 6", false },
    { "payload-flip", "one bit of its last payload", "DL 5", "BT 8 (5)",
      false },
    { "hash-flip", "one bit of the manifest digest", "DL 5", "BT 8 (5)",
      false },
    { "sig-flip", "one bit of its signature", "DL 5", "BT 8 (5)", false },
    { "enc-block-swap", "two blocks of 4 KiB exchanged", "DL 5", "BT 8 (5)",
      false },
    { NULL, NULL, NULL, NULL, false },
};
/* clang-format on */

/** @param at  in the span */
static enum status flip(const char *variant, const struct span *span, size_t at,
                        uint8_t *bytes, struct reason *reason)
{
    if (span->size <= at) {
        return variant_lacks(variant, "a field that is not there", reason);
    }
    bytes[(size_t)(span->bytes - bytes) + at] ^= 0x10;
    return STATUS_OK;
}

enum status suit_spoil(const char *variant, uint8_t **bytes, size_t *size,
                       struct reason *reason)
{
    struct suit_view view;
    size_t at = 0;
    int result = 0;
    enum status status = STATUS_OK;

    if (spoil_blindly(variant, bytes, size, &status, reason)) {
        return status;
    }
    status = suit_read(*bytes, (struct span){ *bytes, *size }, &view, NULL, &at,
                       &result, reason);
    if (status != STATUS_OK) {
        return status;
    }
    if (strcmp(variant, "trunc-hdr") == 0) {
        *size = CUT;
        return STATUS_OK;
    }
    if (strcmp(variant, "hash-flip") == 0) {
        return flip(variant, &view.digest, 0, *bytes, reason);
    }
    if (strcmp(variant, "sig-flip") == 0) {
        return flip(variant, &view.signature, R_AT, *bytes, reason);
    }
    if (view.payload_count == 0) {
        return variant_lacks(variant, "a payload", reason);
    }
    const struct span *last = &view.payloads[view.payload_count - 1].bytes;
    return strcmp(variant, "payload-flip") == 0
               ? flip(variant, last, last->size / 2, *bytes, reason)
               : spoil_swap(variant, *bytes + (last->bytes - *bytes),
                            last->size, reason);
}
