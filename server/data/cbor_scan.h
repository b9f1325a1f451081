/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_CBOR_SCAN_H
#define SERVER_DATA_CBOR_SCAN_H

/* Private to server/data: what must hold before libcbor sees a byte. */
#include <stddef.h>
#include <stdint.h>

#include "server/data/cursor.h"
#include "server/data/status.h"

#define SCAN_DEPTH_MAX 16     /**< arrays, maps and tags around one item */
#define SCAN_ITEMS_MAX 131072 /**< RECORD_LIST_MAX full SenML records */

/**
 * Whether the bytes are exactly one CBOR data item that LwM2M can use:
 * well-formed, nothing behind it, text (each chunk of it) in UTF-8, no map
 * with the same key twice, whatever width or chunks the key is written in.
 * Lengths and counts are checked against the bytes that are left, so what
 * passes makes libcbor allocate no more than its items need, and loads.
 *
 * Indefinite lengths, heads that are longer than needed, and tags pass: what
 * they mean is the decoder's. Simple values other than false, true, null and
 * undefined do not, nor the tags 6..20: libcbor 0.8 and 0.10 load neither, and
 * no LwM2M format has them. Two floats are the same key only when their bytes
 * are the same; a map as a key is compared in the order in which it is written.
 *
 * Errors: STATUS_MALFORMED with the offset; STATUS_LIMIT beyond the two limits;
 *         STATUS_NO_MEMORY (the keys of open maps are remembered).
 * Spec:   RFC 8949, 3 (encoding), 5.3.1 (keys), Appendix C (well-formedness);
 *         content-formats.md, sections 9, 10 and 12.
 */
MUST_CHECK
enum status scan_cbor(const uint8_t *bytes, size_t length,
                      struct reason *reason);

/*
 * Where items stand, which libcbor does not tell. Only for bytes that
 * scan_cbor() let pass.
 */

/** Behind the head of an array or a map, before its first member. */
void scan_enter(struct cursor *cursor);
/** Behind one whole item. */
void scan_skip(struct cursor *cursor);

#endif
