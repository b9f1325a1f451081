/* SPDX-License-Identifier: Apache-2.0 */

/* Programs that a campaign starts: the device and hooks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/results.h"

enum { START_GRACE_MS = 5000 }; /* to register by a program that detached */

static void keep_output(struct campaign_program *program, const char *text,
                        size_t length)
{
    size_t size = sizeof(program->output);

    if (length > size) {
        text += length - size;
        length = size;
    }
    size_t keep = program->output_length;
    if (keep > size - length) {
        memmove(program->output, program->output + keep - (size - length),
                size - length);
        keep = size - length;
    }
    memcpy(program->output + keep, text, length);
    program->output_length = keep + length;
}

char *campaign_device_words(const struct campaign_program *program)
{
    char *ended = NULL;
    char *text = NULL;

    if (program->id == 0) {
        return strdup("no device was started by assay");
    }
    if (program->has_ended &&
        asprintf(&ended, "the started device ended (%s %d)\n",
                 program->signal != 0 ? "signal" : "exit status",
                 program->signal != 0 ? program->signal
                                      : program->exit_status) < 0) {
        return NULL;
    }
    if (asprintf(&text, "%s%s%.*s", ended != NULL ? ended : "",
                 program->output_length > 0 ? "the started device said:\n"
                                            : "the started device said nothing",
                 (int)program->output_length, program->output) < 0) {
        text = NULL;
    }
    free(ended);
    return text;
}

/** The device ended by itself: say so once, with its last words. */
static void note_end(struct campaign *campaign,
                     struct campaign_program *program)
{
    char *text = NULL;

    if (program->end_was_noted) {
        return;
    }
    program->end_was_noted = true;
    text = campaign_device_words(program);
    campaign_note(campaign, text);
    free(text);
}

const char *lane_lost_words(const struct lane *lane, char *buffer, size_t size)
{
    const struct campaign_program *program = lane->program;

    if (!program->has_ended) {
        (void)snprintf(buffer, size, "the device does not answer any more%s%s",
                       lane->lost_why[0] != '\0' ? ": " : "", lane->lost_why);
        return buffer;
    }
    if (program->signal == 0 && program->exit_status == 0) {
        /* A launcher, or a device that ended in good order. */
        return "the device does not answer any more, and the started program "
               "has ended";
    }
    (void)snprintf(buffer, size, "the started device ended by itself (%s %d)",
                   program->signal != 0 ? "signal" : "exit status",
                   program->signal != 0 ? program->signal
                                        : program->exit_status);
    return buffer;
}

/** Of a program that ended well there may still come a registration: it may
 *  have started the device and gone. */
static void shorten_registration(struct campaign *campaign,
                                 struct campaign_program *program)
{
    struct reason reason = { .status = STATUS_OK };
    bool is_well = program->signal == 0 && program->exit_status == 0;
    uint64_t grace_ms = !is_well ? 0
                        : campaign->config->register_ms < START_GRACE_MS
                            ? campaign->config->register_ms
                            : START_GRACE_MS;

    if (program->register_timer == 0) {
        return; /* that time is over */
    }
    server_timer_stop(campaign->server, program->register_timer);
    program->register_timer = 0;
    if (server_timer_start(campaign->server, grace_ms, &program->register_timer,
                           &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
    }
}

/** The program of this lane's device ended, and not well. */
static void lose_program(struct lane *lane)
{
    char why[RUN_WHY_SIZE];

    lane->is_unreachable = true;
    if (lane->is_running) {
        lane->run->is_lost = true;
        runner_abort(lane->run, VERDICT_INCONC,
                     lane_lost_words(lane, why, sizeof(why)));
        run_pump(lane->run);
    }
}

const char *const *campaign_start_argv(const struct campaign_config *config,
                                       const struct profile *profile)
{
    const struct profile_hook *hook = profile_hook(profile, "start");

    return config->device_argv != NULL ? config->device_argv
           : hook != NULL              ? (const char *const *)hook->argv
                                       : NULL;
}

bool campaign_starts_device(const struct campaign_config *config,
                            const struct profile *profile)
{
    return config->profile_count == 1 && profile->devices == 1 &&
           campaign_start_argv(config, profile) != NULL;
}

static enum status start_device(struct campaign *campaign,
                                struct campaign_program *program,
                                struct reason *reason)
{
    const char *const *argv =
        campaign_start_argv(campaign->config, program->profile);
    const struct lane *only =
        campaign->lane_count == 1 ? &campaign->lanes[0] : NULL;
    char **started = NULL;
    enum status status = STATUS_OK;

    if (argv != NULL) {
        status = campaign_start_program(campaign, only, argv, &program->id,
                                        &started, reason);
    }
    if (status == STATUS_OK && argv != NULL) {
        campaign_record(campaign, JOURNAL_HOOK_BEGIN,
                        campaign_hook_begin(campaign, "start", started));
        results_argv_free(started);
    }
    return status;
}

/** It was killed to be started again: its power comes back. */
static void start_again(struct campaign *campaign,
                        struct campaign_program *program)
{
    struct reason reason = { .status = STATUS_OK };
    struct lane *lane = program->restarting;

    program->restarting = NULL;
    program->id = 0;
    program->has_ended = false;
    program->output_length = 0;
    if (start_device(campaign, program, &reason) != STATUS_OK) {
        program->has_ended = true;
        campaign_fail(campaign, &reason);
        return;
    }
    campaign_restarted(lane);
}

static void device_ended(struct campaign *campaign,
                         struct campaign_program *program,
                         const struct server_process_view *process)
{
    program->has_ended = true;
    program->exit_status = process->exit_status;
    program->signal = process->signal;
    if (campaign->is_ending) {
        campaign_stop_when_done(campaign);
        return;
    }
    if (program->restarting != NULL) {
        start_again(campaign, program);
        return;
    }
    shorten_registration(campaign, program);
    /* A launcher may end well and leave the device running. */
    if (process->signal == 0 && process->exit_status == 0) {
        return;
    }
    for (size_t i = 0; i < campaign->lane_count; i++) {
        struct lane *lane = &campaign->lanes[i];
        if (lane->program == program &&
            (lane->stage == LANE_READY || lane->stage == LANE_AT_WORK)) {
            note_end(campaign, program);
            lose_program(lane);
        }
    }
}

void lane_device_lost(struct lane *lane)
{
    lane->is_unreachable = true;
    if (lane->program->has_ended) {
        note_end(lane->campaign, lane->program);
    }
}

static struct campaign_program *find_program(struct campaign *campaign,
                                             uint64_t id)
{
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (campaign->programs[i].id == id) {
            return &campaign->programs[i];
        }
    }
    return NULL;
}

void campaign_process_event(struct campaign *campaign,
                            const struct server_event *event)
{
    struct journal_event row = {
        .kind = (enum journal_kind)event->kind,
        .time_ms = event->time_ms,
        .as.server = *event,
    };
    struct campaign_program *program = find_program(campaign, event->id);
    struct campaign_hook *hook = campaign_find_hook(campaign, event->id);
    const struct server_process_view *process = &event->as.process;

    if (hook != NULL) {
        row.endpoint = hook->lane->endpoint;
        lane_append(hook->lane, &row);
    } else {
        campaign_append(campaign, &row);
    }
    if (event->kind == SERVER_PROCESS_OUTPUT && program != NULL) {
        keep_output(program, process->text, process->length);
    } else if (event->kind == SERVER_PROCESS_EXIT && program != NULL) {
        campaign_record(campaign, JOURNAL_HOOK_END,
                        campaign_hook_end("start", process));
        device_ended(campaign, program, process);
    } else if (event->kind == SERVER_PROCESS_EXIT && hook != NULL) {
        campaign_hook_ended(hook, process);
    }
}

enum status campaign_start_programs(struct campaign *campaign,
                                    struct reason *reason)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < campaign->program_count;
         i++) {
        struct campaign_program *program = &campaign->programs[i];
        status =
            server_timer_start(campaign->server, campaign->config->register_ms,
                               &program->register_timer, reason);
        if (status == STATUS_OK) {
            status = start_device(campaign, program, reason);
        }
    }
    return status;
}
