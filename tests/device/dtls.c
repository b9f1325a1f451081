/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/device/dtls.h"

#include <errno.h>
#include <mbedtls/error.h>
#include <mbedtls/pk.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FLIGHT_MS = 1000, /* RFC 6347, 4.2.4.1 */
    FLIGHT_MAX_MS = 16000,
};

#define NEVER UINT64_MAX

/** LwM2M's mandatory suites of both kinds of credentials. */
static const int suites[] = {
    MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
    MBEDTLS_TLS_PSK_WITH_AES_128_CBC_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,
    0,
};

struct dtls {
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
    mbedtls_x509_crt certificate;
    mbedtls_x509_crt ca;
    mbedtls_pk_context key;
    bool uses_cid;
    bool is_stream;
    unsigned blindness;
    const char *host; /* of the next sessions, or NULL */
    enum dtls_state state;
    int fd;
    uint64_t now_ms;
    uint64_t intermediate_ms; /* of the flight's timer; NEVER: it is off */
    uint64_t final_ms;
    char why[DTLS_WHY_SIZE];
};

/* The socket and the clock, as Mbed TLS sees them. */

static int on_send(void *user, const unsigned char *bytes, size_t length)
{
    const struct dtls *dtls = user;

    const ssize_t sent = send(dtls->fd, bytes, length, MSG_NOSIGNAL);

    if (dtls->is_stream) {
        return sent >= 0 ? (int)sent : MBEDTLS_ERR_SSL_CONN_EOF;
    }
    return (int)length; /* what is lost is sent again */
}

static int on_receive(void *user, unsigned char *bytes, size_t size)
{
    const struct dtls *dtls = user;
    ssize_t length = recv(dtls->fd, bytes, size, 0);

    if (dtls->is_stream && length <= 0) {
        return length < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
                   ? MBEDTLS_ERR_SSL_WANT_READ
                   : MBEDTLS_ERR_SSL_CONN_EOF;
    }
    /* A port that is closed for now is like silence. */
    return length > 0 ? (int)length : MBEDTLS_ERR_SSL_WANT_READ;
}

static void on_set_timer(void *user, uint32_t intermediate_ms,
                         uint32_t final_ms)
{
    struct dtls *dtls = user;

    dtls->intermediate_ms =
        final_ms == 0 ? NEVER : dtls->now_ms + intermediate_ms;
    dtls->final_ms = final_ms == 0 ? NEVER : dtls->now_ms + final_ms;
}

/** @return -1 off, 0 runs, 1 the first limit has passed, 2 the second */
static int on_get_timer(void *user)
{
    const struct dtls *dtls = user;

    if (dtls->final_ms == NEVER) {
        return -1;
    }
    if (dtls->now_ms >= dtls->final_ms) {
        return 2;
    }
    return dtls->now_ms >= dtls->intermediate_ms ? 1 : 0;
}

/* Credentials. */

/** For each certificate of the chain: what the device does not see. */
static int on_verify(void *user, mbedtls_x509_crt *certificate, int depth,
                     uint32_t *flags)
{
    const struct dtls *dtls = user;

    (void)certificate;
    (void)depth;
    if ((dtls->blindness & DTLS_BLIND_CA) != 0) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    }
    if ((dtls->blindness & DTLS_BLIND_HOST) != 0) {
        *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    if ((dtls->blindness & DTLS_BLIND_DATES) != 0) {
        *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED |
                              MBEDTLS_X509_BADCERT_FUTURE);
    }
    return 0;
}

static bool set_files(struct dtls *dtls, const struct dtls_config *config)
{
    const char *bad = NULL;

    if (config->certificate_file != NULL &&
        mbedtls_x509_crt_parse_file(&dtls->certificate,
                                    config->certificate_file) != 0) {
        bad = config->certificate_file;
    } else if (mbedtls_x509_crt_parse_file(&dtls->ca, config->ca_file) != 0) {
        bad = config->ca_file;
    }
    if (bad != NULL) {
        (void)snprintf(dtls->why, sizeof(dtls->why), "'%s' is no certificate",
                       bad); /* cut */
        return false;
    }
    mbedtls_ssl_conf_ca_chain(&dtls->config, &dtls->ca, NULL);
    mbedtls_ssl_conf_verify(&dtls->config, on_verify, dtls);
    if (config->certificate_file == NULL) {
        return true;
    }
    if (mbedtls_pk_parse_keyfile(&dtls->key, config->key_file, NULL,
                                 mbedtls_psa_get_random,
                                 MBEDTLS_PSA_RANDOM_STATE) != 0 ||
        mbedtls_pk_check_pair(&dtls->certificate.pk, &dtls->key,
                              mbedtls_psa_get_random,
                              MBEDTLS_PSA_RANDOM_STATE) != 0) {
        (void)snprintf(dtls->why, sizeof(dtls->why),
                       "'%s' is not the key of '%s'", config->key_file,
                       config->certificate_file); /* cut */
        return false;
    }
    return mbedtls_ssl_conf_own_cert(&dtls->config, &dtls->certificate,
                                     &dtls->key) == 0;
}

static bool set_config(struct dtls *dtls, const struct dtls_config *config)
{
    mbedtls_ssl_config *ssl = &dtls->config;

    (void)snprintf(dtls->why, sizeof(dtls->why), "out of memory"); /* fits */
    if (psa_crypto_init() != PSA_SUCCESS ||
        mbedtls_ssl_config_defaults(ssl, MBEDTLS_SSL_IS_CLIENT,
                                    config->is_stream
                                        ? MBEDTLS_SSL_TRANSPORT_STREAM
                                        : MBEDTLS_SSL_TRANSPORT_DATAGRAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        return false;
    }
    mbedtls_ssl_conf_min_tls_version(ssl, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(ssl, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_rng(ssl, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    mbedtls_ssl_conf_ciphersuites(ssl, suites);
    mbedtls_ssl_conf_handshake_timeout(ssl, FLIGHT_MS, FLIGHT_MAX_MS);
    mbedtls_ssl_conf_authmode(ssl, MBEDTLS_SSL_VERIFY_REQUIRED);
    /* Nothing is sent to us from another address: no ID of our own. */
    if (!config->is_stream &&
        mbedtls_ssl_conf_cid(ssl, 0, MBEDTLS_SSL_UNEXPECTED_CID_IGNORE) != 0) {
        return false;
    }
    return config->identity != NULL
               ? mbedtls_ssl_conf_psk(ssl, config->key, config->key_length,
                                      (const uint8_t *)config->identity,
                                      strlen(config->identity)) == 0
               : set_files(dtls, config);
}

struct dtls *dtls_new(const struct dtls_config *config,
                      char out_why[DTLS_WHY_SIZE])
{
    struct dtls *dtls = calloc(1, sizeof(*dtls));

    if (dtls == NULL) {
        (void)snprintf(out_why, DTLS_WHY_SIZE, "out of memory"); /* fits */
        return NULL;
    }
    mbedtls_ssl_config_init(&dtls->config);
    mbedtls_ssl_init(&dtls->ssl);
    mbedtls_x509_crt_init(&dtls->certificate);
    mbedtls_x509_crt_init(&dtls->ca);
    mbedtls_pk_init(&dtls->key);
    dtls->uses_cid = !config->without_cid && !config->is_stream;
    dtls->is_stream = config->is_stream;
    dtls->blindness = config->blindness;
    dtls->final_ms = NEVER;
    dtls->fd = -1;
    if (!set_config(dtls, config)) {
        memcpy(out_why, dtls->why, DTLS_WHY_SIZE);
        dtls_free(dtls);
        return NULL;
    }
    return dtls;
}

void dtls_free(struct dtls *dtls)
{
    if (dtls == NULL) {
        return;
    }
    mbedtls_ssl_free(&dtls->ssl);
    mbedtls_ssl_config_free(&dtls->config);
    mbedtls_pk_free(&dtls->key);
    mbedtls_x509_crt_free(&dtls->ca);
    mbedtls_x509_crt_free(&dtls->certificate);
    free(dtls);
}

static int digit_value(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = digit != '\0' ? strchr(digits, digit) : NULL;

    return at != NULL ? (int)(at - digits) % 16 : -1;
}

bool dtls_parse_key(const char *text, struct dtls_config *config)
{
    size_t length = strlen(text);

    if (length == 0 || length % 2 != 0 || length / 2 > sizeof(config->key)) {
        return false;
    }
    for (size_t i = 0; i < length / 2; i++) {
        int high = digit_value(text[2 * i]);
        int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        config->key[i] = (uint8_t)(high << 4 | low);
    }
    config->key_length = length / 2;
    return true;
}

/* The session. */

static void break_off(struct dtls *dtls, const char *what, int code)
{
    char words[120];

    mbedtls_strerror(code, words, sizeof(words));
    (void)snprintf(dtls->why, sizeof(dtls->why), "%s: %s", what,
                   words); /* cut */
    dtls->state = DTLS_BROKEN;
    dtls->final_ms = NEVER;
}

static bool is_waiting(int code)
{
    return code == MBEDTLS_ERR_SSL_WANT_READ ||
           code == MBEDTLS_ERR_SSL_WANT_WRITE;
}

static void go_on(struct dtls *dtls)
{
    int code = mbedtls_ssl_handshake(&dtls->ssl);

    if (code == 0) {
        dtls->state = DTLS_OPEN;
    } else if (!is_waiting(code)) {
        break_off(dtls, "DTLS handshake", code);
    }
}

void dtls_expect(struct dtls *dtls, const char *host)
{
    dtls->host = host;
}

void dtls_start(struct dtls *dtls, int fd, uint64_t now_ms)
{
    mbedtls_ssl_context *ssl = &dtls->ssl;

    dtls_end(dtls, false);
    dtls->fd = fd;
    dtls->now_ms = now_ms;
    int code = mbedtls_ssl_setup(ssl, &dtls->config);
    if (code == 0) {
        code = mbedtls_ssl_set_hostname(ssl, dtls->host);
    }
    if (code == 0 && dtls->uses_cid) {
        code = mbedtls_ssl_set_cid(ssl, MBEDTLS_SSL_CID_ENABLED, NULL, 0);
    }
    if (code != 0) {
        break_off(dtls, "DTLS", code);
        return;
    }
    mbedtls_ssl_set_bio(ssl, dtls, on_send, on_receive, NULL);
    mbedtls_ssl_set_timer_cb(ssl, dtls, on_set_timer, on_get_timer);
    dtls->state = DTLS_HANDSHAKE;
    go_on(dtls);
}

void dtls_move(struct dtls *dtls, int fd)
{
    dtls->fd = fd;
}

void dtls_end(struct dtls *dtls, bool says_so)
{
    if (dtls->state == DTLS_OPEN && says_so) {
        (void)mbedtls_ssl_close_notify(&dtls->ssl); /* it may get lost */
    }
    mbedtls_ssl_free(&dtls->ssl);
    mbedtls_ssl_init(&dtls->ssl);
    dtls->state = DTLS_CLOSED;
    dtls->final_ms = NEVER;
    dtls->fd = -1;
}

enum dtls_state dtls_state(const struct dtls *dtls)
{
    return dtls->state;
}

const char *dtls_why(const struct dtls *dtls)
{
    return dtls->why;
}

size_t dtls_cid_length(struct dtls *dtls)
{
    unsigned char cid[MBEDTLS_SSL_CID_OUT_LEN_MAX];
    size_t length = 0;
    int enabled = MBEDTLS_SSL_CID_DISABLED;

    if (dtls->state != DTLS_OPEN ||
        mbedtls_ssl_get_peer_cid(&dtls->ssl, &enabled, cid, &length) != 0 ||
        enabled != MBEDTLS_SSL_CID_ENABLED) {
        return 0;
    }
    return length;
}

void dtls_tick(struct dtls *dtls, uint64_t now_ms)
{
    dtls->now_ms = now_ms;
    if (dtls->state == DTLS_HANDSHAKE && dtls->final_ms <= now_ms) {
        go_on(dtls);
    }
}

uint64_t dtls_deadline(const struct dtls *dtls)
{
    return dtls->state == DTLS_HANDSHAKE ? dtls->final_ms : NEVER;
}

size_t dtls_read(struct dtls *dtls, uint8_t *bytes, size_t size,
                 uint64_t now_ms)
{
    dtls->now_ms = now_ms;
    if (dtls->state == DTLS_HANDSHAKE) {
        go_on(dtls);
    }
    if (dtls->state != DTLS_OPEN) {
        return 0;
    }
    int length = mbedtls_ssl_read(&dtls->ssl, bytes, size);
    if (length > 0) {
        return (size_t)length;
    }
    if (length < 0 && !is_waiting(length)) {
        break_off(dtls, "DTLS session", length);
    }
    return 0;
}

void dtls_write(struct dtls *dtls, const uint8_t *bytes, size_t length)
{
    if (dtls->state == DTLS_OPEN) {
        int written = mbedtls_ssl_write(&dtls->ssl, bytes, length);
        if (written < 0 && !is_waiting(written)) {
            break_off(dtls, "DTLS session", written);
        }
    }
}
