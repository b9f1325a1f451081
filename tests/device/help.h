/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_HELP_H
#define TESTS_DEVICE_HELP_H

/** The answer to --help, on standard output. */
void help_print(void);

#endif
