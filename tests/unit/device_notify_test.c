/* SPDX-License-Identifier: Apache-2.0 */
/* Observations with attributes and of several paths, over the network.
 * Spec: lwm2m-core.md, sections 4 and 5. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_peer.h"

enum { CONFIRMABLE = 0, NON_CONFIRMABLE = 1, ACKNOWLEDGEMENT = 2, RESET = 3 };
enum { TEXT = 0, JSON = 110, BAD_REQUEST = 0x80, NOT_FOUND = 0x84 };

static const char *const newest[] = { "--lwm2m", "1.2", "--portfolio", NULL };
static const char *const middle[] = { "--lwm2m", "1.1", NULL };

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

static uint8_t observe(const char *path, const char *query, int wish,
                       struct peer_message *out_answer)
{
    const struct peer_request request = { .method = PEER_GET,
                                          .path = path,
                                          .token = 0x77,
                                          .observe = wish,
                                          .format = -1,
                                          .accept = TEXT,
                                          .query = query,
                                          .payload = "" };

    return peer_ask_for(&peer, &request, out_answer);
}

static uint8_t observe_paths(const char *paths, int wish,
                             struct peer_message *out_answer)
{
    const struct peer_request request = { .method = PEER_FETCH,
                                          .path = "",
                                          .token = 0x78,
                                          .observe = wish,
                                          .format = JSON,
                                          .accept = JSON,
                                          .query = "",
                                          .payload = paths };

    return peer_ask_for(&peer, &request, out_answer);
}

static void set_value(const char *path, const char *value)
{
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_PUT, path, TEXT, -1, value, strlen(value), NULL),
        PEER_CHANGED);
}

static void send_empty(unsigned type, uint16_t id)
{
    const uint8_t bytes[] = { (uint8_t)(0x40 | type << 4), 0,
                              (uint8_t)(id >> 8), (uint8_t)id };

    CU_ASSERT_TRUE(peer_send(&peer, bytes, sizeof(bytes)));
}

/** The next notification; acknowledged unless it is a NON. */
static bool next(struct peer_message *out_message, int limit_ms)
{
    while (peer_receive(&peer, out_message, limit_ms)) {
        if (out_message->type == CONFIRMABLE) {
            send_empty(ACKNOWLEDGEMENT, out_message->id);
        }
        if (out_message->type == CONFIRMABLE ||
            out_message->type == NON_CONFIRMABLE) {
            return true;
        }
    }
    return false;
}

static bool is_text(const struct peer_message *message, const char *text)
{
    return message->payload_length == strlen(text) &&
           (message->payload_length == 0 ||
            memcmp(message->payload, text, strlen(text)) == 0);
}

static void attributes_of_the_observe_count_since_1_2(void)
{
    struct peer_message message;

    begin(newest);
    CU_ASSERT_EQUAL(observe("/1/0/5", "pmax=1", 0, &message), PEER_CONTENT);
    CU_ASSERT_TRUE(message.observe >= 0);
    long first = message.observe;
    CU_ASSERT_TRUE_FATAL(next(&message, PEER_LIMIT_MS));
    CU_ASSERT_TRUE(is_text(&message, "86400"));
    CU_ASSERT_TRUE(message.observe > first);
    CU_ASSERT_EQUAL(observe("/1/0/5", "frob=1", 0, &message), BAD_REQUEST);
    finish();
    begin(middle);
    CU_ASSERT_EQUAL(observe("/1/0/5", "pmax=1", 0, &message), BAD_REQUEST);
    CU_ASSERT_EQUAL(message.observe, -1);
    finish();
}

static void attached_attributes_count_and_change_the_type_of_the_message(void)
{
    const struct peer_request attach = { .method = PEER_PUT,
                                         .path = "/1/0/5",
                                         .observe = -1,
                                         .format = -1,
                                         .accept = -1,
                                         .query = "gt=100000&con=0",
                                         .payload = "" };
    struct peer_message message;

    begin(newest);
    CU_ASSERT_EQUAL(peer_ask_for(&peer, &attach, NULL), PEER_CHANGED);
    CU_ASSERT_EQUAL(observe("/1/0/5", "", 0, NULL), PEER_CONTENT);
    set_value("/1/0/5", "90000");
    CU_ASSERT_FALSE(next(&message, 150));
    set_value("/1/0/5", "100001");
    CU_ASSERT_TRUE_FATAL(next(&message, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(message.type, NON_CONFIRMABLE);
    CU_ASSERT_TRUE(is_text(&message, "100001"));
    send_empty(RESET, message.id); /* ends it for a NON, too */
    set_value("/1/0/5", "5");
    set_value("/1/0/5", "200000");
    CU_ASSERT_FALSE(next(&message, 150));
    finish();
}

static void composite_tells_all_members_also_those_that_come(void)
{
    static const char paths[] = "[{\"n\":\"/1/0/5\"},{\"n\":\"/16\"},"
                                "{\"n\":\"/3/0/15\"}]";
    static const char instance[] = "[{\"n\":\"/16/7/0/0\",\"vs\":\"x\"}]";
    struct peer_message message;

    begin(newest);
    CU_ASSERT_EQUAL(observe_paths(paths, 0, &message), PEER_CONTENT);
    CU_ASSERT_TRUE(message.observe >= 0);
    set_value("/1/0/5", "9");
    CU_ASSERT_TRUE_FATAL(next(&message, PEER_LIMIT_MS));
    CU_ASSERT_TRUE(is_text(&message, "[{\"n\":\"/1/0/5\",\"v\":9},"
                                     "{\"n\":\"/16/0/0/0\",\"vs\":\"host\"},"
                                     "{\"n\":\"/16/0/0/1\",\"vs\":\"maker\"},"
                                     "{\"n\":\"/3/0/15\",\"vs\":\"\"}]"));
    CU_ASSERT_EQUAL(peer_ask(&peer, PEER_POST, "/16", JSON, -1, instance,
                             strlen(instance), NULL),
                    PEER_CREATED);
    CU_ASSERT_TRUE_FATAL(next(&message, PEER_LIMIT_MS));
    CU_ASSERT_TRUE(is_text(&message, "[{\"n\":\"/1/0/5\",\"v\":9},"
                                     "{\"n\":\"/16/0/0/0\",\"vs\":\"host\"},"
                                     "{\"n\":\"/16/0/0/1\",\"vs\":\"maker\"},"
                                     "{\"n\":\"/16/7/0/0\",\"vs\":\"x\"},"
                                     "{\"n\":\"/3/0/15\",\"vs\":\"\"}]"));
    CU_ASSERT_EQUAL(observe_paths(paths, 1, &message), PEER_CONTENT);
    CU_ASSERT_EQUAL(message.observe, -1);
    set_value("/1/0/5", "10");
    CU_ASSERT_FALSE(next(&message, 150));
    finish();
}

static void observation_of_what_is_deleted_ends_by_an_error(void)
{
    struct peer_message message;

    begin(newest);
    CU_ASSERT_EQUAL(observe("/16/0/0/1", "", 0, NULL), PEER_CONTENT);
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_DELETE, "/16/0", -1, -1, NULL, 0, NULL), 0x42);
    CU_ASSERT_TRUE_FATAL(next(&message, PEER_LIMIT_MS));
    CU_ASSERT_EQUAL(message.code, NOT_FOUND);
    CU_ASSERT_EQUAL(message.observe, -1);
    CU_ASSERT_FALSE(next(&message, 150));
    finish();
}

static void new_registration_ends_all_observations(void)
{
    struct peer_message message;

    begin(newest);
    CU_ASSERT_EQUAL(observe("/1/0/5", "", 0, NULL), PEER_CONTENT);
    peer.update_code = NOT_FOUND;
    CU_ASSERT_EQUAL(peer_ask(&peer, PEER_POST, "/1/0/8", -1, -1, NULL, 0, NULL),
                    PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_registration(&peer, 2));
    set_value("/1/0/5", "9");
    CU_ASSERT_FALSE(next(&message, 150));
    finish();
}

static CU_TestInfo tests[] = {
    { "own attributes", attributes_of_the_observe_count_since_1_2 },
    { "attached attributes",
      attached_attributes_count_and_change_the_type_of_the_message },
    { "composite", composite_tells_all_members_also_those_that_come },
    { "deleted", observation_of_what_is_deleted_ends_by_an_error },
    { "registration", new_registration_ends_all_observations },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "notifications", NULL, NULL, NULL, NULL, tests },
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
