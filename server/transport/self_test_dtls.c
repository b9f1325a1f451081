/* SPDX-License-Identifier: Apache-2.0 */

/* A client of our own inside of this process: its calls of Mbed TLS go past the
 * taps, those of libcoap do not, which is what there is to see. */
#include <mbedtls/psa_util.h>
#include <mbedtls/ssl.h>
#include <poll.h>
#include <psa/crypto.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/transport/endpoint_private.h"

enum { WAIT_MS = 50, TURNS_MAX = 200 };

/* The names are the linker's (--wrap). */
int __real_mbedtls_ssl_setup(mbedtls_ssl_context *ssl,
                             const mbedtls_ssl_config *config);
int __real_mbedtls_ssl_write(mbedtls_ssl_context *ssl,
                             const unsigned char *bytes, size_t length);

struct client {
    int fd;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

static int on_send(void *user, const unsigned char *bytes, size_t length)
{
    const struct client *client = user;
    ssize_t sent = send(client->fd, bytes, length, 0);

    return sent < 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : (int)sent;
}

static int on_receive(void *user, unsigned char *bytes, size_t size)
{
    const struct client *client = user;
    ssize_t length = recv(client->fd, bytes, size, MSG_DONTWAIT);

    return length > 0 ? (int)length : MBEDTLS_ERR_SSL_WANT_READ;
}

/* Nothing is lost on the way to ourselves: no flight is ever repeated. */

static void on_set_timer(void *user, uint32_t intermediate_ms,
                         uint32_t final_ms)
{
    (void)user;
    (void)intermediate_ms;
    (void)final_ms;
}

static int on_get_timer(void *user)
{
    (void)user;
    return 0;
}

static bool open_client(struct client *client, const struct endpoint *endpoint,
                        const coap_address_t *target)
{
    static const int suites[] = { MBEDTLS_TLS_PSK_WITH_AES_128_CCM_8, 0 };
    const uint8_t *identity = NULL;
    const uint8_t *key = NULL;
    size_t identity_length = 0;
    size_t key_length = 0;

    client->fd =
        socket(target->addr.sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (client->fd < 0 ||
        connect(client->fd, &target->addr.sa, target->size) != 0 ||
        psa_crypto_init() != PSA_SUCCESS ||
        !secure_first_key(endpoint->secure, &identity, &identity_length, &key,
                          &key_length) ||
        mbedtls_ssl_config_defaults(&client->config, MBEDTLS_SSL_IS_CLIENT,
                                    MBEDTLS_SSL_TRANSPORT_DATAGRAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
        return false;
    }
    mbedtls_ssl_conf_max_tls_version(&client->config,
                                     MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_rng(&client->config, mbedtls_psa_get_random,
                         MBEDTLS_PSA_RANDOM_STATE);
    mbedtls_ssl_conf_ciphersuites(&client->config, suites);
    if (mbedtls_ssl_conf_psk(&client->config, key, key_length, identity,
                             identity_length) != 0 ||
        __real_mbedtls_ssl_setup(&client->ssl, &client->config) != 0) {
        return false;
    }
    mbedtls_ssl_set_bio(&client->ssl, client, on_send, on_receive, NULL);
    mbedtls_ssl_set_timer_cb(&client->ssl, client, on_set_timer, on_get_timer);
    return true;
}

static void close_client(struct client *client)
{
    mbedtls_ssl_free(&client->ssl);
    mbedtls_ssl_config_free(&client->config);
    if (client->fd >= 0) {
        (void)close(client->fd); /* its work is done */
    }
}

/** Let the server do what there is to do, or wait a little. */
static void turn(struct endpoint *endpoint, const struct client *client)
{
    struct pollfd polls[2] = {
        { .fd = coap_context_get_coap_fd(endpoint->context), .events = POLLIN },
        { .fd = client->fd, .events = POLLIN },
    };

    if (poll(polls, 2, WAIT_MS) >= 0 && polls[0].revents != 0) {
        endpoint_process(endpoint);
    }
}

static bool shake_hands(struct endpoint *endpoint, struct client *client)
{
    int result = MBEDTLS_ERR_SSL_WANT_READ;

    for (int i = 0; i < TURNS_MAX && (result == MBEDTLS_ERR_SSL_WANT_READ ||
                                      result == MBEDTLS_ERR_SSL_WANT_WRITE);
         i++) {
        result = mbedtls_ssl_handshake(&client->ssl);
        turn(endpoint, client);
    }
    return result == 0;
}

bool endpoint_self_test_dtls(struct endpoint *endpoint,
                             const coap_address_t *target)
{
    /* GET of a path that nobody has. */
    static const uint8_t ping[] = { 0x41, 0x01, 0x7f, 0xff, 0x01, 0xb1, 0x3f };
    struct client client = { .fd = -1 };

    mbedtls_ssl_config_init(&client.config);
    mbedtls_ssl_init(&client.ssl);
    if (open_client(&client, endpoint, target) &&
        shake_hands(endpoint, &client) &&
        __real_mbedtls_ssl_write(&client.ssl, ping, sizeof(ping)) ==
            (int)sizeof(ping)) {
        for (int i = 0; i < TURNS_MAX && endpoint->sent_clear == 0; i++) {
            turn(endpoint, &client);
        }
        (void)mbedtls_ssl_close_notify(&client.ssl); /* may be lost */
        turn(endpoint, &client);
    }
    close_client(&client);
    return endpoint->received_clear > 0 && endpoint->sent_clear > 0 &&
           endpoint->gated > 0 && endpoint->copied > 0;
}
