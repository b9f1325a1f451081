/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_FORMAT_H
#define SCENARIOS_PACKAGE_FORMAT_H

/* Private to scenarios/package: what a format brings. */
#include "scenarios/package/toolkit.h"

struct package_format {
    const char *name;
    const char *summary;
    /** Whether the first bytes are of it. */
    bool (*is_mine)(const uint8_t *bytes, size_t size);
    enum status (*inspect)(const uint8_t *bytes, size_t size,
                           struct package_fields *fields,
                           struct reason *reason);
    enum status (*verify)(const uint8_t *bytes, size_t size,
                          const struct package_policy *policy,
                          struct package_verification *verification,
                          struct reason *reason);
    /** NULL: it cannot be built. */
    enum status (*make)(const struct package_recipe *recipe,
                        uint8_t **out_bytes, size_t *out_size,
                        struct reason *reason);
    /** A defect of a built package. The caller has looked the variant up. */
    enum status (*spoil)(const char *variant, uint8_t **bytes, size_t *size,
                         struct reason *reason);
    const struct package_variant *variants; /**< ended by a NULL name */
};

extern const struct package_format package_format_opaque;
extern const struct package_format package_format_anjay;
extern const struct package_format package_format_mcuboot;
extern const struct package_format package_format_suit;
extern const struct package_format package_format_dfumi;

/** One more field; `format` makes its value, which is cut where it is long. */
MUST_CHECK
PRINTF_LIKE(6, 7)
enum status fields_add(struct package_fields *fields, struct reason *reason,
                       const char *name, size_t offset, size_t length,
                       const char *format, ...);
/** One more field whose value are its bytes as digits. */
MUST_CHECK
enum status fields_add_bytes(struct package_fields *fields,
                             struct reason *reason, const char *name,
                             const uint8_t *package, size_t offset,
                             size_t length);
/** The first field whose name begins with `name`; NULL: there is none. */
const struct package_field *fields_find(const struct package_fields *fields,
                                        const char *name);

/** One more check. @return whether it was good (or skipped) */
PRINTF_LIKE(6, 7)
bool checks_add(struct package_verification *verification, const char *name,
                enum package_check_state state, int result, size_t offset,
                const char *format, ...);

/** Defects that need to know nothing of the package: trunc-1, trunc-half,
 *  append, magic. @return false: `variant` is none of them */
bool spoil_blindly(const char *variant, uint8_t **bytes, size_t *size,
                   enum status *out_status, struct reason *reason);

/** "the variant 'x' needs WHAT". STATUS_MALFORMED. */
MUST_CHECK
enum status variant_lacks(const char *variant, const char *what,
                          struct reason *reason);
/** enc-block-swap: exchange the first two blocks of 4 KiB.
 *  Errors: STATUS_MALFORMED: there are none. */
MUST_CHECK
enum status spoil_swap(const char *variant, uint8_t *bytes, size_t size,
                       struct reason *reason);

#endif
