/* SPDX-License-Identifier: Apache-2.0 */

/* A profile with comments, for people to go on with. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/applies.h"
#include "scenarios/engine/ics_items.h"
#include "scenarios/engine/probe.h"
#include "scenarios/engine/results.h"

enum {
    NAMES_MAX = 128, /* packages, hooks and items that cases name */
    GROUPS_MAX = 24,
};

/** A name that cases ask for, and the groups of those cases. */
struct wanted {
    const char *name; /* owned */
    enum applies_kind kind;
    const char *groups[GROUPS_MAX]; /* of the catalogue */
    size_t group_count;
};

struct survey {
    struct wanted rows[NAMES_MAX];
    size_t count;
    const char *group; /* of the case that is looked at */
};

/* Text. */

/** The next character of UTF-8; what is none is U+FFFD. */
static uint32_t next_character(const unsigned char **at)
{
    static const struct {
        unsigned char mask;
        unsigned char lead;
        unsigned more;
        uint32_t least;
    } forms[] = { { 0x80, 0x00, 0, 0 },
                  { 0xe0, 0xc0, 1, 0x80 },
                  { 0xf0, 0xe0, 2, 0x800 },
                  { 0xf8, 0xf0, 3, 0x10000 } };
    const unsigned char *text = *at;

    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        if ((*text & forms[i].mask) != forms[i].lead) {
            continue;
        }
        uint32_t code = *text & (unsigned char)~forms[i].mask;
        unsigned seen = 0;
        while (seen < forms[i].more && (text[seen + 1] & 0xc0) == 0x80) {
            code = code << 6 | (text[++seen] & 0x3fu);
        }
        const bool is_one = seen == forms[i].more && code >= forms[i].least &&
                            code <= 0x10ffff &&
                            !(code >= 0xd800 && code <= 0xdfff);
        *at = text + (is_one ? seen + 1 : 1);
        return is_one ? code : 0xfffd;
    }
    *at = text + 1;
    return 0xfffd;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    while (*at != '\0') {
        const unsigned char *before = at;
        if (next_character(&at) == 0xfffd && *before != 0xef) {
            return false;
        }
    }
    return true;
}

/** As a JSON string in ASCII: nothing in it ends a comment or reaches a
 *  terminal as more than text. */
static void put_string(FILE *stream, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;

    fputc('"', stream);
    while (*at != '\0') {
        const uint32_t code = next_character(&at);
        if (code == '"' || code == '\\') {
            fprintf(stream, "\\%c", (char)code);
        } else if (code >= 0x20 && code < 0x7f) {
            fputc((int)code, stream);
        } else if (code < 0x10000) {
            fprintf(stream, "\\u%04" PRIx32, code);
        } else {
            fprintf(stream, "\\u%04" PRIx32 "\\u%04" PRIx32,
                    0xd800 + ((code - 0x10000) >> 10),
                    0xdc00 + ((code - 0x10000) & 0x3ff));
        }
    }
    fputc('"', stream);
}

/* What cases ask for. */

static void note_name(enum applies_kind kind, const char *name, void *user)
{
    struct survey *survey = user;
    size_t i = 0;

    while (i < survey->count && (survey->rows[i].kind != kind ||
                                 strcmp(survey->rows[i].name, name) != 0)) {
        i++;
    }
    if (i == NAMES_MAX) {
        return; /* the profile's description has them all */
    }
    struct wanted *row = &survey->rows[i];
    if (i == survey->count) {
        char *copy = strdup(name);
        if (copy == NULL) {
            return;
        }
        *row = (struct wanted){ .name = copy, .kind = kind };
        survey->count++;
    }
    for (size_t j = 0; j < row->group_count; j++) {
        if (strcmp(row->groups[j], survey->group) == 0) {
            return;
        }
    }
    if (row->group_count < GROUPS_MAX) {
        row->groups[row->group_count++] = survey->group;
    }
}

static void take_survey(const struct catalogue *catalogue,
                        struct survey *survey)
{
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct test_case *row = catalogue_at(catalogue, i);
        survey->group = row->group;
        for (size_t j = 0; row->applies[j] != NULL; j++) {
            applies_names(row->applies[j], note_name, survey);
        }
    }
}

static void release_survey(struct survey *survey)
{
    for (size_t i = 0; i < survey->count; i++) {
        free((char *)(uintptr_t)survey->rows[i].name);
    }
}

static void put_groups(FILE *stream, const struct wanted *row)
{
    for (size_t i = 0; i < row->group_count; i++) {
        fprintf(stream, "%s%s", i > 0 ? ", " : "", row->groups[i]);
    }
}

/* The members. */

static void put_endpoint(FILE *stream, const struct probe *probe)
{
    if (is_utf8(probe->endpoint)) {
        fputs("  \"endpoint\": ", stream);
        put_string(stream, probe->endpoint);
        fputs(",\n", stream);
        return;
    }
    fputs("  // The endpoint name is not UTF-8, which JSON must be: ", stream);
    put_string(stream, probe->endpoint);
    fputs("\n  // Without \"endpoint\" the first device that registers is "
          "taken.\n",
          stream);
}

static void put_security(FILE *stream, const cJSON *security)
{
    char *text = security != NULL ? cJSON_PrintUnformatted(security) : NULL;

    if (text != NULL) {
        fprintf(stream, "  \"security\": %s,\n", text);
    } else {
        fputs("  // \"security\": { \"mode\": \"psk\", \"identity\": \"ID\", "
              "\"key-file\": \"device.key\" },\n",
              stream);
    }
    cJSON_free(text);
}

static void put_seen(FILE *stream, const struct probe_component *row)
{
    fputs("  //", stream);
    if (row->label != NULL) {
        fputs(" name ", stream);
        put_string(stream, row->label);
        fputc(',', stream);
    }
    fputs(" version ", stream);
    put_string(stream, row->version != NULL ? row->version : "");
    if (row->version == NULL) {
        fputs(" (there is no resource 15)", stream);
    }
    if (row->state >= 0 && row->result >= 0) {
        fprintf(stream, ", State %lld, Update Result %lld", row->state,
                row->result);
    }
    fputc('\n', stream);
}

static void put_components(FILE *stream, const struct probe *probe)
{
    fputs("  \"components\": {", stream);
    if (probe->component_count == 0) {
        fputs("\n    // The registration lists no instance of /33629.\n  },\n",
              stream);
        return;
    }
    fputs("\n    // The names are yours to choose. \"main\" is the one whose "
          "version /3/0/3 shows",
          stream);
    if (probe->firmware != NULL) {
        fputs(":\n    // it shows ", stream);
        put_string(stream, probe->firmware);
    }
    fputs(".\n", stream);
    for (size_t i = 0; i < probe->component_count; i++) {
        const struct probe_component *row = &probe->components[i];
        fputs("    ", stream);
        put_string(stream, row->name);
        fprintf(stream, ": { \"instance\": %u, \"role\": \"%s\" }%s",
                row->instance, row->is_main ? "main" : "dependency",
                i + 1 < probe->component_count ? "," : "");
        put_seen(stream, row);
    }
    fputs("  },\n", stream);
}

/** What packages have in common: how a profile gives them. */
enum package_section {
    SECTION_FIRST,
    SECTION_GOOD,
    SECTION_NEEDS,
    SECTION_SEVERAL,
    SECTION_BAD,
    SECTION_ENCRYPTED,
    SECTION_MADE,
    SECTION_OWN, /* what only cases of the user's ask for */
    SECTION_COUNT
};

static const char *const section_titles[SECTION_COUNT] = {
    [SECTION_FIRST] = "Begin with this one, which most cases need:",
    [SECTION_GOOD] =
        "Others that are good: { \"file\": \"FILE\", \"version\": \"VERSION\" }",
    [SECTION_NEEDS] = "About another component: the same, with \"requires\": { "
                      "\"OTHER\": \"2.0\" }, or \"links\": [\"OTHER\"]",
    [SECTION_SEVERAL] = "For several components: { \"file\": \"FILE\", "
                        "\"contains\": [\"THIS\", \"OTHER\"] }",
    [SECTION_BAD] = "That the device must not keep: { \"file\": \"FILE\" }",
    [SECTION_ENCRYPTED] = "Encrypted ones, and their defects:",
    [SECTION_MADE] = "Assay makes these, from G or at random; null takes one "
                     "away:",
    [SECTION_OWN] = "Cases of yours ask for:",
};

/** What a package is for, in the words of docs/profile.md and in its order. */
static const struct {
    const char *name;
    enum package_section section;
    const char *remark;
} packages[] = {
    { "G", SECTION_FIRST, "newer than what runs" },
    { "G'", SECTION_GOOD, "newer than what runs, another one than G" },
    { "OLD", SECTION_GOOD, "older than what runs" },
    { "SV", SECTION_GOOD, "the version that runs" },
    { "SMALL", SECTION_GOOD, "so small that it fits one message" },
    { "GV1", SECTION_GOOD, "with another version text" },
    { "GV2", SECTION_GOOD, "its version text newer and shorter than GV1's" },
    { "DEP", SECTION_NEEDS, "requires a newer OTHER" },
    { "STALE", SECTION_NEEDS, "newer, yet older than a DEP of OTHER requires" },
    { "REV", SECTION_NEEDS, "requires the main one, whose DEP requires this" },
    { "DEPMAIN", SECTION_NEEDS,
      "of another than the main one, and requires it" },
    { "LNK", SECTION_NEEDS, "links OTHER: to be updated together" },
    { "M", SECTION_SEVERAL, "for this and another one" },
    { "MREV", SECTION_SEVERAL, "the same, in the other order" },
    { "MALL", SECTION_SEVERAL, "for all components" },
    { "MBAD", SECTION_SEVERAL, "M with a corrupt part of OTHER" },
    { "MREVBAD", SECTION_SEVERAL, "MREV with a corrupt part of OTHER" },
    { "FAILI", SECTION_BAD, "taken at download, fails at installation" },
    { "FAILC", SECTION_BAD,
      "taken at download, fails an integrity check later" },
    { "FAILB", SECTION_BAD, "installed, but its image does not come up" },
    { "BIG", SECTION_BAD, "larger than the device's storage" },
    { "NORAM", SECTION_BAD, "uses up the RAM; a hook may see to that" },
    { "HDR", SECTION_BAD, "G with a damaged header" },
    { "FOREIGN", SECTION_BAD, "G with an unknown type or format mark" },
    { "SIGNER", SECTION_BAD, "G, signed with a key that it does not know" },
    { "OLDCNT", SECTION_BAD, "newer, with a lower security counter" },
    { "E", SECTION_ENCRYPTED, "G, encrypted for the device" },
    { "EOLD", SECTION_ENCRYPTED, "OLD, encrypted for the device" },
    { "ENEW", SECTION_ENCRYPTED, "E with the key after hook rotate-key" },
    { "EK", SECTION_ENCRYPTED, "E with a wrong key" },
    { "ET", SECTION_ENCRYPTED, "E with a changed ciphertext" },
    { "EA", SECTION_ENCRYPTED, "E with a changed authentication tag" },
    { "EN", SECTION_ENCRYPTED, "E with a changed nonce" },
    { "ESWAP", SECTION_ENCRYPTED, "E with two blocks of 4 KiB exchanged" },
    { "ETRUNC", SECTION_ENCRYPTED, "E, cut before the tag" },
    { "EP", SECTION_ENCRYPTED, "a header of encryption before a plain body" },
    { "PLAIN", SECTION_ENCRYPTED, "E in plaintext, well signed" },
    { "BAD", SECTION_MADE, "G with a flipped bit" },
    { "TRUNC", SECTION_MADE, "G, cut at half" },
    { "APPEND", SECTION_MADE, "G with 16 bytes more" },
    { "FLIP", SECTION_MADE, "G with one flipped bit, each time another one" },
    { "JUNK", SECTION_MADE, "4 KiB of random bytes" },
    { "SHORT", SECTION_MADE, "3 bytes" },
};

/** One line: name, what it is, and whose cases need it, "PSH ITG". */
static void put_package(FILE *stream, const struct wanted *row,
                        const char *remark)
{
    fprintf(stream, "  //   %-8s %-49s", row->name, remark);
    for (size_t i = 0; i < row->group_count; i++) {
        const char *group = row->groups[i];
        bool is_usual = strncmp(group, "AFU-", 4) == 0;
        fprintf(stream, " %s", is_usual ? group + 4 : group);
    }
    fputc('\n', stream);
}

static const struct wanted *find_wanted(const struct survey *survey,
                                        const char *name)
{
    for (size_t i = 0; i < survey->count; i++) {
        if (survey->rows[i].kind == APPLIES_PACKAGE &&
            strcmp(survey->rows[i].name, name) == 0) {
            return &survey->rows[i];
        }
    }
    return NULL;
}

static bool is_known_package(const char *name)
{
    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        if (strcmp(packages[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void put_title(FILE *stream, enum package_section section, bool *has)
{
    if (!*has) {
        fprintf(stream, "  //\n  // %s\n", section_titles[section]);
        *has = true;
    }
}

static void put_section(FILE *stream, const struct survey *survey,
                        enum package_section section)
{
    bool has_title = false;

    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        const struct wanted *row = packages[i].section == section
                                       ? find_wanted(survey, packages[i].name)
                                       : NULL;
        if (row != NULL) {
            put_title(stream, section, &has_title);
            put_package(stream, row, packages[i].remark);
        }
    }
    for (size_t i = 0; section == SECTION_OWN && i < survey->count; i++) {
        const struct wanted *row = &survey->rows[i];
        if (row->kind == APPLIES_PACKAGE && !is_known_package(row->name)) {
            put_title(stream, section, &has_title);
            put_package(stream, row, "");
        }
    }
}

static void put_packages(FILE *stream, const struct probe *probe,
                         const struct survey *survey)
{
    fputs("  // Packages, by the names that the cases use, with the groups of "
          "those cases\n  // (PSH is AFU-PSH). Without a package its cases do "
          "not apply. FILE is relative to\n  // this file, VERSION is what "
          "resource 15 shows after the update.\n",
          stream);
    for (int i = 0; i < SECTION_COUNT; i++) {
        put_section(stream, survey, (enum package_section)i);
    }
    fputs("  \"packages\": {", stream);
    for (size_t i = 0; i < probe->component_count; i++) {
        fputs(i > 0 ? ",\n    " : "\n    ", stream);
        put_string(stream, probe->components[i].name);
        fputs(": {\n      // \"G\": { \"file\": \"good.bin\", \"version\": "
              "\"1.1\" },\n    }",
              stream);
    }
    fputs(probe->component_count > 0 ? "\n  },\n" : " },\n", stream);
}

/** From what the look detects an item; docs/profile.md has the same. */
static const char *source_of(const char *item)
{
    static const char *const sources[][2] = {
        { "obj", "registration" },
        { "obj5", "registration" },
        { "ninst", "registration" },
        { "lwm2m", "registration" },
        { "object-16", "registration" },
        { "ipv6", "the address it registered from" },
        { "proto", "resource 8" },
        { "protocols", "resource 8" },
        { "coap", "resource 8" },
        { "coaps", "resource 8" },
        { "http", "resource 8" },
        { "https", "resource 8" },
        { "coap-tcp", "resource 8" },
        { "coaps-tcp", "resource 8" },
        { "queue-mode", "registration" },
        { "push", "resource 9" },
        { "pull", "resource 9" },
        { "pkgname", "Discover: resource 6" },
        { "pkgver", "Discover: resource 7" },
        { "cancel", "Discover: resource 10" },
        { "sev", "Discover: resource 11" },
        { "lsct", "Discover: resource 12" },
        { "mdp", "Discover: resource 13" },
        { "link", "Discover: resource 16" },
        { "conf", "Discover: resource 17" },
        { "send", "Discover: /1/x/23" },
        { "composite", "a Read-Composite" },
        { "discover-depth", "a Discover with depth=0" },
    };

    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (strcmp(item, sources[i][0]) == 0) {
            return sources[i][1];
        }
    }
    return strncmp(item, "format-", strlen("format-")) == 0
               ? "a Read in that format"
           : strncmp(item, "resource-", strlen("resource-")) == 0 ? "Discover"
                                                                  : "the look";
}

/** A value as the profile has it: true and 3 without quotation marks. */
static void put_value(FILE *stream, const struct ics_type *type,
                      const char *value)
{
    if (type->values == ICS_BOOL || type->values == ICS_NUMBER ||
        type->values == ICS_INSTANCE) {
        fputs(value, stream);
    } else {
        put_string(stream, value);
    }
}

static bool is_how(const struct probe *probe, const char *item, const char *how)
{
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(probe->ics, "how"), item));

    return found != NULL && strcmp(found, how) == 0;
}

static void put_detected(FILE *stream, const struct probe *probe)
{
    const cJSON *item = NULL;

    fputs("    // Detected, and by what; to override an item, declare it.\n",
          stream);
    cJSON_ArrayForEach(item,
                       cJSON_GetObjectItemCaseSensitive(probe->ics, "items"))
    {
        const struct ics_type *type = ics_type(item->string);
        if (type == NULL || type->elsewhere != NULL ||
            !is_how(probe, item->string, "detected")) {
            continue;
        }
        fputs("    //   ", stream);
        put_string(stream, item->string);
        fputs(": ", stream);
        put_value(stream, type, item->valuestring);
        fprintf(stream, ", // %s\n", source_of(item->string));
    }
}

/** An item to declare: true, or the first of its other values. */
static void put_item(FILE *stream, const struct wanted *row,
                     const struct ics_type *type)
{
    fprintf(stream, "    //   \"%s\": ", row->name);
    switch (type->values) {
    case ICS_BOOL:
    case ICS_ANY:
        fputs("true, // ", stream);
        break;
    case ICS_NUMBER:
    case ICS_INSTANCE:
        fputs("0, // ", stream);
        break;
    case ICS_WORD:
    case ICS_WORDS:
        fprintf(stream, "\"%s\", // ", type->words[0]);
        for (size_t i = 1; i < sizeof(type->words) / sizeof(type->words[0]) &&
                           type->words[i] != NULL;
             i++) {
            fprintf(stream, "or \"%s\" ", type->words[i]);
        }
        fputs("; ", stream);
        break;
    }
    put_groups(stream, row);
    fputc('\n', stream);
}

static void put_ics(FILE *stream, const struct probe *probe,
                    const struct survey *survey)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(probe->ics, "items");
    bool has_title = false;

    fputs("  \"ics\": {\n", stream);
    put_detected(stream, probe);
    for (size_t i = 0; i < survey->count; i++) {
        const struct wanted *row = &survey->rows[i];
        const struct ics_type *type =
            row->kind == APPLIES_ITEM ? ics_type(row->name) : NULL;
        if (type == NULL || type->elsewhere != NULL ||
            (cJSON_GetObjectItemCaseSensitive(items, row->name) != NULL &&
             !is_how(probe, row->name, "default"))) {
            continue;
        }
        if (!has_title) {
            fputs("    // Not detected: declare what the device does "
                  "(docs/profile.md); the groups\n    // of cases that need "
                  "it.\n",
                  stream);
            has_title = true;
        }
        put_item(stream, row, type);
    }
    fputs("  },\n", stream);
}

static void put_limits(FILE *stream, const struct profile *profile)
{
    fputs(
        "  \"limits\": {\n    // The defaults: how long to wait for what must "
        "come.\n",
        stream);
    for (int i = 0; i < LIMIT_COUNT; i++) {
        const uint64_t ms = profile->limits_ms[i];
        if (i == LIMIT_RESPONSE) {
            continue; /* not from the profile */
        }
        fprintf(stream, "    //   \"%s\": \"%" PRIu64 " %s\",\n",
                limit_name((enum limit)i), ms % 1000 == 0 ? ms / 1000 : ms,
                ms % 1000 == 0 ? "s" : "ms");
    }
    fputs("  },\n", stream);
}

/** The program that was started, as "start"; secrets are hidden. */
static void put_start(FILE *stream, const struct campaign_config *config)
{
    cJSON *words = cJSON_CreateArray();
    const cJSON *word = NULL;

    results_add_words(words, config, config->device_argv);
    fputs("    //   \"start\": [", stream);
    cJSON_ArrayForEach(word, words)
    {
        fputs(word == words->child ? "" : ", ", stream);
        put_string(stream, word->valuestring);
    }
    fputs("],\n", stream);
    cJSON_Delete(words);
}

static void put_control(FILE *stream, const struct campaign_config *config,
                        const struct survey *survey)
{
    fputs("  \"control\": {\n    // Programs as lists of arguments, no shell "
          "lines; {address} and {port} are\n    // replaced.\n",
          stream);
    if (config->device_argv != NULL) {
        put_start(stream, config);
    } else {
        fputs("    //   \"start\": [\"./device\", \"--server\", "
              "\"coap://{address}:{port}\"],\n",
              stream);
    }
    for (size_t i = 0; i < survey->count; i++) {
        if (survey->rows[i].kind == APPLIES_HOOK &&
            strcmp(survey->rows[i].name, "start") != 0) {
            fprintf(stream, "    //   \"%s\": [\"./PROGRAM\"], // ",
                    survey->rows[i].name);
            put_groups(stream, &survey->rows[i]);
            fputc('\n', stream);
        }
    }
    fputs("  }\n", stream);
}

void probe_write(const struct probe *probe,
                 const struct campaign_config *config, const cJSON *security,
                 FILE *stream)
{
    struct survey survey = { .count = 0 };

    take_survey(config->catalogue, &survey);
    fputs("// A first profile, written by 'assay probe' from what the device "
          "showed. It can\n// be used as it is; what it leaves out, only you "
          "know. docs/profile.md describes\n// every member.\n{\n",
          stream);
    put_endpoint(stream, probe);
    put_security(stream, security);
    put_components(stream, probe);
    put_packages(stream, probe, &survey);
    put_ics(stream, probe, &survey);
    put_limits(stream, config->profiles[0]);
    put_control(stream, config, &survey);
    fputs("}\n", stream);
    release_survey(&survey);
}
