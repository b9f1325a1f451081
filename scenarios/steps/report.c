/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/grade.h"

#define EVIDENCE_MAX                                                           \
    (sizeof(((struct report *)NULL)->evidence) /                               \
     sizeof(((struct report *)NULL)->evidence[0]))

void report_init(struct report *report, const char *check)
{
    report->check = check;
    for (size_t i = 0; i < EVIDENCE_MAX; i++) {
        report->evidence[i] = NULL;
    }
    words_init(&report->subject);
    words_init(&report->expected);
    words_init(&report->observed);
}

void report_evidence(struct report *report, const struct journal_event *event)
{
    for (size_t i = 0; event != NULL && i < EVIDENCE_MAX; i++) {
        if (report->evidence[i] == NULL) {
            report->evidence[i] = event;
            return;
        }
    }
}

void report_level(const struct report *report, const struct judge_input *input,
                  enum finding_level level, const char *ambiguity,
                  finding_fn on_finding, void *user)
{
    bool judges = input->requirements[0] != '\0' && !input->is_preamble;

    if (level == FINDING_PASS && !judges) {
        return;
    }
    if (level == FINDING_FAIL && !judges) {
        level = FINDING_INCONC;
    }
    struct finding finding = {
        .level = level,
        .requirement = input->requirements,
        .ambiguity =
            ambiguity != NULL && ambiguity[0] != '\0' ? ambiguity : NULL,
        .check = report->check,
        .subject = report->subject.length > 0 ? report->subject.text : NULL,
        .expected = report->expected.text,
        .observed = report->observed.text,
    };
    for (size_t i = 0; i < EVIDENCE_MAX; i++) {
        if (report->evidence[i] != NULL) {
            finding.evidence[finding.evidence_count++] =
                report->evidence[i]->sequence;
        }
    }
    on_finding(&finding, user);
}

void report_finding(const struct report *report,
                    const struct judge_input *input, struct grade grade,
                    finding_fn on_finding, void *user)
{
    report_level(report, input, grade.level, grade.ambiguity, on_finding, user);
}
