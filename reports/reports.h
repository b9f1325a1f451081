/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_REPORTS_H
#define REPORTS_REPORTS_H

/*
 * Journal in, documents out. Every report is a pure function of
 * events.ndjson: same journal, same bytes, wherever and whenever it is made;
 * only the names of traces begin with the folder as it was given. All text
 * that comes from a device is escaped: what cannot be shown is "\xNN".
 */
#include <stdbool.h>
#include <stdio.h>

#include "scenarios/scenarios.h"

/** A journal, read and summed up. */
struct report;

struct report_counts {
    unsigned total; /**< case instances of the plan */
    unsigned pass;
    unsigned inconc;
    unsigned fail;
    unsigned error;
    unsigned none;           /**< planned, but not run (interrupted) */
    unsigned not_applicable; /**< not run, with a reason */
    unsigned warnings;       /**< WARNING findings */
};

/** Errors: those of journal_read(). A torn last line is accepted. */
MUST_CHECK
enum status report_load(const char *journal_path, struct report **out_report,
                        struct reason *reason);
void report_free(struct report *report);
void report_count(const struct report *report,
                  struct report_counts *out_counts);
/** 3 any error or nothing ran, else 1 any fail, else 2 any inconc, else 0. */
int report_exit_status(const struct report *report);

/** JUnit XML, as docs/junit.xsd has it; Jenkins' xunit plugin, which is the
 *  strictest reader, takes it, too. */
MUST_CHECK
enum status report_write_junit(const struct report *report, const char *path,
                               struct reason *reason);
/** results.json, as docs/results.schema.json has it. */
MUST_CHECK
enum status report_write_json(const struct report *report, const char *path,
                              struct reason *reason);
/** How a terminal is written to. */
struct report_style {
    bool colour;      /**< ANSI colours */
    unsigned columns; /**< lines are broken there; 0: not at all */
};

/** What a person reads at the end of a run. */
void report_print_summary(const struct report *report, FILE *stream,
                          const struct report_style *style);

/** One case of recheck_run(), when it changed: nothing else is printed. */
void report_recheck_case(FILE *stream, const struct recheck_case *row);
/** The last lines. */
void report_recheck_counts(FILE *stream, const struct recheck_counts *counts);
/** The case as an object; the caller deletes it. */
cJSON *report_recheck_json(const struct recheck_case *row);
/** Print JSON whose texts may come from a device. */
void report_print_json(FILE *stream, const cJSON *tree);

#endif
