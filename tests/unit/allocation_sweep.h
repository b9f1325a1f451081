/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_ALLOCATION_SWEEP_H
#define TESTS_UNIT_ALLOCATION_SWEEP_H

/*
 * Fails one allocation after the other. The program is linked with
 * -Wl,--wrap=malloc, calloc, realloc, strdup and strndup; the allocations of
 * shared libraries do not pass here unless they are told to.
 */
#include <stdbool.h>
#include <stddef.h>

#include "server/data/status.h"

/** One call under test. All functions share the test file's fixture. */
struct sweep_operation {
    const char *name;
    void (*prepare)(void);
    enum status (*call)(struct reason *reason);
    /** After STATUS_NO_MEMORY: whether everything is as `prepare` left it. */
    bool (*is_untouched)(void);
    /** After STATUS_OK: whether the call did its work. */
    bool (*is_done)(void);
    void (*clean)(void);
    /** libxml2 works on without some of its allocations (its dictionary may
     *  stay small); then `is_done` must hold in spite of the failure. */
    bool may_do_without;
};

/**
 * Run the operation with its 1st, 2nd, ... allocation failing (in steps of
 * `stride`, for calls that make thousands), alone and with all that follow,
 * until it works; each failure is to be STATUS_NO_MEMORY with
 * words, and to leave everything untouched. Asserts with CUnit.
 *
 * @return how many failures it took
 */
size_t sweep(const struct sweep_operation *operation, size_t stride);

/** Fail every allocation from now on, until sweep_allow(). */
void sweep_forbid(void);
/** @return how many allocations were asked for since sweep_forbid() */
size_t sweep_allow(void);

/* For libraries that take an allocator. */
void *sweep_malloc(size_t size);
void *sweep_realloc(void *block, size_t size);
char *sweep_strdup(const char *text);

#endif
