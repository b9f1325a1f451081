/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/package_commands.h"

enum {
    FILE_MAX = 64 * 1024 * 1024, /* bytes of a package */
    CHUNK = 65536,
};

static bool complain(const char *subject, const char *what)
{
    fprintf(stderr, "assay: '%s': %s\n", subject, what);
    return false;
}

static bool read_stream(FILE *file, const char *name, uint8_t **out_bytes,
                        size_t *out_size)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    size_t got = 0;

    do {
        uint8_t *grown = size <= FILE_MAX ? realloc(bytes, size + CHUNK) : NULL;
        if (grown == NULL) {
            free(bytes);
            return complain(name, "larger than 64 MiB");
        }
        bytes = grown;
        got = fread(bytes + size, 1, CHUNK, file);
        size += got;
    } while (got > 0);
    if (ferror(file) != 0) {
        free(bytes);
        return complain(name, "cannot be read");
    }
    *out_bytes = bytes;
    *out_size = size;
    return true;
}

bool package_read_file(const char *path, uint8_t **out_bytes, size_t *out_size)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        return complain(path, strerror(errno));
    }
    bool is_read = read_stream(file, path, out_bytes, out_size);
    (void)fclose(file); /* it was only read */
    return is_read;
}

bool package_read_operand(const struct options *options, uint8_t **out_bytes,
                          size_t *out_size)
{
    const char *path = options->arguments[0];

    if (path != NULL && options->arguments[1] != NULL) {
        return complain(options->arguments[1], "one file at a time");
    }
    if (path != NULL && strcmp(path, "-") != 0) {
        return package_read_file(path, out_bytes, out_size);
    }
    if (isatty(STDIN_FILENO) == 1) {
        return complain("-", "a terminal has no package; name a file");
    }
    return read_stream(stdin, "-", out_bytes, out_size);
}

bool package_write(const struct options *options, const void *bytes,
                   size_t size, bool is_text, bool is_secret)
{
    const char *path = options->package.output;
    FILE *file = stdout;

    if (path == NULL && !is_text && isatty(STDOUT_FILENO) == 1) {
        return complain("-", "bytes are not for a terminal; say --output FILE");
    }
    if (path != NULL) {
        int flags = O_WRONLY | O_CREAT | (options->force ? O_TRUNC : O_EXCL);
        int descriptor = open(path, flags, is_secret ? 0600 : 0644);
        if (descriptor < 0) {
            return complain(path, errno == EEXIST
                                      ? "exists; say --force to overwrite it"
                                      : strerror(errno));
        }
        if (is_secret) {                    /* also of a file that was there */
            (void)fchmod(descriptor, 0600); /* as good as it gets */
        }
        file = fdopen(descriptor, "wb");
        if (file == NULL) {
            (void)close(descriptor); /* nothing was written */
            return complain(path, strerror(errno));
        }
    }
    bool is_written = fwrite(bytes, 1, size, file) == size;
    is_written =
        (path != NULL ? fclose(file) : fflush(file)) == 0 && is_written;
    return is_written || complain(path != NULL ? path : "-", "cannot write");
}

const struct package_format *package_format_option(
    const struct options *options, const uint8_t *bytes, size_t size)
{
    const char *name = options->package.format;
    const struct package_format *format = name != NULL
                                              ? package_format_find(name)
                                              : package_format_of(bytes, size);

    if (format == NULL) {
        (void)complain(name, "unknown format; known are anjay, dfumi, "
                             "mcuboot, opaque and suit"); /* told by NULL */
    }
    return format;
}

bool package_number(const char *option, const char *text, uint64_t low,
                    uint64_t high, uint64_t *out_number)
{
    char *end = NULL;

    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' ||
        number < low || number > high) {
        fprintf(stderr, "assay: option '%s' takes %llu to %llu, not '%s'\n",
                option, (unsigned long long)low, (unsigned long long)high,
                text);
        return false;
    }
    *out_number = number;
    return true;
}

bool package_uuid(const char *option, const char *text,
                  uint8_t out_uuid[PACKAGE_CLASS_SIZE])
{
    size_t digits = 0;
    char pair[3] = "";

    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '-') {
            continue; /* as UUIDs are written */
        }
        if (strchr("0123456789abcdefABCDEF", *at) == NULL ||
            digits == (size_t)2 * PACKAGE_CLASS_SIZE) {
            return complain(option, "takes 32 hexadecimal digits");
        }
        pair[digits % 2] = *at;
        if (digits % 2 == 1) {
            out_uuid[digits / 2] = (uint8_t)strtoul(pair, NULL, 16);
        }
        digits++;
    }
    return digits == (size_t)2 * PACKAGE_CLASS_SIZE ||
           complain(option, "takes 32 hexadecimal digits");
}

bool package_key_option(enum package_key_kind kind, const char *path,
                        struct package_key *out_key)
{
    struct reason reason = { .status = STATUS_OK };

    if (path != NULL &&
        package_key_load(kind, path, out_key, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return false;
    }
    return true;
}
