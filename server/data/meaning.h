/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_MEANING_H
#define SERVER_DATA_MEANING_H

/* What numbers stand for: for people, never for judging. */
#include <stddef.h>
#include <stdint.h>

#include "server/data/path.h"

/**
 * The name of a value of an enumeration: 2 of /33629/0/3 is "Downloaded".
 *
 * @param path  of a Resource, or of one of its instances
 * @return NULL where the definition names none
 * Spec: afu.md 0.4 and 6; the Objects /3, /5, /9.
 */
const char *value_meaning(const struct lwm2m_path *path, int64_t value);
/** Name number `index` of the enumeration, NULL past its end. */
const char *value_meaning_at(const struct lwm2m_path *path, size_t index);
/** "Content" of the CoAP code 2.05, which is class << 5 | detail; NULL for
 *  codes that LwM2M does not use. */
const char *code_meaning(uint8_t code);

#endif
