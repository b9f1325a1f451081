/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/mcuboot.h"
#include "scenarios/package/suit.h"

/* What a device does that looks at a package before Downloaded: it runs the
 * shared sequence, install and validate, as far as that changes nothing.
 * packages.md, 8.4; Update Results by section 13. */
enum {
    RESULT_TOO_BIG = 2,
    RESULT_INTEGRITY = 5,
    RESULT_TYPE = 6,
    RESULT_POLICY = 8,
    RESULT_DEPENDENCY = 13,
    DIGEST_AT = 5, /* of 32 bytes in [-16, h'…'] as bytes: 58 24 82 2f 58 20 */
};

/** What a component has, as the commands go. */
struct state {
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
    uint8_t *own;       /**< owned; where that was decrypted */
    bool is_unreadable; /**< it is encrypted and nobody gave the key */
    bool was_encrypted;
};

struct verifying {
    const uint8_t *bytes;
    const struct package_policy *policy;
    struct package_verification *report;
    struct suit_view view;
    struct state states[SUIT_COMPONENTS_MAX];
    struct reason *reason;
};

static size_t offset_of(const struct verifying *v, struct span span)
{
    return span.bytes != NULL ? (size_t)(span.bytes - v->bytes) : 0;
}

static bool good(struct verifying *v, const char *name, size_t offset,
                 const char *text)
{
    return checks_add(v->report, name, PACKAGE_CHECK_GOOD, 0, offset, "%s",
                      text);
}

static bool bad(struct verifying *v, const char *name, int result,
                size_t offset, const char *text)
{
    return checks_add(v->report, name, PACKAGE_CHECK_BAD, result, offset, "%s",
                      text);
}

static bool was_told(const struct verifying *v, const char *name)
{
    for (size_t i = 0; i < v->report->count; i++) {
        if (strcmp(v->report->checks[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/** The same check of several components is told once. */
static bool skipped(struct verifying *v, const char *name, const char *text)
{
    return was_told(v, name) ||
           checks_add(v->report, name, PACKAGE_CHECK_SKIPPED, 0, 0, "%s", text);
}

/** As above. */
static void good_once(struct verifying *v, const char *name, size_t offset,
                      const char *text)
{
    if (!was_told(v, name)) {
        (void)good(v, name, offset, text); /* always true */
    }
}

static bool is_text(struct span span, const char *text)
{
    return span.size == strlen(text) &&
           memcmp(span.bytes, text, span.size) == 0;
}

/* Authentication. */

static bool check_digest(struct verifying *v)
{
    uint8_t hash[CRYPTO_HASH_SIZE];
    bool is_equal =
        crypto_sha256(&v->view.manifest, 1, hash, v->reason) == STATUS_OK &&
        crypto_is_equal(hash, v->view.digest.bytes, sizeof(hash));
    size_t at = offset_of(v, v->view.digest);

    return is_equal ? good(v, "manifest digest", at, "SHA-256 is right")
                    : bad(v, "manifest digest", RESULT_INTEGRITY, at,
                          "SHA-256 is another one");
}

static bool is_proven(struct verifying *v, const struct package_key *signer)
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

static bool check_signature(struct verifying *v)
{
    const struct package_key *signer = v->policy->signer;
    size_t at = offset_of(v, v->view.signature);
    bool is_mac = v->view.cose == COSE_MAC0;

    if (signer == NULL) {
        return skipped(v, "signature", "no key to verify with was given");
    }
    if (!v->view.has_authentication) {
        return bad(v, "signature", RESULT_INTEGRITY,
                   offset_of(v, v->view.digest_item), "there is none");
    }
    bool is_known = is_mac ? v->view.algorithm == ALGORITHM_HMAC
                           : v->view.algorithm == ALGORITHM_ESP256 ||
                                 v->view.algorithm == ALGORITHM_ES256;
    if (!is_known) {
        return checks_add(v->report, "signature", PACKAGE_CHECK_BAD,
                          RESULT_TYPE, offset_of(v, v->view.protected_header),
                          "algorithm %" PRId64 " is none that we have",
                          v->view.algorithm);
    }
    /* A public key makes no MAC. */
    if (is_mac != (signer->kind == PACKAGE_KEY_SECRET)) {
        return bad(v, "signature", RESULT_INTEGRITY, at,
                   is_mac ? "a MAC, and the key is for signatures"
                          : "a signature, and the key is for MACs");
    }
    if (v->policy->signer_kid != NULL && v->view.kid.bytes != NULL &&
        !is_text(v->view.kid, v->policy->signer_kid)) {
        return bad(v, "signature", RESULT_INTEGRITY, offset_of(v, v->view.kid),
                   "by a key of another name");
    }
    return is_proven(v, signer)
               ? good(v, "signature", at,
                      is_mac ? "HMAC is right" : "ECDSA is right")
               : bad(v, "signature", RESULT_INTEGRITY, at,
                     "it is not by this key, or of something else");
}

/* The manifest as a whole. */

static bool is_staging(const char *name)
{
    size_t length = strlen(name);
    size_t end = strlen(SUIT_STAGED);

    return length > end && strcmp(name + length - end, SUIT_STAGED) == 0;
}

static bool is_component(struct verifying *v, const char *name)
{
    for (size_t i = 0; i < v->policy->component_count; i++) {
        if (strcmp(v->policy->components[i], name) == 0) {
            return true;
        }
    }
    return v->policy->components == NULL;
}

static bool check_manifest(struct verifying *v)
{
    const struct suit_view *view = &v->view;

    if (view->manifest_version != 1) {
        return bad(v, "manifest", RESULT_TYPE, offset_of(v, view->manifest),
                   "its version is not 1");
    }
    if (v->policy->has_counter && view->sequence < v->policy->counter) {
        return checks_add(v->report, "sequence number", PACKAGE_CHECK_BAD,
                          RESULT_POLICY, view->sequence_at,
                          "%" PRIu64 " is below %" PRIu32, view->sequence,
                          v->policy->counter);
    }
    if (view->has_unknown) {
        return checks_add(v->report, "manifest", PACKAGE_CHECK_BAD, RESULT_TYPE,
                          view->unknown_at,
                          "%" PRId64 " is no number that we know",
                          view->unknown);
    }
    for (size_t i = 0; i < view->component_count; i++) {
        if (!is_staging(view->components[i]) &&
            !is_component(v, view->components[i])) {
            return bad(v, "component", RESULT_TYPE, view->components_at,
                       "one that is not here");
        }
    }
    return good(v, "manifest", offset_of(v, view->manifest), "well-formed");
}

static bool check_version(struct verifying *v)
{
    struct mcuboot_version installed;
    struct mcuboot_version own;

    if (v->policy->installed == NULL || v->view.version[0] == '\0') {
        return true;
    }
    if (mcuboot_version_parse(v->policy->installed, &installed, v->reason) !=
            STATUS_OK ||
        mcuboot_version_parse(v->view.version, &own, v->reason) != STATUS_OK) {
        return bad(v, "version", RESULT_POLICY, v->view.version_at,
                   "it cannot be compared");
    }
    return mcuboot_version_order(&own, &installed) >= 0
               ? good(v, "version", v->view.version_at, v->view.version)
               : checks_add(v->report, "version", PACKAGE_CHECK_BAD,
                            RESULT_POLICY, v->view.version_at,
                            "%s is older than %s", v->view.version,
                            v->policy->installed);
}

/* Parameters. */

static struct cbor_in cursor(struct verifying *v, struct span span)
{
    size_t start = offset_of(v, span);

    return (struct cbor_in){ .bytes = v->bytes,
                             .at = start,
                             .end = start + span.size,
                             .reason = v->reason };
}

/** bstr [-16, h'…'] */
static enum status take_digest(struct verifying *v, struct cbor_in *in,
                               struct span *out_digest)
{
    struct span wrapper = { NULL, 0 };
    struct cbor_in inner;
    uint64_t items = 0;
    int64_t algorithm = 0;
    enum status status = cbor_take_bytes(in, "digest", &wrapper);

    if (status == STATUS_OK) {
        status = cbor_enter(in, &wrapper, true, &inner);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_ARRAY, "digest", &items);
    }
    if (status == STATUS_OK) {
        status = cbor_take_number(&inner, "algorithm", &algorithm);
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(&inner, "digest", out_digest);
    }
    return status == STATUS_OK &&
                   (items != 2 || algorithm != ALGORITHM_SHA256 ||
                    out_digest->size != CRYPTO_HASH_SIZE)
               ? reason_set(v->reason, STATUS_MALFORMED,
                            "offset %zu: no SHA-256", offset_of(v, wrapper))
               : status;
}

/** bstr [op, [1, 2, 3]] */
static enum status take_condition(struct cbor_in *in, struct state *state)
{
    struct span wrapper = { NULL, 0 };
    struct cbor_in inner;
    uint64_t items = 0;
    int64_t numbers[4] = { 0 };
    enum status status = cbor_take_bytes(in, "version match", &wrapper);

    if (status == STATUS_OK) {
        status = cbor_enter(in, &wrapper, true, &inner);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_ARRAY, "version match", &items);
    }
    if (status == STATUS_OK) {
        status = cbor_take_number(&inner, "comparison", &state->operation);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_ARRAY, "version", &items);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < items; i++) {
        int64_t number = 0;
        status = cbor_take_number(&inner, "version", &number);
        if (i < 4) {
            numbers[i] = number;
        }
    }
    state->version =
        (struct mcuboot_version){ (uint8_t)numbers[0], (uint8_t)numbers[1],
                                  (uint16_t)numbers[2], (uint32_t)numbers[3] };
    return status;
}

static enum status take_parameter(struct verifying *v, struct cbor_in *in,
                                  int64_t number, struct state *state)
{
    int64_t value = 0;
    enum status status = STATUS_OK;

    switch (number) {
    case PARAMETER_VENDOR:
        return cbor_take_bytes(in, "vendor", &state->vendor);
    case PARAMETER_CLASS:
        return cbor_take_bytes(in, "class", &state->class_id);
    case PARAMETER_DIGEST:
        return take_digest(v, in, &state->digest);
    case PARAMETER_CONTENT:
        return cbor_take_bytes(in, "content", &state->content);
    case PARAMETER_ENCRYPTION:
        return cbor_take_bytes(in, "encryption info", &state->info);
    case PARAMETER_URI:
        return cbor_take_text(in, "uri", &state->uri);
    case PARAMETER_VERSION:
        return take_condition(in, state);
    case PARAMETER_SIZE:
    case PARAMETER_SOURCE:
        state->size_at = in->at;
        status = cbor_take_number(in, "size or source", &value);
        if (status != STATUS_OK || value < 0) {
            return status != STATUS_OK
                       ? status
                       : reason_set(v->reason, STATUS_MALFORMED,
                                    "a negative size or source");
        }
        break;
    default:
        return cbor_skip(in);
    }
    if (number == PARAMETER_SIZE) {
        state->has_size = true;
        state->size = (uint64_t)value;
    } else {
        state->has_source = (uint64_t)value < v->view.component_count;
        state->source = (size_t)value;
    }
    return STATUS_OK;
}

static bool run_override(struct verifying *v,
                         const struct suit_command *command)
{
    struct cbor_in in = cursor(v, command->argument);
    uint64_t count = 0;
    enum status status = cbor_take(&in, CBOR_MAP, "parameters", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t number = 0;
        status = cbor_take_number(&in, "parameter", &number);
        if (status == STATUS_OK) {
            status =
                take_parameter(v, &in, number, &v->states[command->component]);
        }
    }
    return status == STATUS_OK
               ? true
               : bad(v, "parameters", RESULT_TYPE, in.at, "one cannot be read");
}

/* Commands. */

static bool check_uuid(struct verifying *v, const char *name, struct span has,
                       const uint8_t *want, size_t offset)
{
    if (want == NULL) {
        return true;
    }
    if (has.size != PACKAGE_CLASS_SIZE ||
        memcmp(has.bytes, want, PACKAGE_CLASS_SIZE) != 0) {
        return bad(v, name, RESULT_TYPE,
                   has.bytes != NULL ? offset_of(v, has) : offset,
                   "of another one");
    }
    good_once(v, name, offset_of(v, has), "as wanted");
    return true;
}

static bool run_fetch(struct verifying *v, const struct suit_command *command)
{
    struct state *state = &v->states[command->component];
    const struct suit_payload *payload =
        state->uri.bytes != NULL ? suit_find(&v->view, state->uri) : NULL;
    size_t slot = v->policy->slot_size;

    if (payload == NULL) {
        return bad(v, "payload", RESULT_INTEGRITY, command->offset,
                   "it is not in the envelope");
    }
    if (slot != 0 && ((state->has_size && state->size > slot) ||
                      payload->bytes.size > slot + CRYPTO_TAG_SIZE)) {
        return bad(v, "size", RESULT_TOO_BIG, state->size_at,
                   "larger than the slot");
    }
    state->image = payload->bytes;
    return true;
}

/** Size and digest are those of what is there. */
static bool run_image(struct verifying *v, const struct suit_command *command)
{
    struct state *state = &v->states[command->component];
    size_t slot = v->policy->slot_size;
    uint8_t hash[CRYPTO_HASH_SIZE];

    if (state->is_unreadable) {
        return true;
    }
    if (state->has_size && slot != 0 && state->size > slot) {
        return bad(v, "size", RESULT_TOO_BIG, state->size_at,
                   "larger than the slot");
    }
    if (state->has_size && state->size != state->image.size) {
        return bad(v, "size", RESULT_INTEGRITY, state->size_at,
                   "it is another one");
    }
    if (state->digest.bytes == NULL) {
        return bad(v, "digest", RESULT_INTEGRITY, command->offset,
                   "there is none");
    }
    if (crypto_sha256(&state->image, 1, hash, v->reason) != STATUS_OK ||
        !crypto_is_equal(hash, state->digest.bytes, sizeof(hash))) {
        return bad(v, "digest", RESULT_INTEGRITY, offset_of(v, state->digest),
                   "of another image");
    }
    good_once(v, "digest", offset_of(v, state->digest), "SHA-256 is right");
    return true;
}

/** The key for what the info says; NULL: nobody gave it. */
static const struct package_key *key_for(struct verifying *v,
                                         const struct cose_encryption *how)
{
    const struct package_key *key =
        how->wrap == ALGORITHM_A128KW ? v->policy->kek : v->policy->decrypter;

    return key != NULL && (how->wrap == ALGORITHM_A128KW || key->has_private)
               ? key
               : NULL;
}

static bool decrypt(struct verifying *v, struct state *state,
                    struct span cipher, const struct cose_encryption *how,
                    size_t at)
{
    const struct package_key *key = key_for(v, how);
    uint8_t content_key[CRYPTO_BLOCK];
    size_t size = 0;
    bool is_read = false;

    if (key == NULL) {
        state->is_unreadable = true;
        return skipped(v, "decryption", "no key to decrypt with was given");
    }
    if (v->policy->kid != NULL && how->kid.bytes != NULL &&
        !is_text(how->kid, v->policy->kid)) {
        return bad(v, "recipient", RESULT_INTEGRITY, offset_of(v, how->kid),
                   "for another one");
    }
    if (cose_open_key(how, key, content_key, v->reason) != STATUS_OK) {
        return bad(v, "content key", RESULT_INTEGRITY,
                   offset_of(v, how->wrapped),
                   "it cannot be unwrapped with this key");
    }
    free(state->own);
    state->own = malloc(cipher.size + 1);
    is_read =
        state->own != NULL && cose_decrypt(how, content_key, cipher, state->own,
                                           &size, v->reason) == STATUS_OK;
    crypto_wipe(content_key, sizeof(content_key));
    if (!is_read) {
        return bad(v, "decryption", RESULT_INTEGRITY, at,
                   "the tag or the IV is wrong");
    }
    state->image = (struct span){ state->own, size };
    state->was_encrypted = true;
    good_once(v, "decryption", at, "decrypted");
    return true;
}

/** Of CTR nothing tells that it was decrypted but the digests. */
static bool has_digests(struct verifying *v, const struct state *state)
{
    return state->digest.bytes != NULL &&
           (!state->has_source ||
            v->states[state->source].digest.bytes != NULL);
}

/** Copy and write: what has an encryption info is decrypted on the way. */
static bool run_copy(struct verifying *v, const struct suit_command *command)
{
    struct state *state = &v->states[command->component];
    bool is_write = command->number == DIRECTIVE_WRITE;
    struct cose_encryption how;
    bool is_known = false;
    struct cbor_in inner;

    if (!is_write && !state->has_source) {
        return bad(v, "copy", RESULT_TYPE, command->offset, "from nowhere");
    }
    struct span from =
        is_write ? state->content : v->states[state->source].image;
    if (from.bytes == NULL) {
        return bad(v, "copy", RESULT_INTEGRITY, command->offset,
                   "there is nothing to copy");
    }
    if (state->info.bytes == NULL) {
        state->image = from;
        return true;
    }
    struct cbor_in in = cursor(v, state->info);
    if (cbor_enter(&in, &state->info, false, &inner) != STATUS_OK ||
        cose_read_encryption(&inner, &how, &is_known) != STATUS_OK) {
        return bad(v, "encryption info", RESULT_INTEGRITY, in.at,
                   "it cannot be read");
    }
    if (!is_known) {
        return bad(v, "encryption info", RESULT_TYPE, offset_of(v, state->info),
                   "an algorithm we do not have");
    }
    if (how.content == ALGORITHM_A128CTR && !has_digests(v, state)) {
        return bad(v, "encryption info", RESULT_INTEGRITY,
                   offset_of(v, state->info), "AES-CTR without a digest");
    }
    return decrypt(v, state, from, &how, offset_of(v, from));
}

static bool fits(int64_t operation, int order)
{
    switch (operation) {
    case VERSION_GREATER:
        return order > 0;
    case VERSION_AT_LEAST:
        return order >= 0;
    case VERSION_EQUAL:
        return order == 0;
    case VERSION_AT_MOST:
        return order <= 0;
    case VERSION_LESS:
        return order < 0;
    default:
        return false;
    }
}

/** Of components whose version we were told; others are not looked at. */
static bool run_version(struct verifying *v, const struct suit_command *command)
{
    const struct state *state = &v->states[command->component];
    const char *name = v->view.components[command->component];
    struct mcuboot_version has;

    for (size_t i = 0; v->policy->others != NULL && i < v->policy->other_count;
         i++) {
        const struct package_dependency *other = &v->policy->others[i];
        if (other->name == NULL || strcmp(other->name, name) != 0) {
            continue;
        }
        bool is_met =
            mcuboot_version_parse(other->version, &has, NULL) == STATUS_OK &&
            fits(state->operation,
                 mcuboot_version_order(&has, &state->version));
        if (!is_met) {
            return checks_add(v->report, "dependency", PACKAGE_CHECK_BAD,
                              RESULT_DEPENDENCY, command->offset,
                              "%s %s does not do", name, other->version);
        }
        good_once(v, "dependency", command->offset, "met");
        return true;
    }
    return skipped(v, "dependency", "no version of that component was given");
}

static bool run_command(struct verifying *v, const struct suit_command *command)
{
    const struct state *state = &v->states[command->component];

    switch (command->number) {
    case DIRECTIVE_OVERRIDE:
        return run_override(v, command);
    case CONDITION_VENDOR:
        return check_uuid(v, "vendor", state->vendor, v->policy->vendor_id,
                          command->offset);
    case CONDITION_CLASS:
        return check_uuid(v, "class", state->class_id, v->policy->class_id,
                          command->offset);
    case DIRECTIVE_FETCH:
        return run_fetch(v, command);
    case CONDITION_IMAGE:
        return run_image(v, command);
    case DIRECTIVE_COPY:
    case DIRECTIVE_WRITE:
        return run_copy(v, command);
    case CONDITION_VERSION:
        return run_version(v, command);
    default: /* the index is with each command */
        return true;
    }
}

static bool run(struct verifying *v, enum suit_sequence sequence)
{
    bool is_good = true;

    for (size_t i = 0; is_good && i < v->view.command_count; i++) {
        if (v->view.commands[i].sequence == sequence) {
            is_good = run_command(v, &v->view.commands[i]);
        }
    }
    return is_good;
}

/** Each target that got an image got it encrypted. */
static bool check_encryption(struct verifying *v)
{
    for (size_t i = 0;
         v->policy->requires_encryption && i < v->view.component_count; i++) {
        const struct state *state = &v->states[i];
        if (!is_staging(v->view.components[i]) && state->image.bytes != NULL &&
            !state->was_encrypted && !state->is_unreadable) {
            return bad(v, "encryption", RESULT_TYPE, v->view.components_at,
                       "it has to be encrypted and is not");
        }
    }
    return true;
}

static bool check_structure(struct verifying *v, size_t size)
{
    struct reason why = { .status = STATUS_OK };
    size_t offset = 0;
    int result = 0;

    return suit_read(v->bytes, size, &v->view, NULL, &offset, &result, &why) ==
                   STATUS_OK
               ? good(v, "structure", 0, "strict CBOR")
               : bad(v, "structure", result, offset, why.text);
}

enum status suit_verify(const uint8_t *bytes, size_t size,
                        const struct package_policy *policy,
                        struct package_verification *verification,
                        struct reason *reason)
{
    struct verifying *v = calloc(1, sizeof(*v));

    if (v == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    v->bytes = bytes;
    v->policy = policy;
    v->report = verification;
    v->reason = reason;
    bool is_good =
        check_structure(v, size) && check_digest(v) && check_signature(v) &&
        check_manifest(v) && run(v, SUIT_SHARED) && run(v, SUIT_INSTALL) &&
        run(v, SUIT_VALIDATE) && check_encryption(v) && check_version(v);
    (void)is_good; /* the report has it */
    for (size_t i = 0; i < SUIT_COMPONENTS_MAX; i++) {
        free(v->states[i].own);
    }
    free(v);
    if (reason != NULL) { /* what is wrong with the package is in the report */
        *reason = (struct reason){ .status = STATUS_OK };
    }
    return STATUS_OK;
}
