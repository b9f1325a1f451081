/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MANIFEST_H
#define TESTS_DEVICE_MANIFEST_H

/*
 * The device's own side of SUIT envelopes: it authenticates them, runs their
 * commands, decrypts and checks what they carry. Shares no code with the
 * tester's builder: a tree by libcbor instead of a cursor, and the classic
 * calls of Mbed TLS. Knows neither components nor slots.
 * Spec: packages.md, sections 8 and 13; draft-ietf-suit-manifest-37.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MANIFEST_PARTS_MAX  4
#define MANIFEST_NEEDS_MAX  8
#define MANIFEST_NAME_SIZE  24 /**< longer ones are of nobody */
#define MANIFEST_CLASS      16 /**< bytes of a class UUID */
#define MANIFEST_COMPONENTS 16

/** A condition on a version, which is looked at when it is installed. */
struct manifest_need {
    char name[MANIFEST_NAME_SIZE];
    int comparison; /**< 1 above, 2 at least, 3 equal, 4 at most, 5 below */
    char version[32];
};

/** What one component gets. */
struct manifest_part {
    char name[MANIFEST_NAME_SIZE];
    bool has_class;
    uint8_t class_id[MANIFEST_CLASS];
    uint64_t size;  /**< that it says */
    uint8_t *image; /**< in plaintext; owned */
    size_t length;
    bool was_encrypted;
};

struct manifest {
    uint64_t sequence;
    char version[32]; /**< "1.2.3"; empty: it sets none */
    struct manifest_part parts[MANIFEST_PARTS_MAX];
    size_t part_count;
    struct manifest_need needs[MANIFEST_NEEDS_MAX];
    size_t need_count;
};

/** What the device knows. */
struct manifest_trust {
    const uint8_t *signer; /**< point of P-256 */
    const uint8_t *secret; /**< scalar that keys are agreed with; NULL: none */
    const uint8_t *kek;    /**< 16 bytes; NULL: none */
    const char *kid;       /**< name of these; NULL: any */
    uint64_t sequence;     /**< a lower one is refused */
    size_t slot;           /**< bytes that a component has room for */
    /** Whether there is such a component. */
    bool (*is_component)(const void *user, const char *name);
    const void *user;
};

/** What a mutant does not look at. */
struct manifest_blindness {
    bool signature;
    bool tag;       /**< of the wrapped key and of the ciphertext */
    bool plaintext; /**< digests of what was decrypted */
    bool sequence;
};

/** Whether the first bytes are those of an envelope. */
bool manifest_is_one(const uint8_t *bytes, size_t length);
/** The outermost structure, and the names of components, the version and what
 *  others have to be where they can be read: all that a device does that leaves
 *  the rest to its boot loader. Signatures are not looked at. @return 0, 5 or 6 */
int manifest_skim(const uint8_t *bytes, size_t length,
                  struct manifest *out_manifest);
/**
 * Authenticate it, and run all that changes nothing.
 *
 * @param out_manifest  release it in any case
 * @return the Update Result that it deserves, 0: it may be installed
 */
int manifest_open(const uint8_t *bytes, size_t length,
                  const struct manifest_trust *trust,
                  const struct manifest_blindness *blindness,
                  struct manifest *out_manifest);
void manifest_release(struct manifest *manifest);

#endif
