/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done to single messages on purpose, and what is told of those that
 * have no event of their own.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <poll.h>
#include <string.h>

#include "tests/integration/server_peer.h"

enum { LATER_MS = 50 };

static const struct server_hook hook_of_reads = {
    .endpoint = "a",
    .type = SERVER_HOOK_ANY,
    .code = SERVER_HOOK_ANY,
    .method = PEER_GET,
    .path = "/3/0/0",
    .block = SERVER_HOOK_ANY,
    .times = 1,
};

static uint64_t arm_later(enum server_hook_action action,
                          enum server_direction direction, uint32_t after_ms)
{
    struct server_hook hook = hook_of_reads;
    uint64_t id = 0;

    hook.action = action;
    hook.direction = direction;
    hook.after_ms = after_ms;
    CU_ASSERT_EQUAL_FATAL(server_arm(peer.server, &hook, &id, NULL), STATUS_OK);
    return id;
}

static uint64_t arm(enum server_hook_action action,
                    enum server_direction direction)
{
    return arm_later(action, direction,
                     action == SERVER_HOOK_DELAY ? LATER_MS : 0);
}

/** The next SERVER_WIRE is this one. */
static const struct peer_record *wire_is(const char *what, uint64_t id)
{
    const struct peer_record *record = peer_await(SERVER_WIRE);

    CU_ASSERT_STRING_EQUAL(record->text, what);
    CU_ASSERT_EQUAL(record->id, id);
    return record;
}

static void dropped_answer_has_the_request_sent_again(void)
{
    struct peer_datagram sent;
    struct peer_datagram again;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_DROP, SERVER_RECEIVED);
    const uint64_t id = peer_ask_read(&sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    const struct peer_record *dropped = wire_is("dropped", hook);
    CU_ASSERT_EQUAL(dropped->code, 0); /* not sent by us */
    CU_ASSERT_EQUAL(dropped->bytes[dropped->length - 1], 'x');
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 0);
    peer_next_sent(&again);
    CU_ASSERT_EQUAL(again.length, sent.length);
    CU_ASSERT_EQUAL(memcmp(again.bytes, sent.bytes, sent.length), 0);
    CU_ASSERT_EQUAL(wire_is("repeated", 0)->code, 1);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    wire_is("repeated", 0);
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
    CU_ASSERT_EQUAL(server_disarm(peer.server, hook), 1);
}

/** RFC 7252, 4.2: a repetition is answered as the first one was. */
static void another_answer_than_the_dropped_one_is_told(void)
{
    struct peer_datagram sent;
    struct peer_datagram again;

    peer_enrol(PEER_QUERY);
    (void)arm(SERVER_HOOK_DROP, SERVER_RECEIVED);
    const uint64_t id = peer_ask_read(&sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    peer_next_sent(&again);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(4, 5), -1, "");
    const struct peer_record *stray = peer_await(SERVER_STRAY);
    CU_ASSERT_EQUAL(stray->id, id);
    CU_ASSERT_STRING_EQUAL(stray->text,
                           "4.05 to a message that was answered 2.05 before");
    CU_ASSERT_EQUAL(peer_await(SERVER_TIMEOUT)->id, id); /* nobody knows */
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 0);
}

static void dropped_request_is_not_there_until_it_is_repeated(void)
{
    struct pollfd waiting = { .fd = peer.fd, .events = POLLIN };
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_DROP, SERVER_SENT);
    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    peer_forget();
    (void)peer_ask(&request);
    CU_ASSERT_EQUAL(wire_is("dropped", hook)->code, 1);
    CU_ASSERT_EQUAL(poll(&waiting, 1, 0), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_MESSAGE), 0); /* it never was */
    peer_next_sent(&sent);
    CU_ASSERT_EQUAL(sent.code, PEER_GET);
}

static void doubled_request_is_there_twice(void)
{
    struct peer_datagram first;
    struct peer_datagram second;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_REPEAT, SERVER_SENT);
    const uint64_t id = peer_ask_read(&first);
    CU_ASSERT_TRUE_FATAL(peer_receive(&second));
    CU_ASSERT_EQUAL(second.length, first.length);
    CU_ASSERT_EQUAL(memcmp(second.bytes, first.bytes, first.length), 0);
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(2, 5), -1, "x");
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(4, 8), -1, "");
    CU_ASSERT_EQUAL(peer_await(SERVER_STRAY)->id, id);
    CU_ASSERT_EQUAL(server_disarm(peer.server, hook), 1);
}

static void copy_of_a_request_may_come_later(void)
{
    struct peer_datagram first;
    struct peer_datagram second;

    peer_enrol(PEER_QUERY);
    (void)arm_later(SERVER_HOOK_REPEAT, SERVER_SENT, LATER_MS);
    const uint64_t id = peer_ask_read(&first);
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    peer_next_sent(&second);
    CU_ASSERT_EQUAL(second.length, first.length);
    CU_ASSERT_EQUAL(memcmp(second.bytes, first.bytes, first.length), 0);
    peer_reply(&first, PEER_ACK, first.mid, COAP_CODE(4, 8), -1, "");
    const struct peer_record *stray = peer_await(SERVER_STRAY);
    CU_ASSERT_EQUAL(stray->id, id);
}

static void delayed_request_comes_later(void)
{
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_DELAY, SERVER_SENT);
    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = peer_ask(&request);
    wire_is("delayed", hook);
    wire_is("delivered", hook);
    peer_next_sent(&sent);
    CU_ASSERT_EQUAL(sent.code, PEER_GET);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

static void delayed_answer_is_taken_later(void)
{
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_DELAY, SERVER_RECEIVED);
    const uint64_t id = peer_ask_read(&sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    wire_is("delayed", hook);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESPONSE), 0);
    wire_is("delivered", hook);
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->bytes[0], 'x');
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

/** A request of the device that came late is answered as any other. */
static void delayed_update_is_answered(void)
{
    struct server_hook hook = hook_of_reads;
    struct peer_datagram answer;
    uint64_t id = 0;

    peer_enrol(PEER_QUERY);
    hook.action = SERVER_HOOK_DELAY;
    hook.direction = SERVER_RECEIVED;
    hook.method = PEER_POST;
    hook.path = peer.location;
    hook.after_ms = LATER_MS;
    CU_ASSERT_EQUAL_FATAL(server_arm(peer.server, &hook, &id, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, "lt=100", NULL, &answer),
        COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_UPDATE), 1);
    CU_ASSERT_EQUAL(server_disarm(peer.server, id), 1);
}

static void doubled_notification_is_taken_once(void)
{
    struct server_hook hook = hook_of_reads;
    struct server_request request;
    struct peer_datagram observe;
    struct peer_datagram answer;
    uint64_t id = 0;

    peer_enrol(PEER_QUERY);
    management_observe(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    (void)peer_ask(&request);
    peer_next_sent(&observe);
    peer_reply(&observe, PEER_ACK, observe.mid, COAP_CODE(2, 5), 1, "x");
    (void)peer_await(SERVER_RESPONSE);
    hook.action = SERVER_HOOK_REPEAT;
    hook.direction = SERVER_RECEIVED;
    hook.type = PEER_CON;
    hook.code = COAP_CODE(2, 5);
    hook.method = SERVER_HOOK_ANY;
    hook.path = NULL;
    CU_ASSERT_EQUAL_FATAL(server_arm(peer.server, &hook, &id, NULL), STATUS_OK);
    peer_reply(&observe, PEER_CON, 77, COAP_CODE(2, 5), 2, "y");
    wire_is("doubled", id);
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->bytes[0], 'y');
    peer_next_sent(&answer); /* both are acknowledged */
    CU_ASSERT_EQUAL(answer.mid, 77);
}

static void damaged_answer_is_another_one(void)
{
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    const uint64_t hook = arm(SERVER_HOOK_DAMAGE, SERVER_RECEIVED);
    (void)peer_ask_read(&sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), -1, "x");
    wire_is("damaged", hook);
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->bytes[0], 'x' ^ 0xff);
}

static void damaged_request_goes_out_changed(void)
{
    struct server_request request;
    struct peer_datagram sent;
    struct server_hook hook = hook_of_reads;
    uint64_t id = 0;

    peer_enrol(PEER_QUERY);
    hook.action = SERVER_HOOK_DAMAGE;
    hook.direction = SERVER_SENT;
    hook.method = 3;
    CU_ASSERT_EQUAL_FATAL(server_arm(peer.server, &hook, &id, NULL), STATUS_OK);
    management_write(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_TEXT,
                     (const uint8_t *)"abc", 3);
    (void)peer_ask(&request);
    peer_next_sent(&sent);
    CU_ASSERT_EQUAL(sent.bytes[sent.length - 1], 'c');
    CU_ASSERT_EQUAL(sent.bytes[sent.length - 2], 'b' ^ 0xff);
    CU_ASSERT_EQUAL(server_disarm(peer.server, id), 1);
}

/** What a device may answer is told with the message, and is no stray. */
static void malformed_messages_go_out_and_their_answer_is_told(void)
{
    peer_enrol(PEER_QUERY);
    for (int i = 0; i < SERVER_MALFORMED_KINDS; i++) {
        struct peer_datagram sent = { .length = 0 };
        struct peer_datagram reset = { .length = 0 };
        uint64_t id = 0;
        CU_ASSERT_EQUAL(server_send_malformed(peer.server, "a",
                                              (enum server_malformed)i, &id,
                                              NULL),
                        STATUS_OK);
        CU_ASSERT_TRUE_FATAL(peer_receive(&sent));
        const struct peer_record *told = peer_await(SERVER_WIRE);
        while (told->id != id) {
            told = peer_await(SERVER_WIRE); /* a stray ACK is one, too */
        }
        CU_ASSERT_STRING_EQUAL(told->text, "malformed");
        CU_ASSERT_EQUAL(told->length, sent.length);
        CU_ASSERT_EQUAL(memcmp(told->bytes, sent.bytes, sent.length), 0);
        peer_begin(&reset, PEER_RST, 0, sent.mid, NULL, 0);
        peer_emit(&reset);
        do {
            told = peer_await(SERVER_WIRE);
        } while (told->id != id);
        CU_ASSERT_STRING_EQUAL(told->text, "answered");
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_RESET), 0);
}

static void separate_answer_to_a_malformed_message_is_confirmed(void)
{
    struct peer_datagram sent = { .length = 0 };
    struct peer_datagram ack;
    uint64_t id = 0;

    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(server_send_malformed(peer.server, "a",
                                          SERVER_CRITICAL_OPTION, &id, NULL),
                    STATUS_OK);
    CU_ASSERT_TRUE_FATAL(peer_receive(&sent));
    wire_is("malformed", id);
    peer_reply(&sent, PEER_CON, 4711, COAP_CODE(4, 2), -1, "");
    wire_is("answered", id);
    CU_ASSERT_TRUE_FATAL(peer_receive(&ack));
    CU_ASSERT_EQUAL(ack.type, PEER_ACK);
    CU_ASSERT_EQUAL(ack.mid, 4711);
    CU_ASSERT_EQUAL(ack.code, 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

static void acks_resets_and_repetitions_are_told(void)
{
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    (void)peer_ask_read(&sent);
    struct peer_datagram empty = { .length = 0 };
    peer_begin(&empty, PEER_ACK, 0, sent.mid, NULL, 0);
    peer_emit(&empty);
    CU_ASSERT_EQUAL(wire_is("ack", 0)->code, 0);
    peer_reply(&sent, PEER_CON, 55, COAP_CODE(2, 5), -1, "x");
    (void)peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(wire_is("ack", 0)->code, 1); /* ours */
    peer_reply(&sent, PEER_CON, 55, COAP_CODE(2, 5), -1, "x");
    CU_ASSERT_EQUAL(wire_is("repeated", 0)->code, 0);
    management_read(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    (void)peer_ask(&request);
    do {
        peer_next_sent(&sent); /* our ACKs come first */
    } while (sent.length > 0 && sent.code != PEER_GET);
    peer_begin(&empty, PEER_RST, 0, sent.mid, NULL, 0);
    peer_emit(&empty);
    const struct peer_record *reset = peer_await(SERVER_WIRE);
    while (strcmp(reset->text, "reset") != 0 && reset->kind == SERVER_WIRE) {
        reset = peer_await(SERVER_WIRE);
    }
    CU_ASSERT_EQUAL(reset->code, 0);
    (void)peer_await(SERVER_RESET);
}

static CU_TestInfo tests[] = {
    { "dropped answer", dropped_answer_has_the_request_sent_again },
    { "another answer", another_answer_than_the_dropped_one_is_told },
    { "dropped request", dropped_request_is_not_there_until_it_is_repeated },
    { "doubled request", doubled_request_is_there_twice },
    { "later copy", copy_of_a_request_may_come_later },
    { "delayed request", delayed_request_comes_later },
    { "delayed answer", delayed_answer_is_taken_later },
    { "delayed Update", delayed_update_is_answered },
    { "doubled notification", doubled_notification_is_taken_once },
    { "damaged answer", damaged_answer_is_another_one },
    { "damaged request", damaged_request_goes_out_changed },
    { "malformed", malformed_messages_go_out_and_their_answer_is_told },
    { "separate", separate_answer_to_a_malformed_message_is_confirmed },
    { "ACK and Reset", acks_resets_and_repetitions_are_told },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    return peer_run("what is done to messages", tests);
}
