/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/device_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/* The names that the linker gives to wrapped calls. */
/* NOLINTBEGIN(bugprone-reserved-identifier) */
ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
int __wrap_fsync(int fd);
int __real_openat(int folder, const char *name, int flags, ...);
int __wrap_openat(int folder, const char *name, int flags, ...);
int __real_renameat(int from, const char *old, int to, const char *name);
int __wrap_renameat(int from, const char *old, int to, const char *name);
int __real_unlinkat(int folder, const char *name, int flags);
int __wrap_unlinkat(int folder, const char *name, int flags);

/* Wrapped calls are given no context: the one disk of the process. */
static struct {
    enum disk_fault fault;
    unsigned nth;
    unsigned calls;
    bool file_is_dirty;   /* the one that was created last */
    bool folder_is_dirty; /* a rename waits for its synchronisation */
    const char *broken_rule;
} disk;

void disk_arm(enum disk_fault fault, unsigned nth)
{
    disk.fault = fault;
    disk.nth = nth;
    disk.calls = 0;
}

void disk_forget(void)
{
    disk.file_is_dirty = false;
    disk.folder_is_dirty = false;
    disk.broken_rule = NULL;
}

unsigned disk_calls(void)
{
    return disk.calls;
}

const char *disk_broken_rule(void)
{
    return disk.broken_rule;
}

static void break_rule(const char *text)
{
    disk.broken_rule = disk.broken_rule != NULL ? disk.broken_rule : text;
}

/** @return false: refuse this one */
static bool meet(void)
{
    if (disk.fault == DISK_NONE || ++disk.calls != disk.nth) {
        return true;
    }
    if (disk.fault != DISK_REFUSE) {
        _exit(DISK_KILLED);
    }
    errno = ENOSPC;
    return false;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (disk.fault == DISK_HALF && disk.calls + 1 == disk.nth) {
        (void)__real_write(fd, bytes, length / 2); /* the last thing it does */
    }
    disk.file_is_dirty = true;
    return meet() ? __real_write(fd, bytes, length) : -1;
}

int __wrap_fsync(int fd)
{
    struct stat facts;

    if (!meet()) {
        return -1;
    }
    if (fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        disk.folder_is_dirty = false;
    } else {
        disk.file_is_dirty = false;
    }
    return 0;
}

int __wrap_openat(int folder, const char *name, int flags, ...)
{
    mode_t mode = 0;

    if ((flags & O_CREAT) == 0) {
        return __real_openat(folder, name, flags);
    }
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    disk.file_is_dirty = true;
    return meet() ? __real_openat(folder, name, flags, mode) : -1;
}

int __wrap_renameat(int from, const char *old, int to, const char *name)
{
    if (!meet()) {
        return -1;
    }
    if (disk.file_is_dirty) {
        break_rule("renamed before it was synchronised");
    }
    disk.folder_is_dirty = true;
    return __real_renameat(from, old, to, name);
}

int __wrap_unlinkat(int folder, const char *name, int flags)
{
    if (!meet()) {
        return -1;
    }
    if (disk.folder_is_dirty) {
        break_rule("removed before a rename was synchronised");
    }
    return __real_unlinkat(folder, name, flags);
}
/* NOLINTEND(bugprone-reserved-identifier) */
