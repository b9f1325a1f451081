/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/mcuboot.h"

enum { RESULT_CUT = 5, RESULT_WRONG = 6 };

uint32_t mcuboot_get(const uint8_t *bytes, size_t size)
{
    uint32_t number = 0;

    for (size_t i = size; i > 0; i--) {
        number = number << 8 | bytes[i - 1];
    }
    return number;
}

void mcuboot_get_version(const uint8_t *bytes,
                         struct mcuboot_version *out_version)
{
    *out_version = (struct mcuboot_version){
        .major = bytes[0],
        .minor = bytes[1],
        .revision = (uint16_t)mcuboot_get(bytes + 2, 2),
        .build = mcuboot_get(bytes + 4, 4),
    };
}

void mcuboot_version_text(const struct mcuboot_version *version,
                          char out_text[32])
{
    if (version->build == 0) {
        (void)snprintf(out_text, 32, "%u.%u.%u", version->major, version->minor,
                       version->revision); /* fits */
    } else {
        (void)snprintf(out_text, 32, "%u.%u.%u+%" PRIu32, version->major,
                       version->minor, version->revision,
                       version->build); /* fits */
    }
}

int mcuboot_version_order(const struct mcuboot_version *a,
                          const struct mcuboot_version *b)
{
    const int64_t differences[] = {
        (int64_t)a->major - b->major,
        (int64_t)a->minor - b->minor,
        (int64_t)a->revision - b->revision,
        (int64_t)a->build - b->build,
    };

    for (size_t i = 0; i < sizeof(differences) / sizeof(differences[0]); i++) {
        if (differences[i] != 0) {
            return differences[i] < 0 ? -1 : 1;
        }
    }
    return 0;
}

const struct mcuboot_tlv *mcuboot_find(const struct mcuboot_view *view,
                                       unsigned type, bool is_protected)
{
    for (size_t i = 0; i < view->tlv_count; i++) {
        if (view->tlvs[i].type == type &&
            view->tlvs[i].is_protected == is_protected) {
            return &view->tlvs[i];
        }
    }
    return NULL;
}

/** What one reading has. */
struct reading {
    const uint8_t *bytes;
    size_t size;
    struct mcuboot_view *view;
    struct package_fields *fields;
    size_t *offset;
    int *result;
    struct reason *reason;
};

/** @param result  RESULT_CUT or RESULT_WRONG */
static enum status wrong(const struct reading *reading, int result,
                         size_t offset, const char *field, const char *what)
{
    *reading->offset = offset;
    *reading->result = result;
    return reason_set(reading->reason, STATUS_MALFORMED, "offset %zu, %s: %s",
                      offset, field, what);
}

/** A number of the header as a field. */
static enum status header_number(const struct reading *reading,
                                 const char *name, size_t offset, size_t size,
                                 const char *format, uint32_t *out_number)
{
    char value[64];

    *out_number = mcuboot_get(reading->bytes + offset, size);
    if (reading->fields == NULL) {
        return STATUS_OK;
    }
    (void)snprintf(value, sizeof(value),
                   strcmp(format, "hex") == 0 ? "0x%08" PRIx32 : "%" PRIu32,
                   *out_number); /* fits */
    return fields_add(reading->fields, reading->reason, name, offset, size,
                      "%s", value);
}

static enum status read_version(const struct reading *reading)
{
    struct mcuboot_version *version = &reading->view->version;
    char text[32];

    mcuboot_get_version(reading->bytes + MCUBOOT_VERSION_AT, version);
    mcuboot_version_text(version, text);
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->reason, "version",
                            MCUBOOT_VERSION_AT, MCUBOOT_VERSION, "%s", text);
}

/** Bit by bit. packages.md, 5.1. */
static const struct {
    uint32_t bit;
    const char *name;
} flag_names[] = {
    { 0x04, "AES-128" },  { 0x08, "AES-256" },    { 0x10, "non-bootable" },
    { 0x20, "RAM-load" }, { 0x100, "ROM-fixed" }, { 0x200, "LZMA1" },
    { 0x400, "LZMA2" },   { 0x800, "ARM-thumb" },
};

static enum status read_flags(const struct reading *reading)
{
    char text[96] = "";
    uint32_t flags = mcuboot_get(reading->bytes + MCUBOOT_FLAGS_AT, 4);

    reading->view->flags = flags;
    for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++) {
        if ((flags & flag_names[i].bit) != 0) {
            size_t length = strlen(text);
            (void)snprintf(text + length, sizeof(text) - length, " %s",
                           flag_names[i].name); /* fits */
        }
    }
    return reading->fields == NULL
               ? STATUS_OK
               : fields_add(reading->fields, reading->reason, "flags",
                            MCUBOOT_FLAGS_AT, 4, "0x%08" PRIx32 "%s", flags,
                            text);
}

static enum status read_header(const struct reading *reading)
{
    struct mcuboot_view *view = reading->view;
    uint32_t number = 0;

    if (reading->size < MCUBOOT_HEADER) {
        return wrong(reading, reading->size < 4 ? RESULT_WRONG : RESULT_CUT, 0,
                     "header", "the file ends inside of it");
    }
    enum status status = header_number(reading, "magic", 0, 4, "hex", &number);
    if (status == STATUS_OK && number != MCUBOOT_MAGIC) {
        return wrong(reading, RESULT_WRONG, 0, "magic", "it is not MCUboot's");
    }
    if (status == STATUS_OK) {
        status = header_number(reading, "load address", MCUBOOT_LOAD_AT, 4,
                               "hex", &number);
    }
    if (status == STATUS_OK) {
        status = header_number(reading, "header size", MCUBOOT_HEADER_SIZE_AT,
                               2, "", &number);
        view->header_size = number;
    }
    if (status == STATUS_OK) {
        status = header_number(reading, "protected TLV size",
                               MCUBOOT_PROTECTED_AT, 2, "", &number);
        view->protected_size = number;
    }
    if (status == STATUS_OK) {
        status = header_number(reading, "image size", MCUBOOT_IMAGE_SIZE_AT, 4,
                               "", &number);
        view->payload_size = number;
    }
    if (status == STATUS_OK) {
        status = read_flags(reading);
    }
    if (status == STATUS_OK) {
        status = read_version(reading);
    }
    return status == STATUS_OK ? header_number(reading, "pad", MCUBOOT_PAD_AT,
                                               4, "hex", &number)
                               : status;
}

/** What the header says of sizes. */
static enum status check_header(const struct reading *reading)
{
    const struct mcuboot_view *view = reading->view;
    const uint32_t both = MCUBOOT_AES128 | MCUBOOT_AES256;

    if (view->header_size < MCUBOOT_HEADER) {
        return wrong(reading, RESULT_WRONG, MCUBOOT_HEADER_SIZE_AT,
                     "header size", "it is below 32");
    }
    if (view->header_size > reading->size) {
        return wrong(reading, RESULT_CUT, MCUBOOT_HEADER_SIZE_AT, "header size",
                     "it is past the end");
    }
    if (view->payload_size > reading->size - view->header_size) {
        return wrong(reading, RESULT_CUT, MCUBOOT_IMAGE_SIZE_AT, "image size",
                     "it is past the end");
    }
    if ((view->flags & both) == both) {
        return wrong(reading, RESULT_WRONG, MCUBOOT_FLAGS_AT, "flags",
                     "AES-128 and AES-256 at once");
    }
    if (view->protected_size != 0 && view->protected_size < MCUBOOT_INFO) {
        return wrong(reading, RESULT_WRONG, MCUBOOT_PROTECTED_AT,
                     "protected TLV size", "it is below 4");
    }
    return STATUS_OK;
}

static enum status read_body(const struct reading *reading)
{
    const struct mcuboot_view *view = reading->view;
    enum status status = STATUS_OK;

    if (reading->fields == NULL) {
        return STATUS_OK;
    }
    if (view->header_size > MCUBOOT_HEADER) {
        status = fields_add_bytes(reading->fields, reading->reason, "fill",
                                  reading->bytes, MCUBOOT_HEADER,
                                  view->header_size - MCUBOOT_HEADER);
    }
    return status == STATUS_OK
               ? fields_add_bytes(reading->fields, reading->reason, "payload",
                                  reading->bytes, view->header_size,
                                  view->payload_size)
               : status;
}

static const struct {
    unsigned type;
    const char *name;
} tlv_names[] = {
    { 0x01, "KEYHASH" },    { 0x02, "PUBKEY" },     { 0x10, "SHA256" },
    { 0x11, "SHA384" },     { 0x12, "SHA512" },     { 0x20, "RSA2048" },
    { 0x22, "ECDSA" },      { 0x23, "RSA3072" },    { 0x24, "ED25519" },
    { 0x25, "SIG_PURE" },   { 0x30, "ENC_RSA" },    { 0x31, "ENC_KW" },
    { 0x32, "ENC_EC256" },  { 0x33, "ENC_X25519" }, { 0x34, "ENC_X25519_512" },
    { 0x40, "DEPENDENCY" }, { 0x50, "SEC_CNT" },    { 0x60, "BOOT_RECORD" },
    { 0x74, "VENDOR" },     { 0x75, "CLASS" },
};

static const char *tlv_name(unsigned type)
{
    for (size_t i = 0; i < sizeof(tlv_names) / sizeof(tlv_names[0]); i++) {
        if (tlv_names[i].type == type) {
            return tlv_names[i].name;
        }
    }
    return "unknown";
}

/** Values that have a meaning of their own. */
static enum status add_value(const struct reading *reading, const char *name,
                             const struct mcuboot_tlv *tlv)
{
    const uint8_t *value = reading->bytes + tlv->offset;
    struct mcuboot_version version;
    char text[32];

    if (tlv->type == TLV_COUNTER && tlv->length == 4) {
        return fields_add(reading->fields, reading->reason, name, tlv->offset,
                          tlv->length, "%" PRIu32, mcuboot_get(value, 4));
    }
    if (tlv->type == TLV_DEPENDENCY && tlv->length == MCUBOOT_DEPENDENCY) {
        mcuboot_get_version(value + 4, &version);
        mcuboot_version_text(&version, text);
        return fields_add(reading->fields, reading->reason, name, tlv->offset,
                          tlv->length, "image %u at least %s", value[0], text);
    }
    return fields_add_bytes(reading->fields, reading->reason, name,
                            reading->bytes, tlv->offset, tlv->length);
}

/** The parts of a key that was encrypted by ECIES. */
static enum status add_parts(const struct reading *reading,
                             const struct mcuboot_tlv *tlv)
{
    enum status status = STATUS_OK;

    if (tlv->type != TLV_ENC_P256 || tlv->length <= MCUBOOT_POINT_MAC) {
        return STATUS_OK;
    }
    status =
        fields_add_bytes(reading->fields, reading->reason, "  ephemeral point",
                         reading->bytes, tlv->offset, CRYPTO_POINT_SIZE);
    if (status == STATUS_OK) {
        status = fields_add_bytes(
            reading->fields, reading->reason, "  MAC", reading->bytes,
            tlv->offset + CRYPTO_POINT_SIZE, CRYPTO_HASH_SIZE);
    }
    return status == STATUS_OK
               ? fields_add_bytes(reading->fields, reading->reason,
                                  "  encrypted key", reading->bytes,
                                  tlv->offset + MCUBOOT_POINT_MAC,
                                  tlv->length - MCUBOOT_POINT_MAC)
               : status;
}

static enum status add_tlv(const struct reading *reading,
                           const struct mcuboot_tlv *tlv)
{
    char name[48];

    if (reading->fields == NULL) {
        return STATUS_OK;
    }
    (void)snprintf(name, sizeof(name), "TLV 0x%02x %s header", tlv->type,
                   tlv_name(tlv->type)); /* fits */
    enum status status =
        fields_add(reading->fields, reading->reason, name,
                   tlv->offset - MCUBOOT_TLV, MCUBOOT_TLV, "%zu bytes, %s",
                   tlv->length, tlv->is_protected ? "protected" : "normal");
    if (status == STATUS_OK) {
        (void)snprintf(name, sizeof(name), "TLV 0x%02x %s", tlv->type,
                       tlv_name(tlv->type)); /* fits */
        status = add_value(reading, name, tlv);
    }
    return status == STATUS_OK ? add_parts(reading, tlv) : status;
}

/** The TLVs from `at` up to `end`. */
static enum status read_tlvs(const struct reading *reading, size_t at,
                             size_t end, bool is_protected)
{
    struct mcuboot_view *view = reading->view;
    enum status status = STATUS_OK;

    while (status == STATUS_OK && at < end) {
        if (end - at < MCUBOOT_TLV) {
            return wrong(reading, RESULT_WRONG, at, "TLV header",
                         "its area ends inside of it");
        }
        const struct mcuboot_tlv tlv = {
            .type = mcuboot_get(reading->bytes + at, 2),
            .offset = at + MCUBOOT_TLV,
            .length = mcuboot_get(reading->bytes + at + 2, 2),
            .is_protected = is_protected,
        };
        if (tlv.length > end - tlv.offset) {
            return wrong(reading, RESULT_WRONG, at + 2, "TLV length",
                         "it is past the end of its area");
        }
        if (view->tlv_count == MCUBOOT_TLVS_MAX) {
            return wrong(reading, RESULT_WRONG, at, "TLV", "more than 64");
        }
        view->tlvs[view->tlv_count++] = tlv;
        status = add_tlv(reading, &tlv);
        at = tlv.offset + tlv.length;
    }
    return status;
}

/** @param want  size of the area as the header says, 0: it does not */
static enum status read_area(const struct reading *reading, size_t *at,
                             bool is_protected, size_t want)
{
    const char *field = is_protected ? "protected TLV info" : "TLV info";
    unsigned magic =
        is_protected ? MCUBOOT_INFO_PROTECTED : MCUBOOT_INFO_NORMAL;

    if (reading->size - *at < MCUBOOT_INFO) {
        return wrong(reading, RESULT_CUT, *at, field,
                     "the file ends before or inside of it");
    }
    unsigned found = mcuboot_get(reading->bytes + *at, 2);
    size_t total = mcuboot_get(reading->bytes + *at + 2, 2);
    enum status status =
        reading->fields == NULL
            ? STATUS_OK
            : fields_add(reading->fields, reading->reason, field, *at,
                         MCUBOOT_INFO, "magic 0x%04x, %zu bytes", found, total);
    if (status != STATUS_OK) {
        return status;
    }
    if (found != magic) {
        return wrong(reading, RESULT_WRONG, *at, field, "its magic is wrong");
    }
    if (total < MCUBOOT_INFO || (want != 0 && total != want)) {
        return wrong(reading, RESULT_WRONG, *at + 2, field,
                     want != 0 ? "its size is not that of the header"
                               : "its size is below 4");
    }
    if (total > reading->size - *at) {
        return wrong(reading, RESULT_CUT, *at + 2, field, "it is past the end");
    }
    size_t start = *at;
    *at += total;
    return read_tlvs(reading, start + MCUBOOT_INFO, *at, is_protected);
}

enum status mcuboot_read(const uint8_t *bytes, size_t size,
                         struct mcuboot_view *out_view,
                         struct package_fields *fields, size_t *out_offset,
                         int *out_result, struct reason *reason)
{
    const struct reading reading = { bytes,      size,       out_view, fields,
                                     out_offset, out_result, reason };

    *out_view = (struct mcuboot_view){ .header_size = 0 };
    *out_offset = 0;
    *out_result = 0;
    enum status status = read_header(&reading);
    if (status == STATUS_OK) {
        status = check_header(&reading);
    }
    if (status == STATUS_OK) {
        status = read_body(&reading);
    }
    size_t at = out_view->header_size + out_view->payload_size;
    if (status == STATUS_OK && out_view->protected_size != 0) {
        status = read_area(&reading, &at, true, out_view->protected_size);
    }
    if (status == STATUS_OK) {
        status = read_area(&reading, &at, false, 0);
    }
    out_view->end = at;
    /* A boot loader does not look behind the last TLV. */
    return status == STATUS_OK && fields != NULL && at < size
               ? fields_add_bytes(fields, reason, "ignored bytes", bytes, at,
                                  size - at)
               : status;
}

static bool is_mine(const uint8_t *bytes, size_t size)
{
    return size >= 4 && mcuboot_get(bytes, 4) == MCUBOOT_MAGIC;
}

static enum status inspect(const uint8_t *bytes, size_t size,
                           struct package_fields *fields, struct reason *reason)
{
    struct mcuboot_view view;
    size_t offset = 0;
    int result = 0;

    return mcuboot_read(bytes, size, &view, fields, &offset, &result, reason);
}

const struct package_format package_format_mcuboot = {
    .name = "mcuboot",
    .summary = "image of the boot loader MCUboot: signed, maybe encrypted",
    .is_mine = is_mine,
    .inspect = inspect,
    .verify = mcuboot_verify,
    .make = mcuboot_make,
    .spoil = mcuboot_spoil,
    .variants = mcuboot_variants,
};
