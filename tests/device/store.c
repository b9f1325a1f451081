/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder is opened anew each time: thousands of devices in one process
 * have no descriptors to spare. */
struct store {
    char *path;
    bool is_temporary;
    bool is_relaxed;
    unsigned cut_after; /* changes of the disk until SIGKILL; 0: none is */
};

/** What the names that the device writes end in, for the removal. */
static const char *const names[] = { "state", "new",     "staged",
                                     "slot",  "watched", "kill-at" };

static int open_folder(const struct store *store)
{
    return open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

struct store *store_open(const char *folder)
{
    struct store *store = calloc(1, sizeof(*store));
    const char *temporary = getenv("TMPDIR");

    if (store == NULL) {
        return NULL;
    }
    store->is_temporary = folder == NULL;
    if (folder != NULL) {
        store->path = strdup(folder);
        if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
            free(store->path);
            store->path = NULL;
        }
    } else if (asprintf(&store->path, "%s/assay-device-XXXXXX",
                        temporary != NULL ? temporary : "/tmp") < 0 ||
               mkdtemp(store->path) == NULL) {
        free(store->path);
        store->path = NULL;
    }
    int opened = store->path != NULL ? open_folder(store) : -1;
    if (opened < 0) {
        free(store->path);
        free(store);
        return NULL;
    }
    (void)close(opened); /* it was only opened */
    return store;
}

/** A temporary folder and what the device wrote into it. */
static void remove_folder(const struct store *store)
{
    int folder = open_folder(store);
    DIR *stream = folder >= 0 ? fdopendir(folder) : NULL;
    const struct dirent *entry = NULL;

    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        const char *kind = dot != NULL ? dot + 1 : entry->d_name;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (strcmp(kind, names[i]) == 0) {
                (void)unlinkat(folder, entry->d_name, 0); /* stays if not */
            }
        }
    }
    if (stream != NULL) {
        (void)closedir(stream); /* it was only read */
    } else if (folder >= 0) {
        (void)close(folder); /* it was only opened */
    }
    (void)rmdir(store->path); /* what is left stays */
}

void store_relax(struct store *store)
{
    store->is_relaxed = true;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    if (store->is_temporary) {
        remove_folder(store);
    }
    free(store->path);
    free(store);
}

void store_cut(struct store *store, unsigned change)
{
    store->cut_after = change;
}

bool store_is_cut(const struct store *store)
{
    return store->cut_after > 0;
}

/** One more call that changes the disk. @return whether it is the last one */
static bool is_last(struct store *store)
{
    return store->cut_after > 0 && --store->cut_after == 0;
}

static void cut(void)
{
    (void)kill(getpid(), SIGKILL); /* nothing comes behind it */
}

/** The same, of a call that cannot be half done. */
static void change(struct store *store)
{
    if (is_last(store)) {
        cut();
    }
}

static bool write_all(struct store *store, int fd, const uint8_t *bytes,
                      size_t length)
{
    if (is_last(store)) {
        (void)!write(fd, bytes, length / 2); /* whether it came or not */
        cut();
    }
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written <= 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/** Write a file beside, and rename it. */
static bool replace(struct store *store, int folder, const char *name,
                    const void *bytes, size_t length)
{
    /* What is removed in the end need not outlive a loss of power. */
    bool lasts = !store->is_temporary && !store->is_relaxed;

    change(store);
    int fd =
        openat(folder, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0) {
        return false;
    }
    bool good =
        write_all(store, fd, bytes, length) && (!lasts || fsync(fd) == 0);
    good = close(fd) == 0 && good;
    change(store);
    return good && renameat(folder, "new", folder, name) == 0 &&
           (!lasts || fsync(folder) == 0);
}

bool store_write(struct store *store, const char *name, const void *bytes,
                 size_t length)
{
    int folder = open_folder(store);

    if (folder < 0) {
        return false;
    }
    bool good = replace(store, folder, name, bytes, length);
    (void)close(folder); /* it was synchronised */
    return good;
}

bool store_read(const struct store *store, const char *name,
                uint8_t **out_bytes, size_t *out_length)
{
    int folder = open_folder(store);
    int fd = folder >= 0 ? openat(folder, name, O_RDONLY | O_CLOEXEC) : -1;
    struct stat facts;
    size_t used = 0;
    ssize_t got = 1;

    if (folder >= 0) {
        (void)close(folder); /* it was only opened */
    }
    if (fd < 0 || fstat(fd, &facts) != 0 || facts.st_size < 0 ||
        (uint64_t)facts.st_size > STORE_FILE_MAX) {
        if (fd >= 0) {
            (void)close(fd); /* it was only read */
        }
        return false;
    }
    size_t length = (size_t)facts.st_size;
    uint8_t *buffer = malloc(length + 1);
    while (buffer != NULL && used < length && got > 0) {
        got = read(fd, buffer + used, length - used);
        used += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd); /* it was only read */
    if (buffer == NULL || used < length) {
        free(buffer);
        return false;
    }
    buffer[length] = '\0';
    *out_bytes = buffer;
    *out_length = length;
    return true;
}

void store_remove(struct store *store, const char *name)
{
    int folder = open_folder(store);

    change(store);
    if (folder >= 0) {
        (void)unlinkat(folder, name, 0); /* absent is as good */
        (void)close(folder);             /* it was only opened */
    }
}
