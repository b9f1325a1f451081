/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/case_rows.h"

#include <stdio.h>
#include <string.h>

#include "scenarios/engine/json_file.h"

struct expansion {
    const char *name; /* of the file */
    struct reason *reason;
};

static bool is_template(const cJSON *item)
{
    return cJSON_IsObject(item) && item->child != NULL &&
           strcmp(item->child->string, "rows") == 0;
}

static bool is_name(const cJSON *item)
{
    return cJSON_IsString(item) && item->valuestring[0] == '$';
}

static const cJSON *value_of(const cJSON *row, const cJSON *name)
{
    return cJSON_GetObjectItemCaseSensitive(row, name->valuestring + 1);
}

/** Put the row's values in the place of "$NAME".
 *  @return the NAME that the row lacks, or NULL */
static const char *fill(cJSON *tree, const cJSON *row)
{
    const char *missing = NULL;
    cJSON *next = NULL;

    for (cJSON *item = tree->child; item != NULL && missing == NULL;
         item = next) {
        next = item->next;
        if (!is_name(item)) {
            missing = fill(item, row);
            continue;
        }
        const cJSON *value = value_of(row, item);
        cJSON *copy = value != NULL ? cJSON_Duplicate(value, true) : NULL;
        if (copy == NULL) {
            return item->valuestring;
        }
        if (item->string == NULL) { /* of a list */
            (void)cJSON_ReplaceItemViaPointer(tree, item, copy);
        } else {
            /* Sets the key of the copy, and frees the item with its own. */
            char key[JSON_POINTER_MAX];
            (void)snprintf(key, sizeof(key), "%s", item->string); /* cut */
            (void)cJSON_ReplaceItemInObjectCaseSensitive(tree, key, copy);
        }
    }
    return missing;
}

static enum status check(const struct expansion *expansion,
                         const cJSON *template, const char *pointer)
{
    const cJSON *rows = template->child;
    const cJSON *row = NULL;
    bool is_good = cJSON_GetArraySize(template) == 2 && cJSON_IsArray(rows) &&
                   rows->child != NULL && cJSON_IsArray(rows->next) &&
                   strcmp(rows->next->string, "steps") == 0;

    cJSON_ArrayForEach(row, rows)
    {
        is_good = is_good && cJSON_IsObject(row);
    }
    if (!is_good) {
        return json_file_wrong(expansion->name, pointer,
                               "\"rows\", a list of objects, and \"steps\" are "
                               "expected",
                               expansion->reason);
    }
    return cJSON_GetArraySize(rows) <= CASE_ROWS_MAX
               ? STATUS_OK
               : reason_set(expansion->reason, STATUS_LIMIT,
                            "%.200s: %s: more than %d rows", expansion->name,
                            pointer, CASE_ROWS_MAX);
}

/** Add the steps to the list, once for each row. */
static enum status add_steps(const struct expansion *expansion,
                             const cJSON *template, cJSON *list,
                             const char *pointer)
{
    enum status status = check(expansion, template, pointer);
    const cJSON *rows = template->child;
    const cJSON *row = NULL;
    const cJSON *step = NULL;
    char what[64];

    if (status != STATUS_OK) {
        return status;
    }
    cJSON_ArrayForEach(row, rows)
    {
        cJSON_ArrayForEach(step, rows->next)
        {
            const cJSON *own = is_name(step) ? value_of(row, step) : NULL;
            cJSON *copy = cJSON_Duplicate(own != NULL ? own : step, true);
            if (copy == NULL || !cJSON_AddItemToArray(list, copy)) {
                return reason_set(expansion->reason, STATUS_NO_MEMORY,
                                  "out of memory");
            }
            const char *missing = fill(copy, row);
            if (missing != NULL) {
                (void)snprintf(what, sizeof(what), "a row has no '%.40s'",
                               missing + 1);
                return json_file_wrong(expansion->name, pointer, what,
                                       expansion->reason);
            }
        }
    }
    return STATUS_OK;
}

static enum status expand(const struct expansion *expansion, cJSON *tree,
                          const char *pointer);

/** Build the list anew: cJSON 1.7.15 of Debian cannot insert in the middle. */
static enum status expand_list(const struct expansion *expansion, cJSON *list,
                               const char *pointer)
{
    enum status status = STATUS_OK;
    cJSON *whole = cJSON_CreateArray();
    char below[JSON_POINTER_MAX];
    char number[16];
    int index = 0;

    while (status == STATUS_OK && whole != NULL && list->child != NULL) {
        cJSON *item = cJSON_DetachItemViaPointer(list, list->child);
        (void)snprintf(number, sizeof(number), "%d", index++);
        (void)snprintf(below, sizeof(below), "%s", pointer); /* cut */
        json_pointer_push(below, sizeof(below), number);
        if (is_template(item)) {
            status = add_steps(expansion, item, whole, below);
            cJSON_Delete(item);
        } else {
            (void)cJSON_AddItemToArray(whole, item); /* both are there */
            status = expand(expansion, item, below);
        }
    }
    if (whole == NULL) {
        return reason_set(expansion->reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status == STATUS_OK) {
        list->child = whole->child;
        whole->child = NULL; /* the list has them now */
    }
    cJSON_Delete(whole);
    return status;
}

static enum status expand(const struct expansion *expansion, cJSON *tree,
                          const char *pointer)
{
    enum status status = STATUS_OK;
    char below[JSON_POINTER_MAX];

    if (cJSON_IsArray(tree)) {
        return expand_list(expansion, tree, pointer);
    }
    for (cJSON *item = tree->child; item != NULL && status == STATUS_OK;
         item = item->next) {
        (void)snprintf(below, sizeof(below), "%s", pointer); /* cut */
        json_pointer_push(below, sizeof(below), item->string);
        status = expand(expansion, item, below);
    }
    return status;
}

enum status case_rows_expand(const char *name, cJSON *json,
                             struct reason *reason)
{
    const struct expansion expansion = { name, reason };

    return expand(&expansion, json, "");
}
