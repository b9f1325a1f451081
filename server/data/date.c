/* SPDX-License-Identifier: Apache-2.0 */
#include "server/data/date.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 60 * MINUTE_S,
    DAY_S = 24 * HOUR_S,
    DAYS_TO_1970 = 719528, /* from 0000-01-01, Gregorian throughout */
};

/** Text that is not yet read. */
struct reader {
    const char *text;
    size_t length;
};

/** Exactly `count` digits. */
static bool take_number(struct reader *reader, size_t count, int *out_number)
{
    int number = 0;

    if (reader->length < count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char digit = reader->text[i];
        if (digit < '0' || digit > '9') {
            return false;
        }
        number = number * 10 + (digit - '0');
    }
    reader->text += count;
    reader->length -= count;
    *out_number = number;
    return true;
}

static bool take_letter(struct reader *reader, char letter)
{
    if (reader->length == 0 || reader->text[0] != letter) {
        return false;
    }
    reader->text++;
    reader->length--;
    return true;
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_of_month(int year, int month)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

/** Days from 1970-01-01 to the date; false when there is no such day. */
static bool take_day(struct reader *reader, int64_t *out_days)
{
    int year = 0;
    int month = 0;
    int day = 0;

    if (!take_number(reader, 4, &year) || !take_letter(reader, '-') ||
        !take_number(reader, 2, &month) || !take_letter(reader, '-') ||
        !take_number(reader, 2, &day) || month < 1 || month > 12 || day < 1 ||
        day > days_of_month(year, month)) {
        return false;
    }
    /* Leap years before this one: those from 0000 on, which is one. */
    int leap = year == 0
                   ? 0
                   : (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1;
    int64_t days = (int64_t)year * 365 + leap + day - 1 - DAYS_TO_1970;
    for (int i = 1; i < month; i++) {
        days += days_of_month(year, i);
    }
    *out_days = days;
    return true;
}

/** "10:40:15", with a fraction that is 0 or none. */
static bool take_time(struct reader *reader, int64_t *out_s)
{
    int hour = 0;
    int minute = 0;
    int second = 0;

    if (!take_number(reader, 2, &hour) || !take_letter(reader, ':') ||
        !take_number(reader, 2, &minute) || !take_letter(reader, ':') ||
        !take_number(reader, 2, &second) || hour > 23 || minute > 59 ||
        second > 60) {
        return false;
    }
    if (take_letter(reader, '.')) {
        if (!take_letter(reader, '0')) {
            return false;
        }
        while (take_letter(reader, '0')) {
        }
    }
    *out_s = (int64_t)hour * HOUR_S + (int64_t)minute * MINUTE_S + second;
    return true;
}

/** "Z", or "+02:00": how far the clock is ahead of UTC. */
static bool take_offset(struct reader *reader, int64_t *out_s)
{
    int hour = 0;
    int minute = 0;

    if (take_letter(reader, 'Z') || take_letter(reader, 'z')) {
        *out_s = 0;
        return true;
    }
    bool is_behind = take_letter(reader, '-');
    if ((!is_behind && !take_letter(reader, '+')) ||
        !take_number(reader, 2, &hour) || !take_letter(reader, ':') ||
        !take_number(reader, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    *out_s = (int64_t)hour * HOUR_S + (int64_t)minute * MINUTE_S;
    *out_s = is_behind ? -*out_s : *out_s;
    return true;
}

bool date_parse(const char *text, size_t length, int64_t *out_s)
{
    struct reader reader = { text, length };
    int64_t days = 0;
    int64_t time_s = 0;
    int64_t offset_s = 0;

    if (!take_day(&reader, &days) ||
        (!take_letter(&reader, 'T') && !take_letter(&reader, 't')) ||
        !take_time(&reader, &time_s) || !take_offset(&reader, &offset_s) ||
        reader.length > 0) {
        return false;
    }
    *out_s = days * DAY_S + time_s - offset_s;
    return true;
}
