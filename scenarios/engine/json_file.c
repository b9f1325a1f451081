/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/json_file.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SHOWN_MAX = 60, FOUND_MAX = 40, SHOWN_MAX = 20, WHAT_SIZE = 160 };

static const char blanks[] = " \t\r\n";

/* Before parsing. */

/** What stands in the way of parsing, and where; NULL: nothing. */
struct obstacle {
    const char *what;
    size_t offset;
};

/**
 * Blank the comment that begins at `start`.
 *
 * @param out_end  behind it
 * @return false for a block comment that is not closed
 */
static bool blank_comment(char *text, size_t length, size_t start,
                          size_t *out_end)
{
    bool is_block = text[start + 1] == '*';
    const char *mark = is_block ? "*/" : "\n";
    const char *found = strstr(text + start + 2, mark);
    size_t end = found != NULL ? (size_t)(found - text) : length;

    if (found != NULL && is_block) {
        end += 2;
    }
    for (size_t i = start; i < end; i++) {
        text[i] = text[i] == '\n' ? '\n' : ' ';
    }
    *out_end = end;
    return found != NULL || !is_block;
}

/** Go over a string whose first character is at `at`.
 *  @param out_end  behind its closing quotation mark, or the text's end */
static struct obstacle pass_string(const char *text, size_t length, size_t at,
                                   size_t *out_end)
{
    while (at < length && text[at] != '"') {
        if (strncmp(text + at, "\\u0000", 6) == 0) {
            return (struct obstacle){ "a text has a NUL", at };
        }
        at += text[at] == '\\' ? 2 : 1;
    }
    *out_end = at < length ? at + 1 : length;
    return (struct obstacle){ NULL, 0 };
}

/** Blank the comments outside of strings in NUL-terminated `text`. */
static struct obstacle blank_comments(char *text, size_t length)
{
    struct obstacle obstacle = { NULL, 0 };
    size_t at = 0;

    while (at < length && obstacle.what == NULL) {
        size_t start = at;
        if (text[at] == '"') {
            obstacle = pass_string(text, length, at + 1, &at);
        } else if (text[at] != '/' ||
                   (text[at + 1] != '/' && text[at + 1] != '*')) {
            at++;
        } else if (!blank_comment(text, length, start, &at)) {
            obstacle = (struct obstacle){ "this comment is not closed", start };
        }
    }
    return obstacle;
}

/** What may stand behind the last character that is none of the blanks. */
static const char *expected_at(const char *text, size_t at)
{
    while (at > 0 && strchr(blanks, text[at - 1]) != NULL) {
        at--;
    }
    switch (at > 0 ? text[at - 1] : '\0') {
    case '\0':
    case ':':
        return "a value";
    case '[':
        return "a value or ']'";
    case '{':
        return "a key in quotation marks or '}'";
    case ',':
        return "another key or value";
    default:
        return "',' or ':', or the end of the object, list or file";
    }
}

/** cJSON stops behind a key that lacks its quotation marks: its beginning. */
static size_t fault_at(const char *text, size_t at)
{
    size_t start = at;

    while (start > 0 && isalnum((unsigned char)text[start - 1]) != 0) {
        start--;
    }
    size_t before = start;
    while (before > 0 && strchr(blanks, text[before - 1]) != NULL) {
        before--;
    }
    return before > 0 && strchr("{,", text[before - 1]) != NULL ? start : at;
}

/** What stands where the text stops being JSON, and what may stand there. */
static const char *no_json(const char *text, size_t at, char *buffer,
                           size_t size)
{
    bool is_word = isalnum((unsigned char)text[at]) != 0;
    const char *expected = expected_at(text, at);

    if ((text[at] == '[' || text[at] == '{') &&
        strstr(expected, "value") != NULL) {
        return "nested too deeply"; /* it could begin a value */
    }
    size_t length = is_word ? strcspn(text + at, " \t\r\n,:{}[]\"") : 1;

    if (text[at] == '\0') {
        (void)snprintf(buffer, size,
                       "this is no JSON: %s is expected, found the end of the "
                       "file",
                       expected); /* fits */
    } else {
        (void)snprintf(buffer, size,
                       "this is no JSON: %s is expected, found '%.*s'",
                       expected, (int)(length < SHOWN_MAX ? length : SHOWN_MAX),
                       text + at); /* fits */
    }
    return buffer;
}

/** Whether only blanks stand between a comma and '{', '[' or another one before
 *  it: then it is no last one. */
static bool is_opening(const char *text, size_t at)
{
    while (at > 0 && strchr(blanks, text[at - 1]) != NULL) {
        at--;
    }
    return at == 0 || strchr("{[,:", text[at - 1]) != NULL;
}

/** Blank each comma that nothing but blanks separates from '}' or ']': lines
 *  that are put in or taken out need no care. `text` has no comments. */
static void blank_last_commas(char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        if (text[at] == '"') {
            (void)pass_string(text, length, at + 1, &at); /* was looked at */
            continue;
        }
        size_t next = at + 1;
        if (text[at] == ',') { /* elsewhere it would take too long */
            next += strspn(text + next, blanks);
        }
        if (text[at] == ',' && (text[next] == '}' || text[next] == ']') &&
            !is_opening(text, at)) {
            text[at] = ' ';
        }
        at++;
    }
}

static enum status at_position(const char *name, const char *text,
                               struct obstacle obstacle, struct reason *reason)
{
    unsigned line = 1;
    unsigned column = 1;
    char position[32];

    for (size_t i = 0; i < obstacle.offset && text[i] != '\0'; i++) {
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n' ? 1 : 0;
    }
    (void)snprintf(position, sizeof(position), "%u:%u", line, column);
    return json_file_wrong(name, position, obstacle.what, reason);
}

/* Behind parsing. */

enum status json_file_wrong(const char *name, const char *pointer,
                            const char *what, struct reason *reason)
{
    size_t length = strlen(name);
    bool is_long = length > NAME_SHOWN_MAX;

    return reason_set(reason, STATUS_MALFORMED, "%s%s: %s: %s",
                      is_long ? "..." : "",
                      is_long ? name + length - NAME_SHOWN_MAX : name,
                      pointer[0] != '\0' ? pointer : "/", what);
}

void json_pointer_push(char *pointer, size_t size, const char *key)
{
    size_t at = strlen(pointer);

    if (at + 1 < size) {
        pointer[at++] = '/';
    }
    for (; *key != '\0' && at + 2 < size; key++) {
        bool is_escaped = *key == '~' || *key == '/';
        pointer[at++] = is_escaped ? '~' : *key;
        if (is_escaped) {
            pointer[at++] = *key == '~' ? '0' : '1';
        }
    }
    pointer[at] = '\0';
}

char *json_expected(const char *expected, const cJSON *found, char *buffer,
                    size_t size)
{
    char number[32];

    if (cJSON_IsNumber(found)) {
        (void)snprintf(number, sizeof(number), "%.17g", found->valuedouble);
    }
    bool is_text = cJSON_IsString(found);
    const char *shown = is_text                 ? found->valuestring
                        : cJSON_IsNumber(found) ? number
                        : cJSON_IsObject(found) ? "an object"
                        : cJSON_IsArray(found)  ? "a list"
                        : cJSON_IsNull(found)   ? "null"
                        : cJSON_IsTrue(found)   ? "true"
                        : cJSON_IsFalse(found)  ? "false"
                                                : "nothing";
    (void)snprintf(buffer, size, "%s is expected, found %s%.*s%s", expected,
                   is_text ? "'" : "", FOUND_MAX, shown,
                   is_text ? "'" : ""); /* cut */
    return buffer;
}

struct walk {
    const char *name;
    struct reason *reason;
    char pointer[JSON_POINTER_MAX];
};

static int compare_keys(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;

    return strcmp(*a, *b);
}

/** Sorted, because a file of JSON_FILE_MAX may be one object. */
static enum status check_keys(struct walk *walk, const cJSON *object)
{
    size_t count = (size_t)cJSON_GetArraySize(object);
    const char **keys = count > 1 ? malloc(count * sizeof(*keys)) : NULL;
    const cJSON *item = NULL;
    size_t used = 0;
    enum status status = STATUS_OK;

    if (count < 2) {
        return STATUS_OK;
    }
    if (keys == NULL) {
        return reason_set(walk->reason, STATUS_NO_MEMORY, "out of memory");
    }
    cJSON_ArrayForEach(item, object)
    {
        keys[used++] = item->string;
    }
    qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 1; status == STATUS_OK && i < count; i++) {
        if (strcmp(keys[i - 1], keys[i]) == 0) {
            json_pointer_push(walk->pointer, sizeof(walk->pointer), keys[i]);
            status = json_file_wrong(walk->name, walk->pointer,
                                     "this key stands twice", walk->reason);
        }
    }
    free(keys);
    return status;
}

static enum status check_tree(struct walk *walk, const cJSON *json,
                              unsigned depth)
{
    const cJSON *item = NULL;
    size_t length = strlen(walk->pointer);
    unsigned index = 0;
    char number[16];

    if (depth > JSON_NESTED_MAX) {
        return json_file_wrong(walk->name, walk->pointer, "nested too deeply",
                               walk->reason);
    }
    enum status status =
        cJSON_IsObject(json) ? check_keys(walk, json) : STATUS_OK;
    cJSON_ArrayForEach(item, json)
    {
        (void)snprintf(number, sizeof(number), "%u", index++);
        if (status == STATUS_OK &&
            (cJSON_IsArray(item) || cJSON_IsObject(item))) {
            json_pointer_push(walk->pointer, sizeof(walk->pointer),
                              item->string != NULL ? item->string : number);
            status = check_tree(walk, item, depth + 1);
            walk->pointer[length] = '\0';
        }
    }
    return status;
}

enum status json_file_parse(const char *name, const char *text, size_t length,
                            cJSON **out_json, struct reason *reason)
{
    struct walk walk = { .name = name, .reason = reason };
    char what[WHAT_SIZE];

    if (length > JSON_FILE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "%.300s: over %u bytes", name,
                          JSON_FILE_MAX);
    }
    if (length > 0 && memchr(text, '\0', length) != NULL) {
        return json_file_wrong(name, "", "has a NUL", reason);
    }
    char *copy = malloc(length + 1);
    if (copy == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (length > 0) {
        memcpy(copy, text, length);
    }
    copy[length] = '\0';
    struct obstacle obstacle = blank_comments(copy, length);
    const char *end = copy;
    if (obstacle.what == NULL) {
        blank_last_commas(copy, length);
    }
    cJSON *json =
        obstacle.what == NULL ? cJSON_ParseWithOpts(copy, &end, true) : NULL;
    if (json == NULL && obstacle.what == NULL) {
        obstacle.offset = fault_at(copy, (size_t)(end - copy));
        obstacle.what = no_json(copy, obstacle.offset, what, sizeof(what));
    }
    enum status status = json == NULL
                             ? at_position(name, copy, obstacle, reason)
                             : check_tree(&walk, json, 1);
    free(copy);
    if (status != STATUS_OK) {
        cJSON_Delete(json);
        return status;
    }
    *out_json = json;
    return STATUS_OK;
}
