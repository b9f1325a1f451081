/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stdio.h>

#include "scenarios/scenarios.h"

/**
 * Print one CoAP message on one line, for -v:
 * "<- 127.0.0.1:40123 CON 41217 GET /33629/0 Accept 11542".
 * Undecodable bytes are printed as hexadecimal, at most 64 of them; control
 * characters of options are escaped.
 */
void message_print(FILE *stream, const struct server_message_view *message);

#endif
