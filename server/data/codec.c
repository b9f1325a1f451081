/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/codec.h"

#include <stdlib.h>

#include "server/data/bare_cbor.h"
#include "server/data/lwm2m_cbor.h"
#include "server/data/lwm2m_json.h"
#include "server/data/senml_cbor.h"
#include "server/data/senml_json.h"
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
    decode_fn decode[PAYLOAD_KIND_COUNT];
    encode_fn encode[PAYLOAD_KIND_COUNT];
} formats[] = {
    { CONTENT_FORMAT_TEXT, "text/plain", { text_decode }, { text_encode } },
    { CONTENT_FORMAT_LINK, "application/link-format", { NULL }, { NULL } },
    { CONTENT_FORMAT_OPAQUE,
      "application/octet-stream",
      { opaque_decode },
      { opaque_encode } },
    { CONTENT_FORMAT_CBOR,
      "application/cbor",
      { bare_cbor_decode },
      { bare_cbor_encode } },
    { CONTENT_FORMAT_SENML_JSON,
      "application/senml+json",
      { [PAYLOAD_VALUES] = senml_json_decode_values,
        [PAYLOAD_PATHS] = senml_json_decode_paths,
        [PAYLOAD_PATCH] = senml_json_decode_values },
      { [PAYLOAD_VALUES] = senml_json_encode_values,
        [PAYLOAD_PATHS] = senml_json_encode_paths,
        [PAYLOAD_PATCH] = senml_json_encode_values } },
    { CONTENT_FORMAT_SENML_CBOR,
      "application/senml+cbor",
      { [PAYLOAD_VALUES] = senml_cbor_decode_values,
        [PAYLOAD_PATHS] = senml_cbor_decode_paths,
        [PAYLOAD_PATCH] = senml_cbor_decode_values },
      { [PAYLOAD_VALUES] = senml_cbor_encode_values,
        [PAYLOAD_PATHS] = senml_cbor_encode_paths,
        [PAYLOAD_PATCH] = senml_cbor_encode_values } },
    { CONTENT_FORMAT_SENML_ETCH_JSON,
      "application/senml-etch+json",
      { [PAYLOAD_PATHS] = senml_json_decode_paths,
        [PAYLOAD_PATCH] = senml_json_decode_patch },
      { [PAYLOAD_PATHS] = senml_json_encode_paths,
        [PAYLOAD_PATCH] = senml_json_encode_patch } },
    { CONTENT_FORMAT_SENML_ETCH_CBOR,
      "application/senml-etch+cbor",
      { [PAYLOAD_PATHS] = senml_cbor_decode_paths,
        [PAYLOAD_PATCH] = senml_cbor_decode_patch },
      { [PAYLOAD_PATHS] = senml_cbor_encode_paths,
        [PAYLOAD_PATCH] = senml_cbor_encode_patch } },
    { CONTENT_FORMAT_TLV,
      "application/vnd.oma.lwm2m+tlv",
      { tlv_decode },
      { tlv_encode } },
    { CONTENT_FORMAT_LWM2M_JSON,
      "application/vnd.oma.lwm2m+json",
      { lwm2m_json_decode },
      { lwm2m_json_encode } },
    { CONTENT_FORMAT_LWM2M_CBOR,
      "application/vnd.oma.lwm2m+cbor",
      { [PAYLOAD_VALUES] = lwm2m_cbor_decode,
        [PAYLOAD_PATCH] = lwm2m_cbor_decode_patch },
      { [PAYLOAD_VALUES] = lwm2m_cbor_encode,
        [PAYLOAD_PATCH] = lwm2m_cbor_encode_patch } },
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

bool content_format_carries(int content_format, enum payload_kind kind)
{
    const struct format *format = format_of(content_format);

    return format != NULL && format->decode[kind] != NULL;
}

bool content_format_is_supported(int content_format)
{
    return content_format_carries(content_format, PAYLOAD_VALUES);
}

static const char *kind_name(enum payload_kind kind)
{
    switch (kind) {
    case PAYLOAD_VALUES:
        return "values";
    case PAYLOAD_PATHS:
        return "paths";
    case PAYLOAD_PATCH:
        return "a patch";
    }
    return "?";
}

enum status codec_decode_kind(int content_format, enum payload_kind kind,
                              const struct definitions *definitions,
                              const struct lwm2m_path *base,
                              const uint8_t *bytes, size_t length,
                              struct record_list *out_list,
                              struct reason *reason)
{
    const struct format *format = format_of(content_format);
    struct record_list list;

    if (format == NULL || format->decode[kind] == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "Content-Format %d cannot be decoded as %s",
                          content_format, kind_name(kind));
    }
    record_list_init(&list);
    enum status status =
        format->decode[kind](definitions, base, bytes, length, &list, reason);
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

enum status codec_decode(int content_format,
                         const struct definitions *definitions,
                         const struct lwm2m_path *base, const uint8_t *bytes,
                         size_t length, struct record_list *out_list,
                         struct reason *reason)
{
    return codec_decode_kind(content_format, PAYLOAD_VALUES, definitions, base,
                             bytes, length, out_list, reason);
}

enum status codec_encode_kind(int content_format, enum payload_kind kind,
                              const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct byte_buffer *buffer, struct reason *reason)
{
    const struct format *format = format_of(content_format);
    struct byte_buffer fresh;

    if (format == NULL || format->encode[kind] == NULL) {
        return reason_set(reason, STATUS_INVALID,
                          "Content-Format %d cannot be encoded as %s",
                          content_format, kind_name(kind));
    }
    byte_buffer_init(&fresh);
    enum status status = format->encode[kind](base, list, &fresh, reason);
    if (status != STATUS_OK) {
        byte_buffer_release(&fresh);
        return status;
    }
    byte_buffer_release(buffer);
    *buffer = fresh; /* handed over */
    return STATUS_OK;
}

enum status codec_encode(int content_format, const struct lwm2m_path *base,
                         const struct record_list *list,
                         struct byte_buffer *buffer, struct reason *reason)
{
    return codec_encode_kind(content_format, PAYLOAD_VALUES, base, list, buffer,
                             reason);
}
