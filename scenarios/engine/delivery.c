/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERCENT_MAX = 100, NUMBER_DIGITS_MAX = 9, COUNT_MAX = 1000000 };

static const char about_blocks[] =
    "pull: the case is about the blocks of a push";
static const char about_a_uri[] = "push: the case is about a Package URI";

/** What a step may ask for, and who can do it. A new deed is a row here. */
static const struct {
    const char *parameter;
    bool can[MECHANISM_PULL + 1];
    const char *why; /**< of the mechanism that cannot */
} abilities[] = {
    { "pause-at", { [MECHANISM_PUSH] = true, [MECHANISM_PULL] = true }, "" },
    { "faults",
      { [MECHANISM_PULL] = true },
      "push: the case lets the file server misbehave" },
    { "from",
      { [MECHANISM_PULL] = true },
      "push: the case is about where a file is fetched from" },
    { "blocks", { [MECHANISM_PUSH] = true }, about_blocks },
    { "target", { [MECHANISM_PULL] = true }, about_a_uri },
    { "host", { [MECHANISM_PULL] = true }, about_a_uri },
    { "uri-length", { [MECHANISM_PULL] = true }, about_a_uri },
    { "credentials",
      { [MECHANISM_PULL] = true },
      "push: the case is about the credentials of a file server" },
    { "server",
      { [MECHANISM_PULL] = true },
      "push: the second server writes a Package URI" },
};

static const char scheme_mark[] = "{scheme}";

const char *mechanism_name(enum mechanism mechanism)
{
    switch (mechanism) {
    case MECHANISM_NONE:
        return "";
    case MECHANISM_PUSH:
        return "push";
    case MECHANISM_PULL:
        return "pull";
    }
    return "";
}

const char *test_case_only_way(const struct test_case *test_case)
{
    return !test_case->delivers                                  ? ""
           : (test_case->mechanisms & 1u << MECHANISM_PUSH) != 0 ? "@push"
                                                                 : "@pull";
}

static const char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/** What a step goes by, whatever the case does; MECHANISM_NONE without. */
static enum mechanism mechanism_by(const cJSON *step)
{
    const char *by = text_of(step, "by");

    for (int i = MECHANISM_PUSH; by != NULL && i <= MECHANISM_PULL; i++) {
        if (strcmp(by, mechanism_name((enum mechanism)i)) == 0) {
            return (enum mechanism)i;
        }
    }
    return MECHANISM_NONE;
}

/** Digits up to `end`, which is the rest of the text. */
static bool read_number(const char *text, const char *end, uint32_t *out_number)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > NUMBER_DIGITS_MAX ||
        strcmp(text + digits, end) != 0) {
        return false;
    }
    *out_number = (uint32_t)strtoul(text, NULL, 10);
    return true;
}

/** "block 7", "50 %", "request 3" or "end". */
static bool read_when(const char *text, struct repository_fault *out_fault)
{
    static const char block[] = "block ";
    static const char request[] = "request ";

    if (text == NULL) {
        return false;
    }
    if (strcmp(text, "end") == 0) {
        out_fault->when = REPOSITORY_AT_END;
        return true;
    }
    if (strncmp(text, block, sizeof(block) - 1) == 0) {
        out_fault->when = REPOSITORY_AT_BLOCK;
        return read_number(text + sizeof(block) - 1, "", &out_fault->number);
    }
    if (strncmp(text, request, sizeof(request) - 1) == 0) {
        out_fault->when = REPOSITORY_AT_REQUEST;
        return read_number(text + sizeof(request) - 1, "",
                           &out_fault->number) &&
               out_fault->number > 0;
    }
    out_fault->when = REPOSITORY_AT_PERCENT;
    return read_number(text, " %", &out_fault->number) &&
           out_fault->number <= PERCENT_MAX;
}

/** An error code such as "4.04". */
static bool read_code(const char *text, uint8_t *out_code)
{
    bool is_code = strlen(text) == 4 && (text[0] == '4' || text[0] == '5') &&
                   text[1] == '.' && strspn(text + 2, "0123456789") == 2;
    long detail = is_code ? strtol(text + 2, NULL, 10) : 0;

    if (!is_code || detail > 31) {
        return false;
    }
    *out_code = COAP_CODE((unsigned)(text[0] - '0'), (unsigned)detail);
    return true;
}

/** Name of a deed, or the code that is given. */
static bool read_deed(const char *text, struct repository_fault *out_fault)
{
    if (text == NULL) {
        return false;
    }
    for (int i = 0; i < REPOSITORY_DEEDS; i++) {
        if (i != REPOSITORY_CODE &&
            strcmp(text, repository_deed_name((enum repository_deed)i)) == 0) {
            out_fault->deed = (enum repository_deed)i;
            return true;
        }
    }
    out_fault->deed = REPOSITORY_CODE;
    return read_code(text, &out_fault->code);
}

/** A whole number from `least` to `most`; absent: left alone. */
static bool read_count(const cJSON *item, const char *name, double least,
                       double most, uint32_t *out_count)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, name);

    if (value == NULL) {
        return true;
    }
    if (!cJSON_IsNumber(value) || value->valuedouble < least ||
        value->valuedouble > most) {
        return false;
    }
    *out_count = (uint32_t)value->valuedouble;
    return true;
}

/** "block": 16 to 1024 bytes, a power of two. */
static bool read_block(const cJSON *item, struct repository_fault *out_fault)
{
    uint32_t size = 0;

    if (!read_count(item, "block", 16, 1024, &size)) {
        return false;
    }
    if (out_fault->deed != REPOSITORY_SMALLER) {
        return size == 0;
    }
    for (uint8_t szx = 0; szx <= REPOSITORY_SZX_MAX; szx++) {
        if (size == 1u << (szx + 4)) {
            out_fault->szx = szx;
            return true;
        }
    }
    return false;
}

/** The limit that a fault makes the device wait for. */
static bool read_wait(const cJSON *item, const struct repository_fault *fault,
                      enum limit *out_limit)
{
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(item, "by");
    bool must =
        fault->deed == REPOSITORY_LATE || fault->deed == REPOSITORY_SLOW;
    bool may = must || fault->deed == REPOSITORY_SEPARATE;

    *out_limit = LIMIT_COUNT;
    if (by == NULL) {
        return !must;
    }
    return may && cJSON_IsString(by) && limit_parse(by->valuestring, out_limit);
}

/** How often it happens, and how long an error is said to last. */
static bool read_extent(const cJSON *item, struct repository_fault *out_fault)
{
    uint32_t percent = 0;
    bool is_good =
        read_count(item, "times", 1, COUNT_MAX, &out_fault->times) &&
        read_count(item, "percent", 1, PERCENT_MAX, &percent) &&
        read_count(item, "max-age", 1, COUNT_MAX, &out_fault->max_age_s);

    out_fault->percent = (uint8_t)percent;
    return is_good &&
           (out_fault->max_age_s == 0 || out_fault->deed == REPOSITORY_CODE);
}

/** @return NULL, or what was expected */
static const char *read_fault(const cJSON *item, struct delivery *delivery)
{
    static const char *const known[] = { "at",      "do",      "by",
                                         "times",   "percent", "max-age",
                                         "package", "block" };
    struct repository_fault fault = { .number = 0 };
    const char *other = text_of(item, "package");
    const cJSON *member = NULL;
    enum limit wait = LIMIT_COUNT;

    cJSON_ArrayForEach(member, item)
    {
        size_t i = 0;
        while (i < sizeof(known) / sizeof(known[0]) &&
               strcmp(known[i], member->string) != 0) {
            i++;
        }
        if (i == sizeof(known) / sizeof(known[0])) {
            return "faults: expected at, do, by, times, percent, max-age, "
                   "package or block";
        }
    }
    if (!read_when(text_of(item, "at"), &fault)) {
        return "faults/at: expected 'block N', 'N %', 'request N' or 'end'";
    }
    if (!read_deed(text_of(item, "do"), &fault)) {
        return "faults/do: expected an error code such as '4.04', or stop, "
               "late, separate, lose, duplicate, smaller-blocks, switch, "
               "no-etag, no-size2, size2-larger, size2-smaller, next-block, "
               "cut, empty; of http close, reset, ignore-range, wrong-range, "
               "weak-etag, slow, redirect or redirect-loop";
    }
    if (!read_wait(item, &fault, &wait)) {
        return "faults/by: expected a limit of the profile, for late, slow "
               "and separate only";
    }
    if (!read_block(item, &fault)) {
        return "faults/block: expected 16 to 1024, for smaller-blocks only";
    }
    if (!read_extent(item, &fault)) {
        return "faults: expected times, percent (1 to 100) and max-age (of an "
               "error code) as whole numbers";
    }
    if ((fault.deed == REPOSITORY_SWITCH) != (other != NULL)) {
        return "faults/package: expected the name of another package, for "
               "switch only";
    }
    delivery->other = other != NULL ? other : delivery->other;
    delivery->waits[delivery->fault_count] = wait;
    delivery->faults[delivery->fault_count++] = fault;
    return NULL;
}

static enum status read_faults(const cJSON *step, struct delivery *delivery,
                               struct reason *reason)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(step, "faults");
    const cJSON *item = NULL;

    if (list == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsArray(list)) {
        return reason_set(reason, STATUS_MALFORMED, "faults: expected a list");
    }
    cJSON_ArrayForEach(item, list)
    {
        if (delivery->fault_count == DELIVERY_FAULTS_MAX) {
            return reason_set(reason, STATUS_MALFORMED, "faults: %d at most",
                              DELIVERY_FAULTS_MAX);
        }
        const char *expected = read_fault(item, delivery);
        if (expected != NULL) {
            return reason_set(reason, STATUS_MALFORMED, "%s", expected);
        }
    }
    return STATUS_OK;
}

/** @param text  NULL: good ones */
static bool read_credentials(const char *text, enum authority_kind *out_kind)
{
    for (int i = 0; text != NULL && i < AUTHORITY_KINDS; i++) {
        if (strcmp(text, authority_kind_name((enum authority_kind)i)) == 0) {
            *out_kind = (enum authority_kind)i;
            return true;
        }
    }
    return text == NULL;
}

/** What is special about the URI of a file. */
static enum status read_place(const cJSON *step, struct server_place *out_place,
                              struct reason *reason)
{
    const char *host = text_of(step, "host");
    const char *target = text_of(step, "target");
    uint32_t length = 0;
    enum authority_kind credentials = AUTHORITY_GOOD;

    if (!read_credentials(text_of(step, "credentials"), &credentials)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "credentials: expected good, unknown-ca, expired, "
                          "not-yet-valid, other-host or self-signed");
    }
    if (target != NULL && strchr("/?", target[0]) == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "target: expected a text that begins with '/' or "
                          "'?'");
    }
    if (host != NULL && strcmp(host, "ipv6") != 0) {
        return reason_set(reason, STATUS_MALFORMED, "host: expected 'ipv6'");
    }
    if (!read_count(step, "uri-length", 1, SERVER_URI_MAX, &length)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "uri-length: expected 1 to %d", SERVER_URI_MAX);
    }
    *out_place = (struct server_place){ .target = target,
                                        .by_ipv6 = host != NULL,
                                        .uri_length = length,
                                        .credentials = credentials };
    return STATUS_OK;
}

/** What the mechanism cannot do at all, by any protocol; NULL: it can. */
static const char *ability_misfit(const cJSON *step, enum mechanism mechanism)
{
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(step, "deliver");

    for (size_t i = 0; i < sizeof(abilities) / sizeof(abilities[0]); i++) {
        if (!abilities[i].can[mechanism] &&
            cJSON_GetObjectItemCaseSensitive(step, abilities[i].parameter) !=
                NULL) {
            return abilities[i].why;
        }
    }
    return cJSON_IsObject(what) && mechanism == MECHANISM_PUSH ? about_a_uri
                                                               : NULL;
}

/** "lwm2m", "repository" or a scheme of Resource 8. */
static bool is_place(const char *from)
{
    enum repository_protocol protocol = REPOSITORY_COAP;

    return strcmp(from, "lwm2m") == 0 || strcmp(from, "repository") == 0 ||
           repository_protocol_parse(from, &protocol);
}

enum status delivery_read(const cJSON *step, struct delivery *out_delivery,
                          struct reason *reason)
{
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(step, "deliver");
    const cJSON *pause = cJSON_GetObjectItemCaseSensitive(step, "pause-at");
    const char *from = text_of(step, "from");
    struct delivery delivery = {
        .package = cJSON_GetStringValue(what),
        .uri = text_of(what, "uri"),
        .from = from,
        .by = mechanism_by(step),
        .is_again =
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(step, "again")),
        .pauses = pause != NULL,
        .pause = { .deed = REPOSITORY_STOP },
    };

    if (delivery.package == NULL && delivery.uri == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "deliver: expected a package name or {\"uri\"}");
    }
    if (from != NULL && !is_place(from)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "from: expected 'lwm2m', 'repository' or a scheme "
                          "such as 'https'");
    }
    delivery.is_pull = ability_misfit(step, MECHANISM_PUSH) != NULL;
    delivery.on_lwm2m_port = from != NULL && strcmp(from, "lwm2m") == 0;
    if (pause != NULL &&
        !read_when(cJSON_GetStringValue(pause), &delivery.pause)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "pause-at: expected 'block N', 'N %%', 'request N' "
                          "or 'end'");
    }
    if (cJSON_HasObjectItem(step, "by") &&
        (delivery.by == MECHANISM_NONE ||
         ability_misfit(step, delivery.by) != NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "by: expected 'push' or 'pull', as the rest of the "
                          "step can be done");
    }
    enum status status = read_faults(step, &delivery, reason);
    if (status == STATUS_OK) {
        status = delivery_blocks_read(
            cJSON_GetObjectItemCaseSensitive(step, "blocks"), &delivery.blocks,
            reason);
    }
    if (status == STATUS_OK) {
        status = read_place(step, &delivery.place, reason);
    }
    if (status == STATUS_OK) {
        *out_delivery = delivery;
    }
    return status;
}

/** By a URI, or what is asked for of a file server.
 *  @return NULL when the file server can do it by the protocol */
static const char *pull_misfit(const cJSON *step,
                               enum repository_protocol campaign)
{
    const char *from = text_of(step, "from");
    enum repository_protocol protocol = delivery_protocol(from, campaign);
    struct delivery delivery;
    const char *why = NULL;

    if (delivery_read(step, &delivery, NULL) != STATUS_OK) {
        return NULL; /* its reader says so */
    }
    if (delivery.on_lwm2m_port && campaign != REPOSITORY_COAP) {
        return "pull: the case is about the port of the LwM2M server";
    }
    if (delivery.place.credentials != AUTHORITY_GOOD &&
        !repository_protocol_is_secure(protocol)) {
        return "pull: the case is about the credentials of a file server";
    }
    if (delivery.package != NULL) {
        why = delivery_offer_misfit(protocol);
    }
    for (size_t i = 0; why == NULL && i < delivery.fault_count; i++) {
        why = delivery_fault_misfit(&delivery.faults[i], protocol);
    }
    return why != NULL ? why
                       : delivery_requests_misfit(
                             delivery.faults, delivery.fault_count, protocol);
}

enum status delivery_shift_read(const cJSON *step,
                                struct delivery_shift *out_shift,
                                struct reason *reason)
{
    struct delivery_shift shift = { .skip = 0 };
    uint32_t skip = 0;
    uint32_t repeat = 0;

    if (!read_count(step, "skip", 1, DELIVERY_SHIFT_MAX, &skip) ||
        !read_count(step, "repeat", 1, DELIVERY_SHIFT_MAX, &repeat) ||
        (skip > 0 && repeat > 0)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "expected one of skip and repeat, from 1 to %d",
                          DELIVERY_SHIFT_MAX);
    }
    shift.skip = skip;
    shift.repeat = repeat;
    *out_shift = shift;
    return STATUS_OK;
}

/** A `resume` at another block. */
static bool shifts(const cJSON *step)
{
    return cJSON_HasObjectItem(step, "resume") &&
           (cJSON_HasObjectItem(step, "skip") ||
            cJSON_HasObjectItem(step, "repeat"));
}

/** What the step itself goes by. */
static enum mechanism mechanism_of(const cJSON *step, enum mechanism mechanism)
{
    enum mechanism by = mechanism_by(step);

    return by != MECHANISM_NONE ? by : mechanism;
}

/** Relay and hooks see UDP only. */
static bool disturbs_files(const cJSON *step)
{
    const char *where = text_of(step, "where");

    return cJSON_HasObjectItem(step, "impair") && where != NULL &&
           strcmp(where, "files") == 0;
}

const char *delivery_misfit(const cJSON *steps, enum mechanism mechanism,
                            enum repository_protocol protocol)
{
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(steps, "deliver");
    const cJSON *item = NULL;
    const char *why = NULL;

    if (what != NULL) {
        enum mechanism by = mechanism_of(steps, mechanism);
        why = ability_misfit(steps, by);
        if (why == NULL && by == MECHANISM_PULL) {
            why = pull_misfit(steps, protocol);
        }
    }
    if (why == NULL && mechanism == MECHANISM_PULL && shifts(steps)) {
        return about_blocks;
    }
    if (why == NULL && mechanism == MECHANISM_PULL && disturbs_files(steps) &&
        !repository_protocol_is_udp(protocol)) {
        return "pull: the case disturbs UDP, and files go by TCP";
    }
    cJSON_ArrayForEach(item, steps)
    {
        why = why != NULL ? why : delivery_misfit(item, mechanism, protocol);
    }
    return why;
}

bool delivery_follows(const cJSON *steps, enum mechanism mechanism)
{
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(steps, "deliver");
    const char *from = text_of(steps, "from");
    const char *uri = text_of(what, "uri");
    const cJSON *item = NULL;
    bool is_ours = from == NULL || strcmp(from, "repository") == 0;
    bool follows = what != NULL &&
                   mechanism_of(steps, mechanism) == MECHANISM_PULL &&
                   (uri != NULL ? strstr(uri, scheme_mark) != NULL : is_ours);

    cJSON_ArrayForEach(item, steps)
    {
        follows = follows || delivery_follows(item, mechanism);
    }
    return follows;
}
