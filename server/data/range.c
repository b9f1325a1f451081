/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/range.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/scalar.h"

enum { RANGE_TEXT_MAX = 512 };

static bool has_length(enum lwm2m_type type)
{
    return type == LWM2M_TYPE_STRING || type == LWM2M_TYPE_OPAQUE ||
           type == LWM2M_TYPE_CORELNK;
}

static bool is_whole(enum lwm2m_type type)
{
    return type == LWM2M_TYPE_INTEGER || type == LWM2M_TYPE_UNSIGNED;
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
        (low.real == high.real &&
         (low.integer > high.integer ||
          low.unsigned_integer > high.unsigned_integer))) {
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
        /* "1,000..2,000" is no list of "1", "000..2" and "000". */
        if (at[0] == '0' && isdigit((unsigned char)at[1]) != 0) {
            return false;
        }
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

/** Length of "number:" at the start of `text`, 0 for anything else. A digit
 *  behind the colon makes it a ratio. */
static size_t label_length(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    size_t colon = digits + blanks(text + digits);

    return digits > 0 && text[colon] == ':' &&
                   isdigit((unsigned char)text[colon + 1]) == 0
               ? colon + 1
               : 0;
}

/** Group H: lines of "number: label". Some have tabs between, or became one
 *  line: then a number with a colon begins the next one. */
static bool parse_labels(char *text, struct range *range)
{
    char *rest = text;
    char *line = NULL;
    bool any = false;

    while ((line = strsep(&rest, "\n\r")) != NULL) {
        line += blanks(line);
        if (*line != '\0' && label_length(line) == 0) {
            return false;
        }
        while (*line != '\0') {
            struct limit limit;
            size_t length = label_length(line);
            if (length > 0) {
                if (!read_limit(line, strspn(line, "0123456789"), &limit)) {
                    return false;
                }
                add(range, limit, limit);
                any = true;
            }
            line += length > 0 ? length : strcspn(line, " \t");
            line += blanks(line);
        }
    }
    return any;
}

/** Group I: "16-bit", "8 bits". */
static bool parse_bits(const char *text, enum lwm2m_type type,
                       struct range *range)
{
    size_t digits = strspn(text, "0123456789");
    unsigned bits = 0;

    if (digits == 0 || digits > 2) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        bits = bits * 10 + (unsigned)(text[i] - '0');
    }
    text += digits;
    text += *text == '-' || *text == ' ' ? 1 : 0;
    if ((strcmp(text, "bit") != 0 && strcmp(text, "bits") != 0) || bits == 0 ||
        bits > 62) {
        return false;
    }
    if (!is_whole(type)) {
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
static void width_to_values(struct range *range, enum lwm2m_type type)
{
    int64_t bytes = range->intervals[0].high;

    if (range->count != 1 || bytes < 1 || bytes > 7 || !is_whole(type)) {
        range->count = 0;
        range->strictness = DEFINITION_RANGE_NONE;
        return;
    }
    bool is_signed = type == LWM2M_TYPE_INTEGER;
    int64_t high = ((int64_t)1 << (8 * bytes - (is_signed ? 1 : 0))) - 1;
    int64_t low = is_signed ? -high - 1 : 0;
    range->count = 0;
    add(range, (struct limit){ low, 0, (double)low, false },
        (struct limit){ high, (uint64_t)high, (double)high, false });
    range->strictness = DEFINITION_RANGE_WARN;
}

/**
 * Group C: a bare number is an upper bound, of the length or the value. For
 * Opaque some mean the exact length: shorter is worth a warning, too.
 */
static void bare_to_bound(struct range *range, enum lwm2m_type type)
{
    bool is_judged = has_length(type) || type == LWM2M_TYPE_INTEGER;

    range->strictness = DEFINITION_RANGE_WARN;
    if (!is_judged || range->intervals[0].low < 0) {
        range->count = 0;
        range->strictness = DEFINITION_RANGE_NONE;
    } else if (type != LWM2M_TYPE_OPAQUE) {
        range->intervals[0].low = 0;
        range->intervals[0].low_unsigned = 0;
        range->intervals[0].low_real = 0;
    }
}

/**
 * Drop what no value can be in: below 0 for lengths and Unsigned, a fraction
 * alone for what is whole.
 */
static void drop_unfit(struct range *range, enum lwm2m_type type)
{
    bool is_unsigned = has_length(type) || type == LWM2M_TYPE_UNSIGNED;
    size_t kept = 0;

    for (size_t i = 0; i < range->count; i++) {
        const struct definition_interval *row = &range->intervals[i];
        bool holds = type == LWM2M_TYPE_FLOAT ||
                     (is_unsigned ? row->high_real >= 0 &&
                                        row->low_unsigned <= row->high_unsigned
                                  : row->low <= row->high);
        if (holds) {
            range->intervals[kept++] = *row;
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
    bool is_bare = !in_bytes && number_length(text) == strlen(text);
    range->strictness = DEFINITION_RANGE_FAIL;
    bool is_range = parse_parts(text, range);
    drop_unfit(range, type);
    if (!is_range || range->count == 0) {
        range->count = 0;
    } else if (in_bytes && !has_length(type)) {
        width_to_values(range, type);
    } else if (is_bare) {
        bare_to_bound(range, type);
    } else if (range->was_reversed) {
        range->strictness = DEFINITION_RANGE_WARN;
    }
}

/** Any of the spellings, the text being normalised. */
static void parse_any(char *text, enum lwm2m_type type, struct range *range)
{
    char labels[RANGE_TEXT_MAX];

    memcpy(labels, text, sizeof(labels));
    if (parse_labels(labels, range)) {
        range->strictness = DEFINITION_RANGE_FAIL;
        range->count = is_whole(type) ? range->count : 0;
        return;
    }
    range->count = 0;
    range->is_cut = false;
    if (!parse_bits(text, type, range)) {
        parse_plain(text, type, range);
    }
}

void range_parse(const char *text, enum lwm2m_type type,
                 struct range *out_range)
{
    char copy[RANGE_TEXT_MAX] = "";

    *out_range =
        (struct range){ .count = 0, .strictness = DEFINITION_RANGE_NONE };
    if (type == LWM2M_TYPE_BOOLEAN || type == LWM2M_TYPE_NONE ||
        type == LWM2M_TYPE_OBJLNK || !normalise(text, copy) ||
        copy[0] == '\0') {
        return;
    }
    parse_any(copy, type, out_range);
    /* Half of an enumeration would fail what the other half allows. */
    if (out_range->count == 0 || out_range->is_cut) {
        out_range->count = 0;
        out_range->strictness = DEFINITION_RANGE_NONE;
    }
}
