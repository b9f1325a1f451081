/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The whole table, cases x mutants: every mutant of the simulated device is
 * put to every case of its catalogue (AFU, or the others). On demand; it takes
 * half an hour. tests/mutants/matrix calls it.
 *
 * Usage: matrix ASSAY DEVICE PROFILE FOLDER [MUTANT]...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/mutants/campaigns.h"

#define MUTANTS_MAX 500
#define PATH_SIZE   4096
#define FILE_MAX    (64u * 1024 * 1024)

struct mutant {
    char name[64];
    char requirement[32];
    cJSON *results; /**< NULL: the campaign broke */
    unsigned kills; /**< cases that fail, or warn, under its requirement */
};

struct matrix {
    struct campaign_paths paths;
    struct mutant mutants[MUTANTS_MAX];
    size_t count;
    cJSON *catalogue;
};

static bool is_core(const struct mutant *mutant)
{
    return strncmp(mutant->requirement, "LWM-", 4) == 0;
}

/** Run everything on one mutant; what comes of it is in results.json. */
static bool run(size_t index, void *user)
{
    const struct matrix *matrix = user;
    const struct mutant *mutant = &matrix->mutants[index];
    const char *const device[] = { "--install-ms",
                                   "400",
                                   "--mutant",
                                   mutant->name,
                                   "--lwm2m",
                                   is_core(mutant) ? "1.2" : "1.1",
                                   "--send",
                                   is_core(mutant) ? "--portfolio" : NULL,
                                   NULL };
    const char *const cases[] = { is_core(mutant) ? "core" : "afu", NULL };
    const struct campaign_row row = {
        .name = mutant->name,
        .device = device,
        .cases = cases,
        .ics = "{\"send-after-register\": true}",
    };
    int exit_status = -1;
    cJSON *results = campaign_run(&matrix->paths, &row, &exit_status);

    fprintf(stderr, "%s: exit status %d\n", mutant->name, exit_status);
    cJSON_Delete(results);
    return results != NULL;
}

static cJSON *read_results(const struct matrix *matrix, const char *mutant)
{
    char path[PATH_SIZE];
    cJSON *results = NULL;

    (void)snprintf(path, sizeof(path), "%s/%s/results.json",
                   matrix->paths.folder, mutant); /* cut: does not open */
    FILE *file = fopen(path, "r");
    char *text = malloc(FILE_MAX + 1);
    if (file != NULL && text != NULL) {
        size_t length = fread(text, 1, FILE_MAX, file);
        text[length] = '\0';
        results = cJSON_Parse(text);
    }
    if (file != NULL) {
        (void)fclose(file); /* read only */
    }
    free(text);
    return results;
}

/** What a case says of a mutant: 'F' and 'W' when a finding names the
 *  requirement that it breaks, 'f', 'w', 'i', 'e' for other findings. */
static char cell(const struct mutant *mutant, const char *id)
{
    static const char marks[] = ".wWifFe";
    const cJSON *row = NULL;
    const cJSON *finding = NULL;
    char mark = ' ';

    cJSON_ArrayForEach(
        row, cJSON_GetObjectItemCaseSensitive(mutant->results, "cases"))
    {
        if (strcmp(campaign_text(row, "case"), id) != 0 ||
            strcmp(campaign_text(row, "verdict"), "") == 0) {
            continue;
        }
        mark = mark == ' ' ? '.' : mark;
        cJSON_ArrayForEach(finding,
                           cJSON_GetObjectItemCaseSensitive(row, "findings"))
        {
            const char *level = campaign_text(finding, "level");
            bool names = campaign_names(campaign_text(finding, "requirement"),
                                        mutant->requirement);
            char found = strcmp(level, "fail") == 0      ? names ? 'F' : 'f'
                         : strcmp(level, "warning") == 0 ? names ? 'W' : 'w'
                         : strcmp(level, "inconc") == 0  ? 'i'
                         : strcmp(level, "error") == 0   ? 'e'
                                                         : '.';
            if (strchr(marks, found) > strchr(marks, mark)) {
                mark = found;
            }
        }
    }
    return mark;
}

static void print_table(struct matrix *matrix)
{
    const cJSON *row = NULL;

    printf("F, W: fail or warning under the requirement that the mutant "
           "breaks; f, w: under another one;\ni: inconc; e: error; .: pass; "
           "blank: did not run\n\n");
    for (size_t i = 0; i < matrix->count; i++) {
        printf("%4zu  %-12s %s\n", i + 1, matrix->mutants[i].requirement,
               matrix->mutants[i].name);
    }
    cJSON_ArrayForEach(row, matrix->catalogue)
    {
        const char *id = campaign_text(row, "id");
        unsigned kills = 0;
        printf("\n%-14s", id);
        for (size_t i = 0; i < matrix->count; i++) {
            struct mutant *mutant = &matrix->mutants[i];
            char mark = cell(mutant, id);
            bool is_kill = mark == 'F' || mark == 'W';
            kills += is_kill ? 1 : 0;
            mutant->kills += is_kill ? 1 : 0;
            putchar(mark);
        }
        printf("  %u", kills);
    }
    printf("\n\n");
}

/** @return how many survive */
static unsigned print_survivors(const struct matrix *matrix)
{
    unsigned survivors = 0;

    for (size_t i = 0; i < matrix->count; i++) {
        const struct mutant *mutant = &matrix->mutants[i];
        if (mutant->results == NULL) {
            printf("broken: %s has no results\n", mutant->name);
            survivors++;
        } else if (mutant->kills == 0) {
            printf("survives: %s (%s)\n", mutant->name, mutant->requirement);
            survivors++;
        }
    }
    printf("%zu mutants, %u survive\n", matrix->count, survivors);
    return survivors;
}

static bool is_wanted(const char *name, char **wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(wanted[i], name) == 0) {
            return true;
        }
    }
    return count == 0;
}

static void read_mutants(struct matrix *matrix, char **wanted, int count)
{
    const char *const argv[] = { matrix->paths.device, "--list-mutants", NULL };
    int exit_status = -1;
    char *text = campaign_output(argv, NULL, &exit_status);
    const char *line = text;

    while (line != NULL && *line != '\0' && matrix->count < MUTANTS_MAX) {
        struct mutant *mutant = &matrix->mutants[matrix->count];
        if (sscanf(line, "%63s %31s", mutant->name, mutant->requirement) == 2 &&
            is_wanted(mutant->name, wanted, count)) {
            matrix->count++;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(text);
}

int main(int argc, char **argv)
{
    static struct matrix matrix;
    int exit_status = -1;

    if (argc < 5) {
        fprintf(stderr,
                "usage: matrix ASSAY DEVICE PROFILE FOLDER [MUTANT]...\n");
        return 2;
    }
    char *folder = campaign_folder(argv[4]);
    if (folder == NULL) {
        fprintf(stderr, "cannot make a folder in '%s'\n", argv[4]);
        return 2;
    }
    matrix.paths = (struct campaign_paths){ argv[1], argv[2], argv[3], folder };
    const char *const list[] = { matrix.paths.assay, "list", "--json", NULL };
    char *text = campaign_output(list, NULL, &exit_status);
    matrix.catalogue = text != NULL ? cJSON_Parse(text) : NULL;
    free(text);
    read_mutants(&matrix, argv + 5, argc - 5);
    (void)campaign_check_all(matrix.count, CAMPAIGNS_WAITING, run,
                             &matrix); /* who broke has no results */
    for (size_t i = 0; i < matrix.count; i++) {
        matrix.mutants[i].results =
            read_results(&matrix, matrix.mutants[i].name);
    }
    print_table(&matrix);
    unsigned survivors = print_survivors(&matrix);
    for (size_t i = 0; i < matrix.count; i++) {
        cJSON_Delete(matrix.mutants[i].results);
    }
    cJSON_Delete(matrix.catalogue);
    campaign_folder_remove(folder);
    free(folder);
    return survivors == 0 && matrix.count > 0 ? 0 : 1;
}
