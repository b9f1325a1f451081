/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/codec.h"

#include <stdlib.h>

#include "server/data/text.h"
#include "server/data/tlv.h"

typedef enum status (*decode_fn)(const struct definitions *definitions,
                                 const struct lwm2m_path *base,
                                 const uint8_t *bytes, size_t length,
                                 struct record_list *list,
                                 struct reason *reason);
typedef enum status (*encode_fn)(const struct lwm2m_path *base,
                                 const struct record_list *list,
                                 struct byte_buffer *buffer,
                                 struct reason *reason);

/** One Content-Format; without functions it is known, but not translated. */
static const struct format {
    int number;
    const char *name;
    decode_fn decode;
    encode_fn encode;
} formats[] = {
    { CONTENT_FORMAT_TEXT, "text/plain", text_decode, text_encode },
    { CONTENT_FORMAT_LINK, "application/link-format", NULL, NULL },
    { CONTENT_FORMAT_OPAQUE, "application/octet-stream", opaque_decode,
      opaque_encode },
    { 60, "application/cbor", NULL, NULL },
    { 110, "application/senml+json", NULL, NULL },
    { 112, "application/senml+cbor", NULL, NULL },
    { 320, "application/senml-etch+json", NULL, NULL },
    { 322, "application/senml-etch+cbor", NULL, NULL },
    { CONTENT_FORMAT_TLV, "application/vnd.oma.lwm2m+tlv", tlv_decode,
      tlv_encode },
    { 11543, "application/vnd.oma.lwm2m+json", NULL, NULL },
    { 11544, "application/vnd.oma.lwm2m+cbor", NULL, NULL },
};

static const struct format *format_of(int content_format)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].number == content_format) {
            return &formats[i];
        }
    }
    return NULL;
}

const char *content_format_name(int content_format)
{
    const struct format *format = format_of(content_format);

    return format != NULL ? format->name : NULL;
}

bool content_format_is_supported(int content_format)
{
    const struct format *format = format_of(content_format);

    return format != NULL && format->decode != NULL;
}

enum status codec_decode(int content_format,
                         const struct definitions *definitions,
                         const struct lwm2m_path *base, const uint8_t *bytes,
                         size_t length, struct record_list *out_list,
                         struct reason *reason)
{
    const struct format *format = format_of(content_format);
    struct record_list list;

    if (format == NULL || format->decode == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "Content-Format %d cannot be decoded",
                          content_format);
    }
    record_list_init(&list);
    enum status status =
        format->decode(definitions, base, bytes, length, &list, reason);
    if (status == STATUS_OK && list.is_lacking) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (status != STATUS_OK) {
        record_list_release(&list);
        return status;
    }
    *out_list = list; /* handed over */
    return STATUS_OK;
}

enum status codec_encode(int content_format, const struct lwm2m_path *base,
                         const struct record_list *list,
                         struct byte_buffer *buffer, struct reason *reason)
{
    const struct format *format = format_of(content_format);
    struct byte_buffer fresh;

    if (format == NULL || format->encode == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "Content-Format %d cannot be encoded",
                          content_format);
    }
    byte_buffer_init(&fresh);
    enum status status = format->encode(base, list, &fresh, reason);
    if (status != STATUS_OK) {
        byte_buffer_release(&fresh);
        return status;
    }
    byte_buffer_release(buffer);
    *buffer = fresh; /* handed over */
    return STATUS_OK;
}
