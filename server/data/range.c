/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/range.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/scalar.h"

enum { RANGE_TEXT_MAX = 512 };

static bool has_length(enum lwm2m_type type)
{
    return type == LWM2M_TYPE_STRING || type == LWM2M_TYPE_OPAQUE ||
           type == LWM2M_TYPE_CORELNK;
}

/** Copy lower-cased and trimmed; false when it is too long. */
static bool normalise(const char *text, char out[RANGE_TEXT_MAX])
{
    size_t length = strlen(text);

    while (length > 0 && isspace((unsigned char)text[length - 1]) != 0) {
        length--;
    }
    while (length > 0 && isspace((unsigned char)text[0]) != 0) {
        text++;
        length--;
    }
    if (length >= RANGE_TEXT_MAX) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        out[i] = (char)tolower((unsigned char)text[i]);
    }
    out[length] = '\0';
    return true;
}

/** Length of a number at the start of `text`: sign, digits, one fraction. */
static size_t number_length(const char *text)
{
    size_t at = text[0] == '-' ? 1 : 0;
    size_t digits = at;

    while (isdigit((unsigned char)text[at]) != 0) {
        at++;
    }
    if (at == digits) {
        return 0;
    }
    if (text[at] == '.' && isdigit((unsigned char)text[at + 1]) != 0) {
        at++;
        while (isdigit((unsigned char)text[at]) != 0) {
            at++;
        }
    }
    return at;
}

/** A bound. A fraction, and what leaves 64 bits, has no exact integer: those
 *  are then the nearest inside, by which end it is. */
struct limit {
    int64_t integer;
    uint64_t unsigned_integer;
    double real;
    bool is_fraction;
};

static int64_t nearest_integer(double real)
{
    return real >= (double)INT64_MAX   ? INT64_MAX
           : real <= (double)INT64_MIN ? INT64_MIN
                                       : (int64_t)real;
}

static uint64_t nearest_unsigned(double real)
{
    return real >= (double)UINT64_MAX ? UINT64_MAX
           : real <= 0                ? 0
                                      : (uint64_t)real;
}

/** Make the integers of a fraction those that the real interval holds. */
static void round_limit(struct limit *limit, double (*round_to)(double real))
{
    if (limit->is_fraction) {
        limit->integer = nearest_integer(round_to(limit->real));
        limit->unsigned_integer = nearest_unsigned(round_to(limit->real));
    }
}

static bool read_limit(const char *text, size_t length, struct limit *limit)
{
    bool flag = false;

    *limit = (struct limit){ .is_fraction = memchr(text, '.', length) != NULL };
    if (!parse_real(text, length, &limit->real, &flag)) {
        return false;
    }
    if (!parse_integer(text, length, &limit->integer, &flag)) {
        limit->integer = text[0] == '-' ? INT64_MIN : INT64_MAX;
    }
    if (!parse_unsigned(text, length, &limit->unsigned_integer, &flag)) {
        limit->unsigned_integer = text[0] == '-' ? 0 : UINT64_MAX;
    }
    return true;
}

static void add(struct range *range, struct limit low, struct limit high)
{
    if (range->count == RANGE_INTERVALS_MAX) {
        range->is_cut = true;
        return;
    }
    if (low.real > high.real ||
        (low.real == high.real && low.integer > high.integer)) {
        struct limit swap = low;
        low = high;
        high = swap;
        range->was_reversed = true;
    }
    round_limit(&low, ceil);
    round_limit(&high, floor);
    range->intervals[range->count++] = (struct definition_interval){
        low.integer,           high.integer, low.unsigned_integer,
        high.unsigned_integer, low.real,     high.real
    };
}

static size_t blanks(const char *text)
{
    return strspn(text, " \t");
}

/** Length of "..", "...", ":" or a '-' between digits; 0 when none. */
static size_t separator_length(const char *text)
{
    if (strncmp(text, "...", 3) == 0) {
        return 3;
    }
    if (strncmp(text, "..", 2) == 0) {
        return 2;
    }
    return text[0] == ':' || text[0] == '-' ? 1 : 0;
}

/** One part: a number, `lo..hi`, or the set `a-b-c`. */
static bool parse_part(const char *part, struct range *range)
{
    struct limit limits[RANGE_INTERVALS_MAX];
    size_t count = 0;
    bool hyphens = true;
    const char *at = part + blanks(part);

    for (;;) {
        size_t length = number_length(at);
        if (length == 0 || count == RANGE_INTERVALS_MAX ||
            !read_limit(at, length, &limits[count])) {
            return false;
        }
        count++;
        at += length;
        at += blanks(at);
        if (*at == '\0') {
            break;
        }
        size_t separator = separator_length(at);
        if (separator == 0) {
            return false;
        }
        hyphens = hyphens && *at == '-';
        at += separator;
        at += blanks(at);
    }
    if (count == 1) {
        add(range, limits[0], limits[0]);
        return true;
    }
    if (count == 2) {
        add(range, limits[0], limits[1]);
        return true;
    }
    for (size_t i = 0; hyphens && i < count; i++) {
        add(range, limits[i], limits[i]);
    }
    return hyphens;
}

/** Lines of "number: label", group H. */
static bool parse_labels(char *text, struct range *range)
{
    char *rest = text;
    char *line = NULL;
    bool any = false;

    while ((line = strsep(&rest, "\n\r")) != NULL) {
        line += blanks(line);
        size_t digits = strspn(line, "0123456789");
        const char *colon = line + digits + blanks(line + digits);
        if (*line == '\0') {
            continue;
        }
        struct limit limit;
        if (digits == 0 || *colon != ':' ||
            isdigit((unsigned char)colon[1]) != 0 ||
            !read_limit(line, digits, &limit)) {
            return false;
        }
        add(range, limit, limit);
        any = true;
    }
    return any;
}

static bool parse_bits(const char *text, enum lwm2m_type type,
                       struct range *range)
{
    unsigned bits = 0;
    int end = 0;
    char *digits_end = NULL;

    bits = (unsigned)strtoul(text, &digits_end, 10);
    if (digits_end == text || bits == 0 || bits > 62) {
        return false;
    }
    if (sscanf(digits_end, "%*1[- ]bit%n", &end) < 0 || end == 0) {
        return false;
    }
    if (type != LWM2M_TYPE_INTEGER && type != LWM2M_TYPE_UNSIGNED) {
        return true; /* no interval: ignored */
    }
    uint64_t high = ((uint64_t)1 << bits) - 1;
    add(range, (struct limit){ .integer = 0 },
        (struct limit){ (int64_t)high, high, (double)high, false });
    range->strictness = DEFINITION_RANGE_WARN;
    return true;
}

/** Split at ',' ';' or " or ", and take each part. */
static bool parse_parts(char *text, struct range *range)
{
    char *at = text;

    for (char * or = strstr(text, " or "); or != NULL;
         or = strstr(or, " or ")) {
        memcpy(or, " ,  ", 4);
    }
    while (at != NULL) {
        char *part = strsep(&at, ",;");
        if (!parse_part(part, range)) {
            return false;
        }
    }
    return true;
}

/** Group B for Integers: the encoded width, a warning only. */
static void width_to_values(struct range *range)
{
    int64_t bytes = range->intervals[0].low;

    if (range->count != 1 || bytes < 1 || bytes > 7) {
        range->count = 0;
        range->strictness = DEFINITION_RANGE_NONE;
        return;
    }
    int64_t high = ((int64_t)1 << (8 * bytes - 1)) - 1;
    range->count = 0;
    add(range, (struct limit){ -high - 1, 0, (double)(-high - 1), false },
        (struct limit){ high, (uint64_t)high, (double)high, false });
    range->strictness = DEFINITION_RANGE_WARN;
}

/** Group C: a bare number is an upper bound (of the length, or the value). */
static void bare_to_bound(struct range *range, enum lwm2m_type type)
{
    range->intervals[0].low = 0;
    range->intervals[0].low_unsigned = 0;
    range->intervals[0].low_real = 0;
    range->strictness = has_length(type) || type == LWM2M_TYPE_INTEGER
                            ? DEFINITION_RANGE_WARN
                            : DEFINITION_RANGE_NONE;
}

/** A fraction alone holds no Integer and no length: it judges nothing. */
static void drop_unfit(struct range *range, enum lwm2m_type type)
{
    size_t kept = 0;

    for (size_t i = 0; i < range->count; i++) {
        const struct definition_interval *interval = &range->intervals[i];
        if (type == LWM2M_TYPE_FLOAT || interval->low <= interval->high) {
            range->intervals[kept++] = *interval;
        }
    }
    range->count = kept;
}

static void parse_plain(char *text, enum lwm2m_type type, struct range *range)
{
    size_t length = strlen(text);
    bool in_bytes = false;

    if (length > 5 && strcmp(text + length - 5, "bytes") == 0) {
        text[length - 5] = '\0';
        in_bytes = true;
    }
    if (text[0] == '[' && strchr(text, ']') != NULL) {
        text[0] = ' ';
        *strchr(text, ']') = ' ';
    }
    range->strictness = DEFINITION_RANGE_FAIL;
    bool is_range = parse_parts(text, range) && !range->is_cut;
    drop_unfit(range, type);
    if (!is_range || range->count == 0) {
        range->strictness = DEFINITION_RANGE_NONE;
        range->count = 0;
        return;
    }
    if (in_bytes && !has_length(type)) {
        width_to_values(range);
    } else if (!in_bytes && range->count == 1 &&
               range->intervals[0].low_real == range->intervals[0].high_real &&
               strpbrk(text, ".-:") == NULL) {
        bare_to_bound(range, type);
    }
    if (range->was_reversed) {
        range->strictness = DEFINITION_RANGE_WARN;
    }
}

void range_parse(const char *text, enum lwm2m_type type,
                 struct range *out_range)
{
    char copy[RANGE_TEXT_MAX];
    char labels[RANGE_TEXT_MAX];

    *out_range =
        (struct range){ .count = 0, .strictness = DEFINITION_RANGE_NONE };
    if (type == LWM2M_TYPE_BOOLEAN || type == LWM2M_TYPE_NONE ||
        type == LWM2M_TYPE_OBJLNK || !normalise(text, copy) ||
        copy[0] == '\0') {
        return;
    }
    memcpy(labels, copy, sizeof(labels));
    if (parse_labels(labels, out_range) && !out_range->is_cut) {
        out_range->strictness = DEFINITION_RANGE_FAIL;
        return;
    }
    out_range->count = 0;
    out_range->is_cut = false;
    if (strstr(copy, "bit") != NULL && parse_bits(copy, type, out_range)) {
        return;
    }
    parse_plain(copy, type, out_range);
}
