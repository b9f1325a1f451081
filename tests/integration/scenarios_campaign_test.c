/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/scenarios.h"

/*
 * Whole campaigns against the simulated device, whose program ends at an
 * event of the journal: what is written down, what is said, and that the
 * campaign comes to its end.
 */

enum { TEXT_SIZE = 8192, COMMAND_SIZE = 512 };

/** A place in the journal, and the signal that the device gets there. */
struct strike {
    int kind;   /**< enum journal_kind */
    int signal; /**< 0: none */
};

static struct {
    char folder[64];
    char output[96];
    char pid_file[96];
    unsigned campaigns;
    struct definitions *definitions;
    struct catalogue *catalogue;
    struct profile *profile;
    struct strike strike;
    bool has_struck;
    /* What the journal said, a line for each. */
    char verdicts[TEXT_SIZE]; /* "T-001 pass\n" */
    char hooks[TEXT_SIZE];    /* "begin start", "end start 0 9" */
    char notes[TEXT_SIZE];
    char remarks[TEXT_SIZE]; /* notes about the profile */
    unsigned ends;           /* of the campaign */
    unsigned not_applicable;
} fixture;

static void say(char *text, const char *line)
{
    size_t used = strlen(text);

    (void)snprintf(text + used, TEXT_SIZE - used, "%s\n", line); /* cut */
}

/* A verb of our own: nothing in the step table starts hooks yet. */

static enum step_progress hook_drive(struct run *run,
                                     const struct journal_event *event)
{
    const char *name = run_parameter(run, "hook")->valuestring;
    struct reason reason = { .status = STATUS_OK };

    if (event == NULL) {
        return run_hook(run, name, &reason) == STATUS_OK
                   ? STEP_GO_ON
                   : run_fail(run, &reason);
    }
    return event->kind == JOURNAL_HOOK_END &&
                   strcmp(journal_text(event, "hook"), name) == 0
               ? STEP_DONE
               : STEP_GO_ON;
}

/** Starts both and waits for neither. */
static enum step_progress both_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct reason reason = { .status = STATUS_OK };

    (void)event;
    return run_hook(run, "slow", &reason) == STATUS_OK &&
                   run_hook(run, "greet", &reason) == STATUS_OK
               ? STEP_DONE
               : run_fail(run, &reason);
}

/* clang-format off */
static const struct step_type step_hook = {
    .verb = "hook",
    .parameters = { { "hook", STEP_TEXT, true, "" } },
    .drive = hook_drive,
};
static const struct step_type step_both = {
    .verb = "both",
    .parameters = { { "both", STEP_FLAG, true, "" } },
    .drive = both_drive,
};
/* clang-format on */

static const struct step_type *table[64] = { &step_hook, &step_both };

static const char cases[] =
    "{ \"group\": \"T\", \"cases\": ["
    "  { \"id\": \"T-001\", \"title\": \"reads\","
    "    \"requirements\": [\"AFU-001\"], \"steps\": ["
    "      { \"read\": \"/3/0/0\", \"code\": \"2.05\","
    "        \"req\": [\"AFU-001\"] } ] },"
    "  { \"id\": \"T-002\", \"title\": \"delivers\","
    "    \"requirements\": [\"AFU-001\"], \"mechanisms\": [\"push\"],"
    "    \"steps\": [ { \"deliver\": \"G\", \"to\": \"x\" },"
    "      { \"await\": { \"x\": { \"state\": \"Downloaded\" } },"
    "        \"within\": \"download\", \"req\": [\"AFU-001\"] } ] },"
    "  { \"id\": \"T-003\", \"title\": \"reads\","
    "    \"requirements\": [\"AFU-001\"], \"steps\": ["
    "      { \"read\": \"/3/0/0\", \"code\": \"2.05\","
    "        \"req\": [\"AFU-001\"] } ] },"
    "  { \"id\": \"H-001\", \"title\": \"runs a hook\","
    "    \"requirements\": [\"AFU-001\"], \"steps\": ["
    "      { \"hook\": \"greet\" },"
    "      { \"read\": \"/3/0/0\", \"code\": \"2.05\","
    "        \"req\": [\"AFU-001\"] } ] },"
    "  { \"id\": \"H-002\", \"title\": \"runs two hooks\","
    "    \"requirements\": [\"AFU-001\"], \"steps\": ["
    "      { \"both\": true }, { \"hook\": \"last\" },"
    "      { \"read\": \"/3/0/0\", \"code\": \"2.05\","
    "        \"req\": [\"AFU-001\"] } ] },"
    "  { \"id\": \"H-003\", \"title\": \"runs a program that is not there\","
    "    \"requirements\": [\"AFU-001\"],"
    "    \"steps\": [ { \"hook\": \"missing\" } ] },"
    "  { \"id\": \"H-004\", \"title\": \"runs no hook of the profile\","
    "    \"requirements\": [\"AFU-001\"],"
    "    \"steps\": [ { \"hook\": \"power-cycle\" } ] } ] }";

/* "slow" waits for the file that "last" makes: it ends in the middle of it. */
static const char profile_format[] =
    "{ \"components\": { \"application\": { \"instance\": 0 } },"
    "  \"packages\": { \"application\": {"
    "    \"G\": { \"recipe\": \"anjay\", \"size\": 20480 } } },"
    "  \"limits\": { \"state\": \"2 s\", \"download\": \"10 s\","
    "    \"abort\": \"5 s\", \"update\": \"10 s\", \"boot\": \"1 s\","
    "    \"settle\": \"50 ms\" },"
    "  \"control\": {"
    "    \"greet\": [\"sh\", \"-c\", \"echo $0 $1; exit 3\", \"{address}\","
    "      \"{port}\"],"
    "    \"slow\": [\"sh\", \"-c\", \"read x <%s/fifo; kill -TERM $$\"],"
    "    \"last\": [\"sh\", \"-c\", \"echo go >%s/fifo\"],"
    "    \"missing\": [\"%s/no-such-program\"] } }";

/* Set-up. */

static int remove_one(const char *path, const struct stat *stat, int flag,
                      struct FTW *ftw)
{
    (void)stat;
    (void)flag;
    (void)ftw;
    return remove(path);
}

static int set_up(void)
{
    struct reason reason = { .status = STATUS_OK };
    char text[2048];
    char fifo[96];

    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-campaign-XXXXXX");
    if (mkdtemp(fixture.folder) == NULL) {
        return 1;
    }
    (void)snprintf(fixture.pid_file, sizeof(fixture.pid_file), "%s/pid",
                   fixture.folder);
    (void)snprintf(fifo, sizeof(fifo), "%s/fifo", fixture.folder);
    (void)snprintf(text, sizeof(text), profile_format, fixture.folder,
                   fixture.folder, fixture.folder);
    for (size_t i = 0; steps_table()[i] != NULL; i++) {
        table[i + 2] = steps_table()[i];
    }
    fixture.definitions = definitions_new();
    fixture.catalogue = catalogue_new();
    if (mkfifo(fifo, 0600) != 0 || fixture.definitions == NULL ||
        fixture.catalogue == NULL ||
        definitions_add_embedded(fixture.definitions, &reason) != STATUS_OK ||
        catalogue_add(fixture.catalogue, table, "t.json", cases, strlen(cases),
                      &reason) != STATUS_OK ||
        profile_parse("p.json", ".", text, strlen(text), &fixture.profile,
                      &reason) != STATUS_OK) {
        printf("%s\n", reason.text);
        return 1;
    }
    return 0;
}

static int tear_down(void)
{
    profile_free(fixture.profile);
    catalogue_free(fixture.catalogue);
    definitions_free(fixture.definitions);
    return nftw(fixture.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* One campaign. */

static void strike_device(void)
{
    FILE *file = fopen(fixture.pid_file, "r");
    int pid = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fscanf(file, "%d", &pid), 1);
    CU_ASSERT_TRUE_FATAL(pid > 1);
    (void)fclose(file); /* it was only read */
    CU_ASSERT_EQUAL(kill((pid_t)pid, fixture.strike.signal), 0);
}

static void note_plan(const cJSON *data)
{
    const cJSON *row = NULL;

    cJSON_ArrayForEach(row, cJSON_GetObjectItemCaseSensitive(data, "cases"))
    {
        fixture.not_applicable +=
            cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(row, "runs")) ? 1
                                                                         : 0;
    }
}

/** The argument list as it was started: nothing is left to be replaced. */
static void check_argv(const cJSON *data)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(data, "argv");
    const cJSON *item = NULL;

    CU_ASSERT_TRUE(cJSON_GetArraySize(list) > 0);
    cJSON_ArrayForEach(item, list)
    {
        CU_ASSERT_PTR_NULL(strstr(item->valuestring, "{port}"));
        CU_ASSERT_PTR_NULL(strstr(item->valuestring, "{address}"));
    }
}

static void on_event(const struct journal_event *event, void *user)
{
    char line[1024];
    const char *hook = NULL;

    (void)user;
    if ((int)event->kind == fixture.strike.kind && !fixture.has_struck) {
        fixture.has_struck = true;
        strike_device();
    }
    switch (event->kind) {
    case JOURNAL_VERDICT:
        (void)snprintf(line, sizeof(line), "%s %s%s%s", event->instance,
                       journal_text(event, "verdict"),
                       journal_text(event, "reason") != NULL ? ": " : "",
                       journal_text(event, "reason") != NULL
                           ? journal_text(event, "reason")
                           : "");
        say(fixture.verdicts, line);
        break;
    case JOURNAL_HOOK_BEGIN:
        check_argv(event->as.data);
        hook = journal_text(event, "hook");
        (void)snprintf(line, sizeof(line), "begin %s",
                       hook != NULL ? hook : "(none)");
        say(fixture.hooks, line);
        break;
    case JOURNAL_HOOK_END:
        hook = journal_text(event, "hook");
        (void)snprintf(line, sizeof(line), "end %s %.0f %.0f",
                       hook != NULL ? hook : "(none)",
                       journal_number(event, "exit", -2),
                       journal_number(event, "signal", -2));
        say(fixture.hooks, line);
        break;
    case JOURNAL_NOTE:
        say(cJSON_IsTrue(
                cJSON_GetObjectItemCaseSensitive(event->as.data, "remark"))
                ? fixture.remarks
                : fixture.notes,
            journal_text(event, "text"));
        break;
    case JOURNAL_PLAN:
        note_plan(event->as.data);
        break;
    case JOURNAL_CAMPAIGN_END:
        fixture.ends++;
        break;
    default:
        break;
    }
}

/** @param command  of sh, with "$0" for the device and "$@" for its options */
static enum status run(const char *const *patterns, const char *command,
                       struct strike strike, uint64_t register_ms)
{
    char state[96]; /* what is killed cannot remove its own */
    const char *const argv[] = { "sh",       "-c",
                                 command,    ASSAY_DEVICE,
                                 "--server", "coap://{address}:{port}",
                                 "--state",  state,
                                 NULL };
    const struct campaign_config config = {
        .profiles = (const struct profile *const *)&fixture.profile,
        .profile_count = 1,
        .catalogue = fixture.catalogue,
        .steps = table,
        .definitions = fixture.definitions,
        .patterns = patterns,
        .device_argv = argv,
        .output = fixture.output,
        .seed = 1,
        .register_ms = register_ms,
        .argv = argv,
        .version = "test",
        .on_event = on_event,
    };
    struct reason reason = { .status = STATUS_OK };

    (void)snprintf(state, sizeof(state), "%s/state-%u", fixture.folder,
                   fixture.campaigns);
    (void)snprintf(fixture.output, sizeof(fixture.output), "%s/results-%u",
                   fixture.folder, fixture.campaigns++);
    fixture.strike = strike;
    fixture.has_struck = false;
    fixture.verdicts[0] = '\0';
    fixture.hooks[0] = '\0';
    fixture.notes[0] = '\0';
    fixture.remarks[0] = '\0';
    fixture.ends = 0;
    fixture.not_applicable = 0;
    enum status status = campaign_run(&config, &reason);
    if (status != STATUS_OK) {
        printf("%s\n", reason.text);
    }
    return status;
}

static enum status run_device(const char *const *patterns, struct strike strike)
{
    char command[COMMAND_SIZE];

    (void)snprintf(command, sizeof(command), "echo $$ >%s; exec \"$0\" \"$@\"",
                   fixture.pid_file);
    return run(patterns, command, strike, 20000);
}

static void is(const char *what, const char *got, const char *expected)
{
    if (strcmp(got, expected) != 0) {
        printf("%s:\n%s-- expected:\n%s", what, got, expected);
        CU_FAIL("text");
    }
}

/* Tests. */

static const char *const all_t[] = { "T-*", NULL };

static void a_device_that_stays_passes_and_is_asked_to_end(void)
{
    CU_ASSERT_EQUAL(run_device(all_t, (struct strike){ -1, 0 }), STATUS_OK);
    is("verdicts", fixture.verdicts,
       "T-001 pass\nT-002@push pass\nT-003 pass\n");
    is("hooks", fixture.hooks, "begin start\nend start 0 0\n");
    is("notes", fixture.notes, "");
    is("remarks", fixture.remarks,
       "component 1 of the device (/33629/1) is not in the profile: not "
       "tested\n"
       "component 2 of the device (/33629/2) is not in the profile: not "
       "tested\n"
       "component 3 of the device (/33629/3) is not in the profile: not "
       "tested\n");
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

static void a_device_killed_in_a_transfer_makes_the_rest_inconc(void)
{
    CU_ASSERT_EQUAL(
        run_device(all_t, (struct strike){ JOURNAL_TRANSFER_BEGIN, SIGKILL }),
        STATUS_OK);
    is("verdicts", fixture.verdicts,
       "T-001 pass\n"
       "T-002@push inconc: expected the case runs to its end, observed the "
       "started device ended by itself (signal 9)\n"
       "T-003 inconc: the started device ended by itself (signal 9)\n");
    is("hooks", fixture.hooks, "begin start\nend start -1 9\n");
    is("notes", fixture.notes,
       "the started device ended (signal 9)\n"
       "the started device said nothing\n");
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

static void a_device_killed_between_cases_makes_the_rest_inconc(void)
{
    CU_ASSERT_EQUAL(
        run_device(all_t, (struct strike){ JOURNAL_VERDICT, SIGKILL }),
        STATUS_OK);
    CU_ASSERT_EQUAL(strncmp(fixture.verdicts, "T-001 pass\n", 11), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.verdicts, "\nT-002@push inconc: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.verdicts,
                                  "\nT-003 inconc: the started device ended by "
                                  "itself (signal 9)\n"));
    is("hooks", fixture.hooks, "begin start\nend start -1 9\n");
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

/** What was not looked at is not "not applicable": every case is inconc. */
static void a_device_killed_when_it_is_looked_at_hides_no_case(void)
{
    CU_ASSERT_EQUAL(
        run_device(all_t, (struct strike){ (int)SERVER_REGISTER, SIGKILL }),
        STATUS_OK);
    is("verdicts", fixture.verdicts,
       "T-001 inconc: the started device ended by itself (signal 9)\n"
       "T-002@push inconc: the started device ended by itself (signal 9)\n"
       "T-003 inconc: the started device ended by itself (signal 9)\n");
    CU_ASSERT_EQUAL(fixture.not_applicable, 0);
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

/** It de-registers and never comes back: CC6 of scenarios.md 0.2. What ended
 *  may be a launcher, so it is waited for, within "boot". */
static void a_device_that_ends_in_good_order_is_missed_in_time(void)
{
    CU_ASSERT_EQUAL(
        run_device(all_t, (struct strike){ JOURNAL_TRANSFER_BEGIN, SIGTERM }),
        STATUS_OK);
    is("verdicts", fixture.verdicts,
       "T-001 pass\n"
       "T-002@push fail: AFU-175: expected the device registers again within "
       "T_BOOT of a reboot, observed it did not\n"
       "T-003 inconc: the device does not answer any more, and the started "
       "program has ended\n");
    is("hooks", fixture.hooks, "begin start\nend start 0 0\n");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(fixture.notes, "the started device ended (exit status 0)\n"));
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

static void a_launcher_may_end_and_leave_the_device(void)
{
    char command[COMMAND_SIZE];

    (void)snprintf(command, sizeof(command),
                   "\"$0\" \"$@\" >/dev/null 2>&1 & echo $! >%s; exit 0",
                   fixture.pid_file);
    CU_ASSERT_EQUAL(run(all_t, command,
                        (struct strike){ JOURNAL_CAMPAIGN_END, SIGKILL },
                        20000),
                    STATUS_OK);
    is("verdicts", fixture.verdicts,
       "T-001 pass\nT-002@push pass\nT-003 pass\n");
    is("hooks", fixture.hooks, "begin start\nend start 0 0\n");
    is("notes", fixture.notes, "");
}

static void a_device_that_ends_unregistered_is_quoted(void)
{
    CU_ASSERT_EQUAL(run(all_t, "echo cannot open the modem >&2; exit 3",
                        (struct strike){ -1, 0 }, 300),
                    STATUS_TIMEOUT);
    is("verdicts", fixture.verdicts,
       "T-001 inconc: no device registered\n"
       "T-002@push inconc: no device registered\n"
       "T-003 inconc: no device registered\n");
    is("hooks", fixture.hooks, "begin start\nend start 3 0\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.notes,
                                  "the started device ended (exit status 3)\n"
                                  "the started device said:\n"
                                  "cannot open the modem\n"));
    CU_ASSERT_EQUAL(fixture.ends, 1);
}

static void a_hook_begins_and_ends_by_its_name(void)
{
    static const char *const patterns[] = { "H-001", NULL };

    CU_ASSERT_EQUAL(run_device(patterns, (struct strike){ -1, 0 }), STATUS_OK);
    is("verdicts", fixture.verdicts, "H-001 pass\n");
    is("hooks", fixture.hooks,
       "begin start\nbegin greet\nend greet 3 0\nend start 0 0\n");
}

static void hooks_that_run_together_keep_their_names(void)
{
    static const char *const patterns[] = { "H-002", NULL };

    CU_ASSERT_EQUAL(run_device(patterns, (struct strike){ -1, 0 }), STATUS_OK);
    is("verdicts", fixture.verdicts, "H-002 pass\n");
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.hooks, "begin slow\nbegin greet\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.hooks, "end greet 3 0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.hooks, "end last 0 0\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.hooks, "end start 0 0\n"));
    CU_ASSERT_PTR_NULL(strstr(fixture.hooks, "(none)"));
}

static void a_hook_that_cannot_start_is_inconc(void)
{
    static const char *const patterns[] = { "H-003", "H-004", NULL };

    CU_ASSERT_EQUAL(run_device(patterns, (struct strike){ -1, 0 }), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.verdicts, "H-003 inconc: "));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(fixture.verdicts, "/no-such-program': no such file"));
    CU_ASSERT_PTR_NOT_NULL(strstr(fixture.verdicts, "H-004 inconc: "));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(fixture.verdicts, "the profile has no hook 'power-cycle'\n"));
    is("hooks", fixture.hooks, "begin start\nend start 0 0\n");
}

static void a_program_that_is_not_there_is_no_campaign(void)
{
    static const char *const argv[] = { "/no/such/device", NULL };
    const struct campaign_config config = {
        .profiles = (const struct profile *const *)&fixture.profile,
        .profile_count = 1,
        .catalogue = fixture.catalogue,
        .steps = table,
        .definitions = fixture.definitions,
        .device_argv = argv,
        .output = fixture.output,
        .register_ms = 20000,
        .argv = argv,
        .version = "test",
    };
    struct reason reason = { .status = STATUS_OK };

    (void)snprintf(fixture.output, sizeof(fixture.output), "%s/results-%u",
                   fixture.folder, fixture.campaigns++);
    CU_ASSERT_EQUAL(campaign_run(&config, &reason), STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(reason.text, "cannot start '/no/such/device'"));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("scenarios.campaign", set_up, tear_down);
    CU_ADD_TEST(suite, a_device_that_stays_passes_and_is_asked_to_end);
    CU_ADD_TEST(suite, a_device_killed_in_a_transfer_makes_the_rest_inconc);
    CU_ADD_TEST(suite, a_device_killed_between_cases_makes_the_rest_inconc);
    CU_ADD_TEST(suite, a_device_killed_when_it_is_looked_at_hides_no_case);
    CU_ADD_TEST(suite, a_device_that_ends_in_good_order_is_missed_in_time);
    CU_ADD_TEST(suite, a_launcher_may_end_and_leave_the_device);
    CU_ADD_TEST(suite, a_device_that_ends_unregistered_is_quoted);
    CU_ADD_TEST(suite, a_hook_begins_and_ends_by_its_name);
    CU_ADD_TEST(suite, hooks_that_run_together_keep_their_names);
    CU_ADD_TEST(suite, a_hook_that_cannot_start_is_inconc);
    CU_ADD_TEST(suite, a_program_that_is_not_there_is_no_campaign);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
