/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/command.h"

static struct {
    struct definitions *definitions;
    struct word_list components; /**< empty: nothing is known of the device */
} fixture;

static int set_up(void)
{
    fixture.definitions = definitions_new();
    return fixture.definitions != NULL &&
                   definitions_add_embedded(fixture.definitions, NULL) ==
                       STATUS_OK
               ? 0
               : 1;
}

static int tear_down(void)
{
    definitions_free(fixture.definitions);
    return 0;
}

/** The step as JSON, with " file" behind it when one is named; or the
 *  complaint. */
static const char *parsed(const char *line)
{
    static char text[1024];
    struct shell_words words;
    struct shell_command command;
    struct reason reason = { .status = STATUS_OK };

    if (shell_words_split(line, strlen(line), false, &words, &reason) !=
        STATUS_OK) {
        (void)snprintf(text, sizeof(text), "%s", reason.text); /* cut */
        return text;
    }
    const struct step_type *type =
        shell_verb(steps_table(), words.words[0].text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(type);
    enum status status = shell_command_parse(
        &words, steps_table(), type, fixture.definitions, &command, &reason);
    if (status == STATUS_OK &&
        shell_command_check(&command, &fixture.components, &reason) !=
            STATUS_OK) {
        CU_ASSERT_EQUAL(reason.status, STATUS_NOT_FOUND);
        (void)snprintf(text, sizeof(text), "%s", reason.text); /* cut */
        cJSON_Delete(command.step);
    } else if (status == STATUS_OK) {
        char *json = cJSON_PrintUnformatted(command.step);
        (void)snprintf(text, sizeof(text), "%s%s%s", json,
                       command.file != NULL ? " " : "",
                       command.file != NULL ? command.file : ""); /* cut */
        cJSON_free(json);
        cJSON_Delete(command.step);
    } else {
        CU_ASSERT_EQUAL(reason.status, STATUS_MALFORMED);
        (void)snprintf(text, sizeof(text), "%s", reason.text); /* cut */
    }
    shell_words_release(&words);
    return text;
}

struct row {
    const char *line;
    const char *step;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = parsed(rows[i].line);
        if (strcmp(got, rows[i].step) != 0) {
            printf("%s\n  got      %s\n  expected %s\n", rows[i].line, got,
                   rows[i].step);
            CU_FAIL("step");
        }
    }
}

static void values_fill_the_parameters_in_their_order(void)
{
    static const struct row rows[] = {
        { "read /3/0", "{\"read\":\"/3/0\"}" },
        { "read /3/0 /33629/x/3", "{\"read\":[\"/3/0\",\"/33629/x/3\"]}" },
        { "read /3/0,/1/0 /5/0", "{\"read\":[\"/3/0\",\"/1/0\",\"/5/0\"]}" },
        { "read /3/0/3 format=11542",
          "{\"read\":\"/3/0/3\",\"format\":11542}" },
        { "read /3/0/3 accept=tlv", "{\"read\":\"/3/0/3\",\"format\":11542}" },
        { "read format=text /3/0/3", "{\"read\":\"/3/0/3\",\"format\":0}" },
        { "execute /33629/0/2 \"0='</33629/1>'\"",
          "{\"execute\":\"/33629/0/2\",\"argument\":\"0='</33629/1>'\"}" },
        { "observe /33629/0/3", "{\"observe\":\"/33629/0/3\"}" },
        { "deliver G application",
          "{\"deliver\":\"G\",\"to\":\"application\"}" },
        { "deliver G to=application watch",
          "{\"deliver\":\"G\",\"to\":\"application\",\"watch\":true}" },
        { "deliver to=1 file=app.bin", "{\"to\":\"1\"} app.bin" },
        { "deliver file=app.bin 1", "{\"to\":\"1\"} app.bin" },
        { "update application with=tee,modem",
          "{\"update\":\"application\",\"with\":[\"tee\",\"modem\"]}" },
        { "update 0 with=1", "{\"update\":\"0\",\"with\":\"1\"}" },
        { "update x alone", "{\"update\":\"x\",\"alone\":true}" },
        { "update x alone=false", "{\"update\":\"x\",\"alone\":false}" },
        { "cancel x code=2.04,4.05",
          "{\"cancel\":\"x\",\"code\":[\"2.04\",\"4.05\"]}" },
        { "create 33629 free", "{\"create\":33629,\"id\":\"free\"}" },
        { "reboot", "{\"reboot\":true}" },
        { "note a b c", "{\"note\":\"a b c\"}" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void a_written_value_is_typed_by_its_resource(void)
{
    static const struct row rows[] = {
        { "write /33629/0/11 1", "{\"write\":\"/33629/0/11\",\"value\":1}" },
        { "write /33629/application/11 value=1",
          "{\"write\":\"/33629/application/11\",\"value\":1}" },
        { "write /33629/0/1 1", "{\"write\":\"/33629/0/1\",\"value\":\"1\"}" },
        { "write /33629/0/1 ''", "{\"write\":\"/33629/0/1\",\"value\":\"\"}" },
        { "write /33629/0/1 \"coap://[::1]/a=b,c\"",
          "{\"write\":\"/33629/0/1\",\"value\":\"coap://[::1]/a=b,c\"}" },
        { "write /33629/0/0 payload=00",
          "{\"write\":\"/33629/0/0\",\"payload\":\"00\"}" },
        { "write /1/0/6 1", "{\"write\":\"/1/0/6\",\"value\":true}" },
        { "write /1/0/6 no", "column 14: expected true or false, found 'no'" },
        { "write /33629/0/11 many",
          "column 19: expected a number, found 'many'" },
        { "write /33629/0/11 9007199254740993",
          "column 19: '9007199254740993' is too large to be exact; give the "
          "bytes with payload=" },
        { "write /3/0/13 2026-03-01T10:00:00Z",
          "{\"write\":\"/3/0/13\",\"value\":1772359200}" },
        { "write /4000/0/1 1.5", "{\"write\":\"/4000/0/1\",\"value\":1.5}" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void conditions_go_into_the_component_before_them(void)
{
    static const struct row rows[] = {
        { "await application state=Downloaded within=download",
          "{\"await\":{\"application\":{\"state\":\"Downloaded\"}},"
          "\"within\":\"download\"}" },
        { "await x state=Idle,Downloaded result=0 y state=Idle",
          "{\"await\":{\"x\":{\"state\":[\"Idle\",\"Downloaded\"],"
          "\"result\":0},\"y\":{\"state\":\"Idle\"}}}" },
        { "await registration since=mark within=boot",
          "{\"await\":{\"registration\":true},\"since\":\"mark\","
          "\"within\":\"boot\"}" },
        { "expect application result=1 version=1.0 req=AFU-089",
          "{\"expect\":{\"application\":{\"result\":1,\"version\":\"1.0\"}},"
          "\"req\":[\"AFU-089\"]}" },
        { "expect x result='{\"pass\":[6],\"warn\":[5]}'",
          "{\"expect\":{\"x\":{\"result\":{\"pass\":[6],\"warn\":[5]}}}}" },
        { "await '{\"x\":{\"state\":\"Idle\"}}'",
          "{\"await\":{\"x\":{\"state\":\"Idle\"}}}" },
        { "await x state=Sleeping",
          "await: /x/state: expected Idle, Downloading, Downloaded or "
          "Updating, a list of these, or graded" },
        { "await x state=Idle x result=1", "column 20: 'x' is given twice" },
        { "await x '{\"y\":1}'", "column 9: either JSON or words, not both" },
        { "await '{\"x\"'",
          "column 7: '{\"x\"' is no JSON from its character 5 on; put it into "
          "'…'" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void what_is_no_parameter_goes_into_an_object_that_is_needed(void)
{
    static const struct row rows[] = {
        { "attributes /33629/0/3 pmin=1 pmax=10",
          "{\"attributes\":\"/33629/0/3\",\"set\":{\"pmin\":1,\"pmax\":10}}" },
        { "attributes /33629/0/3 pmin=null code=2.04",
          "{\"attributes\":\"/33629/0/3\",\"set\":{\"pmin\":null},"
          "\"code\":\"2.04\"}" },
        { "attributes /33629/0/3 '{\"pmin\": 1}'",
          "{\"attributes\":\"/33629/0/3\",\"set\":{\"pmin\":1}}" },
        { "write-composite /1/0/2=1 /1/0/3=60 format=110",
          "{\"write-composite\":{\"/1/0/2\":1,\"/1/0/3\":60},"
          "\"format\":110}" },
        { "read-composite /3/0/0 /33629/0",
          "{\"read-composite\":[\"/3/0/0\",\"/33629/0\"]}" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void components_must_exist_once_the_device_is_known(void)
{
    static const struct row rows[] = {
        { "update tee2", "unknown component 'tee2', did you mean 'tee'?; "
                         "allowed: application tee 0 1" },
        { "update all", "{\"update\":\"all\"}" },
        { "update tee with=application,teee",
          "unknown component 'teee', did you mean 'tee'?; allowed: application "
          "tee 0 1" },
        { "deliver G to=2",
          "unknown component '2'; allowed: application tee 0 1" },
        { "deliver file=a to=5",
          "unknown component '5'; allowed: application tee 0 1" },
        { "read /33629/tea/3", "unknown component 'tea', did you mean 'tee'?; "
                               "allowed: application tee 0 1" },
        { "read /33629/tee/3 /33629/7/3 /3/0",
          "{\"read\":[\"/33629/tee/3\",\"/33629/7/3\",\"/3/0\"]}" },
        { "read /33629//3 /", "{\"read\":[\"/33629//3\",\"/\"]}" },
    };

    word_list_add(&fixture.components, "application");
    word_list_add(&fixture.components, "tee");
    word_list_add(&fixture.components, "0");
    word_list_add(&fixture.components, "1");
    check_rows(rows, sizeof(rows) / sizeof(rows[0]));
    word_list_release(&fixture.components);
}

static void what_is_wrong_is_named_with_its_column_and_a_suggestion(void)
{
    static const struct row rows[] = {
        { "read", "column 1: 'read' needs read (what to read); 'help read' "
                  "says more" },
        { "deliver G",
          "column 1: 'deliver' needs to (which component); 'help deliver' says "
          "more" },
        { "read /3/0 acept=0",
          "column 11: unknown parameter 'acept'; allowed: format " },
        { "read /3/0 fromat=0",
          "column 11: unknown parameter 'fromat', did you mean 'format'?; "
          "allowed: format " },
        { "read /3/0 format=tvl",
          "column 11: expected a number or one of text link opaque cbor "
          "senml-json senml-cbor tlv json lwm2m-cbor, found 'tvl'" },
        { "read /3/0 format=0 format=42",
          "column 20: 'format' is given twice" },
        { "read 3/0", "column 6: expected a path such as /3/0/3, found '3/0'" },
        { "update x with=y alone",
          "update: /: expected one of \"with\", \"alone\" and \"argument\"" },
        { "observe /3/0 within=forever",
          "observe: /within: a limit of state download " },
        { "write /33629/0/11", "write: /: expected " },
        { "cancel x code=2.0x",
          "cancel: /code: expected a code such as \"4.05\" or \"4.xx\", a list "
          "of these, or graded" },
        { "cancel x code=,", "column 10: a list with an empty place" },
        { "update x with=[1", "column 10: '[1' is no JSON from its character 3 "
                              "on; put it into '…'" },
        { "deliver file= to=x", "column 9: no file is named" },
        { "note", "column 1: 'note' needs note (" },
        { "update x with y", "column 10: 'with' needs a value: with=..." },
        { "cancel x req=five",
          "cancel: /req: a requirement id such as \"AFU-089\" is expected, found "
          "'five'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *got = parsed(rows[i].line);
        if (strncmp(got, rows[i].step, strlen(rows[i].step)) != 0) {
            printf("%s\n  got      %s\n  expected %s\n", rows[i].line, got,
                   rows[i].step);
            CU_FAIL("complaint");
        }
    }
}

/** Each verb has a row, and each row can be typed: nothing crashes. */
static void every_row_takes_odd_words_without_harm(void)
{
    static const char *const tails[] = {
        "",
        " ''",
        " =",
        " ==",
        " x=",
        " {}",
        " []",
        " '{}'",
        " '[]' '[]'",
        " /",
        " /x/y/z/1/2/3",
        " null",
        " a b c d e f g h i j k l m n o p",
        " within=",
        " req=",
        " req='{}'",
        " req=[[]]",
        " file=a file=b",
        " \xff\xfe",
        " 1e999",
        " -",
        " 0x10",
        " true false",
        " a=1 b=2 c=3",
        " '{\"a\":{\"a\":{\"a\":1}}}' x",
        " x '' y",
    };
    const struct step_type *const *steps = steps_table();
    char line[256];

    for (size_t i = 0; steps[i] != NULL; i++) {
        for (size_t j = 0; j < sizeof(tails) / sizeof(tails[0]); j++) {
            (void)snprintf(line, sizeof(line), "%s%s", steps[i]->verb,
                           tails[j]); /* fits */
            CU_ASSERT(strlen(parsed(line)) > 0);
        }
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("cli.shell_command", set_up, tear_down);
    CU_ADD_TEST(suite, values_fill_the_parameters_in_their_order);
    CU_ADD_TEST(suite, a_written_value_is_typed_by_its_resource);
    CU_ADD_TEST(suite, conditions_go_into_the_component_before_them);
    CU_ADD_TEST(suite, what_is_no_parameter_goes_into_an_object_that_is_needed);
    CU_ADD_TEST(suite, components_must_exist_once_the_device_is_known);
    CU_ADD_TEST(suite, what_is_wrong_is_named_with_its_column_and_a_suggestion);
    CU_ADD_TEST(suite, every_row_takes_odd_words_without_harm);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
