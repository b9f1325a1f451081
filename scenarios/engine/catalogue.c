/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/json_file.h"
#include "scenarios/engine/test_case.h"

enum { VERBS_MAX = 64, POINTER_SIZE = 128 };

struct catalogue {
    struct test_case *cases;
    size_t count;
    cJSON **files; /* own the JSON that the cases point into */
    char **names;
    size_t file_count;
};

struct checker {
    const struct step_type *const *steps;
    const char *name;
    struct reason *reason;
    unsigned step_count;
    bool delivers;
};

const char *mechanism_name(enum mechanism mechanism)
{
    switch (mechanism) {
    case MECHANISM_NONE:
        return "";
    case MECHANISM_PUSH:
        return "push";
    case MECHANISM_PULL:
        return "pull";
    }
    return "";
}

struct catalogue *catalogue_new(void)
{
    return calloc(1, sizeof(struct catalogue));
}

static void free_case(struct test_case *test_case)
{
    free((void *)(uintptr_t)test_case->requirements);
    free((void *)(uintptr_t)test_case->applies);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL) {
        return;
    }
    for (size_t i = 0; i < catalogue->count; i++) {
        free_case(&catalogue->cases[i]);
    }
    for (size_t i = 0; i < catalogue->file_count; i++) {
        cJSON_Delete(catalogue->files[i]);
        free(catalogue->names[i]);
    }
    free(catalogue->cases);
    free(catalogue->files);
    free(catalogue->names);
    free(catalogue);
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->count;
}

const struct test_case *catalogue_at(const struct catalogue *catalogue,
                                     size_t index)
{
    return &catalogue->cases[index];
}

static enum status wrong(const struct checker *checker, const char *pointer,
                         const char *what)
{
    return reason_set(checker->reason, STATUS_MALFORMED, "%s: %s: %s",
                      checker->name, pointer, what);
}

/** The row whose verb is a key of the step; NULL: none. */
static const struct step_type *type_of(const struct checker *checker,
                                       const cJSON *step)
{
    for (size_t i = 0; checker->steps[i] != NULL; i++) {
        if (cJSON_GetObjectItemCaseSensitive(step, checker->steps[i]->verb) !=
            NULL) {
            return checker->steps[i];
        }
    }
    return NULL;
}

static bool is_texts(const cJSON *json)
{
    const cJSON *item = NULL;

    if (cJSON_IsString(json)) {
        return true;
    }
    cJSON_ArrayForEach(item, json)
    {
        if (!cJSON_IsString(item)) {
            return false;
        }
    }
    return cJSON_IsArray(json) && cJSON_GetArraySize(json) > 0;
}

/** A text, a list or grades; the verb checks the codes themselves. */
static bool is_codes(const cJSON *json)
{
    return cJSON_IsString(json) || cJSON_IsArray(json) || cJSON_IsObject(json);
}

/** @return NULL when the value fits the type, else what is expected */
static const char *misfit(enum step_parameter_type type, const cJSON *value)
{
    enum limit limit = LIMIT_STATE;

    switch (type) {
    case STEP_COMPONENT:
        return cJSON_IsString(value) ? NULL : "a component is expected";
    case STEP_PACKAGE:
        return cJSON_IsString(value) ? NULL : "a package name is expected";
    case STEP_PATH:
        return cJSON_IsString(value) && value->valuestring[0] == '/'
                   ? NULL
                   : "a path such as \"/33629/x/3\" is expected";
    case STEP_TEXT:
        return cJSON_IsString(value) ? NULL : "a text is expected";
    case STEP_COMPONENTS:
        return is_texts(value) ? NULL : "components or \"all\" are expected";
    case STEP_PATHS:
        return is_texts(value) ? NULL : "paths are expected";
    case STEP_CODES:
        return is_codes(value) ? NULL
                               : "response codes such as \"2.04\" are "
                                 "expected";
    case STEP_LIMIT_NAME:
        return cJSON_IsString(value) && limit_parse(value->valuestring, &limit)
                   ? NULL
                   : "the name of a limit is expected: state download abort "
                     "update boot clock settle response";
    case STEP_NUMBER:
        return cJSON_IsNumber(value) ? NULL : "a number is expected";
    case STEP_FLAG:
        return cJSON_IsBool(value) ? NULL : "true or false is expected";
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
        return cJSON_IsArray(value) ? NULL : "a list is expected";
    case STEP_ANY:
        return NULL;
    }
    return NULL;
}

static enum status check_steps(struct checker *checker, const cJSON *steps,
                               const char *pointer);

static enum status check_value(struct checker *checker,
                               const struct step_parameter *parameter,
                               const cJSON *value, const char *pointer)
{
    const char *expected = misfit(parameter->type, value);
    const cJSON *item = NULL;
    char inner[POINTER_SIZE];
    unsigned index = 0;

    (void)snprintf(inner, sizeof(inner), "%s/%s", pointer,
                   parameter->name); /* cut */
    if (expected != NULL) {
        return wrong(checker, inner, expected);
    }
    if (parameter->type == STEP_STEPS) {
        return check_steps(checker, value, inner);
    }
    if (parameter->type != STEP_ALTERNATIVES) {
        return STATUS_OK;
    }
    cJSON_ArrayForEach(item, value)
    {
        (void)snprintf(inner, sizeof(inner), "%s/%s/%u/steps", pointer,
                       parameter->name, index++); /* cut */
        const cJSON *steps = cJSON_GetObjectItemCaseSensitive(item, "steps");
        enum status status =
            steps != NULL ? check_steps(checker, steps, inner) : STATUS_OK;
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static bool is_requirement(const char *text)
{
    size_t letters = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t digits =
        text[letters] == '-' ? strspn(text + letters + 1, "0123456789") : 0;

    return letters > 0 && digits >= 2 && text[letters + 1 + digits] == '\0';
}

static bool is_requirements(const cJSON *list)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || !is_requirement(item->valuestring)) {
            return false;
        }
    }
    return cJSON_IsArray(list);
}

/** A member that is in the row, or "req" or "within". */
static enum status check_member(struct checker *checker,
                                const struct step_type *type,
                                const cJSON *member, const char *pointer)
{
    const char *words[STEP_PARAMETERS_MAX + 3] = { "req", "within", NULL };
    char what[160];

    if (strcmp(member->string, "req") == 0) {
        return is_requirements(member)
                   ? STATUS_OK
                   : wrong(checker, pointer,
                           "\"req\" is a list of requirement ids");
    }
    if (strcmp(member->string, "within") == 0) {
        const char *expected = misfit(STEP_LIMIT_NAME, member);
        return expected == NULL ? STATUS_OK : wrong(checker, pointer, expected);
    }
    for (size_t i = 0; i < STEP_PARAMETERS_MAX; i++) {
        const struct step_parameter *parameter = &type->parameters[i];
        if (parameter->name == NULL) {
            break;
        }
        words[i + 2] = parameter->name;
        if (strcmp(parameter->name, member->string) == 0) {
            return check_value(checker, parameter, member, pointer);
        }
    }
    return wrong(
        checker, pointer,
        unknown_word("parameter", member->string, words, what, sizeof(what)));
}

static enum status unknown_verb(const struct checker *checker,
                                const cJSON *step, const char *pointer)
{
    const char *verbs[VERBS_MAX + 1] = { NULL };
    const char *word = step->child != NULL ? step->child->string : "";
    const cJSON *item = NULL;
    char what[160];

    for (size_t i = 0; i < VERBS_MAX && checker->steps[i] != NULL; i++) {
        verbs[i] = checker->steps[i]->verb;
    }
    cJSON_ArrayForEach(item, step)
    {
        if (nearest_word(item->string, verbs) != NULL) {
            word = item->string;
            break;
        }
    }
    return wrong(checker, pointer,
                 unknown_word("verb", word, verbs, what, sizeof(what)));
}

static enum status check_step(struct checker *checker, const cJSON *step,
                              const char *pointer)
{
    const cJSON *member = NULL;
    char what[96];

    if (!cJSON_IsObject(step)) {
        return wrong(checker, pointer, "a step is an object");
    }
    const struct step_type *type = type_of(checker, step);
    if (type == NULL) {
        return unknown_verb(checker, step, pointer);
    }
    if (++checker->step_count > TEST_STEPS_MAX) {
        return wrong(checker, pointer, "too many steps");
    }
    checker->delivers = checker->delivers || type->delivers;
    cJSON_ArrayForEach(member, step)
    {
        enum status status = check_member(checker, type, member, pointer);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < STEP_PARAMETERS_MAX; i++) {
        const struct step_parameter *parameter = &type->parameters[i];
        if (parameter->name == NULL) {
            break;
        }
        if (parameter->required &&
            cJSON_GetObjectItemCaseSensitive(step, parameter->name) == NULL) {
            (void)snprintf(what, sizeof(what), "parameter '%s' is missing",
                           parameter->name); /* cut */
            return wrong(checker, pointer, what);
        }
    }
    if (type->check != NULL) {
        struct reason inner = { .status = STATUS_OK };
        if (type->check(step, pointer, &inner) != STATUS_OK) {
            return reason_set(checker->reason, STATUS_MALFORMED, "%s: %.150s",
                              checker->name, inner.text);
        }
    }
    return STATUS_OK;
}

static enum status check_steps(struct checker *checker, const cJSON *steps,
                               const char *pointer)
{
    const cJSON *step = NULL;
    unsigned index = 0;
    char inner[POINTER_SIZE];

    if (!cJSON_IsArray(steps)) {
        return wrong(checker, pointer, "a list of steps is expected");
    }
    cJSON_ArrayForEach(step, steps)
    {
        (void)snprintf(inner, sizeof(inner), "%.100s/%u", pointer,
                       index++); /* fits */
        enum status status = check_step(checker, step, inner);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/** A list of texts as a NULL-terminated array that points into the JSON. */
static const char *const *text_array(const cJSON *list)
{
    size_t count = (size_t)cJSON_GetArraySize(list);
    const char **texts = calloc(count + 1, sizeof(*texts));
    const cJSON *item = NULL;
    size_t used = 0;

    cJSON_ArrayForEach(item, list)
    {
        if (texts != NULL) {
            texts[used++] = item->valuestring;
        }
    }
    return texts;
}

static unsigned mechanisms_of(const cJSON *list)
{
    const cJSON *item = NULL;
    unsigned mask = 0;

    if (list == NULL) {
        return 1u << MECHANISM_PUSH | 1u << MECHANISM_PULL;
    }
    cJSON_ArrayForEach(item, list)
    {
        for (int i = MECHANISM_PUSH; i <= MECHANISM_PULL; i++) {
            if (cJSON_IsString(item) &&
                strcmp(item->valuestring, mechanism_name((enum mechanism)i)) ==
                    0) {
                mask |= 1u << i;
            }
        }
    }
    return mask;
}

static enum status check_case(struct checker *checker, const cJSON *json,
                              const char *pointer)
{
    static const char *const keys[] = { "id",      "title",      "requirements",
                                        "applies", "mechanisms", "preamble",
                                        "steps",   "postamble",  NULL };
    static const char *const lists[] = { "preamble", "steps", "postamble" };
    const cJSON *item = NULL;
    char inner[POINTER_SIZE];
    char what[160];

    if (!cJSON_IsObject(json)) {
        return wrong(checker, pointer, "a case is an object");
    }
    cJSON_ArrayForEach(item, json)
    {
        bool known = false;
        for (size_t i = 0; keys[i] != NULL; i++) {
            known = known || strcmp(keys[i], item->string) == 0;
        }
        if (!known) {
            return wrong(
                checker, pointer,
                unknown_word("key", item->string, keys, what, sizeof(what)));
        }
    }
    const cJSON *applies = cJSON_GetObjectItemCaseSensitive(json, "applies");
    const cJSON *requirements =
        cJSON_GetObjectItemCaseSensitive(json, "requirements");
    if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(json, "id")) ||
        !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(json, "title")) ||
        !is_requirements(requirements) ||
        cJSON_GetArraySize(requirements) == 0) {
        return wrong(checker, pointer, "a case has id, title and requirements");
    }
    if (applies != NULL && cJSON_GetArraySize(applies) > 0 &&
        (!cJSON_IsArray(applies) || !is_texts(applies))) {
        return wrong(checker, pointer, "\"applies\" is a list of lines");
    }
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const cJSON *steps = cJSON_GetObjectItemCaseSensitive(json, lists[i]);
        (void)snprintf(inner, sizeof(inner), "%s/%s", pointer,
                       lists[i]); /* fits */
        enum status status = steps != NULL ? check_steps(checker, steps, inner)
                             : i == 1      ? wrong(checker, inner, "is missing")
                                           : STATUS_OK;
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status store_case(struct catalogue *catalogue,
                              const struct test_case *fresh,
                              struct reason *reason)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->cases[i].id, fresh->id) == 0) {
            free_case(&catalogue->cases[i]);
            catalogue->cases[i] = *fresh;
            return STATUS_OK;
        }
    }
    if (catalogue->count >= TEST_CASES_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d cases",
                          TEST_CASES_MAX);
    }
    struct test_case *grown =
        realloc(catalogue->cases, (catalogue->count + 1) * sizeof(*grown));
    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    catalogue->cases = grown;
    grown[catalogue->count++] = *fresh;
    return STATUS_OK;
}

static enum status add_case(struct catalogue *catalogue,
                            struct checker *checker, const char *group,
                            const cJSON *json, const char *pointer)
{
    checker->step_count = 0;
    checker->delivers = false;
    enum status status = check_case(checker, json, pointer);
    if (status != STATUS_OK) {
        return status;
    }
    struct test_case fresh = {
        .id = cJSON_GetObjectItemCaseSensitive(json, "id")->valuestring,
        .title = cJSON_GetObjectItemCaseSensitive(json, "title")->valuestring,
        .group = group,
        .requirements =
            text_array(cJSON_GetObjectItemCaseSensitive(json, "requirements")),
        .applies =
            text_array(cJSON_GetObjectItemCaseSensitive(json, "applies")),
        .delivers = checker->delivers,
        .mechanisms =
            mechanisms_of(cJSON_GetObjectItemCaseSensitive(json, "mechanisms")),
        .preamble = cJSON_GetObjectItemCaseSensitive(json, "preamble"),
        .steps = cJSON_GetObjectItemCaseSensitive(json, "steps"),
        .postamble = cJSON_GetObjectItemCaseSensitive(json, "postamble"),
        .source = catalogue->names[catalogue->file_count - 1],
    };
    if (fresh.requirements == NULL || fresh.applies == NULL) {
        free_case(&fresh);
        return reason_set(checker->reason, STATUS_NO_MEMORY, "out of memory");
    }
    status = store_case(catalogue, &fresh, checker->reason);
    if (status != STATUS_OK) {
        free_case(&fresh);
    }
    return status;
}

/** The catalogue owns the file's JSON and name from now on. */
static bool keep_file(struct catalogue *catalogue, const char *name,
                      cJSON *json)
{
    size_t count = catalogue->file_count + 1;
    cJSON **files = realloc(catalogue->files, count * sizeof(*files));

    if (files != NULL) {
        catalogue->files = files;
    }
    char **names = realloc(catalogue->names, count * sizeof(*names));
    if (names != NULL) {
        catalogue->names = names;
    }
    char *copy = strdup(name);
    if (files == NULL || names == NULL || copy == NULL) {
        free(copy);
        return false;
    }
    files[count - 1] = json;
    names[count - 1] = copy;
    catalogue->file_count = count;
    return true;
}

enum status catalogue_add(struct catalogue *catalogue,
                          const struct step_type *const *steps,
                          const char *name, const char *text, size_t length,
                          struct reason *reason)
{
    struct checker checker = { .steps = steps, .name = name, .reason = reason };
    cJSON *json = NULL;
    const cJSON *item = NULL;
    unsigned index = 0;
    enum status status = json_file_parse(name, text, length, &json, reason);

    if (status != STATUS_OK) {
        return status;
    }
    if (!keep_file(catalogue, name, json)) {
        cJSON_Delete(json);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    const cJSON *group = cJSON_GetObjectItemCaseSensitive(json, "group");
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(json, "cases");
    if (!cJSON_IsString(group) || !cJSON_IsArray(cases)) {
        return wrong(&checker, "/", "a case file has \"group\" and \"cases\"");
    }
    cJSON_ArrayForEach(item, cases)
    {
        char pointer[POINTER_SIZE];
        (void)snprintf(pointer, sizeof(pointer), "/cases/%u",
                       index++); /* fits */
        status =
            add_case(catalogue, &checker, group->valuestring, item, pointer);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}
