/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/package/recipe.h"
#include "scenarios/package/toolkit.h"
#include "tests/device/firmware.h"
#include "tests/device/message.h"
#include "tests/unit/device_disk.h"

/*
 * The power is cut at each call that changes the disk, from the first block of
 * a batch of four images up to the end of the boot that confirms them, and at
 * each such call of the boot that follows. Afterwards all components run the
 * old version or all the new one, and the pairs are those that afu.md, ST-53,
 * has. Spec: packages.md, 5.4 and 13; AFU-093, AFU-094, AFU-165.
 */

enum {
    COMPONENTS = 4,
    PAYLOAD = 3000,
    CALLS_MAX = 400,
    SECOND_EVERY = 45,
    NOW_MS = 1000
};

static struct {
    char folder[64];
    uint8_t *images[COMPONENTS];
    size_t sizes[COMPONENTS];
    unsigned policy; /* an enum images */
} fixture;

static size_t make(const char *format, uint16_t instance, uint8_t **out_bytes)
{
    struct package_key sign;
    struct package_key enc;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    uint8_t payload[PAYLOAD];
    uint64_t seed = instance;
    size_t size = 0;
    bool is_suit = strcmp(format, "suit") == 0;

    if (package_key_demo("sign", &sign, NULL) != STATUS_OK ||
        package_key_demo("enc", &enc, NULL) != STATUS_OK) {
        return 0;
    }
    memset(payload, 0x30 + instance, sizeof(payload));
    recipe_class(instance, class_id);
    const struct package_recipe recipe = {
        .version = "1.0.1",
        .payload = payload,
        .payload_size = sizeof(payload),
        .signer = &sign,
        .encryption = is_suit ? PACKAGE_ES_CTR : PACKAGE_ECIES_P256,
        .key_bits = 128,
        .recipient = &enc,
        .has_counter = true,
        .counter = 1,
        .class_id = class_id,
        .component = shape_default()->components[instance],
        .random = package_random_seeded(&seed),
    };
    return package_make(package_format_find(format), &recipe, out_bytes, &size,
                        NULL) == STATUS_OK
               ? size
               : 0;
}

static int set_up(void)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-cuts-XXXXXX"); /* fits */
    return mkdtemp(fixture.folder) != NULL ? 0 : 1;
}

static void empty_folder(void)
{
    static const char *const kinds[] = { "a.slot", "b.slot", "staged" };
    char path[128];

    for (unsigned i = 0; i < FIRMWARE_COMPONENTS; i++) {
        for (size_t k = 0; k < 3; k++) {
            (void)snprintf(path, sizeof(path), "%s/%u.%s", fixture.folder, i,
                           kinds[k]); /* fits */
            (void)unlink(path);       /* absent is as good */
        }
    }
    (void)snprintf(path, sizeof(path), "%s/state", fixture.folder); /* fits */
    (void)unlink(path);
    (void)snprintf(path, sizeof(path), "%s/new", fixture.folder); /* fits */
    (void)unlink(path);
}

static int tear_down(void)
{
    empty_folder();
    (void)rmdir(fixture.folder); /* what is left stays */
    return 0;
}

static bool open_device(struct firmware *firmware, struct store **out_store)
{
    const struct firmware_config config = {
        .user = USER_ACCEPTS,
        .images = IMAGES_TAKEN | fixture.policy,
        .install_ms = 10,
        .push_timeout_ms = 1000,
        .delivery = DELIVERY_BOTH,
    };

    *out_store = store_open(fixture.folder);
    return *out_store != NULL && firmware_open(firmware, *out_store, &config);
}

/** All images, one Update of all, the reboot. @return whether all ran */
static bool run(void)
{
    struct firmware firmware;
    struct store *store = NULL;
    const struct update_arguments all = { .has_list = true,
                                          .links = { 1, 2, 3 },
                                          .link_count = 3 };
    bool good = open_device(&firmware, &store);

    if (!good) {
        return false;
    }
    firmware_boot(&firmware, NOW_MS);
    for (uint16_t i = 0; i < COMPONENTS; i++) {
        good = firmware_write_package(&firmware, i, 0, false, fixture.images[i],
                                      fixture.sizes[i], NOW_MS) == CODE(2, 4) &&
               good;
    }
    good = firmware_update(&firmware, 0, &all, NOW_MS) == CODE(2, 4) && good;
    firmware_tick(&firmware, NOW_MS + 1000);
    good = good && firmware.wants_reboot;
    firmware_boot(&firmware, NOW_MS + 2000);
    firmware_close(&firmware);
    store_close(store);
    return good;
}

/** A child that ends at the nth call. @return whether it did */
static bool cut_at(unsigned nth, bool only_boots)
{
    int status = 0;

    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct firmware firmware;
        struct store *store = NULL;
        disk_arm(DISK_HALF, nth);
        if (!only_boots) {
            _exit(run() ? 0 : 1);
        }
        if (!open_device(&firmware, &store)) {
            _exit(1);
        }
        firmware_boot(&firmware, NOW_MS + 3000);
        _exit(0);
    }
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 ||
                                         WEXITSTATUS(status) == DISK_KILLED));
    return WIFEXITED(status) && WEXITSTATUS(status) == DISK_KILLED;
}

/** It boots, and is as one device. @return whether it runs the new versions */
static bool check_whole(void)
{
    struct firmware firmware;
    struct store *store = NULL;
    unsigned fresh = 0;

    CU_ASSERT_TRUE_FATAL(open_device(&firmware, &store));
    firmware_boot(&firmware, NOW_MS + 4000);
    for (uint16_t i = 0; i < COMPONENTS; i++) {
        const struct component *component = &firmware.components[i];
        bool is_new = strcmp(component->version, "1.0.1") == 0;
        CU_ASSERT_TRUE(is_new || strcmp(component->version, "1.0.0") == 0);
        /* New ones are successes, and nothing else is. */
        CU_ASSERT_EQUAL(component->result == RESULT_UPDATED, is_new);
        CU_ASSERT_TRUE(component->state == STATE_IDLE ||
                       component->state == STATE_DOWNLOADED);
        CU_ASSERT_TRUE(!is_new || component->state == STATE_IDLE);
        CU_ASSERT_FALSE(component->is_pending || component->is_trial);
        fresh += is_new ? 1 : 0;
    }
    CU_ASSERT_TRUE(fresh == 0 || fresh == COMPONENTS);
    firmware_close(&firmware);
    store_close(store);
    return fresh == COMPONENTS;
}

static void cut_everywhere(const char *format, unsigned policy)
{
    bool was_cut = true;
    unsigned cuts = 0;
    unsigned fresh = 0;

    fixture.policy = policy;
    for (uint16_t i = 0; i < COMPONENTS; i++) {
        fixture.sizes[i] = make(format, i, &fixture.images[i]);
        CU_ASSERT_TRUE_FATAL(fixture.sizes[i] > 0);
    }
    for (unsigned nth = 1; was_cut && nth < CALLS_MAX; nth++) {
        /* Now and then also at each call of the boot behind it, until one is
         * whole. */
        bool was_cut_again = true;
        unsigned last = nth % SECOND_EVERY == 0 ? CALLS_MAX : 1;
        for (unsigned again = 0; was_cut_again && again < last; again++) {
            empty_folder();
            was_cut = cut_at(nth, false);
            was_cut_again = again < 1 || cut_at(again, true);
            fresh += check_whole() ? 1 : 0;
            cuts++;
        }
    }
    CU_ASSERT_FALSE(was_cut); /* the last one ran to its end … */
    CU_ASSERT_TRUE(cuts > 100 && fresh > 0 && fresh < cuts);
    CU_ASSERT_TRUE(check_whole()); /* … and is new */
    for (uint16_t i = 0; i < COMPONENTS; i++) {
        free(fixture.images[i]);
    }
}

static void an_early_device_is_whole_after_any_cut(void)
{
    cut_everywhere("mcuboot", 0);
}

static void a_late_device_is_whole_after_any_cut(void)
{
    cut_everywhere("suit", IMAGES_LATE);
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("device.cuts", set_up, tear_down);
    CU_ADD_TEST(suite, an_early_device_is_whole_after_any_cut);
    CU_ADD_TEST(suite, a_late_device_is_whole_after_any_cut);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
