/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/case_text.h"
#include "cli/commands.h"
#include "cli/library.h"
#include "cli/paragraph.h"

enum {
    TEXT_INDENT = 14,
    REQUIREMENT_INDENT = 16,
    LINE_INDENT = 36,
    LABEL_SIZE = 160,
};

/** Section 0.4 of docs/afu.md, for who has not read it. */
static const char shorthand[] =
    "S State: I Idle, D Downloading, L Downloaded, U Updating; R Update "
    "Result; x, y instances; LI Linked, CI Conflicting Instances; CV Current "
    "Version";

static void print_texts(const char *title, const char *const *texts)
{
    printf("%s", title);
    for (size_t i = 0; texts[i] != NULL; i++) {
        printf("%s%s", i == 0 ? " " : ", ", texts[i]);
    }
    printf("%s\n", texts[0] == NULL ? " -" : "");
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

/* A row of docs/afu.md or docs/core.md. */

static cJSON *row_json(const struct digest_row *row,
                       const struct catalogue *catalogue)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "id", row->id);
    cJSON_AddStringToObject(object, "document", row->document);
    cJSON *columns = cJSON_AddObjectToObject(object, "columns");
    for (size_t i = 0; i < row->count; i++) {
        cJSON_AddStringToObject(columns, row->names[i], row->texts[i]);
    }
    if (row->kind != DIGEST_REQUIREMENT) {
        return object;
    }
    if (row->no_case != NULL) {
        cJSON_AddStringToObject(object, "no-case", row->no_case);
    }
    cJSON *cases = cJSON_AddArrayToObject(object, "cases");
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *test_case = catalogue_at(catalogue, i);
        if (case_text_claims(test_case, row->id)) {
            cJSON_AddItemToArray(cases, cJSON_CreateString(test_case->id));
        }
    }
    return object;
}

static void print_shorthand(const char *document)
{
    if (strcmp(document, "docs/afu.md") == 0) {
        paragraph_print(stdout, "In short:", TEXT_INDENT, shorthand);
    }
}

static void describe_row(const struct digest_row *row,
                         const struct catalogue *catalogue)
{
    char label[LABEL_SIZE];
    bool is_claimed = false;

    printf("%s  (%s)\n", row->id, row->document);
    for (size_t i = 0; i < row->count; i++) {
        (void)snprintf(label, sizeof(label), "%s:", row->names[i]); /* cut */
        paragraph_print(stdout, label, TEXT_INDENT, row->texts[i]);
    }
    print_shorthand(row->document);
    if (row->kind != DIGEST_REQUIREMENT) {
        return;
    }
    if (row->no_case != NULL) {
        paragraph_print(stdout, "No case:", TEXT_INDENT, row->no_case);
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *test_case = catalogue_at(catalogue, i);
        if (case_text_claims(test_case, row->id)) {
            (void)snprintf(
                label, sizeof(label), "%-*s%s", TEXT_INDENT,
                is_claimed ? "" : "Claimed by:", test_case->id); /* cut */
            paragraph_print(stdout, label, strlen(label) + 2, test_case->title);
            is_claimed = true;
        }
    }
}

/* A case. */

static void print_requirements(const struct test_case *test_case,
                               const struct digest *digest)
{
    char label[LABEL_SIZE];
    const char *document = "";

    printf("requirements:%s\n", test_case->requirements[0] == NULL ? " -" : "");
    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        const char *id = test_case->requirements[i];
        const struct digest_row *row = digest_find(digest, id);
        const char *strength =
            row != NULL ? digest_text(row, "strength") : NULL;
        const char *text = row != NULL ? digest_text(row, "requirement") : NULL;
        (void)snprintf(label, sizeof(label), "  %s  %s", id,
                       strength != NULL ? strength : ""); /* cut */
        paragraph_print(stdout, label,
                        strlen(label) + 2 < REQUIREMENT_INDENT
                            ? REQUIREMENT_INDENT
                            : strlen(label) + 2,
                        text != NULL ? text : "");
        document = row != NULL ? row->document : document;
    }
    print_shorthand(document);
}

static void describe_case(const struct test_case *test_case,
                          const struct digest *digest)
{
    printf("%s  %s\n", test_case->id, test_case->title);
    if (test_case->reference != NULL) {
        printf("reference:    %s\n", test_case->reference);
    }
    if (test_case->erratum != NULL) {
        printf("erratum:      %s\n", test_case->erratum);
    }
    print_requirements(test_case, digest);
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

static cJSON *described_case_json(const struct test_case *test_case,
                                  const struct digest *digest)
{
    cJSON *object = case_text_json(test_case, true);
    cJSON *texts = cJSON_AddObjectToObject(object, "requirement-texts");

    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        const char *id = test_case->requirements[i];
        const struct digest_row *row = digest_find(digest, id);
        const char *text = row != NULL ? digest_text(row, "requirement") : NULL;
        cJSON_AddItemToObject(texts, id,
                              text != NULL ? cJSON_CreateString(text)
                                           : cJSON_CreateNull());
    }
    return object;
}

/* Whether it runs with a profile. */

static void print_explanation(const cJSON *json)
{
    const cJSON *row = NULL;
    char label[LABEL_SIZE];

    printf("with %s:\n", case_text_member(json, "profile"));
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(json, "lines"))
    {
        (void)snprintf(label, sizeof(label), "  %-22s  %-7s",
                       case_text_member(row, "line"),
                       case_text_member(row, "state")); /* cut */
        paragraph_print(stdout, label,
                        strlen(label) + 2 < LINE_INDENT ? LINE_INDENT
                                                        : strlen(label) + 2,
                        case_text_member(row, "why"));
    }
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(json, "roles"))
    {
        printf("  %-22s  is %s\n", row->string, row->valuestring);
    }
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(json, "instances"))
    {
        const char *open = case_text_member(row, "if-shown");
        bool runs = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "runs"));
        (void)snprintf(label, sizeof(label),
                       "%s:", case_text_member(row, "instance")); /* cut */
        struct paragraph paragraph;
        paragraph_begin(&paragraph, stdout, label, strlen(label) + 1);
        paragraph_add(&paragraph, !runs ? "does not run:"
                                  : open[0] != '\0'
                                      ? "runs if the device shows:"
                                      : "runs");
        paragraph_add(&paragraph,
                      runs ? open : case_text_member(row, "reason"));
        paragraph_end(&paragraph);
    }
}

/** @param profile   NULL: nothing is known
 *  @param out_json  caller frees; NULL without a profile */
static bool explain(const struct options *options,
                    const struct library *library,
                    const struct profile *profile,
                    const struct test_case *test_case, cJSON **out_json)
{
    struct reason reason = { .status = STATUS_OK };
    const struct profile *const profiles[] = { profile };

    *out_json = NULL;
    if (profile == NULL) {
        return true;
    }
    const struct campaign_config config =
        command_config(options, profiles, 1, library, NULL);
    if (plan_explain(&config, profile, test_case, out_json, &reason) !=
        STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return false;
    }
    return true;
}

static bool runs_by(const struct test_case *test_case, const char *mechanism)
{
    for (int i = MECHANISM_PUSH; test_case->delivers && i <= MECHANISM_PULL;
         i++) {
        if ((test_case->mechanisms & 1u << i) != 0 &&
            strcasecmp(mechanism, mechanism_name((enum mechanism)i)) == 0) {
            return true;
        }
    }
    return false;
}

/** A case by its id, maybe with '@' and a mechanism that it runs by. */
static const struct test_case *find_case(const struct catalogue *catalogue,
                                         const char *name)
{
    size_t length = strcspn(name, "@");

    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *test_case = catalogue_at(catalogue, i);
        if (strlen(test_case->id) == length &&
            strncasecmp(test_case->id, name, length) == 0 &&
            (name[length] == '\0' || runs_by(test_case, name + length + 1))) {
            return test_case;
        }
    }
    return NULL;
}

static bool describe_found(const struct options *options,
                           const struct library *library,
                           const struct profile *profile,
                           const struct digest *digest,
                           const struct test_case *test_case)
{
    cJSON *explanation = NULL;

    if (!explain(options, library, profile, test_case, &explanation)) {
        return false;
    }
    if (options->json) {
        cJSON *json = described_case_json(test_case, digest);
        if (explanation != NULL) {
            cJSON_AddItemToObject(json, "applicable", explanation);
        }
        case_text_print(json);
        return true;
    }
    describe_case(test_case, digest);
    if (explanation != NULL) {
        print_explanation(explanation);
        cJSON_Delete(explanation);
    }
    return true;
}

static void say_unknown(const struct catalogue *catalogue, const char *name)
{
    char id[LABEL_SIZE];
    size_t length = strcspn(name, "@");

    (void)snprintf(id, sizeof(id), "%.*s", (int)length, name); /* cut */
    const struct test_case *named =
        name[length] == '@' ? find_case(catalogue, id) : NULL;
    if (named != NULL) {
        fprintf(stderr, "assay: %s does not run by '%s'; '%s%s' does\n",
                named->id, name + length + 1, named->id,
                test_case_only_way(named));
        return;
    }
    fprintf(stderr,
            "assay: no case and no requirement '%s'; 'assay list' names the "
            "cases, 'assay list --requirements' the requirements\n",
            name);
}

/** @param profile  for the cases that follow from it; or NULL
 *  @return whether it was found, and could be described */
static bool describe(const struct options *options,
                     const struct library *library,
                     const struct profile *profile, const struct digest *digest)
{
    const char *name = options->arguments[0];
    const struct test_case *test_case = find_case(library->catalogue, name);
    const struct digest_row *row = digest_find(digest, name);

    if (test_case == NULL && profile != NULL && profile->matrix != NULL) {
        test_case = find_case(profile->matrix, name);
    }
    if (test_case != NULL) {
        return describe_found(options, library, profile, digest, test_case);
    }
    if (row != NULL && options->json) {
        case_text_print(row_json(row, library->catalogue));
    } else if (row != NULL) {
        describe_row(row, library->catalogue);
    } else {
        say_unknown(library->catalogue, name);
    }
    return row != NULL;
}

int command_describe(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    struct profile *profile = NULL;
    struct digest *digest = NULL;
    bool is_found = false;

    if (options->arguments[0] == NULL || options->arguments[1] != NULL) {
        fprintf(stderr, "assay: describe takes one case or one row of "
                        "docs/afu.md or docs/core.md; 'assay list' names the "
                        "cases\n");
        return EXIT_STATUS_ERROR;
    }
    if (library_load(options->catalogue, &library, &reason) != STATUS_OK ||
        digest_new(&digest, &reason) != STATUS_OK ||
        command_profile(options, &profile, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else {
        is_found = describe(options, &library, profile, digest);
    }
    digest_free(digest);
    profile_free(profile);
    library_release(&library);
    return is_found ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}
