/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/engine/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/json_file.h"

enum { COMPONENTS_MAX = 64, ITEMS_MAX = 128, ARGUMENTS_MAX = 64 };

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

struct reader {
    struct profile *profile;
    const char *name;
    const char *folder;
    struct reason *reason;
};

static enum status wrong(const struct reader *reader, const char *pointer,
                         const char *member, const char *what)
{
    return reason_set(reader->reason, STATUS_MALFORMED, "%s: %s/%.40s: %s",
                      reader->name, pointer, member, what);
}

static enum status no_memory(const struct reader *reader)
{
    return reason_set(reader->reason, STATUS_NO_MEMORY, "out of memory");
}

static enum status check_keys(const struct reader *reader, const cJSON *object,
                              const char *pointer, const char *const *allowed)
{
    const cJSON *item = NULL;
    char what[160];

    if (!cJSON_IsObject(object)) {
        return wrong(reader, pointer,
                     object->string != NULL ? object->string : "",
                     "an object is expected");
    }
    cJSON_ArrayForEach(item, object)
    {
        bool known = false;
        for (size_t i = 0; allowed[i] != NULL; i++) {
            known = known || strcmp(allowed[i], item->string) == 0;
        }
        if (!known) {
            return reason_set(
                reader->reason, STATUS_MALFORMED, "%s: %s/: %s", reader->name,
                pointer,
                unknown_word("key", item->string, allowed, what, sizeof(what)));
        }
    }
    return STATUS_OK;
}

static enum status read_components(const struct reader *reader,
                                   const cJSON *object)
{
    static const char *const keys[] = { "instance", "role", NULL };
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;
    bool has_main = false;

    cJSON_ArrayForEach(item, object)
    {
        const cJSON *instance =
            cJSON_GetObjectItemCaseSensitive(item, "instance");
        const cJSON *role = cJSON_GetObjectItemCaseSensitive(item, "role");
        enum status status = check_keys(reader, item, "/components", keys);
        if (status != STATUS_OK) {
            return status;
        }
        if (!cJSON_IsNumber(instance) || instance->valuedouble < 0 ||
            instance->valuedouble > LWM2M_ID_MAX) {
            return wrong(reader, "/components", item->string,
                         "\"instance\" is to be a number of 0..65534");
        }
        if (role != NULL && !cJSON_IsString(role)) {
            return wrong(reader, "/components", item->string,
                         "\"role\" is to be a text");
        }
        if (profile->component_count == COMPONENTS_MAX) {
            return wrong(reader, "/components", item->string,
                         "too many components");
        }
        struct profile_component *row =
            &profile->components[profile->component_count];
        row->name = strdup(item->string);
        if (row->name == NULL) {
            return no_memory(reader);
        }
        profile->component_count++;
        row->instance = (uint16_t)instance->valuedouble;
        row->is_main = role != NULL && strcmp(role->valuestring, "main") == 0;
        has_main = has_main || row->is_main;
    }
    for (size_t i = 0; !has_main && i < profile->component_count; i++) {
        profile->components[i].is_main = profile->components[i].instance == 0;
    }
    return STATUS_OK;
}

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

static enum status read_ics(const struct reader *reader, const cJSON *object)
{
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, object)
    {
        if (profile->ics_count == ITEMS_MAX) {
            return wrong(reader, "/ics", item->string, "too many items");
        }
        struct profile_item *row = &profile->ics[profile->ics_count];
        row->value = item_text(item);
        if (row->value == NULL) {
            return wrong(reader, "/ics", item->string,
                         "true, false, a number or a text is expected");
        }
        row->name = strdup(item->string);
        profile->ics_count++;
        if (row->name == NULL) {
            return no_memory(reader);
        }
    }
    return STATUS_OK;
}

/** "60 s", "500 ms", "2 min". */
static bool parse_duration(const char *text, uint64_t *out_ms)
{
    char *end = NULL;

    errno = 0;
    double number = strtod(text, &end);
    if (errno != 0 || end == text || !(number >= 0 && number <= 1e9)) {
        return false;
    }
    end += strspn(end, " ");
    double factor = strcmp(end, "ms") == 0    ? 1
                    : strcmp(end, "s") == 0   ? 1000
                    : strcmp(end, "min") == 0 ? 60000
                                              : 0;
    *out_ms = (uint64_t)(number * factor + 0.5);
    return factor > 0;
}

static enum status read_limits(const struct reader *reader, const cJSON *object)
{
    static const char *const names[] = { "state",  "download", "abort",
                                         "update", "boot",     "clock",
                                         "settle", NULL };
    const cJSON *item = NULL;
    enum status status = check_keys(reader, object, "/limits", names);

    if (status != STATUS_OK) {
        return status;
    }
    cJSON_ArrayForEach(item, object)
    {
        enum limit limit = LIMIT_STATE;
        if (!limit_parse(item->string, &limit) || !cJSON_IsString(item) ||
            !parse_duration(item->valuestring,
                            &reader->profile->limits_ms[limit])) {
            return wrong(reader, "/limits", item->string,
                         "a time such as \"60 s\", \"500 ms\" or \"2 min\" "
                         "is expected");
        }
    }
    return STATUS_OK;
}

static enum status read_texts(const struct reader *reader, const cJSON *list,
                              const char *pointer, const char *member,
                              char ***out_texts)
{
    int count = cJSON_GetArraySize(list);
    const cJSON *item = NULL;
    size_t used = 0;

    if (!cJSON_IsArray(list) || count > ARGUMENTS_MAX) {
        return wrong(reader, pointer, member, "a list of texts is expected");
    }
    char **texts = calloc((size_t)count + 1, sizeof(*texts));
    if (texts == NULL) {
        return no_memory(reader);
    }
    *out_texts = texts;
    cJSON_ArrayForEach(item, list)
    {
        if (!cJSON_IsString(item)) {
            return wrong(reader, pointer, member,
                         "a list of texts is expected (no shell line)");
        }
        texts[used] = strdup(item->valuestring);
        if (texts[used++] == NULL) {
            return no_memory(reader);
        }
    }
    return STATUS_OK;
}

static enum status read_control(const struct reader *reader,
                                const cJSON *object)
{
    struct profile *profile = reader->profile;
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, object)
    {
        if (profile->hook_count == ITEMS_MAX || cJSON_GetArraySize(item) < 1) {
            return wrong(reader, "/control", item->string,
                         "a list of at least a program is expected");
        }
        struct profile_hook *row = &profile->hooks[profile->hook_count++];
        row->name = strdup(item->string);
        if (row->name == NULL) {
            return no_memory(reader);
        }
        enum status status =
            read_texts(reader, item, "/control", item->string, &row->argv);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static enum status read_security(const struct reader *reader,
                                 const cJSON *object)
{
    const cJSON *mode = cJSON_GetObjectItemCaseSensitive(object, "mode");

    if (cJSON_IsString(mode) && strcmp(mode->valuestring, "nosec") == 0) {
        return STATUS_OK;
    }
    return wrong(reader, "/security", "mode",
                 "this version only does \"nosec\"");
}

static enum status read_packages(const struct reader *reader,
                                 const cJSON *object)
{
    struct profile *profile = reader->profile;
    struct package_component components[COMPONENTS_MAX];
    struct reason inner = { .status = STATUS_OK };

    for (size_t i = 0; i < profile->component_count; i++) {
        components[i] =
            (struct package_component){ profile->components[i].name,
                                        profile->components[i].instance };
    }
    enum status status =
        package_set_parse(components, profile->component_count, object,
                          reader->folder, &profile->packages, &inner);
    return status == STATUS_OK
               ? STATUS_OK
               : reason_set(reader->reason, status, "%s: %.150s", reader->name,
                            inner.text);
}

static enum status read_members(const struct reader *reader, const cJSON *json)
{
    static const struct {
        const char *name;
        enum status (*read)(const struct reader *reader, const cJSON *object);
    } members[] = {
        { "security", read_security }, { "components", read_components },
        { "packages", read_packages }, { "ics", read_ics },
        { "limits", read_limits },     { "control", read_control },
    };
    enum status status = STATUS_OK;

    for (size_t i = 0;
         status == STATUS_OK && i < sizeof(members) / sizeof(members[0]); i++) {
        const cJSON *item =
            cJSON_GetObjectItemCaseSensitive(json, members[i].name);
        bool always = members[i].read == read_packages;
        if (item != NULL && !cJSON_IsObject(item)) {
            return wrong(reader, "", members[i].name, "an object is expected");
        }
        if (item != NULL || always) {
            status = members[i].read(reader, item);
        }
    }
    return status;
}

static enum status read_profile(const struct reader *reader, const cJSON *json)
{
    static const char *const keys[] = { "endpoint", "security", "components",
                                        "packages", "ics",      "limits",
                                        "control",  "tolerate", NULL };
    struct profile *profile = reader->profile;
    const cJSON *endpoint = cJSON_GetObjectItemCaseSensitive(json, "endpoint");
    const cJSON *tolerate = cJSON_GetObjectItemCaseSensitive(json, "tolerate");

    if (!cJSON_IsObject(json)) {
        return wrong(reader, "", "", "an object is expected");
    }
    enum status status = check_keys(reader, json, "", keys);
    if (status != STATUS_OK) {
        return status;
    }
    if (endpoint != NULL) {
        if (!cJSON_IsString(endpoint) || endpoint->valuestring[0] == '\0') {
            return wrong(reader, "", "endpoint", "a name is expected");
        }
        profile->endpoint = strdup(endpoint->valuestring);
        if (profile->endpoint == NULL) {
            return no_memory(reader);
        }
    }
    status = read_members(reader, json);
    if (status == STATUS_OK && tolerate != NULL) {
        status =
            read_texts(reader, tolerate, "", "tolerate", &profile->tolerate);
    }
    return status;
}

static struct profile *new_profile(const char *name)
{
    struct profile *profile = calloc(1, sizeof(*profile));

    if (profile == NULL) {
        return NULL;
    }
    profile->name = strdup(name);
    profile->components = calloc(COMPONENTS_MAX, sizeof(*profile->components));
    profile->ics = calloc(ITEMS_MAX, sizeof(*profile->ics));
    profile->hooks = calloc(ITEMS_MAX, sizeof(*profile->hooks));
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
    const struct reader reader = { profile, name, folder, reason };
    status = read_profile(&reader, json);
    if (status == STATUS_OK && profile->tolerate == NULL) {
        profile->tolerate = calloc(1, sizeof(*profile->tolerate));
        if (profile->tolerate == NULL) {
            status = no_memory(&reader);
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
    char *folder = folder_of(path);
    char *text = malloc(JSON_FILE_MAX + 2);
    enum status status = STATUS_OK;

    if (file == NULL) {
        status = reason_set(reason, STATUS_NOT_FOUND, "profile '%.120s': %s",
                            path, strerror(errno));
    } else if (folder == NULL || text == NULL) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    } else {
        size_t length = fread(text, 1, JSON_FILE_MAX + 1, file);
        status = ferror(file) != 0
                     ? reason_set(reason, STATUS_NOT_FOUND,
                                  "profile '%.120s' cannot be read", path)
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
    free(profile->endpoint);
    free(profile->name);
    cJSON_Delete(profile->json);
    free(profile);
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
