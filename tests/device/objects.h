/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_OBJECTS_H
#define TESTS_DEVICE_OBJECTS_H

/*
 * The LwM2M objects of the device: /1, /3, /33629 and, if wanted, /2, /5 and /16.
 * Requests in, answers out; no network.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"
#include "tests/device/access.h"
#include "tests/device/attributes.h"
#include "tests/device/firmware.h"
#include "tests/device/fu.h"
#include "tests/device/message.h"
#include "tests/device/portfolio.h"
#include "tests/device/server_object.h"

/** Where the Objects are in VARIANT_ALTERNATE_PATH. */
#define OBJECTS_ROOT "/lwm2m"

#define OBJECT_SERVER    1
#define OBJECT_ACCESS    2
#define OBJECT_DEVICE    3
#define OBJECT_FU        5
#define OBJECT_PORTFOLIO 16
#define OBJECT_FIRMWARE  33629

#define OBJECTS_TEXT_SIZE 40 /**< of a String that can be written */

/** What lies behind the objects, and what a request asked for. */
struct objects {
    struct firmware *firmware;
    unsigned version; /**< of LwM2M: 10, 11, 12; 0 is 11 */
    uint32_t formats; /**< formats.h; 0: those of the version */
    bool has_battery; /**< /3/0/6 to 9 */
    bool has_memory;  /**< /3/0/10 */
    struct server_object server;
    struct server_object second; /**< /1/1, of the second server */
    struct access access;
    struct fu fu;
    char utc_offset[OBJECTS_TEXT_SIZE]; /**< /3/0/14 */
    char timezone[OBJECTS_TEXT_SIZE];   /**< /3/0/15 */
    struct portfolio portfolio;
    struct attribute_table attributes;
    unsigned changes;      /**< how often a value changed, for the second
                                server */
    bool has_changed;      /**< a value outside of firmware may have changed */
    bool wants_update;     /**< send a registration Update */
    bool has_new_lifetime; /**< and say the lifetime in it */
    bool has_new_list;     /**< and the list of Objects */
    bool wants_disable;    /**< /1/x/4 was executed */
    bool wants_reboot;     /**< /3/0/4 was executed */
    bool is_telling;       /**< what is read now is for a notification */
    bool is_sending;       /**< … for a Send */
};

/** An answer; `payload` is the caller's to release. */
struct answer {
    uint8_t code;
    int content_format; /**< CONTENT_FORMAT_NONE: no option */
    struct byte_buffer payload;
    bool has_block1;            /**< echo the Block1 option of the request */
    struct lwm2m_path location; /**< of what was created; depth 0: none */
};

/** Whether no Server sees the path: /0, /21, /23. */
bool objects_hide(const struct objects *objects, const struct lwm2m_path *path);
/** Read, or Discover of default depth (Accept 40). Also what an observation
 *  sends. */
void objects_get(const struct objects *objects, const struct lwm2m_path *path,
                 int accept, struct answer *answer);
/** The number of a single Resource or a Resource Instance; a Boolean is 0 or
 *  1. @return false when the path has another thing */
bool objects_number(const struct objects *objects,
                    const struct lwm2m_path *path, double *out_number,
                    bool *out_is_boolean);
/** Discover; `depth` levels below the path, DISCOVER_DEFAULT for as many as
 *  there are without the parameter. */
#define DISCOVER_DEFAULT UINT32_MAX
void objects_discover(const struct objects *objects,
                      const struct lwm2m_path *path, uint32_t depth,
                      struct answer *answer);
/** PUT, POST, DELETE. `request` has path options that give `path`. */
void objects_change(struct objects *objects, const struct message *request,
                    const struct lwm2m_path *path, uint64_t now_ms,
                    struct answer *answer);
/** The paths that a Read- or Observe-Composite asks for, to be freed.
 *  @return 0, or the code of the refusal */
uint8_t objects_fetch_paths(const struct objects *objects,
                            const struct message *request,
                            struct lwm2m_path **out_paths, size_t *out_count);
/** The Content-Format of its answer, CONTENT_FORMAT_NONE: there is none. */
int objects_fetch_format(const struct objects *objects,
                         const struct message *request);
/** The Content-Format of a Send. */
int objects_send_format(const struct objects *objects);
/** All that is there and readable of the paths. */
void objects_fetch(const struct objects *objects,
                   const struct lwm2m_path *paths, size_t count, int format,
                   struct answer *answer);
/** Write-Composite. @return the code */
uint8_t objects_patch(struct objects *objects, const struct message *request);
/**
 * Take all query options as notification attributes of the path.
 *
 * @param out_count  how many there were
 * @return false when one is unknown, malformed or makes no sense there
 */
bool objects_take_attributes(const struct objects *objects,
                             const struct message *request,
                             const struct lwm2m_path *path,
                             struct attributes *attributes,
                             unsigned *out_count);
/** For how long Disable lasts. */
int64_t server_object_disable_s(const struct objects *objects);
/** The Object list of a Register, to be freed. NULL: no memory. */
char *objects_links(const struct objects *objects);

#endif
