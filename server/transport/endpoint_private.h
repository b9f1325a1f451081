/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_ENDPOINT_PRIVATE_H
#define SERVER_TRANSPORT_ENDPOINT_PRIVATE_H

/*
 * Private to server/transport: the endpoint's state, and the halves it is
 * made of. endpoint.c has its life and libcoap's turns, intake.c what passes
 * the taps, wire.c what is done to it on purpose, incoming.c the requests that devices send, requests.c those that we
 * send, responses.c what comes back, self_test.c the proof that the taps are
 * passed.
 */
#include <coap3/coap.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/transport/answers.h"
#include "server/transport/endpoint.h"
#include "server/transport/exchange.h"
#include "server/transport/guard.h"
#include "server/transport/knocks.h"
#include "server/transport/records.h"
#include "server/transport/secure.h"
#include "server/transport/tap.h"
#include "server/transport/uploads.h"
#include "server/transport/wire.h"

enum {
    ENDPOINT_DATAGRAM_MAX = 1472, /* libcoap's ceiling */
    ENDPOINT_TOKEN_SIZE = 8,
    ENDPOINT_WHAT_SIZE = 160,
    ENDPOINT_STRANGERS_MAX = 1000, /* sessions without a registration */
    ENDPOINT_BATCH = 32,           /* datagrams read per event and turn */
    ENDPOINT_BATCH_PROBE = 2,  /* the least that shows whether more is there */
    ENDPOINT_PROBE_TURNS = 32, /* … so often while one by one comes */
    ENDPOINT_ROUNDS = 4,       /* of such turns, while more is there */
    ENDPOINT_DONE = LOOP_EVENTS * ENDPOINT_BATCH, /* one each */
};

/** See endpoint_add_port(). */
struct extra_port {
    uint16_t port;
    char address[ENDPOINT_ADDRESS_MAX];
    struct secure *secure;
    void *door; /* the caller's */
    struct extra_port *next;
};

struct endpoint {
    struct endpoint_config config;
    char address[ENDPOINT_ADDRESS_MAX]; /* "127.0.0.1:5683" */
    uint16_t port;
    char second_address[ENDPOINT_ADDRESS_MAX];
    uint16_t second_port;
    char other_address[ENDPOINT_ADDRESS_MAX];
    uint16_t other_port; /* 0: none */
    bool has_ipv6;       /* it is at [::1], too */
    struct extra_port *extra_ports;
    coap_context_t *context;
    struct secure *secure; /* NULL: CoAP over UDP without security */
    struct exchange_table exchanges;
    struct answers answers;
    struct knocks knocks;
    struct guard guard;
    struct uploads uploads;
    struct wire wire;
    uint64_t token_base; /* so that tokens differ between runs */
    size_t batch;        /* datagrams that are read per event now */
    unsigned turns;      /* counted */
    bool is_inside;      /* libcoap runs: its handlers may be active */
    coap_session_t *done[ENDPOINT_DONE]; /* held; to be silenced */
    size_t done_count;
    uint64_t received;
    uint64_t sent;
    uint64_t sent_clear;     /* messages that left inside of DTLS */
    uint64_t received_clear; /* messages that came inside of DTLS */
    uint64_t mended;         /* calls of intake_mend(): the self-test looks */
    uint64_t gated;          /* … of intake_gate() */
    uint64_t copied;         /* … of intake_copies() */

    struct sockaddr_in written; /* the last peer that was written as a text … */
    char written_text[ENDPOINT_ADDRESS_MAX]; /* … this one */
    char last_peer[ENDPOINT_ADDRESS_MAX];
    uint8_t last_bytes[ENDPOINT_DATAGRAM_MAX]; /* the last datagram, cut */
    size_t last_length;
    size_t last_cut; /* whole length of one that was dropped as too long; 0 */
    bool last_is_answered;
    bool last_is_told;   /* by a stray, before libcoap saw it */
    bool last_is_record; /* of DTLS, so that nothing in it is known */
    uint8_t last_answer; /* code; 0: Reset, or an empty ACK */
    char last_what[ENDPOINT_WHAT_SIZE]; /* made when asked for */
    enum records_kind unread; /* of the last record, until what must come of
                                 it has come */
    char unread_peer[ENDPOINT_ADDRESS_MAX];
};

/* endpoint.c */
uint64_t endpoint_now_ms(const struct endpoint *endpoint);
/** "127.0.0.1:40123" or "[::1]:40123"; returns `text`. */
char *endpoint_address_text(const struct sockaddr *address,
                            char text[ENDPOINT_ADDRESS_MAX]);
/** The session of our port with this address, or NULL.
 *  @param interface  its index */
coap_session_t *endpoint_session_at(const struct endpoint *endpoint,
                                    const struct sockaddr *peer, uint16_t port,
                                    int interface);
/** Our address with a port of UDP that can be had. Errors: STATUS_NETWORK.
 *  @param port  0: any free one */
MUST_CHECK
enum status endpoint_bind(const struct endpoint *endpoint, uint16_t port,
                          coap_address_t *out_address, uint16_t *out_port,
                          struct reason *reason);
/** Errors: STATUS_NETWORK, which names `text`. */
MUST_CHECK
enum status endpoint_listen(struct endpoint *endpoint,
                            const coap_address_t *address, const char *text,
                            coap_proto_t protocol, struct reason *reason);
/** Package URIs may have an IPv6 literal; a host may have no such address.
 *  @param address  one of IPv4 that is of loopback, else nothing is done */
bool endpoint_listen_on_ipv6(struct endpoint *endpoint,
                             const coap_address_t *address, uint16_t port,
                             coap_proto_t protocol);
/** One turn of libcoap. */
void endpoint_process(struct endpoint *endpoint);

/* extra_ports.c */

/** NULL: none of these. */
struct extra_port *extra_port_at(const struct endpoint *endpoint,
                                 uint16_t port);
/** After the context is freed. */
void extra_ports_release(struct endpoint *endpoint);

/* intake.c */
/** The taps' receiver: count, tell, and look for what libcoap would not tell. */
void intake_tap(enum tap_layer layer, enum server_direction direction,
                const struct sockaddr *peer, uint16_t port,
                const uint8_t *bytes, size_t length, void *user);
/** The last record was dealt with: tell when nothing of it could be read. */
void intake_settle(struct endpoint *endpoint);
/** Refuse what breaks a body in blocks, see guard.h. @return what of it is to
 *  be seen */
size_t intake_mend(enum tap_layer layer, const struct sockaddr *peer,
                   uint16_t port, int interface, uint8_t *bytes, size_t length,
                   void *user);
/** Do to a message what a hook says, before it leaves. @return whether it does
 */
bool intake_gate(enum tap_layer layer, const struct sockaddr *peer,
                 uint16_t port, int interface, const uint8_t **bytes,
                 size_t *length, void *user);
/** Give libcoap a message that was kept back. Not from its handlers. */
void intake_deliver(struct endpoint *endpoint,
                    const struct wire_passage *passage, uint8_t *bytes,
                    size_t length);
/** How often a message goes out once more: see server_request.copies. */
unsigned intake_copies(enum tap_layer layer, uint16_t port,
                       const uint8_t *bytes, size_t length, void *user);

/* incoming.c */
/** libcoap's handler of every request of a device. */
void incoming_handle(coap_resource_t *resource, coap_session_t *session,
                     const coap_pdu_t *request, const coap_string_t *query,
                     coap_pdu_t *response);
/** Join the path options; false when they are too long or no text. */
bool pdu_path(const coap_pdu_t *pdu, coap_option_num_t number, char *path,
              size_t size);
bool pdu_number(const coap_pdu_t *pdu, coap_option_num_t number,
                uint32_t *out_value);
/** Content-Format, CONTENT_FORMAT_NONE when absent. */
int pdu_format(const coap_pdu_t *pdu);

/* responses.c: libcoap's handlers of what comes back. */
coap_response_t responses_handle(coap_session_t *session,
                                 const coap_pdu_t *sent,
                                 const coap_pdu_t *received,
                                 const coap_mid_t mid);
void responses_nack(coap_session_t *session, const coap_pdu_t *sent,
                    const coap_nack_reason_t nack, const coap_mid_t mid);
int responses_event(coap_session_t *session, const coap_event_t event);
/** Close an exchange by a failure event. */
void responses_failure(struct endpoint *endpoint, struct exchange *exchange,
                       enum server_event_kind kind, const char *why);
/** Close what got an empty ACK and never a response. */
void responses_expire(struct endpoint *endpoint);

/* self_test.c */
/** Errors: STATUS_NETWORK when a request to ourselves passes no tap. */
MUST_CHECK
enum status endpoint_self_test(struct endpoint *endpoint,
                               const coap_address_t *address,
                               struct reason *reason);
/** self_test_dtls.c: whether messages inside of DTLS pass the taps, too. Only
 *  with a pre-shared key. */
bool endpoint_self_test_dtls(struct endpoint *endpoint,
                             const coap_address_t *target);

#endif
