/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A look at what every LwM2M Client has: which Resources of /1 and /3, which
 * formats, and what of the optional operations. A device that refuses
 * something does not have it; one that is silent is judged by its cases.
 */
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/run_private.h"

enum {
    OBJECT_SERVER = 1,
    OBJECT_DEVICE = 3,
    OBJECT_PORTFOLIO = 16,
    RESOURCE_LIFETIME = 1,
    RESOURCE_MUTE_SEND = 23,
    METHOD_FETCH = 5,
    METHOD_IPATCH = 7,
    NAME_SIZE = 20, /* "/1/65534/1", and short enough for a CBOR head */
    PAYLOAD_SIZE = 64,
};

struct core_scratch {
    size_t index; /* of the row that is asked */
    uint64_t request;
    uint64_t observation; /* that the row before has opened; 0: none */
};

enum question {
    ASK_RESOURCES,       /* Discover */
    ASK_FORMAT,          /* Read in a format */
    ASK_COMPOSITE,       /* Read-Composite */
    ASK_WRITE_COMPOSITE, /* Write-Composite of nothing */
    ASK_OBSERVE_COMPOSITE,
    ASK_OBSERVE_WITH, /* Observe with attributes of its own */
    ASK_END,          /* Cancel what the row before it has opened */
    ASK_DEPTH,        /* Discover with a depth */
    ASK_ATTRIBUTES,   /* Write-Attributes that takes away what is not there */
};

static const struct {
    enum question question;
    uint16_t object;
    bool of_resource; /* ASK_FORMAT: of one Resource */
    int format;
    const char *item;
    const char *least; /* version since which there is such a thing */
} rows[] = {
    /* clang-format off */
    { ASK_RESOURCES, OBJECT_SERVER, false, 0, NULL, "1.0" },
    { ASK_RESOURCES, OBJECT_DEVICE, false, 0, NULL, "1.0" },
    { ASK_RESOURCES, OBJECT_PORTFOLIO, false, 0, NULL, "1.0" },
    { ASK_FORMAT, OBJECT_SERVER, true, CONTENT_FORMAT_TEXT, "format-0",
      "1.0" },
    { ASK_FORMAT, OBJECT_SERVER, false, CONTENT_FORMAT_TLV, "format-11542",
      "1.0" },
    { ASK_FORMAT, OBJECT_SERVER, false, CONTENT_FORMAT_LWM2M_JSON,
      "format-11543", "1.0" },
    { ASK_FORMAT, OBJECT_SERVER, true, CONTENT_FORMAT_CBOR, "format-60",
      "1.1" },
    { ASK_FORMAT, OBJECT_SERVER, false, CONTENT_FORMAT_SENML_JSON,
      "format-110", "1.1" },
    { ASK_FORMAT, OBJECT_SERVER, false, CONTENT_FORMAT_SENML_CBOR,
      "format-112", "1.1" },
    { ASK_FORMAT, OBJECT_SERVER, false, CONTENT_FORMAT_LWM2M_CBOR,
      "format-11544", "1.2" },
    { ASK_COMPOSITE, OBJECT_SERVER, false, 0, "composite", "1.1" },
    { ASK_WRITE_COMPOSITE, OBJECT_SERVER, false, 0, "write-composite",
      "1.1" },
    { ASK_OBSERVE_COMPOSITE, OBJECT_SERVER, false, 0, "observe-composite",
      "1.1" },
    { ASK_END, OBJECT_SERVER, false, 0, NULL, "1.1" },
    { ASK_OBSERVE_WITH, OBJECT_SERVER, false, 0, "observe-attributes",
      "1.2" },
    { ASK_END, OBJECT_SERVER, false, 0, NULL, "1.2" },
    { ASK_DEPTH, OBJECT_DEVICE, false, 0, "discover-depth", "1.2" },
    { ASK_ATTRIBUTES, OBJECT_SERVER, false, 0, "attributes", "1.0" },
    /* clang-format on */
};

static bool has_version(const struct run *run, const char *least)
{
    const char *version = ics_value(&run->lane->ics, "lwm2m");

    return version == NULL || strcmp(version, least) >= 0; /* "1.0" to "1.2" */
}

/** Read-Composite of the lifetime, in the first SenML that the device has. */
static bool fill_composite(const struct run *run,
                           struct server_request *request,
                           char payload[PAYLOAD_SIZE])
{
    const struct ics *ics = &run->lane->ics;
    bool is_cbor = ics_holds(ics, "format-112");
    char name[NAME_SIZE];

    if (!is_cbor && !ics_holds(ics, "format-110")) {
        return false;
    }
    int length = snprintf(name, sizeof(name), "/%u/%u/%u", OBJECT_SERVER,
                          ics->server_instance, RESOURCE_LIFETIME); /* fits */
    /* CBOR: an array of one map, in which 0, the name, is a text. */
    request->payload_length =
        (size_t)(is_cbor ? snprintf(payload, PAYLOAD_SIZE, "\x81\xa1%c%c%s", 0,
                                    0x60 + length, name)
                         : snprintf(payload, PAYLOAD_SIZE, "[{\"n\":\"%s\"}]",
                                    name)); /* fits */
    request->payload = (const uint8_t *)payload;
    request->method = METHOD_FETCH;
    request->path = (struct lwm2m_path){ .depth = 0 };
    request->content_format =
        is_cbor ? CONTENT_FORMAT_SENML_CBOR : CONTENT_FORMAT_SENML_JSON;
    request->accept = request->content_format;
    return true;
}

static void fill_observe(const struct run *run, struct server_request *request)
{
    const struct ics *ics = &run->lane->ics;

    management_observe(request, NULL,
                       lwm2m_path_resource(OBJECT_SERVER, ics->server_instance,
                                           RESOURCE_LIFETIME),
                       CONTENT_FORMAT_NONE);
    request->query = "pmin=1&pmax=60";
}

/** @return false when the row need not be asked */
static bool fill(struct run *run, size_t index, struct server_request *request,
                 char payload[PAYLOAD_SIZE])
{
    const struct core_scratch *scratch = run_scratch(run);
    const struct ics *ics = &run->lane->ics;
    struct lwm2m_path path =
        lwm2m_path_instance(rows[index].object, ics->server_instance);

    if (!has_version(run, rows[index].least)) {
        return false;
    }
    switch (rows[index].question) {
    case ASK_RESOURCES:
        if (rows[index].object != OBJECT_SERVER) {
            path = lwm2m_path_instance(rows[index].object, 0);
        }
        if (rows[index].object == OBJECT_PORTFOLIO &&
            ics_value(ics, "object-16") == NULL) {
            return false;
        }
        management_discover(request, NULL, path);
        return true;
    case ASK_FORMAT:
        if (rows[index].of_resource) {
            path = lwm2m_path_child(path, RESOURCE_LIFETIME);
        }
        management_read(request, NULL, path, rows[index].format);
        return true;
    case ASK_COMPOSITE:
        return fill_composite(run, request, payload);
    case ASK_WRITE_COMPOSITE:
        if (!fill_composite(run, request, payload)) {
            return false;
        }
        request->method = METHOD_IPATCH;
        request->accept = CONTENT_FORMAT_NONE;
        request->payload_length = (size_t)snprintf(
            payload, PAYLOAD_SIZE,
            request->content_format == CONTENT_FORMAT_SENML_CBOR ? "\x80"
                                                                 : "[]");
        return true;
    case ASK_OBSERVE_COMPOSITE:
        request->has_observe = fill_composite(run, request, payload);
        return request->has_observe;
    case ASK_OBSERVE_WITH:
        fill_observe(run, request);
        return true;
    case ASK_END:
        if (scratch->observation == 0 ||
            !fill(run, index - 1, request, payload)) {
            return false;
        }
        request->observe = 1;
        request->observation = scratch->observation;
        return true;
    case ASK_DEPTH:
        management_discover(request, NULL, lwm2m_path_object(OBJECT_DEVICE));
        request->query = "depth=0";
        return true;
    case ASK_ATTRIBUTES:
        management_attributes(
            request, NULL, lwm2m_path_child(path, RESOURCE_LIFETIME), "pmin");
        return true;
    }
    return false;
}

static enum step_progress core_ask(struct run *run)
{
    struct core_scratch *scratch = run_scratch(run);
    struct reason reason = { .status = STATUS_OK };

    while (scratch->index < sizeof(rows) / sizeof(rows[0])) {
        struct server_request request = { .content_format = CONTENT_FORMAT_NONE,
                                          .accept = CONTENT_FORMAT_NONE };
        char payload[PAYLOAD_SIZE];
        if (fill(run, scratch->index, &request, payload)) {
            return run_send(run, &request, &scratch->request, &reason) ==
                           STATUS_OK
                       ? STEP_GO_ON
                       : run_fail(run, &reason);
        }
        scratch->index++;
    }
    return STEP_DONE;
}

/** "resource-3-9" for each that is listed. */
static void take_resources(struct run *run, const struct link_list *links)
{
    struct ics *ics = &run->lane->ics;
    char item[PROFILE_ITEM_NAME_MAX + 1];

    for (size_t i = 0; i < links->count; i++) {
        const struct lwm2m_path *path = &links->links[i].path;
        if (!links->links[i].is_lwm2m || path->depth != 3) {
            continue;
        }
        (void)snprintf(item, sizeof(item), "resource-%u-%u", path->ids[0],
                       path->ids[2]); /* fits */
        ics_set(ics, item, "true", false);
        if (path->ids[0] == OBJECT_SERVER &&
            path->ids[2] == RESOURCE_MUTE_SEND) {
            ics_set(ics, "send", "true", false);
        }
    }
}

static size_t lwm2m_links(const struct link_list *links)
{
    size_t count = 0;

    for (size_t i = 0; i < links->count; i++) {
        count += links->links[i].is_lwm2m ? 1 : 0;
    }
    return count;
}

static void core_take(struct run *run, const struct journal_event *event)
{
    struct core_scratch *scratch = run_scratch(run);
    const struct server_response_view *response = &event->as.server.as.response;
    const char *item = rows[scratch->index].item;
    bool is_content = response->code == COAP_CODE(2, 5);
    struct link_list links;
    bool has = false;

    link_list_init(&links);
    bool is_list =
        is_content && response->content_format == CONTENT_FORMAT_LINK &&
        links_of_event(run_events(run), event, &links, NULL) == STATUS_OK;
    switch (rows[scratch->index].question) {
    case ASK_RESOURCES:
        if (is_list) {
            take_resources(run, &links);
        }
        break;
    case ASK_FORMAT: /* another format than asked for is a case's to judge */
        has = is_content;
        break;
    case ASK_COMPOSITE:
        has = is_content;
        break;
    case ASK_WRITE_COMPOSITE: /* there is nothing to write: it may say so */
        has = response->code == COAP_CODE(2, 4) ||
              response->code == COAP_CODE(4, 0);
        break;
    case ASK_OBSERVE_COMPOSITE:
    case ASK_OBSERVE_WITH:
        has = is_content && response->has_observe;
        scratch->observation = has ? scratch->request : 0;
        break;
    case ASK_END:
        break;
    case ASK_DEPTH: /* without support it is the default depth */
        has = is_list && lwm2m_links(&links) == 1;
        break;
    case ASK_ATTRIBUTES:
        has = response->code == COAP_CODE(2, 4);
        break;
    }
    if (item != NULL) {
        ics_set(&run->lane->ics, item, has ? "true" : "false", false);
    }
    link_list_release(&links);
}

static enum step_progress core_drive(struct run *run,
                                     const struct journal_event *event)
{
    struct core_scratch *scratch = run_scratch(run);

    if (event == NULL) {
        return core_ask(run);
    }
    if ((int)event->kind >= SERVER_EVENT_KINDS || scratch->request == 0 ||
        event->as.server.id != scratch->request) {
        return STEP_GO_ON;
    }
    switch ((int)event->kind) {
    case SERVER_RESPONSE:
        core_take(run, event);
        scratch->index++;
        return core_ask(run);
    case SERVER_RESET: /* what a device makes of a method it does not know */
        scratch->index++;
        return core_ask(run);
    case SERVER_SESSION_LOST:
        return run->is_lost ? STEP_SILENT : core_ask(run);
    case SERVER_TIMEOUT:
        return STEP_SILENT;
    default:
        return STEP_GO_ON;
    }
}

const struct step_type step_builtin_detect_core = {
    .verb = "detect-core",
    .help = "find out what of LwM2M itself the device has",
    .parameters = { { "detect-core", STEP_FLAG, true, "" } },
    .limit = LIMIT_RESPONSE,
    .scratch_size = sizeof(struct core_scratch),
    .drive = core_drive,
};
