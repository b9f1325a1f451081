/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CONSOLE_H
#define SCENARIOS_ENGINE_CONSOLE_H

/*
 * A campaign without a plan: a person says step by step what to do, on which
 * of the devices that register. The steps are those of a scenario, and so are
 * the oracle, the judges, the negotiation of formats, the transfers, and the
 * journal, in which each device has a case instance SHELL, SHELL-2 ….
 * Nothing here waits: the loop serves the devices between the commands.
 */
#include "scenarios/engine/campaign.h"

#define CONSOLE_DEVICES_MAX 64 /**< devices that can be used at a time */

/** How a command ended. */
struct console_end {
    const char *endpoint;
    enum step_progress progress; /**< of a step; STEP_DONE for test cases */
    const char *failure;         /**< STEP_FAILED: why; else "" */
    bool is_cancelled;
    bool was_cases; /**< console_cases(), not console_step() */
};

struct console_config {
    struct campaign_config campaign; /**< its `patterns` are not used; its
                                `on_event` gets every line of the journal */
    const struct profile *plain;     /**< of devices that have another endpoint
                                      than the profile names: an empty one */
    /** A command ended. May start the next one. */
    void (*on_end)(const struct console_end *end, void *user);
    /** After each event while no command runs. May start one. */
    void (*on_idle)(void *user);
    /** A watched descriptor can be read. */
    void (*on_input)(uint64_t watch, void *user);
    /** SIGINT or SIGTERM, by its number. */
    void (*on_signal)(int number, void *user);
    /** The time to register is over. `diagnosis` says in several lines why no
     *  device is there, NULL when one is. */
    void (*on_register_end)(const char *diagnosis, void *user);
    void *user; /**< of the calls above; campaign.user is the journal's */
};

struct console;

/**
 * Open the port and the result directory, and start the device's program if
 * one is configured.
 *
 * @param config  copied; what it points to is borrowed
 * Errors: those of campaign_run().
 */
MUST_CHECK
enum status console_new(const struct console_config *config,
                        struct console **out_console, struct reason *reason);
void console_free(struct console *console);
/** Turn the loop until console_stop() and the end of what was started.
 *  Errors: our own, such as a full disk. */
MUST_CHECK
enum status console_run(struct console *console, struct reason *reason);
/** Write the verdicts down and end. From a callback. */
void console_stop(struct console *console);

/** Where it listens. */
const char *console_address(const struct console *console);
uint16_t console_port(const struct console *console);

/** One device that registered at some time; loans end with the next event. */
struct console_device {
    const char *endpoint;
    const struct profile *profile;
    const struct server_registration_view *registration; /**< newest one with
                                     links */
    bool is_registered;
    bool is_used;              /**< commands go to it */
    const uint16_t *instances; /**< of /33629, ascending */
    size_t instance_count;
    const struct event_store *events;       /**< of what runs on it, or NULL */
    const struct event_store *observations; /**< requests of what ran before
                                     whose notifications may still come */
};
/** @return false past the last one */
bool console_device(const struct console *console, size_t index,
                    struct console_device *out_device);
/** The same by name. */
bool console_find(const struct console *console, const char *endpoint,
                  struct console_device *out_device);
/** The device that commands go to. @return false when there is none */
bool console_used(const struct console *console,
                  struct console_device *out_device);
/** Let the commands go to another device. The first one that registers is
 *  used without being asked for. Errors: STATUS_NOT_FOUND. */
MUST_CHECK
enum status console_use(struct console *console, const char *endpoint,
                        struct reason *reason);

/** Whether commands are taken: a device is there, was looked at, and no
 *  command runs. */
bool console_is_ready(const struct console *console);
bool console_is_busy(const struct console *console);

/**
 * Run one step on the device that is used; on_end says how it ended.
 *
 * @param step  checked by step_check(); copied
 * Errors: STATUS_NOT_FOUND without a device, STATUS_INVALID while it is not
 *         ready, STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status console_step(struct console *console, const cJSON *step,
                         struct reason *reason);
/**
 * Run test cases on the device that is used.
 *
 * @param patterns  ids, groups, globs; NULL-terminated
 * Errors: those of console_step(); STATUS_NOT_FOUND for a pattern that matches
 *         nothing, and when none of the cases applies, with the reason.
 */
MUST_CHECK
enum status console_cases(struct console *console, const char *const *patterns,
                          struct reason *reason);
/** Give up what runs: a request is forgotten, a step abandoned, a test case
 *  gets its postamble. on_end follows. */
void console_cancel(struct console *console);

/**
 * Make a file a package of a component.
 *
 * @param component  a name of the profile or an instance number
 * @param out_name   its name for "deliver"
 * Errors: STATUS_NOT_FOUND for component and file; STATUS_LIMIT.
 */
MUST_CHECK
enum status console_package(struct console *console, const char *component,
                            const char *path, char out_name[16],
                            struct reason *reason);

/** server_watch() and server_unwatch() of the loop. */
MUST_CHECK
enum status console_watch(struct console *console, int fd, uint64_t *out_id,
                          struct reason *reason);
void console_unwatch(struct console *console, uint64_t id);
/** Wake on_idle() now. */
MUST_CHECK
enum status console_wake(struct console *console, struct reason *reason);

#endif
