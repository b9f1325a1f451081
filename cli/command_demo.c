/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/library.h"

/* Long enough that a Read falls into the installation, afu.md State 3. */
#define DEMO_INSTALL_MS "400"

static int demonstrate(const struct options *options,
                       const struct profile *profile)
{
    struct reason reason = { .status = STATUS_OK };
    char *path = NULL;

    if (library_program("assay-device", &path, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    const char *const argv[] = {
        path,
        "--server",
        "coap://{address}:{port}",
        "--install-ms",
        DEMO_INSTALL_MS,
        options->mutant != NULL ? "--mutant" : NULL,
        options->mutant,
        NULL,
    };
    int status = command_campaign(options, profile, argv);
    free(path);
    return status;
}

int command_demo(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profile = NULL;
    enum status status = options->profile != NULL
                             ? profile_load(options->profile, &profile, &reason)
                             : library_profile("quad.json", &profile, &reason);

    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    int exit_status = demonstrate(options, profile);
    profile_free(profile);
    return exit_status;
}
