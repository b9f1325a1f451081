/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_SCENARIOS_H
#define SCENARIOS_SCENARIOS_H

/* What reports and cli may use of the scenarios. */
#include "scenarios/catalogue/catalogue_files.h"
#include "scenarios/digest/digest.h"
#include "scenarios/engine/campaign.h"
#include "scenarios/engine/console.h"
#include "scenarios/engine/nearest.h"
#include "scenarios/engine/probe.h"
#include "scenarios/engine/recheck.h"
#include "scenarios/journal/journal.h"
#include "scenarios/oracle/oracle.h"
#include "scenarios/package/toolkit.h"
#include "scenarios/profiles/profile_files.h"
#include "scenarios/steps/steps.h"

#endif
