/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/link.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/scalar.h"

enum { GROW_START = 16 };

/**
 * The list under construction. All texts are written into one arena of twice
 * the input's size plus some, which cannot be outgrown: each text is at most
 * as long as its source, with a NUL that stands for a delimiter.
 */
struct parser {
    const char *text;
    size_t length;
    size_t at;
    char *arena;
    size_t used;
    struct link_list list;
    size_t capacity;
    struct link_attribute *attributes; /* of all links, in order */
    size_t attribute_count;
    size_t attribute_capacity;
    bool is_lacking; /* memory ran out for a note */
    struct reason *reason;
};

void link_list_init(struct link_list *list)
{
    *list = (struct link_list){ .links = NULL };
}

void link_list_release(struct link_list *list)
{
    if (list->count > 0) {
        /* All attributes stand in one block, which the first link opens. */
        free((void *)(uintptr_t)list->links[0].attributes);
    }
    free(list->links);
    free(list->notes);
    free(list->arena);
    link_list_init(list);
}

static enum status malformed(struct parser *parser, const char *what)
{
    return reason_set(parser->reason, STATUS_MALFORMED,
                      "link format at offset %zu: %s", parser->at, what);
}

static void note(struct parser *parser, const char *text)
{
    struct link_list *list = &parser->list;

    if (list->note_count >= RECORD_NOTE_MAX) {
        return;
    }
    struct record_note *notes =
        realloc(list->notes, (list->note_count + 1) * sizeof(*notes));
    if (notes == NULL) {
        parser->is_lacking = true;
        return;
    }
    list->notes = notes;
    notes[list->note_count] = (struct record_note){
        .class = RECORD_NOTE_TOLERATED,
    };
    (void)snprintf(notes[list->note_count].text,
                   sizeof(notes[list->note_count].text), "%s at offset %zu",
                   text, parser->at); /* cut where it does not fit */
    list->note_count++;
}

static bool skip_blanks(struct parser *parser)
{
    size_t start = parser->at;

    while (parser->at < parser->length && (parser->text[parser->at] == ' ' ||
                                           parser->text[parser->at] == '\t' ||
                                           parser->text[parser->at] == '\r' ||
                                           parser->text[parser->at] == '\n')) {
        parser->at++;
    }
    return parser->at > start;
}

static char peek(const struct parser *parser)
{
    return parser->at < parser->length ? parser->text[parser->at] : '\0';
}

static bool is_end(const struct parser *parser)
{
    return parser->at >= parser->length;
}

static bool is_hex(char letter)
{
    return isxdigit((unsigned char)letter) != 0;
}

/** Characters of an RFC 3986 path and query that need no escape. */
static bool is_reference_character(char letter)
{
    return letter > 0x20 && letter < 0x7f &&
           strchr("<>\"\\^`{|}", letter) == NULL;
}

static enum status parse_target(struct parser *parser, struct link *link)
{
    if (peek(parser) != '<') {
        return malformed(parser, "a link starts with '<'");
    }
    parser->at++;
    if (peek(parser) != '/') {
        return malformed(parser, "the target is no absolute path");
    }
    link->target = parser->arena + parser->used;
    while (peek(parser) != '>' || is_end(parser)) {
        char letter = peek(parser);
        if (is_end(parser)) {
            return malformed(parser, "'>' is missing");
        }
        if (!is_reference_character(letter)) {
            return malformed(parser, "bad character in the target");
        }
        if (letter == '%' && !(parser->at + 2 < parser->length &&
                               is_hex(parser->text[parser->at + 1]) &&
                               is_hex(parser->text[parser->at + 2]))) {
            return malformed(parser, "bad percent-encoding");
        }
        parser->arena[parser->used++] = letter;
        parser->at++;
    }
    parser->at++;
    parser->arena[parser->used++] = '\0';
    return STATUS_OK;
}

static bool is_name_character(char letter)
{
    return isalnum((unsigned char)letter) != 0 ||
           (letter != '\0' && strchr("!#$&+-.^_`|~*", letter) != NULL);
}

static enum status parse_quoted(struct parser *parser)
{
    parser->at++;
    while (peek(parser) != '"' || is_end(parser)) {
        if (peek(parser) == '\\') {
            parser->at++;
        }
        if (is_end(parser)) {
            return malformed(parser, "'\"' is missing");
        }
        if (peek(parser) == '\0') {
            return malformed(parser, "NUL in a value");
        }
        parser->arena[parser->used++] = peek(parser);
        parser->at++;
    }
    parser->at++;
    return STATUS_OK;
}

static enum status parse_value(struct parser *parser,
                               struct link_attribute *attribute)
{
    size_t start = parser->at;

    attribute->value = parser->arena + parser->used;
    if (peek(parser) == '"') {
        enum status status = parse_quoted(parser);
        if (status != STATUS_OK) {
            return status;
        }
    } else {
        while (!is_end(parser) && peek(parser) > 0x20 && peek(parser) < 0x7f &&
               strchr(",;\"\\<>", peek(parser)) == NULL) {
            parser->arena[parser->used++] = peek(parser);
            parser->at++;
        }
        if (parser->at == start) {
            return malformed(parser, "empty value of a parameter");
        }
    }
    parser->arena[parser->used++] = '\0';
    return STATUS_OK;
}

static enum status parse_attribute(struct parser *parser,
                                   struct link_attribute *attribute)
{
    size_t start = parser->at;

    *attribute = (struct link_attribute){ parser->arena + parser->used, NULL };
    while (!is_end(parser) && is_name_character(peek(parser))) {
        parser->arena[parser->used++] = peek(parser);
        parser->at++;
    }
    if (parser->at == start) {
        return malformed(parser, "the name of a parameter is missing");
    }
    parser->arena[parser->used++] = '\0';
    if (peek(parser) != '=') {
        return STATUS_OK;
    }
    parser->at++;
    return parse_value(parser, attribute);
}

static enum status add_attribute(struct parser *parser,
                                 const struct link_attribute *attribute)
{
    if (parser->attribute_count == parser->attribute_capacity) {
        size_t capacity = parser->attribute_capacity == 0
                              ? GROW_START
                              : parser->attribute_capacity * 2;
        struct link_attribute *grown =
            realloc(parser->attributes, capacity * sizeof(*grown));
        if (grown == NULL) {
            return reason_set(parser->reason, STATUS_NO_MEMORY,
                              "out of memory");
        }
        parser->attributes = grown;
        parser->attribute_capacity = capacity;
    }
    parser->attributes[parser->attribute_count++] = *attribute;
    return STATUS_OK;
}

static enum status add_link(struct parser *parser, const struct link *link)
{
    struct link_list *list = &parser->list;

    if (list->count >= LINK_LIST_MAX) {
        return reason_set(parser->reason, STATUS_LIMIT, "more than %d links",
                          LINK_LIST_MAX);
    }
    if (list->count == parser->capacity) {
        size_t capacity =
            parser->capacity == 0 ? GROW_START : parser->capacity * 2;
        struct link *grown = realloc(list->links, capacity * sizeof(*grown));
        if (grown == NULL) {
            return reason_set(parser->reason, STATUS_NO_MEMORY,
                              "out of memory");
        }
        list->links = grown;
        parser->capacity = capacity;
    }
    list->links[list->count++] = *link;
    return STATUS_OK;
}

static enum status parse_link(struct parser *parser)
{
    struct link link = { .target = NULL };
    enum status status = parse_target(parser, &link);

    while (status == STATUS_OK) {
        size_t before = parser->at;
        bool blanks = skip_blanks(parser);
        if (peek(parser) != ';') {
            if (blanks) {
                parser->at = before;
            }
            break;
        }
        parser->at++;
        if (skip_blanks(parser) || blanks) {
            note(parser, "blank around ';'");
        }
        if (link.attribute_count >= LINK_ATTRIBUTE_MAX) {
            return reason_set(parser->reason, STATUS_LIMIT,
                              "more than %d parameters of one link",
                              LINK_ATTRIBUTE_MAX);
        }
        struct link_attribute attribute;
        status = parse_attribute(parser, &attribute);
        if (status == STATUS_OK) {
            status = add_attribute(parser, &attribute);
            link.attribute_count++;
        }
    }
    return status == STATUS_OK ? add_link(parser, &link) : status;
}

/** Bootstrap-Discover of old clients starts with a bare lwm2m="1.1",. */
static enum status skip_bare_version(struct parser *parser)
{
    static const char bare[] = "lwm2m=";

    if (parser->length < sizeof(bare) - 1 ||
        memcmp(parser->text, bare, sizeof(bare) - 1) != 0) {
        return STATUS_OK;
    }
    struct link_attribute attribute;
    enum status status = parse_attribute(parser, &attribute);
    if (status != STATUS_OK) {
        return status;
    }
    note(parser, "bare 'lwm2m=' before the first link");
    (void)skip_blanks(parser);
    if (peek(parser) != ',') {
        return malformed(parser, "',' expected");
    }
    parser->at++;
    (void)skip_blanks(parser);
    return STATUS_OK;
}

static enum status parse_all(struct parser *parser)
{
    enum status status = skip_bare_version(parser);

    while (status == STATUS_OK && !is_end(parser)) {
        status = parse_link(parser);
        if (status != STATUS_OK) {
            break;
        }
        size_t before = parser->at;
        bool blanks = skip_blanks(parser);
        if (is_end(parser)) {
            if (blanks) {
                parser->at = before;
                note(parser, "white space at the end");
                parser->at = parser->length;
            }
            break;
        }
        if (peek(parser) != ',') {
            return malformed(parser, "',' or ';' expected");
        }
        parser->at++;
        if (skip_blanks(parser) || blanks) {
            note(parser, "blank around ','");
        }
        if (is_end(parser)) {
            return malformed(parser, "nothing follows the ','");
        }
    }
    return status;
}

const char *link_attribute(const struct link *link, const char *name)
{
    for (size_t i = 0; i < link->attribute_count; i++) {
        if (strcmp(link->attributes[i].name, name) == 0) {
            return link->attributes[i].value != NULL ? link->attributes[i].value
                                                     : "";
        }
    }
    return NULL;
}

/** Whether the blank-separated list of types holds oma.lwm2m. */
static bool is_lwm2m_root(const char *types)
{
    static const char wanted[] = "oma.lwm2m";
    size_t length = sizeof(wanted) - 1;

    for (const char *at = types; (at = strstr(at, wanted)) != NULL;
         at += length) {
        if ((at == types || at[-1] == ' ') &&
            (at[length] == '\0' || at[length] == ' ')) {
            return true;
        }
    }
    return false;
}

static void find_root(struct link_list *list, const char *root)
{
    list->root = root != NULL ? root : "/";
    for (size_t i = 0; root == NULL && i < list->count; i++) {
        const char *types = link_attribute(&list->links[i], "rt");
        if (types != NULL && is_lwm2m_root(types)) {
            list->root = list->links[i].target;
            return;
        }
    }
}

static void locate(const struct link_list *list, struct link *link)
{
    const char *target = link->target;
    size_t prefix = strlen(list->root);

    link->is_root = strcmp(target, list->root) == 0;
    if (link->is_root) {
        link->is_lwm2m = true;
        return;
    }
    if (strcmp(list->root, "/") != 0) {
        if (strncmp(target, list->root, prefix) != 0 || target[prefix] != '/') {
            return;
        }
        target += prefix;
    }
    link->is_lwm2m = lwm2m_path_parse(target, strlen(target), &link->path,
                                      NULL) == STATUS_OK;
}

/** Hand the parser's list over: attributes and paths get their places. */
static enum status finish(struct parser *parser, const char *root,
                          struct link_list *out_list)
{
    struct link_list *list = &parser->list;
    size_t next = 0;

    if (parser->attributes == NULL && list->count > 0) {
        parser->attributes = malloc(sizeof(*parser->attributes));
        if (parser->attributes == NULL) {
            return reason_set(parser->reason, STATUS_NO_MEMORY,
                              "out of memory");
        }
    }
    for (size_t i = 0; i < list->count; i++) {
        list->links[i].attributes = parser->attributes + next;
        next += list->links[i].attribute_count;
    }
    list->arena = parser->arena;
    if (root != NULL) {
        size_t length = strlen(root) + 1;
        memcpy(parser->arena + parser->used, root, length);
        root = parser->arena + parser->used;
    }
    find_root(list, root);
    for (size_t i = 0; i < list->count; i++) {
        locate(list, &list->links[i]);
    }
    *out_list = *list;
    return STATUS_OK;
}

enum status link_list_parse(const char *text, size_t length, const char *root,
                            struct link_list *out_list, struct reason *reason)
{
    struct parser parser = { .text = text, .length = length, .reason = reason };
    size_t root_size = root != NULL ? strlen(root) + 1 : 0;

    if (length > (SIZE_MAX - root_size) / 2 - 2) {
        return reason_set(reason, STATUS_LIMIT, "%zu bytes of links", length);
    }
    parser.arena = malloc(length * 2 + root_size + 2);
    if (parser.arena == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = parse_all(&parser);
    if (status == STATUS_OK && parser.is_lacking) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        status = finish(&parser, root, out_list);
    }
    if (status != STATUS_OK) {
        free(parser.attributes);
        free(parser.list.links);
        free(parser.list.notes);
        free(parser.arena);
    } else if (parser.list.count == 0) {
        free(parser.attributes); /* of a bare version only: none are kept */
    }
    return status;
}
