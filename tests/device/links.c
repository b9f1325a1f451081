/* SPDX-License-Identifier: Apache-2.0 */

/* The list of Objects in a Register. */
#include <stdio.h>
#include <string.h>

#include "tests/device/objects.h"

char *objects_links(const struct objects *objects)
{
    char *text = NULL;
    const char *version =
        objects->firmware->config.mutant == MUTANT_WRONG_OBJECT_VERSION
            ? ";ver=2.0"
            : "";

    switch (objects->firmware->config.variant) {
    case VARIANT_OBJECT_LINK_ABSENT:
        return strdup("</1/0>,</3/0>,</33629/0>,</33629/1>,</33629/2>,"
                      "</33629/3>");
    case VARIANT_INSTANCES_NOT_LISTED:
        return strdup("</1/0>,</3/0>,</33629>");
    case VARIANT_ALTERNATE_PATH:
        return strdup("<" OBJECTS_ROOT ">;rt=\"oma.lwm2m\";ct=11542,"
                      "<" OBJECTS_ROOT "/1/0>,<" OBJECTS_ROOT "/3/0>,"
                      "<" OBJECTS_ROOT "/33629>,<" OBJECTS_ROOT "/33629/0>,"
                      "<" OBJECTS_ROOT "/33629/1>,<" OBJECTS_ROOT "/33629/2>,"
                      "<" OBJECTS_ROOT "/33629/3>");
    case VARIANT_OBJECT_VERSION_GIVEN:
        version = ";ver=1.0";
        break;
    case VARIANT_ONE_COMPONENT:
    case VARIANT_ONE_COMPONENT_UNNAMED:
        return strdup("</1/0>,</3/0>,</33629>,</33629/0>");
    default:
        break;
    }
    if (asprintf(&text,
                 "</1/0>,</3/0>,</33629>%s,</33629/0>,</33629/1>,"
                 "</33629/2>,</33629/3>",
                 version) < 0) {
        return NULL;
    }
    return text;
}
