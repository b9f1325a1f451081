/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = 64 };

struct store {
    int folder; /* descriptor */
    char *path;
    bool is_temporary;
};

/** Every name that the device writes, for the removal of the folder. */
static const char *const names[] = { "state", "staged", "slot" };

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
    store->folder = store->path != NULL
                        ? open(store->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                        : -1;
    if (store->folder < 0) {
        free(store->path);
        free(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    char name[NAME_SIZE];

    if (store == NULL) {
        return;
    }
    if (store->is_temporary) {
        store_remove(store, names[0]);
        store_remove(store, "new");
        for (unsigned i = 0; i < 16; i++) {
            (void)snprintf(name, sizeof(name), "%u.%s", i, names[1]);
            store_remove(store, name);
            (void)snprintf(name, sizeof(name), "%u.a.%s", i, names[2]);
            store_remove(store, name);
            (void)snprintf(name, sizeof(name), "%u.b.%s", i, names[2]);
            store_remove(store, name);
        }
        (void)rmdir(store->path); /* what is left stays */
    }
    (void)close(store->folder); /* it was only opened */
    free(store->path);
    free(store);
}

static bool write_all(int fd, const uint8_t *bytes, size_t length)
{
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

bool store_write(struct store *store, const char *name, const void *bytes,
                 size_t length)
{
    int fd = openat(store->folder, "new",
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0) {
        return false;
    }
    bool good = write_all(fd, bytes, length) && fsync(fd) == 0;
    good = close(fd) == 0 && good;
    return good && renameat(store->folder, "new", store->folder, name) == 0 &&
           fsync(store->folder) == 0;
}

bool store_read(const struct store *store, const char *name,
                uint8_t **out_bytes, size_t *out_length)
{
    int fd = openat(store->folder, name, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    size_t used = 0;
    ssize_t got = 1;

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
    (void)unlinkat(store->folder, name, 0); /* absent is as good */
}
