/* SPDX-License-Identifier: Apache-2.0 */

/* Dates as text: RFC 3339. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <string.h>

#include "server/data/date.h"

static void dates_become_seconds(void)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },
        { "1969-12-31T23:59:59Z", -1 },
        { "2013-05-02T10:40:15Z", 1367491215 },
        { "2013-05-02t10:40:15z", 1367491215 },
        { "2013-05-02T12:40:15+02:00", 1367491215 },
        { "2013-05-02T05:10:15-05:30", 1367491215 },
        { "2013-05-02T10:40:15-00:00", 1367491215 },
        { "2013-05-02T10:40:15.000Z", 1367491215 },
        { "2000-02-29T00:00:00Z", 951782400 },
        { "2000-03-01T00:00:00Z", 951868800 },
        { "1900-03-01T00:00:00Z", -2203891200 },
        { "2100-03-01T00:00:00Z", 4107542400 },
        { "2038-01-19T03:14:08Z", 2147483648 },
        { "2016-12-31T23:59:60Z", 1483228800 },
        { "0000-01-01T00:00:00Z", -62167219200 },
        { "0000-12-31T00:00:00Z", -62135683200 },
        { "0001-01-01T00:00:00Z", -62135596800 },
        { "9999-12-31T23:59:59Z", 253402300799 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t seconds = 0;
        CU_ASSERT(date_parse(rows[i].text, strlen(rows[i].text), &seconds));
        if (seconds != rows[i].seconds) {
            printf("%s: %lld\n", rows[i].text, (long long)seconds);
        }
        CU_ASSERT_EQUAL(seconds, rows[i].seconds);
        for (size_t cut = 0; cut < strlen(rows[i].text); cut++) {
            CU_ASSERT_FALSE(date_parse(rows[i].text, cut, &seconds));
        }
        CU_ASSERT_EQUAL(seconds, rows[i].seconds);
    }
}

static void what_is_no_date_of_whole_seconds_is_refused(void)
{
    static const char *const texts[] = {
        "2013-05-02T10:40:15",       "2013-05-02 10:40:15Z",
        "2013-05-02T10:40:15Z ",     " 2013-05-02T10:40:15Z",
        "2013-05-02T10:40Z",         "2013-05-02",
        "2013-5-02T10:40:15Z",       "2013-00-02T10:40:15Z",
        "2013-13-02T10:40:15Z",      "2013-05-00T10:40:15Z",
        "2013-05-32T10:40:15Z",      "2013-02-29T10:40:15Z",
        "1900-02-29T10:40:15Z",      "2013-04-31T10:40:15Z",
        "2013-05-02T24:00:00Z",      "2013-05-02T10:60:15Z",
        "2013-05-02T10:40:61Z",      "2013-05-02T10:40:15.Z",
        "2013-05-02T10:40:15.5Z",    "2013-05-02T10:40:15.01Z",
        "2013-05-02T10:40:15+2:00",  "2013-05-02T10:40:15+0200",
        "2013-05-02T10:40:15+24:00", "2013-05-02T10:40:15+02:60",
        "+013-05-02T10:40:15Z",      "-2013-05-02T10:40:15Z",
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t seconds = 7;
        bool is_taken = date_parse(texts[i], strlen(texts[i]), &seconds);
        if (is_taken) {
            printf("'%s' was taken\n", texts[i]);
        }
        CU_ASSERT_FALSE(is_taken);
        CU_ASSERT_EQUAL(seconds, 7);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_cbor_date", NULL, NULL);
    CU_ADD_TEST(suite, dates_become_seconds);
    CU_ADD_TEST(suite, what_is_no_date_of_whole_seconds_is_refused);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
