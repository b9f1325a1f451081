/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/delivery.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PERCENT_MAX = 100, NUMBER_DIGITS_MAX = 9 };

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
    { "blocks",
      { [MECHANISM_PUSH] = true },
      "pull: the case is about the blocks of a push" },
};

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

/** "stop", or an error code such as "4.04". */
static bool read_deed(const char *text, struct repository_fault *out_fault)
{
    if (text == NULL) {
        return false;
    }
    if (strcmp(text, repository_deed_name(REPOSITORY_STOP)) == 0) {
        out_fault->deed = REPOSITORY_STOP;
        return true;
    }
    bool is_code = strlen(text) == 4 && (text[0] == '4' || text[0] == '5') &&
                   text[1] == '.' && strspn(text + 2, "0123456789") == 2;
    long detail = is_code ? strtol(text + 2, NULL, 10) : 0;
    if (!is_code || detail > 31) {
        return false;
    }
    out_fault->deed = REPOSITORY_CODE;
    out_fault->code = COAP_CODE((unsigned)(text[0] - '0'), (unsigned)detail);
    return true;
}

static enum status read_faults(const cJSON *list, struct delivery *delivery,
                               struct reason *reason)
{
    const cJSON *item = NULL;
    size_t most = sizeof(delivery->faults) / sizeof(delivery->faults[0]);

    if (list == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsArray(list)) {
        return reason_set(reason, STATUS_MALFORMED, "faults: expected a list");
    }
    cJSON_ArrayForEach(item, list)
    {
        struct repository_fault fault = { .number = 0 };
        if (delivery->fault_count == most) {
            return reason_set(reason, STATUS_MALFORMED, "faults: %zu at most",
                              most);
        }
        if (!read_when(text_of(item, "at"), &fault)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "faults/at: expected 'block N', 'N %%', "
                              "'request N' or 'end'");
        }
        if (!read_deed(text_of(item, "do"), &fault)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "faults/do: expected 'stop' or an error code "
                              "such as '4.04'");
        }
        delivery->faults[delivery->fault_count++] = fault;
    }
    return STATUS_OK;
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
        .by = mechanism_by(step),
        .pauses = pause != NULL,
        .pause = { .deed = REPOSITORY_STOP },
    };

    if (delivery.package == NULL && delivery.uri == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "deliver: expected a package name or {\"uri\"}");
    }
    if (from != NULL && strcmp(from, "lwm2m") != 0 &&
        strcmp(from, "repository") != 0) {
        return reason_set(reason, STATUS_MALFORMED,
                          "from: expected 'lwm2m' or 'repository'");
    }
    delivery.is_pull = delivery_misfit(step, MECHANISM_PUSH) != NULL;
    delivery.on_lwm2m_port = from != NULL && strcmp(from, "lwm2m") == 0;
    if (pause != NULL &&
        !read_when(cJSON_GetStringValue(pause), &delivery.pause)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "pause-at: expected 'block N', 'N %%', 'request N' "
                          "or 'end'");
    }
    if (cJSON_HasObjectItem(step, "by") &&
        (delivery.by == MECHANISM_NONE ||
         delivery_misfit(step, delivery.by) != NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "by: expected 'push' or 'pull', as the rest of the "
                          "step can be done");
    }
    enum status status = read_faults(
        cJSON_GetObjectItemCaseSensitive(step, "faults"), &delivery, reason);
    if (status == STATUS_OK) {
        status = delivery_blocks_read(
            cJSON_GetObjectItemCaseSensitive(step, "blocks"), &delivery.blocks,
            reason);
    }
    if (status == STATUS_OK) {
        *out_delivery = delivery;
    }
    return status;
}

const char *delivery_misfit(const cJSON *steps, enum mechanism mechanism)
{
    const cJSON *what = cJSON_GetObjectItemCaseSensitive(steps, "deliver");
    const cJSON *item = NULL;
    const char *why = NULL;

    if (what != NULL && mechanism_by(steps) != MECHANISM_NONE) {
        mechanism = mechanism_by(steps);
    }
    for (size_t i = 0;
         what != NULL && i < sizeof(abilities) / sizeof(abilities[0]); i++) {
        if (!abilities[i].can[mechanism] &&
            cJSON_GetObjectItemCaseSensitive(steps, abilities[i].parameter) !=
                NULL) {
            return abilities[i].why;
        }
    }
    if (cJSON_IsObject(what) && mechanism == MECHANISM_PUSH) {
        return "push: the case is about a Package URI";
    }
    cJSON_ArrayForEach(item, steps)
    {
        why = why != NULL ? why : delivery_misfit(item, mechanism);
    }
    return why;
}
