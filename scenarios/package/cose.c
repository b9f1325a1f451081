/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scenarios/package/suit.h"

enum { WRAPPED = CRYPTO_BLOCK + 8, COORDINATE = 32 };

/* [-3, [nil, nil, nil], [nil, nil, nil],
 *  [128, h'A101381C', 'SUIT Payload Encryption']] */
const char cose_kdf_context[] =
    "\x84\x22\x83\xf6\xf6\xf6\x83\xf6\xf6\xf6\x83\x18\x80\x44\xa1\x01\x38\x1c"
    "\x57"
    "SUIT Payload Encryption";

void cose_put_input(struct cbor_out *out, const char *context,
                    struct span protected_header, const struct span *payload)
{
    cbor_put_array(out, payload != NULL ? 4 : 3);
    cbor_put_text(out, context);
    cbor_put_bytes(out, protected_header.bytes, protected_header.size);
    cbor_put_bytes(out, "", 0); /* no data from outside */
    if (payload != NULL) {
        cbor_put_bytes(out, payload->bytes, payload->size);
    }
}

static enum status take_coordinate(struct cbor_in *in, const char *what,
                                   struct span *out_span)
{
    size_t start = in->at;
    enum status status = cbor_take_bytes(in, what, out_span);

    return status == STATUS_OK && out_span->size != COORDINATE
               ? reason_set(in->reason, STATUS_MALFORMED,
                            "offset %zu: %s: %zu bytes instead of 32", start,
                            what, out_span->size)
               : status;
}

/** COSE_Key of P-256: {1: 2, -1: 1, -2: x, -3: y}. */
static enum status take_key(struct cbor_in *in,
                            struct cose_encryption *encryption,
                            bool *out_is_known)
{
    uint64_t count = 0;
    unsigned seen = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_MAP, "ephemeral key", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t label = 0;
        int64_t number = 0;
        status = cbor_take_number(in, "label of a key", &label);
        if (status != STATUS_OK) {
            break;
        }
        switch (label) {
        case KEY_TYPE:
        case KEY_CURVE:
            status = cbor_take_number(in, "kind of key", &number);
            *out_is_known =
                *out_is_known &&
                number == (label == KEY_TYPE ? KEY_TYPE_EC2 : KEY_CURVE_P256);
            seen |= label == KEY_TYPE ? 1u : 2u;
            break;
        case KEY_X:
            status = take_coordinate(in, "x", &encryption->ephemeral_x);
            seen |= 4u;
            break;
        case KEY_Y:
            status = take_coordinate(in, "y", &encryption->ephemeral_y);
            seen |= 8u;
            break;
        default:
            status = cbor_skip(in);
        }
    }
    return status == STATUS_OK && seen != 15u
               ? reason_set(in->reason, STATUS_MALFORMED,
                            "offset %zu: ephemeral key: a part is missing",
                            start)
               : status;
}

/** One map of headers; other labels are passed over. */
static enum status take_headers(struct cbor_in *in, int64_t *algorithm,
                                struct cose_encryption *encryption,
                                bool *out_is_known)
{
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "headers", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t label = 0;
        status = cbor_take_number(in, "label of a header", &label);
        if (status != STATUS_OK) {
            break;
        }
        switch (label) {
        case LABEL_ALGORITHM:
            status = cbor_take_number(in, "algorithm", algorithm);
            break;
        case LABEL_KID:
            status = cbor_take_bytes(in, "kid", &encryption->kid);
            break;
        case LABEL_IV:
            status = cbor_take_bytes(in, "IV", &encryption->iv);
            break;
        case LABEL_EPHEMERAL:
            status = take_key(in, encryption, out_is_known);
            break;
        default:
            status = cbor_skip(in);
        }
    }
    return status;
}

/** Protected headers, which may be empty, then the others. */
static enum status take_both(struct cbor_in *in, int64_t *algorithm,
                             struct span *out_protected,
                             struct cose_encryption *encryption,
                             bool *out_is_known)
{
    struct cbor_in inner;
    enum status status =
        cbor_take_bytes(in, "protected headers", out_protected);

    if (status == STATUS_OK && out_protected->size > 0) {
        status = cbor_enter(in, out_protected, false, &inner);
        if (status == STATUS_OK) {
            status = take_headers(&inner, algorithm, encryption, out_is_known);
        }
    }
    return status == STATUS_OK
               ? take_headers(in, algorithm, encryption, out_is_known)
               : status;
}

enum status cose_read_encryption(struct cbor_in *in,
                                 struct cose_encryption *out_encryption,
                                 bool *out_is_known)
{
    struct cose_encryption encryption = { .content = 0 };
    struct span ignored = { NULL, 0 };
    uint64_t number = 0;
    uint64_t items = 0;
    uint64_t recipients = 0;
    bool is_known = true;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_TAG, "COSE_Encrypt", &number);

    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_ARRAY, "COSE_Encrypt", &items);
    }
    if (status == STATUS_OK && (number != COSE_ENCRYPT || items != 4)) {
        status = reason_set(in->reason, STATUS_MALFORMED,
                            "offset %zu: no COSE_Encrypt", start);
    }
    if (status == STATUS_OK) {
        status =
            take_both(in, &encryption.content, &encryption.content_protected,
                      &encryption, &is_known);
    }
    if (status == STATUS_OK) { /* the ciphertext is elsewhere */
        status = cbor_take(in, CBOR_SIMPLE, "ciphertext", &number);
    }
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_ARRAY, "recipients", &recipients);
    }
    if (status == STATUS_OK) {
        status = cbor_take(in, CBOR_ARRAY, "recipient", &items);
    }
    if (status == STATUS_OK && (recipients != 1 || items != 3)) {
        status = reason_set(in->reason, STATUS_MALFORMED,
                            "offset %zu: not one recipient", in->at);
    }
    if (status == STATUS_OK) {
        status =
            take_both(in, &encryption.wrap, &ignored, &encryption, &is_known);
    }
    if (status == STATUS_OK) {
        status = cbor_take_bytes(in, "wrapped key", &encryption.wrapped);
    }
    *out_encryption = encryption;
    *out_is_known = is_known &&
                    (encryption.content == ALGORITHM_A128GCM ||
                     encryption.content == ALGORITHM_A128CTR) &&
                    (encryption.wrap == ALGORITHM_A128KW ||
                     encryption.wrap == ALGORITHM_ECDH_ES_KW);
    return status;
}

static enum status agree(const struct cose_encryption *encryption,
                         const struct package_key *recipient,
                         uint8_t out_secret[CRYPTO_SCALAR_SIZE],
                         struct reason *reason)
{
    uint8_t point[CRYPTO_POINT_SIZE] = { 0x04 };

    if (encryption->ephemeral_x.bytes == NULL ||
        encryption->ephemeral_y.bytes == NULL) {
        return reason_set(reason, STATUS_MALFORMED, "no ephemeral key");
    }
    memcpy(point + 1, encryption->ephemeral_x.bytes, COORDINATE);
    memcpy(point + 1 + COORDINATE, encryption->ephemeral_y.bytes, COORDINATE);
    return crypto_agree(recipient->secret, point, out_secret, reason);
}

enum status cose_open_key(const struct cose_encryption *encryption,
                          const struct package_key *recipient,
                          uint8_t out_key[CRYPTO_BLOCK], struct reason *reason)
{
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    uint8_t kek[CRYPTO_BLOCK];
    uint8_t key[CRYPTO_KEY_MAX];
    enum status status = STATUS_OK;

    if (encryption->wrapped.size != WRAPPED) {
        return reason_set(reason, STATUS_MALFORMED,
                          "a wrapped key of %zu bytes instead of 24",
                          encryption->wrapped.size);
    }
    if (encryption->wrap == ALGORITHM_A128KW) {
        if (recipient->secret_size != sizeof(kek)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "A128KW needs a key of 128 bits");
        }
        memcpy(kek, recipient->secret, sizeof(kek));
    } else {
        status = agree(encryption, recipient, secret, reason);
        if (status == STATUS_OK) {
            status =
                crypto_hkdf(secret, cose_kdf_context, kek, sizeof(kek), reason);
        }
    }
    if (status == STATUS_OK) {
        status = crypto_unwrap(kek, sizeof(kek), encryption->wrapped.bytes,
                               encryption->wrapped.size, key, reason);
    }
    if (status == STATUS_OK) {
        memcpy(out_key, key, CRYPTO_BLOCK);
    }
    crypto_wipe(secret, sizeof(secret));
    crypto_wipe(kek, sizeof(kek));
    crypto_wipe(key, sizeof(key));
    return status;
}

enum status cose_decrypt(const struct cose_encryption *encryption,
                         const uint8_t key[CRYPTO_BLOCK], struct span cipher,
                         uint8_t *out_plain, size_t *out_size,
                         struct reason *reason)
{
    bool is_gcm = encryption->content == ALGORITHM_A128GCM;
    size_t iv_size = is_gcm ? CRYPTO_IV_SIZE : CRYPTO_BLOCK;
    struct cbor_out aad = { .bytes = NULL };
    enum status status = STATUS_OK;

    if (encryption->iv.size != iv_size) {
        return reason_set(reason, STATUS_MALFORMED,
                          "an IV of %zu bytes instead of %zu",
                          encryption->iv.size, iv_size);
    }
    *out_size = cipher.size;
    if (!is_gcm) {
        return crypto_ctr(key, CRYPTO_BLOCK, encryption->iv.bytes, cipher.bytes,
                          cipher.size, out_plain, reason);
    }
    if (cipher.size < CRYPTO_TAG_SIZE) {
        return reason_set(reason, STATUS_INVALID,
                          "%zu bytes have no room for the tag", cipher.size);
    }
    *out_size -= CRYPTO_TAG_SIZE;
    cose_put_input(&aad, "Encrypt", encryption->content_protected, NULL);
    status = aad.has_failed
                 ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
                 : crypto_open(key, encryption->iv.bytes,
                               (struct span){ aad.bytes, aad.size }, cipher,
                               out_plain, reason);
    cbor_out_release(&aad);
    return status;
}
