/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/allocation_sweep.h"

#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALLOCATIONS_MAX = 100000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);

/** What the wrapped functions know; `first` is 0 while nothing fails. */
static struct {
    size_t asked;
    size_t first; /* number of the first allocation that fails */
    bool only;    /* and of no other */
    size_t failed;
} allocator;

static bool is_to_fail(void)
{
    allocator.asked++;
    bool fails = allocator.first > 0 &&
                 (allocator.only ? allocator.asked == allocator.first
                                 : allocator.asked >= allocator.first);
    allocator.failed += fails ? 1 : 0;
    return fails;
}

void *__wrap_malloc(size_t size)
{
    return is_to_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_to_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return is_to_fail() ? NULL : __real_realloc(block, size);
}

char *__wrap_strdup(const char *text)
{
    return is_to_fail() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t length)
{
    return is_to_fail() ? NULL : __real_strndup(text, length);
}

void *sweep_malloc(size_t size)
{
    return __wrap_malloc(size);
}

void *sweep_realloc(void *block, size_t size)
{
    return __wrap_realloc(block, size);
}

char *sweep_strdup(const char *text)
{
    return __wrap_strdup(text);
}

static void arm(size_t first, bool only)
{
    allocator.asked = 0;
    allocator.failed = 0;
    allocator.only = only;
    allocator.first = first;
}

void sweep_forbid(void)
{
    arm(1, false);
}

size_t sweep_allow(void)
{
    allocator.first = 0;
    return allocator.asked;
}

/** @return whether the call met the failure */
static bool fail_at(const struct sweep_operation *operation, size_t number,
                    bool only)
{
    struct reason reason = { .status = STATUS_OK };

    operation->prepare();
    arm(number, only);
    enum status status = operation->call(&reason);
    (void)sweep_allow(); /* the count is read by sweep() */
    bool has_failed = allocator.failed > 0;
    bool has_result =
        status == STATUS_OK && (!has_failed || operation->may_do_without);
    bool is_right = has_result ? operation->is_done()
                               : has_failed && status == STATUS_NO_MEMORY &&
                                     reason.status == status &&
                                     reason.text[0] != '\0' &&
                                     operation->is_untouched();
    if (!is_right) {
        printf("%s, allocation %zu%s: %s: %s\n", operation->name, number,
               only ? "" : " and all after it", status_name(status),
               reason.text);
    }
    CU_ASSERT(is_right);
    operation->clean();
    return has_failed;
}

size_t sweep(const struct sweep_operation *operation, size_t stride)
{
    size_t number = 1;
    size_t failures = 0;

    while (number < ALLOCATIONS_MAX && fail_at(operation, number, true)) {
        (void)fail_at(operation, number, false); /* meets it as well */
        number += stride;
        failures++;
    }
    CU_ASSERT(number < ALLOCATIONS_MAX);
    return failures;
}
