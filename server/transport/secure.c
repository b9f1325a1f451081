/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/secure.h"

#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cookie.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/transport/endpoint.h"

enum {
    RECORD_HANDSHAKE = 22,
    HELLO_AT = 13, /* of the handshake type, behind the record header */
    CLIENT_HELLO = 1,
    NAME_SIZE = 256,
    CHAIN_DEPTH = 3,
};

/** LwM2M's mandatory suites first, then what constrained clients offer. */
static const int suites[] = {
    MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
    MBEDTLS_TLS_PSK_WITH_AES_128_CBC_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    MBEDTLS_TLS_PSK_WITH_AES_128_CCM,
    MBEDTLS_TLS_PSK_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    0,
};

struct psk {
    uint8_t identity[SERVER_IDENTITY_MAX];
    uint8_t key[SERVER_KEY_MAX];
    coap_bin_const_t identity_view; /* of `identity` */
    coap_bin_const_t key_view;      /* of `key` */
    char *endpoint;                 /* owned; NULL: the identity is the name */
};

struct secure {
    struct psk *psks;
    size_t psk_count;
    char *certificate_file;
    char *key_file;
    char *ca_file;
    bool has_certificate; /* a text, instead of the files */
    mbedtls_x509_crt certificate;
    mbedtls_pk_context key;          /* its key */
    mbedtls_ssl_cookie_ctx *cookies; /* of all sessions */
    char name[NAME_SIZE];
};

/* The name is the linker's (--wrap). */
int __real_mbedtls_ssl_setup(mbedtls_ssl_context *ssl,
                             const mbedtls_ssl_config *config);
int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl,
                             const mbedtls_ssl_config *config);

/** A device says hello, and a certificate is to be chosen: by the port. The
 *  configuration is this session's alone. */
static int on_hello(mbedtls_ssl_context *ssl)
{
    const coap_session_t *session = ssl->MBEDTLS_PRIVATE(p_bio);
    const struct secure *secure = secure_of_session(session);

    if (secure == NULL) {
        return 0; /* it has nothing to do with DTLS */
    }
    if (secure->psk_count == 0) { /* else a key is asked for, in vain */
        mbedtls_ssl_conf_psk_cb(
            (mbedtls_ssl_config *)(uintptr_t)ssl->MBEDTLS_PRIVATE(conf), NULL,
            NULL);
    }
    return secure_show(secure, ssl);
}

/* Cookies: libcoap has keys for them in each session, so that one is worth
 * nothing when the session had to make room for others meanwhile (knocks.h). */

static int on_cookie_write(void *ssl, unsigned char **at, unsigned char *end,
                           const unsigned char *peer, size_t peer_length)
{
    const mbedtls_ssl_context *context = ssl;
    const struct secure *secure =
        secure_of_session(context->MBEDTLS_PRIVATE(p_bio));

    return secure == NULL ? MBEDTLS_ERR_SSL_INTERNAL_ERROR
                          : mbedtls_ssl_cookie_write(secure->cookies, at, end,
                                                     peer, peer_length);
}

static int on_cookie_check(void *ssl, const unsigned char *cookie,
                           size_t length, const unsigned char *peer,
                           size_t peer_length)
{
    const mbedtls_ssl_context *context = ssl;
    const struct secure *secure =
        secure_of_session(context->MBEDTLS_PRIVATE(p_bio));

    return secure == NULL ? MBEDTLS_ERR_SSL_INTERNAL_ERROR
                          : mbedtls_ssl_cookie_check(secure->cookies, cookie,
                                                     length, peer, peer_length);
}

int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl,
                             const mbedtls_ssl_config *config)
{
    mbedtls_ssl_config *changed = (mbedtls_ssl_config *)(uintptr_t)config;

    /* libcoap has no call for it, and its default is one that tshark cannot
     * read and constrained devices do not have. */
    mbedtls_ssl_conf_ciphersuites(changed, suites);
    mbedtls_ssl_conf_cert_cb(changed, on_hello);
    mbedtls_ssl_conf_dtls_cookies(changed, on_cookie_write, on_cookie_check,
                                  ssl);
    return __real_mbedtls_ssl_setup(ssl, config);
}

const int *secure_suites(void)
{
    return suites;
}

static enum status check_psk(const struct secure *secure,
                             const struct server_psk *psk,
                             struct reason *reason)
{
    if (psk->identity_length == 0 ||
        psk->identity_length > SERVER_IDENTITY_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "a PSK identity of %zu bytes; 1 to %d are allowed",
                          psk->identity_length, SERVER_IDENTITY_MAX);
    }
    if (psk->key_length == 0 || psk->key_length > SERVER_KEY_MAX) {
        return reason_set(reason, STATUS_INVALID,
                          "a pre-shared key of %zu bytes; 1 to %d are allowed",
                          psk->key_length, SERVER_KEY_MAX);
    }
    for (size_t i = 0; i < secure->psk_count; i++) {
        const coap_bin_const_t *other = &secure->psks[i].identity_view;
        if (other->length == psk->identity_length &&
            memcmp(other->s, psk->identity, other->length) == 0) {
            return reason_set(reason, STATUS_INVALID,
                              "a PSK identity is given twice");
        }
    }
    return STATUS_OK;
}

static enum status add_psk(struct secure *secure, const struct server_psk *psk,
                           struct reason *reason)
{
    struct psk *row = &secure->psks[secure->psk_count];
    enum status status = check_psk(secure, psk, reason);

    if (status != STATUS_OK) {
        return status;
    }
    memcpy(row->identity, psk->identity, psk->identity_length);
    memcpy(row->key, psk->key, psk->key_length);
    row->identity_view =
        (coap_bin_const_t){ psk->identity_length, row->identity };
    row->key_view = (coap_bin_const_t){ psk->key_length, row->key };
    if (psk->endpoint != NULL) {
        row->endpoint = strdup(psk->endpoint);
        if (row->endpoint == NULL) {
            return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
        }
    }
    secure->psk_count++;
    return STATUS_OK;
}

static enum status add_file(const char *path, char **out_copy,
                            struct reason *reason)
{
    if (path == NULL || access(path, R_OK) != 0) {
        return reason_set(reason, STATUS_NOT_FOUND, "cannot read '%s'",
                          path != NULL ? path : "(no file)");
    }
    *out_copy = strdup(path);
    return *out_copy != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

/** libcoap looks into the files at the first handshake, where a fault of ours
 *  would look like one of the device. */
static enum status check_files(const struct secure *secure,
                               struct reason *reason)
{
    enum status status = STATUS_OK;
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt ca;
    mbedtls_pk_context key;

    if (psa_crypto_init() != PSA_SUCCESS) {
        return reason_set(reason, STATUS_NO_MEMORY, "no random numbers");
    }
    mbedtls_x509_crt_init(&certificate);
    mbedtls_x509_crt_init(&ca);
    mbedtls_pk_init(&key);
    if (mbedtls_x509_crt_parse_file(&certificate, secure->certificate_file) !=
        0) {
        status = reason_set(reason, STATUS_INVALID, "'%s' is no certificate",
                            secure->certificate_file);
    } else if (mbedtls_x509_crt_parse_file(&ca, secure->ca_file) < 0) {
        status = reason_set(reason, STATUS_INVALID, "'%s' is no certificate",
                            secure->ca_file);
    } else if (mbedtls_pk_parse_keyfile(&key, secure->key_file, NULL,
                                        mbedtls_psa_get_random,
                                        MBEDTLS_PSA_RANDOM_STATE) != 0) {
        status =
            reason_set(reason, STATUS_INVALID,
                       "'%s' is no key that can be used", secure->key_file);
    } else if (mbedtls_pk_check_pair(&certificate.pk, &key,
                                     mbedtls_psa_get_random,
                                     MBEDTLS_PSA_RANDOM_STATE) != 0) {
        status =
            reason_set(reason, STATUS_INVALID, "'%s' is not the key of '%s'",
                       secure->key_file, secure->certificate_file);
    }
    mbedtls_pk_free(&key);
    mbedtls_x509_crt_free(&ca);
    mbedtls_x509_crt_free(&certificate);
    return status;
}

static enum status add_text(struct secure *secure,
                            const struct server_security *security,
                            struct reason *reason)
{
    secure->has_certificate =
        psa_crypto_init() == PSA_SUCCESS &&
        mbedtls_x509_crt_parse(&secure->certificate,
                               (const unsigned char *)security->certificate,
                               strlen(security->certificate) + 1) == 0 &&
        mbedtls_pk_parse_key(&secure->key, (const unsigned char *)security->key,
                             strlen(security->key) + 1, NULL, 0,
                             mbedtls_psa_get_random,
                             MBEDTLS_PSA_RANDOM_STATE) == 0;
    return secure->has_certificate
               ? STATUS_OK
               : reason_set(reason, STATUS_INVALID,
                            "a certificate that cannot be used");
}

/** They are only read, but Mbed TLS does not say so. */
static mbedtls_x509_crt *certificate_of(const struct secure *secure)
{
    return (mbedtls_x509_crt *)(uintptr_t)&secure->certificate;
}

static mbedtls_pk_context *key_of(const struct secure *secure)
{
    return (mbedtls_pk_context *)(uintptr_t)&secure->key;
}

int secure_show(const struct secure *secure, mbedtls_ssl_context *ssl)
{
    if (!secure->has_certificate) {
        return 0;
    }
    mbedtls_ssl_set_hs_authmode(ssl, MBEDTLS_SSL_VERIFY_NONE);
    return mbedtls_ssl_set_hs_own_cert(ssl, certificate_of(secure),
                                       key_of(secure));
}

int secure_show_all(const struct secure *secure, mbedtls_ssl_config *config)
{
    return secure->has_certificate
               ? mbedtls_ssl_conf_own_cert(config, certificate_of(secure),
                                           key_of(secure))
               : 0;
}

static enum status add_all(struct secure *secure,
                           const struct server_security *security,
                           struct reason *reason)
{
    enum status status = STATUS_OK;

    if (security->psk_count == 0 && security->certificate_file == NULL &&
        security->certificate == NULL) {
        return reason_set(reason, STATUS_INVALID, "no credentials");
    }
    secure->psks = calloc(security->psk_count + 1, sizeof(*secure->psks));
    if (secure->psks == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; status == STATUS_OK && i < security->psk_count; i++) {
        status = add_psk(secure, &security->psks[i], reason);
    }
    if (status == STATUS_OK && security->certificate != NULL) {
        status = add_text(secure, security, reason);
    }
    if (status == STATUS_OK && security->certificate_file != NULL) {
        status = add_file(security->certificate_file, &secure->certificate_file,
                          reason);
        if (status == STATUS_OK) {
            status = add_file(security->key_file, &secure->key_file, reason);
        }
        if (status == STATUS_OK) {
            status = add_file(security->ca_file, &secure->ca_file, reason);
        }
        if (status == STATUS_OK) {
            status = check_files(secure, reason);
        }
    }
    return status;
}

static enum status add_cookies(struct secure *secure, struct reason *reason)
{
    secure->cookies = calloc(1, sizeof(*secure->cookies));
    if (secure->cookies == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    mbedtls_ssl_cookie_init(secure->cookies);
    if (psa_crypto_init() != PSA_SUCCESS ||
        mbedtls_ssl_cookie_setup(secure->cookies, mbedtls_psa_get_random,
                                 MBEDTLS_PSA_RANDOM_STATE) != 0) {
        return reason_set(reason, STATUS_NO_MEMORY, "no random numbers");
    }
    return STATUS_OK;
}

enum status secure_new(const struct server_security *security,
                       struct secure **out_secure, struct reason *reason)
{
    struct secure *secure = calloc(1, sizeof(*secure));

    if (secure == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    mbedtls_x509_crt_init(&secure->certificate);
    mbedtls_pk_init(&secure->key);
    enum status status = add_cookies(secure, reason);
    if (status == STATUS_OK) {
        status = add_all(secure, security, reason);
    }
    if (status != STATUS_OK) {
        secure_free(secure);
        return status;
    }
    *out_secure = secure;
    return STATUS_OK;
}

void secure_free(struct secure *secure)
{
    if (secure == NULL) {
        return;
    }
    for (size_t i = 0; i < secure->psk_count; i++) {
        free(secure->psks[i].endpoint);
        mbedtls_platform_zeroize(&secure->psks[i], sizeof(secure->psks[i]));
    }
    free(secure->psks);
    free(secure->certificate_file);
    free(secure->key_file);
    free(secure->ca_file);
    mbedtls_x509_crt_free(&secure->certificate);
    mbedtls_pk_free(&secure->key);
    if (secure->cookies != NULL) {
        mbedtls_ssl_cookie_free(secure->cookies);
        free(secure->cookies);
    }
    free(secure);
}

static const struct psk *find_psk(const struct secure *secure,
                                  const coap_bin_const_t *identity)
{
    for (size_t i = 0; identity != NULL && i < secure->psk_count; i++) {
        const struct psk *row = &secure->psks[i];
        if (row->identity_view.length == identity->length &&
            memcmp(row->identity, identity->s, identity->length) == 0) {
            return row;
        }
    }
    return NULL;
}

bool secure_find_key(const struct secure *secure, const uint8_t *identity,
                     size_t length, const uint8_t **out_key, size_t *out_length)
{
    const coap_bin_const_t wanted = { length, identity };
    const struct psk *row = find_psk(secure, &wanted);

    if (row != NULL) {
        *out_key = row->key_view.s;
        *out_length = row->key_view.length;
    }
    return row != NULL;
}

static const coap_bin_const_t *on_identity(coap_bin_const_t *identity,
                                           coap_session_t *session, void *user)
{
    const struct secure *secure = secure_of_session(session);
    const struct psk *row = secure != NULL ? find_psk(secure, identity) : NULL;

    (void)user;
    return row != NULL ? &row->key_view : NULL;
}

bool secure_enable(coap_context_t *context)
{
    static const uint8_t nothing[] = { 0 };
    const coap_dtls_spsk_t psk = {
        .version = COAP_DTLS_SPSK_SETUP_VERSION,
        .validate_id_call_back = on_identity,
        .psk_info.key = { sizeof(nothing), nothing }, /* of no identity */
    };

    return coap_context_set_psk2(context,
                                 (coap_dtls_spsk_t *)(uintptr_t)&psk) != 0;
}

enum status secure_set(struct secure *secure, coap_context_t *context,
                       struct reason *reason)
{
    coap_dtls_spsk_t psk = {
        .version = COAP_DTLS_SPSK_SETUP_VERSION,
        .validate_id_call_back = on_identity,
    };
    coap_dtls_pki_t pki = {
        .version = COAP_DTLS_PKI_SETUP_VERSION,
        .verify_peer_cert = 1,
        .cert_chain_validation = 1,
        .cert_chain_verify_depth = CHAIN_DEPTH,
        .allow_no_crl = 1,
        .pki_key = { .key_type = COAP_PKI_KEY_PEM,
                     .key.pem = { .ca_file = secure->ca_file,
                                  .public_cert = secure->certificate_file,
                                  .private_key = secure->key_file } },
    };

    if (secure->psk_count > 0) {
        psk.psk_info.key = secure->psks[0].key_view; /* must not be empty */
        if (coap_context_set_psk2(context, &psk) == 0) {
            return reason_set(reason, STATUS_INVALID,
                              "the library refuses the pre-shared keys");
        }
    }
    if (secure->certificate_file != NULL &&
        coap_context_set_pki(context, &pki) == 0) {
        return reason_set(reason, STATUS_INVALID,
                          "the certificate '%s' and the key '%s' cannot be "
                          "used",
                          secure->certificate_file, secure->key_file);
    }
    return STATUS_OK;
}

/** Copy what may be an endpoint name; else "". */
static void take_name(struct secure *secure, const uint8_t *bytes,
                      size_t length)
{
    secure->name[0] = '\0';
    if (length < sizeof(secure->name) && memchr(bytes, '\0', length) == NULL) {
        memcpy(secure->name, bytes, length);
        secure->name[length] = '\0';
    }
}

static bool take_common_name(struct secure *secure,
                             const coap_session_t *session)
{
    coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
    mbedtls_ssl_context *ssl = coap_session_get_tls(session, &library);
    const mbedtls_x509_crt *certificate =
        ssl != NULL && library == COAP_TLS_LIBRARY_MBEDTLS
            ? mbedtls_ssl_get_peer_cert(ssl)
            : NULL;

    if (certificate == NULL) {
        return false;
    }
    secure->name[0] = '\0';
    for (const mbedtls_x509_name *part = &certificate->subject; part != NULL;
         part = part->next) {
        if (MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &part->oid) == 0) {
            take_name(secure, part->val.p, part->val.len);
        }
    }
    return true;
}

const char *secure_name(struct secure *secure, const coap_session_t *session)
{
    if (secure == NULL || take_common_name(secure, session)) {
        return secure != NULL ? secure->name : NULL;
    }
    const coap_bin_const_t *identity = coap_session_get_psk_identity(session);
    const struct psk *row = find_psk(secure, identity);
    if (row == NULL) {
        secure->name[0] = '\0';
    } else if (row->endpoint != NULL) {
        take_name(secure, (const uint8_t *)row->endpoint,
                  strlen(row->endpoint));
    } else {
        take_name(secure, identity->s, identity->length);
    }
    return secure->name;
}

bool secure_has_keys(const struct secure *secure)
{
    return secure->psk_count > 0;
}

bool secure_first_key(const struct secure *secure, const uint8_t **out_identity,
                      size_t *out_identity_length, const uint8_t **out_key,
                      size_t *out_key_length)
{
    if (!secure_has_keys(secure)) {
        return false;
    }
    const struct psk *row = &secure->psks[0];
    *out_identity = row->identity_view.s;
    *out_identity_length = row->identity_view.length;
    *out_key = row->key_view.s;
    *out_key_length = row->key_view.length;
    return true;
}

void secure_mend_hello(uint8_t *bytes, size_t length)
{
    /* Mbed TLS 2.28 without a minimum version writes DTLS 1.0 wrongly as
     * 0xfe00 into the record header; 3.6 drops that. The header is not in the
     * handshake's hash. libcoap.md, section 3. */
    static const uint8_t epoch_0[] = { 0, 0 };

    if (length > HELLO_AT && bytes[0] == RECORD_HANDSHAKE && bytes[1] == 0xfe &&
        bytes[2] == 0x00 && memcmp(bytes + 3, epoch_0, sizeof(epoch_0)) == 0 &&
        bytes[HELLO_AT] == CLIENT_HELLO) {
        bytes[2] = 0xfd;
    }
}

void secure_begin_anew(coap_context_t *context, const struct sockaddr *peer,
                       uint16_t port, int interface, bool is_first)
{
    coap_tls_library_t library = COAP_TLS_LIBRARY_NOTLS;
    coap_address_t remote;

    coap_address_init(&remote);
    if (peer->sa_family == AF_INET6) {
        memcpy(&remote.addr.sin6, peer, sizeof(remote.addr.sin6));
        remote.size = sizeof(remote.addr.sin6);
    } else {
        memcpy(&remote.addr.sin, peer, sizeof(remote.addr.sin));
        remote.size = sizeof(remote.addr.sin);
    }
    coap_session_t *session =
        coap_session_get_by_peer(context, &remote, interface);
    if (session == NULL || endpoint_session_port(session) != port ||
        coap_session_get_state(session) != COAP_SESSION_STATE_HANDSHAKE) {
        return;
    }
    mbedtls_ssl_context *ssl = coap_session_get_tls(session, &library);
    if (ssl == NULL || library != COAP_TLS_LIBRARY_MBEDTLS ||
        (is_first && mbedtls_ssl_session_reset(ssl) != 0)) {
        return;
    }
    /* As libcoap does it for a new session; a reset forgets it. Without memory
     * the hello is dropped as before. */
    (void)mbedtls_ssl_set_client_transport_id(
        ssl, (const unsigned char *)coap_session_get_addr_remote(session),
        sizeof(remote));
}
