/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <string.h>

#include "server/transport/secure.h"
#include "server/transport/tap.h"

/* The repair of a ClientHello. */

enum { HELLO_SIZE = 26, HELLO_AT = 13 };

/** Record header (type, version, epoch, sequence, length), then the header of
 *  the handshake message: type, length, number, fragment. */
static const uint8_t hello[HELLO_SIZE] = {
    22, 0xfe, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0, 13, /* the record */
    1,  0,    0,    1, 0, 0, 0, 0, 0, 0, 0, 1, 0xaa,
};

static void hello_of_version_fe00_becomes_dtls_1_2(void)
{
    uint8_t bytes[HELLO_SIZE];
    uint8_t wanted[HELLO_SIZE];

    memcpy(bytes, hello, sizeof(bytes));
    memcpy(wanted, hello, sizeof(wanted));
    wanted[2] = 0xfd; /* what Mbed TLS 3.6 takes: the version of DTLS 1.2 */
    secure_mend_hello(bytes, sizeof(bytes));
    CU_ASSERT_EQUAL(memcmp(bytes, wanted, sizeof(wanted)), 0);
}

/** A hello that differs in one byte is left as it is. */
static void any_other_record_is_left_alone(void)
{
    static const struct {
        const char *what;
        size_t at;
        uint8_t value;
    } rows[] = {
        { "an alert", 0, 21 },
        { "application data", 0, 23 },
        { "a record with Connection ID", 0, 25 },
        { "another major version", 1, 0x03 },
        { "DTLS 1.0", 2, 0xff },
        { "DTLS 1.2", 2, 0xfd },
        { "version 0xfe01", 2, 0x01 },
        { "epoch 256", 3, 1 },
        { "epoch 1", 4, 1 },
        { "a ServerHello", HELLO_AT, 2 },
        { "a Finished", HELLO_AT, 20 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t bytes[HELLO_SIZE];
        uint8_t wanted[HELLO_SIZE];
        memcpy(bytes, hello, sizeof(bytes));
        bytes[rows[i].at] = rows[i].value;
        memcpy(wanted, bytes, sizeof(wanted));
        secure_mend_hello(bytes, sizeof(bytes));
        bool is_same = memcmp(bytes, wanted, sizeof(wanted)) == 0;
        CU_ASSERT_TRUE(is_same);
        if (!is_same) {
            fprintf(stderr, "changed: %s\n", rows[i].what);
        }
    }
}

static void hello_without_its_type_is_left_alone(void)
{
    for (size_t length = 0; length <= HELLO_AT; length++) {
        uint8_t bytes[HELLO_SIZE];
        memcpy(bytes, hello, sizeof(bytes));
        secure_mend_hello(bytes, length);
        CU_ASSERT_EQUAL(memcmp(bytes, hello, sizeof(bytes)), 0);
    }
    uint8_t shortest[HELLO_SIZE];
    memcpy(shortest, hello, sizeof(shortest));
    secure_mend_hello(shortest, HELLO_AT + 1);
    CU_ASSERT_EQUAL(shortest[2], 0xfd);
}

/* Credentials. */

static const uint8_t text[SERVER_IDENTITY_MAX + 1] = "node-1node-2";
static const uint8_t key[SERVER_KEY_MAX + 1] = { 1, 2, 3 };

static const struct server_psk one = { text, 6, key, 16, NULL };

static void good_keys_are_taken(void)
{
    const struct server_psk pair[] = {
        one,
        { text + 6, 6, key, SERVER_KEY_MAX, "other" },
        { text, SERVER_IDENTITY_MAX, key, 1, NULL },
    };
    const struct server_security security = { .psks = pair, .psk_count = 3 };
    struct reason reason = { .status = STATUS_OK };
    struct secure *secure = NULL;

    CU_ASSERT_EQUAL(secure_new(&security, &secure, &reason), STATUS_OK);
    CU_ASSERT_PTR_NOT_NULL(secure);
    secure_free(secure);
    secure_free(NULL);
}

static void bad_credentials_are_refused_in_words(void)
{
    const struct server_psk no_identity = { text, 0, key, 16, NULL };
    const struct server_psk long_identity = { text, sizeof(text), key, 16,
                                              NULL };
    const struct server_psk no_key = { text, 6, key, 0, NULL };
    const struct server_psk long_key = { text, 6, key, sizeof(key), NULL };
    const struct server_psk twice[] = { one, one };
    const char *here = __FILE__; /* a file that can be read */
    const struct {
        struct server_security security;
        enum status status;
        const char *text;
    } rows[] = {
        { { .psks = NULL }, STATUS_INVALID, "no credentials" },
        { { .psks = &no_identity, .psk_count = 1 },
          STATUS_INVALID,
          "a PSK identity of 0 bytes; 1 to 128 are allowed" },
        { { .psks = &long_identity, .psk_count = 1 },
          STATUS_INVALID,
          "a PSK identity of 129 bytes; 1 to 128 are allowed" },
        { { .psks = &no_key, .psk_count = 1 },
          STATUS_INVALID,
          "a pre-shared key of 0 bytes; 1 to 64 are allowed" },
        { { .psks = &long_key, .psk_count = 1 },
          STATUS_INVALID,
          "a pre-shared key of 65 bytes; 1 to 64 are allowed" },
        { { .psks = twice, .psk_count = 2 },
          STATUS_INVALID,
          "a PSK identity is given twice" },
        { { .certificate_file = "/no/such.pem" },
          STATUS_NOT_FOUND,
          "cannot read '/no/such.pem'" },
        { { .certificate_file = here, .key_file = "/no/such.key" },
          STATUS_NOT_FOUND,
          "cannot read '/no/such.key'" },
        { { .certificate_file = here },
          STATUS_NOT_FOUND,
          "cannot read '(no file)'" },
        { { .certificate_file = here,
            .key_file = here,
            .ca_file = "/no/such.ca" },
          STATUS_NOT_FOUND,
          "cannot read '/no/such.ca'" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct reason reason = { .status = STATUS_OK };
        struct secure *secure = NULL;
        CU_ASSERT_EQUAL(secure_new(&rows[i].security, &secure, &reason),
                        rows[i].status);
        CU_ASSERT_PTR_NULL(secure);
        CU_ASSERT_STRING_EQUAL(reason.text, rows[i].text);
    }
}

/** Certificates and keys that fit are a matter of the integration test. */
static void file_that_is_no_certificate_is_refused_by_its_name(void)
{
    const struct server_security security = { .certificate_file = __FILE__,
                                              .key_file = __FILE__,
                                              .ca_file = __FILE__ };
    struct reason reason = { .status = STATUS_OK };
    struct secure *secure = NULL;

    CU_ASSERT_EQUAL(secure_new(&security, &secure, &reason), STATUS_INVALID);
    CU_ASSERT_PTR_NULL(secure);
    struct reason wanted = { .status = STATUS_OK };
    (void)reason_set(&wanted, STATUS_INVALID, "'%s' is no certificate",
                     __FILE__); /* a long path is cut in both */
    CU_ASSERT_STRING_EQUAL(reason.text, wanted.text);
}

static void without_credentials_nobody_has_proven_a_name(void)
{
    tap_set(NULL); /* libcoap is linked against the wrapped calls */
    CU_ASSERT_PTR_NULL(secure_name(NULL, NULL));
}

static CU_TestInfo tests[] = {
    { "a ClientHello of version 0xfe00 is repaired",
      hello_of_version_fe00_becomes_dtls_1_2 },
    { "any other record is left alone", any_other_record_is_left_alone },
    { "a hello that ends before its type is left alone",
      hello_without_its_type_is_left_alone },
    { "good keys are taken", good_keys_are_taken },
    { "bad credentials are refused in words",
      bad_credentials_are_refused_in_words },
    { "a file that is no certificate is refused by its name",
      file_that_is_no_certificate_is_refused_by_its_name },
    { "without credentials nobody has proven a name",
      without_credentials_nobody_has_proven_a_name },
    CU_TEST_INFO_NULL,
};

static CU_SuiteInfo suites[] = {
    { "secure", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS ||
        CU_register_suites(suites) != CUE_SUCCESS) {
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    (void)CU_basic_run_tests(); /* what failed is counted */
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
