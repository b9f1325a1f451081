/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_LWM2M_CBOR_H
#define SERVER_DATA_LWM2M_CBOR_H

/* Private to server/data: Content-Format 11544, maps of maps.
 * Spec: LwM2M Core 1.2.2, 7.4 (LwM2M CBOR); content-formats.md, section 9. */
#include "server/data/codec.h"

/**
 * As codec_decode(), for Content-Format 11544; adds to `list`. Keys of every
 * shape are read; their IDs are a whole path from the Object on, so a path
 * that a Client gives relative to `base` is malformed or noted.
 *
 * Departs: the prefix of a LwM2M Gateway in front of a path is refused.
 */
MUST_CHECK
enum status lwm2m_cbor_decode(const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *list, struct reason *reason);
/** The same of a Write-Composite: null deletes a Resource Instance. */
MUST_CHECK
enum status lwm2m_cbor_decode_patch(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason);
/**
 * As codec_encode(). IDs that all values of a map share stand in one key, as
 * an array, and Resource Instances in a map of their own; maps are in the order
 * of the list, together with what else belongs there.
 *
 * Errors: STATUS_INVALID also for a path twice, outside of `base` or with a
 *         time, which this format does not have.
 */
MUST_CHECK
enum status lwm2m_cbor_encode(const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer,
                              struct reason *reason);
MUST_CHECK
enum status lwm2m_cbor_encode_patch(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason);

#endif
