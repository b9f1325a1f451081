/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "server/transport/loop.h"

static struct {
    struct event_queue queue;
    struct loop *loop;
    int ends[2]; /* of a pipe */
} fixture;

static void set_up(void)
{
    event_queue_init(&fixture.queue);
    CU_ASSERT_EQUAL_FATAL(loop_new(&fixture.queue, false, &fixture.loop, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(pipe(fixture.ends), 0);
}

static void tear_down(void)
{
    loop_free(fixture.loop);
    event_queue_release(&fixture.queue);
    (void)close(fixture.ends[0]);
    if (fixture.ends[1] >= 0) {
        (void)close(fixture.ends[1]);
    }
}

/** The next event, or NULL; not that the machine paused. */
static struct server_event *next_event(void)
{
    struct server_event *event = event_queue_pop(&fixture.queue);

    while (event != NULL && event->kind == SERVER_PAUSE) {
        event_queue_free(&fixture.queue, event);
        event = event_queue_pop(&fixture.queue);
    }
    return event;
}

/** One turn that must bring one READABLE of the id. */
static void expect_readable(uint64_t id)
{
    loop_turn(fixture.loop);
    struct server_event *event = next_event();
    CU_ASSERT_PTR_NOT_NULL_FATAL(event);
    CU_ASSERT_EQUAL(event->kind, SERVER_READABLE);
    CU_ASSERT_EQUAL(event->id, id);
    event_queue_free(&fixture.queue, event);
    CU_ASSERT_PTR_NULL(next_event());
}

static void a_pipe_is_readable_with_bytes_and_at_its_end(void)
{
    uint64_t id = 0;
    char bytes[8];

    CU_ASSERT_EQUAL_FATAL(
        loop_input_watch(fixture.loop, fixture.ends[0], &id, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(write(fixture.ends[1], "ab", 2), 2);
    expect_readable(id);
    expect_readable(id); /* nobody has read them yet */
    CU_ASSERT_EQUAL(read(fixture.ends[0], bytes, sizeof(bytes)), 2);
    (void)close(fixture.ends[1]);
    fixture.ends[1] = -1;
    expect_readable(id);
}

static void what_is_not_watched_any_more_is_silent(void)
{
    uint64_t id = 0;
    uint64_t timer = 0;

    CU_ASSERT_EQUAL_FATAL(
        loop_input_watch(fixture.loop, fixture.ends[0], &id, NULL), STATUS_OK);
    loop_input_unwatch(fixture.loop, id);
    loop_input_unwatch(fixture.loop, 4711);
    CU_ASSERT_EQUAL(write(fixture.ends[1], "ab", 2), 2);
    CU_ASSERT_EQUAL_FATAL(loop_timer_start(fixture.loop, 1, &timer, NULL),
                          STATUS_OK);
    struct server_event *event = NULL;
    while (event == NULL) {
        loop_turn(fixture.loop);
        event = next_event();
    }
    CU_ASSERT_EQUAL(event->kind, SERVER_TIMER);
    event_queue_free(&fixture.queue, event);
}

static void a_regular_file_is_refused(void)
{
    FILE *file = tmpfile();
    struct reason reason = { .status = STATUS_OK };
    uint64_t id = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(loop_input_watch(fixture.loop, fileno(file), &id, &reason),
                    STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(reason.text,
                           "cannot be watched: operation not permitted");
    CU_ASSERT_EQUAL(id, 0);
    (void)fclose(file);
}

static void inputs_have_a_limit(void)
{
    uint64_t ids[9] = { 0 };

    for (int i = 0; i < 8; i++) {
        CU_ASSERT_EQUAL(
            loop_input_watch(fixture.loop, dup(fixture.ends[0]), &ids[i], NULL),
            STATUS_OK);
    }
    CU_ASSERT_EQUAL(
        loop_input_watch(fixture.loop, fixture.ends[0], &ids[8], NULL),
        STATUS_LIMIT);
    loop_input_unwatch(fixture.loop, ids[0]);
    CU_ASSERT_EQUAL(
        loop_input_watch(fixture.loop, fixture.ends[0], &ids[8], NULL),
        STATUS_OK);
}

static uint64_t real_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/** As Ctrl-Z and, after a while, `fg` do: stopped by another process. */
static void be_stopped(void)
{
    const struct timespec while_stopped = { .tv_sec = 1, .tv_nsec = 500000000 };
    const pid_t parent = getpid();
    const pid_t child = fork();

    CU_ASSERT_TRUE_FATAL(child >= 0);
    if (child == 0) {
        (void)kill(parent, SIGSTOP); /* it is there */
        (void)nanosleep(&while_stopped, NULL);
        (void)kill(parent, SIGCONT);
        _exit(0);
    }
    CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
}

static void time_in_which_we_were_stopped_does_not_count(void)
{
    enum { LIMIT_MS = 800 };
    const uint64_t begin_ms = real_ms();
    struct server_event *event = NULL;
    uint64_t paused_ms = 0;
    uint64_t timer = 0;
    bool is_due = false;

    CU_ASSERT_EQUAL_FATAL(
        loop_timer_start(fixture.loop, LIMIT_MS, &timer, NULL), STATUS_OK);
    const uint64_t start_ms = loop_now_ms(fixture.loop);
    be_stopped();
    while (!is_due) {
        loop_turn(fixture.loop);
        while ((event = event_queue_pop(&fixture.queue)) != NULL) {
            paused_ms += event->kind == SERVER_PAUSE ? event->id : 0;
            is_due = is_due || event->kind == SERVER_TIMER;
            event_queue_free(&fixture.queue, event);
        }
    }
    CU_ASSERT_TRUE(paused_ms >= 1000);
    CU_ASSERT_TRUE(loop_now_ms(fixture.loop) >= start_ms + LIMIT_MS);
    /* the whole limit was there beside the pause; 2: both are rounded */
    CU_ASSERT_TRUE(real_ms() - begin_ms + 2 >= LIMIT_MS + paused_ms);
    CU_ASSERT_TRUE(loop_now_ms(fixture.loop) - start_ms + paused_ms <=
                   real_ms() - begin_ms + 2);
}

static void the_clock_goes_on_while_it_is_used(void)
{
    enum { LIMIT_MS = 30 };
    uint64_t before_ms = loop_now_ms(fixture.loop);
    const uint64_t start_ms = before_ms;
    struct server_event *event = NULL;
    uint64_t timer = 0;

    CU_ASSERT_EQUAL_FATAL(
        loop_timer_start(fixture.loop, LIMIT_MS, &timer, NULL), STATUS_OK);
    while (event == NULL) {
        loop_turn(fixture.loop);
        CU_ASSERT_TRUE(loop_now_ms(fixture.loop) >= before_ms);
        before_ms = loop_now_ms(fixture.loop);
        event = next_event();
    }
    CU_ASSERT_EQUAL(event->kind, SERVER_TIMER);
    CU_ASSERT_TRUE(event->time_ms >= start_ms + LIMIT_MS);
    event_queue_free(&fixture.queue, event);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "server.inputs", NULL, NULL, set_up, tear_down);
    CU_ADD_TEST(suite, a_pipe_is_readable_with_bytes_and_at_its_end);
    CU_ADD_TEST(suite, what_is_not_watched_any_more_is_silent);
    CU_ADD_TEST(suite, a_regular_file_is_refused);
    CU_ADD_TEST(suite, inputs_have_a_limit);
    CU_ADD_TEST(suite, time_in_which_we_were_stopped_does_not_count);
    CU_ADD_TEST(suite, the_clock_goes_on_while_it_is_used);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
