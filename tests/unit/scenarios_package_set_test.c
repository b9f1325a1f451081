/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scenarios/package/package.h"

static const struct package_component components[] = {
    { "application", 0 }, { "tee", 1 },     { "bootloader", 2 },
    { "modem", 3 },       { "radio", 300 },
};

static struct {
    char folder[64];
    char path[96];
} fixture;

static int set_up(void)
{
    FILE *file = NULL;

    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-set-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL) {
        return 1;
    }
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/app.bin",
                   fixture.folder);
    file = fopen(fixture.path, "wb");
    if (file == NULL) {
        return 1;
    }
    (void)fputs("firmware", file);
    return fclose(file) == 0 ? 0 : 1;
}

static int tear_down(void)
{
    return unlink(fixture.path) == 0 && rmdir(fixture.folder) == 0 ? 0 : 1;
}

static enum status parse(const char *text, struct package_set **out_set,
                         struct reason *reason)
{
    cJSON *json = text != NULL ? cJSON_Parse(text) : NULL;

    if (text != NULL && json == NULL) {
        printf("%s\n", text);
        abort();
    }
    *out_set = NULL;
    *reason = (struct reason){ .status = STATUS_OK };
    enum status status = package_set_parse(
        components, sizeof(components) / sizeof(components[0]), json, NULL,
        fixture.folder, out_set, reason);
    cJSON_Delete(json);
    return status;
}

static struct package_set *set_of(const char *text)
{
    struct package_set *set = NULL;
    struct reason reason;

    if (parse(text, &set, &reason) != STATUS_OK) {
        printf("%s: %s\n", text != NULL ? text : "NULL", reason.text);
        abort();
    }
    return set;
}

/* What there is. */

static void junk_is_derived_for_every_component(void)
{
    static const char *const texts[] = { NULL, "{}", "{\"tee\":{}}" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct package_set *set = set_of(texts[i]);
        for (size_t j = 0; j < sizeof(components) / sizeof(components[0]);
             j++) {
            uint16_t instance = components[j].instance;
            const struct package_info *info =
                package_set_find(set, instance, "JUNK");
            CU_ASSERT_PTR_NOT_NULL_FATAL(info);
            CU_ASSERT_TRUE(info->is_derived);
            CU_ASSERT_EQUAL(info->instance, instance);
            CU_ASSERT_PTR_NOT_NULL(package_set_find(set, instance, "SHORT"));
            /* Nothing to damage. */
            CU_ASSERT_PTR_NULL(package_set_find(set, instance, "BAD"));
            CU_ASSERT_PTR_NULL(package_set_find(set, instance, "TRUNC"));
        }
        CU_ASSERT_PTR_NULL(package_set_find(set, 9, "JUNK"));
        package_set_free(set);
    }
}

static void damages_are_derived_from_recipes_and_files(void)
{
    static const char *const any[] = { "BAD",  "TRUNC", "APPEND",
                                       "FLIP", "HDR",   "FOREIGN" };
    static const char *const ours[] = { "FULL", "FULL+1", "FULL-1" };
    struct package_set *set =
        set_of("{\"tee\":{\"G\":{\"recipe\":\"anjay\"}},"
               "\"modem\":{\"G\":{\"file\":\"app.bin\"}}}");

    for (size_t i = 0; i < sizeof(any) / sizeof(any[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 1, any[i]));
        CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 3, any[i]));
    }
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 1, ours[i]));
        CU_ASSERT_PTR_NULL(package_set_find(set, 3, ours[i]));
    }
    package_set_free(set);
}

static void what_is_given_or_taken_away_is_not_derived(void)
{
    struct package_set *set = set_of(
        "{\"tee\":{\"G\":{\"recipe\":\"anjay\"},\"BAD\":null,\"JUNK\":null,"
        "\"TRUNC\":{\"file\":\"app.bin\"},\"SHORT\":{\"junk\":2}}}");
    const struct package_info *trunc = package_set_find(set, 1, "TRUNC");
    struct package package = { .bytes = NULL };

    CU_ASSERT_PTR_NULL(package_set_find(set, 1, "BAD"));
    CU_ASSERT_PTR_NULL(package_set_find(set, 1, "JUNK"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(trunc);
    CU_ASSERT_FALSE(trunc->is_derived);
    CU_ASSERT_EQUAL(package_build(set, 1, "SHORT", NULL, 0, 0, &package, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(package.size, 2);
    package_release(&package);
    CU_ASSERT_EQUAL(package_build(set, 1, "BAD", NULL, 0, 0, &package, NULL),
                    STATUS_NOT_FOUND);
    package_set_free(set);
}

static void packages_of_another_component_are_not_found(void)
{
    struct package_set *set =
        set_of("{\"tee\":{\"G\":{\"recipe\":\"anjay\"}}}");

    CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 1, "G"));
    CU_ASSERT_PTR_NULL(package_set_find(set, 0, "G"));
    CU_ASSERT_PTR_NULL(package_set_find(set, 1, "g"));
    CU_ASSERT_PTR_NULL(package_set_find(NULL, 1, "G"));
    package_set_free(set);
}

/** design.md, section 5: required, then contained, then linked. */
static void related_components_are_in_order_and_once(void)
{
    static const struct {
        const char *package;
        uint16_t related[4];
        size_t count;
        bool several;
    } rows[] = {
        { "{\"recipe\":\"anjay\"}", { 0 }, 0, false },
        { "{\"recipe\":\"anjay\",\"requires\":{\"modem\":\"newer\"}}",
          { 3 },
          1,
          false },
        { "{\"file\":\"app.bin\",\"links\":[\"tee\",\"modem\"],\"contains\":"
          "[\"application\",\"modem\"],\"requires\":[\"bootloader\","
          "\"tee\"]}",
          { 2, 1, 3 },
          3,
          true },
        { "{\"recipe\":\"anjay\",\"links\":[\"tee\",\"application\"]}",
          { 1 },
          1,
          false },
        { "{\"file\":\"app.bin\",\"contains\":[\"application\"]}",
          { 0 },
          0,
          false },
    };
    char text[512];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        (void)snprintf(text, sizeof(text),
                       "{\"application\":{\"G\":%s,\"XBAD\":{\"damage\":\"G\","
                       "\"how\":\"append\"}}}",
                       rows[i].package);
        struct package_set *set = set_of(text);
        static const char *const names[] = { "G", "XBAD", "TRUNC" };
        for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
            const struct package_info *info =
                package_set_find(set, 0, names[j]);
            CU_ASSERT_PTR_NOT_NULL_FATAL(info);
            CU_ASSERT_STRING_EQUAL(info->name, names[j]);
            CU_ASSERT_EQUAL(info->contains_several, rows[i].several);
            CU_ASSERT_EQUAL(info->is_derived, j > 0);
            CU_ASSERT_EQUAL_FATAL(info->related_count, rows[i].count);
            CU_ASSERT_EQUAL(memcmp(info->related, rows[i].related,
                                   rows[i].count * sizeof(uint16_t)),
                            0);
        }
        package_set_free(set);
    }
}

/* What is wrong. */

#define MEMBERS(text) "{\"tee\":{\"G\":{" text "}}}"

static const struct {
    const char *text;
    const char *said;
} wrong[] = {
    { "[]", "/packages: an object is expected" },
    { "{\"tea\":{}}", "/packages/tea: no component 'tea'" },
    { "{\"tee\":[]}", "/packages/tee: an object of packages is expected" },
    { "{\"tee\":{\"\":{\"junk\":1}}}",
      "/packages/tee/: a package name has 1 to 15 characters" },
    { "{\"tee\":{\"ABCDEFGHIJKLMNOP\":{\"junk\":1}}}",
      "/packages/tee/ABCDEFGHIJKLMNOP: a package name has 1 to 15 "
      "characters" },
    { "{\"tee\":{\"G\":5}}", "/packages/tee/G: one of 'file', 'recipe', "
                             "'damage' or 'junk' is expected" },
    { "{\"tee\":{\"G\":[{}]}}", "/packages/tee/G: one of 'file', 'recipe', "
                                "'damage' or 'junk' is expected" },
    { MEMBERS(""), "/packages/tee/G: one of 'file', 'recipe', 'damage' or "
                   "'junk' is expected" },
    /* Files. */
    { MEMBERS("\"file\":5"), "/packages/tee/G/file: a path is expected" },
    { MEMBERS("\"file\":\"app.bin\",\"size\":5"),
      "/packages/tee/G: unknown key 'size'; allowed are: file version "
      "requires contains links" },
    { MEMBERS("\"file\":\"app.bin\",\"recipe\":\"anjay\""),
      "/packages/tee/G: unknown key 'recipe'; allowed are: file version "
      "requires contains links" },
    { MEMBERS("\"file\":\"app.bin\",\"version\":\"\""),
      "/packages/tee/G/version: a version, 'newer', 'newest', 'same', "
      "'older', 'major', 'observed.NUMBER' or 'above COMPONENT' is expected" },
    /* Recipes. */
    { MEMBERS("\"recipe\":\"anjai\""),
      "/packages/tee/G/recipe: unknown; known are: anjay mcuboot suit dfumi" },
    { MEMBERS("\"recipe\":\"anjay\",\"verson\":\"1\""),
      "/packages/tee/G: unknown key 'verson'; allowed are: recipe version "
      "size requires contains links outcome" },
    { MEMBERS("\"recipe\":\"anjay\",\"version\":5"),
      "/packages/tee/G/version: a version, 'newer', 'newest', 'same', "
      "'older', 'major', 'observed.NUMBER' or 'above COMPONENT' is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"version\":\"above tea\""),
      "/packages/tee/G/version: no component 'tea'" },
    { MEMBERS("\"recipe\":\"anjay\",\"version\":\"1234567890123456789012345\""),
      "/packages/tee/G/version: the anjay format has versions of at most 24 "
      "bytes" },
    { MEMBERS("\"recipe\":\"anjay\",\"size\":0"),
      "/packages/tee/G/size: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"size\":67108865"),
      "/packages/tee/G/size: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"size\":1.5"),
      "/packages/tee/G/size: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"size\":\"20 KiB\""),
      "/packages/tee/G/size: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"outcome\":\"fail\""),
      "/packages/tee/G/outcome: unknown; known are: none out-of-memory "
      "fail-at-update success-after-restart failure-after-restart "
      "success-no-restart failure-no-restart hang defer fail-integrity" },
    { MEMBERS("\"recipe\":\"anjay\",\"links\":\"modem\""),
      "/packages/tee/G/links: a list of components is expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"links\":[5]"),
      "/packages/tee/G/links: names of components are expected" },
    { MEMBERS("\"recipe\":\"anjay\",\"links\":[\"modem\",\"modem\"]"),
      "/packages/tee/G/links: a component stands there twice" },
    { MEMBERS("\"recipe\":\"anjay\",\"links\":[\"radio\"]"),
      "/packages/tee/G/links: the anjay format links instances 0..254" },
    { MEMBERS("\"recipe\":\"anjay\",\"requires\":{\"modem\":2}"),
      "/packages/tee/G/requires: versions are expected as texts" },
    { MEMBERS("\"recipe\":\"anjay\",\"requires\":{\"tea\":\"2\"}"),
      "/packages/tee/G/requires: no component 'tea'" },
    { "{\"radio\":{\"G\":{\"recipe\":\"anjay\"}}}",
      "/packages/radio/G/recipe: the anjay format only has instances 0..3" },
    /* Bundles. */
    { "{\"tee\":{\"M\":{\"recipe\":\"anjay\",\"contains\":[\"tee\"]}}}",
      "/packages/tee/M/contains: 'tee' has no recipe 'G' of its own to put "
      "in" },
    { "{\"tee\":{\"G\":{\"file\":\"app.bin\"},\"M\":{\"recipe\":\"anjay\","
      "\"contains\":[\"tee\"]}}}",
      "/packages/tee/M/contains: 'tee' has no recipe 'G' of its own to put "
      "in" },
    /* A bundle in a bundle. */
    { "{\"tee\":{\"G\":{\"recipe\":\"anjay\",\"contains\":[\"tee\"]}}}",
      "/packages/tee/G/contains: 'tee' has no recipe 'G' of its own to put "
      "in" },
    { MEMBERS("\"recipe\":\"anjay\",\"contains\":[\"application\",\"tee\","
              "\"bootloader\",\"modem\",\"radio\"]"),
      "/packages/tee/G/contains: too many components" },
    { MEMBERS("\"recipe\":\"anjay\",\"contains\":[\"tee\",\"tee\"]"),
      "/packages/tee/G/contains: a component stands there twice" },
    { "{\"tee\":{\"G\":{\"recipe\":\"anjay\"},\"M\":{\"recipe\":\"anjay\","
      "\"contains\":[\"tee\"],\"outcome\":\"hang\"}}}",
      "/packages/tee/M/outcome: means nothing with 'contains': the parts are "
      "the packages 'G'" },
    /* Damage. */
    { MEMBERS("\"damage\":\"\",\"how\":\"header\""),
      "/packages/tee/G/damage: the name of a package is expected" },
    { MEMBERS("\"damage\":1,\"how\":\"header\""),
      "/packages/tee/G/damage: the name of a package is expected" },
    { MEMBERS("\"damage\":\"H\",\"how\":\"header\""),
      "/packages/tee/G: damages 'H', which is no good package" },
    { MEMBERS("\"damage\":\"G\",\"how\":\"header\""),
      "/packages/tee/G: damages 'G', which is no good package" },
    { MEMBERS("\"damage\":\"JUNK\",\"how\":\"header\""),
      "/packages/tee/G: damages 'JUNK', which is no good package" },
    { MEMBERS("\"damage\":\"H\",\"how\":\"flip\""),
      "/packages/tee/G/how: unknown; known are: flip-bit flip-spread header "
      "mark truncate append, and variants of the format" },
    { MEMBERS("\"damage\":\"H\""),
      "/packages/tee/G/how: unknown; known are: flip-bit flip-spread header "
      "mark truncate append, and variants of the format" },
    { MEMBERS("\"damage\":\"H\",\"how\":\"truncate\",\"part\":\"tee\""),
      "/packages/tee/G/part: only goes with 'flip-bit'" },
    { MEMBERS("\"damage\":\"H\",\"how\":\"flip-bit\",\"part\":\"tea\""),
      "/packages/tee/G/part: no component 'tea'" },
    { "{\"tee\":{\"G\":{\"recipe\":\"anjay\"},\"M\":{\"recipe\":\"anjay\","
      "\"contains\":[\"tee\"]},\"MBAD\":{\"damage\":\"M\",\"how\":"
      "\"flip-bit\",\"part\":\"modem\"}}}",
      "/packages/tee/MBAD/part: 'M' does not contain it" },
    { "{\"tee\":{\"G\":null,\"BAD\":{\"damage\":\"G\",\"how\":"
      "\"flip-bit\"}}}",
      "/packages/tee/BAD: damages 'G', which is no good package" },
    /* Junk. */
    { MEMBERS("\"junk\":0"),
      "/packages/tee/G/junk: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"junk\":null"),
      "/packages/tee/G/junk: a number of bytes of 1..67108864 is expected" },
    { MEMBERS("\"junk\":3,\"version\":\"1\""),
      "/packages/tee/G: unknown key 'version'; allowed are: junk" },
};

static void what_is_wrong_is_named_with_its_pointer(void)
{
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct package_set *set = NULL;
        struct reason reason;
        enum status status = parse(wrong[i].text, &set, &reason);
        if (status != STATUS_MALFORMED ||
            strcmp(reason.text, wrong[i].said) != 0) {
            printf("%s\n  said     '%s'\n  expected '%s'\n", wrong[i].text,
                   reason.text, wrong[i].said);
            CU_FAIL("complaint");
        }
        CU_ASSERT_PTR_NULL(set);
        package_set_free(set);
    }
}

static void what_is_no_file_is_named(void)
{
    static const char *const files[] = { "none.bin", ".", "app.bin/x",
                                         "/dev/null" };
    char text[256];

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct package_set *set = NULL;
        struct reason reason;
        (void)snprintf(text, sizeof(text),
                       "{\"tee\":{\"G\":{\"file\":\"%s\"}}}", files[i]);
        CU_ASSERT_EQUAL(parse(text, &set, &reason), STATUS_NOT_FOUND);
        CU_ASSERT_EQUAL(strncmp(reason.text, "/packages/tee/G: file '", 23), 0);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, files[i]));
        CU_ASSERT_PTR_NULL(set);
    }
}

static void an_absolute_path_needs_no_folder(void)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "{\"tee\":{\"G\":{\"file\":\"%s\"}}}",
                   fixture.path);
    struct package_set *set = set_of(text);
    CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 1, "G"));
    package_set_free(set);
}

static void a_set_has_limits(void)
{
    struct package_component many[PACKAGE_COMPONENTS_MAX + 1];
    struct package_set *set = NULL;
    struct reason reason = { .status = STATUS_OK };
    cJSON *packages = cJSON_CreateObject();
    cJSON *tee = cJSON_AddObjectToObject(packages, "tee");
    char name[16];

    for (uint16_t i = 0; i <= PACKAGE_COMPONENTS_MAX; i++) {
        many[i] = (struct package_component){ "c", i };
    }
    CU_ASSERT_EQUAL(package_set_parse(many, PACKAGE_COMPONENTS_MAX, NULL, NULL,
                                      ".", &set, &reason),
                    STATUS_OK);
    package_set_free(set);
    set = NULL;
    CU_ASSERT_EQUAL(package_set_parse(many, PACKAGE_COMPONENTS_MAX + 1, NULL,
                                      NULL, ".", &set, &reason),
                    STATUS_LIMIT);
    CU_ASSERT_PTR_NULL(set);
    for (unsigned i = 0; i <= 2048; i++) {
        (void)snprintf(name, sizeof(name), "P%u", i);
        cJSON_AddItemToObject(tee, name, cJSON_Parse("{\"junk\":1}"));
    }
    CU_ASSERT_EQUAL(
        package_set_parse(components, 2, packages, NULL, ".", &set, &reason),
        STATUS_LIMIT);
    CU_ASSERT_PTR_NULL(set);
    cJSON_DeleteItemFromObject(tee, "P0");
    CU_ASSERT_EQUAL(
        package_set_parse(components, 2, packages, NULL, ".", &set, &reason),
        STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(package_set_find(set, 1, "P2048"));
    package_set_free(set);
    cJSON_Delete(packages);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.package_set", set_up, tear_down);
    CU_ADD_TEST(suite, junk_is_derived_for_every_component);
    CU_ADD_TEST(suite, damages_are_derived_from_recipes_and_files);
    CU_ADD_TEST(suite, what_is_given_or_taken_away_is_not_derived);
    CU_ADD_TEST(suite, packages_of_another_component_are_not_found);
    CU_ADD_TEST(suite, related_components_are_in_order_and_once);
    CU_ADD_TEST(suite, what_is_wrong_is_named_with_its_pointer);
    CU_ADD_TEST(suite, what_is_no_file_is_named);
    CU_ADD_TEST(suite, an_absolute_path_needs_no_folder);
    CU_ADD_TEST(suite, a_set_has_limits);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
