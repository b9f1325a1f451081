/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_JOURNAL_EVENT_H
#define SCENARIOS_JOURNAL_EVENT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/journal/finding.h"
#include "server/server.h"

/*
 * One stream of typed events: those of the server (enum server_event_kind,
 * less SERVER_MESSAGE, SERVER_SEGMENT, SERVER_TIMER, SERVER_READABLE and
 * SERVER_PAUSE, which are not journaled) and the engine's own kinds below. The journal is append-only, and everything that
 * reports and recheck need is in it.
 */
enum journal_kind {
    /* 0 .. SERVER_EVENT_KINDS-1: the kinds of the server */
    JOURNAL_CAMPAIGN = SERVER_EVENT_KINDS, /**< first line; data */
    JOURNAL_ICS,        /**< data: {"endpoint", "items": {id: value},
                              "how": {id: "detected"|"declared"}} */
    JOURNAL_PLAN,       /**< data: {"cases": [{"instance", "case", "title",
                              "requirements": [], "mechanism": "push"|null,
                              "runs": bool, "reason": text|null}]}; with
                              "reference" and "erratum" where a case has
                              them */
    JOURNAL_CASE_BEGIN, /**< data: {"case", "title", "requirements": [],
                              "mechanism", "binding": {"x": 0, …},
                              "components": {"0": "application", …}}; with
                              "firmware": false and "initial": [] where the
                              case says so */
    JOURNAL_PHASE,      /**< data: {"phase": "preamble"|"body"|"postamble"} */
    JOURNAL_STEP_BEGIN, /**< data: {"pointer": "/steps/3", "verb",
                              "parameters": {}, "requirements": []}; with
                              "bound": {"x": 2} inside of `each` */
    JOURNAL_STEP_END,   /**< data: {"pointer", "verb", "outcome":
                              "done"|"limit"|"silent"|"failed", "text"} */
    JOURNAL_TRANSFER_BEGIN, /**< data: {"transfer": n, "mechanism", "instance",
                              "package": "G", "uri" (pull), "size", "sha256", "version",
                              "source": "file ./app.bin", for people,
                              "parts": [{"instance", "version"}],
                              "damage": text|null, "requires": {}} */
    JOURNAL_TRANSFER_PAUSE, /**< data: {"transfer", "outcome": "paused",
                              "code": "2.31"|null, "offset"}: it waits to be
                              resumed */
    JOURNAL_TRANSFER_END,   /**< data: {"transfer", "outcome":
                              "complete"|"refused"|"ended" (the device left
                              Downloading)|"fault" (of the file server, on
                              purpose)|"given" (a URI of elsewhere)|"stalled"|"timeout"|"lost", "code":
                              "2.04"|null, "blocks", "block-size",
                              "told-smaller", "ms", "latency": {"count",
                              "p50", "p99", "max", "counts": [[ms, count]]}
                              of the blocks, "late": [{"number", "ms",
                              "acknowledged"}], "late-count", "block-max": the largest
                              that a personality uses}; of a push that went
                              wrong on purpose "faults": [{"do": "skip",
                              "request": its id, "number", "szx", "code"}], the
                              messages that were not those that should come */
    JOURNAL_DEADLINE,       /**< data: {"limit": "state", "ms": 5000} */
    JOURNAL_HOOK_BEGIN,     /**< data: {"hook": "start", "argv": []} */
    JOURNAL_HOOK_END,       /**< data: {"hook", "exit", "signal"} */
    JOURNAL_OPERATOR,       /**< data: {"action": "power-cycle"|…} */
    JOURNAL_MARK,           /**< data: {"name"} */
    JOURNAL_NOTE,           /**< data: {"text"}; with "refused": id of a request
                              that was sent again in another format */
    JOURNAL_SNAPSHOT,       /**< data: {"name": "baseline"|"final", "instances":
                              {"0": {"3": 0, "5": 0, "15": "1.0", …}},
                              "firmware": "1.0"|null}; values as read */
    JOURNAL_FINDING,        /**< as.finding */
    JOURNAL_VERDICT,        /**< data: {"verdict", "ms", "reason": text|null};
                              ends the case instance */
    JOURNAL_CAMPAIGN_END,   /**< data: {"counts": {}, "interrupted": bool}; with
                              "relayed": {"datagrams", "lost", "doubled",
                              "delayed"} where a relay stood between */
    JOURNAL_KINDS
};

/**
 * One line of the journal. Pointers are loans of whoever hands the event out.
 */
struct journal_event {
    uint64_t sequence;    /**< from 1, without gaps */
    uint64_t time_ms;     /**< monotonic */
    int64_t wall_ms;      /**< UNIX time in milliseconds */
    const char *instance; /**< case instance "AFU-DEP-001@push", or NULL */
    const char *endpoint; /**< device, or NULL */
    enum journal_kind kind;
    /** Of a package block (a Write to resource 0 of /33629 or /5, or 2 of /9,
     *  or a block that is fetched, longer than JOURNAL_PAYLOAD_KEPT): lower-case hexadecimal SHA-256 of
     *  the payload, whose bytes are then not kept (payload NULL, length
     *  right). Else NULL. */
    const char *payload_sha256;
    union {
        struct server_event server; /**< kind < SERVER_EVENT_KINDS */
        const cJSON *data;          /**< the engine's kinds */
        struct finding finding;     /**< JOURNAL_FINDING */
    } as;
};

#define JOURNAL_PAYLOAD_KEPT 64

/** Whether the second LwM2M server of a campaign is meant, of the device that
 *  has this name: SERVER_SECOND_SUFFIX. NULL is nobody's name. */
bool journal_is_second(const struct journal_event *event, const char *endpoint);
/** Whether the event is about a registration, not a request or its answer. */
bool journal_is_registration(const struct journal_event *event);
/** "register" … "verdict": stable, as written in events.ndjson. */
const char *journal_kind_name(enum journal_kind kind);
/** Text member of an engine event's data, or NULL. */
const char *journal_text(const struct journal_event *event, const char *name);
/** Number member, or `otherwise`. */
double journal_number(const struct journal_event *event, const char *name,
                      double otherwise);

#endif
