/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations as they travel: what the server sends against the message
 * vectors of lwm2m-core.md 16, and what it makes of those of a device.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/server_peer.h"

enum {
    SENML_JSON = 110,
    SENML_CBOR = 112,
    ETCH_JSON = 320,
    TLV = 11542,
    BYTES_MAX = 256,
    TOKEN_SIZE = 8, /* of the server's own tokens */
    HEADER_SIZE = 4,
};

#define ROOT_LINKS "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,</lwm2m/3/0>"

static struct lwm2m_path path(const char *text)
{
    struct lwm2m_path parsed = { .depth = 0 };

    CU_ASSERT_EQUAL(lwm2m_path_parse(text, strlen(text), &parsed, NULL),
                    STATUS_OK);
    return parsed;
}

static size_t bytes_of(const char *text, uint8_t *bytes)
{
    size_t length = 0;
    unsigned byte = 0;

    for (; length < BYTES_MAX && sscanf(text, "%2x", &byte) == 1; text += 2) {
        bytes[length++] = (uint8_t)byte;
    }
    return length;
}

/** Send, and compare with the vector: type, code, and all behind the token;
 *  tokens and message IDs are the server's own. */
static uint64_t sends_as(const char *name, struct server_request *request,
                         const char *vector, struct peer_datagram *out_sent)
{
    uint8_t wanted[BYTES_MAX];
    const size_t length = bytes_of(vector, wanted);
    const size_t skipped = HEADER_SIZE + (wanted[0] & 15u);
    const uint64_t id = peer_ask(request);

    peer_next_sent(out_sent);
    const size_t sent = HEADER_SIZE + out_sent->token_length;
    const bool same =
        out_sent->code == wanted[1] &&
        out_sent->type == ((wanted[0] >> 4) & 3u) &&
        out_sent->length - sent == length - skipped &&
        memcmp(out_sent->bytes + sent, wanted + skipped, length - skipped) == 0;
    if (!same) {
        (void)fprintf(stderr, "%s is not sent as the vector says\n", name);
    }
    CU_ASSERT_TRUE(same);
    return id;
}

static void answer(const struct peer_datagram *request, unsigned code)
{
    peer_reply(request, PEER_ACK, request->mid, code, -1, "");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->code, code);
}

static void reads_and_discovers_are_sent_as_in_the_vectors(void)
{
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    management_read(&request, "a", path("/3/0"), TLV);
    (void)sends_as("M-10", &request, "4101100111b1330130622d16", &sent);
    answer(&sent, COAP_CODE(4, 4));
    management_read(&request, "a", path("/3/0/0"), CONTENT_FORMAT_NONE);
    (void)sends_as("M-12", &request, "4101100212b13301300130", &sent);
    answer(&sent, COAP_CODE(4, 4));
    management_discover(&request, "a", path("/3"));
    request.query = "depth=1";
    (void)sends_as("M-14", &request, "4101100313b1334764657074683d312128",
                   &sent);
    answer(&sent, COAP_CODE(4, 0));
}

static void writes_are_sent_as_in_the_vectors(void)
{
    static const uint8_t update[] = {
        0xc1, 0x02, 0x65, 0xc2, 0x03, 0x03, 0xf2
    };
    static const uint8_t create[] = { 0x07, 0x01, 0x85, 0x00, 0x43,
                                      0x00, 0x61, 0x62, 0x63 };
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    management_write(&request, "a", path("/1/0/1"), CONTENT_FORMAT_TEXT,
                     (const uint8_t *)"86400", 5);
    (void)sends_as("M-15", &request, "4103100414b1310130013110ff3836343030",
                   &sent);
    answer(&sent, COAP_CODE(2, 4));
    management_update(&request, "a", path("/1/0"), TLV, update, sizeof(update));
    (void)sends_as("M-16", &request, "4102100515b1310130122d16ffc10265c20303f2",
                   &sent);
    answer(&sent, COAP_CODE(2, 4));
    management_execute(&request, "a", path("/5/0/2"), "0='a',1");
    (void)sends_as("M-19", &request, "4102100818b1350130013210ff303d2761272c31",
                   &sent);
    answer(&sent, COAP_CODE(2, 4));
    management_execute(&request, "a", path("/3/0/4"), NULL);
    (void)sends_as("M-20", &request, "4102100919b13301300134", &sent);
    answer(&sent, COAP_CODE(2, 4));
    management_create(&request, "a", path("/16"), TLV, create, sizeof(create));
    (void)sends_as("M-21", &request,
                   "4102100a1ab23136122d16ff070185004300616263", &sent);
    answer(&sent, COAP_CODE(2, 1));
    management_delete(&request, "a", path("/16/1"));
    (void)sends_as("M-23", &request, "4104100b1bb231360131", &sent);
    answer(&sent, COAP_CODE(2, 2));
}

static void attributes_are_sent_as_in_the_vectors(void)
{
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    management_attributes(&request, "a", path("/3/0/9"), "pmin=10&pmax=60");
    (void)sends_as("M-17", &request,
                   "4103100616b1330130013947706d696e3d313007706d61783d3630",
                   &sent);
    answer(&sent, COAP_CODE(2, 4));
    management_attributes(&request, "a", path("/3/0/9"), "pmin");
    (void)sends_as("M-18", &request, "4103100717b1330130013944706d696e", &sent);
    answer(&sent, COAP_CODE(2, 4));
}

/** A Resource Instance is one more segment in every operation. */
static void resource_instances_are_one_level_more(void)
{
    static const struct {
        const char *name;
        unsigned method;
        const char *vector;
    } rows[] = {
        { "Read", 0x01, "40010000b133013001370131" },
        { "Write", 0x03,
          "40030000b133013001370131"
          "10ff31" },
        { "Delete", 0x04, "40040000b133013001370131" },
        { "Write-Attributes", 0x03, "40030000b13301300137013144706d696e" },
        { "Observe", 0x01, "40010000605133013001370131" },
    };
    struct server_request requests[5];
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    management_read(&requests[0], "a", path("/3/0/7/1"), CONTENT_FORMAT_NONE);
    management_write(&requests[1], "a", path("/3/0/7/1"), CONTENT_FORMAT_TEXT,
                     (const uint8_t *)"1", 1);
    management_delete(&requests[2], "a", path("/3/0/7/1"));
    management_attributes(&requests[3], "a", path("/3/0/7/1"), "pmin");
    management_observe(&requests[4], "a", path("/3/0/7/1"),
                       CONTENT_FORMAT_NONE);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)sends_as(rows[i].name, &requests[i], rows[i].vector, &sent);
        CU_ASSERT_EQUAL(sent.code, rows[i].method);
        answer(&sent, COAP_CODE(4, 4));
    }
}

static void composites_are_sent_as_in_the_vectors(void)
{
    static const char paths[] = "[{\"n\":\"/3/0/0\"},{\"n\":\"/1/0/1\"}]";
    static const char change[] = "[{\"n\":\"/1/0/1\",\"v\":60}]";
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    management_read_composite(&request, "a", SENML_JSON, (const uint8_t *)paths,
                              strlen(paths), SENML_JSON);
    (void)sends_as("M-31", &request,
                   "4105100f1fc16e516eff5b7b226e223a222f332f302f30227d2c7b226e"
                   "223a222f312f302f31227d5d",
                   &sent);
    answer(&sent, COAP_CODE(4, 4));
    management_write_composite(&request, "a", SENML_JSON,
                               (const uint8_t *)change, strlen(change));
    (void)sends_as("M-33", &request,
                   "4107101121c16eff5b7b226e223a222f312f302f31222c2276223a36"
                   "307d5d",
                   &sent);
    answer(&sent, COAP_CODE(2, 4));
}

static const char observed[] = "[{\"n\":\"/3/0/0\"}]";
#define M_32 "44051010c0ffee03606201405170ff5b7b226e223a222f332f302f30227d5d"

/** Cancelling needs the same token and the same path list. */
static void composite_observation_is_cancelled_by_its_own_request(void)
{
    struct server_request request;
    struct peer_datagram sent;
    struct peer_datagram cancel;

    peer_enrol(PEER_QUERY);
    management_observe_composite(&request, "a", ETCH_JSON,
                                 (const uint8_t *)observed, strlen(observed),
                                 SENML_CBOR);
    const uint64_t id = sends_as("M-32", &request, M_32, &sent);
    peer_reply(&sent, PEER_ACK, sent.mid, COAP_CODE(2, 5), 2, "x");
    CU_ASSERT_EQUAL(peer_await(SERVER_RESPONSE)->id, id);
    peer_reply(&sent, PEER_NON, 8001, COAP_CODE(2, 5), 3, "y");
    CU_ASSERT_EQUAL(peer_await(SERVER_NOTIFICATION)->id, id);

    management_cancel_composite(&request, "a", ETCH_JSON,
                                (const uint8_t *)observed, strlen(observed),
                                SENML_CBOR, id);
    /* M-32 with Observe = 1 */
    (void)sends_as("cancel", &request,
                   "44051010c0ffee0361016201405170ff5b7b226e223a222f332f302f30"
                   "227d5d",
                   &cancel);
    CU_ASSERT_EQUAL(memcmp(cancel.token, sent.token, TOKEN_SIZE), 0);
    answer(&cancel, COAP_CODE(2, 5));
    peer_reply(&sent, PEER_CON, 8002, COAP_CODE(2, 5), 4, "z");
    CU_ASSERT_EQUAL(peer_await(SERVER_UNWANTED)->id, id);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), 1);
}

static void observations_are_sent_as_in_the_vectors(void)
{
    struct server_request request;
    struct peer_datagram sent;
    struct peer_datagram cancel;
    struct peer_datagram other;

    peer_enrol(PEER_QUERY);
    management_observe(&request, "a", path("/3/0/9"), SENML_CBOR);
    const uint64_t id =
        sends_as("M-24", &request, "4401100cc0ffee01605133013001396170", &sent);
    /* M-25 and M-26 with our token */
    peer_vector(&sent, "6445100cc0ffee0161026170ff81a200662f332f302f39021864",
                true);
    const struct peer_record *first = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(first->id, id);
    CU_ASSERT_TRUE(first->has_observe);
    CU_ASSERT_EQUAL(first->observe, 2);
    peer_vector(&sent, "44457001c0ffee0161036170ff81a200662f332f302f39021863",
                false);
    const struct peer_record *second = peer_await(SERVER_NOTIFICATION);
    CU_ASSERT_EQUAL(second->observe, 3);
    CU_ASSERT_EQUAL(second->length, 13);
    CU_ASSERT_EQUAL(second->bytes[12], 0x63);
    peer_next_sent(&other); /* M-27 */
    CU_ASSERT_EQUAL(other.length, 4);
    CU_ASSERT_EQUAL(memcmp(other.bytes, "\x60\x00\x70\x01", 4), 0);

    management_cancel(&request, "a", path("/3/0/9"), SENML_CBOR, id);
    /* M-29, and the Accept of M-24: the cancel has all its options */
    (void)sends_as("M-29", &request,
                   "4401100dc0ffee016101513301300139"
                   "6170",
                   &cancel);
    CU_ASSERT_EQUAL(memcmp(cancel.token, sent.token, TOKEN_SIZE), 0);
    answer(&cancel, COAP_CODE(2, 5));
    peer_vector(&sent, "44457002c0ffee0161036170ff81a200662f332f302f39021863",
                false);
    peer_next_sent(&other); /* M-28 with this message ID */
    CU_ASSERT_EQUAL(memcmp(other.bytes, "\x70\x00\x70\x02", 4), 0);

    management_observe(&request, "a", path("/3/0/7"), CONTENT_FORMAT_NONE);
    request.query = "pmin=5&pmax=15";
    (void)sends_as("M-30", &request,
                   "4401100ec0ffee026051330130013746706d696e3d3507706d61783d31"
                   "35",
                   &sent);
    answer(&sent, COAP_CODE(4, 2));
}

/** What a device answers: M-11, M-13, M-22, M-41. */
static void answers_are_understood_as_in_the_vectors(void)
{
    static const struct {
        const char *vector;
        unsigned code;
        int format;
        const char *location;
        size_t length;
    } rows[] = {
        { "6145100111c22d16ffc10964", COAP_CODE(2, 5), TLV, "", 3 },
        { "6145100212c0ff4f70656e", COAP_CODE(2, 5), CONTENT_FORMAT_TEXT, "",
          4 },
        { "6141100a1a8231360131", COAP_CODE(2, 1), CONTENT_FORMAT_NONE, "/16/1",
          0 },
        { "615f300151d10e0a", COAP_CODE(2, 31), CONTENT_FORMAT_NONE, "", 0 },
    };
    struct server_request request;
    struct peer_datagram sent;

    peer_enrol(PEER_QUERY);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        management_read(&request, "a", path("/3/0"), CONTENT_FORMAT_NONE);
        (void)peer_ask(&request);
        peer_next_sent(&sent);
        peer_vector(&sent, rows[i].vector, true);
        const struct peer_record *got = peer_await(SERVER_RESPONSE);
        CU_ASSERT_EQUAL(got->code, rows[i].code);
        CU_ASSERT_EQUAL(got->format, rows[i].format);
        CU_ASSERT_STRING_EQUAL(got->text, rows[i].location);
        CU_ASSERT_EQUAL(got->length, rows[i].length);
    }
    CU_ASSERT_TRUE(peer.records[peer.count - 1].has_block1);
    CU_ASSERT_EQUAL(peer.records[peer.count - 1].block1.szx, 2);
}

static void alternate_path_stands_before_every_path(void)
{
    struct server_request request;
    struct peer_datagram sent;
    struct peer_datagram done;

    CU_ASSERT_EQUAL(
        peer_exchange(PEER_POST, "/rd", PEER_QUERY, ROOT_LINKS, &done),
        COAP_CODE(2, 1));
    management_read(&request, "a", path("/3/0/0"), CONTENT_FORMAT_NONE);
    (void)sends_as("M-42", &request, "4101101222b56c776d326d013301300130",
                   &sent);
    answer(&sent, COAP_CODE(4, 4));
    management_read_composite(&request, "a", SENML_JSON,
                              (const uint8_t *)observed, strlen(observed),
                              SENML_JSON);
    (void)sends_as("composite", &request,
                   "40050000b56c776d326d116e516eff5b7b226e223a222f332f302f3022"
                   "7d5d",
                   &sent);
    answer(&sent, COAP_CODE(4, 4));
}

/** A device need not remember the FETCH between the blocks of its answer. */
static void fetch_body_goes_along_with_each_block(void)
{
    struct server_request request;
    struct peer_datagram sent;
    struct peer_datagram next;

    peer_enrol(PEER_QUERY);
    management_read_composite(&request, "a", SENML_JSON,
                              (const uint8_t *)observed, strlen(observed),
                              SENML_JSON);
    const uint64_t id = peer_ask(&request);
    peer_next_sent(&sent);
    peer_reply_block(&sent, PEER_ACK, sent.mid, 0x08, "0123456789abcdef");
    peer_next_sent(&next);
    CU_ASSERT_EQUAL(next.code, sent.code);
    CU_ASSERT_EQUAL(memcmp(next.bytes + next.length - strlen(observed),
                           observed, strlen(observed)),
                    0);
    peer_reply_block(&next, PEER_ACK, next.mid, 0x10, "tail");
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    CU_ASSERT_EQUAL(response->length, 20);
}

static CU_TestInfo tests[] = {
    { "Read, Discover", reads_and_discovers_are_sent_as_in_the_vectors },
    { "Write, Execute, Create, Delete", writes_are_sent_as_in_the_vectors },
    { "Write-Attributes", attributes_are_sent_as_in_the_vectors },
    { "Resource Instance", resource_instances_are_one_level_more },
    { "composite", composites_are_sent_as_in_the_vectors },
    { "Observe-Composite",
      composite_observation_is_cancelled_by_its_own_request },
    { "Observe", observations_are_sent_as_in_the_vectors },
    { "answers", answers_are_understood_as_in_the_vectors },
    { "alternate path", alternate_path_stands_before_every_path },
    { "FETCH in blocks", fetch_body_goes_along_with_each_block },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "operations on the wire", NULL, NULL, peer_set_up, peer_tear_down,
          tests },
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
