/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/arguments.h"

#include <string.h>

#include "tests/device/message.h"

struct reader {
    const uint8_t *bytes;
    size_t length;
    size_t at;
};

static bool accept_text(struct reader *reader, const char *text)
{
    size_t length = strlen(text);

    if (reader->length - reader->at < length ||
        memcmp(reader->bytes + reader->at, text, length) != 0) {
        return false;
    }
    reader->at += length;
    return true;
}

static bool accept_instance(struct reader *reader, uint16_t *out_instance)
{
    uint32_t number = 0;
    size_t start = reader->at;

    while (reader->at < reader->length && reader->bytes[reader->at] >= '0' &&
           reader->bytes[reader->at] <= '9' && number <= 65534) {
        number = number * 10 + (uint32_t)(reader->bytes[reader->at] - '0');
        reader->at++;
    }
    bool zeros = reader->at - start > 1 && reader->bytes[start] == '0';
    *out_instance = (uint16_t)number;
    return reader->at > start && !zeros && number <= 65534;
}

static bool accept_link(struct reader *reader, uint16_t self,
                        struct update_arguments *arguments)
{
    uint16_t instance = 0;

    if (!accept_text(reader, "</33629/") ||
        !accept_instance(reader, &instance) || !accept_text(reader, ">") ||
        instance == self || arguments->link_count == ARGUMENT_LINKS_MAX) {
        return false;
    }
    for (size_t i = 0; i < arguments->link_count; i++) {
        if (arguments->links[i] == instance) {
            return false;
        }
    }
    arguments->links[arguments->link_count++] = instance;
    return true;
}

uint8_t arguments_parse(const uint8_t *bytes, size_t length, uint16_t self,
                        struct update_arguments *out_arguments)
{
    struct reader reader = { bytes, length, 0 };
    struct update_arguments arguments = { .has_list = false };
    bool good = true;

    if (length > 0) {
        arguments.has_list = true;
        good = accept_text(&reader, "0");
        if (good && reader.at < reader.length) {
            good = accept_text(&reader, "='");
            while (good && !accept_text(&reader, "'")) {
                good =
                    (arguments.link_count == 0 || accept_text(&reader, ",")) &&
                    accept_link(&reader, self, &arguments);
            }
        }
        good = good && reader.at == reader.length;
    }
    if (!good) {
        return CODE(4, 0);
    }
    *out_arguments = arguments;
    return 0;
}
