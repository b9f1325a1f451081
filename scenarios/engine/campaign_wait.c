/* SPDX-License-Identifier: Apache-2.0 */

/* What a campaign says while its devices have not registered. */
#include <string.h>

#include "scenarios/engine/campaign_private.h"

#define WAIT_TELL_MS 1000u

/** Who has not registered, and still may. */
static size_t count_awaited(const struct campaign *campaign)
{
    size_t count = 0;

    for (size_t i = 0; i < campaign->lane_count; i++) {
        const struct lane *lane = &campaign->lanes[i];
        if (lane->stage == LANE_AWAITED && lane->program->register_timer != 0) {
            count++;
        }
    }
    return count;
}

static bool is_started(const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->program_count; i++) {
        if (campaign->programs[i].id != 0) {
            return true;
        }
    }
    return false;
}

/** Whether a program has to guess where we listen. */
static bool is_untold(const struct campaign *campaign)
{
    const struct campaign_config *config = campaign->config;

    for (size_t i = 0; config->port == 0 && i < campaign->program_count; i++) {
        const char *const *argv =
            campaign_start_argv(config, campaign->programs[i].profile);
        bool is_told = argv == NULL;
        for (size_t j = 0; !is_told && argv[j] != NULL; j++) {
            is_told = strstr(argv[j], "{port}") != NULL;
        }
        if (!is_told) {
            return true;
        }
    }
    return false;
}

static void tell(const struct campaign *campaign, campaign_waiting_fn fn)
{
    const struct campaign_config *config = campaign->config;
    const struct profile *profile = config->profiles[0];
    const uint64_t past_ms =
        server_now_ms(campaign->server) - campaign->begin_ms;
    const enum repository_protocol pull_by = campaign_pull_by(config, profile);
    struct server_statistics seen;

    server_statistics(campaign->server, &seen);
    const struct campaign_waiting waiting = {
        .scheme = profile->credentials.mode != SECURITY_NONE ? "coaps" : "coap",
        .address = server_address(campaign->server),
        .port = server_port(campaign->server),
        .second_port = server_second_port(campaign->server),
        .pull_by = pull_by,
        .repository_port = pull_by == REPOSITORY_COAP
                               ? server_repository_port(campaign->server)
                               : config->repository_ports[pull_by],
        .endpoint =
            campaign->lane_count == 1 ? campaign->lanes[0].wanted : NULL,
        .devices = count_awaited(campaign),
        .is_started = is_started(campaign),
        .is_untold = is_untold(campaign),
        .left_ms =
            past_ms < config->register_ms ? config->register_ms - past_ms : 0,
        .datagrams = seen.datagrams_received,
        .last_peer = seen.last_peer,
        .last_what = seen.last_what,
    };
    fn(&waiting, config->user);
}

static void start_timer(struct campaign *campaign)
{
    struct reason reason = { .status = STATUS_OK };

    if (campaign->config->on_waiting != NULL &&
        server_timer_start(campaign->server, WAIT_TELL_MS,
                           &campaign->wait_timer, &reason) != STATUS_OK) {
        campaign_fail(campaign, &reason);
    }
}

void campaign_begin_waiting(struct campaign *campaign)
{
    campaign->begin_ms = server_now_ms(campaign->server);
    if (campaign->config->on_listening != NULL) {
        tell(campaign, campaign->config->on_listening);
    }
    start_timer(campaign);
}

void campaign_take_wait_timer(struct campaign *campaign)
{
    campaign->wait_timer = 0;
    if (campaign->is_ending || campaign->work_count > 0 ||
        count_awaited(campaign) == 0) {
        return;
    }
    tell(campaign, campaign->config->on_waiting);
    start_timer(campaign);
}
