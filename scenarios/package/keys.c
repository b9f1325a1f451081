/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <mbedtls/base64.h>
#include <mbedtls/pk.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/package/anjay.h"
#include "scenarios/package/crypto.h"

enum {
    FILE_MAX = 8192, /* of a key */
    TRIES = 64,      /* until random bytes are a scalar: nearly always one */
    SECRET_SHORT = 16,
    SECRET_LONG = 32,
};

/** What a scalar or a point makes of a key. */
static enum status complete(struct package_key *key, struct reason *reason)
{
    key->kind = PACKAGE_KEY_P256;
    key->secret_size = CRYPTO_SCALAR_SIZE;
    return key->has_private ? crypto_point(key->secret, key->point, reason)
                            : STATUS_OK;
}

/** Mbed TLS wants a source, to blind its calculations. */
static int blinding(void *user, unsigned char *out, size_t size)
{
    (void)user;
    return psa_generate_random(out, size) == PSA_SUCCESS ? 0 : -1;
}

/** PEM of either half. @param text  NUL-terminated, `size` counts the NUL */
static enum status parse_pem(const uint8_t *text, size_t size,
                             struct package_key *key, struct reason *reason)
{
    mbedtls_pk_context pk;
    size_t length = 0;
    const char *what = NULL;

    mbedtls_pk_init(&pk);
    key->has_private =
        psa_crypto_init() == PSA_SUCCESS &&
        mbedtls_pk_parse_key(&pk, text, size, NULL, 0, blinding, NULL) == 0;
    if (!key->has_private &&
        mbedtls_pk_parse_public_key(&pk, text, size) != 0) {
        what = "is no PEM of a key without a password";
    } else if (mbedtls_pk_get_type(&pk) != MBEDTLS_PK_ECKEY ||
               mbedtls_ecp_keypair_get_group_id(mbedtls_pk_ec(pk)) !=
                   MBEDTLS_ECP_DP_SECP256R1) {
        what = "is no key of P-256";
    } else if (key->has_private) {
        what = mbedtls_ecp_write_key_ext(mbedtls_pk_ec(pk), &length,
                                         key->secret, CRYPTO_SCALAR_SIZE) == 0
                   ? NULL
                   : "has no scalar of 32 bytes";
    } else {
        what = mbedtls_ecp_write_public_key(
                   mbedtls_pk_ec(pk), MBEDTLS_ECP_PF_UNCOMPRESSED, &length,
                   key->point, CRYPTO_POINT_SIZE) == 0
                   ? NULL
                   : "has no point";
    }
    mbedtls_pk_free(&pk);
    return what == NULL ? complete(key, reason)
                        : reason_set(reason, STATUS_MALFORMED, "%s", what);
}

static int digit(uint8_t character)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t lower = character >= 'A' && character <= 'F'
                        ? (uint8_t)(character + 'a' - 'A')
                        : character;
    const char *at = lower != '\0' ? strchr(digits, lower) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

/** @return bytes; 0: it is not all hexadecimal digits */
static size_t from_hex(const uint8_t *text, size_t size, uint8_t *out,
                       size_t maximum)
{
    if (size % 2 != 0 || size / 2 > maximum) {
        return 0;
    }
    for (size_t i = 0; i < size / 2; i++) {
        int high = digit(text[2 * i]);
        int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return 0;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return size / 2;
}

/** Digits or base64. @return bytes; 0: it is neither */
static size_t from_text(const uint8_t *text, size_t size, uint8_t *out,
                        size_t maximum)
{
    size_t length = 0;

    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL) {
        size--;
    }
    length = from_hex(text, size, out, maximum);
    return length > 0 ||
                   mbedtls_base64_decode(out, maximum, &length, text, size) == 0
               ? length
               : 0;
}

static enum status parse_point(const uint8_t *bytes, size_t size,
                               struct package_key *key, struct reason *reason)
{
    uint8_t raw[CRYPTO_POINT_SIZE + 1];
    size_t length = from_text(bytes, size, raw, sizeof(raw));
    enum status status = STATUS_OK;

    if (length == CRYPTO_SCALAR_SIZE) {
        memcpy(key->secret, raw, CRYPTO_SCALAR_SIZE);
        key->has_private = true;
        status = complete(key, reason);
    } else if (length == CRYPTO_POINT_SIZE && raw[0] == 0x04) {
        memcpy(key->point, raw, CRYPTO_POINT_SIZE);
        status = complete(key, reason);
    } else {
        status = reason_set(reason, STATUS_MALFORMED,
                            "is neither PEM nor base64 or digits of a scalar "
                            "or point of P-256");
    }
    crypto_wipe(raw, sizeof(raw));
    return status;
}

static enum status parse_secret(const uint8_t *bytes, size_t size,
                                struct package_key *key, struct reason *reason)
{
    uint8_t raw[SECRET_LONG + 1];
    size_t length = from_text(bytes, size, raw, sizeof(raw));

    if (length != SECRET_SHORT && length != SECRET_LONG &&
        (size == SECRET_SHORT || size == SECRET_LONG)) {
        memcpy(raw, bytes, size);
        length = size;
    }
    if (length == SECRET_SHORT || length == SECRET_LONG) {
        memcpy(key->secret, raw, length);
        key->kind = PACKAGE_KEY_SECRET;
        key->has_private = true;
        key->secret_size = length;
    }
    crypto_wipe(raw, sizeof(raw));
    return key->kind == PACKAGE_KEY_SECRET
               ? STATUS_OK
               : reason_set(reason, STATUS_MALFORMED,
                            "is no secret of 16 or 32 bytes, as base64, "
                            "digits or bytes");
}

enum status package_key_parse(enum package_key_kind kind, const void *bytes,
                              size_t size, const char *name,
                              struct package_key *out_key,
                              struct reason *reason)
{
    static const char pem[] = "-----BEGIN ";
    struct package_key key = { .kind = PACKAGE_KEY_NONE };
    struct reason why = { .status = STATUS_OK };
    uint8_t text[FILE_MAX + 1];
    enum status status = STATUS_OK;

    if (size > FILE_MAX) {
        return reason_set(reason, STATUS_MALFORMED, "key '%s' is too large",
                          name);
    }
    memcpy(text, bytes, size);
    text[size] = '\0';
    if (kind == PACKAGE_KEY_SECRET) {
        status = parse_secret(text, size, &key, &why);
    } else if (size > sizeof(pem) && memcmp(text, pem, sizeof(pem) - 1) == 0) {
        status = parse_pem(text, size + 1, &key, &why);
    } else {
        status = parse_point(text, size, &key, &why);
    }
    crypto_wipe(text, sizeof(text));
    if (status == STATUS_OK) {
        *out_key = key;
    }
    package_key_release(&key);
    return status == STATUS_OK
               ? status
               : reason_set(reason, status, "key '%s' %s", name, why.text);
}

enum status package_key_load(enum package_key_kind kind, const char *path,
                             struct package_key *out_key, struct reason *reason)
{
    static const char demo[] = "demo:";
    struct package_key key = { .kind = PACKAGE_KEY_NONE };
    uint8_t bytes[FILE_MAX + 1];

    if (strncmp(path, demo, sizeof(demo) - 1) == 0) {
        enum status status =
            package_key_demo(path + sizeof(demo) - 1, &key, reason);
        if (status == STATUS_OK && key.kind != kind) {
            return reason_set(reason, STATUS_MALFORMED,
                              "key '%s' is of another kind", path);
        }
        *out_key = status == STATUS_OK ? key : *out_key;
        return status;
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return reason_set(reason, STATUS_NOT_FOUND, "key '%s': %s", path,
                          strerror(errno));
    }
    size_t size = fread(bytes, 1, sizeof(bytes), file);
    bool is_read = ferror(file) == 0;
    (void)fclose(file); /* it was only read */
    enum status status =
        is_read ? package_key_parse(kind, bytes, size, path, out_key, reason)
                : reason_set(reason, STATUS_NOT_FOUND,
                             "key '%s' cannot be read", path);
    crypto_wipe(bytes, sizeof(bytes));
    return status;
}

/** Keys that stand in RFCs. */
static const struct {
    const char *name;
    enum package_key_kind kind;
    const char *digits;
} demos[] = {
    { "sign", PACKAGE_KEY_P256,
      "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721" },
    { "enc", PACKAGE_KEY_P256,
      "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433" },
    { "kek", PACKAGE_KEY_SECRET, "000102030405060708090a0b0c0d0e0f" },
    { "kek256", PACKAGE_KEY_SECRET,
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" },
};

/** Keys by their names alone: of others, and of later. */
static const struct {
    const char *name;
    enum package_key_kind kind;
    size_t size;
} named[] = {
    { "sign-x", PACKAGE_KEY_P256, SECRET_LONG },
    { "enc-x", PACKAGE_KEY_P256, SECRET_LONG },
    { "enc-new", PACKAGE_KEY_P256, SECRET_LONG },
    { "kek-x", PACKAGE_KEY_SECRET, SECRET_SHORT },
    { "kek-x256", PACKAGE_KEY_SECRET, SECRET_LONG },
    { "kek-new", PACKAGE_KEY_SECRET, SECRET_SHORT },
    { "kek-new256", PACKAGE_KEY_SECRET, SECRET_LONG },
};

enum status package_key_demo(const char *name, struct package_key *out_key,
                             struct reason *reason)
{
    for (size_t i = 0; i < sizeof(demos) / sizeof(demos[0]); i++) {
        if (strcmp(demos[i].name, name) == 0) {
            return package_key_parse(demos[i].kind, demos[i].digits,
                                     strlen(demos[i].digits), name, out_key,
                                     reason);
        }
    }
    for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
        if (strcmp(named[i].name, name) != 0) {
            continue;
        }
        const struct span span = { (const uint8_t *)name, strlen(name) };
        struct package_key key = { .kind = named[i].kind,
                                   .has_private = true,
                                   .secret_size = named[i].size };
        enum status status = crypto_sha256(&span, 1, key.secret, reason);
        if (status == STATUS_OK && key.kind == PACKAGE_KEY_P256) {
            status = complete(&key, reason);
        }
        *out_key = status == STATUS_OK ? key : *out_key;
        return status;
    }
    return reason_set(reason, STATUS_NOT_FOUND, "there is no key 'demo:%.40s'",
                      name);
}

static bool fill_seeded(void *user, uint8_t *out_bytes, size_t size)
{
    uint64_t *state = user;

    package_random(*state, out_bytes, size);
    *state = *state * UINT64_C(6364136223846793005) + 1; /* another seed */
    return true;
}

struct package_random_source package_random_seeded(uint64_t *state)
{
    return (struct package_random_source){ fill_seeded, state };
}

static bool fill_secret(void *user, uint8_t *out_bytes, size_t size)
{
    (void)user;
    return psa_crypto_init() == PSA_SUCCESS &&
           psa_generate_random(out_bytes, size) == PSA_SUCCESS;
}

struct package_random_source package_random_secret(void)
{
    return (struct package_random_source){ fill_secret, NULL };
}

enum status package_key_generate(enum package_key_kind kind, size_t size,
                                 const struct package_random_source *source,
                                 struct package_key *out_key,
                                 struct reason *reason)
{
    struct package_key key = { .kind = kind,
                               .has_private = true,
                               .secret_size = kind == PACKAGE_KEY_P256
                                                  ? CRYPTO_SCALAR_SIZE
                                                  : size };
    enum status status = STATUS_MALFORMED;

    if (key.secret_size != SECRET_SHORT && key.secret_size != SECRET_LONG) {
        return reason_set(reason, STATUS_INVALID, "a secret of %zu bytes",
                          size);
    }
    /* Not every 32 bytes are a scalar of P-256. */
    for (int i = 0; i < TRIES && status != STATUS_OK; i++) {
        if (!source->fill(source->user, key.secret, key.secret_size)) {
            return reason_set(reason, STATUS_INVALID, "no random bytes");
        }
        status = kind == PACKAGE_KEY_P256 ? complete(&key, reason) : STATUS_OK;
    }
    *out_key = status == STATUS_OK ? key : *out_key;
    package_key_release(&key);
    return status;
}

static enum status write_pem(const struct package_key *key, bool is_public,
                             char out_text[512], struct reason *reason)
{
    mbedtls_pk_context pk;
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id = PSA_KEY_ID_NULL;

    psa_set_key_type(&attributes,
                     is_public
                         ? PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1)
                         : PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT);
    mbedtls_pk_init(&pk);
    int code = psa_crypto_init() == PSA_SUCCESS &&
                       psa_import_key(
                           &attributes, is_public ? key->point : key->secret,
                           is_public ? CRYPTO_POINT_SIZE : CRYPTO_SCALAR_SIZE,
                           &id) == PSA_SUCCESS
                   ? 0
                   : -1;
    if (code == 0) {
        code = is_public ? mbedtls_pk_copy_public_from_psa(id, &pk)
                         : mbedtls_pk_copy_from_psa(id, &pk);
    }
    if (code == 0) {
        code = is_public
                   ? mbedtls_pk_write_pubkey_pem(&pk, (uint8_t *)out_text, 512)
                   : mbedtls_pk_write_key_pem(&pk, (uint8_t *)out_text, 512);
    }
    mbedtls_pk_free(&pk);
    (void)psa_destroy_key(id); /* volatile: frees memory */
    return code == 0 ? STATUS_OK
                     : reason_set(reason, STATUS_INVALID,
                                  "the key cannot be written: Mbed TLS says %d",
                                  code);
}

enum status package_key_write(const struct package_key *key, bool is_public,
                              enum package_key_form form, char out_text[512],
                              struct reason *reason)
{
    bool is_secret = key->kind == PACKAGE_KEY_SECRET;
    size_t length = 0;

    if (key->kind == PACKAGE_KEY_NONE || (!is_public && !key->has_private) ||
        (is_secret && is_public) || (is_secret && form == PACKAGE_KEY_PEM)) {
        return reason_set(reason, STATUS_INVALID,
                          is_secret ? "a secret has no PEM and no public half"
                                    : "there is no private half");
    }
    if (form == PACKAGE_KEY_PEM) {
        return write_pem(key, is_public, out_text, reason);
    }
    const uint8_t *bytes = is_public ? key->point : key->secret;
    size_t size = is_public ? CRYPTO_POINT_SIZE : key->secret_size;
    if (form == PACKAGE_KEY_HEX) {
        for (size_t i = 0; i < size; i++) {
            (void)snprintf(out_text + 2 * i, 3, "%02x", bytes[i]); /* fits */
        }
        length = 2 * size;
    } else if (mbedtls_base64_encode((uint8_t *)out_text, 512, &length, bytes,
                                     size) != 0) {
        return reason_set(reason, STATUS_INVALID, "base64 failed");
    }
    memcpy(out_text + length, "\n", 2);
    return STATUS_OK;
}

enum status package_key_hash(const struct package_key *key,
                             uint8_t out_hash[32], struct reason *reason)
{
    uint8_t spki[CRYPTO_SPKI_SIZE];
    const struct span span = { spki, sizeof(spki) };

    crypto_spki(key->point, spki);
    return crypto_sha256(&span, 1, out_hash, reason);
}

void package_key_release(struct package_key *key)
{
    if (key != NULL) {
        crypto_wipe(key, sizeof(*key));
    }
}
