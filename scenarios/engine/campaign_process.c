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

static cJSON *hook_end(const char *name,
                       const struct server_process_view *process)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    cJSON_AddNumberToObject(data, "exit", process->exit_status);
    cJSON_AddNumberToObject(data, "signal", process->signal);
    return data;
}

static void hook_ended(struct campaign_hook *hook,
                       const struct server_process_view *process)
{
    struct lane *lane = hook->lane;
    const char *name = hook->name;

    *hook = (struct campaign_hook){ .id = 0 };
    lane_record(lane, JOURNAL_HOOK_END, hook_end(name, process));
    if (lane->is_running) {
        run_pump(lane->run);
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

static struct campaign_hook *find_hook(struct campaign *campaign, uint64_t id)
{
    for (size_t i = 0; i < SERVER_PROCESSES_MAX; i++) {
        if (campaign->hooks[i].id == id) {
            return &campaign->hooks[i];
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
    struct campaign_hook *hook = find_hook(campaign, event->id);
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
        campaign_record(campaign, JOURNAL_HOOK_END, hook_end("start", process));
        device_ended(campaign, program, process);
    } else if (event->kind == SERVER_PROCESS_EXIT && hook != NULL) {
        hook_ended(hook, process);
    }
}

static cJSON *hook_begin(const struct campaign *campaign, const char *name,
                         char *const *argv)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "hook", name);
    results_add_words(cJSON_AddArrayToObject(data, "argv"), campaign->config,
                      (const char *const *)argv);
    return data;
}

/**
 * Start a program, what stands in {} replaced.
 *
 * @param lane      whose device it is about; NULL: of several
 * @param out_argv  as it was started; results_argv_free()
 */
static enum status start_program(struct campaign *campaign,
                                 const struct lane *lane,
                                 const char *const *argv, uint64_t *out_id,
                                 char ***out_argv, struct reason *reason)
{
    const struct results_words words = {
        .address = server_address(campaign->server),
        .port = server_port(campaign->server),
        .endpoint = lane == NULL             ? NULL
                    : lane->endpoint != NULL ? lane->endpoint
                                             : lane->wanted,
        .number = lane != NULL ? lane->number : 0,
    };
    char **replaced = results_argv(argv, &words);

    if (replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = server_process_start(
        campaign->server, (const char *const *)replaced, out_id, reason);
    if (status != STATUS_OK) {
        results_argv_free(replaced);
        return status;
    }
    *out_argv = replaced;
    return STATUS_OK;
}

enum status campaign_start_hook(struct lane *lane,
                                const struct profile_hook *hook,
                                struct reason *reason)
{
    struct campaign_hook *row = find_hook(lane->campaign, 0);
    char **argv = NULL;

    if (row == NULL) {
        return reason_set(reason, STATUS_LIMIT, "more than %d programs run",
                          SERVER_PROCESSES_MAX);
    }
    enum status status =
        start_program(lane->campaign, lane, (const char *const *)hook->argv,
                      &row->id, &argv, reason);
    if (status == STATUS_OK) {
        row->name = hook->name;
        row->lane = lane;
        lane_record(lane, JOURNAL_HOOK_BEGIN,
                    hook_begin(lane->campaign, hook->name, argv));
        results_argv_free(argv);
    }
    return status;
}

/** What the configuration or the profile starts as the device, or NULL. */
static const char *const *start_argv(const struct campaign_config *config,
                                     const struct profile *profile)
{
    const struct profile_hook *hook = profile_hook(profile, "start");

    return config->device_argv != NULL ? config->device_argv
           : hook != NULL              ? (const char *const *)hook->argv
                                       : NULL;
}

static enum status start_device(struct campaign *campaign,
                                struct campaign_program *program,
                                struct reason *reason)
{
    const char *const *argv = start_argv(campaign->config, program->profile);
    const struct lane *only =
        campaign->lane_count == 1 ? &campaign->lanes[0] : NULL;
    char **started = NULL;
    enum status status = STATUS_OK;

    if (argv != NULL) {
        status =
            start_program(campaign, only, argv, &program->id, &started, reason);
    }
    if (status == STATUS_OK && argv != NULL) {
        campaign_record(campaign, JOURNAL_HOOK_BEGIN,
                        hook_begin(campaign, "start", started));
        results_argv_free(started);
    }
    return status;
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
