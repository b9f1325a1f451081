/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

#define COMMANDS_MAX 32

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
    printf("\n'assay help COMMAND' says more about one. "
           "Exit status: 0 all pass, 1 some fail,\n"
           "2 some inconclusive, 3 error, bad usage or nothing ran.\n");
}

static int unknown_command(const char *word)
{
    const char *names[COMMANDS_MAX + 1] = { NULL };
    size_t count = 0;
    char text[300];

    for (const struct command *row = commands;
         row->name != NULL && count < COMMANDS_MAX; row++) {
        names[count++] = row->name;
    }
    fprintf(stderr, "assay: %s\n",
            unknown_word("command", word, names, text, sizeof(text)));
    return EXIT_STATUS_ERROR;
}

/** 'help WORD...' is 'WORD... --help'. */
static void turn_help(int argc, char **argv)
{
    static char flag[] = "--help";

    for (int i = 1; i + 1 < argc; i++) {
        argv[i] = argv[i + 1];
    }
    argv[argc - 1] = flag;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "assay: no command; see 'assay --help'\n");
        return EXIT_STATUS_ERROR;
    }
    if (strcmp(argv[1], "help") == 0) {
        turn_help(argc, argv);
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
    return unknown_command(argv[1]);
}
