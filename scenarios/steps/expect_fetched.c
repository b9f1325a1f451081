/* SPDX-License-Identifier: Apache-2.0 */

/* Which packages our file server gave as a whole: a component that is
 * Downloaded without any of them holds a mixture, or a part. AFU-048, -049. */
#include <string.h>

#include "scenarios/steps/afu.h"
#include "scenarios/steps/expect.h"

enum { SZX_OFFSET = 4, NAMES_MAX = 16 };

/** Packages, each once. */
struct names {
    const char *list[NAMES_MAX];
    size_t count;
};

/** Where the block that was given at `offset`, or before it, ends. */
static uint64_t end_of_block(const struct server_repository_view *view,
                             uint64_t offset)
{
    uint64_t length = view->has_block2
                          ? UINT64_C(1) << (view->block2.szx + SZX_OFFSET)
                          : view->size;
    uint64_t end = view->offset + length;

    if (view->code != COAP_CODE(2, 5) || view->offset > offset) {
        return offset;
    }
    return end < view->size ? end : view->size;
}

/** How many bytes of the file were given, from its beginning to the first
 *  one that was not. */
static uint64_t given(const struct look *look, uint64_t file, bool is_other)
{
    uint64_t offset = 0;
    bool goes_on = true;

    while (goes_on) {
        goes_on = false;
        for (size_t i = 0; i < look->end; i++) {
            const struct journal_event *event = event_store_at(look->events, i);
            if ((int)event->kind != SERVER_REPOSITORY ||
                event->as.server.id != file ||
                event->as.server.as.repository.is_other != is_other) {
                continue;
            }
            uint64_t end =
                end_of_block(&event->as.server.as.repository, offset);
            goes_on = goes_on || end > offset;
            offset = end > offset ? end : offset;
        }
    }
    return offset;
}

static void add_name(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->list[i], name) == 0) {
            return;
        }
    }
    if (names->count < NAMES_MAX) {
        names->list[names->count++] = name;
    }
}

/** @param data  of the package: {"package", "size"} */
static void add_if_whole(const struct look *look, uint64_t file,
                         const cJSON *data, bool is_other, struct names *names)
{
    const char *name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "package"));
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(data, "size");

    if (name != NULL && cJSON_IsNumber(size) && size->valuedouble > 0 &&
        given(look, file, is_other) >= (uint64_t)size->valuedouble) {
        add_name(names, name);
    }
}

static bool fits_name(const cJSON *candidate, void *user)
{
    const struct names *names = user;

    for (size_t i = 0; cJSON_IsString(candidate) && i < names->count; i++) {
        if (strcmp(names->list[i], candidate->valuestring) == 0) {
            return true;
        }
    }
    return false;
}

static void name_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

void expect_fetched(const struct expect_judge *judge, const cJSON *spec)
{
    const struct look *look = &judge->look;
    struct names names = { .count = 0 };
    struct report report;

    report_init(&report, EXPECT_CHECK);
    for (size_t i = 0; i < look->end; i++) {
        const struct journal_event *event = event_store_at(look->events, i);
        uint64_t file = event->kind == JOURNAL_TRANSFER_BEGIN
                            ? (uint64_t)journal_number(event, "file", 0)
                            : 0;
        if (file == 0) {
            continue;
        }
        report_evidence(&report, event);
        add_if_whole(look, file, event->as.data, false, &names);
        add_if_whole(look, file,
                     cJSON_GetObjectItemCaseSensitive(event->as.data, "other"),
                     true, &names);
    }
    words_add(&report.subject, "file server");
    words_add(&report.expected, "every byte of ");
    grade_words(&report.expected, spec, name_words, NULL);
    words_add(&report.expected, " was fetched");
    for (size_t i = 0; i < names.count; i++) {
        words_add(&report.observed, "%s%s", i > 0 ? ", " : "", names.list[i]);
    }
    words_add(&report.observed, "%s", names.count == 0 ? "of no package" : "");
    report_finding(&report, judge->input,
                   grade_of(spec, &judge->rules, fits_name, &names),
                   judge->on_finding, judge->user);
}
