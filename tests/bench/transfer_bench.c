/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How long 10 MiB take in blocks of 1024 bytes on loopback: pushed by Assay and
 * by libcoap's coap-client, over UDP and DTLS with a pre-shared key, and
 * fetched by coap-client from Assay and from coap-server. All in turn, several
 * times; a line tells ours by theirs, the median of those ratios: the machine's
 * pace changes between rounds, less within one. Ours does what theirs does;
 * "recorded" are the same with the trace and the journal of a campaign.
 *
 * Who is pushed to by UDP is the same coap-server; by DTLS, where a device is
 * the client of its server, a device of libcoap (bench_receiver). What
 * coap-client needs for one block, start and handshake, is taken off its time.
 *
 * Usage: bench_transfer FOLDER COAP-CLIENT COAP-SERVER RECEIVER
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/transfer_own.h"

enum {
    ROUNDS = 7,
    SIZE = 10 * 1024 * 1024,
    BLOCK = 1024,
    MEGABYTE = 1024 * 1024,
    LARGE_MIB = 32,
    SPARE_MIB = 6, /* beside one copy of what is pushed */
    PATH_SIZE = 512,
    URI_SIZE = 64,
    MODE = 0700,
    PAUSE_NS = 50000000,
};

extern char **environ;

static struct bench {
    const char *folder;
    const char *client;
    const char *server;
    const char *receiver;
    pid_t peer; /**< coap-server */
    uint16_t port;
    unsigned jobs;
    char package[PATH_SIZE];
    char block[PATH_SIZE];
} bench;

/* Programs. */

static pid_t start(const char *const *argv)
{
    pid_t pid = 0;

    if (posix_spawn(&pid, argv[0], NULL, NULL, (char **)(uintptr_t)argv,
                    environ) != 0) {
        give_up(argv[0]);
    }
    return pid;
}

static void stop_peer(void)
{
    if (bench.peer != 0) {
        (void)kill(bench.peer, SIGKILL);
        (void)waitpid(bench.peer, NULL, 0);
        bench.peer = 0;
    }
}

/** What the program takes, and the coap-server meanwhile. */
static struct took run(const char *const *argv)
{
    struct took took = { .elapsed = -now_s(CLOCK_MONOTONIC),
                         .cpu = -cpu_s(bench.peer) };
    const pid_t pid = start(argv);
    struct rusage usage;
    int status = 0;

    if (wait4(pid, &status, 0, &usage) != pid || status != 0) {
        stop_peer();
        give_up(argv[0]);
    }
    took.elapsed += now_s(CLOCK_MONOTONIC);
    took.cpu += usage_s(&usage) + cpu_s(bench.peer);
    return took;
}

/** A UDP port that was free a moment ago, and the next one as well. */
static uint16_t free_port(void)
{
    for (int tries = 0; tries < 100; tries++) {
        struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr =
                                           htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(address);
        const int one = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        const struct sockaddr *name = (const struct sockaddr *)&address;
        bool is_free =
            bind(one, name, size) == 0 &&
            getsockname(one, (struct sockaddr *)&address, &size) == 0;
        const uint16_t port = ntohs(address.sin_port);

        address.sin_port = htons((uint16_t)(port + 1));
        is_free = is_free && bind(other, name, size) == 0;
        (void)close(one);
        (void)close(other);
        if (is_free) {
            return port;
        }
    }
    give_up("no free ports");
}

static void write_file(const char *name, size_t size, char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/%s", bench.folder, name);
    FILE *file = fopen(path, "we");

    for (size_t i = 0; file != NULL && i < size; i++) {
        (void)fputc((int)((i * 7 + i / 251) & 0xff), file);
    }
    if (file == NULL || fclose(file) != 0) {
        give_up(path);
    }
}

static void start_peer(void)
{
    char port[8];
    /* -L 3: libcoap puts the blocks together, as in bench_receiver. */
    const char *const argv[] = { bench.server, "-A", "127.0.0.1", "-p",
                                 port,         "-d", "10",        "-v",
                                 "3",          "-k", BENCH_KEY,   "-h",
                                 "hint",       "-L", "3",         NULL };

    bench.port = free_port();
    (void)snprintf(port, sizeof(port), "%u", bench.port);
    bench.peer = start(argv);
}

/* What is measured. */

/** `coap-client -m put` to the coap-server; of what fetches `-m get`. */
static struct took run_client(bool is_secure, bool is_put, const char *file)
{
    char uri[URI_SIZE];
    char output[PATH_SIZE];
    const char *const put[] = { bench.client, "-m", "put",   "-b", "1024",
                                "-f",         file, "-v",    "3",  "-k",
                                BENCH_KEY,    "-u", "bench", uri,  NULL };
    const char *const get[] = { bench.client, "-m", "get", "-b", "1024", "-o",
                                output,       "-v", "3",   uri,  NULL };

    (void)snprintf(output, sizeof(output), "%s/fetched", bench.folder);
    (void)snprintf(uri, sizeof(uri), "coap%s://127.0.0.1:%u/33629/0/%s",
                   is_secure ? "s" : "", bench.port + (is_secure ? 1u : 0u),
                   file == bench.block ? "1" : "0");
    return run(is_put ? put : get);
}

static struct took stock_push(bool is_secure)
{
    const struct took start_up = run_client(is_secure, true, bench.block);
    struct took took = run_client(is_secure, true, bench.package);

    took.elapsed -= start_up.elapsed;
    took.cpu -= start_up.cpu;
    return took;
}

/** The job in a process of its own.
 *  @param out_kib  its largest resident set; NULL allowed */
static struct took in_child(struct took (*job)(const struct own_job *),
                            struct own_job what, long *out_kib)
{
    char folder[PATH_SIZE];
    struct rusage usage;
    struct took took;
    const double before = cpu_s(bench.peer);
    int status = 0;
    int ends[2];

    (void)snprintf(folder, sizeof(folder), "%s/%u", bench.folder, bench.jobs++);
    what.folder = folder;
    if (mkdir(folder, MODE) != 0 || pipe(ends) != 0) {
        give_up(folder);
    }
    const pid_t pid = fork();
    if (pid == 0) {
        took = job(&what);
        _exit(write(ends[1], &took, sizeof(took)) == sizeof(took) ? 0 : 2);
    }
    (void)close(ends[1]);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0 ||
        read(ends[0], &took, sizeof(took)) != sizeof(took)) {
        stop_peer();
        give_up("our side failed");
    }
    (void)close(ends[0]);
    if (out_kib != NULL) {
        *out_kib = usage.ru_maxrss;
    }
    took.cpu += cpu_s(bench.peer) - before;
    return took;
}

static struct took push_udp(bool records)
{
    return in_child(own_push,
                    (struct own_job){ .size = SIZE,
                                      .device_port = bench.port,
                                      .records = records },
                    NULL);
}

static struct took push_dtls(bool records)
{
    return in_child(own_push,
                    (struct own_job){ .size = SIZE,
                                      .receiver = bench.receiver,
                                      .records = records },
                    NULL);
}

static struct took pull(bool records)
{
    return in_child(own_pull,
                    (struct own_job){ .size = SIZE,
                                      .client = bench.client,
                                      .records = records },
                    NULL);
}

static struct took stock_push_udp(void)
{
    return stock_push(false);
}

static struct took stock_push_dtls(void)
{
    return stock_push(true);
}

static struct took stock_pull(void)
{
    return run_client(false, false, bench.package);
}

/** As many datagrams as blocks, each answered by one of the same size. */
static double ping_pong(void)
{
    uint8_t bytes[BLOCK] = { 0 };
    int ends[2];
    struct sockaddr_in addresses[2];

    for (int i = 0; i < 2; i++) {
        socklen_t size = sizeof(addresses[i]);
        addresses[i] =
            (struct sockaddr_in){ .sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        ends[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (ends[i] < 0 ||
            bind(ends[i], (struct sockaddr *)&addresses[i], size) != 0 ||
            getsockname(ends[i], (struct sockaddr *)&addresses[i], &size) !=
                0) {
            give_up("no ping-pong");
        }
    }
    const pid_t pid = fork();
    const int me = pid == 0 ? 1 : 0;
    const double begin = now_s(CLOCK_MONOTONIC);
    for (int i = 0; i < SIZE / BLOCK; i++) {
        bool is_done = (me == 1 || sendto(ends[0], bytes, BLOCK, 0,
                                          (struct sockaddr *)&addresses[1],
                                          sizeof(addresses[1])) == BLOCK) &&
                       recv(ends[me], bytes, BLOCK, 0) == BLOCK &&
                       (me == 0 || sendto(ends[1], bytes, BLOCK, 0,
                                          (struct sockaddr *)&addresses[0],
                                          sizeof(addresses[0])) == BLOCK);
        if (!is_done) {
            give_up("no ping-pong");
        }
    }
    if (pid == 0) {
        _exit(0);
    }
    const double end = now_s(CLOCK_MONOTONIC);
    (void)waitpid(pid, NULL, 0);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return end - begin;
}

/** A push to a server of libcoap, which must not give up its own memory. */
static long peak_kib(size_t size)
{
    long kib = 0;

    (void)in_child(own_push,
                   (struct own_job){ .size = size,
                                     .device_port = bench.port,
                                     .records = true },
                   &kib);
    return kib;
}

/* The rounds. */

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(const double values[ROUNDS])
{
    double sorted[ROUNDS];

    memcpy(sorted, values, sizeof(sorted));
    qsort(sorted, ROUNDS, sizeof(sorted[0]), compare);
    return sorted[ROUNDS / 2];
}

/** What one of them took in each round. */
struct series {
    double elapsed[ROUNDS];
    double cpu[ROUNDS];
};

/** Let others have the processor for a moment: a program of real time (run.sh)
 *  loses a twentieth of it, which would fall into one measurement or another. */
static void pause_between(void)
{
    const struct timespec pause = { .tv_nsec = PAUSE_NS };

    (void)nanosleep(&pause, NULL); /* a shorter one does no harm */
}

static void keep(struct series *series, int round, struct took took)
{
    pause_between();
    series->elapsed[round] = took.elapsed;
    series->cpu[round] = took.cpu;
}

static void tell(const char *name, const char *whose,
                 const struct series *series)
{
    printf("median %s %s: %.3f s, of processors %.3f s\n", name, whose,
           median(series->elapsed), median(series->cpu));
}

/** Ours by theirs, each with the one measured just before it. */
static double ratio_of(const struct series *own, const struct series *stock)
{
    double ratios[ROUNDS];

    for (int i = 0; i < ROUNDS; i++) {
        ratios[i] = own->elapsed[i] / stock->elapsed[i];
    }
    return median(ratios);
}

/** @return whether ours takes no longer */
static bool compare_all(void)
{
    static const struct {
        const char *name;
        struct took (*stock)(void);
        struct took (*own)(bool records);
    } rows[] = {
        { "push-udp", stock_push_udp, push_udp },
        { "push-dtls", stock_push_dtls, push_dtls },
        { "pull", stock_pull, pull },
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    double baseline[ROUNDS];
    struct series stock[ROWS];
    struct series own[ROWS];
    struct series recorded[ROWS];
    bool is_fast = true;

    for (int round = 0; round < ROUNDS; round++) {
        baseline[round] = ping_pong();
        for (size_t i = 0; i < ROWS; i++) {
            keep(&stock[i], round, rows[i].stock());
            keep(&own[i], round, rows[i].own(false));
            keep(&recorded[i], round, rows[i].own(true));
        }
    }
    printf("baseline ping-pong %.3f s\n", median(baseline));
    for (size_t i = 0; i < ROWS; i++) {
        tell(rows[i].name, "stock", &stock[i]);
        tell(rows[i].name, "ours", &own[i]);
        tell(rows[i].name, "recorded", &recorded[i]);
    }
    for (size_t i = 0; i < ROWS; i++) {
        const double ratio = ratio_of(&own[i], &stock[i]);
        printf("ratio %s %.2f\n", rows[i].name, ratio);
        is_fast = is_fast && ratio <= 1.0;
    }
    return is_fast;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        give_up("FOLDER COAP-CLIENT COAP-SERVER RECEIVER");
    }
    bench.folder = argv[1];
    bench.client = argv[2];
    bench.server = argv[3];
    bench.receiver = argv[4];
    write_file("package", SIZE, bench.package);
    write_file("block", 1, bench.block);
    start_peer();
    const bool is_fast = compare_all();
    const long small = peak_kib(MEGABYTE);
    const long large = peak_kib((size_t)LARGE_MIB * MEGABYTE);
    const long grown = (large - small + 512) / 1024;
    printf("memory push %d MiB: +%ld MiB\n", LARGE_MIB, grown);
    stop_peer();
    return is_fast && grown < LARGE_MIB + SPARE_MIB ? 0 : 1;
}
