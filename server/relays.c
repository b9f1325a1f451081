/* SPDX-License-Identifier: Apache-2.0 */

/* The network before the ports: a relay before each one that is UDP, so that
 * the port that a device is told of is the relay's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"

struct relay_row {
    struct relay *relay;
    enum relay_place place;
    uint16_t target; /* our port behind it */
    bool is_ipv6;    /* it stands at [::1], beside another one */
    struct relay_row *next;
};

/** A network of its own for each relay; the first one has the seed itself. */
static struct impairment network_of(const struct impairment *impairment,
                                    uint16_t number)
{
    struct impairment own = *impairment;
    uint64_t salt = number;

    own.seed ^= number > 0 ? random_next(&salt) : 0;
    return own;
}

static struct relay_row *find_row(const struct server *server, uint16_t target,
                                  bool is_ipv6)
{
    struct relay_row *row = server->relays;

    while (row != NULL && (row->target != target || row->is_ipv6 != is_ipv6)) {
        row = row->next;
    }
    return row;
}

static enum status add(struct server *server, const struct relay_row *wanted,
                       uint16_t port, struct reason *reason)
{
    const struct impairment network =
        network_of(&server->impairment, server->relay_count);
    struct relay_row *row = calloc(1, sizeof(*row));

    if (row == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *row = *wanted;
    enum status status =
        relay_new(server->loop, row->is_ipv6 ? "::1" : server->address, port,
                  row->target, &network, &row->relay, reason);
    if (status != STATUS_OK) {
        free(row);
        return status;
    }
    struct relay_row **last = &server->relays;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = row;
    server->relay_count++;
    return STATUS_OK;
}

enum status relays_add(struct server *server, enum relay_place place,
                       uint16_t port, uint16_t target, bool with_ipv6,
                       struct reason *reason)
{
    struct relay_row row = { .place = place, .target = target };

    if (!server->has_relays) {
        return STATUS_OK;
    }
    enum status status = add(server, &row, port, reason);
    if (status == STATUS_OK && with_ipv6) {
        row.is_ipv6 = true;
        /* Its port may be taken there: then relays_have_ipv6() says so. */
        (void)add(server, &row, relays_port(server, target), NULL);
    }
    return status;
}

uint16_t relays_port(const struct server *server, uint16_t target)
{
    const struct relay_row *row =
        target != 0 ? find_row(server, target, false) : NULL;

    return row != NULL ? relay_port(row->relay) : target;
}

bool relays_have_ipv6(const struct server *server, uint16_t target)
{
    return !server->has_relays || find_row(server, target, true) != NULL;
}

void relays_close(struct server *server)
{
    while (server->relays != NULL) {
        struct relay_row *row = server->relays;
        server->relays = row->next;
        relay_free(row->relay);
        free(row);
    }
}

void relays_count(const struct server *server, struct relay_counts *out_sum)
{
    *out_sum = (struct relay_counts){ .datagrams = 0 };
    for (const struct relay_row *row = server->relays; row != NULL;
         row = row->next) {
        struct relay_counts counts;
        relay_count(row->relay, &counts);
        out_sum->datagrams += counts.datagrams;
        out_sum->lost += counts.lost;
        out_sum->doubled += counts.doubled;
        out_sum->delayed += counts.delayed;
        out_sum->damaged += counts.damaged;
        out_sum->moved += counts.moved;
    }
}

bool server_has_relay(const struct server *server)
{
    return server->has_relays;
}

static enum relay_place place_of(bool of_files)
{
    return of_files ? RELAY_FILES : RELAY_LWM2M;
}

void server_set_network(struct server *server, bool of_files,
                        const struct impairment *impairment)
{
    uint16_t number = 0;

    for (struct relay_row *row = server->relays; row != NULL; row = row->next) {
        if (row->place == place_of(of_files) && impairment != NULL) {
            const struct impairment own = network_of(impairment, number);
            relay_set(row->relay, &own);
        } else if (row->place == place_of(of_files)) {
            relay_set(row->relay, NULL);
        }
        number++;
    }
}

/** The relay by which a device comes, and the port by which it does. */
static enum status find_relayed(const struct server *server,
                                const char *endpoint,
                                struct relay_row **out_row, uint16_t *out_port,
                                struct reason *reason)
{
    const struct registration *registration =
        registry_find(server->registry, endpoint);

    if (registration == NULL || registration->session == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' is not registered",
                          endpoint);
    }
    *out_port = endpoint_session_peer_port(registration->session);
    *out_row =
        find_row(server, endpoint_session_port(registration->session), false);
    return *out_row != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NOT_FOUND,
                            "'%s' does not come by a relay", endpoint);
}

static enum status cut_one(struct server *server, const char *endpoint,
                           bool is_cut, struct reason *reason)
{
    struct relay_row *row = NULL;
    uint16_t port = 0;
    enum status status = find_relayed(server, endpoint, &row, &port, reason);

    return status != STATUS_OK || relay_cut(row->relay, port, is_cut)
               ? status
               : reason_set(reason, STATUS_NOT_FOUND,
                            "'%s' does not come by the relay", endpoint);
}

static void cut_all(struct server *server, enum relay_place place, bool is_cut)
{
    for (struct relay_row *row = server->relays; row != NULL; row = row->next) {
        if (row->place == place) {
            (void)relay_cut(row->relay, 0, is_cut); /* all: nobody is missing */
        }
    }
}

enum status server_cut(struct server *server, const char *endpoint,
                       bool of_files, bool is_cut, struct reason *reason)
{
    char second[SERVER_ENDPOINT_MAX + sizeof(SERVER_SECOND_SUFFIX)];

    if (!server->has_relays) {
        return reason_set(reason, STATUS_INVALID, "there is no relay");
    }
    if (of_files || endpoint == NULL) {
        cut_all(server, place_of(of_files), is_cut);
        return STATUS_OK;
    }
    enum status status = cut_one(server, endpoint, is_cut, reason);
    int length =
        snprintf(second, sizeof(second), "%s" SERVER_SECOND_SUFFIX, endpoint);
    if (server->has_second && length > 0 && (size_t)length < sizeof(second)) {
        (void)cut_one(server, second, is_cut, NULL); /* if it is there, too */
    }
    return status;
}

enum status server_move(struct server *server, const char *endpoint,
                        bool of_files, struct reason *reason)
{
    struct relay_row *row = NULL;
    uint16_t port = 0;
    bool has_moved = false;

    if (!server->has_relays) {
        return reason_set(reason, STATUS_INVALID, "there is no relay");
    }
    if (of_files) {
        for (row = server->relays; row != NULL; row = row->next) {
            has_moved =
                (row->place == RELAY_FILES && relay_move(row->relay, 0)) ||
                has_moved;
        }
        return has_moved ? STATUS_OK
                         : reason_set(reason, STATUS_NOT_FOUND,
                                      "no device came for a file by UDP");
    }
    enum status status = find_relayed(server, endpoint, &row, &port, reason);
    return status != STATUS_OK || relay_move(row->relay, port)
               ? status
               : reason_set(reason, STATUS_NOT_FOUND,
                            "'%s' got no other address", endpoint);
}
