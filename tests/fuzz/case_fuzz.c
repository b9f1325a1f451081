/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a case file, checked against the real table of verbs. */
#include <string.h>

#include "scenarios/engine/test_case.h"
#include "scenarios/steps/steps.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static void check_case(const struct catalogue *catalogue, size_t index)
{
    const struct test_case *test_case = catalogue_at(catalogue, index);

    HOLDS(test_case->id != NULL && test_case->title != NULL);
    HOLDS(test_case->group != NULL);
    HOLDS(strcmp(test_case->source, "fuzz.json") == 0);
    HOLDS(test_case->requirements[0] != NULL);
    HOLDS(cJSON_IsArray(test_case->steps));
    for (size_t i = 0; test_case->applies[i] != NULL; i++) {
        HOLDS(strlen(test_case->applies[i]) < SIZE_MAX);
    }
    for (size_t i = 0; i < index; i++) {
        HOLDS(strcmp(catalogue_at(catalogue, i)->id, test_case->id) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct catalogue *catalogue = catalogue_new();

    HOLDS(catalogue != NULL);
    enum status status = catalogue_add(catalogue, steps_table(), "fuzz.json",
                                       (const char *)data, size, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    HOLDS(status == STATUS_OK || strncmp(reason.text, "fuzz.json", 9) == 0);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        check_case(catalogue, i);
    }
    if (status == STATUS_OK) {
        /* A file that is read twice replaces its cases. */
        size_t count = catalogue_count(catalogue);
        HOLDS(catalogue_add(catalogue, steps_table(), "fuzz.json",
                            (const char *)data, size, &reason) == STATUS_OK);
        HOLDS(catalogue_count(catalogue) == count);
    }
    catalogue_free(catalogue);
    return 0;
}
