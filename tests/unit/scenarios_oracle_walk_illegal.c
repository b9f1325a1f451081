/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/scenarios_oracle_walk_illegal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_SIZE = 32, LONG_MS = WALK_STATE_MS + 1000 };

/** Who is who, and what is shown beside the faces. */
struct play {
    struct walk *walk;
    unsigned parts[3]; /**< x, y, z */
    unsigned linked;   /**< from x, to … */
    bool is_linked;
    bool is_dangling;
    uint16_t object; /**< of links */
    bool is_conflicting;
};

/* By hand: the device is told what it shows, and answers what it is told. */

static void become(struct play *play, unsigned instance, int state, int result)
{
    struct walk_component *component = &play->walk->device.components[instance];
    const uint64_t never = WALK_NEVER;

    component->change_count = 0;
    component->work = WORK_NONE;
    component->due_ms = never;
    component->is_hidden = false;
    component->real.state = state;
    component->real.result = result;
    component->real.culprits = 0;
    component->face = component->real;
}

static void say(struct play *play, const struct walk_stimulus *stimulus,
                uint8_t code)
{
    struct walk *walk = play->walk;
    uint64_t id = ++walk->next_id;

    walk_feed_stimulus(&walk->feed, walk->now_ms, id, stimulus);
    walk_pass(walk, 20);
    walk_feed_answer(&walk->feed, walk->now_ms, id, code);
    walk_pass(walk, 20);
}

static void look(struct play *play, int instance, bool is_notification)
{
    struct walk *walk = play->walk;
    uint64_t id = ++walk->next_id;
    const struct walk_target target = { instance, -1 };
    struct walk_view view;

    walk_feed_read(&walk->feed, walk->now_ms, id, &target, is_notification);
    walk_pass(walk, 20);
    walk_view_now(walk, &view);
    memset(view.links, 0, sizeof(view.links));
    if (play->is_linked) {
        view.links[play->parts[0]] = play->linked;
        view.dangling = play->is_dangling ? 1u << play->parts[0] : 0;
    }
    if (play->is_conflicting) {
        view.faces[play->parts[0]].culprits = 1u << play->parts[1];
    }
    view.link_object = play->object;
    walk_feed_view(&walk->feed, walk->now_ms, id, &target, &view, false);
    if (is_notification) {
        walk_feed_view(&walk->feed, walk->now_ms, id, &target, &view, true);
    }
    walk_pass(walk, 20);
}

static void settle(struct play *play)
{
    walk_pass(play->walk, LONG_MS);
    look(play, -1, false);
}

static void push(struct play *play, unsigned instance)
{
    const struct walk_stimulus whole = { .kind = WALK_WHOLE,
                                         .instance = instance,
                                         .parts = 1u << instance };

    say(play, &whole, COAP_CODE(2, 4));
    become(play, instance, WALK_DOWNLOADED, 0);
    settle(play);
}

static void reset(struct play *play, unsigned instance)
{
    const struct walk_stimulus null = { .kind = WALK_NULL,
                                        .instance = instance };

    say(play, &null, COAP_CODE(2, 4));
    become(play, instance, WALK_IDLE, 0);
    settle(play);
}

/** By legal ways to a pair. A reset may be ignored while a push is under way
 *  so that only Downloaded proves that there is none. */
static void bring(struct play *play, unsigned instance, int state, int result)
{
    const struct walk_stimulus cancel = { .kind = WALK_CANCEL,
                                          .instance = instance };
    const struct walk_stimulus first = { .kind = WALK_FIRST,
                                         .instance = instance,
                                         .parts = 1u << instance };
    const struct walk_stimulus update = { .kind = WALK_UPDATE,
                                          .instance = instance,
                                          .form = WALK_ALONE };

    reset(play, instance);
    push(play, instance);
    reset(play, instance);
    if (state == WALK_DOWNLOADING) {
        say(play, &first, COAP_CODE(2, 31));
        become(play, instance, state, result);
    } else if (state != WALK_IDLE || result != 0) {
        push(play, instance);
        if (state == WALK_IDLE && result == 10) {
            say(play, &cancel, COAP_CODE(2, 4));
        } else if (state != WALK_DOWNLOADED || result != 0) {
            say(play, &update, COAP_CODE(2, 4));
            become(play, instance, WALK_UPDATING, 0);
            settle(play);
        }
        play->walk->device.components[instance].real.version +=
            result == 1 ? 1 : 0;
        become(play, instance, state, result);
    }
    settle(play);
    settle(play); /* an update may reboot the device before it registers */
}

/* Words. */

static unsigned instance_of(const struct play *play, char name)
{
    return play->parts[name - 'x'];
}

static int state_of(char name)
{
    return (int)(strchr("IDLU", name) - "IDLU");
}

static void stimulate(struct play *play, unsigned instance, const char *word)
{
    static const struct {
        const char *name;
        enum walk_kind kind;
        enum walk_form form;
    } rows[] = {
        { "update0", WALK_UPDATE, WALK_ALONE },
        { "updatey", WALK_UPDATE, WALK_LIST },
        { "update", WALK_UPDATE, WALK_NO_ARGUMENT },
        { "cancel", WALK_CANCEL, 0 },
        { "wholey", WALK_WHOLE, 0 },
        { "whole", WALK_WHOLE, 0 },
        { "first", WALK_FIRST, 0 },
        { "next", WALK_NEXT, 0 },
        { "last", WALK_LAST, 0 },
        { "null", WALK_NULL, 0 },
        { "zero", WALK_ZERO, 0 },
        { "uri0", WALK_URI_EMPTY, 0 },
        { "uri", WALK_URI, 0 },
        { "reboot", WALK_REBOOT, 0 },
    };
    const char *slash = strchr(word, '/');
    size_t length = slash != NULL ? (size_t)(slash - word) : strlen(word);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strlen(rows[i].name) != length ||
            strncmp(rows[i].name, word, length) != 0) {
            continue;
        }
        bool has_y = word[length - 1] == 'y';
        const struct walk_stimulus stimulus = {
            .kind = rows[i].kind,
            .instance = instance,
            .form = rows[i].form,
            .list = has_y ? 1u << play->parts[1] : 0,
            .parts = 1u << instance | (has_y ? 1u << play->parts[1] : 0),
        };
        unsigned code =
            slash != NULL ? (unsigned)strtoul(slash + 1, NULL, 10) : 204;
        if (slash == NULL &&
            (stimulus.kind == WALK_FIRST || stimulus.kind == WALK_NEXT)) {
            code = 231;
        }
        say(play, &stimulus, COAP_CODE(code / 100, code % 100));
        return;
    }
    printf("unknown stimulus '%s'\n", word);
    abort();
}

static void link(struct play *play, char kind, char target)
{
    play->is_linked = kind == '>';
    play->is_conflicting = kind == '<';
    play->is_dangling = target == '-';
    play->object = target == 'o' ? 5 : 33629;
    play->linked = target == 'x' ? 1u << play->parts[0] : 1u << play->parts[1];
}

static void show(struct play *play, unsigned instance, const char *word)
{
    struct walk_component *component = &play->walk->device.components[instance];

    if (word[0] == 'v') {
        component->real.version++;
        component->face.version++;
    } else {
        become(play, instance, state_of(word[0]),
               (int)strtol(word + 1, NULL, 10));
    }
}

static void play_word(struct play *play, const char *word)
{
    switch (word[0]) {
    case '+':
        walk_pass(play->walk, strtoull(word + 1, NULL, 10));
        return;
    case '?':
        look(play, -1, false);
        return;
    case 'r':
        walk_feed_event(&play->walk->feed, play->walk->now_ms, 0,
                        SERVER_REGISTER);
        return;
    default:
        break;
    }
    unsigned instance = instance_of(play, word[0]);
    switch (word[1]) {
    case ':':
        bring(play, instance, state_of(word[2]),
              (int)strtol(word + 3, NULL, 10));
        break;
    case '!':
        stimulate(play, instance, word + 2);
        break;
    case '~':
        show(play, instance, word + 2);
        look(play, (int)instance, true);
        break;
    case '>':
    case '<':
        link(play, word[1], word[2]);
        break;
    default:
        show(play, instance, word + 2);
        break;
    }
}

size_t walk_illegal_play(struct walk *walk, const char *script)
{
    struct play play = { .walk = walk, .object = 33629 };
    unsigned first = walk_roll(&walk->dice, WALK_COMPONENTS);
    size_t before = 0;

    for (unsigned i = 0; i < 3; i++) {
        play.parts[i] = (first + i) % WALK_COMPONENTS;
    }
    walk_feed_end_transfers(&walk->feed, walk->now_ms);
    /* What is done by hand is not notified: observers are given up. */
    memset(walk->observations, 0, sizeof(walk->observations));
    walk_feed_event(&walk->feed, walk->now_ms, 0, SERVER_UNWANTED);
    for (unsigned i = 0; i < WALK_COMPONENTS; i++) { /* deferrals end here */
        bring(&play, i, WALK_IDLE, 0);
    }
    while (*script != '\0') {
        char word[WORD_SIZE];
        size_t length = strcspn(script, " ");
        (void)snprintf(word, sizeof(word), "%.*s", (int)length, script);
        script += length + (script[length] == ' ' ? 1 : 0);
        if (word[0] == '|') {
            before = walk->feed.fail_count;
        } else {
            play_word(&play, word);
        }
    }
    return before;
}
