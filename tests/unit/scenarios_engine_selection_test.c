/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/selection.h"
#include "scenarios/steps/steps.h"

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

static struct catalogue *catalogue_of(const char *text)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason = { .status = STATUS_OK };

    if (catalogue == NULL ||
        catalogue_add(catalogue, steps_table(), "c.json", text, strlen(text),
                      &reason) != STATUS_OK) {
        printf("%s: %s\n", text, reason.text);
        abort();
    }
    return catalogue;
}

static const char two_components[] =
    "{ \"components\": { \"app\": { \"instance\": 0 },"
    "                   \"tee\": { \"instance\": 1 } },"
    "  \"packages\": { \"tee\": { \"G\": { \"recipe\": \"anjay\" } } },"
    "  \"control\": { \"start\": [\"a\"] },"
    "  \"ics\": { \"deps\": true, \"defer\": \"none\", \"conc\": \"queued\","
    "           \"big\": 0, \"nrst\": \"unknown\", \"arb\": false,"
    "           \"auth\": false, \"push\": false } }";

/* ICS. */

static void everything_a_profile_may_declare_is_kept(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    char name[40];
    struct ics ics = { .is_known = false };

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    (void)fputs("{\"ics\":{", stream);
    for (int i = 0; i < PROFILE_ITEMS_MAX; i++) {
        (void)fprintf(stream, "%s\"x-e-with-a-name-of-31-bytes-%03d\":%d",
                      i > 0 ? "," : "", i, i + 1);
    }
    (void)fputs("},\"control\":{", stream);
    for (int i = 0; i < PROFILE_ITEMS_MAX; i++) {
        (void)fprintf(stream, "%s\"hook-of-24-character-%03d\":[\"a\"]",
                      i > 0 ? "," : "", i);
    }
    (void)fputs("}}", stream);
    (void)fclose(stream); /* into memory */
    struct profile *profile = profile_of(text);
    ics_declare(&ics, profile, false);
    for (int i = 0; i < PROFILE_ITEMS_MAX; i++) {
        (void)snprintf(name, sizeof(name), "x-e-with-a-name-of-31-bytes-%03d",
                       i);
        CU_ASSERT_TRUE(ics_holds(&ics, name));
        (void)snprintf(name, sizeof(name), "hook hook-of-24-character-%03d", i);
        CU_ASSERT_TRUE(ics_value(&ics, name) != NULL);
    }
    ics_set(&ics, "pull", "true", false); /* there is room to detect */
    CU_ASSERT_STRING_EQUAL(ics_value(&ics, "pull"), "true");
    profile_free(profile);
    free(text);
}

static void instances_are_kept_in_order_and_once(void)
{
    static const uint16_t added[] = { 7, 0, 65534, 3, 7, 0 };
    static const uint16_t kept[] = { 0, 3, 7, 65534 };
    struct ics ics = { .is_known = false };

    for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
        ics_add_instance(&ics, added[i], true);
    }
    CU_ASSERT_EQUAL_FATAL(ics.instance_count, 4);
    CU_ASSERT_EQUAL(memcmp(ics.instances, kept, sizeof(kept)), 0);
    for (uint16_t i = 0; i < 100; i++) {
        ics_add_instance(&ics, (uint16_t)(i + 100), true);
    }
    CU_ASSERT_EQUAL(ics.instance_count, ICS_INSTANCES_MAX);
    CU_ASSERT_EQUAL(ics.instances[3], 100);
    CU_ASSERT_EQUAL(ics.instances[ICS_INSTANCES_MAX - 1], 65534);
}

/* The plan. */

/* clang-format off */
#define LOOK "{\"read\":\"/3\"}"
#define SEND "{\"deliver\":\"G\",\"to\":\"x\"}"
#define CASE(number, more, steps)                                              \
    "{\"id\":\"AFU-DEP-" number "\",\"title\":\"t\"," more                     \
    "\"requirements\":[\"AFU-001\"],\"steps\":[" steps "]}"

static const char files[] =
    "{\"group\":\"AFU-DEP\",\"cases\":["
    CASE("001", "\"applies\":[\"deps\",\"components >= 3\",\"package DEP\"],",
         LOOK) ","
    CASE("002", "\"applies\":[\"not deps or auth\"],", LOOK) ","
    CASE("010", "\"applies\":[\"deps\",\"package DEP\"],", LOOK) ","
    CASE("011", "\"applies\":[\"deps\"],", SEND) ","
    CASE("012", "\"mechanisms\":[\"pull\"],", SEND) ","
    CASE("013", "\"mechanisms\":[\"push\"],", SEND)
    "]}";
/* clang-format on */

static struct plan *plan_of(const struct campaign_config *config,
                            const struct ics *ics, struct reason *reason)
{
    struct plan *plan = NULL;

    *reason = (struct reason){ .status = STATUS_OK };
    const struct profile *profile =
        config->profile_count > 0 ? config->profiles[0] : NULL;
    return selection_plan(config, profile, ics, &plan, reason) == STATUS_OK
               ? plan
               : NULL;
}

/** "AFU-DEP-001 reason|AFU-DEP-002 |…": the whole plan as a text. */
static void plan_text(const struct plan *plan, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; plan != NULL && i < plan_count(plan); i++) {
        const struct plan_entry *entry = plan_at(plan, i);
        CU_ASSERT_EQUAL(entry->runs, entry->reason[0] == '\0');
        used += (size_t)snprintf(text + used, size - used, "%s%s%s%s",
                                 i > 0 ? "|" : "", entry->instance,
                                 entry->runs ? "" : " - ", entry->reason);
    }
}

static void what_does_not_run_names_the_line_that_failed(void)
{
    static const char detected[] =
        "AFU-DEP-001 - needs components >= 3: 2 components|"
        "AFU-DEP-002 - needs not deps or auth: /ics declares: true; /ics declares: false|"
        "AFU-DEP-010 - needs package DEP: no component of the profile has it|"
        "AFU-DEP-011@push - push: the profile says "
        "that it is not used|AFU-DEP-012@pull - pull: resource 9 does not "
        "offer it|AFU-DEP-013@push - push: the profile says that it is not "
        "used";
    struct profile *profile = profile_of(two_components);
    struct catalogue *catalogue = catalogue_of(files);
    struct campaign_config config = {
        .profiles = (const struct profile *const *)&profile,
        .profile_count = 1,
        .catalogue = catalogue
    };
    struct ics ics = { .is_known = true };
    struct reason reason;
    char text[1024];

    ics_declare(&ics, profile, false);
    struct plan *plan = plan_of(&config, &ics, &reason);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, detected);
    plan_free(plan);
    /* Pull is there, push is not: the case is there for pull alone. */
    ics_set(&ics, "pull", "true", false);
    plan = plan_of(&config, &ics, &reason);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "|AFU-DEP-011@pull|AFU-DEP-012@pull|AFU-DEP-013@push - "
                     "push"));
    plan_free(plan);
    /* Resource 8 says that it cannot fetch from us. */
    ics_set(&ics, "protocols", "true", false);
    ics_set(&ics, "coap", "false", false);
    plan = plan_of(&config, &ics, &reason);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "|AFU-DEP-012@pull - pull: resource 8 has no CoAP|"));
    plan_free(plan);
    /* Another protocol is asked for, which it does not list either. */
    ics_set(&ics, "coap", "true", false);
    ics_set(&ics, "http", "false", false);
    config.has_pull_by = true;
    config.pull_by = REPOSITORY_HTTP;
    plan = plan_of(&config, &ics, &reason);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "|AFU-DEP-012@pull - pull: resource 8 has no HTTP|"));
    plan_free(plan);
    catalogue_free(catalogue);
    profile_free(profile);
}

static void the_plan_is_made_before_the_device_is_seen(void)
{
    struct catalogue *catalogue = catalogue_of(files);
    struct profile *profile = profile_of("{}");
    const struct campaign_config config = { .catalogue = catalogue };
    struct reason reason = { .status = STATUS_OK };
    struct plan *plan = NULL;
    char text[1024];

    CU_ASSERT_EQUAL(plan_new(&config, NULL, &plan, &reason), STATUS_OK);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "AFU-DEP-001|AFU-DEP-002|AFU-DEP-010|"
                                 "AFU-DEP-011|AFU-DEP-012|AFU-DEP-013");
    plan_free(plan);
    plan = NULL;
    CU_ASSERT_EQUAL(plan_new(&config, profile, &plan, &reason), STATUS_OK);
    plan_text(plan, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(
        text,
        "AFU-DEP-001 - needs deps: /ics does not declare it, so false|"
        "AFU-DEP-002|AFU-DEP-010 - needs deps: /ics does not declare it, so false|"
        "AFU-DEP-011@push - needs deps: /ics does not declare it, so false|AFU-DEP-011@pull - needs deps: /ics does not declare it, so false|"
        "AFU-DEP-012@pull|AFU-DEP-013@push");
    plan_free(plan);
    profile_free(profile);
    catalogue_free(catalogue);
}

static void the_plan_goes_to_the_journal(void)
{
    struct profile *profile = profile_of(two_components);
    struct catalogue *catalogue = catalogue_of(files);
    static const char *const patterns[] = { "AFU-DEP-002", "AFU-DEP-011@push",
                                            NULL };
    const struct campaign_config config = {
        .profiles = (const struct profile *const *)&profile,
        .profile_count = 1,
        .catalogue = catalogue,
        .patterns = patterns
    };
    struct ics ics = { .is_known = false };
    struct reason reason;
    struct plan *plan = plan_of(&config, &ics, &reason);

    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    cJSON *json = selection_json(plan);
    char *text = cJSON_PrintUnformatted(json);
    CU_ASSERT_STRING_EQUAL(
        text, "{\"cases\":[{\"instance\":\"AFU-DEP-002\",\"case\":"
              "\"AFU-DEP-002\",\"title\":\"t\",\"requirements\":[\"AFU-001\"],"
              "\"mechanism\":null,\"runs\":true,\"reason\":null},"
              "{\"instance\":\"AFU-DEP-011@push\",\"case\":\"AFU-DEP-011\","
              "\"title\":\"t\",\"requirements\":[\"AFU-001\"],\"mechanism\":"
              "\"push\",\"runs\":true,\"reason\":null}]}");
    cJSON_free(text);
    cJSON_Delete(json);
    plan_free(plan);
    catalogue_free(catalogue);
    profile_free(profile);
}

static const struct {
    const char *patterns[4];
    const char *plan;
} selections[] = {
    { { NULL },
      "AFU-DEP-001|AFU-DEP-002|AFU-DEP-010|AFU-DEP-011|"
      "AFU-DEP-012|AFU-DEP-013" },
    { { "AFU-DEP-002" }, "AFU-DEP-002" },
    { { "afu-dep-002" }, "AFU-DEP-002" },
    /* In the order of the catalogue, each once. */
    { { "AFU-DEP-010", "*-001", "AFU-DEP-010" }, "AFU-DEP-001|AFU-DEP-010" },
    { { "AFU-DEP-01*" }, "AFU-DEP-010|AFU-DEP-011|AFU-DEP-012|AFU-DEP-013" },
    { { "*DEP-00?" }, "AFU-DEP-001|AFU-DEP-002" },
    { { "AFU-DEP-00[2-9]" }, "AFU-DEP-002" },
    { { "AFU-DEP", "AFU-DEP-001" },
      "AFU-DEP-001|AFU-DEP-002|AFU-DEP-010|AFU-DEP-011|AFU-DEP-012|"
      "AFU-DEP-013" },
    { { "dep" },
      "AFU-DEP-001|AFU-DEP-002|AFU-DEP-010|AFU-DEP-011|"
      "AFU-DEP-012|AFU-DEP-013" },
    { { "AFU" },
      "AFU-DEP-001|AFU-DEP-002|AFU-DEP-010|AFU-DEP-011|"
      "AFU-DEP-012|AFU-DEP-013" },
    /* One mechanism: only cases that deliver, and that allow it. */
    { { "AFU-DEP-011@push" }, "AFU-DEP-011" },
    { { "DEP@push" }, "AFU-DEP-011|AFU-DEP-013" },
    { { "*@PULL" }, "AFU-DEP-011|AFU-DEP-012" },
};

static void patterns_are_ids_groups_areas_and_globs(void)
{
    struct catalogue *catalogue = catalogue_of(files);
    const struct ics ics = { .is_known = false };
    struct reason reason;
    char text[1024];

    for (size_t i = 0; i < sizeof(selections) / sizeof(selections[0]); i++) {
        const struct campaign_config config = { .catalogue = catalogue,
                                                .patterns =
                                                    selections[i].patterns };
        struct plan *plan = plan_of(&config, &ics, &reason);
        plan_text(plan, text, sizeof(text));
        if (plan == NULL || strcmp(text, selections[i].plan) != 0) {
            printf("%s: '%s' %s\n", selections[i].patterns[0], text,
                   reason.text);
            CU_FAIL("pattern");
        }
        plan_free(plan);
    }
    catalogue_free(catalogue);
}

static void a_pattern_chooses_the_mechanism(void)
{
    static const struct {
        const char *pattern;
        const char *plan;
    } rows[] = {
        { "AFU-DEP-011", "AFU-DEP-011@push|AFU-DEP-011@pull" },
        { "AFU-DEP-011@push", "AFU-DEP-011@push" },
        { "AFU-DEP-011@pull", "AFU-DEP-011@pull" },
    };
    struct profile *profile = profile_of(
        "{\"components\":{\"a\":{\"instance\":0}},\"ics\":{\"deps\":true,"
        "\"push\":true,\"pull\":true},\"packages\":{\"a\":{\"G\":{\"recipe\":"
        "\"anjay\"}}}}");
    struct catalogue *catalogue = catalogue_of(files);
    struct ics ics = { .is_known = true };
    struct reason reason;
    char text[1024];

    ics_declare(&ics, profile, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const patterns[] = { rows[i].pattern, NULL };
        const struct campaign_config config = {
            .profiles = (const struct profile *const *)&profile,
            .profile_count = 1,
            .catalogue = catalogue,
            .patterns = patterns
        };
        struct plan *plan = plan_of(&config, &ics, &reason);
        plan_text(plan, text, sizeof(text));
        CU_ASSERT_STRING_EQUAL(text, rows[i].plan);
        plan_free(plan);
    }
    catalogue_free(catalogue);
    profile_free(profile);
}

static void the_look_is_as_detailed_as_the_cases_ask_for(void)
{
    static const struct {
        const char *lines;
        bool wants;
    } rows[] = {
        { "\"cancel\"", false },
        { "\"deps\", \"package G\", \"components >= 2\"", false },
        { "\"observe-composite\"", true },
        { "\"cancel or format-110\"", true },
        { "\"resource-3-9\"", true },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256];
        (void)snprintf(text, sizeof(text),
                       "{\"group\":\"G\",\"cases\":[{\"id\":\"G-1\","
                       "\"title\":\"t\",\"requirements\":[\"AFU-001\"],"
                       "\"applies\":[%s],\"steps\":[%s]}]}",
                       rows[i].lines, LOOK); /* fits */
        struct catalogue *catalogue = catalogue_of(text);
        const struct campaign_config config = { .catalogue = catalogue };
        CU_ASSERT_EQUAL(selection_wants_core(&config), rows[i].wants);
        const char *const others[] = { "H-*", NULL };
        const struct campaign_config none = { .catalogue = catalogue,
                                              .patterns = others };
        CU_ASSERT_FALSE(selection_wants_core(&none)); /* it is not run */
        catalogue_free(catalogue);
    }
}

static void a_pattern_that_matches_nothing_is_named(void)
{
    static const struct {
        const char *pattern;
        const char *said;
    } rows[] = {
        { "AFU-DEP-003", "no case matches 'AFU-DEP-003', did you mean "
                         "'AFU-DEP-001'?; 'assay list' names them" },
        { "zebra", "no case matches 'zebra'; 'assay list' names them" },
        { "", "no case matches ''; 'assay list' names them" },
        { "AFU-DEP-001@push", "'AFU-DEP-001' does not run by 'push'; "
                              "'AFU-DEP-001' does" },
        { "AFU-DEP-013@pull", "'AFU-DEP-013' does not run by 'pull'; "
                              "'AFU-DEP-013@push' does" },
        { "AFU-DEP-011@pul", "'AFU-DEP-011@pul': a mechanism is expected "
                             "behind '@': push pull" },
        { "AFU-DEP-011@", "'AFU-DEP-011@': a mechanism is expected behind "
                          "'@': push pull" },
    };
    struct catalogue *catalogue = catalogue_of(files);
    const struct ics ics = { .is_known = false };
    struct reason reason;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *const patterns[] = { "AFU-DEP-002", rows[i].pattern, NULL };
        const struct campaign_config config = { .catalogue = catalogue,
                                                .patterns = patterns };
        CU_ASSERT_PTR_NULL(plan_of(&config, &ics, &reason));
        CU_ASSERT_EQUAL(reason.status, STATUS_NOT_FOUND);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].said);
    }
    catalogue_free(catalogue);
}

/* Who is who. */

#define RECIPE "\"recipe\":\"anjay\""

/* app has G, DEP (needs modem), LNK (links tee); tee G; modem G and FAILI. */
static const char quad[] =
    "{\"components\":{\"app\":{\"instance\":0},\"tee\":{\"instance\":1},"
    "\"boot\":{\"instance\":2},\"modem\":{\"instance\":3}},"
    "\"packages\":{\"app\":{\"G\":{" RECIPE "},"
    "\"DEP\":{" RECIPE ",\"requires\":{\"modem\":\"newer\"}},"
    "\"LNK\":{" RECIPE ",\"links\":[\"boot\"]},"
    "\"ALL\":{" RECIPE ",\"links\":[\"tee\"],\"requires\":{\"modem\":"
    "\"newer\"}},"
    "\"M\":{" RECIPE ",\"contains\":[\"app\",\"modem\",\"tee\"]}},"
    "\"tee\":{\"G\":{" RECIPE "}},"
    "\"modem\":{\"G\":{" RECIPE "},\"FAILI\":{" RECIPE "}}}}";

#define TO(package, role) "{\"deliver\":\"" package "\",\"to\":\"" role "\"}"
#define USE(role)         "{\"update\":\"" role "\"}"

static const struct {
    const char *steps;
    const char *who; /**< "x y z", or the reason why not */
} bindings[] = {
    /* x is the main component, y the lowest that is left, then z. */
    { LOOK, "0 1 2" },
    { TO("G", "x"), "0 1 2" },
    /* What main lacks: the lowest instance that has all. */
    { TO("FAILI", "x"), "3 0 1" },
    { TO("FAILI", "x") "," TO("G", "x"), "3 0 1" },
    { TO("FAILI", "x") "," TO("DEP", "x"),
      "no component for x has package FAILI and DEP" },
    { TO("NONE", "x"), "no component for x has package NONE" },
    /* y is what x's package names: required, contained, linked. */
    { TO("DEP", "x") "," USE("y"), "0 3 1" },
    { TO("LNK", "x") "," USE("y"), "0 2 1" },
    { TO("ALL", "x") "," USE("y"), "0 3 1" },
    { TO("M", "x") "," USE("y"), "0 3 1" },
    { TO("BAD", "x") "," USE("y"), "0 1 2" },
    /* It has to serve as well: boot has no package. */
    { TO("LNK", "x") "," TO("G", "y"), "0 1 2" },
    { TO("G", "x") "," TO("FAILI", "y"), "0 3 1" },
    { TO("G", "x") "," TO("DEP", "y"), "no component for y has package DEP" },
    { TO("G", "y") "," TO("G", "z"), "0 1 3" },
    { TO("G", "x") "," TO("G", "x") "," USE("z"), "0 1 2" },
    /* "main" and names of the profile are asked, too. */
    { TO("G", "main"), "0 1 2" },
    { TO("FAILI", "main"), "main has no package FAILI" },
    { TO("FAILI", "modem"), "0 1 2" },
    { TO("FAILI", "tee"), "tee has no package FAILI" },
    /* Nested steps count. */
    { "{\"each\":[\"x\"],\"steps\":[" TO("FAILI", "x") "]}", "3 0 1" },
    /* A role of `each` is nobody's when nothing has to be delivered. */
    { "{\"each\":\"all\",\"as\":\"z\",\"steps\":[" USE("z") "]}", "0 1 2" },
    { TO("G", "x") ",{\"each\":\"all\",\"as\":\"x\",\"optional\":true,"
                   "\"having\":\"FAILI\",\"steps\":[" TO("FAILI",
                                                         "x") "," USE("y") "]}",
      "0 1 2" },
};

/** The binding of a case with these steps, or why there is none. */
static void bind_text(const struct profile *profile, const struct ics *ics,
                      const char *steps, char *text, size_t size)
{
    char *file = NULL;
    struct binding binding;
    uint16_t who[3] = { 0 };

    if (asprintf(&file,
                 "{\"group\":\"G\",\"cases\":[{\"id\":\"G-1\",\"title\":\"t\","
                 "\"requirements\":[\"AFU-001\"],\"steps\":[%s]}]}",
                 steps) < 0) {
        abort();
    }
    struct catalogue *catalogue = catalogue_of(file);
    if (selection_bind(catalogue_at(catalogue, 0), profile, ics, &binding, text,
                       size)) {
        size_t used = 0;
        text[0] = '\0';
        for (size_t i = 0; i < 3; i++) {
            const char role[] = { (char)('x' + i), '\0' };
            if (binding_instance(&binding, role, &who[i])) {
                used += (size_t)snprintf(text + used, size - used, "%s%u",
                                         i > 0 ? " " : "", who[i]);
            }
        }
        uint16_t main = 0;
        CU_ASSERT_TRUE(binding_instance(&binding, "main", &main));
        CU_ASSERT_EQUAL(main, ics->main_instance);
    }
    catalogue_free(catalogue);
    free(file);
}

static void x_y_and_z_are_who_the_packages_say(void)
{
    struct profile *profile = profile_of(quad);
    struct ics ics = { .is_known = true };
    char text[256];

    ics_declare(&ics, profile, false);
    for (size_t i = 0; i < sizeof(bindings) / sizeof(bindings[0]); i++) {
        bind_text(profile, &ics, bindings[i].steps, text, sizeof(text));
        if (strcmp(text, bindings[i].who) != 0) {
            printf("%s: '%s', not '%s'\n", bindings[i].steps, text,
                   bindings[i].who);
            CU_FAIL("binding");
        }
    }
    profile_free(profile);
}

static void the_names_of_the_profile_are_bound(void)
{
    struct profile *profile = profile_of(quad);
    struct catalogue *catalogue = catalogue_of(files);
    struct ics ics = { .is_known = true };
    struct binding binding;
    uint16_t instance = 0;
    char text[256];

    ics_declare(&ics, profile, false);
    CU_ASSERT_TRUE_FATAL(selection_bind(catalogue_at(catalogue, 0), profile,
                                        &ics, &binding, text, sizeof(text)));
    CU_ASSERT_TRUE(binding_instance(&binding, "modem", &instance));
    CU_ASSERT_EQUAL(instance, 3);
    CU_ASSERT_FALSE(binding_instance(&binding, "radio", &instance));
    CU_ASSERT_EQUAL(binding.instance_count, 4);
    CU_ASSERT_EQUAL(binding.instances[3], 3);
    catalogue_free(catalogue);
    profile_free(profile);
}

/** The registration lists 0, 1 and 2, and not 3, which the profile calls
 *  "modem". */
static void a_case_that_names_an_absent_component_does_not_run(void)
{
    static const struct {
        const char *steps;
        const char *who;
    } rows[] = {
        { "{\"read\":\"/33629/x/3\"}", "0 1 2" },
        { "{\"read\":\"/33629/tee/3\"}", "0 1 2" },
        { "{\"read\":\"/33629/modem/3\"}",
          "modem (/33629/3) is not on the device" },
        { "{\"cancel\":\"modem\"}", "modem (/33629/3) is not on the device" },
        { "{\"await\":{\"modem\":{\"result\":0}},\"within\":\"state\"}",
          "modem (/33629/3) is not on the device" },
        { "{\"mark\":\"modem is not named\"}", "0 1 2" },
        { "{\"update\":\"x\",\"with\":[\"modem\"]}",
          "modem (/33629/3) is not on the device" },
    };
    struct profile *profile = profile_of(quad);
    struct ics ics = { .is_known = true };
    char text[256];

    ics_declare(&ics, profile, false);
    for (uint16_t i = 0; i < 3; i++) {
        ics_add_instance(&ics, i, true);
    }
    ics_complete(&ics);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bind_text(profile, &ics, rows[i].steps, text, sizeof(text));
        if (strcmp(text, rows[i].who) != 0) {
            printf("%s: '%s'\n", rows[i].steps, text);
            CU_FAIL("binding");
        }
    }
    profile_free(profile);
}

/** On a device with one component: every way to need a second one. */
static void a_case_that_needs_more_components_does_not_run(void)
{
    static const struct {
        const char *steps;
        const char *who;
    } rows[] = {
        { LOOK, "0" },
        { USE("x"), "0" },
        { USE("y"), "no component is left for y" },
        { "{\"read\":\"/33629/y/3\"}", "no component is left for y" },
        { "{\"read\":[\"/3\",\"/33629/z\"]}", "no component is left for z" },
        { "{\"update\":\"x\",\"with\":[\"y\"]}", "no component is left for y" },
        { "{\"expect\":{\"y\":{\"state\":\"Idle\"}}}",
          "no component is left for y" },
        { "{\"expect\":{\"linked(y)\":{\"state\":\"Idle\"}}}",
          "no component is left for y" },
        { "{\"note\":\"see (y) and /y\"}", "0" },
        { TO("G", "y"), "no component for y has package G" },
    };
    struct profile *profile =
        profile_of("{\"components\":{\"app\":{\"instance\":0}},"
                   "\"packages\":{\"app\":{\"G\":{" RECIPE "}}}}");
    struct ics ics = { .is_known = true };
    char text[256];

    ics_declare(&ics, profile, false);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bind_text(profile, &ics, rows[i].steps, text, sizeof(text));
        if (strcmp(text, rows[i].who) != 0) {
            printf("%s: '%s', not '%s'\n", rows[i].steps, text, rows[i].who);
            CU_FAIL("binding");
        }
    }
    profile_free(profile);
}

/** The main component need not be instance 0, and 0 need not exist. */
static void main_is_what_the_profile_says(void)
{
    struct profile *profile =
        profile_of("{\"components\":{\"a\":{\"instance\":2},"
                   "\"b\":{\"instance\":5,\"role\":\"main\"}}}");
    struct ics ics = { .is_known = true };
    char text[256];

    ics_declare(&ics, profile, false);
    bind_text(profile, &ics, LOOK, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "5 2");
    profile_free(profile);
    profile = profile_of("{}");
    ics = (struct ics){ .is_known = true };
    ics_declare(&ics, profile, false);
    ics_add_instance(&ics, 4, true);
    ics_add_instance(&ics, 3, true);
    bind_text(profile, &ics, LOOK, text, sizeof(text));
    CU_ASSERT_STRING_EQUAL(text, "3 4");
    profile_free(profile);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.selection", NULL, NULL);
    CU_ADD_TEST(suite, everything_a_profile_may_declare_is_kept);
    CU_ADD_TEST(suite, instances_are_kept_in_order_and_once);
    CU_ADD_TEST(suite, what_does_not_run_names_the_line_that_failed);
    CU_ADD_TEST(suite, the_plan_is_made_before_the_device_is_seen);
    CU_ADD_TEST(suite, the_plan_goes_to_the_journal);
    CU_ADD_TEST(suite, patterns_are_ids_groups_areas_and_globs);
    CU_ADD_TEST(suite, a_pattern_chooses_the_mechanism);
    CU_ADD_TEST(suite, the_look_is_as_detailed_as_the_cases_ask_for);
    CU_ADD_TEST(suite, a_pattern_that_matches_nothing_is_named);
    CU_ADD_TEST(suite, x_y_and_z_are_who_the_packages_say);
    CU_ADD_TEST(suite, the_names_of_the_profile_are_bound);
    CU_ADD_TEST(suite, a_case_that_names_an_absent_component_does_not_run);
    CU_ADD_TEST(suite, a_case_that_needs_more_components_does_not_run);
    CU_ADD_TEST(suite, main_is_what_the_profile_says);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
