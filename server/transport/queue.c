/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/queue.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#    define KEEPS_SPARES false /* who reads an event that is gone is found */
#else
#    define KEEPS_SPARES true
#endif

enum {
    SPARES_MAX = 8,   /* a block of a package has four events */
    ROOM_FIRST = 256, /* bytes: texts, and a short payload */
    ROOM_SPARE = 4096 /* of a node that is kept: it has a message */
};

/** An event and, behind this, its texts and bytes: one allocation, as each
 *  message has several. */
struct event_node {
    struct server_event event; /* the first: its address is that of the node */
    struct event_node *next;
    size_t room; /* bytes of `packed` */
    char packed[];
};

/** Lays texts and bytes one behind the other as long as they fit; then it only
 *  measures. */
struct packer {
    char *at;
    size_t room;
    size_t size;
};

static const void *pack(struct packer *packer, const void *bytes, size_t length)
{
    const size_t begin = packer->size;

    if (bytes == NULL) {
        return NULL;
    }
    packer->size += length;
    if (packer->size > packer->room) {
        return bytes;
    }
    if (length > 0) {
        memcpy(packer->at + begin, bytes, length);
    }
    return packer->at + begin;
}

static const char *pack_text(struct packer *packer, const char *text)
{
    return text == NULL ? NULL : pack(packer, text, strlen(text) + 1);
}

static void pack_registration(struct packer *packer,
                              struct server_registration_view *view)
{
    view->location = pack_text(packer, view->location);
    view->address = pack_text(packer, view->address);
    view->binding = pack_text(packer, view->binding);
    view->query = pack_text(packer, view->query);
    view->reason = pack_text(packer, view->reason);
    view->links = pack(packer, view->links, view->links_length);
}

static void pack_request(struct packer *packer,
                         struct server_request_view *view)
{
    view->path = pack_text(packer, view->path);
    view->query = pack_text(packer, view->query);
    view->payload = pack(packer, view->payload, view->payload_length);
}

static void pack_repository(struct packer *packer,
                            struct server_repository_view *view)
{
    view->protocol = pack_text(packer, view->protocol);
    view->path = pack_text(packer, view->path);
    view->peer = pack_text(packer, view->peer);
    view->fault = pack_text(packer, view->fault);
    view->http_method = pack_text(packer, view->http_method);
    view->range = pack_text(packer, view->range);
    view->if_range = pack_text(packer, view->if_range);
    view->if_match = pack_text(packer, view->if_match);
    view->accept_encoding = pack_text(packer, view->accept_encoding);
    view->etag = pack_text(packer, view->etag);
    view->content_range = pack_text(packer, view->content_range);
    view->outcome = pack_text(packer, view->outcome);
    view->payload = pack(packer, view->payload, view->payload_length);
}

static void pack_wire(struct packer *packer, struct server_wire_view *view)
{
    view->peer = pack_text(packer, view->peer);
    view->what = pack_text(packer, view->what);
    view->text = pack_text(packer, view->text);
    view->bytes = pack(packer, view->bytes, view->length);
}

static void pack_message(struct packer *packer,
                         struct server_message_view *view)
{
    view->peer = pack_text(packer, view->peer);
    view->local = pack_text(packer, view->local);
    view->bytes = pack(packer, view->bytes, view->length);
}

static void pack_segment(struct packer *packer,
                         struct server_segment_view *view)
{
    view->peer = pack_text(packer, view->peer);
    view->local = pack_text(packer, view->local);
    view->bytes = pack(packer, view->bytes, view->length);
}

static void pack_event(struct packer *packer, struct server_event *event)
{
    event->endpoint = pack_text(packer, event->endpoint);
    switch (event->kind) {
    case SERVER_REGISTER:
    case SERVER_UPDATE:
    case SERVER_DEREGISTER:
    case SERVER_EXPIRE:
    case SERVER_REPLACE:
    case SERVER_SLEEP:
    case SERVER_WAKE:
    case SERVER_REFUSE:
        pack_registration(packer, &event->as.registration);
        break;
    case SERVER_REQUEST:
        pack_request(packer, &event->as.request);
        break;
    case SERVER_RESPONSE:
    case SERVER_NOTIFICATION:
    case SERVER_UNWANTED: {
        struct server_response_view *view = &event->as.response;
        view->location = pack_text(packer, view->location);
        view->payload = pack(packer, view->payload, view->payload_length);
        break;
    }
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        event->as.failure.why = pack_text(packer, event->as.failure.why);
        break;
    case SERVER_REPOSITORY:
    case SERVER_FILE_GIVEN:
        pack_repository(packer, &event->as.repository);
        break;
    case SERVER_SEND: {
        struct server_send_view *view = &event->as.send;
        view->peer = pack_text(packer, view->peer);
        view->reason = pack_text(packer, view->reason);
        view->payload = pack(packer, view->payload, view->payload_length);
        break;
    }
    case SERVER_STRAY:
        event->as.stray.peer = pack_text(packer, event->as.stray.peer);
        event->as.stray.what = pack_text(packer, event->as.stray.what);
        event->as.stray.bytes =
            pack(packer, event->as.stray.bytes, event->as.stray.length);
        break;
    case SERVER_MESSAGE:
        pack_message(packer, &event->as.message);
        break;
    case SERVER_SEGMENT:
        pack_segment(packer, &event->as.segment);
        break;
    case SERVER_WIRE:
        pack_wire(packer, &event->as.wire);
        break;
    case SERVER_PROCESS_OUTPUT:
        event->as.process.text =
            pack(packer, event->as.process.text, event->as.process.length);
        break;
    case SERVER_PROCESS_EXIT:
    case SERVER_TIMER:
    case SERVER_READABLE:
    case SERVER_INTERRUPT:
    case SERVER_PAUSE:
    case SERVER_EVENT_KINDS:
        break;
    }
}

/** @return how much room it takes; when there is less, it is not a copy yet */
static size_t fill(struct event_node *node, const struct server_event *event)
{
    struct packer packer = { .at = node->packed, .room = node->room };

    node->event = *event;
    pack_event(&packer, &node->event);
    return packer.size;
}

/** One that was used before, or a new one. */
static struct event_node *take_node(struct event_queue *queue)
{
    struct event_node *node = queue->spare;

    if (node != NULL) {
        queue->spare = node->next;
        queue->spare_count--;
        return node;
    }
    node = malloc(sizeof(*node) + ROOM_FIRST);
    if (node != NULL) {
        node->room = ROOM_FIRST;
    }
    return node;
}

/** @return NULL when there is no memory */
static struct event_node *copy_event(struct event_queue *queue,
                                     const struct server_event *event)
{
    struct event_node *node = take_node(queue);
    const size_t size = node != NULL ? fill(node, event) : 0;

    if (node != NULL && size > node->room) {
        free(node);
        node = malloc(sizeof(*node) + size);
        if (node != NULL) {
            node->room = size;
            (void)fill(node, event); /* it fits */
        }
    }
    if (node != NULL) {
        node->next = NULL;
    }
    return node;
}

void event_queue_init(struct event_queue *queue)
{
    *queue = (struct event_queue){ .first = NULL };
}

void event_queue_release(struct event_queue *queue)
{
    struct server_event *event = NULL;

    while ((event = event_queue_pop(queue)) != NULL) {
        free(event);
    }
    while (queue->spare != NULL) {
        struct event_node *node = queue->spare;
        queue->spare = node->next;
        free(node);
    }
    queue->spare_count = 0;
}

void event_queue_push(struct event_queue *queue,
                      const struct server_event *event)
{
    struct event_node *node =
        queue->count < EVENT_QUEUE_MAX ? copy_event(queue, event) : NULL;

    if (node == NULL) {
        queue->dropped++;
        return;
    }
    if (queue->last != NULL) {
        queue->last->next = node;
    } else {
        queue->first = node;
    }
    queue->last = node;
    queue->count++;
}

struct server_event *event_queue_pop(struct event_queue *queue)
{
    struct event_node *node = queue->first;

    if (node == NULL) {
        return NULL;
    }
    queue->first = node->next;
    if (queue->first == NULL) {
        queue->last = NULL;
    }
    queue->count--;
    return &node->event;
}

void event_queue_free(struct event_queue *queue, struct server_event *event)
{
    struct event_node *node = (struct event_node *)event;

    if (KEEPS_SPARES && queue->spare_count < SPARES_MAX &&
        node->room <= ROOM_SPARE) {
        node->next = queue->spare;
        queue->spare = node;
        queue->spare_count++;
    } else {
        free(node);
    }
}

bool event_queue_has(const struct event_queue *queue,
                     bool (*is_one)(const struct server_event *event,
                                    const void *user),
                     const void *user)
{
    for (const struct event_node *node = queue->first; node != NULL;
         node = node->next) {
        if (is_one(&node->event, user)) {
            return true;
        }
    }
    return false;
}

void event_queue_forget_timer(struct event_queue *queue, uint64_t id)
{
    struct event_node **link = &queue->first;
    struct event_node *last = NULL;

    while (*link != NULL) {
        struct event_node *node = *link;
        if (node->event.kind == SERVER_TIMER && node->event.id == id) {
            *link = node->next;
            queue->count--;
            free(node);
        } else {
            last = node;
            link = &node->next;
        }
    }
    queue->last = last;
}
