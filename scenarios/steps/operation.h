/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_STEPS_OPERATION_H
#define SCENARIOS_STEPS_OPERATION_H

/*
 * Private to scenarios/steps: requests one after the other, and what their
 * response codes are worth.
 */
#include "scenarios/engine/run.h"
#include "scenarios/steps/grade.h"
#include "scenarios/steps/query.h"

#define OPERATION_TRIES_MAX 4 /**< times one request is sent */

/** A request to be sent, with its payload when it has to be built. */
struct operation_request {
    struct server_request request;
    struct byte_buffer payload; /**< released after sending */
    char query[QUERY_MAX];      /**< room for one that the request points to */
    bool is_negotiable;         /**< no test case prescribes its format */
    bool is_refusal_likely;     /**< 4.00 says nothing of the format; set for
                                     changes with "code" or "rejected" */
};

/** Where a sequence of requests stands; zeroed before the first call. */
struct operation {
    uint64_t id;
    size_t index;
    unsigned tries;
    bool sent_unregistered;
    bool is_open;
};

enum {
    OPERATION_REPEAT = 1,      /**< send again when the session was lost */
    OPERATION_MAY_BE_LOST = 2, /**< no answer ends the step as well */
};

/**
 * Fill request `index`. Endpoint and "no option" are preset.
 *
 * @param out_end  set when there is no such request
 */
typedef enum status (*operation_fill_fn)(struct run *run, size_t index,
                                         struct operation_request *out_request,
                                         bool *out_end, struct reason *reason);

/** The drive of a step that sends requests and waits for each answer. */
enum step_progress operation_drive(struct run *run,
                                   const struct journal_event *event,
                                   struct operation *operation,
                                   operation_fill_fn fill, unsigned flags);

/** A path parameter ("/33629/x/3") with the roles put in. */
MUST_CHECK
enum status operation_path(struct run *run, const char *parameter,
                           struct lwm2m_path *out_path, struct reason *reason);
/** A component parameter ("x"). */
MUST_CHECK
enum status operation_component(struct run *run, const char *parameter,
                                uint16_t *out_instance, struct reason *reason);
/** A text parameter, or NULL. */
const char *operation_text(const struct run *run, const char *parameter);

/** How the answers of a step are judged. */
struct operation_judge {
    const char *check;   /**< "step.read" */
    const char *name;    /**< "Read" */
    uint8_t method;      /**< only requests of this method */
    const char *success; /**< key of `parameters` that makes silence pass,
                              or NULL */
    bool may_reboot;     /**< a lost answer may be the reboot (A-38) */
};

/**
 * Judge the answers to the requests of the step by its "code" or "rejected"
 * and "exactly". Without these nothing is judged but silence (inconc).
 */
void operation_judge(const struct judge_input *input,
                     const struct operation_judge *how, finding_fn on_finding,
                     void *user);

/** Whether the candidate is a code "4.05" or a class "4.xx". */
bool code_is_valid(const cJSON *candidate);
/** Whether the code is the candidate: "4.05", or the class "4.xx". */
bool code_fits(const cJSON *candidate, uint8_t code);
/** Check "code" and "rejected". */
MUST_CHECK
enum status operation_check(const cJSON *step, const char *pointer,
                            struct reason *reason);

/** The rows that all plain operations share. */
/* clang-format off */
#define OPERATION_PARAMETERS                                                   \
    { "code", STEP_CODES, .help = "response codes that pass" },                \
    { "rejected", STEP_CODES,                                                  \
      .help = "the expected error codes; others are a warning" },              \
    { "exactly", STEP_FLAG,                                                    \
      .help = "the requirement names the code: others fail" },                 \
    { "server", STEP_TEXT, .help = "\"second\": that LwM2M server does it" }
/* clang-format on */

#endif
