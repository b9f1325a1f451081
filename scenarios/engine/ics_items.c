/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/ics_items.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/engine/nearest.h"

#define NUMBER_MAX 9007199254740992.0 /**< 2^53: exact in JSON */

/* clang-format off */
static const struct ics_type types[] = {
    /* afu.md section 2 */
    { "obj",      ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "ninst",    ICS_NUMBER, ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "main",     ICS_INSTANCE, ICS_FROM_PROFILE, "0", { NULL },
      "\"role\": \"main\" of a component" },
    { "push",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "pull",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "proto",    ICS_WORDS,  ICS_FROM_LOOK,    NULL,
      { "coap", "coaps", "http", "https", "coap-tcp", "coaps-tcp" }, NULL },
    { "cancel",   ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "sev",      ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "lsct",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "mdp",      ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "pkgname",  ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "pkgver",   ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "link",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "conf",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "defer",    ICS_WORD,   ICS_FROM_DEFAULT, "none",
      { "none", "auto", "operator", "script" }, NULL },
    { "impl",     ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "mpkg",     ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "deps",     ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "trans",    ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "obj5",     ICS_BOOL,   ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "send",     ICS_BOOL,   ICS_FROM_CORE,    NULL, { NULL }, NULL },
    { "persist",  ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "resume",   ICS_WORD,   ICS_FROM_DEFAULT, "none",
      { "none", "outage", "reboot" }, NULL },
    { "conc",     ICS_WORD,   ICS_FROM_DEFAULT, "any",
      { "any", "parallel", "queued", "rejected" }, NULL },
    { "auth",     ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "enc",      ICS_WORD,   ICS_FROM_DEFAULT, "none",
      { "none", "optional", "required" }, NULL },
    { "arb",      ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "failst",   ICS_WORD,   ICS_FROM_DEFAULT, "either",
      { "either", "Idle", "Downloaded" }, NULL },
    { "reboot",   ICS_BOOL,   ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "nrst",     ICS_WORD,   ICS_FROM_DEFAULT, "unknown",
      { "unknown", "yes", "no" }, NULL },
    { "pushd",    ICS_WORD,   ICS_FROM_DEFAULT, "unknown",
      { "unknown", "yes", "no" }, NULL },
    { "pwr",      ICS_BOOL,   ICS_FROM_PROFILE, "false", { NULL },
      "\"power-cycle\" of \"control\"" },
    { "netcut",   ICS_BOOL,   ICS_FROM_PROFILE, "false", { NULL },
      "\"network-down\" and \"network-up\" of \"control\"" },
    { "relay",    ICS_BOOL,   ICS_FROM_PROFILE, "false", { NULL },
      "--via-relay on the command line" },
    { "big",      ICS_NUMBER, ICS_FROM_DEFAULT, "0", { NULL }, NULL },
    { "tls",      ICS_WORD,   ICS_FROM_DEFAULT, "none",
      { "none", "PSK", "RPK", "X.509" }, NULL },
    { "fmt",      ICS_ANY,    ICS_FROM_PROFILE, NULL, { NULL },
      "\"lwm2m\" and \"format-0\", \"format-110\" \xe2\x80\xa6" },
    { "tmr",      ICS_ANY,    ICS_FROM_PROFILE, NULL, { NULL },
      "\"limits\"" },
    /* what docs/profile.md adds */
    { "secure",     ICS_BOOL, ICS_FROM_PROFILE, "false", { NULL },
      "\"security\"" },
    { "checksum",   ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "long-update", ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "factory-reset", ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "no-access",  ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "no-read",    ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "second-server", ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "send-after-register", ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL },
      NULL },
    { "send-progress", ICS_BOOL, ICS_FROM_DEFAULT, "false", { NULL }, NULL },
    { "protocols",  ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "coap",       ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "coaps",      ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "http",       ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "https",      ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "coap-tcp",   ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "coaps-tcp",  ICS_BOOL, ICS_FROM_LIST,    NULL, { NULL }, NULL },
    { "ipv6",       ICS_BOOL, ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "queue-mode", ICS_BOOL, ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "ipv6",       ICS_BOOL, ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { "server",     ICS_INSTANCE, ICS_FROM_LOOK,  NULL, { NULL }, NULL },
    { "lwm2m",      ICS_WORD, ICS_FROM_LOOK,    NULL,
      { "1.0", "1.1", "1.2" }, NULL },
    { "composite",  ICS_BOOL, ICS_FROM_CORE,    NULL, { NULL }, NULL },
    { "write-composite", ICS_BOOL, ICS_FROM_CORE, NULL, { NULL }, NULL },
    { "observe-composite", ICS_BOOL, ICS_FROM_CORE, NULL, { NULL }, NULL },
    { "observe-attributes", ICS_BOOL, ICS_FROM_CORE, NULL, { NULL }, NULL },
    { "attributes", ICS_BOOL, ICS_FROM_CORE,    NULL, { NULL }, NULL },
    { "discover-depth", ICS_BOOL, ICS_FROM_CORE, NULL, { NULL }, NULL },
    /* families */
    { "format-",    ICS_BOOL, ICS_FROM_CORE,    NULL, { NULL }, NULL },
    { "resource-",  ICS_BOOL, ICS_FROM_CORE,    NULL, { NULL }, NULL },
    { "object-",    ICS_BOOL, ICS_FROM_LOOK,    NULL, { NULL }, NULL },
    { ICS_OWN,      ICS_ANY,  ICS_FROM_DEFAULT, NULL, { NULL }, NULL },
};
/* clang-format on */

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

static bool is_family(const struct ics_type *type)
{
    return type->name[strlen(type->name) - 1] == '-';
}

const struct ics_type *ics_type(const char *name)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        size_t length = strlen(types[i].name);
        if (is_family(&types[i]) ? strncmp(name, types[i].name, length) == 0 &&
                                       name[length] != '\0'
                                 : strcmp(name, types[i].name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const struct ics_type *ics_type_at(size_t index)
{
    return &types[index];
}

size_t ics_type_count(void)
{
    return TYPE_COUNT;
}

const char *const *ics_type_names(void)
{
    static const char *names[TYPE_COUNT + 1];

    for (size_t i = 0; i < TYPE_COUNT; i++) {
        names[i] = types[i].name;
    }
    return names;
}

char *ics_unknown(const char *name, char *buffer, size_t size)
{
    const char *near = nearest_word(name, ics_type_names());

    (void)snprintf(buffer, size,
                   "unknown item '%.31s'%s%s%s; docs/profile.md lists them, "
                   "and one of your own begins with '" ICS_OWN "'",
                   name, near != NULL ? ", did you mean '" : "",
                   near != NULL ? near : "",
                   near != NULL ? "'?" : ""); /* cut */
    return buffer;
}

static bool is_word(const struct ics_type *type, const char *text,
                    size_t length)
{
    for (size_t i = 0; i < sizeof(type->words) / sizeof(type->words[0]) &&
                       type->words[i] != NULL;
         i++) {
        if (strlen(type->words[i]) == length &&
            strncmp(type->words[i], text, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool are_words(const struct ics_type *type, const char *text)
{
    size_t count = 0;

    for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        if (!is_word(type, text, length)) {
            return false;
        }
        text += length;
        count++;
    }
    return count > 0;
}

static void name_words(const struct ics_type *type, const char *start,
                       char *buffer, size_t size)
{
    size_t used = 0;
    int length = snprintf(buffer, size, "%s", start);

    for (size_t i = 0; length >= 0 && (used += (size_t)length) < size &&
                       i < sizeof(type->words) / sizeof(type->words[0]) &&
                       type->words[i] != NULL;
         i++) {
        length = snprintf(buffer + used, size - used, " %s", type->words[i]);
    }
}

bool ics_type_takes(const struct ics_type *type, const cJSON *value,
                    char *out_expected, size_t size)
{
    bool takes = false;

    switch (type->values) {
    case ICS_BOOL:
        takes = cJSON_IsBool(value);
        (void)snprintf(out_expected, size, "true or false");
        break;
    case ICS_NUMBER:
    case ICS_INSTANCE:
        takes = cJSON_IsNumber(value) && value->valuedouble >= 0 &&
                value->valuedouble <= NUMBER_MAX &&
                value->valuedouble == (double)(uint64_t)value->valuedouble;
        (void)snprintf(out_expected, size, "a whole number of 0 or more");
        break;
    case ICS_WORD:
        takes = cJSON_IsString(value) &&
                is_word(type, value->valuestring, strlen(value->valuestring));
        name_words(type, "one of", out_expected, size);
        break;
    case ICS_WORDS:
        takes = cJSON_IsString(value) && are_words(type, value->valuestring);
        name_words(type, "one or more, with blanks, of", out_expected, size);
        break;
    case ICS_ANY:
        takes = cJSON_IsString(value) || cJSON_IsBool(value) ||
                cJSON_IsNumber(value);
        (void)snprintf(out_expected, size, "true, false, a number or a text");
        break;
    }
    return takes;
}
