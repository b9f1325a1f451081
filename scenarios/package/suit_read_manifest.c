/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/package/suit_reading.h"

/** [h'617070'], or of several parts: "app", "a/b". */
static enum status read_component_id(struct cbor_in *in,
                                     char out_name[SUIT_NAME_SIZE],
                                     struct span *out_span)
{
    uint64_t parts = 0;
    size_t used = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_ARRAY, "component", &parts);

    if (status == STATUS_OK && parts == 0) {
        return reason_set(in->reason, STATUS_MALFORMED,
                          "offset %zu: a component without a name", start);
    }
    out_name[0] = '\0';
    for (uint64_t i = 0; status == STATUS_OK && i < parts; i++) {
        struct span part = { NULL, 0 };
        char text[SUIT_NAME_SIZE];
        status = cbor_take_bytes(in, "component", &part);
        if (status != STATUS_OK) {
            return status;
        }
        suit_copy_name(text, &part);
        int length = snprintf(out_name + used, SUIT_NAME_SIZE - used, "%s%s",
                              i > 0 ? "/" : "", text); /* cut */
        used += length > 0 ? (size_t)length : 0;
        used = used < SUIT_NAME_SIZE ? used : SUIT_NAME_SIZE - 1;
        *out_span = part;
    }
    if (status == STATUS_OK && parts > 1) {
        *out_span = (struct span){ in->bytes + start, in->at - start };
    }
    return status;
}

static enum status note_component(struct suit_reading *reading,
                                  const char *what, size_t index,
                                  const struct span *span)
{
    char text[SUIT_NAME_SIZE + 16];

    (void)snprintf(text, sizeof(text), "%zu %s", index,
                   reading->view->components[index]); /* fits */
    return suit_note_text(reading, what, span, text);
}

static void add_index(struct suit_view *view, size_t index)
{
    view->is_here |= UINT32_C(1) << index;
    view->component_count =
        index < view->component_count ? view->component_count : index + 1;
}

/** [[h'617070'], [h'6170702e656e63']] */
static enum status read_components(struct suit_reading *reading,
                                   struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    uint64_t count = 0;
    enum status status = STATUS_OK;

    view->components_at = in->at;
    status = cbor_take(in, CBOR_ARRAY, "components", &count);
    if (status == STATUS_OK && (count == 0 || count > SUIT_COMPONENTS_MAX)) {
        return suit_wrong(reading, view->components_at,
                          "no component, or more than can be");
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        struct span name = { NULL, 0 };
        char *text = view->components[i];
        size_t at = in->at;
        if ((view->is_here & UINT32_C(1) << i) != 0) {
            return suit_wrong(reading, at,
                              "a component at the index of a dependency");
        }
        status = read_component_id(in, text, &name);
        if (status == STATUS_OK) {
            add_index(view, i);
            status = note_component(reading, "component", i, &name);
        }
    }
    return status;
}

/** {1: [h'…']}, of which nothing is needed. */
static enum status read_prefix(struct suit_reading *reading, struct cbor_in *in,
                               size_t index)
{
    struct span name = { in->bytes + in->at, 0 };
    uint64_t count = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_MAP, "dependency", &count);

    (void)snprintf(reading->view->components[index], SUIT_NAME_SIZE,
                   "dependency-%zu", index); /* fits */
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t key = 0;
        size_t at = in->at;
        status = cbor_take_number(in, "key of a dependency", &key);
        if (status == STATUS_OK && key == DEPENDENCY_PREFIX) {
            status =
                read_component_id(in, reading->view->components[index], &name);
        } else if (status == STATUS_OK) {
            suit_note_unknown(reading->view, key, at);
            status = cbor_skip(in);
        }
    }
    if (status == STATUS_OK && name.size == 0) {
        name = (struct span){ in->bytes + start, in->at - start };
    }
    return status == STATUS_OK
               ? note_component(reading, "dependency", index, &name)
               : status;
}

/** {1: {1: [h'646570']}}: components that are envelopes, by their indexes. */
static enum status read_dependencies(struct suit_reading *reading,
                                     struct cbor_in *in)
{
    struct suit_view *view = reading->view;
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "dependencies", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t index = 0;
        size_t at = in->at;
        status = cbor_take_number(in, "index of a dependency", &index);
        if (status == STATUS_OK &&
            (index < 0 || index >= SUIT_COMPONENTS_MAX)) {
            return suit_wrong(reading, at,
                              "an index of a dependency that cannot be");
        }
        if (status == STATUS_OK) {
            size_t place = (size_t)index;
            view->is_dependency |= UINT32_C(1) << place;
            add_index(view, place);
            status = read_prefix(reading, in, place);
        }
    }
    return status;
}

static enum status read_common(struct suit_reading *reading,
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
        } else if (status == STATUS_OK && key == COMMON_DEPENDENCIES) {
            status = read_dependencies(reading, &in);
        } else if (status == STATUS_OK && key == COMMON_SEQUENCE) {
            status = cbor_take_bytes(&in, "shared sequence", &sequence);
        } else if (status == STATUS_OK) {
            suit_note_unknown(reading->view, key, at);
            status = cbor_skip(&in);
        }
    }
    if (status == STATUS_OK && reading->view->component_count == 0) {
        return suit_wrong(reading, in.at, "no components");
    }
    if (status == STATUS_OK && sequence.bytes != NULL) {
        status = suit_read_sequence(reading, &sequence, SUIT_SHARED);
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

/** bstr [1, 2, 3] as "1.2.3". */
static enum status read_version(struct suit_reading *reading,
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
    view->version_at = suit_offset_of(reading, wrapper->bytes);
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

/** The keys of command sequences. @return whether it is one */
static bool sequence_of(int64_t key, enum suit_sequence *out_sequence)
{
    static const struct {
        int64_t key;
        enum suit_sequence sequence;
    } rows[] = {
        { MANIFEST_VALIDATE, SUIT_VALIDATE },
        { MANIFEST_LOAD, SUIT_LOAD },
        { MANIFEST_INVOKE, SUIT_INVOKE },
        { MANIFEST_RESOLUTION, SUIT_RESOLUTION },
        { MANIFEST_FETCH, SUIT_FETCH },
        { MANIFEST_CANDIDATE, SUIT_CANDIDATE },
        { MANIFEST_INSTALL, SUIT_INSTALL },
        { MANIFEST_UNINSTALL, SUIT_UNINSTALL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].key == key) {
            *out_sequence = rows[i].sequence;
            return true;
        }
    }
    return false;
}

/** A digest where the member itself could be; that may be in the envelope. */
static enum status read_severed(struct suit_reading *reading,
                                struct cbor_in *in, int64_t key)
{
    struct suit_view *view = reading->view;
    enum suit_sequence sequence = SUIT_SHARED;
    char name[SUIT_NAME_SIZE];
    size_t i = 0;

    while (i < view->severed_count && view->severed[i].key != key) {
        i++;
    }
    if (i == SUIT_SEVERED_MAX) {
        return suit_wrong(reading, in->at, "a member that is severed");
    }
    struct suit_severed *severed = &view->severed[i];
    severed->key = key;
    view->severed_count += i == view->severed_count ? 1 : 0;
    enum status status = suit_read_digest(reading, in, &severed->digest);
    (void)snprintf(name, sizeof(name), "digest of member %" PRId64,
                   key); /* fits */
    if (status == STATUS_OK) {
        status = suit_note_span(reading, name, &severed->digest);
    }
    if (status == STATUS_OK && severed->member.bytes != NULL) {
        (void)snprintf(name, sizeof(name), "member %" PRId64, key); /* fits */
        status = suit_note_span(reading, name, &severed->member);
    }
    return status == STATUS_OK && severed->body.bytes != NULL &&
                   sequence_of(key, &sequence)
               ? suit_read_sequence(reading, &severed->body, sequence)
               : status;
}

static enum status read_number(struct suit_reading *reading, struct cbor_in *in,
                               int64_t key, size_t at)
{
    struct suit_view *view = reading->view;
    int64_t number = 0;
    bool is_version = key == MANIFEST_VERSION;
    const char *name = is_version ? "manifest version" : "sequence number";
    enum status status = cbor_take_number(in, name, &number);

    if (status == STATUS_OK && number < 0) {
        return suit_wrong(reading, at, "a negative number");
    }
    if (is_version) {
        view->manifest_version = number;
    } else {
        view->sequence = (uint64_t)number;
        view->sequence_at = at;
    }
    return status == STATUS_OK
               ? suit_note_number(reading, name, at, in->at, number)
               : status;
}

/** Whose manifest it is, and where there is more to read about it. */
static enum status read_words(struct suit_reading *reading, struct cbor_in *in,
                              int64_t key)
{
    struct span span = { NULL, 0 };
    char text[SUIT_NAME_SIZE];
    enum status status = STATUS_OK;

    if (key == MANIFEST_COMPONENT_ID) {
        status = read_component_id(in, text, &span);
        return status == STATUS_OK
                   ? suit_note_text(reading, "own component", &span, text)
                   : status;
    }
    status = cbor_take_text(in, "reference", &span);
    return status == STATUS_OK
               ? suit_note_characters(reading, "reference", &span)
               : status;
}

/** What may stand in a manifest; common comes before the sequences, which
 *  need its components: the keys ascend. */
static enum status read_member(struct suit_reading *reading, struct cbor_in *in,
                               int64_t key, size_t at)
{
    struct span wrapper = { NULL, 0 };
    enum suit_sequence sequence = SUIT_SHARED;
    bool is_sequence = sequence_of(key, &sequence);
    enum status status = STATUS_OK;

    if (key == MANIFEST_VERSION || key == MANIFEST_SEQUENCE) {
        return read_number(reading, in, key, at);
    }
    if (key == MANIFEST_REFERENCE || key == MANIFEST_COMPONENT_ID) {
        return read_words(reading, in, key);
    }
    if (suit_is_severable(key) && cbor_peek(in) == CBOR_ARRAY) {
        return read_severed(reading, in, key);
    }
    if (key == MANIFEST_TEXT) { /* for people */
        return cbor_skip(in);
    }
    if (key != MANIFEST_COMMON && key != MANIFEST_SET_VERSION && !is_sequence) {
        suit_note_unknown(reading->view, key, at);
        return cbor_skip(in);
    }
    status = cbor_take_bytes(in, "member of the manifest", &wrapper);
    if (status != STATUS_OK) {
        return status;
    }
    return key == MANIFEST_COMMON ? read_common(reading, &wrapper)
           : key == MANIFEST_SET_VERSION
               ? read_version(reading, &wrapper)
               : suit_read_sequence(reading, &wrapper, sequence);
}

enum status suit_read_manifest(struct suit_reading *reading)
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
        return suit_wrong(reading, in.at,
                          "version, sequence number or common is missing");
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}
