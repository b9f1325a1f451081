/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/journal/fields.h"
#include "scenarios/journal/journal.h"

#define SHA256_TEXT_LENGTH 64

/*
 * The envelope, then `data`:
 * {"seq":1,"time":12,"wall":1700000000000,"case":"AFU-DEP-001@push",
 *  "endpoint":"dev","kind":"request","sha256":"…","data":{…}}
 */

char *journal_line(const struct journal_event *event)
{
    struct json_text text = { .text = NULL };
    const char *endpoint = event->endpoint;

    if (kind_rows[event->kind].fields == NULL) {
        return NULL;
    }
    if (endpoint == NULL && event->kind < (int)SERVER_EVENT_KINDS) {
        endpoint = event->as.server.endpoint;
    }
    json_text_literal(&text, "{\"seq\":");
    json_text_unsigned(&text, event->sequence);
    json_text_literal(&text, ",\"time\":");
    json_text_unsigned(&text, event->time_ms);
    json_text_literal(&text, ",\"wall\":");
    json_text_signed(&text, event->wall_ms);
    if (event->instance != NULL) {
        json_text_literal(&text, ",\"case\":");
        json_text_string(&text, event->instance, strlen(event->instance));
    }
    if (endpoint != NULL) {
        json_text_literal(&text, ",\"endpoint\":");
        json_text_string(&text, endpoint, strlen(endpoint));
    }
    json_text_literal(&text, ",\"kind\":\"");
    json_text_literal(&text, kind_rows[event->kind].name);
    json_text_literal(&text, "\"");
    if (event->payload_sha256 != NULL) {
        json_text_literal(&text, ",\"sha256\":");
        json_text_string(&text, event->payload_sha256,
                         strlen(event->payload_sha256));
    }
    json_text_literal(&text, ",\"data\":");
    fields_write(&text, event);
    json_text_literal(&text, "}");
    if (text.failed) {
        json_text_release(&text);
        return NULL;
    }
    return text.text;
}

/** The members of the envelope, in the order in which they are written. */
enum envelope {
    ENVELOPE_SEQ,
    ENVELOPE_TIME,
    ENVELOPE_WALL,
    ENVELOPE_CASE,
    ENVELOPE_ENDPOINT,
    ENVELOPE_KIND,
    ENVELOPE_SHA256,
    ENVELOPE_DATA,
    ENVELOPE_MEMBERS
};

static const char *const envelope_names[ENVELOPE_MEMBERS] = {
    "seq", "time", "wall", "case", "endpoint", "kind", "sha256", "data",
};

/** A line that is being read. */
struct line {
    struct json_reader reader;
    struct json_value members[ENVELOPE_MEMBERS];
    bool has[ENVELOPE_MEMBERS];
    size_t next;       /**< member that is expected */
    const char *early; /**< `data` that stands before `kind`, or NULL */
    size_t early_length;
    struct event_memory *memory;
    struct journal_event event;
    struct reason *reason;
};

static enum status take_kind(struct line *line)
{
    const struct json_value *value = &line->members[ENVELOPE_KIND];

    if (value->kind != JSON_STRING) {
        return reason_set(line->reason, STATUS_MALFORMED, "without a kind");
    }
    for (int kind = 0; kind < (int)JOURNAL_KINDS; kind++) {
        if (kind_rows[kind].fields != NULL &&
            kind_rows[kind].name[0] == value->text[0] && /* else at once */
            json_string_is(value, kind_rows[kind].name)) {
            line->event.kind = (enum journal_kind)kind;
            return STATUS_OK;
        }
    }
    return reason_set(line->reason, STATUS_MALFORMED, "unknown kind '%.*s'",
                      value->length < 40 ? (int)value->length : 40,
                      value->text);
}

/** The object or list that `reader` has announced, as a tree. */
static enum status parse_tree(struct line *line, struct json_reader *reader,
                              cJSON **out_tree)
{
    const char *text = NULL;
    size_t length = json_rest(reader, &text);
    const char *end = NULL;
    cJSON *tree = cJSON_ParseWithLengthOpts(text, length, &end, false);

    if (tree == NULL) {
        return reason_set(line->reason, STATUS_MALFORMED,
                          "member 'data' is not JSON");
    }
    json_pass(reader, (size_t)(end - text));
    *out_tree = tree;
    return STATUS_OK;
}

/** `data`, which `reader` has announced; the kind is known. */
static enum status read_data(struct line *line, struct json_reader *reader)
{
    enum status status;
    cJSON *tree = NULL;

    if (!kind_has_tree(line->event.kind)) {
        if (line->members[ENVELOPE_DATA].kind != JSON_OBJECT) {
            return reason_set(line->reason, STATUS_MALFORMED,
                              "member 'data' is not an object");
        }
        return fields_read(reader, &line->event, line->memory, line->reason);
    }
    status = parse_tree(line, reader, &tree);
    if (status != STATUS_OK) {
        return status;
    }
    tree = event_memory_keep(line->memory, tree);
    if (tree == NULL) {
        return reason_set(line->reason, STATUS_NO_MEMORY, "out of memory");
    }
    json_text_restore_tree(tree);
    line->event.as.data = tree;
    return STATUS_OK;
}

/** `data` stands before `kind`, as when another tool sorted the members. */
static enum status pass_data(struct line *line)
{
    cJSON *tree = NULL;
    enum status status;

    line->early_length = json_rest(&line->reader, &line->early);
    status = parse_tree(line, &line->reader, &tree);
    cJSON_Delete(tree);
    return status;
}

static enum status read_early_data(struct line *line)
{
    struct json_reader reader;
    struct json_value value;
    enum status status;

    json_reader_init(&reader, (const uint8_t *)line->early, line->early_length,
                     line->reason);
    json_reader_trust(&reader);
    status = json_value(&reader, &value);
    return status == STATUS_OK ? read_data(line, &reader) : status;
}

static enum status take_data(struct line *line)
{
    enum json_kind kind = line->members[ENVELOPE_DATA].kind;

    if (kind != JSON_OBJECT && kind != JSON_ARRAY) {
        return reason_set(line->reason, STATUS_MALFORMED,
                          "member 'data' is not an object");
    }
    return line->has[ENVELOPE_KIND] ? read_data(line, &line->reader)
                                    : pass_data(line);
}

static enum status take_member(struct line *line, const struct json_value *name)
{
    struct json_value value;
    enum status status = json_value(&line->reader, &value);

    for (size_t i = 0; status == STATUS_OK && i < ENVELOPE_MEMBERS; i++) {
        size_t at = (line->next + i) % ENVELOPE_MEMBERS;
        if (!json_string_is(name, envelope_names[at])) {
            continue;
        }
        line->members[at] = value;
        line->has[at] = true;
        line->next = at + 1;
        if (at == ENVELOPE_DATA) {
            return take_data(line);
        }
        status = at == ENVELOPE_KIND ? take_kind(line) : STATUS_OK;
        break;
    }
    return status == STATUS_OK ? json_skip(&line->reader, &value) : status;
}

static enum status take_members(struct line *line)
{
    struct json_value value;
    bool has = false;
    enum status status = json_value(&line->reader, &value);

    if (status == STATUS_OK && value.kind != JSON_OBJECT) {
        status =
            reason_set(line->reason, STATUS_MALFORMED, "not a JSON object");
    }
    if (status == STATUS_OK) {
        status = json_begin_object(&line->reader);
    }
    while (status == STATUS_OK &&
           (status = json_next_member(&line->reader, &has, &value)) ==
               STATUS_OK &&
           has) {
        status = take_member(line, &value);
    }
    return status == STATUS_OK ? json_end(&line->reader) : status;
}

/** 0 or greater, a number or a string of digits. */
static enum status read_unsigned(struct line *line, enum envelope member,
                                 uint64_t *out_number)
{
    bool negative = false;

    if (!line->has[member] ||
        !number_read(&line->members[member], &negative, out_number) ||
        negative) {
        return reason_set(line->reason, STATUS_MALFORMED,
                          "member '%s' is not a whole number",
                          envelope_names[member]);
    }
    return STATUS_OK;
}

/** Milliseconds of any calendar are far below the limit. */
static enum status read_wall(struct line *line)
{
    const struct json_value *value = &line->members[ENVELOPE_WALL];
    bool negative = false;
    uint64_t magnitude = 0;

    if (!line->has[ENVELOPE_WALL] || value->kind != JSON_NUMBER ||
        !number_read(value, &negative, &magnitude)) {
        return reason_set(line->reason, STATUS_MALFORMED,
                          "member 'wall' is not a whole number");
    }
    line->event.wall_ms = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return STATUS_OK;
}

/** NULL when it is absent. */
static enum status read_text(struct line *line, enum envelope member,
                             const char **out_text)
{
    size_t length = 0;

    return line->has[member]
               ? text_read(&line->members[member], envelope_names[member], true,
                           line->memory, out_text, &length, line->reason)
               : STATUS_OK;
}

static enum status read_envelope(struct line *line)
{
    struct journal_event *event = &line->event;
    enum status status =
        line->has[ENVELOPE_KIND]
            ? STATUS_OK
            : reason_set(line->reason, STATUS_MALFORMED, "without a kind");

    if (status == STATUS_OK) {
        status = read_unsigned(line, ENVELOPE_SEQ, &event->sequence);
    }
    if (status == STATUS_OK) {
        status = read_unsigned(line, ENVELOPE_TIME, &event->time_ms);
    }
    if (status == STATUS_OK) {
        status = read_wall(line);
    }
    if (status == STATUS_OK) {
        status = read_text(line, ENVELOPE_CASE, &event->instance);
    }
    if (status == STATUS_OK) {
        status = read_text(line, ENVELOPE_ENDPOINT, &event->endpoint);
    }
    if (status == STATUS_OK) {
        status = read_text(line, ENVELOPE_SHA256, &event->payload_sha256);
    }
    if (status == STATUS_OK && event->payload_sha256 != NULL &&
        strlen(event->payload_sha256) != SHA256_TEXT_LENGTH) {
        status = reason_set(line->reason, STATUS_MALFORMED,
                            "member 'sha256' has not 64 digits");
    }
    return status;
}

static enum status read_all(struct line *line)
{
    enum status status = take_members(line);

    if (status == STATUS_OK) {
        status = read_envelope(line);
    }
    if (status == STATUS_OK && line->early != NULL) {
        status = read_early_data(line);
    }
    if (status == STATUS_OK && !line->has[ENVELOPE_DATA]) {
        status = reason_set(line->reason, STATUS_MALFORMED,
                            "member 'data' is not there");
    }
    return status;
}

enum status line_read(const char *text, size_t length,
                      struct event_memory *memory,
                      struct journal_event *out_event, struct reason *reason)
{
    struct line line = { .memory = memory, .reason = reason };
    enum status status;

    if (length == 0 || memchr(text, '\0', length) != NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          length == 0 ? "empty" : "has a NUL byte");
    }
    json_reader_init(&line.reader, (const uint8_t *)text, length, reason);
    json_reader_trust(&line.reader); /* strays had their id twice once */
    status = read_all(&line);
    if (status == STATUS_LIMIT) { /* none of ours needs that much */
        status = STATUS_MALFORMED;
        if (reason != NULL) {
            reason->status = status;
        }
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (line.event.kind < (int)SERVER_EVENT_KINDS) {
        line.event.as.server.kind = (enum server_event_kind)line.event.kind;
        line.event.as.server.time_ms = line.event.time_ms;
        line.event.as.server.endpoint = line.event.endpoint;
    }
    *out_event = line.event;
    return STATUS_OK;
}

char *journal_print(const cJSON *tree)
{
    struct json_text text = { .text = NULL };

    json_text_tree(&text, tree);
    json_text_append(&text, "", 1);
    /* Through cJSON once more, which indents. */
    cJSON *clean = text.failed ? NULL : cJSON_Parse(text.text);
    json_text_release(&text);
    char *printed = clean != NULL ? cJSON_Print(clean) : NULL;
    cJSON_Delete(clean);
    return printed;
}
