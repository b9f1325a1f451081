/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case_text.h"
#include "cli/package_commands.h"

/* No secret goes to standard output or standard error. */

static const struct {
    const char *word;
    enum package_key_kind kind;
    size_t size;
} kinds[] = {
    { "p256", PACKAGE_KEY_P256, 32 },
    { "secret128", PACKAGE_KEY_SECRET, 16 },
    { "secret256", PACKAGE_KEY_SECRET, 32 },
};

static const char *const forms[] = {
    [PACKAGE_KEY_PEM] = "pem",
    [PACKAGE_KEY_BASE64] = "base64",
    [PACKAGE_KEY_HEX] = "hex",
};

static bool generate(const char *word, struct package_key *out_key)
{
    const struct package_random_source source = package_random_secret();
    struct reason reason = { .status = STATUS_OK };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].word, word) == 0) {
            if (package_key_generate(kinds[i].kind, kinds[i].size, &source,
                                     out_key, &reason) == STATUS_OK) {
                return true;
            }
            fprintf(stderr, "assay: %s\n", reason.text);
            return false;
        }
    }
    fprintf(stderr,
            "assay: option '--generate' takes p256, secret128 or secret256, "
            "not '%s'\n",
            word);
    return false;
}

/** Whichever of the two kinds it is. */
static bool load(const struct options *options, struct package_key *out_key)
{
    struct reason reason = { .status = STATUS_OK };
    const char *path = options->arguments[0];

    if (path == NULL || options->arguments[1] != NULL) {
        fprintf(stderr, "assay: one key is expected, or --generate\n");
        return false;
    }
    if (package_key_load(PACKAGE_KEY_P256, path, out_key, NULL) == STATUS_OK ||
        package_key_load(PACKAGE_KEY_SECRET, path, out_key, &reason) ==
            STATUS_OK) {
        /* 32 bytes of digits are a scalar as well as a secret. */
        return true;
    }
    if (reason.status == STATUS_NOT_FOUND) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else {
        fprintf(stderr,
                "assay: key '%s' is neither one of P-256 nor a secret of 16 or "
                "32 bytes\n",
                path);
    }
    return false;
}

static bool show(const struct options *options, const struct package_key *key)
{
    char point[512] = "";
    char digits[65] = "";
    uint8_t hash[32];
    bool is_curve = key->kind == PACKAGE_KEY_P256;
    const char *kind = is_curve ? "P-256" : "secret";
    const char *half = key->has_private ? "private" : "public";

    if (is_curve) {
        if (package_key_write(key, true, PACKAGE_KEY_HEX, point, NULL) !=
                STATUS_OK ||
            package_key_hash(key, hash, NULL) != STATUS_OK) {
            fprintf(stderr, "assay: the key cannot be shown\n");
            return false;
        }
        point[strcspn(point, "\n")] = '\0';
        for (size_t i = 0; i < sizeof(hash); i++) {
            (void)snprintf(digits + 2 * i, 3, "%02x", hash[i]); /* fits */
        }
    }
    if (!options->json) {
        printf("%s, %s, %zu bits\n", kind, half, 8 * key->secret_size);
        if (is_curve) {
            printf("point     %s\nkey hash  %s\n", point, digits);
        }
        return true;
    }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", kind);
    cJSON_AddBoolToObject(object, "private", key->has_private);
    cJSON_AddNumberToObject(object, "bits", (double)(8 * key->secret_size));
    if (is_curve) {
        cJSON_AddStringToObject(object, "point", point);
        cJSON_AddStringToObject(object, "key-hash", digits);
    }
    case_text_print(object);
    return true;
}

static bool find_form(const struct options *options,
                      const struct package_key *key,
                      enum package_key_form *out_form)
{
    const char *word = options->package.form;

    *out_form =
        key->kind == PACKAGE_KEY_SECRET ? PACKAGE_KEY_BASE64 : PACKAGE_KEY_PEM;
    for (int i = 0; word != NULL && i <= PACKAGE_KEY_HEX; i++) {
        if (strcmp(forms[i], word) == 0) {
            *out_form = (enum package_key_form)i;
            return true;
        }
    }
    if (word != NULL) {
        fprintf(stderr,
                "assay: option '--form' takes pem, base64 or hex, not '%s'\n",
                word);
    }
    return word == NULL;
}

static bool convert(const struct options *options,
                    const struct package_key *key)
{
    struct reason reason = { .status = STATUS_OK };
    bool is_public = options->package.is_public != NULL;
    enum package_key_form form = PACKAGE_KEY_PEM;
    char text[512] = "";

    if (!find_form(options, key, &form)) {
        return false;
    }
    if (!is_public && options->package.output == NULL) {
        fprintf(stderr, "assay: what is secret is only written to --output "
                        "FILE; see --public\n");
        return false;
    }
    if (package_key_write(key, is_public, form, text, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return false;
    }
    bool is_written =
        package_write(options, text, strlen(text), true, !is_public);
    explicit_bzero(text, sizeof(text));
    return is_written;
}

int package_command_keys(const struct options *options)
{
    const struct package_options *given = &options->package;
    struct package_key key = { .kind = PACKAGE_KEY_NONE };
    bool good = given->generate != NULL ? generate(given->generate, &key)
                                        : load(options, &key);
    bool converts = given->output != NULL || given->is_public != NULL ||
                    given->form != NULL || given->generate != NULL;

    if (good && converts) {
        good = convert(options, &key);
    }
    /* Standard output may have the public half already. */
    if (good && (!converts || given->output != NULL)) {
        good = show(options, &key);
    }
    package_key_release(&key);
    return good ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}
