/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_EMBEDDED_H
#define SERVER_DATA_EMBEDDED_H

#include <stddef.h>

/** One file compiled into the program by the CMake function assay_embed. */
struct embedded_file {
    const char *name;           /**< path relative to the embedding folder */
    const unsigned char *bytes; /**< `size` bytes, then a NUL */
    size_t size;
};

#endif
