/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_MUTANTS_CAMPAIGNS_H
#define TESTS_MUTANTS_CAMPAIGNS_H

/*
 * Running `assay` against the simulated device and looking at its results:
 * what the tests of mutants and of variants share.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define CAMPAIGN_ARGUMENTS_MAX 260

/** Where everything is. */
struct campaign_paths {
    const char *assay;
    const char *device;
    const char *profile; /**< that of shape quad, with comments */
    const char *folder;  /**< for results; exists */
};

/** One campaign. */
struct campaign_row {
    const char *name;          /**< of the result folder */
    const char *shape;         /**< of the device; NULL: that of the profile of
                                    `campaign_paths` */
    const char *const *device; /**< more arguments, NULL-terminated; NULL */
    const char *const *cases;  /**< patterns, NULL-terminated; NULL: all */
    const char *reading;       /**< "strict", or NULL */
    const char *pull_by;       /**< "http", or NULL */
    const char *personality;   /**< of the server, or NULL */
    const char *ics;           /**< JSON that is put into "ics"; NULL */
    bool is_single;            /**< leave only instance 0 in the profile */
    bool stops;                /**< at the first fail */
    bool stops_at_warning; /**< at the first warning, which is a fail then */
};

/** Run a program and read its standard output, at most 16 MiB; its standard
 *  error goes to `log` (NULL: to ours). To be freed; NULL on failure. */
char *campaign_output(const char *const *argv, const char *log, int *out_exit);
/** Run a campaign: its results.json, or NULL. */
cJSON *campaign_run(const struct campaign_paths *paths,
                    const struct campaign_row *row, int *out_exit);

/** Text of a member, "" when there is none. */
const char *campaign_text(const cJSON *object, const char *name);
bool campaign_list_has(const cJSON *list, const char *text);
/** Whether the comma-separated list of a finding names the requirement. */
bool campaign_names(const char *list, const char *requirement);
/** Whether the finding is a warning or worse. */
bool campaign_is_bad(const cJSON *finding);

/** Make a folder of its own below `folder` for the results of a program. To
 *  be freed; NULL on failure. */
char *campaign_folder(const char *folder);
/** Remove it with everything in it. */
void campaign_folder_remove(const char *path);

/** Check row `index`: print one line, and say whether it is well. */
typedef bool (*campaign_check_fn)(size_t index, void *user);
/** How many campaigns run at a time: those whose States pass quickly need
 *  more of the machine than those that wait. */
#ifdef __SANITIZE_ADDRESS__
#    define CAMPAIGNS_BUSY 8
/* What is judged was proven by the build without sanitizers; here the same
 * code runs to be watched, and a part of the rows is enough. */
#    define CAMPAIGNS_SHARE 6 /**< every so manieth row */
#else
#    define CAMPAIGNS_BUSY  16
#    define CAMPAIGNS_SHARE 1
#endif
#define CAMPAIGNS_WAITING 24
/** Check all rows, so many at a time in processes of their own.
 *  @return how many failed */
unsigned campaign_check_all(size_t count, unsigned at_a_time,
                            campaign_check_fn check, void *user);

#endif
