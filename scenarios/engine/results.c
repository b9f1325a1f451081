/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/results.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry = NULL;
    bool empty = folder != NULL;

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        empty = empty && (strcmp(entry->d_name, ".") == 0 ||
                          strcmp(entry->d_name, "..") == 0);
    }
    if (folder != NULL) {
        (void)closedir(folder); /* it was only read */
    }
    return empty;
}

/** The folders above it; what fails is told by what follows. */
static void make_parents(const char *path)
{
    char *parents = strdup(path);

    for (char *at = parents; at != NULL && *at != '\0'; at++) {
        if (*at == '/' && at != parents) {
            *at = '\0';
            (void)mkdir(parents, 0777); /* it may be there */
            *at = '/';
        }
    }
    free(parents);
}

enum status results_create(const char *path, bool *out_is_new,
                           struct reason *reason)
{
    make_parents(path);
    *out_is_new = mkdir(path, 0777) == 0;
    if (*out_is_new || (errno == EEXIST && is_empty(path))) {
        return STATUS_OK;
    }
    return errno == EEXIST
               ? reason_set(reason, STATUS_INVALID,
                            "result directory '%.300s' exists and is not "
                            "empty: name another one, or remove it",
                            path)
               : reason_set(reason, STATUS_NETWORK,
                            "result directory '%.300s': %s", path,
                            strerror(errno));
}

void results_discard(const char *path, bool with_folder)
{
    static const char *const names[] = { "events.ndjson", "registration.pcap",
                                         RESULTS_CA };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *file = results_path(path, names[i]);
        if (file != NULL) {
            (void)unlink(file); /* it may not have been written yet */
        }
        free(file);
    }
    if (with_folder) {
        (void)rmdir(path); /* what is not ours stays */
    }
}

enum status results_ca(const char *folder, const char *pem,
                       struct reason *reason)
{
    char *path = results_path(folder, RESULTS_CA);
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    bool is_written = file != NULL && fputs(pem, file) >= 0;

    is_written = file != NULL && fclose(file) == 0 && is_written;
    free(path);
    return is_written ? STATUS_OK
                      : reason_set(reason, STATUS_NETWORK, "%s: %s", RESULTS_CA,
                                   strerror(errno));
}

char *results_path(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) >= 0 ? path : NULL;
}

/** Create a folder unless it is there. */
static enum status make_folder(const char *path, struct reason *reason)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST
               ? STATUS_OK
               : reason_set(reason, STATUS_NETWORK, "'%.300s': %s", path,
                            strerror(errno));
}

enum status results_case(const struct lane *lane, const char *instance,
                         struct trace **out_trace, struct reason *reason)
{
    const char *output = lane->campaign->config->output;
    char *folder = lane->folder != NULL ? results_path(output, lane->folder)
                                        : strdup(output);
    char *path = folder != NULL ? results_path(folder, instance) : NULL;
    char *file = path != NULL ? results_path(path, "trace.pcap") : NULL;
    enum status status =
        file != NULL ? STATUS_OK
                     : reason_set(reason, STATUS_NO_MEMORY, "out of memory");

    if (status == STATUS_OK && lane->folder != NULL) {
        status = make_folder(folder, reason);
    }
    if (status == STATUS_OK) {
        status = make_folder(path, reason);
    }
    if (status == STATUS_OK) {
        status = trace_open(file, out_trace, reason);
    }
    free(file);
    free(path);
    free(folder);
    return status;
}

/** The text without the key in it. @param text  NULL: no memory */
static void hide(const struct credentials *credentials, char **text)
{
    char *hidden = *text != NULL ? credentials_hide(credentials, *text) : NULL;

    free(*text);
    *text = hidden;
}

void results_add_words(cJSON *list, const struct campaign_config *config,
                       const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        char *shown = strdup(words[i]);
        for (size_t j = 0; j < config->profile_count; j++) {
            hide(&config->profiles[j]->credentials, &shown);
            hide(&config->profiles[j]->repository, &shown);
        }
        cJSON_AddItemToArray(list,
                             cJSON_CreateString(shown != NULL ? shown : ""));
        free(shown);
    }
}

static void add_profiles(cJSON *data, const struct campaign_config *config)
{
    cJSON *list = cJSON_AddArrayToObject(data, "profiles");

    for (size_t i = 0; i < config->profile_count; i++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "name", config->profiles[i]->name);
        cJSON_AddItemToObject(row, "json",
                              cJSON_Duplicate(config->profiles[i]->json, true));
        cJSON_AddItemToArray(list, row);
    }
}

/** "state": {"ms": 5000, "how": "default"} … : ICS-TMR. */
static cJSON *limits_json(const struct profile *profile)
{
    cJSON *data = cJSON_CreateObject();

    for (int i = 0; i < LIMIT_COUNT; i++) {
        cJSON *row = cJSON_AddObjectToObject(data, limit_name((enum limit)i));
        cJSON_AddNumberToObject(row, "ms", (double)profile->limits_ms[i]);
        cJSON_AddStringToObject(
            row, "how", profile->is_limit_declared[i] ? "declared" : "default");
    }
    return data;
}

/** The devices of a campaign of several. */
static void add_devices(cJSON *data, const struct campaign *campaign,
                        bool with_ics)
{
    cJSON *list = cJSON_AddArrayToObject(data, "devices");

    for (size_t i = 0; i < campaign->lane_count; i++) {
        const struct lane *lane = &campaign->lanes[i];
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "endpoint", lane->endpoint);
        cJSON_AddStringToObject(row, "profile", lane->profile->name);
        cJSON_AddStringToObject(row, "folder", lane->folder);
        if (with_ics && lane->ics.is_known) {
            cJSON_AddItemToObject(row, "ics",
                                  ics_json(&lane->ics, lane->endpoint));
            cJSON_AddItemToObject(row, "limits", limits_json(lane->profile));
        }
        cJSON_AddItemToArray(list, row);
    }
}

/** What is said of the whole campaign. */
static cJSON *common(const struct campaign_config *config)
{
    cJSON *data = cJSON_CreateObject();
    cJSON *argv = NULL;
    char seed[24];

    cJSON_AddStringToObject(data, "version",
                            config->version != NULL ? config->version : "");
    cJSON_AddStringToObject(data, "libraries", server_library_versions());
    cJSON_AddStringToObject(
        data, "program", config->program != NULL ? config->program : "assay");
    argv = cJSON_AddArrayToObject(data, "argv");
    results_add_words(argv, config, config->argv);
    if (config->argv_device != NULL) {
        cJSON_AddItemToArray(argv, cJSON_CreateString("--"));
        results_add_words(argv, config, config->argv_device);
    }
    /* As text: a number in JSON may lose the last bits. */
    (void)snprintf(seed, sizeof(seed), "%llu",
                   (unsigned long long)config->seed); /* fits */
    cJSON_AddStringToObject(data, "seed", seed);
    cJSON_AddStringToObject(data, "reading", reading_name(config->reading));
    cJSON_AddBoolToObject(data, "fail-on-warning", config->fail_on_warning);
    if (config->personality != PERSONALITY_NONE) {
        cJSON_AddStringToObject(data, "personality",
                                personality_name(config->personality));
    }
    cJSON_AddStringToObject(data, "pull-by",
                            repository_protocol_name(
                                campaign_pull_by(config, config->profiles[0])));
    cJSON_AddStringToObject(data, "profile", config->profiles[0]->name);
    cJSON_AddItemToObject(data, "profile-json",
                          cJSON_Duplicate(config->profiles[0]->json, true));
    return data;
}

cJSON *results_header(const struct campaign *campaign)
{
    cJSON *data = common(campaign->config);

    if (campaign->is_many) {
        add_profiles(data, campaign->config);
        add_devices(data, campaign, false);
    }
    return data;
}

enum status results_campaign(const struct lane *lane, struct reason *reason)
{
    const struct campaign *campaign = lane->campaign;
    const struct campaign_config *config = campaign->config;
    cJSON *data = common(config);
    char *path = results_path(config->output, "campaign.json");
    enum status status = STATUS_OK;

    if (campaign->is_many) {
        add_profiles(data, config);
        add_devices(data, campaign, true);
    } else {
        cJSON_AddItemToObject(data, "ics",
                              ics_json(&lane->ics, lane->endpoint));
        cJSON_AddItemToObject(data, "limits", limits_json(lane->profile));
    }
    char *text = journal_print(data);
    FILE *file = path != NULL && text != NULL ? fopen(path, "w") : NULL;
    if (file == NULL || fprintf(file, "%s\n", text) < 0) {
        status = reason_set(reason, STATUS_NETWORK, "campaign.json: %s",
                            strerror(errno));
    }
    if (file != NULL && fclose(file) != 0) {
        status = reason_set(reason, STATUS_NETWORK, "campaign.json: %s",
                            strerror(errno));
    }
    free(text);
    free(path);
    cJSON_Delete(data);
    return status;
}

/** Write what the mark stands for. @return false: nothing here, it stays */
static bool put_mark(FILE *stream, size_t mark,
                     const struct results_words *words)
{
    bool is_v6 = strchr(words->address, ':') != NULL;

    switch (mark) {
    case 0:
        fprintf(stream, "%s%s%s", is_v6 ? "[" : "", words->address,
                is_v6 ? "]" : "");
        return true;
    case 1:
        fprintf(stream, "%u", words->port);
        return true;
    case 2:
        fputs(words->endpoint != NULL ? words->endpoint : "", stream);
        return words->endpoint != NULL;
    case 3:
        if (words->number != 0) {
            fprintf(stream, "%u", words->number);
        }
        return words->number != 0;
    case 4:
        if (words->pid != 0) {
            fprintf(stream, "%d", words->pid);
        }
        return words->pid != 0;
    case 5:
        fprintf(stream, "%u", words->second_port);
        return true;
    case 6:
        fputs(words->ca != NULL ? words->ca : "", stream);
        return words->ca != NULL;
    case 7:
        fputs(words->folder != NULL ? words->folder : "", stream);
        return words->folder != NULL;
    default:
        fputs(words->device != NULL ? words->device : "", stream);
        return words->device != NULL;
    }
}

/** One argument with every mark replaced; caller frees. */
static char *replace(const char *text, const struct results_words *words)
{
    static const char *const marks[] = {
        "{address}",     "{port}", "{endpoint}", "{n}",     "{pid}",
        "{second-port}", "{ca}",   "{folder}",   "{device}"
    };
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    while (*text != '\0') {
        size_t mark = 0;
        size_t count = sizeof(marks) / sizeof(marks[0]);
        while (mark < count &&
               strncmp(text, marks[mark], strlen(marks[mark])) != 0) {
            mark++;
        }
        if (mark < count && put_mark(stream, mark, words)) {
            text += strlen(marks[mark]);
        } else {
            fputc(*text++, stream);
        }
    }
    return fclose(stream) == 0 ? out : NULL;
}

char **results_argv(const char *const *argv, const struct results_words *words)
{
    size_t count = 0;

    while (argv[count] != NULL) {
        count++;
    }
    char **copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = replace(argv[i], words);
        if (copy[i] == NULL) {
            results_argv_free(copy);
            return NULL;
        }
    }
    return copy;
}

void results_argv_free(char **argv)
{
    for (size_t i = 0; argv != NULL && argv[i] != NULL; i++) {
        free(argv[i]);
    }
    free(argv);
}
