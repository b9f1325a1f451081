/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a profile, JSON with comments. */
#include <string.h>

#include "scenarios/engine/profile.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

/* Files of packages are looked for where there are none. */
static const char folder[] = "/nonexistent";

static void check_profile(const struct profile *profile)
{
    HOLDS(profile->json != NULL && profile->packages != NULL);
    HOLDS(profile->tolerate != NULL);
    HOLDS(profile->endpoint == NULL || profile->endpoint[0] != '\0');
    for (size_t i = 0; i < profile->component_count; i++) {
        HOLDS(profile->components[i].name != NULL);
        HOLDS(profile->components[i].instance <= LWM2M_ID_MAX);
    }
    for (size_t i = 0; i < profile->ics_count; i++) {
        HOLDS(profile->ics[i].name != NULL && profile->ics[i].value != NULL);
    }
    for (size_t i = 0; i < profile->hook_count; i++) {
        HOLDS(profile_hook(profile, profile->hooks[i].name) != NULL);
        HOLDS(profile->hooks[i].argv[0] != NULL);
    }
    for (int i = 0; i < LIMIT_COUNT; i++) {
        HOLDS(profile->limits_ms[i] <= UINT64_C(60000000000000));
    }
}

/** Printed and read again, it is the same profile. */
static void check_again(const struct profile *profile)
{
    char *text = cJSON_PrintUnformatted(profile->json);
    struct profile *again = NULL;
    struct reason reason = { .status = STATUS_OK };

    HOLDS(text != NULL);
    HOLDS(profile_parse("again", folder, text, strlen(text), &again, &reason) ==
          STATUS_OK);
    HOLDS(again->component_count == profile->component_count);
    HOLDS(again->ics_count == profile->ics_count);
    HOLDS(again->hook_count == profile->hook_count);
    HOLDS(memcmp(again->limits_ms, profile->limits_ms,
                 sizeof(profile->limits_ms)) == 0);
    for (size_t i = 0; i < profile->component_count; i++) {
        HOLDS(again->components[i].instance == profile->components[i].instance);
        HOLDS(again->components[i].is_main == profile->components[i].is_main);
    }
    profile_free(again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct profile *profile = NULL;
    enum status status = profile_parse("fuzz.json", folder, (const char *)data,
                                       size, &profile, &reason);

    fuzz_check_reason(status, &reason);
    HOLDS((status == STATUS_OK) == (profile != NULL));
    if (status == STATUS_OK) {
        check_profile(profile);
        check_again(profile);
    } else {
        HOLDS(status == STATUS_MALFORMED || status == STATUS_LIMIT ||
              status == STATUS_NOT_FOUND);
        HOLDS(strncmp(reason.text, "fuzz.json", 9) == 0);
    }
    profile_free(profile);
    return 0;
}
