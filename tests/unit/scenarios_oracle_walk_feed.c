/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_walk_feed.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECT = 33629, GET = 1, POST = 2, PUT = 3, PATH_SIZE = 32 };

static const struct oracle_component components[WALK_COMPONENTS] = {
    { 0, "application" }, { 1, "tee" }, { 2, "bootloader" }, { 3, "modem" }
};

bool walk_feed_init(struct walk_feed *feed,
                    const struct definitions *definitions, bool is_strict,
                    bool persists)
{
    const struct oracle_config config = {
        .definitions = definitions,
        .endpoint = "device",
        .components = components,
        .component_count = WALK_COMPONENTS,
        .reading = is_strict ? READING_STRICT : READING_INTEROP,
        .state_ms = WALK_STATE_MS,
        .abort_ms = 360000,
        .update_ms = WALK_UPDATE_MS,
        .boot_ms = 30000,
        .clock_ms = WALK_STATE_MS,
        .persist = persists,
    };

    memset(feed, 0, sizeof(*feed));
    return oracle_new(&config, &feed->oracle, NULL) == STATUS_OK;
}

void walk_feed_release(struct walk_feed *feed)
{
    oracle_free(feed->oracle);
    feed->oracle = NULL;
}

static PRINTF_LIKE(3, 4) void note(struct walk_feed *feed, uint64_t now_ms,
                                   const char *format, ...)
{
    char *line = feed->lines[feed->line_count++ % WALK_LINES_MAX];
    va_list arguments;

    int used =
        snprintf(line, WALK_LINE_SIZE, "%6" PRIu64 ".%03u #%-4" PRIu64 " ",
                 now_ms / 1000, (unsigned)(now_ms % 1000), feed->sequence + 1);
    va_start(arguments, format);
    (void)vsnprintf(line + used, WALK_LINE_SIZE - (size_t)used, format,
                    arguments); /* cut */
    va_end(arguments);
}

void walk_feed_print(const struct walk_feed *feed)
{
    size_t first = feed->line_count > WALK_LINES_MAX
                       ? feed->line_count - WALK_LINES_MAX
                       : 0;

    for (size_t i = first; i < feed->line_count; i++) {
        printf("    %s\n", feed->lines[i % WALK_LINES_MAX]);
    }
    for (size_t i = 0; i < feed->fail_count && i < WALK_FAILS_MAX; i++) {
        printf("    FAIL %s\n", feed->fails[i]);
    }
}

static void take_finding(const struct finding *finding, void *user)
{
    struct walk_feed *feed = user;

    note(feed, 0, "  %s %s %s: %s; %s", finding_level_name(finding->level),
         finding->requirement,
         finding->ambiguity != NULL ? finding->ambiguity : "",
         finding->subject != NULL ? finding->subject : "", finding->observed);
    if (finding->level == FINDING_WARNING) {
        feed->warning_count++;
    }
    if (finding->level < FINDING_INCONC || finding->level == FINDING_WARNING) {
        return;
    }
    if (feed->fail_count < WALK_FAILS_MAX) {
        (void)snprintf(feed->fails[feed->fail_count], WALK_TEXT_SIZE,
                       "%s %s by %s on %s\n      wanted %s\n      got %s\n%s",
                       finding->requirement,
                       finding->ambiguity != NULL ? finding->ambiguity : "",
                       finding->check,
                       finding->subject != NULL ? finding->subject : "",
                       finding->expected, finding->observed,
                       finding->detail != NULL ? finding->detail : "");
    }
    feed->fail_count++;
}

static void feed_event(struct walk_feed *feed, uint64_t now_ms,
                       struct journal_event *event)
{
    event->sequence = ++feed->sequence;
    event->time_ms = now_ms;
    event->endpoint = "device";
    if ((int)event->kind < (int)SERVER_EVENT_KINDS) {
        event->as.server.kind = (enum server_event_kind)event->kind;
        event->as.server.time_ms = now_ms;
        event->as.server.endpoint = "device";
    }
    oracle_feed(feed->oracle, event, take_finding, feed);
}

/* Requests. */

static const struct {
    const char *name;
    uint8_t method;
    int resource;
    bool has_block;
    bool more;
    uint32_t number;
    const char *payload;
    size_t length;
} kinds[WALK_KINDS] = {
    [WALK_WHOLE] = { "Package", PUT, 0, false, false, 0, "good package", 12 },
    [WALK_FIRST] = { "Package, first", PUT, 0, true, true, 0,
                     "0123456789abcdef", 16 },
    [WALK_NEXT] = { "Package, next", PUT, 0, true, true, 1, "0123456789abcdef",
                    16 },
    [WALK_LAST] = { "Package, last", PUT, 0, true, false, 9, "0123", 4 },
    [WALK_NULL] = { "Package 0x00", PUT, 0, false, false, 0, "\0", 1 },
    [WALK_ZERO] = { "Package empty", PUT, 0, false, false, 0, "", 0 },
    [WALK_URI_EMPTY] = { "URI empty", PUT, 1, false, false, 0, "", 0 },
    [WALK_URI] = { "URI", PUT, 1, false, false, 0, "coap://[::1]/fw", 15 },
    [WALK_UPDATE] = { "Update", POST, 2, false, false, 0, "", 0 },
    [WALK_CANCEL] = { "Cancel", POST, 10, false, false, 0, "", 0 },
    [WALK_REBOOT] = { "Reboot", POST, 4, false, false, 0, "", 0 },
};

/** JOURNAL_TRANSFER_BEGIN and _END, as the engine writes them. */
static void feed_transfer(struct walk_feed *feed, uint64_t now_ms,
                          enum journal_kind kind, int number, unsigned instance,
                          unsigned mask)
{
    cJSON *data = cJSON_CreateObject();
    struct journal_event event = { .kind = kind, .as.data = data };

    cJSON_AddNumberToObject(data, "transfer", number);
    cJSON_AddNumberToObject(data, "instance", instance);
    cJSON *parts = cJSON_AddArrayToObject(data, "parts");
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0) {
            cJSON *part = cJSON_CreateObject();
            cJSON_AddNumberToObject(part, "instance", i);
            cJSON_AddItemToArray(parts, part);
        }
    }
    feed_event(feed, now_ms, &event);
    cJSON_Delete(data);
}

static void end_transfer(struct walk_feed *feed, uint64_t now_ms,
                         struct walk_transfer *transfer)
{
    feed_transfer(feed, now_ms, JOURNAL_TRANSFER_END, transfer->number,
                  transfer->instance, 0);
    transfer->number = 0;
}

void walk_feed_end_transfers(struct walk_feed *feed, uint64_t now_ms)
{
    for (size_t i = 0; i < WALK_TRANSFERS_MAX; i++) {
        if (feed->transfers[i].number != 0) {
            end_transfer(feed, now_ms, &feed->transfers[i]);
        }
    }
}

/** A push that another one replaces may go on where that one is refused, so
 *  it ends only where there is no room. */
static void begin_transfer(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                           const struct walk_stimulus *stimulus)
{
    struct walk_transfer *oldest = &feed->transfers[0];

    for (size_t i = 1; i < WALK_TRANSFERS_MAX; i++) {
        if (feed->transfers[i].number < oldest->number) {
            oldest = &feed->transfers[i]; /* 0: free */
        }
    }
    if (oldest->number != 0) {
        end_transfer(feed, now_ms, oldest);
    }
    *oldest = (struct walk_transfer){
        .number = ++feed->next_transfer,
        .instance = stimulus->instance,
        .id = id,
        .is_last = stimulus->kind == WALK_WHOLE,
        .is_pull = stimulus->kind == WALK_URI,
    };
    feed_transfer(feed, now_ms, JOURNAL_TRANSFER_BEGIN, oldest->number,
                  stimulus->instance, stimulus->parts);
}

/** The next block of the newest push to the instance, if there is one. */
static void continue_transfer(struct walk_feed *feed, uint64_t id,
                              const struct walk_stimulus *stimulus)
{
    struct walk_transfer *newest = NULL;

    for (size_t i = 0; i < WALK_TRANSFERS_MAX; i++) {
        struct walk_transfer *transfer = &feed->transfers[i];
        if (transfer->number > (newest != NULL ? newest->number : 0) &&
            transfer->instance == stimulus->instance && !transfer->is_last &&
            !transfer->is_pull) {
            newest = transfer;
        }
    }
    if (newest != NULL) {
        newest->id = id;
        newest->is_last = stimulus->kind == WALK_LAST;
    }
}

static void note_transfer(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                          const struct walk_stimulus *stimulus)
{
    if (stimulus->kind == WALK_FIRST || stimulus->kind == WALK_WHOLE ||
        stimulus->kind == WALK_URI) {
        begin_transfer(feed, now_ms, id, stimulus);
    } else if (stimulus->kind == WALK_NEXT || stimulus->kind == WALK_LAST) {
        continue_transfer(feed, id, stimulus);
    }
}

enum fate { FATE_TAKEN, FATE_REFUSED, FATE_LOST };

/** The answer to a block may end a push. Where it is lost the walker goes on,
 *  unless it was the last; a pull ends. */
static void answer_transfer(struct walk_feed *feed, uint64_t now_ms,
                            uint64_t id, enum fate fate)
{
    for (size_t i = 0; i < WALK_TRANSFERS_MAX; i++) {
        struct walk_transfer *transfer = &feed->transfers[i];
        if (transfer->number == 0 || transfer->id != id) {
            continue;
        }
        if (transfer->is_last || fate == FATE_REFUSED ||
            (transfer->is_pull && fate == FATE_LOST)) {
            end_transfer(feed, now_ms, transfer);
        } else {
            transfer->is_taken = fate == FATE_TAKEN;
        }
    }
}

void walk_feed_end_pulls(struct walk_feed *feed, uint64_t now_ms,
                         unsigned instance)
{
    for (size_t i = 0; i < WALK_TRANSFERS_MAX; i++) {
        struct walk_transfer *transfer = &feed->transfers[i];
        if (transfer->number != 0 && transfer->is_pull && transfer->is_taken &&
            transfer->instance == instance) {
            end_transfer(feed, now_ms, transfer);
        }
    }
}

void walk_feed_fetch(struct walk_feed *feed, uint64_t now_ms, unsigned instance)
{
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REPOSITORY,
        .as.server.id = instance,
        .as.server.as.repository = { .method = GET,
                                     .path = "/fw",
                                     .peer = "127.0.0.1:5",
                                     .code = COAP_CODE(2, 5) },
    };

    feed_event(feed, now_ms, &event);
}

static size_t arguments(const struct walk_stimulus *stimulus, char *text,
                        size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    if (stimulus->kind != WALK_UPDATE || stimulus->form == WALK_NO_ARGUMENT) {
        return 0;
    }
    if (stimulus->form == WALK_ALONE) {
        return (size_t)snprintf(text, size, "0");
    }
    used = (size_t)snprintf(text, size, "0='");
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if ((stimulus->list & 1u << i) != 0) {
            used += (size_t)snprintf(text + used, size - used, "%s</33629/%u>",
                                     used > 3 ? "," : "", i);
        }
    }
    return used + (size_t)snprintf(text + used, size - used, "'");
}

void walk_feed_stimulus(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                        const struct walk_stimulus *stimulus)
{
    char path[PATH_SIZE];
    char text[100];
    size_t length = arguments(stimulus, text, sizeof(text));
    struct journal_event event = { .kind = (enum journal_kind)SERVER_REQUEST };

    note_transfer(feed, now_ms, id, stimulus);
    if (stimulus->kind == WALK_REBOOT) {
        (void)snprintf(path, sizeof(path), "/3/0/4");
    } else {
        (void)snprintf(path, sizeof(path), "/33629/%u/%d", stimulus->instance,
                       kinds[stimulus->kind].resource);
    }
    event.as.server.id = id;
    event.as.server.as.request = (struct server_request_view){
        .method = kinds[stimulus->kind].method,
        .path = path,
        .content_format = kinds[stimulus->kind].method == PUT
                              ? CONTENT_FORMAT_OPAQUE
                              : CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_NONE,
        .has_block1 = kinds[stimulus->kind].has_block,
        .block1 = { kinds[stimulus->kind].number, kinds[stimulus->kind].more,
                    0 },
        .payload = length > 0 ? (const uint8_t *)text
                              : (const uint8_t *)kinds[stimulus->kind].payload,
        .payload_length = length > 0 ? length : kinds[stimulus->kind].length,
    };
    note(feed, now_ms, "-> %" PRIu64 " %s %s %s (parts %x)", id, path,
         kinds[stimulus->kind].name, text, stimulus->parts);
    feed_event(feed, now_ms, &event);
}

static struct lwm2m_path path_of(const struct walk_target *target)
{
    if (target->instance < 0) {
        return lwm2m_path_object(OBJECT);
    }
    return target->resource < 0
               ? lwm2m_path_instance(OBJECT, (uint16_t)target->instance)
               : lwm2m_path_resource(OBJECT, (uint16_t)target->instance,
                                     (uint16_t)target->resource);
}

void walk_feed_read(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                    const struct walk_target *target, bool observes)
{
    char text[LWM2M_PATH_TEXT_MAX];
    struct lwm2m_path path = path_of(target);
    struct journal_event event = { .kind = (enum journal_kind)SERVER_REQUEST };

    event.as.server.id = id;
    event.as.server.as.request = (struct server_request_view){
        .method = GET,
        .path = lwm2m_path_text(&path, text),
        .content_format = CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_TLV,
        .has_observe = observes,
    };
    note(feed, now_ms, "-> %" PRIu64 " %s %s", id,
         observes ? "Observe" : "Read", text);
    feed_event(feed, now_ms, &event);
}

void walk_feed_answer(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                      uint8_t code)
{
    struct journal_event event = { .kind = (enum journal_kind)SERVER_RESPONSE };

    event.as.server.id = id;
    event.as.server.as.response =
        (struct server_response_view){ .code = code,
                                       .content_format = CONTENT_FORMAT_NONE };
    note(feed, now_ms, "<- %" PRIu64 " %u.%02u", id, code >> 5, code & 31u);
    feed_event(feed, now_ms, &event);
    answer_transfer(feed, now_ms, id,
                    code >> 5 == 2 ? FATE_TAKEN : FATE_REFUSED);
}

/* Views. */

static bool add(struct record_list *list, struct lwm2m_path path,
                struct lwm2m_value value)
{
    const struct lwm2m_record record = { .path = path, .value = value };

    return record_list_add(list, &record, NULL) == STATUS_OK;
}

static bool add_integer(struct record_list *list, unsigned instance,
                        uint16_t resource, int value)
{
    return add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, resource),
               (struct lwm2m_value){ .type = LWM2M_TYPE_INTEGER,
                                     .as.integer = value });
}

static bool add_links(struct record_list *list, unsigned instance,
                      uint16_t resource, unsigned mask, uint16_t object,
                      bool dangling)
{
    struct lwm2m_path path =
        lwm2m_path_resource(OBJECT, (uint16_t)instance, resource);
    uint16_t count = 0;
    bool fits = true;

    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if ((mask & 1u << i) != 0) {
            fits = fits &&
                   add(list, lwm2m_path_child(path, count++),
                       (struct lwm2m_value){
                           .type = LWM2M_TYPE_OBJLNK,
                           .as.link = { object, dangling ? (uint16_t)(i + 40)
                                                         : (uint16_t)i } });
        }
    }
    return fits &&
           (count > 0 || record_list_add_empty(list, path, NULL) == STATUS_OK);
}

static bool add_instance(struct record_list *list, unsigned instance,
                         const struct walk_view *view)
{
    const struct walk_face *face = &view->faces[instance];
    char version[20];
    int length = snprintf(version, sizeof(version), "1.%u", face->version);

    return add_integer(list, instance, 3, face->state) &&
           add_integer(list, instance, 5, face->result) &&
           add_integer(list, instance, 9, 2) &&
           add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, 14),
               (struct lwm2m_value){ .type = LWM2M_TYPE_STRING,
                                     .as.data = { "part", 4 } }) &&
           add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, 15),
               (struct lwm2m_value){
                   .type = LWM2M_TYPE_STRING,
                   .as.data = { version, (size_t)length } }) &&
           add_links(list, instance, 16, view->links[instance],
                     view->link_object,
                     (view->dangling & 1u << instance) != 0) &&
           (view->has_no_conflicts ||
            add_links(list, instance, 17, face->culprits, view->link_object,
                      false));
}

static bool fill(struct record_list *list, const struct walk_target *target,
                 const struct walk_view *view)
{
    if (target->resource >= 0) {
        const struct walk_face *face = &view->faces[target->instance];
        return add_integer(list, (unsigned)target->instance,
                           (uint16_t)target->resource,
                           target->resource == 3 ? face->state : face->result);
    }
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) {
        if ((target->instance < 0 || target->instance == (int)i) &&
            !add_instance(list, i, view)) {
            return false;
        }
    }
    return true;
}

static void note_view(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                      const struct walk_target *target,
                      const struct walk_view *view, bool is_notification)
{
    char text[WALK_LINE_SIZE] = "";
    size_t used = 0;

    for (int i = 0; i < WALK_COMPONENTS; i++) {
        const struct walk_face *face = &view->faces[i];
        if (target->instance < 0 || target->instance == i) {
            used += (size_t)snprintf(text + used, sizeof(text) - used,
                                     "  %d: (%c,%d) 1.%u LI %x", i,
                                     "IDLU"[face->state & 3], face -> result,
                                     face -> version, view -> links[i]);
        }
    }
    note(feed, now_ms, "<- %" PRIu64 " %s %d%s", id,
         is_notification ? "notify" : "2.05", target->resource, text);
}

void walk_feed_view(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                    const struct walk_target *target,
                    const struct walk_view *view, bool is_notification)
{
    struct journal_event event = { .kind = (enum journal_kind)(
                                       is_notification ? SERVER_NOTIFICATION
                                                       : SERVER_RESPONSE) };
    struct byte_buffer buffer;
    struct record_list list;
    struct lwm2m_path path = path_of(target);
    struct reason reason = { .status = STATUS_OK };

    byte_buffer_init(&buffer);
    record_list_init(&list);
    if (!fill(&list, target, view) ||
        codec_encode(CONTENT_FORMAT_TLV, &path, &list, &buffer, &reason) !=
            STATUS_OK) {
        fprintf(stderr, "cannot encode a view: %s\n", reason.text);
        abort();
    }
    event.as.server.id = id;
    event.as.server.as.response = (struct server_response_view){
        .code = COAP_CODE(2, 5),
        .is_confirmable = is_notification,
        .content_format = CONTENT_FORMAT_TLV,
        .payload = buffer.bytes,
        .payload_length = buffer.length,
    };
    note_view(feed, now_ms, id, target, view, is_notification);
    feed_event(feed, now_ms, &event);
    byte_buffer_release(&buffer);
    record_list_release(&list);
}

void walk_feed_event(struct walk_feed *feed, uint64_t now_ms, uint64_t id,
                     enum server_event_kind kind)
{
    struct journal_event event = { .kind = (enum journal_kind)kind };

    event.as.server.id = id;
    note(feed, now_ms, "<- %" PRIu64 " %s", id,
         journal_kind_name((enum journal_kind)kind));
    feed_event(feed, now_ms, &event);
    if (id != 0) {
        answer_transfer(feed, now_ms, id, FATE_LOST);
    }
}
