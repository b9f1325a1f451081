/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_LWM2M_JSON_H
#define SERVER_DATA_LWM2M_JSON_H

/* Private to server/data. The JSON of LwM2M 1.0, Content-Format 11543.
 * Spec: LwM2M 1.0.2, 6.4.4; content-formats.md, section 6. */
#include "server/data/codec.h"

/**
 * As codec_decode(). A name without base name that does not begin with a slash
 * is taken as relative to `base`, as in drafts of 1.0, and noted.
 */
MUST_CHECK
enum status lwm2m_json_decode(const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *list, struct reason *reason);
/** As codec_encode(). Times are absolute, without a base time. */
MUST_CHECK
enum status lwm2m_json_encode(const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer,
                              struct reason *reason);

#endif
