/* SPDX-License-Identifier: Apache-2.0 */
#include "server/management/management.h"

#include <string.h>

#include "server/server.h"

enum { GET = 1, POST = 2, PUT = 3, DELETE = 4, FETCH = 5, IPATCH = 7 };

static const struct lwm2m_path root = { .depth = 0 };

static void fill(struct server_request *request, const char *endpoint,
                 uint8_t method, struct lwm2m_path path)
{
    *request = (struct server_request){
        .endpoint = endpoint,
        .method = method,
        .path = path,
        .content_format = CONTENT_FORMAT_NONE,
        .accept = CONTENT_FORMAT_NONE,
    };
}

static void fill_payload(struct server_request *request, int content_format,
                         const uint8_t *payload, size_t length)
{
    request->content_format = content_format;
    request->payload = payload;
    request->payload_length = length;
}

void management_read(struct server_request *out_request, const char *endpoint,
                     struct lwm2m_path path, int accept)
{
    fill(out_request, endpoint, GET, path);
    out_request->accept = accept;
}

void management_discover(struct server_request *out_request,
                         const char *endpoint, struct lwm2m_path path)
{
    management_read(out_request, endpoint, path, CONTENT_FORMAT_LINK);
}

void management_attributes(struct server_request *out_request,
                           const char *endpoint, struct lwm2m_path path,
                           const char *attributes)
{
    fill(out_request, endpoint, PUT, path);
    out_request->query = attributes;
}

void management_write(struct server_request *out_request, const char *endpoint,
                      struct lwm2m_path path, int content_format,
                      const uint8_t *payload, size_t length)
{
    fill(out_request, endpoint, PUT, path);
    fill_payload(out_request, content_format, payload, length);
}

void management_update(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int content_format,
                       const uint8_t *payload, size_t length)
{
    fill(out_request, endpoint, POST, path);
    fill_payload(out_request, content_format, payload, length);
}

void management_execute(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        const char *arguments)
{
    fill(out_request, endpoint, POST, path);
    if (arguments != NULL) {
        fill_payload(out_request, CONTENT_FORMAT_TEXT,
                     (const uint8_t *)arguments, strlen(arguments));
    }
}

void management_create(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int content_format,
                       const uint8_t *payload, size_t length)
{
    management_update(out_request, endpoint, path, content_format, payload,
                      length);
}

void management_delete(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path)
{
    fill(out_request, endpoint, DELETE, path);
}

void management_observe(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        int accept)
{
    management_read(out_request, endpoint, path, accept);
    out_request->has_observe = true;
    out_request->observe = 0;
}

void management_cancel(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int accept, uint64_t observation)
{
    management_observe(out_request, endpoint, path, accept);
    out_request->observe = 1;
    out_request->observation = observation;
}

void management_read_composite(struct server_request *out_request,
                               const char *endpoint, int content_format,
                               const uint8_t *payload, size_t length,
                               int accept)
{
    fill(out_request, endpoint, FETCH, root);
    fill_payload(out_request, content_format, payload, length);
    out_request->accept = accept;
}

void management_write_composite(struct server_request *out_request,
                                const char *endpoint, int content_format,
                                const uint8_t *payload, size_t length)
{
    fill(out_request, endpoint, IPATCH, root);
    fill_payload(out_request, content_format, payload, length);
}

void management_observe_composite(struct server_request *out_request,
                                  const char *endpoint, int content_format,
                                  const uint8_t *payload, size_t length,
                                  int accept)
{
    management_read_composite(out_request, endpoint, content_format, payload,
                              length, accept);
    out_request->has_observe = true;
    out_request->observe = 0;
}

void management_cancel_composite(struct server_request *out_request,
                                 const char *endpoint, int content_format,
                                 const uint8_t *payload, size_t length,
                                 int accept, uint64_t observation)
{
    management_observe_composite(out_request, endpoint, content_format, payload,
                                 length, accept);
    out_request->observe = 1;
    out_request->observation = observation;
}
