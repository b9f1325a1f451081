/* SPDX-License-Identifier: Apache-2.0 */

/* What was done to the components. */
#include <stdio.h>
#include <string.h>

#include "scenarios/oracle/oracle_private.h"

enum { WORDS_SIZE = 100, SHOWN_MAX = 60, LINK_SIZE = 32 };

/** From now on Linked Instances may be others. */
static void forget_links(struct oracle *oracle)
{
    oracle->links_sequence = oracle->now_sequence;
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        oracle->components[i].has_linked = false;
    }
}

/** Whether a reset finds a Result in Idle: the newest Read was sent when all
 *  before was answered, and showed it. */
static bool finds_result(const struct oracle *oracle,
                         const struct tracked *tracked, enum stimulus_kind kind)
{
    if (kind != STIMULUS_NULL && kind != STIMULUS_URI_EMPTY) {
        return false;
    }
    for (size_t i = 0; i < tracked->layer_count; i++) {
        const struct layer *layer = &tracked->layers[i];
        if (layer->answer == ANSWER_OPEN ||
            tracked->last.sent_ms + oracle->config.state_ms <
                layer->settled_ms) {
            return tracked->has_result; /* one more reset */
        }
    }
    return tracked->last.state == STATE_IDLE && tracked->last.result > 0;
}

static void stimulate(struct oracle *oracle, struct tracked *tracked,
                      enum stimulus_kind kind, uint64_t request,
                      const char *words)
{
    tracked->was_addressed = true;
    if (kind != STIMULUS_JOIN) {
        tracked->has_stimulus = true;
        tracked->stimulus_sequence = oracle->now_sequence;
    }
    tracked->was_refused = false;
    tracked->has_result = finds_result(oracle, tracked, kind);
    tracked->newest = kind;
    tracked->taken_before = tracked->taken;
    tracked->taken = kind;
    tracked->state_before = tracked->last_state;
    tracked->result_before = tracked->last_result;
    tracked->was_cut = false;
    tracked->left_out = NULL;   /* whatever it does now is its own */
    if (kind <= STIMULUS_URI) { /* a write: it may bring a package */
        tracked->has_one_package = false;
    }
    forget_links(oracle);
    loading_stimulus(oracle, (size_t)(tracked - oracle->components), kind);
    ending_stimulus(tracked, kind);
    if (kind != STIMULUS_JOIN) {
        batch_leave(oracle, (size_t)(tracked - oracle->components));
    }
    track_stimulus(oracle, tracked, kind, request, words);
}

/** The package of the component goes; parts of it may go with it. */
static void loosen_siblings(struct oracle *oracle,
                            const struct tracked *tracked)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *other = &oracle->components[i];
        if (other != tracked && (tracked->shares & UINT64_C(1) << i) != 0) {
            other->options.may_drop = true;
            track_recompute(other);
        }
    }
}

/* Writes. */

/** Length of the one value that is written, whatever it is encoded in, and
 *  its first byte. @return false where that is not known */
static bool written_value(const struct oracle *oracle,
                          const struct server_request_view *request,
                          const struct lwm2m_path *path, size_t *out_length,
                          uint8_t *out_first)
{
    struct record_list records;
    bool is_known = false;

    if (request->payload == NULL && request->payload_length > 0) {
        return false; /* too long to be kept: no reset */
    }
    if (request->payload_length == 0 ||
        request->content_format == CONTENT_FORMAT_OPAQUE ||
        !content_format_is_supported(request->content_format) ||
        (request->payload_length == 1 && request->payload[0] == 0)) {
        *out_length = request->payload_length;
        *out_first = request->payload_length > 0 ? request->payload[0] : 0;
        return true;
    }
    record_list_init(&records);
    if (codec_decode(request->content_format, oracle->config.definitions, path,
                     request->payload, request->payload_length, &records,
                     NULL) == STATUS_OK &&
        records.count == 1 &&
        (records.records[0].value.type == LWM2M_TYPE_STRING ||
         records.records[0].value.type == LWM2M_TYPE_OPAQUE)) {
        const struct lwm2m_value *value = &records.records[0].value;
        *out_length = value->as.data.length;
        *out_first =
            value->as.data.length > 0 ? (uint8_t)value->as.data.bytes[0] : 1;
        is_known = true;
    }
    record_list_release(&records);
    return is_known;
}

static void begin_download(struct tracked *tracked, uint64_t now_ms)
{
    tracked->download_ms = now_ms;
    tracked->stale_result = tracked->last_result;
}

static void write_uri(struct oracle *oracle, struct tracked *tracked,
                      uint64_t id, bool is_empty)
{
    if (is_empty) {
        loosen_siblings(oracle, tracked);
    } else {
        begin_download(tracked, oracle->now_ms);
    }
    stimulate(oracle, tracked, is_empty ? STIMULUS_URI_EMPTY : STIMULUS_URI, id,
              is_empty ? "Package URI written empty" : "Package URI written");
}

/** Package in one message. */
static void write_package(struct oracle *oracle, struct tracked *tracked,
                          uint64_t id, bool is_known, size_t length,
                          uint8_t first)
{
    if (is_known && length == 0) {
        stimulate(oracle, tracked, STIMULUS_ZERO, id,
                  "Package written with zero length");
    } else if (is_known && length == 1 && first == 0) {
        loosen_siblings(oracle, tracked);
        stimulate(oracle, tracked, STIMULUS_NULL, id,
                  "Package written with 0x00");
    } else {
        begin_download(tracked, oracle->now_ms);
        stimulate(oracle, tracked, STIMULUS_WHOLE, id,
                  "Package written in one message");
    }
}

static void write_resource(struct oracle *oracle, struct tracked *tracked,
                           const struct journal_event *event,
                           const struct lwm2m_path *path)
{
    const struct server_request_view *request = &event->as.server.as.request;
    uint64_t id = event->as.server.id;
    bool is_first = !request->has_block1 || request->block1.number == 0;
    bool is_last = !request->has_block1 || !request->block1.more;
    size_t length = 0;
    uint8_t first = 0;
    bool is_known = is_first && is_last &&
                    written_value(oracle, request, path, &length, &first);

    if (path->ids[2] == RESOURCE_URI) {
        if (is_first) {
            write_uri(oracle, tracked, id, is_known && length == 0);
        }
    } else if (path->ids[2] != RESOURCE_PACKAGE) {
        return;
    } else if (is_first && is_last) {
        write_package(oracle, tracked, id, is_known, length, first);
    } else if (is_first) {
        begin_download(tracked, oracle->now_ms);
        stimulate(oracle, tracked, STIMULUS_FIRST_BLOCK, id,
                  "Package, first block");
    } else {
        stimulate(oracle, tracked,
                  is_last ? STIMULUS_LAST_BLOCK : STIMULUS_NEXT_BLOCK, id,
                  is_last ? "Package, last block" : "Package, next block");
    }
    if (tracked->traffic_ms != 0) {
        tracked->traffic_ms = oracle->now_ms;
    }
}

/** One value of a Write that has several: the two Resources count. */
static void write_record(struct oracle *oracle, struct tracked *tracked,
                         uint64_t id, const struct lwm2m_record *record)
{
    size_t length = record->value.as.data.length;

    if (record->path.ids[2] == RESOURCE_DEFER_PERIOD) {
        ending_defer_written(tracked, id, &record->value);
    } else if (record->path.ids[2] == RESOURCE_URI &&
               record->value.type == LWM2M_TYPE_STRING) {
        write_uri(oracle, tracked, id, length == 0);
    } else if (record->path.ids[2] == RESOURCE_PACKAGE &&
               record->value.type == LWM2M_TYPE_OPAQUE) {
        write_package(oracle, tracked, id, true, length,
                      length > 0 ? (uint8_t)record->value.as.data.bytes[0] : 1);
    }
}

/** A Write-Composite: what it holds of any component. */
static void write_composite(struct oracle *oracle,
                            const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;
    const struct lwm2m_path root = { .depth = 0 };
    struct record_list records;

    record_list_init(&records);
    if (request->payload != NULL &&
        codec_decode_kind(request->content_format, PAYLOAD_PATCH,
                          oracle->config.definitions, &root, request->payload,
                          request->payload_length, &records,
                          NULL) == STATUS_OK) {
        for (size_t i = 0; i < records.count; i++) {
            const struct lwm2m_path *path = &records.records[i].path;
            struct tracked *tracked =
                path->ids[0] == OBJECT_AFU && path->depth >= 3
                    ? oracle_component(oracle, path->ids[1])
                    : NULL;
            if (tracked != NULL) {
                write_record(oracle, tracked, event->as.server.id,
                             &records.records[i]);
            }
        }
    }
    record_list_release(&records);
}

/** A Write of the Object Instance, or of one Resource by its value. */
static void write_instance(struct oracle *oracle, struct tracked *tracked,
                           const struct journal_event *event,
                           const struct lwm2m_path *path)
{
    const struct server_request_view *request = &event->as.server.as.request;
    struct record_list records;

    record_list_init(&records);
    if (request->payload != NULL &&
        codec_decode(request->content_format, oracle->config.definitions, path,
                     request->payload, request->payload_length, &records,
                     NULL) == STATUS_OK) {
        for (size_t i = 0; i < records.count; i++) {
            write_record(oracle, tracked, event->as.server.id,
                         &records.records[i]);
        }
    }
    record_list_release(&records);
}

/* Update. */

/** What the argument asks for. afu.md, section 5. */
enum arguments {
    ARGUMENTS_NONE,
    ARGUMENTS_ALONE,
    ARGUMENTS_LIST,
    ARGUMENTS_UNKNOWN, /**< argument 1 to 9, which may be ignored */
    ARGUMENTS_UNCLEAR, /**< may be carried out as if there were none (A-42) */
};

static bool contains(const struct server_request_view *request,
                     const char *text)
{
    return request->payload != NULL &&
           memmem(request->payload, request->payload_length, text,
                  strlen(text)) != NULL;
}

static enum arguments arguments_of(const struct server_request_view *request)
{
    if (request->payload == NULL || request->payload_length == 0) {
        return ARGUMENTS_NONE;
    }
    if (request->payload[0] != '0') {
        return request->payload[0] >= '1' && request->payload[0] <= '9'
                   ? ARGUMENTS_UNKNOWN
                   : ARGUMENTS_UNCLEAR;
    }
    return contains(request, "</33629/") ? ARGUMENTS_LIST : ARGUMENTS_ALONE;
}

/** Whether an Update without argument may include the other one: Linked
 *  Instances has it, or is older than what the other one has now. */
static bool may_be_linked(const struct tracked *addressed,
                          const struct tracked *other, size_t index)
{
    bool was_loaded = other->last_state == STATE_DOWNLOADED &&
                      (other->last_change == addressed->linked_view ||
                       other->last_change < addressed->linked_sequence);

    return !addressed->has_linked || !was_loaded ||
           (addressed->linked & UINT64_C(1) << index) != 0;
}

/** An Update may bring another version. */
static void note_update(struct tracked *tracked, bool is_batch)
{
    if (tracked->version_until_ms != 0 ||
        !track_may_be(tracked, STATE_UPDATING)) {
        tracked->is_batch = false; /* those before are over */
    }
    tracked->is_batch = tracked->is_batch || is_batch;
}

/** Others that this Update may include: listed, linked, or not known. */
static bool take_participants(struct oracle *oracle,
                              const struct tracked *addressed,
                              const struct journal_event *event,
                              uint64_t *out_listed, uint64_t *out_open)
{
    static const char *const left_out[] = {
        [ARGUMENTS_NONE] = "AFU-084,AFU-100", [ARGUMENTS_ALONE] = "AFU-085",
        [ARGUMENTS_LIST] = "AFU-087",         [ARGUMENTS_UNKNOWN] = "AFU-092",
        [ARGUMENTS_UNCLEAR] = "AFU-091",
    };
    const struct server_request_view *request = &event->as.server.as.request;
    enum arguments arguments = arguments_of(request);
    bool joins[ORACLE_COMPONENTS_MAX] = { false };
    bool is_batch = false;
    char link[LINK_SIZE];

    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *other = &oracle->components[i];
        (void)snprintf(link, sizeof(link), "</33629/%u>", other->instance);
        bool is_listed = other != addressed && contains(request, link);
        joins[i] = is_listed || (other != addressed &&
                                 (arguments == ARGUMENTS_NONE ||
                                  arguments == ARGUMENTS_UNKNOWN ||
                                  arguments == ARGUMENTS_UNCLEAR) &&
                                 may_be_linked(addressed, other, i));
        if (!is_listed || arguments != ARGUMENTS_LIST) {
            *out_open |= joins[i] ? UINT64_C(1) << i : 0;
        } else if (track_is_resting(other, STATE_DOWNLOADED)) {
            *out_listed |= UINT64_C(1) << i;
        }
        is_batch =
            is_batch || (joins[i] && track_may_be(other, STATE_DOWNLOADED));
    }
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *other = &oracle->components[i];
        if (joins[i]) {
            note_update(other, is_batch);
            stimulate(oracle, other, STIMULUS_JOIN, event->as.server.id,
                      "an Update elsewhere may include it");
        } else if (other != addressed) {
            other->left_out = left_out[arguments];
        }
    }
    return is_batch;
}

static void take_update(struct oracle *oracle, struct tracked *tracked,
                        const struct journal_event *event)
{
    const struct server_request_view *request = &event->as.server.as.request;
    char words[WORDS_SIZE];
    uint64_t listed = 0;
    uint64_t open = 0;
    int shown = request->payload != NULL && request->payload_length < SHOWN_MAX
                    ? (int)request->payload_length
                    : 0;

    (void)snprintf(words, sizeof(words), "Update executed%s%.*s",
                   shown > 0 ? " with " : "", shown,
                   shown > 0 ? (const char *)request->payload : "");
    bool is_batch = take_participants(oracle, tracked, event, &listed, &open);
    loosen_siblings(oracle, tracked);
    note_update(tracked, is_batch);
    size_t index = (size_t)(tracked - oracle->components);
    stimulate(oracle, tracked, STIMULUS_UPDATE, event->as.server.id, words);
    batch_begin(oracle, index, event->as.server.id, listed, open);
}

static void take_cancel(struct oracle *oracle, struct tracked *tracked,
                        uint64_t id)
{
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        const struct tracked *other = &oracle->components[i];
        tracked->options.may_queue =
            tracked->options.may_queue ||
            (other != tracked && track_may_be(other, STATE_DOWNLOADING));
    }
    loosen_siblings(oracle, tracked);
    stimulate(oracle, tracked, STIMULUS_CANCEL, id, "Cancel executed");
}

void stimulus_take_request(struct oracle *oracle,
                           const struct journal_event *event,
                           const struct lwm2m_path *path)
{
    const struct server_request_view *request = &event->as.server.as.request;
    uint64_t id = event->as.server.id;

    if (path->ids[0] == OBJECT_DEVICE && path->depth == 3 &&
        path->ids[2] == RESOURCE_REBOOT && request->method == POST) {
        stimulus_take_reboot(oracle, id, "/3/0/4 executed");
        return;
    }
    if (request->method == IPATCH) {
        write_composite(oracle, event);
        return;
    }
    struct tracked *tracked = path->ids[0] == OBJECT_AFU && path->depth >= 2
                                  ? oracle_component(oracle, path->ids[1])
                                  : NULL;
    if (tracked == NULL) {
        return;
    }
    if (path->depth == 2 &&
        (request->method == PUT || request->method == POST)) {
        write_instance(oracle, tracked, event, path);
    } else if (path->depth == 3 && request->method == PUT &&
               path->ids[2] == RESOURCE_DEFER_PERIOD) {
        write_instance(oracle, tracked, event, path);
    } else if (path->depth == 3 && request->method == PUT) {
        write_resource(oracle, tracked, event, path);
    } else if (path->depth == 3 && request->method == POST &&
               path->ids[2] == RESOURCE_UPDATE) {
        take_update(oracle, tracked, event);
    } else if (path->depth == 3 && request->method == POST &&
               path->ids[2] == RESOURCE_CANCEL) {
        take_cancel(oracle, tracked, id);
    }
}

/* Answers. */

/** What the answer says about the transfer: duration.c looks at it. */
static void note_transfer(const struct oracle *oracle, struct tracked *tracked,
                          int kind, enum stimulus_answer answer)
{
    bool is_taken = answer != ANSWER_REFUSED;

    switch (kind) {
    case STIMULUS_FIRST_BLOCK:
    case STIMULUS_WHOLE:
        if (answer == ANSWER_SUCCESS && !tracked->may_pull) {
            tracked->traffic_ms = oracle->now_ms;
            tracked->has_rebooted = false;
            tracked->is_push_complete = kind == STIMULUS_WHOLE;
        }
        break;
    case STIMULUS_LAST_BLOCK:
        tracked->is_push_complete =
            tracked->is_push_complete || answer == ANSWER_SUCCESS;
        break;
    case STIMULUS_URI:
        tracked->may_pull = tracked->may_pull || is_taken;
        tracked->has_uri = tracked->has_uri || is_taken;
        break;
    case STIMULUS_NULL:
    case STIMULUS_URI_EMPTY:
    case STIMULUS_CANCEL:
        tracked->has_uri = tracked->has_uri && answer != ANSWER_SUCCESS;
        break;
    case STIMULUS_REBOOT:
        tracked->has_rebooted = tracked->has_rebooted || is_taken;
        break;
    case STIMULUS_UPDATE:
    case STIMULUS_JOIN:
        if (is_taken) {
            tracked->updating_since_ms = 0; /* another one, if it is there */
        }
        break;
    default:
        break;
    }
    if (tracked->traffic_ms != 0 && kind <= STIMULUS_WHOLE) {
        tracked->traffic_ms = oracle->now_ms;
    }
}

void stimulus_take_answer(struct oracle *oracle, uint64_t id,
                          enum stimulus_answer answer)
{
    batch_answer(oracle, id, answer);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        int kind = track_answer(oracle, tracked, id, answer);
        ending_answer(oracle, tracked, id, kind, answer);
        if (kind >= 0) {
            note_transfer(oracle, tracked, kind, answer);
        }
    }
}

/* Reboots. */

void stimulus_take_reboot(struct oracle *oracle, uint64_t request,
                          const char *words)
{
    forget_links(oracle);
    batch_reboot(oracle);
    loading_reboot(oracle);
    for (size_t i = 0; i < oracle->config.component_count; i++) {
        struct tracked *tracked = &oracle->components[i];
        track_stimulus(oracle, tracked, STIMULUS_REBOOT, request, words);
        ending_reboot(tracked);
        tracked->change.is_known = false; /* */
        tracked->told.observation = 0;
        tracked->was_cut =
            tracked->was_cut || tracked->last_state == STATE_UPDATING;
        tracked->has_rebooted = tracked->has_rebooted || request == 0;
        if (tracked->traffic_ms != 0) {
            tracked->traffic_ms = oracle->now_ms;
        }
    }
}
