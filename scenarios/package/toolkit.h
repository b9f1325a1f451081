/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_TOOLKIT_H
#define SCENARIOS_PACKAGE_TOOLKIT_H

/*
 * Firmware packages as files, without a profile: keys, and for each format
 * build, inspect, verify and damage. What the recipes of a profile build
 * (package.h) is built here.
 *
 * A *variant* is a package with one defect, named as in packages.md, section
 * 9.3; everything behind the defect (hash, signature, sizes) is made anew, so
 * that a device can refuse it for that defect only.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

#define PACKAGE_DEPENDENCIES_MAX 8
#define PACKAGE_CLASS_SIZE       16 /**< bytes of a vendor or class UUID */

/* Keys. */

enum package_key_kind {
    PACKAGE_KEY_NONE,
    PACKAGE_KEY_P256,  /**< EC of P-256: to sign, or to encrypt for */
    PACKAGE_KEY_SECRET /**< 16 or 32 bytes: wraps the key of an image */
};

/** One key. Release it: that wipes it. What is secret in it is never written
 *  but by package_key_write(). */
struct package_key {
    enum package_key_kind kind;
    bool has_private;   /**< of P-256: `secret` is there */
    size_t secret_size; /**< 16 or 32 */
    uint8_t secret[32]; /**< scalar, or the secret itself */
    uint8_t point[65];  /**< of P-256: 04, X, Y */
};

/**
 * Read a key from the bytes of a file.
 *
 * P-256: PEM (PKCS#8 or SEC1, or the public key), or base64 or hexadecimal
 * digits of the scalar (32 bytes) or of the point (65 bytes). Secret: base64,
 * hexadecimal digits, or 16 or 32 bytes as they are.
 *
 * @param name  in messages: the file, never what is in it
 * Errors: STATUS_MALFORMED. Spec: packages.md, section 2.
 */
MUST_CHECK
enum status package_key_parse(enum package_key_kind kind, const void *bytes,
                              size_t size, const char *name,
                              struct package_key *out_key,
                              struct reason *reason);
/** The same from a file; "demo:NAME" is a key that everybody knows:
 *  package_key_demo(). Errors: also STATUS_NOT_FOUND. */
MUST_CHECK
enum status package_key_load(enum package_key_kind kind, const char *path,
                             struct package_key *out_key,
                             struct reason *reason);
/**
 * A key for tests that is no secret at all, from public RFCs: "sign" (RFC
 * 6979, A.2.5), "enc" (RFC 5903, 8.1, the initiator), "kek" and "kek256" (RFC
 * 3394, section 4); "sign-x", "enc-x", "enc-new", "kek-x", "kek-new" and their
 * "256" are hashes of their names.
 * Errors: STATUS_NOT_FOUND.
 */
MUST_CHECK
enum status package_key_demo(const char *name, struct package_key *out_key,
                             struct reason *reason);

/** Where random bytes come from: all of them. */
struct package_random_source {
    /** @return false: there are none */
    bool (*fill)(void *user, uint8_t *out_bytes, size_t size);
    void *user;
};
/** Bytes by a seed: the same ones each time.
 *  @param state  borrowed; set it to the seed */
struct package_random_source package_random_seeded(uint64_t *state);
/** Bytes that nobody can know. */
struct package_random_source package_random_secret(void);

/** @param size  of a secret: 16 or 32 */
MUST_CHECK
enum status package_key_generate(enum package_key_kind kind, size_t size,
                                 const struct package_random_source *source,
                                 struct package_key *out_key,
                                 struct reason *reason);

enum package_key_form {
    PACKAGE_KEY_PEM, /**< of P-256: PKCS#8 is not: SEC1, or the public key */
    PACKAGE_KEY_BASE64,
    PACKAGE_KEY_HEX
};
/**
 * A key as text, with its line end.
 *
 * @param is_public  of P-256: only the public half
 * @param out_text   NUL-terminated; wipe it
 * Errors: STATUS_INVALID: a secret has no PEM and no public half, or there is
 *         no private half.
 */
MUST_CHECK
enum status package_key_write(const struct package_key *key, bool is_public,
                              enum package_key_form form, char out_text[512],
                              struct reason *reason);
/** SHA-256 of the SubjectPublicKeyInfo: how images name their signer. */
MUST_CHECK
enum status package_key_hash(const struct package_key *key,
                             uint8_t out_hash[32], struct reason *reason);
/** Wipe it. */
void package_key_release(struct package_key *key);

/* Formats. */

/** One kind of package: "opaque", "anjay", "mcuboot". */
struct package_format;
/** In the order in which they are tried; NULL past the last one. */
const struct package_format *package_format_at(size_t index);
/** @return NULL for an unknown name */
const struct package_format *package_format_find(const char *name);
/** By the first bytes; `opaque` when no other one has them. */
const struct package_format *package_format_of(const uint8_t *bytes,
                                               size_t size);
const char *package_format_name(const struct package_format *format);
const char *package_format_summary(const struct package_format *format);

/** SHA-256 as 64 hexadecimal digits. */
MUST_CHECK
enum status package_sha256(const uint8_t *bytes, size_t size,
                           char out_digits[65], struct reason *reason);

/* Inspect. */

/** One field of a package. */
struct package_field {
    char name[48]; /**< "tlv 0x22 ECDSA signature" */
    size_t offset;
    size_t length;
    char value[128]; /**< in words, long ones cut */
};
struct package_fields {
    struct package_field *list; /**< owned */
    size_t count;
};
/**
 * What is where.
 *
 * @param out_fields  on failure as far as it could be read; release it
 * Errors: STATUS_MALFORMED, with the field and its offset.
 */
MUST_CHECK
enum status package_inspect(const struct package_format *format,
                            const uint8_t *bytes, size_t size,
                            struct package_fields *out_fields,
                            struct reason *reason);
void package_fields_release(struct package_fields *fields);

/* Verify. */

/** Another component, and the least version of it. */
struct package_dependency {
    uint8_t image;
    char version[32]; /**< "1.2.3" or "1.2.3+4" */
    const char *name; /**< suit: of the component; NULL elsewhere */
};

/** What a device knows when it looks at a package. */
struct package_policy {
    const struct package_key *signer;    /**< NULL: signatures are not needed,
                                              and are not looked at */
    const struct package_key *decrypter; /**< of P-256 with its private half */
    const struct package_key *kek;
    bool requires_encryption;
    bool requires_format; /**< bytes of no known format are refused */
    /** Version; NULL: any may be installed. Of images of MCUboot the build,
     *  behind '+', does not count, here and in `others`. */
    const char *installed;
    bool has_counter;
    uint32_t counter;         /**< a lower one is refused */
    const uint8_t *class_id;  /**< NULL: any */
    const uint8_t *vendor_id; /**< NULL: any */
    /** Versions of the other images; NULL: dependencies are not looked at. */
    const struct package_dependency *others;
    size_t other_count;
    size_t slot_size; /**< 0: any */
    /* suit */
    const char *kid;        /**< of `decrypter` and `kek`; NULL: any */
    const char *signer_kid; /**< NULL: any */
    /** Names that a package may be for; NULL: any. */
    const char *const *components;
    size_t component_count;
};

enum package_check_state {
    PACKAGE_CHECK_GOOD,
    PACKAGE_CHECK_BAD,
    PACKAGE_CHECK_SKIPPED /**< nobody gave what it needs */
};
struct package_check {
    const char *name; /**< "signature" */
    enum package_check_state state;
    size_t offset; /**< of the field it is about */
    char text[96];
};

#define PACKAGE_CHECKS_MAX 16

/** The checks in their order; the first bad one decides. */
struct package_verification {
    struct package_check checks[PACKAGE_CHECKS_MAX];
    size_t count;
    int result; /**< the Update Result that it deserves: 0, or 2, 5, 6, 8, 13 */
};
/**
 * Look at a package as a device does that verifies before Downloaded.
 *
 * Errors: STATUS_NO_MEMORY, STATUS_INVALID. A bad package is none.
 */
MUST_CHECK
enum status package_verify(const struct package_format *format,
                           const uint8_t *bytes, size_t size,
                           const struct package_policy *policy,
                           struct package_verification *out_verification,
                           struct reason *reason);

/* Build. */

enum package_encryption {
    PACKAGE_PLAIN,
    PACKAGE_ECIES_P256, /**< mcuboot: TLV 0x32 */
    PACKAGE_AES_KW,     /**< mcuboot: TLV 0x31 */
    PACKAGE_KW_GCM,     /**< suit: A128KW, A128GCM */
    PACKAGE_KW_CTR,     /**< suit: A128KW, A128CTR */
    PACKAGE_ES_GCM,     /**< suit: ECDH-ES+A128KW, A128GCM */
    PACKAGE_ES_CTR,     /**< suit: ECDH-ES+A128KW, A128CTR */
};

#define PACKAGE_MEMBERS_MAX 8

/** One part of a package for several components. Everything is borrowed. */
struct package_member {
    const char *name; /**< suit: of the component, "app" */
    int64_t id;       /**< dfumi: of the image */
    const uint8_t *bytes;
    size_t size;
    const uint8_t *class_id; /**< suit: PACKAGE_CLASS_SIZE bytes, or NULL */
};

/** What a package is made of. Everything is borrowed. */
struct package_recipe {
    const char *version; /**< "1.2.3" or "1.2.3+4"; anjay: any text */
    const uint8_t *payload;
    size_t payload_size;
    const struct package_key *signer;   /**< NULL: no signature */
    const struct package_key *signer_x; /**< of variants: nobody knows it */
    enum package_encryption encryption;
    unsigned key_bits;                   /**< 128 or 256 */
    const struct package_key *recipient; /**< point, or secret of `key_bits` */
    const struct package_key *recipient_x; /**< of variants: another device */
    bool has_counter;
    uint32_t counter;
    struct package_dependency dependencies[PACKAGE_DEPENDENCIES_MAX];
    size_t dependency_count;
    const uint8_t *vendor_id; /**< PACKAGE_CLASS_SIZE bytes, or NULL */
    const uint8_t *class_id;
    const uint8_t *class_x; /**< of the variant wrong-component */
    unsigned header_size;   /**< 32 or more; 0: 32 */
    uint16_t instance;      /**< anjay: 0..3 */
    bool is_of_object_5;    /**< anjay: ANJAY_FW, for object /5 */
    const char *installed;  /**< of variants: the version that runs, or NULL */
    size_t slot_size;       /**< of the variant oversize: bytes, 0: unknown */
    const char *variant;    /**< NULL: good */
    struct package_random_source random;
    /** suit, dfumi: the parts; without, suit makes one of `payload`. */
    struct package_member members[PACKAGE_MEMBERS_MAX];
    size_t member_count;
    bool nests; /**< suit: each member in an envelope of its own */
    /* suit: `counter` is the sequence number, a `signer` of 32 secret bytes
     * makes a COSE_Mac0 */
    const char *component;   /**< name of the one part */
    const char *component_x; /**< of variants: another one that exists */
    const char *kid;         /**< of `recipient`; NULL: "kid-1" */
    /** Another recipient, who stands first: a point, or 16 secret bytes; NULL:
     *  none. What is for another device (variants) is not for this one. */
    const struct package_key *first;
    const char *first_kid;    /**< of `first`; NULL: as of `recipient` */
    const char *kid_x;        /**< of `recipient_x`; NULL: "kid-x" */
    const char *signer_kid;   /**< NULL: not named */
    const char *signer_kid_x; /**< of variants, of `signer_x` */
    bool says_es256;          /**< algorithm -7 instead of -9 */
};

/** One named defect. */
struct package_variant {
    const char *name;
    const char *summary;
    const char *early; /**< outcome as in packages.md, 9.1, on a device that
                            verifies before Downloaded, … */
    const char *late;  /**< … and on one whose boot loader does */
    bool is_built;     /**< needs the recipe; else a built file will do */
};
/** Variant number `index` of a format, NULL past the last one. */
const struct package_variant *package_variant_at(
    const struct package_format *format, size_t index);
/** @return NULL for an unknown name */
const struct package_variant *package_variant_find(
    const struct package_format *format, const char *name);

/**
 * Build a package.
 *
 * @param out_bytes  owned by the caller
 * Errors: STATUS_INVALID, STATUS_MALFORMED (a version, a variant without what
 *         it needs), STATUS_NOT_FOUND (no such variant), STATUS_LIMIT,
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status package_make(const struct package_format *format,
                         const struct package_recipe *recipe,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason);
/**
 * Damage a built package by a variant whose `is_built` is false.
 *
 * @param bytes  owned by the caller; replaced, `size` too
 * Errors: STATUS_MALFORMED: it has no such field; STATUS_NOT_FOUND: no such
 *         variant, or one that only a recipe can have; STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status package_spoil(const struct package_format *format,
                          const char *variant, uint8_t **bytes, size_t *size,
                          struct reason *reason);

#endif
