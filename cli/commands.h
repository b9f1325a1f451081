/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/library.h"
#include "cli/options.h"

/* One file per command; each returns an enum exit_status. */
int command_run(const struct options *options);
int command_list(const struct options *options);
int command_describe(const struct options *options);
int command_device(const struct options *options);
int command_probe(const struct options *options);
int command_demo(const struct options *options);
int command_recheck(const struct options *options);
int command_package(const struct options *options);
int command_shell(const struct options *options);

/**
 * Run a campaign and write its reports: what `run` and `demo` share.
 *
 * @param profiles     loaded; stay the caller's
 * @param device_argv  program to start, or NULL
 */
int command_campaign(const struct options *options,
                     const struct profile *const *profiles,
                     size_t profile_count, const char *const *device_argv);

/** What the options say of a campaign; borrows from all of its arguments.
 *  Without --output it has none yet. */
struct campaign_config command_config(const struct options *options,
                                      const struct profile *const *profiles,
                                      size_t profile_count,
                                      const struct library *library,
                                      const char *const *device_argv);
/** "results/2026-03-01T10-00-00Z", with "-2" … when it exists; caller frees.
 *  NULL after a complaint. */
char *command_output(void);

/** The profile of --profile, else of --shape.
 *  @param out_profile  caller frees; NULL when none of them was given
 *  Errors: those of library_profile_file() and library_profile_shape(). */
MUST_CHECK
enum status command_profile(const struct options *options,
                            struct profile **out_profile,
                            struct reason *reason);

#endif
