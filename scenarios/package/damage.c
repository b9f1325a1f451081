/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/damage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/format.h"
#include "scenarios/package/mcuboot.h"
#include "scenarios/package/recipe.h"

enum {
    JUNK_SIZE = 4096,
    SHORT_SIZE = 3,
    BYTE_SIZE = 1,
    BLOCK_SIZE = 1024, /* the largest one of CoAP over UDP */
    APPENDED = 16,
    HEAD = 64, /* of a package of which we know nothing */
};

static const struct {
    const char *name;
    enum damage damage;
} damages[] = {
    { "flip-bit", DAMAGE_FLIP_BIT }, { "flip-spread", DAMAGE_FLIP_SPREAD },
    { "header", DAMAGE_HEADER },     { "mark", DAMAGE_MARK },
    { "truncate", DAMAGE_TRUNCATE }, { "append", DAMAGE_APPEND },
};

/** Of any format whose packages can be damaged. */
static bool is_variant(const char *name)
{
    static const struct package_format *const formats[] = {
        &package_format_mcuboot,
        &package_format_suit,
        &package_format_anjay,
        &package_format_opaque,
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (package_variant_find(formats[i], name) != NULL) {
            return true;
        }
    }
    return false;
}

enum status damage_parse(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry)
{
    const cJSON *base = cJSON_GetObjectItemCaseSensitive(package, "damage");
    const cJSON *how = cJSON_GetObjectItemCaseSensitive(package, "how");
    const cJSON *part = cJSON_GetObjectItemCaseSensitive(package, "part");
    enum status status = set_check_keys(parser, package, "damage how part");

    if (status != STATUS_OK) {
        return status;
    }
    if (!cJSON_IsString(base) || strlen(base->valuestring) == 0 ||
        strlen(base->valuestring) >= sizeof(entry->base)) {
        return set_wrong(parser, "damage", "the name of a package is expected");
    }
    (void)snprintf(entry->base, sizeof(entry->base), "%s",
                   base->valuestring); /* fits */
    entry->source = SOURCE_DAMAGE;
    entry->info.is_derived = true;
    if (part != NULL) {
        if (!cJSON_IsString(how) || strcmp(how->valuestring, "flip-bit") != 0) {
            return set_wrong(parser, "part", "only goes with 'flip-bit'");
        }
        entry->has_damaged_part = true;
        status = set_take_component(
            parser, "part", cJSON_IsString(part) ? part->valuestring : "",
            &entry->damaged_part);
    }
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        if (cJSON_IsString(how) &&
            strcmp(how->valuestring, damages[i].name) == 0) {
            entry->damage = damages[i].damage;
            return status;
        }
    }
    if (!cJSON_IsString(how) || !is_variant(how->valuestring)) {
        return set_wrong(parser, "how",
                         "unknown; known are: flip-bit flip-spread header mark "
                         "truncate append, and variants of the format");
    }
    entry->damage = DAMAGE_VARIANT;
    (void)snprintf(entry->variant, sizeof(entry->variant), "%s",
                   how->valuestring); /* fits: it is one of ours */
    return status;
}

/** What a file of the user is made of is not ours to know. */
static const struct package_format *format_of(const struct package_entry *base)
{
    return base->source == SOURCE_FILE ? &package_format_opaque : base->format;
}

static const struct package_variant *variant_of(
    const struct package_entry *base, const struct package_entry *entry)
{
    return entry->damage == DAMAGE_VARIANT
               ? package_variant_find(format_of(base), entry->variant)
               : NULL;
}

bool damage_is_built(const struct package_entry *base,
                     const struct package_entry *entry)
{
    const struct package_variant *variant = variant_of(base, entry);

    return variant != NULL && variant->is_built;
}

const char *damage_check(const struct package_entry *base,
                         const struct package_entry *entry)
{
    if (entry->damage != DAMAGE_VARIANT) {
        return NULL;
    }
    const struct package_variant *variant = variant_of(base, entry);
    if (variant == NULL) {
        return "the format of the package has no such variant";
    }
    return variant->is_built && !recipe_is_image(format_of(base))
               ? "this is no damage"
               : NULL;
}

#define MCUBOOT(name, base, variant)                                           \
    {                                                                          \
        name, 0, DAMAGE_VARIANT, base, variant, &package_format_mcuboot        \
    }
#define SUIT(name, base, variant)                                              \
    {                                                                          \
        name, 0, DAMAGE_VARIANT, base, variant, &package_format_suit           \
    }

/** What need not be given; the first row that can be made is. */
static const struct {
    const char *name;
    size_t junk;
    enum damage damage;
    const char *base;                    /* NULL: G */
    const char *variant;                 /* of DAMAGE_VARIANT */
    const struct package_format *format; /* only of that one; NULL: of any */
} derived[] = {
    { "JUNK", JUNK_SIZE, DAMAGE_FLIP_BIT, NULL, NULL, NULL },
    { "SHORT", SHORT_SIZE, DAMAGE_FLIP_BIT, NULL, NULL, NULL },
    { "BYTE", BYTE_SIZE, DAMAGE_FLIP_BIT, NULL, NULL, NULL },
    { "TRUNC", 0, DAMAGE_TRUNCATE, NULL, NULL, NULL },
    { "APPEND", 0, DAMAGE_APPEND, NULL, NULL, NULL },
    { "FLIP", 0, DAMAGE_FLIP_SPREAD, NULL, NULL, NULL },
    SUIT("BAD", "G", "payload-flip"),
    SUIT("HDR", "G", "cbor-strict"),
    SUIT("FOREIGN", "G", "suit-unknown-version"),
    SUIT("SIGNER", "G", "sig-untrusted"),
    SUIT("EK", "E", "enc-wrong-key-masq"),
    SUIT("ET", "E", "payload-flip"),
    SUIT("EA", "E", "tag-flip"),
    SUIT("EN", "E", "enc-iv"),
    SUIT("ESWAP", "E", "enc-block-swap"),
    SUIT("ETRUNC", "E", "trunc-tag"),
    SUIT("EP", "E", "enc-flag-plain"),
    SUIT("PLAIN", "E", "plain-required"),
    { "BAD", 0, DAMAGE_FLIP_BIT, NULL, NULL, NULL },
    MCUBOOT("HDR", "G", "hdr-lie"),
    { "HDR", 0, DAMAGE_HEADER, NULL, NULL, NULL },
    { "FOREIGN", 0, DAMAGE_MARK, NULL, NULL, NULL },
    MCUBOOT("SIGNER", "G", "sig-untrusted"),
    MCUBOOT("EK", "E", "enc-wrong-key-masq"),
    MCUBOOT("ET", "E", "payload-flip"),
    MCUBOOT("EA", "E", "enc-wrap-flip"),
    MCUBOOT("ESWAP", "E", "enc-block-swap"),
    MCUBOOT("ETRUNC", "E", "trunc-payload"),
    MCUBOOT("EP", "E", "enc-flag-plain"),
    MCUBOOT("PLAIN", "E", "plain-required"),
};

/** Whether the package is signed or encrypted, and there are the keys that the
 *  damage wants. */
static bool has_what(const struct package_set *set,
                     const struct package_entry *good, size_t row)
{
    const char *variant = derived[row].variant;
    enum package_encryption encryption = good->mcuboot.encryption;
    bool needs_signer = strcmp(variant, "sig-untrusted") == 0;
    bool needs_other = strcmp(variant, "enc-wrong-key-masq") == 0;
    bool needs_tag =
        strcmp(variant, "tag-flip") == 0 || strcmp(variant, "trunc-tag") == 0;
    enum set_key other =
        recipe_is_wrapped(encryption) ? SET_KEY_KEK_X : SET_KEY_ENC_X;

    if (good->format != derived[row].format ||
        (needs_signer &&
         (set->keys[SET_KEY_SIGN].kind == PACKAGE_KEY_NONE ||
          set->keys[SET_KEY_SIGN_X].kind == PACKAGE_KEY_NONE)) ||
        (needs_other && set->keys[other].kind == PACKAGE_KEY_NONE)) {
        return false;
    }
    return (strcmp(derived[row].base, "E") != 0 ||
            encryption != PACKAGE_PLAIN) &&
           (!needs_tag || encryption == PACKAGE_KW_GCM ||
            encryption == PACKAGE_ES_GCM);
}

static bool can_derive(const struct package_set *set, uint16_t instance,
                       size_t row)
{
    const char *base = derived[row].base != NULL ? derived[row].base : "G";
    const struct package_entry *good = set_entry(set, instance, base);

    if (derived[row].damage == DAMAGE_VARIANT &&
        (good == NULL || !has_what(set, good, row))) {
        return false;
    }
    if (set_any_entry(set, instance, derived[row].name) != NULL) {
        return false; /* given, or taken away */
    }
    return derived[row].junk > 0 ||
           (good != NULL &&
            (good->source == SOURCE_RECIPE || good->source == SOURCE_FILE));
}

/** Good ones that fill their last block, and that are a byte longer or
 *  shorter. */
static const struct {
    const char *name;
    int beyond;
} filled[] = { { "FULL", 0 }, { "FULL+1", 1 }, { "FULL-1", -1 } };

/** An encrypted image of MCUboot is padded to 16 bytes: not all sizes exist. */
static bool can_be_filled(const struct package_entry *good)
{
    return good != NULL && good->source == SOURCE_RECIPE &&
           good->part_count == 0 &&
           (good->format != &package_format_mcuboot ||
            good->mcuboot.encryption == PACKAGE_PLAIN);
}

static enum status derive_filled(struct set_parser *parser, uint16_t instance)
{
    for (size_t i = 0; i < sizeof(filled) / sizeof(filled[0]); i++) {
        const struct package_entry *good =
            set_entry(parser->set, instance, "G");
        if (!can_be_filled(good) ||
            set_any_entry(parser->set, instance, filled[i].name) != NULL) {
            continue;
        }
        struct package_entry entry = *good; /* adding may move it */
        struct package_entry *added =
            set_add_entry(parser->set, instance, filled[i].name);
        if (added == NULL) {
            return reason_set(parser->reason, STATUS_NO_MEMORY,
                              "out of memory");
        }
        memcpy(entry.name, added->name, sizeof(entry.name));
        *added = entry;
        added->fill = BLOCK_SIZE;
        added->beyond = filled[i].beyond;
        added->info.is_derived = true;
    }
    return STATUS_OK;
}

enum status damage_derive(struct set_parser *parser, uint16_t instance)
{
    for (size_t i = 0; i < sizeof(derived) / sizeof(derived[0]); i++) {
        if (!can_derive(parser->set, instance, i)) {
            continue;
        }
        struct package_entry *entry =
            set_add_entry(parser->set, instance, derived[i].name);
        if (entry == NULL) {
            return reason_set(parser->reason, STATUS_NO_MEMORY,
                              "out of memory");
        }
        entry->source = derived[i].junk > 0 ? SOURCE_JUNK : SOURCE_DAMAGE;
        entry->size = derived[i].junk;
        entry->damage = derived[i].damage;
        entry->info.is_derived = true;
        (void)snprintf(entry->base, sizeof(entry->base), "%s",
                       derived[i].base != NULL ? derived[i].base
                                               : "G"); /* fits */
        (void)snprintf(entry->variant, sizeof(entry->variant), "%s",
                       derived[i].variant != NULL ? derived[i].variant
                                                  : ""); /* fits */
    }
    return derive_filled(parser, instance);
}

static const char *damage_name(enum damage damage)
{
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        if (damages[i].damage == damage) {
            return damages[i].name;
        }
    }
    return "";
}

static size_t part_index(const struct package_entry *base,
                         const struct package_entry *entry)
{
    for (size_t i = 0; entry->has_damaged_part && i < base->part_count; i++) {
        if (base->parts[i] == entry->damaged_part) {
            return i;
        }
    }
    return 0;
}

/** Whether it is an image of MCUboot, and where its payload is. */
static bool find_payload(const struct package *package, size_t *out_offset,
                         size_t *out_size)
{
    struct mcuboot_view view;
    size_t offset = 0;
    int result = 0;

    if (mcuboot_read(package->bytes, package->size, &view, NULL, &offset,
                     &result, NULL) != STATUS_OK) {
        return false;
    }
    *out_offset = view.header_size;
    *out_size = view.payload_size;
    return true;
}

/** One bit somewhere in the body of the package, or of one of its parts. */
static enum status flip_bit(const struct package_entry *base,
                            const struct package_entry *entry,
                            struct package *package, struct reason *reason)
{
    size_t offset = 0;
    size_t size = package->size;

    if (!find_payload(package, &offset, &size) &&
        !anjay_payload(package->bytes, package->size, part_index(base, entry),
                       &offset, &size)) {
        /* An unknown format: the middle is most likely body. */
        offset = 0;
        size = package->size;
    }
    if (size == 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "an empty package has no bit to flip");
    }
    package->bytes[offset + size / 2] ^= 0x10;
    return STATUS_OK;
}

/** The first byte, the last one, then in steps of the golden ratio: however
 *  many there are, they are apart from each other. */
static enum status flip_spread(unsigned nth, struct package *package,
                               struct reason *reason)
{
    static const uint32_t golden = 2654435769u;
    size_t at = nth == 0 ? 0 : package->size - 1;

    if (package->size == 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "an empty package has no bit to flip");
    }
    if (nth > 1) {
        uint32_t fraction = (uint32_t)(nth - 1) * golden;
        at = (size_t)(((uint64_t)package->size * fraction) >> 32);
    }
    package->bytes[at] ^= (uint8_t)(1u << nth % 8);
    return STATUS_OK;
}

/** Of a package of which nothing is known: whatever says what it is.
 *  packages.md, 9.4, opaque. */
static enum status invert_head(struct package *package, struct reason *reason)
{
    if (package->size < 2) {
        return reason_set(reason, STATUS_MALFORMED,
                          "the package has no header to damage");
    }
    for (size_t i = 0; i < HEAD && i < package->size; i++) {
        package->bytes[i] ^= 0xff;
    }
    return STATUS_OK;
}

/** The header of ours by its fields, all of a stranger's. */
static enum status spoil_header(struct package *package, struct reason *reason)
{
    size_t offset = 0;
    size_t size = 0;

    if (anjay_spoil_header(package->bytes, package->size)) {
        return STATUS_OK;
    }
    if (find_payload(package, &offset, &size)) {
        /* An image that ends far behind the end of the file. */
        package->bytes[MCUBOOT_IMAGE_SIZE_AT + 3] ^= 0x40;
        return STATUS_OK;
    }
    return invert_head(package, reason);
}

static enum status spoil_mark(struct package *package, struct reason *reason)
{
    size_t offset = 0;
    size_t size = 0;

    if (find_payload(package, &offset, &size)) {
        package->bytes[0] ^= 0xff;
        return STATUS_OK;
    }
    return anjay_spoil_mark(package->bytes, package->size)
               ? STATUS_OK
               : invert_head(package, reason);
}

static enum status append(uint64_t seed, struct package *package,
                          struct reason *reason)
{
    uint8_t *grown = realloc(package->bytes, package->size + APPENDED);

    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    package->bytes = grown;
    package_random(seed, grown + package->size, APPENDED);
    package->size += APPENDED;
    return STATUS_OK;
}

enum status damage_apply(const struct package_entry *base,
                         const struct package_entry *entry, uint64_t seed,
                         unsigned nth, struct package *package,
                         struct reason *reason)
{
    const struct package_variant *variant = variant_of(base, entry);

    package->damage = damage_name(entry->damage);
    switch (entry->damage) {
    case DAMAGE_FLIP_BIT:
        return flip_bit(base, entry, package, reason);
    case DAMAGE_FLIP_SPREAD:
        return flip_spread(nth, package, reason);
    case DAMAGE_HEADER:
        return spoil_header(package, reason);
    case DAMAGE_MARK:
        return spoil_mark(package, reason);
    case DAMAGE_TRUNCATE:
        if (package->size < 2) {
            return reason_set(reason, STATUS_MALFORMED,
                              "a package of one byte cannot be cut");
        }
        package->size -= package->size / 2;
        return STATUS_OK;
    case DAMAGE_APPEND:
        return append(seed, package, reason);
    case DAMAGE_VARIANT:
        if (variant == NULL) {
            return reason_set(reason, STATUS_MALFORMED,
                              "the format of the package has no such variant");
        }
        package->damage = variant->name;
        return package_spoil(format_of(base), entry->variant, &package->bytes,
                             &package->size, reason);
    }
    return STATUS_INVALID;
}
