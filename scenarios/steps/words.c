/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"

/* afu.md, sections 0.4 and 6. */
static const char *const state_names[] = {
    "Idle",
    "Downloading",
    "Downloaded",
    "Updating",
};
static const char *const result_names[] = {
    "initial",
    "updated successfully",
    "not enough flash",
    "out of RAM",
    "connection lost",
    "integrity check failure",
    "unsupported package type",
    "invalid URI",
    "update failed",
    "unsupported protocol",
    "cancelled",
    "deferred",
    "conflicting state",
    "dependency error",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

void words_init(struct words *words)
{
    words->text[0] = '\0';
    words->length = 0;
}

void words_add(struct words *words, const char *format, ...)
{
    size_t room = sizeof(words->text) - words->length;
    va_list arguments;

    va_start(arguments, format);
    int length =
        vsnprintf(words->text + words->length, room, format, arguments);
    va_end(arguments);
    if (length > 0) {
        words->length += (size_t)length < room ? (size_t)length : room - 1;
    }
}

void words_state(struct words *words, int state)
{
    if (state >= 0 && (size_t)state < COUNT(state_names)) {
        words_add(words, "%s", state_names[state]);
    } else if (state < 0) {
        words_add(words, "no readable State");
    } else {
        words_add(words, "State %d", state);
    }
}

void words_pair(struct words *words, int state, int result)
{
    words_state(words, state);
    if (result < 0) {
        words_add(words, " without a readable Update Result");
    } else if ((size_t)result < COUNT(result_names)) {
        words_add(words, " with Result %d (%s)", result, result_names[result]);
    } else {
        words_add(words, " with Result %d", result);
    }
}

static bool is_role(const char *name)
{
    static const char *const roles[] = { "x", "y", "z", "main", "server" };

    for (size_t i = 0; i < COUNT(roles); i++) {
        if (strcmp(roles[i], name) == 0) {
            return true;
        }
    }
    return false;
}

void words_component(struct words *words, const struct binding *binding,
                     uint16_t instance)
{
    for (size_t i = 0; i < binding->count; i++) {
        if (binding->entries[i].instance == instance &&
            !is_role(binding->entries[i].role)) {
            words_add(words, "%s (/%d/%u)", binding->entries[i].role,
                      AFU_OBJECT, (unsigned)instance);
            return;
        }
    }
    words_add(words, "/%d/%u", AFU_OBJECT, (unsigned)instance);
}

void words_code(struct words *words, uint8_t code)
{
    static const struct {
        uint8_t code;
        const char *name;
    } names[] = {
        { COAP_CODE(2, 1), "Created" },
        { COAP_CODE(2, 2), "Deleted" },
        { COAP_CODE(2, 4), "Changed" },
        { COAP_CODE(2, 5), "Content" },
        { COAP_CODE(2, 31), "Continue" },
        { COAP_CODE(4, 0), "Bad Request" },
        { COAP_CODE(4, 1), "Unauthorized" },
        { COAP_CODE(4, 4), "Not Found" },
        { COAP_CODE(4, 5), "Method Not Allowed" },
        { COAP_CODE(4, 6), "Not Acceptable" },
        { COAP_CODE(4, 8), "Request Entity Incomplete" },
        { COAP_CODE(4, 13), "Request Entity Too Large" },
        { COAP_CODE(4, 15), "Unsupported Content-Format" },
        { COAP_CODE(5, 0), "Internal Server Error" },
        { COAP_CODE(5, 1), "Not Implemented" },
        { COAP_CODE(5, 3), "Service Unavailable" },
    };

    words_add(words, "%u.%02u", (unsigned)code >> 5, (unsigned)code & 31u);
    for (size_t i = 0; i < COUNT(names); i++) {
        if (names[i].code == code) {
            words_add(words, " %s", names[i].name);
        }
    }
}

void words_json(struct words *words, const cJSON *value)
{
    if (cJSON_IsString(value)) {
        words_add(words, "%s", value->valuestring);
    } else if (cJSON_IsNumber(value)) {
        words_add(words, "%g", value->valuedouble);
    } else if (cJSON_IsBool(value)) {
        words_add(words, "%s", cJSON_IsTrue(value) ? "true" : "false");
    } else if (cJSON_IsArray(value) && value->child != NULL) {
        for (const cJSON *item = value->child; item != NULL;
             item = item->next) {
            words_json(words, item);
            words_add(words, "%s", item->next != NULL ? " or " : "");
        }
    } else {
        words_add(words, "nothing");
    }
}

int state_of_name(const char *name)
{
    for (size_t i = 0; i < COUNT(state_names); i++) {
        if (strcmp(state_names[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
