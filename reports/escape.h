/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORTS_ESCAPE_H
#define REPORTS_ESCAPE_H

/* Private to reports: text from devices, made harmless. */

/** What is no printable character of UTF-8 (and XML 1.0) becomes "\xNN"; line
 *  feeds stay when `lines`. Caller frees; NULL: no memory. */
char *escape_text(const char *text, int lines);

#endif
