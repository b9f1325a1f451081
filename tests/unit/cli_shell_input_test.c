/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shell/input.h"

static struct {
    char path[64];
    struct shell_input *input;
} fixture;

/** Open a file with this content. */
static void open_file(const char *bytes, size_t length)
{
    (void)snprintf(fixture.path, sizeof(fixture.path),
                   "/tmp/assay-input-XXXXXX");
    int fd = mkstemp(fixture.path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL_FATAL(write(fd, bytes, length), (ssize_t)length);
    (void)close(fd);
    CU_ASSERT_EQUAL_FATAL(shell_input_open(fixture.path, &fixture.input, NULL),
                          STATUS_OK);
}

static void tear_down(void)
{
    shell_input_free(fixture.input);
    fixture.input = NULL;
    if (fixture.path[0] != '\0') {
        (void)unlink(fixture.path);
        fixture.path[0] = '\0';
    }
}

/** The next line must be this; NULL: there is none. */
static void expect_line(const char *expected, size_t expected_length)
{
    size_t length = 0;
    const char *line = shell_input_line(fixture.input, &length);

    if (expected == NULL) {
        CU_ASSERT_PTR_NULL(line);
        return;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(line);
    CU_ASSERT_EQUAL_FATAL(length, expected_length);
    CU_ASSERT_EQUAL(memcmp(line, expected, length), 0);
}

static void fill(void)
{
    CU_ASSERT_EQUAL(shell_input_fill(fixture.input, NULL), STATUS_OK);
}

static void lines_end_at_a_line_feed_and_at_the_end(void)
{
    static const char text[] = "one\r\n\ntwo\0x\nthree";

    open_file(text, sizeof(text) - 1);
    CU_ASSERT_EQUAL(shell_input_descriptor(fixture.input), -1);
    expect_line(NULL, 0);
    fill();
    expect_line("one", 3);
    CU_ASSERT_EQUAL(shell_input_number(fixture.input), 1);
    expect_line("", 0);
    expect_line("two\0x", 5);
    expect_line(NULL, 0); /* there may be more of it */
    CU_ASSERT_FALSE(shell_input_is_over(fixture.input));
    fill();
    expect_line("three", 5);
    CU_ASSERT_EQUAL(shell_input_number(fixture.input), 4);
    CU_ASSERT_TRUE(shell_input_is_over(fixture.input));
    expect_line(NULL, 0);
}

static void an_empty_file_is_over_once_it_was_read(void)
{
    open_file("", 0);
    CU_ASSERT_FALSE(shell_input_is_over(fixture.input));
    fill();
    CU_ASSERT_TRUE(shell_input_is_over(fixture.input));
    expect_line(NULL, 0);
}

static void a_long_file_is_read_in_pieces(void)
{
    size_t size = 300000;
    char *text = malloc(size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, 'a', size);
    text[size - 1] = '\n';
    open_file(text, size);
    size_t length = 0;
    unsigned reads = 0;
    while (shell_input_line(fixture.input, &length) == NULL && reads < 100) {
        fill();
        reads++;
    }
    CU_ASSERT_EQUAL(length, size - 1);
    free(text);
}

static void what_waits_has_a_limit(void)
{
    size_t size = SHELL_SCRIPT_MAX + 200000;
    char *text = calloc(1, size);
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    open_file(text, size);
    enum status status = STATUS_OK;
    for (int i = 0; i < 1000 && status == STATUS_OK; i++) {
        status = shell_input_fill(fixture.input, &reason);
    }
    CU_ASSERT_EQUAL(status, STATUS_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "more than 4194304 bytes wait"));
    free(text);
}

static void what_cannot_be_read_is_named(void)
{
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(
        shell_input_open("/nowhere/script", &fixture.input, &reason),
        STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(
        reason.text, "script '/nowhere/script': No such file or directory");
    CU_ASSERT_EQUAL(shell_input_open("/tmp", &fixture.input, &reason),
                    STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(reason.text, "script '/tmp': Is a directory");
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite_with_setup_and_teardown(
        "cli.shell_input", NULL, NULL, NULL, tear_down);
    CU_ADD_TEST(suite, lines_end_at_a_line_feed_and_at_the_end);
    CU_ADD_TEST(suite, an_empty_file_is_over_once_it_was_read);
    CU_ADD_TEST(suite, a_long_file_is_read_in_pieces);
    CU_ADD_TEST(suite, what_waits_has_a_limit);
    CU_ADD_TEST(suite, what_cannot_be_read_is_named);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
