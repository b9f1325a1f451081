/* SPDX-License-Identifier: Apache-2.0 */

/* The plan of a campaign, case by case. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/results.h"
#include "scenarios/engine/selection.h"

enum { EXIT_GRACE_MS = 5000 }; /* for a device that was asked to end */

void campaign_end(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    if (campaign->is_ending) {
        return;
    }
    campaign->is_ending = true;
    cJSON *data = cJSON_CreateObject();
    cJSON_AddBoolToObject(data, "interrupted", campaign->is_interrupted);
    campaign_record(campaign, JOURNAL_CAMPAIGN_END, data);
    if (campaign->device_process == 0 || campaign->device_exited ||
        server_timer_start(campaign->server, EXIT_GRACE_MS,
                           &campaign->kill_timer, &reason) != STATUS_OK) {
        server_stop(campaign->server);
        return;
    }
    server_process_signal(campaign->server, campaign->device_process, SIGTERM);
}

void campaign_verdict(struct campaign *campaign, const char *instance,
                      enum verdict verdict, uint64_t ms, const char *why)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "verdict", verdict_name(verdict));
    cJSON_AddNumberToObject(data, "ms", (double)ms);
    if (why != NULL && why[0] != '\0') {
        cJSON_AddStringToObject(data, "reason", why);
    } else {
        cJSON_AddNullToObject(data, "reason");
    }
    struct journal_event event = {
        .kind = JOURNAL_VERDICT,
        .time_ms = server_now_ms(campaign->server),
        .instance = instance,
        .endpoint = campaign->endpoint,
        .as.data = data,
    };
    struct reason reason = { .status = STATUS_OK };
    if (journal_append(campaign->journal, &event, NULL, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
        server_stop(campaign->server);
    }
    cJSON_Delete(data);
}

static void record_case_begin(struct campaign *campaign, const struct run *run)
{
    const struct test_case *test_case = run->test_case;
    const struct profile *profile = campaign->config->profile;
    cJSON *data = cJSON_CreateObject();
    char key[8];

    cJSON_AddStringToObject(data, "case", test_case->id);
    cJSON_AddStringToObject(data, "title", test_case->title);
    cJSON *list = cJSON_AddArrayToObject(data, "requirements");
    for (size_t i = 0; test_case->requirements[i] != NULL; i++) {
        cJSON_AddItemToArray(list,
                             cJSON_CreateString(test_case->requirements[i]));
    }
    if (run->mechanism != MECHANISM_NONE) {
        cJSON_AddStringToObject(data, "mechanism",
                                mechanism_name(run->mechanism));
    } else {
        cJSON_AddNullToObject(data, "mechanism");
    }
    cJSON *binding = cJSON_AddObjectToObject(data, "binding");
    for (size_t i = 0; i < run->binding.count; i++) {
        if (cJSON_GetObjectItemCaseSensitive(
                binding, run->binding.entries[i].role) == NULL) {
            cJSON_AddNumberToObject(binding, run->binding.entries[i].role,
                                    run->binding.entries[i].instance);
        }
    }
    cJSON *components = cJSON_AddObjectToObject(data, "components");
    for (size_t i = 0; i < profile->component_count; i++) {
        (void)snprintf(key, sizeof(key), "%u", profile->components[i].instance);
        cJSON_AddStringToObject(components, key, profile->components[i].name);
    }
    campaign_record(campaign, JOURNAL_CASE_BEGIN, data);
}

bool campaign_prepare(struct campaign *campaign, const struct plan_entry *entry)
{
    struct run *run = &campaign->run;
    struct reason reason = { .status = STATUS_OK };
    char why[256];

    *run = (struct run){ .campaign = campaign };
    run->events = event_store_new();
    if (run->events == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        campaign_fail(campaign, &reason);
        return false;
    }
    if (entry == NULL) {
        return true;
    }
    run->test_case = entry->test_case;
    run->mechanism = entry->mechanism;
    memcpy(run->instance, entry->instance, sizeof(run->instance));
    (void)selection_bind(entry->test_case, campaign->config->profile,
                         &campaign->ics, &run->binding, why,
                         sizeof(why)); /* it did when the plan was made */
    if (results_case(campaign->config->output, run->instance,
                     &campaign->case_trace, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
        return false;
    }
    return true;
}

static void start_case(struct campaign *campaign,
                       const struct plan_entry *entry)
{
    if (!campaign_prepare(campaign, entry)) {
        event_store_free(campaign->run.events);
        campaign->run.events = NULL;
        campaign_verdict(campaign, entry->instance, VERDICT_ERROR, 0,
                         campaign->failure.text);
        return;
    }
    oracle_restart(campaign->oracle);
    campaign->is_running = true;
    record_case_begin(campaign, &campaign->run);
    runner_begin(&campaign->run);
}

void campaign_run_over(struct campaign *campaign)
{
    struct run *run = &campaign->run;

    if (!campaign->is_running) {
        return;
    }
    if (campaign->failure.status != STATUS_OK) {
        run->verdict = VERDICT_ERROR;
    }
    if (run->test_case != NULL && run->verdict == VERDICT_NONE) {
        run->verdict = VERDICT_ERROR; /* style.md 4: nothing was checked */
        (void)snprintf(run->why, sizeof(run->why), "the case judged nothing");
    }
    if (run->is_lost) {
        campaign_device_lost(campaign);
    }
    campaign->is_running = false;
    if (run->test_case != NULL) {
        campaign_verdict(campaign, run->instance, run->verdict,
                         server_now_ms(campaign->server) - run->begin_ms,
                         run->verdict > VERDICT_PASS ? run->why : NULL);
    }
    trace_close(campaign->case_trace);
    campaign->case_trace = NULL;
    run_release(run);
}

static enum status make_oracle(struct campaign *campaign, struct reason *reason)
{
    struct oracle_component components[ORACLE_COMPONENTS_MAX];
    const struct profile *profile = campaign->config->profile;
    const struct ics *ics = &campaign->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        components[i] = (struct oracle_component){ ics->instances[i], NULL };
        for (size_t j = 0; j < profile->component_count; j++) {
            if (profile->components[j].instance == ics->instances[i]) {
                components[i].name = profile->components[j].name;
            }
        }
    }
    const struct oracle_config config = {
        .definitions = campaign->config->definitions,
        .endpoint = campaign->endpoint,
        .components = components,
        .component_count = ics->instance_count,
        .main_instance = ics->main_instance,
        .reading = campaign->config->reading,
        .tolerate = (const char *const *)profile->tolerate,
        .state_ms = profile->limits_ms[LIMIT_STATE],
        .abort_ms = profile->limits_ms[LIMIT_ABORT],
        .update_ms = profile->limits_ms[LIMIT_UPDATE],
        .boot_ms = profile->limits_ms[LIMIT_BOOT],
        .clock_ms = profile->limits_ms[LIMIT_CLOCK],
        .persist = ics_holds(ics, "persist"),
        .transactional = ics_holds(ics, "trans"),
        .single_instance = ics->instance_count == 1,
    };
    return oracle_new(&config, &campaign->oracle, reason);
}

/** The device was looked at: select, and write down what was used. */
static void make_plan(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    /* What was not seen is unknown, not absent. */
    campaign->ics.is_known = !campaign->is_unreachable;
    enum status status = make_oracle(campaign, &reason);
    if (status == STATUS_OK) {
        status = selection_plan(campaign->config, &campaign->ics,
                                &campaign->plan, &reason);
    }
    if (status == STATUS_OK) {
        status = results_campaign(campaign, &reason);
    }
    if (status != STATUS_OK) {
        campaign_fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    campaign_record(campaign, JOURNAL_ICS,
                    ics_json(&campaign->ics, campaign->endpoint));
    campaign_record(campaign, JOURNAL_PLAN, selection_json(campaign->plan));
}

/** Start whatever is next, until something runs. */
void campaign_advance(struct campaign *campaign)
{
    char why[RUN_WHY_SIZE];

    while (!campaign->is_running && !campaign->is_ending &&
           campaign->endpoint != NULL &&
           campaign->failure.status == STATUS_OK) {
        if (campaign->plan == NULL) {
            make_plan(campaign);
            continue;
        }
        if (campaign->next_entry >= plan_count(campaign->plan) ||
            campaign->is_interrupted) {
            campaign_end(campaign);
            return;
        }
        const struct plan_entry *entry =
            plan_at(campaign->plan, campaign->next_entry++);
        if (!entry->runs) {
            continue;
        }
        if (campaign->is_unreachable) {
            campaign_verdict(campaign, entry->instance, VERDICT_INCONC, 0,
                             campaign_lost_words(campaign, why, sizeof(why)));
            continue;
        }
        start_case(campaign, entry);
    }
    if (campaign->failure.status != STATUS_OK) {
        server_stop(campaign->server);
    }
}
