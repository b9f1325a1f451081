/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PACKAGE_COMMANDS_H
#define CLI_PACKAGE_COMMANDS_H

/* The commands of `assay package`; each returns an enum exit_status. */
#include "cli/commands.h"

int package_command_build(const struct options *options);
int package_command_inspect(const struct options *options);
int package_command_verify(const struct options *options);
int package_command_damage(const struct options *options);
int package_command_keys(const struct options *options);

/**
 * The only operand, or standard input: none, or "-".
 *
 * @param out_bytes  caller frees
 * @return false after a complaint
 */
bool package_read_operand(const struct options *options, uint8_t **out_bytes,
                          size_t *out_size);
/** @return false after a complaint */
bool package_read_file(const char *path, uint8_t **out_bytes, size_t *out_size);
/**
 * Write to --output, or to standard output, which must be no terminal for
 * bytes that are no text.
 *
 * @param is_secret  only its owner may read the file
 * @return false after a complaint
 */
bool package_write(const struct options *options, const void *bytes,
                   size_t size, bool is_text, bool is_secret);
/** --format, else the one that the bytes have.
 *  @return NULL after a complaint */
const struct package_format *package_format_option(
    const struct options *options, const uint8_t *bytes, size_t size);
/** A number of an option. @return false after a complaint */
bool package_number(const char *option, const char *text, uint64_t low,
                    uint64_t high, uint64_t *out_number);
/** 32 digits. @return false after a complaint */
bool package_uuid(const char *option, const char *text,
                  uint8_t out_uuid[PACKAGE_CLASS_SIZE]);
/** "1=1.0.0,2=3.1.4". @return false after a complaint */
bool package_images(const char *option, const char *text,
                    struct package_dependency *out_list, size_t *out_count);
/** A key, if `path` is not NULL. @return false after a complaint */
bool package_key_option(enum package_key_kind kind, const char *path,
                        struct package_key *out_key);
/** The variants of a format, as a table or as JSON. */
int package_list_variants(const struct options *options,
                          const struct package_format *format);
/** What was written: to stderr, or with --json to stdout. */
void package_say_built(const struct options *options,
                       const struct package_format *format,
                       const uint8_t *bytes, size_t size);

#endif
