/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "scenarios/package/suit_making.h"

enum {
    UNKNOWN = 99, /* no command and no parameter has this number */
    DEPTH = 64,
};

/** How many commands a sequence has is known at its end: written last. */
struct commands {
    struct cbor_out out;
    size_t items;
};

static void put_command(struct commands *commands, int64_t number,
                        int64_t argument)
{
    cbor_put_number(&commands->out, number);
    cbor_put_number(&commands->out, argument);
    commands->items += 2;
}

/** Override, with a map of so many parameters to be put. */
static void begin_override(struct commands *commands, size_t count)
{
    cbor_put_number(&commands->out, DIRECTIVE_OVERRIDE);
    cbor_put_map(&commands->out, count);
    commands->items += 2;
}

static void put_digest(struct cbor_out *out,
                       const uint8_t digest[CRYPTO_HASH_SIZE])
{
    struct cbor_out inner = { .bytes = NULL };

    cbor_put_number(out, PARAMETER_DIGEST);
    cbor_put_array(&inner, 2);
    cbor_put_number(&inner, ALGORITHM_SHA256);
    cbor_put_bytes(&inner, digest, CRYPTO_HASH_SIZE);
    cbor_put_inner(out, &inner);
}

static void end_commands(struct cbor_out *out, struct commands *commands)
{
    struct cbor_out whole = { .bytes = NULL };

    cbor_put_array(&whole, commands->items);
    cbor_put_raw(&whole, commands->out.bytes, commands->out.size);
    whole.has_failed = whole.has_failed || commands->out.has_failed;
    cbor_out_release(&commands->out);
    cbor_put_inner(out, &whole);
}

/** Index of the copy of part `index`: behind targets and dependencies. */
static size_t staging(const struct suit_making *making, size_t index)
{
    return making->part_count + making->dependency_count + index;
}

static void put_target(struct suit_making *making, struct commands *commands,
                       const struct suit_part *part, size_t index)
{
    const uint8_t *vendor = making->recipe->vendor_id;

    put_command(commands, DIRECTIVE_INDEX, (int64_t)index);
    begin_override(commands, 2u + (vendor != NULL ? 1u : 0u) +
                                 (part->class_id != NULL ? 1u : 0u));
    if (vendor != NULL) {
        cbor_put_number(&commands->out, PARAMETER_VENDOR);
        cbor_put_bytes(&commands->out, vendor, PACKAGE_CLASS_SIZE);
    }
    if (part->class_id != NULL) {
        cbor_put_number(&commands->out, PARAMETER_CLASS);
        cbor_put_bytes(&commands->out, part->class_id, PACKAGE_CLASS_SIZE);
    }
    put_digest(&commands->out, part->plain_digest);
    cbor_put_number(&commands->out, PARAMETER_SIZE);
    cbor_put_number(&commands->out, (int64_t)part->said_size);
    if (vendor != NULL) {
        put_command(commands, CONDITION_VENDOR, REPORT_ALL);
    }
    if (part->class_id != NULL) {
        put_command(commands, CONDITION_CLASS, REPORT_ALL);
    }
}

static void put_shared(struct suit_making *making, struct cbor_out *out)
{
    struct commands commands = { .items = 0 };

    for (size_t i = 0; i < making->part_count; i++) {
        put_target(making, &commands, &making->parts[i], i);
    }
    for (size_t i = 0; i < making->part_count; i++) {
        const struct suit_part *part = &making->parts[i];
        if (!part->is_encrypted) {
            continue;
        }
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)staging(making, i));
        begin_override(&commands, 2);
        put_digest(&commands.out, part->cipher_digest);
        cbor_put_number(&commands.out, PARAMETER_SIZE);
        cbor_put_number(&commands.out, (int64_t)part->cipher_size);
    }
    end_commands(out, &commands);
}

/** "12, k, 20, {28: [op, [1, 2, 3]]}, 28, 15" */
static void put_condition(struct commands *commands, size_t index,
                          int64_t operation,
                          const struct mcuboot_version *version)
{
    struct cbor_out inner = { .bytes = NULL };

    put_command(commands, DIRECTIVE_INDEX, (int64_t)index);
    begin_override(commands, 1);
    cbor_put_number(&commands->out, PARAMETER_VERSION);
    cbor_put_array(&inner, 2);
    cbor_put_number(&inner, operation);
    cbor_put_array(&inner, 3);
    cbor_put_number(&inner, version->major);
    cbor_put_number(&inner, version->minor);
    cbor_put_number(&inner, version->revision);
    cbor_put_inner(&commands->out, &inner);
    put_command(commands, CONDITION_VERSION, REPORT_ALL);
}

static void put_fetch(struct commands *commands, size_t index, const char *name)
{
    char uri[SUIT_NAME_SIZE + 2];

    (void)snprintf(uri, sizeof(uri), "#%s", name); /* fits */
    put_command(commands, DIRECTIVE_INDEX, (int64_t)index);
    begin_override(commands, 1);
    cbor_put_number(&commands->out, PARAMETER_URI);
    cbor_put_text(&commands->out, uri);
    put_command(commands, DIRECTIVE_FETCH, REPORT_ALL);
    put_command(commands, CONDITION_IMAGE, REPORT_ALL);
}

static void put_install(struct suit_making *making, struct cbor_out *out)
{
    static const struct mcuboot_version never = { .major = UINT8_MAX };
    struct commands commands = { .items = 0 };

    for (size_t i = 0; i < making->dependency_count; i++) {
        put_condition(&commands, making->part_count + i, VERSION_AT_LEAST,
                      &making->dependencies[i].version);
    }
    if (making->defect == SUIT_INSTALL_CONDITION) {
        put_condition(&commands, (size_t)(making->last - making->parts),
                      VERSION_EQUAL, &never);
    }
    for (size_t i = 0; i < making->part_count; i++) {
        struct suit_part *part = &making->parts[i];
        bool has_info = part->is_encrypted &&
                        !suit_is_here(making, part, SUIT_INFO_MISSING);
        put_fetch(&commands, part->is_encrypted ? staging(making, i) : i,
                  part->name);
        if (!part->is_encrypted) {
            continue;
        }
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)i);
        begin_override(&commands, has_info ? 2 : 1);
        if (has_info) {
            cbor_put_number(&commands.out, PARAMETER_ENCRYPTION);
            cbor_put_inner(&commands.out, &part->info);
        }
        cbor_put_number(&commands.out, PARAMETER_SOURCE);
        cbor_put_number(&commands.out, (int64_t)staging(making, i));
        put_command(&commands, DIRECTIVE_COPY, REPORT_ALL);
        put_command(&commands, CONDITION_IMAGE, REPORT_ALL);
    }
    if (making->defect == SUIT_UNKNOWN_COMMAND) {
        put_command(&commands, UNKNOWN, REPORT_ALL);
    } else if (making->defect == SUIT_UNKNOWN_PARAMETER) {
        begin_override(&commands, 1);
        cbor_put_number(&commands.out, UNKNOWN);
        cbor_put_number(&commands.out, 0);
    }
    end_commands(out, &commands);
}

static void put_validate(struct suit_making *making, struct cbor_out *out)
{
    struct commands commands = { .items = 0 };

    for (size_t i = 0; i < making->part_count; i++) {
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)i);
        put_command(&commands, CONDITION_IMAGE, REPORT_ALL);
    }
    end_commands(out, &commands);
}

/** [[h'617070'], …] */
static void put_components(struct suit_making *making, struct cbor_out *out)
{
    bool is_encrypted = making->parts[0].is_encrypted; /* all or none */

    cbor_put_array(out, making->part_count + making->dependency_count +
                            (is_encrypted ? making->part_count : 0));
    for (size_t i = 0; i < making->part_count; i++) {
        const char *name = making->parts[i].name;
        cbor_put_array(out, 1);
        cbor_put_bytes(out, name, strlen(name));
    }
    for (size_t i = 0; i < making->dependency_count; i++) {
        const char *name = making->dependencies[i].name;
        cbor_put_array(out, 1);
        cbor_put_bytes(out, name, strlen(name));
    }
    for (size_t i = 0; is_encrypted && i < making->part_count; i++) {
        char name[SUIT_NAME_SIZE + sizeof(SUIT_STAGED)];
        (void)snprintf(name, sizeof(name), "%s%s", making->parts[i].name,
                       SUIT_STAGED); /* fits */
        cbor_put_array(out, 1);
        cbor_put_bytes(out, name, strlen(name));
    }
}

static void put_common(struct suit_making *making, struct cbor_out *out)
{
    struct cbor_out inner = { .bytes = NULL };

    cbor_put_map(&inner, 2);
    cbor_put_number(&inner, COMMON_COMPONENTS);
    put_components(making, &inner);
    cbor_put_number(&inner, COMMON_SEQUENCE);
    put_shared(making, &inner);
    cbor_put_inner(out, &inner);
}

static void put_version(struct suit_making *making, struct cbor_out *out)
{
    struct cbor_out inner = { .bytes = NULL };
    bool has_build = making->version.build != 0;

    cbor_put_array(&inner, has_build ? 4 : 3);
    cbor_put_number(&inner, making->version.major);
    cbor_put_number(&inner, making->version.minor);
    cbor_put_number(&inner, making->version.revision);
    if (has_build) {
        cbor_put_number(&inner, making->version.build);
    }
    cbor_put_inner(out, &inner);
}

static void put_sequence_number(struct suit_making *making,
                                struct cbor_out *out)
{
    cbor_put_number(out, MANIFEST_SEQUENCE);
    cbor_put_number(out, (int64_t)making->sequence);
}

/** The keys up to the sequence number: here most strict rules are broken. */
static void put_first_keys(struct suit_making *making, struct cbor_out *out)
{
    static const uint8_t long_head[] = { 0x18, 0x01 };
    bool is_unsorted = making->defect == SUIT_UNSORTED;

    if (is_unsorted) {
        put_sequence_number(making, out);
    }
    cbor_put_number(out, MANIFEST_VERSION);
    if (making->defect == SUIT_LONG_HEAD) {
        cbor_put_raw(out, long_head, sizeof(long_head));
    } else {
        cbor_put_number(out, making->defect == SUIT_MANIFEST_VERSION ? 2 : 1);
    }
    if (!is_unsorted) {
        put_sequence_number(making, out);
    }
    if (making->defect == SUIT_DUPLICATE) {
        put_sequence_number(making, out);
    }
}

static void put_deep(struct cbor_out *out)
{
    static const uint8_t one = 0x81;
    static const uint8_t none = 0x80;

    cbor_put_number(out, MANIFEST_TEXT);
    for (int i = 0; i < DEPTH; i++) {
        cbor_put_raw(out, &one, 1);
    }
    cbor_put_raw(out, &none, 1);
}

/* A root. */

/** {1: {0: {1: [h'6170702e73756974']}, …}, 4: shared} */
static void put_root_common(struct suit_making *making, struct cbor_out *out)
{
    struct cbor_out inner = { .bytes = NULL };
    struct commands commands = { .items = 0 };

    cbor_put_map(&inner, 2);
    cbor_put_number(&inner, COMMON_DEPENDENCIES);
    cbor_put_map(&inner, making->part_count);
    for (size_t i = 0; i < making->part_count; i++) {
        const struct suit_part *part = &making->parts[i];
        char name[SUIT_NAME_SIZE + 8];
        (void)snprintf(name, sizeof(name), "%s.suit", part->name); /* fits */
        cbor_put_number(&inner, (int64_t)i);
        cbor_put_map(&inner, 1);
        cbor_put_number(&inner, DEPENDENCY_PREFIX);
        cbor_put_array(&inner, 1);
        cbor_put_bytes(&inner, name, strlen(name));
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)i);
        begin_override(&commands, 2);
        put_digest(&commands.out, part->plain_digest);
        cbor_put_number(&commands.out, PARAMETER_SIZE);
        cbor_put_number(&commands.out, (int64_t)part->cipher_size);
    }
    cbor_put_number(&inner, COMMON_SEQUENCE);
    end_commands(&inner, &commands);
    cbor_put_inner(out, &inner);
}

/** Verify each envelope, and what it has of the same sequence is run. */
static void put_process(struct suit_making *making, struct cbor_out *out)
{
    struct commands commands = { .items = 0 };

    for (size_t i = 0; i < making->part_count; i++) {
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)i);
        put_command(&commands, CONDITION_INTEGRITY, REPORT_ALL);
        put_command(&commands, DIRECTIVE_PROCESS, REPORT_ALL);
    }
    end_commands(out, &commands);
}

static void put_resolution(struct suit_making *making, struct cbor_out *out)
{
    struct commands commands = { .items = 0 };

    for (size_t i = 0; i < making->part_count; i++) {
        char uri[SUIT_NAME_SIZE + 2];
        (void)snprintf(uri, sizeof(uri), "#%s", making->parts[i].name);
        put_command(&commands, DIRECTIVE_INDEX, (int64_t)i);
        begin_override(&commands, 1);
        cbor_put_number(&commands.out, PARAMETER_URI);
        cbor_put_text(&commands.out, uri);
        put_command(&commands, DIRECTIVE_FETCH, REPORT_ALL);
        put_command(&commands, CONDITION_INTEGRITY, REPORT_ALL);
    }
    end_commands(out, &commands);
}

void suit_put_root(struct suit_making *making, struct cbor_out *out)
{
    static const char name[] = "root.suit";

    cbor_put_map(out, 8);
    put_first_keys(making, out);
    cbor_put_number(out, MANIFEST_COMMON);
    put_root_common(making, out);
    cbor_put_number(out, MANIFEST_COMPONENT_ID);
    cbor_put_array(out, 1);
    cbor_put_bytes(out, name, sizeof(name) - 1);
    cbor_put_number(out, MANIFEST_SET_VERSION);
    put_version(making, out);
    cbor_put_number(out, MANIFEST_VALIDATE);
    put_process(making, out);
    cbor_put_number(out, MANIFEST_RESOLUTION);
    put_resolution(making, out);
    cbor_put_number(out, MANIFEST_INSTALL);
    put_process(making, out);
}

void suit_put_manifest(struct suit_making *making, struct cbor_out *out)
{
    static const uint8_t begin = 0xbf;
    static const uint8_t end = 0xff;
    bool is_indefinite = making->defect == SUIT_INDEFINITE;
    bool has_more =
        making->defect == SUIT_DUPLICATE || making->defect == SUIT_DEEP;

    if (is_indefinite) {
        cbor_put_raw(out, &begin, 1);
    } else {
        cbor_put_map(out, has_more ? 7 : 6);
    }
    put_first_keys(making, out);
    cbor_put_number(out, MANIFEST_COMMON);
    put_common(making, out);
    cbor_put_number(out, MANIFEST_SET_VERSION);
    put_version(making, out);
    cbor_put_number(out, MANIFEST_VALIDATE);
    put_validate(making, out);
    cbor_put_number(out, MANIFEST_INSTALL);
    put_install(making, out);
    if (making->defect == SUIT_DEEP) {
        put_deep(out);
    }
    if (is_indefinite) {
        cbor_put_raw(out, &end, 1);
    }
}
