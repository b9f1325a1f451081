/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case_text.h"
#include "cli/package_commands.h"

/* Letters are those of options.c and of package_options.c. */
static const struct command package_commands[] = {
    { "package build", "[OPTION]...", "Build a package, good or with a defect",
      "0123457~^${\"}+89%@_,|./!#<fsj",
      "Without --seed all that is random is secret, and the package another "
      "one each time.\nKeys are files, or demo:NAME: keys that everybody "
      "knows, see 'assay package keys\n--help'. A defect that needs a key of "
      "another one takes demo:sign-x, demo:enc-x or\ndemo:kek-x.\n\n"
      "Exit status: 0 built, 3 error or bad usage.",
      package_command_build },
    { "package inspect", "[FILE]", "Show what is where in a package", "0j",
      "FILE is standard input when it is left out or '-'.\n\n"
      "Exit status: 0 all was read, 1 the package is malformed, 3 error or bad "
      "usage.",
      package_command_inspect },
    { "package verify", "[FILE]",
      "Look at a package as a device does that verifies before Downloaded",
      "0467^$=9%@./&j",
      "FILE is standard input when it is left out or '-'. What needs an option "
      "that is not\ngiven is skipped, and says so.\n\n"
      "Exit status: 0 nothing is wrong, 1 a device refuses it, 3 error or bad "
      "usage.",
      package_command_verify },
    { "package damage", "[FILE]", "Give a built package a defect", "0!#<fj",
      "FILE is standard input when it is left out or '-'. Only defects that "
      "need no key;\nthe others are made by 'assay package build --variant'.\n"
      "\nExit status: 0 written, 3 error or bad usage.",
      package_command_damage },
    { "package keys", "[FILE]", "Make, show or convert a key", ">[]<fj",
      "FILE holds a key of P-256 (PEM, or base64 or hexadecimal digits of its "
      "scalar or\npoint), or a secret of 16 or 32 bytes (base64, hexadecimal "
      "digits, or the bytes).\nWithout --output, --public or --form its kind "
      "is shown, its public half and the hash\nby which images name it; "
      "what is secret is only ever written to a file.\ndemo:NAME is a key for "
      "tests: demo:sign, demo:enc, demo:kek, demo:kek256 are those\nof RFCs, "
      "and so the simulated device's; demo:sign-x, demo:enc-x, demo:kek-x "
      "belong\nto nobody; demo:enc-new and demo:kek-new are for rotations.\n\n"
      "Exit status: 0 done, 3 error or bad usage.",
      package_command_keys },
    { NULL, NULL, NULL, NULL, NULL, NULL },
};

static int help(void)
{
    printf("Usage: assay package COMMAND [OPTION]... [FILE]\n\nFirmware "
           "packages as files: build, inspect, verify, damage, keys.\n");
    for (const struct command *row = package_commands; row->name != NULL;
         row++) {
        putchar('\n');
        options_help(row);
    }
    return EXIT_STATUS_PASS;
}

int command_package(const struct options *options)
{
    const char *const *arguments = options->arguments;
    const char *name = arguments[0];
    int count = 0;

    if (name == NULL) {
        fprintf(stderr, "assay: no command; see 'assay package --help'\n");
        return EXIT_STATUS_ERROR;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        return help();
    }
    while (arguments[count] != NULL) {
        count++;
    }
    for (const struct command *row = package_commands; row->name != NULL;
         row++) {
        struct options own;
        if (strcmp(strchr(row->name, ' ') + 1, name) != 0) {
            continue;
        }
        /* They are main()'s, which getopt_long() may permute. */
        if (!options_parse(row, count, (char **)(uintptr_t)arguments, &own)) {
            return EXIT_STATUS_ERROR;
        }
        if (own.help) {
            options_help(row);
            return EXIT_STATUS_PASS;
        }
        return row->execute(&own);
    }
    fprintf(stderr,
            "assay: unknown command '%s'; known are build inspect verify "
            "damage keys\n",
            name);
    return EXIT_STATUS_ERROR;
}

int package_list_variants(const struct options *options,
                          const struct package_format *format)
{
    const struct package_variant *row = NULL;
    cJSON *list = options->json ? cJSON_CreateArray() : NULL;

    for (size_t i = 0; (row = package_variant_at(format, i)) != NULL; i++) {
        if (list == NULL) {
            printf("%-22s %-58s early: %s; late: %s\n", row->name, row->summary,
                   row->early, row->late);
            continue;
        }
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", row->name);
        cJSON_AddStringToObject(item, "summary", row->summary);
        cJSON_AddStringToObject(item, "early", row->early);
        cJSON_AddStringToObject(item, "late", row->late);
        cJSON_AddBoolToObject(item, "built", row->is_built);
        cJSON_AddItemToArray(list, item);
    }
    if (list != NULL) {
        case_text_print(list);
    }
    return EXIT_STATUS_PASS;
}

/* Inspect. */

static void print_fields(const struct package_fields *fields)
{
    size_t width = 24;

    for (size_t i = 0; i < fields->count; i++) {
        size_t length = strlen(fields->list[i].name);
        width = length > width ? length : width;
    }
    printf("%8s %8s  %-*s  %s\n", "OFFSET", "BYTES", (int)width, "FIELD",
           "VALUE");
    for (size_t i = 0; i < fields->count; i++) {
        const struct package_field *field = &fields->list[i];
        printf("%8zu %8zu  %-*s  %s\n", field->offset, field->length,
               (int)width, field->name, field->value);
    }
}

static cJSON *fields_json(const struct package_fields *fields)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < fields->count; i++) {
        const struct package_field *field = &fields->list[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", field->name);
        cJSON_AddNumberToObject(item, "offset", (double)field->offset);
        cJSON_AddNumberToObject(item, "length", (double)field->length);
        cJSON_AddStringToObject(item, "value", field->value);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

/** Format, size and hash: what each JSON begins with. */
static cJSON *package_json(const struct package_format *format,
                           const uint8_t *bytes, size_t size)
{
    cJSON *object = cJSON_CreateObject();
    char digits[65] = "";

    cJSON_AddStringToObject(object, "format", package_format_name(format));
    cJSON_AddNumberToObject(object, "size", (double)size);
    if (package_sha256(bytes, size, digits, NULL) == STATUS_OK) {
        cJSON_AddStringToObject(object, "sha256", digits);
    }
    return object;
}

int package_command_inspect(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct package_fields fields = { .list = NULL };
    uint8_t *bytes = NULL;
    size_t size = 0;
    const struct package_format *format = NULL;

    if (package_read_operand(options, &bytes, &size)) {
        format = package_format_option(options, bytes, size);
    }
    if (format == NULL) {
        free(bytes);
        return EXIT_STATUS_ERROR;
    }
    enum status status = package_inspect(format, bytes, size, &fields, &reason);
    if (options->json) {
        cJSON *object = package_json(format, bytes, size);
        cJSON_AddItemToObject(object, "fields", fields_json(&fields));
        if (status != STATUS_OK) {
            cJSON_AddStringToObject(object, "error", reason.text);
        }
        case_text_print(object);
    } else {
        printf("%s, %zu bytes\n", package_format_name(format), size);
        print_fields(&fields);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    }
    package_fields_release(&fields);
    free(bytes);
    return status == STATUS_OK          ? EXIT_STATUS_PASS
           : status == STATUS_MALFORMED ? EXIT_STATUS_FAIL
                                        : EXIT_STATUS_ERROR;
}

/* Verify. */

static const char *const states[] = {
    [PACKAGE_CHECK_GOOD] = "good",
    [PACKAGE_CHECK_BAD] = "BAD",
    [PACKAGE_CHECK_SKIPPED] = "skipped",
};

static void print_report(const struct package_verification *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct package_check *check = &report->checks[i];
        printf("%-8s %-20s %8zu  %s\n", states[check->state], check->name,
               check->offset, check->text);
    }
    if (report->result == 0) {
        printf("nothing is wrong\n");
    } else {
        printf("refused: Update Result %d\n", report->result);
    }
}

static void print_report_json(cJSON *object,
                              const struct package_verification *report)
{
    cJSON *list = cJSON_AddArrayToObject(object, "checks");

    for (size_t i = 0; i < report->count; i++) {
        const struct package_check *check = &report->checks[i];
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "check", check->name);
        cJSON_AddStringToObject(
            item, "state",
            check->state == PACKAGE_CHECK_BAD ? "bad" : states[check->state]);
        cJSON_AddNumberToObject(item, "offset", (double)check->offset);
        cJSON_AddStringToObject(item, "text", check->text);
        cJSON_AddItemToArray(list, item);
    }
    cJSON_AddNumberToObject(object, "result", report->result);
    case_text_print(object);
}

/** What the policy borrows. */
struct verify_storage {
    struct package_key sign;
    struct package_key decrypt;
    struct package_key kek;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    uint8_t vendor_id[PACKAGE_CLASS_SIZE];
    struct package_images others;
};

static bool read_policy(const struct package_options *given,
                        struct verify_storage *storage,
                        struct package_policy *policy)
{
    uint64_t counter = 0;
    uint64_t slot = 0;
    bool good =
        package_key_option(
            given->mac_key != NULL ? PACKAGE_KEY_SECRET : PACKAGE_KEY_P256,
            given->mac_key != NULL ? given->mac_key : given->sign_key,
            &storage->sign) &&
        package_key_option(PACKAGE_KEY_P256, given->decrypt_key,
                           &storage->decrypt) &&
        package_key_option(PACKAGE_KEY_SECRET, given->kek, &storage->kek) &&
        (given->class_id == NULL ||
         package_uuid("--class", given->class_id, storage->class_id)) &&
        (given->vendor_id == NULL ||
         package_uuid("--vendor", given->vendor_id, storage->vendor_id)) &&
        (given->present == NULL ||
         package_read_images("--present", given->present, true,
                             &storage->others)) &&
        (given->counter == NULL || package_number("--counter", given->counter,
                                                  0, UINT32_MAX, &counter)) &&
        (given->slot_size == NULL ||
         package_number("--slot-size", given->slot_size, 1, UINT32_MAX, &slot));

    policy->signer = given->sign_key != NULL || given->mac_key != NULL
                         ? &storage->sign
                         : NULL;
    policy->kid = given->kid;
    policy->other_count = storage->others.count;
    policy->decrypter = given->decrypt_key != NULL ? &storage->decrypt : NULL;
    policy->kek = given->kek != NULL ? &storage->kek : NULL;
    policy->requires_encryption = given->encrypted != NULL;
    /* Who asks for opaque bytes, and for nothing that they cannot have, gets
     * them; else no "nothing is wrong" for what nobody understood. */
    policy->requires_format = given->format == NULL || policy->signer != NULL ||
                              policy->decrypter != NULL ||
                              policy->kek != NULL ||
                              policy->requires_encryption;
    policy->installed = given->installed;
    policy->has_counter = given->counter != NULL;
    policy->counter = (uint32_t)counter;
    policy->class_id = given->class_id != NULL ? storage->class_id : NULL;
    policy->vendor_id = given->vendor_id != NULL ? storage->vendor_id : NULL;
    policy->others = given->present != NULL ? storage->others.list : NULL;
    policy->slot_size = (size_t)slot;
    return good;
}

int package_command_verify(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct verify_storage storage = { .sign = { .kind = PACKAGE_KEY_NONE } };
    struct package_policy policy = { .signer = NULL };
    struct package_verification report = { .count = 0 };
    uint8_t *bytes = NULL;
    size_t size = 0;
    const struct package_format *format = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (read_policy(&options->package, &storage, &policy) &&
        package_read_operand(options, &bytes, &size)) {
        format = package_format_option(options, bytes, size);
    }
    if (format != NULL && package_verify(format, bytes, size, &policy, &report,
                                         &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else if (format != NULL) {
        exit_status = report.result == 0 ? EXIT_STATUS_PASS : EXIT_STATUS_FAIL;
        if (options->json) {
            print_report_json(package_json(format, bytes, size), &report);
        } else {
            print_report(&report);
        }
    }
    package_key_release(&storage.sign);
    package_key_release(&storage.decrypt);
    package_key_release(&storage.kek);
    free(bytes);
    return exit_status;
}

void package_say_built(const struct options *options,
                       const struct package_format *format,
                       const uint8_t *bytes, size_t size)
{
    const char *name =
        options->package.variant != NULL ? options->package.variant : "good";
    const struct package_variant *variant = package_variant_find(format, name);
    char digits[65] = "";

    if (options->json && options->package.output != NULL) {
        cJSON *object = package_json(format, bytes, size);
        cJSON_AddStringToObject(object, "file", options->package.output);
        cJSON_AddStringToObject(object, "variant", name);
        if (variant != NULL) {
            cJSON_AddStringToObject(object, "early", variant->early);
            cJSON_AddStringToObject(object, "late", variant->late);
        }
        if (options->has_seed) {
            cJSON_AddNumberToObject(object, "seed", (double)options->seed);
        }
        case_text_print(object);
        return;
    }
    if (package_sha256(bytes, size, digits, NULL) == STATUS_OK) {
        fprintf(stderr, "%s, %s, %zu bytes, SHA-256 %s\n",
                package_format_name(format), name, size, digits);
    }
}
