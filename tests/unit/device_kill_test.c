/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device as a process that is killed for real, at moments that its own
 * messages and its own files tell, and started again. Spec: afu.md, AFU-094,
 * AFU-165, AFU-166, ST-31, ST-45, ST-53.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/device_image.h"
#include "tests/unit/device_peer.h"

enum { APP = 0, TEE = 1, MODEM = 3, BLOCK = 512, BLOCK_SZX = 5 };
enum { EVENTS_MAX = 300, OPAQUE = 42 };

static const char *const quick[] = { "--install-ms", "20", "--boot-ms", "20",
                                     NULL };
static const char *const slow[] = { "--install-ms", "60000", "--boot-ms", "20",
                                    NULL };

static struct peer peer;

static void set_up(const char *const *options)
{
    CU_ASSERT_TRUE_FATAL(peer_open(&peer));
    CU_ASSERT_TRUE_FATAL(peer_start(&peer, options));
    CU_ASSERT_TRUE_FATAL(peer_wait_registration(&peer, 1));
}

static void tear_down(void)
{
    peer_close(&peer);
}

static bool restart(const char *const *options)
{
    unsigned before = peer.registrations;

    peer.kill_at = 0;
    return peer_start(&peer, options) &&
           peer_wait_registration(&peer, before + 1);
}

static void make_modem(struct image *image)
{
    const struct image_plan plan = { .instance = MODEM,
                                     .version = "1.5",
                                     .payload_length = 1800 };

    image_make(image, &plan);
}

/** The application needs the TEE: one bundle, one batch. */
static void make_bundle(struct image *image)
{
    struct image members[2];
    const struct image_plan app = { .instance = APP, .payload_length = 900 };
    const struct image_plan tee = { .instance = TEE, .payload_length = 900 };

    image_make(&members[0], &app);
    image_make(&members[1], &tee);
    image_bundle(image, members, 2);
}

static unsigned block_count(const struct image *image)
{
    return (unsigned)((image->length + BLOCK - 1) / BLOCK);
}

static int64_t block_value(const struct image *image, unsigned number)
{
    bool more = number + 1 < block_count(image);

    return (int64_t)number << 4 | (more ? 8 : 0) | BLOCK_SZX;
}

static size_t block_length(const struct image *image, unsigned number)
{
    size_t left = image->length - (size_t)number * BLOCK;

    return left < BLOCK ? left : BLOCK;
}

static uint8_t send_block(unsigned instance, const struct image *image,
                          unsigned number)
{
    char path[32];

    (void)snprintf(path, sizeof(path), "/33629/%u/0", instance);
    return peer_ask(&peer, PEER_PUT, path, OPAQUE, block_value(image, number),
                    image->bytes + (size_t)number * BLOCK,
                    block_length(image, number), NULL);
}

/** @return the last code; 0 when the device was killed meanwhile */
static uint8_t push(unsigned instance, const struct image *image)
{
    uint8_t code = PEER_CONTINUE;

    for (unsigned i = 0; code == PEER_CONTINUE && i < block_count(image); i++) {
        code = send_block(instance, image, i);
    }
    return code;
}

/** Sent, and not waited for: the kill may be sooner than the answer. */
static void send_last_block(const struct image *image)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];
    unsigned last = block_count(image) - 1;
    size_t length =
        peer_build(&peer, bytes, PEER_PUT, "/33629/3/0", OPAQUE, -1,
                   block_value(image, last), image->bytes + last * BLOCK,
                   block_length(image, last));

    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
}

static void send_update(void)
{
    uint8_t bytes[PEER_DATAGRAM_MAX];
    size_t length =
        peer_build(&peer, bytes, PEER_POST, "/33629/3/2", -1, -1, -1, NULL, 0);

    CU_ASSERT_TRUE(peer_send(&peer, bytes, length));
}

static uint8_t update(void)
{
    return peer_ask(&peer, PEER_POST, "/33629/3/2", -1, -1, NULL, 0, NULL);
}

static uint8_t update_both(void)
{
    static const char argument[] = "0='</33629/1>'";

    return peer_ask(&peer, PEER_POST, "/33629/0/2", 0, -1, argument,
                    strlen(argument), NULL);
}

/* Moments told by messages. */

static void do_nothing(const struct image *image)
{
    (void)image;
}

static void first_block(const struct image *image)
{
    CU_ASSERT_EQUAL(send_block(MODEM, image, 0), PEER_CONTINUE);
}

static void all_but_the_last(const struct image *image)
{
    for (unsigned i = 0; i + 1 < block_count(image); i++) {
        CU_ASSERT_EQUAL(send_block(MODEM, image, i), PEER_CONTINUE);
    }
}

static void last_block_on_its_way(const struct image *image)
{
    all_but_the_last(image);
    send_last_block(image);
}

static void downloaded(const struct image *image)
{
    CU_ASSERT_EQUAL(push(MODEM, image), PEER_CHANGED);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 200);
}

static void update_on_its_way(const struct image *image)
{
    downloaded(image);
    send_update();
}

static void updating(const struct image *image)
{
    downloaded(image);
    CU_ASSERT_EQUAL(update(), PEER_CHANGED);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 300);
}

static void cancelled(const struct image *image)
{
    downloaded(image);
    CU_ASSERT_EQUAL(
        peer_ask(&peer, PEER_POST, "/33629/3/10", -1, -1, NULL, 0, NULL),
        PEER_CHANGED);
}

static void updated(const struct image *image)
{
    downloaded(image);
    CU_ASSERT_EQUAL(update(), PEER_CHANGED);
    CU_ASSERT_TRUE(peer_wait_registration(&peer, 2));
}

static const struct {
    const char *name;
    void (*reach)(const struct image *image);
    const char *const *options;
    int pairs[3]; /* -1: no more */
} moments[] = {
    { "registered", do_nothing, quick, { 0, -1, -1 } },
    { "first block", first_block, quick, { 0, -1, -1 } },
    { "all but the last", all_but_the_last, quick, { 0, -1, -1 } },
    { "last block sent", last_block_on_its_way, quick, { 0, 200, -1 } },
    { "downloaded", downloaded, quick, { 200, -1, -1 } },
    { "cancelled", cancelled, quick, { 10, -1, -1 } },
    { "Update sent", update_on_its_way, slow, { 200, 208, -1 } },
    { "updating", updating, slow, { 208, -1, -1 } },
    { "updated", updated, quick, { 1, -1, -1 } },
};

static bool is_one_of(int pair, const int *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pairs[i] == pair) {
            return true;
        }
    }
    return false;
}

static void killed_device_registers_again_with_a_legal_pair(void)
{
    struct image image;

    make_modem(&image);
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        char version[32];

        set_up(moments[i].options);
        moments[i].reach(&image);
        peer_kill(&peer);
        CU_ASSERT_TRUE(restart(quick));
        int pair = peer_pair(&peer, MODEM);
        CU_ASSERT_TRUE(
            peer_text(&peer, "/33629/3/15", version, sizeof(version)));
        bool good = is_one_of(pair, moments[i].pairs, 3) &&
                    strcmp(version, pair == 1 ? "1.5" : "1.0") == 0;
        CU_ASSERT_TRUE(good);
        if (!good) {
            printf("    %s: %d with %s\n", moments[i].name, pair, version);
        }
        CU_ASSERT_EQUAL(peer_stop(&peer), 0);
        tear_down();
    }
}

/* Moments told by files. */

/** @return whether the device lives to the end of the update */
static bool update_bundle(const struct image *image)
{
    if (push(APP, image) != PEER_CHANGED || update_both() != PEER_CHANGED ||
        !peer_wait_registration(&peer, 2)) {
        return false;
    }
    return peer_pair(&peer, APP) == 1; /* its last files are written before */
}

static void check_bundle(unsigned nth)
{
    static const int pairs[] = { 0, 200, 208, 1 };
    char app[32];
    char tee[32];
    int app_pair = peer_pair(&peer, APP);
    int tee_pair = peer_pair(&peer, TEE);

    CU_ASSERT_TRUE(peer_text(&peer, "/33629/0/15", app, sizeof(app)));
    CU_ASSERT_TRUE(peer_text(&peer, "/33629/1/15", tee, sizeof(tee)));
    bool good = is_one_of(app_pair, pairs, 4) && app_pair == tee_pair &&
                strcmp(app, tee) == 0 &&
                strcmp(app, app_pair == 1 ? "2.0" : "1.0") == 0;
    CU_ASSERT_TRUE(good);
    if (!good) {
        printf("    killed at change %u: %d with %s, %d with %s\n", nth,
               app_pair, app, tee_pair, tee);
    }
}

static void device_killed_at_each_change_of_a_file_has_all_or_nothing(void)
{
    struct image image;
    bool lives = false;
    unsigned nth = 1;

    make_bundle(&image);
    for (; !lives && nth < EVENTS_MAX; nth++) {
        set_up(quick);
        CU_ASSERT_TRUE_FATAL(peer_kill_at(&peer, nth));
        lives = update_bundle(&image);
        CU_ASSERT_TRUE(lives || peer.device == 0);
        peer_kill(&peer);
        CU_ASSERT_TRUE(restart(quick));
        check_bundle(nth);
        /* The good package, sent next, succeeds. */
        if (nth % 8 == 0) {
            uint8_t reset = 0;
            (void)peer_ask(&peer, PEER_PUT, "/33629/0/0", OPAQUE, -1, &reset, 1,
                           NULL);
            (void)peer_ask(&peer, PEER_PUT, "/33629/1/0", OPAQUE, -1, &reset, 1,
                           NULL);
            unsigned before = peer.registrations;
            CU_ASSERT_EQUAL(push(TEE, &image), PEER_CHANGED);
            CU_ASSERT_EQUAL(update_both(), PEER_CHANGED);
            CU_ASSERT_TRUE(peer_wait_registration(&peer, before + 1));
            CU_ASSERT_EQUAL(peer_pair(&peer, TEE), 1);
        }
        tear_down();
    }
    CU_ASSERT_TRUE(lives);
    CU_ASSERT_TRUE(nth > 20); /* else the folder is not watched */
}

/* What else is seen only from outside. */

static void reboot_ends_in_a_registration_from_another_port(void)
{
    set_up(quick);
    for (unsigned i = 2; i <= 6; i++) {
        uint16_t port = peer.address.sin_port;
        CU_ASSERT_EQUAL(
            peer_ask(&peer, PEER_POST, "/3/0/4", -1, -1, NULL, 0, NULL),
            PEER_CHANGED);
        CU_ASSERT_TRUE(peer_wait_registration(&peer, i));
        CU_ASSERT_NOT_EQUAL(peer.address.sin_port, port);
        CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 0);
    }
    CU_ASSERT_EQUAL(peer_stop(&peer), 0);
    tear_down();
}

static void update_ends_in_a_registration_from_another_port(void)
{
    struct image image;

    make_modem(&image);
    set_up(quick);
    uint16_t port = peer.address.sin_port;
    updated(&image);
    CU_ASSERT_NOT_EQUAL(peer.address.sin_port, port);
    CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 1);
    tear_down();
}

static void device_answers_while_it_installs(void)
{
    struct image image;
    char text[32];

    make_modem(&image);
    set_up(slow);
    updating(&image);
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_EQUAL(peer_pair(&peer, MODEM), 300);
        CU_ASSERT_TRUE(peer_text(&peer, "/3/0/3", text, sizeof(text)));
        CU_ASSERT_STRING_EQUAL(text, "1.0");
    }
    tear_down();
}

static CU_TestInfo tests[] = {
    { "told by messages", killed_device_registers_again_with_a_legal_pair },
    { "told by files",
      device_killed_at_each_change_of_a_file_has_all_or_nothing },
    { "reboot", reboot_ends_in_a_registration_from_another_port },
    { "update", update_ends_in_a_registration_from_another_port },
    { "installing", device_answers_while_it_installs },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "kill -9", NULL, NULL, NULL, NULL, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
