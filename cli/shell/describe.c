/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/shell/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/shell/command.h"

#define EXACT_MAX    (INT64_C(1) << 53) /* integers that JSON keeps exact */
#define OPAQUE_SHOWN 64                 /* bytes of an opaque value */

enum { GET = 1 };

enum shell_noise shell_noise_of(const struct step_type *type)
{
    /* What takes response codes is an operation, whatever it is given. */
    if (type->parameters[0].type == STEP_ANY &&
        shell_parameter(type, "code") != NULL) {
        return SHELL_SHOW_ALL;
    }
    switch (type->parameters[0].type) {
    case STEP_PATH:
    case STEP_PATHS:
        return SHELL_SHOW_ALL;
    case STEP_COMPONENT:
    case STEP_NUMBER:
    case STEP_FLAG:
    case STEP_TEXT:
        return SHELL_SHOW_CHANGES;
    case STEP_COMPONENTS:
    case STEP_PACKAGE:
    case STEP_CODES:
    case STEP_LIMIT_NAME:
    case STEP_STEPS:
    case STEP_ALTERNATIVES:
    case STEP_ANY:
        break;
    }
    return SHELL_SHOW_NONE;
}

/* Text. */

/** Bytes of the UTF-8 character that begins there; 0: it is none. */
static size_t character(const unsigned char *at, size_t left)
{
    size_t length = at[0] < 0x80             ? 1
                    : (at[0] & 0xe0) == 0xc0 ? 2
                    : (at[0] & 0xf0) == 0xe0 ? 3
                    : (at[0] & 0xf8) == 0xf0 ? 4
                                             : 0;
    uint32_t code = length == 1 ? at[0] : at[0] & (0x7fu >> length);

    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3fu);
    }
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    bool is_bad = code < least[length] || code > 0x10ffff ||
                  (code >= 0xd800 && code <= 0xdfff);
    /* Controls, and what turns the direction of text. */
    bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0) ||
                      (code >= 0x202a && code <= 0x202e) ||
                      (code >= 0x2066 && code <= 0x2069);
    return is_bad || is_control ? 0 : length;
}

char *shell_clean(const char *text, size_t length)
{
    static const char digits[] = "0123456789abcdef";
    char *clean = malloc(4 * length + 1);
    char *out = clean;

    for (size_t i = 0; clean != NULL && i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t size = character(at, length - i);
        if (size > 0) {
            memcpy(out, at, size);
            out += size;
            i += size;
            continue;
        }
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[*at >> 4];
        *out++ = digits[*at & 15];
        i++;
    }
    if (clean != NULL) {
        *out = '\0';
    }
    return clean;
}

static void add_bytes(cJSON *object, const char *name, const char *text,
                      size_t length)
{
    char *clean = shell_clean(text, length);

    if (clean != NULL) {
        cJSON_AddStringToObject(object, name, clean);
    }
    free(clean);
}

void shell_add_text(cJSON *object, const char *name, const char *text)
{
    if (text != NULL) {
        add_bytes(object, name, text, strlen(text));
    }
}

const char *shell_format_text(int format, char buffer[16])
{
    int candidate = 0;
    const char *name = NULL;

    for (size_t i = 0; (name = shell_format_name(i, &candidate)) != NULL; i++) {
        if (candidate == format) {
            return name;
        }
    }
    (void)snprintf(buffer, 16, "%d", format); /* fits */
    return buffer;
}

/* Values. */

static void add_integer(cJSON *object, int64_t number)
{
    char text[24];

    if (number > -EXACT_MAX && number < EXACT_MAX) {
        cJSON_AddNumberToObject(object, "value", (double)number);
        return;
    }
    (void)snprintf(text, sizeof(text), "%lld", (long long)number); /* fits */
    cJSON_AddStringToObject(object, "value", text);
}

static void add_unsigned(cJSON *object, uint64_t number)
{
    char text[24];

    if (number < (uint64_t)EXACT_MAX) {
        cJSON_AddNumberToObject(object, "value", (double)number);
        return;
    }
    (void)snprintf(text, sizeof(text), "%llu",
                   (unsigned long long)number); /* fits */
    cJSON_AddStringToObject(object, "value", text);
}

/** Hexadecimal; "length" says how many bytes there are. */
static void add_opaque(cJSON *object, const char *bytes, size_t length)
{
    char text[2 * OPAQUE_SHOWN + 1] = "";

    for (size_t i = 0; i < length && i < OPAQUE_SHOWN; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x",
                       (unsigned char)bytes[i]); /* fits */
    }
    cJSON_AddStringToObject(object, "value", text);
    cJSON_AddNumberToObject(object, "length", (double)length);
}

/** UTC, as "2026-03-01T10:00:00Z". */
static void add_time(cJSON *object, int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    char text[32];

    add_integer(object, seconds);
    if (gmtime_r(&when, &parts) != NULL && parts.tm_year < 8100 &&
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) > 0) {
        cJSON_AddStringToObject(object, "meaning", text);
    }
}

static void add_value(cJSON *object, const struct lwm2m_record *record)
{
    const struct lwm2m_value *value = &record->value;
    char link[16];

    switch (value->type) {
    case LWM2M_TYPE_STRING:
    case LWM2M_TYPE_CORELNK:
        add_bytes(object, "value", value->as.data.bytes, value->as.data.length);
        break;
    case LWM2M_TYPE_OPAQUE:
    case LWM2M_TYPE_UNKNOWN:
        add_opaque(object, value->as.data.bytes, value->as.data.length);
        break;
    case LWM2M_TYPE_INTEGER:
        add_integer(object, value->as.integer);
        shell_add_text(object, "meaning",
                       value_meaning(&record->path, value->as.integer));
        break;
    case LWM2M_TYPE_TIME:
        add_time(object, value->as.integer);
        break;
    case LWM2M_TYPE_UNSIGNED:
        add_unsigned(object, value->as.unsigned_integer);
        break;
    case LWM2M_TYPE_FLOAT:
        cJSON_AddNumberToObject(object, "value", value->as.real);
        break;
    case LWM2M_TYPE_BOOLEAN:
        cJSON_AddBoolToObject(object, "value", value->as.boolean);
        break;
    case LWM2M_TYPE_OBJLNK:
        (void)snprintf(link, sizeof(link), "%u:%u", value->as.link.object,
                       value->as.link.instance); /* fits */
        cJSON_AddStringToObject(object, "value", link);
        break;
    case LWM2M_TYPE_NONE:
        break;
    }
}

cJSON *shell_describe_value(const struct definitions *definitions,
                            const struct lwm2m_record *record)
{
    cJSON *object = cJSON_CreateObject();
    char path[LWM2M_PATH_TEXT_MAX];
    const struct resource_definition *resource =
        definitions_resource(definitions, &record->path);

    cJSON_AddStringToObject(object, "path",
                            lwm2m_path_text(&record->path, path));
    if (resource != NULL) {
        shell_add_text(object, "name", resource->name);
    }
    cJSON_AddStringToObject(object, "type",
                            lwm2m_type_name(record->value.type));
    add_value(object, record);
    if (record->has_time) {
        cJSON_AddNumberToObject(object, "time", record->time_s);
    }
    return object;
}

/** Paths without a value: an empty multiple Resource, an empty Instance. */
static void add_empty(cJSON *list, const struct definitions *definitions,
                      const struct record_list *records)
{
    char path[LWM2M_PATH_TEXT_MAX];

    for (size_t i = 0; i < records->empty_count; i++) {
        const struct resource_definition *resource =
            definitions_resource(definitions, &records->empty[i]);
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "path",
                                lwm2m_path_text(&records->empty[i], path));
        if (resource != NULL) {
            shell_add_text(object, "name", resource->name);
        }
        cJSON_AddItemToArray(list, object);
    }
}

static void add_values(const struct shell_view *view,
                       const struct event_store *events, cJSON *object,
                       const struct journal_event *event)
{
    struct view seen;
    struct reason reason = { .status = STATUS_OK };

    if (events == NULL) {
        return;
    }
    enum status status =
        view_of_event(events, event, view->definitions, &seen, &reason);
    if (status == STATUS_MALFORMED) {
        shell_add_text(object, "malformed", reason.text);
    }
    if (status != STATUS_OK) {
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(object, "values");
    for (size_t i = 0; i < seen.records.count; i++) {
        cJSON_AddItemToArray(
            list,
            shell_describe_value(view->definitions, &seen.records.records[i]));
    }
    add_empty(list, view->definitions, &seen.records);
    for (size_t i = 0; i < seen.records.note_count; i++) {
        if (i == 0) {
            cJSON_AddArrayToObject(object, "notes");
        }
        cJSON *notes = cJSON_GetObjectItemCaseSensitive(object, "notes");
        cJSON *row = cJSON_CreateObject();
        shell_add_text(row, "text", seen.records.notes[i].text);
        cJSON_AddItemToArray(notes, row);
    }
    view_release(&seen);
}

/** What a Discover answered. */
static void add_links(const struct shell_view *view, cJSON *object,
                      const struct journal_event *event)
{
    struct link_list links;

    if (view->events == NULL ||
        links_of_event(view->events, event, &links, NULL) != STATUS_OK) {
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(object, "links");
    for (size_t i = 0; i < links.count; i++) {
        cJSON *link = cJSON_CreateObject();
        shell_add_text(link, "target", links.links[i].target);
        cJSON *attributes = cJSON_AddObjectToObject(link, "attributes");
        for (size_t j = 0; j < links.links[i].attribute_count; j++) {
            const struct link_attribute *row = &links.links[i].attributes[j];
            char *name = shell_clean(row->name, strlen(row->name));
            if (name != NULL) {
                shell_add_text(attributes, name,
                               row->value != NULL ? row->value : "");
            }
            free(name);
        }
        cJSON_AddItemToArray(list, link);
    }
    link_list_release(&links);
}

/* Components. */

enum { OBJECT_AFU = 33629, RESOURCE_STATE = 3, RESOURCE_RESULT = 5 };

static bool find_instance(const struct console_device *device,
                          const char *component, uint16_t *out_instance)
{
    char number[8];

    for (size_t i = 0; i < device->profile->component_count; i++) {
        if (strcmp(device->profile->components[i].name, component) == 0) {
            *out_instance = device->profile->components[i].instance;
            return true;
        }
    }
    for (size_t i = 0; i < device->instance_count; i++) {
        (void)snprintf(number, sizeof(number), "%u",
                       device->instances[i]); /* fits */
        if (strcmp(number, component) == 0) {
            *out_instance = device->instances[i];
            return true;
        }
    }
    return false;
}

static cJSON *describe_pair(const struct shell_view *view,
                            const struct view *seen, const char *component,
                            uint16_t instance)
{
    static const uint16_t resources[] = { RESOURCE_STATE, RESOURCE_RESULT };
    struct lwm2m_path path = lwm2m_path_instance(OBJECT_AFU, instance);
    char text[LWM2M_PATH_TEXT_MAX];
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "event", "component");
    cJSON_AddStringToObject(object, "component", component);
    cJSON_AddStringToObject(object, "path", lwm2m_path_text(&path, text));
    cJSON *values = cJSON_AddArrayToObject(object, "values");
    for (size_t i = 0; i < 2; i++) {
        const struct lwm2m_record *record = record_list_find(
            &seen->records, lwm2m_path_child(path, resources[i]));
        if (record != NULL) {
            cJSON_AddItemToArray(
                values, shell_describe_value(view->definitions, record));
        }
    }
    return object;
}

cJSON *shell_describe_pair(const struct shell_view *view,
                           const struct console_device *device,
                           const char *component)
{
    uint16_t instance = 0;
    const struct event_store *events = device->events;

    if (events == NULL || !find_instance(device, component, &instance)) {
        return NULL;
    }
    for (size_t i = event_store_count(events); i-- > 0;) {
        struct view seen;
        int state = -1;
        int result = -1;
        if (view_of_event(events, event_store_at(events, i), view->definitions,
                          &seen, NULL) != STATUS_OK) {
            continue;
        }
        view_pair(&seen, instance, &state, &result);
        cJSON *object = state >= 0 && result >= 0
                            ? describe_pair(view, &seen, component, instance)
                            : NULL;
        view_release(&seen);
        if (object != NULL) {
            return object;
        }
    }
    return NULL;
}

/* Events. */

static cJSON *named(const char *name, const struct journal_event *event)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "event", name);
    shell_add_text(object, "endpoint", event->endpoint);
    return object;
}

void shell_add_objects(cJSON *object,
                       const struct server_registration_view *registration)
{
    struct link_list links;

    link_list_init(&links);
    if (!registration->has_links ||
        link_list_parse((const char *)registration->links,
                        registration->links_length, NULL, &links,
                        NULL) != STATUS_OK) {
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(object, "objects");
    for (size_t i = 0; i < links.count; i++) {
        char path[LWM2M_PATH_TEXT_MAX];
        if (links.links[i].is_lwm2m && links.links[i].path.depth > 0) {
            cJSON_AddItemToArray(list, cJSON_CreateString(lwm2m_path_text(
                                           &links.links[i].path, path)));
        }
    }
    link_list_release(&links);
}

static cJSON *describe_registration(const char *name,
                                    const struct journal_event *event)
{
    const struct server_registration_view *registration =
        &event->as.server.as.registration;
    cJSON *object = named(name, event);
    char version[16];

    shell_add_text(object, "address", registration->address);
    if (registration->lwm2m_major > 0) {
        (void)snprintf(version, sizeof(version), "%u.%u",
                       registration->lwm2m_major,
                       registration->lwm2m_minor); /* cut */
        cJSON_AddStringToObject(object, "lwm2m", version);
    }
    cJSON_AddNumberToObject(object, "lifetime", registration->lifetime_s);
    shell_add_text(object, "binding", registration->binding);
    shell_add_objects(object, registration);
    shell_add_text(object, "reason", registration->reason);
    return object;
}

static void add_code(cJSON *object, uint8_t code)
{
    char text[8];

    (void)snprintf(text, sizeof(text), "%u.%02u", code >> 5,
                   code & 31u); /* fits */
    cJSON_AddStringToObject(object, "code", text);
    shell_add_text(object, "meaning", code_meaning(code));
}

static const char *request_path(const struct journal_event *request)
{
    return request != NULL ? request->as.server.as.request.path : NULL;
}

static bool is_shown(const struct shell_view *view,
                     const struct journal_event *request)
{
    /* Blocks of a transfer: its end says how many there were. */
    if (request == NULL || request->as.server.as.request.has_block1) {
        return false;
    }
    return view->noise == SHELL_SHOW_ALL ||
           (view->noise == SHELL_SHOW_CHANGES &&
            request->as.server.as.request.method != GET);
}

static cJSON *describe_response(const struct shell_view *view,
                                const struct journal_event *event)
{
    const struct server_response_view *response = &event->as.server.as.response;
    const struct journal_event *request =
        view->events != NULL ? request_of_event(view->events, event) : NULL;
    char buffer[16];

    if (!is_shown(view, request)) {
        return NULL;
    }
    cJSON *object = named("response", event);
    shell_add_text(object, "path", request_path(request));
    add_code(object, response->code);
    if (response->content_format != CONTENT_FORMAT_NONE) {
        cJSON_AddStringToObject(
            object, "format",
            shell_format_text(response->content_format, buffer));
    }
    cJSON_AddNumberToObject(object, "size", (double)response->payload_length);
    cJSON_AddNumberToObject(object, "ms",
                            (double)(event->time_ms - request->time_ms));
    if (response->code == COAP_CODE(2, 5) &&
        response->content_format == CONTENT_FORMAT_LINK) {
        add_links(view, object, event);
    } else {
        add_values(view, view->events, object, event);
    }
    return object;
}

static cJSON *describe_failure(const struct shell_view *view,
                               const struct journal_event *event)
{
    const struct journal_event *request =
        view->events != NULL ? request_of_event(view->events, event) : NULL;

    if (!is_shown(view, request)) {
        return NULL;
    }
    cJSON *object = named("no-answer", event);
    shell_add_text(object, "path", request_path(request));
    shell_add_text(object, "reason", event->as.server.as.failure.why);
    return object;
}

static cJSON *describe_notification(const struct shell_view *view,
                                    const struct journal_event *event)
{
    const struct event_store *stores[] = { view->events, view->observations };
    const struct event_store *store = NULL;
    const struct journal_event *request = NULL;
    cJSON *object = named("notification", event);

    for (size_t i = 0; request == NULL && i < 2; i++) {
        store = stores[i];
        request = store != NULL ? request_of_event(store, event) : NULL;
    }
    shell_add_text(object, "path", request_path(request));
    add_code(object, event->as.server.as.response.code);
    if (request != NULL) {
        add_values(view, store, object, event);
    }
    return object;
}

static cJSON *describe_server(const struct shell_view *view,
                              const struct journal_event *event)
{
    switch (event->as.server.kind) {
    case SERVER_REGISTER:
        return describe_registration("register", event);
    case SERVER_UPDATE:
        return describe_registration("update", event);
    case SERVER_DEREGISTER:
        return describe_registration("deregister", event);
    case SERVER_EXPIRE:
        return describe_registration("expire", event);
    case SERVER_REFUSE:
        return describe_registration("refuse", event);
    case SERVER_RESPONSE:
        return describe_response(view, event);
    case SERVER_TIMEOUT:
    case SERVER_RESET:
    case SERVER_SESSION_LOST:
        return describe_failure(view, event);
    case SERVER_NOTIFICATION:
        return describe_notification(view, event);
    case SERVER_SEND: {
        cJSON *object = named("send", event);
        add_values(view, view->events, object, event);
        return object;
    }
    default:
        return NULL;
    }
}

/** What the members of engine events are called here, and there. */
static void add_members(cJSON *object, const struct journal_event *event,
                        const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const cJSON *item =
            cJSON_GetObjectItemCaseSensitive(event->as.data, names[i]);
        if (cJSON_IsString(item)) {
            shell_add_text(object, names[i], item->valuestring);
        } else if (cJSON_IsNumber(item)) {
            cJSON_AddNumberToObject(object, names[i], item->valuedouble);
        } else if (cJSON_IsBool(item)) {
            cJSON_AddBoolToObject(object, names[i], cJSON_IsTrue(item));
        }
    }
}

static cJSON *describe_finding(const struct journal_event *event)
{
    const struct finding *finding = &event->as.finding;

    if (finding->check != NULL && strcmp(finding->check, "engine.step") == 0) {
        return NULL; /* our own failure: the end of the step says it */
    }
    cJSON *object = named("finding", event);

    cJSON_AddStringToObject(object, "level",
                            finding_level_name(finding->level));
    shell_add_text(object, "requirement", finding->requirement);
    shell_add_text(object, "ambiguity", finding->ambiguity);
    shell_add_text(object, "check", finding->check);
    shell_add_text(object, "subject", finding->subject);
    shell_add_text(object, "expected", finding->expected);
    shell_add_text(object, "observed", finding->observed);
    return object;
}

static cJSON *describe_verdict(const struct journal_event *event)
{
    static const char *const names[] = { "verdict", "ms", "reason", NULL };
    cJSON *object = named("verdict", event);

    shell_add_text(object, "case", event->instance);
    add_members(object, event, names);
    return object;
}

/** The case instance that the shell's own steps belong to. */
static bool is_session(const struct journal_event *event)
{
    static const char name[] = "SHELL";
    size_t length = sizeof(name) - 1;

    return event->instance != NULL &&
           strncmp(event->instance, name, length) == 0 &&
           (event->instance[length] == '\0' || event->instance[length] == '-');
}

/** A diagnosis has several lines; here it gets one. */
static cJSON *describe_note(const struct journal_event *event)
{
    const char *text = journal_text(event, "text");
    cJSON *object = named("note", event);
    char *line = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&line, &size);

    if (stream == NULL) {
        return object;
    }
    for (; text != NULL && *text != '\0'; text++) {
        if (*text != '\n') {
            fputc(*text, stream);
        } else if (text[1] != '\0') {
            fputs("; ", stream);
        }
    }
    if (fclose(stream) == 0) {
        shell_add_text(object, "text", line);
    }
    free(line);
    return object;
}

static cJSON *describe_engine(const struct shell_view *view,
                              const struct journal_event *event)
{
    static const char *const begin[] = { "mechanism", "instance", "package",
                                         "size",      "version",  "damage",
                                         NULL };
    static const char *const end[] = { "outcome",    "code", "blocks",
                                       "block-size", "ms",   NULL };
    static const char *const pause[] = { "offset", NULL };
    cJSON *object = NULL;

    switch ((int)event->kind) {
    case JOURNAL_TRANSFER_BEGIN:
        object = named("transfer-begin", event);
        add_members(object, event, begin);
        return object;
    case JOURNAL_TRANSFER_PAUSE:
        object = named("transfer-pause", event);
        add_members(object, event, pause);
        return object;
    case JOURNAL_TRANSFER_END:
        object = named("transfer-end", event);
        add_members(object, event, end);
        return object;
    case JOURNAL_CASE_BEGIN:
        if (is_session(event)) {
            return NULL;
        }
        object = named("case-begin", event);
        shell_add_text(object, "case", event->instance);
        shell_add_text(object, "title", journal_text(event, "title"));
        return object;
    case JOURNAL_VERDICT:
        return is_session(event) ? NULL : describe_verdict(event);
    case JOURNAL_FINDING:
        return describe_finding(event);
    case JOURNAL_NOTE:
        if (!view->is_verbose && !cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
                                     event->as.data, "diagnosis"))) {
            return NULL; /* what was typed, and formats that were tried */
        }
        return describe_note(event);
    default:
        return NULL;
    }
}

cJSON *shell_describe(const struct shell_view *view,
                      const struct journal_event *event)
{
    return (int)event->kind < SERVER_EVENT_KINDS ? describe_server(view, event)
                                                 : describe_engine(view, event);
}
