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
    struct package_images depends;
    struct package_members members;
    struct package_key first; /* another recipient */
};

static bool is_suit(const struct package_options *given)
{
    return given->format != NULL && strcmp(given->format, "suit") == 0;
}

/** How the options say that a package is encrypted. */
static bool take_encryption(const struct package_options *given,
                            enum package_encryption *out_encryption)
{
    bool is_kw = given->kek != NULL;
    bool is_ctr = given->cipher != NULL && strcmp(given->cipher, "ctr") == 0;

    if (given->cipher != NULL && !is_ctr && strcmp(given->cipher, "gcm") != 0) {
        fprintf(stderr, "assay: option '--cipher' takes gcm or ctr, not '%s'\n",
                given->cipher);
        return false;
    }
    if (!is_kw && given->encrypt_for == NULL) {
        *out_encryption = PACKAGE_PLAIN;
    } else if (!is_suit(given)) {
        *out_encryption = is_kw ? PACKAGE_AES_KW : PACKAGE_ECIES_P256;
    } else if (is_kw) {
        *out_encryption = is_ctr ? PACKAGE_KW_CTR : PACKAGE_KW_GCM;
    } else {
        *out_encryption = is_ctr ? PACKAGE_ES_CTR : PACKAGE_ES_GCM;
    }
    return true;
}

static bool use_keys(const struct package_options *given,
                     struct build_storage *storage,
                     struct package_recipe *recipe)
{
    bool is_kw = given->kek != NULL;
    uint64_t bits = 128;

    if (is_kw && given->encrypt_for != NULL && !is_suit(given)) {
        fprintf(stderr, "assay: either --encrypt-for or --kek\n");
        return false;
    }
    if (given->mac_key != NULL &&
        (given->sign_key != NULL || !is_suit(given))) {
        fprintf(stderr, "assay: --mac-key is for suit, without --sign-key\n");
        return false;
    }
    if ((given->key_bits != NULL &&
         !package_number("--key-bits", given->key_bits, 128, 256, &bits)) ||
        !package_key_option(
            given->mac_key != NULL ? PACKAGE_KEY_SECRET : PACKAGE_KEY_P256,
            given->mac_key != NULL ? given->mac_key : given->sign_key,
            &storage->sign) ||
        !take_encryption(given, &recipe->encryption) ||
        !package_key_option(is_kw ? PACKAGE_KEY_SECRET : PACKAGE_KEY_P256,
                            is_kw ? given->kek : given->encrypt_for,
                            &storage->to) ||
        !package_key_option(PACKAGE_KEY_P256, is_kw ? given->encrypt_for : NULL,
                            &storage->first) ||
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
    recipe->signer = given->sign_key != NULL || given->mac_key != NULL
                         ? &storage->sign
                         : NULL;
    recipe->signer_x = &storage->sign_x;
    recipe->kid = given->kid;
    recipe->recipient = &storage->to;
    recipe->recipient_x = &storage->to_x;
    recipe->first =
        is_kw && given->encrypt_for != NULL ? &storage->first : NULL;
    return true;
}

static bool use_numbers(const struct package_options *given,
                        struct build_storage *storage,
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
         package_read_images("--depends", given->depends, is_suit(given),
                             &storage->depends));

    memcpy(recipe->dependencies, storage->depends.list,
           sizeof(recipe->dependencies));
    recipe->dependency_count = storage->depends.count;

    recipe->has_counter = given->counter != NULL;
    recipe->counter = (uint32_t)counter;
    recipe->header_size = (unsigned)header;
    recipe->instance = (uint16_t)instance;
    recipe->is_of_object_5 = given->object_5 != NULL;
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

    if ((given->payload != NULL) + (given->size != NULL) +
            (given->members != NULL) >
        1) {
        fprintf(stderr, "assay: one of --payload, --size and --members\n");
        return false;
    }
    if (given->members != NULL) {
        if (given->format == NULL || strcmp(given->format, "mcuboot") == 0 ||
            strcmp(given->format, "opaque") == 0) {
            fprintf(stderr, "assay: --members is for suit, dfumi and anjay\n");
            return false;
        }
        if (!package_read_members(given->members, &storage->members)) {
            return false;
        }
        memcpy(recipe->members, storage->members.list, sizeof(recipe->members));
        recipe->member_count = storage->members.count;
        return true;
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
        .component = given->component != NULL ? given->component : "main",
        .component_x = "another",
        .variant = given->variant,
        .nests = given->nested != NULL,
        .random = options->has_seed ? package_random_seeded(&storage->state)
                                    : package_random_secret(),
    };
    uint8_t *bytes = NULL;
    size_t size = 0;

    if (!use_keys(given, storage, &recipe) ||
        !use_numbers(given, storage, &recipe) ||
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

    if (format == NULL || options->arguments[0] != NULL) {
        fprintf(stderr, "assay: '%s': %s\n",
                options->arguments[0] != NULL ? options->arguments[0] : name,
                options->arguments[0] != NULL
                    ? "no operand is expected"
                    : "formats are mcuboot, suit, dfumi, anjay and opaque");
        return EXIT_STATUS_ERROR;
    }
    if (options->package.list != NULL) {
        return package_list_variants(options, format);
    }
    if (options->package.version == NULL && strcmp(name, "dfumi") != 0 &&
        strcmp(name, "opaque") != 0) {
        fprintf(stderr, "assay: --image-version is needed\n");
        return EXIT_STATUS_ERROR;
    }
    bool is_built = can_tell(options) && build(options, format, &storage);
    package_key_release(&storage.sign);
    package_key_release(&storage.to);
    package_key_release(&storage.first);
    package_members_release(&storage.members);
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
