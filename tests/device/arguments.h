/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_ARGUMENTS_H
#define TESTS_DEVICE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARGUMENT_LINKS_MAX 16

/** The argument of Execute on Update. Spec: afu.md, section 5. */
struct update_arguments {
    bool has_list; /**< argument 0 was given; no links: this one alone */
    uint16_t links[ARGUMENT_LINKS_MAX];
    size_t link_count;
    bool is_unsatisfied; /**< it names what is no instance, for a variant */
};

/**
 * @param self  the addressed instance; a link to it is refused
 * @return 0, or the CoAP code of the refusal (4.00)
 */
uint8_t arguments_parse(const uint8_t *bytes, size_t length, uint16_t self,
                        struct update_arguments *out_arguments);

#endif
