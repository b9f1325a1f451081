/* SPDX-License-Identifier: Apache-2.0 */

/* A JSON text for the strict reader. */
#include <string.h>

#include "server/data/json_reader.h"
#include "server/data/scalar.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** What was read, written down with as little as possible. */
struct trace {
    char *text;
    size_t used;
    size_t room;
};

static void put(struct trace *trace, const char *bytes, size_t length)
{
    HOLDS(length <= trace->room - trace->used);
    memcpy(trace->text + trace->used, bytes, length);
    trace->used += length;
}

static void check_string(const struct json_value *string)
{
    char *plain = malloc(string->length + 1);

    HOLDS(plain != NULL);
    size_t length = json_string_text(string, plain);
    HOLDS(length <= string->length);
    HOLDS(utf8_is_valid((const uint8_t *)plain, length));
    free(plain);
}

/** One value; a string or a number is taken as it is. */
static void put_value(struct trace *trace, const struct json_value *value)
{
    static const char *const words[] = {
        [JSON_OBJECT] = "{", [JSON_ARRAY] = "[",   [JSON_STRING] = "",
        [JSON_NUMBER] = "",  [JSON_TRUE] = "true", [JSON_FALSE] = "false",
        [JSON_NULL] = "null"
    };

    put(trace, words[value->kind], strlen(words[value->kind]));
    if (value->kind == JSON_NUMBER) {
        HOLDS(value->length > 0 && value->length <= JSON_NUMBER_SIZE);
        put(trace, value->text, value->length);
    } else if (value->kind == JSON_STRING) {
        check_string(value);
        put(trace, "\"", 1);
        put(trace, value->text, value->length);
        put(trace, "\"", 1);
    }
}

static enum status enter(struct json_reader *reader,
                         const struct json_value *value, bool *out_is_first)
{
    *out_is_first = value->kind == JSON_OBJECT || value->kind == JSON_ARRAY;
    return value->kind == JSON_OBJECT  ? json_begin_object(reader)
           : value->kind == JSON_ARRAY ? json_begin_array(reader)
                                       : STATUS_OK;
}

/** The next member or element of whatever is open. */
static enum status step(struct json_reader *reader, struct trace *trace,
                        bool *is_first)
{
    bool is_object = reader->frames[reader->depth - 1].is_object;
    struct json_value value = { .text = "" };
    bool has = false;
    enum status status = is_object ? json_next_member(reader, &has, &value)
                                   : json_next_element(reader, &has);

    if (status != STATUS_OK) {
        return status;
    }
    if (!has) {
        put(trace, is_object ? "}" : "]", 1);
        *is_first = false;
        return STATUS_OK;
    }
    put(trace, ",", *is_first ? 0 : 1);
    if (is_object) {
        put_value(trace, &value);
        put(trace, ":", 1);
    }
    status = json_value(reader, &value);
    if (status != STATUS_OK) {
        return status;
    }
    put_value(trace, &value);
    return enter(reader, &value, is_first);
}

/** Read all, and write it down without its white space. */
static enum status read_all(const uint8_t *data, size_t size,
                            struct trace *trace, struct reason *reason)
{
    struct json_reader reader;
    struct json_value value;
    bool is_first = false;

    json_reader_init(&reader, data, size, reason);
    enum status status = json_value(&reader, &value);
    if (status == STATUS_OK) {
        put_value(trace, &value);
        status = enter(&reader, &value, &is_first);
    }
    while (status == STATUS_OK && reader.depth > 0) {
        HOLDS(reader.depth <= JSON_DEPTH_MAX);
        HOLDS(reader.name_count <= JSON_NAMES_MAX);
        status = step(&reader, trace, &is_first);
    }
    return status == STATUS_OK ? json_end(&reader) : status;
}

/** The same by going over it. */
static enum status skip_all(const uint8_t *data, size_t size,
                            struct reason *reason)
{
    struct json_reader reader;
    struct json_value value;

    json_reader_init(&reader, data, size, reason);
    enum status status = json_value(&reader, &value);
    if (status == STATUS_OK) {
        status = json_skip(&reader, &value);
    }
    return status == STATUS_OK ? json_end(&reader) : status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct reason skipped = { .status = STATUS_OK };
    struct trace once = { .text = malloc(size + 1), .room = size };
    struct trace twice = { .text = malloc(size + 1), .room = size };

    HOLDS(once.text != NULL && twice.text != NULL);
    enum status status = read_all(data, size, &once, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    HOLDS(skip_all(data, size, &skipped) == status);
    HOLDS(strcmp(reason.text, skipped.text) == 0);
    if (status == STATUS_OK) {
        HOLDS(read_all((const uint8_t *)once.text, once.used, &twice, NULL) ==
              STATUS_OK);
        HOLDS(once.used == twice.used);
        HOLDS(memcmp(once.text, twice.text, once.used) == 0);
    }
    free(once.text);
    free(twice.text);
    return 0;
}
