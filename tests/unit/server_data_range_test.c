/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/range.h"

/* Spec: object-definition.md, section 4. Its spellings, group by group. */

#define I LWM2M_TYPE_INTEGER
#define U LWM2M_TYPE_UNSIGNED
#define F LWM2M_TYPE_FLOAT
#define S LWM2M_TYPE_STRING
#define O LWM2M_TYPE_OPAQUE
#define B LWM2M_TYPE_BOOLEAN
#define T LWM2M_TYPE_TIME

struct row {
    const char *text;
    enum lwm2m_type type;
    /** "0..5,9", with '?' at its end when it only warns; "" for no check */
    const char *range;
};

/** What a value of the type is compared with. */
static void range_text(const struct range *range, enum lwm2m_type type,
                       char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < range->count; i++) {
        const struct definition_interval *row = &range->intervals[i];
        const char *comma = i > 0 ? "," : "";
        switch (type) {
        case I:
        case T:
            used += (size_t)snprintf(text + used, size - used,
                                     "%s%" PRId64 "..%" PRId64, comma, row->low,
                                     row->high);
            break;
        case F:
            used += (size_t)snprintf(text + used, size - used, "%s%.9g..%.9g",
                                     comma, row->low_real, row->high_real);
            break;
        default:
            used += (size_t)snprintf(text + used, size - used,
                                     "%s%" PRIu64 "..%" PRIu64, comma,
                                     row->low_unsigned, row->high_unsigned);
            break;
        }
    }
    (void)snprintf(text + used, size - used, "%s",
                   range->strictness == DEFINITION_RANGE_WARN ? "?" : "");
    CU_ASSERT_EQUAL(range->count == 0,
                    range->strictness == DEFINITION_RANGE_NONE);
}

static void check(const struct row *rows, size_t count)
{
    char text[512];
    struct range range;

    for (size_t i = 0; i < count; i++) {
        range_parse(rows[i].text, rows[i].type, &range);
        range_text(&range, rows[i].type, text, sizeof(text));
        if (strcmp(text, rows[i].range) != 0) {
            printf("'%s' (%s) gave '%s', not '%s'\n", rows[i].text,
                   lwm2m_type_name(rows[i].type), text, rows[i].range);
            CU_FAIL("range");
        }
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void group_a_is_an_inclusive_range(void)
{
    static const struct row rows[] = {
        { "0..100", I, "0..100" },
        { "-10..30", I, "-10..30" },
        { "-110..-48", I, "-110..-48" },
        { "-180..180", T, "-180..180" },
        { "0..9223372036854775807", I, "0..9223372036854775807" },
        { "-9223372036854775808..0", I, "-9223372036854775808..0" },
        { "0..18446744073709551615", U, "0..18446744073709551615" },
        { "9007199254740993..9007199254740995", I,
          "9007199254740993..9007199254740995" }, /* no double */
        { "0..4294967295", U, "0..4294967295" },
        { "0..66635", I, "0..66635" },
        { " 0 .. 5 ", I, "0..5" },
        { "7..7", I, "7..7" },
        { "0.000001..1.0", F, "1e-06..1" },
        { "3.8..20.5", F, "3.8..20.5" },
        { "-100.0..100.0", F, "-100..100" },
        { "0..255", S, "0..255" },
        { "0..65535", O, "0..65535" },
        { "4..63", LWM2M_TYPE_CORELNK, "4..63" },
        { "0..65535", B, "" },
        { "0..65535", LWM2M_TYPE_NONE, "" },
        { "0..65535", LWM2M_TYPE_OBJLNK, "" },
    };

    CHECK(rows);
}

static void group_b_is_a_length_with_its_unit(void)
{
    static const struct row rows[] = {
        { "0..255 bytes", S, "0..255" },
        { "0-255 bytes", S, "0..255" },
        { "1..64 Bytes", S, "1..64" },
        { "12 bytes", S, "12..12" },
        { "32 BYTES", S, "32..32" },
        { "12bytes", S, "12..12" },
        { "0 or 26 Bytes", S, "0..0,26..26" },
        { "6 bytes", O, "6..6" },
        { "16-32-48 bytes", O, "16..16,32..32,48..48" },
        /* The encoded width of a number: its values, as a warning. */
        { "1 bytes", I, "-128..127?" },
        { "2 bytes", I, "-32768..32767?" },
        { "7 bytes", I, "-36028797018963968..36028797018963967?" },
        { "1 bytes", U, "0..255?" },
        { "2 bytes", U, "0..65535?" },
        { "1..4 bytes", I, "-2147483648..2147483647?" },
        { "8 bytes", I, "" }, /* fits always */
        { "0 bytes", I, "" },
        { "99 bytes", U, "" },
        { "1, 2 bytes", I, "" },
        { "4 bytes", F, "" },
        { "4 bytes", T, "" },
        { "bytes", S, "" },
        { " bytes", I, "" },
    };

    CHECK(rows);
}

static void group_c_is_an_upper_bound_as_a_warning(void)
{
    static const struct row rows[] = {
        { "64", S, "0..64?" },
        { "255", I, "0..255?" },
        /* Shorter is worth a warning, too. */
        { "6", O, "6..6?" },
        { "255", U, "" },
        { "1.5", F, "" },
        { "-5", I, "" },
        { "0", S, "0..0?" },
    };

    CHECK(rows);
}

static void group_d_is_a_union(void)
{
    static const struct row rows[] = {
        { "0,1,2", I, "0..0,1..1,2..2" },
        { "5, 10, 15, 20", I, "5..5,10..10,15..15,20..20" },
        { "0..247, 255", I, "0..247,255..255" },
        { "0..3, 99", U, "0..3,99..99" },
        { "0; 3.8..20.5", F, "0..0,3.8..20.5" },
        { "10,26", S, "10..10,26..26" },
        { "16,32,48", O, "16..16,32..32,48..48" },
        { "1 or 2 or 3..4", I, "1..1,2..2,3..4" },
    };

    CHECK(rows);
}

static void groups_e_f_and_j_are_ranges_as_well(void)
{
    static const struct row rows[] = {
        { "0-100", I, "0..100" },        { "1-65535", I, "1..65535" },
        { "1...63", I, "1..63" },        { "1...3", U, "1..3" },
        { "[1:4]", I, "1..4" },          { "[ 1 : 4 ]", I, "1..4" },
        { "-10--5", I, "-10..-5" },      { "-10 - 5", I, "-10..5" },
        { "[1..4, 8]", I, "1..4,8..8" },
    };

    CHECK(rows);
}

static void group_g_is_turned_and_warns(void)
{
    static const struct row rows[] = {
        { "-30..-120", I, "-120..-30?" },
        { "5..0, 9", I, "0..5,9..9?" },
        { "18446744073709551615..18446744073709551614", U,
          "18446744073709551614..18446744073709551615?" },
    };
    struct range range;

    CHECK(rows);
    range_parse("-30..-120", I, &range);
    CU_ASSERT_TRUE(range.was_reversed);
    range_parse("-120..-30", I, &range);
    CU_ASSERT_FALSE(range.was_reversed);
}

static void group_h_is_the_numbers_of_the_labels(void)
{
    static const struct row rows[] = {
        { "0: CONFIGURED_ON\n1: FULL_ON\n2: RECALL", I, "0..0,1..1,2..2" },
        { "0: RELEASE\r\n\t\t1: CLICK\r\n\r\n\t255: STUCK\n", I,
          "0..0,1..1,255..255" },
        { "0: disabled\t1: normal", I, "0..0,1..1" },
        /* Line ends became blanks. */
        { "0: RELEASED 1: PRESSED 2: FAULT", I, "0..0,1..1,2..2" },
        { "1:\tnormal\n2:\tremote", U, "1..1,2..2" },
        { "1 : a\n2 : b", I, "1..1,2..2" },
        { "1: ratio 3:4\n2: b", I, "1..1,2..2" },
        { "0: 100 bytes", I, "0..0" },
        { "0: 8-bit", I, "0..0" },
        { "0: off\nsee the table", I, "" },
        { "0: off\n1: on", S, "" },
        { "0: off\n1: on", F, "" },
        { "-1: off\n1: on", I, "" },
        { "99999999999999999999: off", I,
          "9223372036854775807..9223372036854775807" },
    };

    CHECK(rows);
}

static void group_i_is_a_bit_width(void)
{
    static const struct row rows[] = {
        { "16-bit", I, "0..65535?" },
        { "8-Bits", I, "0..255?" },
        { "8 bit", I, "0..255?" },
        { "8 bit", U, "0..255?" },
        { "8bit", I, "0..255?" },
        { "62-bit", U, "0..4611686018427387903?" },
        { "8 bit", O, "" },
        { "63-bit", I, "" },
        { "64-bit", U, "" },
        { "0-bit", I, "" },
        { "-8 bit", I, "" },
        { "100-bit", I, "" },
        { "99999999999999999999-bit", I, "" },
        { "8 bitmask", I, "" },
        { "8 bit, see below", I, "" },
    };

    CHECK(rows);
}

/** A checker must never fail a client because of these. */
static void group_k_is_no_check(void)
{
    static const struct row rows[] = {
        { "", I, "" },
        { " \t\n", I, "" },
        { "2 Instances", I, "" },
        { "<7 to >12.5", F, "" },
        { "ON;OFF", F, "" },
        { "The possible values are those listed in the LwM2M Core "
          "Specification",
          S, "" },
        { "The possible values of Resource are listed in 5.3.1.1", S, "" },
        { "0..", I, "" },
        { "..5", I, "" },
        { "0....5", I, "" },
        { "0..5,", I, "" },
        { ",0..5", I, "" },
        { "0..5,,9", I, "" },
        { "1..2..3", I, "" },
        { "1-2..3", I, "" },
        { ">= 0", I, "" },
        { "+5..9", I, "" },
        { "1e3..1e5", F, "" },
        { "0x00..0xff", I, "" },
        { "0\xe2\x80\x93"
          "5",
          I, "" }, /* a dash that is no hyphen */
        { "1,000..2,000", I, "" },
        { "00..05", I, "" },
        { "nan..inf", F, "" },
        { "[1..4", I, "" },
        { "\xff\xfe", S, "" },
    };

    CHECK(rows);
}

/** What an integer or a length can be, of limits that are no integers. */
static void limits_are_rounded_to_what_can_be(void)
{
    static const struct row rows[] = {
        { "0.5..10.5", I, "1..10" },
        { "0.0..100.0", U, "0..100" },
        { "-1.5..1.5", I, "-1..1" },
        { "0..99999999999999999999", I, "0..9223372036854775807" },
        { "0..99999999999999999999", U, "0..18446744073709551615" },
        { "-99999999999999999999..0", I, "-9223372036854775808..0" },
        { "-10..30", U, "0..30" },
        { "-10..30", S, "0..30" },
        /* Nothing can be in these. */
        { "0.5", I, "" },
        { "0.5..0.6", U, "" },
        { "0.5, 3", I, "3..3" },
        { "1.5", S, "" },
        { "-30..-10", U, "" },
        { "-30..-10", O, "" },
        { "-30..-10, 5", U, "5..5" },
        { "-3,-2", S, "" },
    };

    CHECK(rows);
}

/** "0,1,2,…" with `count` numbers; caller frees. */
static char *list_of(unsigned count, const char *format, const char *joint)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    for (unsigned i = 0; i < count; i++) {
        (void)fprintf(stream, "%s%u%s", i > 0 ? joint : "", i + 10, format);
    }
    (void)fclose(stream); /* into memory */
    return text;
}

/** Half of a list would fail a client for the other half. */
static void a_list_too_long_to_keep_is_no_check(void)
{
    static const struct {
        const char *format;
        const char *joint;
    } rows[] = { { "", "," }, { "", "-" }, { ": x", "\n" } };
    struct range range;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text =
            list_of(RANGE_INTERVALS_MAX, rows[i].format, rows[i].joint);
        range_parse(text, I, &range);
        CU_ASSERT_EQUAL(range.count, RANGE_INTERVALS_MAX);
        CU_ASSERT_EQUAL(range.strictness, DEFINITION_RANGE_FAIL);
        free(text);
        text = list_of(RANGE_INTERVALS_MAX + 1, rows[i].format, rows[i].joint);
        range_parse(text, I, &range);
        CU_ASSERT_EQUAL(range.count, 0);
        CU_ASSERT_EQUAL(range.strictness, DEFINITION_RANGE_NONE);
        free(text);
    }
}

static void a_text_of_any_length_is_read(void)
{
    struct range range;

    for (size_t length = 505; length < 520; length++) {
        char *text = malloc(length + 1);
        CU_ASSERT_PTR_NOT_NULL_FATAL(text);
        memset(text, '9', length);
        memcpy(text, "0..", 3);
        text[length] = '\0';
        range_parse(text, I, &range); /* number or text is too long */
        CU_ASSERT_EQUAL(range.count, 0);
        CU_ASSERT_EQUAL(range.strictness, DEFINITION_RANGE_NONE);
        memset(text + 4, ' ', length - 4);
        range_parse(text, I, &range); /* trimmed first */
        CU_ASSERT_EQUAL(range.count, 1);
        free(text);
    }
}

/** Each shorter prefix, each type: no interval that is upside down. */
static void every_prefix_is_a_range_or_none(void)
{
    static const char *const texts[] = {
        "-110..-48, 5; 10 or 26 bytes",
        "16-32-48 bytes",
        "0: RELEASE\n\t255: STUCK",
        "[ 1.5 : 4 ]",
        "-1.25...-120",
        "16-bits",
    };
    char prefix[64];
    struct range range;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        for (size_t length = 0; length <= strlen(texts[i]); length++) {
            (void)snprintf(prefix, sizeof(prefix), "%.*s", (int)length,
                           texts[i]);
            for (int type = 0; type <= (int)LWM2M_TYPE_CORELNK; type++) {
                range_parse(prefix, (enum lwm2m_type)type, &range);
                CU_ASSERT_TRUE(range.count <= RANGE_INTERVALS_MAX);
                CU_ASSERT_EQUAL(range.count == 0,
                                range.strictness == DEFINITION_RANGE_NONE);
                for (size_t j = 0; j < range.count; j++) {
                    CU_ASSERT_TRUE(range.intervals[j].low_real <=
                                   range.intervals[j].high_real);
                }
            }
        }
    }
}

/** How a value fares: what the ranges are for. */
static void values_are_judged_at_the_limits(void)
{
    static const struct {
        const char *text;
        enum lwm2m_type type;
        int64_t value;
        enum status status;
    } rows[] = {
        { "0..100", I, -1, STATUS_MALFORMED },
        { "0..100", I, 0, STATUS_OK },
        { "0..100", I, 100, STATUS_OK },
        { "0..100", I, 101, STATUS_MALFORMED },
        { "0..247, 255", I, 248, STATUS_MALFORMED },
        { "0..247, 255", I, 255, STATUS_OK },
        { "255", I, 256, STATUS_LIMIT },
        { "255", I, 0, STATUS_OK },
        { "16-bit", I, 65536, STATUS_LIMIT },
        { "2 Instances", I, 77, STATUS_OK },
        { "0..66635", I, 66635, STATUS_OK },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct range range;
        range_parse(rows[i].text, rows[i].type, &range);
        const struct resource_definition resource = {
            .name = "R",
            .type = rows[i].type,
            .range_text = rows[i].text,
            .strictness = range.strictness,
            .intervals = range.intervals,
            .interval_count = range.count,
        };
        const struct lwm2m_value value = { .type = rows[i].type,
                                           .as.integer = rows[i].value };
        CU_ASSERT_EQUAL(resource_check_value(&resource, &value, NULL),
                        rows[i].status);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.range", NULL, NULL);
    CU_ADD_TEST(suite, group_a_is_an_inclusive_range);
    CU_ADD_TEST(suite, group_b_is_a_length_with_its_unit);
    CU_ADD_TEST(suite, group_c_is_an_upper_bound_as_a_warning);
    CU_ADD_TEST(suite, group_d_is_a_union);
    CU_ADD_TEST(suite, groups_e_f_and_j_are_ranges_as_well);
    CU_ADD_TEST(suite, group_g_is_turned_and_warns);
    CU_ADD_TEST(suite, group_h_is_the_numbers_of_the_labels);
    CU_ADD_TEST(suite, group_i_is_a_bit_width);
    CU_ADD_TEST(suite, group_k_is_no_check);
    CU_ADD_TEST(suite, limits_are_rounded_to_what_can_be);
    CU_ADD_TEST(suite, a_list_too_long_to_keep_is_no_check);
    CU_ADD_TEST(suite, a_text_of_any_length_is_read);
    CU_ADD_TEST(suite, every_prefix_is_a_range_or_none);
    CU_ADD_TEST(suite, values_are_judged_at_the_limits);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
