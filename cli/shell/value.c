/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/shell/command.h"

/** From here on integers are not exact in JSON. */
#define EXACT_MAX 9007199254740992.0 /* 2^53 */

static const struct {
    const char *name;
    int format;
} formats[] = {
    { "text", CONTENT_FORMAT_TEXT },
    { "link", CONTENT_FORMAT_LINK },
    { "opaque", CONTENT_FORMAT_OPAQUE },
    { "cbor", CONTENT_FORMAT_CBOR },
    { "senml-json", CONTENT_FORMAT_SENML_JSON },
    { "senml-cbor", CONTENT_FORMAT_SENML_CBOR },
    { "tlv", CONTENT_FORMAT_TLV },
    { "json", CONTENT_FORMAT_LWM2M_JSON },
    { "lwm2m-cbor", CONTENT_FORMAT_LWM2M_CBOR },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

const char *shell_format_name(size_t index, int *out_format)
{
    if (index >= COUNT(formats)) {
        return NULL;
    }
    *out_format = formats[index].format;
    return formats[index].name;
}

static enum status made(cJSON *json, cJSON **out_json, struct reason *reason)
{
    if (json == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *out_json = json;
    return STATUS_OK;
}

static bool is_json(const char *text)
{
    return text[0] == '{' || text[0] == '[';
}

static enum status parse_json(const char *text, cJSON **out_json,
                              struct reason *reason)
{
    const char *end = text;
    cJSON *json = cJSON_ParseWithOpts(text, &end, true);

    if (json == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "'%.40s' is no JSON from its character %zu on; put "
                          "it into '…'",
                          text, (size_t)(end - text) + 1);
    }
    *out_json = json;
    return STATUS_OK;
}

/** A decimal number, as JSON has them. */
static bool parse_number(const char *text, double *out_number)
{
    char *end = NULL;
    size_t sign = text[0] == '-' ? 1 : 0;

    if (text[sign] < '0' || text[sign] > '9' ||
        strspn(text + sign, "0123456789.eE+-") != strlen(text + sign)) {
        return false;
    }
    *out_number = strtod(text, &end);
    return *end == '\0' && isfinite(*out_number);
}

/** The parts between commas, each made by looks or as text. */
static enum status parse_list(const char *text, bool by_looks, cJSON **out_json,
                              struct reason *reason)
{
    cJSON *list = cJSON_CreateArray();
    enum status status = STATUS_OK;

    while (status == STATUS_OK && list != NULL) {
        const char *comma = strchr(text, ',');
        size_t length = comma != NULL ? (size_t)(comma - text) : strlen(text);
        char *part = strndup(text, length);
        cJSON *item = NULL;
        if (part == NULL) {
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        } else if (length == 0) {
            status = reason_set(reason, STATUS_MALFORMED,
                                "a list with an empty place");
        } else if (by_looks) {
            status = shell_value_guess(part, &item, reason);
        } else {
            item = cJSON_CreateString(part);
        }
        free(part);
        if (status == STATUS_OK && !cJSON_AddItemToArray(list, item)) {
            cJSON_Delete(item);
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        if (comma == NULL) {
            break;
        }
        text = comma + 1;
    }
    if (status != STATUS_OK) {
        cJSON_Delete(list);
        return status;
    }
    return made(list, out_json, reason);
}

enum status shell_value_guess(const char *text, cJSON **out_json,
                              struct reason *reason)
{
    double number = 0;

    if (is_json(text)) {
        return parse_json(text, out_json, reason);
    }
    if (strchr(text, ',') != NULL) {
        return parse_list(text, true, out_json, reason);
    }
    if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0) {
        return made(cJSON_CreateBool(text[0] == 't'), out_json, reason);
    }
    if (strcmp(text, "null") == 0) {
        return made(cJSON_CreateNull(), out_json, reason);
    }
    if (parse_number(text, &number)) {
        return made(cJSON_CreateNumber(number), out_json, reason);
    }
    return made(cJSON_CreateString(text), out_json, reason);
}

static enum status number_value(const char *text, bool is_format,
                                cJSON **out_json, struct reason *reason)
{
    double number = 0;

    for (size_t i = 0; is_format && i < COUNT(formats); i++) {
        if (strcmp(formats[i].name, text) == 0) {
            return made(cJSON_CreateNumber(formats[i].format), out_json,
                        reason);
        }
    }
    if (!parse_number(text, &number)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected a number%s, found '%.40s'",
                          is_format ? " or one of text link opaque cbor "
                                      "senml-json senml-cbor tlv json "
                                      "lwm2m-cbor"
                                    : "",
                          text);
    }
    return made(cJSON_CreateNumber(number), out_json, reason);
}

static enum status flag_value(const char *text, cJSON **out_json,
                              struct reason *reason)
{
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected true or false, found '%.40s'", text);
    }
    return made(cJSON_CreateBool(text[0] == 't'), out_json, reason);
}

enum status shell_value(const struct step_parameter *parameter,
                        const char *text, cJSON **out_json,
                        struct reason *reason)
{
    bool is_path =
        parameter->type == STEP_PATH || parameter->type == STEP_PATHS;

    if (is_path && text[0] != '/' && !is_json(text)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected a path such as /3/0/3, found '%.40s'",
                          text);
    }
    switch (parameter->type) {
    case STEP_COMPONENT:
    case STEP_PATH:
    case STEP_PACKAGE:
    case STEP_LIMIT_NAME:
    case STEP_TEXT:
        return made(cJSON_CreateString(text), out_json, reason);
    case STEP_NUMBER:
        return number_value(text, strcmp(parameter->name, "format") == 0,
                            out_json, reason);
    case STEP_FLAG:
        return flag_value(text, out_json, reason);
    case STEP_COMPONENTS:
    case STEP_PATHS:
    case STEP_CODES:
        if (is_json(text)) {
            return parse_json(text, out_json, reason);
        }
        return strchr(text, ',') != NULL
                   ? parse_list(text, false, out_json, reason)
                   : made(cJSON_CreateString(text), out_json, reason);
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
        return parse_json(text, out_json, reason);
    case STEP_ANY:
        return shell_value_guess(text, out_json, reason);
    }
    return reason_set(reason, STATUS_INVALID, "a parameter of no type");
}

/** "2026-03-01T10:00:00Z", or seconds. */
static enum status time_value(const char *text, cJSON **out_json,
                              struct reason *reason)
{
    struct tm parts = { .tm_sec = 0 };
    const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);

    if (end == NULL || *end != '\0') {
        return number_value(text, false, out_json, reason);
    }
    return made(cJSON_CreateNumber((double)timegm(&parts)), out_json, reason);
}

enum status shell_value_typed(enum lwm2m_type type, const char *text,
                              cJSON **out_json, struct reason *reason)
{
    double number = 0;

    switch (type) {
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
    case LWM2M_TYPE_OBJLNK:
    case LWM2M_TYPE_OPAQUE:
        return made(cJSON_CreateString(text), out_json, reason);
    case LWM2M_TYPE_BOOLEAN:
        if (strcmp(text, "1") == 0 || strcmp(text, "0") == 0) {
            return made(cJSON_CreateBool(text[0] == '1'), out_json, reason);
        }
        return flag_value(text, out_json, reason);
    case LWM2M_TYPE_TIME:
        return time_value(text, out_json, reason);
    case LWM2M_TYPE_INTEGER:
    case LWM2M_TYPE_UNSIGNED:
        if (parse_number(text, &number) && fabs(number) >= EXACT_MAX) {
            return reason_set(reason, STATUS_MALFORMED,
                              "'%.40s' is too large to be exact; give the "
                              "bytes with payload=",
                              text);
        }
        return number_value(text, false, out_json, reason);
    case LWM2M_TYPE_FLOAT:
        return number_value(text, false, out_json, reason);
    case LWM2M_TYPE_NONE:
    case LWM2M_TYPE_UNKNOWN:
        break;
    }
    return shell_value_guess(text, out_json, reason);
}
