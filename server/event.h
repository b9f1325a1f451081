/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_EVENT_H
#define SERVER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The one channel out of the server. Every event is delivered by the one
 * callback of server_new(), from server_run(), never from inside a call that
 * caused it. All pointers in an event are loans that end with the callback.
 */

/** CoAP code class.detail in one byte, as on the wire: 2.05 = CODE(2, 5). */
#define COAP_CODE(class, detail) ((uint8_t)(((class) << 5) | (detail)))

enum server_event_kind {
    SERVER_REGISTER,     /**< a device registered (2.01 was given) */
    SERVER_UPDATE,       /**< registration update (2.04 was given) */
    SERVER_DEREGISTER,   /**< de-registration (2.02 was given) */
    SERVER_EXPIRE,       /**< the lifetime passed without an update */
    SERVER_REPLACE,      /**< an older registration of the same endpoint was
                              removed; SERVER_REGISTER follows */
    SERVER_SLEEP,        /**< a device in queue mode listens no more: requests
                              to it wait; as.registration */
    SERVER_WAKE,         /**< … and was heard again */
    SERVER_REFUSE,       /**< Register, Update or De-register was refused */
    SERVER_REQUEST,      /**< we sent a request; opens request `id` */
    SERVER_RESPONSE,     /**< closes request `id` */
    SERVER_TIMEOUT,      /**< closes request `id`: no answer after all
                              retransmissions, no separate response, or one
                              that CoAP forbids: `why` says which */
    SERVER_RESET,        /**< closes request `id`: RST received */
    SERVER_SESSION_LOST, /**< closes request `id`: registration or session is
                              gone (replaced, de-registered, expired) */
    SERVER_NOTIFICATION, /**< of the observation opened by request `id`; one
                              that is no 2.05 with Observe ends it */
    SERVER_UNWANTED,     /**< a notification of no observation, rejected by
                              Reset: cancelled (request `id` had opened it) or
                              never ours (`id` 0); as.response */
    SERVER_REPOSITORY,   /**< a device asked for a file, `id` is the file's; a
                              path that nobody was given is a stray */
    SERVER_FILE_GIVEN,   /**< by HTTP: what became of the answer to it, or
                              that it stopped on purpose; as.repository */
    SERVER_SEND,         /**< a device reported values of its own accord; the
                              answer may be an error */
    SERVER_STRAY,        /**< something else arrived: unknown token or path,
                              undecodable datagram, unsolicited ACK or Reset,
                              blocks that do not fit together; with an `id`:
                              another answer to that request, whose message was
                              sent several times */
    SERVER_MESSAGE,      /**< tap: one CoAP message in clear, either way */
    SERVER_SEGMENT,      /**< tap: bytes of a connection by HTTP or HTTPS, in
                              clear, either way */
    SERVER_WIRE,         /**< one that has no event of its own passed: an empty
                              ACK, a Reset, a ping, a repetition; or what was
                              done to one on purpose */
    SERVER_TIMER,        /**< the timer `id` is due */
    SERVER_PROCESS_OUTPUT,
    SERVER_PROCESS_EXIT,
    SERVER_READABLE,  /**< the descriptor of the watch `id` can be read */
    SERVER_INTERRUPT, /**< SIGINT or SIGTERM: `id` is the signal's number */
    SERVER_PAUSE,     /**< this program did not run for `id` milliseconds; no
                           limit and no time_ms counts them */
    SERVER_EVENT_KINDS
};

/** Block option value. RFC 7959, 2.2. */
struct server_block {
    uint32_t number;
    bool more;
    uint8_t szx; /**< 0..6, block size 2^(szx+4) */
};

/** Request that the server sends, or that a device sent. */
struct server_request_view {
    uint8_t method;     /**< CoAP code: GET 1, POST 2, PUT 3, DELETE 4 … */
    const char *path;   /**< "/33629/0/3", as sent (with alternate path) */
    const char *query;  /**< "a=1&b", NULL when none */
    int content_format; /**< CONTENT_FORMAT_NONE when absent */
    int accept;         /**< CONTENT_FORMAT_NONE when absent */
    bool has_observe;
    uint32_t observe;
    bool has_block1;
    struct server_block block1;
    bool has_size1;
    uint32_t size1;
    const uint8_t *payload;
    size_t payload_length;
};

/** Response or notification. In a RESPONSE to Observe `has_observe` tells
 *  whether an observation exists now. */
struct server_response_view {
    uint8_t code;
    int content_format;
    const char *location; /**< "/16/1", NULL when none */
    bool has_observe;
    uint32_t observe;
    bool has_block1;
    struct server_block block1;
    bool has_size1;
    uint32_t size1;
    bool has_max_age;
    uint32_t max_age_s;
    const uint8_t *payload; /**< whole body, Block2 put together */
    size_t payload_length;
    uint64_t sent_ms;  /**< when the request was sent (monotonic) */
    uint64_t left_ms;  /**< when its message left: behind an open one it waits;
                           0: not seen … */
    uint64_t again_ms; /**< … and left the last time again, 0: never */
    uint64_t acked_ms; /**< when an empty ACK came before, 0: none did */
    bool
        is_confirmable; /**< it came as CON; of one in blocks the last counts */
    bool is_joined; /**< put together from blocks without an ETag: the parts may
                         be of different moments (RFC 7959, 2.4) */
    bool is_stale;  /**< NOTIFICATION: older than the newest one, or the same
                           again (RFC 7641, 3.4): no news */
};

/** Register, Update, De-register, expiry, refusal. */
struct server_registration_view {
    const char *location; /**< "/rd/5a3f" */
    const char *address;  /**< "127.0.0.1:40123", "[::1]:5" */
    bool is_new_session;  /**< SERVER_REGISTER: by another security session
                               than the registration that it replaces */
    uint32_t lifetime_s;
    unsigned lwm2m_major; /**< 0 when unknown */
    unsigned lwm2m_minor;
    const char *binding; /**< NULL when absent */
    bool queue_mode;
    const char *query; /**< all parameters as sent, "ep=…&lt=…" */
    bool has_links;    /**< an Update may come without */
    int content_format;
    const uint8_t *links; /**< application/link-format, bytes as received */
    size_t links_length;
    uint8_t code;       /**< the answer that was given */
    const char *reason; /**< SERVER_REFUSE, SERVER_REPLACE: why; and remarks
                             (deviations accepted) of the others, or NULL */
};

enum server_direction { SERVER_RECEIVED, SERVER_SENT };

/** What a Send (POST /dp) brought. */
struct server_send_view {
    const char *peer;   /**< "127.0.0.1:40123" */
    int content_format; /**< CONTENT_FORMAT_NONE when absent */
    const uint8_t *payload;
    size_t payload_length;
    uint8_t code;       /**< the answer that was given */
    const char *reason; /**< why it was refused, or a remark, or NULL */
};

/** One CoAP message in clear. */
struct server_message_view {
    enum server_direction direction;
    const char *peer;  /**< "127.0.0.1:40123" */
    const char *local; /**< "127.0.0.1:5683" */
    const uint8_t *bytes;
    size_t length;
};

/** Bytes by HTTP, as they stand on the wire but for headers that change
 *  nothing (Date, Connection), or the end of a connection. */
struct server_segment_view {
    enum server_direction direction;
    const char *peer;  /**< "127.0.0.1:40123" */
    const char *local; /**< "127.0.0.1:8080" */
    const uint8_t *bytes;
    size_t length;
    bool ends;   /**< the connection is over … */
    bool resets; /**< … by a reset of ours */
};

/** What passed, or what was done to it. */
struct server_wire_view {
    bool is_sent;     /**< by us */
    const char *peer; /**< "127.0.0.1:40123" */
    /** "ack", "reset", "ping", "repeated"; on purpose: "dropped", "doubled",
     *  "delayed", "delivered" (what was delayed), "damaged", "malformed" (sent
     *  by server_send_malformed()), "answered" (what that was answered) */
    const char *what;
    const char *text; /**< the message on one line, as it came or was made */
    const uint8_t *bytes; /**< as they came or were made, cut; on purpose */
    size_t length;
};

/** A request for a published file, and what it was answered. */
struct server_repository_view {
    uint8_t method;
    const char *path;     /**< "/5f3a…" */
    const char *peer;     /**< "127.0.0.1:40123" */
    const char *protocol; /**< "http" …; NULL: coap */
    bool on_lwm2m_port;
    bool is_repeated; /**< a retransmission; by CoAP over TCP, where there is
                           none: answered now that the file goes on */
    bool has_asked;
    struct server_block asked; /**< Block2 of the request */
    uint8_t code;              /**< 0: not answered */
    bool has_block2;
    struct server_block block2; /**< Block2 of the answer */
    uint64_t offset;            /**< of the payload in the file */
    uint64_t size;              /**< of the file */
    bool is_other;              /**< of the other content: a fault */
    const char *fault;          /**< what went wrong on purpose, or NULL */
    bool ends; /**< that was no answer, or an error code, until it ends */
    const uint8_t *payload;
    size_t payload_length;
    /* By HTTP; texts are NULL for what is absent. */
    const char *http_method; /**< "HEAD" …; NULL: GET */
    bool has_status;
    uint32_t status; /**< 206; `code` is what CoAP has for it */
    const char *range;
    const char *if_range;
    const char *if_match;
    const char *accept_encoding;
    const char *etag; /**< as it was answered */
    const char *content_range;
    uint64_t given;      /**< FILE_GIVEN: of the body, handed to the network */
    const char *outcome; /**< FILE_GIVEN: "given", all of it; "stopped", until
                            it is resumed; "closed" or "reset" by us; "left":
                            the device went away */
};

struct server_process_view {
    int exit_status;  /**< PROCESS_EXIT: exit code, or -1 */
    int signal;       /**< PROCESS_EXIT: terminating signal, or 0 */
    bool is_stderr;   /**< PROCESS_OUTPUT */
    const char *text; /**< PROCESS_OUTPUT: bytes as read, no NUL promised */
    size_t length;
};

struct server_event {
    enum server_event_kind kind;
    uint64_t time_ms;     /**< monotonic, of the loop turn */
    uint64_t id;          /**< request, timer, process or watch; else 0 */
    const char *endpoint; /**< device, NULL when unknown */
    union {
        struct server_registration_view registration;
        struct server_request_view request;
        struct server_response_view response;
        struct server_send_view send;
        struct server_message_view message;
        struct server_segment_view segment;
        struct server_wire_view wire;
        struct server_process_view process;
        struct server_repository_view repository;
        struct {
            const char *peer;
            const char *what; /**< in words */
            const uint8_t *bytes;
            size_t length;
        } stray;
        struct {
            const char *why;  /**< TIMEOUT, RESET, SESSION_LOST: in words */
            bool has_changed; /**< TIMEOUT: the ETag changed between blocks:
                                   the body has to be read anew */
            bool is_answered; /**< TIMEOUT: by something that CoAP forbids */
            uint64_t sent_ms;
        } failure;
    } as;
};

/** "register", "response" …: stable names, used in the journal. */
const char *server_event_kind_name(enum server_event_kind kind);

#endif
