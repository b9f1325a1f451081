/* SPDX-License-Identifier: Apache-2.0 */

/* Hooks of the profile: programs, and what is done to the device that was
 * started. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/results.h"

enum { DESCRIPTORS = 16 }; /* of the removal of a folder */

cJSON *campaign_hook_end(const char *name,
                         const struct server_process_view *process)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    cJSON_AddNumberToObject(data, "exit", process->exit_status);
    cJSON_AddNumberToObject(data, "signal", process->signal);
    return data;
}

cJSON *campaign_hook_begin(const struct campaign *campaign, const char *name,
                           char *const *argv)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    results_add_words(cJSON_AddArrayToObject(data, "argv"), campaign->config,
                      (const char *const *)argv);
    return data;
}

struct campaign_hook *campaign_find_hook(struct campaign *campaign, uint64_t id)
{
    for (size_t i = 0; i < SERVER_PROCESSES_MAX; i++) {
        if (campaign->hooks[i].id == id) {
            return &campaign->hooks[i];
        }
    }
    return NULL;
}

void campaign_hook_ended(struct campaign_hook *hook,
                         const struct server_process_view *process)
{
    struct lane *lane = hook->lane;
    const char *name = hook->name;

    *hook = (struct campaign_hook){ .id = 0 };
    lane_record(lane, JOURNAL_HOOK_END, campaign_hook_end(name, process));
    if (lane->is_running) {
        run_pump(lane->run);
    }
}

/* The folder that a device keeps its state in. */

static enum status make_folder(struct campaign *campaign, struct reason *reason)
{
    const char *temporary = getenv("TMPDIR");
    char *path = NULL;

    if (asprintf(&path, "%s/assay-XXXXXX",
                 temporary != NULL ? temporary : "/tmp") < 0) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (mkdtemp(path) == NULL) {
        enum status status = reason_set(reason, STATUS_NETWORK,
                                        "a temporary folder '%.300s': %s", path,
                                        strerror(errno));
        free(path);
        return status;
    }
    campaign->folder = path;
    return STATUS_OK;
}

static int remove_one(const char *path, const struct stat *facts, int kind,
                      struct FTW *where)
{
    (void)facts;
    (void)kind;
    (void)where;
    return remove(path);
}

void campaign_remove_folder(struct campaign *campaign)
{
    if (campaign->folder != NULL) {
        (void)nftw(campaign->folder, remove_one, DESCRIPTORS,
                   FTW_DEPTH | FTW_PHYS); /* what is left stays */
        free(campaign->folder);
        campaign->folder = NULL;
    }
}

/** Make the folder when a word asks for it. */
static enum status prepare_folder(struct campaign *campaign,
                                  const char *const *argv,
                                  struct reason *reason)
{
    bool is_wanted = false;

    for (size_t i = 0; argv[i] != NULL; i++) {
        is_wanted = is_wanted || strstr(argv[i], "{folder}") != NULL;
    }
    return is_wanted && campaign->folder == NULL ? make_folder(campaign, reason)
                                                 : STATUS_OK;
}

/* Starting. */

enum status campaign_start_program(struct campaign *campaign,
                                   const struct lane *lane,
                                   const char *const *argv, uint64_t *out_id,
                                   char ***out_argv, struct reason *reason)
{
    enum status status = prepare_folder(campaign, argv, reason);

    if (status != STATUS_OK) {
        return status;
    }
    char *ca = results_path(campaign->config->output, RESULTS_CA);
    const struct results_words words = {
        .address = server_address(campaign->server),
        .port = server_port(campaign->server),
        .second_port = server_second_port(campaign->server),
        .endpoint = lane == NULL             ? NULL
                    : lane->endpoint != NULL ? lane->endpoint
                                             : lane->wanted,
        .number = lane != NULL ? lane->number : 0,
        .pid = lane != NULL && lane->program != NULL
                   ? server_process_pid(campaign->server, lane->program->id)
                   : 0,
        .ca = ca, /* NULL, no memory: it stays, and is told below */
        .folder = campaign->folder,
        .device = campaign->config->device_argv != NULL
                      ? campaign->config->device_argv[0]
                      : NULL,
    };
    char **replaced = ca != NULL ? results_argv(argv, &words) : NULL;
    free(ca);
    if (replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    status = server_process_start(
        campaign->server, (const char *const *)replaced, out_id, reason);
    if (status != STATUS_OK) {
        results_argv_free(replaced);
        return status;
    }
    *out_argv = replaced;
    return STATUS_OK;
}

static const struct server_process_view done = { .exit_status = 0 };

/** "restart" and signals: done to the program that was started. */
static enum status act_on_device(struct lane *lane,
                                 const struct profile_hook *hook,
                                 struct reason *reason)
{
    struct campaign *campaign = lane->campaign;
    struct campaign_program *program = lane->program;

    if (program->id == 0 || program->has_ended) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "hook '%s' (%s): no device that assay started runs",
                          hook->name, hook->argv[0]);
    }
    cJSON *begin = campaign_hook_begin(campaign, hook->name, hook->argv);
    if (hook->signal != 0) { /* what the device does then is its own */
        cJSON_AddNumberToObject(begin, "sends", hook->signal);
    }
    lane_record(lane, JOURNAL_HOOK_BEGIN, begin);
    server_process_signal(campaign->server, program->id,
                          hook->restarts ? SIGKILL : hook->signal);
    if (hook->restarts) {
        program->restarting = lane;
        program->restart_name = hook->name;
    } else {
        cJSON *end = campaign_hook_end(hook->name, &done);
        cJSON_AddNumberToObject(end, "sends", hook->signal);
        lane_record(lane, JOURNAL_HOOK_END, end);
    }
    return STATUS_OK;
}

void campaign_restarted(struct lane *lane)
{
    lane_record(lane, JOURNAL_HOOK_END,
                campaign_hook_end(lane->program->restart_name, &done));
    if (lane->is_running) {
        run_pump(lane->run);
    }
}

enum status campaign_start_hook(struct lane *lane,
                                const struct profile_hook *hook,
                                struct reason *reason)
{
    struct campaign_hook *row = campaign_find_hook(lane->campaign, 0);
    char **argv = NULL;

    if (hook->is_word) {
        return act_on_device(lane, hook, reason);
    }
    if (row == NULL) {
        return reason_set(reason, STATUS_LIMIT, "more than %d programs run",
                          SERVER_PROCESSES_MAX);
    }
    enum status status = campaign_start_program(lane->campaign, lane,
                                                (const char *const *)hook->argv,
                                                &row->id, &argv, reason);
    if (status == STATUS_OK) {
        row->name = hook->name;
        row->lane = lane;
        lane_record(lane, JOURNAL_HOOK_BEGIN,
                    campaign_hook_begin(lane->campaign, hook->name, argv));
        results_argv_free(argv);
    }
    return status;
}

void campaign_stop_hook(struct lane *lane, const char *name)
{
    for (size_t i = 0; i < SERVER_PROCESSES_MAX; i++) {
        const struct campaign_hook *hook = &lane->campaign->hooks[i];
        if (hook->id != 0 && hook->lane == lane &&
            strcmp(hook->name, name) == 0) {
            server_process_signal(lane->campaign->server, hook->id, SIGKILL);
        }
    }
}
