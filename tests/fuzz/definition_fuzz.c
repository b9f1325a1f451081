/* SPDX-License-Identifier: Apache-2.0 */

/* The whole input is a DDF XML file, added to a set that has one Object. */
#include <string.h>

#include "server/data/definition_set.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/objects.h"

static const char first[] =
    "<LWM2M><Object><Name>First</Name><ObjectID>1</ObjectID>"
    "<ObjectURN>urn:oma:lwm2m:oma:1</ObjectURN><Resources><Item ID='0'>"
    "<MultipleInstances>Single</MultipleInstances><Type>Integer</Type>"
    "<Operations>R</Operations></Item></Resources></Object></LWM2M>";

static void check_resource(const struct object_definition *object, size_t index)
{
    const struct resource_definition *resource = &object->resources[index];

    HOLDS(resource->id <= LWM2M_ID_MAX);
    HOLDS(index == 0 || object->resources[index - 1].id < resource->id);
    HOLDS(object_resource(object, resource->id) == resource);
    HOLDS(resource->name != NULL && resource->range_text != NULL);
    HOLDS((resource->type == LWM2M_TYPE_NONE) ==
          ((resource->operations & DEFINITION_EXECUTE) != 0));
    for (size_t i = 0; i < resource->interval_count; i++) {
        HOLDS(resource->intervals[i].low_real <=
              resource->intervals[i].high_real);
    }
    if (resource->interval_count > 0 && resource->type == LWM2M_TYPE_INTEGER) {
        const struct lwm2m_value low = {
            .type = LWM2M_TYPE_INTEGER,
            .as.integer = resource->intervals[0].low,
        };
        HOLDS(resource_check_value(resource, &low, NULL) == STATUS_OK);
    }
}

static void check_set(const struct definitions *definitions)
{
    for (size_t i = 0; i < definitions->object_count; i++) {
        const struct object_definition *object = &definitions->objects[i];
        HOLDS(object->id <= LWM2M_ID_MAX);
        HOLDS(object->resource_count > 0);
        HOLDS(definitions_object(definitions, object->id, object->version_major,
                                 object->version_minor) == object ||
              (object->version_major == 0 && object->version_minor == 0));
        for (size_t j = 0; j < object->resource_count; j++) {
            check_resource(object, j);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reason reason = { .status = STATUS_OK };
    struct definitions *definitions = definitions_new();

    HOLDS(definitions != NULL);
    HOLDS(definitions_add_xml(definitions, "first.xml", (const uint8_t *)first,
                              sizeof(first) - 1, NULL) == STATUS_OK);
    HOLDS(definitions_warning(definitions, 0) == NULL);
    enum status status =
        definitions_add_xml(definitions, "fuzz.xml", data, size, &reason);
    fuzz_check_reason(status, &reason);
    HOLDS(status == STATUS_OK || status == STATUS_MALFORMED ||
          status == STATUS_LIMIT);
    check_set(definitions);
    if (status != STATUS_OK) {
        /* The set is as it was. */
        HOLDS(definitions->object_count == 1);
        HOLDS(strcmp(definitions->objects[0].name, "First") == 0);
        HOLDS(definitions_warning(definitions, 0) == NULL);
    }
    definitions_free(definitions);
    return 0;
}
