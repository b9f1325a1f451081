/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shell as a person meets it: through a pseudo-terminal. What is on the
 * screen is kept by a small model of a terminal, so that a line which is
 * written over is seen as it looks in the end.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
    ROWS_MAX = 400,
    COLUMNS = 200,
    GUARD_MS = 30000, /* more than anything here takes */
};

#define PROMPT "assay> "

/** All that was ever on the screen; it does not scroll. */
struct screen {
    char rows[ROWS_MAX][COLUMNS + 1];
    size_t row;
    size_t column;
    char escape[32]; /* a control sequence that is not yet whole */
    size_t escape_length;
};

static struct {
    int terminal;
    pid_t shell;
    bool is_closed; /* the terminal */
    struct screen screen;
    char folder[64];
} fixture;

/* The screen. */

static void take_escape(struct screen *screen, char last)
{
    unsigned count = 1;

    screen->escape[screen->escape_length] = '\0';
    (void)sscanf(screen->escape, "\033[%u", &count); /* else it is 1 */
    char *row = screen->rows[screen->row];
    if (last == 'K') {
        memset(row + screen->column, ' ', COLUMNS - screen->column);
    } else if (last == 'C') {
        screen->column += count;
    } else if (last == 'D') {
        screen->column -= count < screen->column ? count : screen->column;
    } else if (last == 'A') {
        screen->row -= count < screen->row ? count : screen->row;
    } else if (last == 'P') {
        memmove(row + screen->column, row + screen->column + count,
                COLUMNS - screen->column - count);
    } else if (last == '@') {
        memmove(row + screen->column + count, row + screen->column,
                COLUMNS - screen->column - count);
    } /* colours and modes change no text */
}

static void take_byte(struct screen *screen, char byte)
{
    if (screen->escape_length > 0) {
        bool is_begin = screen->escape_length == 1 && byte == '[';
        if (screen->escape_length < sizeof(screen->escape) - 1) {
            screen->escape[screen->escape_length++] = byte;
        }
        if (!is_begin && byte >= '@' && byte <= '~') {
            take_escape(screen, byte);
            screen->escape_length = 0;
        }
        return;
    }
    if (byte == '\033') {
        screen->escape[screen->escape_length++] = byte;
    } else if (byte == '\n') {
        screen->row += screen->row + 1 < ROWS_MAX ? 1 : 0;
    } else if (byte == '\r') {
        screen->column = 0;
    } else if (byte == '\b') {
        screen->column -= screen->column > 0 ? 1 : 0;
    } else if ((unsigned char)byte >= ' ') {
        if (screen->column < COLUMNS) {
            screen->rows[screen->row][screen->column++] = byte;
        }
    }
}

/** The line where the cursor is, without blanks at its end. */
static const char *line_at(size_t row)
{
    static char text[COLUMNS + 1];

    memcpy(text, fixture.screen.rows[row], sizeof(text));
    size_t length = COLUMNS;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == 0)) {
        length--;
    }
    text[length] = '\0';
    return text;
}

static void show_screen(void)
{
    for (size_t i = 0; i <= fixture.screen.row; i++) {
        printf("    | %s\n", line_at(i));
    }
}

/* Reading and typing. */

static bool read_more(int timeout_ms)
{
    struct pollfd poll_fd = { fixture.terminal, POLLIN, 0 };
    char bytes[4096];

    if (poll(&poll_fd, 1, timeout_ms) <= 0) {
        return false;
    }
    ssize_t length = read(fixture.terminal, bytes, sizeof(bytes));
    for (ssize_t i = 0; i < length; i++) {
        take_byte(&fixture.screen, bytes[i]);
    }
    return length > 0;
}

/** First row from `from` on that holds the text, or ROWS_MAX. */
static size_t find(size_t from, const char *text)
{
    for (size_t i = from; i <= fixture.screen.row; i++) {
        if (strstr(line_at(i), text) != NULL) {
            return i;
        }
    }
    return ROWS_MAX;
}

/** Read until the text stands somewhere from row `from` on. */
static size_t await(size_t from, const char *text)
{
    struct timespec begin;
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    for (;;) {
        size_t row = find(from, text);
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if (row != ROWS_MAX) {
            return row;
        }
        if ((now.tv_sec - begin.tv_sec) * 1000 > GUARD_MS ||
            (!read_more(1000) && waitpid(fixture.shell, NULL, WNOHANG) != 0)) {
            printf("  never seen: '%s'\n", text);
            show_screen();
            CU_FAIL("never seen");
            return fixture.screen.row;
        }
    }
}

/** Read until the cursor's line is exactly this. */
static void await_line(const char *text)
{
    struct timespec begin;
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &begin);
    while (strcmp(line_at(fixture.screen.row), text) != 0) {
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - begin.tv_sec) * 1000 > GUARD_MS) {
            printf("  the line is never '%s'\n", text);
            show_screen();
            CU_FAIL("never seen");
            return;
        }
        (void)read_more(1000);
    }
}

static void type(const char *text)
{
    size_t length = strlen(text);

    CU_ASSERT_EQUAL(write(fixture.terminal, text, length), (ssize_t)length);
}

/** Type a command at a prompt and wait until the next prompt is there.
 *  @return the row of the command */
static size_t command(const char *text)
{
    char line[COLUMNS];
    size_t row = fixture.screen.row;

    type(text);
    (void)snprintf(line, sizeof(line), PROMPT "%s", text);
    await_line(line);
    row = fixture.screen.row;
    type("\r");
    (void)await(row + 1, "assay>");
    await_line("assay>");
    return row;
}

/* The shell. */

static void set_up(void)
{
    static const char *const environment[] = { "TERM=xterm", "NO_COLOR=1",
                                               "LC_ALL=C.UTF-8", NULL };
    struct winsize size = { .ws_row = 50, .ws_col = COLUMNS };
    char state[96];
    char output[96];

    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-terminal-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    (void)snprintf(output, sizeof(output), "%s/results", fixture.folder);
    (void)snprintf(state, sizeof(state), "%s/state", fixture.folder);
    memset(&fixture.screen, 0, sizeof(fixture.screen));
    fixture.is_closed = false;
    for (size_t i = 0; i < ROWS_MAX; i++) {
        memset(fixture.screen.rows[i], ' ', COLUMNS);
    }
    fixture.shell = forkpty(&fixture.terminal, NULL, NULL, &size);
    CU_ASSERT_FATAL(fixture.shell >= 0);
    if (fixture.shell == 0) {
        for (size_t i = 0; environment[i] != NULL; i++) {
            (void)putenv(strdup(environment[i]));
        }
        (void)setenv("XDG_STATE_HOME", state, 1);
        (void)setenv("INPUTRC", "/dev/null", 1);
        execl(ASSAY, ASSAY, "shell", "--profile", ASSAY_PROFILE, "--output",
              output, "--", ASSAY_DEVICE, "--server", "coap://{address}:{port}",
              "--install-ms", "300", (char *)NULL);
        _exit(127);
    }
    (void)await(0, "registered from");
    await_line("assay>");
}

static void tear_down(void)
{
    int status = -1;

    if (!fixture.is_closed) {
        type("\004"); /* Ctrl-D */
    }
    while (!fixture.is_closed && read_more(GUARD_MS)) {
        continue;
    }
    struct pollfd poll_fd = { fixture.terminal, POLLIN, 0 };
    if (!fixture.is_closed && poll(&poll_fd, 1, 0) == 0) { /* not the end */
        CU_FAIL("Ctrl-D does not end it");
        (void)kill(fixture.shell, SIGKILL);
    }
    CU_ASSERT_EQUAL(waitpid(fixture.shell, &status, 0), fixture.shell);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (!fixture.is_closed) {
        (void)close(fixture.terminal);
    }
    char line[128];
    (void)snprintf(line, sizeof(line), "rm -rf '%s'", fixture.folder);
    CU_ASSERT_EQUAL(system(line), 0); /* NOLINT(cert-env33-c): our folder */
}

static void a_command_is_typed_and_its_values_are_shown(void)
{
    size_t row = command("read /33629/0/3");

    CU_ASSERT(find(row, "2.05 Content, text, 1 byte,") != ROWS_MAX);
    CU_ASSERT(find(row, "  /33629/0/3  State  0 (Idle)") != ROWS_MAX);
    row = command("raed /3/0");
    CU_ASSERT(find(row, "unknown command 'raed', did you mean 'read'?") !=
              ROWS_MAX);
}

static void tab_completes_verbs_components_and_paths(void)
{
    type("deli\t");
    await_line("assay> deliver");
    type("G to=app\t");
    await_line("assay> deliver G to=application");
    type("w\t\t");
    (void)await(0, "watch");
    await_line("assay> deliver G to=application w");
    type("\025"); /* Ctrl-U */
    await_line("assay>");
    type("read /33629/0/15\t accept=se\tc\t");
    await_line("assay> read /33629/0/15 accept=senml-cbor");
    type("\025read /3362\t/\t\t");
    (void)await(0, "/33629/0  /33629/1  /33629/2  /33629/3");
    await_line("assay> read /33629/");
    type("\025");
    await_line("assay>");
    CU_ASSERT(find(0, "2.05") == ROWS_MAX); /* nothing was sent */
}

/** What the device does by itself stands above the line, which stays. */
static void a_notification_leaves_the_typed_text(void)
{
    (void)command("observe /33629/0/3");
    (void)command("deliver G to=application");
    (void)command("await application state=Downloaded within=download");
    size_t row = command("update application");

    type("read /3/0/0");
    size_t told = await(row, "notifies /33629/0/3 State: 3 (Updating)");
    size_t again = await(row, "registered from");
    await_line("assay> read /3/0/0");
    CU_ASSERT(told < fixture.screen.row);
    CU_ASSERT(again < fixture.screen.row);
    type("\r");
    (void)await(again, "  /3/0/0  Manufacturer  \"Assay\"");
    await_line("assay>");
}

static void ctrl_c_gives_up_the_step_and_not_the_shell(void)
{
    (void)command("read /3/0/1"); /* the device was looked at */
    type("await registration within=update");
    await_line("assay> await registration within=update");
    size_t row = fixture.screen.row;
    type("\r");
    while (fixture.screen.row == row && read_more(GUARD_MS)) {
        continue; /* until the line was taken */
    }
    type("\003");
    (void)await(row, "cancelled");
    await_line("assay>");
    row = command("read /3/0/1");
    CU_ASSERT(find(row, "  /3/0/1  Model Number  \"quad\"") != ROWS_MAX);
    /* While nothing runs it drops the line. */
    type("read /3/0/2");
    await_line("assay> read /3/0/2");
    row = fixture.screen.row;
    type("\003");
    (void)await(row + 1, "assay>");
    await_line("assay>");
    CU_ASSERT(find(row, "Serial Number") == ROWS_MAX);
}

/** What was typed while a step ran is the next command. */
static void typing_ahead_is_not_lost(void)
{
    (void)command("read /3/0/1");
    type("await registration within=settle");
    await_line("assay> await registration within=settle");
    size_t row = fixture.screen.row;
    type("\rread /3/0/0\r");
    (void)await(row, "the limit passed");
    (void)await(row, "  /3/0/0  Manufacturer  \"Assay\"");
    await_line("assay>");
}

/** As Ctrl-Z and `fg` do it; the user's shell has other modes meanwhile. */
static void stopped_and_continued_it_edits_lines_as_before(void)
{
    struct termios modes;
    siginfo_t info;

    (void)command("read /3/0/1");
    CU_ASSERT_EQUAL(kill(fixture.shell, SIGSTOP), 0);
    CU_ASSERT_EQUAL(
        waitid(P_PID, (id_t)fixture.shell, &info, WSTOPPED | WNOWAIT), 0);
    CU_ASSERT_EQUAL(tcgetattr(fixture.terminal, &modes), 0);
    CU_ASSERT_EQUAL(modes.c_lflag & (tcflag_t)(ICANON | ECHO), 0);
    modes.c_lflag |= ICANON | ECHO;
    CU_ASSERT_EQUAL(tcsetattr(fixture.terminal, TCSANOW, &modes), 0);
    const size_t row = ++fixture.screen.row; /* the user's shell wrote a line */
    fixture.screen.column = 0;
    CU_ASSERT_EQUAL(kill(fixture.shell, SIGCONT), 0);
    await_line("assay>");
    CU_ASSERT_EQUAL(fixture.screen.row, row);
    CU_ASSERT_EQUAL(tcgetattr(fixture.terminal, &modes), 0);
    CU_ASSERT_EQUAL(modes.c_lflag & (tcflag_t)(ICANON | ECHO), 0);
    type("rea\025read /3/0/0");
    await_line("assay> read /3/0/0");
    type("\r");
    (void)await(row, "  /3/0/0  Manufacturer  \"Assay\"");
    await_line("assay>");
}

static void a_closed_terminal_ends_the_shell_and_its_device(void)
{
    char path[128];
    char line[4096];
    bool has_ended = false;
    bool has_left = false;
    siginfo_t info;

    (void)command("read /3/0/1");
    (void)close(fixture.terminal); /* SIGHUP */
    fixture.is_closed = true;
    CU_ASSERT_EQUAL(
        waitid(P_PID, (id_t)fixture.shell, &info, WEXITED | WNOWAIT), 0);
    (void)snprintf(path, sizeof(path), "%s/results/events.ndjson",
                   fixture.folder);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        has_ended = has_ended || strstr(line, "\"campaign-end\"") != NULL;
        has_left = has_left || strstr(line, "\"deregister\"") != NULL;
    }
    (void)fclose(file);
    CU_ASSERT_TRUE(has_ended);
    CU_ASSERT_TRUE(has_left);
}

static void lines_are_kept_in_a_file_of_the_user_alone(void)
{
    char path[128];
    char line[128] = "";
    struct stat status;

    (void)command("read /3/0/1");
    type("\033[A"); /* the arrow up */
    await_line("assay> read /3/0/1");
    type("\025");
    await_line("assay>");
    (void)snprintf(path, sizeof(path), "%s/state/assay/history",
                   fixture.folder);
    CU_ASSERT_EQUAL(stat(path, &status), 0);
    CU_ASSERT_EQUAL(status.st_mode & 0777u, 0600u);
    FILE *file = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_PTR_NOT_NULL(fgets(line, sizeof(line), file));
    CU_ASSERT_STRING_EQUAL(line, "read /3/0/1\n");
    (void)fclose(file);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "cli.shell_terminal", NULL, NULL, set_up, tear_down);
    CU_ADD_TEST(suite, a_command_is_typed_and_its_values_are_shown);
    CU_ADD_TEST(suite, tab_completes_verbs_components_and_paths);
    CU_ADD_TEST(suite, a_notification_leaves_the_typed_text);
    CU_ADD_TEST(suite, ctrl_c_gives_up_the_step_and_not_the_shell);
    CU_ADD_TEST(suite, typing_ahead_is_not_lost);
    CU_ADD_TEST(suite, stopped_and_continued_it_edits_lines_as_before);
    CU_ADD_TEST(suite, a_closed_terminal_ends_the_shell_and_its_device);
    CU_ADD_TEST(suite, lines_are_kept_in_a_file_of_the_user_alone);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
