/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/completion.h"

static struct {
    struct definitions *definitions;
    struct word_list endpoints;
    struct word_list components;
    struct word_list packages;
    struct word_list instances;
    struct word_list cases;
    struct shell_known known;
} fixture;

static int set_up(void)
{
    fixture.definitions = definitions_new();
    if (fixture.definitions == NULL ||
        definitions_add_embedded(fixture.definitions, NULL) != STATUS_OK) {
        return 1;
    }
    word_list_add(&fixture.endpoints, "urn:dev:a");
    word_list_add(&fixture.endpoints, "urn:dev:b");
    word_list_add(&fixture.components, "application");
    word_list_add(&fixture.components, "tee");
    word_list_add(&fixture.components, "0");
    word_list_add(&fixture.packages, "G");
    word_list_add(&fixture.packages, "DEP");
    word_list_add(&fixture.instances, "/3/0");
    word_list_add(&fixture.instances, "/33629/0");
    word_list_add(&fixture.instances, "/33629/10");
    word_list_add(&fixture.cases, "AFU-ITG-001");
    word_list_add(&fixture.cases, "AFU-DEP-001");
    fixture.known = (struct shell_known){
        .steps = steps_table(),
        .definitions = fixture.definitions,
        .endpoints = &fixture.endpoints,
        .components = &fixture.components,
        .packages = &fixture.packages,
        .instances = &fixture.instances,
        .cases = &fixture.cases,
    };
    return 0;
}

static int tear_down(void)
{
    word_list_release(&fixture.endpoints);
    word_list_release(&fixture.components);
    word_list_release(&fixture.packages);
    word_list_release(&fixture.instances);
    word_list_release(&fixture.cases);
    definitions_free(fixture.definitions);
    return 0;
}

/** "begin: a b c", or "begin: files". */
static const char *offered(const char *line)
{
    static char text[2048];
    struct shell_completion completion;

    shell_complete(&fixture.known, line, strlen(line), &completion);
    int used = snprintf(text, sizeof(text), "%zu:%s", completion.begin,
                        completion.wants_file ? " files" : "");
    for (size_t i = 0; i < completion.candidates.count; i++) {
        used += snprintf(text + used, sizeof(text) - (size_t)used, " %s",
                         completion.candidates.words[i]);
    }
    word_list_release(&completion.candidates);
    return text;
}

struct row {
    const char *line;
    const char *offered;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = offered(rows[i].line);
        if (strcmp(got, rows[i].offered) != 0) {
            printf("'%s'\n  got      '%s'\n  expected '%s'\n", rows[i].line,
                   got, rows[i].offered);
            CU_FAIL("candidates");
        }
    }
}

static void verbs_come_from_the_table_and_the_shell(void)
{
    static const struct row rows[] = {
        { "exe", "0: execute" }, { "  exe", "2: execute" },
        { "dev", "0: devices" }, { "help upd", "5: update" },
        { "zzz", "0:" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    const char *all = offered("");
    const struct step_type *const *steps = steps_table();
    for (size_t i = 0; steps[i] != NULL; i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(all, steps[i]->verb));
    }
}

static void paths_come_from_the_registration_and_the_definitions(void)
{
    static const struct row rows[] = {
        { "read /3", "5: /3/0 /33629/0 /33629/10" },
        { "read /33629/0/1",
          "5: /33629/0/1 /33629/0/10 /33629/0/11 /33629/0/12 /33629/0/13 "
          "/33629/0/14 /33629/0/15 /33629/0/16 /33629/0/17" },
        { "read /3/0 /33629/1", "10: /33629/10" },
        { "observe /33629/0/3", "8: /33629/0/3" },
        { "read /99", "5:" },
        { "read /3/0/x", "5:" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void parameters_are_offered_with_their_values(void)
{
    static const struct row rows[] = {
        { "deliver ",
          "8: DEP G again begin blocks= by= code= credentials= faults= "
          "file= from= host= of= pause-at= req= server= target= "
          "to= uri-length= watch within=" },
        { "deliver D", "8: DEP" },
        { "deliver G to=", "13: 0 application tee" },
        { "deliver G to=a", "13: application" },
        { "deliver G t", "10: target= tee to=" },
        { "deliver G w", "10: watch within=" },
        { "deliver G watch w", "16: within=" },
        { "deliver file=", "13: files" },
        { "deliver G within=d", "17: defer download" },
        { "update application with=tee,a", "28: all application" },
        { "update application alone=", "25: false true" },
        { "read /3/0 accept=senml", "17: senml-cbor senml-json" },
        { "read /3/0 code=2.0", "15: 2.01 2.02 2.04 2.05" },
        { "read /3/0 f", "10: format=" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void conditions_offer_components_and_states(void)
{
    static const struct row rows[] = {
        { "await app", "6: application" },
        { "await application s", "18: silence= since= state=" },
        { "await application state=Down", "24: Downloaded Downloading" },
        { "await application state=Idle,Up", "29: Updating" },
        { "expect application version=d", "27: delivered" },
        { "await application result=1", "25: 1 10 11 12 13" },
        { "write /33629/0/11 2", "18: 2" },
        { "write /33629/0/1 2", "17:" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void own_commands_offer_what_they_take(void)
{
    static const struct row rows[] = {
        { "use urn", "4: urn:dev:a urn:dev:b" },
        { "run AFU-I", "4: AFU-ITG-001" },
        { "record ", "7: files" },
        { "quit ", "5:" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void nothing_is_offered_where_nothing_can_stand(void)
{
    static const struct row rows[] = {
        { "# rea", "5:" },
        { "read /3/0 # /", "13:" },
        { "nosuchverb x", "11:" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("cli.shell_completion", set_up, tear_down);
    CU_ADD_TEST(suite, verbs_come_from_the_table_and_the_shell);
    CU_ADD_TEST(suite, paths_come_from_the_registration_and_the_definitions);
    CU_ADD_TEST(suite, parameters_are_offered_with_their_values);
    CU_ADD_TEST(suite, conditions_offer_components_and_states);
    CU_ADD_TEST(suite, own_commands_offer_what_they_take);
    CU_ADD_TEST(suite, nothing_is_offered_where_nothing_can_stand);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
