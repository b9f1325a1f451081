/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_QUEUE_H
#define SERVER_TRANSPORT_QUEUE_H

#include "server/data/data.h"
#include "server/event.h"

/** Events in the queue. It is drained after every turn of the loop, so this
 *  is the datagrams of one turn plus the requests in flight, with room. */
#define EVENT_QUEUE_MAX 65536

/** First in, first out; owns deep copies. */
struct event_queue {
    struct event_node *first;
    struct event_node *last;
    size_t count;
    size_t dropped;           /**< events that did not fit or had no memory */
    struct event_node *spare; /**< for the next events: a few */
    size_t spare_count;
};

void event_queue_init(struct event_queue *queue);
void event_queue_release(struct event_queue *queue);
/** Append a copy. What cannot be kept is counted in `dropped`. */
void event_queue_push(struct event_queue *queue,
                      const struct server_event *event);
/** Take the oldest; caller gives it back to event_queue_free(). NULL when
 *  empty. */
struct server_event *event_queue_pop(struct event_queue *queue);
/** @param event  of event_queue_pop() of this queue */
void event_queue_free(struct event_queue *queue, struct server_event *event);
/** Whether one of those that wait is of this kind. */
bool event_queue_has(const struct event_queue *queue,
                     bool (*is_one)(const struct server_event *event,
                                    const void *user),
                     const void *user);
/** Remove queued timer events of this id. */
void event_queue_forget_timer(struct event_queue *queue, uint64_t id);

#endif
