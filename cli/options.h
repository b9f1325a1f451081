/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/package_options.h"
#include "scenarios/scenarios.h"

/** Exit statuses of every command. design.md, section 1. */
enum exit_status {
    EXIT_STATUS_PASS = 0,
    EXIT_STATUS_FAIL = 1,
    EXIT_STATUS_INCONC = 2,
    EXIT_STATUS_ERROR = 3, /**< error, bad usage, or nothing ran */
};

/**
 * What the commands take. Text fields are borrowed from argv. A command
 * accepts only the options of its row in the command table.
 */
struct options {
    const char *profile; /**< the last one given, or NULL */
    const char *profiles[CAMPAIGN_PROFILES_MAX];
    size_t profile_count;
    const char *device; /**< endpoint: of several devices this one alone */
    unsigned parallel;  /**< 0: not given */
    const char *bind_address;
    const char *output;
    const char *mutant;
    const char *shape;     /**< of the simulated device; NULL: quad */
    const char *catalogue; /**< folder with more cases */
    uint16_t port;
    bool has_port;            /**< given, maybe as 0: any free one */
    uint16_t repository_port; /**< by what is pulled by; 0: any free one */
    uint16_t repository_ports[REPOSITORY_PROTOCOLS]; /**< of a certain one */
    bool has_second;          /**< a second LwM2M server … */
    uint16_t second_port;     /**< … there; 0: any free one */
    bool has_pull_by;         /**< given */
    enum repository_protocol pull_by;
    enum personality personality;
    bool lists_personalities; /**< --personality help */
    uint64_t seed;
    bool has_seed;
    uint64_t register_ms;
    enum reading reading;
    bool has_reading; /**< given */
    bool fail_on_warning;
    bool fail_fast;
    bool shuffle;
    bool has_impairment;
    struct impairment impairment;
    bool dry_run;
    bool json;
    bool requirements;
    bool keep_going;
    bool force;
    bool verbose;
    bool help;
    struct package_options package;
    const char *const *arguments;   /**< operands, NULL-terminated */
    const char *const *device_argv; /**< after "--", NULL-terminated, or
                                         NULL when there is no "--" */
    const char *program;            /**< as it was called; set by main() */
    const char *const *argv;        /**< the whole command line */
};

struct command {
    const char *name;
    const char *usage;   /**< "[CASE|GROUP|GLOB]... --profile P" */
    const char *summary; /**< one line */
    const char *letters; /**< accepted options, by their letter ("D": takes
                              a device after "--"); NULL: the command reads
                              its arguments itself */
    const char *details; /**< shown by --help below the options; or NULL */
    /** @return an enum exit_status */
    int (*execute)(const struct options *options);
};

/** All commands, ended by a row without a name. */
extern const struct command commands[];

/**
 * Read the options of `command` from argv (argv[0] is the command's name).
 * What is wrong is said on stderr in one line.
 *
 * @param out_options  its `arguments` point into `argv`, which is permuted
 * @return false when the command must not run: exit with 3
 */
bool options_parse(const struct command *command, int argc, char **argv,
                   struct options *out_options);
/** Usage, options and details of one command, on stdout. */
void options_help(const struct command *command);
/** What each personality does, and where that is described, on stdout. */
void options_personalities(void);

#endif
