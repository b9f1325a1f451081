/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/steps/operation.h"

#define CODE_TEXT_LENGTH 4 /* "4.05" */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool code_is_valid(const cJSON *candidate)
{
    if (!cJSON_IsString(candidate) ||
        strlen(candidate->valuestring) != CODE_TEXT_LENGTH) {
        return false;
    }
    const char *text = candidate->valuestring;
    return text[0] >= '2' && text[0] <= '5' && text[1] == '.' &&
           ((is_digit(text[2]) && is_digit(text[3])) ||
            strcmp(text + 2, "xx") == 0);
}

bool code_fits(const cJSON *candidate, uint8_t code)
{
    if (!code_is_valid(candidate)) {
        return false;
    }
    const char *text = candidate->valuestring;
    unsigned class = (unsigned)(text[0] - '0');
    if (text[2] == 'x') {
        return (unsigned)code >> 5 == class;
    }
    unsigned detail =
        (unsigned)(text[2] - '0') * 10u + (unsigned)(text[3] - '0');
    return code == COAP_CODE(class, detail);
}

static bool fits(const cJSON *candidate, void *user)
{
    const uint8_t *code = user;

    return code_fits(candidate, *code);
}

static void code_words(struct words *words, const cJSON *candidate, void *user)
{
    (void)user; /* a candidate says it all */
    words_json(words, candidate);
}

enum status operation_check(const cJSON *step, const char *pointer,
                            struct reason *reason)
{
    static const char *const names[] = { "code", "rejected" };
    const cJSON *server = cJSON_GetObjectItemCaseSensitive(step, "server");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const cJSON *codes = cJSON_GetObjectItemCaseSensitive(step, names[i]);
        if (codes != NULL && !grade_check(codes, code_is_valid)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: expected a code such as \"4.05\" or "
                              "\"4.xx\", a list of these, or graded",
                              pointer, names[i]);
        }
    }
    if (server != NULL && (!cJSON_IsString(server) ||
                           strcmp(server->valuestring, RUN_SECOND) != 0)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/server: expected \"" RUN_SECOND "\"", pointer);
    }
    return STATUS_OK;
}

/** What the code is worth under "rejected". scenarios.md 0.1. */
static struct grade rejection_grade(const cJSON *rejected, bool exactly,
                                    const struct grade_rules *rules,
                                    uint8_t code)
{
    struct grade grade = grade_of(rejected, rules, fits, &code);
    unsigned class = (unsigned)code >> 5;

    if (!grade.fits && !exactly && (class == 4 || class == 5)) {
        grade.level = FINDING_WARNING;
        grade.fits = true;
    }
    return grade;
}

/** What an answer of the step is judged with. */
struct answer {
    const struct judge_input *input;
    const struct operation_judge *how;
    const struct look *look;
    const cJSON *codes;
    const cJSON *rejected;
    const struct journal_event *request;
    const struct journal_event *closing; /**< NULL: never closed */
    struct report report;
    finding_fn on_finding;
    void *user;
};

static void judge_code(struct answer *answer)
{
    struct grade_rules rules = grade_rules_of(answer->input, answer->look);
    uint8_t code = answer->closing->as.server.as.response.code;
    const cJSON *exactly =
        cJSON_GetObjectItemCaseSensitive(answer->input->parameters, "exactly");
    struct lwm2m_path path;
    bool discovered = false;

    if (event_path(answer->request, &path) && path.depth >= 3) {
        rules.absent =
            !look_has_resource(answer->look, path, &discovered) && discovered;
    }
    words_code(&answer->report.observed, code);
    struct grade grade =
        answer->codes != NULL
            ? grade_of(answer->codes, &rules, fits, &code)
            : rejection_grade(answer->rejected, cJSON_IsTrue(exactly), &rules,
                              code);
    if (code == COAP_CODE(4, 1) && grade.level != FINDING_PASS) {
        /* Access control is the environment's: afu.md, section 10. */
        words_add(&answer->report.observed,
                  "; the device lets another Server do this");
        report_level(&answer->report, answer->input, FINDING_INCONC, NULL,
                     answer->on_finding, answer->user);
        return;
    }
    report_finding(&answer->report, answer->input, grade, answer->on_finding,
                   answer->user);
}

/** Whether the answer was lost because the device rebooted. */
static bool was_reboot(const struct answer *answer)
{
    size_t closed = answer->input->first;

    while (closed < answer->input->end &&
           event_store_at(answer->input->events, closed) != answer->closing) {
        closed++;
    }
    return answer->closing->kind == (enum journal_kind)SERVER_SESSION_LOST ||
           look_registered(answer->look, closed);
}

/** A request that got no answer, for which a requirement sets the time. */
static bool is_unanswered(const struct answer *answer)
{
    return answer->closing != NULL &&
           (answer->closing->kind == (enum journal_kind)SERVER_TIMEOUT ||
            answer->closing->kind == (enum journal_kind)SERVER_RESET) &&
           cJSON_GetObjectItemCaseSensitive(answer->input->parameters,
                                            "silence") != NULL;
}

static void judge_silence(struct answer *answer)
{
    const struct judge_input *input = answer->input;
    const char *why = "the step ended before";
    enum finding_level level = FINDING_INCONC;
    const char *ambiguity = NULL;

    if (answer->closing != NULL) {
        why = answer->closing->as.server.as.failure.why;
    }
    words_add(&answer->report.observed, "no answer: %s",
              why != NULL ? why : "unknown");
    if (is_unanswered(answer)) {
        struct judge_input silent = *input;
        silent.progress = STEP_SILENT;
        report_silence(&answer->report, &silent, answer->on_finding,
                       answer->user);
        return;
    }
    const cJSON *pardon = answer->how->success != NULL
                              ? cJSON_GetObjectItemCaseSensitive(
                                    input->parameters, answer->how->success)
                              : NULL;
    if (cJSON_IsTrue(pardon)) {
        level = FINDING_INFO;
    } else if (answer->how->may_reboot && answer->rejected == NULL &&
               answer->closing != NULL && was_reboot(answer)) {
        ambiguity = "A-38";
        level =
            input->reading == READING_STRICT ? FINDING_WARNING : FINDING_INFO;
    }
    report_level(&answer->report, input, level, ambiguity, answer->on_finding,
                 answer->user);
}

static void judge_answer(struct answer *answer)
{
    const char *path = answer->request->as.server.as.request.path;
    const cJSON *wanted =
        answer->codes != NULL ? answer->codes : answer->rejected;

    report_init(&answer->report, answer->how->check);
    report_evidence(&answer->report, answer->request);
    report_evidence(&answer->report, answer->closing);
    words_add(&answer->report.subject, "%s", path != NULL ? path : "");
    words_add(&answer->report.expected, "%s of %s ", answer->how->name,
              path != NULL ? path : "");
    if (answer->codes != NULL) {
        words_add(&answer->report.expected, "answered ");
    } else {
        words_add(&answer->report.expected,
                  wanted != NULL ? "rejected with " : "answered");
    }
    if (wanted != NULL) {
        grade_words(&answer->report.expected, wanted, code_words, NULL);
    }
    if (answer->closing == NULL ||
        answer->closing->kind != (enum journal_kind)SERVER_RESPONSE) {
        judge_silence(answer);
    } else if (wanted != NULL) {
        judge_code(answer);
    }
}

/** Of requests that were sent again only the last one counts. */
static bool was_sent_again(const struct judge_input *input, size_t index,
                           const struct journal_event *closing)
{
    const struct server_request_view *request =
        &event_store_at(input->events, index)->as.server.as.request;

    if (closing != NULL &&
        closing->kind == (enum journal_kind)SERVER_RESPONSE) {
        return false;
    }
    for (size_t i = index + 1; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        const struct server_request_view *other = &event->as.server.as.request;
        if (event->kind == (enum journal_kind)SERVER_REQUEST &&
            other->method == request->method && other->path != NULL &&
            request->path != NULL && strcmp(other->path, request->path) == 0) {
            return true;
        }
    }
    return false;
}

void operation_judge(const struct judge_input *input,
                     const struct operation_judge *how, finding_fn on_finding,
                     void *user)
{
    struct look look = look_of_judge(input);
    struct answer answer = {
        .input = input,
        .how = how,
        .look = &look,
        .codes = cJSON_GetObjectItemCaseSensitive(input->parameters, "code"),
        .rejected =
            cJSON_GetObjectItemCaseSensitive(input->parameters, "rejected"),
        .on_finding = on_finding,
        .user = user,
    };

    if (input->progress == STEP_FAILED) {
        return; /* our own failure, the engine says which */
    }
    for (size_t i = input->first; i < input->end; i++) {
        const struct journal_event *event = event_store_at(input->events, i);
        if (event->kind != (enum journal_kind)SERVER_REQUEST ||
            event->as.server.as.request.method != how->method) {
            continue;
        }
        answer.request = event;
        answer.closing = look_closing(&look, event->as.server.id);
        if (!look_was_renegotiated(&look, event->as.server.id) &&
            !was_sent_again(input, i, answer.closing)) {
            judge_answer(&answer);
        }
    }
}
