/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/anjay.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAGIC_SIZE = 8,
    HEADER_VERSION = 3,
    OLD_VERSION = 2, /* of object /5 */
    BUNDLE_VERSION = 4,
    UNKNOWN_VERSION = 9,
    FIXED_SIZE = 25,     /* magic, version, outcome, CRC, links, length */
    OLD_FIXED_SIZE = 17, /* of object /5: no links */
    OUTCOME_AT = 10,
    CRC_AT = 12,
    LINKS_AT = 16,
    BUNDLE_FIXED = 12,
    BUNDLE_COUNT_AT = 10,
    UNUSED = 0xff,
};

static const char *const magics[ANJAY_INSTANCES] = { "AJAY_APP", "AJAY_TEE",
                                                     "AJAYBOOT", "AJAYMODE" };

const char *anjay_mark(uint16_t instance)
{
    return magics[instance];
}

static const char *const outcomes[] = {
    "none",
    "out-of-memory",
    "fail-at-update",
    "success-after-restart",
    "failure-after-restart",
    "success-no-restart",
    "failure-no-restart",
    "hang",
    "defer",
    "fail-integrity", /* of ours: found while updating, Result 5 */
};

int anjay_outcome(const char *name)
{
    for (size_t i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++) {
        if (strcmp(outcomes[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

const char *anjay_outcomes(void)
{
    return "none out-of-memory fail-at-update success-after-restart "
           "failure-after-restart success-no-restart failure-no-restart hang "
           "defer fail-integrity";
}

void package_random(uint64_t seed, uint8_t *out_bytes, size_t size)
{
    uint64_t word = 0;

    for (size_t i = 0; i < size; i++) {
        word = i % 8 == 0 ? random_next(&seed) : word >> 8;
        out_bytes[i] = (uint8_t)word;
    }
}

static void put_number(uint8_t *bytes, uint32_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> (8 * (size - 1 - i)));
    }
}

static uint32_t get_number(const uint8_t *bytes, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

uint32_t anjay_crc(const uint8_t *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
        crc = table[(crc ^ (uint32_t)bytes[i] >> 4) & 15] ^ crc >> 4;
    }
    return ~crc;
}

/** Over the beginning of the payload, if something is needed. */
static enum status put_needs(const struct anjay_part *part, uint8_t *payload,
                             struct reason *reason)
{
    static const char magic[] = "ASSAYNEEDS";
    size_t at = sizeof(magic);

    for (size_t i = 0; i < part->need_count; i++) {
        size_t length = strlen(part->needs[i].version);
        if (length == 0 || length > ANJAY_VERSION_MAX ||
            part->payload_size < at + 2 + length) {
            return reason_set(reason, STATUS_LIMIT,
                              "what the package requires, '%.40s', does not "
                              "fit into it",
                              part->needs[i].version);
        }
        payload[at] = (uint8_t)part->needs[i].instance;
        payload[at + 1] = (uint8_t)length;
        memcpy(payload + at + 2, part->needs[i].version, length);
        at += 2 + length;
    }
    if (part->need_count > 0) {
        memcpy(payload, magic, sizeof(magic) - 1);
        payload[sizeof(magic) - 1] = (uint8_t)part->need_count;
    }
    return STATUS_OK;
}

enum status anjay_build(const struct anjay_part *part, uint8_t **out_bytes,
                        size_t *out_size, struct reason *reason)
{
    size_t version = strlen(part->version);
    bool is_old = part->is_of_object_5;
    size_t fixed = is_old ? OLD_FIXED_SIZE : FIXED_SIZE;

    if (part->instance >= ANJAY_INSTANCES) {
        return reason_set(reason, STATUS_INVALID,
                          "the anjay format has no component for instance %u",
                          part->instance);
    }
    if (version == 0 || version > ANJAY_VERSION_MAX) {
        return reason_set(reason, STATUS_LIMIT,
                          "version '%.40s' does not fit the anjay format",
                          part->version);
    }
    size_t head = fixed + version;
    if (part->payload_size > PACKAGE_SIZE_MAX - head) {
        return reason_set(reason, STATUS_LIMIT,
                          "a package with %zu bytes of payload is over %u",
                          part->payload_size, PACKAGE_SIZE_MAX);
    }
    for (size_t i = 0; i < part->link_count; i++) {
        if (is_old || i == ANJAY_LINKS_MAX ||
            part->links[i] > ANJAY_LINKED_MAX) {
            return reason_set(reason, STATUS_INVALID,
                              "the anjay format has 8 links, to instances "
                              "0..254");
        }
    }
    uint8_t *bytes = malloc(FIXED_SIZE + version + part->payload_size);
    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(bytes, is_old ? "ANJAY_FW" : magics[part->instance], MAGIC_SIZE);
    put_number(bytes + MAGIC_SIZE, is_old ? OLD_VERSION : HEADER_VERSION, 2);
    put_number(bytes + OUTCOME_AT, part->outcome, 2);
    memset(bytes + LINKS_AT, UNUSED, ANJAY_LINKS_MAX);
    for (size_t i = 0; i < part->link_count; i++) {
        bytes[LINKS_AT + i] = (uint8_t)part->links[i];
    }
    bytes[fixed - 1] = (uint8_t)version;
    memcpy(bytes + fixed, part->version, version);
    if (part->payload != NULL) {
        memcpy(bytes + head, part->payload, part->payload_size);
    } else {
        package_random(part->seed, bytes + head, part->payload_size);
    }
    enum status status = put_needs(part, bytes + head, reason);
    if (status != STATUS_OK) {
        free(bytes);
        return status;
    }
    put_number(bytes + CRC_AT, anjay_crc(bytes + head, part->payload_size), 4);
    *out_bytes = bytes;
    *out_size = head + part->payload_size;
    return STATUS_OK;
}

enum status anjay_bundle(const struct anjay_part *parts, size_t count,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason)
{
    uint8_t *members[PACKAGE_PARTS_MAX] = { NULL };
    size_t sizes[PACKAGE_PARTS_MAX] = { 0 };
    size_t total = BUNDLE_FIXED + 4 * count;
    enum status status = STATUS_OK;

    if (count == 0 || count > PACKAGE_PARTS_MAX) {
        return reason_set(reason, STATUS_INVALID, "a bundle of %zu parts",
                          count);
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = anjay_build(&parts[i], &members[i], &sizes[i], reason);
        total += sizes[i];
    }
    if (status == STATUS_OK && total > PACKAGE_SIZE_MAX) {
        status = reason_set(reason, STATUS_LIMIT,
                            "a bundle of %zu bytes is "
                            "over %u",
                            total, PACKAGE_SIZE_MAX);
    }
    uint8_t *bytes = status == STATUS_OK ? malloc(total) : NULL;
    if (status == STATUS_OK && bytes == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    size_t at = BUNDLE_FIXED + 4 * count;
    for (size_t i = 0; i < count; i++) {
        if (bytes != NULL) {
            put_number(bytes + BUNDLE_FIXED + 4 * i, (uint32_t)sizes[i], 4);
            memcpy(bytes + at, members[i], sizes[i]);
            at += sizes[i];
        }
        free(members[i]);
    }
    if (bytes != NULL) {
        memcpy(bytes, "MULTIPKG", MAGIC_SIZE);
        put_number(bytes + MAGIC_SIZE, BUNDLE_VERSION, 2);
        put_number(bytes + BUNDLE_COUNT_AT, (uint32_t)count, 2);
        *out_bytes = bytes;
        *out_size = total;
    }
    return status;
}

bool anjay_spoil_header(uint8_t *bytes, size_t size)
{
    bool is_ours =
        size >= MAGIC_SIZE + 2 && (memcmp(bytes, "AJAY", 4) == 0 ||
                                   memcmp(bytes, "MULTIPKG", MAGIC_SIZE) == 0);

    if (is_ours) {
        put_number(bytes + MAGIC_SIZE, UNKNOWN_VERSION, 2);
    }
    return is_ours;
}

bool anjay_spoil_mark(uint8_t *bytes, size_t size)
{
    bool is_ours = size >= MAGIC_SIZE && (memcmp(bytes, "AJAY", 4) == 0 ||
                                          memcmp(bytes, "MULTI", 5) == 0);

    if (is_ours) {
        memcpy(bytes, "AJAYNONE", MAGIC_SIZE);
    }
    return is_ours;
}

bool anjay_payload(const uint8_t *bytes, size_t size, size_t index,
                   size_t *out_offset, size_t *out_size)
{
    size_t start = 0;
    size_t length = size;
    size_t fixed = FIXED_SIZE;
    bool is_old = index == 0 && size >= MAGIC_SIZE &&
                  memcmp(bytes, "ANJAY_FW", MAGIC_SIZE) == 0;

    if (size >= BUNDLE_FIXED && memcmp(bytes, "MULTIPKG", MAGIC_SIZE) == 0) {
        size_t count = get_number(bytes + BUNDLE_COUNT_AT, 2);
        start = BUNDLE_FIXED + 4 * count;
        if (index >= count || start > size) {
            return false;
        }
        for (size_t i = 0; i < index; i++) {
            start += get_number(bytes + BUNDLE_FIXED + 4 * i, 4);
        }
        length = get_number(bytes + BUNDLE_FIXED + 4 * index, 4);
    } else if (is_old) {
        fixed = OLD_FIXED_SIZE;
    } else if (index > 0 || size < MAGIC_SIZE ||
               memcmp(bytes, "AJAY", 4) != 0) {
        return false;
    }
    if (start > size || length > size - start || length < fixed ||
        length - fixed < bytes[start + fixed - 1]) {
        return false;
    }
    size_t head = fixed + (size_t)bytes[start + fixed - 1];
    *out_offset = start + head;
    *out_size = length - head;
    return *out_size > 0;
}
