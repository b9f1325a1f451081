/* SPDX-License-Identifier: Apache-2.0 */
#include "server/event.h"

const char *server_event_kind_name(enum server_event_kind kind)
{
    switch (kind) {
    case SERVER_REGISTER:
        return "register";
    case SERVER_UPDATE:
        return "update";
    case SERVER_DEREGISTER:
        return "deregister";
    case SERVER_EXPIRE:
        return "expire";
    case SERVER_REPLACE:
        return "replace";
    case SERVER_SLEEP:
        return "sleep";
    case SERVER_WAKE:
        return "wake";
    case SERVER_REFUSE:
        return "refuse";
    case SERVER_REQUEST:
        return "request";
    case SERVER_RESPONSE:
        return "response";
    case SERVER_TIMEOUT:
        return "timeout";
    case SERVER_RESET:
        return "reset";
    case SERVER_SESSION_LOST:
        return "session-lost";
    case SERVER_NOTIFICATION:
        return "notification";
    case SERVER_REPOSITORY:
        return "repository";
    case SERVER_FILE_GIVEN:
        return "repository-end";
    case SERVER_UNWANTED:
        return "unwanted";
    case SERVER_SEND:
        return "send";
    case SERVER_STRAY:
        return "stray";
    case SERVER_MESSAGE:
        return "message";
    case SERVER_SEGMENT:
        return "segment";
    case SERVER_WIRE:
        return "wire";
    case SERVER_TIMER:
        return "timer";
    case SERVER_PROCESS_OUTPUT:
        return "process-output";
    case SERVER_PROCESS_EXIT:
        return "process-exit";
    case SERVER_READABLE:
        return "readable";
    case SERVER_INTERRUPT:
        return "interrupt";
    case SERVER_PAUSE:
        return "pause";
    case SERVER_EVENT_KINDS:
        break;
    }
    return "unknown";
}
