/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/version.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBERS_MAX = 8 };

/** Leaves room to count on. */
#define NUMBER_MAX UINT64_C(999999999999999999)

struct version {
    uint64_t numbers[NUMBERS_MAX];
    size_t count;
};

/** A version that was cut where it is kept may look like another one. */
static bool is_too_long(const char *text)
{
    return strnlen(text, PACKAGE_VERSION_MAX) >= PACKAGE_VERSION_MAX - 1;
}

static enum status too_large(const char *text, struct reason *reason)
{
    return reason_set(reason, STATUS_LIMIT,
                      "nothing newer than version '%.40s%s' can be expressed",
                      text, strlen(text) > 40 ? "..." : "");
}

/** Whether it is "+4", the build of an image's version: it is not counted on,
 *  as boot loaders do not compare it. packages.md, 5.3. */
static bool is_build(const char *text)
{
    size_t digits = text[0] == '+' ? strspn(text + 1, "0123456789") : 0;

    return digits > 0 && text[1 + digits] == '\0';
}

static enum status parse(const char *text, struct version *out_version,
                         struct reason *reason)
{
    struct version version = { .count = 0 };
    const char *at = text;
    bool is_limit = is_too_long(text);

    for (;;) {
        uint64_t number = 0;
        size_t digits = strspn(at, "0123456789");
        for (size_t i = 0; i < digits && number <= NUMBER_MAX; i++) {
            number = number * 10 + (uint64_t)(at[i] - '0');
        }
        if (digits == 0) {
            return reason_set(reason, STATUS_MALFORMED,
                              "version '%.40s' is not numbers with dots", text);
        }
        is_limit =
            is_limit || number > NUMBER_MAX || version.count == NUMBERS_MAX;
        if (!is_limit) {
            version.numbers[version.count++] = number;
        }
        at += digits;
        if (*at == '\0' || is_build(at)) {
            break;
        }
        at += *at == '.' ? 1 : strlen(at);
    }
    if (is_limit) {
        return too_large(text, reason);
    }
    *out_version = version;
    return STATUS_OK;
}

static enum status print(const struct version *version,
                         char out_version[PACKAGE_VERSION_MAX],
                         struct reason *reason)
{
    size_t used = 0;

    for (size_t i = 0; i < version->count; i++) {
        int length =
            snprintf(out_version + used, PACKAGE_VERSION_MAX - used,
                     "%s%" PRIu64, i > 0 ? "." : "", version->numbers[i]);
        if (length < 0 || (size_t)length >= PACKAGE_VERSION_MAX - used) {
            return reason_set(reason, STATUS_LIMIT,
                              "the version gets too long");
        }
        used += (size_t)length;
    }
    return STATUS_OK;
}

enum status version_newer(const char *version, uint64_t steps,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason)
{
    struct version parsed;
    enum status status = parse(version, &parsed, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (parsed.count == 1) {
        /* A first number is what dependencies look at: it stays. */
        parsed.numbers[parsed.count++] = 0;
    }
    parsed.numbers[parsed.count - 1] += steps;
    return print(&parsed, out_version, reason);
}

enum status version_same(const char *version,
                         char out_version[PACKAGE_VERSION_MAX],
                         struct reason *reason)
{
    if (version[0] == '\0') {
        return reason_set(reason, STATUS_MALFORMED,
                          "the device shows no version");
    }
    if (is_too_long(version)) {
        return reason_set(reason, STATUS_LIMIT,
                          "version '%.40s...' is too long to be kept", version);
    }
    (void)snprintf(out_version, PACKAGE_VERSION_MAX, "%s", version); /* fits */
    return STATUS_OK;
}

enum status version_older(const char *version,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason)
{
    struct version parsed;
    enum status status = parse(version, &parsed, reason);

    if (status != STATUS_OK) {
        return status;
    }
    size_t at = parsed.count;
    while (at > 0 && parsed.numbers[at - 1] == 0) {
        at--;
    }
    if (at == 0) {
        return reason_set(reason, STATUS_LIMIT,
                          "nothing older than version '%.40s' can be expressed",
                          version);
    }
    parsed.numbers[at - 1]--;
    for (size_t i = at; i < parsed.count; i++) {
        parsed.numbers[i] = 9;
    }
    return print(&parsed, out_version, reason);
}

enum status version_major(const char *version,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason)
{
    struct version parsed;
    enum status status = parse(version, &parsed, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (parsed.count == 1) {
        parsed.count = 2;
    }
    parsed.numbers[0]++;
    for (size_t i = 1; i < parsed.count; i++) {
        parsed.numbers[i] = 0;
    }
    return print(&parsed, out_version, reason);
}

enum status version_behind(const char *version, const char *more,
                           char out_version[PACKAGE_VERSION_MAX],
                           struct reason *reason)
{
    struct version parsed;
    char whole[2 * PACKAGE_VERSION_MAX];

    const char *front = version[0] != '\0' ? version : "0";
    size_t length = strcspn(front, "+");
    length = is_build(front + length) ? length : strlen(front);
    (void)snprintf(whole, sizeof(whole), "%.*s%s", (int)length, front,
                   more); /* fits */
    enum status status = parse(whole, &parsed, reason);
    return status == STATUS_OK ? print(&parsed, out_version, reason) : status;
}

enum status version_above(const char *version, const char *other,
                          char out_version[PACKAGE_VERSION_MAX],
                          struct reason *reason)
{
    struct version mine;
    struct version theirs;
    enum status status = parse(version, &mine, reason);

    if (status == STATUS_OK) {
        status = parse(other, &theirs, reason);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (mine.numbers[0] > theirs.numbers[0]) {
        return version_newer(version, 1, out_version, reason);
    }
    struct version above = { .numbers = { theirs.numbers[0] + 1, 0 },
                             .count = 2 };
    return print(&above, out_version, reason);
}

int version_order(const char *a, const char *b)
{
    struct version mine;
    struct version theirs;

    if (parse(a, &mine, NULL) != STATUS_OK ||
        parse(b, &theirs, NULL) != STATUS_OK) {
        return 0;
    }
    for (size_t i = 0; i < mine.count && i < theirs.count; i++) {
        if (mine.numbers[i] != theirs.numbers[i]) {
            return mine.numbers[i] < theirs.numbers[i] ? -1 : 1;
        }
    }
    return (mine.count > theirs.count) - (mine.count < theirs.count);
}
