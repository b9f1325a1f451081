/* SPDX-License-Identifier: Apache-2.0 */

/* Observations. Spec: RFC 7641; lwm2m-core.md, sections 4 and 5. */
#include <stdlib.h>
#include <string.h>

#include "tests/device/client_parts.h"
#include "tests/device/object_mutants.h"
#include "tests/device/push_odd.h"

enum {
    SEQUENCE_FIRST = 2,
    SEQUENCE_MASK = 0xffffff, /* RFC 7641, 4.4 */
};

static enum mutant mutant_of(const struct client *client)
{
    return client->objects->firmware->config.mutant;
}

static bool has_token(const struct observation *row, const uint8_t *token,
                      size_t length)
{
    return row->is_used && row->token_length == length &&
           memcmp(row->token, token, length) == 0;
}

static struct observation *find(struct client *client,
                                const struct message *message)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *row = &client->observations[i];
        if (has_token(row, message->token, message->token_length)) {
            return row;
        }
    }
    return NULL;
}

static struct observation *find_free(struct client *client)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (!client->observations[i].is_used) {
            return &client->observations[i];
        }
    }
    return NULL;
}

static void end(struct client *client, struct observation *row)
{
    client_drop_queued(client, FOR_NOTIFY, row);
    byte_buffer_release(&row->last);
    free(row->wish.paths);
    *row = (struct observation){ .is_used = false };
}

void observe_end_all(struct client *client)
{
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (client->observations[i].is_used) {
            end(client, &client->observations[i]);
        }
    }
    client->notify_due_ms = FIRMWARE_NEVER;
}

/** What is to be seen now, held against what was sent last. */
static struct watch_sample sample(const struct client *client,
                                  const struct observation *row,
                                  const struct byte_buffer *payload)
{
    struct watch_sample result = {
        .differs =
            payload->length != row->last.length ||
            (payload->length > 0 &&
             memcmp(payload->bytes, row->last.bytes, payload->length) != 0),
    };

    if (mutant_of(client) == MUTANT_CREATED_NOT_TOLD &&
        row->wish.paths != NULL &&
        row->wish.paths[0].ids[0] == OBJECT_PORTFOLIO) {
        result.differs = false;
    }
    if (row->wish.paths == NULL &&
        object_mutant_hides(client->objects, &row->wish.path)) {
        result.differs = false;
    }
    result.has_number = row->wish.paths == NULL &&
                        objects_number(client->objects, &row->wish.path,
                                       &result.number, &result.is_boolean);
    return result;
}

/** The shorter period of both. */
static void take_shorter(struct attributes *set, const struct attributes *other,
                         enum attribute which)
{
    if (attributes_have(other, which) &&
        (!attributes_have(set, which) ||
         other->values[which] < set->values[which])) {
        set->has |= 1u << which;
        set->values[which] = other->values[which];
    }
}

/** What is attached to the members of a composite: who is told of one is told
 *  of all, so the most urgent one counts. */
static struct attributes of_members(const struct client *client,
                                    const struct observe_wish *wish)
{
    static const enum attribute periods[] = { ATTRIBUTE_PMIN, ATTRIBUTE_PMAX,
                                              ATTRIBUTE_EPMIN,
                                              ATTRIBUTE_EPMAX };
    struct attributes set = { .has = 0 };

    for (size_t i = 0; i < wish->path_count; i++) {
        struct attributes member = attribute_table_effective(
            &client->objects->attributes, &wish->paths[i]);
        for (size_t j = 0; j < sizeof(periods) / sizeof(periods[0]); j++) {
            take_shorter(&set, &member, periods[j]);
        }
    }
    return set;
}

static struct attributes attributes_of(const struct client *client,
                                       const struct observe_wish *wish)
{
    const struct objects *objects = client->objects;
    enum mutant mutant = mutant_of(client);
    struct attributes set =
        wish->has_own && mutant != MUTANT_OWN_ATTRIBUTES_IGNORED ? wish->own
        : wish->paths != NULL
            ? of_members(client, wish)
            : attribute_table_effective(&objects->attributes, &wish->path);

    bool is_state = wish->paths == NULL && wish->path.depth == 3 &&
                    wish->path.ids[0] == OBJECT_FIRMWARE &&
                    wish->path.ids[2] == 3;
    if (mutant == MUTANT_PMIN_IGNORED ||
        (mutant == MUTANT_STATE_WITHOUT_PMIN && is_state)) {
        set.has &= ~(1u << ATTRIBUTE_PMIN);
    }
    if (mutant == MUTANT_PMAX_IGNORED) {
        set.has &= ~(1u << ATTRIBUTE_PMAX);
    }
    return set;
}

static struct watch_rules rules_of(const struct client *client,
                                   const struct observe_wish *wish)
{
    const struct objects *objects = client->objects;

    return (struct watch_rules){
        .attributes = attributes_of(client, wish),
        .version = objects->version,
        .pmin_s = (double)objects->server.pmin_s,
        .pmax_s = (double)objects->server.pmax_s,
        .ignores_steps = mutant_of(client) == MUTANT_STEPS_IGNORED,
    };
}

void observe_read(const struct client *client, const struct observe_wish *wish,
                  struct answer *answer)
{
    if (wish->paths != NULL) {
        objects_fetch(client->objects, wish->paths, wish->path_count,
                      wish->accept, answer);
    } else {
        objects_get(client->objects, &wish->path, wish->accept, answer);
    }
}

struct observation *observe_begin(struct client *client,
                                  const struct message *request,
                                  const struct observe_wish *wish,
                                  const struct byte_buffer *payload,
                                  uint64_t now_ms)
{
    struct observation *row = find(client, request);
    uint8_t *copy = malloc(payload->length + 1);

    row = row != NULL ? row : find_free(client);
    if (row == NULL || copy == NULL) {
        free(copy);
        free(wish->paths);
        return NULL;
    }
    if (row->is_used) {
        end(client, row);
    }
    if (payload->length > 0) {
        memcpy(copy, payload->bytes, payload->length);
    }
    *row = (struct observation){ .is_used = true,
                                 .wish = *wish,
                                 .token_length = request->token_length,
                                 .sequence = SEQUENCE_FIRST,
                                 .last = { copy, payload->length,
                                           payload->length + 1 } };
    memcpy(row->token, request->token, request->token_length);
    struct watch_sample first = sample(client, row, payload);
    watch_begin(&row->watch, &first, now_ms);
    client->notify_due_ms = now_ms; /* finds the first deadline */
    return row;
}

void observe_cancel(struct client *client, const struct message *request)
{
    struct observation *row = find(client, request);

    if (row != NULL) {
        end(client, row);
    }
}

void observe_take_reset(struct client *client, uint16_t id)
{
    const struct outgoing *first = &client->queue[0];

    if (mutant_of(client) == MUTANT_RESET_IGNORED_BY_OBSERVER) {
        return;
    }
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        struct observation *row = &client->observations[i];
        bool is_first = client->queued > 0 && first->sent > 0 &&
                        first->id == id && first->observation == row;
        if (row->is_used && (row->last_id == id || is_first)) {
            end(client, row);
        }
    }
}

/** The message with which the observer is told; `answer` as from a Read. */
static void write_notification(const struct client *client,
                               struct observation *row,
                               const struct answer *answer,
                               enum message_type type, uint16_t id,
                               struct writer *writer)
{
    size_t length = answer->payload.length;
    uint32_t szx = client_szx(client);
    size_t size = (size_t)1 << (szx + 4);

    writer_begin(writer, type, answer->code, id, row->token, row->token_length);
    row->sequence += mutant_of(client) == MUTANT_NUMBERS_FALL ? -1u : 1u;
    row->sequence &= SEQUENCE_MASK;
    row->last_id = id;
    if (answer->code != CODE(2, 5)) {
        return; /* the end: no Observe option, RFC 7641, 4.2 */
    }
    client_add_etag(client, answer, writer);
    writer_number(writer, OPTION_OBSERVE, row->sequence);
    if (answer->content_format != CONTENT_FORMAT_NONE) {
        writer_number(writer, OPTION_CONTENT_FORMAT,
                      (uint32_t)answer->content_format);
    }
    if (length > size) {
        writer_number(writer, OPTION_BLOCK2, 8 | szx);
        length = size;
    }
    writer_payload(writer, answer->payload.bytes, length);
}

/** @return false when the queue has no place */
static bool tell(struct client *client, struct observation *row,
                 const struct answer *answer, const struct watch_rules *rules,
                 uint64_t now_ms)
{
    struct writer writer;

    bool is_con = attributes_have(&rules->attributes, ATTRIBUTE_CON)
                      ? rules->attributes.values[ATTRIBUTE_CON] > 0
                      : !varies(client->objects->firmware, VARIANT_NOTIFY_NON);

    if (!is_con) {
        write_notification(client, row, answer, TYPE_NON, client->next_id++,
                           &writer);
        client_send(client, &writer);
        return true;
    }
    struct outgoing *message = client_enqueue(client, FOR_NOTIFY);
    if (message == NULL) {
        return false;
    }
    message->observation = row;
    write_notification(client, row, answer, TYPE_CON, message->id,
                       &message->writer);
    client_start_first(client, now_ms);
    return true;
}

/** The observer was told this. */
static void keep_told(struct observation *row, struct answer *answer,
                      const struct watch_sample *now, uint64_t now_ms)
{
    watch_tell(&row->watch, now, now_ms);
    byte_buffer_release(&row->last);
    row->last = answer->payload;      /* handed over */
    if (answer->code != CODE(2, 5)) { /* an error ends it: RFC 7641, 4.2 */
        byte_buffer_release(&row->last);
        free(row->wish.paths);
        *row = (struct observation){ .is_used = false };
    }
}

static void look(struct client *client, struct observation *row,
                 uint64_t now_ms)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct watch_rules rules = rules_of(client, &row->wish);

    struct observe_wish wish = row->wish;
    if (mutant_of(client) == MUTANT_COMPOSITE_TELLS_ONE && wish.paths != NULL) {
        wish.path_count = 1;
    }
    if (mutant_of(client) == MUTANT_NOTIFIES_IN_ANOTHER_FORMAT &&
        wish.paths == NULL) {
        wish.accept = wish.accept == CONTENT_FORMAT_TLV
                          ? CONTENT_FORMAT_SENML_JSON
                          : CONTENT_FORMAT_TLV;
    }
    enum mutant mutant = mutant_of(client);
    client->objects->is_telling =
        mutant != (wish.paths != NULL ? MUTANT_NOTIFIED_PAIR_ILLEGAL
                                      : MUTANT_COMPOSITE_PAIR_ILLEGAL);
    observe_read(client, &wish, &answer);
    client->objects->is_telling = false;
    struct watch_sample now = sample(client, row, &answer.payload);
    bool wants = watch_look(&row->watch, &rules, &now, now_ms);
    if (wants && mutant == MUTANT_OBSERVED_PUSH_SPOILED &&
        row->wish.path.ids[0] == OBJECT_FIRMWARE) {
        push_odd_told(client->objects->firmware);
    }
    if (wants && tell(client, row, &answer, &rules, now_ms)) {
        keep_told(row, &answer, &now, now_ms);
        wants = false;
    } else {
        client->has_missed = client->has_missed || wants;
        byte_buffer_release(&answer.payload);
    }
    uint64_t deadline = watch_deadline(&row->watch, &rules);
    /* What found no place is looked at again when there is one. */
    if (row->is_used && !wants && deadline < client->notify_due_ms) {
        client->notify_due_ms = deadline;
    }
}

void observe_tick(struct client *client, uint64_t now_ms)
{
    client->notify_due_ms = FIRMWARE_NEVER;
    client->objects->access.is_second = client->config.first != NULL;
    for (size_t i = 0; i < OBSERVATIONS_MAX; i++) {
        if (client->observations[i].is_used) {
            look(client, &client->observations[i], now_ms);
        }
    }
}
