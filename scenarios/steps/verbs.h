/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_VERBS_H
#define SCENARIOS_STEPS_VERBS_H

/* Private to scenarios/steps: the rows, each in the file of its verb. */
#include "scenarios/engine/step.h"

extern const struct step_type step_abandon;
extern const struct step_type step_attributes;
extern const struct step_type step_await;
extern const struct step_type step_cancel;
extern const struct step_type step_control;
extern const struct step_type step_create;
extern const struct step_type step_delete;
extern const struct step_type step_deliver;
extern const struct step_type step_discover;
extern const struct step_type step_each;
extern const struct step_type step_either;
extern const struct step_type step_execute;
extern const struct step_type step_expect;
extern const struct step_type step_impair;
extern const struct step_type step_mark;
extern const struct step_type step_disown;
extern const struct step_type step_note;
extern const struct step_type step_observe;
extern const struct step_type step_observe_composite;
extern const struct step_type step_power;
extern const struct step_type step_read;
extern const struct step_type step_read_composite;
extern const struct step_type step_reboot;
extern const struct step_type step_repeat;
extern const struct step_type step_reset;
extern const struct step_type step_restore;
extern const struct step_type step_resume;
extern const struct step_type step_told;
extern const struct step_type step_update;
extern const struct step_type step_watch;
extern const struct step_type step_where;
extern const struct step_type step_walk;
extern const struct step_type step_write;
extern const struct step_type step_write_composite;

#endif
