/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/format.h"
#include "scenarios/package/version.h"

/* What is wrong with packages of the format `anjay` and its bundles, one
 * defect each. packages.md, 9.3, columns A and B. */

enum {
    MAGIC = 8,
    CRC_AT = 12,
    HEAD_KEPT = 16,
    BUNDLE_HEAD = 12,
    COUNT_AT = 10,
    OVER = PACKAGE_PARTS_MAX + 1,
    SEED_OF_OVERSIZE = 1,
};

/* Built. */

static bool is(const struct package_recipe *recipe, const char *variant)
{
    return recipe->variant != NULL && strcmp(recipe->variant, variant) == 0;
}

/** The version of every part. @param text  room for one that is made */
static enum status choose_version(const struct package_recipe *recipe,
                                  char text[PACKAGE_VERSION_MAX],
                                  const char **out_version,
                                  struct reason *reason)
{
    bool is_same = is(recipe, "good-same-version");
    bool is_older = is(recipe, "downgrade-ver");
    enum status status = STATUS_OK;

    if ((is_same || is_older) && recipe->installed == NULL) {
        return variant_lacks(recipe->variant, "the installed version", reason);
    }
    if (is_same) {
        status = version_same(recipe->installed, text, reason);
    } else if (is_older) {
        status = version_older(recipe->installed, text, reason);
    } else if (is(recipe, "ver-lie")) {
        status = version_newer(recipe->version, 1, text, reason);
    } else {
        *out_version = recipe->version;
        return STATUS_OK;
    }
    *out_version = text;
    return status;
}

/** Give it a payload that fills the slot, so that the whole does not fit.
 *  @return false: nobody said how large the slot is */
static bool outgrow(const struct package_recipe *recipe,
                    struct anjay_part *part)
{
    part->payload = NULL;
    part->payload_size = recipe->slot_size;
    part->seed = SEED_OF_OVERSIZE;
    return recipe->slot_size > 0;
}

/** MULTIPKG: the members by the instances that their ids are. */
static enum status make_bundle(const struct package_recipe *recipe,
                               const char *version, uint8_t **out_bytes,
                               size_t *out_size, struct reason *reason)
{
    struct anjay_part parts[PACKAGE_PARTS_MAX];

    if (recipe->member_count > PACKAGE_PARTS_MAX) {
        return reason_set(reason, STATUS_LIMIT,
                          "a bundle of %zu members; there may be %d",
                          recipe->member_count, PACKAGE_PARTS_MAX);
    }
    for (size_t i = 0; i < recipe->member_count; i++) {
        const struct package_member *member = &recipe->members[i];
        if (member->id < 0 || member->id >= ANJAY_INSTANCES) {
            return reason_set(reason, STATUS_INVALID,
                              "the anjay format has members 0 to %d",
                              ANJAY_INSTANCES - 1);
        }
        parts[i] = (struct anjay_part){
            .instance = (uint16_t)member->id,
            .version = version,
            .payload = member->bytes,
            .payload_size = member->size,
        };
    }
    struct anjay_part *last = &parts[recipe->member_count - 1];
    if (is(recipe, "bundle-dup")) {
        last->instance = parts[0].instance;
    }
    if (is(recipe, "oversize") && !outgrow(recipe, last)) {
        return variant_lacks(recipe->variant, "the size of the slot", reason);
    }
    return anjay_bundle(parts, recipe->member_count, out_bytes, out_size,
                        reason);
}

static enum status make_single(const struct package_recipe *recipe,
                               const char *version, uint8_t **out_bytes,
                               size_t *out_size, struct reason *reason)
{
    struct anjay_part part = {
        .instance = recipe->instance,
        .is_of_object_5 = recipe->is_of_object_5,
        .version = version,
        .payload = recipe->payload,
        .payload_size = recipe->payload_size,
    };

    if (is(recipe, "wrong-component")) {
        part.instance ^= 1;
    } else if (is(recipe, "unhealthy")) {
        part.outcome = (unsigned)anjay_outcome("failure-after-restart");
    } else if (is(recipe, "dep-missing") || is(recipe, "dep-pair")) {
        part.links[0] = recipe->instance ^ 1;
        part.link_count = 1;
    } else if (is(recipe, "oversize") && !outgrow(recipe, &part)) {
        return variant_lacks(recipe->variant, "the size of the slot", reason);
    }
    return anjay_build(&part, out_bytes, out_size, reason);
}

enum status anjay_make(const struct package_recipe *recipe, uint8_t **out_bytes,
                       size_t *out_size, struct reason *reason)
{
    static const char *const single[] = { "wrong-component", "unhealthy",
                                          "dep-missing", "dep-pair" };
    bool is_of_several = is(recipe, "bundle-good") ||
                         is(recipe, "bundle-busy") || is(recipe, "bundle-dup");
    char text[PACKAGE_VERSION_MAX];
    const char *version = NULL;

    if (recipe->signer != NULL || recipe->encryption != PACKAGE_PLAIN) {
        return reason_set(reason, STATUS_INVALID,
                          "the anjay format has no signature and no "
                          "encryption");
    }
    if (is_of_several && recipe->member_count < 2) {
        return variant_lacks(recipe->variant, "several members", reason);
    }
    if (recipe->is_of_object_5 &&
        (recipe->member_count > 0 || is(recipe, "wrong-component") ||
         is(recipe, "dep-missing") || is(recipe, "dep-pair"))) {
        return reason_set(reason, STATUS_INVALID,
                          "a package for object /5 knows no components");
    }
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
        if (recipe->member_count > 0 && is(recipe, single[i])) {
            return variant_lacks(single[i], "a package of one component",
                                 reason);
        }
    }
    enum status status = choose_version(recipe, text, &version, reason);
    if (status != STATUS_OK) {
        return status;
    }
    return recipe->member_count == 0
               ? make_single(recipe, version, out_bytes, out_size, reason)
               : make_bundle(recipe, version, out_bytes, out_size, reason);
}

/* Of a built one. */

/** Members of a bundle whose members are whole; 0: it is none. */
static size_t members_of(const uint8_t *bytes, size_t size)
{
    size_t offset = 0;
    size_t length = 0;
    size_t count = 0;

    if (size < BUNDLE_HEAD || memcmp(bytes, "MULTIPKG", MAGIC) != 0) {
        return 0;
    }
    count = bytes[COUNT_AT + 1];
    return bytes[COUNT_AT] == 0 && count > 0 && count <= PACKAGE_PARTS_MAX &&
                   anjay_payload(bytes, size, count - 1, &offset, &length)
               ? count
               : 0;
}

static void add_to_length(uint8_t *length, bool is_more)
{
    uint32_t number = (uint32_t)length[0] << 24 | (uint32_t)length[1] << 16 |
                      (uint32_t)length[2] << 8 | length[3];

    number += is_more ? 1u : UINT32_MAX;
    for (size_t i = 0; i < 4; i++) {
        length[i] = (uint8_t)(number >> (24 - 8 * i));
    }
}

/** One more than there may be: the last one again and again. */
static enum status add_members(uint8_t **bytes, size_t *size, size_t count,
                               struct reason *reason)
{
    size_t offset = 0;
    size_t length = 0;
    size_t more = OVER - count;
    size_t lengths = BUNDLE_HEAD + 4 * count;

    if (!anjay_payload(*bytes, *size, count - 1, &offset, &length)) {
        return reason_set(reason, STATUS_MALFORMED, "no bundle");
    }
    const uint8_t *last = *bytes + lengths - 4;
    size_t member = (size_t)last[0] << 24 | (size_t)last[1] << 16 |
                    (size_t)last[2] << 8 | last[3];
    size_t end = offset + length;
    uint8_t *grown = malloc(end + more * (4 + member));
    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(grown, *bytes, lengths);
    memcpy(grown + lengths + 4 * more, *bytes + lengths, end - lengths);
    for (size_t i = 0; i < more; i++) {
        memcpy(grown + lengths + 4 * i, last, 4);
        memcpy(grown + end + 4 * more + i * member, *bytes + end - member,
               member);
    }
    grown[COUNT_AT + 1] = OVER;
    free(*bytes);
    *bytes = grown;
    *size = end + more * (4 + member);
    return STATUS_OK;
}

static enum status spoil_bundle(const char *variant, uint8_t **bytes,
                                size_t *size, struct reason *reason)
{
    size_t count = members_of(*bytes, *size);
    size_t offset = 0;
    size_t length = 0;

    if (count == 0) {
        return variant_lacks(variant, "a bundle", reason);
    }
    uint8_t *last = *bytes + BUNDLE_HEAD + 4 * (count - 1);
    if (strcmp(variant, "bundle-over") == 0) {
        return add_members(bytes, size, count, reason);
    }
    if (strcmp(variant, "bundle-count0") == 0) {
        (*bytes)[COUNT_AT + 1] = 0;
        *size = BUNDLE_HEAD;
    } else if (strcmp(variant, "bundle-len-short") == 0) {
        add_to_length(last, false);
    } else if (strcmp(variant, "bundle-len-long") == 0) {
        add_to_length(last, true);
    } else if (anjay_payload(*bytes, *size, count - 1, &offset, &length)) {
        (*bytes)[offset + length / 2] ^= 0x10; /* bundle-one-bad */
    }
    return STATUS_OK;
}

enum status anjay_spoil(const char *variant, uint8_t **bytes, size_t *size,
                        struct reason *reason)
{
    enum status status = STATUS_OK;
    size_t offset = 0;
    size_t length = 0;

    if (spoil_blindly(variant, bytes, size, &status, reason)) {
        return status;
    }
    if (strncmp(variant, "bundle-", strlen("bundle-")) == 0) {
        return spoil_bundle(variant, bytes, size, reason);
    }
    if (strcmp(variant, "trunc-hdr") == 0 && *size > HEAD_KEPT) {
        *size = HEAD_KEPT;
    } else if (strcmp(variant, "payload-flip") == 0 &&
               anjay_payload(*bytes, *size, 0, &offset, &length)) {
        (*bytes)[offset + length / 2] ^= 0x10;
    } else if (strcmp(variant, "hash-flip") == 0 && *size > CRC_AT &&
               memcmp(*bytes, "MULTIPKG", MAGIC) != 0) {
        (*bytes)[CRC_AT] ^= 0x10;
    } else if (strcmp(variant, "header") == 0 &&
               anjay_spoil_header(*bytes, *size)) {
        return STATUS_OK;
    } else {
        return reason_set(reason, STATUS_MALFORMED,
                          "the package cannot be damaged by '%s'", variant);
    }
    return STATUS_OK;
}

/* clang-format off */
const struct package_variant anjay_variants[] = {
    { "good", "without a defect", "ACC", "ACC", true },
    { "good-same-version", "the installed version again", "ACC (UP 8)",
      "ACC (BT 8)", true },
    { "ver-lie", "another version in the header than announced", "ACC, finding",
      "ACC, finding", true },
    { "downgrade-ver", "older than what is installed",
      "policy: UP 8 (DL 8, DL 6, 13); none: ACC", "BT 8", true },
    { "dep-missing", "linked with another component, which is not sent",
      "UP 13", "UP 13", true },
    { "dep-pair", "linked with another component that is sent, too",
      "ACC both", "ACC both", true },
    { "wrong-component", "the mark of another component", "DL 6 (5, 8, 12)",
      "BT 8", true },
    { "oversize", "larger than the slot", "DL 2", "DL 2", true },
    { "unhealthy", "what it starts does not confirm itself", "BT 8", "BT 8",
      true },
    { "crash-mid-apply", "good; the power fails while it is installed",
      "BT 1 or BT 8", "BT 1 or BT 8", true },
    { "bundle-good", "several packages", "ACC all", "ACC all", true },
    { "bundle-busy", "good, and another component of it is not Idle",
      "DL 12", "DL 12", true },
    { "bundle-dup", "several packages, two of one component", "DL 6 (5, 8)",
      "DL 6 (5, 8)", true },
    { "bundle-one-bad", "several packages, the last one is damaged",
      "DL 5, no member Downloaded", "BT 8 for that member", false },
    { "bundle-count0", "no package", "DL 6 (2, 5, 8)", "DL 6 (2, 5, 8)",
      false },
    { "bundle-over", "more packages than can be", "DL 6 (2, 5, 8)",
      "DL 6 (2, 5, 8)", false },
    { "bundle-len-short", "a length one byte too small", "DL 5 (2, 6, 8)",
      "DL 5 (2, 6, 8)", false },
    { "bundle-len-long", "a length one byte too large", "DL 5 (2, 6, 8)",
      "DL 5 (2, 6, 8)", false },
    { "trunc-1", "without its last byte", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-half", "its first half alone", "DL 5 (6, 8)", "BT 8 (5)", false },
    { "trunc-hdr", "its first 16 bytes alone", "DL 6 (5, 8, 2)",
      "DL 6 or BT 8", false },
    { "append", "16 bytes behind its end", "DL 5; of a bundle ACC",
      "DL 5; of a bundle ACC", false },
    { "magic", "its first byte inverted", "DL 6 (2)", "DL 6", false },
    { "payload-flip", "one bit of its payload", "DL 5", "BT 8 (5)", false },
    { "hash-flip", "one bit of its checksum", "DL 5", "BT 8 (5)", false },
    { "header", "a header of version 9", "DL 6", "DL 6", false },
    { NULL, NULL, NULL, NULL, false },
};
/* clang-format on */
