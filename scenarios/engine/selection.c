/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/selection.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/delivery.h"
#include "scenarios/engine/ics_items.h"
#include "scenarios/engine/json_file.h"

enum { PATTERN_MAX = 96, WHY_SIZE = 256 };

struct plan {
    struct plan_entry *entries;
    size_t count;
};

/* Patterns and the plan. */

/** Which mechanisms does "…@push" ask for? Without '@' all, and none; 0 for
 *  an unknown one. */
static unsigned wanted_mechanisms(const char *pattern)
{
    const char *at = strchr(pattern, '@');
    unsigned mask = 0;

    if (at == NULL) {
        return 1u << MECHANISM_NONE | 1u << MECHANISM_PUSH |
               1u << MECHANISM_PULL;
    }
    for (int i = MECHANISM_PUSH; i <= MECHANISM_PULL; i++) {
        if (strcasecmp(at + 1, mechanism_name((enum mechanism)i)) == 0) {
            mask |= 1u << i;
        }
    }
    return mask;
}

/** An id, a group ("AFU-DEP" or "DEP"), an area ("AFU") or a glob. */
static bool matches_name(const struct test_case *test_case, const char *name)
{
    const char *dash = strchr(test_case->group, '-');

    return strcasecmp(name, test_case->id) == 0 ||
           strcasecmp(name, test_case->group) == 0 ||
           (dash != NULL && strcasecmp(name, dash + 1) == 0) ||
           (dash != NULL && strlen(name) == (size_t)(dash - test_case->group) &&
            strncasecmp(name, test_case->group, strlen(name)) == 0) ||
           fnmatch(name, test_case->id, FNM_CASEFOLD) == 0;
}

/** Bits of the mechanisms for which a pattern wants the case. */
static unsigned matches(const struct test_case *test_case, const char *pattern)
{
    char name[PATTERN_MAX];
    size_t length = strcspn(pattern, "@");
    unsigned has =
        test_case->delivers ? test_case->mechanisms : 1u << MECHANISM_NONE;

    if (length >= sizeof(name)) {
        return 0;
    }
    memcpy(name, pattern, length);
    name[length] = '\0';
    return matches_name(test_case, name) ? wanted_mechanisms(pattern) & has : 0;
}

/** Case number `index`: those of the catalogue, then those that follow from the
 *  profile (NULL: the first one); NULL past the last one. */
static const struct test_case *case_at(const struct campaign_config *config,
                                       const struct profile *profile,
                                       size_t index)
{
    size_t count = catalogue_count(config->catalogue);

    if (index < count) {
        return catalogue_at(config->catalogue, index);
    }
    if (profile == NULL && config->profile_count > 0) {
        profile = config->profiles[0];
    }
    return profile != NULL && profile->matrix != NULL &&
                   index - count < catalogue_count(profile->matrix)
               ? catalogue_at(profile->matrix, index - count)
               : NULL;
}

static bool has_match(const struct campaign_config *config,
                      const struct profile *profile, const char *pattern)
{
    const struct test_case *row = NULL;

    for (size_t i = 0; (row = case_at(config, profile, i)) != NULL; i++) {
        if (matches(row, pattern) != 0) {
            return true;
        }
    }
    return false;
}

static enum status no_match(const struct campaign_config *config,
                            const char *pattern, struct reason *reason)
{
    static const char matrix[] = "AFU-MTX";
    size_t count = catalogue_count(config->catalogue);
    const char **ids = calloc(count + 1, sizeof(*ids));

    if (ids == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = catalogue_at(config->catalogue, i)->id;
    }
    const char *near = nearest_word(pattern, ids);
    size_t length = strcspn(pattern, "@");
    const struct test_case *named = NULL;
    for (size_t i = 0; i < count && pattern[length] == '@'; i++) {
        if (strlen(ids[i]) == length &&
            strncasecmp(ids[i], pattern, length) == 0) {
            named = catalogue_at(config->catalogue, i);
        }
    }
    free(ids);
    if (wanted_mechanisms(pattern) == 0) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "'%.60s': a mechanism is expected behind '@': push "
                          "pull",
                          pattern);
    }
    if (named != NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "'%s' does not run by '%s'; '%s%s' does", named->id,
                          pattern + length + 1, named->id,
                          test_case_only_way(named));
    }
    if (strncasecmp(pattern, matrix, sizeof(matrix) - 1) == 0) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "no case matches '%.60s': the cases of %s follow "
                          "from the packages of a profile (--profile, "
                          "--shape)",
                          pattern, matrix);
    }
    return reason_set(reason, STATUS_NOT_FOUND,
                      "no case matches '%.60s'%s%s%s; 'assay list' names them",
                      pattern, near != NULL ? ", did you mean '" : "",
                      near != NULL ? near : "", near != NULL ? "'?" : "");
}

static enum status check_patterns(const struct campaign_config *config,
                                  struct reason *reason)
{
    for (size_t i = 0; config->patterns != NULL && config->patterns[i] != NULL;
         i++) {
        bool found = has_match(config, NULL, config->patterns[i]);
        for (size_t j = 0; j < config->profile_count; j++) {
            found = found ||
                    has_match(config, config->profiles[j], config->patterns[i]);
        }
        if (!found) {
            return no_match(config, config->patterns[i], reason);
        }
    }
    return STATUS_OK;
}

/** Bits of the mechanisms for which the patterns want the case. */
static unsigned wanted(const struct campaign_config *config,
                       const struct test_case *test_case)
{
    unsigned mask = 0;

    if (config->patterns == NULL || config->patterns[0] == NULL) {
        return matches(test_case, test_case->id);
    }
    for (size_t i = 0; config->patterns[i] != NULL; i++) {
        mask |= matches(test_case, config->patterns[i]);
    }
    return mask;
}

/** An item that only the look at /1 and /3 can detect. */
static void note_core(enum applies_kind kind, const char *name, void *user)
{
    const struct ics_type *type = kind == APPLIES_ITEM ? ics_type(name) : NULL;
    bool *wants = user;

    *wants = *wants || (type != NULL && type->source == ICS_FROM_CORE);
}

bool selection_wants_core(const struct campaign_config *config)
{
    for (size_t i = 0; i < catalogue_count(config->catalogue); i++) {
        const struct test_case *row = catalogue_at(config->catalogue, i);
        bool wants = row->is_without_firmware;
        if (wanted(config, row) == 0) {
            continue;
        }
        for (size_t j = 0; row->applies[j] != NULL; j++) {
            applies_names(row->applies[j], note_core, &wants);
        }
        if (wants) {
            return true;
        }
    }
    return false;
}

static enum status add_entry(struct plan *plan,
                             const struct test_case *test_case,
                             enum mechanism mechanism, const char *why,
                             struct reason *reason)
{
    struct plan_entry *grown =
        realloc(plan->entries, (plan->count + 1) * sizeof(*grown));

    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    plan->entries = grown;
    struct plan_entry *entry = &grown[plan->count++];
    *entry = (struct plan_entry){ .test_case = test_case,
                                  .mechanism = mechanism,
                                  .runs = why == NULL };
    (void)snprintf(entry->instance, sizeof(entry->instance), "%s%s%s",
                   test_case->id, mechanism != MECHANISM_NONE ? "@" : "",
                   mechanism_name(mechanism)); /* cut */
    (void)snprintf(entry->reason, sizeof(entry->reason), "%s",
                   why != NULL ? why : ""); /* cut */
    return STATUS_OK;
}

/** The line of `applies` that fails, and why.
 *  @return false when none does */
static bool failing_line(const struct test_case *test_case,
                         const struct profile *profile, const struct ics *ics,
                         char *out_why, size_t size)
{
    char why[WHY_SIZE / 2];

    for (size_t i = 0; test_case->applies[i] != NULL; i++) {
        const char *line = test_case->applies[i];
        if (applies_explain(line, profile, ics, why, sizeof(why)) ==
            APPLIES_FAILS) {
            (void)snprintf(out_why, size, "needs %s: %s", line, why); /* cut */
            return true;
        }
    }
    return false;
}

/** A device that says it does not fetch by the protocol is not asked to.
 *  @return NULL when it may */
static const char *protocol_misfit(const struct ics *ics,
                                   enum repository_protocol protocol)
{
    const char *item = delivery_protocol_item(protocol);
    const char *value = ics_value(ics, item);

    return value == NULL || ics_value_holds(item, value)
               ? NULL
               : delivery_protocol_absent(protocol);
}

/** Why the mechanism cannot do what the steps ask for, or NULL.
 *  @param protocol  by which is pulled */
static const char *case_misfit(const struct test_case *test_case,
                               enum mechanism mechanism, const struct ics *ics,
                               enum repository_protocol protocol)
{
    const cJSON *const lists[] = { test_case->preamble, test_case->steps,
                                   test_case->postamble };
    const char *why = NULL;
    bool denies_pull = applies_denies(test_case->applies, "pull");

    for (size_t i = 0; why == NULL && i < sizeof(lists) / sizeof(lists[0]);
         i++) {
        if (!denies_pull && delivery_follows(lists[i], mechanism)) {
            why = protocol_misfit(ics, protocol);
        }
        why =
            why != NULL ? why : delivery_misfit(lists[i], mechanism, protocol);
    }
    return why;
}

/** Why the device does not take packages so, or NULL. */
static const char *offer_misfit(const struct ics *ics, enum mechanism mechanism)
{
    static const char *const by_profile[] = {
        [MECHANISM_PUSH] = "push: the profile says that it is not used",
        [MECHANISM_PULL] = "pull: the profile says that it is not used",
    };
    static const char *const by_device[] = {
        [MECHANISM_PUSH] = "push: resource 9 does not offer it",
        [MECHANISM_PULL] = "pull: resource 9 does not offer it",
    };
    const char *name = mechanism_name(mechanism);
    const struct ics_item *item = ics_item(ics, name);

    return ics_holds(ics, name)                        ? NULL
           : item != NULL && item->how == ICS_DECLARED ? by_profile[mechanism]
                                                       : by_device[mechanism];
}

/** What only a look at the device can tell, and may drop the instance. */
static void note_open(struct plan_entry *entry, const struct profile *profile,
                      const struct ics *ics)
{
    const char *const *lines = entry->test_case->applies;
    const char *mechanism = mechanism_name(entry->mechanism);
    size_t used = 0;

    if (entry->mechanism != MECHANISM_NONE &&
        ics_item(ics, mechanism) == NULL) {
        used = (size_t)snprintf(entry->open, sizeof(entry->open), "%s",
                                mechanism); /* fits */
    }
    for (size_t i = 0; lines[i] != NULL && used < sizeof(entry->open); i++) {
        if (strcmp(lines[i], mechanism) != 0 &&
            applies_explain(lines[i], profile, ics, NULL, 0) ==
                APPLIES_UNKNOWN) {
            int length =
                snprintf(entry->open + used, sizeof(entry->open) - used, "%s%s",
                         used > 0 ? ", " : "", lines[i]); /* cut */
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

enum repository_protocol campaign_pull_by(const struct campaign_config *config,
                                          const struct profile *profile)
{
    return config->has_pull_by ? config->pull_by : profile->pull_by;
}

static enum status add_mechanisms(struct plan *plan,
                                  const struct test_case *test_case,
                                  unsigned mechanisms, const struct ics *ics,
                                  enum repository_protocol protocol,
                                  const char *why, struct reason *reason)
{
    bool has_push = ics_holds(ics, "push");
    bool has_pull = ics_holds(ics, "pull");
    bool push = (mechanisms & 1u << MECHANISM_PUSH) != 0;
    bool pull = (mechanisms & 1u << MECHANISM_PULL) != 0 &&
                !(test_case->is_once && push && has_push);
    const char *push_why =
        why != NULL ? why : offer_misfit(ics, MECHANISM_PUSH);
    bool denies_pull = applies_denies(test_case->applies, "pull");
    const char *pull_why = why != NULL   ? why
                           : denies_pull ? NULL
                                         : offer_misfit(ics, MECHANISM_PULL);
    enum status status = STATUS_OK;

    push_why = push_why != NULL
                   ? push_why
                   : case_misfit(test_case, MECHANISM_PUSH, ics, protocol);
    pull_why = pull_why != NULL
                   ? pull_why
                   : case_misfit(test_case, MECHANISM_PULL, ics, protocol);

    if (push && (has_push || !(pull && has_pull))) {
        status = add_entry(plan, test_case, MECHANISM_PUSH, push_why, reason);
    }
    if (status == STATUS_OK && pull && (has_pull || !push)) {
        status = add_entry(plan, test_case, MECHANISM_PULL, pull_why, reason);
    }
    return status;
}

/** Fisher-Yates: the same seed, the same order. */
static void shuffle(struct plan *plan, uint64_t seed)
{
    for (size_t left = plan->count; left > 1; left--) {
        size_t other = (size_t)(random_next(&seed) % left);
        struct plan_entry entry = plan->entries[left - 1];
        plan->entries[left - 1] = plan->entries[other];
        plan->entries[other] = entry;
    }
}

enum status selection_plan(const struct campaign_config *config,
                           const struct profile *profile, const struct ics *ics,
                           struct plan **out_plan, struct reason *reason)
{
    enum status status = check_patterns(config, reason);
    struct plan *plan = status == STATUS_OK ? calloc(1, sizeof(*plan)) : NULL;

    if (plan == NULL) {
        return status != STATUS_OK
                   ? status
                   : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    const struct test_case *row = NULL;
    for (size_t i = 0;
         status == STATUS_OK && (row = case_at(config, profile, i)) != NULL;
         i++) {
        char text[WHY_SIZE] = "";
        struct binding binding;
        unsigned mechanisms = wanted(config, row);
        if (mechanisms == 0) {
            continue;
        }
        if (profile == NULL) {
            status = add_entry(plan, row, MECHANISM_NONE, NULL, reason);
            continue;
        }
        bool fails =
            failing_line(row, profile, ics, text, sizeof(text)) ||
            (ics->instance_count > 0 &&
             !selection_bind(row, profile, ics, &binding, text, sizeof(text)));
        const char *why = fails ? text : NULL;
        status =
            row->delivers
                ? add_mechanisms(plan, row, mechanisms, ics,
                                 campaign_pull_by(config, profile), why, reason)
                : add_entry(plan, row, MECHANISM_NONE, why, reason);
    }
    if (config->shuffles) {
        shuffle(plan, config->seed);
    }
    for (size_t i = 0; profile != NULL && i < plan->count; i++) {
        if (plan->entries[i].runs) {
            note_open(&plan->entries[i], profile, ics);
        }
    }
    if (status != STATUS_OK) {
        plan_free(plan);
        return status;
    }
    *out_plan = plan;
    return STATUS_OK;
}

enum status plan_new(const struct campaign_config *config,
                     const struct profile *profile, struct plan **out_plan,
                     struct reason *reason)
{
    struct ics ics = { .is_known = false };

    if (profile != NULL) {
        ics_declare(&ics, profile, campaign_starts_device(config, profile));
    }
    if (config->impairment != NULL) {
        ics_declare_relay(&ics);
    }
    return selection_plan(config, profile, &ics, out_plan, reason);
}

void plan_free(struct plan *plan)
{
    if (plan != NULL) {
        free(plan->entries);
        free(plan);
    }
}

size_t plan_count(const struct plan *plan)
{
    return plan->count;
}

const struct plan_entry *plan_at(const struct plan *plan, size_t index)
{
    return &plan->entries[index];
}

cJSON *selection_json(const struct plan *plan)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *cases = cJSON_AddArrayToObject(data, "cases");

    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_entry *entry = &plan->entries[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "instance", entry->instance);
        cJSON_AddStringToObject(row, "case", entry->test_case->id);
        cJSON_AddStringToObject(row, "title", entry->test_case->title);
        if (entry->test_case->reference != NULL) {
            cJSON_AddStringToObject(row, "reference",
                                    entry->test_case->reference);
        }
        if (entry->test_case->erratum != NULL) {
            cJSON_AddStringToObject(row, "erratum", entry->test_case->erratum);
        }
        cJSON *list = cJSON_AddArrayToObject(row, "requirements");
        for (size_t j = 0; entry->test_case->requirements[j] != NULL; j++) {
            cJSON_AddItemToArray(
                list, cJSON_CreateString(entry->test_case->requirements[j]));
        }
        if (entry->mechanism != MECHANISM_NONE) {
            cJSON_AddStringToObject(row, "mechanism",
                                    mechanism_name(entry->mechanism));
        } else {
            cJSON_AddNullToObject(row, "mechanism");
        }
        cJSON_AddBoolToObject(row, "runs", entry->runs);
        if (entry->runs) {
            cJSON_AddNullToObject(row, "reason");
        } else {
            cJSON_AddStringToObject(row, "reason", entry->reason);
        }
        cJSON_AddItemToArray(cases, row);
    }
    return data;
}
