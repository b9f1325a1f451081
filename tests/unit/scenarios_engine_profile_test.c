/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/engine/json_file.h"
#include "scenarios/engine/profile.h"
#include "scenarios/profiles/profile_files.h"

/* One folder for files that profiles name; made before, removed after. */
static struct {
    char folder[64];
    char path[96];
} fixture;

static int set_up(void)
{
    FILE *file = NULL;

    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-profile-XXXXXX");
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

static struct profile *profile_of(const char *text)
{
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };

    if (profile_parse("p.json", fixture.folder, text, strlen(text), &profile,
                      &reason) != STATUS_OK) {
        printf("%s\n  was refused: %s\n", text, reason.text);
        CU_FAIL("profile");
    }
    return profile;
}

static void says(const char *text, enum status status, const char *expected)
{
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };
    enum status got = profile_parse("p.json", fixture.folder, text,
                                    strlen(text), &profile, &reason);

    if (got != status || strcmp(reason.text, expected) != 0) {
        printf("%s\n  said     %d '%s'\n  expected %d '%s'\n", text, got,
               reason.text, status, expected);
        CU_FAIL("complaint");
    }
    CU_ASSERT_PTR_NULL(profile);
    profile_free(profile);
}

static const char *item(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->ics_count; i++) {
        if (strcmp(profile->ics[i].name, name) == 0) {
            return profile->ics[i].value;
        }
    }
    return "";
}

/** The example of design.md, section 6, with the security of this version. */
static void every_key_is_read(void)
{
    struct profile *profile = profile_of(
        "{\n"
        "  \"endpoint\": \"urn:dev:imei:350000000000001\", // a comment\n"
        "  \"security\": { \"mode\": \"nosec\" },\n"
        "  \"components\": {\n"
        "    \"application\": { \"instance\": 0, \"role\": \"main\" },\n"
        "    \"tee\": { \"instance\": 1, \"role\": \"dependency\" } },\n"
        "  \"packages\": { \"application\": {\n"
        "    \"G\": { \"file\": \"app.bin\", \"version\": \"1.9\" },\n"
        "    \"DEP\": { \"file\": \"app.bin\", \"version\": \"2.0\",\n"
        "             \"requires\": { \"tee\": \"2.0\" } },\n"
        "    \"BAD\": { \"damage\": \"G\", \"how\": \"flip-bit\" } } },\n"
        "  \"ics\": { \"defer\": \"none\", \"big\": 65536, \"deps\": true },\n"
        "  \"limits\": { \"download\": \"60 s\", \"update\": \"2 min\",\n"
        "              \"boot\": \"30s\", \"settle\": \"0 ms\",\n"
        "              \"state\": \"1.5 s\", \"clock\": \"500 ms\",\n"
        "              \"abort\": \"0.5 min\",\n"
        "              \"awake\": \"20 s\" },\n"
        "  \"control\": { \"start\": [\"./device\", \"--port\", \"{port}\"],\n"
        "               \"power-cycle\": [\"usbrelay\"] },\n"
        "  \"pull-by\": \"coap+tcp\",\n"
        "  \"tolerate\": [\"A-12\", \"F-03\"]\n"
        "}\n");

    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_EQUAL(profile->pull_by, REPOSITORY_COAP_TCP);
    CU_ASSERT_STRING_EQUAL(profile->name, "p.json");
    CU_ASSERT_STRING_EQUAL(profile->endpoint, "urn:dev:imei:350000000000001");
    CU_ASSERT_EQUAL_FATAL(profile->component_count, 2);
    CU_ASSERT_STRING_EQUAL(profile->components[0].name, "application");
    CU_ASSERT_TRUE(profile->components[0].is_main);
    CU_ASSERT_STRING_EQUAL(profile->components[1].name, "tee");
    CU_ASSERT_EQUAL(profile->components[1].instance, 1);
    CU_ASSERT_FALSE(profile->components[1].is_main);
    CU_ASSERT_STRING_EQUAL(item(profile, "defer"), "none");
    CU_ASSERT_STRING_EQUAL(item(profile, "big"), "65536");
    CU_ASSERT_STRING_EQUAL(item(profile, "deps"), "true");
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_DOWNLOAD], 60000);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_UPDATE], 120000);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_BOOT], 30000);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_SETTLE], 0);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_STATE], 1500);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_CLOCK], 500);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_ABORT], 30000);
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_AWAKE], 20000);
    const struct profile_hook *start = profile_hook(profile, "start");
    CU_ASSERT_PTR_NOT_NULL_FATAL(start);
    CU_ASSERT_STRING_EQUAL(start->argv[0], "./device");
    CU_ASSERT_STRING_EQUAL(start->argv[1], "--port");
    CU_ASSERT_STRING_EQUAL(start->argv[2], "{port}");
    CU_ASSERT_PTR_NULL(start->argv[3]);
    CU_ASSERT_PTR_NOT_NULL(profile_hook(profile, "power-cycle"));
    CU_ASSERT_PTR_NULL(profile_hook(profile, "factory-reset"));
    CU_ASSERT_STRING_EQUAL(profile->tolerate[0], "A-12");
    CU_ASSERT_STRING_EQUAL(profile->tolerate[1], "F-03");
    CU_ASSERT_PTR_NULL(profile->tolerate[2]);
    const struct package_info *dep =
        package_set_find(profile->packages, 0, "DEP");
    CU_ASSERT_PTR_NOT_NULL_FATAL(dep);
    CU_ASSERT_EQUAL(dep->related_count, 1);
    CU_ASSERT_EQUAL(dep->related[0], 1);
    CU_ASSERT_PTR_NOT_NULL(package_set_find(profile->packages, 0, "BAD"));
    CU_ASSERT_PTR_NULL(package_set_find(profile->packages, 1, "G"));
    profile_free(profile);
}

static void a_profile_may_stand_for_many_devices(void)
{
    static const struct {
        const char *text;
        unsigned devices;
    } rows[] = {
        { "{}", 1 },
        { "{\"endpoint\": \"a\", \"devices\": 1}", 1 },
        { "{\"endpoint\": \"a-{n}\", \"devices\": 50}", 50 },
        { "{\"endpoint\": \"{n}\", \"devices\": 10000}", 10000 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct profile *profile = profile_of(rows[i].text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
        CU_ASSERT_EQUAL(profile->devices, rows[i].devices);
        profile_free(profile);
    }
}

/** afu.md, section 2: ICS-TMR. */
static void an_empty_profile_has_the_defaults(void)
{
    static const uint64_t defaults[LIMIT_COUNT] = {
        [LIMIT_STATE] = 5000,   [LIMIT_DOWNLOAD] = 120000,
        [LIMIT_ABORT] = 360000, [LIMIT_UPDATE] = 420000,
        [LIMIT_BOOT] = 120000,  [LIMIT_CLOCK] = 5000,
        [LIMIT_SETTLE] = 2000,  [LIMIT_LIFETIME] = 20000,
        [LIMIT_DEFER] = 60000,  [LIMIT_STALL] = 5000,
        [LIMIT_REMINDER] = 0,   [LIMIT_OUTAGE] = 20000,
        [LIMIT_STORM] = 300000, [LIMIT_AWAKE] = 93000,
        [LIMIT_ACK] = 2000,     [LIMIT_RESPONSE] = 247000,
    };
    struct profile *profile = profile_of("{}");

    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_PTR_NULL(profile->endpoint);
    CU_ASSERT_EQUAL(profile->component_count, 0);
    CU_ASSERT_EQUAL(profile->hook_count, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile->tolerate);
    CU_ASSERT_PTR_NULL(profile->tolerate[0]);
    for (int i = 0; i < LIMIT_COUNT; i++) {
        CU_ASSERT_EQUAL(profile->limits_ms[i], defaults[i]);
    }
    profile_free(profile);
}

static void limits_have_names_that_parse(void)
{
    enum limit limit = LIMIT_COUNT;

    for (int i = 0; i < LIMIT_COUNT; i++) {
        CU_ASSERT_TRUE(limit_parse(limit_name((enum limit)i), &limit));
        CU_ASSERT_EQUAL((int)limit, i);
    }
    CU_ASSERT_PTR_NULL(limit_name(LIMIT_COUNT));
    CU_ASSERT_FALSE(limit_parse("Download", &limit));
}

static void instance_0_is_main_when_no_role_says_so(void)
{
    struct profile *profile =
        profile_of("{\"components\": {\"a\": {\"instance\": 7},"
                   "\"b\": {\"instance\": 0}}}");

    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_FALSE(profile->components[0].is_main);
    CU_ASSERT_TRUE(profile->components[1].is_main);
    profile_free(profile);
    profile = profile_of(
        "{\"components\": {\"a\": {\"instance\": 7, \"role\": \"main\"},"
        "\"b\": {\"instance\": 0}}}");
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_TRUE(profile->components[0].is_main);
    CU_ASSERT_FALSE(profile->components[1].is_main);
    profile_free(profile);
}

static const struct {
    const char *text;
    const char *said;
} wrong_rows[] = {
    { "[]", "/: an object is expected, found a list" },
    { "3", "/: an object is expected, found 3" },
    { "{\"componnets\": {}}",
      "/: unknown key 'componnets', did you mean 'components'?; allowed: "
      "endpoint devices security components packages ics limits control "
      "tolerate pull-by repository keys" },
    { "{\"pull-by\": \"ftp\"}",
      "/pull-by: coap, coaps, http, https, coap+tcp or coaps+tcp is expected, "
      "found 'ftp'" },
    { "{\"pull-by\": 2}",
      "/pull-by: coap, coaps, http, https, coap+tcp or coaps+tcp is expected, "
      "found 2" },
    { "{\"endpoint\": 5}", "/endpoint: a name is expected, found 5" },
    { "{\"endpoint\": \"\"}", "/endpoint: a name is expected, found ''" },
    { "{\"endpoint\": \"a\", \"endpoint\": \"b\"}",
      "/endpoint: this key stands twice" },
    { "{\"endpoint\": \"a{n}\", \"devices\": 0}",
      "/devices: a whole number from 1 to 10000 is expected, found 0" },
    { "{\"endpoint\": \"a{n}\", \"devices\": 10001}",
      "/devices: a whole number from 1 to 10000 is expected, found 10001" },
    { "{\"endpoint\": \"a{n}\", \"devices\": 1.5}",
      "/devices: a whole number from 1 to 10000 is expected, found 1.5" },
    { "{\"endpoint\": \"a{n}\", \"devices\": \"2\"}",
      "/devices: a whole number from 1 to 10000 is expected, found '2'" },
    { "{\"devices\": 2}",
      "/endpoint: several devices need names of their own: a text with {n} is "
      "expected" },
    { "{\"endpoint\": \"a\", \"devices\": 2}",
      "/endpoint: several devices need names of their own: a text with {n} is "
      "expected" },
    { "{\"security\": \"nosec\"}",
      "/security: an object is expected, found 'nosec'" },
    { "{\"security\": {\"mode\": \"pks\"}}",
      "/security/mode: 'nosec', 'psk' or 'x509' is expected, found 'pks'" },
    { "{\"security\": {}}",
      "/security/mode: 'nosec', 'psk' or 'x509' is expected, found nothing" },
    { "{\"security\": {\"mode\": \"psk\"}}",
      "/security/identity: a text is expected, found nothing" },
    { "{\"security\": {\"mode\": \"psk\", \"identity\": \"i\"}}",
      "/security/key-file: a text is expected, found nothing" },
    { "{\"security\": {\"mode\": \"x509\"}}",
      "/security/certificate-file: a text is expected, found nothing" },
    { "{\"security\": {\"mode\": \"nosec\", \"key-file\": \"k\"}}",
      "/security: unknown key 'key-file'; allowed: mode" },
    { "{\"components\": []}",
      "/components: an object is expected, found a list" },
    { "{\"components\": {\"tee\": [1]}}",
      "/components/tee: an object with \"instance\" is expected, found a "
      "list" },
    { "{\"components\": {\"tee\": {}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found nothing" },
    { "{\"components\": {\"tee\": {\"instance\": \"1\"}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found '1'" },
    { "{\"components\": {\"tee\": {\"instance\": 65535}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found 65535" },
    { "{\"components\": {\"tee\": {\"instance\": -1}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found -1" },
    { "{\"components\": {\"tee\": {\"instance\": 1.5}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found 1.5" },
    { "{\"components\": {\"tee\": {\"instance\": 1e999}}}",
      "/components/tee/instance: a whole number of 0..65534 is expected, "
      "found inf" },
    { "{\"components\": {\"a\": {\"instance\": 1}, "
      "\"b\": {\"instance\": 1}}}",
      "/components/b/instance: component 'a' has this instance, too" },
    { "{\"components\": {\"tee\": {\"instance\": 1, \"rule\": \"\"}}}",
      "/components/tee: unknown key 'rule', did you mean 'role'?; "
      "allowed: instance role" },
    { "{\"components\": {\"tee\": {\"instance\": 1, \"role\": \"mian\"}}}",
      "/components/tee/role: 'main' or 'dependency' is expected, found "
      "'mian'" },
    { "{\"components\": {\"tee\": {\"instance\": 1, \"role\": 1}}}",
      "/components/tee/role: 'main' or 'dependency' is expected, found "
      "1" },
    { "{\"components\": {\"a\": {\"instance\": 1, \"role\": \"main\"}, "
      "\"b\": {\"instance\": 2, \"role\": \"main\"}}}",
      "/components/b/role: there is a main component already" },
    { "{\"components\": {\"x\": {\"instance\": 1}}}",
      "/components/x: this name has a meaning in cases" },
    { "{\"components\": {\"main\": {\"instance\": 1}}}",
      "/components/main: this name has a meaning in cases" },
    { "{\"components\": {\"a/b\": {\"instance\": 1}}}",
      "/components/a~1b: a component's name has 1 to 31 characters, "
      "without '/', '(' and ')'" },
    { "{\"components\": {\"\": {\"instance\": 1}}}",
      "/components/: a component's name has 1 to 31 characters, "
      "without '/', '(' and ')'" },
    { "{\"components\": {\"abcdefghijklmnopqrstuvwxyz-abcde\": "
      "{\"instance\": 1}}}",
      "/components/abcdefghijklmnopqrstuvwxyz-abcde: a component's name "
      "has 1 to 31 characters, without '/', '(' and ')'" },
    { "{\"ics\": {\"DEFER\": true}}",
      "/ics/DEFER: an item is named by at most 31 lower-case letters, "
      "digits and hyphens" },
    { "{\"ics\": {\"abcdefghijklmnopqrstuvwxyz-abcde\": true}}",
      "/ics/abcdefghijklmnopqrstuvwxyz-abcde: an item is named by at most "
      "31 lower-case letters, digits and hyphens" },
    { "{\"ics\": {\"deps\": [true]}}", "/ics/deps: true or false is "
                                       "expected, found a list" },
    { "{\"ics\": {\"persit\": true}}",
      "/ics: unknown item 'persit', did you mean 'persist'?; docs/profile.md "
      "lists them, and one of your own begins with 'x-'" },
    { "{\"ics\": {\"failst\": \"idle\"}}",
      "/ics/failst: one of either Idle Downloaded is expected, found 'idle'" },
    { "{\"ics\": {\"tmr\": 5}}", "/ics/tmr: this is said by \"limits\"" },
    { "{\"ics\": {\"pwr\": true}}",
      "/ics/pwr: this is said by \"power-cycle\" of \"control\"" },
    { "{\"ics\": {\"deps\": null}}", "/ics/deps: true or false is "
                                     "expected, found null" },
    { "{\"limits\": {\"downlaod\": \"60 s\"}}",
      "/limits: unknown key 'downlaod', did you mean 'download'?; "
      "allowed: state download abort update boot clock settle lifetime "
      "defer reminder stall outage storm awake ack" },
    /* Not a limit of the device: EXCHANGE_LIFETIME. */
    { "{\"limits\": {\"response\": \"60 s\"}}",
      "/limits: unknown key 'response'; allowed: state download abort "
      "update boot clock settle lifetime defer reminder stall outage storm awake ack" },
    { "{\"limits\": {\"boot\": 60}}",
      "/limits/boot: a time such as \"60 s\", \"500 ms\" or \"2 min\" is "
      "expected, found 60" },
    { "{\"limits\": {\"boot\": \"0 s\"}}",
      "/limits/boot: nothing can come within 0 s: this fails every "
      "device" },
    { "{\"control\": {\"start\": \"./device --port 1\"}}",
      "/control/start: a list of texts (no shell line) is expected, found "
      "'./device --port 1'" },
    { "{\"control\": {\"start\": \"restart\"}}",
      "/control/start: a list of texts (no shell line) is expected, found "
      "'restart'" },
    { "{\"control\": {\"accept\": \"SIGKILL\"}}",
      "/control/accept: a list of texts (no shell line), \"restart\", "
      "\"SIGHUP\", \"SIGURG\", \"SIGUSR1\", \"SIGUSR2\" or \"SIGWINCH\" is "
      "expected, found 'SIGKILL'" },
    { "{\"control\": {\"start\": [\"./device\", 5683]}}",
      "/control/start/1: a text is expected, found 5683" },
    { "{\"control\": {\"start\": {\"./device\": 1}}}",
      "/control/start: a list of texts (no shell line) is expected, found "
      "an object" },
    { "{\"control\": {\"start\": []}}",
      "/control/start: a program is expected" },
    { "{\"control\": {\"start\": [\"\"]}}",
      "/control/start: a program is expected" },
    { "{\"control\": {\"Power Cycle\": [\"a\"]}}",
      "/control/Power Cycle: a hook is named by at most 24 lower-case "
      "letters, digits and hyphens" },
    { "{\"tolerate\": \"A-12\"}",
      "/tolerate: a list of texts (no shell line) is expected, found "
      "'A-12'" },
    { "{\"tolerate\": [12]}", "/tolerate/0: a text is expected, found 12" },
    { "{\"tolerate\": [\"A-12\", \"A12\"]}",
      "/tolerate/1: a row of the ambiguity list (docs/afu.md, A-01 to A-42) is "
      "expected, found 'A12'" },
    { "{\"tolerate\": [\"A-43\"]}",
      "/tolerate/0: a row of the ambiguity list (docs/afu.md, A-01 to A-42) is "
      "expected, found 'A-43'" },
    { "{\"tolerate\": [\"A-00\"]}",
      "/tolerate/0: a row of the ambiguity list (docs/afu.md, A-01 to A-42) is "
      "expected, found 'A-00'" },
    { "{\"tolerate\": [\"\"]}",
      "/tolerate/0: a row of the ambiguity list (docs/afu.md, A-01 to A-42) is "
      "expected, found ''" },
};

static void a_wrong_key_or_value_is_named(void)
{
    char expected[512];

    for (size_t i = 0; i < sizeof(wrong_rows) / sizeof(wrong_rows[0]); i++) {
        (void)snprintf(expected, sizeof(expected), "p.json: %s",
                       wrong_rows[i].said);
        says(wrong_rows[i].text, STATUS_MALFORMED, expected);
    }
}

static void a_wrong_package_is_named_with_its_pointer(void)
{
    says("{\"packages\": {\"tee\": {}}}", STATUS_MALFORMED,
         "p.json: /packages/tee: no component 'tee'");
    says("{\"components\": {\"a\": {\"instance\": 0}},"
         "\"packages\": {\"a\": {\"G\": {\"fiel\": \"x\"}}}}",
         STATUS_MALFORMED,
         "p.json: /packages/a/G: one of 'file', 'recipe', 'damage' or 'junk' "
         "is expected");
    says("{\"components\": {\"a\": {\"instance\": 0}},"
         "\"packages\": {\"a\": {\"BAD\": {\"damage\": \"g\", \"how\": "
         "\"flip-bit\"}}}}",
         STATUS_MALFORMED,
         "p.json: /packages/a/BAD: damages 'g', which is no good package");
}

static void a_missing_package_file_is_named(void)
{
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };
    const char text[] = "{\"components\": {\"a\": {\"instance\": 0}},"
                        "\"packages\": {\"a\": {\"G\": {\"file\": "
                        "\"none.bin\"}}}}";

    CU_ASSERT_EQUAL(profile_parse("p.json", fixture.folder, text,
                                  sizeof(text) - 1, &profile, &reason),
                    STATUS_NOT_FOUND);
    CU_ASSERT_EQUAL(strncmp(reason.text, "p.json: /packages/a/G: file '", 29),
                    0);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "/none.bin'"));
    CU_ASSERT_PTR_NULL(profile);
}

static void a_time_has_a_number_and_a_unit(void)
{
    static const struct {
        const char *text;
        uint64_t ms; /* 0: refused */
    } rows[] = {
        { "60 s", 60000 },
        { "60s", 60000 },
        { "500 ms", 500 },
        { "2 min", 120000 },
        { "1.5 s", 1500 },
        { "0.25 min", 15000 },
        { "1000000000 ms", UINT64_C(1000000000) },
        { "1000000000 min", UINT64_C(60000000000000) },
        { "5 parsecs", 0 },
        { "5", 0 },
        { "s", 0 },
        { "", 0 },
        { " 5 s", 0 },
        { "-5 s", 0 },
        { "+5 s", 0 },
        { "5 S", 0 },
        { "5 s ", 0 },
        { "5 sec", 0 },
        { "1,5 s", 0 },
        { "1.2.3 s", 0 },
        { "0x10 s", 0 },
        { "1e3 s", 0 },
        { "inf s", 0 },
        { "nan s", 0 },
        { "1000000001 ms", 0 },
        { "99999999999999999999999999 s", 0 },
        { "5\tms", 0 },
    };
    char text[128];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct profile *profile = NULL;
        struct reason reason = { .status = STATUS_OK };
        (void)snprintf(text, sizeof(text), "{\"limits\": {\"boot\": \"%s\"}}",
                       rows[i].text);
        enum status status =
            profile_parse("p.json", ".", text, strlen(text), &profile, &reason);
        uint64_t ms = profile != NULL ? profile->limits_ms[LIMIT_BOOT] : 0;
        if (ms != rows[i].ms ||
            status != (ms > 0 ? STATUS_OK : STATUS_MALFORMED)) {
            printf("'%s' gave %llu ms (%s)\n", rows[i].text,
                   (unsigned long long)ms, reason.text);
            CU_FAIL("time");
        }
        profile_free(profile);
    }
}

/** One over each limit of a list. */
static void lists_have_limits(void)
{
    static const struct {
        const char *key;
        const char *value; /* %1$u is the number of the member */
        unsigned maximum;
        const char *said;
    } rows[] = {
        { "components", "{\"instance\": %u}", 64, "too many components" },
        { "ics", "%u", PROFILE_ITEMS_MAX, "too many items" }, /* x-m0 … */
        { "control", "[\"%u\"]", PROFILE_ITEMS_MAX, "too many hooks" },
    };
    static char text[8192];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (unsigned count = rows[i].maximum; count <= rows[i].maximum + 1;
             count++) {
            struct profile *profile = NULL;
            struct reason reason = { .status = STATUS_OK };
            size_t used =
                (size_t)snprintf(text, sizeof(text), "{\"%s\": {", rows[i].key);
            for (unsigned j = 0; j < count; j++) {
                char value[32];
                const char *mark = strstr(rows[i].value, "%u");
                (void)snprintf(value, sizeof(value), "%.*s%u%s",
                               (int)(mark - rows[i].value), rows[i].value, j,
                               mark + 2);
                used += (size_t)snprintf(text + used, sizeof(text) - used,
                                         "%s\"x-m%u\": %s", j > 0 ? "," : "", j,
                                         value);
            }
            (void)snprintf(text + used, sizeof(text) - used, "}}");
            enum status status = profile_parse("p.json", ".", text,
                                               strlen(text), &profile, &reason);
            CU_ASSERT_EQUAL(status, count > rows[i].maximum ? STATUS_MALFORMED
                                                            : STATUS_OK);
            CU_ASSERT_EQUAL(count > rows[i].maximum,
                            strstr(reason.text, rows[i].said) != NULL);
            profile_free(profile);
        }
    }
}

static void an_argument_list_has_a_limit(void)
{
    static char text[1024];

    for (unsigned count = 64; count <= 65; count++) {
        size_t used =
            (size_t)snprintf(text, sizeof(text), "{\"control\": {\"start\": [");
        for (unsigned j = 0; j < count; j++) {
            used += (size_t)snprintf(text + used, sizeof(text) - used,
                                     "%s\"a\"", j > 0 ? "," : "");
        }
        (void)snprintf(text + used, sizeof(text) - used, "]}}");
        if (count == 64) {
            profile_free(profile_of(text));
        } else {
            says(text, STATUS_MALFORMED,
                 "p.json: /control/start: more than 64 texts");
        }
    }
}

/* The embedded profile. */

static const struct embedded_file *quad(void)
{
    for (size_t i = 0; i < profile_files_count; i++) {
        if (strcmp(profile_files[i].name, "quad.json") == 0) {
            return &profile_files[i];
        }
    }
    abort();
}

static void the_embedded_profile_is_read(void)
{
    const struct embedded_file *file = quad();
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL_FATAL(profile_parse(file->name, ".",
                                        (const char *)file->bytes, file->size,
                                        &profile, &reason),
                          STATUS_OK);
    CU_ASSERT_EQUAL(profile->component_count, 4);
    CU_ASSERT_STRING_EQUAL(profile->components[3].name, "modem");
    CU_ASSERT_EQUAL(profile->components[3].instance, 3);
    CU_ASSERT_TRUE(profile->components[0].is_main);
    CU_ASSERT_STRING_EQUAL(item(profile, "long-update"), "true");
    CU_ASSERT_EQUAL(profile->limits_ms[LIMIT_SETTLE], 50);
    CU_ASSERT_PTR_NOT_NULL(package_set_find(profile->packages, 0, "LNK"));
    CU_ASSERT_PTR_NOT_NULL(package_set_find(profile->packages, 3, "TRUNC"));
    profile_free(profile);
}

/** Every shorter prefix is an error that says where, and leaks nothing. */
static void a_truncated_profile_is_refused_at_every_byte(void)
{
    const struct embedded_file *file = quad();
    size_t end = file->size;

    while (end > 0 && file->bytes[end - 1] != '}') {
        end--;
    }
    for (size_t length = 0; length < end; length++) {
        struct profile *profile = NULL;
        struct reason reason = { .status = STATUS_OK };
        enum status status =
            profile_parse("quad.json", ".", (const char *)file->bytes, length,
                          &profile, &reason);
        if (status != STATUS_MALFORMED || profile != NULL ||
            strncmp(reason.text, "quad.json: ", 11) != 0) {
            printf("%zu bytes: %d '%s'\n", length, status, reason.text);
            CU_FAIL("prefix");
            profile_free(profile);
        }
    }
}

/** Every byte replaced: whatever comes of it, it is read or refused. */
static void a_damaged_profile_is_read_or_refused(void)
{
    static const char replacements[] = "\"{[:0\x80";
    const struct embedded_file *file = quad();
    char *copy = malloc(file->size);
    size_t refused = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, file->bytes, file->size);
    for (size_t i = 0; i < file->size; i++) {
        for (size_t j = 0; j < sizeof(replacements) - 1; j++) {
            struct profile *profile = NULL;
            struct reason reason = { .status = STATUS_OK };
            copy[i] = replacements[j];
            if (profile_parse("quad.json", ".", copy, file->size, &profile,
                              &reason) != STATUS_OK) {
                CU_ASSERT_NOT_EQUAL(reason.text[0], '\0');
                CU_ASSERT_PTR_NULL(profile);
                refused++;
            }
            profile_free(profile);
        }
        copy[i] = (char)file->bytes[i];
    }
    CU_ASSERT_TRUE(refused > file->size);
    free(copy);
}

/* Files. */

static void write_file(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL(fwrite(text, 1, size, file), size);
    CU_ASSERT_EQUAL(fclose(file), 0);
}

static void files_are_found_beside_the_profile(void)
{
    char path[96];
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };
    const char text[] = "{\"components\": {\"a\": {\"instance\": 0}},"
                        "\"packages\": {\"a\": {\"G\": {\"file\": "
                        "\"app.bin\"}}}}";

    (void)snprintf(path, sizeof(path), "%s/p.json", fixture.folder);
    write_file(path, text, sizeof(text) - 1);
    CU_ASSERT_EQUAL(profile_load(path, &profile, &reason), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(profile);
    CU_ASSERT_STRING_EQUAL(profile->name, path);
    CU_ASSERT_PTR_NOT_NULL(package_set_find(profile->packages, 0, "G"));
    profile_free(profile);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static void a_profile_that_cannot_be_read_is_refused(void)
{
    char path[96];
    struct profile *profile = NULL;
    struct reason reason = { .status = STATUS_OK };
    size_t size = 10u * 1024 * 1024;
    char *text = malloc(size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, ' ', size);
    memcpy(text, "{}", 2);
    (void)snprintf(path, sizeof(path), "%s/p.json", fixture.folder);
    CU_ASSERT_EQUAL(profile_load(path, &profile, &reason), STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "No such file"));
    CU_ASSERT_EQUAL(profile_load(fixture.folder, &profile, &reason),
                    STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "cannot be read"));
    write_file(path, text, size);
    CU_ASSERT_EQUAL(profile_load(path, &profile, &reason), STATUS_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "over 4194304 bytes"));
    write_file(path, text, 0);
    CU_ASSERT_EQUAL(profile_load(path, &profile, &reason), STATUS_MALFORMED);
    CU_ASSERT_PTR_NULL(profile);
    CU_ASSERT_EQUAL(unlink(path), 0);
    free(text);
}

static void a_hook_may_be_a_word_about_the_started_device(void)
{
    static const char text[] =
        "{\"control\": {\"power-cycle\": \"restart\","
        " \"accept\": \"SIGUSR1\", \"defer\": [\"SIGUSR2\"]}}";
    struct profile *profile = NULL;

    CU_ASSERT_EQUAL_FATAL(
        profile_parse("p.json", ".", text, sizeof(text) - 1, &profile, NULL),
        STATUS_OK);
    const struct profile_hook *power = profile_hook(profile, "power-cycle");
    const struct profile_hook *accept = profile_hook(profile, "accept");
    const struct profile_hook *defer = profile_hook(profile, "defer");
    CU_ASSERT_TRUE(power->restarts && power->is_word);
    CU_ASSERT_EQUAL(power->signal, 0);
    CU_ASSERT_FALSE(accept->restarts);
    CU_ASSERT_EQUAL(accept->signal, SIGUSR1);
    /* A list is a program, whatever it is called. */
    CU_ASSERT_FALSE(defer->is_word);
    CU_ASSERT_STRING_EQUAL(defer->argv[0], "SIGUSR2");
    profile_free(profile);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.profile", set_up, tear_down);
    CU_ADD_TEST(suite, every_key_is_read);
    CU_ADD_TEST(suite, a_profile_may_stand_for_many_devices);
    CU_ADD_TEST(suite, an_empty_profile_has_the_defaults);
    CU_ADD_TEST(suite, limits_have_names_that_parse);
    CU_ADD_TEST(suite, instance_0_is_main_when_no_role_says_so);
    CU_ADD_TEST(suite, a_wrong_key_or_value_is_named);
    CU_ADD_TEST(suite, a_wrong_package_is_named_with_its_pointer);
    CU_ADD_TEST(suite, a_missing_package_file_is_named);
    CU_ADD_TEST(suite, a_time_has_a_number_and_a_unit);
    CU_ADD_TEST(suite, lists_have_limits);
    CU_ADD_TEST(suite, an_argument_list_has_a_limit);
    CU_ADD_TEST(suite, the_embedded_profile_is_read);
    CU_ADD_TEST(suite, a_truncated_profile_is_refused_at_every_byte);
    CU_ADD_TEST(suite, a_damaged_profile_is_read_or_refused);
    CU_ADD_TEST(suite, files_are_found_beside_the_profile);
    CU_ADD_TEST(suite, a_profile_that_cannot_be_read_is_refused);
    CU_ADD_TEST(suite, a_hook_may_be_a_word_about_the_started_device);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
