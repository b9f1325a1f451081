/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalogue/catalogue_files.h"
#include "scenarios/engine/case_rows.h"
#include "scenarios/profiles/profile_files.h"
#include "scenarios/steps/steps.h"

/*
 * The embedded cases against the step table: verbs, parameters, requirement
 * ids, and that each case judges what it claims.
 */

#define REQUIREMENT_MAX 178 /* AFU-001 .. AFU-178, afu.md section 3 */

/** Comments blanked: "//" outside of strings, to the end of the line. */
static cJSON *parse(const struct embedded_file *file)
{
    char *text = malloc(file->size + 1);
    bool in_string = false;

    if (text == NULL) {
        abort();
    }
    memcpy(text, file->bytes, file->size + 1);
    for (size_t i = 0; i < file->size; i++) {
        if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) {
            in_string = !in_string;
        }
        if (!in_string && text[i] == '/' && text[i + 1] == '/') {
            while (i < file->size && text[i] != '\n') {
                text[i++] = ' ';
            }
        }
    }
    cJSON *json = cJSON_Parse(text);
    free(text);
    if (json != NULL) {
        CU_ASSERT_EQUAL(case_rows_expand(file->name, json, NULL), STATUS_OK);
    }
    return json;
}

static bool list_has(const cJSON *list, const char *text)
{
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0) {
            return true;
        }
    }
    return false;
}

/** The first member of a step is its verb. */
static const struct step_type *type_of(const cJSON *step)
{
    const struct step_type *const *table = steps_table();

    for (; step->child != NULL && *table != NULL; table++) {
        if (strcmp((*table)->verb, step->child->string) == 0) {
            return *table;
        }
    }
    return NULL;
}

/** The row of a parameter, NULL for an unknown one. */
static const struct step_parameter *row_of(const struct step_type *type,
                                           const char *name)
{
    for (size_t i = 0; i < STEP_PARAMETERS_MAX; i++) {
        if (type->parameters[i].name != NULL &&
            strcmp(type->parameters[i].name, name) == 0) {
            return &type->parameters[i];
        }
    }
    return NULL;
}

/** What the steps of a case came to. */
struct tally {
    const cJSON *requirements; /**< of the case */
    uint64_t named;            /**< bit by index in them: by some step */
    size_t judging;            /**< requirements named by steps */
    size_t steps;
};

/** Requirements that no step of a case needs to name. */
static const char *const judged_elsewhere[] = {
    "AFU-054", /* the oracle, on every view of Updating */
    "AFU-153", /* the oracle, on every Send */
    "AFU-115", /* "may": nothing can break it */
    "AFU-012", /* the server's part: what it writes on purpose */
    "AFU-034", /* a recommendation, for information */
    "LWM-115", /* CC9, in each push */
};

static bool is_judged_elsewhere(const char *requirement)
{
    for (size_t i = 0;
         i < sizeof(judged_elsewhere) / sizeof(judged_elsewhere[0]); i++) {
        if (strcmp(judged_elsewhere[i], requirement) == 0) {
            return true;
        }
    }
    return false;
}

static void note_requirement(const char *text, struct tally *tally)
{
    const cJSON *id = NULL;
    unsigned index = 0;

    cJSON_ArrayForEach(id, tally->requirements)
    {
        if (strcmp(id->valuestring, text) == 0) {
            tally->named |= UINT64_C(1) << index;
        }
        index++;
    }
}

static void check_requirements(const cJSON *step, const char *member,
                               struct tally *tally)
{
    const cJSON *id = NULL;

    cJSON_ArrayForEach(id, cJSON_GetObjectItemCaseSensitive(step, member))
    {
        CU_ASSERT_TRUE_FATAL(cJSON_IsString(id));
        if (!list_has(tally->requirements, id->valuestring)) {
            printf("'%s' is not a requirement of the case\n", id->valuestring);
            CU_FAIL("requirement of a step");
        }
        note_requirement(id->valuestring, tally);
        tally->judging++;
    }
}

static void check_steps(const cJSON *steps, struct tally *tally, int depth);

static void check_step(const cJSON *step, struct tally *tally, int depth)
{
    struct reason reason = { .status = STATUS_OK };
    const struct step_type *type = type_of(step);
    const cJSON *entry = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(type);
    tally->steps++;
    cJSON_ArrayForEach(entry, step)
    {
        const struct step_parameter *row = row_of(type, entry->string);
        if (row == NULL && strcmp(entry->string, "req") != 0 &&
            strcmp(entry->string, "within") != 0) {
            printf("%s has no parameter '%s'\n", type->verb, entry->string);
            CU_FAIL("parameter");
        }
        if (row != NULL && row->type == STEP_STEPS) {
            check_steps(entry, tally, depth + 1);
        }
        const cJSON *alternative = NULL;
        if (row != NULL && row->type == STEP_ALTERNATIVES) {
            cJSON_ArrayForEach(alternative, entry)
            {
                check_steps(
                    cJSON_GetObjectItemCaseSensitive(alternative, "steps"),
                    tally, depth + 1);
            }
        }
    }
    if (type->check != NULL &&
        type->check(step, type->verb, &reason) != STATUS_OK) {
        printf("%s\n", reason.text);
        CU_FAIL("check");
    }
    check_requirements(step, "req", tally);
    check_requirements(step, "silence", tally);
}

static void check_steps(const cJSON *steps, struct tally *tally, int depth)
{
    const cJSON *step = NULL;

    CU_ASSERT_TRUE_FATAL(depth < 5);
    cJSON_ArrayForEach(step, steps)
    {
        check_step(step, tally, depth);
    }
}

/** AFU-001 to AFU-178, or a row of docs/core.md. */
static bool is_known_requirement(const char *text)
{
    unsigned number = 0;

    if (strlen(text) == strlen("AFU-001") &&
        sscanf(text, "AFU-%3u", &number) == 1) {
        return number >= 1 && number <= REQUIREMENT_MAX;
    }
    FILE *file = fopen(CORE_REQUIREMENTS, "r");
    char line[512];
    char row[32];
    bool found = false;
    (void)snprintf(row, sizeof(row), "| %s | ", text); /* cut: not found */
    while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
        found = strncmp(line, row, strlen(row)) == 0;
    }
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    return found && strncmp(text, "LWM-", 4) == 0;
}

static void check_case(const cJSON *test_case, const char *group)
{
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(test_case, "id");
    const cJSON *requirement = NULL;
    struct tally tally = {
        .requirements =
            cJSON_GetObjectItemCaseSensitive(test_case, "requirements"),
    };

    CU_ASSERT_TRUE_FATAL(cJSON_IsString(id));
    CU_ASSERT_EQUAL(strncmp(id->valuestring, group, strlen(group)), 0);
    cJSON_ArrayForEach(requirement, tally.requirements)
    {
        if (!is_known_requirement(requirement->valuestring)) {
            printf("%s claims %s, which nobody knows\n", id->valuestring,
                   requirement->valuestring);
            CU_FAIL("requirement");
        }
    }
    check_steps(cJSON_GetObjectItemCaseSensitive(test_case, "preamble"), &tally,
                0);
    CU_ASSERT_EQUAL(tally.judging, 0); /* a preamble judges nothing */
    check_steps(cJSON_GetObjectItemCaseSensitive(test_case, "steps"), &tally,
                0);
    if (tally.judging == 0) {
        printf("%s judges nothing\n", id->valuestring);
        CU_FAIL("case");
    }
    unsigned index = 0;
    cJSON_ArrayForEach(requirement, tally.requirements)
    {
        if ((tally.named & UINT64_C(1) << index++) == 0 &&
            !is_judged_elsewhere(requirement->valuestring)) {
            printf("%s claims %s, and no step judges it\n", id->valuestring,
                   requirement->valuestring);
            CU_FAIL("claim");
        }
    }
}

static void every_case_judges_what_it_claims(void)
{
    size_t count = 0;

    for (size_t i = 0; i < catalogue_files_count; i++) {
        cJSON *file = parse(&catalogue_files[i]);
        const cJSON *test_case = NULL;
        CU_ASSERT_PTR_NOT_NULL_FATAL(file);
        const cJSON *group = cJSON_GetObjectItemCaseSensitive(file, "group");
        CU_ASSERT_TRUE_FATAL(cJSON_IsString(group));
        cJSON_ArrayForEach(test_case,
                           cJSON_GetObjectItemCaseSensitive(file, "cases"))
        {
            check_case(test_case, group->valuestring);
            count++;
        }
        cJSON_Delete(file);
    }
    CU_ASSERT_TRUE(count > 20);
}

/** Checks of the vocabulary refuse what is misspelt. */
static void a_misspelt_word_is_refused(void)
{
    static const char *const steps[] = {
        "{\"await\": {\"x\": {\"stat\": \"Idle\"}}}",
        "{\"await\": {\"x\": {\"state\": \"idle\"}}}",
        "{\"await\": {\"x\": {\"result\": 14}}}",
        "{\"await\": {\"x\": {\"result\": {\"pass\": 1, \"wran\": 2}}}}",
        "{\"await\": {\"x\": {}}}",
        "{\"await\": {}}",
        "{\"await\": {\"x\": {\"result\": 1}}, \"silence\": \"AFU-094\"}",
        "{\"either\": [{\"when\": {}}], \"silence\": [1]}",
        "{\"expect\": {\"x\": {\"verson\": \"1\"}}}",
        "{\"expect\": {\"x\": {\"conflicting\": {\"contain\": [\"y\"]}}}}",
        "{\"expect\": {\"discovr\": true}}",
        "{\"expect\": {\"discover\": {\"instances\": \"sme\"}}}",
        "{\"expect\": []}",
        "{\"either\": [{\"wen\": {}}]}",
        ("{\"either\": [{\"when\": {\"x\": {\"state\": \"Idle\"}}, "
         "\"grade\": \"bad\"}]}"),
        ("{\"either\": [{\"when\": {\"x\": {\"state\": \"Idle\"}}, "
         "\"written\": \"4.5\"}]}"),
        "{\"read\": \"/3\", \"code\": \"4.5\"}",
        "{\"read\": \"/3\", \"rejected\": {\"pass\": \"x.05\"}}",
        "{\"update\": \"x\", \"alone\": true, \"with\": [\"y\"]}",
        "{\"write\": \"/3\"}",
        "{\"write\": \"/3\", \"payload\": \"0\"}",
        "{\"reset\": \"x\", \"form\": \"nul\"}",
        "{\"create\": 33629, \"id\": \"fre\"}",
    };

    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        cJSON *step = cJSON_Parse(steps[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(step);
        const struct step_type *type = type_of(step);
        CU_ASSERT_PTR_NOT_NULL_FATAL(type);
        if (type->check(step, "/steps/0", &reason) != STATUS_MALFORMED ||
            strncmp(reason.text, "/steps/0", 8) != 0) {
            printf("accepted: %s (%s)\n", steps[i], reason.text);
            CU_FAIL("check");
        }
        cJSON_Delete(step);
    }
}

static void each_shape_has_a_profile_with_the_packages_of_the_cases(void)
{
    static const struct {
        const char *file;
        int components;
        const char *main_one;
        const char *packages[6];
    } rows[] = {
        { "quad.json", 4, "application", { "G", "DEP", "FAILI", "LNK", "M" } },
        { "modem-mcu.json",
          3,
          "application",
          { "G", "DEP", "FAILI", "LNK", "M" } },
        { "dual-core.json", 2, "core-0", { "G", "DEP", "FAILI" } },
        { "trustzone.json",
          2,
          "non-secure",
          { "G", "DEP", "FAILI", "LNK", "M" } },
        { "mcuboot.json",
          3,
          "application",
          { "G", "DEP", "FAILI", "E", "OLDCNT" } },
        { "mcuboot-late.json",
          3,
          "application",
          { "G", "DEP", "FAILI", "E", "FAILC" } },
        { "suit.json", 3, "application", { "G", "DEP", "E", "M", "MBAD" } },
        { "suit-late.json",
          3,
          "application",
          { "G", "DEP", "E", "M", "FAILC" } },
    };

    CU_ASSERT_EQUAL_FATAL(profile_files_count, sizeof(rows) / sizeof(rows[0]));
    for (size_t i = 0; i < profile_files_count; i++) {
        CU_ASSERT_STRING_EQUAL(profile_files[i].name, rows[i].file);
        cJSON *profile = parse(&profile_files[i]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
        const cJSON *all =
            cJSON_GetObjectItemCaseSensitive(profile, "packages");
        CU_ASSERT_EQUAL(cJSON_GetArraySize(all), rows[i].components);
        const cJSON *main_one =
            cJSON_GetObjectItemCaseSensitive(all, rows[i].main_one);
        for (size_t j = 0; rows[i].packages[j] != NULL; j++) {
            CU_ASSERT_PTR_NOT_NULL(cJSON_GetObjectItemCaseSensitive(
                main_one, rows[i].packages[j]));
        }
        cJSON_Delete(profile);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "cases", every_case_judges_what_it_claims },
        { "misspelt", a_misspelt_word_is_refused },
        { "profiles", each_shape_has_a_profile_with_the_packages_of_the_cases },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "catalogue", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
