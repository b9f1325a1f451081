/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    MARK_SIZE = 4,        /* "\xNN" */
    MORE_SIZE = 48,       /* " [N more bytes]" */
    SURROGATES = 0x10000, /* from here on UTF-16 needs two units */
};

/** Characters that are not shown; what is no UTF-8 is not, either. */
static const struct {
    uint32_t first;
    uint32_t last;
} hidden[] = {
    { 0x0000, 0x001f },   /* C0 */
    { 0x007f, 0x009f },   /* DEL, C1 */
    { 0x00ad, 0x00ad },   /* soft hyphen */
    { 0x061c, 0x061c },   /* Arabic letter mark */
    { 0x200b, 0x200f },   /* zero width, directions */
    { 0x2028, 0x202e },   /* separators of lines, directions */
    { 0x2060, 0x206f },   /* invisible operators, directions */
    { 0xfdd0, 0xfdef },   /* no characters */
    { 0xfeff, 0xfeff },   /* byte order mark */
    { 0xfff9, 0xfffb },   /* annotations */
    { 0xfffe, 0xffff },   /* XML 1.0, Char */
    { 0xe0000, 0xe0fff }, /* tags, variation selectors */
};

static bool is_hidden(uint32_t character)
{
    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (character >= hidden[i].first && character <= hidden[i].last) {
            return true;
        }
    }
    return false;
}

/** Bytes of the character at `at`, 0 when it is no UTF-8. RFC 3629, 4. The
 *  NUL at the end of the text is no continuation. */
static size_t character_at(const unsigned char *at, uint32_t *out_character)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t size = at[0] < 0x80             ? 1
                  : (at[0] & 0xe0) == 0xc0 ? 2
                  : (at[0] & 0xf0) == 0xe0 ? 3
                  : (at[0] & 0xf8) == 0xf0 ? 4
                                           : 0;
    if (size < 2) {
        *out_character = at[0];
        return size;
    }
    uint32_t character = at[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        character = (character << 6) | (at[i] & 0x3fu);
    }
    *out_character = character;
    return character >= smallest[size] && character <= 0x10ffff &&
                   (character < 0xd800 || character > 0xdfff)
               ? size
               : 0;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/** Bytes at `at` that stay as they are; 0: the first becomes a mark. */
static size_t kept(const char *text, size_t at, enum escape_mode mode)
{
    uint32_t character = 0;
    size_t size = character_at((const unsigned char *)text + at, &character);

    if (size == 0 || (character == '\\' && text[at + 1] == 'x')) {
        return 0;
    }
    if (mode == ESCAPE_JSON || (character == '\n' && mode == ESCAPE_LINES)) {
        return size;
    }
    if (character == '[' && at > 0 &&
        (starts_with(text + at - 1, "[[ATTACHMENT|") ||
         starts_with(text + at - 1, "[[PROPERTY|"))) {
        return 0;
    }
    return is_hidden(character) ? 0 : size;
}

char *escape_text(const char *text, enum escape_mode mode, size_t max)
{
    size_t length = strlen(text);
    size_t limit = max > 0 ? max : SIZE_MAX;

    if (length > (SIZE_MAX - MORE_SIZE) / MARK_SIZE) {
        return NULL;
    }
    char *out = malloc(MARK_SIZE * length + MORE_SIZE);
    size_t used = 0;
    size_t at = 0;
    while (out != NULL && at < length) {
        size_t size = kept(text, at, mode);
        if ((size > 0 ? size : MARK_SIZE) > limit - used) {
            break;
        }
        if (size > 0) {
            memcpy(out + used, text + at, size);
        } else {
            (void)snprintf(out + used, MARK_SIZE + 1, "\\x%02x",
                           (unsigned char)text[at]); /* fits */
        }
        used += size > 0 ? size : MARK_SIZE;
        at += size > 0 ? size : 1;
    }
    if (out != NULL && at < length) {
        (void)snprintf(out + used, MORE_SIZE, " [%zu more bytes]",
                       length - at); /* fits */
    } else if (out != NULL) {
        out[used] = '\0';
    }
    return out;
}

void escape_write_json(FILE *stream, const char *json)
{
    const unsigned char *at = (const unsigned char *)json;

    while (*at != '\0') {
        uint32_t character = 0;
        size_t size = character_at(at, &character);
        bool is_layout = *at == '\n' || *at == '\t';
        if (size == 0 || is_layout || !is_hidden(character)) {
            fwrite(at, 1, size > 0 ? size : 1, stream);
        } else if (character < SURROGATES) {
            fprintf(stream, "\\u%04x", character);
        } else {
            fprintf(stream, "\\u%04x\\u%04x",
                    0xd800 + ((character - SURROGATES) >> 10),
                    0xdc00 + ((character - SURROGATES) & 0x3ff));
        }
        at += size > 0 ? size : 1;
    }
}
