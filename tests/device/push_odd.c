/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/push_odd.h"

#include <stdlib.h>
#include <string.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"

enum { SIZE1_WAIT_MS = 3600000, FIRST_BYTES = 4096, ERASE_MS = 2500 };

static enum mutant mutant_of(const struct firmware *firmware)
{
    return firmware->config.mutant;
}

/** Another one is in the middle of a push. */
static struct component *other_push(struct firmware *firmware,
                                    uint16_t instance)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *other = firmware_at(firmware, i);
        if (i != instance && other->is_receiving && other->fetch == 0) {
            return other;
        }
    }
    return NULL;
}

/** Blocks are put where they belong, in any order: one hole at most. */
static bool reassemble(struct firmware *firmware, uint16_t instance,
                       const struct push_part *part, uint64_t now_ms,
                       uint8_t *out_code)
{
    struct component *component = firmware_at(firmware, instance);
    size_t end = part->offset + part->length;

    if (part->offset == 0 || !component->is_receiving ||
        (component->hole_end == 0 &&
         part->offset <= component->partial_length)) {
        return false;
    }
    *out_code = CODE(2, 31);
    if (part->offset > component->partial_length && component->hole_end == 0) {
        component->hole_start = component->partial_length;
        component->hole_end = part->offset;
        firmware_fill(component, component->hole_end);
        *out_code = firmware_receive(firmware, instance, part->offset, true,
                                     part->bytes, part->length, now_ms);
    } else if (part->offset >= component->hole_start &&
               end <= component->hole_end) {
        memcpy(component->partial + part->offset, part->bytes, part->length);
        component->hole_start += part->length;
        if (component->hole_start == component->hole_end) {
            component->hole_end = 0;
        }
        return true;
    } else if (part->offset == component->partial_length) {
        *out_code = firmware_receive(firmware, instance, part->offset, true,
                                     part->bytes, part->length, now_ms);
    }
    if (!part->more) { /* something is missing */
        *out_code = CODE(4, 8);
    }
    return true;
}

/** The token of the push that is open has to stay: a mutant. */
static bool has_other_token(const struct component *component,
                            const struct push_part *part)
{
    return part->offset > 0 && component->is_receiving &&
           component->push_token != component->newest_token;
}

/** Mutants that end a push by a block that they should take. */
static bool is_broken_off(struct firmware *firmware, uint16_t instance,
                          const struct push_part *part, uint64_t now_ms)
{
    enum { PAUSE_MS = 200 };
    struct component *component = firmware_at(firmware, instance);
    bool is_open = component->is_receiving && component->fetch == 0;

    if (mutant_of(firmware) == MUTANT_REPEAT_ENDS_PUSH && is_open &&
        part->offset > 0 && part->offset < component->partial_length) {
        firmware_to_idle(firmware, instance, RESULT_CONNECTION_LOST);
        return true;
    }
    if (mutant_of(firmware) == MUTANT_PAUSE_BLOCKS && is_open &&
        part->offset > 0 &&
        now_ms + firmware->config.push_timeout_ms >
            component->receive_deadline_ms + PAUSE_MS) {
        component->is_blocked = true;
    }
    return component->is_blocked ||
           (mutant_of(firmware) == MUTANT_SIZE1_REFUSED && part->offset == 0 &&
            component->size1 > 0);
}

/** Blocks at the end of a push, or the whole of it, that are odd in length. */
static bool answers_odd_end(struct firmware *firmware, uint16_t instance,
                            const struct push_part *part, uint8_t *out_code)
{
    struct component *component = firmware_at(firmware, instance);
    bool is_empty_end = !part->more && part->offset > 0 && part->length == 0;

    if (mutant_of(firmware) == MUTANT_FULL_BLOCK_WAITS && !part->more &&
        part->offset > 0 && part->length == component->newest_size) {
        *out_code = CODE(2, 4);
        return true;
    }
    if (mutant_of(firmware) == MUTANT_BYTE_RESETS && !part->more &&
        part->offset == 0 && part->length == 1) {
        *out_code = firmware_reset(firmware, instance);
        return true;
    }
    if (mutant_of(firmware) == MUTANT_EMPTY_END_JAMS) {
        component->is_jammed = component->is_jammed || is_empty_end;
        *out_code = CODE(4, 8);
        return component->is_jammed && part->more;
    }
    if (component->is_jammed) { /* by Cancel in Idle */
        *out_code = CODE(5, 3);
        return part->more;
    }
    *out_code = CODE(4, 0);
    return is_empty_end && varies(firmware, VARIANT_EMPTY_END_REFUSED);
}

bool push_odd_answers(struct firmware *firmware, uint16_t instance,
                      const struct push_part *part, uint64_t now_ms,
                      uint8_t *out_code)
{
    struct component *component = firmware_at(firmware, instance);
    struct component *other = other_push(firmware, instance);
    bool is_open = component->is_receiving && component->fetch == 0;

    if (part->offset == 0) {
        component->push_token = component->newest_token;
    }
    if (mutant_of(firmware) == MUTANT_PUSHES_MIXED && other != NULL &&
        part->offset > 0) {
        (void)firmware_append(other, part->bytes, part->length);
    }
    if (part->offset == 0) {
        component->first_size = part->length;
    }
    component->newest_size = part->more ? part->length : component->newest_size;
    if (is_broken_off(firmware, instance, part, now_ms) ||
        (mutant_of(firmware) == MUTANT_TOKEN_IS_THE_TRANSFER &&
         has_other_token(component, part)) ||
        (mutant_of(firmware) == MUTANT_ONE_MESSAGE_REFUSED &&
         part->offset == 0 && !part->more)) {
        *out_code = CODE(4, 8);
        return true;
    }
    if (mutant_of(firmware) == MUTANT_ZERO_LENGTH_REBOOTS && !part->more &&
        part->length == 0) {
        firmware->wants_reboot = true;
        *out_code = CODE(4, 0);
        return true;
    }
    if ((part->offset == 0 && is_open &&
         (varies(firmware, VARIANT_RESTART_REFUSED) ||
          mutant_of(firmware) == MUTANT_PUSH_FOR_EVER)) ||
        (varies(firmware, VARIANT_ONE_PUSH) && other != NULL)) {
        *out_code = CODE(5, 3);
        return true;
    }
    if (varies(firmware, VARIANT_ZERO_LENGTH_RESETS) && !part->more &&
        part->offset == 0 && part->length == 0) {
        *out_code = firmware_reset(firmware, instance);
        return true;
    }
    return answers_odd_end(firmware, instance, part, out_code) ||
           (varies(firmware, VARIANT_PUSH_REASSEMBLED) &&
            reassemble(firmware, instance, part, now_ms, out_code));
}

bool push_odd_begins(const struct firmware *firmware, uint16_t instance)
{
    return (mutant_of(firmware) == MUTANT_PUSH_IN_DOWNLOADED &&
            firmware->components[instance].state == STATE_DOWNLOADED) ||
           (mutant_of(firmware) == MUTANT_PUSH_DURING_PULL &&
            firmware->components[instance].fetch != 0) ||
           mutant_of(firmware) == MUTANT_PUSH_THOUGH_PULL_ONLY;
}

bool push_odd_goes_on(const struct firmware *firmware, uint16_t instance)
{
    return mutant_of(firmware) == MUTANT_RESTART_APPENDS &&
           firmware->components[instance].is_receiving;
}

bool push_odd_begins_late(const struct firmware *firmware)
{
    return mutant_of(firmware) == MUTANT_FIRST_BLOCK_MISSING;
}

/** The number of the block times the size of the first one. */
static size_t in_first_size(const struct component *component,
                            const struct push_part *part)
{
    size_t size = part->more ? part->length : component->newest_size;

    return size == 0 || component->first_size == 0
               ? part->offset
               : part->offset / size * component->first_size;
}

size_t push_odd_offset(const struct firmware *firmware, uint16_t instance,
                       const struct push_part *part)
{
    size_t expected = firmware->components[instance].partial_length;

    if (firmware->components[instance].fetch != 0) {
        return part->offset; /* a pull */
    }
    switch (mutant_of(firmware)) {
    case MUTANT_LATE_GAP_ACCEPTED:
        return part->offset > expected && expected > FIRST_BYTES ? expected
                                                                 : part->offset;
    case MUTANT_OLD_REPEAT_APPENDED:
        return part->offset + part->length < expected ? expected : part->offset;
    case MUTANT_GAP_ACCEPTED:
    case MUTANT_FIRST_BLOCK_MISSING:
        return part->offset > expected ? expected : part->offset;
    case MUTANT_REPEAT_APPENDED:
    case MUTANT_RETRANSMISSION_APPENDED:
        return part->offset < expected ? expected : part->offset;
    case MUTANT_BLOCKS_AS_THEY_COME:
    case MUTANT_RESTART_APPENDS:
    case MUTANT_PUSHES_MIXED:
        return expected;
    case MUTANT_BLOCK_SIZE_KEPT:
        return in_first_size(&firmware->components[instance], part);
    case MUTANT_BLOCK_NUMBER_CUT:
        return part->length < 32 ? part->offset % (256 * 16) : part->offset;
    default:
        return part->offset;
    }
}

uint8_t push_odd_repeat_code(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_REPEAT_REFUSED) ? CODE(4, 8) : CODE(2, 31);
}

uint8_t push_odd_gap_code(const struct firmware *firmware, bool more)
{
    if (varies(firmware, VARIANT_GAP_AT_END) && more) {
        return CODE(2, 31);
    }
    return varies(firmware, VARIANT_GAP_IS_400)   ? CODE(4, 0)
           : varies(firmware, VARIANT_GAP_IS_503) ? CODE(5, 3)
                                                  : CODE(4, 8);
}

bool push_odd_completes(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (component->fetch != 0 || component->size1 == 0) {
        return true;
    }
    if (mutant_of(firmware) == MUTANT_SIZE1_IS_THE_SIZE &&
        component->size1 < component->partial_length) {
        component->partial_length = component->size1;
    }
    if (mutant_of(firmware) == MUTANT_SIZE1_WAITED_FOR &&
        component->size1 > component->partial_length) {
        component->receive_deadline_ms += SIZE1_WAIT_MS;
        return false;
    }
    if (varies(firmware, VARIANT_SIZE1_ENFORCED) &&
        component->size1 != component->partial_length) {
        component->partial_length = 0; /* no package that is whole */
    }
    return true;
}

bool push_odd_looks_late(const struct firmware *firmware)
{
    switch (mutant_of(firmware)) {
    case MUTANT_BLOCKS_AS_THEY_COME:
    case MUTANT_RESTART_APPENDS:
    case MUTANT_TRUNCATED_ACCEPTED:
    case MUTANT_SIZE1_IS_THE_SIZE:
    case MUTANT_ABANDONED_IS_LOADED:
        return true;
    default:
        return false;
    }
}

bool push_odd_takes_foreign(const struct firmware *firmware,
                            const struct component *component)
{
    enum { PACKAGE_SIZE_MIN = 8192 }; /* JUNK is shorter */

    return mutant_of(firmware) == MUTANT_FOREIGN_ACCEPTED &&
           component->partial_length > PACKAGE_SIZE_MIN;
}

int push_odd_no_ram(const struct firmware *firmware)
{
    return mutant_of(firmware) == MUTANT_NO_RAM_IS_5 ? RESULT_INTEGRITY
           : varies(firmware, VARIANT_NO_RAM_IS_4)   ? RESULT_CONNECTION_LOST
                                                     : RESULT_NO_RAM;
}

int push_odd_too_big(const struct firmware *firmware)
{
    return mutant_of(firmware) == MUTANT_OVERSIZE_IS_8 ? RESULT_UPDATE_FAILED
           : varies(firmware, VARIANT_TOO_BIG_IS_3)    ? RESULT_NO_RAM
           : varies(firmware, VARIANT_TOO_BIG_IS_6)    ? RESULT_TYPE
                                                       : RESULT_NO_FLASH;
}

uint64_t push_odd_deadline(const struct firmware *firmware, uint64_t now_ms)
{
    return mutant_of(firmware) == MUTANT_PUSH_FOR_EVER ||
                   mutant_of(firmware) == MUTANT_PUSH_KEEPS_RESET ||
                   varies(firmware, VARIANT_PUSH_KEPT_OPEN)
               ? FIRMWARE_NEVER
           : mutant_of(firmware) == MUTANT_FIRST_BLOCK_LATE ||
                   varies(firmware, VARIANT_FIRST_BLOCK_ACKNOWLEDGED)
               ? now_ms + ERASE_MS + firmware->config.push_timeout_ms
               : now_ms + firmware->config.push_timeout_ms;
}

bool push_odd_resets(struct firmware *firmware, uint16_t instance)
{
    const struct component *component = firmware_at(firmware, instance);

    return component->is_receiving && component->fetch == 0 &&
           (mutant_of(firmware) == MUTANT_PUSH_FOR_EVER ||
            mutant_of(firmware) == MUTANT_PUSH_KEEPS_RESET);
}

bool push_odd_cancels(struct firmware *firmware, uint16_t instance,
                      uint8_t *out_code)
{
    const struct component *component = firmware_at(firmware, instance);

    if (!component->is_receiving || component->fetch != 0) {
        return false;
    }
    if (mutant_of(firmware) == MUTANT_CANCEL_KEEPS_PUSH) {
        firmware_set_pair(firmware, instance, STATE_IDLE, RESULT_CANCELLED);
        *out_code = CODE(2, 4);
        return true;
    }
    *out_code = CODE(4, 5);
    return varies(firmware, VARIANT_CANCEL_PUSH_REFUSED);
}

bool push_odd_abandoned(struct firmware *firmware, uint16_t instance)
{
    switch (mutant_of(firmware)) {
    case MUTANT_ABANDONED_IS_LOADED:
        (void)firmware_finish_download(firmware, instance); /* nobody hears */
        return true;
    case MUTANT_ABANDONED_IS_8:
        firmware_to_idle(firmware, instance, RESULT_UPDATE_FAILED);
        return true;
    default:
        return false;
    }
}

bool push_odd_survives(const struct firmware *firmware)
{
    return mutant_of(firmware) == MUTANT_PUSH_SURVIVES_REBOOT;
}

void push_odd_uri(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (mutant_of(firmware) == MUTANT_URI_SPOILS_PUSH &&
        component->is_receiving && component->fetch == 0) {
        component->partial_length = 0;
    }
}

/** All pushes lose what came so far. */
static void spoil(struct firmware *firmware)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        struct component *component = firmware_at(firmware, i);
        if (component->is_receiving && component->fetch == 0) {
            component->partial_length = 0;
        }
    }
}

void push_odd_told(struct firmware *firmware)
{
    spoil(firmware);
}

void push_odd_read(struct firmware *firmware)
{
    if (mutant_of(firmware) == MUTANT_READ_SPOILS_PUSH) {
        spoil(firmware);
    }
}
