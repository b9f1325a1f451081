/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/fu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/device/objects_parts.h"

enum { MAIN = 0, RESET_LENGTH = 1, PULL_FAILS_MS = 300 };

static void set_pair(struct objects *objects, int state, int result)
{
    struct fu *fu = &objects->fu;

    fu->state = state;
    fu->result = result;
    fu->deadline_ms = FIRMWARE_NEVER;
    objects->has_changed = true;
}

static void to_idle(struct objects *objects, int result)
{
    fu_release(&objects->fu);
    objects->fu.version[0] = '\0';
    set_pair(objects, STATE_IDLE, result);
}

void fu_release(struct fu *fu)
{
    free(fu->bytes);
    fu->bytes = NULL;
    fu->length = 0;
}

/** Whether /33629 is at something. */
static bool is_afu_busy(const struct objects *objects)
{
    const struct firmware *firmware = objects->firmware;
    bool is_busy = false;

    for (size_t i = 0; i < variant_instances(firmware); i++) {
        is_busy = is_busy || firmware->components[i].state != STATE_IDLE;
    }
    return is_busy && !objects_vary(objects, VARIANT_FU_PARALLEL);
}

bool fu_blocks(const struct objects *objects)
{
    return objects->fu.is_there && objects->fu.state != STATE_IDLE &&
           !objects_vary(objects, VARIANT_FU_PARALLEL) &&
           objects_mutant(objects) != MUTANT_AFU_DROPS_FU;
}

void fu_spoil(struct objects *objects)
{
    if (objects_mutant(objects) == MUTANT_AFU_DROPS_FU &&
        objects->fu.state != STATE_IDLE) {
        to_idle(objects, RESULT_INITIAL);
    }
}

void fu_value(const struct objects *objects, uint16_t id,
              struct lwm2m_value *value)
{
    const struct fu *fu = &objects->fu;
    const struct component *main = &objects->firmware->components[MAIN];
    bool mirrors =
        objects_vary(objects, VARIANT_FU_MIRRORS) && fu->state == STATE_IDLE;

    value->type = LWM2M_TYPE_INTEGER;
    switch (id) {
    case 1:
        value->type = LWM2M_TYPE_STRING;
        value->as.data.bytes = "";
        break;
    case 3:
        value->as.integer = mirrors ? (int)main->state : fu->state;
        break;
    case 5:
        value->as.integer = mirrors && main->result <= RESULT_PROTOCOL
                                ? main->result
                                : fu->result;
        break;
    default:
        value->as.integer = objects_vary(objects, VARIANT_FU_PARALLEL)
                                ? DELIVERY_BOTH
                                : DELIVERY_PUSH;
        break;
    }
}

static bool append(struct fu *fu, size_t offset, const uint8_t *bytes,
                   size_t length)
{
    uint8_t *grown = realloc(fu->bytes, offset + length + 1);

    if (grown == NULL) {
        return false;
    }
    fu->bytes = grown;
    memcpy(grown + offset, bytes, length);
    fu->length = offset + length;
    return true;
}

/** All has come. */
static uint8_t finish(struct objects *objects)
{
    struct fu *fu = &objects->fu;
    struct device_packages packages;
    int result = package_read(fu->bytes, fu->length, &packages);

    if (result == RESULT_INITIAL &&
        (packages.is_bundle || packages.members[0].instance != MAIN)) {
        result = RESULT_TYPE;
    } else if (result == RESULT_INITIAL && !packages.members[0].has_good_crc) {
        result = RESULT_INTEGRITY;
    }
    if (result != RESULT_INITIAL) {
        to_idle(objects, result);
        return CODE(2, 4);
    }
    memcpy(fu->version, packages.members[0].version, sizeof(fu->version));
    fu_release(fu);
    set_pair(objects, STATE_DOWNLOADED, RESULT_INITIAL);
    return CODE(2, 4);
}

/** For a mutant: what a Write to /5 does to /33629. */
static void spoil_afu(struct objects *objects)
{
    if (objects_mutant(objects) == MUTANT_FU_DROPS_AFU) {
        for (uint16_t i = 0; i < variant_instances(objects->firmware); i++) {
            (void)firmware_write_uri(objects->firmware, i, "", 0, false);
        }
    }
}

uint8_t fu_write_package(struct objects *objects, size_t offset, bool more,
                         const uint8_t *bytes, size_t length, uint64_t now_ms)
{
    struct fu *fu = &objects->fu;
    bool is_whole = offset == 0 && !more;

    if (is_whole && length == RESET_LENGTH && bytes[0] == 0 &&
        fu->state != STATE_UPDATING) {
        to_idle(objects, RESULT_INITIAL);
        return CODE(2, 4);
    }
    spoil_afu(objects);
    bool is_pulling = fu->state == STATE_DOWNLOADING && fu->bytes == NULL;
    if (is_afu_busy(objects) || fu->state > STATE_DOWNLOADING || is_pulling) {
        return CODE(4, 5);
    }
    if (offset != 0 && offset != fu->length) {
        return CODE(4, 8);
    }
    if (offset + length > FIRMWARE_STORAGE) {
        to_idle(objects, RESULT_NO_FLASH);
        return CODE(4, 13);
    }
    if (!append(fu, offset, bytes, length)) {
        to_idle(objects, RESULT_NO_RAM);
        return CODE(5, 0);
    }
    set_pair(objects, STATE_DOWNLOADING, RESULT_INITIAL);
    fu->deadline_ms = now_ms + objects->firmware->config.push_timeout_ms;
    return more ? CODE(2, 31) : finish(objects);
}

/** There is no pull, but in a variant, and it reaches nobody. */
uint8_t fu_write_uri(struct objects *objects, size_t length, bool dry)
{
    struct fu *fu = &objects->fu;
    bool is_reset = length == 0 && fu->state != STATE_UPDATING;
    bool pulls =
        objects_vary(objects, VARIANT_FU_PARALLEL) && fu->state == STATE_IDLE;

    if (!dry && length > 0) {
        spoil_afu(objects);
    }
    if (!is_reset && !pulls) {
        return CODE(4, 5);
    }
    if (!dry && is_reset) {
        to_idle(objects, RESULT_INITIAL);
    } else if (!dry) {
        set_pair(objects, STATE_DOWNLOADING, RESULT_INITIAL);
        fu->deadline_ms = 0; /* from the next tick on */
    }
    return CODE(2, 4);
}

uint8_t fu_update(struct objects *objects, uint64_t now_ms)
{
    if (objects->fu.state != STATE_DOWNLOADED || is_afu_busy(objects)) {
        return CODE(4, 5);
    }
    set_pair(objects, STATE_UPDATING, RESULT_INITIAL);
    objects->fu.deadline_ms = now_ms + objects->firmware->config.install_ms;
    return CODE(2, 4);
}

void fu_load(struct objects *objects)
{
    struct fu *fu = &objects->fu;

    if (fu->is_there && fu->state == STATE_IDLE && !is_afu_busy(objects)) {
        memcpy(fu->version, objects->firmware->components[MAIN].version,
               sizeof(fu->version));
        set_pair(objects, STATE_DOWNLOADED, RESULT_INITIAL);
    }
}

void fu_hear(struct objects *objects)
{
    const volatile sig_atomic_t *word = objects->firmware->config.user_word;

    if (word != NULL && *word == USER_WORD_LOAD) {
        fu_load(objects);
    }
}

static void install(struct objects *objects)
{
    struct component *main = &objects->firmware->components[MAIN];

    memcpy(main->version, objects->fu.version, sizeof(main->version));
    bool is_kept = firmware_save(objects->firmware);
    to_idle(objects, is_kept ? RESULT_UPDATED : RESULT_UPDATE_FAILED);
}

void fu_tick(struct objects *objects, uint64_t now_ms)
{
    struct fu *fu = &objects->fu;

    if (objects->firmware->components[MAIN].state == STATE_UPDATING) {
        fu->is_gone = objects_mutant(objects) == MUTANT_FU_GONE_BY_UPDATE;
    }
    if (fu->state == STATE_IDLE || fu->deadline_ms > now_ms) {
        return;
    }
    if (fu->state == STATE_UPDATING) {
        install(objects);
    } else if (fu->deadline_ms == 0) { /* the pull of the variant */
        fu->deadline_ms = now_ms + PULL_FAILS_MS;
    } else {
        to_idle(objects, RESULT_CONNECTION_LOST);
    }
}

uint64_t fu_deadline(const struct objects *objects)
{
    return objects->fu.state != STATE_IDLE ? objects->fu.deadline_ms
                                           : FIRMWARE_NEVER;
}
