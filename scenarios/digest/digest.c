/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/digest/digest.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/** docs/afu.md and docs/core.md. */
extern const struct embedded_file digest_files[];
extern const size_t digest_files_count;

/** Head of the table of requirements without one: an id, then why. */
#define NO_CASE_HEAD "No case"

struct digest {
    struct digest_row *rows;
    size_t count;
    char **texts; /**< the pages, cut into cells */
    size_t text_count;
};

/** The cells of a line between '|', without the blanks around them. Cuts the
 *  line. @return how many there are; 0 for what is no row of a table */
static size_t split(char *line, char *cells[DIGEST_COLUMNS_MAX + 1])
{
    size_t count = 0;

    if (line[0] != '|') {
        return 0;
    }
    for (char *at = line + 1; count <= DIGEST_COLUMNS_MAX;) {
        char *end = strchr(at, '|');
        if (end == NULL) {
            return count;
        }
        at += strspn(at, " ");
        cells[count] = at;
        for (char *last = end; last > at && last[-1] == ' ';) {
            *--last = '\0';
        }
        *end = '\0';
        at = end + 1;
        count++;
    }
    return count;
}

/** "AFU-089": capitals, '-', digits, and nothing else. */
static bool is_id(const char *text, enum digest_kind *out_kind)
{
    static const struct {
        const char *start;
        size_t digits;
        enum digest_kind kind;
    } forms[] = {
        { "AFU-", 3, DIGEST_REQUIREMENT }, { "LWM-", 3, DIGEST_REQUIREMENT },
        { "ST-", 2, DIGEST_TRANSITION },   { "DG-", 2, DIGEST_TRANSITION },
        { "A-", 2, DIGEST_AMBIGUITY },
    };

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        size_t length = strlen(forms[i].start);
        if (strncmp(text, forms[i].start, length) == 0 &&
            strspn(text + length, "0123456789") == forms[i].digits &&
            text[length + forms[i].digits] == '\0') {
            *out_kind = forms[i].kind;
            return true;
        }
    }
    return false;
}

static enum status add_row(struct digest *digest, const char *document,
                           char *const *head, char *const *cells, size_t count,
                           enum digest_kind kind, struct reason *reason)
{
    if (digest_find(digest, cells[0]) != NULL) {
        return reason_set(reason, STATUS_MALFORMED, "%s: %s stands there twice",
                          document, cells[0]);
    }
    struct digest_row *grown =
        realloc(digest->rows, (digest->count + 1) * sizeof(*grown));
    if (grown == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    digest->rows = grown;
    struct digest_row *row = &grown[digest->count++];
    *row = (struct digest_row){
        .kind = kind, .id = cells[0], .document = document, .count = count - 1
    };
    for (size_t i = 0; i + 1 < count; i++) {
        row->names[i] = head[i + 1];
        row->texts[i] = cells[i + 1];
    }
    return STATUS_OK;
}

static enum status add_no_case(struct digest *digest, const char *document,
                               char *const *cells, struct reason *reason)
{
    for (size_t i = 0; i < digest->count; i++) {
        struct digest_row *row = &digest->rows[i];
        if (strcmp(row->id, cells[0]) == 0 && row->no_case == NULL &&
            row->kind == DIGEST_REQUIREMENT) {
            row->no_case = cells[1];
            return STATUS_OK;
        }
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "%s: '%s' below '" NO_CASE_HEAD
                      "' is no requirement, or stands there twice",
                      document, cells[0]);
}

static bool is_rule(const char *const cell)
{
    return cell[0] != '\0' && cell[strspn(cell, "-:")] == '\0';
}

/** The table that the lines are in; its head is the first one. */
struct table {
    char *head[DIGEST_COLUMNS_MAX + 1];
    size_t columns; /**< 0 outside of a table */
};

static enum status take_line(struct digest *digest, const char *document,
                             struct table *table, char *line,
                             struct reason *reason)
{
    char *cells[DIGEST_COLUMNS_MAX + 1];
    size_t count = split(line, cells);
    enum digest_kind kind = DIGEST_REQUIREMENT;

    if (count == 0 || table->columns == 0) {
        memcpy(table->head, cells, count * sizeof(cells[0]));
        table->columns = count;
        return STATUS_OK;
    }
    if (is_rule(cells[0]) || !is_id(cells[0], &kind)) {
        return STATUS_OK;
    }
    if (count != table->columns || count < 2) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s: %s has %zu cells, its table's head %zu",
                          document, cells[0], count, table->columns);
    }
    return strcmp(table->head[0], NO_CASE_HEAD) == 0
               ? add_no_case(digest, document, cells, reason)
               : add_row(digest, document, table->head, cells, count, kind,
                         reason);
}

static enum status take_page(struct digest *digest, const char *document,
                             const char *page, struct reason *reason)
{
    char **grown = realloc(digest->texts,
                           (digest->text_count + 1) * sizeof(*digest->texts));
    char *text = strdup(page);
    struct table table = { .columns = 0 };
    enum status status = STATUS_OK;

    if (grown != NULL) {
        digest->texts = grown;
    }
    if (grown == NULL || text == NULL) {
        free(text);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    digest->texts[digest->text_count++] = text;
    for (char *line = text; status == STATUS_OK && line != NULL;) {
        char *end = strchr(line, '\n');
        if (end != NULL) {
            *end = '\0';
        }
        status = take_line(digest, document, &table, line, reason);
        line = end != NULL ? end + 1 : NULL;
    }
    return status;
}

enum status digest_parse(const char *document, const char *text,
                         struct digest **out_digest, struct reason *reason)
{
    struct digest *digest = calloc(1, sizeof(*digest));

    if (digest == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = take_page(digest, document, text, reason);
    if (status != STATUS_OK) {
        digest_free(digest);
        return status;
    }
    *out_digest = digest;
    return STATUS_OK;
}

enum status digest_new(struct digest **out_digest, struct reason *reason)
{
    struct digest *digest = calloc(1, sizeof(*digest));
    enum status status =
        digest != NULL ? STATUS_OK
                       : reason_set(reason, STATUS_NO_MEMORY, "out of memory");

    for (size_t i = 0; status == STATUS_OK && i < digest_files_count; i++) {
        status = take_page(digest, digest_files[i].name,
                           (const char *)digest_files[i].bytes, reason);
    }
    if (status != STATUS_OK) {
        digest_free(digest);
        return status;
    }
    *out_digest = digest;
    return STATUS_OK;
}

void digest_free(struct digest *digest)
{
    if (digest == NULL) {
        return;
    }
    for (size_t i = 0; i < digest->text_count; i++) {
        free(digest->texts[i]);
    }
    free(digest->texts);
    free(digest->rows);
    free(digest);
}

size_t digest_count(const struct digest *digest)
{
    return digest->count;
}

const struct digest_row *digest_at(const struct digest *digest, size_t index)
{
    return &digest->rows[index];
}

const struct digest_row *digest_find(const struct digest *digest,
                                     const char *id)
{
    for (size_t i = 0; i < digest->count; i++) {
        if (strcasecmp(digest->rows[i].id, id) == 0) {
            return &digest->rows[i];
        }
    }
    return NULL;
}

const char *digest_text(const struct digest_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcasecmp(row->names[i], name) == 0) {
            return row->texts[i];
        }
    }
    return NULL;
}
