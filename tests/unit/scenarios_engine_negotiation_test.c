/* SPDX-License-Identifier: Apache-2.0 */
/* Devices that take few formats, and which one is asked for next. */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stddef.h>
#include <string.h>

#include "scenarios/engine/negotiation.h"

enum {
    TEXT = CONTENT_FORMAT_TEXT,
    TLV = CONTENT_FORMAT_TLV,
    NONE = CONTENT_FORMAT_NONE,
    CBOR = 60,
    SENML_JSON = 110,
    SENML_CBOR = 112,
    JSON = 11543,
    LWM2M_CBOR = 11544,
    LIST_END = -2,
    TRIES_MAX = 12,
};

/** A codec that knows them all. */
static bool knows_all(int format)
{
    static const int known[] = { TEXT,       42,   TLV,        CBOR,
                                 SENML_JSON, JSON, SENML_CBOR, 11544 };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i] == format) {
            return true;
        }
    }
    return false;
}

static bool knows_tlv_and_text(int format)
{
    return format == TLV || format == TEXT;
}

/** What a device takes, and the code of what it does not. */
struct device {
    int takes[4]; /**< ends with LIST_END; NONE: a Read without Accept */
    uint8_t refusal;
};

static bool takes(const struct device *device, int format)
{
    for (size_t i = 0; device->takes[i] != LIST_END; i++) {
        if (device->takes[i] == format) {
            return true;
        }
    }
    return false;
}

/** Do one request to its end. @return the formats sent, ended by LIST_END */
static const int *ask(struct negotiation *negotiation,
                      enum negotiation_class class, bool is_write,
                      const struct device *device, bool *out_taken)
{
    static int sent[TRIES_MAX + 1];
    int format = negotiation_first(negotiation, class, is_write);
    struct negotiation_attempt attempt =
        negotiation_begin(class, is_write, format);
    size_t count = 0;
    bool again = true;

    *out_taken = false;
    while (again && count < TRIES_MAX) {
        sent[count++] = format;
        *out_taken = takes(device, format);
        uint8_t code = !*out_taken ? device->refusal
                       : is_write  ? COAP_CODE(2, 4)
                                   : COAP_CODE(2, 5);
        int answer = !*out_taken || is_write ? NONE
                     : format == NONE        ? device->takes[0]
                                             : format;
        again = negotiation_feed(negotiation, &attempt, code, answer, &format);
    }
    CU_ASSERT_FALSE(again);
    sent[count] = LIST_END;
    return sent;
}

static void check_sent(const char *name, const int *sent, const int *expected)
{
    size_t i = 0;

    while (sent[i] == expected[i] && sent[i] != LIST_END) {
        i++;
    }
    if (sent[i] != expected[i]) {
        fprintf(stderr, "%s: try %zu is %d, not %d\n", name, i, sent[i],
                expected[i]);
    }
    CU_ASSERT_EQUAL(sent[i], expected[i]);
}

static const struct row {
    const char *name;
    const char *ct; /**< NULL: not announced */
    unsigned minor; /**< of 1.x */
    enum negotiation_class class;
    bool is_write;
    struct device device;
    bool taken;
    int first[TRIES_MAX];  /**< what the first request sends */
    int second[TRIES_MAX]; /**< and the next one */
} rows[] = {
    { "TLV device",
      NULL,
      0,
      NEGOTIATION_VALUES,
      false,
      { { TLV, LIST_END }, COAP_CODE(4, 6) },
      true,
      { TLV, LIST_END },
      { TLV, LIST_END } },
    { "text of a value",
      NULL,
      1,
      NEGOTIATION_VALUE,
      false,
      { { TEXT, TLV, LIST_END }, COAP_CODE(4, 6) },
      true,
      { TEXT, LIST_END },
      { TEXT, LIST_END } },
    { "no text: 4.06",
      NULL,
      0,
      NEGOTIATION_VALUE,
      false,
      { { TLV, LIST_END }, COAP_CODE(4, 6) },
      true,
      { TEXT, TLV, LIST_END },
      { TLV, LIST_END } },
    { "no text: 4.00",
      NULL,
      0,
      NEGOTIATION_VALUE,
      false,
      { { TLV, LIST_END }, COAP_CODE(4, 0) },
      true,
      { TEXT, TLV, LIST_END },
      { TLV, LIST_END } },
    { "announced SenML CBOR is asked for at once",
      "112",
      1,
      NEGOTIATION_VALUES,
      false,
      { { SENML_CBOR, LIST_END }, COAP_CODE(4, 6) },
      true,
      { SENML_CBOR, LIST_END },
      { SENML_CBOR, LIST_END } },
    { "announced list with TLV",
      "110 112 11542",
      1,
      NEGOTIATION_VALUES,
      false,
      { { SENML_JSON, LIST_END }, COAP_CODE(4, 15) },
      true,
      { TLV, SENML_CBOR, SENML_JSON, LIST_END },
      { SENML_JSON, LIST_END } },
    { "1.1 without ct: SenML JSON only",
      NULL,
      1,
      NEGOTIATION_VALUES,
      false,
      { { SENML_JSON, LIST_END }, COAP_CODE(4, 6) },
      true,
      { TLV, SENML_CBOR, SENML_JSON, LIST_END },
      { SENML_JSON, LIST_END } },
    { "1.2 without ct: LwM2M CBOR only",
      NULL,
      2,
      NEGOTIATION_VALUES,
      false,
      { { LWM2M_CBOR, LIST_END }, COAP_CODE(4, 6) },
      true,
      { TLV, LWM2M_CBOR, LIST_END },
      { LWM2M_CBOR, LIST_END } },
    { "1.0 with legacy JSON",
      "11543",
      0,
      NEGOTIATION_VALUES,
      false,
      { { JSON, LIST_END }, COAP_CODE(4, 6) },
      true,
      { JSON, LIST_END },
      { JSON, LIST_END } },
    { "Accept is not known: 4.02 to every one",
      NULL,
      0,
      NEGOTIATION_VALUES,
      false,
      { { NONE, LIST_END }, COAP_CODE(4, 2) },
      true,
      { TLV, JSON, NONE, LIST_END },
      { NONE, LIST_END } },
    { "Write in TLV is answered 4.15",
      "110",
      0,
      NEGOTIATION_VALUES,
      true,
      { { SENML_JSON, LIST_END }, COAP_CODE(4, 15) },
      true,
      { SENML_JSON, LIST_END },
      { SENML_JSON, LIST_END } },
    { "Write has no form without a format",
      NULL,
      0,
      NEGOTIATION_VALUE,
      true,
      { { LIST_END }, COAP_CODE(4, 15) },
      false,
      { TEXT, TLV, JSON, LWM2M_CBOR, SENML_CBOR, SENML_JSON, CBOR, LIST_END },
      { TEXT, LIST_END } },
    { "4.00 to all says nothing of the format",
      NULL,
      0,
      NEGOTIATION_VALUES,
      true,
      { { LIST_END }, COAP_CODE(4, 0) },
      false,
      { TLV, JSON, LWM2M_CBOR, SENML_CBOR, SENML_JSON, LIST_END },
      { TLV, LIST_END } },
    { "5.03 is no word on the format",
      NULL,
      1,
      NEGOTIATION_VALUES,
      false,
      { { LIST_END }, COAP_CODE(5, 3) },
      false,
      { TLV, LIST_END },
      { TLV, LIST_END } },
    { "4.05 is no word on the format",
      NULL,
      1,
      NEGOTIATION_VALUE,
      false,
      { { LIST_END }, COAP_CODE(4, 5) },
      false,
      { TEXT, LIST_END },
      { TEXT, LIST_END } },
};

static void device_is_asked_for_what_it_takes(void)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct negotiation negotiation;
        bool taken = false;

        negotiation_init(&negotiation, knows_all);
        negotiation_register(&negotiation, 1, row->minor);
        negotiation_announce(&negotiation, row->ct);
        check_sent(
            row->name,
            ask(&negotiation, row->class, row->is_write, &row->device, &taken),
            row->first);
        CU_ASSERT_EQUAL(taken, row->taken);
        check_sent(
            row->name,
            ask(&negotiation, row->class, row->is_write, &row->device, &taken),
            row->second);
        CU_ASSERT_EQUAL(taken, row->taken);
    }
}

static void candidates_are_what_the_codec_knows(void)
{
    static const struct device deaf = { { LIST_END }, COAP_CODE(4, 6) };
    static const int reads[] = { TLV, NONE, LIST_END };
    static const int writes[] = { TEXT, TLV, LIST_END };
    struct negotiation negotiation;
    bool taken = true;

    negotiation_init(&negotiation, knows_tlv_and_text);
    negotiation_register(&negotiation, 1, 2);
    negotiation_announce(&negotiation, "110 112 11544");
    check_sent("read",
               ask(&negotiation, NEGOTIATION_VALUES, false, &deaf, &taken),
               reads);
    CU_ASSERT_FALSE(taken);
    check_sent("write",
               ask(&negotiation, NEGOTIATION_VALUE, true, &deaf, &taken),
               writes);
}

static void proven_format_makes_400_the_device_s_word(void)
{
    static const struct device good = { { TLV, LIST_END }, COAP_CODE(4, 0) };
    static const struct device bad = { { LIST_END }, COAP_CODE(4, 0) };
    static const int once[] = { TLV, LIST_END };
    struct negotiation negotiation;
    bool taken = false;

    negotiation_init(&negotiation, knows_all);
    negotiation_register(&negotiation, 1, 1);
    check_sent("good",
               ask(&negotiation, NEGOTIATION_VALUES, false, &good, &taken),
               once);
    CU_ASSERT_TRUE(taken);
    check_sent("bad",
               ask(&negotiation, NEGOTIATION_VALUES, false, &bad, &taken),
               once);
}

static void refusal_of_one_path_keeps_what_works_for_the_others(void)
{
    static const struct device text = { { TEXT, LIST_END }, COAP_CODE(4, 6) };
    static const struct device tlv = { { TLV, LIST_END }, COAP_CODE(4, 6) };
    static const int once[] = { TEXT, LIST_END };
    static const int twice[] = { TEXT, TLV, LIST_END };
    struct negotiation negotiation;
    bool taken = false;

    negotiation_init(&negotiation, knows_all);
    negotiation_register(&negotiation, 1, 0);
    check_sent("text",
               ask(&negotiation, NEGOTIATION_VALUE, false, &text, &taken),
               once);
    check_sent("opaque Resource",
               ask(&negotiation, NEGOTIATION_VALUE, false, &tlv, &taken),
               twice);
    check_sent("text again",
               ask(&negotiation, NEGOTIATION_VALUE, false, &text, &taken),
               once);
}

static void choice_of_the_device_that_cannot_be_decoded_is_not_the_end(void)
{
    struct negotiation negotiation;
    int format = TLV;

    negotiation_init(&negotiation, knows_all);
    negotiation_register(&negotiation, 1, 1);
    negotiation_announce(&negotiation, "110");
    struct negotiation_attempt attempt =
        negotiation_begin(NEGOTIATION_VALUES, false, NONE);
    attempt.tried |=
        negotiation_begin(NEGOTIATION_VALUES, false, SENML_JSON).tried;
    CU_ASSERT_TRUE(
        negotiation_feed(&negotiation, &attempt, COAP_CODE(2, 5), 50, &format));
    CU_ASSERT_EQUAL(format, SENML_CBOR);
    /* An Accept that is ignored: no other one helps. */
    CU_ASSERT_FALSE(
        negotiation_feed(&negotiation, &attempt, COAP_CODE(2, 5), 50, &format));
}

static void looked_for_400_is_not_asked_for_again(void)
{
    struct negotiation negotiation;
    int format = NONE;

    negotiation_init(&negotiation, knows_all);
    negotiation_register(&negotiation, 1, 1);
    struct negotiation_attempt attempt =
        negotiation_begin(NEGOTIATION_VALUE, true, TEXT);
    attempt.is_refusal_likely = true;
    CU_ASSERT_FALSE(negotiation_feed(&negotiation, &attempt, COAP_CODE(4, 0),
                                     NONE, &format));
    CU_ASSERT_TRUE(negotiation_feed(&negotiation, &attempt, COAP_CODE(4, 15),
                                    NONE, &format));
    CU_ASSERT_EQUAL(format, TLV);
}

static void other_version_begins_anew(void)
{
    static const struct device tlv = { { TLV, LIST_END }, COAP_CODE(4, 6) };
    struct negotiation negotiation;
    bool taken = false;

    negotiation_init(&negotiation, knows_all);
    negotiation_register(&negotiation, 1, 0);
    (void)ask(&negotiation, NEGOTIATION_VALUE, false, &tlv, &taken);
    negotiation_register(&negotiation, 1, 0); /* a reboot changes nothing */
    CU_ASSERT_EQUAL(negotiation_first(&negotiation, NEGOTIATION_VALUE, false),
                    TLV);
    negotiation_register(&negotiation, 1, 1); /* another firmware may */
    CU_ASSERT_EQUAL(negotiation_first(&negotiation, NEGOTIATION_VALUE, false),
                    TEXT);
}

static void announcements_are_read_whatever_they_look_like(void)
{
    static const struct {
        const char *ct;
        int first;
    } cases[] = {
        { NULL, TLV },
        { "", TLV },
        { "110", SENML_JSON },
        { " 110 ", SENML_JSON },
        { "x,110;", SENML_JSON },
        { "65000", TLV },
        { "-110", TLV },
        { "99999999999999999999", TLV },
        { "112 110", SENML_CBOR },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct negotiation negotiation;
        negotiation_init(&negotiation, knows_all);
        negotiation_register(&negotiation, 1, 1);
        negotiation_announce(&negotiation, cases[i].ct);
        CU_ASSERT_EQUAL(
            negotiation_first(&negotiation, NEGOTIATION_VALUES, false),
            cases[i].first);
    }
}

static CU_TestInfo tests[] = {
    { "taken", device_is_asked_for_what_it_takes },
    { "candidates", candidates_are_what_the_codec_knows },
    { "proven", proven_format_makes_400_the_device_s_word },
    { "one path", refusal_of_one_path_keeps_what_works_for_the_others },
    { "undecodable",
      choice_of_the_device_that_cannot_be_decoded_is_not_the_end },
    { "looked for", looked_for_400_is_not_asked_for_again },
    { "version", other_version_begins_anew },
    { "ct", announcements_are_read_whatever_they_look_like },
    CU_TEST_INFO_NULL,
};

int main(void)
{
    CU_SuiteInfo suites[] = {
        { "negotiation", NULL, NULL, NULL, NULL, tests },
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
