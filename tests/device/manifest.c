/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/manifest.h"

#include <cbor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/manifest_crypto.h"
#include "tests/device/strict_cbor.h"
#include "tests/device/tree.h"

enum {
    TOO_BIG = 2,
    NO_MEMORY = 3,
    INTEGRITY = 5,
    TYPE = 6,
    FAILED = 8,
    DIGEST_SHA256 = -16,
    HEAD_MAX = 9,
    TAG_SIZE = 16,
};

/** What the commands set and do, of one component. */
struct cell {
    char name[MANIFEST_NAME_SIZE];
    bool is_staging;
    struct tree_bytes class_id;
    struct tree_bytes digest;
    bool has_size;
    uint64_t size;
    struct tree_bytes uri;
    struct tree_bytes info;
    struct tree_bytes content;
    bool has_source;
    uint64_t source;
    struct tree_bytes version; /**< of a condition, encoded */
    uint8_t *image;            /**< owned */
    size_t length;
    bool was_encrypted;
};

struct running {
    const struct manifest_trust *trust;
    const struct manifest_blindness *blindness;
    struct manifest *manifest;
    struct tree_pool pool;       /**< released at the end */
    const cbor_item_t *envelope; /**< its map */
    const cbor_item_t *body;     /**< the manifest's map */
    struct cell cells[MANIFEST_COMPONENTS];
    size_t cell_count;
    size_t chosen; /**< the component that commands are about */
};

/** A tree in the bytes that are the value of a key. */
static const cbor_item_t *tree_of(struct running *run, const cbor_item_t *map,
                                  int64_t key, bool sorts)
{
    struct tree_bytes part;

    return tree_bytes(tree_value(map, key), &part)
               ? tree_load(&run->pool, part, sorts)
               : NULL;
}

/** [-16, 32 bytes] */
static bool digest_of(struct running *run, struct tree_bytes wrapper,
                      struct tree_bytes *out_digest)
{
    const cbor_item_t *digest = tree_load(&run->pool, wrapper, true);
    int64_t algorithm = 0;

    return digest != NULL && tree_number(tree_element(digest, 0), &algorithm) &&
           algorithm == DIGEST_SHA256 &&
           tree_bytes(tree_element(digest, 1), out_digest) &&
           out_digest->length == MANIFEST_HASH;
}

static bool is_equal(struct tree_bytes digest, const uint8_t *bytes,
                     size_t length)
{
    uint8_t hash[MANIFEST_HASH];

    return digest.bytes != NULL && manifest_hash(bytes, length, hash) &&
           memcmp(hash, digest.bytes, sizeof(hash)) == 0;
}

/* Authentication. */

/** The manifest as it was encoded, with its head. */
static bool has_digest(struct tree_bytes manifest, struct tree_bytes digest)
{
    uint8_t *whole = malloc(manifest.length + HEAD_MAX);

    if (whole == NULL) {
        return false;
    }
    size_t head =
        cbor_encode_bytestring_start(manifest.length, whole, HEAD_MAX);
    memcpy(whole + head, manifest.bytes, manifest.length);
    bool good = is_equal(digest, whole, head + manifest.length);
    free(whole);
    return good;
}

/** ["Signature1", protected, h'', digest] */
static bool is_signed(const uint8_t *signer, struct tree_bytes headers,
                      struct tree_bytes digest, struct tree_bytes signature)
{
    static const uint8_t start[] = { 0x84, 0x6a, 'S', 'i', 'g', 'n',
                                     'a',  't',  'u', 'r', 'e', '1' };
    uint8_t input[sizeof(start) + 3 * HEAD_MAX + 128];
    uint8_t hash[MANIFEST_HASH];
    size_t at = sizeof(start);

    if (headers.length > 64 || digest.length > 64 || signature.length != 64) {
        return false;
    }
    memcpy(input, start, sizeof(start));
    at += cbor_encode_bytestring_start(headers.length, input + at, HEAD_MAX);
    memcpy(input + at, headers.bytes, headers.length);
    at += headers.length;
    at += cbor_encode_bytestring_start(0, input + at, HEAD_MAX);
    at += cbor_encode_bytestring_start(digest.length, input + at, HEAD_MAX);
    memcpy(input + at, digest.bytes, digest.length);
    at += digest.length;
    return manifest_hash(input, at, hash) &&
           manifest_is_signed(signer, hash, signature.bytes);
}

/** COSE_Sign1 by the key that we know. */
static int check_signature(struct running *run, struct tree_bytes block,
                           struct tree_bytes digest)
{
    struct tree_bytes inner = { block.bytes + 1, block.length - 1 };
    struct tree_bytes headers;
    struct tree_bytes signature;
    int64_t algorithm = 0;

    /* Its tag is one byte, which old libcbor does not load: D2, Sign1. */
    if (block.length < 2 || block.bytes[0] != 0xd2) {
        return INTEGRITY; /* also a MAC: there is no secret for one */
    }
    const cbor_item_t *sign1 = tree_load(&run->pool, inner, false);
    if (sign1 == NULL || !tree_bytes(tree_element(sign1, 0), &headers) ||
        !tree_bytes(tree_element(sign1, 3), &signature) ||
        !tree_number(tree_value(tree_load(&run->pool, headers, false), 1),
                     &algorithm)) {
        return TYPE;
    }
    if (algorithm != -9 && algorithm != -7) {
        return TYPE;
    }
    return is_signed(run->trust->signer, headers, digest, signature)
               ? 0
               : INTEGRITY;
}

static int authenticate(struct running *run, struct tree_bytes manifest)
{
    const cbor_item_t *list = tree_of(run, run->envelope, 2, false);
    struct tree_bytes item;
    struct tree_bytes digest;
    struct tree_bytes block;

    if (list == NULL || !tree_bytes(tree_element(list, 0), &item) ||
        !digest_of(run, item, &digest)) {
        return TYPE;
    }
    if (!has_digest(manifest, digest)) {
        return INTEGRITY;
    }
    if (run->blindness->signature) {
        return 0;
    }
    return tree_bytes(tree_element(list, 1), &block)
               ? check_signature(run, block, item)
               : INTEGRITY;
}

/* The manifest as a whole. */

static void take_name(char out_name[MANIFEST_NAME_SIZE], struct tree_bytes part)
{
    size_t length =
        part.length < MANIFEST_NAME_SIZE ? part.length : MANIFEST_NAME_SIZE - 1;

    memcpy(out_name, part.bytes, length);
    out_name[length] = '\0';
}

/** "app.enc" is a place where "app" waits to be decrypted. */
static bool is_staging(const char *name)
{
    const char *end = strrchr(name, '.');

    return end != NULL && strcmp(end, ".enc") == 0;
}

static int take_components(struct running *run, const cbor_item_t *common,
                           bool is_strict)
{
    const cbor_item_t *list = tree_value(common, 2);
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 0;

    if (count == 0 || count > MANIFEST_COMPONENTS) {
        return TYPE;
    }
    for (size_t i = 0; i < count; i++) {
        struct cell *cell = &run->cells[i];
        struct tree_bytes name;
        if (!tree_bytes(tree_element(tree_element(list, i), 0), &name)) {
            return TYPE;
        }
        take_name(cell->name, name);
        cell->is_staging = is_staging(cell->name);
        run->cell_count++;
        if (is_strict && !cell->is_staging &&
            !run->trust->is_component(run->trust->user, cell->name)) {
            return TYPE;
        }
    }
    return 0;
}

/** [1, 2, 3] as "1.2.3", a fourth one behind '+'. */
static bool take_version(const cbor_item_t *list, char out_text[32])
{
    size_t used = 0;

    if (list == NULL || !cbor_isa_array(list)) {
        return false;
    }
    for (size_t i = 0; i < cbor_array_size(list) && used < 32; i++) {
        int64_t number = 0;
        if (!tree_number(tree_element(list, i), &number)) {
            return false;
        }
        int length = snprintf(out_text + used, 32 - used, "%s%lld",
                              i == 0  ? ""
                              : i < 3 ? "."
                                      : "+",
                              (long long)number); /* cut */
        used += length > 0 ? (size_t)length : 0;
    }
    return true;
}

static bool has_only(const cbor_item_t *map, const char *keys)
{
    const struct cbor_pair *pairs = cbor_map_handle(map);

    for (size_t i = 0; i < cbor_map_size(map); i++) {
        int64_t number = 0;
        if (!tree_number(pairs[i].key, &number) || number < 0 || number > 127 ||
            strchr(keys, (char)number) == NULL) {
            return false;
        }
    }
    return true;
}

/** Components, versions and numbers. */
static int take_manifest(struct running *run, bool is_strict)
{
    const cbor_item_t *common = tree_of(run, run->body, 3, true);
    const cbor_item_t *version = tree_of(run, run->body, 6, true);
    int64_t number = 0;

    if (!tree_number(tree_value(run->body, 1), &number) || number != 1 ||
        common == NULL || !cbor_isa_map(common)) {
        return TYPE;
    }
    if (!tree_number(tree_value(run->body, 2), &number) || number < 0) {
        return TYPE;
    }
    run->manifest->sequence = (uint64_t)number;
    if (is_strict && run->manifest->sequence < run->trust->sequence &&
        !run->blindness->sequence) {
        return FAILED;
    }
    /* 23 is text; the rest is what it takes to install. */
    if (is_strict && (!has_only(run->body, "\1\2\3\6\7\24\27") ||
                      !has_only(common, "\2\4"))) {
        return TYPE;
    }
    if (version != NULL && !take_version(version, run->manifest->version)) {
        return TYPE;
    }
    return take_components(run, common, is_strict);
}

/* Commands. */

static int override(struct running *run, const cbor_item_t *map)
{
    struct cell *cell = &run->cells[run->chosen];
    const cbor_item_t *value = NULL;
    struct tree_bytes wrapper;
    int64_t number = 0;

    if (map == NULL || !cbor_isa_map(map) ||
        !has_only(map, "\1\2\3\16\22\23\25\26\34")) {
        return TYPE;
    }
    value = tree_value(map, 2);
    bool good = value == NULL || tree_bytes(value, &cell->class_id);
    value = tree_value(map, 3);
    good = good && (value == NULL || (tree_bytes(value, &wrapper) &&
                                      digest_of(run, wrapper, &cell->digest)));
    value = tree_value(map, 14);
    if (good && value != NULL) {
        good = tree_number(value, &number) && number >= 0;
        cell->has_size = good;
        cell->size = (uint64_t)number;
    }
    value = tree_value(map, 18);
    good = good && (value == NULL || tree_bytes(value, &cell->content));
    value = tree_value(map, 19);
    good = good && (value == NULL || tree_bytes(value, &cell->info));
    value = tree_value(map, 21);
    good = good && (value == NULL || tree_text(value, &cell->uri));
    value = tree_value(map, 22);
    if (good && value != NULL) {
        good = tree_number(value, &number) && number >= 0 &&
               (uint64_t)number < run->cell_count;
        cell->has_source = good;
        cell->source = (uint64_t)number;
    }
    value = tree_value(map, 28);
    good = good && (value == NULL || tree_bytes(value, &cell->version));
    return good ? 0 : TYPE;
}

static int keep(struct cell *cell, const uint8_t *bytes, size_t length)
{
    free(cell->image);
    cell->image = malloc(length + 1);
    cell->length = length;
    if (cell->image == NULL) {
        return NO_MEMORY;
    }
    memcpy(cell->image, bytes, length);
    return 0;
}

/** Integrated payloads only: a URI that begins with '#'. */
static int fetch(struct running *run)
{
    struct cell *cell = &run->cells[run->chosen];
    const struct cbor_pair *pairs = cbor_map_handle(run->envelope);
    struct tree_bytes payload;
    struct tree_bytes name;

    if (cell->has_size && cell->size > run->trust->slot) {
        return TOO_BIG;
    }
    for (size_t i = 0; i < cbor_map_size(run->envelope); i++) {
        if (tree_text(pairs[i].key, &name) && name.length == cell->uri.length &&
            memcmp(name.bytes, cell->uri.bytes, name.length) == 0 &&
            tree_bytes(pairs[i].value, &payload)) {
            return payload.length > run->trust->slot + TAG_SIZE
                       ? TOO_BIG
                       : keep(cell, payload.bytes, payload.length);
        }
    }
    return INTEGRITY;
}

static int check_image(struct running *run)
{
    const struct cell *cell = &run->cells[run->chosen];

    if (cell->has_size && cell->size > run->trust->slot) {
        return TOO_BIG;
    }
    if (cell->image == NULL) {
        return INTEGRITY;
    }
    if (run->blindness->plaintext && cell->was_encrypted) {
        return 0;
    }
    return (!cell->has_size || cell->size == cell->length) &&
                   is_equal(cell->digest, cell->image, cell->length)
               ? 0
               : INTEGRITY;
}

/** Of a map of headers that may be in bytes: a byte string. */
static bool header_bytes(const cbor_item_t *map, int64_t label, size_t length,
                         struct tree_bytes *out_part)
{
    return tree_bytes(tree_value(map, label), out_part) &&
           out_part->length == length;
}

/** The key of the content, by the one recipient. */
static bool open_key(struct running *run, const cbor_item_t *recipient,
                     uint8_t out_key[MANIFEST_KEY])
{
    struct tree_bytes headers;
    struct tree_bytes wrapped;
    struct tree_bytes x;
    struct tree_bytes y;
    int64_t algorithm = 0;
    uint8_t kek[MANIFEST_KEY];
    const cbor_item_t *plain = tree_element(recipient, 1);

    if (!tree_bytes(tree_element(recipient, 0), &headers) ||
        !tree_bytes(tree_element(recipient, 2), &wrapped) ||
        wrapped.length != 24) {
        return false;
    }
    if (headers.length == 0) { /* A128KW */
        return tree_number(tree_value(plain, 1), &algorithm) &&
               algorithm == -3 && run->trust->kek != NULL &&
               manifest_unwrap(run->trust->kek, wrapped.bytes,
                               run->blindness->tag, out_key);
    }
    const cbor_item_t *key = tree_value(plain, -1);
    return tree_number(tree_value(tree_load(&run->pool, headers, false), 1),
                       &algorithm) &&
           algorithm == -29 && run->trust->secret != NULL &&
           header_bytes(key, -2, 32, &x) && header_bytes(key, -3, 32, &y) &&
           manifest_agree(run->trust->secret, x.bytes, y.bytes, kek) &&
           manifest_unwrap(kek, wrapped.bytes, run->blindness->tag, out_key);
}

static int decrypt(struct running *run, struct cell *cell,
                   struct tree_bytes from)
{
    const cbor_item_t *tag = tree_load(&run->pool, cell->info, false);
    const cbor_item_t *encrypt =
        tag != NULL && cbor_isa_tag(tag) && cbor_tag_value(tag) == 96
            ? cbor_move(cbor_tag_item(tag))
            : NULL;
    const cbor_item_t *recipient = tree_element(tree_element(encrypt, 3), 0);
    const cbor_item_t *plain = tree_element(encrypt, 1);
    struct tree_bytes headers;
    struct tree_bytes iv;
    uint8_t key[MANIFEST_KEY];
    int64_t algorithm = 0;

    if (!tree_bytes(tree_element(encrypt, 0), &headers) ||
        !open_key(run, recipient, key)) {
        return INTEGRITY;
    }
    free(cell->image);
    cell->image = malloc(from.length + 1);
    cell->length = from.length;
    if (cell->image == NULL) {
        return NO_MEMORY;
    }
    bool is_gcm =
        headers.length > 0 &&
        tree_number(tree_value(tree_load(&run->pool, headers, false), 1),
                    &algorithm) &&
        algorithm == 1;
    bool is_ctr = headers.length == 0 &&
                  tree_number(tree_value(plain, 1), &algorithm) &&
                  algorithm == -65534;
    bool good = false;
    if (is_gcm) {
        good = header_bytes(plain, 5, 12, &iv) &&
               manifest_unseal(key, iv.bytes, from.bytes, from.length,
                               run->blindness->tag, cell->image);
        cell->length -= good ? TAG_SIZE : 0;
    } else if (is_ctr) { /* only the digests say that it was right */
        good =
            cell->digest.bytes != NULL && header_bytes(plain, 5, 16, &iv) &&
            manifest_count(key, iv.bytes, from.bytes, from.length, cell->image);
    } else {
        return TYPE;
    }
    cell->was_encrypted = good;
    return good ? 0 : INTEGRITY;
}

static int copy(struct running *run, bool is_write)
{
    struct cell *cell = &run->cells[run->chosen];
    struct tree_bytes from = cell->content;

    if (!is_write && !cell->has_source) {
        return TYPE;
    }
    if (!is_write) {
        const struct cell *source = &run->cells[cell->source];
        from = (struct tree_bytes){ source->image, source->length };
    }
    if (from.bytes == NULL) {
        return INTEGRITY;
    }
    return cell->info.bytes != NULL ? decrypt(run, cell, from)
                                    : keep(cell, from.bytes, from.length);
}

/** Is looked at when it is installed. */
static int note_need(struct running *run)
{
    const struct cell *cell = &run->cells[run->chosen];
    struct manifest *manifest = run->manifest;
    struct manifest_need *need = &manifest->needs[manifest->need_count];
    const cbor_item_t *match = cell->version.bytes != NULL
                                   ? tree_load(&run->pool, cell->version, true)
                                   : NULL;
    int64_t comparison = 0;

    if (match == NULL || manifest->need_count == MANIFEST_NEEDS_MAX ||
        !tree_number(tree_element(match, 0), &comparison) ||
        !take_version(tree_element(match, 1), need->version)) {
        return TYPE;
    }
    memcpy(need->name, cell->name, sizeof(need->name));
    need->comparison = (int)comparison;
    manifest->need_count++;
    return 0;
}

static int command(struct running *run, int64_t number,
                   const cbor_item_t *argument)
{
    int64_t index = 0;

    switch (number) {
    case 1: /* vendor: this device is of any */
    case 2: /* class: who takes the parts knows his */
        return 0;
    case 3:
        return check_image(run);
    case 12:
        if (!tree_number(argument, &index) || index < 0 ||
            (uint64_t)index >= run->cell_count) {
            return TYPE;
        }
        run->chosen = (size_t)index;
        return 0;
    case 18:
        return copy(run, true);
    case 20:
        return override(run, argument);
    case 21:
        return fetch(run);
    case 22:
        return copy(run, false);
    case 28:
        return note_need(run);
    default:
        return TYPE;
    }
}

static int run_sequence(struct running *run, const cbor_item_t *list)
{
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 1;
    int result = count % 2 == 0 ? 0 : TYPE;

    run->chosen = 0;
    for (size_t i = 0; result == 0 && i < count; i += 2) {
        int64_t number = 0;
        result = tree_number(tree_element(list, i), &number)
                     ? command(run, number, tree_element(list, i + 1))
                     : TYPE;
    }
    return result;
}

/** Whether all commands and parameters are known, before one is run. */
static int look_through(const cbor_item_t *list)
{
    static const char known[] = "\1\2\3\14\22\24\25\26\34";
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 1;

    for (size_t i = 0; i < count; i += 2) {
        int64_t number = 0;
        if (!tree_number(tree_element(list, i), &number) || number < 1 ||
            number > 127 || strchr(known, (char)number) == NULL) {
            return TYPE;
        }
    }
    return 0;
}

static int run_all(struct running *run)
{
    const cbor_item_t *common = tree_of(run, run->body, 3, true);
    const cbor_item_t *lists[] = { tree_of(run, common, 4, true),
                                   tree_of(run, run->body, 20, true),
                                   tree_of(run, run->body, 7, true) };
    int result = 0;

    for (size_t i = 0; result == 0 && i < 3; i++) {
        result = look_through(lists[i]);
    }
    for (size_t i = 0; result == 0 && i < 3; i++) {
        result = run_sequence(run, lists[i]);
    }
    return result;
}

/** What is set, and the conditions on versions: of what nobody has verified
 *  yet. */
static void collect(struct running *run, const cbor_item_t *list)
{
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 0;
    int result = 0;

    for (size_t i = 0; result == 0 && i + 1 < count; i += 2) {
        int64_t number = 0;
        result = tree_number(tree_element(list, i), &number) ? 0 : TYPE;
        if (result == 0 && (number == 12 || number == 20 || number == 28)) {
            result = command(run, number, tree_element(list, i + 1));
        }
    }
}

/* Envelopes. */

bool manifest_is_one(const uint8_t *bytes, size_t length)
{
    return length > 2 && bytes[0] == 0xd8 && bytes[1] == 107;
}

/** The outer tree and the manifest's. */
static int begin(struct running *run, const uint8_t *bytes, size_t length,
                 struct tree_bytes *out_manifest)
{
    enum strict_cbor verdict = strict_cbor(bytes, length, true);
    const cbor_item_t *tag =
        tree_load(&run->pool, (struct tree_bytes){ bytes, length }, true);

    if (verdict != STRICT_GOOD) {
        return verdict == STRICT_CUT ? INTEGRITY : TYPE;
    }
    if (tag == NULL || !cbor_isa_tag(tag) || cbor_tag_value(tag) != 107) {
        return TYPE;
    }
    run->envelope = cbor_move(cbor_tag_item(tag));
    if (!cbor_isa_map(run->envelope) ||
        !tree_bytes(tree_value(run->envelope, 3), out_manifest)) {
        return TYPE;
    }
    return 0;
}

/** Targets that got an image; the copies stay where they are. */
static int take_parts(struct running *run)
{
    struct manifest *manifest = run->manifest;

    for (size_t i = 0; i < run->cell_count; i++) {
        struct cell *cell = &run->cells[i];
        if (cell->is_staging || cell->image == NULL) {
            continue;
        }
        if (manifest->part_count == MANIFEST_PARTS_MAX) {
            return TYPE;
        }
        struct manifest_part *part = &manifest->parts[manifest->part_count++];
        memcpy(part->name, cell->name, sizeof(part->name));
        part->has_class = cell->class_id.length == MANIFEST_CLASS;
        if (part->has_class) {
            memcpy(part->class_id, cell->class_id.bytes, MANIFEST_CLASS);
        }
        part->size = cell->size;
        part->image = cell->image;
        part->length = cell->length;
        part->was_encrypted = cell->was_encrypted;
        cell->image = NULL;
    }
    return manifest->part_count > 0 ? 0 : TYPE;
}

static void end(struct running *run)
{
    for (size_t i = 0; i < run->cell_count; i++) {
        free(run->cells[i].image);
    }
    tree_release(&run->pool);
    free(run);
}

int manifest_skim(const uint8_t *bytes, size_t length,
                  struct manifest *out_manifest)
{
    static const struct manifest_blindness blindness = { .signature = true };
    struct running *run = calloc(1, sizeof(*run));
    struct tree_bytes manifest;

    *out_manifest = (struct manifest){ .sequence = 0 };
    if (run == NULL) {
        return NO_MEMORY;
    }
    run->blindness = &blindness;
    run->manifest = out_manifest;
    int result = begin(run, bytes, length, &manifest);
    if (result == 0) {
        run->body = tree_load(&run->pool, manifest, true);
        result = run->body == NULL ? 0 : take_manifest(run, false);
        if (result == 0 && run->body != NULL) {
            collect(run,
                    tree_of(run, tree_of(run, run->body, 3, true), 4, true));
            collect(run, tree_of(run, run->body, 20, true));
        }
        result = result == NO_MEMORY ? result : 0; /* the boot loader's */
    }
    for (size_t i = 0; result == 0 && i < run->cell_count; i++) {
        if (!run->cells[i].is_staging && run->cells[i].digest.bytes != NULL &&
            out_manifest->part_count < MANIFEST_PARTS_MAX) {
            memcpy(out_manifest->parts[out_manifest->part_count++].name,
                   run->cells[i].name, MANIFEST_NAME_SIZE);
        }
    }
    end(run);
    return result;
}

int manifest_open(const uint8_t *bytes, size_t length,
                  const struct manifest_trust *trust,
                  const struct manifest_blindness *blindness,
                  struct manifest *out_manifest)
{
    struct running *run = calloc(1, sizeof(*run));
    struct tree_bytes manifest;

    *out_manifest = (struct manifest){ .sequence = 0 };
    if (run == NULL) {
        return NO_MEMORY;
    }
    run->trust = trust;
    run->blindness = blindness;
    run->manifest = out_manifest;
    int result = begin(run, bytes, length, &manifest);
    if (result == 0) {
        result = authenticate(run, manifest);
    }
    if (result == 0) {
        run->body = tree_load(&run->pool, manifest, true);
        result = run->body == NULL || !cbor_isa_map(run->body)
                     ? TYPE
                     : take_manifest(run, true);
    }
    if (result == 0) {
        result = run_all(run);
    }
    if (result == 0) {
        result = take_parts(run);
    }
    end(run);
    return result;
}

void manifest_release(struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->part_count; i++) {
        free(manifest->parts[i].image);
        manifest->parts[i].image = NULL;
    }
}
