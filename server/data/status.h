/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_STATUS_H
#define SERVER_DATA_STATUS_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_index, first_argument)                              \
    __attribute__((format(printf, format_index, first_argument)))

/** Whether our own code could do its work. Says nothing about the IUT. */
enum status {
    STATUS_OK,
    STATUS_NO_MEMORY,
    STATUS_INVALID,   /**< the caller broke the function's contract */
    STATUS_MALFORMED, /**< received bytes break their format */
    STATUS_NOT_FOUND,
    STATUS_TIMEOUT,
    STATUS_NETWORK,
    STATUS_LIMIT, /**< a named limit was reached */
};

/** What failed, in words. Lives on the stack of whoever will report it. */
struct reason {
    enum status status;
    char text[1024]; /**< NUL-terminated, cut where it does not fit */
};

/**
 * Fill a reason and return its status, so that failing takes one line:
 * `return reason_set(reason, STATUS_MALFORMED, "...", ...)`.
 *
 * @param reason  may be NULL: then only the status is returned
 */
enum status reason_set(struct reason *reason, enum status status,
                       const char *format, ...) PRINTF_LIKE(3, 4);

/** The status in words, for diagnostics; never NULL. */
const char *status_name(enum status status);

#endif
