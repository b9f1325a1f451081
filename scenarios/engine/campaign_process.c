/* SPDX-License-Identifier: Apache-2.0 */

/* Programs that a campaign starts: the device and hooks. */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/results.h"

enum { START_GRACE_MS = 5000 }; /* to register by a program that detached */

static void keep_output(struct campaign *campaign, const char *text,
                        size_t length)
{
    size_t size = sizeof(campaign->device_output);

    if (length > size) {
        text += length - size;
        length = size;
    }
    size_t keep = campaign->device_output_length;
    if (keep > size - length) {
        memmove(campaign->device_output,
                campaign->device_output + keep - (size - length),
                size - length);
        keep = size - length;
    }
    memcpy(campaign->device_output + keep, text, length);
    campaign->device_output_length = keep + length;
}

static void device_ended(struct campaign *campaign,
                         const struct server_process_view *process)
{
    struct reason reason = { .status = STATUS_OK };
    char why[96];

    campaign->device_exited = true;
    if (campaign->is_ending) {
        server_stop(campaign->server);
        return;
    }
    if (campaign->endpoint == NULL) {
        server_timer_stop(campaign->server, campaign->register_timer);
        if (server_timer_start(campaign->server,
                               campaign->config->register_ms < START_GRACE_MS
                                   ? campaign->config->register_ms
                                   : START_GRACE_MS,
                               &campaign->register_timer,
                               &reason) != STATUS_OK) {
            campaign_fail(campaign, &reason);
        }
        return;
    }
    /* A launcher may end well and leave the device running. */
    if (process->signal == 0 && process->exit_status == 0) {
        return;
    }
    (void)snprintf(why, sizeof(why),
                   "the started device ended by itself (%s "
                   "%d)",
                   process->signal != 0 ? "signal" : "exit status",
                   process->signal != 0 ? process->signal
                                        : process->exit_status);
    campaign->is_unreachable = true;
    if (campaign->is_running) {
        campaign->run.is_lost = true;
        runner_abort(&campaign->run, VERDICT_INCONC, why);
        run_pump(&campaign->run);
    }
}

void campaign_process_event(struct campaign *campaign,
                            const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .as.server = *event,
    };
    bool is_device = event->id == campaign->device_process;

    campaign_append(campaign, &row);
    if (event->kind == SERVER_PROCESS_OUTPUT) {
        if (is_device) {
            keep_output(campaign, event->as.process.text,
                        event->as.process.length);
        }
    } else if (is_device) {
        device_ended(campaign, &event->as.process);
    } else {
        cJSON *data = cJSON_CreateObject();
        cJSON_AddNumberToObject(data, "exit", event->as.process.exit_status);
        cJSON_AddNumberToObject(data, "signal", event->as.process.signal);
        campaign_record(campaign, JOURNAL_HOOK_END, data);
        if (campaign->is_running) {
            run_pump(&campaign->run);
        }
    }
}

enum status campaign_start_device(struct campaign *campaign,
                                  struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    const struct profile_hook *hook = profile_hook(config->profile, "start");
    const char *const *argv = config->device_argv != NULL ? config->device_argv
                              : hook != NULL ? (const char *const *)hook->argv
                                             : NULL;

    if (argv == NULL) {
        return STATUS_OK;
    }
    char **replaced = results_argv(argv, server_address(campaign->server),
                                   server_port(campaign->server));
    if (replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    cJSON *data = cJSON_CreateObject();
    cJSON_AddStringToObject(data, "hook", "start");
    cJSON *list = cJSON_AddArrayToObject(data, "argv");
    for (size_t i = 0; replaced[i] != NULL; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(replaced[i]));
    }
    campaign_record(campaign, JOURNAL_HOOK_BEGIN, data);
    enum status status =
        server_process_start(campaign->server, (const char *const *)replaced,
                             &campaign->device_process, reason);
    results_argv_free(replaced);
    return status;
}
