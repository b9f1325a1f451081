/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/format.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/crypto.h"

enum {
    FIELDS_MAX = 4096, /* of one package */
    SWAPPED = 4096,    /* bytes of a block that "enc-block-swap" exchanges */
    APPENDED = 16,     /* bytes that "append" adds */
    APPENDED_BYTE = 0xa5,
};

/* `opaque` has all bytes, so it is the last one. */
static const struct package_format *const formats[] = {
    &package_format_anjay, &package_format_mcuboot, &package_format_suit,
    &package_format_dfumi, &package_format_opaque,
};

enum { FORMAT_COUNT = sizeof(formats) / sizeof(formats[0]) };

const struct package_format *package_format_at(size_t index)
{
    return index < FORMAT_COUNT ? formats[index] : NULL;
}

const struct package_format *package_format_find(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strcmp(formats[i]->name, name) == 0) {
            return formats[i];
        }
    }
    return NULL;
}

const struct package_format *package_format_of(const uint8_t *bytes,
                                               size_t size)
{
    size_t i = 0;

    while (i < FORMAT_COUNT - 1 && !formats[i]->is_mine(bytes, size)) {
        i++;
    }
    return formats[i];
}

const char *package_format_name(const struct package_format *format)
{
    return format->name;
}

const char *package_format_summary(const struct package_format *format)
{
    return format->summary;
}

enum status package_sha256(const uint8_t *bytes, size_t size,
                           char out_digits[65], struct reason *reason)
{
    const struct span span = { bytes, size };
    uint8_t hash[CRYPTO_HASH_SIZE];
    enum status status = crypto_sha256(&span, 1, hash, reason);

    for (size_t i = 0; status == STATUS_OK && i < sizeof(hash); i++) {
        (void)snprintf(out_digits + 2 * i, 3, "%02x", hash[i]); /* fits */
    }
    return status;
}

/* Fields. */

static struct package_field *grow(struct package_fields *fields,
                                  const char *name, size_t offset,
                                  size_t length, struct reason *reason)
{
    if (fields->count == FIELDS_MAX) {
        (void)reason_set(reason, STATUS_LIMIT, "more than %d fields",
                         FIELDS_MAX); /* told by NULL */
        return NULL;
    }
    struct package_field *list =
        realloc(fields->list, (fields->count + 1) * sizeof(*list));
    if (list == NULL) {
        (void)reason_set(reason, STATUS_NO_MEMORY,
                         "out of memory"); /* told by NULL */
        return NULL;
    }
    fields->list = list;
    struct package_field *field = &list[fields->count++];
    *field = (struct package_field){ .offset = offset, .length = length };
    (void)snprintf(field->name, sizeof(field->name), "%s", name); /* cut */
    return field;
}

enum status fields_add(struct package_fields *fields, struct reason *reason,
                       const char *name, size_t offset, size_t length,
                       const char *format, ...)
{
    struct package_field *field = grow(fields, name, offset, length, reason);
    va_list list;

    if (field == NULL) {
        return fields->count == FIELDS_MAX ? STATUS_LIMIT : STATUS_NO_MEMORY;
    }
    va_start(list, format);
    (void)vsnprintf(field->value, sizeof(field->value), format, list); /* cut */
    va_end(list);
    return STATUS_OK;
}

enum status fields_add_bytes(struct package_fields *fields,
                             struct reason *reason, const char *name,
                             const uint8_t *package, size_t offset,
                             size_t length)
{
    struct package_field *field = grow(fields, name, offset, length, reason);
    size_t shown = 0;

    if (field == NULL) {
        return fields->count == FIELDS_MAX ? STATUS_LIMIT : STATUS_NO_MEMORY;
    }
    while (shown < length && 2 * shown + 6 < sizeof(field->value)) {
        (void)snprintf(field->value + 2 * shown, 3, "%02x",
                       package[offset + shown]); /* fits */
        shown++;
    }
    if (shown < length) {
        (void)snprintf(field->value + 2 * shown, 4, "..."); /* fits */
    }
    return STATUS_OK;
}

const struct package_field *fields_find(const struct package_fields *fields,
                                        const char *name)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (strncmp(fields->list[i].name, name, strlen(name)) == 0) {
            return &fields->list[i];
        }
    }
    return NULL;
}

void package_fields_release(struct package_fields *fields)
{
    free(fields->list);
    *fields = (struct package_fields){ .list = NULL };
}

enum status package_inspect(const struct package_format *format,
                            const uint8_t *bytes, size_t size,
                            struct package_fields *out_fields,
                            struct reason *reason)
{
    *out_fields = (struct package_fields){ .list = NULL };
    return format->inspect(bytes, size, out_fields, reason);
}

/* Checks. */

bool checks_add(struct package_verification *verification, const char *name,
                enum package_check_state state, int result, size_t offset,
                const char *format, ...)
{
    va_list list;

    if (state == PACKAGE_CHECK_BAD && verification->result == 0) {
        verification->result = result;
    }
    if (verification->count == PACKAGE_CHECKS_MAX) {
        if (state != PACKAGE_CHECK_BAD) {
            return true;
        }
        verification->count--; /* what is bad is told in any case */
    }
    struct package_check *check = &verification->checks[verification->count++];
    *check = (struct package_check){ .name = name,
                                     .state = state,
                                     .offset = offset };
    va_start(list, format);
    (void)vsnprintf(check->text, sizeof(check->text), format, list); /* cut */
    va_end(list);
    return state != PACKAGE_CHECK_BAD;
}

enum status package_verify(const struct package_format *format,
                           const uint8_t *bytes, size_t size,
                           const struct package_policy *policy,
                           struct package_verification *out_verification,
                           struct reason *reason)
{
    *out_verification = (struct package_verification){ .count = 0 };
    return format->verify(bytes, size, policy, out_verification, reason);
}

/* Variants. */

const struct package_variant *package_variant_at(
    const struct package_format *format, size_t index)
{
    const struct package_variant *row = format->variants;

    while (row->name != NULL && index > 0) {
        row++;
        index--;
    }
    return row->name != NULL ? row : NULL;
}

const struct package_variant *package_variant_find(
    const struct package_format *format, const char *name)
{
    const struct package_variant *row = format->variants;

    while (row->name != NULL && strcmp(row->name, name) != 0) {
        row++;
    }
    return row->name != NULL ? row : NULL;
}

static enum status append(uint8_t **bytes, size_t *size, struct reason *reason)
{
    uint8_t *grown = realloc(*bytes, *size + APPENDED);

    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    memset(grown + *size, APPENDED_BYTE, APPENDED);
    *bytes = grown;
    *size += APPENDED;
    return STATUS_OK;
}

bool spoil_blindly(const char *variant, uint8_t **bytes, size_t *size,
                   enum status *out_status, struct reason *reason)
{
    bool is_tiny = *size < 2;

    *out_status = STATUS_OK;
    if (strcmp(variant, "append") == 0) {
        *out_status = append(bytes, size, reason);
    } else if (strcmp(variant, "trunc-1") == 0) {
        *size -= is_tiny ? 0 : 1;
    } else if (strcmp(variant, "trunc-half") == 0) {
        *size -= *size / 2;
    } else if (strcmp(variant, "magic") == 0) {
        (*bytes)[0] ^= is_tiny ? 0 : 0xff;
    } else {
        return false;
    }
    if (is_tiny) {
        *out_status = reason_set(reason, STATUS_MALFORMED,
                                 "%zu bytes are too few to damage", *size);
    }
    return true;
}

enum status variant_lacks(const char *variant, const char *what,
                          struct reason *reason)
{
    return reason_set(reason, STATUS_MALFORMED, "the variant '%s' needs %s",
                      variant, what);
}

enum status spoil_swap(const char *variant, uint8_t *bytes, size_t size,
                       struct reason *reason)
{
    uint8_t block[SWAPPED];

    if (size < (size_t)2 * SWAPPED) {
        return variant_lacks(variant, "a payload of 8 KiB", reason);
    }
    memcpy(block, bytes, SWAPPED);
    memcpy(bytes, bytes + SWAPPED, SWAPPED);
    memcpy(bytes + SWAPPED, block, SWAPPED);
    return STATUS_OK;
}

enum status package_make(const struct package_format *format,
                         const struct package_recipe *recipe,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason)
{
    const struct package_variant *variant =
        recipe->variant != NULL ? package_variant_find(format, recipe->variant)
                                : NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;

    if (format->make == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "packages of the format %s cannot be built",
                          format->name);
    }
    if (recipe->variant != NULL && variant == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "the format %s has no variant '%.40s'", format->name,
                          recipe->variant);
    }
    enum status status = format->make(recipe, &bytes, &size, reason);
    if (status == STATUS_OK && variant != NULL && !variant->is_built) {
        status = format->spoil(variant->name, &bytes, &size, reason);
    }
    /* On Resource 0 these are the reset. packages.md, section 3. */
    if (status == STATUS_OK && (size == 0 || (size == 1 && bytes[0] == 0))) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "that would be a reset and no package");
    }
    if (status != STATUS_OK) {
        free(bytes);
        return status;
    }
    *out_bytes = bytes;
    *out_size = size;
    return STATUS_OK;
}

enum status package_spoil(const struct package_format *format,
                          const char *variant, uint8_t **bytes, size_t *size,
                          struct reason *reason)
{
    const struct package_variant *row = package_variant_find(format, variant);

    if (row == NULL || row->is_built) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          row == NULL ? "the format %s has no variant '%.40s'"
                                      : "the format %s can have '%.40s' only "
                                        "when it is built",
                          format->name, variant);
    }
    return format->spoil(variant, bytes, size, reason);
}
