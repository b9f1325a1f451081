/* SPDX-License-Identifier: Apache-2.0 */

/* What a step does to messages and to the network, and that all of it is over
 * with the body of the case. */
#include "scenarios/engine/campaign_private.h"

/** Of files, relay and hooks see what goes by UDP. */
static enum status check_protocol(const struct run *run, struct reason *reason)
{
    const enum repository_protocol protocol =
        campaign_pull_by(run->campaign->config, run_profile(run));

    return repository_protocol_is_udp(protocol)
               ? STATUS_OK
               : reason_set(reason, STATUS_NOT_FOUND,
                            "files go by %s, which is TCP: neither relay nor "
                            "hooks see that",
                            repository_protocol_name(protocol));
}

enum status run_arm(struct run *run, struct server_hook *hook,
                    struct reason *reason)
{
    if (run->hook_count == SERVER_HOOKS_MAX) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d message hooks in a case",
                          SERVER_HOOKS_MAX);
    }
    enum status status =
        hook->of_files ? check_protocol(run, reason) : STATUS_OK;
    if (status != STATUS_OK) {
        return status;
    }
    hook->endpoint = run->lane->endpoint;
    status = server_arm(run->campaign->server, hook,
                        &run->hooks[run->hook_count], reason);
    run->hook_count += status == STATUS_OK ? 1 : 0;
    return status;
}

enum status run_send_malformed(struct run *run, enum server_malformed kind,
                               struct reason *reason)
{
    uint64_t id = 0;

    return server_send_malformed(run->campaign->server, run->lane->endpoint,
                                 kind, &id, reason);
}

bool run_has_relay(const struct run *run)
{
    return server_has_relay(run->campaign->server);
}

/** Whether nobody else would suffer. */
static bool is_alone(const struct run *run)
{
    return run->campaign->lane_count == 1;
}

/** One device has the network before files. */
static enum status check_files(const struct run *run, struct reason *reason)
{
    enum status status = check_protocol(run, reason);

    return status != STATUS_OK || is_alone(run)
               ? status
               : reason_set(reason, STATUS_NOT_FOUND,
                            "several devices share the network");
}

enum status run_set_network(struct run *run, bool of_server, bool of_files,
                            const struct impairment *impairment,
                            struct reason *reason)
{
    struct impairment wanted = *impairment;

    if (!run_has_relay(run)) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no relay: it takes --via-relay");
    }
    if (!is_alone(run)) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "several devices share the network");
    }
    if (of_files && !of_server) {
        enum status status = check_files(run, reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    wanted.seed = run_seed(run);
    if (of_server) {
        server_set_network(run->campaign->server, false, &wanted);
    }
    if (of_files) {
        server_set_network(run->campaign->server, true, &wanted);
    }
    run->has_network = true;
    return STATUS_OK;
}

enum status run_cut(struct run *run, bool of_files, bool is_cut,
                    struct reason *reason)
{
    enum status status = of_files ? check_files(run, reason) : STATUS_OK;

    if (status == STATUS_OK) {
        status = server_cut(run->campaign->server,
                            is_alone(run) ? NULL : run->lane->endpoint,
                            of_files, is_cut, reason);
    }
    if (status == STATUS_OK && of_files) {
        run->is_file_cut = is_cut;
    } else if (status == STATUS_OK) {
        run->is_cut = is_cut;
    }
    return status;
}

enum status run_move(struct run *run, bool of_files, struct reason *reason)
{
    enum status status = of_files ? check_files(run, reason) : STATUS_OK;

    return status == STATUS_OK
               ? server_move(run->campaign->server, run->lane->endpoint,
                             of_files, reason)
               : status;
}

void run_calm(struct run *run)
{
    while (run->hook_count > 0) {
        (void)server_disarm(run->campaign->server,
                            run->hooks[--run->hook_count]);
    }
    if (run->has_network) {
        server_set_network(run->campaign->server, false, NULL);
        server_set_network(run->campaign->server, true, NULL);
        run->has_network = false;
    }
    if (run->is_file_cut && server_cut(run->campaign->server, NULL, true, false,
                                       NULL) == STATUS_OK) {
        run->is_file_cut = false;
    }
    if (run->is_cut && run_cut(run, false, false, NULL) != STATUS_OK &&
        server_cut(run->campaign->server, NULL, false, false, NULL) ==
            STATUS_OK) {
        run->is_cut = false; /* it is registered no more: all get a way back */
    }
}
