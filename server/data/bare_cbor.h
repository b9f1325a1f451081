/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_BARE_CBOR_H
#define SERVER_DATA_BARE_CBOR_H

/* Private to server/data: Content-Format 60, one value as one data item.
 * Spec: LwM2M Core 1.2.2, 7.4 (CBOR); content-formats.md, section 10. */
#include "server/data/codec.h"

/** As codec_decode(), for Content-Format 60; adds to `list`. */
MUST_CHECK
enum status bare_cbor_decode(const struct definitions *definitions,
                             const struct lwm2m_path *base,
                             const uint8_t *bytes, size_t length,
                             struct record_list *list, struct reason *reason);
/** As codec_encode(): exactly one record, at `base`, without a time. */
MUST_CHECK
enum status bare_cbor_encode(const struct lwm2m_path *base,
                             const struct record_list *list,
                             struct byte_buffer *buffer, struct reason *reason);

#endif
