/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/firmware.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/loader.h"
#include "tests/device/moment.h"
#include "tests/device/record_file.h"

struct component *firmware_at(struct firmware *firmware, uint16_t instance)
{
    return &firmware->components[instance];
}

bool firmware_save(struct firmware *firmware)
{
    firmware->has_changed = true;
    if (!record_save(firmware)) {
        fprintf(stderr, "assay-device: cannot write the state record\n");
        return false;
    }
    return true;
}

/** Last State Change Time goes first: AFU-150. */
void firmware_set_pair(struct firmware *firmware, uint16_t instance,
                       enum firmware_state state, int result)
{
    struct component *component = firmware_at(firmware, instance);
    enum firmware_state before = component->state;

    bool is_changed = component->state != state ||
                      (component->result != result &&
                       firmware->config.mutant == MUTANT_CHANGE_TIME_BY_RESULT);
    if (is_changed) {
        struct timespec now = { .tv_sec = 0 };
        (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
        component->before_s = component->changed_s;
        component->changed_s = (int64_t)now.tv_sec;
        component->loaded_wall_ms =
            (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    }
    component->state = state;
    component->result = result;
    component->culprits = 0;
    variant_pair_set(firmware, instance, (int)before);
    if (state == STATE_IDLE) { /* reset before its turn came */
        firmware->waiting &= ~(1u << instance);
    }
    deferral_forget(firmware, instance);
    firmware->has_changed = true;
}

void firmware_stop_receiving(struct component *component)
{
    free(component->partial);
    component->partial = NULL;
    component->partial_length = 0;
    component->partial_capacity = 0;
    component->is_receiving = false;
    component->hole_end = 0;
    component->fetch = 0;
    component->has_moved = false;
    component->receive_deadline_ms = FIRMWARE_NEVER;
    component->verify_deadline_ms = FIRMWARE_NEVER;
}

void firmware_forget_package(struct component *component)
{
    component->has_package = false;
    component->package_version[0] = '\0';
    component->link_count = 0;
    component->outcome = OUTCOME_NONE;
}

void firmware_remove_staged(struct firmware *firmware, uint16_t instance)
{
    char name[32];

    (void)snprintf(name, sizeof(name), "%u.staged", instance);
    store_remove(firmware->store, name);
}

void firmware_drop_package(struct firmware *firmware, uint16_t instance)
{
    firmware_forget_package(firmware_at(firmware, instance));
    if (firmware_save(firmware)) { /* a record never names a lost file */
        firmware_remove_staged(firmware, instance);
    }
}

void firmware_to_idle(struct firmware *firmware, uint16_t instance, int result)
{
    firmware_stop_receiving(firmware_at(firmware, instance));
    if (result == RESULT_URI &&
        firmware->config.mutant == MUTANT_URI_ERROR_OVERWRITTEN) {
        result = RESULT_INITIAL;
    }
    firmware_set_pair(firmware, instance, STATE_IDLE, result);
    firmware_drop_package(firmware, instance);
}

/* Links and conflicts. */

bool firmware_is_ready(const struct firmware *firmware, uint16_t instance)
{
    return firmware->components[instance].state == STATE_DOWNLOADED;
}

unsigned firmware_ready(const struct firmware *firmware)
{
    unsigned mask = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        mask |= firmware_is_ready(firmware, i) ? 1u << i : 0u;
    }
    return mask;
}

unsigned firmware_linked(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    unsigned mask = 0;

    if (component->state != STATE_DOWNLOADED) {
        return 0;
    }
    if (firmware->config.mutant == MUTANT_LINKS_AFTER_FAILURE &&
        component->result == RESULT_UPDATE_FAILED) {
        return 1u << (instance == TEE ? APPLICATION : TEE);
    }
    if (!firmware->config.shape->links_needed) {
        return dependency_mutant_links(firmware, instance);
    }
    for (size_t i = 0; i < component->link_count; i++) {
        uint16_t link = component->links[i];
        if (link < FIRMWARE_COMPONENTS && link != instance &&
            firmware_is_ready(firmware, link)) {
            mask |= 1u << link;
        }
    }
    if (!varies(firmware, VARIANT_DEPENDENCY_NOT_PREDICTED) &&
        !varies(firmware, VARIANT_DEPENDENCY_BY_DOWNLOAD)) {
        mask |= dependency_partners(firmware, mask | 1u << instance);
    }
    return (mask | dependency_mutant_links(firmware, instance)) &
           ~(1u << instance);
}

void firmware_solve(struct firmware *firmware, uint16_t instance)
{
    if (variant_keeps_conflicts(firmware)) {
        return;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (firmware->components[i].result == RESULT_DEPENDENCY &&
            !variant_keeps_conflicts(firmware)) {
            firmware->components[i].culprits &= ~(1u << instance);
        }
    }
}

unsigned firmware_conflicting(const struct firmware *firmware,
                              uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    unsigned mask = component->culprits;

    if (firmware->config.mutant == MUTANT_CONFLICTS_EMPTY) {
        return 0;
    }
    if (firmware->config.mutant == MUTANT_CONFLICT_CLEARS_SIBLING) {
        return mask;
    }
    if (firmware->config.mutant == MUTANT_CONFLICTS_AFTER_FAILURE &&
        component->result == RESULT_UPDATE_FAILED) {
        return 1u << instance;
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (component->result == RESULT_CONFLICT &&
            firmware->components[i].state == STATE_IDLE) {
            mask &= ~(1u << i);
        }
    }
    /* Known before Execute: AFU-106. */
    if (firmware_is_ready(firmware, instance)) {
        unsigned batch =
            1u << instance | dependency_partners(firmware, 1u << instance);
        mask |= dependency_culprits(firmware, batch, instance);
    }
    return dependency_mutant_conflicts(firmware, instance, mask);
}

static int64_t severity_at_first(const struct firmware_config *config)
{
    return variants_have(&config->variants, VARIANT_SEVERITY_2_AT_FIRST)
               ? 2
               : 1; /* */
}

/** filled up with x. */
static void lengthen_name(const struct firmware *firmware,
                          struct component *component)
{
    size_t length = varies(firmware, VARIANT_NAME_OF_255)   ? 255
                    : varies(firmware, VARIANT_NAME_OF_300) ? 300
                                                            : 0;
    int used = snprintf(component->long_name, sizeof(component->long_name),
                        "%s ", component->name);

    if (length == 0 || used < 0 || (size_t)used > length) {
        return;
    }
    memset(component->long_name + used, 'x', length - (size_t)used);
    component->long_name[length] = '\0';
    component->name = component->long_name;
}

bool firmware_open(struct firmware *firmware, struct store *store,
                   const struct firmware_config *config)
{
    *firmware = (struct firmware){ .config = *config,
                                   .store = store,
                                   .user = config->user,
                                   .install_deadline_ms = FIRMWARE_NEVER,
                                   .confirm_deadline_ms = FIRMWARE_NEVER };
    if (config->shape == NULL) {
        firmware->config.shape = shape_default();
    }
    moment_begin(store, config->is_watched);
    /* Those that the shape does not have are never seen. */
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const char *name = firmware->config.shape->components[i];
        *firmware_at(firmware, i) = (struct component){
            .name = name != NULL ? name : "",
            .version = "1.0",
            .counter = 1,
            .severity = severity_at_first(config),
            .slot = 'a',
            .receive_deadline_ms = FIRMWARE_NEVER,
            .verify_deadline_ms = FIRMWARE_NEVER,
            .ask_deadline_ms = FIRMWARE_NEVER,
            .ghost_deadline_ms = FIRMWARE_NEVER,
        };
        lengthen_name(firmware, firmware_at(firmware, i));
        if (loader_takes_images(firmware)) {
            memcpy(firmware_at(firmware, i)->version, "1.0.0", 6);
        }
    }
    firmware->is_restarted = record_load(firmware);
    return record_save(firmware);
}

void firmware_reset_settings(struct firmware *firmware)
{
    enum mutant mutant = firmware->config.mutant;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        firmware_to_idle(firmware, i,
                         mutant == MUTANT_FRESH_RESULT_IS_8
                             ? RESULT_UPDATE_FAILED
                             : RESULT_INITIAL);
        component->severity = severity_at_first(&firmware->config);
        component->defer_s = 0;
        component->changed_s = 0;
        component->uri[0] = '\0';
    }
    (void)firmware_save(firmware); /* told */
    firmware->user = firmware->config.user;
    firmware->wants_reboot = true;
}

void firmware_close(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        firmware_stop_receiving(firmware_at(firmware, i));
    }
}
