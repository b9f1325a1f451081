/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_ACCESS_H
#define TESTS_DEVICE_ACCESS_H

/*
 * A device with two LwM2M servers: who may do what. /2 says it, and belongs to
 * the first one; so do /3 and /16. Spec: lwm2m-core.md, section 6.
 */
#include <stdbool.h>
#include <stdint.h>

/** Rights as in /2/x/2. */
enum access_right {
    ACCESS_READ = 1,
    ACCESS_WRITE = 2,
    ACCESS_EXECUTE = 4,
};

struct access {
    bool has_second; /**< there are two servers, and Object 2 */
    unsigned rights; /**< of the second one at /33629 */
    bool is_second;  /**< the request at hand is of the second one */
};

struct objects;
struct message;
struct lwm2m_path;
struct record_list;

/** "all", "read" or "none". @return false: none of them */
bool access_parse(const char *text, unsigned *out_rights);
/** Whether whoever sent the request may; else it is answered 4.01. */
bool access_allows(const struct objects *objects, const struct message *request,
                   const struct lwm2m_path *path);
/** For a mutant: what the request does besides. */
void access_spoil(const struct objects *objects, const struct message *request,
                  const struct lwm2m_path *path);
/** A Resource of /2. */
bool access_add(const struct objects *objects, struct lwm2m_path path,
                struct record_list *list);

#endif
