/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/library.h"

/* Long enough that a Read falls into the installation, afu.md State 3. */
#define DEMO_INSTALL_MS "400"

/** Whether the device knows the mutant. If not, it has said so itself, with
 *  names that are like it. */
static bool is_mutant(const char *device, const char *mutant)
{
    const char *const argv[] = { device, "--mutant", mutant, "--list-mutants",
                                 NULL };
    posix_spawn_file_actions_t actions;
    pid_t process = -1;
    int status = -1;

    if (posix_spawn_file_actions_init(&actions) != 0) {
        return true; /* the campaign will tell */
    }
    bool started =
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null",
                                         O_WRONLY, 0) == 0 &&
        posix_spawn(&process, device, &actions, NULL,
                    (char *const *)(uintptr_t)argv, environ) == 0;
    (void)posix_spawn_file_actions_destroy(&actions); /* cannot fail here */
    return !started || waitpid(process, &status, 0) != process ||
           (WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const char *shape_of(const struct options *options)
{
    return options->shape != NULL ? options->shape : "quad";
}

static int demonstrate(const struct options *options,
                       const struct profile *profile)
{
    struct reason reason = { .status = STATUS_OK };
    char *path = NULL;

    if (library_program("assay-device", &path, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    if (options->mutant != NULL && !is_mutant(path, options->mutant)) {
        free(path);
        return EXIT_STATUS_ERROR;
    }
    const char *const argv[] = {
        path,
        "--shape",
        shape_of(options),
        "--server",
        "coap://{address}:{port}",
        "--second-server", /* port 0 where no second one is spoken of */
        "coap://{address}:{second-port}",
        "--second-access",
        "read",
        "--install-ms",
        DEMO_INSTALL_MS,
        "--state", /* outlives a power cut */
        "{folder}",
        "--no-sync",
        "--watched",
        "--memory",
        "--pull-ca",
        "{ca}",
        "--firmware-update",
        options->mutant != NULL ? "--mutant" : NULL,
        options->mutant,
        NULL,
    };
    int status = command_campaign(options, &profile, 1, argv);
    free(path);
    return status;
}

int command_demo(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profile = NULL;
    enum status status =
        options->profile != NULL
            ? library_profile_file(options->profile, &profile, &reason)
            : library_profile_shape(shape_of(options), &profile, &reason);

    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    int exit_status = demonstrate(options, profile);
    profile_free(profile);
    return exit_status;
}
