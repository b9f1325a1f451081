/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum status reason_set(struct reason *reason, enum status status,
                       const char *format, ...)
{
    if (reason != NULL) {
        va_list arguments;
        va_start(arguments, format);
        reason->status = status;
        (void)vsnprintf(reason->text, sizeof(reason->text), format,
                        arguments); /* cut where it does not fit */
        va_end(arguments);
    }
    return status;
}

const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "ok";
    case STATUS_NO_MEMORY:
        return "out of memory";
    case STATUS_INVALID:
        return "invalid";
    case STATUS_MALFORMED:
        return "malformed";
    case STATUS_NOT_FOUND:
        return "not found";
    case STATUS_TIMEOUT:
        return "time-out";
    case STATUS_NETWORK:
        return "network";
    case STATUS_LIMIT:
        return "limit reached";
    }
    return "unknown";
}
