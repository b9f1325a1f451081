/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static void print_version(void)
{
    printf("assay %s\n%s\n", ASSAY_VERSION, server_library_versions());
}

static void print_help(void)
{
    printf("Usage: assay COMMAND [OPTION]... [ARGUMENT]...\n\n"
           "Conformance tests for LwM2M devices that update firmware in "
           "several components.\n\nCommands:\n");
    for (const struct command *row = commands; row->name != NULL; row++) {
        printf("  %-9s %s\n", row->name, row->summary);
    }
    printf("\n'assay COMMAND --help' says more about one. "
           "Exit status: 0 all pass, 1 some fail,\n"
           "2 some inconclusive, 3 error, bad usage or nothing ran.\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "assay: no command; see 'assay --help'\n");
        return EXIT_STATUS_ERROR;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return EXIT_STATUS_PASS;
    }
    if (strcmp(argv[1], "--version") == 0) {
        print_version();
        return EXIT_STATUS_PASS;
    }
    for (const struct command *row = commands; row->name != NULL; row++) {
        if (strcmp(argv[1], row->name) != 0) {
            continue;
        }
        struct options options;
        if (!options_parse(row, argc - 1, argv + 1, &options)) {
            return EXIT_STATUS_ERROR;
        }
        options.program = argv[0];
        if (options.lists_personalities) {
            options_personalities();
            return EXIT_STATUS_PASS;
        }
        if (options.help) {
            options_help(row);
            return EXIT_STATUS_PASS;
        }
        return row->execute(&options);
    }
    fprintf(stderr, "assay: unknown command '%s'; known are", argv[1]);
    for (const struct command *row = commands; row->name != NULL; row++) {
        fprintf(stderr, " %s", row->name);
    }
    fprintf(stderr, "\n");
    return EXIT_STATUS_ERROR;
}
