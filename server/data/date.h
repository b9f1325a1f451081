/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_DATE_H
#define SERVER_DATA_DATE_H

/* Private to server/data: a Time that travels as text (tag 0 of CBOR). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Read "2013-05-02T10:40:15Z" or "2013-05-02t12:40:15.00+02:00".
 *
 * @param text   `length` bytes, needs no NUL
 * @param out_s  seconds since 1970-01-01 UTC, negative before; a leap second
 *               is the first second of the next minute
 * @return false for another form, a day or time that does not exist, and a
 *         fraction of a second that is not 0: a Time has whole ones
 * Spec:   RFC 3339, 5.6 to 5.7.
 */
bool date_parse(const char *text, size_t length, int64_t *out_s);

#endif
