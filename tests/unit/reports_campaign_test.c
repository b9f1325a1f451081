/* SPDX-License-Identifier: Apache-2.0 */

/* The documents of real campaigns, by the program as it is built. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/reports_document.h"
#include "tests/unit/reports_fixture.h"
#include "tests/unit/reports_schema.h"

#define ARGUMENTS_MAX 12
#define WHY_SIZE      512

static struct {
    char folder[64];
    char output[96];
} fixture;

static void set_up(void)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-reports-XXXXXX"); /* fits */
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    (void)snprintf(fixture.output, sizeof(fixture.output), "%s/results",
                   fixture.folder); /* fits */
}

/** Run a program to its end; its output is dropped. @return exit status */
static int run(const char *const *argv)
{
    posix_spawn_file_actions_t actions;
    pid_t child = 0;
    int status = 0;
    char *copy[ARGUMENTS_MAX + 1] = { NULL };
    extern char **environ;

    for (size_t i = 0; argv[i] != NULL; i++) {
        CU_ASSERT_TRUE_FATAL(i < ARGUMENTS_MAX);
        copy[i] = (char *)(uintptr_t)argv[i]; /* posix_spawn changes none */
    }
    CU_ASSERT_EQUAL_FATAL(posix_spawn_file_actions_init(&actions), 0);
    for (int i = 1; i <= 2; i++) {
        CU_ASSERT_EQUAL(posix_spawn_file_actions_addopen(
                            &actions, i, "/dev/null", O_WRONLY, 0),
                        0);
    }
    CU_ASSERT_EQUAL_FATAL(
        posix_spawn(&child, copy[0], &actions, NULL, copy, environ), 0);
    (void)posix_spawn_file_actions_destroy(&actions);
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void tear_down(void)
{
    const char *const argv[] = { "/bin/rm", "-r", fixture.folder, NULL };

    CU_ASSERT_EQUAL(run(argv), 0);
}

static char *read_result(const char *name)
{
    char path[160];

    (void)snprintf(path, sizeof(path), "%s/%s", fixture.output,
                   name); /* fits */
    return fixture_read(path, NULL);
}

static int number_in(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsNumber(item) ? item->valueint : -1;
}

/** Both documents are valid and tell the same. */
static void check_documents(int exit_status)
{
    char why[WHY_SIZE];
    char *xml = read_result("junit.xml");
    char *json = read_result("results.json");
    xmlDoc *junit = document_parse(xml, strlen(xml));
    cJSON *results = cJSON_Parse(json);

    CU_ASSERT_PTR_NOT_NULL_FATAL(junit);
    CU_ASSERT_PTR_NOT_NULL_FATAL(results);
    bool is_valid = document_is_valid(junit, why);
    CU_ASSERT_TRUE(is_valid);
    if (!is_valid) {
        fprintf(stderr, "%s\n", why);
    }
    CU_ASSERT_TRUE(document_totals_are_right(junit));
    enum schema_result result = schema_check_results(json, why);
    CU_ASSERT_EQUAL(result, SCHEMA_ACCEPTS);
    if (result != SCHEMA_ACCEPTS) {
        fprintf(stderr, "%s\n", why);
    }
    const cJSON *counts = cJSON_GetObjectItemCaseSensitive(results, "counts");
    const xmlNode *root = document_root(junit);
    CU_ASSERT_EQUAL(number_in(results, "exit-status"), exit_status);
    CU_ASSERT_EQUAL(number_in(counts, "fail"),
                    attribute_number(root, "failures"));
    CU_ASSERT_EQUAL(number_in(counts, "total"),
                    attribute_number(root, "tests"));
    CU_ASSERT_EQUAL(number_in(counts, "inconc") + number_in(counts, "error") +
                        number_in(counts, "none"),
                    attribute_number(root, "errors"));
    cJSON_Delete(results);
    xmlFreeDoc(junit);
    free(json);
    free(xml);
}

static void a_device_that_conforms(void)
{
    const char *const argv[] = { ASSAY_BINARY_DIR "/assay",
                                 "demo",
                                 "--output",
                                 fixture.output,
                                 "AFU-OBJ-001",
                                 "AFU-PSH-001",
                                 NULL };

    CU_ASSERT_EQUAL(run(argv), 0);
    check_documents(0);
}

static void a_device_that_does_not_conform(void)
{
    const char *const argv[] = { ASSAY_BINARY_DIR "/assay",
                                 "demo",
                                 "--output",
                                 fixture.output,
                                 "--mutant",
                                 "dependency-ignored",
                                 "AFU-DEP-001",
                                 "AFU-DEP-003",
                                 NULL };

    CU_ASSERT_EQUAL(run(argv), 1);
    check_documents(1);
}

static void a_device_that_never_registers(void)
{
    const char *const argv[] = { ASSAY_BINARY_DIR "/assay",
                                 "run",
                                 "--profile",
                                 ASSAY_SOURCE_DIR
                                 "/scenarios/profiles/quad.json",
                                 "--output",
                                 fixture.output,
                                 "--register-timeout",
                                 "1",
                                 "--",
                                 "/bin/true",
                                 NULL };

    CU_ASSERT_EQUAL(run(argv), 2);
    check_documents(2);
    /* The command that runs a case again has the device. */
    char *json = read_result("results.json");
    CU_ASSERT_PTR_NOT_NULL(strstr(json, " AFU-OBJ-001 -- /bin/true\""));
    free(json);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("reports.campaign", NULL, NULL,
                                                 set_up, tear_down);
    CU_ADD_TEST(suite, a_device_that_conforms);
    CU_ADD_TEST(suite, a_device_that_does_not_conform);
    CU_ADD_TEST(suite, a_device_that_never_registers);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    xmlCleanupParser();
    return failures == 0 ? 0 : 1;
}
