/* SPDX-License-Identifier: Apache-2.0 */

/* A line of the shell: what it is taken for is a step that a scenario file
 * could hold, and whatever it is, completion stays inside it. */
#include <string.h>

#include "cli/shell/command.h"
#include "cli/shell/completion.h"
#include "cli/shell/describe.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static void parse(const struct shell_words *words)
{
    struct shell_command command = { .step = NULL };
    struct reason reason = { .status = STATUS_OK };
    const struct step_type *type =
        words->count > 0 ? shell_verb(steps_table(), words->words[0].text)
                         : NULL;

    if (type == NULL) {
        return;
    }
    if (shell_command_parse(words, steps_table(), type, fuzz_definitions(),
                            &command, &reason) != STATUS_OK) {
        HOLDS(reason.text[0] != 0 && command.step == NULL);
        return;
    }
    HOLDS(command.step != NULL);
    HOLDS(command.file != NULL ||
          step_check(steps_table(), "fuzz", command.step, NULL) == STATUS_OK);
    cJSON_Delete(command.step);
}

static void complete(const char *line, size_t size)
{
    static const struct word_list none = { .words = NULL };
    const struct shell_known known = {
        .steps = steps_table(),
        .definitions = fuzz_definitions(),
        .endpoints = &none,
        .components = &none,
        .packages = &none,
        .instances = &none,
        .cases = &none,
    };
    struct shell_completion completion;

    shell_complete(&known, line, size, &completion);
    HOLDS(completion.begin <= size);
    for (size_t i = 0; i < completion.candidates.count; i++) {
        HOLDS(strlen(completion.candidates.words[i]) >=
              size - completion.begin);
    }
    word_list_release(&completion.candidates);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct shell_words words;
    const char *line = (const char *)data;

    if (shell_words_split(line, size, false, &words, NULL) == STATUS_OK) {
        for (size_t i = 0; i < words.count; i++) {
            HOLDS(words.words[i].begin < words.words[i].end &&
                  words.words[i].end <= size);
        }
        parse(&words);
        shell_words_release(&words);
    }
    complete(line, size);
    char *clean = shell_clean(line, size);
    HOLDS(clean != NULL && strlen(clean) >= size);
    free(clean);
    return 0;
}
