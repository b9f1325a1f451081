/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_SUIT_MAKING_H
#define SCENARIOS_PACKAGE_SUIT_MAKING_H

/* Private to suit_build.c, suit_defects.c, suit_manifest.c and suit_nested.c: an envelope on its way. */
#include "scenarios/package/mcuboot.h"
#include "scenarios/package/suit.h"

/** What a target of the manifest gets. */
struct suit_part {
    const char *name;
    const uint8_t *class_id; /**< NULL: none */
    const uint8_t *plain;
    size_t plain_size;
    size_t said_size;   /**< in the manifest */
    uint8_t *own_plain; /**< owned; where it is not the recipe's */
    uint8_t plain_digest[CRYPTO_HASH_SIZE];
    bool is_encrypted;
    uint8_t *cipher; /**< owned: what is integrated */
    size_t cipher_size;
    uint8_t cipher_digest[CRYPTO_HASH_SIZE];
    uint8_t key[CRYPTO_BLOCK];
    uint8_t iv[CRYPTO_BLOCK];
    size_t iv_size; /**< 12 or 16 */
    struct cbor_out info;
};

struct suit_making {
    const struct package_recipe *recipe;
    enum suit_defect defect;
    struct suit_part parts[SUIT_MEMBERS_MAX];
    size_t part_count;
    struct suit_part *last; /**< that a defect of one part is in */
    struct mcuboot_version version;
    uint64_t sequence;
    struct {
        const char *name;
        struct mcuboot_version version;
    } dependencies[PACKAGE_DEPENDENCIES_MAX];
    size_t dependency_count;
    uint8_t other_class[PACKAGE_CLASS_SIZE];
    struct reason *reason;
};

/** Whether the defect is in this part. */
bool suit_is_here(const struct suit_making *making,
                  const struct suit_part *part, enum suit_defect defect);
/** The envelopes of all members, as parts of a root. */
MUST_CHECK
enum status suit_make_members(struct suit_making *making);
/** The manifest of a root, whose parts are envelopes. */
void suit_put_root(struct suit_making *making, struct cbor_out *out);
/** The manifest of parts that are prepared, without the head of its bytes. */
void suit_put_manifest(struct suit_making *making, struct cbor_out *out);
/** What the defect makes of the recipe, before anything is built.
 *  Errors: STATUS_MALFORMED: the recipe lacks what it needs. */
MUST_CHECK
enum status suit_spoil_recipe(struct suit_making *making);
/** What it makes of one part that has been encrypted, before that is hashed. */
void suit_spoil_part(struct suit_making *making, struct suit_part *part);

#endif
