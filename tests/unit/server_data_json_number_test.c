/* SPDX-License-Identifier: Apache-2.0 */

/* Numbers of JSON and CBOR: exact over 64 bits, shortest text. */
#include <CUnit/Basic.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "server/data/number.h"

static void texts_are_read_exactly(void)
{
    static const struct {
        const char *text;
        double real;
        bool is_integral;
        bool is_plain;
        bool is_negative;
        uint64_t magnitude;
    } rows[] = {
        { "0", 0, true, true, false, 0 },
        { "-0", -0.0, true, true, true, 0 },
        { "0.000", 0, true, false, false, 0 },
        { "7", 7, true, true, false, 7 },
        { "7.0", 7, true, false, false, 7 },
        { "7.5", 7.5, false, false, false, 0 },
        { "1.638435E9", 1638435000, true, false, false, 1638435000 },
        { "1638435000e-3", 1638435, true, false, false, 1638435 },
        { "1638435001e-3", 1638435.001, false, false, false, 0 },
        { "12.50e1", 125, true, false, false, 125 },
        { "12.50e0", 12.5, false, false, false, 0 },
        { "0e999999999999", 0, true, false, false, 0 },
        { "-9223372036854775808", -9223372036854775808.0, true, true, true,
          UINT64_C(9223372036854775808) },
        { "9007199254740993", 9007199254740992.0, true, true, false,
          UINT64_C(9007199254740993) },
        { "18446744073709551615", 18446744073709551616.0, true, true, false,
          UINT64_MAX },
        { "1844674407370955161.5e1", 18446744073709551616.0, true, false, false,
          UINT64_MAX },
        { "18446744073709551616", 18446744073709551616.0, false, false, false,
          0 },
        { "1e20", 1e20, false, false, false, 0 },
        { "1e-400", 0, false, false, false, 0 },
        { "4.9406564584124654e-324", 4.9406564584124654e-324, false, false,
          false, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct number number;
        CU_ASSERT_FATAL(
            number_of_text(rows[i].text, strlen(rows[i].text), &number));
        CU_ASSERT_EQUAL(memcmp(&number.real, &rows[i].real, sizeof(double)), 0);
        CU_ASSERT_EQUAL(number.is_integral, rows[i].is_integral);
        CU_ASSERT_EQUAL(number.is_plain, rows[i].is_plain);
        CU_ASSERT_EQUAL(number.is_negative, rows[i].is_negative);
        CU_ASSERT(!number.is_integral || number.magnitude == rows[i].magnitude);
    }
}

static void texts_that_are_no_number_are_refused(void)
{
    static const char *const texts[] = {
        "",   "-",   "+1", "01",   "-01", ".5",    "5.",     "1e",  "1e+",
        "1x", "0x1", "1 ", "1e1.", "nan", "1e309", "-1e309", "inf", "1.e1",
    };
    struct number number = { .magnitude = 42 };
    char ones[NUMBER_TEXT_MAX + 1];

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        CU_ASSERT(!number_of_text(texts[i], strlen(texts[i]), &number));
    }
    CU_ASSERT(!number_of_text("1\0", 2, &number));
    memset(ones, '0', sizeof(ones));
    ones[1] = '.';
    CU_ASSERT(!number_of_text(ones, sizeof(ones), &number));
    CU_ASSERT_EQUAL(number.magnitude, 42);
    CU_ASSERT(number_of_text(ones, NUMBER_TEXT_MAX, &number));
}

static void integers_fit_their_type_or_do_not(void)
{
    static const struct {
        const char *text;
        bool is_signed;
        int64_t integer;
        bool is_unsigned;
        uint64_t unsigned_integer;
    } rows[] = {
        { "0", true, 0, true, 0 },
        { "-0", true, 0, true, 0 },
        { "-1", true, -1, false, 0 },
        { "9223372036854775807", true, INT64_MAX, true, INT64_MAX },
        { "9223372036854775808", false, 0, true, UINT64_C(1) << 63 },
        { "-9223372036854775808", true, INT64_MIN, false, 0 },
        { "-9223372036854775809", false, 0, false, 0 },
        { "18446744073709551615", false, 0, true, UINT64_MAX },
        { "18446744073709551616", false, 0, false, 0 },
        { "0.5", false, 0, false, 0 },
        { "1e2", true, 100, true, 100 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct number number;
        int64_t integer = 0;
        uint64_t unsigned_integer = 0;
        CU_ASSERT_FATAL(
            number_of_text(rows[i].text, strlen(rows[i].text), &number));
        CU_ASSERT_EQUAL(number_is_signed(&number, &integer), rows[i].is_signed);
        CU_ASSERT_EQUAL(integer, rows[i].integer);
        CU_ASSERT_EQUAL(number_is_unsigned(&number, &unsigned_integer),
                        rows[i].is_unsigned);
        CU_ASSERT_EQUAL(unsigned_integer, rows[i].unsigned_integer);
    }
}

static void reals_are_written_in_their_shortest_form(void)
{
    static const struct {
        double real;
        const char *text;
    } rows[] = {
        { 0, "0.0" },
        { -0.0, "-0.0" },
        { 18, "18.0" },
        { -42.5, "-42.5" },
        { 0.1, "0.1" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 43.61092, "43.61092" },
        { 1e300, "1e+300" },
        { 6.667e-11, "6.667e-11" },
        { 1e16, "1e+16" },
        { 9007199254740992.0, "9007199254740992.0" },
        { DBL_MAX, "1.7976931348623157e+308" },
        { DBL_MIN, "2.2250738585072014e-308" },
        { 4.9406564584124654e-324, "5e-324" },
        { -1.2345678901234567e-300, "-1.2345678901234568e-300" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct number number;
        struct number again;
        char text[NUMBER_SHOWN];
        CU_ASSERT_FATAL(number_of_real(rows[i].real, &number));
        size_t length = number_text(&number, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].text);
        CU_ASSERT_EQUAL(length, strlen(rows[i].text));
        CU_ASSERT_FATAL(number_of_text(text, length, &again));
        CU_ASSERT_EQUAL(memcmp(&again.real, &rows[i].real, sizeof(double)), 0);
        CU_ASSERT(!again.is_plain);
        CU_ASSERT_EQUAL(again.is_integral, number.is_integral);
    }
    struct number number;
    CU_ASSERT(!number_of_real((double)NAN, &number));
    CU_ASSERT(!number_of_real((double)INFINITY, &number));
}

static void integers_are_written_whole(void)
{
    static const struct {
        int64_t integer;
        const char *text;
    } rows[] = { { 0, "0" },
                 { -1, "-1" },
                 { INT64_MAX, "9223372036854775807" },
                 { INT64_MIN, "-9223372036854775808" } };
    struct number number;
    char text[NUMBER_SHOWN];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        number = number_of_signed(rows[i].integer);
        CU_ASSERT_EQUAL(number_text(&number, text), strlen(rows[i].text));
        CU_ASSERT_STRING_EQUAL(text, rows[i].text);
    }
    number = number_of_unsigned(UINT64_MAX);
    (void)number_text(&number, text);
    CU_ASSERT_STRING_EQUAL(text, "18446744073709551615");
    CU_ASSERT_FATAL(number_of_negative(UINT64_MAX - 1, &number));
    (void)number_text(&number, text);
    CU_ASSERT_STRING_EQUAL(text, "-18446744073709551615");
    CU_ASSERT(!number_of_negative(UINT64_MAX, &number));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.data_json_number", NULL, NULL);
    CU_ADD_TEST(suite, texts_are_read_exactly);
    CU_ADD_TEST(suite, texts_that_are_no_number_are_refused);
    CU_ADD_TEST(suite, integers_fit_their_type_or_do_not);
    CU_ADD_TEST(suite, reals_are_written_in_their_shortest_form);
    CU_ADD_TEST(suite, integers_are_written_whole);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
