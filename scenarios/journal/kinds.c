/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <string.h>

#include "scenarios/journal/fields.h"

#define AT(member)      offsetof(struct journal_event, as.member)
#define SERVER(member)  AT(server.as.member)
#define FINDING(member) AT(finding.member)
#define FIELDS(list)    list, sizeof(list) / sizeof(list[0])

/* clang-format off */
static const struct field registration[] = {
    { "location",       FIELD_TEXT,     SERVER(registration.location), 0 },
    { "address",        FIELD_TEXT,     SERVER(registration.address), 0 },
    { "new-session",    FIELD_BOOL,
      SERVER(registration.is_new_session), 0 },
    { "lifetime",       FIELD_U32,      SERVER(registration.lifetime_s), 0 },
    { "lwm2m-major",    FIELD_UNSIGNED, SERVER(registration.lwm2m_major), 0 },
    { "lwm2m-minor",    FIELD_UNSIGNED, SERVER(registration.lwm2m_minor), 0 },
    { "binding",        FIELD_TEXT,     SERVER(registration.binding), 0 },
    { "queue-mode",     FIELD_BOOL,     SERVER(registration.queue_mode), 0 },
    { "query",          FIELD_TEXT,     SERVER(registration.query), 0 },
    { "has-links",      FIELD_BOOL,     SERVER(registration.has_links), 0 },
    { "content-format", FIELD_FORMAT,
      SERVER(registration.content_format), 0 },
    { "links",          FIELD_BYTES,    SERVER(registration.links),
      SERVER(registration.links_length) },
    { "code",           FIELD_CODE,     SERVER(registration.code), 0 },
    { "reason",         FIELD_TEXT,     SERVER(registration.reason), 0 },
};

static const struct field request[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "method",         FIELD_METHOD,   SERVER(request.method), 0 },
    { "path",           FIELD_TEXT,     SERVER(request.path), 0 },
    { "query",          FIELD_TEXT,     SERVER(request.query), 0 },
    { "content-format", FIELD_FORMAT,   SERVER(request.content_format), 0 },
    { "accept",         FIELD_FORMAT,   SERVER(request.accept), 0 },
    { "observe",        FIELD_OPTION,   SERVER(request.observe),
      SERVER(request.has_observe) },
    { "block1",         FIELD_BLOCK,    SERVER(request.block1),
      SERVER(request.has_block1) },
    { "size1",          FIELD_OPTION,   SERVER(request.size1),
      SERVER(request.has_size1) },
    { "payload",        FIELD_BYTES,    SERVER(request.payload),
      SERVER(request.payload_length) },
};

static const struct field response[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "code",           FIELD_CODE,     SERVER(response.code), 0 },
    { "content-format", FIELD_FORMAT,   SERVER(response.content_format), 0 },
    { "location",       FIELD_TEXT,     SERVER(response.location), 0 },
    { "observe",        FIELD_OPTION,   SERVER(response.observe),
      SERVER(response.has_observe) },
    { "block1",         FIELD_BLOCK,    SERVER(response.block1),
      SERVER(response.has_block1) },
    { "size1",          FIELD_OPTION,   SERVER(response.size1),
      SERVER(response.has_size1) },
    { "max-age",        FIELD_OPTION,   SERVER(response.max_age_s),
      SERVER(response.has_max_age) },
    { "payload",        FIELD_BYTES,    SERVER(response.payload),
      SERVER(response.payload_length) },
    { "sent",           FIELD_U64,      SERVER(response.sent_ms), 0 },
    { "confirmable",    FIELD_BOOL,     SERVER(response.is_confirmable), 0 },
    { "joined",         FIELD_BOOL,     SERVER(response.is_joined), 0 },
    { "stale",          FIELD_BOOL,     SERVER(response.is_stale), 0 },
};

static const struct field failure[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "why",            FIELD_TEXT,     SERVER(failure.why), 0 },
    { "answered",       FIELD_BOOL,     SERVER(failure.is_answered), 0 },
    { "changed",        FIELD_BOOL,     SERVER(failure.has_changed), 0 },
    { "sent",           FIELD_U64,      SERVER(failure.sent_ms), 0 },
};

static const struct field repository[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "method",         FIELD_METHOD,   SERVER(repository.method), 0 },
    { "path",           FIELD_TEXT,     SERVER(repository.path), 0 },
    { "peer",           FIELD_TEXT,     SERVER(repository.peer), 0 },
    { "protocol",       FIELD_TEXT,     SERVER(repository.protocol), 0 },
    { "lwm2m-port",     FIELD_BOOL,     SERVER(repository.on_lwm2m_port), 0 },
    { "repeated",       FIELD_BOOL,     SERVER(repository.is_repeated), 0 },
    { "asked",          FIELD_BLOCK,    SERVER(repository.asked),
      SERVER(repository.has_asked) },
    { "code",           FIELD_CODE,     SERVER(repository.code), 0 },
    { "block2",         FIELD_BLOCK,    SERVER(repository.block2),
      SERVER(repository.has_block2) },
    { "offset",         FIELD_U64,      SERVER(repository.offset), 0 },
    { "size",           FIELD_U64,      SERVER(repository.size), 0 },
    { "other",          FIELD_BOOL,     SERVER(repository.is_other), 0 },
    { "fault",          FIELD_TEXT,     SERVER(repository.fault), 0 },
    { "payload",        FIELD_BYTES,    SERVER(repository.payload),
      SERVER(repository.payload_length) },
    { "http-method",    FIELD_TEXT,     SERVER(repository.http_method), 0 },
    { "status",         FIELD_OPTION,   SERVER(repository.status),
      SERVER(repository.has_status) },
    { "range",          FIELD_TEXT,     SERVER(repository.range), 0 },
    { "if-range",       FIELD_TEXT,     SERVER(repository.if_range), 0 },
    { "if-match",       FIELD_TEXT,     SERVER(repository.if_match), 0 },
    { "accept-encoding", FIELD_TEXT,
      SERVER(repository.accept_encoding), 0 },
    { "etag",           FIELD_TEXT,     SERVER(repository.etag), 0 },
    { "content-range",  FIELD_TEXT,     SERVER(repository.content_range), 0 },
};

static const struct field repository_end[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "path",           FIELD_TEXT,     SERVER(repository.path), 0 },
    { "peer",           FIELD_TEXT,     SERVER(repository.peer), 0 },
    { "protocol",       FIELD_TEXT,     SERVER(repository.protocol), 0 },
    { "code",           FIELD_CODE,     SERVER(repository.code), 0 },
    { "offset",         FIELD_U64,      SERVER(repository.offset), 0 },
    { "size",           FIELD_U64,      SERVER(repository.size), 0 },
    { "given",          FIELD_U64,      SERVER(repository.given), 0 },
    { "outcome",        FIELD_TEXT,     SERVER(repository.outcome), 0 },
    { "other",          FIELD_BOOL,     SERVER(repository.is_other), 0 },
    { "fault",          FIELD_TEXT,     SERVER(repository.fault), 0 },
};

static const struct field send[] = {
    { "peer",           FIELD_TEXT,     SERVER(send.peer), 0 },
    { "content-format", FIELD_FORMAT,   SERVER(send.content_format), 0 },
    { "payload",        FIELD_BYTES,    SERVER(send.payload),
      SERVER(send.payload_length) },
    { "code",           FIELD_CODE,     SERVER(send.code), 0 },
    { "reason",         FIELD_TEXT,     SERVER(send.reason), 0 },
};

static const struct field stray[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "peer",           FIELD_TEXT,     SERVER(stray.peer), 0 },
    { "what",           FIELD_TEXT,     SERVER(stray.what), 0 },
    { "bytes",          FIELD_BYTES,    SERVER(stray.bytes),
      SERVER(stray.length) },
};

static const struct field wire[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "sent",           FIELD_BOOL,     SERVER(wire.is_sent), 0 },
    { "peer",           FIELD_TEXT,     SERVER(wire.peer), 0 },
    { "what",           FIELD_TEXT,     SERVER(wire.what), 0 },
    { "text",           FIELD_TEXT,     SERVER(wire.text), 0 },
    { "bytes",          FIELD_BYTES,    SERVER(wire.bytes),
      SERVER(wire.length) },
};

static const struct field process_output[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "stderr",         FIELD_BOOL,     SERVER(process.is_stderr), 0 },
    { "text",           FIELD_OUTPUT,   SERVER(process.text),
      SERVER(process.length) },
};

static const struct field process_exit[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
    { "exit",           FIELD_INT,      SERVER(process.exit_status), 0 },
    { "signal",         FIELD_INT,      SERVER(process.signal), 0 },
};

static const struct field interrupt[] = {
    { "id",             FIELD_U64,      AT(server.id), 0 },
};

static const struct field finding[] = {
    { "level",          FIELD_LEVEL,    FINDING(level), 0 },
    { "requirement",    FIELD_TEXT,     FINDING(requirement), 0 },
    { "ambiguity",      FIELD_TEXT,     FINDING(ambiguity), 0 },
    { "check",          FIELD_TEXT,     FINDING(check), 0 },
    { "subject",        FIELD_TEXT,     FINDING(subject), 0 },
    { "expected",       FIELD_TEXT,     FINDING(expected), 0 },
    { "observed",       FIELD_TEXT,     FINDING(observed), 0 },
    { "detail",         FIELD_TEXT,     FINDING(detail), 0 },
    { "evidence",       FIELD_EVIDENCE, FINDING(evidence),
      FINDING(evidence_count) },
};

static const struct field tree[] = {
    { "data",           FIELD_TREE,     AT(data), 0 },
};

const struct kind_row kind_rows[JOURNAL_KINDS] = {
    [SERVER_REGISTER]        = { "register",        FIELDS(registration) },
    [SERVER_UPDATE]          = { "update",          FIELDS(registration) },
    [SERVER_DEREGISTER]      = { "deregister",      FIELDS(registration) },
    [SERVER_EXPIRE]          = { "expire",          FIELDS(registration) },
    [SERVER_REPLACE]         = { "replace",         FIELDS(registration) },
    [SERVER_SLEEP]           = { "sleep",           FIELDS(registration) },
    [SERVER_WAKE]            = { "wake",            FIELDS(registration) },
    [SERVER_REFUSE]          = { "refuse",          FIELDS(registration) },
    [SERVER_REQUEST]         = { "request",         FIELDS(request) },
    [SERVER_RESPONSE]        = { "response",        FIELDS(response) },
    [SERVER_TIMEOUT]         = { "timeout",         FIELDS(failure) },
    [SERVER_RESET]           = { "reset",           FIELDS(failure) },
    [SERVER_SESSION_LOST]    = { "session-lost",    FIELDS(failure) },
    [SERVER_NOTIFICATION]    = { "notification",    FIELDS(response) },
    [SERVER_REPOSITORY]      = { "repository",      FIELDS(repository) },
    [SERVER_FILE_GIVEN]  = { "repository-end",  FIELDS(repository_end) },
    [SERVER_UNWANTED]        = { "unwanted",        FIELDS(response) },
    [SERVER_SEND]            = { "send",            FIELDS(send) },
    [SERVER_STRAY]           = { "stray",           FIELDS(stray) },
    [SERVER_MESSAGE]         = { "message",         NULL, 0 },
    [SERVER_SEGMENT]         = { "segment",         NULL, 0 },
    [SERVER_WIRE]            = { "wire",            FIELDS(wire) },
    [SERVER_TIMER]           = { "timer",           NULL, 0 },
    [SERVER_PROCESS_OUTPUT]  = { "process-output",  FIELDS(process_output) },
    [SERVER_PROCESS_EXIT]    = { "process-exit",    FIELDS(process_exit) },
    [SERVER_READABLE]        = { "readable",        NULL, 0 },
    [SERVER_INTERRUPT]       = { "interrupt",       FIELDS(interrupt) },
    [SERVER_PAUSE]           = { "pause",           NULL, 0 },
    [JOURNAL_CAMPAIGN]       = { "campaign",        FIELDS(tree) },
    [JOURNAL_ICS]            = { "ics",             FIELDS(tree) },
    [JOURNAL_PLAN]           = { "plan",            FIELDS(tree) },
    [JOURNAL_CASE_BEGIN]     = { "case-begin",      FIELDS(tree) },
    [JOURNAL_PHASE]          = { "phase",           FIELDS(tree) },
    [JOURNAL_STEP_BEGIN]     = { "step-begin",      FIELDS(tree) },
    [JOURNAL_STEP_END]       = { "step-end",        FIELDS(tree) },
    [JOURNAL_TRANSFER_BEGIN] = { "transfer-begin",  FIELDS(tree) },
    [JOURNAL_TRANSFER_PAUSE] = { "transfer-pause",  FIELDS(tree) },
    [JOURNAL_TRANSFER_END]   = { "transfer-end",    FIELDS(tree) },
    [JOURNAL_DEADLINE]       = { "deadline",        FIELDS(tree) },
    [JOURNAL_HOOK_BEGIN]     = { "hook-begin",      FIELDS(tree) },
    [JOURNAL_HOOK_END]       = { "hook-end",        FIELDS(tree) },
    [JOURNAL_OPERATOR]       = { "operator",        FIELDS(tree) },
    [JOURNAL_MARK]           = { "mark",            FIELDS(tree) },
    [JOURNAL_NOTE]           = { "note",            FIELDS(tree) },
    [JOURNAL_SNAPSHOT]       = { "snapshot",        FIELDS(tree) },
    [JOURNAL_FINDING]        = { "finding",         FIELDS(finding) },
    [JOURNAL_VERDICT]        = { "verdict",         FIELDS(tree) },
    [JOURNAL_CAMPAIGN_END]   = { "campaign-end",    FIELDS(tree) },
};
/* clang-format on */

const char *journal_kind_name(enum journal_kind kind)
{
    return kind_rows[kind].name;
}

bool journal_is_second(const struct journal_event *event, const char *endpoint)
{
    size_t length = endpoint != NULL ? strlen(endpoint) : 0;

    return length > 0 && event->endpoint != NULL &&
           strncmp(event->endpoint, endpoint, length) == 0 &&
           strcmp(event->endpoint + length, SERVER_SECOND_SUFFIX) == 0;
}

bool journal_is_registration(const struct journal_event *event)
{
    return (int)event->kind <= SERVER_REFUSE;
}
