/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_MUTANTS_H
#define TESTS_DEVICE_MUTANTS_H

#include <stdbool.h>
#include <stdio.h>

#define MUTANT_NEAR_MAX 3
#define MUTANT_NAME_MAX 64 /**< longer ones are like none */

/** A device with one named nonconformance. */
enum mutant {
    MUTANT_NONE,
    MUTANT_RESULT_NOT_RESET,
    MUTANT_UPDATE_IN_IDLE,
    MUTANT_CREATE_ACCEPTED,
    MUTANT_DELETE_ACCEPTED,
    MUTANT_STATE_AS_STRING,
    MUTANT_DEPENDENCY_IGNORED,
    MUTANT_BATCH_NOT_TRANSACTIONAL,
    MUTANT_VERSION_WITHOUT_UPDATE,
    MUTANT_VERSION_NOT_CHANGED,
    MUTANT_CONFLICTS_EMPTY,
    MUTANT_CANCEL_WHILE_UPDATING,
    MUTANT_CORRUPT_ACCEPTED,
    MUTANT_JUNK_ACCEPTED,
    MUTANT_RESET_IGNORED,
    MUTANT_RESET_KEEPS_PACKAGE,
    MUTANT_ALONE_IGNORED,
    MUTANT_LIST_IGNORED,
    MUTANT_LIST_EXTENDED,
    MUTANT_PACKAGE_LOST_ON_REBOOT,
    MUTANT_WRONG_RESULT_ON_CANCEL,
    MUTANT_SIBLINGS_NOT_LOADED,
    MUTANT_CONFLICT_IGNORED,
    MUTANT_MAIN_VERSION_DIFFERS,
    MUTANT_WRONG_OBJECT_VERSION,
    MUTANT_READ_PACKAGE,
    MUTANT_MISSING_MANDATORY,
    MUTANT_NAME_MISSING,
    MUTANT_COUNT
};

/** @return MUTANT_COUNT for an unknown name */
enum mutant mutant_parse(const char *name);
/** Names that are like an unknown one, nearest first; NULL ends them. */
void mutant_near(const char *name, const char *out_names[MUTANT_NEAR_MAX + 1]);
/** "name  requirement  what it does", one a line. */
void mutant_list(FILE *stream);

#endif
