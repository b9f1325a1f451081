/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_CORE_MUTANTS_H
#define TESTS_DEVICE_CORE_MUTANTS_H

/* The mutants of LwM2M itself: what they make of a request. Requirements:
 * docs/core.md. */
#include "tests/device/objects.h"

/** Answer the request instead of the device.
 *  @return false when it is no request that the mutant breaks */
bool core_mutant_answers(const struct objects *objects,
                         const struct message *request,
                         const struct lwm2m_path *path, struct answer *answer);
/** What the device does with a request: a mutant may take it for another. */
struct message core_mutant_request(const struct objects *objects,
                                   const struct message *request,
                                   const struct lwm2m_path *path);
/** Whether the Observe option of this value is taken for none. */
bool core_mutant_ignores_observe(const struct objects *objects, uint32_t value,
                                 bool is_composite);
/** Change an answer of the device. */
void core_mutant_spoils(const struct objects *objects,
                        const struct message *request, struct answer *answer);

#endif
