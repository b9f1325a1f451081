/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/fleet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/device/loader.h"

enum {
    POLL_MAX_MS = 60000,
    EVENTS_MAX = 256,
    FILES_OTHER = 32, /* beside the sockets: state, the loop, stdio … */
};

/** One simulated device. */
struct member {
    char *endpoint;
    char *identity;
    struct store *store;
    struct firmware firmware;
    bool has_firmware;
    struct objects objects;
    struct dtls_config dtls_config;
    struct dtls *dtls;
    struct client *client;
    struct dtls *second_dtls;
    struct client *second; /* the side of the second server, or NULL */
};

struct fleet {
    const struct fleet_config *config;
    struct member *members;
    int loop;
};

static uint64_t clock_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/** "NAME" alone, "NAME-7" among many; caller frees. */
static char *numbered(const char *name, size_t count, size_t number,
                      const char *between)
{
    char *text = NULL;

    if (count == 1) {
        return strdup(name);
    }
    return asprintf(&text, "%s%s%zu", name, between, number) >= 0 ? text : NULL;
}

/** A socket may have become another one, with the same number even: the loop
 *  forgets what is closed. */
static void watch(const struct fleet *fleet, struct member *member)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = member };
    int sockets[CLIENT_SOCKETS_MAX];
    size_t count = client_sockets(member->client, sockets);

    if (member->second != NULL) {
        count += client_sockets(member->second, sockets + count);
    }
    for (size_t i = 0; i < count; i++) {
        if (epoll_ctl(fleet->loop, EPOLL_CTL_MOD, sockets[i], &event) != 0) {
            (void)epoll_ctl(fleet->loop, EPOLL_CTL_ADD, sockets[i],
                            &event); /* else it is deaf, and says so by
                                        silence */
        }
    }
}

static bool open_store(const struct fleet *fleet, struct member *member,
                       size_t number)
{
    const struct fleet_config *config = fleet->config;
    char *folder = config->folder != NULL
                       ? numbered(config->folder, config->count, number, "/")
                       : NULL;

    member->store =
        config->folder == NULL || folder != NULL ? store_open(folder) : NULL;
    free(folder);
    if (member->store != NULL && config->without_sync) {
        store_relax(member->store);
    }
    member->has_firmware =
        member->store != NULL &&
        firmware_open(&member->firmware, member->store, &config->firmware);
    if (!member->has_firmware) {
        fprintf(stderr, "assay-device: cannot use the state folder: %s\n",
                strerror(errno));
    }
    return member->has_firmware;
}

static bool open_session(const struct fleet *fleet, struct member *member,
                         size_t number)
{
    const struct dtls_config *dtls = fleet->config->dtls;
    char why[DTLS_WHY_SIZE];

    if (dtls == NULL) {
        return true;
    }
    member->dtls_config = *dtls;
    if (dtls->identity != NULL) {
        member->identity =
            numbered(dtls->identity, fleet->config->count, number, "-");
        member->dtls_config.identity =
            member->identity != NULL ? member->identity : "";
    }
    member->dtls = dtls_new(&member->dtls_config, why);
    if (member->dtls == NULL) {
        fprintf(stderr, "assay-device: %s\n", why);
    }
    return member->dtls != NULL;
}

/** The side of the second server, with a session of its own. */
static bool start_second(struct fleet *fleet, struct member *member,
                         struct client_config client, uint64_t now)
{
    char why[DTLS_WHY_SIZE];

    if (fleet->config->second_size == 0) {
        return true;
    }
    client.server = fleet->config->second;
    client.server_size = fleet->config->second_size;
    client.first = member->client;
    client.sends = false;
    client.move_ms = 0;
    if (fleet->config->dtls != NULL) {
        member->second_dtls = dtls_new(&member->dtls_config, why);
        client.dtls = member->second_dtls;
    }
    member->second = fleet->config->dtls == NULL || client.dtls != NULL
                         ? client_new(&client, &member->objects, now)
                         : NULL;
    return member->second != NULL;
}

static bool start(struct fleet *fleet, struct member *member, size_t number)
{
    const struct fleet_config *config = fleet->config;
    struct client_config client = config->client;
    uint64_t now = clock_ms();

    member->endpoint = numbered(client.endpoint, config->count, number, "-");
    if (member->endpoint == NULL || !open_session(fleet, member, number) ||
        !open_store(fleet, member, number)) {
        return false;
    }
    firmware_boot(&member->firmware, now);
    member->objects = config->objects;
    member->objects.firmware = &member->firmware;
    client.endpoint = member->endpoint;
    client.dtls = member->dtls;
    member->objects.access.has_second = config->second_size > 0;
    member->client = client_new(&client, &member->objects, now);
    if (member->client == NULL || !start_second(fleet, member, client, now)) {
        fprintf(stderr, "assay-device: no socket: %s\n", strerror(errno));
        return false;
    }
    watch(fleet, member);
    return true;
}

/** @return when something is due next */
static uint64_t tick(const struct fleet *fleet, struct member *member,
                     struct client *client, uint64_t now)
{
    if (client == NULL || client_is_done(client)) {
        return UINT64_MAX;
    }
    if (client_deadline(client) <= now) {
        client_tick(client, now);
        watch(fleet, member);
    }
    return client_deadline(client);
}

/** Do what is due. @return when something is due next */
static uint64_t tick_all(const struct fleet *fleet, uint64_t now)
{
    uint64_t next = UINT64_MAX;

    for (size_t i = 0; i < fleet->config->count; i++) {
        struct member *member = &fleet->members[i];
        uint64_t first = tick(fleet, member, member->client, now);
        uint64_t second = tick(fleet, member, member->second, now);
        next = first < next ? first : next;
        next = second < next ? second : next;
    }
    return next;
}

static void stop_all(const struct fleet *fleet, uint64_t now)
{
    for (size_t i = 0; i < fleet->config->count; i++) {
        client_stop(fleet->members[i].client, now);
        if (fleet->members[i].second != NULL) {
            client_stop(fleet->members[i].second, now);
        }
    }
}

static bool is_done(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->config->count; i++) {
        const struct member *member = &fleet->members[i];
        if (!client_is_done(member->client) ||
            (member->second != NULL && !client_is_done(member->second))) {
            return false;
        }
    }
    return true;
}

/** What the user said, to all of them. @return whether there was a word */
static bool take_user(const struct fleet *fleet)
{
    volatile sig_atomic_t *word = fleet->config->user_word;
    bool is_reset = *word == USER_WORD_FACTORY;
    bool is_key = *word == USER_WORD_KEY;
    bool is_load = *word == USER_WORD_LOAD;
    enum user user = *word == USER_WORD_DEFER ? USER_DEFERS : USER_ACCEPTS;

    if (*word == 0) {
        return false;
    }
    *word = 0;
    for (size_t i = 0; i < fleet->config->count; i++) {
        if (is_key) {
            loader_rotate_key(&fleet->members[i].firmware);
        } else if (is_load) {
            fu_load(&fleet->members[i].objects);
        } else if (is_reset) {
            firmware_reset_settings(&fleet->members[i].firmware);
        } else {
            firmware_set_user(&fleet->members[i].firmware, user);
        }
    }
    return true;
}

/** Signals of the user interrupt whatever is done, so that a word is heard
 *  before the message that was sent after it; but not between the last look
 *  at the word and the sleep. */
static int sleep_until(const struct fleet *fleet, uint64_t next,
                       const sigset_t *while_polling,
                       struct epoll_event events[EVENTS_MAX])
{
    uint64_t now = clock_ms();
    uint64_t wait = next <= now ? 0 : next - now;
    sigset_t words;
    sigset_t before;

    (void)sigemptyset(&words); /* none of these can fail */
    (void)sigaddset(&words, SIGUSR1);
    (void)sigaddset(&words, SIGUSR2);
    (void)sigaddset(&words, SIGHUP);
    (void)sigaddset(&words, SIGURG);
    (void)sigprocmask(SIG_BLOCK, &words, &before);
    wait = take_user(fleet) ? 0 : wait;
    wait = wait > POLL_MAX_MS ? POLL_MAX_MS : wait;
    int count =
        epoll_pwait(fleet->loop, events, EVENTS_MAX, (int)wait, while_polling);
    (void)sigprocmask(SIG_SETMASK, &before, NULL); /* as above */
    return count;
}

static void turn(const struct fleet *fleet, uint64_t next,
                 const sigset_t *while_polling)
{
    struct epoll_event events[EVENTS_MAX];
    int count = sleep_until(fleet, next, while_polling, events);
    for (int i = 0; i < count; i++) {
        struct member *member = events[i].data.ptr;
        if (!client_is_done(member->client)) {
            client_receive(member->client, clock_ms());
            watch(fleet, member);
        }
        if (member->second != NULL && !client_is_done(member->second)) {
            client_receive(member->second, clock_ms());
            watch(fleet, member);
        }
    }
}

static void run(const struct fleet *fleet, volatile sig_atomic_t *stop_asked,
                const sigset_t *while_polling)
{
    while (!is_done(fleet)) {
        turn(fleet, tick_all(fleet, clock_ms()), while_polling);
        if (*stop_asked != 0) {
            *stop_asked = 0;
            stop_all(fleet, clock_ms());
        }
    }
}

/** As many descriptors as are allowed and needed. */
static void allow_files(size_t count)
{
    struct rlimit limit = { .rlim_cur = 0 };
    rlim_t wanted = count * CLIENT_SOCKETS_MAX + FILES_OTHER;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < wanted) {
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit); /* what lacks one says so */
    }
}

static void close_all(struct fleet *fleet)
{
    for (size_t i = 0; fleet->members != NULL && i < fleet->config->count;
         i++) {
        struct member *member = &fleet->members[i];
        client_free(member->second);
        fu_release(&member->objects.fu);
        client_free(member->client);
        if (member->has_firmware) {
            firmware_close(&member->firmware);
        }
        store_close(member->store);
        dtls_free(member->second_dtls);
        dtls_free(member->dtls);
        explicit_bzero(&member->dtls_config, sizeof(member->dtls_config));
        free(member->endpoint);
        free(member->identity);
    }
    free(fleet->members);
    if (fleet->loop >= 0) {
        (void)close(fleet->loop); /* nothing was written */
    }
}

bool fleet_run(const struct fleet_config *config,
               volatile sig_atomic_t *stop_asked, const sigset_t *while_polling)
{
    struct fleet fleet = { .config = config };

    allow_files(config->count);
    fleet.members = calloc(config->count, sizeof(*fleet.members));
    fleet.loop = epoll_create1(EPOLL_CLOEXEC);
    bool good = fleet.members != NULL && fleet.loop >= 0;
    if (!good) {
        fprintf(stderr, "assay-device: %s\n", strerror(errno));
    } else if (config->count > 1 && config->folder != NULL) {
        (void)mkdir(config->folder, 0777); /* else the first one says why */
    }
    for (size_t i = 0; good && i < config->count; i++) {
        good = start(&fleet, &fleet.members[i], i + 1);
    }
    if (good) {
        run(&fleet, stop_asked, while_polling);
    }
    close_all(&fleet);
    return good;
}
