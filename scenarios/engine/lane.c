/* SPDX-License-Identifier: Apache-2.0 */

/* One device of a campaign: its plan, case by case. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/console_private.h"
#include "scenarios/engine/results.h"
#include "scenarios/engine/selection.h"

void lane_verdict(struct lane *lane, const char *instance, enum verdict verdict,
                  uint64_t ms, const char *why)
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
        .time_ms = server_now_ms(lane->campaign->server),
        .instance = instance,
        .endpoint = lane->endpoint,
        .as.data = data,
    };
    struct reason reason = { .status = STATUS_OK };
    if (journal_append(lane->campaign->journal, &event, NULL, &reason) !=
        STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        server_stop(lane->campaign->server);
    }
    cJSON_Delete(data);
}

void lane_case_begin(struct lane *lane)
{
    const struct run *run = lane->run;
    const struct test_case *test_case = run->test_case;
    const struct profile *profile = lane->profile;
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
    if (test_case->is_without_firmware) {
        cJSON_AddFalseToObject(data, "firmware");
    }
    if (test_case->initial != NULL) {
        cJSON_AddItemToObject(data, "initial",
                              cJSON_Duplicate(test_case->initial, true));
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
    lane_record(lane, JOURNAL_CASE_BEGIN, data);
}

bool lane_prepare(struct lane *lane, const struct plan_entry *entry)
{
    struct reason reason = { .status = STATUS_OK };
    char why[256];

    if (lane->run == NULL) {
        lane->run = malloc(sizeof(*lane->run));
    }
    struct run *run = lane->run;
    if (lane->second == NULL && asprintf(&lane->second, "%s%s", lane->endpoint,
                                         SERVER_SECOND_SUFFIX) < 0) {
        lane->second = NULL;
        run = NULL;
    }
    if (run != NULL) {
        *run = (struct run){ .lane = lane, .campaign = lane->campaign };
        run->events = event_store_new();
    }
    if (run == NULL || run->events == NULL) {
        (void)reason_set(&reason, STATUS_NO_MEMORY, "out of memory");
        campaign_fail(lane->campaign, &reason);
        return false;
    }
    if (entry == NULL) {
        return true;
    }
    run->test_case = entry->test_case;
    run->mechanism = entry->mechanism;
    memcpy(run->instance, entry->instance, sizeof(run->instance));
    (void)selection_bind(entry->test_case, lane->profile, &lane->ics,
                         &run->binding, why,
                         sizeof(why)); /* it did when the plan was made */
    if (results_case(lane, run->instance, &lane->case_trace, &reason) !=
        STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        return false;
    }
    return true;
}

static void start_case(struct lane *lane, const struct plan_entry *entry)
{
    if (!lane_prepare(lane, entry)) {
        if (lane->run != NULL) {
            event_store_free(lane->run->events);
            lane->run->events = NULL;
        }
        lane_verdict(lane, entry->instance, VERDICT_ERROR, 0,
                     lane->campaign->failure.text);
        return;
    }
    oracle_restart(lane->oracle);
    lane->is_running = true;
    lane_case_begin(lane);
    runner_begin(lane->run);
}

void lane_run_over(struct lane *lane)
{
    struct run *run = lane->run;

    if (!lane->is_running) {
        return;
    }
    if (lane->campaign->failure.status != STATUS_OK) {
        run->verdict = VERDICT_ERROR;
    }
    if (run->is_session && run->verdict == VERDICT_NONE) {
        run->verdict = VERDICT_INCONC;
        (void)snprintf(run->why, sizeof(run->why), "nothing was judged");
    }
    if (run->test_case != NULL && run->verdict == VERDICT_NONE) {
        run->verdict = VERDICT_ERROR; /* style.md 4: nothing was checked */
        (void)snprintf(
            run->why, sizeof(run->why),
            "the case judged nothing: no step with \"req\" came to a "
            "finding");
    }
    if (run->is_lost) {
        lane_device_lost(lane);
    }
    lane->is_running = false;
    if (run->test_case != NULL) {
        lane_verdict(lane, run->instance, run->verdict,
                     server_now_ms(lane->campaign->server) - run->begin_ms,
                     run->verdict > VERDICT_PASS ? run->why : NULL);
    }
    lane->has_failed = lane->has_failed || run->verdict >= VERDICT_FAIL;
    trace_close(lane->case_trace);
    lane->case_trace = NULL;
    console_keep_observations(lane);
    run_release(run);
}

/** ICS-FAILST. */
static enum oracle_failed failed_state(const struct ics *ics)
{
    const char *value = ics_value(ics, "failst");

    return value == NULL                      ? ORACLE_FAILED_EITHER
           : strcmp(value, "Idle") == 0       ? ORACLE_FAILED_IDLE
           : strcmp(value, "Downloaded") == 0 ? ORACLE_FAILED_DOWNLOADED
                                              : ORACLE_FAILED_EITHER;
}

enum status lane_make_oracle(struct lane *lane, struct reason *reason)
{
    struct oracle_component components[ORACLE_COMPONENTS_MAX];
    const struct profile *profile = lane->profile;
    const struct ics *ics = &lane->ics;

    for (size_t i = 0; i < ics->instance_count; i++) {
        components[i] = (struct oracle_component){ ics->instances[i], NULL };
        for (size_t j = 0; j < profile->component_count; j++) {
            if (profile->components[j].instance == ics->instances[i]) {
                components[i].name = profile->components[j].name;
            }
        }
    }
    const struct oracle_config config = {
        .definitions = lane->campaign->config->definitions,
        .endpoint = lane->endpoint,
        .components = components,
        .component_count = ics->instance_count,
        .main_instance = ics->main_instance,
        .reading = lane->campaign->config->reading,
        .tolerate = (const char *const *)profile->tolerate,
        .state_ms = profile->limits_ms[LIMIT_STATE],
        .abort_ms = profile->limits_ms[LIMIT_ABORT],
        .update_ms = profile->limits_ms[LIMIT_UPDATE],
        .boot_ms = profile->limits_ms[LIMIT_BOOT],
        .clock_ms = profile->limits_ms[LIMIT_CLOCK],
        .persist = ics_holds(ics, "persist"),
        .transactional = ics_holds(ics, "trans"),
        .failed = failed_state(ics),
        .single_instance = ics->instance_count == 1,
    };
    return oracle_new(&config, &lane->oracle, reason);
}

/** Our own failure: of several devices this one alone is given up. */
static void give_up(struct lane *lane, const struct reason *reason)
{
    if (lane->campaign->is_many) {
        lane_skip(lane, VERDICT_ERROR, reason->text);
        return;
    }
    campaign_fail(lane->campaign, reason);
    server_stop(lane->campaign->server);
}

bool lane_describe(struct lane *lane)
{
    struct reason reason = { .status = STATUS_OK };

    /* What was not seen is unknown, not absent. */
    lane->ics.is_known = !lane->is_unreachable;
    if (lane->ics.is_known) {
        ics_complete(&lane->ics);
    }
    enum status status = lane_make_oracle(lane, &reason);
    if (status == STATUS_OK && !lane->campaign->is_many) { /* else at the end */
        status = results_campaign(lane, &reason);
    }
    if (status != STATUS_OK) {
        give_up(lane, &reason);
        return false;
    }
    lane_record(lane, JOURNAL_ICS, ics_json(&lane->ics, lane->endpoint));
    return true;
}

/** Select what runs on the device. */
static void make_plan(struct lane *lane)
{
    struct reason reason = { .status = STATUS_OK };

    if (!lane_describe(lane)) {
        return;
    }
    lane_remarks(lane);
    ics_checks_begin(lane);
    if (selection_plan(lane->campaign->config, lane->profile, &lane->ics,
                       &lane->plan, &reason) != STATUS_OK) {
        give_up(lane, &reason);
        return;
    }
    lane_record(lane, JOURNAL_PLAN, selection_json(lane->plan));
}

void lane_begin(struct lane *lane)
{
    bool is_plain =
        lane->campaign->console != NULL && lane->profile->component_count == 0;

    lane->stage = LANE_AT_WORK;
    if (lane->is_unreachable || is_plain) {
        return; /* lost while it waited; or any device, which gets no request
                   that nobody asked for */
    }
    if (lane_prepare(lane, NULL)) {
        lane->is_running = true;
        runner_begin(lane->run);
    }
}

void lane_advance(struct lane *lane)
{
    const struct campaign *campaign = lane->campaign;
    char why[RUN_WHY_SIZE];

    if (lane->is_running && lane->failure.status != STATUS_OK) {
        lane->run->is_lost = true; /* nothing of it can be kept any more */
        runner_abort(lane->run, VERDICT_ERROR, lane->failure.text);
        run_pump(lane->run);
        lane->failure.status = STATUS_OK;
    }
    while (lane->stage == LANE_AT_WORK && !lane->is_running &&
           campaign->failure.status == STATUS_OK) {
        if (campaign->config->only_looks) {
            (void)lane_describe(lane); /* it is over either way */
            lane->stage = LANE_OVER;
            return;
        }
        if (lane->plan == NULL) {
            make_plan(lane);
            continue;
        }
        if (lane->next_entry >= plan_count(lane->plan) ||
            campaign->is_interrupted ||
            (campaign->config->fail_fast && lane->has_failed)) {
            ics_checks_end(lane);
            lane->stage = LANE_OVER;
            return;
        }
        const struct plan_entry *entry =
            plan_at(lane->plan, lane->next_entry++);
        if (!entry->runs) {
            continue;
        }
        if (lane->is_unreachable) {
            lane_verdict(lane, entry->instance, VERDICT_INCONC, 0,
                         lane_lost_words(lane, why, sizeof(why)));
            continue;
        }
        start_case(lane, entry);
    }
}

void lane_skip(struct lane *lane, enum verdict verdict, const char *why)
{
    struct reason reason = { .status = STATUS_OK };
    struct plan *plan = NULL;

    lane->stage = LANE_OVER;
    if (plan_new(lane->campaign->config, lane->profile, &plan, &reason) !=
        STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        server_stop(lane->campaign->server);
        return;
    }
    lane_record(lane, JOURNAL_PLAN, selection_json(plan));
    for (size_t i = 0; i < plan_count(plan); i++) {
        if (plan_at(plan, i)->runs && verdict != VERDICT_NONE) {
            lane_verdict(lane, plan_at(plan, i)->instance, verdict, 0, why);
        }
    }
    plan_free(plan);
}

enum status lane_init(struct lane *lane, struct campaign *campaign,
                      const struct profile *profile, unsigned number,
                      struct reason *reason)
{
    *lane = (struct lane){
        .campaign = campaign,
        .profile = profile,
        .number = number,
        .push_szx = RUN_PUSH_SZX,
        .registration = event_store_new(),
    };
    negotiation_init(&lane->negotiation, content_format_is_supported);
    ics_declare(&lane->ics, profile,
                campaign_starts_device(campaign->config, profile));
    if (campaign->config->impairment != NULL) {
        ics_declare_relay(&lane->ics);
    }
    return lane->registration != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

void lane_stop(struct lane *lane)
{
    if (lane->is_running) {
        run_release(lane->run);
        lane->is_running = false;
    }
}

void lane_finish(struct lane *lane)
{
    oracle_free(lane->oracle);
    lane->oracle = NULL;
    plan_free(lane->plan);
    lane->plan = NULL;
    trace_close(lane->case_trace);
    lane->case_trace = NULL;
    event_store_free(lane->registration);
    lane->registration = NULL;
    for (size_t i = 0; i <= RUN_OVER; i++) {
        cJSON_Delete(lane->own_lists[i]);
        lane->own_lists[i] = NULL;
    }
    free(lane->run);
    lane->run = NULL;
}

void lane_release(struct lane *lane)
{
    lane_finish(lane);
    free(lane->endpoint);
    free(lane->second);
    free(lane->wanted);
}
