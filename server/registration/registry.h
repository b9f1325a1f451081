/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_REGISTRATION_REGISTRY_H
#define SERVER_REGISTRATION_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/registration/parameters.h"

#define REGISTRY_LINKS_MAX (1024u * 1024) /**< bytes of one Object list */

/** One registered device. All memory is the registry's. */
struct registration {
    char *endpoint;       /**< NUL-terminated; has no NUL inside; with the
                              suffix of the message */
    size_t suffix_length; /**< of the endpoint's end: registry_message */
    char location[24];    /**< "/rd/5a3f" */
    char *root;           /**< "" or "/lwm2m": put before every request path */
    char *binding;        /**< NULL when absent */
    uint32_t lifetime_s;  /**< 0: infinite */
    unsigned major;
    unsigned minor;
    bool queue_mode;
    bool is_disowned;           /**< its next Update is answered 4.04 */
    struct lwm2m_path *objects; /**< Objects and Instances listed last */
    size_t object_count;        /**< 0: no list, as with a Profile ID */
    uint64_t expires_ms;        /**< UINT64_MAX: never */
    void *session; /**< the transport's; the registry does not look at it */
    struct registration *next;
};

struct registry;

/** @param seed  of the locations, so that they differ between runs */
MUST_CHECK
struct registry *registry_new(uint64_t seed);
void registry_free(struct registry *registry);

/** A message of the registration interface. */
struct registry_message {
    const struct query_option *options;
    size_t option_count;
    int content_format; /**< CONTENT_FORMAT_NONE when absent */
    const uint8_t *payload;
    size_t payload_length;
    const char *identity; /**< endpoint name that the security layer proves;
                               NULL without security */
    const char *suffix;   /**< what the name of its registration ends with;
                               NULL: nothing. Registrations of one endpoint
                               with two suffixes do not replace each other */
    const char
        *reserved; /**< what a name may not end with; NULL: as it likes */
    bool is_non;   /**< came in a Non-confirmable message */
};

/** What came of a message; texts in it live until the next call. */
struct registry_result {
    uint8_t code;                      /**< CoAP code to answer */
    struct registration *registration; /**< NULL when refused */
    struct registration *replaced;     /**< predecessor, already taken out; free
                                        it with registration_free() */
    struct parameters parameters;      /**< with the remarks */
    char endpoint[128]; /**< for messages, printable, cut; "" unknown */
    char why[1024];     /**< when refused */
};

/**
 * Register. A second Register of an endpoint replaces the first, with a new
 * location.
 * Spec: LwM2M Core 1.2.2, 6.2.1; lwm2m-core.md 2.1 to 2.4.
 */
void registry_register(struct registry *registry,
                       const struct registry_message *message, uint64_t now_ms,
                       struct registry_result *out_result);
/** Update of the registration at `location`. */
void registry_update(struct registry *registry, const char *location,
                     const struct registry_message *message, uint64_t now_ms,
                     struct registry_result *out_result);
/**
 * Take a registration out: De-register, expiry.
 * @return NULL when there is none; else free it with registration_free()
 */
struct registration *registry_remove(struct registry *registry,
                                     const char *location);
void registration_free(struct registration *registration);
/** Whether the Object Instance that `path` lies in is listed, or its Object
 *  without any Instance. Of a device without a list everything is. */
bool registration_lists(const struct registration *registration,
                        const struct lwm2m_path *path);

/** Whether its messages have had this suffix. */
bool registry_is_of(const struct registration *registration,
                    const char *suffix);
/** Whether that is the name of its device, which has no suffix. */
bool registry_is_named(const struct registration *registration,
                       const char *name);

struct registration *registry_find(const struct registry *registry,
                                   const char *endpoint);
struct registration *registry_at(const struct registry *registry,
                                 const char *location);
/** The next one that has expired at `now_ms`, or NULL. */
struct registration *registry_expired(const struct registry *registry,
                                      uint64_t now_ms);
/** All, newest first; for walking. */
struct registration *registry_first(const struct registry *registry);

#endif
