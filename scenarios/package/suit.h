/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_PACKAGE_SUIT_H
#define SCENARIOS_PACKAGE_SUIT_H

/*
 * Private to scenarios/package: SUIT envelopes for one or several components,
 * with integrated payloads, signed by COSE_Sign1 (or COSE_Mac0), encrypted by
 * COSE_Encrypt.
 * Spec: packages.md, section 8; draft-ietf-suit-manifest-37,
 * draft-ietf-suit-firmware-encryption-26, RFC 9052, RFC 9053, RFC 9459.
 */
#include "scenarios/package/cbor_read.h"
#include "scenarios/package/cbor_write.h"
#include "scenarios/package/crypto.h"
#include "scenarios/package/format.h"

#define SUIT_MEMBERS_MAX    PACKAGE_MEMBERS_MAX
#define SUIT_COMPONENTS_MAX (3 * SUIT_MEMBERS_MAX) /**< with their copies */
#define SUIT_SEVERED_MAX    6
#define SUIT_NESTING_MAX    4 /**< sequences in sequences */
#define SUIT_COMMANDS_MAX   256
#define SUIT_NAME_SIZE      40
#define SUIT_STAGED         ".enc" /**< behind the name of a copy */

/* The drafts may still move these numbers: they stand here only. */
enum {
    SUIT_TAG = 107,
    COSE_SIGN1 = 18,
    COSE_MAC0 = 17,
    COSE_ENCRYPT = 96,

    ENVELOPE_AUTHENTICATION = 2,
    ENVELOPE_MANIFEST = 3,

    MANIFEST_VERSION = 1,
    MANIFEST_SEQUENCE = 2,
    MANIFEST_COMMON = 3,
    MANIFEST_REFERENCE = 4,
    MANIFEST_COMPONENT_ID = 5,
    MANIFEST_SET_VERSION = 6,
    MANIFEST_VALIDATE = 7,
    MANIFEST_LOAD = 8,
    MANIFEST_INVOKE = 9,
    MANIFEST_RESOLUTION = 15,
    MANIFEST_FETCH = 16,
    MANIFEST_CANDIDATE = 18,
    MANIFEST_INSTALL = 20,
    MANIFEST_TEXT = 23,
    MANIFEST_UNINSTALL = 24,

    COMMON_DEPENDENCIES = 1,
    COMMON_COMPONENTS = 2,
    COMMON_SEQUENCE = 4,

    DEPENDENCY_PREFIX = 1,

    CONDITION_VENDOR = 1,
    CONDITION_CLASS = 2,
    CONDITION_IMAGE = 3,
    CONDITION_SLOT = 5,
    CONDITION_INTEGRITY = 7, /* of a dependency */
    CONDITION_IS_DEPENDENCY = 8,
    DIRECTIVE_PROCESS = 11, /* a dependency */
    DIRECTIVE_INDEX = 12,
    CONDITION_ABORT = 14,
    DIRECTIVE_TRY_EACH = 15,
    DIRECTIVE_WRITE = 18,
    DIRECTIVE_SET = 19, /* what nobody has set */
    DIRECTIVE_OVERRIDE = 20,
    DIRECTIVE_FETCH = 21,
    DIRECTIVE_COPY = 22,
    DIRECTIVE_INVOKE = 23,
    CONDITION_DEVICE = 24,
    CONDITION_VERSION = 28,
    DIRECTIVE_SWAP = 31,
    DIRECTIVE_RUN = 32, /* a sequence */

    PARAMETER_VENDOR = 1,
    PARAMETER_CLASS = 2,
    PARAMETER_DIGEST = 3,
    PARAMETER_SLOT = 5,
    PARAMETER_SIZE = 14,
    PARAMETER_CONTENT = 18,
    PARAMETER_ENCRYPTION = 19,
    PARAMETER_URI = 21,
    PARAMETER_SOURCE = 22,
    PARAMETER_ARGUMENTS = 23, /* of invoke */
    PARAMETER_DEVICE = 24,
    PARAMETER_VERSION = 28,

    REPORT_ALL = 15, /* argument of conditions and directives */

    VERSION_GREATER = 1,
    VERSION_AT_LEAST = 2,
    VERSION_EQUAL = 3,
    VERSION_AT_MOST = 4,
    VERSION_LESS = 5,

    LABEL_ALGORITHM = 1,
    LABEL_KID = 4,
    LABEL_IV = 5,
    LABEL_EPHEMERAL = -1,

    ALGORITHM_ESP256 = -9,
    ALGORITHM_ES256 = -7,
    ALGORITHM_ES384 = -35, /* nobody here can do it */
    ALGORITHM_HMAC = 5,
    ALGORITHM_A128GCM = 1,
    ALGORITHM_A128CTR = -65534,
    ALGORITHM_A128KW = -3,
    ALGORITHM_ECDH_ES_KW = -29,
    ALGORITHM_SHA256 = -16,

    KEY_TYPE = 1,
    KEY_TYPE_EC2 = 2,
    KEY_CURVE = -1,
    KEY_CURVE_P256 = 1,
    KEY_X = -2,
    KEY_Y = -3,
};

/* COSE. */

/** HKDF's info for the key that wraps: RFC 9053, 5.2, with what
 *  firmware-encryption adds. It has no zero byte. */
extern const char cose_kdf_context[];

/** What is signed: an array of a text, the protected header, h'', and for
 *  signatures the payload. */
void cose_put_input(struct cbor_out *out, const char *context,
                    struct span protected_header, const struct span *payload);

#define COSE_RECIPIENTS_MAX 16 /**< of one COSE_Encrypt; more are refused */

/** One whom the content key is wrapped for. */
struct cose_recipient {
    bool is_known;           /**< false: in a way that we do not have */
    int64_t wrap;            /**< ALGORITHM_A128KW, ALGORITHM_ECDH_ES_KW */
    struct span kid;         /**< bytes NULL: not named */
    struct span ephemeral_x; /**< of ECDH: 32 bytes; bytes NULL: none */
    struct span ephemeral_y;
    struct span wrapped; /**< bytes NULL: none */
};

/** The head of COSE_Encrypt. */
struct cose_encryption {
    int64_t content; /**< ALGORITHM_A128GCM, ALGORITHM_A128CTR */
    struct span content_protected;
    struct span iv;
    struct cose_recipient recipients[COSE_RECIPIENTS_MAX];
    size_t recipient_count; /**< 1 or more */
};
/**
 * Read an encryption info. Each recipient has to be well formed, also those
 * for others.
 *
 * @param in            on failure at what is wrong
 * @param out_is_known  false: an algorithm that we do not have, of the content
 *                      or of all recipients
 * Errors: STATUS_MALFORMED with the offset.
 * Spec:   RFC 9052, 5.1.
 */
MUST_CHECK
enum status cose_read_encryption(struct cbor_in *in,
                                 struct cose_encryption *out_encryption,
                                 bool *out_is_known);
/** The content key, of 128 bits.
 *  Errors: STATUS_MALFORMED: this is not the key of the recipient. */
MUST_CHECK
enum status cose_open_key(const struct cose_recipient *recipient,
                          const struct package_key *own,
                          uint8_t out_key[CRYPTO_BLOCK], struct reason *reason);
/** @param out_plain  as large as the ciphertext
 *  Errors: STATUS_INVALID: the tag is wrong; STATUS_MALFORMED: the IV is. */
MUST_CHECK
enum status cose_decrypt(const struct cose_encryption *encryption,
                         const uint8_t key[CRYPTO_BLOCK], struct span cipher,
                         uint8_t *out_plain, size_t *out_size,
                         struct reason *reason);

/* Reading. */

/** In the order in which an update runs them; the last three belong to the
 *  start and to the removal of what is installed. */
enum suit_sequence {
    SUIT_SHARED,
    SUIT_RESOLUTION,
    SUIT_FETCH,
    SUIT_CANDIDATE,
    SUIT_INSTALL,
    SUIT_VALIDATE,
    SUIT_LOAD,
    SUIT_INVOKE,
    SUIT_UNINSTALL
};

/** Those inside others stand behind what they are in, one level deeper. */
struct suit_command {
    enum suit_sequence sequence;
    int64_t number;
    uint32_t components;  /**< indexes that were set, one bit each */
    size_t offset;        /**< of the number */
    struct span argument; /**< as encoded */
    unsigned depth;       /**< 0: not in another command */
    unsigned alternative; /**< which one of that, of several to try */
};

struct suit_payload {
    char name[SUIT_NAME_SIZE]; /**< "#app" */
    struct span key;           /**< the name as it stands */
    struct span bytes;
};

/** A member that is outside of the manifest, which has its digest. */
struct suit_severed {
    int64_t key;
    struct span digest; /**< of the manifest; bytes NULL: it has none */
    struct span member; /**< with its head; bytes NULL: it is not here */
    struct span body;   /**< without */
};

/** Where everything is in an envelope. */
struct suit_view {
    struct span digest;      /**< of the manifest: 32 bytes */
    struct span digest_item; /**< SUIT_Digest as encoded: what is signed */
    bool has_authentication;
    int64_t cose; /**< tag: COSE_SIGN1 or COSE_MAC0 */
    struct span protected_header;
    int64_t algorithm;
    struct span kid;
    struct span signature;
    struct span manifest;      /**< with its head: what is hashed */
    struct span manifest_body; /**< without */
    int64_t manifest_version;
    uint64_t sequence;
    size_t sequence_at;
    char version[32]; /**< "1.2.3"; empty: not set */
    size_t version_at;
    char components[SUIT_COMPONENTS_MAX][SUIT_NAME_SIZE];
    size_t component_count; /**< the highest index, and one */
    size_t components_at;
    uint32_t is_here;       /**< one bit for each index that stands for one */
    uint32_t is_dependency; /**< of these, those of other envelopes */
    struct suit_severed severed[SUIT_SEVERED_MAX];
    size_t severed_count;
    struct suit_command commands[SUIT_COMMANDS_MAX];
    size_t command_count;
    struct suit_payload payloads[SUIT_MEMBERS_MAX];
    size_t payload_count;
    int64_t unknown; /**< a critical number that we do not know … */
    size_t unknown_at;
    bool has_unknown; /**< … there is one */
};
/**
 * Read an envelope, which may stand in another one.
 *
 * @param bytes       of the whole package; offsets count from here
 * @param envelope    where it is in there
 * @param fields      NULL, or what is found is added to it
 * @param out_offset  of what is wrong
 * @param out_result  the Update Result that it deserves: 5 when the package
 *                    ends too early, 6 when it contradicts itself
 * Errors: STATUS_MALFORMED, with the field and its offset.
 */
MUST_CHECK
enum status suit_read(const uint8_t *bytes, struct span envelope,
                      struct suit_view *view, struct package_fields *fields,
                      size_t *out_offset, int *out_result,
                      struct reason *reason);
/** Whether the bytes begin like an envelope. */
bool suit_is_envelope(struct span bytes);
/** The payload of that name, "#app"; NULL: there is none. */
const struct suit_payload *suit_find(const struct suit_view *view,
                                     struct span name);

/* Building. */

/** Names of the defects; the order is that of the table of variants. */
enum suit_defect {
    SUIT_GOOD,
    SUIT_SAME_VERSION,
    SUIT_VERSION_LIE,
    SUIT_DOWNGRADE_VERSION,
    SUIT_DOWNGRADE_SEQUENCE,
    SUIT_DEPENDENCY_MISSING,
    SUIT_DEPENDENCY_PAIR,
    SUIT_INSTALL_CONDITION,
    SUIT_WRONG_COMPONENT,
    SUIT_WRONG_CLASS,
    SUIT_OVERSIZE,
    SUIT_UNHEALTHY,
    SUIT_CRASH,
    SUIT_SIZE_MORE,
    SUIT_SIZE_LESS,
    SUIT_PLAIN_DIGEST,
    SUIT_BUNDLE_GOOD,
    SUIT_BUNDLE_BUSY,
    SUIT_BUNDLE_ONE_BAD,
    SUIT_PAYLOAD_MISSING,
    SUIT_INDEFINITE,
    SUIT_UNSORTED,
    SUIT_DUPLICATE,
    SUIT_LONG_HEAD,
    SUIT_WRONG_TAG,
    SUIT_DEEP,
    SUIT_UNKNOWN_COMMAND,
    SUIT_UNKNOWN_PARAMETER,
    SUIT_MANIFEST_VERSION,
    SUIT_SIGNATURE_MISSING,
    SUIT_SIGNER_UNTRUSTED,
    SUIT_SIGNER_MASQUERADE,
    SUIT_ALGORITHM,
    SUIT_MAC_CONFUSION,
    SUIT_PLAIN,
    SUIT_WRONG_DEVICE,
    SUIT_WRONG_KEY,
    SUIT_WRAP_FLIP,
    SUIT_KEY_SWAP,
    SUIT_IV,
    SUIT_IV_SHORT,
    SUIT_IV_MISSING,
    SUIT_INFO_MISSING,
    SUIT_FLAG_PLAIN,
    SUIT_TAG_FLIP,
    SUIT_CIPHER_FLIP,
    SUIT_TAG_CUT,
    SUIT_BUILT_COUNT
};
extern const struct package_variant suit_variants[];

MUST_CHECK
enum status suit_make(const struct package_recipe *recipe, uint8_t **out_bytes,
                      size_t *out_size, struct reason *reason);
MUST_CHECK
enum status suit_spoil(const char *variant, uint8_t **bytes, size_t *size,
                       struct reason *reason);
MUST_CHECK
enum status suit_verify(const uint8_t *bytes, size_t size,
                        const struct package_policy *policy,
                        struct package_verification *verification,
                        struct reason *reason);

#endif
