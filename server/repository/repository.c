/* SPDX-License-Identifier: Apache-2.0 */
#include "server/repository/repository.h"

#include <stdlib.h>
#include <string.h>

#include "server/repository/row.h"

enum { METHOD_GET = 1, SZX_RESERVED = 7, PERCENT = 100 };

#define FNV_OFFSET UINT32_C(2166136261)
#define FNV_PRIME  UINT32_C(16777619)

struct repository {
    struct row *first;
    size_t count;
};

/** What blocks are cut from. */
struct source {
    const uint8_t *bytes;
    size_t length;
    const uint8_t *etag;
    uint8_t max_szx;
    bool is_other;
    bool is_next; /* one block further than asked for */
};

/* What goes wrong: before the block is cut, and with the answer. */

static void switch_content(const struct row *row,
                           const struct repository_fault *fault,
                           struct source *source)
{
    (void)fault;
    source->bytes = row->resource.other_bytes;
    source->length = row->resource.other_length;
    source->etag = row->other_etag;
    source->is_other = true;
}

static void use_smaller(const struct row *row,
                        const struct repository_fault *fault,
                        struct source *source)
{
    (void)row;
    source->max_szx =
        fault->szx < source->max_szx ? fault->szx : source->max_szx;
}

static void skip_block(const struct row *row,
                       const struct repository_fault *fault,
                       struct source *source)
{
    (void)row;
    (void)fault;
    source->is_next = true;
}

static void stop(const struct repository_fault *fault,
                 struct repository_answer *answer)
{
    (void)fault;
    *answer = (struct repository_answer){ .id = answer->id,
                                          .endpoint = answer->endpoint,
                                          .size = answer->size,
                                          .is_repeated = answer->is_repeated,
                                          .ends = true };
}

static void give_code(const struct repository_fault *fault,
                      struct repository_answer *answer)
{
    const uint32_t late_ms = answer->late_ms;
    const bool is_separate = answer->is_separate;

    stop(fault, answer);
    answer->code = fault->code;
    answer->max_age_s = fault->max_age_s;
    answer->late_ms = late_ms;
    answer->is_separate = is_separate;
}

static void lose(const struct repository_fault *fault,
                 struct repository_answer *answer)
{
    stop(fault, answer);
    answer->ends = false;
}

/** The connection of a stream ends instead of the answer. */
static void close_after(const struct repository_fault *fault,
                        struct repository_answer *answer)
{
    lose(fault, answer);
    answer->closes = true;
}

/** The same by a reset; what came by UDP is rejected by a Reset message. */
static void reset_after(const struct repository_fault *fault,
                        struct repository_answer *answer)
{
    lose(fault, answer);
    answer->resets = true;
}

static void give_late(const struct repository_fault *fault,
                      struct repository_answer *answer)
{
    answer->late_ms = fault->ms;
}

static void separate(const struct repository_fault *fault,
                     struct repository_answer *answer)
{
    answer->is_separate = true;
    answer->late_ms = fault->ms;
}

static void duplicate(const struct repository_fault *fault,
                      struct repository_answer *answer)
{
    (void)fault;
    answer->is_double = true;
}

static void hide_etag(const struct repository_fault *fault,
                      struct repository_answer *answer)
{
    (void)fault;
    answer->has_etag = false;
}

static void hide_size(const struct repository_fault *fault,
                      struct repository_answer *answer)
{
    (void)fault;
    answer->has_size2 = false;
}

static void double_size(const struct repository_fault *fault,
                        struct repository_answer *answer)
{
    (void)fault;
    answer->size2 = 2 * answer->size;
}

static void halve_size(const struct repository_fault *fault,
                       struct repository_answer *answer)
{
    (void)fault;
    answer->size2 = answer->size / 2;
}

static void cut(const struct repository_fault *fault,
                struct repository_answer *answer)
{
    (void)fault;
    answer->block2.more = false;
}

static void give_nothing(const struct repository_fault *fault,
                         struct repository_answer *answer)
{
    (void)fault;
    answer->payload_length = 0;
    answer->has_block2 = false;
    answer->block2.more = false;
    answer->size = 0;
    answer->size2 = 0;
}

/** What a deed does; NULL: nothing there. */
static const struct {
    const char *name;
    void (*prepare)(const struct row *row, const struct repository_fault *fault,
                    struct source *source);
    void (*change)(const struct repository_fault *fault,
                   struct repository_answer *answer);
} deeds[REPOSITORY_DEEDS] = {
    [REPOSITORY_STOP] = { "stop", NULL, stop },
    [REPOSITORY_CODE] = { "code", NULL, give_code },
    [REPOSITORY_LATE] = { "late", NULL, give_late },
    [REPOSITORY_SEPARATE] = { "separate", NULL, separate },
    [REPOSITORY_LOSE] = { "lose", NULL, lose },
    [REPOSITORY_DUPLICATE] = { "duplicate", NULL, duplicate },
    [REPOSITORY_SMALLER] = { "smaller-blocks", use_smaller, NULL },
    [REPOSITORY_SWITCH] = { "switch", switch_content, NULL },
    [REPOSITORY_NO_ETAG] = { "no-etag", NULL, hide_etag },
    [REPOSITORY_NO_SIZE2] = { "no-size2", NULL, hide_size },
    [REPOSITORY_SIZE2_LARGER] = { "size2-larger", NULL, double_size },
    [REPOSITORY_SIZE2_LESS] = { "size2-smaller", NULL, halve_size },
    [REPOSITORY_NEXT_BLOCK] = { "next-block", skip_block, NULL },
    [REPOSITORY_CUT] = { "cut", NULL, cut },
    [REPOSITORY_EMPTY] = { "empty", NULL, give_nothing },
    [REPOSITORY_CLOSE] = { "close", NULL, close_after },
    [REPOSITORY_RESET] = { "reset", NULL, reset_after },
    [REPOSITORY_IGNORE_RANGE] = { "ignore-range", NULL, NULL },
    [REPOSITORY_WRONG_RANGE] = { "wrong-range", NULL, NULL },
    [REPOSITORY_WEAK_ETAG] = { "weak-etag", NULL, NULL },
    [REPOSITORY_SLOW] = { "slow", NULL, NULL },
    [REPOSITORY_REDIRECT] = { "redirect", NULL, NULL },
    [REPOSITORY_REDIRECT_LOOP] = { "redirect-loop", NULL, NULL },
};

const char *repository_deed_name(enum repository_deed deed)
{
    return deeds[deed].name;
}

/** @param good  what would be answered */
static bool is_met(const struct row *row, const struct repository_fault *fault,
                   const struct repository_answer *good)
{
    uint64_t size = good->has_block2 ? UINT64_C(1) << (good->block2.szx + 4)
                                     : UINT64_C(1) << (REPOSITORY_SZX_MAX + 4);

    switch (fault->when) {
    case REPOSITORY_AT_BLOCK:
        return good->offset >= fault->number * size;
    case REPOSITORY_AT_PERCENT:
        return (uint64_t)good->offset * PERCENT >=
               (uint64_t)fault->number * good->size;
    case REPOSITORY_AT_REQUEST:
        return row->requests >= fault->number;
    case REPOSITORY_AT_END:
        return good->offset + good->payload_length == good->size;
    }
    return false;
}

/** Whether chance has it (xorshift32, which is enough to lose messages). */
bool row_happens(struct row *row, const struct repository_fault *fault)
{
    if (fault->percent == 0) {
        return true;
    }
    row->chance ^= row->chance << 13;
    row->chance ^= row->chance >> 17;
    row->chance ^= row->chance << 5;
    return row->chance % PERCENT < fault->percent;
}

/** Which faults are due; a request that comes again meets the same ones. */
static unsigned due_faults(struct row *row,
                           const struct repository_answer *good)
{
    const struct repository_resource *resource = &row->resource;
    unsigned due = 0;

    if (good->is_repeated) {
        return row->due;
    }
    for (size_t i = 0; i < resource->fault_count; i++) {
        const struct repository_fault *fault = &resource->faults[i];
        bool is_over = fault->times != 0 && row->done[i] >= fault->times;
        if (!is_over && is_met(row, fault, good)) {
            row->done[i]++;
            due |= 1u << i;
        }
    }
    row->due = due;
    return due;
}

/** Of those that are due: what chance has, and what was not ended. */
static unsigned chosen_faults(struct row *row,
                              const struct repository_answer *good)
{
    unsigned due = due_faults(row, good);

    for (size_t i = 0; i < row->resource.fault_count; i++) {
        const struct repository_fault *fault = &row->resource.faults[i];
        bool has_ended = (fault->deed == REPOSITORY_STOP ||
                          fault->deed == REPOSITORY_CODE) &&
                         row->has_resumed;
        if ((due & 1u << i) != 0 && (has_ended || !row_happens(row, fault))) {
            due &= ~(1u << i);
        }
        row->has_switched =
            row->has_switched ||
            ((due & 1u << i) != 0 && fault->deed == REPOSITORY_SWITCH);
    }
    return due;
}

/* What is offered. */

struct repository *repository_new(void)
{
    return calloc(1, sizeof(struct repository));
}

static void free_row(struct row *row)
{
    if (row != NULL) {
        free(row->endpoint);
        free(row->path);
        free(row->last_peer);
        free(row);
    }
}

void repository_free(struct repository *repository)
{
    if (repository == NULL) {
        return;
    }
    while (repository->first != NULL) {
        struct row *row = repository->first;
        repository->first = row->next;
        free_row(row);
    }
    free(repository);
}

struct row *repository_row(const struct repository *repository,
                           const char *path, enum repository_protocol protocol,
                           bool on_lwm2m_port)
{
    for (struct row *row = repository->first; row != NULL; row = row->next) {
        if (row->resource.protocol == protocol &&
            row->resource.on_lwm2m_port == on_lwm2m_port &&
            strcmp(row->path, path) == 0) {
            return row;
        }
    }
    return NULL;
}

/** Of the content, so that another one has another ETag. RFC 7959, 2.4. */
static void make_etag(const uint8_t *bytes, size_t length,
                      uint8_t etag[REPOSITORY_ETAG_SIZE])
{
    uint32_t hash = FNV_OFFSET;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ bytes[i]) * FNV_PRIME; /* FNV-1a */
    }
    for (size_t i = 0; i < REPOSITORY_ETAG_SIZE; i++) {
        etag[i] = (uint8_t)(hash >> (8 * i));
    }
}

enum status repository_add(struct repository *repository, uint64_t id,
                           const struct repository_resource *resource,
                           struct reason *reason)
{
    if (resource->path[0] != '/' ||
        strlen(resource->path) > REPOSITORY_PATH_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "'%.64s' is no path of a resource", resource->path);
    }
    if (resource->max_szx > REPOSITORY_SZX_MAX ||
        resource->fault_count > REPOSITORY_FAULTS_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "block size %u with %zu faults", resource->max_szx,
                          resource->fault_count);
    }
    for (size_t i = 0; i < resource->fault_count; i++) {
        if (resource->faults[i].deed == REPOSITORY_SWITCH &&
            resource->other_bytes == NULL) {
            return reason_set(reason, STATUS_INVALID,
                              "no other content to switch to");
        }
    }
    if (repository_row(repository, resource->path, resource->protocol,
                       resource->on_lwm2m_port) != NULL) {
        return reason_set(reason, STATUS_INVALID, "'%.64s' is offered already",
                          resource->path);
    }
    if (repository->count >= REPOSITORY_RESOURCES_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d resources",
                          REPOSITORY_RESOURCES_MAX);
    }
    struct row *row = calloc(1, sizeof(*row));
    if (row != NULL) {
        row->endpoint = strdup(resource->endpoint);
        row->path = strdup(resource->path);
    }
    if (row == NULL || row->endpoint == NULL || row->path == NULL) {
        free_row(row);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    row->id = id;
    row->resource = *resource;
    row->chance = resource->seed | 1; /* which must not be 0 */
    make_etag(resource->bytes, resource->length, row->etag);
    make_etag(resource->other_bytes, resource->other_length, row->other_etag);
    row->next = repository->first;
    repository->first = row;
    repository->count++;
    return STATUS_OK;
}

void repository_remove(struct repository *repository, uint64_t id)
{
    for (struct row **link = &repository->first; *link != NULL;
         link = &(*link)->next) {
        struct row *row = *link;
        if (row->id == id) {
            *link = row->next;
            repository->count--;
            free_row(row);
            return;
        }
    }
}

void repository_resume(struct repository *repository, uint64_t id)
{
    for (struct row *row = repository->first; row != NULL; row = row->next) {
        row->has_resumed = row->has_resumed || row->id == id;
    }
}

/* What is answered. */

/** A confirmable request that is sent again has its message ID. */
static bool is_repeated(struct row *row,
                        const struct repository_request *request)
{
    bool same = row->last_peer != NULL &&
                row->last_message == request->message_id &&
                strcmp(row->last_peer, request->peer) == 0;

    if (!same) {
        char *peer = strdup(request->peer);
        if (peer != NULL) { /* else the next one counts, too */
            free(row->last_peer);
            row->last_peer = peer;
            row->last_message = request->message_id;
        }
        row->requests++;
    }
    return same;
}

/** The block that is asked for. RFC 7959, 2.2 to 2.4. */
static void give_block(const struct source *source,
                       const struct repository_request *request,
                       struct repository_answer *answer)
{
    uint8_t asked = request->has_block2 ? request->block2.szx : 0;
    uint8_t szx = request->has_block2 && asked < source->max_szx
                      ? asked
                      : source->max_szx;
    uint64_t size = UINT64_C(1) << (szx + 4);
    uint64_t offset = request->has_block2
                          ? (uint64_t)request->block2.number << (asked + 4)
                          : 0;

    answer->size = source->length;
    if (asked == SZX_RESERVED || (offset > 0 && offset >= source->length)) {
        answer->code = COAP_CODE(4, 0);
        return;
    }
    if (source->is_next && offset + size < source->length) {
        offset += size;
    }
    size_t left = source->length - (size_t)offset;
    answer->code = COAP_CODE(2, 5);
    answer->offset = (size_t)offset;
    answer->payload = left > 0 ? source->bytes + offset : NULL;
    answer->payload_length = left < size ? left : (size_t)size;
    answer->has_block2 = request->has_block2 || source->length > size;
    answer->block2 = (struct server_block){ .number = (uint32_t)(offset / size),
                                            .more = left > size,
                                            .szx = szx };
    answer->has_etag = true;
    memcpy(answer->etag, source->etag, sizeof(answer->etag));
    answer->has_size2 = offset == 0;
    answer->size2 = source->length;
    answer->is_other = source->is_other;
}

/** Answer a good request, with what goes wrong. */
static void give(struct row *row, const struct repository_request *request,
                 struct repository_answer *answer)
{
    struct source source = { .bytes = row->resource.bytes,
                             .length = row->resource.length,
                             .etag = row->etag,
                             .max_szx = row->resource.max_szx };

    give_block(&source, request, answer);
    if (answer->code != COAP_CODE(2, 5)) {
        return;
    }
    unsigned chosen = chosen_faults(row, answer);
    if (row->has_switched) {
        switch_content(row, NULL, &source);
    }
    for (size_t i = 0; i < row->resource.fault_count; i++) {
        const struct repository_fault *fault = &row->resource.faults[i];
        if ((chosen & 1u << i) != 0 && deeds[fault->deed].prepare != NULL) {
            deeds[fault->deed].prepare(row, fault, &source);
        }
    }
    give_block(&source, request, answer);
    const char *name = NULL;
    for (size_t i = 0; i < row->resource.fault_count && !answer->ends; i++) {
        const struct repository_fault *fault = &row->resource.faults[i];
        if ((chosen & 1u << i) == 0) {
            continue;
        }
        if (deeds[fault->deed].change != NULL) {
            deeds[fault->deed].change(fault, answer);
        }
        name = name == NULL || answer->ends ? deeds[fault->deed].name : name;
    }
    answer->fault = name;
}

const char *repository_owner(const struct repository *repository,
                             const char *path)
{
    for (const struct row *row = repository->first; row != NULL;
         row = row->next) {
        if (strcmp(row->path, path) == 0) {
            return row->endpoint;
        }
    }
    return NULL;
}

bool repository_answer(struct repository *repository,
                       const struct repository_request *request,
                       struct repository_answer *out_answer)
{
    struct row *row = repository_row(repository, request->path,
                                     request->protocol, request->on_lwm2m_port);

    if (row == NULL) {
        return false;
    }
    struct repository_answer answer = {
        .id = row->id,
        .endpoint = row->endpoint,
        .size = row->resource.length,
        .is_repeated = is_repeated(row, request),
    };
    if (request->method != METHOD_GET) {
        answer.code = COAP_CODE(4, 5);
    } else if (request->accept != CONTENT_FORMAT_NONE &&
               request->accept != CONTENT_FORMAT_OPAQUE) {
        answer.code = COAP_CODE(4, 6);
    } else {
        give(row, request, &answer);
    }
    *out_answer = answer;
    return true;
}
