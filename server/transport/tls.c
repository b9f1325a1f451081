/* SPDX-License-Identifier: Apache-2.0 */
#include "server/transport/tls.h"

#include <mbedtls/error.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/transport/secure.h"

enum { WHY_SIZE = 128, ALERT_AT = 1 };

struct tls_config {
    struct secure *secure;
    mbedtls_ssl_config ssl;
};

struct tls {
    mbedtls_ssl_context ssl;
    tls_send_fn send;
    void *user;
    const uint8_t *bytes; /* what arrived, while tls_read() runs */
    size_t left;
    bool is_established;
    char why[WHY_SIZE];
};

/* What the linker sends elsewhere is for libcoap's sessions (tap.h); these are
 * none. */
int __real_mbedtls_ssl_setup(mbedtls_ssl_context *ssl,
                             const mbedtls_ssl_config *config);
int __real_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *bytes,
                            size_t size);
int __real_mbedtls_ssl_write(mbedtls_ssl_context *ssl,
                             const unsigned char *bytes, size_t length);

static int on_psk(void *user, mbedtls_ssl_context *ssl,
                  const unsigned char *identity, size_t length)
{
    const struct tls_config *config = user;
    const uint8_t *key = NULL;
    size_t key_length = 0;

    return secure_find_key(config->secure, identity, length, &key, &key_length)
               ? mbedtls_ssl_set_hs_psk(ssl, key, key_length)
               : MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY;
}

static int fill(struct tls_config *config,
                const struct server_security *security)
{
    int error = mbedtls_ssl_config_defaults(&config->ssl, MBEDTLS_SSL_IS_SERVER,
                                            MBEDTLS_SSL_TRANSPORT_STREAM,
                                            MBEDTLS_SSL_PRESET_DEFAULT);

    mbedtls_ssl_conf_ciphersuites(&config->ssl, secure_suites());
    mbedtls_ssl_conf_rng(&config->ssl, mbedtls_psa_get_random,
                         MBEDTLS_PSA_RANDOM_STATE);
    mbedtls_ssl_conf_min_tls_version(&config->ssl, MBEDTLS_SSL_VERSION_TLS1_2);
    /* Devices prove nothing here: whoever knows the path may fetch. */
    mbedtls_ssl_conf_authmode(&config->ssl, MBEDTLS_SSL_VERIFY_NONE);
    if (security->psk_count > 0) {
        mbedtls_ssl_conf_psk_cb(&config->ssl, on_psk, config);
    }
    return error == 0 ? secure_show_all(config->secure, &config->ssl) : error;
}

enum status tls_config_new(const struct server_security *security,
                           struct tls_config **out_config,
                           struct reason *reason)
{
    struct tls_config *config =
        psa_crypto_init() == PSA_SUCCESS ? calloc(1, sizeof(*config)) : NULL;

    if (config == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "out of memory");
    }
    mbedtls_ssl_config_init(&config->ssl);
    enum status status = secure_new(security, &config->secure, reason);
    if (status == STATUS_OK && fill(config, security) != 0) {
        status = reason_set(reason, STATUS_INVALID,
                            "credentials that TLS cannot use");
    }
    if (status != STATUS_OK) {
        tls_config_free(config);
        return status;
    }
    *out_config = config;
    return STATUS_OK;
}

void tls_config_free(struct tls_config *config)
{
    if (config != NULL) {
        mbedtls_ssl_config_free(&config->ssl);
        secure_free(config->secure);
        free(config);
    }
}

static int on_send(void *user, const unsigned char *bytes, size_t length)
{
    struct tls *tls = user;

    tls->send(bytes, length, tls->user);
    return (int)length; /* of a record, which is short */
}

static int on_receive(void *user, unsigned char *bytes, size_t size)
{
    struct tls *tls = user;
    const size_t length = tls->left < size ? tls->left : size;

    if (length == 0) {
        return MBEDTLS_ERR_SSL_WANT_READ;
    }
    memcpy(bytes, tls->bytes, length);
    tls->bytes += length;
    tls->left -= length;
    return (int)length;
}

struct tls *tls_new(struct tls_config *config, tls_send_fn send, void *user)
{
    struct tls *tls = calloc(1, sizeof(*tls));

    if (tls == NULL) {
        return NULL;
    }
    tls->send = send;
    tls->user = user;
    mbedtls_ssl_init(&tls->ssl);
    if (__real_mbedtls_ssl_setup(&tls->ssl, &config->ssl) != 0) {
        tls_free(tls);
        return NULL;
    }
    mbedtls_ssl_set_bio(&tls->ssl, tls, on_send, on_receive, NULL);
    return tls;
}

void tls_free(struct tls *tls)
{
    if (tls != NULL) {
        mbedtls_ssl_free(&tls->ssl);
        free(tls);
    }
}

/** Names of alerts that say something of credentials. RFC 5246, 7.2. */
static const char *alert_name(unsigned alert)
{
    switch (alert) {
    case MBEDTLS_SSL_ALERT_MSG_HANDSHAKE_FAILURE:
        return " (handshake_failure)";
    case MBEDTLS_SSL_ALERT_MSG_BAD_CERT:
        return " (bad_certificate)";
    case MBEDTLS_SSL_ALERT_MSG_UNSUPPORTED_CERT:
        return " (unsupported_certificate)";
    case MBEDTLS_SSL_ALERT_MSG_CERT_EXPIRED:
        return " (certificate_expired)";
    case MBEDTLS_SSL_ALERT_MSG_CERT_UNKNOWN:
        return " (certificate_unknown)";
    case MBEDTLS_SSL_ALERT_MSG_UNKNOWN_CA:
        return " (unknown_ca)";
    case MBEDTLS_SSL_ALERT_MSG_DECRYPT_ERROR:
        return " (decrypt_error)";
    case MBEDTLS_SSL_ALERT_MSG_BAD_RECORD_MAC:
        return " (bad_record_mac)";
    case MBEDTLS_SSL_ALERT_MSG_UNKNOWN_PSK_IDENTITY:
        return " (unknown_psk_identity)";
    default:
        return "";
    }
}

static enum tls_result go_wrong(struct tls *tls, int error)
{
    if (error == MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE) {
        const unsigned alert = tls->ssl.MBEDTLS_PRIVATE(in_msg)[ALERT_AT];
        (void)snprintf(tls->why, sizeof(tls->why), "the peer's alert %u%s",
                       alert, alert_name(alert)); /* fits */
    } else {
        mbedtls_strerror(error, tls->why, sizeof(tls->why));
    }
    return TLS_WRONG;
}

enum tls_result tls_read(struct tls *tls, const uint8_t *bytes, size_t length,
                         size_t *out_taken, uint8_t *out_bytes, size_t size,
                         size_t *out_length)
{
    int result = 0;

    tls->bytes = bytes;
    tls->left = length;
    if (!tls->is_established) {
        result = mbedtls_ssl_handshake(&tls->ssl);
        tls->is_established = result == 0;
    }
    if (tls->is_established) {
        result = __real_mbedtls_ssl_read(&tls->ssl, out_bytes, size);
    }
    *out_taken = length - tls->left;
    tls->bytes = NULL;
    tls->left = 0;
    if (result > 0) {
        *out_length = (size_t)result;
        return TLS_DATA;
    }
    switch (result) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE:
        return TLS_MORE;
    case 0:
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return TLS_END;
    default:
        return go_wrong(tls, result);
    }
}

bool tls_write(struct tls *tls, const uint8_t *bytes, size_t length)
{
    while (tls->is_established && length > 0) {
        int written = __real_mbedtls_ssl_write(&tls->ssl, bytes, length);
        if (written <= 0) {
            return false;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return tls->is_established;
}

bool tls_is_established(const struct tls *tls)
{
    return tls->is_established;
}

const char *tls_why(const struct tls *tls)
{
    return tls->why;
}
