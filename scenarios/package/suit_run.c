/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit_verifying.h"

/* Parameters. */

static struct cbor_in cursor(struct suit_verifying *v, struct span span)
{
    size_t start = suit_at(v, span);

    return (struct cbor_in){ .bytes = v->bytes,
                             .at = start,
                             .end = start + span.size,
                             .reason = v->reason };
}

/** bstr [-16, h'…'] */
static enum status take_digest(struct suit_verifying *v, struct cbor_in *in,
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
                            "offset %zu: no SHA-256", suit_at(v, wrapper))
               : status;
}

/** bstr [op, [1, 2, 3]] */
static enum status take_condition(struct cbor_in *in, struct suit_state *state)
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

static enum status take_parameter(struct suit_verifying *v, struct cbor_in *in,
                                  int64_t number, struct suit_state *state)
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

static bool has_parameter(const struct suit_state *state, int64_t number)
{
    switch (number) {
    case PARAMETER_VENDOR:
        return state->vendor.bytes != NULL;
    case PARAMETER_CLASS:
        return state->class_id.bytes != NULL;
    case PARAMETER_DIGEST:
        return state->digest.bytes != NULL;
    case PARAMETER_SIZE:
        return state->has_size;
    case PARAMETER_CONTENT:
        return state->content.bytes != NULL;
    case PARAMETER_ENCRYPTION:
        return state->info.bytes != NULL;
    case PARAMETER_URI:
        return state->uri.bytes != NULL;
    case PARAMETER_SOURCE:
        return state->has_source;
    case PARAMETER_VERSION:
        return state->operation != 0;
    default:
        return false;
    }
}

/** @param is_set  only what has not been set before */
static bool run_override(struct suit_verifying *v,
                         const struct suit_command *command, size_t component,
                         bool is_set)
{
    struct suit_state *state = &v->states[component];
    struct cbor_in in = cursor(v, command->argument);
    uint64_t count = 0;
    enum status status = cbor_take(&in, CBOR_MAP, "parameters", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t number = 0;
        status = cbor_take_number(&in, "parameter", &number);
        if (status == STATUS_OK) {
            status = is_set && has_parameter(state, number)
                         ? cbor_skip(&in)
                         : take_parameter(v, &in, number, state);
        }
    }
    return status == STATUS_OK ? true
                               : suit_bad(v, "parameters", SUIT_TYPE, in.at,
                                          "one cannot be read");
}

/* Commands. */

static bool check_uuid(struct suit_verifying *v, const char *name,
                       struct span has, const uint8_t *want, size_t offset)
{
    if (want == NULL) {
        return true;
    }
    if (has.size != PACKAGE_CLASS_SIZE ||
        memcmp(has.bytes, want, PACKAGE_CLASS_SIZE) != 0) {
        return suit_bad(v, name, SUIT_TYPE,
                        has.bytes != NULL ? suit_at(v, has) : offset,
                        "of another one");
    }
    suit_good_once(v, name, suit_at(v, has), "as wanted");
    return true;
}

static bool is_integrated(struct span uri)
{
    return uri.size > 0 && uri.bytes[0] == '#';
}

static bool run_fetch(struct suit_verifying *v,
                      const struct suit_command *command, size_t component)
{
    struct suit_state *state = &v->states[component];
    const struct suit_payload *payload =
        state->uri.bytes != NULL ? suit_find(&v->view, state->uri) : NULL;
    size_t slot = v->policy->slot_size;
    bool is_elsewhere = payload == NULL && state->uri.bytes != NULL &&
                        !is_integrated(state->uri);

    if (payload == NULL && !is_elsewhere) {
        return suit_bad(v, "payload", SUIT_INTEGRITY, command->offset,
                        "it is not in the envelope");
    }
    if (slot != 0 &&
        ((state->has_size && state->size > slot) ||
         (!is_elsewhere && payload->bytes.size > slot + CRYPTO_TAG_SIZE))) {
        return suit_bad(v, "size", SUIT_TOO_BIG, state->size_at,
                        "larger than the slot");
    }
    state->image = is_elsewhere ? (struct span){ NULL, 0 } : payload->bytes;
    state->is_elsewhere = is_elsewhere;
    state->was_encrypted = false;
    return !is_elsewhere ||
           suit_skipped(v, "payload", "it is to be fetched from elsewhere");
}

/** The digest of an envelope is that of its manifest. */
static bool has_digest(struct suit_verifying *v, const struct suit_state *state,
                       size_t component)
{
    const struct suit_verifying *nested = v->nested[component];
    uint8_t hash[CRYPTO_HASH_SIZE];

    if (nested != NULL) { /* which was compared with its manifest */
        return crypto_is_equal(nested->view.digest.bytes, state->digest.bytes,
                               sizeof(hash));
    }
    return crypto_sha256(&state->image, 1, hash, v->reason) == STATUS_OK &&
           crypto_is_equal(hash, state->digest.bytes, sizeof(hash));
}

static bool is_dependency(const struct suit_verifying *v, size_t component)
{
    return (v->view.is_dependency & UINT32_C(1) << component) != 0;
}

/** Size and digest are those of what is there. */
static bool run_image(struct suit_verifying *v,
                      const struct suit_command *command, size_t component)
{
    struct suit_state *state = &v->states[component];
    size_t slot = v->policy->slot_size;

    if (state->is_unreadable) {
        return true;
    }
    if (state->has_size && slot != 0 && state->size > slot) {
        return suit_bad(v, "size", SUIT_TOO_BIG, state->size_at,
                        "larger than the slot");
    }
    if (state->image.bytes == NULL) { /* of another package, or fetched */
        return suit_skipped(v, "digest", "the image is not in the package");
    }
    if (is_dependency(v, component) && suit_open_nested(v, component) == NULL) {
        return false;
    }
    if (state->has_size && state->size != state->image.size) {
        return suit_bad(v, "size", SUIT_INTEGRITY, state->size_at,
                        "it is another one");
    }
    if (state->digest.bytes == NULL) {
        return suit_bad(v, "digest", SUIT_INTEGRITY, command->offset,
                        "there is none");
    }
    if (!has_digest(v, state, component)) {
        return suit_bad(v, "digest", SUIT_INTEGRITY, suit_at(v, state->digest),
                        "of another image");
    }
    suit_good_once(v, "digest", suit_at(v, state->digest), "SHA-256 is right");
    return true;
}

/** The key for that recipient; NULL: nobody gave it. */
static const struct package_key *key_for(const struct suit_verifying *v,
                                         const struct cose_recipient *recipient)
{
    bool is_kw = recipient->wrap == ALGORITHM_A128KW;
    const struct package_key *key =
        is_kw ? v->policy->kek : v->policy->decrypter;

    return recipient->is_known && key != NULL && (is_kw || key->has_private)
               ? key
               : NULL;
}

/** Whether a recipient, if both have a name, is the one of the policy. */
static bool is_named(const struct suit_verifying *v,
                     const struct cose_recipient *recipient)
{
    return v->policy->kid == NULL || recipient->kid.bytes == NULL ||
           suit_is_text(recipient->kid, v->policy->kid);
}

/** Kept to the end: several components may hold it. @return NULL: none */
static uint8_t *place_for(struct suit_verifying *v, size_t size)
{
    struct suit_shared *shared = v->shared;
    uint8_t *place =
        shared->decrypted_count < SUIT_DECRYPTED_MAX ? malloc(size + 1) : NULL;

    if (place != NULL) {
        shared->decrypted[shared->decrypted_count++] = place;
    }
    return place;
}

/** By the first recipient that is the policy's and whose key opens it.
 *  @param out_is_unreadable  nobody gave a key that could be the one
 *  @return whether there is one; else that was told */
static bool open_key(struct suit_verifying *v,
                     const struct cose_encryption *how,
                     uint8_t out_key[CRYPTO_BLOCK], bool *out_is_unreadable)
{
    const struct cose_recipient *stranger = NULL; /* we have such a key */
    const struct cose_recipient *tried = NULL;
    bool lacks_key = false; /* of one that may be ours */

    for (size_t i = 0; i < how->recipient_count; i++) {
        const struct cose_recipient *recipient = &how->recipients[i];
        const struct package_key *key = key_for(v, recipient);
        bool is_ours = is_named(v, recipient);
        if (key != NULL && is_ours) {
            if (cose_open_key(recipient, key, out_key, NULL) == STATUS_OK) {
                return true;
            }
            tried = tried != NULL ? tried : recipient;
        } else if (key != NULL) {
            stranger = stranger != NULL ? stranger : recipient;
        } else {
            lacks_key = lacks_key || (recipient->is_known && is_ours);
        }
    }
    *out_is_unreadable = tried == NULL && (lacks_key || stranger == NULL);
    if (*out_is_unreadable) {
        return !suit_skipped(v, "decryption",
                             "no key to decrypt with was given");
    }
    return tried == NULL
               ? suit_bad(v, "recipient", SUIT_INTEGRITY,
                          suit_at(v, stranger->kid), "for another one")
               : suit_bad(v, "content key", SUIT_INTEGRITY,
                          suit_at(v, tried->wrapped),
                          "it cannot be unwrapped with this key");
}

static bool decrypt(struct suit_verifying *v, struct suit_state *state,
                    struct span cipher, const struct cose_encryption *how,
                    size_t at)
{
    uint8_t content_key[CRYPTO_BLOCK];
    size_t size = 0;
    bool is_read = false;

    if (!open_key(v, how, content_key, &state->is_unreadable)) {
        return state->is_unreadable;
    }
    uint8_t *plain = place_for(v, cipher.size);
    is_read = plain != NULL && cose_decrypt(how, content_key, cipher, plain,
                                            &size, v->reason) == STATUS_OK;
    crypto_wipe(content_key, sizeof(content_key));
    if (!is_read) {
        return suit_bad(v, "decryption", SUIT_INTEGRITY, at,
                        "the tag or the IV is wrong");
    }
    state->image = (struct span){ plain, size };
    state->was_encrypted = true;
    suit_good_once(v, "decryption", at, "decrypted");
    return true;
}

/** Of CTR nothing tells that it was decrypted but the digests. */
static bool has_digests(struct suit_verifying *v,
                        const struct suit_state *state)
{
    return state->digest.bytes != NULL &&
           (!state->has_source ||
            v->states[state->source].digest.bytes != NULL);
}

/** What it holds changes: an envelope that was opened may not. */
static bool may_change(struct suit_verifying *v,
                       const struct suit_command *command, size_t component)
{
    return v->nested[component] == NULL ||
           suit_bad(v, "dependency", SUIT_TYPE, command->offset,
                    "it is replaced after it was looked at");
}

static bool run_decryption(struct suit_verifying *v, struct suit_state *state,
                           struct span from)
{
    struct cose_encryption how;
    bool is_known = false;
    struct reason why = { .text = "" };
    struct cbor_in in = cursor(v, state->info);
    struct cbor_in inner = in;

    in.reason = &why;
    if (cbor_enter(&in, &state->info, false, &inner) != STATUS_OK ||
        cose_read_encryption(&inner, &how, &is_known) != STATUS_OK) {
        return suit_bad(v, "encryption info", SUIT_INTEGRITY, inner.at,
                        "it cannot be read: %s", why.text);
    }
    if (!is_known) {
        return suit_bad(v, "encryption info", SUIT_TYPE,
                        suit_at(v, state->info), "an algorithm we do not have");
    }
    if (how.content == ALGORITHM_A128CTR && !has_digests(v, state)) {
        return suit_bad(v, "encryption info", SUIT_INTEGRITY,
                        suit_at(v, state->info), "AES-CTR without a digest");
    }
    return decrypt(v, state, from, &how, suit_at(v, from));
}

/** Copy and write: what has an encryption info is decrypted on the way. */
static bool run_copy(struct suit_verifying *v,
                     const struct suit_command *command, size_t component)
{
    struct suit_state *state = &v->states[component];
    bool is_write = command->number == DIRECTIVE_WRITE;

    if (!is_write && !state->has_source) {
        return suit_bad(v, "copy", SUIT_TYPE, command->offset, "from nowhere");
    }
    const struct suit_state source =
        is_write ? (struct suit_state){ .image = state->content }
                 : v->states[state->source];
    if (source.image.bytes == NULL && !source.is_elsewhere &&
        !source.is_unreadable) {
        return suit_bad(v, "copy", SUIT_INTEGRITY, command->offset,
                        "there is nothing to copy");
    }
    if (!may_change(v, command, component)) {
        return false;
    }
    state->image = source.image;
    state->is_elsewhere = source.is_elsewhere;
    state->is_unreadable = source.is_unreadable;
    state->was_encrypted = source.was_encrypted;
    return state->info.bytes == NULL || source.image.bytes == NULL
               ? true
               : run_decryption(v, state, source.image);
}

static bool run_swap(struct suit_verifying *v,
                     const struct suit_command *command, size_t component)
{
    struct suit_state *state = &v->states[component];

    if (!state->has_source) {
        return suit_bad(v, "swap", SUIT_TYPE, command->offset, "with nothing");
    }
    if (!may_change(v, command, component) ||
        !may_change(v, command, state->source)) {
        return false;
    }
    struct suit_state *other = &v->states[state->source];
    const struct suit_state was = *state;
    state->image = other->image;
    state->is_elsewhere = other->is_elsewhere;
    state->is_unreadable = other->is_unreadable;
    state->was_encrypted = other->was_encrypted;
    other->image = was.image;
    other->is_elsewhere = was.is_elsewhere;
    other->is_unreadable = was.is_unreadable;
    other->was_encrypted = was.was_encrypted;
    return true;
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
static bool run_version(struct suit_verifying *v,
                        const struct suit_command *command, size_t component)
{
    const struct suit_state *state = &v->states[component];
    const char *name = v->view.components[component];
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
            return suit_bad(v, "dependency", SUIT_DEPENDENCY, command->offset,
                            "%s %s does not do", name, other->version);
        }
        suit_good_once(v, "dependency", command->offset, "met");
        return true;
    }
    return suit_skipped(v, "dependency",
                        "no version of that component was given");
}

/* Dependencies. */

/** Two envelopes name the same component: what one set the other one has. */
static void share_states(const struct suit_verifying *from,
                         struct suit_verifying *to)
{
    for (size_t i = 0; i < to->view.component_count; i++) {
        for (size_t k = 0; k < from->view.component_count; k++) {
            if (strcmp(to->view.components[i], from->view.components[k]) == 0 &&
                !is_dependency(from, k) && !is_dependency(to, i)) {
                size_t source = to->states[i].source;
                bool has_source = to->states[i].has_source;
                to->states[i] = from->states[k];
                /* Of the indexes each envelope has its own. */
                to->states[i].source = source;
                to->states[i].has_source = has_source;
            }
        }
    }
}

static bool run_nested(struct suit_verifying *v,
                       const struct suit_command *command, size_t component)
{
    if (!is_dependency(v, component)) {
        return suit_bad(v, "dependency", SUIT_TYPE, command->offset,
                        "the component is none");
    }
    if (v->states[component].image.bytes == NULL) {
        return suit_skipped(v, "nested manifest", "it is not in the package");
    }
    struct suit_verifying *nested = suit_open_nested(v, component);
    if (nested == NULL) {
        return false;
    }
    share_states(v, nested);
    bool is_good =
        suit_run(nested, SUIT_SHARED) && suit_run(nested, command->sequence);
    share_states(nested, v);
    if (is_good) {
        suit_good_once(v, "nested manifest", command->offset,
                       "verified and run");
    }
    return is_good;
}

/** Its signature and digest, and that it is the one that is meant. */
static bool run_integrity(struct suit_verifying *v,
                          const struct suit_command *command, size_t component)
{
    const struct suit_state *state = &v->states[component];

    if (state->image.bytes == NULL) {
        return suit_skipped(v, "nested manifest", "it is not in the package");
    }
    if (!is_dependency(v, component) || state->digest.bytes == NULL) {
        return suit_bad(v, "dependency", SUIT_TYPE, command->offset,
                        "the component is none, or has no digest");
    }
    const struct suit_verifying *nested = suit_open_nested(v, component);
    return nested != NULL &&
           (has_digest(v, state, component) ||
            suit_bad(v, "dependency", SUIT_INTEGRITY, suit_at(v, state->digest),
                     "the digest is of another one"));
}

/* Sequences. */

/** A command that is about one component. */
static bool run_single(struct suit_verifying *v,
                       const struct suit_command *command, size_t component)
{
    const struct suit_state *state = &v->states[component];

    switch (command->number) {
    case DIRECTIVE_SET:
    case DIRECTIVE_OVERRIDE:
        return run_override(v, command, component,
                            command->number == DIRECTIVE_SET);
    case CONDITION_VENDOR:
        return check_uuid(v, "vendor", state->vendor, v->policy->vendor_id,
                          command->offset);
    case CONDITION_CLASS:
        return check_uuid(v, "class", state->class_id, v->policy->class_id,
                          command->offset);
    case DIRECTIVE_FETCH:
        return may_change(v, command, component) &&
               run_fetch(v, command, component);
    case CONDITION_IMAGE:
        return run_image(v, command, component);
    case DIRECTIVE_COPY:
    case DIRECTIVE_WRITE:
        return run_copy(v, command, component);
    case DIRECTIVE_SWAP:
        return run_swap(v, command, component);
    case CONDITION_VERSION:
        return run_version(v, command, component);
    case DIRECTIVE_PROCESS:
        return run_nested(v, command, component);
    case CONDITION_INTEGRITY:
        return run_integrity(v, command, component);
    case CONDITION_IS_DEPENDENCY:
        return is_dependency(v, component) ||
               suit_bad(v, "dependency", SUIT_TYPE, command->offset,
                        "the component is none");
    case CONDITION_ABORT:
        return suit_bad(v, "abort", SUIT_POLICY, command->offset,
                        "the manifest says so");
    case CONDITION_SLOT:
    case CONDITION_DEVICE:
        return suit_skipped(v, "slot or device", "only a device knows");
    default: /* the index is with each command */
        return true;
    }
}

static bool run_range(struct suit_verifying *v, size_t from, size_t to);

/** The sequence in a command; of several the alternative with that number.
 *  Those behind the command up to `end` are in it. */
static bool run_alternative(struct suit_verifying *v, size_t at, size_t end,
                            unsigned alternative)
{
    const struct suit_command *list = v->view.commands;
    unsigned depth = list[at].depth + 1;
    size_t from = at + 1;

    while (from < end && (list[from].depth != depth ||
                          list[from].alternative != alternative)) {
        from++;
    }
    size_t to = from;
    while (to < end &&
           (list[to].depth != depth || list[to].alternative == alternative)) {
        to++;
    }
    return run_range(v, from, to);
}

/** The first alternative that does; all traces of the others are wiped. */
static bool run_try_each(struct suit_verifying *v, size_t at, size_t end)
{
    struct cbor_in in = cursor(v, v->view.commands[at].argument);
    const struct package_verification report = *v->report;
    struct suit_state *states = malloc(sizeof(v->states));
    uint64_t count = 0;
    bool is_good = false;

    if (states == NULL ||
        cbor_take(&in, CBOR_ARRAY, "sequences", &count) != STATUS_OK) {
        free(states);
        return suit_bad(v, "try each", SUIT_TYPE, in.at, "it cannot be read");
    }
    memcpy(states, v->states, sizeof(v->states));
    for (uint64_t i = 0; !is_good && i < count && i < SUIT_COMMANDS_MAX; i++) {
        *v->report = report;
        memcpy(v->states, states, sizeof(v->states));
        is_good = run_alternative(v, at, end, (unsigned)i);
    }
    free(states);
    return is_good || (count > 0 ? false
                                 : suit_bad(v, "try each", SUIT_TYPE, in.at,
                                            "there is nothing to try"));
}

static bool run_command(struct suit_verifying *v, size_t at, size_t end)
{
    const struct suit_command *command = &v->view.commands[at];
    bool is_good = true;

    if (v->shared->steps == SUIT_STEPS_MAX) {
        return suit_bad(v, "commands", SUIT_TYPE, command->offset,
                        "more than 1024 are to be run");
    }
    v->shared->steps++;
    if (command->number == DIRECTIVE_TRY_EACH) {
        return run_try_each(v, at, end);
    }
    if (command->number == DIRECTIVE_RUN) {
        return run_alternative(v, at, end, 0);
    }
    for (size_t i = 0; is_good && i < v->view.component_count; i++) {
        is_good = (command->components & UINT32_C(1) << i) == 0 ||
                  run_single(v, command, i);
    }
    return is_good;
}

/** Commands of one depth; those inside them are theirs to run. */
static bool run_range(struct suit_verifying *v, size_t from, size_t to)
{
    const struct suit_command *list = v->view.commands;
    bool is_good = true;

    while (is_good && from < to) {
        size_t end = from + 1;
        while (end < to && list[end].depth > list[from].depth) {
            end++;
        }
        is_good = run_command(v, from, end);
        from = end;
    }
    return is_good;
}

bool suit_run(struct suit_verifying *v, enum suit_sequence sequence)
{
    size_t from = 0;

    while (from < v->view.command_count &&
           v->view.commands[from].sequence != sequence) {
        from++;
    }
    size_t to = from;
    while (to < v->view.command_count &&
           v->view.commands[to].sequence == sequence) {
        to++;
    }
    return run_range(v, from, to);
}
