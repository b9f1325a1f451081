/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/applies.h"

/* The lines of `applies`: what can be read, what holds, and why. */

static struct profile *profile_of(const char *text)
{
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };

    if (profile_parse("p.json", ".", text, strlen(text), &profile, &reason) !=
        STATUS_OK) {
        printf("%s: %s\n", text, reason.text);
        abort();
    }
    return profile;
}

static void a_line_is_terms_joined_by_or(void)
{
    static const struct {
        const char *line;
        bool is_line;
    } rows[] = {
        { "deps", true },
        { "long-update", true },
        { "not deps", true },
        { "auth or checksum", true },
        { "not auth or components >= 2 or package G", true },
        { "not package G", true },
        { "hook power-cycle", true },
        { "components >= 10", true },
        { "lwm2m >= 1.1", true },
        { "format-112 or format-110", true },
        { "x-vendor", true },
        { "enc = required", true },
        { "not enc = required or deps", true },
        { "enc = maybe", false },
        { "enc =", false },
        { "maybe = required", false },
        { "cancle", false },
        { "lwm2m >= ", false },
        { "lwm2m >= 1.x", false },
        { "package ABCDEFGHIJKLMNO", true },
        { "", false },
        { "not ", false },
        { "not", false }, /* no item is called so */
        { "deps ", false },
        { " deps", false },
        { "Deps", false },
        { "deps or", false },
        { "deps or ", false },
        { " or deps", false },
        { "deps and auth", false },
        { "not not deps", false },
        { "components", false },
        { "components >= ", false },
        { "components >= two", false },
        { "components >= 2 ", false },
        { "components >= -1", false },
        { "components > 2", false },
        { "components >= 1000", false },
        { "package ", false },
        { "package G H", false },
        { "package ABCDEFGHIJKLMNOP", false },
        { "hook Power", false },
        { "ics-deps-with-a-name-of-32-bytes", false },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((applies_misfit(rows[i].line) == NULL) != rows[i].is_line) {
            printf("'%s'\n", rows[i].line);
            CU_FAIL("line");
        }
    }
}

static void a_line_longer_than_any_is_refused(void)
{
    char line[200];

    memset(line, 'a', sizeof(line) - 1);
    line[sizeof(line) - 1] = '\0';
    CU_ASSERT_PTR_NOT_NULL(applies_misfit(line));
    memcpy(line, "package ", 8);
    CU_ASSERT_PTR_NOT_NULL(applies_misfit(line));
    memcpy(line, "deps or ", 8);
    CU_ASSERT_PTR_NOT_NULL(applies_misfit(line));
}

static const char two_components[] =
    "{ \"components\": { \"app\": { \"instance\": 0 },"
    "                   \"tee\": { \"instance\": 1 } },"
    "  \"packages\": { \"tee\": { \"G\": { \"recipe\": \"anjay\" } } },"
    "  \"control\": { \"start\": [\"a\"] },"
    "  \"ics\": { \"deps\": true, \"defer\": \"none\", \"conc\": \"queued\","
    "           \"big\": 0, \"nrst\": \"unknown\", \"arb\": false,"
    "           \"auth\": false, \"push\": false } }";

static const struct {
    const char *line;
    bool known;   /**< the device was looked at */
    bool unknown; /**< it was not */
} lines[] = {
    /* Declared by the profile: the device changes nothing. */
    { "deps", true, true },
    { "not deps", false, false },
    { "conc", true, true },
    { "defer", false, false },
    { "big", false, false },
    { "nrst", false, false },
    { "arb", false, false },
    { "auth", false, false },
    { "not auth", true, true },
    { "push", false, false }, /* although detected */
    /* Detected, or not. */
    { "pull", true, true },
    { "not pull", false, true },
    { "cancel", false, true },
    { "not cancel", true, true },
    /* Neither declared nor detected: the default. */
    { "trans", false, false },
    { "not trans", true, true },
    /* Alternatives. */
    { "auth or deps", true, true },
    { "deps or auth", true, true },
    { "auth or defer", false, false },
    { "not deps or not auth", true, true },
    { "auth or components >= 2", true, true },
    /* A value. */
    { "conc = queued", true, true },
    { "conc = parallel", false, false },
    { "not conc = parallel", true, true },
    { "enc = required", false, false }, /* the default is none */
    { "failst = either", true, true },
    { "auth or conc = queued", true, true },
    /* Counting, packages, hooks. */
    { "components >= 1", true, true },
    { "components >= 2", true, true },
    { "components >= 3", false, false },
    { "not components >= 3", true, true },
    { "package G", true, true },
    { "package BAD", true, true },
    { "package DEP", false, false },
    { "not package DEP", true, true },
    { "not package G", false, false },
    { "hook start", true, true },
    { "hook power-cycle", false, false },
    { "not hook power-cycle", true, true },
    /* The version of the registration. */
    { "lwm2m >= 1.0", true, true },
    { "lwm2m >= 1.9", true, true },
    { "lwm2m >= 1.11", false, true },
    { "lwm2m >= 2.0", false, true },
    { "not lwm2m >= 1.11", true, true },
    /* What cannot be read holds never. */
    { "Deps", false, false },
    { "cancle", false, false },
    { "enc = maybe", false, false },
    { "components >= x", false, false },
};

static void a_line_holds_by_declaration_detection_and_profile(void)
{
    struct profile *profile = profile_of(two_components);

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct ics known = { .is_known = true };
        struct ics unknown = { .is_known = false };
        ics_declare(&known, profile, false);
        ics_declare(&unknown, profile, false);
        ics_set(&known, "pull", "true", false);
        ics_set(&known, "push", "true", false);
        ics_set(&known, "lwm2m", "1.10", false);
        bool is_held = applies_holds(lines[i].line, profile, &known);
        bool is_held_before = applies_holds(lines[i].line, profile, &unknown);
        if (is_held != lines[i].known || is_held_before != lines[i].unknown) {
            printf("'%s': %d, before %d\n", lines[i].line, is_held,
                   is_held_before);
            CU_FAIL("line");
        }
    }
    profile_free(profile);
}

static void a_hook_about_the_started_device_needs_one(void)
{
    struct profile *profile =
        profile_of("{\"control\": {\"power-cycle\": \"restart\","
                   " \"reset\": [\"./reset\"]}}");
    struct ics started = { .is_known = true };
    struct ics awaited = { .is_known = true };
    char why[128];

    ics_declare(&started, profile, true);
    ics_declare(&awaited, profile, false);
    CU_ASSERT_TRUE(applies_holds("hook power-cycle", profile, &started));
    CU_ASSERT_FALSE(applies_holds("hook power-cycle", profile, &awaited));
    CU_ASSERT_TRUE(applies_holds("pwr", profile, &started));
    CU_ASSERT_FALSE(applies_holds("pwr", profile, &awaited));
    CU_ASSERT_EQUAL(applies_explain("hook power-cycle", profile, &awaited, why,
                                    sizeof(why)),
                    APPLIES_FAILS);
    CU_ASSERT_STRING_EQUAL(
        why,
        "\"control\" of the profile has it for a device that assay starts");
    CU_ASSERT_TRUE(applies_holds("hook reset", profile, &awaited));
    profile_free(profile);
}

static void without_a_profile_what_it_would_say_holds(void)
{
    const struct ics ics = { .is_known = false };

    CU_ASSERT_TRUE(applies_holds("package G", NULL, &ics));
    CU_ASSERT_TRUE(applies_holds("not package G", NULL, &ics));
    CU_ASSERT_TRUE(applies_holds("hook start", NULL, &ics));
    CU_ASSERT_TRUE(applies_holds("deps", NULL, &ics));
    CU_ASSERT_TRUE(applies_holds("components >= 3", NULL, &ics));
}

static void each_line_says_why_it_holds_or_not(void)
{
    static const struct {
        const char *line;
        enum applies_state before; /**< the device was looked at */
        const char *why_before;
        enum applies_state after;
        const char *why_after;
    } rows[] = {
        { "deps", APPLIES_HOLDS, "/ics declares: true", APPLIES_HOLDS,
          "/ics declares: true" },
        { "not deps", APPLIES_FAILS, "/ics declares: true", APPLIES_FAILS,
          "/ics declares: true" },
        { "trans", APPLIES_FAILS, "/ics does not declare it, so false",
          APPLIES_FAILS, "/ics does not declare it, so false" },
        { "conc = parallel", APPLIES_FAILS, "/ics declares: queued",
          APPLIES_FAILS, "/ics declares: queued" },
        { "pull", APPLIES_UNKNOWN, "not known before the device was looked at",
          APPLIES_HOLDS, "detected: true" },
        { "cancel", APPLIES_UNKNOWN,
          "not known before the device was looked at", APPLIES_FAILS,
          "the device was not seen to have it" },
        { "not cancel", APPLIES_UNKNOWN,
          "not known before the device was looked at", APPLIES_HOLDS,
          "the device was not seen to have it" },
        { "trans or pull", APPLIES_UNKNOWN,
          "/ics does not declare it, so false; not known before the device was looked at",
          APPLIES_HOLDS, "/ics does not declare it, so false; detected: true" },
        { "components >= 3", APPLIES_FAILS, "2 components", APPLIES_FAILS,
          "2 components" },
        { "package G", APPLIES_HOLDS, "tee of the profile", APPLIES_HOLDS,
          "tee of the profile" },
        { "package DEP", APPLIES_FAILS, "no component of the profile has it",
          APPLIES_FAILS, "no component of the profile has it" },
        { "hook start", APPLIES_HOLDS, "\"control\" of the profile has it",
          APPLIES_HOLDS, "\"control\" of the profile has it" },
        { "hook power-cycle", APPLIES_FAILS,
          "\"control\" of the profile has none", APPLIES_FAILS,
          "\"control\" of the profile has none" },
        { "lwm2m >= 1.2", APPLIES_UNKNOWN,
          "not known before the device was looked at", APPLIES_HOLDS,
          "detected: 1.10" },
    };
    struct profile *profile = profile_of(two_components);
    struct ics known = { .is_known = true };
    struct ics unknown = { .is_known = false };

    ics_declare(&known, profile, false);
    ics_declare(&unknown, profile, false);
    ics_set(&known, "pull", "true", false);
    ics_set(&known, "lwm2m", "1.10", false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char why[128];
        CU_ASSERT_EQUAL(
            applies_explain(rows[i].line, profile, &unknown, why, sizeof(why)),
            rows[i].before);
        CU_ASSERT_STRING_EQUAL(why, rows[i].why_before);
        CU_ASSERT_EQUAL(
            applies_explain(rows[i].line, profile, &known, why, sizeof(why)),
            rows[i].after);
        CU_ASSERT_STRING_EQUAL(why, rows[i].why_after);
    }
    char tiny[8];
    CU_ASSERT_EQUAL(
        applies_explain("deps", profile, &known, tiny, sizeof(tiny)),
        APPLIES_HOLDS);
    CU_ASSERT_STRING_EQUAL(tiny, "/ics de"); /* cut */
    profile_free(profile);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.applies", NULL, NULL);
    CU_ADD_TEST(suite, a_line_is_terms_joined_by_or);
    CU_ADD_TEST(suite, a_line_longer_than_any_is_refused);
    CU_ADD_TEST(suite, a_line_holds_by_declaration_detection_and_profile);
    CU_ADD_TEST(suite, a_hook_about_the_started_device_needs_one);
    CU_ADD_TEST(suite, each_line_says_why_it_holds_or_not);
    CU_ADD_TEST(suite, without_a_profile_what_it_would_say_holds);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
