/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a firmware package that somebody inspects, verifies and
 * damages with `assay package`. */
#include <string.h>

#include "scenarios/package/toolkit.h"
#include "tests/fuzz/fuzz.h"

static void check_fields(const struct package_fields *fields, size_t size)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct package_field *field = &fields->list[i];
        HOLDS(field->offset <= size && field->length <= size - field->offset);
        HOLDS(memchr(field->name, '\0', sizeof(field->name)) != NULL);
        HOLDS(memchr(field->value, '\0', sizeof(field->value)) != NULL);
    }
}

static void check_inspect(const struct package_format *format,
                          const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct package_fields fields;
    enum status status = package_inspect(format, data, size, &fields, &reason);

    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    check_fields(&fields, size);
    HOLDS(status == STATUS_OK || strncmp(reason.text, "offset ", 7) == 0);
    HOLDS(status != STATUS_OK || fields.count > 0);
    package_fields_release(&fields);
}

/** Public keys take their time: they are asked now and then. */
static void check_verify(const struct package_format *format,
                         const uint8_t *data, size_t size, bool with_keys)
{
    struct package_key sign = { .kind = PACKAGE_KEY_NONE };
    struct package_key enc = { .kind = PACKAGE_KEY_NONE };
    struct package_key kek = { .kind = PACKAGE_KEY_NONE };
    struct package_verification report;
    const uint8_t class_id[PACKAGE_CLASS_SIZE] = { 0x41 };
    const struct package_dependency other = { 1, "1.0.0", NULL };

    HOLDS(package_key_demo("kek", &kek, NULL) == STATUS_OK);
    HOLDS(!with_keys || (package_key_demo("sign", &sign, NULL) == STATUS_OK &&
                         package_key_demo("enc", &enc, NULL) == STATUS_OK));
    const struct package_policy policy = {
        .signer = with_keys ? &sign : NULL,
        .decrypter = with_keys ? &enc : NULL,
        .kek = &kek,
        .requires_encryption = size % 2 != 0,
        .installed = "1.0.0",
        .has_counter = size % 3 == 0,
        .counter = 1,
        .class_id = size % 5 == 0 ? class_id : NULL,
        .others = &other,
        .other_count = 1,
        .slot_size = 4096,
    };
    HOLDS(package_verify(format, data, size, &policy, &report, NULL) ==
          STATUS_OK);
    HOLDS(report.count > 0 && report.count <= PACKAGE_CHECKS_MAX);
    bool is_bad = false;
    for (size_t i = 0; i < report.count; i++) {
        HOLDS(report.checks[i].offset <= size);
        is_bad = is_bad || report.checks[i].state == PACKAGE_CHECK_BAD;
    }
    HOLDS(is_bad == (report.result != 0));
}

static void check_damage(const struct package_format *format,
                         const uint8_t *data, size_t size)
{
    const struct package_variant *variant = NULL;

    for (size_t i = 0; (variant = package_variant_at(format, i)) != NULL; i++) {
        uint8_t *copy = malloc(size + 1);
        size_t copy_size = size;
        HOLDS(copy != NULL);
        memcpy(copy, data, size);
        enum status status =
            package_spoil(format, variant->name, &copy, &copy_size, NULL);
        HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
              (status == STATUS_NOT_FOUND && variant->is_built));
        HOLDS(status != STATUS_OK || copy_size != size ||
              memcmp(copy, data, size) != 0 ||
              strcmp(variant->name, "enc-block-swap") == 0);
        free(copy);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct package_format *own = package_format_of(data, size);
    const struct package_format *format = NULL;

    for (size_t i = 0; (format = package_format_at(i)) != NULL; i++) {
        check_inspect(format, data, size);
        check_verify(format, data, size, format == own && size % 16 == 7);
        check_damage(format, data, size);
    }
    return 0;
}
