/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/transfer_own.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/engine/trace.h"
#include "scenarios/journal/journal.h"
#include "server/server.h"

enum {
    OBJECT_AFU = 33629,
    METHOD_PUT = 3,
    SZX_1024 = 6,
    LIMIT_MS = 120000,
    PATH_SIZE = 512,
    OPTION_URI_PATH = 11,
    OPTION_CONTENT_FORMAT = 12,
    OPTION_URI_QUERY = 15,
};

/** The one server of this process. */
static struct own {
    struct server *server;
    struct journal *journal;
    struct event_store *store;
    struct trace *trace;
    uint8_t *bytes;
    size_t size;
    struct push push;
    uint64_t request;
    uint64_t program; /**< whose end is waited for */
    bool awaits_registration;
    bool records;
} own;

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_transfer: %s\n", what);
    exit(2);
}

double now_s(clockid_t clock)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(clock, &now); /* 0 when the process is gone */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double cpu_s(int pid)
{
    clockid_t clock = 0;

    return pid != 0 && clock_getcpuclockid(pid, &clock) == 0 ? now_s(clock) : 0;
}

double usage_s(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

static void send_next(void)
{
    const struct push_block block = push_next(&own.push);
    const struct server_request request = {
        .endpoint = BENCH_ENDPOINT,
        .method = METHOD_PUT,
        .path = lwm2m_path_resource(OBJECT_AFU, 0, 0),
        .content_format = CONTENT_FORMAT_OPAQUE,
        .accept = CONTENT_FORMAT_NONE,
        .has_block1 = true,
        .block1 = block.block,
        .has_size1 = block.block.number == 0,
        .size1 = (uint32_t)own.size,
        .payload = own.bytes + block.offset,
        .payload_length = block.length,
    };
    struct reason reason;

    if (server_send(own.server, &request, &own.request, &reason) != STATUS_OK) {
        give_up(reason.text);
    }
}

static void take_response(const struct server_response_view *response)
{
    switch (push_answer(&own.push, response)) {
    case PUSH_CONTINUE:
        send_next();
        break;
    case PUSH_COMPLETE:
        server_stop(own.server);
        break;
    case PUSH_RESTART:
    case PUSH_REFUSED:
    case PUSH_CONFUSED:
        give_up("the device did not take the package");
    }
}

/** As a campaign keeps it. */
static void keep(const struct server_event *event)
{
    const struct journal_event row = { .kind = (enum journal_kind)event->kind,
                                       .time_ms = event->time_ms,
                                       .endpoint = event->endpoint,
                                       .as.server = *event };
    struct journal_event written;
    struct reason reason;

    if (event->kind != SERVER_TIMER &&
        (journal_append(own.journal, &row, &written, &reason) != STATUS_OK ||
         event_store_add(own.store, &written, &reason) != STATUS_OK)) {
        give_up(reason.text);
    }
}

static void on_event(const struct server_event *event, void *user)
{
    (void)user; /* there is one server */
    if (event->kind == SERVER_MESSAGE) {
        if (own.records) {
            trace_write(own.trace, &event->as.message);
        }
        return;
    }
    if (own.records) {
        keep(event);
    }
    if (event->kind == SERVER_REGISTER && own.awaits_registration) {
        server_stop(own.server);
    } else if (event->kind == SERVER_RESPONSE && event->id == own.request) {
        take_response(&event->as.response);
    } else if (event->kind == SERVER_PROCESS_EXIT && event->id == own.program) {
        if (event->as.process.exit_status != 0) {
            give_up("coap-client failed");
        }
        server_stop(own.server);
    } else if (event->kind == SERVER_TIMER || event->kind == SERVER_TIMEOUT) {
        give_up("no answer");
    }
}

static void open_all(const struct own_job *job, bool is_secure)
{
    static const struct server_psk psk = {
        .identity = (const uint8_t *)BENCH_ENDPOINT,
        .identity_length = sizeof(BENCH_ENDPOINT) - 1,
        .key = (const uint8_t *)BENCH_KEY,
        .key_length = sizeof(BENCH_KEY) - 1,
    };
    static const struct server_security security = { .psks = &psk,
                                                     .psk_count = 1 };
    const struct server_config config = { .security =
                                              is_secure ? &security : NULL };
    char path[PATH_SIZE];
    struct reason reason = { .text = "out of memory" };
    uint64_t id = 0;

    own.size = job->size;
    own.records = job->records;
    own.bytes = malloc(job->size);
    own.store = event_store_new();
    if (own.bytes == NULL || own.store == NULL) {
        give_up("out of memory");
    }
    for (size_t i = 0; i < job->size; i++) {
        own.bytes[i] = (uint8_t)(i * 7 + i / 251);
    }
    (void)snprintf(path, sizeof(path), "%s/events.ndjson", job->folder);
    if (journal_create(path, NULL, NULL, &own.journal, &reason) != STATUS_OK) {
        give_up(reason.text);
    }
    (void)snprintf(path, sizeof(path), "%s/trace.pcap", job->folder);
    if (trace_open(path, &own.trace, &reason) != STATUS_OK ||
        server_new(&config, on_event, NULL, &own.server, &reason) !=
            STATUS_OK ||
        server_timer_start(own.server, LIMIT_MS, &id, &reason) != STATUS_OK) {
        give_up(reason.text);
    }
}

/* Registration. */

static size_t add_option(uint8_t *at, unsigned *last, unsigned number,
                         const char *value, size_t length)
{
    at[0] = (uint8_t)((number - *last) << 4 | length); /* both below 13 */
    memcpy(at + 1, value, length);
    *last = number;
    return 1 + length;
}

/** Register as the one who listens at the port: it is a stock coap-server,
 *  which registers nowhere. */
static void register_port(uint16_t port)
{
    static const char *const queries[] = { "ep=" BENCH_ENDPOINT, "lt=86400",
                                           "lwm2m=1.2", "b=U" };
    static const char links[] = "</33629/0>";
    static const char format[] = { 40 };
    struct sockaddr_in own_address = { .sin_family = AF_INET,
                                       .sin_port = htons(port),
                                       .sin_addr.s_addr =
                                           htonl(INADDR_LOOPBACK) };
    struct sockaddr_in peer = own_address;
    uint8_t message[128] = { 0x40, 0x02, 0x12, 0x34 }; /* CON POST */
    unsigned last = 0;
    size_t length = 4;
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    length += add_option(message + length, &last, OPTION_URI_PATH, "rd", 2);
    length += add_option(message + length, &last, OPTION_CONTENT_FORMAT, format,
                         sizeof(format));
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        length += add_option(message + length, &last, OPTION_URI_QUERY,
                             queries[i], strlen(queries[i]));
    }
    message[length++] = 0xff;
    memcpy(message + length, links, strlen(links));
    length += strlen(links);
    peer.sin_port = htons(server_port(own.server));
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        bind(fd, (const struct sockaddr *)&own_address, sizeof(own_address)) !=
            0 ||
        sendto(fd, message, length, 0, (const struct sockaddr *)&peer,
               sizeof(peer)) != (ssize_t)length) {
        give_up("cannot register");
    }
    own.awaits_registration = true;
    server_run(own.server);
    (void)close(fd);
}

/** Start the device and let it register. */
static uint64_t start_receiver(const char *program)
{
    char port[8];
    const char *const argv[] = { program,   port,           BENCH_ENDPOINT,
                                 BENCH_KEY, BENCH_ENDPOINT, NULL };
    struct reason reason;
    uint64_t id = 0;

    (void)snprintf(port, sizeof(port), "%u", server_port(own.server));
    if (server_process_start(own.server, argv, &id, &reason) != STATUS_OK) {
        give_up(reason.text);
    }
    own.awaits_registration = true;
    server_run(own.server);
    return id;
}

struct took own_push(const struct own_job *job)
{
    uint64_t program = 0;
    struct took took;

    open_all(job, job->receiver != NULL);
    if (job->receiver != NULL) {
        program = start_receiver(job->receiver);
    } else {
        register_port(job->device_port);
    }
    own.awaits_registration = false;
    push_init(&own.push, own.size, SZX_1024);
    const int pid = program != 0 ? server_process_pid(own.server, program) : 0;
    took.cpu = -now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s(pid);
    took.elapsed = -now_s(CLOCK_MONOTONIC);
    send_next();
    server_run(own.server);
    took.elapsed += now_s(CLOCK_MONOTONIC);
    took.cpu += now_s(CLOCK_PROCESS_CPUTIME_ID) + cpu_s(pid);
    if (program != 0) {
        server_process_signal(own.server, program, SIGKILL);
    }
    return took;
}

struct took own_pull(const struct own_job *job)
{
    struct took took;
    struct rusage usage;
    char uri[SERVER_URI_MAX + 1];
    char output[PATH_SIZE];
    const char *const argv[] = { job->client, "-m", "get", "-b", "1024", "-o",
                                 output,      "-v", "3",   uri,  NULL };
    struct reason reason;
    uint64_t file = 0;

    open_all(job, false);
    const struct repository_resource resource = { .endpoint = BENCH_ENDPOINT,
                                                  .bytes = own.bytes,
                                                  .length = own.size,
                                                  .max_szx = SZX_1024 };
    (void)snprintf(output, sizeof(output), "%s/fetched", job->folder);
    if (server_publish(own.server, &resource, NULL, &file, uri, &reason) !=
        STATUS_OK) {
        give_up(reason.text);
    }
    took.cpu = -now_s(CLOCK_PROCESS_CPUTIME_ID);
    took.elapsed = -now_s(CLOCK_MONOTONIC);
    if (server_process_start(own.server, argv, &own.program, &reason) !=
        STATUS_OK) {
        give_up(reason.text);
    }
    server_run(own.server);
    took.elapsed += now_s(CLOCK_MONOTONIC);
    (void)getrusage(RUSAGE_CHILDREN, &usage); /* cannot fail */
    took.cpu += now_s(CLOCK_PROCESS_CPUTIME_ID) + usage_s(&usage);
    return took;
}
