/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/journal/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/journal/fields.h"

#define JOURNAL_MODE      0644
#define READ_SIZE         ((size_t)64 * 1024)
#define SHA256_SIZE       32
#define METHOD_POST       2
#define METHOD_PUT        3
#define PATH_SEGMENTS_MAX 3

struct journal {
    int file;
    off_t length; /* whole lines */
    uint64_t sequence;
    journal_event_fn on_event;
    void *user;
    char sha256[2 * SHA256_SIZE + 1]; /* of the newest event */
};

/** The Resources that carry packages. */
static const struct {
    const char *object;
    const char *resource;
} package_resources[] = { { "33629", "0" }, { "5", "0" }, { "9", "2" } };

static bool segment_is(const char *segment, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(segment, text, length) == 0;
}

/** Whether a path ends in OBJECT/INSTANCE/RESOURCE of a package; an alternate
 *  path may stand before it. */
static bool is_package_path(const char *path)
{
    const char *segments[PATH_SEGMENTS_MAX];
    size_t lengths[PATH_SEGMENTS_MAX];
    const char *end = path + strlen(path);

    for (int i = PATH_SEGMENTS_MAX - 1; i >= 0; i--) {
        const char *start = end;

        while (start > path && start[-1] != '/') {
            start--;
        }
        if (start == path) {
            return false;
        }
        segments[i] = start;
        lengths[i] = (size_t)(end - start);
        end = start - 1;
    }
    for (size_t i = 0;
         i < sizeof(package_resources) / sizeof(package_resources[0]); i++) {
        if (segment_is(segments[0], lengths[0], package_resources[i].object) &&
            segment_is(segments[2], lengths[2],
                       package_resources[i].resource)) {
            return true;
        }
    }
    return false;
}

static bool is_package_block(const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;

    return event->kind == (enum journal_kind)SERVER_REQUEST &&
           (request->method == METHOD_PUT || request->method == METHOD_POST) &&
           request->path != NULL && request->payload != NULL &&
           request->payload_length > JOURNAL_PAYLOAD_KEPT &&
           is_package_path(request->path);
}

/** Of a file that a device fetches. */
static bool is_file_block(const struct journal_event *event)
{
    const struct server_repository_view *view = &event->as.server.as.repository;

    return event->kind == (enum journal_kind)SERVER_REPOSITORY &&
           view->payload != NULL && view->payload_length > JOURNAL_PAYLOAD_KEPT;
}

/** Keep the hash instead of the bytes. */
static void drop_payload(struct journal *journal, struct journal_event *event,
                         const uint8_t **payload, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[SHA256_SIZE] = { 0 };

    /* Fails only for a wrong argument. */
    (void)mbedtls_sha256(*payload, length, hash, 0);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        journal->sha256[2 * i] = digits[hash[i] >> 4];
        journal->sha256[2 * i + 1] = digits[hash[i] & 0x0f];
    }
    journal->sha256[2 * SHA256_SIZE] = '\0';
    event->payload_sha256 = journal->sha256;
    *payload = NULL;
}

static void drop_block(struct journal *journal, struct journal_event *event)
{
    struct server_request_view *request = &event->as.server.as.request;
    struct server_repository_view *view = &event->as.server.as.repository;

    if (is_package_block(event)) {
        drop_payload(journal, event, &request->payload,
                     request->payload_length);
    } else if (is_file_block(event)) {
        drop_payload(journal, event, &view->payload, view->payload_length);
    }
}

enum status journal_create(const char *path, journal_event_fn on_event,
                           void *user, struct journal **out_journal,
                           struct reason *reason)
{
    struct journal *journal = calloc(1, sizeof(*journal));

    if (journal == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    journal->file = open(
        path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, JOURNAL_MODE);
    if (journal->file < 0) {
        int error = errno;

        free(journal);
        return reason_set(reason,
                          error == EEXIST ? STATUS_INVALID : STATUS_NETWORK,
                          "journal '%s': %s", path, strerror(error));
    }
    journal->on_event = on_event;
    journal->user = user;
    *out_journal = journal;
    return STATUS_OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    /* Every line is already with the kernel. */
    (void)close(journal->file);
    free(journal);
}

static enum status write_line(struct journal *journal, const char *line,
                              size_t length, struct reason *reason)
{
    size_t done = 0;

    while (done < length) {
        ssize_t wrote = write(journal->file, line + done, length - done);

        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            int error = wrote < 0 ? errno : ENOSPC;

            /* A torn line in the middle would spoil all that follow. */
            (void)!ftruncate(journal->file, journal->length);
            return reason_set(reason, STATUS_NETWORK, "journal: %s",
                              strerror(error));
        }
        done += (size_t)wrote;
    }
    journal->length += (off_t)length;
    return STATUS_OK;
}

enum status journal_append(struct journal *journal,
                           const struct journal_event *event,
                           struct journal_event *out_event,
                           struct reason *reason)
{
    struct journal_event written = *event;
    struct timespec now;
    enum status status;
    size_t length;
    char *line;

    if (kind_rows[event->kind].fields == NULL) {
        return reason_set(reason, STATUS_INVALID, "a '%s' is not journaled",
                          kind_rows[event->kind].name);
    }
    (void)clock_gettime(CLOCK_REALTIME, &now);
    written.sequence = journal->sequence + 1;
    written.wall_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    drop_block(journal, &written);
    line = journal_line(&written);
    if (line == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    length = strlen(line);
    if (length >= JOURNAL_LINE_MAX) {
        free(line);
        return reason_set(
            reason, STATUS_LIMIT, "a '%s' of %zu bytes, of at most %u",
            kind_rows[event->kind].name, length, JOURNAL_LINE_MAX);
    }
    line[length] = '\n'; /* where the NUL was */
    status = write_line(journal, line, length + 1, reason);
    free(line);
    if (status != STATUS_OK) {
        return status;
    }
    journal->sequence++;
    if (out_event != NULL) {
        *out_event = written;
    }
    if (journal->on_event != NULL) {
        journal->on_event(&written, journal->user);
    }
    return STATUS_OK;
}

/** A journal that is being read. */
struct reader {
    const char *path;
    journal_event_fn on_event;
    void *user;
    uint64_t line; /* number of the newest line, from 1 */
    uint64_t sequence;
    struct event_memory memory; /* of the newest event */
};

static enum status take_line(struct reader *reader, const char *text,
                             size_t length, struct reason *reason)
{
    struct journal_event event;
    struct reason inner = { .status = STATUS_OK };
    enum status status =
        line_read(text, length, &reader->memory, &event, &inner);

    reader->line++;
    if (status == STATUS_OK && event.sequence != reader->sequence + 1) {
        status =
            reason_set(&inner, STATUS_MALFORMED, "sequence %llu after %llu",
                       (unsigned long long)event.sequence,
                       (unsigned long long)reader->sequence);
    }
    if (status == STATUS_OK) {
        reader->sequence++;
        if (reader->on_event != NULL) {
            reader->on_event(&event, reader->user);
        }
    } else {
        (void)reason_set(reason, status, "%.300s, line %llu: %s", reader->path,
                         (unsigned long long)reader->line, inner.text);
    }
    event_memory_clear(&reader->memory);
    return status;
}

/** Take the whole lines out of the buffer; the rest is moved to its front. */
static enum status take_lines(struct reader *reader, char *buffer,
                              size_t *length, size_t scanned,
                              struct reason *reason)
{
    size_t start = 0;
    char *end;

    while ((end = memchr(buffer + scanned, '\n', *length - scanned)) != NULL) {
        size_t stop = (size_t)(end - buffer);
        enum status status =
            take_line(reader, buffer + start, stop - start, reason);

        if (status != STATUS_OK) {
            return status;
        }
        start = stop + 1;
        scanned = start;
    }
    memmove(buffer, buffer + start, *length - start);
    *length -= start;
    return STATUS_OK;
}

/** Make room for one more read; a line that is too long is refused. */
static enum status make_room(struct reader *reader, char **buffer,
                             size_t *capacity, size_t length,
                             struct reason *reason)
{
    char *grown;

    if (*capacity - length >= READ_SIZE) {
        return STATUS_OK;
    }
    if (length > JOURNAL_LINE_MAX) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%.300s, line %llu: longer than %u bytes",
                          reader->path, (unsigned long long)reader->line + 1,
                          JOURNAL_LINE_MAX);
    }
    grown = realloc(*buffer, *capacity * 2 + READ_SIZE);
    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *buffer = grown;
    *capacity = *capacity * 2 + READ_SIZE;
    return STATUS_OK;
}

static enum status read_all(struct reader *reader, int file, bool *out_torn,
                            struct reason *reason)
{
    char *buffer = NULL;
    size_t capacity = 0;
    size_t length = 0;
    enum status status = make_room(reader, &buffer, &capacity, 0, reason);

    while (status == STATUS_OK) {
        ssize_t got = read(file, buffer + length, READ_SIZE);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            status = reason_set(reason, STATUS_NETWORK, "%.300s: %s",
                                reader->path, strerror(errno));
            break;
        }
        if (got == 0) {
            break;
        }
        length += (size_t)got;
        status =
            take_lines(reader, buffer, &length, length - (size_t)got, reason);
        if (status == STATUS_OK) {
            status = make_room(reader, &buffer, &capacity, length, reason);
        }
    }
    if (status == STATUS_OK) {
        *out_torn = length > 0;
        if (length > 0 && buffer[length - 1] == '}') {
            /* Only the line feed may be missing; else it is dropped. */
            (void)take_line(reader, buffer, length, NULL);
        }
    }
    free(buffer);
    return status;
}

enum status journal_read(const char *path, journal_event_fn on_event,
                         void *user, bool *out_torn, struct reason *reason)
{
    struct reader reader = { .path = path, .on_event = on_event, .user = user };
    bool torn = false;
    enum status status;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        return reason_set(reason, STATUS_NOT_FOUND, "journal '%s': %s", path,
                          strerror(errno));
    }
    status = read_all(&reader, file, &torn, reason);
    (void)close(file);
    event_memory_release(&reader.memory);
    if (status == STATUS_OK && out_torn != NULL) {
        *out_torn = torn;
    }
    return status;
}

const char *journal_text(const struct journal_event *event, const char *name)
{
    if (event->kind < (int)SERVER_EVENT_KINDS ||
        event->kind == JOURNAL_FINDING) {
        return NULL;
    }
    return cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(event->as.data, name));
}

double journal_number(const struct journal_event *event, const char *name,
                      double otherwise)
{
    const cJSON *item;

    if (event->kind < (int)SERVER_EVENT_KINDS ||
        event->kind == JOURNAL_FINDING) {
        return otherwise;
    }
    item = cJSON_GetObjectItemCaseSensitive(event->as.data, name);
    return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}
