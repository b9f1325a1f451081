/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Send: what the server answers a device that reports values, and what it
 * tells. lwm2m-core.md 3.2 and 5.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/server_peer.h"

enum { SENML_JSON = 110, SENML_CBOR = 112, LWM2M_CBOR = 11544, TLV = 11542 };

#define LISTED "</1/0>,</3/0>,</4/0>,</5>"
#define ONE    "[{\"n\":\"/4/0/2\",\"v\":-49}]"
#define M_34                                                                   \
    "4102700231b26470116eff5b7b226e223a222f342f302f32222c2276223a2d34397d5d"

static void enrol(const char *query, const char *links)
{
    struct peer_datagram answer;

    CU_ASSERT_EQUAL(peer_exchange(PEER_POST, "/rd", query, links, &answer),
                    COAP_CODE(2, 1));
}

static void next_answer(struct peer_datagram *answer, unsigned mid)
{
    do {
        peer_next_sent(answer);
    } while (answer->length > 0 &&
             (answer->type != PEER_ACK || answer->mid != mid));
}

/** POST /dp; returns the code of the answer. */
static unsigned send_values(int format, const void *body, size_t length)
{
    struct peer_datagram request = { .length = 0 };
    struct peer_datagram answer;
    const uint8_t number[] = { (uint8_t)(format >> 8), (uint8_t)format };
    unsigned last = 0;

    peer_begin(&request, PEER_CON, PEER_POST, ++peer.mid, NULL, 0);
    peer_option(&request, &last, PEER_URI_PATH, "dp", 2);
    if (format >= 0) {
        peer_option(&request, &last, PEER_CONTENT_FORMAT, number,
                    sizeof(number));
    }
    peer_payload(&request, body, length);
    peer_emit(&request);
    next_answer(&answer, peer.mid);
    return answer.code;
}

static void vector_is_taken_and_told_with_its_bytes(void)
{
    struct peer_datagram answer;

    enrol(PEER_QUERY, LISTED);
    peer_hex(M_34);
    const struct peer_record *told = peer_await(SERVER_SEND);
    CU_ASSERT_EQUAL(told->code, COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(told->format, SENML_JSON);
    CU_ASSERT_EQUAL(told->length, strlen(ONE));
    CU_ASSERT_EQUAL(memcmp(told->bytes, ONE, strlen(ONE)), 0);
    CU_ASSERT_STRING_EQUAL(told->text, "");
    CU_ASSERT_STRING_EQUAL(told->endpoint, "a");
    next_answer(&answer, 0x7002);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(answer.length, 5);
    /* … and once only, when it comes again. */
    peer_hex(M_34);
    next_answer(&answer, 0x7002);
    CU_ASSERT_EQUAL(answer.code, COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SEND), 1);
}

static void each_send_gets_the_code_it_deserves(void)
{
    static const struct {
        int format;
        const char *body;
        size_t length;
        unsigned code;
        const char *words;
    } rows[] = {
        { SENML_JSON, ONE, sizeof(ONE) - 1, COAP_CODE(2, 4), "" },
        { SENML_CBOR, "\x81\xa2\x00\x66/4/0/2\x02\x20", 12, COAP_CODE(2, 4),
          "" },
        { LWM2M_CBOR, "\xa1\x83\x04\x00\x02\x20", 6, COAP_CODE(2, 4), "" },
        { SENML_JSON, "[{\"n\":\"/5/0/3\",\"v\":0}]", 22, COAP_CODE(2, 4), "" },
        { SENML_JSON, "[{\"n\":\"/4/1/2\",\"v\":0}]", 22, COAP_CODE(4, 4),
          "/4/1/2 lies in no registered Object Instance" },
        { SENML_JSON, "[{\"n\":\"/9/0/2\",\"v\":0}]", 22, COAP_CODE(4, 4),
          "/9/0/2 lies in no registered Object Instance" },
        { SENML_JSON, "[{\"n\":\"/4/0/2\",", 15, COAP_CODE(4, 0), "" },
        { SENML_JSON, "[]", 2, COAP_CODE(4, 0), "" },
        { SENML_JSON, "", 0, COAP_CODE(4, 0), "" },
        { TLV, "\xc1\x02\x05", 3, COAP_CODE(4, 15),
          "a Send in Content-Format 11542" },
        { -1, ONE, sizeof(ONE) - 1, COAP_CODE(4, 15),
          "a Send in Content-Format -1" },
    };

    enrol(PEER_QUERY, LISTED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(
            send_values(rows[i].format, rows[i].body, rows[i].length),
            rows[i].code);
    }
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SEND), sizeof(rows) / sizeof(rows[0]));
    size_t at = 0;
    for (size_t i = 0; i < peer.count; i++) {
        const struct peer_record *told = &peer.records[i];
        if (told->kind == SERVER_SEND) {
            CU_ASSERT_EQUAL(told->code, rows[at].code);
            bool is_refused = rows[at].code != COAP_CODE(2, 4);
            CU_ASSERT_EQUAL(told->text[0] != '\0', is_refused);
            if (rows[at].words[0] != '\0') {
                CU_ASSERT_STRING_EQUAL(told->text, rows[at].words);
            }
            at++;
        }
    }
}

static void send_of_a_stranger_is_refused(void)
{
    CU_ASSERT_EQUAL(send_values(SENML_JSON, ONE, strlen(ONE)), COAP_CODE(4, 4));
    const struct peer_record *told = peer.records;
    while (told->kind != SERVER_SEND && told < peer.records + peer.count) {
        told++; /* it came before the answer */
    }
    CU_ASSERT_STRING_EQUAL(told->endpoint, "");
    CU_ASSERT_STRING_EQUAL(told->text,
                           "a Send of a peer that is not registered");
}

/** An Update may list other Instances than the Register did. */
static void newest_list_counts(void)
{
    struct peer_datagram answer;

    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(send_values(SENML_JSON, ONE, strlen(ONE)), COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, LISTED, &answer),
        COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(send_values(SENML_JSON, ONE, strlen(ONE)), COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, peer.location, NULL, NULL, &answer),
        COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(send_values(SENML_JSON, ONE, strlen(ONE)), COAP_CODE(2, 4));
}

static void other_methods_are_no_send(void)
{
    struct peer_datagram answer;

    enrol(PEER_QUERY, LISTED);
    CU_ASSERT_EQUAL(peer_exchange(PEER_GET, "/dp", NULL, NULL, &answer),
                    COAP_CODE(4, 4));
    CU_ASSERT_EQUAL(peer_count_of(SERVER_SEND), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 1);
}

static CU_TestInfo tests[] = {
    { "vector", vector_is_taken_and_told_with_its_bytes },
    { "codes", each_send_gets_the_code_it_deserves },
    { "stranger", send_of_a_stranger_is_refused },
    { "newest list", newest_list_counts },
    { "other methods", other_methods_are_no_send },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "Send", NULL, NULL, peer_set_up, peer_tear_down, tests },
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
