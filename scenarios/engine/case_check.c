/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/case_check.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/json_file.h"

enum { VERBS_MAX = 64, WHAT_SIZE = 192, ID_MAX = 48 };

struct checker {
    const struct step_type *const *steps;
    const char *name;
    struct reason *reason;
    unsigned step_count;
    bool delivers;
};

static enum status wrong(const struct checker *checker, const char *pointer,
                         const char *what)
{
    return json_file_wrong(checker->name, pointer, what, checker->reason);
}

static enum status wrong_value(const struct checker *checker,
                               const char *pointer, const char *expected,
                               const cJSON *found)
{
    char what[WHAT_SIZE];

    return wrong(checker, pointer,
                 json_expected(expected, found, what, sizeof(what)));
}

/** Pointer to a member: "/cases/0", "steps" gives "/cases/0/steps". */
static const char *pointer_to(const char *parent, const char *member,
                              char pointer[JSON_POINTER_MAX])
{
    (void)snprintf(pointer, JSON_POINTER_MAX, "%s", parent); /* fits */
    json_pointer_push(pointer, JSON_POINTER_MAX, member);
    return pointer;
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
        return cJSON_IsString(value) ? NULL : "a component";
    case STEP_PACKAGE:
        return cJSON_IsString(value) || cJSON_IsObject(value)
                   ? NULL
                   : "a package name";
    case STEP_PATH:
        return cJSON_IsString(value) && value->valuestring[0] == '/'
                   ? NULL
                   : "a path such as \"/33629/x/3\"";
    case STEP_TEXT:
        return cJSON_IsString(value) ? NULL : "a text";
    case STEP_COMPONENTS:
        return is_texts(value) ? NULL
                               : "a component, a list of them or \"all\"";
    case STEP_PATHS:
        return is_texts(value) ? NULL : "a path or a list of paths";
    case STEP_CODES:
        return is_codes(value) ? NULL
                               : "a response code such as \"2.04\", a list "
                                 "or grades";
    case STEP_LIMIT_NAME:
        return cJSON_IsString(value) && limit_parse(value->valuestring, &limit)
                   ? NULL
                   : "a limit of state download abort update boot clock settle "
                     "lifetime defer reminder stall outage storm awake ack "
                     "response";
    case STEP_NUMBER:
        return cJSON_IsNumber(value) ? NULL : "a number";
    case STEP_FLAG:
        return cJSON_IsBool(value) ? NULL : "true or false";
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
        return cJSON_IsArray(value) ? NULL : "a list";
    case STEP_ANY:
        return NULL;
    }
    return NULL;
}

static enum status check_steps(struct checker *checker, const cJSON *steps,
                               const char *pointer);

/** The nested steps of one alternative; the verb checks the rest. */
static enum status check_alternative(struct checker *checker,
                                     const cJSON *alternative,
                                     const char *pointer)
{
    const cJSON *steps = cJSON_GetObjectItemCaseSensitive(alternative, "steps");
    char inner[JSON_POINTER_MAX];

    if (!cJSON_IsObject(alternative)) {
        return wrong_value(checker, pointer, "an object with \"when\"",
                           alternative);
    }
    return steps == NULL ? STATUS_OK
                         : check_steps(checker, steps,
                                       pointer_to(pointer, "steps", inner));
}

static enum status check_value(struct checker *checker,
                               const struct step_parameter *parameter,
                               const cJSON *value, const char *pointer)
{
    const char *expected = misfit(parameter->type, value);
    const cJSON *item = NULL;
    char inner[JSON_POINTER_MAX];
    unsigned index = 0;

    if (expected != NULL) {
        return wrong_value(checker, pointer, expected, value);
    }
    if (parameter->type == STEP_STEPS) {
        return check_steps(checker, value, pointer);
    }
    if (parameter->type != STEP_ALTERNATIVES) {
        return STATUS_OK;
    }
    cJSON_ArrayForEach(item, value)
    {
        char number[16];
        (void)snprintf(number, sizeof(number), "%u", index++);
        enum status status = check_alternative(
            checker, item, pointer_to(pointer, number, inner));
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

/** A list of requirement ids, with its pointer. */
static enum status check_requirements(const struct checker *checker,
                                      const cJSON *list, const char *pointer)
{
    const cJSON *item = NULL;

    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0) {
        return wrong_value(checker, pointer, "a list of requirement ids", list);
    }
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item) || !is_requirement(item->valuestring)) {
            return wrong_value(checker, pointer,
                               "a requirement id such as \"AFU-089\"", item);
        }
    }
    return STATUS_OK;
}

/** A member that is in the row, or "req" or "within". */
static enum status check_member(struct checker *checker,
                                const struct step_type *type,
                                const cJSON *member, const char *step_pointer)
{
    const char *words[STEP_PARAMETERS_MAX + 3] = { "req", "within", NULL };
    char pointer[JSON_POINTER_MAX];
    char what[WHAT_SIZE];

    (void)pointer_to(step_pointer, member->string, pointer);
    if (strcmp(member->string, "req") == 0) {
        return check_requirements(checker, member, pointer);
    }
    if (strcmp(member->string, "within") == 0) {
        const char *expected = misfit(STEP_LIMIT_NAME, member);
        return expected == NULL
                   ? STATUS_OK
                   : wrong_value(checker, pointer, expected, member);
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
        checker, step_pointer,
        unknown_word("parameter", member->string, words, what, sizeof(what)));
}

static enum status unknown_verb(const struct checker *checker,
                                const cJSON *step, const char *pointer)
{
    const char *verbs[VERBS_MAX + 1] = { NULL };
    const char *word = "";
    const cJSON *item = NULL;
    char what[WHAT_SIZE];

    for (size_t i = 0; i < VERBS_MAX && checker->steps[i] != NULL; i++) {
        verbs[i] = checker->steps[i]->verb;
    }
    /* Which key was meant as the verb? One that looks like one, else the
     * first that stands on no other step. */
    cJSON_ArrayForEach(item, step)
    {
        bool is_common = strcmp(item->string, "req") == 0 ||
                         strcmp(item->string, "within") == 0;
        if (!is_common && nearest_word(item->string, verbs) != NULL) {
            word = item->string;
            break;
        }
        word = is_common || word[0] != '\0' ? word : item->string;
    }
    return wrong(checker, pointer,
                 unknown_word("verb", word, verbs, what, sizeof(what)));
}

/** What a verb found says "pointer: what". */
static enum status wrong_inner(const struct checker *checker,
                               const struct reason *inner)
{
    const char *colon = strstr(inner->text, ": ");
    char pointer[JSON_POINTER_MAX];

    if (colon == NULL) {
        return wrong(checker, "", inner->text);
    }
    (void)snprintf(pointer, sizeof(pointer), "%.*s", (int)(colon - inner->text),
                   inner->text); /* cut */
    return wrong(checker, pointer, colon + 2);
}

static enum status check_step(struct checker *checker, const cJSON *step,
                              const char *pointer)
{
    const cJSON *member = NULL;
    char what[WHAT_SIZE];

    if (!cJSON_IsObject(step)) {
        return wrong_value(checker, pointer, "a step, an object,", step);
    }
    const struct step_type *type = step_type_of(checker->steps, step);
    if (type == NULL) {
        return unknown_verb(checker, step, pointer);
    }
    if (++checker->step_count > TEST_STEPS_MAX) {
        return wrong(checker, pointer, "too many steps");
    }
    checker->delivers = checker->delivers ||
                        (type->delivers &&
                         cJSON_GetObjectItemCaseSensitive(step, "by") == NULL);
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
            return wrong_inner(checker, &inner);
        }
    }
    return STATUS_OK;
}

static enum status check_steps(struct checker *checker, const cJSON *steps,
                               const char *pointer)
{
    const cJSON *step = NULL;
    unsigned index = 0;
    char inner[JSON_POINTER_MAX];

    if (!cJSON_IsArray(steps)) {
        return wrong_value(checker, pointer, "a list of steps", steps);
    }
    cJSON_ArrayForEach(step, steps)
    {
        char number[16];
        (void)snprintf(number, sizeof(number), "%u", index++);
        enum status status =
            check_step(checker, step, pointer_to(pointer, number, inner));
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static unsigned mechanism_bit(const cJSON *item)
{
    for (int i = MECHANISM_PUSH; i <= MECHANISM_PULL; i++) {
        if (cJSON_IsString(item) &&
            strcmp(item->valuestring, mechanism_name((enum mechanism)i)) == 0) {
            return 1u << i;
        }
    }
    return 0;
}

static enum status check_mechanisms(const struct checker *checker,
                                    const cJSON *list, const char *pointer)
{
    const cJSON *item = NULL;

    if (list != NULL &&
        (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)) {
        return wrong_value(checker, pointer, "a list of push pull", list);
    }
    cJSON_ArrayForEach(item, list)
    {
        if (mechanism_bit(item) == 0) {
            return wrong_value(checker, pointer, "push or pull", item);
        }
    }
    return STATUS_OK;
}

static enum status check_applies(const struct checker *checker,
                                 const cJSON *list, const char *pointer)
{
    const cJSON *item = NULL;

    if (list != NULL && !cJSON_IsArray(list)) {
        return wrong_value(checker, pointer, "a list of lines", list);
    }
    cJSON_ArrayForEach(item, list)
    {
        const char *expected = cJSON_IsString(item)
                                   ? applies_misfit(item->valuestring)
                                   : "a line of text";
        if (expected != NULL) {
            return wrong_value(checker, pointer, expected, item);
        }
    }
    return STATUS_OK;
}

/** An id names a folder, and a text in reports: nothing but letters, digits
 *  and hyphens. */
static bool is_id(const cJSON *json)
{
    size_t length =
        cJSON_IsString(json)
            ? strspn(json->valuestring, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "abcdefghijklmnopqrstuvwxyz0123456789-")
            : 0;

    return length > 0 && length <= ID_MAX && json->valuestring[length] == '\0';
}

static enum status check_head(const struct checker *checker, const cJSON *json,
                              const char *pointer)
{
    static const char *const texts[] = { "reference", "erratum" };
    const cJSON *once = cJSON_GetObjectItemCaseSensitive(json, "once");
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(json, "id");
    const cJSON *title = cJSON_GetObjectItemCaseSensitive(json, "title");
    char inner[JSON_POINTER_MAX];

    if (!is_id(id)) {
        return wrong_value(checker, pointer_to(pointer, "id", inner),
                           "an id such as \"AFU-DEP-001\"", id);
    }
    if (!cJSON_IsString(title)) {
        return wrong_value(checker, pointer_to(pointer, "title", inner),
                           "a text", title);
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const cJSON *text = cJSON_GetObjectItemCaseSensitive(json, texts[i]);
        if (text != NULL && !cJSON_IsString(text)) {
            return wrong_value(checker, pointer_to(pointer, texts[i], inner),
                               "a text", text);
        }
    }
    if (once != NULL && !cJSON_IsBool(once)) {
        return wrong_value(checker, pointer_to(pointer, "once", inner),
                           "true or false", once);
    }
    const cJSON *initial = cJSON_GetObjectItemCaseSensitive(json, "initial");
    enum status status = check_requirements(
        checker, cJSON_GetObjectItemCaseSensitive(json, "requirements"),
        pointer_to(pointer, "requirements", inner));
    if (status == STATUS_OK && initial != NULL) {
        status = check_requirements(checker, initial,
                                    pointer_to(pointer, "initial", inner));
    }
    if (status == STATUS_OK) {
        status = check_applies(
            checker, cJSON_GetObjectItemCaseSensitive(json, "applies"),
            pointer_to(pointer, "applies", inner));
    }
    return status == STATUS_OK
               ? check_mechanisms(
                     checker,
                     cJSON_GetObjectItemCaseSensitive(json, "mechanisms"),
                     pointer_to(pointer, "mechanisms", inner))
               : status;
}

static enum status check_keys(const struct checker *checker,
                              const cJSON *object, const char *pointer,
                              const char *const *allowed)
{
    const cJSON *item = NULL;
    char what[WHAT_SIZE];

    cJSON_ArrayForEach(item, object)
    {
        bool known = false;
        for (size_t i = 0; allowed[i] != NULL; i++) {
            known = known || strcmp(allowed[i], item->string) == 0;
        }
        if (!known) {
            return wrong(
                checker, pointer,
                unknown_word("key", item->string, allowed, what, sizeof(what)));
        }
    }
    return STATUS_OK;
}

static enum status check_case(struct checker *checker, const cJSON *json,
                              const char *pointer)
{
    static const char *const keys[] = {
        "id",      "title",      "reference", "erratum", "requirements",
        "applies", "mechanisms", "once",      "initial", "preamble",
        "steps",   "postamble",  NULL
    };
    static const char *const lists[] = { "preamble", "steps", "postamble" };
    char inner[JSON_POINTER_MAX];

    checker->step_count = 0;
    checker->delivers = false;
    if (!cJSON_IsObject(json)) {
        return wrong_value(checker, pointer, "a case, an object,", json);
    }
    enum status status = check_keys(checker, json, pointer, keys);
    if (status == STATUS_OK) {
        status = check_head(checker, json, pointer);
    }
    for (size_t i = 0;
         status == STATUS_OK && i < sizeof(lists) / sizeof(lists[0]); i++) {
        const cJSON *steps = cJSON_GetObjectItemCaseSensitive(json, lists[i]);
        bool is_needed = strcmp(lists[i], "steps") == 0;
        if (steps != NULL || is_needed) {
            status = check_steps(checker, steps,
                                 pointer_to(pointer, lists[i], inner));
        }
    }
    return status;
}

unsigned case_mechanisms(const cJSON *list)
{
    const cJSON *item = NULL;
    unsigned mask = 0;

    if (list == NULL) {
        return 1u << MECHANISM_PUSH | 1u << MECHANISM_PULL;
    }
    cJSON_ArrayForEach(item, list)
    {
        mask |= mechanism_bit(item);
    }
    return mask;
}

/** Does a case before this one in the file have the same id? */
static bool is_id_taken(const cJSON *cases, const cJSON *json)
{
    const char *id = cJSON_GetObjectItemCaseSensitive(json, "id")->valuestring;
    const cJSON *item = NULL;

    for (item = cases->child; item != json; item = item->next) {
        if (strcmp(cJSON_GetObjectItemCaseSensitive(item, "id")->valuestring,
                   id) == 0) {
            return true;
        }
    }
    return false;
}

static enum status check_file(struct checker *checker, const cJSON *json,
                              bool *out_delivers)
{
    static const char *const keys[] = { "group", "title", "firmware", "cases",
                                        NULL };
    const cJSON *firmware = cJSON_GetObjectItemCaseSensitive(json, "firmware");
    const cJSON *group = cJSON_GetObjectItemCaseSensitive(json, "group");
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(json, "cases");
    const cJSON *item = NULL;
    unsigned index = 0;
    char pointer[JSON_POINTER_MAX];
    char number[16];

    if (!cJSON_IsObject(json)) {
        return wrong_value(checker, "",
                           "an object with \"group\" and \"cases\"", json);
    }
    enum status status = check_keys(checker, json, "", keys);
    if (status == STATUS_OK && !is_id(group)) {
        status = wrong_value(checker, "/group", "a group such as \"AFU-DEP\"",
                             group);
    }
    if (status == STATUS_OK && firmware != NULL && !cJSON_IsBool(firmware)) {
        status = wrong_value(checker, "/firmware", "true or false", firmware);
    }
    if (status == STATUS_OK && !cJSON_IsArray(cases)) {
        status = wrong_value(checker, "/cases", "a list of cases", cases);
    }
    if (status == STATUS_OK && cJSON_GetArraySize(cases) > TEST_CASES_MAX) {
        status = reason_set(checker->reason, STATUS_LIMIT,
                            "%.60s: more than %d cases", checker->name,
                            TEST_CASES_MAX);
    }
    cJSON_ArrayForEach(item, cases)
    {
        if (status != STATUS_OK) {
            break;
        }
        (void)snprintf(number, sizeof(number), "%u", index);
        status =
            check_case(checker, item, pointer_to("/cases", number, pointer));
        out_delivers[index++] = checker->delivers;
        if (status == STATUS_OK && is_id_taken(cases, item)) {
            json_pointer_push(pointer, sizeof(pointer), "id");
            status = wrong(checker, pointer, "this id stands twice");
        }
    }
    return status;
}

enum status case_check_file(const struct step_type *const *steps,
                            const char *name, const cJSON *json,
                            bool *out_delivers, struct reason *reason)
{
    struct checker checker = { .steps = steps, .name = name, .reason = reason };

    return check_file(&checker, json, out_delivers);
}

enum status step_check(const struct step_type *const *steps, const char *name,
                       const cJSON *step, struct reason *reason)
{
    struct checker checker = { .steps = steps, .name = name, .reason = reason };

    return check_step(&checker, step, "");
}
