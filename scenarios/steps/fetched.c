/* SPDX-License-Identifier: Apache-2.0 */

#include "scenarios/steps/fetched.h"

#include <string.h>

enum { SZX_OFFSET = 4 };

/** Where what was given at `offset`, or before it, ends.
 *  @param kind  a request by HTTP says nothing of it, its end does */
static uint64_t end_of_block(int kind,
                             const struct server_repository_view *view,
                             uint64_t offset)
{
    bool is_http =
        view->protocol != NULL && strncmp(view->protocol, "http", 4) == 0;
    uint64_t length = view->has_block2
                          ? UINT64_C(1) << (view->block2.szx + SZX_OFFSET)
                          : view->size;
    uint64_t end =
        view->offset + (kind == SERVER_FILE_GIVEN ? view->given : length);

    if (view->code != COAP_CODE(2, 5) || view->offset > offset ||
        (is_http && kind != SERVER_FILE_GIVEN)) {
        return offset;
    }
    return end < view->size ? end : view->size;
}

/** How many bytes of the file were given, from its beginning to the first
 *  one that was not. */
static uint64_t given(const struct look *look, uint64_t file, bool is_other)
{
    uint64_t offset = 0;
    bool goes_on = true;

    while (goes_on) {
        goes_on = false;
        for (size_t i = 0; i < look->end; i++) {
            const struct journal_event *event = event_store_at(look->events, i);
            if (((int)event->kind != SERVER_REPOSITORY &&
                 (int)event->kind != SERVER_FILE_GIVEN) ||
                event->as.server.id != file ||
                event->as.server.as.repository.is_other != is_other) {
                continue;
            }
            uint64_t end = end_of_block(
                (int)event->kind, &event->as.server.as.repository, offset);
            goes_on = goes_on || end > offset;
            offset = end > offset ? end : offset;
        }
    }
    return offset;
}

static void add_name(struct fetched *fetched, const char *name)
{
    for (size_t i = 0; i < fetched->count; i++) {
        if (strcmp(fetched->names[i], name) == 0) {
            return;
        }
    }
    if (fetched->count < FETCHED_MAX) {
        fetched->names[fetched->count++] = name;
    }
}

/** @param data  of the package: {"package", "size"} */
static void add_if_whole(const struct look *look, uint64_t file,
                         const cJSON *data, bool is_other,
                         struct fetched *fetched)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "package"));
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(data, "size");

    if (name != NULL && cJSON_IsNumber(size) && size->valuedouble > 0 &&
        given(look, file, is_other) >= (uint64_t)size->valuedouble) {
        add_name(fetched, name);
    }
}

static bool is_named(const cJSON *data, const char *package)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "package"));

    return name != NULL && strcmp(name, package) == 0;
}

/** Whether a package of this name was offered once more after `index`. */
static bool was_offered_again(const struct look *look, size_t index,
                              const cJSON *data)
{
    const char *package =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "package"));

    for (size_t i = index + 1; package != NULL && i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        if (event->kind == JOURNAL_TRANSFER_BEGIN &&
            (is_named(event->as.data, package) ||
             is_named(cJSON_GetObjectItemCaseSensitive(event->as.data, "other"),
                      package))) {
            return true;
        }
    }
    return false;
}

struct fetched fetched_packages(const struct look *look)
{
    struct fetched fetched = { .count = 0 };

    for (size_t i = 0; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        uint64_t file = event->kind == JOURNAL_TRANSFER_BEGIN
                            ? (uint64_t)journal_number(event, "file", 0)
                            : 0;
        if (file == 0) {
            continue;
        }
        const cJSON *other =
            cJSON_GetObjectItemCaseSensitive(event->as.data, "other");
        if (!was_offered_again(look, i, event->as.data)) {
            add_if_whole(look, file, event->as.data, false, &fetched);
        }
        if (!was_offered_again(look, i, other)) {
            add_if_whole(look, file, other, true, &fetched);
        }
    }
    return fetched;
}

bool fetched_has(const struct fetched *fetched, const char *package)
{
    for (size_t i = 0; package != NULL && i < fetched->count; i++) {
        if (strcmp(fetched->names[i], package) == 0) {
            return true;
        }
    }
    return false;
}

bool fetched_holds(const struct look *look, const cJSON *package)
{
    if (package == NULL) {
        return true;
    }
    struct fetched fetched = fetched_packages(look);
    return fetched_has(&fetched, cJSON_GetStringValue(package));
}
