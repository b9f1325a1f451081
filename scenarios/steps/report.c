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

void report_silence(const struct report *report,
                    const struct judge_input *input, finding_fn on_finding,
                    void *user)
{
    const cJSON *list =
        cJSON_GetObjectItemCaseSensitive(input->parameters, "silence");
    const cJSON *item = NULL;
    struct judge_input broken = *input;
    struct words names;

    words_init(&names);
    cJSON_ArrayForEach(item, list)
    {
        words_add(&names, "%s%s", names.length > 0 ? "," : "",
                  item->valuestring);
    }
    broken.requirements = names.text;
    bool fails = list != NULL && input->progress == STEP_SILENT;
    report_level(report, fails ? &broken : input,
                 fails ? FINDING_FAIL : FINDING_INCONC, NULL, on_finding, user);
}

enum status report_check_silence(const cJSON *step, const char *pointer,
                                 struct reason *reason)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(step, "silence");
    const cJSON *item = NULL;
    bool good = list == NULL || (cJSON_IsArray(list) && list->child != NULL);

    cJSON_ArrayForEach(item, list)
    {
        good = good && cJSON_IsString(item);
    }
    return good ? STATUS_OK
                : reason_set(reason, STATUS_MALFORMED,
                             "%s/silence: expected a list of requirements",
                             pointer);
}

void report_finding(const struct report *report,
                    const struct judge_input *input, struct grade grade,
                    finding_fn on_finding, void *user)
{
    report_level(report, input, grade.level, grade.ambiguity, on_finding, user);
}
