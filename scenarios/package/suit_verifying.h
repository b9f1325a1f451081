/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_SUIT_VERIFYING_H
#define SCENARIOS_PACKAGE_SUIT_VERIFYING_H

/* Private to suit_verify.c and suit_run.c: an envelope that is verified, and
 * those in it that it depends on. Update Results by packages.md, 13. */
#include "scenarios/package/mcuboot.h"
#include "scenarios/package/suit.h"

#define SUIT_STEPS_MAX     1024 /**< commands that are run in all */
#define SUIT_DECRYPTED_MAX 32   /**< payloads */
#define SUIT_ENVELOPES_MAX 3    /**< in each other */

enum {
    SUIT_TOO_BIG = 2,
    SUIT_INTEGRITY = 5,
    SUIT_TYPE = 6,
    SUIT_POLICY = 8,
    SUIT_DEPENDENCY = 13,
};

/** What a component has, as the commands go. */
struct suit_state {
    struct span vendor;
    struct span class_id;
    struct span digest;
    bool has_size;
    uint64_t size;
    size_t size_at;
    struct span uri;
    struct span info;
    bool has_source;
    size_t source;
    struct span content; /**< written to it by the manifest itself */
    int64_t operation;   /**< of the version condition; 0: none */
    struct mcuboot_version version;
    struct span image;  /**< what it holds now */
    bool is_elsewhere;  /**< what it holds is not in the package */
    bool is_unreadable; /**< it is encrypted and nobody gave the key */
    bool was_encrypted;
};

/** What all envelopes of a package share. */
struct suit_shared {
    uint8_t *decrypted[SUIT_DECRYPTED_MAX]; /**< owned */
    size_t decrypted_count;
    size_t steps;
};

struct suit_verifying {
    const uint8_t *bytes; /**< of the package: offsets count from here */
    size_t size;
    const struct package_policy *policy;
    struct package_verification *report;
    struct suit_view view;
    struct suit_state states[SUIT_COMPONENTS_MAX];
    struct reason *reason;
    struct suit_shared *shared;
    unsigned depth; /**< 0: it is in no other envelope */
    /** Owned: the envelopes that components are, once they were opened. */
    struct suit_verifying *nested[SUIT_COMPONENTS_MAX];
};

/* A check of an envelope that is in another one is told as one of "nested
 * manifest", and only if it is bad. */

size_t suit_at(const struct suit_verifying *v, struct span span);
/** @return true */
bool suit_good(struct suit_verifying *v, const char *name, size_t offset,
               const char *text);
/** The same, of several components, is told once. */
void suit_good_once(struct suit_verifying *v, const char *name, size_t offset,
                    const char *text);
/** @return false */
PRINTF_LIKE(5, 6)
bool suit_bad(struct suit_verifying *v, const char *name, int result,
              size_t offset, const char *format, ...);
/** Told once. @return true */
bool suit_skipped(struct suit_verifying *v, const char *name, const char *text);
bool suit_is_text(struct span span, const char *text);
/** "app.enc" is where "app" waits to be decrypted. */
bool suit_is_staging(const char *name);

/** All commands of a sequence. @return whether none was bad */
bool suit_run(struct suit_verifying *v, enum suit_sequence sequence);
/**
 * The envelope that a component holds: read, and its digest and signature
 * checked. @return NULL: something was bad, or it is not here
 */
struct suit_verifying *suit_open_nested(struct suit_verifying *v,
                                        size_t component);
#endif
