/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a profile leaves out, and what it may mean otherwise. It is said and
 * changes nothing: items and packages of somebody's own cases are theirs to
 * name.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/nearest.h"

enum { WORDS_MAX = 256, TEXT_SIZE = 256, SHOWN_MAX = 40 };

/** docs/profile.md, "Packages". */
static const char *const packages[] = {
    "G",      "G'",    "SV",     "OLD",     "GV1",     "GV2",   "DEP",
    "STALE",  "REV",   "LNK",    "DEPMAIN", "M",       "MREV",  "MALL",
    "MBAD",   "FAILI", "FAILC",  "FAILB",   "MREVBAD", "BIG",   "BAD",
    "TRUNC",  "FLIP",  "HDR",    "APPEND",  "FOREIGN", "JUNK",  "SHORT",
    "BYTE",   "FULL",  "FULL+1", "FULL-1",  "E",       "EK",    "ET",
    "SIGNER", "EA",    "EN",     "EP",      "EOLD",    "ESWAP", "ETRUNC",
    "ENEW"
};

/** The words of one kind that are known; NULL-terminated. */
struct words {
    enum applies_kind kind;
    char *list[WORDS_MAX + 1]; /* owned */
    size_t count;
};

static void add(enum applies_kind kind, const char *name, void *user)
{
    struct words *words = user;

    if (kind == words->kind && words->count < WORDS_MAX) {
        words->list[words->count] = strdup(name);
        words->count += words->list[words->count] != NULL ? 1 : 0;
    }
}

static void collect(const struct catalogue *catalogue, enum applies_kind kind,
                    struct words *words)
{
    *words = (struct words){ .kind = kind };
    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        add(kind, packages[i], words);
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *row = catalogue_at(catalogue, i);
        for (size_t j = 0; row->applies[j] != NULL; j++) {
            applies_names(row->applies[j], add, words);
        }
    }
}

static void release(struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        free(words->list[i]);
    }
}

/** Say it of a word that is unknown and near a known one. */
static void suggest(const struct words *words, const char *place,
                    const char *name, remark_fn on_remark, void *user)
{
    char text[TEXT_SIZE];

    for (size_t i = 0; i < words->count; i++) {
        if (strcmp(words->list[i], name) == 0) {
            return;
        }
    }
    const char *near = nearest_word(name, (const char *const *)words->list);
    if (near != NULL) {
        (void)snprintf(
            text, sizeof(text),
            "%.120s/%.*s of the profile: no case asks for it; did you "
            "mean '%s'?",
            place, SHOWN_MAX, name, near); /* cut */
        on_remark(text, user);
    }
}

static void suggest_packages(const struct profile *profile,
                             const struct words *words, remark_fn on_remark,
                             void *user)
{
    const cJSON *component = NULL;
    const cJSON *package = NULL;
    char place[TEXT_SIZE];

    cJSON_ArrayForEach(
        component, cJSON_GetObjectItemCaseSensitive(profile->json, "packages"))
    {
        (void)snprintf(place, sizeof(place), "/packages/%.*s", SHOWN_MAX,
                       component->string); /* fits */
        cJSON_ArrayForEach(package, component)
        {
            suggest(words, place, package->string, on_remark, user);
        }
    }
}

void campaign_remarks(const struct campaign_config *config,
                      const struct profile *profile, remark_fn on_remark,
                      void *user)
{
    struct words words;

    collect(config->catalogue, APPLIES_PACKAGE, &words);
    suggest_packages(profile, &words, on_remark, user);
    release(&words);
}

static bool is_in_profile(const struct profile *profile, uint16_t instance)
{
    for (size_t i = 0; i < profile->component_count; i++) {
        if (profile->components[i].instance == instance) {
            return true;
        }
    }
    return false;
}

/** A remark of the campaign: for the journal, and for whoever looks on. */
static void record(const char *text, void *user)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddBoolToObject(data, "remark", true);
    lane_record(user, JOURNAL_NOTE, data);
}

void lane_remarks(struct lane *lane)
{
    const struct profile *profile = lane->profile;
    char text[TEXT_SIZE];

    campaign_remarks(lane->campaign->config, profile, record, lane);
    for (size_t i = 0;
         profile->component_count > 0 && i < lane->ics.instance_count; i++) {
        const uint16_t instance = lane->ics.instances[i];
        if (!is_in_profile(profile, instance)) {
            (void)snprintf(text, sizeof(text),
                           "component %u of the device (/33629/%u) is not in "
                           "the profile: not tested",
                           instance, instance); /* fits */
            record(text, lane);
        }
    }
}
