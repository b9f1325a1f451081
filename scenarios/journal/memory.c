/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/memory.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE ((size_t)16 * 1024)

struct event_memory_chunk {
    struct event_memory_chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) unsigned char bytes[];
};

static void free_chunks(struct event_memory_chunk *chunk)
{
    while (chunk != NULL) {
        struct event_memory_chunk *next = chunk->next;

        free(chunk);
        chunk = next;
    }
}

void event_memory_clear(struct event_memory *memory)
{
    for (size_t i = 0; i < memory->tree_count; i++) {
        cJSON_Delete(memory->trees[i]);
    }
    memory->tree_count = 0;
    if (memory->chunks != NULL && memory->chunks->size == CHUNK_SIZE) {
        free_chunks(memory->chunks->next);
        memory->chunks->next = NULL;
        memory->chunks->used = 0;
    } else {
        free_chunks(memory->chunks);
        memory->chunks = NULL;
    }
}

void event_memory_release(struct event_memory *memory)
{
    event_memory_clear(memory);
    free_chunks(memory->chunks);
    free(memory->trees);
    *memory = (struct event_memory){ .chunks = NULL };
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
        size_t room = wanted > CHUNK_SIZE ? wanted : CHUNK_SIZE;

        chunk = malloc(sizeof(*chunk) + room);
        if (chunk == NULL) {
            return NULL;
        }
        chunk->next = memory->chunks;
        chunk->used = 0;
        chunk->size = room;
        memory->chunks = chunk;
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
