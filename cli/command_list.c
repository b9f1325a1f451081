/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/library.h"

static cJSON *list_of(const char *const *texts)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; texts[i] != NULL; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(texts[i]));
    }
    return list;
}

static cJSON *case_json(const struct test_case *test_case, bool with_steps)
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

static void print_json(cJSON *json)
{
    char *text = cJSON_Print(json);

    printf("%s\n", text != NULL ? text : "null");
    cJSON_free(text);
    cJSON_Delete(json);
}

static void print_texts(const char *title, const char *const *texts)
{
    printf("%s", title);
    for (size_t i = 0; texts[i] != NULL; i++) {
        printf("%s%s", i == 0 ? " " : ", ", texts[i]);
    }
    printf("%s\n", texts[0] == NULL ? " -" : "");
}

/** The cases that match the operands, each once. */
static int list_plan(const struct plan *plan, bool json)
{
    cJSON *list = json ? cJSON_CreateArray() : NULL;
    const struct test_case *last = NULL;

    for (size_t i = 0; i < plan_count(plan); i++) {
        const struct test_case *test_case = plan_at(plan, i)->test_case;
        if (test_case == last) {
            continue; /* the same case by another mechanism */
        }
        last = test_case;
        if (list != NULL) {
            cJSON_AddItemToArray(list, case_json(test_case, false));
        } else {
            printf("%-12s %s\n", test_case->id, test_case->title);
        }
    }
    if (list != NULL) {
        print_json(list);
    }
    return EXIT_STATUS_PASS;
}

int command_list(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    struct plan *plan = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (library_load(options->catalogue, &library, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    const struct campaign_config config = {
        .catalogue = library.catalogue,
        .steps = steps_table(),
        .definitions = library.definitions,
        .patterns = options->arguments,
    };
    if (plan_new(&config, NULL, &plan, &reason) == STATUS_OK) {
        exit_status = list_plan(plan, options->json);
    } else {
        fprintf(stderr, "assay: %s\n", reason.text);
    }
    plan_free(plan);
    library_release(&library);
    return exit_status;
}

static void print_steps(const char *title, const cJSON *steps)
{
    const cJSON *step = NULL;
    unsigned number = 0;

    if (steps == NULL) {
        return;
    }
    printf("%s\n", title);
    cJSON_ArrayForEach(step, steps)
    {
        char *text = cJSON_PrintUnformatted(step);
        printf("  %2u  %s\n", number++, text != NULL ? text : "?");
        cJSON_free(text);
    }
}

static void describe(const struct test_case *test_case)
{
    printf("%s  %s\n", test_case->id, test_case->title);
    if (test_case->reference != NULL) {
        printf("reference:    %s\n", test_case->reference);
    }
    if (test_case->erratum != NULL) {
        printf("erratum:      %s\n", test_case->erratum);
    }
    print_texts("requirements:", test_case->requirements);
    print_texts("applies if:  ", test_case->applies);
    print_steps(test_case->is_without_firmware
                    ? "preamble:"
                    : "preamble (after all components are Idle):",
                test_case->preamble);
    print_steps("steps:", test_case->steps);
    print_steps(test_case->is_without_firmware
                    ? "postamble:"
                    : "postamble (before all components are brought to Idle):",
                test_case->postamble);
}

int command_describe(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    const struct test_case *found = NULL;

    if (options->arguments[0] == NULL || options->arguments[1] != NULL) {
        fprintf(stderr, "assay: describe takes one case; 'assay list' names "
                        "them\n");
        return EXIT_STATUS_ERROR;
    }
    if (library_load(options->catalogue, &library, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    for (size_t i = 0; i < catalogue_count(library.catalogue); i++) {
        const struct test_case *row = catalogue_at(library.catalogue, i);
        if (strcasecmp(row->id, options->arguments[0]) == 0) {
            found = row;
        }
    }
    if (found == NULL) {
        fprintf(stderr, "assay: no case '%s'; 'assay list' names them\n",
                options->arguments[0]);
    } else if (options->json) {
        print_json(case_json(found, true));
    } else {
        describe(found);
    }
    library_release(&library);
    return found != NULL ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}
