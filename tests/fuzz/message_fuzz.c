/* SPDX-License-Identifier: Apache-2.0 */

/* Messages as they pass the taps, each behind its length in two bytes; with
 * the highest bit set it leaves, else it arrives. */
#include <stdlib.h>
#include <string.h>

#include "server/transport/guard.h"
#include "server/transport/records.h"
#include "server/transport/uploads.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

#define WAY UINT64_C(5)

enum { HEAD = 2, SENT = 0x80, MESSAGES_MAX = 64 };

static struct guard guard;
static struct uploads uploads;

static void take_upload(const uint8_t *bytes, size_t length)
{
    struct option_reader reader;
    struct option_view option;
    uint8_t *body = NULL;
    size_t body_length = 0;

    if (!guard.has_block || guard.why[0] != '\0' ||
        !option_reader_open(&reader, bytes, length)) {
        return;
    }
    while (option_reader_next(&reader, &option)) {
        HOLDS(option.value >= bytes &&
              option.value + option.length <= bytes + length);
    }
    HOLDS(!option_reader_is_torn(&reader));
    const size_t payload = option_reader_payload(&reader);
    const uint8_t code =
        uploads_take(&uploads, guard.request, &guard.block,
                     bytes + length - payload, payload, 0, &body, &body_length);
    HOLDS((code == 0) == (body != NULL));
    HOLDS(body_length <= UPLOADS_BODY_MAX);
    HOLDS(code == 0 || code == COAP_CODE(2, 31) || uploads.why[0] != '\0');
    free(body);
}

static void arrive(uint8_t *bytes, size_t length)
{
    enum records_kind kind = RECORDS_OTHER;
    struct option_reader reader;

    (void)records_wrong(bytes, length, &kind); /* it only must not overrun */
    (void)records_is_first_hello(bytes, length);
    const bool is_message = option_reader_open(&reader, bytes, length);
    HOLDS(!is_message || guard_knows(&guard, WAY, &reader) || reader.type >= 2);
    const size_t seen = guard_received(&guard, WAY, bytes, length);
    HOLDS(seen <= length);
    HOLDS(memchr(guard.why, '\0', sizeof(guard.why)) != NULL);
    HOLDS(seen == length || guard.why[0] != '\0');
    HOLDS(is_message || (seen == length && guard.why[0] == '\0'));
    HOLDS(guard.block.szx < 7 || guard.why[0] != '\0' || !guard.has_block);
    take_upload(bytes, seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guard = (struct guard){ .code = 0 };
    for (unsigned i = 0; i < MESSAGES_MAX && size >= HEAD; i++) {
        const bool is_sent = (data[0] & SENT) != 0;
        size_t length = (size_t)(data[0] & ~SENT & 0xff) << 8 | data[1];
        length = length < size - HEAD ? length : size - HEAD;
        uint8_t *bytes = malloc(length + 1);
        if (bytes == NULL) {
            break;
        }
        memcpy(bytes, data + HEAD, length);
        if (is_sent) {
            guard_sent(&guard, WAY, bytes, length);
        } else {
            arrive(bytes, length);
        }
        free(bytes);
        data += HEAD + length;
        size -= HEAD + length;
    }
    uploads_release(&uploads);
    return 0;
}
