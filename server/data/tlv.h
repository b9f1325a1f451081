/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_TLV_H
#define SERVER_DATA_TLV_H

/* Private to server/data. Spec: LwM2M Core 1.2.2, 7.4.3 (OMA TLV). */
#include "server/data/codec.h"

/** As codec_decode(), for Content-Format 11542; adds to `list`. */
MUST_CHECK
enum status tlv_decode(const struct definitions *definitions,
                       const struct lwm2m_path *base, const uint8_t *bytes,
                       size_t length, struct record_list *list,
                       struct reason *reason);
/** As codec_encode(). Shortest forms; records must be grouped by Instance and
 *  Resource. */
MUST_CHECK
enum status tlv_encode(const struct lwm2m_path *base,
                       const struct record_list *list,
                       struct byte_buffer *buffer, struct reason *reason);

#endif
