/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/format.h"

/* The `anjay` format for people: fields and checks. packages.md, section 7.
 * All numbers are big endian. */

enum {
    MAGIC = 8,
    OUTCOME_AT = 10,
    CRC_AT = 12,
    LINKS_AT = 16,
    LENGTH_AT = 24,
    VERSION_AT = 25,
    BUNDLE_HEAD = 12,
    COUNT_AT = 10,
    RESULT_CUT = 5,
    RESULT_WRONG = 6,
    RESULT_TOO_BIG = 2,
};

struct reading {
    const uint8_t *bytes;
    size_t size;
    struct package_fields *fields; /* NULL: only look */
    size_t offset;                 /* of what is wrong */
    int result;
    struct reason *reason;
    size_t member; /* of a bundle, that is read now: from 1; 0: none */
    int instance;  /* of that member, -1: unknown */
};

enum { NAME_SIZE = 64 };

/** "instance 2 payload": which member it is, its place does not say. */
static const char *full_name(const struct reading *reading, const char *name,
                             char out_text[NAME_SIZE])
{
    if (reading->member == 0) {
        return name;
    }
    if (reading->instance < 0) {
        (void)snprintf(out_text, NAME_SIZE, "member %zu %s", reading->member,
                       name); /* fits */
    } else {
        (void)snprintf(out_text, NAME_SIZE, "instance %d %s", reading->instance,
                       name); /* fits */
    }
    return out_text;
}

static uint32_t get(const uint8_t *bytes, size_t size)
{
    uint32_t number = 0;

    for (size_t i = 0; i < size; i++) {
        number = number << 8 | bytes[i];
    }
    return number;
}

/** The instance whose mark that is; -1: none has it. */
static int instance_of(const uint8_t *bytes, size_t size)
{
    for (int i = 0; size >= MAGIC && i < ANJAY_INSTANCES; i++) {
        if (memcmp(bytes, anjay_mark((uint16_t)i), MAGIC) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_bundle(const uint8_t *bytes, size_t size)
{
    return size >= MAGIC && memcmp(bytes, "MULTIPKG", MAGIC) == 0;
}

static bool is_mine(const uint8_t *bytes, size_t size)
{
    return is_bundle(bytes, size) ||
           (size >= MAGIC && (memcmp(bytes, "AJAY", 4) == 0 ||
                              memcmp(bytes, "ANJAY_FW", MAGIC) == 0));
}

static enum status wrong(struct reading *reading, int result, size_t offset,
                         const char *field, const char *what)
{
    reading->offset = offset;
    reading->result = result;
    return reason_set(reading->reason, STATUS_MALFORMED, "offset %zu, %s: %s",
                      offset, field, what);
}

static enum status add(struct reading *reading, const char *name, size_t offset,
                       size_t length, uint32_t number)
{
    char full[NAME_SIZE];

    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->reason,
                            full_name(reading, name, full), offset, length,
                            "%" PRIu32, number);
}

static enum status add_bytes(struct reading *reading, const char *name,
                             size_t offset, size_t length)
{
    char full[NAME_SIZE];

    return reading->fields == NULL
               ? STATUS_OK
               : fields_add_bytes(reading->fields, reading->reason,
                                  full_name(reading, name, full),
                                  reading->bytes, offset, length);
}

static enum status add_text(struct reading *reading, const char *name,
                            size_t offset, size_t length)
{
    char full[NAME_SIZE];
    char text[64];
    size_t used = length < sizeof(text) - 1 ? length : sizeof(text) - 1;

    for (size_t i = 0; i < used; i++) {
        uint8_t byte = reading->bytes[offset + i];
        text[i] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '.');
    }
    text[used] = '\0';
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->reason,
                            full_name(reading, name, full), offset, length,
                            "%s", text);
}

/** Fields of a header whose mark and size are right. */
static enum status add_head(struct reading *reading, size_t start, size_t at)
{
    const uint8_t *bytes = reading->bytes + start;
    enum status status = add_text(reading, "magic", start, MAGIC);

    if (status == STATUS_OK) {
        status = add(reading, "header version", start + MAGIC, 2,
                     get(bytes + MAGIC, 2));
    }
    if (status == STATUS_OK) {
        status = add(reading, "forced outcome", start + OUTCOME_AT, 2,
                     get(bytes + OUTCOME_AT, 2));
    }
    if (status == STATUS_OK) {
        status = add_bytes(reading, "CRC-32", start + CRC_AT, 4);
    }
    if (status == STATUS_OK && at == LENGTH_AT) {
        status = add_bytes(reading, "linked instances", start + LINKS_AT, 8);
    }
    return status;
}

/** One package, which ends at `end`. */
static enum status read_single(struct reading *reading, size_t start,
                               size_t end)
{
    const uint8_t *bytes = reading->bytes + start;
    bool is_old = end - start >= MAGIC && memcmp(bytes, "ANJAY_FW", MAGIC) == 0;
    size_t at = is_old ? LINKS_AT : LENGTH_AT;

    if (end - start < at + 1) {
        return wrong(reading, RESULT_WRONG, start, "header",
                     "the package ends inside of it");
    }
    if (instance_of(bytes, end - start) < 0 &&
        (!is_old || reading->member > 0)) { /* of /5 there is no bundle */
        return wrong(reading, RESULT_WRONG, start, "magic",
                     "it is no component's");
    }
    enum status status = add_head(reading, start, at);
    if (status != STATUS_OK) {
        return status;
    }
    if (get(bytes + MAGIC, 2) != (is_old ? 2 : 3)) {
        return wrong(reading, RESULT_WRONG, start + MAGIC, "header version",
                     "it is unknown");
    }
    size_t length = bytes[at];
    if (length == 0 || length > ANJAY_VERSION_MAX) {
        return wrong(reading, RESULT_WRONG, start + at, "version length",
                     "it is not 1..24");
    }
    if (length > end - start - at - 1) {
        return wrong(reading, RESULT_WRONG, start + at, "version length",
                     "it is past the end");
    }
    status = add(reading, "version length", start + at, 1, (uint32_t)length);
    if (status == STATUS_OK) {
        status = add_text(reading, "version", start + at + 1, length);
    }
    size_t payload = start + at + 1 + length;
    if (status == STATUS_OK) {
        status = add_bytes(reading, "payload", payload, end - payload);
    }
    return status == STATUS_OK &&
                   get(bytes + CRC_AT, 4) !=
                       anjay_crc(reading->bytes + payload, end - payload)
               ? wrong(reading, RESULT_CUT, start + CRC_AT, "CRC-32",
                       "it is not that of the payload")
               : status;
}

/** The member as a whole; what follows is named by its instance. */
static enum status add_member(struct reading *reading, size_t at, size_t size)
{
    char name[NAME_SIZE];
    char what[NAME_SIZE];
    int instance = instance_of(reading->bytes + at, size);

    (void)snprintf(name, sizeof(name), "member %zu", reading->member);
    (void)snprintf(what, sizeof(what),
                   instance < 0 ? "of no component" : "of instance %d",
                   instance);
    reading->instance = instance;
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->reason, name, at, size,
                            "%s, %zu bytes", what, size);
}

static enum status read_bundle(struct reading *reading)
{
    size_t count =
        reading->size >= BUNDLE_HEAD ? get(reading->bytes + COUNT_AT, 2) : 0;
    size_t at = BUNDLE_HEAD + 4 * count;
    enum status status = STATUS_OK;

    if (reading->size < BUNDLE_HEAD) {
        return wrong(reading, RESULT_WRONG, 0, "header",
                     "the package ends inside of it");
    }
    status = add_text(reading, "magic", 0, MAGIC);
    if (status == STATUS_OK) {
        status = add(reading, "header version", MAGIC, 2,
                     get(reading->bytes + MAGIC, 2));
    }
    if (status == STATUS_OK) {
        status = add(reading, "count", COUNT_AT, 2, (uint32_t)count);
    }
    if (status == STATUS_OK && get(reading->bytes + MAGIC, 2) != 4) {
        return wrong(reading, RESULT_WRONG, MAGIC, "header version",
                     "it is unknown");
    }
    if (status == STATUS_OK &&
        (count == 0 || count > PACKAGE_PARTS_MAX || at > reading->size)) {
        return wrong(reading, RESULT_WRONG, COUNT_AT, "count",
                     "it is not 1..4, or past the end");
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        reading->member = i + 1;
        status = add(reading, "size", BUNDLE_HEAD + 4 * i, 4,
                     get(reading->bytes + BUNDLE_HEAD + 4 * i, 4));
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        size_t size = get(reading->bytes + BUNDLE_HEAD + 4 * i, 4);
        reading->member = i + 1;
        if (size > reading->size - at) {
            return wrong(reading, RESULT_CUT, BUNDLE_HEAD + 4 * i,
                         "member size", "it is past the end");
        }
        status = add_member(reading, at, size);
        if (status == STATUS_OK) {
            status = read_single(reading, at, at + size);
        }
        at += size;
    }
    reading->member = 0;
    return status == STATUS_OK && at < reading->size
               ? add_bytes(reading, "ignored bytes", at, reading->size - at)
               : status;
}

static enum status read_all(struct reading *reading)
{
    return is_bundle(reading->bytes, reading->size)
               ? read_bundle(reading)
               : read_single(reading, 0, reading->size);
}

static enum status inspect(const uint8_t *bytes, size_t size,
                           struct package_fields *fields, struct reason *reason)
{
    struct reading reading = { bytes, size, fields, 0, 0, reason, 0, -1 };

    return read_all(&reading);
}

/** Whether a component has two packages in a bundle that is whole. */
static bool is_twice(const uint8_t *bytes, size_t size)
{
    size_t count = is_bundle(bytes, size) ? get(bytes + COUNT_AT, 2) : 0;
    size_t at = BUNDLE_HEAD + 4 * count;
    uint8_t marks[PACKAGE_PARTS_MAX][MAGIC];

    for (size_t i = 0; i < count; i++) {
        memcpy(marks[i], bytes + at, MAGIC);
        at += get(bytes + BUNDLE_HEAD + 4 * i, 4);
        for (size_t j = 0; j < i; j++) {
            if (memcmp(marks[i], marks[j], MAGIC) == 0) {
                return true;
            }
        }
    }
    return false;
}

static enum status verify(const uint8_t *bytes, size_t size,
                          const struct package_policy *policy,
                          struct package_verification *verification,
                          struct reason *reason)
{
    struct reason why = { .status = STATUS_OK };
    struct reading reading = { bytes, size, NULL, 0, 0, &why, 0, -1 };

    (void)reason; /* nothing of ours can fail */
    if (policy->slot_size != 0 && size > policy->slot_size) {
        (void)checks_add(verification, "size", PACKAGE_CHECK_BAD,
                         RESULT_TOO_BIG, 0,
                         "larger than the slot"); /* decides by itself */
    } else if (read_all(&reading) != STATUS_OK) {
        (void)checks_add(verification, "structure and CRC-32",
                         PACKAGE_CHECK_BAD, reading.result, reading.offset,
                         "%s", why.text); /* decides by itself */
    } else if (is_twice(bytes, size)) {
        (void)checks_add(verification, "components", PACKAGE_CHECK_BAD,
                         RESULT_WRONG, BUNDLE_HEAD,
                         "one comes twice"); /* decides by itself */
    } else {
        (void)checks_add(verification, "structure and CRC-32",
                         PACKAGE_CHECK_GOOD, 0, 0,
                         "right"); /* decides nothing */
    }
    return STATUS_OK;
}

const struct package_format package_format_anjay = {
    .name = "anjay",
    .summary = "package of AVSystem's demo, and its bundle MULTIPKG",
    .is_mine = is_mine,
    .inspect = inspect,
    .verify = verify,
    .make = anjay_make,
    .spoil = anjay_spoil,
    .variants = anjay_variants,
};
