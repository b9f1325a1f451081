/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/moment.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARMED_FILE   "kill-at"
#define WATCHED_FILE "watched"

enum { EXIT_FAILED = 3, NUMBER_MAX = 100000000, NEVER_REACHED = 1000000 };

static const char by_calls[] = "call-";
static const char by_time[] = "us-";

static const char *const names[MOMENT_COUNT] = {
    [MOMENT_DOWNLOADING] = "downloading",
    [MOMENT_DOWNLOADED] = "downloaded",
    [MOMENT_UPDATING] = "updating",
    [MOMENT_BETWEEN] = "between",
};

/** The device that is watched; signals handlers get no other argument. */
static volatile sig_atomic_t watched;

static bool has_word(const struct store *store)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    bool is_there = store_read(store, WATCHED_FILE, &bytes, &length);

    free(bytes);
    return is_there;
}

/** The number behind the word; 0: there is none, or it is another word. */
static unsigned number_of(const char *text, const char *word)
{
    size_t length = strlen(word);
    char *end = NULL;

    if (strncmp(text, word, length) != 0 || text[length] < '0' ||
        text[length] > '9') {
        return 0;
    }
    unsigned long number = strtoul(text + length, &end, 10);
    return *end == '\0' && number <= NUMBER_MAX ? (unsigned)number : 0;
}

static bool arm(const char *folder, const char *name)
{
    bool is_known =
        number_of(name, by_calls) > 0 || number_of(name, by_time) > 0;

    for (int i = 0; i < MOMENT_COUNT; i++) {
        is_known = is_known || strcmp(names[i], name) == 0;
    }
    struct store *store =
        is_known && folder != NULL ? store_open(folder) : NULL;
    if (store == NULL) {
        return false;
    }
    store_relax(store);
    bool is_armed =
        has_word(store) && store_write(store, ARMED_FILE, name, strlen(name));
    store_close(store);
    return is_armed;
}

void moment_begin(struct store *store, bool is_watched)
{
    if (is_watched) {
        (void)store_write(store, WATCHED_FILE, "",
                          0); /* else it is not armed */
    } else if (has_word(store)) {
        /* Only then: a boot changes nothing on the disk that it need not. */
        store_remove(store, WATCHED_FILE);
    }
}

int moment_arm(const char *folder, const char *name)
{
    if (arm(folder, name)) {
        return 0;
    }
    fprintf(stderr,
            "assay-device: --arm-kill '%s' needs --state DIR of a --watched "
            "device, and is one of downloading, downloaded, updating, "
            "between, call-N, us-N\n",
            name);
    return EXIT_FAILED;
}

void moment_reached(struct store *store, enum moment moment)
{
    uint8_t *bytes = NULL;
    size_t length = 0;

    if (!store_read(store, ARMED_FILE, &bytes, &length)) {
        return;
    }
    bool is_now = bytes != NULL && strcmp((char *)bytes, names[moment]) == 0;
    free(bytes);
    if (is_now) {
        store_remove(store, ARMED_FILE);
        (void)kill(getpid(), SIGKILL); /* nothing comes behind it */
    }
}

/** SIGKILL from outside of all that the device does. */
static void kill_in(unsigned us)
{
    struct sigevent kills = { .sigev_notify = SIGEV_SIGNAL,
                              .sigev_signo = SIGKILL };
    const struct itimerspec once = {
        .it_value = { .tv_sec = us / 1000000,
                      .tv_nsec = (long)(us % 1000000) * 1000 },
    };
    timer_t timer;

    if (timer_create(CLOCK_MONOTONIC, &kills, &timer) != 0 ||
        timer_settime(timer, 0, &once, NULL) != 0) {
        (void)kill(getpid(), SIGKILL); /* at once, then */
    }
}

void moment_update_begins(struct store *store)
{
    uint8_t *bytes = NULL;
    size_t length = 0;

    if (!store_read(store, ARMED_FILE, &bytes, &length)) {
        return;
    }
    unsigned calls = number_of((char *)bytes, by_calls);
    unsigned us = number_of((char *)bytes, by_time);
    free(bytes);
    if (calls > 0 || us > 0) {
        store_remove(store, ARMED_FILE);
        store_cut(store, calls > 0 ? calls : NEVER_REACHED);
    }
    if (us > 0) {
        kill_in(us);
    }
}

void moment_boot_over(const struct store *store)
{
    if (store_is_cut(store)) {
        (void)kill(getpid(), SIGKILL); /* nothing comes behind it */
    }
}

/** To the device; a group gets it anyway, and twice does no harm. */
static void pass_on(int number)
{
    if (watched > 0) {
        (void)kill((pid_t)watched, number);
    }
}

bool moment_watch(int *out_status)
{
    struct sigaction passed = { .sa_handler = pass_on };
    struct sigaction ignored = { .sa_handler = SIG_IGN };
    int status = 0;

    (void)sigaction(SIGTERM, &passed, NULL); /* none of these can fail */
    (void)sigaction(SIGINT, &passed, NULL);
    (void)sigaction(SIGUSR1, &ignored, NULL); /* the device's alone */
    (void)sigaction(SIGUSR2, &ignored, NULL);
    (void)sigaction(SIGHUP, &ignored, NULL);
    do {
        pid_t child = fork();
        if (child == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* not without a watcher */
            return true;
        }
        if (child < 0) {
            *out_status = EXIT_FAILED;
            return false;
        }
        watched = child;
        while (waitpid(child, &status, 0) != child) {
            /* a signal was passed on */
        }
        watched = 0;
    } while (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
    return false;
}
