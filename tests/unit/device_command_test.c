/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the device, as a user meets it. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/device/mutants.h"

enum { OUTPUT_SIZE = 65536, COMMAND_SIZE = 1024 };

static char output[OUTPUT_SIZE];

/** Both streams to `output`. @return the exit status, -1 for a signal */
static int run(const char *options, const char *streams)
{
    char command[COMMAND_SIZE];

    (void)snprintf(command, sizeof(command),
                   ASSAY_BINARY_DIR "/assay-device %s %s", options, streams);
    FILE *stream = popen(command, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    size_t length = fread(output, 1, sizeof(output) - 1, stream);
    output[length] = '\0';
    int status = pclose(stream);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static size_t count_lines(void)
{
    size_t count = 0;

    for (const char *at = strchr(output, '\n'); at != NULL;
         at = strchr(at + 1, '\n')) {
        count++;
    }
    return count;
}

static void help_names_each_option_on_stdout(void)
{
    static const char *const options[] = {
        "--server",   "--endpoint",        "-n N",        "--list-shapes",
        "--lifetime", "--lwm2m",           "--state",     "--install-ms",
        "--boot-ms",  "--push-timeout-ms", "--max-block", "--max-block-refuse",
        "--mutant",   "--list-mutants",    "--verbose",   "--help",
    };

    CU_ASSERT_EQUAL(run("--help", "2>/dev/null"), 0);
    CU_ASSERT_EQUAL(strncmp(output, "Usage: assay device", 19), 0);
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        CU_ASSERT_PTR_NOT_NULL(strstr(output, options[i]));
    }
    for (const char *line = output; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        CU_ASSERT_TRUE(length <= 80);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    CU_ASSERT_EQUAL(run("-h", "2>&1 >/dev/null"), 0);
    CU_ASSERT_STRING_EQUAL(output, "");
}

/** "name  AFU-nnn  what it does" */
static void check_mutant_line(const char *line)
{
    char name[64] = "";
    char requirement[16] = "";
    int text = 0;

    CU_ASSERT_EQUAL(sscanf(line, "%63s %15s %n", name, requirement, &text), 2);
    CU_ASSERT_EQUAL(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                    strlen(name));
    CU_ASSERT_TRUE(strncmp(requirement, "AFU-", 4) == 0 ||
                   strncmp(requirement, "LWM-", 4) == 0);
    CU_ASSERT_EQUAL(strlen(requirement), 7);
    CU_ASSERT_TRUE(isdigit((unsigned char)requirement[4]) &&
                   isdigit((unsigned char)requirement[5]) &&
                   isdigit((unsigned char)requirement[6]));
    CU_ASSERT_TRUE(strlen(line + text) > 10);
    CU_ASSERT_TRUE(mutant_parse(name) > MUTANT_NONE &&
                   mutant_parse(name) < MUTANT_COUNT);
}

static void mutants_are_listed_one_a_line(void)
{
    CU_ASSERT_EQUAL(run("--list-mutants", "2>/dev/null"), 0);
    CU_ASSERT_EQUAL(count_lines(), MUTANT_COUNT - 1);
    for (char *line = output; *line != '\0';) {
        char *end = strchr(line, '\n');
        CU_ASSERT_PTR_NOT_NULL_FATAL(end);
        *end = '\0';
        check_mutant_line(line);
        line = end + 1;
    }
}

static void mutant_names_differ(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    unsigned seen[MUTANT_COUNT] = { 0 };
    char name[64];

    CU_ASSERT_PTR_NOT_NULL_FATAL(stream);
    mutant_list(stream);
    CU_ASSERT_EQUAL(fclose(stream), 0);
    for (const char *at = text; at != NULL && *at != '\0';
         at = strchr(at, '\n') + 1) {
        CU_ASSERT_EQUAL(sscanf(at, "%63s", name), 1);
        seen[mutant_parse(name)]++;
    }
    for (int i = MUTANT_NONE + 1; i < MUTANT_COUNT; i++) {
        CU_ASSERT_EQUAL(seen[i], 1);
    }
    free(text);
}

static void unknown_mutants_get_names_like_theirs(void)
{
    static const struct {
        const char *name;
        const char *first; /* NULL: none is like it */
    } rows[] = {
        { "result-not-rest", "result-not-reset" },
        { "results-not-reset", "result-not-reset" },
        { "list-extend", "list-extended" },
        { "reset", "result-not-reset" },
        { "cancel", "cancel-while-updating" },
        { "", NULL },
        { "x", NULL },
        { "no-such-thing-at-all", NULL },
        { "0123456789012345678901234567890123456789012345678901234567890123456",
          NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *near[MUTANT_NEAR_MAX + 1] = { "unset" };
        mutant_near(rows[i].name, near);
        if (rows[i].first == NULL) {
            CU_ASSERT_PTR_NULL(near[0]);
        } else {
            CU_ASSERT_PTR_NOT_NULL_FATAL(near[0]);
            CU_ASSERT_STRING_EQUAL(near[0], rows[i].first);
        }
        CU_ASSERT_EQUAL(mutant_parse(rows[i].name), MUTANT_COUNT);
    }
}

static void check_refusal(const char *options, const char *part)
{
    int status = run(options, "2>&1 >/dev/null");
    bool good = status == 3 && count_lines() == 1 &&
                strncmp(output, "assay-device: ", 14) == 0 &&
                strstr(output, part) != NULL;

    CU_ASSERT_TRUE(good);
    if (!good) {
        printf("    %s: %d, %s", options, status, output);
    }
}

static void what_does_not_go_together_is_refused(void)
{
    check_refusal("--mutant result-not-reset --mutant junk-accepted",
                  "a second --mutant 'junk-accepted'");
    check_refusal("--variant zzz", "bad value 'zzz'");
    check_refusal("--server coap://127.0.0.1:1 --variant junk-is-5 --mutant "
                  "result-not-reset --variant uri-kept --variant junk-is-8",
                  "variants 'junk-is-5' and 'junk-is-8' contradict each "
                  "other");
}

static void bad_usage_is_one_line_and_exit_3(void)
{
    static const struct {
        const char *options;
        const char *part;
    } rows[] = {
        { "", "needs --server" },
        { "--server coap://127.0.0.1:1 operand", "no operands" },
        { "--sever x", "unknown option '--sever'" },
        { "--server", "no value for option '--server'" },
        { "--server coaps://127.0.0.1:1", "needs --psk-identity" },
        { "--server coaps://127.0.0.1:1 --psk-identity x", "needs --psk-id" },
        { "--server coaps://127.0.0.1:1 --psk-key 00", "needs --psk-identity" },
        { "--server coaps://127.0.0.1:1 --cert x --key x", "--cert, --key" },
        { "--server coaps://127.0.0.1:1 --psk-identity x --psk-key 00 --ca x",
          "or --cert, --key and --ca" },
        { "--server coap://127.0.0.1:1 --psk-key 00", "need --server coaps" },
        { "--server coap://127.0.0.1:1 --ca x", "need --server coaps" },
        { "--server coaps://127.0.0.1:1 --cert /no/c --key /no/k --ca /no/a",
          "'/no/c' is no certificate" },
        { "--server coaps://127.0.0.1", "coaps://127.0.0.1" },
        { "--server coapx://127.0.0.1:1", "coapx://127.0.0.1:1" },
        { "--psk-identity ''", "bad value ''" },
        { "--psk-key ''", "'--psk-key' needs" },
        { "--psk-key 0", "'--psk-key' needs" },
        { "--psk-key 0g", "'--psk-key' needs" },
        { "--move-port-ms x", "'x'" },
        { "--server coap://127.0.0.1", "coap://127.0.0.1" },
        { "--server coap://127.0.0.1:65536", ":65536" },
        { "--server coap://localhost:5683", "localhost" },
        { "--server coap://:5683", "coap://:5683" },
        { "--server 'coap://[::1:5683'", "[::1" },
        { "--server 'coap://]:5683'", "coap://]" },
        { "--server 'coap://[]:5683'", "coap://[]" },
        { "--mutant result-not-rest",
          "unknown mutant 'result-not-rest'; did you mean "
          "'result-not-reset'" },
        { "--mutant zzz", "unknown mutant 'zzz'; see --list-mutants" },
        { "--mutant ''", "unknown mutant ''" },
        { "--endpoint ''", "bad value ''" },
        { "--shape round", "'round'" },
        { "--lifetime 0", "'0'" },
        { "--lifetime -1", "'-1'" },
        { "--lifetime 4294967296", "'4294967296'" },
        { "--lwm2m 2.0", "'2.0'" },
        { "--formats frob", "'frob'" },
        { "--formats tlv,", "'tlv,'" },
        { "--awake-ms 0", "'0'" },
        { "--answer-ms 60001", "'60001'" },
        { "--install-ms x", "'x'" },
        { "--install-ms 3600001", "'3600001'" },
        { "--max-block 100", "'100'" },
        { "--max-block 2048", "'2048'" },
        { "-n 0", "'0'" },
        { "-n 10001", "'10001'" },
        { "-n x", "'x'" },
        { "-n", "'-n'" },
        { "--server coap://127.0.0.1:1 --state /dev/null/none",
          "cannot use the state folder" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        check_refusal(rows[i].options, rows[i].part);
    }
}

static CU_TestInfo tests[] = {
    { "help", help_names_each_option_on_stdout },
    { "list", mutants_are_listed_one_a_line },
    { "names", mutant_names_differ },
    { "near", unknown_mutants_get_names_like_theirs },
    { "together", what_does_not_go_together_is_refused },
    { "bad usage", bad_usage_is_one_line_and_exit_3 },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "command line", NULL, NULL, NULL, NULL, tests },
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
