/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/ics_items.h"
#include "scenarios/engine/json_file.h"
#include "scenarios/engine/names.h"
#include "scenarios/engine/profile_private.h"
#include "scenarios/engine/step.h"
#include "scenarios/engine/test_case.h"

enum { COMPONENTS_MAX = 64, WHAT_SIZE = 192 };

#define DURATION_MAX 1e9 /**< of whatever unit: 30 years in seconds */

/** Defaults of afu.md section 2, ICS-TMR. */
static const struct {
    const char *name;
    uint64_t default_ms;
} limits[LIMIT_COUNT] = {
    [LIMIT_STATE] = { "state", 5000 },
    [LIMIT_DOWNLOAD] = { "download", 120000 },
    [LIMIT_ABORT] = { "abort", 360000 },
    [LIMIT_UPDATE] = { "update", 420000 },
    [LIMIT_BOOT] = { "boot", 120000 },
    [LIMIT_CLOCK] = { "clock", 5000 },
    [LIMIT_SETTLE] = { "settle", 2000 },
    [LIMIT_LIFETIME] = { "lifetime", 20000 },
    [LIMIT_DEFER] = { "defer", 60000 },
    [LIMIT_REMINDER] = { "reminder", 0 },
    [LIMIT_STALL] = { "stall", 5000 },
    [LIMIT_OUTAGE] = { "outage", 20000 },
    [LIMIT_STORM] = { "storm", 300000 },
    [LIMIT_AWAKE] = { "awake", SERVER_AWAKE_MS },
    [LIMIT_ACK] = { "ack", 2000 },
    [LIMIT_RESPONSE] = { "response", 247000 },
};

const char *limit_name(enum limit limit)
{
    return limit < LIMIT_COUNT ? limits[limit].name : NULL;
}

bool limit_parse(const char *name, enum limit *out_limit)
{
    for (int i = 0; i < LIMIT_COUNT; i++) {
        if (strcmp(limits[i].name, name) == 0) {
            *out_limit = (enum limit)i;
            return true;
        }
    }
    return false;
}

enum status profile_wrong(const struct profile_reader *reader,
                          const char *pointer, const char *what)
{
    return json_file_wrong(reader->name, pointer, what, reader->reason);
}

enum status profile_misfit(const struct profile_reader *reader,
                           const char *pointer, const char *expected,
                           const cJSON *found)
{
    char what[WHAT_SIZE];

    return profile_wrong(reader, pointer,
                         json_expected(expected, found, what, sizeof(what)));
}

const char *profile_pointer(const char *parent, const char *member,
                            char pointer[JSON_POINTER_MAX])
{
    (void)snprintf(pointer, JSON_POINTER_MAX, "%s", parent); /* fits */
    json_pointer_push(pointer, JSON_POINTER_MAX, member);
    return pointer;
}

enum status profile_no_memory(const struct profile_reader *reader)
{
    return reason_set(reader->reason, STATUS_NO_MEMORY, "out of memory");
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

enum status profile_check_keys(const struct profile_reader *reader,
                               const cJSON *object, const char *pointer,
                               const char *const *allowed)
{
    const cJSON *item = NULL;
    char what[WHAT_SIZE];

    cJSON_ArrayForEach(item, object)
    {
        if (!is_one_of(item->string, allowed)) {
            return profile_wrong(
                reader, pointer,
                unknown_word("key", item->string, allowed, what, sizeof(what)));
        }
    }
    return STATUS_OK;
}

/* Components. */

bool profile_has_meaning(const char *name)
{
    static const char *const taken[] = { "x",      "y",      "z",     "main",
                                         "all",    "others", "parts", "server",
                                         "update", NULL };

    return is_one_of(name, taken);
}

static enum status check_component_name(const struct profile_reader *reader,
                                        const char *name, const char *pointer)
{
    if (profile_has_meaning(name)) {
        return profile_wrong(reader, pointer,
                             "this name has a meaning in cases");
    }
    if (name[0] == '\0' || strlen(name) >= BINDING_ROLE_SIZE ||
        strpbrk(name, "/()") != NULL) {
        return profile_wrong(
            reader, pointer,
            "a component's name has 1 to 31 characters, without "
            "'/', '(' and ')'");
    }
    return STATUS_OK;
}

static enum status check_instance(const struct profile_reader *reader,
                                  const cJSON *instance, const char *pointer)
{
    const struct profile *profile = reader->profile;
    char what[WHAT_SIZE];

    if (!cJSON_IsNumber(instance) || instance->valuedouble < 0 ||
        instance->valuedouble > LWM2M_ID_MAX ||
        instance->valuedouble != (double)(uint16_t)instance->valuedouble) {
        return profile_misfit(reader, pointer, "a whole number of 0..65534",
                              instance);
    }
    for (size_t i = 0; i < profile->component_count; i++) {
        if (profile->components[i].instance == instance->valuedouble) {
            (void)snprintf(what, sizeof(what),
                           "component '%s' has this instance, too",
                           profile->components[i].name); /* fits */
            return profile_wrong(reader, pointer, what);
        }
    }
    return STATUS_OK;
}

static enum status check_role(const struct profile_reader *reader,
                              const cJSON *role, const char *pointer)
{
    static const char *const roles[] = { "main", "dependency", NULL };
    const struct profile *profile = reader->profile;

    if (role == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsString(role) || !is_one_of(role->valuestring, roles)) {
        return profile_misfit(reader, pointer, "'main' or 'dependency'", role);
    }
    for (size_t i = 0; i < profile->component_count; i++) {
        if (profile->components[i].is_main &&
            strcmp(role->valuestring, "main") == 0) {
            return profile_wrong(reader, pointer,
                                 "there is a main component already");
        }
    }
    return STATUS_OK;
}

static enum status read_component(const struct profile_reader *reader,
                                  const cJSON *item)
{
    static const char *const keys[] = { "instance", "role", NULL };
    struct profile *profile = reader->profile;
    const cJSON *instance = cJSON_GetObjectItemCaseSensitive(item, "instance");
    const cJSON *role = cJSON_GetObjectItemCaseSensitive(item, "role");
    char pointer[JSON_POINTER_MAX];
    char inner[JSON_POINTER_MAX];

    (void)profile_pointer("/components", item->string, pointer);
    if (!cJSON_IsObject(item)) {
        return profile_misfit(reader, pointer, "an object with \"instance\"",
                              item);
    }
    if (profile->component_count == COMPONENTS_MAX) {
        return profile_wrong(reader, pointer, "too many components");
    }
    enum status status = check_component_name(reader, item->string, pointer);
    if (status == STATUS_OK) {
        status = profile_check_keys(reader, item, pointer, keys);
    }
    if (status == STATUS_OK) {
        status = check_instance(reader, instance,
                                profile_pointer(pointer, "instance", inner));
    }
    if (status == STATUS_OK) {
        status =
            check_role(reader, role, profile_pointer(pointer, "role", inner));
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct profile_component *row =
        &profile->components[profile->component_count];
    row->name = strdup(item->string);
    if (row->name == NULL) {
        return profile_no_memory(reader);
    }
    profile->component_count++;
    row->instance = (uint16_t)instance->valuedouble;
    row->is_main = role != NULL && strcmp(role->valuestring, "main") == 0;
    return STATUS_OK;
}

static enum status read_components(const struct profile_reader *reader,
                                   const cJSON *object)
{
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;
    bool has_main = false;

    cJSON_ArrayForEach(item, object)
    {
        enum status status = read_component(reader, item);
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (size_t i = 0; i < profile->component_count; i++) {
        has_main = has_main || profile->components[i].is_main;
    }
    for (size_t i = 0; !has_main && i < profile->component_count; i++) {
        profile->components[i].is_main = profile->components[i].instance == 0;
    }
    return STATUS_OK;
}

/* What the device implements, limits, hooks. */

/** A declared value as text: true, 3 and "Idle" become what they look like. */
static char *item_text(const cJSON *item)
{
    char *text = NULL;

    if (cJSON_IsString(item)) {
        return strdup(item->valuestring);
    }
    if (cJSON_IsBool(item)) {
        return strdup(cJSON_IsTrue(item) ? "true" : "false");
    }
    if (cJSON_IsNumber(item)) {
        return asprintf(&text, "%.17g", item->valuedouble) >= 0 ? text : NULL;
    }
    return NULL;
}

bool profile_is_item_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return length > 0 && length <= PROFILE_ITEM_NAME_MAX &&
           name[length] == '\0';
}

/** An item that is known, said here, with a value that it can have. */
static enum status check_item(const struct profile_reader *reader,
                              const cJSON *item)
{
    const struct ics_type *type = ics_type(item->string);
    char pointer[JSON_POINTER_MAX];
    char what[WHAT_SIZE];

    (void)profile_pointer("/ics", item->string, pointer);
    if (!profile_is_item_name(item->string)) {
        return profile_wrong(
            reader, pointer,
            "an item is named by at most 31 lower-case letters, digits and "
            "hyphens");
    }
    if (type == NULL) {
        return profile_wrong(reader, "/ics",
                             ics_unknown(item->string, what, sizeof(what)));
    }
    if (type->elsewhere != NULL) {
        (void)snprintf(what, sizeof(what), "this is said by %s",
                       type->elsewhere); /* fits */
        return profile_wrong(reader, pointer, what);
    }
    if (!ics_type_takes(type, item, what, sizeof(what))) {
        return profile_misfit(reader, pointer, what, item);
    }
    return cJSON_IsString(item) &&
                   strlen(item->valuestring) > PROFILE_ITEM_VALUE_MAX
               ? profile_misfit(reader, pointer, "a text of at most 63 bytes",
                                item)
               : STATUS_OK;
}

static enum status read_ics(const struct profile_reader *reader,
                            const cJSON *object)
{
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;
    char pointer[JSON_POINTER_MAX];

    cJSON_ArrayForEach(item, object)
    {
        enum status status = check_item(reader, item);
        if (status != STATUS_OK) {
            return status;
        }
        if (profile->ics_count == PROFILE_ITEMS_MAX) {
            return profile_wrong(reader,
                                 profile_pointer("/ics", item->string, pointer),
                                 "too many items");
        }
        struct profile_item *row = &profile->ics[profile->ics_count++];
        row->value = item_text(item);
        row->name = strdup(item->string);
        if (row->value == NULL || row->name == NULL) {
            return profile_no_memory(reader);
        }
    }
    return STATUS_OK;
}

/** "60 s", "500 ms", "2 min", "1.5 s". */
static bool parse_duration(const char *text, uint64_t *out_ms)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 } };
    size_t digits = strspn(text, "0123456789.");
    char *end = NULL;
    double number = strtod(text, &end);

    /* strtod() alone would take "inf", "0x10", "1e3" and blanks. */
    if (digits == 0 || end != text + digits || number > DURATION_MAX) {
        return false;
    }
    end += strspn(end, " ");
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].unit) == 0) {
            *out_ms = (uint64_t)(number * units[i].factor + 0.5);
            return true;
        }
    }
    return false;
}

static enum status read_limits(const struct profile_reader *reader,
                               const cJSON *object)
{
    static const char *const names[] = {
        "state",  "download", "abort", "update",   "boot",  "clock",
        "settle", "lifetime", "defer", "reminder", "stall", "outage",
        "storm",  "awake",    "ack",   NULL
    };
    const cJSON *item = NULL;
    char pointer[JSON_POINTER_MAX];
    enum status status = profile_check_keys(reader, object, "/limits", names);

    if (status != STATUS_OK) {
        return status;
    }
    cJSON_ArrayForEach(item, object)
    {
        enum limit limit = LIMIT_STATE;
        uint64_t ms = 0;
        (void)limit_parse(item->string, &limit); /* one of `names` */
        (void)profile_pointer("/limits", item->string, pointer);
        if (!cJSON_IsString(item) || !parse_duration(item->valuestring, &ms)) {
            return profile_misfit(
                reader, pointer,
                "a time such as \"60 s\", \"500 ms\" or \"2 min\"", item);
        }
        if (ms == 0 && limit != LIMIT_SETTLE && limit != LIMIT_REMINDER) {
            return profile_wrong(
                reader, pointer,
                "nothing can come within 0 s: this fails every "
                "device");
        }
        if (limit == LIMIT_DEFER && (ms < 1000 || ms % 1000 != 0)) {
            return profile_wrong(reader, pointer,
                                 "Maximum Defer Period is in whole seconds");
        }
        if (limit == LIMIT_LIFETIME && (ms < 1000 || ms % 1000 != 0)) {
            return profile_wrong(reader, pointer,
                                 "a lifetime is in whole seconds");
        }
        reader->profile->limits_ms[limit] = ms;
        reader->profile->is_limit_declared[limit] = true;
    }
    return STATUS_OK;
}

/** @param json  the whole profile: beside "packages" it has "keys" */
static enum status read_packages(const struct profile_reader *reader,
                                 const cJSON *json)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(json, "packages");
    const cJSON *keys = cJSON_GetObjectItemCaseSensitive(json, "keys");
    struct profile *profile = reader->profile;
    struct package_component components[COMPONENTS_MAX];
    char pointer[JSON_POINTER_MAX];
    struct reason inner = { .status = STATUS_OK };

    for (size_t i = 0; i < profile->component_count; i++) {
        components[i] =
            (struct package_component){ profile->components[i].name,
                                        profile->components[i].instance };
    }
    enum status status =
        package_set_parse(components, profile->component_count, object, keys,
                          reader->folder, &profile->packages, &inner);
    if (status == STATUS_OK) {
        return STATUS_OK;
    }
    const char *what = strstr(inner.text, ": ");
    if (status != STATUS_MALFORMED || what == NULL) {
        /* A missing file is no fault of the profile's form. */
        return reason_set(reader->reason, status, "%.300s: %.700s",
                          reader->name, inner.text);
    }
    (void)snprintf(pointer, sizeof(pointer), "%.*s", (int)(what - inner.text),
                   inner.text); /* cut */
    return profile_wrong(reader, pointer, what + 2);
}

static enum status read_members(const struct profile_reader *reader,
                                const cJSON *json)
{
    static const struct {
        const char *name;
        enum status (*read)(const struct profile_reader *reader,
                            const cJSON *object);
    } members[] = {
        { "security", profile_read_security },
        { "repository", profile_read_repository },
        { "components", read_components },
        { "packages", read_packages },
        { "ics", read_ics },
        { "limits", read_limits },
        { "control", profile_read_control },
    };
    enum status status = STATUS_OK;
    char pointer[JSON_POINTER_MAX];

    for (size_t i = 0;
         status == STATUS_OK && i < sizeof(members) / sizeof(members[0]); i++) {
        const cJSON *item =
            cJSON_GetObjectItemCaseSensitive(json, members[i].name);
        bool always = members[i].read == read_packages;
        if (item != NULL && !cJSON_IsObject(item)) {
            return profile_misfit(reader,
                                  profile_pointer("", members[i].name, pointer),
                                  "an object", item);
        }
        if (item != NULL || always) {
            status = members[i].read(reader, always ? json : item);
        }
    }
    return status;
}

/** Rows of section 9 of the requirement digests: "A-12". */
/** "A-01" to "A-42", which a test holds against docs/afu.md; F and S are the
 *  lists of /5 and /9. */
static bool is_ambiguity(const char *row)
{
    unsigned long number = strlen(row) == 4 ? strtoul(row + 2, NULL, 10) : 0;

    return row[0] != '\0' && strchr("AFS", row[0]) != NULL && row[1] == '-' &&
           strspn(row + 2, "0123456789") == 2 && number >= 1 &&
           (row[0] != 'A' || number <= PROFILE_AMBIGUITIES);
}

static enum status read_tolerate(const struct profile_reader *reader,
                                 const cJSON *list)
{
    struct profile *profile = reader->profile;
    char pointer[JSON_POINTER_MAX];
    char number[16];
    enum status status =
        profile_read_texts(reader, list, "/tolerate", &profile->tolerate);

    for (size_t i = 0; status == STATUS_OK && profile->tolerate[i] != NULL;
         i++) {
        if (!is_ambiguity(profile->tolerate[i])) {
            (void)snprintf(number, sizeof(number), "%zu", i);
            return profile_misfit(
                reader, profile_pointer("/tolerate", number, pointer),
                "a row of the ambiguity list (docs/afu.md, A-01 to A-42)",
                cJSON_GetArrayItem(list, (int)i));
        }
    }
    return status;
}

/** How many devices the profile stands for; then its names need "{n}". */
static enum status read_devices(const struct profile_reader *reader,
                                const cJSON *devices)
{
    struct profile *profile = reader->profile;
    const char *identity = profile->credentials.identity;

    if (!cJSON_IsNumber(devices) || devices->valuedouble < 1 ||
        devices->valuedouble > PROFILE_DEVICES_MAX ||
        devices->valuedouble != (double)(unsigned)devices->valuedouble) {
        return profile_misfit(reader, "/devices",
                              "a whole number from 1 to 10000", devices);
    }
    profile->devices = (unsigned)devices->valuedouble;
    if (profile->devices > 1 && (profile->endpoint == NULL ||
                                 strstr(profile->endpoint, "{n}") == NULL)) {
        return profile_wrong(reader, "/endpoint",
                             "several devices need names of their own: a text "
                             "with {n} is expected");
    }
    if (profile->devices > 1 && identity != NULL &&
        strstr(identity, "{n}") == NULL) {
        return profile_wrong(reader, "/security/identity",
                             "several devices need identities of their own: a "
                             "text with {n} is expected");
    }
    return STATUS_OK;
}

static enum status read_endpoint(const struct profile_reader *reader,
                                 const cJSON *endpoint)
{
    struct profile *profile = reader->profile;

    if (!cJSON_IsString(endpoint) || endpoint->valuestring[0] == '\0') {
        return profile_misfit(reader, "/endpoint", "a name", endpoint);
    }
    profile->endpoint = strdup(endpoint->valuestring);
    return profile->endpoint != NULL ? STATUS_OK : profile_no_memory(reader);
}

static enum status read_profile(const struct profile_reader *reader,
                                const cJSON *json)
{
    static const char *const keys[] = { "endpoint",   "devices",    "security",
                                        "components", "packages",   "ics",
                                        "limits",     "control",    "tolerate",
                                        "pull-by",    "repository", "keys",
                                        NULL };
    const cJSON *endpoint = cJSON_GetObjectItemCaseSensitive(json, "endpoint");
    const cJSON *devices = cJSON_GetObjectItemCaseSensitive(json, "devices");
    const cJSON *tolerate = cJSON_GetObjectItemCaseSensitive(json, "tolerate");
    const cJSON *pull_by = cJSON_GetObjectItemCaseSensitive(json, "pull-by");

    if (!cJSON_IsObject(json)) {
        return profile_misfit(reader, "", "an object", json);
    }
    enum status status = profile_check_keys(reader, json, "", keys);
    if (status == STATUS_OK && endpoint != NULL) {
        status = read_endpoint(reader, endpoint);
    }
    if (status == STATUS_OK) {
        status = read_members(reader, json);
    }
    if (status == STATUS_OK && devices != NULL) {
        status = read_devices(reader, devices);
    }
    if (status == STATUS_OK && pull_by != NULL &&
        (!cJSON_IsString(pull_by) ||
         !repository_protocol_parse(pull_by->valuestring,
                                    &reader->profile->pull_by))) {
        status = profile_misfit(reader, "/pull-by",
                                "coap, coaps, http, https, coap+tcp or "
                                "coaps+tcp",
                                pull_by);
    }
    return status == STATUS_OK && tolerate != NULL
               ? read_tolerate(reader, tolerate)
               : status;
}

static struct profile *new_profile(const char *name)
{
    struct profile *profile = calloc(1, sizeof(*profile));

    if (profile == NULL) {
        return NULL;
    }
    profile->name = strdup(name);
    profile->devices = 1;
    profile->components = calloc(COMPONENTS_MAX, sizeof(*profile->components));
    profile->ics = calloc(PROFILE_ITEMS_MAX, sizeof(*profile->ics));
    profile->hooks = calloc(PROFILE_ITEMS_MAX, sizeof(*profile->hooks));
    for (int i = 0; i < LIMIT_COUNT; i++) {
        profile->limits_ms[i] = limits[i].default_ms;
    }
    if (profile->name == NULL || profile->components == NULL ||
        profile->ics == NULL || profile->hooks == NULL) {
        profile_free(profile);
        return NULL;
    }
    return profile;
}

enum status profile_parse(const char *name, const char *folder,
                          const char *text, size_t length,
                          struct profile **out_profile, struct reason *reason)
{
    cJSON *json = NULL;
    enum status status = json_file_parse(name, text, length, &json, reason);

    if (status != STATUS_OK) {
        return status;
    }
    struct profile *profile = new_profile(name);
    if (profile == NULL) {
        cJSON_Delete(json);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    profile->json = json; /* handed over */
    const struct profile_reader reader = { profile, name, folder, reason };
    status = read_profile(&reader, json);
    if (status == STATUS_OK && profile->tolerate == NULL) {
        profile->tolerate = calloc(1, sizeof(*profile->tolerate));
        if (profile->tolerate == NULL) {
            status = profile_no_memory(&reader);
        }
    }
    if (status != STATUS_OK) {
        profile_free(profile);
        return status;
    }
    *out_profile = profile;
    return STATUS_OK;
}

/** Folder part of a path; caller frees. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL   ? strdup(".")
           : slash == path ? strdup("/")
                           : strndup(path, (size_t)(slash - path));
}

enum status profile_load(const char *path, struct profile **out_profile,
                         struct reason *reason)
{
    FILE *file = fopen(path, "rb");
    int error = errno;
    char *folder = folder_of(path);
    char *text = malloc(JSON_FILE_MAX + 2);
    enum status status = STATUS_OK;

    if (file == NULL) {
        status = reason_set(reason, STATUS_NOT_FOUND, "profile '%.300s': %s",
                            path, strerror(error));
    } else if (folder == NULL || text == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    } else {
        size_t length = fread(text, 1, JSON_FILE_MAX + 1, file);
        status = ferror(file) != 0
                     ? reason_set(reason, STATUS_NOT_FOUND,
                                  "profile '%.300s' cannot be read", path)
                     : profile_parse(path, folder, text, length, out_profile,
                                     reason);
    }
    free(text);
    free(folder);
    if (file != NULL) {
        (void)fclose(file); /* it was only read */
    }
    return status;
}

static void free_texts(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        free(texts[i]);
    }
    free(texts);
}

void profile_free(struct profile *profile)
{
    if (profile == NULL) {
        return;
    }
    catalogue_free(profile->matrix);
    for (size_t i = 0; i < profile->component_count; i++) {
        free(profile->components[i].name);
    }
    for (size_t i = 0; i < profile->ics_count; i++) {
        free(profile->ics[i].name);
        free(profile->ics[i].value);
    }
    for (size_t i = 0; i < profile->hook_count; i++) {
        free(profile->hooks[i].name);
        free_texts(profile->hooks[i].argv);
    }
    free_texts(profile->tolerate);
    package_set_free(profile->packages);
    free(profile->components);
    free(profile->ics);
    free(profile->hooks);
    credentials_release(&profile->credentials);
    credentials_release(&profile->repository);
    free(profile->endpoint);
    free(profile->name);
    cJSON_Delete(profile->json);
    free(profile);
}

bool profile_names(const struct profile *profile, const char *endpoint)
{
    bool is_same = profile->endpoint == NULL;

    for (unsigned i = 1; !is_same && i <= profile->devices; i++) {
        char *name = name_numbered(profile->endpoint, i);
        is_same = name != NULL && strcmp(name, endpoint) == 0;
        free(name);
    }
    return is_same;
}

const struct profile_hook *profile_hook(const struct profile *profile,
                                        const char *name)
{
    for (size_t i = 0; i < profile->hook_count; i++) {
        if (strcmp(profile->hooks[i].name, name) == 0) {
            return &profile->hooks[i];
        }
    }
    return NULL;
}
