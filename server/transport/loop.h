/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_LOOP_H
#define SERVER_TRANSPORT_LOOP_H

/*
 * The event loop (libuv): timers, child processes, signals, the descriptor of
 * libcoap, and inputs of the user. Everything ends up in the queue.
 */
#include <stdbool.h>
#include <stdint.h>

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

/** Called when `fd` is readable, and every `period_ms` besides. */
MUST_CHECK
enum status loop_watch(struct loop *loop, int fd, uint64_t period_ms,
                       void (*on_ready)(void *user), void *user,
                       struct reason *reason);
/** Stop watching, before the descriptor is closed. */
void loop_unwatch(struct loop *loop);
/** One turn: wait for something and handle it. */
void loop_turn(struct loop *loop);
/** Monotonic milliseconds of the current turn. */
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
