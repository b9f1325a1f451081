/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_RECORD_FILE_H
#define TESTS_DEVICE_RECORD_FILE_H

#include "tests/device/firmware.h"

/** Write the one state record: it decides what runs after a power cut. */
bool record_save(const struct firmware *firmware);
/** Read it into the components; what is absent or damaged stays as it is. */
bool record_load(struct firmware *firmware);

#endif
