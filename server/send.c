/* SPDX-License-Identifier: Apache-2.0 */

/* Send: values that a device reports of its own accord. LwM2M Core 1.2.2,
 * 6.4.7; lwm2m-core.md 3.2 and 5. */
#include <stdio.h>
#include <string.h>

#include "server/server_private.h"

enum { METHOD_POST = 2 };

static const struct lwm2m_path root = { .depth = 0 };

/** @return the answer; what is wrong or odd goes to `why` */
static uint8_t judge_values(const struct registration *registration,
                            const struct record_list *list, char *why,
                            size_t size)
{
    char path[LWM2M_PATH_TEXT_MAX];

    if (list->count == 0) {
        (void)snprintf(why, size, "a Send without values");
        return COAP_CODE(4, 0);
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct lwm2m_record *record = &list->records[i];
        if (!registration_lists(registration, &record->path)) {
            (void)snprintf(why, size,
                           "%s lies in no registered Object Instance",
                           lwm2m_path_text(&record->path, path));
            return COAP_CODE(4, 4);
        }
    }
    if (list->note_count > 0) {
        (void)snprintf(why, size, "%s", list->notes[0].text); /* cut */
    }
    return COAP_CODE(2, 4);
}

static uint8_t judge(const struct registration *registration,
                     const struct endpoint_incoming *request, char *why,
                     size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct record_list list;

    if (registration == NULL) {
        (void)snprintf(why, size, "a Send of a peer that is not registered");
        return COAP_CODE(4, 4);
    }
    if (request->content_format != CONTENT_FORMAT_SENML_JSON &&
        request->content_format != CONTENT_FORMAT_SENML_CBOR &&
        request->content_format != CONTENT_FORMAT_LWM2M_CBOR) {
        (void)snprintf(why, size, "a Send in Content-Format %d",
                       request->content_format);
        return COAP_CODE(4, 15);
    }
    record_list_init(&list);
    enum status status =
        codec_decode(request->content_format, NULL, &root, request->payload,
                     request->payload_length, &list, &reason);
    uint8_t code = COAP_CODE(2, 4);
    if (status == STATUS_OK) {
        code = judge_values(registration, &list, why, size);
    } else {
        (void)snprintf(why, size, "%.255s", reason.text); /* cut */
        code = status == STATUS_NO_MEMORY ? COAP_CODE(5, 0) : COAP_CODE(4, 0);
    }
    record_list_release(&list);
    return code;
}

bool send_take_request(struct server *server,
                       const struct endpoint_incoming *request,
                       struct endpoint_answer *answer)
{
    char why[256] = "";

    if (strcmp(request->path, "/dp") != 0 || request->method != METHOD_POST) {
        return false;
    }
    const struct registration *registration =
        server_registration_of(server, request->session);
    answer->code = judge(registration, request, why, sizeof(why));
    const struct server_event event = {
        .kind = SERVER_SEND,
        .time_ms = loop_now_ms(server->loop),
        .endpoint = registration != NULL ? registration->endpoint : NULL,
        .as.send = { .peer = request->peer,
                     .content_format = request->content_format,
                     .payload = request->payload,
                     .payload_length = request->payload_length,
                     .code = answer->code,
                     .reason = why[0] != '\0' ? why : NULL },
    };
    event_queue_push(&server->queue, &event);
    return true;
}
