/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_TEST_CASE_H
#define SCENARIOS_ENGINE_TEST_CASE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "scenarios/engine/step.h"
#include "server/server.h"

#define TEST_CASES_MAX 2000
#define TEST_STEPS_MAX 500 /**< steps of one case, nested ones counted */

enum mechanism { MECHANISM_NONE, MECHANISM_PUSH, MECHANISM_PULL };
/** "push", "pull"; "" for none. */
const char *mechanism_name(enum mechanism mechanism);

/**
 * One test case, checked against the step table when it was read. File form:
 * { "group": "AFU-DEP", "title": "…", "cases": [ { "id", "title",
 *   "requirements": [], "applies": [], "mechanisms": ["push"],
 *   "initial": [], "preamble": [steps], "steps": [steps], "postamble": [steps] } ] }
 * `mechanisms` is only given where the purpose is about one of them; a case
 * that delivers runs once per mechanism the device has, or with `"once": true`
 * by one of them. `initial` names the
 * requirements that a component breaks which takes every reset and does not
 * come to Idle before the case; without it the case is inconc then.
 * `reference` names the case in a test specification of someone else's, and
 * `erratum` what is known to be wrong there. `"firmware": false` beside
 * "group" says that the cases of the file have nothing to do with /33629: its
 * components are neither brought to Idle nor compared, and may be absent.
 */
struct test_case {
    const char *id; /**< "AFU-DEP-001" */
    const char *title;
    const char *group;        /**< "AFU-DEP" */
    const char *reference;    /**< "LightweightM2M-1.1-int-101", or NULL */
    const char *erratum;      /**< of the reference, or NULL */
    bool is_without_firmware; /**< leaves the components of /33629 alone */
    const char *const *requirements; /**< NULL-terminated */
    const char *const *applies;      /**< lines, NULL-terminated */
    bool delivers;                   /**< has a step that delivers a package */
    unsigned mechanisms;   /**< bit 1<<enum mechanism of those allowed */
    bool is_once;          /**< by one of them only, push if it can be */
    const cJSON *initial;  /**< list of requirements, or NULL */
    const cJSON *preamble; /**< additional steps, or NULL */
    const cJSON *steps;
    const cJSON *postamble;
    const char *source; /**< file name, for messages */
};

/** What follows its id where it is asked for and cannot run each way: "@push",
 *  "@pull", or "" for one without a mechanism. */
const char *test_case_only_way(const struct test_case *test_case);

/** All known cases, in execution order: as read. */
struct catalogue;

MUST_CHECK
struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue);
/**
 * Read one file and check it: ids, requirement ids, verbs, parameters and
 * their types from the step table. A case whose id exists is replaced.
 * Errors: STATUS_MALFORMED: file, JSON pointer, what was found, allowed words.
 */
MUST_CHECK
enum status catalogue_add(struct catalogue *catalogue,
                          const struct step_type *const *steps,
                          const char *name, const char *text, size_t length,
                          struct reason *reason);
size_t catalogue_count(const struct catalogue *catalogue);
const struct test_case *catalogue_at(const struct catalogue *catalogue,
                                     size_t index);

#endif
