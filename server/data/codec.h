/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_CODEC_H
#define SERVER_DATA_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/definition.h"
#include "server/data/path.h"
#include "server/data/record.h"
#include "server/data/status.h"

/** CoAP Content-Formats that LwM2M uses. content-formats.md, section 1. */
enum content_format {
    CONTENT_FORMAT_TEXT = 0,
    CONTENT_FORMAT_LINK = 40,
    CONTENT_FORMAT_OPAQUE = 42,
    CONTENT_FORMAT_CBOR = 60,
    CONTENT_FORMAT_SENML_JSON = 110,
    CONTENT_FORMAT_SENML_CBOR = 112,
    CONTENT_FORMAT_SENML_ETCH_JSON = 320,
    CONTENT_FORMAT_SENML_ETCH_CBOR = 322,
    CONTENT_FORMAT_TLV = 11542,
    CONTENT_FORMAT_LWM2M_JSON = 11543,
    CONTENT_FORMAT_LWM2M_CBOR = 11544,
};
#define CONTENT_FORMAT_NONE (-1) /**< the option was absent */

/** What a payload is for; the same bytes mean something else in each. */
enum payload_kind {
    PAYLOAD_VALUES, /**< Read, Notify, Write, Create, Send: each has a value */
    PAYLOAD_PATHS,  /**< what Read- and Observe-Composite ask for: no values */
    PAYLOAD_PATCH,  /**< Write-Composite: LWM2M_TYPE_NONE deletes */
};
#define PAYLOAD_KIND_COUNT (PAYLOAD_PATCH + 1)

/** A growing byte buffer that the caller releases. */
struct byte_buffer {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
};
void byte_buffer_init(struct byte_buffer *buffer);
void byte_buffer_release(struct byte_buffer *buffer);

/** "text/plain", "application/vnd.oma.lwm2m+tlv" …; NULL when unknown. */
const char *content_format_name(int content_format);
/** Whether codec_decode() and codec_encode() know it. */
bool content_format_is_supported(int content_format);
/** Whether it carries payloads of this kind, and we translate them. The two of
 *  SenML-ETCH carry no PAYLOAD_VALUES, TLV and text nothing else. */
bool content_format_carries(int content_format, enum payload_kind kind);

/**
 * Decode the payload of a Read, Notify, Write or Create at `base`.
 *
 * Total: any input gives records, records with notes, or a located error.
 *
 * @param definitions  types of the Resources; without a definition TLV values
 *                     are LWM2M_TYPE_UNKNOWN and text is a STRING
 * @param base         path of the request the payload belongs to
 * @param out_list     initialised by the caller; filled only on success
 *
 * Errors: STATUS_MALFORMED with offset and reason; STATUS_INVALID for an
 *         unsupported format; STATUS_LIMIT; STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status codec_decode(int content_format,
                         const struct definitions *definitions,
                         const struct lwm2m_path *base, const uint8_t *bytes,
                         size_t length, struct record_list *out_list,
                         struct reason *reason);

/**
 * Encode records that all lie at or below `base` as the payload for `base`.
 *
 * @param buffer  initialised; replaced on success, untouched on failure
 * Errors: STATUS_INVALID where the format cannot carry the records (text and
 *         opaque: exactly one), STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status codec_encode(int content_format, const struct lwm2m_path *base,
                         const struct record_list *list,
                         struct byte_buffer *buffer, struct reason *reason);

/**
 * codec_decode() for a payload of any kind. Records of PAYLOAD_PATHS are of
 * LWM2M_TYPE_NONE and lie at any depth, "/" included; in PAYLOAD_PATCH a
 * record of LWM2M_TYPE_NONE deletes its Resource Instance.
 *
 * Errors: those of codec_decode(); STATUS_INVALID where
 *         content_format_carries() says no.
 */
MUST_CHECK
enum status codec_decode_kind(int content_format, enum payload_kind kind,
                              const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *out_list,
                              struct reason *reason);
/** codec_encode() for a payload of any kind. Errors: those of codec_encode();
 *  STATUS_INVALID where content_format_carries() says no. */
MUST_CHECK
enum status codec_encode_kind(int content_format, enum payload_kind kind,
                              const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer,
                              struct reason *reason);

#endif
