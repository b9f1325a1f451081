/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/suit.h"

enum { RESULT_CUT = 5, RESULT_WRONG = 6, DIGEST_SIZE = CRYPTO_HASH_SIZE };

/** A reading under way. */
struct reading {
    struct cbor_in *in;
    struct suit_view *view;
    struct package_fields *fields; /* NULL: nobody wants them */
    size_t wrong_at;               /* where an inner cursor failed */
};

static size_t offset_of(const struct reading *reading, const uint8_t *at)
{
    return (size_t)(at - reading->in->bytes);
}

/** @param what  "offset N: " comes before it */
static enum status wrong(struct reading *reading, size_t at, const char *what)
{
    reading->wrong_at = at;
    return reason_set(reading->in->reason, STATUS_MALFORMED, "offset %zu: %s",
                      at, what);
}

static enum status note_span(struct reading *reading, const char *name,
                             const struct span *span)
{
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add_bytes(reading->fields, reading->in->reason, name,
                                  reading->in->bytes,
                                  offset_of(reading, span->bytes), span->size);
}

static enum status note_number(struct reading *reading, const char *name,
                               size_t from, size_t to, int64_t number)
{
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->in->reason, name, from,
                            to - from, "%" PRId64, number);
}

/** Characters that a name may have; others are shown as '?'. */
static void copy_name(char out_name[SUIT_NAME_SIZE], const struct span *span)
{
    size_t size = span->size < SUIT_NAME_SIZE ? span->size : SUIT_NAME_SIZE - 1;

    for (size_t i = 0; i < size; i++) {
        uint8_t byte = span->bytes[i];
        out_name[i] = byte > 0x20 && byte < 0x7f ? (char)byte : '?';
    }
    out_name[size] = '\0';
}

/* Authentication. */

static enum status read_digest(struct reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct cbor_in inner;
    uint64_t items = 0;
    int64_t algorithm = 0;
    enum status status =
        cbor_take_bytes(in, "digest of the manifest", &view->digest_item);

    if (status == STATUS_OK) {
        status = cbor_enter(in, &view->digest_item, false, &inner);
    }
    if (status == STATUS_OK) {
        status = cbor_take(&inner, CBOR_ARRAY, "SUIT_Digest", &items);
    }
    if (status == STATUS_OK) {
        status =
            cbor_take_number(&inner, "algorithm of the digest", &algorithm);
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(&inner, "digest", &view->digest);
    }
    if (status == STATUS_OK && (items != 2 || algorithm != ALGORITHM_SHA256 ||
                                view->digest.size != DIGEST_SIZE)) {
        return wrong(reading, offset_of(reading, view->digest_item.bytes),
                     "the digest of the manifest is no SHA-256");
    }
    return status == STATUS_OK
               ? note_span(reading, "manifest digest", &view->digest)
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
static enum status read_signature(struct reading *reading, struct cbor_in *in)
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
        return wrong(reading, offset_of(reading, block.bytes),
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
        status = fields_add(reading->fields, reading->in->reason,
                            "authentication", offset_of(reading, block.bytes),
                            block.size, "%s, algorithm %" PRId64,
                            tag == COSE_SIGN1 ? "COSE_Sign1" : "COSE_Mac0",
                            view->algorithm);
    }
    return status == STATUS_OK
               ? note_span(reading, "signature", &view->signature)
               : status;
}

static enum status read_authentication(struct reading *reading,
                                       const struct span *wrapper)
{
    struct cbor_in in;
    uint64_t items = 0;
    enum status status = cbor_enter(reading->in, wrapper, false, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_ARRAY, "authentication", &items);
    }
    if (status == STATUS_OK && (items == 0 || items > 2)) {
        return wrong(reading, in.at, "not one digest and one signature");
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

/* The manifest. */

static bool is_known_command(int64_t number)
{
    static const int64_t known[] = { CONDITION_VENDOR, CONDITION_CLASS,
                                     CONDITION_IMAGE,  DIRECTIVE_INDEX,
                                     DIRECTIVE_WRITE,  DIRECTIVE_OVERRIDE,
                                     DIRECTIVE_FETCH,  DIRECTIVE_COPY,
                                     CONDITION_VERSION };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] == number) {
            return true;
        }
    }
    return false;
}

static void note_unknown(struct suit_view *view, int64_t number, size_t at)
{
    if (!view->has_unknown) {
        view->has_unknown = true;
        view->unknown = number;
        view->unknown_at = at;
    }
}

static bool is_known_parameter(int64_t number)
{
    switch (number) {
    case PARAMETER_VENDOR:
    case PARAMETER_CLASS:
    case PARAMETER_DIGEST:
    case PARAMETER_SIZE:
    case PARAMETER_CONTENT:
    case PARAMETER_ENCRYPTION:
    case PARAMETER_URI:
    case PARAMETER_SOURCE:
    case PARAMETER_VERSION:
        return true;
    default:
        return false;
    }
}

static const char *parameter_name(int64_t number)
{
    static const char *const names[] = {
        [PARAMETER_VENDOR] = "vendor",         [PARAMETER_CLASS] = "class",
        [PARAMETER_DIGEST] = "digest",         [PARAMETER_SIZE] = "size",
        [PARAMETER_CONTENT] = "content",       [PARAMETER_URI] = "uri",
        [PARAMETER_SOURCE] = "source",         [PARAMETER_VERSION] = "version",
        [PARAMETER_ENCRYPTION] = "encryption",
    };

    return is_known_parameter(number) ? names[number] : "unknown";
}

/** What a parameter says, for people; where there is no better way, bytes. */
static enum status note_parameter(struct reading *reading, int64_t number,
                                  const char *name, const struct span *value)
{
    struct cbor_in in = { .bytes = reading->in->bytes,
                          .at = offset_of(reading, value->bytes),
                          .end =
                              offset_of(reading, value->bytes) + value->size };
    struct span text = { NULL, 0 };
    int64_t plain = 0;

    if (reading->fields == NULL) {
        return STATUS_OK;
    }
    if ((number == PARAMETER_SIZE || number == PARAMETER_SOURCE) &&
        cbor_take_number(&in, name, &plain) == STATUS_OK) {
        const char *source =
            number == PARAMETER_SOURCE && plain >= 0 &&
                    plain < (int64_t)reading->view->component_count
                ? reading->view->components[plain]
                : "";
        return fields_add(reading->fields, reading->in->reason, name,
                          offset_of(reading, value->bytes), value->size,
                          "%" PRId64 "%s%s", plain,
                          source[0] != '\0' ? " " : "", source);
    }
    if (number == PARAMETER_URI &&
        cbor_take_text(&in, name, &text) == STATUS_OK) {
        char uri[SUIT_NAME_SIZE];
        copy_name(uri, &text);
        return fields_add(reading->fields, reading->in->reason, name,
                          offset_of(reading, value->bytes), value->size, "%s",
                          uri);
    }
    return note_span(reading, name, value);
}

/** The parameters of an override, for the table of fields; and whether we know
 *  them all. */
static enum status look_at_parameters(struct reading *reading,
                                      struct cbor_in *in, size_t component)
{
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "parameters", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t number = 0;
        char name[80];
        size_t at = in->at;
        status = cbor_take_number(in, "parameter", &number);
        struct span value = { in->bytes + in->at, 0 };
        if (status == STATUS_OK) {
            status = cbor_skip(in);
        }
        if (status != STATUS_OK) {
            break;
        }
        value.size = (size_t)(in->bytes + in->at - value.bytes);
        if (!is_known_parameter(number)) {
            note_unknown(reading->view, number, at);
        }
        (void)snprintf(name, sizeof(name), "%s %s", parameter_name(number),
                       reading->view->components[component]); /* cut */
        status = note_parameter(reading, number, name, &value);
    }
    return status;
}

static enum status add_command(struct reading *reading,
                               enum suit_sequence sequence, int64_t number,
                               size_t at, const struct span *argument,
                               size_t component)
{
    struct suit_view *view = reading->view;

    if (view->command_count == SUIT_COMMANDS_MAX) {
        return wrong(reading, at, "more than 256 commands");
    }
    if (!is_known_command(number)) {
        note_unknown(view, number, at);
    }
    view->commands[view->command_count++] =
        (struct suit_command){ sequence, number, component, at, *argument };
    return STATUS_OK;
}

/** [command, argument, command, argument …] */
static enum status read_sequence(struct reading *reading,
                                 const struct span *wrapper,
                                 enum suit_sequence sequence)
{
    struct suit_view *view = reading->view;
    struct cbor_in in;
    uint64_t items = 0;
    size_t component = 0;
    enum status status = cbor_enter(reading->in, wrapper, true, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_ARRAY, "commands", &items);
    }
    if (status == STATUS_OK && items % 2 != 0) {
        return wrong(reading, in.at, "a command without an argument");
    }
    for (uint64_t i = 0; status == STATUS_OK && i < items; i += 2) {
        int64_t number = 0;
        int64_t index = 0;
        size_t at = in.at;
        status = cbor_take_number(&in, "command", &number);
        struct span argument = { in.bytes + in.at, 0 };
        struct cbor_in again = in;
        if (status == STATUS_OK) {
            status = cbor_skip(&in);
        }
        if (status != STATUS_OK) {
            break;
        }
        argument.size = (size_t)(in.bytes + in.at - argument.bytes);
        if (number == DIRECTIVE_INDEX) {
            status = cbor_take_number(&again, "component index", &index);
            if (status == STATUS_OK &&
                (index < 0 || (uint64_t)index >= view->component_count)) {
                return wrong(reading, at, "an index without a component");
            }
            component = (size_t)index;
        } else if (number == DIRECTIVE_OVERRIDE) {
            status = look_at_parameters(reading, &again, component);
        }
        if (status == STATUS_OK) {
            status = add_command(reading, sequence, number, at, &argument,
                                 component);
        }
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

/** [[h'617070'], [h'6170702e656e63']] */
static enum status read_components(struct reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    uint64_t count = 0;
    enum status status = STATUS_OK;

    view->components_at = in->at;
    status = cbor_take(in, CBOR_ARRAY, "components", &count);
    if (status == STATUS_OK && (count == 0 || count > SUIT_COMPONENTS_MAX)) {
        return wrong(reading, view->components_at,
                     "no component, or more than can be");
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        struct span name = { NULL, 0 };
        uint64_t parts = 0;
        status = cbor_take(in, CBOR_ARRAY, "component", &parts);
        if (status == STATUS_OK && parts != 1) {
            return wrong(reading, in->at, "a component of several parts");
        }
        if (status == STATUS_OK) {
            status = cbor_take_bytes(in, "component", &name);
        }
        if (status == STATUS_OK) {
            copy_name(view->components[view->component_count], &name);
            status =
                reading->fields == NULL
                    ? STATUS_OK
                    : fields_add(reading->fields, reading->in->reason,
                                 "component", offset_of(reading, name.bytes),
                                 name.size, "%zu %s", view->component_count,
                                 view->components[view->component_count]);
            view->component_count++;
        }
    }
    return status;
}

static enum status read_common(struct reading *reading,
                               const struct span *wrapper)
{
    struct cbor_in in;
    struct span sequence = { NULL, 0 };
    uint64_t count = 0;
    enum status status = cbor_enter(reading->in, wrapper, true, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_MAP, "common", &count);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t key = 0;
        size_t at = in.at;
        status = cbor_take_number(&in, "key of common", &key);
        if (status == STATUS_OK && key == COMMON_COMPONENTS) {
            status = read_components(reading, &in);
        } else if (status == STATUS_OK && key == COMMON_SEQUENCE) {
            status = cbor_take_bytes(&in, "shared sequence", &sequence);
        } else if (status == STATUS_OK) {
            note_unknown(reading->view, key, at);
            status = cbor_skip(&in);
        }
    }
    if (status == STATUS_OK && reading->view->component_count == 0) {
        return wrong(reading, in.at, "no components");
    }
    if (status == STATUS_OK && sequence.bytes != NULL) {
        status = read_sequence(reading, &sequence, SUIT_SHARED);
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

/** bstr [1, 2, 3] as "1.2.3". */
static enum status read_version(struct reading *reading,
                                const struct span *wrapper)
{
    struct suit_view *view = reading->view;
    struct cbor_in in;
    uint64_t count = 0;
    size_t used = 0;
    enum status status = cbor_enter(reading->in, wrapper, true, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_ARRAY, "version", &count);
    }
    view->version_at = offset_of(reading, wrapper->bytes);
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t number = 0;
        status = cbor_take_number(&in, "version", &number);
        if (status == STATUS_OK && used < sizeof(view->version)) {
            int length = snprintf(view->version + used,
                                  sizeof(view->version) - used, "%s%" PRId64,
                                  i == 0  ? ""
                                  : i < 3 ? "."
                                          : "+",
                                  number); /* cut */
            used += length > 0 ? (size_t)length : 0;
        }
    }
    return status == STATUS_OK && reading->fields != NULL
               ? fields_add(reading->fields, reading->in->reason, "version",
                            view->version_at, wrapper->size, "%s",
                            view->version)
               : status;
}

/** What may stand in a manifest; common comes before the sequences, which
 *  need its components: the keys ascend. */
static enum status read_member(struct reading *reading, struct cbor_in *in,
                               int64_t key, size_t at)
{
    struct suit_view *view = reading->view;
    struct span wrapper = { NULL, 0 };
    int64_t number = 0;
    enum status status = STATUS_OK;

    switch (key) {
    case MANIFEST_VERSION:
        status =
            cbor_take_number(in, "manifest version", &view->manifest_version);
        return status == STATUS_OK
                   ? note_number(reading, "manifest version", at, in->at,
                                 view->manifest_version)
                   : status;
    case MANIFEST_SEQUENCE:
        status = cbor_take_number(in, "sequence number", &number);
        view->sequence = (uint64_t)number;
        view->sequence_at = at;
        if (status == STATUS_OK && number < 0) {
            return wrong(reading, at, "a negative sequence number");
        }
        return status == STATUS_OK
                   ? note_number(reading, "sequence number", at, in->at, number)
                   : status;
    case MANIFEST_TEXT: /* for people */
        return cbor_skip(in);
    case MANIFEST_COMMON:
    case MANIFEST_SET_VERSION:
    case MANIFEST_VALIDATE:
    case MANIFEST_INSTALL:
        status = cbor_take_bytes(in, "member of the manifest", &wrapper);
        break;
    default:
        note_unknown(view, key, at);
        return cbor_skip(in);
    }
    if (status != STATUS_OK) {
        return status;
    }
    return key == MANIFEST_COMMON ? read_common(reading, &wrapper)
           : key == MANIFEST_SET_VERSION
               ? read_version(reading, &wrapper)
               : read_sequence(reading, &wrapper,
                               key == MANIFEST_INSTALL ? SUIT_INSTALL
                                                       : SUIT_VALIDATE);
}

static enum status read_manifest(struct reading *reading)
{
    struct cbor_in in;
    uint64_t count = 0;
    unsigned seen = 0;
    enum status status =
        cbor_enter(reading->in, &reading->view->manifest_body, true, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_MAP, "manifest", &count);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t key = 0;
        size_t at = in.at;
        status = cbor_take_number(&in, "key of the manifest", &key);
        if (status == STATUS_OK) {
            seen |= key >= 1 && key <= 3 ? 1u << key : 0;
            status = read_member(reading, &in, key, at);
        }
    }
    if (status == STATUS_OK &&
        seen != (1u << MANIFEST_VERSION | 1u << MANIFEST_SEQUENCE |
                 1u << MANIFEST_COMMON)) {
        return wrong(reading, in.at,
                     "version, sequence number or common is missing");
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

/* The envelope. */

static enum status add_payload(struct reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct span name = { NULL, 0 };
    char text[SUIT_NAME_SIZE + 8];
    size_t at = in->at;
    enum status status = cbor_take_text(in, "name of a payload", &name);

    if (status == STATUS_OK && view->payload_count == SUIT_MEMBERS_MAX) {
        return wrong(reading, at, "more payloads than can be");
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct suit_payload *payload = &view->payloads[view->payload_count];
    copy_name(payload->name, &name);
    status = cbor_take_bytes(in, "payload", &payload->bytes);
    if (status == STATUS_OK) {
        view->payload_count++;
        (void)snprintf(text, sizeof(text), "payload %s",
                       payload->name); /* fits */
        status = note_span(reading, text, &payload->bytes);
    }
    return status;
}

static enum status read_envelope(struct reading *reading, struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    struct span authentication = { NULL, 0 };
    uint64_t tag = 0;
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_TAG, "envelope", &tag);

    if (status == STATUS_OK && tag != SUIT_TAG) {
        return wrong(reading, 0, "no tag 107");
    }
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_MAP, "envelope", &count);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t key = 0;
        size_t at = in->at;
        if (cbor_peek(in) == CBOR_TEXT) {
            status = add_payload(reading, in);
            continue;
        }
        status = cbor_take_number(in, "key of the envelope", &key);
        size_t value_at = in->at;
        if (status == STATUS_OK && key == ENVELOPE_AUTHENTICATION) {
            status = cbor_take_bytes(in, "authentication", &authentication);
        } else if (status == STATUS_OK && key == ENVELOPE_MANIFEST) {
            status = cbor_take_bytes(in, "manifest", &view->manifest_body);
            view->manifest =
                (struct span){ in->bytes + value_at, in->at - value_at };
        } else if (status == STATUS_OK) {
            note_unknown(view, key, at);
            status = cbor_skip(in);
        }
    }
    if (status == STATUS_OK &&
        (authentication.bytes == NULL || view->manifest_body.bytes == NULL)) {
        return wrong(reading, in->at, "no authentication or no manifest");
    }
    if (status == STATUS_OK) {
        status = read_authentication(reading, &authentication);
    }
    if (status == STATUS_OK) {
        status = note_span(reading, "manifest", &view->manifest);
    }
    return status == STATUS_OK ? read_manifest(reading) : status;
}

enum status suit_read(const uint8_t *bytes, size_t size, struct suit_view *view,
                      struct package_fields *fields, size_t *out_offset,
                      int *out_result, struct reason *reason)
{
    struct cbor_in in = { .bytes = bytes, .end = size, .reason = reason };
    struct reading reading = { .in = &in, .view = view, .fields = fields };
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
        if (strlen(view->payloads[i].name) == name.size &&
            memcmp(view->payloads[i].name, name.bytes, name.size) == 0) {
            return &view->payloads[i];
        }
    }
    return NULL;
}

static bool is_mine(const uint8_t *bytes, size_t size)
{
    return size >= 2 && bytes[0] == 0xd8 && bytes[1] == SUIT_TAG;
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
    size_t offset = 0;
    int result = 0;
    enum status status =
        suit_read(bytes, size, &view, fields, &offset, &result, reason);

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
