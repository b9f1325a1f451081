/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/library.h"
#include "cli/progress.h"
#include "reports/reports.h"

#define COAP_PORT          5683
#define COAPS_PORT         5684
#define RESULT_NAMES_TRIED 100

char *command_output(void)
{
    time_t now = time(NULL);
    struct tm parts;
    char stamp[32];
    char *path = NULL;

    if (gmtime_r(&now, &parts) == NULL ||
        strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H-%M-%SZ", &parts) == 0) {
        return NULL;
    }
    for (unsigned i = 1; i <= RESULT_NAMES_TRIED; i++) {
        int length = i == 1 ? asprintf(&path, "results/%s", stamp)
                            : asprintf(&path, "results/%s-%u", stamp, i);
        if (length < 0) {
            return NULL;
        }
        if (access(path, F_OK) != 0) {
            return path;
        }
        free(path);
    }
    fprintf(stderr, "assay: no free name 'results/%s'\n", stamp);
    return NULL;
}

static void print_file(const char *path)
{
    char buffer[65536];
    size_t length = 0;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        fprintf(stderr, "assay: '%s': %s\n", path, strerror(errno));
        return;
    }
    while ((length = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        fwrite(buffer, 1, length, stdout);
    }
    (void)fclose(file); /* it was only read */
}

/** @return an enum exit_status: the verdicts', or 3 */
static int write_reports(const struct options *options, const char *output)
{
    struct reason reason = { .status = STATUS_OK };
    struct report *report = NULL;
    char *journal = NULL;
    char *junit = NULL;
    char *json = NULL;
    int exit_status = EXIT_STATUS_ERROR;

    if (asprintf(&journal, "%s/events.ndjson", output) < 0 ||
        asprintf(&junit, "%s/junit.xml", output) < 0 ||
        asprintf(&json, "%s/results.json", output) < 0) {
        fprintf(stderr, "assay: out of memory\n");
        goto out;
    }
    if (report_load(journal, &report, &reason) != STATUS_OK ||
        report_write_junit(report, junit, &reason) != STATUS_OK ||
        report_write_json(report, json, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        goto out;
    }
    if (options->json) {
        print_file(json);
    } else {
        const struct report_style style = {
            .colour = progress_may_colour(stdout),
            .columns = progress_columns(stdout),
        };
        report_print_summary(report, stdout, &style);
        printf("Results: %s\n", output);
    }
    exit_status = report_exit_status(report);
out:
    report_free(report);
    free(json);
    free(junit);
    free(journal);
    return exit_status;
}

/** The last line of a plan. */
static void print_counts(const struct plan *plan)
{
    size_t runs = 0;
    size_t open = 0;

    for (size_t i = 0; i < plan_count(plan); i++) {
        runs += plan_at(plan, i)->runs ? 1 : 0;
        open += plan_at(plan, i)->open[0] != '\0' ? 1 : 0;
    }
    printf("%zu to run, %zu of them only if the device shows what they need; "
           "%zu not applicable\n",
           runs, open, plan_count(plan) - runs);
}

static void print_rows(const struct plan *plan, const char *profile,
                       cJSON *list)
{
    for (size_t i = 0; i < plan_count(plan); i++) {
        const struct plan_entry *entry = plan_at(plan, i);
        if (list != NULL) {
            cJSON *row = cJSON_CreateObject();
            cJSON_AddStringToObject(row, "instance", entry->instance);
            cJSON_AddStringToObject(row, "title", entry->test_case->title);
            cJSON_AddBoolToObject(row, "runs", entry->runs);
            cJSON_AddStringToObject(row, "reason", entry->reason);
            cJSON_AddStringToObject(row, "if-shown", entry->open);
            cJSON_AddStringToObject(row, "profile", profile);
            cJSON_AddItemToArray(list, row);
        } else {
            printf("%-20s %s%s%s\n", entry->instance, entry->test_case->title,
                   !entry->runs             ? "  -- not applicable: "
                   : entry->open[0] != '\0' ? "  -- if the device shows: "
                                            : "",
                   entry->runs ? entry->open : entry->reason);
        }
    }
    if (list == NULL) {
        print_counts(plan);
    }
}

static void print_remark(const char *text, void *user)
{
    (void)user;
    fprintf(stderr, "note: %s\n", text);
}

static int print_plan(const struct campaign_config *config,
                      const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    cJSON *list = options->json ? cJSON_CreateArray() : NULL;
    enum status status = campaign_check(config, &reason);

    for (size_t i = 0; status == STATUS_OK && i < config->profile_count; i++) {
        const struct profile *profile = config->profiles[i];
        struct plan *plan = NULL;
        status = plan_new(config, profile, &plan, &reason);
        campaign_remarks(config, profile, print_remark, NULL);
        if (status != STATUS_OK) {
            break;
        }
        if (list == NULL &&
            (config->profile_count > 1 || profile->devices > 1)) {
            printf("%s%s (%u device%s):\n", i > 0 ? "\n" : "", profile->name,
                   profile->devices, profile->devices == 1 ? "" : "s");
        }
        print_rows(plan, profile->name, list);
        plan_free(plan);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else if (list != NULL) {
        char *text = cJSON_Print(list);
        printf("%s\n", text != NULL ? text : "[]");
        cJSON_free(text);
    }
    cJSON_Delete(list);
    return status == STATUS_OK ? EXIT_STATUS_PASS : EXIT_STATUS_ERROR;
}

static uint64_t clock_seed(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now); /* 0 is a seed, too */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int run_campaign(const struct options *options,
                        struct campaign_config *config)
{
    /* The simulated device of `demo` is nobody's to point at us. */
    const bool tells_where = options->profile != NULL;
    struct reason reason = { .status = STATUS_OK };
    struct progress progress;
    char *path = NULL;

    if (options->output == NULL) {
        path = command_output();
        if (path == NULL) {
            return EXIT_STATUS_ERROR;
        }
        config->output = path;
    }
    progress_init(&progress, stderr, options->verbose);
    config->on_event = progress_event;
    config->on_message = options->verbose ? progress_message : NULL;
    config->on_listening = tells_where ? progress_listening : NULL;
    config->on_waiting = progress.is_live ? progress_waiting : NULL;
    config->user = &progress;
    enum status status = campaign_run(config, &reason);
    progress_release(&progress);
    int exit_status = EXIT_STATUS_ERROR;
    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    }
    if (status == STATUS_OK || status == STATUS_TIMEOUT) {
        exit_status = write_reports(options, config->output);
    }
    free(path);
    return exit_status;
}

static bool is_started(const struct profile *const *profiles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (profile_hook(profiles[i], "start") != NULL) {
            return true;
        }
    }
    return false;
}

struct campaign_config command_config(const struct options *options,
                                      const struct profile *const *profiles,
                                      size_t profile_count,
                                      const struct library *library,
                                      const char *const *device_argv)
{
    bool any_port = options->has_port || device_argv != NULL ||
                    is_started(profiles, profile_count);

    struct campaign_config config = {
        .profiles = profiles,
        .profile_count = profile_count,
        .only_device = options->device,
        .parallel = options->parallel,
        .catalogue = library->catalogue,
        .steps = steps_table(),
        .definitions = library->definitions,
        .patterns = options->arguments,
        .device_argv = device_argv,
        .bind_address = options->bind_address,
        .port = any_port                                         ? options->port
                : profiles[0]->credentials.mode != SECURITY_NONE ? COAPS_PORT
                                                                 : COAP_PORT,
        .has_second_server = options->has_second,
        .second_port = options->second_port,
        .has_pull_by = options->has_pull_by,
        .pull_by = options->pull_by,
        .personality = options->personality,
        .output = options->output,
        .seed = options->has_seed ? options->seed : clock_seed(),
        .reading = options->reading,
        .fail_on_warning = options->fail_on_warning,
        .fail_fast = options->fail_fast,
        .shuffles = options->shuffle,
        .impairment = options->has_impairment ? &options->impairment : NULL,
        .register_ms = options->register_ms,
        .program = options->program,
        .argv = options->argv,
        .argv_device = options->device_argv,
        .version = ASSAY_VERSION,
    };
    const enum repository_protocol pull_by =
        options->has_pull_by ? options->pull_by : profiles[0]->pull_by;
    memcpy(config.repository_ports, options->repository_ports,
           sizeof(config.repository_ports));
    if (config.repository_ports[pull_by] == 0) {
        config.repository_ports[pull_by] = options->repository_port;
    }
    return config;
}

int command_campaign(const struct options *options,
                     const struct profile *const *profiles,
                     size_t profile_count, const char *const *device_argv)
{
    struct reason reason = { .status = STATUS_OK };
    struct library library = { NULL, NULL };

    if (library_load(options->catalogue, &library, &reason) != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return EXIT_STATUS_ERROR;
    }
    struct campaign_config config =
        command_config(options, profiles, profile_count, &library, device_argv);
    for (size_t i = 0; options->has_impairment && i < profile_count; i++) {
        enum repository_protocol by = campaign_pull_by(&config, profiles[i]);
        if (!repository_protocol_is_udp(by)) {
            fprintf(stderr,
                    "assay: files by %s are TCP, and pass no relay: their "
                    "network is a good one\n",
                    repository_protocol_name(by));
            break;
        }
    }
    int exit_status = options->dry_run ? print_plan(&config, options)
                                       : run_campaign(options, &config);
    library_release(&library);
    return exit_status;
}

int command_run(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profiles[CAMPAIGN_PROFILES_MAX] = { NULL };
    int exit_status = EXIT_STATUS_ERROR;
    enum status status = STATUS_OK;

    if (options->profile == NULL) {
        fprintf(stderr,
                "assay: run needs '--profile FILE'; 'assay run --help' says "
                "more\n");
        return EXIT_STATUS_ERROR;
    }
    for (size_t i = 0; status == STATUS_OK && i < options->profile_count; i++) {
        status =
            library_profile_file(options->profiles[i], &profiles[i], &reason);
    }
    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
    } else {
        exit_status =
            command_campaign(options, (const struct profile *const *)profiles,
                             options->profile_count, options->device_argv);
    }
    for (size_t i = 0; i < options->profile_count; i++) {
        profile_free(profiles[i]);
    }
    return exit_status;
}
