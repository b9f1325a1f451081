/* SPDX-License-Identifier: Apache-2.0 */
/* Registration, /1, queue mode and Send of the device, over the network.
 * Spec: lwm2m-core.md, sections 2 and 5. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/device_image.h"
#include "tests/unit/device_peer.h"

enum { MODEM = 3, NOT_FOUND = 0x84, JSON = 110 };

static struct peer peer;

static void begin(const char *const *options)
{
    CU_ASSERT_TRUE_FATAL(peer_open(&peer));
    CU_ASSERT_TRUE_FATAL(peer_start(&peer, options));
    CU_ASSERT_TRUE_FATAL(peer_wait_registration(&peer, 1));
}

static void finish(void)
{
    CU_ASSERT_EQUAL(peer_stop(&peer), 0);
    peer_close(&peer);
}

static uint8_t ask(enum peer_code method, const char *path, int format,
                   const char *payload)
{
    return peer_ask(&peer, method, path, format, -1, payload, strlen(payload),
                    NULL);
}

static void register_says_version_binding_and_formats(void)
{
    static const struct {
        const char *options[6];
        const char *query; /* without ep */
        const char *body;
    } rows[] = {
        { { "--lwm2m", "1.0" },
          "lt=300&lwm2m=1.0&b=U",
          "</>;ct=11543,</1/0>,</3/0>,</33629>," },
        { { "--lwm2m", "1.0", "--formats", "tlv", "--queue-mode" },
          "lt=300&lwm2m=1.0&b=UQ",
          "</1/0>,</3/0>,</33629>," },
        { { "--lwm2m", "1.1", "--formats", "senml-cbor" },
          "lt=300&lwm2m=1.1&b=U",
          "</>;ct=112,</1/0>,</3/0>,</33629>," },
        { { "--queue-mode", "--portfolio" },
          "lt=300&lwm2m=1.1&b=U&Q",
          "</>;ct=\"112 110 11542 60\",</1/0>,</3/0>,</16/0>,</33629>," },
        { { "--lwm2m", "1.2" },
          "lt=300&lwm2m=1.2&b=U",
          "</>;ct=\"11544 112 110 11542 60 322 320\",</1/0>," },
        { { "--variant", "no-binding" }, "lt=300&lwm2m=1.1", "" },
        { { "--variant", "server-instance-1", "--formats", "text" },
          "lt=300&lwm2m=1.1&b=U",
          "</1/1>,</3/0>," },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin(rows[i].options);
        const char *query = strchr(peer.query, '&');
        CU_ASSERT_PTR_NOT_NULL_FATAL(query);
        CU_ASSERT_STRING_EQUAL(query + 1, rows[i].query);
        CU_ASSERT_EQUAL(strncmp(peer.body, rows[i].body, strlen(rows[i].body)),
                        0);
        finish();
    }
}

static void written_lifetime_is_told_and_a_trigger_tells_nothing(void)
{
    const char *const options[] = { NULL };

    begin(options);
    CU_ASSERT_EQUAL(ask(PEER_PUT, "/1/0/1", 0, "20"), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.updates, 1));
    CU_ASSERT_STRING_EQUAL(peer.query, "lt=20");
    CU_ASSERT_EQUAL(peer.body_length, 0);
    CU_ASSERT_EQUAL(ask(PEER_POST, "/1/0/8", -1, ""), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.updates, 2));
    CU_ASSERT_STRING_EQUAL(peer.query, "");
    CU_ASSERT_EQUAL(peer.registrations, 1);
    finish();
}

static void forgotten_device_registers_again(void)
{
    const char *const options[] = { NULL };

    begin(options);
    peer.update_code = NOT_FOUND;
    CU_ASSERT_EQUAL(ask(PEER_POST, "/1/0/8", -1, ""), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_registration(&peer, 2));
    CU_ASSERT_EQUAL(peer.updates, 1);
    finish();
}

static void disabled_device_is_silent_for_its_time(void)
{
    const char *const options[] = { NULL };
    struct peer_message message;
    uint8_t bytes[PEER_DATAGRAM_MAX];

    begin(options);
    CU_ASSERT_EQUAL(ask(PEER_PUT, "/1/0/5", 0, "1"), PEER_CHANGED);
    CU_ASSERT_EQUAL(ask(PEER_POST, "/1/0/4", -1, ""), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.deregistrations, 1));
    size_t length =
        peer_build(&peer, bytes, PEER_GET, "/3/0/0", -1, 0, -1, NULL, 0);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_FALSE(peer_receive(&peer, &message, 300));
    CU_ASSERT_TRUE(peer_wait_registration(&peer, 2));
    CU_ASSERT_EQUAL(ask(PEER_GET, "/3/0/0", -1, ""), PEER_CONTENT);
    finish();
}

static void new_instance_is_told_in_an_update(void)
{
    const char *const options[] = { "--portfolio", NULL };

    begin(options);
    CU_ASSERT_EQUAL(
        ask(PEER_POST, "/16", JSON, "[{\"n\":\"/16/7/0/0\",\"vs\":\"x\"}]"),
        PEER_CREATED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.updates, 1));
    CU_ASSERT_PTR_NOT_NULL(strstr(peer.body, "</16/0>,</16/7>"));
    CU_ASSERT_EQUAL(ask(PEER_DELETE, "/16/7", -1, ""), 0x42);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.updates, 2));
    CU_ASSERT_PTR_NULL(strstr(peer.body, "</16/7>"));
    finish();
}

/** Asleep it hears nothing; the Update that wakes it is answered. */
static void sleeping_device_wakes_by_an_update(void)
{
    const char *const options[] = { "--queue-mode", "--awake-ms", "150",
                                    "--sleep-ms",   "700",        NULL };
    struct peer_message message;
    uint8_t bytes[PEER_DATAGRAM_MAX];

    begin(options);
    CU_ASSERT_EQUAL(ask(PEER_GET, "/3/0/0", -1, ""), PEER_CONTENT);
    CU_ASSERT_FALSE(peer_receive(&peer, &message, 300));
    CU_ASSERT_EQUAL(peer.updates, 0);
    size_t length =
        peer_build(&peer, bytes, PEER_GET, "/3/0/0", -1, 0, -1, NULL, 0);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_FALSE(peer_receive(&peer, &message, 200));
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.updates, 1));
    CU_ASSERT_EQUAL(ask(PEER_GET, "/3/0/0", -1, ""), PEER_CONTENT);
    finish();
}

static uint8_t send_package(void)
{
    const struct image_plan plan = { .instance = MODEM, .payload_length = 400 };
    struct image image;

    image_make(&image, &plan);
    return peer_ask(&peer, PEER_PUT, "/33629/3/0", 42, -1, image.bytes,
                    image.length, NULL);
}

static void changed_pair_is_sent_unless_muted(void)
{
    const char *const options[] = { "--send", "--formats", "text,senml-json",
                                    NULL };

    begin(options);
    /* First what the device tells of itself when it has registered. */
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.sends, 1));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(peer.body, "{\"n\":\"/3/0/16\",\"vs\":\"U\"}"));
    CU_ASSERT_EQUAL(send_package(), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.sends, 2));
    CU_ASSERT_STRING_EQUAL(peer.body, "[{\"n\":\"/33629/3/3\",\"v\":2},"
                                      "{\"n\":\"/33629/3/5\",\"v\":0}]");
    CU_ASSERT_EQUAL(ask(PEER_PUT, "/1/0/23", 0, "1"), PEER_CHANGED);
    CU_ASSERT_EQUAL(ask(PEER_POST, "/33629/3/10", -1, ""), PEER_CHANGED);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 10);
    CU_ASSERT_EQUAL(peer.sends, 2);
    CU_ASSERT_EQUAL(ask(PEER_PUT, "/1/0/23", 0, "0"), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_for(&peer, &peer.sends, 3));
    CU_ASSERT_STRING_EQUAL(peer.body, "[{\"n\":\"/33629/3/3\",\"v\":0},"
                                      "{\"n\":\"/33629/3/5\",\"v\":10}]");
    finish();
}

/** Two answers in less than the time between them there are not; a repeated
 *  request in between gets none of its own. */
static void slow_device_takes_its_time(void)
{
    const char *const options[] = { "--answer-ms", "400", NULL };
    struct peer_message message;
    uint8_t bytes[PEER_DATAGRAM_MAX];

    begin(options);
    CU_ASSERT_EQUAL(ask(PEER_GET, "/3/0/0", -1, ""), PEER_CONTENT);
    size_t length =
        peer_build(&peer, bytes, PEER_GET, "/3/0/0", -1, 0, -1, NULL, 0);
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
    CU_ASSERT_FALSE(peer_receive(&peer, &message, 100));
    CU_ASSERT_TRUE(peer_receive(&peer, &message, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(message.code, PEER_CONTENT);
    CU_ASSERT_FALSE(peer_receive(&peer, &message, 600));
    finish();
}

static CU_TestInfo tests[] = {
    { "register", register_says_version_binding_and_formats },
    { "lifetime", written_lifetime_is_told_and_a_trigger_tells_nothing },
    { "forgotten", forgotten_device_registers_again },
    { "disabled", disabled_device_is_silent_for_its_time },
    { "list", new_instance_is_told_in_an_update },
    { "queue mode", sleeping_device_wakes_by_an_update },
    { "send", changed_pair_is_sent_unless_muted },
    { "slow", slow_device_takes_its_time },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "registration", NULL, NULL, NULL, NULL, tests },
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
