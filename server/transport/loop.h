/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_LOOP_H
#define SERVER_TRANSPORT_LOOP_H

/*
 * The event loop (libuv): timers, child processes, signals, the descriptor of
 * libcoap, and inputs of the user. Everything ends up in the queue.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "server/data/data.h"
#include "server/transport/queue.h"

struct loop;

/** SIGPIPE is ignored from then on.
 *  @param queue  borrowed; gets TIMER, PROCESS_* and INTERRUPT events */
MUST_CHECK
enum status loop_new(struct event_queue *queue, bool handle_signals,
                     struct loop **out_loop, struct reason *reason);
/** Kills what still runs, closes everything. Accepts NULL. */
void loop_free(struct loop *loop);

enum { LOOP_EVENTS = 16 /**< of one loop_poll() */ };

/** @param events     of the set; `count` is 0 when only the period is over
 *  @param reads_all  a limit is due, or the period is over: what waits is read
 *                    now; else what is left keeps the set ready */
typedef void (*loop_ready_fn)(const struct epoll_event *events, size_t count,
                              bool reads_all, void *user);

/**
 * Wait at `set`, an epoll set of somebody else, for that and everything of the
 * loop, which joins it by one descriptor.
 *
 * @param on_ready  called when something in the set is ready, and every
 *                  `period_ms` besides
 */
MUST_CHECK
enum status loop_watch(struct loop *loop, int set, uint64_t period_ms,
                       loop_ready_fn on_ready, void *user,
                       struct reason *reason);
/** Stop watching, before the set is closed. */
void loop_unwatch(struct loop *loop);
/** Ask the watched set, without the loop's own part in it. May be called from
 *  `on_ready`, when more may have come.
 *  @param timeout_ms  -1: for ever
 *  @return how many there are */
size_t loop_poll(struct loop *loop, int timeout_ms,
                 struct epoll_event events[LOOP_EVENTS]);
/** One turn: wait for something and handle it. */
void loop_turn(struct loop *loop);
/**
 * Monotonic milliseconds of the current turn. Time in which this program did
 * not run (stopped, suspended, kept waiting by the system for more than a
 * tenth of a second) is not in it, so no limit ends by it: nobody could have
 * been heard. A pause of a second and more is told by SERVER_PAUSE.
 */
uint64_t loop_now_ms(const struct loop *loop);
/** For modules that open sockets of their own (libuv). */
struct uv_loop_s *loop_uv(struct loop *loop);
/** A fresh id, for requests, timers and processes. */
uint64_t loop_next_id(struct loop *loop);

MUST_CHECK
enum status loop_timer_start(struct loop *loop, uint64_t after_ms,
                             uint64_t *out_id, struct reason *reason);
void loop_timer_stop(struct loop *loop, uint64_t id);
/** READABLE events of `fd`. Errors: STATUS_INVALID, STATUS_LIMIT. */
MUST_CHECK
enum status loop_input_watch(struct loop *loop, int fd, uint64_t *out_id,
                             struct reason *reason);
void loop_input_unwatch(struct loop *loop, uint64_t id);
MUST_CHECK
enum status loop_process_start(struct loop *loop, const char *const *argv,
                               uint64_t *out_id, struct reason *reason);
void loop_process_signal(struct loop *loop, uint64_t id, int signal);
/** Its process ID; 0: it has ended, or there is none. */
int loop_process_pid(const struct loop *loop, uint64_t id);

#endif
