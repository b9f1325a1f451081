/* SPDX-License-Identifier: Apache-2.0 */

/* What a step does to messages and to the network, of the stand-in. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/scenarios_steps_fake.h"

bool run_has_hook(const struct run *run, const char *name)
{
    return run->hook != NULL && strcmp(run->hook, name) == 0;
}

enum status run_arm(struct run *run, struct server_hook *hook,
                    struct reason *reason)
{
    run->armed = *hook;
    (void)snprintf(run->armed_path, sizeof(run->armed_path), "%s",
                   hook->path != NULL ? hook->path : "");
    run->armed_count++;
    return run->is_registered
               ? STATUS_OK
               : reason_set(reason, STATUS_LIMIT, "too many hooks");
}

enum status run_send_malformed(struct run *run, enum server_malformed kind,
                               struct reason *reason)
{
    run->malformed = kind;
    return run->is_registered
               ? STATUS_OK
               : reason_set(reason, STATUS_NOT_FOUND, "not registered");
}

bool run_has_relay(const struct run *run)
{
    return run->has_relay;
}

enum status run_set_network(struct run *run, bool of_server, bool of_files,
                            const struct impairment *impairment,
                            struct reason *reason)
{
    run->network = *impairment;
    run->network_of = (of_server ? 1u : 0u) | (of_files ? 2u : 0u);
    return run->has_relay ? STATUS_OK
                          : reason_set(reason, STATUS_NOT_FOUND, "no relay");
}

enum status run_cut(struct run *run, bool of_files, bool is_cut,
                    struct reason *reason)
{
    run->is_about_files = of_files;
    run->is_cut = is_cut;
    return run->has_relay ? STATUS_OK
                          : reason_set(reason, STATUS_INVALID, "no relay");
}

enum status run_move(struct run *run, bool of_files, struct reason *reason)
{
    run->is_about_files = of_files;
    run->moved++;
    return run->has_relay ? STATUS_OK
                          : reason_set(reason, STATUS_INVALID, "no relay");
}

void run_calm(struct run *run)
{
    run->is_calm = true;
}
