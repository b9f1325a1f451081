/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCENARIOS_ENGINE_CREDENTIALS_H
#define SCENARIOS_ENGINE_CREDENTIALS_H

/*
 * What a profile says of security. Keys stand in files of their own, so that
 * a profile can be shown, and never reach the journal.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/server.h"

enum security_mode { SECURITY_NONE, SECURITY_PSK, SECURITY_X509 };

/** All zero: no security. */
struct credentials {
    enum security_mode mode;
    char *identity; /**< PSK; as text */
    uint8_t key[SERVER_KEY_MAX];
    size_t key_length;
    char *certificate_file; /**< X.509; PEM, paths as to be opened */
    char *key_file;
    char *ca_file;
};

/**
 * Read a pre-shared key: hexadecimal digits on one line.
 *
 * Errors: STATUS_NOT_FOUND; STATUS_INVALID when others than the owner may read
 *         or write the file; STATUS_MALFORMED for other content. The key is in
 *         no message.
 */
MUST_CHECK
enum status credentials_read_key(const char *path,
                                 struct credentials *credentials,
                                 struct reason *reason);
/** The same check of the permissions, for the file of a private key. */
MUST_CHECK
enum status credentials_check_file(const char *path, struct reason *reason);
/** A copy of an argument of a command, to be recorded: the digits of the key
 *  in it are "(key)". Caller frees; NULL: no memory. */
char *credentials_hide(const struct credentials *credentials, const char *text);
/** Wipes the key. */
void credentials_release(struct credentials *credentials);

/**
 * For server_new().
 *
 * @param endpoint      whose the identity is; NULL: the identity is the name
 * @param out_psk       storage for the one identity
 * @return NULL without security; else borrows from its arguments
 */
const struct server_security *credentials_server(
    const struct credentials *credentials, const char *endpoint,
    struct server_psk *out_psk, struct server_security *out_security);

#endif
