/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_PACKAGE_H
#define SCENARIOS_PACKAGE_PACKAGE_H

/*
 * Firmware packages: files of the profile, recipes that build one "newer than
 * now", and damaged variants. Shares no code with the simulated device, so
 * that an error in one cannot hide an error in the other.
 *
 * In a profile, per component:
 *   "G":     { "file": "app-1.9.bin", "version": "1.9" }
 *   "G":     { "recipe": "anjay", "version": "newer", "size": 20480 }
 *   "DEP":   { "recipe": "anjay", "version": "above tee",
 *              "requires": { "tee": "newer" } }
 *   "LNK":   { "recipe": "anjay", "version": "newer", "links": ["tee"] }
 *   "M":     { "recipe": "anjay", "contains": ["application", "tee"] }
 *   "FAILI": { "recipe": "anjay", "version": "newer",
 *              "outcome": "fail-at-update" }
 *   "BAD":   { "damage": "G", "how": "flip-bit" }
 *   "TRUNC": { "damage": "G", "how": "truncate" }
 *   "JUNK":  { "junk": 4096 }         "SHORT": { "junk": 3 }
 * JUNK, SHORT and BYTE are derived for every component, BAD, TRUNC, APPEND,
 * FLIP, HDR and FOREIGN from G, FULL, FULL+1 and FULL-1 from a G that is a
 * recipe for one component, unless given; `"BAD": null` takes one away. Of a
 * file whose format is none of ours HDR and FOREIGN have the first 64 bytes
 * inverted. A multi-component package is made of the recipes 'G' of its
 * parts; `"part": "tee"` beside "flip-bit" damages one of them.
 *
 * Version rules of a recipe: a literal version; "newer" (last number of the
 * observed version + 1); "newest" (+ 2); "same"; "older" (last number - 1, with
 * a borrow); "major" (first number + 1, rest 0); "observed.9" (the observed
 * version with another number behind it); "above C" (first number one above
 * that of component C, or "newer" if it already is). The same rules say which
 * version of another component a recipe requires at least; the package then
 * says so itself, see anjay.h.
 * Spec: packages.md section 7; scenarios.md 0.4.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

#define PACKAGE_SOURCE_SIZE    200
#define PACKAGE_SIZE_MAX       (64u * 1024 * 1024) /**< bytes of one package */
#define PACKAGE_COMPONENTS_MAX 64
#define PACKAGE_PARTS_MAX      4
#define PACKAGE_VERSION_MAX    64 /**< bytes of a version text, with NUL */

/** One component of the profile. Strings are copied where they are kept. */
struct package_component {
    const char *name;
    uint16_t instance;
};

/** All packages of one profile. */
struct package_set;

/**
 * @param components  in profile order
 * @param packages    the profile's "packages" object; borrowed for the call
 * @param keys        the profile's "keys" object, or NULL; borrowed likewise
 * @param folder      files are relative to it
 *
 * Errors: STATUS_MALFORMED, with the JSON pointer, what was found and the
 *         allowed words; STATUS_NOT_FOUND for a missing file (named).
 */
MUST_CHECK
enum status package_set_parse(const struct package_component *components,
                              size_t component_count, const cJSON *packages,
                              const cJSON *keys, const char *folder,
                              struct package_set **out_set,
                              struct reason *reason);
void package_set_free(struct package_set *set);

/** What a package is about, known before it is built. */
struct package_info {
    uint16_t instance; /**< the component it is listed under */
    const char *name;  /**< "DEP" */
    /** Other components it names: first those it requires, then those it
     *  contains, then those it links; without itself, each once. */
    uint16_t related[PACKAGE_COMPONENTS_MAX];
    size_t related_count;
    bool contains_several;
    bool is_derived; /**< from another package of the set */
};
/** @return NULL when the component has no such package */
const struct package_info *package_set_find(const struct package_set *set,
                                            uint16_t instance,
                                            const char *name);

/** How the package of one component stands to that of another. */
enum package_need {
    PACKAGE_NEEDS_NOT, /**< it does not require that component */
    PACKAGE_NEED_MET,  /**< the other package is as new as it requires */
    PACKAGE_NEED_UNMET /**< it is not */
};
/**
 * Whether package `name` requires component `other`, and `other_name` of that
 * one would do. Both are recipes of one component (package_set_is_repeatable());
 * rules are applied to a device where everything is of version 1.0.
 */
enum package_need package_set_need(const struct package_set *set,
                                   uint16_t instance, const char *name,
                                   uint16_t other, const char *other_name);
/** Whether the package is there, and a recipe for one component whose versions
 *  all follow from what is observed: then it is new each time. */
bool package_set_is_repeatable(const struct package_set *set, uint16_t instance,
                               const char *name);

/** Package number `index`, NULL past the last one. */
const struct package_info *package_set_at(const struct package_set *set,
                                          size_t index);

/**
 * Add a package that is a file, of any component.
 *
 * @param out_name  the name it gets: "file-1" …
 * Errors: STATUS_NOT_FOUND for a file that cannot be read; STATUS_LIMIT,
 *         STATUS_NO_MEMORY; the set is as it was.
 */
MUST_CHECK
enum status package_set_add_file(struct package_set *set, uint16_t instance,
                                 const char *path, char out_name[16],
                                 struct reason *reason);

/** Current Version of a component as observed on the device. */
struct package_observed {
    uint16_t instance;
    const char *version; /**< "" when unknown */
};

/** A package ready to be delivered. */
struct package {
    uint8_t *bytes; /**< owned */
    size_t size;
    char sha256[65];
    char version[PACKAGE_VERSION_MAX]; /**< of the addressed part, or "" */
    struct {
        uint16_t instance;
        char version[PACKAGE_VERSION_MAX];
    } parts[PACKAGE_PARTS_MAX]; /**< what it installs, by component */
    size_t part_count;
    const char *damage; /**< as "how" says it, "junk", or NULL when good;
                             static string */
    char source[PACKAGE_SOURCE_SIZE]; /**< where it is from, for people: "file
                                           ./app.bin", "recipe suit" */
};

/**
 * Build (or load) a package. Same set, name, observation and seed give the
 * same bytes.
 *
 * Errors: STATUS_NOT_FOUND for an unknown name or a file that is gone;
 *         STATUS_LIMIT when no newer version can be expressed or the package
 *         gets over PACKAGE_SIZE_MAX; STATUS_MALFORMED when an observed
 *         version is not numbers with dots and the rule needs it, and for a
 *         file that would be a reset (empty, or the byte 0x00).
 */
MUST_CHECK
enum status package_build(const struct package_set *set, uint16_t instance,
                          const char *name,
                          const struct package_observed *observed,
                          size_t observed_count, uint64_t seed,
                          struct package *out_package, struct reason *reason);
/** The same for number `nth` of a series: "flip-spread" flips a bit of the
 *  first byte for 0, of the last one for 1, then elsewhere. Packages without
 *  such a damage are alike for every `nth`. */
MUST_CHECK
enum status package_build_nth(const struct package_set *set, uint16_t instance,
                              const char *name,
                              const struct package_observed *observed,
                              size_t observed_count, uint64_t seed,
                              unsigned nth, struct package *out_package,
                              struct reason *reason);
void package_release(struct package *package);

#endif
