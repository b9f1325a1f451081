/* SPDX-License-Identifier: Apache-2.0 */

/* Each named limit of the registration interface: what fits, and one more. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/event.h"
#include "server/registration/registry.h"
#include "server/server.h"

enum { OPTIONS_MAX = PARAMETERS_MAX + 1, TEXT_SIZE = 2 * 1024 * 1024 };

static struct {
    struct registry *registry;
    struct registry_result result;
    struct query_option options[OPTIONS_MAX];
    size_t count;
    char *text; /* one long parameter or Object list */
} fixture;

static void set_up(void)
{
    fixture.registry = registry_new(1);
    fixture.text = malloc(TEXT_SIZE);
    fixture.count = 0;
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.registry);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.text);
}

static void tear_down(void)
{
    registry_free(fixture.registry);
    free(fixture.text);
}

static void option(const char *text)
{
    CU_ASSERT_FATAL(fixture.count < OPTIONS_MAX);
    fixture.options[fixture.count++] =
        (struct query_option){ (const uint8_t *)text, strlen(text) };
}

static uint8_t enrol(const char *links)
{
    const struct registry_message message = {
        .options = fixture.options,
        .option_count = fixture.count,
        .content_format = CONTENT_FORMAT_LINK,
        .payload = (const uint8_t *)links,
        .payload_length = strlen(links),
    };

    registry_register(fixture.registry, &message, 0, &fixture.result);
    registration_free(fixture.result.replaced);
    CU_ASSERT_EQUAL(fixture.result.registration != NULL,
                    fixture.result.code == COAP_CODE(2, 1));
    return fixture.result.code;
}

static const char *repeated(const char *first, char letter, size_t length)
{
    size_t used = strlen(first);

    memcpy(fixture.text, first, used);
    memset(fixture.text + used, letter, length);
    fixture.text[used + length] = '\0';
    return fixture.text;
}

static void register_takes_so_many_parameters(void)
{
    option("ep=a");
    option("lt=1");
    option("lwm2m=1.1");
    while (fixture.count < PARAMETERS_MAX) {
        option("x=1");
    }
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(2, 1));
    /* The remarks about them are cut, not longer than their room. */
    CU_ASSERT_EQUAL(strlen(fixture.result.parameters.remarks),
                    REMARKS_SIZE - 1);
    option("x=1");
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(4, 0));
    CU_ASSERT_STRING_EQUAL(fixture.result.why, "65 parameters");
}

static void endpoint_name_has_so_many_bytes(void)
{
    option("lt=1");
    option("lwm2m=1.1");
    option(repeated("ep=", 'e', SERVER_ENDPOINT_MAX));
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(2, 1));
    CU_ASSERT_EQUAL(strlen(fixture.result.registration->endpoint),
                    SERVER_ENDPOINT_MAX);
    fixture.count--;
    option(repeated("ep=", 'e', SERVER_ENDPOINT_MAX + 1));
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(4, 0));
    CU_ASSERT_STRING_EQUAL(fixture.result.why, "parameter 'ep' is unusable");
}

static void object_list_has_so_many_bytes(void)
{
    static const char first[] = "</1/0>,</";

    option("ep=a");
    option("lt=1");
    option("lwm2m=1.1");
    for (size_t more = 0; more < 2; more++) {
        size_t length = REGISTRY_LINKS_MAX - (sizeof(first) - 1) - 1 + more;
        (void)repeated(first, 'a', length);
        size_t end = strlen(fixture.text);
        memcpy(fixture.text + end, ">", 2);
        CU_ASSERT_EQUAL(enrol(fixture.text),
                        more == 0 ? COAP_CODE(2, 1) : COAP_CODE(4, 0));
    }
    CU_ASSERT_STRING_EQUAL(fixture.result.why,
                           "an Object list of 1048577 bytes");
}

static void numbers_of_parameters_end_where_they_should(void)
{
    static const struct {
        const char *text;
        uint8_t code;
    } rows[] = {
        { "lt=4294967295", COAP_CODE(2, 1) },
        { "lt=4294967296", COAP_CODE(4, 0) },
        { "lt=18446744073709551617", COAP_CODE(4, 0) },
        { "b=UUUUUUUUUUUUUUUU", COAP_CODE(2, 1) },
        { "b=UUUUUUUUUUUUUUUUU", COAP_CODE(4, 0) },
        { "lwm2m=1000.1000", COAP_CODE(4, 12) },
        { "lwm2m=1001.0", COAP_CODE(4, 0) },
        { "lwm2m=1.1001", COAP_CODE(4, 0) },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fixture.count = 0;
        option("ep=a");
        option(rows[i].text);
        if (rows[i].text[1] != 't') {
            option("lt=1");
        }
        if (rows[i].text[1] != 'w') {
            option("lwm2m=1.1");
        }
        CU_ASSERT_EQUAL(enrol("</1/0>"), rows[i].code);
    }
}

static void registry_has_room_for_so_many_devices(void)
{
    char name[32] = "ep=0";

    option("lt=1");
    option("lwm2m=1.1");
    for (int i = 0; i < SERVER_DEVICES_MAX; i++) {
        fixture.count = 2;
        (void)snprintf(name, sizeof(name), "ep=%d", i); /* fits */
        option(name);
        CU_ASSERT_EQUAL_FATAL(enrol("</1/0>"), COAP_CODE(2, 1));
    }
    fixture.count = 2;
    option("ep=new");
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(5, 0));
    CU_ASSERT_STRING_EQUAL(fixture.result.why, "no room for another device");
    fixture.count = 2;
    option("ep=0"); /* known: replaced in its place */
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(2, 1));
    registration_free(registry_remove(fixture.registry,
                                      fixture.result.registration->location));
    fixture.count = 2;
    option("ep=new");
    CU_ASSERT_EQUAL(enrol("</1/0>"), COAP_CODE(2, 1));
}

/** Every shorter prefix of a parameter is complete or refused. */
static void each_prefix_of_a_version_is_one_or_refused(void)
{
    static const char text[] = "lwm2m=12.34";

    for (size_t length = 0; length < sizeof(text); length++) {
        const struct query_option cut = { (const uint8_t *)text, length };
        struct parameters parameters = { .lifetime_s = 7 };
        enum status status = parameters_parse(&cut, 1, &parameters, NULL);
        bool is_other = length < 5; /* an unknown name */
        bool is_whole = length >= 10;
        CU_ASSERT_EQUAL(status,
                        is_other || is_whole ? STATUS_OK : STATUS_MALFORMED);
        CU_ASSERT_EQUAL(parameters.has_version, is_whole);
        CU_ASSERT_EQUAL(parameters.lifetime_s,
                        status == STATUS_OK ? 0 : 7); /* untouched */
        CU_ASSERT_EQUAL(parameters.remarks[0] != '\0', is_other);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "server.registration_limits", NULL, NULL, set_up, tear_down);
    CU_ADD_TEST(suite, register_takes_so_many_parameters);
    CU_ADD_TEST(suite, endpoint_name_has_so_many_bytes);
    CU_ADD_TEST(suite, object_list_has_so_many_bytes);
    CU_ADD_TEST(suite, numbers_of_parameters_end_where_they_should);
    CU_ADD_TEST(suite, registry_has_room_for_so_many_devices);
    CU_ADD_TEST(suite, each_prefix_of_a_version_is_one_or_refused);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
