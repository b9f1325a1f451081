/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_OBJECTS_H
#define TESTS_DEVICE_OBJECTS_H

/*
 * The LwM2M objects of the device: /1/0, /3/0 and /33629/0..3. Requests in,
 * answers out; no network.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "tests/device/firmware.h"
#include "tests/device/message.h"

/** Where the Objects are in VARIANT_ALTERNATE_PATH. */
#define OBJECTS_ROOT "/lwm2m"

#define OBJECT_SERVER   1
#define OBJECT_DEVICE   3
#define OBJECT_FIRMWARE 33629

/** What lies behind the objects, and what an Execute asked for. */
struct objects {
    struct firmware *firmware;
    uint32_t lifetime_s;
    bool wants_update; /**< send a registration Update */
    bool wants_reboot; /**< /3/0/4 was executed */
};

/** An answer; `payload` is the caller's to release. */
struct answer {
    uint8_t code;
    int content_format; /**< CONTENT_FORMAT_NONE: no option */
    struct byte_buffer payload;
    bool has_block1; /**< echo the Block1 option of the request */
};

/** Read or Discover (Accept 40). Also what an observation sends. */
void objects_get(const struct objects *objects, const struct lwm2m_path *path,
                 int accept, struct answer *answer);
/** PUT, POST, DELETE. `request` has path options that give `path`. */
void objects_change(struct objects *objects, const struct message *request,
                    const struct lwm2m_path *path, uint64_t now_ms,
                    struct answer *answer);
/** The Object list of a Register, to be freed. NULL: no memory. */
char *objects_links(const struct objects *objects);

#endif
