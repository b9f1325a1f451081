/* SPDX-License-Identifier: Apache-2.0 */

/* Ports of the repository by other protocols than coap, each with the
 * credentials that it shows. Opened when the first file is offered there, or at
 * the start if it is to have a certain number. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

#include "server/server_private.h"
#include "server/transport/stream_port.h"

enum { HOST_SIZE = INET6_ADDRSTRLEN };

struct file_port {
    struct server *server;
    enum repository_protocol protocol;
    enum authority_kind kind;
    struct stream_port *stream; /* of CoAP over TCP; or … */
    struct http *http;          /* … or */
    uint16_t number;            /* of CoAP over UDP, with has_ipv6 */
    bool has_ipv6;
    struct file_port *next;
};

/** The addresses that a certificate is for. */
struct hosts {
    char texts[AUTHORITY_HOSTS_MAX][HOST_SIZE];
    const char *list[AUTHORITY_HOSTS_MAX];
    size_t count;
};

static bool is_by_http(enum repository_protocol protocol)
{
    return protocol == REPOSITORY_HTTP || protocol == REPOSITORY_HTTPS;
}

static void add_host(struct hosts *hosts, const struct sockaddr *address)
{
    const struct sockaddr_in *v4 = (const void *)address;
    const struct sockaddr_in6 *v6 = (const void *)address;
    const void *bytes = address->sa_family == AF_INET
                            ? (const void *)&v4->sin_addr
                            : (const void *)&v6->sin6_addr;
    bool is_address =
        address->sa_family == AF_INET || address->sa_family == AF_INET6;

    if (is_address && hosts->count < AUTHORITY_HOSTS_MAX &&
        inet_ntop(address->sa_family, bytes, hosts->texts[hosts->count],
                  HOST_SIZE) != NULL) {
        hosts->list[hosts->count] = hosts->texts[hosts->count];
        hosts->count++;
    }
}

/** The address that we listen on, or all that this host has. */
static void find_hosts(const struct server *server, struct hosts *hosts)
{
    struct ifaddrs *all = NULL;
    bool is_any = strcmp(server->address, "0.0.0.0") == 0 ||
                  strcmp(server->address, "::") == 0;

    hosts->count = 0;
    if (!is_any) {
        hosts->list[hosts->count++] = server->address;
        return;
    }
    if (getifaddrs(&all) == 0) { /* else those of loopback are enough */
        for (const struct ifaddrs *row = all; row != NULL;
             row = row->ifa_next) {
            if (row->ifa_addr != NULL) {
                add_host(hosts, row->ifa_addr);
            }
        }
        freeifaddrs(all);
    }
}

enum status file_ports_keep_keys(struct server *server,
                                 const struct server_security *security,
                                 struct reason *reason)
{
    size_t count = security != NULL ? security->psk_count : 0;

    server->file_keys = calloc(count + 1, sizeof(*server->file_keys));
    if (server->file_keys == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        const struct server_psk *psk = &security->psks[i];
        struct file_key *row = &server->file_keys[i];
        if (psk->identity_length > sizeof(row->identity) ||
            psk->key_length > sizeof(row->key)) {
            return reason_set(reason, STATUS_INVALID,
                              "a key of the repository is too long");
        }
        memcpy(row->identity, psk->identity, psk->identity_length);
        memcpy(row->key, psk->key, psk->key_length);
        row->identity_length = psk->identity_length;
        row->key_length = psk->key_length;
        server->file_key_count++;
    }
    return STATUS_OK;
}

/** The keys; wrong ones where the credentials are to be wrong.
 *  @return how many; the caller wipes and frees */
static struct file_key *copy_keys(const struct server *server, bool is_wrong)
{
    struct file_key *keys = calloc(server->file_key_count + 1, sizeof(*keys));

    for (size_t i = 0; keys != NULL && i < server->file_key_count; i++) {
        keys[i] = server->file_keys[i];
        for (size_t j = 0; is_wrong && j < keys[i].key_length; j++) {
            keys[i].key[j] = (uint8_t)~keys[i].key[j];
        }
    }
    return keys;
}

static void wipe_keys(struct file_key *keys, size_t count)
{
    if (keys != NULL) {
        explicit_bzero(keys, count * sizeof(*keys));
    }
    free(keys);
}

/** The number that a port is to have: wrong credentials are behind the good
 *  ones. 0: any. */
static uint16_t wanted_number(const struct file_port *port)
{
    const uint16_t first = port->server->file_numbers[port->protocol];

    return first == 0 ? 0 : (uint16_t)(first + (unsigned)port->kind);
}

static enum status listen_by_http(struct file_port *port,
                                  const struct authority_pair *pair,
                                  struct reason *reason)
{
    struct server *server = port->server;
    const struct http_config http = {
        .address = server->address,
        .port = wanted_number(port),
        .with_ipv6 = server_has_ipv6(server),
        .protocol = port->protocol,
        .certificate = pair->certificate,
        .key = pair->key,
        .repository = server->repository,
        .loop = server->loop,
        .queue = &server->queue,
    };

    return http_new(&http, &port->http, reason);
}

static enum status listen_there(struct file_port *port,
                                const struct server_security *security,
                                struct reason *reason)
{
    struct server *server = port->server;
    const uint16_t number = wanted_number(port);
    const struct stream_port_config stream = {
        .address = server->address,
        .port = number,
        .security =
            repository_protocol_is_secure(port->protocol) ? security : NULL,
        .loop = server->loop,
        .queue = &server->queue,
        .on_request = files_take_port_request,
        .user = port,
    };

    if (port->protocol != REPOSITORY_COAPS) {
        return stream_port_new(&stream, &port->stream, reason);
    }
    enum status status = endpoint_add_port(
        server->endpoint, security, server->has_relays ? 0 : number, port,
        &port->number, &port->has_ipv6, reason);
    return status == STATUS_OK
               ? relays_add(server, RELAY_FILES, number, port->number,
                            port->has_ipv6, reason)
               : status;
}

/** With certificate and keys, right or wrong. */
static enum status open_port(struct file_port *port, struct reason *reason)
{
    const struct server *server = port->server;
    struct authority_pair pair = { NULL, NULL };
    struct hosts hosts;
    struct file_key *keys = copy_keys(server, port->kind != AUTHORITY_GOOD);
    struct server_psk *psks = calloc(server->file_key_count + 1, sizeof(*psks));

    find_hosts(server, &hosts);
    enum status status =
        keys == NULL || psks == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : authority_issue(server->authority, port->kind, hosts.list,
                              hosts.count, &pair, reason);
    if (status == STATUS_OK) {
        for (size_t i = 0; i < server->file_key_count; i++) {
            psks[i] =
                (struct server_psk){ .identity = keys[i].identity,
                                     .identity_length = keys[i].identity_length,
                                     .key = keys[i].key,
                                     .key_length = keys[i].key_length };
        }
        const struct server_security security = {
            .psks = psks,
            .psk_count = server->file_key_count,
            .certificate = pair.certificate,
            .key = pair.key,
        };
        status = is_by_http(port->protocol)
                     ? listen_by_http(port, &pair, reason)
                     : listen_there(port, &security, reason);
    }
    authority_release(&pair);
    wipe_keys(keys, server->file_key_count);
    free(psks);
    return status;
}

enum status file_ports_open(struct server *server,
                            enum repository_protocol protocol,
                            enum authority_kind kind,
                            const struct file_port **out_port,
                            struct reason *reason)
{
    for (struct file_port *row = server->file_ports; row != NULL;
         row = row->next) {
        if (row->protocol == protocol && row->kind == kind) {
            *out_port = row;
            return STATUS_OK;
        }
    }
    struct file_port *port = calloc(1, sizeof(*port));
    if (port == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *port = (struct file_port){ .server = server,
                                .protocol = protocol,
                                .kind = kind };
    enum status status = open_port(port, reason);
    if (status != STATUS_OK && port->number == 0) {
        free(port);
        return status;
    }
    port->next = server->file_ports;
    server->file_ports = port;
    if (status != STATUS_OK) {
        /* No device is told of it, but the endpoint listens there. */
        port->kind = AUTHORITY_KINDS;
        return status;
    }
    *out_port = port;
    return STATUS_OK;
}

enum status file_ports_begin(struct server *server,
                             const uint16_t numbers[REPOSITORY_PROTOCOLS],
                             struct reason *reason)
{
    enum status status = STATUS_OK;

    for (int i = 0; i < REPOSITORY_PROTOCOLS && status == STATUS_OK; i++) {
        const struct file_port *port = NULL;
        if (repository_protocol_is_secure((enum repository_protocol)i) &&
            numbers[i] > UINT16_MAX - (AUTHORITY_KINDS - 1)) {
            return reason_set(
                reason, STATUS_INVALID,
                "port %u for files by %s leaves no room for "
                "those with wrong credentials behind it",
                numbers[i],
                repository_protocol_name((enum repository_protocol)i));
        }
        server->file_numbers[i] = numbers[i];
        if (numbers[i] != 0 && i != REPOSITORY_COAP) {
            status = file_ports_open(server, (enum repository_protocol)i,
                                     AUTHORITY_GOOD, &port, reason);
        }
    }
    return status;
}

struct server *file_port_server(const struct file_port *port)
{
    return port->server;
}

enum repository_protocol file_port_protocol(const struct file_port *port)
{
    return port->protocol;
}

uint16_t file_port_number(const struct file_port *port)
{
    return port->http != NULL     ? http_port(port->http)
           : port->stream != NULL ? stream_port_number(port->stream)
                                  : relays_port(port->server, port->number);
}

bool file_port_has_ipv6(const struct file_port *port)
{
    return port->http != NULL ? http_has_ipv6(port->http)
           : port->stream != NULL
               ? stream_port_has_ipv6(port->stream)
               : port->has_ipv6 && relays_have_ipv6(port->server, port->number);
}

void file_ports_drop(struct server *server, uint64_t id)
{
    for (struct file_port *row = server->file_ports; row != NULL;
         row = row->next) {
        http_drop(row->http, id);
    }
}

void file_ports_resume(struct server *server, uint64_t id)
{
    for (struct file_port *row = server->file_ports; row != NULL;
         row = row->next) {
        http_resume(row->http, id);
    }
}

void file_ports_close(struct server *server)
{
    while (server->file_ports != NULL) {
        struct file_port *port = server->file_ports;
        server->file_ports = port->next;
        stream_port_free(port->stream);
        http_free(port->http);
        free(port);
    }
    wipe_keys(server->file_keys, server->file_key_count);
    server->file_keys = NULL;
}
