/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_FORMATS_H
#define TESTS_DEVICE_FORMATS_H

/*
 * Which Content-Formats a device speaks: a set of bits.
 * Spec: content-formats.md, section 1; lwm2m-core.md, sections 2.2 and 10.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/data/data.h"

#define FORMATS_TEXT_SIZE 80

/** What a device of LwM2M 1.0 (10), 1.1 (11) or 1.2 (12) speaks. */
uint32_t formats_of_version(unsigned version);
/** "tlv,senml-cbor": these and opaque, in which a Package comes.
 *  @return false for an unknown name or none */
bool formats_parse(const char *text, uint32_t *out_formats);
bool formats_have(uint32_t formats, int content_format);
uint32_t formats_without(uint32_t formats, int content_format);
/** What the ct attribute of the root link says, such as "60 110 112"; what
 *  each device of the version speaks is not in it. "" for nothing. */
void formats_text(uint32_t formats, unsigned version,
                  char buffer[FORMATS_TEXT_SIZE]);

/** What an answer holds. */
struct formats_content {
    bool is_value;        /**< one value; else any number of them */
    enum lwm2m_type type; /**< of the value */
};

/** Whether the format can carry that. */
bool formats_fit(int content_format, const struct formats_content *content);
/**
 * The format of an answer.
 *
 * @param accept  CONTENT_FORMAT_NONE: the device chooses
 * @return CONTENT_FORMAT_NONE when it cannot be answered so
 */
int formats_choose(uint32_t formats, const struct formats_content *content,
                   int accept);

#endif
