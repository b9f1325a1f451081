/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/library.h"

#define DEVICE_ARGUMENTS_MAX 256

/* The device is a program of its own: it must share no judging with us, and
 * a kill -9 must hit one process. */
int command_device(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    char *path = NULL;
    char *argv[DEVICE_ARGUMENTS_MAX + 2] = { NULL };
    size_t count = 0;

    while (options->arguments[count] != NULL) {
        if (count == DEVICE_ARGUMENTS_MAX) {
            fprintf(stderr, "assay: more than %d arguments\n",
                    DEVICE_ARGUMENTS_MAX);
            return EXIT_STATUS_ERROR;
        }
        /* execv() takes char *const[] and changes none of them. */
        argv[count + 1] = (char *)(uintptr_t)options->arguments[count];
        count++;
    }
    if (library_program("assay-device", &path, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    argv[0] = path;
    execv(path, argv);
    fprintf(stderr, "assay: cannot execute '%s': %s\n", path, strerror(errno));
    free(path);
    return EXIT_STATUS_ERROR;
}
