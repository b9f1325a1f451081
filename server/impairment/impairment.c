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

/** "600": bytes of a datagram. */
static bool read_size(const char *text, unsigned *out_size)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 5 || text[digits] != '\0') {
        return false;
    }
    *out_size = (unsigned)strtoul(text, NULL, 10);
    return *out_size > 0 && *out_size <= UINT16_MAX;
}

/** "4": one more bit. */
static bool read_flight(const char *text, unsigned *out_flights)
{
    if (text[0] < '1' || text[0] > '0' + RELAY_FLIGHTS || text[1] != '\0') {
        return false;
    }
    *out_flights |= 1u << (text[0] - '0');
    return true;
}

static const struct {
    const char *name;
    bool (*read)(const char *text, unsigned *out_value);
    size_t offset;
    const char *expected;
} rows[] = {
    { "loss", read_share, offsetof(struct impairment, loss),
      "a share such as 2%" },
    { "duplicate", read_share, offsetof(struct impairment, duplicate),
      "a share such as 2%" },
    { "reorder", read_share, offsetof(struct impairment, reorder),
      "a share such as 2%" },
    { "delay", read_ms, offsetof(struct impairment, delay_ms),
      "a time such as 20ms" },
    { "jitter", read_ms, offsetof(struct impairment, jitter_ms),
      "a time such as 20ms" },
    { "size", read_size, offsetof(struct impairment, size),
      "bytes from 1 to 65535" },
    { "drop-flight", read_flight, offsetof(struct impairment, drop_flights),
      "a flight from 1 to 6" },
    { "damage-flight", read_flight, offsetof(struct impairment, damage_flights),
      "a flight from 1 to 6" },
    { "repeat-flight", read_flight, offsetof(struct impairment, repeat_flights),
      "a flight from 1 to 6" },
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
        char *place = (char *)impairment + rows[i].offset;
        memcpy(&value, place, sizeof(value));
        if (!rows[i].read(text, &value)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "impairment: %s takes %s, not '%s'", rows[i].name,
                              rows[i].expected, text);
        }
        memcpy(place, &value, sizeof(value));
        return STATUS_OK;
    }
    return reason_set(reason, STATUS_MALFORMED,
                      "impairment: '%s' is none of %s", word, IMPAIRMENT_WORDS);
}

enum status impairment_parse(const char *text,
                             struct impairment *out_impairment,
                             struct reason *reason)
{
    struct impairment impairment = { .seed = out_impairment->seed };
    enum status status = STATUS_OK;
    char word[WORD_MAX];

    if (strcmp(text, "none") == 0) {
        *out_impairment = impairment;
        return STATUS_OK;
    }
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
