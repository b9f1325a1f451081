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

#define PACKAGE_PAIR_NAME 32 /**< bytes of a name, with NUL */

/** Other images, by number or name; what `list` borrows is in it. */
struct package_images {
    struct package_dependency list[PACKAGE_DEPENDENCIES_MAX];
    char names[PACKAGE_DEPENDENCIES_MAX][PACKAGE_PAIR_NAME];
    size_t count;
};
/** "1=1.0.0,tee=3.1.4": a name that is a number is one of an image, too.
 *
 *  @param has_names  other names may stand there
 *  @return false after a complaint */
bool package_read_images(const char *option, const char *text, bool has_names,
                         struct package_images *out_images);

/** The parts of a package; what `list` borrows is in it. Release it. */
struct package_members {
    struct package_member list[PACKAGE_MEMBERS_MAX];
    char names[PACKAGE_MEMBERS_MAX][PACKAGE_PAIR_NAME];
    uint8_t *bytes[PACKAGE_MEMBERS_MAX]; /**< owned */
    size_t count;
};
/** "app=a.bin,tee=t.bin", "0=a.bin,-1=b.bin": reads the files.
 *  @return false after a complaint */
bool package_read_members(const char *text,
                          struct package_members *out_members);
void package_members_release(struct package_members *members);
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
