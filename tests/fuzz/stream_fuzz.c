/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What a connection of CoAP over TCP brings. First byte: so many bytes come at
 * a time. The real stream_port.c has the sockets; here its functions only look.
 */
#include <string.h>

#include "server/transport/option_reader.h"
#include "server/transport/stream_private.h"
#include "tests/fuzz/fuzz.h"

enum { DATAGRAM_SIZE = STREAM_DATAGRAM_HEAD + STREAM_MESSAGE_MAX };

static const uint8_t content[1024];
static unsigned requests; /* of the connection that is looked at */

/** All that goes out is whole messages. */
void stream_send(struct stream_session *session, const uint8_t *bytes,
                 size_t length)
{
    struct stream_message message;
    const char *why = NULL;

    HOLDS(!session->is_closing);
    HOLDS(stream_read(bytes, length, length, &message, &why) == STREAM_WHOLE);
    HOLDS(message.length == length);
}

void stream_close(struct stream_session *session, bool resets)
{
    (void)resets;
    session->is_closing = true;
}

void stream_stray(const struct stream_session *session, const char *what,
                  const uint8_t *bytes, size_t length)
{
    (void)session;
    HOLDS(what != NULL && what[0] != '\0');
    HOLDS(length == 0 || bytes != NULL);
    HOLDS(length <= STREAM_MESSAGE_MAX);
}

void stream_keep(void *session)
{
    (void)session;
}

void stream_release(void *session)
{
    (void)session;
}

bool stream_is_open(const void *session)
{
    return !((const struct stream_session *)session)->is_closing;
}

static void on_request(const struct endpoint_incoming *incoming,
                       struct endpoint_answer *out_answer, void *user)
{
    (void)user;
    requests++;
    HOLDS(strlen(incoming->path) < ENDPOINT_PATH_MAX);
    HOLDS(incoming->path[0] == '\0' || incoming->path[0] == '/');
    HOLDS(incoming->query_count <= ENDPOINT_OPTIONS_MAX);
    HOLDS(incoming->token_length <= STREAM_TOKEN_MAX);
    HOLDS(incoming->payload_length <= STREAM_MESSAGE_MAX);
    HOLDS(!incoming->has_block2 || incoming->block2.szx < 7);
    *out_answer = (struct endpoint_answer){
        .code = COAP_CODE(2, 5),
        .has_content = true,
        .content = { .bytes = content,
                     .length = 16u << incoming->block2.szx,
                     .has_block2 = true,
                     .block2 = incoming->block2 },
    };
}

/** Its own bytes say the same again, and no beginning of it is a message. */
static void check_whole(const uint8_t *bytes,
                        const struct stream_message *message)
{
    uint8_t head[STREAM_HEAD_MAX];
    uint8_t datagram[DATAGRAM_SIZE];
    struct stream_message part;
    struct option_reader reader;
    const char *why = NULL;
    const size_t used = stream_head(head, message->code, message->token_length,
                                    message->body_length);

    HOLDS(message->token_length <= STREAM_TOKEN_MAX);
    HOLDS(message->body + message->body_length == bytes + message->length);
    HOLDS(used + message->token_length + message->body_length <=
          message->length);
    for (size_t length = 0; length < message->length; length++) {
        HOLDS(stream_read(bytes, length, STREAM_MESSAGE_MAX, &part, &why) ==
              STREAM_PARTIAL);
    }
    const size_t length =
        stream_as_datagram(message, datagram, sizeof(datagram));
    HOLDS(length ==
          STREAM_DATAGRAM_HEAD + message->token_length + message->body_length);
    HOLDS(option_reader_open(&reader, datagram, length));
}

/** All of them, up to one that is wrong or not whole. */
static void check_messages(const uint8_t *bytes, size_t length)
{
    struct stream_message message;
    const char *why = NULL;
    enum stream_result result = STREAM_WHOLE;

    while (result == STREAM_WHOLE) {
        why = NULL;
        result = stream_read(bytes, length, STREAM_MESSAGE_MAX, &message, &why);
        HOLDS((result == STREAM_WRONG) == (why != NULL));
        if (result == STREAM_WHOLE) {
            HOLDS(message.length >= 2 && message.length <= length);
            check_whole(bytes, &message);
            bytes += message.length;
            length -= message.length;
        }
    }
    HOLDS(result == STREAM_WRONG || length < STREAM_MESSAGE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event_queue queue;
    struct loop *loop = NULL;
    struct stream_port port = { .config = { .on_request = on_request,
                                            .queue = &queue } };
    struct stream_session session = { .port = &port,
                                      .most = STREAM_MESSAGE_BASE,
                                      .peer = "127.0.0.1:1",
                                      .local = "127.0.0.1:2" };

    if (size == 0) {
        return 0;
    }
    check_messages(data + 1, size - 1);
    event_queue_init(&queue);
    HOLDS(loop_new(&queue, false, &loop, NULL) == STATUS_OK);
    port.config.loop = loop;
    stream_session_begin(&session);
    const size_t step = data[0] > 0 ? data[0] : size;
    for (size_t at = 1; at < size && !session.is_closing; at += step) {
        stream_session_take(&session, data + at,
                            size - at < step ? size - at : step);
        HOLDS(session.length < sizeof(session.bytes));
    }
    HOLDS(session.has_asked == (requests > 0));
    requests = 0;
    loop_free(loop);
    event_queue_release(&queue);
    return 0;
}
