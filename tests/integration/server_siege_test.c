/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file server under siege, by each protocol that it has: paths that are
 * none of its, 10,000 connections, connections that say nothing, or a byte and
 * no more. A child attacks over loopback; the server turns in this process, and
 * has to give the file that it has afterwards, in no more memory.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/server.h"
#include "tests/integration/siege.h"

enum {
    SIZE = 700, /* one block */
    WAVES = 20,
    WAVE = 500, /* connections at a time: 10,000 in all */
    LONG_URI = 8192,
    GUARD_MS = 240000,
    ANSWER_MS = 20000,
    KIB_MORE = 24 * 1024, /* that a siege may leave */
    FD_MORE = 16,
};

static struct {
    struct server *server;
    uint64_t guard;
    uint8_t bytes[SIZE];
    bool has_passed;
    uint64_t files;
} fixture;

static void on_event(const struct server_event *event, void *user)
{
    (void)user;
    if (event->kind == SERVER_TIMER) {
        fixture.has_passed = true;
        server_stop(fixture.server);
    } else if (event->kind == SERVER_READABLE) {
        server_stop(fixture.server);
    } else if (event->kind == SERVER_REPOSITORY) {
        fixture.files++;
    }
}

static void set_up(void)
{
    const struct server_config config = { .port = 0 };

    memset(&fixture, 0, sizeof(fixture));
    for (size_t i = 0; i < SIZE; i++) {
        fixture.bytes[i] = (uint8_t)(i * 7 + i / 256);
    }
    CU_ASSERT_EQUAL_FATAL(
        server_new(&config, on_event, NULL, &fixture.server, NULL), STATUS_OK);
}

static void tear_down(void)
{
    server_free(fixture.server);
}

/** Offer the file. @return false: not by this protocol */
static bool offer(enum repository_protocol protocol, struct siege *siege)
{
    const struct repository_resource resource = {
        .endpoint = "dev",
        .protocol = protocol,
        .bytes = fixture.bytes,
        .length = SIZE,
        .max_szx = REPOSITORY_SZX_MAX,
    };
    char uri[SERVER_URI_MAX + 1];
    unsigned port = 0;
    uint64_t id = 0;

    if (!repository_protocol_is_offered(protocol)) {
        printf("(no %s) ", repository_protocol_name(protocol));
        return false;
    }
    CU_ASSERT_EQUAL_FATAL(
        server_publish(fixture.server, &resource, NULL, &id, uri, NULL),
        STATUS_OK);
    *siege = (struct siege){ .protocol = protocol,
                             .body = fixture.bytes,
                             .length = SIZE };
    CU_ASSERT_EQUAL_FATAL(
        sscanf(strstr(uri, "://"), "://127.0.0.1:%u%63s", &port, siege->path),
        2);
    siege->port = (uint16_t)port;
    return true;
}

/** A line of /proc/self/status, in KiB. */
static long memory_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        (void)sscanf(line, "VmRSS: %ld", &kib); /* of other lines nothing */
    }
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    return kib;
}

/** The lowest descriptor that is free: none is lost. */
static int free_descriptor(void)
{
    int fd = dup(STDIN_FILENO);

    (void)close(fd); /* it was never used */
    return fd;
}

/** Let a child attack while the server turns.
 *  @return its exit status; -1: it did not end in time */
static int attack(int (*how)(const struct siege *), const struct siege *siege)
{
    int ends[2];
    int status = -1;
    uint64_t watch = 0;

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    (void)fflush(stdout); /* or the child prints it again */
    const pid_t child = fork();
    CU_ASSERT_TRUE_FATAL(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        _exit(how(siege));
    }
    (void)close(ends[1]); /* the child's end says that it ended */
    CU_ASSERT_EQUAL_FATAL(server_watch(fixture.server, ends[0], &watch, NULL),
                          STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(
        server_timer_start(fixture.server, GUARD_MS, &fixture.guard, NULL),
        STATUS_OK);
    server_run(fixture.server);
    server_timer_stop(fixture.server, fixture.guard);
    server_unwatch(fixture.server, watch);
    (void)close(ends[0]);
    if (fixture.has_passed) {
        (void)kill(child, SIGKILL); /* ours */
    }
    CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
    return !fixture.has_passed && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What the child does; 0 is well, else the number of what went wrong. */

static int ask_for_what_is_not_there(const struct siege *siege)
{
    static char longest[LONG_URI + 2];
    char below[128];
    const char *const paths[] = {
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
        "/",
        "/.",
        "/a%00b",
        "/\x01\x7f\xff",
        below,
        longest,
    };
    const struct siege_bytes nul = { "/a\0/etc/passwd", 14 };

    (void)snprintf(below, sizeof(below), "%s/../../etc/passwd", siege->path);
    longest[0] = '/';
    memset(longest + 1, 'a', LONG_URI);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        const struct siege_bytes path = { paths[i], strlen(paths[i]) };
        if (siege_ask(siege, &path) == SIEGE_GIVEN || !siege_is_served(siege)) {
            return (int)i + 1;
        }
    }
    return siege_ask(siege, &nul) == SIEGE_GIVEN || !siege_is_served(siege)
               ? 100
               : 0;
}

/** Connections in waves; each says no more than its beginning. */
static int knock(const struct siege *siege, size_t waves, size_t wave)
{
    static int fds[2 * WAVE];

    for (size_t i = 0; i < waves; i++) {
        for (size_t j = 0; j < wave; j++) {
            fds[j] = siege_knock(siege);
        }
        for (size_t j = 0; j < wave; j++) {
            (void)close(fds[j]); /* what it left is the server's to clear */
        }
        if (!siege_is_served(siege)) {
            return (int)i + 1;
        }
    }
    return 0;
}

static int knock_once(const struct siege *siege)
{
    return knock(siege, 1, WAVE);
}

static int knock_ten_thousand_times(const struct siege *siege)
{
    return knock(siege, WAVES, WAVE);
}

static int knock_with_all_at_once(const struct siege *siege)
{
    return knock(siege, 2, (size_t)2 * WAVE);
}

/* The cases, for each protocol. */

static const enum repository_protocol protocols[] = {
    REPOSITORY_COAP,  REPOSITORY_COAPS,    REPOSITORY_HTTP,
    REPOSITORY_HTTPS, REPOSITORY_COAP_TCP, REPOSITORY_COAPS_TCP,
};
enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

static void check(const char *what, enum repository_protocol protocol,
                  int status)
{
    if (status != 0) {
        (void)fprintf(stderr, "%s by %s: %d\n", what,
                      repository_protocol_name(protocol), status);
    }
    CU_ASSERT_EQUAL(status, 0);
}

static void only_what_was_published_is_given(void)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        struct siege siege;
        if (offer(protocols[i], &siege)) {
            check("paths", protocols[i],
                  attack(ask_for_what_is_not_there, &siege));
        }
    }
}

static void ten_thousand_connections_leave_nothing_behind(void)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        struct siege siege;
        if (!offer(protocols[i], &siege)) {
            continue;
        }
        check("a wave", protocols[i], attack(knock_once, &siege));
        const long before = memory_kib();
        const int first_free = free_descriptor();
        check("connections", protocols[i],
              attack(knock_ten_thousand_times, &siege));
        CU_ASSERT_TRUE(free_descriptor() < first_free + FD_MORE);
#ifndef __SANITIZE_ADDRESS__ /* it keeps what was freed for a while */
        CU_ASSERT_TRUE(before > 0 && memory_kib() < before + KIB_MORE);
#else
        (void)before;
#endif
    }
}

static void more_than_a_port_takes_are_survived(void)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        struct siege siege;
        if (offer(protocols[i], &siege)) {
            check("all at once", protocols[i],
                  attack(knock_with_all_at_once, &siege));
        }
    }
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "only what was published is given",
          only_what_was_published_is_given },
        { "10,000 connections leave nothing behind",
          ten_thousand_connections_leave_nothing_behind },
        { "more than a port takes are survived",
          more_than_a_port_takes_are_survived },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "file servers under siege", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
