/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit_verifying.h"

/* What a device does that looks at a package before Downloaded: it runs the
 * shared sequence and those of an update, as far as that changes nothing.
 * packages.md, 8.4. */

static const char nested_name[] = "nested manifest";

size_t suit_at(const struct suit_verifying *v, struct span span)
{
    uintptr_t start = (uintptr_t)v->bytes;
    uintptr_t at = (uintptr_t)span.bytes;

    /* What was decrypted is not in the package. */
    return span.bytes != NULL && at >= start && at - start <= v->size
               ? (size_t)(at - start)
               : 0;
}

static bool was_told(const struct suit_verifying *v, const char *name)
{
    for (size_t i = 0; i < v->report->count; i++) {
        if (strcmp(v->report->checks[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

bool suit_good(struct suit_verifying *v, const char *name, size_t offset,
               const char *text)
{
    return v->depth > 0 || checks_add(v->report, name, PACKAGE_CHECK_GOOD, 0,
                                      offset, "%s", text);
}

void suit_good_once(struct suit_verifying *v, const char *name, size_t offset,
                    const char *text)
{
    if (!was_told(v, name)) {
        (void)suit_good(v, name, offset, text); /* always true */
    }
}

bool suit_bad(struct suit_verifying *v, const char *name, int result,
              size_t offset, const char *format, ...)
{
    char text[96];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list); /* cut */
    va_end(list);
    return v->depth == 0 ? checks_add(v->report, name, PACKAGE_CHECK_BAD,
                                      result, offset, "%s", text)
                         : checks_add(v->report, nested_name, PACKAGE_CHECK_BAD,
                                      result, offset, "%s: %s", name, text);
}

bool suit_skipped(struct suit_verifying *v, const char *name, const char *text)
{
    return was_told(v, name) ||
           checks_add(v->report, name, PACKAGE_CHECK_SKIPPED, 0, 0, "%s", text);
}

bool suit_is_text(struct span span, const char *text)
{
    return span.size == strlen(text) &&
           memcmp(span.bytes, text, span.size) == 0;
}

/* Authentication. */

static bool check_digest(struct suit_verifying *v)
{
    uint8_t hash[CRYPTO_HASH_SIZE];
    bool is_equal =
        crypto_sha256(&v->view.manifest, 1, hash, v->reason) == STATUS_OK &&
        crypto_is_equal(hash, v->view.digest.bytes, sizeof(hash));
    size_t at = suit_at(v, v->view.digest);

    return is_equal ? suit_good(v, "manifest digest", at, "SHA-256 is right")
                    : suit_bad(v, "manifest digest", SUIT_INTEGRITY, at,
                               "SHA-256 is another one");
}

static bool is_proven(struct suit_verifying *v,
                      const struct package_key *signer)
{
    bool is_mac = v->view.cose == COSE_MAC0;
    struct cbor_out input = { .bytes = NULL };
    uint8_t hash[CRYPTO_HASH_SIZE];
    bool is_right = false;

    cose_put_input(&input, is_mac ? "MAC0" : "Signature1",
                   v->view.protected_header, &v->view.digest_item);
    const struct span whole = { input.bytes, input.size };
    if (input.has_failed) {
        is_right = false;
    } else if (is_mac) {
        is_right = v->view.signature.size == sizeof(hash) &&
                   crypto_hmac(signer->secret, signer->secret_size, input.bytes,
                               input.size, hash, v->reason) == STATUS_OK &&
                   crypto_is_equal(hash, v->view.signature.bytes, sizeof(hash));
    } else {
        is_right =
            v->view.signature.size == CRYPTO_RAW_SIZE &&
            crypto_sha256(&whole, 1, hash, v->reason) == STATUS_OK &&
            crypto_is_signed_raw(signer->point, hash, v->view.signature.bytes);
    }
    cbor_out_release(&input);
    return is_right;
}

static bool check_signature(struct suit_verifying *v)
{
    const struct package_key *signer = v->policy->signer;
    size_t at = suit_at(v, v->view.signature);
    bool is_mac = v->view.cose == COSE_MAC0;

    if (signer == NULL) {
        return suit_skipped(v, "signature", "no key to verify with was given");
    }
    if (!v->view.has_authentication) {
        return suit_bad(v, "signature", SUIT_INTEGRITY,
                        suit_at(v, v->view.digest_item), "there is none");
    }
    bool is_known = is_mac ? v->view.algorithm == ALGORITHM_HMAC
                           : v->view.algorithm == ALGORITHM_ESP256 ||
                                 v->view.algorithm == ALGORITHM_ES256;
    if (!is_known) {
        return suit_bad(
            v, "signature", SUIT_TYPE, suit_at(v, v->view.protected_header),
            "algorithm %" PRId64 " is none that we have", v->view.algorithm);
    }
    /* A public key makes no MAC. */
    if (is_mac != (signer->kind == PACKAGE_KEY_SECRET)) {
        return suit_bad(v, "signature", SUIT_INTEGRITY, at,
                        is_mac ? "a MAC, and the key is for signatures"
                               : "a signature, and the key is for MACs");
    }
    if (v->policy->signer_kid != NULL && v->view.kid.bytes != NULL &&
        !suit_is_text(v->view.kid, v->policy->signer_kid)) {
        return suit_bad(v, "signature", SUIT_INTEGRITY, suit_at(v, v->view.kid),
                        "by a key of another name");
    }
    return is_proven(v, signer)
               ? suit_good(v, "signature", at,
                           is_mac ? "HMAC is right" : "ECDSA is right")
               : suit_bad(v, "signature", SUIT_INTEGRITY, at,
                          "it is not by this key, or of something else");
}

/* The manifest as a whole. */

bool suit_is_staging(const char *name)
{
    size_t length = strlen(name);
    size_t end = strlen(SUIT_STAGED);

    return length > end && strcmp(name + length - end, SUIT_STAGED) == 0;
}

static bool is_component(struct suit_verifying *v, const char *name)
{
    for (size_t i = 0; i < v->policy->component_count; i++) {
        if (strcmp(v->policy->components[i], name) == 0) {
            return true;
        }
    }
    return v->policy->components == NULL;
}

static bool check_manifest(struct suit_verifying *v)
{
    const struct suit_view *view = &v->view;

    if (view->manifest_version != 1) {
        return suit_bad(v, "manifest", SUIT_TYPE, suit_at(v, view->manifest),
                        "its version is not 1");
    }
    if (v->policy->has_counter && view->sequence < v->policy->counter) {
        return suit_bad(v, "sequence number", SUIT_POLICY, view->sequence_at,
                        "%" PRIu64 " is below %" PRIu32, view->sequence,
                        v->policy->counter);
    }
    if (view->has_unknown) {
        return suit_bad(v, "manifest", SUIT_TYPE, view->unknown_at,
                        "%" PRId64 " is no number that we know", view->unknown);
    }
    for (size_t i = 0; i < view->component_count; i++) {
        if (!suit_is_staging(view->components[i]) &&
            !is_component(v, view->components[i])) {
            return suit_bad(v, "component", SUIT_TYPE, view->components_at,
                            "one that is not here");
        }
    }
    return suit_good(v, "manifest", suit_at(v, view->manifest), "well-formed");
}

static bool check_version(struct suit_verifying *v)
{
    struct mcuboot_version installed;
    struct mcuboot_version own;

    if (v->policy->installed == NULL || v->view.version[0] == '\0') {
        return true;
    }
    if (mcuboot_version_parse(v->policy->installed, &installed, v->reason) !=
            STATUS_OK ||
        mcuboot_version_parse(v->view.version, &own, v->reason) != STATUS_OK) {
        return suit_bad(v, "version", SUIT_POLICY, v->view.version_at,
                        "it cannot be compared");
    }
    return mcuboot_version_order(&own, &installed) >= 0
               ? suit_good(v, "version", v->view.version_at, v->view.version)
               : suit_bad(v, "version", SUIT_POLICY, v->view.version_at,
                          "%s is older than %s", v->view.version,
                          v->policy->installed);
}

/** What is outside of the manifest is what it has the digest of. */
static bool check_severed(struct suit_verifying *v)
{
    for (size_t i = 0; i < v->view.severed_count; i++) {
        const struct suit_severed *severed = &v->view.severed[i];
        uint8_t hash[CRYPTO_HASH_SIZE];
        size_t at = suit_at(v, severed->digest);
        if (severed->member.bytes == NULL) {
            (void)suit_skipped(v, "severed member",
                               "it is not in the envelope"); /* always true */
        } else if (severed->digest.bytes == NULL) {
            return suit_bad(v, "severed member", SUIT_TYPE,
                            suit_at(v, severed->member),
                            "%" PRId64 " is not in the manifest", severed->key);
        } else if (crypto_sha256(&severed->member, 1, hash, v->reason) !=
                       STATUS_OK ||
                   !crypto_is_equal(hash, severed->digest.bytes,
                                    sizeof(hash))) {
            return suit_bad(v, "severed member", SUIT_INTEGRITY, at,
                            "SHA-256 of %" PRId64 " is another one",
                            severed->key);
        } else {
            suit_good_once(v, "severed member", at, "SHA-256 is right");
        }
    }
    return true;
}

/** Each target that got an image got it encrypted. */
static bool check_encryption(struct suit_verifying *v)
{
    for (size_t i = 0;
         v->policy->requires_encryption && i < v->view.component_count; i++) {
        const struct suit_state *state = &v->states[i];
        if (!suit_is_staging(v->view.components[i]) &&
            state->image.bytes != NULL && !state->was_encrypted &&
            !state->is_unreadable) {
            return suit_bad(v, "encryption", SUIT_TYPE, v->view.components_at,
                            "it has to be encrypted and is not");
        }
    }
    return true;
}

static bool check_structure(struct suit_verifying *v, struct span envelope)
{
    struct reason why = { .status = STATUS_OK };
    size_t offset = 0;
    int result = 0;

    return suit_read(v->bytes, envelope, &v->view, NULL, &offset, &result,
                     &why) == STATUS_OK
               ? suit_good(v, "structure", 0, "strict CBOR")
               : suit_bad(v, "structure", result, offset, "%s", why.text);
}

static bool check_authenticity(struct suit_verifying *v, struct span envelope)
{
    return check_structure(v, envelope) && check_digest(v) &&
           check_signature(v) && check_manifest(v) && check_severed(v);
}

struct suit_verifying *suit_open_nested(struct suit_verifying *v,
                                        size_t component)
{
    struct span envelope = v->states[component].image;
    struct suit_verifying *nested = v->nested[component];

    if (nested != NULL) {
        return nested;
    }
    if (v->depth + 1 == SUIT_ENVELOPES_MAX) {
        (void)suit_bad(v, nested_name, SUIT_TYPE, suit_at(v, envelope),
                       "envelopes nested too deeply"); /* always false */
        return NULL;
    }
    nested = calloc(1, sizeof(*nested));
    if (nested == NULL) {
        (void)suit_bad(v, nested_name, SUIT_TYPE, 0, "out of memory");
        return NULL; /* suit_bad() is always false */
    }
    *nested = (struct suit_verifying){
        .bytes = v->bytes,
        .size = v->size,
        .policy = v->policy,
        .report = v->report,
        .reason = v->reason,
        .shared = v->shared,
        .depth = v->depth + 1,
    };
    if (!check_authenticity(nested, envelope)) {
        free(nested);
        return NULL;
    }
    v->nested[component] = nested;
    return nested;
}

static void release_nested(struct suit_verifying *v)
{
    for (size_t i = 0; i < SUIT_COMPONENTS_MAX; i++) {
        if (v->nested[i] != NULL) {
            release_nested(v->nested[i]); /* SUIT_ENVELOPES_MAX deep */
            free(v->nested[i]);
        }
    }
}

/** What is asked when all has been run. */
static bool check_end(struct suit_verifying *v)
{
    bool is_good = check_encryption(v) && check_version(v);

    for (size_t i = 0; is_good && i < SUIT_COMPONENTS_MAX; i++) {
        is_good = v->nested[i] == NULL || check_end(v->nested[i]);
    }
    return is_good;
}

static bool run_update(struct suit_verifying *v)
{
    bool is_good = true;

    for (enum suit_sequence i = SUIT_SHARED; is_good && i <= SUIT_VALIDATE;
         i++) {
        is_good = suit_run(v, i);
    }
    return is_good;
}

enum status suit_verify(const uint8_t *bytes, size_t size,
                        const struct package_policy *policy,
                        struct package_verification *verification,
                        struct reason *reason)
{
    struct suit_shared shared = { .steps = 0 };
    struct suit_verifying *v = calloc(1, sizeof(*v));

    if (v == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    v->bytes = bytes;
    v->size = size;
    v->policy = policy;
    v->report = verification;
    v->reason = reason;
    v->shared = &shared;
    bool is_good = check_authenticity(v, (struct span){ bytes, size }) &&
                   run_update(v) && check_end(v);
    (void)is_good; /* the report has it */
    for (size_t i = 0; i < shared.decrypted_count; i++) {
        free(shared.decrypted[i]);
    }
    release_nested(v);
    free(v);
    if (reason != NULL) { /* what is wrong with the package is in the report */
        *reason = (struct reason){ .status = STATUS_OK };
    }
    return STATUS_OK;
}
