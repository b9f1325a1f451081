/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "server/event.h"
#include "server/registration/registry.h"

enum { OPTIONS_MAX = 12 };

#define LINKS "</1/0>,</3/0>"

static struct {
    struct registry *registry;
    struct registry_result result;
} fixture;

static void set_up(void)
{
    fixture.registry = registry_new(1);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.registry);
}

static void tear_down(void)
{
    registry_free(fixture.registry);
    fixture.registry = NULL;
}

/** "a=1&b" as options, one per part; an empty part is an empty option. */
static size_t split(const char *query, struct query_option *options)
{
    size_t count = 0;

    while (query != NULL && count < OPTIONS_MAX) {
        const char *end = strchr(query, '&');
        options[count++] =
            (struct query_option){ (const uint8_t *)query,
                                   end != NULL ? (size_t)(end - query)
                                               : strlen(query) };
        query = end != NULL ? end + 1 : NULL;
    }
    return count;
}

static struct registry_message message(const char *query, int content_format,
                                       const char *links,
                                       struct query_option *options)
{
    return (struct registry_message){
        .options = options,
        .option_count = split(query, options),
        .content_format = content_format,
        .payload = (const uint8_t *)links,
        .payload_length = links != NULL ? strlen(links) : 0,
    };
}

static uint8_t enrol(const char *query, int content_format, const char *links,
                     uint64_t now_ms)
{
    struct query_option options[OPTIONS_MAX];
    const struct registry_message sent =
        message(query, content_format, links, options);

    registry_register(fixture.registry, &sent, now_ms, &fixture.result);
    registration_free(fixture.result.replaced);
    fixture.result.replaced = NULL;
    return fixture.result.code;
}

static uint8_t update(const char *location, const char *query,
                      const char *links, uint64_t now_ms)
{
    struct query_option options[OPTIONS_MAX];
    const struct registry_message sent = message(
        query, links != NULL ? CONTENT_FORMAT_LINK : CONTENT_FORMAT_NONE, links,
        options);

    registry_update(fixture.registry, location, &sent, now_ms, &fixture.result);
    return fixture.result.code;
}

/* lwm2m-core.md 2.1, 2.3. */
static void register_answers_with_the_codes_of_the_closed_list(void)
{
    static const struct {
        const char *query;
        int content_format;
        const char *links;
        uint8_t code;
        bool has_remark;
    } rows[] = {
        { "ep=a&lt=60&lwm2m=1.0&b=UQ", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=60&lwm2m=1.1&b=U&Q", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=60&lwm2m=1.2", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=0&lwm2m=1.2", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=0&lwm2m=1.1", 40, LINKS, COAP_CODE(2, 1), true }, /* A11 */
        { "ep=a&lt=60&lwm2m=1.1&x=1", 40, LINKS, COAP_CODE(2, 1), true },
        { "ep=a&lt=60&lwm2m=1.1", -1, LINKS, COAP_CODE(2, 1), true },
        { "lt=60&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=&lt=60&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep&lt=60&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&ep=a&lt=60&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=6x&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=-1&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=+1&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=4294967296&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=6&lt=6&lwm2m=1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1.1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.3", 40, LINKS, COAP_CODE(4, 12), false },
        { "ep=a&lt=60&lwm2m=2.0", 40, LINKS, COAP_CODE(4, 12), false },
        { "ep=a&lt=60&lwm2m=1.1&b=", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1&b=X", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1&Q=1", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1&Q&Q", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.0&Q", 40, LINKS, COAP_CODE(2, 1), true },
        { "ep=a&lt=60&lwm2m=1.1&sms=43", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=60&lwm2m=1.1&sms=+43", 40, LINKS, COAP_CODE(2, 1), true },
        { "ep=a&lt=60&lwm2m=1.2&sms=a@b", 40, LINKS, COAP_CODE(2, 1), false },
        { "ep=a&lt=60&lwm2m=1.1&sms=1&sms=2", 40, LINKS, COAP_CODE(4, 0),
          false },
        { "ep=a&lt=60&lwm2m=1.1&sms=", 40, LINKS, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1", 40, NULL, COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.2", 40, NULL, COAP_CODE(4, 9), false },
        { "ep=a&lt=60&lwm2m=1.1", 0, LINKS, COAP_CODE(4, 15), false }, /*A12*/
        { "ep=a&lt=60&lwm2m=1.1", 40, "</1/0", COAP_CODE(4, 0), false },
        { "ep=a&lt=60&lwm2m=1.1", 40, "nonsense", COAP_CODE(4, 0), false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_up();
        const uint8_t code =
            enrol(rows[i].query, rows[i].content_format, rows[i].links, 0);
        const bool refused = code >> 5 != 2;
        if (code != rows[i].code) {
            (void)fprintf(stderr, "%s: got %u.%02u\n", rows[i].query,
                          (unsigned)code >> 5, code & 0x1fU);
        }
        CU_ASSERT_EQUAL(code, rows[i].code);
        CU_ASSERT_EQUAL(fixture.result.registration == NULL, refused);
        CU_ASSERT_EQUAL(fixture.result.why[0] != '\0', refused);
        CU_ASSERT_EQUAL(fixture.result.parameters.remarks[0] != '\0',
                        rows[i].has_remark);
        CU_ASSERT_EQUAL(registry_first(fixture.registry) == NULL, refused);
        tear_down();
    }
}

static void second_register_replaces_with_a_new_location(void)
{
    char location[sizeof(fixture.result.registration->location)];

    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=60&lwm2m=1.1", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    memcpy(location, fixture.result.registration->location, sizeof(location));
    CU_ASSERT_EQUAL(strncmp(location, "/rd/", 4), 0);
    CU_ASSERT_EQUAL(enrol("ep=a&lt=60&lwm2m=1.1", 40, LINKS, 1),
                    COAP_CODE(2, 1));
    CU_ASSERT_STRING_NOT_EQUAL(fixture.result.registration->location, location);
    CU_ASSERT_PTR_NULL(registry_at(fixture.registry, location));
    CU_ASSERT_EQUAL(update(location, NULL, NULL, 2), COAP_CODE(4, 4));
    CU_ASSERT_PTR_NULL(registry_first(fixture.registry)->next);
    tear_down();
}

static void update_restarts_the_lifetime(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    const struct registration *row = fixture.result.registration;
    CU_ASSERT_EQUAL(update(row->location, NULL, NULL, 9999), COAP_CODE(2, 4));
    CU_ASSERT_PTR_NULL(registry_expired(fixture.registry, 19998));
    CU_ASSERT_PTR_EQUAL(registry_expired(fixture.registry, 19999), row);
    CU_ASSERT_EQUAL(update(row->location, "lt=100", NULL, 10000),
                    COAP_CODE(2, 4));
    CU_ASSERT_PTR_NULL(registry_expired(fixture.registry, 109999));
    CU_ASSERT_PTR_EQUAL(registry_expired(fixture.registry, 110000), row);
    tear_down();
}

static void disowned_device_is_unknown_to_its_next_update_only(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    struct registration *row = fixture.result.registration;
    row->is_disowned = true;
    CU_ASSERT_EQUAL(update(row->location, "lt=99", NULL, 10), COAP_CODE(4, 4));
    CU_ASSERT_STRING_EQUAL(fixture.result.endpoint, "a");
    CU_ASSERT_PTR_NULL(fixture.result.registration);
    CU_ASSERT_EQUAL(row->lifetime_s, 10);
    CU_ASSERT_EQUAL(update(row->location, "lt=99", NULL, 20), COAP_CODE(2, 4));
    CU_ASSERT_EQUAL(row->lifetime_s, 99);
    tear_down();
}

static void refused_update_changes_nothing(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1&b=U", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    const struct registration *row = fixture.result.registration;
    CU_ASSERT_EQUAL(update(row->location, "lt=x", NULL, 5000), COAP_CODE(4, 0));
    CU_ASSERT_EQUAL(update(row->location, "lt=99&b=UT", "</1/0", 5000),
                    COAP_CODE(4, 0));
    CU_ASSERT_EQUAL(row->lifetime_s, 10);
    CU_ASSERT_STRING_EQUAL(row->binding, "U");
    CU_ASSERT_PTR_EQUAL(registry_expired(fixture.registry, 10000), row);
    tear_down();
}

static void list_of_an_update_in_another_format_is_refused(void)
{
    struct query_option options[OPTIONS_MAX];
    struct registry_message sent = message("lt=99", 0, LINKS, options);

    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    const struct registration *row = fixture.result.registration;
    registry_update(fixture.registry, row->location, &sent, 5000,
                    &fixture.result);
    CU_ASSERT_EQUAL(fixture.result.code, COAP_CODE(4, 15));
    CU_ASSERT_EQUAL(row->lifetime_s, 10);
    sent.payload_length = 0; /* a format of nothing */
    registry_update(fixture.registry, row->location, &sent, 5000,
                    &fixture.result);
    CU_ASSERT_EQUAL(fixture.result.code, COAP_CODE(2, 4));
    tear_down();
}

static void message_that_is_not_confirmable_is_taken_with_a_remark(void)
{
    struct query_option options[OPTIONS_MAX];
    struct registry_message sent =
        message("ep=a&lt=10&lwm2m=1.1", 40, LINKS, options);

    set_up();
    sent.is_non = true;
    registry_register(fixture.registry, &sent, 0, &fixture.result);
    CU_ASSERT_EQUAL(fixture.result.code, COAP_CODE(2, 1));
    CU_ASSERT_STRING_EQUAL(fixture.result.parameters.remarks,
                           "not in a Confirmable message");
    sent.option_count = 0;
    sent.payload_length = 0;
    registry_update(fixture.registry, fixture.result.registration->location,
                    &sent, 1, &fixture.result);
    CU_ASSERT_EQUAL(fixture.result.code, COAP_CODE(2, 4));
    CU_ASSERT_STRING_EQUAL(fixture.result.parameters.remarks,
                           "not in a Confirmable message");
    tear_down();
}

static void alternate_path_survives_an_update_without_root_link(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1", 40,
                          "</lwm2m>;rt=\"oma.lwm2m\",</lwm2m/1/0>,"
                          "</lwm2m/3/0>",
                          0),
                    COAP_CODE(2, 1));
    const struct registration *row = fixture.result.registration;
    CU_ASSERT_STRING_EQUAL(row->root, "/lwm2m");
    CU_ASSERT_EQUAL(update(row->location, NULL, NULL, 1), COAP_CODE(2, 4));
    CU_ASSERT_STRING_EQUAL(row->root, "/lwm2m");
    CU_ASSERT_EQUAL(update(row->location, NULL, "</lwm2m/1/0>,</lwm2m/3/0>", 2),
                    COAP_CODE(2, 4));
    CU_ASSERT_STRING_EQUAL(row->root, "/lwm2m");
    tear_down();
}

static void list_that_names_no_root_means_the_plain_one(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=10&lwm2m=1.1", 40, "</x/1/0>", 0),
                    COAP_CODE(2, 1));
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.result.registration);
    CU_ASSERT_STRING_EQUAL(fixture.result.registration->root, "");
    tear_down();
}

static void infinite_lifetime_never_expires(void)
{
    set_up();
    CU_ASSERT_EQUAL(enrol("ep=a&lt=0&lwm2m=1.2", 40, LINKS, 0),
                    COAP_CODE(2, 1));
    CU_ASSERT_PTR_NULL(registry_expired(fixture.registry, UINT64_MAX - 1));
    tear_down();
}

static CU_TestInfo tests[] = {
    { "codes", register_answers_with_the_codes_of_the_closed_list },
    { "replacement", second_register_replaces_with_a_new_location },
    { "lifetime", update_restarts_the_lifetime },
    { "disowned", disowned_device_is_unknown_to_its_next_update_only },
    { "refused update", refused_update_changes_nothing },
    { "list of an Update in another format",
      list_of_an_update_in_another_format_is_refused },
    { "not confirmable",
      message_that_is_not_confirmable_is_taken_with_a_remark },
    { "alternate path", alternate_path_survives_an_update_without_root_link },
    { "no root named", list_that_names_no_root_means_the_plain_one },
    { "infinite", infinite_lifetime_never_expires },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "registry", NULL, NULL, NULL, NULL, tests },
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
