/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>

#include "cli/progress.h"

#define CLOCK_SIZE 16
#define LIVE_SIZE  256

/** "21:43:30", when that time will be over; "" when there is no such clock. */
static void put_clock(uint64_t left_ms, char clock[CLOCK_SIZE])
{
    time_t end = time(NULL) + (time_t)(left_ms / 1000);
    struct tm parts;

    if (localtime_r(&end, &parts) == NULL ||
        strftime(clock, CLOCK_SIZE, "%H:%M:%S", &parts) == 0) {
        clock[0] = '\0';
    }
}

/** "127.0.0.1:5683", "[::1]:5683" */
static void print_address(FILE *stream, const char *address, unsigned port)
{
    const bool is_v6 = strchr(address, ':') != NULL;

    fprintf(stream, "%s%s%s:%u", is_v6 ? "[" : "", address, is_v6 ? "]" : "",
            port);
}

static void print_repository(FILE *stream,
                             const struct campaign_waiting *waiting)
{
    const char *name = repository_protocol_name(waiting->pull_by);
    const bool is_udp = waiting->pull_by == REPOSITORY_COAP ||
                        waiting->pull_by == REPOSITORY_COAPS;

    if (waiting->repository_port == 0) {
        fprintf(stream,
                "packages to fetch are at a free port, by %s: the Package URI "
                "says which\n",
                name);
        return;
    }
    fprintf(stream, "packages to fetch are at %s://", name);
    print_address(stream, waiting->address, waiting->repository_port);
    fprintf(stream, " (%s)\n", is_udp ? "UDP" : "TCP");
}

static void print_awaited(FILE *stream, const struct progress *progress,
                          const struct campaign_waiting *waiting)
{
    char clock[CLOCK_SIZE];

    put_clock(waiting->left_ms, clock);
    fputs("waiting for ", stream);
    if (waiting->endpoint != NULL) {
        fputc('\'', stream);
        progress_text(progress, waiting->endpoint, true);
        fputc('\'', stream);
    } else if (waiting->devices > 1) {
        fprintf(stream, "%zu devices", waiting->devices);
    } else {
        fputs(waiting->is_started ? "the started device"
                                  : "the first device that registers",
              stream);
    }
    const bool is_verb_said = waiting->endpoint == NULL &&
                              waiting->devices <= 1 && !waiting->is_started;
    fprintf(stream, "%s, until %s (--register-timeout %llu)\n",
            is_verb_said ? "" : " to register", clock,
            (unsigned long long)(waiting->left_ms / 1000));
}

void progress_listening(const struct campaign_waiting *waiting, void *user)
{
    const struct progress *progress = user;
    FILE *stream = progress->stream;

    fprintf(stream, "listening on %s://", waiting->scheme);
    print_address(stream, waiting->address, waiting->port);
    fputs(" (UDP)\n", stream);
    if (waiting->second_port != 0) {
        fputs("the second LwM2M server is at coap://", stream);
        print_address(stream, waiting->address, waiting->second_port);
        fputs(" (UDP)\n", stream);
    }
    print_repository(stream, waiting);
    if (waiting->is_untold) {
        fputs("note: the started program has no {port} in its arguments, and "
              "the port is a free one: how is it to know? --port fixes it\n",
              stream);
    }
    print_awaited(stream, progress, waiting);
    fflush(stream);
}

void progress_waiting(const struct campaign_waiting *waiting, void *user)
{
    const struct progress *progress = user;
    char line[LIVE_SIZE];
    int length =
        snprintf(line, sizeof(line), "waiting, %llu s left; ",
                 (unsigned long long)((waiting->left_ms + 999) / 1000));
    size_t used = length > 0 ? (size_t)length : 0; /* it fits */

    if (waiting->datagrams == 0) {
        (void)snprintf(line + used, sizeof(line) - used, "nothing received");
    } else {
        (void)snprintf(line + used, sizeof(line) - used,
                       "%llu datagrams received, the last from %s: %s",
                       (unsigned long long)waiting->datagrams,
                       waiting->last_peer, waiting->last_what); /* cut */
    }
    for (char *at = line; *at != '\0'; at++) { /* a peer may send anything */
        *at = *at >= 0x20 && *at < 0x7f ? *at : '?';
    }
    progress_live(progress, line);
}
