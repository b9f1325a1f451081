/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/client_parts.h"
#include "tests/device/core_mutants.h"
#include "tests/device/push_odd.h"
#include "tests/device/restart.h"

enum {
    BLOCK_MAX_SZX = 6,
    SEPARATE_MS = 60, /* between the empty ACK and a separate response */
    PATH_TEXT_SIZE = 128,
};

/* Requests of the server. */

static bool read_path(const struct message *message, bool is_below_root,
                      struct lwm2m_path *out_path)
{
    char text[PATH_TEXT_SIZE] = "";
    size_t used = 0;

    for (size_t i = 0; i < message->option_count; i++) {
        const struct message_option *option = &message->options[i];
        if (option->number != OPTION_URI_PATH) {
            continue;
        }
        /* A slash in a part of a path does not part it: RFC 7252, 6.4. */
        if (used + option->length + 2 > sizeof(text) ||
            (option->length > 0 &&
             memchr(option->bytes, '/', option->length) != NULL)) {
            return false;
        }
        text[used++] = '/';
        if (option->length > 0) {
            memcpy(text + used, option->bytes, option->length);
        }
        used += option->length;
    }
    if (used == 0) {
        *out_path = (struct lwm2m_path){ .depth = 0 };
        return true;
    }
    size_t root = is_below_root ? strlen(OBJECTS_ROOT) : 0;
    return used > root && memcmp(text, OBJECTS_ROOT, root) == 0 &&
           lwm2m_path_parse(text + root, used - root, out_path, NULL) ==
               STATUS_OK;
}

/** Critical options that the device knows. Spec: RFC 7252, 5.10. */
static const struct {
    uint16_t number;
    size_t max_length;
    bool repeatable;
} critical_options[] = {
    { OPTION_URI_HOST, 255, false }, { OPTION_URI_PORT, 2, false },
    { OPTION_URI_PATH, 255, true },  { OPTION_URI_QUERY, 255, true },
    { OPTION_ACCEPT, 2, false },     { OPTION_BLOCK2, 3, false },
    { OPTION_BLOCK1, 3, false },
};

/** Unknown, too long, or there again: 5.4.1, 5.4.3 and 5.4.5. */
static bool is_bad_critical(const struct message_option *option,
                            bool is_repeated)
{
    for (size_t i = 0;
         i < sizeof(critical_options) / sizeof(critical_options[0]); i++) {
        if (critical_options[i].number == option->number) {
            return option->length > critical_options[i].max_length ||
                   (is_repeated && !critical_options[i].repeatable);
        }
    }
    return true;
}

static bool has_bad_critical(const struct message *message)
{
    for (size_t i = 0; i < message->option_count; i++) {
        const struct message_option *option = &message->options[i];
        /* Options are in the order of their numbers. */
        bool is_repeated = i > 0 && option[-1].number == option->number;
        if ((option->number & 1) != 0 && is_bad_critical(option, is_repeated)) {
            return true;
        }
    }
    return false;
}

/** Whether the block that is asked for is none, or behind the end. */
static bool is_behind(const struct message *request,
                      const struct answer *answer)
{
    uint32_t block = message_number(request, OPTION_BLOCK2, 0);
    size_t size = (size_t)1 << ((block & 7) + 4);
    size_t start = (size_t)(block >> 4) * size;

    return (block & 7) > BLOCK_MAX_SZX ||
           (start > 0 && start >= answer->payload.length);
}

uint32_t client_szx(const struct client *client)
{
    const struct firmware *firmware = client->objects->firmware;

    return varies(firmware, VARIANT_ANSWERS_BY_64) ||
                   varies(firmware, VARIANT_ANSWERS_BY_64_ETAG)
               ? 2
               : BLOCK_MAX_SZX;
}

/** A body larger than a block goes out piece by piece: RFC 7959, 2.4. */
static void add_body(const struct client *client, const struct message *request,
                     const struct answer *answer, struct writer *writer)
{
    uint32_t own = client_szx(client);
    uint32_t block = message_number(request, OPTION_BLOCK2, own);
    bool asked = message_option(request, OPTION_BLOCK2) != NULL;
    uint32_t szx = (block & 7) < own ? block & 7 : own;
    size_t size = (size_t)1 << (szx + 4);
    size_t start = (size_t)(block >> 4) << ((block & 7) + 4);
    size_t total = answer->payload.length;

    if (!asked && total <= size) {
        writer_payload(writer, answer->payload.bytes, total);
        return;
    }
    size_t length = total - start < size ? total - start : size;
    bool more = start + length < total;
    writer_number(writer, OPTION_BLOCK2,
                  (uint32_t)(start / size) << 4 | (more ? 8u : 0u) | szx);
    writer_payload(writer, answer->payload.bytes + start, length);
}

/** The largest block that is taken; for a variant, from some block on. */
static uint8_t largest_szx(const struct client *client,
                           const struct message *request)
{
    enum { LATE_SZX = 2, LATE_OFFSET = 4096 };
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);
    size_t offset = (size_t)(block >> 4) << ((block & 7) + 4);

    return varies(client->objects->firmware, VARIANT_SHRINKS_LATE) &&
                   offset >= LATE_OFFSET && client->config.max_szx > LATE_SZX
               ? LATE_SZX
               : client->config.max_szx;
}

/** A smaller block than the request's: 2.31 with it, or 4.13 and a hint. */
static bool wants_smaller(const struct client *client,
                          const struct message *request)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);

    return message_option(request, OPTION_BLOCK1) != NULL &&
           (block & 7) > largest_szx(client, request) && (block & 7) != 7;
}

void client_add_etag(const struct client *client, const struct answer *answer,
                     struct writer *writer)
{
    uint32_t hash = 2166136261u;

    if (answer->code != CODE(2, 5) ||
        !varies(client->objects->firmware, VARIANT_ANSWERS_BY_64_ETAG)) {
        return;
    }
    for (size_t i = 0; i < answer->payload.length; i++) {
        hash = (hash ^ answer->payload.bytes[i]) * 16777619u;
    }
    writer_number(writer, OPTION_ETAG, hash | 1u << 31);
}

static void finish_answer(struct client *client, const struct message *request,
                          const struct answer *answer,
                          const struct observation *observation,
                          struct writer *writer)
{
    bool is_con = request->type == TYPE_CON;
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);
    char id[8]; /* 65534 and NUL */

    writer_begin(writer, is_con ? TYPE_ACK : TYPE_NON, answer->code,
                 is_con ? request->id : client->next_id++, request->token,
                 request->token_length);
    client_add_etag(client, answer, writer);
    if (observation != NULL) {
        writer_number(writer, OPTION_OBSERVE, observation->sequence);
    }
    for (uint8_t i = 0; i < answer->location.depth; i++) {
        (void)snprintf(id, sizeof(id), "%u", answer->location.ids[i]);
        writer_option(writer, OPTION_LOCATION_PATH, id, strlen(id));
    }
    if (answer->content_format != CONTENT_FORMAT_NONE) {
        writer_number(writer, OPTION_CONTENT_FORMAT,
                      (uint32_t)answer->content_format);
    }
    bool has_block2 =
        answer->payload.length > (size_t)1 << (client_szx(client) + 4) ||
        message_option(request, OPTION_BLOCK2) != NULL;
    if (answer->has_block1 && !has_block2) {
        if (wants_smaller(client, request)) {
            block = (block & ~7u) | largest_szx(client, request);
        }
        writer_number(writer, OPTION_BLOCK1, block);
    }
    if (answer->code == CODE(2, 5)) {
        add_body(client, request, answer, writer);
    }
}

static bool is_updating(const struct client *client)
{
    return client->objects->firmware->install_deadline_ms != FIRMWARE_NEVER;
}

bool client_is_mute(const struct client *client)
{
    return varies(client->objects->firmware, VARIANT_MUTE_WHILE_UPDATING) &&
           is_updating(client);
}

/** By push. */
static bool is_receiving(const struct client *client)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (client->objects->firmware->components[i].is_receiving &&
            client->objects->firmware->components[i].fetch == 0) {
            return true;
        }
    }
    return false;
}

/** For the variants: answered 5.03. */
static bool is_busy(const struct client *client, const struct message *request,
                    const struct lwm2m_path *path)
{
    bool is_firmware = path->ids[0] == OBJECT_FIRMWARE;
    bool is_block = is_firmware && path->depth == 3 && path->ids[2] == 0 &&
                    request->code == METHOD_PUT;

    if (client->objects->firmware->config.mutant ==
            MUTANT_BUSY_WHILE_FETCHING &&
        request->code == METHOD_GET && is_firmware &&
        pulls_are_running(client->pulls)) {
        return true;
    }
    const struct firmware *firmware = client->objects->firmware;
    return (varies(firmware, VARIANT_BUSY_WHILE_UPDATING) &&
            request->code == METHOD_GET && is_updating(client) &&
            is_firmware) ||
           (varies(firmware, VARIANT_BUSY_WHILE_RECEIVING) && !is_block &&
            is_receiving(client));
}

/** "depth=2" among the queries. @return false when it is malformed */
static bool read_depth(const struct message *request, uint32_t *out_depth)
{
    static const char name[] = "depth=";
    const size_t length = sizeof(name) - 1;

    *out_depth = DISCOVER_DEFAULT;
    for (size_t i = 0; i < request->option_count; i++) {
        const struct message_option *option = &request->options[i];
        if (option->number != OPTION_URI_QUERY || option->length < length ||
            memcmp(option->bytes, name, length) != 0) {
            continue;
        }
        uint8_t digit = option->length == length + 1 ? option->bytes[length]
                                                     : 0; /* no digit */
        if (digit < '0' || digit > '9') {
            return false;
        }
        *out_depth = digit - (uint32_t)'0';
    }
    return true;
}

static void answer_discover(const struct client *client,
                            const struct message *request,
                            const struct lwm2m_path *path,
                            struct answer *answer)
{
    uint32_t depth = DISCOVER_DEFAULT;

    /* Who does not know the parameter takes no offence. */
    bool is_known = client->objects->version >= 12 &&
                    !varies(client->objects->firmware, VARIANT_DEPTH_IGNORED);
    if (is_known && !read_depth(request, &depth)) {
        answer->code = CODE(4, 0);
        return;
    }
    if (client->objects->firmware->config.mutant == MUTANT_DEPTH_IS_NONE &&
        depth != DISCOVER_DEFAULT) {
        depth = 0;
    }
    objects_discover(client->objects, path, depth, answer);
}

/** Attributes that come with an Observe, since 1.2. */
static bool take_own(const struct client *client, const struct message *request,
                     const struct lwm2m_path *path, struct attributes *own,
                     unsigned *out_count)
{
    bool is_known =
        client->objects->version >= 12 &&
        !varies(client->objects->firmware, VARIANT_OBSERVE_ATTRIBUTES_REFUSED);

    return objects_take_attributes(client->objects, request, path, own,
                                   out_count) &&
           (*out_count == 0 || (is_known && attributes_agree(own)));
}

/** A block of the answer that is not there. */
static void refuse_behind(const struct message *request, struct answer *answer)
{
    if (answer->code == CODE(2, 5) && is_behind(request, answer)) {
        byte_buffer_release(&answer->payload);
        answer->code = CODE(4, 0);
        answer->content_format = CONTENT_FORMAT_NONE;
    }
}

/** Begin or end an observation, after its answer was made. The paths of the
 *  wish are handed over. */
static struct observation *take_wish(struct client *client,
                                     const struct message *request,
                                     const struct observe_wish *wish,
                                     const struct answer *answer,
                                     uint64_t now_ms)
{
    uint32_t number = message_number(request, OPTION_OBSERVE, UINT32_MAX);

    if (core_mutant_ignores_observe(client->objects, number,
                                    wish->paths != NULL)) {
        number = UINT32_MAX;
    }
    if (number == 0 && answer->code == CODE(2, 5)) {
        return observe_begin(client, request, wish, &answer->payload, now_ms);
    }
    if (number == 1 && answer->code == CODE(2, 5)) {
        observe_cancel(client, request);
    }
    free(wish->paths);
    return NULL;
}

static void answer_get(struct client *client, const struct message *request,
                       const struct lwm2m_path *path, uint64_t now_ms,
                       struct answer *answer,
                       struct observation **out_observation)
{
    struct observe_wish wish = {
        .path = *path,
        .accept = message_option(request, OPTION_ACCEPT) != NULL
                      ? (int)message_number(request, OPTION_ACCEPT, 0)
                      : CONTENT_FORMAT_NONE,
    };
    unsigned own_count = 0;

    if (wish.accept == CONTENT_FORMAT_LINK) {
        answer_discover(client, request, path, answer);
        refuse_behind(request, answer);
        return;
    }
    if (message_number(request, OPTION_OBSERVE, UINT32_MAX) == 0 &&
        !take_own(client, request, path, &wish.own, &own_count)) {
        answer->code = CODE(4, 0);
        return;
    }
    wish.has_own = own_count > 0;
    observe_read(client, &wish, answer);
    refuse_behind(request, answer);
    *out_observation = take_wish(client, request, &wish, answer, now_ms);
}

/** Read-, Observe- and Cancel-Composite. */
static void answer_fetch(struct client *client, const struct message *request,
                         const struct lwm2m_path *path, uint64_t now_ms,
                         struct answer *answer,
                         struct observation **out_observation)
{
    struct observe_wish wish = { .accept = CONTENT_FORMAT_NONE };
    unsigned own_count = 0;

    if (path->depth != 0) {
        answer->code = CODE(4, 5);
        return;
    }
    answer->code = objects_fetch_paths(client->objects, request, &wish.paths,
                                       &wish.path_count);
    if (answer->code != 0) {
        return;
    }
    wish.accept = objects_fetch_format(client->objects, request);
    if (wish.accept == CONTENT_FORMAT_NONE) {
        answer->code = CODE(4, 6);
    } else if (!take_own(client, request, path, &wish.own, &own_count)) {
        answer->code = CODE(4, 0);
    } else {
        wish.has_own = own_count > 0;
        observe_read(client, &wish, answer);
        refuse_behind(request, answer);
    }
    *out_observation = take_wish(client, request, &wish, answer, now_ms);
}

/** For a device with a small buffer. */
static bool is_too_long(const struct message *request)
{
    enum { BUFFER_SIZE = 512 };

    return request->payload_length > BUFFER_SIZE;
}

/** Security and OSCORE: the Server does not see them. lwm2m-core.md, 1. */
static bool is_hidden(const struct lwm2m_path *path)
{
    enum { OBJECT_SECURITY = 0, OBJECT_OSCORE = 21 };

    return path->depth > 0 &&
           (path->ids[0] == OBJECT_SECURITY || path->ids[0] == OBJECT_OSCORE);
}

static void handle_request(struct client *client, const struct message *request,
                           uint64_t now_ms, struct writer *writer)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct observation *observation = NULL;
    struct lwm2m_path path;
    const struct firmware *firmware = client->objects->firmware;

    client->objects->access.is_second = client->config.first != NULL;
    fu_hear(client->objects);
    if (has_bad_critical(request)) {
        answer.code = CODE(4, 2);
    } else if (firmware->had_malformed &&
               firmware->config.mutant == MUTANT_MALFORMED_JAMS) {
        answer.code = CODE(5, 3);
    } else if (!read_path(request, varies(firmware, VARIANT_ALTERNATE_PATH),
                          &path)) {
        answer.code = CODE(4, 4);
    } else if (core_mutant_answers(client->objects, request, &path, &answer)) {
        /* that is all */
    } else if (is_hidden(&path)) {
        answer.code = CODE(4, 1);
    } else if (!access_allows(client->objects, request, &path)) {
        answer.code = CODE(4, 1);
    } else if (is_busy(client, request, &path)) {
        answer.code = CODE(5, 3);
    } else if (objects_hide(client->objects, &path)) {
        answer.code = CODE(4, 1);
    } else if (request->code == METHOD_GET) {
        push_odd_read(client->objects->firmware);
        answer_get(client, request, &path, now_ms, &answer, &observation);
    } else if (request->code == METHOD_FETCH) {
        answer_fetch(client, request, &path, now_ms, &answer, &observation);
    } else if (request->code == METHOD_IPATCH && path.depth == 0) {
        answer.code = objects_patch(client->objects, request);
    } else if (request->code > METHOD_DELETE) {
        answer.code = CODE(4, 5);
    } else if (client->config.refuses_large && wants_smaller(client, request)) {
        answer.code = CODE(4, 13);
        answer.has_block1 = true;
    } else if (is_too_long(request) &&
               (varies(firmware, VARIANT_BLOCK_512_BY_408) ||
                varies(firmware, VARIANT_BLOCK_512_BY_413))) {
        answer.code = varies(firmware, VARIANT_BLOCK_512_BY_408) ? CODE(4, 8)
                                                                 : CODE(4, 13);
    } else {
        access_spoil(client->objects, request, &path);
        const struct message taken =
            core_mutant_request(client->objects, request, &path);
        objects_change(client->objects, &taken, &path, now_ms, &answer);
    }
    core_mutant_spoils(client->objects, request, &answer);
    finish_answer(client, request, &answer, observation, writer);
    byte_buffer_release(&answer.payload);
}

/** In time for the first retransmission of a request: 2 s. */
static bool is_slow(const struct client *client)
{
    enum { PIGGYBACK_MAX_MS = 1500 };

    return client->config.answer_ms > PIGGYBACK_MAX_MS;
}

/** When the answer may go out. */
static uint64_t answer_time(struct client *client, uint64_t now_ms)
{
    uint64_t due_ms = client->config.answer_ms > 0
                          ? client->answered_ms + client->config.answer_ms
                          : now_ms;

    due_ms = due_ms > now_ms ? due_ms : now_ms;
    client->answered_ms = due_ms;
    return due_ms;
}

static bool is_late(const struct client *client, uint16_t id)
{
    for (size_t i = 0; i < client->late_count; i++) {
        if (client->late[i].id == id) {
            return true;
        }
    }
    return false;
}

/** The first block of several. */
static bool is_first_block(const struct message *request)
{
    uint32_t block = message_number(request, OPTION_BLOCK1, 0);

    return block >> 4 == 0 && (block & 8) != 0;
}

/** A flash that is erased first takes its time. */
static uint64_t erase_time(const struct client *client,
                           const struct message *request, uint64_t due_ms,
                           uint64_t now_ms)
{
    enum { ERASE_MS = 2500 };
    const struct firmware *firmware = client->objects->firmware;
    bool erases = firmware->config.mutant == MUTANT_FIRST_BLOCK_LATE ||
                  varies(firmware, VARIANT_FIRST_BLOCK_ACKNOWLEDGED);

    return erases && is_first_block(request) ? now_ms + ERASE_MS : due_ms;
}

/** Keep the answer until it may go out. @return false when it may now */
static bool delay(struct client *client, const struct stored_answer *stored,
                  uint64_t due_ms, uint64_t now_ms)
{
    if (due_ms <= now_ms || client->late_count == LATE_MAX) {
        return false;
    }
    struct late_answer *late = &client->late[client->late_count++];
    late->due_ms = due_ms;
    late->id = stored->id;
    late->writer = stored->writer;
    return true;
}

void requests_tick(struct client *client, uint64_t now_ms)
{
    while (client->late_count > 0 && client->late[0].due_ms <= now_ms) {
        client_send(client, &client->late[0].writer);
        client_stay_awake(client, now_ms);
        client->late_count--;
        memmove(&client->late[0], &client->late[1],
                client->late_count * sizeof(client->late[0]));
    }
}

void requests_end(struct client *client)
{
    for (size_t i = 0; i < client->late_count; i++) {
        client_send(client, &client->late[i].writer);
    }
    client->late_count = 0;
    for (size_t i = 0; i < ANSWERS_MAX; i++) {
        client->answers[i].is_used = false;
    }
}

/** For the variants: whether the answer does not go out as it is. */
static bool send_otherwise(struct client *client, const struct message *request,
                           struct stored_answer *stored, uint64_t due_ms,
                           uint64_t now_ms)
{
    const struct firmware *firmware = client->objects->firmware;

    bool is_lost = varies(firmware, VARIANT_EXECUTE_ACK_LOST) ||
                   (varies(firmware, VARIANT_EXECUTE_ACK_LOST_AT_TIMES) &&
                    firmware->updates_begun % 2 == 1);
    if (is_lost && is_updating(client) && request->code == METHOD_POST) {
        return true;
    }
    bool erases = varies(firmware, VARIANT_FIRST_BLOCK_ACKNOWLEDGED) &&
                  is_first_block(request);
    struct outgoing *later = (varies(firmware, VARIANT_SEPARATE_RESPONSES) ||
                              is_slow(client) || erases) &&
                                     request->type == TYPE_CON
                                 ? client_enqueue(client, FOR_RESPONSE)
                                 : NULL;
    if (later == NULL) {
        return false;
    }
    later->writer = stored->writer;
    later->writer.bytes[0] = (uint8_t)((later->writer.bytes[0] & 0xCF) |
                                       (TYPE_CON << 4)); /* RFC 7252, 3 */
    later->writer.bytes[2] = (uint8_t)(later->id >> 8);
    later->writer.bytes[3] = (uint8_t)(later->id & 0xFF);
    bool is_change = request->code != METHOD_GET;
    later->due_ms =
        is_slow(client) || erases ? due_ms
        : is_change && message_option(request, OPTION_BLOCK1) == NULL
            ? now_ms + SEPARATE_MS
            : 0;
    writer_begin(&stored->writer, TYPE_ACK, 0, request->id, NULL, 0);
    client_send(client, &stored->writer);
    client_start_first(client, now_ms);
    return true;
}

/** For a mutant. */
static bool is_mute_during_push(const struct client *client,
                                const struct message *request)
{
    return client->objects->firmware->config.mutant ==
               MUTANT_MUTE_DURING_PUSH &&
           request->code == METHOD_GET && is_receiving(client);
}

void client_take_request(struct client *client, const struct message *request,
                         uint64_t now_ms)
{
    if (request->type != TYPE_CON && has_bad_critical(request)) {
        return; /* rejected in silence: RFC 7252, 5.4.1 and 4.3 */
    }
    if (is_too_long(request) &&
        varies(client->objects->firmware, VARIANT_BLOCK_512_BY_SILENCE)) {
        return;
    }
    if (is_mute_during_push(client, request)) {
        struct writer writer;
        writer_begin(&writer, TYPE_RST, 0, request->id, NULL, 0);
        client_send(client, &writer);
        return;
    }
    enum mutant mutant = client->objects->firmware->config.mutant;
    bool is_forgetful =
        ((mutant == MUTANT_MESSAGE_ID_IGNORED ||
          mutant == MUTANT_RETRANSMISSION_APPENDED) &&
         request->code == METHOD_PUT) ||
        (varies(client->objects->firmware, VARIANT_EXECUTE_NOT_REMEMBERED) &&
         request->code == METHOD_POST);
    for (size_t i = 0; !is_forgetful && i < ANSWERS_MAX; i++) {
        if (client->answers[i].is_used &&
            client->answers[i].id == request->id) {
            if (request->code == METHOD_POST) {
                restart_repeated(client->objects->firmware);
            }
            if (!is_late(client, request->id)) {
                client_send(client, &client->answers[i].writer);
            }
            return;
        }
    }
    struct stored_answer *stored = &client->answers[client->next_answer];
    client->next_answer = (client->next_answer + 1) % ANSWERS_MAX;
    stored->is_used = true;
    stored->id = request->id;
    handle_request(client, request, now_ms, &stored->writer);
    uint64_t due_ms =
        erase_time(client, request, answer_time(client, now_ms), now_ms);
    if (!send_otherwise(client, request, stored, due_ms, now_ms) &&
        !delay(client, stored, due_ms, now_ms)) {
        client_send(client, &stored->writer);
    }
}
