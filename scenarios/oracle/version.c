/* SPDX-License-Identifier: Apache-2.0 */

/* AFU-015: Current Version changes by an update, and by nothing else. */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 320 };

/** A version that an update brought which, as it says, has failed. It may run
 *  on trial while State is Updating, and is compared with what was before. */
static void check_failed(struct oracle *oracle, const struct tracked *tracked,
                         const struct sight *sight, const char *version)
{
    char observed[TEXT_SIZE];
    bool has_failed =
        (sight->state == STATE_IDLE || sight->state == STATE_DOWNLOADED) &&
        (sight->result == 5 || sight->result == 8 || sight->result == 13);
    bool is_kept = tracked->stable_version[0] != '\0' &&
                   strncmp(tracked->stable_version, version,
                           sizeof(tracked->stable_version) - 1) != 0;

    (void)snprintf(observed, sizeof(observed), "\"%s\"", version); /* cut */
    if (!is_kept || !has_failed || !tracked->has_one_package) {
        return; /* a package that was installed meanwhile may have brought it */
    }
    if (tracked->is_batch && sight->result != 13) {
        oracle_report(
            oracle,
            oracle->config.transactional ? FINDING_FAIL : FINDING_WARNING,
            "AFU-093", NULL, "oracle.version", tracked->name,
            "a batch that fails leaves every Current Version", observed, NULL);
        return;
    }
    /* 5: the device itself says that the package is damaged. */
    oracle_report(oracle, FINDING_FAIL,
                  sight->result == 5 ? "AFU-015,AFU-170"
                  : tracked->was_cut ? "AFU-015,AFU-165"
                                     : "AFU-015",
                  NULL, "oracle.version", tracked->name,
                  "Current Version stays when the update fails", observed,
                  NULL);
}

static void report_change(struct oracle *oracle, const struct tracked *tracked,
                          const char *version)
{
    char expected[TEXT_SIZE];
    char observed[TEXT_SIZE];

    (void)snprintf(observed, sizeof(observed), "\"%s\"", version); /* cut */
    (void)snprintf(expected, sizeof(expected),
                   "Current Version stays \"%s\" without an update",
                   tracked->version); /* cut */
    oracle_report(oracle, FINDING_FAIL,
                  tracked->left_out != NULL ? tracked->left_out : "AFU-015",
                  NULL, "oracle.version", tracked->name, expected, observed,
                  NULL);
}

/** AFU-165: an update that a reboot cut off leaves no trace. */
static void check_cut(struct oracle *oracle, struct tracked *tracked,
                      const struct sight *sight, const char *version)
{
    bool is_forgotten =
        sight->result == 0 &&
        (sight->state == STATE_IDLE || sight->state == STATE_DOWNLOADED) &&
        strcmp(tracked->version, version) == 0;

    if (tracked->was_cut && is_forgotten) {
        oracle_report(oracle, FINDING_WARNING, "AFU-165", NULL, "oracle.cut",
                      tracked->name,
                      "an update that a reboot cuts off ends with a Result",
                      "Update Result 0 and the old Current Version", NULL);
    }
    tracked->was_cut = tracked->was_cut && sight->state == STATE_UPDATING;
}

void version_before(struct oracle *oracle, struct tracked *tracked,
                    const struct sight *sight, const char *version)
{
    if (tracked->is_known && track_may_be(tracked, STATE_UPDATING)) {
        tracked->may_change_version = true;
        tracked->version_until_ms = 0;
    }
    if (version == NULL || !tracked->has_version || sight->is_overlapped) {
        return;
    }
    bool may_change = tracked->may_change_version &&
                      (tracked->version_until_ms == 0 ||
                       sight->sent_ms <= tracked->version_until_ms);
    if (may_change) {
        check_failed(oracle, tracked, sight, version);
    } else if (strncmp(tracked->version, version,
                       sizeof(tracked->version) - 1) != 0) {
        report_change(oracle, tracked, version);
    }
    check_cut(oracle, tracked, sight, version);
}

void version_after(const struct oracle *oracle, struct tracked *tracked,
                   const struct sight *sight, const char *version)
{
    if (version == NULL || sight->is_overlapped) {
        return;
    }
    (void)snprintf(tracked->version, sizeof(tracked->version), "%s",
                   version); /* cut */
    tracked->has_version = true;
    if (sight->state >= 0 && sight->state != STATE_UPDATING) {
        memcpy(tracked->stable_version, tracked->version,
               sizeof(tracked->version));
        tracked->has_one_package =
            sight->state == STATE_DOWNLOADED && !tracked->options.may_load;
    }
    if (track_may_be(tracked, STATE_UPDATING)) {
        return;
    }
    /* The update is over; the version may follow within T_STATE. */
    if (tracked->may_change_version && tracked->version_until_ms == 0) {
        tracked->version_until_ms = sight->time_ms + oracle->config.state_ms;
    }
}
