/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_IMAGE_H
#define TESTS_DEVICE_IMAGE_H

/*
 * The device's own boot loader side of images in MCUboot's format: it reads,
 * decrypts and verifies them. Shares no code with the tester's builder, and
 * does its cryptography by other calls of Mbed TLS. Knows neither components
 * nor slots.
 * Spec: packages.md, sections 5 and 13.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGE_NEEDS_MAX 8
#define IMAGE_CLASS     16 /**< bytes of a class UUID */

/** major.minor.revision+build */
struct image_version {
    uint8_t major;
    uint8_t minor;
    uint16_t revision;
    uint32_t build;
};

/** Another image that has to be at least that new. */
struct image_need {
    uint8_t image;
    struct image_version version;
};

/** Where things are in an image that was read; it points into its bytes. */
struct image {
    const uint8_t *bytes;
    size_t length;
    size_t header;      /**< bytes before the body */
    size_t body;        /**< bytes of it */
    size_t signed_tail; /**< bytes of the protected TLVs, 0 none */
    unsigned key_bytes; /**< of the image key: 0 it is in plaintext */
    struct image_version version;
    const uint8_t *hash;     /**< NULL: there is none */
    const uint8_t *class_id; /**< IMAGE_CLASS bytes; NULL: there is none */
    const uint8_t *wrapped;  /**< the encrypted image key; NULL: none */
    size_t wrapped_length;
    bool is_ecies; /**< how it is encrypted */
    bool has_counter;
    uint32_t counter;
    bool has_stranger; /**< a TLV that has to be signed is not */
    struct image_need needs[IMAGE_NEEDS_MAX];
    size_t need_count;
    size_t tlvs;     /**< offset of the TLVs that are not signed … */
    size_t tlvs_end; /**< … and of their end */
};

/** What the device knows. */
struct image_trust {
    const uint8_t *signer; /**< the point of the only key that is known */
    const uint8_t *secret; /**< scalar of the key that images are encrypted
                                for */
    const uint8_t *kek;    /**< 16 bytes */
    const char *kid;       /**< what envelopes call both: "kid-1" */
};

/** What a mutant does not look at. */
struct image_blindness {
    bool signature;
    bool tag; /**< of the encrypted key */
};

/** Whether the first bytes are those of such an image. */
bool image_is_one(const uint8_t *bytes, size_t length);
/** Magic and sizes alone, as of a device that leaves the rest to its boot
 *  loader. @return 0, 5 (it ends too early) or 6 */
int image_skim(const uint8_t *bytes, size_t length);
/** All of the structure. @return 0, 5 or 6 */
int image_read(const uint8_t *bytes, size_t length, struct image *out_image);
/**
 * Decrypt and verify: key, hash, signature.
 *
 * @param out_body  the body in plaintext, caller frees; NULL unless 0 is
 *                  returned
 * @return 0, 5 (integrity), or 3: no memory
 */
int image_open(const struct image *image, const struct image_trust *trust,
               const struct image_blindness *blindness, uint8_t **out_body);
/** Below, equal to or above 0. */
int image_order(const struct image_version *a, const struct image_version *b);
/** "1.2.3", and "+4" when there is a build. */
void image_name(const struct image_version *version, char *out_text,
                size_t size);
/** Whether the body says that what it starts never confirms itself. */
bool image_is_unhealthy(const uint8_t *body, size_t length);

#endif
