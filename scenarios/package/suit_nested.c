/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit_making.h"

/* Template T3 of packages.md, 8.3: each member in an envelope of its own, which
 * a root envelope carries and depends on. */

/** The envelope of one member; the defect is in the last one. */
static enum status make_member(struct suit_making *making, size_t index)
{
    const struct package_recipe *recipe = making->recipe;
    const struct package_member *member = &recipe->members[index];
    struct suit_part *part = &making->parts[index];
    struct package_recipe own = *recipe;
    struct suit_view view;
    size_t offset = 0;
    int result = 0;
    bool is_last = index + 1 == recipe->member_count;

    own.nests = false;
    own.member_count = 0;
    own.component = member->name;
    own.payload = member->bytes;
    own.payload_size = member->size;
    own.class_id = member->class_id;
    own.variant = NULL;
    if (is_last && making->defect == SUIT_BUNDLE_ONE_BAD) {
        own.variant = "payload-flip";
    } else if (is_last && making->defect != SUIT_GOOD &&
               making->defect != SUIT_BUNDLE_GOOD) {
        own.variant = recipe->variant;
    }
    /* Others that are needed are asked for once. */
    own.dependency_count = index == 0 ? recipe->dependency_count : 0;
    enum status status = package_make(&package_format_suit, &own, &part->cipher,
                                      &part->cipher_size, making->reason);
    if (status != STATUS_OK) {
        return status;
    }
    const struct span envelope = { part->cipher, part->cipher_size };
    part->name = member->name;
    if (suit_read(part->cipher, envelope, &view, NULL, &offset, &result,
                  NULL) == STATUS_OK) {
        memcpy(part->plain_digest, view.digest.bytes, CRYPTO_HASH_SIZE);
        return STATUS_OK;
    }
    /* It is damaged so that it cannot be read: any digest does. */
    return crypto_sha256(&envelope, 1, part->plain_digest, making->reason);
}

enum status suit_make_members(struct suit_making *making)
{
    enum status status = STATUS_OK;

    making->part_count = making->recipe->member_count;
    making->dependency_count = 0;
    for (size_t i = 0; status == STATUS_OK && i < making->part_count; i++) {
        status = make_member(making, i);
    }
    making->defect = SUIT_GOOD; /* of the root */
    return status;
}
