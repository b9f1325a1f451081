/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_REFUSALS_H
#define TESTS_DEVICE_REFUSALS_H

/* What variants and mutants answer to an operation that is no trigger in the
 * State. Private to the firmware side of the device. */
#include "tests/device/firmware_parts.h"

/** The code of a Write of Package URI that is refused: A-01. */
uint8_t refusal_of_uri(const struct firmware *firmware);
/** The same for a block of Package; `more` follow. */
uint8_t refusal_of_package(const struct firmware *firmware, bool more);
/** A Package URI was answered 2.04 and is ignored: it may be read, though. */
void refusal_keeps_uri(struct firmware *firmware, uint16_t instance,
                       const void *bytes, size_t length);
/** The code of an Update in another State than Downloaded. */
uint8_t refusal_of_update(struct firmware *firmware, uint16_t instance);
/** The code of a list with a component that is not Downloaded; 0: it is
 *  Result 13. */
uint8_t refusal_of_list(const struct firmware *firmware);
/** Do what a refused Update has left to be done. */
void refusal_tick(struct firmware *firmware, uint64_t now_ms);
/** An Update begins; `mask` takes part, and no argument was given. */
void refusal_update_begins(struct firmware *firmware, unsigned mask,
                           bool is_bare);

#endif
