/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/shell/words.h"

/** The words as "[a] [key:=value]", or the complaint. */
static const char *shown(const char *text, size_t length, bool is_partial)
{
    static char line[1024];
    struct shell_words words;
    struct reason reason = { .status = STATUS_OK };
    size_t used = 0;

    line[0] = '\0';
    if (shell_words_split(text, length, is_partial, &words, &reason) !=
        STATUS_OK) {
        (void)snprintf(line, sizeof(line), "%s", reason.text); /* cut */
        return line;
    }
    for (size_t i = 0; i < words.count; i++) {
        const struct shell_word *word = &words.words[i];
        int more =
            word->key_length > 0
                ? snprintf(line + used, sizeof(line) - used, "%s[%.*s:=%s]",
                           i > 0 ? " " : "", (int)word->key_length, word->text,
                           word->value)
                : snprintf(line + used, sizeof(line) - used, "%s[%s]",
                           i > 0 ? " " : "", word->text);
        used += more > 0 ? (size_t)more : 0;
        CU_ASSERT(word->begin < word->end && word->end <= length);
    }
    if (words.open_quote != 0) {
        (void)snprintf(line + used, sizeof(line) - used, " open %c",
                       words.open_quote);
    }
    shell_words_release(&words);
    return line;
}

struct row {
    const char *text;
    const char *words;
};

static void check_rows(const struct row *rows, size_t count, bool is_partial)
{
    for (size_t i = 0; i < count; i++) {
        const char *got = shown(rows[i].text, strlen(rows[i].text), is_partial);
        if (strcmp(got, rows[i].words) != 0) {
            printf("'%s'\n  got      '%s'\n  expected '%s'\n", rows[i].text,
                   got, rows[i].words);
            CU_FAIL("words");
        }
    }
}

static void a_line_is_split_at_blanks_outside_of_quotes(void)
{
    static const struct row rows[] = {
        { "", "" },
        { "  \t ", "" },
        { "read /3/0", "[read] [/3/0]" },
        { "  read\t/3/0  ", "[read] [/3/0]" },
        { "note 'a b'", "[note] [a b]" },
        { "note \"a b\"c", "[note] [a bc]" },
        { "note ''", "[note] []" },
        { "a\\ b", "[a b]" },
        { "'a\\b'", "[a\\b]" },
        { "\"a\\\"b\\\\c\\d\"", "[a\"b\\c\\d]" },
        { "\"0='</33629/1>'\"", "[0='</33629/1>']" },
        { "a\\", "[a\\]" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]), false);
}

static void what_stands_before_an_unquoted_equals_sign_is_a_key(void)
{
    static const struct row rows[] = {
        { "to=x", "[to:=x]" },
        { "to=", "[to:=]" },
        { "value=a=b", "[value:=a=b]" },
        { "value='a b'", "[value:=a b]" },
        { "/1/0/1=300", "[/1/0/1:=300]" },
        { "'to=x'", "[to=x]" },
        { "t'o'=x", "[to=x]" },
        { "=x", "[=x]" },
        { "a.b=x", "[a.b=x]" },
        { "</3>=x", "[</3>=x]" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]), false);
}

static void a_comment_begins_at_a_word_and_ends_the_line(void)
{
    static const struct row rows[] = {
        { "# read /3/0", "" },
        { "read /3/0 # the device", "[read] [/3/0]" },
        { "read /3/0#1", "[read] [/3/0#1]" },
        { "note '# 1'", "[note] [# 1]" },
    };

    check_rows(rows, sizeof(rows) / sizeof(rows[0]), false);
}

static void an_open_quote_is_an_error_unless_the_line_is_being_typed(void)
{
    static const struct row closed[] = {
        { "note 'a", "column 6: the quote ' is not closed" },
        { "note a\"", "column 6: the quote \" is not closed" },
    };
    static const struct row partial[] = {
        { "note 'a b", "[note] [a b] open '" },
        { "note \"a b", "[note] [a b] open \"" },
        { "note 'a' b", "[note] [a] [b]" },
    };

    check_rows(closed, sizeof(closed) / sizeof(closed[0]), false);
    check_rows(partial, sizeof(partial) / sizeof(partial[0]), true);
}

static void a_nul_is_refused_with_its_column(void)
{
    CU_ASSERT_STRING_EQUAL(shown("read\0/3", 7, false), "column 5: a NUL byte");
}

static void a_line_and_its_words_have_limits(void)
{
    char *line = malloc(SHELL_LINE_MAX + 1);
    struct shell_words words;

    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    memset(line, 'a', SHELL_LINE_MAX + 1);
    CU_ASSERT_EQUAL(
        shell_words_split(line, SHELL_LINE_MAX, false, &words, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(words.count, 1);
    CU_ASSERT_EQUAL(strlen(words.words[0].text), SHELL_LINE_MAX);
    shell_words_release(&words);
    CU_ASSERT_STRING_EQUAL(shown(line, SHELL_LINE_MAX + 1, false),
                           "a line of more than 65536 bytes");
    for (size_t i = 1; i < SHELL_LINE_MAX; i += 2) {
        line[i] = ' ';
    }
    CU_ASSERT_EQUAL(
        shell_words_split(line, 2 * SHELL_WORDS_MAX, false, &words, NULL),
        STATUS_OK);
    CU_ASSERT_EQUAL(words.count, SHELL_WORDS_MAX);
    shell_words_release(&words);
    CU_ASSERT_STRING_EQUAL(shown(line, 2 * SHELL_WORDS_MAX + 1, false),
                           "more than 256 words");
    free(line);
}

/** Whatever the bytes, splitting ends, and each word lies in the line. */
static void any_bytes_are_split_or_refused(void)
{
    static const char letters[] = "a='\"\\ #/{\t\xff";
    char line[6];
    size_t count = sizeof(letters) - 1;
    size_t all = count * count * count * count * count;

    for (size_t i = 0; i < all; i++) {
        size_t rest = i;
        for (size_t j = 0; j < 5; j++) {
            line[j] = letters[rest % count];
            rest /= count;
        }
        struct shell_words words;
        if (shell_words_split(line, 5, i % 2 == 0, &words, NULL) != STATUS_OK) {
            CU_ASSERT_PTR_NULL(words.storage);
            continue;
        }
        for (size_t j = 0; j < words.count; j++) {
            if (words.words[j].end > 5 || strlen(words.words[j].text) > 5 ||
                words.words[j].key_length >= 5) {
                CU_FAIL("a word outside of its line");
            }
        }
        shell_words_release(&words);
    }
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("cli.shell_words", NULL, NULL);
    CU_ADD_TEST(suite, a_line_is_split_at_blanks_outside_of_quotes);
    CU_ADD_TEST(suite, what_stands_before_an_unquoted_equals_sign_is_a_key);
    CU_ADD_TEST(suite, a_comment_begins_at_a_word_and_ends_the_line);
    CU_ADD_TEST(suite,
                an_open_quote_is_an_error_unless_the_line_is_being_typed);
    CU_ADD_TEST(suite, a_nul_is_refused_with_its_column);
    CU_ADD_TEST(suite, a_line_and_its_words_have_limits);
    CU_ADD_TEST(suite, any_bytes_are_split_or_refused);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
