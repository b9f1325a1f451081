/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERVER_PRIVATE_H
#define SERVER_SERVER_PRIVATE_H

/*
 * What server.c (life, registrations, requests), files.c (the repository) and
 * send.c (values that devices report) and queue_mode.c (devices that sleep)
 * share. Nobody else includes it.
 */
#include "server/authority/authority.h"
#include "server/http/http.h"
#include "server/registration/registry.h"
#include "server/server.h"
#include "server/transport/endpoint.h"
#include "server/transport/loop.h"
#include "server/transport/queue.h"

/** A pre-shared key of the repository. */
struct file_key {
    uint8_t identity[SERVER_IDENTITY_MAX];
    size_t identity_length;
    uint8_t key[SERVER_KEY_MAX];
    size_t key_length;
};

struct file_port;
struct relay_row;

struct server {
    server_event_fn on_event;
    void *user;
    char address[64];
    struct event_queue queue;
    struct loop *loop;
    struct endpoint *endpoint;
    struct impairment impairment; /* of the network; has_relays */
    struct relay_row *relays;     /* before the ports that are UDP */
    uint16_t relay_count;
    struct registry *registry;
    struct repository *repository;
    struct authority *authority; /* of certificates of file servers */
    struct file_key *file_keys;  /* pre-shared ones of file servers */
    size_t file_key_count;
    uint16_t file_numbers[REPOSITORY_PROTOCOLS]; /* that were wished for */
    struct file_port *file_ports; /* ports of file servers by other protocols */
    struct sleeper *sleepers;     /* devices in queue mode */
    bool is_secure;               /* the LwM2M port has DTLS */
    bool has_second;              /* there is a second LwM2M server */
    struct late *late;            /* answers of files that go out later */
    struct held *held;            /* requests for files that stopped */
    bool has_relays;              /* the network is one of ours */
    bool stopped;
};

/** Answer a request for a published file, or any on the repository's port.
 *  @return false for a request that is none */
bool files_take_request(struct server *server,
                        const struct endpoint_incoming *request,
                        struct endpoint_answer *answer);

/** The same for what came to a port.
 *  @param user  the port */
void files_take_port_request(const struct endpoint_incoming *request,
                             struct endpoint_answer *answer, void *user);

/* file_ports.c: ports of the repository by other protocols than coap. */

/** Copy the keys that devices show there. Errors: STATUS_INVALID,
 *  STATUS_NO_MEMORY. */
MUST_CHECK
enum status file_ports_keep_keys(struct server *server,
                                 const struct server_security *security,
                                 struct reason *reason);
/** Open those that are to have a certain number (not 0), so that one that is
 *  in use is told at once. Errors: as of file_ports_open(). */
MUST_CHECK
enum status file_ports_begin(struct server *server,
                             const uint16_t numbers[REPOSITORY_PROTOCOLS],
                             struct reason *reason);
/**
 * The port that shows these credentials; opened if it is not there yet.
 *
 * @param kind  wrong ones: pre-shared keys are then wrong as well
 *
 * Errors: STATUS_NETWORK, STATUS_NO_MEMORY, STATUS_INVALID.
 */
MUST_CHECK
enum status file_ports_open(struct server *server,
                            enum repository_protocol protocol,
                            enum authority_kind kind,
                            const struct file_port **out_port,
                            struct reason *reason);
struct server *file_port_server(const struct file_port *port);
enum repository_protocol file_port_protocol(const struct file_port *port);
uint16_t file_port_number(const struct file_port *port);
bool file_port_has_ipv6(const struct file_port *port);
/** The file is about to be removed, or what stopped on purpose goes on: answers
 *  by HTTP take longer than a handler. */
void file_ports_drop(struct server *server, uint64_t id);
void file_ports_resume(struct server *server, uint64_t id);
/** Before the loop ends; wipes the keys. */
void file_ports_close(struct server *server);

/* late.c: answers of files that are late, separate or double on purpose. */

/** Keep an answer until it is due. What cannot be kept is lost. */
void late_add(struct server *server, const struct endpoint_incoming *request,
              const struct endpoint_answer *answer, uint64_t id,
              uint32_t after_ms, bool is_separate);
/** Whether the answer to this very message waits. */
bool late_waits(const struct server *server,
                const struct endpoint_incoming *request);
/** @return whether the timer was one of these */
bool late_take_timer(struct server *server, uint64_t timer);
/** Drop what waits for this file; 0: for any. */
void late_drop(struct server *server, uint64_t id);

/* held.c: requests over a stream for a file that stopped on purpose. */

/** Keep a request until the file goes on. What cannot be kept has no answer. */
void held_add(struct server *server, const struct endpoint_incoming *request,
              const struct repository_request *wanted, uint64_t id);
/** The file goes on: answer them, where the connection is still there. */
void held_resume(struct server *server, uint64_t id);
/** Drop those for this file; 0: for any. */
void held_drop(struct server *server, uint64_t id);
/** files.c: answer a request now that met silence before. */
void files_answer_again(struct server *server,
                        const struct endpoint_incoming *request,
                        enum repository_protocol protocol);

/* relays.c: the network before the ports, if it is one of ours. */

/** What devices find behind a relay. */
enum relay_place { RELAY_LWM2M, RELAY_FILES };

/**
 * Put a relay before a port. Nothing is done when there are none.
 *
 * @param port       of the relay; 0: any free one
 * @param target     ours
 * @param with_ipv6  it is at [::1], too, under the same number
 *
 * Errors: STATUS_NETWORK, STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status relays_add(struct server *server, enum relay_place place,
                       uint16_t port, uint16_t target, bool with_ipv6,
                       struct reason *reason);
/** By which port devices reach one of ours: itself without a relay. */
uint16_t relays_port(const struct server *server, uint16_t target);
/** Whether [::1] is behind no relay, or the relay is there, too. */
bool relays_have_ipv6(const struct server *server, uint16_t target);
void relays_count(const struct server *server, struct relay_counts *out_sum);
/** Behind endpoint_free(), before loop_free(). */
void relays_close(struct server *server);

/** Take a Send. @return false for a request that is none */
bool send_take_request(struct server *server,
                       const struct endpoint_incoming *request,
                       struct endpoint_answer *answer);
/** Send at once. @param id  given out already, or 0 */
MUST_CHECK
enum status server_send_now(struct server *server,
                            const struct registration *registration,
                            const struct server_request *request, uint64_t id,
                            uint64_t *out_id, struct reason *reason);
/** An event about a registration that no message carries. Borrows. */
struct server_event server_plain_event(const struct server *server,
                                       enum server_event_kind kind,
                                       const struct registration *registration,
                                       const char *why);

/* queue_mode.c */

/** A message of the device came. NULL is ignored. */
void queue_mode_heard(struct server *server,
                      const struct registration *registration);
/** The registration ends: what waits for it ends, too. */
void queue_mode_gone(struct server *server,
                     const struct registration *registration, const char *why);
/** Whether a request has to wait now. */
bool queue_mode_must_wait(struct server *server,
                          const struct registration *registration);
/** Keep a copy of one that has to. */
MUST_CHECK
enum status queue_mode_hold(struct server *server,
                            const struct registration *registration,
                            const struct server_request *request,
                            uint64_t *out_id, struct reason *reason);
/** Who wakes, who went to sleep, what can be sent. Not from libcoap's handlers:
 *  an answer to the message that woke the device goes first. */
void queue_mode_turn(struct server *server);
/** Before the event is delivered: a timeout, and that a timer is due, may say
 *  that a device sleeps, which is told first. */
void queue_mode_before(struct server *server, const struct server_event *event);
/** After the event was delivered. */
void queue_mode_after(struct server *server, const struct server_event *event);
void queue_mode_release(struct server *server);

/** Whose session it is, or NULL. */
struct registration *server_registration_of(const struct server *server,
                                            const void *session);
/** Somebody asked for something that is not there. */
void server_push_stray(struct server *server,
                       const struct endpoint_incoming *request);

#endif
