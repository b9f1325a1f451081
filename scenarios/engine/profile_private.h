/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_PROFILE_PRIVATE_H
#define SCENARIOS_ENGINE_PROFILE_PRIVATE_H

/* Private to scenarios/engine: reading the parts of a profile. */
#include <cjson/cJSON.h>

#include "scenarios/engine/json_file.h"
#include "scenarios/engine/profile.h"

struct profile_reader {
    struct profile *profile;
    const char *name; /**< of the file, for messages */
    const char *folder;
    struct reason *reason;
};

/** "file: /pointer: what"; STATUS_MALFORMED. */
MUST_CHECK
enum status profile_wrong(const struct profile_reader *reader,
                          const char *pointer, const char *what);
/** "file: /pointer: expected …, found …" about a value. */
MUST_CHECK
enum status profile_misfit(const struct profile_reader *reader,
                           const char *pointer, const char *expected,
                           const cJSON *found);
MUST_CHECK
enum status profile_no_memory(const struct profile_reader *reader);
/** Errors: STATUS_MALFORMED for a key that is not allowed. */
MUST_CHECK
enum status profile_check_keys(const struct profile_reader *reader,
                               const cJSON *object, const char *pointer,
                               const char *const *allowed);

/** Pointer to a member: "/components", "tee" gives "/components/tee". */
const char *profile_pointer(const char *parent, const char *member,
                            char pointer[JSON_POINTER_MAX]);
/** Lines of `applies` name items in lower case: "defer", "long-update". */
bool profile_is_item_name(const char *name);
/** A list of texts; `out_texts` is NULL-terminated and the profile's. */
MUST_CHECK
enum status profile_read_texts(const struct profile_reader *reader,
                               const cJSON *list, const char *pointer,
                               char ***out_texts);
/** The object "control". */
MUST_CHECK
enum status profile_read_control(const struct profile_reader *reader,
                                 const cJSON *object);

/** A component's name is a role in every case: this one would hide one of the
 *  cases' own. */
bool profile_has_meaning(const char *name);

/** The object "security". */
MUST_CHECK
enum status profile_read_security(const struct profile_reader *reader,
                                  const cJSON *object);
/** The object "repository". */
MUST_CHECK
enum status profile_read_repository(const struct profile_reader *reader,
                                    const cJSON *object);

#endif
