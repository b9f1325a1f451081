/* SPDX-License-Identifier: Apache-2.0 */

/* The hooks of a profile. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/profile_private.h"

enum { ARGUMENTS_MAX = 64 };

enum status profile_read_texts(const struct profile_reader *reader,
                               const cJSON *list, const char *pointer,
                               char ***out_texts)
{
    int count = cJSON_GetArraySize(list);
    const cJSON *item = NULL;
    size_t used = 0;

    if (!cJSON_IsArray(list)) {
        return profile_misfit(reader, pointer,
                              "a list of texts (no shell line)", list);
    }
    if (count > ARGUMENTS_MAX) {
        return profile_wrong(reader, pointer, "more than 64 texts");
    }
    char **texts = calloc((size_t)count + 1, sizeof(*texts));
    if (texts == NULL) {
        return profile_no_memory(reader);
    }
    *out_texts = texts;
    cJSON_ArrayForEach(item, list)
    {
        char number[24];
        char inner[JSON_POINTER_MAX];
        (void)snprintf(number, sizeof(number), "%zu", used);
        if (!cJSON_IsString(item)) {
            return profile_misfit(reader,
                                  profile_pointer(pointer, number, inner),
                                  "a text", item);
        }
        texts[used] = strdup(item->valuestring);
        if (texts[used++] == NULL) {
            return profile_no_memory(reader);
        }
    }
    return STATUS_OK;
}

/** What a hook may be instead of an argument list. */
static const struct {
    const char *word;
    int signal; /* 0: restart */
} hook_words[] = {
    { "restart", 0 },       { "SIGHUP", SIGHUP },   { "SIGURG", SIGURG },
    { "SIGUSR1", SIGUSR1 }, { "SIGUSR2", SIGUSR2 }, { "SIGWINCH", SIGWINCH },
};

/** @return whether it is one of the words */
static bool read_hook_word(const cJSON *item, struct profile_hook *hook)
{
    for (size_t i = 0;
         cJSON_IsString(item) && i < sizeof(hook_words) / sizeof(hook_words[0]);
         i++) {
        if (strcmp(item->valuestring, hook_words[i].word) == 0) {
            hook->restarts = hook_words[i].signal == 0;
            hook->signal = hook_words[i].signal;
            return true;
        }
    }
    return false;
}

static enum status read_hook(const struct profile_reader *reader,
                             const cJSON *item, const char *pointer,
                             struct profile_hook *hook)
{
    bool may_be_word = strcmp(hook->name, "start") != 0;
    bool is_word = may_be_word && read_hook_word(item, hook);
    cJSON *list = NULL;

    if (may_be_word && !is_word && !cJSON_IsArray(item)) {
        return profile_misfit(reader, pointer,
                              "a list of texts (no shell line), \"restart\", "
                              "\"SIGHUP\", \"SIGURG\", \"SIGUSR1\", "
                              "\"SIGUSR2\" or \"SIGWINCH\"",
                              item);
    }
    hook->is_word = is_word;
    if (is_word) {
        list = cJSON_CreateArray();
        cJSON_AddItemToArray(list, cJSON_CreateString(item->valuestring));
    }
    enum status status =
        profile_read_texts(reader, is_word ? list : item, pointer, &hook->argv);
    cJSON_Delete(list);
    return status;
}

enum status profile_read_control(const struct profile_reader *reader,
                                 const cJSON *object)
{
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;
    char pointer[JSON_POINTER_MAX];

    cJSON_ArrayForEach(item, object)
    {
        (void)profile_pointer("/control", item->string, pointer);
        if (!profile_is_item_name(item->string) ||
            strlen(item->string) > PROFILE_HOOK_NAME_MAX) {
            return profile_wrong(
                reader, pointer,
                "a hook is named by at most 24 lower-case letters, "
                "digits and hyphens");
        }
        if (profile->hook_count == PROFILE_ITEMS_MAX) {
            return profile_wrong(reader, pointer, "too many hooks");
        }
        struct profile_hook *row = &profile->hooks[profile->hook_count++];
        row->name = strdup(item->string);
        if (row->name == NULL) {
            return profile_no_memory(reader);
        }
        enum status status = read_hook(reader, item, pointer, row);
        if (status != STATUS_OK) {
            return status;
        }
        if (row->argv[0] == NULL || row->argv[0][0] == '\0') {
            return profile_wrong(reader, pointer, "a program is expected");
        }
    }
    return STATUS_OK;
}
