/* SPDX-License-Identifier: Apache-2.0 */

/* Package URI, and what a pull makes of a component. Knows no network. */
#include <string.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"
#include "tests/device/push_odd.h"
#include "tests/device/refusals.h"
#include "tests/device/restart.h"

/** Whether a URI with this scheme is one that Resource 8 speaks of. */
static bool is_supported(const struct firmware *firmware,
                         enum uri_scheme scheme)
{
    unsigned protocols = firmware->config.protocols;

    if (firmware->config.mutant == MUTANT_COAP_NOT_ASSUMED) {
        return false;
    }
    return scheme != URI_OTHER &&
           ((protocols != 0 ? protocols : 1u << URI_COAP) & 1u << scheme) != 0;
}

static int bad_uri_result(const struct firmware *firmware)
{
    return varies(firmware, VARIANT_BAD_URI_IS_9)   ? RESULT_PROTOCOL
           : varies(firmware, VARIANT_BAD_URI_IS_4) ? RESULT_CONNECTION_LOST
                                                    : RESULT_URI;
}

/** Update Result of a URI that no request need be made for; 0: it is good. */
static int result_of(const struct firmware *firmware, const char *text,
                     size_t length)
{
    struct uri uri;

    if (!uri_parse(text, length, &uri)) {
        return bad_uri_result(firmware);
    }
    if (!is_supported(firmware, uri.scheme)) {
        return firmware->config.mutant == MUTANT_PROTOCOL_IS_8
                   ? RESULT_UPDATE_FAILED
               : varies(firmware, VARIANT_PROTOCOL_IS_7) ? RESULT_URI
                                                         : RESULT_PROTOCOL;
    }
    return uri.is_good ? 0 : bad_uri_result(firmware);
}

bool firmware_others_fetch(const struct firmware *firmware, uint16_t instance,
                           bool or_receive)
{
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        const struct component *component = &firmware->components[i];
        if (i != instance && (component->fetch != 0 ||
                              (or_receive && component->is_receiving))) {
            return true;
        }
    }
    return false;
}

bool firmware_is_queued(const struct firmware *firmware, uint16_t instance)
{
    unsigned fetch = firmware->components[instance].fetch;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (fetch != 0 && firmware->components[i].fetch != 0 &&
            firmware->components[i].fetch < fetch) {
            return true;
        }
    }
    return false;
}

/** Whether another URI in this State begins another pull. */
static bool may_replace(const struct firmware *firmware,
                        const struct component *component)
{
    switch (component->state) {
    case STATE_DOWNLOADING:
        return varies(firmware, VARIANT_URI_REPLACES_DOWNLOAD) ||
               varies(firmware, VARIANT_QUEUED_URI_REPLACES) ||
               firmware->config.mutant == MUTANT_URI_MIXES;
    case STATE_DOWNLOADED:
        return firmware->config.mutant == MUTANT_URI_REPLACES_PACKAGE;
    case STATE_IDLE:
    case STATE_UPDATING:
        break;
    }
    return false;
}

/** ST-10, ST-11, ST-25, ST-42, ST-52. @return 0, or the refusal */
static uint8_t refuse(const struct firmware *firmware, uint16_t instance,
                      size_t length)
{
    const struct component *component = &firmware->components[instance];
    bool ends_push = varies(firmware, VARIANT_URI_ENDS_PUSH) &&
                     component->is_receiving && component->fetch == 0;
    bool is_idle = component->state == STATE_IDLE && !component->is_receiving;

    if (firmware->config.delivery == DELIVERY_PUSH) {
        return varies(firmware, VARIANT_URI_IGNORED) ? CODE(2, 4) : CODE(4, 5);
    }
    if ((varies(firmware, VARIANT_SECOND_FETCH_REFUSED) &&
         firmware_others_fetch(firmware, instance, true)) ||
        (firmware->config.mutant == MUTANT_QUEUE_BLOCKED &&
         firmware->has_failed)) {
        return CODE(4, 5);
    }
    if (!is_idle && !may_replace(firmware, component) && !ends_push) {
        return refusal_of_uri(firmware);
    }
    bool takes_longer = firmware->config.mutant == MUTANT_LONG_URI_CUT ||
                        varies(firmware, VARIANT_LONG_URI_TAKEN) ||
                        varies(firmware, VARIANT_LONG_URI_IS_7);

    return length > (takes_longer ? URI_MAX : URI_ALLOWED) ? CODE(4, 0) : 0;
}

/** @param result  known before a request is made; 0: it may be good */
static void begin(struct firmware *firmware, uint16_t instance, int result)
{
    struct component *component = firmware_at(firmware, instance);
    int stale = component->result;

    firmware_forget_package(component);
    firmware_stop_receiving(component);
    component->stale_result = stale;
    component->ready_before = firmware_ready(firmware);
    component->is_receiving = true;
    component->fetch = ++firmware->fetches;
    component->fetch_result = result;
    firmware_set_pair(firmware, instance, STATE_DOWNLOADING,
                      firmware->config.mutant == MUTANT_URI_KEEPS_RESULT
                          ? stale
                          : RESULT_INITIAL);
    (void)firmware_save(firmware); /* told */
}

static uint8_t take_empty(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);
    unsigned fetch = component->fetch;

    if (firmware->config.mutant == MUTANT_EMPTY_URI_FETCHES &&
        component->uri[0] != '\0') {
        begin(firmware, instance, 0);
        return CODE(2, 4);
    }
    uint8_t code = firmware_reset(firmware, instance);
    if (firmware->config.mutant == MUTANT_FETCH_AFTER_RESET) {
        component->fetch = fetch; /* the bytes are thrown away */
    }
    return code;
}

/** What is wrong with a URI that no request need be made for.
 *  @return the code, or 0 when the pull begins all the same */
static uint8_t take_bad(struct firmware *firmware, uint16_t instance,
                        int result)
{
    bool is_bad = result == RESULT_URI;

    if (is_bad && varies(firmware, VARIANT_BAD_URI_BY_CODE)) {
        return CODE(4, 0);
    }
    if (is_bad && firmware->config.mutant == MUTANT_BAD_URI_IGNORED) {
        return CODE(2, 4);
    }
    if (result == 0 || varies(firmware, VARIANT_URI_FAILS_LATE)) {
        return 0;
    }
    firmware_to_idle(firmware, instance, result);
    return varies(firmware, VARIANT_URI_FAILS_BY_CODE) ? CODE(4, 0)
                                                       : CODE(2, 4);
}

uint8_t firmware_write_uri(struct firmware *firmware, uint16_t instance,
                           const void *bytes, size_t length, bool dry)
{
    struct component *component = firmware_at(firmware, instance);
    push_odd_uri(firmware, instance);
    if (component->state == STATE_UPDATING && !dry) {
        return restart_write(firmware, instance, length == 0);
    }
    uint8_t code = component->state == STATE_UPDATING ? CODE(4, 5) /* ST-52 */
                   : length > 0 ? refuse(firmware, instance, length)
                                : 0;

    if (firmware->config.mutant == MUTANT_LONG_URI_JAMS &&
        (firmware->is_jammed || length > URI_ALLOWED)) {
        firmware->is_jammed = true;
        return CODE(5, 0);
    }
    if (code != 0 && !dry && component->state == STATE_DOWNLOADING &&
        firmware->config.mutant == MUTANT_URI_PEEKED && length <= URI_MAX) {
        memcpy(component->peeked, bytes, length);
        component->peeked[length] = '\0';
    }
    if (code == CODE(2, 4) && !dry) {
        refusal_keeps_uri(firmware, instance, bytes, length);
    }
    if (code != 0 || dry) {
        return code != 0 ? code : CODE(2, 4);
    }
    if (length > URI_ALLOWED && varies(firmware, VARIANT_LONG_URI_IS_7)) {
        firmware_to_idle(firmware, instance, RESULT_URI);
        return CODE(2, 4);
    }
    if (length > URI_ALLOWED &&
        firmware->config.mutant == MUTANT_LONG_URI_CUT) {
        length = URI_ALLOWED;
    }
    if (length == 0) {
        return take_empty(firmware, instance);
    }
    int result = result_of(firmware, bytes, length);
    memcpy(component->uri, bytes, length);
    component->uri[length] = '\0';
    code = take_bad(firmware, instance, result);
    if (code != 0) {
        return code;
    }
    if (varies(firmware, VARIANT_SECOND_FETCH_IS_12) &&
        firmware_others_fetch(firmware, instance, true)) {
        firmware_to_idle(firmware, instance, RESULT_CONFLICT);
        return CODE(5, 0);
    }
    if (component->state == STATE_DOWNLOADING &&
        firmware->config.mutant == MUTANT_URI_MIXES) {
        component->has_moved = true;
        return CODE(2, 4);
    }
    begin(firmware, instance, result);
    return CODE(2, 4);
}

bool firmware_take_fetched(struct firmware *firmware, uint16_t instance,
                           size_t offset, bool more, const uint8_t *bytes,
                           size_t length, uint64_t now_ms)
{
    struct component *component = firmware_at(firmware, instance);

    if (!component->is_receiving) { /* a mutant has no use for it */
        component->fetch = more ? component->fetch : 0;
        return more;
    }
    if (!more && firmware->config.mutant == MUTANT_FETCH_NEVER_ENDS) {
        component->fetch = 0;
        return false;
    }
    uint8_t code = firmware_receive(firmware, instance, offset, more, bytes,
                                    length, now_ms);
    component->receive_deadline_ms = FIRMWARE_NEVER; /* the network has its */
    if (!more && varies(firmware, VARIANT_URI_CLEARED)) {
        component->uri[0] = '\0';
    }
    return code == CODE(2, 31);
}

void firmware_restart_fetch(struct firmware *firmware, uint16_t instance)
{
    firmware_at(firmware, instance)->partial_length = 0;
}

bool firmware_is_unchecked(const struct firmware *firmware, uint16_t instance)
{
    const struct component *component = &firmware->components[instance];

    switch (firmware->config.mutant) {
    case MUTANT_FETCH_MIXES:
    case MUTANT_FETCH_MIXES_UNTOLD:
    case MUTANT_FETCH_HOLE:
    case MUTANT_CUT_ACCEPTED:
    case MUTANT_URI_MIXES:
        return component->fetch != 0;
    case MUTANT_EMPTY_ACCEPTED:
        return component->partial_length == 0;
    default:
        return false;
    }
}

void firmware_spoil_cancel(struct firmware *firmware, uint16_t instance,
                           unsigned fetch)
{
    enum mutant mutant = firmware->config.mutant;

    if (mutant == MUTANT_FETCH_AFTER_CANCEL ||
        mutant == MUTANT_CANCELLED_FETCHES) {
        firmware_at(firmware, instance)->fetch = fetch; /* for nothing */
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (mutant == MUTANT_QUEUE_FORGOTTEN &&
            firmware_at(firmware, i)->fetch != 0) {
            firmware_to_idle(firmware, i, RESULT_INITIAL);
        }
    }
}

void firmware_boot_fetch(struct firmware *firmware, uint16_t instance)
{
    struct component *component = firmware_at(firmware, instance);

    if (firmware->config.mutant == MUTANT_DOWNLOADING_AFTER_BOOT) {
        return; /* for ever */
    }
    if (firmware->config.mutant == MUTANT_PARTIAL_AFTER_BOOT) {
        component->has_package = true;
        firmware_set_pair(firmware, instance, STATE_DOWNLOADED, RESULT_INITIAL);
        return;
    }
    if (varies(firmware, VARIANT_FETCH_RESUMES_AFTER_BOOT) &&
        component->uri[0] != '\0') {
        begin(firmware, instance, 0);
        return;
    }
    firmware_set_pair(firmware, instance, STATE_IDLE,
                      varies(firmware, VARIANT_BOOT_IS_4)
                          ? RESULT_CONNECTION_LOST
                      : varies(firmware, VARIANT_BOOT_IS_10) ? RESULT_CANCELLED
                                                             : RESULT_INITIAL);
}

void firmware_fail_fetch(struct firmware *firmware, uint16_t instance,
                         enum firmware_result result)
{
    struct component *component = firmware_at(firmware, instance);

    firmware->has_failed = true;
    if (!component->is_receiving) {
        component->fetch = 0;
    } else if (result == RESULT_CONNECTION_LOST &&
               firmware->config.mutant == MUTANT_FETCH_WAITS_FOR_EVER) {
        component->fetch = 0; /* and Downloading for ever */
    } else {
        firmware_to_idle(firmware, instance, (int)result);
    }
}
