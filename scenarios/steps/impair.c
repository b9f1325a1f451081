/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/run.h"
#include "scenarios/steps/afu.h"
#include "scenarios/steps/cannot.h"
#include "scenarios/steps/hook.h"
#include "scenarios/steps/operation.h"
#include "scenarios/steps/verbs.h"
#include "server/server.h"

#define CHECK "step.impair"

/** What a word is about; parameters of others do not go with it. */
enum impair_group {
    OF_MESSAGES = 1,
    OF_MALFORMED = 2,
    OF_NETWORK = 4,
    OF_PATH = 8, /* cut, restore, address */
    OF_ALL = 16,
};

static const struct impair_word {
    const char *name;
    enum impair_group group;
    enum server_hook_action action; /* OF_MESSAGES */
} words[] = {
    { "drop", OF_MESSAGES, SERVER_HOOK_DROP },
    { "repeat", OF_MESSAGES, SERVER_HOOK_REPEAT },
    { "delay", OF_MESSAGES, SERVER_HOOK_DELAY },
    { "damage", OF_MESSAGES, SERVER_HOOK_DAMAGE },
    { "malformed", OF_MALFORMED, SERVER_HOOK_DROP },
    { "network", OF_NETWORK, SERVER_HOOK_DROP },
    { "cut", OF_PATH, SERVER_HOOK_DROP },
    { "restore", OF_PATH, SERVER_HOOK_DROP },
    { "address", OF_PATH, SERVER_HOOK_DROP },
    { "none", OF_ALL, SERVER_HOOK_DROP },
};

static const struct {
    const char *name;
    int number;
} types[] = { { "con", 0 }, { "non", 1 }, { "ack", 2 }, { "reset", 3 } },
  requests[] = {
      { "read", METHOD_GET },      { "write", METHOD_PUT },
      { "execute", METHOD_POST },  { "create", METHOD_POST },
      { "delete", METHOD_DELETE },
  };

static const struct {
    const char *name;
    unsigned groups;
} members[] = {
    { "sent-by", OF_MESSAGES },
    { "type", OF_MESSAGES },
    { "code", OF_MESSAGES },
    { "request", OF_MESSAGES },
    { "of", OF_MESSAGES },
    { "block", OF_MESSAGES },
    { "times", OF_MESSAGES },
    { "ms", OF_MESSAGES },
    { "message", OF_MALFORMED },
    { "spec", OF_NETWORK },
    { "where", OF_NETWORK | OF_PATH | OF_MESSAGES },
};

enum {
    WORDS = sizeof(words) / sizeof(words[0]),
    TYPES = sizeof(types) / sizeof(types[0]),
    REQUESTS = sizeof(requests) / sizeof(requests[0]),
    MEMBERS = sizeof(members) / sizeof(members[0]),
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const struct impair_word *word_of(const char *name)
{
    for (size_t i = 0; name != NULL && i < WORDS; i++) {
        if (strcmp(words[i].name, name) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

/** "2.04", or "empty". */
static bool read_code(const char *text, int *out_code)
{
    unsigned class = 0;
    unsigned detail = 0;
    int used = 0;

    if (strcmp(text, "empty") == 0) {
        *out_code = 0;
        return true;
    }
    if (sscanf(text, "%1u.%2u%n", &class, &detail, &used) != 2 ||
        text[used] != '\0' || class > 7 || detail > 31) {
        return false;
    }
    *out_code = COAP_CODE(class, detail);
    return true;
}

/* Acting. */

/** Whether the repository is meant, not the LwM2M port. */
static bool is_about_files(const struct run *run)
{
    const char *where = operation_text(run, "where");

    return where != NULL && strcmp(where, "files") == 0;
}

/** The hook without its path. */
static struct server_hook read_hook(const struct run *run,
                                    const struct impair_word *word)
{
    const char *sender = operation_text(run, "sent-by");
    const char *type = operation_text(run, "type");
    const char *code = operation_text(run, "code");
    const char *request = operation_text(run, "request");
    const cJSON *block = run_parameter(run, "block");
    const cJSON *times = run_parameter(run, "times");
    const cJSON *ms = run_parameter(run, "ms");
    struct server_hook hook = {
        .action = word->action,
        .direction = sender != NULL && strcmp(sender, "server") == 0
                         ? SERVER_SENT
                         : SERVER_RECEIVED,
        .of_files = is_about_files(run),
        .type = SERVER_HOOK_ANY,
        .code = SERVER_HOOK_ANY,
        .method = SERVER_HOOK_ANY,
        .block = block != NULL ? block->valueint : SERVER_HOOK_ANY,
        .times = times != NULL ? (unsigned)times->valueint : 1,
        .after_ms = ms != NULL ? (uint32_t)ms->valueint : 0,
    };

    for (size_t i = 0; type != NULL && i < TYPES; i++) {
        hook.type =
            strcmp(types[i].name, type) == 0 ? types[i].number : hook.type;
    }
    for (size_t i = 0; request != NULL && i < REQUESTS; i++) {
        hook.method = strcmp(requests[i].name, request) == 0
                          ? requests[i].number
                          : hook.method;
    }
    if (code != NULL) {
        (void)read_code(code, &hook.code); /* it was checked */
    }
    return hook;
}

static enum status arm(struct run *run, const struct impair_word *word,
                       struct reason *reason)
{
    const char *of = operation_text(run, "of");
    struct server_hook hook = read_hook(run, word);
    char text[LWM2M_PATH_TEXT_MAX];
    struct lwm2m_path path;

    hook.path = of;
    if (of != NULL && strcmp(of, "/rd") != 0) {
        enum status status = binding_path(run_binding(run), of, &path, reason);
        if (status != STATUS_OK) {
            return status;
        }
        hook.path = lwm2m_path_text(&path, text);
    }
    return run_arm(run, &hook, reason);
}

static enum status send_malformed(struct run *run, struct reason *reason)
{
    enum server_malformed kind = SERVER_BAD_VERSION;

    (void)server_malformed_parse(operation_text(run, "message"),
                                 &kind); /* it was checked */
    return run_send_malformed(run, kind, reason);
}

static enum status set_network(struct run *run, struct reason *reason)
{
    const char *where = operation_text(run, "where");
    struct impairment impairment = { .loss = 0 };
    enum status status =
        impairment_parse(operation_text(run, "spec"), &impairment, reason);

    return status != STATUS_OK
               ? status
               : run_set_network(run,
                                 where == NULL || strcmp(where, "server") == 0,
                                 where == NULL || strcmp(where, "files") == 0,
                                 &impairment, reason);
}

/** The hook of the profile that does it; NULL: it has none. */
static const char *hook_of(const char *word)
{
    return strcmp(word, "cut") == 0       ? "network-down"
           : strcmp(word, "restore") == 0 ? "network-up"
                                          : NULL;
}

static enum status act(struct run *run, const struct impair_word *word,
                       struct reason *reason)
{
    if (word->group == OF_MESSAGES) {
        return arm(run, word, reason);
    }
    if (word->group == OF_MALFORMED) {
        return send_malformed(run, reason);
    }
    if (word->group == OF_NETWORK) {
        return set_network(run, reason);
    }
    if (word->group == OF_ALL) {
        run_calm(run);
        return STATUS_OK;
    }
    return strcmp(word->name, "address") == 0
               ? run_move(run, is_about_files(run), reason)
               : run_cut(run, is_about_files(run),
                         strcmp(word->name, "cut") == 0, reason);
}

static enum step_progress impair_drive(struct run *run,
                                       const struct journal_event *event)
{
    const struct impair_word *word = word_of(operation_text(run, "impair"));
    struct reason reason = { .status = STATUS_OK };

    assert(word != NULL); /* the step was checked */
    const char *hook = is_about_files(run) ? NULL : hook_of(word->name);
    if (hook != NULL && run_has_hook(run, hook)) {
        return hook_drive(run, event, hook);
    }
    if (event != NULL || act(run, word, &reason) == STATUS_OK) {
        return STEP_DONE;
    }
    return reason.status == STATUS_NO_MEMORY ? run_fail(run, &reason)
                                             : cannot_record(run, reason.text);
}

static void impair_judge(const struct judge_input *input, finding_fn on_finding,
                         void *user)
{
    const char *hook =
        hook_of(cJSON_GetStringValue(member(input->parameters, "impair")));
    bool was_hook = false;

    for (size_t i = input->first; i < input->end; i++) {
        was_hook = was_hook ||
                   event_store_at(input->events, i)->kind == JOURNAL_HOOK_BEGIN;
    }
    if (hook != NULL && was_hook) {
        hook_judge(input, CHECK, hook, on_finding, user);
    } else {
        (void)cannot_judge(input, CHECK, on_finding, user);
    }
}

/* Checking. */

/** Some of these names, or others that go with `groups`. */
static void list_words(char *text, size_t size)
{
    size_t used = 0;

    for (size_t i = 0; i < WORDS && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s",
                                 i > 0 ? ", " : "", words[i].name);
    }
}

static enum status check_members(const cJSON *step,
                                 const struct impair_word *word,
                                 const char *pointer, struct reason *reason)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        if (member(step, members[i].name) != NULL &&
            (members[i].groups & (unsigned)word->group) == 0) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: does not go with '%s'", pointer,
                              members[i].name, word->name);
        }
    }
    return STATUS_OK;
}

static bool is_type(const char *text)
{
    bool found = false;

    for (size_t i = 0; i < TYPES; i++) {
        found = found || strcmp(types[i].name, text) == 0;
    }
    return found;
}

static bool is_request(const char *text)
{
    bool found = false;

    for (size_t i = 0; i < REQUESTS; i++) {
        found = found || strcmp(requests[i].name, text) == 0;
    }
    return found;
}

static bool is_code(const char *text)
{
    int code = 0;

    return read_code(text, &code);
}

static bool is_sender(const char *text)
{
    return strcmp(text, "device") == 0 || strcmp(text, "server") == 0;
}

static bool is_place(const char *text)
{
    return strcmp(text, "files") == 0 || strcmp(text, "server") == 0;
}

static bool is_malformed(const char *text)
{
    enum server_malformed kind = SERVER_BAD_VERSION;

    return server_malformed_parse(text, &kind);
}

static enum status check_texts(const cJSON *step, const char *pointer,
                               struct reason *reason)
{
    static const struct {
        const char *name;
        bool (*is_fine)(const char *text);
        const char *expected;
    } rows[] = {
        { "sent-by", is_sender, "\"device\" or \"server\"" },
        { "type", is_type, "con, non, ack or reset" },
        { "code", is_code, "\"empty\" or a code such as \"2.04\"" },
        { "request", is_request, "read, write, execute, create or delete" },
        { "where", is_place, "\"server\" or \"files\"" },
        { "message", is_malformed,
          "bad-version, token-length, truncated-option, critical-option, "
          "stray-ack or stray-response" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *text = cJSON_GetStringValue(member(step, rows[i].name));
        if (text != NULL && !rows[i].is_fine(text)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: expected %s, found '%s'", pointer,
                              rows[i].name, rows[i].expected, text);
        }
    }
    return STATUS_OK;
}

static enum status check_numbers(const cJSON *step, const char *pointer,
                                 struct reason *reason)
{
    static const struct {
        const char *name;
        double most;
    } rows[] = {
        { "block", (1 << 20) - 1 }, /* RFC 7959, 2.2 */
        { "times", 1000 },
        { "ms", SERVER_HOOK_DELAY_MAX },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const cJSON *number = member(step, rows[i].name);
        if (number != NULL &&
            (number->valuedouble < 0 || number->valuedouble > rows[i].most ||
             number->valuedouble != number->valueint)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "%s/%s: expected a number from 0 to %.0f",
                              pointer, rows[i].name, rows[i].most);
        }
    }
    return STATUS_OK;
}

/** What a word cannot do without. */
static enum status check_needed(const cJSON *step,
                                const struct impair_word *word,
                                const char *pointer, struct reason *reason)
{
    const char *where = cJSON_GetStringValue(member(step, "where"));
    const char *name = word->group == OF_MALFORMED        ? "message"
                       : word->group == OF_NETWORK        ? "spec"
                       : strcmp(word->name, "delay") == 0 ? "ms"
                                                          : NULL;
    const char *spec = cJSON_GetStringValue(member(step, "spec"));
    struct impairment impairment = { .loss = 0 };
    struct reason why = { .status = STATUS_OK };

    if (word->group == OF_MESSAGES && where != NULL &&
        strcmp(where, "files") == 0 && member(step, "of") != NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/of: a file has a path that nobody knows before",
                          pointer);
    }
    if (name != NULL && member(step, name) == NULL) {
        return reason_set(reason, STATUS_MALFORMED, "%s: '%s' needs \"%s\"",
                          pointer, word->name, name);
    }
    if (spec != NULL &&
        impairment_parse(spec, &impairment, &why) != STATUS_OK) {
        return reason_set(reason, STATUS_MALFORMED, "%s/spec: %s", pointer,
                          why.text);
    }
    return STATUS_OK;
}

static enum status impair_check(const cJSON *step, const char *pointer,
                                struct reason *reason)
{
    const struct impair_word *word =
        word_of(cJSON_GetStringValue(member(step, "impair")));
    char list[128];

    if (word == NULL) {
        list_words(list, sizeof(list));
        return reason_set(reason, STATUS_MALFORMED,
                          "%s/impair: expected one of %s", pointer, list);
    }
    enum status status = check_members(step, word, pointer, reason);
    if (status == STATUS_OK) {
        status = check_texts(step, pointer, reason);
    }
    if (status == STATUS_OK) {
        status = check_numbers(step, pointer, reason);
    }
    return status == STATUS_OK ? check_needed(step, word, pointer, reason)
                               : status;
}

/** Something goes wrong on purpose: with the next message, or with the network.
 *  Spec: libcoap.md, section 4. */
const struct step_type step_impair = {
    .verb = "impair",
    .help = "disturb messages or the network",
    .parameters = {
        { "impair", STEP_TEXT, .required = true,
          .help = "drop, repeat, delay, damage, malformed, network, cut, "
                  "restore, address or none" },
        { "sent-by", STEP_TEXT, .help = "device (as without it) or server" },
        { "type", STEP_TEXT, .help = "con, non, ack or reset" },
        { "code", STEP_TEXT, .help = "of the message: \"2.04\", or empty" },
        { "request", STEP_TEXT,
          .help = "that it is or answers: read, write, execute, create, "
                  "delete" },
        { "of", STEP_PATH, .help = "path of that request" },
        { "block", STEP_NUMBER, .help = "Block1 or Block2 number of it" },
        { "times", STEP_NUMBER,
          .help = "so many messages, as without it 1; 0: all" },
        { "ms", STEP_NUMBER, .help = "so much later" },
        { "message", STEP_TEXT, .help = "which malformed one" },
        { "spec", STEP_TEXT, .help = "as --impair takes it, or none" },
        { "where", STEP_TEXT,
          .help = "server or files; as without it server, of the network "
                  "both" },
    },
    .limit = LIMIT_BOOT,
    .drive = impair_drive,
    .judge = impair_judge,
    .check = impair_check,
};
