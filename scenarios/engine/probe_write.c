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

#define VERSIONED "{ \"file\": \"FILE\", \"version\": \"VERSION\" }"

/** What a package is for, in the words of docs/profile.md and in its order;
 *  made ones need no line of their own. */
static const struct {
    const char *name;
    const char *example; /* NULL: made */
    const char *remark;
} packages[] = {
    { "G", "{ \"file\": \"good.bin\", \"version\": \"1.1\" }",
      "newer than what runs" },
    { "G'", VERSIONED, "another good one, newer than G" },
    { "OLD", VERSIONED, "good, but older than what runs" },
    { "SV", VERSIONED, "good, the version that runs" },
    { "SMALL", VERSIONED, "good, so small that it fits one message" },
    { "GV1", VERSIONED, "good, with another version text" },
    { "GV2", VERSIONED, "good, its version text newer and shorter than GV1's" },
    { "DEP",
      "{ \"file\": \"dep.bin\", \"version\": \"2.0\", \"requires\": "
      "{ \"OTHER\": \"2.0\" } }",
      "needs a newer OTHER" },
    { "STALE", VERSIONED,
      "newer than what runs, not as new as the DEP of another one needs" },
    { "REV", VERSIONED, "needs the main component, whose DEP needs this one" },
    { "DEPMAIN", VERSIONED,
      "as DEP, of another component than the main one, which it needs" },
    { "LNK",
      "{ \"file\": \"lnk.bin\", \"version\": \"3.0\", \"links\": "
      "[\"OTHER\"] }",
      "to be updated together with OTHER" },
    { "M", "{ \"file\": \"all.bin\", \"contains\": [\"THIS\", \"OTHER\"] }",
      "for several components" },
    { "MREV", "{ \"file\": \"rev.bin\", \"contains\": [\"OTHER\", \"THIS\"] }",
      "the same, in the other order" },
    { "MALL", "{ \"file\": \"FILE\", \"contains\": [\"EACH\"] }",
      "for all components" },
    { "MBAD", "{ \"file\": \"FILE\", \"contains\": [\"THIS\", \"OTHER\"] }",
      "M with a corrupt part of OTHER" },
    { "MREVBAD", "{ \"file\": \"FILE\", \"contains\": [\"OTHER\", \"THIS\"] }",
      "MREV with a corrupt part of OTHER" },
    { "FAILI", VERSIONED, "accepted at download, fails at installation" },
    { "FAILC", VERSIONED,
      "accepted at download, fails an integrity check at installation" },
    { "FAILB", VERSIONED, "installed, but its image does not come up" },
    { "BIG", VERSIONED, "larger than the device's storage" },
    { "NORAM", VERSIONED,
      "the device runs out of RAM while it comes; a hook may see to that" },
    { "BAD", NULL, "made from \"G\"" },
    { "TRUNC", NULL, "made from \"G\"" },
    { "APPEND", NULL, "made from \"G\"" },
    { "FLIP", NULL, "made from \"G\"" },
    { "HDR", VERSIONED, "G with a damaged header" },
    { "FOREIGN", VERSIONED, "G with an unknown type or format mark" },
    { "JUNK", NULL, "made" },
    { "SHORT", NULL, "made" },
    { "SIGNER", VERSIONED,
      "G, signed with a key that the device does not know" },
    { "E", VERSIONED, "G, encrypted for the device" },
    { "EOLD", VERSIONED, "OLD, encrypted for the device" },
    { "ENEW", VERSIONED, "E with the key that it has after hook rotate-key" },
    { "EK", VERSIONED, "E with a wrong key" },
    { "ET", VERSIONED, "E with a changed ciphertext" },
    { "EA", VERSIONED, "E with a changed authentication tag" },
    { "EN", VERSIONED, "E with a changed nonce" },
    { "ESWAP", VERSIONED, "E with two blocks of 4 KiB exchanged" },
    { "ETRUNC", VERSIONED, "E, cut before the tag" },
    { "EP", VERSIONED, "a header that claims encryption before a plain body" },
    { "PLAIN", VERSIONED, "E in plaintext, well signed" },
    { "OLDCNT", VERSIONED, "newer, with a lower security counter" },
};

/** Every line is one of a profile once its first "//" is gone. */
static void put_package(FILE *stream, const struct wanted *row,
                        const char *example, const char *remark)
{
    if (example != NULL) {
        fprintf(stream, "  //   \"%s\": %s, // %s\n  //       // ", row->name,
                example, remark);
    } else {
        fprintf(stream, "  //   // \"%s\" is %s.\n  //       // ", row->name,
                remark);
    }
    put_groups(stream, row);
    fputc('\n', stream);
}

static bool has_remark(const char *name)
{
    size_t i = 0;

    while (i < sizeof(packages) / sizeof(packages[0]) &&
           strcmp(packages[i].name, name) != 0) {
        i++;
    }
    return i < sizeof(packages) / sizeof(packages[0]);
}

static void put_wanted_packages(FILE *stream, const struct survey *survey)
{
    for (size_t i = 0; i < sizeof(packages) / sizeof(packages[0]); i++) {
        for (size_t j = 0; j < survey->count; j++) {
            if (survey->rows[j].kind == APPLIES_PACKAGE &&
                strcmp(survey->rows[j].name, packages[i].name) == 0) {
                put_package(stream, &survey->rows[j], packages[i].example,
                            packages[i].remark);
            }
        }
    }
    for (size_t j = 0; j < survey->count; j++) {
        if (survey->rows[j].kind == APPLIES_PACKAGE &&
            !has_remark(survey->rows[j].name)) { /* of a user's case */
            put_package(stream, &survey->rows[j], VERSIONED, "");
        }
    }
}

static void put_packages(FILE *stream, const struct probe *probe,
                         const struct survey *survey)
{
    fputs("  // Packages, and the groups of cases that need them. Without them "
          "these cases\n  // do not apply: begin with G, which most need. "
          "VERSION is what resource 15\n  // shows after the update.\n",
          stream);
    put_wanted_packages(stream, survey);
    fputs("  \"packages\": {", stream);
    for (size_t i = 0; i < probe->component_count; i++) {
        fputs(i > 0 ? ",\n    " : "\n    ", stream);
        put_string(stream, probe->components[i].name);
        fputs(": {\n    }", stream);
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
