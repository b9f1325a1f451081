/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/shell.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/shell/session.h"

/* Lines. */

static uint64_t now_ms(void)
{
    struct timespec now = { .tv_sec = 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* it exists */
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/** A file that is to be delivered becomes a package. */
static enum status take_file(struct shell *shell,
                             const struct shell_command *command,
                             struct reason *reason)
{
    const char *verb = command->type->verb;
    const char *component = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(command->step, "to"));
    char name[16];

    if (command->file == NULL) {
        return STATUS_OK;
    }
    enum status status =
        console_package(shell->console, component != NULL ? component : "",
                        command->file, name, reason);
    if (status == STATUS_OK &&
        cJSON_AddStringToObject(command->step, verb, name) == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    shell_command_order(command->step, verb);
    return status == STATUS_OK
               ? step_check(shell->known.steps, verb, command->step, reason)
               : status;
}

static void do_step(struct shell *shell, const struct step_type *type,
                    const struct shell_words *words)
{
    struct shell_command command = { .step = NULL };
    struct reason reason = { .status = STATUS_OK };
    enum status status =
        shell_command_parse(words, shell->known.steps, type,
                            shell->view.definitions, &command, &reason);

    if (status == STATUS_OK) {
        session_learn(shell);
        status = shell_command_check(&command, &shell->components, &reason);
    }
    if (status == STATUS_OK) {
        status = take_file(shell, &command, &reason);
    }
    struct console_device device;
    bool is_there = console_used(shell->console, &device);
    if (status == STATUS_OK && shell->record != NULL && is_there) {
        status = shell_record_add(shell->record, type, command.step,
                                  device.profile, &reason);
    }
    if (status != STATUS_OK) {
        cJSON_Delete(command.step);
        session_complain(shell, VERDICT_ERROR, reason.text);
        return;
    }
    if (shell->terminal != NULL && is_there && !device.is_registered) {
        session_say(shell, "the device is not registered; Ctrl-C gives up");
    }
    shell->type = type;
    shell->step = command.step; /* handed over */
    shell->view.noise = shell_noise_of(type);
    if (console_step(shell->console, command.step, &reason) != STATUS_OK) {
        cJSON_Delete(shell->step);
        shell->step = NULL;
        shell->type = NULL;
        shell->view.noise = SHELL_SHOW_NONE;
        session_complain(shell, VERDICT_ERROR, reason.text);
    }
}

void session_unknown(struct shell *shell, const char *verb)
{
    struct word_list verbs = { .words = NULL };
    char what[512];

    for (int i = 0; i < SHELL_OWN_COUNT; i++) {
        word_list_add(&verbs, shell_own_rows[i].verb);
    }
    for (size_t i = 0; shell->known.steps[i] != NULL; i++) {
        word_list_add(&verbs, shell->known.steps[i]->verb);
    }
    word_list_sort(&verbs);
    session_complain(shell, VERDICT_ERROR,
                     unknown_word("command", verb,
                                  (const char *const *)verbs.words, what,
                                  sizeof(what)));
    word_list_release(&verbs);
}

/** Whether `use` of a script names a device that may still register. */
static bool is_awaited(struct shell *shell, const struct shell_words *words)
{
    if (shell->is_register_over || words->count < 2) {
        return false;
    }
    const char *prefix = words->words[1].text;
    session_learn(shell);
    for (size_t i = 0; i < shell->endpoints.count; i++) {
        if (strncmp(shell->endpoints.words[i], prefix, strlen(prefix)) == 0) {
            return false;
        }
    }
    return true;
}

/** Whether the line has to wait: a script for a device, a person until the
 *  device was looked at. */
static bool has_to_wait(struct shell *shell, const struct shell_words *words)
{
    const char *verb = words->count > 0 ? words->words[0].text : "";
    enum shell_own own = shell_own_of(verb);
    bool is_script = shell->input != NULL;
    bool is_for_device = own == SHELL_RUN ||
                         shell_verb(shell->known.steps, verb) != NULL ||
                         (is_script && own == SHELL_DEVICES);
    struct console_device device;

    if (is_script && own == SHELL_USE) {
        return is_awaited(shell, words);
    }
    return is_for_device && !console_is_ready(shell->console) &&
           (is_script || console_used(shell->console, &device));
}

static void do_words(struct shell *shell, const struct shell_words *words)
{
    const char *verb = words->words[0].text;
    enum shell_own own = shell_own_of(verb);
    const struct step_type *type = shell_verb(shell->known.steps, verb);

    if (own != SHELL_OWN_COUNT) {
        session_own(shell, own, words);
    } else if (type != NULL) {
        do_step(shell, type, words);
    } else {
        session_unknown(shell, verb);
    }
}

/** What a script does is repeated, what a person typed is there already. */
static void echo(struct shell *shell, const char *line, size_t length)
{
    char *clean = shell->input != NULL ? shell_clean(line, length) : NULL;

    if (clean == NULL) {
        return;
    }
    if (shell->options->is_json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "event", "command");
        cJSON_AddStringToObject(object, "line", clean);
        session_tell(shell, object);
    } else {
        session_say(shell, "> %s", clean);
    }
    free(clean);
}

/** Do one line. @return false when it has to wait for a device */
static bool do_line(struct shell *shell, const char *line, size_t length)
{
    struct shell_words words = { .count = 0 };
    struct reason reason = { .status = STATUS_OK };
    enum status status =
        shell_words_split(line, length, false, &words, &reason);

    if (status == STATUS_OK && has_to_wait(shell, &words)) {
        shell_words_release(&words);
        return false;
    }
    shell->command = VERDICT_NONE;
    shell->began_ms = now_ms();
    if (status != STATUS_OK || words.count > 0) {
        echo(shell, line, length);
    }
    if (status != STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
    } else if (words.count > 0) {
        do_words(shell, &words);
    }
    shell_words_release(&words);
    return true;
}

/* The end of a command. */

/** How a condition stands at its end: the last view of each component that the
 *  step names. */
static void tell_pairs(struct shell *shell, const struct console_end *end)
{
    const cJSON *object =
        cJSON_GetObjectItemCaseSensitive(shell->step, shell->type->verb);
    struct console_device device;
    const cJSON *part = NULL;

    if (!cJSON_IsObject(object) ||
        !console_find(shell->console, end->endpoint, &device)) {
        return;
    }
    cJSON_ArrayForEach(part, object)
    {
        session_tell(shell,
                     shell_describe_pair(&shell->view, &device, part->string));
    }
}

static const char *end_word(const struct console_end *end)
{
    return end->is_cancelled ? "cancelled" : step_progress_name(end->progress);
}

/** Whether what ran waits for something, or expects it. */
static bool is_condition(const struct shell *shell)
{
    return shell->type != NULL && shell->view.noise == SHELL_SHOW_NONE &&
           shell->type->parameters[0].type == STEP_ANY;
}

static void tell_end(struct shell *shell, const struct console_end *end)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "event", "end");
    shell_add_text(object, "endpoint", end->endpoint);
    if (shell->type != NULL && !end->was_cases) {
        cJSON_AddStringToObject(object, "verb", shell->type->verb);
    }
    cJSON_AddStringToObject(object, "outcome", end_word(end));
    if (end->failure[0] != '\0' && !end->is_cancelled) {
        shell_add_text(object, "reason", end->failure);
    }
    cJSON_AddStringToObject(object, "verdict", verdict_name(shell->command));
    if (is_condition(shell) && !end->was_cases) {
        cJSON_AddBoolToObject(object, "holds",
                              end->progress == STEP_DONE &&
                                  shell->command <= VERDICT_PASS);
    }
    cJSON_AddNumberToObject(object, "ms", (double)(now_ms() - shell->began_ms));
    session_tell(shell, object);
}

static enum verdict worth(const struct console_end *end)
{
    if (end->is_cancelled) {
        return VERDICT_INCONC;
    }
    switch (end->progress) {
    case STEP_DONE:
    case STEP_GO_ON:
        return VERDICT_NONE;
    case STEP_AT_LIMIT:
    case STEP_SILENT:
    case STEP_HOPELESS:
        return VERDICT_INCONC;
    case STEP_FAILED:
        return VERDICT_ERROR;
    }
    return VERDICT_ERROR;
}

static void on_end(const struct console_end *end, void *user)
{
    struct shell *shell = user;

    shell->command = verdict_merge(shell->command, worth(end));
    shell->worst = verdict_merge(shell->worst, worth(end));
    if (!end->was_cases && shell->type != NULL) {
        tell_pairs(shell, end);
    }
    tell_end(shell, end);
    cJSON_Delete(shell->step);
    shell->step = NULL;
    shell->type = NULL;
    shell->view.noise = SHELL_SHOW_NONE;
}

/* What is to be done next. */

static void watch(struct shell *shell, int fd)
{
    struct reason reason = { .status = STATUS_OK };

    if (shell->watch == 0 && console_watch(shell->console, fd, &shell->watch,
                                           &reason) != STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
        shell->is_ending = true;
    }
}

/** What nobody reads is not watched: it would be told of in every turn. */
static void unwatch(struct shell *shell)
{
    if (shell->watch != 0) {
        console_unwatch(shell->console, shell->watch);
        shell->watch = 0;
    }
}

static void stop(struct shell *shell)
{
    shell->is_ending = true;
    unwatch(shell);
    if (shell->terminal != NULL) {
        terminal_hide(shell->terminal);
    }
    console_stop(shell->console);
}

/** Watch for more of a script. */
static void await_input(struct shell *shell)
{
    int fd = shell_input_descriptor(shell->input);

    if (fd >= 0) {
        watch(shell, fd);
    }
    if (shell->is_ending) {
        stop(shell);
    }
}

/** The next line of the script; of a file all is read. */
static const char *next_line(struct shell *shell, size_t *out_length)
{
    struct reason reason = { .status = STATUS_OK };
    const char *line = shell_input_line(shell->input, out_length);

    while (line == NULL && !shell_input_is_over(shell->input) &&
           shell_input_descriptor(shell->input) < 0) {
        if (shell_input_fill(shell->input, &reason) != STATUS_OK) {
            session_complain(shell, VERDICT_ERROR, reason.text);
            return NULL;
        }
        line = shell_input_line(shell->input, out_length);
    }
    return line;
}

/** Whether a script stops here. */
static bool is_stopped(const struct shell *shell)
{
    return shell->is_ending ||
           (shell->command > VERDICT_PASS && !shell->options->keeps_going);
}

/** Keep a line until it can be done. */
static bool keep_line(struct shell *shell, const char *line, size_t length)
{
    free(shell->line);
    shell->line = malloc(length + 1);
    if (shell->line == NULL) {
        session_complain(shell, VERDICT_ERROR, "out of memory");
        return false;
    }
    memcpy(shell->line, line, length);
    shell->line_length = length;
    return true;
}

/** Do the line that is kept. @return false when it has to wait */
static bool do_kept(struct shell *shell)
{
    if (!do_line(shell, shell->line, shell->line_length)) {
        return false;
    }
    free(shell->line);
    shell->line = NULL;
    return true;
}

/** Do lines of the script until something runs. */
static void go_on(struct shell *shell)
{
    while (!console_is_busy(shell->console) && !is_stopped(shell)) {
        if (shell->line == NULL) {
            size_t length = 0;
            const char *line = next_line(shell, &length);
            if (line == NULL || !keep_line(shell, line, length)) {
                break;
            }
        }
        if (!do_kept(shell)) {
            return; /* until the device is there */
        }
    }
    if (is_stopped(shell) || shell_input_is_over(shell->input)) {
        if (!console_is_busy(shell->console)) {
            stop(shell);
        }
        return;
    }
    await_input(shell);
}

static void on_idle(void *user)
{
    struct shell *shell = user;

    if (shell->input != NULL && !shell->is_ending) {
        go_on(shell);
        return;
    }
    bool is_done = shell->line == NULL || do_kept(shell);
    if (shell->is_ending) {
        stop(shell);
    } else if (is_done && !console_is_busy(shell->console)) {
        terminal_show(shell->terminal);
        watch(shell, STDIN_FILENO);
    }
}

static void on_input(uint64_t watch, void *user)
{
    struct shell *shell = user;
    struct reason reason = { .status = STATUS_OK };

    if (watch != shell->watch) {
        return; /* it was queued before */
    }
    if (shell->input == NULL) {
        terminal_read(shell->terminal);
        return;
    }
    unwatch(shell);
    if (shell_input_fill(shell->input, &reason) != STATUS_OK) {
        session_complain(shell, VERDICT_ERROR, reason.text);
    }
}

/** Give up what runs or waits. @return false when nothing does */
static bool cancel(struct shell *shell)
{
    bool is_busy = console_is_busy(shell->console);
    bool is_waiting = shell->terminal != NULL && shell->line != NULL;

    if (shell->terminal != NULL && (is_busy || is_waiting)) {
        fputc('\n', stdout); /* behind the ^C of the terminal */
        fflush(stdout);
    }
    if (is_busy) {
        console_cancel(shell->console);
    } else if (is_waiting) {
        free(shell->line);
        shell->line = NULL;
        session_say(shell, "cancelled");
    }
    return is_busy || is_waiting;
}

static void on_signal(int number, void *user)
{
    struct shell *shell = user;

    if (number == SIGINT && cancel(shell)) {
        return;
    }
    if (number == SIGINT && shell->terminal != NULL) {
        terminal_drop(shell->terminal);
        return;
    }
    if (shell->input != NULL) {
        shell->worst = verdict_merge(shell->worst, VERDICT_INCONC);
    }
    stop(shell);
}

static void on_register_end(const char *diagnosis, void *user)
{
    struct shell *shell = user;

    shell->is_register_over = true; /* `use` waits no longer */
    if (diagnosis == NULL) {
        return;
    }
    if (shell->input == NULL) {
        session_say(shell, "%s", diagnosis);
        return;
    }
    fprintf(stderr, "assay: %s\n", diagnosis);
    shell->worst = verdict_merge(shell->worst, VERDICT_INCONC);
    stop(shell);
}

static void on_line(const char *line, void *user)
{
    struct shell *shell = user;

    unwatch(shell); /* until the prompt is shown again */
    if (line == NULL) {
        shell->is_ending = true;
    } else {
        (void)keep_line(shell, line, strlen(line)); /* done when idle */
    }
}

static const struct shell_known *what_is_known(void *user)
{
    struct shell *shell = user;

    session_learn(shell);
    return &shell->known;
}

/* The journal, as it is written. */

static void take_finding(struct shell *shell, const struct finding *finding)
{
    enum verdict verdict = finding_verdict(finding->level);

    if (finding->level == FINDING_WARNING &&
        shell->options->campaign.fail_on_warning) {
        verdict = VERDICT_FAIL;
    }
    shell->command = verdict_merge(shell->command, verdict);
    shell->worst = verdict_merge(shell->worst, verdict);
}

static bool is_refusal(const struct shell *shell, const cJSON *description)
{
    const char *code = cJSON_GetStringValue(
        cJSON_GetObjectItemCaseSensitive(description, "code"));

    return shell->step != NULL && code != NULL && code[0] != '2' &&
           cJSON_GetObjectItemCaseSensitive(shell->step, "code") == NULL &&
           cJSON_GetObjectItemCaseSensitive(shell->step, "rejected") == NULL;
}

static void on_event(const struct journal_event *event, void *user)
{
    struct shell *shell = user;
    struct console_device device;

    if (shell->console == NULL) {
        return; /* it is being opened */
    }
    bool is_known = event->endpoint != NULL &&
                    console_find(shell->console, event->endpoint, &device);
    shell->view.events = is_known ? device.events : NULL;
    shell->view.observations = is_known ? device.observations : NULL;
    if (event->kind == JOURNAL_FINDING) {
        take_finding(shell, &event->as.finding);
    }
    cJSON *description = shell_describe(&shell->view, event);
    if ((int)event->kind == SERVER_RESPONSE && is_refusal(shell, description)) {
        shell->command = verdict_merge(shell->command, VERDICT_INCONC);
        shell->worst = verdict_merge(shell->worst, VERDICT_INCONC);
    }
    session_tell(shell, description);
}

static void on_message(const struct server_event *event, void *user)
{
    struct shell *shell = user;
    const struct server_message_view *message = &event->as.message;
    char text[400];

    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "event", "message");
    cJSON_AddStringToObject(object, "direction",
                            message->direction == SERVER_RECEIVED ? "received"
                                                                  : "sent");
    shell_add_text(object, "peer", message->peer);
    shell_add_text(object, "text",
                   server_message_text(message, text, sizeof(text)));
    session_tell(shell, object);
}

/* Life. */

static enum status open_input(struct shell *shell, struct reason *reason)
{
    static const struct terminal_config terminal = {
        .prompt = "assay> ",
        .on_line = on_line,
        .known = what_is_known,
    };
    struct terminal_config config = terminal;

    if (shell->options->script != NULL || isatty(STDIN_FILENO) == 0 ||
        isatty(STDOUT_FILENO) == 0) {
        return shell_input_open(shell->options->script, &shell->input, reason);
    }
    config.user = shell;
    return terminal_new(&config, &shell->terminal, reason);
}

static enum status open_console(struct shell *shell, struct reason *reason)
{
    struct console_config config = {
        .campaign = shell->options->campaign,
        .plain = shell->options->plain,
        .on_end = on_end,
        .on_idle = on_idle,
        .on_input = on_input,
        .on_signal = on_signal,
        .on_register_end = on_register_end,
        .user = shell,
    };

    config.campaign.on_event = on_event;
    config.campaign.on_message = shell->options->is_verbose ? on_message : NULL;
    config.campaign.user = shell;
    enum status status = console_new(&config, &shell->console, reason);
    return status == STATUS_OK ? console_wake(shell->console, reason) : status;
}

static void release(struct shell *shell)
{
    terminal_free(shell->terminal);
    console_free(shell->console);
    shell_input_free(shell->input);
    shell_record_free(shell->record);
    cJSON_Delete(shell->step);
    free(shell->line);
    word_list_release(&shell->endpoints);
    word_list_release(&shell->components);
    word_list_release(&shell->packages);
    word_list_release(&shell->instances);
    word_list_release(&shell->cases);
}

static int exit_status(const struct shell *shell)
{
    switch (shell->worst) {
    case VERDICT_NONE:
    case VERDICT_PASS:
        return 0;
    case VERDICT_FAIL:
        return 1;
    case VERDICT_INCONC:
        return 2;
    case VERDICT_ERROR:
        break;
    }
    return 3;
}

int shell_run(const struct shell_options *options)
{
    struct reason reason = { .status = STATUS_OK };
    struct shell shell = {
        .options = options,
        .view = { .definitions = options->campaign.definitions,
                  .noise = SHELL_SHOW_NONE,
                  .is_verbose = options->is_verbose },
    };
    const char *no_color = getenv("NO_COLOR");

    shell.known = (struct shell_known){
        .steps = options->campaign.steps,
        .definitions = options->campaign.definitions,
        .endpoints = &shell.endpoints,
        .components = &shell.components,
        .packages = &shell.packages,
        .instances = &shell.instances,
        .cases = &shell.cases,
    };
    shell.is_coloured =
        isatty(STDOUT_FILENO) != 0 && (no_color == NULL || no_color[0] == '\0');
    enum status status = open_input(&shell, &reason);
    if (status == STATUS_OK) {
        status = open_console(&shell, &reason);
    }
    if (status == STATUS_OK) {
        fprintf(stderr, "listening on %s:%u; results go to %s\n",
                console_address(shell.console), console_port(shell.console),
                options->campaign.output);
        status = console_run(shell.console, &reason);
    }
    bool is_person = shell.input == NULL;
    release(&shell);
    if (status != STATUS_OK) {
        fprintf(stderr, "assay: %s\n", reason.text);
        return 3;
    }
    return is_person ? 0 : exit_status(&shell);
}
