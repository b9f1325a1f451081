/* SPDX-License-Identifier: Apache-2.0 */
/* What the server does with datagrams, byte by byte. */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/integration/wire.h"

enum { GARBAGE_COUNT = 1000 };

/* lwm2m-core.md 16, M-1 to M-4. */
static void register_vectors_are_answered(void)
{
    struct datagram answer;

    wire_hex("42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d33303009"
             "6c776d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f30"
             "3e2c3c2f332f303e");
    CU_ASSERT_EQUAL(wire_await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    wire_next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x62\x41\x00\x01\xa1\xb2\x82rd", 9),
                    0);
    wire_hex("4102000201b2726411283565703d6e31056c743d3630096c776d326d3d312e30"
             "04623d5551ff3c2f312f303e2c3c2f332f303e");
    CU_ASSERT_EQUAL(wire_await(SERVER_REGISTER)->code, COAP_CODE(2, 1));
    wire_next_sent(&answer);
    CU_ASSERT_EQUAL(memcmp(answer.bytes, "\x61\x41\x00\x02\x01\x82rd", 8), 0);
    CU_ASSERT_EQUAL(
        wire_exchange(POST, "/rd", "ep=x&lt=60&lwm2m=1.3", LINKS, &answer),
        COAP_CODE(4, 12));
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REFUSE), 1);
}

static void retransmission_gets_the_same_answer_and_one_event(void)
{
    struct datagram first;
    struct datagram second;
    const char *m1 =
        "42020001a1b2b2726411283c65703d75726e3a6465763a31066c743d333030096c77"
        "6d326d3d312e3103623d550151ff3c2f3e3b63743d3131302c3c2f312f303e2c3c2f"
        "332f303e";

    wire_hex(m1);
    wire_next_sent(&first);
    wire_hex(m1);
    wire_next_sent(&second);
    CU_ASSERT_EQUAL(first.length, second.length);
    CU_ASSERT_EQUAL(memcmp(first.bytes, second.bytes, first.length), 0);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REGISTER), 1);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REPLACE), 0);
}

static void update_and_deregister_follow_the_location(void)
{
    struct datagram answer;

    wire_enrol(QUERY_A);
    CU_ASSERT_EQUAL(wire_exchange(POST, wire.location, NULL, NULL, &answer),
                    COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(wire_exchange(POST, "/rd/none", NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(wire_exchange(DELETE, wire.location, NULL, NULL, &answer),
                    COAP_CODE(2, 2));
    CU_ASSERT_EQUAL(wire_exchange(POST, wire.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(wire_exchange(DELETE, wire.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(wire_count_of(SERVER_UPDATE), 1);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_DEREGISTER), 1);
}

/** A message ID that comes again with another request is another request. */
static void same_message_id_with_another_path_is_not_a_repetition(void)
{
    struct datagram answer;

    wire_enrol(QUERY_A);
    CU_ASSERT_EQUAL(wire_exchange(DELETE, wire.location, NULL, NULL, &answer),
                    COAP_CODE(2, 2));
    wire_enrol(QUERY_A);
    wire.mid = 101; /* the DELETE had 102 */
    CU_ASSERT_EQUAL(wire_exchange(POST, wire.location, NULL, NULL, &answer),
                    COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(wire_count_of(SERVER_UPDATE), 1);
}

/** A device without a random source registers after a reboot from the same
 *  port with the very bytes it used before. */
static void identical_register_after_an_execute_is_a_new_one(void)
{
    struct server_request request;
    struct datagram execute;

    wire_enrol(QUERY_A);
    const uint16_t mid = wire.mid;
    management_execute(&request, "a", lwm2m_path_resource(3, 0, 4), NULL);
    (void)wire_ask(&request);
    wire_next_sent(&execute);
    CU_ASSERT_EQUAL(execute.code, POST);
    wire_reply(&execute, ACK, execute.mid, COAP_CODE(2, 4), -1, "");
    CU_ASSERT_EQUAL(wire_await(SERVER_RESPONSE)->code, COAP_CODE(2, 4));
    wire.mid = (uint16_t)(mid - 1);
    wire_enrol(QUERY_A);
    CU_ASSERT_EQUAL(wire.mid, mid);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REGISTER), 2);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REPLACE), 1);
}

static void lifetime_ends_in_an_expiry(void)
{
    struct datagram answer;

    wire_enrol("ep=a&lt=1&lwm2m=1.1");
    CU_ASSERT_EQUAL(wire_await(SERVER_EXPIRE)->kind, SERVER_EXPIRE);
    CU_ASSERT_EQUAL(wire_exchange(POST, wire.location, NULL, NULL, &answer),
                    COAP_CODE(4, 4));
}

/** A repeated stimulus after a restart would act on the device twice, and a
 *  dead request would hold back the new registration's (NSTART is 1). */
static void replacement_ends_requests_and_their_retransmissions(void)
{
    struct datagram old;
    struct datagram fresh;

    wire_enrol(QUERY_A);
    const uint64_t id = wire_ask_read(&old);
    wire_enrol(QUERY_A);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REPLACE), 1);
    size_t lost = 0;
    for (size_t i = 0; i < wire.count; i++) {
        lost += wire.records[i].kind == SERVER_SESSION_LOST &&
                wire.records[i].id == id;
    }
    CU_ASSERT_EQUAL(lost, 1);
    (void)wire_ask_read(&fresh);
    CU_ASSERT_NOT_EQUAL(fresh.mid, old.mid);
    wire_reply(&fresh, ACK, fresh.mid, COAP_CODE(2, 5), -1, "new");
    CU_ASSERT_EQUAL(wire_await(SERVER_RESPONSE)->length, 3);
}

static void read_takes_piggybacked_and_separate_responses(void)
{
    struct datagram request;
    struct datagram acknowledgement;

    wire_enrol(QUERY_A);
    uint64_t id = wire_ask_read(&request);
    wire_reply(&request, ACK, request.mid, COAP_CODE(2, 5), -1, "one");
    const struct record *response = wire_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "one", 3), 0);

    id = wire_ask_read(&request);
    struct datagram empty = { .length = 0 };
    wire_begin(&empty, ACK, 0, request.mid, NULL, 0);
    wire_emit(&empty);
    wire_reply(&request, CON, 7000, COAP_CODE(2, 5), -1, "two");
    response = wire_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "two", 3), 0);
    wire_next_sent(&acknowledgement);
    CU_ASSERT_EQUAL(acknowledgement.type, ACK);
    CU_ASSERT_EQUAL(acknowledgement.mid, 7000);
}

static void reset_closes_the_request(void)
{
    struct datagram request;
    struct datagram empty = { .length = 0 };

    wire_enrol(QUERY_A);
    uint64_t id = wire_ask_read(&request);
    wire_begin(&empty, RST, 0, request.mid, NULL, 0);
    wire_emit(&empty);
    CU_ASSERT_EQUAL(wire_await(SERVER_RESET)->id, id);

    id = wire_ask_read(&request);
    wire_begin(&empty, ACK, 0, request.mid, NULL, 0);
    wire_emit(&empty);
    wire_begin(&empty, RST, 0, request.mid, NULL, 0);
    wire_emit(&empty);
    CU_ASSERT_EQUAL(wire_await(SERVER_RESET)->id, id);
}

static void hand_made_blocks_travel_unchanged(void)
{
    uint8_t body[64];
    struct server_request request;
    struct datagram message;

    memset(body, 'U', sizeof(body));
    wire_enrol(QUERY_A);
    management_write(&request, "a", lwm2m_path_resource(5, 0, 0),
                     CONTENT_FORMAT_OPAQUE, body, sizeof(body));
    request.has_block1 = true;
    request.block1 = (struct server_block){ 0, true, 2 };
    request.has_size1 = true;
    request.size1 = 130;
    const uint64_t id = wire_ask(&request);
    wire_next_sent(&message);
    /* M-40 behind the token */
    CU_ASSERT_EQUAL(memcmp(message.bytes + 4 + message.token_length,
                           "\xb1"
                           "5\x01"
                           "0\x01"
                           "0\x11*\xd1\x02\x0a\xd1"
                           "\x14\x82\xff"
                           "UUUU",
                           19),
                    0);
    struct datagram answer = { .length = 0 };
    unsigned last = 0;
    wire_begin(&answer, ACK, COAP_CODE(2, 31), message.mid, message.token,
               message.token_length);
    wire_option(&answer, &last, BLOCK1, "\x0a", 1);
    wire_emit(&answer);
    const struct record *response = wire_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->code, COAP_CODE(2, 31));
    CU_ASSERT_TRUE(response->has_block1);
    CU_ASSERT_EQUAL(response->block1.szx, 2);
}

static void observation_notifies_until_cancelled(void)
{
    struct server_request request;
    struct datagram message;
    struct datagram cancel;
    struct datagram other;

    wire_enrol(QUERY_A);
    management_observe(&request, "a", RESOURCE, CONTENT_FORMAT_NONE);
    const uint64_t id = wire_ask(&request);
    wire_next_sent(&message);
    wire_reply(&message, ACK, message.mid, COAP_CODE(2, 5), 2, "100");
    CU_ASSERT_TRUE(wire_await(SERVER_RESPONSE)->has_observe);
    wire_reply(&message, CON, 8000, COAP_CODE(2, 5), 3, "99");
    CU_ASSERT_EQUAL(wire_await(SERVER_NOTIFICATION)->id, id);
    wire_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, ACK);

    management_cancel(&request, "a", RESOURCE, CONTENT_FORMAT_NONE, id);
    const uint64_t cancel_id = wire_ask(&request);
    wire_next_sent(&cancel);
    CU_ASSERT_EQUAL(cancel.token_length, message.token_length);
    CU_ASSERT_EQUAL(memcmp(cancel.token, message.token, cancel.token_length),
                    0);
    /* One that was under way is no answer to the cancel. */
    wire_reply(&message, NON, 8001, COAP_CODE(2, 5), 4, "98");
    CU_ASSERT_EQUAL(wire_await(SERVER_NOTIFICATION)->id, id);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_RESPONSE), 1);
    wire_reply(&cancel, ACK, cancel.mid, COAP_CODE(2, 5), -1, "98");
    CU_ASSERT_EQUAL(wire_await(SERVER_RESPONSE)->id, cancel_id);
    wire_reply(&message, CON, 8002, COAP_CODE(2, 5), 5, "97");
    CU_ASSERT_EQUAL(wire_await(SERVER_STRAY)->kind, SERVER_STRAY);
    wire_next_sent(&other);
    CU_ASSERT_EQUAL(other.type, RST);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_NOTIFICATION), 2);
}

/** Answer with one block of 16 bytes. */
static void reply_block(const struct datagram *request, unsigned type,
                        unsigned mid, uint8_t block, const char *body)
{
    struct datagram answer = { .length = 0 };
    unsigned last = 0;

    wire_begin(&answer, type, COAP_CODE(2, 5), mid, request->token,
               request->token_length);
    wire_option(&answer, &last, BLOCK2, &block, 1);
    wire_payload(&answer, body, strlen(body));
    wire_emit(&answer);
}

static void body_in_blocks_is_one_response(void)
{
    struct datagram request;
    struct datagram next;

    wire_enrol(QUERY_A);
    const uint64_t id = wire_ask_read(&request);
    reply_block(&request, ACK, request.mid, 0x08, "0123456789abcdef");
    wire_next_sent(&next);
    reply_block(&next, ACK, next.mid, 0x10, "tail");
    const struct record *response = wire_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->length, 20);
    CU_ASSERT_EQUAL(memcmp(response->bytes, "0123456789abcdeftail", 20), 0);
}

static void garbage_does_no_harm(void)
{
    struct datagram message;
    uint32_t state = 12345;
    const int other = wire_open_client(server_port(wire.server));

    for (int i = 0; i < GARBAGE_COUNT; i++) {
        message.length = 0;
        state = state * 1103515245 + 12345;
        const size_t length = 1 + (state >> 16) % 64;
        while (message.length < length) {
            state = state * 1103515245 + 12345;
            message.bytes[message.length++] = (uint8_t)(state >> 16);
        }
        CU_ASSERT_EQUAL(send(other, message.bytes, message.length, 0),
                        (ssize_t)message.length);
        (void)wire_await(SERVER_MESSAGE);
    }
    CU_ASSERT_TRUE(wire_count_of(SERVER_STRAY) > 0);
    CU_ASSERT_EQUAL(wire_count_of(SERVER_REGISTER), 0);
    (void)close(other);
    wire_enrol(QUERY_A);
}

/** Options that run over the end, and a version-1 header: still a stray. */
static void malformed_message_is_a_stray(void)
{
    wire_hex("400100019f");
    CU_ASSERT_EQUAL(wire_await(SERVER_STRAY)->kind, SERVER_STRAY);
}

/** RFC 7252, 5.10: Uri-Query has at most 255 bytes. */
static void overlong_endpoint_name_is_survived_with_an_event(void)
{
    struct datagram request = { .length = 0 };
    char query[301];
    unsigned last = 0;

    memset(query, 'e', sizeof(query) - 1);
    memcpy(query, "ep=", 3);
    wire_begin(&request, CON, POST, 1, NULL, 0);
    wire_option(&request, &last, URI_PATH, "rd", 2);
    wire_option(&request, &last, URI_QUERY, query, sizeof(query) - 1);
    wire_emit(&request);
    CU_ASSERT_EQUAL(wire_await(SERVER_STRAY)->kind, SERVER_STRAY);
    wire_enrol(QUERY_A);
}

/** A device may go on notifying after a restart of the tester. */
static void tokens_differ_between_runs(void)
{
    struct datagram first;
    struct datagram second;

    wire_enrol(QUERY_A);
    (void)wire_ask_read(&first);
    wire_tear_down();
    wire_set_up();
    wire_enrol(QUERY_A);
    (void)wire_ask_read(&second);
    CU_ASSERT_NOT_EQUAL(memcmp(first.token, second.token, 8), 0);
}

static void port_in_use_is_said_with_the_port(void)
{
    const struct server_config config = { .port = server_port(wire.server) };
    struct server *second = NULL;
    struct reason reason = { .status = STATUS_OK };
    char port[8];

    (void)snprintf(port, sizeof(port), "%u", config.port);
    CU_ASSERT_EQUAL(server_new(&config, wire_on_event, NULL, &second, &reason),
                    STATUS_NETWORK);
    CU_ASSERT_PTR_NULL(second);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, port));
    wire_enrol(QUERY_A); /* the first one still hears */
}

static void processes_report_output_and_end(void)
{
    static const char *const good[] = { "sh", "-c", "echo hi; exit 3", NULL };
    static const char *const bad[] = { "/nonexistent/program", NULL };
    uint64_t id = 0;

    CU_ASSERT_EQUAL(server_process_start(wire.server, bad, &id, NULL),
                    STATUS_NOT_FOUND);
    CU_ASSERT_EQUAL(server_process_start(wire.server, good, &id, NULL),
                    STATUS_OK);
    const struct record *record = wire_await(SERVER_PROCESS_OUTPUT);
    CU_ASSERT_EQUAL(memcmp(record->bytes, "hi\n", 3), 0);
    record = wire_await(SERVER_PROCESS_EXIT);
    CU_ASSERT_EQUAL(record->id, id);
    CU_ASSERT_EQUAL(record->code, 3);
}

static CU_TestInfo tests[] = {
    { "vectors", register_vectors_are_answered },
    { "duplicate", retransmission_gets_the_same_answer_and_one_event },
    { "update, de-register", update_and_deregister_follow_the_location },
    { "same message ID",
      same_message_id_with_another_path_is_not_a_repetition },
    { "reboot", identical_register_after_an_execute_is_a_new_one },
    { "expiry", lifetime_ends_in_an_expiry },
    { "replacement", replacement_ends_requests_and_their_retransmissions },
    { "read", read_takes_piggybacked_and_separate_responses },
    { "reset", reset_closes_the_request },
    { "blocks by hand", hand_made_blocks_travel_unchanged },
    { "observe", observation_notifies_until_cancelled },
    { "body in blocks", body_in_blocks_is_one_response },
    { "garbage", garbage_does_no_harm },
    { "malformed", malformed_message_is_a_stray },
    { "overlong ep", overlong_endpoint_name_is_survived_with_an_event },
    { "tokens", tokens_differ_between_runs },
    { "port in use", port_in_use_is_said_with_the_port },
    { "processes", processes_report_output_and_end },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    return wire_run("server over UDP", tests);
}
