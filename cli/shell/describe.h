/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SHELL_DESCRIBE_H
#define CLI_SHELL_DESCRIBE_H

/*
 * What the shell shows of an event, as one JSON object: --json prints it as it
 * is, one a line, and text.h turns it into words. Each has "event", and
 * "endpoint" where it is about a device. Text of a device is cleaned here.
 */
#include <cjson/cJSON.h>

#include "scenarios/scenarios.h"

/** How much of a step's requests is shown. */
enum shell_noise {
    SHELL_SHOW_ALL,     /**< a plain operation: each answer */
    SHELL_SHOW_CHANGES, /**< not the Reads it takes besides */
    SHELL_SHOW_NONE,    /**< it polls, or sends blocks: its end says it */
};
/** By the first parameter of the verb's row. */
enum shell_noise shell_noise_of(const struct step_type *type);

/** What events are looked at with; borrowed. */
struct shell_view {
    const struct event_store *events;       /**< of the session; may be NULL */
    const struct event_store *observations; /**< requests before it, or NULL */
    const struct definitions *definitions;
    enum shell_noise noise;
    bool is_verbose;
};

/**
 * @return deleted by the caller; NULL for what is not shown, and when memory
 *         ran out
 */
cJSON *shell_describe(const struct shell_view *view,
                      const struct journal_event *event);

/** One value: {"path", "name", "type", "value", "meaning"}. */
cJSON *shell_describe_value(const struct definitions *definitions,
                            const struct lwm2m_record *record);

/**
 * The State and Update Result of a component that was seen last:
 * {"event": "component", "component", "path", "values"}.
 *
 * @param component  its name in the profile, or its instance number
 * @return NULL when it is no component, or was not seen
 */
cJSON *shell_describe_pair(const struct shell_view *view,
                           const struct console_device *device,
                           const char *component);
/** Add "objects", the paths of a registration. */
void shell_add_objects(cJSON *object,
                       const struct server_registration_view *registration);

/** Text as it may be printed: control characters, and bytes that are no
 *  UTF-8, become \xNN. Caller frees; NULL: no memory. */
char *shell_clean(const char *text, size_t length);
/** Add cleaned text; NULL adds nothing. */
void shell_add_text(cJSON *object, const char *name, const char *text);
/** Short name of a Content-Format, else its number. */
const char *shell_format_text(int format, char buffer[16]);

#endif
