/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/memory.h"

#include <fcntl.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHUNK_SIZE    ((size_t)16 * 1024)
#define MAPPED_SIZE   ((size_t)1024 * 1024) /* of a chunk in the file */
#define FILE_NAME_MAX 512

struct event_memory_chunk {
    struct event_memory_chunk *next;
    size_t used;
    size_t size;
    bool is_mapped;
    alignas(max_align_t) unsigned char bytes[];
};

/* The file. */

static void open_file(struct event_memory *memory)
{
    const char *folder = getenv("TMPDIR");
    char name[FILE_NAME_MAX];
    const int length = snprintf(name, sizeof(name), "%s/assay-XXXXXX",
                                folder != NULL ? folder : "/var/tmp");
    const int file =
        length < (int)sizeof(name) ? mkostemp(name, O_CLOEXEC) : -1;

    memory->file = -1;
    if (file >= 0) {
        (void)unlink(name); /* else it stays, empty at the end */
        memory->file = file + 1;
    }
}

/** NULL: it has to be held in memory. */
static struct event_memory_chunk *map_chunk(struct event_memory *memory)
{
    if (memory->file == 0) {
        open_file(memory);
    }
    /* A full disk is told here, and not by a signal when it is written to. */
    if (memory->file < 0 ||
        posix_fallocate(memory->file - 1, memory->file_length,
                        (off_t)MAPPED_SIZE) != 0) {
        return NULL;
    }
    struct event_memory_chunk *chunk =
        mmap(NULL, MAPPED_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
             memory->file - 1, memory->file_length);
    if (chunk == MAP_FAILED) {
        return NULL;
    }
    memory->file_length += (off_t)MAPPED_SIZE;
    chunk->size = MAPPED_SIZE - sizeof(*chunk);
    chunk->is_mapped = true;
    return chunk;
}

/* Chunks. */

static void free_chunk(struct event_memory *memory,
                       struct event_memory_chunk *chunk)
{
    if (chunk->is_mapped) {
        (void)munmap(chunk, MAPPED_SIZE); /* it is one mapping */
    } else {
        memory->held -= chunk->size;
        free(chunk);
    }
}

void event_memory_clear(struct event_memory *memory)
{
    struct event_memory_chunk *kept = NULL;

    for (size_t i = 0; i < memory->tree_count; i++) {
        cJSON_Delete(memory->trees[i]);
    }
    memory->tree_count = 0;
    while (memory->chunks != NULL) {
        struct event_memory_chunk *chunk = memory->chunks;
        memory->chunks = chunk->next;
        if (kept == NULL && chunk->size == CHUNK_SIZE) {
            kept = chunk;
        } else {
            free_chunk(memory, chunk);
        }
    }
    if (kept != NULL) {
        kept->next = NULL;
        kept->used = 0;
        memory->chunks = kept;
    }
    if (memory->file_length > 0) {
        (void)!ftruncate(memory->file - 1, 0); /* else it takes room on disk */
        memory->file_length = 0;
    }
}

void event_memory_release(struct event_memory *memory)
{
    event_memory_clear(memory);
    if (memory->chunks != NULL) {
        free_chunk(memory, memory->chunks);
    }
    free(memory->trees);
    if (memory->file > 0) {
        (void)close(memory->file - 1); /* nobody reads it again */
    }
    *memory = (struct event_memory){ .chunks = NULL };
}

/** The newest chunk, with room for so many bytes; NULL: memory ran out. */
static struct event_memory_chunk *add_chunk(struct event_memory *memory,
                                            size_t wanted)
{
    const size_t room = wanted > CHUNK_SIZE ? wanted : CHUNK_SIZE;
    struct event_memory_chunk *last = memory->chunks;
    struct event_memory_chunk *chunk = NULL;

    if (memory->held >= EVENT_MEMORY_HELD &&
        wanted <= MAPPED_SIZE - sizeof(*chunk)) {
        chunk = map_chunk(memory);
    }
    if (chunk == NULL) {
        chunk = malloc(sizeof(*chunk) + room);
        if (chunk == NULL) {
            return NULL;
        }
        chunk->size = room;
        chunk->is_mapped = false;
        memory->held += room;
    }
    if (last != NULL && last->is_mapped) {
        /* It is full, and in the file from now on. */
        (void)madvise(last, MAPPED_SIZE, MADV_DONTNEED);
    }
    chunk->used = 0;
    chunk->next = last;
    memory->chunks = chunk;
    return chunk;
}

void *event_memory_take(struct event_memory *memory, size_t size)
{
    struct event_memory_chunk *chunk = memory->chunks;
    size_t wanted;
    void *piece;

    if (size > SIZE_MAX / 2) {
        return NULL;
    }
    wanted = (size + alignof(max_align_t) - 1) / alignof(max_align_t) *
             alignof(max_align_t);
    if (chunk == NULL || chunk->size - chunk->used < wanted) {
        chunk = add_chunk(memory, wanted);
        if (chunk == NULL) {
            return NULL;
        }
    }
    piece = chunk->bytes + chunk->used;
    chunk->used += wanted;
    memset(piece, 0, wanted);
    return piece;
}

char *event_memory_copy(struct event_memory *memory, const void *bytes,
                        size_t length)
{
    char *copy;

    if (length == SIZE_MAX) {
        return NULL;
    }
    copy = event_memory_take(memory, length + 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, bytes, length);
    }
    return copy;
}

cJSON *event_memory_keep(struct event_memory *memory, cJSON *tree)
{
    if (tree == NULL) {
        return NULL;
    }
    if (memory->tree_count == memory->tree_capacity) {
        size_t capacity =
            memory->tree_capacity > 0 ? memory->tree_capacity * 2 : 8;
        cJSON **grown = realloc(memory->trees, capacity * sizeof(*grown));

        if (grown == NULL) {
            cJSON_Delete(tree);
            return NULL;
        }
        memory->trees = grown;
        memory->tree_capacity = capacity;
    }
    memory->trees[memory->tree_count++] = tree;
    return tree;
}
