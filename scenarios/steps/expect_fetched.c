/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/expect.h"
#include "scenarios/steps/fetched.h"

static bool fits_name(const cJSON *candidate, void *user)
{
    return fetched_has(user, cJSON_GetStringValue(candidate));
}

static void name_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

void expect_fetched(const struct expect_judge *judge, const cJSON *spec)
{
    struct fetched fetched = fetched_packages(&judge->look);
    struct report report;

    report_init(&report, EXPECT_CHECK);
    report_evidence(&report, look_transfer(&judge->look));
    words_add(&report.subject, "file server");
    words_add(&report.expected, "every byte of ");
    grade_words(&report.expected, spec, name_words, NULL);
    words_add(&report.expected, " was fetched");
    for (size_t i = 0; i < fetched.count; i++) {
        words_add(&report.observed, "%s%s", i > 0 ? ", " : "",
                  fetched.names[i]);
    }
    words_add(&report.observed, "%s",
              fetched.count == 0 ? "of no package" : "");
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules, fits_name, &fetched),
                   judge->on_finding, judge->user);
}
