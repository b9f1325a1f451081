/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/system.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <time.h>

enum {
    NS_PER_S = 1000000000,
    STOCK_SIZE = 256, /* bytes that getrandom() gives at once, always */
};

/* With tap.c the mutable globals of server/transport (style.md, section 6):
 * neither call is given a context. */
static struct {
    int fd;
    int64_t due_ns; /* when it rings; 0: not known */
} timer;
static struct {
    uint8_t bytes[STOCK_SIZE];
    size_t used;
} stock = { .used = STOCK_SIZE };

/* The names are the linker's (--wrap). */
int __real_timerfd_settime(int fd, int flags, const struct itimerspec *value,
                           struct itimerspec *old);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *value,
                           struct itimerspec *old);

static int64_t in_ns(const struct timespec *time)
{
    return (int64_t)time->tv_sec * NS_PER_S + time->tv_nsec;
}

void system_timer_forget(void)
{
    timer.due_ns = 0;
}

/** libcoap gives a time from now on, without an interval; 0 is "never". */
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *value,
                           struct itimerspec *old)
{
    const int64_t after_ns = in_ns(&value->it_value);
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    const bool rings = timer.fd == fd && timer.due_ns > in_ns(&now);
    if (rings && (after_ns == 0 || timer.due_ns <= in_ns(&now) + after_ns)) {
        return 0;
    }
    timer.fd = fd;
    timer.due_ns = after_ns != 0 ? in_ns(&now) + after_ns : 0;
    return __real_timerfd_settime(fd, flags, value, old);
}

int system_random(void *bytes, size_t length)
{
    if (length > STOCK_SIZE) {
        return getrandom(bytes, length, 0) == (ssize_t)length ? 1 : 0;
    }
    if (length > STOCK_SIZE - stock.used) {
        if (getrandom(stock.bytes, STOCK_SIZE, 0) != STOCK_SIZE) {
            return 0;
        }
        stock.used = 0;
    }
    memcpy(bytes, stock.bytes + stock.used, length);
    memset(stock.bytes + stock.used, 0, length); /* nobody gets them again */
    stock.used += length;
    return 1;
}
