/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#define TIMERS_MAX      4096 /* SERVER_TIMERS_MAX */
#define PROCESSES_MAX   64   /* SERVER_PROCESSES_MAX */
#define INPUTS_MAX      8    /* SERVER_WATCHES_MAX */
#define OUTPUT_READ_MAX 4096 /* bytes of one PROCESS_OUTPUT */

enum {
    LOOK_MS = 100,   /* no wait is longer: so a pause in it is seen */
    SPARE_MS = 100,  /* of a turn: what we need ourselves counts as time */
    PAUSE_MS = 1000, /* what is not counted is told of from here on */
};

struct timer {
    uv_timer_t handle;
    uint64_t id;
    uint64_t due_ms; /* as loop_now_ms() counts */
    struct loop *loop;
    struct timer *next;
    bool is_due; /* to be told of at the end of the turn */
    struct timer *next_due;
};

/** A child. It is freed when its process and both pipes are closed. */
struct process {
    uv_process_t handle;
    uv_pipe_t pipes[2]; /* standard output, standard error */
    char buffer[OUTPUT_READ_MAX];
    uint64_t id;
    struct loop *loop;
    unsigned open; /* handles not yet closed */
    bool has_exited;
    int64_t exit_status;
    int signal;
    struct process *next;
};

/** A descriptor of the user. */
struct input {
    uv_poll_t handle;
    uint64_t id;
    struct loop *loop;
    struct input *next;
};

struct loop {
    uv_loop_t uv;
    struct event_queue *queue;
    struct timer *timers;
    size_t timer_count;
    struct timer *due_first; /* in the order in which they came due */
    struct timer *due_last;
    uv_idle_t idle; /* runs while a timer is due: then nothing is waited for */
    struct process *processes;
    size_t process_count;
    struct input *inputs;
    size_t input_count;
    uint64_t next_id;
    uint64_t seen_ms;   /* libuv's time when it was looked at last */
    uint64_t paused_ms; /* that does not count */
    uint64_t wait_ms;   /* that was asked for since seen_ms */
    uv_signal_t signals[2];
    bool handles_signals;
    int set; /* of loop_watch() */
    uv_timer_t period;
    bool watches;
    bool is_ready; /* libuv's own descriptor, as the set told last */
    loop_ready_fn on_ready;
    void *user;
};

/** Of the time since it was looked at last, what counts: what was waited for,
 *  and a little for our own work. */
static uint64_t counted_ms(const struct loop *loop)
{
    const uint64_t step_ms = uv_now(&loop->uv) - loop->seen_ms;
    const uint64_t most_ms = loop->wait_ms + SPARE_MS;

    return step_ms < most_ms ? step_ms : most_ms;
}

uint64_t loop_now_ms(const struct loop *loop)
{
    return loop->seen_ms - loop->paused_ms + counted_ms(loop);
}

/** Look at the clock. What it went on by while we did not run does not count,
 *  and is told of if it is much. */
static void look_at_clock(struct loop *loop, uint64_t then_waits_ms)
{
    uv_update_time(&loop->uv);
    const uint64_t pause_ms =
        uv_now(&loop->uv) - loop->seen_ms - counted_ms(loop);
    loop->paused_ms += pause_ms;
    loop->seen_ms = uv_now(&loop->uv);
    loop->wait_ms = then_waits_ms;
    if (pause_ms >= PAUSE_MS) {
        const struct server_event event = { .kind = SERVER_PAUSE,
                                            .time_ms = loop_now_ms(loop),
                                            .id = pause_ms };
        event_queue_push(loop->queue, &event);
    }
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct loop *loop = handle->data;
    const struct server_event event = { .kind = SERVER_INTERRUPT,
                                        .time_ms = loop_now_ms(loop),
                                        .id = (uint64_t)number };

    event_queue_push(loop->queue, &event);
}

enum status loop_new(struct event_queue *queue, bool handle_signals,
                     struct loop **out_loop, struct reason *reason)
{
    static const int numbers[2] = { SIGINT, SIGTERM };
    struct loop *loop = calloc(1, sizeof(*loop));

    if (loop == NULL || uv_loop_init(&loop->uv) != 0) {
        free(loop);
        return reason_set(reason, STATUS_NO_MEMORY, "no event loop");
    }
    /* A peer that ends its connection must not end us: neither libuv nor the
     * TLS of libmicrohttpd keeps it away. Programs get the default back. */
    (void)signal(SIGPIPE, SIG_IGN); /* cannot fail */
    loop->queue = queue;
    loop->handles_signals = handle_signals;
    for (size_t i = 0; handle_signals && i < 2; i++) {
        (void)uv_signal_init(&loop->uv, &loop->signals[i]); /* cannot fail */
        loop->signals[i].data = loop;
        (void)uv_signal_start(&loop->signals[i], on_signal,
                              numbers[i]); /* then the default stays */
    }
    (void)uv_idle_init(&loop->uv, &loop->idle); /* cannot fail */
    uv_update_time(&loop->uv);
    loop->seen_ms = uv_now(&loop->uv);
    *out_loop = loop;
    return STATUS_OK;
}

size_t loop_poll(struct loop *loop, int timeout_ms,
                 struct epoll_event events[LOOP_EVENTS])
{
    const int found = epoll_wait(loop->set, events, LOOP_EVENTS, timeout_ms);
    size_t count = 0;

    for (int i = 0; i < found; i++) { /* less than 0: a signal came */
        if (events[i].data.ptr == loop) {
            loop->is_ready = true;
        } else {
            events[count++] = events[i];
        }
    }
    return count;
}

static void on_period(uv_timer_t *handle)
{
    struct epoll_event events[LOOP_EVENTS];
    struct loop *loop = handle->data;

    loop->on_ready(events, loop_poll(loop, 0, events), true, loop->user);
}

enum status loop_watch(struct loop *loop, int set, uint64_t period_ms,
                       loop_ready_fn on_ready, void *user,
                       struct reason *reason)
{
    struct epoll_event own = { .events = EPOLLIN, .data.ptr = loop };

    if (epoll_ctl(set, EPOLL_CTL_ADD, uv_backend_fd(&loop->uv), &own) != 0) {
        return reason_set(reason, STATUS_NETWORK, "cannot poll: %s",
                          strerror(errno));
    }
    (void)uv_timer_init(&loop->uv, &loop->period); /* cannot fail */
    loop->period.data = loop;
    loop->set = set;
    loop->on_ready = on_ready;
    loop->user = user;
    loop->watches = true;
    (void)uv_timer_start(&loop->period, on_period, period_ms,
                         period_ms); /* has cb */
    return STATUS_OK;
}

void loop_unwatch(struct loop *loop)
{
    if (loop->watches) {
        loop->watches = false;
        uv_close((uv_handle_t *)&loop->period, NULL);
        (void)epoll_ctl(loop->set, EPOLL_CTL_DEL, uv_backend_fd(&loop->uv),
                        NULL); /* it is in there */
    }
}

static void tell_due(struct loop *loop);

struct uv_loop_s *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

/** How long to wait for what comes, at most: a pause within a long wait would
 *  not be seen. */
static int patience_ms(struct loop *loop)
{
    const int until_ms = uv_backend_timeout(&loop->uv);

    return until_ms < 0 || until_ms > LOOK_MS ? LOOK_MS : until_ms;
}

/** Wait for the set, and let it be handled. */
static void take_ready(struct loop *loop, int timeout_ms, bool reads_all)
{
    struct epoll_event events[LOOP_EVENTS];

    look_at_clock(loop, (uint64_t)timeout_ms);
    const size_t count = loop_poll(loop, timeout_ms, events);
    look_at_clock(loop, 0);
    if (count > 0) {
        loop->on_ready(events, count, reads_all, loop->user);
    }
}

/** Without a set libuv waits. */
static void run_unwatched(struct loop *loop)
{
    look_at_clock(loop, 0);
    const int until_ms = uv_backend_timeout(&loop->uv);
    loop->wait_ms = until_ms < 0 ? UINT64_MAX / 2 : (uint64_t)until_ms;
    (void)uv_run(&loop->uv, UV_RUN_ONCE); /* whether more is to come */
    look_at_clock(loop, 0);
    tell_due(loop);
}

/**
 * The set is waited for, and libuv only runs when it has something to do: a
 * datagram costs one epoll_wait(), where one set inside of libuv's costs two.
 */
void loop_turn(struct loop *loop)
{
    if (!loop->watches) {
        run_unwatched(loop);
        return;
    }
    loop->is_ready = false;
    uv_update_time(&loop->uv); /* what a long turn took is waited for */
    take_ready(loop, patience_ms(loop), false);
    if (loop->is_ready || uv_backend_timeout(&loop->uv) == 0) {
        (void)uv_run(&loop->uv, UV_RUN_NOWAIT);
    }
    if (loop->due_first != NULL) {
        take_ready(loop, 0, true);
    }
    tell_due(loop);
}

uint64_t loop_next_id(struct loop *loop)
{
    return ++loop->next_id;
}

/** Of a timer or an input: its data is itself. */
static void free_handle(uv_handle_t *handle)
{
    free(handle->data);
}

static void free_timer(uv_handle_t *handle)
{
    free(handle->data);
}

/** Take the timer out of the lists and close it. */
static void close_timer(struct loop *loop, struct timer *timer)
{
    struct timer *before = NULL;

    for (struct timer **link = &loop->timers; *link != NULL;
         link = &(*link)->next) {
        if (*link == timer) {
            *link = timer->next;
            loop->timer_count--;
            break;
        }
    }
    for (struct timer **link = &loop->due_first; timer->is_due && *link != NULL;
         link = &(*link)->next_due) {
        if (*link == timer) {
            *link = timer->next_due;
            loop->due_last = loop->due_last == timer ? before : loop->due_last;
            break;
        }
        before = *link;
    }
    timer->handle.data = timer;
    uv_close((uv_handle_t *)&timer->handle, free_timer);
}

static void on_idle(uv_idle_t *handle)
{
    (void)handle; /* that it is active is enough */
}

/**
 * A timer is due, unless we did not run for a while: then what is left of it
 * begins again. It is told of when this turn has read what has arrived: after
 * a long turn, the answer that a limit waits for may lie in the socket.
 */
static void on_timer(uv_timer_t *handle)
{
    struct timer *timer = handle->data;
    struct loop *loop = timer->loop;
    const uint64_t now_ms = loop_now_ms(loop);

    if (now_ms < timer->due_ms) {
        (void)uv_timer_start(handle, on_timer, timer->due_ms - now_ms,
                             0); /* has cb */
        return;
    }
    timer->is_due = true;
    if (loop->due_last != NULL) {
        loop->due_last->next_due = timer;
    } else {
        loop->due_first = timer;
    }
    loop->due_last = timer;
    (void)uv_idle_start(&loop->idle, on_idle); /* it has a callback */
}

static void tell_due(struct loop *loop)
{
    while (loop->due_first != NULL) {
        const struct server_event event = { .kind = SERVER_TIMER,
                                            .time_ms = loop_now_ms(loop),
                                            .id = loop->due_first->id };
        event_queue_push(loop->queue, &event);
        close_timer(loop, loop->due_first);
    }
    (void)uv_idle_stop(&loop->idle); /* always works */
}

enum status loop_timer_start(struct loop *loop, uint64_t after_ms,
                             uint64_t *out_id, struct reason *reason)
{
    if (loop->timer_count >= TIMERS_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d timers",
                          TIMERS_MAX);
    }
    struct timer *timer = calloc(1, sizeof(*timer));
    if (timer == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    (void)uv_timer_init(&loop->uv, &timer->handle); /* cannot fail */
    timer->handle.data = timer;
    timer->loop = loop;
    timer->id = loop_next_id(loop);
    timer->next = loop->timers;
    loop->timers = timer;
    loop->timer_count++;
    /* uv_now() is the start of the turn: a long turn must not cut the time. */
    uv_update_time(&loop->uv);
    timer->due_ms = loop_now_ms(loop) + after_ms;
    (void)uv_timer_start(&timer->handle, on_timer, after_ms, 0); /* has cb */
    *out_id = timer->id;
    return STATUS_OK;
}

void loop_timer_stop(struct loop *loop, uint64_t id)
{
    if (id == 0) {
        return; /* none */
    }
    event_queue_forget_timer(loop->queue, id);
    for (struct timer *timer = loop->timers; timer != NULL;
         timer = timer->next) {
        if (timer->id == id) {
            close_timer(loop, timer);
            return;
        }
    }
}

static void on_input(uv_poll_t *handle, int status, int events)
{
    struct input *input = handle->data;
    const struct server_event event = { .kind = SERVER_READABLE,
                                        .time_ms = loop_now_ms(input->loop),
                                        .id = input->id };

    (void)status; /* the reader finds out by itself */
    (void)events;
    event_queue_push(input->loop->queue, &event);
}

/** Take the input out of the list and close it. */
static void close_input(struct loop *loop, struct input *input)
{
    for (struct input **link = &loop->inputs; *link != NULL;
         link = &(*link)->next) {
        if (*link == input) {
            *link = input->next;
            loop->input_count--;
            break;
        }
    }
    uv_close((uv_handle_t *)&input->handle, free_handle);
}

enum status loop_input_watch(struct loop *loop, int fd, uint64_t *out_id,
                             struct reason *reason)
{
    if (loop->input_count >= INPUTS_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d inputs",
                          INPUTS_MAX);
    }
    struct input *input = calloc(1, sizeof(*input));
    if (input == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    int error = uv_poll_init(&loop->uv, &input->handle, fd);
    if (error != 0) {
        free(input);
        return reason_set(reason, STATUS_INVALID, "cannot be watched: %s",
                          uv_strerror(error));
    }
    input->handle.data = input;
    input->loop = loop;
    input->id = loop_next_id(loop);
    input->next = loop->inputs;
    loop->inputs = input;
    loop->input_count++;
    (void)uv_poll_start(&input->handle, UV_READABLE, on_input); /* has cb */
    *out_id = input->id;
    return STATUS_OK;
}

void loop_input_unwatch(struct loop *loop, uint64_t id)
{
    for (struct input *input = loop->inputs; input != NULL;
         input = input->next) {
        if (input->id == id) {
            close_input(loop, input);
            return;
        }
    }
}

/** Tell of the exit once all output was read, and free the child. */
static void on_process_closed(uv_handle_t *handle)
{
    struct process *process = handle->data;
    struct loop *loop = process->loop;

    if (--process->open > 0) {
        return;
    }
    for (struct process **link = &loop->processes; *link != NULL;
         link = &(*link)->next) {
        if (*link == process) {
            *link = process->next;
            loop->process_count--;
            break;
        }
    }
    if (process->has_exited) {
        const struct server_event event = {
            .kind = SERVER_PROCESS_EXIT,
            .time_ms = loop_now_ms(loop),
            .id = process->id,
            .as.process = { .exit_status = process->signal != 0
                                               ? -1
                                               : (int)process->exit_status,
                            .signal = process->signal },
        };
        event_queue_push(loop->queue, &event);
    }
    free(process);
}

static void close_once(uv_handle_t *handle)
{
    if (uv_is_closing(handle) == 0) {
        uv_close(handle, on_process_closed);
    }
}

static void on_exit_status(uv_process_t *handle, int64_t exit_status,
                           int signal)
{
    struct process *process = handle->data;

    process->has_exited = true;
    process->exit_status = exit_status;
    process->signal = signal;
    close_once((uv_handle_t *)handle);
    /* A grandchild may hold the pipes open for ever: what is in them now is
     * read in this turn, the rest is not waited for. */
    for (size_t i = 0; i < 2; i++) {
        char rest[OUTPUT_READ_MAX];
        uv_os_fd_t fd = -1;
        ssize_t length = 0;
        if (uv_is_closing((uv_handle_t *)&process->pipes[i]) != 0 ||
            uv_fileno((uv_handle_t *)&process->pipes[i], &fd) != 0) {
            continue;
        }
        while ((length = read(fd, rest, sizeof(rest))) > 0) {
            const struct server_event event = {
                .kind = SERVER_PROCESS_OUTPUT,
                .time_ms = loop_now_ms(process->loop),
                .id = process->id,
                .as.process = { .is_stderr = i == 1,
                                .text = rest,
                                .length = (size_t)length },
            };
            event_queue_push(process->loop->queue, &event);
        }
        close_once((uv_handle_t *)&process->pipes[i]);
    }
}

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct process *process = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(process->buffer, sizeof(process->buffer));
}

static void on_output(uv_stream_t *stream, ssize_t length,
                      const uv_buf_t *buffer)
{
    struct process *process = stream->data;

    if (length > 0) {
        const struct server_event event = {
            .kind = SERVER_PROCESS_OUTPUT,
            .time_ms = loop_now_ms(process->loop),
            .id = process->id,
            .as.process = { .is_stderr =
                                stream == (uv_stream_t *)&process->pipes[1],
                            .text = buffer->base,
                            .length = (size_t)length },
        };
        event_queue_push(process->loop->queue, &event);
    } else if (length < 0) {
        close_once((uv_handle_t *)stream);
    }
}

static int spawn(struct loop *loop, struct process *process,
                 const char *const *argv)
{
    uv_stdio_container_t stdio[3] = { { .flags = UV_IGNORE } };
    uv_process_options_t options = {
        .exit_cb = on_exit_status,
        .file = argv[0],
        .args = (char **)(uintptr_t)argv, /* not changed by uv_spawn() */
        .flags = UV_PROCESS_DETACHED,     /* a process group of its own */
        .stdio_count = 3,
        .stdio = stdio,
    };

    process->handle.data = process;
    for (size_t i = 0; i < 2; i++) {
        (void)uv_pipe_init(&loop->uv, &process->pipes[i], 0); /* cannot fail */
        process->pipes[i].data = process;
        stdio[i + 1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        stdio[i + 1].data.stream = (uv_stream_t *)&process->pipes[i];
    }
    process->open = 3;
    return uv_spawn(&loop->uv, &process->handle, &options);
}

enum status loop_process_start(struct loop *loop, const char *const *argv,
                               uint64_t *out_id, struct reason *reason)
{
    if (loop->process_count >= PROCESSES_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d processes",
                          PROCESSES_MAX);
    }
    struct process *process = calloc(1, sizeof(*process));
    if (process == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    process->loop = loop;
    process->id = loop_next_id(loop);
    process->next = loop->processes;
    loop->processes = process;
    loop->process_count++;
    int error = spawn(loop, process, argv);
    if (error != 0) {
        close_once((uv_handle_t *)&process->handle);
        close_once((uv_handle_t *)&process->pipes[0]);
        close_once((uv_handle_t *)&process->pipes[1]);
        return reason_set(reason, STATUS_NOT_FOUND, "cannot start '%s': %s",
                          argv[0], uv_strerror(error));
    }
    for (size_t i = 0; i < 2; i++) {
        (void)uv_read_start((uv_stream_t *)&process->pipes[i], on_allocate,
                            on_output); /* a fresh pipe can be read */
    }
    *out_id = process->id;
    return STATUS_OK;
}

void loop_process_signal(struct loop *loop, uint64_t id, int signal)
{
    for (struct process *process = loop->processes; process != NULL;
         process = process->next) {
        if (process->id == id && !process->has_exited &&
            process->handle.pid > 0) { /* 0 would be our own group */
            (void)kill(-process->handle.pid, signal); /* may be gone already */
        }
    }
}

int loop_process_pid(const struct loop *loop, uint64_t id)
{
    for (const struct process *process = loop->processes; process != NULL;
         process = process->next) {
        if (process->id == id && !process->has_exited) {
            return process->handle.pid;
        }
    }
    return 0;
}

static void close_walk(uv_handle_t *handle, void *argument)
{
    (void)argument;
    if (uv_is_closing(handle) == 0) {
        uv_close(handle, NULL);
    }
}

void loop_free(struct loop *loop)
{
    if (loop == NULL) {
        return;
    }
    while (loop->timers != NULL) {
        close_timer(loop, loop->timers);
    }
    while (loop->inputs != NULL) {
        close_input(loop, loop->inputs);
    }
    for (struct process *process = loop->processes; process != NULL;
         process = process->next) {
        loop_process_signal(loop, process->id, SIGKILL);
        close_once((uv_handle_t *)&process->handle);
        close_once((uv_handle_t *)&process->pipes[0]);
        close_once((uv_handle_t *)&process->pipes[1]);
    }
    uv_walk(&loop->uv, close_walk, NULL);
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT); /* the close callbacks */
    (void)uv_loop_close(&loop->uv);          /* nothing is open any more */
    free(loop);
}
