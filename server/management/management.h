/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_MANAGEMENT_MANAGEMENT_H
#define SERVER_MANAGEMENT_MANAGEMENT_H

/*
 * The Device Management and Information Reporting operations as requests.
 * Each function fills a struct server_request for server_send(); payload and
 * endpoint are borrowed until then.
 * Spec: LwM2M Transport 1.2.2, 6.4.3 and 6.4.4.
 */
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"

struct server_request;

/** @param accept  Content-Format wanted, or CONTENT_FORMAT_NONE */
void management_read(struct server_request *out_request, const char *endpoint,
                     struct lwm2m_path path, int accept);
void management_discover(struct server_request *out_request,
                         const char *endpoint, struct lwm2m_path path);
/** Write (Replace): PUT. */
void management_write(struct server_request *out_request, const char *endpoint,
                      struct lwm2m_path path, int content_format,
                      const uint8_t *payload, size_t length);
/** Write (Partial Update): POST on an Object Instance. */
void management_update(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int content_format,
                       const uint8_t *payload, size_t length);
/** @param arguments  text/plain, or NULL for no payload at all */
void management_execute(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        const char *arguments);
/** @param content_format  CONTENT_FORMAT_NONE: no payload */
void management_create(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int content_format,
                       const uint8_t *payload, size_t length);
void management_delete(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path);
void management_observe(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        int accept);
/** Active cancel (Observe = 1) of the observation that `observation` opened. */
void management_cancel(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int accept,
                       uint64_t observation);

#endif
