/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ERASE_LINE        "\r\033[K"
#define MESSAGE_TEXT_SIZE 400
#define LIVE_COLUMNS      79u /* of a terminal that does not say */
#define LIVE_SIZE         256

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

void progress_release(struct progress *progress)
{
    fleet_progress_free(progress->fleet);
    progress->fleet = NULL;
}

/** One row of the terminal at most, because only the last row can be
 *  erased. */
void progress_live(const struct progress *progress, const char *line)
{
    unsigned columns = progress_columns(progress->stream);

    if (!progress->is_live) {
        return;
    }
    /* One column stays free: some terminals wrap when the last one is full.
     * A character of several bytes is cut as if it had as many columns. */
    size_t limit = columns > 1 ? columns - 1 : LIVE_COLUMNS;
    size_t length = strlen(line);
    if (length > limit) {
        while (limit > 0 && ((unsigned char)line[limit] & 0xc0) == 0x80) {
            limit--;
        }
        length = limit;
    }
    fprintf(progress->stream, ERASE_LINE "%.*s", (int)length, line);
    fflush(progress->stream);
}

void progress_line(const struct progress *progress)
{
    fputs(progress->is_live ? ERASE_LINE : "", progress->stream);
}

void progress_verdict(const struct progress *progress, enum verdict verdict)
{
    fprintf(progress->stream, "%s%s%s",
            progress->is_coloured ? looks[verdict].colour : "",
            looks[verdict].word, progress->is_coloured ? "\033[0m" : "");
}

void progress_text(const struct progress *progress, const char *text,
                   bool is_whole)
{
    for (const char *at = text; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '\n' && !is_whole) {
            break;
        }
        if (byte == '\n' || (byte >= 0x20 && byte < 0x7f)) {
            fputc(byte, progress->stream);
        } else {
            fprintf(progress->stream, "\\x%02x", byte);
        }
    }
}

static void show_live(const struct progress *progress)
{
    char line[LIVE_SIZE];

    if (progress->planned == 0) {
        snprintf(line, sizeof(line), "looking at the device: %s",
                 progress->step);
    } else {
        snprintf(line, sizeof(line), "[%2u/%u] %s%s%s", progress->finished + 1,
                 progress->planned, progress->title,
                 progress->step[0] != '\0' ? ": " : "", progress->step);
    }
    progress_live(progress, line);
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
    fprintf(progress->stream, "%s%u case%s to run, %u not applicable\n",
            progress->is_live ? ERASE_LINE : "", progress->planned,
            progress->planned == 1 ? "" : "s", skipped);
}

static void take_verdict(struct progress *progress,
                         const struct journal_event *event)
{
    enum verdict verdict = VERDICT_NONE;
    const char *name = journal_text(event, "verdict");

    if (name == NULL || !verdict_parse(name, &verdict)) {
        return;
    }
    progress->finished++;
    /* A case that never began has no title yet. */
    const char *title = progress->title[0] != '\0' ? progress->title
                        : event->instance != NULL  ? event->instance
                                                   : "";
    progress_line(progress);
    fprintf(progress->stream, "[%2u/%u] ", progress->finished,
            progress->planned);
    progress_verdict(progress, verdict);
    fprintf(progress->stream, " %s (%.1f s)\n", title,
            journal_number(event, "ms", 0) / 1000);
    fflush(progress->stream);
    progress->title[0] = '\0';
}

/** A diagnosis quotes the device's output: control characters are escaped. */
static void print_note(const struct progress *progress,
                       const struct journal_event *event)
{
    const char *text = journal_text(event, "text");
    const bool is_remark = cJSON_IsTrue(
        cJSON_GetObjectItemCaseSensitive(event->as.data, "remark"));

    if (text == NULL ||
        (!is_remark && !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                           event->as.data, "diagnosis")))) {
        return;
    }
    progress_line(progress);
    fputs(is_remark ? "note: " : "", progress->stream);
    progress_text(progress, text, true);
    fputc('\n', progress->stream);
}

void progress_event(const struct journal_event *event, void *user)
{
    struct progress *progress = user;

    if (progress->fleet != NULL) {
        fleet_progress_event(progress, event);
        return;
    }
    switch ((int)event->kind) {
    case JOURNAL_CAMPAIGN:
        progress->fleet = fleet_progress_new(event);
        break;
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
        print_note(progress, event);
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
