/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/names.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUFFIX_SIZE = 12 }; /* "-10000" and more */

/** What a result directory has of its own. */
static const char *const own_files[] = {
    "events.ndjson", "results.json",  "junit.xml", "report.html",
    "report.md",     "campaign.json", "files",     "registration.pcap",
};

enum { OWN_FILES = sizeof(own_files) / sizeof(own_files[0]) };

struct name_slot {
    const char *name; /* NULL: free */
    size_t index;
};

/** Where the name is, or the free place where it belongs. */
static struct name_slot *slot_of(const struct name_table *table,
                                 const char *name)
{
    size_t at = hash_text(HASH_START, name) & (table->capacity - 1);

    while (table->slots[at].name != NULL &&
           strcmp(table->slots[at].name, name) != 0) {
        at = (at + 1) & (table->capacity - 1);
    }
    return &table->slots[at];
}

enum status name_table_init(struct name_table *table, size_t count_max,
                            struct reason *reason)
{
    size_t capacity = 16;

    while (capacity < 2 * count_max + 1) {
        capacity *= 2;
    }
    table->slots = calloc(capacity, sizeof(*table->slots));
    if (table->slots == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    table->capacity = capacity;
    return STATUS_OK;
}

void name_table_release(struct name_table *table)
{
    free(table->slots);
    *table = (struct name_table){ .slots = NULL };
}

bool name_table_add(struct name_table *table, const char *name, size_t index,
                    size_t *out_index)
{
    struct name_slot *slot = slot_of(table, name);

    if (slot->name != NULL) {
        if (out_index != NULL) {
            *out_index = slot->index;
        }
        return false;
    }
    *slot = (struct name_slot){ name, index };
    return true;
}

bool name_table_find(const struct name_table *table, const char *name,
                     size_t *out_index)
{
    const struct name_slot *slot =
        table->slots != NULL ? slot_of(table, name) : NULL;

    if (slot == NULL || slot->name == NULL) {
        return false;
    }
    *out_index = slot->index;
    return true;
}

char *name_numbered(const char *text, unsigned number)
{
    static const char mark[] = "{n}";
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    while (*text != '\0') {
        if (strncmp(text, mark, sizeof(mark) - 1) == 0) {
            fprintf(stream, "%u", number);
            text += sizeof(mark) - 1;
        } else {
            fputc(*text++, stream);
        }
    }
    if (fclose(stream) != 0) {
        free(out);
        return NULL;
    }
    return out;
}

void slug_of(const char *name, char out_slug[SLUG_SIZE])
{
    size_t used = 0;

    for (; *name != '\0' && used < SLUG_SIZE - 1; name++) {
        unsigned char letter = (unsigned char)*name;
        bool is_plain = letter < 0x80 &&
                        (isalnum(letter) != 0 || strchr("._-", letter) != NULL);
        bool hides = used == 0 && letter == '.';
        /* File systems may take 'A' and 'a' for the same. */
        out_slug[used] = is_plain && !hides ? (char)tolower(letter) : '-';
        used++;
    }
    if (used == 0) {
        out_slug[used++] = '-';
    }
    out_slug[used] = '\0';
}

/** The slug with "-2", "-3" … until nobody has it. */
static void make_unique(struct name_table *table, char slug[SLUG_SIZE],
                        size_t index)
{
    char first[SLUG_SIZE];
    char suffix[SUFFIX_SIZE];

    memcpy(first, slug, SLUG_SIZE);
    for (unsigned i = 2; !name_table_add(table, slug, index, NULL); i++) {
        (void)snprintf(suffix, sizeof(suffix), "-%u", i); /* fits */
        size_t keep = strlen(first);
        if (keep + strlen(suffix) >= SLUG_SIZE) {
            keep = SLUG_SIZE - 1 - strlen(suffix);
        }
        (void)snprintf(slug, SLUG_SIZE, "%.*s%s", (int)keep, first,
                       suffix); /* fits */
    }
}

enum status slugs_assign(const char *const *names, size_t count,
                         char (*out_slugs)[SLUG_SIZE], struct reason *reason)
{
    struct name_table table = { .slots = NULL };
    enum status status = name_table_init(&table, count + OWN_FILES, reason);

    for (size_t i = 0; status == STATUS_OK && i < OWN_FILES; i++) {
        (void)name_table_add(&table, own_files[i], 0, NULL); /* differ */
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        slug_of(names[i], out_slugs[i]);
        make_unique(&table, out_slugs[i], i);
    }
    name_table_release(&table);
    return status;
}
