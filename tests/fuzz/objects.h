/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_OBJECTS_H
#define TESTS_FUZZ_OBJECTS_H

/* Definitions and comparisons that the targets of value codecs share. */
#include "server/data/data.h"

#define FUZZ_OBJECT   42000 /**< has one Resource of each type */
#define FUZZ_TYPES    10    /**< Resources 0.. single, 10.. multiple */
#define FUZZ_NO_TYPES 42001 /**< has no definition */

/** The definitions of FUZZ_OBJECT, loaded once, never freed. */
const struct definitions *fuzz_definitions(void);
/** A path that a byte chooses. Bit 7: an Object without definition; bits 5 and
 *  6: the depth, from 1 on; the rest: which Resource. */
struct lwm2m_path fuzz_path(uint8_t choice);
/** Whether both lists hold the same records and empty entries, in any order.
 *  Neither may hold one twice. An empty entry for `base` itself does not count:
 *  an empty payload says the same. */
bool fuzz_same_records(const struct lwm2m_path *base,
                       const struct record_list *a,
                       const struct record_list *b);
/** What was decoded without a violation is written, says the same again, and is
 *  then written in the same bytes.
 *  @param keeps_order  as SenML does; else fuzz_same_records() */
void fuzz_check_again(int format, enum payload_kind kind,
                      const struct lwm2m_path *base,
                      const struct record_list *list, bool keeps_order);
/** What must be true of every decoded list. */
void fuzz_check_list(const struct record_list *list);
/** Whether a note says that a MUST is violated. */
bool fuzz_is_violated(const struct record_list *list);
/** What must be true of every failed call: status and words agree. */
void fuzz_check_reason(enum status status, const struct reason *reason);

#endif
