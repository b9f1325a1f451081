/* SPDX-License-Identifier: Apache-2.0 */
/* Notification attributes of the device, with a clock that the test turns.
 * Spec: lwm2m-core.md, section 4. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "tests/device/watch.h"

enum { STEPS_MAX = 8 };

static const struct attribute_target number = {
    .version = 12, .depth = 3, .is_readable = true, .is_numeric = true
};

static bool take(struct attributes *attributes, const char *text,
                 const struct attribute_target *target)
{
    return attributes_take(attributes, text, strlen(text), target);
}

/** Of "pmin=1&gt=3"; for numbers. */
static struct attributes parse(const char *text)
{
    struct attributes attributes = { .has = 0 };

    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "&");
        CU_ASSERT_TRUE_FATAL(attributes_take(&attributes, at, length, &number));
        at += length + (at[length] == '&' ? 1 : 0);
    }
    return attributes;
}

static void parameters_have_a_form_a_version_and_a_place(void)
{
    static const struct {
        const char *text;
        unsigned version;
        uint8_t depth;
        char kind; /* i: number, b: Boolean, s: String, x: not readable */
        bool is_taken;
    } rows[] = {
        { "pmin=10", 10, 1, 's', true },
        { "pmin=0", 10, 3, 's', true },
        { "pmin", 10, 2, 's', true },
        { "pmin=", 10, 2, 's', false },
        { "pmin=-1", 10, 2, 's', false },
        { "pmin=1.5", 10, 2, 's', false },
        { "pmin=1 ", 10, 2, 's', false },
        { "pmin=4294967295", 10, 2, 's', true },
        { "pmin=4294967296", 10, 2, 's', false },
        { "pmin=10", 10, 3, 'x', false },
        { "pmin=10", 10, 4, 'i', false },
        { "pmin=10", 11, 4, 'i', true },
        { "PMIN=10", 12, 2, 's', false },
        { "pmi=10", 12, 2, 's', false },
        { "gt=1.5", 10, 3, 'i', true },
        { "gt=-1.5", 10, 3, 'i', true },
        { "gt=.5", 10, 3, 'i', false },
        { "gt=5.", 10, 3, 'i', false },
        { "gt=1e3", 10, 3, 'i', false },
        { "gt=1", 10, 3, 's', false },
        { "gt=1", 10, 2, 'i', false },
        { "st=-1", 10, 3, 'i', false },
        { "st=0.5", 10, 3, 'i', true },
        { "epmin=1", 10, 3, 'i', false },
        { "epmin=1", 11, 3, 'i', true },
        { "edge=1", 11, 3, 'b', false },
        { "edge=1", 12, 3, 'b', true },
        { "edge=2", 12, 3, 'b', false },
        { "edge=1", 12, 3, 'i', false },
        { "con=0", 12, 1, 's', true },
        { "con=true", 12, 1, 's', false },
        { "hqmax=7", 12, 3, 's', true },
        { "hqmax=7", 11, 3, 's', false },
        { "dim=2", 12, 3, 'i', false },
        { "ver=1.0", 12, 1, 's', false },
        { "", 12, 3, 'i', false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct attributes attributes = { .has = 0 };
        const struct attribute_target target = {
            .version = rows[i].version,
            .depth = rows[i].depth,
            .is_readable = rows[i].kind != 'x',
            .is_numeric = rows[i].kind == 'i',
            .is_boolean = rows[i].kind == 'b',
        };
        if (take(&attributes, rows[i].text, &target) != rows[i].is_taken) {
            CU_FAIL(rows[i].text);
            fprintf(stderr, "row %zu: %s\n", i, rows[i].text);
        }
    }
}

static void lower_level_counts_and_taking_away_shows_the_upper_one(void)
{
    struct attribute_table table = { .count = 0 };
    struct lwm2m_path object = lwm2m_path_object(3);
    struct lwm2m_path instance = lwm2m_path_instance(3, 0);
    struct lwm2m_path resource = lwm2m_path_resource(3, 0, 9);
    struct lwm2m_path other = lwm2m_path_resource(3, 1, 9);
    struct attributes set = parse("pmin=10&pmax=60");

    CU_ASSERT_TRUE(attribute_table_put(&table, &object, &set));
    set = parse("pmax=30");
    CU_ASSERT_TRUE(attribute_table_put(&table, &instance, &set));
    set = parse("pmin=5&gt=2.5");
    CU_ASSERT_TRUE(attribute_table_put(&table, &resource, &set));

    char text[ATTRIBUTES_TEXT_SIZE];
    struct attributes effective = attribute_table_effective(&table, &resource);
    attributes_text(&effective, text);
    CU_ASSERT_STRING_EQUAL(text, ";pmin=5;pmax=30;gt=2.5");
    effective = attribute_table_effective(&table, &other);
    attributes_text(&effective, text);
    CU_ASSERT_STRING_EQUAL(text, ";pmin=10;pmax=60");

    struct attributes own = attribute_table_at(&table, &resource);
    CU_ASSERT_TRUE(take(&own, "pmin", &number));
    CU_ASSERT_TRUE(attribute_table_put(&table, &resource, &own));
    effective = attribute_table_effective(&table, &resource);
    attributes_text(&effective, text);
    CU_ASSERT_STRING_EQUAL(text, ";pmin=10;pmax=30;gt=2.5");

    attribute_table_drop(&table, &instance);
    CU_ASSERT_EQUAL(table.count, 1);
    CU_ASSERT_EQUAL(attribute_table_at(&table, &resource).has, 0);
}

static void full_table_takes_no_more_paths_but_changes(void)
{
    struct attribute_table table = { .count = 0 };
    struct attributes set = parse("pmin=1");
    struct lwm2m_path path = lwm2m_path_object(0);

    for (uint16_t i = 0; i < ATTRIBUTE_PATHS_MAX; i++) {
        path = lwm2m_path_object(i);
        CU_ASSERT_TRUE(attribute_table_put(&table, &path, &set));
    }
    CU_ASSERT_TRUE(attribute_table_put(&table, &path, &set));
    path = lwm2m_path_object(ATTRIBUTE_PATHS_MAX);
    CU_ASSERT_FALSE(attribute_table_put(&table, &path, &set));
    CU_ASSERT_EQUAL(table.count, ATTRIBUTE_PATHS_MAX);
}

static void thresholds_must_agree(void)
{
    static const struct {
        const char *text;
        bool agree;
    } rows[] = {
        { "gt=20", true },
        { "gt=20&lt=10", true },
        { "gt=10&lt=10", false },
        { "gt=10&lt=20", false },
        { "gt=20&lt=10&st=4", true },
        { "gt=20&lt=10&st=5", false },
        { "gt=20&st=50", true },
        { "epmin=1&epmax=2", true },
        { "epmin=2&epmax=2", false },
        { "pmin=9&pmax=3", true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct attributes set = parse(rows[i].text);
        if (attributes_agree(&set) != rows[i].agree) {
            CU_FAIL(rows[i].text);
            fprintf(stderr, "row %zu: %s\n", i, rows[i].text);
        }
    }
}

/** A value from some second on. */
struct step {
    unsigned second;
    double value;
};

/** One run over time: the value changes, and the seconds in which the
 *  observer is told are written down, with what he is told. */
static void check_story(const char *name, const char *attributes,
                        unsigned version, bool is_boolean,
                        const struct step steps[STEPS_MAX], const char *told)
{
    struct watch_rules rules = { .version = version };
    struct watch watch;
    double last = steps[0].value;
    char text[128] = "";
    size_t used = 0;
    size_t next = 1;

    if (is_boolean) {
        rules.attributes.has = 1u << ATTRIBUTE_EDGE;
        rules.attributes.values[ATTRIBUTE_EDGE] = attributes[0] - '0';
    } else {
        rules.attributes = parse(attributes);
    }
    struct watch_sample sample = { .has_number = true,
                                   .is_boolean = is_boolean,
                                   .number = last };
    watch_begin(&watch, &sample, 1000);
    for (uint64_t s = 0; s <= 40; s++) {
        uint64_t now_ms = 1000 + s * 1000;
        bool has_changed = next < STEPS_MAX && steps[next].second == s &&
                           steps[next].second > 0;
        if (has_changed) {
            sample.number = steps[next++].value;
        }
        sample.differs = sample.number < last || sample.number > last;
        if (!has_changed && watch_deadline(&watch, &rules) > now_ms) {
            continue; /* nobody looks */
        }
        if (watch_look(&watch, &rules, &sample, now_ms)) {
            watch_tell(&watch, &sample, now_ms);
            last = sample.number;
            int length =
                snprintf(text + used, sizeof(text) - used, "%s%u:%g",
                         used > 0 ? " " : "", (unsigned)s, sample.number);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    if (strcmp(text, told) != 0) {
        CU_FAIL("another story");
        fprintf(stderr, "%s: '%s', not '%s'\n", name, text, told);
    }
}

static const struct {
    const char *name;
    const char *attributes; /* of a Boolean: edge */
    unsigned version;
    bool is_boolean;
    struct step steps[STEPS_MAX];
    const char *told;
} stories[] = {
    { "each change at once",
      "",
      12,
      false,
      { { 0, 1 }, { 3, 2 }, { 4, 3 } },
      "3:2 4:3" },
    { "not before pmin",
      "pmin=5",
      12,
      false,
      { { 0, 1 }, { 3, 2 }, { 4, 3 }, { 7, 4 } },
      "5:3 10:4" },
    { "what came back is no change",
      "pmin=5",
      12,
      false,
      { { 0, 1 }, { 3, 2 }, { 4, 1 } },
      "" },
    { "at pmax without a change",
      "pmax=15",
      12,
      false,
      { { 0, 1 } },
      "15:1 30:1" },
    { "pmax counts from the last one",
      "pmax=15",
      12,
      false,
      { { 0, 1 }, { 10, 2 } },
      "10:2 25:2 40:2" },
    { "pmax below pmin is none",
      "pmin=20&pmax=5",
      12,
      false,
      { { 0, 1 }, { 3, 2 } },
      "20:2" },
    { "pmax like pmin",
      "pmin=10&pmax=10",
      12,
      false,
      { { 0, 1 }, { 3, 2 } },
      "10:2 20:2 30:2 40:2" },
    { "pmax of 0 is none", "pmax=0", 12, false, { { 0, 1 } }, "" },
    { "upwards through gt",
      "gt=45",
      12,
      false,
      { { 0, 40 }, { 3, 45 }, { 4, 50 }, { 5, 60 }, { 6, 42 } },
      "4:50" },
    { "both ways before 1.2",
      "gt=45",
      11,
      false,
      { { 0, 40 }, { 3, 45 }, { 4, 50 }, { 5, 60 }, { 6, 42 } },
      "4:50 6:42" },
    { "downwards through lt",
      "lt=20",
      12,
      false,
      { { 0, 25 }, { 3, 20 }, { 4, 17 }, { 5, 24 } },
      "4:17" },
    { "both ways through lt before 1.2",
      "lt=20",
      10,
      false,
      { { 0, 25 }, { 3, 20 }, { 4, 17 }, { 5, 24 } },
      "4:17 5:24" },
    { "steps from what was told",
      "st=10",
      12,
      false,
      { { 0, 40 }, { 3, 45 }, { 4, 49 }, { 5, 50 }, { 6, 41 } },
      "5:50" },
    { "gt or st",
      "gt=45&st=10",
      12,
      false,
      { { 0, 45 }, { 3, 50 }, { 4, 38 }, { 5, 49 } },
      "3:50 4:38 5:49" },
    { "a crossing waits for pmin, though it went back",
      "pmin=10&gt=45",
      12,
      false,
      { { 0, 40 }, { 3, 50 }, { 5, 41 } },
      "10:41" },
    { "a set that does not agree counts for nothing",
      "gt=10&lt=20",
      12,
      false,
      { { 0, 30 }, { 3, 31 } },
      "3:31" },
    { "pmax beside a condition",
      "gt=45&pmax=20",
      12,
      false,
      { { 0, 40 }, { 3, 41 } },
      "20:41 40:41" },
    { "not looked at before epmin",
      "epmin=4",
      12,
      false,
      { { 0, 1 }, { 2, 2 }, { 3, 3 }, { 6, 5 } },
      "4:3 8:5" },
    { "a rising edge",
      "1",
      12,
      true,
      { { 0, 0 }, { 3, 1 }, { 4, 0 }, { 5, 1 } },
      "3:1 5:1" },
    { "a falling edge",
      "0",
      12,
      true,
      { { 0, 0 }, { 3, 1 }, { 4, 0 }, { 5, 1 } },
      "4:0" },
};

static void observer_is_told_in_time_and_of_what_counts(void)
{
    for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
        check_story(stories[i].name, stories[i].attributes, stories[i].version,
                    stories[i].is_boolean, stories[i].steps, stories[i].told);
    }
}

static void default_periods_count_without_attributes(void)
{
    struct watch_rules rules = { .version = 11, .pmin_s = 3, .pmax_s = 9 };
    struct watch_sample sample = { .differs = true };
    struct watch watch;

    watch_begin(&watch, &sample, 500);
    CU_ASSERT_EQUAL(watch_deadline(&watch, &rules), 9500);
    CU_ASSERT_FALSE(watch_look(&watch, &rules, &sample, 1000));
    CU_ASSERT_EQUAL(watch_deadline(&watch, &rules), 3500);
    CU_ASSERT_TRUE(watch_look(&watch, &rules, &sample, 3500));
    watch_tell(&watch, &sample, 3500);
    rules.attributes = parse("pmin=1&pmax=0");
    CU_ASSERT_FALSE(watch_look(&watch, &rules, &sample, 4499));
    CU_ASSERT_TRUE(watch_look(&watch, &rules, &sample, 4500));
    watch_tell(&watch, &sample, 4500);
    CU_ASSERT_EQUAL(watch_deadline(&watch, &rules), WATCH_NEVER);
}

static CU_TestInfo tests[] = {
    { "parameters", parameters_have_a_form_a_version_and_a_place },
    { "levels", lower_level_counts_and_taking_away_shows_the_upper_one },
    { "limit", full_table_takes_no_more_paths_but_changes },
    { "agree", thresholds_must_agree },
    { "time", observer_is_told_in_time_and_of_what_counts },
    { "defaults", default_periods_count_without_attributes },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "attributes", NULL, NULL, NULL, NULL, tests },
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
