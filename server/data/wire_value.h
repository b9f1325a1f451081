/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_WIRE_VALUE_H
#define SERVER_DATA_WIRE_VALUE_H

/*
 * Private to server/data: values of formats that carry a kind of their own
 * (JSON, CBOR), before and after the definition of the Resource gives them
 * their LwM2M type. Spec: content-formats.md, section 2.
 */
#include "server/data/definition.h"
#include "server/data/number.h"
#include "server/data/record.h"

enum wire_kind {
    WIRE_NUMBER,
    WIRE_TEXT, /**< valid UTF-8: the caller has checked */
    WIRE_BOOLEAN,
    WIRE_BYTES,
    WIRE_LINK, /**< Objlnk as text, "66:0" */
    WIRE_NULL, /**< for patches only */
};

struct wire_value {
    enum wire_kind kind;
    struct number number; /**< NUMBER */
    bool boolean;         /**< BOOLEAN */
    const char *bytes;    /**< TEXT, BYTES, LINK; borrowed */
    size_t length;
};

#define WIRE_LINK_SIZE 12 /**< room for "65535:65535" and NUL */

/**
 * Append the value as the type that the definition of its Resource demands.
 * Where it does not fit that, or without a definition, the value keeps the
 * type it shows (an Integer in a string stays a STRING); a misfit is noted:
 * NON_CONFORMING, but TOLERATED for an integral number that is not plain. Also
 * noted: an array member for a single-instance Resource and the other way
 * round. WIRE_NULL becomes LWM2M_TYPE_NONE without asking the definition.
 *
 * @param place  path (depth 3 or 4) and time of the record; its value is not
 *               read
 * Errors: those of record_list_add().
 */
MUST_CHECK
enum status wire_value_add(struct record_list *list,
                           const struct definitions *definitions,
                           const struct lwm2m_record *place,
                           const struct wire_value *value,
                           struct reason *reason);

/**
 * The value as it is sent: a Float is a number that is not plain, UNKNOWN
 * travels as bytes, NONE is null.
 *
 * @param out_link   storage for the text of an Objlnk
 * @param out_value  borrows from `value` and `out_link`
 * Errors: STATUS_INVALID for a Float that is not finite, and for text that is
 *         not UTF-8.
 */
MUST_CHECK
enum status wire_value_of(const struct lwm2m_value *value,
                          char out_link[WIRE_LINK_SIZE],
                          struct wire_value *out_value, struct reason *reason);

/** Note each record and empty entry that lies outside of `base`. */
void wire_list_note_strangers(struct record_list *list,
                              const struct lwm2m_path *base);
/**
 * Note what lies outside of `base`, and what is given twice (same path and
 * same time), also where one of the two is empty or is the whole of which the
 * other is a part. For formats that can carry more than one record; call it
 * once, at the end.
 *
 * Errors: STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status wire_list_check(struct record_list *list,
                            const struct lwm2m_path *base,
                            struct reason *reason);

#endif
