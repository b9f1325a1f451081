/* SPDX-License-Identifier: Apache-2.0 */

/* Pulls by coaps, coap+tcp and coaps+tcp: when a line is opened, lost and
 * given up. */
#include <string.h>

#include "tests/device/pull_private.h"

enum {
    OPEN_ACKS = 16,  /* patience with a handshake, in `ack_ms` */
    STREAM_ACKS = 4, /* with an answer over a stream */
    LOST_MAX = 3,    /* connections lost over one block */
};

void pull_line_open(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    pull->is_pending = true;
    pull->open_by_ms = now_ms + OPEN_ACKS * pulls->config.ack_ms;
    pull->due_ms = pull->open_by_ms;
    line_open(pull->line, (const struct sockaddr *)&pull->address,
              pull->address_size, pull->uri.host, now_ms);
}

/** The connection is gone, or never was. */
static void lose_line(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    bool was_never = pull->sent == 0 && pull->offset == 0;

    if (was_never || pull->lost++ == LOST_MAX) {
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
    } else {
        pull_line_open(pulls, pull, now_ms);
        (void)pull_begin_anew(pulls, pull, now_ms); /* a variant */
    }
}

static void send_by_line(struct pulls *pulls, struct pull *pull,
                         uint64_t now_ms)
{
    unsigned acks = line_is_stream(pull->line) ? STREAM_ACKS
                    : pull->sent > 0           ? 2
                                               : 1;

    pull->is_pending = false;
    line_send(pull->line, pull->writer.bytes, pull->writer.length);
    pull->due_ms = now_ms + acks * pulls->config.ack_ms;
    pull->sent++;
}

void pull_line_follow(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    switch (line_state(pull->line)) {
    case LINE_OPENING:
        break;
    case LINE_OPEN:
        if (pull->is_pending) {
            send_by_line(pulls, pull, now_ms);
        }
        break;
    case LINE_LOST:
        lose_line(pulls, pull, now_ms);
        break;
    case LINE_UNTRUSTED:
        if (pulls->firmware->config.mutant == MUTANT_UNTRUSTED_FOR_EVER) {
            pull->due_ms = now_ms + pulls->config.ack_ms;
        } else {
            pull_fail(pulls, pull, CAUSE_UNTRUSTED);
        }
        break;
    }
}

void pull_line_wait_no_more(struct pulls *pulls, struct pull *pull,
                            uint64_t now_ms)
{
    bool is_for_ever =
        pulls->firmware->config.mutant == MUTANT_UNTRUSTED_FOR_EVER;

    if (line_state(pull->line) != LINE_OPEN && !is_for_ever) {
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
    } else if (line_state(pull->line) != LINE_OPEN ||
               line_is_stream(pull->line)) {
        pull_line_open(pulls, pull, now_ms);
    } else {
        send_by_line(pulls, pull, now_ms);
    }
}

bool pull_line_begin(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    pull->line = line_new(&pulls->lines, pull->uri.scheme);
    if (pull->line == NULL) {
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
        return false;
    }
    pull->is_open = true;
    pull_line_open(pulls, pull, now_ms);
    return true;
}

void pull_line_receive(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    uint8_t bytes[65536];
    struct message message;
    size_t length = 0;

    while (pull->line != NULL &&
           (length = line_receive(pull->line, bytes, sizeof(bytes), now_ms)) >
               0) {
        if (message_parse(bytes, length, &message) == MESSAGE_GOOD &&
            !pull_take(pulls, pull, &message, now_ms) &&
            message.type == TYPE_CON) {
            pull_confirm(pulls, pull, TYPE_RST, message.id);
        }
    }
    if (pull->line != NULL) {
        pull_line_follow(pulls, pull, now_ms);
    }
}

void pull_lines_fill(struct pulls *pulls)
{
    const struct firmware *firmware = pulls->firmware;
    struct line_config *lines = &pulls->lines;

    lines->credentials = pulls->config.credentials;
    switch (firmware->config.mutant) {
    case MUTANT_CA_UNCHECKED:
        lines->credentials.blindness = DTLS_BLIND_CA;
        break;
    case MUTANT_HOST_UNCHECKED:
        lines->credentials.blindness = DTLS_BLIND_HOST;
        break;
    default:
        lines->credentials.blindness =
            varies(firmware, VARIANT_NO_CLOCK) ? DTLS_BLIND_DATES : 0;
        break;
    }
    lines->habits = (struct line_habits){
        .in_pieces = varies(firmware, VARIANT_STREAM_IN_PIECES),
        .pings = varies(firmware, VARIANT_STREAM_PINGS),
        .takes_little = varies(firmware, VARIANT_STREAM_TAKES_LITTLE),
        .asks_by_bert = varies(firmware, VARIANT_STREAM_BERT),
        .says_goodbye = varies(firmware, VARIANT_STREAM_RELEASE),
    };
}
