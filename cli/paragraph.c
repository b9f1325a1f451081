/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/paragraph.h"

#include <string.h>

enum { LINE_WIDTH = 79 };

/** Characters of UTF-8: bytes that do not continue one. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;

    for (size_t i = 0; i < length; i++) {
        width += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return width;
}

static void new_line(const struct paragraph *paragraph)
{
    fprintf(paragraph->stream, "\n%*s", (int)paragraph->indent, "");
}

void paragraph_begin(struct paragraph *paragraph, FILE *stream,
                     const char *label, size_t indent)
{
    size_t width = width_of(label, strlen(label));

    *paragraph = (struct paragraph){ stream, indent, indent };
    fputs(label, stream);
    if (width < indent) {
        fprintf(stream, "%*s", (int)(indent - width), "");
    } else {
        new_line(paragraph);
    }
}

void paragraph_add(struct paragraph *paragraph, const char *text)
{
    for (const char *word = text + strspn(text, " "); *word != '\0';) {
        size_t length = strcspn(word, " ");
        size_t width = width_of(word, length);
        bool is_first = paragraph->column == paragraph->indent;
        if (!is_first && paragraph->column + 1 + width > LINE_WIDTH) {
            new_line(paragraph);
            paragraph->column = paragraph->indent;
        } else if (!is_first) {
            fputc(' ', paragraph->stream);
            paragraph->column++;
        }
        fwrite(word, 1, length, paragraph->stream);
        paragraph->column += width;
        word += length;
        word += strspn(word, " ");
    }
}

void paragraph_end(struct paragraph *paragraph)
{
    fputc('\n', paragraph->stream);
}

void paragraph_print(FILE *stream, const char *label, size_t indent,
                     const char *text)
{
    struct paragraph paragraph;

    paragraph_begin(&paragraph, stream, label, indent);
    paragraph_add(&paragraph, text);
    paragraph_end(&paragraph);
}
