/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/manifest.h"

#include <cbor.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/manifest_parts.h"
#include "tests/device/strict_cbor.h"

enum { DIGEST_SHA256 = -16, HEAD_MAX = 9 };

const cbor_item_t *manifest_tree_of(struct manifest_running *run,
                                    const cbor_item_t *map, int64_t key,
                                    bool sorts)
{
    struct tree_bytes part;

    return tree_bytes(tree_value(map, key), &part)
               ? tree_load(&run->pool, part, sorts)
               : NULL;
}

bool manifest_digest_of(struct manifest_running *run, struct tree_bytes wrapper,
                        struct tree_bytes *out_digest)
{
    const cbor_item_t *digest = tree_load(&run->pool, wrapper, true);
    int64_t algorithm = 0;

    return digest != NULL && tree_number(tree_element(digest, 0), &algorithm) &&
           algorithm == DIGEST_SHA256 &&
           tree_bytes(tree_element(digest, 1), out_digest) &&
           out_digest->length == MANIFEST_HASH;
}

bool manifest_is_equal(struct tree_bytes digest, const uint8_t *bytes,
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
    bool good = manifest_is_equal(digest, whole, head + manifest.length);
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
static int check_signature(struct manifest_running *run,
                           struct tree_bytes block, struct tree_bytes digest)
{
    struct tree_bytes headers;
    struct tree_bytes signature;
    int64_t algorithm = 0;

    /* Its tag is one byte, which old libcbor does not load: D2, Sign1. */
    if (block.length < 2 || block.bytes[0] != 0xd2) {
        return MANIFEST_INTEGRITY; /* also a MAC: there is no secret for one */
    }
    const struct tree_bytes inner = { block.bytes + 1, block.length - 1 };
    const cbor_item_t *sign1 = tree_load(&run->pool, inner, false);
    if (sign1 == NULL || !tree_bytes(tree_element(sign1, 0), &headers) ||
        !tree_bytes(tree_element(sign1, 3), &signature) ||
        !tree_number(tree_value(tree_load(&run->pool, headers, false), 1),
                     &algorithm)) {
        return MANIFEST_TYPE;
    }
    if (algorithm != -9 && algorithm != -7) {
        return MANIFEST_TYPE;
    }
    return is_signed(run->trust->signer, headers, digest, signature)
               ? 0
               : MANIFEST_INTEGRITY;
}

static int authenticate(struct manifest_running *run,
                        struct tree_bytes manifest)
{
    const cbor_item_t *list = manifest_tree_of(run, run->envelope, 2, false);
    struct tree_bytes item;
    struct tree_bytes digest;
    struct tree_bytes block;

    if (list == NULL || !tree_bytes(tree_element(list, 0), &item) ||
        !manifest_digest_of(run, item, &digest)) {
        return MANIFEST_TYPE;
    }
    if (!has_digest(manifest, digest)) {
        return MANIFEST_INTEGRITY;
    }
    run->digest = digest;
    if (run->blindness->signature) {
        return 0;
    }
    return tree_bytes(tree_element(list, 1), &block)
               ? check_signature(run, block, item)
               : MANIFEST_INTEGRITY;
}

/* The manifest as a whole. */

/** [h'617070'], of one part. @return whether it can be a name of ours */
static bool take_name(const cbor_item_t *id, char out_name[MANIFEST_NAME_SIZE])
{
    struct tree_bytes part;
    bool is_single = id != NULL && cbor_isa_array(id) &&
                     cbor_array_size(id) == 1 &&
                     tree_bytes(tree_element(id, 0), &part);

    if (!is_single || part.length == 0 || part.length >= MANIFEST_NAME_SIZE ||
        memchr(part.bytes, '\0', part.length) != NULL) {
        return false;
    }
    memcpy(out_name, part.bytes, part.length);
    out_name[part.length] = '\0';
    return true;
}

/** "app.enc" is a place where "app" waits to be decrypted. */
static bool is_staging(const char *name)
{
    const char *end = strrchr(name, '.');

    return end != NULL && strcmp(end, ".enc") == 0;
}

static int take_components(struct manifest_running *run,
                           const cbor_item_t *list, bool is_strict)
{
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 0;

    if (list != NULL && (count == 0 || count > MANIFEST_COMPONENTS)) {
        return MANIFEST_TYPE;
    }
    for (size_t i = 0; i < count; i++) {
        struct manifest_cell *cell = &run->cells[i];
        char name[MANIFEST_NAME_SIZE];
        if (!take_name(tree_element(list, i), name)) {
            return MANIFEST_TYPE;
        }
        memcpy(cell->name, name, sizeof(name));
        cell->is_here = true;
        cell->is_staging = is_staging(cell->name);
        run->cell_count++;
        if (is_strict && !cell->is_staging &&
            !run->trust->is_component(run->trust->user, cell->name)) {
            return MANIFEST_TYPE;
        }
    }
    return 0;
}

/** {1: {1: [h'617070']}}: cells behind those of components. */
static int take_dependencies(struct manifest_running *run,
                             const cbor_item_t *map)
{
    size_t count = map != NULL && cbor_isa_map(map) ? cbor_map_size(map) : 0;

    if (map != NULL && count == 0) {
        return MANIFEST_TYPE;
    }
    for (size_t i = 0; i < count; i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        int64_t index = 0;
        if (!tree_number(pair->key, &index) || index < 0 ||
            index >= MANIFEST_COMPONENTS || run->cells[index].is_here ||
            !cbor_isa_map(pair->value) ||
            !manifest_has_only(pair->value, "\1")) {
            return MANIFEST_TYPE;
        }
        struct manifest_cell *cell = &run->cells[index];
        cell->is_here = true;
        cell->is_dependency = true;
        run->cell_count = (size_t)index < run->cell_count ? run->cell_count
                                                          : (size_t)index + 1;
    }
    return run->cell_count > 0 ? 0 : MANIFEST_TYPE;
}

bool manifest_take_version(const cbor_item_t *list, char out_text[32])
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

bool manifest_has_only(const cbor_item_t *map, const char *keys)
{
    const struct cbor_pair *pairs = cbor_map_handle(map);

    for (size_t i = 0; i < cbor_map_size(map); i++) {
        int64_t number = 0;
        if (!tree_number(pairs[i].key, &number) || number < 1 || number > 127 ||
            strchr(keys, (char)number) == NULL) {
            return false;
        }
    }
    return true;
}

/** Components, versions and numbers. */
static int take_manifest(struct manifest_running *run, bool is_strict)
{
    const cbor_item_t *common = manifest_tree_of(run, run->body, 3, true);
    const cbor_item_t *version = manifest_tree_of(run, run->body, 6, true);
    int64_t number = 0;

    if (!tree_number(tree_value(run->body, 1), &number) || number != 1 ||
        common == NULL || !cbor_isa_map(common)) {
        return MANIFEST_TYPE;
    }
    if (!tree_number(tree_value(run->body, 2), &number) || number < 0) {
        return MANIFEST_TYPE;
    }
    run->sequence = (uint64_t)number;
    if (number > UINT32_MAX) {
        return MANIFEST_TYPE; /* what it remembers is shorter */
    }
    if (is_strict && run->sequence < run->trust->sequence &&
        !run->blindness->sequence) {
        return MANIFEST_FAILED;
    }
    /* 5 is its own name and 23 text; the rest is what it takes to install. */
    if (is_strict && (!manifest_has_only(run->body, "\1\2\3\5\6\7\17\24\27") ||
                      !manifest_has_only(common, "\1\2\4"))) {
        return MANIFEST_TYPE;
    }
    if (version != NULL &&
        !manifest_take_version(version, run->manifest->version)) {
        return MANIFEST_TYPE;
    }
    int result = take_components(run, tree_value(common, 2), is_strict);
    return result != 0 ? result : take_dependencies(run, tree_value(common, 1));
}

/* Envelopes. */

bool manifest_is_one(const uint8_t *bytes, size_t length)
{
    return length > 2 && bytes[0] == 0xd8 && bytes[1] == 107;
}

/** The outer tree and the manifest's. */
static int begin(struct manifest_running *run, const uint8_t *bytes,
                 size_t length, struct tree_bytes *out_manifest)
{
    enum strict_cbor verdict = strict_cbor(bytes, length, true);
    const cbor_item_t *tag =
        tree_load(&run->pool, (struct tree_bytes){ bytes, length }, true);

    if (verdict != STRICT_GOOD) {
        return verdict == STRICT_CUT ? MANIFEST_INTEGRITY : MANIFEST_TYPE;
    }
    if (tag == NULL || !cbor_isa_tag(tag) || cbor_tag_value(tag) != 107) {
        return MANIFEST_TYPE;
    }
    run->envelope = cbor_move(cbor_tag_item(tag));
    if (!cbor_isa_map(run->envelope) ||
        !tree_bytes(tree_value(run->envelope, 3), out_manifest)) {
        return MANIFEST_TYPE;
    }
    return 0;
}

bool manifest_payload(const struct manifest_running *run,
                      struct tree_bytes name, struct tree_bytes *out_payload)
{
    const struct cbor_pair *pairs = cbor_map_handle(run->envelope);
    struct tree_bytes key;

    for (size_t i = 0; name.length > 0 && i < cbor_map_size(run->envelope);
         i++) {
        if (tree_text(pairs[i].key, &key) && key.length == name.length &&
            memcmp(key.bytes, name.bytes, key.length) == 0) {
            return tree_bytes(pairs[i].value, out_payload);
        }
    }
    return false;
}

static struct manifest_part *part_of(struct manifest *manifest,
                                     const char *name)
{
    for (size_t i = 0; i < manifest->part_count; i++) {
        if (strcmp(manifest->parts[i].name, name) == 0) {
            return &manifest->parts[i];
        }
    }
    return NULL;
}

/** Targets that got an image, also of envelopes in this one; the copies stay
 *  where they are. */
static int take_parts(struct manifest_running *run)
{
    struct manifest *manifest = run->manifest;
    int result = 0;

    for (size_t i = 0; result == 0 && i < run->cell_count; i++) {
        struct manifest_cell *cell = &run->cells[i];
        if (cell->nested != NULL) {
            result = take_parts(cell->nested);
        }
        if (cell->is_staging || cell->is_dependency || cell->image == NULL) {
            continue;
        }
        if (manifest->part_count == MANIFEST_PARTS_MAX ||
            part_of(manifest, cell->name) != NULL) {
            return MANIFEST_TYPE;
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
    return result;
}

static void end(struct manifest_running *run)
{
    for (size_t i = 0; i < run->cell_count; i++) {
        free(run->cells[i].image);
        if (run->cells[i].nested != NULL) {
            end(run->cells[i].nested); /* MANIFEST_ENVELOPES_MAX deep */
        }
    }
    tree_release(&run->pool);
    free(run);
}

/** Names of what gets an image, in it and in the envelopes in it. */
static int skim(const uint8_t *bytes, size_t length, unsigned depth,
                struct manifest *out_manifest)
{
    static const struct manifest_blindness blindness = { .signature = true };
    struct manifest_running *run = calloc(1, sizeof(*run));
    struct tree_bytes manifest;

    if (run == NULL) {
        return MANIFEST_NO_MEMORY;
    }
    run->blindness = &blindness;
    run->manifest = out_manifest;
    int result = begin(run, bytes, length, &manifest);
    if (result == 0) {
        run->body = tree_load(&run->pool, manifest, true);
    }
    if (run->body != NULL && take_manifest(run, false) == 0) {
        manifest_collect(
            run, manifest_tree_of(
                     run, manifest_tree_of(run, run->body, 3, true), 4, true));
        manifest_collect(run, manifest_tree_of(run, run->body, 15, true));
        manifest_collect(run, manifest_tree_of(run, run->body, 20, true));
    }
    for (size_t i = 0; result == 0 && i < run->cell_count; i++) {
        const struct manifest_cell *cell = &run->cells[i];
        struct tree_bytes inner;
        if (cell->is_dependency) {
            result =
                depth + 1 < MANIFEST_ENVELOPES_MAX &&
                        manifest_payload(run, cell->uri, &inner)
                    ? skim(inner.bytes, inner.length, depth + 1, out_manifest)
                    : 0; /* the boot loader's */
        } else if (!cell->is_staging && cell->digest.bytes != NULL &&
                   out_manifest->part_count < MANIFEST_PARTS_MAX &&
                   part_of(out_manifest, cell->name) == NULL) {
            struct manifest_part *part =
                &out_manifest->parts[out_manifest->part_count++];
            memcpy(part->name, cell->name, MANIFEST_NAME_SIZE);
            part->size = cell->size;
        }
    }
    out_manifest->sequence =
        depth == 0 ? run->sequence : out_manifest->sequence;
    end(run);
    return result;
}

int manifest_skim(const uint8_t *bytes, size_t length,
                  struct manifest *out_manifest)
{
    *out_manifest = (struct manifest){ .sequence = 0 };
    return skim(bytes, length, 0, out_manifest);
}

/** Authenticated and read, but nothing run. */
static int open_one(struct manifest_running *run, const uint8_t *bytes,
                    size_t length)
{
    struct tree_bytes manifest;
    int result = begin(run, bytes, length, &manifest);

    if (result == 0) {
        result = authenticate(run, manifest);
    }
    if (result == 0) {
        run->body = tree_load(&run->pool, manifest, true);
        result = run->body == NULL || !cbor_isa_map(run->body)
                     ? MANIFEST_TYPE
                     : take_manifest(run, true);
    }
    return result;
}

int manifest_enter(struct manifest_running *run, struct manifest_cell *cell)
{
    if (cell->nested != NULL) {
        return 0;
    }
    if (cell->image == NULL) {
        return MANIFEST_INTEGRITY;
    }
    if (!cell->is_dependency || run->depth + 1 == MANIFEST_ENVELOPES_MAX) {
        return MANIFEST_TYPE;
    }
    struct manifest_running *nested = calloc(1, sizeof(*nested));
    if (nested == NULL) {
        return MANIFEST_NO_MEMORY;
    }
    nested->trust = run->trust;
    nested->blindness = run->blindness;
    nested->manifest = run->manifest;
    nested->depth = run->depth + 1;
    int result = open_one(nested, cell->image, cell->length);
    if (result != 0) {
        end(nested);
        return result;
    }
    cell->nested = nested;
    return 0;
}

int manifest_open(const uint8_t *bytes, size_t length,
                  const struct manifest_trust *trust,
                  const struct manifest_blindness *blindness,
                  struct manifest *out_manifest)
{
    struct manifest_running *run = calloc(1, sizeof(*run));

    *out_manifest = (struct manifest){ .sequence = 0 };
    if (run == NULL) {
        return MANIFEST_NO_MEMORY;
    }
    run->trust = trust;
    run->blindness = blindness;
    run->manifest = out_manifest;
    int result = open_one(run, bytes, length);
    out_manifest->sequence = run->sequence;
    if (result == 0) {
        result = manifest_run_all(run);
    }
    if (result == 0) {
        result = take_parts(run);
    }
    if (result == 0 && out_manifest->part_count == 0) {
        result = MANIFEST_TYPE;
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
