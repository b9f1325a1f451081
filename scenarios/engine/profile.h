/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_PROFILE_H
#define SCENARIOS_ENGINE_PROFILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/engine/credentials.h"
#include "scenarios/package/package.h"
#include "server/server.h"

/** The limits of ICS-TMR (afu.md section 2), and `settle`. */
enum limit {
    LIMIT_STATE,    /**< T_STATE: a state change becomes visible */
    LIMIT_DOWNLOAD, /**< T_DL */
    LIMIT_ABORT,    /**< T_ABORT: give-up after loss */
    LIMIT_UPDATE,   /**< T_UPD + T_BOOT */
    LIMIT_BOOT,     /**< T_BOOT: registered again */
    LIMIT_CLOCK,    /**< T_CLK */
    LIMIT_SETTLE,   /**< how long to watch that something does not come */
    LIMIT_LIFETIME, /**< the short lifetime that a case gives a device, and
                         what else has to be waited for in whole seconds */
    LIMIT_DEFER,    /**< a short Maximum Defer Period, in whole seconds */
    LIMIT_REMINDER, /**< how often the device asks its user again who has
                         deferred: it may start that much later */
    LIMIT_STALL,    /**< a fault: how late our file server answers */
    LIMIT_OUTAGE,   /**< a fault: how long it is silent and comes back */
    LIMIT_STORM,    /**< a fault: how long it answers 5.03 */
    LIMIT_AWAKE,    /**< in queue mode: how long the device listens after its
                         newest message */
    LIMIT_ACK,      /**< ACK_TIMEOUT: an answer, or an empty ACK, to a block of
                         a push (a warning) */
    LIMIT_RESPONSE, /**< EXCHANGE_LIFETIME; not from the profile */
    LIMIT_COUNT
};
/** "state", "download" …; NULL past the end. */
const char *limit_name(enum limit limit);
bool limit_parse(const char *name, enum limit *out_limit);

#define PROFILE_ITEMS_MAX      128 /**< hooks, and items of the ICS */
#define PROFILE_ITEM_NAME_MAX  31  /**< bytes */
#define PROFILE_ITEM_VALUE_MAX 63
#define PROFILE_HOOK_NAME_MAX  24
#define PROFILE_AMBIGUITIES    42 /**< rows A-01 … of docs/afu.md */
#define PROFILE_DEVICES_MAX    SERVER_DEVICES_MAX

struct profile_component {
    char *name; /**< "application" */
    uint16_t instance;
    bool is_main; /**< "role": "main"; instance 0 when none says so */
};

/** A hook: an argument list, never a shell line; or a word, for a device that
 *  Assay started. */
struct profile_hook {
    char *name;    /**< "start", "power-cycle", "factory-reset", … */
    char **argv;   /**< NULL-terminated; "{port}" etc. not yet replaced; of a
                        word: that alone */
    bool is_word;  /**< it does something to the device that Assay started */
    bool restarts; /**< "restart": kill the started device, start it again */
    int signal;    /**< "SIGUSR1" …: send it to the started device; else 0 */
};

/** A declared item: "persist": true becomes "true", 3 becomes "3". */
struct profile_item {
    char *name;
    char *value;
};

struct step_type;
struct catalogue;

/** What the tester must know to test one device, or several alike (IXIT).
 *  Plain data. */
struct profile {
    char *name;       /**< file name, or "quad" for an embedded one */
    char *endpoint;   /**< NULL: the first device that registers; "{n}" in it,
                         and in the PSK identity, is 1 to `devices` */
    unsigned devices; /**< 1 unless the profile says more */
    struct profile_component *components;
    size_t component_count;
    struct package_set *packages;
    struct profile_item *ics;
    size_t ics_count;
    uint64_t limits_ms[LIMIT_COUNT];
    bool is_limit_declared[LIMIT_COUNT]; /**< else it is the default */
    struct profile_hook *hooks;
    size_t hook_count;
    char **tolerate; /**< "A-12" …, NULL-terminated */
    struct credentials credentials;
    struct credentials repository; /**< of files by coaps, coaps+tcp and https:
                                        PSK, and the CA (ca_file, key_file) that
                                        certificates are made by; its mode says
                                        nothing */
    enum repository_protocol pull_by; /**< REPOSITORY_COAP unless it says so */
    cJSON *json;              /**< as read, for campaign.json; has no secrets */
    struct catalogue *matrix; /**< cases of its own; NULL: see
                                   profile_derive() */
};

/**
 * Read a profile from text: JSON with // and block comments.
 *
 * @param name    for messages: the file's name
 * @param folder  files and relative paths start here
 * Errors: STATUS_MALFORMED: name, JSON pointer (or line and column), what was
 *         found and the allowed words, with the nearest one suggested.
 */
MUST_CHECK
enum status profile_parse(const char *name, const char *folder,
                          const char *text, size_t length,
                          struct profile **out_profile, struct reason *reason);
MUST_CHECK
enum status profile_load(const char *path, struct profile **out_profile,
                         struct reason *reason);
/**
 * Derive the cases of the dependency matrix, which then count as cases of the
 * catalogue for the devices of this profile: they follow from which package
 * requires which other component, see matrix.h. None when no package does, or
 * when packages are files, which are new only once.
 *
 * Errors: STATUS_NO_MEMORY, STATUS_LIMIT.
 */
MUST_CHECK
enum status profile_derive(struct profile *profile,
                           const struct step_type *const *steps,
                           struct reason *reason);
void profile_free(struct profile *profile);
/** Whether a device of this endpoint name is one of the profile's. */
bool profile_names(const struct profile *profile, const char *endpoint);
const struct profile_hook *profile_hook(const struct profile *profile,
                                        const char *name);

#endif
