/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

/*
 * What every fuzz target shares. Under the preset `fuzz` libFuzzer calls
 * LLVMFuzzerTestOneInput(); elsewhere driver.c does, with the seeds of
 * corpus/<name> and mutations of them, as a plain test.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** State what must be true whatever the input is; else the program ends. */
#define HOLDS(condition) fuzz_holds((condition), #condition, __FILE__, __LINE__)

static inline void fuzz_holds(bool condition, const char *text,
                              const char *file, int line)
{
    if (!condition) {
        (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, text);
        abort();
    }
}

#endif
