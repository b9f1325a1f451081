/* SPDX-License-Identifier: Apache-2.0 */
/* What the device makes of the operations of LwM2M 1.0 to 1.2, without its
 * network. Spec: lwm2m-core.md, sections 3, 4.3 and 10. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_bench.h"

enum { NONE = -1 };
enum { TEXT = 0, LINK = 40, CBOR = 60, JSON = 110, SENML_CBOR = 112 };
enum { ETCH = 320, TLV = 11542, OLD_JSON = 11543, LWM2M_CBOR = 11544 };

static struct bench bench;

/** A request and what comes of it. */
struct row {
    char method; /* g GET, p PUT, o POST, d DELETE, f FETCH, i iPATCH */
    const char *path;
    const char *query;   /* "a&b"; "" for none */
    int format;          /* of the payload, or NONE */
    int accept;          /* or NONE */
    const char *payload; /* "" for none */
    unsigned code;       /* 205 is 2.05 */
    const char *content; /* of the answer; NULL: whatever it is */
};

static void add(struct message *message, uint16_t number, const void *bytes,
                size_t length)
{
    message->options[message->option_count++] =
        (struct message_option){ number, bytes, length };
}

static uint8_t method_of(char letter)
{
    static const char letters[] = "gopdf?i";

    return (uint8_t)(strchr(letters, letter) - letters + METHOD_GET);
}

static void answer_fetch(const struct message *message, struct answer *answer)
{
    struct lwm2m_path *paths = NULL;
    size_t count = 0;

    answer->code = objects_fetch_paths(&bench.objects, message, &paths, &count);
    if (answer->code != 0) {
        return;
    }
    int format = objects_fetch_format(&bench.objects, message);
    if (format == CONTENT_FORMAT_NONE) {
        answer->code = CODE(4, 6);
    } else {
        objects_fetch(&bench.objects, paths, count, format, answer);
    }
    free(paths);
}

static void dispatch(const struct row *row, const struct message *message,
                     struct answer *answer)
{
    struct lwm2m_path path = { .depth = 0 };
    enum status status =
        lwm2m_path_parse(row->path, strlen(row->path), &path, NULL);

    CU_ASSERT_EQUAL_FATAL(status, STATUS_OK);
    switch (row->method) {
    case 'g':
        if (row->accept == LINK && row->query[0] != '\0') {
            objects_discover(&bench.objects, &path,
                             (uint32_t)(row->query[6] - '0'), answer);
        } else {
            objects_get(&bench.objects, &path, row->accept, answer);
        }
        break;
    case 'f':
        answer_fetch(message, answer);
        break;
    case 'i':
        answer->code = objects_patch(&bench.objects, message);
        break;
    default:
        objects_change(&bench.objects, message, &path, bench.now_ms, answer);
        break;
    }
}

static bool holds(const struct answer *answer, const char *content)
{
    size_t length = answer->payload.length;

    return content == NULL ||
           (strlen(content) == length &&
            (length == 0 ||
             memcmp(content, answer->payload.bytes, length) == 0));
}

static void check(const char *story, size_t index, const struct row *row)
{
    struct answer answer = { .content_format = CONTENT_FORMAT_NONE };
    struct message message = { .type = TYPE_CON,
                               .code = method_of(row->method),
                               .payload = (const uint8_t *)row->payload,
                               .payload_length = strlen(row->payload) };
    const uint8_t format[2] = { (uint8_t)(row->format >> 8),
                                (uint8_t)row->format };
    const uint8_t accept[2] = { (uint8_t)(row->accept >> 8),
                                (uint8_t)row->accept };

    if (row->format != NONE) {
        add(&message, OPTION_CONTENT_FORMAT, format, sizeof(format));
    }
    for (const char *at = row->query; *at != '\0';) {
        size_t length = strcspn(at, "&");
        add(&message, OPTION_URI_QUERY, at, length);
        at += length + (at[length] == '&' ? 1 : 0);
    }
    if (row->accept != NONE) {
        add(&message, OPTION_ACCEPT, accept, sizeof(accept));
    }
    dispatch(row, &message, &answer);
    unsigned code = (answer.code >> 5) * 100u + (answer.code & 31u);
    if (code != row->code || !holds(&answer, row->content)) {
        CU_FAIL("another answer");
        fprintf(stderr, "%s, row %zu (%c %s): %u '%.*s'\n", story, index,
                row->method, row->path, code, (int)answer.payload.length,
                answer.payload.bytes != NULL
                    ? (const char *)answer.payload.bytes
                    : "");
    }
    byte_buffer_release(&answer.payload);
}

static void play(const char *story, unsigned version, const struct row *rows,
                 size_t count)
{
    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
    bench.objects.version = version;
    bench.objects.has_battery = true;
    portfolio_open(&bench.objects.portfolio);
    for (size_t i = 0; i < count; i++) {
        check(story, i, &rows[i]);
    }
}

#define PLAY(version, rows)                                                    \
    play(__func__, version, rows, sizeof(rows) / sizeof((rows)[0]))

/* clang-format off */
static void array_of_a_resource_is_replaced_merged_and_deleted(void)
{
    static const struct row rows[] = {
        { 'g', "/16/0/0", "", NONE, LINK, "", 205,
          "</16/0/0>;dim=2,</16/0/0/0>,</16/0/0/1>" },
        { 'g', "/16/0/0/1", "", NONE, TEXT, "", 205, "maker" },
        { 'g', "/16/0/0/7", "", NONE, TEXT, "", 404, "" },
        { 'p', "/16/0/0/1", "", TEXT, NONE, "acme", 204, "" },
        { 'g', "/16/0/0/1", "", NONE, TEXT, "", 205, "acme" },
        { 'p', "/16/0/0/7", "", TEXT, NONE, "x", 404, "" },
        { 'o', "/16/0", "", JSON, NONE,
          "[{\"n\":\"/16/0/0/5\",\"vs\":\"model\"}]", 204, "" },
        { 'o', "/16/0/0", "", JSON, NONE,
          "[{\"n\":\"/16/0/0/6\",\"vs\":\"more\"}]", 204, "" },
        { 'g', "/16/0/0", "depth=0", NONE, LINK, "", 205, "</16/0/0>;dim=4" },
        { 'p', "/16/0/0", "", JSON, NONE,
          "[{\"n\":\"/16/0/0/2\",\"vs\":\"one\"}]", 204, "" },
        { 'g', "/16/0/0", "", NONE, LINK, "", 205,
          "</16/0/0>;dim=1,</16/0/0/2>" },
        { 'd', "/16/0/0/2", "", NONE, NONE, "", 202, "" },
        { 'd', "/16/0/0/2", "", NONE, NONE, "", 404, "" },
        { 'd', "/16/0/0", "", NONE, NONE, "", 405, "" },
    };

    PLAY(12, rows);
    bench_close(&bench);
}

static void instances_are_created_and_deleted(void)
{
    static const struct row rows[] = {
        { 'o', "/16", "", JSON, NONE,
          "[{\"n\":\"/16/3/0/0\",\"vs\":\"x\"}]", 201, "" },
        { 'g', "/16/3/0/0", "", NONE, TEXT, "", 205, "x" },
        { 'o', "/16", "", JSON, NONE,
          "[{\"n\":\"/16/3/0/0\",\"vs\":\"y\"}]", 400, "" },
        { 'g', "/16/3/0/0", "", NONE, TEXT, "", 205, "x" },
        { 'o', "/16", "", JSON, NONE, "[{\"n\":\"/16/4/0/0\",\"vs\":\"a\"},"
          "{\"n\":\"/16/5/0/0\",\"vs\":\"b\"}]", 400, "" },
        { 'o', "/16", "", JSON, NONE, "", 400, "" },
        /* TLV without an Instance: the lowest free ID */
        { 'o', "/16", "", TLV, NONE, "\x84\x20\x42\x20x", 400, "" },
        { 'g', "/16", "depth=1", NONE, LINK, "", 205,
          "</16>,</16/0>,</16/3>" },
        { 'd', "/16/3", "", NONE, NONE, "", 202, "" },
        { 'g', "/16/3", "", NONE, NONE, "", 404, "" },
        { 'd', "/16/3", "", NONE, NONE, "", 404, "" },
        { 'd', "/16", "", NONE, NONE, "", 405, "" },
        { 'o', "/3", "", JSON, NONE, "[{\"n\":\"/3/1/14\",\"vs\":\"x\"}]", 405,
          "" },
        { 'd', "/3/0", "", NONE, NONE, "", 405, "" },
    };

    PLAY(12, rows);
    CU_ASSERT_TRUE(bench.objects.has_new_list);
    CU_ASSERT_TRUE(bench.objects.wants_update);
    bench_close(&bench);
}

static void composites_read_what_is_there_and_write_all_or_nothing(void)
{
    static const struct row rows[] = {
        { 'f', "/", "", JSON, JSON, "[{\"n\":\"/3/0/0\"},{\"n\":\"/3/0/99\"},"
          "{\"n\":\"/3/0/4\"},{\"n\":\"/33629/9\"},{\"n\":\"/1/0/1\"}]", 205,
          "[{\"n\":\"/3/0/0\",\"vs\":\"Assay\"},"
          "{\"n\":\"/1/0/1\",\"v\":300}]" },
        { 'f', "/", "", ETCH, JSON, "[{\"n\":\"/16/0/0/1\"}]", 205,
          "[{\"n\":\"/16/0/0/1\",\"vs\":\"maker\"}]" },
        { 'f', "/", "", JSON, JSON, "[{\"n\":\"/1/0/1\"},{\"n\":\"/1/0/1\"}]",
          205, "[{\"n\":\"/1/0/1\",\"v\":300}]" },
        { 'f', "/", "", JSON, LWM2M_CBOR, "[{\"n\":\"/1/0/6\"}]", 205, NULL },
        { 'f', "/", "", JSON, TLV, "[{\"n\":\"/1/0/6\"}]", 406, "" },
        { 'f', "/", "", TLV, JSON, "x", 415, "" },
        { 'f', "/", "", JSON, JSON, "[{\"n\":\"/0/0/0\"}]", 401, "" },
        { 'f', "/", "", JSON, JSON, "[{\"n\":", 400, "" },
        { 'i', "/", "", JSON, NONE, "[{\"n\":\"/1/0/1\",\"v\":60},"
          "{\"n\":\"/16/0/0/4\",\"vs\":\"a\"}]", 204, "" },
        { 'f', "/", "", JSON, JSON,
          "[{\"n\":\"/1/0/1\"},{\"n\":\"/16/0/0/4\"}]", 205,
          "[{\"n\":\"/1/0/1\",\"v\":60},"
          "{\"n\":\"/16/0/0/4\",\"vs\":\"a\"}]" },
        { 'i', "/", "", JSON, NONE, "[{\"n\":\"/1/0/1\",\"v\":70},"
          "{\"n\":\"/3/0/0\",\"vs\":\"x\"}]", 405, "" },
        { 'i', "/", "", JSON, NONE, "[{\"n\":\"/1/0/1\",\"v\":70},"
          "{\"n\":\"/16/9/0/0\",\"vs\":\"x\"}]", 404, "" },
        { 'i', "/", "", JSON, NONE, "[{\"n\":\"/1/0/1\",\"v\":70},"
          "{\"n\":\"/0/0/0\",\"vs\":\"x\"}]", 401, "" },
        { 'i', "/", "", TLV, NONE, "x", 415, "" },
        { 'g', "/1/0/1", "", NONE, TEXT, "", 205, "60" },
        { 'i', "/", "", ETCH, NONE, "[{\"n\":\"/16/0/0/4\",\"v\":null}]", 204,
          "" },
        { 'i', "/", "", ETCH, NONE, "[{\"n\":\"/16/0/0/4\",\"v\":null}]", 404,
          "" },
    };

    PLAY(12, rows);
    bench_close(&bench);
}

static void versions_differ_in_what_they_know(void)
{
    static const struct row old[] = {
        { 'g', "/16/0/0/1", "", NONE, TLV, "", 405, "" },
        { 'f', "/", "", JSON, JSON, "[{\"n\":\"/3/0/0\"}]", 405, "" },
        { 'g', "/1/0/1", "", NONE, JSON, "", 406, "" },
        { 'g', "/1/0/1", "", NONE, OLD_JSON, "", 205, NULL },
        { 'p', "/1/0/1", "", JSON, NONE, "[]", 415, "" },
        { 'g', "/1/0/23", "", NONE, TEXT, "", 404, "" },
        { 'g', "/16/0/0", "", NONE, LINK, "", 205, "</16/0/0>;dim=2" },
        { 'p', "/1/0/1", "epmin=1", NONE, NONE, "", 400, "" },
    };
    static const struct row middle[] = {
        { 'd', "/16/0/0/1", "", NONE, NONE, "", 405, "" },
        { 'o', "/16/0/0", "", JSON, NONE, "[]", 405, "" },
        { 'f', "/", "", ETCH, JSON, "[{\"n\":\"/3/0/0\"}]", 415, "" },
        { 'g', "/1/0/1", "", NONE, LWM2M_CBOR, "", 406, "" },
        { 'g', "/1/0/1", "", NONE, CBOR, "", 205, "\x19\x01\x2c" },
        { 'g', "/1/0/1", "", NONE, OLD_JSON, "", 406, "" },
        { 'g', "/1/0/23", "", NONE, TEXT, "", 205, "0" },
        { 'g', "/16", "depth=0", NONE, LINK, "", 205,
          "</16>,</16/0>,</16/0/0>;dim=2" },
        { 'p', "/1/0/6", "edge=1", NONE, NONE, "", 400, "" },
    };

    PLAY(10, old);
    bench_close(&bench);
    PLAY(11, middle);
    bench_close(&bench);
}

static void server_object_is_written_and_executed(void)
{
    static const struct row rows[] = {
        { 'p', "/1/0/0", "", TEXT, NONE, "2", 405, "" },
        { 'p', "/1/0/1", "", TEXT, NONE, "abc", 400, "" },
        { 'p', "/1/0/1", "", TEXT, NONE, "0", 400, "" },
        { 'p', "/1/0/7", "", TEXT, NONE, "X", 400, "" },
        { 'p', "/1/0/7", "", TEXT, NONE, "UT", 204, "" },
        { 'o', "/1/0", "", JSON, NONE, "[{\"n\":\"/1/0/1\",\"v\":50},"
          "{\"n\":\"/1/0/0\",\"v\":3}]", 405, "" },
        { 'g', "/1/0/1", "", NONE, TEXT, "", 205, "300" },
        { 'o', "/1/0", "", JSON, NONE, "[{\"n\":\"/1/0/2\",\"v\":3},"
          "{\"n\":\"/1/0/5\",\"v\":9},{\"n\":\"/1/0/77\",\"v\":1}]", 204, "" },
        { 'o', "/1/0", "", JSON, NONE, "[{\"n\":\"/1/0/3\",\"v\":8}]", 204,
          "" },
        { 'g', "/1/0/2", "", NONE, TEXT, "", 205, "3" },
        { 'p', "/1/0", "", JSON, NONE, "[{\"n\":\"/1/0/3\",\"v\":7}]", 204,
          "" },
        { 'g', "/1/0/2", "", NONE, TEXT, "", 205, "0" },
        { 'g', "/1/0/3", "", NONE, TEXT, "", 205, "7" },
        { 'g', "/1/0/5", "", NONE, TEXT, "", 205, "86400" },
        { 'g', "/1/0/7", "", NONE, TEXT, "", 205, "UT" },
        { 'o', "/1/0/8", "", TEXT, NONE, "0='T'", 400, "" },
        { 'o', "/1/0/4", "", TEXT, NONE, "0", 400, "" },
    };
    static const struct row update[] = {
        { 'o', "/1/0/8", "", TEXT, NONE, "0='U'", 204, "" },
    };
    static const struct row lifetime[] = {
        { 'p', "/1/0/1", "", TEXT, NONE, "20", 204, "" },
        { 'o', "/1/0/4", "", NONE, NONE, "", 204, "" },
    };

    PLAY(11, rows);
    CU_ASSERT_FALSE(bench.objects.wants_update);
    CU_ASSERT_FALSE(bench.objects.wants_disable);
    bench_close(&bench);
    PLAY(11, update);
    CU_ASSERT_TRUE(bench.objects.wants_update);
    CU_ASSERT_FALSE(bench.objects.has_new_lifetime);
    bench_close(&bench);
    PLAY(11, lifetime);
    CU_ASSERT_TRUE(bench.objects.wants_update);
    CU_ASSERT_TRUE(bench.objects.has_new_lifetime);
    CU_ASSERT_TRUE(bench.objects.wants_disable);
    CU_ASSERT_EQUAL(bench.objects.server.lifetime_s, 20);
    bench_close(&bench);
}

static void attributes_are_written_unset_and_discovered(void)
{
    static const struct row rows[] = {
        { 'p', "/3", "pmin=10", NONE, NONE, "", 204, "" },
        { 'p', "/3/0", "pmax=60", NONE, NONE, "", 204, "" },
        { 'p', "/3/0/7", "lt=42.2&gt=50", NONE, NONE, "", 204, "" },
        { 'p', "/3/0/7/1", "lt=45", NONE, NONE, "", 204, "" },
        { 'g', "/3/0/7", "", NONE, LINK, "", 205,
          "</3/0/7>;dim=2;pmin=10;pmax=60;gt=50;lt=42.2,</3/0/7/0>,"
          "</3/0/7/1>;lt=45" },
        { 'g', "/3/0/9", "", NONE, LINK, "", 205,
          "</3/0/9>;pmin=10;pmax=60" },
        { 'g', "/3", "depth=1", NONE, LINK, "", 205,
          "</3>;pmin=10,</3/0>;pmax=60" },
        { 'p', "/3/0/9", "pmin=5&con=1", NONE, NONE, "", 204, "" },
        { 'p', "/3/0/9", "pmin", NONE, NONE, "", 204, "" },
        { 'g', "/3/0/9", "", NONE, LINK, "", 205,
          "</3/0/9>;pmin=10;pmax=60;con=1" },
        { 'p', "/3/0/9", "", NONE, NONE, "", 400, "" },
        { 'p', "/3/0/9", "gt=5&lt=6", NONE, NONE, "", 400, "" },
        { 'p', "/3/0/9", "gt=5", NONE, NONE, "", 204, "" },
        { 'p', "/3/0/9", "lt=6", NONE, NONE, "", 204, "" },
        { 'p', "/3/0/9", "pmin=2&dim=3", NONE, NONE, "", 400, "" },
        { 'g', "/3/0/9", "", NONE, LINK, "", 205,
          "</3/0/9>;pmin=10;pmax=60;gt=5;lt=6;con=1" },
        { 'p', "/3/0/4", "pmin=2", NONE, NONE, "", 400, "" },
        { 'p', "/3/0/0", "gt=2", NONE, NONE, "", 400, "" },
        { 'p', "/3/0/99", "pmin=2", NONE, NONE, "", 404, "" },
        { 'p', "/3/1", "pmin=2", NONE, NONE, "", 404, "" },
        { 'p', "/77", "pmin=2", NONE, NONE, "", 404, "" },
        { 'p', "/1/0/6", "edge=1", NONE, NONE, "", 204, "" },
        { 'p', "/1/0/2", "pmin=20&pmax=5", NONE, NONE, "", 204, "" },
    };

    PLAY(12, rows);
    bench_close(&bench);
}
/* clang-format on */

static void plain_device_speaks_the_formats_of_its_version(void)
{
    static const struct {
        unsigned version;
        int accepts[6]; /* of /1/0/1 */
        int chooses;    /* for /1/0, without Accept */
    } rows[] = {
        { 10, { TEXT, TLV, OLD_JSON, NONE }, TLV },
        { 11, { TEXT, TLV, CBOR, JSON, SENML_CBOR, NONE }, SENML_CBOR },
        { 12, { TEXT, TLV, CBOR, JSON, SENML_CBOR, LWM2M_CBOR }, LWM2M_CBOR },
    };
    const struct lwm2m_path lifetime = lwm2m_path_resource(1, 0, 1);
    const struct lwm2m_path server = lwm2m_path_instance(1, 0);

    CU_ASSERT_TRUE_FATAL(bench_open(&bench, NULL, MUTANT_NONE));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bench.objects.version = rows[i].version;
        for (size_t j = 0; j < 6 && rows[i].accepts[j] != NONE; j++) {
            struct answer answer = { .content_format = NONE };
            objects_get(&bench.objects, &lifetime, rows[i].accepts[j], &answer);
            CU_ASSERT_EQUAL(answer.code, CODE(2, 5));
            CU_ASSERT_EQUAL(answer.content_format, rows[i].accepts[j]);
            byte_buffer_release(&answer.payload);
        }
        struct answer answer = { .content_format = NONE };
        objects_get(&bench.objects, &server, NONE, &answer);
        CU_ASSERT_EQUAL(answer.content_format, rows[i].chooses);
        byte_buffer_release(&answer.payload);
    }
    bench_close(&bench);
}

static CU_TestInfo tests[] = {
    { "array", array_of_a_resource_is_replaced_merged_and_deleted },
    { "instances", instances_are_created_and_deleted },
    { "composite", composites_read_what_is_there_and_write_all_or_nothing },
    { "versions", versions_differ_in_what_they_know },
    { "server object", server_object_is_written_and_executed },
    { "attributes", attributes_are_written_unset_and_discovered },
    { "formats", plain_device_speaks_the_formats_of_its_version },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "operations", NULL, NULL, NULL, NULL, tests },
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
