/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/profile_private.h"

/** A text that must be there, with its JSON pointer. */
static enum status read_needed(const struct profile_reader *reader,
                               const cJSON *object, const char *parent,
                               const char *key, const char **out_text)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    char pointer[JSON_POINTER_MAX];

    const char *text = cJSON_GetStringValue(item);

    if (text == NULL || text[0] == '\0') {
        return profile_misfit(reader, profile_pointer(parent, key, pointer),
                              "a text", item);
    }
    *out_text = text;
    return STATUS_OK;
}

/** A file's path, seen from the profile's folder; caller frees. */
static enum status read_path(const struct profile_reader *reader,
                             const cJSON *object, const char *parent,
                             const char *key, char **out_path)
{
    const char *text = "";
    enum status status = read_needed(reader, object, parent, key, &text);

    if (status != STATUS_OK) {
        return status;
    }
    bool is_absolute = text[0] == '/' || reader->folder == NULL;
    if (asprintf(out_path, "%s%s%s", is_absolute ? "" : reader->folder,
                 is_absolute ? "" : "/", text) < 0) {
        *out_path = NULL;
        return profile_no_memory(reader);
    }
    return STATUS_OK;
}

/** "identity" and "key-file". */
static enum status read_identity(const struct profile_reader *reader,
                                 const cJSON *object, const char *parent,
                                 struct credentials *credentials)
{
    struct reason inner = { .status = STATUS_OK };
    char pointer[JSON_POINTER_MAX];
    const char *identity = NULL;
    char *path = NULL;
    enum status status =
        read_needed(reader, object, parent, "identity", &identity);

    if (status == STATUS_OK) {
        status = read_path(reader, object, parent, "key-file", &path);
    }
    if (status == STATUS_OK &&
        credentials_read_key(path, credentials, &inner) != STATUS_OK) {
        status = profile_wrong(
            reader, profile_pointer(parent, "key-file", pointer), inner.text);
    }
    free(path);
    if (status == STATUS_OK) {
        credentials->identity = strdup(identity);
        if (credentials->identity == NULL) {
            status = profile_no_memory(reader);
        }
    }
    return status;
}

/** "key-file" of a private key, and the other ones. */
static enum status read_key_file(const struct profile_reader *reader,
                                 const cJSON *object, const char *parent,
                                 struct credentials *credentials)
{
    struct reason inner = { .status = STATUS_OK };
    char pointer[JSON_POINTER_MAX];
    enum status status =
        read_path(reader, object, parent, "key-file", &credentials->key_file);

    return status == STATUS_OK && credentials_check_file(credentials->key_file,
                                                         &inner) != STATUS_OK
               ? profile_wrong(reader,
                               profile_pointer(parent, "key-file", pointer),
                               inner.text)
               : status;
}

static enum status read_psk(const struct profile_reader *reader,
                            const cJSON *object)
{
    static const char *const keys[] = { "mode", "identity", "key-file", NULL };
    struct credentials *credentials = &reader->profile->credentials;
    enum status status = profile_check_keys(reader, object, "/security", keys);

    if (status == STATUS_OK) {
        status = read_identity(reader, object, "/security", credentials);
    }
    if (status == STATUS_OK) {
        credentials->mode = SECURITY_PSK;
    }
    return status;
}

static enum status read_x509(const struct profile_reader *reader,
                             const cJSON *object)
{
    static const char *const keys[] = { "mode", "certificate-file", "key-file",
                                        "ca-file", NULL };
    struct credentials *credentials = &reader->profile->credentials;
    enum status status = profile_check_keys(reader, object, "/security", keys);

    if (status == STATUS_OK) {
        status = read_path(reader, object, "/security", "certificate-file",
                           &credentials->certificate_file);
    }
    if (status == STATUS_OK) {
        status = read_path(reader, object, "/security", "ca-file",
                           &credentials->ca_file);
    }
    if (status == STATUS_OK) {
        status = read_key_file(reader, object, "/security", credentials);
    }
    credentials->mode = SECURITY_X509;
    return status;
}

enum status profile_read_repository(const struct profile_reader *reader,
                                    const cJSON *object)
{
    static const char *const keys[] = { "psk", "ca", NULL };
    static const char *const psk_keys[] = { "identity", "key-file", NULL };
    static const char *const ca_keys[] = { "certificate-file", "key-file",
                                           NULL };
    struct credentials *credentials = &reader->profile->repository;
    const cJSON *psk = cJSON_GetObjectItemCaseSensitive(object, "psk");
    const cJSON *ca = cJSON_GetObjectItemCaseSensitive(object, "ca");
    enum status status =
        profile_check_keys(reader, object, "/repository", keys);

    if (status == STATUS_OK && psk != NULL) {
        status = profile_check_keys(reader, psk, "/repository/psk", psk_keys);
        if (status == STATUS_OK) {
            status = read_identity(reader, psk, "/repository/psk", credentials);
        }
    }
    if (status == STATUS_OK && ca != NULL) {
        status = profile_check_keys(reader, ca, "/repository/ca", ca_keys);
        if (status == STATUS_OK) {
            status = read_path(reader, ca, "/repository/ca", "certificate-file",
                               &credentials->ca_file);
        }
        if (status == STATUS_OK) {
            status = read_key_file(reader, ca, "/repository/ca", credentials);
        }
    }
    return status;
}

enum status profile_read_security(const struct profile_reader *reader,
                                  const cJSON *object)
{
    static const char *const keys[] = { "mode", NULL };
    const cJSON *mode = cJSON_GetObjectItemCaseSensitive(object, "mode");
    const char *text = cJSON_IsString(mode) ? mode->valuestring : "";

    if (strcmp(text, "psk") == 0) {
        return read_psk(reader, object);
    }
    if (strcmp(text, "x509") == 0) {
        return read_x509(reader, object);
    }
    if (strcmp(text, "nosec") != 0) {
        return profile_misfit(reader, "/security/mode",
                              "'nosec', 'psk' or 'x509'", mode);
    }
    return profile_check_keys(reader, object, "/security", keys);
}
