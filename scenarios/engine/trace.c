/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/trace.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum {
    SNAP_LENGTH = 65535,
    UDP_SIZE = 8,
    IPV4_SIZE = 20,
    IPV6_SIZE = 40,
    HOP_LIMIT = 64,
    PROTOCOL_UDP = 17,
    PROTOCOL_TCP = 6,
    TCP_SIZE = 20,
    TCP_WORDS = 5 << 4, /* of the header */
    TCP_WINDOW = 65535,
    TCP_MOST = 16384, /* bytes of a segment */
    TCP_FIN = 1,
    TCP_SYN = 2,
    TCP_RST = 4,
    TCP_PSH = 8,
    TCP_ACK = 16,
    COAP_PORT = 5683,
    HTTP_PORT = 80,
    FLOWS_MAX = 64, /* connections at a time: the oldest is forgotten */
    NAME_SIZE = 64,
    FLUSH_MS = 20, /* of a push, some hundred messages at once */
    MESSAGE_MAX = 65535 - IPV6_SIZE - UDP_SIZE,
};

/** A connection by HTTP. */
struct flow {
    char peer[NAME_SIZE]; /* "": none */
    uint16_t local;       /* our port */
    uint32_t next[2];     /* sequence number, of what we send and receive */
    uint64_t used;        /* how new it is */
};

struct trace {
    struct flow flows[FLOWS_MAX];
    uint64_t flow_count; /* that ever were */
    pcap_t *pcap;
    pcap_dumper_t *dumper;
    uint64_t flushed_ms; /* when it was written last */
};

enum status trace_open(const char *path, struct trace **out_trace,
                       struct reason *reason)
{
    struct trace *trace = calloc(1, sizeof(*trace));

    if (trace == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    trace->pcap = pcap_open_dead(DLT_RAW, SNAP_LENGTH);
    trace->dumper =
        trace->pcap != NULL ? pcap_dump_open(trace->pcap, path) : NULL;
    if (trace->dumper == NULL) {
        trace_close(trace);
        return reason_set(reason, STATUS_NETWORK, "cannot write '%.300s'",
                          path);
    }
    *out_trace = trace;
    return STATUS_OK;
}

void trace_close(struct trace *trace)
{
    if (trace == NULL) {
        return;
    }
    if (trace->dumper != NULL) {
        pcap_dump_close(trace->dumper);
    }
    if (trace->pcap != NULL) {
        pcap_close(trace->pcap);
    }
    free(trace);
}

/** An address and a port, from "127.0.0.1:5683" or "[::1]:5683". */
struct host {
    uint8_t address[16];
    size_t size; /* 4 or 16; 0 unknown */
    uint16_t port;
};

static struct host parse_host(const char *text)
{
    struct host host = { .size = 0 };
    const char *colon = text != NULL ? strrchr(text, ':') : NULL;
    char name[64];

    if (colon == NULL || (size_t)(colon - text) >= sizeof(name)) {
        return host;
    }
    size_t skip = text[0] == '[' ? 1 : 0;
    size_t length = (size_t)(colon - text) - 2 * skip;
    memcpy(name, text + skip, length);
    name[length] = '\0';
    host.port = (uint16_t)strtoul(colon + 1, NULL, 10);
    if (inet_pton(AF_INET, name, host.address) == 1) {
        host.size = 4;
    } else if (inet_pton(AF_INET6, name, host.address) == 1) {
        host.size = 16;
    }
    return host;
}

static void put16(uint8_t *bytes, unsigned value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static uint32_t sum(uint32_t start, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        start += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    }
    return length % 2 == 0 ? start : start + ((uint32_t)bytes[length - 1] << 8);
}

static uint16_t fold(uint32_t total)
{
    while (total > 0xffff) {
        total = (total & 0xffff) + (total >> 16);
    }
    return (uint16_t)~total;
}

static size_t put_ip(uint8_t *packet, const struct host *source,
                     const struct host *target, uint8_t protocol, size_t length)
{
    if (source->size == 4) {
        packet[0] = 0x45;
        put16(packet + 2, (unsigned)(IPV4_SIZE + length));
        packet[8] = HOP_LIMIT;
        packet[9] = protocol;
        memcpy(packet + 12, source->address, 4);
        memcpy(packet + 16, target->address, 4);
        put16(packet + 10, fold(sum(0, packet, IPV4_SIZE)));
        return IPV4_SIZE;
    }
    packet[0] = 0x60;
    put16(packet + 4, (unsigned)length);
    packet[6] = protocol;
    packet[7] = HOP_LIMIT;
    memcpy(packet + 8, source->address, 16);
    memcpy(packet + 24, target->address, 16);
    return IPV6_SIZE;
}

/** What stands behind the IP header, with its checksum at `at`. */
static void dump(struct trace *trace, const struct host *source,
                 const struct host *target, uint8_t protocol, uint8_t *packet,
                 size_t length, size_t at)
{
    const size_t head = put_ip(packet, source, target, protocol, length);
    uint8_t *bytes = packet + IPV6_SIZE;
    struct timeval now = { .tv_sec = 0 };
    uint32_t total = sum(0, source->address, source->size);

    total = sum(total, target->address, target->size);
    total += protocol + (uint32_t)length;
    const uint16_t checksum = fold(sum(total, bytes, length));
    put16(bytes + at,
          checksum == 0 && protocol == PROTOCOL_UDP ? 0xffff : checksum);
    memmove(packet + head, bytes, length); /* IPv4 is shorter */
    (void)gettimeofday(&now, NULL);        /* cannot fail */
    const struct pcap_pkthdr header = {
        .ts = now,
        .caplen = (bpf_u_int32)(head + length),
        .len = (bpf_u_int32)(head + length),
    };
    pcap_dump((u_char *)trace->dumper, &header, packet);
    const uint64_t now_ms =
        (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_usec / 1000;
    if (now_ms - trace->flushed_ms >= FLUSH_MS) {
        trace->flushed_ms = now_ms;
        (void)pcap_dump_flush(trace->dumper); /* a full disk ends the journal */
    }
}

void trace_write(struct trace *trace, const struct server_message_view *view)
{
    bool sent = view->direction == SERVER_SENT;
    struct host source = parse_host(sent ? view->local : view->peer);
    struct host target = parse_host(sent ? view->peer : view->local);

    /* The port of CoAP, whatever we listen on: readers go by it. */
    (sent ? &source : &target)->port = COAP_PORT;
    if (source.size == 0 || source.size != target.size ||
        view->length > MESSAGE_MAX) {
        return;
    }
    const size_t length = UDP_SIZE + view->length;
    uint8_t *packet = calloc(1, IPV6_SIZE + length);
    if (packet == NULL) {
        return;
    }
    uint8_t *udp = packet + IPV6_SIZE;
    put16(udp, source.port);
    put16(udp + 2, target.port);
    put16(udp + 4, (unsigned)length);
    memcpy(udp + UDP_SIZE, view->bytes, view->length);
    dump(trace, &source, &target, PROTOCOL_UDP, packet, length, 6);
    free(packet);
}

/* TCP. */

static void put32(uint8_t *bytes, uint32_t value)
{
    put16(bytes, value >> 16);
    put16(bytes + 2, value & 0xffff);
}

/** One segment of a flow. @param hosts  ours, and the device's */
static void write_tcp(struct trace *trace, struct flow *flow,
                      const struct host hosts[2], bool sent, unsigned flags,
                      const uint8_t *bytes, size_t length)
{
    const struct host *source = &hosts[sent ? 0 : 1];
    const struct host *target = &hosts[sent ? 1 : 0];
    uint32_t *next = &flow->next[sent ? 0 : 1];
    uint8_t *packet = calloc(1, IPV6_SIZE + TCP_SIZE + length);

    if (packet == NULL) {
        return;
    }
    uint8_t *tcp = packet + IPV6_SIZE;
    put16(tcp, source->port);
    put16(tcp + 2, target->port);
    put32(tcp + 4, *next);
    put32(tcp + 8, (flags & TCP_ACK) != 0 ? flow->next[sent ? 1 : 0] : 0);
    tcp[12] = TCP_WORDS;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, TCP_WINDOW);
    if (length > 0) {
        memcpy(tcp + TCP_SIZE, bytes, length);
    }
    *next += (uint32_t)length + ((flags & (TCP_SYN | TCP_FIN)) != 0 ? 1 : 0);
    dump(trace, source, target, PROTOCOL_TCP, packet, TCP_SIZE + length, 16);
    free(packet);
}

/** The connection; NULL: this file has not seen it, or has seen its end. */
static struct flow *find_flow(struct trace *trace, const char *peer,
                              uint16_t local)
{
    for (size_t i = 0; i < FLOWS_MAX; i++) {
        struct flow *flow = &trace->flows[i];
        if (flow->local == local && strcmp(flow->peer, peer) == 0) {
            return flow;
        }
    }
    return NULL;
}

/** A fresh one, with its handshake. */
static struct flow *begin_flow(struct trace *trace, const char *peer,
                               uint16_t local, const struct host hosts[2])
{
    struct flow *oldest = &trace->flows[0];

    for (size_t i = 1; i < FLOWS_MAX; i++) {
        if (trace->flows[i].used < oldest->used) {
            oldest = &trace->flows[i];
        }
    }
    *oldest = (struct flow){ .local = local, .used = ++trace->flow_count };
    memcpy(oldest->peer, peer, strlen(peer) + 1); /* the caller looked */
    write_tcp(trace, oldest, hosts, false, TCP_SYN, NULL, 0);
    write_tcp(trace, oldest, hosts, true, TCP_SYN | TCP_ACK, NULL, 0);
    write_tcp(trace, oldest, hosts, false, TCP_ACK, NULL, 0);
    return oldest;
}

static void end_flow(struct trace *trace, struct flow *flow,
                     const struct host hosts[2], bool resets)
{
    if (resets) {
        write_tcp(trace, flow, hosts, true, TCP_RST | TCP_ACK, NULL, 0);
    } else {
        write_tcp(trace, flow, hosts, true, TCP_FIN | TCP_ACK, NULL, 0);
        write_tcp(trace, flow, hosts, false, TCP_FIN | TCP_ACK, NULL, 0);
        write_tcp(trace, flow, hosts, true, TCP_ACK, NULL, 0);
    }
    *flow = (struct flow){ .used = 0 };
}

void trace_write_segment(struct trace *trace,
                         const struct server_segment_view *view)
{
    const bool sent = view->direction == SERVER_SENT;
    struct host hosts[2] = { parse_host(view->local), parse_host(view->peer) };
    const uint16_t local = hosts[0].port;

    if (hosts[0].size == 0 || hosts[0].size != hosts[1].size ||
        strlen(view->peer) >= NAME_SIZE) {
        return;
    }
    hosts[0].port = HTTP_PORT; /* as with that of CoAP */
    struct flow *flow = find_flow(trace, view->peer, local);
    if (flow == NULL && view->length > 0) {
        flow = begin_flow(trace, view->peer, local, hosts);
    }
    for (size_t at = 0; at < view->length; at += TCP_MOST) {
        const size_t left = view->length - at;
        write_tcp(trace, flow, hosts, sent, TCP_PSH | TCP_ACK, view->bytes + at,
                  left < TCP_MOST ? left : TCP_MOST);
        write_tcp(trace, flow, hosts, !sent, TCP_ACK, NULL, 0);
    }
    if (flow != NULL && view->ends) {
        end_flow(trace, flow, hosts, view->resets);
    }
}
