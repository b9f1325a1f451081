/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenarios/engine/profile_private.h"

/** A text that must be there, with its JSON pointer. */
static enum status read_needed(const struct profile_reader *reader,
                               const cJSON *object, const char *key,
                               const char **out_text)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    char pointer[64];

    (void)snprintf(pointer, sizeof(pointer), "/security/%s", key); /* fits */
    if (!cJSON_IsString(item) || item->valuestring[0] == '\0') {
        return profile_misfit(reader, pointer, "a text", item);
    }
    *out_text = item->valuestring;
    return STATUS_OK;
}

/** A file's path, seen from the profile's folder; caller frees. */
static enum status read_path(const struct profile_reader *reader,
                             const cJSON *object, const char *key,
                             char **out_path)
{
    const char *text = NULL;
    enum status status = read_needed(reader, object, key, &text);

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

static enum status read_psk(const struct profile_reader *reader,
                            const cJSON *object)
{
    static const char *const keys[] = { "mode", "identity", "key-file", NULL };
    struct credentials *credentials = &reader->profile->credentials;
    struct reason inner = { .status = STATUS_OK };
    const char *identity = NULL;
    char *path = NULL;
    enum status status = profile_check_keys(reader, object, "/security", keys);

    if (status == STATUS_OK) {
        status = read_needed(reader, object, "identity", &identity);
    }
    if (status == STATUS_OK) {
        status = read_path(reader, object, "key-file", &path);
    }
    if (status == STATUS_OK &&
        credentials_read_key(path, credentials, &inner) != STATUS_OK) {
        status = profile_wrong(reader, "/security/key-file", inner.text);
    }
    free(path);
    if (status == STATUS_OK) {
        credentials->mode = SECURITY_PSK;
        credentials->identity = strdup(identity);
        if (credentials->identity == NULL) {
            status = profile_no_memory(reader);
        }
    }
    return status;
}

static enum status read_x509(const struct profile_reader *reader,
                             const cJSON *object)
{
    static const char *const keys[] = { "mode", "certificate-file", "key-file",
                                        "ca-file", NULL };
    struct credentials *credentials = &reader->profile->credentials;
    struct reason inner = { .status = STATUS_OK };
    enum status status = profile_check_keys(reader, object, "/security", keys);

    if (status == STATUS_OK) {
        status = read_path(reader, object, "certificate-file",
                           &credentials->certificate_file);
    }
    if (status == STATUS_OK) {
        status = read_path(reader, object, "ca-file", &credentials->ca_file);
    }
    if (status == STATUS_OK) {
        status = read_path(reader, object, "key-file", &credentials->key_file);
    }
    if (status == STATUS_OK &&
        credentials_check_file(credentials->key_file, &inner) != STATUS_OK) {
        status = profile_wrong(reader, "/security/key-file", inner.text);
    }
    credentials->mode = SECURITY_X509;
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
