/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_STORE_H
#define TESTS_DEVICE_STORE_H

/*
 * Files of the device: slots, staged packages and the one state record. A file
 * is written beside, synchronised and renamed, so that a kill at any moment
 * leaves the old or the new content.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_FILE_MAX (32u * 1024 * 1024) /**< bytes of one file */

struct store;

/**
 * @param folder  created when absent; NULL: a temporary one that is removed
 *                by store_close()
 * @return NULL when it cannot be had (errno says why)
 */
struct store *store_open(const char *folder);
void store_close(struct store *store);
/** Do not wait for the disk: what is written then outlives a kill, but no loss
 *  of power of the machine. */
void store_relax(struct store *store);
/** SIGKILL before the nth change of the disk from now on; a write is half done
 *  then. 0: none. */
void store_cut(struct store *store, unsigned change);
/** Whether such a one is still to come. */
bool store_is_cut(const struct store *store);

/** Replace a file as a whole. @return false when the disk refuses */
bool store_write(struct store *store, const char *name, const void *bytes,
                 size_t length);
/** @param out_bytes  `length` bytes and a NUL, caller frees; NULL if absent */
bool store_read(const struct store *store, const char *name,
                uint8_t **out_bytes, size_t *out_length);
void store_remove(struct store *store, const char *name);

#endif
