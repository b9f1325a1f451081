/* SPDX-License-Identifier: Apache-2.0 */

/* First byte: the root the caller knows. Rest: application/link-format. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static void check_links(const struct link_list *list)
{
    size_t prefix = strlen(list->root);

    HOLDS(list->count <= LINK_LIST_MAX);
    HOLDS(list->note_count <= RECORD_NOTE_MAX);
    HOLDS(list->root[0] == '/');
    for (size_t i = 0; i < list->count; i++) {
        const struct link *link = &list->links[i];
        char text[LWM2M_PATH_TEXT_MAX];
        HOLDS(link->target[0] == '/');
        HOLDS(link->attribute_count <= LINK_ATTRIBUTE_MAX);
        HOLDS(!link->is_root || strcmp(link->target, list->root) == 0);
        if (link->is_lwm2m && !link->is_root) {
            /* The root and the path are the whole target. */
            const char *rest =
                link->target + (strcmp(list->root, "/") == 0 ? 0 : prefix);
            HOLDS(strcmp(rest, lwm2m_path_text(&link->path, text)) == 0);
        }
        for (size_t j = 0; j < link->attribute_count; j++) {
            HOLDS(link->attributes[j].name[0] != '\0');
            HOLDS(link_attribute(link, link->attributes[j].name) != NULL);
        }
    }
}

static void add(struct byte_buffer *buffer, const char *text)
{
    size_t length = strlen(text);

    buffer->bytes = realloc(buffer->bytes, buffer->length + length + 1);
    HOLDS(buffer->bytes != NULL);
    memcpy(buffer->bytes + buffer->length, text, length);
    buffer->length += length;
}

static void add_quoted(struct byte_buffer *buffer, const char *text)
{
    add(buffer, "\"");
    for (; *text != '\0'; text++) {
        const char letter[] = { '\\', *text, '\0' };
        add(buffer, letter + (*text == '"' || *text == '\\' ? 0 : 1));
    }
    add(buffer, "\"");
}

static void write_links(const struct link_list *list,
                        struct byte_buffer *buffer)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct link *link = &list->links[i];
        add(buffer, i > 0 ? ",<" : "<");
        add(buffer, link->target);
        add(buffer, ">");
        for (size_t j = 0; j < link->attribute_count; j++) {
            add(buffer, ";");
            add(buffer, link->attributes[j].name);
            if (link->attributes[j].value != NULL) {
                add(buffer, "=");
                add_quoted(buffer, link->attributes[j].value);
            }
        }
    }
}

static bool is_same_link(const struct link *a, const struct link *b)
{
    bool same = strcmp(a->target, b->target) == 0 &&
                a->is_lwm2m == b->is_lwm2m && a->is_root == b->is_root &&
                a->attribute_count == b->attribute_count;

    for (size_t i = 0; same && i < a->attribute_count; i++) {
        const char *first = a->attributes[i].value;
        const char *second = b->attributes[i].value;
        same = strcmp(a->attributes[i].name, b->attributes[i].name) == 0 &&
               (first == NULL) == (second == NULL) &&
               (first == NULL || strcmp(first, second) == 0);
    }
    return same;
}

/** Written out plainly, the list reads the same, and without a remark. */
static void check_again(const struct link_list *list, const char *root)
{
    struct byte_buffer buffer;
    struct link_list again;

    byte_buffer_init(&buffer);
    link_list_init(&again);
    write_links(list, &buffer);
    HOLDS(link_list_parse((const char *)buffer.bytes, buffer.length, root,
                          &again, NULL) == STATUS_OK);
    HOLDS(again.note_count == 0);
    HOLDS(again.count == list->count);
    HOLDS(strcmp(again.root, list->root) == 0);
    for (size_t i = 0; i < list->count; i++) {
        HOLDS(is_same_link(&list->links[i], &again.links[i]));
    }
    link_list_release(&again);
    byte_buffer_release(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const roots[] = { NULL, "/", "/lwm2m", "/a" };
    struct reason reason = { .status = STATUS_OK };
    struct link_list list;

    if (size == 0) {
        return 0;
    }
    const char *root = roots[data[0] % (sizeof(roots) / sizeof(roots[0]))];
    link_list_init(&list);
    enum status status =
        link_list_parse((const char *)data + 1, size - 1, root, &list, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    if (status == STATUS_OK) {
        check_links(&list);
        check_again(&list, root);
    } else {
        HOLDS(list.count == 0 && list.links == NULL && list.arena == NULL);
    }
    link_list_release(&list);
    return 0;
}
