/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A device for transfer_bench: a DTLS client of libcoap that registers and
 * takes what is written to it, as libcoap's coap-server does. Nothing of
 * Assay is in it.
 *
 * Usage: bench_receiver PORT IDENTITY KEY ENDPOINT
 */
#include <arpa/inet.h>
#include <coap3/coap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

enum { LINK_FORMAT = 40, QUERIES = 4 };

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_receiver: %s\n", what);
    exit(2);
}

/** The whole body has come: libcoap put it together. */
static void take_body(coap_resource_t *resource, coap_session_t *session,
                      const coap_pdu_t *request, const coap_string_t *query,
                      coap_pdu_t *response)
{
    const uint8_t *bytes = NULL;
    size_t length = 0;
    size_t offset = 0;
    size_t total = 0;

    (void)resource;
    (void)session;
    (void)query;
    if (coap_get_data_large(request, &length, &bytes, &offset, &total) == 0) {
        length = 0;
    }
    /* A device keeps what it got. */
    uint8_t *copy = malloc(length + 1);
    if (copy != NULL && length > 0) {
        memcpy(copy, bytes, length);
    }
    coap_pdu_set_code(response, copy != NULL
                                    ? COAP_RESPONSE_CODE_CHANGED
                                    : COAP_RESPONSE_CODE_INTERNAL_ERROR);
    free(copy);
}

static coap_session_t *connect_to(coap_context_t *context, unsigned port,
                                  const char *identity, const char *key)
{
    coap_address_t address;
    coap_dtls_cpsk_t psk = { .version = COAP_DTLS_CPSK_SETUP_VERSION };

    coap_address_init(&address);
    address.addr.sin.sin_family = AF_INET;
    address.addr.sin.sin_port = htons((uint16_t)port);
    address.addr.sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof(address.addr.sin);
    psk.psk_info.identity.s = (const uint8_t *)identity;
    psk.psk_info.identity.length = strlen(identity);
    psk.psk_info.key.s = (const uint8_t *)key;
    psk.psk_info.key.length = strlen(key);
    return coap_new_client_session_psk2(context, NULL, &address,
                                        COAP_PROTO_DTLS, &psk);
}

static void send_register(coap_session_t *session, const char *endpoint)
{
    static const char links[] = "</33629/0>";
    static const uint8_t format = LINK_FORMAT;
    char name[64];
    const char *const queries[QUERIES] = { name, "lt=86400", "lwm2m=1.2",
                                           "b=U" };
    coap_pdu_t *pdu =
        coap_new_pdu(COAP_MESSAGE_CON, COAP_REQUEST_CODE_POST, session);

    (void)snprintf(name, sizeof(name), "ep=%.40s", endpoint);
    if (pdu == NULL) {
        give_up("out of memory");
    }
    bool is_made =
        coap_add_option(pdu, COAP_OPTION_URI_PATH, 2, (const uint8_t *)"rd") >
            0 &&
        coap_add_option(pdu, COAP_OPTION_CONTENT_FORMAT, 1, &format) > 0;
    for (size_t i = 0; i < QUERIES; i++) {
        is_made = is_made && coap_add_option(pdu, COAP_OPTION_URI_QUERY,
                                             strlen(queries[i]),
                                             (const uint8_t *)queries[i]) > 0;
    }
    is_made = is_made &&
              coap_add_data(pdu, strlen(links), (const uint8_t *)links) != 0;
    if (!is_made || coap_send(session, pdu) == COAP_INVALID_MID) {
        give_up("cannot register");
    }
}

/** With select() before each call of libcoap, as coap-server does it: what the
 *  receiver of a block needs is to be the same on both sides. */
static void serve(coap_context_t *context)
{
    const int fd = coap_context_get_coap_fd(context);
    int result = 0;

    while (result >= 0) {
        struct timeval limit = { .tv_sec = 1 };
        fd_set ready;
        FD_ZERO(&ready);
        FD_SET(fd, &ready);
        result = select(fd + 1, &ready, NULL, NULL, &limit);
        if (result > 0) {
            result = coap_io_process(context, COAP_IO_NO_WAIT);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        give_up("usage: bench_receiver PORT IDENTITY KEY ENDPOINT");
    }
    coap_startup();
    coap_set_log_level(COAP_LOG_ERR);
    coap_context_t *context = coap_new_context(NULL);
    coap_resource_t *any = coap_resource_unknown_init2(take_body, 0);
    if (context == NULL || any == NULL) {
        give_up("out of memory");
    }
    coap_context_set_block_mode(context, COAP_BLOCK_USE_LIBCOAP |
                                             COAP_BLOCK_SINGLE_BODY);
    coap_add_resource(context, any);
    coap_session_t *session = connect_to(
        context, (unsigned)strtoul(argv[1], NULL, 10), argv[2], argv[3]);
    if (session == NULL) {
        give_up("no session");
    }
    send_register(session, argv[4]);
    serve(context);
    return 0; /* it is ended by a signal */
}
