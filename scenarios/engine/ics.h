/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_ICS_H
#define SCENARIOS_ENGINE_ICS_H

/* Private to scenarios/engine: what the device implements. afu.md section 2. */
#include "scenarios/engine/profile.h"
#include "scenarios/journal/journal.h"

/** Twice PROFILE_ITEMS_MAX is declared at most, the rest is detected or has a
 *  default. */
#define ICS_ITEMS_MAX     (2 * PROFILE_ITEMS_MAX + 128)
#define ICS_INSTANCES_MAX 64

/** Who says the value. The later one wins. */
enum ics_how { ICS_DEFAULT, ICS_DETECTED, ICS_DECLARED };

struct ics_item {
    char name[PROFILE_ITEM_NAME_MAX + 1];
    char value[PROFILE_ITEM_VALUE_MAX + 1];
    char seen[PROFILE_ITEM_VALUE_MAX + 1]; /**< by the look, also when another
                                   value is declared; "": it does not say */
    enum ics_how how;
};

/** What cases saw that only shows in some States. */
struct ics_seen {
    bool downloaded;   /**< a Read of an instance in Downloaded … */
    bool shown[4];     /**< … which had resource 6, 7, 16, 17 */
    bool linked;       /**< Linked Instances named somebody */
    bool sent_linking; /**< a package that asks for others, LNK, was sent */
    bool failed_idle;  /**< State Idle with Result 8 … */
    bool failed_downloaded;       /**< … and Downloaded */
    unsigned updates;             /**< cases with a good update … */
    unsigned updates_with_reboot; /**< … and a Register after it */
};

struct ics {
    struct ics_item items[ICS_ITEMS_MAX];
    size_t count;
    uint16_t instances[ICS_INSTANCES_MAX]; /**< of /33629, ascending */
    size_t instance_count;
    bool is_listed[ICS_INSTANCES_MAX]; /**< by the registration */
    uint16_t main_instance;
    uint16_t server_instance; /**< of /1: ours, the lowest unless declared */
    bool has_server_instance;
    bool is_known; /**< the device was looked at; else unknown items hold */
};

/** Set an item that is declared, or else detected. */
void ics_set(struct ics *ics, const char *name, const char *value,
             bool declared);
/** NULL when nothing is known of it. */
const struct ics_item *ics_item(const struct ics *ics, const char *name);
/** The same for its value. */
const char *ics_value(const struct ics *ics, const char *name);
/** A value that says yes: anything but false, none, no, unknown, 0 and "".
 *  Unknown items hold while the device was not looked at. */
bool ics_holds(const struct ics *ics, const char *name);
/** An instance of /1: the lowest one is taken for ours. */
void ics_note_server(struct ics *ics, uint16_t instance);
/** @param is_listed  by the registration, and not only by the profile */
void ics_add_instance(struct ics *ics, uint16_t instance, bool is_listed);
bool ics_has_instance(const struct ics *ics, uint16_t instance);
/** Whether a value says yes. */
bool ics_value_holds(const char *name, const char *value);
/** The look is over: what it did not see is not there. Instances that only the
 *  profile has are taken out, unless the registration lists none at all. */
void ics_complete(struct ics *ics);
/** A relay is the network, and may be cut: behind ics_declare(). */
void ics_declare_relay(struct ics *ics);
/** What the profile declares, its components when it has any, and what holds
 *  unless it is declared.
 *  @param is_started  by us: then hooks about its program can be done */
void ics_declare(struct ics *ics, const struct profile *profile,
                 bool is_started);
/** data of JOURNAL_ICS. */
cJSON *ics_json(const struct ics *ics, const char *endpoint);
/** What ics_json() wrote. */
void ics_read(struct ics *ics, const cJSON *data);

#endif
