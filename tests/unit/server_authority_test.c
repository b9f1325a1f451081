/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <mbedtls/pk.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/authority/authority.h"

/* A CA of somebody else; the key is of no use beyond this test. By openssl ca
 * -selfsign, valid from 2000 to 2049. */
static const char own_ca[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBdjCCARugAwIBAgIBATAKBggqhkjOPQQDAjAqMQwwCgYDVQQKDANPd24xGjAY\n"
    "BgNVBAMMEU93biBDQSwgb2YgYSB1c2VyMB4XDTAwMDEwMTAwMDAwMFoXDTQ5MTIz\n"
    "MTIzNTk1OVowKjEMMAoGA1UECgwDT3duMRowGAYDVQQDDBFPd24gQ0EsIG9mIGEg\n"
    "dXNlcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKDiQeKtL0G6YkV1UkuGzI3T\n"
    "lHPSf1zkrZ80lQpG7PYvrEqAnJ4PakpsuYxddJduRAu4J5H+RfMh79jwRYBW90mj\n"
    "MjAwMA8GA1UdEwEB/wQFMAMBAf8wHQYDVR0OBBYEFEiPJQzqDQ+Qc9lgFA7dZ/Cq\n"
    "3XaCMAoGCCqGSM49BAMCA0kAMEYCIQDuE8tNBJ4NDKTzMEbmgvshP1n+xAJNofBr\n"
    "thWd0vWk1gIhAO0OUUHExhggUKD79LFnzZSsyNekdWN06+tqoO1MSc/0\n"
    "-----END CERTIFICATE-----\n";
static const char own_key[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIB9F1LSSnsil6ARNJQ8fWKJSR1byYLGFD9Z9omWdEroboAoGCCqGSM49\n"
    "AwEHoUQDQgAEoOJB4q0vQbpiRXVSS4bMjdOUc9J/XOStnzSVCkbs9i+sSoCcng9q\n"
    "Smy5jF10l25EC7gnkf5F8yHv2PBFgFb3SQ==\n"
    "-----END EC PRIVATE KEY-----\n";

static struct {
    struct authority *authority;
    char folder[64];
    char ca_path[96];
    char key_path[96];
} fixture;

static void set_up(void)
{
    fixture.authority = NULL;
    CU_ASSERT_EQUAL_FATAL(authority_new(&fixture.authority, NULL), STATUS_OK);
    (void)snprintf(fixture.folder, sizeof(fixture.folder),
                   "/tmp/assay-authority-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(fixture.folder));
    (void)snprintf(fixture.ca_path, sizeof(fixture.ca_path), "%s/ca.pem",
                   fixture.folder);
    (void)snprintf(fixture.key_path, sizeof(fixture.key_path), "%s/ca.key",
                   fixture.folder);
}

static void tear_down(void)
{
    authority_free(fixture.authority);
    (void)unlink(fixture.ca_path);
    (void)unlink(fixture.key_path);
    CU_ASSERT_EQUAL(rmdir(fixture.folder), 0);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    size_t length = strlen(text);

    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(write(fd, text, length), (ssize_t)length);
    CU_ASSERT_EQUAL(close(fd), 0);
}

static void parse(mbedtls_x509_crt *crt, const char *pem)
{
    mbedtls_x509_crt_init(crt);
    CU_ASSERT_EQUAL_FATAL(mbedtls_x509_crt_parse(
                              crt, (const unsigned char *)pem, strlen(pem) + 1),
                          0);
}

/** What a client finds that trusts the CA. */
static uint32_t flags_of(const char *pem, const char *ca_pem, const char *host)
{
    mbedtls_x509_crt crt;
    mbedtls_x509_crt ca;
    uint32_t flags = 0;

    parse(&crt, pem);
    parse(&ca, ca_pem);
    (void)mbedtls_x509_crt_verify(&crt, &ca, NULL, host, &flags, NULL,
                                  NULL); /* the flags say it */
    mbedtls_x509_crt_free(&ca);
    mbedtls_x509_crt_free(&crt);
    return flags;
}

static uint32_t flags_of_kind(const struct authority *authority,
                              enum authority_kind kind, const char *host)
{
    static const char *const hosts[] = { "10.1.2.3", "files.example" };
    struct authority_pair pair = { NULL, NULL };
    uint32_t flags = UINT32_MAX;

    CU_ASSERT_EQUAL(authority_issue(authority, kind, hosts, 2, &pair, NULL),
                    STATUS_OK);
    if (pair.certificate != NULL) {
        flags =
            flags_of(pair.certificate, authority_certificate(authority), host);
    }
    authority_release(&pair);
    CU_ASSERT_PTR_NULL(pair.key);
    return flags;
}

static void a_good_certificate_is_good_for_its_hosts_only(void)
{
    static const struct {
        const char *host;
        uint32_t flags;
    } rows[] = {
        { "localhost", 0 },
        { "127.0.0.1", 0 },
        { "::1", 0 },
        { "10.1.2.3", 0 },
        { "files.example", 0 },
        { "10.1.2.4", MBEDTLS_X509_BADCERT_CN_MISMATCH },
        { "other.example", MBEDTLS_X509_BADCERT_CN_MISMATCH },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(
            flags_of_kind(fixture.authority, AUTHORITY_GOOD, rows[i].host),
            rows[i].flags);
    }
}

static void each_wrong_kind_has_its_fault_and_no_other(void)
{
    static const struct {
        enum authority_kind kind;
        uint32_t flags;
    } rows[] = {
        { AUTHORITY_GOOD, 0 },
        { AUTHORITY_UNKNOWN_CA, MBEDTLS_X509_BADCERT_NOT_TRUSTED },
        { AUTHORITY_EXPIRED, MBEDTLS_X509_BADCERT_EXPIRED },
        { AUTHORITY_NOT_YET_VALID, MBEDTLS_X509_BADCERT_FUTURE },
        { AUTHORITY_OTHER_HOST, MBEDTLS_X509_BADCERT_CN_MISMATCH },
        { AUTHORITY_SELF_SIGNED, MBEDTLS_X509_BADCERT_NOT_TRUSTED },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT_EQUAL(
            flags_of_kind(fixture.authority, rows[i].kind, "127.0.0.1"),
            rows[i].flags);
    }
    CU_ASSERT_EQUAL(sizeof(rows) / sizeof(rows[0]), (size_t)AUTHORITY_KINDS);
}

static void a_self_signed_one_is_signed_by_itself(void)
{
    struct authority_pair pair = { NULL, NULL };

    CU_ASSERT_EQUAL(authority_issue(fixture.authority, AUTHORITY_SELF_SIGNED,
                                    NULL, 0, &pair, NULL),
                    STATUS_OK);
    CU_ASSERT_EQUAL(flags_of(pair.certificate, pair.certificate, "localhost"),
                    0);
    authority_release(&pair);
}

static void the_key_fits_the_certificate(void)
{
    for (int kind = 0; kind < AUTHORITY_KINDS; kind++) {
        struct authority_pair pair = { NULL, NULL };
        mbedtls_x509_crt crt;
        mbedtls_pk_context key;

        mbedtls_pk_init(&key);
        CU_ASSERT_EQUAL(authority_issue(fixture.authority,
                                        (enum authority_kind)kind, NULL, 0,
                                        &pair, NULL),
                        STATUS_OK);
        parse(&crt, pair.certificate);
        CU_ASSERT_EQUAL(mbedtls_pk_parse_key(
                            &key, (const unsigned char *)pair.key,
                            strlen(pair.key) + 1, NULL, 0,
                            mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE),
                        0);
        CU_ASSERT_EQUAL(mbedtls_pk_check_pair(&crt.pk, &key,
                                              mbedtls_psa_get_random,
                                              MBEDTLS_PSA_RANDOM_STATE),
                        0);
        mbedtls_pk_free(&key);
        mbedtls_x509_crt_free(&crt);
        authority_release(&pair);
    }
}

static void what_the_device_gets_has_no_key(void)
{
    const char *pem = authority_certificate(fixture.authority);

    CU_ASSERT_EQUAL(strncmp(pem, "-----BEGIN CERTIFICATE-----\n", 28), 0);
    CU_ASSERT_PTR_NULL(strstr(pem, "PRIVATE"));
}

static void a_ca_from_files_issues_what_it_is_trusted_for(void)
{
    struct authority *own = NULL;
    struct reason reason = { .status = STATUS_OK };

    write_file(fixture.ca_path, own_ca);
    write_file(fixture.key_path, own_key);
    CU_ASSERT_EQUAL(
        authority_load(fixture.ca_path, fixture.key_path, &own, &reason),
        STATUS_OK);
    if (own != NULL) {
        CU_ASSERT_EQUAL(flags_of_kind(own, AUTHORITY_GOOD, "127.0.0.1"), 0);
        CU_ASSERT_EQUAL(flags_of_kind(own, AUTHORITY_UNKNOWN_CA, "127.0.0.1"),
                        MBEDTLS_X509_BADCERT_NOT_TRUSTED);
    }
    authority_free(own);
}

static void files_that_are_no_ca_are_refused_by_name(void)
{
    struct authority_pair pair = { NULL, NULL };
    struct authority *own = NULL;
    struct reason reason = { .status = STATUS_OK };

    CU_ASSERT_EQUAL(
        authority_load(fixture.ca_path, fixture.key_path, &own, &reason),
        STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "ca.pem"));
    CU_ASSERT_EQUAL(authority_issue(fixture.authority, AUTHORITY_GOOD, NULL, 0,
                                    &pair, NULL),
                    STATUS_OK);
    write_file(fixture.key_path, pair.key);
    write_file(fixture.ca_path, pair.certificate); /* of a server */
    CU_ASSERT_EQUAL(
        authority_load(fixture.ca_path, fixture.key_path, &own, &reason),
        STATUS_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "ca.pem"));
    write_file(fixture.ca_path, authority_certificate(fixture.authority));
    CU_ASSERT_EQUAL(
        authority_load(fixture.ca_path, fixture.key_path, &own, &reason),
        STATUS_INVALID);
    CU_ASSERT_PTR_NOT_NULL(strstr(reason.text, "ca.key"));
    CU_ASSERT_PTR_NULL(strstr(reason.text, "BEGIN"));
    CU_ASSERT_PTR_NULL(own);
    authority_release(&pair);
}

static void too_many_hosts_are_refused(void)
{
    const char *hosts[AUTHORITY_HOSTS_MAX + 1];
    struct authority_pair pair = { NULL, NULL };

    for (size_t i = 0; i <= AUTHORITY_HOSTS_MAX; i++) {
        hosts[i] = "2001:db8:1234:5678:9abc:def0:1234:5678";
    }
    CU_ASSERT_EQUAL(authority_issue(fixture.authority, AUTHORITY_GOOD, hosts,
                                    AUTHORITY_HOSTS_MAX + 1, &pair, NULL),
                    STATUS_INVALID);
    CU_ASSERT_PTR_NULL(pair.key);
    CU_ASSERT_EQUAL(authority_issue(fixture.authority, AUTHORITY_GOOD, hosts,
                                    AUTHORITY_HOSTS_MAX, &pair, NULL),
                    STATUS_OK);
    authority_release(&pair);
}

static void kinds_have_different_names(void)
{
    for (int i = 0; i < AUTHORITY_KINDS; i++) {
        const char *name = authority_kind_name((enum authority_kind)i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(name);
        for (int k = 0; k < i; k++) {
            CU_ASSERT_STRING_NOT_EQUAL(
                name, authority_kind_name((enum authority_kind)k));
        }
    }
    CU_ASSERT_PTR_NULL(authority_kind_name(AUTHORITY_KINDS));
}

int main(void)
{
    static CU_TestInfo tests[] = {
        { "a good certificate is good for its hosts only",
          a_good_certificate_is_good_for_its_hosts_only },
        { "each wrong kind has its fault and no other",
          each_wrong_kind_has_its_fault_and_no_other },
        { "a self-signed one is signed by itself",
          a_self_signed_one_is_signed_by_itself },
        { "the key fits the certificate", the_key_fits_the_certificate },
        { "what the device gets has no key", what_the_device_gets_has_no_key },
        { "a CA from files issues what it is trusted for",
          a_ca_from_files_issues_what_it_is_trusted_for },
        { "files that are no CA are refused by name",
          files_that_are_no_ca_are_refused_by_name },
        { "too many hosts are refused", too_many_hosts_are_refused },
        { "kinds have different names", kinds_have_different_names },
        CU_TEST_INFO_NULL,
    };
    CU_SuiteInfo suites[] = {
        { "authority", NULL, NULL, set_up, tear_down, tests },
        CU_SUITE_INFO_NULL,
    };

    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* its result says nothing about failures */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
