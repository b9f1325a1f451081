/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_SCENARIOS_ORACLE_SCENE_PRIVATE_H
#define TESTS_UNIT_SCENARIOS_ORACLE_SCENE_PRIVATE_H

/* Between the events of a scene and the words of its script. */
#include "tests/unit/scenarios_oracle_scene.h"

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

/** What an instance shows besides State and Update Result. */
struct shown {
    char version[128];
    bool has_links[2]; /* Linked, Conflicting Instances */
    struct {
        uint16_t object;
        uint16_t instance;
    } links[2][LINKS_MAX];
    size_t link_count[2];
    bool has_time;
    int64_t time_s;
};

struct open_request {
    uint64_t id;
    struct lwm2m_path path;
};

extern struct scene {
    struct oracle *oracle;
    size_t component_count;
    uint64_t now_ms;
    uint64_t sequence;
    uint64_t next_id;
    struct shown shown[COMPONENTS];
    uint64_t observation[COMPONENTS];
    unsigned transfer;
    bool is_stranger;
    bool has_prefix; /* requests have an alternate path */
    struct open_request open[OPEN_MAX];
    size_t open_count;
    char findings[4000];
    char expected[1000];
    char observed[1000];
    char detail[2000];
} scene;

/** Now, of the journal's wall clock. */
int64_t scene_wall_s(void);
void scene_feed_data(enum journal_kind kind, const char *json);
void scene_feed_server(enum server_event_kind kind, uint64_t id);
/** @return the id of the request, which is the last of the open ones */
uint64_t scene_ask(struct lwm2m_path path,
                   const struct server_request_view *view);
/** Take the request from the list of the open ones. */
struct open_request scene_take_open(size_t index);
/** @param body  NULL: none; else TLV */
void scene_answer(uint64_t id, uint8_t code, const struct byte_buffer *body,
                  bool is_notification);
/** Answer a Read with what `what` says: "L8", "L", "17", "L0,I0". */
void scene_show(uint64_t id, struct lwm2m_path path, const char *what,
                bool is_notification);
void scene_read(struct lwm2m_path path, const char *what);
void scene_read_clock(int64_t offset_s);
/** Read of a Resource that is answered with these bytes in TLV, where another
 *  length may be announced. */
void scene_read_raw(struct lwm2m_path path, const uint8_t *bytes, size_t length,
                    size_t announced);
/** A Send of State and Update Result, or of State alone. */
void scene_send(unsigned instance, const char *pair);
void scene_notify(unsigned instance, const char *pair);

#endif
