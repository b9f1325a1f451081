/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_SENML_CBOR_H
#define SERVER_DATA_SENML_CBOR_H

/*
 * Private to server/data. SenML CBOR, Content-Format 112, and SenML-ETCH CBOR,
 * 322. Spec: RFC 8428, 6; RFC 8790; LwM2M Core 1.2.2, 7.4.
 */
#include "server/data/codec.h"

/* Each as codec_decode_kind() and codec_encode_kind() of one kind. What is
 * sent has definite lengths, and each number in its shortest form. */

MUST_CHECK
enum status senml_cbor_decode_values(const struct definitions *definitions,
                                     const struct lwm2m_path *base,
                                     const uint8_t *bytes, size_t length,
                                     struct record_list *list,
                                     struct reason *reason);
MUST_CHECK
enum status senml_cbor_decode_paths(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason);
MUST_CHECK
enum status senml_cbor_encode_values(const struct lwm2m_path *base,
                                     const struct record_list *list,
                                     struct byte_buffer *buffer,
                                     struct reason *reason);
MUST_CHECK
enum status senml_cbor_encode_paths(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason);

MUST_CHECK
enum status senml_cbor_decode_patch(const struct definitions *definitions,
                                    const struct lwm2m_path *base,
                                    const uint8_t *bytes, size_t length,
                                    struct record_list *list,
                                    struct reason *reason);
MUST_CHECK
enum status senml_cbor_encode_patch(const struct lwm2m_path *base,
                                    const struct record_list *list,
                                    struct byte_buffer *buffer,
                                    struct reason *reason);

#endif
