/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/pull_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/pull_cause.h"
#include "tests/device/uri.h"
#include "tests/device/web.h"

enum {
    PATIENCE = 5,      /* units of silence before a connection is given up */
    PAUSE = 2,         /* units before the next attempt */
    PAUSE_LONG = 10,   /* the same after Retry-After */
    ATTEMPTS_MAX = 2,  /* of a fetch, beside the first one */
    RETRIES_MAX = 8,   /* after 5xx, of the variant */
    PIECE_MAX = 16384, /* what libcurl hands over at a time */
    PART = 2048,       /* asked for at a time, by the variant */
    RANGE_TEXT = 48,
    OK = 200,
    PARTIAL = 206,
    NO_MATCH = 412,
    NO_RANGE = 416,
};

_Static_assert(WEB_SLOTS >= FIRMWARE_COMPONENTS, "a slot for each component");

/** One fetch. */
struct row {
    unsigned fetch; /* number of it in the component */
    bool is_open;
    bool is_asking; /* a GET runs; else it waits for the next attempt */
    bool is_head;   /* it is a HEAD */
    bool is_begun;  /* bytes of this answer were taken */
    char url[URI_MAX + 1];
    uint64_t offset;             /* bytes that are there */
    uint64_t size;               /* of the file, 0: unknown */
    char etag[WEB_ETAG_MAX + 1]; /* of these bytes */
    unsigned attempts;
    unsigned retries;
    uint64_t due_ms;          /* silence is too long, or the next attempt */
    uint8_t piece[PIECE_MAX]; /* not yet handed on: it may be the last one */
    size_t piece_length;
};

struct pull_http {
    struct pull_http_config config;
    struct firmware *firmware;
    struct web *web; /* NULL until the first fetch */
    uint64_t now_ms;
    struct row rows[FIRMWARE_COMPONENTS];
};

static uint16_t instance_of(const struct pull_http *pulls,
                            const struct row *row)
{
    return (uint16_t)(row - pulls->rows);
}

static enum mutant mutant_of(const struct pull_http *pulls)
{
    return pulls->firmware->config.mutant;
}

static bool has_variant(const struct pull_http *pulls, enum variant variant)
{
    return varies(pulls->firmware, variant);
}

static void close_row(struct pull_http *pulls, struct row *row)
{
    web_stop(pulls->web, instance_of(pulls, row));
    row->is_open = false;
    row->is_asking = false;
    row->due_ms = FIRMWARE_NEVER;
}

static void fail(struct pull_http *pulls, struct row *row,
                 enum pull_cause cause)
{
    close_row(pulls, row);
    firmware_fail_fetch(pulls->firmware, instance_of(pulls, row),
                        pull_result(pulls->firmware, cause));
}

static void be_patient(struct pull_http *pulls, struct row *row)
{
    /* A mutant that takes what a break leaves waits for the server's. */
    const unsigned units =
        mutant_of(pulls) == MUTANT_CUT_ACCEPTED ? 10 * PATIENCE : PATIENCE;

    row->due_ms = pulls->now_ms + units * pulls->config.ack_ms;
}

/* Requests. */

static bool is_strong(const char *etag)
{
    return etag[0] == '"';
}

/** Begin anew. */
static void forget(struct pull_http *pulls, struct row *row)
{
    firmware_restart_fetch(pulls->firmware, instance_of(pulls, row));
    row->offset = 0;
    row->size = 0;
    row->etag[0] = '\0';
    row->piece_length = 0;
}

/** Whether what is there may be gone on with. */
static bool may_resume(const struct pull_http *pulls, const struct row *row)
{
    enum mutant mutant = mutant_of(pulls);

    if (has_variant(pulls, VARIANT_HTTP_STARTS_OVER)) {
        return false;
    }
    return is_strong(row->etag) || mutant == MUTANT_FETCH_MIXES ||
           mutant == MUTANT_FETCH_MIXES_UNTOLD;
}

static void ask(struct pull_http *pulls, struct row *row)
{
    enum mutant mutant = mutant_of(pulls);
    bool in_parts = has_variant(pulls, VARIANT_HTTP_IN_PARTS);
    bool is_unsafe = mutant == MUTANT_FETCH_MIXES ||
                     mutant == MUTANT_FETCH_MIXES_UNTOLD ||
                     mutant == MUTANT_FETCH_HOLE;
    char range[RANGE_TEXT];
    struct web_get get = { .url = row->url, .is_head = row->is_head };
    uint64_t first = row->offset + row->piece_length;

    if (first > 0 && !may_resume(pulls, row)) {
        forget(pulls, row);
        first = 0;
    }
    if (in_parts) {
        (void)snprintf(range, sizeof(range), "%llu-%llu",
                       (unsigned long long)first,
                       (unsigned long long)first + PART - 1); /* fits */
    } else {
        (void)snprintf(range, sizeof(range), "%llu-",
                       (unsigned long long)first); /* fits */
    }
    get.range = (first > 0 || in_parts) && !row->is_head ? range : NULL;
    get.if_range = first > 0 && !is_unsafe ? row->etag : NULL;
    row->is_begun = false;
    row->is_asking = web_start(pulls->web, instance_of(pulls, row), &get);
    be_patient(pulls, row);
    if (!row->is_asking) {
        fail(pulls, row, CAUSE_BROKEN);
    }
}

/** Ask again in a while. */
static void wait(struct pull_http *pulls, struct row *row, unsigned units)
{
    web_stop(pulls->web, instance_of(pulls, row));
    row->is_asking = false;
    row->due_ms = pulls->now_ms + units * pulls->config.ack_ms;
}

/** The connection is gone, or silent. */
static void take_break(struct pull_http *pulls, struct row *row)
{
    if (has_variant(pulls, VARIANT_FETCH_GIVES_UP) ||
        row->attempts >= ATTEMPTS_MAX) {
        fail(pulls, row, CAUSE_NO_ANSWER);
        return;
    }
    row->attempts++;
    wait(pulls, row, PAUSE);
}

/* Answers. */

/** Hand on what was kept. @return whether more is wanted */
static bool flush(struct pull_http *pulls, struct row *row, bool more)
{
    size_t length = row->piece_length;
    uint64_t at = row->offset;

    row->piece_length = 0;
    row->offset += length;
    if (length == 0 && more) {
        return true;
    }
    return firmware_take_fetched(pulls->firmware, instance_of(pulls, row),
                                 (size_t)at, more, row->piece, length,
                                 pulls->now_ms);
}

/** The whole file, although a part was asked for, or at first. */
static void take_whole(struct pull_http *pulls, struct row *row,
                       const struct web_answer *answer)
{
    if (mutant_of(pulls) != MUTANT_RESUME_DUPLICATES) {
        forget(pulls, row);
    }
    (void)snprintf(row->etag, sizeof(row->etag), "%s", answer->etag);
}

/** A part of it. @return false when it is not the one that was asked for */
static bool take_part(struct pull_http *pulls, struct row *row,
                      const struct web_answer *answer)
{
    enum mutant mutant = mutant_of(pulls);
    bool is_first = row->offset + row->piece_length == 0;
    bool is_same = strcmp(row->etag, answer->etag) == 0;

    if (is_first) {
        (void)snprintf(row->etag, sizeof(row->etag), "%s", answer->etag);
    } else if (!is_same && mutant != MUTANT_FETCH_MIXES &&
               mutant != MUTANT_FETCH_MIXES_UNTOLD) {
        return false;
    }
    row->size = answer->range_size;
    return mutant == MUTANT_FETCH_HOLE ||
           (answer->has_range &&
            answer->range_first == row->offset + row->piece_length);
}

/** The first bytes of an answer. @return whether they are wanted */
static bool take_first(struct pull_http *pulls, struct row *row,
                       const struct web_answer *answer)
{
    row->is_begun = true;
    if (answer->status == OK) {
        take_whole(pulls, row, answer);
        return true;
    }
    if (answer->status == PARTIAL && take_part(pulls, row, answer)) {
        return true;
    }
    return false; /* the text of an error, or other bytes */
}

static bool on_bytes(void *user, unsigned slot, const struct web_answer *answer,
                     const uint8_t *bytes, size_t length)
{
    struct pull_http *pulls = user;
    struct row *row = &pulls->rows[slot];

    be_patient(pulls, row);
    if (answer->status != OK && answer->status != PARTIAL) {
        return true; /* of an error nobody reads the text */
    }
    if (!row->is_begun && !take_first(pulls, row, answer)) {
        forget(pulls, row); /* and once more, from the beginning */
        row->attempts++;
        row->is_asking = false;
        row->due_ms = row->attempts > ATTEMPTS_MAX ? 0 : pulls->now_ms;
        return false;
    }
    while (length > 0) {
        if (row->piece_length == PIECE_MAX && !flush(pulls, row, true)) {
            row->is_open = false; /* the component has no use for it */
            row->is_asking = false;
            row->due_ms = FIRMWARE_NEVER;
            return false;
        }
        size_t room = PIECE_MAX - row->piece_length;
        size_t part = length < room ? length : room;
        memcpy(row->piece + row->piece_length, bytes, part);
        row->piece_length += part;
        bytes += part;
        length -= part;
    }
    return true;
}

/** The end of an answer that is no error. */
static void take_end(struct pull_http *pulls, struct row *row,
                     const struct web_answer *answer)
{
    uint64_t have = row->offset + row->piece_length;

    if (!row->is_begun && !take_first(pulls, row, answer)) {
        take_break(pulls, row); /* no byte at all */
        return;
    }
    have = row->is_begun ? row->offset + row->piece_length : have;
    if (answer->status == PARTIAL && row->size > have) {
        row->attempts = 0; /* it goes on */
        if (flush(pulls, row, true)) {
            ask(pulls, row);
        } else {
            close_row(pulls, row);
        }
        return;
    }
    close_row(pulls, row);
    (void)flush(pulls, row, false);
}

/** An error: some devices ask again after it. */
static void take_error(struct pull_http *pulls, struct row *row,
                       const struct web_answer *answer)
{
    bool is_server = answer->status >= 500;
    bool is_stale =
        (answer->status == NO_RANGE || answer->status == NO_MATCH) &&
        row->offset + row->piece_length > 0;

    if (is_server && mutant_of(pulls) == MUTANT_FETCH_STORM) {
        wait(pulls, row, 0);
    } else if (is_server && has_variant(pulls, VARIANT_FETCH_RETRIES) &&
               row->retries++ < RETRIES_MAX) {
        wait(pulls, row, answer->has_retry_after ? PAUSE_LONG : PAUSE);
    } else if (is_stale && row->attempts < ATTEMPTS_MAX) {
        row->attempts++;
        forget(pulls, row);
        wait(pulls, row, 0);
    } else {
        fail(pulls, row,
             is_server || is_stale ? CAUSE_BROKEN : CAUSE_NOT_FOUND);
    }
}

static void on_end(void *user, unsigned slot, const struct web_answer *answer,
                   enum web_end end)
{
    struct pull_http *pulls = user;
    struct row *row = &pulls->rows[slot];
    bool is_good = answer->status == OK || answer->status == PARTIAL;

    if (!row->is_open) {
        return;
    }
    row->is_asking = false;
    switch (end) {
    case WEB_REFUSED:
    case WEB_UNTRUSTED:
        if (row->offset + row->piece_length > 0) {
            take_break(pulls, row); /* it was there before */
        } else {
            fail(pulls, row, CAUSE_NO_ANSWER);
        }
        return;
    case WEB_LOST:
        fail(pulls, row, CAUSE_BROKEN);
        return;
    case WEB_BROKEN:
        if (mutant_of(pulls) != MUTANT_CUT_ACCEPTED || !row->is_begun) {
            take_break(pulls, row);
            return;
        }
        break;
    case WEB_WHOLE:
        break;
    }
    if (row->is_head && is_good) {
        row->is_head = false;
        ask(pulls, row);
    } else if (is_good) {
        take_end(pulls, row, answer);
    } else {
        take_error(pulls, row, answer);
    }
}

/* Life. */

struct pull_http *pull_http_new(const struct pull_http_config *config,
                                struct firmware *firmware)
{
    struct pull_http *pulls = calloc(1, sizeof(*pulls));

    if (pulls == NULL) {
        return NULL;
    }
    pulls->config = *config;
    pulls->firmware = firmware;
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        pulls->rows[i].due_ms = FIRMWARE_NEVER;
    }
    return pulls;
}

void pull_http_power_down(struct pull_http *pulls)
{
    if (pulls == NULL) {
        return;
    }
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        pulls->rows[i].is_open = false;
        pulls->rows[i].is_asking = false;
        pulls->rows[i].due_ms = FIRMWARE_NEVER;
    }
    web_free(pulls->web); /* with its connections */
    pulls->web = NULL;
}

void pull_http_free(struct pull_http *pulls)
{
    pull_http_power_down(pulls);
    free(pulls);
}

void pull_http_begin(struct pull_http *pulls, uint16_t instance,
                     const char *url, uint64_t now_ms)
{
    struct row *row = &pulls->rows[instance];
    const struct web_config web = {
        .ca_file = pulls->config.ca_file,
        .trusts_all = mutant_of(pulls) == MUTANT_CA_UNCHECKED,
        .takes_any_name = mutant_of(pulls) == MUTANT_HOST_UNCHECKED,
        .on_bytes = on_bytes,
        .on_end = on_end,
        .user = pulls,
    };

    pulls->now_ms = now_ms;
    if (pulls->web == NULL) {
        pulls->web = web_new(&web);
    } else {
        web_stop(pulls->web, instance); /* of the fetch before */
    }
    row->fetch = pulls->firmware->components[instance].fetch;
    row->is_open = true;
    row->is_head = has_variant(pulls, VARIANT_HTTP_HEAD_FIRST);
    row->offset = 0;
    row->size = 0;
    row->etag[0] = '\0';
    row->attempts = 0;
    row->retries = 0;
    row->piece_length = 0;
    (void)snprintf(row->url, sizeof(row->url), "%s", url); /* fits */
    if (pulls->web == NULL) {
        row->is_open = false;
        firmware_fail_fetch(pulls->firmware, instance, RESULT_NO_RAM);
        return;
    }
    ask(pulls, row);
}

void pull_http_tick(struct pull_http *pulls, uint64_t now_ms)
{
    pulls->now_ms = now_ms;
    if (pulls->web == NULL) {
        return;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct row *row = &pulls->rows[i];
        if (row->is_open &&
            row->fetch != pulls->firmware->components[i].fetch) {
            close_row(pulls, row); /* a reset, or Cancel */
        }
    }
    web_turn(pulls->web, now_ms);
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct row *row = &pulls->rows[i];
        if (!row->is_open || row->due_ms > now_ms) {
            continue;
        }
        if (row->is_asking) {
            take_break(pulls, row);
        } else if (row->due_ms == 0) {
            fail(pulls, row, CAUSE_BROKEN);
        } else {
            ask(pulls, row);
        }
    }
}

uint64_t pull_http_deadline(const struct pull_http *pulls)
{
    uint64_t deadline = FIRMWARE_NEVER;

    for (uint16_t i = 0; pulls->web != NULL && i < FIRMWARE_COMPONENTS; i++) {
        const struct row *row = &pulls->rows[i];
        uint64_t due =
            row->is_open && row->fetch != pulls->firmware->components[i].fetch
                ? 0
                : row->due_ms;
        deadline = due < deadline ? due : deadline;
    }
    if (pulls->web != NULL && web_deadline(pulls->web) < deadline) {
        deadline = web_deadline(pulls->web);
    }
    return deadline;
}

int pull_http_descriptor(const struct pull_http *pulls)
{
    return pulls->web != NULL ? web_descriptor(pulls->web) : -1;
}

bool pull_http_is_running(const struct pull_http *pulls)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (pulls->rows[i].is_open) {
            return true;
        }
    }
    return false;
}
