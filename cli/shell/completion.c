/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/completion.h"

#include <stdio.h>
#include <string.h>

#include "cli/shell/command.h"
#include "cli/shell/own.h"

/** Keys inside a component of await and expect. */
static const char *const condition_keys[] = { "state=", "result=", "version=",
                                              "unchanged=" };
/** Keys beside components. */
static const char *const condition_heads[] = { "all", "others",
                                               "registration" };
static const char *const codes[] = { "2.01", "2.02", "2.04", "2.05", "4.xx",
                                     "4.00", "4.01", "4.04", "4.05", "4.06",
                                     "4.15", "5.00", "5.xx" };
static const struct lwm2m_path state_path = { { 33629, 0, 3 }, 3 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/** One completion while candidates are gathered. */
struct gather {
    const struct shell_known *known;
    const char *fragment; /**< what stands there already */
    struct shell_completion *out;
};

static void offer(struct gather *gather, const char *word)
{
    size_t length = strlen(gather->fragment);

    if (strncmp(word, gather->fragment, length) == 0) {
        word_list_add(&gather->out->candidates, word);
    }
}

static void offer_list(struct gather *gather, const struct word_list *list)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        offer(gather, list->words[i]);
    }
}

static void offer_words(struct gather *gather, const char *const *words,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        offer(gather, words[i]);
    }
}

static void offer_verbs(struct gather *gather)
{
    for (int i = 0; i < SHELL_OWN_COUNT; i++) {
        offer(gather, shell_own_rows[i].verb);
    }
    for (size_t i = 0; gather->known->steps[i] != NULL; i++) {
        offer(gather, gather->known->steps[i]->verb);
    }
}

/** The Resources of an Object Instance, by its definition. */
static void offer_resources(struct gather *gather, const char *instance)
{
    struct lwm2m_path path;
    char text[LWM2M_PATH_TEXT_MAX];

    if (lwm2m_path_parse(instance, strlen(instance), &path, NULL) !=
            STATUS_OK ||
        path.depth != 2) {
        return;
    }
    const struct object_definition *object =
        definitions_object(gather->known->definitions, path.ids[0], 0, 0);
    for (size_t i = 0; object != NULL && i < object->resource_count; i++) {
        struct lwm2m_path resource =
            lwm2m_path_child(path, object->resources[i].id);
        offer(gather, lwm2m_path_text(&resource, text));
    }
}

/** Instances first; what lies below one once its '/' was typed. */
static void offer_paths(struct gather *gather)
{
    const struct word_list *instances = gather->known->instances;

    gather->out->is_final = false;
    for (size_t i = 0; instances != NULL && i < instances->count; i++) {
        const char *instance = instances->words[i];
        size_t length = strlen(instance);
        if (strncmp(gather->fragment, instance, length) == 0 &&
            gather->fragment[length] == '/') {
            offer_resources(gather, instance);
        } else {
            offer(gather, instance);
        }
    }
}

static void offer_formats(struct gather *gather)
{
    int format = 0;
    const char *name = NULL;

    for (size_t i = 0; (name = shell_format_name(i, &format)) != NULL; i++) {
        offer(gather, name);
    }
}

static void offer_limits(struct gather *gather)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        offer(gather, limit_name((enum limit)i));
    }
}

/** Values of one parameter. */
static void offer_values(struct gather *gather,
                         const struct step_parameter *parameter)
{
    static const char *const flags[] = { "true", "false" };

    switch (parameter->type) {
    case STEP_COMPONENTS:
        offer(gather, "all");
        offer_list(gather, gather->known->components);
        break;
    case STEP_COMPONENT:
        offer_list(gather, gather->known->components);
        break;
    case STEP_PATH:
    case STEP_PATHS:
        offer_paths(gather);
        break;
    case STEP_PACKAGE:
        offer_list(gather, gather->known->packages);
        break;
    case STEP_CODES:
        offer_words(gather, codes, COUNT(codes));
        break;
    case STEP_LIMIT_NAME:
        offer_limits(gather);
        break;
    case STEP_FLAG:
        offer_words(gather, flags, COUNT(flags));
        break;
    case STEP_NUMBER:
        if (strcmp(parameter->name, "format") == 0) {
            offer_formats(gather);
        }
        break;
    case STEP_TEXT:
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
    case STEP_ANY:
        break;
    }
}

/** The numbers of an enumeration, when the path leads to one. */
static void offer_numbers(struct gather *gather, const char *text)
{
    struct lwm2m_path path;
    char number[16];

    if (lwm2m_path_parse(text, strlen(text), &path, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; value_meaning_at(&path, i) != NULL; i++) {
        (void)snprintf(number, sizeof(number), "%zu", i); /* fits */
        offer(gather, number);
    }
}

static void offer_states(struct gather *gather)
{
    const char *name = NULL;

    for (size_t i = 0; (name = value_meaning_at(&state_path, i)) != NULL; i++) {
        offer(gather, name);
    }
}

static bool is_given(const struct shell_words *words, size_t count,
                     const char *name)
{
    for (size_t i = 1; i < count; i++) {
        if (shell_word_has_key(&words->words[i], name) ||
            strcmp(words->words[i].text, name) == 0) {
            return true;
        }
    }
    return false;
}

/** Parameters that may still come, as "key=" or as a flag. */
static void offer_parameters(struct gather *gather,
                             const struct step_type *type,
                             const struct shell_words *words, size_t count)
{
    static const char *const common[] = { "within", "req" };

    for (size_t i = 1;
         i < STEP_PARAMETERS_MAX && type->parameters[i].name != NULL; i++) {
        const struct step_parameter *row = &type->parameters[i];
        char key[64];
        (void)snprintf(key, sizeof(key), "%s%s", row->name,
                       row->type == STEP_FLAG ? "" : "="); /* fits */
        if (!is_given(words, count, row->name)) {
            offer(gather, key);
        }
    }
    if (type->parameters[0].type == STEP_PACKAGE &&
        !is_given(words, count, SHELL_FILE_KEY)) {
        offer(gather, SHELL_FILE_KEY "=");
    }
    for (size_t i = 0; i < COUNT(common); i++) {
        char key[16];
        (void)snprintf(key, sizeof(key), "%s=", common[i]); /* fits */
        if (!is_given(words, count, common[i])) {
            offer(gather, key);
        }
    }
}

/** A value without a key: what the next parameter takes. */
static void complete_value(struct gather *gather, const struct step_type *type,
                           const struct shell_words *words, size_t count)
{
    const struct step_parameter *rows = type->parameters;
    size_t values = 0;

    for (size_t i = 1; i < count; i++) {
        const struct step_parameter *flag =
            shell_parameter(type, words->words[i].text);
        if (words->words[i].key_length == 0 &&
            (flag == NULL || flag->type != STEP_FLAG)) {
            values++;
        }
    }
    if (rows[0].type == STEP_ANY) {
        offer_list(gather, gather->known->components);
        offer_words(gather, condition_heads, COUNT(condition_heads));
        if (values > 0) {
            offer_words(gather, condition_keys, COUNT(condition_keys));
        }
    } else if (rows[0].type == STEP_PATHS) {
        offer_paths(gather);
    } else {
        size_t next = 0;
        while (next < STEP_PARAMETERS_MAX && rows[next].name != NULL &&
               (rows[next].type == STEP_FLAG || values > 0)) {
            values -= rows[next].type == STEP_FLAG ? 0 : 1;
            next++;
        }
        if (next < STEP_PARAMETERS_MAX && rows[next].name != NULL) {
            offer_values(gather, &rows[next]);
        }
        if (next == 1 && rows[1].type == STEP_ANY &&
            rows[0].type == STEP_PATH) {
            offer_numbers(gather, words->words[1].text);
        }
    }
    if (gather->fragment[0] != '/') {
        offer_parameters(gather, type, words, count);
    }
}

/** The value of "key=…": from the '=' or the last comma on. */
static void complete_pair(struct gather *gather, const struct step_type *type,
                          const struct shell_word *word)
{
    const char *comma = strrchr(word->value, ',');
    const char *begin = comma != NULL ? comma + 1 : word->value;
    char key[64];

    gather->fragment = begin;
    if (word->key_length >= sizeof(key)) {
        return;
    }
    memcpy(key, word->text, word->key_length);
    key[word->key_length] = '\0';
    const struct step_parameter *parameter = shell_parameter(type, key);
    if (parameter != NULL) {
        offer_values(gather, parameter);
    } else if (strcmp(key, "state") == 0) {
        offer_states(gather);
    } else if (strcmp(key, "result") == 0) {
        offer_numbers(gather, "/33629/0/5");
    } else if (strcmp(key, "version") == 0) {
        offer(gather, "delivered");
        offer(gather, "unchanged");
    } else if (strcmp(key, SHELL_FILE_KEY) == 0 &&
               type->parameters[0].type == STEP_PACKAGE) {
        gather->out->wants_file = true;
    }
}

static void complete_own(struct gather *gather, enum shell_own own)
{
    switch (shell_own_rows[own].operand) {
    case SHELL_OPERAND_NONE:
        break;
    case SHELL_OPERAND_ENDPOINT:
        offer_list(gather, gather->known->endpoints);
        break;
    case SHELL_OPERAND_CASE:
        offer_list(gather, gather->known->cases);
        break;
    case SHELL_OPERAND_FILE:
        gather->out->wants_file = true;
        break;
    case SHELL_OPERAND_VERB:
        offer_verbs(gather);
        break;
    }
}

/** `count` words stand before the one at the cursor. */
static void complete_word(struct gather *gather,
                          const struct shell_words *words, size_t count,
                          const struct shell_word *word)
{
    if (count == 0) {
        offer_verbs(gather);
        return;
    }
    enum shell_own own = shell_own_of(words->words[0].text);
    if (own != SHELL_OWN_COUNT) {
        complete_own(gather, own);
        return;
    }
    const struct step_type *type =
        shell_verb(gather->known->steps, words->words[0].text);
    if (type == NULL) {
        return;
    }
    if (word != NULL && word->key_length > 0) {
        complete_pair(gather, type, word);
    } else {
        complete_value(gather, type, words, count);
    }
}

void shell_complete(const struct shell_known *known, const char *line,
                    size_t cursor, struct shell_completion *out)
{
    struct shell_words words;
    struct gather gather = { .known = known, .fragment = "", .out = out };
    const struct shell_word *word = NULL;

    *out = (struct shell_completion){ .begin = cursor, .is_final = true };
    if (shell_words_split(line, cursor, true, &words, NULL) != STATUS_OK) {
        return;
    }
    if (words.count > 0 && words.words[words.count - 1].end == cursor) {
        word = &words.words[words.count - 1];
        gather.fragment = word->text;
    }
    if (!words.in_comment) {
        complete_word(&gather, &words, words.count - (word != NULL ? 1 : 0),
                      word);
    }
    /* Words with quotes or backslashes are longer than their text. */
    size_t length = strlen(gather.fragment);
    out->begin = cursor >= length ? cursor - length : cursor;
    word_list_sort(&out->candidates);
    shell_words_release(&words);
}
