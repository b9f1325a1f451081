/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/cbor_read.h"
#include "scenarios/package/cbor_write.h"
#include "scenarios/package/format.h"
#include "scenarios/package/package.h"

/*
 * Nordic's DFU multi-image: the size of a header in CBOR, the header, then the
 * images one behind the other. It has no checksum: the images have theirs.
 * Spec: packages.md, section 6.
 */
enum {
    PREFIX = 2, /* u16, little endian */
    IMAGES_MAX = PACKAGE_MEMBERS_MAX,
    CUT = 32, /* bytes that "trunc-hdr" leaves */
    UNKNOWN_ID = 7,
    SIZE_KEY = 5, /* "size" with its head */
    DEPTH = 64,
    SELF_DESCRIBED = 55799, /* the tag of CBOR itself */

    RESULT_TOO_BIG = 2,
    RESULT_CUT = 5,
    RESULT_WRONG = 6,
    RESULT_FAILED = 8,
};

struct image {
    int64_t id;
    size_t offset;
    size_t size;
    size_t id_at; /* in the header: where its numbers stand */
    size_t size_at;
    size_t size_end;
};

struct dfumi_view {
    struct image images[IMAGES_MAX];
    size_t count;
    size_t header_end;
};

/* The defects that are built; the order is that of the table. */
enum defect {
    GOOD,
    BUNDLE_GOOD,
    ONE_BAD,
    TWICE,
    NONE,
    TOO_MANY,
    LENGTH_SHORT,
    LENGTH_LONG,
    UNKNOWN,
    INDEFINITE,
    UNSORTED,
    DUPLICATE,
    LONG_HEAD,
    TAGGED,
    DEEP,
    OVERSIZE,
    BUSY,
    CRASH,
    BUILT_COUNT
};

static const struct package_variant variants[] = {
    [GOOD] = { "good", "without a defect", "ACC", "ACC", true },
    [BUNDLE_GOOD] = { "bundle-good", "several images", "ACC all", "ACC all",
                      true },
    [ONE_BAD] = { "bundle-one-bad", "several images, the last one is damaged",
                  "DL 5, no member Downloaded", "BT 8 for that member", true },
    [TWICE] = { "bundle-dup", "one id twice", "DL 6 (5, 8)", "DL 6 (5, 8)",
                true },
    [NONE] = { "bundle-count0", "no image", "DL 6 (2, 5, 8)", "DL 6 (2, 5, 8)",
               true },
    [TOO_MANY] = { "bundle-over", "more images than can be", "DL 6 (2, 5, 8)",
                   "DL 6 (2, 5, 8)", true },
    [LENGTH_SHORT] = { "bundle-len-short", "a size one byte too small",
                       "DL 5 (2, 6, 8)", "DL 5 (2, 6, 8)", true },
    [LENGTH_LONG] = { "bundle-len-long", "a size one byte too large",
                      "DL 5 (2, 6, 8)", "DL 5 (2, 6, 8)", true },
    [UNKNOWN] = { "bundle-unknown-id", "an image with the id 7",
                  "DL 6 or ACC (6)", "DL 6 or ACC (6)", true },
    [INDEFINITE] = { "cbor-strict", "a map of indefinite length", "DL 6 (5)",
                     "DL 6 (5)", true },
    [UNSORTED] = { "cbor-strict-unsorted", "size before id", "DL 8", "DL 8",
                   true },
    [DUPLICATE] = { "cbor-strict-duplicate", "one key twice", "DL 6 (5)",
                    "DL 6 (5)", true },
    [LONG_HEAD] = { "cbor-strict-head", "a head longer than it need be",
                    "DL 6 (5)", "DL 6 (5)", true },
    [TAGGED] = { "cbor-strict-tag", "a tag where none is", "DL 6 (5)",
                 "DL 6 (5)", true },
    [DEEP] = { "cbor-strict-depth", "64 arrays in each other", "DL 6 (5)",
               "DL 6 (5)", true },
    [OVERSIZE] = { "oversize", "its last image is larger than the slot", "DL 2",
                   "DL 2", true },
    [BUSY] = { "bundle-busy", "good, and another component of it is not Idle",
               "DL 12", "DL 12", true },
    [CRASH] = { "crash-mid-apply",
                "good; the power fails while it is installed", "BT 1 or BT 8",
                "BT 1 or BT 8", true },
    { "trunc-1", "without its last byte", "DL 5 (6, 8)", "DL 5 (6, 8)", false },
    { "trunc-half", "its first half alone", "DL 5 (6, 8)", "DL 5 (6, 8)",
      false },
    { "trunc-hdr", "its first 32 bytes alone", "DL 6 (5, 8)", "DL 6 (5, 8)",
      false },
    { "append", "16 bytes behind its end", "DL 8 (5, 6)", "DL 8 (5, 6)",
      false },
    { "magic", "its first byte inverted", "DL 6 (5)", "DL 6 (5)", false },
    { NULL, NULL, NULL, NULL, false },
};

/* Reading. */

static enum status wrong(struct reason *reason, size_t at, const char *what)
{
    return reason_set(reason, STATUS_MALFORMED, "offset %zu: %s", at, what);
}

static enum status take_key(struct cbor_in *in, const char *want)
{
    struct span key = { NULL, 0 };
    size_t at = in->at;
    enum status status = cbor_take_text(in, want, &key);

    return status == STATUS_OK && (key.size != strlen(want) ||
                                   memcmp(key.bytes, want, key.size) != 0)
               ? reason_set(in->reason, STATUS_MALFORMED,
                            "offset %zu: another key than '%s'", at, want)
               : status;
}

/** {"id": 0, "size": 102}, with its bytes at `offset`. */
static enum status take_image(struct cbor_in *in, size_t offset,
                              struct image *out_image)
{
    uint64_t pairs = 0;
    uint64_t size = 0;
    size_t at = in->at;
    enum status status = cbor_take(in, CBOR_MAP, "image", &pairs);

    if (status == STATUS_OK && pairs != 2) {
        return wrong(in->reason, at, "an image has an id and a size");
    }
    if (status == STATUS_OK) {
        status = take_key(in, "id");
    }
    out_image->id_at = in->at;
    if (status == STATUS_OK) {
        status = cbor_take_number(in, "id", &out_image->id);
    }
    if (status == STATUS_OK) {
        status = take_key(in, "size");
    }
    out_image->size_at = in->at;
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_UNSIGNED, "size", &size);
    }
    out_image->size_end = in->at;
    if (status == STATUS_OK && size > PACKAGE_SIZE_MAX) {
        return wrong(in->reason, at, "an image that is too large");
    }
    out_image->offset = offset;
    out_image->size = (size_t)size;
    return status;
}

static enum status read_header(struct cbor_in *in, struct dfumi_view *view)
{
    uint64_t pairs = 0;
    uint64_t count = 0;
    size_t offset = in->end;
    enum status status = cbor_check(in, false);

    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_MAP, "header", &pairs);
    }
    if (status == STATUS_OK && pairs != 1) {
        return wrong(in->reason, in->at, "other keys than 'img'");
    }
    if (status == STATUS_OK) {
        status = take_key(in, "img");
    }
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_ARRAY, "images", &count);
    }
    if (status == STATUS_OK && (count == 0 || count > IMAGES_MAX)) {
        return wrong(in->reason, in->at, "no image, or more than can be");
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        struct image *image = &view->images[view->count];
        size_t at = in->at;
        status = take_image(in, offset, image);
        offset += image->size;
        for (size_t j = 0; status == STATUS_OK && j < view->count; j++) {
            if (view->images[j].id == image->id) {
                return wrong(in->reason, at, "an id that an image has already");
            }
        }
        view->count += status == STATUS_OK ? 1 : 0;
    }
    return status;
}

/** @param out_result  the Update Result that what is wrong deserves */
static enum status dfumi_read(const uint8_t *bytes, size_t size,
                              struct dfumi_view *view, size_t *out_offset,
                              int *out_result, struct reason *reason)
{
    size_t length =
        size >= PREFIX ? (size_t)bytes[0] | (size_t)bytes[1] << 8 : 0;
    struct cbor_in in = {
        .bytes = bytes, .at = PREFIX, .end = PREFIX + length, .reason = reason
    };

    *view = (struct dfumi_view){ .header_end = PREFIX + length };
    *out_offset = 0;
    *out_result = RESULT_CUT;
    if (size < PREFIX || length > size - PREFIX) {
        return wrong(reason, 0, "the header ends behind the package");
    }
    enum status status = read_header(&in, view);
    if (status != STATUS_OK) {
        *out_offset = in.at;
        *out_result = RESULT_WRONG;
        return status;
    }
    const struct image *last = &view->images[view->count - 1];
    size_t end = last->offset + last->size;
    *out_offset = end < size ? end : size;
    if (end > size) {
        return wrong(reason, size, "the images end behind the package");
    }
    *out_result = end < size ? RESULT_FAILED : 0;
    return end < size ? wrong(reason, end, "bytes behind the last image")
                      : STATUS_OK;
}

static bool is_mine(const uint8_t *bytes, size_t size)
{
    static const uint8_t start[] = { 0xa1, 0x63, 'i', 'm', 'g' };

    return size >= PREFIX + sizeof(start) &&
           memcmp(bytes + PREFIX, start, sizeof(start)) == 0;
}

/** The header: it lies in the package, and its images were read. */
static enum status add_header(const struct dfumi_view *view,
                              struct package_fields *fields,
                              struct reason *reason)
{
    size_t length = view->header_end - PREFIX;
    enum status status =
        fields_add(fields, reason, "header size", 0, PREFIX, "%zu", length);

    if (status == STATUS_OK) {
        status = fields_add(fields, reason, "CBOR header", PREFIX, length,
                            "%zu images", view->count);
    }
    for (size_t i = 0; status == STATUS_OK && i < view->count; i++) {
        const struct image *image = &view->images[i];
        status = fields_add(fields, reason, "  id", image->id_at,
                            image->size_at - SIZE_KEY - image->id_at,
                            "%" PRId64, image->id);
        if (status == STATUS_OK) {
            status = fields_add(fields, reason, "  size", image->size_at,
                                image->size_end - image->size_at, "%zu",
                                image->size);
        }
    }
    return status;
}

static enum status inspect(const uint8_t *bytes, size_t size,
                           struct package_fields *fields, struct reason *reason)
{
    struct dfumi_view view;
    struct reason found = { .status = STATUS_OK };
    size_t offset = 0;
    int result = 0;
    enum status wrong_status =
        dfumi_read(bytes, size, &view, &offset, &result, &found);
    enum status status = STATUS_OK;

    if (size >= PREFIX && view.header_end <= size) {
        status = add_header(&view, fields, reason);
    }
    for (size_t i = 0; status == STATUS_OK && i < view.count; i++) {
        const struct image *image = &view.images[i];
        if (image->offset > size || image->size > size - image->offset) {
            break; /* what is wrong is said below */
        }
        const struct package_format *inner =
            package_format_of(bytes + image->offset, image->size);
        char name[48];
        (void)snprintf(name, sizeof(name), "image %" PRId64, image->id);
        status = fields_add(fields, reason, name, image->offset, image->size,
                            "%s, %zu bytes", package_format_name(inner),
                            image->size);
    }
    if (status == STATUS_OK && wrong_status != STATUS_OK && reason != NULL) {
        *reason = found;
    }
    return status == STATUS_OK ? wrong_status : status;
}

/* Verifying: each image as if it had come alone. */

static bool verify_image(const uint8_t *bytes, const struct image *image,
                         const struct package_policy *policy,
                         struct package_verification *verification)
{
    const uint8_t *start = bytes + image->offset;
    const struct package_format *inner = package_format_of(start, image->size);
    struct package_verification own;
    struct package_policy less = *policy;
    struct reason why = { .status = STATUS_OK };

    less.class_id = NULL; /* these are those of one component */
    less.vendor_id = NULL;
    if (inner == &package_format_opaque) {
        return checks_add(verification, "image", PACKAGE_CHECK_SKIPPED, 0,
                          image->offset, "id %" PRId64 ": of no format we know",
                          image->id);
    }
    if (package_verify(inner, start, image->size, &less, &own, &why) !=
        STATUS_OK) {
        return checks_add(verification, "image", PACKAGE_CHECK_BAD, RESULT_CUT,
                          image->offset, "id %" PRId64 ": %.60s", image->id,
                          why.text);
    }
    for (size_t i = 0; i < own.count; i++) {
        const struct package_check *check = &own.checks[i];
        if (check->state == PACKAGE_CHECK_BAD) {
            return checks_add(verification, check->name, PACKAGE_CHECK_BAD,
                              own.result, image->offset + check->offset,
                              "id %" PRId64 ": %.70s", image->id, check->text);
        }
    }
    return checks_add(verification, "image", PACKAGE_CHECK_GOOD, 0,
                      image->offset, "id %" PRId64 ": %s", image->id,
                      package_format_name(inner));
}

static enum status verify(const uint8_t *bytes, size_t size,
                          const struct package_policy *policy,
                          struct package_verification *verification,
                          struct reason *reason)
{
    struct dfumi_view view;
    struct reason why = { .status = STATUS_OK };
    size_t offset = 0;
    int result = 0;
    bool is_good = true;

    (void)reason; /* a bad package is no error */
    if (dfumi_read(bytes, size, &view, &offset, &result, &why) != STATUS_OK) {
        is_good = checks_add(verification, "structure", PACKAGE_CHECK_BAD,
                             result, offset, "%s", why.text);
        return STATUS_OK;
    }
    is_good = checks_add(verification, "structure", PACKAGE_CHECK_GOOD, 0, 0,
                         "%zu images", view.count);
    for (size_t i = 0; is_good && i < view.count; i++) {
        if (policy->slot_size != 0 && view.images[i].size > policy->slot_size) {
            is_good = checks_add(verification, "size", PACKAGE_CHECK_BAD,
                                 RESULT_TOO_BIG, view.images[i].offset,
                                 "larger than the slot");
        } else {
            is_good =
                verify_image(bytes, &view.images[i], policy, verification);
        }
    }
    return STATUS_OK;
}

/* Building. */

static enum defect find_defect(const char *variant)
{
    for (int i = 0; variant != NULL && i < BUILT_COUNT; i++) {
        if (strcmp(variants[i].name, variant) == 0) {
            return (enum defect)i;
        }
    }
    return GOOD; /* or one of a built file */
}

static void put_image(struct cbor_out *out, enum defect defect, bool is_last,
                      int64_t id, size_t size)
{
    bool is_unsorted = is_last && defect == UNSORTED;
    bool is_double = is_last && defect == DUPLICATE;
    static const uint8_t long_zero[] = { 0x18, 0x00 };

    cbor_put_map(out, is_double ? 3 : 2);
    if (is_unsorted) {
        cbor_put_text(out, "size");
        cbor_put_number(out, (int64_t)size);
    }
    for (int i = 0; i < (is_double ? 2 : 1); i++) {
        cbor_put_text(out, "id");
        if (is_last && defect == LONG_HEAD) {
            cbor_put_raw(out, long_zero, sizeof(long_zero));
        } else {
            cbor_put_number(out, id);
        }
    }
    if (!is_unsorted) {
        cbor_put_text(out, "size");
        cbor_put_number(out, (int64_t)size);
    }
}

/** How often each member is there, so that there are too many. */
static size_t rounds_of(const struct package_recipe *recipe, enum defect defect)
{
    return defect == NONE       ? 0
           : defect == TOO_MANY ? IMAGES_MAX / recipe->member_count + 1
                                : 1;
}

static void put_header(const struct package_recipe *recipe, enum defect defect,
                       struct cbor_out *out)
{
    static const uint8_t begin = 0xbf;
    static const uint8_t end = 0xff;
    size_t rounds = rounds_of(recipe, defect);

    if (defect == TAGGED) {
        cbor_put_tag(out, SELF_DESCRIBED);
    }
    if (defect == INDEFINITE) {
        cbor_put_raw(out, &begin, 1);
    } else {
        cbor_put_map(out, defect == DEEP ? 2 : 1);
    }
    cbor_put_text(out, "img");
    cbor_put_array(out, rounds * recipe->member_count);
    for (size_t i = 0; i < rounds * recipe->member_count; i++) {
        const struct package_member *member =
            &recipe->members[i % recipe->member_count];
        bool is_last = i + 1 == rounds * recipe->member_count;
        int64_t id = defect == TOO_MANY             ? (int64_t)i
                     : is_last && defect == UNKNOWN ? UNKNOWN_ID
                     : is_last && defect == TWICE   ? recipe->members[0].id
                                                    : member->id;
        size_t size = member->size -
                      (is_last && defect == LENGTH_SHORT ? 1 : 0) +
                      (is_last && defect == LENGTH_LONG ? 1 : 0);
        size = is_last && defect == OVERSIZE ? recipe->slot_size + 1 : size;
        put_image(out, defect, is_last, id, size);
    }
    if (defect == DEEP) {
        cbor_put_text(out, "deep");
        for (int i = 0; i < DEPTH; i++) {
            cbor_put_array(out, i + 1 < DEPTH ? 1 : 0);
        }
    }
    if (defect == INDEFINITE) {
        cbor_put_raw(out, &end, 1);
    }
}

static enum status check_recipe(const struct package_recipe *recipe,
                                enum defect defect, struct reason *reason)
{
    bool needs_two = defect == BUNDLE_GOOD || defect == ONE_BAD ||
                     defect == TWICE || defect == BUSY;

    if (recipe->member_count == 0) {
        return reason_set(reason, STATUS_INVALID,
                          "a multi-image needs images: members with an id");
    }
    if (needs_two && recipe->member_count < 2) {
        return reason_set(reason, STATUS_MALFORMED,
                          "the variant '%s' needs several members",
                          recipe->variant);
    }
    for (size_t i = 0; i < recipe->member_count; i++) {
        if (recipe->members[i].size == 0 ||
            recipe->members[i].size > PACKAGE_SIZE_MAX) {
            return reason_set(reason, STATUS_LIMIT, "an image of %zu bytes",
                              recipe->members[i].size);
        }
    }
    const struct package_member *last =
        &recipe->members[recipe->member_count - 1];
    return defect == OVERSIZE && (recipe->slot_size < last->size ||
                                  recipe->slot_size > PACKAGE_SIZE_MAX / 2)
               ? variant_lacks(recipe->variant, "the size of the slot", reason)
               : STATUS_OK;
}

/** Bytes behind an image, so that it is as long as the header says. */
static void put_more(struct cbor_out *out, size_t size)
{
    static const uint8_t zeros[1024] = { 0 };

    for (size_t left = size; left > 0;) {
        size_t part = left < sizeof(zeros) ? left : sizeof(zeros);
        cbor_put_raw(out, zeros, part);
        left -= part;
    }
}

static enum status make(const struct package_recipe *recipe,
                        uint8_t **out_bytes, size_t *out_size,
                        struct reason *reason)
{
    enum defect defect = find_defect(recipe->variant);
    struct cbor_out header = { .bytes = NULL };
    struct cbor_out out = { .bytes = NULL };
    enum status status = check_recipe(recipe, defect, reason);

    if (status != STATUS_OK) {
        return status;
    }
    put_header(recipe, defect, &header);
    const uint8_t prefix[PREFIX] = { (uint8_t)header.size,
                                     (uint8_t)(header.size >> 8) };
    cbor_put_raw(&out, prefix, sizeof(prefix));
    cbor_put_raw(&out, header.bytes, header.size);
    for (size_t i = 0; i < rounds_of(recipe, defect) * recipe->member_count;
         i++) {
        const struct package_member *member =
            &recipe->members[i % recipe->member_count];
        cbor_put_raw(&out, member->bytes, member->size);
        if (defect == OVERSIZE && i + 1 == recipe->member_count) {
            put_more(&out, recipe->slot_size + 1 - member->size);
        }
        if (defect == ONE_BAD && i + 1 == recipe->member_count &&
            !out.has_failed) {
            out.bytes[out.size - member->size / 2 - 1] ^= 0x10;
        }
    }
    if (header.has_failed || out.has_failed) {
        status = reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        cbor_out_release(&out);
    } else {
        *out_bytes = out.bytes;
        *out_size = out.size;
    }
    cbor_out_release(&header);
    return status;
}

static enum status spoil(const char *variant, uint8_t **bytes, size_t *size,
                         struct reason *reason)
{
    enum status status = STATUS_OK;

    if (spoil_blindly(variant, bytes, size, &status, reason)) {
        return status;
    }
    if (*size <= CUT) { /* trunc-hdr */
        return reason_set(reason, STATUS_MALFORMED,
                          "%zu bytes are too few to damage", *size);
    }
    *size = CUT;
    return STATUS_OK;
}

const struct package_format package_format_dfumi = {
    .name = "dfumi",
    .summary = "DFU multi-image of Nordic: several images, mostly of MCUboot",
    .is_mine = is_mine,
    .inspect = inspect,
    .verify = verify,
    .make = make,
    .spoil = spoil,
    .variants = variants,
};
