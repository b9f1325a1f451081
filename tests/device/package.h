/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PACKAGE_H
#define TESTS_DEVICE_PACKAGE_H

/*
 * The device's own reader of firmware packages in the `anjay` format and its
 * MULTIPKG bundle. Shares nothing with the tester's builder.
 *
 * A payload may begin with what it needs, as images of boot loaders do:
 * "ASSAYNEEDS", their count (1 byte), and for each the instance (1 byte), the
 * length of a version (1 byte) and the version. A list that cannot be read is
 * payload like any other.
 * Spec: packages.md, section 7.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIRMWARE_COMPONENTS  4
#define FIRMWARE_LINKS       8
#define FIRMWARE_VERSION_MAX 24 /**< bytes */
#define FIRMWARE_NEEDS       3

/** What the header tells the device to do. */
enum outcome {
    OUTCOME_NONE,
    OUTCOME_OUT_OF_MEMORY,
    OUTCOME_FAIL_AT_UPDATE,
    OUTCOME_SUCCESS_AFTER_RESTART,
    OUTCOME_FAILURE_AFTER_RESTART,
    OUTCOME_SUCCESS_NO_RESTART,
    OUTCOME_FAILURE_NO_RESTART,
    OUTCOME_HANG,
    OUTCOME_DEFER,
    OUTCOME_FAIL_INTEGRITY, /**< found while installing: Result 5 */
    OUTCOME_COUNT
};

/** Another component that a package needs at least that new. */
struct need {
    uint16_t instance;
    char version[FIRMWARE_VERSION_MAX + 1];
};
struct needs {
    struct need list[FIRMWARE_NEEDS];
    size_t count;
};

/** One package; `bytes` and `payload` point into what was read. */
struct device_package {
    uint16_t instance;
    enum outcome outcome;
    uint16_t links[FIRMWARE_LINKS];
    size_t link_count;
    char version[FIRMWARE_VERSION_MAX + 1];
    struct needs needs;
    const uint8_t *payload;
    size_t payload_length;
    const uint8_t *bytes; /**< header and payload */
    size_t length;
    bool has_good_crc;
};

/** What was read: one package, or the members of a bundle. */
struct device_packages {
    struct device_package members[FIRMWARE_COMPONENTS];
    size_t count;
    bool is_bundle;
};

/**
 * Read a whole package.
 *
 * @return the Update Result it deserves: 0 when its structure is right (look
 *         at `has_good_crc` then), 5 for a bundle that ends before its last
 *         member does, 6 for an unknown type
 */
int package_read(const uint8_t *bytes, size_t length,
                 struct device_packages *out_packages);
/**
 * Look at the start of a bundle that is still on its way.
 * @param out_mask  bit i: instance i is contained, as far as one can see
 */
bool package_peek(const uint8_t *bytes, size_t length, unsigned *out_mask);
/** CRC-32 with the polynomial of zlib. */
uint32_t crc32_of(const uint8_t *bytes, size_t length);
/** The decimal number at the start; 0 when there is none. */
unsigned long version_lead(const char *version);
/** By their numbers: "1.10" is above "1.9", and "1.0.1" above "1.0".
 *  @return below, equal to or above 0 */
int version_compare(const char *a, const char *b);

#endif
