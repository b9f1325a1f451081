/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_TRANSPORT_HOOKS_H
#define SERVER_TRANSPORT_HOOKS_H

/*
 * Which CoAP messages of a device something is to happen to: the next one that
 * a hook matches, by its own type and code, and by the request that it is or
 * answers. Only looks and remembers; wire.h does it. A request that was there
 * before the hook is not known: its answer matches no hook that names one.
 *
 * A device fetches files from an address that nobody knows: whose messages those
 * are says the file that they are about.
 *
 * Spec: RFC 7252, 3, 4.2 and 5.3.2; libcoap.md, section 4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "server/event.h"

#define SERVER_HOOKS_MAX     16   /**< armed at a time */
#define SERVER_HOOK_PATH_MAX 128  /**< bytes, with NUL */
#define SERVER_HOOK_ANY      (-1) /**< of a number that does not matter */
#define SERVER_HOOK_DELAY_MAX                                                  \
    300000 /**< ms; behind EXCHANGE_LIFETIME it is another message */
#define HOOKS_NAME_MAX 256 /**< bytes of an endpoint name that are compared */

enum server_hook_action {
    SERVER_HOOK_DROP,   /**< it is never there */
    SERVER_HOOK_REPEAT, /**< it is there twice, the second time later */
    SERVER_HOOK_DELAY,  /**< it is there later */
    SERVER_HOOK_DAMAGE, /**< the byte in the middle of its payload is another
                             one; without payload its last byte */
};

struct server_hook {
    enum server_hook_action action;
    const char *endpoint;            /**< of the device; copied */
    enum server_direction direction; /**< SERVER_SENT: to the device */
    bool of_files; /**< of files that it fetches by coap or coaps; else of the
                        LwM2M port */
    int type;      /**< 0 CON, 1 NON, 2 ACK, 3 RST; or any */
    int code;      /**< of the message, COAP_CODE(); 0: empty; or any */
    int method;    /**< of the request that it is or answers; or any */
    const char *path;  /**< of that request, as it is sent; NULL: any; copied */
    int64_t block;     /**< Block1 or Block2 number of that request; or any */
    unsigned times;    /**< so many messages; 0: all until it is disarmed */
    uint32_t after_ms; /**< how much later */
};

enum {
    HOOKS_REQUESTS = 256, /* remembered while a hook is armed */
    HOOKS_TOKEN_MAX = 8,
};

struct hook_row {
    uint64_t id; /**< 0: unused */
    struct server_hook hook;
    char endpoint[HOOKS_NAME_MAX];
    char path[SERVER_HOOK_PATH_MAX];
    uint64_t since; /**< number of the request seen last when it was armed */
    unsigned met;
};

/** A request that passed, either way. */
struct hook_request {
    uint64_t number; /**< 0: unused */
    enum server_direction direction;
    uint64_t way; /**< that of its message */
    uint16_t mid;
    uint8_t token[HOOKS_TOKEN_MAX];
    size_t token_length;
    uint8_t method;
    int64_t block; /**< -1: none */
    char path[SERVER_HOOK_PATH_MAX];
    bool is_of_file;               /**< it is for one */
    char endpoint[HOOKS_NAME_MAX]; /**< whose; "" nobody's */
};

/** All zero is empty. */
struct hooks {
    struct hook_row rows[SERVER_HOOKS_MAX];
    size_t armed; /**< that may meet another message */
    struct hook_request requests[HOOKS_REQUESTS]; /* a ring */
    uint64_t last_request;
};

/** A message that passes. */
struct hook_message {
    enum server_direction direction;
    uint64_t way;         /**< who talks to which port: wire_way() */
    const char *endpoint; /**< whose that is; NULL: not known */
    bool is_of_file;      /**< a request for a file of that device */
    bool on_file_port;    /**< not on the LwM2M port */
    const uint8_t *bytes;
    size_t length;
};

/**
 * @param id  given out by the caller, not 0
 * Errors: STATUS_LIMIT for more than SERVER_HOOKS_MAX, or a path or a name that
 *         is too long; STATUS_INVALID for a delay above SERVER_HOOK_DELAY_MAX.
 */
MUST_CHECK
enum status hooks_arm(struct hooks *hooks, const struct server_hook *hook,
                      uint64_t id, struct reason *reason);
/** @return how many messages it met; unknown ids met none */
unsigned hooks_disarm(struct hooks *hooks, uint64_t id);
/**
 * Look at a message, and remember it when it is a request.
 *
 * @return the hook that it meets, the one armed first; NULL: none. One that has
 *         met all its messages meets no more, and is there until it is disarmed
 */
const struct hook_row *hooks_meet(struct hooks *hooks,
                                  const struct hook_message *message);
/** Change a byte of a message, as SERVER_HOOK_DAMAGE says. */
void hooks_damage(uint8_t *bytes, size_t length);

#endif
