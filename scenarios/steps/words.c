/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/steps/afu.h"

static const struct lwm2m_path state_path = { { AFU_OBJECT, 0, AFU_STATE }, 3 };
static const struct lwm2m_path result_path = { { AFU_OBJECT, 0, AFU_RESULT },
                                               3 };

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
    const char *name = value_meaning(&state_path, state);

    if (name != NULL) {
        words_add(words, "%s", name);
    } else if (state < 0) {
        words_add(words, "no readable State");
    } else {
        words_add(words, "State %d", state);
    }
}

void words_pair(struct words *words, int state, int result)
{
    const char *name = value_meaning(&result_path, result);

    words_state(words, state);
    if (result < 0) {
        words_add(words, " without a readable Update Result");
    } else if (name != NULL) {
        words_add(words, " with Result %d (%s)", result, name);
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
    const char *name = code_meaning(code);

    words_add(words, "%u.%02u", (unsigned)code >> 5, (unsigned)code & 31u);
    if (name != NULL) {
        words_add(words, " %s", name);
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
    const char *state = NULL;

    for (int i = 0; (state = value_meaning(&state_path, i)) != NULL; i++) {
        if (strcmp(state, name) == 0) {
            return i;
        }
    }
    return -1;
}
