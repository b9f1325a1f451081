/* SPDX-License-Identifier: Apache-2.0 */

/* The command that runs one case again, from the command line of the
 * campaign: what decides about verdicts is kept, the rest left out. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/model.h"

/** Options of `run` and `demo` that are kept. */
static const struct {
    const char *name;
    bool has_value;
} kept[] = {
    { "--bind", true },
    { "--catalogue", true },
    { "--mutant", true },
    { "--fail-on-warning", false },
    { "--device", true },
    { "--impair", true },
    { "--personality", true },
    { "--port", true },
    { "--profile", true },
    { "--pull-by", true },
    { "--reading", true },
    { "--repository-port", true },
    { "--register-timeout", true },
    { "--shape", true },
    { "--via-relay", false },
};

/** A word so that a shell reads it back. */
static void put_first(FILE *stream, const char *word)
{
    bool is_plain = word[0] != '\0';

    for (const char *at = word; *at != '\0'; at++) {
        is_plain = is_plain && (isalnum((unsigned char)*at) != 0 ||
                                strchr("-_./:=,@+%", *at) != NULL);
    }
    if (is_plain) {
        fputs(word, stream);
        return;
    }
    fputc('\'', stream);
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'') {
            fputs("'\\''", stream);
        } else {
            fputc(*at, stream);
        }
    }
    fputc('\'', stream);
}

static void put_word(FILE *stream, const char *word)
{
    fputc(' ', stream);
    put_first(stream, word);
}

/** The row of an option as it was typed, "--pro" and "--profile=x" too; -1
 *  for one that is not kept. */
static int row_of(const char *word)
{
    size_t length = strcspn(word, "=");

    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        if (length > 2 && strncmp(word, kept[i].name, length) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/** Of several devices each has its own profile; this is another one's, maybe. */
static bool is_profile(const char *word)
{
    size_t length = strcspn(word, "=");

    return length > 3 && strncmp(word, "--profile", length) == 0;
}

/** The options up to "--", then "--" and the device. */
static void put_options(FILE *stream, const struct report *report,
                        const cJSON *word, const cJSON **out_rest)
{
    for (; cJSON_IsString(word); word = word->next) {
        if (strcmp(word->valuestring, "--") == 0) {
            *out_rest = word;
            return;
        }
        int row = row_of(word->valuestring);
        if (row < 0) {
            continue;
        }
        bool is_kept = !report->is_many || !is_profile(word->valuestring);
        const char *option = word->valuestring;
        if (is_kept) {
            put_word(stream, option);
        }
        if (kept[row].has_value && strchr(option, '=') == NULL &&
            cJSON_IsString(word->next)) {
            word = word->next;
            if (is_kept) {
                put_word(stream, word->valuestring);
            }
        }
    }
}

static void put_words(FILE *stream, const cJSON *word)
{
    for (; cJSON_IsString(word); word = word->next) {
        put_word(stream, word->valuestring);
    }
}

static void put_case(FILE *stream, const struct report *report,
                     const cJSON *test_case)
{
    if (case_text(report->header, "seed")[0] != '\0') {
        fputs(" --seed", stream);
        put_word(stream, case_text(report->header, "seed"));
    }
    put_word(stream, case_text(test_case, "instance")); /* with its mechanism */
}

/** The steps of a shell are no case: its script says them, or nobody does. */
static bool is_session(const cJSON *first, const cJSON *test_case)
{
    return cJSON_IsString(first) && strcmp(first->valuestring, "shell") == 0 &&
           strcmp(case_text(test_case, "case"), "SHELL") == 0;
}

/** A case that was run in a shell needs no shell. */
static const char *command_of(const cJSON *first)
{
    return !cJSON_IsString(first) || strcmp(first->valuestring, "shell") == 0
               ? "run"
               : first->valuestring;
}

/** Of several devices this one alone. */
static void put_device(FILE *stream, const struct report *report,
                       const struct report_device *device)
{
    size_t alike = 0;

    for (size_t i = 0; i < report->device_count && alike < 2; i++) {
        alike += strcmp(report->devices[i].profile, device->profile) == 0;
    }
    fputs(" --profile", stream);
    put_word(stream, device->profile);
    if (alike > 1) {
        fputs(" --device", stream);
        put_word(stream, device->endpoint);
    }
}

char *reproduce_command(const struct report *report,
                        const struct report_device *device,
                        const cJSON *test_case)
{
    const cJSON *argv =
        cJSON_GetObjectItemCaseSensitive(report->header, "argv");
    const cJSON *first = argv != NULL ? argv->child : NULL;
    const cJSON *rest = NULL;
    char *out = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&out, &size);

    if (stream == NULL) {
        return NULL;
    }
    const char *program = case_text(report->header, "program");
    put_first(stream, program[0] != '\0' ? program : "assay");
    if (is_session(first, test_case)) {
        put_words(stream, first);
    } else {
        put_word(stream, command_of(first));
        if (cJSON_IsString(first)) {
            put_options(stream, report, first->next, &rest);
        }
        if (report->is_many) {
            put_device(stream, report, device);
        } else if (!cJSON_IsString(first)) {
            fputs(" --profile", stream);
            put_word(stream, case_text(report->header, "profile"));
        }
        put_case(stream, report, test_case);
        put_words(stream, rest);
    }
    if (fclose(stream) != 0) {
        free(out);
        return NULL;
    }
    return out;
}
