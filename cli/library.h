/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LIBRARY_H
#define CLI_LIBRARY_H

#include "scenarios/scenarios.h"

/** What is compiled in, plus what the user adds: definitions and cases. */
struct library {
    struct definitions *definitions;
    struct catalogue *catalogue;
};

/**
 * @param folder  "*.json" of it are added to the catalogue, in the order of
 *                their names; or NULL
 * Errors: those of catalogue_add(); STATUS_NOT_FOUND for the folder;
 *         STATUS_MALFORMED for a case that claims a requirement AFU-… or LWM-…
 *         which there is not.
 */
MUST_CHECK
enum status library_load(const char *folder, struct library *out_library,
                         struct reason *reason);
void library_release(struct library *library);

/** The profile of that file, with the cases that follow from it. */
MUST_CHECK
enum status library_profile_file(const char *path, struct profile **out_profile,
                                 struct reason *reason);
/** The embedded profile of a shape of the simulated device, likewise.
 *  Errors: STATUS_NOT_FOUND for an unknown shape. */
MUST_CHECK
enum status library_profile_shape(const char *shape,
                                  struct profile **out_profile,
                                  struct reason *reason);

/**
 * Path of a program that lies beside this one, or in the libexec folder it
 * was installed to.
 *
 * @param out_path  caller frees
 * Errors: STATUS_NOT_FOUND.
 */
MUST_CHECK
enum status library_program(const char *name, char **out_path,
                            struct reason *reason);

#endif
