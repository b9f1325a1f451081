/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/steps/steps.h"

#include "scenarios/steps/verbs.h"

const struct step_type *const *steps_table(void)
{
    static const struct step_type *const table[] = {
        &step_abandon,
        &step_attributes,
        &step_await,
        &step_cancel,
        &step_control,
        &step_create,
        &step_delete,
        &step_deliver,
        &step_discover,
        &step_disown,
        &step_each,
        &step_either,
        &step_execute,
        &step_expect,
        &step_impair,
        &step_mark,
        &step_note,
        &step_observe,
        &step_observe_composite,
        &step_power,
        &step_read,
        &step_read_composite,
        &step_reboot,
        &step_repeat,
        &step_reset,
        &step_restore,
        &step_resume,
        &step_told,
        &step_update,
        &step_watch,
        &step_walk,
        &step_where,
        &step_write,
        &step_write_composite,
        NULL,
    };
    return table;
}
