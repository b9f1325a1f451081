/* SPDX-License-Identifier: Apache-2.0 */

/* The commands of manifests. */
#include <cbor.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/manifest_parts.h"

enum { TAG_SIZE = 16, RECIPIENTS_MAX = 16 /* of one payload */ };

static int override(struct manifest_running *run, const cbor_item_t *map)
{
    struct manifest_cell *cell = &run->cells[run->chosen];
    const cbor_item_t *value = NULL;
    struct tree_bytes wrapper;
    int64_t number = 0;

    if (map == NULL || !cbor_isa_map(map) ||
        !manifest_has_only(map, "\1\2\3\16\22\23\25\26\34")) {
        return MANIFEST_TYPE;
    }
    value = tree_value(map, 2);
    bool good = value == NULL || tree_bytes(value, &cell->class_id);
    value = tree_value(map, 3);
    good = good &&
           (value == NULL || (tree_bytes(value, &wrapper) &&
                              manifest_digest_of(run, wrapper, &cell->digest)));
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
    return good ? 0 : MANIFEST_TYPE;
}

/** @param was_encrypted  what it is a copy of */
static int keep(struct manifest_cell *cell, const uint8_t *bytes, size_t length,
                bool was_encrypted)
{
    uint8_t *image = malloc(length + 1);

    if (image == NULL) {
        return MANIFEST_NO_MEMORY;
    }
    memcpy(image, bytes, length);
    free(cell->image); /* may be what was copied */
    cell->image = image;
    cell->length = length;
    cell->was_encrypted = was_encrypted;
    return 0;
}

/** Integrated payloads only. */
static int fetch(struct manifest_running *run)
{
    struct manifest_cell *cell = &run->cells[run->chosen];
    struct tree_bytes payload;

    if (cell->has_size && cell->size > run->trust->slot) {
        return MANIFEST_TOO_BIG;
    }
    if (cell->nested != NULL) {
        return MANIFEST_TYPE; /* it was looked at */
    }
    if (!manifest_payload(run, cell->uri, &payload)) {
        return MANIFEST_INTEGRITY;
    }
    return payload.length > run->trust->slot + TAG_SIZE
               ? MANIFEST_TOO_BIG
               : keep(cell, payload.bytes, payload.length, false);
}

/** The digest of an envelope is that of its manifest. */
static bool has_digest(const struct manifest_cell *cell)
{
    if (cell->nested == NULL) {
        return manifest_is_equal(cell->digest, cell->image, cell->length);
    }
    return cell->digest.bytes != NULL &&
           memcmp(cell->digest.bytes, cell->nested->digest.bytes,
                  MANIFEST_HASH) == 0;
}

static int check_image(struct manifest_running *run)
{
    struct manifest_cell *cell = &run->cells[run->chosen];

    if (cell->has_size && cell->size > run->trust->slot) {
        return MANIFEST_TOO_BIG;
    }
    if (cell->image == NULL) {
        return MANIFEST_INTEGRITY;
    }
    if (run->blindness->plaintext && cell->was_encrypted) {
        return 0;
    }
    int result = cell->is_dependency ? manifest_enter(run, cell) : 0;
    if (result != 0) {
        return result;
    }
    return (!cell->has_size || cell->size == cell->length) && has_digest(cell)
               ? 0
               : MANIFEST_INTEGRITY;
}

/** Of a map of headers that may be in bytes: a byte string. */
static bool header_bytes(const cbor_item_t *map, int64_t label, size_t length,
                         struct tree_bytes *out_part)
{
    return tree_bytes(tree_value(map, label), out_part) &&
           out_part->length == length;
}

/** Whether a recipient, if it is named, is this device's key. */
static bool is_mine(const struct manifest_running *run,
                    const cbor_item_t *headers)
{
    const cbor_item_t *item = tree_value(headers, 4);
    const char *own = run->trust->kid;
    struct tree_bytes kid;

    return item == NULL || own == NULL ||
           (tree_bytes(item, &kid) && kid.length == strlen(own) &&
            memcmp(kid.bytes, own, kid.length) == 0);
}

/** Whether the part, if it is there, is bytes, of that length unless 0. */
static bool is_part(const cbor_item_t *item, size_t length)
{
    struct tree_bytes part;

    return item == NULL ||
           (tree_bytes(item, &part) && (length == 0 || part.length == length));
}

/** Whether an ephemeral key of P-256 has coordinates of that. */
static bool is_ephemeral(const cbor_item_t *key)
{
    int64_t type = 0;
    int64_t curve = 0;

    if (key == NULL) {
        return true;
    }
    (void)tree_number(tree_value(key, 1), &type); /* else it is another one */
    (void)tree_number(tree_value(key, -1), &curve);
    const cbor_item_t *y = tree_value(key, -3);
    bool is_sign = y != NULL && cbor_isa_float_ctrl(y);
    return cbor_isa_map(key) &&
           (type != 2 || curve != 1 ||
            (is_part(tree_value(key, -2), 32) && (is_sign || is_part(y, 32))));
}

/** Whether it is one at all, for whomever it is: protected headers, others,
 *  a key or nothing, and in what this device does not know, more recipients. */
static bool is_recipient(struct tree_pool *pool, const cbor_item_t *recipient)
{
    const cbor_item_t *wrapped = tree_element(recipient, 2);
    const cbor_item_t *plain = tree_element(recipient, 1);
    struct tree_bytes headers;

    if (wrapped == NULL || tree_element(recipient, 4) != NULL ||
        !tree_bytes(tree_element(recipient, 0), &headers) ||
        !cbor_isa_map(plain) || !is_part(tree_value(plain, 4), 0) ||
        !is_ephemeral(tree_value(plain, -1))) {
        return false;
    }
    if (headers.length > 0) {
        const cbor_item_t *map = tree_load(pool, headers, false);
        if (map == NULL || !cbor_isa_map(map)) {
            return false;
        }
    }
    return cbor_isa_float_ctrl(wrapped) || is_part(wrapped, 0);
}

/** The key of the content, by one recipient. */
static bool open_recipient(const struct manifest_running *run,
                           struct tree_pool *pool, const cbor_item_t *recipient,
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
        wrapped.length != 24 || !is_mine(run, plain)) {
        return false;
    }
    if (headers.length == 0) { /* A128KW */
        return tree_number(tree_value(plain, 1), &algorithm) &&
               algorithm == -3 && run->trust->kek != NULL &&
               manifest_unwrap(run->trust->kek, wrapped.bytes,
                               run->blindness->tag, out_key);
    }
    const cbor_item_t *key = tree_value(plain, -1);
    return tree_number(tree_value(tree_load(pool, headers, false), 1),
                       &algorithm) &&
           algorithm == -29 && run->trust->secret != NULL &&
           header_bytes(key, -2, 32, &x) && header_bytes(key, -3, 32, &y) &&
           manifest_agree(run->trust->secret, x.bytes, y.bytes, kek) &&
           manifest_unwrap(kek, wrapped.bytes, run->blindness->tag, out_key);
}

/** The same, by the first recipient that this device is; all have to be well
 *  formed. RFC 9052, 5.1. */
static bool open_key(const struct manifest_running *run,
                     const cbor_item_t *recipients,
                     uint8_t out_key[MANIFEST_KEY])
{
    struct tree_pool pool = { .count = 0 };
    const cbor_item_t *recipient = NULL;
    bool is_whole = true;
    bool is_open = false;
    size_t count = 0;

    while ((recipient = tree_element(recipients, count)) != NULL) {
        is_whole = is_whole && count < RECIPIENTS_MAX &&
                   is_recipient(&pool, recipient);
        count++;
    }
    for (size_t i = 0; is_whole && !is_open && i < count; i++) {
        is_open =
            open_recipient(run, &pool, tree_element(recipients, i), out_key);
    }
    tree_release(&pool);
    return is_open;
}

/** What is encrypted, with the key of the content.
 *  @param out_image  as long as that. @return 0, or the Result */
static int open_content(struct manifest_running *run,
                        const struct manifest_cell *cell,
                        const cbor_item_t *encrypt, struct tree_bytes from,
                        uint8_t *out_image, size_t *out_length)
{
    const cbor_item_t *plain = tree_element(encrypt, 1);
    struct tree_bytes headers;
    struct tree_bytes iv;
    uint8_t key[MANIFEST_KEY];
    int64_t algorithm = 0;

    if (!tree_bytes(tree_element(encrypt, 0), &headers) ||
        !open_key(run, tree_element(encrypt, 3), key)) {
        return MANIFEST_INTEGRITY;
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
    *out_length = from.length;
    if (is_gcm) {
        good = header_bytes(plain, 5, 12, &iv) &&
               manifest_unseal(key, iv.bytes, from.bytes, from.length,
                               run->blindness->tag, out_image);
        *out_length -= good ? TAG_SIZE : 0;
    } else if (is_ctr) { /* only the digests say that it was right */
        good =
            cell->digest.bytes != NULL && header_bytes(plain, 5, 16, &iv) &&
            manifest_count(key, iv.bytes, from.bytes, from.length, out_image);
    } else {
        return MANIFEST_TYPE;
    }
    return good ? 0 : MANIFEST_INTEGRITY;
}

static int decrypt(struct manifest_running *run, struct manifest_cell *cell,
                   struct tree_bytes from)
{
    const cbor_item_t *tag = tree_load(&run->pool, cell->info, false);
    const cbor_item_t *encrypt =
        tag != NULL && cbor_isa_tag(tag) && cbor_tag_value(tag) == 96
            ? cbor_move(cbor_tag_item(tag))
            : NULL;
    uint8_t *image = malloc(from.length + 1);
    size_t length = 0;

    if (image == NULL) {
        return MANIFEST_NO_MEMORY;
    }
    int result = open_content(run, cell, encrypt, from, image, &length);
    if (result != 0) {
        free(image);
        return result;
    }
    free(cell->image); /* may be what was decrypted */
    cell->image = image;
    cell->length = length;
    cell->was_encrypted = true;
    return 0;
}

static int copy(struct manifest_running *run, bool is_write)
{
    struct manifest_cell *cell = &run->cells[run->chosen];
    struct tree_bytes from = cell->content;
    bool was_encrypted = false;

    if ((!is_write && !cell->has_source) || cell->nested != NULL) {
        return MANIFEST_TYPE;
    }
    if (!is_write) {
        const struct manifest_cell *source = &run->cells[cell->source];
        from = (struct tree_bytes){ source->image, source->length };
        was_encrypted = source->was_encrypted;
    }
    if (from.bytes == NULL) {
        return MANIFEST_INTEGRITY;
    }
    return cell->info.bytes != NULL
               ? decrypt(run, cell, from)
               : keep(cell, from.bytes, from.length, was_encrypted);
}

/** Is looked at when it is installed. */
static int note_need(struct manifest_running *run)
{
    const struct manifest_cell *cell = &run->cells[run->chosen];
    struct manifest *manifest = run->manifest;
    struct manifest_need *need = &manifest->needs[manifest->need_count];
    const cbor_item_t *match = cell->version.bytes != NULL
                                   ? tree_load(&run->pool, cell->version, true)
                                   : NULL;
    int64_t comparison = 0;

    if (match == NULL || manifest->need_count == MANIFEST_NEEDS_MAX ||
        !tree_number(tree_element(match, 0), &comparison) || comparison < 1 ||
        comparison > 5 ||
        !manifest_take_version(tree_element(match, 1), need->version)) {
        return MANIFEST_TYPE;
    }
    memcpy(need->name, cell->name, sizeof(need->name));
    need->comparison = (int)comparison;
    manifest->need_count++;
    return 0;
}

/* Envelopes in this one. */

/** What both envelopes name: images, and what is set. The indexes in it are
 *  of the envelope that it goes to. */
static void move_cells(struct manifest_running *from,
                       struct manifest_running *to)
{
    for (size_t i = 0; i < from->cell_count; i++) {
        for (size_t k = 0; k < to->cell_count; k++) {
            struct manifest_cell *old = &from->cells[i];
            struct manifest_cell *cell = &to->cells[k];
            if (!old->is_here || !cell->is_here || old->is_dependency ||
                cell->is_dependency || strcmp(old->name, cell->name) != 0) {
                continue;
            }
            bool has_source = cell->has_source;
            uint64_t source = cell->source;
            free(cell->image);
            *cell = *old;
            cell->has_source = has_source;
            cell->source = source;
            old->image = NULL; /* it is the other one's now */
            old->length = 0;
        }
    }
}

/** The same section of the envelope that a component is. */
static int process(struct manifest_running *run)
{
    struct manifest_cell *cell = &run->cells[run->chosen];
    int result = manifest_enter(run, cell);

    if (result != 0) {
        return result;
    }
    move_cells(run, cell->nested);
    result = manifest_run_section(cell->nested, run->section);
    move_cells(cell->nested, run);
    return result;
}

/** It is authentic, and the one that is meant. */
static int check_nested(struct manifest_running *run)
{
    struct manifest_cell *cell = &run->cells[run->chosen];
    int result = manifest_enter(run, cell);

    return result != 0 ? result : has_digest(cell) ? 0 : MANIFEST_INTEGRITY;
}

static int command(struct manifest_running *run, int64_t number,
                   const cbor_item_t *argument)
{
    int64_t index = 0;

    switch (number) {
    case 1: /* vendor: this device is of any */
    case 2: /* class: who takes the parts knows his */
        return 0;
    case 3:
        return check_image(run);
    case 7:
        return check_nested(run);
    case 11:
        return process(run);
    case 12:
        if (!tree_number(argument, &index) || index < 0 ||
            (uint64_t)index >= run->cell_count || !run->cells[index].is_here) {
            return MANIFEST_TYPE;
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
        return MANIFEST_TYPE;
    }
}

static int run_sequence(struct manifest_running *run, const cbor_item_t *list)
{
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 1;
    int result = count % 2 == 0 ? 0 : MANIFEST_TYPE;

    run->chosen = 0;
    for (size_t i = 0; result == 0 && i < count; i += 2) {
        int64_t number = 0;
        result = tree_number(tree_element(list, i), &number)
                     ? command(run, number, tree_element(list, i + 1))
                     : MANIFEST_TYPE;
    }
    return result;
}

/** Whether all commands and parameters are known, before one is run. */
static int look_through(const cbor_item_t *list)
{
    static const char known[] = "\1\2\3\7\13\14\22\24\25\26\34";
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 1;

    for (size_t i = 0; i < count; i += 2) {
        int64_t number = 0;
        if (!tree_number(tree_element(list, i), &number) || number < 1 ||
            number > 127 || strchr(known, (char)number) == NULL) {
            return MANIFEST_TYPE;
        }
    }
    return 0;
}

/** A sequence of the manifest, all of it known before a part is run.
 *  @return 0: also where there is none */
static int run_member(struct manifest_running *run, const cbor_item_t *map,
                      int64_t key)
{
    if (tree_value(map, key) == NULL) {
        return 0;
    }
    const cbor_item_t *list = manifest_tree_of(run, map, key, true);
    int result = look_through(list);
    return result != 0 ? result : run_sequence(run, list);
}

int manifest_run_section(struct manifest_running *run, int64_t section)
{
    run->section = section;
    if (!run->has_shared) {
        run->has_shared = true;
        int result =
            run_member(run, manifest_tree_of(run, run->body, 3, true), 4);
        if (result != 0) {
            return result;
        }
    }
    return run_member(run, run->body, section);
}

int manifest_run_all(struct manifest_running *run)
{
    static const int64_t sections[] = { 15, 20, 7 };
    int result = 0;

    for (size_t i = 0; result == 0 && i < 3; i++) {
        if (tree_value(run->body, sections[i]) != NULL) {
            result = look_through(
                manifest_tree_of(run, run->body, sections[i], true));
        }
    }
    for (size_t i = 0; result == 0 && i < 3; i++) {
        result = manifest_run_section(run, sections[i]);
    }
    return result;
}

void manifest_collect(struct manifest_running *run, const cbor_item_t *list)
{
    size_t count =
        list != NULL && cbor_isa_array(list) ? cbor_array_size(list) : 0;
    int result = 0;

    run->chosen = 0;
    for (size_t i = 0; result == 0 && i + 1 < count; i += 2) {
        int64_t number = 0;
        result =
            tree_number(tree_element(list, i), &number) ? 0 : MANIFEST_TYPE;
        if (result == 0 && (number == 12 || number == 20 || number == 28)) {
            result = command(run, number, tree_element(list, i + 1));
        }
    }
}
