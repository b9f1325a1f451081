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
/** Since 1.2 the caller may set the query of the request to "depth=1". */
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
/**
 * Write-Attributes: PUT without payload and Content-Format, at any level.
 *
 * @param attributes  "pmin=10&gt=1.5"; a name without a value ("pmin") unsets
 *                    that attribute of this level
 */
void management_attributes(struct server_request *out_request,
                           const char *endpoint, struct lwm2m_path path,
                           const char *attributes);
/** @param arguments  text/plain, or NULL for no payload at all */
void management_execute(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        const char *arguments);
/** @param content_format  CONTENT_FORMAT_NONE: no payload */
void management_create(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int content_format,
                       const uint8_t *payload, size_t length);
/** An Object Instance; a Resource Instance since 1.2. */
void management_delete(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path);
/** Since 1.2 the caller may set the query to attributes that are valid for this
 *  observation only: "pmin=5&pmax=15". */
void management_observe(struct server_request *out_request,
                        const char *endpoint, struct lwm2m_path path,
                        int accept);
/** Active cancel (Observe = 1) of the observation that `observation` opened;
 *  accept and query as they were then. */
void management_cancel(struct server_request *out_request, const char *endpoint,
                       struct lwm2m_path path, int accept,
                       uint64_t observation);

/*
 * Composite operations, since 1.1: on the root, which is the alternate path
 * where the device has one. The payload says what they are about: see enum
 * payload_kind.
 */
void management_read_composite(struct server_request *out_request,
                               const char *endpoint, int content_format,
                               const uint8_t *payload, size_t length,
                               int accept);
void management_write_composite(struct server_request *out_request,
                                const char *endpoint, int content_format,
                                const uint8_t *payload, size_t length);
void management_observe_composite(struct server_request *out_request,
                                  const char *endpoint, int content_format,
                                  const uint8_t *payload, size_t length,
                                  int accept);
/** Active cancel; everything but `observation` as it was then, also the query
 *  that the caller may have set. */
void management_cancel_composite(struct server_request *out_request,
                                 const char *endpoint, int content_format,
                                 const uint8_t *payload, size_t length,
                                 int accept, uint64_t observation);

#endif
