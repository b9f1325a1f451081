/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_PULL_H
#define TESTS_DEVICE_PULL_H

/*
 * The network side of pulls: packages by CoAP, with Block2 and retransmissions
 * of its own, and by HTTP (pull_http.h). One pull a component, over a socket of
 * its own; from the LwM2M server over the device's. Spec: RFC 7252, 4.2 and 5.2; RFC 7959, 2.4.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "tests/device/dtls.h"
#include "tests/device/firmware.h"
#include "tests/device/message.h"

struct pull_config {
    struct sockaddr_storage server; /**< the LwM2M server */
    socklen_t server_size;
    bool is_secure;  /**< which speaks DTLS, so that no coap URI is its */
    uint64_t ack_ms; /**< until the first retransmission */
    uint8_t szx;     /**< size of block that is asked for, 0..6 */
    struct dtls_config credentials; /**< of file servers; identity and ca_file
                                         NULL: none is trusted */
    uint16_t *next_id; /**< of a message, by all that use the device's socket */
    /** Send over the device's socket. */
    void (*send)(void *user, const struct writer *writer);
    void *user;
};

#define PULL_SOCKETS_MAX (1 + FIRMWARE_COMPONENTS)

struct pulls;

/** @param firmware  borrowed; NULL when there is no memory */
struct pulls *pulls_new(const struct pull_config *config,
                        struct firmware *firmware);
/** Ends all. Accepts NULL. */
void pulls_free(struct pulls *pulls);
/** What the memory of the device held is gone. Accepts NULL. */
void pulls_power_down(struct pulls *pulls);
/** Begin, retransmit, give up. */
void pulls_tick(struct pulls *pulls, uint64_t now_ms);
/** When pulls_tick() wants to be called; FIRMWARE_NEVER. */
uint64_t pulls_deadline(const struct pulls *pulls);
/** Descriptors to wait for. @return how many */
size_t pulls_sockets(const struct pulls *pulls, int fds[PULL_SOCKETS_MAX]);
/** Read what has arrived at them. */
void pulls_receive(struct pulls *pulls, uint64_t now_ms);
/** A message that came over the device's socket.
 *  @return false for one that belongs to no pull */
bool pulls_take(struct pulls *pulls, const struct message *message,
                uint64_t now_ms);
/** Whether one runs. */
bool pulls_are_running(const struct pulls *pulls);

#endif
