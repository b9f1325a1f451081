/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of a profile: keys in files of their own, which are the owner's
 * alone, and which no message and no result shows. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/engine/profile.h"

#define KEY "0123456789abcdefABCDEF0011223344"
#define PROFILE                                                                \
    "{\"endpoint\": \"dev\", \"security\": {\"mode\": \"psk\", \"identity\": " \
    "\"id\", \"key-file\": \"key.hex\"}, \"components\": {\"a\": "             \
    "{\"instance\": 0, \"role\": \"main\"}}}"

static struct {
    char folder[64];
    char path[128];
} fixture;

static void set_up(void)
{
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-security-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    (void)snprintf(fixture.path, sizeof(fixture.path), "%s/key.hex",
                   fixture.folder);
}

static void tear_down(void)
{
    (void)unlink(fixture.path); /* a test may have made none */
    CU_ASSERT_EQUAL(rmdir(fixture.folder), 0);
}

static void write_key(const char *text, mode_t mode)
{
    FILE *file = fopen(fixture.path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_TRUE(fputs(text, file) >= 0);
    CU_ASSERT_EQUAL(fclose(file), 0);
    CU_ASSERT_EQUAL(chmod(fixture.path, mode), 0);
}

static enum status read_profile(struct profile **out_profile,
                                struct reason *reason)
{
    *reason = (struct reason){ .status = STATUS_OK };
    *out_profile = NULL;
    return profile_parse("p.json", fixture.folder, PROFILE, strlen(PROFILE),
                         out_profile, reason);
}

static void key_is_read_and_bound_to_the_endpoint(void)
{
    struct profile *profile = NULL;
    struct reason reason;
    struct server_psk psk;
    struct server_security security;

    write_key(KEY "\n", 0600);
    CU_ASSERT_EQUAL_FATAL(read_profile(&profile, &reason), STATUS_OK);
    CU_ASSERT_EQUAL(profile->credentials.mode, SECURITY_PSK);
    CU_ASSERT_EQUAL(profile->credentials.key_length, strlen(KEY) / 2);
    CU_ASSERT_EQUAL(profile->credentials.key[0], 0x01);
    CU_ASSERT_EQUAL(profile->credentials.key[10], 0xef);
    CU_ASSERT_PTR_NOT_NULL(credentials_server(
        &profile->credentials, profile->endpoint, &psk, &security));
    CU_ASSERT_STRING_EQUAL(psk.endpoint, "dev");
    CU_ASSERT_EQUAL(psk.identity_length, 2);
    CU_ASSERT_EQUAL(security.psk_count, 1);
    char *shown = cJSON_Print(profile->json);
    CU_ASSERT_PTR_NULL(strstr(shown, "0123456789"));
    free(shown);
    profile_free(profile);
}

static void without_security_there_are_no_credentials(void)
{
    const struct credentials none = { .mode = SECURITY_NONE };
    struct server_psk psk;
    struct server_security security;

    CU_ASSERT_PTR_NULL(credentials_server(&none, "dev", &psk, &security));
}

static void file_that_others_may_use_is_refused(void)
{
    static const mode_t modes[] = { 0640, 0604, 0660, 0602, 0601 };
    struct profile *profile = NULL;
    struct reason reason;

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        write_key(KEY, modes[i]);
        CU_ASSERT_EQUAL(read_profile(&profile, &reason), STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "chmod 600"));
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "/security/key-file"));
        CU_ASSERT_PTR_NULL(profile);
    }
}

static void what_is_no_key_is_refused_and_not_shown(void)
{
    static const char *const bad[] = { "",       "0",    "0g",    "01 02",
                                       "01\n02", "0x01", "secret" };
    struct profile *profile = NULL;
    struct reason reason;
    char text[140];

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        write_key(bad[i], 0600);
        CU_ASSERT_EQUAL(read_profile(&profile, &reason), STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "hexadecimal"));
        CU_ASSERT_PTR_NULL(strstr(reason.text, "secret"));
    }
    memset(text, 'a', sizeof(text));
    text[128] = '\0';
    write_key(text, 0600);
    CU_ASSERT_EQUAL(read_profile(&profile, &reason), STATUS_OK);
    profile_free(profile);
    text[128] = 'a';
    text[130] = '\0'; /* 65 bytes */
    write_key(text, 0600);
    CU_ASSERT_EQUAL(read_profile(&profile, &reason), STATUS_MALFORMED);
}

static void missing_file_is_named(void)
{
    struct profile *profile = NULL;
    struct reason reason;

    CU_ASSERT_EQUAL(read_profile(&profile, &reason), STATUS_MALFORMED);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "key.hex"));
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "No such file"));
}

static enum status read_text(const char *text, struct profile **out_profile,
                             struct reason *reason)
{
    *reason = (struct reason){ .status = STATUS_OK };
    *out_profile = NULL;
    return profile_parse("p.json", fixture.folder, text, strlen(text),
                         out_profile, reason);
}

static void the_repository_has_credentials_of_its_own(void)
{
    static const char text[] =
        "{\"repository\": {\"psk\": {\"identity\": \"files\", \"key-file\": "
        "\"key.hex\"}, \"ca\": {\"certificate-file\": \"ca.pem\", "
        "\"key-file\": \"key.hex\"}}}";
    struct profile *profile = NULL;
    struct reason reason;

    write_key(KEY "\n", 0600);
    CU_ASSERT_EQUAL_FATAL(read_text(text, &profile, &reason), STATUS_OK);
    CU_ASSERT_EQUAL(profile->credentials.mode, SECURITY_NONE);
    CU_ASSERT_STRING_EQUAL(profile->repository.identity, "files");
    CU_ASSERT_EQUAL(profile->repository.key_length, strlen(KEY) / 2);
    CU_ASSERT_PTR_NOT_NULL(strstr(profile->repository.ca_file, "/ca.pem"));
    CU_ASSERT_PTR_NOT_NULL(strstr(profile->repository.key_file, "/key.hex"));
    char *hidden = credentials_hide(&profile->repository, "--psk-key=" KEY);
    CU_ASSERT_STRING_EQUAL(hidden, "--psk-key=(key)");
    free(hidden);
    profile_free(profile);
}

static void bad_credentials_of_the_repository_are_named(void)
{
    static const struct {
        const char *text;
        const char *where;
    } rows[] = {
        { "{\"repository\": 1}", "/repository" },
        { "{\"repository\": {\"pks\": {}}}", "/repository" },
        { "{\"repository\": {\"psk\": {\"key-file\": \"key.hex\"}}}",
          "/repository/psk/identity" },
        { "{\"repository\": {\"psk\": {\"identity\": \"a\", \"key-file\": "
          "\"key.hex\"}}}",
          "/repository/psk/key-file" },
        { "{\"repository\": {\"ca\": {\"certificate-file\": \"a\"}}}",
          "/repository/ca/key-file" },
        { "{\"repository\": {\"ca\": {\"certificate-file\": \"a\", "
          "\"key-file\": \"key.hex\"}}}",
          "/repository/ca/key-file" },
    };
    struct profile *profile = NULL;
    struct reason reason;

    write_key(KEY, 0644);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(read_text(rows[i].text, &profile, &reason),
                        STATUS_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, rows[i].where));
        CU_ASSERT_PTR_NULL(profile);
    }
}

static CU_TestInfo tests[] = {
    { "key", key_is_read_and_bound_to_the_endpoint },
    { "none", without_security_there_are_no_credentials },
    { "permissions", file_that_others_may_use_is_refused },
    { "no key", what_is_no_key_is_refused_and_not_shown },
    { "missing", missing_file_is_named },
    { "repository", the_repository_has_credentials_of_its_own },
    { "bad repository", bad_credentials_of_the_repository_are_named },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "security", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    const unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
