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

static enum status read_kind(const cJSON *tree, enum journal_kind *out_kind,
                             struct reason *reason)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "kind"));

    if (name == NULL) {
        return reason_set(reason, STATUS_MALFORMED, "without a kind");
    }
    for (int kind = 0; kind < (int)JOURNAL_KINDS; kind++) {
        if (kind_rows[kind].fields != NULL &&
            kind_rows[kind].name[0] == name[0] && /* most of them: at once */
            strcmp(kind_rows[kind].name, name) == 0) {
            *out_kind = (enum journal_kind)kind;
            return STATUS_OK;
        }
    }
    return reason_set(reason, STATUS_MALFORMED, "unknown kind '%.40s'", name);
}

/** 0 or greater, a number or a string of digits. */
static enum status read_unsigned(const cJSON *tree, const char *name,
                                 uint64_t *out_number, struct reason *reason)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, name);
    const char *text = cJSON_GetStringValue(item);
    uint64_t number = 0;

    if (text != NULL && text[0] != '\0') {
        for (; *text >= '0' && *text <= '9'; text++) {
            uint64_t digit = (uint64_t)(*text - '0');

            if (number > (UINT64_MAX - digit) / 10) {
                break;
            }
            number = number * 10 + digit;
        }
        if (*text == '\0') {
            *out_number = number;
            return STATUS_OK;
        }
    } else if (cJSON_IsNumber(item) && item->valuedouble >= 0 &&
               item->valuedouble <= (double)JSON_TEXT_EXACT_MAX) {
        number = (uint64_t)item->valuedouble;
        if ((double)number == item->valuedouble) {
            *out_number = number;
            return STATUS_OK;
        }
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "member '%s' is not a whole number", name);
}

/** A whole number; milliseconds of any calendar are far below the limit. */
static enum status read_wall(const cJSON *tree, int64_t *out_number,
                             struct reason *reason)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, "wall");
    double limit = (double)JSON_TEXT_EXACT_MAX;

    if (cJSON_IsNumber(item) && item->valuedouble >= -limit &&
        item->valuedouble <= limit) {
        int64_t number = (int64_t)item->valuedouble;
        if ((double)number == item->valuedouble) {
            *out_number = number;
            return STATUS_OK;
        }
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "member 'wall' is not a whole number");
}

static enum status read_envelope_text(const cJSON *tree, const char *name,
                                      struct event_memory *memory,
                                      const char **out_text,
                                      struct reason *reason)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(tree, name);
    char *copy;

    if (item == NULL) {
        *out_text = NULL;
        return STATUS_OK;
    }
    if (!cJSON_IsString(item)) {
        return reason_set(reason, STATUS_MALFORMED, "member '%s' is no text",
                          name);
    }
    copy =
        event_memory_copy(memory, item->valuestring, strlen(item->valuestring));
    if (copy == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    (void)json_text_restore(copy, strlen(copy), true);
    *out_text = copy;
    return STATUS_OK;
}

static enum status read_envelope(const cJSON *tree, struct event_memory *memory,
                                 struct journal_event *event,
                                 struct reason *reason)
{
    enum status status = read_kind(tree, &event->kind, reason);

    if (status == STATUS_OK) {
        status = read_unsigned(tree, "seq", &event->sequence, reason);
    }
    if (status == STATUS_OK) {
        status = read_unsigned(tree, "time", &event->time_ms, reason);
    }
    if (status == STATUS_OK) {
        status = read_wall(tree, &event->wall_ms, reason);
    }
    if (status == STATUS_OK) {
        status =
            read_envelope_text(tree, "case", memory, &event->instance, reason);
    }
    if (status == STATUS_OK) {
        status = read_envelope_text(tree, "endpoint", memory, &event->endpoint,
                                    reason);
    }
    if (status == STATUS_OK) {
        status = read_envelope_text(tree, "sha256", memory,
                                    &event->payload_sha256, reason);
    }
    if (status == STATUS_OK && event->payload_sha256 != NULL &&
        strlen(event->payload_sha256) != SHA256_TEXT_LENGTH) {
        status = reason_set(reason, STATUS_MALFORMED,
                            "member 'sha256' has not 64 digits");
    }
    return status;
}

enum status line_read(const char *line, size_t length,
                      struct event_memory *memory,
                      struct journal_event *out_event, struct reason *reason)
{
    struct journal_event event = { .sequence = 0 };
    const char *end = NULL;
    cJSON *tree = NULL;
    enum status status;

    if (length == 0 || memchr(line, '\0', length) != NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          length == 0 ? "empty" : "has a NUL byte");
    }
    tree = cJSON_ParseWithLengthOpts(line, length, &end, false);
    if (!cJSON_IsObject(tree) || end != line + length) {
        cJSON_Delete(tree);
        return reason_set(reason, STATUS_MALFORMED, "not a JSON object");
    }
    status = read_envelope(tree, memory, &event, reason);
    if (status == STATUS_OK) {
        status = fields_read(tree, &event, memory, reason);
    }
    cJSON_Delete(tree);
    if (status != STATUS_OK) {
        return status;
    }
    if (event.kind < (int)SERVER_EVENT_KINDS) {
        event.as.server.kind = (enum server_event_kind)event.kind;
        event.as.server.time_ms = event.time_ms;
        event.as.server.endpoint = event.endpoint;
    }
    *out_event = event;
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
