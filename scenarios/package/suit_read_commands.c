/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/package/suit_reading.h"

/* Names are for people; the numbers are those of packages.md, 8.3. */
struct name {
    int64_t number;
    const char *name;
};

static const struct name commands[] = {
    { CONDITION_VENDOR, "vendor matches" },
    { CONDITION_CLASS, "class matches" },
    { CONDITION_IMAGE, "image matches" },
    { CONDITION_SLOT, "slot matches" },
    { CONDITION_INTEGRITY, "dependency is intact" },
    { CONDITION_IS_DEPENDENCY, "is a dependency" },
    { DIRECTIVE_PROCESS, "process dependency" },
    { DIRECTIVE_INDEX, "set component" },
    { CONDITION_ABORT, "abort" },
    { DIRECTIVE_TRY_EACH, "try each" },
    { DIRECTIVE_WRITE, "write" },
    { DIRECTIVE_SET, "set parameters" },
    { DIRECTIVE_OVERRIDE, "override parameters" },
    { DIRECTIVE_FETCH, "fetch" },
    { DIRECTIVE_COPY, "copy" },
    { DIRECTIVE_INVOKE, "invoke" },
    { CONDITION_DEVICE, "device matches" },
    { CONDITION_VERSION, "version matches" },
    { DIRECTIVE_SWAP, "swap" },
    { DIRECTIVE_RUN, "run sequence" },
    { 0, NULL },
};

static const struct name parameters[] = {
    { PARAMETER_VENDOR, "vendor" },
    { PARAMETER_CLASS, "class" },
    { PARAMETER_DIGEST, "digest" },
    { PARAMETER_SLOT, "slot" },
    { PARAMETER_SIZE, "size" },
    { PARAMETER_CONTENT, "content" },
    { PARAMETER_ENCRYPTION, "encryption" },
    { PARAMETER_URI, "uri" },
    { PARAMETER_SOURCE, "source" },
    { PARAMETER_ARGUMENTS, "arguments" },
    { PARAMETER_DEVICE, "device" },
    { PARAMETER_VERSION, "version match" },
    { 0, NULL },
};

static const char *const sequences[] = {
    [SUIT_SHARED] = "shared",       [SUIT_RESOLUTION] = "resolution",
    [SUIT_FETCH] = "payload fetch", [SUIT_CANDIDATE] = "candidate",
    [SUIT_INSTALL] = "install",     [SUIT_VALIDATE] = "validate",
    [SUIT_LOAD] = "load",           [SUIT_INVOKE] = "invoke",
    [SUIT_UNINSTALL] = "uninstall",
};

/** @return NULL: it has no name here */
static const char *name_of(const struct name *rows, int64_t number)
{
    while (rows->name != NULL && rows->number != number) {
        rows++;
    }
    return rows->name;
}

/** A sequence on its way, with the indexes that are set. */
struct place {
    enum suit_sequence sequence;
    uint32_t components;
    unsigned depth;
    unsigned alternative;
};

/** "app", and of several the first one. */
static const char *component_name(const struct suit_view *view,
                                  uint32_t components)
{
    for (size_t i = 0; i < view->component_count; i++) {
        if ((components & UINT32_C(1) << i) != 0) {
            return view->components[i];
        }
    }
    return "";
}

/* Parameters. */

static struct cbor_in cursor(const struct suit_reading *reading,
                             const struct span *span)
{
    size_t start = suit_offset_of(reading, span->bytes);

    return (struct cbor_in){ .bytes = reading->in->bytes,
                             .at = start,
                             .end = start + span->size };
}

/** A part of an encryption info, if it is there. */
static enum status note_part(struct suit_reading *reading, const char *what,
                             const struct span *span)
{
    return span->bytes != NULL ? suit_note_span(reading, what, span)
                               : STATUS_OK;
}

static enum status note_kid(struct suit_reading *reading,
                            const struct span *kid)
{
    char text[SUIT_NAME_SIZE];

    if (kid->bytes == NULL) {
        return STATUS_OK;
    }
    suit_copy_name(text, kid);
    return suit_note_text(reading, "  kid", kid, text);
}

/** Of one whom the content key is for. */
static enum status note_recipient(struct suit_reading *reading,
                                  const struct cose_recipient *recipient)
{
    enum status status = note_kid(reading, &recipient->kid);

    if (status == STATUS_OK) {
        status = note_part(reading, "  ephemeral x", &recipient->ephemeral_x);
    }
    if (status == STATUS_OK) {
        status = note_part(reading, "  ephemeral y", &recipient->ephemeral_y);
    }
    return status == STATUS_OK
               ? note_part(reading, "  wrapped key", &recipient->wrapped)
               : status;
}

static const char *wrap_name(const struct cose_recipient *recipient)
{
    return !recipient->is_known                  ? "another way"
           : recipient->wrap == ALGORITHM_A128KW ? "A128KW"
                                                 : "ECDH-ES and A128KW";
}

/** "AES-128-GCM, A128KW" and of several "…, 3 recipients: A128KW, …" */
static void name_encryption(const struct cose_encryption *how, char *out_text,
                            size_t size)
{
    int used = snprintf(out_text, size, "%s",
                        how->content == ALGORITHM_A128GCM ? "AES-128-GCM"
                                                          : "AES-128-CTR");

    if (how->recipient_count > 1 && used > 0 && (size_t)used < size) {
        used += snprintf(out_text + used, size - (size_t)used,
                         ", %zu recipients", how->recipient_count);
    }
    for (size_t i = 0;
         i < how->recipient_count && used > 0 && (size_t)used < size; i++) {
        used += snprintf(out_text + used, size - (size_t)used, "%s %s",
                         i == 0 && how->recipient_count > 1 ? ":" : ",",
                         wrap_name(&how->recipients[i])); /* cut */
    }
}

/** What COSE_Encrypt says, if it is one; who verifies says what is wrong. */
static enum status note_encryption(struct suit_reading *reading,
                                   const char *name, const struct span *value)
{
    struct cbor_in outer = cursor(reading, value);
    struct span wrapper = { NULL, 0 };
    struct cbor_in in;
    struct cose_encryption how;
    bool is_known = false;
    char text[96] = "with algorithms that are not known here";

    if (cbor_take_bytes(&outer, name, &wrapper) != STATUS_OK ||
        cbor_enter(&outer, &wrapper, false, &in) != STATUS_OK ||
        cose_read_encryption(&in, &how, &is_known) != STATUS_OK) {
        return suit_note_text(reading, name, value, "it cannot be read");
    }
    if (is_known) {
        name_encryption(&how, text, sizeof(text));
    }
    enum status status = suit_note_text(reading, name, value, text);
    if (status == STATUS_OK) {
        status = note_part(reading, "  IV", &how.iv);
    }
    for (size_t i = 0; status == STATUS_OK && i < how.recipient_count; i++) {
        status = note_recipient(reading, &how.recipients[i]);
    }
    return status;
}

/** Bytes in bytes, without their heads: a digest, a UUID, contents. */
static enum status note_inner(struct suit_reading *reading, int64_t number,
                              const char *name, const struct span *value)
{
    struct cbor_in outer = cursor(reading, value);
    struct span inner = { NULL, 0 };
    struct suit_reading silent = *reading;
    struct cbor_in in;

    if (cbor_take_bytes(&outer, name, &inner) != STATUS_OK) {
        return suit_note_span(reading, name, value);
    }
    silent.fields = NULL;
    silent.in = &outer; /* what is wrong in there is for who verifies */
    if (number == PARAMETER_DIGEST &&
        (cbor_enter(&outer, &inner, true, &in) != STATUS_OK ||
         suit_read_digest(&silent, &in, &inner) != STATUS_OK)) {
        return suit_note_text(reading, name, value, "it cannot be read");
    }
    return suit_note_span(reading, name, &inner);
}

/** "at least 1.2.0" */
static enum status note_match(struct suit_reading *reading, const char *name,
                              const struct span *value)
{
    static const char *const words[] = { "?",       "above",   "at least",
                                         "exactly", "at most", "below" };
    struct cbor_in outer = cursor(reading, value);
    struct span inner = { NULL, 0 };
    struct cbor_in in;
    uint64_t items = 0;
    int64_t number = 0;
    char text[64];

    if (cbor_take_bytes(&outer, name, &inner) != STATUS_OK ||
        cbor_enter(&outer, &inner, true, &in) != STATUS_OK ||
        cbor_take(&in, CBOR_ARRAY, name, &items) != STATUS_OK ||
        cbor_take_number(&in, name, &number) != STATUS_OK ||
        cbor_take(&in, CBOR_ARRAY, name, &items) != STATUS_OK) {
        return suit_note_text(reading, name, value, "it cannot be read");
    }
    int used =
        snprintf(text, sizeof(text), "%s",
                 words[number > 0 && number <= VERSION_LESS ? number : 0]);
    for (uint64_t i = 0; i < items && used > 0 && (size_t)used < sizeof(text) &&
                         cbor_take_number(&in, name, &number) == STATUS_OK;
         i++) {
        used += snprintf(text + used, sizeof(text) - (size_t)used, "%s%" PRId64,
                         i == 0 ? " " : ".", number); /* cut */
    }
    return suit_note_text(reading, name, value, text);
}

/** What a parameter says, for people; where there is no better way, bytes. */
static enum status note_parameter(struct suit_reading *reading, int64_t number,
                                  const char *name, const struct span *value)
{
    struct cbor_in in = cursor(reading, value);
    const struct suit_view *view = reading->view;
    struct span text = { NULL, 0 };
    int64_t plain = 0;

    if (reading->fields == NULL) {
        return STATUS_OK;
    }
    if (number == PARAMETER_ENCRYPTION) {
        return note_encryption(reading, name, value);
    }
    if (number == PARAMETER_VERSION) {
        return note_match(reading, name, value);
    }
    if ((number == PARAMETER_SIZE || number == PARAMETER_SOURCE ||
         number == PARAMETER_SLOT) &&
        cbor_take_number(&in, name, &plain) == STATUS_OK) {
        bool has_name = number == PARAMETER_SOURCE && plain >= 0 &&
                        plain < (int64_t)view->component_count;
        return fields_add(reading->fields, reading->in->reason, name,
                          suit_offset_of(reading, value->bytes), value->size,
                          "%" PRId64 "%s%s", plain, has_name ? " " : "",
                          has_name ? view->components[plain] : "");
    }
    if (number == PARAMETER_URI &&
        cbor_take_text(&in, name, &text) == STATUS_OK) {
        return suit_note_characters(reading, name, &text);
    }
    return note_inner(reading, number, name, value);
}

/** The parameters of an override, for the table of fields; and whether we know
 *  them all. */
static enum status look_at_parameters(struct suit_reading *reading,
                                      struct cbor_in *in, uint32_t components)
{
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "parameters", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t number = 0;
        char text[80];
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
        const char *name = name_of(parameters, number);
        if (name == NULL) {
            suit_note_unknown(reading->view, number, at);
        }
        (void)snprintf(text, sizeof(text), "%s %s",
                       name != NULL ? name : "unknown parameter",
                       component_name(reading->view, components)); /* cut */
        status = note_parameter(reading, number, text, &value);
    }
    return status;
}

/* Commands. */

/** An index, several of them, or true: all. */
static enum status take_indexes(struct suit_reading *reading,
                                struct cbor_in *in, uint32_t *out_components)
{
    const struct suit_view *view = reading->view;
    uint64_t count = 1;
    int64_t index = 0;
    size_t start = in->at;
    int major = cbor_peek(in);
    enum status status = STATUS_OK;

    if (major == CBOR_SIMPLE) {
        status = cbor_take(in, CBOR_SIMPLE, "component index", &count);
        *out_components = view->is_here & ~view->is_dependency;
        return status == STATUS_OK && count != CBOR_TRUE
                   ? suit_wrong(reading, start, "an index that is none")
                   : status;
    }
    if (major == CBOR_ARRAY) {
        status = cbor_take(in, CBOR_ARRAY, "component indexes", &count);
    }
    *out_components = 0;
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        status = cbor_take_number(in, "component index", &index);
        if (status == STATUS_OK &&
            (index < 0 || index >= SUIT_COMPONENTS_MAX ||
             (view->is_here & UINT32_C(1) << index) == 0)) {
            return suit_wrong(reading, start, "an index without a component");
        }
        *out_components |=
            status == STATUS_OK ? UINT32_C(1) << index : UINT32_C(0);
    }
    return status == STATUS_OK && *out_components == 0
               ? suit_wrong(reading, start, "no index")
               : status;
}

/** "install: fetch", and of which component. */
static enum status note_command(struct suit_reading *reading,
                                const struct suit_command *command, size_t end)
{
    const char *name = name_of(commands, command->number);
    char text[48];

    if (reading->fields == NULL || command->number == DIRECTIVE_INDEX ||
        command->number == DIRECTIVE_OVERRIDE ||
        command->number == DIRECTIVE_SET) { /* their parameters are told */
        return STATUS_OK;
    }
    (void)snprintf(text, sizeof(text), "%*s%s: %s", (int)(2 * command->depth),
                   "", sequences[command->sequence],
                   name != NULL ? name : "unknown command"); /* cut */
    return fields_add(reading->fields, reading->in->reason, text,
                      command->offset, end - command->offset, "%s",
                      component_name(reading->view, command->components));
}

static enum status add_command(struct suit_reading *reading,
                               const struct suit_command *command)
{
    struct suit_view *view = reading->view;

    if (view->command_count == SUIT_COMMANDS_MAX) {
        return suit_wrong(reading, command->offset, "more than 256 commands");
    }
    if (name_of(commands, command->number) == NULL) {
        suit_note_unknown(view, command->number, command->offset);
    }
    view->commands[view->command_count++] = *command;
    return note_command(reading, command,
                        suit_offset_of(reading, command->argument.bytes) +
                            command->argument.size);
}

static enum status read_commands(struct suit_reading *reading,
                                 const struct span *wrapper,
                                 struct place place);

/** The sequences in a command: one, or several to try, of which the last one
 *  may be nil. */
static enum status read_nested(struct suit_reading *reading, struct cbor_in *in,
                               int64_t number, struct place place)
{
    uint64_t count = 1;
    uint64_t simple = 0;
    enum status status = STATUS_OK;

    place.depth++;
    if (place.depth > SUIT_NESTING_MAX) {
        return suit_wrong(reading, in->at, "sequences nested too deeply");
    }
    if (number == DIRECTIVE_TRY_EACH) {
        status = cbor_take(in, CBOR_ARRAY, "sequences", &count);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        struct span inner = { NULL, 0 };
        place.alternative = (unsigned)i;
        if (cbor_peek(in) == CBOR_SIMPLE) {
            status = cbor_take(in, CBOR_SIMPLE, "sequence", &simple);
            continue;
        }
        status = cbor_take_bytes(in, "sequence", &inner);
        if (status == STATUS_OK) {
            status = read_commands(reading, &inner, place);
        }
    }
    return status;
}

/** One command whose argument is whole. @param in  a copy, at the argument */
static enum status read_command(struct suit_reading *reading, struct cbor_in in,
                                const struct suit_command *command,
                                struct place *place)
{
    enum status status = STATUS_OK;

    if (command->number == DIRECTIVE_INDEX) {
        status = take_indexes(reading, &in, &place->components);
    }
    struct suit_command own = *command;
    own.components = place->components;
    if (status == STATUS_OK) {
        status = add_command(reading, &own);
    }
    if (status != STATUS_OK) {
        return status;
    }
    switch (command->number) {
    case DIRECTIVE_SET:
    case DIRECTIVE_OVERRIDE:
        return look_at_parameters(reading, &in, place->components);
    case DIRECTIVE_TRY_EACH:
    case DIRECTIVE_RUN:
        return read_nested(reading, &in, command->number, *place);
    default:
        return STATUS_OK;
    }
}

/** [command, argument, command, argument …] */
static enum status read_commands(struct suit_reading *reading,
                                 const struct span *wrapper, struct place place)
{
    struct cbor_in in;
    uint64_t items = 0;
    enum status status = cbor_enter(reading->in, wrapper, true, &in);

    if (status == STATUS_OK) {
        status = cbor_take(&in, CBOR_ARRAY, "commands", &items);
    }
    if (status == STATUS_OK && items % 2 != 0) {
        return suit_wrong(reading, in.at, "a command without an argument");
    }
    for (uint64_t i = 0; status == STATUS_OK && i < items; i += 2) {
        struct suit_command command = { .sequence = place.sequence,
                                        .offset = in.at,
                                        .depth = place.depth,
                                        .alternative = place.alternative };
        status = cbor_take_number(&in, "command", &command.number);
        struct cbor_in again = in;
        command.argument.bytes = in.bytes + in.at;
        if (status == STATUS_OK) {
            status = cbor_skip(&in);
        }
        if (status == STATUS_OK) {
            command.argument.size =
                (size_t)(in.bytes + in.at - command.argument.bytes);
            status = read_command(reading, again, &command, &place);
        }
    }
    if (status != STATUS_OK && reading->wrong_at == 0) {
        reading->wrong_at = in.at;
    }
    return status;
}

enum status suit_read_sequence(struct suit_reading *reading,
                               const struct span *wrapper,
                               enum suit_sequence sequence)
{
    return read_commands(
        reading, wrapper,
        (struct place){ .sequence = sequence, .components = 1 });
}
