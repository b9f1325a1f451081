/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a manifest, which an envelope is put around whose digest
 * is right: only so its commands are run. And it is an encryption info. */
#include <string.h>

#include "scenarios/package/suit.h"
#include "tests/fuzz/fuzz.h"

static const uint8_t payload[64] = { 0x75, 0x8c, 0x4b, 0x7b };

/** Without a signature. */
static void wrap(const uint8_t *data, size_t size, struct cbor_out *out)
{
    struct cbor_out manifest = { .bytes = NULL };
    struct cbor_out item = { .bytes = NULL };
    struct cbor_out list = { .bytes = NULL };
    uint8_t digest[CRYPTO_HASH_SIZE];

    cbor_put_bytes(&manifest, data, size);
    const struct span whole = { manifest.bytes, manifest.size };
    HOLDS(!manifest.has_failed &&
          crypto_sha256(&whole, 1, digest, NULL) == STATUS_OK);
    cbor_put_array(&item, 2);
    cbor_put_number(&item, ALGORITHM_SHA256);
    cbor_put_bytes(&item, digest, sizeof(digest));
    cbor_put_array(&list, 1);
    cbor_put_inner(&list, &item);
    cbor_put_tag(out, SUIT_TAG);
    cbor_put_map(out, 3);
    cbor_put_number(out, ENVELOPE_AUTHENTICATION);
    cbor_put_inner(out, &list);
    cbor_put_number(out, ENVELOPE_MANIFEST);
    cbor_put_raw(out, manifest.bytes, manifest.size);
    cbor_put_text(out, "#app");
    cbor_put_bytes(out, payload, sizeof(payload));
    HOLDS(!out->has_failed);
    cbor_out_release(&manifest);
}

static void check_verify(const uint8_t *bytes, size_t size,
                         const struct package_key *kek)
{
    const struct package_dependency other = { .name = "tee",
                                              .version = "1.0.0" };
    const struct package_policy policy = {
        .kek = kek,
        .requires_encryption = size % 2 != 0,
        .installed = "1.0.0",
        .has_counter = size % 3 == 0,
        .counter = 1,
        .others = &other,
        .other_count = 1,
        .slot_size = size % 5 == 0 ? 32 : 4096,
    };
    struct package_verification report;
    bool is_bad = false;

    HOLDS(package_verify(&package_format_suit, bytes, size, &policy, &report,
                         NULL) == STATUS_OK);
    HOLDS(report.count > 0 && report.count <= PACKAGE_CHECKS_MAX);
    for (size_t i = 0; i < report.count; i++) {
        HOLDS(report.checks[i].offset <= size);
        is_bad = is_bad || report.checks[i].state == PACKAGE_CHECK_BAD;
    }
    HOLDS(is_bad == (report.result != 0));
}

static void check_inspect(const uint8_t *bytes, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct package_fields fields;
    enum status status =
        package_inspect(&package_format_suit, bytes, size, &fields, &reason);

    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED);
    HOLDS(status == STATUS_OK || strncmp(reason.text, "offset ", 7) == 0);
    for (size_t i = 0; i < fields.count; i++) {
        const struct package_field *field = &fields.list[i];
        HOLDS(field->offset <= size && field->length <= size - field->offset);
        HOLDS(memchr(field->name, '\0', sizeof(field->name)) != NULL);
        HOLDS(memchr(field->value, '\0', sizeof(field->value)) != NULL);
    }
    package_fields_release(&fields);
}

static void check_encryption(const uint8_t *data, size_t size,
                             const struct package_key *kek)
{
    struct cbor_in in = { .bytes = data, .end = size };
    struct cose_encryption how;
    uint8_t key[CRYPTO_BLOCK];
    uint8_t plain[sizeof(payload)];
    size_t plain_size = 0;
    bool is_known = false;

    if (cbor_check(&in, false) != STATUS_OK ||
        cose_read_encryption(&in, &how, &is_known) != STATUS_OK || !is_known) {
        return;
    }
    HOLDS(in.at <= size);
    HOLDS(how.recipient_count > 0 &&
          how.recipient_count <= COSE_RECIPIENTS_MAX);
    for (size_t i = 0; i < how.recipient_count; i++) {
        const struct cose_recipient *recipient = &how.recipients[i];
        if (recipient->wrap == ALGORITHM_A128KW &&
            cose_open_key(recipient, kek, key, NULL) == STATUS_OK &&
            cose_decrypt(&how, key, (struct span){ payload, sizeof(payload) },
                         plain, &plain_size, NULL) == STATUS_OK) {
            HOLDS(plain_size <= sizeof(payload));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct package_key kek = { .kind = PACKAGE_KEY_NONE };
    struct cbor_out envelope = { .bytes = NULL };

    HOLDS(package_key_demo("kek", &kek, NULL) == STATUS_OK);
    wrap(data, size, &envelope);
    /* In a block of its size, so that reading behind it is seen. */
    uint8_t *bytes = malloc(envelope.size);
    HOLDS(bytes != NULL);
    memcpy(bytes, envelope.bytes, envelope.size);
    check_verify(bytes, envelope.size, &kek);
    check_inspect(bytes, envelope.size);
    check_encryption(data, size, &kek);
    free(bytes);
    cbor_out_release(&envelope);
    package_key_release(&kek);
    return 0;
}
