/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_CATALOGUE_CATALOGUE_FILES_H
#define SCENARIOS_CATALOGUE_CATALOGUE_FILES_H

/* The test cases, embedded; in execution order. */
#include "server/server.h"

extern const struct embedded_file catalogue_files[];
extern const size_t catalogue_files_count;

#endif
