/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/session.h"

/* devices */

static cJSON *describe_device(const struct console_device *device)
{
    const struct server_registration_view *view = device->registration;
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "event", "device");
    shell_add_text(object, "endpoint", device->endpoint);
    cJSON_AddBoolToObject(object, "used", device->is_used);
    cJSON_AddBoolToObject(object, "registered", device->is_registered);
    if (view == NULL) {
        return object;
    }
    shell_add_text(object, "address", view->address);
    char version[16];
    (void)snprintf(version, sizeof(version), "%u.%u", view->lwm2m_major,
                   view->lwm2m_minor); /* cut */
    cJSON_AddStringToObject(object, "lwm2m", version);
    cJSON_AddNumberToObject(object, "lifetime", view->lifetime_s);
    shell_add_objects(object, view);
    return object;
}

static void devices(struct shell *shell, const struct shell_words *words)
{
    struct console_device device;
    size_t count = 0;

    (void)words; /* it takes none */
    for (; console_device(shell->console, count, &device); count++) {
        session_tell(shell, describe_device(&device));
    }
    if (count == 0) {
        session_say(shell, "no device has registered at %s:%u yet",
                    console_address(shell->console),
                    console_port(shell->console));
    }
}

/* use */

/** The endpoint that a prefix means; NULL after a complaint. */
static const char *find_endpoint(struct shell *shell, const char *prefix)
{
    const char *found = NULL;
    size_t count = 0;
    char what[256];

    session_learn(shell);
    for (size_t i = 0; i < shell->endpoints.count; i++) {
        const char *name = shell->endpoints.words[i];
        if (strcmp(name, prefix) == 0) {
            return name;
        }
        if (strncmp(name, prefix, strlen(prefix)) == 0) {
            found = name;
            count++;
        }
    }
    if (count == 1) {
        return found;
    }
    if (count > 1) {
        (void)snprintf(what, sizeof(what), "%zu devices begin with '%.60s'",
                       count, prefix); /* cut */
    } else if (shell->endpoints.count == 0) {
        (void)snprintf(what, sizeof(what), "no device has registered yet");
    } else {
        (void)unknown_word("device", prefix,
                           (const char *const *)shell->endpoints.words, what,
                           sizeof(what));
    }
    session_complain(shell, VERDICT_ERROR, what);
    return NULL;
}

static void use(struct shell *shell, const struct shell_words *words)
{
    struct reason reason = { .status = STATUS_OK };
    struct console_device device;

    if (words->count == 1) {
        if (console_used(shell->console, &device)) {
            session_tell(shell, describe_device(&device));
        } else {
            session_say(shell, "no device has registered yet");
        }
        return;
    }
    const char *endpoint = find_endpoint(shell, words->words[1].text);
    if (endpoint != NULL &&
        console_use(shell->console, endpoint, &reason) != STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
    }
}

/* run */

static void run(struct shell *shell, const struct shell_words *words)
{
    const char *patterns[SHELL_WORDS_MAX] = { NULL };
    struct reason reason = { .status = STATUS_OK };
    struct console_device device;

    if (words->count < 2) {
        session_complain(shell, VERDICT_ERROR,
                         "'run' needs a case, a group or a pattern");
        return;
    }
    if (console_used(shell->console, &device) &&
        device.profile->component_count == 0) {
        session_complain(shell, VERDICT_ERROR,
                         "'run' needs to know the device's components: start "
                         "the shell with --profile");
        return;
    }
    for (size_t i = 1; i < words->count; i++) {
        patterns[i - 1] = words->words[i].text;
    }
    if (console_cases(shell->console, patterns, &reason) != STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
    }
}

/* record */

static void record(struct shell *shell, const struct shell_words *words)
{
    struct reason reason = { .status = STATUS_OK };

    if (words->count < 2) {
        session_complain(shell, VERDICT_ERROR, "'record' needs a file");
        return;
    }
    shell_record_free(shell->record);
    shell->record = NULL;
    if (strcmp(words->words[1].text, "off") != 0 &&
        shell_record_new(words->words[1].text, &shell->record, &reason) !=
            STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
    }
}

/* help */

static const char *type_word(enum step_parameter_type type)
{
    switch (type) {
    case STEP_COMPONENT:
        return "COMPONENT";
    case STEP_COMPONENTS:
        return "COMPONENT,...";
    case STEP_PATH:
        return "PATH";
    case STEP_PATHS:
        return "PATH...";
    case STEP_PACKAGE:
        return "PACKAGE";
    case STEP_CODES:
        return "CODE,...";
    case STEP_LIMIT_NAME:
        return "LIMIT";
    case STEP_TEXT:
        return "TEXT";
    case STEP_NUMBER:
        return "NUMBER";
    case STEP_FLAG:
        return "";
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
        return "JSON";
    case STEP_ANY:
        return "VALUE";
    }
    return "";
}

static void help_parameter(struct shell *shell,
                           const struct step_parameter *row)
{
    char left[64];

    (void)snprintf(left, sizeof(left), "%s%s%s", row->name,
                   row->type == STEP_FLAG ? "" : "=",
                   type_word(row->type)); /* cut */
    session_say(shell, "  %-26s %s%s", left, row->help != NULL ? row->help : "",
                row->required ? " (needed)" : "");
}

static void help_step(struct shell *shell, const struct step_type *type)
{
    const struct step_parameter *rows = type->parameters;
    bool is_object = rows[0].type == STEP_ANY;
    char limits[256] = "";
    int used = 0;

    for (int i = 0; i < LIMIT_COUNT; i++) {
        used +=
            snprintf(limits + used, sizeof(limits) - (size_t)used, "%s%s",
                     i > 0 ? " " : "", limit_name((enum limit)i)); /* fits */
    }
    session_say(shell, "%s %s%s[KEY=VALUE]...", type->verb,
                is_object ? "COMPONENT [state=STATE] [result=N]..."
                          : type_word(rows[0].type),
                rows[0].type == STEP_FLAG ? "" : " ");
    session_say(shell, "  %s", type->help);
    for (size_t i = 1; i < STEP_PARAMETERS_MAX && rows[i].name != NULL; i++) {
        help_parameter(shell, &rows[i]);
    }
    if (rows[0].type == STEP_PACKAGE) {
        session_say(shell, "  %-26s %s", "file=PATH",
                    "this file instead of a package of the profile");
    }
    session_say(shell, "  %-26s %s", "within=LIMIT", limits);
    session_say(shell, "  %-26s %s", "req=ID,...",
                "requirements that are judged");
}

static void help_all(struct shell *shell)
{
    const struct step_type *const *steps = shell->known.steps;

    for (int i = 0; i < SHELL_OWN_COUNT; i++) {
        session_say(shell, "  %-16s %s", shell_own_rows[i].usage,
                    shell_own_rows[i].help);
    }
    for (size_t i = 0; steps[i] != NULL; i++) {
        session_say(shell, "  %-16s %s", steps[i]->verb, steps[i]->help);
    }
    session_say(shell, "'help VERB' says more about one.");
}

static void help(struct shell *shell, const struct shell_words *words)
{
    if (words->count < 2) {
        help_all(shell);
        return;
    }
    const char *verb = words->words[1].text;
    enum shell_own own = shell_own_of(verb);
    const struct step_type *type = shell_verb(shell->known.steps, verb);
    if (own != SHELL_OWN_COUNT) {
        session_say(shell, "%s\n  %s", shell_own_rows[own].usage,
                    shell_own_rows[own].help);
    } else if (type != NULL) {
        help_step(shell, type);
    } else {
        session_unknown(shell, verb);
    }
}

static void quit(struct shell *shell, const struct shell_words *words)
{
    (void)words; /* it takes none */
    shell->is_ending = true;
}

void session_own(struct shell *shell, enum shell_own own,
                 const struct shell_words *words)
{
    static void (*const commands[SHELL_OWN_COUNT])(
        struct shell * shell, const struct shell_words *words) = {
        [SHELL_DEVICES] = devices, [SHELL_USE] = use,   [SHELL_RUN] = run,
        [SHELL_RECORD] = record,   [SHELL_HELP] = help, [SHELL_QUIT] = quit,
    };

    commands[own](shell, words);
}
