/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/readings.h"

#include <stdio.h>
#include <string.h>

#include "tests/device/firmware_parts.h"

/** What is wrong with an argument; bits. */
enum form {
    FORM_UNQUOTED = 1 << 0,     /* 0=</33629/1> */
    FORM_UNTERMINATED = 1 << 1, /* 0='</33629/1> */
    FORM_COMMA = 1 << 2,        /* a list or the whole ends with one */
    FORM_DUPLICATE_DIGIT = 1 << 3,
    FORM_NO_VALUE = 1 << 4,  /* 0= */
    FORM_SPACE = 1 << 5,     /* in the list */
    FORM_ATTRIBUTE = 1 << 6, /* ;x=1 */
    FORM_DEPTH = 1 << 7,     /* </33629>, </33629/1/2> */
    FORM_FOREIGN = 1 << 8,   /* </5/0> */
    FORM_UNKNOWN = 1 << 9,   /* another digit alone */
    FORM_SECOND = 1 << 10,   /* 0,1 */
    FORM_FREE = 1 << 11,     /* free text */
    FORM_SELF = 1 << 12,
    FORM_DUPLICATE_LINK = 1 << 13,
    FORM_EMPTY = 1 << 14, /* 0='' */
};

/** What it is taken for. */
enum meaning {
    AS_NONE,  /* no argument */
    AS_ALONE, /* 0 */
    AS_ALL,   /* a list of all that are Downloaded */
    AS_NAMED, /* a list of the links of /33629 in it, each once */
};

static const struct {
    enum mutant mutant;
    enum variant variant;
    unsigned forms;
    enum meaning meaning;
} rows[] = {
    /* clang-format off */
    { MUTANT_UNQUOTED_IS_ALONE, VARIANT_NONE, FORM_UNQUOTED, AS_ALONE },
    { MUTANT_UNTERMINATED_IS_ALONE, VARIANT_NONE, FORM_UNTERMINATED, AS_ALONE },
    { MUTANT_COMMA_IS_ALL, VARIANT_NONE, FORM_COMMA, AS_ALL },
    { MUTANT_DUPLICATE_DIGIT_IS_ALONE, VARIANT_NONE, FORM_DUPLICATE_DIGIT,
      AS_ALONE },
    { MUTANT_NO_VALUE_IS_ALL, VARIANT_NONE, FORM_NO_VALUE, AS_ALL },
    { MUTANT_SPACE_IS_ALONE, VARIANT_NONE, FORM_SPACE, AS_ALONE },
    { MUTANT_ATTRIBUTE_IS_ALONE, VARIANT_NONE, FORM_ATTRIBUTE, AS_ALONE },
    { MUTANT_DEPTH_IS_NONE_GIVEN, VARIANT_NONE, FORM_DEPTH, AS_NONE },
    { MUTANT_FOREIGN_IS_ALONE, VARIANT_NONE, FORM_FOREIGN, AS_ALONE },
    { MUTANT_UNKNOWN_IS_ALL, VARIANT_NONE, FORM_UNKNOWN | FORM_SECOND, AS_ALL },
    { MUTANT_FREE_TEXT_IS_ALL, VARIANT_NONE, FORM_FREE, AS_ALL },
    { MUTANT_SELF_IS_ALL, VARIANT_NONE, FORM_SELF, AS_ALL },
    { MUTANT_DUPLICATE_LINK_IS_ALONE, VARIANT_NONE, FORM_DUPLICATE_LINK,
      AS_ALONE },
    { MUTANT_NONE, VARIANT_ARGUMENT_UNQUOTED, FORM_UNQUOTED, AS_NAMED },
    { MUTANT_NONE, VARIANT_ARGUMENT_LENIENT,
      FORM_UNTERMINATED | FORM_COMMA | FORM_DUPLICATE_DIGIT | FORM_NO_VALUE |
          FORM_SPACE, AS_NAMED },
    { MUTANT_NONE, VARIANT_LINKS_AS_SET,
      FORM_SELF | FORM_DUPLICATE_LINK | FORM_ATTRIBUTE, AS_NAMED },
    { MUTANT_NONE, VARIANT_FREE_TEXT_IGNORED, FORM_FREE, AS_NONE },
    { MUTANT_NONE, VARIANT_UNKNOWN_ARGUMENT_IGNORED, FORM_UNKNOWN, AS_NONE },
    { MUTANT_NONE, VARIANT_UNKNOWN_ARGUMENT_IGNORED, FORM_SECOND, AS_ALONE },
    /* clang-format on */
};

/** Each link of /33629 in the text: bits of instances, and which is twice. */
static unsigned links_in(const char *text, unsigned *out_twice)
{
    unsigned mask = 0;

    *out_twice = 0;
    for (const char *at = text; (at = strstr(at, "</33629/")) != NULL; at++) {
        unsigned instance = 0;
        char end = '\0';
        if (sscanf(at, "</33629/%2u%c", &instance, &end) == 2 && end == '>' &&
            instance < FIRMWARE_COMPONENTS) {
            *out_twice |= mask & 1u << instance;
            mask |= 1u << instance;
        }
    }
    return mask;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length >= strlen(end) &&
           strcmp(text + length - strlen(end), end) == 0;
}

/** Forms of an argument 0 with something behind it. */
static unsigned forms_of_list(const char *text, uint16_t instance)
{
    bool is_quoted = strncmp(text, "0='", 3) == 0;
    bool is_closed = is_quoted && strchr(text + 3, '\'') != NULL;
    unsigned twice = 0;
    unsigned links = links_in(text, &twice);
    unsigned forms = 0;

    forms |= strncmp(text, "0=<", 3) == 0 ? FORM_UNQUOTED : 0u;
    forms |= is_quoted && !is_closed ? FORM_UNTERMINATED : 0u;
    forms |= ends_with(text, ",'") || ends_with(text, ",") ? FORM_COMMA : 0u;
    forms |= ends_with(text, ",0") ? FORM_DUPLICATE_DIGIT : 0u;
    forms |= ends_with(text, ",1") ? FORM_SECOND : 0u;
    forms |= strcmp(text, "0=") == 0 ? FORM_NO_VALUE : 0u;
    forms |= strcmp(text, "0=''") == 0 ? FORM_EMPTY : 0u;
    forms |= strchr(text, ' ') != NULL ? FORM_SPACE : 0u;
    forms |= strchr(text, ';') != NULL ? FORM_ATTRIBUTE : 0u;
    forms |= strstr(text, "</5/") != NULL || strstr(text, "</3/") != NULL
                 ? FORM_FOREIGN
                 : 0u;
    forms |= strstr(text, "</33629>") != NULL || strstr(text, "/2>") != NULL
                 ? FORM_DEPTH
                 : 0u;
    forms |= twice != 0 ? FORM_DUPLICATE_LINK : 0u;
    forms |= (links & 1u << instance) != 0 ? FORM_SELF : 0u;
    return forms;
}

static unsigned forms_of(const char *text, uint16_t instance)
{
    if (text[0] == '\0' || strcmp(text, "0") == 0) {
        return 0;
    }
    if (text[0] < '0' || text[0] > '9') {
        return FORM_FREE;
    }
    return text[0] != '0' ? FORM_UNKNOWN : forms_of_list(text, instance);
}

/** "/2>" is also the end of the link to instance 2. */
static bool is_link_to_2(const char *text)
{
    return strstr(text, "</33629/2>") != NULL;
}

static void write_list(char out_text[READING_SIZE], unsigned mask)
{
    FILE *stream = fmemopen(out_text, READING_SIZE, "w");
    bool is_first = true;

    out_text[0] = '\0';
    if (stream == NULL) {
        return;
    }
    fputs("0='", stream);
    for (unsigned i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0) {
            fprintf(stream, "%s</33629/%u>", is_first ? "" : ",", i);
            is_first = false;
        }
    }
    fputs("'", stream);
    (void)fclose(stream); /* it fits: FIRMWARE_COMPONENTS are few */
}

static void write_meaning(const struct firmware *firmware, uint16_t instance,
                          const char *text, enum meaning meaning,
                          char out_text[READING_SIZE])
{
    unsigned twice = 0;
    unsigned mask = links_in(text, &twice);

    if (meaning == AS_NONE || meaning == AS_ALONE) {
        (void)snprintf(out_text, READING_SIZE, "%s",
                       meaning == AS_NONE ? "" : "0");
        return;
    }
    for (uint16_t i = 0; meaning == AS_ALL && i < FIRMWARE_COMPONENTS; i++) {
        mask |= firmware_is_ready(firmware, i) ? 1u << i : 0u;
    }
    write_list(out_text, mask & ~(1u << instance));
}

/** A copy as text; false when it does not fit. */
static bool copy(const uint8_t *bytes, size_t length, char text[READING_SIZE])
{
    if (length >= READING_SIZE || memchr(bytes, 0, length) != NULL) {
        return false;
    }
    memcpy(text, bytes, length);
    text[length] = '\0';
    return true;
}

bool reading_of(const struct firmware *firmware, uint16_t instance,
                const uint8_t *bytes, size_t length,
                char out_text[READING_SIZE])
{
    char text[READING_SIZE];

    if (length == 0 || !copy(bytes, length, text)) {
        return false;
    }
    unsigned forms = forms_of(text, instance);
    if (is_link_to_2(text)) {
        forms &= ~(unsigned)FORM_DEPTH;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_ours = rows[i].mutant != MUTANT_NONE
                           ? rows[i].mutant == firmware->config.mutant
                           : varies(firmware, rows[i].variant);
        if (is_ours && (forms & rows[i].forms) != 0) {
            write_meaning(firmware, instance, text, rows[i].meaning, out_text);
            return true;
        }
    }
    return false;
}

bool reading_refuses(const struct firmware *firmware, const uint8_t *bytes,
                     size_t length)
{
    char text[READING_SIZE];

    return varies(firmware, VARIANT_EMPTY_VALUE_400) && length > 0 &&
           copy(bytes, length, text) && strcmp(text, "0=''") == 0;
}

bool reading_takes_format(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_ARGUMENT_FORMAT_IGNORED);
}

bool reading_is_unsatisfied(const struct firmware *firmware,
                            const uint8_t *bytes, size_t length)
{
    char text[READING_SIZE];

    return varies(firmware, VARIANT_BAD_LINKS_ARE_13) && length > 0 &&
           copy(bytes, length, text) && !is_link_to_2(text) &&
           (forms_of(text, FIRMWARE_COMPONENTS) &
            (FORM_DEPTH | FORM_FOREIGN)) != 0;
}
