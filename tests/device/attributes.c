/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/attributes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 32 };

enum form { FORM_SECONDS, FORM_DECIMAL, FORM_BIT };

static const struct {
    const char *name;
    unsigned since;
    enum form form;
    bool is_numeric; /* for numbers, at a Resource or its Instance */
    bool is_boolean; /* the same for Booleans */
} rows[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_PMIN] = { "pmin", 10, FORM_SECONDS, false, false },
    [ATTRIBUTE_PMAX] = { "pmax", 10, FORM_SECONDS, false, false },
    [ATTRIBUTE_GT] = { "gt", 10, FORM_DECIMAL, true, false },
    [ATTRIBUTE_LT] = { "lt", 10, FORM_DECIMAL, true, false },
    [ATTRIBUTE_ST] = { "st", 10, FORM_DECIMAL, true, false },
    [ATTRIBUTE_EPMIN] = { "epmin", 11, FORM_SECONDS, false, false },
    [ATTRIBUTE_EPMAX] = { "epmax", 11, FORM_SECONDS, false, false },
    [ATTRIBUTE_EDGE] = { "edge", 12, FORM_BIT, false, true },
    [ATTRIBUTE_CON] = { "con", 12, FORM_BIT, false, false },
    [ATTRIBUTE_HQMAX] = { "hqmax", 12, FORM_SECONDS, false, false },
};

bool attributes_have(const struct attributes *attributes, enum attribute which)
{
    return (attributes->has & 1u << which) != 0;
}

static bool is_applicable(enum attribute which,
                          const struct attribute_target *target)
{
    bool is_low = target->depth >= 3;

    return target->version >= rows[which].since && target->is_readable &&
           (target->depth < 4 || target->version >= 11) &&
           (!rows[which].is_numeric || (is_low && target->is_numeric)) &&
           (!rows[which].is_boolean || (is_low && target->is_boolean));
}

/** Digits, for decimals also a sign and a point between digits. */
static bool has_form(const char *text, enum form form)
{
    const char *at = text;

    if (form == FORM_BIT) {
        return strcmp(text, "0") == 0 || strcmp(text, "1") == 0;
    }
    at += form == FORM_DECIMAL && *at == '-' ? 1 : 0;
    size_t digits = strspn(at, "0123456789");
    at += digits;
    if (form == FORM_DECIMAL && digits > 0 && *at == '.') {
        digits = strspn(++at, "0123456789");
        at += digits;
    }
    return digits > 0 && *at == '\0';
}

static bool read_number(const char *text, size_t length, enum attribute which,
                        double *out_number)
{
    char copy[NUMBER_SIZE];

    if (length >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (strlen(copy) != length || !has_form(copy, rows[which].form)) {
        return false;
    }
    *out_number = strtod(copy, NULL);
    return (rows[which].form != FORM_SECONDS || *out_number <= UINT32_MAX) &&
           (which != ATTRIBUTE_ST || *out_number >= 0);
}

bool attributes_take(struct attributes *attributes, const char *text,
                     size_t length, const struct attribute_target *target)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals != NULL ? (size_t)(equals - text) : length;
    double number = 0;

    for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
        enum attribute which = (enum attribute)i;
        if (strlen(rows[i].name) != name_length ||
            strncmp(rows[i].name, text, name_length) != 0) {
            continue;
        }
        if (!is_applicable(which, target)) {
            return false;
        }
        if (equals == NULL) {
            attributes->has &= ~(1u << i);
            return true;
        }
        if (!read_number(equals + 1, length - name_length - 1, which,
                         &number)) {
            return false;
        }
        attributes->has |= 1u << i;
        attributes->values[i] = number;
        return true;
    }
    return false;
}

bool attributes_agree(const struct attributes *attributes)
{
    const double *values = attributes->values;
    bool both = attributes_have(attributes, ATTRIBUTE_GT) &&
                attributes_have(attributes, ATTRIBUTE_LT);
    double step =
        attributes_have(attributes, ATTRIBUTE_ST) ? values[ATTRIBUTE_ST] : 0;
    bool periods = attributes_have(attributes, ATTRIBUTE_EPMIN) &&
                   attributes_have(attributes, ATTRIBUTE_EPMAX);

    return (!both || values[ATTRIBUTE_LT] + 2 * step < values[ATTRIBUTE_GT]) &&
           (!periods || values[ATTRIBUTE_EPMIN] < values[ATTRIBUTE_EPMAX]);
}

void attributes_text(const struct attributes *attributes,
                     char buffer[ATTRIBUTES_TEXT_SIZE])
{
    size_t used = 0;

    buffer[0] = '\0';
    for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (attributes_have(attributes, (enum attribute)i)) {
            int length = snprintf(buffer + used, ATTRIBUTES_TEXT_SIZE - used,
                                  ";%s=%.10g", rows[i].name,
                                  attributes->values[i]); /* fits */
            used += length > 0 ? (size_t)length : 0;
        }
    }
}

static const struct attribute_row *find(const struct attribute_table *table,
                                        const struct lwm2m_path *path)
{
    for (size_t i = 0; i < table->count; i++) {
        if (lwm2m_path_equal(&table->rows[i].path, path)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

struct attributes attribute_table_at(const struct attribute_table *table,
                                     const struct lwm2m_path *path)
{
    const struct attribute_row *row = find(table, path);

    return row != NULL ? row->attributes : (struct attributes){ .has = 0 };
}

static void remove_row(struct attribute_table *table, size_t index)
{
    table->count--;
    memmove(&table->rows[index], &table->rows[index + 1],
            (table->count - index) * sizeof(table->rows[0]));
}

bool attribute_table_put(struct attribute_table *table,
                         const struct lwm2m_path *path,
                         const struct attributes *attributes)
{
    for (size_t i = 0; i < table->count; i++) {
        if (lwm2m_path_equal(&table->rows[i].path, path)) {
            remove_row(table, i);
            break;
        }
    }
    if (attributes->has == 0) {
        return true;
    }
    if (table->count == ATTRIBUTE_PATHS_MAX) {
        return false;
    }
    table->rows[table->count++] =
        (struct attribute_row){ .path = *path, .attributes = *attributes };
    return true;
}

struct attributes attribute_table_effective(const struct attribute_table *table,
                                            const struct lwm2m_path *path)
{
    struct attributes effective = { .has = 0 };
    struct lwm2m_path level = *path;

    for (level.depth = 1; level.depth <= path->depth; level.depth++) {
        struct lwm2m_path cut = { .depth = level.depth };
        memcpy(cut.ids, path->ids, level.depth * sizeof(cut.ids[0]));
        struct attributes own = attribute_table_at(table, &cut);
        for (int i = 0; i < ATTRIBUTE_COUNT; i++) {
            if (attributes_have(&own, (enum attribute)i)) {
                effective.has |= 1u << i;
                effective.values[i] = own.values[i];
            }
        }
    }
    return effective;
}

void attribute_table_drop(struct attribute_table *table,
                          const struct lwm2m_path *path)
{
    for (size_t i = table->count; i-- > 0;) {
        if (lwm2m_path_is_within(&table->rows[i].path, path)) {
            remove_row(table, i);
        }
    }
}
