/* SPDX-License-Identifier: Apache-2.0 */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "cli/progress.h"

enum {
    DEVICES_TOLD = 64, /* of more, those that are all pass get no line */
    LINE_SIZE = 160,
};

/** What was seen of one device. */
struct device {
    char *endpoint;
    unsigned planned;
    unsigned finished;
    unsigned counts[VERDICT_ERROR + 1]; /* by enum verdict */
    uint64_t begin_ms;
    bool is_in_case; /* one has begun and not ended */
};

struct fleet_progress {
    void *devices; /* of tsearch() */
    unsigned device_count;
    unsigned over;
    unsigned planned;
    unsigned finished;
    unsigned counts[VERDICT_ERROR + 1];
    bool was_diagnosed; /* the first one is shown whole */
};

static int compare(const void *one, const void *other)
{
    const struct device *left = one;
    const struct device *right = other;

    return strcmp(left->endpoint, right->endpoint);
}

static void free_device(void *node)
{
    struct device *device = node;

    free(device->endpoint);
    free(device);
}

struct fleet_progress *fleet_progress_new(const struct journal_event *event)
{
    const cJSON *list =
        cJSON_GetObjectItemCaseSensitive(event->as.data, "devices");
    int count = cJSON_GetArraySize(list);
    struct fleet_progress *fleet = count > 1 ? calloc(1, sizeof(*fleet)) : NULL;

    if (fleet != NULL) {
        fleet->device_count = (unsigned)count;
    }
    return fleet;
}

void fleet_progress_free(struct fleet_progress *fleet)
{
    if (fleet != NULL) {
        tdestroy(fleet->devices, free_device);
        free(fleet);
    }
}

/** The device of this name; NULL when there is no memory. */
static struct device *device_of(struct fleet_progress *fleet,
                                const char *endpoint)
{
    struct device wanted = { .endpoint = (char *)(uintptr_t)endpoint };
    struct device **found = tfind(&wanted, &fleet->devices, compare);

    if (found != NULL) {
        return *found;
    }
    struct device *fresh = calloc(1, sizeof(*fresh));
    if (fresh != NULL) {
        fresh->endpoint = strdup(endpoint);
    }
    if (fresh == NULL || fresh->endpoint == NULL ||
        tsearch(fresh, &fleet->devices, compare) == NULL) {
        free(fresh != NULL ? fresh->endpoint : NULL);
        free(fresh);
        return NULL;
    }
    return fresh;
}

/** "76 pass, 1 fail": what there is of each. */
static void put_counts(char *line, size_t size,
                       const unsigned counts[VERDICT_ERROR + 1])
{
    size_t used = 0;

    line[0] = '\0';
    for (int i = VERDICT_PASS; i <= VERDICT_ERROR; i++) {
        if (counts[i] > 0 && used < size) {
            int length = snprintf(line + used, size - used, "%s%u %s",
                                  used > 0 ? ", " : "", counts[i],
                                  verdict_name((enum verdict)i));
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

static void show_live(const struct progress *progress)
{
    const struct fleet_progress *fleet = progress->fleet;
    char counts[LINE_SIZE];
    char line[2 * LINE_SIZE];

    put_counts(counts, sizeof(counts), fleet->counts);
    snprintf(line, sizeof(line), "[%u/%u] %u of %u devices done; %s",
             fleet->finished, fleet->planned, fleet->over, fleet->device_count,
             counts);
    progress_live(progress, line);
}

static void take_plan(const struct progress *progress, struct device *device,
                      const struct journal_event *event)
{
    const cJSON *entry = NULL;

    cJSON_ArrayForEach(
        entry, cJSON_GetObjectItemCaseSensitive(event->as.data, "cases"))
    {
        device->planned +=
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "runs")) != 0
                ? 1
                : 0;
    }
    device->begin_ms = event->time_ms;
    progress->fleet->planned += device->planned;
    progress->fleet->over += device->planned == 0 ? 1 : 0;
}

static void tell_case(const struct progress *progress,
                      const struct device *device, enum verdict verdict,
                      const struct journal_event *event)
{
    progress_line(progress);
    fprintf(progress->stream, "[%u/%u] ", progress->fleet->finished,
            progress->fleet->planned);
    progress_verdict(progress, verdict);
    fputc(' ', progress->stream);
    progress_text(progress, device->endpoint, true);
    fprintf(progress->stream, " %s (%.1f s)\n",
            event->instance != NULL ? event->instance : "",
            journal_number(event, "ms", 0) / 1000);
}

static void tell_device(const struct progress *progress,
                        const struct device *device, uint64_t now_ms)
{
    char counts[LINE_SIZE];

    put_counts(counts, sizeof(counts), device->counts);
    progress_line(progress);
    fprintf(progress->stream, "%u of %u devices done: ", progress->fleet->over,
            progress->fleet->device_count);
    progress_text(progress, device->endpoint, true);
    fprintf(progress->stream, ": %s (%.1f s)\n", counts,
            (double)(now_ms - device->begin_ms) / 1000);
}

static void take_verdict(const struct progress *progress, struct device *device,
                         const struct journal_event *event)
{
    struct fleet_progress *fleet = progress->fleet;
    enum verdict verdict = VERDICT_NONE;
    const char *name = journal_text(event, "verdict");

    if (name == NULL || !verdict_parse(name, &verdict)) {
        return;
    }
    device->finished++;
    device->counts[verdict]++;
    fleet->finished++;
    fleet->counts[verdict]++;
    /* What never began is told by the line of the device. */
    if (device->is_in_case && verdict != VERDICT_PASS) {
        tell_case(progress, device, verdict, event);
    }
    device->is_in_case = false;
    if (device->finished == device->planned) {
        fleet->over++;
        if (fleet->device_count <= DEVICES_TOLD ||
            device->counts[VERDICT_PASS] < device->planned) {
            tell_device(progress, device, event->time_ms);
        }
    }
    fflush(progress->stream);
    show_live(progress);
}

/** The first diagnosis as a whole, for it says where assay listens. */
static void take_note(const struct progress *progress,
                      const struct journal_event *event)
{
    const char *text = journal_text(event, "text");

    if (text == NULL || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                            event->as.data, "diagnosis")) == 0) {
        return;
    }
    progress_line(progress);
    progress_text(progress, text, !progress->fleet->was_diagnosed);
    fputc('\n', progress->stream);
    progress->fleet->was_diagnosed = true;
}

void fleet_progress_event(const struct progress *progress,
                          const struct journal_event *event)
{
    struct device *device = NULL;

    if ((int)event->kind == JOURNAL_NOTE) {
        take_note(progress, event);
        return;
    }
    if ((int)event->kind != JOURNAL_PLAN &&
        (int)event->kind != JOURNAL_CASE_BEGIN &&
        (int)event->kind != JOURNAL_VERDICT) {
        return;
    }
    device = event->endpoint != NULL
                 ? device_of(progress->fleet, event->endpoint)
                 : NULL;
    if (device == NULL) {
        return;
    }
    if ((int)event->kind == JOURNAL_PLAN) {
        take_plan(progress, device, event);
    } else if ((int)event->kind == JOURNAL_CASE_BEGIN) {
        device->is_in_case = true;
    } else {
        take_verdict(progress, device, event);
    }
}
