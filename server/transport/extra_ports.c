/* SPDX-License-Identifier: Apache-2.0 */

/* Ports by DTLS besides the LwM2M one, each with credentials of its own, on the
 * same libcoap context. What that gives every session (one table of keys, one
 * certificate) is exchanged per session, by the port that it came to. */
#include <mbedtls/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "server/transport/endpoint_private.h"

struct extra_port *extra_port_at(const struct endpoint *endpoint, uint16_t port)
{
    struct extra_port *row = endpoint->extra_ports;

    while (row != NULL && (port == 0 || row->port != port)) {
        row = row->next;
    }
    return row;
}

const struct secure *secure_of_session(const coap_session_t *session)
{
    const struct endpoint *endpoint =
        coap_context_get_app_data(coap_session_get_context(session));
    const struct extra_port *port =
        extra_port_at(endpoint, endpoint_session_port(session));

    return port != NULL ? port->secure : endpoint->secure;
}

enum status endpoint_add_port(struct endpoint *endpoint,
                              const struct server_security *security,
                              uint16_t port, void *door, uint16_t *out_port,
                              bool *out_has_ipv6, struct reason *reason)
{
    struct extra_port *row = calloc(1, sizeof(*row));
    coap_address_t address;

    if (row == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = secure_new(security, &row->secure, reason);
    if (status == STATUS_OK) {
        status = endpoint_bind(endpoint, port, &address, &row->port, reason);
    }
    if (status == STATUS_OK && !secure_enable(endpoint->context)) {
        status = reason_set(reason, STATUS_INVALID, "DTLS cannot be used");
    }
    if (status == STATUS_OK) {
        (void)endpoint_address_text(&address.addr.sa, row->address);
        status = endpoint_listen(endpoint, &address, row->address,
                                 COAP_PROTO_DTLS, reason);
    }
    if (status != STATUS_OK) {
        secure_free(row->secure);
        free(row);
        return status;
    }
    row->door = door;
    row->next = endpoint->extra_ports;
    endpoint->extra_ports = row;
    *out_port = row->port;
    *out_has_ipv6 =
        endpoint_listen_on_ipv6(endpoint, &address, row->port, COAP_PROTO_DTLS);
    return STATUS_OK;
}

void extra_ports_release(struct endpoint *endpoint)
{
    while (endpoint->extra_ports != NULL) {
        struct extra_port *row = endpoint->extra_ports;
        endpoint->extra_ports = row->next;
        secure_free(row->secure);
        free(row);
    }
}
