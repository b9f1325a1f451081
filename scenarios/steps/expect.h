/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_EXPECT_H
#define SCENARIOS_STEPS_EXPECT_H

/* Private to scenarios/steps: the parts of `expect`, which one says what. All
 * judges are pure. */
#include "scenarios/steps/condition.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/selector.h"

#define EXPECT_CHECK "step.expect"

/** What every part of the judge needs. */
struct expect_judge {
    const struct judge_input *input;
    struct look look;
    struct grade_rules rules;
    finding_fn on_finding;
    void *user;
};

/** One component as its newest view in the step shows it. */
struct expect_component {
    uint16_t instance;
    const struct view *view;
    const struct journal_event *event; /**< that showed it */
};

/** Open a report about the component. */
void expect_report(const struct expect_judge *judge,
                   const struct expect_component *component,
                   struct report *report);

/**
 * What the absence of a mandatory Resource is worth: a fail, or A-26 for
 * Component Name and Current Version on a device with one component only.
 */
struct grade expect_absence(const struct expect_judge *judge,
                            uint16_t resource);

/** Versions, names, and what is unchanged: expect_values.c */
void expect_version(const struct expect_judge *judge,
                    const struct expect_component *component,
                    const cJSON *spec);
void expect_package_text(const struct expect_judge *judge,
                         const struct expect_component *component,
                         const cJSON *spec, uint16_t resource,
                         const char *item);
void expect_uri(const struct expect_judge *judge,
                const struct expect_component *component, const cJSON *spec);
/** How long a pair lasts, Last State Change Time: expect_time.c */
void expect_changed(const struct expect_judge *judge,
                    const struct expect_component *component,
                    const cJSON *spec);
MUST_CHECK
enum status expect_changed_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason);
void expect_lasts(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec);
MUST_CHECK
enum status expect_lasts_check(const cJSON *spec, const char *pointer,
                               struct reason *reason);
/** One instance in every format: expect_formats.c. `index` as below. */
bool expect_formats_read(const cJSON *spec, size_t index, int *out_format);
void expect_formats(const struct expect_judge *judge, uint16_t instance,
                    const cJSON *spec);
MUST_CHECK
enum status expect_formats_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason);
/** Held against each other: expect_compare.c */
/** The values an observer was told: expect_trace.c */
void expect_trace(const struct expect_judge *judge, const cJSON *spec);
MUST_CHECK
enum status expect_trace_check(const cJSON *spec, const char *pointer,
                               struct reason *reason);
void expect_across(const struct expect_judge *judge, const cJSON *spec);
MUST_CHECK
enum status expect_across_check(const cJSON *spec, const char *pointer,
                                struct reason *reason);
void expect_main_instance(const struct expect_judge *judge, const cJSON *spec);
/** "same" of an answer that shows the records: the path `text`. */
void expect_same(const struct expect_judge *judge,
                 const struct journal_event *event,
                 const struct record_list *records, const cJSON *text);
/** "consistent" of a Discover. */
void expect_consistent(const struct expect_judge *judge,
                       const struct journal_event *event,
                       const struct link_list *links);
/** … of one that was answered 4.04. */
void expect_unlisted(const struct expect_judge *judge,
                     const struct journal_event *event);
void expect_unchanged(const struct expect_judge *judge,
                      const struct expect_component *component,
                      const cJSON *names);
void expect_firmware(const struct expect_judge *judge, const cJSON *spec);
/** Linked and Conflicting Instances: expect_links.c */
void expect_links(const struct expect_judge *judge,
                  const struct expect_component *component, const cJSON *spec,
                  uint16_t resource);
void expect_linked_at_update(const struct expect_judge *judge,
                             const struct expect_component *component,
                             const cJSON *spec);
bool expect_links_is_candidate(const cJSON *candidate);
/** Registration and Discover: expect_objects.c */
void expect_registration(const struct expect_judge *judge, const cJSON *spec);
void expect_discover(const struct expect_judge *judge, const cJSON *spec);
/** Values, formats and links of the newest answer: expect_answer.c */
void expect_answer(const struct expect_judge *judge, const cJSON *spec);
/** … of the newest notification. */
void expect_notified(const struct expect_judge *judge, const cJSON *spec);
void expect_listed(const struct expect_judge *judge, const cJSON *spec);
MUST_CHECK
enum status expect_answer_check(const cJSON *object, const char *pointer,
                                struct reason *reason);
/** Events and transfers: expect_events.c */
void expect_transfer(const struct expect_judge *judge, const cJSON *spec);
/** Errors: STATUS_MALFORMED, with `pointer`. */
MUST_CHECK
enum status expect_transfer_check(const cJSON *spec, const char *pointer,
                                  struct reason *reason);
void expect_events(const struct expect_judge *judge, const cJSON *spec);
/** Packages that were given as a whole: expect_fetched.c */
void expect_fetched(const struct expect_judge *judge, const cJSON *spec);
/** The time between notifications, or Sends: expect_spacing.c */
void expect_spacing(const struct expect_judge *judge, const cJSON *spec);
MUST_CHECK
enum status expect_spacing_check(const cJSON *spec, const char *pointer,
                                 struct reason *reason);
void expect_never(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec);
/** Resources one by one: expect_types.c. `index` counts the Reads that
 *  `spec` asks for; false past the last. */
bool expect_types_read(const struct definitions *definitions, const cJSON *spec,
                       size_t index, uint16_t *out_resource, int *out_format);
void expect_types(const struct expect_judge *judge, uint16_t instance,
                  const cJSON *spec);

#endif
