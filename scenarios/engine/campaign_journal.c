/* SPDX-License-Identifier: Apache-2.0 */

/* What is written down while a campaign runs. */
#include "scenarios/engine/campaign_private.h"

static void on_oracle_finding(const struct finding *finding, void *user)
{
    struct campaign *campaign = user;

    runner_finding(&campaign->run, finding, false);
}

void campaign_fail(struct campaign *campaign, const struct reason *reason)
{
    if (campaign->failure.status == STATUS_OK) {
        campaign->failure = *reason;
    }
}

/** Journal the event, keep it for the judges, show it to the oracle. */
void campaign_append(struct campaign *campaign, struct journal_event *event)
{
    struct journal_event written;
    struct reason reason = { .status = STATUS_OK };
    struct run *run = &campaign->run;

    event->instance =
        campaign->is_running && run->instance[0] != '\0' ? run->instance : NULL;
    if (journal_append(campaign->journal, event, &written, &reason) !=
        STATUS_OK) {
        campaign_fail(campaign, &reason);
        server_stop(campaign->server);
        return;
    }
    event->sequence = written.sequence;
    if (!campaign->is_running) {
        return;
    }
    if (event_store_add(run->events, &written, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
        return;
    }
    if (campaign->oracle != NULL) {
        const struct journal_event *kept =
            event_store_at(run->events, event_store_count(run->events) - 1);
        oracle_feed(campaign->oracle, kept, on_oracle_finding, campaign);
    }
}

void campaign_record(struct campaign *campaign, enum journal_kind kind,
                     cJSON *data)
{
    struct journal_event event = {
        .kind = kind,
        .time_ms = server_now_ms(campaign->server),
        .endpoint = campaign->endpoint,
        .as.data = data,
    };

    campaign_append(campaign, &event);
    cJSON_Delete(data);
}
