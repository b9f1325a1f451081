/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_MEMORY_H
#define SCENARIOS_JOURNAL_MEMORY_H

/*
 * What copies of events live in: many small pieces, released together;
 * private to scenarios/journal.
 *
 * A case may have very many events, two for each block of a package. Beyond
 * EVENT_MEMORY_HELD bytes the pieces lie in a file without a name, in $TMPDIR or
 * /var/tmp, that is mapped: the addresses stay, and the system reads what is
 * looked at again. Where there can be no such file all is held in memory.
 */
#include <cjson/cJSON.h>
#include <stddef.h>
#include <sys/types.h>

#define EVENT_MEMORY_HELD ((size_t)4 * 1024 * 1024)

struct event_memory_chunk;

/** All zero is an empty memory. */
struct event_memory {
    struct event_memory_chunk *chunks;
    cJSON **trees; /**< released with the memory */
    size_t tree_count;
    size_t tree_capacity;
    size_t held; /**< bytes of chunks that are not in the file */
    int file;    /**< descriptor of the file, and one more; 0: none;
                      -1: there can be none */
    off_t file_length;
};

void event_memory_release(struct event_memory *memory);
/** Empty it, and keep a little to be used again. */
void event_memory_clear(struct event_memory *memory);
/** Zeroed, aligned for any type; NULL when memory ran out. */
void *event_memory_take(struct event_memory *memory, size_t size);
/** Copy with a NUL behind it; NULL when memory ran out. */
char *event_memory_copy(struct event_memory *memory, const void *bytes,
                        size_t length);
/** Take a tree over, also when it fails. @return the tree, or NULL */
cJSON *event_memory_keep(struct event_memory *memory, cJSON *tree);

#endif
