/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
/* readline's headers need stdio.h before them. */
#include <readline/history.h>
#include <readline/readline.h>

#define HISTORY_LINES 2000 /* kept in the file */

struct terminal {
    struct terminal_config config;
    bool is_shown;
    char *history;                 /**< its file, or NULL */
    void (*on_hangup)(int number); /**< SIGHUP before */
    struct sigaction on_continue;  /**< SIGCONT before */
    struct termios modes;          /**< readline's, while it is shown */
    struct shell_completion completion;
    size_t next; /**< candidate to be handed out */
};

/* readline's handlers get no argument of ours. */
static struct terminal *the_terminal;
/* Of the handler of SIGCONT. */
static volatile sig_atomic_t is_readlines; /* the terminal, now */
static volatile sig_atomic_t was_continued;

/* History. */

/** Make a folder and those above it. */
static bool make_folders(char *path)
{
    for (char *at = path + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            (void)mkdir(path, 0700); /* the last one tells */
            *at = '/';
        }
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

/** ${XDG_STATE_HOME:-~/.local/state}/assay/history, created for the user
 *  alone; NULL: there is none. */
static char *history_file(void)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *folder = NULL;
    char *path = NULL;
    int length = -1;

    if (state != NULL && state[0] == '/') {
        length = asprintf(&folder, "%s/assay", state);
    } else if (home != NULL && home[0] == '/') {
        length = asprintf(&folder, "%s/.local/state/assay", home);
    }
    if (length < 0) {
        return NULL;
    }
    int file = -1;
    if (make_folders(folder) && asprintf(&path, "%s/history", folder) >= 0) {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
    free(folder);
    if (file < 0) {
        free(path);
        return NULL;
    }
    (void)fchmod(file, 0600); /* older ones too, if it is ours */
    (void)close(file);        /* nothing was written */
    return path;
}

static void keep_line(const struct terminal *terminal, const char *line)
{
    const HIST_ENTRY *last =
        history_length > 0 ? history_get(history_base + history_length - 1)
                           : NULL;

    if (last != NULL && strcmp(last->line, line) == 0) {
        return;
    }
    add_history(line);
    if (terminal->history != NULL) {
        (void)append_history(1, terminal->history); /* a full disk is no
                                                       reason to stop */
    }
}

/* Completion. */

static char *next_candidate(const char *text, int state)
{
    const struct word_list *list = &the_terminal->completion.candidates;

    (void)text; /* they fit already */
    if (state == 0) {
        the_terminal->next = 0;
    }
    return the_terminal->next < list->count
               ? strdup(list->words[the_terminal->next++])
               : NULL;
}

static char **complete(const char *text, int start, int end)
{
    struct shell_completion *completion = &the_terminal->completion;

    word_list_release(&completion->candidates);
    shell_complete(the_terminal->config.known(the_terminal->config.user),
                   rl_line_buffer, (size_t)end, completion);
    rl_attempted_completion_over = completion->wants_file ? 0 : 1;
    if (completion->wants_file || completion->begin != (size_t)start ||
        completion->candidates.count == 0) {
        return NULL;
    }
    const char *first = completion->candidates.words[0];
    char last = first[0] != '\0' ? first[strlen(first) - 1] : '\0';
    bool is_open = completion->candidates.count == 1 && last == '=';
    rl_completion_suppress_append = !completion->is_final || is_open ? 1 : 0;
    return rl_completion_matches(text, next_candidate);
}

/* The line. */

static void take_line(char *line)
{
    struct terminal *terminal = the_terminal;

    terminal_hide(terminal);
    if (line == NULL) {
        fputc('\n', stdout); /* the prompt's line stays as it is */
        fflush(stdout);
    } else if (line[strspn(line, " \t")] != '\0') {
        keep_line(terminal, line);
    }
    terminal->config.on_line(line, terminal->config.user);
    free(line);
}

/** After Ctrl-Z and `fg` the terminal has the modes that the user's shell
 *  left: a line would come whole, and be echoed twice. */
static void on_continue(int number)
{
    const int before = errno;

    (void)number;
    was_continued = 1;
    if (is_readlines &&
        tcsetattr(STDIN_FILENO, TCSANOW, &the_terminal->modes) == 0) {
        const char *prompt = the_terminal->config.prompt;
        (void)!write(STDOUT_FILENO, prompt, strlen(prompt)); /* a courtesy */
    }
    errno = before;
}

enum status terminal_new(const struct terminal_config *config,
                         struct terminal **out_terminal, struct reason *reason)
{
    struct terminal *terminal = calloc(1, sizeof(*terminal));

    if (terminal == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    terminal->config = *config;
    terminal->history = history_file();
    the_terminal = terminal;
    /* A terminal that is closed ends the input, and so the shell in order. */
    terminal->on_hangup = signal(SIGHUP, SIG_IGN);
    const struct sigaction action = { .sa_handler = on_continue,
                                      .sa_flags = SA_RESTART };
    (void)sigaction(SIGCONT, &action, &terminal->on_continue); /* it exists */
    rl_readline_name = "assay";
    rl_catch_signals = 0;              /* they come through the loop */
    rl_persistent_signal_handlers = 1; /* SIGWINCH, between the keys too */
    rl_attempted_completion_function = complete;
    rl_completer_word_break_characters = " \t\n\"'=,";
    rl_completer_quote_characters = "\"'";
    rl_sort_completion_matches = 0;
    using_history();
    stifle_history(HISTORY_LINES);
    if (terminal->history != NULL) {
        (void)read_history(terminal->history); /* may be empty */
    }
    *out_terminal = terminal;
    return STATUS_OK;
}

void terminal_free(struct terminal *terminal)
{
    if (terminal == NULL) {
        return;
    }
    terminal_hide(terminal);
    if (terminal->history != NULL) {
        (void)history_truncate_file(terminal->history, HISTORY_LINES);
        free(terminal->history);
    }
    word_list_release(&terminal->completion.candidates);
    clear_history();
    (void)signal(SIGHUP, terminal->on_hangup); /* it was like that */
    (void)sigaction(SIGCONT, &terminal->on_continue, NULL);
    the_terminal = NULL;
    free(terminal);
}

void terminal_show(struct terminal *terminal)
{
    if (!terminal->is_shown) {
        terminal->is_shown = true;
        was_continued = 0;
        rl_callback_handler_install(terminal->config.prompt, take_line);
        is_readlines = tcgetattr(STDIN_FILENO, &terminal->modes) == 0;
        while (was_continued) { /* stopped just now: whose modes are these? */
            was_continued = 0;
            rl_callback_handler_remove();
            rl_callback_handler_install(terminal->config.prompt, take_line);
            is_readlines = tcgetattr(STDIN_FILENO, &terminal->modes) == 0;
        }
    }
}

void terminal_hide(struct terminal *terminal)
{
    if (terminal->is_shown) {
        terminal->is_shown = false;
        is_readlines = 0;
        rl_callback_handler_remove();
    }
}

void terminal_read(struct terminal *terminal)
{
    if (terminal->is_shown) {
        if (was_continued) {
            was_continued = 0;
            fputc('\r', stdout); /* over the prompt, with what had been typed */
            (void)rl_forced_update_display();
        }
        rl_callback_read_char();
    }
}

void terminal_drop(struct terminal *terminal)
{
    if (!terminal->is_shown) {
        return;
    }
    fputs("^C\n", stdout);
    fflush(stdout);
    rl_callback_sigcleanup(); /* a search or a completion that is open */
    rl_replace_line("", 1);
    rl_on_new_line();
    rl_redisplay();
}

void terminal_print(struct terminal *terminal, const char *text)
{
    if (terminal->is_shown) {
        rl_clear_visible_line();
    }
    fputs(text, stdout);
    fflush(stdout);
    if (terminal->is_shown) {
        rl_on_new_line();
        rl_redisplay();
    }
}
