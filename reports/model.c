/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/model.h"

#include <stdlib.h>
#include <string.h>

#define PACKAGES_TOLD 8 /* of one case */
/* Of the years that a time stamp with four digits can name. */
#define WALL_MS_MAX INT64_C(253402300799999)

/** What is gathered while the journal is read. */
struct reader {
    struct report *report;
    bool has_events;
    bool failed; /* memory ran out */
};

const char *case_text(const cJSON *test_case, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test_case, name);

    return cJSON_IsString(item) ? item->valuestring : "";
}

enum verdict case_verdict(const cJSON *test_case)
{
    enum verdict verdict = VERDICT_NONE;

    (void)verdict_parse(case_text(test_case, "verdict"),
                        &verdict); /* take_verdict() let only names in */
    return verdict;
}

bool case_runs(const cJSON *test_case)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test_case, "runs"));
}

double case_ms(const cJSON *test_case)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test_case, "ms");

    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

unsigned case_number(const cJSON *test_case, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test_case, name);

    return cJSON_IsNumber(item) ? (unsigned)item->valuedouble : 0;
}

const cJSON *case_findings(const cJSON *test_case)
{
    return cJSON_GetObjectItemCaseSensitive(test_case, "findings");
}

bool finding_is_told(const cJSON *finding)
{
    const char *level = case_text(finding, "level");

    return strcmp(level, "pass") != 0 && strcmp(level, "info") != 0;
}

/** Set a member, whether it is there or not. */
static void put(struct reader *reader, cJSON *object, const char *name,
                cJSON *item)
{
    bool is_put =
        item != NULL &&
        (cJSON_GetObjectItemCaseSensitive(object, name) != NULL
             ? cJSON_ReplaceItemInObjectCaseSensitive(object, name, item)
             : cJSON_AddItemToObject(object, name, item));

    if (!is_put) {
        cJSON_Delete(item);
        reader->failed = true;
    }
}

static void put_text(struct reader *reader, cJSON *object, const char *name,
                     const char *text)
{
    put(reader, object, name,
        text != NULL ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static void put_number(struct reader *reader, cJSON *object, const char *name,
                       double number)
{
    put(reader, object, name, cJSON_CreateNumber(number));
}

static void append(struct reader *reader, cJSON *list, cJSON *item)
{
    if (item == NULL || !cJSON_AddItemToArray(list, item)) {
        cJSON_Delete(item);
        reader->failed = true;
    }
}

static void replace(struct reader *reader, char **text, const char *by)
{
    free(*text);
    *text = by != NULL ? strdup(by) : NULL;
    reader->failed = reader->failed || (by != NULL && *text == NULL);
}

static cJSON *find_case(const struct report_device *device,
                        const char *instance)
{
    cJSON *row = device != NULL ? device->cases->child : NULL;

    for (; instance != NULL && row != NULL; row = row->next) {
        if (strcmp(case_text(row, "instance"), instance) == 0) {
            return row;
        }
    }
    return NULL;
}

/** A row of the plan, of which only what we know is taken. */
static void take_plan_row(struct reader *reader, struct report_device *device,
                          const cJSON *from)
{
    static const char *const texts[] = { "instance", "case", "title" };
    const cJSON *item = NULL;
    const cJSON *mechanism =
        cJSON_GetObjectItemCaseSensitive(from, "mechanism");
    const cJSON *reason = cJSON_GetObjectItemCaseSensitive(from, "reason");
    cJSON *row = cJSON_CreateObject();
    cJSON *requirements = cJSON_CreateArray();

    if (find_case(device, case_text(from, "instance")) != NULL) {
        cJSON_Delete(requirements);
        cJSON_Delete(row);
        return; /* an instance is one line of every report */
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        put_text(reader, row, texts[i], case_text(from, texts[i]));
    }
    cJSON_ArrayForEach(item,
                       cJSON_GetObjectItemCaseSensitive(from, "requirements"))
    {
        if (cJSON_IsString(item)) {
            append(reader, requirements, cJSON_CreateString(item->valuestring));
        }
    }
    put_text(reader, row, "reference",
             cJSON_GetStringValue(
                 cJSON_GetObjectItemCaseSensitive(from, "reference")));
    put_text(reader, row, "erratum",
             cJSON_GetStringValue(
                 cJSON_GetObjectItemCaseSensitive(from, "erratum")));
    put(reader, row, "requirements", requirements);
    put_text(reader, row, "mechanism", cJSON_GetStringValue(mechanism));
    put(reader, row, "runs", cJSON_CreateBool(case_runs(from)));
    put(reader, row, "begun", cJSON_CreateFalse());
    put_text(reader, row, "verdict", verdict_name(VERDICT_NONE));
    put_text(reader, row, "reason", cJSON_GetStringValue(reason));
    put_number(reader, row, "ms", 0);
    put_text(reader, row, "trace", NULL);
    put_number(reader, row, "warnings", 0);
    put_number(reader, row, "left-out", 0);
    put(reader, row, "latency", cJSON_CreateNull());
    put(reader, row, "packages", cJSON_CreateArray());
    put(reader, row, "findings", cJSON_CreateArray());
    append(reader, device->cases, row);
}

static void take_plan(struct reader *reader, const struct journal_event *event)
{
    struct report_device *device =
        devices_find(reader->report, event->endpoint);
    const cJSON *row = NULL;

    if (device == NULL) {
        return;
    }
    cJSON_ArrayForEach(
        row, cJSON_GetObjectItemCaseSensitive(event->as.data, "cases"))
    {
        take_plan_row(reader, device, row);
    }
}

static void take_case_begin(struct reader *reader, struct report_device *device,
                            const struct journal_event *event)
{
    cJSON *row = find_case(device, event->instance);
    char *trace = NULL;

    replace(reader, &device->phase, NULL);
    replace(reader, &device->step, NULL);
    free(device->newest);
    device->newest = NULL;
    if (row == NULL) {
        return;
    }
    put(reader, row, "begun", cJSON_CreateTrue());
    /* The engine opens the trace before it writes this event. */
    if (strchr(event->instance, '/') == NULL) {
        if (asprintf(&trace, "%s%s%s/trace.pcap",
                     device->folder != NULL ? device->folder : "",
                     device->folder != NULL ? "/" : "", event->instance) < 0) {
            reader->failed = true;
            return;
        }
        put_text(reader, row, "trace", trace);
        free(trace);
    }
}

static void take_phase(struct reader *reader, struct report_device *device,
                       const struct journal_event *event)
{
    replace(reader, &device->phase, journal_text(event, "phase"));
    replace(reader, &device->step, NULL);
}

static void take_step(struct reader *reader, struct report_device *device,
                      const struct journal_event *event)
{
    const char *pointer = journal_text(event, "pointer");
    const char *verb = journal_text(event, "verb");
    char *step = NULL;

    if (asprintf(&step, "%s %s", pointer != NULL ? pointer : "?",
                 verb != NULL ? verb : "?") < 0) {
        reader->failed = true;
        return;
    }
    replace(reader, &device->step, step);
    free(step);
}

static cJSON *finding_json(struct reader *reader,
                           const struct report_device *device,
                           const struct finding *finding)
{
    cJSON *item = cJSON_CreateObject();
    cJSON *evidence = cJSON_CreateArray();

    put_text(reader, item, "level", finding_level_name(finding->level));
    put_text(reader, item, "requirement",
             finding->requirement != NULL ? finding->requirement : "");
    put_text(reader, item, "ambiguity", finding->ambiguity);
    put_text(reader, item, "check", finding->check);
    put_text(reader, item, "phase", device != NULL ? device->phase : NULL);
    put_text(reader, item, "step", device != NULL ? device->step : NULL);
    put_text(reader, item, "subject", finding->subject);
    put_text(reader, item, "expected", finding->expected);
    put_text(reader, item, "observed", finding->observed);
    put_text(reader, item, "detail", finding->detail);
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (finding->evidence[i] > 0) { /* 0 is no event */
            append(reader, evidence,
                   cJSON_CreateNumber((double)finding->evidence[i]));
        }
    }
    put(reader, item, "evidence", evidence);
    return item;
}

/** How many findings are kept of those that are told, or of the others. */
static unsigned kept(const cJSON *list, bool told)
{
    const cJSON *finding = NULL;
    unsigned count = 0;

    cJSON_ArrayForEach(finding, list)
    {
        count += finding_is_told(finding) == told ? 1 : 0;
    }
    return count;
}

static void take_finding(struct reader *reader,
                         const struct journal_event *event)
{
    const struct finding *finding = &event->as.finding;
    const struct report_device *device =
        devices_find(reader->report, event->endpoint);
    cJSON *row = find_case(device, event->instance);
    cJSON *list = row != NULL
                      ? cJSON_GetObjectItemCaseSensitive(row, "findings")
                      : reader->report->findings;
    cJSON *item = finding_json(reader, row != NULL ? device : NULL, finding);
    bool told = finding_is_told(item);

    reader->failed = !tolerated_take(reader->report, finding) || reader->failed;
    if (row != NULL && finding->level == FINDING_WARNING) {
        put_number(reader, row, "warnings", case_number(row, "warnings") + 1.0);
    }
    if (kept(list, told) < (told ? REPORT_FINDINGS_MAX : REPORT_PASSES_MAX)) {
        append(reader, list, item);
        return;
    }
    cJSON_Delete(item);
    if (row != NULL) {
        put_number(reader, row, "left-out", case_number(row, "left-out") + 1.0);
    }
}

static void take_verdict(struct reader *reader,
                         const struct journal_event *event)
{
    cJSON *row = find_case(devices_find(reader->report, event->endpoint),
                           event->instance);
    const char *name = journal_text(event, "verdict");
    double ms = journal_number(event, "ms", 0);
    enum verdict verdict = VERDICT_ERROR;

    if (row == NULL) {
        return;
    }
    if (name == NULL || !verdict_parse(name, &verdict)) {
        put_text(reader, row, "verdict", verdict_name(VERDICT_ERROR));
        put_text(reader, row, "reason",
                 "the journal has a verdict that this version does not know");
        return;
    }
    put_text(reader, row, "verdict", name);
    put_number(reader, row, "ms",
               ms >= 0 && ms <= (double)WALL_MS_MAX ? ms : 0);
    put_text(reader, row, "reason", journal_text(event, "reason"));
}

static void add_latency(struct reader *reader, struct report_latency **sum,
                        const cJSON *data)
{
    *sum = *sum != NULL ? *sum : calloc(1, sizeof(**sum));
    if (*sum == NULL) {
        reader->failed = true;
    } else {
        report_latency_take(*sum, data);
    }
}

/** "G for /33629/0: 20000 bytes, version 1.1, from file ./app.bin"; caller
 *  frees. */
static char *package_text(const cJSON *data)
{
    const char *version = case_text(data, "version");
    const char *damage = case_text(data, "damage");
    const char *source = case_text(data, "source");
    char *text = NULL;

    return asprintf(&text, "%s for /33629/%u: %u bytes%s%s%s%s%s%s",
                    case_text(data, "package"), case_number(data, "instance"),
                    case_number(data, "size"),
                    version[0] != '\0' ? ", version " : "", version,
                    damage[0] != '\0' ? ", damaged: " : "", damage,
                    source[0] != '\0' ? ", from " : "", source) >= 0
               ? text
               : NULL;
}

/** What a case delivered: when it fails, the package may be the one to blame,
 *  and only its owner can know. */
static void take_delivery(struct reader *reader, struct report_device *device,
                          const struct journal_event *event)
{
    const cJSON *row = find_case(device, event->instance);
    cJSON *list = cJSON_GetObjectItemCaseSensitive(row, "packages");
    const cJSON *item = NULL;

    if (list == NULL || case_text(event->as.data, "package")[0] == '\0') {
        return;
    }
    char *text = package_text(event->as.data);
    bool is_new = text != NULL && cJSON_GetArraySize(list) < PACKAGES_TOLD;
    cJSON_ArrayForEach(item, list)
    {
        is_new = is_new && strcmp(item->valuestring, text) != 0;
    }
    reader->failed = reader->failed || text == NULL;
    if (is_new) {
        append(reader, list, cJSON_CreateString(text));
    }
    free(text);
}

/** A push has ended: how long its blocks took. */
static void take_transfer(struct reader *reader, struct report_device *device,
                          const struct journal_event *event)
{
    const cJSON *data =
        cJSON_GetObjectItemCaseSensitive(event->as.data, "latency");
    cJSON *row = find_case(device, event->instance);

    if (!cJSON_IsObject(data) || row == NULL) {
        return;
    }
    add_latency(reader, &reader->report->latency, data);
    add_latency(reader, &device->latency, data);
    add_latency(reader, &device->newest, data);
    if (!reader->failed) {
        put(reader, row, "latency", report_latency_json(device->newest));
    }
}

/** A diagnosis: of one device, or of the program of several. */
static void take_note(struct reader *reader, struct report_device *device,
                      const struct journal_event *event)
{
    struct report *report = reader->report;

    if (!cJSON_IsTrue(
            cJSON_GetObjectItemCaseSensitive(event->as.data, "diagnosis"))) {
        return;
    }
    if (device != NULL) {
        replace(reader, &device->diagnosis, journal_text(event, "text"));
    }
    if (device == NULL || !report->is_many) {
        replace(reader, &report->diagnosis, journal_text(event, "text"));
    }
}

/** Of the campaign as a whole. */
static void take_campaign(struct reader *reader,
                          const struct journal_event *event)
{
    struct report *report = reader->report;

    if ((int)event->kind == JOURNAL_CAMPAIGN) {
        cJSON_Delete(report->header);
        report->header = cJSON_Duplicate(event->as.data, true);
        reader->failed =
            !devices_take(report, event->as.data) || reader->failed;
    } else if ((int)event->kind == JOURNAL_CAMPAIGN_END) {
        report->is_ended = true;
        report->is_interrupted = cJSON_IsTrue(
            cJSON_GetObjectItemCaseSensitive(event->as.data, "interrupted"));
    }
}

/** Of one device. */
static void take_device(struct reader *reader, struct report_device *device,
                        const struct journal_event *event)
{
    switch ((int)event->kind) {
    case JOURNAL_CASE_BEGIN:
        take_case_begin(reader, device, event);
        break;
    case JOURNAL_PHASE:
        take_phase(reader, device, event);
        break;
    case JOURNAL_STEP_BEGIN:
        take_step(reader, device, event);
        break;
    case JOURNAL_PLAN:
        take_plan(reader, event);
        break;
    case JOURNAL_VERDICT:
        take_verdict(reader, event);
        break;
    case JOURNAL_TRANSFER_BEGIN:
        take_delivery(reader, device, event);
        break;
    case JOURNAL_TRANSFER_END:
        take_transfer(reader, device, event);
        break;
    default:
        break;
    }
}

static void take_event(const struct journal_event *event, void *user)
{
    struct reader *reader = user;
    struct report *report = reader->report;

    if (reader->failed) {
        return;
    }
    if (!reader->has_events) {
        report->begin_ms = event->wall_ms;
        reader->has_events = true;
    }
    report->end_ms = event->wall_ms;
    take_campaign(reader, event);
    if (reader->failed) {
        return;
    }
    struct report_device *device = devices_find(report, event->endpoint);
    /* Other devices may register, too: the engine's events name ours. */
    if (!report->is_many && report->endpoint == NULL &&
        event->kind >= (int)SERVER_EVENT_KINDS) {
        replace(reader, &report->endpoint, event->endpoint);
    }
    if (device != NULL) {
        take_device(reader, device, event);
    }
    if ((int)event->kind == JOURNAL_NOTE) {
        take_note(reader, device, event);
    } else if ((int)event->kind == JOURNAL_FINDING) {
        take_finding(reader, event);
    }
}

/** Times that can be written, and a reason for cases without verdict. */
static void finish(struct reader *reader)
{
    struct report *report = reader->report;
    cJSON *row = NULL;

    if (!report->is_many) {
        struct report_device *only = &report->devices[0];
        replace(reader, &only->endpoint,
                report->endpoint != NULL ? report->endpoint : "");
        replace(reader, &only->profile, case_text(report->header, "profile"));
    }
    reader->failed =
        reader->failed || !devices_join(report); /* in this order */
    if (report->begin_ms < 0 || report->begin_ms > WALL_MS_MAX) {
        report->begin_ms = 0;
    }
    if (report->end_ms < 0 || report->end_ms > WALL_MS_MAX) {
        report->end_ms = 0;
    }
    cJSON_ArrayForEach(row, report->cases)
    {
        if (case_runs(row) && case_verdict(row) == VERDICT_NONE) {
            put_text(
                reader, row, "reason",
                cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "begun"))
                    ? "the campaign ended in the middle of this case"
                    : "the campaign ended before this case");
        }
    }
}

static enum status load(const char *journal_path, struct reader *reader,
                        struct reason *reason)
{
    struct report *report = reader->report;
    const char *slash = strrchr(journal_path, '/');

    report->cases = cJSON_CreateArray();
    report->findings = cJSON_CreateArray();
    report->tolerated = cJSON_CreateObject();
    report->folder = slash != NULL
                         ? strndup(journal_path, (size_t)(slash - journal_path))
                         : strdup(".");
    reader->failed = report->cases == NULL || report->findings == NULL ||
                     report->tolerated == NULL || report->folder == NULL ||
                     !devices_take(report, NULL);
    if (!reader->failed) {
        enum status status = journal_read(journal_path, take_event, reader,
                                          &report->is_torn, reason);
        if (status != STATUS_OK) {
            return status;
        }
        finish(reader);
    }
    return reader->failed
               ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
               : STATUS_OK;
}

enum status report_load(const char *journal_path, struct report **out_report,
                        struct reason *reason)
{
    struct report *report = calloc(1, sizeof(*report));
    struct reader reader = { .report = report };

    if (report == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    enum status status = load(journal_path, &reader, reason);
    if (status != STATUS_OK) {
        report_free(report);
        return status;
    }
    *out_report = report;
    return STATUS_OK;
}

void report_free(struct report *report)
{
    if (report != NULL) {
        cJSON_Delete(report->header);
        cJSON_Delete(report->cases);
        devices_free(report);
        cJSON_Delete(report->findings);
        cJSON_Delete(report->tolerated);
        free(report->endpoint);
        free(report->folder);
        free(report->diagnosis);
        free(report->latency);
        free(report);
    }
}

static void add_counts(struct report_counts *counts,
                       const struct report_counts *more)
{
    counts->total += more->total;
    counts->pass += more->pass;
    counts->inconc += more->inconc;
    counts->fail += more->fail;
    counts->error += more->error;
    counts->none += more->none;
    counts->not_applicable += more->not_applicable;
    counts->warnings += more->warnings;
}

unsigned report_outside_warnings(const struct report *report)
{
    const cJSON *finding = NULL;
    unsigned count = 0;

    cJSON_ArrayForEach(finding, report->findings)
    {
        count += strcmp(case_text(finding, "level"), "warning") == 0 ? 1 : 0;
    }
    return count;
}

void report_count(const struct report *report, struct report_counts *out_counts)
{
    struct report_counts counts = { .total = 0 };

    for (size_t i = 0; i < report->device_count; i++) {
        struct report_counts more;
        device_count(&report->devices[i], &more);
        add_counts(&counts, &more);
    }
    counts.warnings += report_outside_warnings(report);
    *out_counts = counts;
}

bool device_is_untold(const struct report *report,
                      const struct report_device *device)
{
    return report->is_many && device->case_count == 0;
}

bool report_has_error(const struct report *report)
{
    const cJSON *finding = NULL;

    cJSON_ArrayForEach(finding, report->findings)
    {
        if (strcmp(case_text(finding, "level"), "error") == 0) {
            return true;
        }
    }
    return false;
}

bool report_warning_fails(const struct report *report)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(report->header,
                                                         "fail-on-warning")) &&
           report_outside_warnings(report) > 0;
}

int report_exit_status(const struct report *report)
{
    struct report_counts counts;

    report_count(report, &counts);
    unsigned ran = counts.pass + counts.inconc + counts.fail + counts.error;
    if (counts.error > 0 || ran == 0 || report_has_error(report)) {
        return 3;
    }
    bool fails = cJSON_IsTrue(
        cJSON_GetObjectItemCaseSensitive(report->header, "fail-on-warning"));
    if (counts.fail > 0 || (fails && report_outside_warnings(report) > 0)) {
        return 1;
    }
    for (size_t i = 0; i < report->device_count; i++) {
        if (device_is_untold(report, &report->devices[i])) {
            return 2;
        }
    }
    return counts.inconc > 0 || counts.none > 0 ? 2 : 0;
}
