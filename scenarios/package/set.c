/* SPDX-License-Identifier: Apache-2.0 */
#include "scenarios/package/set.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/damage.h"
#include "scenarios/package/format.h"
#include "scenarios/package/recipe.h"

enum {
    ENTRIES_MAX = 2048, /* packages of all components */
};

enum status set_wrong(const struct set_parser *parser, const char *member,
                      const char *what)
{
    return reason_set(parser->reason, STATUS_MALFORMED, "%s%s%s: %s",
                      parser->pointer, member[0] != '\0' ? "/" : "", member,
                      what);
}

static bool find_instance(const struct package_set *set, const char *name,
                          uint16_t *out_instance)
{
    for (size_t i = 0; i < set->component_count; i++) {
        if (strcmp(set->components[i].name, name) == 0) {
            *out_instance = set->components[i].instance;
            return true;
        }
    }
    return false;
}

enum status set_take_component(const struct set_parser *parser,
                               const char *member, const char *name,
                               uint16_t *out_instance)
{
    char what[96];

    if (find_instance(parser->set, name, out_instance)) {
        return STATUS_OK;
    }
    (void)snprintf(what, sizeof(what), "no component '%.40s'", name); /* cut */
    return set_wrong(parser, member, what);
}

static void relate(struct package_entry *entry, uint16_t instance)
{
    struct package_info *info = &entry->info;

    for (size_t i = 0; i < info->related_count; i++) {
        if (info->related[i] == instance) {
            return;
        }
    }
    if (instance != info->instance &&
        info->related_count < PACKAGE_COMPONENTS_MAX) {
        info->related[info->related_count++] = instance;
    }
}

static bool has_instance(const uint16_t *instances, size_t count,
                         uint16_t instance)
{
    for (size_t i = 0; i < count; i++) {
        if (instances[i] == instance) {
            return true;
        }
    }
    return false;
}

/** A list of names, or an object whose keys are names. */
static enum status take_names(const struct set_parser *parser,
                              const cJSON *package, const char *member,
                              uint16_t *out, size_t maximum, size_t *out_count)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(package, member);
    const cJSON *item = NULL;

    *out_count = 0;
    if (list != NULL && !cJSON_IsArray(list) && !cJSON_IsObject(list)) {
        return set_wrong(parser, member, "a list of components is expected");
    }
    cJSON_ArrayForEach(item, list)
    {
        const char *name =
            cJSON_IsObject(list) ? item->string : item->valuestring;
        if (name == NULL || *out_count == maximum) {
            return set_wrong(parser, member,
                             name == NULL ? "names of components are expected"
                                          : "too many components");
        }
        if (cJSON_IsObject(list) && !cJSON_IsString(item)) {
            return set_wrong(parser, member, "versions are expected as texts");
        }
        enum status status =
            set_take_component(parser, member, name, &out[*out_count]);
        if (status != STATUS_OK) {
            return status;
        }
        if (has_instance(out, *out_count, out[*out_count])) {
            return set_wrong(parser, member, "a component stands there twice");
        }
        (*out_count)++;
    }
    return STATUS_OK;
}

enum status set_check_keys(const struct set_parser *parser,
                           const cJSON *package, const char *allowed)
{
    const cJSON *item = NULL;
    char what[256];

    cJSON_ArrayForEach(item, package)
    {
        size_t length = strlen(item->string);
        bool known = false;
        for (const char *at = allowed; *at != '\0';) {
            size_t word = strcspn(at, " ");
            known = known ||
                    (word == length && memcmp(at, item->string, length) == 0);
            at += word + (at[word] == ' ' ? 1 : 0);
        }
        if (!known) {
            (void)snprintf(what, sizeof(what),
                           "unknown key '%.40s'; allowed are: %s", item->string,
                           allowed); /* cut */
            return set_wrong(parser, "", what);
        }
    }
    return STATUS_OK;
}

enum status set_take_size(const struct set_parser *parser, const cJSON *package,
                          const char *member, size_t *out_size)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, member);

    if (item == NULL) {
        return STATUS_OK;
    }
    if (!cJSON_IsNumber(item) || item->valuedouble < 1 ||
        item->valuedouble > PACKAGE_SIZE_MAX ||
        item->valuedouble != (double)(size_t)item->valuedouble) {
        return set_wrong(parser, member,
                         "a number of bytes of 1..67108864 is expected");
    }
    *out_size = (size_t)item->valuedouble;
    return STATUS_OK;
}

static const struct {
    const char *word;
    enum version_rule rule;
} rules[] = {
    { "newer", RULE_NEWER }, { "newest", RULE_NEWEST }, { "same", RULE_SAME },
    { "older", RULE_OLDER }, { "major", RULE_MAJOR },
};

/** A text of the profile: a version, or the rule for one. */
static enum status read_version(const struct set_parser *parser,
                                const char *member, const cJSON *item,
                                struct version_source *out_version)
{
    static const char above[] = "above ";
    static const char behind[] = "observed.";

    if (!cJSON_IsString(item) || item->valuestring[0] == '\0' ||
        strlen(item->valuestring) >= PACKAGE_VERSION_MAX) {
        return set_wrong(
            parser, member,
            "a version, 'newer', 'newest', 'same', 'older', 'major', "
            "'observed.NUMBER' or 'above COMPONENT' is expected");
    }
    const char *text = item->valuestring;
    *out_version = (struct version_source){ .rule = RULE_LITERAL };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (strcmp(text, rules[i].word) == 0) {
            out_version->rule = rules[i].rule;
            return STATUS_OK;
        }
    }
    if (strncmp(text, above, sizeof(above) - 1) == 0) {
        out_version->rule = RULE_ABOVE;
        return set_take_component(parser, member, text + sizeof(above) - 1,
                                  &out_version->above);
    } else if (strncmp(text, behind, sizeof(behind) - 1) == 0) {
        out_version->rule = RULE_BEHIND;
        text += sizeof(behind) - 2; /* from the dot on */
    }
    (void)snprintf(out_version->text, sizeof(out_version->text), "%s",
                   text); /* fits */
    return STATUS_OK;
}

enum status set_take_version(const struct set_parser *parser,
                             const cJSON *package, struct package_entry *entry)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, "version");
    bool is_file = entry->source == SOURCE_FILE;

    if (item == NULL) {
        entry->version.rule = is_file ? RULE_LITERAL : RULE_NEWER;
        return STATUS_OK;
    }
    enum status status = read_version(parser, "version", item, &entry->version);
    if (status == STATUS_OK && is_file) { /* what it shows, as it stands */
        entry->version = (struct version_source){ .rule = RULE_LITERAL };
        (void)snprintf(entry->version.text, sizeof(entry->version.text), "%s",
                       item->valuestring); /* fits */
    }
    return status;
}

/** What a recipe writes into the package: how new the others have to be. */
enum status set_take_requirements(const struct set_parser *parser,
                                  const cJSON *package,
                                  struct package_entry *entry)
{
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(package, "requires");
    const cJSON *item = NULL;
    enum status status = STATUS_OK;

    cJSON_ArrayForEach(item, list)
    {
        struct requirement *requirement =
            &entry->requirements[entry->requirement_count];
        if (entry->requirement_count == ANJAY_NEEDS_MAX) {
            return set_wrong(parser, "requires", "too many components");
        }
        entry->requirement_count++;
        /* take_names() has been here. */
        (void)find_instance(parser->set,
                            cJSON_IsObject(list) ? item->string
                                                 : item->valuestring,
                            &requirement->instance);
        requirement->version.rule = RULE_NEWER;
        status = cJSON_IsObject(list) ? read_version(parser, "requires", item,
                                                     &requirement->version)
                                      : STATUS_OK;
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

/** "requires", "contains" and "links", which files may state as well. */
enum status set_take_relations(const struct set_parser *parser,
                               const cJSON *package,
                               struct package_entry *entry)
{
    uint16_t required[PACKAGE_COMPONENTS_MAX];
    size_t count = 0;
    enum status status = take_names(parser, package, "requires", required,
                                    PACKAGE_COMPONENTS_MAX, &count);

    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        relate(entry, required[i]);
    }
    if (status == STATUS_OK) {
        status = take_names(parser, package, "contains", entry->parts,
                            PACKAGE_PARTS_MAX, &entry->part_count);
    }
    for (size_t i = 0; status == STATUS_OK && i < entry->part_count; i++) {
        relate(entry, entry->parts[i]);
    }
    if (status == STATUS_OK) {
        status = take_names(parser, package, "links", entry->links, 8,
                            &entry->link_count);
    }
    for (size_t i = 0; status == STATUS_OK && i < entry->link_count; i++) {
        relate(entry, entry->links[i]);
    }
    entry->info.contains_several = entry->part_count > 1;
    return status;
}

static enum status parse_file(const struct set_parser *parser,
                              const cJSON *package, struct package_entry *entry)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(package, "file");
    struct stat file;
    enum status status =
        set_check_keys(parser, package, "file version requires contains links");

    if (status != STATUS_OK) {
        return status;
    }
    if (!cJSON_IsString(item)) {
        return set_wrong(parser, "file", "a path is expected");
    }
    int length = item->valuestring[0] == '/'
                     ? asprintf(&entry->path, "%s", item->valuestring)
                     : asprintf(&entry->path, "%s/%s", parser->folder,
                                item->valuestring);
    if (length < 0) {
        entry->path = NULL;
        return reason_set(parser->reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (stat(entry->path, &file) != 0 || !S_ISREG(file.st_mode) ||
        access(entry->path, R_OK) != 0) {
        return reason_set(parser->reason, STATUS_NOT_FOUND,
                          "%s: file '%.300s' cannot be read", parser->pointer,
                          entry->path);
    }
    if (file.st_size == 0) {
        return reason_set(parser->reason, STATUS_INVALID,
                          "%s: file '%.300s' is empty: that would be a reset "
                          "and no package",
                          parser->pointer, entry->path);
    }
    entry->source = SOURCE_FILE;
    status = set_take_version(parser, package, entry);
    return status == STATUS_OK ? set_take_relations(parser, package, entry)
                               : status;
}

static enum status parse_junk(const struct set_parser *parser,
                              const cJSON *package, struct package_entry *entry)
{
    enum status status = set_check_keys(parser, package, "junk");

    entry->source = SOURCE_JUNK;
    entry->info.is_derived = true;
    return status == STATUS_OK
               ? set_take_size(parser, package, "junk", &entry->size)
               : status;
}

static const struct {
    const char *key;
    enum status (*parse)(const struct set_parser *parser, const cJSON *package,
                         struct package_entry *entry);
} sources[] = {
    { "file", parse_file },
    { "recipe", recipe_parse },
    { "damage", damage_parse },
    { "junk", parse_junk },
};

struct package_entry *set_add_entry(struct package_set *set, uint16_t instance,
                                    const char *name)
{
    struct package_entry *grown =
        realloc(set->entries, (set->count + 1) * sizeof(*grown));

    if (grown == NULL) {
        return NULL;
    }
    set->entries = grown;
    struct package_entry *entry = &grown[set->count++];
    *entry = (struct package_entry){ .info = { .instance = instance } };
    (void)snprintf(entry->name, sizeof(entry->name), "%s", name); /* fits */
    return entry;
}

const struct package_info *package_set_at(const struct package_set *set,
                                          size_t index)
{
    for (size_t i = 0; i < set->count; i++) {
        if (!set->entries[i].is_removed && index-- == 0) {
            return &set->entries[i].info;
        }
    }
    return NULL;
}

enum status package_set_add_file(struct package_set *set, uint16_t instance,
                                 const char *path, char out_name[16],
                                 struct reason *reason)
{
    struct stat file;
    char name[16];
    char *copy = NULL;

    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) ||
        access(path, R_OK) != 0) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "file '%.300s' cannot be read", path);
    }
    if (set->count == ENTRIES_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d packages",
                          ENTRIES_MAX);
    }
    size_t number = 1;
    for (size_t i = 0; i < set->count; i++) {
        number += strncmp(set->entries[i].name, "file-", 5) == 0 ? 1 : 0;
    }
    (void)snprintf(name, sizeof(name), "file-%zu", number); /* fits */
    copy = strdup(path);
    struct package_entry *entry =
        copy != NULL ? set_add_entry(set, instance, name) : NULL;
    if (entry == NULL) {
        free(copy);
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    entry->path = copy; /* handed over */
    entry->source = SOURCE_FILE;
    entry->version.rule = RULE_LITERAL;
    for (size_t i = 0; i < set->count; i++) { /* they may have moved */
        set->entries[i].info.name = set->entries[i].name;
    }
    memcpy(out_name, name, sizeof(name));
    return STATUS_OK;
}

static enum status parse_package(struct set_parser *parser, uint16_t instance,
                                 const cJSON *package)
{
    const char *name = package->string;

    if (strlen(name) == 0 || strlen(name) > 15) {
        return set_wrong(parser, "", "a package name has 1 to 15 characters");
    }
    if (parser->set->count == ENTRIES_MAX) {
        return reason_set(parser->reason, STATUS_LIMIT, "more than %d packages",
                          ENTRIES_MAX);
    }
    struct package_entry *entry = set_add_entry(parser->set, instance, name);
    if (entry == NULL) {
        return reason_set(parser->reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (cJSON_IsNull(package)) {
        entry->is_removed = true;
        return STATUS_OK;
    }
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        if (cJSON_GetObjectItemCaseSensitive(package, sources[i].key) != NULL) {
            return sources[i].parse(parser, package, entry);
        }
    }
    return set_wrong(parser, "",
                     "one of 'file', 'recipe', 'damage' or 'junk' is expected");
}

const struct package_entry *set_any_entry(const struct package_set *set,
                                          uint16_t instance, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (set->entries[i].info.instance == instance &&
            strcmp(set->entries[i].name, name) == 0) {
            return &set->entries[i];
        }
    }
    return NULL;
}

const struct package_entry *set_entry(const struct package_set *set,
                                      uint16_t instance, const char *name)
{
    const struct package_entry *entry = set_any_entry(set, instance, name);

    return entry != NULL && !entry->is_removed ? entry : NULL;
}

static const char *component_name(const struct package_set *set,
                                  uint16_t instance)
{
    for (size_t i = 0; i < set->component_count; i++) {
        if (set->components[i].instance == instance) {
            return set->components[i].name;
        }
    }
    return "";
}

/** A complaint about a package that was read before. */
static enum status wrong_entry(struct set_parser *parser,
                               const struct package_entry *entry,
                               const char *member, const char *what)
{
    (void)snprintf(parser->pointer, sizeof(parser->pointer),
                   "/packages/%.40s/%.40s",
                   component_name(parser->set, entry->info.instance),
                   entry->name); /* cut */
    return set_wrong(parser, member, what);
}

static enum status check_damage(struct set_parser *parser,
                                const struct package_entry *entry)
{
    const struct package_entry *base =
        set_entry(parser->set, entry->info.instance, entry->base);
    char what[64];

    if (base == NULL || base->source == SOURCE_DAMAGE ||
        base->source == SOURCE_JUNK) {
        (void)snprintf(what, sizeof(what),
                       "damages '%s', which is no good package", entry->base);
        return wrong_entry(parser, entry, "", what);
    }
    const char *misfit = damage_check(base, entry);
    if (misfit != NULL) {
        return wrong_entry(parser, entry, "how", misfit);
    }
    if (entry->has_damaged_part &&
        !has_instance(base->parts, base->part_count, entry->damaged_part)) {
        (void)snprintf(what, sizeof(what), "'%s' does not contain it",
                       entry->base);
        return wrong_entry(parser, entry, "part", what);
    }
    return STATUS_OK;
}

static enum status check_bundle(struct set_parser *parser,
                                const struct package_entry *entry)
{
    char what[96];
    const struct package_format *inner = entry->format == &package_format_dfumi
                                             ? &package_format_mcuboot
                                             : entry->format;

    for (size_t i = 0; i < entry->part_count; i++) {
        const struct package_entry *good =
            set_entry(parser->set, entry->parts[i], "G");
        if (good == NULL || good->source != SOURCE_RECIPE ||
            good->format != inner || good->part_count > 0) {
            (void)snprintf(what, sizeof(what),
                           "'%.40s' has no recipe 'G' of its own to put in",
                           component_name(parser->set, entry->parts[i]));
            return wrong_entry(parser, entry, "contains", what);
        }
    }
    return STATUS_OK;
}

/** Packages that name other packages, once all were read. */
static enum status check_references(struct set_parser *parser)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < parser->set->count; i++) {
        const struct package_entry *entry = &parser->set->entries[i];
        if (entry->is_removed) {
            continue;
        }
        if (entry->source == SOURCE_DAMAGE) {
            status = check_damage(parser, entry);
        } else if (entry->source == SOURCE_RECIPE) {
            status = check_bundle(parser, entry);
        }
    }
    return status;
}

static enum status copy_components(struct package_set *set,
                                   const struct package_component *components,
                                   size_t count, struct reason *reason)
{
    if (count > PACKAGE_COMPONENTS_MAX) {
        return reason_set(reason, STATUS_LIMIT, "more than %d components",
                          PACKAGE_COMPONENTS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        set->components[i].name = strdup(components[i].name);
        set->components[i].instance = components[i].instance;
        if (set->components[i].name == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
        set->component_count++;
    }
    return STATUS_OK;
}

static enum status parse_all(struct set_parser *parser, const cJSON *packages)
{
    const cJSON *component = NULL;
    const cJSON *package = NULL;
    enum status status = STATUS_OK;

    if (packages != NULL && !cJSON_IsObject(packages)) {
        return reason_set(parser->reason, STATUS_MALFORMED,
                          "/packages: an object is expected");
    }
    cJSON_ArrayForEach(component, packages)
    {
        uint16_t instance = 0;
        (void)snprintf(parser->pointer, sizeof(parser->pointer),
                       "/packages/%.40s", component->string); /* cut */
        status = set_take_component(parser, "", component->string, &instance);
        if (status == STATUS_OK && !cJSON_IsObject(component)) {
            status = set_wrong(parser, "", "an object of packages is expected");
        }
        cJSON_ArrayForEach(package, component)
        {
            if (status != STATUS_OK) {
                return status;
            }
            (void)snprintf(parser->pointer, sizeof(parser->pointer),
                           "/packages/%.40s/%.40s", component->string,
                           package->string); /* cut */
            status = parse_package(parser, instance, package);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    for (size_t i = 0; status == STATUS_OK && i < parser->set->component_count;
         i++) {
        status = damage_derive(parser, parser->set->components[i].instance);
    }
    return status == STATUS_OK ? check_references(parser) : status;
}

enum status package_set_parse(const struct package_component *components,
                              size_t component_count, const cJSON *packages,
                              const cJSON *keys, const char *folder,
                              struct package_set **out_set,
                              struct reason *reason)
{
    struct package_set *set = calloc(1, sizeof(*set));

    if (set == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    struct set_parser parser = { .set = set,
                                 .folder = folder,
                                 .reason = reason };
    enum status status =
        copy_components(set, components, component_count, reason);
    if (status == STATUS_OK) {
        status = recipe_parse_keys(&parser, keys);
    }
    if (status == STATUS_OK) {
        status = parse_all(&parser, packages);
    }
    if (status != STATUS_OK) {
        package_set_free(set);
        return status;
    }
    for (size_t i = 0; i < set->count; i++) {
        struct package_entry *entry = &set->entries[i];
        entry->info.name = entry->name; /* the array grows no more */
        if (entry->source == SOURCE_DAMAGE) {
            const struct package_entry *base =
                set_entry(set, entry->info.instance, entry->base);
            if (base != NULL) { /* NULL only for one that was taken away */
                memcpy(entry->info.related, base->info.related,
                       sizeof(entry->info.related));
                entry->info.related_count = base->info.related_count;
                entry->info.contains_several = base->info.contains_several;
            }
        }
    }
    *out_set = set;
    return STATUS_OK;
}

void package_set_free(struct package_set *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->component_count; i++) {
        free((void *)(uintptr_t)set->components[i].name);
    }
    for (size_t i = 0; i < set->count; i++) {
        free(set->entries[i].path);
    }
    for (size_t i = 0; i < SET_KEY_COUNT; i++) {
        package_key_release(&set->keys[i]);
    }
    free(set->entries);
    free(set);
}

const struct package_info *package_set_find(const struct package_set *set,
                                            uint16_t instance, const char *name)
{
    const struct package_entry *entry =
        set != NULL ? set_entry(set, instance, name) : NULL;

    return entry != NULL ? &entry->info : NULL;
}
