/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/library.h"
#include "cli/shell/shell.h"

/** What is known of a device that has no profile: nothing. */
static enum status plain_profile(struct profile **out_profile,
                                 struct reason *reason)
{
    static const char text[] = "{\"components\": {}, \"packages\": {}}";

    return profile_parse("none", ".", text, sizeof(text) - 1, out_profile,
                         reason);
}

static int run_shell(const struct options *options,
                     const struct profile *profile, const struct profile *plain)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };
    char *output = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (library_load(options->catalogue, &library, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    struct shell_options shell = {
        .campaign = command_config(options, &profile, 1, &library,
                                   options->device_argv),
        .plain = plain,
        .script = options->arguments[0],
        .is_json = options->json,
        .keeps_going = options->keep_going,
        .is_verbose = options->verbose,
    };
    if (options->output == NULL) {
        output = command_output();
        shell.campaign.output = output;
    }
    if (shell.campaign.output != NULL) {
        exit_status = shell_run(&shell);
    }
    free(output);
    library_release(&library);
    return exit_status;
}

int command_shell(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profile = NULL;
    struct profile *plain = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (options->arguments[0] != NULL && options->arguments[1] != NULL) {
        fprintf(stderr, "assay: shell takes one script, or '-'\n");
        return EXIT_STATUS_ERROR;
    }
    enum status status = plain_profile(&plain, &reason);
    if (status == STATUS_OK && options->profile != NULL) {
        status = profile_load(options->profile, &profile, &reason);
    }
    if (status == STATUS_OK) {
        exit_status =
            run_shell(options, profile != NULL ? profile : plain, plain);
    } else {
        fprintf(stderr, "assay: %s\n", reason.text);
    }
    profile_free(profile);
    profile_free(plain);
    return exit_status;
}
