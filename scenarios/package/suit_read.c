/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit_reading.h"

enum { RESULT_CUT = 5, RESULT_WRONG = 6, DIGEST_SIZE = CRYPTO_HASH_SIZE };

size_t suit_offset_of(const struct suit_reading *reading, const uint8_t *at)
{
    return (size_t)(at - reading->in->bytes);
}

enum status suit_wrong(struct suit_reading *reading, size_t at,
                       const char *what)
{
    reading->wrong_at = at;
    return reason_set(reading->in->reason, STATUS_MALFORMED, "offset %zu: %s",
                      at, what);
}

enum status suit_note_span(struct suit_reading *reading, const char *name,
                           const struct span *span)
{
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add_bytes(reading->fields, reading->in->reason, name,
                                  reading->in->bytes,
                                  suit_offset_of(reading, span->bytes),
                                  span->size);
}

enum status suit_note_number(struct suit_reading *reading, const char *name,
                             size_t from, size_t to, int64_t number)
{
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->in->reason, name, from,
                            to - from, "%" PRId64, number);
}

enum status suit_note_text(struct suit_reading *reading, const char *name,
                           const struct span *span, const char *text)
{
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->in->reason, name,
                            suit_offset_of(reading, span->bytes), span->size,
                            "%s", text);
}

enum status suit_note_characters(struct suit_reading *reading, const char *name,
                                 const struct span *span)
{
    char text[sizeof(((struct package_field *)NULL)->value)];
    size_t size = span->size < sizeof(text) ? span->size : sizeof(text) - 1;

    for (size_t i = 0; i < size; i++) {
        uint8_t byte = span->bytes[i];
        text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
    }
    text[size] = '\0';
    return suit_note_text(reading, name, span, text);
}

void suit_copy_name(char out_name[SUIT_NAME_SIZE], const struct span *span)
{
    bool is_plain = span->size > 0;
    size_t used = 0;

    for (size_t i = 0; i < span->size; i++) {
        is_plain = is_plain && span->bytes[i] > 0x20 && span->bytes[i] < 0x7f;
    }
    (void)snprintf(out_name, SUIT_NAME_SIZE, "%s",
                   is_plain ? "" : "0x"); /* fits */
    used = strlen(out_name);
    for (size_t i = 0; i < span->size && used + 3 < SUIT_NAME_SIZE; i++) {
        int length =
            snprintf(out_name + used, SUIT_NAME_SIZE - used,
                     is_plain ? "%c" : "%02x", span->bytes[i]); /* fits */
        used += length > 0 ? (size_t)length : 0;
    }
}

void suit_note_unknown(struct suit_view *view, int64_t number, size_t at)
{
    if (!view->has_unknown) {
        view->has_unknown = true;
        view->unknown = number;
        view->unknown_at = at;
    }
}

/* Authentication. */

/** [-16, h'…'] */
enum status suit_read_digest(struct suit_reading *reading, struct cbor_in *in,
                             struct span *out_digest)
{
    uint64_t items = 0;
    int64_t algorithm = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_ARRAY, "SUIT_Digest", &items);

    if (status == STATUS_OK) {
        status = cbor_take_number(in, "algorithm of the digest", &algorithm);
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(in, "digest", out_digest);
    }
    return status == STATUS_OK &&
                   (items != 2 || algorithm != ALGORITHM_SHA256 ||
                    out_digest->size != DIGEST_SIZE)
               ? suit_wrong(reading, start, "a digest that is no SHA-256")
               : status;
}

/** Of the manifest. */
static enum status read_digest(struct suit_reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct cbor_in inner;
    enum status status =
        cbor_take_bytes(in, "digest of the manifest", &view->digest_item);

    if (status == STATUS_OK) {
        status = cbor_enter(in, &view->digest_item, false, &inner);
    }
    if (status == STATUS_OK) {
        status = suit_read_digest(reading, &inner, &view->digest);
    }
    return status == STATUS_OK
               ? suit_note_span(reading, "manifest digest", &view->digest)
               : status;
}

static enum status read_headers(struct cbor_in *in, struct suit_view *view)
{
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "headers", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t label = 0;
        status = cbor_take_number(in, "label of a header", &label);
        if (status == STATUS_OK && label == LABEL_ALGORITHM) {
            status = cbor_take_number(in, "algorithm", &view->algorithm);
        } else if (status == STATUS_OK && label == LABEL_KID) {
            status = cbor_take_bytes(in, "kid", &view->kid);
        } else if (status == STATUS_OK) {
            status = cbor_skip(in);
        }
    }
    return status;
}

/** COSE_Sign1 or COSE_Mac0: [protected, {}, nil, signature]. */
static enum status read_signature(struct suit_reading *reading,
                                  struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct span block = { NULL, 0 };
    struct cbor_in inner;
    struct cbor_in headers;
    uint64_t tag = 0;
    uint64_t items = 0;
    enum status status = cbor_take_bytes(in, "authentication block", &block);

    if (status == STATUS_OK) {
        status = cbor_enter(in, &block, false, &inner);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_TAG, "authentication block", &tag);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_ARRAY, "authentication block", &items);
    }
    if (status == STATUS_OK &&
        (items != 4 || (tag != COSE_SIGN1 && tag != COSE_MAC0))) {
        return suit_wrong(reading, suit_offset_of(reading, block.bytes),
                          "neither COSE_Sign1 nor COSE_Mac0");
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(&inner, "protected headers",
                                 &view->protected_header);
    }
    if (status == STATUS_OK && view->protected_header.size > 0) {
        status = cbor_enter(&inner, &view->protected_header, false, &headers);
        if (status == STATUS_OK) {
            status = read_headers(&headers, view);
        }
    }
    if (status == STATUS_OK) {
        status = read_headers(&inner, view);
    }
    if (status == STATUS_OK) { /* nil: what is signed is the digest */
        status = cbor_take(&inner, CBOR_SIMPLE, "payload", &items);
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(&inner, "signature", &view->signature);
    }
    view->has_authentication = status == STATUS_OK;
    view->cose = (int64_t)tag;
    if (status == STATUS_OK && reading->fields != NULL) {
        status = fields_add(
            reading->fields, reading->in->reason, "authentication",
            suit_offset_of(reading, block.bytes), block.size,
            "%s, algorithm %" PRId64,
            tag == COSE_SIGN1 ? "COSE_Sign1" : "COSE_Mac0", view->algorithm);
    }
    return status == STATUS_OK
               ? suit_note_span(reading, "signature", &view->signature)
               : status;
}

static enum status read_authentication(struct suit_reading *reading,
                                       const struct span *wrapper)
{
    struct cbor_in in;
    uint64_t items = 0;
    enum status status = cbor_enter(reading->in, wrapper, false, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_ARRAY, "authentication", &items);
    }
    if (status == STATUS_OK && (items == 0 || items > 2)) {
        return suit_wrong(reading, in.at, "not one digest and one signature");
    }
    if (status == STATUS_OK) {
        status = read_digest(reading, &in);
    }
    if (status == STATUS_OK && items == 2) {
        status = read_signature(reading, &in);
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

/* The envelope. */

static enum status add_payload(struct suit_reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct span name = { NULL, 0 };
    char text[SUIT_NAME_SIZE + 8];
    size_t at = in->at;
    enum status status = cbor_take_text(in, "name of a payload", &name);

    if (status == STATUS_OK && view->payload_count == SUIT_MEMBERS_MAX) {
        return suit_wrong(reading, at, "more payloads than can be");
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct suit_payload *payload = &view->payloads[view->payload_count];
    payload->key = name;
    suit_copy_name(payload->name, &name);
    status = cbor_take_bytes(in, "payload", &payload->bytes);
    if (status == STATUS_OK) {
        view->payload_count++;
        (void)snprintf(text, sizeof(text), "payload %s",
                       payload->name); /* fits */
        status = suit_note_span(reading, text, &payload->bytes);
    }
    return status;
}

bool suit_is_severable(int64_t key)
{
    return key == MANIFEST_RESOLUTION || key == MANIFEST_FETCH ||
           key == MANIFEST_CANDIDATE || key == MANIFEST_INSTALL ||
           key == MANIFEST_TEXT;
}

static enum status read_key(struct suit_reading *reading, struct cbor_in *in,
                            struct span *authentication)
{
    struct suit_view *view = reading->view;
    struct span bytes = { NULL, 0 };
    int64_t key = 0;
    size_t at = in->at;
    enum status status = cbor_take_number(in, "key of the envelope", &key);
    size_t value_at = in->at;

    if (status != STATUS_OK) {
        return status;
    }
    if (key != ENVELOPE_AUTHENTICATION && key != ENVELOPE_MANIFEST &&
        !suit_is_severable(key)) {
        suit_note_unknown(view, key, at);
        return cbor_skip(in);
    }
    status = cbor_take_bytes(in, "member of the envelope", &bytes);
    const struct span whole = { in->bytes + value_at, in->at - value_at };
    if (status != STATUS_OK) {
        return status;
    }
    if (key == ENVELOPE_AUTHENTICATION) {
        *authentication = bytes;
    } else if (key == ENVELOPE_MANIFEST) {
        view->manifest_body = bytes;
        view->manifest = whole;
    } else { /* a key stands once: there is room */
        view->severed[view->severed_count++] =
            (struct suit_severed){ .key = key, .member = whole, .body = bytes };
    }
    return STATUS_OK;
}

static enum status read_envelope(struct suit_reading *reading,
                                 struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct span authentication = { NULL, 0 };
    uint64_t tag = 0;
    uint64_t count = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_TAG, "envelope", &tag);

    if (status == STATUS_OK && tag != SUIT_TAG) {
        return suit_wrong(reading, start, "no tag 107");
    }
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_MAP, "envelope", &count);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        status = cbor_peek(in) == CBOR_TEXT
                     ? add_payload(reading, in)
                     : read_key(reading, in, &authentication);
    }
    if (status == STATUS_OK &&
        (authentication.bytes == NULL || view->manifest_body.bytes == NULL)) {
        return suit_wrong(reading, in->at, "no authentication or no manifest");
    }
    if (status == STATUS_OK) {
        status = read_authentication(reading, &authentication);
    }
    if (status == STATUS_OK) {
        status = suit_note_span(reading, "manifest", &view->manifest);
    }
    return status == STATUS_OK ? suit_read_manifest(reading) : status;
}

enum status suit_read(const uint8_t *bytes, struct span envelope,
                      struct suit_view *view, struct package_fields *fields,
                      size_t *out_offset, int *out_result,
                      struct reason *reason)
{
    size_t start = (size_t)(envelope.bytes - bytes);
    struct cbor_in in = { .bytes = bytes,
                          .at = start,
                          .end = start + envelope.size,
                          .reason = reason };
    struct suit_reading reading = { .in = &in, .view = view, .fields = fields };
    enum status status = STATUS_OK;

    *view = (struct suit_view){ .sequence = 0 };
    *out_offset = 0;
    *out_result = 0;
    status = cbor_check(&in, true);
    if (status == STATUS_OK) {
        status = read_envelope(&reading, &in);
    }
    if (status != STATUS_OK) {
        *out_offset = reading.wrong_at != 0 ? reading.wrong_at : in.at;
        *out_result = in.is_cut ? RESULT_CUT : RESULT_WRONG;
    }
    return status;
}

const struct suit_payload *suit_find(const struct suit_view *view,
                                     struct span name)
{
    for (size_t i = 0; i < view->payload_count; i++) {
        const struct span *key = &view->payloads[i].key;
        if (key->size == name.size &&
            memcmp(key->bytes, name.bytes, name.size) == 0) {
            return &view->payloads[i];
        }
    }
    return NULL;
}

bool suit_is_envelope(struct span bytes)
{
    return bytes.size >= 2 && bytes.bytes[0] == 0xd8 &&
           bytes.bytes[1] == SUIT_TAG;
}

static bool is_mine(const uint8_t *bytes, size_t size)
{
    return suit_is_envelope((struct span){ bytes, size });
}

/** As they stand; what is around others comes before them. */
static int compare_fields(const void *a, const void *b)
{
    const struct package_field *left = a;
    const struct package_field *right = b;

    return left->offset != right->offset
               ? (left->offset > right->offset) - (left->offset < right->offset)
               : (left->length < right->length) -
                     (left->length > right->length);
}

static enum status inspect(const uint8_t *bytes, size_t size,
                           struct package_fields *fields, struct reason *reason)
{
    struct suit_view view;
    struct suit_view inner;
    size_t offset = 0;
    int result = 0;
    enum status status = suit_read(bytes, (struct span){ bytes, size }, &view,
                                   fields, &offset, &result, reason);

    for (size_t i = 0; status == STATUS_OK && i < view.payload_count; i++) {
        struct span payload = view.payloads[i].bytes;
        if (suit_is_envelope(payload) && /* as far as it is one */
            suit_read(bytes, payload, &inner, fields, &offset, &result, NULL) ==
                STATUS_NO_MEMORY) {
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
    }
    if (fields->count > 0) {
        qsort(fields->list, fields->count, sizeof(*fields->list),
              compare_fields);
    }
    return status;
}

const struct package_format package_format_suit = {
    .name = "suit",
    .summary = "SUIT envelope: one or several components, maybe encrypted",
    .is_mine = is_mine,
    .inspect = inspect,
    .verify = suit_verify,
    .make = suit_make,
    .spoil = suit_spoil,
    .variants = suit_variants,
};
