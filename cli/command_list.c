/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/case_text.h"
#include "cli/commands.h"
#include "cli/library.h"
#include "cli/paragraph.h"

enum { CASES_INDENT = 16, LABEL_SIZE = 48 };

/** Columns of a requirement that `list --requirements --json` has. */
static const char *const shown[] = { "strength", "requirement" };

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
            cJSON_AddItemToArray(list, case_text_json(test_case, false));
        } else {
            printf("%-12s  %s\n", test_case->id, test_case->title);
        }
    }
    if (list != NULL) {
        case_text_print(list);
    }
    return EXIT_STATUS_PASS;
}

/* Requirements and the cases that claim them. */

/** The cases of the plan that claim a requirement, each once. */
static cJSON *claiming_cases(const struct plan *plan, const char *id)
{
    cJSON *list = cJSON_CreateArray();
    const struct test_case *last = NULL;

    for (size_t i = 0; i < plan_count(plan); i++) {
        const struct test_case *test_case = plan_at(plan, i)->test_case;
        if (test_case != last && case_text_claims(test_case, id)) {
            cJSON_AddItemToArray(list, cJSON_CreateString(test_case->id));
            last = test_case; /* others of it are other mechanisms */
        }
    }
    return list;
}

static cJSON *requirement_json(const struct digest_row *row, cJSON *cases)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "id", row->id);
    cJSON_AddStringToObject(object, "document", row->document);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        const char *text = digest_text(row, shown[i]);
        cJSON_AddItemToObject(object, shown[i],
                              text != NULL ? cJSON_CreateString(text)
                                           : cJSON_CreateNull());
    }
    if (row->no_case != NULL) {
        cJSON_AddStringToObject(object, "no-case", row->no_case);
    }
    cJSON_AddItemToObject(object, "cases", cases);
    return object;
}

static void print_requirement(const struct digest_row *row, const cJSON *cases)
{
    struct paragraph paragraph;
    char label[LABEL_SIZE];
    const char *strength = digest_text(row, "strength");
    const cJSON *id = NULL;

    (void)snprintf(label, sizeof(label), "%-8s %s", row->id,
                   strength != NULL ? strength : ""); /* cut */
    paragraph_begin(&paragraph, stdout, label, CASES_INDENT);
    cJSON_ArrayForEach(id, cases)
    {
        paragraph_add(&paragraph, id->valuestring);
    }
    if (cJSON_GetArraySize(cases) == 0) {
        paragraph_add(&paragraph, "no case:");
        paragraph_add(&paragraph,
                      row->no_case != NULL ? row->no_case : "not yet");
    }
    paragraph_end(&paragraph);
}

static const char legend[] =
    "Strength: M, MUST must; m shall; S, s, SHOULD should; O may; D described "
    "without\na keyword; T expected of any device by CoAP or plain safety "
    "(docs/afu.md, 0.2)\n";

/** With operands only what the cases that match claim. */
static int list_requirements(const struct plan *plan,
                             const struct digest *digest,
                             const struct options *options)
{
    cJSON *list = options->json ? cJSON_CreateArray() : NULL;
    size_t count = 0;
    size_t claimed = 0;

    for (size_t i = 0; i < digest_count(digest); i++) {
        const struct digest_row *row = digest_at(digest, i);
        cJSON *cases = claiming_cases(plan, row->id);
        bool has_cases = cJSON_GetArraySize(cases) > 0;
        if (row->kind != DIGEST_REQUIREMENT ||
            (options->arguments[0] != NULL && !has_cases)) {
            cJSON_Delete(cases);
            continue;
        }
        count++;
        claimed += has_cases ? 1 : 0;
        if (list != NULL) {
            cJSON_AddItemToArray(list, requirement_json(row, cases));
            continue;
        }
        print_requirement(row, cases);
        cJSON_Delete(cases);
    }
    if (list != NULL) {
        case_text_print(list);
    } else {
        printf("%zu requirements, %zu with a case\n%s", count, claimed, legend);
    }
    return EXIT_STATUS_PASS;
}

enum status command_profile(const struct options *options,
                            struct profile **out_profile, struct reason *reason)
{
    *out_profile = NULL;
    if (options->profile != NULL) {
        return library_profile_file(options->profile, out_profile, reason);
    }
    return options->shape != NULL
               ? library_profile_shape(options->shape, out_profile, reason)
               : STATUS_OK;
}

int command_list(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    struct profile *profile = NULL;
    struct plan *plan = NULL;
    struct digest *digest = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (library_load(options->catalogue, &library, &reason) != STATUS_OK ||
        command_profile(options, &profile, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        library_release(&library);
        return EXIT_STATUS_ERROR;
    }
    const struct profile *const profiles[] = { profile };
    const struct campaign_config config = {
        .profiles = profiles,
        .profile_count = profile != NULL ? 1 : 0,
        .catalogue = library.catalogue,
        .steps = steps_table(),
        .definitions = library.definitions,
        .patterns = options->arguments,
    };
    if (plan_new(&config, NULL, &plan, &reason) != STATUS_OK ||
        (options->requirements && digest_new(&digest, &reason) != STATUS_OK)) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else {
        exit_status = options->requirements
                          ? list_requirements(plan, digest, options)
                          : list_plan(plan, options->json);
    }
    digest_free(digest);
    plan_free(plan);
    profile_free(profile);
    library_release(&library);
    return exit_status;
}
