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
    /* An empty map counts as no bytes. Spec: RFC 9052, 4.4 and 5.3. */
    bool is_empty =
        protected_header.size == 1 && protected_header.bytes[0] == 0xa0;

    cbor_put_array(out, payload != NULL ? 4 : 3);
    cbor_put_text(out, context);
    cbor_put_bytes(out, protected_header.bytes,
                   is_empty ? 0 : protected_header.size);
    cbor_put_bytes(out, "", 0); /* no data from outside */
    if (payload != NULL) {
        cbor_put_bytes(out, payload->bytes, payload->size);
    }
}

/** What the headers of a content or of a recipient say. */
struct headers {
    int64_t algorithm; /**< 0: none, or one that is not a number */
    struct span kid;
    struct span iv;
    struct span x; /**< of an ephemeral key of P-256 */
    struct span y;
};

/** A coordinate is bytes; y may be a sign, which nobody here can use. */
static enum status take_coordinate(struct cbor_in *in, const char *what,
                                   struct span *out_span)
{
    return cbor_peek(in) == CBOR_BYTES ? cbor_take_bytes(in, what, out_span)
                                       : cbor_skip(in);
}

/** A number; anything else is passed over and none. */
static enum status take_kind(struct cbor_in *in, int64_t *out_number)
{
    int major = cbor_peek(in);

    return major == CBOR_UNSIGNED || major == CBOR_NEGATIVE
               ? cbor_take_number(in, "kind", out_number)
               : cbor_skip(in);
}

static enum status check_coordinate(struct cbor_in *in, size_t start,
                                    const char *what, const struct span *span)
{
    if (span->bytes == NULL || span->size == COORDINATE) {
        return STATUS_OK;
    }
    in->at = start;
    return reason_set(in->reason, STATUS_MALFORMED,
                      "offset %zu: ephemeral key: %s has %zu bytes instead of "
                      "32",
                      start, what, span->size);
}

/** COSE_Key of P-256: {1: 2, -1: 1, -2: x, -3: y}. Of another kind of key
 *  nothing is kept. */
static enum status take_key(struct cbor_in *in, struct headers *headers)
{
    struct span x = { NULL, 0 };
    struct span y = { NULL, 0 };
    uint64_t count = 0;
    int64_t type = 0;
    int64_t curve = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_MAP, "ephemeral key", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t label = 0;
        status = take_kind(in, &label);
        if (status != STATUS_OK) {
            break;
        }
        switch (label) {
        case KEY_TYPE:
            status = take_kind(in, &type);
            break;
        case KEY_CURVE:
            status = take_kind(in, &curve);
            break;
        case KEY_X:
            status = take_coordinate(in, "x", &x);
            break;
        case KEY_Y:
            status = take_coordinate(in, "y", &y);
            break;
        default:
            status = cbor_skip(in);
        }
    }
    if (status != STATUS_OK || type != KEY_TYPE_EC2 ||
        curve != KEY_CURVE_P256) {
        return status;
    }
    status = check_coordinate(in, start, "x", &x);
    if (status == STATUS_OK) {
        status = check_coordinate(in, start, "y", &y);
    }
    if (status == STATUS_OK) {
        headers->x = x;
        headers->y = y;
    }
    return status;
}

/** One map of headers; other labels are passed over. */
static enum status take_headers(struct cbor_in *in, struct headers *headers)
{
    uint64_t count = 0;
    enum status status = cbor_take(in, CBOR_MAP, "headers", &count);

    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        int64_t label = 0;
        status = take_kind(in, &label);
        if (status != STATUS_OK) {
            break;
        }
        switch (label) {
        case LABEL_ALGORITHM:
            status = take_kind(in, &headers->algorithm);
            break;
        case LABEL_KID:
            status = cbor_take_bytes(in, "kid", &headers->kid);
            break;
        case LABEL_IV:
            status = cbor_take_bytes(in, "IV", &headers->iv);
            break;
        case LABEL_EPHEMERAL:
            status = take_key(in, headers);
            break;
        default:
            status = cbor_skip(in);
        }
    }
    return status;
}

/** Protected headers, which may be empty, then the others. */
static enum status take_both(struct cbor_in *in, struct span *out_protected,
                             struct headers *headers)
{
    struct cbor_in inner = { .at = in->at };
    enum status status =
        cbor_take_bytes(in, "protected headers", out_protected);

    if (status == STATUS_OK && out_protected->size > 0) {
        status = cbor_enter(in, out_protected, false, &inner);
        if (status == STATUS_OK) {
            status = take_headers(&inner, headers);
            in->at = status == STATUS_OK ? in->at : inner.at;
        }
    }
    return status == STATUS_OK ? take_headers(in, headers) : status;
}

/** An array of protected and other headers, the wrapped key and, of ways that
 *  we do not have, further recipients inside. */
static enum status take_recipient(struct cbor_in *in,
                                  struct cose_recipient *out_recipient)
{
    struct headers headers = { .algorithm = 0 };
    struct span ignored = { NULL, 0 };
    struct span wrapped = { NULL, 0 };
    uint64_t items = 0;
    uint64_t number = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_ARRAY, "recipient", &items);

    if (status == STATUS_OK && items != 3 && items != 4) {
        in->at = start;
        return reason_set(in->reason, STATUS_MALFORMED,
                          "offset %zu: recipient: %u items instead of 3", start,
                          (unsigned)(items < 99 ? items : 99));
    }
    if (status == STATUS_OK) {
        status = take_both(in, &ignored, &headers);
    }
    if (status == STATUS_OK) {
        status = cbor_peek(in) == CBOR_SIMPLE
                     ? cbor_take(in, CBOR_SIMPLE, "wrapped key", &number)
                     : cbor_take_bytes(in, "wrapped key", &wrapped);
    }
    if (status == STATUS_OK && items == 4) {
        status = cbor_skip(in);
    }
    if (status != STATUS_OK) {
        return status;
    }
    bool has_key = headers.x.bytes != NULL && headers.y.bytes != NULL;
    *out_recipient = (struct cose_recipient){
        .is_known = items == 3 && wrapped.bytes != NULL &&
                    (headers.algorithm == ALGORITHM_A128KW ||
                     (headers.algorithm == ALGORITHM_ECDH_ES_KW && has_key)),
        .wrap = headers.algorithm,
        .kid = headers.kid,
        .ephemeral_x = headers.x,
        .ephemeral_y = headers.y,
        .wrapped = wrapped,
    };
    return STATUS_OK;
}

/** @param out_is_known  one of them is */
static enum status take_recipients(struct cbor_in *in,
                                   struct cose_encryption *encryption,
                                   bool *out_is_known)
{
    uint64_t count = 0;
    size_t start = in->at;
    enum status status = cbor_take(in, CBOR_ARRAY, "recipients", &count);

    *out_is_known = false;
    if (status == STATUS_OK && (count == 0 || count > COSE_RECIPIENTS_MAX)) {
        in->at = start;
        return reason_set(in->reason, STATUS_MALFORMED,
                          count == 0 ? "offset %zu: recipients: there is none"
                                     : "offset %zu: recipients: more than 16",
                          start);
    }
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++) {
        struct cose_recipient *recipient = &encryption->recipients[i];
        status = take_recipient(in, recipient);
        *out_is_known =
            *out_is_known || (status == STATUS_OK && recipient->is_known);
    }
    encryption->recipient_count = (size_t)count;
    return status;
}

enum status cose_read_encryption(struct cbor_in *in,
                                 struct cose_encryption *out_encryption,
                                 bool *out_is_known)
{
    struct cose_encryption encryption = { .content = 0 };
    struct headers headers = { .algorithm = 0 };
    uint64_t number = 0;
    uint64_t items = 0;
    bool is_known = false;
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
        status = take_both(in, &encryption.content_protected, &headers);
    }
    if (status == STATUS_OK) { /* the ciphertext is elsewhere */
        status = cbor_take(in, CBOR_SIMPLE, "ciphertext", &number);
    }
    if (status == STATUS_OK) {
        status = take_recipients(in, &encryption, &is_known);
    }
    if (status != STATUS_OK) {
        return status;
    }
    encryption.content = headers.algorithm;
    encryption.iv = headers.iv;
    *out_encryption = encryption;
    *out_is_known = is_known && (encryption.content == ALGORITHM_A128GCM ||
                                 encryption.content == ALGORITHM_A128CTR);
    return STATUS_OK;
}

static enum status agree(const struct cose_recipient *recipient,
                         const struct package_key *own,
                         uint8_t out_secret[CRYPTO_SCALAR_SIZE],
                         struct reason *reason)
{
    uint8_t point[CRYPTO_POINT_SIZE] = { 0x04 };

    memcpy(point + 1, recipient->ephemeral_x.bytes, COORDINATE);
    memcpy(point + 1 + COORDINATE, recipient->ephemeral_y.bytes, COORDINATE);
    return crypto_agree(own->secret, point, out_secret, reason);
}

enum status cose_open_key(const struct cose_recipient *recipient,
                          const struct package_key *own,
                          uint8_t out_key[CRYPTO_BLOCK], struct reason *reason)
{
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    uint8_t kek[CRYPTO_BLOCK];
    uint8_t key[CRYPTO_KEY_MAX];
    enum status status = STATUS_OK;

    if (!recipient->is_known || recipient->wrapped.size != WRAPPED) {
        return reason_set(reason, STATUS_MALFORMED,
                          "a wrapped key of %zu bytes instead of 24",
                          recipient->wrapped.size);
    }
    if (recipient->wrap == ALGORITHM_A128KW) {
        if (own->secret_size != sizeof(kek)) {
            return reason_set(reason, STATUS_MALFORMED,
                              "A128KW needs a key of 128 bits");
        }
        memcpy(kek, own->secret, sizeof(kek));
    } else {
        status = agree(recipient, own, secret, reason);
        if (status == STATUS_OK) {
            status =
                crypto_hkdf(secret, cose_kdf_context, kek, sizeof(kek), reason);
        }
    }
    if (status == STATUS_OK) {
        status = crypto_unwrap(kek, sizeof(kek), recipient->wrapped.bytes,
                               recipient->wrapped.size, key, reason);
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
