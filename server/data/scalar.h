/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_SCALAR_H
#define SERVER_DATA_SCALAR_H

/* Private to server/data: parts of values that several formats share. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Whether the bytes are UTF-8 as RFC 3629 has it (shortest form, no
 *  surrogates). */
bool utf8_is_valid(const uint8_t *bytes, size_t length);

/** Decimal integer with optional '-', nothing else. `out_leading_zeros` says
 *  whether digits could be left out. False outside of 64 bits. */
bool parse_integer(const char *text, size_t length, int64_t *out_integer,
                   bool *out_leading_zeros);
bool parse_unsigned(const char *text, size_t length, uint64_t *out_integer,
                    bool *out_leading_zeros);
/** Decimal fraction; an exponent is taken and reported. */
bool parse_real(const char *text, size_t length, double *out_real,
                bool *out_exponent);
/** "66:0", each half 0..65535. */
bool parse_objlnk(const char *text, size_t length, uint16_t *out_object,
                  uint16_t *out_instance, bool *out_leading_zeros);
/** Base64, standard alphabet, padded. `out_bytes` has room for
 *  length / 4 * 3 bytes. */
bool base64_decode(const char *text, size_t length, uint8_t *out_bytes,
                   size_t *out_length);
/** `out_text` has room for (length + 2) / 3 * 4 characters; no NUL. */
void base64_encode(const uint8_t *bytes, size_t length, char *out_text);
/**
 * Base64 in the URL-safe alphabet without padding (RFC 4648, 5). Padding and
 * the standard alphabet are taken and reported. `out_bytes` has room for
 * length / 4 * 3 + 2 bytes and may be where `text` is.
 */
bool base64url_decode(const char *text, size_t length, uint8_t *out_bytes,
                      size_t *out_length, bool *out_is_padded,
                      bool *out_is_standard);
/** `out_text` has room for (length + 2) / 3 * 4 characters; no NUL.
 *  @return the characters in use */
size_t base64url_encode(const uint8_t *bytes, size_t length, char *out_text);

#endif
