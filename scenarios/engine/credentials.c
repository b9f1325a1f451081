/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/credentials.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OTHERS = 077,                      /* permissions of group and others */
    TEXT_MAX = 2 * SERVER_KEY_MAX + 2, /* digits, CR, LF */
};

/** Open for reading; only a file that is the owner's alone. */
static enum status open_private(const char *path, int *out_file,
                                struct reason *reason)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (file < 0 || fstat(file, &about) != 0) {
        int code = errno;
        if (file >= 0) {
            (void)close(file); /* nothing was written */
        }
        return reason_set(reason, STATUS_NOT_FOUND, "'%s': %s", path,
                          strerror(code));
    }
    if (!S_ISREG(about.st_mode) || (about.st_mode & OTHERS) != 0) {
        (void)close(file); /* nothing was written */
        return reason_set(reason, STATUS_INVALID,
                          S_ISREG(about.st_mode)
                              ? "'%s' may be used by others than its owner "
                                "(mode %03o); chmod 600"
                              : "'%s' is no file (mode %03o)",
                          path, (unsigned)about.st_mode & 0777u);
    }
    *out_file = file;
    return STATUS_OK;
}

enum status credentials_check_file(const char *path, struct reason *reason)
{
    int file = -1;
    enum status status = open_private(path, &file, reason);

    if (status == STATUS_OK) {
        (void)close(file); /* nothing was written */
    }
    return status;
}

static int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at =
        digit != '\0' ? strchr(digits, tolower((unsigned char)digit)) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static bool parse_key(const char *text, size_t length,
                      struct credentials *credentials)
{
    uint8_t key[SERVER_KEY_MAX];

    while (length > 0 &&
           (text[length - 1] == '\n' || text[length - 1] == '\r')) {
        length--;
    }
    if (length == 0 || length % 2 != 0 || length / 2 > sizeof(key)) {
        return false;
    }
    for (size_t i = 0; i < length / 2; i++) {
        int high = digit_value(text[2 * i]);
        int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        key[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(credentials->key, key, length / 2);
    credentials->key_length = length / 2;
    explicit_bzero(key, sizeof(key));
    return true;
}

enum status credentials_read_key(const char *path,
                                 struct credentials *credentials,
                                 struct reason *reason)
{
    char text[TEXT_MAX + 1];
    int file = -1;
    enum status status = open_private(path, &file, reason);

    if (status != STATUS_OK) {
        return status;
    }
    ssize_t length = read(file, text, sizeof(text));
    (void)close(file); /* nothing was written */
    if (length < 0 || (size_t)length == sizeof(text) ||
        !parse_key(text, (size_t)length, credentials)) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "'%s' is no key: 2 to %d hexadecimal digits on one "
                            "line are expected",
                            path, 2 * SERVER_KEY_MAX);
    }
    explicit_bzero(text, sizeof(text));
    return status;
}

char *credentials_hide(const struct credentials *credentials, const char *text)
{
    char digits[2 * SERVER_KEY_MAX + 1] = "";
    char *copy = NULL;

    for (size_t i = 0; i < credentials->key_length; i++) {
        (void)snprintf(digits + 2 * i, 3, "%02x",
                       (unsigned)credentials->key[i]); /* fits */
    }
    const char *found = digits[0] != '\0' ? strcasestr(text, digits) : NULL;
    if (found == NULL) {
        copy = strdup(text);
    } else if (asprintf(&copy, "%.*s(key)%s", (int)(found - text), text,
                        found + strlen(digits)) < 0) {
        copy = NULL;
    }
    explicit_bzero(digits, sizeof(digits));
    return copy;
}

void credentials_release(struct credentials *credentials)
{
    free(credentials->identity);
    free(credentials->certificate_file);
    free(credentials->key_file);
    free(credentials->ca_file);
    explicit_bzero(credentials, sizeof(*credentials));
}

const struct server_security *credentials_server(
    const struct credentials *credentials, const char *endpoint,
    struct server_psk *out_psk, struct server_security *out_security)
{
    *out_security = (struct server_security){ .psks = NULL };
    switch (credentials->mode) {
    case SECURITY_NONE:
        return NULL;
    case SECURITY_PSK:
        *out_psk = (struct server_psk){
            .identity = (const uint8_t *)credentials->identity,
            .identity_length = strlen(credentials->identity),
            .key = credentials->key,
            .key_length = credentials->key_length,
            .endpoint = endpoint,
        };
        out_security->psks = out_psk;
        out_security->psk_count = 1;
        break;
    case SECURITY_X509:
        out_security->certificate_file = credentials->certificate_file;
        out_security->key_file = credentials->key_file;
        out_security->ca_file = credentials->ca_file;
        break;
    }
    return out_security;
}
