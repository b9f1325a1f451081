/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/case_check.h"
#include "scenarios/engine/case_rows.h"
#include "scenarios/engine/json_file.h"
#include "scenarios/engine/matrix.h"
#include "scenarios/engine/test_case.h"

struct catalogue {
    struct test_case *cases;
    size_t count;
    cJSON **files; /* own the JSON that the cases point into */
    char **names;
    size_t file_count;
};

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

/** Keep a case that was checked. */
static enum status add_case(struct catalogue *catalogue, const cJSON *file,
                            const cJSON *json, bool delivers,
                            struct reason *reason)
{
    struct test_case fresh = {
        .id = cJSON_GetObjectItemCaseSensitive(json, "id")->valuestring,
        .title = cJSON_GetObjectItemCaseSensitive(json, "title")->valuestring,
        .group = cJSON_GetObjectItemCaseSensitive(file, "group")->valuestring,
        .reference = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(json, "reference")),
        .erratum = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(json, "erratum")),
        .is_without_firmware =
            cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(file, "firmware")),
        .requirements =
            text_array(cJSON_GetObjectItemCaseSensitive(json, "requirements")),
        .applies =
            text_array(cJSON_GetObjectItemCaseSensitive(json, "applies")),
        .delivers = delivers,
        .mechanisms = case_mechanisms(
            cJSON_GetObjectItemCaseSensitive(json, "mechanisms")),
        .is_once = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "once")),
        .initial = cJSON_GetObjectItemCaseSensitive(json, "initial"),
        .preamble = cJSON_GetObjectItemCaseSensitive(json, "preamble"),
        .steps = cJSON_GetObjectItemCaseSensitive(json, "steps"),
        .postamble = cJSON_GetObjectItemCaseSensitive(json, "postamble"),
        .source = catalogue->names[catalogue->file_count - 1],
    };
    enum status status =
        fresh.requirements == NULL || fresh.applies == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : store_case(catalogue, &fresh, reason);
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
    bool delivers[TEST_CASES_MAX];
    cJSON *json = NULL;
    const cJSON *item = NULL;
    size_t index = 0;
    enum status status = json_file_parse(name, text, length, &json, reason);

    if (status == STATUS_OK) {
        status = case_rows_expand(name, json, reason);
    }
    if (status == STATUS_OK) {
        status = case_check_file(steps, name, json, delivers, reason);
    }
    if (status == STATUS_OK && !keep_file(catalogue, name, json)) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status != STATUS_OK) {
        cJSON_Delete(json);
        return status;
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(json, "cases"))
    {
        if (status == STATUS_OK) {
            status = add_case(catalogue, json, item, delivers[index++], reason);
        }
    }
    return status;
}

enum status profile_derive(struct profile *profile,
                           const struct step_type *const *steps,
                           struct reason *reason)
{
    struct matrix_graph graph;

    if (profile->matrix != NULL || !matrix_graph(profile, &graph)) {
        return STATUS_OK;
    }
    char *text = matrix_text(&graph);
    profile->matrix = catalogue_new();
    enum status status =
        text == NULL || profile->matrix == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : catalogue_add(profile->matrix, steps, "the dependency matrix",
                            text, strlen(text), reason);
    free(text);
    return status;
}
