/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_scene.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene_private.h"

/** Read once for all scenes. */
static struct definitions *definitions;

static const int64_t wall_start_ms = INT64_C(1800000000000);
static const uint64_t start_ms = 1000000;

struct scene scene;

static void on_finding(const struct finding *finding, void *user)
{
    size_t used = strlen(scene.findings);

    (void)user; /* there is one scene */
    CU_ASSERT_FATAL(finding->expected != NULL && finding->observed != NULL);
    CU_ASSERT_EQUAL(finding->evidence_count, 1);
    CU_ASSERT_EQUAL(finding->evidence[0], scene.sequence);
    if (finding->level < FINDING_WARNING) {
        return;
    }
    (void)snprintf(scene.findings + used, sizeof(scene.findings) - used,
                   "%s%s %s%s%s", used > 0 ? "; " : "",
                   finding_level_name(finding->level), finding->requirement,
                   finding->ambiguity != NULL ? " " : "",
                   finding->ambiguity != NULL ? finding->ambiguity : "");
    (void)snprintf(scene.expected, sizeof(scene.expected), "%s",
                   finding->expected);
    (void)snprintf(scene.observed, sizeof(scene.observed), "%s",
                   finding->observed);
    (void)snprintf(scene.detail, sizeof(scene.detail), "%s",
                   finding->detail != NULL ? finding->detail : "");
}

void scene_open(const struct scene_setup *setup)
{
    struct oracle_component components[COMPONENTS];
    struct reason reason = { .status = STATUS_OK };
    size_t count = setup->component_count != 0 ? setup->component_count : 3;

    if (definitions == NULL) {
        definitions = definitions_new();
        CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
        CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(definitions, &reason),
                              STATUS_OK);
    }
    memset(&scene, 0, sizeof(scene));
    scene.now_ms = start_ms;
    scene.component_count = count;
    for (size_t i = 0; i < count && i < COMPONENTS; i++) {
        components[i] = (struct oracle_component){ (uint16_t)i, NULL };
        (void)snprintf(scene.shown[i].version, sizeof(scene.shown[i].version),
                       "1.0");
    }
    const struct oracle_config config = {
        .definitions = definitions,
        .endpoint = "device",
        .components = components,
        .component_count = count,
        .reading = setup->reading,
        .tolerate = setup->tolerate,
        .state_ms = SCENE_STATE_MS,
        .abort_ms = SCENE_ABORT_MS,
        .update_ms = SCENE_UPDATE_MS,
        .boot_ms = SCENE_BOOT_MS,
        .clock_ms = SCENE_CLOCK_MS,
        .persist = setup->persist,
        .transactional = setup->transactional,
        .failed = setup->failed,
        .single_instance = count == 1,
    };
    CU_ASSERT_EQUAL_FATAL(oracle_new(&config, &scene.oracle, &reason),
                          STATUS_OK);
}

void scene_close(void)
{
    oracle_free(scene.oracle);
    scene.oracle = NULL;
}

void scene_end(void)
{
    definitions_free(definitions);
    definitions = NULL;
}

struct oracle *scene_oracle(void)
{
    return scene.oracle;
}

const char *scene_findings(void)
{
    return scene.findings;
}

const char *scene_expected(void)
{
    return scene.expected;
}

const char *scene_observed(void)
{
    return scene.observed;
}

const char *scene_detail(void)
{
    return scene.detail;
}

/* Events. */

int64_t scene_wall_s(void)
{
    return (wall_start_ms + (int64_t)(scene.now_ms - start_ms)) / 1000;
}

static void feed(struct journal_event *event)
{
    scene.now_ms += STEP_MS;
    event->time_ms = scene.now_ms;
    event->wall_ms = wall_start_ms + (int64_t)(scene.now_ms - start_ms);
    event->sequence = ++scene.sequence;
    event->endpoint = scene.is_stranger ? "stranger" : "device";
    oracle_feed(scene.oracle, event, on_finding, NULL);
}

void scene_feed_data(enum journal_kind kind, const char *json)
{
    cJSON *data = cJSON_Parse(json);
    struct journal_event event = { .kind = kind, .as.data = data };

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    feed(&event);
    cJSON_Delete(data);
}

void scene_feed_server(enum server_event_kind kind, uint64_t id)
{
    struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind, .id = id, .endpoint = "device" },
    };

    feed(&event);
}

uint64_t scene_ask(struct lwm2m_path path,
                   const struct server_request_view *view)
{
    char text[LWM2M_PATH_TEXT_MAX];
    char prefixed[LWM2M_PATH_TEXT_MAX + 8];
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = ++scene.next_id,
                       .endpoint = "device",
                       .as.request = *view },
    };

    (void)snprintf(prefixed, sizeof(prefixed), "%s%s",
                   scene.has_prefix ? "/lwm2m" : "",
                   lwm2m_path_text(&path, text));
    event.as.server.as.request.path = prefixed;
    event.as.server.as.request.accept = CONTENT_FORMAT_NONE;
    CU_ASSERT_FATAL(scene.open_count < OPEN_MAX);
    scene.open[scene.open_count++] =
        (struct open_request){ scene.next_id, path };
    feed(&event);
    return scene.next_id;
}

struct open_request scene_take_open(size_t index)
{
    CU_ASSERT_FATAL(index < scene.open_count);
    struct open_request taken = scene.open[index];
    scene.open_count--;
    memmove(&scene.open[index], &scene.open[index + 1],
            (scene.open_count - index) * sizeof(scene.open[0]));
    return taken;
}

void scene_answer(uint64_t id, uint8_t code, const struct byte_buffer *body,
                  bool is_notification)
{
    enum server_event_kind kind =
        is_notification ? SERVER_NOTIFICATION : SERVER_RESPONSE;
    struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind,
                       .id = id,
                       .endpoint = "device",
                       .as.response = { .code = code,
                                        .content_format =
                                            body != NULL ? CONTENT_FORMAT_TLV
                                                         : CONTENT_FORMAT_NONE,
                                        .has_observe = is_notification,
                                        .is_confirmable = is_notification,
                                        .payload =
                                            body != NULL ? body->bytes : NULL,
                                        .payload_length =
                                            body != NULL ? body->length : 0 } },
    };

    feed(&event);
}

/* What Reads show. */

static void add(struct record_list *list, struct lwm2m_path path,
                struct lwm2m_value value)
{
    const struct lwm2m_record record = { .path = path, .value = value };

    CU_ASSERT_EQUAL_FATAL(record_list_add(list, &record, NULL), STATUS_OK);
}

static void add_integer(struct record_list *list, unsigned instance,
                        uint16_t resource, int64_t integer)
{
    const struct lwm2m_value value = { .type = LWM2M_TYPE_INTEGER,
                                       .as.integer = integer };

    add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, resource), value);
}

static void add_links(struct record_list *list, unsigned instance, int which)
{
    const struct shown *shown = &scene.shown[instance];
    const struct lwm2m_path path =
        lwm2m_path_resource(OBJECT, (uint16_t)instance, (uint16_t)(16 + which));

    if (shown->has_links[which] && shown->link_count[which] == 0) {
        CU_ASSERT_EQUAL_FATAL(record_list_add_empty(list, path, NULL),
                              STATUS_OK);
    }
    for (size_t i = 0; i < shown->link_count[which]; i++) {
        const struct lwm2m_value value = {
            .type = LWM2M_TYPE_OBJLNK,
            .as.link = { shown->links[which][i].object,
                         shown->links[which][i].instance },
        };
        add(list, lwm2m_path_child(path, (uint16_t)i), value);
    }
}

static int state_of(char letter)
{
    const char *at = strchr("IDLU", letter);

    CU_ASSERT_FATAL(letter != '\0' && at != NULL);
    return (int)(at - "IDLU");
}

/** "L8": all of an instance. */
static void add_instance(struct record_list *list, unsigned instance,
                         const char *pair)
{
    const struct shown *shown = &scene.shown[instance];
    const struct lwm2m_value version = {
        .type = LWM2M_TYPE_STRING,
        .as.data = { shown->version, strlen(shown->version) },
    };

    add_integer(list, instance, 3, state_of(pair[0]));
    add_integer(list, instance, 5, strtol(pair + 1, NULL, 10));
    if (shown->has_time) {
        const struct lwm2m_value value = { .type = LWM2M_TYPE_TIME,
                                           .as.integer = shown->time_s };
        add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, 12), value);
    }
    add(list, lwm2m_path_resource(OBJECT, (uint16_t)instance, 15), version);
    add_links(list, instance, 0);
    add_links(list, instance, 1);
}

void scene_show(uint64_t id, struct lwm2m_path path, const char *what,
                bool is_notification)
{
    struct record_list list;
    struct byte_buffer body;
    struct reason reason = { .status = STATUS_OK };
    char text[WORD_SIZE];
    char *rest = NULL;
    unsigned instance = 0;

    record_list_init(&list);
    byte_buffer_init(&body);
    (void)snprintf(text, sizeof(text), "%s", what);
    if (path.depth == 3 && path.ids[2] == 3) {
        add_integer(&list, path.ids[1], 3, state_of(text[0]));
    } else if (path.depth == 3) {
        add_integer(&list, path.ids[1], path.ids[2], strtol(text, NULL, 10));
    } else if (path.depth == 2) {
        add_instance(&list, path.ids[1], text);
    } else {
        for (char *pair = strtok_r(text, ",", &rest); pair != NULL;
             pair = strtok_r(NULL, ",", &rest)) {
            add_instance(&list, instance++, pair);
        }
    }
    CU_ASSERT_EQUAL_FATAL(
        codec_encode(CONTENT_FORMAT_TLV, &path, &list, &body, &reason),
        STATUS_OK);
    scene_answer(id, COAP_CODE(2, 5), &body, is_notification);
    byte_buffer_release(&body);
    record_list_release(&list);
}

void scene_read(struct lwm2m_path path, const char *what)
{
    const struct server_request_view get = { .method = GET };
    uint64_t id = scene_ask(path, &get);

    (void)scene_take_open(scene.open_count - 1); /* answered here */
    scene_show(id, path, what, false);
}

void scene_read_clock(int64_t offset_s)
{
    const struct lwm2m_path path = lwm2m_path_resource(3, 0, 13);
    const struct server_request_view get = { .method = GET };
    const struct lwm2m_value value = { .type = LWM2M_TYPE_TIME,
                                       .as.integer =
                                           scene_wall_s() + offset_s };
    struct record_list list;
    struct byte_buffer body;

    uint64_t id = scene_ask(path, &get);
    (void)scene_take_open(scene.open_count - 1); /* answered here */
    record_list_init(&list);
    byte_buffer_init(&body);
    add(&list, path, value);
    CU_ASSERT_EQUAL_FATAL(
        codec_encode(CONTENT_FORMAT_TLV, &path, &list, &body, NULL), STATUS_OK);
    scene_answer(id, COAP_CODE(2, 5), &body, false);
    byte_buffer_release(&body);
    record_list_release(&list);
}

void scene_read_raw(struct lwm2m_path path, const uint8_t *bytes, size_t length,
                    size_t announced)
{
    const struct server_request_view get = { .method = GET };
    uint8_t tlv[16];
    struct byte_buffer body = { .bytes = tlv, .length = length + 2 };

    CU_ASSERT_FATAL(length <= 7 && announced <= 7);
    tlv[0] = (uint8_t)(0xc0u | announced);
    tlv[1] = (uint8_t)path.ids[2];
    memcpy(tlv + 2, bytes, length);
    uint64_t id = scene_ask(path, &get);
    (void)scene_take_open(scene.open_count - 1); /* answered here */
    scene_answer(id, COAP_CODE(2, 5), &body, false);
}

void scene_send(unsigned instance, const char *pair)
{
    const struct lwm2m_path root = { .depth = 0 };
    struct record_list list;
    struct byte_buffer body;

    record_list_init(&list);
    byte_buffer_init(&body);
    add_integer(&list, instance, 3, state_of(pair[0]));
    if (pair[1] != '\0') {
        add_integer(&list, instance, 5, strtol(pair + 1, NULL, 10));
    }
    CU_ASSERT_EQUAL_FATAL(
        codec_encode(CONTENT_FORMAT_SENML_JSON, &root, &list, &body, NULL),
        STATUS_OK);
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_SEND,
        .as.server = { .kind = SERVER_SEND,
                       .endpoint = "device",
                       .as.send = { .code = COAP_CODE(2, 4),
                                    .content_format = CONTENT_FORMAT_SENML_JSON,
                                    .payload = body.bytes,
                                    .payload_length = body.length } },
    };
    feed(&event);
    byte_buffer_release(&body);
    record_list_release(&list);
}

void scene_notify(unsigned instance, const char *pair)
{
    const struct lwm2m_path path =
        lwm2m_path_instance(OBJECT, (uint16_t)instance);
    const struct server_request_view get = { .method = GET,
                                             .has_observe = true };

    if (scene.observation[instance] == 0) {
        scene.observation[instance] = scene_ask(path, &get);
        (void)scene_take_open(scene.open_count - 1); /* answered here */
        scene_show(scene.observation[instance], path, pair, false);
        return;
    }
    scene_show(scene.observation[instance], path, pair, true);
}
