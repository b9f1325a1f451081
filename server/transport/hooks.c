/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/hooks.h"

#include <stdio.h>
#include <string.h>

#include "server/transport/option_reader.h"

enum {
    TYPE_ACK = 2,
    CLASS_OF = 5,  /* bits of a code above its detail */
    BLOCK_BITS = 4 /* of a Block option below the number */
};

enum status hooks_arm(struct hooks *hooks, const struct server_hook *hook,
                      uint64_t id, struct reason *reason)
{
    const char *path = hook->path != NULL ? hook->path : "";
    struct hook_row *row = NULL;

    for (size_t i = 0; i < SERVER_HOOKS_MAX && row == NULL; i++) {
        row = hooks->rows[i].id == 0 ? &hooks->rows[i] : NULL;
    }
    if (row == NULL) {
        return reason_set(reason, STATUS_LIMIT,
                          "more than %d message hooks are armed",
                          SERVER_HOOKS_MAX);
    }
    if (strlen(path) >= sizeof(row->path) ||
        strlen(hook->endpoint) >= sizeof(row->endpoint)) {
        return reason_set(reason, STATUS_LIMIT,
                          "a message hook with a path of %zu bytes, for a name "
                          "of %zu",
                          strlen(path), strlen(hook->endpoint));
    }
    if (hook->after_ms > SERVER_HOOK_DELAY_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "a message hook with a delay of %u ms; at most %d",
                          hook->after_ms, SERVER_HOOK_DELAY_MAX);
    }
    *row = (struct hook_row){ .id = id,
                              .hook = *hook,
                              .since = hooks->last_request };
    (void)snprintf(row->path, sizeof(row->path), "%s", path);
    (void)snprintf(row->endpoint, sizeof(row->endpoint), "%s", hook->endpoint);
    row->hook.endpoint = row->endpoint;
    row->hook.path = hook->path != NULL ? row->path : NULL;
    hooks->armed++;
    return STATUS_OK;
}

/** It met all its messages. */
static bool is_used_up(const struct hook_row *row)
{
    return row->hook.times != 0 && row->met >= row->hook.times;
}

unsigned hooks_disarm(struct hooks *hooks, uint64_t id)
{
    for (size_t i = 0; i < SERVER_HOOKS_MAX; i++) {
        struct hook_row *row = &hooks->rows[i];
        if (id != 0 && row->id == id) {
            const unsigned met = row->met;
            hooks->armed -= is_used_up(row) ? 0 : 1;
            *row = (struct hook_row){ .id = 0 };
            return met;
        }
    }
    return 0;
}

/** One more segment; what does not fit makes a path that nobody names. */
static void add_segment(struct hook_request *request,
                        const struct option_view *option)
{
    const size_t used = strlen(request->path);

    if (used + 1 + option->length >= sizeof(request->path)) {
        (void)snprintf(request->path, sizeof(request->path), "?");
        return;
    }
    request->path[used] = '/';
    memcpy(request->path + used + 1, option->value, option->length);
    request->path[used + 1 + option->length] = '\0';
}

/** Who registers says its name. RFC 7252, 5.10.1; LwM2M Core 6.2.1. */
static void take_query(struct hook_request *request,
                       const struct option_view *option)
{
    static const char name[] = "ep=";
    const size_t skip = sizeof(name) - 1;

    if (request->endpoint[0] == '\0' && option->length > skip &&
        option->length - skip < sizeof(request->endpoint) &&
        memcmp(option->value, name, skip) == 0) {
        memcpy(request->endpoint, option->value + skip, option->length - skip);
        request->endpoint[option->length - skip] = '\0';
    }
}

static const struct hook_request *remember(struct hooks *hooks,
                                           const struct hook_message *message,
                                           struct option_reader reader)
{
    struct hook_request *row =
        &hooks->requests[hooks->last_request % HOOKS_REQUESTS];
    struct option_view option;

    *row = (struct hook_request){ .number = ++hooks->last_request,
                                  .direction = message->direction,
                                  .way = message->way,
                                  .mid = reader.mid,
                                  .token_length = reader.token_length,
                                  .is_of_file = message->is_of_file,
                                  .method = reader.code,
                                  .block = SERVER_HOOK_ANY };
    memcpy(row->token, reader.token, reader.token_length);
    if (message->endpoint != NULL) {
        (void)snprintf(row->endpoint, sizeof(row->endpoint), "%s",
                       message->endpoint); /* a longer one has no hook */
    }
    while (option_reader_next(&reader, &option)) {
        if (option.number == OPTION_URI_PATH) {
            add_segment(row, &option);
        } else if (option.number == OPTION_URI_QUERY) {
            take_query(row, &option);
        } else if (option.number == OPTION_BLOCK1 ||
                   (option.number == OPTION_BLOCK2 &&
                    row->block == SERVER_HOOK_ANY)) {
            row->block = (int64_t)(option_number(&option) >> BLOCK_BITS);
        }
    }
    return row;
}

/** The newest request that the message answers, or NULL. */
static const struct hook_request *find_request(
    const struct hooks *hooks, const struct hook_message *message,
    const struct option_reader *reader)
{
    const struct hook_request *found = NULL;

    for (size_t i = 0; i < HOOKS_REQUESTS; i++) {
        const struct hook_request *row = &hooks->requests[i];
        const bool is_its =
            reader->type >= TYPE_ACK
                ? row->mid == reader->mid
                : row->token_length == reader->token_length &&
                      memcmp(row->token, reader->token, row->token_length) == 0;
        if (row->number != 0 && row->direction != message->direction &&
            row->way == message->way && is_its &&
            (found == NULL || row->number > found->number)) {
            found = row;
        }
    }
    return found;
}

/** Whose request came from there last: it says of an ACK or a Reset, which
 *  name no request of it, whose they are. */
static const struct hook_request *find_neighbour(
    const struct hooks *hooks, const struct hook_message *message)
{
    const struct hook_request *found = NULL;

    for (size_t i = 0; i < HOOKS_REQUESTS; i++) {
        const struct hook_request *row = &hooks->requests[i];
        if (row->number != 0 && row->is_of_file && row->way == message->way &&
            (found == NULL || row->number > found->number)) {
            found = row;
        }
    }
    return found;
}

static bool is_number(int wanted, int value)
{
    return wanted == SERVER_HOOK_ANY || wanted == value;
}

static bool is_about(const struct hook_row *row,
                     const struct hook_request *request)
{
    const struct server_hook *hook = &row->hook;

    if (hook->method == SERVER_HOOK_ANY && hook->path == NULL &&
        hook->block == SERVER_HOOK_ANY) {
        return true;
    }
    return request != NULL && request->number > row->since &&
           is_number(hook->method, request->method) &&
           (hook->path == NULL || strcmp(hook->path, request->path) == 0) &&
           (hook->block == SERVER_HOOK_ANY || hook->block == request->block);
}

/** @param owner  the request that says whose the message is, or NULL */
static bool matches(const struct hook_row *row,
                    const struct hook_message *message,
                    const struct option_reader *reader,
                    const struct hook_request *request,
                    const struct hook_request *owner)
{
    const char *endpoint = message->endpoint != NULL ? message->endpoint
                           : owner != NULL           ? owner->endpoint
                                                     : "";
    const bool is_its_place =
        row->hook.of_files
            ? message->is_of_file || (owner != NULL && owner->is_of_file)
            : !message->on_file_port;

    return row->id != 0 && !is_used_up(row) && is_its_place &&
           strcmp(row->endpoint, endpoint) == 0 &&
           row->hook.direction == message->direction &&
           is_number(row->hook.type, (int)reader->type) &&
           is_number(row->hook.code, reader->code) && is_about(row, request);
}

const struct hook_row *hooks_meet(struct hooks *hooks,
                                  const struct hook_message *message)
{
    struct option_reader reader;
    struct hook_row *found = NULL;

    if (hooks->armed == 0 ||
        !option_reader_open(&reader, message->bytes, message->length)) {
        return NULL;
    }
    const struct hook_request *request =
        reader.code != 0 && reader.code >> CLASS_OF == 0
            ? remember(hooks, message, reader)
            : find_request(hooks, message, &reader);
    const struct hook_request *owner = request == NULL && message->on_file_port
                                           ? find_neighbour(hooks, message)
                                           : request;
    for (size_t i = 0; i < SERVER_HOOKS_MAX; i++) {
        struct hook_row *row = &hooks->rows[i];
        if (matches(row, message, &reader, request, owner) &&
            (found == NULL || row->id < found->id)) {
            found = row;
        }
    }
    if (found != NULL) {
        found->met++;
        hooks->armed -= is_used_up(found) ? 1 : 0;
    }
    return found;
}

void hooks_damage(uint8_t *bytes, size_t length)
{
    struct option_reader reader;
    struct option_view option;
    size_t payload = 0;

    if (option_reader_open(&reader, bytes, length)) {
        while (option_reader_next(&reader, &option)) {
        }
        payload = option_reader_payload(&reader);
    }
    if (length > 0) {
        bytes[length - 1 - payload / 2] ^= 0xff;
    }
}
