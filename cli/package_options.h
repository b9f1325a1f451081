/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PACKAGE_OPTIONS_H
#define CLI_PACKAGE_OPTIONS_H

/* What the commands of `assay package` take beside what others do: texts as
 * they were given, "" for a flag, NULL when not given. */
#include <stddef.h>

struct package_options {
    const char *format;
    const char *version;
    const char *payload;
    const char *size;
    const char *sign_key;
    const char *encrypt_for;
    const char *decrypt_key;
    const char *kek;
    const char *cipher;
    const char *kid;
    const char *mac_key;
    const char *members;
    const char *component;
    const char *key_bits;
    const char *counter;
    const char *depends;
    const char *present;
    const char *class_id;
    const char *vendor_id;
    const char *header_size;
    const char *instance;
    const char *object_5;
    const char *installed;
    const char *slot_size;
    const char *variant;
    const char *list;
    const char *nested;
    const char *encrypted;
    const char *output;
    const char *generate;
    const char *form;
    const char *is_public;
};

/** One option whose value is kept as it is. */
struct text_row {
    char letter;          /**< names it in struct command; no letter, so that it
                           meets none of options.c */
    const char *name;     /**< "sign-key" */
    const char *argument; /**< NULL: a flag */
    const char *help;
    size_t at; /**< of the const char * in struct package_options */
};

/** Ended by a row without a name. */
extern const struct text_row package_rows[];

#endif
