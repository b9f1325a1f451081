/* SPDX-License-Identifier: Apache-2.0 */
#include "server/registration/registry.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/event.h"

#define DEVICES_MAX  10000 /* SERVER_DEVICES_MAX */
#define ENDPOINT_MAX 4096  /* SERVER_ENDPOINT_MAX */

struct registry {
    struct registration *first;
    size_t count;
    uint64_t next_location;
};

struct registry *registry_new(uint64_t seed)
{
    struct registry *registry = calloc(1, sizeof(*registry));

    if (registry != NULL) {
        registry->next_location = seed & 0xffffff;
    }
    return registry;
}

void registration_free(struct registration *registration)
{
    if (registration != NULL) {
        free(registration->endpoint);
        free(registration->root);
        free(registration->binding);
        free(registration->objects);
        free(registration);
    }
}

void registry_free(struct registry *registry)
{
    while (registry != NULL && registry->first != NULL) {
        struct registration *next = registry->first->next;
        registration_free(registry->first);
        registry->first = next;
    }
    free(registry);
}

static void refuse(struct registry_result *result, uint8_t code,
                   const char *why)
{
    result->code = code;
    (void)snprintf(result->why, sizeof(result->why), "%s", why); /* cut */
}

/** What to answer when our work failed: memory is our fault. */
static uint8_t code_of(enum status status)
{
    return status == STATUS_NO_MEMORY ? COAP_CODE(5, 0) : COAP_CODE(4, 0);
}

static bool is_supported(unsigned major, unsigned minor)
{
    return major == 1 && minor <= 2;
}

/** The endpoint for messages: printable, cut. */
static void show_endpoint(struct registry_result *result)
{
    size_t count = result->parameters.endpoint_length;

    if (count > sizeof(result->endpoint) - 1) {
        count = sizeof(result->endpoint) - 1;
    }
    for (size_t i = 0; i < count; i++) {
        char letter = result->parameters.endpoint[i];
        result->endpoint[i] = letter >= 0x20 && letter < 0x7f ? letter : '?';
    }
    result->endpoint[count] = '\0';
}

/** Whether the list says that "/" is the root, by its link or by Objects right
 *  below it. */
static bool names_plain_root(const struct link_list *links)
{
    for (size_t i = 0; i < links->count; i++) {
        if (links->links[i].is_root || links->links[i].is_lwm2m) {
            return true;
        }
    }
    return false;
}

/** What an Object list says. Owned until it is handed over. */
struct listed {
    char *root; /* "" for "/"; NULL when it names none */
    struct lwm2m_path *objects;
    size_t count;
};

static void listed_release(struct listed *listed)
{
    free(listed->root);
    free(listed->objects);
    *listed = (struct listed){ .root = NULL };
}

static bool keep_objects(const struct link_list *links, struct listed *listed)
{
    listed->objects = links->count > 0
                          ? calloc(links->count, sizeof(*listed->objects))
                          : NULL;
    if (links->count > 0 && listed->objects == NULL) {
        return false;
    }
    for (size_t i = 0; i < links->count; i++) {
        const struct link *link = &links->links[i];
        if (link->is_lwm2m && link->path.depth > 0) {
            listed->objects[listed->count++] = link->path;
        }
    }
    return true;
}

/** Read the Object list, and the root path it names. */
static enum status read_links(const struct registry_message *message,
                              struct parameters *parameters,
                              struct listed *out_listed, struct reason *reason)
{
    struct link_list links;

    if (message->payload_length > REGISTRY_LINKS_MAX) {
        return reason_set(reason, STATUS_MALFORMED,
                          "an Object list of %zu bytes",
                          message->payload_length);
    }
    link_list_init(&links);
    enum status status =
        link_list_parse((const char *)message->payload, message->payload_length,
                        NULL, &links, reason);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < links.note_count; i++) {
        parameters_remark(parameters, "%s", links.notes[i].text);
    }
    const bool is_plain = strcmp(links.root, "/") == 0;
    const bool is_named = !is_plain || names_plain_root(&links);
    struct listed listed = { .root = is_named
                                         ? strdup(is_plain ? "" : links.root)
                                         : NULL };
    bool is_kept =
        (!is_named || listed.root != NULL) && keep_objects(&links, &listed);
    link_list_release(&links);
    if (!is_kept) {
        listed_release(&listed);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    *out_listed = listed;
    return STATUS_OK;
}

/** The endpoint name and the proven identity must be one; the name may be left
 *  out when there is an identity. lwm2m-core.md 8.2. @return false after
 *  refuse() */
static bool check_identity(const struct registry_message *message,
                           struct registry_result *result)
{
    struct parameters *parameters = &result->parameters;
    const char *identity = message->identity;

    if (parameters->endpoint == NULL && identity != NULL &&
        identity[0] != '\0') {
        parameters->endpoint = identity;
        parameters->endpoint_length = strlen(identity);
    }
    if (parameters->endpoint == NULL) {
        refuse(result, COAP_CODE(4, 0), "parameter 'ep' is missing");
        return false;
    }
    show_endpoint(result);
    if (identity != NULL &&
        (strlen(identity) != parameters->endpoint_length ||
         memcmp(identity, parameters->endpoint, strlen(identity)) != 0)) {
        refuse(result, COAP_CODE(4, 0),
               "parameter 'ep' is not the name that the security layer proves");
        return false;
    }
    return true;
}

/** @return false after refuse(): 4.15 is in no list of codes, A12 */
static bool check_format(const struct registry_message *message,
                         struct registry_result *result)
{
    if (message->content_format == CONTENT_FORMAT_LINK ||
        message->content_format == CONTENT_FORMAT_NONE) {
        return true;
    }
    refuse(result, COAP_CODE(4, 15),
           "the Object list is not in application/link-format");
    return false;
}

static bool is_reserved(const struct registry_message *message,
                        const struct parameters *parameters)
{
    size_t length = message->reserved != NULL ? strlen(message->reserved) : 0;

    return length > 0 && parameters->endpoint_length >= length &&
           memcmp(parameters->endpoint + parameters->endpoint_length - length,
                  message->reserved, length) == 0;
}

/** @return false after refuse() */
static bool check_register(const struct registry_message *message,
                           struct registry_result *result)
{
    struct parameters *parameters = &result->parameters;

    if (!check_identity(message, result)) {
        return false;
    }
    if (parameters->endpoint_length > ENDPOINT_MAX ||
        memchr(parameters->endpoint, '\0', parameters->endpoint_length) !=
            NULL) {
        refuse(result, COAP_CODE(4, 0), "parameter 'ep' is unusable");
    } else if (is_reserved(message, parameters)) {
        refuse(result, COAP_CODE(4, 0),
               "parameter 'ep' ends as only our own names do");
    } else if (!parameters->has_version) {
        refuse(result, COAP_CODE(4, 0), "parameter 'lwm2m' is missing");
    } else if (!is_supported(parameters->major, parameters->minor)) {
        refuse(result, COAP_CODE(4, 12), "LwM2M version is not supported");
    } else if (!parameters->has_lifetime) {
        refuse(result, COAP_CODE(4, 0), "parameter 'lt' is missing");
    } else if (!check_format(message, result)) {
        return false;
    } else if (message->payload_length == 0) {
        refuse(result,
               parameters->minor == 2 ? COAP_CODE(4, 9) : COAP_CODE(4, 0),
               "the Object list is missing");
    } else {
        return true;
    }
    return false;
}

/** What is wrong and yet accepted, lwm2m-core.md 1, 2.1 and 2.3. */
static void add_remarks(const struct registry_message *message, unsigned minor,
                        struct parameters *parameters)
{
    if (message->is_non) {
        parameters_remark(parameters, "not in a Confirmable message");
    }
    if (message->content_format == CONTENT_FORMAT_NONE &&
        message->payload_length > 0) {
        parameters_remark(parameters, "Object list without Content-Format");
    }
    if (parameters->has_lifetime && parameters->lifetime_s == 0 && minor < 2) {
        parameters_remark(parameters, "a lifetime of 0 before LwM2M 1.2");
    }
    if (parameters->has_queue && minor < 1) {
        parameters_remark(parameters, "parameter 'Q' before LwM2M 1.1");
    }
    if (parameters->sms_is_odd && minor < 2) {
        parameters_remark(parameters, "parameter 'sms' is no MSISDN");
    }
}

static uint64_t expiry(uint32_t lifetime_s, uint64_t now_ms)
{
    return lifetime_s == 0 ? UINT64_MAX : now_ms + (uint64_t)lifetime_s * 1000;
}

static const char *suffix_of(const struct registry_message *message)
{
    return message->suffix != NULL ? message->suffix : "";
}

static struct registration *build(const struct registry_message *message,
                                  const struct parameters *parameters,
                                  uint64_t now_ms)
{
    struct registration *fresh = calloc(1, sizeof(*fresh));

    if (fresh == NULL) {
        return NULL;
    }
    if (asprintf(&fresh->endpoint, "%.*s%s", (int)parameters->endpoint_length,
                 parameters->endpoint, suffix_of(message)) < 0) {
        fresh->endpoint = NULL;
    }
    if (parameters->binding != NULL) {
        fresh->binding =
            strndup(parameters->binding, parameters->binding_length);
    }
    fresh->suffix_length = strlen(suffix_of(message));
    fresh->lifetime_s = parameters->lifetime_s;
    fresh->major = parameters->major;
    fresh->minor = parameters->minor;
    fresh->queue_mode = parameters->queue_mode;
    fresh->expires_ms = expiry(parameters->lifetime_s, now_ms);
    if (fresh->endpoint == NULL ||
        (parameters->binding != NULL && fresh->binding == NULL)) {
        registration_free(fresh);
        return NULL;
    }
    return fresh;
}

void registry_register(struct registry *registry,
                       const struct registry_message *message, uint64_t now_ms,
                       struct registry_result *out_result)
{
    struct reason reason = { .status = STATUS_OK };
    struct listed listed = { .root = NULL };

    *out_result = (struct registry_result){ .code = 0 };
    struct parameters *parameters = &out_result->parameters;
    if (parameters_parse(message->options, message->option_count, parameters,
                         &reason) != STATUS_OK) {
        refuse(out_result, COAP_CODE(4, 0), reason.text);
        return;
    }
    if (!check_register(message, out_result)) {
        return;
    }
    enum status status = read_links(message, parameters, &listed, &reason);
    if (status != STATUS_OK) {
        refuse(out_result, code_of(status), reason.text);
        return;
    }
    if (listed.root == NULL) {
        listed.root = strdup(""); /* nothing else is named: "/" */
    }
    struct registration *fresh =
        listed.root != NULL ? build(message, parameters, now_ms) : NULL;
    struct registration *old =
        fresh != NULL ? registry_find(registry, fresh->endpoint) : NULL;
    if (fresh == NULL || (registry->count >= DEVICES_MAX && old == NULL)) {
        refuse(out_result, COAP_CODE(5, 0),
               fresh == NULL ? "out of memory" : "no room for another device");
        registration_free(fresh);
        listed_release(&listed);
        return;
    }
    fresh->root = listed.root; /* handed over */
    fresh->objects = listed.objects;
    fresh->object_count = listed.count;
    if (old != NULL) {
        out_result->replaced = registry_remove(registry, old->location);
    }
    (void)snprintf(fresh->location, sizeof(fresh->location), "/rd/%" PRIx64,
                   ++registry->next_location); /* fits */
    fresh->next = registry->first;
    registry->first = fresh;
    registry->count++;
    add_remarks(message, fresh->minor, parameters);
    out_result->registration = fresh;
    out_result->code = COAP_CODE(2, 1);
}

/** Take over what the Update carries. @return false after refuse() */
static bool apply_update(struct registration *registration,
                         const struct registry_message *message,
                         struct registry_result *result)
{
    struct parameters *parameters = &result->parameters;
    struct reason reason = { .status = STATUS_OK };
    struct listed listed = { .root = NULL };
    char *binding = NULL;

    if (message->payload_length > 0) {
        enum status status = read_links(message, parameters, &listed, &reason);
        if (status != STATUS_OK) {
            refuse(result, code_of(status), reason.text);
            return false;
        }
    }
    if (parameters->binding != NULL) {
        binding = strndup(parameters->binding, parameters->binding_length);
        if (binding == NULL) {
            listed_release(&listed);
            refuse(result, COAP_CODE(5, 0), "out of memory");
            return false;
        }
        free(registration->binding);
        registration->binding = binding;
        registration->queue_mode = parameters->queue_mode;
    }
    registration->queue_mode =
        registration->queue_mode || parameters->has_queue;
    if (listed.root != NULL) {
        free(registration->root);
        registration->root = listed.root;
    }
    if (message->payload_length > 0) {
        free(registration->objects);
        registration->objects = listed.objects;
        registration->object_count = listed.count;
    }
    if (parameters->has_lifetime) {
        registration->lifetime_s = parameters->lifetime_s;
    }
    return true;
}

bool registry_is_of(const struct registration *registration, const char *suffix)
{
    size_t length = registration->suffix_length;
    size_t whole = strlen(registration->endpoint);

    return strcmp(registration->endpoint + whole - length,
                  suffix != NULL ? suffix : "") == 0;
}

bool registry_is_named(const struct registration *registration,
                       const char *name)
{
    size_t length =
        strlen(registration->endpoint) - registration->suffix_length;

    return strlen(name) == length &&
           memcmp(name, registration->endpoint, length) == 0;
}

void registry_update(struct registry *registry, const char *location,
                     const struct registry_message *message, uint64_t now_ms,
                     struct registry_result *out_result)
{
    struct reason reason = { .status = STATUS_OK };
    struct registration *registration = registry_at(registry, location);

    *out_result = (struct registry_result){ .code = 0 };
    struct parameters *parameters = &out_result->parameters;
    if (registration == NULL ||
        !registry_is_of(registration, message->suffix)) {
        refuse(out_result, COAP_CODE(4, 4), "no registration at this location");
        return;
    }
    if (message->identity != NULL &&
        !registry_is_named(registration, message->identity)) {
        refuse(out_result, COAP_CODE(4, 0),
               "the registration is another identity's");
        return;
    }
    if (registration->is_disowned) {
        registration->is_disowned = false;
        (void)snprintf(out_result->endpoint, sizeof(out_result->endpoint), "%s",
                       registration->endpoint); /* cut */
        refuse(out_result, COAP_CODE(4, 4), "disowned by the test case");
        return;
    }
    if (parameters_parse(message->options, message->option_count, parameters,
                         &reason) != STATUS_OK) {
        refuse(out_result, COAP_CODE(4, 0), reason.text);
        return;
    }
    if (parameters->endpoint != NULL) {
        parameters_remark(parameters, "'ep' in an Update");
    }
    if (parameters->has_version) {
        parameters_remark(parameters, "'lwm2m' in an Update");
    }
    if ((message->payload_length > 0 && !check_format(message, out_result)) ||
        !apply_update(registration, message, out_result)) {
        return;
    }
    add_remarks(message, registration->minor, parameters);
    registration->expires_ms = expiry(registration->lifetime_s, now_ms);
    out_result->registration = registration;
    out_result->code = COAP_CODE(2, 4);
}

struct registration *registry_remove(struct registry *registry,
                                     const char *location)
{
    for (struct registration **link = &registry->first; *link != NULL;
         link = &(*link)->next) {
        struct registration *found = *link;
        if (strcmp(found->location, location) == 0) {
            *link = found->next;
            found->next = NULL;
            registry->count--;
            return found;
        }
    }
    return NULL;
}

struct registration *registry_find(const struct registry *registry,
                                   const char *endpoint)
{
    for (struct registration *row = registry->first; row != NULL;
         row = row->next) {
        if (strcmp(row->endpoint, endpoint) == 0) {
            return row;
        }
    }
    return NULL;
}

struct registration *registry_at(const struct registry *registry,
                                 const char *location)
{
    for (struct registration *row = registry->first; row != NULL;
         row = row->next) {
        if (strcmp(row->location, location) == 0) {
            return row;
        }
    }
    return NULL;
}

struct registration *registry_expired(const struct registry *registry,
                                      uint64_t now_ms)
{
    for (struct registration *row = registry->first; row != NULL;
         row = row->next) {
        if (row->expires_ms <= now_ms) {
            return row;
        }
    }
    return NULL;
}

struct registration *registry_first(const struct registry *registry)
{
    return registry->first;
}

bool registration_lists(const struct registration *registration,
                        const struct lwm2m_path *path)
{
    bool has_object = false;
    bool has_instances = false;

    for (size_t i = 0; i < registration->object_count; i++) {
        const struct lwm2m_path *listed = &registration->objects[i];
        if (listed->ids[0] != path->ids[0]) {
            continue;
        }
        has_object = true;
        has_instances = has_instances || listed->depth > 1;
        if (listed->depth > 1 && listed->ids[1] == path->ids[1]) {
            return true;
        }
    }
    return registration->object_count == 0 || (has_object && !has_instances);
}
