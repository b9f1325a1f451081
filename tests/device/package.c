/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/package.h"

#include <limits.h>
#include <string.h>

enum {
    MAGIC_SIZE = 8,
    VERSION_SINGLE = 3,
    VERSION_BUNDLE = 4,
    FIXED_SIZE = 25, /* up to and with the version length */
    BUNDLE_FIXED = 12,
    PACKAGE_INTEGRITY = 5,
    PACKAGE_TYPE = 6,
    UNUSED_LINK = 0xff,
};

static const char *const magics[FIRMWARE_COMPONENTS] = { "AJAY_APP", "AJAY_TEE",
                                                         "AJAYBOOT",
                                                         "AJAYMODE" };
static const char bundle_magic[] = "MULTIPKG";

static uint32_t number(const uint8_t *bytes, size_t size)
{
    uint32_t value = 0;

    for (size_t i = 0; i < size; i++) {
        value = value << 8 | bytes[i];
    }
    return value;
}

uint32_t crc32_of(const uint8_t *bytes, size_t length)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
        }
    }
    return ~crc;
}

unsigned long version_lead(const char *version)
{
    unsigned long number = 0;

    for (; *version >= '0' && *version <= '9'; version++) {
        unsigned long digit = (unsigned long)(*version - '0');
        if (number > (ULONG_MAX - digit) / 10) {
            return ULONG_MAX;
        }
        number = number * 10 + digit;
    }
    return number;
}

/** Behind the number at the start and its dot. */
static const char *after_number(const char *version)
{
    while (*version >= '0' && *version <= '9') {
        version++;
    }
    return *version != '\0' ? version + 1 : version;
}

int version_compare(const char *a, const char *b)
{
    while (*a != '\0' && *b != '\0' && version_lead(a) == version_lead(b)) {
        a = after_number(a);
        b = after_number(b);
    }
    if (*a == '\0' || *b == '\0') {
        return (*a != '\0') - (*b != '\0');
    }
    return version_lead(a) < version_lead(b) ? -1 : 1;
}

/** Bytes of the UTF-8 character at the start; 0 when there is none. */
static size_t character_length(const uint8_t *bytes, size_t length)
{
    static const struct {
        uint8_t mask;
        uint8_t lead;
        uint32_t low; /* smaller numbers have a shorter form */
    } forms[] = {
        { 0x80, 0x00, 0x20 }, /* no control characters */
        { 0xe0, 0xc0, 0x80 },
        { 0xf0, 0xe0, 0x800 },
        { 0xf8, 0xf0, 0x10000 },
    };

    for (size_t size = 1; size <= 4 && size <= length; size++) {
        if ((bytes[0] & forms[size - 1].mask) != forms[size - 1].lead) {
            continue;
        }
        uint32_t value = bytes[0] & (uint8_t)~forms[size - 1].mask;
        for (size_t i = 1; i < size; i++) {
            if ((bytes[i] & 0xc0) != 0x80) {
                return 0;
            }
            value = value << 6 | (bytes[i] & 0x3fu);
        }
        bool good = value >= forms[size - 1].low && value <= 0x10ffff &&
                    value != 0x7f && (value < 0xd800 || value > 0xdfff);
        return good ? size : 0;
    }
    return 0;
}

/** The text becomes PkgVersion and Current Version: valid UTF-8, no NUL. */
static bool is_version(const uint8_t *bytes, size_t length)
{
    size_t at = 0;
    size_t size = 1;

    while (at < length && size > 0) {
        size = character_length(bytes + at, length - at);
        at += size;
    }
    return length > 0 && length <= FIRMWARE_VERSION_MAX && size > 0;
}

static bool find_component(const uint8_t *bytes, uint16_t *out_instance)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (memcmp(bytes, magics[i], MAGIC_SIZE) == 0) {
            *out_instance = i;
            return true;
        }
    }
    return false;
}

/** What the payload says that it needs; nothing when it says so wrongly. */
static void read_needs(struct device_package *package)
{
    static const char magic[] = "ASSAYNEEDS";
    const uint8_t *bytes = package->payload;
    size_t length = package->payload_length;
    size_t at = sizeof(magic);
    struct needs needs = { .count = 0 };

    if (length < at || memcmp(bytes, magic, sizeof(magic) - 1) != 0 ||
        bytes[at - 1] > FIRMWARE_NEEDS) {
        return;
    }
    needs.count = bytes[at - 1];
    for (size_t i = 0; i < needs.count; i++) {
        size_t size = length - at >= 2 ? bytes[at + 1] : 0;
        if (size == 0 || length - at - 2 < size ||
            bytes[at] >= FIRMWARE_COMPONENTS ||
            !is_version(bytes + at + 2, size)) {
            return;
        }
        needs.list[i].instance = bytes[at];
        memcpy(needs.list[i].version, bytes + at + 2, size);
        at += 2 + size;
    }
    package->needs = needs;
}

/** @return 0 or PACKAGE_TYPE; the checksum is for the caller to judge */
static int read_single(const uint8_t *bytes, size_t length,
                       struct device_package *package)
{
    *package = (struct device_package){ .bytes = bytes, .length = length };
    if (length < FIXED_SIZE || !find_component(bytes, &package->instance) ||
        number(bytes + 8, 2) != VERSION_SINGLE ||
        number(bytes + 10, 2) >= OUTCOME_COUNT) {
        return PACKAGE_TYPE;
    }
    package->outcome = (enum outcome)number(bytes + 10, 2);
    for (size_t i = 0; i < FIRMWARE_LINKS; i++) {
        if (bytes[16 + i] != UNUSED_LINK) {
            package->links[package->link_count++] = bytes[16 + i];
        }
    }
    size_t version = bytes[24];
    if (length - FIXED_SIZE < version ||
        !is_version(bytes + FIXED_SIZE, version)) {
        return PACKAGE_TYPE;
    }
    memcpy(package->version, bytes + FIXED_SIZE, version);
    package->payload = bytes + FIXED_SIZE + version;
    package->payload_length = length - FIXED_SIZE - version;
    package->has_good_crc =
        crc32_of(package->payload, package->payload_length) ==
        number(bytes + 12, 4);
    read_needs(package);
    return 0;
}

static int read_bundle(const uint8_t *bytes, size_t length,
                       struct device_packages *packages)
{
    size_t count = length >= BUNDLE_FIXED ? number(bytes + 10, 2) : 0;
    size_t at = BUNDLE_FIXED + 4 * count;
    unsigned seen = 0;

    if (count == 0 || count > FIRMWARE_COMPONENTS || length < at ||
        number(bytes + 8, 2) != VERSION_BUNDLE) {
        return PACKAGE_TYPE;
    }
    packages->is_bundle = true;
    for (size_t i = 0; i < count; i++) {
        size_t size = number(bytes + BUNDLE_FIXED + 4 * i, 4);
        if (size > length - at) {
            return PACKAGE_INTEGRITY; /* a part is missing, or a length lies */
        }
        struct device_package *member = &packages->members[i];
        int result = read_single(bytes + at, size, member);
        if (result != 0 || (seen & 1u << member->instance) != 0) {
            return PACKAGE_TYPE;
        }
        seen |= 1u << member->instance;
        packages->count++;
        at += size;
    }
    return 0; /* bytes after the last member belong to none */
}

int package_read(const uint8_t *bytes, size_t length,
                 struct device_packages *out_packages)
{
    *out_packages = (struct device_packages){ .count = 0 };
    if (length >= MAGIC_SIZE && memcmp(bytes, bundle_magic, MAGIC_SIZE) == 0) {
        return read_bundle(bytes, length, out_packages);
    }
    out_packages->count = 1;
    return read_single(bytes, length, &out_packages->members[0]);
}

bool package_peek(const uint8_t *bytes, size_t length, unsigned *out_mask)
{
    if (length < BUNDLE_FIXED || memcmp(bytes, bundle_magic, MAGIC_SIZE) != 0) {
        return false;
    }
    size_t count = number(bytes + 10, 2);
    size_t at = BUNDLE_FIXED + 4 * count;
    *out_mask = 0;
    for (size_t i = 0; i < count && count <= FIRMWARE_COMPONENTS; i++) {
        uint16_t instance = 0;
        if (at > length || length - at < MAGIC_SIZE ||
            !find_component(bytes + at, &instance)) {
            break;
        }
        *out_mask |= 1u << instance;
        at += number(bytes + BUNDLE_FIXED + 4 * i, 4);
    }
    return true;
}
