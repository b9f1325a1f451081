/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_AUTHORITY_AUTHORITY_H
#define SERVER_AUTHORITY_AUTHORITY_H

/*
 * A test CA and the server certificates that it gives, good ones and wrong
 * ones. Made in memory when a campaign begins; only the CA's certificate is
 * ever written to a file, for the device. Keys are ECDSA on P-256, which
 * LwM2M's mandatory suites want.
 *
 * Dates are fixed, so that a certificate is as good on any day: a good one is
 * valid from 1970, because a device without a clock is right to begin there,
 * to 2049.
 *
 * Spec: RFC 5280, 4; RFC 7925, 4.4; RFC 6125, 6.4 (names).
 */
#include <stddef.h>

#include "server/data/data.h"

#define AUTHORITY_HOSTS_MAX 16 /**< names in one certificate */

/** What is wrong with a certificate. */
enum authority_kind {
    AUTHORITY_GOOD,          /**< nothing */
    AUTHORITY_UNKNOWN_CA,    /**< of another CA, with the name of ours */
    AUTHORITY_EXPIRED,       /**< valid in 2001 only */
    AUTHORITY_NOT_YET_VALID, /**< from 2048 on */
    AUTHORITY_OTHER_HOST,    /**< for other.invalid and 192.0.2.1 only */
    AUTHORITY_SELF_SIGNED,   /**< by its own key, no CA */
    AUTHORITY_KINDS
};

/** "good", "unknown-ca", "expired" …; NULL past the end. */
const char *authority_kind_name(enum authority_kind kind);

struct authority;

/** A certificate and its key, as PEM, NUL-terminated. All NULL: none. */
struct authority_pair {
    char *certificate;
    char *key; /**< PKCS#8 or SEC 1; never to be shown */
};

/** Make a CA. Errors: STATUS_NO_MEMORY, also for no random numbers. */
MUST_CHECK
enum status authority_new(struct authority **out_authority,
                          struct reason *reason);
/**
 * Use a CA that the device has already.
 *
 * @param certificate_file  PEM; the first certificate in it
 * @param key_file          PEM, without a password
 *
 * Errors: STATUS_NOT_FOUND for a file that cannot be read, STATUS_INVALID for
 *         one that is no CA's certificate or not its key, STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status authority_load(const char *certificate_file, const char *key_file,
                           struct authority **out_authority,
                           struct reason *reason);
/** Wipes the keys. Accepts NULL. */
void authority_free(struct authority *authority);

/** The CA's certificate as PEM; what the device is to trust. */
const char *authority_certificate(const struct authority *authority);

/**
 * Make a server certificate. All that one authority makes have one key.
 *
 * @param hosts     addresses ("127.0.0.1", "::1") and names that it is for,
 *                  besides localhost, 127.0.0.1 and ::1; of OTHER_HOST none
 * @param out_pair  the caller's: authority_release()
 *
 * Errors: STATUS_INVALID for too many hosts; STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status authority_issue(const struct authority *authority,
                            enum authority_kind kind, const char *const *hosts,
                            size_t host_count, struct authority_pair *out_pair,
                            struct reason *reason);
/** Wipes and frees. */
void authority_release(struct authority_pair *pair);

#endif
