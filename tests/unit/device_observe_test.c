/* SPDX-License-Identifier: Apache-2.0 */
/* What observers of the device get. Spec: RFC 7641; AFU-150, AFU-151. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_image.h"
#include "tests/unit/device_peer.h"

enum { MODEM = 3, CONFIRMABLE = 0, ACKNOWLEDGEMENT = 2, RESET = 3 };
enum { STATE_TOKEN = 0xd3, RESULT_TOKEN = 0xd5, VALUES_MAX = 40 };

static const char *const quick[] = { "--install-ms", "20", "--boot-ms", "20",
                                     NULL };

static struct peer peer;

static void set_up(void)
{
    CU_ASSERT_TRUE_FATAL(peer_open(&peer));
    CU_ASSERT_TRUE_FATAL(peer_start(&peer, quick));
    CU_ASSERT_TRUE_FATAL(peer_wait_registration(&peer, 1));
}

static void tear_down(void)
{
    CU_ASSERT_EQUAL(peer_stop(&peer), 0);
    peer_close(&peer);
}

/** GET with Observe on /33629/3 and `resource`, one digit. */
static void observe(uint8_t token, char resource, uint8_t wish)
{
    uint8_t bytes[] = { 0x41,
                        0x01,
                        0x91,
                        token,
                        token,
                        0x61,
                        wish,
                        0x55,
                        '3',
                        '3',
                        '6',
                        '2',
                        '9',
                        0x01,
                        '3',
                        0x01,
                        (uint8_t)resource };
    struct peer_message answer;

    bytes[2] = (uint8_t)(bytes[2] + wish); /* another message */
    CU_ASSERT_TRUE(peer_send(&peer, bytes, sizeof(bytes)));
    CU_ASSERT_TRUE(peer_receive(&peer, &answer, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(answer.code, PEER_CONTENT);
    /* The option Observe, the first one, only where it was accepted. */
    CU_ASSERT_EQUAL((answer.bytes[5] & 0xf0) == 0x60, wish == 0);
}

static void send_empty(unsigned type, uint16_t id)
{
    const uint8_t bytes[] = { (uint8_t)(0x40 | type << 4), 0,
                              (uint8_t)(id >> 8), (uint8_t)id };

    CU_ASSERT_TRUE(peer_send(&peer, bytes, sizeof(bytes)));
}

static bool is_notification(const struct peer_message *message)
{
    return message->type == CONFIRMABLE && message->code == PEER_CONTENT &&
           message->token_length == 1;
}

static long value_of(const struct peer_message *message)
{
    char text[16] = "";

    if (message->payload_length < sizeof(text) && message->payload != NULL) {
        memcpy(text, message->payload, message->payload_length);
    }
    return strtol(text, NULL, 10);
}

/** Values of the token until nothing comes for a while. */
static size_t collect(uint8_t token, long *values)
{
    struct peer_message message;
    size_t count = 0;

    while (count < VALUES_MAX && peer_receive(&peer, &message, 200)) {
        if (is_notification(&message)) {
            send_empty(ACKNOWLEDGEMENT, message.id);
            if (message.token[0] == token) {
                values[count++] = value_of(&message);
            }
        }
    }
    return count;
}

static void send_package(void)
{
    const struct image_plan plan = { .instance = MODEM, .payload_length = 400 };
    struct image image;
    uint8_t bytes[PEER_DATAGRAM_MAX];

    image_make(&image, &plan);
    size_t length = peer_build(&peer, bytes, PEER_PUT, "/33629/3/0", 42, -1, -1,
                               image.bytes, image.length);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
}

static void observer_gets_each_new_value_and_the_last_one(void)
{
    long values[VALUES_MAX];

    set_up();
    observe(STATE_TOKEN, '3', 0);
    send_package();
    CU_ASSERT_EQUAL_FATAL(collect(STATE_TOKEN, values), 1);
    CU_ASSERT_EQUAL(values[0], 2);
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_POST, "/33629/3/10", -1, -1, NULL, 0, NULL),
        PEER_CHANGED);
    CU_ASSERT_EQUAL_FATAL(collect(STATE_TOKEN, values), 1);
    CU_ASSERT_EQUAL(values[0], 0);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 10);
    tear_down();
}

static void unchanged_value_is_not_sent_again(void)
{
    long values[VALUES_MAX];

    set_up();
    observe(RESULT_TOKEN, '5', 0);
    send_package(); /* State changes, Update Result is 0 before and after */
    CU_ASSERT_EQUAL(collect(RESULT_TOKEN, values), 0);
    tear_down();
}

/** One confirmable message at a time: the others wait for its ACK. */
static void next_notification_waits_for_the_ack(void)
{
    struct peer_message first;
    struct peer_message message;
    long values[VALUES_MAX];

    set_up();
    observe(STATE_TOKEN, '3', 0);
    send_package();
    do {
        CU_ASSERT_TRUE_FATAL(peer_receive(&peer, &first, PEER_LIMIT_MS));
    } while (!is_notification(&first));
    for (int i = 0; i < 5; i++) { /* changes that nobody is told yet */
        CU_ASSERT_EQUAL(
            peer_ask(&peer, PEER_PUT, "/33629/3/1", 0, -1, NULL, 0, NULL),
            PEER_CHANGED);
        send_package();
        CU_ASSERT_TRUE(peer_receive(&peer, &message, PEER_LIMIT_MS));
        CU_ASSERT_EQUAL(message.type, ACKNOWLEDGEMENT);
    }
    send_empty(ACKNOWLEDGEMENT, first.id);
    size_t count = collect(STATE_TOKEN, values);
    CU_ASSERT_TRUE_FATAL(count > 0);
    CU_ASSERT_EQUAL(values[count - 1], 2);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 200);
    tear_down();
}

static void observation_ends_by_reset_or_by_the_observer(void)
{
    struct peer_message message;
    long values[VALUES_MAX];

    set_up();
    observe(STATE_TOKEN, '3', 0);
    send_package();
    do {
        CU_ASSERT_TRUE_FATAL(peer_receive(&peer, &message, PEER_LIMIT_MS));
    } while (!is_notification(&message));
    send_empty(RESET, message.id);
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_POST, "/33629/3/10", -1, -1, NULL, 0, NULL),
        PEER_CHANGED);
    CU_ASSERT_EQUAL(collect(STATE_TOKEN, values), 0);

    observe(RESULT_TOKEN, '5', 0);
    observe(RESULT_TOKEN, '5', 1);
    send_package();
    CU_ASSERT_EQUAL(collect(RESULT_TOKEN, values), 0);
    tear_down();
}

static void boot_ends_all_observations(void)
{
    long values[VALUES_MAX];

    set_up();
    observe(STATE_TOKEN, '3', 0);
    CU_ASSERT_EQUAL(peer_ask(&peer, PEER_POST, "/3/0/4", -1, -1, NULL, 0, NULL),
                    PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_registration(&peer, 2));
    send_package();
    CU_ASSERT_EQUAL(collect(STATE_TOKEN, values), 0);
    tear_down();
}

static CU_TestInfo tests[] = {
    { "values", observer_gets_each_new_value_and_the_last_one },
    { "unchanged", unchanged_value_is_not_sent_again },
    { "one at a time", next_notification_waits_for_the_ack },
    { "end", observation_ends_by_reset_or_by_the_observer },
    { "boot", boot_ends_all_observations },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "observers", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
