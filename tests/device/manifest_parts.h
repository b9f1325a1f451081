/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MANIFEST_PARTS_H
#define TESTS_DEVICE_MANIFEST_PARTS_H

/* Private to manifest.c and manifest_run.c. */
#include "tests/device/manifest.h"
#include "tests/device/manifest_crypto.h"
#include "tests/device/tree.h"

/** Update Results. */
enum {
    MANIFEST_TOO_BIG = 2,
    MANIFEST_NO_MEMORY = 3,
    MANIFEST_INTEGRITY = 5,
    MANIFEST_TYPE = 6,
    MANIFEST_FAILED = 8,
};

enum { MANIFEST_ENVELOPES_MAX = 3 }; /**< in each other */

struct manifest_running;

/** What the commands set and do, of one component. */
struct manifest_cell {
    char name[MANIFEST_NAME_SIZE];
    bool is_here; /**< the index stands for something */
    bool is_staging;
    bool is_dependency;              /**< its image is an envelope */
    struct manifest_running *nested; /**< owned: that, opened; or NULL */
    struct tree_bytes class_id;
    struct tree_bytes digest;
    bool has_size;
    uint64_t size;
    struct tree_bytes uri;
    struct tree_bytes info;
    struct tree_bytes content;
    bool has_source;
    uint64_t source;
    struct tree_bytes version; /**< of a condition, encoded */
    uint8_t *image;            /**< owned */
    size_t length;
    bool was_encrypted;
};

struct manifest_running {
    const struct manifest_trust *trust;
    const struct manifest_blindness *blindness;
    struct manifest *manifest;
    unsigned depth;              /**< 0: in no other envelope */
    struct tree_pool pool;       /**< released at the end */
    const cbor_item_t *envelope; /**< its map */
    const cbor_item_t *body;     /**< the manifest's map */
    struct tree_bytes digest;    /**< of the manifest, once it was compared */
    uint64_t sequence;
    struct manifest_cell cells[MANIFEST_COMPONENTS];
    size_t cell_count;
    size_t chosen;   /**< the component that commands are about */
    int64_t section; /**< key of the sequence that runs */
    bool has_shared; /**< what is shared was run */
};

/** A tree in the bytes that are the value of a key. */
const cbor_item_t *manifest_tree_of(struct manifest_running *run,
                                    const cbor_item_t *map, int64_t key,
                                    bool sorts);
/** [-16, 32 bytes] */
bool manifest_digest_of(struct manifest_running *run, struct tree_bytes wrapper,
                        struct tree_bytes *out_digest);
bool manifest_is_equal(struct tree_bytes digest, const uint8_t *bytes,
                       size_t length);
/** [1, 2, 3] as "1.2.3", a fourth one behind '+'. */
bool manifest_take_version(const cbor_item_t *list, char out_text[32]);
/** Whether all keys of the map are among these, all above 0. */
bool manifest_has_only(const cbor_item_t *map, const char *keys);
/** What the envelope carries by that name. */
bool manifest_payload(const struct manifest_running *run,
                      struct tree_bytes name, struct tree_bytes *out_payload);

/** The envelope that a cell holds, authenticated; once.
 *  @return 0, or the Result */
int manifest_enter(struct manifest_running *run, struct manifest_cell *cell);
/** One section, before the first one what is shared. @return 0, or the
 *  Result */
int manifest_run_section(struct manifest_running *run, int64_t section);
/** All that an update runs. @return 0, or the Result */
int manifest_run_all(struct manifest_running *run);
/** What is set, and the conditions on versions: of what nobody has verified
 *  yet. */
void manifest_collect(struct manifest_running *run, const cbor_item_t *list);

#endif
