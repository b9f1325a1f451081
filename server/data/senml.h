/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SERVER_DATA_SENML_H
#define SERVER_DATA_SENML_H

/*
 * Private to server/data: what SenML means, whether it travels as JSON or as
 * CBOR. A decoder fills a struct senml_record from the bytes of one record and
 * hands it to senml_resolve(); an encoder gets one from senml_record_of() and
 * writes its fields in the order of enum senml_label.
 * Spec: RFC 8428, RFC 8790, LwM2M Core 1.2.2, 7.4; content-formats.md,
 * sections 7 and 8.
 */
#include "server/data/codec.h"
#include "server/data/number.h"
#include "server/data/wire_value.h"

#define SENML_NAME_MAX    255 /**< bytes of a base name with a name */
#define SENML_VERSION_MAX 10  /**< base version. RFC 8428, 4.4 */

/** The fields of a record, in the order in which we send them. */
enum senml_label {
    SENML_BASE_VERSION,
    SENML_BASE_NAME,
    SENML_BASE_TIME,
    SENML_BASE_UNIT,
    SENML_BASE_VALUE,
    SENML_BASE_SUM,
    SENML_NAME,
    SENML_UNIT,
    SENML_VALUE,
    SENML_STRING,
    SENML_BOOLEAN,
    SENML_DATA,
    SENML_LINK,
    SENML_SUM,
    SENML_TIME,
    SENML_UPDATE_TIME,
};
#define SENML_LABEL_COUNT (SENML_UPDATE_TIME + 1)

/** What a decoder does with a field. */
enum senml_role {
    SENML_ROLE_NAME,   /**< bn, n: text */
    SENML_ROLE_NUMBER, /**< bver, bt, t: a number */
    SENML_ROLE_VALUE,  /**< v, vs, vb, vd, vlo */
    SENML_ROLE_IGNORE, /**< u, bu, s, ut: check its syntax, drop it */
    SENML_ROLE_REFUSE, /**< bv, bs: LwM2M has no use, and values would change */
};

struct senml_field {
    const char *name; /**< in JSON; in CBOR only of "vlo" */
    bool has_number;  /**< whether CBOR has an integer label */
    int number;       /**< that label */
    enum senml_role role;
    enum wire_kind kind; /**< of a VALUE and of the numbers and names */
};

const struct senml_field *senml_field(enum senml_label label);
/** By its JSON name; false for an unknown one. */
bool senml_label_of_name(const char *name, size_t length,
                         enum senml_label *out_label);
/** By its CBOR label; false for an unknown one. */
bool senml_label_of_number(int64_t number, enum senml_label *out_label);
/** An unknown name that ends in '_' must be understood: refuse the pack. */
bool senml_name_is_mandatory(const char *name, size_t length);

/** Bytes of a name, borrowed: valid UTF-8. */
struct senml_name {
    const char *bytes;
    size_t length;
};

/** One record as it travels, its fields not yet resolved. */
struct senml_record {
    size_t offset;    /**< where it starts in the payload, for messages */
    unsigned present; /**< 1u << enum senml_label, also of ignored fields */
    struct senml_name base_name;
    struct senml_name name;
    struct number base_version;
    struct number base_time;
    struct number time;
    struct wire_value value;
};

bool senml_has(const struct senml_record *record, enum senml_label label);
/** Whether one of v, vs, vb, vd, vlo is present. */
bool senml_has_value(const struct senml_record *record);
/** What a field holds that the record has; borrows from it. */
struct wire_value senml_content(const struct senml_record *record,
                                enum senml_label label);

/**
 * Put one field that was read into the record. For a NAME `value` is WIRE_TEXT,
 * for a NUMBER it is WIRE_NUMBER, for a VALUE it has the kind of the field or
 * is WIRE_NULL; an IGNORE field's value is not read and may be NULL.
 *
 * Errors: STATUS_MALFORMED with the offset of the record: the field is there
 *         already, a second value field, another kind, a REFUSE field.
 */
MUST_CHECK
enum status senml_set(struct senml_record *record, enum senml_label label,
                      const struct wire_value *value, struct reason *reason);

/** One pack on its way into a list. All pointers are borrowed. */
struct senml_resolver {
    enum payload_kind kind;
    bool is_etch; /**< null may stand for a value of a patch (320, 322) */
    /** Old JSON, which has the same names and times, but no relative times. */
    bool is_legacy;
    const struct definitions *definitions;
    const struct lwm2m_path *base;
    struct record_list *list;
    size_t count;   /**< records so far */
    unsigned noted; /**< private: remarks that are made once a pack */
    char name[SENML_NAME_MAX + 1];
    size_t base_length; /**< bytes of the base name in `name` */
    bool has_base_time;
    double base_time_s;
};

void senml_resolver_init(struct senml_resolver *resolver,
                         enum payload_kind kind, bool is_etch,
                         const struct definitions *definitions,
                         const struct lwm2m_path *base,
                         struct record_list *list);
/**
 * Resolve the record against the base fields so far: path and time. First half
 * of senml_resolve(), for who reads the value differently.
 *
 * @param out_place  of LWM2M_TYPE_NONE
 */
MUST_CHECK
enum status senml_place(struct senml_resolver *resolver,
                        const struct senml_record *record,
                        struct lwm2m_record *out_place, struct reason *reason);
/**
 * Resolve the record against the base fields so far and append it to the list:
 * in PAYLOAD_PATHS as LWM2M_TYPE_NONE at any depth, else by wire_value_add().
 *
 * Errors: STATUS_MALFORMED with the offset of the record (no path, no value,
 *         a value in PAYLOAD_PATHS, null where it is not allowed, version);
 *         those of record_list_add().
 */
MUST_CHECK
enum status senml_resolve(struct senml_resolver *resolver,
                          const struct senml_record *record,
                          struct reason *reason);
/** After the last record: wire_list_check(); in PAYLOAD_PATHS, where paths may
 *  overlap, only what lies outside of the base, and that there is a record. */
MUST_CHECK
enum status senml_resolve_end(struct senml_resolver *resolver,
                              struct reason *reason);

/** A list on its way out. All pointers are borrowed; not to be copied. */
struct senml_sender {
    enum payload_kind kind;
    bool is_etch;
    const struct record_list *list;
    struct lwm2m_path base_name;                  /**< depth 0: none is sent */
    char base_name_text[LWM2M_PATH_TEXT_MAX + 1]; /**< with a slash behind */
    char name_text[LWM2M_PATH_TEXT_MAX];
    char link_text[WIRE_LINK_SIZE];
};

/**
 * Begin to send the list as the payload for `base`. When all records lie below
 * `base`, the first will have it as base name ("/3/0/") and all are named from
 * there; else each has its whole path as name. Empty entries of the list have
 * no form in SenML and are left out.
 *
 * Errors: STATUS_INVALID for a path outside of `base`, or without a Resource
 *         where values are sent, and for an empty list in PAYLOAD_PATHS.
 */
MUST_CHECK
enum status senml_sender_init(struct senml_sender *sender,
                              enum payload_kind kind, bool is_etch,
                              const struct lwm2m_path *base,
                              const struct record_list *list,
                              struct reason *reason);
/**
 * The record at `index` of the list; the fields to write are those in
 * `present`. Times are absolute.
 *
 * @param out_record  borrows from list and sender, until the next call
 * Errors: STATUS_INVALID: a value in PAYLOAD_PATHS, none elsewhere (but null
 *         in a patch of `is_etch`); those of wire_value_of().
 */
MUST_CHECK
enum status senml_record_of(struct senml_sender *sender, size_t index,
                            struct senml_record *out_record,
                            struct reason *reason);

#endif
