/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports_schema.h"

#include <CUnit/CUnit.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/reports_fixture.h"

#define REFERENCE_START "#/$defs/"

struct checker {
    const cJSON *root;
    char *why;
};

typedef enum schema_result (*keyword_fn)(const struct checker *checker,
                                         const cJSON *schema,
                                         const cJSON *keyword,
                                         const cJSON *value);

static enum schema_result check(const struct checker *checker,
                                const cJSON *schema, const cJSON *value);

static enum schema_result say(const struct checker *checker,
                              enum schema_result result, const cJSON *value,
                              const char *what)
{
    (void)snprintf(checker->why, SCHEMA_WHY_SIZE, "'%s': %s",
                   value != NULL && value->string != NULL ? value->string : "",
                   what); /* cut */
    return result;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool is_integer(const cJSON *value)
{
    return cJSON_IsNumber(value) &&
           fabs(value->valuedouble - floor(value->valuedouble)) <= 0;
}

static bool is_any_number(const cJSON *value)
{
    return cJSON_IsNumber(value) != 0;
}

static bool is_string(const cJSON *value)
{
    return cJSON_IsString(value) != 0;
}

static bool is_boolean(const cJSON *value)
{
    return cJSON_IsBool(value) != 0;
}

static bool is_null(const cJSON *value)
{
    return cJSON_IsNull(value) != 0;
}

static bool is_object(const cJSON *value)
{
    return cJSON_IsObject(value) != 0;
}

static bool is_array(const cJSON *value)
{
    return cJSON_IsArray(value) != 0;
}

/** The value if it is of that type, else NULL: nothing to walk through. */
static const cJSON *only(const cJSON *value, bool (*holds)(const cJSON *))
{
    return holds(value) ? value : NULL;
}

static const struct {
    const char *name;
    bool (*holds)(const cJSON *value);
} types[] = {
    { "object", is_object },     { "array", is_array },
    { "string", is_string },     { "integer", is_integer },
    { "number", is_any_number }, { "boolean", is_boolean },
    { "null", is_null },
};

/** One name of a type. */
static enum schema_result check_type_name(const struct checker *checker,
                                          const cJSON *name, const cJSON *value)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (cJSON_IsString(name) &&
            strcmp(name->valuestring, types[i].name) == 0) {
            return types[i].holds(value) ? SCHEMA_ACCEPTS
                                         : say(checker, SCHEMA_REFUSES, value,
                                               "has a wrong type");
        }
    }
    return say(checker, SCHEMA_UNKNOWN, name, "unknown type");
}

static enum schema_result check_type(const struct checker *checker,
                                     const cJSON *schema, const cJSON *keyword,
                                     const cJSON *value)
{
    const cJSON *name = NULL;

    (void)schema;
    if (!cJSON_IsArray(keyword)) {
        return check_type_name(checker, keyword, value);
    }
    enum schema_result result = SCHEMA_REFUSES;
    cJSON_ArrayForEach(name, keyword)
    {
        result = check_type_name(checker, name, value);
        if (result != SCHEMA_REFUSES) {
            return result;
        }
    }
    return result;
}

static enum schema_result check_enum(const struct checker *checker,
                                     const cJSON *schema, const cJSON *keyword,
                                     const cJSON *value)
{
    const cJSON *item = NULL;

    (void)schema;
    cJSON_ArrayForEach(item, keyword)
    {
        if (cJSON_Compare(item, value, true)) {
            return SCHEMA_ACCEPTS;
        }
    }
    return say(checker, SCHEMA_REFUSES, value, "is none of the values");
}

static enum schema_result check_minimum(const struct checker *checker,
                                        const cJSON *schema,
                                        const cJSON *keyword,
                                        const cJSON *value)
{
    (void)schema;
    return !cJSON_IsNumber(value) || value->valuedouble >= keyword->valuedouble
               ? SCHEMA_ACCEPTS
               : say(checker, SCHEMA_REFUSES, value, "is too small");
}

static enum schema_result check_required(const struct checker *checker,
                                         const cJSON *schema,
                                         const cJSON *keyword,
                                         const cJSON *value)
{
    const cJSON *name = NULL;

    (void)schema;
    cJSON_ArrayForEach(name, keyword)
    {
        if (cJSON_IsObject(value) && member(value, name->valuestring) == NULL) {
            return say(checker, SCHEMA_REFUSES, value, name->valuestring);
        }
    }
    return SCHEMA_ACCEPTS;
}

static enum schema_result check_properties(const struct checker *checker,
                                           const cJSON *schema,
                                           const cJSON *keyword,
                                           const cJSON *value)
{
    const cJSON *item = NULL;
    enum schema_result result = SCHEMA_ACCEPTS;

    (void)schema;
    cJSON_ArrayForEach(item, only(value, is_object))
    {
        const cJSON *inner = member(keyword, item->string);
        if (inner != NULL && result == SCHEMA_ACCEPTS) {
            result = check(checker, inner, item);
        }
    }
    return result;
}

static enum schema_result check_additional(const struct checker *checker,
                                           const cJSON *schema,
                                           const cJSON *keyword,
                                           const cJSON *value)
{
    const cJSON *item = NULL;

    if (!cJSON_IsFalse(keyword)) {
        return say(checker, SCHEMA_UNKNOWN, keyword, "is not false");
    }
    cJSON_ArrayForEach(item, only(value, is_object))
    {
        if (member(member(schema, "properties"), item->string) == NULL) {
            return say(checker, SCHEMA_REFUSES, item, "is not expected");
        }
    }
    return SCHEMA_ACCEPTS;
}

static enum schema_result check_items(const struct checker *checker,
                                      const cJSON *schema, const cJSON *keyword,
                                      const cJSON *value)
{
    const cJSON *item = NULL;
    enum schema_result result = SCHEMA_ACCEPTS;

    (void)schema;
    cJSON_ArrayForEach(item, only(value, is_array))
    {
        if (result == SCHEMA_ACCEPTS) {
            result = check(checker, keyword, item);
        }
    }
    return result;
}

static enum schema_result check_reference(const struct checker *checker,
                                          const cJSON *schema,
                                          const cJSON *keyword,
                                          const cJSON *value)
{
    const char *name = cJSON_GetStringValue(keyword);
    size_t start = strlen(REFERENCE_START);

    (void)schema;
    if (name == NULL || strncmp(name, REFERENCE_START, start) != 0 ||
        member(member(checker->root, "$defs"), name + start) == NULL) {
        return say(checker, SCHEMA_UNKNOWN, keyword, "leads nowhere");
    }
    return check(checker, member(member(checker->root, "$defs"), name + start),
                 value);
}

static enum schema_result check_nothing(const struct checker *checker,
                                        const cJSON *schema,
                                        const cJSON *keyword,
                                        const cJSON *value)
{
    (void)checker;
    (void)schema;
    (void)keyword;
    (void)value;
    return SCHEMA_ACCEPTS;
}

static const struct {
    const char *name;
    keyword_fn check;
} keywords[] = {
    { "$schema", check_nothing },
    { "$id", check_nothing },
    { "$defs", check_nothing },
    { "title", check_nothing },
    { "description", check_nothing },
    { "$ref", check_reference },
    { "type", check_type },
    { "enum", check_enum },
    { "minimum", check_minimum },
    { "required", check_required },
    { "properties", check_properties },
    { "additionalProperties", check_additional },
    { "items", check_items },
};

static enum schema_result check_keyword(const struct checker *checker,
                                        const cJSON *schema,
                                        const cJSON *keyword,
                                        const cJSON *value)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strcmp(keywords[i].name, keyword->string) == 0) {
            return keywords[i].check(checker, schema, keyword, value);
        }
    }
    return say(checker, SCHEMA_UNKNOWN, keyword, "unknown keyword");
}

/* As deep as the document, which cJSON bounds. */
static enum schema_result check(const struct checker *checker,
                                const cJSON *schema, const cJSON *value)
{
    const cJSON *keyword = NULL;
    enum schema_result result = SCHEMA_ACCEPTS;

    if (!cJSON_IsObject(schema)) {
        return say(checker, SCHEMA_UNKNOWN, schema, "is no schema");
    }
    cJSON_ArrayForEach(keyword, schema)
    {
        if (result == SCHEMA_ACCEPTS) {
            result = check_keyword(checker, schema, keyword, value);
        }
    }
    return result;
}

enum schema_result schema_check(const cJSON *root, const cJSON *schema,
                                const cJSON *value, char *out_why)
{
    const struct checker checker = { root, out_why };

    out_why[0] = '\0';
    return check(&checker, schema, value);
}

enum schema_result schema_check_results(const char *text, char *out_why)
{
    char *words =
        fixture_read(ASSAY_SOURCE_DIR "/docs/results.schema.json", NULL);
    cJSON *schema = cJSON_Parse(words);
    cJSON *value = cJSON_Parse(text);

    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    enum schema_result result =
        value != NULL ? schema_check(schema, schema, value, out_why)
                      : SCHEMA_REFUSES;
    cJSON_Delete(value);
    cJSON_Delete(schema);
    free(words);
    return result;
}
