/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/pull_cause.h"

enum firmware_result pull_result(const struct firmware *firmware,
                                 enum pull_cause cause)
{
    static const enum firmware_result usual[CAUSES] = {
        [CAUSE_NAME] = RESULT_URI,
        [CAUSE_NO_ANSWER] = RESULT_CONNECTION_LOST,
        [CAUSE_NOT_FOUND] = RESULT_URI,
        [CAUSE_BROKEN] = RESULT_CONNECTION_LOST,
        [CAUSE_UNTRUSTED] = RESULT_CONNECTION_LOST,
    };
    static const enum firmware_result other[CAUSES] = {
        [CAUSE_NAME] = RESULT_CONNECTION_LOST,
        [CAUSE_NO_ANSWER] = RESULT_URI,
        [CAUSE_NOT_FOUND] = RESULT_CONNECTION_LOST,
        [CAUSE_BROKEN] = RESULT_CONNECTION_LOST,
        [CAUSE_UNTRUSTED] = RESULT_URI,
    };

    if (cause == CAUSE_UNTRUSTED &&
        firmware->config.mutant == MUTANT_UNTRUSTED_IS_5) {
        return RESULT_INTEGRITY;
    }
    if (cause == CAUSE_UNTRUSTED && varies(firmware, VARIANT_UNTRUSTED_IS_9)) {
        return RESULT_PROTOCOL;
    }
    if (cause == CAUSE_NOT_FOUND &&
        firmware->config.mutant == MUTANT_NOT_FOUND_IS_5) {
        return RESULT_INTEGRITY;
    }
    if (cause == CAUSE_BROKEN) {
        return usual[cause];
    }
    return varies(firmware, VARIANT_FETCH_ERRORS_OTHERWISE) ? other[cause]
           : varies(firmware, VARIANT_FETCH_ERROR_IS_6)     ? RESULT_TYPE
           : varies(firmware, VARIANT_FETCH_ERROR_IS_8) ? RESULT_UPDATE_FAILED
                                                        : usual[cause];
}
