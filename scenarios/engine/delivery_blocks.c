/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/delivery_blocks.h"

#include <stdlib.h>
#include <string.h>

enum {
    SIZE_MIN = 16,
    SZX_MAX = 6,
    PERCENT_MAX = 100,
    NUMBER_DIGITS_MAX = 9,
};

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** The index of the text in the list; false when it is not there. */
static bool read_word(const cJSON *value, const char *const *words,
                      size_t count, size_t *out_index)
{
    for (size_t i = 0; cJSON_IsString(value) && i < count; i++) {
        if (strcmp(value->valuestring, words[i]) == 0) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

static bool read_szx(double size, uint8_t *out_szx)
{
    for (uint8_t szx = 0; szx <= SZX_MAX; szx++) {
        double own = (double)(SIZE_MIN << szx);
        if (size >= own && size <= own) {
            *out_szx = szx;
            return true;
        }
    }
    return false;
}

/** Digits between `start` and `end`. */
static bool read_number(const char *text, const char *start, const char *end,
                        uint32_t *out_number)
{
    size_t before = strlen(start);

    if (strncmp(text, start, before) != 0) {
        return false;
    }
    text += before;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > NUMBER_DIGITS_MAX ||
        strcmp(text + digits, end) != 0) {
        return false;
    }
    *out_number = (uint32_t)strtoul(text, NULL, 10);
    return true;
}

/** "block 7", "50 %", "end" or "each". */
static bool read_when(const cJSON *value, struct push_fault *out_fault)
{
    const char *text = cJSON_GetStringValue(value);

    if (text == NULL) {
        return false;
    }
    if (strcmp(text, "end") == 0 || strcmp(text, "each") == 0) {
        out_fault->when = text[1] == 'n' ? PUSH_AT_END : PUSH_AT_EACH;
        return true;
    }
    if (read_number(text, "block ", "", &out_fault->number)) {
        out_fault->when = PUSH_AT_BLOCK;
        return true;
    }
    out_fault->when = PUSH_AT_PERCENT;
    return read_number(text, "", " %", &out_fault->number) &&
           out_fault->number <= PERCENT_MAX;
}

/** The name of a deed, or "size 64". */
static bool read_deed(const cJSON *value, struct push_fault *out_fault)
{
    const char *text = cJSON_GetStringValue(value);
    uint32_t size = 0;

    if (text != NULL && read_number(text, "size ", "", &size)) {
        out_fault->deed = PUSH_SIZE;
        return read_szx(size, &out_fault->szx);
    }
    for (int i = PUSH_AS_IT_IS + 1; text != NULL && i < PUSH_DEEDS; i++) {
        if (i != PUSH_SIZE &&
            strcmp(text, push_deed_name((enum push_deed)i)) == 0) {
            out_fault->deed = (enum push_deed)i;
            return true;
        }
    }
    return false;
}

/** What can be done to the last block, and to every one. */
static bool is_possible(const struct push_fault *fault)
{
    bool needs_another = fault->deed == PUSH_SKIP || fault->deed == PUSH_SWAP ||
                         fault->deed == PUSH_REPEAT || fault->deed == PUSH_SIZE;

    return (fault->when != PUSH_AT_END || !needs_another) &&
           (fault->deed != PUSH_EMPTY || fault->when == PUSH_AT_END) &&
           (fault->when != PUSH_AT_EACH || fault->deed == PUSH_COPY);
}

static enum status read_faults(const cJSON *list,
                               struct delivery_blocks *blocks,
                               struct reason *reason)
{
    const cJSON *item = NULL;

    if (list != NULL && (!cJSON_IsArray(list) || list->child == NULL)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks/faults: expected a list of {at, do}");
    }
    cJSON_ArrayForEach(item, list)
    {
        struct push_fault fault = { .number = 0 };
        if (blocks->fault_count == PUSH_FAULTS_MAX) {
            return reason_set(reason, STATUS_MALFORMED,
                              "blocks/faults: %d at most", PUSH_FAULTS_MAX);
        }
        if (!read_when(member(item, "at"), &fault)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "blocks/faults/at: expected 'block N', 'N %%', "
                              "'end' or 'each'");
        }
        if (!read_deed(member(item, "do"), &fault)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "blocks/faults/do: expected 'skip', 'swap', "
                              "'repeat', 'retransmit', 'size N', 'szx 7', "
                              "'damage' or 'empty'");
        }
        if (!is_possible(&fault)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "blocks/faults: '%s' is not possible at '%s'",
                              push_deed_name(fault.deed),
                              cJSON_GetStringValue(member(item, "at")));
        }
        blocks->faults[blocks->fault_count++] = fault;
    }
    return STATUS_OK;
}

static enum status read_rest(const cJSON *json, struct delivery_blocks *blocks,
                             struct reason *reason)
{
    static const char *const sizes[] = { "true", "none", "smaller", "larger" };
    static const char *const tokens[] = { "each", "one" };
    const cJSON *size = member(json, "size");
    const cJSON *format = member(json, "format");
    const cJSON *size1 = member(json, "size1");
    const cJSON *token = member(json, "token");
    size_t index = 0;

    blocks->has_szx = size != NULL;
    if (size != NULL &&
        (!cJSON_IsNumber(size) || !read_szx(size->valuedouble, &blocks->szx))) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks/size: expected 16, 32, 64 … 1024");
    }
    if (size1 != NULL && !read_word(size1, sizes, 4, &index)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks/size1: expected 'true', 'none', 'smaller' "
                          "or 'larger'");
    }
    blocks->size1 = (enum delivery_size1)index;
    index = 0;
    if (token != NULL && !read_word(token, tokens, 2, &index)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks/token: expected 'each' or 'one'");
    }
    blocks->has_token = token != NULL;
    blocks->has_one_token = index == 1;
    blocks->is_text =
        cJSON_IsNumber(format) && format->valueint == CONTENT_FORMAT_TEXT;
    if (format != NULL && !blocks->is_text &&
        !(cJSON_IsNumber(format) &&
          format->valueint == CONTENT_FORMAT_OPAQUE)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks/format: expected 42, or 0 for Base64");
    }
    return STATUS_OK;
}

enum status delivery_blocks_read(const cJSON *json,
                                 struct delivery_blocks *out_blocks,
                                 struct reason *reason)
{
    static const char *const names[] = { "size", "size1", "token", "format",
                                         "faults" };
    struct delivery_blocks blocks = { .has_szx = false };
    const cJSON *item = NULL;

    if (json == NULL) {
        *out_blocks = blocks;
        return STATUS_OK;
    }
    if (!cJSON_IsObject(json) || json->child == NULL) {
        return reason_set(reason, STATUS_MALFORMED,
                          "blocks: expected an object of size, size1, token, "
                          "format, faults");
    }
    cJSON_ArrayForEach(item, json)
    {
        bool is_known = false;
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            is_known = is_known || strcmp(item->string, names[i]) == 0;
        }
        if (!is_known) {
            return reason_set(reason, STATUS_MALFORMED,
                              "blocks: expected size, size1, token, format or "
                              "faults, found '%.40s'",
                              item->string);
        }
    }
    enum status status = read_rest(json, &blocks, reason);
    if (status == STATUS_OK) {
        status = read_faults(member(json, "faults"), &blocks, reason);
    }
    if (status == STATUS_OK) {
        *out_blocks = blocks;
    }
    return status;
}

bool delivery_blocks_size1(const struct delivery_blocks *blocks, size_t size,
                           uint32_t *out_size1)
{
    switch (blocks->size1) {
    case DELIVERY_SIZE1_NONE:
        return false;
    case DELIVERY_SIZE1_TRUE:
        *out_size1 = (uint32_t)size;
        break;
    case DELIVERY_SIZE1_SMALLER:
        *out_size1 = (uint32_t)(size / 2);
        break;
    case DELIVERY_SIZE1_LARGER:
        *out_size1 = (uint32_t)(size + size / 2);
        break;
    }
    return true;
}
