/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_FU_H
#define TESTS_DEVICE_FU_H

/*
 * Object 5, Firmware Update, beside /33629: it takes a package of the main
 * component by push, and nothing while a process of /33629 runs; nor does
 * /33629 while one of it does. Version 1.0. Spec: firmware-update-5.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/device/package.h"

struct fu {
    bool is_there;
    int state;      /**< as of /33629 */
    int result;     /**< 0 to 9 */
    uint8_t *bytes; /**< of the download so far */
    size_t length;
    char version[FIRMWARE_VERSION_MAX + 1]; /**< in Downloaded and Updating */
    uint64_t deadline_ms; /**< of the download, or of the installation */
    bool is_gone;         /**< for a mutant */
};

struct objects;
struct lwm2m_value;
struct push_part;

/** A Resource that can be read. */
void fu_value(const struct objects *objects, uint16_t id,
              struct lwm2m_value *value);
/** A block of Package. @return the code */
uint8_t fu_write_package(struct objects *objects, size_t offset, bool more,
                         const uint8_t *bytes, size_t length, uint64_t now_ms);
/** @param dry  only say which code it would get */
uint8_t fu_write_uri(struct objects *objects, size_t length, bool dry);
uint8_t fu_update(struct objects *objects, uint64_t now_ms);
/** The package of what runs is Downloaded, by whatever means. */
void fu_load(struct objects *objects);
/** A signal may have just said so, before the message that comes now. */
void fu_hear(struct objects *objects);
/** Whether /33629 may not begin anything now. */
bool fu_blocks(const struct objects *objects);
/** For a mutant: a process of /33629 begins. */
void fu_spoil(struct objects *objects);
void fu_tick(struct objects *objects, uint64_t now_ms);
/** When fu_tick() wants to be called; FIRMWARE_NEVER. */
uint64_t fu_deadline(const struct objects *objects);
void fu_release(struct fu *fu);

#endif
