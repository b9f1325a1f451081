/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/damage.h"
#include "scenarios/package/format.h"
#include "scenarios/package/mcuboot.h"
#include "scenarios/package/recipe.h"
#include "scenarios/package/set.h"
#include "scenarios/package/toolkit.h"
#include "scenarios/package/version.h"

enum { FILL_TRIES = 100 };

struct builder {
    const struct package_set *set;
    const struct package_observed *observed;
    size_t observed_count;
    uint64_t seed;
    unsigned nth;
    struct reason *reason;
};

static const char *observed_version(const struct builder *builder,
                                    uint16_t instance)
{
    for (size_t i = 0; i < builder->observed_count; i++) {
        if (builder->observed[i].instance == instance) {
            return builder->observed[i].version;
        }
    }
    return "";
}

/** @param instance  whose version it is */
static enum status apply_rule(const struct builder *builder, uint16_t instance,
                              const struct version_source *version,
                              char out_version[PACKAGE_VERSION_MAX])
{
    const char *now = observed_version(builder, instance);

    switch (version->rule) {
    case RULE_LITERAL:
        (void)snprintf(out_version, PACKAGE_VERSION_MAX, "%s",
                       version->text); /* same size */
        return STATUS_OK;
    case RULE_NEWER:
        return version_newer(now, 1, out_version, builder->reason);
    case RULE_NEWEST:
        return version_newer(now, 2, out_version, builder->reason);
    case RULE_SAME:
        return version_same(now, out_version, builder->reason);
    case RULE_OLDER:
        return version_older(now, out_version, builder->reason);
    case RULE_MAJOR:
        return version_major(now, out_version, builder->reason);
    case RULE_ABOVE:
        return version_above(now, observed_version(builder, version->above),
                             out_version, builder->reason);
    case RULE_BEHIND:
        return version_behind(now, version->text, out_version, builder->reason);
    }
    return STATUS_INVALID;
}

static enum status apply_requirements(const struct builder *builder,
                                      const struct package_entry *entry,
                                      struct anjay_part *part)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < entry->requirement_count;
         i++) {
        const struct requirement *row = &entry->requirements[i];
        part->needs[i].instance = row->instance;
        status = apply_rule(builder, row->instance, &row->version,
                            part->needs[i].version);
        part->need_count = i + 1;
    }
    return status;
}

/** Another payload for every component, name and version. */
static uint64_t payload_seed(const struct builder *builder,
                             const struct package_entry *entry,
                             const char *version)
{
    const uint64_t hash =
        hash_text(hash_text(builder->seed ^ HASH_START, entry->name), version);

    return (hash ^ entry->info.instance) * HASH_PRIME;
}

static enum status make_part(const struct builder *builder,
                             const struct package_entry *entry,
                             struct package *package,
                             struct anjay_part *out_part)
{
    size_t index = package->part_count;
    char *version = package->parts[index].version;
    enum status status =
        apply_rule(builder, entry->info.instance, &entry->version, version);

    if (status != STATUS_OK) {
        return status;
    }
    package->parts[index].instance = entry->info.instance;
    package->part_count++;
    *out_part = (struct anjay_part){
        .instance = entry->info.instance,
        .outcome = entry->outcome,
        .link_count = entry->link_count,
        .version = version,
        .payload_size = entry->size,
        .seed = payload_seed(builder, entry, version),
    };
    memcpy(out_part->links, entry->links, sizeof(out_part->links));
    return apply_requirements(builder, entry, out_part);
}

/** As a device shows it: all three numbers, and the build if there is one. */
static enum status whole_version(char version[PACKAGE_VERSION_MAX],
                                 struct reason *reason)
{
    struct mcuboot_version numbers;
    enum status status = mcuboot_version_parse(version, &numbers, reason);

    if (status == STATUS_OK) {
        mcuboot_version_text(&numbers, version);
    }
    return status;
}

/** What the image needs of others: an image has the number of its instance. */
static enum status take_needs(const struct builder *builder,
                              const struct package_entry *entry,
                              struct package_dependency *needs)
{
    char version[PACKAGE_VERSION_MAX];
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < entry->requirement_count;
         i++) {
        const struct requirement *row = &entry->requirements[i];
        needs[i].image = (uint8_t)row->instance;
        status = apply_rule(builder, row->instance, &row->version, version);
        if (status == STATUS_OK) {
            status = whole_version(version, builder->reason);
        }
        if (status == STATUS_OK) {
            (void)snprintf(needs[i].version, sizeof(needs[i].version), "%.31s",
                           version); /* fits: it is whole */
        }
    }
    return status;
}

/** The version, and of an envelope for several components the highest one that
 *  the rule gives for any of them: it is that of all. */
static enum status take_versions(const struct builder *builder,
                                 const struct package_entry *entry,
                                 struct package *package)
{
    const uint16_t *parts =
        entry->part_count > 0 ? entry->parts : &entry->info.instance;
    size_t count = entry->part_count > 0 ? entry->part_count : 1;
    struct mcuboot_version highest = { .major = 0 };
    char version[PACKAGE_VERSION_MAX];
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        struct mcuboot_version numbers;
        package->parts[i].instance = parts[i];
        status = apply_rule(builder, parts[i], &entry->version, version);
        if (status == STATUS_OK) {
            status = mcuboot_version_parse(version, &numbers, builder->reason);
        }
        if (status == STATUS_OK &&
            (i == 0 || mcuboot_version_order(&numbers, &highest) > 0)) {
            highest = numbers;
        }
    }
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        mcuboot_version_text(&highest, package->parts[i].version);
    }
    package->part_count = count;
    return status;
}

/** @param variant  NULL: the one of the entry, if any */
static enum status build_image(const struct builder *builder,
                               const struct package_entry *entry,
                               const char *variant, struct package *package)
{
    struct package_dependency needs[ANJAY_NEEDS_MAX];
    char *version = package->parts[0].version;
    const char *installed = observed_version(builder, entry->info.instance);
    enum status status = take_versions(builder, entry, package);

    if (status == STATUS_OK) {
        status = take_needs(builder, entry, needs);
    }
    const struct recipe_image image = {
        .set = builder->set,
        .entry = entry,
        .variant = variant,
        .version = version,
        .installed = installed[0] != '\0' ? installed : NULL,
        .needs = needs,
        .need_count = entry->requirement_count,
        .seed = payload_seed(builder, entry, version),
    };
    return status == STATUS_OK
               ? recipe_make_image(&image, &package->bytes, &package->size,
                                   builder->reason)
               : status;
}

/** An image that ends where it shall. The length of a signature is only known
 *  when it is there: again, until it fits. */
static enum status build_filled(const struct builder *builder,
                                const struct package_entry *entry,
                                struct package *package)
{
    struct package_entry sized = *entry;
    struct builder again = *builder;
    size_t block = entry->fill;
    size_t wanted = entry->beyond < 0 ? block - 1 : (size_t)entry->beyond;

    for (int i = 0; i < FILL_TRIES; i++) {
        enum status status = build_image(&again, &sized, NULL, package);
        size_t missing = (wanted + block - package->size % block) % block;
        if (status != STATUS_OK || missing == 0) {
            return status;
        }
        free(package->bytes);
        package->bytes = NULL;
        sized.size = entry->size + (sized.size - entry->size + missing) % block;
        again.seed++; /* else two sizes may take turns for ever */
    }
    return reason_set(builder->reason, STATUS_LIMIT,
                      "package '%s' does not get the size that it shall have",
                      entry->name);
}

/** The good image of each component, one behind the other. */
static enum status build_multi_image(const struct builder *builder,
                                     const struct package_entry *entry,
                                     struct package *package)
{
    struct package images[PACKAGE_PARTS_MAX] = { { .bytes = NULL } };
    struct package_recipe recipe = {
        .variant = entry->variant[0] != '\0' ? entry->variant : NULL,
        .member_count = entry->part_count,
    };
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < entry->part_count; i++) {
        /* It is an image: package_set_parse() saw to it. */
        const struct package_entry *good =
            set_entry(builder->set, entry->parts[i], "G");
        status = build_image(builder, good, NULL, &images[i]);
        recipe.members[i] = (struct package_member){
            .id = entry->parts[i],
            .bytes = images[i].bytes,
            .size = images[i].size,
        };
        package->parts[i] = images[i].parts[0];
    }
    package->part_count = entry->part_count;
    if (status == STATUS_OK) {
        status = package_make(entry->format, &recipe, &package->bytes,
                              &package->size, builder->reason);
    }
    for (size_t i = 0; i < entry->part_count; i++) {
        package_release(&images[i]);
    }
    return status;
}

/** As many bytes of payload as make it end where it shall. */
static enum status build_single(const struct builder *builder,
                                const struct package_entry *entry,
                                struct anjay_part *part,
                                struct package *package)
{
    enum status status =
        anjay_build(part, &package->bytes, &package->size, builder->reason);

    if (status != STATUS_OK || entry->fill == 0) {
        return status;
    }
    size_t over = package->size % entry->fill;
    part->payload_size += over > 0 ? entry->fill - over : 0;
    part->payload_size +=
        entry->beyond < 0 ? entry->fill - 1 : (size_t)entry->beyond;
    free(package->bytes);
    package->bytes = NULL;
    return anjay_build(part, &package->bytes, &package->size, builder->reason);
}

static enum status build_recipe(const struct builder *builder,
                                const struct package_entry *entry,
                                struct package *package)
{
    struct anjay_part parts[PACKAGE_PARTS_MAX];
    enum status status = STATUS_OK;

    if (recipe_is_image(entry->format)) {
        return entry->fill > 0 ? build_filled(builder, entry, package)
                               : build_image(builder, entry, NULL, package);
    }
    if (entry->format == &package_format_dfumi) {
        return build_multi_image(builder, entry, package);
    }
    if (entry->part_count == 0) {
        status = make_part(builder, entry, package, &parts[0]);
        return status == STATUS_OK
                   ? build_single(builder, entry, &parts[0], package)
                   : status;
    }
    for (size_t i = 0; status == STATUS_OK && i < entry->part_count; i++) {
        /* It is a single recipe: package_set_parse() saw to it. */
        const struct package_entry *good =
            set_entry(builder->set, entry->parts[i], "G");
        status = make_part(builder, good, package, &parts[i]);
    }
    return status == STATUS_OK
               ? anjay_bundle(parts, entry->part_count, &package->bytes,
                              &package->size, builder->reason)
               : status;
}

static enum status read_all(FILE *file, const char *path,
                            struct package *package, struct reason *reason)
{
    long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;

    if (size < 0 || (unsigned long)size > PACKAGE_SIZE_MAX ||
        fseek(file, 0, SEEK_SET) != 0) {
        return reason_set(reason, STATUS_LIMIT,
                          "'%s' is no file of at most %u bytes", path,
                          PACKAGE_SIZE_MAX);
    }
    uint8_t *bytes = malloc((size_t)size + 1);
    if (bytes == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        free(bytes);
        return reason_set(reason, STATUS_NOT_FOUND, "'%s' cannot be read",
                          path);
    }
    package->bytes = bytes;
    package->size = (size_t)size;
    return STATUS_OK;
}

static enum status load_file(const struct builder *builder,
                             const struct package_entry *entry,
                             struct package *package)
{
    FILE *file = fopen(entry->path, "rb");

    if (file == NULL) {
        return reason_set(builder->reason, STATUS_NOT_FOUND, "'%s': %s",
                          entry->path, strerror(errno));
    }
    enum status status = read_all(file, entry->path, package, builder->reason);
    (void)fclose(file); /* it was only read */
    for (size_t i = 0; i < entry->part_count; i++) {
        package->parts[i].instance = entry->parts[i];
    }
    package->part_count = entry->part_count;
    if (entry->part_count == 0) {
        package->parts[0].instance = entry->info.instance;
        package->part_count = 1;
    }
    for (size_t i = 0; i < package->part_count; i++) {
        if (package->parts[i].instance == entry->info.instance) {
            memcpy(package->parts[i].version, entry->version.text,
                   PACKAGE_VERSION_MAX);
        }
    }
    return status;
}

static enum status make_junk(const struct builder *builder,
                             const struct package_entry *entry,
                             struct package *package)
{
    package->bytes = malloc(entry->size);
    if (package->bytes == NULL) {
        return reason_set(builder->reason, STATUS_NO_MEMORY, "out of memory");
    }
    package->size = entry->size;
    package_random(payload_seed(builder, entry, ""), package->bytes,
                   package->size);
    /* 0x00 would be the reset, letters could be somebody's magic. */
    package->bytes[0] |= 0x80;
    package->damage = "junk";
    return STATUS_OK;
}

/** In words; of a long path its end. */
static void say_source(const struct package_entry *entry,
                       const struct package_entry *base,
                       struct package *package)
{
    const struct package_entry *from = base != NULL ? base : entry;
    const size_t room = sizeof(package->source) - sizeof("file ...");
    const char *path = from->path;

    if (from->source == SOURCE_FILE) {
        const size_t length = strlen(path);
        const bool is_long = length > room;
        (void)snprintf(package->source, sizeof(package->source), "file %s%s",
                       is_long ? "..." : "",
                       is_long ? path + length - room : path); /* fits */
    } else {
        (void)snprintf(package->source, sizeof(package->source), "%s%s",
                       from->source == SOURCE_RECIPE ? "recipe " : "random",
                       from->source == SOURCE_RECIPE
                           ? package_format_name(from->format)
                           : " bytes"); /* fits */
    }
}

static enum status build_entry(const struct builder *builder,
                               const struct package_entry *entry,
                               struct package *package)
{
    const struct package_entry *base = NULL;
    enum status status = STATUS_OK;

    switch (entry->source) {
    case SOURCE_FILE:
        return load_file(builder, entry, package);
    case SOURCE_RECIPE:
        return build_recipe(builder, entry, package);
    case SOURCE_JUNK:
        return make_junk(builder, entry, package);
    case SOURCE_DAMAGE:
        /* The base is no damage itself: package_set_parse() saw to it. */
        base = set_entry(builder->set, entry->info.instance, entry->base);
        if (damage_is_built(base, entry)) {
            package->damage =
                package_variant_find(base->format, entry->variant)->name;
            return build_image(builder, base, entry->variant, package);
        }
        status = base->source == SOURCE_FILE
                     ? load_file(builder, base, package)
                     : build_recipe(builder, base, package);
        return status == STATUS_OK
                   ? damage_apply(base, entry, builder->seed, builder->nth,
                                  package, builder->reason)
                   : status;
    }
    return STATUS_INVALID;
}

static enum status finish(const struct package_entry *entry,
                          struct package *package, struct reason *reason)
{
    /* On Resource 0 these are the reset. packages.md, section 3. */
    if (package->size == 0 ||
        (package->size == 1 && package->bytes[0] == 0x00)) {
        return reason_set(reason, STATUS_MALFORMED,
                          "package '%s' is %s, which is a reset and no package",
                          entry->name,
                          package->size == 0 ? "empty" : "the byte 0x00");
    }
    enum status status =
        package_sha256(package->bytes, package->size, package->sha256, reason);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < package->part_count; i++) {
        if (package->parts[i].instance == entry->info.instance) {
            memcpy(package->version, package->parts[i].version,
                   sizeof(package->version));
        }
    }
    return STATUS_OK;
}

enum status package_build(const struct package_set *set, uint16_t instance,
                          const char *name,
                          const struct package_observed *observed,
                          size_t observed_count, uint64_t seed,
                          struct package *out_package, struct reason *reason)
{
    return package_build_nth(set, instance, name, observed, observed_count,
                             seed, 0, out_package, reason);
}

enum status package_build_nth(const struct package_set *set, uint16_t instance,
                              const char *name,
                              const struct package_observed *observed,
                              size_t observed_count, uint64_t seed,
                              unsigned nth, struct package *out_package,
                              struct reason *reason)
{
    const struct builder builder = { set,  observed, observed_count,
                                     seed, nth,      reason };
    const struct package_entry *entry = set_entry(set, instance, name);
    struct package package = { .bytes = NULL };

    if (entry == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND,
                          "component %u has no package '%s'", instance, name);
    }
    enum status status = build_entry(&builder, entry, &package);
    if (status == STATUS_OK) {
        say_source(entry, set_entry(set, instance, entry->base), &package);
        status = finish(entry, &package, reason);
    }
    if (status != STATUS_OK) {
        package_release(&package);
        return status;
    }
    *out_package = package;
    return STATUS_OK;
}

void package_release(struct package *package)
{
    free(package->bytes);
    *package = (struct package){ .bytes = NULL };
}

bool package_set_is_repeatable(const struct package_set *set, uint16_t instance,
                               const char *name)
{
    const struct package_entry *entry = set_entry(set, instance, name);

    if (entry == NULL || entry->source != SOURCE_RECIPE ||
        entry->part_count > 0 || entry->version.rule == RULE_LITERAL) {
        return false;
    }
    for (size_t i = 0; i < entry->requirement_count; i++) {
        if (entry->requirements[i].version.rule == RULE_LITERAL) {
            return false;
        }
    }
    return true;
}

enum package_need package_set_need(const struct package_set *set,
                                   uint16_t instance, const char *name,
                                   uint16_t other, const char *other_name)
{
    const struct package_entry *entry = set_entry(set, instance, name);
    const struct package_entry *partner = set_entry(set, other, other_name);
    struct package_observed observed[PACKAGE_COMPONENTS_MAX];
    struct builder builder = { .set = set, .observed = observed };
    char version[PACKAGE_VERSION_MAX];
    char required[PACKAGE_VERSION_MAX];

    for (size_t i = 0; i < set->component_count; i++) {
        observed[i] =
            (struct package_observed){ set->components[i].instance, "1.0" };
    }
    builder.observed_count = set->component_count;
    for (size_t i = 0; i < entry->requirement_count; i++) {
        const struct requirement *row = &entry->requirements[i];
        if (row->instance != other) {
            continue;
        }
        bool is_met =
            apply_rule(&builder, other, &partner->version, version) ==
                STATUS_OK &&
            apply_rule(&builder, other, &row->version, required) == STATUS_OK &&
            version_order(version, required) >= 0;
        return is_met ? PACKAGE_NEED_MET : PACKAGE_NEED_UNMET;
    }
    return PACKAGE_NEEDS_NOT;
}
