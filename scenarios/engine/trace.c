/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/trace.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdio.h>
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
    COAP_PORT = 5683,
    FLUSH_MS = 20, /* of a push, some hundred messages at once */
    BUFFER_SIZE = 256 * 1024,
    MESSAGE_MAX = 65535 - IPV6_SIZE - UDP_SIZE,
};

struct trace {
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
    FILE *file = fopen(path, "we");
    if (file != NULL) {
        (void)setvbuf(file, NULL, _IOFBF, BUFFER_SIZE); /* else a smaller one */
    }
    if (trace->pcap != NULL && file != NULL) {
        trace->dumper = pcap_dump_fopen(trace->pcap, file);
    }
    if (trace->dumper == NULL) {
        if (file != NULL) {
            (void)fclose(file); /* nothing is in it */
        }
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
                     const struct host *target, size_t udp_length)
{
    if (source->size == 4) {
        packet[0] = 0x45;
        put16(packet + 2, (unsigned)(IPV4_SIZE + udp_length));
        packet[8] = HOP_LIMIT;
        packet[9] = PROTOCOL_UDP;
        memcpy(packet + 12, source->address, 4);
        memcpy(packet + 16, target->address, 4);
        put16(packet + 10, fold(sum(0, packet, IPV4_SIZE)));
        return IPV4_SIZE;
    }
    packet[0] = 0x60;
    put16(packet + 4, (unsigned)udp_length);
    packet[6] = PROTOCOL_UDP;
    packet[7] = HOP_LIMIT;
    memcpy(packet + 8, source->address, 16);
    memcpy(packet + 24, target->address, 16);
    return IPV6_SIZE;
}

void trace_write(struct trace *trace, const struct server_message_view *view)
{
    bool sent = view->direction == SERVER_SENT;
    struct host source = parse_host(sent ? view->local : view->peer);
    struct host target = parse_host(sent ? view->peer : view->local);
    struct timeval now = { .tv_sec = 0 };

    /* The port of CoAP, whatever we listen on: readers go by it. */
    (sent ? &source : &target)->port = COAP_PORT;
    if (source.size == 0 || source.size != target.size ||
        view->length > MESSAGE_MAX) {
        return;
    }
    size_t udp_length = UDP_SIZE + view->length;
    uint8_t *packet = calloc(1, IPV6_SIZE + udp_length);
    if (packet == NULL) {
        return;
    }
    size_t head = put_ip(packet, &source, &target, udp_length);
    uint8_t *udp = packet + head;
    put16(udp, source.port);
    put16(udp + 2, target.port);
    put16(udp + 4, (unsigned)udp_length);
    memcpy(udp + UDP_SIZE, view->bytes, view->length);
    uint32_t total = sum(0, source.address, source.size);
    total = sum(total, target.address, target.size);
    total += PROTOCOL_UDP + (uint32_t)udp_length;
    uint16_t checksum = fold(sum(total, udp, udp_length));
    put16(udp + 6, checksum == 0 ? 0xffff : checksum);
    (void)gettimeofday(&now, NULL); /* cannot fail */
    struct pcap_pkthdr header = {
        .ts = now,
        .caplen = (bpf_u_int32)(head + udp_length),
        .len = (bpf_u_int32)(head + udp_length),
    };
    pcap_dump((u_char *)trace->dumper, &header, packet);
    free(packet);
    const uint64_t now_ms =
        (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_usec / 1000;
    if (now_ms - trace->flushed_ms >= FLUSH_MS) {
        trace->flushed_ms = now_ms;
        (void)pcap_dump_flush(trace->dumper); /* a full disk ends the journal */
    }
}
