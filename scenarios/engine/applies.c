/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/applies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TERM_MAX = 96,
    PACKAGE_NAME_MAX = 15,
    COUNT_DIGITS_MAX = 3,
    VERSION_MAX = 7
};

enum term_kind {
    TERM_COMPONENTS,
    TERM_VERSION,
    TERM_PACKAGE,
    TERM_HOOK,
    TERM_ITEM
};

struct term {
    enum term_kind kind;
    bool is_negated;
    char text[TERM_MAX]; /**< without "not " */
    const char *name;    /**< points into `text`: what follows the keyword */
    unsigned long count; /**< TERM_COMPONENTS */
};

static const char item_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/** @return NULL, or what is expected */
static const char *read_term(const char *text, size_t length, struct term *term)
{
    static const struct {
        const char *keyword;
        enum term_kind kind;
        const char *letters; /**< of the name; NULL: all but blanks */
        size_t maximum;
        const char *expected;
    } rows[] = {
        { "components >= ", TERM_COMPONENTS, "0123456789", COUNT_DIGITS_MAX,
          "a number behind 'components >= '" },
        { "lwm2m >= ", TERM_VERSION, "0123456789.", VERSION_MAX,
          "a version such as 1.1 behind 'lwm2m >= '" },
        { "package ", TERM_PACKAGE, NULL, PACKAGE_NAME_MAX,
          "a name behind 'package '" },
        { "hook ", TERM_HOOK, item_letters, PROFILE_HOOK_NAME_MAX,
          "a name in lower case behind 'hook '" },
        { "", TERM_ITEM, item_letters, PROFILE_ITEM_NAME_MAX,
          "'components >= N', 'lwm2m >= N', 'package NAME', 'hook NAME' or an "
          "ICS item in lower case" },
    };
    size_t i = 0;

    *term = (struct term){ .is_negated = starts_with(text, "not ") };
    if (term->is_negated) {
        text += strlen("not ");
        length = length > strlen("not ") ? length - strlen("not ") : 0;
    }
    if (length >= sizeof(term->text)) {
        return "a shorter line";
    }
    memcpy(term->text, text, length);
    while (!starts_with(term->text, rows[i].keyword)) {
        i++; /* the last one fits everything */
    }
    term->kind = rows[i].kind;
    term->name = term->text + strlen(rows[i].keyword);
    size_t fitting = rows[i].letters != NULL
                         ? strspn(term->name, rows[i].letters)
                         : strcspn(term->name, " \t");
    if (fitting == 0 || fitting > rows[i].maximum ||
        term->name[fitting] != '\0') {
        return rows[i].expected;
    }
    if (term->kind == TERM_COMPONENTS) {
        term->count = strtoul(term->name, NULL, 10);
    }
    return NULL;
}

/** Read the term at `*at` and go on to the next one, NULL at the end. */
static const char *next_term(const char **at, struct term *term)
{
    static const char joint[] = " or ";
    const char *end = strstr(*at, joint);
    const char *misfit =
        read_term(*at, end != NULL ? (size_t)(end - *at) : strlen(*at), term);

    *at = end != NULL ? end + sizeof(joint) - 1 : NULL;
    return misfit;
}

const char *applies_misfit(const char *line)
{
    const char *misfit = NULL;
    struct term term;

    for (const char *at = line; at != NULL && misfit == NULL;) {
        misfit = next_term(&at, &term);
    }
    return misfit;
}

static bool has_package(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->component_count; i++) {
        if (package_set_find(profile->packages, profile->components[i].instance,
                             name) != NULL) {
            return true;
        }
    }
    return false;
}

/** "1.10" is more than "1.9". */
static bool is_at_least(const char *version, const char *least)
{
    char *version_rest = NULL;
    char *least_rest = NULL;
    unsigned long major = strtoul(version, &version_rest, 10);
    unsigned long least_major = strtoul(least, &least_rest, 10);
    unsigned long minor =
        *version_rest == '.' ? strtoul(version_rest + 1, NULL, 10) : 0;
    unsigned long least_minor =
        *least_rest == '.' ? strtoul(least_rest + 1, NULL, 10) : 0;

    return major > least_major ||
           (major == least_major && minor >= least_minor);
}

static bool term_holds(const struct term *term, const struct profile *profile,
                       const struct ics *ics)
{
    bool holds = false;
    bool is_unknown = false;
    char hook[sizeof(term->text) + sizeof("hook ")];

    switch (term->kind) {
    case TERM_COMPONENTS:
        holds = ics->instance_count >= term->count;
        is_unknown = !ics->is_known && ics->instance_count == 0;
        break;
    case TERM_VERSION:
        is_unknown = ics_value(ics, "lwm2m") == NULL;
        holds = !is_unknown && is_at_least(ics_value(ics, "lwm2m"), term->name);
        break;
    case TERM_PACKAGE:
        is_unknown = profile == NULL;
        holds = profile != NULL && has_package(profile, term->name);
        break;
    case TERM_HOOK:
        is_unknown = profile == NULL;
        (void)snprintf(hook, sizeof(hook), "hook %s", term->name); /* fits */
        holds = ics_value(ics, hook) != NULL;
        break;
    case TERM_ITEM:
        is_unknown = !ics->is_known && ics_value(ics, term->name) == NULL;
        holds = ics_holds(ics, term->name);
        break;
    }
    return is_unknown || holds != term->is_negated;
}

bool applies_holds(const char *line, const struct profile *profile,
                   const struct ics *ics)
{
    struct term term;

    for (const char *at = line; at != NULL;) {
        if (next_term(&at, &term) == NULL && term_holds(&term, profile, ics)) {
            return true;
        }
    }
    return false;
}

void applies_names(const char *line, applies_fn on_name, void *user)
{
    struct term term;

    for (const char *at = line; at != NULL;) {
        if (next_term(&at, &term) != NULL || term.is_negated) {
            continue;
        }
        switch (term.kind) {
        case TERM_PACKAGE:
            on_name(APPLIES_PACKAGE, term.name, user);
            break;
        case TERM_HOOK:
            on_name(APPLIES_HOOK, term.name, user);
            break;
        case TERM_ITEM:
            on_name(APPLIES_ITEM, term.name, user);
            break;
        case TERM_COMPONENTS:
        case TERM_VERSION:
            break;
        }
    }
}
