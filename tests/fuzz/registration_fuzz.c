/* SPDX-License-Identifier: Apache-2.0 */

/* Up to the first line feed: parameters, '&' between. Then: the Object list. */
#include <string.h>

#include "server/registration/registry.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

enum { OPTIONS_MAX = 80 }; /* more than PARAMETERS_MAX */

static size_t split(const uint8_t *bytes, size_t length,
                    struct query_option *options)
{
    size_t count = 0;
    size_t start = 0;

    for (size_t i = 0; i <= length && count < OPTIONS_MAX; i++) {
        if (i == length || bytes[i] == '&') {
            options[count++] =
                (struct query_option){ bytes + start, i - start };
            start = i + 1;
        }
    }
    return count;
}

static bool is_inside(const char *text, size_t length, const uint8_t *data,
                      size_t size)
{
    return text == NULL || ((const uint8_t *)text >= data && length <= size &&
                            (const uint8_t *)text + length <= data + size);
}

static void check_parameters(const struct registry_message *message,
                             const uint8_t *data, size_t size)
{
    const struct parameters unset = { .lifetime_s = 77 };
    struct parameters parameters = unset;
    struct reason reason = { .status = STATUS_OK };
    enum status status = parameters_parse(
        message->options, message->option_count, &parameters, &reason);

    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    if (status != STATUS_OK) {
        HOLDS(parameters.lifetime_s == 77 && parameters.endpoint == NULL);
        return;
    }
    HOLDS(message->option_count <= PARAMETERS_MAX);
    HOLDS(
        is_inside(parameters.endpoint, parameters.endpoint_length, data, size));
    HOLDS(is_inside(parameters.binding, parameters.binding_length, data, size));
    HOLDS(parameters.endpoint == NULL || parameters.endpoint_length > 0);
    HOLDS(strlen(parameters.remarks) < sizeof(parameters.remarks));
    for (const char *at = parameters.remarks; *at != '\0'; at++) {
        HOLDS(*at >= 0x20 && *at < 0x7f);
    }
}

/** A refusal has an error code and words, and registers nothing. */
static void check_result(const struct registry_result *result)
{
    bool is_success = result->code >> 5 == 2;

    HOLDS(is_success || result->code >> 5 == 4);
    HOLDS(is_success == (result->registration != NULL));
    HOLDS(is_success == (result->why[0] == '\0'));
    HOLDS(strlen(result->why) < sizeof(result->why));
}

static void check_update(struct registry *registry,
                         const struct registry_message *message,
                         const struct registry_result *registered)
{
    struct registration *device = registered->registration;
    struct registry_result result;
    uint64_t expires_ms = device->expires_ms;

    registry_update(registry, device->location, message, 5000, &result);
    check_result(&result);
    HOLDS(registry_first(registry) == device);
    HOLDS(result.registration == NULL || result.registration == device);
    HOLDS(device->expires_ms ==
          (result.registration == NULL || device->lifetime_s == 0
               ? expires_ms
               : 5000 + (uint64_t)device->lifetime_s * 1000));
}

/** The second Register of an endpoint replaces the first. */
static void check_again(struct registry *registry,
                        const struct registry_message *message,
                        const struct registry_result *registered)
{
    struct registry_result result;

    registry_register(registry, message, 6000, &result);
    check_result(&result);
    HOLDS(result.code == registered->code);
    HOLDS(result.replaced == registered->registration);
    HOLDS(strcmp(result.replaced->location, result.registration->location) !=
          0);
    HOLDS(registry_at(registry, result.replaced->location) == NULL);
    HOLDS(registry_first(registry) == result.registration);
    HOLDS(result.registration->next == NULL);
    registration_free(result.replaced);
    struct registration *removed =
        registry_remove(registry, result.registration->location);
    HOLDS(removed == result.registration);
    HOLDS(registry_first(registry) == NULL);
    registration_free(removed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *feed = size > 0 ? memchr(data, '\n', size) : NULL;
    size_t query = feed != NULL ? (size_t)(feed - data) : size;
    struct query_option options[OPTIONS_MAX];
    const struct registry_message message = {
        .options = options,
        .option_count = split(data, query, options),
        .content_format = CONTENT_FORMAT_LINK,
        .payload = feed != NULL ? feed + 1 : NULL,
        .payload_length = feed != NULL ? size - query - 1 : 0,
    };
    struct registry *registry = registry_new(size);
    struct registry_result result;

    HOLDS(registry != NULL);
    check_parameters(&message, data, query);
    registry_register(registry, &message, 1000, &result);
    check_result(&result);
    HOLDS(result.replaced == NULL);
    HOLDS(registry_first(registry) == result.registration);
    if (result.registration != NULL) {
        struct registration *device = result.registration;
        HOLDS(registry_find(registry, device->endpoint) == device);
        HOLDS(registry_at(registry, device->location) == device);
        HOLDS(device->root[0] == '\0' || device->root[0] == '/');
        check_update(registry, &message, &result);
        check_again(registry, &message, &result);
    }
    registry_free(registry);
    return 0;
}
