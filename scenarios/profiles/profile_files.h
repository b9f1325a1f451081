/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PROFILES_PROFILE_FILES_H
#define SCENARIOS_PROFILES_PROFILE_FILES_H

/* Profiles of the simulated devices, embedded. */
#include "server/server.h"

extern const struct embedded_file profile_files[];
extern const size_t profile_files_count;

#endif
