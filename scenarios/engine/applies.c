/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/applies.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/ics_items.h"

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
    TERM_VALUE,
    TERM_ITEM
};

struct term {
    enum term_kind kind;
    bool is_negated;
    char text[TERM_MAX]; /**< without "not " */
    const char *name;    /**< points into `text`: what follows the keyword */
    const char *value;   /**< TERM_VALUE: points into `text` */
    unsigned long count; /**< TERM_COMPONENTS */
};

/** Why lines hold or not, one behind the other. */
struct reasons {
    char *text;
    size_t size;
    size_t used;
};

static const char item_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/** "enc = required": cut in two. @return false when it is no such term */
static bool split_value(struct term *term)
{
    static const char mark[] = " = ";
    char *found = strstr(term->text, mark);

    if (found == NULL) {
        return false;
    }
    *found = '\0';
    term->kind = TERM_VALUE;
    term->name = term->text;
    term->value = found + sizeof(mark) - 1;
    return true;
}

/** Whether an item, and its value, are ones that a profile can have.
 *  @return NULL, or what is expected */
static const char *check_item(const struct term *term)
{
    const struct ics_type *type = ics_type(term->name);

    if (type == NULL) {
        return "an ICS item of docs/profile.md (one of your own begins with "
               "'" ICS_OWN "')";
    }
    for (size_t i = 0; term->value != NULL &&
                       i < sizeof(type->words) / sizeof(type->words[0]);
         i++) {
        if (type->words[i] != NULL &&
            strcmp(type->words[i], term->value) == 0) {
            return NULL;
        }
    }
    return term->value == NULL || type->words[0] == NULL
               ? NULL
               : "a value that the ICS item can have behind ' = '";
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
          "'components >= N', 'lwm2m >= N', 'package NAME', 'hook NAME', an "
          "ICS item in lower case or 'ITEM = VALUE'" },
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
    if (split_value(term)) {
        return check_item(term);
    }
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
    return term->kind == TERM_ITEM ? check_item(term) : NULL;
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

/** Append to the reason; what does not fit is cut. */
static void say(struct reasons *reasons, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct reasons *reasons, const char *format, ...)
{
    va_list arguments;

    if (reasons->used >= reasons->size) {
        return;
    }
    va_start(arguments, format);
    int length = vsnprintf(reasons->text + reasons->used,
                           reasons->size - reasons->used, format, arguments);
    va_end(arguments);
    reasons->used += length > 0 ? (size_t)length : 0;
}

static const char not_looked[] = "not known before the device was looked at";

static enum applies_state state_of(bool holds)
{
    return holds ? APPLIES_HOLDS : APPLIES_FAILS;
}

static enum applies_state judge_components(const struct term *term,
                                           const struct ics *ics,
                                           struct reasons *reasons)
{
    if (!ics->is_known && ics->instance_count == 0) {
        say(reasons, "%s", not_looked);
        return APPLIES_UNKNOWN;
    }
    say(reasons, "%zu component%s", ics->instance_count,
        ics->instance_count == 1 ? "" : "s");
    return state_of(ics->instance_count >= term->count);
}

static enum applies_state judge_package(const struct term *term,
                                        const struct profile *profile,
                                        struct reasons *reasons)
{
    bool has = false;

    if (profile == NULL) {
        say(reasons, "there is no profile");
        return APPLIES_UNKNOWN;
    }
    for (size_t i = 0; i < profile->component_count; i++) {
        const struct profile_component *row = &profile->components[i];
        if (package_set_find(profile->packages, row->instance, term->name) !=
            NULL) {
            say(reasons, "%s%s", has ? ", " : "", row->name);
            has = true;
        }
    }
    say(reasons,
        has ? " of the profile" : "no component of the profile has it");
    return state_of(has);
}

static enum applies_state judge_hook(const struct term *term,
                                     const struct profile *profile,
                                     const struct ics *ics,
                                     struct reasons *reasons)
{
    char hook[sizeof(term->text) + sizeof("hook ")];

    if (profile == NULL) {
        say(reasons, "there is no profile");
        return APPLIES_UNKNOWN;
    }
    (void)snprintf(hook, sizeof(hook), "hook %s", term->name); /* fits */
    bool can = ics_value(ics, hook) != NULL;
    say(reasons, "%s",
        can ? "\"control\" of the profile has it"
        : profile_hook(profile, term->name) != NULL
            ? "\"control\" of the profile has it for a device that assay "
              "starts"
            : "\"control\" of the profile has none");
    return state_of(can);
}

/** An item, its value, or the version. */
static enum applies_state judge_item(const struct term *term,
                                     const struct ics *ics,
                                     struct reasons *reasons)
{
    static const char *const hows[] = { [ICS_DEFAULT] =
                                            "/ics does not declare it, so ",
                                        [ICS_DETECTED] = "detected: ",
                                        [ICS_DECLARED] = "/ics declares: " };
    const char *name = term->kind == TERM_VERSION ? "lwm2m" : term->name;
    const struct ics_item *item = ics_item(ics, name);

    if (item == NULL) {
        bool is_known = ics->is_known && term->kind != TERM_VERSION;
        say(reasons, "%s",
            is_known ? "the device was not seen to have it" : not_looked);
        return is_known ? APPLIES_FAILS : APPLIES_UNKNOWN;
    }
    const struct ics_type *type = ics_type(name);
    if (type != NULL && type->elsewhere != NULL) {
        say(reasons, "%s, which is said by %s", item->value, type->elsewhere);
    } else {
        say(reasons, "%s%s", hows[item->how], item->value);
    }
    switch (term->kind) {
    case TERM_VERSION:
        return state_of(is_at_least(item->value, term->name));
    case TERM_VALUE:
        return state_of(strcmp(item->value, term->value) == 0);
    default:
        return state_of(ics_value_holds(name, item->value));
    }
}

static enum applies_state judge_term(const struct term *term,
                                     const struct profile *profile,
                                     const struct ics *ics,
                                     struct reasons *reasons)
{
    enum applies_state state = APPLIES_UNKNOWN;

    switch (term->kind) {
    case TERM_COMPONENTS:
        state = judge_components(term, ics, reasons);
        break;
    case TERM_PACKAGE:
        state = judge_package(term, profile, reasons);
        break;
    case TERM_HOOK:
        state = judge_hook(term, profile, ics, reasons);
        break;
    case TERM_VERSION:
    case TERM_VALUE:
    case TERM_ITEM:
        state = judge_item(term, ics, reasons);
        break;
    }
    return state == APPLIES_UNKNOWN || !term->is_negated ? state
           : state == APPLIES_HOLDS                      ? APPLIES_FAILS
                                                         : APPLIES_HOLDS;
}

enum applies_state applies_explain(const char *line,
                                   const struct profile *profile,
                                   const struct ics *ics, char *out_why,
                                   size_t size)
{
    enum applies_state best = APPLIES_FAILS;
    struct reasons reasons = { out_why, size, 0 };
    struct term term;

    if (size > 0) {
        out_why[0] = '\0';
    }
    for (const char *at = line; at != NULL;) {
        if (next_term(&at, &term) != NULL) {
            continue;
        }
        say(&reasons, "%s", reasons.used > 0 ? "; " : "");
        enum applies_state state = judge_term(&term, profile, ics, &reasons);
        best = state > best ? state : best;
    }
    return best;
}

bool applies_holds(const char *line, const struct profile *profile,
                   const struct ics *ics)
{
    return applies_explain(line, profile, ics, NULL, 0) != APPLIES_FAILS;
}

bool applies_denies(const char *const *lines, const char *item)
{
    while (*lines != NULL &&
           (strncmp(*lines, "not ", 4) != 0 || strcmp(*lines + 4, item) != 0)) {
        lines++;
    }
    return *lines != NULL;
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
        case TERM_VALUE:
        case TERM_ITEM:
            on_name(APPLIES_ITEM, term.name, user);
            break;
        case TERM_COMPONENTS:
        case TERM_VERSION:
            break;
        }
    }
}
