/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Length of a sequence that may be shown, 0 for a byte that may not. */
static size_t shown_length(const unsigned char *at)
{
    if (at[0] < 0x80) {
        return at[0] >= 0x20 && at[0] != 0x7f ? 1 : 0;
    }
    size_t length = at[0] >= 0xc2 && at[0] <= 0xdf   ? 2
                    : at[0] >= 0xe0 && at[0] <= 0xef ? 3
                    : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
                                                     : 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) { /* the final NUL is none, either */
            return 0;
        }
    }
    /* C1 controls, overlong forms, surrogates, and what XML 1.0 forbids. */
    if ((at[0] == 0xc2 && at[1] < 0xa0) || (at[0] == 0xe0 && at[1] < 0xa0) ||
        (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf0 && at[1] < 0x90) ||
        (at[0] == 0xf4 && at[1] > 0x8f) ||
        (at[0] == 0xef && at[1] == 0xbf && at[2] >= 0xbe)) {
        return 0;
    }
    return length;
}

char *escape_text(const char *text, int lines)
{
    size_t length = strlen(text);
    char *out = malloc(4 * length + 1);
    size_t used = 0;

    if (out == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t shown = *at == '\n' && lines ? 1 : shown_length(at);
        if (shown > 0) {
            memcpy(out + used, text + i, shown);
            used += shown;
            i += shown;
        } else {
            used += (size_t)snprintf(out + used, 5, "\\x%02x", *at);
            i++;
        }
    }
    out[used] = '\0';
    return out;
}
