/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/format.h"

/* Bytes of which we know nothing: only blind damages, and nothing to check.
 * packages.md, section 4. */

enum { HEAD = 64, CUT = 16, GARBAGE = 4096, SEED = 1 };

static bool is_mine(const uint8_t *bytes, size_t size)
{
    (void)bytes;
    (void)size;
    return true;
}

static enum status inspect(const uint8_t *bytes, size_t size,
                           struct package_fields *fields, struct reason *reason)
{
    return size == 0
               ? reason_set(reason, STATUS_MALFORMED,
                            "offset 0: an empty file is no package")
               : fields_add_bytes(fields, reason, "bytes", bytes, 0, size);
}

static enum status verify(const uint8_t *bytes, size_t size,
                          const struct package_policy *policy,
                          struct package_verification *verification,
                          struct reason *reason)
{
    bool fits = policy->slot_size == 0 || size <= policy->slot_size;

    (void)bytes;
    (void)reason;
    (void)checks_add(verification, "size",
                     fits ? PACKAGE_CHECK_GOOD : PACKAGE_CHECK_BAD, 2, 0,
                     "%zu bytes", size); /* decides by itself */
    const bool is_bad = policy->requires_format || size == 0;
    (void)checks_add(verification, "format",
                     is_bad ? PACKAGE_CHECK_BAD : PACKAGE_CHECK_SKIPPED, 6, 0,
                     size == 0 ? "an empty file is no package"
                               : "nothing is known about these bytes");
    return STATUS_OK;
}

/** The file as it is, or grown until it is larger than the slot. */
static enum status make(const struct package_recipe *recipe,
                        uint8_t **out_bytes, size_t *out_size,
                        struct reason *reason)
{
    if (recipe->member_count > 0) {
        return reason_set(reason, STATUS_INVALID,
                          "an opaque file has no members");
    }
    if (recipe->signer != NULL || recipe->encryption != PACKAGE_PLAIN) {
        return reason_set(reason, STATUS_INVALID,
                          "of an opaque file nothing is signed or encrypted");
    }
    bool is_grown =
        recipe->variant != NULL && strcmp(recipe->variant, "oversize") == 0;
    size_t size = recipe->payload_size;
    if (is_grown && (recipe->slot_size < size ||
                     recipe->slot_size > PACKAGE_SIZE_MAX - 1)) {
        return variant_lacks(recipe->variant, "the size of the slot", reason);
    }
    size = is_grown ? recipe->slot_size + 1 : size;
    *out_bytes = malloc(size + 1);
    if (*out_bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(*out_bytes, recipe->payload, recipe->payload_size);
    package_random(SEED, *out_bytes + recipe->payload_size,
                   size - recipe->payload_size);
    *out_size = size;
    return STATUS_OK;
}

static enum status spoil(const char *variant, uint8_t **bytes, size_t *size,
                         struct reason *reason)
{
    enum status status = STATUS_OK;

    if (strcmp(variant, "garbage") == 0) {
        uint8_t *garbage = realloc(*bytes, GARBAGE);
        if (garbage == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        package_random(SEED, garbage, GARBAGE);
        *bytes = garbage;
        *size = GARBAGE;
        return STATUS_OK;
    }
    if (spoil_blindly(variant, bytes, size, &status, reason)) {
        return status;
    }
    if (*size <= CUT) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%zu bytes are too few to damage", *size);
    }
    if (strcmp(variant, "payload-flip") == 0) {
        (*bytes)[*size / 2] ^= 0x10;
    } else if (strcmp(variant, "trunc-hdr") == 0) {
        *size = CUT;
    } else {
        for (size_t i = 0; i < HEAD && i < *size; i++) {
            (*bytes)[i] ^= 0xff;
        }
    }
    return STATUS_OK;
}

/* clang-format off */
static const struct package_variant variants[] = {
    { "good", "as it is", "ACC", "ACC", true },
    { "trunc-1", "without its last byte", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-half", "its first half alone", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-hdr", "its first 16 bytes alone", "DL 6 (5, 8)", "DL 6, BT 8",
      false },
    { "append", "16 bytes behind its end", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "magic", "its first byte inverted", "DL 6", "DL 6", false },
    { "payload-flip", "one bit of its middle", "DL 5", "BT 8 (5)", false },
    { "header", "its first 64 bytes inverted", "DL 6 (5)", "DL 6, BT 8",
      false },
    { "garbage", "4 KiB of random bytes instead", "DL 6 (5, 8)", "DL 6, BT 8",
      false },
    { "oversize", "larger than the slot", "DL 2", "DL 2", true },
    { "crash-mid-apply", "good; the power fails while it is installed",
      "BT 1 or BT 8", "BT 1 or BT 8", true },
    { NULL, NULL, NULL, NULL, false },
};
/* clang-format on */

const struct package_format package_format_opaque = {
    .name = "opaque",
    .summary = "any file, of which nothing is known",
    .is_mine = is_mine,
    .inspect = inspect,
    .verify = verify,
    .make = make,
    .spoil = spoil,
    .variants = variants,
};
