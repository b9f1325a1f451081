/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/results.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

enum status results_create(const char *path, struct reason *reason)
{
    if (mkdir(path, 0777) == 0) {
        return STATUS_OK;
    }
    if (errno == EEXIST && is_empty(path)) {
        return STATUS_OK;
    }
    return errno == EEXIST
               ? reason_set(reason, STATUS_INVALID,
                            "result directory '%.120s' exists and is not "
                            "empty",
                            path)
               : reason_set(reason, STATUS_NETWORK,
                            "result directory '%.120s': %s", path,
                            strerror(errno));
}

char *results_path(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s", folder, name) >= 0 ? path : NULL;
}

enum status results_case(const char *folder, const char *instance,
                         struct trace **out_trace, struct reason *reason)
{
    char *path = results_path(folder, instance);
    char *file = path != NULL ? results_path(path, "trace.pcap") : NULL;
    enum status status = STATUS_OK;

    if (file == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    } else if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        status = reason_set(reason, STATUS_NETWORK, "'%.150s': %s", path,
                            strerror(errno));
    } else {
        status = trace_open(file, out_trace, reason);
    }
    free(file);
    free(path);
    return status;
}

void results_add_words(cJSON *list, const struct credentials *credentials,
                       const char *const *words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        char *shown = credentials_hide(credentials, words[i]);
        cJSON_AddItemToArray(list,
                             cJSON_CreateString(shown != NULL ? shown : ""));
        free(shown);
    }
}

cJSON *results_header(const struct campaign_config *config)
{
    cJSON *data = cJSON_CreateObject();
    const struct credentials *credentials = &config->profile->credentials;
    cJSON *argv = NULL;
    char seed[24];

    cJSON_AddStringToObject(data, "version",
                            config->version != NULL ? config->version : "");
    cJSON_AddStringToObject(data, "libraries", server_library_versions());
    cJSON_AddStringToObject(
        data, "program", config->program != NULL ? config->program : "assay");
    argv = cJSON_AddArrayToObject(data, "argv");
    results_add_words(argv, credentials, config->argv);
    if (config->argv_device != NULL) {
        cJSON_AddItemToArray(argv, cJSON_CreateString("--"));
        results_add_words(argv, credentials, config->argv_device);
    }
    /* As text: a number in JSON may lose the last bits. */
    (void)snprintf(seed, sizeof(seed), "%llu",
                   (unsigned long long)config->seed); /* fits */
    cJSON_AddStringToObject(data, "seed", seed);
    cJSON_AddStringToObject(data, "reading", reading_name(config->reading));
    cJSON_AddBoolToObject(data, "fail-on-warning", config->fail_on_warning);
    cJSON_AddStringToObject(data, "profile", config->profile->name);
    cJSON_AddItemToObject(data, "profile-json",
                          cJSON_Duplicate(config->profile->json, true));
    return data;
}

enum status results_campaign(const struct lane *lane, struct reason *reason)
{
    const struct campaign_config *config = lane->campaign->config;
    cJSON *data = results_header(config);
    char *path = results_path(config->output, "campaign.json");
    enum status status = STATUS_OK;

    cJSON_AddItemToObject(data, "ics", ics_json(&lane->ics, lane->endpoint));
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

/** One argument with every {address} and {port} replaced; caller frees. */
static char *replace(const char *text, const char *address, uint16_t port)
{
    static const char address_mark[] = "{address}";
    static const char port_mark[] = "{port}";
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    while (*text != '\0') {
        if (strncmp(text, address_mark, sizeof(address_mark) - 1) == 0) {
            bool is_v6 = strchr(address, ':') != NULL;
            fprintf(stream, "%s%s%s", is_v6 ? "[" : "", address,
                    is_v6 ? "]" : "");
            text += sizeof(address_mark) - 1;
        } else if (strncmp(text, port_mark, sizeof(port_mark) - 1) == 0) {
            fprintf(stream, "%u", port);
            text += sizeof(port_mark) - 1;
        } else {
            fputc(*text++, stream);
        }
    }
    return fclose(stream) == 0 ? out : NULL;
}

char **results_argv(const char *const *argv, const char *address, uint16_t port)
{
    size_t count = 0;

    while (argv[count] != NULL) {
        count++;
    }
    char **copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = replace(argv[i], address, port);
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
