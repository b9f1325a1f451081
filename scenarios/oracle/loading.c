/* SPDX-License-Identifier: Apache-2.0 */

/* Packages under way: whom they may load, and whom they must. */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { TEXT_SIZE = 120 };

static uint64_t parts_of(const struct oracle *oracle, const cJSON *data)
{
    const cJSON *part = NULL;
    uint64_t mask = 0;

    cJSON_ArrayForEach(part, cJSON_GetObjectItemCaseSensitive(data, "parts"))
    {
        const cJSON *number =
            cJSON_GetObjectItemCaseSensitive(part, "instance");
        size_t index = cJSON_IsNumber(number) && number->valueint >= 0
                           ? oracle_index(oracle, (unsigned)number->valueint)
                           : ORACLE_COMPONENTS_MAX;
        if (index < ORACLE_COMPONENTS_MAX) {
            mask |= UINT64_C(1) << index;
        }
    }
    return mask;
}

/** Who has a part of the same package. */
static void share(struct oracle *oracle, uint64_t mask)
{
    bool is_shared = (mask & (mask - 1)) != 0;

    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        bool is_in = (mask & UINT64_C(1) << i) != 0;
        tracked->shares &= ~mask;
        if (is_in) {
            tracked->shares = is_shared ? mask : 0;
        }
    }
}

/** `receiver` is an index, ORACLE_COMPONENTS_MAX for one that is unknown. */
static void begin(struct oracle *oracle, int number, size_t receiver,
                  uint64_t parts)
{
    struct transfer *transfer = &oracle->transfers[receiver];
    uint64_t mask = parts;

    if (receiver < ORACLE_COMPONENTS_MAX) {
        mask |= UINT64_C(1) << receiver;
        parts &= ~(UINT64_C(1) << receiver);
    }
    share(oracle, mask);
    /* What an earlier one may still load, ends with this one. */
    *transfer = (struct transfer){ .is_open = true,
                                   .number = number,
                                   .parts = transfer->parts | parts };
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        if ((parts & UINT64_C(1) << i) != 0) {
            tracked->options.may_load = true;
            tracked->load_until_ms = UINT64_MAX;
            tracked->has_one_package = false;
            tracked->was_addressed = true;
            track_recompute(tracked);
        }
    }
}

/** All is sent; the receiver may still be looking at it. */
static void end(struct oracle *oracle, int number)
{
    for (size_t i = 0; i <= ORACLE_COMPONENTS_MAX; i++) {
        struct transfer *transfer = &oracle->transfers[i];
        if (transfer->is_open && transfer->number == number) {
            transfer->is_sent = true;
        }
    }
}

/** Whether the receiver is not done with its package. */
static bool may_be_loading(const struct tracked *receiver)
{
    struct state_set set;

    track_all(receiver, &set);
    return state_set_parts(&set, STATE_DOWNLOADING) != 0 ||
           (state_set_parts(&set, STATE_IDLE) & ~(1u << PART_NONE)) != 0;
}

void loading_end_all(struct oracle *oracle)
{
    uint64_t over = 0;
    uint64_t open = 0;

    for (size_t i = 0; i <= ORACLE_COMPONENTS_MAX; i++) {
        struct transfer *transfer = &oracle->transfers[i];
        if (transfer->is_sent && (i >= oracle->config.component_count ||
                                  !may_be_loading(&oracle->components[i]))) {
            over |= transfer->parts;
            *transfer = (struct transfer){ .is_open = false };
        }
        open |= transfer->is_open ? transfer->parts : 0;
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        if ((over & ~open & UINT64_C(1) << i) != 0) {
            oracle->components[i].load_until_ms =
                oracle->now_ms + oracle->config.state_ms;
        }
    }
}

/* What a package must do: AFU-116, AFU-117, AFU-121. */

/** Version of the part for the instance, as the package says. */
static const char *version_of(const cJSON *data, unsigned instance)
{
    const cJSON *part = NULL;

    cJSON_ArrayForEach(part, cJSON_GetObjectItemCaseSensitive(data, "parts"))
    {
        const cJSON *number =
            cJSON_GetObjectItemCaseSensitive(part, "instance");
        const char *version = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(part, "version"));
        if (cJSON_IsNumber(number) && number->valueint == (int)instance &&
            version != NULL) {
            return version;
        }
    }
    return "";
}

/** Only a good package for a component that rests in Idle is judged: what else
 *  there may be, the cases know. */
static void begin_loading(struct oracle *oracle, size_t receiver,
                          uint64_t parts, const cJSON *data)
{
    const cJSON *damage = cJSON_GetObjectItemCaseSensitive(data, "damage");
    bool is_good = (damage == NULL || cJSON_IsNull(damage)) &&
                   !cJSON_HasObjectItem(data, "other");
    struct loading loading = { .is_judged = false };

    if (receiver >= ORACLE_COMPONENTS_MAX) {
        return;
    }
    uint64_t self = UINT64_C(1) << receiver;
    loading.is_judged =
        is_good && parts != 0 &&
        track_is_resting(&oracle->components[receiver], STATE_IDLE);
    loading.is_foreign = (parts & self) == 0;
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if ((parts & bit & ~self) == 0) {
            continue;
        }
        if (track_is_resting(&oracle->components[i], STATE_IDLE)) {
            loading.vacant |= bit;
        } else if (track_is_resting(&oracle->components[i], STATE_DOWNLOADED)) {
            loading.occupied |= bit;
        }
    }
    const char *version =
        version_of(data, oracle->components[receiver].instance);
    if (strlen(version) < sizeof(loading.version)) {
        memcpy(loading.version, version, strlen(version) + 1);
    }
    oracle->loading[receiver] = loading;
}

void loading_stimulus(struct oracle *oracle, size_t index,
                      enum stimulus_kind kind)
{
    struct loading *own = &oracle->loading[index];
    bool begins = kind == STIMULUS_FIRST_BLOCK || kind == STIMULUS_WHOLE ||
                  kind == STIMULUS_URI;
    bool goes_on = kind == STIMULUS_NEXT_BLOCK || kind == STIMULUS_LAST_BLOCK;

    /* Another Write may bring another package. */
    own->is_judged =
        own->is_judged && (goes_on || (begins && !own->is_written));
    own->is_written = own->is_written || begins;
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        oracle->loading[i].vacant &= ~(UINT64_C(1) << index);
        oracle->loading[i].occupied &= ~(UINT64_C(1) << index);
    }
}

void loading_reboot(struct oracle *oracle)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        oracle->loading[i].is_judged = false;
    }
}

/** The receiver is in Downloaded: it took the package. */
static void check_taken(struct oracle *oracle, const struct tracked *tracked,
                        struct loading *loading)
{
    if (loading->is_foreign) {
        loading->is_judged = false; /* once */
        oracle_report(oracle, FINDING_FAIL, "AFU-121", NULL, "oracle.package",
                      tracked->name,
                      "a package of another component is refused",
                      "State Downloaded", NULL);
    } else if (loading->occupied != 0) {
        loading->is_judged = false; /* once */
        oracle_report(oracle, FINDING_FAIL, "AFU-117", NULL, "oracle.package",
                      tracked->name,
                      "a package for several components is rejected with "
                      "Update Result 12 when one of them is in Downloaded",
                      "State Downloaded", NULL);
    }
}

/** One that the package is for as well is still in Idle. */
static void check_left(struct oracle *oracle, const struct tracked *tracked,
                       const struct tracked *receiver, struct loading *loading)
{
    char observed[TEXT_SIZE];

    loading->vacant = 0; /* once */
    (void)snprintf(observed, sizeof(observed),
                   "State Idle, and %s is in Downloaded for longer",
                   receiver->name);
    oracle_report(oracle, FINDING_FAIL, "AFU-116", NULL, "oracle.package",
                  tracked->name,
                  "all components of a package are in Downloaded within "
                  "T_STATE of the first one",
                  observed, NULL);
}

void loading_view(struct oracle *oracle, size_t index,
                  const struct sight *sight)
{
    struct tracked *tracked = &oracle->components[index];
    struct loading *own = &oracle->loading[index];
    uint64_t bit = UINT64_C(1) << index;

    if (sight->state < 0 || sight->is_overlapped) {
        return;
    }
    if (tracked->options.may_reboot) {
        loading_reboot(oracle); /* it may have, and not registered yet */
    }
    if (own->is_judged && own->is_written && sight->state == STATE_DOWNLOADED) {
        own->loaded_ms = own->loaded_ms != 0 ? own->loaded_ms : sight->time_ms;
        memcpy(tracked->ending.package_version, own->version,
               sizeof(own->version));
        check_taken(oracle, tracked, own);
    } else if (own->loaded_ms != 0) {
        own->is_judged = false;
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct loading *loading = &oracle->loading[i];
        if (sight->state != STATE_IDLE) {
            loading->vacant &= ~bit; /* it was loaded, whatever comes */
        } else if (loading->is_judged && loading->loaded_ms != 0 &&
                   (loading->vacant & bit) != 0 &&
                   sight->sent_ms >
                       loading->loaded_ms + oracle->config.state_ms) {
            check_left(oracle, tracked, &oracle->components[i], loading);
        }
    }
}

void loading_take(struct oracle *oracle, const struct journal_event *event)
{
    int number = (int)journal_number(event, "transfer", 0);
    double receiver = journal_number(event, "instance", -1);

    if (event->kind == JOURNAL_TRANSFER_END) {
        end(oracle, number);
        return;
    }
    size_t index = receiver >= 0 ? oracle_index(oracle, (unsigned)receiver)
                                 : ORACLE_COMPONENTS_MAX;
    uint64_t parts = parts_of(oracle, event->as.data);
    begin_loading(oracle, index, parts, event->as.data);
    begin(oracle, number, index, parts);
}
