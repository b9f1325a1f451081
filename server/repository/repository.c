/* SPDX-License-Identifier: Apache-2.0 */
#include "server/repository/repository.h"

#include <stdlib.h>
#include <string.h>

enum { METHOD_GET = 1, SZX_RESERVED = 7, PERCENT = 100 };

#define FNV_OFFSET UINT32_C(2166136261)
#define FNV_PRIME  UINT32_C(16777619)

/** A file that is offered. */
struct row {
    uint64_t id;
    struct repository_resource resource;
    char *endpoint; /* owned */
    char *path;     /* owned */
    uint8_t etag[REPOSITORY_ETAG_SIZE];
    bool has_resumed; /* what stopped goes on */
    uint32_t requests;
    char *last_peer; /* owned; NULL: nobody asked yet */
    int last_message;
    struct row *next;
};

struct repository {
    struct row *first;
    size_t count;
};

/* What goes wrong. */

struct deed {
    const char *name;
    /** @return whether it is (still) done */
    bool (*act)(const struct row *row, const struct repository_fault *fault,
                struct repository_answer *answer);
};

static bool act_stop(const struct row *row,
                     const struct repository_fault *fault,
                     struct repository_answer *answer)
{
    (void)fault;
    answer->code = 0;
    return !row->has_resumed;
}

static bool act_code(const struct row *row,
                     const struct repository_fault *fault,
                     struct repository_answer *answer)
{
    (void)row;
    answer->code = fault->code;
    return true;
}

static const struct deed deeds[REPOSITORY_DEEDS] = {
    [REPOSITORY_STOP] = { "stop", act_stop },
    [REPOSITORY_CODE] = { "code", act_code },
};

const char *repository_deed_name(enum repository_deed deed)
{
    return deeds[deed].name;
}

/** @param good  what would be answered */
static bool is_due(const struct row *row, const struct repository_fault *fault,
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

static void misbehave(const struct row *row, struct repository_answer *answer)
{
    const struct repository_resource *resource = &row->resource;
    struct repository_answer bad = {
        .id = answer->id,
        .endpoint = answer->endpoint,
        .is_repeated = answer->is_repeated,
        .size = answer->size,
    };

    for (size_t i = 0; i < resource->fault_count; i++) {
        const struct repository_fault *fault = &resource->faults[i];
        const struct deed *deed = &deeds[fault->deed];
        if (is_due(row, fault, answer) && deed->act(row, fault, &bad)) {
            bad.fault = deed->name;
            *answer = bad;
            return;
        }
    }
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

static struct row *find(const struct repository *repository, const char *path,
                        bool on_lwm2m_port)
{
    for (struct row *row = repository->first; row != NULL; row = row->next) {
        if (row->resource.on_lwm2m_port == on_lwm2m_port &&
            strcmp(row->path, path) == 0) {
            return row;
        }
    }
    return NULL;
}

/** Of the content, so that another one has another ETag. RFC 7959, 2.4. */
static void make_etag(const struct repository_resource *resource,
                      uint8_t etag[REPOSITORY_ETAG_SIZE])
{
    uint32_t hash = FNV_OFFSET;

    for (size_t i = 0; i < resource->length; i++) {
        hash = (hash ^ resource->bytes[i]) * FNV_PRIME; /* FNV-1a */
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
    if (find(repository, resource->path, resource->on_lwm2m_port) != NULL) {
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
    make_etag(resource, row->etag);
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
static void give_block(const struct row *row,
                       const struct repository_request *request,
                       struct repository_answer *answer)
{
    const struct repository_resource *resource = &row->resource;
    uint8_t asked = request->has_block2 ? request->block2.szx : 0;
    uint8_t szx = request->has_block2 && asked < resource->max_szx
                      ? asked
                      : resource->max_szx;
    uint64_t size = UINT64_C(1) << (szx + 4);
    uint64_t offset = request->has_block2
                          ? (uint64_t)request->block2.number << (asked + 4)
                          : 0;

    if (asked == SZX_RESERVED || (offset > 0 && offset >= resource->length)) {
        answer->code = COAP_CODE(4, 0);
        return;
    }
    size_t left = resource->length - (size_t)offset;
    answer->code = COAP_CODE(2, 5);
    answer->offset = (size_t)offset;
    answer->payload = left > 0 ? resource->bytes + offset : NULL;
    answer->payload_length = left < size ? left : (size_t)size;
    answer->has_block2 = request->has_block2 || resource->length > size;
    answer->block2 = (struct server_block){ .number = (uint32_t)(offset / size),
                                            .more = left > size,
                                            .szx = szx };
    memcpy(answer->etag, row->etag, sizeof(answer->etag));
}

bool repository_answer(struct repository *repository,
                       const struct repository_request *request,
                       struct repository_answer *out_answer)
{
    struct row *row = find(repository, request->path, request->on_lwm2m_port);

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
        give_block(row, request, &answer);
    }
    if (answer.code == COAP_CODE(2, 5)) {
        misbehave(row, &answer);
    }
    *out_answer = answer;
    return true;
}
