/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_CBOR_ITEM_H
#define SERVER_DATA_CBOR_ITEM_H

/*
 * Private to server/data: values as data items of CBOR, in both directions.
 * Spec: RFC 8949; content-formats.md, sections 2 and 10.
 */
#include <cbor.h>

#include "server/data/codec.h"
#include "server/data/wire_value.h"

/**
 * scan_cbor(), then libcbor.
 *
 * @param out_item  the caller releases it by cbor_decref()
 * Errors: those of scan_cbor().
 */
MUST_CHECK
enum status item_load(const uint8_t *bytes, size_t length,
                      cbor_item_t **out_item, struct reason *reason);

/** The tags that LwM2M knows. Spec: RFC 8949, 3.4. */
enum item_tag {
    ITEM_TAG_DATE = 0,    /**< RFC 3339 text; read as a number of seconds */
    ITEM_TAG_EPOCH = 1,   /**< seconds since 1970-01-01 UTC */
    ITEM_TAG_DECIMAL = 4, /**< exponent and mantissa */
    ITEM_TAG_NONE = 5,    /**< no tag; no number of one that we know */
};

/**
 * Read an item that is one value. A number keeps its 64 bits and sign; of what
 * no such integer holds, and of floats that are not finite (which only a Float
 * Resource may be), there is only `number.real`.
 *
 * @param scratch    initialised; takes the bytes of a string in chunks
 * @param out_value  never WIRE_LINK; borrows from `item` and `scratch`
 * @param out_tag    how a number was given
 * Errors: STATUS_MALFORMED for an array, a map, undefined, an unknown tag
 *         (bignums as well) and the wrong item in a known one;
 *         STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status item_read(const cbor_item_t *item, struct byte_buffer *scratch,
                      struct wire_value *out_value, enum item_tag *out_tag,
                      struct reason *reason);

/**
 * Append an item as the value at `path` (depth 3 or 4), in a format that says
 * no more about it: an Objlnk is text. What does not fit its Resource is noted
 * as by wire_value_add(); also a date where no Time is expected, and a decimal
 * fraction, which only SenML has.
 *
 * @param may_delete  whether null may stand for a Resource Instance
 * Errors: those of item_read(), with the path; STATUS_MALFORMED for null where
 *         it may not stand; those of record_list_add().
 */
MUST_CHECK
enum status item_add(struct record_list *list,
                     const struct definitions *definitions,
                     struct lwm2m_path path, const cbor_item_t *item,
                     bool may_delete, struct reason *reason);

/** Note a date that is the value of a Resource of another type than Time;
 *  `type` is UNKNOWN without a definition. */
void item_note_date(struct record_list *list, struct lwm2m_path path,
                    enum item_tag tag, enum lwm2m_type type);

/* Encoding, always in the shortest form. Errors: those of byte_buffer_add().
 * A head of text or bytes is followed by so many bytes, that of an array by so
 * many items, that of a map by so many keys and values. */
MUST_CHECK
enum status item_put_unsigned(struct byte_buffer *buffer, uint64_t number,
                              struct reason *reason);
/** -1 - `argument`. */
MUST_CHECK
enum status item_put_negative(struct byte_buffer *buffer, uint64_t argument,
                              struct reason *reason);
MUST_CHECK
enum status item_put_text(struct byte_buffer *buffer, const char *text,
                          size_t length, struct reason *reason);
MUST_CHECK
enum status item_put_array(struct byte_buffer *buffer, size_t count,
                           struct reason *reason);
MUST_CHECK
enum status item_put_map(struct byte_buffer *buffer, size_t count,
                         struct reason *reason);
/** A number that is not plain travels as a float, of the narrowest width that
 *  has its bits. */
MUST_CHECK
enum status item_put_wire(struct byte_buffer *buffer,
                          const struct wire_value *value,
                          struct reason *reason);
/** Errors: those of wire_value_of(), but a Float need not be finite. */
MUST_CHECK
enum status item_put_value(struct byte_buffer *buffer,
                           const struct lwm2m_value *value,
                           struct reason *reason);

#endif
