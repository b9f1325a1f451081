/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/catalogue/catalogue_files.h"
#include "scenarios/engine/test_case.h"
#include "scenarios/steps/steps.h"

/* A step table of our own, with a parameter of each type. */

static enum status check_any(const cJSON *step, const char *pointer,
                             struct reason *reason)
{
    if (cJSON_GetObjectItemCaseSensitive(step, "bad") == NULL) {
        return STATUS_OK;
    }
    return reason_set(reason, STATUS_MALFORMED, "%s/bad: a verb says so",
                      pointer);
}

/* clang-format off */
static const struct step_type row_send = {
    .verb = "send",
    .parameters = {
        { "send", STEP_PACKAGE, true, "" },
        { "to", STEP_COMPONENT, true, "" },
    },
    .delivers = true,
};
static const struct step_type row_look = {
    .verb = "look",
    .parameters = {
        { "look", STEP_PATH, true, "" },
        { "paths", STEP_PATHS, false, "" },
        { "who", STEP_COMPONENTS, false, "" },
        { "code", STEP_CODES, false, "" },
        { "text", STEP_TEXT, false, "" },
        { "number", STEP_NUMBER, false, "" },
        { "flag", STEP_FLAG, false, "" },
        { "bad", STEP_ANY, false, "" },
        { "limit", STEP_LIMIT_NAME, false, "" },
    },
    .check = check_any,
};
static const struct step_type row_repeat = {
    .verb = "repeat",
    .parameters = {
        { "repeat", STEP_COMPONENTS, true, "" },
        { "steps", STEP_STEPS, true, "" },
    },
};
static const struct step_type row_either = {
    .verb = "either",
    .parameters = { { "either", STEP_ALTERNATIVES, true, "" } },
};
static const struct step_type *const table[] = {
    &row_send, &row_look, &row_repeat, &row_either, NULL,
};
/* clang-format on */

static enum status add(struct catalogue *catalogue, const char *text,
                       struct reason *reason)
{
    *reason = (struct reason){ .status = STATUS_OK };
    return catalogue_add(catalogue, table, "c.json", text, strlen(text),
                         reason);
}

/** Nothing of a refused file is kept. */
static void says(const char *text, const char *expected)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;

    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    if (add(catalogue, text, &reason) != STATUS_MALFORMED ||
        strcmp(reason.text, expected) != 0) {
        printf("%s\n  said     '%s'\n  expected '%s'\n", text, reason.text,
               expected);
        CU_FAIL("complaint");
    }
    CU_ASSERT_EQUAL(catalogue_count(catalogue), 0);
    catalogue_free(catalogue);
}

#define ROWS_CASE(steps)                                                       \
    "{ \"group\": \"AFU-LNK\", \"title\": \"t\", \"cases\": [ {"               \
    " \"id\": \"AFU-LNK-001\", \"title\": \"t\","                              \
    " \"requirements\": [\"AFU-091\"], \"steps\": [" steps "] } ] }"

/** Where a list has rows, its steps stand once for each of them. */
static void rows_make_steps_of_their_values(void)
{
    static const char text[] = ROWS_CASE(
        "{ \"look\": \"/1\" },"
        "{ \"rows\": [ { \"path\": \"/2\", \"codes\": [\"4.00\", \"4.05\"] },"
        "             { \"path\": \"/3\", \"codes\": \"2.04\" } ],"
        "  \"steps\": [ { \"look\": \"$path\", \"code\": \"$codes\" },"
        "               { \"look\": \"/4\" } ] },"
        "{ \"look\": \"/5\" }");
    static const char *const paths[] = { "/1", "/2", "/4", "/3", "/4", "/5" };
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;
    const cJSON *step = NULL;
    size_t index = 0;

    CU_ASSERT_EQUAL_FATAL(add(catalogue, text, &reason), STATUS_OK);
    const cJSON *steps = catalogue_at(catalogue, 0)->steps;
    CU_ASSERT_EQUAL_FATAL(cJSON_GetArraySize(steps), 6);
    cJSON_ArrayForEach(step, steps)
    {
        CU_ASSERT_STRING_EQUAL(step->child->valuestring, paths[index]);
        index++;
    }
    CU_ASSERT_EQUAL(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(
                        cJSON_GetArrayItem(steps, 1), "code")),
                    2);
    catalogue_free(catalogue);
}

static void rows_that_lack_something_are_refused(void)
{
    says(ROWS_CASE("{ \"rows\": [ { \"a\": 1 } ],"
                   "  \"steps\": [ { \"look\": \"$path\" } ] }"),
         "c.json: /cases/0/steps/0: a row has no 'path'");
    says(ROWS_CASE("{ \"rows\": [ 1 ], \"steps\": [ { \"look\": \"/1\" } ] }"),
         "c.json: /cases/0/steps/0: \"rows\", a list of objects, and \"steps\" "
         "are expected");
    says(ROWS_CASE("{ \"rows\": [ { \"a\": 1 } ] }"),
         "c.json: /cases/0/steps/0: \"rows\", a list of objects, and \"steps\" "
         "are expected");
}

static void a_case_is_kept_as_the_file_says(void)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;

    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    CU_ASSERT_EQUAL(
        add(catalogue,
            "{ \"group\": \"AFU-DEP\", \"title\": \"Dependencies\", // why\n"
            "  \"cases\": [\n"
            "  { \"id\": \"AFU-DEP-001\", \"title\": \"First\",\n"
            "    \"requirements\": [\"AFU-089\", \"AFU-104\"],\n"
            "    \"applies\": [\"deps or not impl\", \"components >= 2\"],\n"
            "    \"mechanisms\": [\"push\"],\n"
            "    \"once\": true,\n"
            "    \"preamble\": [{ \"look\": \"/3\" }],\n"
            "    \"steps\": [{ \"repeat\": \"all\", \"steps\": [\n"
            "      { \"send\": \"G\", \"to\": \"x\", \"req\": [\"AFU-089\"],\n"
            "        \"within\": \"download\" } ] }],\n"
            "    \"postamble\": [] },\n"
            "  { \"id\": \"AFU-DEP-002\", \"title\": \"Second\",\n"
            "    \"requirements\": [\"AFU-001\"],\n"
            "    \"steps\": [{ \"look\": \"/3\" }] } ] }",
            &reason),
        STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(catalogue_count(catalogue), 2);
    const struct test_case *first = catalogue_at(catalogue, 0);
    CU_ASSERT_STRING_EQUAL(first->id, "AFU-DEP-001");
    CU_ASSERT_STRING_EQUAL(first->title, "First");
    CU_ASSERT_STRING_EQUAL(first->group, "AFU-DEP");
    CU_ASSERT_STRING_EQUAL(first->source, "c.json");
    CU_ASSERT_STRING_EQUAL(first->requirements[1], "AFU-104");
    CU_ASSERT_PTR_NULL(first->requirements[2]);
    CU_ASSERT_STRING_EQUAL(first->applies[0], "deps or not impl");
    CU_ASSERT_PTR_NULL(first->applies[2]);
    CU_ASSERT_TRUE(first->delivers); /* a nested step does */
    CU_ASSERT_EQUAL(first->mechanisms, 1u << MECHANISM_PUSH);
    CU_ASSERT_TRUE(first->is_once);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(first->preamble), 1);
    CU_ASSERT_EQUAL(cJSON_GetArraySize(first->postamble), 0);
    const struct test_case *second = catalogue_at(catalogue, 1);
    CU_ASSERT_FALSE(second->delivers);
    CU_ASSERT_PTR_NULL(second->applies[0]);
    CU_ASSERT_PTR_NULL(second->preamble);
    CU_ASSERT_FALSE(second->is_once);
    CU_ASSERT_EQUAL(second->mechanisms,
                    1u << MECHANISM_PUSH | 1u << MECHANISM_PULL);
    catalogue_free(catalogue);
}

#define CASE(id, title)                                                        \
    "{\"id\": \"" id "\", \"title\": \"" title                                 \
    "\", \"requirements\": [\"AFU-001\"], \"steps\": [{\"look\": \"/3\"}]}"
#define FILE_OF(cases) "{\"group\": \"G\", \"cases\": [" cases "]}"

static void a_later_file_replaces_a_case_where_it_stands(void)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;

    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    CU_ASSERT_EQUAL(add(catalogue,
                        FILE_OF(CASE("G-001", "a") "," CASE("G-002", "b")),
                        &reason),
                    STATUS_OK);
    CU_ASSERT_EQUAL(add(catalogue,
                        FILE_OF(CASE("G-003", "c") "," CASE("G-001", "d")),
                        &reason),
                    STATUS_OK);
    CU_ASSERT_EQUAL_FATAL(catalogue_count(catalogue), 3);
    CU_ASSERT_STRING_EQUAL(catalogue_at(catalogue, 0)->id, "G-001");
    CU_ASSERT_STRING_EQUAL(catalogue_at(catalogue, 0)->title, "d");
    CU_ASSERT_STRING_EQUAL(catalogue_at(catalogue, 1)->title, "b");
    CU_ASSERT_STRING_EQUAL(catalogue_at(catalogue, 2)->title, "c");
    catalogue_free(catalogue);
}

static void a_refused_file_leaves_the_catalogue_as_it_was(void)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;

    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    CU_ASSERT_EQUAL(add(catalogue, FILE_OF(CASE("G-001", "a")), &reason),
                    STATUS_OK);
    /* The first case is fine and would replace, the second is not. */
    CU_ASSERT_EQUAL(add(catalogue,
                        FILE_OF(CASE("G-001", "b") ",{\"id\": \"G-002\"}"),
                        &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_EQUAL(catalogue_count(catalogue), 1);
    CU_ASSERT_STRING_EQUAL(catalogue_at(catalogue, 0)->title, "a");
    catalogue_free(catalogue);
}

static const struct {
    const char *text;
    const char *said;
} wrong_files[] = {
    { "[]", "/: an object with \"group\" and \"cases\" is expected, found a "
            "list" },
    { "{\"gruop\": \"G\"}",
      "/: unknown key 'gruop', did you mean 'group'?; allowed: group title "
      "firmware cases" },
    { "{\"cases\": []}",
      "/group: a group such as \"AFU-DEP\" is expected, found nothing" },
    { "{\"group\": \"../G\", \"cases\": []}",
      "/group: a group such as \"AFU-DEP\" is expected, found '../G'" },
    { "{\"group\": \"G\", \"cases\": {}}",
      "/cases: a list of cases is expected, found an object" },
    { FILE_OF("[1]"), "/cases/0: a case, an object, is expected, found a "
                      "list" },
    { FILE_OF("null"), "/cases/0: a case, an object, is expected, found "
                       "null" },
    { FILE_OF(CASE("G-001", "a") "," CASE("G-002", "b") "," CASE("G-001", "c")),
      "/cases/2/id: this id stands twice" },
    { FILE_OF(CASE("../../etc", "a")),
      "/cases/0/id: an id such as \"AFU-DEP-001\" is expected, found "
      "'../../etc'" },
    { FILE_OF(CASE("", "a")),
      "/cases/0/id: an id such as \"AFU-DEP-001\" is expected, found ''" },
    { FILE_OF(CASE("G-001@push", "a")),
      "/cases/0/id: an id such as \"AFU-DEP-001\" is expected, found "
      "'G-001@push'" },
};

#define HEAD "\"id\": \"G-001\", \"title\": \"t\""
#define REQ  "\"requirements\": [\"AFU-001\"]"

/* What is wrong in case 0. */
static const struct {
    const char *members;
    const char *said;
} wrong_cases[] = {
    { "\"id\": 5", "/id: an id such as \"AFU-DEP-001\" is expected, found 5" },
    { "\"id\": \"G-001\"", "/title: a text is expected, found nothing" },
    { HEAD, "/requirements: a list of requirement ids is expected, found "
            "nothing" },
    { HEAD ", \"requirements\": []",
      "/requirements: a list of requirement ids is expected, found a list" },
    { HEAD ", \"requirements\": [\"AFU-089\", \"AFU89\"]",
      "/requirements: a requirement id such as \"AFU-089\" is expected, found "
      "'AFU89'" },
    { HEAD ", " REQ, "/steps: a list of steps is expected, found nothing" },
    { HEAD ", " REQ ", \"stesp\": []",
      ": unknown key 'stesp', did you mean 'steps'?; allowed: id title "
      "reference erratum requirements applies mechanisms once initial preamble steps postamble" },
    { HEAD ", " REQ ", \"steps\": [], \"once\": 1",
      "/once: true or false is expected, found 1" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": \"deps\"",
      "/applies: a list of lines is expected, found 'deps'" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": [5]",
      "/applies: a line of text is expected, found 5" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": [\"DEPS\"]",
      "/applies: 'components >= N', 'lwm2m >= N', 'package NAME', 'hook "
      "NAME', an ICS item in lower case or 'ITEM = VALUE' is expected, found "
      "'DEPS'" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": [\"not cancle\"]",
      "/applies: an ICS item of docs/profile.md (one of your own begins with "
      "'x-') is expected, found 'not cancle'" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": [\"enc = maybe\"]",
      "/applies: a value that the ICS item can have behind ' = ' is expected, "
      "found 'enc = maybe'" },
    { HEAD ", " REQ ", \"steps\": [], \"applies\": [\"lwm2m >= new\"]",
      "/applies: a version such as 1.1 behind 'lwm2m >= ' is expected, found "
      "'lwm2m >= new'" },
    { HEAD ", " REQ ", \"steps\": [], \"erratum\": 1",
      "/erratum: a text is expected, found 1" },
    { HEAD ", " REQ ", \"steps\": [], \"mechanisms\": \"push\"",
      "/mechanisms: a list of push pull is expected, found 'push'" },
    { HEAD ", " REQ ", \"steps\": [], \"mechanisms\": []",
      "/mechanisms: a list of push pull is expected, found a list" },
    { HEAD ", " REQ ", \"steps\": [], \"mechanisms\": [\"psuh\"]",
      "/mechanisms: push or pull is expected, found 'psuh'" },
    { HEAD ", " REQ ", \"steps\": {}",
      "/steps: a list of steps is expected, found an object" },
    { HEAD ", " REQ ", \"steps\": [], \"initial\": []",
      "/initial: a list of requirement ids is expected, found a list" },
    { HEAD ", " REQ ", \"steps\": [], \"postamble\": 1",
      "/postamble: a list of steps is expected, found 1" },
};

/* What is wrong in its first step. */
static const struct {
    const char *step;
    const char *said;
} wrong_steps[] = {
    { "[]", ": a step, an object, is expected, found a list" },
    { "{}", ": unknown verb ''; allowed: send look repeat either" },
    { "{\"lok\": \"/3\"}",
      ": unknown verb 'lok', did you mean 'look'?; allowed: send look repeat "
      "either" },
    /* The verb need not stand first. */
    { "{\"req\": [\"AFU-001\"], \"lok\": \"/3\"}",
      ": unknown verb 'lok', did you mean 'look'?; allowed: send look repeat "
      "either" },
    { "{\"look\": \"/3\", \"flga\": true}",
      ": unknown parameter 'flga', did you mean 'flag'?; allowed: req within "
      "look paths who code text number flag bad limit" },
    { "{\"look\": \"/3\", \"send\": \"G\"}",
      ": unknown parameter 'send', did you mean 'text'?; allowed: req within "
      "look paths who code text number flag bad limit" },
    { "{\"send\": \"G\"}", ": parameter 'to' is missing" },
    { "{\"send\": 1, \"to\": \"x\"}",
      "/send: a package name is expected, found 1" },
    { "{\"send\": \"G\", \"to\": [\"x\"]}",
      "/to: a component is expected, found a list" },
    { "{\"look\": \"3/0\"}",
      "/look: a path such as \"/33629/x/3\" is expected, found '3/0'" },
    { "{\"look\": \"/3\", \"paths\": []}",
      "/paths: a path or a list of paths is expected, found a list" },
    { "{\"look\": \"/3\", \"who\": {}}",
      "/who: a component, a list of them or \"all\" is expected, found an "
      "object" },
    { "{\"look\": \"/3\", \"code\": 2.04}",
      "/code: a response code such as \"2.04\", a list or grades is expected, "
      "found 2.04" },
    { "{\"look\": \"/3\", \"text\": true}",
      "/text: a text is expected, found true" },
    { "{\"look\": \"/3\", \"number\": \"1\"}",
      "/number: a number is expected, found '1'" },
    { "{\"look\": \"/3\", \"flag\": \"yes\"}",
      "/flag: true or false is expected, found 'yes'" },
    { "{\"look\": \"/3\", \"limit\": \"5 s\"}",
      "/limit: a limit of state download abort update boot clock settle "
      "lifetime defer reminder stall outage storm awake ack response is "
      "expected, found '5 s'" },
    { "{\"look\": \"/3\", \"within\": \"download \"}",
      "/within: a limit of state download abort update boot clock settle "
      "lifetime defer reminder stall outage storm awake ack response is "
      "expected, found 'download '" },
    { "{\"look\": \"/3\", \"req\": \"AFU-001\"}",
      "/req: a list of requirement ids is expected, found 'AFU-001'" },
    { "{\"look\": \"/3\", \"req\": [\"AFU-001\", \"afu-2\"]}",
      "/req: a requirement id such as \"AFU-089\" is expected, found "
      "'afu-2'" },
    { "{\"look\": \"/3\", \"bad\": 1}", "/bad: a verb says so" },
    { "{\"repeat\": \"x\", \"steps\": {}}",
      "/steps: a list is expected, found an object" },
    { "{\"repeat\": \"x\", \"steps\": [{\"look\": \"/3\"}, {\"loko\": 1}]}",
      "/steps/1: unknown verb 'loko', did you mean 'look'?; allowed: send "
      "look repeat either" },
    { "{\"either\": [{\"steps\": []}, 5]}",
      "/either/1: an object with \"when\" is expected, found 5" },
    { "{\"either\": [{\"steps\": [{\"look\": 1}]}]}",
      "/either/0/steps/0/look: a path such as \"/33629/x/3\" is expected, "
      "found 1" },
};

/** What the reason can hold of a sentence. */
static const char *cut(char *text)
{
    size_t size = sizeof(((struct reason *)NULL)->text);

    if (strlen(text) >= size) {
        text[size - 1] = '\0';
    }
    return text;
}

static void what_is_wrong_is_named_with_its_pointer(void)
{
    char text[512];
    char expected[512];

    for (size_t i = 0; i < sizeof(wrong_files) / sizeof(wrong_files[0]); i++) {
        (void)snprintf(expected, sizeof(expected), "c.json: %s",
                       wrong_files[i].said);
        says(wrong_files[i].text, cut(expected));
    }
    for (size_t i = 0; i < sizeof(wrong_cases) / sizeof(wrong_cases[0]); i++) {
        (void)snprintf(text, sizeof(text), FILE_OF("{%s}"),
                       wrong_cases[i].members);
        (void)snprintf(expected, sizeof(expected), "c.json: /cases/0%s",
                       wrong_cases[i].said);
        says(text, cut(expected));
    }
    for (size_t i = 0; i < sizeof(wrong_steps) / sizeof(wrong_steps[0]); i++) {
        (void)snprintf(text, sizeof(text),
                       FILE_OF("{" HEAD ", " REQ ", \"steps\": [%s]}"),
                       wrong_steps[i].step);
        (void)snprintf(expected, sizeof(expected), "c.json: /cases/0/steps/0%s",
                       wrong_steps[i].said);
        says(text, cut(expected));
    }
}

/** A file of `count` cases, one of which has `steps` steps; caller frees. */
static char *file_of(unsigned count, unsigned steps)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    (void)fputs("{\"group\":\"G\",\"cases\":[", stream);
    for (unsigned i = 0; i < count; i++) {
        (void)fprintf(stream,
                      "%s{\"id\":\"G-%u\",\"title\":\"t\"," REQ ",\"steps\":[",
                      i > 0 ? "," : "", i);
        for (unsigned j = 0; i == 0 && j < steps; j++) {
            (void)fprintf(stream, "%s{\"look\":\"/3\"}", j > 0 ? "," : "");
        }
        (void)fputs("]}", stream);
    }
    (void)fputs("]}", stream);
    (void)fclose(stream); /* into memory */
    return text;
}

static void a_case_has_at_most_500_steps(void)
{
    struct reason reason;

    for (unsigned count = TEST_STEPS_MAX; count <= TEST_STEPS_MAX + 1;
         count++) {
        struct catalogue *catalogue = catalogue_new();
        char *text = file_of(1, count);
        CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
        CU_ASSERT_EQUAL(add(catalogue, text, &reason),
                        count > TEST_STEPS_MAX ? STATUS_MALFORMED : STATUS_OK);
        CU_ASSERT_EQUAL(count > TEST_STEPS_MAX,
                        strstr(reason.text, "too many steps") != NULL);
        catalogue_free(catalogue);
        free(text);
    }
}

static void a_catalogue_has_at_most_2000_cases(void)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason;

    CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
    for (unsigned over = 2; over-- > 0;) {
        char *text = file_of(TEST_CASES_MAX + over, 0);
        CU_ASSERT_EQUAL(add(catalogue, text, &reason),
                        over > 0 ? STATUS_LIMIT : STATUS_OK);
        free(text);
    }
    CU_ASSERT_EQUAL(add(catalogue, FILE_OF(CASE("H-001", "t")), &reason),
                    STATUS_LIMIT);
    CU_ASSERT_EQUAL(add(catalogue, FILE_OF(CASE("G-5", "new")), &reason),
                    STATUS_OK);
    CU_ASSERT_EQUAL(catalogue_count(catalogue), TEST_CASES_MAX);
    catalogue_free(catalogue);
}

/* The embedded cases and the real step table. */

/** Read or refused, without a crash or a leak. @return whether it was read */
static bool try_file(const char *text, size_t length)
{
    struct catalogue *catalogue = catalogue_new();
    struct reason reason = { .status = STATUS_OK };

    if (catalogue == NULL) {
        abort();
    }
    enum status status = catalogue_add(catalogue, steps_table(), "c.json", text,
                                       length, &reason);
    if (status != STATUS_OK) {
        CU_ASSERT_EQUAL(strncmp(reason.text, "c.json: ", 8), 0);
        CU_ASSERT_EQUAL(catalogue_count(catalogue), 0);
    }
    catalogue_free(catalogue);
    return status == STATUS_OK;
}

static void a_truncated_file_is_refused_at_every_byte(void)
{
    for (size_t i = 0; i < catalogue_files_count; i++) {
        const struct embedded_file *file = &catalogue_files[i];
        const char *text = (const char *)file->bytes;
        size_t end = file->size;
        while (end > 0 && text[end - 1] != '}') {
            end--;
        }
        CU_ASSERT_TRUE(try_file(text, end));
        /* One file at every byte, the others at every 61st: it is quadratic. */
        for (size_t length = 0; length < end; length += i == 0 ? 1 : 61) {
            CU_ASSERT_FALSE(try_file(text, length));
        }
    }
}

struct replaced {
    cJSON *root;
    size_t read;
    size_t refused;
};

/** Put each kind of value in the place of one, and of all in it. */
static void replace_all(struct replaced *replaced, cJSON *json)
{
    static const char *const values[] = { "null", "true", "-1.5",
                                          "\"\"", "[]",   "{}",
                                          "[{}]", "[1]",  "{\"x\":[]}" };
    cJSON *child = NULL;

    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        const cJSON saved = *json;
        cJSON *fresh = cJSON_Parse(values[i]);
        json->type = fresh->type;
        json->child = fresh->child;
        json->valuestring = fresh->valuestring;
        json->valuedouble = fresh->valuedouble;
        char *text = cJSON_PrintUnformatted(replaced->root);
        if (try_file(text, strlen(text))) {
            replaced->read++;
        } else {
            replaced->refused++;
        }
        *json = saved;
        cJSON_free(text);
        cJSON_Delete(fresh);
    }
    cJSON_ArrayForEach(child, json)
    {
        replace_all(replaced, child);
    }
}

static void any_value_in_any_place_is_read_or_refused(void)
{
    for (size_t i = 0; i < catalogue_files_count; i++) {
        struct catalogue *catalogue = catalogue_new();
        struct replaced replaced = { .root = cJSON_CreateObject() };
        cJSON *cases = cJSON_AddArrayToObject(replaced.root, "cases");
        struct reason reason;
        CU_ASSERT_PTR_NOT_NULL_FATAL(catalogue);
        CU_ASSERT_EQUAL(catalogue_add(catalogue, steps_table(), "c.json",
                                      (const char *)catalogue_files[i].bytes,
                                      catalogue_files[i].size, &reason),
                        STATUS_OK);
        /* The first case only, else the file is printed too often. */
        const struct test_case *first = catalogue_at(catalogue, 0);
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(replaced.root, "group", first->group);
        cJSON_AddStringToObject(json, "id", first->id);
        cJSON_AddStringToObject(json, "title", first->title);
        cJSON_AddItemToObject(json, "requirements",
                              cJSON_Parse("[\"AFU-001\"]"));
        cJSON_AddItemToObject(json, "steps",
                              cJSON_Duplicate(first->steps, true));
        cJSON_AddItemToArray(cases, json);
        replace_all(&replaced, replaced.root);
        CU_ASSERT_TRUE(replaced.refused > replaced.read);
        cJSON_Delete(replaced.root);
        catalogue_free(catalogue);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.cases", NULL, NULL);
    CU_ADD_TEST(suite, a_case_is_kept_as_the_file_says);
    CU_ADD_TEST(suite, a_later_file_replaces_a_case_where_it_stands);
    CU_ADD_TEST(suite, a_refused_file_leaves_the_catalogue_as_it_was);
    CU_ADD_TEST(suite, what_is_wrong_is_named_with_its_pointer);
    CU_ADD_TEST(suite, a_case_has_at_most_500_steps);
    CU_ADD_TEST(suite, a_catalogue_has_at_most_2000_cases);
    CU_ADD_TEST(suite, rows_make_steps_of_their_values);
    CU_ADD_TEST(suite, rows_that_lack_something_are_refused);
    CU_ADD_TEST(suite, a_truncated_file_is_refused_at_every_byte);
    CU_ADD_TEST(suite, any_value_in_any_place_is_read_or_refused);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
