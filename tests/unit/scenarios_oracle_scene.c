/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_scene.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OBJECT = 33629,
    GET = 1,
    POST = 2,
    PUT = 3,
    DELETE = 4,
    COMPONENTS = 64,
    OPEN_MAX = 600,
    STEP_MS = 10,
    WORD_SIZE = 600,
    LINKS_MAX = 8,
};

/** Read once for all scenes. */
static struct definitions *definitions;

static const int64_t wall_start_ms = INT64_C(1800000000000);
static const uint64_t start_ms = 1000000;

/** What an instance shows besides State and Update Result. */
struct shown {
    char version[32];
    bool has_links[2]; /* Linked, Conflicting Instances */
    unsigned links[2][LINKS_MAX];
    size_t link_count[2];
    bool has_time;
    int64_t time_s;
};

struct open_request {
    uint64_t id;
    struct lwm2m_path path;
};

static struct {
    struct oracle *oracle;
    size_t component_count;
    uint64_t now_ms;
    uint64_t sequence;
    uint64_t next_id;
    struct shown shown[COMPONENTS];
    uint64_t observation[COMPONENTS];
    unsigned transfer;
    struct open_request open[OPEN_MAX];
    size_t open_count;
    char findings[4000];
    char expected[1000];
    char observed[1000];
    char detail[2000];
} scene;

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

static void feed(struct journal_event *event)
{
    scene.now_ms += STEP_MS;
    event->time_ms = scene.now_ms;
    event->wall_ms = wall_start_ms + (int64_t)(scene.now_ms - start_ms);
    event->sequence = ++scene.sequence;
    event->endpoint = "device";
    oracle_feed(scene.oracle, event, on_finding, NULL);
}

static void feed_data(enum journal_kind kind, const char *json)
{
    cJSON *data = cJSON_Parse(json);
    struct journal_event event = { .kind = kind, .as.data = data };

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    feed(&event);
    cJSON_Delete(data);
}

static void feed_server(enum server_event_kind kind, uint64_t id)
{
    struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind, .id = id, .endpoint = "device" },
    };

    feed(&event);
}

/** @return the id of the request */
static uint64_t ask(struct lwm2m_path path,
                    const struct server_request_view *view)
{
    char text[LWM2M_PATH_TEXT_MAX];
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = ++scene.next_id,
                       .endpoint = "device",
                       .as.request = *view },
    };

    event.as.server.as.request.path = lwm2m_path_text(&path, text);
    event.as.server.as.request.accept = CONTENT_FORMAT_NONE;
    CU_ASSERT_FATAL(scene.open_count < OPEN_MAX);
    scene.open[scene.open_count++] =
        (struct open_request){ scene.next_id, path };
    feed(&event);
    return scene.next_id;
}

/** Take the request from the list of the open ones. */
static struct open_request take_open(size_t index)
{
    CU_ASSERT_FATAL(index < scene.open_count);
    struct open_request taken = scene.open[index];
    scene.open_count--;
    memmove(&scene.open[index], &scene.open[index + 1],
            (scene.open_count - index) * sizeof(scene.open[0]));
    return taken;
}

static void answer(uint64_t id, uint8_t code, const struct byte_buffer *body,
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
            .as.link = { OBJECT, (uint16_t)shown->links[which][i] },
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

static void show(uint64_t id, struct lwm2m_path path, const char *what,
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
    answer(id, COAP_CODE(2, 5), &body, is_notification);
    byte_buffer_release(&body);
    record_list_release(&list);
}

static void read_now(struct lwm2m_path path, const char *what)
{
    const struct server_request_view get = { .method = GET };
    uint64_t id = ask(path, &get);

    (void)take_open(scene.open_count - 1); /* answered here */
    show(id, path, what, false);
}

static void notify(unsigned instance, const char *pair)
{
    const struct lwm2m_path path =
        lwm2m_path_instance(OBJECT, (uint16_t)instance);
    const struct server_request_view get = { .method = GET,
                                             .has_observe = true };

    if (scene.observation[instance] == 0) {
        scene.observation[instance] = ask(path, &get);
        (void)take_open(scene.open_count - 1); /* answered here */
        show(scene.observation[instance], path, pair, false);
        return;
    }
    show(scene.observation[instance], path, pair, true);
}

/* Words that set what is shown. */

static void set_links(struct shown *shown, int which, const char *list)
{
    char text[WORD_SIZE];
    char *rest = NULL;

    shown->link_count[which] = 0;
    shown->has_links[which] = strcmp(list, "none") != 0;
    (void)snprintf(text, sizeof(text), "%s",
                   shown->has_links[which] ? list : "");
    for (char *item = strtok_r(text, ",", &rest); item != NULL;
         item = strtok_r(NULL, ",", &rest)) {
        shown->links[which][shown->link_count[which]++] =
            (unsigned)strtoul(item, NULL, 10);
    }
}

static bool set_shown(unsigned instance, const char *word)
{
    struct shown *shown = &scene.shown[instance];
    int64_t wall_s =
        (wall_start_ms + (int64_t)(scene.now_ms - start_ms)) / 1000;

    if (strncmp(word, "v=", 2) == 0) {
        (void)snprintf(shown->version, sizeof(shown->version), "%s", word + 2);
    } else if (strncmp(word, "li=", 3) == 0) {
        set_links(shown, 0, word + 3);
    } else if (strncmp(word, "ci=", 3) == 0) {
        set_links(shown, 1, word + 3);
    } else if (strncmp(word, "lsct=", 5) == 0) {
        bool is_relative = word[5] == '@';
        shown->has_time = true;
        shown->time_s = (is_relative ? wall_s : 0) +
                        strtoll(word + (is_relative ? 6 : 5), NULL, 10);
    } else {
        return false;
    }
    return true;
}

/* Words that are requests. */

/** "1,2" to "0='</33629/1>,</33629/2>'"; "0" and other text stay. */
static void update_payload(const char *list, char *payload, size_t size)
{
    char text[WORD_SIZE];
    char *rest = NULL;
    size_t used = 0;

    if (strcmp(list, "0") == 0 || list[0] == '\0') {
        (void)snprintf(payload, size, "%s", list);
        return;
    }
    (void)snprintf(text, sizeof(text), "%s", list);
    used = (size_t)snprintf(payload, size, "0='");
    for (char *item = strtok_r(text, ",", &rest); item != NULL && used < size;
         item = strtok_r(NULL, ",", &rest)) {
        used += (size_t)snprintf(payload + used, size - used, "%s</33629/%s>",
                                 used > 3 ? "," : "", item);
    }
    CU_ASSERT_FATAL(used + 2 < size);
    memcpy(payload + used, "'", 2);
}

static bool take_request(unsigned instance, const char *word)
{
    static const struct {
        const char *word;
        uint8_t method;
        int resource; /* -1 the object, -2 the instance, -3 /3/0/4 */
        bool has_block;
        uint32_t number;
        bool more;
        size_t length;
    } rows[] = {
        { "push", PUT, 0, true, 0, true, 64 },
        { "block", PUT, 0, true, 1, true, 64 },
        { "last", PUT, 0, true, 2, false, 20 },
        { "whole", PUT, 0, false, 0, false, 40 },
        { "null", PUT, 0, false, 0, false, 1 },
        { "zero", PUT, 0, false, 0, false, 0 },
        { "uri", PUT, 1, false, 0, false, 20 },
        { "uri0", PUT, 1, false, 0, false, 0 },
        { "update", POST, 2, false, 0, false, 0 },
        { "cancel", POST, 10, false, 0, false, 0 },
        { "reboot", POST, -3, false, 0, false, 0 },
        { "create", POST, -1, false, 0, false, 0 },
        { "delete", DELETE, -2, false, 0, false, 0 },
        { "read", GET, -2, false, 0, false, 0 },
        { "s", GET, 3, false, 0, false, 0 },
        { "severity", PUT, 11, false, 0, false, 1 },
        { "state", PUT, 3, false, 0, false, 1 },
    };
    static const uint8_t zeros[64];
    char payload[2 * WORD_SIZE];

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t length = strcspn(word, "=");
        if (strncmp(word, rows[i].word, length) != 0 ||
            rows[i].word[length] != '\0') {
            continue;
        }
        struct server_request_view view = {
            .method = rows[i].method,
            .content_format = CONTENT_FORMAT_NONE,
            .has_block1 = rows[i].has_block,
            .block1 = { rows[i].number, rows[i].more, 2 },
            .payload = zeros,
            .payload_length = rows[i].length,
        };
        if (rows[i].resource == 2 && word[length] == '=') {
            update_payload(word + length + 1, payload, sizeof(payload));
            view.payload = (const uint8_t *)payload;
            view.payload_length = strlen(payload);
        }
        (void)ask(rows[i].resource == -3   ? lwm2m_path_resource(3, 0, 4)
                  : rows[i].resource == -1 ? lwm2m_path_object(OBJECT)
                  : rows[i].resource == -2
                      ? lwm2m_path_instance(OBJECT, (uint16_t)instance)
                      : lwm2m_path_resource(OBJECT, (uint16_t)instance,
                                            (uint16_t)rows[i].resource),
                  &view); /* the list of open ones keeps it */
        return true;
    }
    return false;
}

/** "0:11542:c0" is a Write of 0 in TLV; "-:11542:..." of the instance. */
static void put(unsigned instance, const char *word)
{
    uint8_t bytes[64];
    size_t length = 0;
    char *rest = NULL;
    unsigned resource = (unsigned)strtoul(word, NULL, 10);
    long format = strtol(strchr(word, ':') + 1, &rest, 10);

    CU_ASSERT_FATAL(*rest == ':');
    for (rest++; rest[0] != '\0' && rest[1] != '\0'; rest += 2) {
        const char digits[] = { rest[0], rest[1], '\0' };
        CU_ASSERT_FATAL(length < sizeof(bytes));
        bytes[length++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    const struct server_request_view view = { .method = PUT,
                                              .content_format = (int)format,
                                              .payload = bytes,
                                              .payload_length = length };
    (void)ask(word[0] == '-' ? lwm2m_path_instance(OBJECT, (uint16_t)instance)
                             : lwm2m_path_resource(OBJECT, (uint16_t)instance,
                                                   (uint16_t)resource),
              &view); /* the list of open ones keeps it */
}

/** Execute Update with any text, in which _ stands for a slash. */
static void execute(unsigned instance, const char *word)
{
    char text[WORD_SIZE];

    (void)snprintf(text, sizeof(text), "%s", word);
    for (char *at = strchr(text, '_'); at != NULL; at = strchr(at, '_')) {
        *at = '/';
    }
    const struct server_request_view view = {
        .method = POST,
        .content_format = CONTENT_FORMAT_TEXT,
        .payload = (const uint8_t *)text,
        .payload_length = strlen(text),
    };
    (void)ask(lwm2m_path_resource(OBJECT, (uint16_t)instance, 2),
              &view); /* the list of open ones keeps it */
}

static uint8_t code_of(const char *text)
{
    return COAP_CODE((unsigned)(text[0] - '0'),
                     (unsigned)strtoul(text + 1, NULL, 10));
}

/** How the request ends that was just asked, or is the oldest open one. */
static void end_request(size_t index, const char *ending, uint8_t otherwise)
{
    if (strcmp(ending, "open") == 0) {
        return;
    }
    struct open_request request = take_open(index);
    if (strcmp(ending, "lost") == 0) {
        feed_server(SERVER_TIMEOUT, request.id);
        return;
    }
    answer(request.id, ending[0] != '\0' ? code_of(ending) : otherwise, NULL,
           false);
}

static void play_load(unsigned instance, const char *list)
{
    char json[WORD_SIZE];
    char text[WORD_SIZE];
    char *rest = NULL;
    size_t used = 0;

    (void)snprintf(text, sizeof(text), "%s", list);
    used = (size_t)snprintf(json, sizeof(json), "{\"instance\":%u,\"parts\":[",
                            instance);
    for (char *item = strtok_r(text, ",", &rest); item != NULL;
         item = strtok_r(NULL, ",", &rest)) {
        used += (size_t)snprintf(json + used, sizeof(json) - used,
                                 "%s{\"instance\":%s}", item > text ? "," : "",
                                 item);
    }
    (void)snprintf(json + used, sizeof(json) - used, "]}"); /* fits */
    feed_data(JOURNAL_TRANSFER_BEGIN, json);
}

static bool play_other(unsigned instance, const char *word)
{
    char json[WORD_SIZE];

    if (word[0] == '+') {
        scene.now_ms += strtoull(word + 1, NULL, 10);
    } else if (strcmp(word, "register") == 0) {
        memset(scene.observation, 0, sizeof(scene.observation));
        feed_server(SERVER_REGISTER, 0);
    } else if (strcmp(word, "operator") == 0) {
        feed_data(JOURNAL_OPERATOR, "{\"action\":\"power-cycle\"}");
    } else if (strcmp(word, "restart") == 0) {
        memset(scene.observation, 0, sizeof(scene.observation));
        oracle_restart(scene.oracle);
    } else if (strncmp(word, "load=", 5) == 0) {
        play_load(instance, word + 5);
    } else if (strcmp(word, "loaded") == 0) {
        (void)snprintf(json, sizeof(json), "{\"transfer\":%u}", scene.transfer);
        feed_data(JOURNAL_TRANSFER_END, json);
    } else if (strncmp(word, "answer=", 7) == 0) {
        struct open_request request = take_open(0);
        show(request.id, request.path, word + 7, false);
    } else if (strcmp(word, "answer") == 0) {
        end_request(0, "", COAP_CODE(2, 4));
    } else if (strcmp(word, "lose") == 0) {
        end_request(0, "lost", 0);
    } else {
        return set_shown(instance, word);
    }
    return true;
}

static bool play_view(unsigned instance, const char *word)
{
    uint16_t id = (uint16_t)instance;

    if (word[0] == '~') {
        notify(instance, word + 1);
    } else if (strncmp(word, "s=", 2) == 0) {
        read_now(lwm2m_path_resource(OBJECT, id, 3), word + 2);
    } else if (strncmp(word, "r=", 2) == 0) {
        read_now(lwm2m_path_resource(OBJECT, id, 5), word + 2);
    } else if (strncmp(word, "all=", 4) == 0) {
        read_now(lwm2m_path_object(OBJECT), word + 4);
    } else if (strchr("IDLU", word[0]) != NULL) {
        read_now(lwm2m_path_instance(OBJECT, id), word);
    } else {
        return false;
    }
    return true;
}

static void play_word(char *word)
{
    unsigned instance = 0;
    char *dot = strchr(word, '.');

    if (dot != NULL && word[0] >= '0' && word[0] <= '9') {
        instance = (unsigned)strtoul(word, NULL, 10);
        word = dot + 1;
    }
    char *slash = strchr(word, '/');
    const char *ending = slash != NULL ? slash + 1 : "";
    if (slash != NULL) {
        *slash = '\0';
    }
    if (slash != NULL && strcmp(word, "answer") == 0) {
        end_request(0, ending, 0);
        return;
    }
    if (play_other(instance, word) || play_view(instance, word)) {
        return;
    }
    if (strncmp(word, "put=", 4) == 0) {
        put(instance, word + 4);
    } else if (strncmp(word, "exec=", 5) == 0) {
        execute(instance, word + 5);
    } else if (!take_request(instance, word)) {
        printf("\n    no such word: '%s'", word);
        CU_FAIL_FATAL("word of a script");
    }
    bool goes_on = strcmp(word, "push") == 0 || strcmp(word, "block") == 0;
    end_request(scene.open_count - 1, ending,
                goes_on ? COAP_CODE(2, 31) : COAP_CODE(2, 4));
}

void scene_play(const char *script)
{
    char word[WORD_SIZE];

    while (*script != '\0') {
        size_t length = strcspn(script, " ");
        CU_ASSERT_FATAL(length < sizeof(word));
        memcpy(word, script, length);
        word[length] = '\0';
        if (length > 0) {
            play_word(word);
        }
        script += length + (script[length] == ' ' ? 1 : 0);
    }
}

void scene_check(const struct scene_row *rows, size_t count,
                 const struct scene_setup *setup)
{
    struct scene_setup used = { .component_count = 0 };

    if (setup != NULL) {
        used = *setup;
    }
    for (size_t i = 0; i < 2 * count; i++) {
        const struct scene_row *row = &rows[i / 2];
        used.reading = i % 2 == 0 ? READING_INTEROP : READING_STRICT;
        const char *wanted =
            used.reading == READING_STRICT && row->strict != NULL
                ? row->strict
                : row->interop;
        scene_open(&used);
        scene_play(row->script);
        if (strcmp(scene.findings, wanted) != 0) {
            printf("\n    %s (%s)\n      script '%s'\n      wanted '%s'\n"
                   "      got    '%s'\n      expected: %s\n      observed: %s\n"
                   "      trace: %s",
                   row->name, reading_name(used.reading), row->script, wanted,
                   scene.findings, scene.expected, scene.observed,
                   scene.detail);
        }
        CU_ASSERT_STRING_EQUAL(scene.findings, wanted);
        scene_close();
    }
}
