/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_FLEET_H
#define TESTS_DEVICE_FLEET_H

/*
 * One or many simulated devices in one process and one loop. They share
 * nothing but the loop: each has its own folder, socket, session and life.
 */
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/device/client.h"

#define FLEET_MAX 10000 /**< devices of one process */

/** What each device is made of; everything is borrowed. */
struct fleet_config {
    size_t count; /**< with more than one, device n is named "NAME-n", and so
                       are its PSK identity and its folder below `folder` */
    struct client_config client; /**< `dtls` is not looked at */
    struct firmware_config firmware;
    struct objects objects;         /**< as a device begins */
    const struct dtls_config *dtls; /**< NULL: CoAP as it is */
    struct sockaddr_storage second; /**< another LwM2M server … */
    socklen_t second_size;          /**< … 0: there is none */
    /** An enum user_word that a signal left, and that is set to 0 when it was
     *  taken; the signals are SIGUSR1, SIGUSR2 and SIGHUP. */
    volatile sig_atomic_t *user_word;
    const char *folder; /**< of the state; NULL: fresh ones, removed at the
                             end */
    bool without_sync;  /**< store_relax() */
};

/**
 * Run them until all are done.
 *
 * @param stop_asked     set to 1 by the signal handler: de-register; a second
 *                       time: end at once
 * @param while_polling  signal mask while nothing is to be done: a signal that
 *                       came a moment earlier would else be slept through
 * @return whether they could be started; if not, why is on stderr in one line
 */
bool fleet_run(const struct fleet_config *config,
               volatile sig_atomic_t *stop_asked,
               const sigset_t *while_polling);

#endif
