/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/command.h"

#include <stdio.h>
#include <string.h>

#include "cli/shell/value.h"

/** A step while its words are gone through. */
struct build {
    const struct step_type *type;
    const struct definitions *definitions;
    cJSON *step;
    cJSON *part; /**< of an object: what KEY=VALUE goes into; or NULL */
    size_t next; /**< parameter that a value without a key goes to */
    const char *file;
    struct reason *reason;
};

const struct step_type *shell_verb(const struct step_type *const *steps,
                                   const char *verb)
{
    for (size_t i = 0; steps[i] != NULL; i++) {
        if (strcmp(steps[i]->verb, verb) == 0) {
            return steps[i];
        }
    }
    return NULL;
}

/** Parameters that are allowed on every step. */
static const struct step_parameter common[] = {
    { "within", STEP_LIMIT_NAME, .help = "limit of the step" },
    { "req", STEP_COMPONENTS, .help = "requirements that findings name" },
};

const struct step_parameter *shell_parameter(const struct step_type *type,
                                             const char *key)
{
    const char *name = strcmp(key, "accept") == 0 ? "format" : key;

    for (size_t i = 0;
         i < STEP_PARAMETERS_MAX && type->parameters[i].name != NULL; i++) {
        if (strcmp(type->parameters[i].name, name) == 0) {
            return &type->parameters[i];
        }
    }
    for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
        if (strcmp(common[i].name, name) == 0) {
            return &common[i];
        }
    }
    return NULL;
}

static bool has(const struct build *build, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(build->step, name) != NULL;
}

/** Say it with the column of the word. */
static enum status wrong(const struct build *build,
                         const struct shell_word *word, const char *what)
{
    return reason_set(build->reason, STATUS_MALFORMED, "column %zu: %s",
                      word->begin + 1, what);
}

static enum status wrong_key(const struct build *build,
                             const struct shell_word *word, const char *key)
{
    const char *words[STEP_PARAMETERS_MAX + 4] = { NULL };
    char what[384];
    size_t count = 0;

    for (size_t i = 1;
         i < STEP_PARAMETERS_MAX && build->type->parameters[i].name != NULL;
         i++) {
        words[count++] = build->type->parameters[i].name;
    }
    words[count++] = common[0].name;
    words[count] = common[1].name;
    return wrong(build, word,
                 unknown_word("parameter", key, words, what, sizeof(what)));
}

/** Add a value to an object, or say that there is one already. */
static enum status put(const struct build *build, const struct shell_word *word,
                       cJSON *object, const char *name, cJSON *value)
{
    char what[128];

    if (cJSON_GetObjectItemCaseSensitive(object, name) != NULL) {
        cJSON_Delete(value);
        (void)snprintf(what, sizeof(what), "'%.60s' is given twice",
                       name); /* cut */
        return wrong(build, word, what);
    }
    if (!cJSON_AddItemToObject(object, name, value)) {
        cJSON_Delete(value);
        return reason_set(build->reason, STATUS_NO_MEMORY, "out of memory");
    }
    return STATUS_OK;
}

/** Type of the Resource that the step's first parameter names; roles may
 *  stand for the instance. */
static enum lwm2m_type written_type(const struct build *build)
{
    const char *text = cJSON_GetStringValue(build->step->child);
    const char *last = text != NULL ? strrchr(text, '/') : NULL;
    const char *second =
        text != NULL && text[0] == '/' ? strchr(text + 1, '/') : NULL;
    char plain[LWM2M_PATH_TEXT_MAX];
    struct lwm2m_path path;

    if (second == NULL || last == second) {
        return LWM2M_TYPE_UNKNOWN;
    }
    const char *third = strchr(second + 1, '/');
    int length = snprintf(plain, sizeof(plain), "%.*s/0%s",
                          (int)(second - text), text, third);
    if (length < 0 || (size_t)length >= sizeof(plain) ||
        lwm2m_path_parse(plain, (size_t)length, &path, NULL) != STATUS_OK) {
        return LWM2M_TYPE_UNKNOWN;
    }
    const struct resource_definition *resource =
        definitions_resource(build->definitions, &path);
    return resource != NULL ? resource->type : LWM2M_TYPE_UNKNOWN;
}

/** Make the value of a parameter; the reason gets the column. */
static enum status make(const struct build *build,
                        const struct shell_word *word,
                        const struct step_parameter *parameter,
                        const char *text, cJSON **out_value)
{
    struct reason inner = { .status = STATUS_OK };
    bool is_written =
        parameter->type == STEP_ANY && strcmp(parameter->name, "value") == 0;
    enum status status =
        is_written
            ? shell_value_typed(written_type(build), text, out_value, &inner)
            : shell_value(parameter, text, out_value, &inner);

    return status == STATUS_OK ? STATUS_OK : wrong(build, word, inner.text);
}

/** "req" is a list also when it is one. */
static enum status listed(const struct build *build, cJSON **value)
{
    if (!cJSON_IsString(*value)) {
        return STATUS_OK;
    }
    cJSON *list = cJSON_CreateArray();
    if (list == NULL || !cJSON_AddItemToArray(list, *value)) {
        cJSON_Delete(list);
        cJSON_Delete(*value);
        return reason_set(build->reason, STATUS_NO_MEMORY, "out of memory");
    }
    *value = list;
    return STATUS_OK;
}

static enum status take_parameter(const struct build *build,
                                  const struct shell_word *word,
                                  const struct step_parameter *parameter,
                                  const char *text)
{
    cJSON *value = NULL;
    enum status status = make(build, word, parameter, text, &value);

    if (status == STATUS_OK && strcmp(parameter->name, "req") == 0) {
        status = listed(build, &value);
    }
    return status == STATUS_OK
               ? put(build, word, build->step, parameter->name, value)
               : status;
}

/** Whether the first parameter is an object whose keys stand on the line. */
static bool is_object(const struct step_type *type)
{
    return type->parameters[0].type == STEP_ANY;
}

/** Keys whose values are texts, whatever they look like: a version "1.0". */
static bool is_text_key(const char *key)
{
    static const char *const keys[] = { "version", "pkgversion", "pkgname",
                                        "firmware", "code" };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(keys[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/** The object that takes what is no parameter: the first one of await, and one
 *  that a later parameter needs ("set" of attributes). NULL: there is none. */
static cJSON *open_object(const struct build *build)
{
    const struct step_parameter *rows = build->type->parameters;
    cJSON *object = NULL;

    for (size_t i = 0; i < STEP_PARAMETERS_MAX && rows[i].name != NULL; i++) {
        if (rows[i].type != STEP_ANY || !rows[i].required) {
            continue;
        }
        object = cJSON_GetObjectItemCaseSensitive(build->step, rows[i].name);
        return object != NULL
                   ? object
                   : cJSON_AddObjectToObject(build->step, rows[i].name);
    }
    return NULL;
}

static enum status take_member(struct build *build,
                               const struct shell_word *word, cJSON *object,
                               const char *key)
{
    static const struct step_parameter texts = { .name = "",
                                                 .type = STEP_CODES };
    struct reason inner = { .status = STATUS_OK };
    cJSON *value = NULL;
    enum status status = is_text_key(key)
                             ? shell_value(&texts, word->value, &value, &inner)
                             : shell_value_guess(word->value, &value, &inner);

    if (status != STATUS_OK) {
        return wrong(build, word, inner.text);
    }
    return put(build, word, build->part != NULL ? build->part : object, key,
               value);
}

static enum status take_pair(struct build *build, const struct shell_word *word)
{
    char key[64];

    if (word->key_length >= sizeof(key)) {
        return wrong(build, word, "the name of a parameter is too long");
    }
    memcpy(key, word->text, word->key_length);
    key[word->key_length] = '\0';
    const struct step_parameter *parameter = shell_parameter(build->type, key);
    if (parameter != NULL) {
        return take_parameter(build, word, parameter, word->value);
    }
    cJSON *object = open_object(build);
    if (cJSON_IsObject(object)) {
        return take_member(build, word, object, key);
    }
    if (strcmp(key, SHELL_FILE_KEY) == 0 &&
        build->type->parameters[0].type == STEP_PACKAGE) {
        build->file = word->value;
        return word->value[0] != '\0' ? STATUS_OK
                                      : wrong(build, word, "no file is named");
    }
    return wrong_key(build, word, key);
}

/** The next key of an object: a component, or the whole as JSON. */
static enum status take_key(struct build *build, const struct shell_word *word)
{
    const char *verb = build->type->verb;

    if (word->text[0] == '{') {
        struct reason inner = { .status = STATUS_OK };
        cJSON *value = NULL;
        if (shell_value_guess(word->text, &value, &inner) != STATUS_OK) {
            return wrong(build, word, inner.text);
        }
        const cJSON *given =
            cJSON_GetObjectItemCaseSensitive(build->step, verb);
        if (given->child != NULL) {
            cJSON_Delete(value);
            return wrong(build, word, "either JSON or words, not both");
        }
        cJSON_DeleteItemFromObjectCaseSensitive(build->step, verb);
        build->part = NULL;
        return put(build, word, build->step, verb, value);
    }
    cJSON *object = cJSON_GetObjectItemCaseSensitive(build->step, verb);
    cJSON *part = cJSON_CreateObject();
    build->part = part;
    return put(build, word, object, word->text, part);
}

/** One more path for a list of them. */
static enum status take_path(const struct build *build,
                             const struct shell_word *word)
{
    const char *name = build->type->parameters[0].name;
    cJSON *paths = cJSON_GetObjectItemCaseSensitive(build->step, name);
    cJSON *item = cJSON_CreateString(word->text);

    if (cJSON_IsString(paths)) {
        cJSON *first = cJSON_DetachItemViaPointer(build->step, paths);
        enum status status = listed(build, &first);
        if (status == STATUS_OK) {
            status = put(build, word, build->step, name, first);
        }
        if (status != STATUS_OK) {
            cJSON_Delete(item);
            return status;
        }
        paths = first;
    }
    if (item == NULL || !cJSON_AddItemToArray(paths, item)) {
        cJSON_Delete(item);
        return reason_set(build->reason, STATUS_NO_MEMORY, "out of memory");
    }
    return STATUS_OK;
}

/** A remark takes all words: `note this is it`. */
static enum status take_remark(const struct build *build,
                               const struct shell_word *word)
{
    const char *name = build->type->parameters[0].name;
    cJSON *text = cJSON_GetObjectItemCaseSensitive(build->step, name);
    char joined[1024];

    int length = snprintf(joined, sizeof(joined), "%s %s",
                          cJSON_GetStringValue(text), word->text);
    if (length < 0 || (size_t)length >= sizeof(joined)) {
        return wrong(build, word, "the text is too long");
    }
    if (cJSON_SetValuestring(text, joined) == NULL) {
        return reason_set(build->reason, STATUS_NO_MEMORY, "out of memory");
    }
    return STATUS_OK;
}

/** The bare name of a parameter: a flag is set by it, others want a value. */
static enum status take_name(const struct build *build,
                             const struct shell_word *word,
                             const struct step_parameter *parameter)
{
    char what[128];

    if (parameter->type == STEP_FLAG) {
        return take_parameter(build, word, parameter, "true");
    }
    (void)snprintf(what, sizeof(what), "'%s' needs a value: %s=...",
                   parameter->name, parameter->name); /* fits */
    return wrong(build, word, what);
}

static enum status take_value(struct build *build,
                              const struct shell_word *word)
{
    const struct step_parameter *rows = build->type->parameters;
    const struct step_parameter *named =
        word->is_quoted ? NULL : shell_parameter(build->type, word->text);

    if (rows[0].type == STEP_TEXT && has(build, rows[0].name) &&
        rows[1].name == NULL) {
        return take_remark(build, word);
    }
    if (named != NULL && named != &rows[0] && rows[0].type != STEP_TEXT) {
        return take_name(build, word, named);
    }
    if (is_object(build->type)) {
        return take_key(build, word);
    }
    bool has_first = has(build, rows[0].name);
    if (has_first && rows[0].type == STEP_PATHS && word->text[0] == '/') {
        return take_path(build, word);
    }
    while (build->next < STEP_PARAMETERS_MAX &&
           rows[build->next].name != NULL &&
           (has(build, rows[build->next].name) ||
            rows[build->next].type == STEP_FLAG ||
            (build->file != NULL && rows[build->next].type == STEP_PACKAGE))) {
        build->next++;
    }
    if (build->next >= STEP_PARAMETERS_MAX || rows[build->next].name == NULL) {
        return wrong_key(build, word, word->text);
    }
    return take_parameter(build, word, &rows[build->next], word->text);
}

void shell_command_order(cJSON *step, const char *verb)
{
    cJSON *first = cJSON_DetachItemFromObjectCaseSensitive(step, verb);

    if (first != NULL && !cJSON_InsertItemInArray(step, 0, first)) {
        cJSON_Delete(first); /* the check of the step will miss it */
    }
}

/** What the row wants and the line does not say. */
static enum status complete(struct build *build, const struct shell_word *verb)
{
    const struct step_parameter *rows = build->type->parameters;
    cJSON *first = cJSON_GetObjectItemCaseSensitive(build->step, rows[0].name);
    cJSON *part = NULL;
    char what[192];

    /* `await registration` is {"registration": true}. */
    for (part = is_object(build->type) ? first->child : NULL; part != NULL;) {
        cJSON *next = part->next;
        if (cJSON_IsObject(part) && part->child == NULL) {
            cJSON *yes = cJSON_CreateTrue();
            if (yes == NULL || !cJSON_ReplaceItemInObjectCaseSensitive(
                                   first, part->string, yes)) {
                cJSON_Delete(yes);
                return reason_set(build->reason, STATUS_NO_MEMORY,
                                  "out of memory");
            }
        }
        part = next;
    }
    if (rows[0].type == STEP_FLAG && first == NULL &&
        !cJSON_AddTrueToObject(build->step, rows[0].name)) {
        return reason_set(build->reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < STEP_PARAMETERS_MAX && rows[i].name != NULL; i++) {
        bool is_given = has(build, rows[i].name) ||
                        (build->file != NULL && rows[i].type == STEP_PACKAGE);
        if (rows[i].required && !is_given) {
            (void)snprintf(what, sizeof(what),
                           "'%s' needs %s (%s); 'help %s' says more",
                           build->type->verb, rows[i].name,
                           rows[i].help != NULL ? rows[i].help : "",
                           build->type->verb); /* cut */
            return wrong(build, verb, what);
        }
    }
    return STATUS_OK;
}

/** What the verb itself finds: nested steps, codes, conditions. */
static enum status check(const struct build *build,
                         const struct step_type *const *steps)
{
    if (build->file != NULL) {
        return STATUS_OK; /* the package is put in, and then checked */
    }
    return step_check(steps, build->type->verb, build->step, build->reason);
}

enum status shell_command_parse(const struct shell_words *words,
                                const struct step_type *const *steps,
                                const struct step_type *type,
                                const struct definitions *definitions,
                                struct shell_command *out_command,
                                struct reason *reason)
{
    struct build build = {
        .type = type,
        .definitions = definitions,
        .step = cJSON_CreateObject(),
        .reason = reason,
    };
    enum status status = STATUS_OK;

    if (build.step == NULL ||
        (is_object(type) &&
         cJSON_AddObjectToObject(build.step, type->verb) == NULL)) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 1; status == STATUS_OK && i < words->count; i++) {
        const struct shell_word *word = &words->words[i];
        status = word->key_length > 0 ? take_pair(&build, word)
                                      : take_value(&build, word);
    }
    if (status == STATUS_OK) {
        status = complete(&build, &words->words[0]);
    }
    if (status == STATUS_OK) {
        shell_command_order(build.step, type->verb);
        status = check(&build, steps);
    }
    if (status != STATUS_OK) {
        cJSON_Delete(build.step);
        return status;
    }
    *out_command = (struct shell_command){ type, build.step, build.file };
    return STATUS_OK;
}

/* Components. */

/** Words that stand for several components, or for the main one. */
static bool is_special(const char *name)
{
    static const char *const words[] = { "all", "others", "parts", "main" };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], name) == 0) {
            return true;
        }
    }
    return strchr(name, '(') != NULL; /* linked(x) */
}

static enum status check_component(const struct word_list *components,
                                   const char *name, struct reason *reason)
{
    char what[384];

    if (name == NULL || is_special(name) || word_list_has(components, name)) {
        return STATUS_OK;
    }
    return reason_set(reason, STATUS_NOT_FOUND, "%s",
                      unknown_word("component", name,
                                   (const char *const *)components->words, what,
                                   sizeof(what)));
}

/** "/33629/tee/3": what is no number must be a component. */
static enum status check_path(const struct word_list *components,
                              const char *path, struct reason *reason)
{
    const char *begin =
        path != NULL && path[0] == '/' ? strchr(path + 1, '/') : NULL;
    char name[64];

    if (begin == NULL) {
        return STATUS_OK;
    }
    size_t length = strcspn(begin + 1, "/");
    if (length == 0 || length >= sizeof(name) ||
        strspn(begin + 1, "0123456789") == length) {
        return STATUS_OK; /* the step itself looks at it */
    }
    memcpy(name, begin + 1, length);
    name[length] = '\0';
    return check_component(components, name, reason);
}

enum status shell_command_check(const struct shell_command *command,
                                const struct word_list *components,
                                struct reason *reason)
{
    const struct step_parameter *rows = command->type->parameters;
    enum status status = STATUS_OK;

    for (size_t i = 0; components->count > 0 && i < STEP_PARAMETERS_MAX &&
                       rows[i].name != NULL && status == STATUS_OK;
         i++) {
        const cJSON *value =
            cJSON_GetObjectItemCaseSensitive(command->step, rows[i].name);
        bool is_path = rows[i].type == STEP_PATH || rows[i].type == STEP_PATHS;
        bool is_component =
            rows[i].type == STEP_COMPONENT || rows[i].type == STEP_COMPONENTS;
        if (!is_path && !is_component) {
            continue;
        }
        const cJSON *item = cJSON_IsArray(value) ? value->child : value;
        for (; item != NULL && status == STATUS_OK;
             item = cJSON_IsArray(value) ? item->next : NULL) {
            const char *text = cJSON_GetStringValue(item);
            status = is_path ? check_path(components, text, reason)
                             : check_component(components, text, reason);
        }
    }
    return status;
}
