/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/reports_document.h"

#include <CUnit/CUnit.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_SIZE 512

static void keep_quiet(void *user, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void keep_quiet(void *user, const char *format, ...)
{
    (void)user;
    (void)format;
}

static void keep_first(void *user, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void keep_first(void *user, const char *format, ...)
{
    char *why = user;
    va_list arguments;

    if (why[0] == '\0') {
        va_start(arguments, format);
        (void)vsnprintf(why, WHY_SIZE, format, arguments); /* cut */
        va_end(arguments);
    }
}

xmlDoc *document_parse(const char *text, size_t length)
{
    CU_ASSERT_TRUE_FATAL(length <= INT_MAX);
    return xmlReadMemory(text, (int)length, "junit.xml", NULL,
                         XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                             XML_PARSE_NONET);
}

xmlDoc *document_read(const char *path)
{
    return xmlReadFile(
        path, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
}

bool document_is_valid(xmlDoc *document, char *out_why)
{
    xmlSchemaParserCtxt *parser =
        xmlSchemaNewParserCtxt(ASSAY_SOURCE_DIR "/docs/junit.xsd");

    CU_ASSERT_PTR_NOT_NULL_FATAL(parser);
    out_why[0] = '\0';
    xmlSchema *schema = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    CU_ASSERT_PTR_NOT_NULL_FATAL(schema);
    xmlSchemaValidCtxt *validator = xmlSchemaNewValidCtxt(schema);
    CU_ASSERT_PTR_NOT_NULL_FATAL(validator);
    xmlSchemaSetValidErrors(validator, keep_first, keep_quiet, out_why);
    int result = xmlSchemaValidateDoc(validator, document);
    CU_ASSERT_TRUE(result >= 0); /* below 0 it could not be checked */
    xmlSchemaFreeValidCtxt(validator);
    xmlSchemaFree(schema);
    return result == 0;
}

static bool is_named(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE &&
           strcmp((const char *)node->name, name) == 0;
}

const xmlNode *document_root(xmlDoc *document)
{
    return xmlDocGetRootElement(document);
}

const xmlNode *child_of(const xmlNode *node, const char *name)
{
    for (const xmlNode *child = node != NULL ? node->children : NULL;
         child != NULL; child = child->next) {
        if (is_named(child, name)) {
            return child;
        }
    }
    return NULL;
}

unsigned children_of(const xmlNode *node, const char *name)
{
    unsigned count = 0;

    for (const xmlNode *child = node != NULL ? node->children : NULL;
         child != NULL; child = child->next) {
        count += is_named(child, name) ? 1 : 0;
    }
    return count;
}

static char *attribute_of(const xmlNode *node, const char *name)
{
    return node != NULL ? (char *)xmlGetProp(node, (const xmlChar *)name)
                        : NULL;
}

bool attribute_is(const xmlNode *node, const char *name, const char *text)
{
    char *value = attribute_of(node, name);
    bool is_so = value != NULL && strcmp(value, text) == 0;

    xmlFree(value);
    return is_so;
}

bool attribute_has(const xmlNode *node, const char *name, const char *part)
{
    char *value = attribute_of(node, name);
    bool has = value != NULL && strstr(value, part) != NULL;

    xmlFree(value);
    return has;
}

long attribute_number(const xmlNode *node, const char *name)
{
    char *value = attribute_of(node, name);
    char *end = NULL;
    long number = value != NULL ? strtol(value, &end, 10) : -1;

    if (value == NULL || end == value || *end != '\0') {
        number = -1;
    }
    xmlFree(value);
    return number;
}

char *text_of(const xmlNode *node)
{
    return node != NULL ? (char *)xmlNodeGetContent(node) : NULL;
}

bool text_has(const xmlNode *node, const char *part)
{
    char *text = text_of(node);
    bool has = text != NULL && strstr(text, part) != NULL;

    xmlFree(text);
    return has;
}

static bool name_starts(const xmlNode *node, const char *start)
{
    char *name = attribute_of(node, "name");
    bool starts = name != NULL && strncmp(name, start, strlen(start)) == 0;

    xmlFree(name);
    return starts;
}

const xmlNode *document_suite(xmlDoc *document, const char *name)
{
    for (const xmlNode *suite = document_root(document)->children;
         suite != NULL; suite = suite->next) {
        if (is_named(suite, "testsuite") && attribute_is(suite, "name", name)) {
            return suite;
        }
    }
    return NULL;
}

const xmlNode *document_case(xmlDoc *document, const char *name)
{
    for (const xmlNode *suite = document_root(document)->children;
         suite != NULL; suite = suite->next) {
        for (const xmlNode *node = suite->children; node != NULL;
             node = node->next) {
            if (is_named(node, "testcase") && name_starts(node, name)) {
                return node;
            }
        }
    }
    return NULL;
}

char *property_of(const xmlNode *suite, const char *name)
{
    const xmlNode *properties = child_of(suite, "properties");

    for (const xmlNode *node = properties != NULL ? properties->children : NULL;
         node != NULL; node = node->next) {
        if (is_named(node, "property") && attribute_is(node, "name", name)) {
            char *value = attribute_of(node, "value");
            char *copy = strdup(value != NULL ? value : "");
            xmlFree(value);
            return copy;
        }
    }
    return strdup("");
}

struct counted {
    long tests;
    long failures;
    long errors;
    long skipped;
};

static struct counted count_suite(const xmlNode *suite)
{
    struct counted counted = { .tests = 0 };

    for (const xmlNode *node = suite->children; node != NULL;
         node = node->next) {
        if (is_named(node, "testcase")) {
            counted.tests++;
            counted.failures += children_of(node, "failure");
            counted.errors += children_of(node, "error");
            counted.skipped += children_of(node, "skipped");
        }
    }
    return counted;
}

bool document_totals_are_right(xmlDoc *document)
{
    const xmlNode *root = document_root(document);
    struct counted all = { .tests = 0 };
    bool right = true;

    for (const xmlNode *suite = root->children; suite != NULL;
         suite = suite->next) {
        if (!is_named(suite, "testsuite")) {
            continue;
        }
        struct counted own = count_suite(suite);
        right = right && attribute_number(suite, "tests") == own.tests &&
                attribute_number(suite, "failures") == own.failures &&
                attribute_number(suite, "errors") == own.errors &&
                attribute_number(suite, "skipped") == own.skipped;
        all.tests += own.tests;
        all.failures += own.failures;
        all.errors += own.errors;
    }
    return right && all.tests > 0 &&
           attribute_number(root, "tests") == all.tests &&
           attribute_number(root, "failures") == all.failures &&
           attribute_number(root, "errors") == all.errors;
}
