/* SPDX-License-Identifier: Apache-2.0 */

/* Package URI, and what a pull makes of a component. Knows no network. */
#include <string.h>

#include "tests/device/firmware_parts.h"
#include "tests/device/message.h"
#include "tests/device/push_odd.h"
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

/** Update Result of a URI that no request need be made for; 0: it is good. */
static int result_of(const struct firmware *firmware, const char *text,
                     size_t length)
{
    struct uri uri;

    if (!uri_parse(text, length, &uri)) {
        return RESULT_URI;
    }
    if (!is_supported(firmware, uri.scheme)) {
        return firmware->config.mutant == MUTANT_PROTOCOL_IS_8
                   ? RESULT_UPDATE_FAILED
               : firmware->config.variant == VARIANT_PROTOCOL_IS_7
                   ? RESULT_URI
                   : RESULT_PROTOCOL;
    }
    return uri.is_good ? 0 : RESULT_URI;
}

/** ST-10, ST-11, ST-25, ST-42, ST-52. @return 0, or the refusal */
static uint8_t refuse(const struct firmware *firmware, uint16_t instance,
                      size_t length)
{
    const struct component *component = &firmware->components[instance];
    bool may_replace = firmware->config.mutant == MUTANT_URI_REPLACES_PACKAGE &&
                       component->state == STATE_DOWNLOADED;
    bool ends_push = firmware->config.variant == VARIANT_URI_ENDS_PUSH &&
                     component->is_receiving && component->fetch == 0;
    bool is_idle = component->state == STATE_IDLE && !component->is_receiving;

    if (firmware->config.delivery == DELIVERY_PUSH) {
        return CODE(4, 5);
    }
    if (!is_idle && !may_replace && !ends_push) {
        return firmware->config.variant == VARIANT_URI_IGNORED ? CODE(2, 4)
                                                               : CODE(4, 5);
    }
    bool takes_longer = firmware->config.mutant == MUTANT_LONG_URI_CUT ||
                        firmware->config.variant == VARIANT_LONG_URI_TAKEN ||
                        firmware->config.variant == VARIANT_LONG_URI_IS_7;

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
    if (code != 0 || dry) {
        return code != 0 ? code : CODE(2, 4);
    }
    if (length > URI_ALLOWED &&
        firmware->config.variant == VARIANT_LONG_URI_IS_7) {
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
    if (result == 0 || firmware->config.variant == VARIANT_URI_FAILS_LATE) {
        begin(firmware, instance, result);
        return CODE(2, 4);
    }
    firmware_to_idle(firmware, instance, result);
    return firmware->config.variant == VARIANT_URI_FAILS_BY_CODE ? CODE(4, 0)
                                                                 : CODE(2, 4);
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
    if (!more && firmware->config.variant == VARIANT_URI_CLEARED) {
        component->uri[0] = '\0';
    }
    return code == CODE(2, 31);
}

void firmware_fail_fetch(struct firmware *firmware, uint16_t instance,
                         enum firmware_result result)
{
    struct component *component = firmware_at(firmware, instance);

    if (!component->is_receiving) {
        component->fetch = 0;
    } else if (result == RESULT_CONNECTION_LOST &&
               firmware->config.mutant == MUTANT_FETCH_WAITS_FOR_EVER) {
        component->fetch = 0; /* and Downloading for ever */
    } else {
        firmware_to_idle(firmware, instance, (int)result);
    }
}
