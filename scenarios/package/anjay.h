/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_ANJAY_H
#define SCENARIOS_PACKAGE_ANJAY_H

/* Private to scenarios/package: the `anjay` format. packages.md, section 7. */
#include "scenarios/package/package.h"
#include "scenarios/package/toolkit.h"

#define ANJAY_VERSION_MAX 24 /**< bytes */
#define ANJAY_LINKS_MAX   8
#define ANJAY_LINKED_MAX  254 /**< instance; 255 marks an unused link */
#define ANJAY_INSTANCES   4
#define ANJAY_NEEDS_MAX   3

/** Another component, and the least version of it. */
struct anjay_need {
    uint16_t instance;
    char version[PACKAGE_VERSION_MAX];
};

/**
 * One package of one component. What it needs is not in the header, which has
 * no place for it, but at the beginning of the payload, as images of boot
 * loaders have it: "ASSAYNEEDS", the count (1 byte), and for each the instance
 * (1 byte), the length of the version (1 byte) and the version.
 */
struct anjay_part {
    uint16_t instance;   /**< 0..3 */
    bool is_of_object_5; /**< ANJAY_FW, which has no instance and no links */
    unsigned outcome;    /**< forced outcome, 0 none */
    uint16_t links[ANJAY_LINKS_MAX];
    size_t link_count;
    struct anjay_need needs[ANJAY_NEEDS_MAX];
    size_t need_count;
    const char *version;    /**< 1..24 bytes */
    const uint8_t *payload; /**< NULL: made from the seed */
    size_t payload_size;
    uint64_t seed; /**< of the payload */
};

/**
 * @param out_bytes  owned by the caller
 * Errors: STATUS_INVALID (instance, links), STATUS_LIMIT (versions; a package
 *         over PACKAGE_SIZE_MAX; a payload too short for what it needs),
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status anjay_build(const struct anjay_part *part, uint8_t **out_bytes,
                        size_t *out_size, struct reason *reason);
/** The mark of a component, 8 bytes. @param instance  0..3 */
const char *anjay_mark(uint16_t instance);
/** MULTIPKG of 1..4 parts. */
MUST_CHECK
enum status anjay_bundle(const struct anjay_part *parts, size_t count,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason);
/** Offset and size of the payload of member `index` (0 in a single package);
 *  false when the bytes are no package. */
bool anjay_payload(const uint8_t *bytes, size_t size, size_t index,
                   size_t *out_offset, size_t *out_size);
/** Make the header, or that of a bundle, one that nobody knows: version 9. The
 *  mark stays. False when the bytes are no package; untouched then. */
bool anjay_spoil_header(uint8_t *bytes, size_t size);
/** Give the package the mark of no component; the rest stays well-formed. */
bool anjay_spoil_mark(uint8_t *bytes, size_t size);
/** CRC-32 with the polynomial of zlib. */
uint32_t anjay_crc(const uint8_t *bytes, size_t size);
/** Number of a forced outcome's name ("fail-at-update"), -1 unknown. */
int anjay_outcome(const char *name);
/** Names of all outcomes, blank-separated. */
const char *anjay_outcomes(void);

/** What is common to all formats, see format.h: a package or, with members, a
 *  bundle, good or with a defect. */
MUST_CHECK
enum status anjay_make(const struct package_recipe *recipe, uint8_t **out_bytes,
                       size_t *out_size, struct reason *reason);
MUST_CHECK
enum status anjay_spoil(const char *variant, uint8_t **bytes, size_t *size,
                        struct reason *reason);
extern const struct package_variant anjay_variants[];

/** Reproducible bytes for payloads and junk. */
void package_random(uint64_t seed, uint8_t *out_bytes, size_t size);

#endif
