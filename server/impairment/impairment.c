/* SPDX-License-Identifier: Apache-2.0 */
#include "server/impairment/impairment.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64
#define ALL      10000 /* 100 %, in hundredths */

/** "2%", "0.25 %": hundredths of a per cent. */
static bool read_share(const char *text, unsigned *out_share)
{
    char *end = NULL;
    double percent = strtod(text, &end);

    if (end == text || text[0] == '-' || text[0] == '+' ||
        strcmp(end + strspn(end, " "), "%") != 0 || !(percent >= 0) ||
        percent > 100) {
        return false;
    }
    *out_share = (unsigned)(percent * (ALL / 100) + 0.5);
    return true;
}

/** "20ms", "20 ms". */
static bool read_ms(const char *text, unsigned *out_ms)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 5 ||
        strcmp(text + digits + strspn(text + digits, " "), "ms") != 0) {
        return false;
    }
    *out_ms = (unsigned)strtoul(text, NULL, 10);
    return *out_ms <= RELAY_DELAY_MAX;
}

static const struct {
    const char *name;
    bool is_share;
    size_t offset;
    const char *expected;
} rows[] = {
    { "loss", true, offsetof(struct impairment, loss), "a share such as 2%" },
    { "duplicate", true, offsetof(struct impairment, duplicate),
      "a share such as 2%" },
    { "reorder", true, offsetof(struct impairment, reorder),
      "a share such as 2%" },
    { "delay", false, offsetof(struct impairment, delay_ms),
      "a time such as 20ms" },
    { "jitter", false, offsetof(struct impairment, jitter_ms),
      "a time such as 20ms" },
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static enum status read_word(const char *word, struct impairment *impairment,
                             struct reason *reason)
{
    size_t length = strcspn(word, "=");
    unsigned value = 0;

    for (size_t i = 0; i < ROWS; i++) {
        if (word[length] != '=' || strlen(rows[i].name) != length ||
            strncmp(word, rows[i].name, length) != 0) {
            continue;
        }
        const char *text = word + length + 1;
        if (!(rows[i].is_share ? read_share(text, &value)
                               : read_ms(text, &value))) {
            return reason_set(reason, STATUS_MALFORMED,
                              "impairment: %s takes %s, not '%s'", rows[i].name,
                              rows[i].expected, text);
        }
        memcpy((char *)impairment + rows[i].offset, &value, sizeof(value));
        return STATUS_OK;
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "impairment: '%s' is none of loss=N%%, duplicate=N%%, "
                      "reorder=N%%, delay=Nms, jitter=Nms",
                      word);
}

enum status impairment_parse(const char *text,
                             struct impairment *out_impairment,
                             struct reason *reason)
{
    struct impairment impairment = { .seed = out_impairment->seed };
    enum status status = STATUS_OK;
    char word[WORD_MAX];

    for (const char *at = text; status == STATUS_OK; at++) {
        size_t length = strcspn(at, ",");
        (void)snprintf(word, sizeof(word), "%.*s", (int)length, at); /* cut */
        status = read_word(word, &impairment, reason);
        at += length;
        if (*at == '\0') {
            break;
        }
    }
    if (status == STATUS_OK) {
        *out_impairment = impairment;
    }
    return status;
}
