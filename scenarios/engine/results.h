/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_RESULTS_H
#define SCENARIOS_ENGINE_RESULTS_H

/* Private to scenarios/engine: the result directory. */
#include "scenarios/engine/run_private.h"

/** Create the directory and those above it; an empty one is taken.
 *  @param out_is_new  it was not there
 *  Errors: STATUS_INVALID when it has content, STATUS_NETWORK. */
MUST_CHECK
enum status results_create(const char *path, bool *out_is_new,
                           struct reason *reason);
/** Take away what a campaign wrote that could not start.
 *  @param with_folder  the directory, too, when nothing else is in it */
void results_discard(const char *path, bool with_folder);
#define RESULTS_CA "repository-ca.pem" /**< name of a file, see results_ca() */

/** Write the CA's certificate that devices are to trust. Errors:
 *  STATUS_NETWORK. */
MUST_CHECK
enum status results_ca(const char *folder, const char *pem,
                       struct reason *reason);
/** "DIR/NAME", caller frees; NULL: no memory. */
char *results_path(const char *folder, const char *name);
/** Create the folder of a case instance, below that of its device if there are
 *  several, and its trace. */
MUST_CHECK
enum status results_case(const struct lane *lane, const char *instance,
                         struct trace **out_trace, struct reason *reason);
/** campaign.json: profile and ICS as used, seed, versions; of several devices
 *  of all, as far as they were looked at. Replaces the file. */
MUST_CHECK
enum status results_campaign(const struct lane *lane, struct reason *reason);
/** data of JOURNAL_CAMPAIGN. */
cJSON *results_header(const struct campaign *campaign);
/** Add words of a command line to an array, without the keys in them. */
void results_add_words(cJSON *list, const struct campaign_config *config,
                       const char *const *words);

/** What stands in {} in the words of a program. */
struct results_words {
    const char *address;
    uint16_t port;
    uint16_t second_port; /**< of the second LwM2M server; 0: there is none */
    const char *endpoint; /**< NULL: several devices, it stays as it is … */
    unsigned number;      /**< … and so does {n} */
    int pid;              /**< of the device that was started; 0: none, {pid}
                               stays */
    const char *ca;       /**< path of that file; NULL: {ca} stays */
    const char *folder;   /**< NULL: {folder} stays */
    const char *device;   /**< program of it; NULL: {device} stays */
};
/** Copies of `argv` with {address}, {port}, {endpoint}, {n}, {pid},
 *  {second-port}, {ca}, {folder} and {device} replaced; NULL: no memory. */
char **results_argv(const char *const *argv, const struct results_words *words);
void results_argv_free(char **argv);

#endif
