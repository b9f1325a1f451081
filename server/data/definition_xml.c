/* SPDX-License-Identifier: Apache-2.0 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/data/definition_set.h"
#include "server/data/range.h"
#include "server/data/scalar.h"

/** What one file brings; it joins the set when all of it is good. */
struct loader {
    struct definitions fresh;
    const char *name;
    struct reason *reason;
};

static void warn(struct loader *loader, const char *format, ...)
    PRINTF_LIKE(2, 3);

static void warn(struct loader *loader, const char *format, ...)
{
    struct definitions *set = &loader->fresh;
    char text[200];
    char *line = NULL;
    va_list arguments;

    if (set->warning_count >= DEFINITION_WARNINGS_MAX) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments); /* cut */
    va_end(arguments);
    char **grown =
        realloc(set->warnings, (set->warning_count + 1) * sizeof(*grown));
    if (grown == NULL) {
        set->is_lacking = true;
        return;
    }
    set->warnings = grown;
    size_t size = strlen(loader->name) + strlen(text) + sizeof(": ");
    line = malloc(size);
    if (line == NULL) {
        set->is_lacking = true;
        return;
    }
    (void)snprintf(line, size, "%s: %s", loader->name, text); /* fits */
    set->warnings[set->warning_count++] = line;
}

static enum status broken(struct loader *loader, const char *format, ...)
    PRINTF_LIKE(2, 3);

static enum status broken(struct loader *loader, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments); /* cut */
    va_end(arguments);
    return reason_set(loader->reason, STATUS_MALFORMED, "%s: %s", loader->name,
                      text);
}

static const xmlNode *child(const xmlNode *parent, const char *name)
{
    for (const xmlNode *node = parent->children; node != NULL;
         node = node->next) {
        if (node->type == XML_ELEMENT_NODE &&
            strcmp((const char *)node->name, name) == 0) {
            return node;
        }
    }
    return NULL;
}

static bool is_text(const xmlNode *node)
{
    return (node->type == XML_TEXT_NODE ||
            node->type == XML_CDATA_SECTION_NODE) &&
           node->content != NULL;
}

/**
 * Trimmed text of the nodes; caller frees; NULL: no memory.
 *
 * Not xmlNodeGetContent(): it cannot say that memory ran out, and it expands
 * entities as often as a hostile file wants.
 */
static char *text_of(const xmlNode *nodes)
{
    size_t length = 0;

    for (const xmlNode *node = nodes; node != NULL; node = node->next) {
        length += is_text(node) ? strlen((const char *)node->content) : 0;
    }
    char *text = malloc(length + 1);
    if (text == NULL) {
        return NULL;
    }
    length = 0;
    for (const xmlNode *node = nodes; node != NULL; node = node->next) {
        size_t part = is_text(node) ? strlen((const char *)node->content) : 0;
        if (part > 0) {
            memcpy(text + length, node->content, part);
            length += part;
        }
    }
    while (length > 0 && strchr(" \t\r\n", text[length - 1]) != NULL) {
        length--;
    }
    text[length] = '\0';
    size_t start = strspn(text, " \t\r\n");
    memmove(text, text + start, length - start + 1);
    return text;
}

/** Trimmed text of a child, "" when it is absent; as text_of(). */
static char *child_text(const xmlNode *parent, const char *name)
{
    const xmlNode *node = child(parent, name);

    return text_of(node != NULL ? node->children : NULL);
}

static bool parse_id(const char *text, uint16_t *out_id)
{
    uint64_t number = 0;
    bool zeros = false;

    if (!parse_unsigned(text, strlen(text), &number, &zeros) ||
        number > LWM2M_ID_MAX) {
        return false;
    }
    *out_id = (uint16_t)number;
    return true;
}

/** "1.2"; absent or empty is 1.0. */
static bool parse_version(const char *text, unsigned *out_major,
                          unsigned *out_minor)
{
    const char *dot = strchr(text, '.');
    uint64_t major = 0;
    uint64_t minor = 0;
    bool zeros = false;

    if (*text == '\0') {
        *out_major = 1;
        *out_minor = 0;
        return true;
    }
    if (dot == NULL ||
        !parse_unsigned(text, (size_t)(dot - text), &major, &zeros) ||
        !parse_unsigned(dot + 1, strlen(dot + 1), &minor, &zeros) ||
        major > 1000 || minor > 1000) {
        return false;
    }
    *out_major = (unsigned)major;
    *out_minor = (unsigned)minor;
    return true;
}

static const struct {
    const char *text;
    enum lwm2m_type type;
} type_names[] = {
    { "", LWM2M_TYPE_NONE },
    { "String", LWM2M_TYPE_STRING },
    { "Integer", LWM2M_TYPE_INTEGER },
    { "Unsigned Integer", LWM2M_TYPE_UNSIGNED },
    { "Float", LWM2M_TYPE_FLOAT },
    { "Boolean", LWM2M_TYPE_BOOLEAN },
    { "Opaque", LWM2M_TYPE_OPAQUE },
    { "Time", LWM2M_TYPE_TIME },
    { "Objlnk", LWM2M_TYPE_OBJLNK },
    { "Corelnk", LWM2M_TYPE_CORELNK },
};

static enum status read_type(struct loader *loader, const char *text,
                             struct resource_definition *resource)
{
    for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
        if (strcmp(type_names[i].text, text) == 0) {
            resource->type = type_names[i].type;
            if ((resource->operations & DEFINITION_EXECUTE) != 0 &&
                resource->type != LWM2M_TYPE_NONE) {
                warn(loader, "Resource %u is executable and has a type",
                     resource->id);
                resource->type = LWM2M_TYPE_NONE;
            } else if (resource->type == LWM2M_TYPE_NONE &&
                       (resource->operations & DEFINITION_EXECUTE) == 0) {
                warn(loader, "Resource %u has no type", resource->id);
                resource->type = LWM2M_TYPE_UNKNOWN;
            }
            return STATUS_OK;
        }
    }
    return broken(loader, "Resource %u: unknown type '%.32s'", resource->id,
                  text);
}

static enum status read_operations(struct loader *loader, const char *text,
                                   struct resource_definition *resource)
{
    for (const char *at = text; *at != '\0'; at++) {
        switch (*at) {
        case 'R':
            resource->operations |= DEFINITION_READ;
            break;
        case 'W':
            resource->operations |= DEFINITION_WRITE;
            break;
        case 'E':
            resource->operations |= DEFINITION_EXECUTE;
            break;
        default:
            return broken(loader, "Resource %u: unknown operations '%.8s'",
                          resource->id, text);
        }
    }
    return STATUS_OK;
}

static enum status read_range(struct loader *loader,
                              struct resource_definition *resource)
{
    struct range range;

    range_parse(resource->range_text, resource->type, &range);
    resource->strictness = range.strictness;
    if (range.was_reversed) {
        warn(loader, "Resource %u: range '%.40s' is reversed", resource->id,
             resource->range_text);
    }
    if (range.count == 0) {
        return STATUS_OK;
    }
    struct definition_interval *intervals =
        malloc(range.count * sizeof(*intervals));
    if (intervals == NULL) {
        return reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    memcpy(intervals, range.intervals, range.count * sizeof(*intervals));
    resource->intervals = intervals;
    resource->interval_count = range.count;
    return STATUS_OK;
}

static enum status read_words(struct loader *loader, const xmlNode *item,
                              struct resource_definition *resource)
{
    char *operations = child_text(item, "Operations");
    char *type = child_text(item, "Type");
    char *multiple = child_text(item, "MultipleInstances");
    char *mandatory = child_text(item, "Mandatory");
    enum status status = STATUS_OK;

    if (operations == NULL || type == NULL || multiple == NULL ||
        mandatory == NULL) {
        status = reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
        goto out;
    }
    resource->multiple = strcmp(multiple, "Multiple") == 0;
    resource->mandatory = strcmp(mandatory, "Mandatory") == 0;
    status = read_operations(loader, operations, resource);
    if (status == STATUS_OK) {
        status = read_type(loader, type, resource);
    }
out:
    free(mandatory);
    free(multiple);
    free(type);
    free(operations);
    return status;
}

static enum status read_item(struct loader *loader, const xmlNode *item,
                             struct resource_definition *resource)
{
    const xmlAttr *attribute = xmlHasProp(item, (const xmlChar *)"ID");
    char *id = text_of(attribute != NULL ? attribute->children : NULL);
    bool is_lacking = id == NULL;
    bool has_id = id != NULL && parse_id(id, &resource->id);

    free(id);
    if (is_lacking) {
        return reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (!has_id) {
        return broken(loader, "an Item without a usable ID");
    }
    resource->name = child_text(item, "Name");
    resource->range_text = child_text(item, "RangeEnumeration");
    if (resource->name == NULL || resource->range_text == NULL) {
        return reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    if (child(item, "MultipleInstances") == NULL) {
        return broken(loader,
                      "Resource %u without MultipleInstances: no "
                      "Object file",
                      resource->id);
    }
    enum status status = read_words(loader, item, resource);
    return status == STATUS_OK ? read_range(loader, resource) : status;
}

static int compare_resources(const void *a, const void *b)
{
    const struct resource_definition *first = a;
    const struct resource_definition *second = b;

    return (int)first->id - (int)second->id;
}

static enum status read_resources(struct loader *loader, const xmlNode *node,
                                  struct object_definition *object)
{
    size_t count = 0;

    for (const xmlNode *item = node->children; item != NULL;
         item = item->next) {
        count += item->type == XML_ELEMENT_NODE ? 1 : 0;
    }
    if (count == 0 || count > DEFINITION_RESOURCES_MAX) {
        return broken(loader, "%zu Resources", count);
    }
    struct resource_definition *resources = calloc(count, sizeof(*resources));
    if (resources == NULL) {
        return reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    object->resources = resources;
    enum status status = STATUS_OK;
    for (const xmlNode *item = node->children;
         status == STATUS_OK && item != NULL; item = item->next) {
        if (item->type == XML_ELEMENT_NODE) {
            status =
                read_item(loader, item, &resources[object->resource_count]);
            object->resource_count++;
        }
    }
    if (status != STATUS_OK) {
        return status;
    }
    qsort(resources, count, sizeof(*resources), compare_resources);
    for (size_t i = 1; i < count; i++) {
        if (resources[i - 1].id == resources[i].id) {
            return broken(loader, "Resource %u is defined twice",
                          resources[i].id);
        }
    }
    return STATUS_OK;
}

/** urn:oma:lwm2m:{oma,ext,x}:ID[:major.minor] must agree. */
static bool urn_agrees(const struct object_definition *object)
{
    static const char *const classes[] = { "oma", "ext", "x" };
    char wanted[64];

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        (void)snprintf(wanted, sizeof(wanted), "urn:oma:lwm2m:%s:%u",
                       classes[i], object->id); /* fits */
        size_t length = strlen(wanted);
        if (strncmp(object->urn, wanted, length) != 0) {
            continue;
        }
        (void)snprintf(wanted, sizeof(wanted), ":%u.%u", object->version_major,
                       object->version_minor);
        const char *rest = object->urn + length;
        return strcmp(rest, wanted) == 0 ||
               (*rest == '\0' && strcmp(wanted, ":1.0") == 0);
    }
    return false;
}

static enum status read_head(struct loader *loader, const xmlNode *node,
                             struct object_definition *object)
{
    char *id = child_text(node, "ObjectID");
    char *version = child_text(node, "ObjectVersion");
    char *lwm2m = child_text(node, "LWM2MVersion");
    char *multiple = child_text(node, "MultipleInstances");
    char *mandatory = child_text(node, "Mandatory");
    enum status status = STATUS_OK;

    object->name = child_text(node, "Name");
    object->urn = child_text(node, "ObjectURN");
    if (id == NULL || version == NULL || lwm2m == NULL || multiple == NULL ||
        mandatory == NULL || object->name == NULL || object->urn == NULL) {
        status = reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    } else if (!parse_id(id, &object->id)) {
        status = broken(loader, "ObjectID '%.20s'", id);
    } else if (!parse_version(version, &object->version_major,
                              &object->version_minor) ||
               !parse_version(lwm2m, &object->lwm2m_major,
                              &object->lwm2m_minor)) {
        status = broken(loader, "version '%.20s' or '%.20s'", version, lwm2m);
    } else if (!urn_agrees(object)) {
        status = broken(loader,
                        "URN '%.60s' is not that of Object %u "
                        "version %u.%u",
                        object->urn, object->id, object->version_major,
                        object->version_minor);
    } else {
        object->multiple = strcmp(multiple, "Multiple") == 0;
        object->mandatory = strcmp(mandatory, "Mandatory") == 0;
    }
    free(mandatory);
    free(multiple);
    free(lwm2m);
    free(version);
    free(id);
    return status;
}

/** The Object as a set of its own joins what the file brought so far. */
static enum status add_object(struct loader *loader,
                              struct object_definition *object)
{
    struct definitions single = { .objects = NULL };

    single.objects = malloc(sizeof(*single.objects));
    if (single.objects == NULL) {
        return reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    single.objects[0] = *object;
    single.object_count = 1;
    enum status status =
        definitions_merge(&loader->fresh, &single, loader->reason);
    if (status != STATUS_OK) {
        free(single.objects); /* what it owns is still the caller's */
    }
    return status;
}

static enum status read_object(struct loader *loader, const xmlNode *node)
{
    struct object_definition object = { .id = 0 };
    enum status status = read_head(loader, node, &object);
    const xmlNode *resources = child(node, "Resources");

    if (status == STATUS_OK && resources == NULL) {
        status = broken(loader, "Object %u without Resources", object.id);
    }
    if (status == STATUS_OK) {
        status = read_resources(loader, resources, &object);
    }
    if (status == STATUS_OK) {
        status = add_object(loader, &object);
    }
    if (status != STATUS_OK) {
        object_definition_release(&object);
    }
    return status;
}

static enum status read_document(struct loader *loader, const xmlDoc *document)
{
    const xmlNode *root = xmlDocGetRootElement(document);
    const xmlNode *object = NULL;
    enum status status = STATUS_OK;

    if (root == NULL || strcmp((const char *)root->name, "LWM2M") != 0 ||
        (object = child(root, "Object")) == NULL) {
        status = broken(loader, "no LWM2M Object file");
    }
    for (; status == STATUS_OK && object != NULL; object = object->next) {
        if (object->type == XML_ELEMENT_NODE &&
            strcmp((const char *)object->name, "Object") == 0) {
            status = read_object(loader, object);
        }
    }
    if (status == STATUS_OK && loader->fresh.is_lacking) {
        status = reason_set(loader->reason, STATUS_NO_MEMORY, "out of memory");
    }
    return status;
}

/** Told of every error of libxml2; later ones hide that memory ran out. */
static void take_error(void *user, xmlError *error)
{
    bool *is_lacking = user;

    *is_lacking = *is_lacking || error->code == XML_ERR_NO_MEMORY;
}

/** @return NULL when it is no XML, or, with `out_is_lacking`, no memory */
static xmlDoc *parse_document(const char *name, const uint8_t *xml,
                              size_t length, bool *out_is_lacking)
{
    xmlStructuredErrorFunc before = xmlStructuredError;
    void *before_user = xmlStructuredErrorContext;
    bool is_lacking = false;

    xmlSetStructuredErrorFunc(&is_lacking, take_error);
    xmlDoc *document = xmlReadMemory((const char *)xml, (int)length, name, NULL,
                                     XML_PARSE_NONET | XML_PARSE_NOWARNING);
    xmlSetStructuredErrorFunc(before_user, before);
    if (is_lacking) {
        /* Whatever came of it may be cut. */
        xmlFreeDoc(document);
        document = NULL;
    }
    *out_is_lacking = is_lacking;
    return document;
}

enum status definitions_add_xml(struct definitions *definitions,
                                const char *name, const uint8_t *xml,
                                size_t length, struct reason *reason)
{
    struct loader loader = { .name = name, .reason = reason };
    bool is_lacking = false;

    if (length > INT_MAX) {
        return broken(&loader, "%zu bytes", length);
    }
    xmlDoc *document = parse_document(name, xml, length, &is_lacking);
    if (document == NULL) {
        return is_lacking
                   ? reason_set(reason, STATUS_NO_MEMORY, "out of memory")
                   : broken(&loader, "not well-formed XML");
    }
    enum status status = read_document(&loader, document);
    if (status == STATUS_OK) {
        status = definitions_merge(definitions, &loader.fresh, reason);
    }
    definitions_release(&loader.fresh);
    xmlFreeDoc(document);
    return status;
}
