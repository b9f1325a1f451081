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

/** The component's name, NULL: it is not in the profile. */
static const char *name_of(const struct profile *profile, uint16_t instance)
{
    for (size_t i = 0; i < profile->component_count; i++) {
        if (profile->components[i].instance == instance) {
            return profile->components[i].name;
        }
    }
    return NULL;
}

/** A remark of the campaign: for the journal, and for whoever looks on. */
static void record(const char *text, void *user)
{
    cJSON *data = cJSON_CreateObject();

    cJSON_AddStringToObject(data, "text", text);
    cJSON_AddBoolToObject(data, "remark", true);
    lane_record(user, JOURNAL_NOTE, data);
}

/** A package G that is a file is good for one update: the next campaign needs a
 *  device with its old firmware. */
static void remark_used(struct lane *lane)
{
    const struct profile *profile = lane->profile;
    const cJSON *wanted =
        cJSON_GetObjectItemCaseSensitive(profile->json, "packages");
    char text[TEXT_SIZE];

    for (size_t i = 0; i < lane->ics.instance_count; i++) {
        const char *name = name_of(profile, lane->ics.instances[i]);
        const cJSON *good = cJSON_GetObjectItemCaseSensitive(
            cJSON_GetObjectItemCaseSensitive(wanted, name != NULL ? name : ""),
            "G");
        const char *version = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(good, "version"));
        if (cJSON_GetObjectItemCaseSensitive(good, "file") == NULL ||
            version == NULL || strcmp(version, lane->versions[i]) != 0) {
            continue;
        }
        (void)snprintf(text, sizeof(text),
                       "/packages/%s/G of the profile is version '%.40s', "
                       "which the device has already: what it does with it "
                       "says little; give it its old firmware back",
                       name, version); /* cut */
        record(text, lane);
    }
}

void lane_remarks(struct lane *lane)
{
    const struct profile *profile = lane->profile;
    char text[TEXT_SIZE];

    campaign_remarks(lane->campaign->config, profile, record, lane);
    remark_used(lane);
    for (size_t i = 0;
         profile->component_count > 0 && i < lane->ics.instance_count; i++) {
        const uint16_t instance = lane->ics.instances[i];
        if (name_of(profile, instance) == NULL) {
            (void)snprintf(text, sizeof(text),
                           "component %u of the device (/33629/%u) is not in "
                           "the profile: not tested",
                           instance, instance); /* fits */
            record(text, lane);
        }
    }
}
