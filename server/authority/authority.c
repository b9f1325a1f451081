/* SPDX-License-Identifier: Apache-2.0 */
#include "server/authority/authority.h"

#include <arpa/inet.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PEM_SIZE = 4096,
    NAME_SIZE = 256,
    SERIAL_SIZE = 16,
    SERIAL_SIGN = 0x7f,  /* a serial number is positive … */
    SERIAL_FIRST = 0x40, /* … and has all its bytes: RFC 5280, 4.1.2.2 */
    ADDRESS_SIZE = 16,
    USUAL_HOSTS = 3,
};

#define CA_NAME "CN=Assay test CA,O=Assay"

/** What differs between the kinds. */
static const struct {
    const char *name;
    const char *from; /* YYYYMMDDhhmmss */
    const char *to;
} kinds[AUTHORITY_KINDS] = {
    [AUTHORITY_GOOD] = { "good", "19700101000000", "20491231235959" },
    [AUTHORITY_UNKNOWN_CA] = { "unknown-ca", "19700101000000",
                               "20491231235959" },
    [AUTHORITY_EXPIRED] = { "expired", "20010101000000", "20011231235959" },
    [AUTHORITY_NOT_YET_VALID] = { "not-yet-valid", "20480101000000",
                                  "20491231235959" },
    [AUTHORITY_OTHER_HOST] = { "other-host", "19700101000000",
                               "20491231235959" },
    [AUTHORITY_SELF_SIGNED] = { "self-signed", "19700101000000",
                                "20491231235959" },
};

struct authority {
    mbedtls_pk_context ca_key;
    mbedtls_pk_context unknown_key; /* of another CA with the same name */
    mbedtls_pk_context server_key;
    char name[NAME_SIZE]; /* the CA's, as Mbed TLS writes names */
    char *certificate;    /* owned; PEM */
};

/** Whose name and key a certificate bears. */
struct signer {
    const char *name;
    const mbedtls_pk_context *key;
};

/** The names that a certificate is for, as Mbed TLS wants them: linked, and
 *  addresses as bytes. */
struct names {
    mbedtls_x509_san_list rows[AUTHORITY_HOSTS_MAX + USUAL_HOSTS];
    uint8_t addresses[AUTHORITY_HOSTS_MAX + USUAL_HOSTS][ADDRESS_SIZE];
    size_t count;
};

static enum status out_of_memory(struct reason *reason)
{
    return reason_set(reason, STATUS_NO_MEMORY,
                      "no memory or no random numbers for a certificate");
}

const char *authority_kind_name(enum authority_kind kind)
{
    return kind < AUTHORITY_KINDS ? kinds[kind].name : NULL;
}

static bool make_key(mbedtls_pk_context *key)
{
    return mbedtls_pk_setup(key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) ==
               0 &&
           mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                               mbedtls_psa_get_random,
                               MBEDTLS_PSA_RANDOM_STATE) == 0;
}

static void add_name(struct names *names, const char *host)
{
    mbedtls_x509_san_list *row = &names->rows[names->count];
    uint8_t *bytes = names->addresses[names->count];
    mbedtls_x509_buf *value = &row->node.san.unstructured_name;

    if (inet_pton(AF_INET, host, bytes) == 1 ||
        inet_pton(AF_INET6, host, bytes) == 1) {
        row->node.type = MBEDTLS_X509_SAN_IP_ADDRESS;
        value->p = bytes;
        value->len = strchr(host, ':') != NULL ? 16 : 4;
    } else {
        row->node.type = MBEDTLS_X509_SAN_DNS_NAME;
        value->p = (unsigned char *)(uintptr_t)host; /* only read */
        value->len = strlen(host);
    }
    if (names->count > 0) {
        names->rows[names->count - 1].next = row;
    }
    names->count++;
}

static void fill_names(struct names *names, enum authority_kind kind,
                       const char *const *hosts, size_t host_count)
{
    static const char *const usual[USUAL_HOSTS] = { "localhost", "127.0.0.1",
                                                    "::1" };

    memset(names, 0, sizeof(*names));
    if (kind == AUTHORITY_OTHER_HOST) {
        add_name(names, "other.invalid");
        add_name(names, "192.0.2.1"); /* of documentation: RFC 5737 */
        return;
    }
    for (size_t i = 0; i < USUAL_HOSTS; i++) {
        add_name(names, usual[i]);
    }
    for (size_t i = 0; i < host_count; i++) {
        add_name(names, hosts[i]);
    }
}

static bool set_serial(mbedtls_x509write_cert *crt)
{
    unsigned char serial[SERIAL_SIZE];

    if (mbedtls_psa_get_random(MBEDTLS_PSA_RANDOM_STATE, serial,
                               sizeof(serial)) != 0) {
        return false;
    }
    serial[0] = (unsigned char)((serial[0] & SERIAL_SIGN) | SERIAL_FIRST);
    return mbedtls_x509write_crt_set_serial_raw(crt, serial, sizeof(serial)) ==
           0;
}

static mbedtls_pk_context *unconst(const mbedtls_pk_context *key)
{
    return (mbedtls_pk_context *)(uintptr_t)key; /* Mbed TLS only reads it */
}

/** What all certificates have. */
static bool begin(mbedtls_x509write_cert *crt, enum authority_kind kind,
                  const char *subject, const mbedtls_pk_context *key,
                  const struct signer *signer)
{
    mbedtls_x509write_crt_set_version(crt, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(crt, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(crt, unconst(key));
    mbedtls_x509write_crt_set_issuer_key(crt, unconst(signer->key));
    return set_serial(crt) &&
           mbedtls_x509write_crt_set_subject_name(crt, subject) == 0 &&
           mbedtls_x509write_crt_set_issuer_name(crt, signer->name) == 0 &&
           mbedtls_x509write_crt_set_validity(crt, kinds[kind].from,
                                              kinds[kind].to) == 0 &&
           mbedtls_x509write_crt_set_subject_key_identifier(crt) == 0 &&
           mbedtls_x509write_crt_set_authority_key_identifier(crt) == 0;
}

/** @return NULL on failure; the caller frees */
static char *finish(mbedtls_x509write_cert *crt)
{
    unsigned char pem[PEM_SIZE];

    return mbedtls_x509write_crt_pem(crt, pem, sizeof(pem),
                                     mbedtls_psa_get_random,
                                     MBEDTLS_PSA_RANDOM_STATE) == 0
               ? strdup((const char *)pem)
               : NULL;
}

static char *make_ca(const struct authority *authority)
{
    const struct signer self = { authority->name, &authority->ca_key };
    mbedtls_x509write_cert crt;
    char *pem = NULL;

    mbedtls_x509write_crt_init(&crt);
    if (begin(&crt, AUTHORITY_GOOD, self.name, self.key, &self) &&
        mbedtls_x509write_crt_set_basic_constraints(&crt, 1, 0) == 0 &&
        mbedtls_x509write_crt_set_key_usage(
            &crt, MBEDTLS_X509_KU_KEY_CERT_SIGN | MBEDTLS_X509_KU_CRL_SIGN) ==
            0) {
        pem = finish(&crt);
    }
    mbedtls_x509write_crt_free(&crt);
    return pem;
}

static char *make_server(const struct authority *authority,
                         enum authority_kind kind, const struct names *names)
{
    static const char server_name[] = "CN=Assay repository,O=Assay";
    mbedtls_asn1_sequence purpose = {
        .buf = { .tag = MBEDTLS_ASN1_OID,
                 .len = sizeof(MBEDTLS_OID_SERVER_AUTH) - 1,
                 .p = (unsigned char *)(uintptr_t)MBEDTLS_OID_SERVER_AUTH },
    };
    const struct signer signer = {
        .name = kind == AUTHORITY_SELF_SIGNED ? server_name : authority->name,
        .key = kind == AUTHORITY_SELF_SIGNED  ? &authority->server_key
               : kind == AUTHORITY_UNKNOWN_CA ? &authority->unknown_key
                                              : &authority->ca_key,
    };
    mbedtls_x509write_cert crt;
    char *pem = NULL;

    mbedtls_x509write_crt_init(&crt);
    if (begin(&crt, kind, server_name, &authority->server_key, &signer) &&
        mbedtls_x509write_crt_set_basic_constraints(&crt, 0, -1) == 0 &&
        mbedtls_x509write_crt_set_key_usage(
            &crt, MBEDTLS_X509_KU_DIGITAL_SIGNATURE) == 0 &&
        mbedtls_x509write_crt_set_ext_key_usage(&crt, &purpose) == 0 &&
        mbedtls_x509write_crt_set_subject_alternative_name(&crt, names->rows) ==
            0) {
        pem = finish(&crt);
    }
    mbedtls_x509write_crt_free(&crt);
    return pem;
}

static struct authority *allocate(void)
{
    struct authority *authority =
        psa_crypto_init() == PSA_SUCCESS ? calloc(1, sizeof(*authority)) : NULL;

    if (authority != NULL) {
        mbedtls_pk_init(&authority->ca_key);
        mbedtls_pk_init(&authority->unknown_key);
        mbedtls_pk_init(&authority->server_key);
    }
    return authority;
}

enum status authority_new(struct authority **out_authority,
                          struct reason *reason)
{
    struct authority *authority = allocate();
    bool good = authority != NULL && make_key(&authority->ca_key) &&
                make_key(&authority->unknown_key) &&
                make_key(&authority->server_key);

    if (good) {
        memcpy(authority->name, CA_NAME, sizeof(CA_NAME));
        authority->certificate = make_ca(authority);
        good = authority->certificate != NULL;
    }
    if (!good) {
        authority_free(authority);
        return out_of_memory(reason);
    }
    *out_authority = authority;
    return STATUS_OK;
}

/** The DER of a certificate as PEM; caller frees. */
static char *to_pem(const mbedtls_x509_crt *crt)
{
    unsigned char pem[PEM_SIZE];
    size_t length = 0;

    return mbedtls_pem_write_buffer(
               "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n",
               crt->raw.p, crt->raw.len, pem, sizeof(pem), &length) == 0
               ? strdup((const char *)pem)
               : NULL;
}

/** @param crt  empty; the caller's to free */
static enum status read_ca(struct authority *authority, mbedtls_x509_crt *crt,
                           const char *certificate_file, const char *key_file,
                           struct reason *reason)
{
    if (access(certificate_file, R_OK) != 0 || access(key_file, R_OK) != 0) {
        return reason_set(reason, STATUS_NOT_FOUND, "cannot read '%s'",
                          access(certificate_file, R_OK) != 0 ? certificate_file
                                                              : key_file);
    }
    if (mbedtls_x509_crt_parse_file(crt, certificate_file) != 0 ||
        crt->MBEDTLS_PRIVATE(ca_istrue) == 0) {
        return reason_set(reason, STATUS_INVALID,
                          "'%s' is no certificate of a CA", certificate_file);
    }
    if (mbedtls_pk_parse_keyfile(&authority->ca_key, key_file, NULL,
                                 mbedtls_psa_get_random,
                                 MBEDTLS_PSA_RANDOM_STATE) != 0) {
        return reason_set(reason, STATUS_INVALID,
                          "'%s' is no key that can be used", key_file);
    }
    if (mbedtls_pk_check_pair(&crt->pk, &authority->ca_key,
                              mbedtls_psa_get_random,
                              MBEDTLS_PSA_RANDOM_STATE) != 0) {
        return reason_set(reason, STATUS_INVALID, "'%s' is not the key of '%s'",
                          key_file, certificate_file);
    }
    if (mbedtls_x509_dn_gets(authority->name, sizeof(authority->name),
                             &crt->subject) <= 0) {
        return reason_set(reason, STATUS_INVALID,
                          "the name in '%s' is too long", certificate_file);
    }
    authority->certificate = to_pem(crt);
    return authority->certificate != NULL ? STATUS_OK : out_of_memory(reason);
}

enum status authority_load(const char *certificate_file, const char *key_file,
                           struct authority **out_authority,
                           struct reason *reason)
{
    struct authority *authority = allocate();
    mbedtls_x509_crt crt;
    enum status status = STATUS_OK;

    if (authority == NULL || !make_key(&authority->unknown_key) ||
        !make_key(&authority->server_key)) {
        authority_free(authority);
        return out_of_memory(reason);
    }
    mbedtls_x509_crt_init(&crt);
    status = read_ca(authority, &crt, certificate_file, key_file, reason);
    mbedtls_x509_crt_free(&crt);
    if (status != STATUS_OK) {
        authority_free(authority);
        return status;
    }
    *out_authority = authority;
    return STATUS_OK;
}

void authority_free(struct authority *authority)
{
    if (authority == NULL) {
        return;
    }
    mbedtls_pk_free(&authority->ca_key);
    mbedtls_pk_free(&authority->unknown_key);
    mbedtls_pk_free(&authority->server_key);
    free(authority->certificate);
    free(authority);
}

const char *authority_certificate(const struct authority *authority)
{
    return authority->certificate;
}

enum status authority_issue(const struct authority *authority,
                            enum authority_kind kind, const char *const *hosts,
                            size_t host_count, struct authority_pair *out_pair,
                            struct reason *reason)
{
    unsigned char key[PEM_SIZE];
    struct authority_pair pair = { NULL, NULL };
    struct names names;

    if (host_count > AUTHORITY_HOSTS_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "a certificate for more than %d hosts",
                          AUTHORITY_HOSTS_MAX);
    }
    fill_names(&names, kind, hosts, host_count);
    if (mbedtls_pk_write_key_pem(&authority->server_key, key, sizeof(key)) ==
        0) {
        pair.key = strdup((const char *)key);
    }
    mbedtls_platform_zeroize(key, sizeof(key));
    pair.certificate = make_server(authority, kind, &names);
    if (pair.key == NULL || pair.certificate == NULL) {
        authority_release(&pair);
        return out_of_memory(reason);
    }
    *out_pair = pair;
    return STATUS_OK;
}

void authority_release(struct authority_pair *pair)
{
    if (pair->key != NULL) {
        mbedtls_platform_zeroize(pair->key, strlen(pair->key));
    }
    free(pair->key);
    free(pair->certificate);
    *pair = (struct authority_pair){ NULL, NULL };
}
