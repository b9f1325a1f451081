/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_REPORTS_FIXTURE_H
#define TESTS_UNIT_REPORTS_FIXTURE_H

/* Journals for the tests of reports, written as a campaign writes them, in a
 * temporary folder. A test fails when one of these calls does. */
#include <stdbool.h>

#include "reports/reports.h"

#define FIXTURE_PATH_SIZE 300

/** One line of a plan. */
struct fixture_case {
    const char *instance;
    const char *id;
    const char *title;
    const char *reason; /**< why it does not run, or NULL */
};

struct fixture {
    char folder[FIXTURE_PATH_SIZE];
    char journal[FIXTURE_PATH_SIZE]; /**< in it */
    char junit[FIXTURE_PATH_SIZE];
    char json[FIXTURE_PATH_SIZE];
    struct journal *writer;
    const char *endpoint; /**< of the engine's events; NULL at first */
};

/** CUnit's set-up and tear-down of a suite's tests. */
void fixture_set_up(struct fixture *fixture);
void fixture_tear_down(struct fixture *fixture);

/** Append an event of the engine. @param data  taken over */
void fixture_put_tree(struct fixture *fixture, enum journal_kind kind,
                      const char *instance, cJSON *data);
/** The same; @param json  must parse */
void fixture_put(struct fixture *fixture, enum journal_kind kind,
                 const char *instance, const char *json);
/** The first event, with `argv` as a JSON array. */
void fixture_campaign(struct fixture *fixture, const char *argv);
/** @param cases  ended by a row without instance */
void fixture_plan(struct fixture *fixture, const struct fixture_case *cases);
/** case-begin, the phase body and its first step. */
void fixture_begin(struct fixture *fixture, const char *instance);
void fixture_finding(struct fixture *fixture, const char *instance,
                     const struct finding *finding);
/** @param reason  or NULL */
void fixture_verdict(struct fixture *fixture, const char *instance,
                     const char *verdict, unsigned ms, const char *reason);
void fixture_end(struct fixture *fixture, bool is_interrupted);

/** Append bytes to the journal, past its writer. */
void fixture_put_bytes(const struct fixture *fixture, const char *bytes);
/** Load the journal and write junit.xml and results.json. Caller frees. */
struct report *fixture_report(struct fixture *fixture);
/** A whole file, NUL-terminated; caller frees. */
char *fixture_read(const char *path, size_t *out_length);
/** What the terminal would get; caller frees. */
char *fixture_summary(const struct report *report, bool colour,
                      unsigned columns);

#endif
