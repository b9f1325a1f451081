/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "reports/reports.h"

/** Where the rows go. */
struct output {
    cJSON *rows; /**< NULL: text */
};

static void on_case(const struct recheck_case *row, void *user)
{
    const struct output *output = user;

    if (output->rows != NULL) {
        cJSON_AddItemToArray(output->rows, report_recheck_json(row));
    } else {
        report_recheck_case(stdout, row);
    }
}

static void print_json(cJSON *rows, const struct recheck_counts *counts)
{
    cJSON *tree = cJSON_CreateObject();

    cJSON_AddNumberToObject(tree, "cases", counts->cases);
    cJSON_AddNumberToObject(tree, "changed-verdicts", counts->changed_verdicts);
    cJSON_AddNumberToObject(tree, "changed-findings", counts->changed_findings);
    cJSON_AddNumberToObject(tree, "unfinished", counts->unfinished);
    cJSON_AddBoolToObject(tree, "torn", counts->is_torn);
    cJSON_AddItemToObject(tree, "verdicts", rows);
    report_print_json(stdout, tree);
    cJSON_Delete(tree);
}

/** The journal of a result directory, or the file itself; caller frees. */
static char *journal_of(const char *path)
{
    struct stat facts;
    char *journal = NULL;
    bool is_folder = stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);

    return asprintf(&journal, "%s%s", path, is_folder ? "/events.ndjson" : "") <
                   0
               ? NULL
               : journal;
}

static int check(const struct options *options, const struct library *library,
                 const char *journal)
{
    struct reason reason = { .status = STATUS_OK };
    struct output output = { options->json ? cJSON_CreateArray() : NULL };
    const struct recheck_config config = {
        .path = journal,
        .steps = steps_table(),
        .definitions = library->definitions,
        .has_reading = options->has_reading,
        .reading = options->reading,
        .fail_on_warning = options->fail_on_warning,
        .on_case = on_case,
        .user = &output,
    };
    struct recheck_counts counts;

    if (recheck_run(&config, &counts, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        cJSON_Delete(output.rows);
        return EXIT_STATUS_ERROR;
    }
    if (counts.cases == 0) {
        fprintf(stderr,
                "assay: '%s' has no case that was judged%s: there is nothing "
                "to judge again\n",
                journal,
                counts.unfinished > 0 ? ", only what was cut off" : "");
    }
    if (options->json) {
        print_json(output.rows, &counts);
    } else {
        report_recheck_counts(stdout, &counts);
    }
    return counts.cases == 0              ? EXIT_STATUS_ERROR
           : counts.changed_verdicts != 0 ? EXIT_STATUS_FAIL
                                          : EXIT_STATUS_PASS;
}

int command_recheck(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    int exit_status = EXIT_STATUS_ERROR;

    if (options->arguments[0] == NULL || options->arguments[1] != NULL) {
        fprintf(stderr, "assay: recheck takes one result directory, or its "
                        "events.ndjson\n");
        return EXIT_STATUS_ERROR;
    }
    char *journal = journal_of(options->arguments[0]);
    if (journal == NULL) {
        fprintf(stderr, "assay: out of memory\n");
    } else if (library_load(NULL, &library, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else {
        exit_status = check(options, &library, journal);
    }
    library_release(&library);
    free(journal);
    return exit_status;
}
