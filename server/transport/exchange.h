/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_EXCHANGE_H
#define SERVER_TRANSPORT_EXCHANGE_H

/* Private to server/transport: open requests and observations by token. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One request that we sent; as an observation it stays after its answer. */
struct exchange {
    uint64_t id;
    uint64_t token; /**< on the wire as 8 bytes, big-endian */
    const void *session;
    int mid; /**< message ID, as libcoap gave it out */
    uint64_t sent_ms;
    uint64_t left_ms;     /**< its message left; 0: not yet */
    uint64_t again_ms;    /**< the last time once more; 0: never */
    uint64_t acked_ms;    /**< an empty ACK came; 0: none */
    uint64_t peer;        /**< hash of the address that it left for, and
                               of our port */
    bool is_open;         /**< no answer yet */
    bool observes;        /**< asked for notifications (Observe = 0) */
    bool cancels;         /**< Observe = 1 */
    bool is_forgotten;    /**< its next notification is rejected */
    unsigned copies;      /**< how often its message is to go out again */
    uint32_t sequence;    /**< of the newest notification … */
    uint64_t sequence_ms; /**< … and when it came */
    struct exchange *next;
    char device[]; /**< its endpoint name */
};

/** A request whose message went out several times. */
struct exchange_copied {
    uint64_t id; /**< 0: unused */
    uint64_t token;
    unsigned mid;
    uint8_t code; /**< of the first answer in an ACK; 0: none so far */
    uint8_t kept; /**< code of one that was kept from us; 0: none was */
};

enum { EXCHANGE_COPIED_MAX = 64 };

struct exchange_table {
    struct exchange *first; /**< newest first */
    size_t open;
    uint64_t finished[1024]; /**< tokens, a ring */
    size_t finished_next;
    struct exchange_copied copied[EXCHANGE_COPIED_MAX]; /**< a ring */
    size_t copied_next;
};

/** @return NULL when there is no memory */
struct exchange *exchange_add(struct exchange_table *table, uint64_t id,
                              uint64_t token, const char *device);
struct exchange *exchange_open(struct exchange_table *table, uint64_t token);
/** The observation with this token, its first answer given. */
struct exchange *exchange_observation(struct exchange_table *table,
                                      uint64_t token);
struct exchange *exchange_by_id(struct exchange_table *table, uint64_t id);
/** The open one on this session with this message ID. */
struct exchange *exchange_by_mid(struct exchange_table *table,
                                 const void *session, int mid);
/** Take out, free, and remember the token as finished. */
void exchange_remove(struct exchange_table *table, struct exchange *exchange);
/** Its message goes out several times. */
void exchange_note_copied(struct exchange_table *table,
                          const struct exchange *exchange);
/** The newest such one with these, or NULL. */
struct exchange_copied *exchange_find_copied(struct exchange_table *table,
                                             uint64_t token, unsigned mid);
/** Its message leaves for `peer`, maybe once more. */
void exchange_note_left(struct exchange_table *table, uint64_t token,
                        unsigned mid, uint64_t peer, uint64_t now_ms);
/** An empty ACK came from `peer`. */
void exchange_note_acked(struct exchange_table *table, unsigned mid,
                         uint64_t peer, uint64_t now_ms);
bool exchange_is_finished(const struct exchange_table *table, uint64_t token);
/**
 * Take the Observe number of a notification (the first answer counts as one).
 *
 * @return whether it is newer than the newest so far; else nothing changes
 * Spec: RFC 7641, 3.4.
 */
bool exchange_take_sequence(struct exchange *exchange, uint32_t sequence,
                            uint64_t now_ms);
void exchange_release(struct exchange_table *table);

#endif
