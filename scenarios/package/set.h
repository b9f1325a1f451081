/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_SET_H
#define SCENARIOS_PACKAGE_SET_H

/* Private to scenarios/package: what a set is made of. */
#include "scenarios/package/anjay.h"
#include "scenarios/package/toolkit.h"

enum package_source {
    SOURCE_FILE,
    SOURCE_RECIPE,
    SOURCE_DAMAGE,
    SOURCE_JUNK,
};

enum version_rule {
    RULE_LITERAL,
    RULE_NEWER,
    RULE_NEWEST,
    RULE_SAME,
    RULE_OLDER,
    RULE_MAJOR,
    RULE_ABOVE,
    RULE_BEHIND,
};

/** How a version comes about. */
struct version_source {
    enum version_rule rule;
    char text[PACKAGE_VERSION_MAX]; /* RULE_LITERAL; RULE_BEHIND: what follows,
                                       with its dot */
    uint16_t above;                 /* RULE_ABOVE: instance */
};

/** Another component that has to be at least that new. */
struct requirement {
    uint16_t instance;
    struct version_source version;
};

enum damage {
    DAMAGE_FLIP_BIT,
    DAMAGE_FLIP_SPREAD,
    DAMAGE_HEADER,
    DAMAGE_MARK,
    DAMAGE_TRUNCATE,
    DAMAGE_APPEND,
    DAMAGE_VARIANT /* one of the format of its base */
};

/** What a recipe says beside what all formats have. */
struct mcuboot_options {
    enum package_encryption encryption;
    unsigned key_bits;
    bool is_for_new_key; /* that the device has after a rotation */
    char kid[32];        /* of a SUIT envelope: the key's name */
    bool has_counter;
    uint32_t counter;
    unsigned header_size;
    bool has_class;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
};

/** Keys of a profile; those that were not given are PACKAGE_KEY_NONE. */
enum set_key {
    SET_KEY_SIGN,
    SET_KEY_SIGN_X,
    SET_KEY_ENC,
    SET_KEY_ENC_X,
    SET_KEY_ENC_NEW,
    SET_KEY_KEK,
    SET_KEY_KEK_X,
    SET_KEY_KEK_NEW,
    SET_KEY_COUNT
};

/** One named package of one component. */
struct package_entry {
    struct package_info info;
    char name[16]; /* info.name points here */
    enum package_source source;
    char *path;                    /* SOURCE_FILE */
    struct version_source version; /* RULE_LITERAL for a file */
    struct requirement requirements[ANJAY_NEEDS_MAX]; /* of a recipe */
    size_t requirement_count;
    size_t size; /* of the payload; SOURCE_JUNK: of everything */
    const struct package_format *format; /* SOURCE_RECIPE */
    struct mcuboot_options mcuboot;      /* of that format */
    char variant[24]; /* SOURCE_RECIPE, SOURCE_DAMAGE: a variant of the format
                         of the package or its base; "" */
    size_t fill; /* of a recipe; not 0: it becomes a multiple of this … */
    int beyond;  /* … and so many bytes more */
    unsigned outcome;
    uint16_t links[8];
    size_t link_count;
    uint16_t parts[PACKAGE_PARTS_MAX]; /* a bundle; none: a single one */
    size_t part_count;
    char base[16]; /* SOURCE_DAMAGE: of this package */
    enum damage damage;
    uint16_t damaged_part; /* instance, in a bundle */
    bool has_damaged_part;
    bool is_removed; /* "BAD": null */
};

struct package_set {
    struct package_key keys[SET_KEY_COUNT];
    struct package_component components[PACKAGE_COMPONENTS_MAX];
    size_t component_count;
    struct package_entry *entries;
    size_t count;
};

/** A profile's packages while they are read. */
struct set_parser {
    struct package_set *set;
    const char *folder;
    struct reason *reason;
    char pointer[128]; /**< of the package being read */
};

/** STATUS_MALFORMED, with the pointer of the package and its member ("" for
 *  the package itself). */
enum status set_wrong(const struct set_parser *parser, const char *member,
                      const char *what);
/** The instance of a component by name; STATUS_MALFORMED for an unknown one. */
MUST_CHECK
enum status set_take_component(const struct set_parser *parser,
                               const char *member, const char *name,
                               uint16_t *out_instance);
/** Members of a package that several sources have. Errors: STATUS_MALFORMED
 *  with the pointer. What is left out keeps what the entry had. */
MUST_CHECK
enum status set_take_size(const struct set_parser *parser, const cJSON *package,
                          const char *member, size_t *out_size);
MUST_CHECK
enum status set_take_version(const struct set_parser *parser,
                             const cJSON *package, struct package_entry *entry);
/** "requires", "contains" and "links". */
MUST_CHECK
enum status set_take_relations(const struct set_parser *parser,
                               const cJSON *package,
                               struct package_entry *entry);
/** After set_take_relations(): how new those of "requires" have to be. */
MUST_CHECK
enum status set_take_requirements(const struct set_parser *parser,
                                  const cJSON *package,
                                  struct package_entry *entry);
/** @param allowed  keys with blanks in between */
MUST_CHECK
enum status set_check_keys(const struct set_parser *parser,
                           const cJSON *package, const char *allowed);
/** @return NULL: no memory. Entries that were added before may move. */
struct package_entry *set_add_entry(struct package_set *set, uint16_t instance,
                                    const char *name);

/** Also one that was taken away ("BAD": null). */
const struct package_entry *set_any_entry(const struct package_set *set,
                                          uint16_t instance, const char *name);
/** @return NULL when the component has no such package */
const struct package_entry *set_entry(const struct package_set *set,
                                      uint16_t instance, const char *name);

#endif
