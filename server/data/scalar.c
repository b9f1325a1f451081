/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/scalar.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT_MAX = 400 }; /* the longest exact double is shorter */

/** Length of the UTF-8 sequence that starts with `lead`, 0 when none does. */
static size_t sequence_length(uint8_t lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** The second byte's range depends on the first: RFC 3629, section 4. */
static bool second_fits(uint8_t lead, uint8_t second)
{
    uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;

    return second >= low && second <= high;
}

bool utf8_is_valid(const uint8_t *bytes, size_t length)
{
    size_t at = 0;

    while (at < length) {
        size_t count = sequence_length(bytes[at]);
        if (count == 0 || count > length - at ||
            (count > 1 && !second_fits(bytes[at], bytes[at + 1]))) {
            return false;
        }
        for (size_t i = 2; i < count; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return false;
            }
        }
        at += count;
    }
    return true;
}

bool parse_unsigned(const char *text, size_t length, uint64_t *out_integer,
                    bool *out_leading_zeros)
{
    uint64_t integer = 0;

    if (length == 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        unsigned digit = (unsigned)(text[i] - '0');
        if (integer > (UINT64_MAX - digit) / 10) {
            return false;
        }
        integer = integer * 10 + digit;
    }
    *out_integer = integer;
    *out_leading_zeros = length > 1 && text[0] == '0';
    return true;
}

bool parse_integer(const char *text, size_t length, int64_t *out_integer,
                   bool *out_leading_zeros)
{
    bool negative = length > 0 && text[0] == '-';
    uint64_t magnitude = 0;

    if (!parse_unsigned(text + (negative ? 1 : 0), length - (negative ? 1 : 0),
                        &magnitude, out_leading_zeros)) {
        return false;
    }
    if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        return false;
    }
    if (negative) {
        *out_integer = magnitude == 0 ? 0 : -(int64_t)(magnitude - 1) - 1;
    } else {
        *out_integer = (int64_t)magnitude;
    }
    return true;
}

bool parse_real(const char *text, size_t length, double *out_real,
                bool *out_exponent)
{
    char copy[NUMBER_TEXT_MAX + 1];
    char *end = NULL;
    bool digits = false;
    bool exponent = false;

    if (length == 0 || length > NUMBER_TEXT_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        bool sign = text[i] == '-' &&
                    (i == 0 || text[i - 1] == 'e' || text[i - 1] == 'E');
        bool e = digits && !exponent && (text[i] == 'e' || text[i] == 'E');
        bool plus = text[i] == '+' && i > 0 && exponent &&
                    (text[i - 1] == 'e' || text[i - 1] == 'E');
        if (!digit && !sign && !e && !plus && text[i] != '.') {
            return false;
        }
        digits = digits || digit;
        exponent = exponent || e;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    double real = strtod(copy, &end);
    if (!digits || end != copy + length || !isfinite(real)) {
        return false;
    }
    *out_real = real;
    *out_exponent = exponent;
    return true;
}

bool parse_objlnk(const char *text, size_t length, uint16_t *out_object,
                  uint16_t *out_instance, bool *out_leading_zeros)
{
    const char *colon = length > 0 ? memchr(text, ':', length) : NULL;
    uint64_t object = 0;
    uint64_t instance = 0;
    bool object_zeros = false;
    bool instance_zeros = false;

    if (colon == NULL) {
        return false;
    }
    size_t left = (size_t)(colon - text);
    if (!parse_unsigned(text, left, &object, &object_zeros) ||
        !parse_unsigned(colon + 1, length - left - 1, &instance,
                        &instance_zeros) ||
        object > UINT16_MAX || instance > UINT16_MAX) {
        return false;
    }
    *out_object = (uint16_t)object;
    *out_instance = (uint16_t)instance;
    *out_leading_zeros = object_zeros || instance_zeros;
    return true;
}

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool sextet_of(char letter, uint32_t *out_sextet)
{
    const char *found = letter != '\0' ? strchr(alphabet, letter) : NULL;

    if (found == NULL) {
        return false;
    }
    *out_sextet = (uint32_t)(found - alphabet);
    return true;
}

bool base64_decode(const char *text, size_t length, uint8_t *out_bytes,
                   size_t *out_length)
{
    size_t used = 0;

    if (length % 4 != 0) {
        return false;
    }
    for (size_t at = 0; at < length; at += 4) {
        bool last = at + 4 == length;
        size_t padding = 0;
        uint32_t group = 0;
        if (last && text[at + 3] == '=') {
            padding = text[at + 2] == '=' ? 2 : 1;
        }
        for (size_t i = 0; i < 4; i++) {
            uint32_t sextet = 0;
            if (i < 4 - padding && !sextet_of(text[at + i], &sextet)) {
                return false;
            }
            group = group << 6 | sextet;
        }
        /* Bits behind the last byte must be 0, else two texts mean the same. */
        uint32_t unused = padding == 0 ? 0 : padding == 1 ? 0xff : 0xffff;
        if ((group & unused) != 0) {
            return false;
        }
        for (size_t i = 0; i < 3 - padding; i++) {
            out_bytes[used++] = (uint8_t)(group >> (16 - 8 * i));
        }
    }
    *out_length = used;
    return true;
}

void base64_encode(const uint8_t *bytes, size_t length, char *out_text)
{
    for (size_t at = 0; at < length; at += 3) {
        size_t count = length - at < 3 ? length - at : 3;
        uint32_t group = 0;
        for (size_t i = 0; i < 3; i++) {
            group = group << 8 | (i < count ? bytes[at + i] : 0u);
        }
        for (size_t i = 0; i < 4; i++) {
            *out_text++ =
                i <= count ? alphabet[group >> (18 - 6 * i) & 0x3f] : '=';
        }
    }
}

static bool url_sextet_of(char letter, uint32_t *out_sextet,
                          bool *out_is_standard)
{
    char standard = letter == '-' ? '+' : letter == '_' ? '/' : letter;

    if (letter == '+' || letter == '/') {
        *out_is_standard = true;
    }
    return sextet_of(standard, out_sextet);
}

bool base64url_decode(const char *text, size_t length, uint8_t *out_bytes,
                      size_t *out_length, bool *out_is_padded,
                      bool *out_is_standard)
{
    size_t used = 0;
    size_t padding = 0;

    *out_is_standard = false;
    while (length % 4 == 0 && padding < 2 && padding < length &&
           text[length - 1 - padding] == '=') {
        padding++;
    }
    *out_is_padded = padding > 0;
    length -= padding;
    if (length % 4 == 1) {
        return false;
    }
    for (size_t at = 0; at < length; at += 4) {
        size_t count = length - at < 4 ? length - at : 4;
        uint32_t group = 0;
        for (size_t i = 0; i < 4; i++) {
            uint32_t sextet = 0;
            if (i < count &&
                !url_sextet_of(text[at + i], &sextet, out_is_standard)) {
                return false;
            }
            group = group << 6 | sextet;
        }
        /* Bits behind the last byte must be 0, else two texts mean the same. */
        uint32_t unused = count == 4 ? 0 : count == 3 ? 0xff : 0xffff;
        if ((group & unused) != 0) {
            return false;
        }
        for (size_t i = 0; i + 1 < count; i++) {
            out_bytes[used++] = (uint8_t)(group >> (16 - 8 * i));
        }
    }
    *out_length = used;
    return true;
}

size_t base64url_encode(const uint8_t *bytes, size_t length, char *out_text)
{
    size_t used = (length * 4 + 2) / 3;

    base64_encode(bytes, length, out_text);
    for (size_t i = 0; i < used; i++) {
        out_text[i] = out_text[i] == '+'   ? '-'
                      : out_text[i] == '/' ? '_'
                                           : out_text[i];
    }
    return used;
}
