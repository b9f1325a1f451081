/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_REPORTS_DOCUMENT_H
#define TESTS_UNIT_REPORTS_DOCUMENT_H

/* A JUnit document, read as a consumer reads it: parsed by libxml2 and checked
 * against docs/junit.xsd. */
#include <libxml/tree.h>
#include <stdbool.h>

/** Parse; NULL when it is not well-formed. Caller: xmlFreeDoc(). */
xmlDoc *document_read(const char *path);
xmlDoc *document_parse(const char *text, size_t length);
/** Whether docs/junit.xsd accepts it. @param out_why  512 bytes, the first
 *  complaint */
bool document_is_valid(xmlDoc *document, char *out_why);

/** The testcase whose name starts so, NULL: none. */
const xmlNode *document_case(xmlDoc *document, const char *name);
/** The suite with that name, NULL: none. */
const xmlNode *document_suite(xmlDoc *document, const char *name);
const xmlNode *document_root(xmlDoc *document);
/** First child element with that name, NULL: none. */
const xmlNode *child_of(const xmlNode *node, const char *name);
unsigned children_of(const xmlNode *node, const char *name);
/** Whether the attribute is there and is that. */
bool attribute_is(const xmlNode *node, const char *name, const char *text);
bool attribute_has(const xmlNode *node, const char *name, const char *part);
/** -1 when it is no number. */
long attribute_number(const xmlNode *node, const char *name);
/** Whether the text of the element contains a part. */
bool text_has(const xmlNode *node, const char *part);
/** Value of a property of a suite, "" when there is none; caller: free(). */
char *property_of(const xmlNode *suite, const char *name);
/** The text of an element; caller: xmlFree(). */
char *text_of(const xmlNode *node);

/** Count all elements again and compare with the totals. */
bool document_totals_are_right(xmlDoc *document);

#endif
