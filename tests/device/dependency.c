/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Which component needs which: what the packages say of themselves, and the
 * one rule that the device has of its own. Spec: afu.md, section 7.
 */
#include <string.h>

#include "tests/device/firmware_parts.h"

static enum mutant mutant_of(const struct firmware *firmware)
{
    return firmware->config.mutant;
}

static bool is_in(unsigned mask, uint16_t instance)
{
    return (mask & 1u << instance) != 0;
}

/** Whether the package of a component is what counts. */
static bool is_updated(const struct firmware *firmware, unsigned batch,
                       uint16_t instance)
{
    return is_in(batch, instance) && firmware_is_ready(firmware, instance);
}

/** What `instance` would run once the batch is installed. */
static const char *version_in(const struct firmware *firmware, unsigned batch,
                              uint16_t instance)
{
    const struct component *component = &firmware->components[instance];
    bool by_download = varies(firmware, VARIANT_DEPENDENCY_BY_DOWNLOAD) &&
                       firmware_is_ready(firmware, instance);

    if (is_updated(firmware, batch, instance) || by_download) {
        return component->package_version;
    }
    if (mutant_of(firmware) == MUTANT_CANCELLED_COUNTS &&
        component->ghost_version[0] != '\0') {
        return component->ghost_version;
    }
    return mutant_of(firmware) == MUTANT_INSTALLED_NOT_COUNTED
               ? ""
               : component->version;
}

static bool is_below(const struct firmware *firmware, const char *version,
                     const char *needed)
{
    return mutant_of(firmware) == MUTANT_VERSIONS_AS_TEXT
               ? strcmp(version, needed) < 0
               : version_compare(version, needed) < 0;
}

/** The application may not have a greater first number than the TEE. */
static bool breaks_rule(const struct firmware *firmware, unsigned batch)
{
    return firmware->config.shape->has_lead_rule &&
           is_updated(firmware, batch, APPLICATION) &&
           version_lead(firmware->components[APPLICATION].package_version) >
               version_lead(version_in(firmware, batch, TEE));
}

/** For mutants: the package came in the wrong order to be looked at. */
static bool is_overlooked(const struct firmware *firmware, uint16_t instance)
{
    unsigned order = firmware->components[instance].order;
    bool found = false;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        unsigned other = firmware->components[i].order;
        found =
            found ||
            (firmware_is_ready(firmware, i) &&
             ((mutant_of(firmware) == MUTANT_FIRST_UNCHECKED &&
               other > order) ||
              (mutant_of(firmware) == MUTANT_LAST_UNCHECKED && other < order)));
    }
    return found;
}

/** Whether `instance` would run with an `other` that is too old. */
static bool lacks(const struct firmware *firmware, unsigned batch,
                  uint16_t instance, uint16_t other)
{
    const struct component *component = &firmware->components[instance];
    const struct needs *needs = is_updated(firmware, batch, instance)
                                    ? &component->package_needs
                                    : &component->needs;
    bool accepts_any = mutant_of(firmware) == MUTANT_OLD_SIBLING_ACCEPTED &&
                       firmware_is_ready(firmware, other);
    bool found =
        instance == APPLICATION && other == TEE && breaks_rule(firmware, batch);

    if (mutant_of(firmware) == MUTANT_DEPENDENCY_IGNORED || accepts_any ||
        is_overlooked(firmware, instance) ||
        (mutant_of(firmware) == MUTANT_REVERSE_IGNORED &&
         other == APPLICATION)) {
        return false;
    }
    for (size_t i = 0; i < needs->count; i++) {
        found = found || (needs->list[i].instance == other &&
                          is_below(firmware, version_in(firmware, batch, other),
                                   needs->list[i].version));
    }
    return found;
}

bool dependency_is_short(const struct firmware *firmware, unsigned batch,
                         uint16_t instance, uint16_t other)
{
    return lacks(firmware, batch, instance, other);
}

unsigned dependency_culprits(const struct firmware *firmware, unsigned batch,
                             uint16_t instance)
{
    unsigned culprits = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (is_in(batch, i) && i != instance &&
            !firmware_is_ready(firmware, i)) {
            culprits |= 1u << i;
        }
        for (uint16_t j = 0; j < FIRMWARE_COMPONENTS; j++) {
            /* What was amiss before is not the fault of this batch. */
            bool matters = i != j && (is_in(batch, i) || is_in(batch, j));
            if (matters && lacks(firmware, batch, i, j)) {
                /* Seen from who is too old, the other one is too new. */
                culprits |= 1u << (j == instance ? i : j);
            }
        }
    }
    return culprits;
}

unsigned dependency_partners(const struct firmware *firmware, unsigned batch)
{
    const struct shape *shape = firmware->config.shape;
    unsigned partners = batch;
    unsigned before = 0;

    for (uint16_t i = 0; shape->links_all && i < FIRMWARE_COMPONENTS; i++) {
        partners |= firmware_is_ready(firmware, i) ? 1u << i : 0u;
    }
    while (partners != before) { /* what is needed may need something, too */
        before = partners;
        for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
            for (uint16_t j = 0; j < FIRMWARE_COMPONENTS; j++) {
                bool helps = is_in(before, i) && !is_in(before, j) &&
                             firmware_is_ready(firmware, j) &&
                             lacks(firmware, before, i, j) &&
                             !lacks(firmware, before | 1u << j, i, j);
                partners |= helps ? 1u << j : 0u;
            }
        }
    }
    return partners & ~batch;
}

/* Mutants. */

/** The lowest instance that is not in the mask. */
static unsigned another(const struct firmware *firmware, unsigned mask)
{
    for (uint16_t i = 0; i < variant_instances(firmware); i++) {
        if (!is_in(mask, i)) {
            return 1u << i;
        }
    }
    return 0;
}

unsigned dependency_mutant_links(const struct firmware *firmware,
                                 uint16_t instance)
{
    unsigned mask = 0;

    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (mutant_of(firmware) == MUTANT_LINK_AFTER_CANCEL && i != instance &&
            firmware->components[i].ghost_version[0] != '\0') {
            mask |= 1u << i;
        }
    }
    return mask;
}

unsigned dependency_mutant_conflicts(const struct firmware *firmware,
                                     uint16_t instance, unsigned mask)
{
    bool is_refused =
        firmware->components[instance].result == RESULT_DEPENDENCY;
    unsigned own = 1u << instance;

    if (mask == 0) {
        return 0;
    }
    if ((mutant_of(firmware) == MUTANT_WRONG_CULPRIT && is_refused) ||
        (mutant_of(firmware) == MUTANT_WRONG_CONFLICT_PREDICTED &&
         !is_refused)) {
        return another(firmware, mask | own);
    }
    for (uint16_t i = 0; i < FIRMWARE_COMPONENTS; i++) {
        if (mutant_of(firmware) == MUTANT_BYSTANDER_NAMED && is_refused &&
            firmware_is_ready(firmware, i)) {
            mask |= 1u << i;
        }
    }
    return mask & ~own;
}
