/* SPDX-License-Identifier: Apache-2.0 */

/* Programs that a campaign starts: the device and hooks. */
#include <stdio.h>
#include <stdlib.h>
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

char *campaign_device_words(const struct campaign *campaign)
{
    char *ended = NULL;
    char *text = NULL;

    if (campaign->device_process == 0) {
        return strdup("no device was started by assay");
    }
    if (campaign->device_exited &&
        asprintf(&ended, "the started device ended (%s %d)\n",
                 campaign->device_signal != 0 ? "signal" : "exit status",
                 campaign->device_signal != 0
                     ? campaign->device_signal
                     : campaign->device_exit_status) < 0) {
        return NULL;
    }
    if (asprintf(&text, "%s%s%.*s", ended != NULL ? ended : "",
                 campaign->device_output_length > 0
                     ? "the started device said:\n"
                     : "the started device said nothing",
                 (int)campaign->device_output_length,
                 campaign->device_output) < 0) {
        text = NULL;
    }
    free(ended);
    return text;
}

/** The device ended by itself: say so once, with its last words. */
static void note_end(struct campaign *campaign)
{
    char *text = NULL;

    if (campaign->end_was_noted) {
        return;
    }
    campaign->end_was_noted = true;
    text = campaign_device_words(campaign);
    campaign_note(campaign, text);
    free(text);
}

const char *campaign_lost_words(const struct campaign *campaign, char *buffer,
                                size_t size)
{
    if (!campaign->device_exited) {
        (void)snprintf(buffer, size, "the device does not answer any more%s%s",
                       campaign->lost_why[0] != '\0' ? ": " : "",
                       campaign->lost_why);
        return buffer;
    }
    if (campaign->device_signal == 0 && campaign->device_exit_status == 0) {
        /* A launcher, or a device that ended in good order. */
        return "the device does not answer any more, and the started program "
               "has ended";
    }
    (void)snprintf(buffer, size, "the started device ended by itself (%s %d)",
                   campaign->device_signal != 0 ? "signal" : "exit status",
                   campaign->device_signal != 0 ? campaign->device_signal
                                                : campaign->device_exit_status);
    return buffer;
}

/** Nothing registered yet. Of a program that ended well there may still come
 *  something: it may have started the device and gone. */
static void ended_before_registration(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };
    bool is_well =
        campaign->device_signal == 0 && campaign->device_exit_status == 0;
    uint64_t grace_ms = !is_well ? 0
                        : campaign->config->register_ms < START_GRACE_MS
                            ? campaign->config->register_ms
                            : START_GRACE_MS;

    server_timer_stop(campaign->server, campaign->register_timer);
    campaign->register_timer = 0;
    if (server_timer_start(campaign->server, grace_ms,
                           &campaign->register_timer, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
    }
}

static void device_ended(struct campaign *campaign,
                         const struct server_process_view *process)
{
    char why[RUN_WHY_SIZE];

    campaign->device_exited = true;
    campaign->device_exit_status = process->exit_status;
    campaign->device_signal = process->signal;
    if (campaign->is_ending) {
        server_stop(campaign->server);
        return;
    }
    if (campaign->endpoint == NULL) {
        ended_before_registration(campaign);
        return;
    }
    /* A launcher may end well and leave the device running. */
    if (process->signal == 0 && process->exit_status == 0) {
        return;
    }
    note_end(campaign);
    campaign->is_unreachable = true;
    if (campaign->is_running) {
        campaign->run.is_lost = true;
        runner_abort(&campaign->run, VERDICT_INCONC,
                     campaign_lost_words(campaign, why, sizeof(why)));
        run_pump(&campaign->run);
    }
}

void campaign_device_lost(struct campaign *campaign)
{
    campaign->is_unreachable = true;
    if (campaign->device_exited) {
        note_end(campaign);
    }
}

static void record_hook_end(struct campaign *campaign, const char *name,
                            const struct server_process_view *process)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    cJSON_AddNumberToObject(data, "exit", process->exit_status);
    cJSON_AddNumberToObject(data, "signal", process->signal);
    campaign_record(campaign, JOURNAL_HOOK_END, data);
}

static void hook_ended(struct campaign *campaign, uint64_t id,
                       const struct server_process_view *process)
{
    for (size_t i = 0; i < SERVER_PROCESSES_MAX; i++) {
        struct campaign_hook *hook = &campaign->hooks[i];
        if (hook->id == id) {
            const char *name = hook->name;
            *hook = (struct campaign_hook){ .id = 0 };
            record_hook_end(campaign, name, process);
        }
    }
    if (campaign->is_running) {
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
        record_hook_end(campaign, "start", &event->as.process);
        device_ended(campaign, &event->as.process);
    } else {
        hook_ended(campaign, event->id, &event->as.process);
    }
}

static void record_hook_begin(struct campaign *campaign, const char *name,
                              char *const *argv)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    results_add_words(cJSON_AddArrayToObject(data, "argv"),
                      &campaign->config->profile->credentials,
                      (const char *const *)argv);
    campaign_record(campaign, JOURNAL_HOOK_BEGIN, data);
}

/** Start a program, {address} and {port} replaced, and write it down. */
static enum status start_program(struct campaign *campaign, const char *name,
                                 const char *const *argv, uint64_t *out_id,
                                 struct reason *reason)
{
    char **replaced = results_argv(argv, server_address(campaign->server),
                                   server_port(campaign->server));

    if (replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = server_process_start(
        campaign->server, (const char *const *)replaced, out_id, reason);
    if (status == STATUS_OK) {
        record_hook_begin(campaign, name, replaced);
    }
    results_argv_free(replaced);
    return status;
}

enum status campaign_start_hook(struct campaign *campaign,
                                const struct profile_hook *hook,
                                struct reason *reason)
{
    for (size_t i = 0; i < SERVER_PROCESSES_MAX; i++) {
        if (campaign->hooks[i].id == 0) {
            campaign->hooks[i].name = hook->name;
            return start_program(campaign, hook->name,
                                 (const char *const *)hook->argv,
                                 &campaign->hooks[i].id, reason);
        }
    }
    return reason_set(reason, STATUS_LIMIT, "more than %d programs run",
                      SERVER_PROCESSES_MAX);
}

enum status campaign_start_device(struct campaign *campaign,
                                  struct reason *reason)
{
    const struct campaign_config *config = campaign->config;
    const struct profile_hook *hook = profile_hook(config->profile, "start");
    const char *const *argv = config->device_argv != NULL ? config->device_argv
                              : hook != NULL ? (const char *const *)hook->argv
                                             : NULL;

    return argv == NULL ? STATUS_OK
                        : start_program(campaign, "start", argv,
                                        &campaign->device_process, reason);
}
