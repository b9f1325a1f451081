/* SPDX-License-Identifier: Apache-2.0 */

/*
 * How long the oracle takes for a journal of one million events: pushes block
 * by block, Updates of one and of two components, resets, Reads of instances
 * and of the object, notifications, of a device that does all right. The
 * second half of the journal must take as long as the first.
 *
 * Usage: bench_oracle [EVENTS]
 * Exit status: 1 when it takes more than 5 s for a million events, when the
 * second half takes more than 1.3 times the first, or for a finding.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenarios/oracle/oracle.h"

enum {
    OBJECT = 33629,
    GET = 1,
    POST = 2,
    PUT = 3,
    COMPONENTS = 4,
    STATES = 4,
    RESULTS = 14,
    BLOCKS = 60,
    BLOCK_SIZE = 64,
    STEP_MS = 7,
    EVENTS = 1000000,
    MILLION = 1000000,
};

#define LIMIT_S     5.0
#define LIMIT_RATIO 1.3

struct face {
    int state;
    int result;
};

static struct bench {
    struct definitions *definitions;
    struct oracle *oracle;
    struct face faces[COMPONENTS];
    struct byte_buffer views[COMPONENTS][STATES][RESULTS]; /* made once */
    uint64_t observation;                                  /* of component 0 */
    uint64_t next_id;
    uint64_t sequence;
    uint64_t now_ms;
    uint64_t limit;
    size_t findings;
} bench;

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_oracle: %s\n", what);
    exit(2);
}

static void on_finding(const struct finding *finding, void *user)
{
    (void)user; /* there is one bench */
    if (finding->level >= FINDING_WARNING && bench.findings++ == 0) {
        printf("#%" PRIu64 ": %s %s: %s\n", bench.sequence,
               finding_level_name(finding->level), finding->requirement,
               finding->observed);
    }
}

/* Events. */

static void feed(struct journal_event *event)
{
    bench.now_ms += STEP_MS;
    event->sequence = ++bench.sequence;
    event->time_ms = bench.now_ms;
    event->wall_ms = (int64_t)bench.now_ms;
    event->endpoint = "device";
    oracle_feed(bench.oracle, event, on_finding, NULL);
}

static uint64_t ask(const char *path, const struct server_request_view *view)
{
    struct journal_event event = {
        .kind = (enum journal_kind)SERVER_REQUEST,
        .as.server = { .kind = SERVER_REQUEST,
                       .id = ++bench.next_id,
                       .as.request = *view },
    };

    event.as.server.as.request.path = path;
    event.as.server.as.request.accept = CONTENT_FORMAT_NONE;
    feed(&event);
    return bench.next_id;
}

static void answer(uint64_t id, enum server_event_kind kind, uint8_t code,
                   const struct byte_buffer *body)
{
    struct journal_event event = {
        .kind = (enum journal_kind)kind,
        .as.server = { .kind = kind,
                       .id = id,
                       .as.response = { .code = code,
                                        .content_format =
                                            body != NULL ? CONTENT_FORMAT_TLV
                                                         : CONTENT_FORMAT_NONE,
                                        .is_confirmable = true,
                                        .payload =
                                            body != NULL ? body->bytes : NULL,
                                        .payload_length =
                                            body != NULL ? body->length : 0 } },
    };

    feed(&event);
}

static void path_of(char *text, size_t size, unsigned instance, int resource)
{
    if (resource < 0) {
        (void)snprintf(text, size, "/%d/%u", OBJECT, instance);
    } else {
        (void)snprintf(text, size, "/%d/%u/%d", OBJECT, instance, resource);
    }
}

static void stimulate(unsigned instance, int resource,
                      struct server_request_view view, uint8_t code)
{
    char path[LWM2M_PATH_TEXT_MAX];

    path_of(path, sizeof(path), instance, resource);
    answer(ask(path, &view), SERVER_RESPONSE, code, NULL);
}

/* What Reads show. */

static void add(struct record_list *list, unsigned instance, uint16_t resource,
                const struct lwm2m_value *value)
{
    const struct lwm2m_record record = {
        .path = lwm2m_path_resource(OBJECT, (uint16_t)instance, resource),
        .value = *value,
    };

    if (record_list_add(list, &record, NULL) != STATUS_OK) {
        give_up("out of memory");
    }
}

static void add_instance(struct record_list *list, unsigned instance,
                         struct face face)
{
    const struct lwm2m_value state = { .type = LWM2M_TYPE_INTEGER,
                                       .as.integer = face.state };
    const struct lwm2m_value result = { .type = LWM2M_TYPE_INTEGER,
                                        .as.integer = face.result };
    const struct lwm2m_value version = { .type = LWM2M_TYPE_STRING,
                                         .as.data = { "1.0", 3 } };

    add(list, instance, 3, &state);
    add(list, instance, 5, &result);
    add(list, instance, 15, &version);
}

static void encode(const struct lwm2m_path *path,
                   const struct record_list *list, struct byte_buffer *body)
{
    if (codec_encode(CONTENT_FORMAT_TLV, path, list, body, NULL) != STATUS_OK) {
        give_up("cannot encode a view");
    }
}

static const struct byte_buffer *view_of(unsigned instance)
{
    const struct face face = bench.faces[instance];
    struct byte_buffer *body = &bench.views[instance][face.state][face.result];
    const struct lwm2m_path path =
        lwm2m_path_instance(OBJECT, (uint16_t)instance);
    struct record_list list;

    if (body->length == 0) {
        record_list_init(&list);
        add_instance(&list, instance, face);
        encode(&path, &list, body);
        record_list_release(&list);
    }
    return body;
}

static void look(unsigned instance)
{
    const struct server_request_view get = { .method = GET };
    char path[LWM2M_PATH_TEXT_MAX];

    path_of(path, sizeof(path), instance, -1);
    answer(ask(path, &get), SERVER_RESPONSE, COAP_CODE(2, 5),
           view_of(instance));
}

static void look_at_all(void)
{
    const struct server_request_view get = { .method = GET };
    const struct lwm2m_path path = lwm2m_path_object(OBJECT);
    struct record_list list;
    struct byte_buffer body;

    record_list_init(&list);
    byte_buffer_init(&body);
    for (unsigned i = 0; i < COMPONENTS; i++) {
        add_instance(&list, i, bench.faces[i]);
    }
    encode(&path, &list, &body);
    answer(ask("/33629", &get), SERVER_RESPONSE, COAP_CODE(2, 5), &body);
    byte_buffer_release(&body);
    record_list_release(&list);
}

static void become(unsigned instance, int state, int result)
{
    bench.faces[instance] = (struct face){ state, result };
    if (instance == 0) {
        answer(bench.observation, SERVER_NOTIFICATION, COAP_CODE(2, 5),
               view_of(instance));
    }
}

/* One round: what a campaign does. */

static void push(unsigned instance)
{
    static const uint8_t bytes[BLOCK_SIZE];

    for (uint32_t i = 0; i < BLOCKS; i++) {
        bool more = i + 1 < BLOCKS;
        const struct server_request_view block = {
            .method = PUT,
            .content_format = CONTENT_FORMAT_OPAQUE,
            .has_block1 = true,
            .block1 = { i, more, 2 },
            .payload = bytes,
            .payload_length = sizeof(bytes),
        };
        stimulate(instance, 0, block,
                  more ? COAP_CODE(2, 31) : COAP_CODE(2, 4));
        if (i == 0) {
            become(instance, 1, 0);
        }
        if (i % 10 == 0) {
            look(instance);
        }
    }
    become(instance, 2, 0);
    look(instance);
    look_at_all();
}

static void update(unsigned instance, const char *argument)
{
    const struct server_request_view execute = {
        .method = POST,
        .content_format = CONTENT_FORMAT_TEXT,
        .payload = (const uint8_t *)argument,
        .payload_length = strlen(argument),
    };
    bool is_pair = strcmp(argument, "0") != 0;

    stimulate(instance, 2, execute, COAP_CODE(2, 4));
    for (unsigned i = instance; i <= instance + (is_pair ? 1 : 0); i++) {
        become(i, 3, 0);
        for (int looks = 0; looks < 5; looks++) {
            look(i);
        }
        become(i, 0, 1);
    }
    look_at_all();
    bench.now_ms += 6000;
    look_at_all();
}

static void play_round(void)
{
    static const uint8_t null[1];
    const struct server_request_view reset = {
        .method = PUT,
        .content_format = CONTENT_FORMAT_OPAQUE,
        .payload = null,
        .payload_length = 1,
    };

    push(0);
    update(0, "0");
    push(0);
    push(1);
    update(0, "0='</33629/1>'");
    push(2);
    stimulate(2, 0, reset, COAP_CODE(2, 4));
    become(2, 0, 0);
    for (int i = 0; i < 20; i++) { /* polls */
        look((unsigned)i % COMPONENTS);
        bench.now_ms += 500;
    }
    look_at_all();
}

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* cannot fail */
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void set_up(void)
{
    static const struct oracle_component components[COMPONENTS] = {
        { 0, "application" }, { 1, "tee" }, { 2, "bootloader" }, { 3, "modem" }
    };
    const struct server_request_view observe = { .method = GET,
                                                 .has_observe = true };

    bench.definitions = definitions_new();
    if (bench.definitions == NULL ||
        definitions_add_embedded(bench.definitions, NULL) != STATUS_OK) {
        give_up("no definitions");
    }
    const struct oracle_config config = { .definitions = bench.definitions,
                                          .endpoint = "device",
                                          .components = components,
                                          .component_count = COMPONENTS,
                                          .state_ms = 5000,
                                          .abort_ms = 360000,
                                          .update_ms = 420000,
                                          .boot_ms = 120000,
                                          .clock_ms = 5000 };
    if (oracle_new(&config, &bench.oracle, NULL) != STATUS_OK) {
        give_up("no oracle");
    }
    bench.now_ms = 1000;
    bench.observation = ask("/33629/0", &observe);
    answer(bench.observation, SERVER_RESPONSE, COAP_CODE(2, 5), view_of(0));
    look_at_all();
}

static void tear_down(void)
{
    for (size_t i = 0; i < COMPONENTS; i++) {
        for (size_t state = 0; state < STATES; state++) {
            for (size_t result = 0; result < RESULTS; result++) {
                byte_buffer_release(&bench.views[i][state][result]);
            }
        }
    }
    oracle_free(bench.oracle);
    definitions_free(bench.definitions);
}

/** @return seconds for the rounds until so many events were fed */
static double play_until(uint64_t events)
{
    double begin = seconds();

    while (bench.sequence < events) {
        play_round();
    }
    return seconds() - begin;
}

int main(int argc, char **argv)
{
    uint64_t events = argc > 1 ? strtoull(argv[1], NULL, 10) : EVENTS;

    set_up();
    double first = play_until(events / 2);
    uint64_t half = bench.sequence;
    double second = play_until(2 * half);
    double rate = (double)bench.sequence / (first + second);
    double ratio = second / first;
    printf("%" PRIu64 " events in %.2f s: %.0f a second, a million in %.2f s; "
           "second half to first %.2f\n",
           bench.sequence, first + second, rate, MILLION / rate, ratio);
    tear_down();
    return MILLION / rate > LIMIT_S || ratio > LIMIT_RATIO ||
           bench.findings > 0;
}
