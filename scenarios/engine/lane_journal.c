/* SPDX-License-Identifier: Apache-2.0 */

/* What is written down of one device. */
#include "scenarios/engine/campaign_private.h"

bool lane_finding(struct lane *lane, const struct finding *finding)
{
    struct campaign *campaign = lane->campaign;

    if (campaign->on_finding != NULL) {
        campaign->on_finding(finding, campaign->user);
        return true;
    }
    const struct journal_event event = {
        .kind = JOURNAL_FINDING,
        .time_ms = server_now_ms(campaign->server),
        .instance = lane->run->instance[0] != '\0' ? lane->run->instance : NULL,
        .endpoint = lane->endpoint,
        .as.finding = *finding,
    };
    return journal_append(campaign->journal, &event, NULL,
                          &campaign->failure) == STATUS_OK;
}

static void on_oracle_finding(const struct finding *finding, void *user)
{
    struct lane *lane = user;

    runner_finding(lane->run, finding, false);
}

void lane_feed_oracle(struct lane *lane)
{
    const struct event_store *events = lane->run->events;

    if (lane->oracle != NULL) {
        oracle_feed(lane->oracle,
                    event_store_at(events, event_store_count(events) - 1),
                    on_oracle_finding, lane);
    }
}

/** @return whether the disk took it */
static bool write_event(struct lane *lane, struct journal_event *event,
                        struct journal_event *out_written)
{
    struct reason reason = { .status = STATUS_OK };
    const struct run *run = lane->run;

    event->instance =
        lane->is_running && run->instance[0] != '\0' ? run->instance : NULL;
    if (journal_append(lane->campaign->journal, event, out_written, &reason) !=
        STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        server_stop(lane->campaign->server);
        return false;
    }
    event->sequence = out_written->sequence;
    return true;
}

void lane_write(struct lane *lane, struct journal_event *event)
{
    struct journal_event written;

    (void)write_event(lane, event, &written); /* else the campaign fails */
}

void lane_append(struct lane *lane, struct journal_event *event)
{
    struct journal_event written;
    struct reason reason = { .status = STATUS_OK };
    struct run *run = lane->run;

    if (!write_event(lane, event, &written) || !lane->is_running) {
        return;
    }
    if (event_store_add(run->events, &written, &reason) != STATUS_OK) {
        lane->failure = reason; /* the end of this case, not of the others */
        return;
    }
    lane_feed_oracle(lane);
}

void lane_record(struct lane *lane, enum journal_kind kind, cJSON *data)
{
    struct journal_event event = {
        .kind = kind,
        .time_ms = server_now_ms(lane->campaign->server),
        .endpoint = lane->endpoint,
        .as.data = data,
    };

    lane_append(lane, &event);
    cJSON_Delete(data);
}

void lane_outside_finding(struct lane *lane, const struct finding *finding)
{
    const struct journal_event event = {
        .kind = JOURNAL_FINDING,
        .time_ms = server_now_ms(lane->campaign->server),
        .endpoint = lane->endpoint,
        .as.finding = *finding,
    };
    struct reason reason = { .status = STATUS_OK };

    if (journal_append(lane->campaign->journal, &event, NULL, &reason) !=
        STATUS_OK) {
        campaign_fail(lane->campaign, &reason);
        server_stop(lane->campaign->server);
    }
}
