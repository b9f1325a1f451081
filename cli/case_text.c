/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/case_text.h"

#include <stdio.h>
#include <string.h>

static cJSON *list_of(const char *const *texts)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; texts[i] != NULL; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(texts[i]));
    }
    return list;
}

cJSON *case_text_json(const struct test_case *test_case, bool with_steps)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "id", test_case->id);
    cJSON_AddStringToObject(object, "title", test_case->title);
    cJSON_AddStringToObject(object, "group", test_case->group);
    if (test_case->reference != NULL) {
        cJSON_AddStringToObject(object, "reference", test_case->reference);
    }
    if (test_case->erratum != NULL) {
        cJSON_AddStringToObject(object, "erratum", test_case->erratum);
    }
    cJSON_AddItemToObject(object, "requirements",
                          list_of(test_case->requirements));
    cJSON_AddItemToObject(object, "applies", list_of(test_case->applies));
    if (with_steps) {
        if (test_case->preamble != NULL) {
            cJSON_AddItemToObject(object, "preamble",
                                  cJSON_Duplicate(test_case->preamble, true));
        }
        cJSON_AddItemToObject(object, "steps",
                              cJSON_Duplicate(test_case->steps, true));
        if (test_case->postamble != NULL) {
            cJSON_AddItemToObject(object, "postamble",
                                  cJSON_Duplicate(test_case->postamble, true));
        }
    }
    return object;
}

void case_text_print(cJSON *json)
{
    char *text = cJSON_Print(json);

    printf("%s\n", text != NULL ? text : "null");
    cJSON_free(text);
    cJSON_Delete(json);
}

bool case_text_claims(const struct test_case *test_case, const char *id)
{
    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        if (strcmp(test_case->requirements[i], id) == 0) {
            return true;
        }
    }
    return false;
}

const char *case_text_member(const cJSON *json, const char *name)
{
    const char *text =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));

    return text != NULL ? text : "";
}
