/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_DEVICE_BENCH_H
#define TESTS_UNIT_DEVICE_BENCH_H

/*
 * The simulated device without its network and with a clock that the test
 * turns: requests go into its objects, answers come back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/device/objects.h"
#include "tests/unit/device_image.h"

#define BENCH_NO_FORMAT (-1)

enum { BENCH_INSTALL_MS = 400, BENCH_PUSH_TIMEOUT_MS = 9000 };

struct bench {
    char folder[256];
    bool owns_folder;
    struct store *store;
    struct firmware firmware;
    struct objects objects;
    uint64_t now_ms;
    unsigned boots;
};

/** @param folder  NULL: a fresh one, removed by bench_close()
 *  @return false when the device cannot use its folder */
bool bench_open(struct bench *bench, const char *folder, enum mutant mutant);
void bench_close(struct bench *bench);
/** Power off and on: all that is not on disk is lost. */
bool bench_power_cycle(struct bench *bench);
/** Where temporary folders go: in memory where that is possible, since the
 *  device synchronises what it writes. */
const char *bench_temporary(void);
/** Remove a folder and the files in it. */
void bench_remove_folder(const char *folder);

/** A request; `block` is the value of Block1, or -1. @return the code */
uint8_t bench_request(struct bench *bench, uint8_t method, const char *path,
                      int format, const void *payload, size_t length,
                      int64_t block);
/** Read as TLV. @return the code; the buffer is the caller's */
uint8_t bench_read(struct bench *bench, const char *path,
                   struct byte_buffer *out_buffer);
/** Read one Resource as text. @return "" when that is refused */
const char *bench_text(struct bench *bench, const char *path, char *buffer,
                       size_t size);
/** State times 100 plus Update Result, as two Reads have them. */
int bench_pair(struct bench *bench, unsigned instance);

/** One block of 256 bytes. */
uint8_t bench_send_block(struct bench *bench, unsigned instance,
                         const struct image *image, unsigned number);
/** The whole package in blocks of 256 bytes. @return the last code */
uint8_t bench_push(struct bench *bench, unsigned instance,
                   const struct image *image);
/** As image_make(); a payload of 700 bytes unless the plan has one. */
struct image bench_image(struct image_plan plan);
uint8_t bench_push_plan(struct bench *bench, unsigned instance,
                        struct image_plan plan);
/** One bundle of all plans. */
uint8_t bench_push_bundle(struct bench *bench, unsigned instance,
                          const struct image_plan *plans, size_t count);
/** @param argument  NULL: none */
uint8_t bench_update(struct bench *bench, unsigned instance,
                     const char *argument);
uint8_t bench_cancel(struct bench *bench, unsigned instance);
/** Let time pass; the device does what is due and boots when it wants to. */
void bench_wait(struct bench *bench, uint64_t ms);

/** What the device boots: the payload of the running slot, or NULL for the
 *  image of the factory. To be freed. */
uint8_t *bench_running_image(const struct bench *bench, unsigned instance,
                             size_t *out_length);

#endif
