/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_CATALOGUE_CATALOGUE_FILES_H
#define SCENARIOS_CATALOGUE_CATALOGUE_FILES_H

#include "server/server.h"

/** The test cases, as files that are compiled in. */
extern const struct embedded_file catalogue_files[];
extern const size_t catalogue_files_count;

#endif
