/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/text.h"

/** Whole lines, above the prompt where there is one. */
static void print(struct shell *shell, const char *text)
{
    if (shell->terminal != NULL) {
        terminal_print(shell->terminal, text);
        return;
    }
    fputs(text, stdout);
    fflush(stdout);
}

static void print_json(struct shell *shell, const cJSON *description)
{
    char *line = cJSON_PrintUnformatted(description);
    char *text = NULL;

    if (line != NULL && asprintf(&text, "%s\n", line) >= 0) {
        print(shell, text);
        free(text);
    }
    cJSON_free(line);
}

static void print_words(struct shell *shell, const cJSON *description)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL) {
        return;
    }
    shell_text(description, shell->is_coloured, stream);
    if (fclose(stream) == 0 && size > 0) {
        print(shell, text);
    }
    free(text);
}

void session_tell(struct shell *shell, cJSON *description)
{
    if (description == NULL) {
        return;
    }
    if (shell->options->is_json) {
        print_json(shell, description);
    } else {
        print_words(shell, description);
    }
    cJSON_Delete(description);
}

void session_say(struct shell *shell, const char *format, ...)
{
    char *text = NULL;
    char *line = NULL;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0) {
        return;
    }
    if (shell->options->is_json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "event", "text");
        shell_add_text(object, "text", text);
        session_tell(shell, object);
    } else if (asprintf(&line, "%s\n", text) >= 0) {
        print(shell, line);
        free(line);
    }
    free(text);
}

void session_complain(struct shell *shell, enum verdict verdict,
                      const char *text)
{
    char *clean = shell_clean(text, strlen(text));
    const char *words = clean != NULL ? clean : "out of memory";

    shell->command = verdict_merge(shell->command, verdict);
    shell->worst = verdict_merge(shell->worst, verdict);
    if (shell->options->is_json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "event", "error");
        cJSON_AddStringToObject(object, "text", words);
        session_tell(shell, object);
    } else if (shell->input != NULL) {
        fflush(stdout);
        fprintf(stderr, "assay: %s:%u: %s\n", shell_input_name(shell->input),
                shell_input_number(shell->input), words);
    } else {
        session_say(shell, "%s", words);
    }
    free(clean);
}

/* What completion offers. */

static void learn_components(struct shell *shell,
                             const struct console_device *device)
{
    const struct profile *profile = device->profile;

    for (size_t i = 0; i < profile->component_count; i++) {
        word_list_add(&shell->components, profile->components[i].name);
    }
    for (size_t i = 0; i < device->instance_count; i++) {
        word_list_addf(&shell->components, "%u", device->instances[i]);
    }
    const struct package_info *info = NULL;
    for (size_t i = 0; (info = package_set_at(profile->packages, i)) != NULL;
         i++) {
        word_list_add(&shell->packages, info->name);
    }
}

static void learn_instances(struct shell *shell,
                            const struct server_registration_view *view)
{
    struct link_list links;
    char text[LWM2M_PATH_TEXT_MAX];

    link_list_init(&links);
    if (view == NULL ||
        link_list_parse((const char *)view->links, view->links_length, NULL,
                        &links, NULL) != STATUS_OK) {
        return;
    }
    for (size_t i = 0; i < links.count; i++) {
        if (links.links[i].is_lwm2m && links.links[i].path.depth > 0) {
            word_list_add(&shell->instances,
                          lwm2m_path_text(&links.links[i].path, text));
        }
    }
    link_list_release(&links);
}

static void learn_cases(struct shell *shell)
{
    const struct catalogue *catalogue = shell->options->campaign.catalogue;

    for (size_t i = 0;
         shell->cases.count == 0 && i < catalogue_count(catalogue); i++) {
        word_list_add(&shell->cases, catalogue_at(catalogue, i)->group);
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        word_list_add(&shell->cases, catalogue_at(catalogue, i)->id);
    }
}

void session_learn(struct shell *shell)
{
    struct console_device device;

    word_list_release(&shell->endpoints);
    word_list_release(&shell->components);
    word_list_release(&shell->packages);
    word_list_release(&shell->instances);
    if (shell->cases.count == 0) {
        learn_cases(shell);
    }
    for (size_t i = 0; console_device(shell->console, i, &device); i++) {
        word_list_add(&shell->endpoints, device.endpoint);
    }
    if (console_used(shell->console, &device)) {
        learn_components(shell, &device);
        learn_instances(shell, device.registration);
    }
}
