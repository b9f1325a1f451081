/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/text.h"

#include <string.h>

#define RESET "\033[0m"

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

    return text != NULL ? text : "";
}

static bool has(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
}

static double number_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

static bool is_text_type(const cJSON *value)
{
    const char *type = text_of(value, "type");

    return strcmp(type, "String") == 0 || strcmp(type, "Corelnk") == 0;
}

void shell_text_value(const cJSON *value, FILE *stream)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(value, "value");

    if (item == NULL) {
        fputs("(empty)", stream);
    } else if (cJSON_IsNumber(item)) {
        fprintf(stream, "%.17g", item->valuedouble);
    } else if (cJSON_IsBool(item)) {
        fputs(cJSON_IsTrue(item) ? "true" : "false", stream);
    } else if (has(value, "length")) {
        fprintf(stream, "%s%s (%.0f byte%s)", text_of(value, "value"),
                number_of(value, "length") >
                        (double)strlen(text_of(value, "value")) / 2
                    ? "..."
                    : "",
                number_of(value, "length"),
                number_of(value, "length") > 1 ? "s" : "");
    } else if (is_text_type(value)) {
        fprintf(stream, "\"%s\"", text_of(value, "value"));
    } else {
        fputs(text_of(value, "value"), stream);
    }
    if (has(value, "meaning")) {
        fprintf(stream, " (%s)", text_of(value, "meaning"));
    }
}

/** Lines "  /33629/0/3  State  2 (Downloaded)", aligned. */
static void put_values(const cJSON *object, FILE *stream)
{
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(object, "values");
    const cJSON *value = NULL;
    int path_width = 0;
    int name_width = 0;

    cJSON_ArrayForEach(value, values)
    {
        int path = (int)strlen(text_of(value, "path"));
        int name = (int)strlen(text_of(value, "name"));
        path_width = path > path_width ? path : path_width;
        name_width = name > name_width ? name : name_width;
    }
    cJSON_ArrayForEach(value, values)
    {
        fprintf(stream, "  %-*s  ", path_width, text_of(value, "path"));
        if (name_width > 0) {
            fprintf(stream, "%-*s  ", name_width, text_of(value, "name"));
        }
        shell_text_value(value, stream);
        fputc('\n', stream);
    }
    if (has(object, "malformed")) {
        fprintf(stream, "  undecodable: %s\n", text_of(object, "malformed"));
    }
    cJSON_ArrayForEach(value, cJSON_GetObjectItemCaseSensitive(object, "notes"))
    {
        fprintf(stream, "  remark: %s\n", text_of(value, "text"));
    }
}

static void put_links(const cJSON *object, FILE *stream)
{
    const cJSON *link = NULL;
    const cJSON *attribute = NULL;

    cJSON_ArrayForEach(link, cJSON_GetObjectItemCaseSensitive(object, "links"))
    {
        fprintf(stream, "  %s", text_of(link, "target"));
        cJSON_ArrayForEach(attribute,
                           cJSON_GetObjectItemCaseSensitive(link, "attributes"))
        {
            fprintf(stream, " %s%s%s", attribute->string,
                    attribute->valuestring[0] != '\0' ? "=" : "",
                    attribute->valuestring);
        }
        fputc('\n', stream);
    }
}

static void put_code(const cJSON *object, FILE *stream)
{
    fputs(text_of(object, "code"), stream);
    if (has(object, "meaning")) {
        fprintf(stream, " %s", text_of(object, "meaning"));
    }
}

static void put_response(const cJSON *object, FILE *stream)
{
    put_code(object, stream);
    if (has(object, "format")) {
        fprintf(stream, ", %s", text_of(object, "format"));
    }
    if (number_of(object, "size") > 0) {
        fprintf(stream, ", %.0f byte%s", number_of(object, "size"),
                number_of(object, "size") > 1 ? "s" : "");
    }
    fprintf(stream, ", %.0f ms\n", number_of(object, "ms"));
    put_values(object, stream);
    put_links(object, stream);
}

/** One value stands on the same line. */
static void put_notification(const cJSON *object, FILE *stream)
{
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(object, "values");

    fprintf(stream, "* %s notifies ", text_of(object, "endpoint"));
    if (cJSON_GetArraySize(values) == 1) {
        fprintf(stream, "%s %s: ", text_of(values->child, "path"),
                text_of(values->child, "name"));
        shell_text_value(values->child, stream);
        fputc('\n', stream);
        return;
    }
    fprintf(stream, "%s: ", text_of(object, "path"));
    put_code(object, stream);
    fputc('\n', stream);
    put_values(object, stream);
}

static void put_send(const cJSON *object, FILE *stream)
{
    fprintf(stream, "* %s sends\n", text_of(object, "endpoint"));
    put_values(object, stream);
}

static void put_registration(const cJSON *object, FILE *stream)
{
    const cJSON *objects = cJSON_GetObjectItemCaseSensitive(object, "objects");

    fprintf(stream,
            "* %s registered from %s: LwM2M %s, lifetime %.0f s, %d "
            "objects\n",
            text_of(object, "endpoint"), text_of(object, "address"),
            has(object, "lwm2m") ? text_of(object, "lwm2m") : "?",
            number_of(object, "lifetime"), cJSON_GetArraySize(objects));
}

static void put_update(const cJSON *object, FILE *stream)
{
    fprintf(stream, "* %s updated its registration\n",
            text_of(object, "endpoint"));
}

static void put_deregister(const cJSON *object, FILE *stream)
{
    fprintf(stream, "* %s de-registered\n", text_of(object, "endpoint"));
}

static void put_expire(const cJSON *object, FILE *stream)
{
    fprintf(stream, "* the registration of %s expired\n",
            text_of(object, "endpoint"));
}

static void put_refuse(const cJSON *object, FILE *stream)
{
    fprintf(stream, "* a registration of %s was refused: %s\n",
            has(object, "endpoint") ? text_of(object, "endpoint") : "?",
            text_of(object, "reason"));
}

static void put_no_answer(const cJSON *object, FILE *stream)
{
    fprintf(stream, "no answer: %s\n", text_of(object, "reason"));
}

static void put_transfer_begin(const cJSON *object, FILE *stream)
{
    fprintf(stream, "package %s for /33629/%.0f by %s: %.0f bytes",
            text_of(object, "package"), number_of(object, "instance"),
            text_of(object, "mechanism"), number_of(object, "size"));
    if (text_of(object, "version")[0] != '\0') {
        fprintf(stream, ", version %s", text_of(object, "version"));
    }
    if (has(object, "damage")) {
        fprintf(stream, ", damaged: %s", text_of(object, "damage"));
    }
    fputc('\n', stream);
}

static void put_transfer_pause(const cJSON *object, FILE *stream)
{
    fprintf(stream, "transfer paused after %.0f bytes; 'resume' goes on\n",
            number_of(object, "offset"));
}

static void put_transfer_end(const cJSON *object, FILE *stream)
{
    fprintf(stream, "transfer %s", text_of(object, "outcome"));
    if (has(object, "code")) {
        fprintf(stream, ": %s", text_of(object, "code"));
    }
    if (has(object, "blocks")) {
        fprintf(stream, ", %.0f block%s of %.0f bytes",
                number_of(object, "blocks"),
                number_of(object, "blocks") > 1 ? "s" : "",
                number_of(object, "block-size"));
    }
    fprintf(stream, ", %.0f ms\n", number_of(object, "ms"));
}

/** "application (/33629/0): State 2 (Downloaded), Update Result 0 (…)". */
static void put_component(const cJSON *object, FILE *stream)
{
    const cJSON *value = NULL;
    const char *between = "";

    fprintf(stream, "%s (%s): ", text_of(object, "component"),
            text_of(object, "path"));
    cJSON_ArrayForEach(value,
                       cJSON_GetObjectItemCaseSensitive(object, "values"))
    {
        fprintf(stream, "%s%s ", between, text_of(value, "name"));
        shell_text_value(value, stream);
        between = ", ";
    }
    fputc('\n', stream);
}

static void put_device(const cJSON *object, FILE *stream)
{
    const cJSON *path = NULL;
    bool is_used =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "used"));
    bool is_registered =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "registered"));

    fprintf(stream, "%s %s  %s  LwM2M %s  %s%.0f s\n   ", is_used ? "=>" : "  ",
            text_of(object, "endpoint"), text_of(object, "address"),
            text_of(object, "lwm2m"),
            is_registered ? "lifetime " : "NOT REGISTERED, lifetime ",
            number_of(object, "lifetime"));
    cJSON_ArrayForEach(path,
                       cJSON_GetObjectItemCaseSensitive(object, "objects"))
    {
        fprintf(stream, " %s", path->valuestring);
    }
    fputc('\n', stream);
}

/** What an end means where the answers did not say it. */
static void put_end(const cJSON *object, FILE *stream)
{
    static const struct {
        const char *outcome;
        const char *words;
    } rows[] = {
        { "limit", "the limit passed" },
        { "silent", "the device does not answer" },
        { "hopeless", "it cannot be reached any more" },
        { "failed", "failed" },
        { "cancelled", "cancelled" },
    };
    const char *outcome = text_of(object, "outcome");

    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "holds"))) {
        fprintf(stream, "holds, %.0f ms\n", number_of(object, "ms"));
        return;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].outcome, outcome) == 0) {
            fprintf(stream, "%s%s%s, %.0f ms\n", rows[i].words,
                    has(object, "reason") ? ": " : "",
                    text_of(object, "reason"), number_of(object, "ms"));
        }
    }
}

static void put_case_begin(const cJSON *object, FILE *stream)
{
    fprintf(stream, "%s  %s\n", text_of(object, "case"),
            text_of(object, "title"));
}

static void put_message(const cJSON *object, FILE *stream)
{
    bool is_sent = strcmp(text_of(object, "direction"), "sent") == 0;

    fprintf(stream, "%s %s %s\n", is_sent ? "->" : "<-",
            text_of(object, "peer"), text_of(object, "text"));
}

static void put_note(const cJSON *object, FILE *stream)
{
    fprintf(stream, "note: %s\n", text_of(object, "text"));
}

/** How a level or verdict looks. */
static const char *colour_of(const char *word)
{
    static const struct {
        const char *word;
        const char *colour;
    } looks[] = {
        { "pass", "\033[32m" },   { "warning", "\033[33m" },
        { "inconc", "\033[33m" }, { "fail", "\033[31m" },
        { "error", "\033[35m" },
    };

    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        if (strcmp(looks[i].word, word) == 0) {
            return looks[i].colour;
        }
    }
    return "";
}

static void put_word(const char *word, bool is_coloured, FILE *stream)
{
    const char *colour = is_coloured ? colour_of(word) : "";

    fprintf(stream, "%s%s%s", colour, word, colour[0] != '\0' ? RESET : "");
}

static void put_verdict(const cJSON *object, bool is_coloured, FILE *stream)
{
    put_word(text_of(object, "verdict"), is_coloured, stream);
    fprintf(stream, " %s (%.1f s)%s%s\n", text_of(object, "case"),
            number_of(object, "ms") / 1000, has(object, "reason") ? ": " : "",
            text_of(object, "reason"));
}

static void put_finding(const cJSON *object, bool is_coloured, FILE *stream)
{
    bool is_pass = strcmp(text_of(object, "level"), "pass") == 0;

    put_word(text_of(object, "level"), is_coloured, stream);
    fprintf(stream, "%s%s%s%s",
            text_of(object, "requirement")[0] != '\0' ? " " : "",
            text_of(object, "requirement"),
            has(object, "ambiguity") ? ", " : "", text_of(object, "ambiguity"));
    if (is_pass) {
        fprintf(stream, ": %s\n", text_of(object, "observed"));
        return;
    }
    fprintf(stream, "%s%s\n  expected: %s\n  observed: %s\n",
            has(object, "subject") ? " at " : "", text_of(object, "subject"),
            text_of(object, "expected"), text_of(object, "observed"));
}

void shell_text(const cJSON *description, bool is_coloured, FILE *stream)
{
    static const struct {
        const char *event;
        void (*put)(const cJSON *object, FILE *stream);
    } rows[] = {
        { "response", put_response },
        { "notification", put_notification },
        { "send", put_send },
        { "no-answer", put_no_answer },
        { "register", put_registration },
        { "update", put_update },
        { "deregister", put_deregister },
        { "expire", put_expire },
        { "refuse", put_refuse },
        { "transfer-begin", put_transfer_begin },
        { "transfer-pause", put_transfer_pause },
        { "transfer-end", put_transfer_end },
        { "case-begin", put_case_begin },
        { "component", put_component },
        { "device", put_device },
        { "end", put_end },
        { "note", put_note },
        { "message", put_message },
    };
    const char *event = text_of(description, "event");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].event, event) == 0) {
            rows[i].put(description, stream);
            return;
        }
    }
    if (strcmp(event, "finding") == 0) {
        put_finding(description, is_coloured, stream);
    } else if (strcmp(event, "verdict") == 0) {
        put_verdict(description, is_coloured, stream);
    }
}
