/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_ICS_H
#define SCENARIOS_ENGINE_ICS_H

/* Private to scenarios/engine: what the device implements. afu.md section 2. */
#include "scenarios/engine/profile.h"
#include "scenarios/journal/journal.h"

/** Twice PROFILE_ITEMS_MAX is declared at most, the rest is detected. */
#define ICS_ITEMS_MAX     (2 * PROFILE_ITEMS_MAX + 32)
#define ICS_INSTANCES_MAX 64

struct ics_item {
    char name[PROFILE_ITEM_NAME_MAX + 1];
    char value[PROFILE_ITEM_VALUE_MAX + 1];
    bool is_declared;
};

struct ics {
    struct ics_item items[ICS_ITEMS_MAX];
    size_t count;
    uint16_t instances[ICS_INSTANCES_MAX]; /**< of /33629, ascending */
    size_t instance_count;
    uint16_t main_instance;
    uint16_t server_instance; /**< of /1: ours, the lowest unless declared */
    bool has_server_instance;
    bool is_known; /**< the device was looked at; else unknown items hold */
};

/** Set an item; a declared one is not overridden by a detected one. */
void ics_set(struct ics *ics, const char *name, const char *value,
             bool declared);
/** NULL when nothing is known of it. */
const char *ics_value(const struct ics *ics, const char *name);
/** A value that says yes: anything but false, none, no, 0 and "". Unknown
 *  items hold while the device was not looked at. */
bool ics_holds(const struct ics *ics, const char *name);
/** An instance of /1: the lowest one is taken for ours. */
void ics_note_server(struct ics *ics, uint16_t instance);
void ics_add_instance(struct ics *ics, uint16_t instance);
/** What the profile declares, and its components when it has any. */
void ics_declare(struct ics *ics, const struct profile *profile,
                 bool is_started);
/** data of JOURNAL_ICS. */
cJSON *ics_json(const struct ics *ics, const char *endpoint);
/** What ics_json() wrote. */
void ics_read(struct ics *ics, const cJSON *data);

#endif
