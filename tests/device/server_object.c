/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/server_object.h"

#include <string.h>

#include "tests/device/objects_parts.h"

enum {
    SHORT_SERVER_ID = 0,
    LIFETIME = 1,
    DEFAULT_PMIN = 2,
    DEFAULT_PMAX = 3,
    DISABLE = 4,
    DISABLE_TIMEOUT = 5,
    NOTIFICATION_STORING = 6,
    BINDING = 7,
    UPDATE_TRIGGER = 8,
    MUTE_SEND = 23,
    DAY_S = 86400,
};

int64_t server_object_disable_s(const struct objects *objects)
{
    return objects->server.disable_timeout_s > 0
               ? objects->server.disable_timeout_s
               : DAY_S;
}

static bool is_second(const struct objects *objects, uint16_t instance)
{
    return objects->access.has_second && instance == 1;
}

void server_object_value(const struct objects *objects, uint16_t instance,
                         uint16_t id, struct lwm2m_value *value)
{
    const struct server_object *server =
        is_second(objects, instance) ? &objects->second : &objects->server;

    value->type = LWM2M_TYPE_INTEGER;
    switch (id) {
    case LIFETIME:
        value->as.integer =
            (int64_t)server->lifetime_s +
            (objects_mutant(objects) == MUTANT_LIFETIME_DIFFERS ? 1 : 0);
        break;
    case DEFAULT_PMIN:
        value->as.integer = server->pmin_s;
        break;
    case DEFAULT_PMAX:
        value->as.integer = server->pmax_s;
        break;
    case DISABLE_TIMEOUT:
        value->as.integer = server_object_disable_s(objects);
        break;
    case NOTIFICATION_STORING:
        value->type = LWM2M_TYPE_BOOLEAN;
        value->as.boolean = server->stores_notifications;
        break;
    case BINDING:
        value->type = LWM2M_TYPE_STRING;
        value->as.data.bytes =
            server->binding[0] != '\0' ? server->binding : "U";
        value->as.data.length = strlen(value->as.data.bytes);
        break;
    case MUTE_SEND:
        value->type = LWM2M_TYPE_BOOLEAN;
        value->as.boolean = server->is_muted;
        break;
    default:
        value->as.integer = is_second(objects, instance) ? 2 : 1;
        break;
    }
}

static bool is_binding(const struct objects *objects,
                       const struct lwm2m_value *value)
{
    const char *letters = objects_version(objects) == 10   ? "UQS"
                          : objects_version(objects) == 11 ? "UTSN"
                                                           : "UTSNMH";
    size_t length = value->as.data.length;

    if (length == 0 || length >= SERVER_OBJECT_BINDING_SIZE) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char letter = value->as.data.bytes[i];
        if (letter == '\0' || strchr(letters, letter) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_acceptable(const struct objects *objects, uint16_t id,
                          const struct lwm2m_value *value)
{
    switch (id) {
    case NOTIFICATION_STORING:
    case MUTE_SEND:
        return value->type == LWM2M_TYPE_BOOLEAN;
    case BINDING:
        return value->type == LWM2M_TYPE_STRING && is_binding(objects, value);
    default:
        return value->type == LWM2M_TYPE_INTEGER &&
               value->as.integer >= (id == LIFETIME ? 1 : 0) &&
               value->as.integer <= UINT32_MAX;
    }
}

uint8_t server_object_write(struct objects *objects, uint16_t instance,
                            uint16_t id, const struct lwm2m_value *value,
                            bool dry)
{
    struct server_object *server =
        is_second(objects, instance) ? &objects->second : &objects->server;

    if (!is_acceptable(objects, id, value)) {
        return CODE(4, 0);
    }
    if (dry) {
        return CODE(2, 4);
    }
    switch (id) {
    case LIFETIME:
        objects->wants_update = !is_second(objects, instance);
        objects->has_new_lifetime =
            objects->has_new_lifetime ||
            server->lifetime_s != (uint32_t)value->as.integer;
        server->lifetime_s = (uint32_t)value->as.integer;
        break;
    case DEFAULT_PMIN:
        server->pmin_s = value->as.integer;
        break;
    case DEFAULT_PMAX:
        server->pmax_s = value->as.integer;
        break;
    case DISABLE_TIMEOUT:
        server->disable_timeout_s = value->as.integer;
        break;
    case NOTIFICATION_STORING:
        server->stores_notifications = value->as.boolean;
        break;
    case MUTE_SEND:
        server->is_muted = value->as.boolean;
        break;
    default: /* is_acceptable() has looked at the length */
        memcpy(server->binding, value->as.data.bytes, value->as.data.length);
        server->binding[value->as.data.length] = '\0';
        break;
    }
    objects->has_changed = true;
    return CODE(2, 4);
}

void server_object_reset(struct objects *objects)
{
    objects->server.pmin_s = 0;
    objects->server.pmax_s = 0;
    objects->server.disable_timeout_s = 0;
    objects->server.is_muted = false;
    objects->has_changed = true;
}

uint8_t server_object_execute(struct objects *objects, uint16_t id,
                              const char *argument, size_t length)
{
    if (id == DISABLE) {
        if (length > 0) {
            return CODE(4, 0);
        }
        objects->wants_disable = true;
        return CODE(2, 4);
    }
    /* Of all transports there is but U. */
    if (length > 0 && (length != 5 || memcmp(argument, "0='U'", 5) != 0)) {
        return CODE(4, 0);
    }
    objects->wants_update = true;
    return CODE(2, 4);
}
