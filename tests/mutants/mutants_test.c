/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The proof that checks can fail: every mutant of the simulated device is
 * caught by a case that claims the mutant's requirement, and the plain device
 * passes every case without a warning.
 *
 * Usage: mutants_test ASSAY FOLDER [MUTANT]...
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUTANTS_MAX   200
#define CASES_MAX     200
#define OUTPUT_MAX    (16u * 1024 * 1024)
#define EXIT_VERDICTS 2 /* the highest exit status that comes from verdicts */

struct mutant {
    char name[64];
    char requirement[32];
};

static const char *assay;
static const char *folder;

/** Run a program; its standard output as text (caller frees). */
static char *run(const char *const *argv, int *out_exit)
{
    int ends[2];
    char *text = NULL;
    size_t length = 0;

    if (pipe(ends) != 0) {
        return NULL;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        execv(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    (void)close(ends[1]);
    text = malloc(OUTPUT_MAX);
    while (child > 0 && text != NULL && length < OUTPUT_MAX - 1) {
        ssize_t got = read(ends[0], text + length, OUTPUT_MAX - 1 - length);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    (void)close(ends[0]);
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || text == NULL) {
        free(text);
        return NULL;
    }
    text[length] = '\0';
    *out_exit = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return text;
}

static cJSON *run_json(const char *const *argv, int *out_exit)
{
    char *text = run(argv, out_exit);
    cJSON *json = text != NULL ? cJSON_Parse(text) : NULL;

    free(text);
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

/** Whether the comma-separated list of a finding names the requirement. */
static bool names(const char *list, const char *requirement)
{
    size_t length = strlen(requirement);

    for (const char *at = list; at != NULL && (at = strstr(at, requirement));
         at += length) {
        bool starts = at == list || at[-1] == ',' || at[-1] == ' ';
        if (starts && (at[length] == '\0' || at[length] == ',')) {
            return true;
        }
    }
    return false;
}

static const char *text_of(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

/** The first finding of the case that is at least a warning under the
 *  requirement (under any, when `requirement` is NULL). */
static const cJSON *find(const cJSON *test_case, const char *requirement)
{
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(finding,
                       cJSON_GetObjectItemCaseSensitive(test_case, "findings"))
    {
        const char *level = text_of(finding, "level");
        if (strcmp(level, "fail") != 0 && strcmp(level, "warning") != 0) {
            continue;
        }
        if (requirement == NULL ||
            names(text_of(finding, "requirement"), requirement)) {
            return finding;
        }
    }
    return NULL;
}

static cJSON *campaign(const char *mutant, const char *const *cases,
                       int *out_exit)
{
    const char *argv[CASES_MAX + 10] = { assay, "demo", "--json", "--output" };
    char output[4096];
    size_t count = 4;

    snprintf(output, sizeof(output), "%s/%s-%ld", folder,
             mutant != NULL ? mutant : "plain", (long)getpid());
    argv[count++] = output;
    if (mutant != NULL) {
        argv[count++] = "--mutant";
        argv[count++] = mutant;
    }
    for (size_t i = 0; cases[i] != NULL; i++) {
        argv[count++] = cases[i];
    }
    argv[count] = NULL;
    return run_json(argv, out_exit);
}

/** Exit 0, and no finding that is a warning or worse. */
static bool plain_passes(void)
{
    const char *const all[] = { NULL };
    int exit_status = -1;
    cJSON *results = campaign(NULL, all, &exit_status);
    const cJSON *test_case = NULL;
    bool passes = results != NULL && exit_status == 0;

    cJSON_ArrayForEach(test_case,
                       cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        const cJSON *finding = find(test_case, NULL);
        if (finding != NULL) {
            printf("not ok plain device: %s: %s expected %s, observed %s\n",
                   text_of(test_case, "instance"),
                   text_of(finding, "requirement"),
                   text_of(finding, "expected"), text_of(finding, "observed"));
            passes = false;
        }
    }
    if (passes) {
        printf("ok plain device\n");
    } else {
        printf("not ok plain device: exit status %d\n", exit_status);
    }
    cJSON_Delete(results);
    return passes;
}

static bool is_caught(const struct mutant *mutant, const cJSON *catalogue)
{
    const char *cases[CASES_MAX + 1] = { NULL };
    const cJSON *row = NULL;
    size_t count = 0;
    int exit_status = -1;

    cJSON_ArrayForEach(row, catalogue)
    {
        if (count < CASES_MAX &&
            list_has(cJSON_GetObjectItemCaseSensitive(row, "requirements"),
                     mutant->requirement)) {
            cases[count++] = text_of(row, "id");
        }
    }
    if (count == 0) {
        printf("not ok %s: no case claims %s\n", mutant->name,
               mutant->requirement);
        return false;
    }
    cJSON *results = campaign(mutant->name, cases, &exit_status);
    const cJSON *finding = NULL;
    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(results, "cases"))
    {
        finding = find(row, mutant->requirement);
        if (finding != NULL) {
            printf("ok %s: %s %s %s: %s\n", mutant->name,
                   text_of(row, "instance"), text_of(finding, "level"),
                   mutant->requirement, text_of(finding, "observed"));
            break;
        }
    }
    bool caught =
        finding != NULL && exit_status >= 0 && exit_status <= EXIT_VERDICTS;
    if (!caught) {
        printf("not ok %s: no finding of %s in %zu cases, exit status %d\n",
               mutant->name, mutant->requirement, count, exit_status);
    }
    cJSON_Delete(results);
    return caught;
}

/** Lines "name  AFU-nnn  text" of --list-mutants. */
static size_t read_mutants(struct mutant *mutants)
{
    const char *const argv[] = { assay, "device", "--list-mutants", NULL };
    int exit_status = -1;
    char *text = run(argv, &exit_status);
    size_t count = 0;
    char *rest = text;

    while (rest != NULL && *rest != '\0' && count < MUTANTS_MAX) {
        char *end = strchr(rest, '\n');
        if (sscanf(rest, "%63s %31s", mutants[count].name,
                   mutants[count].requirement) == 2) {
            count++;
        }
        rest = end != NULL ? end + 1 : NULL;
    }
    free(text);
    return exit_status == 0 ? count : 0;
}

static bool is_wanted(const struct mutant *mutant, char **wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], mutant->name) == 0) {
            return true;
        }
    }
    return count == 0;
}

int main(int argc, char **argv)
{
    static struct mutant mutants[MUTANTS_MAX];
    unsigned passed = 0;
    unsigned failed = 0;
    int exit_status = -1;

    if (argc < 3) {
        fprintf(stderr, "usage: mutants_test ASSAY FOLDER [MUTANT]...\n");
        return 2;
    }
    assay = argv[1];
    folder = argv[2];
    const char *const list[] = { assay, "list", "--json", NULL };
    cJSON *catalogue = run_json(list, &exit_status);
    size_t count = read_mutants(mutants);
    if (cJSON_GetArraySize(catalogue) == 0 || count == 0) {
        printf("not ok: no cases or no mutants\n");
        cJSON_Delete(catalogue);
        return 1;
    }
    if (argc == 3) {
        plain_passes() ? passed++ : failed++;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_wanted(&mutants[i], argv + 3, argc - 3)) {
            is_caught(&mutants[i], catalogue) ? passed++ : failed++;
            fflush(stdout);
        }
    }
    printf("%u passed, %u failed\n", passed, failed);
    cJSON_Delete(catalogue);
    return failed == 0 && passed > 0 ? 0 : 1;
}
