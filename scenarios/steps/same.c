/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/same.h"

#include "scenarios/steps/seen.h"

/** Whether each value of `one` is in `other`. */
static bool has_all(const struct record_list *one,
                    const struct record_list *other, struct lwm2m_path path,
                    struct words *observed)
{
    bool same = true;

    for (size_t i = 0; same && i < one->count; i++) {
        const struct lwm2m_record *record = &one->records[i];
        char text[LWM2M_PATH_TEXT_MAX];
        if (!lwm2m_path_is_within(&record->path, &path)) {
            continue;
        }
        cJSON *first = seen_in(one, record->path);
        cJSON *second = seen_in(other, record->path);
        same = first != NULL && second != NULL &&
               cJSON_Compare(first, second, true);
        if (!same) {
            words_add(observed, "%s is ", lwm2m_path_text(&record->path, text));
            seen_value_words(observed, first);
            words_add(observed, " and ");
            seen_value_words(observed, second);
        }
        cJSON_Delete(first);
        cJSON_Delete(second);
    }
    return same;
}

bool same_values(const struct record_list *one, const struct record_list *other,
                 struct lwm2m_path path, struct words *observed)
{
    return has_all(one, other, path, observed) &&
           has_all(other, one, path, observed);
}
