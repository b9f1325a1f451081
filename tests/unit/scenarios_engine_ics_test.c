/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/campaign_private.h"
#include "scenarios/engine/ics_items.h"

/*
 * The items of the ICS: which values they take, who says them, and what is a
 * contradiction. Instances 0 and 1, components "application" and "tee".
 */

enum { FINDINGS_MAX = 8, TEXT_SIZE = 200 };

static struct {
    struct lane lane;
    struct profile profile;
    struct profile_component components[2];
    struct profile_item items[4];
    struct profile_hook hooks[2];
    struct {
        enum finding_level level;
        char requirement[16];
        char check[32];
        char expected[TEXT_SIZE];
        char observed[TEXT_SIZE];
    } findings[FINDINGS_MAX];
    size_t count;
    char note[TEXT_SIZE]; /* the last one */
} fixture;

void lane_outside_finding(struct lane *lane, const struct finding *finding)
{
    size_t i = fixture.count;

    CU_ASSERT_PTR_EQUAL(lane, &fixture.lane);
    CU_ASSERT_TRUE_FATAL(i < FINDINGS_MAX);
    fixture.findings[i].level = finding->level;
    (void)snprintf(fixture.findings[i].requirement,
                   sizeof(fixture.findings[i].requirement), "%s",
                   finding->requirement);
    (void)snprintf(fixture.findings[i].check, sizeof(fixture.findings[i].check),
                   "%s", finding->check);
    (void)snprintf(fixture.findings[i].expected, TEXT_SIZE, "%s",
                   finding->expected);
    (void)snprintf(fixture.findings[i].observed, TEXT_SIZE, "%s",
                   finding->observed);
    fixture.count++;
}

void lane_record(struct lane *lane, enum journal_kind kind, cJSON *data)
{
    CU_ASSERT_PTR_EQUAL(lane, &fixture.lane);
    CU_ASSERT_EQUAL(kind, JOURNAL_NOTE);
    (void)snprintf(
        fixture.note, sizeof(fixture.note), "%s",
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "text")));
    cJSON_Delete(data);
}

const struct profile_hook *profile_hook(const struct profile *profile,
                                        const char *name)
{
    for (size_t i = 0; i < profile->hook_count; i++) {
        if (strcmp(profile->hooks[i].name, name) == 0) {
            return &profile->hooks[i];
        }
    }
    return NULL;
}

/** Declare "name=value", up to four, with two components. */
static void begin(const char *const *declared)
{
    static char texts[4][2][64];
    static char main_name[] = "application";
    static char other_name[] = "tee";

    memset(&fixture, 0, sizeof(fixture));
    for (size_t i = 0; declared != NULL && declared[i] != NULL; i++) {
        const char *mark = strchr(declared[i], '=');
        CU_ASSERT_PTR_NOT_NULL_FATAL(mark);
        (void)snprintf(texts[i][0], sizeof(texts[i][0]), "%.*s",
                       (int)(mark - declared[i]), declared[i]);
        (void)snprintf(texts[i][1], sizeof(texts[i][1]), "%s", mark + 1);
        fixture.items[i] = (struct profile_item){ texts[i][0], texts[i][1] };
        fixture.profile.ics_count++;
    }
    fixture.components[0] = (struct profile_component){ .name = main_name,
                                                        .instance = 0,
                                                        .is_main = true };
    fixture.components[1] =
        (struct profile_component){ .name = other_name, .instance = 1 };
    fixture.profile.ics = fixture.items;
    fixture.profile.hooks = fixture.hooks;
    fixture.profile.components = fixture.components;
    fixture.profile.component_count = 2;
    fixture.lane.profile = &fixture.profile;
    ics_declare(&fixture.lane.ics, &fixture.profile, true);
}

/** The look saw two instances, and items "name=value". */
static void look(const char *const *seen)
{
    struct ics *ics = &fixture.lane.ics;
    char name[64];

    ics_add_instance(ics, 0, true);
    ics_add_instance(ics, 1, true);
    for (size_t i = 0; seen != NULL && seen[i] != NULL; i++) {
        const char *mark = strchr(seen[i], '=');
        CU_ASSERT_PTR_NOT_NULL_FATAL(mark);
        (void)snprintf(name, sizeof(name), "%.*s", (int)(mark - seen[i]),
                       seen[i]);
        ics_set(ics, name, mark + 1, false);
    }
    ics->is_known = true;
    ics_complete(ics);
}

static const char *how_of(const char *name)
{
    static const char *const words[] = { "default", "detected", "declared" };
    const struct ics_item *item = ics_item(&fixture.lane.ics, name);

    return item != NULL ? words[item->how] : "";
}

static const char *value_of(const char *name)
{
    const char *value = ics_value(&fixture.lane.ics, name);

    return value != NULL ? value : "";
}

/* Values. */

static void an_item_takes_its_values_and_no_others(void)
{
    static const struct {
        const char *item;
        const char *json;
        const char *expected; /* NULL: it is taken */
    } rows[] = {
        { "deps", "true", NULL },
        { "deps", "false", NULL },
        { "deps", "\"true\"", "true or false" },
        { "deps", "1", "true or false" },
        { "defer", "\"operator\"", NULL },
        { "defer", "true", "one of none auto operator script" },
        { "defer", "\"Auto\"", "one of none auto operator script" },
        { "failst", "\"Idle\"", NULL },
        { "failst", "\"idle\"", "one of either Idle Downloaded" },
        { "nrst", "\"unknown\"", NULL },
        { "nrst", "false", "one of unknown yes no" },
        { "enc", "\"required\"", NULL },
        { "tls", "\"X.509\"", NULL },
        { "big", "1048576", NULL },
        { "big", "0", NULL },
        { "big", "-1", "a whole number of 0 or more" },
        { "big", "1.5", "a whole number of 0 or more" },
        { "big", "1e17", "a whole number of 0 or more" },
        { "big", "\"1 MiB\"", "a whole number of 0 or more" },
        { "proto", "\"coap http\"", NULL },
        { "proto", "\"coap, http\"",
          "one or more, with blanks, of coap coaps http https coap-tcp "
          "coaps-tcp" },
        { "proto", "\" \"",
          "one or more, with blanks, of coap coaps http https coap-tcp "
          "coaps-tcp" },
        { "lwm2m", "\"1.1\"", NULL },
        { "lwm2m", "1.1", "one of 1.0 1.1 1.2" },
        { "format-110", "false", NULL },
        { "resource-3-9", "true", NULL },
        { "x-vendor", "\"anything\"", NULL },
        { "x-vendor", "[1]", "true, false, a number or a text" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct ics_type *type = ics_type(rows[i].item);
        cJSON *json = cJSON_Parse(rows[i].json);
        char expected[TEXT_SIZE] = "";
        CU_ASSERT_PTR_NOT_NULL_FATAL(type);
        CU_ASSERT_PTR_NOT_NULL_FATAL(json);
        bool takes = ics_type_takes(type, json, expected, sizeof(expected));
        if (takes != (rows[i].expected == NULL)) {
            printf("%s: %s\n", rows[i].item, rows[i].json);
            CU_FAIL("value");
        }
        if (rows[i].expected != NULL) {
            CU_ASSERT_STRING_EQUAL(expected, rows[i].expected);
        }
        cJSON_Delete(json);
    }
}

static void an_unknown_item_is_told_with_the_nearest_one(void)
{
    char text[TEXT_SIZE];

    CU_ASSERT_PTR_NULL(ics_type("persit"));
    CU_ASSERT_PTR_NULL(ics_type("x-"));
    CU_ASSERT_PTR_NULL(ics_type("format-"));
    CU_ASSERT_PTR_NULL(ics_type("format"));
    CU_ASSERT_STRING_EQUAL(
        ics_unknown("persit", text, sizeof(text)),
        "unknown item 'persit', did you mean 'persist'?; docs/profile.md lists "
        "them, and one of your own begins with 'x-'");
}

static void the_page_of_the_profile_lists_each_item(void)
{
    static char page[64 * 1024];
    FILE *file = fopen(PROFILE_PAGE, "r");
    char name[64];

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
    (void)fclose(file); /* it was only read */
    for (size_t i = 0; i < ics_type_count(); i++) {
        const struct ics_type *type = ics_type_at(i);
        (void)snprintf(name, sizeof(name), "`%s", type->name); /* fits */
        if (strstr(page, name) == NULL) {
            printf("docs/profile.md has no %s\n", type->name);
            CU_FAIL("page");
        }
    }
}

/* Who says it. */

static void what_is_declared_wins_over_what_was_seen_and_over_defaults(void)
{
    begin((const char *const[]){ "conc=queued", "cancel=false", NULL });
    CU_ASSERT_STRING_EQUAL(value_of("conc"), "queued");
    CU_ASSERT_STRING_EQUAL(how_of("conc"), "declared");
    CU_ASSERT_STRING_EQUAL(value_of("failst"), "either");
    CU_ASSERT_STRING_EQUAL(how_of("failst"), "default");
    CU_ASSERT_STRING_EQUAL(value_of("main"), "0");
    CU_ASSERT_STRING_EQUAL(how_of("main"), "declared");
    CU_ASSERT_PTR_NULL(ics_item(&fixture.lane.ics, "sev")); /* not looked at */
    look((const char *const[]){ "cancel=true", "pull=true", "pull=false",
                                NULL });
    CU_ASSERT_STRING_EQUAL(value_of("cancel"), "false");
    CU_ASSERT_STRING_EQUAL(how_of("cancel"), "declared");
    CU_ASSERT_STRING_EQUAL(value_of("pull"), "false"); /* looked at again */
    CU_ASSERT_STRING_EQUAL(how_of("pull"), "detected");
    CU_ASSERT_STRING_EQUAL(value_of("sev"), "false"); /* not seen: absent */
    CU_ASSERT_STRING_EQUAL(how_of("sev"), "detected");
}

static void each_item_of_the_digest_has_the_default_of_the_digest(void)
{
    static const char *const rows[][2] = {
        { "main", "0" },        { "defer", "none" },   { "impl", "false" },
        { "mpkg", "false" },    { "deps", "false" },   { "trans", "false" },
        { "persist", "false" }, { "resume", "none" },  { "conc", "any" },
        { "auth", "false" },    { "enc", "none" },     { "arb", "false" },
        { "failst", "either" }, { "reboot", "false" }, { "nrst", "unknown" },
        { "pushd", "unknown" }, { "pwr", "false" },    { "netcut", "false" },
        { "big", "0" },         { "tls", "none" },
    };

    begin(NULL);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_STRING_EQUAL(value_of(rows[i][0]), rows[i][1]);
        CU_ASSERT_EQUAL(ics_holds(&fixture.lane.ics, rows[i][0]),
                        strcmp(rows[i][0], "main") == 0 ||
                            strcmp(rows[i][1], "any") == 0 ||
                            strcmp(rows[i][1], "either") == 0);
    }
}

static void hooks_say_what_the_tester_can_do(void)
{
    static char cycle[] = "power-cycle";
    static char down[] = "network-down";

    begin(NULL);
    fixture.hooks[0].name = cycle;
    fixture.hooks[1].name = down;
    fixture.profile.hook_count = 2;
    ics_declare(&fixture.lane.ics, &fixture.profile, true);
    CU_ASSERT_STRING_EQUAL(value_of("pwr"), "true");
    CU_ASSERT_STRING_EQUAL(value_of("netcut"), "false"); /* no way back */
}

static void protocols_are_a_list_and_items_of_their_own(void)
{
    begin((const char *const[]){ "proto=http coap", NULL });
    CU_ASSERT_STRING_EQUAL(value_of("coap"), "true");
    CU_ASSERT_STRING_EQUAL(value_of("http"), "true");
    CU_ASSERT_STRING_EQUAL(value_of("coap-tcp"), "false");
    begin(NULL);
    look((const char *const[]){ "coap=true", "coaps=false", "http=true",
                                "format-0=true", "format-60=false",
                                "format-110=true", NULL });
    CU_ASSERT_STRING_EQUAL(value_of("proto"), "coap http");
    CU_ASSERT_STRING_EQUAL(value_of("fmt"), "0 110");
}

static void the_journal_has_value_and_source_of_each(void)
{
    begin((const char *const[]){ "deps=true", NULL });
    look((const char *const[]){ "cancel=true", NULL });
    cJSON *json = ics_json(&fixture.lane.ics, "dev");
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(json, "items");
    const cJSON *how = cJSON_GetObjectItemCaseSensitive(json, "how");
    static const char *const rows[][3] = {
        { "deps", "true", "declared" },
        { "cancel", "true", "detected" },
        { "lsct", "false", "detected" },
        { "trans", "false", "default" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_STRING_EQUAL(
            cJSON_GetStringValue(
                cJSON_GetObjectItemCaseSensitive(items, rows[i][0])),
            rows[i][1]);
        CU_ASSERT_STRING_EQUAL(
            cJSON_GetStringValue(
                cJSON_GetObjectItemCaseSensitive(how, rows[i][0])),
            rows[i][2]);
    }
    CU_ASSERT_EQUAL(cJSON_GetArraySize(items), cJSON_GetArraySize(how));
    cJSON_Delete(json);
}

/* Contradictions. */

static void what_the_look_contradicts_is_told_once(void)
{
    static const struct {
        const char *declared;
        const char *seen;
        const char *check; /* NULL: no contradiction */
        const char *observed;
    } rows[] = {
        { "cancel=true", "sev=true", "ics.cancel", "the device shows false" },
        { "cancel=true", "cancel=true", NULL, NULL },
        { "cancel=false", "cancel=true", "ics.cancel",
          "the device shows true" },
        { "lwm2m=1.1", "lwm2m=1.0", "ics.lwm2m", "the device shows 1.0" },
        { "ninst=3", "ninst=2", "ics.ninst", "the device shows 2" },
        { "obj5=true", "sev=true", "ics.obj5", "the device shows false" },
        /* A mechanism may be left out, but not be made up. */
        { "pull=false", "pull=true", NULL, NULL },
        { "pull=true", "pull=false", "ics.pull", "the device shows false" },
        { "server=1", "server=0", NULL, NULL },
        { "proto=http", "coap=true", NULL, NULL },   /* no resource 8 */
        { "https=true", "https=false", NULL, NULL }, /* the same */
        /* These may show in Downloaded alone. */
        { "pkgname=true", "sev=true", NULL, NULL },
        { "conf=true", "sev=true", NULL, NULL },
        /* Nobody but people knows these. */
        { "deps=true", "sev=true", NULL, NULL },
        { "format-60=true", "format-60=false", "ics.format-60",
          "the device shows false" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin((const char *const[]){ rows[i].declared, NULL });
        look((const char *const[]){ rows[i].seen, NULL });
        ics_checks_begin(&fixture.lane);
        ics_checks_end(&fixture.lane);
        if (fixture.count != (rows[i].check != NULL ? 1 : 0)) {
            printf("%s, %s: %zu\n", rows[i].declared, rows[i].seen,
                   fixture.count);
            CU_FAIL("findings");
            continue;
        }
        if (rows[i].check != NULL) {
            CU_ASSERT_EQUAL(fixture.findings[0].level, FINDING_WARNING);
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, rows[i].check);
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].observed,
                                   rows[i].observed);
        }
    }
}

static void a_protocol_that_resource_8_has_not_is_a_contradiction(void)
{
    begin((const char *const[]){ "proto=coap http", NULL });
    look((const char *const[]){ "protocols=true", "coap=true", "http=false",
                                "coaps=true", NULL });
    ics_checks_begin(&fixture.lane);
    CU_ASSERT_EQUAL_FATAL(fixture.count, 1); /* coaps is not used, by choice */
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, "ics.http");
}

static void a_device_that_was_not_looked_at_contradicts_nothing(void)
{
    begin((const char *const[]){ "cancel=true", NULL });
    ics_checks_begin(&fixture.lane);
    ics_checks_end(&fixture.lane);
    CU_ASSERT_EQUAL(fixture.count, 0);
}

static void a_component_that_the_device_lacks_is_told_and_left_out(void)
{
    begin(NULL);
    ics_add_instance(&fixture.lane.ics, 0, true);
    ics_add_instance(&fixture.lane.ics, 4, true);
    fixture.lane.ics.is_known = true;
    ics_complete(&fixture.lane.ics);
    CU_ASSERT_TRUE(ics_has_instance(&fixture.lane.ics, 0));
    CU_ASSERT_FALSE(ics_has_instance(&fixture.lane.ics, 1));
    CU_ASSERT_TRUE(ics_has_instance(&fixture.lane.ics, 4));
    ics_checks_begin(&fixture.lane);
    CU_ASSERT_EQUAL_FATAL(fixture.count, 1);
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, "ics.components");
    CU_ASSERT_STRING_EQUAL(fixture.findings[0].expected,
                           "component tee is /33629/1, as the profile says");
}

static void a_registration_without_instances_takes_none_away(void)
{
    begin(NULL);
    fixture.lane.ics.is_known = true;
    ics_complete(&fixture.lane.ics);
    CU_ASSERT_EQUAL(fixture.lane.ics.instance_count, 2);
    ics_checks_begin(&fixture.lane);
    CU_ASSERT_EQUAL(fixture.count, 0);
}

/** A Read of /33629/0 that shows a pair, and resources (texts; 16: a link). */
static void see(uint8_t depth, int64_t state, int64_t result,
                const uint16_t *resources)
{
    struct view view = { .base = { .depth = depth, .ids = { 33629, 0, 3 } } };
    struct lwm2m_record record = { .value.type = LWM2M_TYPE_INTEGER };

    record_list_init(&view.records);
    record.path = lwm2m_path_resource(33629, 0, 3);
    record.value.as.integer = state;
    CU_ASSERT_EQUAL_FATAL(record_list_add(&view.records, &record, NULL),
                          STATUS_OK);
    record.path = lwm2m_path_resource(33629, 0, 5);
    record.value.as.integer = result;
    CU_ASSERT_EQUAL_FATAL(record_list_add(&view.records, &record, NULL),
                          STATUS_OK);
    for (; resources != NULL && *resources != 0; resources++) {
        record.path = lwm2m_path_resource(33629, 0, *resources);
        if (*resources == 16) {
            record.path = lwm2m_path_child(record.path, 0);
            record.value.type = LWM2M_TYPE_OBJLNK;
        }
        CU_ASSERT_EQUAL_FATAL(record_list_add(&view.records, &record, NULL),
                              STATUS_OK);
    }
    ics_checks_view(&fixture.lane, &view);
    view_release(&view);
}

static void what_shows_in_downloaded_alone_is_judged_there(void)
{
    static const struct {
        const char *declared;
        uint8_t depth;
        int64_t state;
        uint16_t resources[3];
        const char *check;   /* NULL: no contradiction */
        const char *package; /* that was sent */
    } rows[] = {
        { "pkgname=true", 2, 2, { 6 }, NULL, "G" },
        { "pkgname=true", 2, 2, { 7 }, "ics.pkgname", "G" },
        { "pkgname=true", 2, 0, { 7 }, NULL, "G" }, /* not in Downloaded */
        { "pkgname=true", 3, 2, { 7 }, NULL, "G" }, /* not all of it was read */
        { "pkgver=true", 2, 2, { 7 }, NULL, "G" },
        { "pkgver=true", 1, 2, { 6 }, "ics.pkgver", "G" },
        { "conf=true", 2, 2, { 6 }, "ics.conf", "G" },
        { "pkgver=false", 2, 2, { 7 }, "ics.pkgver", "G" },
        { "impl=true", 2, 2, { 16 }, NULL, "LNK" },
        { "impl=true", 2, 2, { 17 }, "ics.impl", "LNK" },
        { "impl=true", 2, 2, { 17 }, NULL, "G" }, /* absent when empty */
        { "impl=false", 2, 2, { 16 }, "ics.impl", "G" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool found = rows[i].check == NULL;
        begin((const char *const[]){ rows[i].declared, NULL });
        look(NULL);
        see(rows[i].depth, rows[i].state, 0, rows[i].resources);
        ics_checks_package(&fixture.lane, rows[i].package);
        ics_checks_begin(&fixture.lane);
        ics_checks_end(&fixture.lane);
        for (size_t j = 0; rows[i].check != NULL && j < fixture.count; j++) {
            found =
                found || strcmp(fixture.findings[j].check, rows[i].check) == 0;
        }
        bool others = rows[i].check == NULL && fixture.count > 0 &&
                      strncmp(fixture.findings[0].check + 4, rows[i].declared,
                              strcspn(rows[i].declared, "=")) == 0;
        if (!found || others) {
            printf("row %zu: %zu findings\n", i, fixture.count);
            CU_FAIL("findings");
        }
    }
}

static void what_nobody_declared_and_shows_late_is_only_told(void)
{
    begin(NULL);
    look((const char *const[]){ "pkgver=true", NULL });
    see(2, 2, 0, (const uint16_t[]){ 6, 7, 0 });
    ics_checks_begin(&fixture.lane);
    ics_checks_end(&fixture.lane);
    CU_ASSERT_EQUAL(fixture.count, 0);
    CU_ASSERT_STRING_EQUAL(
        fixture.note,
        "resource 6 of /33629 shows in Downloaded alone: declare \"pkgname\": "
        "true for the cases that need it");
}

static void one_component_needs_no_links_to_be_implicit(void)
{
    begin((const char *const[]){ "impl=true", NULL });
    fixture.profile.component_count = 1;
    fixture.lane.ics = (struct ics){ .is_known = true };
    ics_declare(&fixture.lane.ics, &fixture.profile, true);
    ics_complete(&fixture.lane.ics);
    see(2, 2, 0, (const uint16_t[]){ 6, 0 });
    ics_checks_end(&fixture.lane);
    CU_ASSERT_EQUAL(fixture.count, 0);
}

static void the_state_after_a_failure_is_held_against_failst(void)
{
    static const struct {
        const char *declared;
        int64_t state;
        size_t count;
    } rows[] = {
        { "failst=Idle", 0, 0 },       { "failst=Idle", 2, 1 },
        { "failst=Downloaded", 0, 1 }, { "failst=Downloaded", 2, 0 },
        { "failst=either", 0, 0 },     { "failst=either", 2, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin((const char *const[]){ rows[i].declared, NULL });
        look(NULL);
        see(1, rows[i].state, 8, NULL);
        ics_checks_end(&fixture.lane);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
        if (rows[i].count > 0) {
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].check, "ics.failst");
            CU_ASSERT_STRING_EQUAL(fixture.findings[0].requirement, "AFU-061");
        }
    }
}

static void reboots_are_held_against_reboot(void)
{
    static const struct {
        const char *declared;
        unsigned updates;
        unsigned reboots;
        size_t count;
    } rows[] = {
        { "reboot=true", 0, 0, 0 },  { "reboot=true", 2, 0, 1 },
        { "reboot=true", 2, 1, 0 },  { "reboot=false", 2, 0, 0 },
        { "reboot=false", 2, 1, 1 }, { "deps=true", 2, 1, 0 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        begin((const char *const[]){ rows[i].declared, NULL });
        look(NULL);
        for (unsigned j = 0; j < rows[i].updates; j++) {
            ics_checks_update(&fixture.lane, j < rows[i].reboots);
        }
        ics_checks_end(&fixture.lane);
        CU_ASSERT_EQUAL(fixture.count, rows[i].count);
    }
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "values", an_item_takes_its_values_and_no_others },
        { "unknown", an_unknown_item_is_told_with_the_nearest_one },
        { "page", the_page_of_the_profile_lists_each_item },
        { "source",
          what_is_declared_wins_over_what_was_seen_and_over_defaults },
        { "defaults", each_item_of_the_digest_has_the_default_of_the_digest },
        { "hooks", hooks_say_what_the_tester_can_do },
        { "protocols", protocols_are_a_list_and_items_of_their_own },
        { "journal", the_journal_has_value_and_source_of_each },
        { "contradictions", what_the_look_contradicts_is_told_once },
        { "resource 8", a_protocol_that_resource_8_has_not_is_a_contradiction },
        { "unknown device",
          a_device_that_was_not_looked_at_contradicts_nothing },
        { "component", a_component_that_the_device_lacks_is_told_and_left_out },
        { "no instances", a_registration_without_instances_takes_none_away },
        { "Downloaded", what_shows_in_downloaded_alone_is_judged_there },
        { "late", what_nobody_declared_and_shows_late_is_only_told },
        { "one component", one_component_needs_no_links_to_be_implicit },
        { "failst", the_state_after_a_failure_is_held_against_failst },
        { "reboot", reboots_are_held_against_reboot },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "ics", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures != 0;
}
