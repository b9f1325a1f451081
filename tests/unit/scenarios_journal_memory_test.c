/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scenarios/journal/journal.h"

enum {
    FEW = 20000,   /* events, of some 400 bytes each */
    MANY = 120000, /* 40 MiB */
    GROWTH_MAX_KIB = 6 * 1024,
    BLOCK = 1024,
    METHOD_PUT = 3,
};

static struct event_store *store;

static void set_up(void)
{
    store = event_store_new();
    CU_ASSERT_PTR_NOT_NULL_FATAL(store);
}

static void tear_down(void)
{
    event_store_free(store);
}

/** Blocks of a package, as a push has them. */
static void add_blocks(uint32_t from, uint32_t to)
{
    static const char hash[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    for (uint32_t i = from; i < to; i++) {
        const struct journal_event event = {
            .sequence = i + 1,
            .instance = "AFU-PSH-001@push",
            .endpoint = "dev",
            .kind = (enum journal_kind)SERVER_REQUEST,
            .payload_sha256 = hash,
            .as.server = { .kind = SERVER_REQUEST,
                           .id = i,
                           .endpoint = "dev",
                           .as.request = { .method = METHOD_PUT,
                                           .path = "/33629/0/0",
                                           .has_block1 = true,
                                           .block1 = { i, true, 6 },
                                           .payload_length = BLOCK } },
        };
        if (event_store_add(store, &event, NULL) != STATUS_OK) {
            CU_FAIL("the event was not stored");
            return;
        }
    }
}

static void expect_blocks(uint32_t count)
{
    CU_ASSERT_EQUAL(event_store_count(store), count);
    for (uint32_t i = 0; i < count; i += 997) {
        const struct journal_event *event = event_store_at(store, i);
        CU_ASSERT_EQUAL(event->sequence, i + 1);
        CU_ASSERT_EQUAL(event->as.server.as.request.block1.number, i);
        CU_ASSERT_STRING_EQUAL(event->as.server.as.request.path, "/33629/0/0");
        CU_ASSERT_STRING_EQUAL(event->as.server.endpoint, "dev");
        CU_ASSERT_STRING_EQUAL(event->instance, "AFU-PSH-001@push");
        CU_ASSERT_EQUAL(event->payload_sha256[63], 'f');
    }
}

/** What of this process is in memory now. */
static long resident_kib(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    long whole = 0;
    long resident = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fscanf(file, "%ld %ld", &whole, &resident), 2);
    (void)fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void memory_does_not_grow_with_the_events_of_a_case(void)
{
    add_blocks(0, FEW);
    const long before = resident_kib();
    add_blocks(FEW, MANY);
    const long growth = resident_kib() - before;

    if (growth >= GROWTH_MAX_KIB) {
        fprintf(stderr, "it grew by %ld KiB\n", growth);
    }
    CU_ASSERT_TRUE(growth < GROWTH_MAX_KIB);
    expect_blocks(MANY);
}

static void a_cleared_store_takes_as_many_again(void)
{
    for (int i = 0; i < 2; i++) {
        event_store_clear(store);
        CU_ASSERT_EQUAL(event_store_count(store), 0);
        add_blocks(0, MANY / 2);
        expect_blocks(MANY / 2);
    }
}

static void without_a_folder_for_the_file_all_is_held(void)
{
    CU_ASSERT_EQUAL_FATAL(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    add_blocks(0, MANY / 2);
    expect_blocks(MANY / 2);
    (void)unsetenv("TMPDIR"); /* no other test sets it */
}

int main(void)
{
    CU_TestInfo tests[] = {
        { "memory does not grow with the events of a case",
          memory_does_not_grow_with_the_events_of_a_case },
        { "a cleared store takes as many again",
          a_cleared_store_takes_as_many_again },
        { "without a folder for the file all is held",
          without_a_folder_for_the_file_all_is_held },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "event memory", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_run_tests();
    const bool failed = CU_get_number_of_failures() != 0;
    CU_cleanup_registry();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
