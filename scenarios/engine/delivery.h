/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_DELIVERY_H
#define SCENARIOS_ENGINE_DELIVERY_H

/*
 * What a `deliver` step asks of a transfer, and which mechanism can do it.
 * Spec: design.md, section 5.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "scenarios/engine/delivery_blocks.h"
#include "scenarios/engine/delivery_protocol.h"
#include "scenarios/engine/profile.h"
#include "scenarios/engine/test_case.h"
#include "server/server.h"

#define DELIVERY_FAULTS_MAX (REPOSITORY_FAULTS_MAX - 1) /**< and the pause */

/** Where a paused push goes on, counted in blocks. */
struct delivery_shift {
    unsigned skip;   /**< so many are left out */
    unsigned repeat; /**< so many are first sent again, as new messages */
};
#define DELIVERY_SHIFT_MAX 64

/** Read from the step; leads into it. */
struct delivery {
    const char *package; /**< name; NULL: no package, a `uri` */
    bool is_of_other;    /**< the package is one of `owner` */
    uint16_t owner;      /**< instance; the reader of the step sets both */
    const char *uri;     /**< {host} stands for our address, {scheme} for
                              what is pulled by; or NULL */
    const char *from;    /**< "lwm2m", "repository", a scheme; or NULL */
    bool is_again;       /**< the package as it was built at the beginning */
    bool on_lwm2m_port;  /**< a pull from there, else from the repository's */
    bool is_pull;        /**< push cannot do it */
    enum mechanism by;   /**< whatever the case runs by; else none */
    struct delivery_blocks blocks; /**< of a push */
    bool pauses; /**< the transfer stops at `pause` until it is
                              resumed */
    struct repository_fault pause;
    /** What goes wrong in a pull; `ms` is that of the limit, if any. */
    struct repository_fault faults[DELIVERY_FAULTS_MAX];
    enum limit waits[DELIVERY_FAULTS_MAX]; /**< LIMIT_COUNT: none */
    size_t fault_count;
    const char *other;         /**< package that a fault switches to; NULL */
    struct server_place place; /**< of the file of a pull */
};

/**
 * Read the parameters of a `deliver` step: "deliver" (a name, or {"uri"}),
 * "from", "pause-at", "faults", "target", "host", "uri-length", "blocks" and
 * "by".
 *
 * Errors: STATUS_MALFORMED: "pause-at: expected …".
 */
MUST_CHECK
enum status delivery_read(const cJSON *step, struct delivery *out_delivery,
                          struct reason *reason);

/** Read "skip" and "repeat" of a `resume` step.
 *  Errors: STATUS_MALFORMED: "skip: expected …". */
MUST_CHECK
enum status delivery_shift_read(const cJSON *step,
                                struct delivery_shift *out_shift,
                                struct reason *reason);

/**
 * Whether the mechanism can do what the `deliver` and `resume` steps in `steps`
 * ask for, nested ones too.
 *
 * @param protocol  by which the campaign pulls, where a step names none
 * @return NULL when it can, else what it cannot: "push: no faults"
 */
const char *delivery_misfit(const cJSON *steps, enum mechanism mechanism,
                            enum repository_protocol protocol);

/** Whether one of the `deliver` steps in `steps` pulls by the protocol of the
 *  campaign, by no other one. */
bool delivery_follows(const cJSON *steps, enum mechanism mechanism);

#endif
