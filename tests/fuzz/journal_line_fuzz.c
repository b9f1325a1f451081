/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is one line of events.ndjson, without its line feed. */
#include <string.h>

#include "scenarios/journal/fields.h"
#include "scenarios/journal/journal.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/** What was read and written is read and written as the same bytes. */
static void check_again(const struct journal_event *event, const char *line)
{
    struct event_memory memory = { .chunks = NULL };
    struct reason reason = { .status = STATUS_OK };
    struct journal_event again;

    HOLDS(line_read(line, strlen(line), &memory, &again, &reason) == STATUS_OK);
    HOLDS(again.kind == event->kind);
    HOLDS(again.sequence == event->sequence);
    HOLDS(again.time_ms == event->time_ms);
    HOLDS(again.wall_ms == event->wall_ms);
    char *second = journal_line(&again);
    HOLDS(second != NULL);
    HOLDS(strcmp(line, second) == 0);
    free(second);
    event_memory_release(&memory);
}

/** A copy in a store says the same after the original is gone. */
static void check_copy(const struct journal_event *event, const char *line)
{
    struct event_store *store = event_store_new();
    struct reason reason = { .status = STATUS_OK };

    HOLDS(store != NULL);
    HOLDS(event_store_add(store, event, &reason) == STATUS_OK);
    char *copy = journal_line(event_store_at(store, 0));
    HOLDS(copy != NULL);
    HOLDS(strcmp(copy, line) == 0);
    free(copy);
    event_store_free(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_memory memory = { .chunks = NULL };
    struct reason reason = { .status = STATUS_OK };
    struct journal_event event = { .sequence = 99 };
    enum status status =
        line_read((const char *)data, size, &memory, &event, &reason);

    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    if (status == STATUS_OK) {
        char *line = journal_line(&event);
        HOLDS(line != NULL);
        HOLDS(strpbrk(line, "\r\n") == NULL);
        check_again(&event, line);
        check_copy(&event, line);
        free(line);
    } else {
        HOLDS(event.sequence == 99);
    }
    event_memory_release(&memory);
    return 0;
}
