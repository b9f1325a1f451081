/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every malformed vector of tests/data/content-format-vectors.json over the
 * wire: as the answer to a Read, as a notification and as the Object list of a
 * Register. What a decoder has to refuse must reach it byte by byte.
 * (tests/unit/server_data_vectors_test.c shows that it does refuse it.)
 */
#include <CUnit/CUnit.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/server_peer.h"

enum {
    FILE_MAX = 4 * 1024 * 1024,
    PAYLOAD_MAX = 1024,
    LINK_FORMAT = 40,
    MALFORMED = 105, /* vectors of the file */
    MALFORMED_LISTS = 12,
};

struct payload {
    const char *id;
    uint8_t bytes[PAYLOAD_MAX];
    size_t length;
    int format;
};

static cJSON *vectors;

static cJSON *load(void)
{
    char *text = calloc(1, FILE_MAX);
    FILE *file =
        fopen(ASSAY_SOURCE_DIR "/tests/data/content-format-vectors.json", "rb");
    const size_t length =
        file != NULL && text != NULL ? fread(text, 1, FILE_MAX - 1, file) : 0;
    cJSON *json = length > 0 ? cJSON_Parse(text) : NULL;

    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    free(text);
    return json;
}

static void take(const cJSON *vector, struct payload *payload)
{
    const char *hex =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(vector, "hex"));
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(vector, "cf");
    unsigned byte = 0;

    *payload = (struct payload){
        .id = cJSON_GetStringValue(
            cJSON_GetObjectItemCaseSensitive(vector, "id")),
        .format = format != NULL ? format->valueint : LINK_FORMAT,
    };
    CU_ASSERT_TRUE_FATAL(hex != NULL && strlen(hex) / 2 <= PAYLOAD_MAX);
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
        payload->bytes[payload->length++] = (uint8_t)byte;
    }
}

static void put_format(struct peer_datagram *message, unsigned *last,
                       int format)
{
    const uint8_t bytes[] = { (uint8_t)(format >> 8), (uint8_t)format };

    peer_option(message, last, PEER_CONTENT_FORMAT, bytes, sizeof(bytes));
}

static void send_content(const struct peer_datagram *request, unsigned type,
                         unsigned mid, int observe,
                         const struct payload *payload)
{
    struct peer_datagram message = { .length = 0 };
    const uint8_t sequence[] = { (uint8_t)(observe >> 8), (uint8_t)observe };
    unsigned last = 0;

    peer_begin(&message, type, COAP_CODE(2, 5), mid, request->token,
               request->token_length);
    if (observe >= 0) {
        peer_option(&message, &last, PEER_OBSERVE, sequence, sizeof(sequence));
    }
    put_format(&message, &last, payload->format);
    peer_payload(&message, payload->bytes, payload->length);
    peer_emit(&message);
}

static void check_bytes(const struct peer_record *record,
                        const struct payload *payload)
{
    const bool is_same =
        record->length == payload->length &&
        memcmp(record->bytes, payload->bytes, payload->length) == 0;

    if (!is_same) {
        (void)fprintf(stderr, "  %s: %zu bytes, not %zu\n", payload->id,
                      record->length, payload->length);
    }
    CU_ASSERT_TRUE(is_same);
    CU_ASSERT_EQUAL(record->code, COAP_CODE(2, 5));
}

static size_t each(const char *list,
                   void (*visit)(const struct payload *payload, size_t index))
{
    const cJSON *vector = NULL;
    size_t count = 0;

    cJSON_ArrayForEach(vector, cJSON_GetObjectItemCaseSensitive(vectors, list))
    {
        struct payload payload;
        take(vector, &payload);
        visit(&payload, count++);
    }
    return count;
}

static void answer_a_read(const struct payload *payload, size_t index)
{
    struct peer_datagram request;
    const uint64_t id = peer_ask_read(&request);

    (void)index;
    send_content(&request, PEER_ACK, request.mid, -1, payload);
    const struct peer_record *response = peer_await(SERVER_RESPONSE);
    CU_ASSERT_EQUAL(response->id, id);
    check_bytes(response, payload);
}

static void answers_arrive_as_they_are(void)
{
    peer_enrol(PEER_QUERY);
    CU_ASSERT_EQUAL(each("malformed", answer_a_read), MALFORMED);
    CU_ASSERT_EQUAL(each("link_format_malformed", answer_a_read),
                    MALFORMED_LISTS);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_TIMEOUT), 0);
}

static struct peer_datagram observed;

static void notify(const struct payload *payload, size_t index)
{
    struct peer_datagram answer;

    send_content(&observed, PEER_CON, 5000 + (unsigned)index, 10 + (int)index,
                 payload);
    check_bytes(peer_await(SERVER_NOTIFICATION), payload);
    peer_next_sent(&answer);
    CU_ASSERT_EQUAL(answer.type, PEER_ACK);
}

static void notifications_arrive_as_they_are(void)
{
    struct server_request request;

    peer_enrol(PEER_QUERY);
    management_observe(&request, "a", PEER_RESOURCE, CONTENT_FORMAT_NONE);
    (void)peer_ask(&request);
    peer_next_sent(&observed);
    peer_reply(&observed, PEER_ACK, observed.mid, COAP_CODE(2, 5), 2, "100");
    CU_ASSERT_TRUE(peer_await(SERVER_RESPONSE)->has_observe);
    CU_ASSERT_EQUAL(each("malformed", notify), MALFORMED);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_NOTIFICATION), MALFORMED);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_STRAY), 0);
}

/** Register with this list, said to be in this format. */
static unsigned enrol(const struct payload *payload, int format)
{
    struct peer_datagram request = { .length = 0 };
    struct peer_datagram answer;
    unsigned last = 0;

    peer_begin(&request, PEER_CON, PEER_POST, ++peer.mid, NULL, 0);
    peer_option(&request, &last, PEER_URI_PATH, "rd", 2);
    put_format(&request, &last, format);
    peer_split(&request, &last, PEER_URI_QUERY, "ep=x&lt=60&lwm2m=1.1", '&');
    peer_payload(&request, payload->bytes, payload->length);
    peer_emit(&request);
    peer_next_sent(&answer);
    CU_ASSERT_EQUAL(answer.mid, peer.mid);
    return answer.code;
}

static void register_with(const struct payload *payload, size_t index)
{
    const unsigned code = enrol(payload, LINK_FORMAT);

    (void)index;
    if (code != COAP_CODE(4, 0)) {
        (void)fprintf(stderr, "  %s: %u.%02u\n", payload->id, code >> 5,
                      code & 31);
    }
    CU_ASSERT_EQUAL(code, COAP_CODE(4, 0));
    if (payload->format != LINK_FORMAT) {
        CU_ASSERT_EQUAL(enrol(payload, payload->format), COAP_CODE(4, 15));
    }
}

static void object_lists_are_refused_with_the_reason(void)
{
    size_t reasons = 0;

    CU_ASSERT_EQUAL(each("link_format_malformed", register_with),
                    MALFORMED_LISTS);
    CU_ASSERT_EQUAL(each("malformed", register_with), MALFORMED);
    for (size_t i = 0; i < peer.count; i++) {
        reasons += peer.records[i].kind == SERVER_REFUSE &&
                   peer.records[i].text[0] != '\0';
    }
    CU_ASSERT_EQUAL(reasons, MALFORMED_LISTS + 2 * MALFORMED);
    CU_ASSERT_EQUAL(peer_count_of(SERVER_REGISTER), 0);
    peer_enrol(PEER_QUERY);
}

static CU_TestInfo tests[] = {
    { "answers", answers_arrive_as_they_are },
    { "notifications", notifications_arrive_as_they_are },
    { "lists", object_lists_are_refused_with_the_reason },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    vectors = load();
    if (vectors == NULL) {
        (void)fprintf(stderr, "no vectors\n");
        return 1;
    }
    const int result = peer_run("malformed vectors over the wire", tests);
    cJSON_Delete(vectors);
    return result;
}
