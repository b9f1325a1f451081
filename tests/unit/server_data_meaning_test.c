/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "server/data/data.h"

static void values_have_the_names_of_their_definitions(void)
{
    static const struct {
        uint16_t object;
        uint16_t resource;
        int64_t value;
        const char *name;
    } rows[] = {
        { 33629, 3, 0, "Idle" },
        { 33629, 3, 3, "Updating" },
        { 33629, 3, 4, NULL },
        { 33629, 3, -1, NULL },
        { 33629, 3, INT64_MAX, NULL },
        { 33629, 5, 1, "updated successfully" },
        { 33629, 5, 13, "dependency error" },
        { 33629, 5, 14, NULL },
        { 33629, 9, 2, "pull and push" },
        { 5, 5, 11, "deferred" },
        { 5, 5, 12, NULL },
        { 3, 11, 0, "no error" },
        { 3, 3, 0, NULL },
        { 42000, 3, 0, NULL },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct lwm2m_path path =
            lwm2m_path_resource(rows[i].object, 7, rows[i].resource);
        const char *name = value_meaning(&path, rows[i].value);
        if (rows[i].name == NULL) {
            CU_ASSERT_PTR_NULL(name);
        } else {
            CU_ASSERT_PTR_NOT_NULL_FATAL(name);
            CU_ASSERT_STRING_EQUAL(name, rows[i].name);
        }
    }
    struct lwm2m_path protocol =
        lwm2m_path_child(lwm2m_path_resource(33629, 0, 8), 4);
    CU_ASSERT_STRING_EQUAL(value_meaning(&protocol, 3), "HTTPS");
    struct lwm2m_path instance = lwm2m_path_instance(33629, 0);
    CU_ASSERT_PTR_NULL(value_meaning(&instance, 0));
}

/** A name outside of the range of the definition would be a mistake, and so
 *  would be a value of the range without a name. */
static void names_and_ranges_agree(void)
{
    static const uint16_t resources[] = { 3, 5, 8, 9, 11 };
    static const uint16_t objects[] = { 33629, 5 };
    struct definitions *definitions = definitions_new();

    CU_ASSERT_PTR_NOT_NULL_FATAL(definitions);
    CU_ASSERT_EQUAL_FATAL(definitions_add_embedded(definitions, NULL),
                          STATUS_OK);
    for (size_t i = 0; i < 2 * sizeof(resources) / sizeof(resources[0]); i++) {
        struct lwm2m_path path =
            lwm2m_path_resource(objects[i % 2], 0, resources[i / 2]);
        const struct resource_definition *resource =
            definitions_resource(definitions, &path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(resource);
        for (int64_t value = -1; value < 20; value++) {
            const struct lwm2m_value wire = { .type = LWM2M_TYPE_INTEGER,
                                              .as.integer = value };
            bool is_allowed =
                resource_check_value(resource, &wire, NULL) == STATUS_OK;
            if ((value_meaning(&path, value) != NULL) != is_allowed) {
                printf("/%u/0/%u: %d\n", path.ids[0], path.ids[2], (int)value);
                CU_FAIL("name and range");
            }
        }
    }
    definitions_free(definitions);
}

static void codes_have_the_names_of_the_standard(void)
{
    CU_ASSERT_STRING_EQUAL(code_meaning(0x45), "Content");
    CU_ASSERT_STRING_EQUAL(code_meaning(0x84), "Not Found");
    CU_ASSERT_STRING_EQUAL(code_meaning(0xa3), "Service Unavailable");
    CU_ASSERT_PTR_NULL(code_meaning(0x00));
    CU_ASSERT_PTR_NULL(code_meaning(0xff));
}

int main(void)
{
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 1;
    }
    CU_pSuite suite = CU_add_suite("server.meaning", NULL, NULL);
    CU_ADD_TEST(suite, values_have_the_names_of_their_definitions);
    CU_ADD_TEST(suite, names_and_ranges_agree);
    CU_ADD_TEST(suite, codes_have_the_names_of_the_standard);
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}
