/* SPDX-License-Identifier: Apache-2.0 */
#include "server/repository/http_answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/repository/row.h"

enum {
    STATUS_WHOLE = 200,
    STATUS_PART = 206,
    STATUS_FOUND = 302,
    STATUS_NO_METHOD = 405,
    STATUS_NO_MATCH = 412,
    STATUS_NO_RANGE = 416,
    PERCENT = 100,
};

/** What is answered without faults, and how faults bend it. */
struct reply {
    const uint8_t *bytes;
    size_t size;
    const uint8_t *etag;
    bool is_other;
    bool is_moved; /* the request came to the place it was redirected to */
    bool hides_etag;
    bool weakens_etag;
    bool ignores_range;
    bool skips; /* the range begins further on */
    bool hides_size;
    bool is_empty;
};

static void use_content(const struct row *row, bool other, struct reply *reply)
{
    const struct repository_resource *resource = &row->resource;

    reply->bytes = other ? resource->other_bytes : resource->bytes;
    reply->size = other ? resource->other_length : resource->length;
    reply->etag = other ? row->other_etag : row->etag;
    reply->is_other = other;
}

/* Headers of the request. */

/** Digits; `*text` is behind them. */
static bool read_number(const char **text, uint64_t *out_number)
{
    char *end = NULL;

    if (**text < '0' || **text > '9') {
        return false;
    }
    errno = 0;
    unsigned long long number = strtoull(*text, &end, 10);
    *text = end;
    *out_number = number;
    return errno == 0;
}

/** "bytes=N-", "bytes=N-M" or "bytes=-N"; what else may stand there is ignored,
 *  as RFC 9110, 14.2 allows.
 *  @param out_end  behind the last byte */
static bool read_range(const char *text, size_t size, uint64_t *out_first,
                       uint64_t *out_end)
{
    static const char unit[] = "bytes=";
    uint64_t number = 0;

    if (text == NULL || strncmp(text, unit, sizeof(unit) - 1) != 0) {
        return false;
    }
    text += sizeof(unit) - 1;
    bool is_suffix = *text == '-';
    text += is_suffix ? 1 : 0;
    if (!read_number(&text, &number)) {
        return false;
    }
    if (is_suffix) {
        *out_first = number < size ? size - number : 0;
        *out_end = size;
        return *text == '\0';
    }
    uint64_t last = size > 0 ? size - 1 : 0;
    uint64_t asked = 0;
    bool is_good = *text++ == '-';
    if (is_good && *text != '\0') {
        is_good =
            read_number(&text, &asked) && *text == '\0' && asked >= number;
        last = is_good && asked < last ? asked : last;
    }
    *out_first = number;
    *out_end = last + 1;
    return is_good;
}

static void write_etag(const struct reply *reply,
                       char out_etag[REPOSITORY_HTTP_ETAG_SIZE])
{
    const uint8_t *etag = reply->etag;

    _Static_assert(REPOSITORY_ETAG_SIZE == 4, "the format has as many");
    out_etag[0] = '\0';
    if (!reply->hides_etag) {
        (void)snprintf(out_etag, REPOSITORY_HTTP_ETAG_SIZE,
                       "%s\"%02x%02x%02x%02x\"",
                       reply->weakens_etag ? "W/" : "", etag[0], etag[1],
                       etag[2], etag[3]); /* fits */
    }
}

/** The strong comparison: RFC 9110, 8.8.3.2. */
static bool is_current(const char *text, const char *etag)
{
    return etag[0] == '"' && strcmp(text, etag) == 0;
}

/** The same with a list, or "*". */
static bool has_current(const char *list, const char *etag)
{
    return strcmp(list, "*") == 0 ||
           (etag[0] == '"' && strstr(list, etag) != NULL);
}

/* The good answer. */

static void give_part(const struct reply *reply,
                      const struct repository_http_request *request,
                      struct repository_http_answer *answer)
{
    uint64_t first = 0;
    uint64_t end = reply->size;
    bool is_part = !reply->ignores_range &&
                   (request->if_range == NULL ||
                    is_current(request->if_range, answer->etag)) &&
                   read_range(request->range, reply->size, &first, &end);

    if (is_part && first >= reply->size) {
        answer->status = STATUS_NO_RANGE;
        answer->has_content_range = true;
        answer->range_size = reply->size;
        answer->has_length = true;
        return;
    }
    if (!is_part) {
        first = 0;
        end = reply->size;
    }
    if (is_part && reply->skips && first + REPOSITORY_HTTP_BLOCK < end) {
        first += REPOSITORY_HTTP_BLOCK;
    }
    answer->status = is_part ? STATUS_PART : STATUS_WHOLE;
    answer->offset = (size_t)first;
    answer->body = reply->bytes + first;
    answer->body_length = (size_t)(end - first);
    answer->has_content_range = is_part;
    answer->range_first = (size_t)first;
    answer->range_last = (size_t)(end - 1);
    answer->range_size = reply->size;
}

static void give(const struct row *row, const struct reply *reply,
                 const struct repository_http_request *request,
                 struct repository_http_answer *answer)
{
    *answer = (struct repository_http_answer){ .id = row->id,
                                               .endpoint = row->endpoint,
                                               .size = reply->size,
                                               .is_other = reply->is_other };
    write_etag(reply, answer->etag);
    if (request->if_match != NULL &&
        !has_current(request->if_match, answer->etag)) {
        answer->status = STATUS_NO_MATCH;
        answer->has_length = true;
        return;
    }
    give_part(reply, request, answer);
    if (reply->is_empty) {
        answer->status = STATUS_WHOLE;
        answer->has_content_range = false;
        answer->offset = 0;
        answer->body_length = 0;
    }
    answer->has_length =
        !reply->hides_size || answer->status == STATUS_NO_RANGE;
    answer->length = answer->body_length;
}

/* Which faults are due. */

/** Whether a deed happens at a place of the body, or to the whole answer. */
static bool is_placed(enum repository_deed deed)
{
    return deed == REPOSITORY_STOP || deed == REPOSITORY_LATE ||
           deed == REPOSITORY_SWITCH || deed == REPOSITORY_CUT ||
           deed == REPOSITORY_CLOSE || deed == REPOSITORY_RESET;
}

/** Byte of the file. @param start  where the answer begins */
static uint64_t place_of(const struct repository_fault *fault, size_t size,
                         size_t start)
{
    switch (fault->when) {
    case REPOSITORY_AT_BLOCK:
        return (uint64_t)fault->number * REPOSITORY_HTTP_BLOCK;
    case REPOSITORY_AT_PERCENT:
        return (uint64_t)size * fault->number / PERCENT;
    case REPOSITORY_AT_END:
        return size > 0
                   ? (size - 1) / REPOSITORY_HTTP_BLOCK * REPOSITORY_HTTP_BLOCK
                   : 0;
    case REPOSITORY_AT_REQUEST:
        break;
    }
    return start;
}

static bool is_met(const struct row *row, const struct repository_fault *fault,
                   const struct repository_http_answer *good, uint32_t request)
{
    size_t end = good->offset + good->body_length;
    uint64_t place = place_of(fault, row->resource.length, good->offset);

    if (fault->when == REPOSITORY_AT_REQUEST) {
        return request >= fault->number;
    }
    return good->offset >= place || (is_placed(fault->deed) && end > place);
}

/** 416 and 412 answer what a request asks; to one without they are no fault of
 *  a file server that there is. RFC 9110, 15.5.13 and 15.5.17. */
static bool is_asked_for(const struct repository_fault *fault,
                         const struct repository_http_request *request)
{
    if (fault->deed != REPOSITORY_CODE) {
        return true;
    }
    return fault->code == COAP_CODE(4, 16)   ? request->range != NULL
           : fault->code == COAP_CODE(4, 12) ? request->if_match != NULL
                                             : true;
}

/** Bits of the faults that this request meets. */
static unsigned due_faults(struct row *row,
                           const struct repository_http_request *request,
                           const struct repository_http_answer *good)
{
    const struct repository_resource *resource = &row->resource;
    bool counts = request->method == REPOSITORY_HTTP_GET && !request->is_again;
    unsigned due = 0;

    row->requests += counts ? 1 : 0;
    uint32_t number = row->requests + (counts || request->is_again ? 0 : 1);
    for (size_t i = 0; i < resource->fault_count; i++) {
        const struct repository_fault *fault = &resource->faults[i];
        bool is_over = fault->times != 0 && row->done[i] >= fault->times;
        bool has_ended = (fault->deed == REPOSITORY_STOP ||
                          fault->deed == REPOSITORY_CODE) &&
                         row->has_resumed;
        if (!is_over && !has_ended && is_asked_for(fault, request) &&
            is_met(row, fault, good, number) && row_happens(row, fault)) {
            row->done[i] += counts ? 1 : 0;
            due |= 1u << i;
        }
    }
    return due;
}

/* What they do. */

static void bend(struct row *row, const struct repository_fault *fault,
                 const struct repository_http_answer *good, struct reply *reply)
{
    switch ((int)fault->deed) {
    case REPOSITORY_SWITCH:
        row->has_switched = true;
        if (good->offset >=
            place_of(fault, row->resource.length, good->offset)) {
            use_content(row, true, reply);
        }
        break;
    case REPOSITORY_NO_ETAG:
        reply->hides_etag = true;
        break;
    case REPOSITORY_WEAK_ETAG:
        reply->weakens_etag = true;
        break;
    case REPOSITORY_NO_SIZE2:
        reply->hides_size = true;
        break;
    case REPOSITORY_IGNORE_RANGE:
        reply->ignores_range = true;
        break;
    case REPOSITORY_WRONG_RANGE:
        reply->skips = true;
        break;
    case REPOSITORY_EMPTY:
        reply->is_empty = true;
        break;
    default:
        break;
    }
}

static void break_off(struct repository_http_answer *answer, size_t at,
                      enum repository_break how, uint32_t ms)
{
    if (answer->at_break == REPOSITORY_GOES_ON || at < answer->break_at) {
        answer->at_break = how;
        answer->break_at = at;
        answer->break_ms = ms;
    }
}

/** No answer; what is left of it is for the event. */
static void drop_answer(struct repository_http_answer *answer)
{
    answer->status = 0;
    answer->body_length = 0;
    answer->has_content_range = false;
    answer->etag[0] = '\0';
}

static void give_code(const struct repository_fault *fault,
                      struct repository_http_answer *answer)
{
    drop_answer(answer);
    answer->at_break = REPOSITORY_GOES_ON;
    answer->status = (unsigned)(fault->code >> 5) * 100 + (fault->code & 0x1f);
    answer->retry_after_s = fault->max_age_s;
    answer->has_length = true;
    answer->length = 0;
    answer->ends = true;
}

static void redirect(const struct reply *reply, bool is_loop,
                     struct repository_http_answer *answer)
{
    if (reply->is_moved && !is_loop) {
        return;
    }
    drop_answer(answer);
    answer->at_break = REPOSITORY_GOES_ON;
    answer->status = STATUS_FOUND;
    answer->redirects_away = !reply->is_moved;
    answer->redirects_back = reply->is_moved;
    answer->has_length = true;
    answer->length = 0;
}

/** A deed at a place of the body. */
static void place(const struct repository_fault *fault, size_t at,
                  struct repository_http_answer *answer)
{
    switch ((int)fault->deed) {
    case REPOSITORY_STOP:
        break_off(answer, at, REPOSITORY_HOLDS, 0);
        break;
    case REPOSITORY_LATE:
        if (at == 0) {
            answer->late_ms = fault->ms;
        } else {
            break_off(answer, at, REPOSITORY_PAUSES, fault->ms);
        }
        break;
    case REPOSITORY_SWITCH:
        if (at > 0) { /* nobody reads on in a file that was replaced */
            break_off(answer, at, REPOSITORY_CLOSES, 0);
        }
        break;
    case REPOSITORY_CLOSE:
        break_off(answer, at, REPOSITORY_CLOSES, 0);
        break;
    case REPOSITORY_RESET:
        break_off(answer, at, REPOSITORY_RESETS, 0);
        break;
    case REPOSITORY_CUT:
        answer->body_length = at;
        answer->length = at;
        break;
    default:
        break;
    }
}

static void change(const struct row *row, const struct repository_fault *fault,
                   const struct reply *reply,
                   struct repository_http_answer *answer)
{
    uint64_t byte = place_of(fault, row->resource.length, answer->offset);
    size_t at = byte > answer->offset ? (size_t)byte - answer->offset : 0;

    switch ((int)fault->deed) {
    case REPOSITORY_CODE:
        give_code(fault, answer);
        break;
    case REPOSITORY_SIZE2_LARGER:
        answer->length = 2 * answer->length;
        break;
    case REPOSITORY_SIZE2_LESS:
        answer->length = answer->length / 2;
        answer->body_length = (size_t)answer->length;
        break;
    case REPOSITORY_SLOW:
        answer->slow_ms = fault->ms;
        break;
    case REPOSITORY_REDIRECT:
    case REPOSITORY_REDIRECT_LOOP:
        redirect(reply, fault->deed == REPOSITORY_REDIRECT_LOOP, answer);
        break;
    default:
        if (at < answer->body_length || at == 0) {
            place(fault, at, answer);
        }
        break;
    }
}

static void give_faulty(struct row *row, struct reply *reply,
                        const struct repository_http_request *request,
                        struct repository_http_answer *answer)
{
    const struct repository_resource *resource = &row->resource;
    struct repository_http_answer good;

    give(row, reply, request, &good);
    unsigned due = due_faults(row, request, &good);
    for (size_t i = 0; i < resource->fault_count; i++) {
        if ((due & 1u << i) != 0) {
            bend(row, &resource->faults[i], &good, reply);
        }
    }
    give(row, reply, request, answer);
    const char *name = NULL;
    for (size_t i = 0; i < resource->fault_count && !answer->ends; i++) {
        const struct repository_fault *fault = &resource->faults[i];
        if ((due & 1u << i) != 0) {
            change(row, fault, reply, answer);
            name = name == NULL || answer->ends
                       ? repository_deed_name(fault->deed)
                       : name;
        }
    }
    answer->fault = name;
    bool is_silent = answer->at_break != REPOSITORY_GOES_ON &&
                     answer->at_break != REPOSITORY_PAUSES &&
                     answer->break_at == 0;
    if (is_silent) {
        drop_answer(answer);
        answer->ends = answer->at_break == REPOSITORY_HOLDS;
    }
}

/** The file, also where it was redirected to. */
static struct row *find(const struct repository *repository,
                        const struct repository_http_request *request,
                        bool *out_is_moved)
{
    static const char moved[] = REPOSITORY_HTTP_MOVED;
    size_t length = strlen(request->path);
    size_t tail = sizeof(moved) - 1;
    struct row *row =
        repository_row(repository, request->path, request->protocol, false);

    *out_is_moved = row == NULL && length > tail &&
                    strcmp(request->path + length - tail, moved) == 0;
    if (*out_is_moved) {
        char *path = strndup(request->path, length - tail);
        row = path != NULL
                  ? repository_row(repository, path, request->protocol, false)
                  : NULL;
        free(path);
    }
    return row;
}

bool repository_http_answer(struct repository *repository,
                            const struct repository_http_request *request,
                            struct repository_http_answer *out_answer)
{
    struct reply reply = { .bytes = NULL };
    struct row *row = find(repository, request, &reply.is_moved);

    if (row == NULL) {
        return false;
    }
    use_content(row, row->has_switched, &reply);
    if (request->method == REPOSITORY_HTTP_OTHER) {
        *out_answer = (struct repository_http_answer){
            .id = row->id,
            .endpoint = row->endpoint,
            .size = reply.size,
            .status = STATUS_NO_METHOD,
            .has_length = true,
        };
    } else {
        give_faulty(row, &reply, request, out_answer);
    }
    return true;
}
