/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_ENDPOINT_H
#define SERVER_TRANSPORT_ENDPOINT_H

/*
 * The CoAP endpoint (libcoap): requests out, matched by token; requests in,
 * repeated ones answered from memory; every datagram tapped. Knows nothing of
 * registrations.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "server/data/data.h"
#include "server/event.h"
#include "server/transport/hooks.h"
#include "server/transport/loop.h"
#include "server/transport/malformed.h"
#include "server/transport/queue.h"
#include "server/transport/security.h"

#define ENDPOINT_OPTIONS_MAX  64      /**< Uri-Query options of one request */
#define ENDPOINT_PATH_MAX     1100    /**< bytes of a request path */
#define ENDPOINT_REMEMBERED   1024    /**< answers kept for repeated requests */
#define ENDPOINT_FINISHED     1024    /**< tokens of finished requests */
#define ENDPOINT_REQUESTS_MAX 256     /**< SERVER_REQUESTS_MAX */
#define ENDPOINT_EXCHANGE_MS  247000u /**< EXCHANGE_LIFETIME, RFC 7252 4.8 */
#define ENDPOINT_ADDRESS_MAX  64
#define ENDPOINT_ETAG_MAX     8 /**< RFC 7252, 5.10 */
#define ENDPOINT_TOKEN_MAX    8 /**< bytes; longer ones (RFC 8974) are cut */

struct endpoint;

/** One Uri-Query option. */
struct endpoint_option {
    const uint8_t *bytes;
    size_t length;
};

struct endpoint_late;

/** How to deal with a session that is none of the endpoint's own. */
struct endpoint_ways {
    void (*keep)(void *session);    /**< as endpoint_session_keep() */
    void (*release)(void *session); /**< as endpoint_session_release() */
    void (*respond)(void *session, const struct endpoint_late *late); /**< as
                                                       endpoint_respond() */
    bool (*is_open)(const void *session); /**< the device is still there */
};

/** A request that a device sent. Loans of the callback. */
struct endpoint_incoming {
    uint8_t method;
    const char *path; /**< "/rd/5a3f" */
    const struct endpoint_option *queries;
    size_t query_count;
    int content_format; /**< CONTENT_FORMAT_NONE when absent */
    int accept;         /**< CONTENT_FORMAT_NONE when absent */
    bool has_block2;
    struct server_block block2;
    int message_id;
    uint8_t token[ENDPOINT_TOKEN_MAX];
    size_t token_length;
    bool is_non;         /**< Non-confirmable */
    bool on_second_port; /**< endpoint_config.second_port */
    void *door;          /**< of endpoint_add_port(); else NULL */
    bool on_other_port;  /**< endpoint_config.other_port */
    const uint8_t *payload;
    size_t payload_length;
    const char *peer;
    const char *identity; /**< endpoint name that the security layer proves;
                               "" one that cannot be; NULL without security */
    const char *refusal;  /**< why it must be refused unread; NULL: not */
    uint8_t refusal_code; /**< what to answer then */
    void *session; /**< for endpoint_send() and endpoint_session_keep() */
    const struct endpoint_ways *ways; /**< of a stream: instead; else NULL */
};

/** One block of a file, as octets. RFC 7959, 2.2. */
struct endpoint_content {
    uint8_t etag[ENDPOINT_ETAG_MAX];
    size_t etag_length;
    bool has_block2;
    struct server_block block2;
    bool has_size2;
    uint32_t size2;
    const uint8_t *bytes; /**< until the answer has gone out */
    size_t length;
};

/** What to answer. */
struct endpoint_answer {
    uint8_t code;
    bool has_block1; /**< of a request in blocks: its option goes back */
    struct server_block block1;
    char location[64];  /**< "/rd/5a3f", or "" */
    bool is_silent;     /**< nothing goes out at all */
    bool is_postponed;  /**< an empty ACK goes out: endpoint_respond() */
    uint32_t max_age_s; /**< of an error; 0: not said */
    bool has_content;
    struct endpoint_content content;
    bool closes; /**< of a stream: the connection ends behind it … */
    bool resets; /**< … by a TCP reset; by UDP, of a silent answer: the message
                      is rejected by a Reset */
};

typedef void (*endpoint_request_fn)(const struct endpoint_incoming *request,
                                    struct endpoint_answer *out_answer,
                                    void *user);

/** Names the device that a session belongs to, NULL when none. */
typedef const char *(*endpoint_name_fn)(void *session, void *user);

/** Names the device that is registered from this address at our port, NULL when
 *  none. */
typedef const char *(*endpoint_owner_fn)(const struct sockaddr *peer,
                                         uint16_t port, void *user);

/** Names the device that this file ("/a?b=c&d") is offered to, NULL when it is
 *  none. */
typedef const char *(*endpoint_file_owner_fn)(const char *target, void *user);

struct endpoint_config {
    const char *address;  /**< numeric */
    uint16_t port;        /**< 0: any */
    uint16_t second_port; /**< for files, never with DTLS; 0: any. Of an
                               address 127.x also on [::1], if there is one */
    bool has_other;       /**< another LwM2M server listens, too … */
    uint16_t other_port;  /**< … there, with the same security; 0: any */
    const struct server_security *security; /**< DTLS; NULL: none */
    struct loop *loop;                      /**< borrowed */
    struct event_queue *queue;              /**< borrowed */
    endpoint_request_fn on_request;
    endpoint_name_fn name_of;
    endpoint_owner_fn owner_of;
    endpoint_file_owner_fn file_owner_of;
    void *user;
};

/** Errors: STATUS_INVALID (address), STATUS_NETWORK (in use, taps). */
MUST_CHECK
enum status endpoint_new(const struct endpoint_config *config,
                         struct endpoint **out_endpoint, struct reason *reason);
/** Accepts NULL. */
void endpoint_free(struct endpoint *endpoint);
uint16_t endpoint_port(const struct endpoint *endpoint);
uint16_t endpoint_second_port(const struct endpoint *endpoint);
/** 0: there is none. */
uint16_t endpoint_other_port(const struct endpoint *endpoint);
/** Whether the second port is also at [::1]. */
bool endpoint_has_ipv6(const struct endpoint *endpoint);

/**
 * Open one more port, by DTLS with credentials of its own, where devices ask
 * and are not asked. It stays until the endpoint is freed.
 *
 * @param security      copied
 * @param port          0: any free one
 * @param door          endpoint_incoming.door of what comes there; not NULL
 * @param out_has_ipv6  whether it is also at [::1]
 *
 * Errors: STATUS_NETWORK; STATUS_INVALID for the credentials.
 */
MUST_CHECK
enum status endpoint_add_port(struct endpoint *endpoint,
                              const struct server_security *security,
                              uint16_t port, void *door, uint16_t *out_port,
                              bool *out_has_ipv6, struct reason *reason);

/** Our address on a session, as its device sees it: "127.0.0.1", "[::1]".
 *  @return false when it is not known */
bool endpoint_session_host(void *session, char host[ENDPOINT_ADDRESS_MAX]);

/** Hold on to a session, and let it go. */
void endpoint_session_keep(void *session);
void endpoint_session_release(void *session);

/** How a request is answered after its callback. */
struct endpoint_late {
    uint8_t token[ENDPOINT_TOKEN_MAX]; /**< of the request, like the others */
    size_t token_length;
    int message_id;
    bool is_separate; /**< in a message of its own; else the ACK */
    bool is_non;      /**< that one is not confirmable */
    struct endpoint_answer answer;
};

/** Answer a request that was left silent or postponed. What cannot be sent is
 *  lost. Not from a callback. */
void endpoint_respond(struct endpoint *endpoint, void *session,
                      const struct endpoint_late *late);

/** A request ready to go; see struct server_request. */
struct endpoint_request {
    uint64_t id;        /**< given out already; 0: a fresh one */
    const char *device; /**< endpoint name, for the events */
    uint8_t method;
    const char *path; /**< with the root path */
    const char *query;
    int content_format;
    int accept;
    bool has_observe;
    uint32_t observe;
    uint64_t observation;
    uint64_t token_of;
    unsigned copies;
    bool has_block1;
    struct server_block block1;
    bool has_size1;
    uint32_t size1;
    const uint8_t *payload;
    size_t payload_length;
};

/** Whether ENDPOINT_REQUESTS_MAX requests are in flight. */
bool endpoint_is_full(const struct endpoint *endpoint);
/** Queues SERVER_REQUEST, sends, and later queues what closes it. */
MUST_CHECK
enum status endpoint_send(struct endpoint *endpoint, void *session,
                          const struct endpoint_request *request,
                          uint64_t *out_id, struct reason *reason);
/** Whether some request on the session is not yet answered. */
bool endpoint_has_open(const struct endpoint *endpoint, const void *session);
/** The next notification of the observation is rejected; see server_forget().
 */
void endpoint_forget(struct endpoint *endpoint, uint64_t observation);
/**
 * Close every open request and observation on the session.
 *
 * @param is_left  the device uses another session now: nothing more is sent on
 *                 this one. (A DTLS session that it may still use stays.)
 */
void endpoint_abandon(struct endpoint *endpoint, const void *session,
                      bool is_left, const char *why);
/** Ours, that the session came to. */
uint16_t endpoint_session_port(const void *session);
/** The port of the device. */
uint16_t endpoint_session_peer_port(void *session);
/** Whether the session is with this address. */
bool endpoint_session_is_at(void *session, const struct sockaddr *peer);

/** Arm a hook for messages of the LwM2M port, or of files. Errors: as of
 *  hooks_arm(). */
MUST_CHECK
enum status endpoint_arm(struct endpoint *endpoint,
                         const struct server_hook *hook, uint64_t *out_id,
                         struct reason *reason);
/** @return how many messages it met; 0 for unknown ids */
unsigned endpoint_disarm(struct endpoint *endpoint, uint64_t id);
/** Errors: STATUS_NETWORK. */
MUST_CHECK
enum status endpoint_send_malformed(struct endpoint *endpoint, void *session,
                                    enum server_malformed kind,
                                    uint64_t *out_id, struct reason *reason);
/** A timer is due. Not from a callback.
 *  @return whether it is one of a message that was delayed */
bool endpoint_take_timer(struct endpoint *endpoint, uint64_t timer);

/** Number of datagrams received, and the last one. */
void endpoint_seen(struct endpoint *endpoint, uint64_t *out_count,
                   const char **out_peer, const char **out_what);

const char *endpoint_library_versions(void);

/** A CoAP message on one line: "CON 4711 GET /3/0 Accept 11542". Undecodable
 *  bytes are shown as hexadecimal. Returns `buffer`. */
char *message_text(const uint8_t *bytes, size_t length, char *buffer,
                   size_t size);

#endif
