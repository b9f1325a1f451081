/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit_making.h"

bool suit_is_here(const struct suit_making *making,
                  const struct suit_part *part, enum suit_defect defect)
{
    return making->defect == defect && part == making->last;
}

static enum status lacks(const struct suit_making *making, const char *what)
{
    return variant_lacks(making->recipe->variant, what, making->reason);
}

/** An envelope for a component needs no other one of the same name. */
static void forget_dependency(struct suit_making *making, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < making->dependency_count; i++) {
        if (strcmp(making->dependencies[i].name, name) != 0) {
            making->dependencies[kept++] = making->dependencies[i];
        }
    }
    making->dependency_count = kept;
}

static enum status spoil_class(struct suit_making *making)
{
    struct suit_part *part = making->last;

    if (making->defect == SUIT_WRONG_CLASS) {
        memset(making->other_class, 0xee, sizeof(making->other_class));
        part->class_id = making->other_class;
        return STATUS_OK;
    }
    if (making->recipe->component_x == NULL) {
        return lacks(making, "the name of another component");
    }
    part->name = making->recipe->component_x;
    forget_dependency(making, part->name);
    if (making->recipe->class_x != NULL) {
        part->class_id = making->recipe->class_x;
    }
    return STATUS_OK;
}

static enum status mark_unhealthy(struct suit_making *making)
{
    struct suit_part *part = making->last;
    size_t length = strlen(MCUBOOT_UNHEALTHY);

    if (part->plain_size < length) {
        return lacks(making, "a larger payload");
    }
    part->own_plain = malloc(part->plain_size);
    if (part->own_plain == NULL) {
        return reason_set(making->reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(part->own_plain, part->plain, part->plain_size);
    memcpy(part->own_plain, MCUBOOT_UNHEALTHY, length);
    part->plain = part->own_plain;
    return STATUS_OK;
}

static enum status check_keys(const struct suit_making *making)
{
    const struct package_recipe *recipe = making->recipe;
    enum suit_defect defect = making->defect;
    bool is_gcm = recipe->encryption == PACKAGE_KW_GCM ||
                  recipe->encryption == PACKAGE_ES_GCM;

    if (defect >= SUIT_SIGNATURE_MISSING && defect <= SUIT_MAC_CONFUSION &&
        recipe->signer == NULL) {
        return lacks(making, "a key to sign with");
    }
    if ((defect == SUIT_SIGNER_UNTRUSTED || defect == SUIT_SIGNER_MASQUERADE) &&
        recipe->signer_x == NULL) {
        return lacks(making, "a second key to sign with");
    }
    if (defect >= SUIT_PLAIN && defect < SUIT_BUILT_COUNT &&
        recipe->encryption == PACKAGE_PLAIN) {
        return lacks(making, "encryption");
    }
    if ((defect == SUIT_WRONG_DEVICE || defect == SUIT_WRONG_KEY) &&
        recipe->recipient_x == NULL) {
        return lacks(making, "the key of another device");
    }
    if ((defect == SUIT_TAG_FLIP || defect == SUIT_TAG_CUT) && !is_gcm) {
        return lacks(making, "AES-GCM");
    }
    return STATUS_OK;
}

enum status suit_spoil_recipe(struct suit_making *making)
{
    const struct package_recipe *recipe = making->recipe;
    struct suit_part *part = making->last;

    switch (making->defect) {
    case SUIT_SAME_VERSION:
        return mcuboot_version_installed(making->recipe, false,
                                         &making->version, making->reason);
    case SUIT_DOWNGRADE_VERSION:
        return mcuboot_version_installed(making->recipe, true, &making->version,
                                         making->reason);
    case SUIT_VERSION_LIE:
        making->version.revision++;
        return STATUS_OK;
    case SUIT_DOWNGRADE_SEQUENCE:
        if (making->sequence == 0) {
            return lacks(making, "a sequence number of 1 or more");
        }
        making->sequence--;
        return STATUS_OK;
    case SUIT_DEPENDENCY_MISSING:
        if (making->dependency_count == 0) {
            return lacks(making, "a dependency");
        }
        making->dependencies[0].version =
            (struct mcuboot_version){ .major = UINT8_MAX };
        return STATUS_OK;
    case SUIT_DEPENDENCY_PAIR:
        return making->dependency_count > 0 ? STATUS_OK
                                            : lacks(making, "a dependency");
    case SUIT_WRONG_COMPONENT:
    case SUIT_WRONG_CLASS:
        return spoil_class(making);
    case SUIT_OVERSIZE:
        if (recipe->slot_size == 0) {
            return lacks(making, "the size of the slot");
        }
        part->said_size = recipe->slot_size + 1;
        return STATUS_OK;
    case SUIT_SIZE_MORE:
        part->said_size++;
        return STATUS_OK;
    case SUIT_SIZE_LESS:
        part->said_size--;
        return STATUS_OK;
    case SUIT_UNHEALTHY:
        return mark_unhealthy(making);
    case SUIT_BUNDLE_GOOD:
    case SUIT_BUNDLE_BUSY:
    case SUIT_BUNDLE_ONE_BAD:
        return making->part_count > 1 ? STATUS_OK
                                      : lacks(making, "several members");
    default: /* those that are made while it is built */
        return check_keys(making);
    }
}

void suit_spoil_part(struct suit_making *making, struct suit_part *part)
{
    if (part != making->last) {
        return;
    }
    switch (making->defect) {
    case SUIT_PLAIN_DIGEST:
        part->plain_digest[0] ^= 0x10;
        break;
    case SUIT_TAG_FLIP:
        part->cipher[part->cipher_size - 1] ^= 0x10;
        break;
    case SUIT_CIPHER_FLIP:
        part->cipher[part->plain_size / 2] ^= 0x10;
        break;
    case SUIT_TAG_CUT:
        part->cipher_size -= CRYPTO_TAG_SIZE;
        break;
    case SUIT_FLAG_PLAIN:
        memcpy(part->cipher, part->plain, part->plain_size);
        part->cipher_size = part->plain_size;
        break;
    default:
        break;
    }
}
