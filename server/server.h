/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

/*
 * What other folders may use of the server: an LwM2M server over UDP that
 * judges nothing. One thread, one loop; every call below is made from the
 * thread that calls server_run(), also from inside the event callback.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/authority/authority.h"
#include "server/data/data.h"
#include "server/event.h"
#include "server/impairment/impairment.h"
#include "server/management/management.h"
#include "server/repository/repository.h"
#include "server/transport/hooks.h"
#include "server/transport/malformed.h"
#include "server/transport/push.h"
#include "server/transport/security.h"

#define SERVER_REQUESTS_MAX  256   /**< requests in flight */
#define SERVER_DEVICES_MAX   10000 /**< registrations */
#define SERVER_TIMERS_MAX    4096
#define SERVER_PROCESSES_MAX 64
#define SERVER_WATCHES_MAX   8
#define SERVER_HELD_MAX      64 /**< requests that wait for one device */
#define SERVER_AWAKE_MS                                                        \
    93000                        /**< MAX_TRANSMIT_WAIT: how long a device in
                                        queue mode listens */
#define SERVER_ENDPOINT_MAX 4096 /**< bytes of an endpoint name */
#define SERVER_HOST_MAX     64
#define SERVER_URI_MAX      1024 /**< bytes; of a Package URI 255 are allowed */

struct server;

typedef void (*server_event_fn)(const struct server_event *event, void *user);

struct server_config {
    const char *bind_address; /**< numeric; NULL means 127.0.0.1 */
    uint16_t port;            /**< 0: any free port */
    /** Of files that devices fetch, by protocol (UDP, or TCP); 0: any free
     *  port. Servers with wrong credentials are behind it: its number and that
     *  of enum authority_kind. */
    uint16_t repository_ports[REPOSITORY_PROTOCOLS];
    bool has_second_server; /**< a device may have two LwM2M servers: */
    uint16_t second_port;   /**< … of this port; 0: any free port */
    /** NULL, or a relay stands before each port that is UDP (LwM2M, and files
     *  by coap and coaps), which then is the relay's. What goes by TCP passes
     *  none. */
    const struct impairment *impairment;
    bool handle_signals; /**< SIGINT, SIGTERM become SERVER_INTERRUPT */
    const struct server_security *security; /**< coaps and nothing else, until
                                 server_new() returns; NULL: coap */
    /** Of files by coaps, coaps+tcp and https: pre-shared keys, and in ca_file
     *  and key_file the CA that makes the certificates, NULL: a fresh one;
     *  until server_new() returns; NULL: no key, a fresh CA. */
    const struct server_security *file_security;
};

/**
 * Bind the endpoint and prepare the loop. No event is delivered before
 * server_run().
 *
 * Errors: STATUS_NETWORK ("address already in use" with address and port),
 *         STATUS_INVALID for an address that is not numeric and for
 *         credentials that cannot be used; STATUS_NOT_FOUND for their files.
 */
MUST_CHECK
enum status server_new(const struct server_config *config,
                       server_event_fn on_event, void *user,
                       struct server **out_server, struct reason *reason);
/** Ends processes, closes sessions. Accepts NULL. Not from the callback. */
void server_free(struct server *server);

/** The address listened on: "127.0.0.1", 5683. */
const char *server_address(const struct server *server);
uint16_t server_port(const struct server *server);
/** Where the second LwM2M server listens; 0: there is none. */
uint16_t server_second_port(const struct server *server);

/** What the second LwM2M server adds to the name of each device: by it events
 *  and requests tell the two registrations of one device apart. While there is
 *  a second server, no device has such a name of its own. */
#define SERVER_SECOND_SUFFIX "@second"

/** The certificate, as PEM, of the CA that those of the file servers are made
 *  by: what a device is to trust. */
const char *server_ca(const struct server *server);

/** Turn the loop and deliver events until server_stop(). */
void server_run(struct server *server);
/** Let server_run() return after the current event. */
void server_stop(struct server *server);
/** Monotonic milliseconds of the current loop turn. */
uint64_t server_now_ms(const struct server *server);

/** One request to a registered device, over its own session. */
struct server_request {
    const char *endpoint;
    uint8_t method;         /**< CoAP code */
    struct lwm2m_path path; /**< the alternate path is put before it */
    const char *query;      /**< "pmin=1&pmax=2", or NULL */
    int content_format;     /**< CONTENT_FORMAT_NONE: no option */
    int accept;             /**< CONTENT_FORMAT_NONE: no option */
    bool has_observe;
    uint32_t observe;     /**< 0 register, 1 cancel */
    uint64_t observation; /**< cancel: id of the request that opened it */
    uint64_t token_of;    /**< id of an earlier request to the device whose
                               token it has; 0: one of its own */
    unsigned copies;      /**< how often its datagram goes out once more, as a
                               network may do it: the same message ID. Another
                               answer to one of them is a SERVER_STRAY with the
                               id of the request */
    bool has_block1;      /**< hand-driven: sent exactly as given */
    struct server_block block1;
    bool has_size1;
    uint32_t size1;
    const uint8_t *payload; /**< copied */
    size_t payload_length;
};

/**
 * Send a confirmable request. SERVER_REQUEST with the id follows, and later
 * exactly one of RESPONSE, TIMEOUT, RESET, SESSION_LOST with the same id.
 * Requests beyond NSTART wait inside, in order.
 *
 * A device that registered in queue mode gets one at a time, and only while it
 * listens: for SERVER_AWAKE_MS since its newest message. A request to one that
 * sleeps waits inside, until then without SERVER_REQUEST. No answer at all
 * means that it sleeps.
 *
 * Errors: STATUS_NOT_FOUND for an endpoint that is not registered,
 *         STATUS_LIMIT for too many in flight or waiting, STATUS_NO_MEMORY.
 */
MUST_CHECK
enum status server_send(struct server *server,
                        const struct server_request *request, uint64_t *out_id,
                        struct reason *reason);

/** Whether SERVER_REQUESTS_MAX requests are in flight, so that server_send()
 *  would take no other before one of them has ended. */
bool server_is_full(const struct server *server);

/** How long a device in queue mode listens after its newest message, instead of
 *  SERVER_AWAKE_MS; until it registers again. Others are ignored. */
void server_set_awake(struct server *server, const char *endpoint,
                      uint64_t awake_ms);

/**
 * Cancel passively: the next notification of the observation that the request
 * `observation` opened is rejected by Reset, which SERVER_UNWANTED tells. One
 * in blocks cannot be, and is taken. Unknown ids are ignored.
 */
void server_forget(struct server *server, uint64_t observation);

/**
 * Answer the next Update of the device 4.04, as a server that knows it no
 * more; SERVER_REFUSE tells of it. Requests go on until it registers again.
 *
 * @param is_disowned  false: take that back
 *
 * Errors: STATUS_NOT_FOUND for an endpoint that is not registered.
 * Spec:   LwM2M Core 1.2.2, 6.2.2 Update.
 */
MUST_CHECK
enum status server_disown(struct server *server, const char *endpoint,
                          bool is_disowned, struct reason *reason);

/**
 * Something happens to the next messages of the device on the LwM2M port, or
 * of files that it fetches by coap or coaps, that the hook matches, also inside
 * of DTLS. Its path is of a device without an alternate path, or of the file;
 * "/rd" and what is below is ours. Each one is a SERVER_WIRE with the id.
 * When libcoap waits for one that was dropped it sends the request again, as
 * CoAP has it. What is dropped or damaged on its way to the device is in no
 * SERVER_MESSAGE, or so as it went out; what the device sent always is.
 *
 * Errors: STATUS_LIMIT for more than SERVER_HOOKS_MAX, or a path or a name that
 *         is too long; STATUS_INVALID for a delay above SERVER_HOOK_DELAY_MAX.
 */
MUST_CHECK
enum status server_arm(struct server *server, const struct server_hook *hook,
                       uint64_t *out_id, struct reason *reason);
/** Disarm one, which may be used up. @return how many messages it met; 0 for
 *  unknown ids */
unsigned server_disarm(struct server *server, uint64_t id);

/**
 * Send a malformed message: SERVER_WIRE "malformed" with the id follows, and
 * "answered" with it if the device answers.
 *
 * Errors: STATUS_NOT_FOUND for an endpoint that is not registered,
 *         STATUS_NETWORK.
 */
MUST_CHECK
enum status server_send_malformed(struct server *server, const char *endpoint,
                                  enum server_malformed kind, uint64_t *out_id,
                                  struct reason *reason);

/* The network, when there is a relay (server_config.impairment). */

bool server_has_relay(const struct server *server);
/** From now on the network before the LwM2M ports, or before the repository's
 *  that are UDP, is this one for every device; NULL: the server's again. Without
 *  a relay nothing happens. */
void server_set_network(struct server *server, bool of_files,
                        const struct impairment *impairment);
/**
 * Nothing passes between the device and the LwM2M ports, or everything again.
 *
 * @param endpoint  of the device, by the addresses that it is registered from;
 *                  NULL: all devices and all addresses
 * @param of_files  instead: between all devices and the repository
 *
 * Errors: STATUS_INVALID without a relay; STATUS_NOT_FOUND for an endpoint that
 *         is not registered.
 */
MUST_CHECK
enum status server_cut(struct server *server, const char *endpoint,
                       bool of_files, bool is_cut, struct reason *reason);
/** The device comes to the LwM2M port from another address from now on, and is
 *  not reached at the old one.
 *  @param of_files  instead: all devices to the repository; STATUS_NOT_FOUND
 *                   when none came there yet
 *  Errors: as of server_cut(). */
MUST_CHECK
enum status server_move(struct server *server, const char *endpoint,
                        bool of_files, struct reason *reason);

/** SERVER_TIMER with this id follows once, `after_ms` from now or later. */
MUST_CHECK
enum status server_timer_start(struct server *server, uint64_t after_ms,
                               uint64_t *out_id, struct reason *reason);
/** No event follows, also if it is already queued. Unknown ids are ignored. */
void server_timer_stop(struct server *server, uint64_t id);

/**
 * Start a program: an argument list, no shell. Its output comes as
 * SERVER_PROCESS_OUTPUT, its end as SERVER_PROCESS_EXIT. It gets its own
 * process group and no standard input.
 *
 * Errors: STATUS_NOT_FOUND when it cannot be executed, STATUS_LIMIT.
 */
MUST_CHECK
enum status server_process_start(struct server *server, const char *const *argv,
                                 uint64_t *out_id, struct reason *reason);
/** Send a signal to the process group; unknown ids are ignored. */
void server_process_signal(struct server *server, uint64_t id, int signal);
/** The process ID of a program that runs, else 0. */
int server_process_pid(const struct server *server, uint64_t id);

/**
 * SERVER_READABLE with this id follows in each turn in which `fd` can be read,
 * or is at its end: terminals, pipes and sockets. The caller keeps `fd`, and
 * stops watching before it is closed and while nobody reads.
 *
 * Errors: STATUS_INVALID for what cannot be watched, a regular file;
 *         STATUS_LIMIT for more than SERVER_WATCHES_MAX.
 */
MUST_CHECK
enum status server_watch(struct server *server, int fd, uint64_t *out_id,
                         struct reason *reason);
/** No event follows but one that is already queued. Unknown ids are ignored.
 */
void server_unwatch(struct server *server, uint64_t id);

/** Where a file is offered, beyond its port. */
struct server_place {
    const char *target; /**< what follows the fresh path in the URI, as it
                             stands there: "/a%20b?c=d"; NULL: nothing */
    bool by_ipv6;       /**< the URI says [::1] */
    size_t uri_length;  /**< the path is lengthened up to it; 0: it is not */
    enum authority_kind credentials; /**< what the server shows there; of a
                                          wrong kind pre-shared keys are wrong,
                                          too */
};

/**
 * Offer a file to a device, for a Package URI. Each request for it comes as
 * SERVER_REPOSITORY with the id. It is answered block by block as the device
 * asks, until it is taken away.
 *
 * @param resource  its path NULL: a fresh one that cannot be guessed
 * @param place     NULL: nothing special
 * @param out_uri   "coap://127.0.0.1:40123/5f3a…", by the address of ours that
 *                  the device uses
 *
 * Errors: those of repository_add(); STATUS_INVALID for the LwM2M port when
 *         that has DTLS; STATUS_NOT_FOUND when we listen on every address and
 *         the device is not registered, or not at [::1], and for a protocol
 *         that is not offered; STATUS_LIMIT for a URI that is too long.
 * Spec:   AFU-031 to AFU-033.
 */
MUST_CHECK
enum status server_publish(struct server *server,
                           const struct repository_resource *resource,
                           const struct server_place *place, uint64_t *out_id,
                           char out_uri[SERVER_URI_MAX + 1],
                           struct reason *reason);
/** Take the file away; requests for it get 4.04. Unknown ids are ignored. */
void server_unpublish(struct server *server, uint64_t id);
/** What a fault stopped goes on. Unknown ids are ignored. */
void server_publish_resume(struct server *server, uint64_t id);
/** Our address as the device sees it: "127.0.0.1", "[::1]". Errors:
 *  STATUS_NOT_FOUND as of server_publish(). */
MUST_CHECK
enum status server_host_for(const struct server *server, const char *endpoint,
                            char out_host[SERVER_HOST_MAX],
                            struct reason *reason);
/** Whether files can be offered at [::1]. */
bool server_has_ipv6(const struct server *server);
/** Where files are offered, besides the LwM2M port. */
uint16_t server_repository_port(const struct server *server);

/** What arrived, for a diagnosis of a device that never registers. */
struct server_statistics {
    uint64_t datagrams_received;
    char last_peer[64];          /**< "" when nothing arrived */
    char last_what[160];         /**< in words: "GET /foo (answered 4.04)" */
    struct relay_counts relayed; /**< by both relays; all 0 without them */
};
void server_statistics(const struct server *server,
                       struct server_statistics *out_statistics);

/**
 * A CoAP message in clear on one line: "CON 4711 GET /3/0 Accept 11542".
 * Undecodable bytes are shown as hexadecimal, control characters escaped, all
 * cut where `size` ends. Returns `buffer`.
 */
char *server_message_text(const struct server_message_view *message,
                          char *buffer, size_t size);
/** Names and versions of libcoap and its DTLS library, for --version. */
const char *server_library_versions(void);

#endif
