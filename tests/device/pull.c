/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/pull.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/device/pull_cause.h"
#include "tests/device/pull_http.h"
#include "tests/device/pull_private.h"

enum {
    RETRANSMIT_FIRST = 3,  /* of the first request: who is not there */
    RETRANSMIT_LATER = 12, /* a server that was there may come back */
    SEPARATE_MS = 30000,   /* between an empty ACK and the response */
    FAILS_LATE_MS = 60,
    RETRY_MS = 200,      /* after an error that says no Max-Age */
    RETRY_AGE_MS = 1000, /* after one that says some */
    RETRIES_MAX = 8,
    WRONG_BLOCKS_MAX = 4,
    RESTARTS_MAX = 4,
    PATIENCE = 2,       /* sent so often, then a variant begins anew */
    DATAGRAMS_MAX = 16, /* read at a time */
    TOKEN_MARK = 0xf0,
    SZX_MAX = 6,
    DEFAULT_PORT = 5683,
};

static void close_pull(struct pull *pull)
{
    if (pull->socket >= 0) {
        (void)close(pull->socket); /* what still comes is not wanted */
    }
    pull->socket = -1;
    line_free(pull->line);
    pull->line = NULL;
    pull->is_open = false;
    pull->due_ms = FIRMWARE_NEVER;
}

void pull_fail(struct pulls *pulls, struct pull *pull, enum pull_cause cause)
{
    if (cause == CAUSE_NO_ANSWER && pull->offset > 0) {
        cause = CAUSE_BROKEN; /* something had come */
    }
    close_pull(pull);
    firmware_fail_fetch(pulls->firmware, (uint16_t)(pull - pulls->rows),
                        pull_result(pulls->firmware, cause));
}

/* Requests. */

static void transmit(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    if (pull->line != NULL) {
        pull->is_pending = true;
        pull_line_follow(pulls, pull, now_ms);
        return;
    }
    if (pull->socket < 0) {
        pulls->config.send(pulls->config.user, &pull->writer);
    } else {
        (void)send(pull->socket, pull->writer.bytes, pull->writer.length,
                   0); /* lost messages are sent again */
    }
    /* Soon again for who stays away in the middle: it may come back. */
    unsigned doubled = pull->offset == 0 ? pull->sent : pull->sent > 0;
    pull->due_ms = now_ms + (pulls->config.ack_ms << doubled);
    pull->sent++;
}

/** For a mutant: a blank as it stood in the URI. */
static void add_coded(struct pull *pull, uint16_t number,
                      const struct uri_part *part)
{
    char text[3 * URI_MAX];
    size_t used = 0;

    for (size_t i = 0; i < part->length; i++) {
        if (part->bytes[i] == ' ') {
            memcpy(text + used, "%20", 3);
            used += 3;
        } else {
            text[used++] = part->bytes[i];
        }
    }
    writer_option(&pull->writer, number, text, used);
}

static void add_target(const struct pulls *pulls, struct pull *pull)
{
    enum mutant mutant = pulls->firmware->config.mutant;
    struct uri_part part;
    size_t at = 0;

    /* The address is where it goes to, and needs no option: RFC 7252, 6.4. */
    if (strcmp(pull->uri.host, "localhost") == 0) {
        writer_option(&pull->writer, OPTION_URI_HOST, pull->uri.host,
                      strlen(pull->uri.host));
    }
    while (uri_next(&pull->uri, &at, &part)) {
        uint16_t number = part.is_query ? OPTION_URI_QUERY : OPTION_URI_PATH;
        if (part.is_query && mutant == MUTANT_QUERY_DROPPED) {
            continue;
        }
        if (mutant == MUTANT_PERCENT_KEPT) {
            add_coded(pull, number, &part);
        } else {
            writer_option(&pull->writer, number, part.bytes, part.length);
        }
    }
}

/** Ask for the block at the offset. */
static void ask(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    bool without = pull->offset == 0 &&
                   varies(pulls->firmware, VARIANT_FETCH_WITHOUT_BLOCK2);

    pull->id = (*pulls->config.next_id)++;
    pull->token[1] = ++pulls->next_token; /* an old response is none of this */
    pull->sent = 0;
    pull->is_accepted = false;
    pull->waits = false;
    writer_begin(&pull->writer, TYPE_CON, METHOD_GET, pull->id, pull->token,
                 TOKEN_LENGTH);
    add_target(pulls, pull);
    if (!without) {
        writer_number(&pull->writer, OPTION_BLOCK2,
                      (uint32_t)(pull->offset >> (pull->szx + 4)) << 4 |
                          pull->szx);
    }
    transmit(pulls, pull, now_ms);
}

static void restart(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    firmware_restart_fetch(pulls->firmware, (uint16_t)(pull - pulls->rows));
    pull->restarts++;
    pull->offset = 0;
    pull->has_etag = false;
    ask(pulls, pull, now_ms);
}

bool pull_begin_anew(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    if (pull->offset == 0 || pull->restarts == RESTARTS_MAX ||
        !varies(pulls->firmware, VARIANT_FETCH_RESTARTS)) {
        return false;
    }
    restart(pulls, pull, now_ms);
    return true;
}

/** Numbers and localhost: the device has no resolver. */
static bool resolve(const struct uri *uri, bool has_ipv6,
                    struct sockaddr_storage *address, socklen_t *size)
{
    struct sockaddr_in *v4 = (void *)address;
    struct sockaddr_in6 *v6 = (void *)address;
    const char *host =
        strcmp(uri->host, "localhost") == 0 ? "127.0.0.1" : uri->host;

    *address = (struct sockaddr_storage){ .ss_family = AF_UNSPEC };
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(uri->port);
        *size = sizeof(*v4);
        return true;
    }
    if (has_ipv6 && inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons(uri->port);
        *size = sizeof(*v6);
        return true;
    }
    return false;
}

static bool is_same(const struct sockaddr_storage *a,
                    const struct sockaddr_storage *b)
{
    const struct sockaddr_in *a4 = (const void *)a;
    const struct sockaddr_in *b4 = (const void *)b;
    const struct sockaddr_in6 *a6 = (const void *)a;
    const struct sockaddr_in6 *b6 = (const void *)b;

    if (a->ss_family != b->ss_family) {
        return false;
    }
    return a->ss_family == AF_INET
               ? a4->sin_port == b4->sin_port &&
                     a4->sin_addr.s_addr == b4->sin_addr.s_addr
               : a6->sin6_port == b6->sin6_port &&
                     memcmp(&a6->sin6_addr, &b6->sin6_addr,
                            sizeof(a6->sin6_addr)) == 0;
}

static bool open_pull(struct pulls *pulls, struct pull *pull,
                      const struct sockaddr_storage *address, socklen_t size)
{
    enum mutant mutant = pulls->firmware->config.mutant;

    if (mutant == MUTANT_SERVER_PORT_REFUSED &&
        is_same(address, &pulls->config.server)) {
        return false;
    }
    bool is_shared = !pulls->config.is_secure &&
                     !varies(pulls->firmware, VARIANT_FETCH_BY_OWN_SOCKET) &&
                     (is_same(address, &pulls->config.server) ||
                      mutant == MUTANT_FETCH_FROM_SERVER_ONLY);

    pull->socket = is_shared
                       ? -1
                       : socket(address->ss_family,
                                SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    pull->is_open = true;
    return is_shared ||
           (pull->socket >= 0 &&
            connect(pull->socket, (const struct sockaddr *)address, size) == 0);
}

/** Open the socket for the URI. @return whether it could be done */
static bool go_to(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    const struct firmware_config *config = &pulls->firmware->config;
    struct sockaddr_storage address;
    socklen_t size = 0;

    if (!resolve(&pull->uri, !variants_have(&config->variants, VARIANT_NO_IPV6),
                 &address, &size)) {
        pull_fail(pulls, pull, CAUSE_NAME);
        return false;
    }
    if (pull->uri.scheme != URI_COAP) {
        pull->address = address;
        pull->address_size = size;
        return pull_line_begin(pulls, pull, now_ms);
    }
    if (!open_pull(pulls, pull, &address, size)) {
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
        return false;
    }
    return true;
}

/** For a mutant: the URI of another pull that runs. */
static const char *uri_of(const struct pulls *pulls, const struct pull *pull,
                          const struct component *component)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct pull *other = &pulls->rows[i];
        if (pulls->firmware->config.mutant == MUTANT_SECOND_FETCH_IS_FIRST &&
            other != pull && other->is_open) {
            return other->text;
        }
    }
    return component->uri;
}

/** By another driver; this row is done with it. */
static void begin_http(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    struct sockaddr_storage address;
    socklen_t size = 0;

    pull->due_ms = FIRMWARE_NEVER;
    if (resolve(&pull->uri, !varies(pulls->firmware, VARIANT_NO_IPV6), &address,
                &size)) {
        pull_http_begin(pulls->http, (uint16_t)(pull - pulls->rows), pull->text,
                        now_ms);
    } else {
        pull_fail(pulls, pull, CAUSE_NAME);
    }
}

static void begin(struct pulls *pulls, struct pull *pull,
                  const struct component *component, uint64_t now_ms)
{

    *pull = (struct pull){ .fetch = component->fetch,
                           .socket = -1,
                           .szx = pulls->config.szx,
                           .token = { TOKEN_MARK } };
    memcpy(pull->text, uri_of(pulls, pull, component), sizeof(pull->text));
    if (component->fetch_result != 0) {
        pull->due_ms = now_ms + FAILS_LATE_MS;
        return;
    }
    (void)uri_parse(pull->text, strlen(pull->text), &pull->uri); /* it is one */
    if (pulls->firmware->config.mutant == MUTANT_PORT_IGNORED) {
        pull->uri.port = DEFAULT_PORT;
    }
    if (pull->uri.scheme == URI_HTTP || pull->uri.scheme == URI_HTTPS) {
        begin_http(pulls, pull, now_ms);
    } else if (go_to(pulls, pull, now_ms)) {
        ask(pulls, pull, now_ms);
    }
}

/** For a mutant: go on with the bytes of another URI. */
static void move(struct pulls *pulls, struct pull *pull,
                 struct component *component, uint64_t now_ms)
{
    component->has_moved = false;
    memcpy(pull->text, component->uri, sizeof(pull->text));
    (void)uri_parse(pull->text, strlen(pull->text), &pull->uri); /* it is one */
    close_pull(pull);
    if (go_to(pulls, pull, now_ms)) {
        ask(pulls, pull, now_ms);
    }
}

/** For a mutant: one request for a URI that was refused. */
static void peek(struct pulls *pulls, struct component *component)
{
    struct pull pull = { .socket = -1, .token = { TOKEN_MARK } };
    struct sockaddr_storage address;
    socklen_t size = 0;

    if (uri_parse(component->peeked, strlen(component->peeked), &pull.uri) &&
        resolve(&pull.uri, true, &address, &size)) {
        pull.socket = socket(address.ss_family,
                             SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        writer_begin(&pull.writer, TYPE_NON, METHOD_GET,
                     (*pulls->config.next_id)++, pull.token, TOKEN_LENGTH);
        add_target(pulls, &pull);
        (void)sendto(pull.socket, pull.writer.bytes, pull.writer.length, 0,
                     (const struct sockaddr *)&address, size); /* may fail */
        close_pull(&pull);
    }
    component->peeked[0] = '\0';
}

/* Responses. */

/** ETag as in the answers before: RFC 7959, 2.4. */
static bool is_same_file(const struct pulls *pulls, struct pull *pull,
                         const struct message *message)
{
    enum mutant mutant = pulls->firmware->config.mutant;
    const struct message_option *etag = message_option(message, OPTION_ETAG);
    size_t length = etag != NULL && etag->length <= ETAG_MAX ? etag->length : 0;

    if (!pull->has_etag) {
        pull->has_etag = true;
        pull->etag_length = length;
        if (length > 0) {
            memcpy(pull->etag, etag->bytes, length);
        }
    }
    return mutant == MUTANT_FETCH_MIXES || mutant == MUTANT_URI_MIXES ||
           (pull->etag_length == length &&
            (length == 0 || memcmp(pull->etag, etag->bytes, length) == 0));
}

/** The file changed meanwhile. */
static void take_other_file(struct pulls *pulls, struct pull *pull,
                            uint64_t now_ms)
{
    uint16_t instance = (uint16_t)(pull - pulls->rows);

    if (varies(pulls->firmware, VARIANT_ETAG_RESTARTS) &&
        pull->restarts < RESTARTS_MAX) {
        restart(pulls, pull, now_ms);
    } else if (varies(pulls->firmware, VARIANT_ETAG_IS_5)) {
        close_pull(pull);
        firmware_fail_fetch(pulls->firmware, instance, RESULT_INTEGRITY);
    } else {
        pull_fail(pulls, pull, CAUSE_BROKEN);
    }
}

/** A block that was not asked for: once more. */
static void take_wrong_block(struct pulls *pulls, struct pull *pull,
                             uint64_t now_ms)
{
    if (varies(pulls->firmware, VARIANT_WRONG_BLOCK_FAILS) ||
        ++pull->wrong_blocks > WRONG_BLOCKS_MAX) {
        pull_fail(pulls, pull, CAUSE_BROKEN);
    } else if (!pull_begin_anew(pulls, pull, now_ms)) {
        ask(pulls, pull, now_ms);
    }
}

/** Hand the bytes on. @return whether more is wanted */
static bool hand_on(struct pulls *pulls, struct pull *pull,
                    const struct message *message, bool more, uint64_t now_ms)
{
    uint16_t instance = (uint16_t)(pull - pulls->rows);
    const struct component *component = &pulls->firmware->components[instance];
    enum mutant mutant = pulls->firmware->config.mutant;
    bool is_sloppy =
        mutant == MUTANT_FETCH_HOLE || mutant == MUTANT_DUPLICATE_TAKEN ||
        mutant == MUTANT_RESUME_DUPLICATES || mutant == MUTANT_FETCH_SIZE_KEPT;
    size_t at = is_sloppy ? component->partial_length : pull->offset;

    if (mutant == MUTANT_RESUME_DUPLICATES &&
        (pull->sent > 2 || pull->lost > 0)) {
        (void)firmware_take_fetched(pulls->firmware, instance, at, true,
                                    message->payload, message->payload_length,
                                    now_ms);
        at = component->partial_length;
    }
    return firmware_take_fetched(pulls->firmware, instance, at, more,
                                 message->payload, message->payload_length,
                                 now_ms);
}

/** Which byte comes next, and how it is asked for. */
static void advance(const struct pulls *pulls, struct pull *pull, uint8_t szx,
                    size_t length)
{
    if (pulls->firmware->config.mutant == MUTANT_FETCH_SIZE_KEPT) {
        pull->offset += (size_t)1 << (pull->szx + 4);
        return;
    }
    pull->szx = szx < pull->szx ? szx : pull->szx;
    pull->offset += length;
    pull->lost = 0;
}

static void take_content(struct pulls *pulls, struct pull *pull,
                         const struct message *message, uint64_t now_ms)
{
    enum mutant mutant = pulls->firmware->config.mutant;
    bool has_block = message_option(message, OPTION_BLOCK2) != NULL;
    uint32_t block = message_number(message, OPTION_BLOCK2, 0);
    uint8_t szx = block & 7;
    size_t size = (size_t)1 << (szx + 4);
    size_t offset = (size_t)(block >> 4) * size;
    bool more =
        has_block && (block & 8) != 0 && mutant != MUTANT_FETCH_ONE_BLOCK;

    if ((has_block && szx > SZX_MAX) ||
        (more && message->payload_length != size) ||
        (has_block && message->payload_length > size)) {
        pull_fail(pulls, pull, CAUSE_BROKEN);
        return;
    }
    if (!is_same_file(pulls, pull, message)) {
        take_other_file(pulls, pull, now_ms);
        return;
    }
    if (has_block && offset > pull->offset && mutant == MUTANT_FETCH_HOLE) {
        pull->offset = offset;
    }
    if (has_block && offset != pull->offset) {
        take_wrong_block(pulls, pull, now_ms);
        return;
    }
    bool goes_on = hand_on(pulls, pull, message, more, now_ms);
    advance(pulls, pull, has_block ? szx : pull->szx, message->payload_length);
    if (!goes_on) {
        close_pull(pull);
        return;
    }
    if (pull->line != NULL &&
        varies(pulls->firmware, VARIANT_FETCH_RECONNECTS)) {
        pull_line_open(pulls, pull, now_ms);
    }
    ask(pulls, pull, now_ms);
}

/** An error: some devices ask again after it. */
static void take_error(struct pulls *pulls, struct pull *pull,
                       const struct message *message, uint64_t now_ms)
{
    const struct firmware_config *config = &pulls->firmware->config;
    bool has_age = message_option(message, OPTION_MAX_AGE) != NULL;
    bool is_server = message->code >> 5 == 5;

    if (is_server && config->mutant == MUTANT_FETCH_STORM) {
        pull->waits = true;
        pull->due_ms = now_ms;
    } else if (is_server &&
               variants_have(&config->variants, VARIANT_FETCH_RETRIES) &&
               pull->retries++ < RETRIES_MAX) {
        pull->waits = true;
        pull->due_ms = now_ms + (has_age ? RETRY_AGE_MS : RETRY_MS);
    } else {
        pull_fail(pulls, pull,
                  message->code >> 5 == 4 ? CAUSE_NOT_FOUND : CAUSE_BROKEN);
    }
}

static void take_response(struct pulls *pulls, struct pull *pull,
                          const struct message *message, uint64_t now_ms)
{
    if (pull->waits) {
        return; /* an old one once more */
    }
    if (message->code == CODE(2, 5)) {
        take_content(pulls, pull, message, now_ms);
    } else {
        take_error(pulls, pull, message, now_ms);
    }
}

void pull_confirm(struct pulls *pulls, const struct pull *pull,
                  enum message_type type, uint16_t id)
{
    struct writer writer;

    writer_begin(&writer, type, 0, id, NULL, 0);
    if (pull->line != NULL) {
        line_send(pull->line, writer.bytes, writer.length);
    } else if (pull->socket < 0) {
        pulls->config.send(pulls->config.user, &writer);
    } else {
        (void)send(pull->socket, writer.bytes, writer.length, 0); /* again */
    }
}

static bool has_token(const struct pull *pull, const struct message *message)
{
    return message->token_length == TOKEN_LENGTH &&
           memcmp(message->token, pull->token, TOKEN_LENGTH) == 0;
}

bool pull_take(struct pulls *pulls, struct pull *pull,
               const struct message *message, uint64_t now_ms)
{
    bool is_response = message->code != 0 && !message_is_request(message);

    if (!pull->is_open) {
        return false;
    }
    switch (message->type) {
    case TYPE_RST:
        if (message->code != 0 || message->id != pull->id) {
            return false;
        }
        if (pulls->firmware->config.mutant == MUTANT_REJECTED_FOR_EVER) {
            pull->due_ms = FIRMWARE_NEVER;
            return true;
        }
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
        return true;
    case TYPE_ACK:
        if (message->code == CODE(2, 5) && message->id != pull->id &&
            pulls->firmware->config.mutant == MUTANT_DUPLICATE_TAKEN) {
            (void)hand_on(pulls, pull, message, true, now_ms);
        }
        if (message->id != pull->id || message_is_request(message)) {
            return false;
        }
        if (message->code == 0) {
            pull->is_accepted = true;
            pull->due_ms = now_ms + SEPARATE_MS;
        } else if (has_token(pull, message)) {
            take_response(pulls, pull, message, now_ms);
        }
        return true;
    case TYPE_CON:
    case TYPE_NON:
        if (!is_response || !has_token(pull, message)) {
            return false;
        }
        if (pulls->firmware->config.mutant == MUTANT_SEPARATE_IGNORED) {
            pull_confirm(pulls, pull, TYPE_RST, message->id);
            pull_fail(pulls, pull, CAUSE_BROKEN);
            return true;
        }
        if (message->type == TYPE_CON) {
            pull_confirm(pulls, pull, TYPE_ACK, message->id);
        }
        take_response(pulls, pull, message, now_ms);
        return true;
    }
    return false;
}

bool pulls_take(struct pulls *pulls, const struct message *message,
                uint64_t now_ms)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (pulls->rows[i].socket < 0 && pulls->rows[i].line == NULL &&
            pull_take(pulls, &pulls->rows[i], message, now_ms)) {
            return true;
        }
    }
    return false;
}

static void receive(struct pulls *pulls, struct pull *pull, uint64_t now_ms)
{
    uint8_t bytes[65536];
    struct message message;

    for (int i = 0; i < DATAGRAMS_MAX && pull->socket >= 0; i++) {
        ssize_t length = recv(pull->socket, bytes, sizeof(bytes), 0);
        if (length < 0 && errno == ECONNREFUSED) {
            pull_fail(pulls, pull, CAUSE_NO_ANSWER);
            return;
        }
        if (length < 0) {
            return; /* nothing more */
        }
        if (message_parse(bytes, (size_t)length, &message) == MESSAGE_GOOD &&
            !pull_take(pulls, pull, &message, now_ms) &&
            message.type == TYPE_CON) {
            pull_confirm(pulls, pull, TYPE_RST, message.id);
        }
    }
}

void pulls_receive(struct pulls *pulls, uint64_t now_ms)
{
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (pulls->rows[i].line != NULL) {
            pull_line_receive(pulls, &pulls->rows[i], now_ms);
        } else {
            receive(pulls, &pulls->rows[i], now_ms);
        }
    }
    pull_http_tick(pulls->http, now_ms);
}

/* Life. */

struct pulls *pulls_new(const struct pull_config *config,
                        struct firmware *firmware)
{
    struct pulls *pulls = calloc(1, sizeof(*pulls));

    if (pulls == NULL) {
        return NULL;
    }
    pulls->config = *config;
    pulls->firmware = firmware;
    pull_lines_fill(pulls);
    pulls->http = pull_http_new(
        &(const struct pull_http_config){ config->credentials.ca_file,
                                          config->ack_ms },
        firmware);
    if (pulls->http == NULL) {
        free(pulls);
        return NULL;
    }
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        pulls->rows[i] =
            (struct pull){ .socket = -1, .due_ms = FIRMWARE_NEVER };
    }
    return pulls;
}

void pulls_power_down(struct pulls *pulls)
{
    if (pulls == NULL) {
        return;
    }
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        close_pull(&pulls->rows[i]);
    }
    pull_http_power_down(pulls->http);
}

void pulls_free(struct pulls *pulls)
{
    if (pulls != NULL) {
        pulls_power_down(pulls);
        pull_http_free(pulls->http);
        free(pulls);
    }
}

bool pulls_are_running(const struct pulls *pulls)
{
    if (pull_http_is_running(pulls->http)) {
        return true;
    }
    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (pulls->rows[i].is_open) {
            return true;
        }
    }
    return false;
}

/** A request got no answer in time, or it is time for the next one. */
static void take_silence(struct pulls *pulls, struct pull *pull,
                         uint64_t now_ms)
{
    unsigned most = pull->offset == 0 ? RETRANSMIT_FIRST : RETRANSMIT_LATER;
    uint16_t instance = (uint16_t)(pull - pulls->rows);

    if (varies(pulls->firmware, VARIANT_FETCH_GIVES_UP)) {
        most = 0;
    }
    if (!pull->is_open) { /* known before there was a request */
        pull->due_ms = FIRMWARE_NEVER;
        firmware_fail_fetch(
            pulls->firmware, instance,
            (enum firmware_result)pulls->firmware->components[instance]
                .fetch_result);
    } else if (pull->waits) {
        if (!pull_begin_anew(pulls, pull, now_ms)) {
            ask(pulls, pull, now_ms);
        }
    } else if (pull->is_accepted || pull->sent > most) {
        pull_fail(pulls, pull, CAUSE_NO_ANSWER);
    } else if (pull->sent >= PATIENCE && pull_begin_anew(pulls, pull, now_ms)) {
        return;
    } else if (pull->line != NULL) {
        pull_line_wait_no_more(pulls, pull, now_ms);
    } else {
        transmit(pulls, pull, now_ms);
    }
}

/** Whether the pull of a component has to wait for that of another one. */
static bool has_to_wait(const struct pulls *pulls)
{
    const struct firmware_config *config = &pulls->firmware->config;
    bool is_queued =
        variants_have(&config->variants, VARIANT_FETCH_QUEUED) ||
        variants_have(&config->variants, VARIANT_QUEUED_CANCEL_IGNORED) ||
        variants_have(&config->variants, VARIANT_QUEUED_URI_REPLACES) ||
        config->mutant == MUTANT_QUEUE_FORGOTTEN ||
        config->mutant == MUTANT_QUEUE_HANGS ||
        config->mutant == MUTANT_CANCELLED_FETCHES;

    return (is_queued && pulls_are_running(pulls)) ||
           (config->mutant == MUTANT_QUEUE_HANGS &&
            pulls->firmware->has_failed);
}

void pulls_tick(struct pulls *pulls, uint64_t now_ms)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = &pulls->firmware->components[i];
        struct pull *pull = &pulls->rows[i];
        if (component->peeked[0] != '\0') {
            peek(pulls, component);
        }
        if (pull->fetch != component->fetch && pull->is_open) {
            close_pull(pull); /* a reset, or Cancel */
        }
        if (component->fetch != 0 && pull->fetch != component->fetch &&
            !has_to_wait(pulls)) {
            begin(pulls, pull, component, now_ms);
        } else if (component->has_moved && pull->is_open) {
            move(pulls, pull, component, now_ms);
        } else if (pull->due_ms <= now_ms) {
            take_silence(pulls, pull, now_ms);
        }
        if (pull->line != NULL && line_deadline(pull->line) <= now_ms) {
            line_tick(pull->line, now_ms);
            pull_line_follow(pulls, pull, now_ms);
        }
    }
    pull_http_tick(pulls->http, now_ms);
}

uint64_t pulls_deadline(const struct pulls *pulls)
{
    uint64_t deadline = pull_http_deadline(pulls->http);

    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &pulls->firmware->components[i];
        const struct pull *pull = &pulls->rows[i];
        bool waits = component->fetch != 0 && pull->fetch != component->fetch;
        if ((waits && !has_to_wait(pulls)) || component->peeked[0] != '\0' ||
            (component->has_moved && pull->is_open)) {
            return 0;
        }
        uint64_t due =
            pull->line != NULL && line_deadline(pull->line) < pull->due_ms
                ? line_deadline(pull->line)
                : pull->due_ms;
        deadline = due < deadline ? due : deadline;
    }
    return deadline;
}

size_t pulls_sockets(const struct pulls *pulls, int fds[PULL_SOCKETS_MAX])
{
    size_t count = 0;
    int http = pull_http_descriptor(pulls->http);

    for (size_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct pull *pull = &pulls->rows[i];
        int fd = pull->line != NULL ? line_socket(pull->line) : pull->socket;
        if (fd >= 0) {
            fds[count++] = fd;
        }
    }
    if (http >= 0) {
        fds[count++] = http;
    }
    return count;
}
