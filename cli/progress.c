/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ERASE_LINE        "\r\033[K"
#define MESSAGE_TEXT_SIZE 400

/** How a verdict looks; by enum verdict. */
static const struct {
    const char *word;
    const char *colour;
} looks[] = {
    [VERDICT_NONE] = { "none  ", "\033[35m" },
    [VERDICT_PASS] = { "pass  ", "\033[32m" },
    [VERDICT_INCONC] = { "inconc", "\033[33m" },
    [VERDICT_FAIL] = { "FAIL  ", "\033[31m" },
    [VERDICT_ERROR] = { "ERROR ", "\033[35m" },
};

bool progress_may_colour(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");

    return isatty(fileno(stream)) != 0 &&
           (no_color == NULL || no_color[0] == '\0') &&
           (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

unsigned progress_columns(FILE *stream)
{
    struct winsize size = { .ws_col = 0 };

    return isatty(fileno(stream)) != 0 &&
                   ioctl(fileno(stream), TIOCGWINSZ, &size) == 0
               ? size.ws_col
               : 0;
}

void progress_init(struct progress *progress, FILE *stream, bool verbose)
{
    const char *terminal = getenv("TERM");

    *progress = (struct progress){
        .stream = stream,
        .is_coloured = progress_may_colour(stream),
        .is_verbose = verbose,
        .is_live = !verbose && isatty(fileno(stream)) != 0 &&
                   (terminal == NULL || strcmp(terminal, "dumb") != 0),
    };
}

static void show_live(const struct progress *progress)
{
    if (!progress->is_live) {
        return;
    }
    fprintf(progress->stream, ERASE_LINE "[%2u/%u] %.60s%s%.30s",
            progress->finished + 1, progress->planned, progress->title,
            progress->step[0] != '\0' ? ": " : "", progress->step);
    fflush(progress->stream);
}

static void take_plan(struct progress *progress,
                      const struct journal_event *event)
{
    const cJSON *cases =
        cJSON_GetObjectItemCaseSensitive(event->as.data, "cases");
    const cJSON *entry = NULL;
    unsigned skipped = 0;

    cJSON_ArrayForEach(entry, cases)
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "runs"))) {
            progress->planned++;
        } else {
            skipped++;
        }
    }
    fprintf(progress->stream, "%u case%s to run, %u not applicable\n",
            progress->planned, progress->planned == 1 ? "" : "s", skipped);
}

static void take_verdict(struct progress *progress,
                         const struct journal_event *event)
{
    enum verdict verdict = VERDICT_NONE;
    const char *name = journal_text(event, "verdict");

    if (name == NULL || !verdict_parse(name, &verdict)) {
        return;
    }
    /* A case that was given up before its begin has no title here. */
    const char *instance = event->instance != NULL ? event->instance : "";
    bool has_begun = progress->title[0] != '\0';
    progress->finished++;
    fprintf(progress->stream, "%s[%2u/%u] %s%s%s %s (%.1f s)\n",
            progress->is_live ? ERASE_LINE : "", progress->finished,
            progress->planned,
            progress->is_coloured ? looks[verdict].colour : "",
            looks[verdict].word, progress->is_coloured ? "\033[0m" : "",
            has_begun ? progress->title : instance,
            journal_number(event, "ms", 0) / 1000);
    progress->title[0] = '\0';
    fflush(progress->stream);
}

/** A diagnosis quotes the device's output: control characters are escaped. */
static void print_diagnosis(const struct progress *progress,
                            const struct journal_event *event)
{
    const char *text = journal_text(event, "text");

    if (text == NULL || !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                            event->as.data, "diagnosis"))) {
        return;
    }
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '\n' || (byte >= 0x20 && byte < 0x7f)) {
            fputc(byte, progress->stream);
        } else {
            fprintf(progress->stream, "\\x%02x", byte);
        }
    }
    fputc('\n', progress->stream);
}

void progress_event(const struct journal_event *event, void *user)
{
    struct progress *progress = user;

    switch ((int)event->kind) {
    case JOURNAL_PLAN:
        take_plan(progress, event);
        break;
    case JOURNAL_CASE_BEGIN: {
        const char *title = journal_text(event, "title");
        snprintf(progress->title, sizeof(progress->title), "%s  %s",
                 event->instance != NULL ? event->instance : "",
                 title != NULL ? title : "");
        progress->step[0] = '\0';
        show_live(progress);
        break;
    }
    case JOURNAL_STEP_BEGIN: {
        const char *verb = journal_text(event, "verb");
        snprintf(progress->step, sizeof(progress->step), "%s",
                 verb != NULL ? verb : "");
        show_live(progress);
        break;
    }
    case JOURNAL_NOTE:
        print_diagnosis(progress, event);
        break;
    case JOURNAL_VERDICT:
        take_verdict(progress, event);
        break;
    default:
        break;
    }
}

void progress_message(const struct server_event *event, void *user)
{
    const struct progress *progress = user;

    const struct server_message_view *message = &event->as.message;
    char text[MESSAGE_TEXT_SIZE];

    fprintf(progress->stream, "%s %s %s\n",
            message->direction == SERVER_RECEIVED ? "<-" : "->", message->peer,
            server_message_text(message, text, sizeof(text)));
}
