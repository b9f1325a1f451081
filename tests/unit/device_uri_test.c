/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "tests/device/uri.h"

/** Parts of the target behind one another: "/a/b?c". */
static void join(const struct uri *uri, char *text, size_t size)
{
    struct uri_part part;
    size_t at = 0;
    size_t used = 0;

    text[0] = '\0';
    while (uri_next(uri, &at, &part)) {
        int length =
            snprintf(text + used, size - used, "%c%.*s",
                     part.is_query ? '?' : '/', (int)part.length, part.bytes);
        used += length > 0 ? (size_t)length : 0;
    }
}

static void good_uris_are_taken_apart(void)
{
    static const struct {
        const char *text;
        enum uri_scheme scheme;
        const char *host;
        uint16_t port;
        const char *target;
    } rows[] = {
        { "coap://127.0.0.1:61616/a/b", URI_COAP, "127.0.0.1", 61616, "/a/b" },
        { "coap://h", URI_COAP, "h", 5683, "" },
        { "coap://h/", URI_COAP, "h", 5683, "" },
        { "coap://h:/a", URI_COAP, "h", 5683, "/a" },
        { "coap://[::1]/a", URI_COAP, "::1", 5683, "/a" },
        { "coap://[::1]:7/a", URI_COAP, "::1", 7, "/a" },
        { "COAPS://h/a//b/", URI_COAPS, "h", 5684, "/a//b/" },
        { "coap://h/a?b=c&d?e/f", URI_COAP, "h", 5683, "/a?b=c?d?e/f" },
        { "coap://h?q", URI_COAP, "h", 5683, "?q" },
        { "coap://h/?q", URI_COAP, "h", 5683, "?q" },
        { "coap://h/%41%2f%c3%A4", URI_COAP, "h", 5683, "/A/\xc3\xa4" },
        { "http://h/a", URI_HTTP, "h", 80, "/a" },
        { "https://h/a", URI_HTTPS, "h", 443, "/a" },
        { "coap+tcp://h", URI_COAP_TCP, "h", 5683, "" },
        { "coaps+tcp://h", URI_COAPS_TCP, "h", 5684, "" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct uri uri;
        char target[URI_MAX + 1];

        CU_ASSERT_TRUE(uri_parse(rows[i].text, strlen(rows[i].text), &uri));
        CU_ASSERT_TRUE_FATAL(uri.is_good);
        CU_ASSERT_EQUAL(uri.scheme, rows[i].scheme);
        CU_ASSERT_STRING_EQUAL(uri.host, rows[i].host);
        CU_ASSERT_EQUAL(uri.port, rows[i].port);
        join(&uri, target, sizeof(target));
        CU_ASSERT_STRING_EQUAL(target, rows[i].target);
    }
}

/** What comes first decides: without a scheme 7, with an unknown one 9. */
static void bad_uris_are_told_by_their_scheme(void)
{
    static const struct {
        const char *text;
        bool has_scheme;
        enum uri_scheme scheme;
    } rows[] = {
        { "", false, URI_OTHER },
        { "://", false, URI_OTHER },
        { "//h/a", false, URI_OTHER },
        { "1coap://h", false, URI_OTHER },
        { "co ap://h", false, URI_OTHER },
        { "coap", false, URI_OTHER },
        { "coap://", true, URI_COAP },
        { "coap:/x", true, URI_COAP },
        { "coap:", true, URI_COAP },
        { "coap:///a", true, URI_COAP },
        { "coap://h x/", true, URI_COAP },
        { "coap://h:99999/", true, URI_COAP },
        { "coap://h:0/", true, URI_COAP },
        { "coap://h:7x/", true, URI_COAP },
        { "coap://[::1/", true, URI_COAP },
        { "coap://[::1]7/", true, URI_COAP },
        { "coap://u@h/", true, URI_COAP },
        { "coap://h/a#b", true, URI_COAP },
        { "coap://h/%4", true, URI_COAP },
        { "coap://h/%4g", true, URI_COAP },
        { "coap://h/\x01", true, URI_COAP },
        { "coap://h/\xff", true, URI_COAP },
        { "foo:", true, URI_OTHER },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct uri uri;

        CU_ASSERT_EQUAL(uri_parse(rows[i].text, strlen(rows[i].text), &uri),
                        rows[i].has_scheme);
        CU_ASSERT_FALSE(uri.is_good);
        CU_ASSERT_EQUAL(uri.scheme, rows[i].scheme);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "good URIs are taken apart", good_uris_are_taken_apart },
        { "bad URIs are told by their scheme",
          bad_uris_are_told_by_their_scheme },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "uri.c", NULL, NULL, NULL, NULL, tests },
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
