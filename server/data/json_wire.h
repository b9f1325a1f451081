/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_JSON_WIRE_H
#define SERVER_DATA_JSON_WIRE_H

/* Private to server/data: what the JSON formats of LwM2M share. */
#include "server/data/buffer.h"
#include "server/data/json_reader.h"
#include "server/data/wire_value.h"

/** A JSON text that is read, and room for its strings without escapes. */
struct json_input {
    struct json_reader reader;
    struct reason *reason;
    char *scratch; /**< as long as the text: strings only get shorter */
    size_t used;   /**< 0 again where the strings so far are done with */
};

/** Errors: STATUS_NO_MEMORY, STATUS_LIMIT for more than JSON_SIZE_MAX. */
MUST_CHECK
enum status json_input_init(struct json_input *input, const uint8_t *bytes,
                            size_t length, struct reason *reason);
void json_input_release(struct json_input *input);
/** Resolve a JSON_STRING; the result lives until `used` is set back. */
void json_input_text(struct json_input *input, const struct json_value *string,
                     const char **out_bytes, size_t *out_length);
/**
 * Read the value as this kind; JSON's null is WIRE_NULL for each. BYTES are
 * read like TEXT: how they are written depends on the format.
 *
 * @param name  of the member, for the reason
 * Errors: STATUS_MALFORMED with the offset, for another kind and for a number
 *         beyond binary64.
 */
MUST_CHECK
enum status json_input_value(struct json_input *input, const char *name,
                             enum wire_kind kind,
                             const struct json_value *value,
                             struct wire_value *out_value);
/** Enter the value if it is of `kind`, JSON_ARRAY or JSON_OBJECT, else fail
 *  with STATUS_MALFORMED, its offset and `what` it is to be. */
MUST_CHECK
enum status json_input_enter(struct json_input *input,
                             const struct json_value *value,
                             enum json_kind kind, const char *what);

/** Append a text as it is. */
MUST_CHECK
enum status json_put(struct byte_buffer *buffer, const char *text,
                     struct reason *reason);
/** Append a string with its quotes. @param bytes  UTF-8; U+0000 may be there */
MUST_CHECK
enum status json_put_string(struct byte_buffer *buffer, const char *bytes,
                            size_t length, struct reason *reason);
MUST_CHECK
enum status json_put_number(struct byte_buffer *buffer,
                            const struct number *number, struct reason *reason);

#endif
