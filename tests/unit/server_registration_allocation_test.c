/* SPDX-License-Identifier: Apache-2.0 */

/* Whatever allocation fails, the registry answers 5.00 and stays as it was. */
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/event.h"
#include "server/registration/registry.h"
#include "tests/unit/allocation_sweep.h"

#define OPTION(text)                                                           \
    {                                                                          \
        (const uint8_t *)(text), sizeof(text) - 1                              \
    }

static const char links[] = "</lwm2m>;rt=\"oma.lwm2m\", </lwm2m/1/0>;x=1";
static const struct query_option register_options[] = {
    OPTION("ep=node-1"), OPTION("lt=60"),     OPTION("lwm2m=1.1"),
    OPTION("b=UQ"),      OPTION("unknown=1"),
};
static const struct query_option update_options[] = { OPTION("lt=90"),
                                                      OPTION("b=U") };
static const struct query_option older_options[] = {
    OPTION("ep=node-1"),
    OPTION("lt=30"),
    OPTION("lwm2m=1.0"),
    OPTION("b=S"),
};
static const struct query_option other_options[] = {
    OPTION("ep=node-2"),
    OPTION("lt=30"),
    OPTION("lwm2m=1.0"),
};

static struct {
    struct registry *registry;
    struct registration *older; /* of node-1; NULL: there is none */
    struct registry_result result;
} fixture;

static struct registry_message message(const struct query_option *options,
                                       size_t count, const char *payload)
{
    return (struct registry_message){
        .options = options,
        .option_count = count,
        .content_format = CONTENT_FORMAT_LINK,
        .payload = (const uint8_t *)payload,
        .payload_length = strlen(payload),
    };
}

static void prepare_nothing(void)
{
    fixture.registry = NULL;
    fixture.older = NULL;
}

static void prepare_other(void)
{
    struct registry_message other = message(other_options, 3, "</1/0>");

    fixture.older = NULL;
    fixture.registry = registry_new(5);
    CU_ASSERT_PTR_NOT_NULL_FATAL(fixture.registry);
    registry_register(fixture.registry, &other, 1000, &fixture.result);
    CU_ASSERT_EQUAL_FATAL(fixture.result.code, COAP_CODE(2, 1));
}

static void prepare_older(void)
{
    struct registry_message older = message(older_options, 4, "</1/0>");

    prepare_other();
    registry_register(fixture.registry, &older, 1000, &fixture.result);
    CU_ASSERT_EQUAL_FATAL(fixture.result.code, COAP_CODE(2, 1));
    fixture.older = fixture.result.registration;
}

static void clean(void)
{
    registry_free(fixture.registry);
    fixture.registry = NULL;
}

/** The result of a message as a status. */
static enum status status_of(struct reason *reason)
{
    const struct registry_result *result = &fixture.result;

    if (result->code >> 5 == 2) {
        registration_free(result->replaced);
        return result->registration != NULL ? STATUS_OK : STATUS_INVALID;
    }
    if (result->code == COAP_CODE(5, 0) && result->registration == NULL &&
        result->replaced == NULL) {
        return reason_set(reason, STATUS_NO_MEMORY, "%s", result->why);
    }
    return reason_set(reason, STATUS_INVALID, "code %u: %s", result->code,
                      result->why);
}

static enum status call_new(struct reason *reason)
{
    fixture.registry = registry_new(5);
    return fixture.registry != NULL
               ? STATUS_OK
               : reason_set(reason, STATUS_NO_MEMORY, "out of memory");
}

static enum status call_register(struct reason *reason)
{
    struct registry_message fresh = message(register_options, 5, links);

    registry_register(fixture.registry, &fresh, 2000, &fixture.result);
    return status_of(reason);
}

static enum status call_register_plain(struct reason *reason)
{
    /* No root is named: another branch. */
    struct registry_message fresh =
        message(register_options, 5, "</a>;ct=1,</b>");

    registry_register(fixture.registry, &fresh, 2000, &fixture.result);
    return status_of(reason);
}

static enum status call_update(struct reason *reason)
{
    struct registry_message update = message(update_options, 2, links);

    registry_update(fixture.registry, fixture.older->location, &update, 2000,
                    &fixture.result);
    return status_of(reason);
}

static bool is_null(void)
{
    return fixture.registry == NULL;
}

static bool is_empty(void)
{
    return registry_first(fixture.registry) == NULL;
}

static bool only_other_is_there(void)
{
    const struct registration *first = registry_first(fixture.registry);

    return first != NULL && first->next == NULL &&
           strcmp(first->endpoint, "node-2") == 0 &&
           strcmp(fixture.result.why, "out of memory") == 0;
}

static bool older_is_as_it_was(void)
{
    const struct registration *older = fixture.older;

    return registry_first(fixture.registry) == older &&
           registry_find(fixture.registry, "node-1") == older &&
           registry_at(fixture.registry, older->location) == older &&
           registry_find(fixture.registry, "node-2") == older->next &&
           strcmp(older->location, "/rd/7") == 0 &&
           strcmp(older->binding, "S") == 0 && older->root[0] == '\0' &&
           older->lifetime_s == 30 && older->minor == 0 && !older->queue_mode &&
           older->expires_ms == 31000 &&
           strcmp(fixture.result.why, "out of memory") == 0;
}

static bool is_registered(void)
{
    const struct registration *found =
        registry_find(fixture.registry, "node-1");

    return found != NULL && found == fixture.result.registration &&
           strcmp(found->root, "/lwm2m") == 0 &&
           strcmp(found->binding, "UQ") == 0 && found->lifetime_s == 60 &&
           found->queue_mode && found->expires_ms == 62000 &&
           found->next != NULL && found->next->next == NULL;
}

static bool is_registered_plain(void)
{
    const struct registration *found =
        registry_find(fixture.registry, "node-1");

    return found != NULL && found->root[0] == '\0';
}

static bool is_updated(void)
{
    const struct registration *older = fixture.older;

    return registry_find(fixture.registry, "node-1") == older &&
           strcmp(older->root, "/lwm2m") == 0 &&
           strcmp(older->binding, "U") == 0 && older->lifetime_s == 90 &&
           older->expires_ms == 92000;
}

static void registry_survives_each_failed_allocation(void)
{
    static const struct {
        struct sweep_operation operation;
        size_t at_least;
    } rows[] = {
        { { "registry_new", prepare_nothing, call_new, is_null, is_empty, clean,
            false },
          1 },
        { { "Register of a new endpoint", prepare_other, call_register,
            only_other_is_there, is_registered, clean, false },
          7 },
        { { "Register without a root", prepare_other, call_register_plain,
            only_other_is_there, is_registered_plain, clean, false },
          6 },
        { { "Register of a known endpoint", prepare_older, call_register,
            older_is_as_it_was, is_registered, clean, false },
          7 },
        { { "Update with links", prepare_older, call_update, older_is_as_it_was,
            is_updated, clean, false },
          5 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CU_ASSERT(sweep(&rows[i].operation, 1) >= rows[i].at_least);
    }
}

/** Looking up, expiry and removal must work when memory is out. */
static void looking_and_removing_need_no_memory(void)
{
    prepare_older();
    sweep_forbid();
    struct registration *found = registry_find(fixture.registry, "node-1");
    struct registration *expired = registry_expired(fixture.registry, 31000);
    struct registration *removed =
        registry_remove(fixture.registry, fixture.older->location);
    CU_ASSERT_EQUAL(sweep_allow(), 0);
    CU_ASSERT_PTR_EQUAL(found, fixture.older);
    CU_ASSERT_PTR_EQUAL(expired, fixture.older);
    CU_ASSERT_PTR_EQUAL(removed, fixture.older);
    CU_ASSERT_PTR_NULL(registry_find(fixture.registry, "node-1"));
    registration_free(removed);
    clean();
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite =
        CU_add_suite("server.registration_allocation", NULL, NULL);
    CU_ADD_TEST(suite, registry_survives_each_failed_allocation);
    CU_ADD_TEST(suite, looking_and_removing_need_no_memory);
    CU_basic_run_tests();
    unsigned failures =
        CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
