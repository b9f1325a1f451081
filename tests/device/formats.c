/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/formats.h"

#include <stdio.h>
#include <string.h>

enum { NEVER = 99 };

/** In the order in which a device that may choose takes them. */
static const struct {
    const char *name;
    int format;
    unsigned since; /* a device of this version speaks it, 11 is 1.1 */
    unsigned until;
    bool is_announced; /* by ct: nothing that all devices speak */
} rows[] = {
    { "text", CONTENT_FORMAT_TEXT, 10, NEVER, false },
    { "lwm2m-cbor", CONTENT_FORMAT_LWM2M_CBOR, 12, NEVER, true },
    { "senml-cbor", CONTENT_FORMAT_SENML_CBOR, 11, NEVER, true },
    { "senml-json", CONTENT_FORMAT_SENML_JSON, 11, NEVER, true },
    { "tlv", CONTENT_FORMAT_TLV, 10, NEVER, true },
    { "json", CONTENT_FORMAT_LWM2M_JSON, 10, 10, true },
    { "cbor", CONTENT_FORMAT_CBOR, 11, NEVER, true },
    { "opaque", CONTENT_FORMAT_OPAQUE, 10, NEVER, false },
    { "senml-etch-cbor", CONTENT_FORMAT_SENML_ETCH_CBOR, 12, NEVER, true },
    { "senml-etch-json", CONTENT_FORMAT_SENML_ETCH_JSON, 12, NEVER, true },
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

uint32_t formats_of_version(unsigned version)
{
    uint32_t formats = 0;

    for (unsigned i = 0; i < ROWS; i++) {
        if (version >= rows[i].since && version <= rows[i].until) {
            formats |= UINT32_C(1) << i;
        }
    }
    return formats;
}

static bool add_named(const char *name, size_t length, uint32_t *formats)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) == length &&
            strncmp(rows[i].name, name, length) == 0) {
            *formats |= UINT32_C(1) << i;
            return true;
        }
    }
    return false;
}

bool formats_parse(const char *text, uint32_t *out_formats)
{
    uint32_t formats = 0;
    bool good = add_named("opaque", strlen("opaque"), &formats);

    for (const char *at = text; good && at != NULL;) {
        const char *end = strchr(at, ',');
        size_t length = end != NULL ? (size_t)(end - at) : strlen(at);
        good = add_named(at, length, &formats);
        at = end != NULL ? end + 1 : NULL;
    }
    if (good) {
        *out_formats = formats;
    }
    return good;
}

static uint32_t bit_of(int content_format)
{
    for (unsigned i = 0; i < ROWS; i++) {
        if (rows[i].format == content_format) {
            return UINT32_C(1) << i;
        }
    }
    return 0;
}

bool formats_have(uint32_t formats, int content_format)
{
    return (formats & bit_of(content_format)) != 0;
}

uint32_t formats_without(uint32_t formats, int content_format)
{
    return formats & ~bit_of(content_format);
}

void formats_text(uint32_t formats, unsigned version,
                  char buffer[FORMATS_TEXT_SIZE])
{
    size_t used = 0;

    buffer[0] = '\0';
    for (unsigned i = 0; i < ROWS; i++) {
        bool is_usual = version == 10 && rows[i].format == CONTENT_FORMAT_TLV;
        if ((formats & UINT32_C(1) << i) == 0 || !rows[i].is_announced ||
            is_usual) {
            continue;
        }
        int length = snprintf(buffer + used, FORMATS_TEXT_SIZE - used, "%s%d",
                              used > 0 ? " " : "", rows[i].format); /* fits */
        used += length > 0 ? (size_t)length : 0;
    }
}

bool formats_fit(int content_format, const struct formats_content *content)
{
    switch (content_format) {
    case CONTENT_FORMAT_TEXT:
    case CONTENT_FORMAT_CBOR:
        return content->is_value;
    case CONTENT_FORMAT_OPAQUE:
        return content->is_value && content->type == LWM2M_TYPE_OPAQUE;
    default:
        return content_format_carries(content_format, PAYLOAD_VALUES);
    }
}

int formats_choose(uint32_t formats, const struct formats_content *content,
                   int accept)
{
    for (unsigned i = 0; i < ROWS; i++) {
        bool is_wanted =
            accept != CONTENT_FORMAT_NONE
                ? rows[i].format == accept
                /* Base64 where a reader may expect bytes: not of our own */
                : rows[i].format != CONTENT_FORMAT_TEXT ||
                      content->type != LWM2M_TYPE_OPAQUE;
        if (is_wanted && (formats & UINT32_C(1) << i) != 0 &&
            formats_fit(rows[i].format, content)) {
            return rows[i].format;
        }
    }
    return CONTENT_FORMAT_NONE;
}
