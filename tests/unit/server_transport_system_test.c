/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdint.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "server/transport/system.h"

enum { SLOW_S = 25 };

static int timer;

static void set_up(void)
{
    timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
    CU_ASSERT_FATAL(timer >= 0);
    system_timer_forget();
}

static void tear_down(void)
{
    (void)close(timer);
}

/** As libcoap does it; 0: never. */
static void set_timer(time_t after_s)
{
    const struct itimerspec value = { .it_value.tv_sec = after_s };

    CU_ASSERT_EQUAL(timerfd_settime(timer, 0, &value, NULL), 0);
}

/** That the system lets it ring then, by the clock of a machine that may be
 *  very slow. */
static void expect_ring_after(time_t after_s)
{
    struct itimerspec value = { .it_value.tv_sec = -1 };

    CU_ASSERT_EQUAL(timerfd_gettime(timer, &value), 0);
    CU_ASSERT(value.it_value.tv_sec <= after_s);
    CU_ASSERT(value.it_value.tv_sec > after_s - SLOW_S);
}

static void a_timer_is_only_set_to_ring_earlier(void)
{
    set_timer(60);
    expect_ring_after(60);
    set_timer(300);
    expect_ring_after(60);
    set_timer(30);
    expect_ring_after(30);
    set_timer(0); /* libcoap has nothing to do: once it rings for nothing */
    expect_ring_after(30);
}

static void a_timer_that_rang_is_set_again(void)
{
    const struct itimerspec soon = { .it_value.tv_nsec = 1 };
    uint64_t times = 0;

    CU_ASSERT_EQUAL(timerfd_settime(timer, 0, &soon, NULL), 0);
    CU_ASSERT_EQUAL(read(timer, &times, sizeof(times)), sizeof(times));
    set_timer(60);
    expect_ring_after(60);
}

static void another_timer_with_the_same_descriptor_is_set(void)
{
    set_timer(30);
    tear_down();
    set_up();
    set_timer(60);
    expect_ring_after(60);
}

static void random_bytes_are_given_once(void)
{
    unsigned char pieces[100][16];
    unsigned char large[1000] = { 0 };
    unsigned char zeros[sizeof(large)] = { 0 };

    for (size_t i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL(system_random(pieces[i], sizeof(pieces[i])), 1);
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_NOT_EQUAL(memcmp(pieces[i], pieces[j], sizeof(pieces[i])),
                                0);
        }
    }
    CU_ASSERT_EQUAL(system_random(large, sizeof(large)), 1);
    CU_ASSERT_NOT_EQUAL(memcmp(large, zeros, sizeof(large)), 0);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "server.system", NULL, NULL, set_up, tear_down);
    CU_ADD_TEST(suite, a_timer_is_only_set_to_ring_earlier);
    CU_ADD_TEST(suite, a_timer_that_rang_is_set_again);
    CU_ADD_TEST(suite, another_timer_with_the_same_descriptor_is_set);
    CU_ADD_TEST(suite, random_bytes_are_given_once);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
