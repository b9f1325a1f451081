/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PULL_CAUSE_H
#define TESTS_DEVICE_PULL_CAUSE_H

/*
 * Why a file cannot be had, and the Update Result of it, for all protocols.
 */
#include "tests/device/firmware.h"

enum pull_cause {
    CAUSE_NAME,      /**< nobody has it */
    CAUSE_NO_ANSWER, /**< refused, or silence */
    CAUSE_NOT_FOUND, /**< 4.xx */
    CAUSE_BROKEN,    /**< 5.xx, or an answer that makes no sense */
    CAUSE_UNTRUSTED, /**< credentials that do not fit */
    CAUSES
};

enum firmware_result pull_result(const struct firmware *firmware,
                                 enum pull_cause cause);

#endif
