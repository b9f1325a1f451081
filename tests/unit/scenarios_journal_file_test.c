/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/journal/journal.h"

#define PATH_SIZE 256

static struct {
    char folder[PATH_SIZE];
    char path[PATH_SIZE];
} fixture;

static void set_up(void)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-journal-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    CU_ASSERT_TRUE_FATAL(snprintf(fixture.path, sizeof(fixture.path),
                                  "%.200s/events.ndjson", fixture.folder) > 0);
}

static void tear_down(void)
{
    (void)unlink(fixture.path);
    (void)rmdir(fixture.folder);
}

struct seen {
    unsigned count;
    uint64_t last;
    enum journal_kind kind;
    size_t payload_length;
    bool has_payload;
    char sha256[65];
};

static void look(const struct journal_event *event, void *user)
{
    struct seen *seen = user;

    seen->count++;
    seen->last = event->sequence;
    seen->kind = event->kind;
    seen->sha256[0] = '\0';
    if (event->kind == (enum journal_kind)SERVER_REQUEST) {
        seen->payload_length = event->as.server.as.request.payload_length;
        seen->has_payload = event->as.server.as.request.payload != NULL;
        if (event->payload_sha256 != NULL) {
            (void)snprintf(seen->sha256, sizeof(seen->sha256), "%s",
                           event->payload_sha256);
        }
    }
}

static void put(const char *text, size_t length)
{
    int file = open(fixture.path, O_WRONLY | O_CREAT | O_APPEND, 0600);

    CU_ASSERT_TRUE_FATAL(file >= 0);
    CU_ASSERT_EQUAL_FATAL(write(file, text, length), (ssize_t)length);
    (void)close(file);
}

static void put_line(unsigned sequence, const char *end)
{
    char line[PATH_SIZE];

    (void)snprintf(line, sizeof(line),
                   "{\"seq\":%u,\"time\":1,\"wall\":1,\"kind\":\"mark\","
                   "\"data\":{\"name\":\"m\"}}%s",
                   sequence, end);
    put(line, strlen(line));
}

static struct journal_event block(const char *path, const uint8_t *payload,
                                  size_t length)
{
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .endpoint = "dev",
    };

    event.as.server.kind = SERVER_REQUEST;
    event.as.server.as.request.method = 3;
    event.as.server.as.request.path = path;
    event.as.server.as.request.content_format = 42;
    event.as.server.as.request.accept = -1;
    event.as.server.as.request.payload = payload;
    event.as.server.as.request.payload_length = length;
    return event;
}

static void fetched_blocks_are_replaced_by_their_hash(void)
{
    static const uint8_t zeros[65];
    struct journal *journal = NULL;
    struct seen live = { .count = 0 };

    CU_ASSERT_EQUAL_FATAL(
        journal_create(fixture.path, look, &live, &journal, NULL), STATUS_OK);
    for (size_t length = 64; length <= 65; length++) {
        const struct journal_event event = {
            .kind = (enum journal_kind)SERVER_REPOSITORY,
            .as.server = { .kind = SERVER_REPOSITORY,
                           .as.repository = { .path = "/a",
                                              .payload = zeros,
                                              .payload_length = length } },
        };
        struct journal_event written;

        CU_ASSERT_EQUAL(journal_append(journal, &event, &written, NULL),
                        STATUS_OK);
        CU_ASSERT_EQUAL(written.as.server.as.repository.payload == NULL,
                        length == 65);
        CU_ASSERT_EQUAL(written.payload_sha256 != NULL, length == 65);
    }
    journal_close(journal);
}

static void package_blocks_are_replaced_by_their_hash(void)
{
    static const struct {
        const char *path;
        size_t length;
        bool kept;
    } rows[] = {
        { "/33629/1/0", 65, false }, { "/33629/1/0", 64, true },
        { "/33629/1/1", 65, true },  { "/lwm2m/5/0/0", 65, false },
        { "/9/3/2", 65, false },     { "/9/3/3", 65, true },
        { "/19/0/0", 65, true },     { "/0", 65, true },
        { "33629/0/0", 65, true },
    };
    /* 65 zero bytes. */
    static const char hash[] = "98ce42deef51d40269d542f5314bef2c7468d401ad5d8"
                               "5168bfab4c0108f75f7";
    static const uint8_t zeros[65];
    struct journal *journal = NULL;
    struct seen live = { .count = 0 };

    CU_ASSERT_EQUAL_FATAL(
        journal_create(fixture.path, look, &live, &journal, NULL), STATUS_OK);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct journal_event event = block(rows[i].path, zeros, rows[i].length);
        struct journal_event written;
        struct seen seen = { .count = 0 };

        CU_ASSERT_EQUAL(journal_append(journal, &event, &written, NULL),
                        STATUS_OK);
        CU_ASSERT_EQUAL(written.sequence, i + 1);
        CU_ASSERT_EQUAL(written.payload_sha256 == NULL, rows[i].kept);
        CU_ASSERT_EQUAL(live.count, i + 1);
        CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, NULL, NULL),
                        STATUS_OK);
        CU_ASSERT_EQUAL(seen.has_payload, rows[i].kept);
        CU_ASSERT_EQUAL(seen.payload_length, rows[i].length);
        CU_ASSERT_STRING_EQUAL(seen.sha256, rows[i].kept ? "" : hash);
    }
    journal_close(journal);
}

static void an_existing_journal_is_not_overwritten(void)
{
    struct journal *journal = NULL;

    put_line(1, "\n");
    CU_ASSERT_EQUAL(journal_create(fixture.path, NULL, NULL, &journal, NULL),
                    STATUS_INVALID);
    CU_ASSERT_PTR_NULL(journal);
    CU_ASSERT_EQUAL(
        journal_create("/nonexistent/x", NULL, NULL, &journal, NULL),
        STATUS_NETWORK);
}

static void what_is_not_journaled_is_refused(void)
{
    struct journal *journal = NULL;
    struct journal_event event = { .kind = (enum journal_kind)SERVER_TIMER };

    CU_ASSERT_EQUAL_FATAL(
        journal_create(fixture.path, NULL, NULL, &journal, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &event, NULL, NULL),
                    STATUS_INVALID);
    journal_close(journal);
}

static void a_torn_last_line_is_accepted_at_every_length(void)
{
    static const char last[] = "{\"seq\":2,\"time\":1,\"wall\":1,"
                               "\"kind\":\"mark\",\"data\":{}}";

    for (size_t length = 0; length < sizeof(last); length++) {
        struct seen seen = { .count = 0 };
        bool torn = false;

        (void)unlink(fixture.path);
        put_line(1, "\n");
        put(last, length);
        CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, &torn, NULL),
                        STATUS_OK);
        CU_ASSERT_EQUAL(torn, length > 0);
        CU_ASSERT_EQUAL(seen.count, length == sizeof(last) - 1 ? 2 : 1);
    }
}

static void a_malformed_line_is_named_by_its_number(void)
{
    struct seen seen = { .count = 0 };
    struct reason reason = { .status = STATUS_OK };

    put_line(1, "\n");
    put_line(2, "\n");
    put("{\"seq\":3}\n", 10);
    put_line(4, "\n");
    CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, NULL, &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "line 3: without a kind"));
    CU_ASSERT_EQUAL(seen.count, 2);
}

static void a_gap_in_the_sequence_is_refused(void)
{
    struct reason reason = { .status = STATUS_OK };

    put_line(1, "\n");
    put_line(3, "\n");
    CU_ASSERT_EQUAL(journal_read(fixture.path, NULL, NULL, NULL, &reason),
                    STATUS_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "line 2: sequence 3 after 1"));
}

static void a_missing_journal_is_not_found(void)
{
    CU_ASSERT_EQUAL(journal_read(fixture.path, NULL, NULL, NULL, NULL),
                    STATUS_NOT_FOUND);
    put("", 0);
    CU_ASSERT_EQUAL(journal_read(fixture.path, NULL, NULL, NULL, NULL),
                    STATUS_OK);
}

static void a_line_of_a_gibibyte_is_refused_by_its_limit(void)
{
    struct reason reason = { .status = STATUS_OK };
    struct rusage before;
    struct rusage after;

    put_line(1, "\n");
    /* A sparse file: NULs without a line feed. */
    CU_ASSERT_EQUAL_FATAL(truncate(fixture.path, 1 << 30), 0);
    (void)getrusage(RUSAGE_SELF, &before);
    CU_ASSERT_EQUAL(journal_read(fixture.path, NULL, NULL, NULL, &reason),
                    STATUS_MALFORMED);
    (void)getrusage(RUSAGE_SELF, &after);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "line 2: longer than"));
    /* KiB: far from the file's size. */
    CU_ASSERT_TRUE(after.ru_maxrss - before.ru_maxrss < 256 * 1024);
}

static void a_line_too_long_is_not_written(void)
{
    struct journal *journal = NULL;
    size_t length = JOURNAL_LINE_MAX / 2;
    uint8_t *payload = calloc(1, length);
    struct journal_event event;
    struct reason reason = { .status = STATUS_OK };
    struct seen seen = { .count = 0 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(payload);
    event = block("/19/0/0", payload, length);
    CU_ASSERT_EQUAL_FATAL(
        journal_create(fixture.path, NULL, NULL, &journal, NULL), STATUS_OK);
    CU_ASSERT_EQUAL(journal_append(journal, &event, NULL, &reason),
                    STATUS_LIMIT);
    event = block("/19/0/0", payload, length / 2);
    CU_ASSERT_EQUAL(journal_append(journal, &event, NULL, &reason), STATUS_OK);
    CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, NULL, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(seen.count, 1);
    CU_ASSERT_EQUAL(seen.payload_length, length / 2);
    journal_close(journal);
    free(payload);
}

static void a_full_disk_leaves_whole_lines(void)
{
    pid_t child = fork();
    int status = 0;
    struct seen seen = { .count = 0 };
    bool torn = true;

    CU_ASSERT_TRUE_FATAL(child >= 0);
    if (child == 0) {
        struct rlimit limit = { .rlim_cur = 5000, .rlim_max = 5000 };
        struct journal *journal = NULL;
        struct journal_event event = block("/3/0/14", NULL, 0);
        enum status result = STATUS_OK;

        (void)signal(SIGXFSZ, SIG_IGN);
        (void)setrlimit(RLIMIT_FSIZE, &limit);
        if (journal_create(fixture.path, NULL, NULL, &journal, NULL) !=
            STATUS_OK) {
            _exit(1);
        }
        for (int i = 0; i < 1000 && result == STATUS_OK; i++) {
            result = journal_append(journal, &event, NULL, NULL);
        }
        _exit(result == STATUS_NETWORK ? 0 : 2);
    }
    (void)waitpid(child, &status, 0);
    CU_ASSERT_EQUAL(status, 0);
    CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, &torn, NULL),
                    STATUS_OK);
    CU_ASSERT_FALSE(torn);
    CU_ASSERT_TRUE(seen.count > 10);
}

static void a_killed_writer_leaves_a_readable_journal(void)
{
    int ready[2];
    pid_t child;
    char byte = 0;
    struct seen seen = { .count = 0 };

    CU_ASSERT_EQUAL_FATAL(pipe(ready), 0);
    child = fork();
    CU_ASSERT_TRUE_FATAL(child >= 0);
    if (child == 0) {
        struct journal *journal = NULL;
        struct journal_event event = block("/3/0/14", NULL, 0);

        if (journal_create(fixture.path, NULL, NULL, &journal, NULL) !=
            STATUS_OK) {
            _exit(1);
        }
        for (int i = 0;; i++) {
            if (journal_append(journal, &event, NULL, NULL) != STATUS_OK) {
                _exit(2);
            }
            if (i == 100) {
                (void)!write(ready[1], "x", 1);
            }
        }
    }
    CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    (void)close(ready[0]);
    (void)close(ready[1]);
    CU_ASSERT_EQUAL(journal_read(fixture.path, look, &seen, NULL, NULL),
                    STATUS_OK);
    CU_ASSERT_TRUE(seen.count > 100);
    CU_ASSERT_EQUAL(seen.last, seen.count);
}

int main(void)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    suite = CU_add_suite_with_setup_and_teardown("scenarios.journal_file", NULL,
                                                 NULL, set_up, tear_down);
    CU_ADD_TEST(suite, fetched_blocks_are_replaced_by_their_hash);
    CU_ADD_TEST(suite, package_blocks_are_replaced_by_their_hash);
    CU_ADD_TEST(suite, an_existing_journal_is_not_overwritten);
    CU_ADD_TEST(suite, what_is_not_journaled_is_refused);
    CU_ADD_TEST(suite, a_torn_last_line_is_accepted_at_every_length);
    CU_ADD_TEST(suite, a_malformed_line_is_named_by_its_number);
    CU_ADD_TEST(suite, a_gap_in_the_sequence_is_refused);
    CU_ADD_TEST(suite, a_missing_journal_is_not_found);
    CU_ADD_TEST(suite, a_line_of_a_gibibyte_is_refused_by_its_limit);
    CU_ADD_TEST(suite, a_line_too_long_is_not_written);
    CU_ADD_TEST(suite, a_full_disk_leaves_whole_lines);
    CU_ADD_TEST(suite, a_killed_writer_leaves_a_readable_journal);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
