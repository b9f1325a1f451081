/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"

/** Members of the security that name files. */
static const char *const file_keys[] = { "key-file", "certificate-file",
                                         "ca-file", NULL };

/** Folder part of a path; caller frees. */
static char *folder_of(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;

    return slash == NULL   ? strdup(".")
           : slash == path ? strdup("/")
                           : strndup(path, (size_t)(slash - path));
}

/** The security of the given profile, as the profile that is written will find
 *  its files from its own folder. NULL: none, or no memory. */
static cJSON *security_for(const struct profile *given, const char *from,
                           const char *to)
{
    cJSON *security = cJSON_Duplicate(
        cJSON_GetObjectItemCaseSensitive(given->json, "security"), true);
    char *folder = realpath(from, NULL);
    char *goal = realpath(to, NULL);
    bool is_same = folder != NULL && goal != NULL && strcmp(folder, goal) == 0;

    for (size_t i = 0; !is_same && folder != NULL && file_keys[i] != NULL;
         i++) {
        const cJSON *item =
            cJSON_GetObjectItemCaseSensitive(security, file_keys[i]);
        char *path = NULL;
        if (cJSON_IsString(item) && item->valuestring[0] != '/' &&
            asprintf(&path, "%s/%s", folder, item->valuestring) >= 0) {
            (void)cJSON_ReplaceItemInObjectCaseSensitive(
                security, file_keys[i],
                cJSON_CreateString(path)); /* else it is checked below */
        }
        free(path);
    }
    free(goal);
    free(folder);
    return security;
}

/** What is known before the look: whom to wait for, how to talk to it, how to
 *  start it. */
static enum status looking_profile(const struct options *options,
                                   const struct profile *given,
                                   struct profile **out_profile,
                                   struct reason *reason)
{
    static const char *const members[] = { "security", "control", NULL };
    const char *endpoint = options->arguments[0] != NULL ? options->arguments[0]
                           : given != NULL               ? given->endpoint
                                                         : NULL;
    cJSON *json = cJSON_CreateObject();
    char *folder = folder_of(options->profile);

    if (endpoint != NULL) {
        cJSON_AddStringToObject(json, "endpoint", endpoint);
    }
    for (size_t i = 0; given != NULL && members[i] != NULL; i++) {
        const cJSON *member =
            cJSON_GetObjectItemCaseSensitive(given->json, members[i]);
        if (member != NULL) {
            cJSON_AddItemToObject(json, members[i],
                                  cJSON_Duplicate(member, true));
        }
    }
    char *text = cJSON_PrintUnformatted(json);
    enum status status =
        text == NULL || folder == NULL
            ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
            : profile_parse(options->profile != NULL ? options->profile
                                                     : "the command line",
                            folder, text, strlen(text), out_profile, reason);
    cJSON_free(text);
    free(folder);
    cJSON_Delete(json);
    return status;
}

/** A campaign writes into a folder; of a look nothing in it is kept. */
static char *make_scratch(struct reason *reason)
{
    const char *parent = getenv("TMPDIR");
    char *path = NULL;

    if (asprintf(&path, "%s/assay-probe-XXXXXX",
                 parent != NULL && parent[0] != '\0' ? parent : "/tmp") < 0) {
        (void)reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        return NULL;
    }
    if (mkdtemp(path) == NULL) {
        (void)reason_set(reason, STATUS_NETWORK, "'%.300s': %s", path,
                         strerror(errno));
        free(path);
        return NULL;
    }
    return path;
}

static void remove_scratch(char *folder)
{
    static const char *const names[] = { "events.ndjson", "registration.pcap",
                                         "repository-ca.pem", "campaign.json" };
    char *path = NULL;

    for (size_t i = 0; folder != NULL && i < sizeof(names) / sizeof(names[0]);
         i++) {
        if (asprintf(&path, "%s/%s", folder, names[i]) >= 0) {
            (void)unlink(path); /* it may never have been written */
            free(path);
        }
    }
    if (folder != NULL) {
        (void)rmdir(folder); /* else it is left to the system */
    }
    free(folder);
}

static enum status write_text(const struct options *options, const char *text,
                              struct reason *reason)
{
    FILE *stream = options->output == NULL
                       ? stdout
                       : fopen(options->output, options->force ? "w" : "wx");
    bool is_written = stream != NULL && fputs(text, stream) >= 0 &&
                      fflush(stream) == 0 && ferror(stream) == 0;
    const int error = errno;

    if (stream != NULL && stream != stdout) {
        is_written = fclose(stream) == 0 && is_written;
    }
    return is_written
               ? STATUS_OK
               : reason_set(reason, STATUS_NETWORK, "'%.300s': %s%s",
                            options->output != NULL ? options->output
                                                    : "standard output",
                            strerror(error),
                            error == EEXIST ? "; --force overwrites it" : "");
}

/** The profile as text, once a campaign would take it; caller frees. */
static enum status compose(const struct options *options,
                           const struct profile *given,
                           const struct campaign_config *config,
                           const struct probe *probe, char **out_text,
                           struct reason *reason)
{
    char *to = folder_of(options->output);
    char *from = folder_of(options->profile);
    cJSON *security = given != NULL && to != NULL && from != NULL
                          ? security_for(given, from, to)
                          : NULL;
    size_t size = 0;
    FILE *stream = open_memstream(out_text, &size);
    struct profile *check = NULL;
    enum status status = STATUS_OK;

    if (stream != NULL) {
        probe_write(probe, config, security, stream);
    }
    if (stream == NULL || fclose(stream) != 0 || to == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    } else {
        status = profile_parse("the profile found", to, *out_text, size, &check,
                               reason);
    }
    profile_free(check);
    cJSON_Delete(security);
    free(from);
    free(to);
    return status;
}

static enum status put_result(const struct options *options,
                              const struct profile *given,
                              const struct campaign_config *config,
                              const struct probe *probe, struct reason *reason)
{
    char *text = NULL;
    enum status status = STATUS_OK;

    if (options->json) {
        cJSON *json = probe_json(probe);
        char *shown = journal_print(json);
        if (shown == NULL || asprintf(&text, "%s\n", shown) < 0) {
            text = NULL;
            status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        free(shown);
        cJSON_Delete(json);
    } else {
        status = compose(options, given, config, probe, &text, reason);
    }
    if (status == STATUS_OK) {
        status = write_text(options, text, reason);
    }
    if (status == STATUS_OK && options->output != NULL && !options->json) {
        fprintf(
            stderr,
            "assay: '%s' is written: %zu components. Say there which "
            "packages you have (docs/profile.md), then: assay run --profile "
            "%s\n",
            options->output, probe->component_count, options->output);
    }
    free(text);
    return status;
}

static enum status look(const struct options *options,
                        const struct profile *given,
                        const struct profile *profile,
                        const struct library *library, struct reason *reason)
{
    struct campaign_config config =
        command_config(options, &profile, 1, library, options->device_argv);
    char *scratch = make_scratch(reason);
    struct progress progress;
    struct probe *probe = NULL;

    if (scratch == NULL) {
        return reason->status;
    }
    progress_init(&progress, stderr, options->verbose);
    config.output = scratch;
    config.on_event = progress_event;
    config.on_message = options->verbose ? progress_message : NULL;
    config.on_listening = progress_listening;
    config.on_waiting = progress.is_live ? progress_waiting : NULL;
    config.user = &progress;
    enum status status = probe_run(&config, &probe, reason);
    if (status == STATUS_OK) {
        status = put_result(options, given, &config, probe, reason);
    }
    probe_free(probe);
    remove_scratch(scratch);
    return status;
}

static enum status probe(const struct options *options, struct reason *reason)
{
    struct library library = { NULL, NULL };
    struct profile *given = NULL;
    struct profile *profile = NULL;
    enum status status = library_load(NULL, &library, reason);

    if (status == STATUS_OK && options->profile != NULL) {
        status = profile_load(options->profile, &given, reason);
    }
    if (status == STATUS_OK) {
        status = looking_profile(options, given, &profile, reason);
    }
    if (status == STATUS_OK) {
        status = look(options, given, profile, &library, reason);
    }
    profile_free(profile);
    profile_free(given);
    library_release(&library);
    return status;
}

int command_probe(const struct options *options)
{
    struct reason reason = { .status = STATUS_OK };

    if (options->arguments[0] != NULL && options->arguments[1] != NULL) {
        fprintf(stderr, "assay: probe takes one endpoint name\n");
        return EXIT_STATUS_ERROR;
    }
    if (options->output != NULL && !options->force &&
        access(options->output, F_OK) == 0) {
        fprintf(stderr, "assay: '%s' exists; --force overwrites it\n",
                options->output);
        return EXIT_STATUS_ERROR;
    }
    enum status status = probe(options, &reason);
    if (status == STATUS_OK) {
        return EXIT_STATUS_PASS;
    }
    fprintf(stderr, "assay: %s\n", reason.text);
    return status == STATUS_TIMEOUT ? EXIT_STATUS_INCONC : EXIT_STATUS_ERROR;
}
