/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_TEXT_H
#define SERVER_DATA_TEXT_H

/* Private to server/data: the formats that carry one bare value. */
#include "server/data/codec.h"

/* Content-Format 0. Spec: LwM2M Core 1.2.2, 7.4.1 (Plain Text). */
MUST_CHECK
enum status text_decode(const struct definitions *definitions,
                        const struct lwm2m_path *base, const uint8_t *bytes,
                        size_t length, struct record_list *list,
                        struct reason *reason);
MUST_CHECK
enum status text_encode(const struct lwm2m_path *base,
                        const struct record_list *list,
                        struct byte_buffer *buffer, struct reason *reason);

/* Content-Format 42. Spec: LwM2M Core 1.2.2, 7.4.2 (Opaque). */
MUST_CHECK
enum status opaque_decode(const struct definitions *definitions,
                          const struct lwm2m_path *base, const uint8_t *bytes,
                          size_t length, struct record_list *list,
                          struct reason *reason);
MUST_CHECK
enum status opaque_encode(const struct lwm2m_path *base,
                          const struct record_list *list,
                          struct byte_buffer *buffer, struct reason *reason);

#endif
