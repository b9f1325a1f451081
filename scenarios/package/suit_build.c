/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/package.h"
#include "scenarios/package/suit_making.h"

enum {
    WRAPPED = CRYPTO_BLOCK + 8,
    IV_SHORT = CRYPTO_IV_SIZE - 1,
    COORDINATE = 32,
};

static enum status no_memory(struct reason *reason)
{
    return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

static enum status fill(struct suit_making *making, uint8_t *bytes, size_t size)
{
    const struct package_random_source *random = &making->recipe->random;

    return random->fill(random->user, bytes, size)
               ? STATUS_OK
               : reason_set(making->reason, STATUS_INVALID, "no random bytes");
}

static bool is_gcm(const struct package_recipe *recipe)
{
    return recipe->encryption == PACKAGE_KW_GCM ||
           recipe->encryption == PACKAGE_ES_GCM;
}

/** Whether keys are agreed with that one; else they are wrapped with it. */
static bool is_agreed(const struct package_key *recipient)
{
    return recipient->kind == PACKAGE_KEY_P256;
}

/* Encryption of a part. */

static enum status wrap_key(struct suit_making *making, struct suit_part *part,
                            const struct package_key *recipient,
                            struct package_key *out_ephemeral,
                            uint8_t out_wrapped[CRYPTO_WRAPPED_MAX])
{
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    uint8_t kek[CRYPTO_BLOCK];
    uint8_t key[CRYPTO_BLOCK];
    enum status status = STATUS_OK;

    memcpy(key, part->key, sizeof(key));
    if (suit_is_here(making, part, SUIT_KEY_SWAP)) {
        status = fill(making, key, sizeof(key));
    }
    if (status == STATUS_OK && is_agreed(recipient)) {
        status = package_key_generate(PACKAGE_KEY_P256, CRYPTO_SCALAR_SIZE,
                                      &making->recipe->random, out_ephemeral,
                                      making->reason);
        if (status == STATUS_OK) {
            status = crypto_agree(out_ephemeral->secret, recipient->point,
                                  secret, making->reason);
        }
        if (status == STATUS_OK) {
            status = crypto_hkdf(secret, cose_kdf_context, kek, sizeof(kek),
                                 making->reason);
        }
    } else if (status == STATUS_OK) {
        memcpy(kek, recipient->secret, sizeof(kek));
    }
    if (status == STATUS_OK) {
        status = crypto_wrap(kek, sizeof(kek), key, sizeof(key), out_wrapped,
                             making->reason);
    }
    if (suit_is_here(making, part, SUIT_WRAP_FLIP)) {
        out_wrapped[0] ^= 0x10;
    }
    crypto_wipe(secret, sizeof(secret));
    crypto_wipe(kek, sizeof(kek));
    crypto_wipe(key, sizeof(key));
    return status;
}

static void put_ephemeral(struct cbor_out *out, const struct package_key *key)
{
    cbor_put_number(out, LABEL_EPHEMERAL);
    cbor_put_map(out, 4);
    cbor_put_number(out, KEY_TYPE);
    cbor_put_number(out, KEY_TYPE_EC2);
    cbor_put_number(out, KEY_CURVE);
    cbor_put_number(out, KEY_CURVE_P256);
    cbor_put_number(out, KEY_X);
    cbor_put_bytes(out, key->point + 1, COORDINATE);
    cbor_put_number(out, KEY_Y);
    cbor_put_bytes(out, key->point + 1 + COORDINATE, COORDINATE);
}

/** {1: algorithm}, as bytes. */
static void put_protected(struct cbor_out *out, int64_t algorithm)
{
    struct cbor_out inner = { .bytes = NULL };

    cbor_put_map(&inner, 1);
    cbor_put_number(&inner, LABEL_ALGORITHM);
    cbor_put_number(&inner, algorithm);
    cbor_put_inner(out, &inner);
}

static void put_content_headers(struct suit_making *making,
                                struct suit_part *part)
{
    struct cbor_out *out = &part->info;
    uint8_t iv[CRYPTO_BLOCK];
    size_t size =
        suit_is_here(making, part, SUIT_IV_SHORT) ? IV_SHORT : part->iv_size;
    bool has_iv = !suit_is_here(making, part, SUIT_IV_MISSING);
    bool gcm = is_gcm(making->recipe);

    memcpy(iv, part->iv, sizeof(iv));
    iv[0] ^= suit_is_here(making, part, SUIT_IV) ? 0x10 : 0;
    if (gcm) {
        put_protected(out, ALGORITHM_A128GCM);
    } else { /* nothing would protect them */
        cbor_put_bytes(out, "", 0);
    }
    cbor_put_map(out, (gcm ? 0u : 1u) + (has_iv ? 1u : 0u));
    if (!gcm) {
        cbor_put_number(out, LABEL_ALGORITHM);
        cbor_put_number(out, ALGORITHM_A128CTR);
    }
    if (has_iv) {
        cbor_put_number(out, LABEL_IV);
        cbor_put_bytes(out, iv, size);
    }
}

/** COSE_recipient. packages.md, 8.2. */
static enum status put_recipient(struct suit_making *making,
                                 struct suit_part *part,
                                 const struct package_key *recipient,
                                 const char *kid)
{
    struct cbor_out *out = &part->info;
    struct package_key ephemeral = { .kind = PACKAGE_KEY_NONE };
    uint8_t wrapped[CRYPTO_WRAPPED_MAX];
    enum status status = wrap_key(making, part, recipient, &ephemeral, wrapped);

    if (status == STATUS_OK) {
        cbor_put_array(out, 3);
        if (is_agreed(recipient)) {
            put_protected(out, ALGORITHM_ECDH_ES_KW);
        } else {
            cbor_put_bytes(out, "", 0);
        }
        cbor_put_map(out, 2);
        if (!is_agreed(recipient)) {
            cbor_put_number(out, LABEL_ALGORITHM);
            cbor_put_number(out, ALGORITHM_A128KW);
        }
        cbor_put_number(out, LABEL_KID);
        cbor_put_bytes(out, kid, strlen(kid));
        if (is_agreed(recipient)) {
            put_ephemeral(out, &ephemeral);
        }
        cbor_put_bytes(out, wrapped, WRAPPED);
    }
    package_key_release(&ephemeral);
    return status;
}

/** COSE_Encrypt without its ciphertext. packages.md, 8.2. */
static enum status put_info(struct suit_making *making, struct suit_part *part)
{
    const struct package_recipe *recipe = making->recipe;
    struct cbor_out *out = &part->info;
    bool is_other = suit_is_here(making, part, SUIT_WRONG_DEVICE) ||
                    suit_is_here(making, part, SUIT_WRONG_KEY);
    bool is_named_other = suit_is_here(making, part, SUIT_WRONG_DEVICE);
    /* Of one for another device, nobody here may have a key. */
    bool has_first = recipe->first != NULL && !is_other;
    const char *kid = is_named_other ? recipe->kid_x : recipe->kid;
    enum status status = STATUS_OK;

    kid = kid != NULL ? kid : is_named_other ? "kid-x" : "kid-1";
    cbor_put_tag(out, COSE_ENCRYPT);
    cbor_put_array(out, 4);
    put_content_headers(making, part);
    cbor_put_null(out);
    cbor_put_array(out, has_first ? 2 : 1);
    if (has_first) {
        status =
            put_recipient(making, part, recipe->first,
                          recipe->first_kid != NULL ? recipe->first_kid : kid);
    }
    return status == STATUS_OK
               ? put_recipient(
                     making, part,
                     is_other ? recipe->recipient_x : recipe->recipient, kid)
               : status;
}

static enum status encrypt(struct suit_making *making, struct suit_part *part)
{
    static const uint8_t gcm_header[] = { 0xa1, 0x01, 0x01 };
    struct cbor_out aad = { .bytes = NULL };
    enum status status = fill(making, part->key, sizeof(part->key));

    part->iv_size = is_gcm(making->recipe) ? CRYPTO_IV_SIZE : CRYPTO_BLOCK;
    if (status == STATUS_OK) {
        status = fill(making, part->iv, part->iv_size);
    }
    if (status == STATUS_OK && is_gcm(making->recipe)) {
        cose_put_input(&aad, "Encrypt",
                       (struct span){ gcm_header, sizeof(gcm_header) }, NULL);
        status =
            aad.has_failed
                ? no_memory(making->reason)
                : crypto_seal(part->key, part->iv,
                              (struct span){ aad.bytes, aad.size },
                              (struct span){ part->plain, part->plain_size },
                              part->cipher, making->reason);
        part->cipher_size = part->plain_size + CRYPTO_TAG_SIZE;
    } else if (status == STATUS_OK) {
        status = crypto_ctr(part->key, CRYPTO_BLOCK, part->iv, part->plain,
                            part->plain_size, part->cipher, making->reason);
        part->cipher_size = part->plain_size;
    }
    cbor_out_release(&aad);
    return status == STATUS_OK ? put_info(making, part) : status;
}

static enum status prepare_part(struct suit_making *making,
                                struct suit_part *part)
{
    const struct span plain = { part->plain, part->plain_size };
    enum status status = STATUS_OK;

    part->is_encrypted = making->recipe->encryption != PACKAGE_PLAIN &&
                         making->defect != SUIT_PLAIN;
    part->cipher = malloc(part->plain_size + CRYPTO_TAG_SIZE);
    if (part->cipher == NULL) {
        return no_memory(making->reason);
    }
    status = crypto_sha256(&plain, 1, part->plain_digest, making->reason);
    if (status == STATUS_OK && part->is_encrypted) {
        status = encrypt(making, part);
    } else if (status == STATUS_OK) {
        memcpy(part->cipher, part->plain, part->plain_size);
        part->cipher_size = part->plain_size;
    }
    if (status == STATUS_OK) {
        suit_spoil_part(making, part);
        const struct span cipher = { part->cipher, part->cipher_size };
        status = crypto_sha256(&cipher, 1, part->cipher_digest, making->reason);
    }
    if (suit_is_here(making, part,
                     SUIT_BUNDLE_ONE_BAD)) { /* after its digest */
        part->cipher[0] ^= 0x10;
    }
    return status;
}

/* The envelope. */

/** COSE_Sign1 of what was digested. */
static enum status put_signature(struct suit_making *making,
                                 struct span digest_item, struct cbor_out *out)
{
    const struct package_recipe *recipe = making->recipe;
    bool is_stranger = making->defect == SUIT_SIGNER_UNTRUSTED ||
                       making->defect == SUIT_SIGNER_MASQUERADE;
    const struct package_key *signer =
        is_stranger ? recipe->signer_x : recipe->signer;
    const char *kid = making->defect == SUIT_SIGNER_UNTRUSTED
                          ? recipe->signer_kid_x
                          : recipe->signer_kid;
    bool is_mac = recipe->signer->kind == PACKAGE_KEY_SECRET ||
                  making->defect == SUIT_MAC_CONFUSION;
    int64_t algorithm = is_mac                             ? ALGORITHM_HMAC
                        : making->defect == SUIT_ALGORITHM ? ALGORITHM_ES384
                        : recipe->says_es256               ? ALGORITHM_ES256
                                                           : ALGORITHM_ESP256;
    struct cbor_out header = { .bytes = NULL };
    struct cbor_out input = { .bytes = NULL };
    uint8_t proof[CRYPTO_RAW_SIZE];
    uint8_t hash[CRYPTO_HASH_SIZE];
    enum status status = STATUS_OK;

    cbor_put_map(&header, 1);
    cbor_put_number(&header, LABEL_ALGORITHM);
    cbor_put_number(&header, algorithm);
    cose_put_input(&input, is_mac ? "MAC0" : "Signature1",
                   (struct span){ header.bytes, header.size }, &digest_item);
    const struct span signed_bytes = { input.bytes, input.size };
    if (header.has_failed || input.has_failed) {
        status = no_memory(making->reason);
    } else if (is_mac) { /* of the confused one the key is public */
        bool has_point = signer->kind == PACKAGE_KEY_P256;
        status =
            crypto_hmac(has_point ? signer->point : signer->secret,
                        has_point ? CRYPTO_POINT_SIZE : signer->secret_size,
                        input.bytes, input.size, proof, making->reason);
    } else {
        status = crypto_sha256(&signed_bytes, 1, hash, making->reason);
        if (status == STATUS_OK) {
            status =
                crypto_sign_raw(signer->secret, hash, proof, making->reason);
        }
    }
    if (status == STATUS_OK) {
        cbor_put_tag(out, is_mac ? COSE_MAC0 : COSE_SIGN1);
        cbor_put_array(out, 4);
        cbor_put_inner(out, &header);
        cbor_put_map(out, kid != NULL ? 1 : 0);
        if (kid != NULL) {
            cbor_put_number(out, LABEL_KID);
            cbor_put_bytes(out, kid, strlen(kid));
        }
        cbor_put_null(out);
        cbor_put_bytes(out, proof, is_mac ? CRYPTO_HASH_SIZE : CRYPTO_RAW_SIZE);
    }
    cbor_out_release(&header);
    cbor_out_release(&input);
    return status;
}

static enum status put_authentication(struct suit_making *making,
                                      const struct cbor_out *manifest,
                                      struct cbor_out *out)
{
    const struct span whole = { manifest->bytes, manifest->size };
    bool is_signed = making->recipe->signer != NULL &&
                     making->defect != SUIT_SIGNATURE_MISSING;
    struct cbor_out item = { .bytes = NULL };
    struct cbor_out block = { .bytes = NULL };
    struct cbor_out list = { .bytes = NULL };
    uint8_t digest[CRYPTO_HASH_SIZE];
    enum status status = crypto_sha256(&whole, 1, digest, making->reason);

    cbor_put_array(&item, 2);
    cbor_put_number(&item, ALGORITHM_SHA256);
    cbor_put_bytes(&item, digest, sizeof(digest));
    if (status == STATUS_OK && is_signed) {
        status =
            item.has_failed
                ? no_memory(making->reason)
                : put_signature(making, (struct span){ item.bytes, item.size },
                                &block);
    }
    cbor_put_array(&list, is_signed ? 2 : 1);
    cbor_put_inner(&list, &item);
    if (is_signed) {
        cbor_put_inner(&list, &block);
    }
    cbor_put_inner(out, &list);
    return status;
}

/** Text keys ascend by length, then by bytes. */
static int order_of(const struct suit_part *a, const struct suit_part *b)
{
    size_t a_length = strlen(a->name);
    size_t b_length = strlen(b->name);

    return a_length != b_length ? (a_length > b_length) - (a_length < b_length)
                                : strcmp(a->name, b->name);
}

static void put_payloads(struct suit_making *making, struct cbor_out *out)
{
    const struct suit_part *sorted[SUIT_MEMBERS_MAX];

    for (size_t i = 0; i < making->part_count; i++) {
        size_t at = i;
        while (at > 0 && order_of(sorted[at - 1], &making->parts[i]) > 0) {
            sorted[at] = sorted[at - 1];
            at--;
        }
        sorted[at] = &making->parts[i];
    }
    for (size_t i = 0; i < making->part_count; i++) {
        char name[SUIT_NAME_SIZE + 2];
        if (suit_is_here(making, sorted[i], SUIT_PAYLOAD_MISSING)) {
            continue;
        }
        (void)snprintf(name, sizeof(name), "#%s", sorted[i]->name); /* fits */
        cbor_put_text(out, name);
        cbor_put_bytes(out, sorted[i]->cipher, sorted[i]->cipher_size);
    }
}

static enum status assemble(struct suit_making *making, struct cbor_out *out)
{
    struct cbor_out body = { .bytes = NULL };
    struct cbor_out manifest = { .bytes = NULL };
    size_t missing = making->defect == SUIT_PAYLOAD_MISSING ? 1 : 0;

    if (making->recipe->nests) {
        suit_put_root(making, &body);
    } else {
        suit_put_manifest(making, &body);
    }
    cbor_put_inner(&manifest, &body); /* with its head: so it is digested */
    cbor_put_tag(out,
                 making->defect == SUIT_WRONG_TAG ? SUIT_TAG + 1 : SUIT_TAG);
    cbor_put_map(out, 2 + making->part_count - missing);
    cbor_put_number(out, ENVELOPE_AUTHENTICATION);
    enum status status = manifest.has_failed
                             ? no_memory(making->reason)
                             : put_authentication(making, &manifest, out);
    cbor_put_number(out, ENVELOPE_MANIFEST);
    cbor_put_raw(out, manifest.bytes, manifest.size);
    put_payloads(making, out);
    cbor_out_release(&manifest);
    return status == STATUS_OK && out->has_failed ? no_memory(making->reason)
                                                  : status;
}

/* The recipe. */

static bool is_name(const char *name)
{
    size_t length = name != NULL ? strlen(name) : 0;

    return length > 0 && length < SUIT_NAME_SIZE - sizeof(SUIT_STAGED);
}

static enum status take_parts(struct suit_making *making)
{
    const struct package_recipe *recipe = making->recipe;
    const struct package_member alone = { .name = recipe->component,
                                          .bytes = recipe->payload,
                                          .size = recipe->payload_size,
                                          .class_id = recipe->class_id };
    size_t count = recipe->member_count > 0 ? recipe->member_count : 1;

    if (recipe->nests && recipe->member_count == 0) {
        return reason_set(making->reason, STATUS_INVALID,
                          "envelopes in an envelope need members");
    }
    for (size_t i = 0; i < count; i++) {
        const struct package_member *member =
            recipe->member_count > 0 ? &recipe->members[i] : &alone;
        if (!is_name(member->name)) {
            return reason_set(making->reason, STATUS_INVALID,
                              "a component needs a name of 1 to %d bytes",
                              (int)(SUIT_NAME_SIZE - sizeof(SUIT_STAGED) - 1));
        }
        if (member->size == 0 || member->size > PACKAGE_SIZE_MAX) {
            return reason_set(making->reason, STATUS_LIMIT,
                              "a payload of %zu bytes", member->size);
        }
        making->parts[i] = (struct suit_part){ .name = member->name,
                                               .class_id = member->class_id,
                                               .plain = member->bytes,
                                               .plain_size = member->size,
                                               .said_size = member->size };
    }
    making->part_count = count;
    making->last = &making->parts[count - 1];
    return STATUS_OK;
}

static enum status check_recipient(const struct package_key *to, bool agrees,
                                   struct reason *reason)
{
    bool fits = to != NULL && (agrees ? to->kind == PACKAGE_KEY_P256
                                      : to->kind == PACKAGE_KEY_SECRET &&
                                            to->secret_size == CRYPTO_BLOCK);

    return fits ? STATUS_OK
                : reason_set(reason, STATUS_INVALID,
                             agrees ? "ECDH needs a key of P-256"
                                    : "A128KW needs a secret of 16 bytes");
}

static enum status check_keys(const struct package_recipe *recipe,
                              struct reason *reason)
{
    const struct package_key *signer = recipe->signer;
    const struct package_key *first = recipe->first;
    enum status status = STATUS_OK;

    if (signer != NULL &&
        (signer->kind == PACKAGE_KEY_P256 ? !signer->has_private
                                          : signer->secret_size != 32)) {
        return reason_set(reason, STATUS_INVALID,
                          "to sign, the private half of a key of P-256 is "
                          "needed, or a secret of 32 bytes");
    }
    if (recipe->encryption == PACKAGE_PLAIN) {
        return STATUS_OK;
    }
    if (recipe->encryption < PACKAGE_KW_GCM) {
        return reason_set(reason, STATUS_INVALID,
                          "that encryption is none of SUIT");
    }
    if (first != NULL) {
        status = check_recipient(first, is_agreed(first), reason);
    }
    return status == STATUS_OK
               ? check_recipient(recipe->recipient,
                                 recipe->encryption == PACKAGE_ES_GCM ||
                                     recipe->encryption == PACKAGE_ES_CTR,
                                 reason)
               : status;
}

/** Whether a component of this name is in the package itself, or named by one
 *  of the first `count` dependencies: a manifest lists each name once. */
static bool is_listed(const struct package_recipe *recipe, const char *name,
                      size_t count)
{
    bool is_there = recipe->member_count == 0 && recipe->component != NULL &&
                    strcmp(recipe->component, name) == 0;

    for (size_t i = 0; i < recipe->member_count; i++) {
        const char *member = recipe->members[i].name;
        is_there = is_there || (member != NULL && strcmp(member, name) == 0);
    }
    for (size_t i = 0; i < count; i++) {
        is_there = is_there || strcmp(recipe->dependencies[i].name, name) == 0;
    }
    return is_there;
}

static enum status take_recipe(struct suit_making *making)
{
    const struct package_recipe *recipe = making->recipe;
    enum status status = mcuboot_version_parse(
        recipe->version, &making->version, making->reason);

    making->sequence = recipe->counter;
    for (size_t i = 0; status == STATUS_OK && i < recipe->dependency_count;
         i++) {
        making->dependencies[i].name = recipe->dependencies[i].name;
        if (!is_name(recipe->dependencies[i].name)) {
            return reason_set(making->reason, STATUS_INVALID,
                              "a dependency needs the name of a component");
        }
        /* Nested envelopes have a manifest each, which is made from here. */
        if (making->defect == SUIT_GOOD && !recipe->nests &&
            is_listed(recipe, recipe->dependencies[i].name, i)) {
            return reason_set(making->reason, STATUS_INVALID,
                              "a dependency on '%s', which the package lists "
                              "already",
                              recipe->dependencies[i].name);
        }
        status = mcuboot_version_parse(recipe->dependencies[i].version,
                                       &making->dependencies[i].version,
                                       making->reason);
    }
    making->dependency_count = recipe->dependency_count;
    return status;
}

static enum suit_defect find_defect(const char *variant)
{
    for (int i = 0; variant != NULL && i < SUIT_BUILT_COUNT; i++) {
        if (strcmp(suit_variants[i].name, variant) == 0) {
            return (enum suit_defect)i;
        }
    }
    return SUIT_GOOD; /* or one of a built file */
}

static enum status prepare_parts(struct suit_making *making)
{
    enum status status = suit_spoil_recipe(making);

    for (size_t i = 0; status == STATUS_OK && i < making->part_count; i++) {
        status = prepare_part(making, &making->parts[i]);
    }
    return status;
}

static void release(struct suit_making *making)
{
    for (size_t i = 0; i < SUIT_MEMBERS_MAX; i++) {
        struct suit_part *part = &making->parts[i];
        free(part->own_plain);
        free(part->cipher);
        cbor_out_release(&part->info);
        crypto_wipe(part->key, sizeof(part->key));
    }
}

enum status suit_make(const struct package_recipe *recipe, uint8_t **out_bytes,
                      size_t *out_size, struct reason *reason)
{
    struct suit_making making = { .recipe = recipe,
                                  .defect = find_defect(recipe->variant),
                                  .reason = reason };
    struct cbor_out out = { .bytes = NULL };
    enum status status = check_keys(recipe, reason);

    if (status == STATUS_OK) {
        status = take_recipe(&making);
    }
    if (status == STATUS_OK) {
        status = take_parts(&making);
    }
    if (status == STATUS_OK) {
        status =
            recipe->nests ? suit_make_members(&making) : prepare_parts(&making);
    }
    if (status == STATUS_OK) {
        status = assemble(&making, &out);
    }
    release(&making);
    if (status != STATUS_OK) {
        cbor_out_release(&out);
        return status;
    }
    *out_bytes = out.bytes;
    *out_size = out.size;
    return STATUS_OK;
}
