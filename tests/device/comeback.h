/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_COMEBACK_H
#define TESTS_DEVICE_COMEBACK_H

/*
 * What a device finds when its power comes back, told on stderr by one that is
 * watched: tests/cuts/cuts.sh counts these lines.
 */
#include "tests/device/firmware_parts.h"

/** Before the boot. @return NULL when there is nothing to tell; static */
const char *comeback_stage(const struct firmware *firmware);
/** After the boot. @param stage  what was found before it, or NULL */
void comeback_tell(const struct firmware *firmware, const char *stage);

#endif
