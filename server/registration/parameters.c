/* SPDX-License-Identifier: Apache-2.0 */
#include "server/registration/parameters.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { VERSION_NUMBER_MAX = 1000, SHOWN_MAX = 32 };

void parameters_remark(struct parameters *parameters, const char *format, ...)
{
    size_t used = strlen(parameters->remarks);
    va_list arguments;

    if (used > 0 && used + 2 < sizeof(parameters->remarks)) {
        memcpy(parameters->remarks + used, "; ", 3);
        used += 2;
    }
    va_start(arguments, format);
    (void)vsnprintf(parameters->remarks + used,
                    sizeof(parameters->remarks) - used, format,
                    arguments); /* cut where it does not fit */
    va_end(arguments);
}

/** Part of a name for a message: what is not printable becomes '?'. */
static const char *shown(const char *bytes, size_t length,
                         char buffer[SHOWN_MAX + 1])
{
    size_t count = length < SHOWN_MAX ? length : SHOWN_MAX;

    for (size_t i = 0; i < count; i++) {
        buffer[i] = bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '?';
    }
    buffer[count] = '\0';
    return buffer;
}

static bool parse_decimal(const char *text, size_t length, uint64_t high,
                          uint64_t *out_number)
{
    uint64_t number = 0;

    if (length == 0) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(text[i] - '0');
        if (number > high) {
            return false;
        }
    }
    *out_number = number;
    return true;
}

static enum status take_endpoint(struct parameters *parameters,
                                 const char *value, size_t length,
                                 struct reason *reason)
{
    if (value == NULL || length == 0) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'ep' is empty");
    }
    if (parameters->endpoint != NULL) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'ep' twice");
    }
    parameters->endpoint = value;
    parameters->endpoint_length = length;
    return STATUS_OK;
}

static enum status take_lifetime(struct parameters *parameters,
                                 const char *value, size_t length,
                                 struct reason *reason)
{
    uint64_t number = 0;

    if (parameters->has_lifetime) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'lt' twice");
    }
    if (value == NULL || !parse_decimal(value, length, UINT32_MAX, &number)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "parameter 'lt' is no number of seconds");
    }
    parameters->has_lifetime = true;
    parameters->lifetime_s = (uint32_t)number;
    return STATUS_OK;
}

static enum status take_version(struct parameters *parameters,
                                const char *value, size_t length,
                                struct reason *reason)
{
    const char *dot =
        value != NULL && length > 0 ? memchr(value, '.', length) : NULL;
    uint64_t major = 0;
    uint64_t minor = 0;

    if (parameters->has_version) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'lwm2m' twice");
    }
    if (dot == NULL ||
        !parse_decimal(value, (size_t)(dot - value), VERSION_NUMBER_MAX,
                       &major) ||
        !parse_decimal(dot + 1, length - (size_t)(dot - value) - 1,
                       VERSION_NUMBER_MAX, &minor)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "parameter 'lwm2m' is no version");
    }
    parameters->has_version = true;
    parameters->major = (unsigned)major;
    parameters->minor = (unsigned)minor;
    return STATUS_OK;
}

static enum status take_binding(struct parameters *parameters,
                                const char *value, size_t length,
                                struct reason *reason)
{
    if (parameters->binding != NULL) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'b' twice");
    }
    if (value == NULL || length == 0 || length > 16) {
        return reason_set(reason, STATUS_MALFORMED,
                          "parameter 'b' is no binding");
    }
    for (size_t i = 0; i < length; i++) {
        if (memchr("UQSTNMH", value[i], 7) == NULL) {
            return reason_set(reason, STATUS_MALFORMED,
                              "parameter 'b' has an unknown letter");
        }
    }
    parameters->binding = value;
    parameters->binding_length = length;
    if (memchr(value, 'Q', length) != NULL) {
        parameters->queue_mode = true;
    }
    return STATUS_OK;
}

static enum status take_queue(struct parameters *parameters, const char *value,
                              size_t length, struct reason *reason)
{
    (void)length; /* there must be no value at all */
    if (parameters->has_queue) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'Q' twice");
    }
    if (value != NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "parameter 'Q' has a value");
    }
    parameters->has_queue = true;
    parameters->queue_mode = true;
    return STATUS_OK;
}

static enum status take_sms(struct parameters *parameters, const char *value,
                            size_t length, struct reason *reason)
{
    if (parameters->has_sms) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'sms' twice");
    }
    if (value == NULL || length == 0) {
        return reason_set(reason, STATUS_MALFORMED, "parameter 'sms' is empty");
    }
    parameters->has_sms = true;
    for (size_t i = 0; i < length; i++) {
        parameters->sms_is_odd =
            parameters->sms_is_odd || value[i] < '0' || value[i] > '9';
    }
    return STATUS_OK;
}

static enum status take_other(struct parameters *parameters, const char *value,
                              size_t length, struct reason *reason)
{
    (void)parameters; /* pid: known, not used */
    (void)value;
    (void)length;
    (void)reason;
    return STATUS_OK;
}

static const struct {
    const char *name;
    enum status (*take)(struct parameters *parameters, const char *value,
                        size_t length, struct reason *reason);
} rows[] = {
    { "ep", take_endpoint }, { "lt", take_lifetime }, { "lwm2m", take_version },
    { "b", take_binding },   { "Q", take_queue },     { "sms", take_sms },
    { "pid", take_other },
};

static enum status take(struct parameters *parameters,
                        const struct query_option *option,
                        struct reason *reason)
{
    const char *text = (const char *)option->bytes;
    const char *equals =
        option->length > 0 ? memchr(text, '=', option->length) : NULL;
    size_t name_length =
        equals != NULL ? (size_t)(equals - text) : option->length;
    char buffer[SHOWN_MAX + 1];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strlen(rows[i].name) == name_length &&
            memcmp(rows[i].name, text, name_length) == 0) {
            const char *value = equals != NULL ? equals + 1 : NULL;
            size_t length =
                equals != NULL ? option->length - name_length - 1 : 0;
            return rows[i].take(parameters, value, length, reason);
        }
    }
    parameters_remark(parameters, "unknown parameter '%s'",
                      shown(text, name_length, buffer));
    return STATUS_OK;
}

enum status parameters_parse(const struct query_option *options, size_t count,
                             struct parameters *out_parameters,
                             struct reason *reason)
{
    struct parameters parameters = { .endpoint = NULL };

    if (count > PARAMETERS_MAX) {
        return reason_set(reason, STATUS_MALFORMED, "%zu parameters", count);
    }
    for (size_t i = 0; i < count; i++) {
        enum status status = take(&parameters, &options[i], reason);
        if (status != STATUS_OK) {
            return status;
        }
    }
    *out_parameters = parameters;
    return STATUS_OK;
}
