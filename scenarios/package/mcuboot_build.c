/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/package/mcuboot.h"
#include "scenarios/package/package.h"
#include "scenarios/package/version.h"

enum {
    TRAILER_MAX = 2048, /* both areas of TLVs, whatever is in them */
    FILL = 0xff,        /* behind the header, as imgtool has it */
    UNKNOWN_IMAGE = 9,
    LIE = 0x10000,
    TLV_LIE = 1000,
    TRIES = 64, /* until random bytes are a scalar: nearly always one */
};

/** Bytes that grow up to `capacity`, which is known before. */
struct output {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

/** One image on its way: the recipe, and what the defect makes of it. */
struct making {
    const struct package_recipe *recipe;
    enum mcuboot_defect defect;
    struct mcuboot_version version;
    const uint8_t *payload; /* as it is hashed */
    size_t payload_size;
    uint8_t *own_payload; /* owned; where it is not the recipe's */
    bool is_encrypted;
    uint8_t key[CRYPTO_KEY_MAX]; /* of the image */
    size_t key_size;
    bool has_counter;
    uint32_t counter;
    struct {
        uint8_t image;
        struct mcuboot_version version;
    } dependencies[PACKAGE_DEPENDENCIES_MAX];
    size_t dependency_count;
    uint8_t class_id[PACKAGE_CLASS_SIZE];
    bool has_class;
    struct output out;
    struct reason *reason;
};

void mcuboot_put(uint8_t *bytes, uint32_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(number >> (8 * i));
    }
}

static void put_version(uint8_t *bytes, const struct mcuboot_version *version)
{
    bytes[0] = version->major;
    bytes[1] = version->minor;
    mcuboot_put(bytes + 2, version->revision, 2);
    mcuboot_put(bytes + 4, version->build, 4);
}

enum status mcuboot_version_parse(const char *text,
                                  struct mcuboot_version *out_version,
                                  struct reason *reason)
{
    static const uint64_t limits[] = { UINT8_MAX, UINT8_MAX, UINT16_MAX,
                                       UINT32_MAX };
    uint64_t numbers[4] = { 0 };
    const char *at = text;
    size_t i = 0;

    for (;;) {
        if (*at < '0' || *at > '9') {
            return reason_set(reason, STATUS_MALFORMED,
                              "version '%.40s' is not like 1.2.3 or 1.2.3+4",
                              text);
        }
        while (*at >= '0' && *at <= '9' && numbers[i] <= UINT32_MAX) {
            numbers[i] = numbers[i] * 10 + (uint64_t)(*at++ - '0');
        }
        if (numbers[i] > limits[i]) {
            return reason_set(reason, STATUS_LIMIT,
                              "version '%.40s' has a number over %" PRIu64,
                              text, limits[i]);
        }
        if (*at == '\0') {
            break;
        }
        bool is_build = *at == '+' && i < 3;
        if (!is_build && (*at != '.' || i == 3)) {
            at = ""; /* says so above */
            continue;
        }
        i = is_build ? 3 : i + 1;
        at++;
    }
    *out_version =
        (struct mcuboot_version){ (uint8_t)numbers[0], (uint8_t)numbers[1],
                                  (uint16_t)numbers[2], (uint32_t)numbers[3] };
    return STATUS_OK;
}

enum status mcuboot_version_installed(const struct package_recipe *recipe,
                                      bool is_older,
                                      struct mcuboot_version *out_version,
                                      struct reason *reason)
{
    char older[PACKAGE_VERSION_MAX];
    const char *installed = recipe->installed;
    enum status status = STATUS_OK;

    if (installed == NULL) {
        return variant_lacks(recipe->variant, "the installed version", reason);
    }
    if (is_older) {
        status = version_older(installed, older, reason);
        installed = older;
    }
    return status == STATUS_OK
               ? mcuboot_version_parse(installed, out_version, reason)
               : status;
}

/* TLVs. */

static void put_bytes(struct output *out, const void *bytes, size_t size)
{
    if (size > 0) {
        memcpy(out->bytes + out->size, bytes, size); /* capacity: prepare() */
        out->size += size;
    }
}

static void put_tlv(struct output *out, unsigned type, const void *value,
                    size_t size)
{
    uint8_t head[MCUBOOT_TLV];

    mcuboot_put(head, type, 2);
    mcuboot_put(head + 2, (uint32_t)size, 2);
    put_bytes(out, head, sizeof(head));
    put_bytes(out, value, size);
}

/** @return where the info stands, for end_area() */
static size_t begin_area(struct output *out, unsigned magic)
{
    uint8_t info[MCUBOOT_INFO] = { 0 };
    size_t start = out->size;

    mcuboot_put(info, magic, 2);
    put_bytes(out, info, sizeof(info));
    return start;
}

static void end_area(struct output *out, size_t start)
{
    mcuboot_put(out->bytes + start + 2, (uint32_t)(out->size - start), 2);
}

static void put_counter(struct making *making)
{
    uint8_t value[4];

    mcuboot_put(value, making->counter, 4);
    put_tlv(&making->out, TLV_COUNTER, value, sizeof(value));
}

static void put_dependencies(struct making *making)
{
    for (size_t i = 0; i < making->dependency_count; i++) {
        uint8_t value[MCUBOOT_DEPENDENCY] = { making->dependencies[i].image };
        put_version(value + 4, &making->dependencies[i].version);
        put_tlv(&making->out, TLV_DEPENDENCY, value, sizeof(value));
    }
}

/** In the order of imgtool. @return its size with the info, 0: there is none */
static size_t put_protected(struct making *making)
{
    const struct package_recipe *recipe = making->recipe;
    struct output *out = &making->out;
    size_t start = begin_area(out, MCUBOOT_INFO_PROTECTED);

    if (making->has_counter && making->defect != DEFECT_COUNTER_UNPROTECTED) {
        put_counter(making);
    }
    if (making->defect != DEFECT_DEPENDENCY_UNPROTECTED) {
        put_dependencies(making);
    }
    if (recipe->vendor_id != NULL) {
        put_tlv(out, TLV_VENDOR, recipe->vendor_id, PACKAGE_CLASS_SIZE);
    }
    if (making->has_class) {
        put_tlv(out, TLV_CLASS, making->class_id, PACKAGE_CLASS_SIZE);
    }
    if (out->size == start + MCUBOOT_INFO) {
        out->size = start; /* without TLVs there is no area */
        return 0;
    }
    end_area(out, start);
    return out->size - start;
}

static enum status put_signature(struct making *making,
                                 const uint8_t hash[CRYPTO_HASH_SIZE])
{
    const struct package_recipe *recipe = making->recipe;
    bool is_stranger = making->defect == DEFECT_SIGNER_UNTRUSTED ||
                       making->defect == DEFECT_SIGNER_MASQUERADE;
    const struct package_key *signer =
        is_stranger ? recipe->signer_x : recipe->signer;
    const struct package_key *named =
        making->defect == DEFECT_SIGNER_UNTRUSTED ? signer : recipe->signer;
    uint8_t key_hash[CRYPTO_HASH_SIZE];
    uint8_t der[CRYPTO_DER_MAX];
    size_t size = 0;

    if (signer == NULL || making->defect == DEFECT_SIGNATURE_MISSING) {
        return STATUS_OK;
    }
    /* Before its signature, or loaders skip that. */
    enum status status = package_key_hash(named, key_hash, making->reason);
    if (status == STATUS_OK) {
        put_tlv(&making->out, TLV_KEYHASH, key_hash, sizeof(key_hash));
        status = crypto_sign(signer->secret, hash, der, &size, making->reason);
    }
    if (status == STATUS_OK) {
        put_tlv(&making->out, TLV_ECDSA, der, size);
    }
    return status;
}

/** An ephemeral key from the recipe's random bytes. */
static enum status make_ephemeral(struct making *making,
                                  struct package_key *out_key)
{
    return package_key_generate(PACKAGE_KEY_P256, CRYPTO_SCALAR_SIZE,
                                &making->recipe->random, out_key,
                                making->reason);
}

/** The key of the image for who has the recipient's private key.
 *  packages.md, 5.2. */
static enum status put_ecies(struct making *making,
                             const struct package_key *recipient,
                             const uint8_t *key)
{
    struct package_key ephemeral = { .kind = PACKAGE_KEY_NONE };
    uint8_t value[MCUBOOT_ENC_MAX];
    uint8_t okm[CRYPTO_OKM_MAX];
    uint8_t secret[CRYPTO_SCALAR_SIZE];
    size_t size = making->key_size;
    enum status status = make_ephemeral(making, &ephemeral);

    if (status == STATUS_OK) {
        status = crypto_agree(ephemeral.secret, recipient->point, secret,
                              making->reason);
    }
    if (status == STATUS_OK) {
        status = crypto_hkdf(secret, MCUBOOT_ECIES_INFO, okm,
                             size + CRYPTO_HASH_SIZE, making->reason);
    }
    if (status == STATUS_OK) {
        memcpy(value, ephemeral.point, CRYPTO_POINT_SIZE);
        status = crypto_ctr(okm, size, NULL, key, size,
                            value + MCUBOOT_POINT_MAC, making->reason);
    }
    if (status == STATUS_OK) {
        status =
            crypto_hmac(okm + size, CRYPTO_HASH_SIZE, value + MCUBOOT_POINT_MAC,
                        size, value + CRYPTO_POINT_SIZE, making->reason);
    }
    if (status == STATUS_OK) {
        put_tlv(&making->out, TLV_ENC_P256, value, MCUBOOT_POINT_MAC + size);
    }
    package_key_release(&ephemeral);
    crypto_wipe(okm, sizeof(okm));
    crypto_wipe(secret, sizeof(secret));
    return status;
}

static enum status put_wrapped(struct making *making,
                               const struct package_key *recipient,
                               const uint8_t *key)
{
    uint8_t wrapped[CRYPTO_WRAPPED_MAX];
    enum status status =
        crypto_wrap(recipient->secret, recipient->secret_size, key,
                    making->key_size, wrapped, making->reason);

    if (status == STATUS_OK) {
        put_tlv(&making->out, TLV_ENC_KW, wrapped, making->key_size + 8);
    }
    return status;
}

static enum status put_key(struct making *making)
{
    const struct package_recipe *recipe = making->recipe;
    bool is_stranger = making->defect == DEFECT_WRONG_DEVICE ||
                       making->defect == DEFECT_WRONG_KEY;
    const struct package_key *recipient =
        is_stranger ? recipe->recipient_x : recipe->recipient;
    uint8_t key[CRYPTO_KEY_MAX];
    enum status status = STATUS_OK;

    if (!making->is_encrypted || making->defect == DEFECT_ENC_MISSING ||
        making->defect == DEFECT_ENC_FLAG_OFF) {
        return STATUS_OK;
    }
    memcpy(key, making->key, sizeof(key));
    if (making->defect == DEFECT_KEY_SWAP &&
        !recipe->random.fill(recipe->random.user, key, making->key_size)) {
        return reason_set(making->reason, STATUS_INVALID, "no random bytes");
    }
    status = recipe->encryption == PACKAGE_ECIES_P256
                 ? put_ecies(making, recipient, key)
                 : put_wrapped(making, recipient, key);
    crypto_wipe(key, sizeof(key));
    return status;
}

/** What the boot loader reads: hash, signature, key of the image. */
static enum status put_normal(struct making *making,
                              const uint8_t hash[CRYPTO_HASH_SIZE])
{
    struct output *out = &making->out;
    size_t start = begin_area(out, MCUBOOT_INFO_NORMAL);

    put_tlv(out, TLV_SHA256, hash, CRYPTO_HASH_SIZE);
    if (making->has_counter && making->defect == DEFECT_COUNTER_UNPROTECTED) {
        put_counter(making);
    }
    if (making->defect == DEFECT_DEPENDENCY_UNPROTECTED) {
        put_dependencies(making);
    }
    enum status status = put_signature(making, hash);
    size_t last = out->size;
    if (status == STATUS_OK) {
        status = put_key(making);
    }
    end_area(out, start);
    if (status == STATUS_OK && making->defect == DEFECT_LIE_TLV) {
        size_t at = last < out->size ? last : start + MCUBOOT_INFO;
        uint32_t length = mcuboot_get(out->bytes + at + 2, 2);
        mcuboot_put(out->bytes + at + 2, length + TLV_LIE, 2);
    }
    return status;
}

static uint32_t flags_of(const struct making *making)
{
    uint32_t flags =
        making->key_size == CRYPTO_KEY_MAX ? MCUBOOT_AES256 : MCUBOOT_AES128;

    if (making->defect == DEFECT_ENC_BOTH_FLAGS) {
        flags = MCUBOOT_AES128 | MCUBOOT_AES256;
    }
    return making->is_encrypted && making->defect != DEFECT_ENC_FLAG_OFF ? flags
                                                                         : 0;
}

static size_t header_size(const struct making *making)
{
    return making->recipe->header_size != 0 ? making->recipe->header_size
                                            : MCUBOOT_HEADER;
}

static void put_header(struct making *making)
{
    uint8_t header[MCUBOOT_HEADER] = { 0 };
    size_t size = header_size(making);
    uint32_t image = (uint32_t)making->payload_size;

    mcuboot_put(header, MCUBOOT_MAGIC, 4);
    mcuboot_put(header + MCUBOOT_HEADER_SIZE_AT,
                making->defect == DEFECT_LIE_HEADER_SIZE ? 0 : (uint32_t)size,
                2);
    mcuboot_put(header + MCUBOOT_IMAGE_SIZE_AT,
                making->defect == DEFECT_LIE_IMAGE_SIZE ? image + LIE : image,
                4);
    mcuboot_put(header + MCUBOOT_FLAGS_AT, flags_of(making), 4);
    put_version(header + MCUBOOT_VERSION_AT, &making->version);
    put_bytes(&making->out, header, sizeof(header));
    memset(making->out.bytes + making->out.size, FILL, size - MCUBOOT_HEADER);
    making->out.size += size - MCUBOOT_HEADER;
}

/** Everything but the header depends on what is before it. */
static enum status assemble(struct making *making)
{
    struct output *out = &making->out;
    uint8_t hash[CRYPTO_HASH_SIZE];
    size_t payload_at = header_size(making);

    put_header(making);
    put_bytes(out, making->payload, making->payload_size);
    size_t protected_size = put_protected(making);
    mcuboot_put(out->bytes + MCUBOOT_PROTECTED_AT,
                (uint32_t)protected_size +
                    (making->defect == DEFECT_LIE_PROTECTED_SIZE ? 16 : 0),
                2);
    const struct span span = { out->bytes, out->size };
    enum status status = crypto_sha256(&span, 1, hash, making->reason);
    if (status == STATUS_OK) {
        status = put_normal(making, hash);
    }
    bool is_hidden = making->is_encrypted &&
                     making->defect != DEFECT_ENC_FLAG_PLAIN &&
                     making->defect != DEFECT_ENC_FLAG_OFF;
    if (status == STATUS_OK && is_hidden) { /* after it was hashed */
        status = crypto_ctr(making->key, making->key_size, NULL,
                            out->bytes + payload_at, making->payload_size,
                            out->bytes + payload_at, making->reason);
    }
    return status;
}

/* What the defect makes of the recipe. */

static enum status lacks(const struct making *making, const char *what)
{
    return variant_lacks(making->recipe->variant, what, making->reason);
}

static enum status spoil_dependencies(struct making *making)
{
    static const struct mcuboot_version highest = { UINT8_MAX, 0, 0, 0 };

    switch (making->defect) {
    case DEFECT_DEPENDENCY_MISSING:
        if (making->dependency_count == 0) {
            making->dependencies[0].image = 1;
            making->dependency_count = 1;
        }
        making->dependencies[0].version = highest;
        return STATUS_OK;
    case DEFECT_DEPENDENCY_UNKNOWN:
        making->dependencies[0].image = UNKNOWN_IMAGE;
        making->dependencies[0].version =
            (struct mcuboot_version){ .major = 1 };
        making->dependency_count = 1;
        return STATUS_OK;
    default:
        return making->dependency_count > 0 ? STATUS_OK
                                            : lacks(making, "a dependency");
    }
}

/** The payload is that of the recipe, with another beginning or end. */
static enum status replace_payload(struct making *making, size_t size,
                                   const char *start)
{
    const struct package_recipe *recipe = making->recipe;

    if (recipe->payload_size < strlen(start)) {
        return lacks(making, "a larger payload");
    }
    making->own_payload = calloc(1, size);
    if (making->own_payload == NULL) {
        return reason_set(making->reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(making->own_payload, recipe->payload, recipe->payload_size);
    memcpy(making->own_payload, start, strlen(start));
    making->payload = making->own_payload;
    making->payload_size = size;
    return STATUS_OK;
}

static enum status spoil_class(struct making *making)
{
    if (making->defect == DEFECT_WRONG_COMPONENT &&
        making->recipe->class_x == NULL) {
        return lacks(making, "the class of another component");
    }
    if (making->defect == DEFECT_WRONG_COMPONENT) {
        memcpy(making->class_id, making->recipe->class_x, PACKAGE_CLASS_SIZE);
    } else {
        memset(making->class_id, 0xee, PACKAGE_CLASS_SIZE);
    }
    making->has_class = true;
    return STATUS_OK;
}

static enum status spoil_counter(struct making *making)
{
    if (!making->has_counter ||
        (making->defect == DEFECT_DOWNGRADE_COUNTER && making->counter == 0)) {
        return lacks(making, "a security counter of 1 or more");
    }
    making->counter -= making->defect == DEFECT_DOWNGRADE_COUNTER ? 1 : 0;
    making->has_counter = making->defect != DEFECT_COUNTER_MISSING;
    return STATUS_OK;
}

/** Whether the recipe has what signing and encryption in this way need. */
static enum status check_keys(const struct making *making)
{
    const struct package_recipe *recipe = making->recipe;
    enum mcuboot_defect defect = making->defect;

    if (defect >= DEFECT_SIGNATURE_MISSING &&
        defect <= DEFECT_SIGNER_MASQUERADE && recipe->signer == NULL) {
        return lacks(making, "a key to sign with");
    }
    if ((defect == DEFECT_SIGNER_UNTRUSTED ||
         defect == DEFECT_SIGNER_MASQUERADE) &&
        recipe->signer_x == NULL) {
        return lacks(making, "a second key to sign with");
    }
    if (defect >= DEFECT_PLAIN && defect < DEFECT_BUILT_COUNT &&
        recipe->encryption == PACKAGE_PLAIN) {
        return lacks(making, "encryption");
    }
    if ((defect == DEFECT_WRONG_DEVICE || defect == DEFECT_WRONG_KEY) &&
        recipe->recipient_x == NULL) {
        return lacks(making, "the key of another device");
    }
    return STATUS_OK;
}

static enum status spoil_recipe(struct making *making)
{
    switch (making->defect) {
    case DEFECT_SAME_VERSION:
        return mcuboot_version_installed(making->recipe, false,
                                         &making->version, making->reason);
    case DEFECT_DOWNGRADE_VERSION:
        return mcuboot_version_installed(making->recipe, true, &making->version,
                                         making->reason);
    case DEFECT_VERSION_LIE:
        making->version.revision++;
        return STATUS_OK;
    case DEFECT_DOWNGRADE_COUNTER:
    case DEFECT_COUNTER_MISSING:
    case DEFECT_COUNTER_UNPROTECTED:
        return spoil_counter(making);
    case DEFECT_DEPENDENCY_MISSING:
    case DEFECT_DEPENDENCY_PAIR:
    case DEFECT_DEPENDENCY_ORDER:
    case DEFECT_DEPENDENCY_UNCONFIRMED:
    case DEFECT_DEPENDENCY_CYCLE:
    case DEFECT_DEPENDENCY_UNKNOWN:
    case DEFECT_DEPENDENCY_UNPROTECTED:
        return spoil_dependencies(making);
    case DEFECT_WRONG_COMPONENT:
    case DEFECT_WRONG_CLASS:
        return spoil_class(making);
    case DEFECT_OVERSIZE:
        return making->recipe->slot_size < making->payload_size ||
                       making->recipe->slot_size > PACKAGE_SIZE_MAX / 2
                   ? lacks(making, "the size of the slot")
                   : replace_payload(making, making->recipe->slot_size, "");
    case DEFECT_UNHEALTHY:
        return replace_payload(making, making->payload_size, MCUBOOT_UNHEALTHY);
    default: /* those that assemble() makes */
        return check_keys(making);
    }
}

/** What is hashed and signed then is the ciphertext. It is no code, so who
 *  starts it does not come back; the simulated device sees that by the mark. */
static enum status hide_unsaid(struct making *making, uint8_t *payload)
{
    size_t length = strlen(MCUBOOT_UNHEALTHY);
    enum status status =
        crypto_ctr(making->key, making->key_size, NULL, payload,
                   making->payload_size, payload, making->reason);

    memcpy(payload, MCUBOOT_UNHEALTHY,
           length < making->payload_size ? length : making->payload_size);
    return status;
}

/** Zeros up to a whole block, and the key. packages.md, 5.2. */
static enum status prepare_encryption(struct making *making)
{
    const struct package_random_source *random = &making->recipe->random;
    size_t whole = header_size(making) + making->payload_size;
    size_t pad = (MCUBOOT_BLOCK - whole % MCUBOOT_BLOCK) % MCUBOOT_BLOCK;

    making->is_encrypted = making->recipe->encryption != PACKAGE_PLAIN &&
                           making->defect != DEFECT_PLAIN;
    if (!making->is_encrypted) {
        return STATUS_OK;
    }
    uint8_t *padded = calloc(1, making->payload_size + pad);
    if (padded == NULL) {
        return reason_set(making->reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(padded, making->payload, making->payload_size);
    free(making->own_payload);
    making->own_payload = padded;
    making->payload = padded;
    making->payload_size += pad;
    making->key_size = making->recipe->key_bits / 8;
    if (!random->fill(random->user, making->key, making->key_size)) {
        return reason_set(making->reason, STATUS_INVALID, "no random bytes");
    }
    return making->defect == DEFECT_ENC_FLAG_OFF ? hide_unsaid(making, padded)
                                                 : STATUS_OK;
}

static enum status check_recipe(const struct package_recipe *recipe,
                                struct reason *reason)
{
    const struct package_key *to = recipe->recipient;
    size_t key_size = recipe->key_bits / 8;

    if (recipe->header_size != 0 && (recipe->header_size < MCUBOOT_HEADER ||
                                     recipe->header_size > UINT16_MAX)) {
        return reason_set(reason, STATUS_INVALID,
                          "a header of %u bytes; 32..65535 can be",
                          recipe->header_size);
    }
    if (recipe->payload_size == 0 || recipe->payload_size > PACKAGE_SIZE_MAX) {
        return reason_set(reason, STATUS_LIMIT, "a payload of %zu bytes",
                          recipe->payload_size);
    }
    if (recipe->signer != NULL && (recipe->signer->kind != PACKAGE_KEY_P256 ||
                                   !recipe->signer->has_private)) {
        return reason_set(reason, STATUS_INVALID,
                          "to sign, the private half of the key is needed");
    }
    if (recipe->encryption == PACKAGE_PLAIN) {
        return STATUS_OK;
    }
    enum package_key_kind kind = recipe->encryption == PACKAGE_AES_KW
                                     ? PACKAGE_KEY_SECRET
                                     : PACKAGE_KEY_P256;
    if (key_size != 16 && key_size != CRYPTO_KEY_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "image keys have 128 or 256 bits, not %u",
                          recipe->key_bits);
    }
    if (to == NULL || to->kind != kind ||
        (kind == PACKAGE_KEY_SECRET && to->secret_size != key_size)) {
        return reason_set(reason, STATUS_INVALID,
                          kind == PACKAGE_KEY_SECRET
                              ? "AES-KW needs a secret as long as the image "
                                "key"
                              : "ECIES needs a key of P-256");
    }
    return STATUS_OK;
}

static enum status take_recipe(struct making *making)
{
    const struct package_recipe *recipe = making->recipe;
    enum status status = mcuboot_version_parse(
        recipe->version, &making->version, making->reason);

    making->payload = recipe->payload;
    making->payload_size = recipe->payload_size;
    making->has_counter = recipe->has_counter;
    making->counter = recipe->counter;
    making->has_class = recipe->class_id != NULL;
    if (making->has_class) {
        memcpy(making->class_id, recipe->class_id, PACKAGE_CLASS_SIZE);
    }
    for (size_t i = 0; status == STATUS_OK && i < recipe->dependency_count;
         i++) {
        making->dependencies[i].image = recipe->dependencies[i].image;
        status = mcuboot_version_parse(recipe->dependencies[i].version,
                                       &making->dependencies[i].version,
                                       making->reason);
    }
    making->dependency_count = recipe->dependency_count;
    return status;
}

static enum mcuboot_defect find_defect(const char *variant)
{
    for (int i = 0; variant != NULL && i < DEFECT_BUILT_COUNT; i++) {
        if (strcmp(mcuboot_variants[i].name, variant) == 0) {
            return (enum mcuboot_defect)i;
        }
    }
    return DEFECT_NONE; /* or one of a built file */
}

enum status mcuboot_make(const struct package_recipe *recipe,
                         uint8_t **out_bytes, size_t *out_size,
                         struct reason *reason)
{
    struct making making = { .recipe = recipe,
                             .defect = find_defect(recipe->variant),
                             .reason = reason };
    enum status status = check_recipe(recipe, reason);

    if (status == STATUS_OK) {
        status = take_recipe(&making);
    }
    if (status == STATUS_OK) {
        status = spoil_recipe(&making);
    }
    if (status == STATUS_OK) {
        status = prepare_encryption(&making);
    }
    if (status == STATUS_OK) {
        making.out.capacity =
            header_size(&making) + making.payload_size + TRAILER_MAX;
        making.out.bytes = malloc(making.out.capacity);
        status = making.out.bytes == NULL
                     ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
                     : assemble(&making);
    }
    free(making.own_payload);
    crypto_wipe(making.key, sizeof(making.key));
    if (status != STATUS_OK) {
        free(making.out.bytes);
        return status;
    }
    *out_bytes = making.out.bytes;
    *out_size = making.out.size;
    return STATUS_OK;
}
