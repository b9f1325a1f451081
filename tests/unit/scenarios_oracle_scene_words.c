/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/scenarios_oracle_scene_private.h"

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
        size_t at = shown->link_count[which]++;
        char *colon = strchr(item, ':');
        CU_ASSERT_FATAL(at < LINKS_MAX);
        shown->links[which][at].object =
            colon != NULL ? (uint16_t)strtoul(item, NULL, 10) : OBJECT;
        shown->links[which][at].instance =
            (uint16_t)strtoul(colon != NULL ? colon + 1 : item, NULL, 10);
    }
}

static bool set_shown(unsigned instance, const char *word)
{
    struct shown *shown = &scene.shown[instance];

    if (strncmp(word, "v=", 2) == 0) {
        (void)snprintf(shown->version, sizeof(shown->version), "%s", word + 2);
    } else if (strncmp(word, "li=", 3) == 0) {
        set_links(shown, 0, word + 3);
    } else if (strncmp(word, "ci=", 3) == 0) {
        set_links(shown, 1, word + 3);
    } else if (strncmp(word, "lsct=", 5) == 0) {
        bool is_relative = word[5] == '@';
        shown->has_time = true;
        shown->time_s = (is_relative ? scene_wall_s() : 0) +
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
        { "attributes", PUT, 1, false, 0, false, 0 },
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
        bool is_write =
            rows[i].method == PUT && strcmp(rows[i].word, "attributes") != 0;
        struct server_request_view view = {
            .method = rows[i].method,
            .content_format = is_write && rows[i].length == 0
                                  ? CONTENT_FORMAT_OPAQUE
                                  : CONTENT_FORMAT_NONE,
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
        (void)scene_ask(rows[i].resource == -3   ? lwm2m_path_resource(3, 0, 4)
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

/** @return how many bytes */
static size_t hexadecimal(const char *text, uint8_t *bytes, size_t size)
{
    size_t length = 0;

    for (; text[0] != '\0' && text[1] != '\0'; text += 2) {
        const char digits[] = { text[0], text[1], '\0' };
        CU_ASSERT_FATAL(length < size);
        bytes[length++] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return length;
}

/** "get=0", "post=3", "drop=15": other operations on a Resource. */
static bool operate(unsigned instance, const char *word)
{
    static const struct {
        const char *word;
        uint8_t method;
    } rows[] = { { "get=", GET }, { "post=", POST }, { "drop=", DELETE } };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size_t length = strlen(rows[i].word);
        const struct server_request_view view = { .method = rows[i].method };
        if (strncmp(word, rows[i].word, length) == 0) {
            (void)scene_ask(
                lwm2m_path_resource(OBJECT, (uint16_t)instance,
                                    (uint16_t)strtoul(word + length, NULL, 10)),
                &view); /* the list of open ones keeps it */
            return true;
        }
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
    length = hexadecimal(rest + 1, bytes, sizeof(bytes));
    const struct server_request_view view = { .method = PUT,
                                              .content_format = (int)format,
                                              .payload = bytes,
                                              .payload_length = length };
    (void)scene_ask(word[0] == '-'
                        ? lwm2m_path_instance(OBJECT, (uint16_t)instance)
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
    (void)scene_ask(lwm2m_path_resource(OBJECT, (uint16_t)instance, 2),
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
    struct open_request request = scene_take_open(index);
    if (strcmp(ending, "lost") == 0) {
        scene_feed_server(SERVER_TIMEOUT, request.id);
        return;
    }
    scene_answer(request.id, ending[0] != '\0' ? code_of(ending) : otherwise,
                 NULL, false);
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
        const char *version = strchr(item, ':');
        used += (size_t)snprintf(
            json + used, sizeof(json) - used,
            "%s{\"instance\":%lu,\"version\":\"%s\"}", item > text ? "," : "",
            strtoul(item, NULL, 10), version != NULL ? version + 1 : "");
    }
    (void)snprintf(json + used, sizeof(json) - used, "]}"); /* fits */
    scene_feed_data(JOURNAL_TRANSFER_BEGIN, json);
}

static bool play_other(unsigned instance, const char *word)
{
    char json[WORD_SIZE];

    if (word[0] == '+') {
        scene.now_ms += strtoull(word + 1, NULL, 10);
    } else if (strcmp(word, "register") == 0) {
        memset(scene.observation, 0, sizeof(scene.observation));
        scene_feed_server(SERVER_REGISTER, 0);
    } else if (strcmp(word, "operator") == 0) {
        scene_feed_data(JOURNAL_OPERATOR, "{\"action\":\"power-cycle\"}");
    } else if (strcmp(word, "hook") == 0) {
        scene_feed_data(JOURNAL_HOOK_BEGIN, "{\"hook\":\"power-cycle\"}");
        scene_feed_data(JOURNAL_HOOK_END, "{\"hook\":\"power-cycle\"}");
    } else if (strcmp(word, "prefix") == 0) {
        scene.has_prefix = !scene.has_prefix;
    } else if (strcmp(word, "stranger") == 0) {
        scene.is_stranger = !scene.is_stranger;
    } else if (strcmp(word, "restart") == 0) {
        memset(scene.observation, 0, sizeof(scene.observation));
        oracle_restart(scene.oracle);
    } else if (strncmp(word, "load=", 5) == 0) {
        play_load(instance, word + 5);
    } else if (strcmp(word, "loaded") == 0) {
        (void)snprintf(json, sizeof(json), "{\"transfer\":%u}", scene.transfer);
        scene_feed_data(JOURNAL_TRANSFER_END, json);
    } else if (strncmp(word, "answer=", 7) == 0) {
        struct open_request request = scene_take_open(0);
        scene_show(request.id, request.path, word + 7, false);
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
    uint8_t bytes[8] = { 0 };

    if (strncmp(word, "clock=@", 7) == 0) {
        scene_read_clock(strtoll(word + 7, NULL, 10));
    } else if (strcmp(word, "cut") == 0) { /* more is announced than comes */
        scene_read_raw(lwm2m_path_resource(OBJECT, id, 3), bytes, 0, 1);
    } else if (strncmp(word, "raw=", 4) == 0 && strchr(word, ':') != NULL) {
        size_t length =
            hexadecimal(strchr(word, ':') + 1, bytes, sizeof(bytes));
        scene_read_raw(lwm2m_path_resource(
                           OBJECT, id, (uint16_t)strtoul(word + 4, NULL, 10)),
                       bytes, length, length);
    } else if (strncmp(word, "send=", 5) == 0) {
        scene_send(instance, word + 5);
    } else if (word[0] == '~') {
        scene_notify(instance, word + 1);
    } else if (strncmp(word, "s=", 2) == 0) {
        scene_read(lwm2m_path_resource(OBJECT, id, 3), word + 2);
    } else if (strncmp(word, "r=", 2) == 0) {
        scene_read(lwm2m_path_resource(OBJECT, id, 5), word + 2);
    } else if (strncmp(word, "all=", 4) == 0) {
        scene_read(lwm2m_path_object(OBJECT), word + 4);
    } else if (strchr("IDLU", word[0]) != NULL) {
        scene_read(lwm2m_path_instance(OBJECT, id), word);
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
    } else if (!operate(instance, word) && !take_request(instance, word)) {
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
