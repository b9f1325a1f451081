/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case_text.h"
#include "cli/package_commands.h"

enum { SIZE_DEFAULT = 20480, SIZE_MAX_BYTES = 64 * 1024 * 1024 };

/** What the recipe borrows. */
struct build_storage {
    struct package_key sign;
    struct package_key sign_x;
    struct package_key to;
    struct package_key to_x;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    uint8_t class_x[PACKAGE_CLASS_SIZE];
    uint8_t vendor_id[PACKAGE_CLASS_SIZE];
    uint8_t *payload; /* owned */
    uint64_t state;   /* of the seed */
};

static bool use_keys(const struct package_options *given,
                     struct build_storage *storage,
                     struct package_recipe *recipe)
{
    bool is_kw = given->kek != NULL;
    uint64_t bits = 128;

    if (is_kw && given->encrypt_for != NULL) {
        fprintf(stderr, "assay: either --encrypt-for or --kek\n");
        return false;
    }
    if ((given->key_bits != NULL &&
         !package_number("--key-bits", given->key_bits, 128, 256, &bits)) ||
        !package_key_option(PACKAGE_KEY_P256, given->sign_key,
                            &storage->sign) ||
        !package_key_option(is_kw ? PACKAGE_KEY_SECRET : PACKAGE_KEY_P256,
                            is_kw ? given->kek : given->encrypt_for,
                            &storage->to) ||
        !package_key_option(PACKAGE_KEY_P256, "demo:sign-x",
                            &storage->sign_x) ||
        !package_key_option(is_kw ? PACKAGE_KEY_SECRET : PACKAGE_KEY_P256,
                            !is_kw        ? "demo:enc-x"
                            : bits == 256 ? "demo:kek-x256"
                                          : "demo:kek-x",
                            &storage->to_x)) {
        return false;
    }
    recipe->key_bits = (unsigned)bits;
    recipe->signer = given->sign_key != NULL ? &storage->sign : NULL;
    recipe->signer_x = &storage->sign_x;
    recipe->encryption = is_kw                        ? PACKAGE_AES_KW
                         : given->encrypt_for != NULL ? PACKAGE_ECIES_P256
                                                      : PACKAGE_PLAIN;
    recipe->recipient = &storage->to;
    recipe->recipient_x = &storage->to_x;
    return true;
}

static bool use_numbers(const struct package_options *given,
                        struct package_recipe *recipe)
{
    uint64_t counter = 0;
    uint64_t header = 0;
    uint64_t instance = 0;
    uint64_t slot = 0;
    bool good =
        (given->counter == NULL || package_number("--counter", given->counter,
                                                  0, UINT32_MAX, &counter)) &&
        (given->header_size == NULL ||
         package_number("--header-size", given->header_size, 32, UINT16_MAX,
                        &header)) &&
        (given->instance == NULL ||
         package_number("--instance", given->instance, 0, 3, &instance)) &&
        (given->slot_size == NULL ||
         package_number("--slot-size", given->slot_size, 1, SIZE_MAX_BYTES,
                        &slot)) &&
        (given->depends == NULL ||
         package_images("--depends", given->depends, recipe->dependencies,
                        &recipe->dependency_count));

    recipe->has_counter = given->counter != NULL;
    recipe->counter = (uint32_t)counter;
    recipe->header_size = (unsigned)header;
    recipe->instance = (uint16_t)instance;
    recipe->slot_size = (size_t)slot;
    return good;
}

static bool use_uuids(const struct package_options *given,
                      struct build_storage *storage,
                      struct package_recipe *recipe)
{
    if ((given->class_id != NULL &&
         !package_uuid("--class", given->class_id, storage->class_id)) ||
        (given->vendor_id != NULL &&
         !package_uuid("--vendor", given->vendor_id, storage->vendor_id))) {
        return false;
    }
    memcpy(storage->class_x, storage->class_id, sizeof(storage->class_x));
    storage->class_x[PACKAGE_CLASS_SIZE - 1] ^= 1; /* a neighbour's */
    recipe->class_id = given->class_id != NULL ? storage->class_id : NULL;
    recipe->class_x = given->class_id != NULL ? storage->class_x : NULL;
    recipe->vendor_id = given->vendor_id != NULL ? storage->vendor_id : NULL;
    return true;
}

static bool use_payload(const struct package_options *given,
                        struct build_storage *storage,
                        struct package_recipe *recipe)
{
    uint64_t size = SIZE_DEFAULT;

    if (given->payload != NULL && given->size != NULL) {
        fprintf(stderr, "assay: either --payload or --size\n");
        return false;
    }
    if (given->payload != NULL) {
        if (!package_read_file(given->payload, &storage->payload,
                               &recipe->payload_size)) {
            return false;
        }
    } else {
        if (given->size != NULL &&
            !package_number("--size", given->size, 1, SIZE_MAX_BYTES, &size)) {
            return false;
        }
        storage->payload = malloc((size_t)size);
        if (storage->payload == NULL ||
            !recipe->random.fill(recipe->random.user, storage->payload,
                                 (size_t)size)) {
            fprintf(stderr, "assay: no memory, or no random bytes\n");
            return false;
        }
        recipe->payload_size = (size_t)size;
    }
    recipe->payload = storage->payload;
    return true;
}

static bool build(const struct options *options,
                  const struct package_format *format,
                  struct build_storage *storage)
{
    const struct package_options *given = &options->package;
    struct reason reason = { .status = STATUS_OK };
    struct package_recipe recipe = {
        .version = given->version,
        .installed = given->installed,
        .variant = given->variant,
        .random = options->has_seed ? package_random_seeded(&storage->state)
                                    : package_random_secret(),
    };
    uint8_t *bytes = NULL;
    size_t size = 0;

    if (!use_keys(given, storage, &recipe) || !use_numbers(given, &recipe) ||
        !use_uuids(given, storage, &recipe) ||
        !use_payload(given, storage, &recipe)) {
        return false;
    }
    if (package_make(format, &recipe, &bytes, &size, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return false;
    }
    bool is_written = package_write(options, bytes, size, false, false);
    if (is_written) {
        package_say_built(options, format, bytes, size);
    }
    free(bytes);
    return is_written;
}

/** --json tells of the package on standard output, so that has to be free. */
static bool can_tell(const struct options *options)
{
    if (options->json && options->package.output == NULL) {
        fprintf(stderr, "assay: --json needs --output FILE here\n");
        return false;
    }
    return true;
}

int package_command_build(const struct options *options)
{
    struct build_storage storage = { .payload = NULL, .state = options->seed };
    const char *name =
        options->package.format != NULL ? options->package.format : "mcuboot";
    const struct package_format *format = package_format_find(name);

    if (format == NULL || strcmp(name, "opaque") == 0 ||
        options->arguments[0] != NULL) {
        fprintf(stderr, "assay: '%s': %s\n",
                options->arguments[0] != NULL ? options->arguments[0] : name,
                options->arguments[0] != NULL
                    ? "no operand is expected"
                    : "formats that can be built are anjay and mcuboot");
        return EXIT_STATUS_ERROR;
    }
    if (options->package.list != NULL) {
        return package_list_variants(options, format);
    }
    if (options->package.version == NULL) {
        fprintf(stderr, "assay: --image-version is needed\n");
        return EXIT_STATUS_ERROR;
    }
    bool is_built = can_tell(options) && build(options, format, &storage);
    package_key_release(&storage.sign);
    package_key_release(&storage.to);
    free(storage.payload);
    return is_built ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}

int package_command_damage(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    const char *variant = options->package.variant;
    const struct package_format *format = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    bool is_written = false;

    if (options->package.list != NULL) {
        format = package_format_find(options->package.format != NULL
                                         ? options->package.format
                                         : "mcuboot");
        return format != NULL ? package_list_variants(options, format)
                              : EXIT_STATUS_ERROR;
    }
    if (variant == NULL) {
        fprintf(stderr, "assay: --variant is needed; --list names them\n");
        return EXIT_STATUS_ERROR;
    }
    if (can_tell(options) && package_read_operand(options, &bytes, &size)) {
        format = package_format_option(options, bytes, size);
    }
    if (format != NULL &&
        package_spoil(format, variant, &bytes, &size, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else if (format != NULL) {
        is_written = package_write(options, bytes, size, false, false);
    }
    if (is_written) {
        package_say_built(options, format, bytes, size);
    }
    free(bytes);
    return is_written ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}
